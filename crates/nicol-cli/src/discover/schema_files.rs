//! Finds the schema and reads its files.

use std::fs;
use std::path::{Path, PathBuf};

use nicol_schema::Source;

use crate::config::Config;
use crate::env_file::Variables;
use crate::failure::{Failure, Result};
use crate::files;
use crate::mask::mask_in_place;
use crate::paths;

/// Where the schema is, and who said so.
#[derive(Debug, Clone)]
pub(crate) struct SchemaPath {
    /// A file or a folder that exists.
    pub(crate) path: PathBuf,
    /// Why this one, such as `--schema`.
    pub(crate) origin: String,
}

impl SchemaPath {
    /// The schema of `--schema`, else of the config, else the first of the usual places that exists.
    ///
    /// # Errors
    /// What is named does not exist, or nothing is found; every place tried is listed.
    pub(crate) fn find(flag: Option<&Path>, config: &Config, working_directory: &Path) -> Result<SchemaPath> {
        match SchemaPath::named(flag, config, working_directory)? {
            Some(named) => named.existing(),
            None => SchemaPath::usual(config).ok_or_else(|| not_found(config)),
        }
    }

    /// The schema of `--schema`, else of the config, whether it exists or not.
    ///
    /// # Errors
    /// The config names one that cannot be known without running the file.
    pub(crate) fn named(flag: Option<&Path>, config: &Config, working_directory: &Path) -> Result<Option<SchemaPath>> {
        if let Some(flag) = flag {
            return Ok(Some(SchemaPath::flag(flag, working_directory)));
        }
        let Some(entry) = config.entry(|file| file.schema.as_ref()) else { return Ok(None) };
        let has_variables = entry.variables().next().is_some();
        let variables = if has_variables { Variables::load(&[&config.base])? } else { Variables::default() };
        let path = entry.resolve(|name| variables.find(name).map(|(value, _)| value))?;
        Ok(path.map(|path| SchemaPath { path: paths::tidy(&entry.directory().join(path)), origin: entry.origin() }))
    }

    /// The first of the usual places that exists.
    pub(crate) fn usual(config: &Config) -> Option<SchemaPath> {
        let file = |name: &str| Some(config.base.join(name)).filter(|path| path.is_file());
        let folder = |name: &str| Some(config.base.join(name)).filter(|path| path.is_dir());
        file("schema.prisma")
            .or_else(|| file("prisma/schema.prisma"))
            .or_else(|| folder("prisma/schema"))
            .map(|path| SchemaPath { path, origin: "the usual place".to_owned() })
    }

    /// The schema at `path`, named on the command line.
    ///
    /// # Errors
    /// It does not exist.
    pub(crate) fn given(path: &Path, working_directory: &Path) -> Result<SchemaPath> {
        SchemaPath::flag(path, working_directory).existing()
    }

    fn flag(path: &Path, working_directory: &Path) -> SchemaPath {
        SchemaPath { path: paths::tidy(&working_directory.join(path)), origin: "the command line".to_owned() }
    }

    fn existing(self) -> Result<SchemaPath> {
        let failure =
            |what: &str, why: String| Failure::new("schema-not-found", what).at(paths::show(&self.path)).why(why);
        match fs::metadata(&self.path) {
            Ok(found) if found.is_file() || found.is_dir() => Ok(self),
            // Reading a pipe or a device could wait for ever.
            Ok(_) => Err(failure(
                "the schema is neither a file nor a folder",
                format!("the path comes from {}", self.origin),
            )
            .help("name a .prisma file, or a folder of them")),
            Err(error) => Err(failure(
                "the schema cannot be found",
                format!("{}; the path comes from {}", files::reason(&error), self.origin),
            )
            .help("name a .prisma file, or a folder of them, that exists")),
        }
    }
}

fn not_found(config: &Config) -> Failure {
    let tried = ["schema.prisma", "prisma/schema.prisma", "prisma/schema/"];
    Failure::new("schema-not-found", "there is no schema here")
        .at(paths::show(&config.base))
        .why(format!("none of these exists: {}", tried.join(", ")))
        .help("pass --schema PATH, or write `schema = \"..\"` in nicol.toml; `nicol init` starts a new project")
}

/// The files of a schema.
#[derive(Debug, Clone)]
pub(crate) struct SchemaFiles {
    /// Where it was found.
    pub(crate) path: SchemaPath,
    /// The folder that source paths are relative to.
    pub(crate) folder: PathBuf,
    /// Every file, in the order of `sources`.
    pub(crate) paths: Vec<PathBuf>,
    /// Every file's text.
    pub(crate) sources: Vec<Source>,
}

impl SchemaFiles {
    /// Reads the file, or every `.prisma` file below the folder, ordered by path. The folder `migrations`, dependencies
    /// and hidden folders are not entered.
    ///
    /// # Errors
    /// A file cannot be read, or the folder has none.
    pub(crate) fn read(path: SchemaPath, migrations: Option<&Path>) -> Result<SchemaFiles> {
        if !path.path.is_dir() {
            let folder = path.path.parent().unwrap_or(Path::new("")).to_path_buf();
            let name = path.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let source = Source::new(name, files::read_text(&path.path)?);
            return Ok(SchemaFiles { paths: vec![path.path.clone()], folder, sources: vec![source], path });
        }
        let folder = path.path.clone();
        let found = nicol_build::files::of(&folder, migrations)
            .map_err(|unreadable| files::unreadable(&unreadable.path, &unreadable.error))?;
        let mut named: Vec<(String, PathBuf)> = found
            .into_iter()
            .map(|file| (paths::with_slashes(file.strip_prefix(&folder).unwrap_or(&file)), file))
            .collect();
        named.sort();
        if named.is_empty() {
            return Err(Failure::new("schema-not-found", "the folder holds no .prisma file")
                .at(paths::show(&folder))
                .why("searched with everything below it but migrations, node_modules and hidden folders")
                .help("name a .prisma file, or a folder of them"));
        }
        let sources = named.iter().map(|(name, file)| Ok(Source::new(name.clone(), files::read_text(file)?)));
        Ok(SchemaFiles {
            sources: sources.collect::<Result<_>>()?,
            paths: named.into_iter().map(|(_, file)| file).collect(),
            folder,
            path,
        })
    }

    /// No schema, for a project in this folder or in its folder `prisma`, whichever holds migrations.
    pub(super) fn none(base: &Path) -> SchemaFiles {
        let inner = base.join("prisma");
        let is_inner = inner.join("migrations").is_dir() || (inner.is_dir() && !base.join("migrations").is_dir());
        let folder = if is_inner { inner } else { base.to_path_buf() };
        let path = SchemaPath { path: folder.join("schema.prisma"), origin: "the usual place".to_owned() };
        SchemaFiles { path, folder, paths: Vec::new(), sources: Vec::new() }
    }

    /// Refuses a schema in which nothing is written.
    ///
    /// # Errors
    /// No file holds anything but space.
    pub(crate) fn require_content(&self) -> Result<()> {
        let is_blank = |source: &Source| source.text.trim_start_matches('\u{feff}').trim().is_empty();
        if self.sources.iter().all(is_blank) {
            return Err(Failure::new("schema-empty", "the schema is empty")
                .at(paths::show(&self.path.path))
                .why("nothing is written in it")
                .help("start with a `datasource` block and a `model`"));
        }
        Ok(())
    }

    /// The sources for showing, never for JSON: named as the user would name them from the working directory, passwords
    /// masked.
    pub(crate) fn shown(&self) -> Vec<Source> {
        let named = self.sources.iter().zip(&self.paths);
        named.map(|(source, path)| Source::new(paths::show(path), mask_in_place(&source.text))).collect()
    }

    /// The folders whose `.env` counts, the strongest first: next to the schema (for a folder, in it and beside it).
    pub(super) fn env_folders(&self) -> impl Iterator<Item = &Path> {
        let beside = if self.path.path == self.folder { self.folder.parent() } else { None };
        [Some(self.folder.as_path()), beside].into_iter().flatten()
    }
}

/// The datasource blocks alone, every file still there: what can be known of a schema whose models have mistakes.
pub(super) fn datasources(sources: &[Source]) -> Vec<Source> {
    blocks(sources, &["datasource"])
}

/// The same, of datasources and generators.
pub(super) fn configuration(sources: &[Source]) -> Vec<Source> {
    blocks(sources, &["datasource", "generator"])
}

fn blocks(sources: &[Source], keywords: &[&str]) -> Vec<Source> {
    let of_file = |source: &Source| {
        let mut kept = String::new();
        let mut is_inside = false;
        for line in source.text.lines() {
            let begins = |keyword: &&str| {
                line.trim_start().strip_prefix(*keyword).is_some_and(|rest| rest.starts_with([' ', '\t']))
            };
            let opens = keywords.iter().any(begins);
            is_inside |= opens;
            if is_inside {
                kept.push_str(line);
                kept.push('\n');
            }
            is_inside &= !line.trim_start().starts_with('}');
        }
        Source::new(source.path.clone(), kept)
    };
    sources.iter().map(of_file).collect()
}
