//! The words, names, literals and marks of one statement, comments left out.

use nicol_db::Dialect;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A bare word or number.
    Word,
    /// A quoted name.
    Name,
    /// A text literal, dollar-quoted ones included.
    Text,
    /// Any other character.
    Mark,
}

/// One token, a slice of the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// As written, quotes included.
    pub(crate) text: &'a str,
    /// Its first byte in the statement.
    pub(crate) start: usize,
    /// True when its quote never ends.
    pub(crate) is_open: bool,
}

impl Token<'_> {
    /// The byte after it.
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this bare word, in any case.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it is this mark.
    pub(crate) fn is_mark(&self, mark: char) -> bool {
        self.kind == TokenKind::Mark && self.text.starts_with(mark)
    }

    /// The content of a quoted token, quotes taken off and doubled ones made single; a word as it is.
    pub(crate) fn content(&self) -> String {
        if self.kind == TokenKind::Word || self.kind == TokenKind::Mark {
            return self.text.to_string();
        }
        let open = self.text.find(['\'', '"', '`', '[', '$']).unwrap_or(0);
        let quote = self.text[open..].chars().next().unwrap_or('\'');
        if quote == '$' {
            let tag = self.text[open + 1..].find('$').map_or(0, |end| end + 2);
            return self.text[open + tag..].strip_suffix(&self.text[open..open + tag]).unwrap_or_default().to_string();
        }
        let inner = &self.text[open + 1..];
        if quote == '[' {
            return inner.trim_end_matches(']').to_string();
        }
        let inner = if self.is_open { inner } else { inner.strip_suffix(quote).unwrap_or(inner) };
        inner.replace(&format!("{quote}{quote}"), &quote.to_string())
    }
}

/// The tokens of a statement.
pub(crate) fn tokens(text: &str, dialect: Dialect) -> Vec<Token<'_>> {
    first_tokens(text, dialect, usize::MAX)
}

/// The tokens at the front of a statement, at most so many: all that is needed to know its kind, however long it is.
pub(crate) fn first_tokens(text: &str, dialect: Dialect, limit: usize) -> Vec<Token<'_>> {
    let mut lexer = Lexer { text, at: 0, dialect, found: Vec::new() };
    while lexer.at < text.len() && lexer.found.len() < limit {
        lexer.step();
    }
    lexer.found
}

/// The statement without white space and comments at its front, where no dialect takes them for anything else. MySQL's
/// executable comments are code.
pub(crate) fn without_leading_comments(text: &str) -> &str {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.starts_with("--") || rest.starts_with('#') {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if rest.starts_with("/*") && !rest.starts_with("/*!") && !rest.starts_with("/*M!") {
            rest = rest.split_once("*/").map_or("", |(_, after)| after);
        } else {
            return rest;
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    dialect: Dialect,
    found: Vec<Token<'a>>,
}

impl Lexer<'_> {
    fn step(&mut self) {
        let rest = &self.text[self.at..];
        let first = rest.chars().next().unwrap_or_default();
        if first.is_whitespace() || first == '\u{feff}' {
            self.at += first.len_utf8();
        } else if let Some(length) = comment(rest, self.dialect) {
            self.at += length;
        } else {
            let (kind, length, is_open) = token(rest, first, self.dialect);
            let text = &self.text[self.at..self.at + length];
            if !text.starts_with(';') {
                self.found.push(Token { kind, text, start: self.at, is_open });
            }
            self.at += length;
        }
    }
}

/// Length of a comment at the start of the text. MySQL's executable comments are code: only their marks are skipped.
fn comment(rest: &str, dialect: Dialect) -> Option<usize> {
    let line = rest.find('\n').unwrap_or(rest.len());
    if let Some(after) = rest.strip_prefix("--") {
        let is_comment = !dialect.is_mysql_family() || !after.starts_with(|c: char| !c.is_whitespace());
        return is_comment.then_some(line);
    }
    if dialect.is_mysql_family() {
        if rest.starts_with('#') {
            return Some(line);
        }
        if let Some(body) = rest.strip_prefix("/*M!").or_else(|| rest.strip_prefix("/*!")) {
            let digits = body.len() - body.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            return Some(rest.len() - body.len() + digits);
        }
        if rest.starts_with("*/") {
            return Some(2);
        }
    }
    let body = rest.strip_prefix("/*")?;
    if !dialect.is_postgres_family() {
        return Some(body.find("*/").map_or(rest.len(), |end| end + 4));
    }
    let (mut depth, mut at) = (1_u32, 2);
    while at < rest.len() {
        if rest.as_bytes()[at..].starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.as_bytes()[at..].starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += 1;
        }
    }
    Some(rest.len())
}

/// Kind and length of the token at the start of the text, and whether its quote is left open.
fn token(rest: &str, first: char, dialect: Dialect) -> (TokenKind, usize, bool) {
    let escapes = dialect.is_mysql_family();
    let of = |kind: TokenKind, from: usize, quote: char, escapes: bool| {
        let (length, is_open) = quoted(&rest[from..], quote, escapes);
        (kind, from + length, is_open)
    };
    match first {
        '\'' => of(TokenKind::Text, 0, '\'', escapes),
        '"' if dialect.is_mysql_family() => of(TokenKind::Text, 0, '"', true),
        '"' => of(TokenKind::Name, 0, '"', false),
        '`' if !dialect.is_postgres_family() => of(TokenKind::Name, 0, '`', false),
        '[' if dialect == Dialect::Sqlite => {
            let end = rest.find(']');
            (TokenKind::Name, end.map_or(rest.len(), |end| end + 1), end.is_none())
        }
        '$' if dialect.is_postgres_family() => dollar_quoted(rest),
        _ if first.is_alphanumeric() || first == '_' => {
            let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
            let prefix = &rest[..length];
            let is_prefix = ["e", "n", "x", "b", "u"].iter().any(|letter| prefix.eq_ignore_ascii_case(letter));
            if is_prefix && rest[length..].starts_with('\'') {
                return of(TokenKind::Text, length, '\'', escapes || prefix.eq_ignore_ascii_case("e"));
            }
            (TokenKind::Word, length, false)
        }
        _ => (TokenKind::Mark, first.len_utf8(), false),
    }
}

/// Length of a quoted text, and whether it never ends.
fn quoted(text: &str, quote: char, has_escapes: bool) -> (usize, bool) {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return (at + c.len_utf8(), false);
        }
        if c == '\\' && has_escapes {
            chars.next();
        }
    }
    (text.len(), true)
}

fn dollar_quoted(text: &str) -> (TokenKind, usize, bool) {
    let mark = (TokenKind::Mark, 1, false);
    let Some(end) = text[1..].find('$').map(|end| end + 2) else {
        return mark;
    };
    let (tag, body) = text.split_at(end);
    let name = &tag[1..tag.len() - 1];
    if name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return mark;
    }
    match body.find(tag) {
        Some(close) => (TokenKind::Text, end + close + end, false),
        None => (TokenKind::Text, text.len(), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        for (dialect, text, expected) in [
            (Dialect::Postgres, "SELECT 'a''b' -- c\n, \"x\"\"y\"", "SELECT|'a''b'|,|\"x\"\"y\""),
            (Dialect::Postgres, "a /* x /* y */ z */ b", "a|b"),
            (Dialect::Postgres, "DO $x$ a; b $x$;", "DO|$x$ a; b $x$"),
            (Dialect::Postgres, "E'a\\'b' c", "E'a\\'b'|c"),
            (Dialect::Postgres, "a::int[]", "a|:|:|int|[|]"),
            (Dialect::Mysql, "/*!50100 PARTITION */ `a``b` # x", "PARTITION|`a``b`"),
            (Dialect::Mysql, "'a\\'b' 5--3", "'a\\'b'|5|-|-|3"),
            (Dialect::Sqlite, "[a b] x", "[a b]|x"),
        ] {
            let found: Vec<&str> = tokens(text, dialect).iter().map(|token| token.text).collect();
            assert_eq!(found.join("|"), expected, "{text}");
        }
    }

    #[test]
    fn contents_and_open_quotes() {
        for (dialect, text, content, is_open) in [
            (Dialect::Postgres, "'a''b'", "a'b", false),
            (Dialect::Postgres, "\"x\"\"y\"", "x\"y", false),
            (Dialect::Postgres, "$x$ body $x$", " body ", false),
            (Dialect::Postgres, "'never", "never", true),
            (Dialect::Postgres, "$$ never", "", true),
            (Dialect::Mysql, "`a``b`", "a`b", false),
            (Dialect::Sqlite, "[a b]", "a b", false),
        ] {
            let found = tokens(text, dialect);
            assert_eq!((found.len(), found[0].content().as_str(), found[0].is_open), (1, content, is_open), "{text}");
        }
    }
}
