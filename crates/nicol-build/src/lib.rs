//! For build scripts: the files of a schema in, the Rust client in the build's folder out.
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), nicol_build::Error> {
//!     nicol_build::client("prisma/schema.prisma")
//! }
//! ```
//!
//! ```text
//! // src/main.rs
//! mod db { include!(concat!(env!("OUT_DIR"), "/client.rs")); }
//! ```
//!
//! The client is made anew at every build in which a file of the schema has changed, so it is never stale. No database and no
//! environment but `OUT_DIR` is looked at. [`files`] and [`sql`] alone say which files a schema has; the command reads them, too.

use std::fmt;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use nicol_codegen::rust;
use nicol_codegen::sql::Statement;
pub use nicol_schema::Source;
use nicol_schema::ValidSchema;
use nicol_schema::render::render;

pub mod files;
pub mod sql;

/// Writes the client of a schema, a `.prisma` file or a folder of them, to `client.rs` in the build's folder.
///
/// The path is relative to the package. Cargo is told to build again when the schema changes. Typed SQL files, in the folder `sql`
/// beside the file with the datasource, become the module `sql` of the client once `nicol generate --sql` has described them:
/// what it found out is kept in `sql/described.json`, so that no database is needed here.
///
/// # Errors
/// The schema cannot be read or is not valid, its provider has no client, typed SQL files are not those that were described, or
/// this is not a build script.
pub fn client(schema: impl AsRef<Path>) -> Result<(), Error> {
    write(schema.as_ref(), None)
}

/// As [`client`], with the typed SQL files in another folder (`typedSql.path` of a Prisma config).
///
/// # Errors
/// As [`client`].
pub fn client_with_sql(schema: impl AsRef<Path>, folder: impl AsRef<Path>) -> Result<(), Error> {
    write(schema.as_ref(), Some(folder.as_ref()))
}

fn write(path: &Path, folder: Option<&Path>) -> Result<(), Error> {
    println!("cargo::rerun-if-changed={}", path.display());
    let sources = read(path)?;
    let schema = valid(&sources)?;
    let folder = folder.map_or_else(|| sql::folder(&sources, &schema), Path::to_path_buf);
    // A path that is not there would be a change at every build.
    if folder.exists() {
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    let statements = match sql::read(&folder, &schema) {
        Ok(sql::Found::Described(statements)) => statements,
        Ok(sql::Found::Nothing) => Vec::new(),
        Ok(sql::Found::Undescribed(_)) => {
            let folder = folder.display();
            println!("cargo::warning=the files of {folder} are not described yet: run `nicol generate --sql`");
            Vec::new()
        }
        Err(sql::Error::Unreadable(error)) => return Err(Error::Files(error.path, error.error)),
        Err(sql::Error::Stale(problems)) => return Err(Error::Client(rust::Error::Sql(problems))),
    };
    generate(&schema, statements, "client.rs")
}

/// The files of a schema with their texts, ordered by path.
///
/// # Errors
/// One cannot be read, or there is none.
pub fn read(schema: &Path) -> Result<Vec<Source>, Error> {
    let paths = files::of(schema, None).map_err(|error| Error::Files(error.path, error.error))?;
    if paths.is_empty() {
        return Err(Error::Files(schema.to_path_buf(), io::ErrorKind::NotFound.into()));
    }
    let read = |path: PathBuf| match fs::read_to_string(&path) {
        Ok(text) => Ok(Source::new(path.display().to_string(), text)),
        Err(error) => Err(Error::Files(path, error)),
    };
    paths.into_iter().map(read).collect()
}

/// Writes the client of a schema that is already read (or made by the build script) to a file in the build's folder.
///
/// # Errors
/// The schema is not valid, its provider has no client, or this is not a build script.
pub fn client_of(sources: &[Source], file: &str) -> Result<(), Error> {
    generate(&valid(sources)?, Vec::new(), file)
}

fn valid(sources: &[Source]) -> Result<ValidSchema, Error> {
    let validated = nicol_schema::validate(sources);
    validated.schema.ok_or_else(|| Error::Schema(render(&validated.diagnostics, sources, false)))
}

fn generate(schema: &ValidSchema, statements: Vec<Statement>, file: &str) -> Result<(), Error> {
    let out = env::var_os("OUT_DIR").ok_or(Error::NotABuildScript)?;
    let options = rust::Options { layout: rust::Layout::OneFile, statements };
    let path = Path::new(&out).join(file);
    for generated in rust::client(schema, &options).map_err(Error::Client)? {
        fs::write(&path, generated.text).map_err(|error| Error::Files(path.clone(), error))?;
    }
    Ok(())
}

/// Why there is no client. Shown by Cargo as the build script's error, with every mistake of the schema and its place.
pub enum Error {
    /// A file or folder cannot be read or written.
    Files(PathBuf, io::Error),
    /// The schema is not valid: what is wrong, as `nicol validate` shows it.
    Schema(String),
    /// The schema has no client in Rust, or its typed SQL files have none.
    Client(rust::Error),
    /// Cargo has named no folder to write to.
    NotABuildScript,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Files(path, error) => write!(f, "{}: {error}", path.display()),
            Error::Schema(report) => write!(f, "the schema is not valid\n\n{report}"),
            Error::Client(error) => write!(f, "{error}"),
            Error::NotABuildScript => f.write_str("OUT_DIR is not set: call this from a build script"),
        }
    }
}

/// As it is displayed: Cargo shows what `main` of a build script returns in this form.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Files(_, error) => Some(error),
            Error::Client(error) => Some(error),
            Error::Schema(_) | Error::NotABuildScript => None,
        }
    }
}
