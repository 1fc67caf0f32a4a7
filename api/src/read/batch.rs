//! Relations, loaded together. Whoever asks for a relation names a key and waits; when nothing else in the request can
//! go on, all keys that were asked for are loaded, those of one type by one load. No timer, and no guess: [`drive`]
//! polls the request itself and so knows when it stands still. The next loads begin when the last ones are done, level
//! by level, so that how many statements a request takes depends on nothing but the request. Answers are kept for the
//! request, and everything dies with it.

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

use crate::error::Result;

/// A relation: the key that leads to it, and how many keys are answered at once.
pub trait Relation: Clone + Eq + Hash + Send + Sync + Sized + 'static {
    /// What a key leads to; its default is the answer for a key that leads nowhere.
    type Value: Clone + Default + Send + Sync + 'static;
    /// What a load reads from.
    type Source: Send + Sync + 'static;

    /// Loads the values of all keys.
    fn load(
        keys: Vec<Self>,
        source: Arc<Self::Source>,
    ) -> impl Future<Output = Result<HashMap<Self, Self::Value>>> + Send;
}

/// The batches of one request.
pub struct Batches<S> {
    source: Arc<S>,
    state: Mutex<BatchesState<S>>,
}

struct BatchesState<S> {
    /// A [`Lane`] for each type of keys.
    relations: HashMap<TypeId, Box<dyn Any + Send>>,
    /// The loads to begin when the request stands still.
    queued_loads: Vec<StartLoad<S>>,
}

type StartLoad<S> = fn(Arc<Batches<S>>) -> BoxFuture<'static, ()>;

/// What is asked for, on its way, and there, of one type of keys.
struct RelationState<K: Relation> {
    queued: Vec<K>,
    batch: Arc<Batch<K>>,
    /// What a load that runs will answer: whoever asks for it meanwhile waits for that one.
    running: Option<(HashSet<K>, Arc<Batch<K>>)>,
    loaded: HashMap<K, K::Value>,
}

impl<K: Relation> Default for RelationState<K> {
    fn default() -> Self {
        Self { queued: Vec::new(), batch: Arc::default(), running: None, loaded: HashMap::new() }
    }
}

/// What a load will answer, and who waits for it.
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

impl<S: Send + Sync + 'static> Batches<S> {
    /// None yet.
    pub fn new(source: S) -> Arc<Self> {
        Arc::new(Self {
            source: Arc::new(source),
            state: Mutex::new(BatchesState { relations: HashMap::new(), queued_loads: Vec::new() }),
        })
    }

    /// What loads read from.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// Forgets what was loaded: something was written since.
    pub fn forget(&self) {
        lock(&self.state).relations.clear();
    }

    /// What the key leads to. Only within [`drive`] does anything load.
    pub async fn load<K: Relation<Source = S>>(&self, key: K) -> Result<K::Value> {
        let batch = {
            let mut state = lock(&self.state);
            let BatchesState { relations, queued_loads } = &mut *state;
            let relation = relation_state::<K>(relations);
            if let Some(value) = relation.loaded.get(&key) {
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
        Ok(values.await?.get(&key).cloned().unwrap_or_default())
    }
}

fn relation_state<K: Relation>(relations: &mut HashMap<TypeId, Box<dyn Any + Send>>) -> &mut RelationState<K> {
    let relation = relations.entry(TypeId::of::<K>()).or_insert_with(|| Box::new(RelationState::<K>::default()));
    #[expect(clippy::expect_used, reason = "the entry of a type's id is made one line above, of that type")]
    relation.downcast_mut().expect("a lane of its own type")
}

/// Loads what is asked for of one type of keys, and wakes who waits.
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
        let answer = K::load(keys.clone(), batches.source.clone()).await.map(Arc::new);
        {
            let mut state = lock(&batches.state);
            let relation = relation_state::<K>(&mut state.relations);
            relation.running = None;
            if let Ok(values) = &answer {
                relation.loaded.extend(keys.into_iter().map(|key| {
                    let value = values.get(&key).cloned().unwrap_or_default();
                    (key, value)
                }));
            }
        }
        let mut batch = lock(&batch.0);
        batch.0 = Some(answer);
        batch.1.drain(..).for_each(Waker::wake);
    }
    .boxed()
}

/// Tells whether what it polls woke itself meanwhile, and passes on what wakes it later.
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

/// Runs a request to its end, loading what it asks for each time that it stands still.
pub async fn drive<S: Send + Sync + 'static, F: Future>(batches: Arc<Batches<S>>, request: F) -> F::Output {
    let mut request = pin!(request);
    let mut running = FuturesUnordered::new();
    let request_waker =
        Arc::new(RequestWaker { is_woken: AtomicBool::new(false), task: Mutex::new(Waker::noop().clone()) });
    let waker = Waker::from(request_waker.clone());
    poll_fn(move |context| {
        lock(&request_waker.task).clone_from(context.waker());
        loop {
            // Everything that can go on goes on: lists of many items give way before they have polled them all, and
            // wake themselves.
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
            // All loads are done. If nobody waited for them, the request waits for something else.
            if !request_waker.is_woken.load(Ordering::Acquire) {
                return Poll::Pending;
            }
        }
    })
    .await
}
