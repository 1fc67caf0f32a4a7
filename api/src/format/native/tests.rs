#![expect(clippy::unwrap_used, reason = "tests")]

mod archive;
mod edits;
mod folder;
mod packed;
mod patterns;
mod places;
mod programme;
mod shape;
mod texts;
mod warnings;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use super::read;

const CONFERENCES_TEXT: &str = "conferences:\n  - slug: promcon\n    name: PromCon\n";
const COMPANIES_TEXT: &str = "companies:\n  - slug: acme\n    name: Acme\n  - slug: weave\n    name: Weave\n";
const SPEAKERS_TEXT: &str = "speakers:\n  - slug: ada\n    name: Ada\n  - slug: bob\n    name: Bob\n";

/// It has five lines: what is added begins on the sixth.
const EDITION_TEXT: &str = "slug: x-2020\nconference: promcon\nname: X\nyear: 2020\ntimezone: Europe/Berlin\n";

/// A folder of its own, which is removed with the value.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("lectern-native-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(path.join("editions")).unwrap();
        Self(path)
    }

    /// A sound archive.
    fn sound() -> Self {
        let scratch = Self::new();
        scratch.put("conferences.yaml", CONFERENCES_TEXT);
        scratch.put("companies.yaml", COMPANIES_TEXT);
        scratch.put("speakers.yaml", SPEAKERS_TEXT);
        scratch.put("editions/x-2020.yaml", EDITION_TEXT);
        scratch
    }

    fn put(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn problems(&self) -> Vec<String> {
        read(&self.0).map_or_else(|problems| problems.to_string().lines().map(str::to_owned).collect(), |_| Vec::new())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A text as it is in a file. In a test it stands between lines of its own, indented as the last of them.
fn yaml(text: &str) -> String {
    let Some((lines, margin)) = text.strip_prefix('\n').and_then(|text| text.rsplit_once('\n')) else {
        return text.to_owned();
    };
    lines.lines().map(|line| format!("{}\n", line.strip_prefix(margin).unwrap_or(line))).collect()
}

/// Checks that an edition with these lines added has these problems and no others. The file's name is left out of them.
#[track_caller]
fn edition_has(lines: &str, problems: &[&str]) {
    let scratch = Scratch::sound();
    scratch.put("editions/x-2020.yaml", format!("{EDITION_TEXT}{}", yaml(lines)));
    let found: Vec<String> = scratch.problems().iter().map(|line| line.replace("editions/x-2020.yaml:", "")).collect();
    assert_eq!(found, problems, "\n{lines}");
}

/// Checks that the folder with these files put into it has these problems and no others.
#[track_caller]
fn folder_has(files: &[(&str, &str)], problems: &[&str]) {
    let scratch = Scratch::sound();
    files.iter().for_each(|(name, text)| scratch.put(name, text));
    assert_eq!(scratch.problems(), problems, "\n{files:?}");
}

fn promcon() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/promcon")
}
