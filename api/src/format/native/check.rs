//! Whether the files make sense together. Everything here is about what a single file's shape can't tell.

mod edition;
mod ids;
mod known;
mod links;
mod names;
mod notes;
mod recordings;
mod schedule;
mod talks;

use super::Folder;
use crate::mistake::Mistake;

/// All that is wrong. What a broken file might have told is taken as told.
pub(super) fn problems(folder: &Folder) -> Vec<Mistake> {
    let known = known::Declared::of(folder);
    let mut problems = Vec::new();
    names::check(folder, &known, &mut problems);
    ids::check(folder, &mut problems);
    links::check(folder, &mut problems);
    recordings::check(folder, &known, &mut problems);
    for file in &folder.editions {
        let mut notes = file.notes(&mut problems);
        edition::check(&file.content, &known, &mut notes);
        schedule::check(&file.content, &known, &mut notes);
        talks::check(&file.content, &known, &mut notes);
    }
    problems
}
