//! `migrate import`: gives the folders of Prisma's experimental tool of 2019 and 2020 the script that today's tools want.
//!
//! Such a folder has a README with the statements, a snapshot of the schema and `steps.json`, and beside the folders lies
//! `migrate.lock`. Each gets a `migration.sql` made of its README's SQL block. Everything else stays as it is, and what has
//! a script already is left alone.

use std::fs;
use std::path::{Path, PathBuf};

use nicol_db::Dialect;

use crate::dev::EMPTY_SCRIPT;
use crate::directory::{self, Directory, LEGACY_LOCK_FILE, README_FILE, SCRIPT_FILE, SNAPSHOT_FILE};
use crate::error::{Error, Result, code};
use crate::origin::IMPORTED_MARK;

mod cascades;
mod statements;

pub use cascades::{CascadingKey, Unsaid, unsaid};

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Names of the migrations that got a script, in order.
    pub imported: Vec<String>,
    /// Names of those that had one.
    pub left: Vec<String>,
    /// The database product that the scripts are for.
    pub dialect: Dialect,
    /// The one database or schema that every table was qualified with, and now is not.
    pub qualifier: Option<String>,
    /// Foreign keys with `ON DELETE CASCADE`, of scripts imported earlier too: the schemas of that time did not have to say
    /// it.
    pub cascades: Vec<CascadingKey>,
}

/// A folder without a script.
struct Legacy {
    name: String,
    folder: PathBuf,
    statements: Vec<String>,
}

/// Imports a folder. Everything is read before anything is written; a script is written whole or not at all.
///
/// # Errors
/// `migrations-folder-absent`; `import-order` when `migrate.lock` has marks of a merge conflict, or it and the folders do not
/// name the same migrations; `import-unreadable` for a README that has no SQL block; `import-provider` when nothing tells the
/// database product; `file-access`.
pub fn import(path: &Path) -> Result<Imported> {
    let names = folders(path)?;
    check_order(path, &names)?;
    let mut legacy = Vec::new();
    let mut left = Vec::new();
    let mut snapshots = Vec::new();
    let mut earlier = Vec::new();
    for name in names {
        let folder = path.join(&name);
        snapshots.extend(directory::read_optional(&folder.join(SNAPSHOT_FILE))?);
        if let Some(script) = directory::read_optional(&folder.join(SCRIPT_FILE))? {
            earlier.extend(script.starts_with(IMPORTED_MARK).then_some(script));
            left.push(name);
            continue;
        }
        let readme = directory::read_optional(&folder.join(README_FILE))?;
        let statements = readme.as_deref().and_then(statements::of_readme).ok_or_else(|| unreadable(&folder, &name))?;
        legacy.push(Legacy { name, folder, statements });
    }
    let dialect = dialect(path, snapshots.last().map(String::as_str), &legacy)?;
    let all = || legacy.iter().flat_map(|migration| &migration.statements);
    let qualifier = statements::only_qualifier(all().map(String::as_str), dialect);
    let earlier = earlier.iter().flat_map(|script| nicol_db::script::split(script, dialect));
    let earlier: Vec<&str> = earlier.map(|statement| statement.text).collect();
    let cascades = cascades::of(earlier.into_iter().chain(all().map(String::as_str)), dialect);
    let scripts: Vec<(&Legacy, String)> = legacy
        .iter()
        .map(|migration| (migration, script(&migration.statements, qualifier.as_deref(), dialect)))
        .collect();
    for (migration, script) in &scripts {
        directory::write_file(&migration.folder, SCRIPT_FILE, script)?;
    }
    if !scripts.is_empty() || !left.is_empty() {
        directory::write_lock(path, dialect)?;
    }
    let imported = scripts.iter().map(|(migration, _)| migration.name.clone()).collect();
    Ok(Imported { imported, left, dialect, qualifier, cascades })
}

/// Foreign keys with `ON DELETE CASCADE` when all scripts of a folder have run; none where no script was imported.
pub(crate) fn cascading_keys(directory: &Directory, dialect: Dialect) -> Vec<CascadingKey> {
    let scripts: Vec<&str> = directory.migrations().iter().map(|migration| migration.script.as_str()).collect();
    if !scripts.iter().any(|script| script.starts_with(IMPORTED_MARK)) {
        return Vec::new();
    }
    let statements = scripts.into_iter().flat_map(|script| nicol_db::script::split(script, dialect));
    cascades::of(statements.map(|statement| statement.text), dialect)
}

/// The folders that are migrations, in order of their names; those of the watch mode are not.
fn folders(path: &Path) -> Result<Vec<String>> {
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Error::new(code::FOLDER_ABSENT, format!("There is no migrations folder at {}.", path.display()))
                .with_help("Run this where the schema is, or name it with `--schema`.")
        }
        _ => Error::file("read the migrations folder", path, &error),
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_of_watch_mode = name == "dev" || name.starts_with("watch-");
        if entry.path().is_dir() && !name.starts_with('.') && !is_of_watch_mode {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// `migrate.lock`, where it is there, must list the folders that came from its tool.
fn check_order(path: &Path, names: &[String]) -> Result<()> {
    let file = path.join(LEGACY_LOCK_FILE);
    let Some(text) = directory::read_optional(&file)? else { return Ok(()) };
    let refusal = |message: String, help: &str| {
        Err(Error::new(code::IMPORT_ORDER, message).with_help(format!("{help} Nothing was written.")))
    };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    if let Some(at) =
        lines.iter().position(|line| ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark)))
    {
        let message = format!("{} has marks of a merge conflict at line {}.", file.display(), at + 1);
        return refusal(message, "Resolve the conflict: one id a line, in order.");
    }
    let listed: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    if let Some(missing) = listed.iter().find(|id| !names.iter().any(|name| name == *id)) {
        let message = format!("{} lists {missing}, but there is no such folder.", file.display());
        return refusal(message, "Bring the folder back from version control, or take its line out.");
    }
    let is_legacy = |name: &&String| !path.join(name).join(SCRIPT_FILE).exists();
    if let Some(extra) = names.iter().filter(is_legacy).find(|name| !listed.contains(&name.as_str())) {
        let message = format!("The folder {extra} is not listed in {}.", file.display());
        return refusal(message, "Add its line, or move the folder away if it was never applied.");
    }
    Ok(())
}

fn unreadable(folder: &Path, name: &str) -> Error {
    let message = format!("{} has no block of SQL under \"Database Steps\".", folder.join(README_FILE).display());
    Error::new(code::IMPORT_UNREADABLE, message)
        .with_migration(name)
        .with_help(format!("Write its statements into {name}/{SCRIPT_FILE} by hand, or move the folder away."))
}

/// The product: the lock file of an earlier import, else the newest snapshot, else the quotes in the statements.
fn dialect(path: &Path, snapshot: Option<&str>, legacy: &[Legacy]) -> Result<Dialect> {
    let locked = directory::read_optional(&path.join(directory::LOCK_FILE))?;
    if let Some(dialect) = locked.as_deref().and_then(directory::parse_lock).and_then(|name| named(&name)) {
        return Ok(dialect);
    }
    let providers: Vec<Dialect> = snapshot.map(providers).unwrap_or_default();
    if let [only] = providers.as_slice() {
        return Ok(*only);
    }
    let text: String = legacy.iter().flat_map(|migration| &migration.statements).cloned().collect();
    let by_quotes = match () {
        () if text.contains('`') => Some(Dialect::Mysql),
        () if text.contains("\"quaint\".") || text.contains("\"lift\".") || text.contains("PRAGMA ") => {
            Some(Dialect::Sqlite)
        }
        () if text.contains('"') => Some(Dialect::Postgres),
        () => None,
    };
    by_quotes
        .filter(|found| providers.is_empty() || providers.contains(found))
        .or(providers.first().copied())
        .ok_or_else(|| {
            Error::new(code::IMPORT_PROVIDER, "Neither a snapshot nor the statements tell the database product.")
                .with_help(format!(
                    "Write `provider = \"mysql\"` (or postgresql, sqlite) into {}.",
                    directory::LOCK_FILE
                ))
        })
}

fn named(provider: &str) -> Option<Dialect> {
    match provider {
        "mysql" => Some(Dialect::Mysql),
        "postgresql" | "postgres" => Some(Dialect::Postgres),
        "sqlite" => Some(Dialect::Sqlite),
        _ => None,
    }
}

/// What the datasource of a snapshot names: one product, or a list of them. The text is that of another age and is not
/// parsed.
fn providers(snapshot: &str) -> Vec<Dialect> {
    let block = snapshot
        .lines()
        .skip_while(|line| !line.trim_start().starts_with("datasource"))
        .take_while(|line| !line.trim_start().starts_with('}'));
    let values = block.filter_map(|line| line.trim_start().strip_prefix("provider")?.trim_start().strip_prefix('='));
    values.flat_map(|value| value.split('"').skip(1).step_by(2)).filter_map(named).collect()
}

/// The statements as a script of today.
fn script(statements: &[String], qualifier: Option<&str>, dialect: Dialect) -> String {
    if statements.is_empty() {
        return format!("{IMPORTED_MARK}{EMPTY_SCRIPT}");
    }
    let mut out = IMPORTED_MARK.to_owned();
    for (place, statement) in statements.iter().enumerate() {
        let text = match qualifier {
            Some(name) => statements::without_qualifier(statement, name, dialect),
            None => statement.clone(),
        };
        if place > 0 {
            out.push('\n');
        }
        out.push_str(&format!("-- {}\n{text};\n", statements::step(&text)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_of_any_age() {
        let of = |line: &str| {
            providers(&format!(
                "// provider = \"x\"\ndatasource db {{\n  {line}\n  url = \"***\"\n}}\ngenerator a {{\n  provider = \"sqlite\"\n}}\n"
            ))
        };
        assert_eq!(of("provider = \"mysql\""), [Dialect::Mysql]);
        assert_eq!(of("provider=[\"postgresql\", \"sqlite\"]"), [Dialect::Postgres, Dialect::Sqlite]);
        assert_eq!(of("provider = env(\"P\")"), []);
    }
}
