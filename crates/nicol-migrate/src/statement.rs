//! What kind of statement a piece of a script is: enough to decide how it may be run, and whether it can be seen in the
//! database afterwards that it has run. Not a parser: it reads the words at the front.

use nicol_db::Dialect;

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
    /// Running it twice is as good as once.
    Repeatable,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A bare word, in upper case for comparing, as written for names.
    Word(String),
    /// A quoted name.
    Name(String),
    /// Any other character.
    Mark(char),
    /// A string literal, whatever it says.
    Text,
}

/// So many tokens at the front are looked at: enough for every clause of a generated ALTER TABLE.
const TOKEN_LIMIT: usize = 2_000;

/// The kind of a statement.
pub(crate) fn kind(text: &str, dialect: Dialect) -> Kind {
    let tokens = tokens(text, dialect, 32);
    let word = |i: usize| words_at(&tokens, i);
    match word(0).as_str() {
        "BEGIN" => Kind::Begin,
        "START" if word(1) == "TRANSACTION" => Kind::Begin,
        "COMMIT" | "END" => Kind::Commit,
        "ROLLBACK" if tokens.iter().any(|token| is_word(token, "TO")) => Kind::Data,
        "ROLLBACK" | "ABORT" => Kind::Rollback,
        "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "MERGE" | "WITH" | "SELECT" | "VALUES" | "SAVEPOINT"
        | "RELEASE" => Kind::Data,
        "PRAGMA" if is_pragma_alone(&word(1)) => Kind::Alone,
        "SET" | "RESET" | "USE" | "PRAGMA" => Kind::Session,
        "LOCK" | "UNLOCK" if dialect.is_mysql_family() => Kind::TableLock,
        _ if runs_alone(&tokens, dialect) => Kind::Alone,
        _ => Kind::Structure,
    }
}

/// SQLite refuses these in a transaction; `foreign_keys` it ignores there, which the runner makes up for.
fn is_pragma_alone(name: &str) -> bool {
    matches!(name, "JOURNAL_MODE" | "SYNCHRONOUS" | "WAL_CHECKPOINT" | "TEMP_STORE" | "AUTO_VACUUM" | "PAGE_SIZE")
}

fn runs_alone(tokens: &[Token], dialect: Dialect) -> bool {
    let word = |i: usize| words_at(tokens, i);
    let any = |wanted: &str| tokens.iter().any(|token| is_word(token, wanted));
    match dialect {
        Dialect::Sqlite => matches!(word(0).as_str(), "VACUUM" | "DETACH"),
        Dialect::Postgres | Dialect::Cockroachdb => match (word(0).as_str(), word(1).as_str()) {
            ("VACUUM", _) | ("ALTER", "SYSTEM") => true,
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
    let tokens = tokens(text, Dialect::Sqlite, 8);
    let off =
        |token: &Token| is_word(token, "OFF") || is_word(token, "FALSE") || is_word(token, "NO") || is_word(token, "0");
    words_at(&tokens, 0) == "PRAGMA"
        && tokens.iter().any(|token| is_word(token, "FOREIGN_KEYS"))
        && tokens.last().is_some_and(|last| off(last) || *last == Token::Mark(')') && tokens.iter().any(off))
}

/// True for PostgreSQL's `ALTER TYPE ... ADD VALUE`, whose value cannot be used before a commit.
pub(crate) fn adds_enum_value(text: &str, dialect: Dialect) -> bool {
    let tokens = tokens(text, dialect, 16);
    words_at(&tokens, 0) == "ALTER"
        && words_at(&tokens, 1) == "TYPE"
        && tokens.windows(2).any(|pair| is_word(&pair[0], "ADD") && is_word(&pair[1], "VALUE"))
}

/// True for `SET TRANSACTION ...`.
pub(crate) fn sets_transaction(text: &str, dialect: Dialect) -> bool {
    let tokens = tokens(text, dialect, 2);
    words_at(&tokens, 0) == "SET" && words_at(&tokens, 1) == "TRANSACTION"
}

/// What to look for to know whether the statement has run; nothing when that cannot be seen.
pub(crate) fn trace(text: &str, dialect: Dialect) -> Option<Trace> {
    let tokens = tokens(text, dialect, TOKEN_LIMIT);
    let mut reader = Reader { tokens: &tokens, at: 0 };
    if reader.take("CREATE") {
        return trace_of_create(&mut reader);
    }
    if reader.take("DROP") {
        return trace_of_drop(&mut reader);
    }
    if reader.take("ALTER") && reader.take("TABLE") {
        return trace_of_alter(&mut reader);
    }
    if reader.take("RENAME") && reader.take("TABLE") {
        let table = reader.name()?;
        return Some(Trace::Table { table, exists: false });
    }
    None
}

fn trace_of_create(reader: &mut Reader<'_>) -> Option<Trace> {
    let replaces = reader.take("OR") && reader.take("REPLACE");
    for word in ["UNIQUE", "FULLTEXT", "SPATIAL", "ALGORITHM", "DEFINER"] {
        reader.take(word);
    }
    if reader.take("INDEX") {
        reader.take("CONCURRENTLY");
        reader.if_exists();
        let index = reader.name()?;
        let table = if reader.take("ON") { reader.name() } else { None };
        return Some(Trace::Index { table, index, exists: true });
    }
    if replaces {
        return Some(Trace::Repeatable);
    }
    if reader.take("TABLE") || reader.take("VIEW") {
        reader.if_exists();
        return Some(Trace::Table { table: reader.name()?, exists: true });
    }
    None
}

fn trace_of_drop(reader: &mut Reader<'_>) -> Option<Trace> {
    if reader.take("INDEX") {
        reader.take("CONCURRENTLY");
        reader.if_exists();
        let index = reader.name()?;
        let table = if reader.take("ON") { reader.name() } else { None };
        return Some(Trace::Index { table, index, exists: false });
    }
    if reader.take("TABLE") || reader.take("VIEW") {
        let repeatable = reader.if_exists();
        let table = reader.name()?;
        // Of several tables in one DROP some may be gone already.
        let several = reader.tokens.contains(&Token::Mark(','));
        return match (repeatable, several) {
            (true, _) => Some(Trace::Repeatable),
            (false, true) => None,
            (false, false) => Some(Trace::Table { table, exists: false }),
        };
    }
    if reader.take("TRIGGER") || reader.take("PROCEDURE") || reader.take("FUNCTION") || reader.take("EVENT") {
        return reader.if_exists().then_some(Trace::Repeatable);
    }
    None
}

/// One ALTER TABLE happens as a whole, so any clause that can be seen speaks for all of them.
fn trace_of_alter(reader: &mut Reader<'_>) -> Option<Trace> {
    reader.if_exists();
    let table = reader.name()?;
    loop {
        let trace = trace_of_clause(reader, &table)?;
        if trace != Trace::Repeatable || !reader.skip_to_next_clause() {
            return Some(trace);
        }
    }
}

fn trace_of_clause(reader: &mut Reader<'_>, table: &str) -> Option<Trace> {
    let table = table.to_string();
    if reader.take("ADD") {
        if reader.take("CONSTRAINT") {
            return Some(Trace::Constraint { table, constraint: reader.name()?, exists: true });
        }
        for word in ["UNIQUE", "FULLTEXT", "SPATIAL"] {
            reader.take(word);
        }
        if reader.take("INDEX") || reader.take("KEY") {
            return Some(Trace::Index { table: Some(table), index: reader.name()?, exists: true });
        }
        if ["PRIMARY", "FOREIGN", "CHECK"].iter().any(|word| reader.take(word)) {
            return None;
        }
        reader.take("COLUMN");
        reader.if_exists();
        return Some(Trace::Column { table, column: reader.name()?, exists: true });
    }
    if reader.take("DROP") {
        if reader.take("FOREIGN") || reader.take("CONSTRAINT") {
            reader.take("KEY");
            reader.if_exists();
            return Some(Trace::Constraint { table, constraint: reader.name()?, exists: false });
        }
        if reader.take("INDEX") || reader.take("KEY") {
            return Some(Trace::Index { table: Some(table), index: reader.name()?, exists: false });
        }
        if reader.take("PRIMARY") {
            return None;
        }
        reader.take("COLUMN");
        reader.if_exists();
        return Some(Trace::Column { table, column: reader.name()?, exists: false });
    }
    if reader.take("RENAME") {
        if reader.take("INDEX") || reader.take("KEY") {
            return Some(Trace::Index { table: Some(table), index: reader.name()?, exists: false });
        }
        if reader.take("COLUMN") {
            return Some(Trace::Column { table, column: reader.name()?, exists: false });
        }
        return None;
    }
    // The complete definition is given again, or a default: the second time nothing changes.
    (reader.take("MODIFY") || reader.take("ALTER")).then_some(Trace::Repeatable)
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| is_word(token, word));
        self.at += usize::from(found);
        found
    }

    /// `IF EXISTS` or `IF NOT EXISTS`.
    fn if_exists(&mut self) -> bool {
        let found = self.take("IF");
        if found {
            self.take("NOT");
            self.take("EXISTS");
        }
        found
    }

    /// A name, without the schema in front of it.
    fn name(&mut self) -> Option<String> {
        loop {
            let name = match self.tokens.get(self.at)? {
                Token::Word(name) | Token::Name(name) => name.clone(),
                Token::Mark(_) | Token::Text => return None,
            };
            self.at += 1;
            if self.tokens.get(self.at) != Some(&Token::Mark('.')) {
                return Some(name);
            }
            self.at += 1;
        }
    }

    /// Goes behind the next comma outside brackets.
    fn skip_to_next_clause(&mut self) -> bool {
        let mut depth = 0;
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            match token {
                Token::Mark('(') => depth += 1,
                Token::Mark(')') => depth -= 1,
                Token::Mark(',') if depth == 0 => return true,
                Token::Mark(_) | Token::Word(_) | Token::Name(_) | Token::Text => {}
            }
        }
        false
    }
}

fn is_word(token: &Token, wanted: &str) -> bool {
    matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(wanted))
}

/// The bare word at a place in upper case, empty when there is none.
fn words_at(tokens: &[Token], at: usize) -> String {
    match tokens.get(at) {
        Some(Token::Word(word)) => word.to_ascii_uppercase(),
        Some(Token::Name(_) | Token::Mark(_) | Token::Text) | None => String::new(),
    }
}

/// The statement without white space and comments at its front.
pub(crate) fn without_leading_comments(text: &str) -> &str {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.starts_with("--") || rest.starts_with('#') {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if rest.starts_with("/*") && !rest.starts_with("/*!") {
            rest = rest.split_once("*/").map_or("", |(_, after)| after);
        } else {
            return rest;
        }
    }
}

fn tokens(text: &str, dialect: Dialect, limit: usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = without_leading_comments(text);
    while let Some(c) = rest.chars().next().filter(|_| tokens.len() < limit) {
        let quote_is_name = c == '`' || (c == '"' && !dialect.is_mysql_family());
        if quote_is_name || c == '"' || c == '\'' {
            let (content, after) = quoted(rest, c);
            tokens.push(if quote_is_name { Token::Name(content) } else { Token::Text });
            rest = without_leading_comments(after);
        } else if c.is_alphanumeric() || c == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_string()));
            rest = without_leading_comments(&rest[end..]);
        } else {
            if c != ';' {
                tokens.push(Token::Mark(c));
            }
            rest = without_leading_comments(&rest[c.len_utf8()..]);
        }
    }
    tokens
}

/// The content of a quoted run, doubled quotes made single, and what follows it.
fn quoted(text: &str, quote: char) -> (String, &str) {
    let mut content = String::new();
    let mut rest = &text[quote.len_utf8()..];
    while let Some(end) = rest.find(quote) {
        content.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        if !rest.starts_with(quote) {
            return (content, rest);
        }
        content.push(quote);
        rest = &rest[1..];
    }
    (content, "")
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
    fn enum_values() {
        assert!(adds_enum_value("ALTER TYPE \"E\" ADD VALUE 'x'", Dialect::Postgres));
        assert!(!adds_enum_value("ALTER TYPE \"E\" RENAME TO \"F\"", Dialect::Postgres));
    }

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
        let cases = [
            ("CREATE TABLE `A` (`x,y` INT)", table("A", true)),
            ("CREATE TABLE IF NOT EXISTS `db`.`A` (x INT)", table("A", true)),
            ("DROP TABLE `A`;", table("A", false)),
            ("DROP TABLE `A`, `B`", None),
            ("DROP TABLE IF EXISTS `A`, `B`", Some(Trace::Repeatable)),
            ("CREATE UNIQUE INDEX `i` ON `A`(`b`)", index("A", "i", true)),
            ("DROP INDEX `i` ON `A`", index("A", "i", false)),
            ("ALTER TABLE `A` ADD COLUMN `b` INT NULL", column("A", "b", true)),
            ("ALTER TABLE `A` MODIFY `c` DECIMAL(10, 2) NOT NULL,\n    ADD COLUMN `b` INT", column("A", "b", true)),
            ("ALTER TABLE `A` DROP COLUMN `b`, ADD COLUMN `c` INT", column("A", "b", false)),
            ("ALTER TABLE `A` MODIFY `b` INT NOT NULL", Some(Trace::Repeatable)),
            ("ALTER TABLE `A` ALTER COLUMN `b` DROP DEFAULT", Some(Trace::Repeatable)),
            ("ALTER TABLE `A` DROP PRIMARY KEY, ADD PRIMARY KEY (`b`)", None),
            ("ALTER TABLE `A` ADD CONSTRAINT `f` FOREIGN KEY (`b`) REFERENCES `B`(`id`)", constraint("A", "f", true)),
            ("ALTER TABLE `A` DROP FOREIGN KEY `f`", constraint("A", "f", false)),
            ("ALTER TABLE `A` RENAME INDEX `i` TO `j`", index("A", "i", false)),
            ("ALTER TABLE `A` ADD UNIQUE INDEX `i`(`b`)", index("A", "i", true)),
            ("ALTER TABLE `A` ENGINE = InnoDB", None),
            ("CREATE OR REPLACE VIEW `v` AS SELECT 1", Some(Trace::Repeatable)),
            ("CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @x = 1", None),
        ];
        for (text, expected) in cases {
            assert_eq!(trace(text, Dialect::Mysql), expected, "{text}");
        }
    }
}
