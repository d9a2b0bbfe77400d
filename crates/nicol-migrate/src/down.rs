//! `migrate down`: takes the newest migrations back, each by its `down.sql`.
//!
//! [`prepare`] finds out which they are and what is lost; whoever called looks at it and asks; [`carry_out`] does it. The
//! row of a migration taken back is marked rolled back, as Prisma understands it: its folder is pending again.

use nicol_catalog::{Risk, RiskKind};
use nicol_db::{Connection, ConnectionUrl};

use crate::compare::Change;
use crate::deploy::{close, failed_before, open};
use crate::directory::{DOWN_FILE, Directory, Migration};
use crate::error::{Error, Result, code};
use crate::event::Watch;
use crate::history;
use crate::lock::{self, LockOptions};
use crate::mode::{Mode, mode};
use crate::origin;
use crate::renames;
use crate::risk;
use crate::scope::Scope;
use crate::shadow::Shadow;
use crate::standing::standing;
use crate::unrecorded;

pub use crate::risk::CountedRisk;

/// How far to go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HowFar<'a> {
    /// So many migrations.
    Steps(usize),
    /// To a migration, which stays.
    To(&'a str),
}

/// What going back would do.
#[derive(Debug, Clone)]
pub struct Descent {
    /// Names of the migrations to take back, newest first.
    pub migrations: Vec<String>,
    /// What it does to the rows that are there. Risks that concern no row are left out.
    pub risks: Vec<CountedRisk>,
}

impl Descent {
    /// The risks that make a yes necessary.
    pub fn losses(&self) -> impl Iterator<Item = &CountedRisk> {
        self.risks.iter().filter(|counted| counted.is_loss())
    }
}

/// Finds out which migrations would be taken back, and what that does to data. Changes nothing.
///
/// # Errors
/// P3017 for a name that is no migration's, P3011 for one that is not applied, P3009, `migration-edited`,
/// `migration-missing` when folder and history do not agree; `down-missing`, `down-foreign` when a migration has no way back or
/// one that was not made for where it stands.
pub async fn prepare(
    url: &ConnectionUrl,
    directory: &Directory,
    far: HowFar<'_>,
    scope: &Scope,
    shadow: Option<&ConnectionUrl>,
) -> Result<Descent> {
    let mut conn = open(url).await?;
    let result = async {
        directory.check_provider(conn.dialect())?;
        let (back, kept) = choose(&mut conn, directory, far).await?;
        let shadow = Shadow { main: Some(url), given: shadow };
        let risks = risks(&mut conn, &back, &kept, shadow, scope).await?;
        Ok(Descent { migrations: back.iter().map(|migration| migration.name.clone()).collect(), risks })
    }
    .await;
    close(conn).await;
    result
}

/// The migrations to take back, newest first, and those that stay, in order.
async fn choose<'a>(
    conn: &mut Connection,
    directory: &'a Directory,
    far: HowFar<'_>,
) -> Result<(Vec<&'a Migration>, Vec<Migration>)> {
    let rows = history::read_if_exists(conn).await?.unwrap_or_default();
    let standing = standing(directory.migrations(), &rows);
    if let Some(failed) = standing.failed.first() {
        return Err(failed_before(&failed.name, failed.started_at, failed.logs.as_deref()));
    }
    if let Some(missing) = standing.missing.first() {
        return Err(Error::new(code::MISSING, format!("Migration {missing} is applied, but not in the folder."))
            .with_migration(missing)
            .with_help("Bring its folder back from version control: its way back lies in it."));
    }
    let applied: Vec<&Migration> =
        directory.migrations().iter().filter(|migration| standing.applied.contains(&migration.name)).collect();
    let keep = match far {
        HowFar::Steps(steps) => applied.len().saturating_sub(steps),
        HowFar::To(name) => match applied.iter().position(|migration| migration.name == name) {
            Some(place) => place + 1,
            None if directory.get(name).is_some() => {
                return Err(Error::new("P3011", format!("Migration {name} is not applied."))
                    .with_migration(name)
                    .with_help("`--to` takes the name of the applied migration that is to be the newest afterwards."));
            }
            None => {
                return Err(Error::new("P3017", format!("There is no migration {name}."))
                    .with_migration(name)
                    .with_help(directory.help_with_name(name)));
            }
        },
    };
    let mut back = Vec::new();
    for (place, migration) in applied.iter().enumerate().skip(keep) {
        let before = place.checked_sub(1).and_then(|place| applied.get(place));
        if standing.edited.contains(&migration.name) {
            let message = format!("Migration {} was changed after being applied.", migration.name);
            return Err(Error::new(code::EDITED, message).with_migration(&migration.name).with_help(format!(
                "Its {DOWN_FILE} may not fit what was applied. Restore the script, or accept the change with `nicol migrate \
                 resolve --accept-edit {}`.",
                migration.name
            )));
        }
        check_way_back(migration, before.map_or("", |migration| migration.name.as_str()))?;
        back.insert(0, *migration);
    }
    let kept = applied[..keep].iter().map(|migration| (*migration).clone()).collect();
    Ok((back, kept))
}

/// A way back has to be there, and one that nicol has made has to be made for this place in the history.
fn check_way_back(migration: &Migration, before: &str) -> Result<()> {
    let name = &migration.name;
    let Some(down) = migration.down()? else {
        return Err(Error::new(code::DOWN_MISSING, format!("Migration {name} has no {DOWN_FILE}."))
            .with_migration(name)
            .with_help(format!("Write the statements that take it back into {name}/{DOWN_FILE}.")));
    };
    let Some((of, on)) = origin::down_marks(&down) else { return Ok(()) };
    let foreign = |message: String| {
        Err(Error::new(code::DOWN_FOREIGN, message).with_migration(name).with_help(
            "It could take back what others have made. See that its statements are right, then delete its first line.",
        ))
    };
    if of != name {
        return foreign(format!("The {DOWN_FILE} of migration {name} was made for {of}."));
    }
    if on != before {
        let on = if on.is_empty() { "no migration" } else { on };
        let before = if before.is_empty() { "none" } else { before };
        return foreign(format!(
            "The {DOWN_FILE} of migration {name} was made on top of {on}, but the migration before it is {before}."
        ));
    }
    Ok(())
}

/// What is lost on the way: from where the migrations lead now to where those that stay lead, counted in the database.
async fn risks(
    conn: &mut Connection,
    back: &[&Migration],
    kept: &[Migration],
    shadow: Shadow<'_>,
    scope: &Scope,
) -> Result<Vec<CountedRisk>> {
    let dialect = conn.dialect();
    let all: Vec<Migration> = kept.iter().cloned().chain(back.iter().rev().map(|one| (*one).clone())).collect();
    let from = origin::origin(&all, dialect, shadow, false, scope).await;
    let to = origin::origin(kept, dialect, shadow, false, scope).await;
    match (from, to) {
        (Ok(from), Ok(to)) => {
            let scripts = back.iter().map(|migration| migration.down()).collect::<Result<Vec<_>>>()?;
            let said = renames::of_scripts(scripts.iter().flatten().map(String::as_str), dialect);
            let change = Change::toward_found_by(&from.catalog, &to.catalog, said)?;
            Ok(risk::counted(conn, &change).await)
        }
        // Where nothing can be replayed there is still what the scripts say of themselves.
        _ => {
            let mut all = Vec::new();
            for migration in back {
                all.extend(written_risks(migration)?);
            }
            Ok(all)
        }
    }
}

/// The losses named at the head of a `down.sql`.
fn written_risks(migration: &Migration) -> Result<Vec<CountedRisk>> {
    let down = migration.down()?.unwrap_or_default();
    let lines = down.lines().filter_map(|line| line.strip_prefix("-- - "));
    let risk = |text: &str| Risk {
        kind: RiskKind::Warning,
        text: text.to_owned(),
        table: String::new(),
        column: None,
        count_query: None,
        needs_count: false,
        stops_at_rows: false,
    };
    Ok(lines.map(|text| CountedRisk { risk: risk(text), rows: None }).collect())
}

/// Takes the migrations back, newest first. Each and the mark on its row are one transaction where the database can;
/// elsewhere a migration that is being taken back counts as failed until it is done.
///
/// # Errors
/// `data-loss` when data is lost and that is not accepted, `change-cannot-run`, `database-changed` when others have applied or
/// taken back migrations since, `script-failed`, `foreign-keys-violated`.
pub async fn carry_out(
    url: &ConnectionUrl,
    directory: &Directory,
    descent: &Descent,
    accept_data_loss: bool,
    lock: LockOptions,
    watch: &mut dyn Watch,
) -> Result<Vec<String>> {
    let way_out = "Change those rows first, or edit the script that stands in the way.";
    if let Some(error) = risk::impossible(&descent.risks, way_out) {
        return Err(error);
    }
    if let Some(error) = risk::loss(&descent.risks, "Run again with `--accept-data-loss` if that is meant.")
        && !accept_data_loss
    {
        return Err(error);
    }
    let mut conn = open(url).await?;
    let result = async {
        let held = lock::take(&mut conn, lock, watch).await?;
        let done = under_lock(&mut conn, directory, descent, lock).await;
        lock::release(&mut conn, held).await?;
        done
    }
    .await;
    close(conn).await;
    result
}

async fn under_lock(
    conn: &mut Connection,
    directory: &Directory,
    descent: &Descent,
    lock: LockOptions,
) -> Result<Vec<String>> {
    let (back, _) = choose(conn, directory, HowFar::Steps(descent.migrations.len())).await?;
    if !back.iter().map(|migration| &migration.name).eq(&descent.migrations) {
        return Err(Error::new(code::DATABASE_CHANGED, "Somebody else has changed the history in the meantime.")
            .with_help("Nothing was done. Run the command again to see what it would do now."));
    }
    let mut done = Vec::new();
    for migration in back {
        lock::check(conn, lock).await?;
        take_back(conn, migration).await.map_err(|error| error.with_migration(&migration.name))?;
        done.push(migration.name.clone());
    }
    Ok(done)
}

async fn take_back(conn: &mut Connection, migration: &Migration) -> Result<()> {
    let name = &migration.name;
    let script = &migration.down()?.unwrap_or_default();
    if let Mode::Whole { .. } = mode(script, conn.dialect()) {
        let mark = async |conn: &mut Connection| Ok(history::take_back(conn, name).await?);
        return unrecorded::run_and_then(conn, script, mark).await.map(|_| ());
    }
    history::begin_going_back(conn, name).await?;
    match unrecorded::run(conn, script).await {
        Ok(_) => Ok(history::roll_back(conn, name).await?),
        Err(error) => {
            history::fail_going_back(conn, name, error.message()).await?;
            let help = error.help().unwrap_or_default().to_owned();
            Err(error.with_help(format!(
                "{help} The migration counts as failed until you say how it stands: `nicol migrate resolve --rolled-back {name}` \
                 when none of it is in the database any more, `--applied {name}` when all of it is."
            )))
        }
    }
}
