//! The keys by which names are compared and sorted, in a database of an earlier version.

use std::fs;

use serde_json::json;
use test_attributes::on_both_databases;

use super::database::small_archive;
use crate::support::{app::Backend, command::Terminal};

#[on_both_databases]
#[test]
fn the_keys_of_an_earlier_version_are_made_anew(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    small_archive(&terminal, "mine");
    fs::write(
        terminal.folder().join("mine/speakers.yaml"),
        "speakers:\n  - slug: zelda\n    name: Zelda\n  - slug: orjan\n    name: Ørjan\n    aliases:\n      - Þór\n  - slug: lukasz\n    name: Łukasz\n",
    )
    .unwrap();
    fs::create_dir_all(terminal.folder().join("mine/editions")).unwrap();
    fs::write(
        terminal.folder().join("mine/editions/mine-2026.yaml"),
        "slug: mine-2026\nconference: mine\nname: Mine 2026\nyear: 2026\ntimezone: UTC\ntalks:\n  - slug: t\n    title: T\n    tags:\n      - straße\n      - other\n      - zzz\n",
    )
    .unwrap();
    terminal.stdout(&["import", "mine"]);

    // An earlier version told `straße` and `strasse` apart.
    let json = |column: &str| match backend {
        Backend::Sqlite => format!("{column} = replace({column}, '\"zzz\"', '\"strasse\"')"),
        Backend::Postgres => format!("{column} = replace({column}::text, '\"zzz\"', '\"strasse\"')::jsonb"),
    };
    terminal.tamper(&format!("UPDATE change SET {}", json("after")));
    terminal.tamper("UPDATE talk_tag SET name_key = 'straße' WHERE name = 'straße'");
    terminal.tamper("UPDATE talk_tag SET name = 'strasse', name_key = 'strasse' WHERE name = 'zzz'");
    terminal.tamper("UPDATE speaker SET name_key = 'x', name_sort = ''");
    terminal.tamper("UPDATE talk SET title_key = 'x', title_sort = ''");
    terminal.tamper("UPDATE alias SET value_key = 'x'");
    terminal.tamper("UPDATE data_version SET version = '1' WHERE name = 'keys'");

    assert!(terminal.stdout(&["check"]).contains("the log and the tables agree"));
    let serving = terminal.serve(&[]);
    let data = serving.graphql(
        "",
        r#"{ speakers(orderBy: { field: NAME }) { nodes { name } }
            lukasz: speakers(filter: { nameContains: "lukasz" }) { nodes { name } }
            thor: speakers(filter: { nameContains: "thor" }) { nodes { name } }
            talks(filter: { tag: "STRASSE" }) { nodes { tags } } }"#,
    );
    assert_eq!(
        data,
        json!({
            "speakers": { "nodes": [{ "name": "Łukasz" }, { "name": "Ørjan" }, { "name": "Zelda" }] },
            "lukasz": { "nodes": [{ "name": "Łukasz" }] },
            "thor": { "nodes": [{ "name": "Ørjan" }] },
            "talks": { "nodes": [{ "tags": ["straße", "other"] }] },
        })
    );
    serving.stop();
}
