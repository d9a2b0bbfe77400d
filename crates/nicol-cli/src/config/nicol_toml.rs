//! `nicol.toml`: the same settings as a Prisma config, in a file that needs no program to read.
//!
//! In: its text. Out: a [`ConfigFile`], or what is wrong with it and where.

use std::path::Path;

use crate::files::position;
use serde::Deserialize;

use super::{Choice, ConfigFile, Entry};
use crate::failure::{Failure, Result};
use crate::paths;

/// A text, or `{ env = "NAME" }`.
#[derive(Deserialize)]
#[serde(try_from = "toml::Value")]
struct TextOrEnv(Choice);

impl TryFrom<toml::Value> for TextOrEnv {
    type Error = &'static str;

    fn try_from(value: toml::Value) -> std::result::Result<TextOrEnv, &'static str> {
        let env = |table: &toml::Table| match table.get("env") {
            Some(toml::Value::String(name)) if table.len() == 1 => Some(name.clone()),
            _ => None,
        };
        let choice = match value {
            toml::Value::String(text) => Some(Choice::Text(text)),
            toml::Value::Table(table) => env(&table).map(Choice::Env),
            _ => None,
        };
        choice.map(TextOrEnv).ok_or("a text is wanted here, or { env = \"NAME\" }")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: Option<TextOrEnv>,
    #[serde(default)]
    datasource: Datasource,
    #[serde(default)]
    migrations: Migrations,
    #[serde(default)]
    typed_sql: TypedSql,
    #[serde(default)]
    tables: Named,
    #[serde(default)]
    enums: Named,
    #[serde(default)]
    dev: Dev,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypedSql {
    path: Option<TextOrEnv>,
}

/// Things of one kind.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    external: Option<Vec<TextOrEnv>>,
}

/// What `migrate dev` does afterwards.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dev {
    #[serde(default)]
    generate: bool,
    #[serde(default)]
    seed: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Datasource {
    url: Option<TextOrEnv>,
    direct_url: Option<TextOrEnv>,
    shadow_database_url: Option<TextOrEnv>,
    #[serde(default)]
    protected: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Migrations {
    path: Option<TextOrEnv>,
    seed: Option<TextOrEnv>,
    init_shadow_db: Option<TextOrEnv>,
    readme: Option<bool>,
    #[serde(default)]
    mask: Mask,
}

/// Which URLs of a schema a README hides.
#[derive(Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mask {
    /// All.
    #[default]
    All,
    /// All but `env("NAME")`.
    Literal,
}

/// Reads the text of the `nicol.toml` at `path`.
pub(super) fn parse(path: &Path, text: &str) -> Result<ConfigFile> {
    let file: File = toml::from_str(text).map_err(|error| invalid(path, text, &error))?;
    let entry = |name: &str, value: Option<TextOrEnv>| {
        value.map(|TextOrEnv(choice)| Entry {
            name: name.to_owned(),
            file: path.to_path_buf(),
            position: None,
            choices: vec![choice],
        })
    };
    let entries = |name: &str, values: Option<Vec<TextOrEnv>>| {
        values.map(|values| values.into_iter().filter_map(|value| entry(name, Some(value))).collect())
    };
    Ok(ConfigFile {
        init_shadow_db: entry("migrations.init_shadow_db", file.migrations.init_shadow_db),
        external_tables: entries("tables.external", file.tables.external),
        external_enums: entries("enums.external", file.enums.external),
        protected: file.datasource.protected,
        schema: entry("schema", file.schema),
        url: entry("datasource.url", file.datasource.url),
        direct_url: entry("datasource.direct_url", file.datasource.direct_url),
        shadow_database_url: entry("datasource.shadow_database_url", file.datasource.shadow_database_url),
        migrations_path: entry("migrations.path", file.migrations.path),
        seed: entry("migrations.seed", file.migrations.seed),
        typed_sql_path: entry("typed_sql.path", file.typed_sql.path),
        migrations_readme: file.migrations.readme,
        dev_generates: file.dev.generate,
        dev_seeds: file.dev.seed,
        readme_shows_env: file.migrations.mask == Mask::Literal,
        ..ConfigFile::empty(path)
    })
}

/// The line itself is not shown: it may hold a password.
fn invalid(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let mut place = paths::show(path);
    if let Some(span) = error.span() {
        let (line, column) = position(text, span.start);
        place = format!("{place}:{line}:{column}");
    }
    Failure::new("config-invalid", "the config file cannot be read").at(place).why(error.message().trim()).help(
        "known keys: schema, datasource.{url, direct_url, shadow_database_url, protected}, \
         migrations.{path, seed, readme, mask, init_shadow_db}, typed_sql.path, tables.external, enums.external, \
         dev.{generate, seed}",
    )
}
