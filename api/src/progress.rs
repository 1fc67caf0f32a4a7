//! How far a long operation is. Whoever carries it out counts, and whoever began it looks now and then.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

/// The progress of an operation, stage by stage.
#[derive(Debug, Default)]
pub struct Progress {
    stage: Mutex<Option<Stage>>,
    done: AtomicUsize,
}

/// A stage of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// What is done to what: `files read`.
    pub what: &'static str,
    /// How many of them there are.
    pub of: usize,
}

impl Progress {
    /// Begins a stage.
    pub fn begin(&self, what: &'static str, of: usize) {
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        self.done.store(0, Ordering::Relaxed);
        *stage = Some(Stage { what, of });
    }

    /// Counts one more that is done.
    pub fn count(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// The present stage, and how many are done; none before the first stage.
    pub fn present(&self) -> Option<(Stage, usize)> {
        let stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        stage.map(|stage| (stage, self.done.load(Ordering::Relaxed).min(stage.of)))
    }
}
