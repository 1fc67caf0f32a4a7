//! The one field of a subscription (GraphQL specification, 5.2.3.1). The library does not check that there is only one.
//! It does not find a field within a fragment, and subscribes twice to a field that is selected twice. So the document
//! is rewritten: the operation selects the field once, with everything that is selected of it.

use std::collections::HashSet;

use async_graphql::{
    Positioned,
    parser::types::{DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};

use crate::error::{Error, Result};

/// Reduces a valid document to the operation of this name, or its only one, with the one field of the operation.
pub fn single(mut document: ExecutableDocument, name: Option<&str>) -> Result<ExecutableDocument> {
    if let (DocumentOperations::Multiple(operations), Some(name)) = (&mut document.operations, name) {
        operations.retain(|of, _| of.as_str() == name);
    }
    let operation = operation_mut(&mut document.operations).ok_or_else(|| refusal("the document has none"))?;
    let set = operation.selection_set.node.clone();
    let mut fields = RootFields { document: &document, found: Vec::new(), spread: HashSet::new() };
    fields.collect(&set)?;
    let merged = merged(fields.found)?;
    if let Some(operation) = operation_mut(&mut document.operations) {
        operation.selection_set.node.items = vec![merged];
    }
    let mut used = HashSet::new();
    if let Some((_, operation)) = document.operations.iter().next() {
        spreads(&operation.node.selection_set.node, &document, &mut used);
    }
    // The validation refuses fragments that are not used.
    document.fragments.retain(|name, _| used.contains(name.as_str()));
    Ok(document)
}

fn operation_mut(operations: &mut DocumentOperations) -> Option<&mut OperationDefinition> {
    match operations {
        DocumentOperations::Single(operation) => Some(&mut operation.node),
        DocumentOperations::Multiple(operations) => operations.values_mut().next().map(|operation| &mut operation.node),
    }
}

fn refusal(why: &str) -> Error {
    Error::bad_input("query", format!("a subscription has exactly one field, always: {why}"))
}

/// The root fields that an operation selects.
struct RootFields<'a> {
    document: &'a ExecutableDocument,
    found: Vec<(&'a Field, &'a Positioned<Selection>)>,
    spread: HashSet<&'a str>,
}

impl<'a> RootFields<'a> {
    fn collect(&mut self, set: &'a SelectionSet) -> Result<()> {
        set.items.iter().try_for_each(|selection| {
            let mut directives = selection.node.directives().iter();
            if directives.any(|directive| matches!(directive.node.name.node.as_str(), "skip" | "include")) {
                return Err(refusal("@skip and @include may not stand at it"));
            }
            match &selection.node {
                Selection::Field(field) => self.found.push((&field.node, selection)),
                Selection::InlineFragment(fragment) => self.collect(&fragment.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) =
                        self.document.fragments.get(name).filter(|_| self.spread.insert(name.as_str()))
                    {
                        self.collect(&fragment.node.selection_set.node)?;
                    }
                }
            }
            Ok(())
        })
    }
}

/// Merges the selected root fields into one, if they are the same field.
fn merged(found: Vec<(&Field, &Positioned<Selection>)>) -> Result<Positioned<Selection>> {
    let mut keys: Vec<&str> = found.iter().map(|(field, _)| field.response_key().node.as_str()).collect();
    keys.dedup();
    let [(first, selection), rest @ ..] = found.as_slice() else { return Err(refusal("this one has none")) };
    if keys.len() > 1 {
        return Err(refusal(&format!("this one has {}", keys.join(", "))));
    }
    if first.name.node.starts_with("__") {
        return Err(refusal(&format!("{} is not one that can be followed", first.name.node)));
    }
    let mut merged = (*selection).clone();
    if let Selection::Field(field) = &mut merged.node {
        let more = rest.iter().flat_map(|(field, _)| field.selection_set.node.items.clone());
        field.node.selection_set.node.items.extend(more);
    }
    Ok(merged)
}

/// Collects the fragments that are spread anywhere in a selection.
fn spreads<'a>(set: &'a SelectionSet, document: &'a ExecutableDocument, used: &mut HashSet<String>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => spreads(&field.node.selection_set.node, document, used),
            Selection::InlineFragment(fragment) => spreads(&fragment.node.selection_set.node, document, used),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if let Some(fragment) = document.fragments.get(name).filter(|_| used.insert(name.to_string())) {
                    spreads(&fragment.node.selection_set.node, document, used);
                }
            }
        }
    }
}
