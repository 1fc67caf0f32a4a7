//! The totals of the archive: how many things it has. Each write adds what it adds, so that nothing is ever counted.

use std::ops::{Add, Sub};

use entity::{archive_state, company, conference, edition, recording, speaker, talk};
use sea_orm::ActiveEnum;
use uuid::Uuid;

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
        Self::counting(rows, |kind, id| difference.of(kind, id).is_some())
    }

    /// What these rows count.
    pub(super) fn all(rows: &Rows) -> Self {
        Self::counting(rows, |_, _| true)
    }

    /// What things of these rows count, by their kinds and ids.
    fn counting(rows: &Rows, counts: impl Fn(&'static str, Uuid) -> bool) -> Self {
        macro_rules! counted {
            ($table:ident) => {
                $table::Model::rows(rows).iter().filter(|row| counts($table::Model::KIND, row.id))
            };
        }
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let withdrawn = TalkStatus::Withdrawn.to_value();
        Self([
            number(counted!(conference).count()),
            number(counted!(edition).count()),
            number(counted!(talk).filter(|row| row.status != withdrawn).count()),
            number(counted!(speaker).count()),
            number(counted!(company).count()),
            number(counted!(recording).count()),
            counted!(recording).filter_map(|row| row.duration_seconds).map(i64::from).sum(),
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
