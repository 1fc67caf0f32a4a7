//! The cost of a request, estimated before it runs: its depth, the objects that it can return, and its fields with all
//! fragments spread. Each fragment is counted once, however often it is spread, so a document that is made to explode
//! is refused in no time.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    ExecutableDocument, Field as Selected, OperationDefinition, Selection, SelectionSet,
};
use serde_json::{Map, Value};

use crate::{
    config::Limits,
    error::{Error, Result},
    read::page::DEFAULT_SIZE,
    schema::shape::{Shape, json, root_name},
};

/// The cost of a selection. Sums stop at the largest number and do not overflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// The objects that it can return: page sizes, multiplied.
    pub nodes: u64,
    /// The depth of fields.
    pub depth: u64,
    /// The number of fields, with all fragments spread.
    pub fields: u64,
    /// The number of fields under another name than their own.
    pub aliases: u64,
    /// The number of directives.
    pub directives: u64,
    /// The depth of introspection lists within each other.
    pub introspection: u64,
    /// The estimated number of objects that introspection returns, with a weight for each of its lists.
    pub described: u64,
    /// Whether a fragment is within itself. The validation refuses such a document.
    pub circular: bool,
}

impl Cost {
    fn beside(self, other: Self) -> Self {
        Self {
            nodes: self.nodes.saturating_add(other.nodes),
            depth: self.depth.max(other.depth),
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            introspection: self.introspection.max(other.introspection),
            described: self.described.saturating_add(other.described),
            circular: self.circular || other.circular,
        }
    }

    /// Refuses a cost over a limit.
    pub fn check(&self, limits: &Limits) -> Result<()> {
        let checks = [
            ("the depth of the request", "depth", self.depth, limits.depth),
            ("the number of fields, fragments spread,", "fields", self.fields, limits.fields),
            ("the number of aliases", "aliases", self.aliases, limits.aliases),
            ("the number of directives", "directives", self.directives, limits.directives),
            ("the estimated number of objects", "nodes", self.nodes, limits.nodes),
            ("the weight of introspection", "described", self.described, limits.described),
            ("the nesting of introspection lists", "introspection", self.introspection, limits.introspection),
        ];
        match checks.into_iter().find(|(.., value, limit)| value > limit) {
            Some((what, name, value, limit)) => Err(Error::Limit { what, name, value, limit }),
            None => Ok(()),
        }
    }
}

/// Estimates the cost of an operation.
pub fn cost(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Map<String, Value>,
    shape: &Shape,
) -> Cost {
    let mut estimate = CostEstimate { document, variables, shape, fragments: HashMap::new(), open: HashSet::new() };
    let mut cost = estimate.selections(&operation.selection_set.node, root_name(operation.ty), 1);
    cost.directives = cost.directives.saturating_add(operation.directives.len() as u64);
    cost
}

struct CostEstimate<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Map<String, Value>,
    shape: &'a Shape,
    /// The costs of fragments, by name and by the size of the page that they are spread in.
    fragments: HashMap<(&'a str, u64), Cost>,
    open: HashSet<&'a str>,
}

impl<'a> CostEstimate<'a> {
    /// The cost of selections. `page` is the size of the connection that they are in, 1 elsewhere.
    fn selections(&mut self, set: &'a SelectionSet, parent_type: &str, page: u64) -> Cost {
        set.items
            .iter()
            .fold(Cost::default(), |sum, selection| sum.beside(self.selection(&selection.node, parent_type, page)))
    }

    fn selection(&mut self, selection: &'a Selection, parent_type: &str, page: u64) -> Cost {
        match selection {
            Selection::Field(field) => self.field(&field.node, parent_type, page),
            Selection::InlineFragment(fragment) => {
                let parent_type = fragment
                    .node
                    .type_condition
                    .as_ref()
                    .map_or(parent_type, |condition| condition.node.on.node.as_str());
                let mut cost = self.selections(&fragment.node.selection_set.node, parent_type, page);
                cost.directives = cost.directives.saturating_add(fragment.node.directives.len() as u64);
                cost
            }
            Selection::FragmentSpread(spread) => {
                let mut cost = self.fragment(spread.node.fragment_name.node.as_str(), page);
                cost.directives = cost.directives.saturating_add(spread.node.directives.len() as u64);
                cost
            }
        }
    }

    fn fragment(&mut self, name: &'a str, page: u64) -> Cost {
        if let Some(cost) = self.fragments.get(&(name, page)) {
            return *cost;
        }
        let Some((_, fragment)) = self.document.fragments.iter().find(|(declared, _)| declared.as_str() == name) else {
            return Cost::default();
        };
        if !self.open.insert(name) {
            return Cost { circular: true, ..Cost::default() };
        }
        let cost = self.selections(
            &fragment.node.selection_set.node,
            fragment.node.type_condition.node.on.node.as_str(),
            page,
        );
        self.open.remove(name);
        self.fragments.insert((name, page), cost);
        cost
    }

    fn field(&mut self, selected: &'a Selected, parent_type: &str, page: u64) -> Cost {
        let name = selected.name.node.as_str();
        let own = Cost {
            fields: 1,
            depth: 1,
            aliases: u64::from(selected.alias.is_some()),
            directives: selected.directives.len() as u64,
            ..Cost::default()
        };
        let Some(field) = self.shape.field(parent_type, name) else {
            return own.beside(self.introspection(selected, name));
        };
        if !self.shape.is_output(&field.type_name) {
            return own;
        }
        let asked = self.asked_size(selected);
        let connection = is_page(&field.type_name);
        let size = match (connection, asked) {
            (true, _) => 1,
            (false, Some(asked)) => asked,
            // The lists in a connection are as long as its page.
            (false, None) if is_page(parent_type) && field.size > 1 => page,
            (false, None) => field.size,
        };
        let inner_page = if connection { asked.unwrap_or(DEFAULT_SIZE as u64) } else { 1 };
        let inner = self.selections(&selected.selection_set.node, &field.type_name, inner_page);
        let within =
            Cost { depth: inner.depth + 1, nodes: size.saturating_mul(inner.nodes.saturating_add(1)), ..inner };
        own.beside(within)
    }

    /// The size in the arguments of a field.
    fn asked_size(&self, selected: &Selected) -> Option<u64> {
        ["first", "last", "ids"].into_iter().find_map(|name| {
            let value = json(&selected.get_argument(name)?.node, self.variables);
            value.as_array().map(|ids| ids.len() as u64).or_else(|| value.as_u64())
        })
    }

    /// The cost of an introspection field. Like graphql-js, it limits the depth of such lists within each other.
    fn introspection(&mut self, selected: &'a Selected, name: &str) -> Cost {
        if selected.selection_set.node.items.is_empty() {
            return Cost::default();
        }
        let inner = self.selections(&selected.selection_set.node, "__Introspection", 1);
        let is_list = matches!(name, "fields" | "interfaces" | "possibleTypes" | "inputFields");
        let (size, weight) = described(name);
        let described = weight.saturating_add(size.saturating_mul(inner.described.saturating_add(1)));
        Cost { introspection: inner.introspection + u64::from(is_list), depth: 0, nodes: 0, described, ..inner }
    }
}

/// The number of objects that an introspection field is assumed to return, and the weight of asking for it at all: a
/// description of the schema is large, and the same one for each alias.
fn described(name: &str) -> (u64, u64) {
    match name {
        "__schema" => (1, 1_000),
        "__type" => (1, 5_000),
        "types" => (300, 5_000),
        "directives" => (10, 0),
        "fields" => (5, 0),
        "inputFields" => (4, 0),
        "args" | "enumValues" => (2, 0),
        _ => (1, 0),
    }
}

/// Whether a type is a page of a list, whose size is in the arguments of its field.
fn is_page(type_name: &str) -> bool {
    type_name.ends_with("Connection") || type_name.ends_with("Page")
}
