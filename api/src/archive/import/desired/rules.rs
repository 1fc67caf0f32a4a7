//! What no table can refuse, and a programme must keep to: withdrawn talks and those in a block have no slots, and a
//! block is no talk in another one.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Desired, editions::EditionNames};
use crate::{
    format::document::{Edition, Talk},
    vocabulary::{TalkKind, TalkStatus},
};

impl Desired<'_> {
    pub(super) fn keep_rules(&mut self, given: &Edition, within: &EditionNames) {
        let talks: HashMap<Uuid, &Talk> = within.talks.ids.iter().copied().zip(&given.talks).collect();
        let talk = |slug: &Option<_>| {
            talks.get(&within.talks.find(slug.as_ref().map(crate::scalars::Slug::as_str)?)?).copied()
        };
        for slot in &given.slots {
            if let Some(talk) =
                talk(&slot.talk).filter(|talk| talk.status == TalkStatus::Withdrawn || talk.block.is_some())
            {
                let why = if talk.block.is_some() { "in a block" } else { "withdrawn" };
                let place = format!("edition {}: slot {}", within.slug, slot.number);
                self.problems.push(format!("{place}: the talk {} is {why}, and so has no slot", talk.slug));
            }
        }
        for one in &given.talks {
            if let Some(block) =
                talk(&one.block).filter(|block| block.kind != TalkKind::LightningBlock || block.block.is_some())
            {
                let place = format!("edition {}: talk {}", within.slug, one.slug);
                self.problems.push(format!("{place}: {} is no block of kind LIGHTNING_BLOCK by itself", block.slug));
            }
        }
    }
}
