//! One thing found, and where.

use serde_json::{Value, json};

use super::Script;
use super::effect::{Blocks, Work};
use super::known::Known;
use super::rule::{Rule, Severity, rule_named};
use super::scene::Statement;

/// So much of a statement is shown.
const EXCERPT: usize = 120;

/// What was found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// Name of the migration; none when it is about the database itself.
    pub migration: Option<String>,
    /// First byte in the script.
    pub start: usize,
    /// The byte after it.
    pub end: usize,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The statement on one line, cut short.
    pub excerpt: String,
    /// What it is about here.
    pub message: String,
    /// What it locks and for how long, when that is the point.
    pub cost: Option<Cost>,
    /// SQL to paste instead. Where it begins with `-- nicol:no-transaction` it is a migration of its own.
    pub rewrite: Option<String>,
}

/// What a statement locks and what it does meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// The lock in the database's own words.
    pub lock: String,
    /// The tables it is on.
    pub tables: Vec<String>,
    /// What waits for it.
    pub blocks: Blocks,
    /// What is done while it is held.
    pub work: Work,
    /// Rows of the largest of these tables, as the database estimates them.
    pub rows: Option<u64>,
    /// Its bytes with indexes.
    pub bytes: Option<u64>,
    /// Very roughly.
    pub seconds: Option<u64>,
}

impl Finding {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.rule.severity
    }

    /// Whether another finding says the same already: one remark for every table that is referred to is enough.
    pub(super) fn repeats(&self, other: &Finding) -> bool {
        self.rule == other.rule
            && self.message == other.message
            && (self.start == other.start || self.rule.code == "NL101")
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({
            "code": self.rule.code,
            "name": self.rule.name,
            "severity": self.rule.severity,
            "migration": self.migration,
            "start": self.start,
            "end": self.end,
            "line": self.line,
            "column": self.column,
            "statement": self.excerpt,
            "message": self.message,
            "cost": self.cost.as_ref().map(|cost| json!({
                "lock": cost.lock,
                "tables": cost.tables,
                "blocks": cost.blocks,
                "work": cost.work,
                "rows": cost.rows,
                "bytes": cost.bytes,
                "seconds": cost.seconds,
            })),
            "help": self.rule.help,
            "rewrite": self.rewrite,
        })
    }
}

/// A finding as a rule makes it: without the place in the file, which is the same work for all.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    code: &'static str,
    message: String,
    /// In the statement; the whole of it when empty.
    span: Option<(usize, usize)>,
    cost: Option<(String, Vec<String>, Blocks, Work)>,
    rewrite: Option<String>,
}

impl Draft {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Draft {
        Draft { code, message: message.into(), span: None, cost: None, rewrite: None }
    }

    /// The clause it is about.
    pub(crate) fn at(mut self, start: usize, end: usize) -> Draft {
        self.span = Some((start, end));
        self
    }

    /// The lock it takes, on these tables, and the work under it.
    pub(crate) fn cost(mut self, lock: impl Into<String>, tables: Vec<String>, blocks: Blocks, work: Work) -> Draft {
        self.cost = Some((lock.into(), tables, blocks, work));
        self
    }

    /// What to write instead.
    pub(crate) fn rewrite(mut self, sql: impl Into<String>) -> Draft {
        self.rewrite = Some(sql.into());
        self
    }

    /// Adds place and statistics.
    pub(super) fn finish(
        self,
        script: Script<'_>,
        text: &str,
        statement: &Statement<'_>,
        known: &Known,
    ) -> Option<Finding> {
        let rule = rule_named(self.code)?;
        let (from, to) = self.span.unwrap_or((0, statement.text.len()));
        let (start, end) = (statement.start + from, statement.start + to);
        let (line, column) = position(text, start);
        let cost = self.cost.map(|(lock, tables, blocks, work)| {
            let sizes = || tables.iter().filter_map(|table| known.tables.get(table));
            let rows = sizes().filter_map(|table| table.rows).max();
            let bytes = sizes().filter_map(|table| table.bytes).max();
            let seconds = bytes.map(|bytes| work.seconds(bytes));
            Cost { lock, tables, blocks, work, rows, bytes, seconds }
        });
        Some(Finding {
            rule,
            migration: Some(script.name.to_string()),
            start,
            end,
            line,
            column,
            excerpt: excerpt(statement.text),
            message: self.message,
            cost,
            rewrite: self.rewrite,
        })
    }

    /// A finding about the database itself.
    pub(super) fn of_database(self) -> Option<Finding> {
        Some(Finding {
            rule: rule_named(self.code)?,
            migration: None,
            start: 0,
            end: 0,
            line: 0,
            column: 0,
            excerpt: String::new(),
            message: self.message,
            cost: None,
            rewrite: self.rewrite,
        })
    }
}

/// A statement on one line, cut short.
fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXCERPT) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

/// Line and column of a byte, both from 1, the column in characters.
pub(super) fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
