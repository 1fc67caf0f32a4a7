//! Where the values of a file are.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::Taken;
use crate::mistake::Position;

/// The places of a value and of its key.
#[derive(Clone, Debug)]
pub(in crate::format::native) struct Location {
    pub value: Position,
    pub key: Option<Position>,
    /// The text of a scalar without quotes that is no text: a number, `true`, `null`, or nothing.
    pub bare: Option<Box<str>>,
    /// Whether it is a scalar without quotes.
    pub is_plain: bool,
}

/// What was left out of a list, because it is broken.
#[derive(Clone, Debug, Default)]
pub(in crate::format::native) struct LeftOut {
    pub names: HashSet<String>,
    /// Whether something without a name was left out, or the whole list.
    pub any: bool,
}

/// The places of values by JSON pointer, and what was left out of the lists. Copies share them.
#[derive(Clone, Debug, Default)]
pub(in crate::format::native) struct Places {
    places: Arc<HashMap<String, Location>>,
    left_out: Arc<HashMap<String, LeftOut>>,
    taken: Arc<HashMap<String, Taken>>,
    /// What stands before every pointer.
    base: String,
    /// Whether anything may be left out of any list.
    pub every_list_is_open: bool,
}

impl Places {
    pub fn get(&self, pointer: &str) -> Option<&Location> {
        self.places.get(self.whole(pointer).as_ref())
    }

    pub fn get_mut(&mut self, pointer: &str) -> Option<&mut Location> {
        Arc::make_mut(&mut self.places).get_mut(pointer)
    }

    pub fn put(&mut self, pointer: String, place: Location) {
        Arc::make_mut(&mut self.places).insert(pointer, place);
    }

    /// Notes what YAML took from a text.
    pub fn take(&mut self, pointer: String, taken: Taken) {
        Arc::make_mut(&mut self.taken).insert(pointer, taken);
    }

    /// What YAML took from a text.
    pub fn taken(&self, pointer: &str) -> Option<&Taken> {
        self.taken.get(self.whole(pointer).as_ref())
    }

    /// What was left out of a list, to be added to.
    pub fn left_out(&mut self, list: &str) -> &mut LeftOut {
        Arc::make_mut(&mut self.left_out).entry(list.to_owned()).or_default()
    }

    /// The names of what was left out of a list.
    pub fn names_left_out(&self, list: &str) -> impl Iterator<Item = &str> {
        let left_out = self.left_out.get(self.whole(list).as_ref());
        left_out.into_iter().flat_map(|left_out| &left_out.names).map(String::as_str)
    }

    /// Whether something of a name may have been left out of a list.
    pub fn may_have(&self, list: &str, name: &str) -> bool {
        let left_out = self.left_out.get(self.whole(list).as_ref());
        self.every_list_is_open || left_out.is_some_and(|left_out| left_out.any || left_out.names.contains(name))
    }

    /// The places below a pointer, relative to it.
    pub fn below(&self, pointer: &str) -> Self {
        Self { base: format!("{}{pointer}", self.base), ..self.clone() }
    }

    /// The place of a value. A value that is left out has the place of the value around it.
    pub fn of(&self, pointer: &str) -> Position {
        match (self.get(pointer), pointer.rsplit_once('/')) {
            (Some(place), _) => place.value,
            (None, Some((around, _))) => self.of(around),
            (None, None) => (1, 1),
        }
    }

    fn whole<'p>(&self, pointer: &'p str) -> Cow<'p, str> {
        if self.base.is_empty() { Cow::Borrowed(pointer) } else { Cow::Owned(format!("{}{pointer}", self.base)) }
    }
}
