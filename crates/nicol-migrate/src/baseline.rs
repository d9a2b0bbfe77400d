//! The baseline of a database that has tables and no history: how many of the migrations have made what is there.
//!
//! It is found by comparing what the database holds with what each migration leads to, so nothing is recorded that is not
//! there.

use nicol_catalog::Catalog;
use nicol_db::{Connection, Dialect};

use crate::dev::drift_between;
use crate::directory::Migration;
use crate::error::{Error, Result, code};
use crate::origin::own_snapshot;
use crate::scope::Scope;
use crate::shadow::{self, Shadow};

/// How to find the baseline.
#[derive(Debug, Clone, Copy, Default)]
pub struct Baseline<'a> {
    /// The last migration that is in the database; none where the structure alone tells it.
    pub at: Option<&'a str>,
    /// Where migrations are replayed that have no snapshots.
    pub shadow: Shadow<'a>,
}

/// The migrations that have made what the database holds.
///
/// # Errors
/// P3017 for a name that is no migration's, P3005 when the database holds something else, `baseline-ambiguous` when more than
/// one migration leads to what it holds, and those of a replay.
pub(crate) async fn find<'a>(
    conn: &mut Connection,
    migrations: &'a [Migration],
    baseline: Baseline<'_>,
    scope: &Scope,
) -> Result<&'a [Migration]> {
    let live = scope.introspect(conn).await?;
    let catalogs = catalogs(migrations, conn.dialect(), baseline.shadow, scope).await?;
    let differs = |at: usize| drift_between(&catalogs[at], &live);
    let wanted = match baseline.at {
        Some(name) => Some(migrations.iter().position(|migration| migration.name == name).ok_or_else(|| {
            Error::new("P3017", format!("There is no migration {name}."))
                .with_migration(name)
                .with_help("Is the name complete? It is the whole folder name, with its digits.")
        })?),
        None => None,
    };
    let fitting: Vec<usize> = (0..migrations.len()).filter(|at| differs(*at).is_none()).collect();
    let last = match (wanted, fitting.as_slice()) {
        (Some(at), fitting) if fitting.contains(&at) => at,
        (None, [at]) => *at,
        (None, [_, _, ..]) => {
            let names: Vec<&str> = fitting.iter().map(|at| migrations[*at].name.as_str()).collect();
            let message = format!(
                "More than one migration leads to what the database holds: {}. They differ in what they do to rows, or in \
                 what a catalog does not show.",
                names.join(", ")
            );
            return Err(Error::new(code::BASELINE, message)
                .with_help("Say which was the last one that ran on it: `--baseline NAME`."));
        }
        (wanted, _) => {
            let at = wanted.unwrap_or(migrations.len() - 1);
            let name = &migrations[at].name;
            let drift = differs(at).map(|drift| drift.summary).unwrap_or_default();
            let message = if wanted.is_some() {
                format!("The database is not what the migrations up to {name} make")
            } else {
                format!("The database is not what any of the migrations leads to. Seen from the newest, {name}")
            };
            return Err(Error::new("P3005", format!("{message}:\n{}", drift.trim_end())).with_help(
                "Nothing was recorded. Change the database, or take it into the migrations with `nicol migrate adopt`.",
            ));
        }
    };
    Ok(&migrations[..=last])
}

/// What each migration leads to: as the snapshots say where every one has its own, else by a replay.
async fn catalogs(
    migrations: &[Migration],
    dialect: Dialect,
    shadow: Shadow<'_>,
    scope: &Scope,
) -> Result<Vec<Catalog>> {
    let mut said = Vec::with_capacity(migrations.len());
    for (at, migration) in migrations.iter().enumerate() {
        let previous = at.checked_sub(1).map(|at| &migrations[at]);
        match own_snapshot(migration, previous)? {
            Some(schema) => said.push(scope.catalog_of(&schema, dialect)),
            None => return shadow::replay_each(migrations, dialect, shadow, scope).await,
        }
    }
    Ok(said)
}
