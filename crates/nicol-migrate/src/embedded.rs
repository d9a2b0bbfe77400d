//! A migrations folder that is part of a program: nothing has to lie beside the binary.
//!
//! `nicol::migrate!("prisma/migrations")` makes one when the program is compiled.

use nicol_db::{ConnectionUrl, Dialect, admin};

use crate::deploy::{DeployOptions, Deployed, deploy};
use crate::directory::{self, Directory, Migration};
use crate::error::Result;
use crate::event::Silent;

/// A migrations folder as constants.
#[derive(Debug, Clone, Copy)]
pub struct Embedded {
    migrations: &'static [EmbeddedMigration],
    lock: Option<&'static str>,
}

/// One migration of it.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddedMigration {
    /// Name of the folder.
    pub name: &'static str,
    /// Text of `migration.sql`.
    pub script: &'static str,
    /// Text of `schema.prisma`, if there is one.
    pub snapshot: Option<&'static str>,
    /// Text of `down.sql`, if there is one.
    pub down: Option<&'static str>,
}

impl Embedded {
    /// The migrations of a folder, and the text of its `migration_lock.toml` if there is one.
    pub const fn new(migrations: &'static [EmbeddedMigration], lock: Option<&'static str>) -> Embedded {
        Embedded { migrations, lock }
    }

    /// The migrations in the order in which they were put in.
    pub const fn migrations(&self) -> &'static [EmbeddedMigration] {
        self.migrations
    }

    /// The folder as all workflows of this crate take it.
    pub fn directory(&self) -> Directory {
        let migrations = self.migrations.iter().map(|embedded| Migration {
            name: embedded.name.to_string(),
            script: embedded.script.to_string(),
            snapshot: embedded.snapshot.map(str::to_string),
            down: embedded.down.map(str::to_string),
        });
        let folder = Directory::from_migrations(migrations.collect());
        match self.lock.and_then(directory::parse_lock) {
            Some(provider) => folder.with_provider(provider),
            None => folder,
        }
    }

    /// Applies every pending migration, as `nicol migrate deploy` does: under the lock, each recorded with its changes, so
    /// that any number of programs may start at once. The file of a SQLite database is created when it is missing; a
    /// database on a server never is.
    ///
    /// # Errors
    /// Those of [`deploy`], and P1013 for text that is no connection URL.
    pub async fn deploy(&self, url: &str) -> Result<Deployed> {
        let url = ConnectionUrl::parse(url)?;
        if url.dialect() == Dialect::Sqlite {
            admin::create_database(&url).await?;
        }
        deploy(&url, &self.directory(), DeployOptions::default(), &mut Silent).await
    }
}
