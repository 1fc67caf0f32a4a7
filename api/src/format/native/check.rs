//! The checks of several files against each other: what the shape of a single file can't show.

mod declared;
mod edition;
mod ids;
mod likely;
mod links;
mod names;
mod near;
mod notes;
mod overlaps;
mod recordings;
mod schedule;
mod talks;

pub(super) use likely::warnings;

use super::ArchiveFiles;
use crate::mistake::Mistake;

/// All mistakes. What a broken file or item may declare is assumed to be declared.
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
