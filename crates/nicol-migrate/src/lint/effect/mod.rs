//! What a statement locks and how long it works: a pure function of the statement and of what is known of the tables.
//!
//! The tables here are the claims; `tests/live/lint_effects.rs` holds them against real servers.

pub(crate) mod mysql;
pub(crate) mod postgres;
pub(crate) mod types;

use nicol_db::Dialect;

use super::known::Known;
use crate::sql::{parse, tokens};

/// The claim about a statement that comes after a script, in one line: on PostgreSQL `t: ACCESS EXCLUSIVE, p: ROW SHARE;
/// rewrite`, on MySQL and MariaDB `ALGORITHM=COPY, LOCK=SHARED`; empty when none is made.
pub fn claim(before: &str, statement: &str, dialect: Dialect) -> String {
    let read = |text: &str| parse(text, &tokens(text, dialect), dialect);
    let mut known = Known::default();
    for part in nicol_db::script::split(before, dialect) {
        known.apply(&read(part.text), dialect);
    }
    known.settle();
    let action = read(statement);
    match dialect {
        Dialect::Postgres => postgres::effect(&action, &known).map_or_else(String::new, |effect| {
            let mut locks: Vec<String> =
                effect.locks.iter().map(|(table, lock)| format!("{table}: {}", lock.words())).collect();
            locks.sort();
            let rewrites = if effect.work == Work::Rewrite { "; rewrite" } else { "" };
            format!("{}{rewrites}", locks.join(", "))
        }),
        Dialect::Mysql | Dialect::Mariadb => {
            let session = mysql::Session { dialect, checks_foreign_keys: true };
            mysql::online(&action, &known, session).map_or_else(String::new, |online| online.words().to_string())
        }
        Dialect::Sqlite | Dialect::Cockroachdb => String::new(),
    }
}

/// What others cannot do while a lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blocks {
    /// Everything goes on.
    Nothing,
    /// Other changes of structure wait.
    SchemaChanges,
    /// Writes wait, reads go on.
    Writes,
    /// Reads and writes wait.
    ReadsAndWrites,
}

impl Blocks {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Blocks::Nothing => "nothing",
            Blocks::SchemaChanges => "other schema changes only",
            Blocks::Writes => "writes",
            Blocks::ReadsAndWrites => "reads and writes",
        }
    }
}

/// How much the server has to do while the lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// Only the catalog changes.
    Instant,
    /// Every row is read.
    Scan,
    /// Every row is read and an index is written.
    IndexBuild,
    /// Every row is written again, with all indexes.
    Rewrite,
}

impl Work {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Work::Instant => "an instant",
            Work::Scan => "a scan of the table",
            Work::IndexBuild => "the building of an index",
            Work::Rewrite => "a rewrite of the table",
        }
    }

    /// Seconds for a table of so many bytes, very roughly: 200 MB a second read, 40 indexed, 25 rewritten.
    pub fn seconds(self, bytes: u64) -> u64 {
        let per_second = match self {
            Work::Instant => return 0,
            Work::Scan => 200_000_000,
            Work::IndexBuild => 40_000_000,
            Work::Rewrite => 25_000_000,
        };
        bytes.div_ceil(per_second)
    }
}
