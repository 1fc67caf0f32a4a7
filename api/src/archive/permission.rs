//! What a token allows a write to change.

use std::collections::{BTreeSet, HashSet};

use entity::{company, conference, edition, link, recording, speaker};
use sea_orm::{
    ConnectionTrait, DbErr,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr, UnionType},
};
use uuid::Uuid;

use super::{
    Write,
    derived::{SHOWS_COMPANY, SHOWS_SPEAKER},
    log::difference::Difference,
    store::rows::{NodeRow, Rows},
};
use crate::{
    database::{among, backend, name},
    error::{Error, Result},
    token::Grant,
    vocabulary::ChangeOperation,
};

/// A change concerns an edition, because it is one of the edition, or of something in it.
const OWN: i32 = 1;

/// A change concerns an edition, because it is one of a recording of its talks, or attaches its recording to another talk.
const RECORDING: i32 = 2;

/// A change concerns an edition, because it is one of a person or company that the edition shows.
const PERSON: i32 = 3;

/// The things that a write changes, other than new people, companies and recordings.
#[derive(Debug, Default)]
struct Changed {
    conferences: HashSet<Uuid>,
    editions: HashSet<Uuid>,
    recordings: HashSet<Uuid>,
    speakers: HashSet<Uuid>,
    companies: HashSet<Uuid>,
    /// Whether it changes anything but people, companies and their links.
    is_more_than_people: bool,
}

impl Changed {
    fn by(difference: &Difference, stored: &Rows, desired: &Rows) -> Self {
        let mut changed = Self::default();
        for change in &difference.changes {
            changed.editions.extend(change.editions.iter().flatten());
            let ids = match change.kind {
                conference::Model::KIND => &mut changed.conferences,
                recording::Model::KIND => &mut changed.recordings,
                speaker::Model::KIND => &mut changed.speakers,
                company::Model::KIND => &mut changed.companies,
                _ => continue,
            };
            if change.operation != ChangeOperation::Created || change.kind == conference::Model::KIND {
                ids.insert(change.id);
            }
        }
        let is_changed = |kind: &'static str, id: Uuid| difference.of(kind, id).is_some();
        let editions = stored.editions.iter().chain(&desired.editions);
        changed
            .conferences
            .extend(editions.filter(|row| is_changed(edition::Model::KIND, row.id)).map(|row| row.conference_id));
        let links = stored.links.iter().chain(&desired.links);
        for link in links.filter(|row| is_changed(link::Model::KIND, row.id)) {
            changed.conferences.extend(link.conference_id);
            changed.speakers.extend(link.speaker_id);
            changed.companies.extend(link.company_id);
        }
        let attached: HashSet<(Uuid, Uuid)> =
            stored.talk_recordings.iter().map(|row| (row.talk_id, row.recording_id)).collect();
        let new = desired.talk_recordings.iter().filter(|row| !attached.contains(&(row.talk_id, row.recording_id)));
        changed.recordings.extend(new.map(|row| row.recording_id));
        let of_people = |kind: &str| matches!(kind, speaker::Model::KIND | company::Model::KIND | link::Model::KIND);
        changed.is_more_than_people = !changed.conferences.is_empty()
            || !changed.editions.is_empty()
            || difference.changes.iter().any(|change| !of_people(change.kind));
        changed
    }
}

impl Write {
    /// Refuses changes that the token does not allow. A token for a conference may change what belongs to it alone, the
    /// people, companies and recordings among them. A token for people may change all people and companies.
    pub(super) async fn stay_within(&self, difference: &Difference, stored: &Rows, desired: &Rows) -> Result<()> {
        let Some(grant) = self.grant.as_ref().filter(|grant| !grant.is_unlimited()) else { return Ok(()) };
        // A merge rewrites what names the record that goes, wherever that is.
        if grant.people && self.merged.is_some() {
            return Ok(());
        }
        let changed = Changed::by(difference, stored, desired);
        let Some(own) = &grant.conference else {
            return match changed.is_more_than_people {
                true => Err(refusal(grant, "it also changes something else")),
                false => Ok(()),
            };
        };
        if changed.conferences.iter().any(|id| *id != own.id) {
            return Err(refusal(grant, "this is of another"));
        }
        self.concerns_no_other(grant, own.id, &changed).await
    }

    /// Refuses changes that concern editions of other conferences, in one statement.
    async fn concerns_no_other(&self, grant: &Grant, own: Uuid, changed: &Changed) -> Result<()> {
        let list = |ids: &HashSet<Uuid>| ids.iter().copied().collect::<Vec<_>>();
        let recordings = list(&changed.recordings);
        let own_editions = among(backend(&self.transaction), edition::Column::Id, &list(&changed.editions));
        let mut others = others(own, OWN, own_editions);
        let mut add = |concern, which: Vec<Option<SimpleExpr>>| {
            if let Some(which) = which.into_iter().flatten().reduce(ExprTrait::or) {
                others.union(UnionType::All, self::others(own, concern, which));
            }
        };
        let has_recording = [("talk_recording", "recording_id"), ("recording", "id")];
        add(RECORDING, has_recording.map(|place| self.editions_that_show(place, &recordings)).into());
        if !grant.people {
            let (speakers, companies) = (list(&changed.speakers), list(&changed.companies));
            add(PERSON, SHOWS_SPEAKER.map(|place| self.editions_that_show(place, &speakers)).into());
            add(PERSON, SHOWS_COMPANY.map(|place| self.editions_that_show(place, &companies)).into());
        }
        let others = self.transaction.query_all(&others).await?;
        let found = others.iter().map(|row| Ok((row.try_get("", "concern")?, row.try_get("", "slug")?)));
        let found: BTreeSet<(i32, String)> = found.collect::<Result<_, DbErr>>()?;
        let Some((concern, _)) = found.first() else { return Ok(()) };
        let slugs = found.iter().filter(|(other, _)| other == concern).map(|(_, slug)| slug.as_str());
        let slugs = slugs.collect::<Vec<_>>().join(", ");
        let why = match *concern {
            OWN => format!("this is of {slugs}"),
            RECORDING => format!("the recording is of {slugs}"),
            _ => format!("the person or company also appears at {slugs}: that needs the scope write:people"),
        };
        Err(refusal(grant, &why))
    }
}

fn refusal(grant: &Grant, why: &str) -> Error {
    let allowed = match &grant.conference {
        Some(only) => format!("the conference {}", only.slug),
        None => "people and companies".to_owned(),
    };
    Error::Forbidden(format!("the token \"{}\" is for {allowed}, and {why}", grant.name))
}

/// The slugs of conferences other than the own one whose editions a change concerns.
fn others(own: Uuid, concern: i32, editions: SimpleExpr) -> SelectStatement {
    let column = |table: &str, column: &str| Expr::col((name(table), name(column)));
    let ids = Query::select().column(name("conference_id")).from(name("edition")).and_where(editions).to_owned();
    Query::select()
        .expr_as(Expr::cust(concern.to_string()), name("concern"))
        .column((name("conference"), name("slug")))
        .from(name("conference"))
        .and_where(column("conference", "id").ne(own))
        .and_where(column("conference", "id").in_subquery(ids))
        .to_owned()
}
