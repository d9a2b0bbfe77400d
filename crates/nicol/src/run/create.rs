//! Creating rows with what hangs on them: parents first, then the rows of a level in one INSERT, then their children.

use nicol_db::{Dialect, Value};

use super::insert::{
    Defaults, Inserted, grid, insert_rows, insert_skipping, is_one_statement, only_key, with_defaults,
};
use super::link::{self, link_below};
use super::{BoxFuture, Cells, Level, Session, Trust, read, set, value_of};
use crate::error::{Error, Result};
use crate::filter::Condition;
use crate::meta::{Link, RelationMeta, TableMeta};
use crate::operation::{Draft, Field, Key, LinkWrite, Links, OrderTerm, Read};
use crate::sql::{self, Below, Conflict, Insert, Verb, Which};

/// Creates a row and everything below it, and reads it back as asked.
pub(crate) async fn create(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    draft: Draft,
    wanted: &Read,
) -> Result<Level> {
    let has_returning = sql::has_returning(session.connection.dialect(), Verb::Insert);
    let is_gentle = draft.links.iter().all(|(_, write)| write.is_gentle());
    let direct = read::plain_columns(wanted).filter(|_| has_returning && is_gentle);
    // Inside a transaction a savepoint keeps what was there before when rows below are refused.
    let is_tree = !session.in_transaction && is_tree(session.connection.dialect(), table, &draft);
    let is_one = draft.links.is_empty() || is_tree;
    if is_one && direct.is_some() && is_flat(wanted) {
        return create_inside(session, table, draft, wanted, direct).await;
    }
    // What somebody else created in between is there at the second try.
    let may_race = !session.is_in_batch && draft.links.iter().any(|(_, write)| write.may_race());
    let again = may_race.then(|| (draft.clone(), direct.clone()));
    let result = create_apart(session, table, draft, wanted, direct).await;
    match (result, again) {
        (Err(error), Some((draft, direct))) if error.is_unique_violation() => {
            create_apart(session, table, draft, wanted, direct).await
        }
        (result, _) => result,
    }
}

/// True when only columns are wanted of the row.
pub(super) fn is_flat(wanted: &Read) -> bool {
    wanted.fields.0.iter().all(|field| matches!(field, Field::Column(_)))
}

/// In a transaction of its own.
async fn create_apart(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    draft: Draft,
    wanted: &Read,
    direct: Option<Vec<u16>>,
) -> Result<Level> {
    session.begin().await?;
    let result = create_inside(session, table, draft, wanted, direct).await;
    session.finish(result).await
}

/// Within what is already a transaction, or a single statement.
async fn create_inside(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    draft: Draft,
    wanted: &Read,
    direct: Option<Vec<u16>>,
) -> Result<Level> {
    let asked = direct.as_deref().unwrap_or(table.key).to_vec();
    let mut created = insert_level(session, table, vec![draft], asked).await?;
    if let Some(columns) = direct
        && let Some(parts) = created.returned.take()
    {
        let columns = columns.into_iter().map(Some).collect();
        let mut level = Level { table, parts, columns, children: Vec::new(), is_backward: false };
        session.end_with_next();
        read::complete(session, &mut level, wanted).await?;
        return Ok(level);
    }
    let cells = created.cells(table)?.pop().unwrap_or_default();
    session.end_with_next();
    read_back(session, table, &cells, wanted).await
}

/// Reads a row by its key.
pub(super) async fn read_back(
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

/// Creates the rows of one level, with everything below. `asked` are the columns the caller needs of each.
pub(super) fn insert_level<'a>(
    session: &'a mut Session<'_>,
    table: &'static TableMeta,
    drafts: Vec<Draft>,
    mut asked: Vec<u16>,
) -> BoxFuture<'a, Result<Inserted>> {
    Box::pin(async move {
        let Prepared { mut rows, below, trust } = prepare(session, table, drafts).await?;
        let given = columns_beside(&trust, &rows);
        if session.connection.dialect() == Dialect::Postgres
            && rows.len() == 1
            && !asked.is_empty()
            && below.iter().all(|(_, relation, write)| is_leaf(table, *relation, write))
            && (1..=ROWS_OF_A_TREE).contains(&below.len())
            && let Some(row) = rows.pop()
        {
            return insert_tree(session, table, row, below, &asked).await;
        }
        for (_, relation, _) in &below {
            add_columns(&mut asked, near_columns(table.relation(*relation)));
        }
        let inserted = insert_rows(session, table, rows, &asked, Conflict::Fail).await;
        let inserted =
            inserted.map_err(|error| trust.explain(error, table, "create", |column| given.contains(&column)))?;
        if below.is_empty() {
            return Ok(inserted);
        }
        let cells = inserted.cells(table)?;
        Box::pin(link_below(session, table, &cells, below)).await?;
        Ok(inserted)
    })
}

/// The most rows below a row that are inserted in the same statement.
const ROWS_OF_A_TREE: usize = 100;

/// True for a row below that has nothing below itself and holds the foreign key.
fn is_leaf(table: &TableMeta, relation: u16, write: &LinkWrite) -> bool {
    let is_owned = matches!(table.relation(relation).link, Link::Owned { .. });
    is_owned && matches!(write, LinkWrite::Create { draft, skip: false } if draft.links.is_empty())
}

/// True when a row and what hangs on it are inserted by one statement.
fn is_tree(dialect: Dialect, table: &TableMeta, draft: &Draft) -> bool {
    let fits = draft.links.len() <= ROWS_OF_A_TREE;
    dialect == Dialect::Postgres && fits && draft.links.iter().all(|(relation, write)| is_leaf(table, *relation, write))
}

/// Inserts a row and the rows below it in one statement.
async fn insert_tree(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    row: Cells,
    below: Vec<(usize, u16, LinkWrite)>,
    asked: &[u16],
) -> Result<Inserted> {
    let mut returning = asked.to_vec();
    let mut parts = Vec::new();
    for group in link::grouped(below) {
        let meta = table.relation(group.relation);
        let Link::Owned { references, columns } = &meta.link else { continue };
        add_columns(&mut returning, references);
        let target = (meta.target)();
        let mut rows = Vec::with_capacity(group.writes.len());
        for (_, write) in group.writes {
            if let LinkWrite::Create { mut draft, .. } = write {
                draft.values.retain(|(column, _)| !columns.contains(column));
                rows.push(with_defaults(session, target, draft.values)?);
            }
        }
        let foreign_key: Vec<(u16, u16)> = columns.iter().copied().zip(references.iter().copied()).collect();
        let (columns, rows) = grid(rows);
        parts.push((target, columns, rows, foreign_key));
    }
    let targets: Vec<&'static TableMeta> = parts.iter().map(|(target, ..)| *target).collect();
    let below = parts.iter_mut().map(|(target, columns, rows, foreign_key)| Below {
        insert: Insert { table: target, columns, rows: std::mem::take(rows), returning: &[], conflict: Conflict::Fail },
        foreign_key,
    });
    let (columns, rows) = grid(vec![row]);
    let above = Insert { table, columns: &columns, rows, returning: &returning, conflict: Conflict::Fail };
    let statement = sql::insert_tree(above, below.collect(), asked)?;
    let returned = session.query_several(table, targets.into_iter(), &statement).await?;
    Ok(Inserted::of_returned(asked, returned))
}

/// Creates the rows of one level without those that have a unique key which is taken.
pub(super) fn insert_level_skipping<'a>(
    session: &'a mut Session<'_>,
    table: &'static TableMeta,
    drafts: Vec<Draft>,
    asked: &'a [u16],
) -> BoxFuture<'a, Result<Inserted>> {
    Box::pin(async move {
        let Prepared { rows, below, trust } = prepare(session, table, drafts).await?;
        let given = columns_beside(&trust, &rows);
        if let Some((_, relation, _)) = below.first() {
            let field = table.relation(*relation).field;
            let message = "rows that may be left out as duplicates cannot have rows below them".to_owned();
            return Err(Error::new("P2019", message).on(table).with_field(field));
        }
        let inserted = insert_skipping(session, table, rows, asked).await;
        inserted.map_err(|error| trust.explain(error, table, "create_many", |column| given.contains(&column)))
    })
}

/// Creates rows; tells how many. With `skip` those are left out that have a unique key which is taken.
pub(crate) async fn create_many(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    mut drafts: Vec<Draft>,
    skip: bool,
) -> Result<u64> {
    if drafts.is_empty() {
        return Ok(0);
    }
    let inserted = if is_alone(session, table, &mut drafts, skip)? {
        create_list(session, table, drafts, skip, &[]).await?
    } else {
        session.begin().await?;
        let result = create_list(session, table, drafts, skip, &[]).await;
        session.finish(result).await?
    };
    Ok(inserted.count as u64)
}

/// Creates rows and gives them back, in their order where the database keeps it.
pub(crate) async fn create_many_returning(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    mut drafts: Vec<Draft>,
    skip: bool,
    wanted: &Read,
) -> Result<Level> {
    if drafts.is_empty() {
        return Ok(Level::empty(table));
    }
    let has_returning = sql::has_returning(session.connection.dialect(), Verb::Insert);
    let is_gentle = drafts.iter().flat_map(|draft| &draft.links).all(|(_, write)| write.is_gentle());
    let direct = read::plain_columns(wanted).filter(|_| has_returning && is_gentle);
    if direct.is_some() && is_flat(wanted) && is_alone(session, table, &mut drafts, skip)? {
        return create_list_returning(session, table, drafts, skip, wanted, direct).await;
    }
    session.begin().await?;
    let result = create_list_returning(session, table, drafts, skip, wanted, direct).await;
    session.finish(result).await
}

/// True when rows are inserted in one statement. They get their defaults for that, which are parameters as all others.
fn is_alone(session: &Session<'_>, table: &TableMeta, drafts: &mut [Draft], skip: bool) -> Result<bool> {
    let has_links = drafts.iter().any(|draft| !draft.links.is_empty());
    let in_halves = skip && session.connection.dialect().is_mysql_family();
    if has_links || in_halves {
        return Ok(false);
    }
    let defaults = Defaults::of(table, session.now);
    drafts.iter_mut().try_for_each(|draft| defaults.fill(&mut draft.values))?;
    let rows: Vec<&Cells> = drafts.iter().map(|draft| &draft.values).collect();
    Ok(is_one_statement(session.connection, table, &rows))
}

async fn create_list(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    drafts: Vec<Draft>,
    skip: bool,
    asked: &[u16],
) -> Result<Inserted> {
    if skip {
        return insert_level_skipping(session, table, drafts, asked).await;
    }
    insert_level(session, table, drafts, asked.to_vec()).await
}

async fn create_list_returning(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    drafts: Vec<Draft>,
    skip: bool,
    wanted: &Read,
    direct: Option<Vec<u16>>,
) -> Result<Level> {
    let asked = direct.as_deref().unwrap_or(table.key);
    let mut inserted = create_list(session, table, drafts, skip, asked).await?;
    if let Some(columns) = direct
        && let Some(parts) = inserted.returned.take()
    {
        let columns = columns.into_iter().map(Some).collect();
        let mut level = Level { table, parts, columns, children: Vec::new(), is_backward: false };
        session.end_with_next();
        read::complete(session, &mut level, wanted).await?;
        return Ok(level);
    }
    let cells = inserted.cells(table)?;
    let rows = cells.iter().map(|cells| key_condition(table, cells));
    let rows = rows.collect::<Result<_>>()?;
    session.end_with_next();
    read_rows(session, table, rows, wanted).await
}

/// Reads the rows that one of the conditions on the key finds, in the order of the key.
pub(super) async fn read_rows(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    keys: Vec<Condition>,
    wanted: &Read,
) -> Result<Level> {
    let mut wanted = wanted.clone();
    wanted.condition = Some(Condition::Any(keys));
    wanted.order = table.key.iter().map(|&column| OrderTerm::column(column)).collect();
    read::read(session, &wanted).await
}

/// Rows that are ready to be inserted.
struct Prepared {
    rows: Vec<Cells>,
    /// What hangs on them: the number of the row, the relation, the write.
    below: Vec<(usize, u16, LinkWrite)>,
    trust: Trust,
}

/// The columns that any of the rows gives a value; nobody wants to know without rows that were connected on trust.
fn columns_beside(trust: &Trust, rows: &[Cells]) -> Vec<u16> {
    let mut columns = Vec::new();
    if trust.blind.is_empty() {
        return columns;
    }
    for (column, value) in rows.iter().flatten() {
        if *value != Value::Null {
            add_columns(&mut columns, &[*column]);
        }
    }
    columns
}

/// Finds or creates the rows that these rows refer to, and gives them their defaults.
async fn prepare(session: &mut Session<'_>, table: &'static TableMeta, drafts: Vec<Draft>) -> Result<Prepared> {
    let mut rows: Vec<Cells> = Vec::with_capacity(drafts.len());
    let mut parents = Vec::new();
    let mut below = Vec::new();
    for (number, draft) in drafts.into_iter().enumerate() {
        rows.push(draft.values);
        for (relation, write) in draft.links {
            let is_parent = matches!(table.relation(relation).link, Link::Owner { .. });
            if is_parent { &mut parents } else { &mut below }.push((number, relation, write));
        }
    }
    let trust = link_parents(session, table, &mut rows, parents).await?;
    let defaults = Defaults::of(table, session.now);
    rows.iter_mut().try_for_each(|row| defaults.fill(row))?;
    Ok(Prepared { rows, below, trust })
}

/// Adds columns to a list that does not have them yet.
pub(super) fn add_columns(list: &mut Vec<u16>, columns: &[u16]) {
    for column in columns {
        if !list.contains(column) {
            list.push(*column);
        }
    }
}

/// The columns of this table that say which rows are related.
pub(super) fn near_columns(relation: &'static RelationMeta) -> &'static [u16] {
    match &relation.link {
        Link::Owner { columns, .. } => columns,
        Link::Owned { references, .. } => references,
        Link::Join { here, .. } => std::slice::from_ref(&here.0),
    }
}

/// Finds or creates the rows that new rows refer to, and sets the foreign keys.
async fn link_parents(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    rows: &mut [Cells],
    writes: Vec<(usize, u16, LinkWrite)>,
) -> Result<Trust> {
    let mut trust = Trust::default();
    for group in link::grouped(writes) {
        let meta = table.relation(group.relation);
        let (numbers, writes): (Vec<usize>, Vec<LinkWrite>) = group.writes.into_iter().unzip();
        let parents = parent_values(session, table, meta, writes, &mut trust).await?;
        for (number, values) in numbers.into_iter().zip(parents) {
            for (column, value) in near_columns(meta).iter().zip(values) {
                set(&mut rows[number], *column, value);
            }
        }
        // One to one: whoever had this parent loses it.
        if link::is_one_to_one(table, meta) {
            for row in rows.iter() {
                link::leave_partner(session, table, meta, row, None).await?;
            }
        }
    }
    Ok(trust)
}

/// What the foreign keys get from rows that are created or connected: writes of one kind and one relation.
pub(super) async fn parent_values(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    meta: &'static RelationMeta,
    writes: Vec<LinkWrite>,
    trust: &mut Trust,
) -> Result<Vec<Vec<Value>>> {
    let Link::Owner { references, .. } = &meta.link else {
        return Ok(Vec::new());
    };
    let target = (meta.target)();
    trust.written.push(meta);
    let (mut drafts, mut obtained, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for write in writes {
        match write {
            LinkWrite::Create { draft, .. } => drafts.push(draft),
            LinkWrite::ConnectOrCreate(key, draft) => obtained.push((key, draft)),
            LinkWrite::Connect(key) => values.push(match key.exact(references) {
                Some(values) => {
                    trust.blind.push(meta);
                    values
                }
                None => find_values(session, target, &key.condition(), references)
                    .await?
                    .ok_or_else(|| Error::not_found(target, &format!("connect of {}.{}", table.model, meta.field)))?,
            }),
            // Said of rows that are there, and dealt with where they change.
            LinkWrite::Set(_)
            | LinkWrite::Disconnect(_)
            | LinkWrite::Update(..)
            | LinkWrite::UpdateMany(..)
            | LinkWrite::Upsert(..)
            | LinkWrite::Delete(_)
            | LinkWrite::DeleteMany(_) => {}
        }
    }
    if !drafts.is_empty() {
        for cells in insert_level(session, target, drafts, references.to_vec()).await?.cells(target)? {
            let value = |reference: &u16| value_of(target, &cells, *reference);
            values.push(references.iter().map(value).collect::<Result<_>>()?);
        }
    }
    if !obtained.is_empty() {
        values.extend(obtain(session, target, obtained, references).await?);
    }
    Ok(values)
}

/// The values of some columns of the row that fulfils a condition.
pub(super) async fn find_values(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    condition: &Condition,
    columns: &[u16],
) -> Result<Option<Vec<Value>>> {
    Ok(find_rows(session, table, condition, columns, false).await?.into_iter().next())
}

/// The values of some columns of all rows that fulfil a condition; with `lock` as they are now, whatever the transaction has
/// seen before.
pub(super) async fn find_rows<'a>(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    which: impl Into<Which<'a>>,
    columns: &[u16],
    lock: bool,
) -> Result<Vec<Vec<Value>>> {
    let statement = sql::pick(session.connection.dialect(), table, columns, which.into(), lock)?;
    let rows = session.query(table, &statement).await?;
    let values = |row: nicol_db::Row<'_>| {
        let cells = columns.iter().enumerate();
        cells.map(|(place, &column)| super::column_value(table.column(column), row.cell(place))).collect()
    };
    rows.iter().map(values).collect()
}

/// The values of `asked` of the rows with these keys. Rows that are not there are created, all at once where the key is in
/// the row and nothing hangs on it: then the database decides who is first.
pub(super) async fn obtain(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    wanted: Vec<(Key, Draft)>,
    asked: &[u16],
) -> Result<Vec<Vec<Value>>> {
    let is_mysql = session.connection.dialect().is_mysql_family();
    let mut simple: Vec<Key> = Vec::new();
    let mut rows: Vec<Cells> = Vec::new();
    for (key, draft) in &wanted {
        let columns = key.columns();
        let is_simple = draft.links.is_empty()
            && key.and.is_none()
            && key.values.iter().all(|value| draft.values.contains(value))
            && (!is_mysql || only_key(table, &columns, &draft.values))
            && simple.first().is_none_or(|first| first.columns() == columns);
        if is_simple && !simple.contains(key) {
            rows.push(with_defaults(session, table, draft.values.clone())?);
            simple.push(key.clone());
        }
    }
    let mut known: Vec<Vec<Value>> = Vec::new();
    if let Some(first) = simple.first() {
        let target = first.columns();
        insert_rows(session, table, rows, &[], Conflict::Keep(&target)).await?;
        if !asked.iter().all(|column| target.contains(column)) {
            let any = Condition::Any(simple.iter().map(Key::condition).collect());
            let columns: Vec<u16> = target.iter().chain(asked).copied().collect();
            known = find_rows(session, table, &any, &columns, true).await?;
        }
    }
    let mut found = Vec::with_capacity(wanted.len());
    for (key, draft) in wanted {
        let width = key.values.len();
        let is_same = |row: &&Vec<Value>| row.iter().zip(&key.values).all(|(left, (_, right))| left == right);
        let of_key = |column: &u16| key.values.iter().find(|(present, _)| present == column).map(|(_, v)| v.clone());
        if simple.contains(&key) {
            if let Some(values) = asked.iter().map(of_key).collect::<Option<Vec<Value>>>() {
                found.push(values);
                continue;
            }
            if let Some(row) = known.iter().find(is_same) {
                found.push(row[width..].to_vec());
                continue;
            }
        }
        found.push(match find_values(session, table, &key.condition(), asked).await? {
            Some(values) => values,
            None => {
                let inserted = insert_level(session, table, vec![draft], asked.to_vec()).await?;
                let cells = inserted.cells(table)?.pop().unwrap_or_default();
                asked.iter().map(|column| value_of(table, &cells, *column)).collect::<Result<_>>()?
            }
        });
    }
    Ok(found)
}

/// The writes of a list that say something of the parents, and those below, in their order.
pub(super) fn split_links(table: &'static TableMeta, links: Links) -> (Links, Links) {
    links.into_iter().partition(|(relation, _)| matches!(table.relation(*relation).link, Link::Owner { .. }))
}
