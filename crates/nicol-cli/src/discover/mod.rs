//! Finds what a command works on: schema files, config, variables, migrations folder, database URL.
//!
//! In: flags and the working directory. Out: a [`Project`]; from it, on demand, the valid schema, the migrations folder
//! and the URL, each with where it came from.

mod migrations;
mod schema_files;
mod url;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use nicol_db::ConnectionUrl;
use nicol_migrate::Scope;
use nicol_schema::ValidSchema;
use nicol_schema::schema::Datasource;

use crate::args::Global;
use crate::config::{Config, Entry};
use crate::env_file::Variables;
use crate::failure::{Failure, Result};

pub(crate) use schema_files::{SchemaFiles, SchemaPath};
pub(crate) use url::{DEFAULT_VARIABLE, FoundUrl, UrlKind};

/// Everything found without a database.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) working_directory: PathBuf,
    pub(crate) config: Config,
    pub(crate) schema: SchemaFiles,
    /// Read when the first variable is asked for: most commands on schemas need none.
    variables: OnceCell<Result<Variables>>,
}

impl Project {
    /// Finds config and schema and reads them.
    ///
    /// # Errors
    /// There is no schema, or a file cannot be read.
    pub(crate) fn open(global: &Global) -> Result<Project> {
        let working_directory = working_directory()?;
        let config = Config::load(global.config.as_deref(), &working_directory)?;
        let path = SchemaPath::find(global.schema.as_deref(), &config, &working_directory)?;
        Project::with_schema(working_directory, config, path)
    }

    /// As [`Project::open`], for the schema at `path`.
    ///
    /// # Errors
    /// A file does not exist or cannot be read.
    pub(crate) fn open_at(path: &Path, global: &Global) -> Result<Project> {
        let working_directory = working_directory()?;
        let config = Config::load(global.config.as_deref(), &working_directory)?;
        let path = SchemaPath::given(path, &working_directory)?;
        Project::with_schema(working_directory, config, path)
    }

    /// As [`Project::open`], but where nothing names a schema and none lies in the usual places the project has none.
    ///
    /// # Errors
    /// A schema that is named does not exist, or a file cannot be read.
    pub(crate) fn open_anyway(global: &Global) -> Result<Project> {
        let working_directory = working_directory()?;
        let config = Config::load(global.config.as_deref(), &working_directory)?;
        match SchemaPath::find(global.schema.as_deref(), &config, &working_directory) {
            Ok(path) => Project::with_schema(working_directory, config, path),
            Err(failure) if global.schema.is_some() || config.entry(|file| file.schema.as_ref()).is_some() => {
                Err(failure)
            }
            Err(_) => {
                let schema = SchemaFiles::none(&config.base);
                Ok(Project { working_directory, config, schema, variables: OnceCell::new() })
            }
        }
    }

    /// The schema if it is valid, else one with nothing but its datasource; none where there is not even that.
    pub(crate) fn schema_or_datasource(&self) -> Option<ValidSchema> {
        let sources = &self.schema.sources;
        nicol_schema::validate(sources)
            .schema
            .or_else(|| nicol_schema::validate(&schema_files::datasources(sources)).schema)
            .filter(|schema| schema.datasource.is_some())
    }

    /// Datasource and generators alone, with whatever else is in the files left out.
    pub(crate) fn configuration(&self) -> Option<ValidSchema> {
        nicol_schema::validate(&schema_files::configuration(&self.schema.sources)).schema
    }

    fn with_schema(working_directory: PathBuf, config: Config, path: SchemaPath) -> Result<Project> {
        let configured = migrations::configured(&config)?;
        let schema = SchemaFiles::read(path, configured.as_deref())?;
        Ok(Project { working_directory, config, schema, variables: OnceCell::new() })
    }

    /// The variables of the environment and of `.env` files.
    ///
    /// # Errors
    /// A `.env` file cannot be read.
    pub(crate) fn variables(&self) -> Result<&Variables> {
        self.variables.get_or_init(|| Variables::load(&self.env_folders())).as_ref().map_err(Failure::clone)
    }

    /// The folders whose `.env` counts, the strongest first: next to the schema, the working directory, next to the config.
    fn env_folders(&self) -> Vec<&Path> {
        let mut folders: Vec<&Path> = Vec::new();
        for folder in self.schema.env_folders().chain([self.working_directory.as_path(), &self.config.base]) {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        folders
    }

    /// The value of a config entry.
    ///
    /// # Errors
    /// It cannot be known without running the file, or a `.env` file cannot be read.
    pub(crate) fn resolve(&self, entry: &Entry) -> Result<Option<String>> {
        let variables = self.variables()?;
        entry.resolve(|name| variables.find(name).map(|(value, _)| value))
    }

    /// The folder of the file that holds the datasource, else of the schema.
    pub(crate) fn datasource_folder(&self, datasource: Option<&Datasource>) -> &Path {
        let file = datasource.and_then(|datasource| self.schema.paths.get(datasource.span.file as usize));
        file.and_then(|file| file.parent()).unwrap_or(&self.schema.folder)
    }

    /// The migrations folder, whether it exists or not.
    ///
    /// # Errors
    /// Two folders could be it, or the config names one that cannot be known.
    pub(crate) fn migrations(&self, datasource: Option<&Datasource>) -> Result<PathBuf> {
        migrations::find(self, datasource)
    }

    /// The URL of a kind, when anything names one.
    ///
    /// # Errors
    /// The config names one that cannot be known.
    pub(crate) fn url(&self, kind: UrlKind, datasource: Option<&Datasource>) -> Result<Option<FoundUrl>> {
        url::find(self, kind, datasource)
    }

    /// The names of the variables that the main URL may come from.
    pub(crate) fn url_variables(&self, datasource: Option<&Datasource>) -> Vec<String> {
        url::variables(self, datasource)
    }

    /// What of a database this project is about.
    ///
    /// # Errors
    /// The config names something that cannot be known.
    pub(crate) fn scope(&self, schema: Option<&ValidSchema>, url: Option<&ConnectionUrl>) -> Result<Scope> {
        let all = |entries: &[Entry]| -> Result<Vec<String>> {
            entries.iter().filter_map(|entry| self.resolve(entry).transpose()).collect()
        };
        let config = &self.config;
        Ok(Scope {
            external_tables: all(config.entries(|file| file.external_tables.as_ref()))?,
            external_enums: all(config.entries(|file| file.external_enums.as_ref()))?,
            shadow_script: config
                .entry(|file| file.init_shadow_db.as_ref())
                .map(|entry| self.resolve(entry))
                .transpose()?
                .flatten(),
            ..Scope::of(schema, url)
        })
    }

    /// The URL for migrations: `--url`, else `directUrl`, else `url`.
    ///
    /// # Errors
    /// Nothing names one, or the config names one that cannot be known.
    pub(crate) fn migration_url(&self, given: Option<&str>, datasource: Option<&Datasource>) -> Result<FoundUrl> {
        if let Some(text) = given {
            return Ok(FoundUrl::given(text, &self.working_directory));
        }
        if let Some(found) = self.url(UrlKind::Direct, datasource)? {
            return Ok(found);
        }
        self.url(UrlKind::Main, datasource)?.ok_or_else(|| self.url_missing(datasource))
    }

    /// The failure of having no URL: who could have named one, and where it was looked for.
    pub(crate) fn url_missing(&self, datasource: Option<&Datasource>) -> Failure {
        url::missing(self, datasource)
    }
}

/// The working directory.
///
/// # Errors
/// It does not exist any more.
pub(crate) fn working_directory() -> Result<PathBuf> {
    std::env::current_dir().map_err(|error| {
        Failure::new("working-directory", "the working directory cannot be read")
            .why(crate::files::reason(&error))
            .help("change to a folder that exists")
    })
}
