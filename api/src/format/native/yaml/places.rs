//! Where the values of a file are.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, OnceLock},
};

use super::Taken;
use crate::mistake::Position;

/// The places of a value and of its key.
#[derive(Clone, Debug, Default)]
pub(in crate::format::native) struct Location {
    pub value: Position,
    pub key: Option<Position>,
    /// The text of a scalar without quotes that is no text: a number, `true`, `null`, or nothing.
    pub bare: Option<Box<str>>,
    /// Whether it is a scalar without quotes.
    pub is_plain: bool,
    /// What YAML took from a text.
    pub taken: Option<Box<Taken>>,
}

/// The place of a value, and those of the values in it.
#[derive(Clone, Debug, Default)]
pub(in crate::format::native) struct Place {
    pub location: Location,
    pub within: Within,
}

/// The places of the values in a value.
#[derive(Clone, Debug, Default)]
pub(in crate::format::native) enum Within {
    #[default]
    Nothing,
    Items(Vec<Place>),
    Keys(Vec<(Box<str>, Place)>),
}

impl Place {
    /// The place of an item of a list.
    pub fn item(&self, n: usize) -> Option<&Self> {
        if let Within::Items(items) = &self.within { items.get(n) } else { None }
    }

    /// The place of the value of a key.
    pub fn key(&self, key: &str) -> Option<&Self> {
        let Within::Keys(keys) = &self.within else { return None };
        keys.iter().find(|(name, _)| **name == *key).map(|(_, place)| place)
    }

    /// The place that a JSON pointer leads to.
    fn at(&self, pointer: &str) -> Option<&Self> {
        pointer.split('/').skip(1).try_fold(self, |place, step| match &place.within {
            Within::Items(_) => place.item(step.parse().ok()?),
            Within::Keys(_) if step.contains('~') => place.key(&step.replace("~1", "/").replace("~0", "~")),
            Within::Keys(_) => place.key(step),
            Within::Nothing => None,
        })
    }
}

/// What was left out of a list, because it is broken.
#[derive(Clone, Debug, Default)]
pub(in crate::format::native) struct LeftOut {
    pub names: HashSet<String>,
    /// Whether something without a name was left out, or the whole list.
    pub any: bool,
}

/// The place of a file's whole value.
#[derive(Clone)]
enum Root {
    Known(Arc<Place>),
    /// It is looked for when it is asked for.
    Unread(Arc<Unread>),
}

/// Finds the place of a file's whole value.
type Reading = dyn Fn() -> Place + Send + Sync;

struct Unread {
    read: Box<Reading>,
    place: OnceLock<Place>,
}

/// The places of values by JSON pointer, and what was left out of the lists. Copies share them.
///
/// Those of a large archive take more memory than the archive, and few files have mistakes. So the places of a file
/// without a mistake of its own are forgotten, and the file is read once more if another file is at odds with it.
#[derive(Clone)]
pub(in crate::format::native) struct Places {
    root: Root,
    left_out: Arc<HashMap<String, LeftOut>>,
    /// What stands before every pointer.
    base: String,
    /// Whether anything may be left out of any list.
    pub every_list_is_open: bool,
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Places").field("left_out", &self.left_out).field("base", &self.base).finish_non_exhaustive()
    }
}

impl Places {
    /// The places in a value whose own place is this.
    pub fn known(root: Place) -> Self {
        Self::of_root(Root::Known(Arc::new(root)))
    }

    /// The places in a value whose own place is found by reading, once.
    pub fn unread(read: impl Fn() -> Place + Send + Sync + 'static) -> Self {
        Self::of_root(Root::Unread(Arc::new(Unread { read: Box::new(read), place: OnceLock::new() })))
    }

    /// The same in another value, whose own place is this.
    pub fn with_root(self, root: Place) -> Self {
        Self { root: Root::Known(Arc::new(root)), ..self }
    }

    fn of_root(root: Root) -> Self {
        Self { root, left_out: Arc::default(), base: String::new(), every_list_is_open: false }
    }

    /// The place of the whole value.
    pub fn root(&self) -> &Place {
        match &self.root {
            Root::Known(root) => root,
            Root::Unread(unread) => unread.place.get_or_init(|| (unread.read)()),
        }
    }

    pub fn get(&self, pointer: &str) -> Option<&Location> {
        self.root().at(&self.base)?.at(pointer).map(|place| &place.location)
    }

    /// What was left out of a list, to be added to.
    pub fn left_out(&mut self, list: &str) -> &mut LeftOut {
        Arc::make_mut(&mut self.left_out).entry(list.to_owned()).or_default()
    }

    /// What was left out of a list.
    fn left_out_of(&self, list: &str) -> Option<&LeftOut> {
        if self.left_out.is_empty() { None } else { self.left_out.get(&format!("{}{list}", self.base)) }
    }

    /// The names of what was left out of a list.
    pub fn names_left_out(&self, list: &str) -> impl Iterator<Item = &str> {
        self.left_out_of(list).into_iter().flat_map(|left_out| &left_out.names).map(String::as_str)
    }

    /// Whether something of a name may have been left out of a list.
    pub fn may_have(&self, list: &str, name: &str) -> bool {
        let left_out = self.left_out_of(list);
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
}
