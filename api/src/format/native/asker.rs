//! Who waits for a reading. Reading a large file takes seconds, and an HTTP client may leave meanwhile.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Knows whether the one who asked for a reading still waits for it.
#[derive(Clone, Debug, Default)]
pub struct Asker(Arc<AtomicBool>);

/// The presence of an asker, which ends when this is dropped.
#[derive(Debug)]
pub struct Presence(Asker);

impl Asker {
    /// An asker who may leave.
    pub fn present() -> (Self, Presence) {
        let asker = Self::default();
        (asker.clone(), Presence(asker))
    }

    pub(super) fn is_gone(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}
