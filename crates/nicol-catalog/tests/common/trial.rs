//! A change carried out on a database with rows, and looked at from all sides: the structure ends where the plan leads,
//! values that nobody said would go are still there, what was said to be impossible is, and nothing else is.

use std::collections::BTreeMap;

use nicol_catalog::catalog::{Arity, Catalog, Column, ColumnType, MysqlType, Table};
use nicol_catalog::decisions::{ObjectName, RenameStep};
use nicol_catalog::diff::{ColumnDiff, TableDiff};
use nicol_catalog::{Decided, Diff, Plan, Risk, RiskKind, diff, plan, script, summary};
use nicol_db::Dialect;

use super::rows::{self, Contents, Taste};
use super::server::Server;

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It ran, and everything is as it should be.
    Ran,
    /// It stopped at the rows, as was said, and where the database can, nothing has changed.
    Stopped,
}

/// Makes a schema's database and fills it. Gives what the server refuses as an error.
pub(crate) async fn build(server: &mut Server, from: &Catalog, others: &[&Catalog]) -> Result<Catalog, String> {
    let mut all = vec![from];
    all.extend(others);
    server.clear(&all).await;
    let empty = Catalog::empty(from.dialect);
    let difference = diff(&empty, from);
    let text = script(&plan(&difference));
    if server.dialect() == Dialect::Sqlite {
        server.run("PRAGMA foreign_keys=ON").await?;
    }
    server.run(&text).await?;
    Ok(server.introspect(&all).await)
}

/// Gives every table rows; the names of those that get none.
pub(crate) async fn fill(server: &mut Server, live: &Catalog, taste: Taste) -> Result<Vec<String>, String> {
    let filling = rows::filling(live, taste);
    server.run(&filling.script).await.map_err(|error| format!("rows: {error}"))?;
    Ok(filling.empty)
}

/// A table that is looked at before and after, with the columns that are on both sides.
struct Watched<'a> {
    /// As it is before, under its old names.
    before: Table,
    after: &'a Table,
    columns: Vec<WatchedColumn<'a>>,
}

struct WatchedColumn<'a> {
    before: Column,
    after: &'a Column,
    change: ColumnDiff,
}

/// Carries out what is decided on the database as it is, and compares everything.
pub(crate) async fn advance(server: &mut Server, decided: &Decided, to: &Catalog) -> Result<Outcome, String> {
    let difference = decided.diff(to);
    let plan = plan(&difference);
    let catalogs = [difference.from, to];
    let watched: Vec<Watched<'_>> = difference.tables.iter().map(|table| watch(&difference, table)).collect();
    let mut before = Vec::new();
    for table in &watched {
        before.push(contents(server, table, true).await?);
    }
    let losses = losses(server, &difference).await?;
    let mut risks = Vec::new();
    for risk in &plan.risks {
        let count = match &risk.count_query {
            Some(query) => Some(server.count(query).await.map_err(|error| format!("count: {error}"))?),
            None => None,
        };
        risks.push((risk, count));
    }
    // MySQL runs such a script and puts empty values into the rows: it must never be sent.
    let is_refused = plan.dialect.is_mysql_family()
        && risks.iter().any(|(risk, count)| {
            count.is_some() && kind(risk, *count) == Some(RiskKind::Unexecutable) && comes_empty(&difference, risk)
        });
    if is_refused {
        return Ok(Outcome::Stopped);
    }
    let is_whole = !plan.dialect.is_mysql_family() && !plan.must_run_outside_transaction();
    let live_before = if is_whole { Some(server.introspect(&catalogs).await) } else { None };
    if let Err(error) = server.apply(&plan).await {
        if !risks.iter().any(|(risk, count)| kind(risk, *count).is_some()) {
            return Err(format!("stopped without a risk: {error}"));
        }
        let Some(live_before) = live_before else { return Ok(Outcome::Stopped) };
        let now = server.introspect(&catalogs).await;
        let rest = diff(&now, &live_before);
        if !rest.is_empty() {
            return Err(format!("half done: {}", summary(&rest)));
        }
        return Ok(Outcome::Stopped);
    }
    let text = script(&plan);
    if let Some((risk, count)) =
        risks.iter().find(|(risk, count)| count.is_some() && kind(risk, *count) == Some(RiskKind::Unexecutable))
    {
        return Err(format!("ran, but was said to be impossible ({count:?}): {}\n{text}", risk.text));
    }
    let live = server.introspect(&catalogs).await;
    let rest = diff(&live, to);
    let way = nicol_catalog::plan(&rest);
    if !way.is_empty() {
        return Err(format!("ends elsewhere: {}\n--- still to do\n{}--- ran\n{text}", summary(&rest), script(&way)));
    }
    for (table, before) in watched.iter().zip(&before) {
        let after = contents(server, table, false).await?;
        compare(&plan, table, before, &after, &risks).map_err(|error| format!("{error}\n{text}"))?;
    }
    for (table, column, count) in losses {
        let is_told = risks.iter().any(|(risk, told)| {
            risk.table == table && (risk.column.is_none() || risk.column == column) && *told == Some(count)
        });
        if !is_told {
            return Err(format!("{count} lost of {table} {column:?} without a word\n{text}"));
        }
    }
    Ok(Outcome::Ran)
}

/// How grave a counted risk is.
fn kind(risk: &Risk, count: Option<i64>) -> Option<RiskKind> {
    risk.kind_at(count.map(|count| u64::try_from(count).unwrap()))
}

/// Whether the risk is about a required column without default that is new or made anew.
fn comes_empty(difference: &Diff<'_>, risk: &Risk) -> bool {
    difference.tables.iter().any(|pair| {
        let after = &difference.to.tables[pair.to];
        let column = risk.column.as_ref().and_then(|name| after.column(name));
        let is_new = column.is_some_and(|column| difference.from.tables[pair.from].column(&column.name).is_none());
        difference.from.tables[pair.from].name == risk.table && (is_new || risk.text.contains("made anew as required"))
    })
}

fn watch<'a>(difference: &Diff<'a>, table: &TableDiff) -> Watched<'a> {
    let (old, after) = (&difference.from.tables[table.from], &difference.to.tables[table.to]);
    let mut before = old.clone();
    let name =
        original_table(&difference.renames, ObjectName { namespace: old.namespace.clone(), name: old.name.clone() });
    let own = ObjectName { namespace: old.namespace.clone(), name: old.name.clone() };
    before.namespace = name.namespace;
    before.name = name.name;
    let columns = table.columns.iter().map(|change| {
        let mut column = old.columns[change.from].clone();
        column.name = original_column(&difference.renames, &own, &column.name);
        WatchedColumn { before: column, after: &after.columns[change.to], change: *change }
    });
    Watched { before, after, columns: columns.collect() }
}

fn original_table(renames: &[RenameStep], mut name: ObjectName) -> ObjectName {
    for step in renames.iter().rev() {
        if let RenameStep::Table { from, to, .. } = step
            && *to == name
        {
            name = from.clone();
        }
    }
    name
}

fn original_column(renames: &[RenameStep], table: &ObjectName, name: &str) -> String {
    let (mut name, mut table) = (name.to_owned(), table.clone());
    for step in renames.iter().rev() {
        match step {
            RenameStep::Table { from, to, .. } if *to == table => table = from.clone(),
            RenameStep::Column { table: of, from, to, .. } if *of == table && *to == name => name.clone_from(from),
            _ => {}
        }
    }
    name
}

async fn contents(server: &mut Server, table: &Watched<'_>, is_before: bool) -> Result<Contents, String> {
    let columns: Vec<(&Column, String, bool)> = table
        .columns
        .iter()
        .map(|column| {
            let as_bytes = rows::is_bytes(&column.before) || rows::is_bytes(column.after);
            let read = if is_before { &column.before } else { column.after };
            (read, column.after.name.clone(), as_bytes)
        })
        .collect();
    rows::read(&mut server.connection, if is_before { &table.before } else { table.after }, &columns).await
}

/// What goes for good: rows of tables, values of columns; by the names of the old side (tables and columns that go are never
/// renamed).
async fn losses(server: &mut Server, difference: &Diff<'_>) -> Result<Vec<(String, Option<String>, i64)>, String> {
    let dialect = server.dialect();
    let mut found = Vec::new();
    let name = |table: &Table| {
        let name = original_table(
            &difference.renames,
            ObjectName { namespace: table.namespace.clone(), name: table.name.clone() },
        );
        let bare = dialect.quote(&name.name);
        name.namespace.map_or(bare.clone(), |namespace| format!("{}.{bare}", dialect.quote(&namespace)))
    };
    for place in &difference.dropped_tables {
        let table = &difference.from.tables[*place];
        let count = server.count(&format!("SELECT COUNT(*) FROM {}", name(table))).await?;
        found.push((table.name.clone(), None, count));
    }
    for pair in &difference.tables {
        let table = &difference.from.tables[pair.from];
        for place in &pair.dropped_columns {
            let column = &table.columns[*place].name;
            let sql = format!("SELECT COUNT({}) FROM {}", dialect.quote(column), name(table));
            let count = server.count(&sql).await?;
            found.push((table.name.clone(), Some(column.clone()), count));
        }
    }
    found.retain(|(_, _, count)| *count > 0);
    Ok(found)
}

/// Whether a value stays what it was.
fn is_unchanged(column: &WatchedColumn<'_>) -> bool {
    let becomes_required = column.before.arity != Arity::Required && column.after.arity == Arity::Required;
    !column.change.ty && !becomes_required
}

fn compare(
    plan: &Plan<'_>,
    table: &Watched<'_>,
    before: &Contents,
    after: &Contents,
    risks: &[(&Risk, Option<i64>)],
) -> Result<(), String> {
    let name = &table.after.name;
    if table.columns.is_empty() {
        return Ok(());
    }
    if before.len() != after.len() {
        return Err(format!("{name} had {} rows and has {}", before.len(), after.len()));
    }
    let kept: Vec<&WatchedColumn<'_>> = table.columns.iter().filter(|column| is_unchanged(column)).collect();
    let tuples = |contents: &Contents| {
        let mut all: Vec<Vec<Option<String>>> = contents
            .iter()
            .map(|row| kept.iter().map(|column| renamed(plan, column, row[&column.after.name].clone())).collect())
            .collect();
        all.sort();
        all
    };
    let (old, new) = (tuples(before), tuples(after));
    if old != new {
        return Err(format!("rows of {name} have changed\n{old:?}\n{new:?}"));
    }
    for column in table.columns.iter().filter(|column| !is_unchanged(column)) {
        let is_told = risks.iter().any(|(risk, count)| {
            kind(risk, *count).is_some()
                && risk.table == name.as_str()
                && risk.column.as_deref() == Some(&column.after.name)
        });
        if is_told {
            continue;
        }
        let (old, new) = (values(plan, column, before), values(plan, column, after));
        let (had, has): (Vec<&String>, Vec<&String>) = (old.iter().flatten().collect(), new.iter().flatten().collect());
        // Gaps may be filled.
        let is_kept = had.iter().all(|value| has.contains(value)) && has.len() >= had.len();
        if !is_kept {
            return Err(format!(
                "values of {name}.{} ({:?} to {:?}) have changed without a word\n{old:?}\n{new:?}",
                column.after.name, column.before.ty, column.after.ty
            ));
        }
    }
    Ok(())
}

fn values(plan: &Plan<'_>, column: &WatchedColumn<'_>, contents: &Contents) -> Vec<Option<String>> {
    let mut all: Vec<Option<String>> = contents
        .iter()
        .map(|row: &BTreeMap<String, Option<String>>| {
            renamed(plan, column, row[&column.after.name].clone()).map(|text| normal(&text))
        })
        .collect();
    all.sort();
    all
}

/// A value under its new name, where it is one of an enum that has got one.
fn renamed(plan: &Plan<'_>, column: &WatchedColumn<'_>, value: Option<String>) -> Option<String> {
    let mut value = value?;
    for step in &plan.diff.renames {
        let RenameStep::EnumValue { from, to, columns, .. } = step else { continue };
        let is_enum = matches!(column.after.ty, ColumnType::Enum { .. } | ColumnType::Mysql(MysqlType::Enum(_)))
            || columns.iter().any(|(_, one)| one.name == column.after.name);
        if is_enum {
            let parts = value.split(',').map(|part| {
                let bare = part.trim_start_matches('{').trim_end_matches('}');
                if bare == from { part.replace(from, to) } else { part.to_owned() }
            });
            value = parts.collect::<Vec<_>>().join(",");
        }
    }
    Some(value)
}

/// A value in one of the ways it may be written.
fn normal(text: &str) -> String {
    let bare = text.trim();
    match bare {
        "t" | "true" => return "1".to_owned(),
        "f" | "false" => return "0".to_owned(),
        _ => {}
    }
    let is_number = !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    if is_number && bare.contains('.') {
        return bare.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let moment = bare.trim_end_matches("+00");
    let whole = if moment.contains(':') && moment.contains('.') { moment.trim_end_matches('0') } else { moment };
    whole.trim_end_matches('.').trim_end_matches(" 00:00:00").replace(": ", ":")
}
