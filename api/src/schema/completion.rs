//! The completion of responses. The library orders fields by the time at which they completed, and leaves out those
//! that failed. The completion gives a response the order of the selection (GraphQL specification, 6.3) and propagates
//! nulls (6.4.4): a field that failed is null, and if it is not nullable, its parent is.

use std::collections::HashSet;

use async_graphql::{
    Name, PathSegment, ServerError, Value,
    indexmap::IndexMap,
    parser::types::{
        BaseType, ExecutableDocument, Field as Selected, OperationDefinition, Selection, SelectionSet, Type,
    },
};

use super::shape::{Shape, root_name};
use crate::read::shared::ResponseOrder;

/// The key of a field that no document has. It keeps an object from coming out empty, and no response has it.
pub const HIDDEN: &str = "__object";

/// The completion of an object: its keys in order.
#[derive(Debug, Default)]
pub struct Completion {
    fields: Vec<FieldCompletion>,
}

#[derive(Debug)]
struct FieldCompletion {
    key: String,
    /// None for introspection, which the library completes correctly.
    ty: Option<Type>,
    /// None for a leaf.
    inner: Option<Completion>,
    /// Whether the key is selected more than once, so that its objects are merged.
    is_merged: bool,
    /// Whether the field depends on the time of the request, or a field within it does.
    reads_clock: bool,
}

/// The selections under one key.
struct MergedSelections<'a> {
    ty: Option<&'a Type>,
    sets: Vec<(&'a str, &'a SelectionSet)>,
    reads_clock: bool,
}

impl Completion {
    /// The completion of a valid operation.
    pub fn new(document: &ExecutableDocument, operation: &OperationDefinition, shape: &Shape) -> Self {
        Self::of(&[(root_name(operation.ty), &operation.selection_set.node)], document, shape)
    }

    fn of(sets: &[(&str, &SelectionSet)], document: &ExecutableDocument, shape: &Shape) -> Self {
        let mut merged: IndexMap<&str, MergedSelections<'_>> = IndexMap::new();
        for (parent_type, set) in sets {
            collect_fields(&mut merged, parent_type, set, document, shape);
        }
        let field = |(key, merged): (&str, MergedSelections<'_>)| {
            let inner = merged.ty.filter(|_| !merged.sets.is_empty()).map(|_| Self::of(&merged.sets, document, shape));
            FieldCompletion {
                key: key.to_owned(),
                ty: merged.ty.cloned(),
                is_merged: merged.sets.len() > 1,
                reads_clock: merged.reads_clock || inner.as_ref().is_some_and(Self::reads_clock),
                inner,
            }
        };
        Self { fields: merged.into_iter().map(field).collect() }
    }

    /// The first key.
    pub fn first(&self) -> Option<&str> {
        self.fields.first().map(|field| field.key.as_str())
    }

    fn reads_clock(&self) -> bool {
        self.fields.iter().any(|field| field.reads_clock)
    }

    fn field(&self, path: &[String]) -> Option<&FieldCompletion> {
        let (key, rest) = path.split_first()?;
        let field = self.fields.iter().find(|field| field.key == *key)?;
        if rest.is_empty() { Some(field) } else { field.inner.as_ref()?.field(rest) }
    }

    /// Propagates the nulls of the fields that failed.
    pub fn propagate_nulls(&self, data: &mut Value, errors: &[ServerError]) {
        if errors.is_empty() {
            return;
        }
        let propagation = NullPropagation { failed: errors.iter().map(|error| path_text(&error.path)).collect() };
        if !propagation.object(self, data, "") {
            *data = Value::Null;
        }
    }
}

fn collect_fields<'a>(
    merged: &mut IndexMap<&'a str, MergedSelections<'a>>,
    parent_type: &'a str,
    set: &'a SelectionSet,
    document: &'a ExecutableDocument,
    shape: &'a Shape,
) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => merge_field(merged, parent_type, &field.node, shape),
            Selection::InlineFragment(fragment) => {
                let parent_type = fragment
                    .node
                    .type_condition
                    .as_ref()
                    .map_or(parent_type, |condition| condition.node.on.node.as_str());
                collect_fields(merged, parent_type, &fragment.node.selection_set.node, document, shape);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    let parent_type = fragment.node.type_condition.node.on.node.as_str();
                    collect_fields(merged, parent_type, &fragment.node.selection_set.node, document, shape);
                }
            }
        }
    }
}

fn merge_field<'a>(
    merged: &mut IndexMap<&'a str, MergedSelections<'a>>,
    parent_type: &'a str,
    selected: &'a Selected,
    shape: &'a Shape,
) {
    let field = shape.field(parent_type, selected.name.node.as_str());
    let key = selected.response_key().node.as_str();
    let new = || MergedSelections { ty: field.map(|field| &field.ty), sets: Vec::new(), reads_clock: false };
    let entry = merged.entry(key).or_insert_with(new);
    entry.reads_clock |= field.is_some_and(|field| shape.reads_clock(field, selected));
    if let Some(field) = field.filter(|_| !selected.selection_set.node.items.is_empty()) {
        entry.sets.push((&field.type_name, &selected.selection_set.node));
    }
}

/// A path as a text. Keys have no slash.
fn path_text(path: &[PathSegment]) -> String {
    path.iter().fold(String::new(), |path, segment| match segment {
        PathSegment::Field(key) => format!("{path}/{key}"),
        PathSegment::Index(index) => format!("{path}/{index}"),
    })
}

struct NullPropagation {
    /// The paths of the fields that failed.
    failed: HashSet<String>,
}

impl NullPropagation {
    /// Completes an object. False: a null within it propagates to it.
    fn object(&self, completion: &Completion, value: &mut Value, path: &str) -> bool {
        // The library gives null for an object whose fields all failed.
        if *value == Value::Null && self.failed.iter().any(|failed| failed.starts_with(&format!("{path}/"))) {
            *value = Value::Object(IndexMap::new());
        }
        let Value::Object(object) = value else { return true };
        completion.fields.iter().all(|field| {
            let Some(ty) = &field.ty else { return true };
            let path = format!("{path}/{}", field.key);
            match object.get_mut(field.key.as_str()) {
                Some(value) => self.value(ty, field.inner.as_ref(), value, &path),
                None if !self.failed.contains(&path) => true,
                None => {
                    object.insert(Name::new(&field.key), Value::Null);
                    ty.nullable
                }
            }
        })
    }

    /// Completes a value. False: it is null, and its type does not allow that.
    fn value(&self, ty: &Type, completion: Option<&Completion>, value: &mut Value, path: &str) -> bool {
        let right = match (&ty.base, &mut *value) {
            (BaseType::List(item_type), Value::List(items)) => items
                .iter_mut()
                .enumerate()
                .all(|(index, item)| self.value(item_type, completion, item, &format!("{path}/{index}"))),
            (BaseType::Named(_), value) => {
                completion.is_none_or(|completion| self.object(completion, value, path)) && *value != Value::Null
            }
            (BaseType::List(_), value) => *value != Value::Null,
        };
        if !right {
            *value = Value::Null;
        }
        right || ty.nullable
    }
}

impl ResponseOrder for Completion {
    fn is_shared(&self, path: &[String]) -> bool {
        self.field(path).is_some_and(|field| !field.is_merged && !field.reads_clock)
    }

    fn json(&self, path: &[String], object: &Value) -> Vec<u8> {
        let completion = self.field(path).and_then(|field| field.inner.as_ref());
        let mut json = Vec::new();
        Ordered { value: object, completion }.write(&mut json);
        json
    }
}

/// A value in the order of its completion.
pub struct Ordered<'a> {
    pub value: &'a Value,
    pub completion: Option<&'a Completion>,
}

impl Ordered<'_> {
    /// Writes the value in JSON. What is binary is JSON already (`read/shared.rs`).
    pub fn write(&self, json: &mut Vec<u8>) {
        match (self.value, self.completion) {
            (Value::Object(object), Some(completion)) => {
                let fields = completion.fields.iter().filter_map(|field| {
                    let value = object.get(field.key.as_str())?;
                    Some((field.key.as_str(), Ordered { value, completion: field.inner.as_ref() }))
                });
                write_object(fields, json);
            }
            // An object of introspection.
            (Value::Object(object), None) => {
                let shown = object.iter().filter(|(key, _)| key.as_str() != HIDDEN);
                write_object(shown.map(|(key, value)| (key.as_str(), Ordered { value, completion: None })), json);
            }
            (Value::List(items), _) => {
                json.push(b'[');
                for (index, value) in items.iter().enumerate() {
                    if index > 0 {
                        json.push(b',');
                    }
                    Ordered { value, completion: self.completion }.write(json);
                }
                json.push(b']');
            }
            (Value::Binary(bytes), _) => json.extend_from_slice(bytes),
            // It can't fail: the keys of objects are texts, and memory takes all.
            (value, _) => _ = serde_json::to_writer(json, value),
        }
    }
}

/// Writes an object. Its keys are names of GraphQL, which JSON writes as they are.
fn write_object<'a>(fields: impl Iterator<Item = (&'a str, Ordered<'a>)>, json: &mut Vec<u8>) {
    json.push(b'{');
    for (index, (key, value)) in fields.enumerate() {
        if index > 0 {
            json.push(b',');
        }
        json.push(b'"');
        json.extend_from_slice(key.as_bytes());
        json.extend_from_slice(b"\":");
        value.write(json);
    }
    json.push(b'}');
}
