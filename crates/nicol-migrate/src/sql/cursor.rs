//! A place in the tokens of a statement, and reading on from it.

use nicol_db::Dialect;

use super::lexer::{Token, TokenKind};

/// The name of a table, index or type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Name {
    /// The schema or database before the dot.
    pub(crate) schema: Option<String>,
    /// The name itself, folded as the dialect folds bare names.
    pub(crate) name: String,
    /// As written, quotes and schema included: what a statement to paste says again.
    pub(crate) written: String,
}

/// Reads tokens.
pub(crate) struct Cursor<'a> {
    /// The statement.
    pub(crate) text: &'a str,
    /// Its tokens.
    pub(crate) tokens: &'a [Token<'a>],
    /// The next one.
    pub(crate) at: usize,
    /// Which rules hold.
    pub(crate) dialect: Dialect,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str, tokens: &'a [Token<'a>], dialect: Dialect) -> Cursor<'a> {
        Cursor { text, tokens, at: 0, dialect }
    }

    pub(crate) fn peek(&self) -> Option<&'a Token<'a>> {
        self.tokens.get(self.at)
    }

    /// Where the next token starts.
    pub(crate) fn offset(&self) -> usize {
        self.peek().map_or(self.text.len(), |token| token.start)
    }

    /// Where the token before the next one ends.
    pub(crate) fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, Token::end)
    }

    pub(crate) fn is(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is(word))
    }

    pub(crate) fn is_mark(&self, mark: char) -> bool {
        self.peek().is_some_and(|token| token.is_mark(mark))
    }

    /// Whether the word after the next token is this one.
    pub(crate) fn then_is(&self, word: &str) -> bool {
        self.tokens.get(self.at + 1).is_some_and(|token| token.is(word))
    }

    /// Goes over these words when they come next, one after the other.
    pub(crate) fn take(&mut self, words: &str) -> bool {
        let mut at = self.at;
        for word in words.split(' ') {
            if !self.tokens.get(at).is_some_and(|token| token.is(word)) {
                return false;
            }
            at += 1;
        }
        self.at = at;
        true
    }

    /// Goes over one of these words, and says which.
    pub(crate) fn take_any(&mut self, words: &[&'static str]) -> Option<&'static str> {
        words.iter().copied().find(|word| self.take(word))
    }

    pub(crate) fn take_mark(&mut self, mark: char) -> bool {
        let found = self.is_mark(mark);
        self.at += usize::from(found);
        found
    }

    /// Goes over `IF EXISTS` or `IF NOT EXISTS`.
    pub(crate) fn if_exists(&mut self) -> bool {
        self.take("IF NOT EXISTS") || self.take("IF EXISTS")
    }

    /// The next word in capitals, without going over it.
    pub(crate) fn word(&self) -> String {
        self.peek().filter(|token| token.kind == TokenKind::Word).map_or(String::new(), |t| t.text.to_ascii_uppercase())
    }

    /// A single identifier.
    pub(crate) fn identifier(&mut self) -> Option<String> {
        let token = self.peek()?;
        let name = match token.kind {
            TokenKind::Name => token.content(),
            // MySQL with ANSI_QUOTES, and SQLite's tolerance, put names between other quotes.
            TokenKind::Text => token.content(),
            TokenKind::Word if self.dialect.is_postgres_family() => token.text.to_lowercase(),
            TokenKind::Word => token.text.to_string(),
            TokenKind::Mark => return None,
        };
        self.at += 1;
        Some(name)
    }

    /// A name with the schema before it, if any.
    pub(crate) fn name(&mut self) -> Option<Name> {
        let start = self.offset();
        let mut parts = Vec::new();
        loop {
            parts.push(self.identifier()?);
            if !self.take_mark('.') {
                break;
            }
        }
        let name = parts.pop()?;
        let written = self.text[start..self.end()].to_string();
        Some(Name { schema: parts.pop(), name, written })
    }

    /// Names with commas between them.
    pub(crate) fn names(&mut self) -> Vec<Name> {
        let mut names = Vec::new();
        loop {
            self.take("ONLY");
            let Some(name) = self.name() else { break };
            names.push(name);
            self.take_mark('*');
            if !self.take_mark(',') {
                break;
            }
        }
        names
    }

    /// Goes over a group in parentheses and gives the text inside.
    pub(crate) fn group(&mut self) -> Option<&'a str> {
        if !self.is_mark('(') {
            return None;
        }
        let start = self.peek()?.end();
        let mut depth = 0_i32;
        while let Some(token) = self.peek() {
            self.at += 1;
            if token.is_mark('(') {
                depth += 1;
            } else if token.is_mark(')') {
                depth -= 1;
                if depth == 0 {
                    return Some(&self.text[start..token.start]);
                }
            }
        }
        Some(&self.text[start..])
    }

    /// The items of a group in parentheses, each a cursor over its tokens.
    pub(crate) fn items(&mut self) -> Vec<Cursor<'a>> {
        if !self.take_mark('(') {
            return Vec::new();
        }
        let mut items = Vec::new();
        let (mut depth, mut first) = (0_i32, self.at);
        while let Some(token) = self.peek() {
            if depth == 0 && (token.is_mark(',') || token.is_mark(')')) {
                items.push(self.slice(first, self.at));
                first = self.at + 1;
            }
            if token.is_mark('(') {
                depth += 1;
            } else if token.is_mark(')') {
                depth -= 1;
            }
            self.at += 1;
            if depth < 0 {
                return items;
            }
        }
        items.push(self.slice(first, self.at));
        items
    }

    /// The rest, cut at commas outside parentheses.
    pub(crate) fn clauses(&mut self) -> Vec<Cursor<'a>> {
        let mut clauses = Vec::new();
        let (mut depth, mut first) = (0_i32, self.at);
        while let Some(token) = self.peek() {
            if token.is_mark('(') {
                depth += 1;
            } else if token.is_mark(')') {
                depth -= 1;
            } else if token.is_mark(',') && depth == 0 {
                clauses.push(self.slice(first, self.at));
                first = self.at + 1;
            }
            self.at += 1;
        }
        if first < self.at {
            clauses.push(self.slice(first, self.at));
        }
        clauses
    }

    fn slice(&self, from: usize, to: usize) -> Cursor<'a> {
        Cursor { text: self.text, tokens: &self.tokens[from.min(to)..to], at: 0, dialect: self.dialect }
    }

    /// The source text of the rest.
    pub(crate) fn rest(&self) -> &'a str {
        match (self.peek(), self.tokens.last()) {
            (Some(first), Some(last)) => &self.text[first.start..last.end()],
            (None, _) | (_, None) => "",
        }
    }

    /// Whether this word comes anywhere after here, outside quotes.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.tokens.iter().skip(self.at).any(|token| token.is(word))
    }

    /// Whether these words come one after the other anywhere after here.
    pub(crate) fn has_words(&self, words: &str) -> bool {
        let words: Vec<&str> = words.split(' ').collect();
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        rest.windows(words.len()).any(|run| run.iter().zip(&words).all(|(token, word)| token.is(word)))
    }

    /// Plain column names of a group in parentheses; expressions as written.
    pub(crate) fn columns(&mut self) -> Vec<String> {
        let item = |mut item: Cursor<'a>| {
            let whole = item.rest().to_string();
            match item.identifier() {
                Some(name) if !item.is_mark('(') || item.dialect.is_mysql_family() => name,
                Some(_) | None => whole,
            }
        };
        self.items().into_iter().map(item).collect()
    }
}
