//! Going on with a migration whose runner was killed: which statement is next.
//!
//! The history says how many statements are done. The one after them may or may not have run. Where it shared a
//! transaction with the record it has not; otherwise the catalog is asked; and where that cannot tell, nothing is done.

use nicol_db::script::ScriptStatement;
use nicol_db::{Connection, Dialect, Value};
use sha2::{Digest, Sha256};

use crate::apply::line_of;
use crate::directory::Migration;
use crate::error::{Error, Result, code};
use crate::history::HistoryRow;
use crate::mode::has_transactional_structure;
use crate::sql::{TokenKind, tokens, without_leading_comments};
use crate::statement::{self, Kind};
use crate::trace::{self, Trace, Traced};

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
    let dialect = conn.dialect();
    let has_run = match statement::kind(next.text, dialect) {
        // A transaction of the script's own records its end itself, so one whose record is missing has not happened.
        Kind::Begin | Kind::Commit | Kind::Rollback | Kind::Session => Some(false),
        Kind::Data => (!writes_unprotected(conn, next.text).await?).then_some(false),
        // It shared a transaction with its record, unless it is one that refuses to.
        Kind::Structure if has_transactional_structure(dialect) => (!commits_by_itself(next.text)).then_some(false),
        Kind::TableLock => None,
        Kind::Alone | Kind::Structure => judge(conn, next.text, row.look_before()).await?,
    };
    match has_run {
        Some(true) => Ok(done + 1),
        Some(false) => Ok(done),
        None => Err(cannot_tell(migration, statements, done)),
    }
}

/// Whether a statement that had no transaction around it has run.
async fn judge(conn: &mut Connection, text: &str, before: Option<&str>) -> nicol_db::Result<Option<bool>> {
    if before == Some(THERE_ALREADY) {
        // It has not run. If it can only fail, running it says so.
        return Ok(Some(false));
    }
    if let Some(traced) = trace::trace(text, conn.dialect()) {
        return has_run(conn, &traced).await;
    }
    if !compares_definitions(text, conn.dialect()) {
        return Ok(None);
    }
    match before {
        Some(before) => Ok(Some(look(conn).await? != before)),
        // The note is written before the statement is sent.
        None => Ok(Some(false)),
    }
}

/// Whether a statement without a trace is judged by how all definitions looked before it.
fn compares_definitions(text: &str, dialect: Dialect) -> bool {
    dialect.is_mysql_family() && trace::changes_definitions(text, dialect)
}

/// What has to be noted before a statement, so that it can be told afterwards whether it has run. Nothing where the trace of
/// the statement, or the transaction it shares with its record, is enough.
pub(crate) async fn note_before(conn: &mut Connection, text: &str, kind: Kind) -> nicol_db::Result<Option<String>> {
    let dialect = conn.dialect();
    if !matches!(kind, Kind::Alone | Kind::Structure) {
        return Ok(None);
    }
    match trace::trace(text, dialect) {
        Some(traced) if traced.trace == Trace::Repeatable => Ok(None),
        Some(traced) => Ok((has_run(conn, &traced).await? == Some(true)).then(|| THERE_ALREADY.to_string())),
        None if compares_definitions(text, dialect) => look(conn).await.map(Some),
        None => Ok(None),
    }
}

/// Note before a statement whose trace was there before it ran, or that has failed: whatever is seen is not its doing.
pub(crate) const THERE_ALREADY: &str = "there";

/// True for statements that may commit inside themselves.
fn commits_by_itself(text: &str) -> bool {
    let word = without_leading_comments(text).split(|c: char| !c.is_ascii_alphabetic()).next();
    word.is_some_and(|word| word.eq_ignore_ascii_case("CALL") || word.eq_ignore_ascii_case("DO"))
}

/// Whether a statement names a table of MySQL that takes no part in transactions (MyISAM, for one).
async fn writes_unprotected(conn: &mut Connection, text: &str) -> nicol_db::Result<bool> {
    if !conn.dialect().is_mysql_family() {
        return Ok(false);
    }
    let sql = "SELECT t.table_name FROM information_schema.tables t JOIN information_schema.engines e ON e.engine = t.engine \
               WHERE t.table_schema = ? AND e.transactions <> 'YES'";
    let schema = Value::Text(conn.default_schema().to_string());
    let rows = conn.query(sql, &[schema]).await?;
    let tokens = tokens(text, conn.dialect());
    for row in rows.iter() {
        let table: String = row.get(0)?;
        let is_name = |kind: TokenKind| matches!(kind, TokenKind::Word | TokenKind::Name);
        if tokens.iter().any(|token| is_name(token.kind) && token.content().eq_ignore_ascii_case(&table)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn cannot_tell(migration: &Migration, statements: &[ScriptStatement<'_>], done: usize) -> Error {
    let text = without_leading_comments(statements[done].text);
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
async fn has_run(conn: &mut Connection, traced: &Traced) -> nicol_db::Result<Option<bool>> {
    let schema = traced.schema.clone().unwrap_or_else(|| conn.default_schema().to_string());
    let (found, wanted) = match &traced.trace {
        Trace::Repeatable => return Ok(Some(false)),
        Trace::Table { table, exists } => (is_in(conn, &schema, "tables", &[("table_name", table)]).await?, *exists),
        Trace::Column { table, column, exists } => {
            (is_in(conn, &schema, "columns", &[("table_name", table), ("column_name", column)]).await?, *exists)
        }
        Trace::Constraint { table, constraint, exists } => {
            let names = [("table_name", table), ("constraint_name", constraint)];
            (is_in(conn, &schema, "table_constraints", &names).await?, *exists)
        }
        Trace::Index { table, index, exists } => {
            (index_exists(conn, &schema, table.as_deref(), index, *exists).await?, *exists)
        }
        Trace::Global { catalog, column, name, exists } => {
            if conn.dialect() != Dialect::Postgres {
                return Ok(None);
            }
            let sql = format!("SELECT 1 FROM pg_catalog.{catalog} WHERE {column} = $1");
            (!conn.query(&sql, &[Value::Text(name.clone())]).await?.is_empty(), *exists)
        }
    };
    Ok(Some(found == wanted))
}

/// Whether one of the tables of `information_schema` has a row of these names.
async fn is_in(conn: &mut Connection, schema: &str, view: &str, names: &[(&str, &String)]) -> nicol_db::Result<bool> {
    let mut sql = format!("SELECT 1 FROM information_schema.{view} WHERE table_schema = ");
    conn.dialect().placeholder_into(&mut sql, 1);
    let mut params = vec![Value::Text(schema.to_string())];
    for (column, name) in names {
        sql.push_str(&format!(" AND {column} = "));
        params.push(Value::Text((*name).clone()));
        conn.dialect().placeholder_into(&mut sql, params.len());
    }
    Ok(!conn.query(&sql, &params).await?.is_empty())
}

/// All definitions in a database of MySQL, as one fingerprint: two looks are equal when nothing was defined otherwise in
/// between. What changes with the rows (sizes, counters, times) is left out, and so is what others may change meanwhile without
/// the lock: other databases of the server, and events, which end by themselves.
async fn look(conn: &mut Connection) -> nicol_db::Result<String> {
    let mut digest = Sha256::new();
    for sql in DEFINITIONS {
        let params = vec![Value::Text(conn.default_schema().to_string()); sql.matches('?').count()];
        let rows = conn.query(sql, &params).await?;
        let mut texts = Vec::with_capacity(rows.len());
        for row in rows.iter() {
            texts.push(row.get::<Option<String>>(0)?.unwrap_or_default());
        }
        texts.sort_unstable();
        for text in texts {
            digest.update(text.as_bytes());
            digest.update([0]);
        }
        digest.update([1]);
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// One text for each thing that is defined.
const DEFINITIONS: &[&str] = &[
    "SELECT CONCAT_WS('|', table_name, table_type, COALESCE(engine, ''), COALESCE(table_collation, ''), \
     COALESCE(create_options, ''), table_comment) FROM information_schema.tables WHERE table_schema = ?",
    "SELECT CONCAT_WS('|', table_name, ordinal_position, column_name, column_type, is_nullable, \
     COALESCE(column_default, '<none>'), extra, COALESCE(collation_name, ''), COALESCE(generation_expression, ''), \
     column_comment) FROM information_schema.columns WHERE table_schema = ?",
    "SELECT CONCAT_WS('|', table_name, index_name, seq_in_index, COALESCE(column_name, ''), non_unique, \
     COALESCE(sub_part, ''), index_type) FROM information_schema.statistics WHERE table_schema = ?",
    "SELECT CONCAT_WS('|', table_name, constraint_name, constraint_type) FROM information_schema.table_constraints \
     WHERE table_schema = ?",
    "SELECT CONCAT_WS('|', table_name, constraint_name, column_name, COALESCE(referenced_table_name, ''), \
     COALESCE(referenced_column_name, '')) FROM information_schema.key_column_usage WHERE table_schema = ?",
    "SELECT CONCAT_WS('|', constraint_name, update_rule, delete_rule) FROM information_schema.referential_constraints \
     WHERE constraint_schema = ?",
    "SELECT CONCAT_WS('|', constraint_name, check_clause) FROM information_schema.check_constraints \
     WHERE constraint_schema = ?",
    "SELECT CONCAT_WS('|', table_name, view_definition) FROM information_schema.views WHERE table_schema = ?",
    "SELECT CONCAT_WS('|', trigger_name, event_manipulation, event_object_table, action_timing, action_order, \
     action_statement) FROM information_schema.triggers WHERE trigger_schema = ?",
    "SELECT CONCAT_WS('|', routine_name, routine_type, COALESCE(routine_definition, ''), COALESCE(dtd_identifier, '')) \
     FROM information_schema.routines WHERE routine_schema = ?",
    "SELECT CONCAT_WS('|', table_name, COALESCE(partition_name, ''), COALESCE(partition_method, ''), \
     COALESCE(partition_expression, ''), COALESCE(partition_description, '')) FROM information_schema.partitions \
     WHERE table_schema = ?",
];

async fn index_exists(
    conn: &mut Connection,
    namespace: &str,
    table: Option<&str>,
    index: &str,
    wanted: bool,
) -> nicol_db::Result<bool> {
    let schema = Value::Text(namespace.to_string());
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
            if valid == Some(false) && wanted {
                // What CREATE INDEX CONCURRENTLY leaves behind when it is cut off: in the way, and good for nothing.
                let schema = conn.dialect().quote(namespace);
                let sql = format!("DROP INDEX {schema}.{}", conn.dialect().quote(index));
                conn.run_script(&sql).await?;
            }
            Ok(valid.is_some_and(|valid| valid || !wanted))
        }
        Dialect::Sqlite => {
            let sql = "SELECT 1 FROM \"main\".\"sqlite_master\" WHERE type = 'index' AND name = ?";
            Ok(!conn.query(sql, &[name]).await?.is_empty())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_databases_of_the_server_are_not_looked_at() {
        for sql in DEFINITIONS {
            assert!(sql.trim_end().ends_with("schema = ?"), "{sql}");
        }
    }
}
