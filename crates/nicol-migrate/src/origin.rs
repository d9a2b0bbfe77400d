//! Where the next migration starts from: the schema that the folder leads to, as a catalog.
//!
//! The newest folder's snapshot tells it without any database. Where there is none, or where it cannot be the sum of all
//! folders, the migrations are replayed.

use nicol_catalog::Catalog;
use nicol_db::Dialect;
use nicol_schema::{Source, ValidSchema};

use crate::dev::{Drift, drift_between};
use crate::directory::{Migration, SNAPSHOT_FILE};
use crate::error::Result;
use crate::scope::Scope;
use crate::shadow::{self, Shadow};

/// Start of the first line of `down.sql`: `-- nicol:down NAME..PREVIOUS`.
const DOWN_MARK: &str = "-- nicol:down ";

/// Start of a script that was made of the README of a migration of 2019 or 2020. The snapshot beside it leaves unsaid what
/// was otherwise then (names of indexes, actions of foreign keys), so it does not tell what the script makes.
pub(crate) const IMPORTED_MARK: &str = "-- nicol:imported from README.md\n\n";

/// Where a catalog of the folder came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginKind {
    /// There are no migrations yet.
    Nothing,
    /// The snapshot of the newest folder.
    Snapshot,
    /// A replay of all scripts.
    Replay,
}

/// The catalog that a folder leads to.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) catalog: Catalog,
    pub(crate) kind: OriginKind,
}

/// The catalog of the folder: from the snapshot when it can be trusted, unless a replay is asked for.
pub(crate) async fn origin(
    migrations: &[Migration],
    dialect: Dialect,
    shadow: Shadow<'_>,
    always_replay: bool,
    scope: &Scope,
) -> Result<Origin> {
    if migrations.is_empty() {
        return Ok(Origin { catalog: Catalog::fresh(dialect), kind: OriginKind::Nothing });
    }
    if !always_replay && let Some(schema) = current_snapshot(migrations)? {
        let catalog = scope.catalog_of(&schema, dialect);
        return Ok(Origin { catalog, kind: OriginKind::Snapshot });
    }
    let catalog = shadow::replay(migrations, dialect, shadow, scope).await?;
    Ok(Origin { catalog, kind: OriginKind::Replay })
}

/// The catalog of the folder, and what a live database has beyond it.
pub(crate) async fn against_live(
    migrations: &[Migration],
    live: &Catalog,
    dialect: Dialect,
    shadow: Shadow<'_>,
    always_replay: bool,
    scope: &Scope,
) -> Result<(Origin, Option<Drift>)> {
    let from = origin(migrations, dialect, shadow, always_replay, scope).await?;
    let drift = drift_between(&from.catalog, live);
    if drift.is_some() && from.kind == OriginKind::Snapshot {
        // Either the database has been changed by hand or a script does not do what its snapshot says. Only a replay
        // can tell; where none is possible the snapshot has to do.
        if let Ok(replayed) = origin(migrations, dialect, shadow, true, scope).await {
            let drift = drift_between(&replayed.catalog, live);
            return Ok((replayed, drift));
        }
    }
    Ok((from, drift))
}

/// The snapshot of the newest folder, if it is valid and was made on top of the folder before it.
///
/// When branches are merged, a folder of the other branch comes to lie between the two: the newest snapshot then lacks
/// what that folder does.
fn current_snapshot(migrations: &[Migration]) -> Result<Option<ValidSchema>> {
    match migrations.split_last() {
        Some((newest, before)) => own_snapshot(newest, before.last()),
        None => Ok(None),
    }
}

/// The snapshot of a migration, if it is valid and tells what there is after it: see [`current_snapshot`].
pub(crate) fn own_snapshot(migration: &Migration, previous: Option<&Migration>) -> Result<Option<ValidSchema>> {
    if migration.script.starts_with(IMPORTED_MARK) {
        return Ok(None);
    }
    let previous = previous.map_or("", |migration| migration.name.as_str());
    let down = migration.down()?;
    let made_on = down.as_deref().and_then(|down| made_on(down, &migration.name));
    if made_on.is_some_and(|made_on| made_on != previous) {
        return Ok(None);
    }
    let Some(snapshot) = migration.snapshot()? else { return Ok(None) };
    Ok(nicol_schema::validate(&[Source::new(SNAPSHOT_FILE, snapshot)]).schema)
}

/// The first line of a `down.sql`.
pub(crate) fn down_mark(name: &str, previous: &str) -> String {
    format!("{DOWN_MARK}{name}..{previous}\n")
}

/// The migration that a `down.sql` was made for and the one that it was made on top of, as its first line has them.
pub(crate) fn down_marks(down: &str) -> Option<(&str, &str)> {
    down.lines().next()?.strip_prefix(DOWN_MARK)?.trim_end().split_once("..")
}

/// The migration that `name` was made on top of.
fn made_on<'a>(down: &'a str, name: &str) -> Option<&'a str> {
    down_marks(down).filter(|(of, _)| *of == name).map(|(_, on)| on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_back() {
        let down = down_mark("2_b", "1_a") + "DROP TABLE x;\n";
        assert_eq!(made_on(&down, "2_b"), Some("1_a"));
        assert_eq!(made_on(&down, "3_c"), None);
        assert_eq!(made_on(&down_mark("1_a", ""), "1_a"), Some(""));
        assert_eq!(made_on("DROP TABLE x;\n", "1_a"), None);
    }
}
