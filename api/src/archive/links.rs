//! What a link is about, and what identifies it among the links of one thing.

use std::collections::HashMap;

use entity::link;
use uuid::Uuid;

/// The thing that a link is about.
pub(super) fn subject(row: &link::Model) -> Uuid {
    let subjects = [row.conference_id, row.edition_id, row.talk_id, row.speaker_id, row.company_id];
    subjects.into_iter().flatten().next().unwrap_or_default()
}

/// The names of the links of one thing: kind and address, or kind and title. The second link of a name and those after
/// it get a number.
pub(super) fn link_names<'a>(links: impl Iterator<Item = (String, Option<&'a str>, Option<&'a str>)>) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    links
        .map(|(kind, url, title)| {
            let name = format!("{kind}/{}", url.or(title).unwrap_or_default());
            let times = seen.entry(name.clone()).and_modify(|times| *times += 1).or_insert(1);
            if *times == 1 { name } else { format!("{name}#{times}") }
        })
        .collect()
}
