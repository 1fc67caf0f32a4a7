//! Derived columns: times of talks, counts, and the last revision of everything that an edition shows. After a write
//! they are updated, a few statements for all rows that the write concerns.

pub(super) mod created;

use std::collections::{HashMap, HashSet};

use entity::{company, conference, link, recording, slot, speaker, talk};
use sea_orm::{
    ActiveEnum, ConnectionTrait, ExprTrait,
    sea_query::{Expr, Query, SimpleExpr, UpdateStatement},
};
use uuid::Uuid;

use super::{
    Write,
    log::difference::Difference,
    store::rows::{NodeRow, Rows},
};
use crate::{
    database::{among, backend, name},
    error::Result,
    vocabulary::LinkKind,
};

/// The first slot of a talk, else that of its block. (SQLite allows no column of the outer statement in ORDER BY.)
pub(super) const FIRST_SLOT: &str = "FROM (SELECT slot.*, slot.talk_id <> talk.id AS is_blocks FROM slot \
    WHERE slot.talk_id IN (talk.id, talk.block_id)) AS slots ORDER BY is_blocks, starts_at, number LIMIT 1";

pub(super) const TALKS_OF_SPEAKER: &str = "(SELECT COUNT(*) FROM appearance JOIN talk ON talk.id = appearance.talk_id \
    WHERE appearance.speaker_id = speaker.id AND talk.status <> 'WITHDRAWN')";

pub(super) const TALKS_OF_COMPANY: &str = "(SELECT COUNT(DISTINCT talk.id) FROM appearance_company \
    JOIN talk ON talk.id = appearance_company.talk_id \
    WHERE appearance_company.company_id = company.id AND talk.status <> 'WITHDRAWN')";

/// The end of the last talk in a recording.
pub(super) const END_OF_TALKS: &str = "(SELECT MAX(talk.ends_at) FROM talk_recording \
    JOIN talk ON talk.id = talk_recording.talk_id WHERE talk_recording.recording_id = recording.id)";

/// Whether a talk has a recording, and whether it has slides.
pub(super) const HAS_RECORDING: &str = "(EXISTS (SELECT 1 FROM talk_recording WHERE talk_recording.talk_id = talk.id))";
pub(super) const HAS_SLIDES: &str =
    "(EXISTS (SELECT 1 FROM link WHERE link.talk_id = talk.id AND link.kind = 'SLIDES'))";

/// Whether a recording has a talk.
pub(super) const HAS_TALK: &str =
    "(EXISTS (SELECT 1 FROM talk_recording WHERE talk_recording.recording_id = recording.id))";

/// The places where editions show a thing: a table, and its column with the id of the thing.
pub(super) const SHOWS_SPEAKER: [(&str, &str); 2] = [("appearance", "speaker_id"), ("involvement", "speaker_id")];
pub(super) const SHOWS_COMPANY: [(&str, &str); 4] = [
    ("appearance_company", "company_id"),
    ("involvement", "company_id"),
    ("sponsorship", "company_id"),
    ("slot_sponsor", "company_id"),
];
const SHOWS_RECORDING: [(&str, &str); 2] = [("talk_recording", "recording_id"), ("playlist_recording", "recording_id")];

/// What a write changed.
#[derive(Clone, Copy)]
pub(super) struct Changes<'a> {
    pub difference: &'a Difference,
    /// The new things whose columns were derived before they were written.
    pub derived: &'a HashSet<Uuid>,
    pub stored: &'a Rows,
    pub desired: &'a Rows,
}

impl<'a> Changes<'a> {
    /// The links that changed, before and after.
    fn links(&self) -> impl Iterator<Item = &'a link::Model> {
        let difference = self.difference;
        let links = self.stored.links.iter().chain(&self.desired.links);
        links.filter(move |row| difference.of(link::Model::KIND, row.id).is_some())
    }
}

impl Write {
    /// Updates the columns that are derived from the rows that changed, but for the new things whose columns are derived
    /// already.
    pub(super) async fn refresh(&self, changes: &Changes<'_>) -> Result<()> {
        self.refresh_talks(changes).await?;
        self.refresh_counts(changes).await?;
        self.refresh_editions(changes).await
    }

    async fn refresh_talks(&self, changes: &Changes<'_>) -> Result<()> {
        let Changes { difference, derived, stored, desired } = *changes;
        let moved =
            stored.slots.iter().chain(&desired.slots).filter(|row| difference.of(slot::Model::KIND, row.id).is_some());
        let mut talks: HashSet<Uuid> = moved.filter_map(|row| row.talk_id).collect();
        talks.extend(difference.talks_with_other(&["block"]));
        talks.retain(|id| !derived.contains(id));
        let talks: Vec<Uuid> = talks.into_iter().collect();
        let these = self.among("id", &talks).or(self.among("block_id", &talks));
        if !talks.is_empty() {
            let slot = |column: &str| Expr::cust(format!("(SELECT slots.{column} {FIRST_SLOT})"));
            let mut update = Query::update();
            update
                .table(name("talk"))
                .values(["starts_at", "ends_at", "room_id"].map(|column| (name(column), slot(column))))
                .and_where(these.clone());
            self.run(&update).await?;
        }
        self.refresh_recordings(changes, (!talks.is_empty()).then_some(these)).await?;
        let years: HashMap<Uuid, i32> = stored.editions.iter().map(|row| (row.id, row.year)).collect();
        let other = desired.editions.iter().filter(|row| years.get(&row.id).is_some_and(|year| *year != row.year));
        let of_year = |column: &str| {
            Expr::cust(format!("(SELECT edition.{column} FROM edition WHERE edition.id = talk.edition_id)"))
        };
        self.set("talk", "edition_id", other.map(|row| row.id).collect(), vec![("year", of_year("year"))]).await?;
        self.refresh_possessions(changes).await
    }

    /// Updates what talks have that were there before. New ones were written with it.
    async fn refresh_possessions(&self, changes: &Changes<'_>) -> Result<()> {
        let difference = changes.difference;
        let is_new = |talk: &Uuid| difference.creates(talk::Model::KIND, *talk);
        let recorded = difference.talks_with_other(&["recordings"]).filter(|talk| !is_new(talk)).collect();
        self.set("talk", "id", recorded, vec![("has_recording", Expr::cust(HAS_RECORDING))]).await?;
        let slides = LinkKind::Slides.to_value();
        let links = changes.links().filter(|row| row.kind == slides);
        let linked = links.filter_map(|row| row.talk_id).filter(|talk| !is_new(talk)).collect();
        self.set("talk", "id", linked, vec![("has_slides", Expr::cust(HAS_SLIDES))]).await
    }

    /// Updates the recordings that changed, those that were attached to a talk or detached, and those of talks at
    /// another time.
    async fn refresh_recordings(&self, changes: &Changes<'_>, moved: Option<SimpleExpr>) -> Result<()> {
        let Changes { difference, derived, stored, desired } = *changes;
        let others: HashSet<Uuid> = difference.talks_with_other(&["recordings"]).collect();
        let attached = stored.talk_recordings.iter().chain(&desired.talk_recordings);
        let attached = attached.filter(|row| others.contains(&row.talk_id)).map(|row| row.recording_id);
        let changed = difference.ids(recording::Model::KIND).into_iter().chain(attached);
        let changed: HashSet<Uuid> = changed.filter(|id| !derived.contains(id)).collect();
        if changed.is_empty() && moved.is_none() {
            return Ok(());
        }
        let changed: Vec<Uuid> = changed.into_iter().collect();
        let mut which = self.among("id", &changed);
        if let Some(moved) = moved {
            let select = |column: &str, table: &str, which: SimpleExpr| {
                Query::select().column(name(column)).from(name(table)).and_where(which).to_owned()
            };
            let talks = Expr::col(name("talk_id")).in_subquery(select("id", "talk", moved));
            which = which.or(Expr::col(name("id")).in_subquery(select("recording_id", "talk_recording", talks)));
        }
        let mut update = Query::update();
        update
            .table(name("recording"))
            .value(name("talks_end_at"), Expr::cust(END_OF_TALKS))
            .value(name("has_talk"), Expr::cust(HAS_TALK))
            .and_where(which);
        self.run(&update).await
    }

    async fn refresh_counts(&self, changes: &Changes<'_>) -> Result<()> {
        let Changes { difference, derived, stored, desired } = *changes;
        let others: HashSet<Uuid> = difference.talks_with_other(&["appearances", "status"]).collect();
        let changed = |talk: Uuid, shown: Uuid| others.contains(&talk) && !derived.contains(&shown);
        let speakers = stored.appearances.iter().chain(&desired.appearances);
        let speakers: HashSet<Uuid> =
            speakers.filter(|row| changed(row.talk_id, row.speaker_id)).map(|row| row.speaker_id).collect();
        self.set("speaker", "id", speakers, vec![("talk_count", Expr::cust(TALKS_OF_SPEAKER))]).await?;
        let companies = stored.appearance_companies.iter().chain(&desired.appearance_companies);
        let companies: HashSet<Uuid> =
            companies.filter(|row| changed(row.talk_id, row.company_id)).map(|row| row.company_id).collect();
        self.set("company", "id", companies, vec![("talk_count", Expr::cust(TALKS_OF_COMPANY))]).await
    }

    /// Sets the content revision of every edition that shows a change to the last revision of the write.
    async fn refresh_editions(&self, changes: &Changes<'_>) -> Result<()> {
        let Changes { difference, derived, .. } = *changes;
        let links: Vec<_> = changes.links().collect();
        let changed = |kind: &'static str, subject: fn(&link::Model) -> Option<Uuid>| -> Vec<Uuid> {
            let subjects = links.iter().filter_map(|row| subject(row));
            // An edition that shows a new thing changed itself.
            let all: HashSet<Uuid> = difference.ids(kind).into_iter().chain(subjects).collect();
            all.into_iter().filter(|id| !derived.contains(id)).collect()
        };
        let direct = difference.changes.iter().flat_map(|change| change.editions).flatten();
        let direct: HashSet<Uuid> = direct.filter(|id| !derived.contains(id)).collect();
        let conferences = changed(conference::Model::KIND, |row| row.conference_id);
        let speakers = changed(speaker::Model::KIND, |row| row.speaker_id);
        let companies = changed(company::Model::KIND, |row| row.company_id);
        let recordings = changed(recording::Model::KIND, |_| None);
        let mut which = vec![
            (!direct.is_empty()).then(|| self.among("id", &direct.into_iter().collect::<Vec<_>>())),
            (!conferences.is_empty()).then(|| self.among("conference_id", &conferences)),
        ];
        which.extend(SHOWS_SPEAKER.map(|place| self.editions_that_show(place, &speakers)));
        which.extend(SHOWS_COMPANY.map(|place| self.editions_that_show(place, &companies)));
        which.extend(SHOWS_RECORDING.map(|place| self.editions_that_show(place, &recordings)));
        let Some(which) = which.into_iter().flatten().reduce(ExprTrait::or) else {
            return Ok(());
        };
        let mut update = Query::update();
        update
            .table(name("edition"))
            .value(name("content_revision"), self.revision)
            .value(name("content_updated_at"), self.now)
            .and_where(which);
        self.run(&update).await
    }

    /// The editions in which a table names one of the ids.
    pub(super) fn editions_that_show(&self, (table, column): (&str, &str), ids: &[Uuid]) -> Option<SimpleExpr> {
        if ids.is_empty() {
            return None;
        }
        let these = self.among(column, ids);
        let select = |column: &str, table: &str, which: SimpleExpr| {
            Query::select().column(name(column)).from(name(table)).and_where(which).to_owned()
        };
        let within = |owner: &str, owners: &str| {
            let owned = Expr::col(name("id")).in_subquery(select(owner, table, these.clone()));
            select("edition_id", owners, owned.and(Expr::col(name("edition_id")).is_not_null()))
        };
        let editions = match table {
            "appearance" | "appearance_company" | "talk_recording" => within("talk_id", "talk"),
            "slot_sponsor" => within("slot_id", "slot"),
            "playlist_recording" => within("playlist_id", "playlist"),
            _ => select("edition_id", table, these),
        };
        Some(Expr::col(name("id")).in_subquery(editions))
    }

    fn among(&self, column: &str, ids: &[Uuid]) -> SimpleExpr {
        among(backend(&self.transaction), Expr::col(name(column)), ids)
    }

    async fn set(&self, table: &str, key: &str, ids: HashSet<Uuid>, values: Vec<(&str, SimpleExpr)>) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let values = values.into_iter().map(|(column, value)| (name(column), value));
        let update = Query::update().table(name(table)).values(values).and_where(self.among(key, &ids)).to_owned();
        self.run(&update).await
    }

    async fn run(&self, update: &UpdateStatement) -> Result<()> {
        self.transaction.execute(update).await?;
        Ok(())
    }
}
