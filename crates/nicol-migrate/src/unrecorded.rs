//! Running a script that no history records: in one transaction where the database can, statement by statement elsewhere.

use nicol_db::Connection;
use nicol_db::script::ScriptStatement;

use crate::apply::{cannot_be_one_transaction, foreign_key_violations, line_of, set_foreign_keys};
use crate::error::{Error, Result, code};
use crate::mode::{Mode, mode};
use crate::sql;

/// How far a script came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ran {
    /// Number of statements in it.
    pub statements: usize,
    /// True when they were one transaction.
    pub in_transaction: bool,
}

/// Runs a script whole where the database can, else one statement after the other.
///
/// # Errors
/// `script-failed`, which says where it stopped and what stays; `foreign-keys-violated`; errors of the connection.
pub(crate) async fn run(conn: &mut Connection, script: &str) -> Result<Ran> {
    run_and_then(conn, script, async |_| Ok(())).await
}

/// The same, with something more to do at the end: in the script's transaction where there is one.
pub(crate) async fn run_and_then(
    conn: &mut Connection,
    script: &str,
    then: impl AsyncFnOnce(&mut Connection) -> Result<()>,
) -> Result<Ran> {
    let statements = nicol_db::script::split(script, conn.dialect()).len();
    match mode(script, conn.dialect()) {
        Mode::Whole { script: text, foreign_keys_off } => {
            set_foreign_keys(conn, !foreign_keys_off).await?;
            let done = whole(conn, &text, then).await;
            if done.is_err() {
                // The first error is the one to report. A connection that is gone has rolled back by itself.
                let _ = conn.rollback().await;
            }
            set_foreign_keys(conn, true).await?;
            done.map(|()| Ran { statements, in_transaction: true })
        }
        Mode::Stepwise(_) => {
            stepwise(conn, script).await?;
            then(conn).await?;
            Ok(Ran { statements, in_transaction: false })
        }
    }
}

async fn whole(
    conn: &mut Connection,
    script: &str,
    then: impl AsyncFnOnce(&mut Connection) -> Result<()>,
) -> Result<()> {
    conn.begin(None).await?;
    let before = foreign_key_violations(conn).await?;
    conn.run_script(script).await.map_err(|error| {
        let place = error.position().map(|at| format!(" (line {})", line_of(script, at))).unwrap_or_default();
        failed(&place, &error).with_help(if cannot_be_one_transaction(&error) {
            "Nothing of it was applied. Not all of it can be one transaction: write `-- nicol:no-transaction` as the first line \
             and run it again."
        } else {
            "Nothing of it was applied. Correct the script and run it again."
        })
    })?;
    let after = foreign_key_violations(conn).await?;
    if let Some((table, _, parent)) = after.iter().find(|violation| !before.contains(violation)) {
        let message = format!("The script would leave rows of table {table} that point at nothing in {parent}.");
        return Err(Error::new(code::FOREIGN_KEYS, message)
            .with_help("Nothing of it was applied. Correct or delete those rows first."));
    }
    then(conn).await?;
    conn.commit().await?;
    Ok(())
}

async fn stepwise(conn: &mut Connection, script: &str) -> Result<()> {
    let statements = nicol_db::script::split(script, conn.dialect());
    for (done, statement) in statements.iter().enumerate() {
        if let Err(error) = conn.run_script(statement.text).await {
            let failure = failed(&place(script, &statements, done), &error);
            return Err(failure.with_help(match done {
                0 => "No statement of it was applied. Correct the script and run it again.".to_owned(),
                1 => "The statement before it stays applied: take it out of the script before running it again."
                    .to_owned(),
                _ => format!(
                    "The {done} statements before it stay applied: take them out of the script before running it again."
                ),
            }));
        }
    }
    Ok(())
}

fn place(script: &str, statements: &[ScriptStatement<'_>], at: usize) -> String {
    let statement = &statements[at];
    let comment = statement.text.len() - sql::without_leading_comments(statement.text).len();
    let line = line_of(script, statement.start + comment);
    format!(" at statement {} of {} (line {line})", at + 1, statements.len())
}

fn failed(place: &str, error: &nicol_db::Error) -> Error {
    let native = error.native_code().map(|code| format!(" [{code}]")).unwrap_or_default();
    Error::new(code::SCRIPT, format!("The script failed{place}: {}{native}", error.message()))
        .with_database_code(error.native_code())
}
