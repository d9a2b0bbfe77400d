//! Describing a statement without running it.

use super::{Connection, Driver};
use crate::describe::Description;
use crate::error::{Error, Result};
use crate::script;

impl Connection {
    /// What a statement asks for and gives. The statement is prepared, never run.
    ///
    /// # Errors
    /// What the database says of the statement, with the byte offset where it is known; also when the text holds no statement or
    /// several.
    pub async fn describe(&mut self, sql: &str) -> Result<Description> {
        self.check("")?;
        if script::split(sql, self.dialect).is_empty() {
            return Err(Error::new("P2010", "there is no statement in the text"));
        }
        self.set_busy(true);
        let outcome: Result<Description> = match &mut self.driver {
            Driver::Absent(never) => match *never {},
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(driver) => driver.describe(sql),
            #[cfg(feature = "postgres")]
            Driver::Postgres(driver) => driver.describe(sql).await,
            #[cfg(feature = "mysql")]
            Driver::Mysql(driver) => driver.describe(sql).await,
        };
        self.settle(outcome)
    }
}
