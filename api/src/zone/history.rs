//! The offsets by which the local times of an edition became instants. When the rules of a zone change, they tell the
//! local times that people wrote.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, SecondsFormat, Utc};
use jiff::tz::TimeZone as Rules;

use super::{Zone, changes_of, fixed, timestamp};

/// The offsets of a zone over some years: `2025-2027 -08:00 2026-03-08T10:00:00Z -07:00`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offsets {
    years: RangeInclusive<i32>,
    first: FixedOffset,
    changes: Vec<(DateTime<Utc>, FixedOffset)>,
}

/// Zones that had other rules in the database 2025b from September 2026 on.
struct FormerRules {
    zones: &'static [&'static str],
    /// The rules, in the form of POSIX.
    rules: &'static str,
    /// The spans in which the offset was +00:00 all the same.
    spans: &'static [(&'static str, &'static str)],
}

/// Where the database 2025b, by which Lectern computed before it stored offsets, differs from later ones.
const RULES_OF_2025B: [FormerRules; 5] = [
    FormerRules {
        zones: &["Africa/Casablanca", "Africa/El_Aaiun"],
        rules: "<+01>-1",
        spans: &[
            ("2027-02-07T02:00:00Z", "2027-03-14T02:00:00Z"),
            ("2028-01-23T02:00:00Z", "2028-03-05T02:00:00Z"),
            ("2029-01-14T02:00:00Z", "2029-02-18T02:00:00Z"),
            ("2029-12-30T02:00:00Z", "2030-02-10T02:00:00Z"),
            ("2030-12-22T02:00:00Z", "2031-01-26T02:00:00Z"),
        ],
    },
    FormerRules {
        zones: &["America/Edmonton", "America/Inuvik", "America/Yellowknife"],
        rules: "MST7MDT,M3.2.0,M11.1.0",
        spans: &[],
    },
    FormerRules { zones: &["America/Havana"], rules: "CST5CDT,M3.2.0/0,M11.1.0/1", spans: &[] },
    FormerRules { zones: &["America/Rainy_River", "America/Winnipeg"], rules: "CST6CDT,M3.2.0,M11.1.0", spans: &[] },
    FormerRules { zones: &["America/Vancouver"], rules: "PST8PDT,M3.2.0,M11.1.0", spans: &[] },
];

const LATER_RULES_SINCE: &str = "2026-09-01T00:00:00Z";

impl Offsets {
    /// The offsets of a zone in some years, and in those before and after.
    pub(crate) fn of(zone: Zone, years: &RangeInclusive<i32>) -> Self {
        let years = years.start().saturating_sub(1)..=years.end().saturating_add(1);
        let (from, until) = (new_year(*years.start()), new_year(years.end().saturating_add(1)));
        Self::merged(years, zone.offset_at(from), zone.changes(from, until).map(|at| (at, zone.offset_at(at))))
    }

    /// The same offsets by the database 2025b.
    pub(crate) fn by_2025b(zone: Zone, years: &RangeInclusive<i32>) -> Self {
        let Self { years, first, mut changes } = Self::of(zone, years);
        let rules = RULES_OF_2025B.iter().find(|former| former.zones.contains(&zone.name()));
        let rules = rules.and_then(|former| Some((Rules::posix(former.rules).ok()?, former.spans)));
        if let (Some((rules, spans)), Ok(since)) = (rules, LATER_RULES_SINCE.parse::<DateTime<Utc>>()) {
            let offset_at = |at: DateTime<Utc>| fixed(rules.to_offset(timestamp(at)));
            let until = new_year(years.end().saturating_add(1));
            changes.retain(|(at, _)| *at < since);
            changes.push((since, offset_at(since)));
            changes.extend(changes_of(&rules, since).take_while(|at| *at < until).map(|at| (at, offset_at(at))));
            for (from, to) in spans.iter().filter_map(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?))) {
                changes.extend([(from, fixed(jiff::tz::Offset::UTC)), (to, offset_at(to))]);
            }
            changes.retain(|(at, _)| *at < until);
        }
        Self::merged(years, first, changes)
    }

    /// The offsets, without changes to the same offset.
    fn merged(
        years: RangeInclusive<i32>,
        first: FixedOffset,
        changes: impl IntoIterator<Item = (DateTime<Utc>, FixedOffset)>,
    ) -> Self {
        let mut merged = Self { years, first, changes: Vec::new() };
        for (at, offset) in changes {
            if merged.changes.last().map_or(first, |(_, last)| *last) != offset {
                merged.changes.push((at, offset));
            }
        }
        merged
    }

    /// Whether an instant is in the years of these offsets.
    pub(crate) fn is_about(&self, instant: DateTime<Utc>) -> bool {
        self.years.contains(&instant.year())
    }

    /// The offset at an instant.
    pub(crate) fn at(&self, instant: DateTime<Utc>) -> FixedOffset {
        self.changes.iter().rev().find(|(at, _)| *at <= instant).map_or(self.first, |(_, offset)| *offset)
    }
}

fn new_year(year: i32) -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(year, 1, 1).map(|date| date.and_time(NaiveTime::MIN).and_utc()).unwrap_or_default()
}

impl fmt::Display for Offsets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{} {}", self.years.start(), self.years.end(), self.first)?;
        self.changes
            .iter()
            .try_for_each(|(at, offset)| write!(f, " {} {offset}", at.to_rfc3339_opts(SecondsFormat::Secs, true)))
    }
}

impl FromStr for Offsets {
    type Err = Box<dyn std::error::Error>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut words = text.split_whitespace();
        let (first_year, last_year) = words.next().and_then(|years| years.split_once('-')).unwrap_or_default();
        let years = first_year.parse()?..=last_year.parse()?;
        let first = offset_of(words.next().unwrap_or_default())?;
        let mut changes = Vec::new();
        while let (Some(at), Some(offset)) = (words.next(), words.next()) {
            changes.push((at.parse()?, offset_of(offset)?));
        }
        Ok(Self { years, first, changes })
    }
}

/// An offset, whose seconds chrono's parser would drop: `-00:44:30`.
fn offset_of(text: &str) -> Result<FixedOffset, Box<dyn std::error::Error>> {
    let wrong = || format!("{text} is no offset");
    let (sign, digits) = text.strip_prefix('-').map_or((1, text.trim_start_matches('+')), |digits| (-1, digits));
    let mut seconds = 0;
    for (part, unit) in digits.split(':').zip([3600, 60, 1]) {
        seconds += part.parse::<i32>()? * unit;
    }
    Ok(FixedOffset::east_opt(sign * seconds).ok_or_else(wrong)?)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// The offsets in hours at the first of December 2026 and of July 2027, by the database 2025b and by the one built in.
    #[test]
    fn nine_zones_had_other_offsets_in_2025b() {
        let hours = |offsets: &Offsets, at: &str| offsets.at(at.parse().unwrap()).local_minus_utc() / 3600;
        for (name, then, now) in [
            ("Africa/Casablanca", [1, 1], [0, 0]),
            ("Africa/El_Aaiun", [1, 1], [0, 0]),
            ("America/Edmonton", [-7, -6], [-6, -6]),
            ("America/Havana", [-5, -4], [-4, -4]),
            ("America/Inuvik", [-7, -6], [-6, -6]),
            ("America/Rainy_River", [-6, -5], [-5, -5]),
            ("America/Vancouver", [-8, -7], [-7, -7]),
            ("America/Winnipeg", [-6, -5], [-5, -5]),
            ("America/Yellowknife", [-7, -6], [-6, -6]),
            ("Europe/Berlin", [1, 2], [1, 2]),
            ("Australia/Lord_Howe", [11, 10], [11, 10]),
        ] {
            let zone = Zone::named(name).unwrap();
            let both = [Offsets::by_2025b(zone, &(2026..=2027)), Offsets::of(zone, &(2026..=2027))];
            let at = |offsets: &Offsets| ["2026-12-01T00:00:00Z", "2027-07-01T00:00:00Z"].map(|at| hours(offsets, at));
            assert_eq!([at(&both[0]), at(&both[1])], [then, now], "{name}");
            for offsets in &both {
                assert_eq!(offsets.to_string().parse::<Offsets>().unwrap(), *offsets, "{name}");
                assert_eq!(hours(offsets, "2026-06-01T00:00:00Z"), hours(&both[1], "2026-06-01T00:00:00Z"), "{name}");
            }
        }
        let ramadan = Offsets::by_2025b(Zone::named("Africa/Casablanca").unwrap(), &(2027..=2027));
        assert_eq!(["2027-02-20T00:00:00Z", "2027-03-20T00:00:00Z"].map(|at| hours(&ramadan, at)), [0, 1]);
    }
}
