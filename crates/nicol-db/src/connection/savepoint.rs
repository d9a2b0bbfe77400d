//! Savepoints of the open transaction.

use super::{Connection, Transaction, no_transaction};
use crate::error::Result;

impl Connection {
    /// Sets a savepoint in the open transaction.
    ///
    /// # Errors
    /// `P2028` without a transaction.
    pub async fn savepoint(&mut self, name: &str) -> Result<()> {
        self.savepoint_statement("SAVEPOINT ", name).await
    }

    /// Undoes everything since the savepoint, which stays. On PostgreSQL a failed transaction can go on after it.
    ///
    /// # Errors
    /// `P2028` without a transaction.
    pub async fn rollback_to(&mut self, name: &str) -> Result<()> {
        // Where the server gave the whole transaction up there is no savepoint any more.
        if self.transaction == Transaction::Failed && self.dialect.is_postgres_family() {
            self.transaction = Transaction::Open;
        }
        self.savepoint_statement("ROLLBACK TO SAVEPOINT ", name).await
    }

    /// Forgets a savepoint and keeps what was done since.
    ///
    /// # Errors
    /// `P2028` without a transaction.
    pub async fn release(&mut self, name: &str) -> Result<()> {
        self.savepoint_statement("RELEASE SAVEPOINT ", name).await
    }

    async fn savepoint_statement(&mut self, verb: &str, name: &str) -> Result<()> {
        self.begin_wanted().await?;
        if self.transaction == Transaction::None {
            return Err(no_transaction());
        }
        self.check("")?;
        self.set_busy(true);
        let outcome = self.control(&format!("{verb}{}", self.dialect.quote(name))).await;
        self.settle(outcome)
    }
}
