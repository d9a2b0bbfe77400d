//! Finds the migrations folder.

use std::path::PathBuf;

use nicol_schema::schema::Datasource;

use super::Project;
use crate::config::Config;
use crate::env_file::environment;
use crate::failure::{Failure, Result};
use crate::paths;

/// The folder that a config file names.
///
/// # Errors
/// It names one that cannot be known without running the file.
pub(super) fn configured(config: &Config) -> Result<Option<PathBuf>> {
    let Some(entry) = config.entry(|file| file.migrations_path.as_ref()) else {
        return Ok(None);
    };
    let path = entry.resolve(environment)?;
    Ok(path.map(|path| paths::tidy(&entry.directory().join(path))))
}

/// The configured folder; else `migrations` beside the file with the datasource, in the schema folder, or in its parent:
/// the one that exists, else the first.
///
/// # Errors
/// Two exist, or the config names one that cannot be known.
pub(super) fn find(project: &Project, datasource: Option<&Datasource>) -> Result<PathBuf> {
    if let Some(configured) = configured(&project.config)? {
        return Ok(configured);
    }
    let schema = &project.schema;
    let mut candidates = vec![project.datasource_folder(datasource).join("migrations")];
    if schema.path.path == schema.folder {
        candidates.push(schema.folder.join("migrations"));
        candidates.extend(schema.folder.parent().map(|parent| parent.join("migrations")));
    }
    let mut existing: Vec<PathBuf> = Vec::new();
    for candidate in &candidates {
        if candidate.is_dir() && !existing.contains(candidate) {
            existing.push(candidate.clone());
        }
    }
    match existing.as_slice() {
        [] => Ok(candidates.swap_remove(0)),
        [only] => Ok(only.clone()),
        several => {
            let shown: Vec<String> = several.iter().map(|path| paths::show(path)).collect();
            Err(Failure::new("migrations-ambiguous", "there are two folders of migrations")
                .at(shown.join(" and "))
                .why("nothing says which one belongs to the schema")
                .help("write `path = \"..\"` under [migrations] in nicol.toml, or remove one of them"))
        }
    }
}
