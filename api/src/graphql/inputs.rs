//! The values of a request, checked against their types before it runs. An error names the argument and says what would
//! be right.

use async_graphql::parser::types::{BaseType, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type};
use serde_json::{Map, Value};

use crate::{
    error::{Error, Result},
    scalars::{Country, Date, DateTime, Id, Language, TimeZone, Url},
    schema::shape::{Input, Shape, base_name, json, root_name},
};

/// Checks the variables of an operation, then the arguments of all fields.
pub fn check(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Map<String, Value>,
    shape: &Shape,
) -> Result<()> {
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        let name = definition.name.node.as_str();
        match variables.get(name) {
            None if definition.var_type.node.nullable || definition.default_value.is_some() => {}
            None => {
                return Err(Error::bad_input(
                    &format!("${name}"),
                    format!("a value of type {} is missing", definition.var_type.node),
                ));
            }
            Some(value) => fits(value, &definition.var_type.node, &format!("${name}"), shape)?,
        }
    }
    let check = ArgumentCheck { variables, shape };
    check.selections(&operation.selection_set.node, root_name(operation.ty))?;
    document.fragments.values().try_for_each(|fragment| {
        check.selections(&fragment.node.selection_set.node, fragment.node.type_condition.node.on.node.as_str())
    })
}

struct ArgumentCheck<'a> {
    variables: &'a Map<String, Value>,
    shape: &'a Shape,
}

impl ArgumentCheck<'_> {
    fn selections(&self, set: &SelectionSet, parent_type: &str) -> Result<()> {
        set.items.iter().try_for_each(|selection| match &selection.node {
            Selection::Field(selected) => {
                let Some(field) = self.shape.field(parent_type, selected.node.name.node.as_str()) else {
                    return Ok(());
                };
                for (name, value) in &selected.node.arguments {
                    let Some(ty) = field.arguments.get(name.node.as_str()) else { continue };
                    let value = json(&value.node, self.variables);
                    // The validation that follows checks nulls, and so variables without a value.
                    if !value.is_null() {
                        fits(&value, ty, name.node.as_str(), self.shape)?;
                    }
                }
                self.selections(&selected.node.selection_set.node, &field.type_name)
            }
            Selection::InlineFragment(fragment) => {
                let parent_type = fragment
                    .node
                    .type_condition
                    .as_ref()
                    .map_or(parent_type, |condition| condition.node.on.node.as_str());
                self.selections(&fragment.node.selection_set.node, parent_type)
            }
            // Fragments are checked once, where they are defined.
            Selection::FragmentSpread(_) => Ok(()),
        })
    }
}

/// Checks a value against a type. `path` leads to the value.
fn fits(value: &Value, ty: &Type, path: &str, shape: &Shape) -> Result<()> {
    match (&ty.base, value) {
        (_, Value::Null) if ty.nullable => Ok(()),
        (_, Value::Null) => Err(Error::bad_input(path, format!("null is not a value of type {ty}"))),
        (BaseType::List(item_type), Value::Array(items)) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| fits(item, item_type, &format!("{path}.{index}"), shape)),
        // A single value is a list of one (GraphQL specification, 3.11).
        (BaseType::List(item_type), value) => fits(value, item_type, path, shape),
        (BaseType::Named(_), value) => match (shape.input_type(base_name(ty)), value) {
            (Some(Input::Object(fields)), Value::Object(given)) => {
                if let Some(name) = given.keys().find(|name| !fields.contains_key(*name)) {
                    return Err(Error::bad_input(&format!("{path}.{name}"), format!("{ty} has no such field")));
                }
                fields.iter().try_for_each(|(name, field)| match given.get(name) {
                    Some(value) => fits(value, &field.ty, &format!("{path}.{name}"), shape),
                    None if field.required => Err(Error::bad_input(
                        &format!("{path}.{name}"),
                        format!("a value of type {} is missing", field.ty),
                    )),
                    None => Ok(()),
                })
            }
            (Some(Input::Object(_)), _) => {
                Err(Error::bad_input(path, format!("{value} is not an object of type {ty}")))
            }
            (Some(Input::Enum(words)), value) => match value.as_str() {
                Some(word) if words.iter().any(|declared| declared == word) => Ok(()),
                _ => Err(Error::bad_input(path, format!("{value} is not one of {}", words.join(", ")))),
            },
            (Some(Input::Scalar), value) => scalar(value, base_name(ty)).map_err(|wrong| Error::bad_input(path, wrong)),
            (None, _) => Ok(()),
        },
    }
}

fn scalar(value: &Value, name: &str) -> Result<(), String> {
    let text = || value.as_str().ok_or_else(|| format!("{value} is not a string, as a value of type {name} is"));
    let is = |right: bool, what: &str| if right { Ok(()) } else { Err(format!("{value} is not {what}")) };
    match name {
        "ID" => text()?.parse::<Id>().map(|_| ()),
        "Date" => text()?.parse::<Date>().map(|_| ()),
        "DateTime" => text()?.parse::<DateTime>().map(|_| ()),
        "TimeZone" => text()?.parse::<TimeZone>().map(|_| ()),
        "URL" => text()?.parse::<Url>().map(|_| ()),
        "Language" => text()?.parse::<Language>().map(|_| ()),
        "Country" => text()?.parse::<Country>().map(|_| ()),
        "Int" => is(value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()), "a 32-bit integer"),
        "Revision" => is(value.as_i64().is_some_and(|n| n >= 0), "a revision: a non-negative integer"),
        "Float" => is(value.is_number(), "a number"),
        "Boolean" => is(value.is_boolean(), "true or false"),
        "String" => is(!text()?.contains('\0'), "a text that can be in the archive: it has the character U+0000"),
        _ => Ok(()),
    }
}
