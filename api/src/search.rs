//! Search: an index of talks, speakers, companies and editions that follows the log.
//!
//! Each server has an index of its own. It knows the revision that it stands at, and catches up by the changes after
//! it. A small archive's index is in memory; that of a large one is in a folder, and later starts go on with it. One
//! that can't be read, or belongs to another version or another database, is built anew. While it is built, searches
//! say that they are incomplete.

mod candidates;
mod cursor;
mod entry;
mod evaluate;
mod expand;
mod facets;
mod fields;
mod follow;
mod highlight;
mod marks;
mod postings;
mod query;
mod rank;
mod request;
mod segment;
mod source;
mod store;
#[cfg(test)]
mod tests;
mod words;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_graphql::Enum;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseConnection;
use tokio::{
    sync::{Notify, watch},
    task::AbortHandle,
    time::timeout,
};
use uuid::Uuid;

pub use facets::FacetCounts;
pub(crate) use fields::{COMPANIES, EDITION, OTHER_TITLES, SPEAKERS, TAGS, TITLE};
pub use highlight::Highlighter;

use self::{
    cursor::{Cursor, Stage, search_number},
    entry::term,
    query::{Alternative, Condition, Query, QueryWord, pasted},
    request::Request,
    segment::Open,
};
use crate::{
    collation::fold,
    database::commits::Commits,
    error::{Error, Result},
};

/// The longest time for which a search waits for the index to catch up with a write.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the index may fail in succession before nobody waits for it any more.
const MOST_FAILURES: u32 = 3;

/// The kind of an item that a search finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Enum)]
pub enum SearchKind {
    /// A talk at an edition.
    #[default]
    Talk,
    /// A speaker, or a group that is credited as one.
    Speaker,
    /// A company or another organisation.
    Company,
    /// An edition of a conference.
    Edition,
}

impl SearchKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Talk, Self::Speaker, Self::Company, Self::Edition];

    /// The name in queries, and of the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Talk => "talk",
            Self::Speaker => "speaker",
            Self::Company => "company",
            Self::Edition => "edition",
        }
    }
}

/// The settings of the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchSettings {
    /// The folder that the operator names for the index; none: a folder beside a SQLite database if the archive is
    /// large, else memory.
    pub folder: Option<PathBuf>,
    /// Whether the index is built and follows the log before anybody searches. Tests that count statements turn it off.
    pub is_ahead: bool,
}

/// The state of the index.
#[derive(Clone, Debug, Default)]
pub struct IndexState {
    /// The revision of the archive that the index shows.
    pub revision: i64,
    /// How often the database had been replaced when the index was compared with it.
    replaced: u64,
    /// Whether the index has all that the archive has at that revision.
    pub is_complete: bool,
    /// The number of items that were indexed, of the number of all, while the index is built.
    pub done: u64,
    pub all: u64,
    /// Whether the index is kept already: ahead of searches, or since the first one.
    is_begun: bool,
    /// What went wrong lately, in words.
    pub trouble: Option<String>,
    /// How often in succession the index could not be kept.
    failures: u32,
    open: Option<Arc<Open>>,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Open").finish_non_exhaustive()
    }
}

impl IndexState {
    /// How far the index is, in words; none if it is complete and well.
    pub fn note(&self) -> Option<String> {
        let built = || match self.all {
            0 => "the search index is being built".to_owned(),
            all => format!("the search index is being built: {} of {all} items", self.done),
        };
        let progress = (self.is_begun && !self.is_complete).then(built);
        match (progress, &self.trouble) {
            (None, None) => None,
            (Some(note), None) => Some(note),
            (None, Some(trouble)) => Some(trouble.clone()),
            (Some(note), Some(trouble)) => Some(format!("{note} ({trouble})")),
        }
    }
}

/// The search of a server.
pub struct Search {
    state: watch::Receiver<IndexState>,
    commits: Arc<Commits>,
    wake: Arc<Wake>,
    task: AbortHandle,
}

/// What wakes the task that keeps the index.
#[derive(Debug, Default)]
struct Wake {
    /// Somebody searches what the index lacks.
    behind: Notify,
    /// A search could not read the index.
    has_failed: AtomicBool,
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search").finish_non_exhaustive()
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What is searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SearchQuery {
    /// The query, as it was typed.
    pub text: String,
    /// The items that the text names by an id or an address. They are found in place of its words.
    pub items: Vec<(SearchKind, Uuid)>,
    /// The kinds of items; none: all.
    pub kinds: Option<Vec<SearchKind>>,
    /// Conditions of talks; none: no condition.
    pub talks: Option<TalkConditions>,
    /// Whether the text is the beginning of names, and only names and titles are looked at.
    pub in_names: bool,
}

/// Conditions of talks. The terms of each list are alternatives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TalkConditions {
    /// Names and values: `("edition", ["promcon-2016-berlin"])`.
    pub any: Vec<(&'static str, Vec<String>)>,
    /// Names and a value that a talk must not have.
    pub none: Vec<(&'static str, String)>,
    /// The first start.
    pub starts_at_or_after: Option<DateTime<Utc>>,
    /// The end of the starts.
    pub starts_before: Option<DateTime<Utc>>,
    /// A text that the title contains.
    pub title_contains: Option<String>,
}

/// What is counted over all hits, on all pages together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SearchCounts {
    /// The hits themselves.
    pub hits: bool,
    /// The values of each facet.
    pub facets: bool,
}

/// A page of what was found.
#[derive(Clone, Debug, Default)]
pub struct SearchPage {
    /// The hits, the best first.
    pub hits: Vec<Hit>,
    /// The number of all hits, if that was asked for.
    pub total: Option<u64>,
    /// Whether more hits follow.
    pub has_more: bool,
    /// How many hits have each value of each facet, if that was asked for.
    pub facets: Option<FacetCounts>,
    /// A better spelling of the query: more items have all of its words as they are written.
    pub suggestion: Option<String>,
    /// Whether the index had all that the archive has.
    pub is_complete: bool,
    /// Marks what was found.
    pub highlighter: Option<Arc<Highlighter>>,
}

/// An item that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    pub kind: SearchKind,
    pub id: Uuid,
    /// How well it matches. Scores of one search can be compared.
    pub score: f64,
    /// The place in the results.
    pub cursor: String,
}

impl Search {
    /// Begins to keep an index of a database's archive. `beside` is the folder beside a SQLite database.
    pub(crate) fn start(
        database: DatabaseConnection,
        commits: Arc<Commits>,
        settings: SearchSettings,
        beside: Option<PathBuf>,
    ) -> Arc<Self> {
        let begun = IndexState { is_begun: settings.is_ahead, ..IndexState::default() };
        let (announced, state) = watch::channel(begun);
        let wake = Arc::<Wake>::default();
        let task = follow::Task { database, commits: commits.clone(), settings, beside, announced, wake: wake.clone() };
        let task = tokio::spawn(task.run()).abort_handle();
        Arc::new(Self { state, commits, wake, task })
    }

    /// The present state of the index.
    pub fn state(&self) -> IndexState {
        self.state.borrow().clone()
    }

    /// The index, once it shows a revision of this database. It is waited for a second, and then it is what there is.
    async fn at(&self, revision: i64) -> IndexState {
        let mut state = self.state.clone();
        let replaced = self.commits.replaced();
        let is_there =
            |state: &IndexState| state.revision >= revision && state.is_complete && state.replaced >= replaced;
        if !is_there(&state.borrow_and_update()) {
            self.wake.behind.notify_one();
            let _ = timeout(PATIENCE, state.wait_for(is_there)).await;
        }
        let mut now = state.borrow().clone();
        now.is_complete = is_there(&now);
        now
    }

    /// Waits until the index shows a revision, and passes on each state on the way. It is an error if the index can't
    /// be kept.
    pub async fn wait(&self, revision: i64, mut each: impl FnMut(&IndexState)) -> Result<()> {
        let mut state = self.state.clone();
        self.wake.behind.notify_one();
        loop {
            let now = state.borrow_and_update().clone();
            each(&now);
            if now.is_complete && now.revision >= revision {
                return Ok(());
            }
            if now.failures >= MOST_FAILURES || state.changed().await.is_err() {
                return Err(Error::Internal("the search index can't be built; the log says why".to_owned()));
            }
        }
    }

    /// Finds a page. `revision` is that of the archive at this moment.
    pub async fn find(
        &self,
        query: SearchQuery,
        first: usize,
        after: Option<&str>,
        counts: SearchCounts,
        revision: i64,
    ) -> Result<SearchPage> {
        let number = search_number(&query);
        let after = after.map(|after| Cursor::decode(after, number)).transpose()?;
        let request = request(&query, first, after, counts)?;
        if request.query.words.is_empty() && request.in_names {
            return Ok(SearchPage { is_complete: true, ..SearchPage::default() });
        }
        let state = self.at(revision).await;
        let Some(open) = state.open.clone() else { return Ok(SearchPage::default()) };
        // A search that nobody waits for any more ends.
        let is_given_up = GivenUp::default();
        let flag = is_given_up.0.clone();
        let search = move || find(&open, request, number, &flag);
        // The library panics when it reads what is damaged.
        let panicked = |error| Err(Error::Internal(format!("the search index: {error}")));
        match tokio::task::spawn_blocking(search).await.unwrap_or_else(panicked) {
            Ok(mut page) => {
                page.is_complete = state.is_complete;
                Ok(page)
            }
            Err(error @ Error::Internal(_)) => {
                error.log();
                self.wake.has_failed.store(true, Ordering::Relaxed);
                self.wake.behind.notify_one();
                Ok(SearchPage::default())
            }
            Err(error) => Err(error),
        }
    }
}

/// Says to a search that it is not waited for, when it is dropped.
#[derive(Default)]
struct GivenUp(Arc<AtomicBool>);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What a query asks of the index.
fn request(query: &SearchQuery, first: usize, after: Option<Cursor>, counts: SearchCounts) -> Result<Request> {
    let text = pasted(&query.text);
    let in_names = query.in_names && query.items.is_empty();
    let mut read = match query.items.as_slice() {
        [] if in_names => Query::read_prefix(&text)?,
        [] => Query::read(&text)?,
        items => Query::of_items(items),
    };
    let terms = |name: &'static str, values: &[String]| {
        values.iter().map(|value| Alternative::Term(term(name, value))).collect::<Vec<_>>()
    };
    let talks = query.talks.as_ref();
    let mut add = |is_negative, narrows, any| read.conditions.push(Condition { is_negative, narrows, any });
    if let Some(kinds) = &query.kinds {
        // Names are completed by one kind after the other.
        add(false, !in_names, kinds.iter().copied().map(Alternative::Kind).collect());
    }
    if talks.is_some() {
        add(false, true, vec![Alternative::Kind(SearchKind::Talk)]);
    }
    for (name, values) in talks.iter().flat_map(|talks| &talks.any) {
        add(false, true, terms(name, values));
    }
    // Withdrawn talks are not found without a filter either.
    let default = [("status", "WITHDRAWN".to_owned())];
    for (name, value) in talks.map_or(&default[..], |talks| &talks.none) {
        add(true, false, terms(name, std::slice::from_ref(value)));
    }
    if let Some(text) = talks.and_then(|talks| talks.title_contains.as_ref()) {
        add(false, true, vec![Alternative::TitleContains(fold(text))]);
    }
    let seconds = |time: Option<DateTime<Utc>>| time.map(|time| time.timestamp());
    let starts = talks.map(|talks| (seconds(talks.starts_at_or_after), seconds(talks.starts_before)));
    let starts = starts.filter(|starts| *starts != (None, None));
    Ok(Request { query: read, text: text.into_owned(), starts, in_names, first, after, counts })
}

fn find(open: &Open, mut request: Request, number: u32, is_given_up: &AtomicBool) -> Result<SearchPage> {
    if let Some(title) = request.as_title(open)? {
        request = title;
    }
    let mut apart = request.apart();
    if let Some(later) = apart.take_if(|apart| apart.is_page_after()) {
        request = later;
    }
    let mut found = evaluate::find(open, &request, is_given_up)?;
    if found.is_empty()
        && let Some(everywhere) = request.everywhere()
    {
        found = evaluate::find_typed(open, &everywhere, is_given_up)?;
    }
    // What is written with signs may be words that are not next to each other.
    let is_rare = found.stage != Stage::Typed && request.after.is_none();
    if let Some(apart) = apart.filter(|_| is_rare) {
        found = evaluate::find(open, &apart, is_given_up)?;
        request = apart;
    }
    let spellings = std::mem::take(&mut found.spellings);
    let suggestion = match spellings.is_empty() || request.in_names || request.after.is_some() {
        true => None,
        false => suggestion(open, &request, spellings, found.typed, is_given_up)?,
    };
    let hits = found.hits.iter().map(|hit| {
        let (stage, score, id, weights) = (found.stage, hit.score, hit.id, found.weights.clone());
        let cursor = Cursor { search: number, stage, score, id, weights }.encode();
        Hit { kind: hit.kind, id, score: f64::from(score) / f64::from(rank::SCALE), cursor }
    });
    Ok(SearchPage {
        hits: hits.collect(),
        total: request.counts.hits.then_some(found.number),
        has_more: found.has_more,
        facets: found.facets,
        suggestion,
        is_complete: true,
        highlighter: Some(Arc::new(Highlighter::new(&request.query, &found.widened))),
    })
}

/// The query with better spellings, if it finds more than it does as it was typed.
fn suggestion(
    open: &Open,
    request: &Request,
    mut spellings: Vec<(QueryWord, String)>,
    typed: u64,
    is_given_up: &AtomicBool,
) -> Result<Option<String>> {
    let mut text = request.text.clone();
    spellings.sort_by_key(|(word, _)| std::cmp::Reverse(word.place.start));
    for (word, spelling) in spellings {
        text.replace_range(word.place, &spelling);
    }
    let Ok(mut query) = Query::read(&text) else { return Ok(None) };
    query.conditions = request.query.conditions.clone();
    let better = Request { query, text: text.clone(), first: 0, after: None, ..*request };
    let finds_more = evaluate::count_typed(open, &better, is_given_up)? > typed;
    Ok(finds_more.then_some(text))
}
