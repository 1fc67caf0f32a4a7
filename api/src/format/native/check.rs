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

use std::{borrow::Cow, collections::HashSet};

pub(super) use ids::whereabouts;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::{ArchiveFiles, CheckedFile};
use crate::{
    format::document::Edition,
    mistake::{FoundMistakes, FoundWarnings},
    scalars::RecordingKey,
};
use declared::Declared;
use ids::IdOwners;
use likely::LikelyCheck;

/// How many editions are unpacked at a time.
const AT_ONCE: usize = 32;

/// Looks for mistakes, and for what is probably not meant.
pub(super) fn check(folder: &ArchiveFiles, problems: &mut FoundMistakes, warnings: &mut FoundWarnings) {
    let (mut mistakes, mut likely) =
        rayon::join(|| MistakeCheck::begin(folder, problems), || LikelyCheck::begin(folder, warnings));
    for files in folder.editions.chunks(AT_ONCE) {
        let editions: Vec<Cow<'_, Edition>> = files.par_iter().map(|file| file.content.unpacked()).collect();
        let each = || files.iter().zip(&editions);
        rayon::join(
            || each().for_each(|(file, edition)| mistakes.edition(file, edition)),
            || each().for_each(|(file, edition)| likely.edition(file, edition)),
        );
    }
    rayon::join(|| mistakes.finish(), || likely.finish());
}

/// The check for mistakes. What a broken file or item may declare is assumed to be declared.
struct MistakeCheck<'f, 'p> {
    declared: Declared<'f>,
    /// The recordings that are listed, if the archive is whole.
    listed: Option<HashSet<&'f RecordingKey>>,
    ids: IdOwners<'f>,
    problems: &'p mut FoundMistakes,
}

impl<'f, 'p> MistakeCheck<'f, 'p> {
    /// Checks everything but the talks and slots.
    fn begin(folder: &'f ArchiveFiles, problems: &'p mut FoundMistakes) -> Self {
        let declared = Declared::of(folder);
        names::check(folder, &declared, problems);
        links::check(folder, problems);
        recordings::check(folder, &declared, problems);
        let listed = folder.is_whole.then(|| declared::listed(folder).collect());
        Self { declared, listed, ids: IdOwners::of_others(folder), problems }
    }

    /// Checks the edition of a file.
    fn edition(&mut self, file: &'f CheckedFile<Edition>, edition: &Edition) {
        names::talks(file, edition, self.problems);
        self.ids.edition(file, edition);
        let mut notes = file.notes(self.problems);
        links::of_edition(edition, &mut notes);
        if let Some(listed) = &self.listed {
            recordings::named(edition, listed, &mut notes);
        }
        edition::check(edition, &self.declared, &mut notes);
        schedule::check(edition, &self.declared, &mut notes);
        talks::check(edition, &self.declared, &mut notes);
    }

    fn finish(self) {
        self.problems.append(self.ids.problems);
    }
}
