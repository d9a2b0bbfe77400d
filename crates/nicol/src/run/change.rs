//! Updates, deletions and upserts.

use nicol_db::Value;

use super::create::{find_values, key_condition, with_defaults};
use super::{Level, Session, create, read};
use crate::error::{Error, Result};
use crate::filter::Condition;
use crate::meta::TableMeta;
use crate::operation::{Draft, Field, Key, Patch, Read};
use crate::scalar::Assign;
use crate::sql::{self, Conflict, Insert, Verb};

/// Changes one row and reads it back as asked; none when no row has the key.
pub(crate) async fn update(session: &mut Session<'_>, key: &Key, patch: Patch, wanted: &Read) -> Result<Option<Level>> {
    let patch = touch(session, wanted.table, patch);
    if patch.assigns.is_empty() {
        return read_one(session, key.condition(), wanted).await;
    }
    let dialect = session.connection.dialect();
    let direct = read::plain_columns(wanted).filter(|_| sql::has_returning(dialect, Verb::Update));
    let Some(columns) = direct else {
        session.begin().await?;
        let result = update_by_key(session, key, &patch, wanted).await;
        return session.finish(result).await;
    };
    let statement = sql::update(dialect, wanted.table, &patch, Some(&key.condition()), &columns)?;
    if is_flat(wanted) {
        let rows = session.query(wanted.table, &statement).await?;
        return Ok((!rows.is_empty()).then(|| level_of(wanted, columns, rows)));
    }
    session.begin().await?;
    let result = async {
        let rows = session.query(wanted.table, &statement).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let mut level = level_of(wanted, columns, rows);
        read::complete(session, &mut level, wanted).await?;
        Ok(Some(level))
    }
    .await;
    session.finish(result).await
}

fn is_flat(wanted: &Read) -> bool {
    wanted.fields.0.iter().all(|field| matches!(field, Field::Column(_)))
}

fn level_of(wanted: &Read, columns: Vec<u16>, rows: nicol_db::Rows) -> Level {
    let columns = columns.into_iter().map(Some).collect();
    Level { table: wanted.table, parts: vec![rows], columns, children: Vec::new(), is_backward: false }
}

/// Adds `@updatedAt` columns to changes that change something.
fn touch(session: &Session<'_>, table: &TableMeta, mut patch: Patch) -> Patch {
    if patch.assigns.is_empty() {
        return patch;
    }
    for (index, column) in (0u16..).zip(table.columns) {
        if column.is_updated_at && !patch.assigns.iter().any(|(assigned, _)| *assigned == index) {
            patch = patch.set(index, Assign::set(session.now));
        }
    }
    patch
}

async fn read_one(session: &mut Session<'_>, condition: Condition, wanted: &Read) -> Result<Option<Level>> {
    let mut wanted = wanted.clone();
    wanted.condition = Some(condition);
    let level = read::read(session, &wanted).await?;
    Ok((level.len() > 0).then_some(level))
}

/// Where UPDATE gives no rows back: the row's key is read, the row changed, and read by its new key.
async fn update_by_key(session: &mut Session<'_>, key: &Key, patch: &Patch, wanted: &Read) -> Result<Option<Level>> {
    let table = wanted.table;
    let Some(values) = find_values(session, table, key, table.key).await? else {
        return Ok(None);
    };
    let mut cells: Vec<(u16, Value)> = table.key.iter().copied().zip(values).collect();
    let condition = match &key.and {
        // The row may have changed since its key was read.
        Some(and) => key_condition(table, &cells)?.and(and.clone()),
        None => key_condition(table, &cells)?,
    };
    let statement = sql::update(session.connection.dialect(), table, patch, Some(&condition), &[])?;
    if session.execute(table, &statement).await? == 0 {
        return Ok(None);
    }
    for (column, value) in &mut cells {
        match patch.assigns.iter().find(|(assigned, _)| assigned == column) {
            Some((_, Assign { step: None, value: new })) => *value = new.clone(),
            Some((_, Assign { step: Some(_), .. })) => {
                let field = table.column(*column).field;
                let message = "a key cannot be changed relative to its value on this database: set it".to_owned();
                return Err(Error::new("P2019", message).on(table).with_field(field));
            }
            None => {}
        }
    }
    read_one(session, key_condition(table, &cells)?, wanted).await
}

/// Changes every row that fulfils the condition; tells how many.
pub(crate) async fn update_many(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    condition: Option<&Condition>,
    patch: Patch,
) -> Result<u64> {
    let patch = touch(session, table, patch);
    if patch.assigns.is_empty() {
        return Ok(0);
    }
    let statement = sql::update(session.connection.dialect(), table, &patch, condition, &[])?;
    session.execute(table, &statement).await
}

/// Deletes one row and gives it as it was; none when no row has the key.
pub(crate) async fn delete(session: &mut Session<'_>, key: &Key, wanted: &Read) -> Result<Option<Level>> {
    let dialect = session.connection.dialect();
    let condition = key.condition();
    if sql::has_returning(dialect, Verb::Delete)
        && is_flat(wanted)
        && let Some(columns) = read::plain_columns(wanted)
    {
        let statement = sql::delete(dialect, wanted.table, Some(&condition), &columns)?;
        let rows = session.query(wanted.table, &statement).await?;
        return Ok((!rows.is_empty()).then(|| level_of(wanted, columns, rows)));
    }
    session.begin().await?;
    let result = async {
        let Some(level) = read_one(session, condition.clone(), wanted).await? else {
            return Ok(None);
        };
        let statement = sql::delete(dialect, wanted.table, Some(&condition), &[])?;
        let gone = session.execute(wanted.table, &statement).await?;
        Ok((gone > 0).then_some(level))
    }
    .await;
    session.finish(result).await
}

/// Deletes every row that fulfils the condition; tells how many.
pub(crate) async fn delete_many(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    condition: Option<&Condition>,
) -> Result<u64> {
    let statement = sql::delete(session.connection.dialect(), table, condition, &[])?;
    session.execute(table, &statement).await
}

/// Changes the row with the key, or creates it.
pub(crate) async fn upsert(
    session: &mut Session<'_>,
    key: &Key,
    draft: Draft,
    patch: Patch,
    wanted: &Read,
) -> Result<Level> {
    if let Some(level) = upsert_in_one(session, key, &draft, &patch, wanted).await? {
        return Ok(level);
    }
    for last in [false, true] {
        if let Some(level) = update(session, key, patch.clone(), wanted).await? {
            return Ok(level);
        }
        match create(session, wanted.table, draft.clone(), wanted).await {
            // Somebody else created it in between: now it can be changed.
            Err(error) if error.is_unique_violation() && !last && !session.in_transaction => {}
            result => return result,
        }
    }
    Err(Error::not_found(wanted.table, "upsert"))
}

/// `INSERT .. ON CONFLICT DO UPDATE`, where the database has it and the new row has the key that is looked for.
async fn upsert_in_one(
    session: &mut Session<'_>,
    key: &Key,
    draft: &Draft,
    patch: &Patch,
    wanted: &Read,
) -> Result<Option<Level>> {
    let dialect = session.connection.dialect();
    let has_conflict_clause = !dialect.is_mysql_family();
    let same_key = key.values.iter().all(|value| draft.values.contains(value));
    let Some(columns) = read::plain_columns(wanted).filter(|_| is_flat(wanted)) else {
        return Ok(None);
    };
    if !has_conflict_clause || !same_key || !draft.links.is_empty() || patch.assigns.is_empty() {
        return Ok(None);
    }
    let table = wanted.table;
    let patch = touch(session, table, patch.clone());
    let cells = with_defaults(session, table, draft.values.clone())?;
    let (given, values): (Vec<u16>, Vec<Option<Value>>) = cells.into_iter().map(|(c, v)| (c, Some(v))).unzip();
    let target: Vec<u16> = key.values.iter().map(|(column, _)| *column).collect();
    let conflict = Conflict { target: &target, patch: &patch, condition: key.and.as_ref() };
    let rows = [values];
    let insert = Insert { table, columns: &given, rows: &rows, returning: &columns, conflict: Some(conflict) };
    let rows = session.query(table, &sql::insert(dialect, &insert)?).await?;
    if rows.is_empty() {
        return Err(Error::not_found(table, "upsert: the row is there but does not fulfil the filter"));
    }
    Ok(Some(level_of(wanted, columns, rows)))
}
