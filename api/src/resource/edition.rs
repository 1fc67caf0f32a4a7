//! Editions of conferences.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, InputObject, SimpleObject};
use chrono::Utc;
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, DerivePartialModel, ExprTrait, FromJsonQueryResult, IntoSimpleExpr,
    sea_query::{CaseStatement, Expr, SimpleExpr},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    admission::{CallForPapers, Ticket, Tickets},
    company::Company,
    conference::Conference,
    day::{Day, on_now, up_next},
    involvement::{Involvement, InvolvementsOfEdition},
    link::{Link, Subject},
    neighbours::{Neighbours, NeighboursOfEdition},
    playlist::{Playlist, PlaylistsOfEdition},
    recording::{Recording, RecordingFilter, RecordingOrder},
    room::{Room, RoomsOfEdition},
    schedule_change::{ProgrammeLog, ScheduleChange},
    slot::{Slot, SlotsOfEdition},
    speaker::{Speaker, SpeakerFilter, SpeakerOrder},
    sponsor::{SponsorTier, Sponsorship, SponsorshipsOfEdition, TiersOfEdition},
    stats::{EditionStats, StatsOfEdition},
    talk::{Talk, TalkFilter, TalkOrder},
    track::{Track, TracksOfEdition},
    venue::Venue,
};
use crate::{
    database::{among_numbers, among_texts, among_words, fold},
    directive::list_size,
    error::Result,
    read::{
        Listed, Loading, Reads, Resource, Row,
        connection::{Arguments, Connection, order_input},
        list::{Parent, slug_ids},
        page::{Key, KeyValue},
    },
    scalars::{Country, Date, DateTime, Id, Revision, TimeZone, Url},
    vocabulary::{EditionFormat, EditionStatus, InvolvementRole, LinkKind},
};

/// One edition of a conference: when and where it was held, its programme, its talks and everyone in them.
#[derive(Clone, Debug, DerivePartialModel, SimpleObject)]
#[sea_orm(entity = "entity::edition::Entity")]
#[graphql(complex)]
pub struct Edition {
    /// Its id.
    pub id: Id,
    #[graphql(skip)]
    pub conference_id: Uuid,
    /// Its name in addresses (`promcon-2016-berlin`), unique over the whole archive.
    pub slug: String,
    /// What it is called.
    pub name: String,
    #[graphql(skip)]
    pub name_key: String,
    /// The year that it belongs to.
    pub year: i32,
    /// `[a-z0-9_]{4,}`: the name that schedule formats know it by.
    pub acronym: String,
    /// Its first day, in its zone. Null where the days were never told (announced and never held).
    pub starts_on: Option<Date>,
    /// Its last day, in its zone.
    pub ends_on: Option<Date>,
    #[graphql(skip)]
    pub begins_at: Option<chrono::DateTime<Utc>>,
    #[graphql(skip)]
    pub finishes_at: Option<chrono::DateTime<Utc>>,
    /// The zone that its times are told in.
    pub timezone: TimeZone,
    #[graphql(skip)]
    #[sea_orm(from_col = "status")]
    pub set_status: Option<EditionStatus>,
    #[graphql(skip)]
    #[sea_orm(from_expr = "has_programme()")]
    pub has_programme: bool,
    /// How people could take part.
    pub format: EditionFormat,
    /// Where it was held; null where it was online only, or never told.
    pub city: Option<String>,
    /// The city's country.
    pub country: Option<Country>,
    /// The house that it was held in.
    pub venue: Option<Venue>,
    /// How many people could attend.
    pub capacity: Option<i32>,
    /// How many people attended.
    pub attendance: Option<i32>,
    /// `attendance` is somebody's guess.
    pub attendance_is_estimate: bool,
    /// Whether it was sold out; null where nobody says.
    pub sold_out: Option<bool>,
    /// Which edition of its conference it was called: 1 for the first.
    pub ordinal: Option<i32>,
    #[graphql(skip)]
    #[sea_orm(from_col = "hashtags")]
    pub tagged_as: Texts,
    /// Its own website; `url` is its page here.
    pub website_url: Option<Url>,
    /// Its page here.
    #[sea_orm(skip)]
    pub url: Url,
    /// When talks could be handed in.
    pub call_for_papers: Option<CallForPapers>,
    #[graphql(skip)]
    #[sea_orm(from_col = "tickets")]
    pub sold_tickets: Tickets,
    #[graphql(skip)]
    pub replaces_id: Option<Uuid>,
    /// When its own fields last changed.
    pub updated_at: DateTime,
    /// The last revision of its own fields: what `ifRevision` compares.
    pub revision: Revision,
    /// The last revision that touched this edition or anything shown in it: talks, slots, and the people, companies and
    /// recordings they name.
    pub content_revision: Revision,
}

/// Texts in one column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Texts(pub Vec<String>);

fn has_programme() -> SimpleExpr {
    Expr::cust("EXISTS (SELECT 1 FROM slot WHERE slot.edition_id = edition.id)")
}

impl Row for Edition {
    type Entity = entity::edition::Entity;

    fn complete(&mut self, reads: &Reads) {
        self.url = reads.url(format_args!("/editions/{}", self.slug));
    }
}

/// Which editions. Values of one field mean any of them, the fields together all of them; a slug that names nothing
/// matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct EditionFilter {
    /// Slugs of conferences.
    pub conference: Option<Vec<String>>,
    /// Years.
    pub year: Option<Vec<i32>>,
    /// Countries.
    pub country: Option<Vec<Country>>,
    /// Cities, without regard to case and accents.
    pub city: Option<Vec<String>>,
    /// Where they stand.
    pub status: Option<Vec<EditionStatus>>,
    /// The first day is this one or a later one.
    pub starts_on_or_after: Option<Date>,
    /// The first day is this one or an earlier one.
    pub starts_on_or_before: Option<Date>,
}

/// By what editions are sorted. Editions without days come last in ASC and first in DESC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum EditionOrderField {
    /// The first day.
    StartsOn,
    /// The name, without regard to case and accents.
    Name,
}

order_input! {
    /// How editions are sorted; ties by id.
    EditionOrder, EditionOrderField, EditionOrderField::StartsOn
}

impl Listed for Edition {
    type Filter = EditionFilter;
    type Order = EditionOrder;
    type OrderField = EditionOrderField;

    fn condition(filter: &EditionFilter, reads: &Reads) -> Condition {
        use entity::edition::Column;
        let backend = reads.backend();
        let slugs = |slugs: &Vec<String>| Column::ConferenceId.in_subquery(slug_ids::<Conference>(slugs, backend));
        Condition::all()
            .add_option(filter.conference.as_ref().map(slugs))
            .add_option(filter.year.as_ref().map(|years| among_numbers(backend, Column::Year, years)))
            .add_option(
                filter
                    .country
                    .as_ref()
                    .map(|codes| among_texts(backend, Column::Country, codes.iter().map(ToString::to_string))),
            )
            .add_option(
                filter
                    .city
                    .as_ref()
                    .map(|cities| among_texts(backend, Column::CityKey, cities.iter().map(|city| fold(city)))),
            )
            .add_option(filter.status.as_ref().map(|words| among_words(backend, status_in_sql(reads), words)))
            .add_option(filter.starts_on_or_after.map(|date| Column::StartsOn.gte(date)))
            .add_option(filter.starts_on_or_before.map(|date| Column::StartsOn.lte(date)))
    }

    fn keys(order: EditionOrderField) -> &'static [Key<Self>] {
        match order {
            EditionOrderField::StartsOn => &[Key {
                sql: "COALESCE(\"edition\".\"starts_on\", '9999-12-31')",
                value: |row| KeyValue::Date(row.starts_on.map_or_else(last_day, |date| date.0)),
            }],
            EditionOrderField::Name => {
                &[Key { sql: "\"edition\".\"name_key\"", value: |row| KeyValue::Text(row.name_key.clone()) }]
            }
        }
    }
}

fn last_day() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(chrono::NaiveDate::MAX)
}

/// [`Edition::status_at`] in SQL.
fn status_in_sql(reads: &Reads) -> SimpleExpr {
    use entity::edition::Column;
    let word = |status: EditionStatus| Expr::val(status.to_value());
    CaseStatement::new()
        .case(Column::Status.is_not_null(), Column::Status.into_simple_expr())
        .case(Column::FinishesAt.lte(reads.now), word(EditionStatus::Concluded))
        .case(Column::BeginsAt.lte(reads.now), word(EditionStatus::Live))
        .case(Column::BeginsAt.is_not_null().and(has_programme()), word(EditionStatus::Scheduled))
        .finally(word(EditionStatus::Announced))
        .into()
}

impl Edition {
    /// Where it stands: as set by hand; else it is live from 05:00 of its first day to 05:00 after its last.
    pub fn status_at(&self, now: chrono::DateTime<Utc>) -> EditionStatus {
        match (self.set_status, self.begins_at, self.finishes_at) {
            (Some(status), ..) => status,
            (_, _, Some(end)) if end <= now => EditionStatus::Concluded,
            (_, Some(start), _) if start <= now => EditionStatus::Live,
            (_, Some(_), _) if self.has_programme => EditionStatus::Scheduled,
            _ => EditionStatus::Announced,
        }
    }

    async fn programme(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Slot>>> {
        ctx.load(SlotsOfEdition(self.id.0)).await
    }

    fn days_of(&self, programme: &[Arc<Slot>]) -> Vec<Day> {
        Day::of_programme(self.starts_on, self.ends_on, &self.timezone, programme)
    }

    async fn neighbours(&self, ctx: &Context<'_>) -> Result<Neighbours> {
        ctx.load(NeighboursOfEdition { conference: self.conference_id, edition: self.id.0 }).await
    }
}

#[ComplexObject]
impl Edition {
    /// The series that it belongs to.
    async fn conference(&self, ctx: &Context<'_>) -> Result<Arc<Conference>> {
        ctx.one(self.conference_id).await
    }

    /// Where it stands: set by hand where it was; otherwise told by the clock and the programme.
    async fn status(&self, ctx: &Context<'_>) -> Result<EditionStatus> {
        Ok(self.status_at(ctx.reads()?.now))
    }

    /// Its hashtags, without the `#`.
    #[graphql(directive = list_size::apply(3))]
    async fn hashtags(&self) -> &[String] {
        &self.tagged_as.0
    }

    /// The kinds of tickets that were sold.
    #[graphql(directive = list_size::apply(5))]
    async fn tickets(&self) -> &[Ticket] {
        &self.sold_tickets.0
    }

    /// The edition that this one was held in place of.
    async fn replaces(&self, ctx: &Context<'_>) -> Result<Option<Arc<Edition>>> {
        ctx.maybe(self.replaces_id).await
    }

    /// The edition that was held in place of this one.
    async fn replaced_by(&self, ctx: &Context<'_>) -> Result<Option<Arc<Edition>>> {
        Ok(ctx.load(ReplacementsOfEdition(self.id.0)).await?.first().cloned())
    }

    /// Organisers, hosts, committee: people or companies, speakers or not; of these roles or of all.
    #[graphql(directive = list_size::apply(10))]
    async fn involvements(
        &self,
        ctx: &Context<'_>,
        roles: Option<Vec<InvolvementRole>>,
    ) -> Result<Vec<Arc<Involvement>>> {
        let mut all = ctx.load(InvolvementsOfEdition(self.id.0)).await?;
        all.retain(|one| roles.as_ref().is_none_or(|roles| roles.contains(&one.role)));
        Ok(all)
    }

    /// Its rooms, in the order that schedules show them.
    #[graphql(directive = list_size::apply(10))]
    async fn rooms(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Room>>> {
        ctx.load(RoomsOfEdition(self.id.0)).await
    }

    /// Its tracks.
    #[graphql(directive = list_size::apply(10))]
    async fn tracks(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Track>>> {
        ctx.load(TracksOfEdition(self.id.0)).await
    }

    /// The programme by conference day, breaks and social events included, in time order. A conference day begins at
    /// 05:00, so that a party at 01:00 belongs to the evening before.
    #[graphql(directive = list_size::apply(4))]
    async fn days(&self, ctx: &Context<'_>) -> Result<Vec<Day>> {
        Ok(self.days_of(&self.programme(ctx).await?))
    }

    /// The programme in time order: of one conference day, one room, one track (slugs), or all of it.
    #[graphql(directive = list_size::apply(400))]
    async fn schedule(
        &self,
        ctx: &Context<'_>,
        day: Option<Date>,
        room: Option<String>,
        track: Option<String>,
    ) -> Result<Vec<Arc<Slot>>> {
        let mut slots = match day {
            None => self.programme(ctx).await?,
            Some(date) => {
                let days = self.days_of(&self.programme(ctx).await?);
                days.into_iter().find(|day| day.date == date).map(|day| day.slots).unwrap_or_default()
            }
        };
        if let Some(slug) = room {
            let rooms = ctx.load(RoomsOfEdition(self.id.0)).await?;
            let room = rooms.iter().find(|room| room.slug == slug).map(|room| room.id.0);
            slots.retain(|slot| room.is_some() && slot.room_id == room);
        }
        if let Some(slug) = track {
            let tracks = ctx.load(TracksOfEdition(self.id.0)).await?;
            let track = tracks.iter().find(|track| track.slug == slug).map(|track| track.id.0);
            slots.retain(|slot| track.is_some() && slot.track_id == track);
        }
        Ok(slots)
    }

    /// The slots running at `at` (now, if left out), those of cancelled talks left out.
    #[graphql(directive = list_size::apply(10))]
    async fn on_now(&self, ctx: &Context<'_>, at: Option<DateTime>) -> Result<Vec<Arc<Slot>>> {
        let at = at.map_or(ctx.reads()?.now, DateTime::utc);
        Ok(on_now(self.programme(ctx).await?, at))
    }

    /// The next slot of each room after `at` (now, if left out), on the conference day of the first of them; those of
    /// cancelled talks left out.
    #[graphql(directive = list_size::apply(10))]
    async fn up_next(&self, ctx: &Context<'_>, at: Option<DateTime>) -> Result<Vec<Arc<Slot>>> {
        let at = at.map_or(ctx.reads()?.now, DateTime::utc);
        Ok(up_next(self.programme(ctx).await?, at, &self.timezone))
    }

    /// Its talks; without an order by their time.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments, as GraphQL names them")]
    async fn talks(
        &self,
        ctx: &Context<'_>,
        filter: Option<TalkFilter>,
        order_by: Option<TalkOrder>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Talk>> {
        Arguments { filter, order_by, first, after, last, before }.within(ctx, Parent::Edition, self.id).await
    }

    /// Everyone on stage; without an order by name.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments, as GraphQL names them")]
    async fn speakers(
        &self,
        ctx: &Context<'_>,
        filter: Option<SpeakerFilter>,
        order_by: Option<SpeakerOrder>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Speaker>> {
        Arguments { filter, order_by, first, after, last, before }.within(ctx, Parent::Edition, self.id).await
    }

    /// Those that somebody on stage spoke for, by name.
    async fn companies(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Company>> {
        Arguments { filter: None, order_by: None, first, after, last, before }
            .within(ctx, Parent::Edition, self.id)
            .await
    }

    /// Sponsors by tier, the highest tier first.
    #[graphql(directive = list_size::apply(6))]
    async fn sponsor_tiers(&self, ctx: &Context<'_>) -> Result<Vec<Arc<SponsorTier>>> {
        ctx.load(TiersOfEdition(self.id.0)).await
    }

    /// All of them, those without a tier too.
    #[graphql(directive = list_size::apply(20))]
    async fn sponsorships(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Sponsorship>>> {
        ctx.load(SponsorshipsOfEdition(self.id.0)).await
    }

    /// Its recordings: of talks, streams, films about it; without an order by publication.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments, as GraphQL names them")]
    async fn recordings(
        &self,
        ctx: &Context<'_>,
        filter: Option<RecordingFilter>,
        order_by: Option<RecordingOrder>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Recording>> {
        Arguments { filter, order_by, first, after, last, before }.within(ctx, Parent::Edition, self.id).await
    }

    /// Its playlists.
    #[graphql(directive = list_size::apply(3))]
    async fn playlists(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Playlist>>> {
        ctx.load(PlaylistsOfEdition(self.id.0)).await
    }

    /// What it links to, of these kinds or of all.
    #[graphql(directive = list_size::apply(5))]
    async fn links(&self, ctx: &Context<'_>, kinds: Option<Vec<LinkKind>>) -> Result<Vec<Arc<Link>>> {
        Subject::Edition(self.id.0).links(ctx, kinds).await
    }

    /// What there is of it. Withdrawn talks are not counted.
    async fn stats(&self, ctx: &Context<'_>) -> Result<EditionStats> {
        ctx.load(StatsOfEdition(self.id.0)).await
    }

    /// The conference day at `at` (now, if left out); null outside the edition.
    async fn today(&self, ctx: &Context<'_>, at: Option<DateTime>) -> Result<Option<Day>> {
        let at = at.map_or(ctx.reads()?.now, DateTime::utc);
        let date = Day::date_of(at, &self.timezone);
        Ok(self.days_of(&self.programme(ctx).await?).into_iter().find(|day| day.date == date))
    }

    /// The edition of this conference held before; cancelled ones do not count.
    async fn previous(&self, ctx: &Context<'_>) -> Result<Option<Arc<Edition>>> {
        ctx.maybe(self.neighbours(ctx).await?.previous).await
    }

    /// The edition of this conference held after; cancelled ones do not count.
    async fn next(&self, ctx: &Context<'_>) -> Result<Option<Arc<Edition>>> {
        ctx.maybe(self.neighbours(ctx).await?.next).await
    }

    /// What an attendee who last looked at `since` must be told, in the order of the revisions: the net effect of all
    /// that was changed since then. What was moved there and back, or added and removed again, is not told.
    #[graphql(directive = list_size::apply(50))]
    async fn schedule_changes(&self, ctx: &Context<'_>, since: Revision) -> Result<Vec<ScheduleChange>> {
        let log = ctx.load(ProgrammeLog { edition: self.id.0, since: since.0 });
        let (_, log) =
            futures_util::future::try_join(super::change::standing_at_least(ctx.batches()?, since), log).await?;
        Ok(super::schedule_change::since(&log, since.0, &self.timezone))
    }

    /// Where this edition's schedule is to be had in other formats.
    async fn exports(&self, ctx: &Context<'_>) -> Result<EditionExports> {
        let reads = ctx.reads()?;
        let at = |rest: &str| reads.url(format_args!("/editions/{}{rest}", self.slug));
        Ok(EditionExports {
            icalendar: at("/schedule.ics"),
            frab_xml: at("/schedule.xml"),
            c3voc_json: at("/schedule.json"),
            csv: reads.url(format_args!("/api/v1/talks.csv?edition={}", self.slug)),
            atom: at("/feed.atom"),
            page: at(""),
        })
    }
}

crate::read::children! {
    /// The editions held in place of one: at most one.
    ReplacementsOfEdition => Edition, by |row| row.replaces_id.unwrap_or_default(),
        at entity::edition::Column::ReplacesId, ordered vec![Edition::id_column()];
}

/// Addresses of the schedule in other formats.
#[derive(Clone, Debug, SimpleObject)]
pub struct EditionExports {
    /// iCalendar (RFC 5545).
    pub icalendar: Url,
    /// The XML of the frab and c3voc world.
    pub frab_xml: Url,
    /// The JSON of the c3voc world, version 1.
    #[graphql(name = "c3vocJson")]
    pub c3voc_json: Url,
    /// One row a talk.
    pub csv: Url,
    /// What changed, as an Atom feed.
    pub atom: Url,
    /// The page for people.
    pub page: Url,
}
