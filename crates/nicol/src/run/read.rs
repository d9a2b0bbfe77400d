//! Reads: one statement for the rows, then one for each nested read, whatever the number of rows (the *batch* plan).

use std::collections::{HashMap, HashSet};

use nicol_db::{Dialect, Value};

use super::level::{Children, KeyCells};
use super::{BoxFuture, Level, Session, cell_value};
use crate::error::Result;
use crate::meta::{Kind, Link, RelationMeta, TableMeta};
use crate::operation::{Field, Read, Summary, SummaryItem};
use crate::sql::{self, Item, Scope, ScopeLink, Statement};

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

/// The first statement of a read: that of its own rows.
pub(crate) fn statement(dialect: Dialect, read: &Read) -> Result<Statement> {
    sql::select(dialect, read, &plan(read).items, None)
}

/// The number of rows of a read.
pub(crate) async fn count(session: &mut Session<'_>, read: &Read) -> Result<i64> {
    let statement = sql::count(session.connection.dialect(), read)?;
    let rows = session.query(read.table, &statement).await?;
    rows.first().map_or(Ok(0), |row| Ok(row.get(0)?))
}

/// The calculations over the rows, or over each group of them.
pub(crate) async fn summary(session: &mut Session<'_>, summary: &Summary) -> Result<Level> {
    let table = summary.rows.table;
    let statement = sql::summary(session.connection.dialect(), summary)?;
    let rows = session.query(table, &statement).await?;
    let column = |item: &SummaryItem| match item {
        SummaryItem::Column(column) => Some(*column),
        SummaryItem::Calculated(calculation) => calculation.column,
    };
    let columns = summary.items.0.iter().map(column).collect();
    Ok(Level { table, parts: vec![rows], columns, children: Vec::new(), is_backward: false })
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
        let children = Vec::with_capacity(nested.len());
        let is_backward = read.is_backward();
        let mut level = Level { table: read.table, parts, columns, children, is_backward };
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
        let statement = sql::select(dialect, read, items, None)?;
        return Ok(vec![session.query(read.table, &statement).await?]);
    };
    let width = keys.first().map_or(1, Vec::len);
    let one_parameter = width == 1 && matches!(dialect, Dialect::Sqlite | Dialect::Postgres | Dialect::Cockroachdb);
    let chunk = if one_parameter { keys.len().max(1) } else { KEYS_A_STATEMENT / width };
    let mut scope = Scope { link, keys: &[] };
    let mut parts = Vec::new();
    for keys in keys.chunks(chunk) {
        scope.keys = keys;
        let statement = sql::select(dialect, read, items, Some(&scope))?;
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
    let others = equal_texts(session, level, nested, &numbers, (&below, &places)).await?;
    Ok(Children::group(below, &places, &slots, &numbers, &others))
}

/// Text keys that the database takes for equal although they differ (`"A"` and `"a"` under most collations of MySQL): the
/// numbers of the parents' keys by the text on the other side. Asked only where something seems to be missing.
async fn equal_texts(
    session: &mut Session<'_>,
    level: &Level,
    nested: &NestedPlan<'_>,
    numbers: &HashMap<KeyCells<'_>, u32>,
    (below, places): (&Level, &[usize]),
) -> Result<HashMap<String, Vec<u32>>> {
    let mut others: HashMap<String, Vec<u32>> = HashMap::new();
    let &[column] = nested.columns.as_slice() else { return Ok(others) };
    if !matches!(level.table.column(column).kind, Kind::String) || below.len() == 0 {
        return Ok(others);
    }
    let mut found: HashSet<KeyCells<'_>> = HashSet::new();
    let mut is_foreign = false;
    for row in below.rows() {
        let Some(key) = KeyCells::of(&row, places) else { continue };
        is_foreign |= !numbers.contains_key(&key);
        found.insert(key);
    }
    // Below its owner a row may be found by one spelling and missed by another.
    let is_owner = matches!(nested.relation.link, Link::Owner { .. });
    let may_differ = session.connection.dialect().is_mysql_family();
    let is_missed = is_owner && may_differ && found.len() < numbers.len();
    if !(is_foreign || is_missed) {
        return Ok(others);
    }
    let suspects: Vec<Vec<Value>> = numbers.keys().filter_map(KeyCells::text).map(|text| vec![text]).collect();
    for keys in suspects.chunks(KEYS_A_STATEMENT) {
        let scope = Scope { link: far_link(nested.relation), keys };
        let statement = sql::pairs(session.connection.dialect(), (level.table, column), nested.read, &scope)?;
        let rows = session.query(level.table, &statement).await?;
        for row in rows.iter() {
            let (here, there): (String, String) = (row.get(0)?, row.get(1)?);
            if let (true, Some(number)) = (here != there, numbers.get(&KeyCells::of_text(&here))) {
                others.entry(there).or_default().push(*number);
            }
        }
    }
    Ok(others)
}

fn key_values(table: &TableMeta, row: &nicol_db::Row<'_>, nested: &NestedPlan<'_>) -> Result<Vec<Value>> {
    let cells = nested.columns.iter().zip(&nested.places);
    cells
        .map(|(&column, &place)| Ok(cell_value(table.column(column).kind, row.cell(place))?.unwrap_or(Value::Null)))
        .collect()
}
