//! `db push`: makes a database what the schema says, without a migration.
//!
//! [`prepare`] finds out what would change; whoever called looks at it and asks; [`carry_out`] does it.

use nicol_db::{Connection, ConnectionUrl};
use nicol_schema::ValidSchema;

use crate::compare::Change;
use crate::deploy::{close, create_schema};
use crate::dev;
use crate::empty::empty;
use crate::error::{Error, Result, code};
use crate::event::Watch;
use crate::history;
use crate::lock::{self, LockOptions};
use crate::reset::open_or_create;
use crate::risk::{self, CountedRisk};
use crate::scope::Scope;
use crate::unrecorded;

/// What a push would do.
#[derive(Debug, Clone)]
pub struct Push {
    /// The database was missing and has been created.
    pub database_created: bool,
    /// Whether the database has a migration history, which a push leaves no trace in.
    pub has_history: bool,
    /// What it does to the rows that are there. Risks that concern no row are left out.
    pub risks: Vec<CountedRisk>,
    /// Empty when the database is what the schema says.
    pub script: String,
    /// The same in words.
    pub summary: String,
}

impl Push {
    /// True when there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.script.is_empty()
    }

    /// The risks that make a yes necessary.
    pub fn losses(&self) -> impl Iterator<Item = &CountedRisk> {
        self.risks.iter().filter(|counted| counted.is_loss())
    }

    /// The steps that cannot run on the rows that are there, or under a view.
    pub fn impossible(&self) -> impl Iterator<Item = &CountedRisk> {
        self.risks.iter().filter(|counted| !counted.is_loss())
    }
}

/// Finds out what has to change for the database to be what the schema says. Creates the database when it is missing, and
/// empties it first with `force_reset`; otherwise changes nothing.
///
/// # Errors
/// `provider-without-migrations`, P3019 when the server is another product than the schema's, P3016 when the database cannot
/// be emptied, and errors of the connection.
pub async fn prepare(
    url: &ConnectionUrl,
    schema: &ValidSchema,
    scope: &Scope,
    force_reset: bool,
    lock: LockOptions,
    watch: &mut dyn Watch,
) -> Result<Push> {
    let written = dev::dialect_of(schema)?;
    let (mut conn, database_created) = open_or_create(url).await?;
    let result = async {
        dev::check_dialect(written, conn.dialect())?;
        if force_reset {
            let held = lock::take(&mut conn, lock, watch).await?;
            let emptied = empty(&mut conn, scope).await;
            lock::release(&mut conn, held).await?;
            emptied?;
        }
        let has_history = history::exists(&mut conn).await?;
        let change = change(&mut conn, schema, scope).await?;
        let risks = risk::counted(&mut conn, &change).await;
        Ok(Push { database_created, has_history, risks, script: change.script, summary: change.summary })
    }
    .await;
    close(conn).await;
    result
}

/// The way from what the database is to what the schema says.
async fn change(conn: &mut Connection, schema: &ValidSchema, scope: &Scope) -> Result<Change> {
    let live = scope.introspect(conn).await?;
    Ok(Change::between(&live, &scope.catalog_of(schema, conn.dialect())))
}

/// Does what was found: in one transaction where the database can.
///
/// # Errors
/// `data-loss` when it may lose data and that is not accepted, `change-cannot-run`, `database-changed` when somebody else
/// has changed the database since, `script-failed`.
pub async fn carry_out(
    url: &ConnectionUrl,
    schema: &ValidSchema,
    scope: &Scope,
    push: &Push,
    accept_data_loss: bool,
    lock: LockOptions,
    watch: &mut dyn Watch,
) -> Result<()> {
    if push.is_empty() {
        return Ok(());
    }
    let way_out = "`--force-reset` drops everything in the database first; `nicol migrate dev` writes a migration that can be \
                   edited to give the rows their values.";
    if let Some(error) = risk::impossible(&push.risks, way_out) {
        return Err(error);
    }
    if let Some(error) = risk::loss(&push.risks, "Run again with `--accept-data-loss` if that is meant.")
        && !accept_data_loss
    {
        return Err(error);
    }
    let mut conn = Connection::open(url).await?;
    let result = async {
        let held = lock::take(&mut conn, lock, watch).await?;
        let ran = under_lock(&mut conn, schema, scope, push).await;
        lock::release(&mut conn, held).await?;
        ran
    }
    .await;
    close(conn).await;
    result
}

async fn under_lock(conn: &mut Connection, schema: &ValidSchema, scope: &Scope, push: &Push) -> Result<()> {
    create_schema(conn).await?;
    let change = change(conn, schema, scope).await?;
    if change.script != push.script {
        return Err(Error::new(
            code::DATABASE_CHANGED,
            "The database has been changed by somebody else in the meantime.",
        )
        .with_help("Nothing was done. Run the command again to see what it would do now."));
    }
    unrecorded::run(conn, &change.script_to_run()).await?;
    Ok(())
}
