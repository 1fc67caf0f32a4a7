//! Relations, loaded together. Whoever asks for a relation names a key; keys of one type that are asked for while the executor
//! still makes progress become one load. No timer: a batch goes as soon as the request has nothing else to do, which it shows by
//! two turns in a row that bring no new key. Answers are kept for the request, and everything dies with it.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    future::Future,
    hash::Hash,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use futures_util::{FutureExt, future::Shared};

use crate::error::{Error, Result};

/// A relation: the key that leads to it, and how many keys are answered at once.
pub trait Relation: Clone + Eq + Hash + Send + Sync + Sized + 'static {
    /// What a key leads to; its default is the answer for a key that leads nowhere.
    type Value: Clone + Default + Send + Sync + 'static;
    /// What a load reads from.
    type Source: Send + Sync + 'static;

    /// Loads the values of all keys.
    fn load(keys: Vec<Self>, source: Arc<Self::Source>) -> impl Future<Output = Result<HashMap<Self, Self::Value>>> + Send;
}

type Load<K> = Shared<Pin<Box<dyn Future<Output = Result<Arc<HashMap<K, <K as Relation>::Value>>>> + Send>>>;

struct Lane<K: Relation> {
    waiting: Vec<K>,
    load: Option<Load<K>>,
    loaded: HashMap<K, K::Value>,
}

impl<K: Relation> Default for Lane<K> {
    fn default() -> Self {
        Self { waiting: Vec::new(), load: None, loaded: HashMap::new() }
    }
}

/// The batches of one request.
pub struct Batches<S> {
    source: Arc<S>,
    lanes: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
    asked: AtomicUsize,
}

impl<S: Send + Sync + 'static> Batches<S> {
    /// None yet.
    pub fn new(source: S) -> Arc<Self> {
        Arc::new(Self { source: Arc::new(source), lanes: Mutex::default(), asked: AtomicUsize::new(0) })
    }

    /// What loads read from.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// What the key leads to.
    pub async fn load<K: Relation<Source = S>>(self: &Arc<Self>, key: K) -> Result<K::Value> {
        let load = match self.lane(|lane| self.join(lane, &key)) {
            Joined::Loaded(value) => return Ok(value),
            Joined::Waiting(load) => load,
        };
        let values = load.await?;
        Ok(values.get(&key).cloned().unwrap_or_default())
    }

    fn join<K: Relation<Source = S>>(self: &Arc<Self>, lane: &mut Lane<K>, key: &K) -> Joined<K> {
        if let Some(value) = lane.loaded.get(key) {
            return Joined::Loaded(value.clone());
        }
        self.asked.fetch_add(1, Ordering::Relaxed);
        lane.waiting.push(key.clone());
        let load = lane.load.get_or_insert_with(|| run(Arc::downgrade(self)).boxed().shared());
        Joined::Waiting(load.clone())
    }

    fn lane<K: Relation<Source = S>, R>(&self, act: impl FnOnce(&mut Lane<K>) -> R) -> R {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes.entry(TypeId::of::<K>()).or_insert_with(|| Box::new(Lane::<K>::default()));
        match lane.downcast_mut() {
            Some(lane) => act(lane),
            // The entry is made one line above, of this very type.
            None => act(&mut Lane::default()),
        }
    }
}

enum Joined<K: Relation> {
    Loaded(K::Value),
    Waiting(Load<K>),
}

/// Waits until the request has nothing else to do, then loads what is asked for. Holds the batches weakly, as they hold it.
async fn run<K: Relation>(batches: Weak<Batches<K::Source>>) -> Result<Arc<HashMap<K, K::Value>>> {
    let gone = || Error::Internal("a batch outlived its request".to_owned());
    let mut quiet = 0;
    let mut before = 0;
    while quiet < 2 {
        turn().await;
        let asked = batches.upgrade().ok_or_else(gone)?.asked.load(Ordering::Relaxed);
        quiet = if asked == before { quiet + 1 } else { 0 };
        before = asked;
    }
    let (mut keys, source) = {
        let batches = batches.upgrade().ok_or_else(gone)?;
        let keys = batches.lane::<K, _>(|lane| {
            lane.load = None;
            std::mem::take(&mut lane.waiting)
        });
        (keys, batches.source.clone())
    };
    let mut seen = std::collections::HashSet::with_capacity(keys.len());
    keys.retain(|key| seen.insert(key.clone()));
    let values = Arc::new(K::load(keys.clone(), source).await?);
    if let Some(batches) = batches.upgrade() {
        batches.lane::<K, _>(|lane| {
            lane.loaded.extend(keys.into_iter().map(|key| {
                let value = values.get(&key).cloned().unwrap_or_default();
                (key, value)
            }));
        });
    }
    Ok(values)
}

/// Gives way once.
async fn turn() {
    let mut given = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut given, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
