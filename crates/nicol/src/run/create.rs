//! Creating rows with what hangs on them: parents first, then the rows of a level in one INSERT, then their children.

use nicol_db::{Dialect, Rows, Value};

use super::{BoxFuture, Level, Session, cell_value, read};
use crate::error::{Error, Result};
use crate::filter::Condition;
use crate::id;
use crate::meta::{Default, Link, RelationMeta, TableMeta};
use crate::operation::{Draft, Field, Key, LinkWrite, Patch, Read};
use crate::scalar::Assign;
use crate::sql::{self, Insert, Statement, Verb};

/// The most parameters of one INSERT.
const PARAMETERS_A_STATEMENT: usize = 30_000;

/// Things with the number of the row they belong to.
type Numbered<T> = Vec<(usize, T)>;

/// A row's values by column.
type Cells = Vec<(u16, Value)>;

/// The rows of a level that were created.
struct Created {
    /// What is known of each: given, defaulted, or asked back from the database.
    cells: Vec<Cells>,
    /// The columns asked back, as they came; none where the database gives nothing back.
    returned: Option<Vec<Rows>>,
}

/// Creates a row and everything below it, and reads it back as asked.
pub(crate) async fn create(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    draft: Draft,
    wanted: &Read,
) -> Result<Level> {
    let is_flat = draft.links.is_empty();
    let direct = read::plain_columns(wanted).filter(|_| sql::has_returning(session.connection.dialect(), Verb::Insert));
    if is_flat && direct.is_some() && wanted.fields.0.iter().all(|field| matches!(field, Field::Column(_))) {
        return create_inside(session, table, draft, wanted, direct).await;
    }
    session.begin().await?;
    let result = create_inside(session, table, draft, wanted, direct).await;
    session.finish(result).await
}

/// The same, within what is already a transaction, or a single statement.
async fn create_inside(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    draft: Draft,
    wanted: &Read,
    direct: Option<Vec<u16>>,
) -> Result<Level> {
    let asked = direct.as_deref().unwrap_or(table.key).to_vec();
    let mut created = insert_level(session, table, vec![draft], asked).await?;
    if let (Some(columns), Some(parts)) = (direct, created.returned.take()) {
        let columns = columns.into_iter().map(Some).collect();
        let mut level = Level { table, parts, columns, children: Vec::new(), is_backward: false };
        read::complete(session, &mut level, wanted).await?;
        return Ok(level);
    }
    let cells = created.cells.pop().unwrap_or_default();
    read_back(session, table, &cells, wanted).await
}

/// Reads a row by its key.
async fn read_back(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    cells: &Cells,
    wanted: &Read,
) -> Result<Level> {
    let mut wanted = wanted.clone();
    wanted.condition = Some(key_condition(table, cells)?);
    read::read(session, &wanted).await
}

pub(super) fn key_condition(table: &TableMeta, cells: &Cells) -> Result<Condition> {
    let equal = |&column: &u16| {
        let value = value_of(table, cells, column)?;
        Ok(Condition::equal(column, value))
    };
    Ok(Condition::All(table.key.iter().map(equal).collect::<Result<_>>()?))
}

fn value_of(table: &TableMeta, cells: &Cells, column: u16) -> Result<Value> {
    let found = cells.iter().find(|(present, _)| *present == column);
    found.map(|(_, value)| value.clone()).ok_or_else(|| {
        let field = table.column(column).field;
        let message =
            format!("the database chose {}.{field} and cannot tell its value; give it when creating", table.model);
        Error::new("P2036", message)
    })
}

fn set(cells: &mut Cells, column: u16, value: Value) {
    cells.retain(|(present, _)| *present != column);
    cells.push((column, value));
}

/// Creates the rows of one level. `asked` are the columns the caller needs of each.
fn insert_level<'a>(
    session: &'a mut Session<'_>,
    table: &'static TableMeta,
    drafts: Vec<Draft>,
    mut asked: Vec<u16>,
) -> BoxFuture<'a, Result<Created>> {
    Box::pin(async move {
        let mut rows: Vec<Cells> = Vec::with_capacity(drafts.len());
        let mut links: Vec<Vec<(u16, LinkWrite)>> = Vec::with_capacity(drafts.len());
        for draft in drafts {
            rows.push(draft.values);
            links.push(draft.links);
        }
        let connects = link_parents(session, table, &mut rows, &mut links).await?;
        for row in &mut rows {
            fill_defaults(table, row, session)?;
        }
        for (relation, _) in links.iter().flatten() {
            for column in child_keys(table.relation(*relation)) {
                if !asked.contains(column) {
                    asked.push(*column);
                }
            }
        }
        let created = insert_rows(session, table, rows, &asked).await;
        let created = created.map_err(|error| missing_parent(error, table, connects))?;
        for relation in relations_in_order(&links) {
            link_children(session, table, relation, &created.cells, &mut links).await?;
        }
        Ok(created)
    })
}

/// A foreign key refused although only rows named by `connect` stand behind it: the row to connect is not there.
fn missing_parent(error: Error, table: &TableMeta, connects: bool) -> Error {
    if connects && error.code() == "P2003" {
        let message = format!("create: a row to connect to this {} does not exist", table.model);
        return error.recode("P2025", message);
    }
    error
}

/// The columns of this table that its children refer to.
fn child_keys(relation: &'static RelationMeta) -> &'static [u16] {
    match &relation.link {
        Link::Owner { .. } => &[],
        Link::Owned { references, .. } => references,
        Link::Join { here, .. } => std::slice::from_ref(&here.0),
    }
}

/// The relations with writes left, in the order in which they were first named.
fn relations_in_order(links: &[Vec<(u16, LinkWrite)>]) -> Vec<u16> {
    let mut order = Vec::new();
    for (relation, _) in links.iter().flatten() {
        if !order.contains(relation) {
            order.push(*relation);
        }
    }
    order
}

/// Takes the writes of one relation out: creations and connections, each with the number of its row.
fn take_links(links: &mut [Vec<(u16, LinkWrite)>], relation: u16) -> (Numbered<Draft>, Numbered<Key>) {
    let (mut creates, mut connects) = (Vec::new(), Vec::new());
    for (number, row) in links.iter_mut().enumerate() {
        for (_, write) in row.extract_if(.., |(present, _)| *present == relation) {
            match write {
                LinkWrite::Create(draft) => creates.push((number, draft)),
                LinkWrite::Connect(key) => connects.push((number, key)),
            }
        }
    }
    (creates, connects)
}

/// Finds or creates the rows that these rows refer to, and sets the foreign keys. True when a key was taken on trust.
async fn link_parents(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    rows: &mut [Cells],
    links: &mut [Vec<(u16, LinkWrite)>],
) -> Result<bool> {
    let mut trusted = false;
    for relation in relations_in_order(links) {
        let meta = table.relation(relation);
        let Link::Owner { columns, references } = &meta.link else {
            continue;
        };
        let target = (meta.target)();
        let (creates, connects) = take_links(links, relation);
        let (numbers, drafts): (Vec<usize>, Vec<Draft>) = creates.into_iter().unzip();
        if !drafts.is_empty() {
            let parents = insert_level(session, target, drafts, references.to_vec()).await?;
            for (number, cells) in numbers.into_iter().zip(&parents.cells) {
                for (column, reference) in columns.iter().zip(*references) {
                    set(&mut rows[number], *column, value_of(target, cells, *reference)?);
                }
            }
        }
        for (number, key) in connects {
            let values = match key.exact(references) {
                Some(values) => {
                    trusted = true;
                    values
                }
                None => find_values(session, target, &key, references)
                    .await?
                    .ok_or_else(|| Error::not_found(target, &format!("connect of {}.{}", table.model, meta.field)))?,
            };
            for (column, value) in columns.iter().zip(values) {
                set(&mut rows[number], *column, value);
            }
        }
    }
    Ok(trusted)
}

/// The values of some columns of the row with this key.
pub(super) async fn find_values(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    key: &Key,
    columns: &[u16],
) -> Result<Option<Vec<Value>>> {
    let mut wanted = Read::new(table);
    wanted.condition = Some(key.condition());
    wanted.fields.0 = columns.iter().map(|&column| Field::Column(column)).collect();
    let level = read::read(session, &wanted).await?;
    let Some(row) = level.rows().next() else {
        return Ok(None);
    };
    let value = |(place, &column): (usize, &u16)| {
        Ok(cell_value(table.column(column).kind, row.cell(place))?.unwrap_or(Value::Null))
    };
    columns.iter().enumerate().map(value).collect::<Result<Vec<Value>>>().map(Some)
}

/// A row's values with those that the client makes for the columns that have none.
pub(super) fn with_defaults(session: &Session<'_>, table: &TableMeta, mut cells: Cells) -> Result<Cells> {
    fill_defaults(table, &mut cells, session)?;
    Ok(cells)
}

/// Gives the columns without a value those that the client makes.
fn fill_defaults(table: &TableMeta, row: &mut Cells, session: &Session<'_>) -> Result<()> {
    for (index, column) in (0u16..).zip(table.columns) {
        if row.iter().any(|(present, _)| *present == index) {
            continue;
        }
        let value = match column.default {
            Default::None | Default::Database if !column.is_updated_at => continue,
            Default::None | Default::Database | Default::Now => Value::DateTime(session.now),
            Default::Cuid => Value::Text(id::cuid(session.now)?),
            Default::Cuid2 => Value::Text(id::cuid2()?),
            Default::Uuid4 => Value::Text(id::uuid4()?),
            Default::Uuid7 => Value::Text(id::uuid7(session.now)?),
            Default::Ulid => Value::Text(id::ulid(session.now)?),
            Default::Nanoid(length) => Value::Text(id::nanoid(length)?),
        };
        row.push((index, value));
    }
    row.sort_by_key(|(column, _)| *column);
    Ok(())
}

/// Inserts rows: one statement, or as many as the database needs.
async fn insert_rows(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    mut rows: Vec<Cells>,
    asked: &[u16],
) -> Result<Created> {
    let dialect = session.connection.dialect();
    let has_returning = sql::has_returning(dialect, Verb::Insert);
    let returning = if has_returning { asked } else { &[] };
    let mut parts = Vec::new();
    for range in ranges(dialect, &rows) {
        let (columns, cells) = grid(&rows[range.clone()]);
        let insert = Insert { table, columns: &columns, rows: &cells, returning, conflict: None };
        let statement = sql::insert(dialect, &insert)?;
        if returning.is_empty() {
            session.execute(table, &statement).await?;
            if !has_returning {
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
    Ok(Created { cells: rows, returned: (!returning.is_empty()).then_some(parts) })
}

/// The value of a column that others may refer to; lists never are.
fn key_value(table: &TableMeta, column: u16, cell: nicol_db::Cell<'_>) -> Result<Option<Value>> {
    let meta = table.column(column);
    if meta.is_list { Ok(None) } else { cell_value(meta.kind, cell) }
}

/// Which rows go into one statement: up to the limit of parameters, and where the database has no DEFAULT word in
/// VALUES, or tells only the first of several new keys, only rows that give the same columns.
fn ranges(dialect: Dialect, rows: &[Cells]) -> Vec<std::ops::Range<usize>> {
    let same_columns = |a: &Cells, b: &Cells| a.iter().map(|(column, _)| column).eq(b.iter().map(|(column, _)| column));
    let uniform = match dialect {
        Dialect::Sqlite | Dialect::Mysql => true,
        Dialect::Postgres | Dialect::Mariadb | Dialect::Cockroachdb => false,
    };
    let mut ranges = Vec::new();
    let (mut start, mut parameters) = (0, 0);
    for (index, row) in rows.iter().enumerate() {
        parameters += row.len();
        let first = index == start;
        let splits = (uniform && !same_columns(&rows[start], row)) || parameters > PARAMETERS_A_STATEMENT;
        // A row without any column has no place for a second one beside it.
        let lone = row.is_empty() || rows[start].is_empty();
        if !first && (splits || lone) {
            ranges.push(start..index);
            start = index;
            parameters = row.len();
        }
    }
    if start < rows.len() {
        ranges.push(start..rows.len());
    }
    ranges
}

/// The columns that any of the rows gives, and the rows in that order.
fn grid(rows: &[Cells]) -> (Vec<u16>, Vec<Vec<Option<Value>>>) {
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
    if rows.iter().all(is_known) || table.column(*key).default != Default::Database {
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

/// Creates or connects the rows of one relation below the rows of a level.
async fn link_children(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    relation: u16,
    rows: &[Cells],
    links: &mut [Vec<(u16, LinkWrite)>],
) -> Result<()> {
    let meta = table.relation(relation);
    let (creates, connects) = take_links(links, relation);
    match &meta.link {
        // Parents are dealt with before the row is written.
        Link::Owner { .. } => Ok(()),
        Link::Owned { references, columns } => {
            link_owned(session, (table, meta), (references, columns), rows, creates, connects).await
        }
        Link::Join { .. } => link_joined(session, (table, meta), rows, creates, connects).await,
    }
}

/// Children that hold the foreign key.
async fn link_owned(
    session: &mut Session<'_>,
    (table, meta): (&'static TableMeta, &'static RelationMeta),
    (references, columns): (&[u16], &[u16]),
    rows: &[Cells],
    creates: Numbered<Draft>,
    connects: Numbered<Key>,
) -> Result<()> {
    let target = (meta.target)();
    let mut drafts = Vec::with_capacity(creates.len());
    for (number, mut draft) in creates {
        for (reference, column) in references.iter().zip(columns) {
            draft = draft.set(*column, value_of(table, &rows[number], *reference)?);
        }
        drafts.push(draft);
    }
    if !drafts.is_empty() {
        insert_level(session, target, drafts, Vec::new()).await?;
    }
    for (number, key) in connects {
        let mut patch = Patch::default();
        for (reference, column) in references.iter().zip(columns) {
            let value = value_of(table, &rows[number], *reference)?;
            patch = patch.set(*column, Assign { step: None, value });
        }
        let condition = key.condition();
        let statement = sql::update(session.connection.dialect(), target, &patch, Some(&condition), &[])?;
        if session.execute(target, &statement).await? == 0 {
            return Err(Error::not_connected(table, meta.field, target));
        }
    }
    Ok(())
}

/// Rows at the other end of an implicit many-to-many relation.
async fn link_joined(
    session: &mut Session<'_>,
    (table, meta): (&'static TableMeta, &'static RelationMeta),
    rows: &[Cells],
    creates: Numbered<Draft>,
    connects: Numbered<Key>,
) -> Result<()> {
    let Link::Join { table: join, schema, here, there } = &meta.link else {
        return Ok(());
    };
    let target = (meta.target)();
    let mut pairs = Vec::new();
    let (numbers, drafts): (Vec<usize>, Vec<Draft>) = creates.into_iter().unzip();
    if !drafts.is_empty() {
        let created = insert_level(session, target, drafts, vec![there.0]).await?;
        for (number, cells) in numbers.into_iter().zip(&created.cells) {
            pairs.push((value_of(table, &rows[number], here.0)?, value_of(target, cells, there.0)?));
        }
    }
    for (number, key) in connects {
        let found = match key.exact(&[there.0]) {
            Some(values) => Some(values),
            None => find_values(session, target, &key, &[there.0]).await?,
        };
        let value = found.and_then(|values| values.into_iter().next());
        let value = value.ok_or_else(|| Error::not_connected(table, meta.field, target))?;
        pairs.push((value_of(table, &rows[number], here.0)?, value));
    }
    let dialect = session.connection.dialect();
    for pairs in pairs.chunks(PARAMETERS_A_STATEMENT / 2) {
        let statement = sql::insert_join_rows(dialect, (*schema, join), (here.1, there.1), pairs)?;
        let written = session.execute(table, &statement).await;
        written.map_err(|error| match error.code() {
            "P2003" => Error::not_connected(table, meta.field, target),
            _ => error,
        })?;
    }
    Ok(())
}
