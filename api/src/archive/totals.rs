//! The totals of the archive: how many things it has. Each write adds what it adds, so that nothing is ever counted.

use std::ops::{Add, Sub};

use entity::{archive_state, company, conference, edition, recording, speaker, talk};
use sea_orm::ActiveEnum;

use super::{
    log::difference::Difference,
    store::rows::{NodeRow, Rows},
};
use crate::vocabulary::TalkStatus;

/// Each total with the number that it must be.
pub(super) const TOTALS: [(&str, &str); 7] = [
    ("conferences", "(SELECT COUNT(*) FROM conference)"),
    ("editions", "(SELECT COUNT(*) FROM edition)"),
    ("talks", "(SELECT COUNT(*) FROM talk WHERE status <> 'WITHDRAWN')"),
    ("speakers", "(SELECT COUNT(*) FROM speaker)"),
    ("companies", "(SELECT COUNT(*) FROM company)"),
    ("recordings", "(SELECT COUNT(*) FROM recording)"),
    ("recorded_seconds", "(SELECT COALESCE(SUM(duration_seconds), 0) FROM recording)"),
];

/// The totals, in the order of [`TOTALS`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals([i64; 7]);

impl Totals {
    /// The totals of the stored row.
    pub(super) fn of(state: &archive_state::Model) -> Self {
        Self([
            state.conferences,
            state.editions,
            state.talks,
            state.speakers,
            state.companies,
            state.recordings,
            state.recorded_seconds,
        ])
    }

    /// What the things that changed count among these rows.
    pub(super) fn among(rows: &Rows, difference: &Difference) -> Self {
        let talks = changed::<talk::Model>(rows, difference);
        let seconds = changed::<recording::Model>(rows, difference).filter_map(|row| row.duration_seconds);
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        Self([
            count(changed::<conference::Model>(rows, difference).count()),
            count(changed::<edition::Model>(rows, difference).count()),
            count(talks.filter(|row| row.status != TalkStatus::Withdrawn.to_value()).count()),
            count(changed::<speaker::Model>(rows, difference).count()),
            count(changed::<company::Model>(rows, difference).count()),
            count(changed::<recording::Model>(rows, difference).count()),
            seconds.map(i64::from).sum(),
        ])
    }

    /// The row with these totals.
    pub(super) fn state(self, revision: i64, updated_at: chrono::DateTime<chrono::Utc>) -> archive_state::Model {
        let [conferences, editions, talks, speakers, companies, recordings, recorded_seconds] = self.0;
        archive_state::Model {
            id: 1,
            revision,
            updated_at,
            conferences,
            editions,
            talks,
            speakers,
            companies,
            recordings,
            recorded_seconds,
        }
    }
}

impl Add for Totals {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|index| self.0[index] + other.0[index]))
    }
}

impl Sub for Totals {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(std::array::from_fn(|index| self.0[index] - other.0[index]))
    }
}

fn changed<'a, N: NodeRow + 'a>(rows: &'a Rows, difference: &'a Difference) -> impl Iterator<Item = &'a N> {
    N::rows(rows).iter().filter(|row| difference.of(N::KIND, row.id()).is_some())
}
