//! The migrations folder: read from disk or embedded in a program, and written to without ever leaving half a migration.
//!
//! Every sub-folder is a migration, whatever its name, in plain order of names. Plain files and hidden folders are left
//! alone. Of the files inside only `migration.sql` is required; `schema.prisma` (the snapshot) and `down.sql` are read
//! when they are there, everything else is ignored.

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nicol_db::Dialect;

use crate::error::{Error, Result, code};
use crate::naming;

/// The script every migration folder has.
pub const SCRIPT_FILE: &str = "migration.sql";
/// The schema after the migration, URLs masked.
pub const SNAPSHOT_FILE: &str = "schema.prisma";
/// The way back.
pub const DOWN_FILE: &str = "down.sql";
/// The migration for people to read.
pub const README_FILE: &str = "README.md";
/// The file beside the migrations that names the database product.
pub const LOCK_FILE: &str = "migration_lock.toml";
/// The file beside the migrations of 2019 and 2020.
pub(crate) const LEGACY_LOCK_FILE: &str = "migrate.lock";
/// Start of the names of folders that are still being written.
const STAGING_PREFIX: &str = ".nicol-";
/// No writer takes so long.
const ABANDONED_AFTER: Duration = Duration::from_secs(3600);

/// One migration of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Folder name, which is also its name in the history.
    pub name: String,
    /// Text of `migration.sql`.
    pub script: String,
    beside: Beside,
}

/// What lies beside a script. Few workflows look at it, and then at few migrations: of a folder it is read when asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Beside {
    Folder(PathBuf),
    Texts { snapshot: Option<String>, down: Option<String> },
}

impl Migration {
    /// A migration of a name and a script, without snapshot and way back.
    pub fn new(name: impl Into<String>, script: impl Into<String>) -> Migration {
        Migration { name: name.into(), script: script.into(), beside: Beside::Texts { snapshot: None, down: None } }
    }

    /// The same with the texts of its snapshot and of its way back.
    pub fn with_texts(mut self, snapshot: Option<String>, down: Option<String>) -> Migration {
        self.beside = Beside::Texts { snapshot, down };
        self
    }

    /// Text of the snapshot `schema.prisma`, if there is one.
    ///
    /// # Errors
    /// `file-access` and `migration-not-utf8` when it cannot be read.
    pub fn snapshot(&self) -> Result<Option<String>> {
        match &self.beside {
            Beside::Folder(path) => read_optional(&path.join(SNAPSHOT_FILE)),
            Beside::Texts { snapshot, .. } => Ok(snapshot.clone()),
        }
    }

    /// Text of `down.sql`, if there is one.
    ///
    /// # Errors
    /// As [`Migration::snapshot`].
    pub fn down(&self) -> Result<Option<String>> {
        match &self.beside {
            Beside::Folder(path) => read_optional(&path.join(DOWN_FILE)),
            Beside::Texts { down, .. } => Ok(down.clone()),
        }
    }

    /// The script without the byte order mark that some editors put before it: the checksum covers it, no database
    /// understands it.
    pub(crate) fn statements(&self) -> &str {
        self.script.strip_prefix('\u{feff}').unwrap_or(&self.script)
    }
}

/// A migrations folder.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    path: Option<PathBuf>,
    exists: bool,
    migrations: Vec<Migration>,
    provider: Option<String>,
}

impl Directory {
    /// Reads a folder. A folder that does not exist is one without migrations; [`Directory::exists`] tells them apart.
    ///
    /// # Errors
    /// P3015 when a sub-folder has no script, P3003 when the folder holds migrations of the format of 2019 and 2020,
    /// `file-access` when something cannot be read.
    pub fn read(path: impl AsRef<Path>) -> Result<Directory> {
        let path = path.as_ref();
        let mut directory = Directory { path: Some(path.to_path_buf()), ..Directory::default() };
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(directory),
            Err(error) => return Err(Error::file("read the migrations folder", path, &error)),
        };
        directory.exists = true;
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| Error::file("read the migrations folder", path, &error))?;
            // The listing tells what an entry is, except where a link leads: a linked folder counts like a folder.
            let is_folder = match entry.file_type() {
                Ok(kind) if !kind.is_symlink() => kind.is_dir(),
                _ => fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_dir()),
            };
            if is_folder {
                let name = entry.file_name().into_string().map_err(|name| {
                    Error::new(code::NAME, format!("The folder name {} is not UTF-8.", name.display()))
                })?;
                if !name.starts_with('.') {
                    naming::check_recorded_name(&name)?;
                    names.push(name);
                }
            }
        }
        names.sort_unstable();
        let legacy = path.join(LEGACY_LOCK_FILE).exists();
        for name in names {
            if let Some(migration) = read_migration(path, name, legacy)? {
                directory.migrations.push(migration);
            }
        }
        if let Some(text) = read_optional(&path.join(LOCK_FILE))? {
            directory.provider = Some(parse_lock(&text).ok_or_else(|| unreadable_lock(path))?);
        }
        Ok(directory)
    }

    /// A folder given as data, such as one compiled into a program: pairs of name and script in any order.
    pub fn from_entries<N, S>(entries: impl IntoIterator<Item = (N, S)>) -> Directory
    where
        N: Into<String>,
        S: Into<String>,
    {
        Directory::from_migrations(entries.into_iter().map(|(n, s)| Migration::new(n, s)).collect())
    }

    /// The same from whole migrations.
    pub fn from_migrations(mut migrations: Vec<Migration>) -> Directory {
        migrations.sort_by(|a, b| a.name.cmp(&b.name));
        Directory { path: None, exists: true, migrations, provider: None }
    }

    /// The same folder with the provider its `migration_lock.toml` names.
    pub fn with_provider(mut self, provider: impl Into<String>) -> Directory {
        self.provider = Some(provider.into());
        self
    }

    /// Where the folder is; nothing for embedded ones.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether the folder was there.
    pub fn exists(&self) -> bool {
        self.exists
    }

    /// The migrations in order.
    pub fn migrations(&self) -> &[Migration] {
        &self.migrations
    }

    /// The migration of a name.
    pub fn get(&self, name: &str) -> Option<&Migration> {
        self.migrations.iter().find(|migration| migration.name == name)
    }

    /// What to say to somebody who has named a migration that is not there: the one that is meant, where its title was given
    /// without the time.
    pub(crate) fn help_with_name(&self, name: &str) -> String {
        let slug = name.to_lowercase();
        let mut meant = self.migrations.iter().filter(|migration| {
            migration.name.strip_suffix(slug.as_str()).is_some_and(|time| time.ends_with('_') && !slug.is_empty())
        });
        match (meant.next(), meant.next()) {
            (Some(only), None) => format!("Do you mean {}? Give the whole folder name, with its digits.", only.name),
            _ => "Give the whole folder name, with its digits.".to_owned(),
        }
    }

    /// The provider that `migration_lock.toml` names.
    pub fn provider(&self) -> Option<&str> {
        self.provider.as_deref()
    }

    /// Refuses migrations that were written for another database product. Without a lock file nothing is checked.
    ///
    /// # Errors
    /// P3019 when the lock file names another provider.
    pub fn check_provider(&self, dialect: Dialect) -> Result<()> {
        let Some(written) = self.provider() else { return Ok(()) };
        let wanted = provider_name(dialect);
        let same = written == wanted || (written == "postgres" && wanted == "postgresql");
        if same {
            return Ok(());
        }
        let message = format!(
            "The migrations are written for {written} ({LOCK_FILE} says so), but the database is {}.",
            dialect.product_name()
        );
        Err(Error::new("P3019", message).with_help(
            "Scripts of one database product do not run on another: move the migrations folder away and start a new \
             history, or use a database of the first product.",
        ))
    }
}

/// The provider's name in `migration_lock.toml`.
pub fn provider_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "sqlite",
        Dialect::Postgres => "postgresql",
        Dialect::Mysql | Dialect::Mariadb => "mysql",
        Dialect::Cockroachdb => "cockroachdb",
    }
}

/// The text of `migration_lock.toml`, byte for byte what Prisma writes.
pub fn lock_text(dialect: Dialect) -> String {
    format!(
        "# Please do not edit this file manually\n\
         # It should be added in your version-control system (e.g., Git)\n\
         provider = \"{}\"\n",
        provider_name(dialect)
    )
}

fn unreadable_lock(folder: &Path) -> Error {
    let message = format!("{} names no provider.", folder.join(LOCK_FILE).display());
    Error::new("P3019", message)
        .with_help("Restore it from version control, or delete it: the next `nicol migrate dev` writes it again.")
}

/// The provider in the text of a lock file: the first line that starts with `provider`.
pub(crate) fn parse_lock(text: &str) -> Option<String> {
    let line = text.lines().map(str::trim).find(|line| line.starts_with("provider"))?;
    let value = line.split_once('=')?.1.trim();
    let value = value.trim_matches(|c| matches!(c, '"' | '\''));
    (!value.is_empty()).then(|| value.to_string())
}

fn read_migration(folder: &Path, name: String, legacy: bool) -> Result<Option<Migration>> {
    let path = folder.join(&name);
    let Some(script) = read_optional(&path.join(SCRIPT_FILE))? else {
        // The tool of 2019 and 2020 kept throw-away steps of its watch mode in `dev/`.
        if legacy && name == "dev" {
            return Ok(None);
        }
        if legacy || path.join("steps.json").exists() || path.join(README_FILE).exists() {
            return Err(legacy_folder(folder, &name));
        }
        let message = format!("{} has no {SCRIPT_FILE}.", path.display());
        return Err(Error::new("P3015", message).with_migration(&name).with_help(format!(
            "Restore {SCRIPT_FILE} (version control may have it), or remove the folder if it was never applied."
        )));
    };
    Ok(Some(Migration { name, script, beside: Beside::Folder(path) }))
}

fn legacy_folder(folder: &Path, name: &str) -> Error {
    let message = format!(
        "{} holds migrations in the format of Prisma's experimental tool of 2019 and 2020 ({name} has no {SCRIPT_FILE}).",
        folder.display()
    );
    Error::new("P3003", message).with_migration(name).with_help(
        "`nicol migrate import` gives each of its migrations a `migration.sql` with the statements of its README.",
    )
}

/// The text of a file, nothing when there is no such file.
pub(crate) fn read_optional(path: &Path) -> Result<Option<String>> {
    let bytes = match read_whole(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::file("read", path, &error)),
    };
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        let message = format!("{} is not UTF-8: line {line} holds bytes that are no text.", path.display());
        Error::new(code::NOT_UTF8, message).with_help(
            "Save the file as UTF-8. If it was applied already, restore it as it was instead: its checksum is recorded.",
        )
    })
}

/// A file's bytes. Most scripts are small: one read, with no question for the size before and none for the end after.
fn read_whole(path: &Path) -> std::io::Result<Vec<u8>> {
    const ENOUGH: usize = 8 * 1024;
    let mut file = fs::File::open(path)?;
    let mut start = [0; ENOUGH];
    // A file gives less than was asked for only at its end.
    let length = file.read(&mut start)?;
    let mut bytes = start[..length].to_vec();
    if length == ENOUGH {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Writes a migration: all its files or none, then the lock file. Creates the migrations folder if need be.
///
/// The files are written and synced in a hidden folder beside the final one, which is then renamed, so that neither a
/// crash nor a full disk leaves part of a migration behind.
///
/// # Errors
/// `migration-name` when the name could leave the folder, `file-access` when something cannot be written; nothing of the
/// migration is left in either case.
pub fn write_migration(folder: &Path, name: &str, files: &[(&str, &str)], dialect: Dialect) -> Result<PathBuf> {
    naming::check_folder_name(name)?;
    let target = folder.join(name);
    fs::create_dir_all(folder).map_err(|error| Error::file("create the folder", folder, &error))?;
    if target.exists() {
        return Err(Error::new(code::FILE, format!("{} exists already.", target.display())));
    }
    remove_abandoned(folder);
    let staging = folder.join(format!("{STAGING_PREFIX}{}", uuid::Uuid::new_v4()));
    let written = stage(&staging, files)
        .and_then(|()| fs::rename(&staging, &target).map_err(|error| Error::file("create the folder", &target, &error)))
        .and_then(|()| sync_folder(folder));
    if let Err(error) = written {
        // The first error is the one worth reporting; what could not be removed is hidden and never read.
        let _ = fs::remove_dir_all(&staging);
        return Err(error.with_help("Is the folder writable, and is there room on the disk?"));
    }
    write_lock(folder, dialect)?;
    Ok(target)
}

/// Tries whether a migration could be written into the folder, and leaves nothing behind.
///
/// # Errors
/// `file-access` when it could not.
pub(crate) fn check_writable(folder: &Path) -> Result<()> {
    let existing = folder.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(folder);
    let probe = existing.join(format!("{STAGING_PREFIX}{}", uuid::Uuid::new_v4()));
    fs::create_dir(&probe)
        .and_then(|()| fs::remove_dir(&probe))
        .map_err(|error| Error::file("write into", existing, &error).with_help("Is the folder writable?"))
}

/// Removes what writers that crashed have left. nicol never reads it, but other tools might. Whatever is young may belong
/// to a writer at work.
fn remove_abandoned(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_staging = entry.file_name().to_string_lossy().starts_with(STAGING_PREFIX);
        let age = entry.metadata().and_then(|metadata| metadata.modified()).ok().and_then(|at| at.elapsed().ok());
        if is_staging && age.is_some_and(|age| age > ABANDONED_AFTER) {
            // Tidying is not what was asked for: if it cannot be done now, the next run tries again.
            let _ = fs::remove_dir_all(entry.path()).or_else(|_| fs::remove_file(entry.path()));
        }
    }
}

fn stage(staging: &Path, files: &[(&str, &str)]) -> Result<()> {
    fs::create_dir(staging).map_err(|error| Error::file("create the folder", staging, &error))?;
    for (name, text) in files {
        write_synced(&staging.join(name), text)?;
    }
    sync_folder(staging)
}

/// Writes `migration_lock.toml`. As Prisma does it is written again with each migration, also when it says the same: what
/// embeds the folder in a program sees by its time that there is something new.
pub(crate) fn write_lock(folder: &Path, dialect: Dialect) -> Result<()> {
    let text = lock_text(dialect);
    let written = write_file(folder, LOCK_FILE, &text);
    if written.is_err() && read_optional(&folder.join(LOCK_FILE)).is_ok_and(|there| there.as_deref() == Some(&text)) {
        return Ok(());
    }
    written
}

/// Writes a file into a folder that is there, whole or not at all.
pub(crate) fn write_file(folder: &Path, name: &str, text: &str) -> Result<()> {
    let staging = folder.join(format!("{STAGING_PREFIX}{}", uuid::Uuid::new_v4()));
    let path = folder.join(name);
    let written = write_synced(&staging, text)
        .and_then(|()| fs::rename(&staging, &path).map_err(|error| Error::file("write", &path, &error)))
        .and_then(|()| sync_folder(folder));
    if written.is_err() {
        // The first error is the one worth reporting; what could not be removed is hidden and never read.
        let _ = fs::remove_file(&staging);
    }
    written
}

fn write_synced(path: &Path, text: &str) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = fs::File::create_new(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|error| Error::file("write", path, &error))
}

/// Makes new names in a folder durable. Only Unix can open a folder for that.
fn sync_folder(path: &Path) -> Result<()> {
    if cfg!(unix) {
        let synced = fs::File::open(path).and_then(|folder| folder.sync_all());
        synced.map_err(|error| Error::file("write", path, &error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: PathBuf, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn folders_are_migrations_in_order_of_names() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        write(at("20240102000000_b/migration.sql"), "B");
        write(at("0_init/migration.sql"), "A");
        write(at("0_init/schema.prisma"), "snapshot");
        write(at("0_init/down.sql"), "down");
        write(at("0_init/notes.txt"), "ignored");
        write(at("README.md"), "a plain file");
        write(at(".hidden/x"), "");
        write(at(LOCK_FILE), &lock_text(Dialect::Mariadb));
        let directory = Directory::read(folder.path()).unwrap();
        let names: Vec<&str> = directory.migrations().iter().map(|m| m.name.as_str()).collect();
        assert_eq!(names, ["0_init", "20240102000000_b"]);
        assert!(directory.help_with_name("Init").starts_with("Do you mean 0_init?"));
        assert!(directory.help_with_name("nit").starts_with("Give the whole"));
        assert_eq!(directory.get("0_init").unwrap().snapshot().unwrap().as_deref(), Some("snapshot"));
        assert_eq!(directory.get("0_init").unwrap().down().unwrap().as_deref(), Some("down"));
        assert_eq!(directory.provider(), Some("mysql"));
        assert!(directory.check_provider(Dialect::Mysql).is_ok());
        assert_eq!(directory.check_provider(Dialect::Sqlite).unwrap_err().code(), "P3019");
    }

    #[test]
    fn an_absent_folder_is_not_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Directory::read(folder.path()).unwrap().exists());
        let absent = Directory::read(folder.path().join("migrations")).unwrap();
        assert!(!absent.exists() && absent.migrations().is_empty());
    }

    #[test]
    fn folders_without_a_script_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("1_a")).unwrap();
        let error = Directory::read(folder.path()).unwrap_err();
        assert_eq!((error.code(), error.migration()), ("P3015", Some("1_a")));
    }

    #[test]
    fn legacy_folders_name_the_import() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        write(at("20200420002856/README.md"), "# Migration");
        let error = Directory::read(folder.path()).unwrap_err();
        assert_eq!(error.code(), "P3003");
        assert!(error.help().unwrap().contains("nicol migrate import"));
        // Once imported, the old files do no harm.
        write(at("20200420002856/migration.sql"), "SELECT 1;");
        write(at("migrate.lock"), "# Prisma Migrate lockfile v1\n\n20200420002856");
        write(at("dev/watch-1/README.md"), "");
        assert_eq!(Directory::read(folder.path()).unwrap().migrations().len(), 1);
    }

    #[test]
    fn lock_files_of_any_age_are_read() {
        let cases = [
            ("provider = \"mysql\"", Some("mysql")),
            ("# x\nprovider=\"sqlite\"\r\n", Some("sqlite")),
            ("# provider = \"mysql\"\nprovider = 'postgresql'\n", Some("postgresql")),
            ("", None),
            ("provider =", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_lock(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_migration_is_written_whole() {
        let folder = tempfile::tempdir().unwrap();
        let migrations = folder.path().join("prisma/migrations");
        let files = [(SCRIPT_FILE, "SELECT 1;\n"), (DOWN_FILE, "SELECT 2;\n")];
        write_migration(&migrations, "20240101000000_a", &files, Dialect::Postgres).unwrap();
        let lock = fs::read_to_string(migrations.join(LOCK_FILE)).unwrap();
        assert!(lock.ends_with("(e.g., Git)\nprovider = \"postgresql\"\n"));
        let directory = Directory::read(&migrations).unwrap();
        assert_eq!(directory.get("20240101000000_a").unwrap().script, "SELECT 1;\n");
        let mut left: Vec<_> = fs::read_dir(&migrations).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["20240101000000_a", LOCK_FILE]);
        let again = write_migration(&migrations, "20240101000000_a", &files, Dialect::Postgres).unwrap_err();
        assert_eq!(again.code(), code::FILE);
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        // A file name that cannot exist stands for a disk that refuses the second file.
        let files = [(SCRIPT_FILE, "SELECT 1;\n"), ("no/such/folder.sql", "")];
        let error = write_migration(folder.path(), "20240101000000_a", &files, Dialect::Sqlite).unwrap_err();
        assert_eq!(error.code(), code::FILE);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        for name in ["../a", "a/b", "", ".", "..", ".a", "a\\b"] {
            let error = write_migration(folder.path(), name, &[], Dialect::Sqlite).unwrap_err();
            assert_eq!(error.code(), code::NAME, "{name:?}");
        }
    }
}
