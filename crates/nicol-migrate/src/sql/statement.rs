//! Statements, told apart by the words at their front.

use nicol_db::Dialect;

use super::cursor::Cursor;
use super::lexer::Token;
use super::{Action, CreateIndex, CreateTable, Rows, RowsKind, alter, column};

/// Reads a statement.
pub(crate) fn parse(text: &str, tokens: &[Token<'_>], dialect: Dialect) -> Action {
    let mut cursor = Cursor::new(text, tokens, dialect);
    let first = cursor.word();
    let found = match first.as_str() {
        "BEGIN" => Some(Action::Begin),
        "START" if cursor.take("START TRANSACTION") => Some(Action::Begin),
        "COMMIT" | "END" => Some(Action::Commit),
        "ROLLBACK" | "ABORT" => (!cursor.has("TO")).then_some(Action::Rollback),
        "CREATE" => create(&mut cursor),
        "DROP" => drop(&mut cursor),
        "ALTER" => alter_any(&mut cursor),
        "RENAME" => rename(&mut cursor),
        "REINDEX" => Some(reindex(&mut cursor)),
        "VACUUM" => vacuum(&mut cursor),
        "CLUSTER" => {
            cursor.at += 1;
            cursor.take("VERBOSE");
            Some(Action::RewriteTable { table: cursor.name(), word: "CLUSTER" })
        }
        "OPTIMIZE" => {
            let _ = cursor.take("OPTIMIZE TABLE");
            Some(Action::RewriteTable { table: cursor.name(), word: "OPTIMIZE TABLE" })
        }
        "REFRESH" => {
            cursor.take("REFRESH MATERIALIZED VIEW");
            let concurrently = cursor.take("CONCURRENTLY");
            cursor.name().map(|view| Action::Refresh { view, concurrently })
        }
        "TRUNCATE" => {
            cursor.at += 1;
            cursor.take("TABLE");
            let tables = cursor.names();
            Some(Action::Truncate { tables, cascade: cursor.has("CASCADE") })
        }
        "INSERT" | "REPLACE" => insert(&mut cursor),
        "UPDATE" => update(&mut cursor),
        "DELETE" => delete(&mut cursor),
        "LOCK" => lock(&mut cursor),
        "DO" => Some(Action::Opaque { what: "a DO block" }),
        "CALL" | "EXECUTE" => Some(Action::Opaque { what: "a procedure or prepared statement" }),
        "SET" => Some(set(&mut cursor)),
        "PRAGMA" => Some(pragma(&mut cursor)),
        _ => None,
    };
    found.unwrap_or(Action::Other(first))
}

fn create(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.take("CREATE");
    cursor.take("OR REPLACE");
    let is_temporary = cursor.take("TEMPORARY") || cursor.take("TEMP") || cursor.take("LOCAL TEMPORARY");
    cursor.take("UNLOGGED");
    if cursor.take("TABLE") {
        return create_table(cursor, is_temporary);
    }
    if cursor.take("TYPE") {
        let name = cursor.name()?;
        let values = cursor.take("AS ENUM").then(|| cursor.items())?;
        let values = values.iter().filter_map(|item| item.peek()).map(Token::content).collect();
        return Some(Action::CreateEnum { name, values });
    }
    if cursor.take("DOMAIN") {
        let has_constraint = cursor.has("CHECK") || cursor.has_words("NOT NULL");
        return Some(Action::CreateDomain { has_constraint });
    }
    cursor.take("CONSTRAINT");
    if cursor.take("TRIGGER") {
        while cursor.peek().is_some() && !cursor.take("ON") {
            cursor.at += 1;
        }
        return cursor.name().map(|table| Action::CreateTrigger { table });
    }
    let is_unique = cursor.take("UNIQUE");
    let special = cursor.take_any(&["FULLTEXT", "SPATIAL"]);
    if !cursor.take("INDEX") {
        return None;
    }
    let concurrently = cursor.take("CONCURRENTLY");
    let if_not_exists = cursor.if_exists();
    let name = if cursor.is("ON") && !cursor.then_is("ON") { None } else { cursor.identifier() };
    // SQLite puts the schema before the index's name.
    let name = if cursor.take_mark('.') { cursor.identifier() } else { name };
    cursor.take("USING BTREE");
    cursor.take("ON");
    cursor.take("ONLY");
    let table = cursor.name()?;
    if cursor.take("USING") {
        cursor.identifier();
    }
    let columns = cursor.columns();
    Some(Action::CreateIndex(CreateIndex { name, table, columns, is_unique, special, concurrently, if_not_exists }))
}

fn create_table(cursor: &mut Cursor<'_>, is_temporary: bool) -> Option<Action> {
    let if_not_exists = cursor.if_exists();
    let name = cursor.name()?;
    let mut table = CreateTable {
        name,
        if_not_exists,
        is_temporary,
        columns: Vec::new(),
        constraints: Vec::new(),
        is_filled: false,
        is_like: false,
    };
    table.is_like = cursor.is("LIKE") || cursor.has_words("PARTITION OF");
    if cursor.is_mark('(') {
        for mut item in cursor.items() {
            if let Some(constraint) = column::constraint(&mut item) {
                table.constraints.push(constraint);
            } else if item.take("LIKE") {
                table.is_like = true;
            } else if !is_index_clause(&item)
                && let Some(name) = item.identifier()
            {
                table.columns.push(column::definition(name, &mut item));
            }
        }
    }
    table.is_like |= cursor.has("INHERITS");
    table.is_filled = cursor.has("SELECT") || (cursor.has("AS") && cursor.has("TABLE"));
    Some(Action::CreateTable(table))
}

/// MySQL's indexes stand among the columns.
fn is_index_clause(cursor: &Cursor<'_>) -> bool {
    let is_word = ["INDEX", "KEY", "FULLTEXT", "SPATIAL"].iter().any(|word| cursor.is(word));
    is_word && cursor.dialect.is_mysql_family()
}

fn drop(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.take("DROP");
    cursor.take("TEMPORARY");
    if cursor.take("TABLE") {
        cursor.if_exists();
        let tables = cursor.names();
        return Some(Action::DropTable { tables, cascade: cursor.has("CASCADE") });
    }
    if cursor.take("INDEX") {
        let concurrently = cursor.take("CONCURRENTLY");
        cursor.if_exists();
        let indexes = cursor.names();
        let table = if cursor.take("ON") { cursor.name() } else { None };
        return Some(Action::DropIndex { indexes, table, concurrently });
    }
    if cursor.take("SCHEMA") || cursor.take("DATABASE") {
        cursor.if_exists();
        return cursor.name().map(|name| Action::DropSchema { name });
    }
    Some(Action::DropOther { cascade: cursor.has("CASCADE"), what: cursor.word() })
}

fn alter_any(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.take("ALTER");
    cursor.take("ONLINE");
    cursor.take("IGNORE");
    if cursor.take("TABLE") {
        cursor.if_exists();
        cursor.take("ONLY");
        let table = cursor.name()?;
        cursor.take_mark('*');
        // MariaDB: how long to wait for the table.
        if cursor.take("WAIT") {
            cursor.at += 1;
        }
        cursor.take("NOWAIT");
        let clauses = alter::clauses(cursor, &table);
        return Some(Action::AlterTable { table, clauses });
    }
    if cursor.take("TYPE") {
        let name = cursor.name()?;
        if cursor.take("ADD VALUE") {
            cursor.if_exists();
            let value = cursor.peek()?.content();
            return Some(Action::AddEnumValue {
                name,
                value,
                has_position: cursor.has("BEFORE") || cursor.has("AFTER"),
            });
        }
        if cursor.take("RENAME VALUE") {
            let from = cursor.peek()?.content();
            cursor.at += 1;
            cursor.take("TO");
            return Some(Action::RenameEnumValue { name, from, to: cursor.peek()?.content() });
        }
        return None;
    }
    if cursor.take("DOMAIN") {
        let adds_constraint = cursor.has("ADD") && !cursor.has_words("NOT VALID") || cursor.has_words("SET NOT NULL");
        return Some(Action::AlterDomain { adds_constraint });
    }
    if cursor.take("SCHEMA") {
        let from = cursor.name()?;
        return cursor.take("RENAME TO").then_some(Action::RenameSchema { from });
    }
    None
}

fn rename(cursor: &mut Cursor<'_>) -> Option<Action> {
    if !cursor.take("RENAME TABLE") && !cursor.take("RENAME TABLES") {
        return None;
    }
    cursor.if_exists();
    let mut pairs = Vec::new();
    for mut item in cursor.clauses() {
        let from = item.name()?;
        item.take("TO");
        pairs.push((from, item.name()?));
    }
    Some(Action::RenameTables(pairs))
}

fn reindex(cursor: &mut Cursor<'_>) -> Action {
    cursor.at += 1;
    let options = cursor.group().unwrap_or_default().to_ascii_uppercase();
    cursor.take_any(&["INDEX", "TABLE", "SCHEMA", "DATABASE", "SYSTEM"]);
    let concurrently = cursor.take("CONCURRENTLY") || options.contains("CONCURRENTLY");
    Action::Reindex { concurrently, target: cursor.name() }
}

fn vacuum(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.at += 1;
    let options = cursor.group().unwrap_or_default().to_ascii_uppercase();
    let is_full = cursor.take("FULL") || options.contains("FULL");
    for word in ["FREEZE", "VERBOSE", "ANALYZE"] {
        cursor.take(word);
    }
    is_full.then(|| Action::RewriteTable { table: cursor.name(), word: "VACUUM FULL" })
}

fn insert(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.at += 1;
    for word in ["OR", "LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "REPLACE", "ABORT", "INTO"] {
        cursor.take(word);
    }
    let table = cursor.name()?;
    let columns = if cursor.is_mark('(') && !cursor.then_is("SELECT") { cursor.columns() } else { Vec::new() };
    let selected = cursor.take("SELECT").then(|| selected(cursor));
    Some(rows(table, RowsKind::Insert, true, columns, selected))
}

/// The expressions after SELECT, up to FROM.
fn selected(cursor: &mut Cursor<'_>) -> Vec<String> {
    let from = cursor.tokens.iter().skip(cursor.at).position(|token| token.is("FROM"));
    let end = from.map_or(cursor.tokens.len(), |from| cursor.at + from);
    let mut list = Cursor { text: cursor.text, tokens: &cursor.tokens[cursor.at..end], at: 0, dialect: cursor.dialect };
    list.clauses().iter().map(|item| item.rest().to_string()).collect()
}

fn rows(
    table: super::Name,
    kind: RowsKind,
    is_limited: bool,
    columns: Vec<String>,
    selected: Option<Vec<String>>,
) -> Action {
    Action::Rows(Rows { table, kind, is_limited, columns, selected, set_twice: None })
}

fn update(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.at += 1;
    for word in ["LOW_PRIORITY", "IGNORE", "ONLY"] {
        cursor.take(word);
    }
    let table = cursor.name()?;
    let is_limited = cursor.has("WHERE") || cursor.has("LIMIT");
    while cursor.peek().is_some() && !cursor.take("SET") {
        cursor.at += 1;
    }
    let end = cursor.tokens.iter().position(|token| token.is("WHERE") || token.is("FROM"));
    let end = end.unwrap_or(cursor.tokens.len()).max(cursor.at);
    let mut list = Cursor { text: cursor.text, tokens: &cursor.tokens[cursor.at..end], at: 0, dialect: cursor.dialect };
    let columns: Vec<String> =
        list.clauses().into_iter().filter_map(|mut item| item.name()).map(|name| name.name).collect();
    let twice = columns.iter().enumerate().find(|(at, name)| columns[..*at].contains(name));
    let set_twice = twice.map(|(_, name)| name.clone());
    Some(Action::Rows(Rows { table, kind: RowsKind::Update, is_limited, columns, selected: None, set_twice }))
}

fn delete(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.at += 1;
    for word in ["LOW_PRIORITY", "QUICK", "IGNORE", "FROM", "ONLY"] {
        cursor.take(word);
    }
    let table = cursor.name()?;
    Some(rows(table, RowsKind::Delete, cursor.has("WHERE") || cursor.has("LIMIT"), Vec::new(), None))
}

fn lock(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.at += 1;
    cursor.take_any(&["TABLE", "TABLES"]);
    let tables = cursor.names();
    let mode = if cursor.take("IN") { cursor.rest().to_uppercase() } else { cursor.word() };
    let mode = mode.replace(" MODE", "").replace(" NOWAIT", "");
    Some(Action::LockTables { tables, mode })
}

fn set(cursor: &mut Cursor<'_>) -> Action {
    cursor.at += 1;
    let scope = cursor.take_any(&["LOCAL", "SESSION", "GLOBAL", "PERSIST"]);
    while cursor.is_mark('@') {
        cursor.at += 1;
    }
    let name = cursor.identifier().unwrap_or_default().to_lowercase();
    // `@@GLOBAL.name`
    let is_global = scope == Some("GLOBAL") || scope == Some("PERSIST") || name == "global";
    let name = if cursor.take_mark('.') { cursor.identifier().unwrap_or_default().to_lowercase() } else { name };
    let _ = cursor.take_mark('=') || cursor.take("TO");
    let value = cursor.rest().to_string();
    Action::Set { name: if is_global { format!("global {name}") } else { name }, value }
}

fn pragma(cursor: &mut Cursor<'_>) -> Action {
    cursor.at += 1;
    let name = cursor.name().map(|name| name.name.to_lowercase()).unwrap_or_default();
    cursor.take_mark('=');
    let value = cursor.rest().trim_matches(['(', ')', ' ']).to_lowercase();
    Action::Pragma { name, value }
}

#[cfg(test)]
mod tests {
    use super::super::{Change, ConstraintKind, tokens};
    use super::*;

    fn read(text: &str, dialect: Dialect) -> Action {
        parse(text, &tokens(text, dialect), dialect)
    }

    fn clauses(text: &str, dialect: Dialect) -> Vec<Change> {
        match read(text, dialect) {
            Action::AlterTable { clauses, .. } => clauses.into_iter().map(|clause| clause.change).collect(),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn tables() {
        let text = "CREATE TABLE \"a\".\"User\" (\n  \"id\" SERIAL NOT NULL,\n  at TIMESTAMP(3) WITH TIME ZONE DEFAULT now() NOT NULL,\n  \
                    n DECIMAL(65, 30) DEFAULT 1.5, t TEXT[] DEFAULT ARRAY[]::TEXT[], r INT REFERENCES p(id) ON DELETE CASCADE UNIQUE,\n  \
                    g INT GENERATED ALWAYS AS (n * 2) STORED, i BIGINT GENERATED BY DEFAULT AS IDENTITY,\n\n  \
                    CONSTRAINT \"User_pkey\" PRIMARY KEY (\"id\"), CHECK (n > 0))";
        let Action::CreateTable(table) = read(text, Dialect::Postgres) else { panic!("a table") };
        assert_eq!((table.name.schema.as_deref(), table.name.name.as_str()), (Some("a"), "User"));
        let types: Vec<&str> = table.columns.iter().map(|column| column.ty.as_str()).collect();
        let expected = ["serial", "timestamp(3) with time zone", "decimal(65,30)", "text[]", "int", "int", "bigint"];
        assert_eq!(types, expected);
        assert_eq!(table.columns[1].default.as_deref(), Some("now()"));
        assert!(table.columns[1].not_null && !table.columns[2].not_null);
        assert_eq!(table.columns[3].default.as_deref(), Some("ARRAY[]::TEXT[]"));
        assert!(table.columns[4].references.as_ref().is_some_and(|reference| reference.deletes));
        assert!(table.columns[4].is_unique && table.columns[6].is_identity);
        assert_eq!(table.constraints.len(), 2);
        let text = "CREATE TABLE `a` (`id` INTEGER UNSIGNED NOT NULL AUTO_INCREMENT, `e` ENUM('x', 'y') NULL DEFAULT 'x' \
                    COMMENT 'z', INDEX `i`(`e`), UNIQUE INDEX `u`(`e`), PRIMARY KEY (`id`)) DEFAULT CHARACTER SET utf8mb4";
        let Action::CreateTable(table) = read(text, Dialect::Mysql) else { panic!("a table") };
        assert_eq!(table.columns.len(), 2);
        assert!(table.columns[0].is_auto_increment && table.columns[0].ty == "integer unsigned");
        assert_eq!((table.columns[1].ty.as_str(), table.columns[1].default.as_deref()), ("enum('x','y')", Some("'x'")));
        assert_eq!(table.constraints.len(), 2);
    }

    #[test]
    fn changes_of_tables() {
        let found = clauses(
            "ALTER TABLE ONLY t ADD COLUMN IF NOT EXISTS a INT NOT NULL DEFAULT f(1, 2), DROP COLUMN \"B\" CASCADE, \
             ALTER c SET NOT NULL, ALTER COLUMN d TYPE VARCHAR(20) USING (d::text), ADD CONSTRAINT x FOREIGN KEY (a, c) \
             REFERENCES p (x, y) ON DELETE SET NULL NOT VALID, ADD UNIQUE USING INDEX i, VALIDATE CONSTRAINT x",
            Dialect::Postgres,
        );
        assert_eq!(found.len(), 7, "{found:?}");
        assert!(matches!(&found[0], Change::AddColumn(column) if column.default.as_deref() == Some("f(1, 2)")));
        assert!(matches!(&found[1], Change::DropColumn { column, cascade: true } if column == "B"));
        assert!(matches!(&found[2], Change::SetNotNull(column) if column == "c"));
        assert!(matches!(&found[3], Change::Type { ty, using: Some(_), .. } if ty == "varchar(20)"));
        assert!(
            matches!(&found[4], Change::AddConstraint(it) if it.not_valid && matches!(&it.kind, ConstraintKind::Foreign(c, _) if c.len() == 2))
        );
        assert!(matches!(&found[5], Change::AddConstraint(it) if it.using_index));
        let found = clauses(
            "ALTER TABLE `t` MODIFY `a` VARCHAR(300) NOT NULL, CHANGE `b` `c` INT NULL, ADD (d INT, e INT), ADD FULLTEXT INDEX \
             f(`a`), DROP FOREIGN KEY `x`, RENAME INDEX i TO j, RENAME COLUMN a TO z, ALGORITHM=INPLACE, LOCK=NONE",
            Dialect::Mysql,
        );
        assert_eq!(found.len(), 10, "{found:?}");
        assert!(matches!(&found[1], Change::Modify { column, definition } if column == "b" && definition.name == "c"));
        assert!(matches!(&found[4], Change::AddIndex(index) if index.special == Some("FULLTEXT")));
        assert!(matches!(&found[5], Change::DropConstraint { is_foreign: true, .. }));
        assert!(matches!(&found[7], Change::RenameColumn { from, .. } if from == "a"));
        assert!(matches!(&found[9], Change::Limit { lock: Some(lock), .. } if lock == "NONE"));
    }

    #[test]
    fn other_statements() {
        let kind = |text, dialect| {
            format!("{:?}", read(text, dialect)).chars().take_while(char::is_ascii_alphabetic).collect()
        };
        let cases: [(&str, Dialect, &str); 24] = [
            (
                "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t USING gin (lower(a), b)",
                Dialect::Postgres,
                "CreateIndex",
            ),
            ("DROP INDEX CONCURRENTLY i, j", Dialect::Postgres, "DropIndex"),
            ("DROP INDEX `i` ON `t`", Dialect::Mysql, "DropIndex"),
            ("drop table if exists a, b cascade", Dialect::Postgres, "DropTable"),
            ("DROP VIEW v", Dialect::Postgres, "DropOther"),
            ("RENAME TABLE a TO b, c TO d", Dialect::Mysql, "RenameTables"),
            ("CREATE TYPE \"E\" AS ENUM ('a', 'b''c')", Dialect::Postgres, "CreateEnum"),
            ("ALTER TYPE e ADD VALUE 'x'", Dialect::Postgres, "AddEnumValue"),
            ("ALTER TYPE e RENAME VALUE 'x' TO 'y'", Dialect::Postgres, "RenameEnumValue"),
            ("REINDEX (CONCURRENTLY) TABLE t", Dialect::Postgres, "Reindex"),
            ("VACUUM (FULL, ANALYZE) t", Dialect::Postgres, "RewriteTable"),
            ("VACUUM t", Dialect::Postgres, "Other"),
            ("TRUNCATE a, b CASCADE", Dialect::Postgres, "Truncate"),
            ("INSERT INTO t (a) SELECT b FROM c", Dialect::Postgres, "Rows"),
            ("UPDATE t SET a = 1, b = 2", Dialect::Postgres, "Rows"),
            ("DELETE FROM t WHERE a = 1", Dialect::Postgres, "Rows"),
            ("LOCK TABLE t IN ACCESS EXCLUSIVE MODE", Dialect::Postgres, "LockTables"),
            ("DO $$ BEGIN END $$", Dialect::Postgres, "Opaque"),
            ("SET LOCAL lock_timeout = '2s'", Dialect::Postgres, "Set"),
            ("PRAGMA foreign_keys=OFF", Dialect::Sqlite, "Pragma"),
            (
                "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
                Dialect::Postgres,
                "CreateTrigger",
            ),
            ("ALTER SCHEMA a RENAME TO b", Dialect::Postgres, "RenameSchema"),
            ("ROLLBACK TO SAVEPOINT x", Dialect::Postgres, "Other"),
            ("GRANT SELECT ON t TO u", Dialect::Postgres, "Other"),
        ];
        for (text, dialect, expected) in cases {
            let found: String = kind(text, dialect);
            assert_eq!(found, expected, "{text}");
        }
    }
}
