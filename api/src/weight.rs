//! About how much memory values take, and caches that are bounded by it.

use std::{hash::Hash, sync::Arc};

use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter, sync::DefaultLifecycle};
use uuid::Uuid;

/// A value whose size can be estimated.
pub trait Weigh {
    /// About how many bytes it takes.
    fn weight(&self) -> usize;
}

/// A cache that holds a number of bytes. It admits by frequency (S3-FIFO): what is asked for once takes no room from
/// what is asked for again.
pub type Cache<K, V> = quick_cache::sync::Cache<K, V, ByWeight>;

/// The parts of a cache, each with its own lock. What weighs more than one of them is not kept.
const PARTS: usize = 4;

/// The weight of an entry: that of its key and its value.
#[derive(Clone, Copy, Debug)]
pub struct ByWeight;

impl<K: Weigh, V: Weigh> Weighter<K, V> for ByWeight {
    fn weight(&self, key: &K, value: &V) -> u64 {
        (key.weight() + value.weight()) as u64
    }
}

/// Creates a cache of a number of bytes, for entries that take about `entry` bytes.
pub fn cache<K: Weigh + Eq + Hash, V: Weigh + Clone>(bytes: u64, entry: u64) -> Cache<K, V> {
    let entries = usize::try_from(bytes / entry).unwrap_or(usize::MAX);
    let mut options = OptionsBuilder::new();
    options.shards(PARTS).weight_capacity(bytes).estimated_items_capacity(entries);
    #[expect(clippy::expect_used, reason = "the two options that must be set are set one line above")]
    let options = options.build().expect("all options of a cache");
    Cache::with_options(options, ByWeight, DefaultHashBuilder::default(), DefaultLifecycle::default())
}

impl Weigh for u8 {
    fn weight(&self) -> usize {
        size_of::<Self>()
    }
}

impl Weigh for Uuid {
    fn weight(&self) -> usize {
        size_of::<Self>()
    }
}

impl Weigh for i64 {
    fn weight(&self) -> usize {
        size_of::<Self>()
    }
}

impl Weigh for String {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.len()
    }
}

impl Weigh for Arc<str> {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.len()
    }
}

impl<T: Weigh> Weigh for Option<T> {
    fn weight(&self) -> usize {
        self.as_ref().map_or(size_of::<Self>(), T::weight)
    }
}

impl<T: Weigh> Weigh for Vec<T> {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.iter().map(T::weight).sum::<usize>()
    }
}
