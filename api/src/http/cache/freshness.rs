//! The freshness of a representation, read in one small statement.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, ExprTrait,
    sea_query::{Expr, Func, Query, SelectStatement, UnionType, Value},
};

use super::Representation;
use crate::{
    database::{commits::Mark, name},
    error::Result,
    ready::Freshness,
    state::Server,
};

/// The part of the archive whose last revision is in a representation's tag.
#[derive(Clone, Debug)]
pub enum RevisionScope {
    /// The program, whose representations change only with its build.
    Program,
    /// The whole archive.
    Archive,
    /// The whole archive, with an item that must exist: a table, a column and its value.
    Item(&'static str, &'static str, Value),
    /// The whole archive, with a talk that must exist, by the slugs of its edition and its own.
    Talk(String, String),
    /// The edition with a slug, and everything that is shown in it.
    Edition(String),
    /// The edition with a slug, with a talk that must exist, by its slug.
    EditionWithTalk(String, String),
    /// The edition of the talk with an id.
    EditionOfTalk(uuid::Uuid),
}

/// The freshness of a representation at this moment. None if the item does not exist. What shows the whole archive takes
/// a statement only if the mark is new.
pub(super) async fn freshness(
    server: &Server,
    selected: &Representation<'_>,
    mark: Option<Mark>,
) -> Result<Option<Freshness>> {
    let shows_all = matches!(selected.scope, RevisionScope::Archive) && selected.reads_clock;
    if let Some(mark) = mark.filter(|_| shows_all) {
        if let Some(known) = server.responses.archive(mark, (server.clock)()) {
            return Ok(Some(known));
        }
        let read = read(server, &selected.scope, true).await?;
        // A write that fell between the mark and the statement has another mark.
        if let Some(freshness) = read.as_ref().filter(|_| server.follower.mark() == Some(mark)) {
            server.responses.remember_archive(mark, freshness.clone());
        }
        return Ok(read);
    }
    read(server, &selected.scope, selected.reads_clock).await
}

/// The revision that a representation shows at this moment. None if the item does not exist.
pub(super) async fn revision(server: &Server, scope: &RevisionScope) -> Result<Option<i64>> {
    Ok(read(server, scope, false).await?.map(|present| present.revision))
}

async fn read(server: &Server, scope: &RevisionScope, reads_clock: bool) -> Result<Option<Freshness>> {
    let now = (server.clock)();
    let Some(mut select) = revision_of(scope) else {
        let started = server.started_at;
        return Ok(Some(Freshness { revision: 0, changed_at: started, passed: None, next: None, concluded: false }));
    };
    if reads_clock {
        select
            .expr_as(Expr::expr(boundary(now, true)), name("passed"))
            .expr_as(Expr::expr(boundary(now, false)), name("next"));
    }
    let Some(row) = server.database.query_one(&select).await? else { return Ok(None) };
    let time = |column: &str| match reads_clock {
        true => row.try_get::<Option<DateTime<Utc>>>("", column),
        false => Ok(None),
    };
    let finishes_at: Option<DateTime<Utc>> = row.try_get("", "finishes_at")?;
    let revision = row.try_get("", "revision")?;
    // After a newer state no older one is sent, also of what else is known.
    server.follower.saw(row.try_get("", "last")?);
    Ok(Some(Freshness {
        revision,
        changed_at: row.try_get("", "changed_at")?,
        passed: time("passed")?,
        next: time("next")?,
        concluded: finishes_at.is_some_and(|end| end <= now),
    }))
}

pub(crate) fn revision_of(scope: &RevisionScope) -> Option<SelectStatement> {
    let select = |columns: [&'static str; 3], table: &str| {
        let mut select = Query::select();
        for (column, alias) in columns.into_iter().zip(["revision", "changed_at", "finishes_at"]) {
            select.expr_as(Expr::cust(column), name(alias));
        }
        select.expr_as(Expr::cust("(SELECT revision FROM archive_state)"), name("last"));
        select.from(name(table)).to_owned()
    };
    let archive = || select(["revision", "updated_at", "CAST(NULL AS timestamp)"], "archive_state");
    let edition = |which: Expr| {
        select(["content_revision", "content_updated_at", "finishes_at"], "edition").and_where(which).to_owned()
    };
    let is = |column: &'static str, value: &Value| Expr::cust(column).eq(Expr::val(value.clone()));
    let exists = |table: &str, which: Expr| {
        Expr::exists(Query::select().expr(Expr::cust("1")).from(name(table)).and_where(which).to_owned())
    };
    Some(match scope {
        RevisionScope::Program => return None,
        RevisionScope::Archive => archive(),
        RevisionScope::Item(table, column, value) => archive().and_where(exists(table, is(column, value))).to_owned(),
        RevisionScope::Talk(slug, talk) => {
            let of_edition = Query::select()
                .expr(Expr::cust("edition.id"))
                .from(name("edition"))
                .and_where(is("edition.slug", &slug.into()))
                .to_owned();
            let talk = is("talk.slug", &talk.into()).and(Expr::cust("talk.edition_id").in_subquery(of_edition));
            archive().and_where(exists("talk", talk)).to_owned()
        }
        RevisionScope::Edition(slug) => edition(is("slug", &slug.into())),
        RevisionScope::EditionWithTalk(slug, talk) => {
            let talk = Expr::cust("talk.edition_id = edition.id").and(is("talk.slug", &talk.into()));
            edition(is("slug", &slug.into()).and(exists("talk", talk)))
        }
        RevisionScope::EditionOfTalk(id) => {
            let of_talk = Query::select()
                .expr(Expr::cust("talk.edition_id"))
                .from(name("talk"))
                .and_where(is("talk.id", &(*id).into()))
                .to_owned();
            edition(Expr::cust("id").in_subquery(of_talk))
        }
    })
}

/// The last past start or end of a slot or an edition, or the next one.
fn boundary(now: DateTime<Utc>, is_past: bool) -> SelectStatement {
    let nearest = |table: &str, column: &'static str| {
        let time = Expr::cust(column);
        let mut select = Query::select();
        select.from(name(table));
        match is_past {
            true => select.expr_as(Func::max(time.clone()), name("at")).and_where(time.lte(now)),
            false => select.expr_as(Func::min(time.clone()), name("at")).and_where(time.gt(now)),
        };
        select
    };
    let mut all = nearest("slot", "starts_at");
    for other in [nearest("slot", "ends_at"), nearest("edition", "begins_at"), nearest("edition", "finishes_at")] {
        all.union(UnionType::All, other);
    }
    let at = Expr::cust("boundary.at");
    let at = if is_past { Func::max(at) } else { Func::min(at) };
    Query::select().expr(at).from_subquery(all, name("boundary")).to_owned()
}
