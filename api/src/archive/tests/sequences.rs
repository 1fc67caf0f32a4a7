//! Made-up documents, one after the other: whatever is accepted is stored as told, and what is refused is the document's fault.

use super::*;

/// Numbers that look random, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// Some of the names, each once.
    fn some<'a>(&mut self, names: &[&'a str]) -> Vec<&'a str> {
        let mut names: Vec<&str> = names.iter().copied().filter(|_| !self.one_in(3)).collect();
        for n in 1..names.len() {
            names.swap(n, self.below(n as u64 + 1) as usize);
        }
        names
    }

    /// Now and then an id of a small pool, and a former name.
    fn identify(&mut self, mut thing: Value, kind: u64, names: &[&str]) -> Value {
        if self.one_in(3) {
            thing["id"] = json!(uuid::Uuid::from_u128(u128::from(kind * 100 + self.below(4))));
        }
        if !names.is_empty() && self.one_in(4) {
            thing["former_slugs"] = json!([names[self.below(names.len() as u64) as usize]]);
        }
        thing
    }
}

const PEOPLE: [&str; 4] = ["ada", "bob", "cleo", "dan"];
const TALKS: [&str; 4] = ["one", "two", "three", "four"];
const VIDEOS: [&str; 4] = ["vimeo:1", "vimeo:2", "vimeo:3", "vimeo:4"];

fn edition(dice: &mut Dice, year: i32) -> Value {
    let kind = year as u64 % 10 * 1000;
    let talks = dice.some(&TALKS);
    let rooms = dice.some(&["hall", "attic"]);
    let listed = dice.some(&VIDEOS[(year % 2) as usize..][..3]);
    let some_talks = |dice: &mut Dice| {
        let told = talks.iter().map(|slug| {
            let parts: Vec<Value> = dice.some(&VIDEOS).iter().map(|key| json!({ "recording": key })).collect();
            let people: Vec<Value> = dice.some(&PEOPLE[..2]).iter().map(|slug| json!({ "speaker": slug, "companies": ["acme"] })).collect();
            let status = if dice.one_in(3) { "CANCELLED" } else { "CONFIRMED" };
            let links = dice.some(&["x", "y"]).into_iter().map(|title| json!({ "kind": "POST", "title": title })).collect::<Vec<_>>();
            let talk = json!({ "slug": slug, "title": slug, "status": status, "recordings": parts, "appearances": people, "links": links });
            dice.identify(talk, kind + 1, &TALKS)
        });
        told.collect::<Vec<_>>()
    };
    let told_talks = some_talks(dice);
    let slots: Vec<Value> = talks
        .iter()
        .filter_map(|talk| {
            let mut slot = json!({ "number": 1 + dice.below(6), "talk": talk, "starts_at": format!("2025-10-25T1{}:00", dice.below(9)) });
            if let Some(room) = rooms.first().filter(|_| dice.one_in(2)) {
                slot["room"] = json!(room);
            }
            (!dice.one_in(4)).then(|| dice.identify(slot, kind + 2, &[]))
        })
        .collect();
    let rooms: Vec<Value> = rooms.iter().map(|slug| dice.identify(json!({ "slug": slug, "name": slug }), kind + 3, &[])).collect();
    let listed: Vec<Value> = listed.iter().map(|key| dice.identify(json!({ "key": key, "title": key }), kind + 4, &[])).collect();
    let playlist = json!([{ "key": "vimeo:p", "title": "P", "recordings": dice.some(&VIDEOS[..2]) }]);
    json!({
        "slug": format!("conf-{year}"), "conference": "conf", "name": "Conf", "year": year, "timezone": "Europe/Berlin",
        "talks": told_talks, "slots": slots, "rooms": rooms, "recordings": listed,
        "playlists": if year == 2025 && dice.one_in(2) { playlist } else { json!([]) },
    })
}

fn made_up(dice: &mut Dice) -> Document {
    let people = ["ada", "bob"].into_iter().chain(dice.some(&PEOPLE[2..])).map(|slug| {
        let name = format!("{slug} {}", dice.below(3));
        dice.identify(json!({ "slug": slug, "name": name }), 9, &PEOPLE)
    });
    let people: Vec<Value> = people.collect();
    let editions: Vec<Value> = [2025, 2026].into_iter().filter_map(|year| (!dice.one_in(4)).then(|| edition(dice, year))).collect();
    document(json!([{ "slug": "acme", "name": "ACME" }]), json!(people), json!(editions))
}

on_both! {
    async fn whatever_is_accepted_is_stored(case) {
        let rounds = std::env::var("LECTERN_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(60);
        let mut accepted = 0;
        for seed in 0..rounds {
            let document = made_up(&mut Dice(seed));
            match case.archive.apply(&document, false).await {
                Ok(_) => accepted += 1,
                Err(error) => {
                    assert_eq!(error.code(), "BAD_USER_INPUT", "{seed}: {error:?}");
                    continue;
                }
            }
            case.check().await;
            case.apply_again(&document).await;
            case.apply_again(&case.export().await).await;
        }
        println!("accepted {accepted} of {rounds}");
        assert!(accepted * 5 > rounds, "{accepted} of {rounds}");
    }
}
