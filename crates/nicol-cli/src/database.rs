//! Which database a command talks to, and talking to it.

use std::future::Future;
use std::path::Path;

use nicol_db::{ConnectionUrl, Dialect};
use nicol_migrate::scope::fits;
use nicol_schema::schema::{Datasource, Provider};

use crate::discover::{FoundUrl, Project};
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::paths;

/// A database and who named it.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    /// Its URL, relative file paths resolved.
    pub(crate) url: ConnectionUrl,
    origin: String,
}

impl Database {
    /// Reads a URL.
    ///
    /// # Errors
    /// P1013 when it is not one.
    pub(crate) fn new(found: &FoundUrl) -> Result<Database> {
        let url = ConnectionUrl::parse(&found.text).map_err(|error| {
            Failure::new(error.code(), "the database URL cannot be used")
                .at(found.origin.clone())
                .why(error.message())
                .help(how_to_write(&found.text))
        })?;
        Ok(Database { url: url.relative_to(&found.folder), origin: found.origin.clone() })
    }

    /// The same, for a schema with this datasource.
    ///
    /// # Errors
    /// P1013 when it is no URL, or one of another product than the datasource's.
    pub(crate) fn of_schema(found: &FoundUrl, datasource: Option<&Datasource>) -> Result<Database> {
        let database = Database::new(found)?;
        if let Some(provider) = datasource.map(|datasource| datasource.provider) {
            database.require(provider, found.overrides_literal)?;
        }
        Ok(database)
    }

    fn require(&self, provider: Provider, overrides_literal: bool) -> Result<()> {
        let Some(wanted) = nicol_catalog::dialect_of(provider) else {
            return Err(Failure::new("provider-without-migrations", "nicol has no databases of this provider")
                .why(format!("the schema says provider = \"{}\"", provider.as_str()))
                .help("such schemas can be validated and formatted only"));
        };
        if is_same_family(wanted, self.url.dialect()) {
            return Ok(());
        }
        let given = self.url.dialect().product_name();
        Err(Failure::new("P1013", "the database URL does not fit the schema")
            .at(self.origin.clone())
            .why(format!("the URL is for {given}, the schema says provider = \"{}\"", provider.as_str()))
            .help(if overrides_literal {
                "this URL takes the place of the one that is written in the project: unset the variable, or pass --url"
            } else {
                "change the URL, or the provider in the datasource block"
            }))
    }

    /// `PostgreSQL database "shop" at db.example:5432`; the product is the one that has answered, where one has.
    pub(crate) fn describe(&self) -> String {
        let product = match (self.url.answered(), self.url.dialect()) {
            (Some(answered), _) => answered.product_name(),
            // They share a scheme; which one it is, only the server tells.
            (None, Dialect::Mysql) => "MySQL/MariaDB",
            (None, written) => written.product_name(),
        };
        match self.url.host_port() {
            Some(host) => format!("{product} database \"{}\" at {host}", self.url.database()),
            None if self.url.dialect() == Dialect::Sqlite => {
                format!("{product} database {}", paths::show(Path::new(self.url.database())))
            }
            None => format!("{product} database \"{}\"", self.url.database()),
        }
    }

    /// What to type for a yes to something that destroys: the database's name, for SQLite the file's.
    pub(crate) fn name(&self) -> String {
        let name = self.url.database();
        match self.url.dialect() {
            Dialect::Sqlite => {
                Path::new(name).file_name().map_or(name.to_owned(), |file| file.to_string_lossy().into_owned())
            }
            Dialect::Postgres | Dialect::Cockroachdb | Dialect::Mysql | Dialect::Mariadb => name.to_owned(),
        }
    }

    /// Refuses what destroys on a database that the config protects, whatever flags say.
    ///
    /// # Errors
    /// `database-protected`.
    pub(crate) fn refuse_if_protected(&self, project: &Project, outcome: &str) -> Result<()> {
        let files = project.config.files.iter();
        let all = files.flat_map(|file| file.protected.iter().map(move |pattern| (pattern, &file.path)));
        let names = self.names();
        match all.into_iter().find(|(pattern, _)| names.iter().any(|name| fits(pattern, name))) {
            None => Ok(()),
            Some((pattern, file)) => Err(Failure::new("database-protected", outcome)
                .at(self.describe())
                .why(format!(
                    "`protected` in {} has `{pattern}`: nothing may be lost there, whatever flags say",
                    paths::show(file)
                ))
                .help("is it the database you mean? If so, do it with another config, or take the line out")),
        }
    }

    /// The ways in which a config may name it: `host`, `host:port`, each with `/database`; of SQLite the file and its path.
    fn names(&self) -> Vec<String> {
        let database = self.url.database();
        let Some(place) = self.url.host_port() else { return vec![database.to_owned(), self.name()] };
        let host = place.rsplit_once(':').map_or(place.as_str(), |(host, _)| host).to_owned();
        [host, place].into_iter().flat_map(|place| [format!("{place}/{database}"), place]).collect()
    }

    /// Says which database is worked on, and why this one.
    pub(crate) fn announce(&self, found: &FoundUrl, output: &Output) {
        if output.json {
            return;
        }
        output.note(&format!("{} (from {})", self.describe(), self.origin));
        if found.overrides_literal {
            output.note(&format!("{} takes the place of the URL that is written in the project", self.origin));
        }
    }

    /// Runs work on this database to its end.
    ///
    /// # Errors
    /// The work fails.
    pub(crate) fn run<T>(&self, work: impl Future<Output = nicol_migrate::Result<T>>) -> Result<T> {
        block_on(work)?.map_err(|error| Failure::from_migrate(&error, Some(self.describe())))
    }
}

/// How the URL should be written instead.
fn how_to_write(text: &str) -> &'static str {
    if text.starts_with(['"', '\'']) {
        "take the quotes away: they are part of the value here (docker --env-file and some CI systems keep them)"
    } else if text.starts_with("prisma://") || text.starts_with("prisma+postgres://") {
        "that is a service of Prisma; nicol works with the database itself: name it by its own URL, or by directUrl"
    } else {
        "write it like postgres://user@host:5432/database, mysql://.. or file:path; a password goes behind the user and a colon"
    }
}

/// MySQL and MariaDB share URLs, as do PostgreSQL and CockroachDB.
fn is_same_family(one: Dialect, other: Dialect) -> bool {
    one == other
        || (one.is_mysql_family() && other.is_mysql_family())
        || (one.is_postgres_family() && other.is_postgres_family())
}

/// Runs work on a database to its end. Only here a runtime is started.
///
/// # Errors
/// The system has no resources for it.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Failure::new("runtime", "nothing can be awaited").why(crate::files::reason(&error)).help("free some resources")
    })?;
    Ok(runtime.block_on(work))
}
