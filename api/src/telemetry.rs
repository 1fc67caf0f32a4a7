//! Logging.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Logs to stderr, filtered in the syntax of `RUST_LOG`. Stdout belongs to the commands.
/// Colours are for terminals.
pub fn log_to_stderr(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let is_colored = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(is_colored);
    // A second call, as in tests, has no effect.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}
