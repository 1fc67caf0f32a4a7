//! The schedule of an edition on pages and in frames: which part of it a page shows, and its days.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Appearance, At, Named, Titled, Watched, from, long, word};
use crate::{
    error::{Error, Result},
    state::Server,
};

/// The greatest number of slots that a page shows together. A larger schedule has a page for each day.
pub const MOST_AT_ONCE: usize = 150;

/// What of a schedule is on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    All,
    Day(NaiveDate),
}

impl Shown {
    /// The variables of a query for it.
    pub fn variables(self) -> Map<String, Value> {
        match self {
            Self::All => Map::new(),
            Self::Day(date) => Map::from_iter([("day".to_owned(), date.to_string().into())]),
        }
    }
}

/// The days of a schedule.
#[derive(Clone, Debug, Deserialize)]
pub struct Outline {
    today: Option<Today>,
    days: Vec<DayOfSlots>,
}

#[derive(Clone, Debug, Deserialize)]
struct Today {
    date: NaiveDate,
}

#[derive(Clone, Debug, Deserialize)]
pub struct DayOfSlots {
    pub date: NaiveDate,
    pub index: i32,
    slots: Vec<Id>,
}

#[derive(Clone, Debug, Deserialize)]
struct Id {
    id: String,
}

const OUTLINE: &str =
    "query($slug: String!) { edition(slug: $slug) { today { date } days { date index slots { id } } } }";

impl Outline {
    /// The days of the edition that has a slug, or had it; none without such an edition.
    pub async fn of(server: &Server, slug: &str) -> Result<Self> {
        let mut data = server.query(OUTLINE, Map::from_iter([("slug".to_owned(), slug.into())])).await?;
        match data["edition"].take() {
            Value::Null => Ok(Self { today: None, days: Vec::new() }),
            edition => from(edition),
        }
    }

    /// What a page shows: the day that is asked for, else all of a small schedule, else the first day to show.
    pub fn shown(&self, asked: Option<NaiveDate>) -> Result<Shown> {
        match asked {
            Some(date) if self.days.iter().any(|day| day.date == date) => Ok(Shown::Day(date)),
            Some(date) => Err(Error::NotFound(format!("the edition has no day {date}"))),
            None if self.days.iter().map(|day| day.slots.len()).sum::<usize>() <= MOST_AT_ONCE => Ok(Shown::All),
            None => Ok(self.first().map_or(Shown::All, Shown::Day)),
        }
    }

    /// Whether there are no days.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// The day that is shown before one is chosen: today, else the first with a schedule, else the first.
    pub fn first(&self) -> Option<NaiveDate> {
        let with_slots = || self.days.iter().find(|day| !day.slots.is_empty()).or(self.days.first());
        self.today.as_ref().map(|today| today.date).or_else(|| Some(with_slots()?.date))
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Slot {
    id: String,
    pub title: String,
    pub number: i64,
    pub starts_at: At,
    pub ends_at: At,
    pub end_is_estimated: bool,
    pub room: Option<Place>,
    pub place: Option<Place>,
    pub sponsors: Vec<Named>,
    pub talk: Option<Talk>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Place {
    pub name: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Track {
    pub name: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Talk {
    pub title: String,
    pub url: String,
    pub kind: String,
    pub status: String,
    pub language: Option<String>,
    pub track: Option<Track>,
    pub appearances: Vec<Appearance>,
    pub recordings: Vec<Watched>,
    pub talks: Vec<InBlock>,
}

/// A talk of a lightning round.
#[derive(Clone, Debug, Deserialize)]
pub struct InBlock {
    pub title: String,
    pub url: String,
    pub status: String,
    pub language: Option<String>,
    pub appearances: Vec<Appearance>,
    pub recordings: Vec<Watched>,
}

impl InBlock {
    pub fn is_cancelled(&self) -> bool {
        self.status == "CANCELLED"
    }
}

impl Talk {
    pub fn is_cancelled(&self) -> bool {
        self.status == "CANCELLED"
    }

    /// The kind, if it is worth telling.
    pub fn label(&self) -> String {
        match self.kind.as_str() {
            "TALK" | "OTHER" | "LIGHTNING_BLOCK" | "OPENING" | "CLOSING" => String::new(),
            kind => word(kind),
        }
    }
}

impl Slot {
    /// The classes of its element.
    pub fn class(&self) -> &'static str {
        match self.talk.as_ref().map(|talk| talk.kind.as_str()) {
            Some("KEYNOTE") => "slot talk keynote",
            Some(_) => "slot talk",
            None => "slot pause",
        }
    }

    /// The room and the place.
    pub fn places(&self) -> Vec<&str> {
        self.room.iter().chain(&self.place).map(|place| place.name.as_str()).collect()
    }
}

/// A schedule as a page shows it.
#[derive(Clone, Debug)]
pub struct Programme {
    pub days: Vec<ShownDay>,
    /// The links to the days.
    pub tabs: Vec<Tab>,
    /// The talks whose time nobody knows.
    pub timeless: Vec<Titled>,
}

#[derive(Clone, Debug)]
pub struct ShownDay {
    pub date: NaiveDate,
    pub index: i32,
    pub slots: Vec<Slot>,
}

impl ShownDay {
    pub fn title(&self) -> String {
        long(&self.date)
    }
}

#[derive(Clone, Debug)]
pub struct Tab {
    pub title: String,
    pub href: String,
    pub is_current: bool,
}

/// A talk that may have a time.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MaybeTimed {
    starts_at: Option<At>,
    title: String,
    url: String,
}

impl Programme {
    /// The slots by day. `path` is the page's address, before that of a day.
    pub fn new(shown: Shown, days: &[DayOfSlots], slots: Vec<Slot>, timeless: Vec<MaybeTimed>, path: &str) -> Self {
        let mut slots: HashMap<String, Slot> = slots.into_iter().map(|slot| (slot.id.clone(), slot)).collect();
        let tab = |day: &DayOfSlots| Tab {
            title: format!("Day {} – {}", day.index, day.date.format("%A, %-d %B")),
            href: match shown {
                Shown::All => format!("#day-{}", day.index),
                Shown::Day(_) => format!("{path}/days/{}", day.date),
            },
            is_current: shown == Shown::Day(day.date),
        };
        let day = |day: &DayOfSlots| ShownDay {
            date: day.date,
            index: day.index,
            slots: day.slots.iter().filter_map(|slot| slots.remove(&slot.id)).collect(),
        };
        let tabs: Vec<Tab> = if days.len() > 1 { days.iter().map(tab).collect() } else { Vec::new() };
        let is_shown = |day: &&DayOfSlots| match shown {
            Shown::All => !day.slots.is_empty(),
            Shown::Day(date) => day.date == date,
        };
        let timeless = timeless.into_iter().filter(|talk| talk.starts_at.is_none());
        Self {
            days: days.iter().filter(is_shown).map(day).collect(),
            tabs,
            timeless: timeless.map(|talk| Titled { title: talk.title, url: talk.url }).collect(),
        }
    }
}
