//! Splitting a script into statements, without understanding them.
//!
//! **In**: a script and its dialect. **Out**: the statements as slices of it, each from its first word to before its terminator;
//! comments before a statement are left out, and text without a statement gives none.
//!
//! Known: strings and quoted names of each dialect, dollar quotes, nested comments (PostgreSQL), `#` and executable comments
//! and the client's `DELIMITER` (MySQL), and bodies with semicolons of their own: `BEGIN .. END` of triggers and routines,
//! `BEGIN ATOMIC`, statements in parentheses of a rule.

use crate::dialect::Dialect;

/// A statement of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScriptStatement<'a> {
    /// The statement without its terminator.
    pub text: &'a str,
    /// Where it starts in the script, in bytes.
    pub start: usize,
}

/// Splits a script into its statements. Never fails: a string or comment that does not end runs to the end of the script.
pub fn split(sql: &str, dialect: Dialect) -> Vec<ScriptStatement<'_>> {
    let mut splitter =
        Splitter { sql, dialect, at: 0, delimiter: ";", statement: Statement::default(), found: Vec::new() };
    while splitter.at < sql.len() {
        splitter.step();
    }
    splitter.finish(sql.len());
    splitter.found
}

/// The tokens of a text without comments: words, quoted names and strings whole, signs one by one.
pub(crate) fn tokens(sql: &str, dialect: Dialect) -> Vec<&str> {
    let mut splitter =
        Splitter { sql, dialect, at: 0, delimiter: ";", statement: Statement::default(), found: Vec::new() };
    let mut found = Vec::new();
    while let Some(first) = splitter.rest().chars().next() {
        let rest = splitter.rest();
        if first.is_whitespace() || first == '\u{feff}' {
            splitter.at += first.len_utf8();
        } else if let Some(length) = splitter.comment(rest) {
            splitter.at += length;
        } else {
            let length = splitter.token(rest, first);
            found.push(&rest[..length]);
            splitter.at += length;
        }
    }
    found
}

struct Splitter<'a> {
    sql: &'a str,
    dialect: Dialect,
    at: usize,
    delimiter: &'a str,
    statement: Statement,
    found: Vec<ScriptStatement<'a>>,
}

/// What is known of the statement being read.
#[derive(Default)]
struct Statement {
    /// Where its first token is.
    start: Option<usize>,
    /// Whether it is a `CREATE` of something that may have a body.
    kind: Kind,
    /// What is open in the body, innermost last.
    open: Vec<Block>,
    parentheses: u32,
    /// The word before, in capitals; `)` after a parenthesis; empty after any other token.
    before: String,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Kind {
    #[default]
    Unknown,
    /// `CREATE` or `ALTER` was read, but not yet of what.
    Definition,
    /// A trigger, function, procedure, event or package.
    WithBody,
    Plain,
}

#[derive(Clone, Copy, PartialEq)]
enum Block {
    Begin,
    Case,
    If,
    Loop,
    While,
    Repeat,
}

impl Block {
    fn of_word(word: &str) -> Option<Block> {
        match word {
            "BEGIN" => Some(Block::Begin),
            "CASE" => Some(Block::Case),
            "IF" => Some(Block::If),
            "LOOP" => Some(Block::Loop),
            "WHILE" => Some(Block::While),
            "REPEAT" => Some(Block::Repeat),
            _ => None,
        }
    }
}

impl<'a> Splitter<'a> {
    fn rest(&self) -> &'a str {
        &self.sql[self.at..]
    }

    /// Reads one token, comment or run of white space.
    fn step(&mut self) {
        let rest = self.rest();
        let first = rest.chars().next().unwrap_or_default();
        if first.is_whitespace() || first == '\u{feff}' {
            self.at += first.len_utf8();
        } else if let Some(length) = self.comment(rest) {
            self.at += length;
        } else if self.is_at_terminator(rest) {
            self.finish(self.at);
            self.at += self.delimiter.len();
        } else if self.statement.start.is_none() && self.reads_delimiter(rest) {
            // The new delimiter is set; its line is no statement.
        } else {
            self.statement.start.get_or_insert(self.at);
            let length = self.token(rest, first);
            self.at += length;
        }
    }

    fn is_at_terminator(&self, rest: &str) -> bool {
        if !rest.starts_with(self.delimiter) {
            return false;
        }
        // Under a delimiter of its own, a script needs no look into bodies.
        self.delimiter != ";" || (self.statement.open.is_empty() && self.statement.parentheses == 0)
    }

    fn finish(&mut self, end: usize) {
        let statement = std::mem::take(&mut self.statement);
        if let Some(start) = statement.start {
            self.found.push(ScriptStatement { text: self.sql[start..end].trim_end(), start });
        }
    }

    /// MySQL's client command `DELIMITER //`.
    fn reads_delimiter(&mut self, rest: &'a str) -> bool {
        if !self.dialect.is_mysql_family() {
            return false;
        }
        let line = rest.lines().next().unwrap_or_default();
        let Some((word, delimiter)) = line.split_at_checked("DELIMITER".len()) else {
            return false;
        };
        let delimiter_text = delimiter.trim();
        if !word.eq_ignore_ascii_case("DELIMITER") || !delimiter.starts_with([' ', '\t']) || delimiter_text.is_empty() {
            return false;
        }
        self.delimiter = delimiter_text.split_whitespace().next().unwrap_or(";");
        self.at += line.len();
        true
    }

    /// Length of a comment at the start of the text.
    fn comment(&self, rest: &str) -> Option<usize> {
        let line = rest.find('\n').unwrap_or(rest.len());
        if let Some(after) = rest.strip_prefix("--") {
            // MySQL wants white space after the dashes: `5--3` is arithmetic.
            let is_comment =
                !self.dialect.is_mysql_family() || !after.starts_with(|c: char| !c.is_whitespace() && !c.is_control());
            return is_comment.then_some(line);
        }
        if rest.starts_with('#') && self.dialect.is_mysql_family() {
            return Some(line);
        }
        let body = rest.strip_prefix("/*")?;
        match self.dialect {
            Dialect::Postgres | Dialect::Cockroachdb => Some(nested_comment(rest)),
            // `/*!` and `/*M!` are code for the server.
            Dialect::Mysql | Dialect::Mariadb if body.starts_with('!') || body.starts_with("M!") => None,
            Dialect::Mysql | Dialect::Mariadb | Dialect::Sqlite => {
                Some(body.find("*/").map_or(rest.len(), |end| end + 4))
            }
        }
    }

    /// Length of the token at the start of the text; notes what it means for the statement.
    fn token(&mut self, rest: &str, first: char) -> usize {
        if is_word_start(first) {
            let length = rest.find(|c| !is_word_part(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(length);
            // PostgreSQL's `E'..'` has backslash escapes; other prefixes change nothing.
            if self.dialect.is_postgres_family() && word.eq_ignore_ascii_case("e") && after.starts_with('\'') {
                self.statement.before.clear();
                return length + quoted(after, '\'', true);
            }
            self.word(&word.to_ascii_uppercase(), after);
            return length;
        }
        self.statement.before.clear();
        match first {
            '\'' => quoted(rest, '\'', self.dialect.is_mysql_family()),
            '"' => quoted(rest, '"', self.dialect.is_mysql_family()),
            '`' if !self.dialect.is_postgres_family() => quoted(rest, '`', false),
            '[' if self.dialect == Dialect::Sqlite => rest.find(']').map_or(rest.len(), |end| end + 1),
            '$' if self.dialect.is_postgres_family() => dollar_quoted(rest),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '0'..='9' => rest.find(|c| !is_word_part(c)).unwrap_or(rest.len()),
            '(' => {
                self.statement.parentheses += u32::from(self.dialect.is_postgres_family());
                1
            }
            ')' => {
                self.statement.parentheses = self.statement.parentheses.saturating_sub(1);
                self.statement.before.push(')');
                1
            }
            other => other.len_utf8(),
        }
    }

    fn word(&mut self, word: &str, after: &str) {
        let dialect = self.dialect;
        let statement = &mut self.statement;
        match statement.kind {
            Kind::Unknown => {
                // MariaDB's block outside of a routine.
                if word == "BEGIN" && dialect.is_mysql_family() && next_word(after) == "NOT" {
                    statement.kind = Kind::WithBody;
                    statement.open.push(Block::Begin);
                    return;
                }
                let defines = word == "CREATE" || (word == "ALTER" && dialect.is_mysql_family());
                statement.kind = if defines { Kind::Definition } else { Kind::Plain };
            }
            Kind::Definition => statement.kind = definition(word, dialect),
            Kind::WithBody => statement.body_word(word, after, dialect),
            Kind::Plain => {}
        }
        statement.before.clear();
        statement.before.push_str(word);
    }
}

/// What a word after `CREATE` makes of the statement.
fn definition(word: &str, dialect: Dialect) -> Kind {
    let has_body = match dialect {
        Dialect::Sqlite => word == "TRIGGER",
        Dialect::Postgres | Dialect::Cockroachdb => matches!(word, "FUNCTION" | "PROCEDURE"),
        Dialect::Mysql | Dialect::Mariadb => {
            matches!(word, "TRIGGER" | "FUNCTION" | "PROCEDURE" | "EVENT" | "PACKAGE")
        }
    };
    // These say it is something else; any other word (OR REPLACE, TEMP, DEFINER = name, ...) leaves it open.
    let has_none =
        matches!(word, "TABLE" | "INDEX" | "VIEW" | "DATABASE" | "SCHEMA" | "USER" | "ROLE" | "TYPE" | "SEQUENCE");
    match (has_body, has_none) {
        (true, _) => Kind::WithBody,
        (false, true) => Kind::Plain,
        (false, false) => Kind::Definition,
    }
}

impl Statement {
    /// Follows the blocks of a body, so that it is known which semicolons are inside.
    fn body_word(&mut self, word: &str, after: &str, dialect: Dialect) {
        if word == "END" {
            let next = next_word(after);
            let closed = match Block::of_word(&next).filter(|block| *block != Block::Begin) {
                // `END IF`, `END LOOP`: only the outermost of these was counted.
                Some(block) if self.open.last() == Some(&block) => true,
                Some(Block::Case) | None => true,
                Some(_) => false,
            };
            if closed {
                self.open.pop();
            }
            return;
        }
        // The second word of `END CASE`, `END LOOP` and so on opens nothing.
        if self.before == "END" && word != "BEGIN" {
            return;
        }
        let Some(block) = Block::of_word(word) else { return };
        let opens = match block {
            Block::Begin => !dialect.is_postgres_family() || next_word(after) == "ATOMIC",
            Block::Case => !self.open.is_empty() || dialect.is_mysql_family(),
            Block::If | Block::Loop | Block::While | Block::Repeat => {
                let starts_body = matches!(self.before.as_str(), "ROW" | "DO" | "DETERMINISTIC" | "DATA" | "SQL" | ")");
                dialect.is_mysql_family() && self.open.is_empty() && starts_body && !is_existence_test(after)
            }
        };
        if opens {
            self.open.push(block);
        }
    }
}

fn is_existence_test(after: &str) -> bool {
    matches!(next_word(after).as_str(), "EXISTS" | "NOT")
}

fn next_word(text: &str) -> String {
    let text = text.trim_start();
    let length = text.find(|c| !is_word_part(c)).unwrap_or(text.len());
    text[..length].to_ascii_uppercase()
}

fn is_word_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_word_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Length of a quoted text. A quote inside is doubled, or escaped where there are escapes.
fn quoted(text: &str, quote: char, has_escapes: bool) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return at + c.len_utf8();
        }
        if c == '\\' && has_escapes {
            chars.next();
        }
    }
    text.len()
}

/// Length of `$tag$ .. $tag$`, or of the `$` alone where it opens no quote (`$1`).
fn dollar_quoted(text: &str) -> usize {
    let Some(end) = text[1..].find('$').map(|end| end + 2) else {
        return 1;
    };
    let (tag, body) = text.split_at(end);
    let name = &tag[1..tag.len() - 1];
    if name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return 1;
    }
    body.find(tag).map_or(text.len(), |close| end + close + end)
}

fn nested_comment(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_u32, 0);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            (b'*', Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
#[path = "script_tests.rs"]
mod tests;
