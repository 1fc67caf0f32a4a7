//! Folders as a whole: what is read, what is written, and what is left alone.

use std::path::{Path, PathBuf};

use super::*;
use crate::format::{
    document::Document,
    native::{FileContent, schemas, write, yaml::parse},
};

#[test]
fn everything_wrong_comes_at_once_in_order() {
    let scratch = Scratch::sound();
    scratch.put("companies.yaml", b"companies:\n  - slug: \xff\n");
    scratch.put("speakers.yaml", "speakers: [\n");
    scratch.put("talks.yml", "");
    scratch.put("README.md", "a: b: c");
    scratch.put(".hidden.yaml", "a: b: c");
    scratch.put("editions/y.yml", EDITION_TEXT);
    scratch.put(
        "editions/x-2020.yaml",
        EDITION_TEXT.to_owned()
            + &yaml(
                "
                tickets:
                  - name: A
                    price: 1
                ends_on: 2020-01-01
                ",
            ),
    );
    fs::remove_file(scratch.0.join("conferences.yaml")).unwrap();
    assert_eq!(
        scratch.problems(),
        [
            "companies.yaml:2:11: not UTF-8 from here on",
            "conferences.yaml:1:1: this file is missing",
            "editions/x-2020.yaml:8:12: the key \"currency\" is missing: a price above 0 has one, such as EUR",
            "editions/x-2020.yaml:9:10: the key \"starts_on\" is missing: write both, or neither",
            "editions/y.yml:1:1: the name of an edition's file ends with .yaml",
            "speakers.yaml:2:1: not YAML: while parsing a node, did not find expected node content",
            "talks.yml:1:1: not a file of the format, which would be conferences.yaml, companies.yaml, speakers.yaml, \
             recordings.yaml or editions/….yaml",
        ]
    );
    let nowhere = read(&scratch.0.join("nowhere")).unwrap_err().to_string();
    assert!(nowhere.contains("the folder can't be read"), "{nowhere}");
}

#[test]
fn promcon_comes_back_as_it_is() {
    let document = read(&promcon()).unwrap();
    let mut sorted = document.clone();
    sorted.sort();
    assert!(sorted == document && !document.editions.is_empty());

    let scratch = Scratch::new();
    let first = write(&scratch.0, &document).unwrap();
    assert_eq!((first.written.len(), first.left_alone.len()), (document.editions.len() + 3, 0));
    assert!(read(&scratch.0).unwrap() == document);
    let second = write(&scratch.0, &document).unwrap();
    assert_eq!((second.written.len(), second.left_alone), (0, first.written.clone()));

    // The archive that ships is written canonically.
    for file in &first.written {
        assert_eq!(
            scratch.text(file.to_str().unwrap()),
            fs::read_to_string(promcon().join(file)).unwrap(),
            "{}",
            file.display()
        );
    }
}

#[test]
fn a_file_with_the_same_content_stays_as_it_is() {
    let scratch = Scratch::sound();
    let by_hand = yaml(
        r#"
        # Ours.
        speakers:
        - {name: "Bob", slug: bob}  # the builder
        - slug: ada
          name: Ada
        "#,
    );
    scratch.put("speakers.yaml", &by_hand);
    let mut document = read(&scratch.0).unwrap();
    document.companies.pop();
    let written = write(&scratch.0, &document).unwrap();
    assert_eq!(written.written, [PathBuf::from("companies.yaml")]);
    assert_eq!(written.left_alone.len(), 3);
    assert_eq!(scratch.text("speakers.yaml"), by_hand);
    assert_eq!(scratch.text("companies.yaml"), "companies:\n  - slug: acme\n    name: Acme\n");
    assert_eq!(fs::read_dir(&scratch.0).unwrap().count(), 4, "no temporary files");
}

#[test]
fn an_edition_moves_with_its_slug_and_others_stay() {
    let scratch = Scratch::sound();
    scratch.put("editions/old.yaml", EDITION_TEXT.replace("x-2020", "old"));
    scratch.put("recordings.yaml", "recordings:\n  - key: youtube:3Tb4Wc0kfCM\n");
    let mut document = read(&scratch.0).unwrap();
    document.recordings.clear();
    document.editions.retain(|edition| edition.slug.as_str() == "x-2020");
    for edition in &mut document.editions {
        edition.identity.former_slugs = vec![edition.slug.clone()];
        edition.slug = "new-2020".parse().unwrap();
    }
    let written = write(&scratch.0, &document).unwrap();
    assert_eq!(written.written, [PathBuf::from("editions/new-2020.yaml")]);
    assert_eq!(written.removed, [PathBuf::from("editions/x-2020.yaml"), PathBuf::from("recordings.yaml")]);
    let slugs: Vec<String> =
        read(&scratch.0).unwrap().editions.iter().map(|edition| edition.slug.to_string()).collect();
    assert_eq!(slugs, ["new-2020", "old"]);
}

#[test]
fn the_canonical_order() {
    let lines = yaml(
        "
        slots:
          - {number: 4, starts_at: 2020-10-25T02:10+01:00, talk: late}
          - {number: 3, starts_at: 2020-10-25T02:30+02:00, talk: round}
          - {number: 9, starts_at: 2020-10-24T10:00, talk: z-first}
          - {number: 2, starts_at: 2020-10-24T10:00, kind: BREAK, title: B}
        talks:
          - {slug: a-none, title: T}
          - {slug: late, title: T}
          - {slug: a-two, title: T, block: round, block_position: 2}
          - {slug: b-one, title: T, block: round, block_position: 1}
          - {slug: round, title: T, kind: LIGHTNING_BLOCK}
          - {slug: z-first, title: T}
        ",
    );
    let scratch = Scratch::sound();
    scratch.put("editions/x-2020.yaml", format!("{EDITION_TEXT}{lines}"));
    let Document { editions, .. } = read(&scratch.0).unwrap();
    let edition = editions.first().unwrap();
    assert_eq!(edition.slots.iter().map(|slot| slot.number).collect::<Vec<_>>(), [2, 9, 3, 4]);
    let talks: Vec<&str> = edition.talks.iter().map(|talk| talk.slug.as_str()).collect();
    assert_eq!(talks, ["z-first", "round", "b-one", "a-two", "late", "a-none"]);
    let mut again = edition.clone();
    FileContent::sort(&mut again);
    assert!(again == *edition);
}

#[test]
fn the_schemas_are_json_and_checked_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema");
    for (name, text) in schemas() {
        let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        assert!(!text.contains("null"), "{name}");

        // What we take, an editor takes.
        let validator = jsonschema::options().should_validate_formats(false).build(&schema).unwrap();
        for file in files_of(name) {
            let value = parse(&fs::read_to_string(&file).unwrap()).value.unwrap();
            let wrong: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert_eq!(wrong, [""; 0], "{}", file.display());
        }
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), text, "run `lectern contracts`");
    }
}

fn files_of(schema: &str) -> Vec<PathBuf> {
    let name = schema.replace(".schema.json", ".yaml");
    match name.as_str() {
        "edition.yaml" => {
            fs::read_dir(promcon().join("editions")).unwrap().map(|entry| entry.unwrap().path()).collect()
        }
        name => Some(promcon().join(name)).filter(|path| path.exists()).into_iter().collect(),
    }
}

#[test]
fn the_examples_of_the_documentation_are_sound() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/archive-format.md")).unwrap();
    let scratch = Scratch::new();
    for (heading, file) in [
        ("## conferences.yaml", "conferences.yaml"),
        ("## companies.yaml", "companies.yaml"),
        ("## speakers.yaml", "speakers.yaml"),
        ("## editions/", "editions/promcon-2016-berlin.yaml"),
        ("## recordings.yaml", "recordings.yaml"),
    ] {
        let (_, section) = text.split_once(&format!("\n{heading}")).unwrap();
        let (_, example) = section.split_once("```yaml\n").unwrap();
        scratch.put(file, example.split_once("```").unwrap().0);
    }
    assert_eq!(scratch.problems(), [""; 0]);
}
