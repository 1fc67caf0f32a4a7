//! VTIMEZONE (RFC 5545, 3.6.5): the offsets of a zone in the years of a calendar.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};

use super::lines::Lines;
use crate::zone::Zone;

/// The offset of a zone from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Observance {
    since: DateTime<Utc>,
    from: FixedOffset,
    to: FixedOffset,
    is_daylight: bool,
    name: String,
}

/// Writes the offsets of a zone from the first day of one year to the last day of another, local time. The first
/// observance is in force at the start; each other one begins at a change of the clocks.
pub(super) fn write(zone: Zone, first: i32, last: i32, lines: &mut Lines) {
    lines.line("BEGIN:VTIMEZONE");
    lines.line(format_args!("TZID:{}", zone.name()));
    for observance in observances(zone, first, last) {
        let component = if observance.is_daylight { "DAYLIGHT" } else { "STANDARD" };
        lines.line(format_args!("BEGIN:{component}"));
        // The local time in the offset before the change.
        let onset = observance.since.with_timezone(&observance.from).format("%Y%m%dT%H%M%S");
        lines.line(format_args!("DTSTART:{onset}"));
        lines.line(format_args!("TZOFFSETFROM:{}", offset(observance.from)));
        lines.line(format_args!("TZOFFSETTO:{}", offset(observance.to)));
        lines.line(format_args!("TZNAME:{}", observance.name));
        lines.line(format_args!("END:{component}"));
    }
    lines.line("END:VTIMEZONE");
}

/// `+0200`, with seconds where a zone has them (RFC 5545, 3.3.14).
fn offset(offset: FixedOffset) -> String {
    let seconds = offset.local_minus_utc();
    let (sign, seconds) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match seconds {
        0 => format!("{sign}{hours:02}{minutes:02}"),
        _ => format!("{sign}{hours:02}{minutes:02}{seconds:02}"),
    }
}

fn observances(zone: Zone, first: i32, last: i32) -> Vec<Observance> {
    let (Some(start), Some(end)) = (new_year(zone, first), new_year(zone, last.saturating_add(1))) else {
        return Vec::new();
    };
    let mut observances = vec![observance(zone, start, zone.offset_at(start))];
    for change in zone.changes(start, end) {
        let from = observances.last().map_or(zone.offset_at(start), |before| before.to);
        observances.push(observance(zone, change, from));
    }
    observances
}

/// The first moment of a year, local time.
fn new_year(zone: Zone, year: i32) -> Option<DateTime<Utc>> {
    let local = NaiveDate::from_ymd_opt(year, 1, 1)?.and_time(NaiveTime::MIN);
    Some(zone.from_local_datetime(&local).earliest().map_or(local.and_utc(), |time| time.to_utc()))
}

fn observance(zone: Zone, since: DateTime<Utc>, from: FixedOffset) -> Observance {
    let (is_daylight, name) = zone.time_at(since);
    Observance { since, from, to: zone.offset_at(since), is_daylight, name }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn written(zone: Zone, first: i32, last: i32) -> String {
        let mut lines = Lines::default();
        write(zone, first, last, &mut lines);
        String::from(lines).replace("\r\n", " ")
    }

    #[test]
    fn the_clocks_change_at_the_time_that_they_showed_before() {
        assert_eq!(
            written(Zone::named("Europe/Berlin").unwrap(), 2025, 2025),
            "BEGIN:VTIMEZONE TZID:Europe/Berlin \
             BEGIN:STANDARD DTSTART:20250101T000000 TZOFFSETFROM:+0100 TZOFFSETTO:+0100 TZNAME:CET END:STANDARD \
             BEGIN:DAYLIGHT DTSTART:20250330T020000 TZOFFSETFROM:+0100 TZOFFSETTO:+0200 TZNAME:CEST END:DAYLIGHT \
             BEGIN:STANDARD DTSTART:20251026T030000 TZOFFSETFROM:+0200 TZOFFSETTO:+0100 TZNAME:CET END:STANDARD \
             END:VTIMEZONE "
        );
    }

    #[test]
    fn a_zone_that_never_changes_its_clocks_has_one_observance() {
        let kolkata = written(Zone::named("Asia/Kolkata").unwrap(), 2019, 2025);
        assert_eq!(kolkata.matches("BEGIN:STANDARD").count(), 1, "{kolkata}");
        assert!(
            kolkata.contains("DTSTART:20190101T000000 TZOFFSETFROM:+0530 TZOFFSETTO:+0530 TZNAME:IST"),
            "{kolkata}"
        );
    }

    #[test]
    fn every_offset_of_every_zone_is_written() {
        for zone in Zone::built_in().filter_map(Zone::named) {
            let observances = observances(zone, 2022, 2026);
            let (mut at, end) = (new_year(zone, 2022).unwrap_or_default(), new_year(zone, 2027).unwrap_or_default());
            assert!(at < end);
            while at < end {
                let written =
                    observances.iter().rev().find(|observance| observance.since <= at).map(|observance| observance.to);
                assert_eq!(written, Some(zone.offset_at(at)), "{zone:?} {at}");
                at += chrono::TimeDelta::hours(5);
            }
        }
    }
}
