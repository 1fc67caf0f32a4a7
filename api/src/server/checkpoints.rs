//! The task that keeps a SQLite file whole: a copy of the one file, without its `-wal`, then has everything.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::time::sleep;

use crate::{
    database::checkpoint::{checkpoint, wal_state},
    state::Server,
};

/// How often the size of the `-wal` file is read. No statement is run while it has nothing.
const LOOK: Duration = Duration::from_secs(1);

/// After how many looks there is a checkpoint although the file still grows.
const MOST_LOOKS: u32 = 60;

/// Keeps a file whole, as long as the server lives.
pub(super) fn start(server: &Arc<Server>, file: PathBuf) {
    actix_web::rt::spawn(run(Arc::downgrade(server), file));
}

async fn run(server: Weak<Server>, file: PathBuf) {
    let (mut last, mut looks) = (None, 0);
    while server.strong_count() > 0 {
        sleep(LOOK).await;
        let state = wal_state(&file);
        looks = if state.is_some() { looks + 1 } else { 0 };
        let is_silent = state.is_some() && state == last;
        last = state;
        if (is_silent || looks >= MOST_LOOKS) && attempt(&file).await {
            looks = 0;
        }
    }
}

/// Makes a checkpoint. Answers whether all of it is done; otherwise it is to be tried again.
pub(super) async fn attempt(file: &Path) -> bool {
    checkpoint(file).await.unwrap_or_else(|error| {
        tracing::debug!(%error, "a checkpoint failed, and is tried again");
        false
    })
}
