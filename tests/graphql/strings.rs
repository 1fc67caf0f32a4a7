//! The strings of a document by the specification.

use serde_json::json;
use test_attributes::on_both_databases;

use crate::support::{
    app::{Backend, archive, empty},
    seed,
};

#[on_both_databases]
#[actix_web::test]
async fn a_character_has_several_spellings(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let crab = "🦀 é \" \\ /";
    for (number, name) in [
        r#""🦀 é \" \\ /""#,
        r#""\ud83e\udd80 \u00e9 \u0022 \u005C \/""#,
        r#""\uD83E\uDD80 \u{e9} \u{22} \u{00005c} \u{2F}""#,
        r#""\u{1F980} \u{0000E9} \" \\ \u002f""#,
        r#""""🦀 é " \ /""""#,
    ]
    .into_iter()
    .enumerate()
    {
        let create =
            format!(r#"createSpeaker(input: {{ slug: "crab-{number}", name: {name} }}) {{ speaker {{ name }} }}"#);
        assert_eq!(editor.edit(&create).await["speaker"]["name"], crab, "{name}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_block_string_is_taken_as_it_stands(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let speaker = app.id(r#"speaker(slug: "bob")"#).await;
    for (block, text) in [
        ("\"\"\"One\"\"\"", "One"),
        ("\"\"\"\n    One\n      two\n    \n   \n    three\n  \"\"\"", "One\n  two\n\n\nthree"),
        ("\"\"\"\n    One\n \n    two\"\"\"", "One\n\ntwo"),
        ("\"\"\"One\r\n  two\r  three\"\"\"", "One\ntwo\nthree"),
        (
            r#""""Quoted: \"""x\""" and "" \ud83e \n \\ \u{1F980}""""#,
            r#"Quoted: """x""" and "" \ud83e \n \\ \u{1F980}"#,
        ),
        ("\"\"\"a # no comment\n{ b\"\"\"", "a # no comment\n{ b"),
    ] {
        let update =
            format!(r#"updateSpeaker(id: "{speaker}", input: {{ biography: {block} }}) {{ speaker {{ biography }} }}"#);
        assert_eq!(editor.edit(&update).await["speaker"]["biography"], text, "{block}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn what_is_no_character_is_refused_with_its_place(backend: Backend) {
    let app = empty().start(backend).await;
    for (escape, message) in [
        (r"\ud83e", "\\ud83e is half of a surrogate pair"),
        (r"\udd80", "\\udd80 is half of a surrogate pair"),
        (r"\ud83ex", "\\ud83e is half of a surrogate pair"),
        (r"\ud83e\u0041", "\\ud83e is half of a surrogate pair"),
        (r"\ud83e\u{dd80}", "\\ud83e is half of a surrogate pair"),
        (r"\u{d83e}", "an escape \\u{…} has the code of one character"),
        (r"\u{110000}", "an escape \\u{…} has the code of one character"),
        (r"\u{}", "an escape \\u{…} has the code of one character"),
        (r"\u{1F980", "an escape \\u{…} has the code of one character"),
        (r"\u12", "an escape \\u has four hexadecimal digits"),
        (r"\u+123", "an escape \\u has four hexadecimal digits"),
        (r"\u{+1}", "an escape \\u{…} has the code of one character"),
    ] {
        let answer = app.ask(&format!("{{\n  speaker(slug: \"ä{escape}\") {{ id }}\n}}"), json!({})).await;
        let error = &answer["errors"][0];
        assert!(error["message"].as_str().unwrap().starts_with(message), "{escape}\n{answer:#}");
        assert_eq!(error["locations"], json!([{ "line": 2, "column": 19 }]), "{escape}");
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
    }
    for unended in [
        "{ speaker(slug: \"\\u0041",
        "{ speaker(slug: \"\"\"\\u0041",
        "{ speaker(slug: \"\"\"éé",
        "{ speaker(slug: \"\"\"\"\\",
        "{ speaker(slug: \"\"\"\\\"\"\"",
        "\"\\",
        "\"\\ué",
        "\"\\u{é",
        "\"\\ud83e\\ué",
    ] {
        assert_eq!(app.error(unended).await.0, "BAD_USER_INPUT", "{unended}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn an_error_behind_a_string_has_its_place(backend: Backend) {
    let app = empty().start(backend).await;
    for (string, line, column) in [
        (r#""\u{1F980}\u0041""#, 1, 41),
        (r#""\ud83e\udd80""#, 1, 38),
        (r#""""a"b\""" c""""#, 1, 39),
        ("\"\"\"a\n b\r\n  c\"\"\"", 3, 14),
    ] {
        let answer = app.ask(&format!("{{ speaker(slug: {string}) {{ id nothing }} }}"), json!({})).await;
        assert_eq!(
            answer["errors"][0]["locations"],
            json!([{ "line": line, "column": column }]),
            "{string}\n{answer:#}"
        );
    }
}

/// What stands in a string is no token, and what stands behind it is one.
#[on_both_databases]
#[actix_web::test]
async fn a_string_hides_no_tokens(backend: Backend) {
    let app = empty().start(backend).await;
    let many = "__typename ".repeat(5000);
    let query = format!(r#"{{ a: speaker(slug: """x\\""" """) {{ id }} {many} b: speaker(slug: """y""") {{ id }} }}"#);
    let (code, message) = app.error(&query).await;
    assert!(code == "LIMIT_EXCEEDED" && message.contains("tokens"), "{code} {message}");
}
