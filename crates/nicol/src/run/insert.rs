//! Rows into a table, without what hangs on them: what the client gives them, and in how many statements they go.

use nicol_db::{Dialect, Rows, Value};

use super::{Cells, Session, cell_value};
use crate::error::Result;
use crate::id;
use crate::meta::{ColumnMeta, Default, Kind, TableMeta};
use crate::sql::{self, Conflict, Insert, Statement, Verb};
use crate::types::Json;

/// The most parameters of one INSERT.
pub(super) const PARAMETERS_A_STATEMENT: usize = 30_000;

/// The most rows of one INSERT on SQLite.
const ROWS_TOGETHER: usize = 8;

/// Rows that were inserted.
pub(super) struct Inserted {
    /// What is known of each: given, defaulted, or asked back from the database.
    pub(super) cells: Vec<Cells>,
    /// The columns asked back, as they came; none where the database gives nothing back.
    pub(super) returned: Option<Vec<Rows>>,
}

/// A row's values with those that the client makes for the columns that have none.
pub(super) fn with_defaults(session: &Session<'_>, table: &TableMeta, mut cells: Cells) -> Result<Cells> {
    fill_defaults(table, &mut cells, session)?;
    Ok(cells)
}

/// Gives the columns without a value those that the client makes.
pub(super) fn fill_defaults(table: &TableMeta, row: &mut Cells, session: &Session<'_>) -> Result<()> {
    fill_defaults_at(table, row, session.now)
}

/// The same at a moment.
pub(super) fn fill_defaults_at(table: &TableMeta, row: &mut Cells, now: jiff::Timestamp) -> Result<()> {
    for (index, column) in (0u16..).zip(table.columns) {
        if row.iter().any(|(present, _)| *present == index) {
            continue;
        }
        let value = match column.default {
            Default::Json(json) => match literal(column, json) {
                Some(value) => value,
                None => continue,
            },
            Default::Text(text) => Value::Text(text.to_owned()),
            Default::None | Default::Database | Default::Autoincrement if !column.is_updated_at => continue,
            Default::None | Default::Database | Default::Autoincrement | Default::Now => Value::DateTime(now),
            Default::Cuid => Value::Text(id::cuid(now)?),
            Default::Cuid2 => Value::Text(id::cuid2()?),
            Default::Uuid4 => Value::Text(id::uuid4()?),
            Default::Uuid7 => Value::Text(id::uuid7(now)?),
            Default::Ulid => Value::Text(id::ulid(now)?),
            Default::Nanoid(length) => Value::Text(id::nanoid(length)?),
        };
        row.push((index, value));
    }
    row.sort_by_key(|(column, _)| *column);
    Ok(())
}

/// The value of a default that is written as JSON.
fn literal(column: &ColumnMeta, json: &str) -> Option<Value> {
    let json: Json = serde_json::from_str(json).ok()?;
    let element = |json: Json| match column.kind {
        Kind::String | Kind::Enum => json.as_str().map(|text| Value::Text(text.to_owned())),
        Kind::Int => json.as_i64().and_then(|number| i32::try_from(number).ok()).map(Value::Int),
        Kind::BigInt => json.as_i64().map(Value::BigInt),
        Kind::Float => json.as_f64().map(Value::Float),
        Kind::Boolean => json.as_bool().map(Value::Bool),
        Kind::Json => Some(Value::Json(json)),
        Kind::Decimal | Kind::DateTime | Kind::Bytes => None,
    };
    match json {
        Json::Array(elements) if column.is_list => {
            elements.into_iter().map(element).collect::<Option<_>>().map(Value::List)
        }
        json => element(json),
    }
}

/// Inserts rows: one statement, or as many as the database needs.
pub(super) async fn insert_rows(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    mut rows: Vec<Cells>,
    asked: &[u16],
) -> Result<Inserted> {
    let has_returning = sql::has_returning(session.connection.dialect(), Verb::Insert);
    let returning = if has_returning { asked } else { &[] };
    let mut parts = Vec::new();
    let ranges = ranges(session.connection.dialect(), table, &rows.iter().collect::<Vec<_>>());
    let mut last = None;
    for range in ranges {
        let statement = statement(session, table, &rows[range.clone()], (returning, Conflict::Fail), &mut last).await?;
        if returning.is_empty() {
            session.execute(table, &statement).await?;
            if !has_returning && !asked.is_empty() {
                last_keys(session, table, &mut rows[range]).await?;
            }
            continue;
        }
        let returned = session.query(table, &statement).await?;
        for (row, cells) in returned.iter().zip(&mut rows[range]) {
            for (place, &column) in returning.iter().enumerate() {
                if !cells.iter().any(|(present, _)| *present == column)
                    && let Some(value) = key_value(table, column, row.cell(place))?
                {
                    cells.push((column, value));
                }
            }
        }
        parts.push(returned);
    }
    Ok(Inserted { cells: rows, returned: (!returning.is_empty()).then_some(parts) })
}

/// The statement that inserts these rows. On PostgreSQL any number of rows with the same columns is one text: each column is
/// an array, of the type that the server gives to the column's parameter. `last` keeps the text for one row and its columns.
async fn statement(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    rows: &[Cells],
    (returning, conflict): (&[u16], Conflict<'_>),
    last: &mut Option<(Vec<u16>, String)>,
) -> Result<Statement> {
    let dialect = session.connection.dialect();
    if let ([row], Some((columns, text))) = (rows, &*last)
        && row.iter().map(|(column, _)| column).eq(columns)
    {
        let params = row.iter().map(|(_, value)| value.clone()).collect();
        return Ok(Statement { text: text.clone(), params });
    }
    let (columns, cells) = grid(rows);
    let is_grid = rows.len() > 1 && !columns.is_empty() && cells.iter().flatten().all(Option::is_some);
    let is_flat = !columns.iter().any(|&column| table.column(column).is_list);
    if dialect == Dialect::Postgres && is_grid && is_flat {
        let first = [vec![Some(Value::Null); columns.len()]];
        let one = Insert { table, columns: &columns, rows: &first, returning: &[], conflict: Conflict::Fail };
        let types = session.connection.parameter_types(&sql::insert(dialect, &one)?.text).await;
        if let Some(types) = types.map_err(|error| crate::Error::from(error).on(table))? {
            return sql::insert_arrays(table, (&columns, &types), cells, returning, conflict);
        }
    }
    let statement = sql::insert(dialect, &Insert { table, columns: &columns, rows: &cells, returning, conflict })?;
    if let [_] = rows {
        *last = Some((columns, statement.text.clone()));
    }
    Ok(statement)
}

/// Inserts rows of which those stay as they are whose unique key is there already: that over the columns of `target`, or any
/// when there are none. Gives the columns asked for of those that were new, and their number.
async fn insert_keeping(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    rows: &[Cells],
    target: &[u16],
    returning: &[u16],
) -> Result<(u64, Vec<Rows>)> {
    let (mut count, mut parts) = (0, Vec::new());
    let ranges = ranges(session.connection.dialect(), table, &rows.iter().collect::<Vec<_>>());
    let mut last = None;
    for range in ranges {
        let how = (returning, Conflict::Keep(target));
        let statement = statement(session, table, &rows[range], how, &mut last).await?;
        if returning.is_empty() {
            count += session.execute(table, &statement).await?;
        } else {
            let returned = session.query(table, &statement).await?;
            count += returned.len() as u64;
            parts.push(returned);
        }
    }
    Ok((count, parts))
}

/// Inserts rows of which those stay as they are whose unique key over the columns of `target` is there already.
pub(super) async fn insert_new(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    rows: &[Cells],
    target: &[u16],
) -> Result<()> {
    insert_keeping(session, table, rows, target, &[]).await.map(drop)
}

/// Rows that were inserted in bulk.
pub(super) struct Bulk {
    pub(super) count: u64,
    /// Where the database gives nothing back, what is known of each row.
    pub(super) cells: Vec<Cells>,
    /// The columns asked for, as they came.
    pub(super) returned: Option<Vec<Rows>>,
}

/// Inserts rows without those that have a unique key which is taken.
pub(super) async fn insert_skipping(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    rows: Vec<Cells>,
    asked: &[u16],
) -> Result<Bulk> {
    if !session.connection.dialect().is_mysql_family() {
        let (count, returned) = insert_keeping(session, table, &rows, &[], asked).await?;
        return Ok(Bulk { count, cells: Vec::new(), returned: (!asked.is_empty()).then_some(returned) });
    }
    // IGNORE hides other errors, and ON DUPLICATE KEY UPDATE does not tell which rows were new: a list that is refused, which
    // leaves nothing behind, is tried in halves.
    let mut bulk = Bulk { count: 0, cells: Vec::new(), returned: None };
    let mut open = vec![rows];
    while let Some(mut rows) = open.pop() {
        match insert_rows(session, table, rows.clone(), asked).await {
            Ok(inserted) => {
                bulk.count += inserted.cells.len() as u64;
                bulk.cells.extend(inserted.cells);
                if let Some(parts) = inserted.returned {
                    bulk.returned.get_or_insert_default().extend(parts);
                }
            }
            Err(error) if error.is_unique_violation() && rows.len() == 1 => {}
            Err(error) if error.is_unique_violation() => {
                let second = rows.split_off(rows.len() / 2);
                open.extend([second, rows]);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(bulk)
}

/// True when no unique key but the one over these columns can be in the way of a row that gives these cells.
pub(super) fn only_key(table: &TableMeta, key: &[u16], cells: &Cells) -> bool {
    let is_given = |column: &u16| cells.iter().any(|(present, value)| present == column && *value != Value::Null);
    let is_new = |column: &u16| {
        let meta = table.column(*column);
        match meta.default {
            // NULL is equal to nothing.
            Default::None => meta.is_nullable,
            Default::Database | Default::Json(_) | Default::Text(_) | Default::Now => false,
            Default::Autoincrement
            | Default::Cuid
            | Default::Cuid2
            | Default::Uuid4
            | Default::Uuid7
            | Default::Ulid
            | Default::Nanoid(_) => true,
        }
    };
    let is_harmless = |columns: &[u16]| {
        let same = columns.len() == key.len() && columns.iter().all(|column| key.contains(column));
        same || columns.iter().any(|column| !is_given(column) && is_new(column))
    };
    table.uniques.iter().all(|unique| is_harmless(unique.columns))
}

/// The value of a column that others may refer to; lists never are.
pub(super) fn key_value(table: &TableMeta, column: u16, cell: nicol_db::Cell<'_>) -> Result<Option<Value>> {
    let meta = table.column(column);
    if meta.is_list { Ok(None) } else { cell_value(meta.kind, cell) }
}

/// True when a list of rows is one statement.
pub(super) fn is_one_statement(dialect: Dialect, table: &TableMeta, rows: &[&Cells]) -> bool {
    ranges(dialect, table, rows).len() <= 1
}

/// Which rows go into one statement: up to the limit of parameters, and where the database has no DEFAULT word in
/// VALUES, or tells only the first of several new keys, only rows that give the same columns. On SQLite a statement for one row
/// that stays prepared is faster than long ones.
fn ranges(dialect: Dialect, table: &TableMeta, rows: &[&Cells]) -> Vec<std::ops::Range<usize>> {
    if rows.is_empty() {
        return Vec::new();
    }
    if dialect == Dialect::Sqlite && rows.len() > ROWS_TOGETHER {
        return (0..rows.len()).map(|row| row..row + 1).collect();
    }
    let same_columns = |a: &Cells, b: &Cells| a.iter().map(|(column, _)| column).eq(b.iter().map(|(column, _)| column));
    let has_lists = || rows[0].iter().any(|&(column, _)| table.column(column).is_list);
    if dialect == Dialect::Postgres && rows.iter().all(|row| same_columns(row, rows[0])) && !has_lists() {
        // Behind a pooler, where nothing is prepared, the cells are parameters all the same.
        let most = (PARAMETERS_A_STATEMENT / rows[0].len().max(1)).max(1);
        let most = if rows[0].is_empty() { 1 } else { most };
        return (0..rows.len()).step_by(most).map(|start| start..rows.len().min(start + most)).collect();
    }
    let uniform = match dialect {
        Dialect::Sqlite | Dialect::Mysql => true,
        Dialect::Postgres | Dialect::Mariadb | Dialect::Cockroachdb => false,
    };
    let mut ranges = Vec::new();
    let (mut start, mut parameters) = (0, 0);
    for (index, row) in rows.iter().enumerate() {
        parameters += row.len();
        let first = index == start;
        let splits = (uniform && !same_columns(rows[start], row)) || parameters > PARAMETERS_A_STATEMENT;
        // A row without any column has no place for a second one beside it.
        let lone = row.is_empty() || rows[start].is_empty();
        if !first && (splits || lone) {
            ranges.push(start..index);
            start = index;
            parameters = row.len();
        }
    }
    ranges.push(start..rows.len());
    ranges
}

/// The columns that any of the rows gives, and the rows in that order.
pub(super) fn grid(rows: &[Cells]) -> (Vec<u16>, Vec<Vec<Option<Value>>>) {
    let mut columns: Vec<u16> = rows.iter().flatten().map(|(column, _)| *column).collect();
    columns.sort_unstable();
    columns.dedup();
    let cell = |row: &Cells, column: &u16| row.iter().find(|(present, _)| present == column).map(|(_, v)| v.clone());
    let cells = rows.iter().map(|row| columns.iter().map(|column| cell(row, column)).collect()).collect();
    (columns, cells)
}

/// The keys that MySQL gave to the rows of one INSERT: it tells the first, and rows of one statement follow each other.
async fn last_keys(session: &mut Session<'_>, table: &'static TableMeta, rows: &mut [Cells]) -> Result<()> {
    let [key] = table.key else { return Ok(()) };
    let is_known = |row: &Cells| row.iter().any(|(column, _)| column == key);
    if rows.iter().all(is_known) || table.column(*key).default != Default::Autoincrement {
        return Ok(());
    }
    let text = String::from("SELECT LAST_INSERT_ID(), @@auto_increment_increment");
    let answer = session.query(table, &Statement { text, params: Vec::new() }).await?;
    let Some(row) = answer.first() else { return Ok(()) };
    let (first, step): (i64, i64) = (row.get(0)?, row.get(1)?);
    for (row, number) in rows.iter_mut().zip(0i64..) {
        row.push((*key, Value::BigInt(first + number * step)));
    }
    Ok(())
}
