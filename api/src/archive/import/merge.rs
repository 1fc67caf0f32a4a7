//! Merging what changed in the archive since an export with what was changed in the exported document. What only one
//! side changed is taken. What both changed to different values is a conflict.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::EntityTrait;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use self::outcome::{MergeOutcome, Taken};
use super::{
    options::Side,
    since::{ArchiveSide, ChangedThing, Fields},
};
use crate::{
    archive::{
        log::{audit::agree, fields::whole, parts::Parts, rebuilt::row_with},
        store::rows::{NodeRow, Rows, nodes},
    },
    error::Result,
};

pub(super) mod outcome;
mod settle;

/// Fields that are decided together, because a mixture of two sides would not make sense.
const TOGETHER: [(&str, &[&str]); 5] = [
    ("Slot", &["startsAt", "endsAt", "endIsEstimated", "isOpenEnded"]),
    ("Slot", &["kind", "title", "talk"]),
    ("Edition", &["startsOn", "endsOn"]),
    ("Edition", &["sponsorTiers", "sponsorships"]),
    ("Talk", &["block", "blockPosition"]),
];

/// A merge of the desired rows, which are those of the document, with the changes of the archive.
pub(super) struct Merge<'a> {
    side: &'a ArchiveSide,
    stored: &'a Rows,
    prefer: Option<Side>,
    /// The parts in the document of what changed in the archive.
    desired_parts: HashMap<(&'static str, Uuid), Fields>,
    taken: Taken,
    /// The slots whose estimated end differs on the two sides.
    estimates: HashSet<Uuid>,
    outcome: MergeOutcome,
}

/// Merges into the desired rows what changed in the archive. The rows are as they were if there are conflicts that
/// nothing decides.
pub(super) fn merge(
    side: &ArchiveSide,
    stored: &Rows,
    desired: &mut Rows,
    prefer: Option<Side>,
) -> Result<MergeOutcome> {
    let parts = Parts::of(desired);
    let desired_parts = side.things.keys().map(|key| (*key, parts.fields(key.0, key.1))).collect();
    let mut merge = Merge {
        side,
        stored,
        prefer,
        desired_parts,
        taken: Taken::default(),
        estimates: HashSet::new(),
        outcome: MergeOutcome::of(stored),
    };
    macro_rules! each_table {
        ($($rows:ident: $table:ident $kind:literal,)+) => {
            $(merge.table(&stored.$rows, &mut desired.$rows)?;)+
        };
    }
    nodes!(each_table);
    merge.taken.move_parts(stored, desired);
    merge.settle(desired)?;
    Ok(merge.outcome)
}

/// What becomes of a thing.
enum Decision {
    /// It is as the document has it, but for these fields, which are as the archive has them.
    Source(Vec<String>),
    /// It is as the archive has it: there or not.
    Archive,
}

impl Merge<'_> {
    /// Merges the things of a table.
    fn table<N>(&mut self, stored: &[N], desired: &mut Vec<N>) -> Result<()>
    where
        N: NodeRow + DeserializeOwned,
        N::Entity: EntityTrait<Model = N>,
    {
        let side = self.side;
        let changed: Vec<_> = side.things.iter().filter(|((kind, _), _)| *kind == N::KIND).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let present: HashMap<Uuid, &N> = stored.iter().map(|row| (row.id(), row)).collect();
        let places: HashMap<Uuid, usize> = desired.iter().enumerate().map(|(n, row)| (row.id(), n)).collect();
        let mut removed = HashSet::new();
        for ((_, id), thing) in changed {
            let place = places.get(id).copied();
            let fields = place
                .and_then(|place| desired.get(place))
                .map(|row| whole(row, self.desired_parts.get(&(N::KIND, *id)).cloned().unwrap_or_default()))
                .transpose()?;
            match (self.decide((N::KIND, *id), thing, fields.as_ref()), present.get(id), place) {
                (Decision::Source(fields), Some(row), Some(place)) if !fields.is_empty() => {
                    desired[place] = row_with(&desired[place], row, &fields)?;
                    self.taken.fields(N::KIND, *id, &fields);
                }
                (Decision::Archive, Some(row), None) => {
                    desired.push((*row).clone());
                    self.taken.all_of(*id);
                }
                (Decision::Archive, Some(row), Some(place)) => {
                    desired[place] = (*row).clone();
                    self.taken.all_of(*id);
                }
                (Decision::Archive, None, Some(_)) => {
                    removed.insert(*id);
                    self.taken.nothing_of(*id);
                }
                _ => {}
            }
        }
        desired.retain(|row| !removed.contains(&row.id()));
        Ok(())
    }

    /// Decides what becomes of a thing that changed in the archive, given what it is in the document.
    fn decide(&mut self, key: (&'static str, Uuid), thing: &ChangedThing, source: Option<&Fields>) -> Decision {
        match (&thing.base, &thing.present, source) {
            (base, Some(present), Some(source)) => {
                let nothing = Fields::new();
                Decision::Source(self.fields(key, thing, [base.as_ref().unwrap_or(&nothing), present, source]))
            }
            (None, Some(_), None) => self.keep(key, thing),
            (Some(base), Some(present), None) if are_same(base, present) => Decision::Source(Vec::new()),
            (Some(base), Some(present), None) => {
                let fields = differing(base, present);
                self.conflict(key, thing, &fields, "deleted")
            }
            (Some(base), None, Some(source)) if are_same(base, source) => self.keep(key, thing),
            (Some(base), None, Some(source)) => {
                let fields = differing(base, source);
                self.conflict(key, thing, &fields, "changed")
            }
            _ => Decision::Source(Vec::new()),
        }
    }

    /// The fields that are taken from the archive, of a thing that both sides have.
    fn fields(
        &mut self,
        key: (&'static str, Uuid),
        thing: &ChangedThing,
        [base, present, source]: [&Fields; 3],
    ) -> Vec<String> {
        let mut units: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for field in differing(present, source) {
            let together = TOGETHER.iter().find(|(kind, fields)| *kind == key.0 && fields.contains(&field.as_str()));
            let unit = together.map_or(field.as_str(), |(_, fields)| fields[0]);
            units.entry(unit.to_owned()).or_default().push(field);
        }
        let is_estimate = |fields: &Fields| fields.get("endIsEstimated").and_then(Value::as_bool).unwrap_or_default();
        let (mut kept, mut contested) = (Vec::new(), Vec::new());
        for (unit, fields) in units {
            let whole = TOGETHER.iter().find(|(kind, together)| *kind == key.0 && together[0] == unit);
            let mut all: Vec<String> = whole
                .map_or_else(|| fields.clone(), |(_, together)| together.iter().map(ToString::to_string).collect());
            if unit == "startsAt" && is_estimate(present) && is_estimate(source) {
                self.estimates.insert(key.1);
                all.retain(|field| field != "endsAt");
            }
            let unchanged = |side: &Fields| all.iter().all(|field| agree(base.get(field), side.get(field)));
            if unchanged(source) {
                kept.extend(fields);
            } else if !unchanged(present) && unit != "position" {
                contested.extend(fields);
            }
        }
        if !contested.is_empty()
            && let Decision::Archive = self.conflict(key, thing, &contested, "changed")
        {
            kept.append(&mut contested);
        }
        if !kept.is_empty() {
            self.outcome.kept(key, thing, &kept);
        }
        kept
    }

    /// Keeps what the archive has.
    fn keep(&mut self, key: (&'static str, Uuid), thing: &ChangedThing) -> Decision {
        self.outcome.kept(key, thing, &[]);
        Decision::Archive
    }

    /// Decides a conflict, if a side is preferred.
    fn conflict(
        &mut self,
        key: (&'static str, Uuid),
        thing: &ChangedThing,
        fields: &[String],
        by_source: &'static str,
    ) -> Decision {
        match self.prefer {
            Some(Side::Archive) => {
                if thing.present.is_none() || by_source == "deleted" {
                    self.outcome.kept(key, thing, &[]);
                }
                Decision::Archive
            }
            // What a merge moved to the other thing would not come back by this one alone.
            Some(Side::Source) if !thing.is_merged => {
                self.outcome.taken_back(key, thing, fields);
                Decision::Source(Vec::new())
            }
            Some(Side::Source) | None => {
                self.outcome.conflict(key, thing, fields, by_source);
                Decision::Source(Vec::new())
            }
        }
    }
}

/// The fields in which two things differ.
fn differing(a: &Fields, b: &Fields) -> Vec<String> {
    let names: HashSet<&String> = a.keys().chain(b.keys()).collect();
    let mut names: Vec<String> = names.into_iter().filter(|name| !agree(a.get(*name), b.get(*name))).cloned().collect();
    names.sort();
    names
}

fn are_same(a: &Fields, b: &Fields) -> bool {
    differing(a, b).is_empty()
}
