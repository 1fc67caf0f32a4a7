//! The values of a request, checked against their types before it runs. An error names the argument and says what would
//! be right.

use std::collections::HashSet;

use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet, Type,
};
use async_graphql_value::Value as Literal;
use serde_json::{Map, Value};

use crate::{
    error::{Error, Result},
    scalars::{Country, Date, DateTime, Id, Language, TimeZone, Url},
    schema::shape::{Input, Shape, base_name, json, root_name},
    text::{LONGEST_CURSOR, LONGEST_LINE, LONGEST_TEXT, searchable},
};

/// Checks the variables of an operation, then the arguments of its fields.
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
            Some(value) => fits(value, &definition.var_type.node, &format!("${name}"), LONGEST_TEXT, shape)?,
        }
    }
    let is_write = operation.ty == OperationType::Mutation;
    let mut check = ArgumentCheck { document, variables, shape, is_write, spread: HashSet::new() };
    check.selections(&operation.selection_set.node, root_name(operation.ty))
}

struct ArgumentCheck<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Map<String, Value>,
    shape: &'a Shape,
    is_write: bool,
    /// The fragments that are checked. Each is checked once.
    spread: HashSet<&'a str>,
}

impl<'a> ArgumentCheck<'a> {
    fn selections(&mut self, set: &'a SelectionSet, parent_type: &str) -> Result<()> {
        set.items.iter().try_for_each(|selection| match &selection.node {
            Selection::Field(selected) => {
                let Some(field) = self.shape.field(parent_type, selected.node.name.node.as_str()) else {
                    return Ok(());
                };
                for (name, value) in &selected.node.arguments {
                    let Some(argument) = field.arguments.get(name.node.as_str()) else { continue };
                    // The validation that follows reports a variable that is not declared.
                    if self.has_values(&value.node) {
                        let value = json(&value.node, self.variables);
                        let longest = self.longest(name.node.as_str(), &argument.ty);
                        fits(&value, &argument.ty, name.node.as_str(), longest, self.shape)?;
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
            Selection::FragmentSpread(spread) => {
                let name = spread.node.fragment_name.node.as_str();
                let found = self.document.fragments.iter().find(|(declared, _)| declared.as_str() == name);
                match found.filter(|_| self.spread.insert(name)) {
                    Some((_, fragment)) => {
                        let of = fragment.node.type_condition.node.on.node.as_str();
                        self.selections(&fragment.node.selection_set.node, of)
                    }
                    None => Ok(()),
                }
            }
        })
    }

    /// The greatest length of a text in an argument. What is looked for is no longer than a line; what is written may be
    /// longer, and its field says by how much.
    fn longest(&self, name: &str, ty: &Type) -> usize {
        let is_object = matches!(self.shape.input_type(base_name(ty)), Some(Input::Object(_)));
        match name {
            "after" | "before" => LONGEST_CURSOR,
            _ if self.is_write && is_object => LONGEST_TEXT,
            _ => LONGEST_LINE,
        }
    }

    /// Whether each variable in a value has one.
    fn has_values(&self, value: &Literal) -> bool {
        match value {
            Literal::Variable(name) => self.variables.contains_key(name.as_str()),
            Literal::List(items) => items.iter().all(|item| self.has_values(item)),
            Literal::Object(fields) => fields.values().all(|field| self.has_values(field)),
            _ => true,
        }
    }
}

/// Checks a value against a type. `path` leads to the value, and a text in it has at most `longest` characters.
fn fits(value: &Value, ty: &Type, path: &str, longest: usize, shape: &Shape) -> Result<()> {
    match (&ty.base, value) {
        (_, Value::Null) if ty.nullable => Ok(()),
        (_, Value::Null) => Err(Error::bad_input(path, format!("null is not a value of type {ty}"))),
        (BaseType::List(item_type), Value::Array(items)) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| fits(item, item_type, &format!("{path}.{index}"), longest, shape)),
        // A single value is a list of one (GraphQL specification, 3.11).
        (BaseType::List(item_type), value) => fits(value, item_type, path, longest, shape),
        (BaseType::Named(_), value) => match (shape.input_type(base_name(ty)), value) {
            (Some(Input::Object(fields)), Value::Object(given)) => {
                if let Some(name) = given.keys().find(|name| !fields.contains_key(*name)) {
                    return Err(Error::bad_input(&format!("{path}.{name}"), format!("{ty} has no such field")));
                }
                fields.iter().try_for_each(|(name, field)| match given.get(name) {
                    Some(value) => fits(value, &field.ty, &format!("{path}.{name}"), longest, shape),
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
            (Some(Input::Scalar), value) => {
                scalar(value, base_name(ty), longest).map_err(|wrong| Error::bad_input(path, wrong))
            }
            (None, _) => Ok(()),
        },
    }
}

fn scalar(value: &Value, name: &str, longest: usize) -> Result<(), String> {
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
        "String" => searchable(text()?, longest),
        _ => Ok(()),
    }
}
