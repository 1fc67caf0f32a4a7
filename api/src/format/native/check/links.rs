//! Links: each has an address or a title, and occurs once under its thing.

use super::notes::{Notes, each_once};
use crate::{
    format::{
        document::{Edition, Link},
        native::ArchiveFiles,
    },
    mistake::FoundMistakes,
    rules,
};

/// The links of conferences, companies and speakers.
pub(super) fn check(folder: &ArchiveFiles, problems: &mut FoundMistakes) {
    if let Some(file) = &folder.conferences {
        let conferences = file.content.conferences.iter().enumerate();
        conferences.for_each(|(n, conference)| {
            list(&conference.links, &format!("/conferences/{n}/links"), &mut file.notes(problems))
        });
    }
    if let Some(file) = &folder.companies {
        let companies = file.content.companies.iter().enumerate();
        companies
            .for_each(|(n, company)| list(&company.links, &format!("/companies/{n}/links"), &mut file.notes(problems)));
    }
    if let Some(file) = &folder.speakers {
        let speakers = file.content.speakers.iter().enumerate();
        speakers
            .for_each(|(n, speaker)| list(&speaker.links, &format!("/speakers/{n}/links"), &mut file.notes(problems)));
    }
}

/// The links of an edition and of its talks.
pub(super) fn of_edition(edition: &Edition, notes: &mut Notes<'_>) {
    list(&edition.links, "/links", notes);
    edition.talks.iter().enumerate().for_each(|(n, talk)| list(&talk.links, &format!("/talks/{n}/links"), notes));
}

fn list(links: &[Link], pointer: &str, notes: &mut Notes<'_>) {
    for (n, link) in links.iter().enumerate() {
        if !rules::link_has_target(link.url.is_some(), link.title.is_some()) {
            notes.at(&format!("{pointer}/{n}"), "a link has a url, or where none is known a title");
        }
    }
    // The id of a link is derived from these.
    let keys = links.iter().map(|link| match (&link.url, &link.title) {
        (Some(url), _) => ((link.kind, Some(url.as_str())), "/url"),
        (None, Some(title)) => ((link.kind, Some(title.as_str())), "/title"),
        (None, None) => ((link.kind, None), ""),
    });
    each_once(notes, pointer, keys, |_| "this link is there already, with the same kind".to_owned());
}
