//! A cache of rows and relations that the reads of a server share. A value belongs to the state of the database in
//! which it was read. A read takes it if it is still true in the state in which the read began (`invalidation.rs`): so
//! a read never mixes two states, and nothing is purged. Values enter the cache when a read is done and no write
//! overtook it. The cache admits by frequency, so keys that nobody repeats take no room from those that are repeated.
//! It has nothing private: values depend on their keys alone.

use std::{
    any::{Any, TypeId},
    borrow::Borrow,
    cell::RefCell,
    collections::HashSet,
    fmt,
    hash::{Hash, Hasher},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use actix_web::web::Bytes;
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use super::{
    Row,
    batch::{Relation, Source},
    dependencies::{AllDependencies, Dependencies, Shows},
    invalidation::{Invalidation, Moment},
    page::Page,
};
use crate::{
    database::commits::Mark,
    error::Result,
    weight::{Cache, Weigh, cache},
};

/// The size of the cache in bytes. What values take is estimated.
const BYTES: u64 = 64 * 1024 * 1024;

/// What an entry takes besides its key and its value, in bytes.
const ENTRY: usize = 300;

/// What the short texts of a row take, in bytes: they are not measured.
const SHORT_TEXTS: usize = 200;

tokio::task_local! {
    /// The read that a task is at.
    static READING: Arc<Reading>;
}

tokio::task_local! {
    /// What the object depends on that a task makes.
    static OBJECT: RefCell<AllDependencies>;
}

/// Makes an object that shows some things, and says what it depends on. An object within which it is made depends on the
/// same.
pub(super) async fn watched<F: Future>(things: Vec<Uuid>, object: F) -> (F::Output, Dependencies) {
    let watched = async {
        let made = object.await;
        (made, OBJECT.with(|all| all.borrow().dependencies()))
    };
    let (made, dependencies) = OBJECT.scope(RefCell::new(AllDependencies::new(things)), watched).await;
    object_depends_on(|| dependencies.clone());
    (made, dependencies)
}

/// Notes what the object depends on that this task makes, if it makes one.
fn object_depends_on(dependencies: impl FnOnce() -> Dependencies) {
    // Nobody asks outside of an object.
    let _ = OBJECT.try_with(|all| all.borrow_mut().add(&dependencies()));
}

/// The key of an object in JSON: a row, and the hash of what is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SharedKey {
    pub id: Uuid,
    pub selection: [u8; 32],
}

/// A key of any kind.
trait AnyKey: Send + Sync {
    fn as_any(&self) -> &dyn Any;
    fn hash_to(&self, state: &mut dyn Hasher);
    fn is(&self, other: &dyn AnyKey) -> bool;
}

impl<K: Eq + Hash + Send + Sync + 'static> AnyKey for K {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn hash_to(&self, mut state: &mut dyn Hasher) {
        TypeId::of::<K>().hash(&mut state);
        self.hash(&mut state);
    }

    fn is(&self, other: &dyn AnyKey) -> bool {
        other.as_any().downcast_ref::<K>() == Some(self)
    }
}

impl Hash for dyn AnyKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash_to(state);
    }
}

impl PartialEq for dyn AnyKey {
    fn eq(&self, other: &Self) -> bool {
        self.is(other)
    }
}

impl Eq for dyn AnyKey {}

#[derive(Eq)]
struct CacheKey(Arc<dyn AnyKey>);

impl PartialEq for CacheKey {
    fn eq(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }
}

impl Hash for CacheKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Borrow<dyn AnyKey> for CacheKey {
    fn borrow(&self) -> &(dyn AnyKey + 'static) {
        &*self.0
    }
}

/// A key is weighed with its value.
impl Weigh for CacheKey {
    fn weight(&self) -> usize {
        0
    }
}

impl Weigh for Arc<CachedValue> {
    fn weight(&self) -> usize {
        self.weight
    }
}

/// A value, and when it was read.
struct CachedValue {
    read: Moment,
    dependencies: Dependencies,
    value: Box<dyn Any + Send + Sync>,
    weight: usize,
}

type Values = Arc<Cache<CacheKey, Arc<CachedValue>>>;

/// How many objects are noted as asked for before that is forgotten.
const ASKED: usize = 1 << 16;

/// The objects that were asked for lately. To make one that requests share costs a fifth of its execution, so that is
/// done when it is asked for the second time.
#[derive(Default)]
struct Asked(Mutex<HashSet<SharedKey>>);

impl Asked {
    /// Notes an object. Answers whether it was asked for before.
    fn again(&self, key: SharedKey) -> bool {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() >= ASKED {
            asked.clear();
        }
        !asked.insert(key)
    }
}

/// The rows and relations that were read lately.
pub struct RowCache {
    values: Values,
    asked: Arc<Asked>,
    invalidation: Arc<Invalidation>,
}

impl Default for RowCache {
    fn default() -> Self {
        let values = Arc::new(cache(BYTES, 1_000));
        Self { values, asked: Arc::default(), invalidation: Arc::default() }
    }
}

impl RowCache {
    /// Begins a read of the state of the database that a mark stands for.
    pub async fn begin(&self, mark: Mark, database: &DatabaseConnection) -> Result<Arc<Reading>> {
        Ok(self.at(self.invalidation.at(mark, database).await?))
    }

    /// Whether all that was read once is still true in the state that a mark stands for.
    pub async fn is_true(&self, read: &Read, mark: Mark, database: &DatabaseConnection) -> Result<bool> {
        let at = self.invalidation.at(mark, database).await?;
        Ok(self.invalidation.is_true(&read.dependencies, read.at, at))
    }

    fn at(&self, at: Moment) -> Arc<Reading> {
        Arc::new(Reading {
            values: self.values.clone(),
            asked: self.asked.clone(),
            invalidation: self.invalidation.clone(),
            at,
            has_loaded: AtomicBool::new(false),
            loaded: Mutex::default(),
            dependencies: Mutex::new(AllDependencies::new([])),
        })
    }
}

/// A read of one state of the database.
pub struct Reading {
    values: Values,
    asked: Arc<Asked>,
    invalidation: Arc<Invalidation>,
    at: Moment,
    has_loaded: AtomicBool,
    loaded: Mutex<Vec<(CacheKey, Arc<CachedValue>)>>,
    dependencies: Mutex<AllDependencies>,
}

/// What a read found depends on, and when it was.
#[derive(Debug)]
pub struct Read {
    at: Moment,
    dependencies: Dependencies,
}

impl Weigh for Read {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.dependencies.weight()
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("at", &self.at).finish_non_exhaustive()
    }
}

impl Reading {
    /// Runs a future as a part of this read.
    pub async fn of<F: Future>(reading: Option<Arc<Self>>, future: F) -> F::Output {
        match reading {
            Some(reading) => READING.scope(reading, future).await,
            None => future.await,
        }
    }

    /// The read that this task is at.
    pub fn present() -> Option<Arc<Self>> {
        READING.try_with(Clone::clone).ok()
    }

    /// Keeps what was loaded. The database must still be in the state that was read.
    pub fn keep(&self) {
        let loaded = std::mem::take(&mut *self.loaded.lock().unwrap_or_else(PoisonError::into_inner));
        loaded.into_iter().for_each(|(key, cached)| self.values.insert(key, cached));
    }

    /// Whether a relation was loaded from the database.
    pub fn has_loaded(&self) -> bool {
        self.has_loaded.load(Ordering::Relaxed)
    }

    /// What was read so far.
    pub fn read(&self) -> Read {
        Read { at: self.at, dependencies: self.dependencies().dependencies() }
    }

    fn dependencies(&self) -> MutexGuard<'_, AllDependencies> {
        self.dependencies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recall<K: Relation>(&self, key: &K) -> Option<K::Value> {
        self.recalled(key)?.value.downcast_ref().cloned()
    }

    fn recalled(&self, key: &(dyn AnyKey + 'static)) -> Option<Arc<CachedValue>> {
        let cached = self.values.get(key)?;
        if !self.invalidation.is_true(&cached.dependencies, cached.read, self.at) {
            return None;
        }
        self.dependencies().add(&cached.dependencies);
        Some(cached)
    }

    fn note<K: Relation>(&self, key: &K, value: &K::Value) {
        self.has_loaded.store(true, Ordering::Relaxed);
        let dependencies = key.dependencies(value);
        self.dependencies().add(&dependencies);
        let Some(weight) = key.weight(value) else { return };
        self.note_value(key.clone(), Box::new(value.clone()), weight, dependencies);
    }

    fn note_value(
        &self,
        key: impl AnyKey + 'static,
        value: Box<dyn Any + Send + Sync>,
        weight: usize,
        dependencies: Dependencies,
    ) {
        let weight = ENTRY + weight + dependencies.weight();
        let cached = CachedValue { read: self.at, dependencies, value, weight };
        let entry = (CacheKey(Arc::new(key)), Arc::new(cached));
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    /// The JSON of an object, if it is known.
    pub(super) fn recall_shared(&self, key: &SharedKey) -> Option<Bytes> {
        let cached = self.recalled(key)?;
        object_depends_on(|| cached.dependencies.clone());
        cached.value.downcast_ref().cloned()
    }

    /// Whether an object that is not known was asked for lately.
    pub(super) fn is_asked_again(&self, key: SharedKey) -> bool {
        self.asked.again(key)
    }

    /// Notes the JSON of an object that was made, and what it depends on.
    pub(super) fn note_shared(&self, key: SharedKey, json: Bytes, dependencies: Dependencies) {
        let weight = size_of::<SharedKey>() + json.len();
        self.note_value(key, Box::new(json), weight, dependencies);
    }
}

impl Source for super::Reads {
    fn recall<K: Relation>(&self, key: &K) -> Option<K::Value> {
        self.reading.as_ref()?.recall(key)
    }

    fn note<K: Relation>(&self, key: &K, value: &K::Value) {
        if let Some(reading) = &self.reading {
            reading.note(key, value);
        }
    }

    fn show<K: Relation>(&self, key: &K, value: &K::Value) {
        object_depends_on(|| key.dependencies(value));
    }
}

impl<T: Row> Weigh for Arc<T> {
    fn weight(&self) -> usize {
        size_of::<T>() + SHORT_TEXTS + self.more_weight()
    }
}

impl<T: Row> Weigh for Page<T> {
    fn weight(&self) -> usize {
        self.rows.weight()
    }
}

impl<T: Row> Shows for Arc<T> {
    fn things(&self, things: &mut Vec<Uuid>) {
        T::things(self, things);
    }
}

impl<T: Row> Shows for Page<T> {
    fn things(&self, things: &mut Vec<Uuid>) {
        self.rows.things(things);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::read::Reads;

    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    struct Text(usize);

    impl Relation for Text {
        type Value = String;
        type Source = Reads;

        async fn load(_: Vec<Self>, _: Arc<Reads>) -> Result<HashMap<Self, String>> {
            Ok(HashMap::new())
        }

        crate::read::batch::shared!();
    }

    #[test]
    fn a_value_is_taken_only_in_its_state() {
        let cache = RowCache::default();
        let reading = cache.at(Moment(1));
        assert!(!reading.has_loaded());
        reading.note(&Text(3), &"three".to_owned());
        assert!(reading.has_loaded());
        assert_eq!(cache.at(Moment(1)).recall(&Text(3)), None, "nothing is kept before the read is done");
        reading.keep();
        assert_eq!(cache.at(Moment(1)).recall(&Text(3)).unwrap(), "three");
        assert_eq!(cache.at(Moment(2)).recall(&Text(3)), None);
    }

    #[test]
    fn the_cache_stays_within_its_size() {
        let cache = RowCache::default();
        let large = usize::try_from(BYTES).unwrap() / 100;
        for n in 0..300 {
            let reading = cache.at(Moment(1));
            reading.note(&Text(n), &"x".repeat(large));
            reading.keep();
        }
        assert!(cache.values.weight() <= BYTES && cache.values.len() > 50, "{}", cache.values.weight());

        let (reading, most) = (cache.at(Moment(1)), large * 25);
        reading.note(&Text(1000), &"x".repeat(most + 1));
        reading.note(&Text(1001), &"x".repeat(most - 1000));
        reading.keep();
        assert_eq!(cache.at(Moment(1)).recall(&Text(1000)), None, "over a quarter of the cache");
    }
}
