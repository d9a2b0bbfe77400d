//! What a live database tells: its tables with their sizes, its version, and what is wrong with it already.
//!
//! Reads catalogs and statistics only: no table is scanned but SQLite's, which keeps no count.

use nicol_db::{Connection, ConnectionUrl, Dialect, Value};

use super::finding::{Draft, Finding};
use super::known::{Check, ForeignKey, Index, Known, Table, plain};
use super::scene::Server;
use crate::error::Result;
use crate::sql::{Column, parse, tokens};

/// Between names in one text.
const SEPARATOR: char = '\u{1f}';

/// What kind of server it is.
pub(super) async fn server(conn: &mut Connection, url: &ConnectionUrl) -> Result<Server> {
    let mut server = Server::of(conn.dialect());
    server.version = version(conn.version());
    if conn.dialect().is_mysql_family() {
        let rows = texts(conn, "SHOW GLOBAL VARIABLES LIKE 'wsrep_on'", &[]).await?;
        server.is_galera = rows.iter().any(|row| row.get(1).is_some_and(|value| value == "ON"));
    }
    let host = url.host_port().unwrap_or_default();
    server.is_dsql = conn.dialect() == Dialect::Postgres && host.contains(".dsql.") && host.contains(".on.aws");
    Ok(server)
}

/// The first number with a dot in the server's words.
fn version(text: &str) -> Option<(u32, u32)> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let numbers = text[start..].split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    let mut parts = numbers.split('.').map(|part| part.parse().unwrap_or(0));
    Some((parts.next()?, parts.next().unwrap_or(0)))
}

/// What is wrong before any script runs.
pub(super) fn remarks(url: &ConnectionUrl, server: &Server, known: &Known) -> Vec<Finding> {
    let mut found = Vec::new();
    let host = url.host_port().unwrap_or_default();
    let says_so = url.param("pgbouncer").is_some_and(|value| value == "true");
    if server.dialect == Dialect::Postgres && (says_so || host.ends_with(":6432") || host.contains("-pooler.")) {
        let message = "the URL leads to a pooler: locks of a migration mean nothing there";
        found.extend(Draft::new("NL111", message).of_database());
    }
    for (name, index) in known.indexes.iter().filter(|(_, index)| !index.is_valid) {
        let message = format!(
            "\"{name}\" of \"{}\" is invalid: its building failed, and it is written but never read",
            index.table
        );
        let drop = format!("-- nicol:no-transaction\nDROP INDEX CONCURRENTLY {};\n", server.dialect.quote(name));
        found.extend(Draft::new("NL110", message).rewrite(drop).of_database());
    }
    found
}

/// Its tables, columns, constraints, indexes and sizes.
pub(super) async fn known(conn: &mut Connection) -> Result<Known> {
    let mut known = match conn.dialect() {
        Dialect::Postgres | Dialect::Cockroachdb => postgres(conn).await?,
        Dialect::Mysql | Dialect::Mariadb => mysql(conn).await?,
        Dialect::Sqlite => sqlite(conn).await?,
    };
    known.is_complete = true;
    Ok(known)
}

/// Rows as texts, NULL as an empty one.
async fn texts(conn: &mut Connection, sql: &str, parameters: &[Value]) -> Result<Vec<Vec<String>>> {
    let rows = conn.query(sql, parameters).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows.iter() {
        let cells = (0..row.len()).map(|at| row.get::<Option<String>>(at).map(Option::unwrap_or_default));
        found.push(cells.collect::<nicol_db::Result<Vec<String>>>()?);
    }
    Ok(found)
}

fn cell(row: &[String], at: usize) -> &str {
    row.get(at).map_or("", String::as_str)
}

fn names(text: &str) -> Vec<String> {
    text.split(SEPARATOR).filter(|name| !name.is_empty()).map(str::to_string).collect()
}

/// Statistics and structure in one statement each; everything as text, so that no type of the catalog matters.
const PG_COLUMNS: &str = "\
SELECT n.nspname::text, c.relname::text, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull::text
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
 ORDER BY c.oid, a.attnum";
const PG_SIZES: &str = "\
SELECT n.nspname::text, c.relname::text,
       (CASE WHEN c.reltuples > 0 THEN c.reltuples::bigint ELSE s.n_live_tup END)::text,
       pg_catalog.pg_total_relation_size(c.oid)::text
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
 WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')";
const PG_CONSTRAINTS: &str = "\
SELECT n.nspname::text, c.relname::text, k.conname::text, k.contype::text, k.convalidated::text,
       pg_catalog.pg_get_constraintdef(k.oid), fn.nspname::text, f.relname::text, k.confdeltype::text,
       pg_catalog.array_to_string(ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)), pg_catalog.chr(31))
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
  LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
 WHERE k.contype IN ('c', 'f', 'n') AND n.nspname NOT IN ('pg_catalog', 'information_schema')";
const PG_INDEXES: &str = "\
SELECT n.nspname::text, c.relname::text, i.relname::text, x.indisunique::text, x.indisvalid::text,
       pg_catalog.array_to_string(ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(x.indkey::int2[]) WITH ORDINALITY AS p (number, place)
         JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = p.number ORDER BY p.place), pg_catalog.chr(31))
  FROM pg_catalog.pg_index x
  JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  JOIN pg_catalog.pg_class c ON c.oid = x.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')";

async fn postgres(conn: &mut Connection) -> Result<Known> {
    let own = conn.default_schema().to_string();
    let key = |schema: &str, table: &str| if schema == own { table.to_string() } else { format!("{schema}.{table}") };
    let is_true = |text: &str| matches!(text, "t" | "true");
    let mut known = Known::default();
    for row in texts(conn, PG_COLUMNS, &[]).await? {
        let table = known.tables.entry(key(cell(&row, 0), cell(&row, 1))).or_default();
        table.name = cell(&row, 1).to_string();
        let (name, ty) = (cell(&row, 2).to_string(), cell(&row, 3).to_string());
        table.columns.push(Column { name, ty, not_null: is_true(cell(&row, 4)), ..Column::default() });
    }
    for row in texts(conn, PG_SIZES, &[]).await? {
        if let Some(table) = known.tables.get_mut(&key(cell(&row, 0), cell(&row, 1))) {
            table.rows = cell(&row, 2).parse().ok();
            table.bytes = cell(&row, 3).parse().ok();
        }
    }
    for row in texts(conn, PG_CONSTRAINTS, &[]).await? {
        let Some(table) = known.tables.get_mut(&key(cell(&row, 0), cell(&row, 1))) else { continue };
        let name = cell(&row, 2).to_string();
        if cell(&row, 3) == "f" {
            table.foreign_keys.push(ForeignKey {
                name: Some(name),
                columns: names(cell(&row, 9)),
                to: key(cell(&row, 6), cell(&row, 7)),
                deletes: cell(&row, 8) == "c",
            });
        } else {
            let definition = cell(&row, 5).trim_end_matches(" NOT VALID");
            let condition = match cell(&row, 3) {
                "n" => format!("{}isnotnull", cell(&row, 9).to_lowercase()),
                _ => plain(definition.strip_prefix("CHECK").unwrap_or(definition)),
            };
            table.checks.push(Check { name, condition, is_valid: is_true(cell(&row, 4)) });
        }
    }
    for row in texts(conn, PG_INDEXES, &[]).await? {
        known.indexes.insert(
            cell(&row, 2).to_string(),
            Index {
                table: key(cell(&row, 0), cell(&row, 1)),
                columns: names(cell(&row, 5)),
                is_unique: is_true(cell(&row, 3)),
                is_valid: is_true(cell(&row, 4)),
            },
        );
    }
    Ok(known)
}

const MY_COLUMNS: &str = "\
SELECT TABLE_NAME, COLUMN_NAME, CAST(COLUMN_TYPE AS CHAR), IS_NULLABLE, CHARACTER_SET_NAME, CAST(COLUMN_DEFAULT AS CHAR)
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION";
const MY_SIZES: &str = "\
SELECT TABLE_NAME, CAST(TABLE_ROWS AS CHAR), CAST(DATA_LENGTH + INDEX_LENGTH AS CHAR)
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()";
const MY_FOREIGN_KEYS: &str = "\
SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_NAME, r.DELETE_RULE
  FROM information_schema.KEY_COLUMN_USAGE k
  JOIN information_schema.REFERENTIAL_CONSTRAINTS r
    ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
 WHERE k.TABLE_SCHEMA = DATABASE() AND k.REFERENCED_TABLE_NAME IS NOT NULL ORDER BY k.CONSTRAINT_NAME, k.ORDINAL_POSITION";
const MY_INDEXES: &str = "\
SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME, CAST(NON_UNIQUE AS CHAR)
  FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX";

async fn mysql(conn: &mut Connection) -> Result<Known> {
    let mut known = Known::default();
    for row in texts(conn, MY_COLUMNS, &[]).await? {
        let table = known.tables.entry(cell(&row, 0).to_string()).or_default();
        table.name = cell(&row, 0).to_string();
        let mut ty = cell(&row, 2).to_string();
        if !cell(&row, 4).is_empty() {
            ty.push_str(&format!(" character set {}", cell(&row, 4)));
        }
        let default = Some(cell(&row, 5).to_string()).filter(|default| !default.is_empty());
        let name = cell(&row, 1).to_string();
        table.columns.push(Column { name, ty, not_null: cell(&row, 3) == "NO", default, ..Column::default() });
    }
    for row in texts(conn, MY_SIZES, &[]).await? {
        if let Some(table) = known.tables.get_mut(cell(&row, 0)) {
            table.rows = cell(&row, 1).parse().ok();
            table.bytes = cell(&row, 2).parse().ok();
        }
    }
    for row in texts(conn, MY_FOREIGN_KEYS, &[]).await? {
        let Some(table) = known.tables.get_mut(cell(&row, 0)) else { continue };
        let name = Some(cell(&row, 1).to_string());
        match table.foreign_keys.iter_mut().find(|foreign| foreign.name == name) {
            Some(foreign) => foreign.columns.push(cell(&row, 2).to_string()),
            None => table.foreign_keys.push(ForeignKey {
                name,
                columns: vec![cell(&row, 2).to_string()],
                to: cell(&row, 3).to_string(),
                deletes: cell(&row, 4) == "CASCADE",
            }),
        }
    }
    for row in texts(conn, MY_INDEXES, &[]).await? {
        let table = cell(&row, 0).to_string();
        let new = Index { table, columns: Vec::new(), is_unique: cell(&row, 3) == "0", is_valid: true };
        known.indexes.entry(cell(&row, 1).to_string()).or_insert(new).columns.push(cell(&row, 2).to_string());
    }
    Ok(known)
}

/// SQLite keeps the statements that made things; they are read like those of a script.
async fn sqlite(conn: &mut Connection) -> Result<Known> {
    let mut known = Known::default();
    let made = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index') ORDER BY rowid";
    for row in texts(conn, made, &[]).await? {
        let text = cell(&row, 0);
        let action = parse(text, &tokens(text, Dialect::Sqlite), Dialect::Sqlite);
        known.apply(&action, Dialect::Sqlite);
    }
    known.settle();
    let tables: Vec<(String, String)> =
        known.tables.iter().map(|(key, table)| (key.clone(), table.name.clone())).collect();
    for (key, name) in tables {
        let count = format!("SELECT CAST(count(*) AS TEXT) FROM {}", Dialect::Sqlite.quote(&name));
        // A virtual table whose module is not here cannot be counted, and need not be.
        let Ok(rows) = texts(conn, &count, &[]).await else { continue };
        if let Some(table) = known.tables.get_mut(&key) {
            table.rows = rows.first().and_then(|row| cell(row, 0).parse().ok());
        }
    }
    Ok(known)
}

impl Known {
    /// Takes the sizes of tables over from another look.
    pub(super) fn borrow_sizes(&mut self, live: &Known) {
        for (key, table) in &mut self.tables {
            if let Some(Table { rows, bytes, .. }) = live.tables.get(key) {
                (table.rows, table.bytes) = (*rows, *bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions() {
        for (text, expected) in [
            ("PostgreSQL 15.20 (Debian 15.20-0+deb12u1)", Some((15, 20))),
            ("10.11.19-MariaDB-0+deb12u1", Some((10, 11))),
            ("9.7.4-2", Some((9, 7))),
            ("3.50.4", Some((3, 50))),
            ("none", None),
        ] {
            assert_eq!(version(text), expected, "{text}");
        }
    }
}
