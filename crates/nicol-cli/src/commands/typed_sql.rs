//! The typed SQL files: described by the database where that is asked for, else as they were described before.

use std::path::{Path, PathBuf};

use nicol_build::sql::{Error, Found, read, texts};
use nicol_codegen::sql::{
    Column, Description, Origin, Parameter, Problem, SqlText, Statement, Type, TypeName, check_name, stored,
};
use nicol_db::Connection;
use nicol_db::describe::Kind;
use nicol_schema::ValidSchema;
use nicol_schema::schema::ScalarType;

use crate::database::Database;
use crate::diagnostics::count;
use crate::discover::Project;
use crate::failure::{Failure, Result};
use crate::files::{self, position};
use crate::output::Output;
use crate::paths;

/// Where descriptions of typed SQL files come from.
#[derive(Clone, Copy)]
pub(crate) enum Sql<'a> {
    /// The file that an earlier run has written.
    Stored,
    /// The database.
    Describe(&'a Database),
    /// The database, where they have been described before.
    Renew(&'a Database),
}

/// The typed SQL files with their descriptions; none where nobody has ever asked for them.
pub(crate) struct TypedSql {
    pub(crate) statements: Vec<Statement>,
    folder: PathBuf,
    /// What is to be written down of them, where the database has just described them.
    news: Option<String>,
}

impl TypedSql {
    /// Finds the files, and has them described where that is asked for.
    ///
    /// # Errors
    /// A file cannot be read or is not what was described, or the database refuses a statement.
    pub(crate) fn open(project: &Project, schema: &ValidSchema, sql: Sql<'_>, output: &Output) -> Result<TypedSql> {
        let folder = folder(project, schema)?;
        let database = match sql {
            Sql::Describe(database) => Some(database),
            Sql::Renew(database) if folder.join(stored::FILE).is_file() => Some(database),
            Sql::Stored | Sql::Renew(_) => None,
        };
        let statements = match database {
            Some(database) => describe(&folder, database)?,
            None => known(&folder, schema, output)?,
        };
        let provider = schema.provider().map(|provider| provider.as_str()).unwrap_or_default();
        let news = database.map(|_| stored::write(provider, &statements));
        Ok(TypedSql { statements, folder, news })
    }

    /// Writes down what the database has said.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn store(&self, output: &Output) -> Result<()> {
        let Some(text) = &self.news else { return Ok(()) };
        let path = self.folder.join(stored::FILE);
        if files::read_text(&path).ok().as_deref() != Some(text.as_str()) {
            files::write(&path, text)?;
        }
        let (statements, folder) = (count(self.statements.len(), "statement"), paths::show(&self.folder));
        output.say(&format!("Described {statements} of {folder}"));
        Ok(())
    }

    /// The failure that problems of the files are.
    pub(crate) fn failure(&self, problems: &[Problem]) -> Failure {
        of_problems(&self.folder, problems)
    }
}

/// The files as they were described before.
fn known(folder: &Path, schema: &ValidSchema, output: &Output) -> Result<Vec<Statement>> {
    match read(folder, schema) {
        Ok(Found::Nothing) => Ok(Vec::new()),
        Ok(Found::Described(statements)) => Ok(statements),
        Ok(Found::Undescribed(texts)) => {
            if !output.json {
                let (files, folder) = (count(texts.len(), "file"), paths::show(folder));
                output.note(&format!("{files} of {folder} left out: `nicol generate --sql` describes them first"));
            }
            Ok(Vec::new())
        }
        Err(Error::Unreadable(error)) => Err(files::unreadable(&error.path, &error.error)),
        Err(Error::Stale(problems)) => Err(of_problems(folder, &problems)),
    }
}

fn of_problems(folder: &Path, problems: &[Problem]) -> Failure {
    let Some((first, others)) = problems.split_first() else {
        return Failure::new("sql", "the typed SQL files cannot be used");
    };
    let line = first.line.map(|line| format!(":{line}")).unwrap_or_default();
    let failure = Failure::new(first.code, first.message.clone())
        .at(format!("{}{line}", paths::show(&folder.join(&first.file))))
        .help(first.help.clone());
    if others.is_empty() {
        return failure;
    }
    let others: Vec<String> = others.iter().map(Problem::to_string).collect();
    failure.why(format!("and not only this:\n{}", others.join("\n")))
}

/// `typedSql.path` of the config, else `sql` beside the file with the datasource.
fn folder(project: &Project, schema: &ValidSchema) -> Result<PathBuf> {
    if let Some(entry) = project.config.entry(|file| file.typed_sql_path.as_ref())
        && let Some(path) = project.resolve(entry)?
    {
        return Ok(paths::tidy(&entry.directory().join(path)));
    }
    Ok(project.datasource_folder(schema.datasource.as_ref()).join("sql"))
}

/// Has every file described.
fn describe(folder: &Path, database: &Database) -> Result<Vec<Statement>> {
    let texts = texts(folder).map_err(|error| files::unreadable(&error.path, &error.error))?;
    if texts.is_empty() && !folder.join(stored::FILE).is_file() {
        return Err(Failure::new("sql-missing", "there are no typed SQL files")
            .at(paths::show(folder))
            .help("write one, such as `usersByAge.sql`, with one statement; or leave --sql away"));
    }
    if let Err(problem) = texts.iter().try_for_each(check_name) {
        return Err(of_problems(folder, &[problem]));
    }
    let answers = database.run(async {
        let mut connection = Connection::open(&database.url).await?;
        let mut answers = Vec::with_capacity(texts.len());
        for text in &texts {
            answers.push(connection.describe(&text.text).await);
        }
        connection.close().await?;
        Ok(answers)
    })?;
    let mut statements = Vec::with_capacity(texts.len());
    for (file, answer) in texts.into_iter().zip(answers) {
        let described = answer.map_err(|error| refused(folder, &file, &error))?;
        statements.push(Statement { file, described: description(described) });
    }
    Ok(statements)
}

fn refused(folder: &Path, file: &SqlText, error: &nicol_db::Error) -> Failure {
    let mut place = paths::show(&folder.join(format!("{}.sql", file.name)));
    if let Some(at) = error.position() {
        let (line, column) = position(&file.text, at);
        place = format!("{place}:{line}:{column}");
    }
    Failure::new(error.code(), "the database refuses the statement").at(place).why(error.message()).help(
        "change the statement; if it is about a table or column of the schema, apply the pending migrations first",
    )
}

fn description(described: nicol_db::Description) -> Description {
    let parameters = described.parameters.into_iter();
    let columns = described.columns.into_iter();
    Description {
        parameters: parameters
            .map(|parameter| Parameter { placeholder: parameter.name, ty: parameter.kind.map(type_of) })
            .collect(),
        columns: columns
            .map(|column| Column {
                name: column.name,
                ty: column.kind.map(type_of),
                is_nullable: column.is_nullable,
                origin: column.origin.map(|origin| Origin {
                    schema: origin.schema,
                    table: origin.table,
                    column: origin.column,
                }),
            })
            .collect(),
    }
}

fn type_of(kind: Kind) -> Type {
    let scalar = |scalar: ScalarType| Type { of: TypeName::Scalar(scalar), is_list: false };
    match kind {
        Kind::Bool => scalar(ScalarType::Boolean),
        Kind::Int => scalar(ScalarType::Int),
        Kind::BigInt => scalar(ScalarType::BigInt),
        Kind::Float => scalar(ScalarType::Float),
        Kind::Decimal => scalar(ScalarType::Decimal),
        Kind::Text => scalar(ScalarType::String),
        Kind::Bytes => scalar(ScalarType::Bytes),
        Kind::Json => scalar(ScalarType::Json),
        Kind::DateTime => scalar(ScalarType::DateTime),
        Kind::Enum { schema, name } => Type { of: TypeName::Enum(schema, name), is_list: false },
        Kind::List(element) => Type { is_list: true, ..type_of(*element) },
        Kind::Other(name) => Type { of: TypeName::Native(name), is_list: false },
    }
}
