//! The parents of lists: how the rows within one are found.

use sea_orm::{
    DbBackend, ExprTrait, IntoSimpleExpr, JoinType,
    sea_query::{Expr, Query, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

use super::Listed;
use crate::{
    database::{among, among_found, name},
    error::{Error, Result},
};

/// The type of a parent that a list is within.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parent {
    Conference,
    Edition,
    Speaker,
    Company,
}

impl Parent {
    /// The relation of a list to its parents: the parent's id in SQL, and the pairs to join if no column of the list
    /// has it.
    fn tie(self, kind: &str, ids: &[Uuid], backend: DbBackend) -> Result<(SimpleExpr, Option<SelectStatement>)> {
        use entity::{edition, recording, talk};
        let column = |column: SimpleExpr| Ok((column, None));
        let pairs = |table: &str, parent: &'static str, child: &str| {
            let mut pairs = Query::select();
            pairs
                .distinct()
                .expr_as(Expr::cust(parent), name("parent_id"))
                .expr_as(Expr::cust(format!("pair.{child}")), name("child_id"))
                .from_as(name(table), name("pair"))
                .and_where(among(backend, Expr::cust(parent), ids));
            if kind != "Talk" {
                let on = Expr::cust("talk.id = pair.talk_id AND talk.status <> 'WITHDRAWN'");
                pairs.join(JoinType::InnerJoin, talk::Entity, on);
            }
            if self == Self::Edition && backend == DbBackend::Postgres {
                // It takes the talks of an edition for so many that it reads the whole table of pairs.
                let of_editions = among(backend, Expr::cust("edition_id"), ids);
                let talks = Query::select().expr(Expr::cust("id")).from(talk::Entity).and_where(of_editions).to_owned();
                pairs.and_where(among_found(backend, Expr::cust("pair.talk_id"), talks));
            }
            Ok((Expr::cust("tie.parent_id"), Some(pairs)))
        };
        match (kind, self) {
            ("Edition", Self::Conference) => column(edition::Column::ConferenceId.into_simple_expr()),
            ("Talk", Self::Edition) => column(talk::Column::EditionId.into_simple_expr()),
            ("Recording", Self::Edition) => column(recording::Column::EditionId.into_simple_expr()),
            ("Talk", Self::Speaker) => pairs("appearance", "pair.speaker_id", "talk_id"),
            ("Talk", Self::Company) => pairs("appearance_company", "pair.company_id", "talk_id"),
            ("Speaker", Self::Edition) => pairs("appearance", "talk.edition_id", "speaker_id"),
            ("Speaker", Self::Company) => pairs("appearance_company", "pair.company_id", "speaker_id"),
            ("Company", Self::Edition) => pairs("appearance_company", "talk.edition_id", "company_id"),
            _ => Err(Error::Internal(format!("no list of {kind} within {self:?}"))),
        }
    }

    /// Limits a select to the rows within the parents with these ids. The result is the parent's id in SQL.
    pub(super) fn narrow<T: Listed>(
        self,
        select: &mut SelectStatement,
        ids: &[Uuid],
        backend: DbBackend,
    ) -> Result<SimpleExpr> {
        let (column, pairs) = self.tie(T::KIND, ids, backend)?;
        match pairs {
            Some(pairs) => {
                let on = T::id_column().eq(Expr::cust("tie.child_id"));
                select.join_subquery(JoinType::InnerJoin, pairs, name("tie"), on);
            }
            None => {
                // An index has the rows within one parent in their order, but not those within several ones.
                select.and_where(match ids {
                    [id] => column.clone().eq(*id),
                    _ => among(backend, column.clone(), ids),
                });
            }
        }
        Ok(column)
    }
}
