//! Editions of conferences.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, InputObject, SimpleObject};
use chrono::Utc;
use sea_orm::{
    ActiveEnum, ColumnTrait, ExprTrait, FromJsonQueryResult, IntoSimpleExpr,
    sea_query::{CaseStatement, Expr, Query, SimpleExpr, UnionType},
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
    schedule_change::{ScheduleChange, ScheduleLog},
    slot::{Slot, SlotsOfEdition},
    speaker::{Speaker, SpeakerFilter, SpeakerOrder},
    sponsor::{SponsorTier, Sponsorship, SponsorshipsOfEdition, TiersOfEdition},
    stats::{EditionStats, StatsOfEdition},
    talk::{Talk, TalkFilter, TalkOrder},
    track::{Track, TracksOfEdition},
    venue::Venue,
};
use crate::{
    collation::{fold, sort_key},
    database::among_words,
    directive::{list_size, reads_clock},
    error::Result,
    read::{
        Listed, Loading, Reads, Resource, Row,
        columns::Columns,
        connection::{Connection, ConnectionArguments, order_input},
        facet::{Facet, Values},
        key::{Key, KeyValue, Range},
        list::slug_ids,
        parent::Parent,
        slug::BySlug,
    },
    scalars::{Country, Date, DateTime, Id, Revision, TimeZone, Url},
    vocabulary::{EditionFormat, EditionStatus, InvolvementRole, LinkKind},
};

/// An edition of a conference: when and where it takes place, its schedule, its talks, and the people and companies in
/// them.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::edition)]
#[graphql(complex)]
pub struct Edition {
    /// The id of the edition: a UUID that never changes.
    pub id: Id,
    #[graphql(skip)]
    pub conference_id: Uuid,
    /// The slug of the edition, unique in the whole archive: `promcon-2016-berlin`.
    pub slug: String,
    /// The name of the edition: `PromCon 2016`.
    pub name: String,
    /// The year of the edition: 2016.
    pub year: i32,
    /// The acronym of the edition in schedule formats, unique in the whole archive: `promcon_2016_berlin`. It has at
    /// least 4 characters of `a-z`, `0-9` and `_`.
    pub acronym: String,
    /// The first day of the edition, in its time zone. It is null if the days are not known, as for an edition that was
    /// announced and never took place.
    pub starts_on: Option<Date>,
    /// The last day of the edition, in its time zone. It is null if the days are not known.
    pub ends_on: Option<Date>,
    #[graphql(skip)]
    pub begins_at: Option<chrono::DateTime<Utc>>,
    #[graphql(skip)]
    pub finishes_at: Option<chrono::DateTime<Utc>>,
    /// The time zone of the edition: `Europe/Berlin`. Times in the edition have the offset of this zone.
    pub timezone: TimeZone,
    #[graphql(skip)]
    #[columns(column = status)]
    pub set_status: Option<EditionStatus>,
    #[graphql(skip)]
    #[columns(expr = has_schedule())]
    pub has_schedule: bool,
    /// The way of attending the edition: on site, online or both.
    pub format: EditionFormat,
    /// The city in which the edition takes place. It is null if the edition is online only or if the city is not known.
    pub city: Option<String>,
    /// The country of the city, as an ISO 3166-1 code: `DE`. It is null if it is not known.
    pub country: Option<Country>,
    /// The venue of the edition. It is null if it is not known.
    pub venue: Option<Venue>,
    /// The number of people who could attend. It is null if it is not known.
    pub capacity: Option<i32>,
    /// The number of people who attended. It is null if it is not known.
    pub attendance: Option<i32>,
    /// Whether the number of people who attended is an estimate.
    pub attendance_is_estimate: bool,
    /// Whether the edition was sold out. It is null if it is not known.
    pub sold_out: Option<bool>,
    /// The number of the edition in the conference's own count: 1 for the first. It is null if the conference does not
    /// count.
    pub ordinal: Option<i32>,
    #[graphql(skip)]
    #[columns(column = hashtags)]
    pub tagged_as: Texts,
    /// The address of the edition's own website. It is null if it is not known.
    pub website_url: Option<Url>,
    /// The web address of the edition, made of this server's base URL and the slug:
    /// `https://example.org/editions/promcon-2016-berlin`.
    #[columns(skip)]
    pub url: Url,
    /// The call for papers of the edition. It is null if none is known.
    pub call_for_papers: Option<CallForPapers>,
    #[graphql(skip)]
    #[columns(column = tickets)]
    pub sold_tickets: Tickets,
    #[graphql(skip)]
    pub replaces_id: Option<Uuid>,
    /// The time of the last change to the edition's own data, in UTC. Talks and slots do not count.
    pub updated_at: DateTime,
    /// The revision of the last change to the edition's own data. A GraphQL mutation compares it with its argument
    /// `ifRevision`.
    pub revision: Revision,
    /// The revision of the last change to the edition or to anything in it: talks, slots, and the people, companies and
    /// recordings that they name.
    pub content_revision: Revision,
}

/// Texts in one column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Texts(pub Vec<String>);

fn has_schedule() -> SimpleExpr {
    // PostgreSQL would find all editions of all slots for EXISTS.
    Expr::cust("((SELECT 1 FROM slot WHERE slot.edition_id = edition.id LIMIT 1) IS NOT NULL)")
}

impl Row for Edition {
    type Entity = entity::edition::Entity;

    fn complete(&mut self, reads: &Reads) {
        self.url = reads.url(format_args!("/editions/{}", self.slug));
    }
}

/// A filter for editions. An edition matches a field if it matches any of the field's values, and matches the filter if
/// it matches all fields. A slug may be a former one; an unknown slug matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct EditionFilter {
    /// The slugs of conferences, such as `promcon`: the edition is one of theirs.
    pub conference: Option<Vec<String>>,
    /// The years of editions, such as 2016.
    pub year: Option<Vec<i32>>,
    /// The countries in which editions take place, as ISO 3166-1 codes: `DE`.
    pub country: Option<Vec<Country>>,
    /// The cities in which editions take place, in full: `Berlin`. Case and accents are ignored.
    pub city: Option<Vec<String>>,
    /// The states that editions have at the time of the request.
    #[graphql(directive = reads_clock::apply())]
    pub status: Option<Vec<EditionStatus>>,
    /// A day: the first day of the edition is this day or a later one. Editions without days do not match.
    pub starts_on_or_after: Option<Date>,
    /// A day: the first day of the edition is this day or an earlier one. Editions without days do not match.
    pub starts_on_or_before: Option<Date>,
}

/// The value by which editions are ordered. Without an order, editions are listed by first day. Editions without days
/// come last in ascending order and first in descending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum EditionOrderField {
    /// The first day of the edition.
    StartsOn,
    /// The name of the edition. Case and accents decide only between names that are else equal.
    Name,
}

order_input! {
    /// The order of a list of editions. Editions with equal values are ordered by id.
    EditionOrder, EditionOrderField, EditionOrderField::StartsOn
}

impl Listed for Edition {
    type Filter = EditionFilter;
    type Order = EditionOrder;
    type OrderField = EditionOrderField;

    const TOTAL: &'static str = "editions";

    fn within(filter: &EditionFilter) -> Option<(Parent, BySlug, EditionFilter)> {
        let [slug] = filter.conference.as_deref()? else { return None };
        let rest = EditionFilter { conference: None, ..filter.clone() };
        Some((Parent::Conference, BySlug::of::<Conference>(slug.clone()), rest))
    }

    fn facets(filter: &EditionFilter, reads: &Reads) -> Vec<Facet<Self>> {
        use EditionOrderField::StartsOn;
        use entity::edition::Column;
        let backend = reads.backend();
        let by = |column: Column, values: Values| Facet::column(column, values, backend).in_order(StartsOn);
        let mut facets: Vec<Facet<Self>> = Vec::new();
        facets.extend(
            filter
                .conference
                .as_ref()
                .map(|slugs| by(Column::ConferenceId, Values::Ids(slug_ids::<Conference>(slugs, backend))).few()),
        );
        facets.extend(
            filter
                .city
                .as_ref()
                .map(|cities| by(Column::CityKey, Values::texts(cities.iter().map(|city| fold(city)), backend))),
        );
        facets.extend(filter.year.as_ref().map(|years| by(Column::Year, Values::numbers(years, backend))));
        facets.extend(
            filter
                .country
                .as_ref()
                .map(|codes| by(Column::Country, Values::texts(codes.iter().map(ToString::to_string), backend))),
        );
        facets.extend(Self::range(filter).map(|range| {
            let from = filter.starts_on_or_after.map(|date| Column::StartsOn.gte(date));
            let until = filter.starts_on_or_before.map(|date| Column::StartsOn.lte(date));
            Facet::range(from.into_iter().chain(until).fold(Expr::val(true), ExprTrait::and), range)
        }));
        facets.extend(filter.status.as_ref().map(|words| with_status(words, reads)));
        facets
    }

    fn range(filter: &EditionFilter) -> Option<Range<EditionOrderField>> {
        let key = |day: Date| KeyValue::Date(day.0);
        let (from, until) = (filter.starts_on_or_after.map(key), filter.starts_on_or_before.map(key));
        (from.is_some() || until.is_some()).then_some(Range { order: EditionOrderField::StartsOn, from, until })
    }

    fn reads_clock(filter: &EditionFilter) -> bool {
        filter.status.is_some()
    }

    fn depends_on_texts(_: &Self::Filter, _: Option<Self::OrderField>) -> bool {
        false
    }

    fn keys(order: EditionOrderField) -> &'static [Key<Self>] {
        match order {
            EditionOrderField::StartsOn => &[Key {
                sql: "COALESCE(\"edition\".\"starts_on\", '9999-12-31')",
                value: |row| KeyValue::Date(row.starts_on.map_or_else(last_day, |date| date.0)),
            }],
            EditionOrderField::Name => {
                &[Key { sql: "\"edition\".\"name_sort\"", value: |row| KeyValue::SortKey(sort_key(&row.name)) }]
            }
        }
    }
}

fn last_day() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(chrono::NaiveDate::MAX)
}

/// The editions with a status. Nearly all are concluded; the others are not over, have no days, or were set.
fn with_status(words: &[EditionStatus], reads: &Reads) -> Facet<Edition> {
    use entity::edition::Column;
    let check = among_words(reads.backend(), status_in_sql(reads), words);
    if words.contains(&EditionStatus::Concluded) {
        return Facet::check(check);
    }
    let those = |which: SimpleExpr| {
        Query::select().expr(Edition::id_column()).from(entity::edition::Entity).and_where(which).to_owned()
    };
    let ids = those(Column::Status.is_not_null())
        .union(UnionType::All, those(Column::FinishesAt.gt(reads.now)))
        .union(UnionType::All, those(Column::FinishesAt.is_null()))
        .to_owned();
    Facet::among(check, ids)
}

/// [`Edition::status_at`] in SQL.
fn status_in_sql(reads: &Reads) -> SimpleExpr {
    use entity::edition::Column;
    let word = |status: EditionStatus| Expr::val(status.to_value());
    CaseStatement::new()
        .case(Column::Status.is_not_null(), Column::Status.into_simple_expr())
        .case(Column::FinishesAt.lte(reads.now), word(EditionStatus::Concluded))
        .case(Column::BeginsAt.lte(reads.now), word(EditionStatus::Live))
        .case(Column::BeginsAt.is_not_null().and(has_schedule()), word(EditionStatus::Scheduled))
        .finally(word(EditionStatus::Announced))
        .into()
}

impl Edition {
    /// The status: as an editor set it; else LIVE from 05:00 on the first day to 05:00 after the last.
    pub fn status_at(&self, now: chrono::DateTime<Utc>) -> EditionStatus {
        match (self.set_status, self.begins_at, self.finishes_at) {
            (Some(status), ..) => status,
            (_, _, Some(end)) if end <= now => EditionStatus::Concluded,
            (_, Some(start), _) if start <= now => EditionStatus::Live,
            (_, Some(_), _) if self.has_schedule => EditionStatus::Scheduled,
            _ => EditionStatus::Announced,
        }
    }

    async fn all_slots(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Slot>>> {
        ctx.load(SlotsOfEdition(self.id.0)).await
    }

    fn days_of(&self, slots: &[Arc<Slot>]) -> Vec<Day> {
        Day::of_schedule(self.starts_on, self.ends_on, &self.timezone, slots)
    }

    async fn neighbours(&self, ctx: &Context<'_>) -> Result<Neighbours> {
        ctx.load(NeighboursOfEdition { conference: self.conference_id, edition: self.id.0 }).await
    }
}

#[ComplexObject]
impl Edition {
    /// The conference that the edition belongs to.
    async fn conference(&self, ctx: &Context<'_>) -> Result<Arc<Conference>> {
        ctx.one(self.conference_id).await
    }

    /// The state of the edition at the time of the request. It follows from the clock, the days and the schedule unless
    /// an editor set it.
    #[graphql(directive = reads_clock::apply())]
    async fn status(&self, ctx: &Context<'_>) -> Result<EditionStatus> {
        Ok(self.status_at(ctx.reads()?.now))
    }

    /// The hashtags of the edition, without the `#`: `promcon2016`.
    #[graphql(directive = list_size::apply(3))]
    async fn hashtags(&self) -> &[String] {
        &self.tagged_as.0
    }

    /// The kinds of tickets that were sold for the edition.
    #[graphql(directive = list_size::apply(5))]
    async fn tickets(&self) -> &[Ticket] {
        &self.sold_tickets.0
    }

    /// The edition that this one took the place of. It is null if there is none.
    async fn replaces(&self, ctx: &Context<'_>) -> Result<Option<Arc<Edition>>> {
        ctx.maybe(self.replaces_id).await
    }

    /// The edition that took the place of this one. It is null if there is none.
    async fn replaced_by(&self, ctx: &Context<'_>) -> Result<Option<Arc<Edition>>> {
        Ok(ctx.load(ReplacementsOfEdition(self.id.0)).await?.first().cloned())
    }

    /// The people and companies that organised, hosted or helped the edition, in the order in which the edition lists
    /// them.
    #[graphql(directive = list_size::apply(10))]
    async fn involvements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The roles to return. If it is left out or null, involvements in all roles are returned.")]
        roles: Option<Vec<InvolvementRole>>,
    ) -> Result<Vec<Arc<Involvement>>> {
        let mut all = ctx.load(InvolvementsOfEdition(self.id.0)).await?;
        all.retain(|involvement| roles.as_ref().is_none_or(|roles| roles.contains(&involvement.role)));
        Ok(all)
    }

    /// The rooms of the edition, in the order in which the schedule shows them.
    #[graphql(directive = list_size::apply(10))]
    async fn rooms(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Room>>> {
        ctx.load(RoomsOfEdition(self.id.0)).await
    }

    /// The tracks of the edition, in the order in which the schedule shows them.
    #[graphql(directive = list_size::apply(10))]
    async fn tracks(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Track>>> {
        ctx.load(TracksOfEdition(self.id.0)).await
    }

    /// The schedule by conference day, with breaks and social events. A conference day begins at 05:00, so that a party
    /// at 01:00 belongs to the day before. Each day from the first to the last is listed, even without slots, and so is
    /// any other day that has slots.
    #[graphql(directive = list_size::apply(4))]
    async fn days(&self, ctx: &Context<'_>) -> Result<Vec<Day>> {
        Ok(self.days_of(&self.all_slots(ctx).await?))
    }

    /// The slots of the schedule, ordered by start: all of them, or those of one conference day, room or track.
    #[graphql(directive = list_size::apply(400))]
    async fn schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The date of the conference day to return. If it is left out or null, all days are returned."
        )]
        day: Option<Date>,
        #[graphql(desc = "The slug of the room to return. If it is left out or null, all rooms are returned.")]
        room: Option<String>,
        #[graphql(
            desc = "The slug of the track to return, which leaves out slots without a talk. If it is left out or null, \
                all tracks are returned."
        )]
        track: Option<String>,
    ) -> Result<Vec<Arc<Slot>>> {
        let mut slots = match day {
            None => self.all_slots(ctx).await?,
            Some(date) => {
                let days = self.days_of(&self.all_slots(ctx).await?);
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

    /// The slots in progress at the time of the request, unless another time is given. Slots of cancelled talks are
    /// left out.
    #[graphql(directive = list_size::apply(10), directive = reads_clock::apply())]
    async fn on_now(&self, ctx: &Context<'_>, at: Option<DateTime>) -> Result<Vec<Arc<Slot>>> {
        let at = at.map_or(ctx.reads()?.now, DateTime::utc);
        Ok(on_now(self.all_slots(ctx).await?, at))
    }

    /// The next slot of each room after the time of the request, unless another time is given: those on the conference
    /// day of the earliest of them. Slots without a room count as one room. Slots of cancelled talks are left out.
    #[graphql(directive = list_size::apply(10), directive = reads_clock::apply())]
    async fn up_next(&self, ctx: &Context<'_>, at: Option<DateTime>) -> Result<Vec<Arc<Slot>>> {
        let at = at.map_or(ctx.reads()?.now, DateTime::utc);
        Ok(up_next(self.all_slots(ctx).await?, at, &self.timezone))
    }

    /// The talks of the edition, by start unless an order is given.
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
        ConnectionArguments { filter, order_by, first, after, last, before }.within(ctx, Parent::Edition, self.id).await
    }

    /// The speakers who appear in talks of the edition, by name unless an order is given. Withdrawn talks are not
    /// considered.
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
        ConnectionArguments { filter, order_by, first, after, last, before }.within(ctx, Parent::Edition, self.id).await
    }

    /// The companies that speakers represent in talks of the edition, ordered by name. Withdrawn talks are not
    /// considered.
    async fn companies(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Company>> {
        ConnectionArguments { filter: None, order_by: None, first, after, last, before }
            .within(ctx, Parent::Edition, self.id)
            .await
    }

    /// The tiers of the edition's sponsors, the highest first.
    #[graphql(directive = list_size::apply(6))]
    async fn sponsor_tiers(&self, ctx: &Context<'_>) -> Result<Vec<Arc<SponsorTier>>> {
        ctx.load(TiersOfEdition(self.id.0)).await
    }

    /// All sponsorships of the edition, with or without a tier, in the order in which the edition lists them.
    #[graphql(directive = list_size::apply(20))]
    async fn sponsorships(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Sponsorship>>> {
        ctx.load(SponsorshipsOfEdition(self.id.0)).await
    }

    /// The recordings of the edition: of its talks, its live streams, and films about it. They are ordered by time of
    /// publication unless an order is given.
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
        ConnectionArguments { filter, order_by, first, after, last, before }.within(ctx, Parent::Edition, self.id).await
    }

    /// The playlists of the edition, ordered by their id at the provider.
    #[graphql(directive = list_size::apply(3))]
    async fn playlists(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Playlist>>> {
        ctx.load(PlaylistsOfEdition(self.id.0)).await
    }

    /// The links of the edition, in the order in which they are listed.
    #[graphql(directive = list_size::apply(5))]
    async fn links(&self, ctx: &Context<'_>, kinds: Option<Vec<LinkKind>>) -> Result<Vec<Arc<Link>>> {
        Subject::Edition(self.id.0).links(ctx, kinds).await
    }

    /// The counts of the edition: talks, speakers, companies and recordings.
    async fn stats(&self, ctx: &Context<'_>) -> Result<EditionStats> {
        ctx.load(StatsOfEdition(self.id.0)).await
    }

    /// The conference day at the time of the request, unless another time is given. It is null if the edition has no
    /// such day.
    #[graphql(directive = reads_clock::apply())]
    async fn today(&self, ctx: &Context<'_>, at: Option<DateTime>) -> Result<Option<Day>> {
        let at = at.map_or(ctx.reads()?.now, DateTime::utc);
        let date = Day::date_of(at, &self.timezone);
        Ok(self.days_of(&self.all_slots(ctx).await?).into_iter().find(|day| day.date == date))
    }

    /// The edition of the same conference that took place before this one. It is null for the first edition, and for an
    /// edition that is cancelled or has no days; such editions are skipped.
    async fn previous(&self, ctx: &Context<'_>) -> Result<Option<Arc<Edition>>> {
        ctx.maybe(self.neighbours(ctx).await?.previous).await
    }

    /// The edition of the same conference that takes place after this one. It is null for the last edition, and for an
    /// edition that is cancelled or has no days; such editions are skipped.
    async fn next(&self, ctx: &Context<'_>) -> Result<Option<Arc<Edition>>> {
        ctx.maybe(self.neighbours(ctx).await?.next).await
    }

    /// The changes of the schedule that an attendee who last looked at a revision has to know, ordered by revision.
    /// They are the net effect: what was moved away and back, or added and removed again, is not listed.
    #[graphql(directive = list_size::apply(50))]
    async fn schedule_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The archive's revision at the time when the attendee last looked. One after the archive's last \
                revision is refused (CONFLICT): it belongs to another copy of the archive."
        )]
        since: Revision,
    ) -> Result<Vec<ScheduleChange>> {
        let log = ctx.load(ScheduleLog { edition: self.id.0, since: since.0 });
        let (_, log) =
            futures_util::future::try_join(super::change::present_revision_since(ctx.batches()?, since), log).await?;
        Ok(super::schedule_change::since(&log, since.0, &self.timezone))
    }

    /// The addresses of the edition's schedule in other formats.
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
    /// The edition that took the place of this one: at most one.
    ReplacementsOfEdition => Edition, by |row| row.replaces_id.unwrap_or_default(),
        at entity::edition::Column::ReplacesId, ordered vec![Edition::id_column()];
}

/// The addresses of an edition's schedule in other formats.
#[derive(Clone, Debug, SimpleObject)]
pub struct EditionExports {
    /// The address of the schedule as iCalendar (RFC 5545).
    pub icalendar: Url,
    /// The address of the schedule as XML in the format of frab and c3voc.
    pub frab_xml: Url,
    /// The address of the schedule as JSON in version 1 of c3voc's format.
    #[graphql(name = "c3vocJson")]
    pub c3voc_json: Url,
    /// The address of the list of talks as CSV, with one row for each talk.
    pub csv: Url,
    /// The address of an Atom feed of the changes to the schedule.
    pub atom: Url,
    /// The web address of the edition for readers, the same as its `url`.
    pub page: Url,
}
