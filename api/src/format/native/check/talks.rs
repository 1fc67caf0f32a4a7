//! The talks of an edition.

use std::collections::HashMap;

use super::{
    declared::{Declared, SlugSet},
    notes::{Notes, each_once},
};
use crate::{
    collation::fold,
    format::document::{Edition, Talk},
    rules,
    scalars::Slug,
};

pub(super) fn check(edition: &Edition, declared: &Declared<'_>, notes: &mut Notes<'_>) {
    let places = notes.places;
    let tracks = SlugSet::of("track in this edition", edition.tracks.iter().map(|track| (&track.slug, None)))
        .and_left_out(places, "/tracks");
    let talks = CheckedTalks {
        names: SlugSet::of("talk in this edition", edition.talks.iter().map(|talk| (&talk.slug, Some(&talk.identity))))
            .and_left_out(places, "/talks"),
        by_slug: edition.talks.iter().map(|talk| (&talk.slug, talk)).collect(),
    };
    for (n, talk) in edition.talks.iter().enumerate() {
        let base = format!("/talks/{n}");
        talks.block(talk, &base, notes);
        talks.replaced(talk, &base, notes);
        if let Some(track) = &talk.track {
            tracks.must_have(track, notes, &format!("{base}/track"));
        }
        let tags = talk.tags.iter().map(|tag| (fold(tag), ""));
        each_once(notes, &format!("{base}/tags"), tags, |_| "this tag is there already".to_owned());
        appearances(talk, &format!("{base}/appearances"), declared, notes);
        recordings(talk, &format!("{base}/recordings"), notes);
    }
    replaced_once(edition, notes);
}

struct CheckedTalks<'f> {
    names: SlugSet<'f>,
    by_slug: HashMap<&'f Slug, &'f Talk>,
}

impl CheckedTalks<'_> {
    fn block(&self, talk: &Talk, base: &str, notes: &mut Notes<'_>) {
        let Some(block) = &talk.block else {
            if talk.block_position.is_some() {
                notes.at(
                    &format!("{base}/block_position"),
                    "the key \"block\" is missing: in which block is this place?",
                );
            }
            return;
        };
        let pointer = format!("{base}/block");
        if rules::is_block(talk.kind, false) {
            return notes.at(&pointer, "a block can't be in a block");
        }
        match self.by_slug.get(block) {
            None => self.names.must_have(block, notes, &pointer),
            Some(round) if !rules::is_block(round.kind, false) => {
                notes.at(&pointer, format!("the talk \"{block}\" is no block: its kind is not LIGHTNING_BLOCK"));
            }
            Some(_) => {}
        }
    }

    fn replaced(&self, talk: &Talk, base: &str, notes: &mut Notes<'_>) {
        let Some(replaced) = &talk.replaces else { return };
        let pointer = format!("{base}/replaces");
        if *replaced == talk.slug {
            notes.at(&pointer, "a talk can't replace itself");
        }
        self.names.must_have(replaced, notes, &pointer);
    }
}

fn replaced_once(edition: &Edition, notes: &mut Notes<'_>) {
    let mut replacements: HashMap<&Slug, &Slug> = HashMap::new();
    for (n, talk) in edition.talks.iter().enumerate() {
        let Some(replaced) = &talk.replaces else { continue };
        if let Some(first) = replacements.insert(replaced, &talk.slug) {
            notes.at(&format!("/talks/{n}/replaces"), format!("\"{replaced}\" is replaced by \"{first}\" already"));
        }
    }
}

fn appearances(talk: &Talk, list: &str, declared: &Declared<'_>, notes: &mut Notes<'_>) {
    for (n, appearance) in talk.appearances.iter().enumerate() {
        declared.speaker(&appearance.speaker, notes, &format!("{list}/{n}/speaker"));
        let companies = format!("{list}/{n}/companies");
        for (c, company) in appearance.companies.iter().enumerate() {
            declared.company(company, notes, &format!("{companies}/{c}"));
        }
        each_once(notes, &companies, appearance.companies.iter().map(|slug| (slug, "")), |slug| {
            format!("\"{slug}\" is there already")
        });
    }
    let speakers = talk.appearances.iter().map(|appearance| (&appearance.speaker, "/speaker"));
    each_once(notes, list, speakers, |slug| format!("\"{slug}\" is on stage in this talk already"));
}

fn recordings(talk: &Talk, list: &str, notes: &mut Notes<'_>) {
    for (n, part) in talk.recordings.iter().enumerate() {
        let start = part.start_seconds.unwrap_or_default();
        if let Some(end) = part.end_seconds.filter(|end| !rules::ends_after_start(start, *end)) {
            notes.at(
                &format!("{list}/{n}/end_seconds"),
                format!("the talk ends at {end} s, not after its start at {start} s"),
            );
        }
    }
    let keys = talk.recordings.iter().map(|part| (&part.recording, "/recording"));
    each_once(notes, list, keys, |key| format!("\"{key}\" is a recording of this talk already"));
}
