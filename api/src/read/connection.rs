//! Relay connections: pages of whole lists and of lists within a parent.

use std::sync::Arc;

use async_graphql::{
    Context, Enum, Object, TypeName,
    connection::{CursorType, Edge},
};

use super::{
    Listed, Loading,
    list::{CountAll, CountWithin, PageOfAll, PageWithin},
    page::{Cursor, List, Page, PageArguments},
    parent::Parent,
    shared::Shared,
};
use crate::{error::Result, scalars::Id};

/// A page of a list as a Relay connection.
pub type Connection<T> = async_graphql::connection::Connection<LazyCursor<T>, Shared<Arc<T>>, LazyCount<T>>;

/// The cursor of a row, encoded only if the query asks for it.
pub struct LazyCursor<T: Listed> {
    row: Arc<T>,
    order: T::OrderField,
}

impl<T: Listed> CursorType for LazyCursor<T> {
    type Error = &'static str;

    /// Never called: cursors arrive as strings and are checked with their list.
    fn decode_cursor(_: &str) -> Result<Self, Self::Error> {
        Err("cursors are read with their list")
    }

    fn encode_cursor(&self) -> String {
        Cursor::of(self.row.as_ref(), self.order).encode()
    }
}

/// The number of items in a list, counted only if the query asks for it.
pub struct LazyCount<T: Listed> {
    filter: T::Filter,
    within: Option<(Parent, Id)>,
}

impl<T: Listed> TypeName for LazyCount<T> {
    fn type_name() -> std::borrow::Cow<'static, str> {
        format!("{}LazyCount", T::KIND).into()
    }
}

#[Object(name_type)]
impl<T: Listed> LazyCount<T> {
    /// The number of items in the whole list, on all pages together.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        let filter = self.filter.clone();
        match self.within {
            Some((parent, id)) => ctx.load(CountWithin::<T> { parent, id: id.0, filter }).await,
            None => ctx.load(CountAll::<T>(filter)).await,
        }
    }
}

/// The direction of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum OrderDirection {
    /// Ascending: the smallest value first. Items without a value come last.
    #[default]
    Asc,
    /// Descending: the greatest value first. Items without a value come first.
    Desc,
}

/// An order as an input object.
pub trait OrderInput: Default + Send + Sync {
    /// The value to order by.
    type Field;

    /// The value to order by, and whether the order is descending.
    fn parts(self) -> (Self::Field, bool);
}

/// The input object of an order: a field and a direction.
macro_rules! order_input {
    ($(#[$doc:meta])* $name:ident, $field:ty, $default:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, async_graphql::InputObject)]
        pub struct $name {
            /// The value to order by.
            pub field: $field,
            /// The direction of the order. If it is left out, it is ASC.
            #[graphql(default_with = "crate::read::connection::OrderDirection::Asc")]
            pub direction: crate::read::connection::OrderDirection,
        }

        impl Default for $name {
            fn default() -> Self {
                Self { field: $default, direction: crate::read::connection::OrderDirection::Asc }
            }
        }

        impl crate::read::connection::OrderInput for $name {
            type Field = $field;

            fn parts(self) -> ($field, bool) {
                (self.field, self.direction == crate::read::connection::OrderDirection::Desc)
            }
        }
    };
}
pub(crate) use order_input;

/// The arguments of a connection.
pub struct ConnectionArguments<T: Listed> {
    pub filter: Option<T::Filter>,
    pub order_by: Option<T::Order>,
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

impl<T: Listed> ConnectionArguments<T> {
    fn list(self, max_size: usize) -> Result<List<T>> {
        let (order, descending) = self.order_by.unwrap_or_default().parts();
        let page = PageArguments { first: self.first, after: self.after, last: self.last, before: self.before };
        List::new(self.filter.unwrap_or_default(), order, descending, page, max_size)
    }

    /// A page of the whole list. All rows within one parent are read as the list within it, because it is known which
    /// writes concern that.
    pub async fn all(self, ctx: &Context<'_>) -> Result<Connection<T>> {
        let list = self.list(ctx.reads()?.max_page_size)?;
        if let Some((parent, slug, rest)) = T::within(&list.filter)
            && rest == T::Filter::default()
            && let Some(id) = ctx.load(slug).await?
        {
            return page_within(ctx, list.filtered(rest), parent, Id(id)).await;
        }
        let list = Arc::new(list);
        let page = ctx.load(PageOfAll(list.clone())).await?;
        Ok(connection(page, list.order, LazyCount { filter: list.filter.clone(), within: None }))
    }

    /// A page of the list within a parent.
    pub async fn within(self, ctx: &Context<'_>, parent: Parent, id: Id) -> Result<Connection<T>> {
        page_within(ctx, self.list(ctx.reads()?.max_page_size)?, parent, id).await
    }
}

async fn page_within<T: Listed>(ctx: &Context<'_>, list: List<T>, parent: Parent, id: Id) -> Result<Connection<T>> {
    let list = Arc::new(list);
    let page = ctx.load(PageWithin { parent, id: id.0, list: list.clone() }).await?;
    Ok(connection(page, list.order, LazyCount { filter: list.filter.clone(), within: Some((parent, id)) }))
}

fn connection<T: Listed>(page: Page<T>, order: T::OrderField, total: LazyCount<T>) -> Connection<T> {
    let mut connection = Connection::with_additional_fields(page.has_previous, page.has_next, total);
    connection.edges =
        page.rows.into_iter().map(|row| Edge::new(LazyCursor { row: row.clone(), order }, Shared(row))).collect();
    connection
}
