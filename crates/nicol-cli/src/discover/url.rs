//! Finds the database URL: `--url`, the environment, `.env`, config, schema; the first that names one.

use std::path::{Path, PathBuf};

use nicol_schema::schema::{Datasource, StringOrEnv};

use super::Project;
use crate::config::Entry;
use crate::env_file::{Found, Variables};
use crate::failure::{Failure, Result};
use crate::paths;

/// The variable that counts when neither config nor schema names one.
pub(crate) const DEFAULT_VARIABLE: &str = "DATABASE_URL";

/// Which URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UrlKind {
    /// `url`
    Main,
    /// `directUrl`: for migrations, past a pooler.
    Direct,
    /// `shadowDatabaseUrl`
    Shadow,
}

/// A URL as text, and where it is from.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct FoundUrl {
    /// The text, perhaps with a password.
    pub(crate) text: String,
    /// Who named it.
    pub(crate) origin: String,
    /// What a relative SQLite path in it is relative to.
    pub(crate) folder: PathBuf,
    /// True when a variable took the place of a URL that is written in the schema or a config file.
    pub(crate) overrides_literal: bool,
}

impl FoundUrl {
    /// A URL from the command line.
    pub(crate) fn given(text: &str, working_directory: &Path) -> FoundUrl {
        FoundUrl {
            text: text.to_owned(),
            origin: "the command line".to_owned(),
            folder: working_directory.to_path_buf(),
            overrides_literal: false,
        }
    }
}

/// Who speaks about a URL.
struct Named<'a> {
    config: Option<&'a Entry>,
    schema: Option<&'a StringOrEnv>,
}

impl<'a> Named<'a> {
    fn of(project: &'a Project, kind: UrlKind, datasource: Option<&'a Datasource>) -> Named<'a> {
        let config = project.config.entry(|file| match kind {
            UrlKind::Main => file.url.as_ref(),
            UrlKind::Direct => file.direct_url.as_ref(),
            UrlKind::Shadow => file.shadow_database_url.as_ref(),
        });
        let schema = datasource.and_then(|datasource| match kind {
            UrlKind::Main => datasource.url.as_ref(),
            UrlKind::Direct => datasource.direct_url.as_ref(),
            UrlKind::Shadow => datasource.shadow_database_url.as_ref(),
        });
        Named { config, schema }
    }

    /// The variables that may hold it, each with the folder that a relative path in it starts from.
    fn variables<'b>(
        &'b self,
        project: &'b Project,
        schema_folder: &'b Path,
        kind: UrlKind,
    ) -> Vec<(&'b str, &'b Path)> {
        let mut variables: Vec<(&str, &Path)> = Vec::new();
        if let Some(entry) = self.config {
            variables.extend(entry.variables().map(|name| (name, entry.directory())));
        }
        if let Some(StringOrEnv::Env(name)) = self.schema {
            variables.push((name, schema_folder));
        }
        if variables.is_empty() && kind == UrlKind::Main {
            variables.push((DEFAULT_VARIABLE, &project.working_directory));
        }
        variables
    }
}

/// The URL of a kind, when anything names one.
///
/// # Errors
/// The config names one that cannot be known without running the file.
pub(super) fn find(project: &Project, kind: UrlKind, datasource: Option<&Datasource>) -> Result<Option<FoundUrl>> {
    let named = Named::of(project, kind, datasource);
    let schema_folder = project.datasource_folder(datasource);
    let variables = named.variables(project, schema_folder, kind);
    let is_default = named.config.is_none_or(|entry| entry.variables().next().is_none())
        && !matches!(named.schema, Some(StringOrEnv::Env(_)));
    let overrides_literal = is_default && (named.config.is_some() || named.schema.is_some());
    if let Some(found) = from_variables(project.variables()?, &variables, overrides_literal) {
        return Ok(Some(found));
    }
    if let Some(entry) = named.config
        && let Some(text) = project.resolve(entry)?
    {
        let folder = entry.directory().to_path_buf();
        return Ok(Some(FoundUrl { text, origin: entry.origin(), folder, overrides_literal: false }));
    }
    Ok(match named.schema {
        Some(StringOrEnv::Literal(text)) => Some(FoundUrl {
            text: text.clone(),
            origin: format!("the datasource in {}", paths::show(datasource_file(project, datasource))),
            folder: schema_folder.to_path_buf(),
            overrides_literal: false,
        }),
        Some(StringOrEnv::Env(_)) | None => None,
    })
}

/// The first variable that is set: in the environment any of them, then in `.env` files.
fn from_variables(variables: &Variables, names: &[(&str, &Path)], overrides_literal: bool) -> Option<FoundUrl> {
    let found: Vec<_> = names.iter().filter_map(|(name, folder)| Some((name, folder, variables.find(name)?))).collect();
    let in_environment = found.iter().find(|(_, _, (_, place))| *place == Found::Environment);
    in_environment.or(found.first()).map(|(name, folder, (text, place))| FoundUrl {
        text: text.clone(),
        origin: match place {
            Found::Environment => format!("{name} in the environment"),
            Found::File(path) => format!("{name} in {}", paths::show(path)),
        },
        folder: folder.to_path_buf(),
        overrides_literal,
    })
}

fn datasource_file<'a>(project: &'a Project, datasource: Option<&Datasource>) -> &'a Path {
    let file = datasource.and_then(|datasource| project.schema.paths.get(datasource.span.file as usize));
    file.map_or(project.schema.path.path.as_path(), PathBuf::as_path)
}

/// The names of the variables that the main URL may come from, the usual one among them.
pub(super) fn variables(project: &Project, datasource: Option<&Datasource>) -> Vec<String> {
    let named = Named::of(project, UrlKind::Main, datasource);
    let mut names: Vec<String> =
        named.variables(project, Path::new(""), UrlKind::Main).iter().map(|(name, _)| (*name).to_owned()).collect();
    if !names.iter().any(|name| name == DEFAULT_VARIABLE) {
        names.push(DEFAULT_VARIABLE.to_owned());
    }
    names
}

/// Nothing names a URL.
pub(super) fn missing(project: &Project, datasource: Option<&Datasource>) -> Failure {
    let named = Named::of(project, UrlKind::Main, datasource);
    let variables = named.variables(project, Path::new(""), UrlKind::Main);
    let names: Vec<&str> = variables.iter().map(|(name, _)| *name).collect();
    let searched = project.env_folders().into_iter().map(|folder| {
        let path = folder.join(".env");
        format!("{}{}", paths::show(&path), if path.is_file() { "" } else { " (does not exist)" })
    });
    let searched: Vec<String> = std::iter::once("the environment".to_owned()).chain(searched).collect();
    let failure = Failure::new("url-missing", "no database URL is known")
        .why(format!("{} is not set; looked for in {}", names.join(" or "), searched.join(", ")))
        .help(format!("set {}, or pass --url", names.first().unwrap_or(&DEFAULT_VARIABLE)));
    match (named.config, datasource) {
        (Some(entry), _) => failure.at(entry.origin()),
        (None, Some(_)) => failure.at(paths::show(datasource_file(project, datasource))),
        (None, None) => failure,
    }
}
