//! The rules between the talks and slots of a document.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Desired, editions::EditionNames};
use crate::{
    format::document::{Edition, Slot, Talk},
    resource::day::Day,
    rules::{self, NoSlot},
};

impl Desired<'_> {
    pub(super) fn keep_rules(&mut self, given: &Edition, within: &EditionNames) {
        let talks: HashMap<Uuid, &Talk> = within.talks.ids.iter().copied().zip(&given.talks).collect();
        let talk = |slug: &Option<_>| {
            talks.get(&within.talks.find(slug.as_ref().map(crate::scalars::Slug::as_str)?)?).copied()
        };
        for slot in &given.slots {
            self.keep_near_days(given, slot, within);
            let Some(talk) = talk(&slot.talk) else { continue };
            // The document reports one reason only, preferably the block.
            if let Some(why) = rules::no_slot(talk.status, talk.block.is_some()).last() {
                let why = if why == NoSlot::InBlock { "in a block" } else { "withdrawn" };
                let place = format!("edition {}: slot {}", within.slug, slot.number);
                self.problems.push(format!("{place}: the talk {} is {why}, and so has no slot", talk.slug));
            }
        }
        for one in &given.talks {
            if let Some(block) = talk(&one.block).filter(|block| !rules::is_block(block.kind, block.block.is_some())) {
                let place = format!("edition {}: talk {}", within.slug, one.slug);
                self.problems.push(format!("{place}: {} is no block of kind LIGHTNING_BLOCK by itself", block.slug));
            }
        }
    }

    fn keep_near_days(&mut self, given: &Edition, slot: &Slot, within: &EditionNames) {
        let (Some(days), Ok(start)) = (given.days(), slot.starts_at.instant(&given.timezone)) else { return };
        if !rules::is_near_days(Day::date_of(start, &given.timezone).0, days) {
            let place = format!("edition {}: slot {}", within.slug, slot.number);
            let (time, (first, last)) = (slot.starts_at, days);
            self.problems.push(format!("{place}: {time} is outside the edition's days, {first} to {last}"));
        }
    }
}
