//! The history: the rows of `_prisma_migrations`, in exactly the form in which Prisma keeps them.

use jiff::Timestamp;
use nicol_db::{Connection, Dialect, Row, Value};

use nicol_db::Result;

/// Name of the table.
pub const TABLE: &str = "_prisma_migrations";
/// Name of the table of the experimental tool of 2019 and 2020; it counts for nothing any more.
const LEGACY_TABLE: &str = "_Migration";
/// What `logs` says while a migration runs statement by statement. Prisma leaves it empty, so it tells whose row it is.
const RUNNING: &str = "nicol: running statement by statement";
/// Follows [`RUNNING`] when the statement in flight can be judged only by how the database looked before it.
const LOOK_BEFORE: &str = "; before: ";

/// What is read of a row, in the order of [`decode`].
const COLUMNS: &str =
    "id, checksum, finished_at, migration_name, logs, rolled_back_at, started_at, applied_steps_count";

/// What `logs` says while an applied migration is taken back statement by statement.
const GOING_BACK: &str = "nicol: going back";

/// One row of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// A UUID.
    pub id: String,
    /// Checksum of the script at the time.
    pub checksum: String,
    /// When it ended well.
    pub finished_at: Option<Timestamp>,
    /// Name of the folder.
    pub migration_name: String,
    /// The error of a failed migration.
    pub logs: Option<String>,
    /// When somebody declared it rolled back.
    pub rolled_back_at: Option<Timestamp>,
    /// When it was started.
    pub started_at: Timestamp,
    /// 1 when it ended well; while it runs statement by statement, the number of statements done.
    pub applied_steps_count: u32,
}

/// What a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    /// It ended well.
    Applied,
    /// It was started and has not ended: failed, killed, or still running.
    Failed,
    /// It counts no more.
    RolledBack,
}

impl HistoryRow {
    /// What the row says.
    pub fn state(&self) -> RowState {
        match (self.rolled_back_at, self.finished_at) {
            (Some(_), _) => RowState::RolledBack,
            (None, Some(_)) => RowState::Applied,
            (None, None) => RowState::Failed,
        }
    }

    /// True when the row was left behind by a run of ours that did not come to report a failure.
    pub(crate) fn was_interrupted(&self) -> bool {
        self.state() == RowState::Failed && self.logs.as_deref().is_some_and(|logs| logs.starts_with(RUNNING))
    }

    /// True when a statement of it failed in a run of ours: all before it are done and recorded, and it is not.
    pub(crate) fn has_failed_at_a_statement(&self) -> bool {
        self.state() == RowState::Failed
            && self.logs.as_deref().is_some_and(|logs| says_statement(&self.migration_name, logs))
    }

    /// What the database looked like before the statement in flight, where the run that was cut off has left a note of it.
    pub(crate) fn look_before(&self) -> Option<&str> {
        self.logs.as_deref()?.strip_prefix(RUNNING)?.strip_prefix(LOOK_BEFORE)
    }
}

/// Whether the error of a failed migration names the statement, as ours does where they run one by one.
pub(crate) fn says_statement(name: &str, logs: &str) -> bool {
    logs.starts_with(&format!("Migration {name} failed at statement "))
}

/// The table's name with its schema: scripts may change the search path or the database.
pub(crate) fn table(conn: &Connection) -> String {
    format!("{}.{}", conn.dialect().quote(conn.default_schema()), conn.dialect().quote(TABLE))
}

/// Placeholders of the dialect, from the first.
fn placeholders<const N: usize>(dialect: Dialect) -> [String; N] {
    std::array::from_fn(|i| {
        let mut out = String::new();
        dialect.placeholder_into(&mut out, i + 1);
        out
    })
}

/// Whether the table is there.
pub(crate) async fn exists(conn: &mut Connection) -> Result<bool> {
    let schema = Value::Text(conn.default_schema().to_string());
    let rows = match conn.dialect() {
        Dialect::Sqlite => {
            let sql = format!("SELECT 1 FROM \"main\".\"sqlite_master\" WHERE type = 'table' AND name = '{TABLE}'");
            conn.query(&sql, &[]).await?
        }
        Dialect::Postgres | Dialect::Cockroachdb => {
            let sql = format!("SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = '{TABLE}'");
            conn.query(&sql, &[schema]).await?
        }
        Dialect::Mysql | Dialect::Mariadb => {
            let sql =
                format!("SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = '{TABLE}'");
            conn.query(&sql, &[schema]).await?
        }
    };
    Ok(!rows.is_empty())
}

/// Creates the table. To be called under the lock only: `IF NOT EXISTS` is no protection against others.
pub(crate) async fn create(conn: &mut Connection) -> Result<()> {
    let schema = conn.dialect().quote(conn.default_schema());
    let sql = create_sql(conn.dialect(), &schema);
    conn.run_script(&sql).await?;
    Ok(())
}

fn create_sql(dialect: Dialect, schema: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!(
            "CREATE TABLE IF NOT EXISTS \"{TABLE}\" (\n    \
             \"id\"                    TEXT PRIMARY KEY NOT NULL,\n    \
             \"checksum\"              TEXT NOT NULL,\n    \
             \"finished_at\"           DATETIME,\n    \
             \"migration_name\"        TEXT NOT NULL,\n    \
             \"logs\"                  TEXT,\n    \
             \"rolled_back_at\"        DATETIME,\n    \
             \"started_at\"            DATETIME NOT NULL DEFAULT current_timestamp,\n    \
             \"applied_steps_count\"   INTEGER UNSIGNED NOT NULL DEFAULT 0\n)"
        ),
        Dialect::Postgres | Dialect::Cockroachdb => format!(
            "CREATE TABLE {schema}.\"{TABLE}\" (\n    \
             id                      VARCHAR(36) PRIMARY KEY NOT NULL,\n    \
             checksum                VARCHAR(64) NOT NULL,\n    \
             finished_at             TIMESTAMPTZ,\n    \
             migration_name          VARCHAR(255) NOT NULL,\n    \
             logs                    TEXT,\n    \
             rolled_back_at          TIMESTAMPTZ,\n    \
             started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),\n    \
             applied_steps_count     INTEGER NOT NULL DEFAULT 0\n)"
        ),
        Dialect::Mysql | Dialect::Mariadb => format!(
            "CREATE TABLE {schema}.`{TABLE}` (\n    \
             id                      VARCHAR(36) PRIMARY KEY NOT NULL,\n    \
             checksum                VARCHAR(64) NOT NULL,\n    \
             finished_at             DATETIME(3),\n    \
             migration_name          VARCHAR(255) NOT NULL,\n    \
             logs                    TEXT,\n    \
             rolled_back_at          DATETIME(3),\n    \
             started_at              DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),\n    \
             applied_steps_count     INTEGER UNSIGNED NOT NULL DEFAULT 0\n) \
             DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
        ),
    }
}

/// The tables that are no history, by name: there are none where a database is to be made by migrations.
pub(crate) async fn foreign_tables(conn: &mut Connection) -> Result<Vec<String>> {
    let schema = Value::Text(conn.default_schema().to_string());
    let not_ours = |column: &str| format!("{column} NOT IN ('{TABLE}', '{LEGACY_TABLE}') ORDER BY {column}");
    let rows = match conn.dialect() {
        Dialect::Sqlite => {
            let sql = format!(
                "SELECT name FROM \"main\".\"sqlite_master\" WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
                 AND {}",
                not_ours("name")
            );
            conn.query(&sql, &[]).await?
        }
        Dialect::Postgres | Dialect::Cockroachdb => {
            // Tables that belong to an extension, such as PostGIS' `spatial_ref_sys`, are not the user's.
            let sql = format!(
                "SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d \
                 WHERE d.objid = c.oid AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'e') AND {}",
                not_ours("c.relname::text")
            );
            conn.query(&sql, &[schema]).await?
        }
        Dialect::Mysql | Dialect::Mariadb => {
            let sql = format!(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE' AND {}",
                not_ours("table_name")
            );
            conn.query(&sql, &[schema]).await?
        }
    };
    rows.iter().map(|row| row.get::<String>(0)).collect()
}

/// All rows in order of their start, whichever tool wrote them.
pub(crate) async fn read(conn: &mut Connection) -> Result<Vec<HistoryRow>> {
    let sql = format!("SELECT {COLUMNS} FROM {}", table(conn));
    let rows = conn.query(&sql, &[]).await?;
    let mut history = rows.iter().map(|row| decode(&row)).collect::<nicol_db::Result<Vec<HistoryRow>>>()?;
    // Sorted here: SQLite would put one tool's integers before the other's texts.
    history.sort_by_key(|row| row.started_at);
    Ok(history)
}

fn decode(row: &Row<'_>) -> nicol_db::Result<HistoryRow> {
    Ok(HistoryRow {
        id: row.get(0)?,
        checksum: row.get(1)?,
        finished_at: row.get(2)?,
        migration_name: row.get(3)?,
        logs: row.get(4)?,
        rolled_back_at: row.get(5)?,
        started_at: row.get(6)?,
        applied_steps_count: u32::try_from(row.get::<i64>(7)?).unwrap_or(0),
    })
}

/// The rows, none when there is no table.
pub(crate) async fn read_if_exists(conn: &mut Connection) -> Result<Option<Vec<HistoryRow>>> {
    if exists(conn).await? { Ok(Some(read(conn).await?)) } else { Ok(None) }
}

/// The instants of the history have milliseconds.
fn now() -> Value {
    let now = Timestamp::now();
    Value::DateTime(now.round(jiff::Unit::Millisecond).unwrap_or(now))
}

/// A statement on the history and its values.
pub(crate) struct Record {
    pub(crate) sql: String,
    pub(crate) params: Vec<Value>,
}

/// A migration that ended well, started at the given time: one row, written in the transaction of the migration.
pub(crate) fn finished(conn: &Connection, name: &str, checksum: &str, started: Timestamp) -> Record {
    let [id, sum, finished, migration, start] = placeholders(conn.dialect());
    let sql = format!(
        "INSERT INTO {} (id, checksum, finished_at, migration_name, started_at, applied_steps_count) \
         VALUES ({id}, {sum}, {finished}, {migration}, {start}, 1)",
        table(conn)
    );
    let started = started.round(jiff::Unit::Millisecond).unwrap_or(started);
    let params = vec![
        Value::Text(uuid::Uuid::new_v4().to_string()),
        Value::Text(checksum.to_string()),
        now(),
        Value::Text(name.to_string()),
        Value::DateTime(started),
    ];
    Record { sql, params }
}

/// The live rows that matter to somebody who is about to run a migration: its own, and every failed one.
pub(crate) async fn read_live(conn: &mut Connection, name: &str) -> Result<Vec<HistoryRow>> {
    let [migration] = placeholders(conn.dialect());
    let sql = format!(
        "SELECT {COLUMNS} FROM {} WHERE rolled_back_at IS NULL AND (migration_name = {migration} OR finished_at IS NULL)",
        table(conn)
    );
    let rows = conn.query(&sql, &[Value::Text(name.to_string())]).await?;
    rows.iter().map(|row| decode(&row)).collect()
}

/// A migration that begins to run statement by statement. Returns the row's id.
pub(crate) async fn insert_running(conn: &mut Connection, name: &str, checksum: &str) -> Result<String> {
    let [id, sum, migration, logs, start] = placeholders(conn.dialect());
    let sql = format!(
        "INSERT INTO {} (id, checksum, migration_name, logs, started_at, applied_steps_count) \
         VALUES ({id}, {sum}, {migration}, {logs}, {start}, 0)",
        table(conn)
    );
    let row_id = uuid::Uuid::new_v4().to_string();
    let params = [
        Value::Text(row_id.clone()),
        Value::Text(checksum.to_string()),
        Value::Text(name.to_string()),
        Value::Text(RUNNING.to_string()),
        now(),
    ];
    conn.execute(&sql, &params).await?;
    Ok(row_id)
}

/// Records how many statements of a running migration are done. `false` when there was no such row, or `only_if` (a
/// condition of SQL) did not hold: nothing is recorded then.
pub(crate) async fn set_steps(conn: &mut Connection, id: &str, steps: usize, only_if: Option<&str>) -> Result<bool> {
    let [count, logs, row] = placeholders(conn.dialect());
    let sql = format!(
        "UPDATE {} SET applied_steps_count = {count}, logs = {logs} WHERE id = {row}{}",
        table(conn),
        and(only_if)
    );
    let steps = i32::try_from(steps).unwrap_or(i32::MAX);
    let params = [Value::Int(steps), Value::Text(RUNNING.to_string()), Value::Text(id.to_string())];
    Ok(conn.execute(&sql, &params).await? > 0)
}

fn and(condition: Option<&str>) -> String {
    condition.map(|condition| format!(" AND {condition}")).unwrap_or_default()
}

/// Notes how the database looks before a statement whose outcome could not be told otherwise.
pub(crate) async fn set_look_before(conn: &mut Connection, id: &str, look: &str) -> Result<()> {
    let [logs, row] = placeholders(conn.dialect());
    let sql = format!("UPDATE {} SET logs = {logs} WHERE id = {row}", table(conn));
    let note = format!("{RUNNING}{LOOK_BEFORE}{look}");
    conn.execute(&sql, &[Value::Text(note), Value::Text(id.to_string())]).await?;
    Ok(())
}

/// A running migration ended well: from now on its row looks like any other. `false` as in [`set_steps`].
pub(crate) async fn finish(conn: &mut Connection, id: &str, only_if: Option<&str>) -> Result<bool> {
    let [at, row] = placeholders(conn.dialect());
    let sql = format!(
        "UPDATE {} SET applied_steps_count = 1, logs = NULL, finished_at = {at} WHERE id = {row}{}",
        table(conn),
        and(only_if)
    );
    Ok(conn.execute(&sql, &[now(), Value::Text(id.to_string())]).await? > 0)
}

/// A running migration failed.
pub(crate) async fn fail(conn: &mut Connection, id: &str, logs: &str) -> Result<()> {
    let [text, row] = placeholders(conn.dialect());
    let sql = format!("UPDATE {} SET logs = {text} WHERE id = {row}", table(conn));
    conn.execute(&sql, &[Value::Text(logs.to_string()), Value::Text(id.to_string())]).await?;
    Ok(())
}

/// Declares every failed row of a migration rolled back.
pub(crate) async fn roll_back(conn: &mut Connection, name: &str) -> Result<()> {
    let [at, migration] = placeholders(conn.dialect());
    let sql = format!(
        "UPDATE {} SET rolled_back_at = {at} WHERE migration_name = {migration} AND finished_at IS NULL AND rolled_back_at IS NULL",
        table(conn)
    );
    conn.execute(&sql, &[now(), Value::Text(name.to_string())]).await?;
    Ok(())
}

/// An applied migration that has been taken back, in the transaction that does so.
pub(crate) async fn take_back(conn: &mut Connection, name: &str) -> Result<()> {
    let [at, migration] = placeholders(conn.dialect());
    let sql = format!(
        "UPDATE {} SET rolled_back_at = {at} WHERE migration_name = {migration} AND rolled_back_at IS NULL",
        table(conn)
    );
    conn.execute(&sql, &[now(), Value::Text(name.to_string())]).await?;
    Ok(())
}

/// An applied migration that is being taken back statement by statement: until it is done it counts as failed.
pub(crate) async fn begin_going_back(conn: &mut Connection, name: &str) -> Result<()> {
    let [text, migration] = placeholders(conn.dialect());
    let sql = format!(
        "UPDATE {} SET finished_at = NULL, logs = {text} WHERE migration_name = {migration} AND rolled_back_at IS NULL",
        table(conn)
    );
    conn.execute(&sql, &[Value::Text(GOING_BACK.to_string()), Value::Text(name.to_string())]).await?;
    Ok(())
}

/// A migration that could not be taken back.
pub(crate) async fn fail_going_back(conn: &mut Connection, name: &str, logs: &str) -> Result<()> {
    let [text, migration] = placeholders(conn.dialect());
    let sql = format!(
        "UPDATE {} SET logs = {text} WHERE migration_name = {migration} AND finished_at IS NULL AND rolled_back_at IS NULL",
        table(conn)
    );
    conn.execute(&sql, &[Value::Text(format!("{GOING_BACK}: {logs}")), Value::Text(name.to_string())]).await?;
    Ok(())
}

/// A migration whose script has changed, and is to count as it is now.
pub(crate) async fn set_checksum(conn: &mut Connection, name: &str, checksum: &str) -> Result<()> {
    let [sum, migration] = placeholders(conn.dialect());
    let sql = format!(
        "UPDATE {} SET checksum = {sum} WHERE migration_name = {migration} AND finished_at IS NOT NULL AND rolled_back_at IS NULL",
        table(conn)
    );
    conn.execute(&sql, &[Value::Text(checksum.to_string()), Value::Text(name.to_string())]).await?;
    Ok(())
}

/// A migration that somebody declares applied: as Prisma writes it, no step was run and the logs are empty.
pub(crate) async fn insert_resolved(conn: &mut Connection, name: &str, checksum: &str) -> Result<()> {
    let [id, sum, finished, migration, start] = placeholders(conn.dialect());
    let sql = format!(
        "INSERT INTO {} (id, checksum, finished_at, migration_name, logs, started_at, applied_steps_count) \
         VALUES ({id}, {sum}, {finished}, {migration}, '', {start}, 0)",
        table(conn)
    );
    let at = now();
    let params = [
        Value::Text(uuid::Uuid::new_v4().to_string()),
        Value::Text(checksum.to_string()),
        at.clone(),
        Value::Text(name.to_string()),
        at,
    ];
    conn.execute(&sql, &params).await?;
    Ok(())
}
