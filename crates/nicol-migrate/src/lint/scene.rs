//! A statement in its place: what stands around it, what is known, which server it will meet.

use nicol_db::Dialect;
use nicol_db::script::ScriptStatement;

use super::LintOptions;
use super::known::{Known, Table};
use crate::event::Stepwise;
use crate::mode::{Mode, mode};
use crate::sql::{Action, Name, Token, parse, tokens};
use crate::statement::{Kind, kind};

/// What is known of the server.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    /// Its dialect.
    pub(crate) dialect: Dialect,
    /// Major and minor version, when connected.
    pub(crate) version: Option<(u32, u32)>,
    /// A Galera cluster.
    pub(crate) is_galera: bool,
    /// Aurora DSQL.
    pub(crate) is_dsql: bool,
}

impl Server {
    /// A server of which only the dialect is known.
    pub(crate) fn of(dialect: Dialect) -> Server {
        Server { dialect, version: None, is_galera: false, is_dsql: false }
    }
}

/// One statement of a script.
#[derive(Debug)]
pub(crate) struct Statement<'a> {
    pub(crate) text: &'a str,
    /// Its first byte in the script.
    pub(crate) start: usize,
    pub(crate) tokens: Vec<Token<'a>>,
    pub(crate) action: Action,
    pub(crate) kind: Kind,
    /// Statements of one number share a transaction.
    pub(crate) group: usize,
    /// Between a BEGIN and a COMMIT of the script's own.
    pub(crate) is_inside_own: bool,
}

impl<'a> Statement<'a> {
    /// Reads the statements of a script.
    pub(super) fn read(script: &'a str, parts: &[ScriptStatement<'a>], dialect: Dialect) -> Vec<Statement<'a>> {
        let shares = matches!(mode(script, dialect), Mode::Whole { .. });
        let mut statements = Vec::with_capacity(parts.len());
        let (mut group, mut is_open) = (0, false);
        for part in parts {
            let tokens = tokens(part.text, dialect);
            let action = parse(part.text, &tokens, dialect);
            let is_end = matches!(action, Action::Commit | Action::Rollback);
            if !shares && !is_open {
                group += 1;
            }
            let is_inside_own = is_open && !is_end;
            is_open = (is_open && !is_end) || action == Action::Begin;
            let kind = kind(part.text, dialect);
            statements.push(Statement {
                text: part.text,
                start: part.start,
                tokens,
                action,
                kind,
                group,
                is_inside_own,
            });
        }
        statements
    }

    /// Whether this word stands in it, outside quotes.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.tokens.iter().any(|token| token.is(word))
    }

    /// Whether its first words are these.
    pub(crate) fn begins(&self, words: &str) -> bool {
        words.split(' ').enumerate().all(|(at, word)| self.tokens.get(at).is_some_and(|token| token.is(word)))
    }

    /// Whether these words stand in it one after the other.
    pub(crate) fn has_words(&self, words: &str) -> bool {
        let words: Vec<&str> = words.split(' ').collect();
        self.tokens.windows(words.len()).any(|run| run.iter().zip(&words).all(|(token, word)| token.is(word)))
    }
}

/// Everything a rule may look at.
pub(crate) struct Scene<'a> {
    pub(crate) server: &'a Server,
    /// Before this statement.
    pub(crate) known: &'a Known,
    /// Before the script.
    pub(crate) at_start: &'a Known,
    pub(crate) statements: &'a [Statement<'a>],
    /// The number of this one.
    pub(crate) at: usize,
    pub(crate) options: LintOptions<'a>,
    /// Why the script runs statement by statement, if it does.
    pub(crate) stepwise: Option<Stepwise>,
}

impl<'a> Scene<'a> {
    pub(crate) fn dialect(&self) -> Dialect {
        self.server.dialect
    }

    pub(crate) fn statement(&self) -> &'a Statement<'a> {
        &self.statements[self.at]
    }

    /// The statements before this one.
    pub(crate) fn before(&self) -> &'a [Statement<'a>] {
        &self.statements[..self.at]
    }

    /// The statements after this one.
    pub(crate) fn after(&self) -> &'a [Statement<'a>] {
        &self.statements[self.at + 1..]
    }

    /// The statements before this one in the same transaction.
    pub(crate) fn before_in_transaction(&self) -> impl Iterator<Item = &'a Statement<'a>> + use<'a> {
        let group = self.statement().group;
        self.before().iter().filter(move |statement| statement.group == group)
    }

    pub(crate) fn key(&self, name: &Name) -> String {
        Known::key(name, self.dialect())
    }

    pub(crate) fn table(&self, name: &Name) -> Option<&'a Table> {
        self.known.table(name, self.dialect())
    }

    /// Whether the table can have rows and users: it was not made by the same script.
    pub(crate) fn is_old(&self, name: &Name) -> bool {
        self.known.may_have_rows(name, self.dialect())
    }

    /// Every statement of the script.
    pub(crate) fn whole_script(&self) -> Vec<String> {
        self.statements.iter().map(|statement| statement.text.to_string()).collect()
    }

    /// A quoted name.
    pub(crate) fn quote(&self, name: &str) -> String {
        self.dialect().quote(name)
    }

    /// The value an earlier statement has given a setting of the session, in lower case without quotes.
    pub(crate) fn setting(&self, name: &str) -> Option<String> {
        let of = |statement: &Statement<'_>| match &statement.action {
            Action::Set { name: set, value } | Action::Pragma { name: set, value } if set == name => {
                Some(value.trim_matches(['\'', '"', ' ']).to_lowercase())
            }
            _ => None,
        };
        self.before().iter().rev().find_map(of)
    }

    /// The table that takes this one's place later in the script: SQLite changes a table by making a new one, and renaming
    /// it to the old name.
    pub(crate) fn is_rebuilt(&self, key: &str) -> Option<String> {
        self.after().iter().find_map(|statement| self.renamed(statement, |to| to == key))
    }

    /// The name that this table gets later in the script.
    pub(crate) fn becomes(&self, key: &str) -> Option<String> {
        self.after().iter().find_map(|statement| match &statement.action {
            Action::AlterTable { table, clauses } if self.key(table) == key => {
                clauses.iter().find_map(|clause| match &clause.change {
                    crate::sql::Change::RenameTable(to) => Some(self.key(to)),
                    _ => None,
                })
            }
            _ => None,
        })
    }

    /// The key of the table that a statement renames to a fitting name.
    fn renamed(&self, statement: &Statement<'_>, fits: impl Fn(&str) -> bool) -> Option<String> {
        let Action::AlterTable { table, clauses } = &statement.action else { return None };
        clauses.iter().find_map(|clause| match &clause.change {
            crate::sql::Change::RenameTable(to) if fits(&self.key(to)) => Some(self.key(table)),
            _ => None,
        })
    }
}
