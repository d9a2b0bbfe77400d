//! `nicol migrate diff`

use std::path::Path;

use nicol_db::ConnectionUrl;
use nicol_migrate::dev::EMPTY_SCRIPT;
use nicol_migrate::diff::{DiffOptions, Difference, Side, difference};
use nicol_migrate::shadow::Shadow;
use nicol_migrate::{Directory, Scope};
use nicol_schema::ValidSchema;
use serde_json::json;

use super::read_directory;
use crate::app::DONE;
use crate::args::{DiffArgs, FromArgs, Global, ToArgs};
use crate::database::{Database, block_on};
use crate::diagnostics::require_valid;
use crate::discover::{FoundUrl, Project, UrlKind, working_directory};
use crate::failure::{DIFFERENT, Failure, Result};
use crate::files;
use crate::output::Output;

/// Compares two states. With `--exit-code` exit code 2 when they differ.
///
/// # Errors
/// A state cannot be read, or the two cannot be compared.
pub(crate) fn run(args: &DiffArgs, global: &Global, output: &Output) -> Result<u8> {
    let reader = Reader { args, global, output };
    let from = reader.read(&Form::from(&args.from))?;
    let to = reader.read(&Form::to(&args.to))?;
    let (given, main) = reader.shadows(&[&from, &to])?;
    let shadow = Shadow { main: main.as_ref(), given: given.as_ref() };
    let scope = reader.scope(&[&from, &to])?;
    let compared = block_on(difference(from.side(), to.side(), DiffOptions { shadow, scope: &scope }))?;
    let place = [&from, &to].into_iter().find_map(State::database).map(Database::describe);
    let difference = compared.map_err(|error| Failure::from_migrate(&error, place))?;
    print(args, &difference, output)?;
    Ok(if args.exit_code && !difference.is_empty() { DIFFERENT } else { DONE })
}

fn print(args: &DiffArgs, difference: &Difference, output: &Output) -> Result<()> {
    let script = if difference.is_empty() { EMPTY_SCRIPT } else { &difference.script };
    let text = if output.json {
        let value = json!({
            "different": !difference.is_empty(),
            "summary": difference.summary,
            "script": difference.script,
        });
        format!("{value:#}\n")
    } else if args.script {
        ended(script)
    } else {
        ended(&difference.summary)
    };
    match &args.output {
        Some(path) => files::write(&working_directory()?.join(path), &text),
        None => {
            output.result(&text);
            Ok(())
        }
    }
}

/// With exactly one line end at least.
fn ended(text: &str) -> String {
    if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

/// One side as it is named on the command line.
enum Form<'a> {
    Empty,
    Schema(&'a Path),
    Migrations(&'a Path),
    Url(&'a str),
    /// The database of the project.
    ConfigDatasource,
    /// The database that a schema names.
    SchemaDatasource(&'a Path),
}

impl<'a> Form<'a> {
    fn from(args: &'a FromArgs) -> Form<'a> {
        Form::of(
            &args.from_schema,
            &args.from_migrations,
            &args.from_url,
            &args.from_schema_datasource,
            args.from_empty,
        )
    }

    fn to(args: &'a ToArgs) -> Form<'a> {
        Form::of(&args.to_schema, &args.to_migrations, &args.to_url, &args.to_schema_datasource, args.to_empty)
    }

    /// The one form that is given: the parser sees to it that it is exactly one.
    fn of(
        schema: &'a Option<std::path::PathBuf>,
        migrations: &'a Option<std::path::PathBuf>,
        url: &'a Option<String>,
        schema_datasource: &'a Option<std::path::PathBuf>,
        is_empty: bool,
    ) -> Form<'a> {
        match (schema, migrations, url, schema_datasource) {
            (Some(path), ..) => Form::Schema(path),
            (_, Some(path), ..) => Form::Migrations(path),
            (_, _, Some(url), _) => Form::Url(url),
            (.., Some(path)) => Form::SchemaDatasource(path),
            (None, None, None, None) if is_empty => Form::Empty,
            (None, None, None, None) => Form::ConfigDatasource,
        }
    }
}

/// One side, read.
enum State {
    Empty,
    Schema(Box<(Project, ValidSchema)>),
    Migrations(Directory),
    Database(Database),
}

impl State {
    fn side(&self) -> Side<'_> {
        match self {
            State::Empty => Side::Empty,
            State::Schema(read) => Side::Schema(&read.1),
            State::Migrations(directory) => Side::Migrations(directory),
            State::Database(database) => Side::Database(&database.url),
        }
    }

    fn database(&self) -> Option<&Database> {
        match self {
            State::Database(database) => Some(database),
            State::Empty | State::Schema(_) | State::Migrations(_) => None,
        }
    }
}

struct Reader<'a> {
    args: &'a DiffArgs,
    global: &'a Global,
    output: &'a Output,
}

impl Reader<'_> {
    fn read(&self, form: &Form<'_>) -> Result<State> {
        match form {
            Form::Empty => Ok(State::Empty),
            Form::Schema(path) => {
                let project = Project::open_at(path, self.global)?;
                let schema = require_valid(&project, self.output)?;
                Ok(State::Schema(Box::new((project, schema))))
            }
            Form::Migrations(path) => self.migrations(path),
            Form::Url(text) => self.given(text).map(State::Database),
            Form::ConfigDatasource => self.datasource(&Project::open(self.global)?, self.args.url.url.as_deref()),
            Form::SchemaDatasource(path) => self.datasource(&Project::open_at(path, self.global)?, None),
        }
    }

    fn migrations(&self, path: &Path) -> Result<State> {
        let path = working_directory()?.join(path);
        let directory = read_directory(&path)?;
        if !directory.exists() {
            return Err(Failure::new("migrations-not-found", "the migrations folder does not exist")
                .at(crate::paths::show(&path))
                .help("name the folder that holds migration_lock.toml"));
        }
        Ok(State::Migrations(directory))
    }

    fn given(&self, text: &str) -> Result<Database> {
        Database::new(&FoundUrl::given(text, &working_directory()?))
    }

    fn datasource(&self, project: &Project, url: Option<&str>) -> Result<State> {
        let schema = require_valid(project, self.output)?;
        let found = project.migration_url(url, schema.datasource.as_ref())?;
        Database::of_schema(&found, schema.datasource.as_ref()).map(State::Database)
    }

    /// What is compared: what the first schema speaks of, without what the project leaves alone.
    fn scope(&self, states: &[&State]) -> Result<Scope> {
        let url = states.iter().find_map(|state| state.database()).map(|database| &database.url);
        let read = states.iter().find_map(|state| match state {
            State::Schema(read) => Some(read.as_ref()),
            State::Empty | State::Migrations(_) | State::Database(_) => None,
        });
        match read {
            Some((project, schema)) => project.scope(Some(schema), url),
            None => Project::open_anyway(self.global)?.scope(None, url),
        }
    }

    /// The shadow database given, and the one whose server may hold a scratch database. Only looked for when migrations
    /// are to be replayed.
    fn shadows(&self, states: &[&State]) -> Result<(Option<ConnectionUrl>, Option<ConnectionUrl>)> {
        if !states.iter().any(|state| matches!(state, State::Migrations(_))) {
            return Ok((None, None));
        }
        let read = states.iter().find_map(|state| match state {
            State::Schema(read) => Some(read.as_ref()),
            State::Empty | State::Migrations(_) | State::Database(_) => None,
        });
        let opened = if read.is_none() { self.project() } else { None };
        let context = read.or(opened.as_ref());
        let given = match (&self.args.shadow_database_url, context) {
            (Some(text), _) => Some(self.given(text)?.url),
            (None, Some((project, schema))) => self.shadow_of(project, schema)?,
            (None, None) => None,
        };
        let main = match (&self.args.url.url, states.iter().find_map(|state| state.database()), context) {
            (Some(text), ..) => Some(self.given(text)?.url),
            (None, Some(database), _) => Some(database.url.clone()),
            // Without a URL the folder may still be replayed in memory.
            (None, None, Some((project, schema))) => match project.migration_url(None, schema.datasource.as_ref()) {
                Ok(found) => match Database::of_schema(&found, schema.datasource.as_ref()) {
                    Ok(database) => Some(database.url),
                    // With a shadow database at hand the main one is only compared with it.
                    Err(_) if given.is_some() => None,
                    Err(failure) => return Err(failure),
                },
                Err(_) => None,
            },
            (None, None, None) => None,
        };
        Ok((given, main))
    }

    /// The project here, if there is one: it may name databases to replay in.
    fn project(&self) -> Option<(Project, ValidSchema)> {
        let project = Project::open(self.global).ok()?;
        let schema = nicol_schema::validate(&project.schema.sources).schema?;
        Some((project, schema))
    }

    fn shadow_of(&self, project: &Project, schema: &ValidSchema) -> Result<Option<ConnectionUrl>> {
        let datasource = schema.datasource.as_ref();
        let Some(found) = project.url(UrlKind::Shadow, datasource)? else {
            return Ok(None);
        };
        Ok(Some(Database::of_schema(&found, datasource)?.url))
    }
}
