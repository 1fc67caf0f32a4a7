//! Objects in JSON that requests share: what a selection shows of a row is made once, as long as nothing of it changes.
//! To execute each field takes most of the time of a query whose rows are known.

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt::Write,
    ptr,
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::web::Bytes;
use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, QueryEnv, ServerResult, Value,
    parser::types::{Field, Selection, SelectionSet},
    registry::Registry,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Resource,
    cache::{Reading, SharedKey, watched},
    dependencies::Shows,
};

/// The row behind an object.
pub trait SharedRow: Send + Sync {
    /// The name of its type.
    fn kind(&self) -> &'static str;

    /// Its id.
    fn id(&self) -> Uuid;

    /// Adds what its columns show.
    fn things(&self, things: &mut Vec<Uuid>);
}

impl<T: Resource> SharedRow for T {
    fn kind(&self) -> &'static str {
        T::KIND
    }

    fn id(&self) -> Uuid {
        Resource::id(self).0
    }

    fn things(&self, things: &mut Vec<Uuid>) {
        Shows::things(self, things);
    }
}

/// An object of the schema that shows a row, or one of several types that do.
pub trait Shareable: OutputType {
    fn row(&self) -> &dyn SharedRow;
}

impl<T: Resource + OutputType> Shareable for Arc<T> {
    fn row(&self) -> &dyn SharedRow {
        &**self
    }
}

/// An object in JSON. Requests whose selections say the same of a row share it.
#[derive(Clone, Debug)]
pub struct Shared<T>(pub T);

impl<T: Shareable> OutputType for Shared<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    /// The value is binary if it is JSON already: [`ResponseOrder`] writes it as it is.
    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let row = self.0.row();
        let selections = ctx.data_opt::<Selections>();
        let selection = selections.and_then(|selections| selections.of(ctx, row.kind()));
        let (Some(selection), Some(reading)) = (selection, Reading::present()) else {
            return self.0.resolve(ctx, field).await;
        };
        let key = SharedKey { id: row.id(), selection: selection.digest };
        if let Some(json) = reading.recall_shared(&key) {
            return Ok(Value::Binary(json));
        }
        if !reading.is_asked_again(key) {
            return self.0.resolve(ctx, field).await;
        }
        let errors = || ctx.query_env.errors.lock().unwrap_or_else(PoisonError::into_inner).len();
        let before = errors();
        let mut things = Vec::new();
        row.things(&mut things);
        let (made, dependencies) = Box::pin(watched(things, self.0.resolve(ctx, field))).await;
        let value = made?;
        // An error of another object counts, too. It makes this object anew the next time, and nothing else.
        if errors() > before {
            return Ok(value);
        }
        let json = Bytes::from(selection.order.json(&selection.path, &value));
        reading.note_shared(key, json.clone(), dependencies);
        Ok(Value::Binary(json))
    }
}

/// The order of the keys in a response.
pub trait ResponseOrder: Send + Sync {
    /// Whether requests share the objects at a path, which is without the positions in lists. Objects of several
    /// selections are merged, and others depend on the time of the request.
    fn is_shared(&self, path: &[String]) -> bool;

    /// An object at a path in JSON.
    fn json(&self, path: &[String], object: &Value) -> Vec<u8>;
}

/// The selections of a query, whose objects are shared if it has this in its data.
pub struct Selections {
    order: Arc<dyn ResponseOrder>,
    /// None: the objects are not shared.
    known: Mutex<HashMap<Place, Option<Arc<SharedSelection>>>>,
}

/// The place of a selection in memory, which is the same as long as the query runs, and the type of a row.
type Place = (usize, &'static str);

/// A selection whose objects are shared.
struct SharedSelection {
    path: Vec<String>,
    order: Arc<dyn ResponseOrder>,
    /// The hash of the type and of what is selected, with the values of all arguments.
    digest: [u8; 32],
}

impl Selections {
    /// The selections of a query whose response has an order.
    pub fn new(order: Arc<dyn ResponseOrder>) -> Self {
        Self { order, known: Mutex::default() }
    }

    fn of(&self, ctx: &ContextSelectionSet<'_>, kind: &'static str) -> Option<Arc<SharedSelection>> {
        let place = (ptr::from_ref(&ctx.item.node).addr(), kind);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(place).or_insert_with(|| self.shared(ctx, kind).map(Arc::new)).clone()
    }

    fn shared(&self, ctx: &ContextSelectionSet<'_>, kind: &str) -> Option<SharedSelection> {
        // No key begins with a digit; the positions in lists do.
        let is_key = |segment: &String| !segment.starts_with(|start: char| start.is_ascii_digit());
        let path: Vec<String> = ctx.path_node?.to_string_vec().into_iter().filter(is_key).collect();
        if !self.order.is_shared(&path) {
            return None;
        }
        let mut text = kind.to_owned();
        write_set(&mut text, &ctx.item.node, ctx.query_env)?;
        Some(SharedSelection { path, order: self.order.clone(), digest: Sha256::digest(text).into() })
    }
}

/// Writes what a selection says, without its places, and with the values of variables. The library has taken out what is
/// skipped. None: a variable has no value, or the text is not written.
fn write_set(text: &mut String, set: &SelectionSet, env: &QueryEnv) -> Option<()> {
    text.push('{');
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                let field = &field.node;
                write!(text, "{}:{}(", field.response_key().node, field.name.node).ok()?;
                for (name, value) in &field.arguments {
                    let variable = |name| env.variables.get(&name).cloned().ok_or(());
                    let value = value.node.clone().into_const_with(variable).ok()?;
                    write!(text, "{}:{value},", name.node).ok()?;
                }
                text.push(')');
                write_set(text, &field.selection_set.node, env)?;
            }
            Selection::InlineFragment(fragment) => {
                if let Some(condition) = &fragment.node.type_condition {
                    write!(text, "...{}", condition.node.on.node).ok()?;
                }
                write_set(text, &fragment.node.selection_set.node, env)?;
            }
            Selection::FragmentSpread(spread) => {
                let fragment = &env.fragments.get(&spread.node.fragment_name.node)?.node;
                write!(text, "...{}", fragment.type_condition.node.on.node).ok()?;
                write_set(text, &fragment.selection_set.node, env)?;
            }
        }
    }
    text.push('}');
    Some(())
}
