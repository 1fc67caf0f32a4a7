//! Objects of which nothing is selected, because all of it is skipped or belongs to another type. By the specification
//! (6.4.3) such an object is `{}`. The library gives null, so each selection that may come out empty gets a field whose
//! key no document has. The completion of the response leaves it out.

use async_graphql::{
    Name, Pos, Positioned,
    parser::types::{ExecutableDocument, Field, OperationType, Selection, SelectionSet},
};

use crate::schema::completion::HIDDEN;

/// Adds the field to the selections of a document. A subscription has exactly one field at its root.
pub fn keep(document: &mut ExecutableDocument) {
    use async_graphql::parser::types::DocumentOperations::{Multiple, Single};
    let operations = match &mut document.operations {
        Single(operation) => vec![operation],
        Multiple(operations) => operations.values_mut().collect(),
    };
    for operation in operations {
        let is_subscription = operation.node.ty == OperationType::Subscription;
        within(&mut operation.node.selection_set.node, !is_subscription);
    }
    for fragment in document.fragments.values_mut() {
        within(&mut fragment.node.selection_set.node, false);
    }
}

/// Adds the field to the objects within a selection, and to the selection itself if it is that of an object.
fn within(set: &mut SelectionSet, is_object: bool) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => {
                let is_object = !field.node.selection_set.node.items.is_empty();
                within(&mut field.node.selection_set.node, is_object);
            }
            Selection::InlineFragment(fragment) => within(&mut fragment.node.selection_set.node, false),
            Selection::FragmentSpread(_) => {}
        }
    }
    if is_object && !set.items.iter().any(|selection| is_always_there(&selection.node)) {
        set.items.push(at_start(Selection::Field(at_start(Field {
            alias: Some(at_start(Name::new(HIDDEN))),
            name: at_start(Name::new("__typename")),
            arguments: Vec::new(),
            directives: Vec::new(),
            selection_set: at_start(SelectionSet::default()),
        }))));
    }
}

fn is_always_there(selection: &Selection) -> bool {
    let may_go = |name: &str| matches!(name, "skip" | "include");
    matches!(selection, Selection::Field(_))
        && !selection.directives().iter().any(|directive| may_go(&directive.node.name.node))
}

fn at_start<T>(node: T) -> Positioned<T> {
    Positioned::new(node, Pos::default())
}
