//! Which files a schema has.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A folder that cannot be read.
#[derive(Debug)]
pub struct Unreadable {
    /// The folder.
    pub path: PathBuf,
    /// Why.
    pub error: io::Error,
}

/// The file itself, or every `.prisma` file below a folder, ordered by path. Dependencies (`node_modules`) and hidden folders are
/// not entered, nor are migrations, which hold snapshots of the schema: `migrations` where it is configured, else any folder of
/// that name, and whatever looks like such a folder.
///
/// # Errors
/// A folder cannot be read.
pub fn of(schema: &Path, migrations: Option<&Path>) -> Result<Vec<PathBuf>, Unreadable> {
    if !schema.is_dir() {
        return Ok(vec![schema.to_path_buf()]);
    }
    let mut scan = Scan { migrations: migrations.map(real), entered: HashSet::new(), found: Vec::new() };
    scan.enter(schema)?;
    scan.found.sort();
    Ok(scan.found)
}

/// A walk through a schema folder.
struct Scan {
    migrations: Option<PathBuf>,
    /// Real paths of the folders entered: links may lead in circles.
    entered: HashSet<PathBuf>,
    found: Vec<PathBuf>,
}

impl Scan {
    fn enter(&mut self, folder: &Path) -> Result<(), Unreadable> {
        if !self.entered.insert(real(folder)) {
            return Ok(());
        }
        let unreadable = |error: io::Error| Unreadable { path: folder.to_path_buf(), error };
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_dir() {
                if !name.starts_with('.') && name != "node_modules" && !self.is_migrations(&path, &name) {
                    self.enter(&path)?;
                }
            } else if name.ends_with(".prisma") && !name.starts_with('.') {
                self.found.push(path);
            }
        }
        Ok(())
    }

    fn is_migrations(&self, path: &Path, name: &str) -> bool {
        let is_named = match &self.migrations {
            Some(configured) => real(path) == *configured,
            None => name == "migrations",
        };
        is_named || path.join("migration_lock.toml").is_file() || holds_migrations(path)
    }
}

fn holds_migrations(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.path().join("migration.sql").is_file())
}

fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}
