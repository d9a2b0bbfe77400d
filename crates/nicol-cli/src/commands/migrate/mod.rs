//! One file a command of `migrate`.

pub(crate) mod adopt;
mod decisions;
pub(crate) mod deploy;
pub(crate) mod dev;
pub(crate) mod diff;
pub(crate) mod down;
pub(crate) mod import;
pub(crate) mod lint;
pub(crate) mod reset;
pub(crate) mod resolve;
pub(crate) mod snapshot;
pub(crate) mod status;
pub(super) mod watch;

use nicol_db::ConnectionUrl;
use nicol_migrate::{Directory, LockOptions, Scope};
use nicol_schema::ValidSchema;
use nicol_schema::schema::Datasource;

use crate::args::{Global, UnusedMigrate};
use crate::database::Database;
use crate::diagnostics::require_valid;
use crate::discover::{FoundUrl, Project, UrlKind};
use crate::env_file::environment;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::paths;

/// What every command on the project's migrations works with.
pub(super) struct Workplace {
    pub(super) project: Project,
    pub(super) schema: ValidSchema,
    pub(super) database: Database,
    directory: Directory,
}

impl Workplace {
    /// Finds schema, migrations folder and database, and says which database it is.
    ///
    /// # Errors
    /// One of them cannot be found or used.
    fn open(global: &Global, url: Option<&str>, output: &Output) -> Result<Workplace> {
        let project = Project::open(global)?;
        let schema = require_valid(&project, output)?;
        require_datasource(&project, &schema)?;
        let found = project.migration_url(url, schema.datasource.as_ref())?;
        let database = Database::of_schema(&found, schema.datasource.as_ref())?;
        let path = project.migrations(schema.datasource.as_ref())?;
        let directory = read_directory(&path)?;
        database.announce(&found, output);
        Ok(Workplace { project, schema, database, directory })
    }

    /// What of the database the migrations are about.
    fn scope(&self) -> Result<Scope> {
        self.project.scope(Some(&self.schema), Some(&self.database.url))
    }
}

/// What a command works with that needs migrations and a database, but no models: an image may hold no schema at all.
struct Site {
    project: Project,
    /// The schema or what is left of one, where there is any.
    schema: Option<ValidSchema>,
    database: Database,
    directory: Directory,
    /// The migrations folder, for showing.
    folder: String,
}

impl Site {
    /// Finds migrations folder and database, and the schema if there is one. Mistakes in its models do not matter.
    ///
    /// # Errors
    /// Folder or database cannot be found or used.
    fn open(global: &Global, url: Option<&str>, output: &Output) -> Result<Site> {
        let project = Project::open_anyway(global)?;
        let schema = project.schema_or_datasource();
        let datasource = schema.as_ref().and_then(|schema| schema.datasource.as_ref());
        let found = project.migration_url(url, datasource)?;
        let database = Database::of_schema(&found, datasource)?;
        let path = project.migrations(datasource)?;
        let directory = read_directory(&path)?;
        database.announce(&found, output);
        Ok(Site { folder: paths::show(&path), project, schema, database, directory })
    }

    /// What of the database the migrations are about.
    fn scope(&self) -> Result<Scope> {
        self.project.scope(self.schema.as_ref(), Some(&self.database.url))
    }

    /// The shadow database that flag, config or schema name.
    fn shadow(&self, given: Option<&str>) -> Result<Option<ConnectionUrl>> {
        shadow_url(&self.project, self.schema.as_ref().and_then(|schema| schema.datasource.as_ref()), given)
    }
}

/// The shadow database that flag, config or schema name.
///
/// # Errors
/// What they name cannot be read, or is of another product than the schema's.
fn shadow_url(
    project: &Project,
    datasource: Option<&Datasource>,
    given: Option<&str>,
) -> Result<Option<ConnectionUrl>> {
    let found = match given {
        Some(text) => Some(FoundUrl::given(text, &project.working_directory)),
        None => project.url(UrlKind::Shadow, datasource)?,
    };
    let database = found.map(|found| Database::of_schema(&found, datasource)).transpose()?;
    Ok(database.map(|database| database.url))
}

pub(super) fn require_datasource(project: &Project, schema: &ValidSchema) -> Result<()> {
    if schema.datasource.is_some() {
        return Ok(());
    }
    Err(Failure::new("datasource-missing", "the schema has no datasource block")
        .at(paths::show(&project.schema.path.path))
        .why("its provider says what kind of database the migrations are for")
        .help("add `datasource db { provider = \"postgresql\" }`, or mysql, sqlite, cockroachdb"))
}

/// Reads a migrations folder; one that does not exist has no migrations.
///
/// # Errors
/// It cannot be read, or holds something that is no migration.
fn read_directory(path: &std::path::Path) -> Result<Directory> {
    Directory::read(path).map_err(|error| Failure::from_migrate(&error, Some(paths::show(path))))
}

/// Prisma's variable turns the lock off.
pub(super) fn lock_options() -> LockOptions {
    let disabled = environment("PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK").is_some_and(|value| value != "0");
    LockOptions { disabled, ..LockOptions::default() }
}

/// Tells that flags of Prisma 5 and 6 change nothing.
fn note_unused(unused: &UnusedMigrate, output: &Output) {
    for (is_given, flag, what) in
        [(unused.skip_generate, "--skip-generate", "generates"), (unused.skip_seed, "--skip-seed", "seeds")]
    {
        if is_given && !output.json {
            output.note(&format!("{flag} is not needed: nicol never {what} by itself"));
        }
    }
}
