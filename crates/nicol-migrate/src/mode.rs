//! How a script is run: in one transaction, or statement by statement. A pure decision from its text.

use nicol_db::Dialect;
use nicol_db::script::ScriptStatement;

use crate::event::Stepwise;
use crate::sql;
use crate::statement::{self, Kind};

/// First line of a script that is to run without a transaction around it.
pub(crate) const NO_TRANSACTION: &str = "-- nicol:no-transaction";

/// How a script is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mode {
    /// In one transaction. The text is the script, without transaction statements of its own.
    Whole { script: String, foreign_keys_off: bool },
    /// One statement after the other.
    Stepwise(Stepwise),
}

/// Decides how a script is run on a database.
pub(crate) fn mode(script: &str, dialect: Dialect) -> Mode {
    if !has_transactional_structure(dialect) {
        return Mode::Stepwise(Stepwise::Database);
    }
    if script.lines().next().is_some_and(|line| line.trim().eq_ignore_ascii_case(NO_TRANSACTION)) {
        return Mode::Stepwise(Stepwise::Asked);
    }
    let statements = nicol_db::script::split(script, dialect);
    let kinds: Vec<Kind> = statements.iter().map(|s| statement::kind(s.text, dialect)).collect();
    if kinds.contains(&Kind::Alone) {
        return Mode::Stepwise(Stepwise::Statement);
    }
    let adds_value = statements.iter().any(|s| statement::adds_enum_value(s.text, dialect));
    let own_control = |kind: &Kind| matches!(kind, Kind::Begin | Kind::Commit | Kind::Rollback);
    let mut text = script.to_string();
    if kinds.iter().any(own_control) {
        // A value added to an enum can be used only after a commit: such scripts mean their commits. And
        // `SET TRANSACTION` has to be the first word of a transaction, and ours has said something already.
        let sets_isolation = statements.iter().any(|s| statement::sets_transaction(s.text, dialect));
        if adds_value || sets_isolation || !are_plain_pairs(&kinds) {
            return Mode::Stepwise(Stepwise::OwnTransactions);
        }
        for (statement, kind) in statements.iter().zip(&kinds) {
            if own_control(kind) {
                blank_out(&mut text, statement);
            }
        }
    }
    if adds_value && statement::uses_value_it_adds(statements.iter().map(|s| s.text), dialect) {
        return Mode::Stepwise(Stepwise::EnumValue);
    }
    let foreign_keys_off =
        dialect == Dialect::Sqlite && statements.iter().any(|s| statement::switches_foreign_keys_off(s.text));
    Mode::Whole { script: text, foreign_keys_off }
}

/// Whether changes of structure take part in a transaction.
pub(crate) fn has_transactional_structure(dialect: Dialect) -> bool {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => true,
        Dialect::Mysql | Dialect::Mariadb | Dialect::Cockroachdb => false,
    }
}

/// Transactions that open, close and never roll back: one around all of them means the same or more.
fn are_plain_pairs(kinds: &[Kind]) -> bool {
    let mut open = false;
    for kind in kinds {
        match kind {
            Kind::Begin if open => return false,
            Kind::Begin => open = true,
            Kind::Commit if !open => return false,
            Kind::Commit => open = false,
            Kind::Rollback => return false,
            Kind::Session | Kind::Data | Kind::Alone | Kind::TableLock | Kind::Structure => {}
        }
    }
    !open
}

/// Replaces a statement by spaces, so that every other one stays at its line and column.
fn blank_out(text: &mut String, statement: &ScriptStatement<'_>) {
    let code = sql::without_leading_comments(statement.text);
    let start = statement.start + (statement.text.len() - code.len());
    let end = start + code.len();
    let blank: String = code.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(start..end, &blank);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(script: &str, foreign_keys_off: bool) -> Mode {
        Mode::Whole { script: script.to_string(), foreign_keys_off }
    }

    #[test]
    fn cases() {
        let asked = Mode::Stepwise(Stepwise::Asked);
        let own = Mode::Stepwise(Stepwise::OwnTransactions);
        let single = Mode::Stepwise(Stepwise::Statement);
        let cases = [
            ("SELECT 1;", Dialect::Postgres, whole("SELECT 1;", false)),
            ("SELECT 1;", Dialect::Mysql, Mode::Stepwise(Stepwise::Database)),
            ("SELECT 1;", Dialect::Mariadb, Mode::Stepwise(Stepwise::Database)),
            ("SELECT 1;", Dialect::Cockroachdb, Mode::Stepwise(Stepwise::Database)),
            ("-- nicol:no-transaction\nSELECT 1;", Dialect::Postgres, asked.clone()),
            ("-- NICOL:no-transaction \r\nSELECT 1;", Dialect::Sqlite, asked),
            ("SELECT 1;\n-- nicol:no-transaction", Dialect::Sqlite, whole("SELECT 1;\n-- nicol:no-transaction", false)),
            ("VACUUM;", Dialect::Sqlite, single.clone()),
            ("CREATE INDEX CONCURRENTLY i ON t(a);", Dialect::Postgres, single),
            (
                "-- x\nBEGIN;\nSELECT 1;\nCOMMIT;\n",
                Dialect::Postgres,
                whole("-- x\n     ;\nSELECT 1;\n      ;\n", false),
            ),
            ("BEGIN; SELECT 1; ROLLBACK;", Dialect::Postgres, own.clone()),
            ("BEGIN; BEGIN; COMMIT;", Dialect::Postgres, own.clone()),
            ("COMMIT; SELECT 1;", Dialect::Postgres, own.clone()),
            ("BEGIN; SELECT 1;", Dialect::Sqlite, own.clone()),
            ("BEGIN; ALTER TYPE e ADD VALUE 'x'; COMMIT;", Dialect::Postgres, own.clone()),
            ("BEGIN; SET TRANSACTION READ WRITE; COMMIT;", Dialect::Postgres, own),
            ("ALTER TYPE e ADD VALUE 'x';", Dialect::Postgres, whole("ALTER TYPE e ADD VALUE 'x';", false)),
            (
                "ALTER TYPE e ADD VALUE 'x'; UPDATE t SET e = 'x';",
                Dialect::Postgres,
                Mode::Stepwise(Stepwise::EnumValue),
            ),
            ("PRAGMA foreign_keys=OFF;", Dialect::Sqlite, whole("PRAGMA foreign_keys=OFF;", true)),
            ("-- PRAGMA foreign_keys=OFF;", Dialect::Sqlite, whole("-- PRAGMA foreign_keys=OFF;", false)),
        ];
        for (script, dialect, expected) in cases {
            assert_eq!(mode(script, dialect), expected, "{script:?}");
        }
    }
}
