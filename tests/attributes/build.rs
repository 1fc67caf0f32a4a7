//! Looks for PostgreSQL's server and for Chromium. Where one is missing, the attributes of this crate tell the test
//! harness to ignore the tests that need it.
//!
//! Only tests depend on this crate: `cargo build`, `cargo run` and `cargo install` neither compile nor run this.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// What some tests need, and the scripts that print where it is.
const REQUIREMENTS: [(&str, &[&[&str]]); 2] = [
    ("postgres", &[&["throwaway-postgres", "--find"]]),
    ("chromium", &[&["find-browser", "chromium"], &["find-browser", "driver"]]),
];

/// Where package managers put programs. Cargo looks whether a folder changed, so that an installation is noticed.
const FOLDERS: [&str; 3] = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];

fn main() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts");
    for (name, commands) in REQUIREMENTS {
        println!("cargo::rustc-check-cfg=cfg(has_{name})");
        let found: Option<Vec<PathBuf>> = commands.iter().map(|command| find(&scripts, command)).collect();
        // What is required counts as installed: its tests run, and fail if it is missing.
        let required = env::var("LECTERN_TEST_REQUIRE").is_ok_and(|names| names.split(',').any(|one| one == name));
        if found.is_some() || required {
            println!("cargo::rustc-cfg=has_{name}");
        }
        // Nothing is looked for again before what was found is gone, or what was missing may have come.
        match found {
            Some(programs) => watch(programs),
            None => {
                println!("cargo::rerun-if-env-changed=LECTERN_TEST_REQUIRE");
                println!("cargo::rerun-if-env-changed=PATH");
                watch(FOLDERS.map(PathBuf::from));
            }
        }
        watch(commands.iter().filter_map(|command| command.first()).map(|script| scripts.join(script)));
    }
    watch([PathBuf::from("build.rs")]);
}

/// Has Cargo run this again when one of the files or folders changes.
fn watch(paths: impl IntoIterator<Item = PathBuf>) {
    // Cargo takes a path that does not exist for one that has changed.
    for path in paths.into_iter().filter(|path| path.exists()) {
        println!("cargo::rerun-if-changed={}", path.display());
    }
}

/// The program that a script finds. None if it finds nothing, or cannot run: a machine may lack bash.
fn find(scripts: &Path, command: &[&str]) -> Option<PathBuf> {
    let (script, arguments) = command.split_first()?;
    let output = Command::new(scripts.join(script)).args(arguments).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    let program = if path.is_dir() { path.join("postgres") } else { path };
    (output.status.success() && program.exists()).then_some(program)
}
