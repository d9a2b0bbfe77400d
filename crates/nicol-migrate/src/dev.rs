//! `migrate dev`: from a changed schema to a new migration, applied to the development database.
//!
//! [`prepare`] applies what is pending, finds out what the new migration would do, and returns it as a [`Draft`]; whoever
//! called looks at it and asks; [`carry_out`] writes the folder and applies it. Nothing is ever reset.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use nicol_catalog::{Catalog, Decisions, LikelyRename, Rename, Risk};
use nicol_db::{Connection, ConnectionUrl, Dialect, admin};
use nicol_schema::ValidSchema;

use crate::compare::{Change, Ways};
use crate::deploy::{self, DeployOptions};
use crate::directory::{self, Directory, Migration, SCRIPT_FILE};
use crate::error::{Error, Result, code};
use crate::event::Watch;
use crate::history;
use crate::lock::LockOptions;
use crate::mode::NO_TRANSACTION;
use crate::naming;
use crate::origin::{self, OriginKind};
use crate::readme::{self, Readme};
use crate::risk;
use crate::scope::Scope;
use crate::shadow::Shadow;
use crate::snapshot::{self, Mask};
use crate::standing::standing;
use crate::warnings;

pub use crate::risk::CountedRisk;

/// The script of a migration that does nothing yet.
pub const EMPTY_SCRIPT: &str = "-- This is an empty migration.\n";

/// How to develop.
#[derive(Debug, Clone, Copy, Default)]
pub struct DevOptions<'a> {
    /// Write the migration, apply nothing, change no database.
    pub create_only: bool,
    /// Replay the migrations even where a snapshot would do.
    pub always_replay: bool,
    /// A shadow database to replay in, instead of a scratch database.
    pub shadow: Option<&'a ConnectionUrl>,
    /// Waiting for other runners.
    pub lock: LockOptions,
}

/// A migration that is thought out but not written.
#[derive(Debug)]
pub struct Draft {
    /// The database was missing and has been created.
    pub database_created: bool,
    /// Pending migrations that were applied first.
    pub applied: Vec<String>,
    /// Where the schema of the folder was taken from.
    pub origin: OriginKind,
    /// What the database has that the migrations do not make, or the other way round.
    pub drift: Option<Drift>,
    /// What the migration does to data. Risks that concern no row are left out.
    pub risks: Vec<CountedRisk>,
    /// The script without its head; empty when the schema has not changed.
    pub script: String,
    /// The same difference in words.
    pub summary: String,
    /// The renames that were decided, in the names of the database.
    pub renames: Vec<Rename>,
    /// What looks like a rename and has not been decided. Columns of a renamed table show once the table is decided.
    pub likely: Vec<LikelyRename>,
    from: Catalog,
    to: Catalog,
    folder: PathBuf,
    dialect: Dialect,
    create_only: bool,
    all_risks: Vec<Risk>,
    /// The script has to commit between its statements.
    needs_commits: bool,
    down: String,
    schema_text: String,
    snapshot: String,
    scope: Scope,
    lock: LockOptions,
}

/// The difference between the folder and the database.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Drift {
    /// What has changed in the database, seen from the migrations, in words.
    pub summary: String,
    /// The same as a script: as a migration it would adopt the changes.
    pub script: String,
}

/// The answers to what a [`Draft`] asks.
#[derive(Debug, Clone)]
pub struct Decision<'a> {
    /// Title of the migration; may be empty.
    pub title: &'a str,
    /// Losing data is accepted.
    pub accept_data_loss: bool,
    /// Write a README too.
    pub readme: Option<ReadmeSettings<'a>>,
    /// The time that goes into the name.
    pub now: Timestamp,
}

/// What a README needs beside the migration itself.
#[derive(Debug, Clone)]
pub struct ReadmeSettings<'a> {
    /// Author: a name, or `Ann <ann@example.com>`.
    pub author: Option<&'a str>,
    /// Zone of the time in it.
    pub time_zone: TimeZone,
    /// Which URLs are hidden in it.
    pub mask: Mask,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Developed {
    /// Name and folder of the new migration; nothing when there was nothing to migrate.
    pub created: Option<(String, PathBuf)>,
    /// Names of the migrations applied by this step.
    pub applied: Vec<String>,
}

impl Draft {
    fn take(&mut self, ways: Ways, risks: Vec<CountedRisk>) {
        self.down = down_script(&ways.back);
        self.needs_commits = ways.forth.needs_commits;
        self.script = ways.forth.script;
        self.summary = ways.forth.summary;
        self.all_risks = ways.forth.risks;
        self.renames = ways.renames;
        self.likely = ways.likely;
        self.risks = risks;
    }

    /// True when schema and migrations agree.
    pub fn is_empty(&self) -> bool {
        self.script.is_empty()
    }

    /// The risks that make a yes necessary: those that lose data.
    pub fn losses(&self) -> impl Iterator<Item = &CountedRisk> {
        self.risks.iter().filter(|counted| counted.is_loss())
    }

    /// The steps that cannot run on the rows that are there, or under a view.
    pub fn impossible(&self) -> impl Iterator<Item = &CountedRisk> {
        self.risks.iter().filter(|counted| !counted.is_loss())
    }
}

/// Brings the database up to the folder and works out the migration from there to the schema.
///
/// The database is created when it is missing. With `create_only` no database is changed, and none is needed when the
/// newest folder has a snapshot.
///
/// # Errors
/// Those of [`deploy::deploy`], P3006 and P3014 of a replay, `provider-without-migrations`.
pub async fn prepare(
    url: &ConnectionUrl,
    directory: &Directory,
    schema: &ValidSchema,
    scope: &Scope,
    options: DevOptions<'_>,
    watch: &mut dyn Watch,
) -> Result<Draft> {
    let folder = directory
        .path()
        .ok_or_else(|| Error::new(code::FILE, "New migrations cannot be written into an embedded folder."))?;
    let provider_dialect = dialect_of(schema)?;
    directory.check_provider(provider_dialect)?;
    let (mut conn, created) = match Connection::open(url).await {
        Ok(conn) => (Some(conn), false),
        // Writing a migration needs no database; counting rows is then left out.
        Err(_) if options.create_only => (None, false),
        Err(error) if error.code() == "P1003" => {
            // A database without the migration that it was made for would be half a result.
            directory::check_writable(folder)?;
            let created = admin::create_database(url).await?;
            (Some(Connection::open(url).await?), created)
        }
        Err(error) => return Err(error.into()),
    };
    let dialect = conn.as_ref().map_or(provider_dialect, Connection::dialect);
    check_dialect(provider_dialect, dialect)?;
    let place = Place { url, folder, dialect, created };
    let result = draft(&mut conn, directory, schema, scope, &place, options, watch).await;
    if let Some(conn) = conn {
        deploy::close(conn).await;
    }
    result
}

/// The dialect of a schema.
///
/// # Errors
/// `provider-without-migrations` when it names no database, or one that has no migrations.
pub fn dialect_of(schema: &ValidSchema) -> Result<Dialect> {
    let provider = schema.datasource.as_ref().map(|datasource| datasource.provider).ok_or_else(|| {
        Error::new(code::PROVIDER, "The schema has no datasource.")
            .with_help("Add a `datasource` block that names the database product.")
    })?;
    nicol_catalog::dialect_of(provider)
        .ok_or_else(|| Error::new(code::PROVIDER, format!("There are no migrations for {}.", provider.as_str())))
}

/// The server must be what the schema says. MariaDB goes by the name of MySQL.
pub(crate) fn check_dialect(written: Dialect, found: Dialect) -> Result<()> {
    if directory::provider_name(written) == directory::provider_name(found) {
        return Ok(());
    }
    let message = format!("The schema is for {}, but the server is {}.", written.product_name(), found.product_name());
    Err(Error::new("P3019", message)
        .with_help(format!("Write `provider = \"{}\"`, or give another URL.", directory::provider_name(found))))
}

/// P3009 when a migration has failed on this database: what the next one would start from is not known.
async fn refuse_failed(conn: &mut Connection, directory: &Directory) -> Result<()> {
    let rows = history::read_if_exists(conn).await?.unwrap_or_default();
    match standing(directory.migrations(), &rows).failed.first() {
        Some(failed) => Err(deploy::failed_before(&failed.name, failed.started_at, failed.logs.as_deref())),
        None => Ok(()),
    }
}

struct Place<'a> {
    url: &'a ConnectionUrl,
    folder: &'a Path,
    dialect: Dialect,
    created: bool,
}

async fn draft(
    conn: &mut Option<Connection>,
    directory: &Directory,
    schema: &ValidSchema,
    scope: &Scope,
    place: &Place<'_>,
    options: DevOptions<'_>,
    watch: &mut dyn Watch,
) -> Result<Draft> {
    let applied = match conn {
        Some(conn) if !options.create_only => {
            // Merged branches are everyday life here; the order is checked where it matters, at deploy.
            let options = DeployOptions {
                allow_out_of_order: true,
                lock: options.lock,
                scope: Some(scope),
                ..DeployOptions::default()
            };
            let applied = deploy::deploy_on(conn, directory, options, watch).await?.applied;
            deploy::refuse_unmanaged(conn, scope).await?;
            applied
        }
        Some(conn) => {
            refuse_failed(conn, directory).await?;
            Vec::new()
        }
        None => Vec::new(),
    };
    let shadow = Shadow { main: Some(place.url), given: options.shadow };
    let migrations = directory.migrations();
    let (from, drift) = match conn.as_mut().filter(|_| !options.create_only) {
        Some(conn) => {
            let live = scope.introspect(conn).await?;
            origin::against_live(migrations, &live, place.dialect, shadow, options.always_replay, scope).await?
        }
        None => {
            let from = origin::origin(migrations, place.dialect, shadow, options.always_replay, scope).await?;
            (from, None)
        }
    };
    let to = scope.catalog_of(schema, place.dialect);
    let ways = Ways::between(&from.catalog, &to, &Decisions::default())?;
    let risks = match conn {
        Some(conn) => risk::counted(conn, &ways.forth).await,
        None => risk::uncounted(&ways.forth.risks),
    };
    let mut draft = Draft {
        database_created: place.created,
        applied,
        origin: from.kind,
        drift,
        risks: Vec::new(),
        script: String::new(),
        summary: String::new(),
        renames: Vec::new(),
        likely: Vec::new(),
        from: from.catalog,
        to,
        folder: place.folder.to_path_buf(),
        dialect: place.dialect,
        create_only: options.create_only,
        all_risks: Vec::new(),
        needs_commits: false,
        down: String::new(),
        schema_text: snapshot::join(&schema.sources),
        snapshot: snapshot::snapshot(&schema.sources),
        scope: scope.clone(),
        lock: options.lock,
    };
    draft.take(ways, risks);
    Ok(draft)
}

/// The draft with what a person says about it: what was renamed, and what fills a new column. Takes the place of what was
/// said before.
///
/// # Errors
/// `rename-does-not-fit`, `backfill-does-not-fit`: there is no such thing to be renamed or filled.
pub async fn decide(url: &ConnectionUrl, mut draft: Draft, said: &Decisions) -> Result<Draft> {
    let ways = Ways::between(&draft.from, &draft.to, said)?;
    let risks = match Connection::open(url).await {
        Ok(mut conn) => {
            let risks = risk::counted(&mut conn, &ways.forth).await;
            deploy::close(conn).await;
            risks
        }
        // Without a database the risks have no numbers; whether there has to be one was seen before.
        Err(_) => risk::uncounted(&ways.forth.risks),
    };
    draft.take(ways, risks);
    Ok(draft)
}

/// What a database has that is not expected of it, or the other way round.
///
/// Drift is what would have to be changed to get back to what is expected: a schema cannot speak of everything (views,
/// partial indexes, extensions), and what it does not speak of may be there.
pub(crate) fn drift_between(expected: &Catalog, live: &Catalog) -> Option<Drift> {
    if Change::between(live, expected).script.is_empty() {
        return None;
    }
    let change = Change::toward_found(expected, live, expected.extensions.is_some());
    Some(Drift { summary: change.summary, script: change.script })
}

/// The way back, with what it costs above it.
pub(crate) fn down_script(back: &Change) -> String {
    let mut out = String::new();
    let told: Vec<&Risk> = back.risks.iter().filter(|risk| risk.kind_at(None).is_some()).collect();
    if !told.is_empty() {
        out.push_str("-- Going back loses or needs data:\n");
        for risk in told {
            let text = risk.text.replace(['\r', '\n'], " ");
            out.push_str(&format!("-- - {text}\n"));
        }
        out.push('\n');
    }
    out.push_str(if back.script.is_empty() { EMPTY_SCRIPT } else { &back.script });
    out
}

/// Writes the migration of a draft and, unless it is only to be created, applies it.
///
/// Nothing is written when the schema has not changed, unless the draft was made with `create_only`: then an empty script
/// is written to be filled by hand.
///
/// # Errors
/// `data-loss` when the migration loses data and that is not accepted, `change-cannot-run` when it cannot run on the rows
/// that are there, errors of writing, and those of [`deploy::deploy`].
pub async fn carry_out(
    url: &ConnectionUrl,
    draft: &Draft,
    decision: &Decision<'_>,
    watch: &mut dyn Watch,
) -> Result<Developed> {
    if draft.is_empty() && !draft.create_only {
        return Ok(Developed { created: None, applied: Vec::new() });
    }
    if !draft.create_only {
        refuse_risks(draft, decision)?;
    }
    let (name, path) = write(draft, decision)?;
    if draft.create_only {
        return Ok(Developed { created: Some((name, path)), applied: Vec::new() });
    }
    let directory = Directory::read(&draft.folder)?;
    let options = DeployOptions {
        allow_out_of_order: true,
        lock: draft.lock,
        scope: Some(&draft.scope),
        ..DeployOptions::default()
    };
    let deployed = deploy::deploy(url, &directory, options, watch)
        .await
        .map_err(|error| with_way_out(error, draft.dialect, &name, &path))?;
    Ok(Developed { created: Some((name, path)), applied: deployed.applied })
}

/// Where a script that fails leaves nothing in the database, its new folder may simply go.
fn with_way_out(error: Error, dialect: Dialect, name: &str, path: &Path) -> Error {
    let leaves_nothing = match dialect {
        Dialect::Sqlite | Dialect::Postgres => true,
        Dialect::Mysql | Dialect::Mariadb | Dialect::Cockroachdb => false,
    };
    if error.code() != "P3018" || error.migration() != Some(name) || !leaves_nothing {
        return error;
    }
    let path = path.display();
    error.with_help(format!(
        "Correct {path}/{SCRIPT_FILE} and run this again, or delete the folder {path} and change the schema: nothing of it \
         was applied."
    ))
}

fn refuse_risks(draft: &Draft, decision: &Decision<'_>) -> Result<()> {
    let way_out = "Say what the rows get with `--backfill 'Model.field=<SQL expression>'`, or create the migration with \
                   `--create-only` and write it into the script.";
    if let Some(error) = risk::impossible(&draft.risks, way_out) {
        return Err(error);
    }
    let way_out = "Run again with `--accept-data-loss` if that is meant. If something was renamed, say so with `--rename \
                   Model.field=newName`.";
    match risk::loss(&draft.risks, way_out) {
        Some(error) if !decision.accept_data_loss => Err(error),
        Some(_) | None => Ok(()),
    }
}

/// Writes the folder: script, snapshot, way back, and the README when it is wanted.
fn write(draft: &Draft, decision: &Decision<'_>) -> Result<(String, PathBuf)> {
    // Read again: another migration may have come in while the question stood.
    let directory = Directory::read(&draft.folder)?;
    let (name, at) = naming::new_name(decision.now, decision.title, directory.migrations())?;
    let previous = directory.migrations().last();
    let previous_name = previous.map_or("", |migration| migration.name.as_str());
    let mark = if draft.needs_commits { format!("{NO_TRANSACTION}\n") } else { String::new() };
    let script = if draft.is_empty() {
        EMPTY_SCRIPT.to_string()
    } else {
        mark + &warnings::with_warnings_head(&draft.script, &draft.all_risks)
    };
    let down = origin::down_mark(&name, previous_name) + &draft.down;
    let mut files = vec![
        (directory::SCRIPT_FILE, script.clone()),
        (directory::SNAPSHOT_FILE, draft.snapshot.clone()),
        (directory::DOWN_FILE, down),
    ];
    if let Some(settings) = &decision.readme {
        let previous_schema = previous.map(Migration::snapshot).transpose()?.flatten().unwrap_or_default();
        let text = readme::readme(&Readme {
            name: &name,
            previous_name,
            author: settings.author,
            at: at.to_zoned(settings.time_zone.clone()),
            script: &script,
            dialect: draft.dialect,
            previous_schema: &previous_schema,
            schema: &draft.schema_text,
            mask: settings.mask,
        });
        files.push((directory::README_FILE, text));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let path = directory::write_migration(&draft.folder, &name, &files, draft.dialect)?;
    Ok((name, path))
}
