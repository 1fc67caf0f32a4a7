//! The ids of things in a document: the id that is given, that of the stored thing, or one derived from the oldest
//! name.

use std::collections::{HashMap, HashSet};

use uuid::{Uuid, uuid};

/// The namespace of the ids that are derived from names.
pub(crate) const LECTERN: Uuid = uuid!("e8cf8830-7ee1-43d4-a1e9-4e89982e21e4");

/// The id that is derived from the kind and the key of a thing. The key is unique within its owner, which is
/// [`LECTERN`] for things of the whole archive.
pub(crate) fn derived(owner: Uuid, kind: &str, key: &str) -> Uuid {
    Uuid::new_v5(&owner, format!("{kind}/{key}").as_bytes())
}

/// What the names of one kind of thing lead to.
#[derive(Clone, Debug, Default)]
pub(crate) struct NameIndex {
    pub present: HashMap<String, Uuid>,
    pub former: HashMap<String, Uuid>,
}

impl NameIndex {
    /// The thing that a name leads to.
    pub(crate) fn find(&self, name: &str) -> Option<Uuid> {
        self.present.get(name).or_else(|| self.former.get(name)).copied()
    }
}

/// The names and the id of a thing in a document.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub name: String,
    /// The oldest first.
    pub former: Vec<String>,
    pub id: Option<Uuid>,
}

impl Claim {
    /// The name that its id is derived from.
    fn oldest(&self) -> &str {
        self.former.first().unwrap_or(&self.name)
    }
}

/// The ids of the things of one kind in a document, and what names lead to: a thing of the document, else a stored one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identities {
    /// In the order of the claims.
    pub ids: Vec<Uuid>,
    /// The names in the document.
    pub given: NameIndex,
    /// The names in the archive.
    pub stored: NameIndex,
}

impl Identities {
    /// Gives each claim its id. `what` names the kind in words, `owner` and `kind` are for [`derived`] ids.
    pub(crate) fn of(
        what: &str,
        claims: &[Claim],
        stored: NameIndex,
        (owner, kind): (Uuid, &str),
        problems: &mut Vec<String>,
    ) -> Self {
        let ids = identify(what, claims, &stored, |claim| derived(owner, kind, claim.oldest()), problems);
        let mut given = NameIndex::default();
        for (claim, id) in claims.iter().zip(&ids) {
            if given.present.insert(claim.name.clone(), *id).is_some() {
                problems.push(format!("{what} {} is there twice", claim.name));
            }
        }
        for (claim, id) in claims.iter().zip(&ids) {
            for name in &claim.former {
                let others = [given.present.get(name).copied(), given.former.insert(name.clone(), *id)];
                if others.into_iter().flatten().any(|other| other != *id) {
                    problems.push(format!("{what} {}: {name}, which it was called once, is another one", claim.name));
                }
            }
        }
        Self { ids, given, stored }
    }

    /// The thing that a name leads to.
    pub(crate) fn find(&self, name: &str) -> Option<Uuid> {
        self.given.find(name).or_else(|| self.stored.find(name))
    }

    /// Refuses names that lead, in the archive, to things that are not in the document: those stay as they are.
    pub(crate) fn check(&self, what: &str, claims: &[Claim], problems: &mut Vec<String>) {
        let given: HashSet<Uuid> = self.ids.iter().copied().collect();
        for claim in claims {
            for name in [&claim.name].into_iter().chain(&claim.former) {
                let stored = [self.stored.present.get(name), self.stored.former.get(name)];
                if let Some(id) = stored.into_iter().flatten().find(|id| !given.contains(id)) {
                    let other = format!("in the archive, {name} is another one, with the id {id}");
                    problems.push(format!("{what} {}: {other}", claim.name));
                }
            }
        }
    }
}

/// A rule that finds the id of a claim.
type IdRule<'a> = &'a dyn Fn(&Claim) -> Option<Uuid>;

/// One id for each claim. Each rule is applied to all claims before the next one, the surest first, so that no claim
/// takes the id of another.
fn identify(
    what: &str,
    claims: &[Claim],
    stored: &NameIndex,
    derived: impl Fn(&Claim) -> Uuid,
    problems: &mut Vec<String>,
) -> Vec<Uuid> {
    let newest = |names: &HashMap<String, Uuid>, claim: &Claim| {
        claim.former.iter().rev().find_map(|name| names.get(name).copied())
    };
    let ways: [IdRule<'_>; 5] = [
        &|claim| claim.id,
        &|claim| stored.present.get(&claim.name).copied(),
        &|claim| newest(&stored.present, claim),
        &|claim| stored.former.get(&claim.name).copied().or_else(|| newest(&stored.former, claim)),
        &|claim| Some(derived(claim)),
    ];
    let mut ids: Vec<Option<Uuid>> = vec![None; claims.len()];
    let mut taken = HashSet::new();
    for way in ways {
        for (claim, id) in claims.iter().zip(&mut ids) {
            if id.is_some() {
                continue;
            }
            *id = way(claim).filter(|id| taken.insert(*id));
            if id.is_none() && claim.id.is_some() {
                problems.push(format!("{what} {}: its id is that of another one, too", claim.name));
                *id = Some(Uuid::nil());
            }
        }
    }
    for (claim, id) in claims.iter().zip(&ids) {
        if id.is_none() {
            let derived = derived(claim);
            problems.push(format!(
                "{what} {}: the id derived from its name, {derived}, is that of another one; give it one of its own",
                claim.name
            ));
        }
    }
    ids.into_iter().map(Option::unwrap_or_default).collect()
}
