//! `prisma.config.ts` and its relatives: what they say, read without running them.
//!
//! In: the text of the file, its folder, the working directory. Out: a [`ConfigFile`] whose entries are known values, or
//! say why they cannot be known and where that stands.

use std::path::{Path, PathBuf};

use crate::files::position;

use super::js_constants::{Constant, Located, Module, Property, read};
use super::{Choice, ConfigFile, Entry};

/// File names in the order they are looked for; each with every one of [`EXTENSIONS`].
const NAMES: [&str; 5] =
    ["prisma7.config", ".config/prisma7", "prisma.config", ".config/prisma", ".config/prisma.config"];
const EXTENSIONS: [&str; 6] = ["ts", "js", "mjs", "cjs", "mts", "cts"];

/// Every path a Prisma config may have below `base`, the most wanted first.
pub(super) fn candidates(base: &Path) -> Vec<PathBuf> {
    let names = NAMES.iter().flat_map(|name| EXTENSIONS.iter().map(move |extension| format!("{name}.{extension}")));
    names.map(|name| base.join(name)).collect()
}

/// Reads the text of the config at `path`.
pub(super) fn parse(path: &Path, text: &str, working_directory: &Path) -> ConfigFile {
    let mut config = ConfigFile::empty(path);
    let export = match read(text) {
        Ok(Module { export, loads_env_file }) => {
            config.loads_env_file = loads_env_file;
            let missing = Located { value: Constant::Unknown("a module without a default export"), at: 0 };
            export.unwrap_or(missing)
        }
        Err(bad) => Located { value: Constant::Unknown(bad.what), at: bad.at },
    };
    let directory = config.directory.clone();
    let view = View { path, text, directory: &directory, working_directory, export: &export };
    config.schema = view.entry(&["schema"]);
    config.migrations_path = view.entry(&["migrations", "path"]);
    config.seed = view.entry(&["migrations", "seed"]);
    config.typed_sql_path = view.entry(&["typedSql", "path"]);
    config.url = view.entry(&["datasource", "url"]);
    config.direct_url = view.entry(&["datasource", "directUrl"]);
    config.shadow_database_url = view.entry(&["datasource", "shadowDatabaseUrl"]);
    config.init_shadow_db = view.entry(&["migrations", "initShadowDb"]);
    config.external_tables = view.entries(&["tables", "external"]);
    config.external_enums = view.entries(&["enums", "external"]);
    config
}

/// A parsed module, ready to be asked for properties.
struct View<'a> {
    path: &'a Path,
    text: &'a str,
    directory: &'a Path,
    working_directory: &'a Path,
    export: &'a Located,
}

impl View<'_> {
    /// The value under a path of property names; none when the module certainly does not set it.
    fn entry(&self, names: &[&str]) -> Option<Entry> {
        match self.find(names)? {
            Ok(located) => self.entry_of(located, names),
            Err(unknown) => Some(unknown),
        }
    }

    /// The values of the list under a path of property names, one entry each.
    fn entries(&self, names: &[&str]) -> Option<Vec<Entry>> {
        Some(match self.find(names)? {
            Ok(Located { value: Constant::List(items), .. }) => {
                items.iter().filter_map(|item| self.entry_of(item, names)).collect()
            }
            Ok(Located { value: Constant::Nothing, .. }) => return None,
            Ok(located @ Located { value: Constant::Unknown(why), .. }) => {
                vec![self.at(located, names, vec![Choice::Unknown(why)])]
            }
            Ok(located) => vec![self.at(located, names, vec![Choice::Unknown("not a list")])],
            Err(unknown) => vec![unknown],
        })
    }

    /// What stands under a path of property names; none when the module certainly does not set it.
    fn find(&self, names: &[&str]) -> Option<Result<&Located, Entry>> {
        let mut current = self.export;
        for name in names {
            current = match &current.value {
                Constant::Object(properties) => property(properties, name)?,
                Constant::Nothing => return None,
                Constant::Unknown(_) => break,
                _ => return Some(Err(self.at(current, names, vec![Choice::Unknown("not an object")]))),
            };
        }
        Some(Ok(current))
    }

    fn entry_of(&self, located: &Located, names: &[&str]) -> Option<Entry> {
        let mut choices = Vec::new();
        self.choices(located, &mut choices);
        if choices.is_empty() { None } else { Some(self.at(located, names, choices)) }
    }

    fn at(&self, located: &Located, names: &[&str], choices: Vec<Choice>) -> Entry {
        let (line, column) = position(self.text, located.at);
        Entry { name: names.join("."), file: self.path.to_path_buf(), position: Some((line, column)), choices }
    }

    fn choices(&self, located: &Located, choices: &mut Vec<Choice>) {
        match &located.value {
            Constant::Nothing => {}
            Constant::Env(name) => choices.push(Choice::Env(name.clone())),
            Constant::FirstOf(several) => several.iter().for_each(|one| self.choices(one, choices)),
            constant => choices.push(match self.text_of(constant) {
                Ok(text) => Choice::Text(text),
                Err(why) => Choice::Unknown(why),
            }),
        }
    }

    fn text_of(&self, constant: &Constant) -> Result<String, &'static str> {
        match constant {
            Constant::Text(text) => Ok(text.clone()),
            Constant::ModuleDirectory => Ok(self.directory.display().to_string()),
            Constant::WorkingDirectory => Ok(self.working_directory.display().to_string()),
            Constant::Joined(parts) => Ok(self.joined(PathBuf::new(), parts)?.display().to_string()),
            Constant::Resolved(parts) => {
                let mut path = self.working_directory.to_path_buf();
                for part in parts {
                    path.push(self.text_of(&part.value)?);
                }
                Ok(path.display().to_string())
            }
            Constant::Env(_) | Constant::FirstOf(_) => Err("a path made from an environment variable"),
            Constant::Object(_) | Constant::List(_) | Constant::Boolean(_) | Constant::Nothing | Constant::Other => {
                Err("not a string")
            }
            Constant::Unknown(why) => Err(why),
        }
    }

    fn joined(&self, mut path: PathBuf, parts: &[Located]) -> Result<PathBuf, &'static str> {
        for (index, part) in parts.iter().enumerate() {
            let part = self.text_of(&part.value)?;
            path.push(if index == 0 { &part } else { part.trim_start_matches('/') });
        }
        Ok(path)
    }
}

/// The value of a property: the last one of that name, unless something unknown after it may have replaced it.
fn property<'a>(properties: &'a [Property], name: &str) -> Option<&'a Located> {
    let matches = |property: &&Property| property.name.as_deref().is_none_or(|found| found == name);
    properties.iter().rev().find(matches).map(|property| &property.value)
}
