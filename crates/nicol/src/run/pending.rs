//! What goes with the next statement: where the database takes several statements without waiting (PostgreSQL), a transaction
//! begins with its first statement and ends with its last, and statements whose answers nobody needs wait for one that is
//! needed.

use nicol_db::{Around, Rows, Value};

use super::Session;
use crate::error::{Error, Result};
use crate::meta::TableMeta;
use crate::sql::Statement;

/// What becomes of the number of rows that a statement wrote, or of its error.
type Check = Box<dyn FnOnce(Result<u64>) -> Result<()> + Send>;

/// What goes with the next statement.
#[derive(Default)]
pub(super) struct Pending {
    /// BEGIN.
    pub(super) begin: bool,
    /// COMMIT: the next statements are the last ones.
    commit: bool,
    /// Statements that come before it.
    before: Vec<Waiting>,
    /// Reads that come behind it.
    ahead: Vec<(&'static TableMeta, Statement)>,
    /// The answers to such reads.
    answered: Vec<(Statement, Rows)>,
}

struct Waiting {
    table: &'static TableMeta,
    statement: Statement,
    check: Check,
    /// Whether all is well is known only when the answer is there.
    decides: bool,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        !self.begin && !self.commit && self.before.is_empty() && self.ahead.is_empty()
    }
}

impl Session<'_> {
    /// Whether the database takes several statements without waiting.
    pub(super) fn goes_together(&self) -> bool {
        self.connection.dialect().is_postgres_family() && self.connection.keeps_statements()
    }

    /// The next statements are the last of the transaction that the operation has begun.
    pub(super) fn end_with_next(&mut self) {
        let is_own = !self.in_transaction && (self.pending.begin || self.connection.in_transaction());
        self.pending.commit = is_own && self.goes_together();
    }

    /// Takes back what [`end_with_next`](Session::end_with_next) said; true if it was said.
    pub(super) fn take_end(&mut self) -> bool {
        std::mem::take(&mut self.pending.commit)
    }

    /// Reads that are sent behind the next statement; for their answers see [`answered`](Session::answered).
    pub(super) fn read_ahead(&mut self, reads: Vec<(&'static TableMeta, Statement)>) {
        if self.goes_together() {
            self.pending.ahead = reads;
        }
    }

    /// True when nothing waits for a statement, and no answer is there before one.
    pub(super) fn is_apart(&self) -> bool {
        self.pending.is_empty() && self.pending.answered.is_empty()
    }

    /// The answer to a statement, if it has been sent ahead.
    pub(super) fn answered(&mut self, statement: &Statement) -> Option<Rows> {
        let at = self.pending.answered.iter().position(|(sent, _)| sent == statement)?;
        Some(self.pending.answered.swap_remove(at).1)
    }

    /// Runs a statement about whose rows nothing is asked; `refused` says what its error means.
    pub(super) async fn run(
        &mut self,
        table: &'static TableMeta,
        statement: Statement,
        refused: impl FnOnce(Error) -> Error + Send + 'static,
    ) -> Result<()> {
        let check = |outcome: Result<u64>| outcome.map(drop).map_err(refused);
        self.wait(Waiting { table, statement, check: Box::new(check), decides: false }).await
    }

    /// Runs a statement whose number of written rows, or error, is looked at.
    pub(super) async fn run_checked(
        &mut self,
        table: &'static TableMeta,
        statement: Statement,
        check: impl FnOnce(Result<u64>) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        self.wait(Waiting { table, statement, check: Box::new(check), decides: true }).await
    }

    async fn wait(&mut self, waiting: Waiting) -> Result<()> {
        if self.goes_together() {
            self.pending.before.push(waiting);
            return Ok(());
        }
        let affected = self.execute(waiting.table, &waiting.statement).await;
        (waiting.check)(affected)
    }

    /// Sends a statement with all that waits for it.
    pub(super) async fn send_one(&mut self, table: &'static TableMeta, statement: &Statement) -> Result<Rows> {
        let mut rows = self.send(&[(table, statement)], &[]).await?;
        rows.pop().ok_or_else(|| Error::inconsistent("a statement without an answer"))
    }

    /// Sends statements, with what goes before and behind them. An error of one is told of its table, or of one of the others
    /// that the database names.
    pub(super) async fn send(
        &mut self,
        statements: &[(&'static TableMeta, &Statement)],
        others: &[&'static TableMeta],
    ) -> Result<Vec<Rows>> {
        Box::pin(async move {
            let Pending { begin, commit, before, ahead, answered } = std::mem::take(&mut self.pending);
            self.pending.answered = answered;
            let waiting = before.iter().map(|waiting| (waiting.table, &waiting.statement));
            let behind = ahead.iter().map(|(table, statement)| (*table, statement));
            let all: Vec<(&'static TableMeta, &Statement)> =
                waiting.chain(statements.iter().copied()).chain(behind).collect();
            let parts: Vec<(&str, &[Value])> =
                all.iter().map(|(_, statement)| (statement.text(), statement.params())).collect();
            // What a statement that decides has to say must be heard before anything is kept.
            let decides = before.iter().any(|waiting| waiting.decides);
            let around = Around { begin, commit: commit && !decides, ..Around::default() };
            let mut answers = match self.connection.query_numbered(around, &parts).await {
                Ok(answers) => answers.into_iter(),
                Err((at, error)) => {
                    let named = others.iter().find(|other| error.table() == Some(other.table)).copied();
                    let error = Error::from(error);
                    // Beyond the last one it is COMMIT that was refused.
                    let error = match all.get(at) {
                        Some((table, _)) => error.on(named.unwrap_or(table)),
                        None => error,
                    };
                    return Err(match before.into_iter().nth(at) {
                        Some(waiting) => (waiting.check)(Err(error)).err().unwrap_or_else(unheard),
                        None => error,
                    });
                }
            };
            for waiting in before {
                let rows = answers.next().ok_or_else(unheard)?;
                (waiting.check)(Ok(rows.affected()))?;
            }
            let rows: Vec<Rows> = answers.by_ref().take(statements.len()).collect();
            self.pending.answered.extend(ahead.into_iter().map(|(_, statement)| statement).zip(answers));
            Ok(rows)
        })
        .await
    }

    /// Sends what still waits, with the end of the transaction.
    pub(super) async fn send_rest(&mut self) -> Result<()> {
        if self.pending.before.is_empty() {
            return Ok(());
        }
        self.end_with_next();
        self.send(&[], &[]).await.map(drop)
    }
}

fn unheard() -> Error {
    Error::inconsistent("a statement without an answer")
}
