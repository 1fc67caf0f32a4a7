//! Followers of the same events. What one of them reads, and what they are told of it, is made once for all of them.
//!
//! A follower asks for what comes after its place. The first that asks begins the reading, and the others wait for it.
//! It is kept while a follower is at its place or before, for two seconds at most, and within a bound for the process.
//! Nothing else is kept for a follower: one that comes later reads for itself. A reading that began before a follower
//! came, or before the end of the one that it had last, is not for this follower. So nobody is told of a state that is
//! older than one it has seen.

use std::{
    any::{Any, TypeId},
    collections::{BTreeMap, HashMap},
    mem::size_of,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};
use tokio::{sync::Semaphore, task::yield_now, time::sleep};

use crate::{error::Result, weight::Weigh};

#[cfg(test)]
mod tests;

/// The time for which a reading is kept.
const FRESH: Duration = Duration::from_secs(2);

/// The size of all readings that are kept, in bytes. One beyond it goes to those who wait for it, and is not kept.
const KEPT_BYTES: usize = 32 * 1024 * 1024;

/// The number of followers that are woken at once. Between them other tasks run: responses to those who write.
const AT_ONCE: usize = 16;

/// A place in the order of events. A log has a revision and 0.
pub type Place = (i64, i64);

/// The audiences of a server.
#[derive(Default)]
pub struct Audiences(Arc<Registry>);

#[derive(Default)]
struct Registry {
    audiences: Mutex<HashMap<Subject, Weak<dyn Any + Send + Sync>>>,
    /// The size of the readings that are kept.
    kept: AtomicUsize,
}

/// The hash of what an audience follows, and the type of what it is told.
type Subject = (TypeId, [u8; 32]);

impl Audiences {
    /// Joins those who follow a subject, at a place. All that decides what followers are told is in the subject.
    pub fn join<T: Weigh + Send + Sync + 'static>(&self, subject: &str, at: Place) -> Member<T> {
        let subject = (TypeId::of::<T>(), Sha256::digest(subject).into());
        let mut audiences = lock(&self.0.audiences);
        let known = audiences.get(&subject).and_then(Weak::upgrade).and_then(|known| known.downcast().ok());
        let audience = known.unwrap_or_else(|| {
            let new = Arc::new(Audience { subject, registry: self.0.clone(), state: Mutex::default() });
            let weak: Weak<Audience<T>> = Arc::downgrade(&new);
            audiences.insert(subject, weak);
            new
        });
        drop(audiences);
        audience.state().enter(at);
        Member { audience, at, since: Instant::now() }
    }
}

/// Those who follow one subject.
struct Audience<T: Weigh + Send + Sync + 'static> {
    subject: Subject,
    registry: Arc<Registry>,
    state: Mutex<State<T>>,
}

struct State<T> {
    /// The number of members at each place.
    members: BTreeMap<Place, usize>,
    /// The readings after each place, under way or kept.
    readings: BTreeMap<Place, Arc<Reading<T>>>,
    /// Whether a task drops the readings that are no longer fresh.
    is_swept: bool,
}

impl<T> Default for State<T> {
    fn default() -> Self {
        Self { members: BTreeMap::new(), readings: BTreeMap::new(), is_swept: false }
    }
}

/// What comes after a place.
struct Reading<T> {
    begun: Instant,
    /// Opens when the reading has ended, for a few at a time.
    gate: Semaphore,
    /// Is never set if the reading was given up.
    outcome: OnceLock<Outcome<T>>,
}

struct Outcome<T> {
    value: Result<Arc<T>>,
    ended: Instant,
    _weight: Option<KeptWeight>,
}

/// The weight of a reading that is kept.
struct KeptWeight(Arc<Registry>, usize);

impl Drop for KeptWeight {
    fn drop(&mut self) {
        self.0.kept.fetch_sub(self.1, Ordering::Relaxed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Reading<T> {
    fn new() -> Arc<Self> {
        Arc::new(Self { begun: Instant::now(), gate: Semaphore::new(0), outcome: OnceLock::new() })
    }

    /// Waits until the reading has ended or was given up.
    async fn end(&self) -> Option<&Outcome<T>> {
        if self.outcome.get().is_none()
            && let Ok(permit) = self.gate.acquire().await
        {
            permit.forget();
        }
        self.outcome.get()
    }

    fn is_fresh(&self) -> bool {
        self.outcome.get().is_none_or(|outcome| outcome.ended.elapsed() < FRESH)
    }
}

impl<T> State<T> {
    fn enter(&mut self, at: Place) {
        *self.members.entry(at).or_default() += 1;
    }

    /// Takes a member from a place. What nobody needs any more is dropped.
    fn leave(&mut self, at: Place) {
        if let Some(members) = self.members.get_mut(&at) {
            *members -= 1;
            if *members == 0 {
                self.members.remove(&at);
            }
        }
        match self.members.first_key_value() {
            None => self.readings.clear(),
            Some((first, _)) => {
                while self.readings.first_key_value().is_some_and(|(place, _)| place < first) {
                    self.readings.pop_first();
                }
            }
        }
    }

    /// Whether others than a member need the reading after a place.
    fn is_needed_by_others(&self, at: Place, member: Place) -> bool {
        let mut needing = self.members.range(..=at).map(|(place, members)| members - usize::from(*place == member));
        needing.any(|others| others > 0)
    }
}

impl<T: Weigh + Send + Sync + 'static> Audience<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        lock(&self.state)
    }

    /// Forgets a reading, unless another one has replaced it.
    fn forget(&self, at: Place, reading: &Arc<Reading<T>>) {
        let mut state = self.state();
        if state.readings.get(&at).is_some_and(|kept| Arc::ptr_eq(kept, reading)) {
            state.readings.remove(&at);
        }
    }

    /// Counts a reading that is to be kept, if there is room.
    fn weigh(&self, value: &Result<Arc<T>>) -> Option<KeptWeight> {
        let weight = size_of::<Reading<T>>() + value.as_ref().map_or(0, |value| value.weight());
        let room = |kept: usize| kept.checked_add(weight).filter(|sum| *sum <= KEPT_BYTES);
        self.registry.kept.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).ok()?;
        Some(KeptWeight(self.registry.clone(), weight))
    }

    /// Reads for all, and lets those who wait go on. This is a task of its own, because none of those who wait may hold
    /// up the others: a follower that is gone, or busy with something else, is not polled.
    async fn read(self: Arc<Self>, at: Place, reading: OpenedAtLast<T>, read: impl Future<Output = Result<T>>) {
        let value = read.await.map(Arc::new);
        let weight = self.weigh(&value);
        let is_kept = weight.is_some();
        let _ = reading.0.outcome.set(Outcome { value, ended: Instant::now(), _weight: weight });
        match is_kept {
            true => self.sweep_later(),
            false => self.forget(at, &reading.0),
        }
        let waiting: usize = self.state().members.range(..=at).map(|(_, members)| members).sum();
        drop(self);
        for _ in 0..waiting.div_ceil(AT_ONCE) {
            reading.0.gate.add_permits(AT_ONCE);
            yield_now().await;
        }
    }

    /// Drops readings when they are no longer fresh, until there are none.
    fn sweep_later(self: &Arc<Self>) {
        if std::mem::replace(&mut self.state().is_swept, true) {
            return;
        }
        let audience = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                sleep(FRESH).await;
                let Some(audience) = audience.upgrade() else { return };
                let mut state = audience.state();
                state.readings.retain(|_, reading| reading.is_fresh());
                state.is_swept = !state.readings.is_empty();
                if !state.is_swept {
                    return;
                }
            }
        });
    }
}

impl<T: Weigh + Send + Sync + 'static> Drop for Audience<T> {
    fn drop(&mut self) {
        let mut audiences = lock(&self.registry.audiences);
        // Another one may have its name by now.
        if audiences.get(&self.subject).is_some_and(|known| known.strong_count() == 0) {
            audiences.remove(&self.subject);
        }
    }
}

/// A reading whose gate is open when this is dropped, also if its task ends early.
struct OpenedAtLast<T>(Arc<Reading<T>>);

impl<T> Drop for OpenedAtLast<T> {
    fn drop(&mut self) {
        self.0.gate.close();
    }
}

/// A follower.
pub struct Member<T: Weigh + Send + Sync + 'static> {
    audience: Arc<Audience<T>>,
    /// The place before which it needs nothing.
    at: Place,
    /// The time before which no reading for it may have begun.
    since: Instant,
}

/// How a member gets a reading.
enum Access<T> {
    /// It reads for itself.
    Alone,
    /// It begins the reading for all.
    First(Arc<Reading<T>>),
    /// It has the reading that another one began.
    Shared(Arc<Reading<T>>),
}

impl<T: Weigh + Send + Sync + 'static> Member<T> {
    /// What comes after a place: what was read for others, or what `read` reads. The member then is behind that place.
    /// This may be cancelled.
    pub async fn take<F>(&mut self, at: Place, read: impl Fn() -> F) -> Result<Arc<T>>
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let value = loop {
            let reading = match self.access(at) {
                Access::Alone => {
                    // In a box, because a follower waits most of the time.
                    let value = Box::pin(read()).await.map(Arc::new);
                    self.since = Instant::now();
                    break value;
                }
                Access::First(reading) => {
                    let opened = OpenedAtLast(reading.clone());
                    tokio::spawn(self.audience.clone().read(at, opened, read()));
                    reading
                }
                Access::Shared(reading) => reading,
            };
            match reading.end().await {
                Some(outcome) if reading.begun >= self.since => {
                    self.since = outcome.ended;
                    break outcome.value.clone();
                }
                Some(_) => {}
                None => self.audience.forget(at, &reading),
            }
        }?;
        self.pass(at);
        Ok(value)
    }

    fn access(&self, at: Place) -> Access<T> {
        let mut state = self.audience.state();
        if let Some(reading) = state.readings.get(&at) {
            let is_under_way = reading.outcome.get().is_none();
            if is_under_way || (reading.begun >= self.since && reading.is_fresh()) {
                return Access::Shared(reading.clone());
            }
        }
        if !state.is_needed_by_others(at, self.at) {
            return Access::Alone;
        }
        let reading = Reading::new();
        state.readings.insert(at, reading.clone());
        Access::First(reading)
    }

    /// Goes on behind a place.
    fn pass(&mut self, at: Place) {
        let behind = (at.0, at.1.saturating_add(1));
        let mut state = self.audience.state();
        state.enter(behind);
        state.leave(self.at);
        self.at = behind;
    }
}

impl<T: Weigh + Send + Sync + 'static> Drop for Member<T> {
    fn drop(&mut self) {
        self.audience.state().leave(self.at);
    }
}
