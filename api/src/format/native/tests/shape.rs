//! What one file can get wrong by itself.

use super::{super::yaml::parse, EDITION_TEXT, edition_has, folder_has};

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
    edition_has("city: [a]\n", &["6:7: a list, not a text"]);
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
        "2:11: an anchor (&): write the value out wherever it is needed",
    );
    at("conferences:\n  - slug: !x promcon\n    name: P\n", "2:11: a tag (!): leave it out");
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
            "conferences.yaml:1:4: an anchor (&): write the value out wherever it is needed",
            "conferences.yaml:2:14: an alias (*): write the value out",
        ],
    );
}

#[test]
fn a_deep_nest_ends_in_an_error() {
    let deep = format!("conferences:\n  {}\n", "- ".repeat(200_000));
    let flaws = parse(&deep).flaws;
    assert_eq!(flaws, [((2, 67), "nested deeper than 32 levels".to_owned())]);
}
