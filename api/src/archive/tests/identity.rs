//! Identity: ids, names, former names, and swaps.

use uuid::Uuid;

use test_attributes::on_both_databases;

use super::*;
use crate::archive::import::identity::{LECTERN, derived};

fn talks(talks: Value) -> Document {
    only(october(json!({ "talks": talks })))
}

fn speakers(speakers: Value) -> Document {
    document(json!([]), speakers, json!([]))
}

const A: &str = "00000000-0000-4000-8000-00000000000a";
const B: &str = "00000000-0000-4000-8000-00000000000b";

#[on_both_databases]
#[tokio::test]
async fn ids_are_derived_from_natural_keys(backend: Backend) {
    let case = Case::on(backend).await;
    case.apply(&weekend()).await;
    let edition = case.edition("conf-2025").await.id;
    assert_eq!(edition, derived(LECTERN, "edition", "conf-25"));
    let talk = case.talk("twice").await.id;
    assert_eq!(talk, Uuid::new_v5(&edition, b"talk/once"));
    assert_eq!(case.slot(3).await.id, Uuid::new_v5(&edition, b"slot/3"));
    let has = async |table: &str, id: Uuid| {
        let hex = match case.database.get_database_backend() {
            sea_orm::DbBackend::Sqlite => format!("x'{}'", id.simple()),
            _ => format!("'{id}'"),
        };
        case.count(&format!("SELECT COUNT(*) FROM {table} WHERE id = {hex}")).await == 1
    };
    assert!(has("speaker", Uuid::new_v5(&LECTERN, b"speaker/ada-a")).await);
    assert!(has("company", Uuid::new_v5(&LECTERN, b"company/acme")).await);
    assert!(has("recording", Uuid::new_v5(&LECTERN, b"recording/youtube:aaaaaaaaaaa")).await);
    assert!(has("playlist", Uuid::new_v5(&LECTERN, b"playlist/vimeo:7")).await);
    assert!(has("link", Uuid::new_v5(&talk, b"link/SLIDES/https://slides.example/1")).await);
    assert!(has("link", Uuid::new_v5(&talk, b"link/ARTICLE/A recap")).await);
    assert!(has("room", Uuid::new_v5(&edition, b"room/hall")).await);
}

#[on_both_databases]
#[tokio::test]
async fn handmade_ids_are_kept_when_a_document_lacks_them(backend: Backend) {
    let case = Case::on(backend).await;
    let mut document = weekend();
    let id = |n: u128| Some(crate::scalars::Id(Uuid::from_u128(n)));
    document.speakers[0].identity.id = id(1);
    document.companies[0].links[0].id = id(2);
    document.editions[0].identity.id = id(3);
    document.editions[0].rooms[0].id = id(4);
    document.editions[0].slots[0].id = id(5);
    document.editions[0].talks[0].identity.id = id(6);
    document.editions[0].recordings[0].id = id(7);
    document.playlists[0].id = id(8);
    document.conferences[0].identity.id = id(9);
    case.apply(&document).await;
    assert_eq!(case.export().await, document);
    case.apply_again(&weekend()).await;
    case.apply_again(&document).await;
}

#[on_both_databases]
#[tokio::test]
async fn a_renamed_thing_keeps_its_id_and_its_old_name(backend: Backend) {
    let case = Case::on(backend).await;
    case.apply(&talks(json!([{ "slug": "old", "title": "T" }]))).await;
    let id = case.talk("old").await.id;
    let first = case.revision().await;
    let renamed = talks(json!([{ "slug": "new", "former_slugs": ["old"], "title": "T" }]));
    case.apply(&renamed).await;
    assert_eq!(case.talk("new").await.id, id);
    assert_eq!(case.changes(first).await, ["UPDATED Talk [\"slug\",\"formerSlugs\"]"]);
    case.apply_again(&renamed).await;
    assert_eq!(case.export().await, renamed);

    // It is found by its id, without its former name.
    let again = talks(json!([{ "slug": "newest", "id": id, "title": "T" }]));
    case.apply(&again).await;
    case.apply_again(&again).await;
    let exported = case.export().await;
    assert_eq!(
        exported.editions[0].talks,
        talks(json!([{ "slug": "newest", "former_slugs": ["old", "new"], "title": "T" }])).editions[0].talks
    );

    // An older document has it under an older name.
    case.apply(&talks(json!([{ "slug": "old", "title": "T" }]))).await;
    assert_eq!(case.talk("old").await.id, id);
    assert_eq!(
        case.export().await.editions[0].talks,
        talks(json!([{ "slug": "old", "former_slugs": ["new", "newest"], "id": id, "title": "T" }])).editions[0].talks
    );
}

#[on_both_databases]
#[tokio::test]
async fn names_may_swap(backend: Backend) {
    let case = Case::on(backend).await;
    let people =
        |a: &str, b: &str| speakers(json!([{ "slug": a, "name": "A", "id": A }, { "slug": b, "name": "B", "id": B }]));
    case.apply(&people("one", "two")).await;
    case.apply(&people("two", "one")).await;
    let log = case.log(3).await;
    assert_eq!(log.iter().map(|row| row.fields.clone()).collect::<Vec<_>>(), [json!(["slug"]), json!(["slug"])]);
    case.apply_again(&people("two", "one")).await;
    assert_eq!(case.export().await, people("two", "one"));
}

#[on_both_databases]
#[tokio::test]
async fn names_and_numbers_within_an_edition_may_swap(backend: Backend) {
    let case = Case::on(backend).await;
    let edition = |[x, y]: [&str; 2], [m, n]: [i32; 2]| {
        only(october(json!({
            "rooms": [
                { "slug": x, "name": "A", "id": A.replace('a', "c") },
                { "slug": y, "name": "B", "id": B.replace('b', "d") },
            ],
            "talks": [
                { "slug": x, "title": "A", "id": A, "replaces": y },
                { "slug": y, "title": "B", "id": B, "replaces": x },
            ],
            "slots": [
                { "number": m, "talk": x, "room": y, "starts_at": "2025-10-25T10:00", "id": A.replace('a', "e") },
                { "number": n, "talk": y, "room": y, "starts_at": "2025-10-25T11:00", "id": B.replace('b', "f") },
            ],
        })))
    };
    let sorted = |mut document: Document| {
        document.sort();
        document
    };
    case.apply(&edition(["one", "two"], [1, 2])).await;
    case.apply(&edition(["two", "one"], [2, 1])).await;
    case.apply_again(&edition(["two", "one"], [2, 1])).await;
    assert_eq!(case.export().await, sorted(edition(["two", "one"], [2, 1])));
    case.apply(&edition(["three", "two"], [i32::MAX, 2])).await;
    case.apply(&edition(["two", "four"], [2, i32::MAX])).await;
    assert_eq!(case.slot(2).await.talk_id, Some(case.talk("two").await.id));
    case.apply_again(&edition(["two", "four"], [2, i32::MAX])).await;
}

#[on_both_databases]
#[tokio::test]
async fn what_is_new_may_take_the_name_of_what_goes(backend: Backend) {
    let case = Case::on(backend).await;
    let edition = |id: &str, number: i32| {
        only(october(json!({
            "rooms": [{ "slug": "hall", "name": "Hall", "id": id }],
            "talks": [{ "slug": "talk", "title": "Talk", "id": id.replace("0000-4000", "0001-4000") }],
            "slots": [{
                "number": number, "talk": "talk", "room": "hall", "starts_at": "2025-10-25T10:00",
                "id": id.replace("0000-4000", "0002-4000"),
            }],
            "recordings": [{ "key": "vimeo:1", "id": id.replace("0000-4000", "0003-4000") }],
        })))
    };
    case.apply(&edition(A, 1)).await;
    let report = case.apply(&edition(B, 1)).await;
    assert_eq!((report.created.values().sum::<usize>(), report.deleted.values().sum::<usize>()), (4, 4), "{report}");
    case.apply_again(&edition(B, 1)).await;
}

#[on_both_databases]
#[tokio::test]
async fn editions_may_swap_acronyms(backend: Backend) {
    let case = Case::on(backend).await;
    let two = |a: &str, b: &str| {
        let mut document = only(october(json!({ "acronym": a })));
        document.editions.push(from(json!({
            "slug": "conf-2026", "conference": "conf", "name": "C", "year": 2026, "timezone": "UTC", "acronym": b,
        })));
        document
    };
    case.apply(&two("aaaa", "bbbb")).await;
    case.apply(&two("bbbb", "aaaa")).await;
    assert_eq!(case.export().await, two("bbbb", "aaaa"));
    let mut one = two("bbbb", "aaaa");
    one.editions.remove(1);
    one.editions[0].acronym = Some("aaaa".parse().unwrap());
    assert!(case.refusal(&one).await.contains("which is that of the edition"));
}

#[on_both_databases]
#[tokio::test]
async fn a_new_thing_may_have_a_name_that_another_gave_up(backend: Backend) {
    let case = Case::on(backend).await;
    case.apply(&speakers(json!([{ "slug": "kim", "name": "Kim One" }]))).await;
    let one = Uuid::new_v5(&LECTERN, b"speaker/kim");
    let both = speakers(
        json!([{ "slug": "kim", "name": "Kim Two", "id": A }, { "slug": "kim-one", "name": "Kim One", "id": one }]),
    );
    case.apply(&both).await;
    case.apply_again(&both).await;
    assert_eq!(case.export().await, both);
    let without_ids = speakers(json!([{ "slug": "kim", "name": "Kim Two" }, { "slug": "kim-one", "name": "Kim One" }]));
    case.apply_again(&without_ids).await;
}

#[on_both_databases]
#[tokio::test]
async fn former_names_are_kept_and_move_only_explicitly(backend: Backend) {
    let case = Case::on(backend).await;
    let first = speakers(json!([{
            "slug": "ada", "name": "Ada", "former_slugs": ["a"], "merged_ids": [A],
        }, { "slug": "bob", "name": "Bob" }]));
    case.apply(&first).await;
    case.apply_again(&speakers(json!([{ "slug": "ada", "name": "Ada" }]))).await;
    let refusal = case.refusal(&speakers(json!([{ "slug": "bob", "name": "Bob", "former_slugs": ["a"] }]))).await;
    assert!(refusal.contains("a is another one, with the id"), "{refusal}");
    let moved =
        speakers(json!([{ "slug": "ada", "name": "Ada" }, { "slug": "bob", "name": "Bob", "former_slugs": ["a"] }]));
    case.apply(&moved).await;
    case.apply_again(&moved).await;
    assert_eq!(case.export().await.speakers[1].identity.former_slugs.len(), 1);
    let refusal = case
        .refusal(&speakers(json!([{ "slug": "x", "name": "X", "former_slugs": ["y"] }, { "slug": "y", "name": "Y" }])))
        .await;
    assert!(refusal.contains("y, which it was called once, is another one"), "{refusal}");
    let refusal = case.refusal(&speakers(json!([{ "slug": "x", "name": "X" }, { "slug": "x", "name": "Y" }]))).await;
    assert!(refusal.contains("speaker x is there twice"), "{refusal}");
    let refusal = case.refusal(&speakers(json!([{ "slug": "bob", "name": "Another Bob", "id": B }]))).await;
    assert!(refusal.contains("bob is another one, with the id"), "{refusal}");
}

#[on_both_databases]
#[tokio::test]
async fn an_id_does_not_rename_another_one(backend: Backend) {
    let case = Case::on(backend).await;
    case.apply(&speakers(json!([{ "slug": "ada", "name": "Ada Lovelace", "id": A }]))).await;
    let other = |slug: &str, name: &str, former: &[&str]| {
        speakers(json!([{ "slug": slug, "name": name, "id": A, "former_slugs": former }]))
    };
    let refusal = case.refusal(&other("bob", "Bob", &[])).await;
    let why = format!(
        "the speaker \"bob\" has the id {A}, which is that of the speaker \"ada\" (Ada Lovelace) in the archive"
    );
    assert!(refusal.contains(&why), "{refusal}");
    case.apply(&other("ada-l", "ADA LOVELACE", &[])).await;
    case.apply(&other("ada", "A. Lovelace", &[])).await;
    case.apply(&other("countess", "Augusta King", &["ada"])).await;

    case.apply(&only(october(json!({ "id": B })))).await;
    let copied = json!({ "slug": "conf-2026", "conference": "conf", "name": "C 2026", "year": 2026, "timezone": "UTC", "id": B });
    let refusal = case.refusal(&only(copied)).await;
    assert!(refusal.contains("which is that of the edition \"conf-2025\""), "{refusal}");
}

#[on_both_databases]
#[tokio::test]
async fn a_talk_may_move_to_another_edition(backend: Backend) {
    let case = Case::on(backend).await;
    let at = |first: bool| {
        let talk = json!([{
            "slug": "talk", "title": "T", "id": A, "former_slugs": ["t"],
            "links": [{ "kind": "SLIDES", "url": "https://x.example/" }],
        }]);
        let (here, there) = if first { (talk, json!([])) } else { (json!([]), talk) };
        let mut document = only(october(json!({ "talks": here })));
        document.editions.push(from(json!({
            "slug": "conf-2026", "conference": "conf", "name": "C", "year": 2026, "timezone": "UTC", "talks": there,
        })));
        document
    };
    case.apply(&at(true)).await;
    let first = case.revision().await;
    case.apply(&at(false)).await;
    assert_eq!(case.changes(first).await, ["UPDATED Talk [\"edition\"]"]);
    assert_eq!(case.talk("talk").await.year, 2026);
    assert_eq!(
        [case.edition("conf-2025").await.content_revision, case.edition("conf-2026").await.content_revision],
        [first + 1; 2]
    );
    assert_eq!(case.export().await, at(false));
    case.apply_again(&at(false)).await;
}

#[on_both_databases]
#[tokio::test]
async fn an_id_leads_to_one_thing(backend: Backend) {
    let case = Case::on(backend).await;
    let refusal = case
        .refusal(&only(october(json!({
            "talks": [{ "slug": "talk", "title": "T", "id": A }],
            "slots": [{ "number": 1, "talk": "talk", "starts_at": "2025-10-25T10:00", "id": A }],
        }))))
        .await;
    assert_eq!(
        refusal,
        format!(
            "document: the id {A} is that of the talk \"talk\" of the edition \
         conf-2025 and of the slot 1 of the edition conf-2025: give each its own, or leave the id out"
        )
    );
    let refusal = case
        .refusal(&talks(json!([{ "slug": "a", "title": "A", "id": A }, { "slug": "b", "title": "B", "id": A }])))
        .await;
    assert!(refusal.contains("talk b: its id is that of another one, too"), "{refusal}");
    case.apply(&talks(json!([{ "slug": "a", "title": "A", "id": A }]))).await;
    let mut elsewhere =
        only(json!({ "slug": "conf-2026", "conference": "conf", "name": "C", "year": 2026, "timezone": "UTC" }));
    elsewhere.editions[0].talks = talks(json!([{ "slug": "a", "title": "A", "id": A }])).editions.remove(0).talks;
    assert!(case.refusal(&elsewhere).await.contains("which is that of the talk \"a\" of the edition conf-2025"));
}

#[on_both_databases]
#[tokio::test]
async fn links_that_look_alike_are_distinguished(backend: Backend) {
    let case = Case::on(backend).await;
    let links = json!([
        { "kind": "POST", "url": "https://x.example/", "note": "a" },
        { "kind": "POST", "url": "https://x.example/", "note": "b" },
    ]);
    let document = only(october(json!({ "links": links })));
    case.apply(&document).await;
    case.apply_again(&document).await;
    assert_eq!(case.export().await, document);
}
