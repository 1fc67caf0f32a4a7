//! Plans of statements, and what is wrong with them: a scan of a table, or a sort of more than rows that were found by
//! their ids.

use std::{collections::BTreeMap, fmt};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, Statement, TransactionTrait, Value, sea_query::ArrayType,
};
use serde_json::Value as Json;

use crate::database::backend;

const A_SORT: &str = "a sort";

/// The plan of a statement.
#[derive(Debug)]
pub(super) enum Plan {
    /// Its steps, each with the number of the one that it is a part of.
    Sqlite(Vec<(i32, String)>),
    Postgres(Json),
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(steps) => steps.iter().try_for_each(|(within, step)| writeln!(f, "    {within:4} {step}")),
            Self::Postgres(node) => print(node, 4, f),
        }
    }
}

fn print(node: &Json, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let word = |name: &str| node[name].as_str().unwrap_or_default();
    let parts = ["Node Type", "Relation Name", "Index Name", "Index Cond", "Filter", "Recheck Cond"].map(word);
    writeln!(f, "{:depth$}{}", "", parts.join(" "))?;
    children(node).try_for_each(|child| print(child, depth + 2, f))
}

fn children(node: &Json) -> impl Iterator<Item = &Json> {
    node["Plans"].as_array().into_iter().flatten()
}

/// The plan that a statement has in a server.
pub(super) async fn explain(database: &DatabaseConnection, statement: Statement) -> Plan {
    match backend(database) {
        DbBackend::Postgres => Plan::Postgres(on_postgres(database, &statement).await),
        _ => {
            let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {}", statement.sql), ..statement };
            let rows = database.query_all_raw(explain).await.unwrap();
            Plan::Sqlite(
                rows.iter()
                    .map(|row| (row.try_get("", "parent").unwrap(), row.try_get("", "detail").unwrap()))
                    .collect(),
            )
        }
    }
}

/// The plan for any values, as a server has it (`force_generic_plan`).
async fn on_postgres(database: &DatabaseConnection, statement: &Statement) -> Json {
    let values: Vec<&str> = statement.values.iter().flat_map(|values| values.0.iter().map(type_of)).collect();
    let (types, nulls) = (values.join(", "), vec!["NULL"; values.len()].join(", "));
    let (types, nulls) =
        if values.is_empty() { Default::default() } else { (format!("({types})"), format!("({nulls})")) };
    let transaction = database.begin().await.unwrap();
    let prepare = format!("PREPARE explained {types} AS {}", statement.sql);
    transaction.execute_unprepared(&prepare).await.unwrap_or_else(|error| panic!("{error}: {prepare}"));
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE explained {nulls}");
    let row = transaction.query_one_raw(Statement::from_string(DbBackend::Postgres, explain)).await.unwrap().unwrap();
    let plan: Json = row.try_get_by_index(0).unwrap();
    transaction.execute_unprepared("DEALLOCATE explained").await.unwrap();
    transaction.rollback().await.unwrap();
    plan[0]["Plan"].clone()
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "boolean",
        Value::Int(_) => "integer",
        Value::BigInt(_) | Value::BigUnsigned(_) => "bigint",
        Value::String(_) => "text",
        Value::ChronoDate(_) => "date",
        Value::ChronoDateTimeUtc(_) | Value::ChronoDateTimeWithTimeZone(_) => "timestamptz",
        Value::Uuid(_) => "uuid",
        Value::Array(ArrayType::String, _) => "text[]",
        Value::Array(ArrayType::Int, _) => "integer[]",
        Value::Array(ArrayType::Uuid, _) => "uuid[]",
        other => panic!("{other:?}"),
    }
}

impl Plan {
    /// Where the plan reads a whole table or index. Four thousand speakers are read sooner than some of them are looked
    /// up.
    pub(super) fn scans(&self) -> Vec<String> {
        let mut faults = self.faults("", false);
        faults.retain(|fault| ![A_SORT, "a scan of speaker"].contains(&fault.as_str()));
        faults
    }

    /// What is wrong with the plan for a page of the rows of a table, or for a count of them. A page may walk the whole
    /// index of an order, which its limit ends.
    pub(super) fn faults(&self, table: &str, is_page: bool) -> Vec<String> {
        match self {
            Self::Sqlite(steps) => faults_on_sqlite(steps, table, is_page),
            Self::Postgres(plan) => {
                let mut faults = Vec::new();
                faults_on_postgres(plan, table, is_page, &mut faults);
                faults
            }
        }
    }
}

fn faults_on_sqlite(steps: &[(i32, String)], table: &str, is_page: bool) -> Vec<String> {
    let mut levels: BTreeMap<i32, Vec<&str>> = BTreeMap::new();
    for (within, step) in steps {
        levels.entry(*within).or_default().push(step);
    }
    let mut faults = Vec::new();
    for steps in levels.values() {
        let sorts = steps.iter().any(|step| step.starts_with("USE TEMP B-TREE") && !step.ends_with("FOR DISTINCT"));
        let by_id = |step: &&str| step.starts_with(&format!("SEARCH {table} USING")) && step.ends_with("(id=?)");
        if sorts && !steps.iter().any(by_id) {
            faults.push(A_SORT.to_owned());
        }
        for step in steps {
            let walk = ["INDEX", "COVERING INDEX"].map(|index| format!("SCAN {table} USING {index}"));
            let walks = is_page && !sorts && walk.iter().any(|walk| step.starts_with(walk));
            // What is looked through is an index that has all columns of the conditions.
            let made = [
                "COVERING INDEX talk_by_conditions",
                "COVERING INDEX recording_by_conditions",
                "VIRTUAL TABLE",
                "SCAN (",
                "SCAN each",
                "SCAN some",
                "SCAN tie",
                "SCAN page",
                "CONSTANT ROW",
            ];
            if step.contains("AUTOMATIC")
                || step.starts_with("SCAN") && !walks && !made.iter().any(|of| step.contains(of))
            {
                faults.push((*step).to_owned());
            }
        }
    }
    faults
}

fn faults_on_postgres(node: &Json, table: &str, is_page: bool, faults: &mut Vec<String>) {
    let word = |name: &str| node[name].as_str().unwrap_or_default();
    let (kind, relation) = (word("Node Type"), word("Relation Name"));
    // A few pages are read sooner as a whole than by an index.
    let is_small = ["conference", "alias", "edition", "room", "track", "sponsorship"].contains(&relation);
    // The table of the tests is hardly larger than the index that has the titles.
    let looks_through_titles = word("Filter").starts_with("(title_key ~~");
    match kind {
        "Seq Scan" if !is_small && !looks_through_titles => faults.push(format!("a scan of {relation}")),
        "Index Scan" | "Index Only Scan" | "Bitmap Index Scan"
            if !is_small
                && !looks_through_titles
                && node["Index Cond"].is_null()
                && (!is_page || relation != table) =>
        {
            faults.push(format!("a scan of {}", word("Index Name")));
        }
        "Sort" | "Incremental Sort" if table != "edition" && !sorts_found(node, table) => {
            faults.push(A_SORT.to_owned())
        }
        _ => {}
    }
    // To find the different ones among some rows is no sort of a list.
    let of_unique = |child: &Json| kind == "Unique" && child["Node Type"] == "Sort";
    let (sorted, others): (Vec<&Json>, Vec<&Json>) = children(node).partition(|child| of_unique(child));
    let below = others.into_iter().chain(sorted.into_iter().flat_map(children));
    below.for_each(|child| faults_on_postgres(child, table, is_page, faults));
}

/// Whether a sort is one of rows that were found by their ids, or of a small table.
fn sorts_found(node: &Json, table: &str) -> bool {
    let is_other = matches!(node["Parent Relationship"].as_str(), Some("InitPlan" | "SubPlan"));
    let condition = ["Index Cond", "Recheck Cond"].map(|name| node[name].as_str().unwrap_or_default()).concat();
    !is_other && (node["Relation Name"] == table && condition.contains("(id = ANY"))
        || children(node).any(|child| sorts_found(child, table))
}
