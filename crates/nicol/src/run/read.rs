//! Reads: one statement for the rows, then one for each nested read, whatever the number of rows (the *batch* plan).

use std::collections::HashMap;

use nicol_db::{Dialect, Value};

use super::level::{Children, KeyCells};
use super::{BoxFuture, Level, Session, cell_value};
use crate::error::Result;
use crate::meta::{Link, RelationMeta, TableMeta};
use crate::operation::{Field, Read};
use crate::sql::{self, Item, Scope, ScopeLink};

/// The most keys in one statement where each takes a parameter of its own.
const KEYS_A_STATEMENT: usize = 8192;

/// What one level asks for.
struct Plan<'a> {
    items: Vec<Item<'a>>,
    nested: Vec<NestedPlan<'a>>,
}

struct NestedPlan<'a> {
    relation: &'static RelationMeta,
    read: &'a Read,
    /// Where in the select list the columns stand that lead to the related rows.
    places: Vec<usize>,
    /// Those columns.
    columns: Vec<u16>,
}

/// Carries out a read.
pub(crate) async fn read(session: &mut Session<'_>, read: &Read) -> Result<Level> {
    load(session, read, None).await.map(|(level, _)| level)
}

/// The number of rows of a read.
pub(crate) async fn count(session: &mut Session<'_>, read: &Read) -> Result<i64> {
    let statement = sql::count(session.connection.dialect(), read);
    let rows = session.query(read.table, &statement).await?;
    rows.first().map_or(Ok(0), |row| Ok(row.get(0)?))
}

/// Reads the nested levels below rows that are there already; `fields` are what the rows were asked for.
pub(crate) async fn complete(session: &mut Session<'_>, level: &mut Level, read: &Read) -> Result<()> {
    let plan = plan(read);
    for nested in &plan.nested {
        let children = load_children(session, level, nested).await?;
        level.children.push(children);
    }
    Ok(())
}

/// The columns of a read that asks for columns only, with those its nested reads need; none when it also counts.
pub(crate) fn plain_columns(read: &Read) -> Option<Vec<u16>> {
    let column = |item: &Item<'_>| match item {
        Item::Column(column) => Some(*column),
        Item::Count(..) | Item::Join => None,
    };
    plan(read).items.iter().map(column).collect()
}

fn plan(read: &Read) -> Plan<'_> {
    let mut items: Vec<Item<'_>> = Vec::with_capacity(read.fields.0.len());
    for field in &read.fields.0 {
        match field {
            Field::Column(column) => items.push(Item::Column(*column)),
            Field::Count { relation, condition } => items.push(Item::Count(*relation, condition.as_ref())),
            Field::Nested { .. } => {}
        }
    }
    let mut nested = Vec::new();
    for field in &read.fields.0 {
        if let Field::Nested { relation, read: below } = field {
            let relation = read.table.relation(*relation);
            let columns = near_columns(relation);
            let places = columns.iter().map(|&column| place_of(&mut items, column)).collect();
            nested.push(NestedPlan { relation, read: below, places, columns });
        }
    }
    Plan { items, nested }
}

/// Where a column stands in the select list; it is added when it does not.
fn place_of(items: &mut Vec<Item<'_>>, column: u16) -> usize {
    let found = items.iter().position(|item| matches!(item, Item::Column(present) if *present == column));
    found.unwrap_or_else(|| {
        items.push(Item::Column(column));
        items.len() - 1
    })
}

/// The columns of this side that say which rows are related.
fn near_columns(relation: &RelationMeta) -> Vec<u16> {
    match &relation.link {
        Link::Owner { columns, .. } => columns.to_vec(),
        Link::Owned { references, .. } => references.to_vec(),
        Link::Join { here, .. } => vec![here.0],
    }
}

/// What ties a related row to its parent.
fn far_link(relation: &RelationMeta) -> ScopeLink {
    match &relation.link {
        Link::Owner { references, .. } => ScopeLink::Columns(references),
        Link::Owned { columns, .. } => ScopeLink::Columns(columns),
        Link::Join { table, schema, here, there } => {
            ScopeLink::Join { table, schema: *schema, parent: here.1, row: *there }
        }
    }
}

/// Loads a level; for a nested one also tells where in its rows the parent's key stands.
fn load<'a>(
    session: &'a mut Session<'_>,
    read: &'a Read,
    scope: Option<Scope<'a>>,
) -> BoxFuture<'a, Result<(Level, Vec<usize>)>> {
    Box::pin(async move {
        if read.take == Some(0) {
            return Ok((Level::empty(read.table), Vec::new()));
        }
        let Plan { mut items, nested } = plan(read);
        let places = match &scope {
            None => Vec::new(),
            Some(Scope { link: ScopeLink::Columns(columns), .. }) => {
                columns.iter().map(|&column| place_of(&mut items, column)).collect()
            }
            Some(Scope { link: ScopeLink::Join { .. }, .. }) => {
                items.push(Item::Join);
                vec![items.len() - 1]
            }
        };
        let parts = statements(session, read, &items, scope).await?;
        let column = |item: &Item<'_>| match item {
            Item::Column(column) => Some(*column),
            Item::Count(..) | Item::Join => None,
        };
        let columns = items.iter().map(column).collect();
        let mut level = Level { table: read.table, parts, columns, children: Vec::with_capacity(nested.len()) };
        for nested in &nested {
            let children = load_children(session, &level, nested).await?;
            level.children.push(children);
        }
        Ok((level, places))
    })
}

/// The statement of a level; several when there are too many keys for one.
async fn statements(
    session: &mut Session<'_>,
    read: &Read,
    items: &[Item<'_>],
    scope: Option<Scope<'_>>,
) -> Result<Vec<nicol_db::Rows>> {
    let dialect = session.connection.dialect();
    let Some(Scope { link, keys }) = scope else {
        let statement = sql::select(dialect, read, items, None);
        return Ok(vec![session.query(read.table, &statement).await?]);
    };
    let width = keys.first().map_or(1, Vec::len);
    let one_parameter = width == 1 && matches!(dialect, Dialect::Sqlite | Dialect::Postgres | Dialect::Cockroachdb);
    let chunk = if one_parameter { keys.len().max(1) } else { KEYS_A_STATEMENT / width };
    let mut scope = Scope { link, keys: &[] };
    let mut parts = Vec::new();
    for keys in keys.chunks(chunk) {
        scope.keys = keys;
        let statement = sql::select(dialect, read, items, Some(&scope));
        parts.push(session.query(read.table, &statement).await?);
    }
    Ok(parts)
}

/// Loads the related rows of every row of a level.
async fn load_children(session: &mut Session<'_>, level: &Level, nested: &NestedPlan<'_>) -> Result<Children> {
    let mut numbers: HashMap<KeyCells<'_>, u32> = HashMap::new();
    let mut slots: Vec<Option<u32>> = Vec::with_capacity(level.len());
    let mut keys: Vec<Vec<Value>> = Vec::new();
    for row in level.rows() {
        let Some(key) = KeyCells::of(&row, &nested.places) else {
            slots.push(None);
            continue;
        };
        let next = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let slot = *numbers.entry(key).or_insert(next);
        if slot == next {
            keys.push(key_values(level.table, &row, nested)?);
        }
        slots.push(Some(slot));
    }
    if keys.is_empty() {
        return Ok(Children::none(Level::empty(nested.read.table), slots.len()));
    }
    let scope = Scope { link: far_link(nested.relation), keys: &keys };
    let (below, places) = load(session, nested.read, Some(scope)).await?;
    Ok(Children::group(below, &places, &slots, &numbers))
}

fn key_values(table: &TableMeta, row: &nicol_db::Row<'_>, nested: &NestedPlan<'_>) -> Result<Vec<Value>> {
    let cells = nested.columns.iter().zip(&nested.places);
    cells
        .map(|(&column, &place)| Ok(cell_value(table.column(column).kind, row.cell(place))?.unwrap_or(Value::Null)))
        .collect()
}
