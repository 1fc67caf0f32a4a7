//! Slugs and acronyms, which are unique in the archive, and the successors of companies.

use std::collections::HashMap;

use super::{declared::Declared, notes::FirstPlaces};
use crate::{
    format::{
        document::{Company, Edition, Identity},
        native::{ArchiveFiles, CheckedFile, edition_path},
    },
    mistake::FoundMistakes,
    scalars::{Acronym, Slug},
};

/// The most companies that are named of a circle of successors.
const MOST_IN_CIRCLE: usize = 20;

pub(super) fn check(folder: &ArchiveFiles, declared: &Declared<'_>, problems: &mut FoundMistakes) {
    if let Some(file) = &folder.conferences {
        let conferences = file.content.conferences.iter().enumerate();
        unique(
            file,
            "conference",
            conferences.map(|(n, conference)| (format!("/conferences/{n}"), &conference.slug, &conference.identity)),
            problems,
        );
    }
    if let Some(file) = &folder.companies {
        let companies = file.content.companies.iter().enumerate();
        unique(
            file,
            "company",
            companies.map(|(n, company)| (format!("/companies/{n}"), &company.slug, &company.identity)),
            problems,
        );
        successors(file, &file.content.companies, declared, problems);
    }
    if let Some(file) = &folder.speakers {
        let speakers = file.content.speakers.iter().enumerate();
        unique(
            file,
            "speaker",
            speakers.map(|(n, speaker)| (format!("/speakers/{n}"), &speaker.slug, &speaker.identity)),
            problems,
        );
    }
    let mut editions = SlugOwners::default();
    for file in &folder.editions {
        editions.present("edition", file, "", &file.content.slug, problems);
    }
    for file in &folder.editions {
        editions.former("edition", file, "", &file.content.identity, problems);
    }
    file_names(folder, problems);
    acronyms(folder, problems);
    replaced(folder, declared, problems);
}

/// The slugs of an edition's talks.
pub(super) fn talks(file: &CheckedFile<Edition>, edition: &Edition, problems: &mut FoundMistakes) {
    let talks = edition.talks.iter().enumerate();
    unique(file, "talk", talks.map(|(n, talk)| (format!("/talks/{n}"), &talk.slug, &talk.identity)), problems);
}

/// The present and former slugs of one kind of thing. Each belongs to one thing.
#[derive(Default)]
struct SlugOwners<'f>(FirstPlaces<'f, &'f Slug>);

impl<'f> SlugOwners<'f> {
    fn present<T>(
        &mut self,
        thing: &str,
        file: &'f CheckedFile<T>,
        base: &str,
        slug: &'f Slug,
        problems: &mut FoundMistakes,
    ) {
        let pointer = format!("{base}/slug");
        if let Err(place) = self.0.take(slug, file, &pointer) {
            file.notes(problems)
                .at(&pointer, format!("duplicate slug: the {thing} \"{slug}\" is there already, in {place}"));
        }
    }

    fn former<T>(
        &mut self,
        thing: &str,
        file: &'f CheckedFile<T>,
        base: &str,
        identity: &'f Identity,
        problems: &mut FoundMistakes,
    ) {
        for (n, slug) in identity.former_slugs.iter().enumerate() {
            let pointer = format!("{base}/former_slugs/{n}");
            if let Err(place) = self.0.take(slug, file, &pointer) {
                file.notes(problems)
                    .at(&pointer, format!("duplicate slug: \"{slug}\" leads to the {thing} in {place} already"));
            }
        }
    }
}

fn unique<'f, T>(
    file: &'f CheckedFile<T>,
    thing: &str,
    named: impl Iterator<Item = (String, &'f Slug, &'f Identity)> + Clone,
    problems: &mut FoundMistakes,
) {
    let mut slugs = SlugOwners::default();
    for (base, slug, _) in named.clone() {
        slugs.present(thing, file, &base, slug, problems);
    }
    for (base, _, identity) in named {
        slugs.former(thing, file, &base, identity, problems);
    }
}

fn successors<T>(file: &CheckedFile<T>, companies: &[Company], declared: &Declared<'_>, problems: &mut FoundMistakes) {
    let mut notes = file.notes(problems);
    let numbers: HashMap<&Slug, usize> = companies.iter().enumerate().map(|(n, one)| (&one.slug, n)).collect();
    let next = |n: usize| companies.get(n)?.successor.as_ref().and_then(|slug| numbers.get(slug).copied());
    let mut seen = vec![false; companies.len()];
    for (n, company) in companies.iter().enumerate() {
        let Some(successor) = &company.successor else { continue };
        declared.company(successor, &mut notes, &format!("/companies/{n}/successor"));
        let circle = circle(n, next, &mut seen);
        let Some(first) = circle.first() else { continue };
        let words = circle.iter().chain([first]).filter_map(|n| companies.get(*n)).map(|one| one.slug.as_str());
        let mut words: Vec<&str> = words.take(MOST_IN_CIRCLE).collect();
        words.extend((circle.len() >= MOST_IN_CIRCLE).then_some("…"));
        let message = format!("the successors go round in a circle: {}", words.join(" → "));
        notes.at(&format!("/companies/{first}/successor"), message);
    }
}

/// The circle that following the successors from a company ends in, from its first company in the file on; nothing if it
/// ends, or if it leads to companies that were seen before.
fn circle(from: usize, next: impl Fn(usize) -> Option<usize>, seen: &mut [bool]) -> Vec<usize> {
    let mut path = Vec::new();
    let mut at = Some(from);
    while let Some(n) = at
        && let Some(is_seen) = seen.get_mut(n)
        && !std::mem::replace(is_seen, true)
    {
        path.push(n);
        at = next(n);
    }
    let start = path.iter().position(|n| Some(*n) == at).unwrap_or(path.len());
    let mut circle = path.split_off(start);
    let first = circle.iter().enumerate().min_by_key(|(_, n)| **n).map_or(0, |(place, _)| place);
    circle.rotate_left(first);
    circle
}

fn file_names(folder: &ArchiveFiles, problems: &mut FoundMistakes) {
    for file in &folder.editions {
        let right = edition_path(&file.content.slug);
        if file.path != right && !folder.is_one_file {
            let message =
                format!("the slug and the file's name differ: for \"{}\" it is {}", file.content.slug, right.display());
            file.notes(problems).at("/slug", message);
        }
    }
}

fn acronyms(folder: &ArchiveFiles, problems: &mut FoundMistakes) {
    let mut acronyms = FirstPlaces::default();
    for file in &folder.editions {
        let edition = &file.content;
        let (pointer, acronym) = match &edition.acronym {
            Some(acronym) => ("/acronym", acronym.clone()),
            None => ("/slug", Acronym::from(&edition.slug)),
        };
        if let Err(place) = acronyms.take(acronym.clone(), file, pointer) {
            let message =
                format!("duplicate acronym: \"{acronym}\" is that of {place} already; give one of the two another");
            file.notes(problems).at(pointer, message);
        }
    }
}

fn replaced(folder: &ArchiveFiles, declared: &Declared<'_>, problems: &mut FoundMistakes) {
    let mut replaced = FirstPlaces::default();
    for file in &folder.editions {
        let Some(slug) = &file.content.replaces else { continue };
        let again = replaced.take(slug, file, "/replaces");
        let mut notes = file.notes(problems);
        if !folder.is_part {
            declared.editions.must_have(slug, &mut notes, "/replaces");
        }
        if *slug == file.content.slug {
            notes.at("/replaces", "an edition can't replace itself");
        }
        if let Err(place) = again {
            notes.at("/replaces", format!("\"{slug}\" is replaced by the edition in {place} already"));
        }
    }
}
