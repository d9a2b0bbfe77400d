//! How a client is set up.

use std::sync::Arc;
use std::time::Duration;

use crate::hook::{Hook, Hooks};

/// How to connect: `Db::connect_with(nicol::Options::new(url).replica(other).max_connections(20))`.
#[derive(Clone)]
#[must_use = "options do nothing until something connects with them"]
pub struct Options {
    pub(super) url: String,
    pub(super) replicas: Vec<String>,
    pub(super) max_connections: Option<usize>,
    pub(super) acquire_timeout: Option<Duration>,
    pub(super) show_values: bool,
    pub(super) hooks: Hooks,
}

impl Options {
    /// The database with this URL, and otherwise what the URL says.
    pub fn new(url: impl Into<String>) -> Self {
        Options {
            url: url.into(),
            replicas: Vec::new(),
            max_connections: None,
            acquire_timeout: None,
            show_values: false,
            hooks: Hooks::default(),
        }
    }

    /// A copy of the database that may be a little behind. Reads outside transactions go to the copies in turn, writes,
    /// transactions and SQL of your own to the database itself; so do reads while no copy can be reached.
    pub fn replica(mut self, url: impl Into<String>) -> Self {
        self.replicas.push(url.into());
        self
    }

    /// The most connections open at a time, of the database and of each replica (`connection_limit` in a URL).
    pub fn max_connections(mut self, most: usize) -> Self {
        self.max_connections = Some(most.max(1));
        self
    }

    /// How long an operation waits for a connection before P2024 (`pool_timeout` in a URL).
    pub fn acquire_timeout(mut self, limit: Duration) -> Self {
        self.acquire_timeout = Some(limit);
        self
    }

    /// Events of `tracing` hold the values bound to statements, too. They are data of your users: for debugging only.
    pub fn show_values(mut self) -> Self {
        self.show_values = true;
        self
    }

    /// A hook around every operation; see [`Hook`].
    pub fn hook(mut self, hook: impl Hook) -> Self {
        self.hooks = self.hooks.with(Arc::new(hook));
        self
    }
}

impl std::fmt::Debug for Options {
    /// Without the URLs, which may hold passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("replicas", &self.replicas.len())
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("show_values", &self.show_values)
            .finish_non_exhaustive()
    }
}
