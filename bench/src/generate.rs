//! Makes an archive: the same one for the same number of talks.

use std::{
    fs,
    io::{self, BufWriter, Write as _},
    path::Path,
};

use serde_json::{Value, json};

/// Talks an edition.
const TALKS: u64 = 60;

/// Editions a conference, one each year.
const YEARS: u64 = 20;

const FIRST_YEAR: u64 = 2005;

const WORDS: [&str; 48] = [
    "alert",
    "archive",
    "badge",
    "batch",
    "block",
    "budget",
    "cache",
    "cardinality",
    "cluster",
    "community",
    "cost",
    "dashboard",
    "database",
    "delay",
    "disk",
    "error",
    "exporter",
    "failure",
    "federation",
    "graph",
    "histogram",
    "incident",
    "index",
    "label",
    "latency",
    "log",
    "memory",
    "metric",
    "migration",
    "network",
    "noise",
    "operator",
    "pipeline",
    "query",
    "queue",
    "quota",
    "rate",
    "replica",
    "rule",
    "sample",
    "scrape",
    "series",
    "shard",
    "signal",
    "storage",
    "tenant",
    "trace",
    "window",
];
const GIVEN_NAMES: [&str; 20] = [
    "Ada",
    "Björn",
    "Chloë",
    "Dmitri",
    "Élodie",
    "Farah",
    "Gustavo",
    "Hiroshi",
    "Ingrid",
    "João",
    "Katarzyna",
    "Łukasz",
    "Mónica",
    "Ngozi",
    "Oskar",
    "Priya",
    "Quentin",
    "Rosa",
    "Søren",
    "Wei",
];
const FAMILY_NAMES: [&str; 20] = [
    "Andersson",
    "Bianchi",
    "Castillo",
    "Dvořák",
    "Eriksson",
    "Fernández",
    "Großmann",
    "Hansen",
    "Ivanova",
    "Jensen",
    "Kowalski",
    "Lindqvist",
    "Müller",
    "Nakamura",
    "Okafor",
    "Petrov",
    "Quispe",
    "Rossi",
    "Šimek",
    "Tanaka",
];
const PLACES: [(&str, &str, &str); 4] = [
    ("Berlin", "DE", "Europe/Berlin"),
    ("London", "GB", "Europe/London"),
    ("Montréal", "CA", "America/Toronto"),
    ("Tokyo", "JP", "Asia/Tokyo"),
];
const LANGUAGES: [&str; 8] = ["en", "en", "en", "en", "en", "de", "fr", "ja"];
const KINDS: [&str; 6] = ["TALK", "TALK", "TALK", "KEYNOTE", "PANEL", "WORKSHOP"];

/// Numbers that look random and are the same each time (SplitMix64, by Steele, Lea and Flood).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// A number that is small more often than large: few people give many talks.
    fn skewed(&mut self, limit: u64) -> u64 {
        self.below(limit).min(self.below(limit))
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[(self.next() % all.len() as u64) as usize]
    }

    fn words(&mut self, count: u64) -> String {
        let mut text = String::new();
        for n in 0..count {
            let word = self.one_of(&WORDS);
            if n == 0 {
                text.push_str(&word[..1].to_uppercase());
                text.push_str(&word[1..]);
            } else {
                text.push(' ');
                text.push_str(word);
            }
        }
        text
    }
}

/// Writes an archive of about as many talks into `folder`, and the values that the workloads ask for into `values`.
pub fn generate(talks: u64, folder: &Path, values: &Path) -> io::Result<()> {
    let editions = talks.div_ceil(TALKS).max(1);
    let (conferences, speakers, companies) = (editions.div_ceil(YEARS), (talks * 3 / 5).max(3), (talks / 20).max(3));
    fs::create_dir_all(folder.join("editions"))?;
    fs::create_dir_all(values)?;
    let write = |name: &str, value: Value| fs::write(folder.join(name), value.to_string());
    let list = |count: u64, one: &mut dyn FnMut(u64) -> Value| (1..=count).map(one).collect::<Vec<_>>();
    let mut numbers = Numbers(talks);
    write(
        "conferences.yaml",
        json!({ "conferences": list(conferences, &mut |n| json!({ "slug": format!("conf-{n}"), "name": format!("Conference {n}") })) }),
    )?;
    write(
        "companies.yaml",
        json!({ "companies": list(companies, &mut |n| json!({ "slug": format!("company-{n}"), "name": format!("Company {n}") })) }),
    )?;
    let mut speaker = |n: u64| {
        let name = format!("{} {} {n}", numbers.one_of(&GIVEN_NAMES), numbers.one_of(&FAMILY_NAMES));
        json!({ "slug": format!("speaker-{n}"), "name": name, "biography": format!("{}.", numbers.words(20)) })
    };
    write("speakers.yaml", json!({ "speakers": list(speakers, &mut speaker) }))?;

    let mut asked: [BufWriter<fs::File>; 4] = open(values, ["w1", "w2", "w3", "w5"])?;
    for n in 0..editions {
        let year = FIRST_YEAR + n % YEARS;
        let slug = format!("conf-{}-{year}", n / YEARS + 1);
        writeln!(asked[0], "{slug}")?;
        let day = n * 7 % 360;
        // Each begins at another second, so no two questions are the same.
        let (hour, minute, second) = (n / 3600 % 24, n / 60 % 60, n % 60);
        let from = format!("{year}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", day / 30 + 1, day % 28 + 1);
        writeln!(asked[1], "{from}\t{}-01-01T00:00:00Z", year + 1)?;
        let edition = edition(n, &slug, year, (speakers, companies), &mut numbers);
        for talk in edition["talks"].as_array().into_iter().flatten() {
            writeln!(asked[2], "{}", talk["id"].as_str().unwrap_or_default())?;
        }
        write(&format!("editions/{slug}.yaml"), edition)?;
    }
    // Those who speak most.
    (1..=speakers / 10).try_for_each(|n| writeln!(asked[3], "speaker-{n}"))?;
    asked.iter_mut().try_for_each(BufWriter::flush)
}

fn open<const N: usize>(folder: &Path, names: [&str; N]) -> io::Result<[BufWriter<fs::File>; N]> {
    let files = names.map(|name| fs::File::create(folder.join(format!("{name}.txt"))).map(BufWriter::new));
    let files = files.into_iter().collect::<io::Result<Vec<_>>>()?;
    files.try_into().map_err(|_| io::Error::other("as many files as names"))
}

/// An edition: two days of ten talks in each of three rooms.
fn edition(n: u64, slug: &str, year: u64, (speakers, companies): (u64, u64), numbers: &mut Numbers) -> Value {
    let (city, country, zone) = PLACES[(n % 4) as usize];
    let (month, day) = (n * 7 / 27 % 12 + 1, n * 7 % 27 + 1);
    let (mut talks, mut slots, mut recordings) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..TALKS {
        let number = n * TALKS + i;
        let (room, half_hour, date) = (i % 3 + 1, i / 3 % 10, day + i / 30);
        let time = |half_hours: u64| {
            format!("{year}-{month:02}-{date:02}T{:02}:{:02}", 9 + half_hours / 2, half_hours % 2 * 30)
        };
        let mut appearances: Vec<Value> = Vec::new();
        for _ in 0..=numbers.skewed(3) {
            let speaker = format!("speaker-{}", numbers.skewed(speakers) + 1);
            if appearances.iter().all(|other| other["speaker"] != speaker) {
                let company = format!("company-{}", numbers.below(companies) + 1);
                appearances.push(json!({ "speaker": speaker, "companies": [company] }));
            }
        }
        let slug = format!("talk-{i}");
        let mut talk = json!({
            "id": format!("{number:08x}-0000-4000-8000-{:012x}", number ^ 0x5eed_5eed),
            "slug": slug,
            "title": format!("{} {i}", numbers.words(4)),
            "abstract": format!("{}.\n\n{}.", numbers.words(30), numbers.words(20)),
            "kind": numbers.one_of(&KINDS),
            "language": numbers.one_of(&LANGUAGES),
            "appearances": appearances,
        });
        slots.push(json!({
            "number": i + 1, "starts_at": time(half_hour), "ends_at": time(half_hour + 1), "talk": slug,
            "room": format!("room-{room}"),
        }));
        if numbers.below(5) > 0 {
            let key = format!("youtube:{}", video(number));
            talk["recordings"] = json!([{ "recording": key }]);
            recordings.push(json!({
                "key": key, "title": talk["title"], "duration_seconds": 900 + numbers.below(1800),
                "published_at": format!("{year}-12-{:02}T12:00:00Z", 1 + i % 28),
            }));
        }
        talks.push(talk);
    }
    let rooms = [1, 2, 3].map(|room| json!({ "slug": format!("room-{room}"), "name": format!("Room {room}") }));
    json!({
        "slug": slug, "conference": format!("conf-{}", n / YEARS + 1), "name": format!("Conference {} {year}", n / YEARS + 1),
        "year": year, "starts_on": format!("{year}-{month:02}-{day:02}"), "ends_on": format!("{year}-{month:02}-{:02}", day + 1),
        "timezone": zone, "city": city, "country": country,
        "rooms": rooms, "slots": slots, "talks": talks, "recordings": recordings,
    })
}

/// An id of eleven characters, as YouTube has them.
fn video(number: u64) -> String {
    format!("v{number:010x}")
}
