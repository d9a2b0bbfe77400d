//! What a workflow reports while it runs.

use std::time::Duration;

/// Something that happened, for whoever watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The database was missing and has been created.
    DatabaseCreated,
    /// Somebody else holds the lock. Reported once at the start of the wait and then every few seconds.
    WaitingForLock {
        /// Who holds it, as far as the database tells.
        holder: Option<String>,
        /// How long it has been.
        waited: Duration,
    },
    /// Scripts of applied migrations have other line ends now. Said once, and nothing is done about it.
    LineEnds {
        /// Their names.
        migrations: Vec<String>,
    },
    /// The database had no history, and holds what these migrations make: they are recorded as applied now.
    Baselined {
        /// Their names, in order.
        migrations: Vec<String>,
    },
    /// A migration begins.
    Applying {
        /// Its name.
        migration: String,
        /// Its place among those of this run, from 1.
        number: usize,
        /// How many there are in this run.
        total: usize,
        /// Why it runs statement by statement instead of in one transaction, if it does.
        stepwise: Option<Stepwise>,
    },
    /// A statement of a migration that runs statement by statement is done.
    StatementDone {
        /// The migration's name.
        migration: String,
        /// Number of the statement, from 1.
        statement: usize,
        /// How many there are.
        total: usize,
    },
    /// A migration ended well.
    Applied {
        /// Its name.
        migration: String,
        /// How long it took.
        took: Duration,
    },
}

/// Why a migration runs statement by statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stepwise {
    /// The database commits each change of structure by itself.
    Database,
    /// The script asks for it: `-- nicol:no-transaction`.
    Asked,
    /// A statement in it cannot run inside a transaction.
    Statement,
    /// The script has transactions of its own that cannot be merged into one.
    OwnTransactions,
    /// The script adds a value to an enum and uses it, which PostgreSQL allows only after a commit.
    EnumValue,
}

/// Receives events. [`Silent`] is the one that does nothing.
pub trait Watch: Send {
    /// Called as things happen, in order.
    fn event(&mut self, event: Event);
}

/// Ignores every event.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Watch for Silent {
    fn event(&mut self, _event: Event) {}
}

impl<F: FnMut(Event) + Send> Watch for F {
    fn event(&mut self, event: Event) {
        self(event);
    }
}
