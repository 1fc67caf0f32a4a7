//! What values that requests share depend on.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use uuid::Uuid;

use super::Resource;
use crate::weight::Weigh;

/// What a value depends on besides its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dependencies {
    /// Any write may change the value.
    Archive,
    /// Only a write that concerns one of these changes the value: ids for rows, and marks for relations and slugs.
    Things(Box<[Uuid]>),
}

impl Dependencies {
    /// A relation depends on those of the thing that its key names, and on the things that it shows.
    pub fn of_relation(key: Uuid, value: &impl Shows) -> Self {
        Self::of(relations_of(key), value)
    }

    /// The row of a thing, or a part of it, depends on that thing, and on the others that it shows.
    pub fn of_row(id: Uuid, value: &impl Shows) -> Self {
        Self::of(id, value)
    }

    /// A list depends on the things that it shows, and on what decides which things it has, in which order.
    pub fn of_list(value: &impl Shows) -> Self {
        Self::of(MEMBERSHIP, value)
    }

    fn of(key: Uuid, value: &impl Shows) -> Self {
        let mut things = vec![key];
        value.things(&mut things);
        Self::Things(things.into())
    }

    /// Which thing a slug leads to depends on that thing, and on all that have or had the slug.
    pub fn of_slug(slug: &str, found: Option<Uuid>) -> Self {
        Self::Things([slug_mark(slug)].into_iter().chain(found).collect())
    }

    /// A value depends on the one thing that it is; that there is none, on any write.
    pub fn of_one<T: Resource>(found: &Option<Arc<T>>) -> Self {
        found.as_ref().map_or(Self::Archive, |found| Self::Things([found.id().0].into()))
    }
}

/// The dependencies of all that something was made of. None: any write may change it.
#[derive(Debug)]
pub(super) struct AllDependencies(Option<HashSet<Uuid>>);

impl AllDependencies {
    pub fn new(things: impl IntoIterator<Item = Uuid>) -> Self {
        Self(Some(things.into_iter().collect()))
    }

    pub fn add(&mut self, dependencies: &Dependencies) {
        match (dependencies, &mut self.0) {
            (Dependencies::Things(things), Some(all)) => all.extend(things),
            _ => self.0 = None,
        }
    }

    pub fn dependencies(&self) -> Dependencies {
        self.0.as_ref().map_or(Dependencies::Archive, |all| Dependencies::Things(all.iter().copied().collect()))
    }
}

impl Weigh for Dependencies {
    fn weight(&self) -> usize {
        match self {
            Self::Archive => 0,
            Self::Things(things) => size_of_val(&**things),
        }
    }
}

/// A value that shows things of the archive.
pub trait Shows {
    /// Adds the ids of the things whose columns the value has.
    fn things(&self, things: &mut Vec<Uuid>);
}

impl Shows for Uuid {
    fn things(&self, things: &mut Vec<Uuid>) {
        things.push(*self);
    }
}

impl Shows for i64 {
    fn things(&self, _: &mut Vec<Uuid>) {}
}

impl Shows for String {
    fn things(&self, _: &mut Vec<Uuid>) {}
}

impl Shows for Arc<str> {
    fn things(&self, _: &mut Vec<Uuid>) {}
}

impl<T: Shows> Shows for Option<T> {
    fn things(&self, things: &mut Vec<Uuid>) {
        self.iter().for_each(|value| value.things(things));
    }
}

impl<T: Shows> Shows for Vec<T> {
    fn things(&self, things: &mut Vec<Uuid>) {
        self.iter().for_each(|value| value.things(things));
    }
}

/// What stands, among the ids of rows, for which things the lists of the archive have, and in which order. Every write
/// concerns it, but for those that change [`TEXTS`] alone.
pub(super) const MEMBERSHIP: Uuid = Uuid::nil();

/// Fields as in the log, on which no list depends but for those that
/// [`Listed::depends_on_texts`](super::Listed::depends_on_texts) names.
pub(super) const TEXTS: [&str; 5] = ["title", "subtitle", "abstract", "biography", "description"];

/// What stands for the relations of a thing among the ids of rows. No UUID has the variant that this one has.
pub(super) fn relations_of(id: Uuid) -> Uuid {
    Uuid::from_u128(!id.as_u128())
}

/// What stands for a slug among the ids of rows. No UUID begins with 64 bits of 0.
pub(super) fn slug_mark(slug: &str) -> Uuid {
    let mut hasher = DefaultHasher::new();
    slug.hash(&mut hasher);
    Uuid::from_u64_pair(0, hasher.finish())
}
