//! Slugs and acronyms, which are unique in the archive, and the successors of companies.

use std::collections::HashMap;

use super::{declared::Declared, notes::FirstPlaces};
use crate::{
    format::{
        document::{Company, Identity},
        native::{ArchiveFiles, CheckedFile, edition_path},
    },
    mistake::Mistake,
    scalars::{Acronym, Slug},
};

pub(super) fn check(folder: &ArchiveFiles, declared: &Declared<'_>, problems: &mut Vec<Mistake>) {
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
        let talks = file.content.talks.iter().enumerate();
        unique(file, "talk", talks.map(|(n, talk)| (format!("/talks/{n}"), &talk.slug, &talk.identity)), problems);
    }
    for file in &folder.editions {
        editions.former("edition", file, "", &file.content.identity, problems);
    }
    file_names(folder, problems);
    acronyms(folder, problems);
    replaced(folder, declared, problems);
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
        problems: &mut Vec<Mistake>,
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
        problems: &mut Vec<Mistake>,
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
    problems: &mut Vec<Mistake>,
) {
    let mut slugs = SlugOwners::default();
    for (base, slug, _) in named.clone() {
        slugs.present(thing, file, &base, slug, problems);
    }
    for (base, _, identity) in named {
        slugs.former(thing, file, &base, identity, problems);
    }
}

fn successors<T>(file: &CheckedFile<T>, companies: &[Company], declared: &Declared<'_>, problems: &mut Vec<Mistake>) {
    let mut notes = file.notes(problems);
    let next: HashMap<&Slug, &Slug> =
        companies.iter().filter_map(|company| Some((&company.slug, company.successor.as_ref()?))).collect();
    let mut reported = Vec::new();
    for (n, company) in companies.iter().enumerate() {
        let Some(successor) = &company.successor else { continue };
        let pointer = format!("/companies/{n}/successor");
        declared.company(successor, &mut notes, &pointer);
        let chain = chain(&company.slug, &next);
        if chain.last() == Some(&&company.slug) && !reported.contains(&&company.slug) {
            let words: Vec<&str> = std::iter::once(&&company.slug).chain(&chain).map(|slug| slug.as_str()).collect();
            notes.at(&pointer, format!("the successors go round in a circle: {}", words.join(" → ")));
            reported.extend(chain);
        }
    }
}

/// The successors of a company, up to the last one or the first repeated one.
fn chain<'f>(slug: &'f Slug, next: &HashMap<&'f Slug, &'f Slug>) -> Vec<&'f Slug> {
    let mut chain = Vec::new();
    let mut at = slug;
    while let Some(&successor) = next.get(at) {
        let again = chain.contains(&successor);
        chain.push(successor);
        at = successor;
        if again || successor == slug {
            break;
        }
    }
    chain
}

fn file_names(folder: &ArchiveFiles, problems: &mut Vec<Mistake>) {
    for file in &folder.editions {
        let right = edition_path(&file.content.slug);
        if file.path != right && !folder.is_one_file {
            let message =
                format!("the slug and the file's name differ: for \"{}\" it is {}", file.content.slug, right.display());
            file.notes(problems).at("/slug", message);
        }
    }
}

fn acronyms(folder: &ArchiveFiles, problems: &mut Vec<Mistake>) {
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

fn replaced(folder: &ArchiveFiles, declared: &Declared<'_>, problems: &mut Vec<Mistake>) {
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
