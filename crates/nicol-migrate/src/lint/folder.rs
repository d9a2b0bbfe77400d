//! The workflow: which scripts of a folder are looked at, and with what knowledge.

use nicol_db::{Connection, ConnectionUrl, Dialect};
use nicol_schema::ValidSchema;

use super::finding::{Draft, Finding};
use super::known::Known;
use super::scene::Server;
use super::{LintOptions, Script, follow, lint_script, live};
use crate::deploy::close;
use crate::directory::Directory;
use crate::error::{Error, Result};
use crate::history;
use crate::import::{cascading_keys, unsaid};
use crate::standing::standing;

/// Which scripts to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Those that are not applied; without a database the newest.
    Pending,
    /// All of them.
    All,
    /// These.
    Names(Vec<String>),
}

/// What a look at a folder has given.
#[derive(Debug, Clone)]
pub struct Linted {
    /// Names of the migrations looked at.
    pub migrations: Vec<String>,
    /// What was found, in order of migrations and places.
    pub findings: Vec<Finding>,
    /// Product and version of the database whose statistics were used.
    pub server: Option<String>,
}

/// Looks at scripts of a folder.
///
/// With a URL the database says what is applied, what its tables look like and how large they are; nothing is locked or
/// changed. Without one, tables are known from the scripts before.
///
/// # Errors
/// P3017 for a name that is no migration, P3019 when the folder is for another product, errors of the connection.
pub async fn lint_directory(
    directory: &Directory,
    dialect: Dialect,
    url: Option<&ConnectionUrl>,
    selection: &Selection,
    options: LintOptions<'_>,
) -> Result<Linted> {
    if let Selection::Names(names) = selection
        && let Some(unknown) = names.iter().find(|name| directory.get(name).is_none())
    {
        let message = format!("There is no migration {unknown} in the folder.");
        return Err(Error::new("P3017", message).with_help("Give the whole name of its folder."));
    }
    let Some(url) = url else {
        directory.check_provider(dialect)?;
        return Ok(look(directory, &Server::of(dialect), None, selection, options));
    };
    let mut conn = Connection::open(url).await?;
    let result = look_connected(&mut conn, url, directory, selection, options).await;
    close(conn).await;
    result
}

async fn look_connected(
    conn: &mut Connection,
    url: &ConnectionUrl,
    directory: &Directory,
    selection: &Selection,
    options: LintOptions<'_>,
) -> Result<Linted> {
    directory.check_provider(conn.dialect())?;
    let rows = history::read_if_exists(conn).await?.unwrap_or_default();
    let pending = standing(directory.migrations(), &rows).pending;
    let server = live::server(conn, url).await?;
    let known = live::known(conn).await?;
    let remarks = live::remarks(url, &server, &known);
    let mut linted = look(directory, &server, Some(Live { known, pending }), selection, options);
    linted.findings.splice(0..0, remarks);
    let version = server.version.map(|(major, minor)| format!(" {major}.{minor}")).unwrap_or_default();
    linted.server = Some(format!("{}{version}", conn.dialect().product_name()));
    Ok(linted)
}

/// What a database has said.
struct Live {
    known: Known,
    pending: Vec<String>,
}

fn look(
    directory: &Directory,
    server: &Server,
    live: Option<Live>,
    selection: &Selection,
    options: LintOptions<'_>,
) -> Linted {
    let newest = directory.migrations().last().map(|migration| &migration.name);
    let is_pending = |name: &String| live.as_ref().is_some_and(|live| live.pending.contains(name));
    let is_selected = |name: &String| match selection {
        Selection::Pending if live.is_some() => is_pending(name),
        Selection::Pending => Some(name) == newest,
        Selection::All => true,
        Selection::Names(names) => names.contains(name),
    };
    let mut known = Known::default();
    let findings = options.schema.and_then(|schema| silence(directory, server.dialect, schema)).into_iter().collect();
    let mut linted = Linted { migrations: Vec::new(), findings, server: None };
    let mut has_met_live = false;
    for migration in directory.migrations() {
        if let Some(live) = &live {
            if is_pending(&migration.name) && !has_met_live {
                // From here on the scripts meet the database as it is.
                known = live.known.clone();
                has_met_live = true;
            }
            known.borrow_sizes(&live.known);
        }
        let script = Script { name: &migration.name, text: &migration.script };
        if is_selected(&migration.name) {
            linted.migrations.push(migration.name.clone());
            linted.findings.extend(lint_script(script, &mut known, server, options));
        } else {
            follow(script, &mut known, server);
        }
        // Pending ones run one right after the other: what one makes is still empty in the next.
        if !has_met_live {
            known.settle();
        }
    }
    linted
}

/// What imported scripts do with rows while the schema is silent.
fn silence(directory: &Directory, dialect: Dialect, schema: &ValidSchema) -> Option<Finding> {
    let fields = unsaid(schema, &cascading_keys(directory, dialect)).fields;
    if fields.is_empty() {
        return None;
    }
    let message = format!(
        "by the imported migrations rows go together with the row that they belong to, which the schema does not say of {}: \
         the next migration would take that away",
        fields.join(", ")
    );
    Draft::new("NL311", message).of_database()
}
