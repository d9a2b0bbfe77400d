//! A migrations folder that is part of a program: nothing has to lie beside the binary.
//!
//! `nicol::migrate!("prisma/migrations")` makes one when the program is compiled.

use nicol_db::{ConnectionUrl, Dialect, admin};

use crate::deploy::{DeployOptions, Deployed, deploy};
use crate::directory::{self, Directory, Migration, provider_name};
use crate::error::{Error, Result};
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

    /// Of the folders of a program that runs on several database products, the one whose `migration_lock.toml` names the
    /// product of a URL.
    ///
    /// # Errors
    /// P1013 for text that is no connection URL, P3019 when there is no folder for its product.
    pub fn for_url(folders: &[Embedded], url: &str) -> Result<Embedded> {
        let wanted = provider_name(ConnectionUrl::parse(url)?.dialect());
        let provider = |folder: &Embedded| folder.lock.and_then(directory::parse_lock);
        let found = folders.iter().find(|folder| provider(folder).as_deref() == Some(wanted));
        found.copied().ok_or_else(|| {
            let providers: Vec<String> = folders.iter().filter_map(provider).collect();
            let message = format!("The program has no migrations for {wanted}, but for {}.", providers.join(", "));
            Error::new("P3019", message).with_help("Give the URL of a database of one of these products.")
        })
    }

    /// The migrations in the order in which they were put in.
    pub const fn migrations(&self) -> &'static [EmbeddedMigration] {
        self.migrations
    }

    /// The folder as all workflows of this crate take it.
    pub fn directory(&self) -> Directory {
        let migrations = self.migrations.iter().map(|embedded| {
            let texts = [embedded.snapshot, embedded.down].map(|text| text.map(str::to_string));
            let [snapshot, down] = texts;
            Migration::new(embedded.name, embedded.script).with_texts(snapshot, down)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_for_a_url() {
        let folder = |lock| Embedded::new(&[], Some(lock));
        let folders = [folder("# made\nprovider = \"postgresql\"\n"), folder("provider = \"mysql\"\n")];
        let provider =
            |url| Ok::<_, Error>(Embedded::for_url(&folders, url)?.directory().provider().map(str::to_string));
        assert_eq!(provider("postgres://x@h/d").unwrap().as_deref(), Some("postgresql"));
        assert_eq!(provider("mysql://x@h/d").unwrap().as_deref(), Some("mysql"));
        let missing = provider("file:x.db").unwrap_err();
        assert_eq!(missing.code(), "P3019");
        assert!(missing.to_string().contains("for sqlite, but for postgresql, mysql"), "{missing}");
        assert_eq!(provider("what").unwrap_err().code(), "P1013");
    }
}
