//! What is possible and probably not meant.

use super::*;
use crate::format::native::checked;

/// Checks that the sound archive with these files has these warnings and notes, and no mistakes.
#[track_caller]
fn warns(files: &[(&str, &str)], expected: &[&str]) {
    let scratch = Scratch::sound();
    files.iter().for_each(|(name, text)| scratch.put(name, yaml(text)));
    let checked = checked(&scratch.0);
    assert_eq!(checked.document.err().map(|mistakes| mistakes.to_string()), None);
    let found: Vec<String> = checked.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "\n{files:?}");
}

/// Checks the warnings of an edition with these lines added. The file's name is left out of them.
#[track_caller]
fn edition_warns(lines: &str, expected: &[&str]) {
    let text = format!("{EDITION_TEXT}{}", yaml(lines));
    let expected: Vec<String> = expected.iter().map(|line| format!("editions/x-2020.yaml:{line}")).collect();
    warns(&[("editions/x-2020.yaml", &text)], &expected.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn promcon_has_no_warnings() {
    let found: Vec<String> = checked(&promcon()).warnings.iter().map(ToString::to_string).collect();
    assert_eq!(found, [""; 0]);
}

#[test]
fn slots_in_one_room() {
    let rooms = "rooms: [{slug: hall, name: Hall}, {slug: attic, name: Attic}]\n\
                 talks: [{slug: a, title: A}, {slug: b, title: B}, {slug: c, title: C, status: CANCELLED}]\nslots:\n";
    let slot = |number: i32, what: &str, start: &str, end: &str| {
        let end = if end.is_empty() { String::new() } else { format!(", ends_at: 2020-05-01T{end}") };
        format!("  - {{number: {number}, starts_at: 2020-05-01T{start}{end}, {what}}}\n")
    };
    let (a, b, c) = ("talk: a, room: hall", "talk: b, room: hall", "talk: c, room: hall");
    let first = slot(1, a, "09:00", "10:00");
    let overlap = "10:28: warning: \"A\" (slot 1, 2020-05-01T09:00 to 2020-05-01T10:00) is in the room \"hall\" at that \
                   time: give one another time or room";
    edition_warns(&format!("{rooms}{first}{}", slot(2, b, "09:59", "10:30")), &[overlap]);
    edition_warns(&format!("{rooms}{first}{}", slot(2, b, "09:30", "")), &[overlap]);
    let lunch = "kind: MEAL, title: Lunch, room: hall";
    edition_warns(&format!("{rooms}{first}{}", slot(2, lunch, "09:00", "")), &[overlap]);
    let without_end = overlap.replace(" to 2020-05-01T10:00", "");
    edition_warns(&format!("{rooms}{}{}", slot(1, a, "09:00", ""), slot(2, b, "09:00", "")), &[&without_end]);

    for other in [
        slot(2, b, "10:00", "10:30"),
        slot(2, c, "09:30", "10:30"),
        slot(2, "talk: b, room: attic", "09:30", "10:30"),
        slot(2, "talk: b", "09:30", "10:30"),
        slot(2, "kind: BREAK, title: Coffee", "09:30", "10:30"),
    ] {
        edition_warns(&format!("{rooms}{first}{other}"), &[]);
    }
    // An end that is an estimate is not known.
    let estimated = slot(1, "talk: a, room: hall, end_is_estimated: true", "09:00", "10:00");
    edition_warns(&format!("{rooms}{estimated}{}", slot(2, b, "09:30", "10:30")), &[]);
    let no_room = "10:28: warning: \"A\" (slot 1, 2020-05-01T09:00 to 2020-05-01T10:00) is at that time, and neither has a \
                   room: give them rooms or another time";
    let both = format!("{}{}", slot(1, "talk: a", "09:00", "10:00"), slot(2, "talk: b", "09:30", "10:30"));
    edition_warns(&format!("{rooms}{both}"), &[no_room]);
}

#[test]
fn slots_of_one_speaker() {
    let talks = |block: &str| {
        format!(
            "
            rooms: [{{slug: hall, name: Hall}}, {{slug: attic, name: Attic}}]
            talks:
              - {{slug: a, title: A, appearances: [{{speaker: ada}}, {{speaker: bob}}]}}
              - {{slug: b, title: B, kind: LIGHTNING_BLOCK}}
              - {{slug: c, title: C, {block}appearances: [{{speaker: bob}}]}}
            slots:
              - {{number: 2, talk: b, room: attic, starts_at: 2020-05-01T09:30, ends_at: 2020-05-01T10:30}}
              - {{number: 1, talk: a, room: hall, starts_at: 2020-05-01T09:00, ends_at: 2020-05-01T10:00}}
            "
        )
    };
    edition_warns(
        &talks("block: b, "),
        &["12:50: warning: \"bob\" is in \"A\" (slot 1, 2020-05-01T09:00 to 2020-05-01T10:00) at that time: give one \
           another time"],
    );
    edition_warns(&talks(""), &[]);
    edition_warns(&talks("block: b, status: CANCELLED, "), &[]);
}

#[test]
fn days_and_lengths() {
    edition_warns(
        "
        starts_on: 2020-05-01
        ends_on: 2020-05-02
        slots:
          - {number: 1, kind: SOCIAL, title: Party, starts_at: 2020-05-03T04:00}
          - {number: 2, kind: SOCIAL, title: Party, starts_at: 2020-05-03T19:00}
          - {number: 3, kind: SOCIAL, title: Party, starts_at: 2020-05-02T19:00, ends_at: 2020-05-03T19:00}
          - {number: 4, kind: SOCIAL, title: Party, starts_at: 2020-05-02T19:00, ends_at: 2020-05-03T19:01}
        ",
        &[
            "10:56: warning: the slot is not on one of the edition's days, 2020-05-01 to 2020-05-02",
            "12:83: warning: the slot is longer than a day: it starts at 2020-05-02T19:00",
        ],
    );
}

#[test]
fn recordings_before_their_talks() {
    let edition = |published: &str, rest: &str| {
        format!(
            "
            talks:
              - {{slug: a, title: A, recordings: [{{recording: 'youtube:3Tb4Wc0kfCM'}}]}}
            slots:
              - {{number: 1, talk: a, starts_at: 2020-05-02T09:00}}
              - {{number: 2, talk: a, starts_at: 2020-05-01T09:00}}
            recordings:
              - {{key: 'youtube:3Tb4Wc0kfCM', published_at: {published}{rest}}}
            "
        )
    };
    edition_warns(
        &edition("2020-05-01T06:59:59Z", ""),
        &["12:48: warning: the recording was published before its talk, which began at 2020-05-01T07:00:00+00:00"],
    );
    edition_warns(&edition("2020-05-01T07:00:00Z", ""), &[]);
    edition_warns(&edition("2020-05-01T06:59:59Z", ", kind: LIVE_STREAM"), &[]);
}

#[test]
fn speakers_with_nearly_one_name() {
    let speakers = |other: &str| {
        format!(
            "speakers:\n  - {{slug: ada, name: Zoë Müller}}\n  - {{slug: bob, name: Bob}}\n  - {{slug: c, {other}}}\n"
        )
    };
    let warning = "speakers.yaml:4:21: warning: the name is nearly that of \"ada\", Zoë Müller: if they are one person, \
                   keep one of them, and write the other name under its aliases";
    for near in ["ZOE MULLER", "Zoe Muler", "Zoe Muhller", "Zoe Mulelr", "Zoé Mullet"] {
        warns(&[("speakers.yaml", &speakers(&format!("name: {near}")))], &[warning]);
    }
    for far in ["Zoe Mule", "Zoe Muellers", "Bop", "Zoe Muller, aliases: [Zoë Müller]"] {
        warns(&[("speakers.yaml", &speakers(&format!("name: {far}")))], &[]);
    }
    let teams = "speakers:\n  - {slug: ada, name: Team 1}\n  - {slug: bob, name: Team 2}\n";
    warns(&[("speakers.yaml", teams)], &[]);
}

#[test]
fn tags_that_are_nearly_others() {
    edition_warns(
        "
        talks:
          - {slug: a, title: A, tags: [long-term, metrics, http2, go]}
          - {slug: b, title: B, tags: [long-term, metrics, http3, ci]}
          - {slug: c, title: C, tags: [Long Term, metric, Metrics, metrisc]}
        ",
        &[
            "9:32: note: the tag is nearly \"long-term\", which has 2 talks",
            "9:43: note: the tag is nearly \"metrics\", which has 2 talks",
            "9:51: note: the tag is nearly \"metrics\", which has 2 talks",
            "9:60: note: the tag is nearly \"metrics\", which has 2 talks",
        ],
    );
}
