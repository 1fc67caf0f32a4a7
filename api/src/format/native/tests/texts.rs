//! Texts come back as they were, whatever is in them, and look the way people write them.

use serde_json::{Value, json};

use crate::format::native::{emit::emit, yaml::parse};

#[track_caller]
fn comes_back(text: &str) {
    let value = json!({ "a": text, "b": [text, [text], { "c": text, "d": text }], text: 1 });
    let yaml = emit(&value);
    let parsed = parse(&yaml);
    assert_eq!((parsed.value.as_ref(), parsed.flaws.as_slice()), (Some(&value), [].as_slice()), "{text:?} as\n{yaml}");
}

#[test]
fn nasty_texts_come_back() {
    let nasty = [
        "",
        " ",
        "~",
        "null",
        "Null",
        "yes",
        "No",
        "on",
        "OFF",
        "y",
        "true",
        "TRUE",
        "1",
        "-1",
        "+1",
        "1.5",
        "1e3",
        ".5",
        "0x1f",
        "0o7",
        "010",
        "1_000",
        "12:30:45",
        ".inf",
        "-.INF",
        ".nan",
        "2016-08-25",
        "2016-08-25T09:30",
        "2016-08-25T07:03:19Z",
        "- a",
        "-",
        "---",
        "...",
        "? a",
        "a: b",
        "a:",
        ":a",
        "a #b",
        "#a",
        "a#b",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "'",
        "\"",
        "'a'",
        "\"a\"",
        "it's",
        "%a",
        "@a",
        "`a",
        "{a}",
        "[a]",
        ",a",
        "a, b",
        "=",
        "<<",
        " a",
        "a ",
        "a\tb",
        "\ta",
        "a\nb",
        "a\n",
        "a\n\n",
        "\na",
        "\n",
        "\n\n",
        " a\nb",
        "a\n b\n",
        "  a\nb\n",
        "a\n\n\nb",
        "a \nb",
        "a\n  ",
        "a\n\t",
        "\ta\nb",
        "a\n\tb",
        "a\r\nb",
        "a\rb",
        "a\u{85}b",
        "a\u{2028}b",
        "\u{feff}a",
        "a\u{0}b",
        "a\u{7}b",
        "a\u{7f}b",
        "\u{1f600}",
        "\u{e9}\u{301}",
        "---\na",
        "a\n---\nb",
        "a\n...\nb",
        "a\n# b\nc",
        "# a\nb",
        "- a\n- b",
        "a: b\nc: d",
        "\\",
        "\\n",
        "a\\\nb",
        "\u{a0}a",
        "a\u{a0}",
        "\u{3000}",
        "\u{fffe}",
        "a\u{fffd}",
        "key: |\n  x",
        "*",
        "**bold** text",
        "_a_",
        "1.2.3",
        "56k",
        "3scale",
        "1/2",
        "50%",
        "a\n \nb",
        "a\n\n ",
    ];
    nasty.into_iter().for_each(comes_back);
}

#[test]
fn random_texts_come_back() {
    const LETTERS: [&str; 24] = [
        "a", "b", " ", " ", "\n", "\n", "\t", ":", "#", "-", "'", "\"", "\\", "|", "?", "0", "1", ".", ",", "[", "}",
        "\r", "\u{85}", "é",
    ];
    let mut state: u64 = 1;
    for _ in 0..20_000 {
        let mut text = String::new();
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut left = state >> 20;
        for _ in 0..(state >> 60) {
            text.push_str(LETTERS.get((left % 24) as usize).copied().unwrap_or_default());
            left /= 24;
        }
        comes_back(&text);
    }
}

#[test]
fn quotes_only_where_needed() {
    let line = |value: Value| emit(&json!({ "a": value }));
    for plain in [
        "Tom Wilkie",
        "It's a wrap!",
        "2016-08-25T09:30",
        "youtube:3Tb4Wc0kfCM",
        "https://a.b/#c",
        "a, b",
        "56K.Cloud",
        "C++ & Go",
        "1.2.3a",
    ] {
        assert_eq!(line(plain.into()), format!("a: {plain}\n"));
    }
    for quoted in ["2016-08-25", "2016-08-25T07:03:19Z", "no", "1.10", "2024", "@ada", "a: b", "#go", "1_000", "010"] {
        assert_eq!(line(quoted.into()), format!("a: '{quoted}'\n"));
    }
    assert_eq!(line("it's: so".into()), "a: 'it''s: so'\n");
    assert_eq!(line("a\nb".into()), "a: |-\n  a\n  b\n");
    assert_eq!(line("a\n\n  b\n".into()), "a: |\n  a\n\n    b\n");
    assert_eq!(
        line(json!([["x"], {}, [], 80.0, 48.5, true])),
        "a:\n  - - x\n  - {}\n  - []\n  - 80\n  - 48.5\n  - true\n"
    );
    assert_eq!(line("word ".repeat(100).trim().into()).lines().count(), 1);
}

#[test]
fn what_was_typed_wrong_is_named_where_it_stands() {
    for (text, at, message) in [
        (
            "a:\n  b:\u{a0}Ada\n  c: 1\n",
            (2, 5),
            "U+00A0 stands here, which is no blank in YAML though it looks like one",
        ),
        ("a:\n  -\u{a0}b: 1\n  - c: 1\n", (2, 4), "U+00A0 stands here"),
        ("a:\n  b: x\n\u{a0}\u{a0}c: 1\nd: 'x\n", (3, 1), "U+00A0 stands here"),
        ("a:\n  b: x\n\tc: 1\n", (3, 1), "a tab stands here"),
        ("a:\n  title:X\n  c: 1\n", (2, 9), "a blank is missing behind the colon of \"title\""),
        ("a: Rust:\tan intro\n", (1, 4), "a text with a colon and a tab must stand in quotes"),
        (
            "a: “Rust: an intro”\n",
            (1, 4),
            "“ is no quote in YAML: the quotes around a text are ' or \"; write '“Rust: an intro”'",
        ),
        ("a: - a dash\n", (1, 4), "a text that begins with - and a blank must stand in quotes: '- a dash'"),
        ("a: ? why\n", (1, 4), "a text that begins with ? and a blank must stand in quotes: '? why'"),
        ("a: > quote\n", (1, 4), "a text that begins with > and a blank must stand in quotes"),
        (
            "a: 'Rust' in practice\nb: 1\n",
            (1, 4),
            "the text goes on behind its quotes: put all of it in quotes, '''Rust'' in practice'",
        ),
    ] {
        let parsed = parse(text);
        let (place, found) = parsed.flaws.first().unwrap();
        assert!(found.starts_with(message), "{text:?}: {found}");
        assert_eq!(*place, at, "{text:?}: {found}");
    }
    for text in ["a: |\n  title:X\n  - y\nb: 'it''s'\nc: \"x\"\n", "a: {b: 'x', c: 1}\n", "a: https://x.example/\n"] {
        assert_eq!(parse(text).flaws, [], "{text:?}");
    }
}
