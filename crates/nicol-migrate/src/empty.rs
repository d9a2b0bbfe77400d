//! Emptying a database without dropping it: its name, owner, rights, character set and extensions stay.

use nicol_catalog::Catalog;
use nicol_db::{Connection, Dialect, Value};

use crate::apply::set_foreign_keys;
use crate::compare::Change;
use crate::error::{Error, Result};
use crate::history;
use crate::scope::Scope;
use crate::unrecorded;

/// Drops everything in the connection's own schema and in those listed (PostgreSQL), or in the database. Where something
/// is left alone, tables and enums go and nothing else.
///
/// On PostgreSQL and SQLite everything goes or nothing.
///
/// # Errors
/// P3016 when something cannot be dropped.
pub(crate) async fn empty(conn: &mut Connection, scope: &Scope) -> Result<()> {
    if scope.has_externals() {
        return empty_part(conn, scope).await;
    }
    let emptied = match conn.dialect() {
        Dialect::Postgres | Dialect::Cockroachdb => {
            let mut schemas = vec![conn.default_schema().to_string()];
            schemas.extend(scope.namespaces.iter().filter(|name| *name != conn.default_schema()).cloned());
            in_transaction(conn, async |conn| drop_of_postgres(conn, &schemas).await).await
        }
        Dialect::Mysql | Dialect::Mariadb => drop_of_mysql(conn).await,
        Dialect::Sqlite => {
            // A dropped table would otherwise delete its rows one by one, and be refused where others point at them.
            set_foreign_keys(conn, false).await?;
            let emptied = in_transaction(conn, async |conn| drop_of_sqlite(conn).await).await;
            set_foreign_keys(conn, true).await?;
            emptied
        }
    };
    emptied.map_err(|error| not_emptied(conn, &error))
}

/// Drops the tables and enums that are not somebody else's, in the order that a migration would. Nothing goes along with
/// them: what leans on them stops it.
async fn empty_part(conn: &mut Connection, scope: &Scope) -> Result<()> {
    let live = scope.introspect(conn).await?;
    let mut script = Change::between(&live, &Catalog::empty(live.dialect)).script;
    script.push_str(&format!("\nDROP TABLE IF EXISTS {};\n", history::table(conn)));
    unrecorded::run(conn, &script).await.map_err(|error| {
        Error::new("P3016", format!("The database could not be emptied of what is not external: {error}"))
            .with_database_code(error.database_code())
            .with_help("Views and external tables that lean on what would go have to be dropped by hand first.")
    })?;
    Ok(())
}

fn not_emptied(conn: &Connection, error: &nicol_db::Error) -> Error {
    let native = error.native_code().map(|code| format!(" [{code}]")).unwrap_or_default();
    let stays = if conn.dialect().is_mysql_family() { "Some things may be gone." } else { "Nothing was dropped." };
    Error::new("P3016", format!("The database could not be emptied: {}{native}", error.message()))
        .with_database_code(error.native_code())
        .with_help(format!("{stays} The user needs to own what is in it; drop the rest by hand, then run this again."))
}

async fn in_transaction(
    conn: &mut Connection,
    work: impl AsyncFnOnce(&mut Connection) -> nicol_db::Result<()>,
) -> nicol_db::Result<()> {
    conn.begin(None).await?;
    match work(conn).await {
        Ok(()) => conn.commit().await,
        Err(error) => {
            // The first error is the one to report.
            let _ = conn.rollback().await;
            Err(error)
        }
    }
}

/// What lies directly in a schema and is no part of an extension, as the catalog of dependencies has it.
const OF_POSTGRES: &str = "\
    SELECT o.type::text, o.identity::text FROM pg_catalog.pg_depend d, \
    LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, 0) o \
    WHERE d.refclassid = 'pg_catalog.pg_namespace'::regclass AND d.refobjid = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1) \
    AND d.deptype = 'n' AND o.identity IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e \
    WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e') \
    ORDER BY CASE o.type WHEN 'view' THEN 0 WHEN 'materialized view' THEN 0 WHEN 'table' THEN 1 WHEN 'foreign table' THEN 1 ELSE 2 END";

/// The words that DROP takes for a kind of object.
fn drop_word(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "table" => "TABLE",
        "view" => "VIEW",
        "materialized view" => "MATERIALIZED VIEW",
        "foreign table" => "FOREIGN TABLE",
        "sequence" => "SEQUENCE",
        "function" => "FUNCTION",
        "procedure" => "PROCEDURE",
        "aggregate" => "AGGREGATE",
        "type" => "TYPE",
        "collation" => "COLLATION",
        "conversion" => "CONVERSION",
        "operator" => "OPERATOR",
        "operator class" => "OPERATOR CLASS",
        "operator family" => "OPERATOR FAMILY",
        "statistics object" => "STATISTICS",
        "text search configuration" => "TEXT SEARCH CONFIGURATION",
        "text search dictionary" => "TEXT SEARCH DICTIONARY",
        "text search parser" => "TEXT SEARCH PARSER",
        "text search template" => "TEXT SEARCH TEMPLATE",
        // Extensions and default rights belong to whoever set the database up.
        _ => return None,
    })
}

async fn drop_of_postgres(conn: &mut Connection, schemas: &[String]) -> nicol_db::Result<()> {
    for schema in schemas {
        let rows = conn.query(OF_POSTGRES, &[Value::Text(schema.clone())]).await?;
        let mut script = String::new();
        for row in rows.iter() {
            let (kind, identity): (String, String) = (row.get(0)?, row.get(1)?);
            if let Some(word) = drop_word(&kind) {
                // The server has quoted the identity itself. What another one has taken along is gone already.
                script.push_str(&format!("DROP {word} IF EXISTS {identity} CASCADE;\n"));
            }
        }
        if !script.is_empty() {
            conn.run_script(&script).await?;
        }
    }
    Ok(())
}

/// Dropping and creating the database anew would lose its character set.
async fn drop_of_mysql(conn: &mut Connection) -> nicol_db::Result<()> {
    let schema = conn.default_schema().to_string();
    let dialect = conn.dialect();
    let mut statements = vec!["SET FOREIGN_KEY_CHECKS = 0".to_string()];
    for (sql, fixed) in [
        ("SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = ?", None),
        ("SELECT routine_name, routine_type FROM information_schema.routines WHERE routine_schema = ?", None),
        ("SELECT event_name, 'EVENT' FROM information_schema.events WHERE event_schema = ?", Some("EVENT")),
    ] {
        let rows = conn.query(sql, &[Value::Text(schema.clone())]).await?;
        for row in rows.iter() {
            let (name, kind): (String, String) = (row.get(0)?, row.get(1)?);
            let what = match (fixed, kind.as_str()) {
                (Some(word), _) => word,
                (None, "VIEW" | "SYSTEM VIEW") => "VIEW",
                (None, "SEQUENCE") => "SEQUENCE",
                (None, "PROCEDURE") => "PROCEDURE",
                (None, "FUNCTION") => "FUNCTION",
                (None, _) => "TABLE",
            };
            statements.push(format!("DROP {what} IF EXISTS {}.{}", dialect.quote(&schema), dialect.quote(&name)));
        }
    }
    let mut outcome = Ok(());
    for statement in &statements {
        outcome = conn.run_script(statement).await;
        if outcome.is_err() {
            break;
        }
    }
    conn.run_script("SET FOREIGN_KEY_CHECKS = 1").await?;
    outcome
}

/// Views first, since they read tables; virtual tables before others, since they own some of them.
async fn drop_of_sqlite(conn: &mut Connection) -> nicol_db::Result<()> {
    let sql = "SELECT type, name FROM \"main\".\"sqlite_master\" WHERE type IN ('view', 'table') \
               AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC, sql NOT LIKE 'create virtual%'";
    // One at a time: a virtual table takes along others, which then need not, and cannot, be dropped.
    loop {
        let rows = conn.query(&format!("{sql} LIMIT 1"), &[]).await?;
        let Some(row) = rows.first() else { return Ok(()) };
        let (kind, name): (String, String) = (row.get(0)?, row.get(1)?);
        let word = if kind == "view" { "VIEW" } else { "TABLE" };
        conn.run_script(&format!("DROP {word} \"main\".{}", Dialect::Sqlite.quote(&name))).await?;
    }
}
