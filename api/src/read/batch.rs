//! Relations, loaded in batches. A resolver asks for a key of a relation and waits. When the whole request can't go on,
//! the keys of each relation are loaded together. There is no timer: [`drive`] polls the request itself and so knows
//! when it can't go on. The next loads start when the last ones are done, level by level, so the number of statements
//! depends only on the request. Values are cached for the request.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, HashSet},
    future::{Future, poll_fn},
    hash::Hash,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};

use super::dependencies::Dependencies;
use crate::error::Result;

/// A relation: its key, and the load of many keys at once.
pub trait Relation: Clone + Eq + Hash + Send + Sync + Sized + 'static {
    /// The value of a key. The default is the value of a key without one.
    type Value: Clone + Default + Send + Sync + 'static;
    /// The context of a load.
    type Source: Source;

    /// Loads the values of all keys.
    fn load(
        keys: Vec<Self>,
        source: Arc<Self::Source>,
    ) -> impl Future<Output = Result<HashMap<Self, Self::Value>>> + Send;

    /// About how many bytes the key and its value take in the cache that requests share. None: they are not kept there,
    /// because the value depends on more than the key and the state of the database.
    fn weight(&self, _: &Self::Value) -> Option<usize> {
        None
    }

    /// What the value depends on besides the key, in the cache that requests share.
    fn dependencies(&self, _: &Self::Value) -> Dependencies {
        Dependencies::Archive
    }
}

/// Shares a relation whose value depends on its key and the state of the database alone. Any write may change the
/// value, unless it is declared as relations of the thing that the key names, or as the row of that thing or a part of
/// it.
macro_rules! shared {
    (@weight) => {
        fn weight(&self, value: &Self::Value) -> Option<usize> {
            Some(crate::weight::Weigh::weight(value))
        }
    };
    () => {
        crate::read::batch::shared!(@weight);
    };
    (relation of $key:ident => $id:expr) => {
        crate::read::batch::shared!(@weight);

        fn dependencies(&self, value: &Self::Value) -> crate::read::dependencies::Dependencies {
            let $key = self;
            crate::read::dependencies::Dependencies::of_relation($id, value)
        }
    };
    (row of $key:ident => $id:expr) => {
        crate::read::batch::shared!(@weight);

        fn dependencies(&self, value: &Self::Value) -> crate::read::dependencies::Dependencies {
            let $key = self;
            crate::read::dependencies::Dependencies::of_row($id, value)
        }
    };
}
pub(crate) use shared;

/// The context of loads, which may know values that earlier requests loaded.
pub trait Source: Send + Sync + 'static {
    /// The value of a key, if it is known.
    fn recall<K: Relation>(&self, key: &K) -> Option<K::Value>;

    /// Notes a value that was loaded.
    fn note<K: Relation>(&self, key: &K, value: &K::Value);

    /// Notes that the object that is being made shows a value.
    fn show<K: Relation>(&self, key: &K, value: &K::Value);
}

/// The batches of one request.
pub struct Batches<S> {
    source: Arc<S>,
    state: Mutex<BatchesState<S>>,
}

struct BatchesState<S> {
    /// A [`RelationState`] for each type of key.
    relations: HashMap<TypeId, Box<dyn Any + Send>>,
    /// The loads to start when the request can't go on.
    queued_loads: Vec<StartLoad<S>>,
}

type StartLoad<S> = fn(Arc<Batches<S>>) -> BoxFuture<'static, ()>;

/// The keys of one relation: queued, loading and loaded.
struct RelationState<K: Relation> {
    queued: Vec<K>,
    batch: Arc<Batch<K>>,
    /// The keys that are loading. A resolver that asks for one of them waits for the same load.
    running: Option<(HashSet<K>, Arc<Batch<K>>)>,
    loaded: HashMap<K, K::Value>,
}

impl<K: Relation> Default for RelationState<K> {
    fn default() -> Self {
        Self { queued: Vec::new(), batch: Arc::default(), running: None, loaded: HashMap::new() }
    }
}

/// The result of a load, and the resolvers that wait for it.
struct Batch<K: Relation>(Mutex<(LoadedValues<K>, Vec<Waker>)>);

type LoadedValues<K> = Option<Result<Arc<HashMap<K, <K as Relation>::Value>>>>;

impl<K: Relation> Default for Batch<K> {
    fn default() -> Self {
        Self(Mutex::new((None, Vec::new())))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<S: Source> Batches<S> {
    /// Creates the batches of a request.
    pub fn new(source: S) -> Arc<Self> {
        Arc::new(Self {
            source: Arc::new(source),
            state: Mutex::new(BatchesState { relations: HashMap::new(), queued_loads: Vec::new() }),
        })
    }

    /// The context of loads.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// Clears the cache after a write.
    pub fn forget(&self) {
        lock(&self.state).relations.clear();
    }

    /// Loads the value of a key. Works only within [`drive`].
    pub async fn load<K: Relation<Source = S>>(&self, key: K) -> Result<K::Value> {
        let batch = {
            let mut state = lock(&self.state);
            let BatchesState { relations, queued_loads } = &mut *state;
            let relation = relation_state::<K>(relations);
            if let Some(value) = relation.loaded.get(&key) {
                self.source.show(&key, value);
                return Ok(value.clone());
            }
            match &relation.running {
                Some((keys, batch)) if keys.contains(&key) => batch.clone(),
                _ => {
                    if relation.queued.is_empty() {
                        queued_loads.push(start_load::<K>);
                    }
                    relation.queued.push(key.clone());
                    relation.batch.clone()
                }
            }
        };
        let values = poll_fn(|context| {
            let mut batch = lock(&batch.0);
            match &batch.0 {
                Some(answer) => Poll::Ready(answer.clone()),
                None => {
                    batch.1.push(context.waker().clone());
                    Poll::Pending
                }
            }
        });
        let value = values.await?.get(&key).cloned().unwrap_or_default();
        self.source.show(&key, &value);
        Ok(value)
    }
}

fn relation_state<K: Relation>(relations: &mut HashMap<TypeId, Box<dyn Any + Send>>) -> &mut RelationState<K> {
    let relation = relations.entry(TypeId::of::<K>()).or_insert_with(|| Box::new(RelationState::<K>::default()));
    #[expect(clippy::expect_used, reason = "the entry of a type's id is made one line above, of that type")]
    relation.downcast_mut().expect("a lane of its own type")
}

/// Loads the queued keys of a relation, and wakes the resolvers that wait.
fn start_load<K: Relation>(batches: Arc<Batches<K::Source>>) -> BoxFuture<'static, ()> {
    async move {
        let (keys, batch) = {
            let mut state = lock(&batches.state);
            let relation = relation_state::<K>(&mut state.relations);
            let (mut keys, batch) = (std::mem::take(&mut relation.queued), std::mem::take(&mut relation.batch));
            let mut seen = HashSet::with_capacity(keys.len());
            keys.retain(|key| seen.insert(key.clone()));
            relation.running = Some((seen, batch.clone()));
            (keys, batch)
        };
        let mut values: HashMap<K, K::Value> = HashMap::with_capacity(keys.len());
        let mut missing = Vec::new();
        for key in keys {
            match batches.source.recall(&key) {
                Some(value) => _ = values.insert(key, value),
                None => missing.push(key),
            }
        }
        let mut answer = Ok(());
        if !missing.is_empty() {
            answer = K::load(missing.clone(), batches.source.clone()).await.map(|mut loaded| {
                for key in missing {
                    let value = loaded.remove(&key).unwrap_or_default();
                    batches.source.note(&key, &value);
                    values.insert(key, value);
                }
            });
        }
        let answer = answer.map(|()| Arc::new(values));
        {
            let mut state = lock(&batches.state);
            let relation = relation_state::<K>(&mut state.relations);
            relation.running = None;
            if let Ok(values) = &answer {
                relation.loaded.extend(values.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
        }
        let mut batch = lock(&batch.0);
        batch.0 = Some(answer);
        batch.1.drain(..).for_each(Waker::wake);
    }
    .boxed()
}

/// Notes whether the request woke itself while it was polled, and passes later wakes on to the task.
struct RequestWaker {
    is_woken: AtomicBool,
    task: Mutex<Waker>,
}

impl Wake for RequestWaker {
    fn wake(self: Arc<Self>) {
        if !self.is_woken.swap(true, Ordering::AcqRel) {
            lock(&self.task).wake_by_ref();
        }
    }
}

/// Runs a request until it is done. Whenever it can't go on, its queued keys are loaded.
pub async fn drive<S: Source, F: Future>(batches: Arc<Batches<S>>, request: F) -> F::Output {
    let mut request = pin!(request);
    let mut running = FuturesUnordered::new();
    let request_waker =
        Arc::new(RequestWaker { is_woken: AtomicBool::new(false), task: Mutex::new(Waker::noop().clone()) });
    let waker = Waker::from(request_waker.clone());
    poll_fn(move |context| {
        lock(&request_waker.task).clone_from(context.waker());
        loop {
            // Polls until nothing goes on any more: a join of many futures yields before it has polled all of them, and
            // wakes itself.
            loop {
                request_waker.is_woken.store(false, Ordering::Release);
                if let Poll::Ready(output) = request.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return Poll::Ready(output);
                }
                if !request_waker.is_woken.load(Ordering::Acquire) {
                    break;
                }
            }
            if running.is_empty() {
                let queued_loads = std::mem::take(&mut lock(&batches.state).queued_loads);
                running.extend(queued_loads.into_iter().map(|start| start(batches.clone())));
            }
            loop {
                match running.poll_next_unpin(context) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Some(())) => {}
                    Poll::Ready(None) => break,
                }
            }
            // All loads are done. If they woke nothing, the request waits for something else.
            if !request_waker.is_woken.load(Ordering::Acquire) {
                return Poll::Pending;
            }
        }
    })
    .await
}
