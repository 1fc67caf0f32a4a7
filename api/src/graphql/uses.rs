//! The uses of variables in an operation and in the fragments that it spreads.

use std::collections::HashSet;

use async_graphql::{
    Positioned,
    parser::types::{BaseType, Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type},
};
use async_graphql_value::Value;

use crate::schema::shape::{Input, Shape, base_name, root_name};

/// A place that takes a value: an argument, a field of an input object, or an item of a list.
#[derive(Clone, Debug)]
pub struct Place {
    pub name: String,
    pub ty: Type,
    /// Whether a value that is left out has a default.
    pub has_default: bool,
}

/// A use of a variable. The place is not known if the field or argument is not in the schema, which the validation
/// reports.
pub struct Use<'d> {
    pub variable: &'d str,
    pub place: Option<Place>,
}

/// The uses of variables in an operation.
pub fn uses<'d>(document: &'d ExecutableDocument, operation: &'d OperationDefinition, shape: &Shape) -> Vec<Use<'d>> {
    let mut search = Search { document, shape, spread: HashSet::new(), found: Vec::new() };
    search.directives(&operation.directives);
    search.selections(&operation.selection_set.node, root_name(operation.ty));
    search.found
}

struct Search<'d, 's> {
    document: &'d ExecutableDocument,
    shape: &'s Shape,
    spread: HashSet<&'d str>,
    found: Vec<Use<'d>>,
}

impl<'d> Search<'d, '_> {
    fn selections(&mut self, set: &'d SelectionSet, parent_type: &str) {
        for selection in &set.items {
            self.directives(selection.node.directives());
            match &selection.node {
                Selection::Field(selected) => {
                    let field = self.shape.field(parent_type, selected.node.name.node.as_str());
                    for (name, value) in &selected.node.arguments {
                        let argument = field.and_then(|field| field.arguments.get(name.node.as_str()));
                        let place = argument.map(|argument| Place {
                            name: name.node.to_string(),
                            ty: argument.ty.clone(),
                            has_default: argument.has_default,
                        });
                        self.value(&value.node, place);
                    }
                    let type_name = field.map_or("", |field| field.type_name.as_str());
                    self.selections(&selected.node.selection_set.node, type_name);
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let of = condition.map_or(parent_type, |condition| condition.node.on.node.as_str());
                    self.selections(&fragment.node.selection_set.node, of);
                }
                Selection::FragmentSpread(spread) => self.fragment(spread.node.fragment_name.node.as_str()),
            }
        }
    }

    fn fragment(&mut self, name: &'d str) {
        let found = self.document.fragments.iter().find(|(declared, _)| declared.as_str() == name);
        if let Some((_, fragment)) = found
            && self.spread.insert(name)
        {
            let of = fragment.node.type_condition.node.on.node.as_str();
            self.selections(&fragment.node.selection_set.node, of);
        }
    }

    /// The directives of a document are `@skip` and `@include`, whose argument is a `Boolean!`.
    fn directives(&mut self, directives: &'d [Positioned<Directive>]) {
        for (name, value) in directives.iter().flat_map(|directive| &directive.node.arguments) {
            let place = Type::new("Boolean!").map(|ty| Place { name: name.node.to_string(), ty, has_default: false });
            self.value(&value.node, place.filter(|_| name.node == "if"));
        }
    }

    fn value(&mut self, value: &'d Value, place: Option<Place>) {
        match value {
            Value::Variable(name) => self.found.push(Use { variable: name.as_str(), place }),
            Value::List(items) => {
                let item = place.and_then(|place| match place.ty.base {
                    BaseType::List(item) => Some(Place { name: place.name, ty: *item, has_default: false }),
                    BaseType::Named(_) => None,
                });
                items.iter().for_each(|value| self.value(value, item.clone()));
            }
            Value::Object(fields) => {
                let of = place.as_ref().and_then(|place| self.shape.input_type(base_name(&place.ty)));
                for (name, value) in fields {
                    let field = match of {
                        Some(Input::Object(declared)) => declared.get(name.as_str()),
                        _ => None,
                    };
                    let place = field.map(|field| Place {
                        name: name.to_string(),
                        ty: field.ty.clone(),
                        has_default: field.has_default,
                    });
                    self.value(value, place);
                }
            }
            _ => {}
        }
    }
}
