//! The rules of an archive that no type and no table holds. Each is decided here alone. Who applies one (the check of a
//! folder, an import, an edit) says in its own words where it is broken, and what would be right there.

use chrono::{Days, NaiveDate};

use crate::vocabulary::{SlotKind, TalkKind, TalkStatus};

/// The number of days that an edition may have: whoever shows its schedule shows them all.
pub(crate) const MOST_DAYS: i64 = 366;

/// How the days of an edition are wrong: there is a first and a last day in order, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WrongDays {
    WithoutLast,
    WithoutFirst,
    Reversed,
    TooMany,
}

/// The days of an edition.
pub(crate) fn edition_days(first: Option<NaiveDate>, last: Option<NaiveDate>) -> Result<(), WrongDays> {
    match (first, last) {
        (Some(_), None) => Err(WrongDays::WithoutLast),
        (None, Some(_)) => Err(WrongDays::WithoutFirst),
        (Some(first), Some(last)) if last < first => Err(WrongDays::Reversed),
        (Some(first), Some(last)) if (last - first).num_days() >= MOST_DAYS => Err(WrongDays::TooMany),
        _ => Ok(()),
    }
}

/// Whether a slot is near the days of an edition: on one of them, or on the day before or after. The day of the slot is
/// its conference day, so a party at 01:00 belongs to the day before.
pub(crate) fn is_near_days(slot_day: NaiveDate, (first, last): (NaiveDate, NaiveDate)) -> bool {
    let grace = Days::new(1);
    first.checked_sub_days(grace).is_none_or(|earliest| earliest <= slot_day)
        && last.checked_add_days(grace).is_none_or(|latest| slot_day <= latest)
}

/// The days of an edition in words: `is from 2016-08-25 to 2016-08-26`.
pub(crate) fn days_in_words((first, last): (NaiveDate, NaiveDate)) -> String {
    if first == last { format!("is on {first}") } else { format!("is from {first} to {last}") }
}

/// How what a slot shows is wrong: it has a talk alone, or a title and a kind other than TALK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WrongSubject {
    /// It has neither talk, nor kind, nor title.
    Nothing,
    WithoutKind,
    WithoutTitle,
    /// It is of the kind TALK, and has no talk.
    KindWithoutTalk,
    /// It has a talk, and a kind or a title besides.
    MoreThanTalk,
}

/// What a slot shows: the kind that it is of.
pub(crate) fn slot_subject(has_talk: bool, kind: Option<SlotKind>, has_title: bool) -> Result<SlotKind, WrongSubject> {
    match (has_talk, kind, has_title) {
        (true, None | Some(SlotKind::Talk), false) => Ok(SlotKind::Talk),
        (true, ..) => Err(WrongSubject::MoreThanTalk),
        (false, Some(SlotKind::Talk), _) => Err(WrongSubject::KindWithoutTalk),
        (false, Some(kind), true) => Ok(kind),
        (false, Some(_), false) => Err(WrongSubject::WithoutTitle),
        (false, None, true) => Err(WrongSubject::WithoutKind),
        (false, None, false) => Err(WrongSubject::Nothing),
    }
}

/// Why a talk has no slot of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoSlot {
    Withdrawn,
    /// It is given in a block, whose slot is its own.
    InBlock,
}

/// Every reason for which a talk has no slot of its own.
pub(crate) fn no_slot(status: TalkStatus, is_in_block: bool) -> impl Iterator<Item = NoSlot> {
    let withdrawn = (status == TalkStatus::Withdrawn).then_some(NoSlot::Withdrawn);
    withdrawn.into_iter().chain(is_in_block.then_some(NoSlot::InBlock))
}

/// Whether other talks may be given in a talk: a block is of the kind LIGHTNING_BLOCK, and in no other.
pub(crate) fn is_block(kind: TalkKind, is_in_block: bool) -> bool {
    kind == TalkKind::LightningBlock && !is_in_block
}

/// Whether something ends after it starts.
pub(crate) fn ends_after_start<T: PartialOrd>(start: T, end: T) -> bool {
    start < end
}

/// Whether a link leads to an address, or has a title where none is known.
pub(crate) fn link_has_target(has_url: bool, has_title: bool) -> bool {
    has_url || has_title
}

/// Whether an involvement is of a person or of a company, and not of both.
pub(crate) fn is_of_one(has_person: bool, has_company: bool) -> bool {
    has_person != has_company
}
