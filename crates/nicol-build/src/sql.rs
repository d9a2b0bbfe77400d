//! The typed SQL files of a schema: the folder `sql` beside the file with the datasource, and in it what a server said of them.

use std::path::{Path, PathBuf};
use std::{fs, io};

use nicol_codegen::sql::stored;
use nicol_codegen::sql::{Problem, SqlText, Statement};
use nicol_schema::{Source, ValidSchema};

use crate::files::Unreadable;

/// What there is of typed SQL files.
#[derive(Debug)]
pub enum Found {
    /// No file.
    Nothing,
    /// Files that no server has described yet.
    Undescribed(Vec<SqlText>),
    /// Files with their descriptions.
    Described(Vec<Statement>),
}

/// Why typed SQL files cannot be used.
#[derive(Debug)]
pub enum Error {
    /// A file or folder cannot be read.
    Unreadable(Unreadable),
    /// They are not what was described.
    Stale(Vec<Problem>),
}

/// The folder where they lie unless something else is said.
#[must_use]
pub fn folder(sources: &[Source], schema: &ValidSchema) -> PathBuf {
    let place = schema.datasource.as_ref().map_or(0, |datasource| datasource.span.file as usize);
    let file = sources.get(place).map(|source| Path::new(&source.path));
    file.and_then(Path::parent).unwrap_or(Path::new("")).join("sql")
}

/// The `.sql` files of a folder, by name; hidden ones and folders below it are passed over. None where there is no folder.
///
/// # Errors
/// The folder or a file cannot be read.
pub fn texts(folder: &Path) -> Result<Vec<SqlText>, Unreadable> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Unreadable { path: folder.to_path_buf(), error }),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| Unreadable { path: folder.to_path_buf(), error })?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(name) = name.strip_suffix(".sql").filter(|_| !name.starts_with('.') && path.is_file()) else {
            continue;
        };
        let text = fs::read_to_string(&path).map_err(|error| Unreadable { path: path.clone(), error })?;
        found.push(SqlText { name: name.to_owned(), text });
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// The files of a folder with what a server said of them.
///
/// # Errors
/// A file cannot be read, or what is stored is not about these files.
pub fn read(folder: &Path, schema: &ValidSchema) -> Result<Found, Error> {
    let texts = texts(folder).map_err(Error::Unreadable)?;
    let path = folder.join(stored::FILE);
    let stored = match fs::read_to_string(&path) {
        Ok(stored) => stored,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(if texts.is_empty() { Found::Nothing } else { Found::Undescribed(texts) });
        }
        Err(error) => return Err(Error::Unreadable(Unreadable { path, error })),
    };
    let provider = schema.provider().map(|provider| provider.as_str()).unwrap_or_default();
    stored::join(provider, texts, &stored).map(Found::Described).map_err(Error::Stale)
}
