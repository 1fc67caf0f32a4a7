//! Lists of parts, rebuilt from their values in the log.

use entity::{appearance, appearance_company, involvement, slot_sponsor, sponsorship};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    archive::{
        edit::{Edit, merge::Merge},
        log::fields::same,
    },
    error::{Error, Result},
};

impl Edit {
    /// Sets a list of parts of a thing to its values in the log.
    pub(super) fn set_parts(&mut self, owner: Uuid, name: &str, list: &Value) -> Result<()> {
        let list = list.as_array().cloned().unwrap_or_default();
        let rows = &mut self.desired;
        match name {
            "appearances" => {
                rows.appearances.retain(|row| row.talk_id != owner);
                rows.appearance_companies.retain(|row| row.talk_id != owner);
            }
            "involvements" => rows.involvements.retain(|row| row.edition_id != owner),
            "sponsorships" => rows.sponsorships.retain(|row| row.edition_id != owner),
            _ => rows.slot_sponsors.retain(|row| row.slot_id != owner),
        }
        for (position, part) in (1..).zip(&list) {
            match name {
                "appearances" => {
                    let speaker_id = id(part.get("speaker"))?;
                    rows.appearances.push(appearance::Model {
                        talk_id: owner,
                        position,
                        speaker_id,
                        role: text(part.get("role")).unwrap_or_default(),
                        credited_as: text(part.get("creditedAs")),
                        represents: text(part.get("represents")),
                    });
                    for (position, company) in
                        (1..).zip(part.get("companies").and_then(Value::as_array).into_iter().flatten())
                    {
                        let company_id = id(Some(company))?;
                        rows.appearance_companies.push(appearance_company::Model {
                            talk_id: owner,
                            speaker_id,
                            position,
                            company_id,
                        });
                    }
                }
                "involvements" => rows.involvements.push(involvement::Model {
                    edition_id: owner,
                    position,
                    speaker_id: part.get("person").map(|named| id(Some(named))).transpose()?,
                    company_id: part.get("company").map(|named| id(Some(named))).transpose()?,
                    role: text(part.get("role")).unwrap_or_default(),
                    note: text(part.get("note")),
                }),
                "sponsorships" => rows.sponsorships.push(sponsorship::Model {
                    edition_id: owner,
                    position,
                    tier_rank: part.get("tier").and_then(Value::as_i64).and_then(|rank| i32::try_from(rank).ok()),
                    company_id: id(part.get("company"))?,
                    url: text(part.get("url")),
                }),
                _ => rows.slot_sponsors.push(slot_sponsor::Model {
                    slot_id: owner,
                    position,
                    company_id: id(Some(part))?,
                }),
            }
        }
        Ok(())
    }
}

/// A list without the effect of a merge. If nothing else changed it, it is the list before the merge; if it named only
/// the record that went, that one is named again. None if the effect can't be separated from later changes.
pub(super) fn undone(was: &Value, became: &Value, now: &Value, pair: Merge) -> Option<Value> {
    if same(now, became) {
        return Some(was.clone());
    }
    let [from, into] = [pair.from, pair.into].map(|id| id.hyphenated().to_string());
    let was = was.to_string();
    (was.contains(&from) && !was.contains(&into)).then(|| replaced(now, &into, &from))
}

fn replaced(value: &Value, this: &str, that: &str) -> Value {
    match value {
        Value::String(text) if text == this => that.into(),
        Value::Array(list) => list.iter().map(|item| replaced(item, this, that)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), replaced(value, this, that))).collect())
        }
        other => other.clone(),
    }
}

pub(super) fn object(json: Option<&Value>) -> Map<String, Value> {
    json.and_then(Value::as_object).cloned().unwrap_or_default()
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

pub(super) fn texts(list: Option<&Value>) -> Vec<String> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(|value| text(Some(value))).collect()
}

fn id(value: Option<&Value>) -> Result<Uuid> {
    let id = value.and_then(Value::as_str).and_then(|text| text.parse().ok());
    id.ok_or_else(|| Error::Internal("the log names something without an id".to_owned()))
}
