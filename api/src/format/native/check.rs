//! Whether the files make sense together. Everything here is about what a single file's shape can't tell.

mod declared;
mod edition;
mod ids;
mod links;
mod names;
mod notes;
mod recordings;
mod schedule;
mod talks;

use super::ArchiveFiles;
use crate::mistake::Mistake;

/// All that is wrong. What a broken file might have told is taken as told.
pub(super) fn problems(folder: &ArchiveFiles) -> Vec<Mistake> {
    let declared = declared::Declared::of(folder);
    let mut problems = Vec::new();
    names::check(folder, &declared, &mut problems);
    ids::check(folder, &mut problems);
    links::check(folder, &mut problems);
    recordings::check(folder, &declared, &mut problems);
    for file in &folder.editions {
        let mut notes = file.notes(&mut problems);
        edition::check(&file.content, &declared, &mut notes);
        schedule::check(&file.content, &declared, &mut notes);
        talks::check(&file.content, &declared, &mut notes);
    }
    problems
}
