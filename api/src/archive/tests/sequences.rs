//! Made-up documents, one after the other. What is accepted is stored as it is, and what is refused is the document's
//! fault.

use test_attributes::on_both_databases;

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

    /// Now and then an id, from a few that may have been another thing's of this kind before.
    fn with_id(&mut self, mut thing: Value, kind: u64, place: usize) -> Value {
        if self.one_in(3) {
            // Each place has two of them for itself, and may give its own to the next one in another document.
            let shift = self.below(2);
            thing["id"] = json!(uuid::Uuid::from_u128(u128::from(kind * 100 + (place as u64 * 2 + shift) % 8)));
        }
        thing
    }

    /// Now and then a former name that nothing has now.
    fn renamed(&mut self, mut thing: Value, all: &[&str], taken: &mut Vec<String>) -> Value {
        let free = all.iter().find(|name| !taken.contains(&(**name).to_owned()));
        if let Some(name) = free.filter(|_| self.one_in(3)) {
            taken.push((*name).to_owned());
            thing["former_slugs"] = json!([name]);
        }
        thing
    }
}

const PEOPLE: [&str; 4] = ["ada", "bob", "cleo", "dan"];
const TALKS: [&str; 4] = ["one", "two", "three", "four"];
const VIDEOS: [&str; 4] = ["vimeo:1", "vimeo:2", "vimeo:3", "vimeo:4"];

/// Its talks, slots, rooms and recordings go, come, move and swap from one document to the next.
fn edition(dice: &mut Dice, year: i32) -> Value {
    let kind = year as u64 % 10 * 1000;
    let talks = dice.some(&TALKS);
    let rooms = dice.some(&["hall", "attic"]);
    let numbers = dice.some(&["1", "2", "3", "4", "5", "6", "7"]);
    let mut taken: Vec<String> = talks.iter().map(|slug| (*slug).to_owned()).collect();
    let talk = |(place, slug): (usize, &&str)| {
        let parts: Vec<Value> = dice.some(&VIDEOS).iter().map(|key| json!({ "recording": key })).collect();
        let people: Vec<Value> =
            dice.some(&PEOPLE[..2]).iter().map(|slug| json!({ "speaker": slug, "companies": ["acme"] })).collect();
        let links: Vec<Value> =
            dice.some(&["x", "y"]).into_iter().map(|title| json!({ "kind": "POST", "title": title })).collect();
        let talk = json!({
            "slug": slug, "title": slug, "tags": dice.some(&["a", "b"]), "recordings": parts, "appearances": people,
            "links": links,
        });
        let talk = dice.with_id(talk, kind + 1, place);
        dice.renamed(talk, &TALKS, &mut taken)
    };
    let made_up_talks: Vec<Value> = talks.iter().enumerate().map(talk).collect();
    let slot = |(place, (talk, number)): (usize, (&&str, &str))| {
        let number: i32 = number.parse().unwrap();
        let mut slot =
            json!({ "number": number, "talk": talk, "starts_at": format!("2025-10-25T1{}:00", dice.below(9)) });
        if let Some(room) = rooms.first().filter(|_| dice.one_in(2)) {
            slot["room"] = json!(room);
        }
        dice.with_id(slot, kind + 2, place)
    };
    let slots: Vec<Value> = talks.iter().zip(numbers).enumerate().map(slot).collect();
    let room = |(place, slug): (usize, &&str)| dice.with_id(json!({ "slug": slug, "name": slug }), kind + 3, place);
    let rooms: Vec<Value> = rooms.iter().enumerate().map(room).collect();
    let own = &VIDEOS[(year % 2) as usize * 2..][..2];
    let listed: Vec<Value> = dice.some(own).iter().map(|key| json!({ "key": key, "title": key })).collect();
    json!({
        "slug": format!("conf-{year}"), "conference": "conf", "name": "Conf", "year": year, "timezone": "Europe/Berlin",
        "talks": made_up_talks, "slots": slots, "rooms": rooms, "recordings": listed,
    })
}

fn made_up(dice: &mut Dice) -> Document {
    let present = ["ada", "bob"].into_iter().chain(dice.some(&PEOPLE[2..])).collect::<Vec<_>>();
    let mut taken: Vec<String> = present.iter().map(|slug| (*slug).to_owned()).collect();
    let people = present.iter().map(|slug| {
        let person = json!({ "slug": slug, "name": format!("{slug} {}", dice.below(3)) });
        dice.renamed(person, &PEOPLE, &mut taken)
    });
    let people: Vec<Value> = people.collect();
    let editions: Vec<Value> = [2025, 2026]
        .into_iter()
        .filter_map(|year| if dice.one_in(4) { None } else { Some(edition(dice, year)) })
        .collect();
    let mut document = document(json!([{ "slug": "acme", "name": "ACME" }]), json!(people), json!(editions));
    let named = dice.some(&VIDEOS);
    if dice.one_in(2) && document.editions.len() == 2 {
        let talks = document.editions.iter().flat_map(|edition| &edition.talks);
        let known: Vec<String> =
            talks.flat_map(|talk| &talk.recordings).map(|part| part.recording.to_string()).collect();
        let named: Vec<&str> = named.into_iter().filter(|key| known.contains(&(*key).to_owned())).collect();
        document.playlists = from(json!([{ "key": "vimeo:p", "title": "P", "recordings": named }]));
    }
    document
}

#[on_both_databases]
#[tokio::test]
async fn whatever_is_accepted_is_stored(backend: Backend) {
    let case = Case::on(backend).await;
    let rounds = std::env::var("LECTERN_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(40);
    let mut accepted = 0;
    for seed in 0..rounds {
        let document = made_up(&mut Dice(seed));
        match case.archive.apply(&document, false).await {
            Ok(_) => accepted += 1,
            Err(error) => {
                if std::env::var("LECTERN_TEST_ROUNDS").is_ok() {
                    println!("{seed}: {error}");
                }
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
