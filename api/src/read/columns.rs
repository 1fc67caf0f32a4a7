//! Rows that are read by position: a select lists the columns of a row, and the row reads them in the same order.
//!
//! Long texts (an abstract, a biography) are read along with single rows only. Of many rows they are loaded where a
//! query asks for them, in one statement for all rows.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, Value, parser::types::Field, registry::Registry,
};
use sea_orm::{
    ConnectionTrait, QueryResult, TryGetError, TryGetable,
    sea_query::{Expr, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    Reads,
    batch::{Batches, Relation},
};
use crate::{
    database::{among, name, values::Values},
    error::{Error, Result},
    weight::Weigh,
};

pub(crate) use columns::Columns;

/// A value of some columns in their order.
pub trait Columns: Sized {
    /// How many columns it has.
    fn count(long: LongTexts) -> usize;

    /// Lists the columns in a select.
    fn select(select: &mut SelectStatement, long: LongTexts);

    /// Reads the columns.
    fn read(cells: &mut Cells<'_>) -> Result<Self, TryGetError>;
}

impl<T: Columns> Columns for Arc<T> {
    fn count(long: LongTexts) -> usize {
        T::count(long)
    }

    fn select(select: &mut SelectStatement, long: LongTexts) {
        T::select(select, long);
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, TryGetError> {
        T::read(cells).map(Self::new)
    }
}

/// The columns of a row that may be missing, as an outer join has it.
impl<T: Columns> Columns for Option<T> {
    fn count(long: LongTexts) -> usize {
        T::count(long)
    }

    fn select(select: &mut SelectStatement, long: LongTexts) {
        T::select(select, long);
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, TryGetError> {
        let after = cells.values.place() + T::count(cells.long);
        match T::read(cells) {
            Ok(row) => Ok(Some(row)),
            Err(TryGetError::Null(_)) => {
                cells.values.go_to(after);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether rows are read with their long texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LongTexts {
    Left,
    Read,
}

impl LongTexts {
    /// Of single rows, which are mostly asked for as a whole. A statement more would cost more than the texts.
    pub fn of<K>(keys: &[K]) -> Self {
        if keys.len() == 1 { Self::Read } else { Self::Left }
    }

    /// Whether they are read.
    pub fn are_read(self) -> bool {
        self == Self::Read
    }
}

/// The values of a row that was found, from the first one on.
pub struct Cells<'a> {
    values: Values<'a>,
    long: LongTexts,
    reads: &'a Reads,
}

impl<'a> Cells<'a> {
    /// The values of a row.
    pub fn of(row: &'a QueryResult, long: LongTexts, reads: &'a Reads) -> Self {
        Self { values: Values::of(row), long, reads }
    }

    /// The context of the read.
    pub fn reads(&self) -> &Reads {
        self.reads
    }

    /// The next value.
    pub fn value<T: TryGetable>(&mut self) -> Result<T, TryGetError> {
        self.values.value()
    }

    /// The next value, which may be null.
    pub fn maybe<T: TryGetable>(&mut self) -> Result<Option<T>, TryGetError> {
        self.values.maybe()
    }

    /// The long text in a column of the row with an id.
    pub fn long_text(&mut self, table: &'static str, column: &'static str, id: Uuid) -> Result<LongText, TryGetError> {
        let read = match self.long {
            LongTexts::Left => None,
            LongTexts::Read => Some(self.maybe::<String>()?.map(Arc::from)),
        };
        Ok(LongText { key: TextKey { table, column, id }, read })
    }
}

/// A long text of a row, which may not be read yet. In GraphQL it is a `String` that may be null.
#[derive(Clone, Debug)]
pub struct LongText {
    key: TextKey,
    read: Option<Option<Arc<str>>>,
}

impl LongText {
    /// The text, as far as it was read with its row.
    pub fn read(&self) -> Option<&str> {
        self.read.as_ref()?.as_deref()
    }

    /// The text; none if the row has none.
    pub async fn load(&self, batches: &Batches<Reads>) -> Result<Option<Arc<str>>> {
        match &self.read {
            Some(read) => Ok(read.clone()),
            None => batches.load(self.key).await,
        }
    }
}

impl Weigh for LongText {
    fn weight(&self) -> usize {
        self.read().map_or(0, str::len)
    }
}

impl OutputType for LongText {
    fn type_name() -> Cow<'static, str> {
        String::type_name()
    }

    fn qualified_type_name() -> String {
        Option::<String>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Option::<String>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let text = match ctx.data::<Arc<Batches<Reads>>>() {
            Ok(batches) => self.load(batches).await,
            Err(error) => Err(Error::Internal(error.message)),
        };
        Ok(match text {
            Ok(text) => text.map_or(Value::Null, |text| Value::String(text.to_string())),
            Err(error) => {
                ctx.add_error(ctx.set_error_path(async_graphql::Error::from(error).into_server_error(field.pos)));
                Value::Null
            }
        })
    }
}

/// A long text by its column and the id of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct TextKey {
    table: &'static str,
    column: &'static str,
    id: Uuid,
}

impl Relation for TextKey {
    type Value = Option<Arc<str>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        let mut columns: HashMap<(&str, &str), Vec<Self>> = HashMap::new();
        for key in keys {
            columns.entry((key.table, key.column)).or_default().push(key);
        }
        let mut texts = HashMap::new();
        for ((table, column), keys) in columns {
            let ids: Vec<Uuid> = keys.iter().map(|key| key.id).collect();
            let select = Query::select()
                .columns(["id", column].map(name))
                .from(name(table))
                .and_where(among(reads.backend(), Expr::col(name("id")), &ids))
                .to_owned();
            let mut found: HashMap<Uuid, Arc<str>> = HashMap::new();
            for row in reads.database.query_all(&select).await? {
                if let Some(text) = row.try_get_by_index::<Option<String>>(1)? {
                    found.insert(row.try_get_by_index(0)?, text.into());
                }
            }
            texts.extend(keys.into_iter().map(|key| (key, found.get(&key.id).cloned())));
        }
        Ok(texts)
    }

    crate::read::batch::shared!(row of key => key.id);
}
