//! Links: each leads somewhere or has at least a title, and stands once under the thing it is about.

use super::notes::{Notes, each_once};
use crate::{
    format::{document::Link, native::Folder},
    mistake::Mistake,
    rules,
};

pub(super) fn check(folder: &Folder, problems: &mut Vec<Mistake>) {
    if let Some(file) = &folder.conferences {
        let all = file.content.conferences.iter().enumerate();
        all.for_each(|(n, one)| list(&one.links, &format!("/conferences/{n}/links"), &mut file.notes(problems)));
    }
    if let Some(file) = &folder.companies {
        let all = file.content.companies.iter().enumerate();
        all.for_each(|(n, one)| list(&one.links, &format!("/companies/{n}/links"), &mut file.notes(problems)));
    }
    if let Some(file) = &folder.speakers {
        let all = file.content.speakers.iter().enumerate();
        all.for_each(|(n, one)| list(&one.links, &format!("/speakers/{n}/links"), &mut file.notes(problems)));
    }
    for file in &folder.editions {
        list(&file.content.links, "/links", &mut file.notes(problems));
        let all = file.content.talks.iter().enumerate();
        all.for_each(|(n, one)| list(&one.links, &format!("/talks/{n}/links"), &mut file.notes(problems)));
    }
}

fn list(links: &[Link], pointer: &str, notes: &mut Notes<'_>) {
    for (n, link) in links.iter().enumerate() {
        if !rules::link_has_target(link.url.is_some(), link.title.is_some()) {
            notes.at(&format!("{pointer}/{n}"), "a link has a url, or where none is known a title");
        }
    }
    // What a link's id is derived from.
    let keys = links.iter().map(|link| match (&link.url, &link.title) {
        (Some(url), _) => ((link.kind, Some(url.as_str())), "/url"),
        (None, Some(title)) => ((link.kind, Some(title.as_str())), "/title"),
        (None, None) => ((link.kind, None), ""),
    });
    each_once(notes, pointer, keys, |_| "this link is there already, with the same kind".to_owned());
}
