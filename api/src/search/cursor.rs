//! The place of a hit in the results of a search.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use crate::error::{Error, Result};

/// How widely was looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    /// All words, as they were typed.
    #[default]
    Typed,
    /// All words, with typing errors.
    Misspelt,
    /// Most of the words, with typing errors.
    Most,
    /// All words but one, as they were typed.
    Nearly,
    /// All words but one, with typing errors.
    NearlyMisspelt,
}

impl Stage {
    /// Whether typing errors are looked for.
    pub(super) fn is_misspelt(self) -> bool {
        matches!(self, Self::Misspelt | Self::Most | Self::NearlyMisspelt)
    }

    /// How many of the words are needed.
    pub(super) fn needed(self, words: usize) -> usize {
        match self {
            Self::Typed | Self::Misspelt => words,
            Self::Most => words.div_ceil(2),
            Self::Nearly | Self::NearlyMisspelt => words.saturating_sub(1).max(1),
        }
    }
}

/// The place of a hit: what it scored in which search, and the id. It has the stage and the weights of the first page,
/// so that later pages order by the same scores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) search: u32,
    pub(super) stage: Stage,
    pub(super) score: u32,
    pub(super) id: Uuid,
    pub(super) weights: Vec<u16>,
}

/// The number by which a cursor knows its search.
pub(super) fn search_number(search: impl Hash) -> u32 {
    // The hasher has no random keys, so all servers of the same build agree.
    let mut hasher = DefaultHasher::new();
    search.hash(&mut hasher);
    hasher.finish() as u32
}

impl Cursor {
    pub(super) fn encode(&self) -> String {
        let weights: Vec<String> = self.weights.iter().map(u16::to_string).collect();
        let Self { search, stage, score, id, .. } = self;
        let text = format!("{search}.{}.{score}.{}.{}", *stage as u8, id.simple(), weights.join("-"));
        URL_SAFE_NO_PAD.encode(format!("{text}.{}", search_number(&text) as u16))
    }

    /// The error of a cursor that can't be used.
    pub(super) fn wrong(why: &str) -> Error {
        Error::bad_input("after", format!("this is not a cursor of this search: {why}"))
    }

    /// Reads a cursor of a search.
    pub(super) fn decode(text: &str, search: u32) -> Result<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        let cursor = bytes.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok()).and_then(Self::parse);
        match cursor {
            None => Err(Self::wrong("it can't be read")),
            Some(cursor) if cursor.search != search => Err(Self::wrong("it comes from another query, filter or kinds")),
            Some(cursor) => Ok(cursor),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        // A cursor that was cut or changed has another check.
        let (text, check) = text.rsplit_once('.')?;
        check.parse::<u16>().ok().filter(|check| *check == search_number(text) as u16)?;
        let mut parts = text.split('.');
        let mut next = || parts.next();
        let search = next()?.parse().ok()?;
        let stage = match next()? {
            "0" => Stage::Typed,
            "1" => Stage::Misspelt,
            "2" => Stage::Most,
            "3" => Stage::Nearly,
            "4" => Stage::NearlyMisspelt,
            _ => return None,
        };
        let (score, id) = (next()?.parse().ok()?, next()?.parse().ok()?);
        let weights = next()?.split('-').filter(|weight| !weight.is_empty());
        let weight = |weight: &str| weight.parse().ok().filter(|weight| *weight > 0);
        let weights = weights.map(weight).collect::<Option<Vec<u16>>>()?;
        Some(Self { search, stage, score, id, weights })
    }
}
