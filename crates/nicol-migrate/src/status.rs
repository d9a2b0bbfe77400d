//! `migrate status`: how folder, history and database stand to each other. Changes nothing.

use nicol_db::{Connection, ConnectionUrl};

use crate::deploy::{close, unmanaged_table};
use crate::dev::{self, Drift};
use crate::directory::Directory;
use crate::error::Result;
use crate::history;
use crate::origin;
use crate::scope::Scope;
use crate::shadow::Shadow;
use crate::standing::{Standing, standing};

/// How things stand.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Status {
    /// Whether the migrations folder exists.
    pub folder_exists: bool,
    /// Number of migrations in it.
    pub found: usize,
    /// Whether the database has a history.
    pub has_history: bool,
    /// Whether the database has tables beside the history.
    pub has_tables: bool,
    /// Folder against history.
    pub standing: Standing,
    /// Database against history, when it was looked for and is there.
    pub drift: Option<Drift>,
}

/// The one word for a [`Status`], gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A migration was started and did not end.
    Failed,
    /// The database has tables but no history.
    Unmanaged,
    /// Migrations were changed after being applied.
    Edited,
    /// Folder and history have each something that the other lacks.
    Diverged,
    /// Applied migrations are missing in the folder.
    Missing,
    /// A pending migration sorts before an applied one.
    OutOfOrder,
    /// There are migrations to apply.
    Pending,
    /// The database was changed by something else than migrations.
    Drifted,
    /// Nothing to do.
    UpToDate,
}

impl Status {
    /// The gravest thing there is to say.
    pub fn verdict(&self) -> Verdict {
        let standing = &self.standing;
        match () {
            () if !standing.failed.is_empty() => Verdict::Failed,
            () if !self.has_history && self.has_tables => Verdict::Unmanaged,
            () if !standing.edited.is_empty() => Verdict::Edited,
            () if !standing.missing.is_empty() && !standing.pending.is_empty() => Verdict::Diverged,
            () if !standing.missing.is_empty() => Verdict::Missing,
            () if !standing.out_of_order.is_empty() => Verdict::OutOfOrder,
            () if !standing.pending.is_empty() => Verdict::Pending,
            () if self.drift.is_some() => Verdict::Drifted,
            () => Verdict::UpToDate,
        }
    }
}

/// Looks at a database and a folder.
///
/// With a scope drift is looked for too, where the snapshots allow it or a replay
/// is possible without a server's scratch database.
///
/// # Errors
/// P3019, and errors of the connection.
pub async fn status(url: &ConnectionUrl, directory: &Directory, scope: Option<&Scope>) -> Result<Status> {
    let mut conn = Connection::open(url).await?;
    let result = look(&mut conn, directory, scope).await;
    close(conn).await;
    result
}

async fn look(conn: &mut Connection, directory: &Directory, scope: Option<&Scope>) -> Result<Status> {
    directory.check_provider(conn.dialect())?;
    let rows = history::read_if_exists(conn).await?;
    let has_tables = unmanaged_table(conn, scope).await?.is_some();
    let standing = standing(directory.migrations(), rows.as_deref().unwrap_or_default());
    let drift = match scope {
        Some(scope) if rows.is_some() && standing.failed.is_empty() && standing.missing.is_empty() => {
            drift(conn, directory, &standing, scope).await?
        }
        _ => None,
    };
    Ok(Status {
        folder_exists: directory.exists(),
        found: directory.migrations().len(),
        has_history: rows.is_some(),
        has_tables,
        standing,
        drift,
    })
}

/// What the database has beyond the applied migrations.
async fn drift(
    conn: &mut Connection,
    directory: &Directory,
    standing: &Standing,
    scope: &Scope,
) -> Result<Option<Drift>> {
    let applied: Vec<_> =
        directory.migrations().iter().filter(|migration| standing.applied.contains(&migration.name)).cloned().collect();
    // Without a server to make scratch databases on: a status must not need the right to do so.
    let Ok(expected) = origin::origin(&applied, conn.dialect(), Shadow::default(), false, scope).await else {
        return Ok(None);
    };
    let live = scope.introspect(conn).await?;
    Ok(dev::drift_between(&expected.catalog, &live))
}
