//! Writes of one statement, for batches that are sent together: on PostgreSQL, which gives written rows back. What takes more
//! is none here and runs as it does alone.

use nicol_db::Value;

use super::create::is_flat;
use super::insert::Defaults;
use super::{Flat, Moment, change, read};
use crate::error::Result;
use crate::meta::TableMeta;
use crate::operation::{Draft, Key, Patch, Read};
use crate::sql::{self, Conflict, Insert, Statement, Which};

/// The wanted columns, when one statement can give them.
fn columns(moment: &Moment, wanted: &Read) -> Option<Vec<u16>> {
    let is_possible = moment.dialect.is_postgres_family() && is_flat(wanted);
    read::plain_columns(wanted).filter(|_| is_possible)
}

/// Creates one row.
pub(crate) fn create(moment: &Moment, draft: &Draft, wanted: &Read) -> Result<Option<(Statement, Flat)>> {
    let Some(columns) = columns(moment, wanted).filter(|_| draft.links.is_empty()) else { return Ok(None) };
    let table = wanted.table;
    let mut cells = draft.values.clone();
    Defaults::of(table, moment.now).fill(&mut cells)?;
    let (given, values): (Vec<u16>, Vec<Option<Value>>) = cells.into_iter().map(|(c, v)| (c, Some(v))).unzip();
    let rows = vec![values];
    let insert = Insert { table, columns: &given, rows, returning: &columns, conflict: Conflict::Fail };
    Ok(Some((sql::insert(moment.dialect, insert)?, Flat::of_columns(table, columns))))
}

/// Changes the row with a key.
pub(crate) fn update(moment: &Moment, key: &Key, patch: &Patch, wanted: &Read) -> Result<Option<(Statement, Flat)>> {
    let is_plain = patch.links.is_empty() && !patch.assigns.is_empty();
    let Some(columns) = columns(moment, wanted).filter(|_| is_plain) else { return Ok(None) };
    let (table, condition) = (wanted.table, key.condition());
    let patch = change::touch_at(moment.now, table, patch.clone());
    let statement = sql::update(moment.dialect, table, &patch, &condition, &columns)?;
    Ok(Some((statement, Flat::of_columns(table, columns))))
}

/// Deletes the row with a key.
pub(crate) fn delete(moment: &Moment, key: &Key, wanted: &Read) -> Result<Option<(Statement, Flat)>> {
    let Some(columns) = columns(moment, wanted) else { return Ok(None) };
    let statement = sql::delete(moment.dialect, wanted.table, &key.condition(), &columns)?;
    Ok(Some((statement, Flat::of_columns(wanted.table, columns))))
}

/// Changes rows; their number is that of the rows written.
pub(crate) fn update_many(
    moment: &Moment,
    table: &'static TableMeta,
    which: Which<'_>,
    patch: &Patch,
) -> Result<Option<Statement>> {
    let is_plain = patch.links.is_empty() && !patch.assigns.is_empty() && which.limit != Some(0);
    if !moment.dialect.is_postgres_family() || !is_plain {
        return Ok(None);
    }
    let patch = change::touch_at(moment.now, table, patch.clone());
    sql::update(moment.dialect, table, &patch, which, &[]).map(Some)
}

/// Deletes rows; their number is that of the rows written.
pub(crate) fn delete_many(moment: &Moment, table: &'static TableMeta, which: Which<'_>) -> Result<Option<Statement>> {
    if !moment.dialect.is_postgres_family() || which.limit == Some(0) {
        return Ok(None);
    }
    sql::delete(moment.dialect, table, which, &[]).map(Some)
}
