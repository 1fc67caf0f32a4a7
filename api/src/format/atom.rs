//! Atom feeds (RFC 4287, paged by RFC 5005): of recordings, and of the changes of an edition's schedule.

mod changes;

pub use changes::ChangeEntry;

use std::{collections::HashSet, sync::Arc};

use atom_syndication::{Category, Entry as AtomEntry, Feed as AtomFeed, Generator, Link, Person, Text};
use chrono::{DateTime, Utc};
use futures_util::future::{try_join, try_join_all};
use sea_orm::ActiveEnum;

use super::text::{one_line, uri, xml_text};
use crate::{
    error::Result,
    read::{Loading, Reads, batch::Batches},
    resource::{
        appearance::{Appearance, AppearancesOfTalk},
        edition::Edition,
        recording::{Recording, TalkRecording, TalkRecordingsOfRecording},
        talk::Talk,
    },
};

/// The author of a feed without one, and the generator of all.
const LECTERN: &str = "Lectern";
const FEED: &str = "application/atom+xml";
const PAGE: &str = "text/html";

/// A page of a feed.
#[derive(Clone, Debug)]
pub struct Feed<'a, E> {
    /// The title that subscribers see.
    pub title: &'a str,
    /// The author, if there is one.
    pub author: Option<&'a str>,
    /// The address that was requested, absolute. Without the parameters of the page it is the feed's id.
    pub url: &'a str,
    /// The address of a page with the same for people.
    pub page: &'a str,
    /// The address of the next page, with older entries.
    pub next: Option<&'a str>,
    /// The address of the previous page.
    pub previous: Option<&'a str>,
    /// The entries, in their order.
    pub entries: Vec<E>,
    /// The time of the last change, for a feed without entries.
    pub updated: DateTime<Utc>,
}

/// An entry of a feed.
pub trait FeedEntry {
    /// The time of the last change.
    fn updated(&self) -> DateTime<Utc>;

    /// The entry in Atom.
    fn write(&self) -> AtomEntry;
}

/// A recording, with everything that its entry shows.
#[derive(Clone, Debug)]
pub struct RecordingEntry {
    pub recording: Arc<Recording>,
    pub edition: Option<Arc<Edition>>,
    /// In the order of their places in the recording.
    pub talks: Vec<RecordedTalk>,
}

/// A talk in a recording.
#[derive(Clone, Debug)]
pub struct RecordedTalk {
    pub part: Arc<TalkRecording>,
    pub talk: Arc<Talk>,
    pub r#abstract: Option<Arc<str>>,
    /// In billing order.
    pub appearances: Vec<Arc<Appearance>>,
}

impl RecordingEntry {
    /// Loads a recording, its talks and their speakers. The number of statements is constant, however many recordings
    /// are loaded at once. Works only within [`crate::read::batch::drive`].
    pub async fn of(recording: Arc<Recording>, batches: &Arc<Batches<Reads>>) -> Result<Self> {
        let talks = async {
            let parts = batches.load(TalkRecordingsOfRecording(recording.id.0)).await?;
            try_join_all(parts.into_iter().map(|part| async {
                let (talk, appearances) =
                    try_join(batches.one::<Talk>(part.talk_id), batches.load(AppearancesOfTalk(part.talk_id))).await?;
                let r#abstract = talk.r#abstract.load(batches).await?;
                Ok(RecordedTalk { part, talk, r#abstract, appearances })
            }))
            .await
        };
        let (edition, talks) = try_join(batches.maybe(recording.edition_id), talks).await?;
        Ok(Self { edition, talks, recording })
    }

    fn appearances(&self) -> impl Iterator<Item = &Arc<Appearance>> {
        self.talks.iter().flat_map(|recorded| &recorded.appearances)
    }

    /// The title of the recording; else of its talks, or of the block that they are in; else the name of its edition;
    /// else its address.
    fn title(&self) -> String {
        let is_in_round =
            |recorded: &&RecordedTalk| self.talks.iter().any(|round| Some(round.talk.id.0) == recorded.talk.block_id);
        let of_talks = || {
            let own = self.talks.iter().filter(|recorded| !is_in_round(recorded));
            let titles: Vec<String> = own.filter_map(|recorded| one_line(&recorded.talk.title)).collect();
            (!titles.is_empty()).then(|| titles.join(" / "))
        };
        let own = self.recording.title.as_deref().and_then(one_line);
        own.or_else(of_talks).or_else(|| self.edition_name()).unwrap_or_else(|| uri(&self.recording.url))
    }

    fn edition_name(&self) -> Option<String> {
        self.edition.as_ref().and_then(|edition| one_line(&edition.name))
    }

    /// Everyone who appears in its talks, each once; else the edition. An entry has at least one author (RFC 4287,
    /// 4.2.1).
    fn authors(&self) -> Vec<Person> {
        let mut seen = HashSet::new();
        let people =
            self.appearances().filter(|appearance| seen.insert(appearance.speaker_id)).map(|appearance| Person {
                name: one_line(appearance.name()).unwrap_or_else(|| appearance.speaker.slug.clone()),
                uri: Some(appearance.speaker.url.to_string()),
                ..Person::default()
            });
        let mut authors: Vec<Person> = people.collect();
        if authors.is_empty() {
            authors.push(person(self.edition_name().unwrap_or_else(|| LECTERN.to_owned())));
        }
        authors
    }

    /// Its kind, its language and its edition.
    fn categories(&self) -> Vec<Category> {
        let category = |term: String, label: Option<String>| Category { term, label, scheme: None };
        let kind = self.recording.kind.to_value();
        let label = kind.to_lowercase().replace('_', " ");
        let kind = category(kind, Some(label));
        let language = self.recording.language.as_ref().map(|language| category(language.to_string(), None));
        let edition = self.edition.as_ref().map(|edition| category(edition.slug.clone(), self.edition_name()));
        std::iter::once(kind).chain(language).chain(edition).collect()
    }

    /// The address of the recording, and the pages of its talks.
    fn links(&self) -> Vec<Link> {
        let recording = Link {
            href: uri(&self.recording.url),
            rel: "alternate".to_owned(),
            hreflang: self.recording.language.as_ref().map(ToString::to_string),
            ..Link::default()
        };
        let talks = self.talks.iter().map(|recorded| Link {
            title: one_line(&recorded.talk.title),
            ..link("related", recorded.talk.url.as_str(), PAGE)
        });
        std::iter::once(recording).chain(talks).collect()
    }

    /// The abstract of the only talk; or the list of several talks, each with its start.
    fn summary(&self) -> Option<String> {
        let summary = match self.talks.as_slice() {
            [only] => only.r#abstract.as_deref().map(|text| xml_text(text).trim().to_owned()),
            several => Some(several.iter().map(RecordedTalk::line).collect::<Vec<_>>().join("\n")),
        };
        summary.filter(|summary| !summary.is_empty())
    }
}

impl FeedEntry for RecordingEntry {
    fn updated(&self) -> DateTime<Utc> {
        let talks = self.talks.iter().map(|recorded| recorded.talk.updated_at.utc());
        let speakers = self.appearances().map(|appearance| appearance.speaker.updated_at.utc());
        talks.chain(speakers).fold(self.recording.updated_at.utc(), Ord::max)
    }

    fn write(&self) -> AtomEntry {
        AtomEntry {
            title: Text::plain(self.title()),
            id: format!("urn:uuid:{}", self.recording.id),
            updated: self.updated().fixed_offset(),
            authors: self.authors(),
            categories: self.categories(),
            links: self.links(),
            published: self.recording.published_at.map(|at| at.utc().fixed_offset()),
            summary: self.summary().map(Text::plain),
            ..AtomEntry::default()
        }
    }
}

impl RecordedTalk {
    /// `1:02:05 Life of a Label – Ada, Bob`
    fn line(&self) -> String {
        let offset = self.part.start_seconds.map(|seconds| match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
            (0, minutes, seconds) => format!("{minutes}:{seconds:02} "),
            (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02} "),
        });
        let title = one_line(&self.talk.title).unwrap_or_default();
        let names: Vec<String> = self.appearances.iter().filter_map(|appearance| one_line(appearance.name())).collect();
        let separator = if names.is_empty() { "" } else { " – " };
        format!("{}{title}{separator}{}", offset.unwrap_or_default(), names.join(", "))
    }
}

/// The feed as a file. The same data gives the same bytes.
pub fn write<E: FeedEntry>(feed: &Feed<'_, E>) -> String {
    let mut links = vec![link("self", feed.url, FEED), link("alternate", feed.page, PAGE)];
    links.extend(feed.next.map(|url| link("next", url, FEED)));
    links.extend(feed.previous.map(|url| link("previous", url, FEED)));
    let written = AtomFeed {
        title: Text::plain(one_line(feed.title).unwrap_or_default()),
        id: without_page(feed.url),
        updated: feed.entries.iter().map(FeedEntry::updated).max().unwrap_or(feed.updated).fixed_offset(),
        authors: vec![person(feed.author.and_then(one_line).unwrap_or_else(|| LECTERN.to_owned()))],
        generator: Some(Generator { value: LECTERN.to_owned(), uri: None, version: None }),
        links,
        entries: feed.entries.iter().map(FeedEntry::write).collect(),
        ..AtomFeed::default()
    };
    written.to_string()
}

fn link(rel: &str, href: &str, media: &str) -> Link {
    Link { href: href.to_owned(), rel: rel.to_owned(), mime_type: Some(media.to_owned()), ..Link::default() }
}

fn person(name: String) -> Person {
    Person { name, ..Person::default() }
}

/// The address of a feed without the parameters of its pages. All pages of a feed have the same id.
fn without_page(url: &str) -> String {
    let Some((path, query)) = url.split_once('?') else { return url.to_owned() };
    let names_page = |part: &&str| ["cursor", "limit", "total"].contains(&part.split('=').next().unwrap_or_default());
    let kept: Vec<&str> = query.split('&').filter(|part| !names_page(part)).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}
