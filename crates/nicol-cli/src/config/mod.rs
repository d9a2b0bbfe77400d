//! Settings from files: `nicol.toml`, a Prisma config, `package.json`.
//!
//! In: a folder, or the path of one config file. Out: a [`Config`]: the files found, each with the entries it sets. An
//! entry is text, a variable's name, or says why it cannot be known without running the file. Nothing here looks at the
//! environment or at schemas.

mod js_constants;
mod js_scope;
mod js_tokens;
mod nicol_toml;
mod package_json;
mod prisma_config;

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::files;
use crate::paths;

/// What one setting may be, in the order to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The text itself.
    Text(String),
    /// The value of an environment variable.
    Env(String),
    /// Not known without running the file; says why, as a noun phrase.
    Unknown(&'static str),
}

/// One setting as a file gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its name there, such as `datasource.url`.
    pub(crate) name: String,
    /// The file.
    pub(crate) file: PathBuf,
    /// Line and column of the value, where known.
    pub(crate) position: Option<(usize, usize)>,
    /// What it may be.
    pub(crate) choices: Vec<Choice>,
}

impl Entry {
    /// `datasource.url in prisma.config.ts:12:5`
    pub(crate) fn origin(&self) -> String {
        format!("{} in {}", self.name, self.place())
    }

    fn place(&self) -> String {
        let file = paths::show(&self.file);
        self.position.map_or(file.clone(), |(line, column)| format!("{file}:{line}:{column}"))
    }

    /// The folder relative values start from.
    pub(crate) fn directory(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// The names of the variables it may take its value from.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.choices.iter().filter_map(|choice| match choice {
            Choice::Env(name) => Some(name.as_str()),
            Choice::Text(_) | Choice::Unknown(_) => None,
        })
    }

    /// The value, with variables looked up by `variable`. None when every variable it names is unset.
    ///
    /// # Errors
    /// Its value is not known without running the file.
    pub(crate) fn resolve(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Option<String>> {
        for choice in &self.choices {
            match choice {
                Choice::Text(text) => return Ok(Some(text.clone())),
                Choice::Env(name) => {
                    if let Some(value) = variable(name) {
                        return Ok(Some(value));
                    }
                }
                Choice::Unknown(why) => return Err(self.unknown(why)),
            }
        }
        Ok(None)
    }

    fn unknown(&self, why: &str) -> Failure {
        let instead = match self.name.as_str() {
            "schema" => "pass --schema PATH, or write `schema = \"..\"` in nicol.toml",
            "tables.external" | "enums.external" | "migrations.initShadowDb" => {
                "write it as text, or in nicol.toml: `external` under [tables] and [enums], `init_shadow_db` under [migrations]"
            }
            "migrations.path" => "write `path = \"..\"` under [migrations] in nicol.toml",
            _ => {
                "pass --url, set the variable in the environment or .env, or write it under [datasource] in nicol.toml"
            }
        };
        Failure::new("config-value-unknown", format!("`{}` cannot be read without running the file", self.name))
            .at(self.place())
            .why(format!("it is {why}; read are strings, env(\"X\"), process.env.X and path.join of strings"))
            .help(instead)
    }
}

/// One config file and what it sets.
#[derive(Debug, Clone)]
pub(crate) struct ConfigFile {
    pub(crate) path: PathBuf,
    pub(crate) directory: PathBuf,
    pub(crate) schema: Option<Entry>,
    pub(crate) url: Option<Entry>,
    pub(crate) direct_url: Option<Entry>,
    pub(crate) shadow_database_url: Option<Entry>,
    pub(crate) migrations_path: Option<Entry>,
    pub(crate) migrations_readme: Option<bool>,
    /// True when a README may show `env("NAME")` as the URL of a schema.
    pub(crate) readme_shows_env: bool,
    pub(crate) seed: Option<Entry>,
    /// The folder of the typed SQL files.
    pub(crate) typed_sql_path: Option<Entry>,
    /// SQL that prepares a shadow database.
    pub(crate) init_shadow_db: Option<Entry>,
    /// Tables that are left alone, one entry each.
    pub(crate) external_tables: Option<Vec<Entry>>,
    /// Enum types that are left alone, one entry each.
    pub(crate) external_enums: Option<Vec<Entry>>,
    /// Databases on which nothing may be lost.
    pub(crate) protected: Vec<String>,
    /// `migrate dev` ends with `generate`.
    pub(crate) dev_generates: bool,
    /// `migrate dev` seeds a database that it has created.
    pub(crate) dev_seeds: bool,
    /// True when it imports `dotenv/config`.
    pub(crate) loads_env_file: bool,
}

impl ConfigFile {
    fn empty(path: &Path) -> ConfigFile {
        ConfigFile {
            path: path.to_path_buf(),
            directory: path.parent().unwrap_or(Path::new("")).to_path_buf(),
            schema: None,
            url: None,
            direct_url: None,
            shadow_database_url: None,
            migrations_path: None,
            migrations_readme: None,
            readme_shows_env: false,
            seed: None,
            typed_sql_path: None,
            init_shadow_db: None,
            external_tables: None,
            external_enums: None,
            protected: Vec::new(),
            dev_generates: false,
            dev_seeds: false,
            loads_env_file: false,
        }
    }
}

/// All settings from files, the strongest file first.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// The folder that everything without a place of its own is looked for in.
    pub(crate) base: PathBuf,
    pub(crate) files: Vec<ConfigFile>,
}

impl Config {
    /// Reads the config file given, or those of the working directory.
    ///
    /// # Errors
    /// The file given does not exist, a file cannot be read, or `nicol.toml` is not valid.
    pub(crate) fn load(given: Option<&Path>, working_directory: &Path) -> Result<Config> {
        let mut files = Vec::new();
        let base = match given {
            Some(given) => {
                let path = working_directory.join(given);
                if !path.is_file() {
                    return Err(Failure::new("config-not-found", "the config file does not exist")
                        .at(paths::show(&path))
                        .help("--config takes the path of a nicol.toml or of a prisma.config.ts, .js or .mjs"));
                }
                files.push(read(&path, working_directory)?);
                path.parent().unwrap_or(working_directory).to_path_buf()
            }
            None => {
                let own = working_directory.join("nicol.toml");
                let foreign = prisma_config::candidates(working_directory).into_iter().find(|path| path.is_file());
                for path in own.is_file().then_some(own).into_iter().chain(foreign) {
                    files.push(read(&path, working_directory)?);
                }
                working_directory.to_path_buf()
            }
        };
        let package = base.join("package.json");
        if package.is_file() {
            let bytes = std::fs::read(&package).map_err(|error| files::unreadable(&package, &error))?;
            files.extend(package_json::parse(&package, &bytes));
        }
        Ok(Config { base, files })
    }

    /// Whether a README may show `env("NAME")` as the URL of a schema; otherwise every URL is masked.
    pub(crate) fn readme_shows_env(&self) -> bool {
        self.files.iter().any(|file| file.readme_shows_env)
    }

    /// The strongest list of a kind.
    pub(crate) fn entries(&self, pick: impl Fn(&ConfigFile) -> Option<&Vec<Entry>>) -> &[Entry] {
        self.files.iter().find_map(pick).map(Vec::as_slice).unwrap_or_default()
    }

    /// The strongest entry of a kind.
    pub(crate) fn entry(&self, pick: impl Fn(&ConfigFile) -> Option<&Entry>) -> Option<&Entry> {
        self.files.iter().find_map(pick)
    }
}

fn read(path: &Path, working_directory: &Path) -> Result<ConfigFile> {
    let text = files::read_text(path)?;
    if path.extension().is_some_and(|extension| extension == "toml") {
        return nicol_toml::parse(path, &text);
    }
    Ok(prisma_config::parse(path, &text, working_directory))
}

#[cfg(test)]
mod tests;
