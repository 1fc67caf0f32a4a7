//! What the files must agree on.

use super::{COMPANIES_TEXT, CONFERENCES_TEXT, EDITION_TEXT, SPEAKERS_TEXT, edition_has, folder_has, yaml};

const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

/// An edition with another slug.
fn other(slug: &str, lines: &str) -> String {
    format!("{}{lines}", EDITION_TEXT.replace("x-2020", slug))
}

#[test]
fn slugs() {
    let twice = |text: &str, slug: &str| format!("{text}  - slug: {slug}\n    name: N\n");
    folder_has(
        &[("conferences.yaml", &twice(CONFERENCES_TEXT, "promcon"))],
        &["conferences.yaml:4:11: duplicate slug: the conference \"promcon\" is there already, in line 2"],
    );
    folder_has(
        &[("companies.yaml", &twice(COMPANIES_TEXT, "acme"))],
        &["companies.yaml:6:11: duplicate slug: the company \"acme\" is there already, in line 2"],
    );
    folder_has(
        &[("speakers.yaml", &twice(SPEAKERS_TEXT, "bob"))],
        &["speakers.yaml:6:11: duplicate slug: the speaker \"bob\" is there already, in line 4"],
    );
    let former = format!("{SPEAKERS_TEXT}    former_slugs: [ada, rob, rob]\n");
    folder_has(
        &[("speakers.yaml", &former)],
        &[
            "speakers.yaml:6:20: duplicate slug: \"ada\" leads to the speaker in line 2 already",
            "speakers.yaml:6:30: duplicate slug: \"rob\" leads to the speaker in line 6 already",
        ],
    );
}

#[test]
fn slugs_of_editions() {
    folder_has(
        &[("editions/y-2020.yaml", EDITION_TEXT)],
        &[
            "editions/y-2020.yaml:1:7: duplicate acronym: \"x_2020\" is that of editions/x-2020.yaml:1 already; \
             give one of the two another",
            "editions/y-2020.yaml:1:7: duplicate slug: the edition \"x-2020\" is there already, \
             in editions/x-2020.yaml:1",
            "editions/y-2020.yaml:1:7: the slug and the file's name differ: for \"x-2020\" it is editions/x-2020.yaml",
        ],
    );
    folder_has(
        &[("editions/y-2020.yaml", &other("y-2020", "acronym: x_2020\nformer_slugs:\n  - x-2020\n"))],
        &[
            "editions/y-2020.yaml:6:10: duplicate acronym: \"x_2020\" is that of editions/x-2020.yaml:1 already; \
             give one of the two another",
            "editions/y-2020.yaml:8:5: duplicate slug: \"x-2020\" leads to the edition \
             in editions/x-2020.yaml:1 already",
        ],
    );
}

#[test]
fn ids() {
    let companies = format!("{COMPANIES_TEXT}    id: {ID}\n");
    let edition = EDITION_TEXT.to_owned()
        + &yaml(&format!(
            "
            merged_ids:
              - {ID}
            rooms:
              - slug: a
                name: A
                id: {ID}
            "
        ));
    folder_has(
        &[("companies.yaml", &companies), ("editions/x-2020.yaml", &edition)],
        &[
            &format!("editions/x-2020.yaml:7:5: duplicate id: {ID} is in companies.yaml:6 already"),
            &format!("editions/x-2020.yaml:11:9: duplicate id: {ID} is in editions/x-2020.yaml:7 already")
                .replace("editions/x-2020.yaml:7 already", "line 7 already"),
        ],
    );
}

#[test]
fn references_to_other_files() {
    edition_has(
        "
        replaces: z
        involvements:
          - person: adda
            role: HOST
        sponsors:
          - company: google
        ",
        &[
            "6:11: there is no edition \"z\"",
            "8:13: there is no speaker \"adda\": did you mean \"ada\"?",
            "11:14: there is no company \"google\"",
        ],
    );
    let renamed = format!("{SPEAKERS_TEXT}    former_slugs:\n      - robert\n");
    let edition =
        format!("{EDITION_TEXT}involvements:\n  - person: robert\n    role: HOST\n").replace("promcon", "promcom");
    folder_has(
        &[("speakers.yaml", &renamed), ("editions/x-2020.yaml", &edition)],
        &[
            "editions/x-2020.yaml:2:13: there is no conference \"promcom\": did you mean \"promcon\"?",
            "editions/x-2020.yaml:7:13: there is no speaker \"robert\": it was renamed, write \"bob\"",
        ],
    );
}

#[test]
fn what_a_broken_file_might_have_known_is_not_missed() {
    let edition = format!("{EDITION_TEXT}sponsors:\n  - company: google\n");
    folder_has(
        &[("companies.yaml", "companies: x\n"), ("editions/x-2020.yaml", &edition)],
        &["companies.yaml:1:12: \"x\" is a text, not a list"],
    );
    folder_has(
        &[
            ("editions/y-2020.yaml", "slug: 5\n"),
            ("editions/x-2020.yaml", &format!("{EDITION_TEXT}replaces: y-2020\n")),
        ],
        &[
            "editions/y-2020.yaml:1:1: the key \"conference\" is missing",
            "editions/y-2020.yaml:1:1: the key \"name\" is missing",
            "editions/y-2020.yaml:1:1: the key \"timezone\" is missing",
            "editions/y-2020.yaml:1:1: the key \"year\" is missing",
            "editions/y-2020.yaml:1:7: 5 is a number as it stands: put it in quotes, '5', to make it a text",
        ],
    );
}

#[test]
fn what_is_left_is_checked_in_the_same_round() {
    // Broken items are left out, and what refers to them is right.
    edition_has(
        "
        starts_on: 2020-05-01
        ends_on: 2020-05-02
        rooms:
          - {slug: hall, nam: Hall}
        tracks: [{slug: ops, name: Ops, color: red}]
        talks:
          - {slug: a, titel: A}
          - {slug: b, title: B, track: ops, tags: [x, 5], appearances: [{speaker: ida}, {speaker: Ada}]}
          - {slug: c, title: C, block: a, language: '?'}
        slots:
          - {number: 7, talk: b, starts_at: 2021-05-01T09:00, room: hall}
          - {number: 8, talk: c, starts_at: noon}
          - {number: 7, talk: a, starts_at: 2020-05-01T09:00}
          - {number: 9, talk: d, starts_at: 2020-05-01T09:00, room: attic}
        ",
        &[
            "9:5: the key \"name\" is missing",
            "9:18: unknown key \"nam\": did you mean \"name\"?",
            "10:40: \"red\" is not a color of the form #rrggbb, such as #e6522c",
            "12:5: the key \"title\" is missing",
            "12:15: unknown key \"titel\": did you mean \"title\"?",
            "13:47: 5 is a number as it stands: put it in quotes, '5', to make it a text",
            "13:75: there is no speaker \"ida\": did you mean \"ada\"?",
            "13:91: \"Ada\" is not a slug: lower-case letters, digits and single hyphens between them, up to 200, \
             such as ada",
            "14:45: \"?\" is not a BCP 47 language tag (The given language subtag is invalid), such as en or pt-BR",
            "16:37: 2021-05-01T09:00 is outside the edition's days, 2020-05-01 to 2020-05-02: correct the time, or \
             starts_on and ends_on",
            "17:37: \"noon\" is not a local time of the form YYYY-MM-DDTHH:MM, such as 2016-08-25T09:30",
            "18:14: duplicate number 7: the next one free is 10",
            "19:23: there is no talk in this edition \"d\"",
            "19:61: there is no room in this edition \"attic\"",
        ],
    );
    // One day is not missed because it is broken, and a list is not because its key is.
    edition_has(
        "
        starts_on: May
        ends_on: 2020-05-02
        slots:
          - {number: 1, talk: a, starts_at: 2021-05-01T09:00}
        tlaks: []
        sponsors: [{company: google}]
        ",
        &[
            "6:12: \"May\" is not a date of the form YYYY-MM-DD, such as 2016-08-25",
            "10:1: unknown key \"tlaks\": did you mean \"talks\"?",
            "11:22: there is no company \"google\"",
        ],
    );
    folder_has(
        &[
            ("speakers.yaml", "speakers:\n  - {slug: ada, nmae: Ada}\n  - {slug: bob, name: Bob}\n"),
            (
                "editions/x-2020.yaml",
                &format!("{EDITION_TEXT}involvements: [{{role: HOST, person: ada}}, {{role: HOST, person: eve}}]\n"),
            ),
        ],
        &[
            "editions/x-2020.yaml:6:64: there is no speaker \"eve\"",
            "speakers.yaml:2:5: the key \"name\" is missing",
            "speakers.yaml:2:17: unknown key \"nmae\": did you mean \"name\"?",
        ],
    );
}

#[test]
fn replaced_editions() {
    edition_has("replaces: x-2020\n", &["6:11: an edition can't replace itself"]);
    folder_has(
        &[
            ("editions/y.yaml", &other("y", "replaces: x-2020\n")),
            ("editions/z.yaml", &other("z", "replaces: x-2020\n")),
        ],
        &["editions/z.yaml:6:11: \"x-2020\" is replaced by the edition in editions/y.yaml:6 already"],
    );
}

#[test]
fn successors() {
    let circle = yaml(
        "
        companies:
          - {slug: a, name: A, successor: b}
          - {slug: b, name: B, successor: c}
          - {slug: c, name: C, successor: b}
        ",
    );
    folder_has(
        &[("companies.yaml", &circle)],
        &["companies.yaml:3:35: the successors go round in a circle: b → c → b"],
    );
    let itself = yaml(
        "
        companies:
          - {slug: a, name: A, successor: a}
          - {slug: b, name: B, successor: d}
        ",
    );
    folder_has(
        &[("companies.yaml", &itself)],
        &[
            "companies.yaml:2:35: the successors go round in a circle: a → a",
            "companies.yaml:3:35: there is no company \"d\"",
        ],
    );
}

#[test]
fn links() {
    edition_has(
        "
        links:
          - kind: OTHER
        ",
        &["7:5: a link has a url, or where none is known a title"],
    );
    edition_has(
        "
        links:
          - {kind: POST, url: 'https://a.b/'}
          - {kind: POST, url: 'https://a.b/'}
          - {kind: PHOTO, url: 'https://a.b/'}
        ",
        &["8:23: this link is there already, with the same kind"],
    );
    let titles =
        format!("{SPEAKERS_TEXT}    links:\n      - {{kind: POST, title: T}}\n      - {{kind: POST, title: T}}\n");
    folder_has(&[("speakers.yaml", &titles)], &["speakers.yaml:8:29: this link is there already, with the same kind"]);
}

#[test]
fn recordings() {
    let key = "youtube:3Tb4Wc0kfCM";
    let loose = format!("recordings:\n  - key: {key}\n  - key: other:1\n");
    let edition = format!("{EDITION_TEXT}recordings:\n  - key: {key}\n  - key: peertube:1\n    url: https://a.b/\n");
    folder_has(
        &[("recordings.yaml", &loose), ("editions/x-2020.yaml", &edition)],
        &[
            "editions/x-2020.yaml:7:10: duplicate key: it is in recordings.yaml:2 already",
            "recordings.yaml:3:10: the key \"url\" is missing: this provider's addresses can't be derived from the key",
        ],
    );
    edition_has(
        "
        talks:
          - slug: a
            title: A
            recordings: [{recording: 'other:1'}]
        ",
        &["9:30: list \"other:1\" under recordings too, with its url, which can't be derived from the key"],
    );
}

#[test]
fn playlists() {
    edition_has(
        "
        talks:
          - slug: a
            title: A
            recordings: [{recording: 'youtube:3Tb4Wc0kfCM'}]
        playlists:
          - key: youtube:PLx
            title: T
            recordings:
              - youtube:3Tb4Wc0kfCM
              - youtube:aaaaaaaaaaa
              - youtube:3Tb4Wc0kfCM
          - key: youtube:PLx
            title: U
          - key: other:P
            title: V
        ",
        &[
            "15:9: there is no recording \"youtube:aaaaaaaaaaa\": list it under recordings, or name it in a talk",
            "16:9: \"youtube:3Tb4Wc0kfCM\" is in the playlist already",
            "17:10: duplicate key: it is in line 11 already",
            "19:10: the key \"url\" is missing: this provider's addresses can't be derived from the key",
        ],
    );
}
