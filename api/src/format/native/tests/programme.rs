//! What an edition's programme, talks and the rest must make of each other.

use super::edition_has;

#[test]
fn dates() {
    edition_has(
        "
        starts_on: 2020-05-02
        ends_on: 2020-05-01
        ",
        &["7:10: 2020-05-01 is before starts_on, 2020-05-02"],
    );
    edition_has("starts_on: 2020-05-02\n", &["6:12: the key \"ends_on\" is missing: write both, or neither"]);
    edition_has("ends_on: 2020-05-02\n", &["6:10: the key \"starts_on\" is missing: write both, or neither"]);
    edition_has(
        "
        call_for_papers:
          opens_on: 2020-05-02
          closes_on: 2020-05-01
        ",
        &["8:14: 2020-05-01 is before opens_on, 2020-05-02"],
    );
    edition_has(
        "
        tickets:
          - name: T
            price: 80
            on_sale_from: 2020-05-02
            on_sale_until: 2020-05-01
          - name: F
            price: 0
        ",
        &[
            "8:12: the key \"currency\" is missing: a price above 0 has one, such as EUR",
            "10:20: 2020-05-01 is before on_sale_from, 2020-05-02",
        ],
    );
}

#[test]
fn involvements_and_sponsors() {
    edition_has(
        "
        involvements:
          - role: HOST
          - {role: HOST, person: ada, company: acme}
          - {role: HOST, person: ada}
        ",
        &["7:5: who? Give a person or a company", "8:5: a person or a company, not both: make it two"],
    );
    edition_has(
        "
        sponsor_tiers:
          - slug: gold
            name: G
            sponsors: [{company: acme}, {company: acme}, {company: weave}]
          - slug: gold
            name: G
        sponsors: [{company: acme}]
        ",
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
        &["7:51: 2020-03-29T02:30 does not exist in Europe/Berlin: the clocks were put forward over it; \
             take a time an hour later"],
    );
    edition_has(
        &slot("2020-10-25T02:30", "2020-10-25T04:00"),
        &["7:51: 2020-10-25T02:30 is there twice in Europe/Berlin, as the clocks were put back: \
             write 2020-10-25T02:30+02:00 or 2020-10-25T02:30+01:00"],
    );
    edition_has(&slot("2020-10-25T02:30+02:00", "2020-10-25T02:10+01:00"), &[]);
}

#[test]
fn slots_are_near_the_days_of_the_edition() {
    let edition = |start: &str| {
        format!(
            "starts_on: 2020-05-01\nends_on: 2020-05-02\n\
             slots:\n  - {{number: 1, kind: SOCIAL, title: Party, starts_at: {start}}}\n"
        )
    };
    // A conference day begins at 05:00.
    for near in ["2020-04-30T05:00", "2020-05-01T09:00", "2020-05-03T09:00", "2020-05-04T04:59"] {
        edition_has(&edition(near), &[]);
    }
    for outside in ["2020-04-30T04:59", "2020-05-04T05:00", "2020-07-02T09:00", "2021-05-01T09:00"] {
        let wrong = format!(
            "9:56: {outside} is outside the edition's days, 2020-05-01 to 2020-05-02: correct the time, or starts_on \
             and ends_on"
        );
        edition_has(&edition(outside), &[&wrong]);
    }
    let undated = edition("2021-05-01T09:00").replace("starts_on: 2020-05-01\nends_on: 2020-05-02\n", "");
    edition_has(&undated, &[]);
}

#[test]
fn what_a_slot_is_for() {
    edition_has(
        "
        slots:
          - number: 1
            starts_at: 2020-05-01T09:00
            ends_at: 2020-05-01T10:00
        ",
        &["7:5: what is here? Give a talk, or a kind and a title"],
    );
    edition_has(
        "
        slots:
          - number: 1
            starts_at: 2020-05-01T09:00
            ends_at: 2020-05-01T10:00
            kind: BREAK
        ",
        &["7:5: the key \"title\" is missing: a slot without a talk has one"],
    );
    edition_has(
        "
        slots:
          - number: 1
            starts_at: 2020-05-01T09:00
            ends_at: 2020-05-01T10:00
            title: T
        ",
        &["7:5: the key \"kind\" is missing: a slot without a talk has one"],
    );
    edition_has(
        "
        slots:
          - number: 1
            starts_at: 2020-05-01T09:00
            ends_at: 2020-05-01T10:00
            kind: TALK
            title: T
        ",
        &["10:11: a slot of kind TALK has the key \"talk\", and no kind"],
    );
    edition_has(
        "
        slots:
          - number: 1
            starts_at: 2020-05-01T09:00
            ends_at: 2020-05-01T10:00
            talk: a
            kind: BREAK
            title: T
        talks:
          - slug: a
            title: A
        ",
        &[
            "11:11: leave the key \"kind\" out: the slot's talk tells it",
            "12:12: leave the key \"title\" out: the slot's talk tells it",
        ],
    );
    edition_has(
        "
        slots:
          - number: 1
            starts_at: 2020-05-01T09:00
            ends_at: 2020-05-01T10:00
            talk: a
          - {number: 1, starts_at: 2020-05-02T09:00, talk: a}
        talks:
          - slug: a
            title: A
        ",
        &["11:14: duplicate number 1: the next one free is 2"],
    );
}

#[test]
fn what_a_slot_refers_to() {
    edition_has(
        "
        slots:
          - number: 1
            starts_at: 2020-05-01T09:00
            ends_at: 2020-05-01T10:00
            talk: b
            room: r
            sponsors: [acme, acme, acne]
        talks:
          - slug: a
            title: A
            former_slugs: [b]
        ",
        &[
            "10:11: there is no talk in this edition \"b\": it was renamed, write \"a\"",
            "11:11: there is no room in this edition \"r\"",
            "12:22: \"acme\" is a sponsor here already",
            "12:28: there is no company \"acne\": did you mean \"acme\"?",
        ],
    );
    edition_has(
        "
        slots:
          - number: 1
            starts_at: 2020-05-01T09:00
            ends_at: 2020-05-01T10:00
            talk: a
        talks:
          - slug: a
            title: A
            status: WITHDRAWN
        ",
        &["10:11: the talk \"a\" is withdrawn, and so has no slot"],
    );
    edition_has(
        "
        slots:
          - number: 1
            starts_at: 2020-05-01T09:00
            ends_at: 2020-05-01T10:00
            talk: a
        talks:
          - slug: a
            title: A
            block: r
          - slug: r
            title: R
            kind: LIGHTNING_BLOCK
        ",
        &["10:11: the talk \"a\" has no slot of its own, as it is in the block \"r\""],
    );
}

#[test]
fn blocks() {
    edition_has(
        "
        talks:
          - slug: a
            title: A
            block_position: 1
        ",
        &["9:21: the key \"block\" is missing: in which block is this place?"],
    );
    edition_has(
        "
        talks:
          - slug: a
            title: A
            block: b
        ",
        &["9:12: there is no talk in this edition \"b\""],
    );
    edition_has(
        "
        talks:
          - slug: a
            title: A
            block: b
          - slug: b
            title: B
        ",
        &["9:12: the talk \"b\" is no block: its kind is not LIGHTNING_BLOCK"],
    );
    edition_has(
        "
        talks:
          - slug: a
            title: A
            kind: LIGHTNING_BLOCK
            block: r
          - {slug: r, title: R, kind: LIGHTNING_BLOCK}
        ",
        &["10:12: a block can't be in a block"],
    );
    edition_has(
        "
        talks:
          - slug: a
            title: A
            block: r
            block_position: 1
          - {slug: r, title: R, kind: LIGHTNING_BLOCK}
        ",
        &[],
    );
}

#[test]
fn talks() {
    edition_has(
        "
        talks:
          - slug: a
            title: A
          - slug: a
            title: B
        ",
        &["9:11: duplicate slug: the talk \"a\" is there already, in line 7"],
    );
    edition_has(
        "
        talks:
          - slug: a
            title: A
            track: t
            tags: [Go, GO, gö, rust]
        ",
        &[
            "9:12: there is no track in this edition \"t\"",
            "10:16: this tag is there already",
            "10:20: this tag is there already",
        ],
    );
    edition_has(
        "
        talks:
          - slug: a
            title: A
            replaces: a
        ",
        &["9:15: a talk can't replace itself"],
    );
    edition_has(
        "
        talks:
          - slug: a
            title: A
          - {slug: b, title: B, replaces: a}
          - {slug: c, title: C, replaces: a}
          - {slug: d, title: D, replaces: e}
        ",
        &["10:35: \"a\" is replaced by \"b\" already", "11:35: there is no talk in this edition \"e\""],
    );
}

#[test]
fn people_and_videos_of_a_talk() {
    edition_has(
        "
        talks:
          - slug: a
            title: A
            appearances:
              - speaker: ada
                companies: [acme, acme, acm]
              - speaker: ada
              - speaker: bo
        ",
        &[
            "11:27: \"acme\" is there already",
            "11:33: there is no company \"acm\": did you mean \"acme\"?",
            "12:18: \"ada\" is on stage in this talk already",
            "13:18: there is no speaker \"bo\": did you mean \"bob\"?",
        ],
    );
    edition_has(
        "
        talks:
          - slug: a
            title: A
            recordings:
              - {recording: 'youtube:3Tb4Wc0kfCM', start_seconds: 9, end_seconds: 9}
              - recording: youtube:3Tb4Wc0kfCM
        ",
        &[
            "10:75: the talk ends at 9 s, not after its start at 9 s",
            "11:20: \"youtube:3Tb4Wc0kfCM\" is a recording of this talk already",
        ],
    );
}
