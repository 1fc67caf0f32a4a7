//! The variables of a document by the specification, which the library does not follow in three points. A variable
//! without a value is as if its argument or field were not there (6.4.1, 3.10), so that a default stays in force and a
//! patch changes nothing. A variable that may be null may stand where there is a default (5.8.5). And a value of null
//! is none of a type that is not null, though it has a default.

use std::collections::HashSet;

use async_graphql::{
    Positioned,
    parser::types::{
        BaseType, Directive, DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet,
        Type, VariableDefinition,
    },
};
use async_graphql_value::{ConstValue, Value};
use serde_json::Map;

use super::uses::{Use, uses};
use crate::{
    error::{Error, Result},
    schema::shape::Shape,
};

/// Refuses a variable at a place of a type that it does not fit (5.8.5, All Variable Usages Are Allowed).
pub fn check_places(document: &ExecutableDocument, shape: &Shape) -> Result<()> {
    document.operations.iter().try_for_each(|(_, operation)| {
        uses(document, &operation.node, shape).into_iter().try_for_each(|found| check_use(&operation.node, &found))
    })
}

fn check_use(operation: &OperationDefinition, found: &Use<'_>) -> Result<()> {
    let mut definitions = operation.variable_definitions.iter().map(|definition| &definition.node);
    let (Some(definition), Some(place)) =
        (definitions.find(|definition| definition.name.node.as_str() == found.variable), &found.place)
    else {
        return Ok(());
    };
    let has_default = definition.default_value.as_ref().is_some_and(|value| value.node != ConstValue::Null);
    let may_be_missing = place.has_default || has_default;
    let nullable = place.ty.nullable || (definition.var_type.node.nullable && may_be_missing);
    if is_compatible(&definition.var_type.node, &place.ty.base, nullable) {
        return Ok(());
    }
    Err(Error::bad_input(
        &format!("${}", found.variable),
        format!(
            "it is of type {}, and {} takes {}: declare it as {}",
            definition.var_type.node, place.name, place.ty, place.ty
        ),
    ))
}

fn is_compatible(variable: &Type, base: &BaseType, nullable: bool) -> bool {
    let is_base = match (&variable.base, base) {
        (BaseType::List(item), BaseType::List(place)) => is_compatible(item, &place.base, place.nullable),
        (BaseType::Named(name), BaseType::Named(place)) => name == place,
        _ => false,
    };
    is_base && (nullable || !variable.nullable)
}

/// Takes the variables without a value out of the operation that runs, and declares the others as the library wants
/// them. The places of all variables are checked already.
pub fn settle(
    document: &mut ExecutableDocument,
    operation_name: Option<&str>,
    given: &Map<String, serde_json::Value>,
    shape: &Shape,
) {
    let Some(runs) = operation_mut(document, operation_name) else { return };
    let mut missing = HashSet::new();
    for definition in runs.variable_definitions.iter_mut().map(|definition| &mut definition.node) {
        match given.get(definition.name.node.as_str()) {
            None if definition.default_value.is_none() && definition.var_type.node.nullable => {
                missing.insert(definition.name.node.to_string());
            }
            None | Some(serde_json::Value::Null) => {}
            Some(_) => declare_not_null(definition),
        }
    }
    if !missing.is_empty() {
        remove(document, operation_name, &missing, shape);
    }
    // The validation looks at the operations that do not run, too.
    if let (DocumentOperations::Multiple(operations), Some(runs)) = (&mut document.operations, operation_name) {
        let others = operations.iter_mut().filter(|(name, _)| name.as_str() != runs);
        let definitions = others.flat_map(|(_, operation)| &mut operation.node.variable_definitions);
        definitions.for_each(|definition| declare_not_null(&mut definition.node));
    }
}

/// Declares a variable without a default as not null. The library lets such a one stand where there is a default.
fn declare_not_null(definition: &mut VariableDefinition) {
    if definition.default_value.is_none() {
        definition.var_type.node.nullable = false;
    }
}

/// Removes the uses of variables from the operation that runs, and from the fragments.
fn remove(document: &mut ExecutableDocument, operation_name: Option<&str>, missing: &HashSet<String>, shape: &Shape) {
    let mut removal = Removal { missing, removed: HashSet::new() };
    if let Some(runs) = operation_mut(document, operation_name) {
        removal.directives(&mut runs.directives);
        removal.selections(&mut runs.selection_set.node);
    }
    for fragment in document.fragments.values_mut() {
        removal.selections(&mut fragment.node.selection_set.node);
    }
    undeclare(document, &removal.removed, shape);
}

/// Takes the declarations away of variables that nothing uses since their uses were removed.
fn undeclare(document: &mut ExecutableDocument, removed: &HashSet<String>, shape: &Shape) {
    let used: Vec<HashSet<String>> = document
        .operations
        .iter()
        .map(|(_, operation)| {
            uses(document, &operation.node, shape).into_iter().map(|found| found.variable.to_owned()).collect()
        })
        .collect();
    let operations: Vec<&mut Positioned<OperationDefinition>> = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![operation],
        DocumentOperations::Multiple(operations) => operations.values_mut().collect(),
    };
    for (operation, used) in operations.into_iter().zip(used) {
        operation.node.variable_definitions.retain(|definition| {
            let name = definition.node.name.node.as_str();
            used.contains(name) || !removed.contains(name)
        });
    }
}

fn operation_mut<'d>(document: &'d mut ExecutableDocument, name: Option<&str>) -> Option<&'d mut OperationDefinition> {
    match &mut document.operations {
        DocumentOperations::Single(operation) => Some(&mut operation.node),
        DocumentOperations::Multiple(operations) => match name {
            Some(name) => operations.get_mut(name).map(|operation| &mut operation.node),
            None => operations.values_mut().next().map(|operation| &mut operation.node),
        },
    }
}

/// Removes arguments and fields whose value is a variable without a value.
struct Removal<'m> {
    missing: &'m HashSet<String>,
    removed: HashSet<String>,
}

impl Removal<'_> {
    fn selections(&mut self, set: &mut SelectionSet) {
        for selection in &mut set.items {
            match &mut selection.node {
                Selection::Field(field) => {
                    field.node.arguments.retain_mut(|(_, value)| self.keeps(&mut value.node));
                    self.directives(&mut field.node.directives);
                    self.selections(&mut field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&mut fragment.node.directives);
                    self.selections(&mut fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => self.directives(&mut spread.node.directives),
            }
        }
    }

    fn directives(&mut self, directives: &mut [Positioned<Directive>]) {
        for directive in directives {
            directive.node.arguments.retain_mut(|(_, value)| self.keeps(&mut value.node));
        }
    }

    /// Whether a value stays. An item of a list without a value is null.
    fn keeps(&mut self, value: &mut Value) -> bool {
        match value {
            Value::Variable(name) if self.missing.contains(name.as_str()) => {
                self.removed.insert(name.to_string());
                return false;
            }
            Value::List(items) => {
                for item in items {
                    if !self.keeps(item) {
                        *item = Value::Null;
                    }
                }
            }
            Value::Object(fields) => fields.retain(|_, value| self.keeps(value)),
            _ => {}
        }
        true
    }
}
