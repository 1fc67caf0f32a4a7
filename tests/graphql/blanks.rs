//! Blanks that come along when a name is copied: around it, doubled, no-break ones, and characters without a width.

use serde_json::json;
use test_attributes::on_both_databases;

use crate::support::{
    app::{Backend, archive},
    editor::codes,
    seed,
};

/// `A B` with all kinds of blanks.
const A_B: &str = r"\u00a0\t A \u3000\u00a0\tB\u200b \ufeff\u2003\u2028";

#[on_both_databases]
#[actix_web::test]
async fn names_and_titles_are_tidied(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let made = editor
        .edit(&format!(
            r#"createSpeaker(input: {{ name: "{A_B}", slug: " a-b\u00a0", aliases: ["2{A_B}"], pronouns: "{A_B}" }}) {{
                speaker {{ name slug aliases pronouns }}
            }}"#
        ))
        .await;
    assert_eq!(made["speaker"], json!({ "name": "A B", "slug": "a-b", "aliases": ["2 A B"], "pronouns": "A B" }));
    let made = editor
        .edit(&format!(
            r#"createTalk(input: {{
                edition: "conf-2025", title: "{A_B}", subtitle: "{A_B}", abstract: " a  b\n\tc ", tags: ["{A_B}"],
                appearances: [{{ speaker: "bob", creditedAs: "{A_B}", represents: "{A_B}" }}]
            }}) {{ talk {{ title subtitle slug abstract tags appearances {{ creditedAs represents }} }} }}"#
        ))
        .await;
    assert_eq!(
        made["talk"],
        json!({
            "title": "A B", "subtitle": "A B", "slug": "a-b", "abstract": " a  b\n\tc ", "tags": ["A B"],
            "appearances": [{ "creditedAs": "A B", "represents": "A B" }],
        })
    );
    let edition = app.id(r#"edition(slug: "conf-2025")"#).await;
    let made = editor
        .edit(&format!(
            r#"updateEdition(id: "{edition}", input: {{
                name: "{A_B}", city: "{A_B}", hashtags: ["{A_B}"], venue: {{ name: "{A_B}", city: "{A_B}" }},
                tickets: [{{ name: "{A_B}", price: 0 }}]
            }}) {{ edition {{ name city hashtags venue {{ name city }} tickets {{ name }} }} }}"#
        ))
        .await;
    assert_eq!(
        made["edition"],
        json!({
            "name": "A B", "city": "A B", "hashtags": ["A B"], "venue": { "name": "A B", "city": "A B" },
            "tickets": [{ "name": "A B" }],
        })
    );
    let made = editor
        .edit(&format!(r#"createRoom(input: {{ edition: "conf-2025", name: "{A_B}" }}) {{ room {{ name slug }} }}"#))
        .await;
    assert_eq!(made["room"], json!({ "name": "A B", "slug": "a-b" }));
    let made = editor
        .edit(&format!(
            r#"setSponsors(edition: "{edition}", tiers: [{{ name: "{A_B}", sponsorships: [{{ company: "acme" }}] }}]) {{
                edition {{ sponsorTiers {{ name slug }} }}
            }}"#
        ))
        .await;
    assert_eq!(made["edition"]["sponsorTiers"], json!([{ "name": "A B", "slug": "a-b" }]));
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_name_of_blanks_is_none(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    for (name, message) in [
        (r"\u00a0 \u200b", "an empty text"),
        (r"\u200e\u202c\u2066\ufe0f\u034f\u3164\uffa0\u115f\u2800\ufff9", "an empty text"),
        (r"A\u2028B", "a line break"),
        (r"A \u0085 B", "a line break"),
        (r"A\nB", "a line break"),
    ] {
        let errors =
            editor.rejection(&format!(r#"createSpeaker(input: {{ name: "{name}" }}) {{ speaker {{ id }} }}"#)).await;
        assert_eq!(codes(&errors), ["INVALID input.name"]);
        assert!(errors[0].message.contains(message), "{errors:?}");
    }
    let twice = r#"createTalk(input: { edition: "conf-2025", title: "T", tags: ["a  b", " a b "] }) { talk { id } }"#;
    assert_eq!(editor.rejection_codes(twice).await, ["INVALID input.tags.1"]);
}

#[on_both_databases]
#[actix_web::test]
async fn what_is_copied_along_with_a_name_goes(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    for (typed, name) in [
        (r"\u202aAda X\u202c", "Ada X"),
        (r"\u200fAda \u200e X\u200e", "Ada X"),
        (r"Sa\u0308le", "S\u{e4}le"),
        (r"I \u2764\ufe0f you \u2764\ufe0f", "I \u{2764}\u{fe0f} you \u{2764}\u{fe0f}"),
    ] {
        let made =
            editor.edit(&format!(r#"createSpeaker(input: {{ name: "{typed}" }}) {{ speaker {{ name }} }}"#)).await;
        assert_eq!(made["speaker"]["name"], name, "{typed}");
    }
    // A slug is found with the blanks that were copied with it, wherever it is named.
    let blank = |slug: &str| format!(r"\u00a0{slug} \u200b");
    let (edition, speaker, company) = (blank("conf-2025"), blank("ada"), blank("acme"));
    for (query, path) in [
        (format!(r#"{{ speaker(slug: "{speaker}") {{ slug }} }}"#), "/speaker/slug"),
        (format!(r#"{{ edition(slug: "{edition}") {{ slug }} }}"#), "/edition/slug"),
        (
            format!(
                r#"{{ talks(filter: {{ edition: ["{edition}"], speaker: ["{speaker}"] }}) {{ nodes {{ id }} }} }}"#
            ),
            "/talks/nodes/0/id",
        ),
        (
            format!(r#"{{ talks(filter: {{ room: ["{}"] }}) {{ nodes {{ id }} }} }}"#, blank("hall")),
            "/talks/nodes/0/id",
        ),
    ] {
        let data = app.query(&query).await;
        assert!(data.pointer(path).is_some_and(|value| !value.is_null()), "{query}: {data}");
    }
    editor
        .edit(&format!(
            r#"createTalk(input: {{
                edition: "{edition}", title: "T", appearances: [{{ speaker: "{speaker}", companies: ["{company}"] }}]
            }}) {{ talk {{ id }} }}"#
        ))
        .await;
}
