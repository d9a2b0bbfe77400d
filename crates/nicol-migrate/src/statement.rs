//! What kind of statement a piece of a script is: enough to decide how it may be run. Not a parser: it reads the words at
//! the front.

use nicol_db::Dialect;

use crate::sql::{Action, Token, TokenKind, first_tokens, parse, tokens};

/// How a statement may be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Opens a transaction of the script's own.
    Begin,
    /// Commits it.
    Commit,
    /// Rolls it back.
    Rollback,
    /// Sets something of the session (`SET`, `PRAGMA`, `USE`): must be repeated when a script is continued in a new one.
    Session,
    /// Reads or writes rows: can share a transaction with the record of it on every database.
    Data,
    /// Cannot run inside a transaction.
    Alone,
    /// Locks or unlocks tables for the session (MySQL).
    TableLock,
    /// Everything else: changes of structure.
    Structure,
}

/// The kind of a statement.
pub(crate) fn kind(text: &str, dialect: Dialect) -> Kind {
    let tokens = first_tokens(text, dialect, 32);
    let word = |i: usize| words_at(&tokens, i);
    match word(0).as_str() {
        "BEGIN" => Kind::Begin,
        "START" if word(1) == "TRANSACTION" => Kind::Begin,
        "COMMIT" | "END" => Kind::Commit,
        "ROLLBACK" if tokens.iter().any(|token| token.is("TO")) => Kind::Data,
        "ROLLBACK" | "ABORT" => Kind::Rollback,
        "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "MERGE" | "WITH" | "SELECT" | "VALUES" | "LOAD" | "SAVEPOINT"
        | "RELEASE" => Kind::Data,
        "PRAGMA" if is_pragma_alone(&word(1)) => Kind::Alone,
        "SET" | "RESET" | "USE" | "PRAGMA" => Kind::Session,
        "ATTACH" if dialect == Dialect::Sqlite => Kind::Session,
        "LOCK" | "UNLOCK" if dialect.is_mysql_family() => Kind::TableLock,
        _ if runs_alone(&tokens, dialect) => Kind::Alone,
        _ => Kind::Structure,
    }
}

/// SQLite refuses these in a transaction; `foreign_keys` it ignores there, which the runner makes up for.
fn is_pragma_alone(name: &str) -> bool {
    matches!(name, "JOURNAL_MODE" | "SYNCHRONOUS" | "WAL_CHECKPOINT" | "TEMP_STORE" | "AUTO_VACUUM" | "PAGE_SIZE")
}

fn runs_alone(tokens: &[Token<'_>], dialect: Dialect) -> bool {
    let word = |i: usize| words_at(tokens, i);
    let any = |wanted: &str| tokens.iter().any(|token| token.is(wanted));
    match dialect {
        Dialect::Sqlite => matches!(word(0).as_str(), "VACUUM" | "DETACH"),
        Dialect::Postgres | Dialect::Cockroachdb => match (word(0).as_str(), word(1).as_str()) {
            ("VACUUM", _) | ("ALTER", "SYSTEM") | ("PREPARE", "TRANSACTION") => true,
            ("CREATE" | "DROP", "DATABASE" | "TABLESPACE" | "SUBSCRIPTION") => true,
            ("CREATE" | "DROP", "INDEX" | "UNIQUE") => any("CONCURRENTLY"),
            ("REINDEX", "DATABASE" | "SYSTEM") => true,
            ("REINDEX", _) => any("CONCURRENTLY"),
            ("ALTER", "TABLE") => any("DETACH") && any("CONCURRENTLY"),
            ("ALTER", "DATABASE") => any("TABLESPACE"),
            _ => false,
        },
        // Nothing but rows takes part in a transaction there, and structure is always run one statement at a time.
        Dialect::Mysql | Dialect::Mariadb => false,
    }
}

/// True when the statement switches SQLite's foreign keys off.
pub(crate) fn switches_foreign_keys_off(text: &str) -> bool {
    let tokens = first_tokens(text, Dialect::Sqlite, 8);
    let off = |token: &Token<'_>| ["OFF", "FALSE", "NO", "0"].iter().any(|word| token.is(word));
    words_at(&tokens, 0) == "PRAGMA"
        && tokens.iter().any(|token| token.is("FOREIGN_KEYS"))
        && tokens.last().is_some_and(|last| off(last) || last.is_mark(')') && tokens.iter().any(off))
}

/// True for PostgreSQL's `ALTER TYPE ... ADD VALUE`, whose value cannot be used before a commit.
pub(crate) fn adds_enum_value(text: &str, dialect: Dialect) -> bool {
    let tokens = first_tokens(text, dialect, 16);
    words_at(&tokens, 0) == "ALTER"
        && words_at(&tokens, 1) == "TYPE"
        && tokens.windows(2).any(|pair| pair[0].is("ADD") && pair[1].is("VALUE"))
}

/// Whether statements of PostgreSQL name a value that one before them adds to an enum, which they can only do after a commit.
/// Of an enum that was made by the same script all values can be used.
pub(crate) fn uses_value_it_adds<'a>(statements: impl Iterator<Item = &'a str>, dialect: Dialect) -> bool {
    let (mut created, mut added) = (Vec::new(), Vec::new());
    for text in statements {
        let tokens = tokens(text, dialect);
        match parse(text, &tokens, dialect) {
            Action::CreateEnum { name, .. } => created.push(name),
            Action::AddEnumValue { name, value, .. } if !created.contains(&name) => added.push(value),
            Action::AddEnumValue { .. } => {}
            _ if added.iter().any(|value| names_text(&tokens, value, dialect)) => return true,
            _ => {}
        }
    }
    false
}

/// Whether a text literal is this value, or is code that has such a literal.
pub(crate) fn names_text(found: &[Token<'_>], value: &str, dialect: Dialect) -> bool {
    found.iter().filter(|token| token.kind == TokenKind::Text).any(|token| {
        let content = token.content();
        content == value || token.text.starts_with('$') && names_text(&tokens(&content, dialect), value, dialect)
    })
}

/// True for `SET TRANSACTION ...`.
pub(crate) fn sets_transaction(text: &str, dialect: Dialect) -> bool {
    let tokens = first_tokens(text, dialect, 2);
    words_at(&tokens, 0) == "SET" && words_at(&tokens, 1) == "TRANSACTION"
}

/// The bare word at a place in upper case, empty when there is none.
fn words_at(tokens: &[Token<'_>], at: usize) -> String {
    let word = tokens.get(at).filter(|token| token.kind == TokenKind::Word);
    word.map_or_else(String::new, |token| token.text.to_ascii_uppercase())
}

/// Where the last statement of a script begins, in bytes, when the script ends in its middle: inside a string, a comment,
/// brackets or a body.
pub(crate) fn unfinished(script: &str, dialect: Dialect) -> Option<usize> {
    const NEXT: &str = "SELECT 'the end'";
    // A delimiter of the script's own may end it, too.
    if dialect.is_mysql_family() && script.to_ascii_uppercase().contains("DELIMITER") {
        return None;
    }
    // Whatever is still open swallows a statement put behind it.
    let longer = format!("{script}\n;\n{NEXT}");
    let statements = nicol_db::script::split(&longer, dialect);
    let Some((last, before)) = statements.split_last() else { return Some(script.trim_end().len()) };
    if last.text != NEXT {
        return Some(last.start.min(script.len()));
    }
    // Brackets hold statements together on PostgreSQL only, whose bodies are strings.
    let last = before.last().filter(|_| !dialect.is_postgres_family())?;
    let tokens = tokens(last.text, dialect);
    let count = |mark: char| tokens.iter().filter(|token| token.is_mark(mark)).count();
    (count('(') > count(')')).then_some(last.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let cases = [
            ("BEGIN", Dialect::Postgres, Kind::Begin),
            ("-- AlterEnum\n begin;", Dialect::Postgres, Kind::Begin),
            ("BEGIN IMMEDIATE", Dialect::Sqlite, Kind::Begin),
            ("START TRANSACTION", Dialect::Mysql, Kind::Begin),
            ("COMMIT", Dialect::Postgres, Kind::Commit),
            ("END", Dialect::Postgres, Kind::Commit),
            ("ROLLBACK", Dialect::Postgres, Kind::Rollback),
            ("ROLLBACK TO SAVEPOINT a", Dialect::Postgres, Kind::Data),
            ("/* x */ INSERT INTO a VALUES (1)", Dialect::Mysql, Kind::Data),
            ("# x\nUPDATE a SET b = 1", Dialect::Mysql, Kind::Data),
            ("PRAGMA foreign_keys=OFF", Dialect::Sqlite, Kind::Session),
            ("PRAGMA journal_mode = WAL", Dialect::Sqlite, Kind::Alone),
            ("VACUUM", Dialect::Sqlite, Kind::Alone),
            ("SET search_path TO a", Dialect::Postgres, Kind::Session),
            ("CREATE INDEX CONCURRENTLY i ON a(b)", Dialect::Postgres, Kind::Alone),
            ("CREATE UNIQUE INDEX CONCURRENTLY i ON a(b)", Dialect::Postgres, Kind::Alone),
            ("CREATE INDEX \"CONCURRENTLY\" ON a(b)", Dialect::Postgres, Kind::Structure),
            ("drop index concurrently i", Dialect::Postgres, Kind::Alone),
            ("REINDEX TABLE a", Dialect::Postgres, Kind::Structure),
            ("REINDEX INDEX CONCURRENTLY a", Dialect::Postgres, Kind::Alone),
            ("ALTER TABLE a DETACH PARTITION b CONCURRENTLY", Dialect::Postgres, Kind::Alone),
            ("ALTER TABLE a DETACH PARTITION b", Dialect::Postgres, Kind::Structure),
            ("LOCK TABLES a WRITE", Dialect::Mariadb, Kind::TableLock),
            ("LOCK TABLE a", Dialect::Postgres, Kind::Structure),
            ("CREATE TABLE a (b INT)", Dialect::Mysql, Kind::Structure),
        ];
        for (text, dialect, expected) in cases {
            assert_eq!(kind(text, dialect), expected, "{text}");
        }
    }

    #[test]
    fn foreign_keys_switched_off() {
        for (text, expected) in [
            ("PRAGMA foreign_keys=OFF;", true),
            ("pragma foreign_keys = 0", true),
            ("PRAGMA foreign_keys(off)", true),
            ("PRAGMA foreign_keys=ON", false),
            ("PRAGMA defer_foreign_keys=OFF", false),
            ("PRAGMA foreign_key_check", false),
        ] {
            assert_eq!(switches_foreign_keys_off(text), expected, "{text}");
        }
    }

    #[test]
    fn scripts_that_end_too_early() {
        let cases = [
            ("", Dialect::Sqlite, None),
            ("-- This is an empty migration.", Dialect::Postgres, None),
            ("CREATE TABLE a (id INT);\nSELECT ')' || '('", Dialect::Sqlite, None),
            ("SELECT 1;\nINSERT INTO a VALUES ('it\\'s (', 1);", Dialect::Mysql, None),
            ("CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SELECT 1; END;", Dialect::Mysql, None),
            ("DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//", Dialect::Mariadb, None),
            ("DO $$ BEGIN PERFORM 1; END $$;", Dialect::Postgres, None),
            ("SELECT 1;\nCREATE TABLE a (id INT,", Dialect::Sqlite, Some(10)),
            ("SELECT 1;\nCREATE TABLE a (id INT,", Dialect::Mysql, Some(10)),
            ("SELECT 1;\nCREATE TABLE a (id INT,", Dialect::Postgres, Some(10)),
            ("SELECT 1;\nINSERT INTO a VALUES ('x", Dialect::Mysql, Some(10)),
            ("SELECT 1;\nDO $$ BEGIN PERFORM 1;", Dialect::Postgres, Some(10)),
            ("CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SELECT 1;", Dialect::Mysql, Some(0)),
        ];
        for (script, dialect, expected) in cases {
            assert_eq!(unfinished(script, dialect), expected, "{script:?}");
        }
        assert!(unfinished("SELECT 1;\n/* and", Dialect::Postgres).is_some());
    }

    #[test]
    fn enum_values() {
        assert!(adds_enum_value("ALTER TYPE \"E\" ADD VALUE 'x'", Dialect::Postgres));
        assert!(!adds_enum_value("ALTER TYPE \"E\" RENAME TO \"F\"", Dialect::Postgres));
    }

    #[test]
    fn enum_values_used_after_they_are_added() {
        let add = "ALTER TYPE \"E\" ADD VALUE 'it''s'";
        let cases: [(&[&str], bool); 10] = [
            (&[add], false),
            (&[add, "ALTER TABLE t ALTER COLUMN e SET DEFAULT 'it''s'"], true),
            (&["ALTER TABLE t ALTER COLUMN e SET DEFAULT 'it''s'", add], false),
            (&[add, "ALTER TABLE t ALTER COLUMN e SET DEFAULT E'it''s'"], true),
            (&[add, "ALTER TABLE t ALTER COLUMN \"it's\" SET DEFAULT 'a'"], false),
            (&[add, "DO $$ BEGIN UPDATE t SET e = 'it''s'; END $$"], true),
            (&[add, "DO $$ BEGIN UPDATE t SET e = 'its'; END $$"], false),
            (&[add, "ALTER TYPE \"E\" ADD VALUE 'b' AFTER 'it''s'"], false),
            (&[add, "CREATE TYPE \"F\" AS ENUM ('it''s')"], false),
            (&["CREATE TYPE \"E\" AS ENUM ('a')", add, "INSERT INTO t VALUES ('it''s')"], false),
        ];
        for (statements, expected) in cases {
            assert_eq!(uses_value_it_adds(statements.iter().copied(), Dialect::Postgres), expected, "{statements:?}");
        }
    }
}
