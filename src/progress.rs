//! How far a long command is, on standard error: a bar on a terminal, and elsewhere a line now and then.

use std::{
    io::{IsTerminal, stderr},
    sync::{
        Arc,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use lectern_api::progress::Progress;

/// How often a bar is drawn. Nothing is seen of what is over before.
const BAR: Duration = Duration::from_millis(200);

/// How often there is a line where there is no terminal.
const LINE: Duration = Duration::from_secs(10);

/// The progress of a command, which is shown until this is dropped.
pub struct Shown {
    progress: Arc<Progress>,
    thread: Option<(Sender<()>, JoinHandle<()>)>,
}

/// Shows the progress of a command, unless it is to be quiet.
pub fn show(is_quiet: bool) -> Shown {
    let progress = Arc::new(Progress::default());
    let thread = (!is_quiet).then(|| {
        let (end, ended) = channel();
        let progress = progress.clone();
        let thread = std::thread::spawn(move || {
            let is_terminal = stderr().is_terminal();
            let mut view: Box<dyn FnMut(&Progress)> = if is_terminal { Box::new(bar()) } else { Box::new(line) };
            let period = if is_terminal { BAR } else { LINE };
            while ended.recv_timeout(period) == Err(RecvTimeoutError::Timeout) {
                view(&progress);
            }
        });
        (end, thread)
    });
    Shown { progress, thread }
}

impl Shown {
    /// What the operation counts.
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.thread.take() {
            drop(end);
            // It has nothing to say.
            let _ = thread.join();
        }
    }
}

/// Draws a bar, which goes when it is dropped.
fn bar() -> impl FnMut(&Progress) {
    struct Bar(ProgressBar);
    impl Drop for Bar {
        fn drop(&mut self) {
            self.0.finish_and_clear();
        }
    }
    let style = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len} {msg}");
    let bar = Bar(ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())));
    move |progress| {
        if let Some((stage, done)) = progress.present() {
            bar.0.set_message(stage.what);
            bar.0.set_length(stage.of as u64);
            bar.0.set_position(done as u64);
        }
    }
}

fn line(progress: &Progress) {
    if let Some((stage, done)) = progress.present() {
        eprintln!("lectern: {done} of {} {}", stage.of, stage.what);
    }
}
