//! A talk as its page shows it.

use serde::Deserialize;

use super::{
    Appearance, At, Link, ListedTalk, Named, Part, Titled, Venue,
    schedule::{InBlock, Place, Track},
    word,
};
use crate::web::pages::markdown;

/// The query of the page.
pub const DOCUMENT: &str = include_str!("talk.graphql");

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Talk {
    pub id: String,
    pub slug: String,
    pub title: String,
    pub subtitle: Option<String>,
    pub kind: String,
    pub status: String,
    #[serde(rename = "abstract")]
    pub about: Option<String>,
    pub language: Option<String>,
    pub starts_at: Option<At>,
    pub ends_at: Option<At>,
    pub url: String,
    pub tags: Vec<String>,
    pub edition: EditionOfTalk,
    pub track: Option<Track>,
    pub slots: Vec<Given>,
    pub block: Option<Block>,
    pub talks: Vec<InBlock>,
    pub appearances: Vec<Appearance>,
    pub recordings: Vec<Part>,
    pub replaces: Option<Titled>,
    pub replaced_by: Option<Titled>,
    pub links: Vec<Link>,
    pub related: Vec<ListedTalk>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct EditionOfTalk {
    pub slug: String,
    pub name: String,
    pub url: String,
    pub timezone: String,
    pub format: String,
    pub city: Option<String>,
    pub country: Option<String>,
    pub venue: Option<Venue>,
    pub conference: Named,
}

/// When and where a talk is given.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Given {
    pub starts_at: At,
    pub ends_at: At,
    pub room: Option<Place>,
    pub place: Option<Place>,
}

impl Given {
    pub fn places(&self) -> Vec<&str> {
        self.room.iter().chain(&self.place).map(|place| place.name.as_str()).collect()
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Block {
    pub title: String,
    pub url: String,
    pub slots: Vec<Given>,
}

impl Talk {
    pub fn is_cancelled(&self) -> bool {
        self.status == "CANCELLED"
    }

    pub fn is_withdrawn(&self) -> bool {
        self.status == "WITHDRAWN"
    }

    /// The slots of the talk, else those of its block.
    pub fn given(&self) -> &[Given] {
        match &self.block {
            Some(block) if self.slots.is_empty() => &block.slots,
            _ => &self.slots,
        }
    }

    /// The kind in words.
    pub fn kind(&self) -> String {
        word(&self.kind)
    }

    /// The abstract as HTML.
    pub fn about(&self) -> String {
        self.about.as_deref().map(markdown::html).unwrap_or_default()
    }

    /// The names of the speakers in a line.
    pub fn people(&self) -> String {
        let names: Vec<&str> = self.appearances.iter().map(|appearance| appearance.credited_as.as_str()).collect();
        names.join(", ")
    }

    /// The talk in a sentence, for search engines and chats: its abstract, or else who gave it and where.
    pub fn sentence(&self) -> String {
        if let Some(about) = &self.about {
            let line = markdown::line(about);
            let short: String = line.chars().take(200).collect();
            return if short.len() < line.len() { format!("{short}…") } else { short };
        }
        let people = self.people();
        let by = if people.is_empty() { String::new() } else { format!(" by {people}") };
        let kind = self.kind();
        let (first, rest) = kind.split_at(1);
        format!("{}{rest}{by} at {}.", first.to_uppercase(), self.edition.name)
    }

    /// The recording that is shown first: one with a player, if there is one.
    pub fn watched(&self) -> Option<&Part> {
        self.recordings.iter().find(|part| part.recording.embed_url.is_some()).or(self.recordings.first())
    }
}
