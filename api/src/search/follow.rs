//! The task that keeps an index: it builds it, and follows the log.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    pin::pin,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures_util::{FutureExt, Stream, TryStreamExt, stream};
use sea_orm::{
    ConnectionTrait, DatabaseConnection,
    sea_query::{Expr, ExprTrait, Order, Query},
};
use serde_json::Value;
use tokio::{
    sync::{mpsc, watch},
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::{
    IndexState, SearchKind, SearchSettings, Wake,
    entry::Entry,
    source::{OF_TALKS, SHOWN_BY_TALKS, Source},
    store::{Stand, Store},
};
use crate::{
    database::{
        commits::{Commits, Mark},
        logged::named_ids,
        name,
    },
    error::{Error, Result},
};

/// How often the task looks whether something was committed.
const LOOK: Duration = Duration::from_millis(200);

/// How long commits are gathered while nobody searches. Each time that the index follows them costs about as much as a
/// write does.
const GATHERED: Duration = Duration::from_secs(3);

/// How often it asks for the revision while commits are not known.
const ASK: Duration = Duration::from_secs(2);

/// How often segments that were merged meanwhile are opened for searches.
const MERGED: Duration = Duration::from_secs(5);

/// The pause after a failure.
const PAUSE: Duration = Duration::from_secs(5);

/// The number of things that are read at once.
const PAGE: u64 = 2_000;

/// The number of pages that are read at once while an index is built. Each has a connection of the pool, which has
/// more.
const READERS: usize = 2;

/// The number of things that are written at once while an index is built.
const WRITTEN_AT_ONCE: u64 = 100_000;

/// The number of changes that are read at once. After more than `PAGE` of these at a time the index is built anew,
/// because that reads each thing once.
const CHANGES: u64 = 5_000;
const MOST_CHANGES: i64 = 200_000;

/// The most talks of an archive whose index is in memory, unless a folder is named.
const MOST_IN_MEMORY: i64 = 20_000;

pub(super) struct Task {
    pub(super) database: DatabaseConnection,
    pub(super) commits: Arc<Commits>,
    pub(super) settings: SearchSettings,
    /// The folder beside a SQLite database.
    pub(super) beside: Option<PathBuf>,
    pub(super) announced: watch::Sender<IndexState>,
    pub(super) wake: Arc<Wake>,
}

/// The store, which threads for blocking work lock one after the other.
type Shared = Arc<Mutex<Store>>;

/// Why an index can't be gone on with, and must be built.
struct Unusable;

impl Task {
    /// Keeps the index until the server stops.
    pub(super) async fn run(self) {
        if !self.settings.is_ahead {
            self.wake.behind.notified().await;
            self.announced.send_modify(|state| state.is_begun = true);
        }
        // Why the folder can't be used, once it could not be written.
        let mut unwritable = None;
        loop {
            // A panic in the library must not end the search of the server for good.
            let kept = std::panic::AssertUnwindSafe(self.keep(unwritable.clone())).catch_unwind().await;
            let is_damaged = matches!(kept, Ok(Ok(())));
            let error = match kept {
                Ok(Err(error)) => error,
                Ok(Ok(())) => Error::Internal("the search index is damaged".to_owned()),
                Err(_) => Error::Internal("the search index can't be kept".to_owned()),
            };
            error.log();
            // The first time, the files may be damaged. Then they are made anew.
            let is_repeated = self.announced.borrow().failures > 0;
            if let (Error::Internal(why), true) = (error, is_repeated && !is_damaged) {
                unwritable = Some(why);
            }
            self.announced.send_modify(|state| {
                let trouble = Some("the search index is built anew".to_owned());
                let failures = state.failures + 1;
                *state = IndexState { is_begun: true, trouble, failures, ..IndexState::default() };
            });
            sleep(PAUSE).await;
        }
    }

    /// Opens the index and keeps it. It ends if the index can't be read any more.
    async fn keep(&self, unwritable: Option<String>) -> Result<()> {
        let (store, mut stand) = self.open(unwritable).await?;
        loop {
            let mark = self.commits.mark();
            match self.catch_up(&store, stand.as_ref()).await {
                Ok(Ok(now)) => stand = Some(now),
                Ok(Err(Unusable)) => {
                    stand = None;
                    continue;
                }
                // The index stays as it is while the database does not answer.
                Err(error @ (Error::Database(_) | Error::Unwritable(..))) => {
                    error.log();
                    sleep(PAUSE).await;
                }
                Err(error) => return Err(error),
            }
            while timeout(MERGED, self.wait(mark)).await.is_err() {
                let refreshed = store.clone();
                if blocking(move || lock(&refreshed).refresh()).await? {
                    let open = lock(&store).open();
                    self.announced.send_if_modified(|state| {
                        if state.is_complete {
                            state.open = Some(open);
                        }
                        false
                    });
                }
            }
            // A search that failed on an index that is sound was at fault itself.
            if self.wake.has_failed.swap(false, Ordering::Relaxed) {
                let store = store.clone();
                if !blocking(move || lock(&store).is_sound()).await? {
                    return Ok(());
                }
            }
        }
    }

    /// Waits until something was committed after the mark and others had time to follow, or somebody searches what the
    /// index lacks.
    async fn wait(&self, mark: Option<Mark>) {
        let committed = async {
            let mut asked = Duration::ZERO;
            loop {
                sleep(LOOK).await;
                let now = self.commits.mark();
                asked += LOOK;
                if now.is_some() && now != mark || now.is_none() && asked >= ASK {
                    return;
                }
            }
        };
        match self.settings.is_ahead {
            true => {
                tokio::select! {
                    () = committed.then(|()| sleep(GATHERED)) => {}
                    () = self.wake.behind.notified() => {}
                }
            }
            false => self.wake.behind.notified().await,
        }
    }

    /// Opens the index where it belongs; in memory if its folder can't be used, as `unwritable` says of the last
    /// attempt.
    async fn open(&self, unwritable: Option<String>) -> Result<(Shared, Option<Stand>)> {
        let beside = match self.beside.clone().filter(|_| self.settings.folder.is_none()) {
            Some(beside) if self.number("talks").await? > MOST_IN_MEMORY => Some(beside),
            _ => None,
        };
        let folder = self.settings.folder.clone().or(beside);
        let (store, stand, trouble) = blocking(move || {
            let Some(folder) = folder else { return Ok((Store::in_memory()?, None, None)) };
            let opened = unwritable.map_or_else(|| Store::in_folder(&folder), |why| Err(Error::Internal(why)));
            match opened {
                Ok((store, stand)) => Ok((store, stand, None)),
                Err(error) => {
                    let place = folder.display();
                    let why = match &error {
                        Error::Internal(why) => why.clone(),
                        other => other.to_string(),
                    };
                    tracing::warn!(folder = %place, %why, "the search index is kept in memory");
                    let trouble = "the search index is in memory, because its folder can't be used".to_owned();
                    Ok((Store::in_memory()?, None, Some(trouble)))
                }
            }
        })
        .await?;
        self.announced.send_modify(|state| state.trouble = trouble);
        Ok((Arc::new(Mutex::new(store)), stand))
    }

    /// A number that the archive keeps of itself: a column of its state, or a sum of columns.
    async fn number(&self, expression: &'static str) -> Result<i64> {
        let select =
            Query::select().expr_as(Expr::cust(expression), name("number")).from(name("archive_state")).to_owned();
        let row = self.database.query_one(&select).await?;
        Ok(row.map(|row| row.try_get("", "number")).transpose()?.unwrap_or_default())
    }

    /// Brings the index from where it stands to the present revision. Answers where it stands then.
    async fn catch_up(&self, store: &Shared, stand: Option<&Stand>) -> Result<Result<Stand, Unusable>> {
        let replaced = self.commits.replaced();
        let revision = self.number("revision").await?;
        let present = Stand::new(revision, self.change(revision).await?);
        let known = match stand {
            Some(stand) => self.change(stand.revision).await? == stand.change && stand.revision <= revision,
            None => false,
        };
        if stand.is_some() && !known {
            tracing::warn!(
                "the search index is of another database, or of a later state of this one, and is built anew"
            );
        }
        let Some(stand) = stand.filter(|_| known) else {
            self.build(store, &present).await?;
            self.show(store, revision, replaced);
            return Ok(Ok(present));
        };
        if revision - stand.revision > MOST_CHANGES {
            return Ok(Err(Unusable));
        }
        if revision > stand.revision {
            self.follow(store, stand.revision, revision).await?;
            self.commit(store, Some(present.clone())).await?;
        }
        self.show(store, revision, replaced);
        Ok(Ok(present))
    }

    /// Shows the index to searches as complete.
    fn show(&self, store: &Shared, revision: i64, replaced: u64) {
        let open = lock(store).open();
        self.announced.send_if_modified(|state| {
            let is_new = (state.revision, state.replaced, state.is_complete) != (revision, replaced, true);
            (state.revision, state.replaced, state.is_complete, state.open) = (revision, replaced, true, Some(open));
            state.failures = 0;
            is_new
        });
    }

    /// What is known of the change of a revision; nothing if there is none.
    async fn change(&self, revision: i64) -> Result<String> {
        let select = Query::select()
            .exprs(["node_id", "at"].map(Expr::cust))
            .from(name("change"))
            .and_where(Expr::cust("revision").eq(revision))
            .to_owned();
        let Some(row) = self.database.query_one(&select).await? else { return Ok(String::new()) };
        let (id, at): (Uuid, DateTime<Utc>) = (row.try_get("", "node_id")?, row.try_get("", "at")?);
        Ok(format!("{id} {}", at.timestamp_micros()))
    }

    /// Builds the index from the tables. What is written meanwhile is in the changes after the revision of the start.
    async fn build(&self, store: &Shared, present: &Stand) -> Result<()> {
        let source = Source::of(&self.database).await?;
        let all = self.number("talks + speakers + companies + editions").await?.unsigned_abs();
        self.announced.send_modify(|state| {
            (state.is_complete, state.done, state.all) = (false, 0, all);
            state.open = None;
        });
        let cleared = store.clone();
        blocking(move || {
            let mut store = lock(&cleared);
            store.clear()?;
            store.commit(None)
        })
        .await?;
        // The database reads the next pages while one is indexed.
        let (read, mut pages) = mpsc::channel(1);
        let reading = async {
            for kind in SearchKind::ALL {
                let mut entries = pin!(entries(&source, kind));
                while let Some(page) = entries.try_next().await? {
                    if read.send(page).await.is_err() {
                        break;
                    }
                }
            }
            drop(read);
            Ok::<_, Error>(())
        };
        let indexing = async {
            let (mut done, mut written) = (0, 0);
            while let Some(entries) = pages.recv().await {
                done += entries.len() as u64;
                let is_due = done >= written + WRITTEN_AT_ONCE;
                let added = store.clone();
                blocking(move || {
                    let mut store = lock(&added);
                    store.add(entries)?;
                    if is_due { store.commit(None) } else { Ok(()) }
                })
                .await?;
                if is_due {
                    written = done;
                }
                let open = lock(store).open();
                self.announced
                    .send_modify(|state| (state.done, state.open) = (std::cmp::min(done, state.all), Some(open)));
            }
            Ok(())
        };
        tokio::try_join!(reading, indexing)?;
        self.commit(store, Some(present.clone())).await
    }

    async fn commit(&self, store: &Shared, stand: Option<Stand>) -> Result<()> {
        let store = store.clone();
        blocking(move || lock(&store).commit(stand.as_ref())).await
    }

    /// Indexes anew what changed after a revision.
    async fn follow(&self, store: &Shared, after: i64, until: i64) -> Result<()> {
        let source = Source::of(&self.database).await?;
        let mut last = after;
        let mut changed = Changed::default();
        while last < until {
            let select = Query::select()
                .exprs(
                    ["revision", "kind", "node_id", "before", "after"]
                        .map(|column| Expr::cust(format!("\"{column}\""))),
                )
                .from(name("change"))
                .and_where(Expr::cust("revision").gt(last))
                .and_where(Expr::cust("revision").lte(until))
                .order_by_expr(Expr::cust("revision"), Order::Asc)
                .limit(CHANGES)
                .to_owned();
            let rows = self.database.query_all(&select).await?;
            let Some(end) = rows.last() else { break };
            last = end.try_get("", "revision")?;
            for row in &rows {
                let kind: String = row.try_get("", "kind")?;
                changed.note(&kind, row.try_get("", "node_id")?);
                for column in ["before", "after"] {
                    let values: Option<Value> = row.try_get("", column)?;
                    values.iter().for_each(|values| named_ids(values, &mut |id| _ = changed.mentioned.insert(id)));
                }
            }
        }
        let affected = changed.affected(&source).await?;
        for kind in SearchKind::ALL {
            let ids: Vec<Uuid> = affected[kind as usize].iter().copied().collect();
            for ids in ids.chunks(PAGE as usize) {
                let entries = source.entries(kind, ids).await?;
                let (store, ids) = (store.clone(), ids.to_vec());
                blocking(move || {
                    let store = lock(&store);
                    ids.iter().for_each(|id| store.remove(kind, *id));
                    store.add(entries)
                })
                .await?;
            }
        }
        Ok(())
    }
}

/// What the index keeps of all things of a kind, page by page in the order of their ids. Some pages are read at once.
fn entries<'s>(source: &'s Source<'_>, kind: SearchKind) -> impl Stream<Item = Result<Vec<Entry>>> + Send + use<'s> {
    let pages = stream::try_unfold(None, move |after| async move {
        let ids = source.ids_after(kind, after, PAGE).await?;
        Ok(ids.last().copied().map(|last| (ids, Some(last))))
    });
    pages.map_ok(move |ids| async move { source.entries(kind, &ids).await }).try_buffered(READERS)
}

/// What changed.
#[derive(Default)]
struct Changed {
    /// By kind; conferences are apart.
    things: [BTreeSet<Uuid>; 4],
    conferences: BTreeSet<Uuid>,
    /// Whatever changed: talks show it.
    shown: BTreeSet<Uuid>,
    /// Whatever a change mentions: the talks of a recording, the talk of a slot or of a link, the speakers of a talk.
    mentioned: BTreeSet<Uuid>,
}

impl Changed {
    fn note(&mut self, kind: &str, id: Uuid) {
        match SearchKind::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(kind)) {
            Some(known) => {
                self.things[known as usize].insert(id);
            }
            None if kind.eq_ignore_ascii_case("conference") => {
                self.conferences.insert(id);
            }
            None => {}
        }
        self.shown.insert(id);
    }

    /// All things whose entries may differ now, by kind.
    async fn affected(mut self, source: &Source<'_>) -> Result<[BTreeSet<Uuid>; 4]> {
        let [talks, speakers, companies, editions] = [0, 1, 2, 3];
        for conference in &self.conferences {
            self.things[editions].extend(source.editions_of(*conference));
        }
        // What is counted of people is counted by the status of their talks.
        let changed: Vec<Uuid> = self.things[talks].iter().copied().collect();
        for ids in changed.chunks(PAGE as usize) {
            self.things[speakers].extend(source.people_of(ids, "appearance", "speaker_id").await?);
            self.things[companies].extend(source.people_of(ids, "appearance_company", "company_id").await?);
        }
        let in_editions: Vec<Uuid> = self.things[editions].iter().copied().collect();
        let of_companies: Vec<Uuid> = self.things[companies].iter().copied().collect();
        let (shown, mut mentioned): (Vec<Uuid>, Vec<Uuid>) =
            (self.shown.iter().copied().collect(), self.mentioned.iter().copied().collect());
        self.things[talks].extend(source.talks_of_editions(&in_editions).await?);
        for ids in shown.chunks(PAGE as usize) {
            self.things[talks].extend(source.talks_with(ids, &SHOWN_BY_TALKS).await?);
            // A change of a slot or a link says what is other now, and not whose it is.
            mentioned.extend(source.talks_with(ids, &OF_TALKS).await?);
        }
        for ids in mentioned.chunks(PAGE as usize) {
            self.things[talks].extend(source.talks_with(ids, &SHOWN_BY_TALKS[..2]).await?);
            // The companies of a talk are those of its speakers, too.
            self.things[speakers].extend(ids);
            self.things[companies].extend(ids);
        }
        self.things[speakers].extend(source.speakers_of(&of_companies).await?);
        Ok(self.things)
    }
}

fn lock(store: &Mutex<Store>) -> std::sync::MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs what takes long on a thread for blocking work.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(format!("the search index: {error}")))?
}
