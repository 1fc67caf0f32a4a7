//! Tables beside those of the archive, on PostgreSQL: many new rows are written where no index is in order yet and no
//! reference is checked, and the tables take the place of the empty ones when their rows, indexes and references are
//! there. Readers go on meanwhile, as they would not if the indexes of the archive's own tables were taken away.

use std::time::Duration;

use entity::change;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityName, Statement};
use tokio::time::sleep;

use super::rows::{nodes, parts};
use crate::{database::renew_statistics, progress::Progress};

/// How often it is tried to put the tables in place, for which nobody may be reading the empty ones.
const TRIES: usize = 20;

/// The time between two tries. Readers go on in it: during a try they may wait for a tenth of a second.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// The empty tables of an archive, and those that are filled in their place.
pub(in crate::archive) struct StagedTables {
    /// The names of the tables, those that others refer to first.
    tables: Vec<String>,
    /// The schema of the archive, quoted where it has to be.
    schema: String,
    /// The schema of the tables that are filled. No other import takes it.
    staging: String,
    /// The statements that make the indexes and constraints of the tables, references last.
    made_late: Vec<String>,
    /// The references of other tables to these: the statements that take them away and that make them.
    references: Vec<(String, String)>,
}

/// The tables that the rows of an import are in, those that others refer to first.
fn tables() -> Vec<String> {
    let mut tables = vec![change::Entity.table_name().to_owned()];
    macro_rules! add {
        ($($rows:ident: $table:ident $word:tt,)+) => {
            $(tables.push(entity::$table::Entity.table_name().to_owned());)+
        };
    }
    nodes!(add);
    parts!(add);
    tables
}

/// Whether tables can be replaced: they are the user's own, who may make a schema, and are as a migration leaves them.
/// Permissions, triggers, policies, publications and views would be lost with a table, or would hold it.
const CAN_BE_REPLACED: &str = "
    SELECT has_database_privilege(current_database(), 'CREATE') AND bool_and(
        pg_class.relowner = current_user::regrole AND pg_class.relkind = 'r' AND pg_class.relpersistence = 'p'
        AND pg_class.relacl IS NULL AND pg_class.reloptions IS NULL AND pg_class.reltablespace = 0
        AND pg_class.relreplident = 'd' AND NOT pg_class.relrowsecurity AND NOT pg_class.relhassubclass
        AND NOT EXISTS (
            SELECT FROM pg_attribute WHERE pg_attribute.attrelid = pg_class.oid AND pg_attribute.attacl IS NOT NULL
        )
        AND NOT EXISTS (
            SELECT FROM pg_depend
            WHERE pg_depend.refclassid = 'pg_class'::regclass AND pg_depend.refobjid = pg_class.oid
            AND pg_depend.classid NOT IN (
                'pg_class'::regclass, 'pg_type'::regclass, 'pg_constraint'::regclass, 'pg_attrdef'::regclass
            )
        )
    ) AS yes
    FROM unnest($1::text[]) AS name JOIN pg_class ON pg_class.oid = name::regclass";

/// The schema of the tables, and a name for one that no other import takes.
const SCHEMAS: &str = "
    SELECT quote_ident(pg_namespace.nspname) AS home, 'lectern_import_' || pg_backend_pid() AS staging
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
    WHERE pg_class.oid = 'change'::regclass";

/// The statements that make what tables have: keys, then other indexes, then references. `$2` is the schema in which
/// they are made.
const MADE_LATE: &str = "
    SELECT statement FROM (
        SELECT CASE WHEN contype = 'f' THEN 3 ELSE 1 END AS step, pg_constraint.oid,
            format('ALTER TABLE %s.%I ADD CONSTRAINT %I %s', $2::text, pg_class.relname, pg_constraint.conname,
                pg_get_constraintdef(pg_constraint.oid)) AS statement
        FROM unnest($1::text[]) AS name JOIN pg_class ON pg_class.oid = name::regclass
        JOIN pg_constraint ON pg_constraint.conrelid = pg_class.oid AND pg_constraint.contype IN ('p', 'u', 'f', 'x')
        UNION ALL
        SELECT 2, pg_index.indexrelid, replace(pg_get_indexdef(pg_index.indexrelid),
            format(' ON %I.%I USING ', pg_namespace.nspname, pg_class.relname),
            format(' ON %s.%I USING ', $2::text, pg_class.relname))
        FROM unnest($1::text[]) AS name JOIN pg_class ON pg_class.oid = name::regclass
        JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
        JOIN pg_index ON pg_index.indrelid = pg_class.oid
        WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE pg_constraint.conindid = pg_index.indexrelid
            AND pg_constraint.conrelid = pg_class.oid)
    ) AS statements
    ORDER BY step, oid";

/// The references of other tables to these.
const REFERENCES: &str = "
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid))
            AS statement
    FROM pg_constraint
    WHERE contype = 'f' AND confrelid IN (SELECT name::regclass FROM unnest($1::text[]) AS name)
    AND conrelid NOT IN (SELECT name::regclass FROM unnest($1::text[]) AS name)
    ORDER BY pg_constraint.oid";

impl StagedTables {
    /// Makes empty tables, in which the next statements of the transaction write. None where the archive's tables can't be
    /// replaced.
    pub(super) async fn make(transaction: &DatabaseTransaction) -> Result<Option<Self>, DbErr> {
        let tables = tables();
        let about = |sql: &str, staging: Option<&String>| {
            let values = [Some(tables.clone().into()), staging.map(|staging| staging.clone().into())];
            Statement::from_sql_and_values(DbBackend::Postgres, sql, values.into_iter().flatten())
        };
        let can_be = transaction.query_one_raw(about(CAN_BE_REPLACED, None)).await?;
        if !can_be.map(|row| row.try_get("", "yes")).transpose()?.unwrap_or(false) {
            return Ok(None);
        }
        let schemas = Statement::from_string(DbBackend::Postgres, SCHEMAS);
        let Some(schemas) = transaction.query_one_raw(schemas).await? else { return Ok(None) };
        let (schema, staging): (String, String) = (schemas.try_get("", "home")?, schemas.try_get("", "staging")?);
        let (mut made_late, mut references) = (Vec::new(), Vec::new());
        for row in transaction.query_all_raw(about(MADE_LATE, Some(&staging))).await? {
            made_late.push(row.try_get("", "statement")?);
        }
        for row in transaction.query_all_raw(about(REFERENCES, None)).await? {
            references.push((row.try_get("", "drop")?, row.try_get("", "statement")?));
        }
        let mut steps = vec![format!("CREATE SCHEMA {staging}")];
        let of =
            |table| format!("CREATE TABLE {staging}.{table} (LIKE {schema}.{table} INCLUDING ALL EXCLUDING INDEXES)");
        steps.extend(tables.iter().map(of));
        steps.push(format!("SET LOCAL search_path = {staging}, {schema}"));
        transaction.execute_unprepared(&steps.join(";")).await?;
        Ok(Some(Self { tables, schema, staging, made_late, references }))
    }

    /// Makes the indexes of the tables, checks their references, and puts them in the place of the empty ones. Where
    /// somebody reads these all the time, or something depends on them, their rows are copied instead.
    pub(super) async fn put_in_place(
        self,
        transaction: &DatabaseTransaction,
        progress: &Progress,
    ) -> Result<(), DbErr> {
        progress.begin("indexes made", self.made_late.len());
        for statement in &self.made_late {
            transaction.execute_unprepared(statement).await?;
            progress.count();
        }
        renew_statistics(transaction).await?;
        let replace = self.replace();
        transaction.execute_unprepared("SAVEPOINT empty").await?;
        for _ in 0..TRIES {
            if transaction.execute_unprepared(&replace).await.is_ok() {
                return Ok(());
            }
            // The locks end with the savepoint.
            transaction.execute_unprepared("ROLLBACK TO SAVEPOINT empty").await?;
            sleep(BETWEEN_TRIES).await;
        }
        transaction.execute_unprepared(&self.copy()).await?;
        renew_statistics(transaction).await
    }

    /// The statements that put the tables in place. Locks are taken one by one, so this and a reader may each wait for
    /// the other one, but not for long.
    fn replace(&self) -> String {
        let Self { tables, schema, staging, references, .. } = self;
        let own = tables.iter().map(|table| format!("{schema}.{table}")).collect::<Vec<_>>().join(", ");
        let (drop, add): (Vec<_>, Vec<_>) = references.iter().cloned().unzip();
        let mut steps = vec![
            "SET LOCAL lock_timeout = 100".to_owned(),
            format!("LOCK TABLE {own} IN ACCESS EXCLUSIVE MODE"),
            "SET LOCAL search_path TO DEFAULT".to_owned(),
        ];
        steps.extend(drop);
        steps.push(format!("DROP TABLE {own}"));
        steps.extend(tables.iter().map(|table| format!("ALTER TABLE {staging}.{table} SET SCHEMA {schema}")));
        steps.extend(add);
        steps.push(format!("DROP SCHEMA {staging}"));
        steps.push("SET LOCAL lock_timeout TO DEFAULT".to_owned());
        steps.push("RELEASE SAVEPOINT empty".to_owned());
        steps.join(";")
    }

    /// The statements that copy the rows into the empty tables.
    fn copy(&self) -> String {
        let Self { tables, schema, staging, .. } = self;
        let mut steps = vec!["SET LOCAL search_path TO DEFAULT".to_owned()];
        let rows = |table| format!("INSERT INTO {schema}.{table} SELECT * FROM {staging}.{table}");
        steps.extend(tables.iter().map(rows));
        steps.push(format!("DROP SCHEMA {staging} CASCADE"));
        steps.join(";")
    }
}
