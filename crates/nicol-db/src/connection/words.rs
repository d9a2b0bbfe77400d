//! What a statement does to its session, by its first words.

use crate::dialect::Dialect;
use crate::script;

/// First words of statements that change the session beyond their own end.
const SESSION_WORDS: &[&str] = &[
    "ABORT",
    "ATTACH",
    "BEGIN",
    "COMMIT",
    "DEALLOCATE",
    "DECLARE",
    "DETACH",
    "DISCARD",
    "END",
    "HANDLER",
    "LISTEN",
    "LOAD",
    "LOCK",
    "PRAGMA",
    "PREPARE",
    "RELEASE",
    "RESET",
    "ROLLBACK",
    "SAVEPOINT",
    "SET",
    "START",
    "UNLOCK",
    "USE",
    "XA",
];

/// Whether a text has a statement that changes the session. Behind its first statement others may stand only where
/// `may_be_several`.
pub(super) fn changes_session(sql: &str, dialect: Dialect, may_be_several: bool) -> bool {
    let is_plain = sql.trim_start().starts_with(|c: char| c.is_ascii_alphabetic());
    if is_plain && !(may_be_several && sql.contains(';')) {
        return statement_changes_session(sql);
    }
    // A comment before it, which frameworks write, is not a part of a statement; one that MySQL executes is.
    script::split(sql, dialect).iter().any(|part| part.text.starts_with("/*") || statement_changes_session(part.text))
}

fn statement_changes_session(sql: &str) -> bool {
    let is_temporary = |word: &str| word.eq_ignore_ascii_case("TEMP") || word.eq_ignore_ascii_case("TEMPORARY");
    // A temporary table hides the one of the same name: `CREATE [OR REPLACE] [LOCAL] TEMPORARY ..`.
    begins_with(sql, SESSION_WORDS)
        || begins_with(sql, &["CREATE"]) && sql.split_ascii_whitespace().take(5).any(is_temporary)
}

/// First words of statements that write nothing, unless a function they call does.
const READING_WORDS: &[&str] = &["DESCRIBE", "SELECT", "SHOW", "TABLE", "VALUES"];

pub(super) fn only_reads(sql: &str) -> bool {
    begins_with(sql, READING_WORDS)
}

fn begins_with(sql: &str, words: &[&str]) -> bool {
    let word = sql.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}
