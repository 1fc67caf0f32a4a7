//! What an edition's programme, talks and the rest must make of each other.

use super::edition_has;

const TALKS: &str = "talks:\n  - slug: a\n    title: A\n";

/// Ends on line 9, so that what is added begins on the tenth.
const SLOT: &str = "slots:\n  - number: 1\n    starts_at: 2020-05-01T09:00\n    ends_at: 2020-05-01T10:00\n";

#[test]
fn dates() {
    edition_has("starts_on: 2020-05-02\nends_on: 2020-05-01\n", &["7:10: 2020-05-01 is before starts_on, 2020-05-02"]);
    edition_has("starts_on: 2020-05-02\n", &["6:12: the key \"ends_on\" is missing: write both, or neither"]);
    edition_has("ends_on: 2020-05-02\n", &["6:10: the key \"starts_on\" is missing: write both, or neither"]);
    edition_has(
        "call_for_papers:\n  opens_on: 2020-05-02\n  closes_on: 2020-05-01\n",
        &["8:14: 2020-05-01 is before opens_on, 2020-05-02"],
    );
    let tickets = "tickets:\n  - name: T\n    price: 80\n    on_sale_from: 2020-05-02\n    on_sale_until: 2020-05-01\n  - name: F\n    price: 0\n";
    edition_has(
        tickets,
        &[
            "8:12: the key \"currency\" is missing: a price above 0 has one, such as EUR",
            "10:20: 2020-05-01 is before on_sale_from, 2020-05-02",
        ],
    );
}

#[test]
fn involvements_and_sponsors() {
    let involvements =
        "involvements:\n  - role: HOST\n  - {role: HOST, person: ada, company: acme}\n  - {role: HOST, person: ada}\n";
    edition_has(
        involvements,
        &["7:5: who? Give a person or a company", "8:5: a person or a company, not both: make it two"],
    );
    let tier = "  - slug: gold\n    name: G\n    sponsors: [{company: acme}, {company: acme}, {company: weave}]\n";
    edition_has(
        &format!("sponsor_tiers:\n{tier}  - slug: gold\n    name: G\nsponsors: [{{company: acme}}]\n"),
        &["9:43: \"acme\" is a sponsor here already", "10:11: duplicate slug: the tier \"gold\" is there already"],
    );
}

#[test]
fn rooms_and_tracks() {
    let list = "\n  - {slug: a, name: A}\n  - {slug: a, name: B}\n";
    edition_has(&format!("rooms:{list}"), &["8:12: duplicate slug: the room \"a\" is there already"]);
    edition_has(&format!("tracks:{list}"), &["8:12: duplicate slug: the track \"a\" is there already"]);
}

#[test]
fn times() {
    let slot = |start: &str, end: &str| {
        format!("slots:\n  - {{number: 1, kind: BREAK, title: B, starts_at: '{start}', ends_at: '{end}'}}\n")
    };
    let wrong = |end: &str| format!("7:80: the slot ends at {end}, not after its start at 2020-05-01T09:00");
    edition_has(&slot("2020-05-01T09:00", "2020-05-01T09:00"), &[&wrong("2020-05-01T09:00")]);
    edition_has(&slot("2020-05-01T09:00", "2020-05-01T08:00"), &[&wrong("2020-05-01T08:00")]);
    edition_has(
        &slot("2020-03-29T02:30", "2020-03-29T04:00"),
        &[
            "7:51: 2020-03-29T02:30 does not exist in Europe/Berlin: the clocks were put forward over it; take a time an hour later",
        ],
    );
    edition_has(
        &slot("2020-10-25T02:30", "2020-10-25T04:00"),
        &[
            "7:51: 2020-10-25T02:30 is there twice in Europe/Berlin, as the clocks were put back: write 2020-10-25T02:30+02:00 or 2020-10-25T02:30+01:00",
        ],
    );
    edition_has(&slot("2020-10-25T02:30+02:00", "2020-10-25T02:10+01:00"), &[]);
}

#[test]
fn what_a_slot_is_for() {
    edition_has(SLOT, &["7:5: what is here? Give a talk, or a kind and a title"]);
    edition_has(
        &format!("{SLOT}    kind: BREAK\n"),
        &["7:5: the key \"title\" is missing: a slot without a talk has one"],
    );
    edition_has(&format!("{SLOT}    title: T\n"), &["7:5: the key \"kind\" is missing: a slot without a talk has one"]);
    edition_has(
        &format!("{SLOT}    kind: TALK\n    title: T\n"),
        &["10:11: a slot of kind TALK has the key \"talk\", and no kind"],
    );
    edition_has(
        &format!("{SLOT}    talk: a\n    kind: BREAK\n    title: T\n{TALKS}"),
        &[
            "11:11: leave the key \"kind\" out: the slot's talk tells it",
            "12:12: leave the key \"title\" out: the slot's talk tells it",
        ],
    );
    edition_has(
        &format!("{SLOT}    talk: a\n  - {{number: 1, starts_at: 2020-05-02T09:00, talk: a}}\n{TALKS}"),
        &["11:14: duplicate number 1: the next one free is 2"],
    );
}

#[test]
fn what_a_slot_refers_to() {
    edition_has(
        &format!("{SLOT}    talk: b\n    room: r\n    sponsors: [acme, acme, acne]\n{TALKS}    former_slugs: [b]\n"),
        &[
            "10:11: there is no talk in this edition \"b\": it was renamed, write \"a\"",
            "11:11: there is no room in this edition \"r\"",
            "12:22: \"acme\" is a sponsor here already",
            "12:28: there is no company \"acne\": did you mean \"acme\"?",
        ],
    );
    edition_has(
        &format!("{SLOT}    talk: a\n{TALKS}    status: WITHDRAWN\n"),
        &["10:11: the talk \"a\" is withdrawn, and so has no slot"],
    );
    let block = "    block: r\n  - slug: r\n    title: R\n    kind: LIGHTNING_BLOCK\n";
    edition_has(
        &format!("{SLOT}    talk: a\n{TALKS}{block}"),
        &["10:11: the talk \"a\" has no slot of its own, as it is in the block \"r\""],
    );
}

#[test]
fn blocks() {
    edition_has(
        &format!("{TALKS}    block_position: 1\n"),
        &["9:21: the key \"block\" is missing: in which block is this place?"],
    );
    edition_has(&format!("{TALKS}    block: b\n"), &["9:12: there is no talk in this edition \"b\""]);
    edition_has(
        &format!("{TALKS}    block: b\n  - slug: b\n    title: B\n"),
        &["9:12: the talk \"b\" is no block: its kind is not LIGHTNING_BLOCK"],
    );
    let round = "  - {slug: r, title: R, kind: LIGHTNING_BLOCK}\n";
    edition_has(
        &format!("{TALKS}    kind: LIGHTNING_BLOCK\n    block: r\n{round}"),
        &["10:12: a block can't be in a block"],
    );
    edition_has(&format!("{TALKS}    block: r\n    block_position: 1\n{round}"), &[]);
}

#[test]
fn talks() {
    edition_has(
        &format!("{TALKS}  - slug: a\n    title: B\n"),
        &["9:11: duplicate slug: the talk \"a\" is there already, in line 7"],
    );
    edition_has(
        &format!("{TALKS}    track: t\n    tags: [Go, GO, gö, rust]\n"),
        &[
            "9:12: there is no track in this edition \"t\"",
            "10:16: this tag is there already",
            "10:20: this tag is there already",
        ],
    );
    edition_has(&format!("{TALKS}    replaces: a\n"), &["9:15: a talk can't replace itself"]);
    edition_has(
        &format!(
            "{TALKS}  - {{slug: b, title: B, replaces: a}}\n  - {{slug: c, title: C, replaces: a}}\n  - {{slug: d, title: D, replaces: e}}\n"
        ),
        &["10:35: \"a\" is replaced by \"b\" already", "11:35: there is no talk in this edition \"e\""],
    );
}

#[test]
fn people_and_videos_of_a_talk() {
    edition_has(
        &format!(
            "{TALKS}    appearances:\n      - speaker: ada\n        companies: [acme, acme, acm]\n      - speaker: ada\n      - speaker: bo\n"
        ),
        &[
            "11:27: \"acme\" is there already",
            "11:33: there is no company \"acm\": did you mean \"acme\"?",
            "12:18: \"ada\" is on stage in this talk already",
            "13:18: there is no speaker \"bo\": did you mean \"bob\"?",
        ],
    );
    edition_has(
        &format!(
            "{TALKS}    recordings:\n      - {{recording: 'youtube:3Tb4Wc0kfCM', start_seconds: 9, end_seconds: 9}}\n      - recording: youtube:3Tb4Wc0kfCM\n"
        ),
        &[
            "10:75: the talk ends at 9 s, not after its start at 9 s",
            "11:20: \"youtube:3Tb4Wc0kfCM\" is a recording of this talk already",
        ],
    );
}
