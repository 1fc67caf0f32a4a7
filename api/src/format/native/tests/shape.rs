//! What one file can get wrong by itself.

use std::path::Path;

use super::{
    super::{
        asker::Asker,
        json, read_file,
        yaml::{joined, parse, parse_for},
    },
    EDITION_TEXT, edition_has, folder_has,
};

#[test]
fn keys() {
    edition_has("capcity: 80\n", &["6:1: unknown key \"capcity\": did you mean \"capacity\"?"]);
    edition_has(
        "
        city: A
        city: B
        ",
        &["7:1: duplicate key \"city\": line 6 has it already"],
    );
    edition_has(
        "venue: {name: V, zip: 1}\n",
        &["6:18: unknown key \"zip\": there is name, address, city, country, latitude, longitude, website_url, \
             map_url"],
    );
    edition_has(
        "
        ? [a]
        : b
        ",
        &["6:3: a key must be a word"],
    );
    edition_has(
        "
        rooms:
          - slug: a
        ",
        &["7:5: the key \"name\" is missing"],
    );
    edition_has(
        "
        slots:
          - number: 7
            starts_at: 2020-01-01T09:00
            kind: BREAK
            title: T
          - starts_at: 2020-01-01T09:00
        ",
        &["11:5: the key \"number\" is missing: the next one free is 8"],
    );

    // Flattened structs cause other errors in the schema. They must read the same.
    edition_has(
        "
        talks:
          - slug: a
            title: A
            tilte: B
        ",
        &["9:5: unknown key \"tilte\": did you mean \"title\"?"],
    );
}

#[test]
fn types() {
    edition_has("city: 2020\n", &["6:7: 2020 is a number as it stands: put it in quotes, '2020', to make it a text"]);
    edition_has("city: 1.10\n", &["6:7: 1.10 is a number as it stands: put it in quotes, '1.10', to make it a text"]);
    edition_has(
        "city: true\n",
        &["6:7: true is true or false as it stands: put it in quotes, 'true', to make it a text"],
    );
    edition_has("city: no\n", &[]);
    edition_has("city:\n", &["6:1: no value: write a text, or leave the key out"]);
    edition_has(
        "city: [a]\n",
        &["6:7: a list, not a text: a text with a colon and a blank, or with brackets, stands in quotes"],
    );
    edition_has("capacity: '80'\n", &["6:11: \"80\" is a text: take the quotes off to make it a whole number"]);
    edition_has("capacity: 80.5\n", &["6:11: 80.5 is not a whole number"]);
    edition_has("capacity: 80.0\n", &[]);
    edition_has("capacity: .inf\n", &["6:11: \".inf\" is a text, not a whole number"]);
    edition_has("sold_out: yes\n", &["6:11: \"yes\" is a text, not true or false"]);
    edition_has("venue: Google\n", &["6:8: \"Google\" is a text, not keys with values"]);
    edition_has("hashtags: a\n", &["6:11: \"a\" is a text, not a list"]);
    edition_has(
        "
        hashtags:
          -
        ",
        &["7:4: no value: write a text, or leave the line out"],
    );
}

#[test]
fn values() {
    edition_has("status: canceled\n", &["6:9: \"canceled\" is none of the words: did you mean \"CANCELLED\"?"]);
    edition_has("format: SPACE\n", &["6:9: \"SPACE\" is none of the words: one of IN_PERSON, ONLINE, HYBRID"]);
    edition_has("format:\n", &["6:1: no value: one of IN_PERSON, ONLINE, HYBRID"]);
    edition_has("capacity: -1\n", &["6:11: -1 is too small: 0 is the least"]);
    edition_has("capacity: 3000000000\n", &["6:11: 3000000000 is too large: 2147483647 is the most"]);
    edition_has("venue: {name: V, latitude: 91}\n", &["6:28: 91 is too large: 90.0 is the most"]);
    edition_has(
        "starts_on: 2020-02-30\n",
        &["6:12: \"2020-02-30\" is not a date of the form YYYY-MM-DD, such as 2016-08-25"],
    );
    edition_has("country: XX\n", &["6:10: \"XX\" is not an ISO 3166-1 alpha-2 code, such as DE"]);
    edition_has(
        "
        talks:
          - slug: A b
            title: T
        ",
        &["7:11: \"A b\" is not a slug: lower-case letters, digits and single hyphens between them, up to 200, \
             such as a-b"],
    );
    edition_has("id: 5f\n", &["6:5: \"5f\" is not an id: a UUID, such as 0f8fad5b-d9cb-469f-a165-70867728950e"]);
    let tube = "\"short\" is not a YouTube id: 11 letters, digits, - and _, as in the address after v= or list=";
    edition_has(
        "
        recordings:
          - key: youtube:short
        ",
        &[&format!("7:10: {tube}")],
    );
}

#[test]
fn formats() {
    folder_has(
        &[("editions/x-2020.yaml", &EDITION_TEXT.replace("Europe/Berlin", "CET"))],
        &["editions/x-2020.yaml:5:11: \"CET\" is not an IANA time zone of the form Area/City, \
             such as Europe/Berlin, or UTC"],
    );
    edition_has(
        "acronym: x\n",
        &["6:10: \"x\" is not an acronym: four or more lower-case letters, digits and underscores, \
             such as promcon_2016"],
    );
    edition_has(
        "website_url: promcon.io\n",
        &["6:14: \"promcon.io\" is not an absolute http or https URL (relative URL without a base), \
             such as https://promcon.io/"],
    );
    let time = "\"noon\" is not a local time of the form YYYY-MM-DDTHH:MM, such as 2016-08-25T09:30";
    edition_has(
        "
        slots:
          - number: 1
            starts_at: noon
        ",
        &[&format!("8:16: {time}")],
    );
    edition_has(
        "
        tracks:
          - {slug: a, name: A, color: red}
        ",
        &["7:31: \"red\" is not a color of the form #rrggbb, such as #e6522c"],
    );
}

#[test]
fn texts() {
    edition_has("city: ' '\n", &["6:7: an empty text: write one, or leave it out"]);
    edition_has("city: \"a\\u0007\"\n", &["6:7: a control character (U+0007): take it out"]);
    edition_has(
        "
        city: |
          a
          b
        ",
        &["7:3: a line break: this must be one line"],
    );
    edition_has("hashtags: ['']\n", &["6:12: an empty text: write one, or leave it out"]);
    edition_has(
        "
        talks:
          - slug: a
            title: A
            abstract: |
              a

              b
        ",
        &[],
    );
}

/// What YAML takes from a text without quotes is told, with the text in quotes.
#[test]
fn yaml_takes_nothing_silently() {
    let comment = |quoted: &str| {
        format!(
            "a comment begins here, and is no part of the text: put the text in quotes, {quoted}, or the comment on a line \
             of its own"
        )
    };
    let whole = comment("'Lightning talks #2'");
    edition_has("city: Lightning talks #2\n", &[&format!("6:23: {whole}")]);
    edition_has("city: Lightning talks\t #2  \n", &[&format!("6:24: {whole}")]);
    edition_has("city: It's #2\n", &[&format!("6:12: {}", comment("'It''s #2'"))]);
    edition_has("city: é #2\r\n", &[&format!("6:9: {}", comment("'é #2'"))]);
    edition_has("hashtags:\n  - ä #b\n", &[&format!("7:7: {}", comment("'ä #b'"))]);
    edition_has("venue: {name: V #1\n  , city: C}\n", &[&format!("6:17: {}", comment("'V #1'"))]);
    edition_has("city:\n  A #b\n", &[&format!("7:5: {}", comment("'A #b'"))]);
    let empty = "no value, as a comment begins with #: put it in quotes, '#1', to make it a text, or leave the";
    edition_has("city: #1\n", &[&format!("6:1: {empty} key out")]);
    edition_has("hashtags:\n  - #1\n  - b\n", &[&format!("7:7: {empty} line out")]);
    let item = "this line is a part of the text above it, and no item of a list: put it where the list's other lines \
                begin, or put the text in quotes";
    edition_has("hashtags:\n  - a\n    - b\n", &[&format!("8:5: {item}")]);
    for (typed, is) in [("0123", "123"), ("0x1F", "31"), ("0o17", "15"), ("+5", "5"), ("5.", "5"), ("-0o1", "")] {
        let number = format!("6:11: {typed} is {is} here, and may be another number elsewhere: write {is}");
        let text = format!("6:11: \"{typed}\" is a text, not a whole number");
        edition_has(&format!("capacity: {typed}\n"), &[if is.is_empty() { &text } else { &number }]);
        let text = format!("6:7: {typed} is a number as it stands: put it in quotes, '{typed}', to make it a text");
        let problems = [text.as_str()];
        edition_has(&format!("city: {typed}\n"), if is.is_empty() { &[] } else { &problems });
    }
    for typed in [".5", "1e3", "1E3", "-1", "007"] {
        let text = format!("6:7: {typed} is a number as it stands: put it in quotes, '{typed}', to make it a text");
        edition_has(&format!("city: {typed}\n"), &[&text]);
    }
    for typed in ["~", "null", "NULL"] {
        let text = format!(
            "6:7: {typed} is no value as it stands: put it in quotes, '{typed}', to make it a text, or leave the key out"
        );
        edition_has(&format!("city: {typed}\n"), &[&text]);
    }
    let object = "keys with values, not a text: a text with a colon and a blank, or with brackets, stands in quotes";
    edition_has("hashtags:\n  - a: b\n", &[&format!("7:5: {object}")]);
    let anchors = "city: &a b\nhashtags: [*a]\n";
    let advice = "an anchor (&): write the value out wherever it is needed, or put a text in quotes";
    let alias = "an alias (*): write the value out, or put a text in quotes";
    edition_has(anchors, &[&format!("6:7: {advice}"), &format!("7:12: {alias}")]);
}

/// What nobody can have meant as a part of the text.
#[test]
fn comments_have_their_places() {
    edition_has(
        "
        # A comment.
        city: 'A' # 1
        format: ONLINE # 2
        capacity: 5 # 3
        sold_out: true # 4
        website_url: https://a.example/#b # 5
        starts_on: 2020-01-01 # 6
        ends_on: 2020-01-01
        hashtags: # 7
          # 8
          - a#b
          - \"c\" # 9
        talks:
          - slug: a # 10
            title: A
            abstract: | # 11
              # A heading
        ",
        &[],
    );
}

#[test]
fn yaml() {
    let at = |text: &str, problem: &str| {
        folder_has(&[("conferences.yaml", text)], &[&format!("conferences.yaml:{problem}")])
    };
    at("", "1:1: the file is empty");
    at("# nothing\n", "1:1: the file is empty");
    at("conferences: []\n---\na: b\n", "2:1: a second document begins here: a file is one, so leave the --- out");
    at(
        "conferences:\n  - slug: &a promcon\n    name: P\n",
        "2:11: an anchor (&): write the value out wherever it is needed, or put a text in quotes",
    );
    at("conferences:\n  - slug: !x promcon\n    name: P\n", "2:11: a tag (!): leave it out, or put a text in quotes");
    at(
        "conferences:\n  - slug: a: b\n",
        "2:12: not YAML: mapping values are not allowed in this context; \
         a text with a colon and a blank in it must stand in quotes",
    );
    at(&format!("conferences: {}\n", "[".repeat(40)), "1:46: nested deeper than 32 levels");
    folder_has(
        &[("conferences.yaml", "a: &b [x]\nconferences: *b\n")],
        &[
            "conferences.yaml:1:1: unknown key \"a\": there is conferences",
            "conferences.yaml:1:4: an anchor (&): write the value out wherever it is needed, or put a text in quotes",
            "conferences.yaml:2:14: an alias (*): write the value out, or put a text in quotes",
        ],
    );
}

#[test]
fn a_deep_nest_ends_in_an_error() {
    let deep = format!("conferences:\n  {}\n", "- ".repeat(200_000));
    let flaws = parse(&deep).flaws;
    assert_eq!(flaws, [((2, 67), "nested deeper than 32 levels".to_owned())]);
}

/// A document in JSON may have each character as `json.dumps` writes it.
#[test]
fn json_has_its_own_escapes() {
    let name = |text: &str| {
        let text = format!(
            r#"{{"conferences": [{{"slug": "a", "name": "{text}"}}], "companies": [], "speakers": [], "editions": []}}"#
        );
        let document = read_file(Path::new("a.json"), text.as_bytes()).map_err(|mistakes| mistakes.to_string())?;
        Ok::<String, String>(document.conferences[0].name.clone())
    };
    assert_eq!(name(r"\ud83e\udd80 \\ud83e \u00e9 \\").unwrap(), "\u{1f980} \\ud83e é \\");
    assert!(name(r"\ud83e").unwrap_err().contains("not YAML"));
}

#[test]
fn json_means_what_it_means_in_yaml() {
    let read = |text: &str| json::value(text, &Asker::default());
    let same = [
        r#"{"a": [1, -5, true, null, "b\u00e9\ud83e\udd80\n\/ é", "1"], "c": {}, "~": ""}"#,
        " [\n\t[], {\"null\": {\"true\": false}}]\n",
        "{}",
    ];
    for text in same {
        assert_eq!(read(text), parse(&joined(text)).value, "{text}");
    }
    let many: Vec<String> = (0..=100).map(|n| format!("\"{n}\": 1")).collect();
    let (many, deep) = (format!("{{{}}}", many.join(", ")), "[".repeat(40) + &"]".repeat(40));
    let others = [
        "a: 1",
        "",
        "{a: b}",
        r#"{"a": 1, "a": 2}"#,
        "[1.5]",
        "[1e3]",
        "[18446744073709551615]",
        "[1] [2]",
        &many,
        &deep,
    ];
    for text in others {
        assert_eq!(read(text), None, "{text}");
    }
}

/// The places of mistakes between files are looked for when they are found.
#[test]
fn mistakes_in_json_have_their_places() {
    let edition = |speaker: &str| {
        format!(
            r#"{{"slug": "x-2020", "conference": "promcon", "name": "X", "year": 2020, "timezone": "Europe/Berlin",
 "talks": [{{"slug": "a", "title": "A", "appearances": [{{"speaker": "ada"}}, {{"speaker": {speaker}}}]}}]}}"#
        )
    };
    folder_has(&[("editions/x-2020.yaml", &edition("\"bob\""))], &[]);
    folder_has(
        &[("editions/x-2020.yaml", &edition("\"eve\""))],
        &["editions/x-2020.yaml:2:88: there is no speaker \"eve\""],
    );
    folder_has(
        &[("editions/x-2020.yaml", &edition("1"))],
        &["editions/x-2020.yaml:2:88: 1 is a number as it stands: put it in quotes, '1', to make it a text"],
    );
}

/// Nobody reads on for a client that has left.
#[test]
fn reading_ends_when_nobody_waits() {
    let (asker, presence) = Asker::present();
    let read = || parse_for("conferences:\n  - a\n", &asker).flaws;
    assert_eq!(read(), []);
    drop(presence);
    assert_eq!(read(), [((1, 1), "reading ended here, as nobody waits for it".to_owned())]);
}
