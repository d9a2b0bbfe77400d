//! Going on with a migration whose runner was killed: which statement is next.
//!
//! The history says how many statements are done. The one after them may or may not have run. Where it shared a
//! transaction with the record it has not; otherwise the catalog is asked; and where that cannot tell, nothing is done.

use nicol_db::script::ScriptStatement;
use nicol_db::{Connection, Dialect, Value};

use crate::apply::line_of;
use crate::directory::Migration;
use crate::error::{Error, Result, code};
use crate::history::HistoryRow;
use crate::statement::{self, Kind, Trace};

/// The index of the first statement still to run.
///
/// # Errors
/// `migration-interrupted` when it cannot be told whether the statement in flight has run.
pub(crate) async fn first_statement(
    conn: &mut Connection,
    migration: &Migration,
    statements: &[ScriptStatement<'_>],
    row: &HistoryRow,
) -> Result<usize> {
    let done = row.applied_steps_count as usize;
    let Some(next) = statements.get(done) else {
        return Ok(statements.len());
    };
    let has_run = match statement::kind(next.text, conn.dialect()) {
        // A transaction of the script's own records its end itself, so one whose record is missing has not happened.
        Kind::Begin | Kind::Commit | Kind::Rollback | Kind::Session | Kind::Data => Some(false),
        Kind::TableLock => None,
        Kind::Alone | Kind::Structure => match statement::trace(next.text, conn.dialect()) {
            Some(trace) => has_run(conn, &trace).await?,
            None => None,
        },
    };
    match has_run {
        Some(true) => Ok(done + 1),
        Some(false) => Ok(done),
        None => Err(cannot_tell(migration, statements, done)),
    }
}

fn cannot_tell(migration: &Migration, statements: &[ScriptStatement<'_>], done: usize) -> Error {
    let text = statement::without_leading_comments(statements[done].text);
    let start = statements[done].start + statements[done].text.len() - text.len();
    let shown: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect();
    let message = format!(
        "An earlier run of migration {} was cut off at statement {} of {} (line {}), and the database does not show whether \
         it was carried out: {shown}",
        migration.name,
        done + 1,
        statements.len(),
        line_of(migration.statements(), start)
    );
    Error::new(code::INTERRUPTED, message).with_migration(&migration.name).with_help(format!(
        "Look whether it has happened, run the rest by hand, then record the migration with `nicol migrate resolve \
         --applied {}`.",
        migration.name
    ))
}

/// Whether the trace of a statement is there.
async fn has_run(conn: &mut Connection, trace: &Trace) -> Result<Option<bool>> {
    let (found, wanted) = match trace {
        Trace::Repeatable => return Ok(Some(false)),
        Trace::Table { table, exists } => (look(conn, "tables", &[("table_name", table)]).await?, *exists),
        Trace::Column { table, column, exists } => {
            (look(conn, "columns", &[("table_name", table), ("column_name", column)]).await?, *exists)
        }
        Trace::Constraint { table, constraint, exists } => {
            let names = [("table_name", table), ("constraint_name", constraint)];
            (look(conn, "table_constraints", &names).await?, *exists)
        }
        Trace::Index { table, index, exists } => (index_exists(conn, table.as_deref(), index).await?, *exists),
    };
    Ok(Some(found == wanted))
}

/// Whether one of the tables of `information_schema` has a row of these names.
async fn look(conn: &mut Connection, view: &str, names: &[(&str, &String)]) -> Result<bool> {
    let mut sql = format!("SELECT 1 FROM information_schema.{view} WHERE table_schema = ");
    conn.dialect().placeholder_into(&mut sql, 1);
    let mut params = vec![Value::Text(conn.default_schema().to_string())];
    for (column, name) in names {
        sql.push_str(&format!(" AND {column} = "));
        params.push(Value::Text((*name).clone()));
        conn.dialect().placeholder_into(&mut sql, params.len());
    }
    Ok(!conn.query(&sql, &params).await?.is_empty())
}

async fn index_exists(conn: &mut Connection, table: Option<&str>, index: &str) -> Result<bool> {
    let schema = Value::Text(conn.default_schema().to_string());
    let name = Value::Text(index.to_string());
    match conn.dialect() {
        Dialect::Mysql | Dialect::Mariadb => {
            let sql = "SELECT 1 FROM information_schema.statistics WHERE table_schema = ? AND table_name = ? AND index_name = ?";
            let table = Value::Text(table.unwrap_or_default().to_string());
            Ok(!conn.query(sql, &[schema, table, name]).await?.is_empty())
        }
        Dialect::Postgres | Dialect::Cockroachdb => {
            let sql = "SELECT i.indisvalid FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
                       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2";
            let rows = conn.query(sql, &[schema, name]).await?;
            let valid = rows.first().map(|row| row.get::<bool>(0)).transpose()?;
            if valid == Some(false) {
                // What CREATE INDEX CONCURRENTLY leaves behind when it is cut off: in the way, and good for nothing.
                let schema = conn.dialect().quote(conn.default_schema());
                let sql = format!("DROP INDEX {schema}.{}", conn.dialect().quote(index));
                conn.run_script(&sql).await?;
            }
            Ok(valid == Some(true))
        }
        Dialect::Sqlite => {
            let sql = "SELECT 1 FROM \"main\".\"sqlite_master\" WHERE type = 'index' AND name = ?";
            Ok(!conn.query(sql, &[name]).await?.is_empty())
        }
    }
}
