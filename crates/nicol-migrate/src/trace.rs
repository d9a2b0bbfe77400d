//! What a change of structure leaves behind: where to look in the database to know whether it has run.
//!
//! Only what is certain is a trace. One `ALTER TABLE` happens as a whole, so any clause that can be seen speaks for all of
//! them; a clause that may have been true before (`IF NOT EXISTS`) speaks for nothing.

use nicol_db::Dialect;

use crate::sql::{Cursor, Token, first_tokens};

/// What a statement leaves behind in the catalog, or no longer leaves there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trace {
    /// A table or view exists, or not.
    Table { table: String, exists: bool },
    /// An index exists, or not. Only MySQL names the table.
    Index { table: Option<String>, index: String, exists: bool },
    /// A column exists, or not.
    Column { table: String, column: String, exists: bool },
    /// A constraint exists, or not.
    Constraint { table: String, constraint: String, exists: bool },
    /// A database, table space or subscription of PostgreSQL exists, or not.
    Global { catalog: &'static str, column: &'static str, name: String, exists: bool },
    /// Running it twice is as good as once.
    Repeatable,
}

/// A trace, and the schema (MySQL: database) that the statement names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Traced {
    pub(crate) trace: Trace,
    pub(crate) schema: Option<String>,
}

/// So many tokens at the front are looked at: enough for every clause of a generated ALTER TABLE.
const TOKEN_LIMIT: usize = 2_000;

/// First words of statements that bring about a state, whatever was before.
const REPEATABLE: &[&str] = &[
    "ANALYZE", "CHECK", "CLUSTER", "COMMENT", "FLUSH", "GRANT", "OPTIMIZE", "PRAGMA", "REINDEX", "REPAIR", "REVOKE",
    "TRUNCATE", "VACUUM",
];

/// Words in statements whose effect the definitions in the catalog do not show.
const INVISIBLE: &[&str] =
    &["EVENT", "EXCHANGE", "IMPORT", "DISCARD", "USER", "ROLE", "SERVER", "INSTANCE", "TABLESPACE"];

/// What to look for to know whether the statement has run; nothing when that cannot be seen.
pub(crate) fn trace(text: &str, dialect: Dialect) -> Option<Traced> {
    let tokens = first_tokens(text, dialect, TOKEN_LIMIT);
    let mut reader = Reader { cursor: Cursor::new(text, &tokens, dialect), schema: None };
    let trace = read(&mut reader)?;
    Some(Traced { trace, schema: reader.schema })
}

/// Whether everything that the statement does can be seen by comparing the definitions of all objects before and after.
pub(crate) fn changes_definitions(text: &str, dialect: Dialect) -> bool {
    let tokens = first_tokens(text, dialect, 64);
    let is_any_of = |token: &Token<'_>, words: &[&str]| words.iter().any(|word| token.is(word));
    let is_definition = tokens.first().is_some_and(|first| is_any_of(first, &["CREATE", "ALTER", "DROP", "RENAME"]));
    // Words inside the body of a routine say nothing; those at the front say what is defined.
    let front = &tokens[..tokens.len().min(8)];
    is_definition && !front.iter().any(|token| is_any_of(token, INVISIBLE))
}

fn read(reader: &mut Reader<'_>) -> Option<Trace> {
    if REPEATABLE.iter().any(|word| reader.take(word)) {
        return Some(Trace::Repeatable);
    }
    if reader.take("CREATE") {
        return of_create(reader);
    }
    if reader.take("DROP") {
        return of_drop(reader);
    }
    if reader.take("ALTER") {
        if reader.take("SYSTEM") || reader.take("DATABASE") {
            return Some(Trace::Repeatable);
        }
        return if reader.take("TABLE") { of_alter(reader) } else { None };
    }
    if reader.take("RENAME") && reader.take("TABLE") {
        reader.name()?;
        // Of several renames the first target may be the second source.
        if reader.cursor.tokens.iter().any(|token| token.is_mark(',')) || !reader.take("TO") {
            return None;
        }
        return Some(Trace::Table { table: reader.name()?, exists: true });
    }
    None
}

fn of_create(reader: &mut Reader<'_>) -> Option<Trace> {
    if reader.take("OR") && reader.take("REPLACE") {
        return Some(Trace::Repeatable);
    }
    if let Some(trace) = global(reader, true) {
        return Some(trace);
    }
    for word in ["UNIQUE", "FULLTEXT", "SPATIAL", "DEFINER"] {
        reader.take(word);
    }
    if reader.take("INDEX") {
        reader.take("CONCURRENTLY");
        // An index that was cut off while it was built is there under its name, so that only looking helps.
        reader.if_exists();
        let index = reader.name()?;
        let table = if reader.take("ON") { reader.name() } else { None };
        return Some(Trace::Index { table, index, exists: true });
    }
    if reader.take("TABLE") || reader.take("VIEW") {
        let repeatable = reader.if_exists();
        let table = reader.name()?;
        return Some(if repeatable { Trace::Repeatable } else { Trace::Table { table, exists: true } });
    }
    for word in ["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"] {
        if reader.take(word) {
            return reader.if_exists().then_some(Trace::Repeatable);
        }
    }
    None
}

/// What does not live in a database of PostgreSQL but beside it.
fn global(reader: &mut Reader<'_>, exists: bool) -> Option<Trace> {
    let kinds = [
        ("DATABASE", "pg_database", "datname"),
        ("TABLESPACE", "pg_tablespace", "spcname"),
        ("SUBSCRIPTION", "pg_subscription", "subname"),
    ];
    let (_, catalog, column) = kinds.into_iter().find(|(word, _, _)| reader.take(word))?;
    if reader.if_exists() {
        return Some(Trace::Repeatable);
    }
    Some(Trace::Global { catalog, column, name: reader.name()?, exists })
}

fn of_drop(reader: &mut Reader<'_>) -> Option<Trace> {
    if let Some(trace) = global(reader, false) {
        return Some(trace);
    }
    if reader.take("INDEX") {
        reader.take("CONCURRENTLY");
        reader.if_exists();
        let index = reader.name()?;
        let table = if reader.take("ON") { reader.name() } else { None };
        return Some(Trace::Index { table, index, exists: false });
    }
    if reader.take("TABLE") || reader.take("VIEW") {
        if reader.if_exists() {
            return Some(Trace::Repeatable);
        }
        let mut table = reader.name()?;
        // They go one after the other, so the last one speaks for all.
        while reader.skip_to_next_clause() {
            table = reader.name()?;
        }
        return Some(Trace::Table { table, exists: false });
    }
    for word in ["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"] {
        if reader.take(word) {
            return reader.if_exists().then_some(Trace::Repeatable);
        }
    }
    None
}

fn of_alter(reader: &mut Reader<'_>) -> Option<Trace> {
    reader.if_exists();
    let table = reader.name()?;
    let renames = reader.cursor.tokens.iter().filter(|token| token.is("RENAME") || token.is("CHANGE")).count();
    if renames > 1 {
        // Names may have been exchanged.
        return None;
    }
    loop {
        let trace = of_clause(reader, &table)?;
        if trace != Trace::Repeatable || !reader.skip_to_next_clause() {
            return Some(trace);
        }
    }
}

fn of_clause(reader: &mut Reader<'_>, table: &str) -> Option<Trace> {
    let table = table.to_string();
    if reader.take("ADD") {
        return of_add(reader, table);
    }
    if reader.take("DROP") {
        return of_removal(reader, table);
    }
    if reader.take("RENAME") {
        if reader.take("INDEX") || reader.take("KEY") {
            reader.name()?;
            return reader
                .take("TO")
                .then_some(())
                .and_then(|()| Some(Trace::Index { table: Some(table), index: reader.name()?, exists: true }));
        }
        if reader.take("COLUMN") {
            reader.name()?;
            return reader
                .take("TO")
                .then_some(())
                .and_then(|()| Some(Trace::Column { table, column: reader.name()?, exists: true }));
        }
        let _ = reader.take("TO") || reader.take("AS");
        return Some(Trace::Table { table: reader.name()?, exists: true });
    }
    if reader.take("CHANGE") {
        reader.take("COLUMN");
        if reader.if_exists() {
            return Some(Trace::Repeatable);
        }
        let (old, new) = (reader.name()?, reader.name()?);
        let same = old.eq_ignore_ascii_case(&new);
        return Some(if same { Trace::Repeatable } else { Trace::Column { table, column: new, exists: true } });
    }
    // The complete definition is given again, or a default: the second time nothing changes.
    (reader.take("MODIFY") || reader.take("ALTER")).then_some(Trace::Repeatable)
}

fn of_add(reader: &mut Reader<'_>, table: String) -> Option<Trace> {
    if reader.take("CONSTRAINT") {
        if reader.if_exists() {
            return Some(Trace::Repeatable);
        }
        return Some(Trace::Constraint { table, constraint: reader.name()?, exists: true });
    }
    for word in ["UNIQUE", "FULLTEXT", "SPATIAL"] {
        reader.take(word);
    }
    if reader.take("INDEX") || reader.take("KEY") {
        if reader.if_exists() {
            return Some(Trace::Repeatable);
        }
        return Some(Trace::Index { table: Some(table), index: reader.name()?, exists: true });
    }
    if ["PRIMARY", "FOREIGN", "CHECK", "PARTITION", "PERIOD", "SYSTEM"].iter().any(|word| reader.take(word)) {
        return None;
    }
    reader.take("COLUMN");
    if reader.if_exists() {
        return Some(Trace::Repeatable);
    }
    Some(Trace::Column { table, column: reader.name()?, exists: true })
}

fn of_removal(reader: &mut Reader<'_>, table: String) -> Option<Trace> {
    if reader.take("FOREIGN") || reader.take("CONSTRAINT") || reader.take("CHECK") {
        reader.take("KEY");
        if reader.if_exists() {
            return Some(Trace::Repeatable);
        }
        return Some(Trace::Constraint { table, constraint: reader.name()?, exists: false });
    }
    if reader.take("INDEX") || reader.take("KEY") {
        if reader.if_exists() {
            return Some(Trace::Repeatable);
        }
        return Some(Trace::Index { table: Some(table), index: reader.name()?, exists: false });
    }
    if ["PRIMARY", "PARTITION", "PERIOD", "SYSTEM"].iter().any(|word| reader.take(word)) {
        return None;
    }
    reader.take("COLUMN");
    if reader.if_exists() {
        return Some(Trace::Repeatable);
    }
    Some(Trace::Column { table, column: reader.name()?, exists: false })
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    /// The first schema that stands before a name.
    schema: Option<String>,
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        self.cursor.take(word)
    }

    /// `IF EXISTS` or `IF NOT EXISTS`.
    fn if_exists(&mut self) -> bool {
        self.cursor.if_exists()
    }

    /// A name, without the schema in front of it.
    fn name(&mut self) -> Option<String> {
        let name = self.cursor.name()?;
        self.schema = self.schema.take().or(name.schema);
        Some(name.name)
    }

    /// Goes behind the next comma outside brackets.
    fn skip_to_next_clause(&mut self) -> bool {
        let mut depth = 0_i32;
        while let Some(token) = self.cursor.peek() {
            self.cursor.at += 1;
            if token.is_mark('(') {
                depth += 1;
            } else if token.is_mark(')') {
                depth -= 1;
            } else if token.is_mark(',') && depth == 0 {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces() {
        let table = |table: &str, exists| Some(Trace::Table { table: table.into(), exists });
        let index = |table: &str, index: &str, exists| {
            Some(Trace::Index { table: Some(table.into()), index: index.into(), exists })
        };
        let column = |table: &str, column: &str, exists| {
            Some(Trace::Column { table: table.into(), column: column.into(), exists })
        };
        let constraint = |table: &str, name: &str, exists| {
            Some(Trace::Constraint { table: table.into(), constraint: name.into(), exists })
        };
        let again = Some(Trace::Repeatable);
        let cases = [
            ("CREATE TABLE `A` (`x,y` INT)", table("A", true)),
            ("CREATE TABLE IF NOT EXISTS `db`.`A` (x INT)", again.clone()),
            ("DROP TABLE `A`;", table("A", false)),
            ("DROP TABLE `A`, `B`", table("B", false)),
            ("DROP TABLE IF EXISTS `A`, `B`", again.clone()),
            ("CREATE UNIQUE INDEX `i` ON `A`(`b`)", index("A", "i", true)),
            ("DROP INDEX `i` ON `A`", index("A", "i", false)),
            ("ALTER TABLE `A` ADD COLUMN `b` INT NULL", column("A", "b", true)),
            ("ALTER TABLE `A` MODIFY `c` DECIMAL(10, 2) NOT NULL,\n    ADD COLUMN `b` INT", column("A", "b", true)),
            ("ALTER TABLE `A` DROP COLUMN `b`, ADD COLUMN `c` INT", column("A", "b", false)),
            // What was there before says nothing of the rest.
            ("ALTER TABLE `A` ADD COLUMN IF NOT EXISTS b INT, ADD COLUMN c INT", column("A", "c", true)),
            ("ALTER TABLE `A` MODIFY `b` INT NOT NULL", again.clone()),
            ("ALTER TABLE `A` ALTER COLUMN `b` DROP DEFAULT", again.clone()),
            ("ALTER TABLE `A` DROP PRIMARY KEY, ADD PRIMARY KEY (`b`)", None),
            ("ALTER TABLE `A` ADD CONSTRAINT `f` FOREIGN KEY (`b`) REFERENCES `B`(`id`)", constraint("A", "f", true)),
            ("ALTER TABLE `A` DROP FOREIGN KEY `f`", constraint("A", "f", false)),
            ("ALTER TABLE `A` RENAME INDEX `i` TO `j`", index("A", "j", true)),
            ("ALTER TABLE `A` RENAME COLUMN `i` TO `j`", column("A", "j", true)),
            ("ALTER TABLE `A` RENAME COLUMN `i` TO `j`, RENAME COLUMN `j` TO `i`", None),
            ("ALTER TABLE `A` RENAME TO `B`", table("B", true)),
            ("ALTER TABLE `A` CHANGE `b` `b` INT", again.clone()),
            ("ALTER TABLE `A` CHANGE COLUMN `b` `c` INT", column("A", "c", true)),
            ("RENAME TABLE `A` TO `B`", table("B", true)),
            ("RENAME TABLE `A` TO `C`, `B` TO `A`", None),
            ("ALTER TABLE `A` ADD UNIQUE INDEX `i`(`b`)", index("A", "i", true)),
            ("ALTER TABLE `A` ADD UNIQUE (`b`)", column("A", "b", true).and(None)),
            ("ALTER TABLE `A` ENGINE = InnoDB", None),
            ("CREATE OR REPLACE VIEW `v` AS SELECT 1", again.clone()),
            ("CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @x = 1", None),
            ("TRUNCATE TABLE a", again),
            ("CALL fill()", None),
        ];
        for (text, expected) in cases {
            assert_eq!(trace(text, Dialect::Mysql).map(|traced| traced.trace), expected, "{text}");
        }
        let traced = trace("CREATE INDEX i ON `other`.`A`(b)", Dialect::Mysql);
        assert_eq!(traced.and_then(|traced| traced.schema).as_deref(), Some("other"));
    }

    #[test]
    fn definitions() {
        for (text, expected) in [
            ("ALTER TABLE `A` DROP PRIMARY KEY, ADD PRIMARY KEY (`b`)", true),
            ("CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @x = 1", true),
            ("ALTER TABLE p EXCHANGE PARTITION a WITH TABLE b", false),
            ("ALTER TABLE p IMPORT TABLESPACE", false),
            ("CREATE USER a", false),
            ("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM a", false),
            ("CALL fill()", false),
        ] {
            assert_eq!(changes_definitions(text, Dialect::Mysql), expected, "{text}");
        }
    }
}
