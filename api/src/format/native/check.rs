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

pub(super) use ids::whereabouts;
pub(super) use likely::warnings;

use super::ArchiveFiles;
use crate::mistake::FoundMistakes;

/// Looks for mistakes. What a broken file or item may declare is assumed to be declared.
pub(super) fn problems(folder: &ArchiveFiles, problems: &mut FoundMistakes) {
    let declared = declared::Declared::of(folder);
    names::check(folder, &declared, problems);
    ids::check(folder, problems);
    links::check(folder, problems);
    recordings::check(folder, &declared, problems);
    for file in &folder.editions {
        let mut notes = file.notes(problems);
        edition::check(&file.content, &declared, &mut notes);
        schedule::check(&file.content, &declared, &mut notes);
        talks::check(&file.content, &declared, &mut notes);
    }
}
