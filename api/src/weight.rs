//! About how much memory values take, for what is kept within a bound.

use std::sync::Arc;

use uuid::Uuid;

/// A value whose size can be estimated.
pub trait Weigh {
    /// About how many bytes it takes.
    fn weight(&self) -> usize;
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
