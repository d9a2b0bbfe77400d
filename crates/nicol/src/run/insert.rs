//! Rows into a table, without what hangs on them: what the client gives them, and in how many statements they go.

use std::borrow::Borrow;

use nicol_db::{Connection, Dialect, Row, Rows, Value};

use super::{Cells, Session, cell_value};
use crate::error::{Error, Result};
use crate::id;
use crate::meta::{ColumnMeta, Default, Kind, TableMeta};
use crate::sql::{self, Conflict, Insert, Statement, Verb};
use crate::types::Json;

/// The most parameters of one INSERT.
pub(super) const PARAMETERS_A_STATEMENT: usize = 30_000;

/// The most rows of one INSERT on SQLite.
const ROWS_TOGETHER: usize = 8;

/// The most rows of one INSERT whose columns are arrays.
const ROWS_OF_ARRAYS: usize = 50_000;

/// Rows that were inserted.
pub(super) struct Inserted {
    pub(super) count: usize,
    /// What is known of each without what came back; empty when nothing was asked for.
    known: Vec<Cells>,
    /// The columns asked for.
    asked: Vec<u16>,
    /// Those columns, as they came; none where the database gives nothing back.
    pub(super) returned: Option<Vec<Rows>>,
}

impl Inserted {
    /// A row of which these columns came back.
    pub(super) fn of_returned(asked: &[u16], rows: Rows) -> Self {
        Inserted { count: 1, known: Vec::new(), asked: asked.to_vec(), returned: Some(vec![rows]) }
    }

    /// The columns of each row that were asked for.
    pub(super) fn cells(&self, table: &TableMeta) -> Result<Vec<Cells>> {
        let Some(parts) = &self.returned else { return Ok(self.known.clone()) };
        let cells = |row: Row<'_>| {
            let mut cells = Cells::with_capacity(self.asked.len());
            for (place, &column) in self.asked.iter().enumerate() {
                if let Some(value) = key_value(table, column, row.cell(place))? {
                    cells.push((column, value));
                }
            }
            Ok(cells)
        };
        let all = parts.iter().flat_map(Rows::iter).map(cells).collect::<Result<Vec<Cells>>>()?;
        // What hangs on the rows is told which row by its number.
        if all.len() != self.count {
            let message = format!("{} rows of {} were written, {} came back", self.count, table.model, all.len());
            return Err(Error::inconsistent(message).on(table));
        }
        Ok(all)
    }
}

/// A row's values with those that the client makes for the columns that have none.
pub(super) fn with_defaults(session: &Session<'_>, table: &TableMeta, mut cells: Cells) -> Result<Cells> {
    Defaults::of(table, session.now).fill(&mut cells)?;
    Ok(cells)
}

/// The values that the client makes for columns of new rows.
pub(super) struct Defaults {
    columns: Vec<(u16, Make)>,
    now: jiff::Timestamp,
}

/// How a value is made.
enum Make {
    Same(Value),
    Cuid,
    Cuid2,
    Uuid4,
    Uuid7,
    Ulid,
    Nanoid(u32),
}

impl Defaults {
    /// Those of a table, at a moment.
    pub(super) fn of(table: &TableMeta, now: jiff::Timestamp) -> Self {
        let make = |column: &ColumnMeta| match column.default {
            Default::Json(json) => literal(column, json).map(Make::Same),
            Default::Text(text) => Some(Make::Same(Value::Text(text.to_owned()))),
            Default::None | Default::Database | Default::Autoincrement if !column.is_updated_at => None,
            Default::None | Default::Database | Default::Autoincrement | Default::Now => {
                Some(Make::Same(column.fit(Value::DateTime(now))))
            }
            Default::Cuid => Some(Make::Cuid),
            Default::Cuid2 => Some(Make::Cuid2),
            Default::Uuid4 => Some(Make::Uuid4),
            Default::Uuid7 => Some(Make::Uuid7),
            Default::Ulid => Some(Make::Ulid),
            Default::Nanoid(length) => Some(Make::Nanoid(length)),
        };
        let columns = (0u16..).zip(table.columns).filter_map(|(index, column)| Some((index, make(column)?)));
        Defaults { columns: columns.collect(), now }
    }

    /// Gives the columns without a value theirs, and puts all in the order of the table.
    pub(super) fn fill(&self, row: &mut Cells) -> Result<()> {
        for (index, make) in &self.columns {
            if row.iter().any(|(present, _)| present == index) {
                continue;
            }
            let value = match make {
                Make::Same(value) => value.clone(),
                Make::Cuid => Value::Text(id::cuid(self.now)?),
                Make::Cuid2 => Value::Text(id::cuid2()?),
                Make::Uuid4 => Value::Text(id::uuid4()?),
                Make::Uuid7 => Value::Text(id::uuid7(self.now)?),
                Make::Ulid => Value::Text(id::ulid(self.now)?),
                Make::Nanoid(length) => Value::Text(id::nanoid(*length)?),
            };
            row.push((*index, value));
        }
        if !row.is_sorted_by_key(|(column, _)| *column) {
            row.sort_unstable_by_key(|(column, _)| *column);
        }
        Ok(())
    }
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

/// Inserts rows: one statement, or as many as the database needs. With [`Conflict::Keep`] only those count that were new.
pub(super) async fn insert_rows(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    rows: Vec<Cells>,
    asked: &[u16],
    conflict: Conflict<'_>,
) -> Result<Inserted> {
    let has_returning = sql::has_returning(session.connection.dialect(), Verb::Insert);
    let returning = if has_returning { asked } else { &[] };
    let keeps_known = !has_returning && !asked.is_empty();
    let returned = (!returning.is_empty()).then(Vec::new);
    let mut inserted = Inserted { count: 0, known: Vec::new(), asked: asked.to_vec(), returned };
    let sizes = sizes(session.connection, table, &rows);
    let mut rows = rows.into_iter();
    let mut text = None;
    for size in sizes {
        let part: Vec<Cells> = rows.by_ref().take(size).collect();
        let start = inserted.known.len();
        if keeps_known {
            inserted.known.extend_from_slice(&part);
        }
        let statement = statement(session, table, part, (returning, conflict), &mut text).await?;
        let wrote = match &mut inserted.returned {
            Some(parts) => {
                let rows = session.query(table, statement).await?;
                let count = rows.len();
                parts.push(rows);
                count
            }
            None => usize::try_from(session.execute(table, statement).await?).unwrap_or(usize::MAX),
        };
        inserted.count += if matches!(conflict, Conflict::Fail) { size } else { wrote };
        last_keys(session, table, &mut inserted.known[start..]).await?;
    }
    Ok(inserted)
}

/// The statement that inserts these rows. `last` keeps it, with its columns when it is for one row: its text serves the next.
async fn statement<'s>(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    rows: Vec<Cells>,
    (returning, conflict): (&[u16], Conflict<'_>),
    last: &'s mut Option<(Vec<u16>, Statement)>,
) -> Result<&'s Statement> {
    let dialect = session.connection.dialect();
    let is_one = rows.len() == 1;
    let are_columns = |columns: &[u16], row: &Cells| row.iter().map(|(column, _)| column).eq(columns);
    let same = last.take().filter(|(columns, _)| is_one && are_columns(columns, &rows[0]));
    if let Some((columns, Statement { text, .. })) = same {
        let params = rows.into_iter().flatten().map(|(_, value)| value).collect();
        return Ok(&last.insert((columns, Statement { text, params })).1);
    }
    let (columns, statement) = if go_as_arrays(session.connection, table, &rows) {
        let columns: Vec<u16> = rows[0].iter().map(|(column, _)| *column).collect();
        let first = vec![vec![Some(Value::Null); columns.len()]];
        let one = Insert { table, columns: &columns, rows: first, returning: &[], conflict: Conflict::Fail };
        let types = session.connection.parameter_types(sql::insert(dialect, one)?.text()).await;
        let types = types.map_err(|error| crate::Error::from(error).on(table))?;
        let mut arrays: Vec<Vec<Value>> = columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
        for row in rows {
            arrays.iter_mut().zip(row).for_each(|(array, (_, value))| array.push(value));
        }
        let statement = sql::insert_arrays(table, (&columns, &types), arrays, returning, conflict)?;
        (Vec::new(), statement)
    } else {
        let (columns, rows) = grid(rows);
        let statement = sql::insert(dialect, Insert { table, columns: &columns, rows, returning, conflict })?;
        (columns, statement)
    };
    Ok(&last.insert((if is_one { columns } else { Vec::new() }, statement)).1)
}

/// True when any number of rows is one text, in which each column is an array of the type that the server gives to the
/// column's parameter: on PostgreSQL, for rows with the same columns. Behind a pooler, where nothing is prepared, the types
/// are not known.
fn go_as_arrays<R: Borrow<Cells>>(connection: &Connection, table: &TableMeta, rows: &[R]) -> bool {
    let [first, _, ..] = rows else { return false };
    let first = first.borrow();
    connection.dialect() == Dialect::Postgres
        && connection.keeps_statements()
        && !first.is_empty()
        && !first.iter().any(|&(column, _)| table.column(column).is_list)
        && rows.iter().all(|row| same_columns(row.borrow(), first))
}

fn same_columns(a: &Cells, b: &Cells) -> bool {
    a.iter().map(|(column, _)| column).eq(b.iter().map(|(column, _)| column))
}

/// Inserts rows without those that have a unique key which is taken.
pub(super) async fn insert_skipping(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    rows: Vec<Cells>,
    asked: &[u16],
) -> Result<Inserted> {
    if !session.connection.dialect().is_mysql_family() {
        return insert_rows(session, table, rows, asked, Conflict::Keep(&[])).await;
    }
    // IGNORE hides other errors, and ON DUPLICATE KEY UPDATE does not tell which rows were new: a list that is refused, which
    // leaves nothing behind where it is one statement, is tried in halves.
    let mut all = Inserted { count: 0, known: Vec::new(), asked: asked.to_vec(), returned: None };
    let sizes = sizes(session.connection, table, &rows);
    let mut rows = rows.into_iter();
    let mut open: Vec<Vec<Cells>> = sizes.into_iter().map(|size| rows.by_ref().take(size).collect()).collect();
    open.reverse();
    while let Some(mut rows) = open.pop() {
        match insert_rows(session, table, rows.clone(), asked, Conflict::Fail).await {
            Ok(inserted) => {
                all.count += inserted.count;
                all.known.extend(inserted.known);
                if let Some(parts) = inserted.returned {
                    all.returned.get_or_insert_default().extend(parts);
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
    Ok(all)
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

/// True when a list of rows, with their defaults, is one statement.
pub(super) fn is_one_statement(connection: &Connection, table: &TableMeta, rows: &[&Cells]) -> bool {
    sizes(connection, table, rows).len() <= 1
}

/// How many rows go into each statement: up to the limit of parameters, and where the database has no DEFAULT word in VALUES,
/// or tells only the first of several new keys, only rows that give the same columns. On SQLite a statement for one row that
/// stays prepared is faster than long ones.
fn sizes<R: Borrow<Cells>>(connection: &Connection, table: &TableMeta, rows: &[R]) -> Vec<usize> {
    let parts_of = |most: usize| (0..rows.len()).step_by(most).map(|start| most.min(rows.len() - start)).collect();
    let dialect = connection.dialect();
    if dialect == Dialect::Sqlite && rows.len() > ROWS_TOGETHER {
        return parts_of(1);
    }
    if go_as_arrays(connection, table, rows) {
        return parts_of(ROWS_OF_ARRAYS);
    }
    let uniform = match dialect {
        Dialect::Sqlite | Dialect::Mysql => true,
        Dialect::Postgres | Dialect::Mariadb | Dialect::Cockroachdb => false,
    };
    let mut sizes = Vec::new();
    let (mut start, mut parameters) = (0, 0);
    for (index, row) in rows.iter().enumerate() {
        let (first, row) = (rows[start].borrow(), row.borrow());
        parameters += row.len();
        let splits = (uniform && !same_columns(first, row)) || parameters > PARAMETERS_A_STATEMENT;
        // A row without any column has no place for a second one beside it.
        let lone = row.is_empty() || first.is_empty();
        if index > start && (splits || lone) {
            sizes.push(index - start);
            start = index;
            parameters = row.len();
        }
    }
    if start < rows.len() {
        sizes.push(rows.len() - start);
    }
    sizes
}

/// The columns that any of the rows gives, and the rows in that order.
pub(super) fn grid(rows: Vec<Cells>) -> (Vec<u16>, Vec<Vec<Option<Value>>>) {
    let mut columns: Vec<u16> = rows.iter().flatten().map(|(column, _)| *column).collect();
    columns.sort_unstable();
    columns.dedup();
    let cells = |row: Cells| {
        let mut cells = vec![None; columns.len()];
        for (column, value) in row {
            if let Ok(place) = columns.binary_search(&column) {
                cells[place] = Some(value);
            }
        }
        cells
    };
    let rows = rows.into_iter().map(cells).collect();
    (columns, rows)
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
