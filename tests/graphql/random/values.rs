//! Values for random edits, from pools so small that they collide.

use std::collections::HashMap;

use serde_json::{Value, json};

/// Numbers that follow from a seed (xorshift).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }

    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Clone>(&mut self, pool: &[T]) -> T {
        pool[self.below(pool.len())].clone()
    }
}

/// Names whose slugs are alike or empty, and names that some format or index may trip over.
const NAMES: [&str; 30] = [
    "Ada",
    "ÁDA",
    "a d a",
    "Bob",
    "Opening",
    "twice",
    "Round!",
    "Hall",
    "hall ",
    "Größe",
    "grosse",
    "🚀",
    "!!!",
    "\u{301}",
    "e\u{301}a\u{30a}",
    "- item",
    "key: value # no comment",
    "'\"",
    "yes",
    "null",
    "0x1F",
    "1.0e3",
    "~",
    "2025-10-25",
    "\u{feff}mark",
    "\u{2028}",
    "\u{fffe}\u{ffff}",
    "%_!\\",
    "<b>&amp;]]>",
    " שלום \u{202e}x ",
];
/// Texts that are not one line.
const WRONG: [&str; 8] = ["", " ", "\t\n", "bell\u{1}", "a\u{85}b", "a\nb", "a\r\nb", "a\rb"];
pub const SLUGS: [&str; 20] = [
    "ada",
    "ada-a",
    "bob",
    "crew",
    "acme",
    "old-co",
    "conf",
    "conf-2025",
    "conf-25",
    "hall",
    "attic",
    "ops",
    "opening",
    "twice",
    "round",
    "a",
    "x-1",
    "x-2",
    "Bad Slug",
    "-",
];
const DATES: [&str; 12] = [
    "0001-01-01",
    "1911-03-10",
    "1969-12-31",
    "2025-03-30",
    "2025-10-24",
    "2025-10-25",
    "2025-10-26",
    "2025-10-27",
    "2025-11-30",
    "2026-02-28",
    "9998-12-31",
    "9999-12-31",
];
const TIMES: [&str; 24] = [
    "2025-10-25T08:00:00+02:00",
    "2025-10-25T10:00:00+02:00",
    "2025-10-25T10:15:00+02:00",
    "2025-10-25T10:30:00+02:00",
    "2025-10-25T10:45:30+02:00",
    "2025-10-25T11:00:00+02:00",
    "2025-10-25T20:00:00Z",
    "2025-10-26T00:30:00Z",
    "2025-10-26T01:00:00Z",
    "2025-10-26T01:15:00Z",
    "2025-10-26T01:30:00Z",
    "2025-10-26T02:30:00+02:00",
    "2025-10-26T02:59:59+01:00",
    "2025-10-26T10:00:00+01:00",
    "2025-10-26T11:00:00+01:00",
    "2025-10-26T11:30:00+01:00",
    "2025-10-27T05:00:00+01:00",
    "2025-03-30T01:00:00Z",
    "2025-03-30T09:00:00-04:00",
    "2025-10-26T10:00:00.999+01:00",
    "1911-03-10T23:55:00Z",
    "0001-01-01T00:00:00Z",
    "9998-12-31T20:00:00Z",
    "9999-12-31T23:59:59-12:00",
];
const ZONES: [&str; 10] = [
    "Europe/Berlin",
    "Europe/Berlin",
    "Europe/Paris",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "UTC",
    "CET",
];
const URLS: [&str; 7] = [
    "https://example.org/",
    "https://example.org/a",
    "http://example.org/ä|{}[]\"<b>&'?q=[1]|%zz#x",
    "https://u:p@[::1]:1/",
    "ftp://example.org/",
    "x",
    "https://example.org/a b",
];
const KEYS: [&str; 8] = ["aaaaaaaaaaa", "bbbbbbbbbbb", "ccccccccccc", "a:b", "Ä|<x>&\"%", "", "a b", "PLxxxxxxxxxxxx"];
const NUMBERS: [i64; 10] = [i32::MIN as i64, -1, 0, 1, 2, 3, 7, 300, i32::MAX as i64, 1 << 31];

/// What there is in the archive, and what there was.
pub struct World {
    pub chance: Chance,
    /// The kind and the id of everything that was seen, in that order.
    pub ids: Vec<(String, String)>,
    /// Every slug that was seen, by kind.
    pub slugs: HashMap<String, Vec<String>>,
    /// The revision that each thing was of when it was last seen.
    pub revisions: HashMap<String, i64>,
    /// The ids of what was merged into others.
    pub merged: Vec<String>,
}

impl World {
    pub fn new(seed: u64) -> Self {
        Self {
            chance: Chance::new(seed),
            ids: Vec::new(),
            slugs: HashMap::new(),
            revisions: HashMap::new(),
            merged: Vec::new(),
        }
    }

    /// Remembers a thing, if it is one.
    pub fn remember(&mut self, kind: &str, thing: &Value) {
        let Some(id) = thing["id"].as_str() else { return };
        if !self.ids.iter().any(|(_, known)| known == id) {
            self.ids.push((kind.to_owned(), id.to_owned()));
        }
        if let Some(slug) = thing["slug"].as_str() {
            let slugs = self.slugs.entry(kind.to_owned()).or_default();
            slugs.retain(|known| known != slug);
            slugs.push(slug.to_owned());
        }
        if let Some(revision) = thing["revision"].as_i64() {
            self.revisions.insert(id.to_owned(), revision);
        }
    }

    /// All things that were seen: their kinds and ids.
    pub fn things(&self) -> Vec<(String, String)> {
        self.ids.clone()
    }

    /// A text with each id that was seen replaced by its place among them.
    pub fn without_ids(&self, text: &str) -> String {
        let named = |text: String, (place, (_, id)): (usize, &(String, String))| text.replace(id, &format!("#{place}"));
        self.ids.iter().enumerate().fold(text.to_owned(), named)
    }

    /// An id: mostly of a thing of a kind.
    pub fn id(&mut self, kind: &str) -> Value {
        let chance = self.chance.below(100);
        let pool: Vec<&String> =
            self.ids.iter().filter(|(known, _)| known == kind || chance < 4).map(|(_, id)| id).collect();
        match pool.is_empty() || chance == 99 {
            true => json!("00000000-0000-0000-0000-000000000000"),
            false => json!(self.chance.pick(&pool)),
        }
    }

    /// A slug: mostly of a thing of a kind.
    pub fn named(&mut self, kind: &str) -> Value {
        let known = self.slugs.get(kind).cloned().unwrap_or_default();
        match known.is_empty() || self.chance.percent(6) {
            true => json!(self.chance.pick(&SLUGS)),
            false => json!(self.chance.pick(&known)),
        }
    }

    pub fn slug(&mut self) -> Value {
        match self.chance.below(20) {
            0 => json!("s".repeat(200 + self.chance.below(2))),
            _ => json!(self.chance.pick(&SLUGS)),
        }
    }

    pub fn line(&mut self) -> Value {
        match self.chance.below(150) {
            0 => json!("x".repeat(10_000)),
            1 => json!(self.noise(10_000)),
            2 => json!(self.noise(500)),
            3 => json!(self.chance.pick(&WRONG)),
            _ => json!(self.chance.pick(&NAMES)),
        }
    }

    pub fn text(&mut self) -> Value {
        match self.chance.percent(30) {
            true => json!(format!("{}\r\n\n  {}\n", self.chance.pick(&NAMES), self.chance.pick(&NAMES))),
            false => self.line(),
        }
    }

    /// Text that nothing can compress.
    fn noise(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from_u32(0x4E00 + self.chance.below(0x5000) as u32).unwrap_or('x')).collect()
    }

    pub fn list(&mut self, mut of: impl FnMut(&mut Self) -> Value) -> Value {
        let length = self.chance.pick(&[0, 1, 1, 2, 2, 3, 4]);
        (0..length).map(|_| of(self)).collect()
    }

    pub fn date(&mut self) -> Value {
        json!(self.chance.pick(&DATES))
    }

    pub fn time(&mut self) -> Value {
        let most = if self.chance.percent(90) { 20 } else { TIMES.len() };
        json!(self.chance.pick(&TIMES[..most]))
    }

    pub fn zone(&mut self) -> Value {
        json!(self.chance.pick(&ZONES))
    }

    pub fn url(&mut self) -> Value {
        let most = if self.chance.percent(99) { 4 } else { URLS.len() };
        json!(self.chance.pick(&URLS[..most]))
    }

    pub fn key(&mut self) -> Value {
        json!(self.chance.pick(&KEYS))
    }

    pub fn number(&mut self) -> Value {
        let most = if self.chance.percent(98) { NUMBERS.len() - 1 } else { NUMBERS.len() };
        json!(self.chance.pick(&NUMBERS[..most]))
    }

    pub fn word(&mut self, words: &[&str]) -> Value {
        json!(self.chance.pick(words))
    }

    pub fn float(&mut self) -> Value {
        json!(self.chance.pick(&[
            -1.0,
            0.0,
            0.1 + 0.2,
            47.376_912_345_678_9,
            90.0,
            1e-7,
            123_456_789.123_456_78,
            5e-324,
            1.797e308
        ]))
    }

    pub fn flag(&mut self) -> Value {
        json!(self.chance.percent(50))
    }

    /// An object with all required fields and some of the optional ones, which now and then are null.
    pub fn object(&mut self, required: Vec<(&str, Value)>, optional: Vec<(&str, Value)>) -> Value {
        let mut fields: serde_json::Map<String, Value> =
            required.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        for (name, value) in optional {
            if self.chance.percent(28) {
                let value = if self.chance.percent(12) { Value::Null } else { value };
                fields.insert(name.to_owned(), value);
            }
        }
        Value::Object(fields)
    }
}
