//! The talks and slots of what is read are packed, and look as if they were not.

use serde_json::json;

use super::*;
use crate::format::{
    document::{Document, Edition},
    native::FileContent,
};

/// An edition whose slots and talks are not in canonical order.
const UNSORTED: &str = "
    slots:
      - number: 2
        starts_at: 2020-05-01T11:00
        talk: early
      - number: 1
        starts_at: 2020-05-01T10:00
        title: Welcome
        kind: BREAK
      - number: 3
        starts_at: 2020-05-01T12:00
        talk: late
    talks:
      - slug: loose
        title: Loose
      - slug: late
        title: Late
        abstract: Ein „Zitat“ 🎉
      - slug: early
        title: Early
        former_slugs: [earliest]
    ";

fn unsorted() -> (Scratch, Document) {
    let scratch = Scratch::sound();
    scratch.put("editions/x-2020.yaml", format!("{EDITION_TEXT}{}", yaml(UNSORTED)));
    let document = read(&scratch.0).unwrap();
    (scratch, document)
}

fn is_packed(edition: &Edition) -> bool {
    edition.talks.is_packed() && edition.slots.is_packed()
}

fn slugs(edition: &Edition) -> Vec<&str> {
    edition.talks.iter().map(|talk| talk.slug.as_str()).collect()
}

#[test]
fn what_is_read_is_packed_and_in_canonical_order() {
    let (_scratch, document) = unsorted();
    let edition = &document.editions[0];
    assert!(is_packed(edition));
    assert_eq!((edition.talks.len(), edition.slots.len()), (3, 3));

    let unpacked = edition.unpacked();
    assert_eq!(slugs(&unpacked), ["early", "late", "loose"]);
    assert_eq!(unpacked.slots.iter().map(|slot| slot.number).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(is_packed(edition), "a look into a copy leaves it packed");
    assert!(matches!(unpacked.unpacked(), std::borrow::Cow::Borrowed(_)), "what is unpacked is not copied");

    assert_eq!(edition.talks[1].r#abstract.as_deref(), Some("Ein „Zitat“ 🎉"));
    assert!(!edition.talks.is_packed() && edition.slots.is_packed());
    assert_eq!(edition.talks.len(), 3);
    assert_eq!(serde_json::to_value(edition).unwrap(), serde_json::to_value(&*unpacked).unwrap());
}

#[test]
fn a_packed_list_is_edited_like_another() {
    let (_scratch, document) = unsorted();
    let mut edition = document.editions[0].clone();
    edition.talks[0].title = "Earlier".to_owned();
    edition.talks.retain(|talk| talk.slug.as_str() != "late");
    assert_eq!((slugs(&edition), edition.talks.len()), (vec!["early", "loose"], 2));
    assert!(document.editions[0].talks.iter().any(|talk| talk.title == "Early"), "copies do not share edits");

    edition.slots.retain(|slot| slot.number != 2);
    edition.slots.push(serde_json::from_value(json!({ "number": 4, "starts_at": "2020-05-01T09:00" })).unwrap());
    edition.sort();
    assert_eq!(edition.slots.iter().map(|slot| slot.number).collect::<Vec<_>>(), [4, 1, 3]);
    assert_eq!(slugs(&edition), ["early", "loose"]);
}

#[test]
fn an_edit_of_one_list_alone_is_sorted_with_the_other() {
    let (_scratch, document) = unsorted();
    let mut edition = document.editions[0].clone();
    // The slots are no longer those of the order that was packed.
    edition.slots[1].starts_at = "2020-05-01T13:00".parse().unwrap();
    assert!(edition.talks.is_packed());
    edition.sort();
    assert_eq!(slugs(&edition), ["late", "early", "loose"]);
    assert_eq!(edition.slots.iter().map(|slot| slot.number).collect::<Vec<_>>(), [1, 3, 2]);
}

#[test]
fn mistakes_and_warnings_are_at_the_places_of_the_file() {
    let text =
        yaml(UNSORTED).replace("talk: late", "talk: nowhere").replace("title: Loose", "title: Loose\n    track: no");
    let scratch = Scratch::sound();
    scratch.put("editions/x-2020.yaml", format!("{EDITION_TEXT}{text}"));
    assert_eq!(
        scratch.problems(),
        [
            "editions/x-2020.yaml:16:11: there is no talk in this edition \"nowhere\"",
            "editions/x-2020.yaml:20:12: there is no track in this edition \"no\"",
        ]
    );
}
