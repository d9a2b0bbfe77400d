//! What directives in a schema's documentation ask of a database: checks, and tables whose rows are only ever added.
//!
//! Both are told from what people make themselves by their names: a check's ends in a mark of its expression, the triggers
//! of a table are called after it. Nothing else of that kind is ever touched.
//!
//! A table is guarded by triggers that refuse UPDATE and DELETE while the actions of foreign keys still work: PostgreSQL
//! runs those inside a trigger of its own, MySQL and MariaDB run no triggers for them, and on SQLite the row that was
//! pointed at is gone by then.

use nicol_db::{Connection, Dialect, Result, Value};

use crate::catalog::{Catalog, Check, ForeignKey, ReferentialAction, Table};
use crate::decisions::RenameStep;
use crate::diff::Diff;
use crate::expression;
use crate::sql::{qualified, string};

const CHECK: &str = "_nicol_check_";
const NO_UPDATE: &str = "_nicol_no_update";
const NO_DELETE: &str = "_nicol_no_delete";
const NO_TRUNCATE: &str = "_nicol_no_truncate";
const NO_MOVE: &str = "_nicol_no_move";
const FUNCTION: &str = "_nicol_append_only";

/// The name of a check: the table, and a mark of the expression.
pub(crate) fn check_name(table: &str, expression: &str, limit: usize) -> String {
    // FNV-1a: the same on every machine and in every release.
    let mark =
        expression.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{}{CHECK}{mark:08x}", cut(table, limit.saturating_sub(CHECK.len() + 8)))
}

fn cut(name: &str, limit: usize) -> &str {
    let mut end = limit.min(name.len());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// A trigger's or function's name: the table's, cut so that it fits everywhere.
fn named(table: &str, suffix: &str) -> String {
    format!("{}{suffix}", cut(table, 63 - suffix.len()))
}

/// The mark of an expression at the end of a check's name; none for a check that nicol has not made.
fn mark(name: &str) -> Option<&str> {
    let (_, mark) = name.rsplit_once(CHECK)?;
    (mark.len() == 8 && mark.chars().all(|c| c.is_ascii_hexdigit())).then_some(mark)
}

/// Whether a trigger of an append-only table is one of those that guard it.
pub(crate) fn is_own_trigger(table: &Table, name: &str) -> bool {
    table.is_append_only
        && [NO_UPDATE, NO_DELETE, NO_TRUNCATE, NO_MOVE].iter().any(|suffix| named(&table.name, suffix) == name)
}

/// Whether two checks are one: made of the same text, or of texts that mean the same.
pub(crate) fn is_same(a: &Check, b: &Check) -> bool {
    mark(&a.name) == mark(&b.name) || expression::key(&a.expression) == expression::key(&b.expression)
}

/// Tables whose triggers go and come, by their places in the old and the new catalog.
#[derive(Default)]
pub(crate) struct Moves {
    pub(crate) dropped: Vec<usize>,
    pub(crate) created: Vec<usize>,
}

/// Which triggers go and which come.
pub(crate) fn moves(diff: &Diff<'_>) -> Moves {
    let mut moves = Moves::default();
    let dialect = diff.to.dialect;
    for table in diff.dropped_tables.iter().filter(|table| diff.from.tables[**table].is_append_only) {
        // Elsewhere triggers go with their table.
        if dialect.is_postgres_family() {
            moves.dropped.push(*table);
        }
    }
    for pair in &diff.tables {
        let (old, new) = (&diff.from.tables[pair.from], &diff.to.tables[pair.to]);
        let stays = old.is_append_only && new.is_append_only;
        if old.is_append_only && (!stays || is_disturbed(diff, new)) {
            moves.dropped.push(pair.from);
        }
        if new.is_append_only && (!stays || is_disturbed(diff, new)) {
            moves.created.push(pair.to);
        }
    }
    moves.created.extend(diff.created_tables.iter().filter(|table| diff.to.tables[**table].is_append_only));
    moves.dropped.sort_unstable();
    moves.created.sort_unstable();
    moves
}

/// Whether the migration itself changes rows of a guarded table, or the names that its triggers speak of.
fn is_disturbed(diff: &Diff<'_>, table: &Table) -> bool {
    // Triggers of SQLite name columns and other tables, and go with a table that is rebuilt.
    if diff.to.dialect == Dialect::Sqlite {
        return !diff.is_empty();
    }
    let is_it = |name: &crate::decisions::ObjectName| name.is(table.namespace.as_deref(), &table.name);
    let by_rename = diff.renames.iter().any(|step| match step {
        RenameStep::Table { to, .. } => is_it(to),
        RenameStep::EnumValue { columns, .. } => columns.iter().any(|(table, _)| is_it(table)),
        RenameStep::Column { .. } | RenameStep::Enum { .. } => false,
    });
    by_rename || diff.backfills.iter().any(|backfill| is_it(&backfill.table))
}

/// The statements that take the triggers away. They run before anything is renamed.
pub(crate) fn drop(dialect: Dialect, diff: &Diff<'_>, table: usize) -> Vec<String> {
    let table = &diff.from.tables[table];
    let name = diff.original_table(table.namespace.as_deref(), &table.name);
    let namespace = name.namespace.as_deref();
    let mut out = Vec::new();
    if dialect.is_postgres_family() {
        let on = qualified(dialect, namespace, &name.name);
        for suffix in [NO_UPDATE, NO_TRUNCATE] {
            out.push(format!("DROP TRIGGER IF EXISTS {} ON {on}", dialect.quote(&named(&name.name, suffix))));
        }
        out.push(format!("DROP FUNCTION IF EXISTS {}()", qualified(dialect, namespace, &named(&name.name, FUNCTION))));
        return out;
    }
    for suffix in [NO_UPDATE, NO_DELETE] {
        out.push(format!("DROP TRIGGER IF EXISTS {}", dialect.quote(&named(&name.name, suffix))));
    }
    if dialect == Dialect::Sqlite {
        out.push(format!("DROP TRIGGER IF EXISTS {}", dialect.quote(&named(&name.name, NO_MOVE))));
    }
    out
}

/// The statements that set the triggers up.
pub(crate) fn create(dialect: Dialect, table: &Table) -> Vec<String> {
    match dialect {
        Dialect::Postgres | Dialect::Cockroachdb => postgres(dialect, table),
        Dialect::Mysql | Dialect::Mariadb => mysql(dialect, table),
        Dialect::Sqlite => sqlite(table),
    }
}

fn refusal(table: &Table) -> String {
    // Servers cut longer messages.
    format!("{} is append-only: rows cannot be changed or deleted", cut(&table.name, 63))
}

/// Statements of people run at depth 0; the actions of foreign keys run inside the server's own triggers.
fn postgres(dialect: Dialect, table: &Table) -> Vec<String> {
    let on = qualified(dialect, table.namespace.as_deref(), &table.name);
    let function = qualified(dialect, table.namespace.as_deref(), &named(&table.name, FUNCTION));
    let message = string(dialect, &refusal(table).replace('%', "%%"));
    let body = format!("BEGIN\n    RAISE EXCEPTION {message} USING ERRCODE = 'restrict_violation';\nEND");
    let quote = if body.contains("$nicol$") { "$nicol_body$" } else { "$nicol$" };
    vec![
        format!("CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS {quote}\n{body}\n{quote}"),
        format!(
            "CREATE TRIGGER {} BEFORE UPDATE OR DELETE ON {on} FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION {function}()",
            dialect.quote(&named(&table.name, NO_UPDATE))
        ),
        format!(
            "CREATE TRIGGER {} BEFORE TRUNCATE ON {on} FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
            dialect.quote(&named(&table.name, NO_TRUNCATE))
        ),
    ]
}

/// The actions of foreign keys run no triggers.
fn mysql(dialect: Dialect, table: &Table) -> Vec<String> {
    let message = string(dialect, &refusal(table));
    let trigger = |suffix: &str, event: &str| {
        format!(
            "CREATE TRIGGER {} BEFORE {event} ON {} FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = {message}",
            dialect.quote(&named(&table.name, suffix)),
            dialect.quote(&table.name)
        )
    };
    vec![trigger(NO_UPDATE, "UPDATE"), trigger(NO_DELETE, "DELETE")]
}

/// The actions of foreign keys run triggers like any statement, after the row that was pointed at is gone.
fn sqlite(table: &Table) -> Vec<String> {
    let d = Dialect::Sqlite;
    let message = string(d, &refusal(table));
    let trigger = |suffix: &str, event: &str, condition: &str| {
        format!(
            "CREATE TRIGGER {} BEFORE {event} ON {} FOR EACH ROW{condition} BEGIN SELECT RAISE(ABORT, {message}); END",
            d.quote(&named(&table.name, suffix)),
            d.quote(&table.name)
        )
    };
    let moves = |action: ReferentialAction| {
        matches!(action, ReferentialAction::Cascade | ReferentialAction::SetNull | ReferentialAction::SetDefault)
    };
    let is_moved = |name: &str| {
        let keys = table.foreign_keys.iter().filter(|key| moves(key.on_delete) || moves(key.on_update));
        keys.flat_map(|key| &key.columns).any(|column| column == name)
    };
    let is_gone = |key: &ForeignKey| {
        let own = key.columns.iter().map(|column| format!("OLD.{} IS NOT NULL", d.quote(column)));
        let pairs = key.columns.iter().zip(&key.referenced_columns);
        let equal: Vec<String> =
            pairs.map(|(own, other)| format!("{} = OLD.{}", d.quote(other), d.quote(own))).collect();
        let there =
            format!("NOT EXISTS (SELECT 1 FROM {} WHERE {})", d.quote(&key.referenced_table), equal.join(" AND "));
        format!("({})", own.chain([there]).collect::<Vec<_>>().join(" AND "))
    };
    let unless = |keys: Vec<&ForeignKey>| {
        let gone: Vec<String> = keys.into_iter().map(is_gone).collect();
        if gone.is_empty() { String::new() } else { format!(" WHEN NOT ({})", gone.join(" OR ")) }
    };
    let columns = |moved: bool| -> Vec<String> {
        let ours = table.columns.iter().filter(|column| is_moved(&column.name) == moved);
        ours.map(|column| d.quote(&column.name)).collect()
    };
    let (fixed, moved) = (columns(false), columns(true));
    let mut out = Vec::new();
    if !fixed.is_empty() {
        out.push(trigger(NO_UPDATE, &format!("UPDATE OF {}", fixed.join(", ")), ""));
    }
    if !moved.is_empty() {
        let keys = table.foreign_keys.iter().filter(|key| moves(key.on_delete) || moves(key.on_update));
        out.push(trigger(NO_MOVE, &format!("UPDATE OF {}", moved.join(", ")), &unless(keys.collect())));
    }
    let cascading = table.foreign_keys.iter().filter(|key| key.on_delete == ReferentialAction::Cascade);
    out.push(trigger(NO_DELETE, "DELETE", &unless(cascading.collect())));
    out
}

/// The statement that adds a check.
pub(crate) fn add_check(dialect: Dialect, table: &Table, check: usize) -> String {
    let check = &table.checks[check];
    let name = qualified(dialect, table.namespace.as_deref(), &table.name);
    format!("ALTER TABLE {name} ADD CONSTRAINT {} CHECK ({})", dialect.quote(&check.name), check.expression)
}

/// The statement that drops a check. It runs before anything is renamed.
pub(crate) fn drop_check(dialect: Dialect, diff: &Diff<'_>, table: usize, check: usize) -> String {
    let table = &diff.from.tables[table];
    let name = diff.original_table(table.namespace.as_deref(), &table.name);
    let name = qualified(dialect, name.namespace.as_deref(), &name.name);
    format!("ALTER TABLE {name} DROP CONSTRAINT {}", dialect.quote(&table.checks[check].name))
}

const POSTGRES: &str = "\
SELECT n.nspname, c.relname, k.conname, pg_get_expr(k.conbin, k.conrelid) FROM pg_catalog.pg_constraint k \
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
WHERE k.contype = 'c' AND k.conname LIKE '%\\_nicol\\_check\\_%' \
UNION ALL SELECT n.nspname, c.relname, t.tgname, NULL FROM pg_catalog.pg_trigger t \
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
WHERE t.tgname LIKE '%\\_nicol\\_no\\_update' ORDER BY 1, 2, 3";

const MYSQL: &str = "\
SELECT ?, t.table_name, t.constraint_name, k.check_clause FROM information_schema.table_constraints t \
JOIN information_schema.check_constraints k ON k.constraint_schema = t.constraint_schema \
AND k.constraint_name = t.constraint_name WHERE t.table_schema = ? AND t.constraint_type = 'CHECK' \
AND t.constraint_name LIKE '%\\_nicol\\_check\\_%' \
UNION ALL SELECT ?, event_object_table, trigger_name, NULL FROM information_schema.triggers \
WHERE trigger_schema = ? AND trigger_name LIKE '%\\_nicol\\_no\\_update'";

const SQLITE: &str = "\
SELECT 'main', tbl_name, name, NULL FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_nicol\\_no\\_delete' ESCAPE '\\' \
UNION ALL SELECT 'main', name, '', sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%\\_nicol\\_check\\_%' ESCAPE '\\'";

/// Reads checks and triggers that nicol has made into a catalog. Schemas of PostgreSQL are told where the catalog does.
///
/// # Errors
/// Whatever the server answers.
pub(crate) async fn read(connection: &mut Connection, catalog: &mut Catalog) -> Result<()> {
    let default = connection.default_schema().to_owned();
    let database = Value::Text(default.clone());
    let rows = match catalog.dialect {
        Dialect::Postgres | Dialect::Cockroachdb => connection.query(POSTGRES, &[]).await?,
        Dialect::Mysql | Dialect::Mariadb => {
            connection.query(MYSQL, &[database.clone(), database.clone(), database.clone(), database]).await?
        }
        Dialect::Sqlite => connection.query(SQLITE, &[]).await?,
    };
    let is_qualified = catalog.tables.iter().any(|table| table.namespace.is_some());
    for row in rows.iter() {
        let (namespace, name, own): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let text: Option<String> = row.get(3)?;
        let is_here = |table: &&mut Table| {
            let within = match (&table.namespace, catalog.dialect.is_postgres_family()) {
                (Some(one), true) => *one == namespace,
                (None, true) => namespace == if is_qualified { crate::catalog::PUBLIC } else { &default },
                (_, false) => true,
            };
            table.name == name && within
        };
        let Some(table) = catalog.tables.iter_mut().find(is_here) else { continue };
        match text {
            None => table.is_append_only = true,
            Some(sql) if own.is_empty() => table.checks = declared(&sql),
            Some(expression) if mark(&own).is_some() => table.checks.push(Check { name: own, expression }),
            Some(_) => {}
        }
    }
    Ok(())
}

/// The checks in a CREATE TABLE statement that are called as nicol calls them.
fn declared(sql: &str) -> Vec<Check> {
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(at) = rest.find("CONSTRAINT \"") {
        rest = &rest[at + "CONSTRAINT \"".len()..];
        let name = &rest[..name_end(rest)];
        let Some(after) = rest[name.len()..].strip_prefix("\" CHECK (").filter(|_| mark(name).is_some()) else {
            continue;
        };
        let (mut depth, mut quote) = (1_i32, None);
        let end = after.char_indices().find(|(_, c)| {
            match (quote, c) {
                (Some(open), c) if open == *c => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"' | '`') => quote = Some(*c),
                (None, '(') => depth += 1,
                (None, ')') => depth -= 1,
                (None, _) => {}
            }
            depth == 0
        });
        let Some((end, _)) = end else { break };
        found.push(Check { name: name.replace("\"\"", "\""), expression: after[..end].to_owned() });
        rest = &after[end..];
    }
    found
}

/// Where a quoted name ends: at the first quote that is not doubled.
fn name_end(text: &str) -> usize {
    let mut at = 0;
    while let Some(quote) = text[at..].find('"') {
        if !text[at + quote + 1..].starts_with('"') {
            return at + quote;
        }
        at += quote + 2;
    }
    text.len()
}
