//! Files that a person wrote, after an export of other content: only what changed is written.

use super::*;
use crate::format::{
    document::{Document, Edition},
    native::write,
};

/// An edition as a person writes it: with comments, blank lines, quotes, flow style, and keys and items in an order of
/// their own.
const BY_HAND: &str = r#"# yaml-language-server: $schema=../edition.schema.json
# Ours.

name: "X"   # with quotes
slug: x-2020
conference: promcon
year: 2020
timezone: 'Europe/Berlin'

format: IN_PERSON  # the default, written out
rooms: [{slug: main, name: Main}, {name: "Attic", slug: attic}]
hashtags: [x, y]

talks:
# The second one first.
- slug: b
  title: 'It''s B'
  # Long.
  abstract: |
      One.

      Two.
  tags:
  - 'alerting'   # often
  - scale

  # Not sure about this one.
- title: Plain A
  slug: a
  kind: TALK
  appearances:
  - {speaker: ada, companies: [acme]}
  - {speaker: bob}

slots:
    # The morning.
    - number: 2
      starts_at: 2020-05-01T10:00:00
      talk: b
    - talk: a   # opens
      number: 1
      starts_at: '2020-05-01T09:00'

    # The break.
    - number: 3
      kind: BREAK
      title: Break
      starts_at: 2020-05-01T11:00
"#;

fn edition(document: &mut Document) -> &mut Edition {
    document.editions.first_mut().unwrap()
}

/// Checks that after a change the lines that are gone from the file and those that are new are these.
#[track_caller]
fn differs(change: impl FnOnce(&mut Edition), expected: &str) {
    differs_from(BY_HAND, change, expected);
}

#[track_caller]
fn differs_from(text: &str, change: impl FnOnce(&mut Edition), expected: &str) {
    let scratch = Scratch::sound();
    scratch.put("editions/x-2020.yaml", text);
    let mut document = read(&scratch.0).unwrap();
    change(edition(&mut document));
    let written = write(&scratch.0, &document).unwrap();
    assert_eq!(written.written, [PathBuf::from("editions/x-2020.yaml")]);
    document.sort();
    assert!(read(&scratch.0).unwrap() == document, "{}", scratch.text("editions/x-2020.yaml"));
    let difference = difference(text, &scratch.text("editions/x-2020.yaml")) + "\n";
    assert_eq!(difference, yaml(expected), "\n{difference}");
}

/// The lines that two texts do not share, `-` for the first and `+` for the second.
fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for (n, left) in old.iter().enumerate().rev() {
        for (m, right) in new.iter().enumerate().rev() {
            common[n][m] =
                if left == right { common[n + 1][m + 1] + 1 } else { common[n + 1][m].max(common[n][m + 1]) };
        }
    }
    let (mut n, mut m, mut lines) = (0, 0, Vec::new());
    while n < old.len() || m < new.len() {
        if n < old.len() && m < new.len() && old[n] == new[m] {
            (n, m) = (n + 1, m + 1);
        } else if n < old.len() && (m == new.len() || common[n + 1][m] >= common[n][m + 1]) {
            lines.push(format!("-{}", old[n]).trim_end().to_owned());
            n += 1;
        } else {
            lines.push(format!("+{}", new[m]).trim_end().to_owned());
            m += 1;
        }
    }
    lines.join("\n")
}

#[test]
fn one_value_is_one_line() {
    differs(
        |edition| edition.name = "Y: the second".to_owned(),
        r#"
        -name: "X"   # with quotes
        +name: "Y: the second"   # with quotes
        "#,
    );
    differs(
        |edition| edition.talks[1].title = "It's C, at last".to_owned(),
        "
        -  title: 'It''s B'
        +  title: 'It''s C, at last'
        ",
    );
    differs(
        |edition| edition.talks[0].title = "A: with a colon".to_owned(),
        "
        -- title: Plain A
        +- title: 'A: with a colon'
        ",
    );
    differs(
        |edition| edition.slots[0].starts_at = "2020-05-01T08:30".parse().unwrap(),
        "
        -      starts_at: '2020-05-01T09:00'
        +      starts_at: '2020-05-01T08:30'
        ",
    );
    differs(
        |edition| edition.year = 2021,
        "
        -year: 2020
        +year: 2021
        ",
    );
    differs(
        |edition| edition.format = "HYBRID".parse_word(),
        "
        -format: IN_PERSON  # the default, written out
        +format: HYBRID  # the default, written out
        ",
    );
}

/// Reads a word of a closed list.
trait ParseWord {
    fn parse_word<T: serde::de::DeserializeOwned>(&self) -> T;
}

impl ParseWord for str {
    fn parse_word<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.into()).unwrap()
    }
}

#[test]
fn values_in_flow_style() {
    differs(
        |edition| edition.rooms[1].name = "Attic, left".to_owned(),
        r#"
        -rooms: [{slug: main, name: Main}, {name: "Attic", slug: attic}]
        +rooms: [{slug: main, name: Main}, {name: "Attic, left", slug: attic}]
        "#,
    );
    differs(
        |edition| edition.rooms[0].name = "Main, [left]".to_owned(),
        r#"
        -rooms: [{slug: main, name: Main}, {name: "Attic", slug: attic}]
        +rooms: [{slug: main, name: 'Main, [left]'}, {name: "Attic", slug: attic}]
        "#,
    );
    differs(
        |edition| {
            edition.rooms[0].capacity = Some(300);
            edition.hashtags = vec!["w".to_owned(), "x".to_owned(), "z".to_owned(), "é".to_owned()];
        },
        r#"
        -rooms: [{slug: main, name: Main}, {name: "Attic", slug: attic}]
        -hashtags: [x, y]
        +rooms: [{slug: main, name: Main, capacity: 300}, {name: "Attic", slug: attic}]
        +hashtags: [w, x, z, é]
        "#,
    );
    differs(
        |edition| {
            edition.rooms.remove(0);
            edition.hashtags.remove(1);
            edition.talks[0].appearances.remove(0);
        },
        r#"
        -rooms: [{slug: main, name: Main}, {name: "Attic", slug: attic}]
        -hashtags: [x, y]
        +rooms: [{name: "Attic", slug: attic}]
        +hashtags: [x]
        -  - {speaker: ada, companies: [acme]}
        "#,
    );
}

#[test]
fn texts_of_several_lines() {
    differs(
        |edition| edition.talks[1].r#abstract = Some("One.\n\nTwo and a half.\n".to_owned()),
        "
        -      Two.
        +      Two and a half.
        ",
    );
    differs(
        |edition| edition.talks[1].r#abstract = Some("One: line".to_owned()),
        "
        -  abstract: |
        -      One.
        -
        -      Two.
        +  abstract: 'One: line'
        ",
    );
    differs(
        |edition| edition.talks[1].r#abstract = Some("  In.\nTwo.".to_owned()),
        "
        -  abstract: |
        -      One.
        -
        +  abstract: |4-
        +        In.
        ",
    );
    differs(
        |edition| edition.talks[1].r#abstract = None,
        "
        -  # Long.
        -  abstract: |
        -      One.
        -
        -      Two.
        ",
    );
    differs(
        |edition| edition.talks[0].r#abstract = Some("New.\n\nLines.\n".to_owned()),
        "
        +  abstract: |
        +    New.
        +
        +    Lines.
        ",
    );
    let one_line = BY_HAND.replace("kind: TALK\n", "abstract: 'Old'  # hm\n");
    differs_from(
        &one_line,
        |edition| edition.talks[0].r#abstract = Some("New.\nLines.".to_owned()),
        "
        -  abstract: 'Old'  # hm
        +  abstract: |-  # hm
        +    New.
        +    Lines.
        ",
    );
}

#[test]
fn things_are_added_and_removed() {
    differs(
        |edition| {
            let mut talk = edition.talks[0].clone();
            (talk.slug, talk.title) = ("c".parse().unwrap(), "C".to_owned());
            edition.talks.push(talk);
        },
        "
        +- slug: c
        +  title: C
        +  appearances:
        +    - speaker: ada
        +      companies:
        +        - acme
        +    - speaker: bob
        +
        ",
    );
    differs(
        |edition| drop(edition.slots.remove(2)),
        "
        -
        -    # The break.
        -    - number: 3
        -      kind: BREAK
        -      title: Break
        -      starts_at: 2020-05-01T11:00
        ",
    );
    differs(
        |edition| drop(edition.slots.remove(1)),
        "
        -    # The morning.
        -    - number: 2
        -      starts_at: 2020-05-01T10:00:00
        -      talk: b
        ",
    );
    differs(
        |edition| edition.slots.clear(),
        "
        -
        -slots:
        -    # The morning.
        -    - number: 2
        -      starts_at: 2020-05-01T10:00:00
        -      talk: b
        -    - talk: a   # opens
        -      number: 1
        -      starts_at: '2020-05-01T09:00'
        -
        -    # The break.
        -    - number: 3
        -      kind: BREAK
        -      title: Break
        -      starts_at: 2020-05-01T11:00
        ",
    );
    differs(
        |edition| {
            edition.city = Some("Berlin".to_owned());
            edition.talks[1].tags = vec!["scale".to_owned(), "new".to_owned()];
            edition.talks[0].kind = "KEYNOTE".parse_word();
        },
        "
        +city: Berlin
        -  - 'alerting'   # often
        +  - new
        -  kind: TALK
        +  kind: KEYNOTE
        ",
    );
}

#[test]
fn a_renamed_talk_stays_where_it_is() {
    differs(
        |edition| {
            edition.talks[0].identity.former_slugs = vec!["a".parse().unwrap()];
            edition.talks[0].slug = "z".parse().unwrap();
            edition.slots[0].talk = Some("z".parse().unwrap());
        },
        "
        -  slug: a
        +  slug: z
        +  former_slugs:
        +    - a
        -    - talk: a   # opens
        +    - talk: z   # opens
        ",
    );
}

#[test]
fn what_cannot_be_edited_is_written_anew() {
    // The order of appearances is data.
    differs(
        |edition| edition.talks[0].appearances.reverse(),
        "
        -  - {speaker: ada, companies: [acme]}
        -  - {speaker: bob}
        +    - speaker: bob
        +    - speaker: ada
        +      companies:
        +        - acme
        ",
    );
    let broken = "slug: x-2020\nname: [\n";
    let scratch = Scratch::sound();
    let document = read(&scratch.0).unwrap();
    scratch.put("editions/x-2020.yaml", broken);
    write(&scratch.0, &document).unwrap();
    assert_eq!(scratch.text("editions/x-2020.yaml"), EDITION_TEXT);
}

#[test]
fn other_line_ends_and_a_missing_last_one() {
    let scratch = Scratch::sound();
    scratch.put("editions/x-2020.yaml", EDITION_TEXT.trim_end().replace('\n', "\r\n"));
    let mut document = read(&scratch.0).unwrap();
    edition(&mut document).city = Some("Köln".to_owned());
    edition(&mut document).name = "X 2".to_owned();
    write(&scratch.0, &document).unwrap();
    let expected = format!("{}city: Köln\n", EDITION_TEXT.replace("name: X", "name: X 2")).replace('\n', "\r\n");
    assert_eq!(scratch.text("editions/x-2020.yaml"), expected);
}

/// No change makes an edit give up: then the file would be written anew, without the comment.
#[test]
fn promcon_is_edited_to_and_fro() {
    let scratch = Scratch::new();
    let document = read(&promcon()).unwrap();
    write(&scratch.0, &document).unwrap();
    let files: Vec<String> =
        document.editions.iter().map(|edition| format!("editions/{}.yaml", edition.slug)).collect();
    files.iter().for_each(|file| scratch.put(file, format!("# Ours.\n{}", scratch.text(file))));
    let all_have_comments = || files.iter().all(|file| scratch.text(file).starts_with("# Ours.\n"));
    for step in 0..4 {
        let mut changed = document.clone();
        for edition in &mut changed.editions {
            edition.slots = edition.slots.iter().skip(step).step_by(step + 2).cloned().collect();
            edition.links.clear();
            for (n, talk) in edition.talks.iter_mut().enumerate().filter(|(n, _)| n % 3 != step % 3) {
                talk.title = format!("\"{n}\": {}", talk.title);
                talk.r#abstract = Some(format!("{}\n\nof {n}\n", talk.title));
                talk.appearances.truncate(step);
                talk.recordings.clear();
            }
        }
        for wanted in [&mut changed, &mut document.clone()] {
            write(&scratch.0, wanted).unwrap();
            wanted.sort();
            assert!(read(&scratch.0).unwrap() == *wanted && all_have_comments());
        }
    }
}
