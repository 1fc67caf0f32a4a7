//! Standard output. A reader that has enough closes its pipe, as `head` does, which ends a command and is no mistake.

use std::{
    fmt,
    io::{ErrorKind, Write, stdout},
    process,
};

/// Writes a text to standard output.
macro_rules! out {
    ($($text:tt)*) => { crate::stdout::write(format_args!($($text)*)) };
}

/// Writes a line to standard output.
macro_rules! outln {
    ($($text:tt)*) => { crate::stdout::write(format_args!("{}\n", format_args!($($text)*))) };
}

pub(crate) use {out, outln};

/// Writes to standard output, or ends the process.
pub(crate) fn write(text: fmt::Arguments<'_>) {
    let mut stdout = stdout().lock();
    let Err(error) = stdout.write_fmt(text).and_then(|()| stdout.flush()) else { return };
    if error.kind() == ErrorKind::BrokenPipe {
        process::exit(0);
    }
    eprintln!("lectern: standard output can't be written: {error}");
    process::exit(1);
}
