//! The schemas for editors and the reader accept the same texts.

use jsonschema::Validator;

use super::{super::schema, *};
use crate::{
    format::native::{schemas, yaml::parse},
    scalars::FORMATS,
    text,
};

/// Texts at the edges of the formats. Each is tried in each format.
const SAMPLES: &[&str] = &[
    "",
    " ",
    "a",
    "A",
    "\u{a0}",
    "a\tb",
    "a\nb",
    "a\r\nb",
    "a\u{7}",
    "a\u{85}b",
    "a\u{2028}b",
    "a\u{2029}b",
    "a\u{b}b",
    "\u{200b}",
    "\u{feff} \u{ad}",
    "a\u{200b}b",
    "é",
    "ß\u{301}",
    "\u{1f600}",
    // Languages.
    "en",
    "EN",
    "deu",
    "english",
    "e",
    "pt-BR",
    "pt-br",
    "zh-Hant-TW",
    "zh-cmn-Hans-CN",
    "de-1996",
    "de-CH-1996-fonipa",
    "sl-rozaj-biske",
    "es-419",
    "es-4190",
    "de-",
    "-de",
    "de--CH",
    "de-CH-DE",
    "x-private",
    "de-x-private",
    "de-a-bcd",
    "de-a",
    "de-t-en-x-a",
    "i-klingon",
    "en-GB-oed",
    "sgn-BE-FR",
    "art-lojban",
    "zh-min-nan",
    "zh-min",
    "abcd",
    "abcd-DE",
    "deutsch-DE",
    "en_US",
    "en-latn-us",
    "en-abc-def-ghi",
    "en-abc-def-ghi-jkl",
    "en-toolongsubtag",
    "de-DE ",
    // Countries and currencies.
    "DE",
    "de",
    "ZZ",
    "UK",
    "GB",
    "EUR",
    "eur",
    "EURO",
    "DEU",
    // Days.
    "2016-08-25",
    "2016-8-25",
    "+2016-8-25",
    "2016-13-01",
    "2016-00-01",
    "2016-02-29",
    "2015-02-29",
    "1900-02-29",
    "2000-02-29",
    "2016-04-31",
    "2016-12-31",
    "0000-01-01",
    "0001-01-01",
    "9998-12-31",
    "9999-01-01",
    "2016-08-00",
    "2016-08-32",
    "2016/08/25",
    "20160825",
    "2016-08-25 ",
    "２０１６-08-25",
    // Times.
    "2016-08-25T09:30",
    "2016-08-25T9:30",
    "2016-08-25 09:30",
    "2016-08-25T09:30:00",
    "2016-08-25T09:30:60",
    "2016-08-25T24:00",
    "2016-08-25T23:59",
    "2016-08-25T09:60",
    "2016-08-25T09:30+02:00",
    "2016-08-25T09:30-02:00",
    "2016-08-25T09:30+0200",
    "2016-08-25T09:30+24:00",
    "2016-08-25T09:30:05+02:00",
    "2016-08-25t09:30",
    "2016-08-25T09",
    "2016-02-30T09:30",
    "0000-08-25T09:30",
    "9999-08-25T09:30",
    "2016-08-25T09:30Z",
    "2016-08-25T09:30:00Z",
    "2016-08-25t09:30:00z",
    "2016-08-25 09:30:00Z",
    "2016-08-25T09:30:00.123Z",
    "2016-08-25T09:30:00.Z",
    "2016-08-25T09:30:60Z",
    "2016-08-25T09:30:00+23:59",
    "2016-08-25T09:30:00+14:00",
    "2016-08-25T09:30:00-14:00",
    "2016-08-25T09:30:00+14:01",
    "2016-08-25T09:30:00-13:59",
    "2016-08-25T09:30:00+24:00",
    "2016-08-25T09:30:00-00:00",
    "2016-02-29T09:30:00Z",
    "2015-02-29T09:30:00Z",
    "2016-08-25T09:30:00+2:00",
    "0000-12-31T23:00:00-02:00",
    // Zones.
    "UTC",
    "utc",
    "Europe/Berlin",
    "europe/berlin",
    "Europe/Munich",
    "America/Argentina/Buenos_Aires",
    "Berlin",
    "CET",
    "Etc/UTC",
    "Etc/GMT+1",
    "US/Pacific",
    "Asia/Kolkata",
    "Europe/",
    "GMT",
    // Slugs, acronyms, colors.
    "a-b",
    "a--b",
    "-a",
    "a-",
    "a_b",
    "a-1",
    "abc_1",
    "abc",
    "ABCD",
    "promcon_2016",
    "#e6522c",
    "#E6522C",
    "#fff",
    "e6522c",
    "#e6522cff",
    "#gggggg",
    // Ids.
    "0f8fad5b-d9cb-469f-a165-70867728950e",
    "0F8FAD5B-D9CB-469F-A165-70867728950E",
    "0f8fad5bd9cb469fa16570867728950e",
    "{0f8fad5b-d9cb-469f-a165-70867728950e}",
    "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e",
    "0f8fad5b-d9cb-469f-a165-70867728950",
    "0f8fad5b-d9cb-469f-a165-70867728950g",
    "0f8fad5-bd9cb-469f-a165-70867728950e",
    // Recordings and playlists.
    "youtube:3Tb4Wc0kfCM",
    "YouTube:3Tb4Wc0kfCM",
    "youtube:3Tb4Wc0kfC",
    "youtube:3Tb4Wc0kfCM1",
    "youtube:3Tb4Wc0kf M",
    "youtube:PLoz-W_CUquUlCq-Q0hy53TolAhaED9vmU",
    "youtube:",
    "youtube:a",
    "vimeo:1",
    "VIMEO:1",
    "vimeo:",
    "vimeo:a b",
    "vimeo:é",
    "media_ccc:x",
    "media-ccc:x",
    "peertube:a:b",
    "other:\u{a0}",
    "other:a\u{85}",
    "dailymotion:1",
    ":1",
    "vimeo",
    // Addresses.
    "https://promcon.io/",
    "http://promcon.io",
    "HTTPS://PROMCON.IO/",
    "https://exämple.org/ü?q=ü#ü",
    "ftp://promcon.io/",
    "https:/promcon.io",
    "https:promcon.io",
    "https:///promcon.io",
    "https:\\\\promcon.io",
    "//promcon.io",
    "promcon.io",
    "https://",
    "https://?a",
    "https://a b/",
    "https://a/ b",
    "https://a/\tb",
    " https://a/",
    "https://a/{b}|c",
    "https://a:80/",
    "https://user@a/",
    "mailto:a@b.c",
    "https://[::1]/",
];

fn validator(schema: &serde_json::Value) -> Validator {
    jsonschema::options().should_validate_formats(true).build(schema).unwrap()
}

#[test]
fn the_schemas_and_the_reader_accept_the_same_texts() {
    let long: Vec<String> = [199, 200, 201, 499, 500, 501].map(|length| "a".repeat(length)).to_vec();
    let ids: Vec<String> = [500, 501].map(|length| format!("other:{}", "é".repeat(length))).to_vec();
    let samples: Vec<&str> = SAMPLES.iter().copied().chain(long.iter().chain(&ids).map(String::as_str)).collect();
    let texts: [(&str, crate::scalars::FormatCheck); 2] = [(schema::LINE, text::line), (schema::TEXT, text::lines)];
    let mut wrong = Vec::new();
    for (format, check) in FORMATS.iter().chain(&texts) {
        let editor = validator(&schema::text_for_editors(format));
        let is_taken = |text: &&&str| check(text).is_ok();
        assert!(samples.iter().any(|text| is_taken(&text)) && !samples.iter().all(|text| is_taken(&text)), "{format}");
        let differ = |text: &&&str| editor.is_valid(&(**text).into()) != is_taken(text);
        wrong.extend(samples.iter().filter(differ).map(|text| (*format, *text, check(text))));
    }
    assert_eq!(wrong, []);
}

#[test]
fn every_format_of_the_schemas_is_compared() {
    let known = |format: &str| FORMATS.iter().any(|(name, _)| *name == format);
    for (name, text) in schemas() {
        for line in text.lines().filter_map(|line| line.trim().strip_prefix("\"format\": \"")) {
            let format = line.trim_end_matches(['"', ',']);
            assert!(known(format), "{name}: {format}");
        }
    }
}

/// A mistake in each kind of value is one for the editor and for the reader.
#[test]
fn editors_and_the_check_refuse_the_same_files() {
    let edition = schemas().into_iter().find(|(name, _)| *name == "edition.schema.json").unwrap().1;
    let editor = validator(&serde_json::from_str(&edition).unwrap());
    let talk = |lines: &str| format!("talks: [{{slug: a, title: A, {lines}}}]\n");
    for (lines, is_right) in [
        (talk("language: en"), true),
        (talk("language: english"), false),
        (talk("tags: ['']"), false),
        (talk("abstract: \"a\\nb\""), true),
        (talk("subtitle: \"a\\nb\""), false),
        (talk("block_position: 0"), false),
        (talk("kind: SPEECH"), false),
        (talk("tilte: B"), false),
        ("capacity: -1\n".to_owned(), false),
        ("capacity: 2147483648\n".to_owned(), false),
        ("capacity: 1.5\n".to_owned(), false),
        ("city:\n".to_owned(), false),
        ("ordinal: 0\n".to_owned(), false),
        ("sold_out: maybe\n".to_owned(), false),
        ("venue: {name: V, latitude: 91}\n".to_owned(), false),
        ("venue: {name: V, longitude: -180}\n".to_owned(), true),
        ("tickets: [{name: T, price: -1, currency: EUR}]\n".to_owned(), false),
        ("website_url: ftp://x/\n".to_owned(), false),
    ] {
        let text = format!("{EDITION_TEXT}{lines}");
        let scratch = Scratch::sound();
        scratch.put("editions/x-2020.yaml", &text);
        let accepted = (editor.is_valid(&parse(&text).value.unwrap()), scratch.problems().is_empty());
        assert_eq!(accepted, (is_right, is_right), "{lines}");
    }
}
