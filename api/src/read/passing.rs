//! Answers that hold only for a moment, although nothing is written: they are sent and not stored.

use std::cell::Cell;

tokio::task_local! {
    static IS_PASSING: Cell<bool>;
}

/// Runs what makes an answer, and says whether the answer holds only for a moment.
pub(crate) async fn watched<F: Future>(answer: F) -> (F::Output, bool) {
    let watched = async {
        let output = answer.await;
        (output, IS_PASSING.with(Cell::get))
    };
    IS_PASSING.scope(Cell::new(false), watched).await
}

/// Notes that the answer that is being made holds only for a moment.
pub(crate) fn note() {
    // Where nothing is stored, nobody watches.
    let _ = IS_PASSING.try_with(|passing| passing.set(true));
}
