//! Reads: one statement for the rows, then one for each nested read, whatever the number of rows (the *batch* plan).

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;
use nicol_db::{Around, Dialect, Isolation, Rows, Value};

use super::level::{Children, Decoder, KeyCells, Numbers, Ties};
use super::{Level, Moment, Session, cell_value};
use crate::error::{Error, Result};
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

/// Rows that are decoded together where no more is wanted of them: few enough to stay in the processor's caches, so that the
/// rows of a large result have no memory of their own.
const ROWS_AT_A_TIME: usize = 256;

/// Carries out a read and decodes its rows.
pub(crate) async fn read_all<T: Send>(session: &mut Session<'_>, read: &Read, decode: Decoder<T>) -> Result<Vec<T>> {
    let mut all = Vec::new();
    let mut outcome = Ok(());
    let each = &mut |level: &Level| {
        if outcome.is_ok() {
            outcome = level.decode_onto(&mut all, decode);
        }
    };
    read_each(session, read, each).await?;
    outcome.map(|()| all)
}

/// Carries out a read and hands its rows out: in parts as they come, where nothing hangs on them and they come in order.
async fn read_each(session: &mut Session<'_>, read: &Read, each: &mut (dyn FnMut(&Level) + Send)) -> Result<()> {
    let Plan { items, nested } = plan(read);
    if !nested.is_empty() || read.take == Some(0) || read.is_backward() {
        // Apart: a read without related rows need not have the room for them.
        each(&Box::pin(self::read(session, read)).await?);
        return Ok(());
    }
    let statement = sql::select(session.connection.dialect(), read, &items, None)?;
    let mut level = Flat::of(read, &items).level_of(Vec::with_capacity(1));
    let each = &mut |rows: Rows| {
        level.parts.clear();
        level.parts.push(rows);
        each(&level);
    };
    session.query_each(read.table, &statement, ROWS_AT_A_TIME, each).await
}

/// Carries out a read.
pub(crate) async fn read(session: &mut Session<'_>, read: &Read) -> Result<Level> {
    if read.take == Some(0) {
        return Ok(Level::empty(read.table));
    }
    let Plan { items, nested } = plan(read);
    let statement = sql::select(session.connection.dialect(), read, &items, None)?;
    if nested.is_empty() {
        let rows = session.query(read.table, &statement).await?;
        return Ok(Flat::of(read, &items).level(rows));
    }
    let mut rounds = Rounds::new(session, read);
    // Apart: a read without related rows need not have the room for them.
    Box::pin(async {
        let result = async {
            let mut answers = rounds.ask(vec![(read.table, statement)]).await?;
            let rows = answers.pop().ok_or_else(|| Error::inconsistent("a statement without an answer"))?;
            load_below(&mut rounds, Flat::of(read, &items).level(rows), nested).await
        }
        .await;
        rounds.end(result).await
    })
    .await
}

/// The first statement of a read: that of its own rows.
pub(crate) fn statement(dialect: Dialect, read: &Read) -> Result<Statement> {
    sql::select(dialect, read, &plan(read).items, None)
}

/// A read of one statement, and what its rows become; none when it takes more or fewer.
pub(crate) fn single_read(moment: &Moment, read: &Read) -> Result<Option<(Statement, Flat)>> {
    let Plan { items, nested } = plan(read);
    if read.take == Some(0) || !nested.is_empty() {
        return Ok(None);
    }
    Ok(Some((sql::select(moment.dialect, read, &items, None)?, Flat::of(read, &items))))
}

/// What rows without related rows become.
pub(crate) struct Flat {
    pub(crate) table: &'static TableMeta,
    columns: Vec<Option<u16>>,
    is_backward: bool,
}

impl Flat {
    /// Rows with these columns.
    pub(super) fn of_columns(table: &'static TableMeta, columns: Vec<u16>) -> Flat {
        Flat { table, columns: columns.into_iter().map(Some).collect(), is_backward: false }
    }

    fn of(read: &Read, items: &[Item<'_>]) -> Flat {
        let column = |item: &Item<'_>| match item {
            Item::Column(column) => Some(*column),
            Item::Count(..) | Item::Join => None,
        };
        Flat { table: read.table, columns: items.iter().map(column).collect(), is_backward: read.is_backward() }
    }

    pub(crate) fn level(self, rows: Rows) -> Level {
        self.level_of(vec![rows])
    }

    fn level_of(self, parts: Vec<Rows>) -> Level {
        let Flat { table, columns, is_backward } = self;
        Level { table, parts, columns, children: Vec::new(), is_backward }
    }
}

/// The number of rows of a read.
pub(crate) async fn count(session: &mut Session<'_>, read: &Read) -> Result<i64> {
    let statement = sql::count(session.connection.dialect(), read)?;
    counted(&session.query(read.table, &statement).await?)
}

/// The number in the answer to a statement that counts.
pub(crate) fn counted(rows: &Rows) -> Result<i64> {
    rows.first().map_or(Ok(0), |row| Ok(row.get(0)?))
}

/// The calculations over the rows, or over each group of them.
pub(crate) async fn summary(session: &mut Session<'_>, summary: &Summary) -> Result<Level> {
    let (statement, flat) = single_summary(&Moment::of(session), summary)?;
    Ok(flat.level(session.query(summary.rows.table, &statement).await?))
}

/// The statement of calculations, and what its rows become.
pub(crate) fn single_summary(moment: &Moment, summary: &Summary) -> Result<(Statement, Flat)> {
    let statement = sql::summary(moment.dialect, summary)?;
    let column = |item: &SummaryItem| match item {
        SummaryItem::Column(column) => Some(*column),
        SummaryItem::Calculated(calculation) => calculation.column,
    };
    let columns = summary.items.0.iter().map(column).collect();
    Ok((statement, Flat { table: summary.rows.table, columns, is_backward: false }))
}

/// Reads the nested levels below rows that are there already; `read` is what the rows were asked for.
pub(crate) async fn complete(session: &mut Session<'_>, level: &mut Level, read: &Read) -> Result<()> {
    let plan = plan(read);
    if plan.nested.is_empty() {
        return Ok(());
    }
    let above = std::mem::replace(level, Level::empty(read.table));
    let mut rounds = Rounds::new(session, read);
    rounds.snapshot = Snapshot::None;
    rounds.left = rounds.left.saturating_sub(1);
    *level = Box::pin(load_below(&mut rounds, above, plan.nested)).await?;
    Ok(())
}

/// The statements that will read what is below a row with these values, as far as they are enough to say; and whether that is
/// all there is to read.
pub(super) fn ahead(
    dialect: Dialect,
    read: &Read,
    known: &[(u16, Value)],
) -> Result<(Vec<(&'static TableMeta, Statement)>, bool)> {
    let mut statements = Vec::new();
    let mut is_all = depth(read) == 2;
    for nested in plan(read).nested {
        let of_known =
            |column: &u16| known.iter().find(|(present, _)| present == column).map(|(_, value)| value.clone());
        let Some(keys) = nested.columns.iter().map(of_known).collect::<Option<Vec<Value>>>() else {
            is_all = false;
            continue;
        };
        if nested.read.take != Some(0) && !keys.contains(&Value::Null) {
            let scope = Scope { link: far_link(nested.relation), keys: &keys };
            let (below, _) = plan_below(nested.read, &scope.link);
            statements.push((nested.read.table, sql::select(dialect, nested.read, &below.items, Some(&scope))?));
        }
    }
    Ok((statements, is_all))
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

/// The statements of a read, sent level by level: those of one level do not depend on each other's answers and go together.
struct Rounds<'s, 'c> {
    session: &'s mut Session<'c>,
    snapshot: Snapshot,
    /// Levels that may still be asked for.
    left: usize,
    /// The last of them ends the transaction of the operation around the read.
    ends: bool,
}

/// Whether all statements see the database at one moment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Snapshot {
    /// Each sees its own.
    None,
    /// The first statement begins a transaction.
    Wanted,
    /// The last one ends it.
    Open,
}

impl<'s, 'c> Rounds<'s, 'c> {
    fn new(session: &'s mut Session<'c>, read: &Read) -> Self {
        let snapshot = if read.is_consistent && !session.in_transaction { Snapshot::Wanted } else { Snapshot::None };
        let ends = session.take_end();
        Rounds { session, snapshot, left: depth(read), ends }
    }

    /// Sends statements and waits for all of their answers.
    async fn ask(&mut self, statements: Vec<(&'static TableMeta, Statement)>) -> Result<Vec<Rows>> {
        self.left = self.left.saturating_sub(1);
        let parts: Vec<(&str, &[Value])> =
            statements.iter().map(|(_, statement)| (statement.text(), statement.params())).collect();
        if self.snapshot == Snapshot::None {
            if self.ends && self.left == 0 {
                self.session.end_with_next();
            }
            return match self.session.is_apart() {
                true => self.ask_apart(&statements, &parts).await,
                false => self.ask_within(&statements).await,
            };
        }
        let connection = &mut *self.session.connection;
        let begin = self.snapshot == Snapshot::Wanted;
        // SQLite has no other level.
        let isolation = (connection.dialect() != Dialect::Sqlite).then_some(Isolation::RepeatableRead);
        let around = Around { begin, isolation, read_only: true, commit: self.left == 0 };
        self.snapshot = if around.commit { Snapshot::None } else { Snapshot::Open };
        let answers = connection.query_in(around, &parts).await;
        answers.map_err(|error| super::named(error, statements.iter().map(|(table, _)| *table)))
    }

    /// Together with what waits for them; those whose answers are there already are not sent again.
    async fn ask_within(&mut self, statements: &[(&'static TableMeta, Statement)]) -> Result<Vec<Rows>> {
        let mut answers: Vec<Option<Rows>> = Vec::with_capacity(statements.len());
        let mut open = Vec::new();
        for (table, statement) in statements {
            let answer = self.session.answered(statement);
            if answer.is_none() {
                open.push((*table, statement));
            }
            answers.push(answer);
        }
        let sent = if open.is_empty() { Vec::new() } else { self.session.send(&open, &[]).await? };
        let mut sent = sent.into_iter();
        let answers = answers.into_iter().map(|answer| answer.or_else(|| sent.next()));
        answers.map(|answer| answer.ok_or_else(|| Error::inconsistent("a statement without an answer"))).collect()
    }

    /// Without a transaction of their own.
    async fn ask_apart(
        &mut self,
        statements: &[(&'static TableMeta, Statement)],
        parts: &[(&str, &[Value])],
    ) -> Result<Vec<Rows>> {
        if let [_, _, ..] = parts {
            match self.session.connection.query_all(parts).await {
                // One by one a statement whose plan is out of date is prepared anew.
                Err(error) if !self.session.in_transaction && !error.is_connection_lost() => {}
                answers => {
                    let tables = statements.iter().map(|(table, _)| *table);
                    return answers.map_err(|error| super::named(error, tables));
                }
            }
        }
        let mut answers = Vec::with_capacity(statements.len());
        for (table, statement) in statements {
            answers.push(self.session.query(table, statement).await?);
        }
        Ok(answers)
    }

    /// Ends the transaction of a snapshot, if it is still open.
    async fn end<T>(self, result: Result<T>) -> Result<T> {
        if self.snapshot != Snapshot::Open || !self.session.connection.in_transaction() {
            return result;
        }
        match result {
            Ok(value) => Ok(self.session.connection.commit().await.map(|()| value)?),
            Err(error) => {
                // The first error is the one to tell; a connection that cannot roll back is not used again.
                drop(self.session.connection.rollback().await);
                Err(error)
            }
        }
    }
}

/// How many levels a read has.
fn depth(read: &Read) -> usize {
    let below = read.fields.0.iter().map(|field| match field {
        Field::Nested { read, .. } => depth(read),
        Field::Column(_) | Field::Count { .. } => 0,
    });
    1 + below.max().unwrap_or(0)
}

/// A level whose rows are there, with the reads below it.
struct Node<'a> {
    level: Level,
    nested: Vec<NestedPlan<'a>>,
    /// The node above, and which of its rows these belong to.
    above: Option<(usize, Ties)>,
}

/// What is asked below one node.
struct Ask<'n, 'a> {
    node: usize,
    nested: &'n NestedPlan<'a>,
    /// The number of each key among the keys, and of each row's key.
    numbers: Numbers<'n>,
    slots: Vec<Option<u32>>,
    plan: Plan<'a>,
    /// Where the parent's key stands in the rows of the answer.
    places: Vec<usize>,
    /// How many statements it takes; none without keys.
    statements: usize,
}

/// Loads all levels below rows that are there.
async fn load_below<'a>(rounds: &mut Rounds<'_, '_>, level: Level, nested: Vec<NestedPlan<'a>>) -> Result<Level> {
    let mut nodes = vec![Node { level, nested, above: None }];
    let mut done = 0;
    while done < nodes.len() {
        let mut statements = Vec::new();
        let mut asks = Vec::new();
        for (number, node) in nodes.iter().enumerate().skip(done) {
            for nested in &node.nested {
                asks.push(ask(rounds.session.connection.dialect(), number, node, nested, &mut statements)?);
            }
        }
        let mut answers = match statements.is_empty() {
            true => Vec::new().into_iter(),
            false => rounds.ask(statements).await?.into_iter(),
        };
        let mut found = Vec::with_capacity(asks.len());
        for ask in asks {
            let above = &nodes[ask.node].level;
            let parts: Vec<Rows> = answers.by_ref().take(ask.statements).collect();
            let read = ask.nested.read;
            if parts.is_empty() {
                let above = Some((ask.node, Ties::none(above.len())));
                found.push(Node { level: Level::empty(read.table), nested: Vec::new(), above });
                continue;
            }
            let level = Flat::of(read, &ask.plan.items).level_of(parts);
            let others = equal_texts(rounds.session, above, ask.nested, &ask.numbers, (&level, &ask.places)).await?;
            let ties = Ties::tie(&level, &ask.places, &ask.slots, &ask.numbers, &others);
            found.push(Node { level, nested: ask.plan.nested, above: Some((ask.node, ties)) });
        }
        done = nodes.len();
        nodes.extend(found);
    }
    assemble(nodes)
}

/// Puts every level below the one it belongs to.
fn assemble(mut nodes: Vec<Node<'_>>) -> Result<Level> {
    while let Some(Node { mut level, above, .. }) = nodes.pop() {
        // The last were put in first.
        level.children.reverse();
        match above {
            None => return Ok(level),
            Some((above, ties)) => nodes[above].level.children.push(Children { level, ties }),
        }
    }
    Err(Error::inconsistent("a read without a result"))
}

/// What a nested read asks for, and where the parent's key stands in its rows.
fn plan_below<'a>(read: &'a Read, link: &ScopeLink) -> (Plan<'a>, Vec<usize>) {
    let mut plan = plan(read);
    let places = match link {
        ScopeLink::Columns(columns) => columns.iter().map(|&column| place_of(&mut plan.items, column)).collect(),
        ScopeLink::Join { .. } => {
            plan.items.push(Item::Join);
            vec![plan.items.len() - 1]
        }
    };
    (plan, places)
}

/// What is to be asked for one nested read; appends its statements.
fn ask<'n, 'a>(
    dialect: Dialect,
    number: usize,
    node: &'n Node<'a>,
    nested: &'n NestedPlan<'a>,
    statements: &mut Vec<(&'static TableMeta, Statement)>,
) -> Result<Ask<'n, 'a>> {
    let level = &node.level;
    let mut numbers = Numbers::with_capacity_and_hasher(level.len(), RandomState::default());
    let mut slots: Vec<Option<u32>> = Vec::with_capacity(level.len());
    let width = nested.places.len();
    let mut keys: Vec<Value> = Vec::with_capacity(level.len() * width);
    for row in level.rows() {
        let Some(key) = KeyCells::of(&row, &nested.places) else {
            slots.push(None);
            continue;
        };
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        let slot = *numbers.entry(key).or_insert(next);
        if slot == next {
            for (&column, &place) in nested.columns.iter().zip(&nested.places) {
                let value = cell_value(level.table.column(column).kind, row.cell(place))?;
                keys.push(value.unwrap_or(Value::Null));
            }
        }
        slots.push(Some(slot));
    }
    let (read, link) = (nested.read, far_link(nested.relation));
    let (plan, places) = plan_below(read, &link);
    let before = statements.len();
    if read.take != Some(0) {
        let one_parameter = width == 1 && matches!(dialect, Dialect::Sqlite | Dialect::Postgres | Dialect::Cockroachdb);
        let chunk = if one_parameter { keys.len().max(1) } else { KEYS_A_STATEMENT / width };
        let mut scope = Scope { link, keys: &[] };
        for keys in keys.chunks(chunk * width) {
            scope.keys = keys;
            statements.push((read.table, sql::select(dialect, read, &plan.items, Some(&scope))?));
        }
    }
    Ok(Ask { node: number, nested, numbers, slots, plan, places, statements: statements.len() - before })
}

/// Text keys that the database takes for equal although they differ (`"A"` and `"a"` under most collations of MySQL): the
/// numbers of the parents' keys by the text on the other side. Asked only where something seems to be missing.
async fn equal_texts(
    session: &mut Session<'_>,
    level: &Level,
    nested: &NestedPlan<'_>,
    numbers: &Numbers<'_>,
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
    let suspects: Vec<Value> = numbers.keys().filter_map(KeyCells::text).collect();
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
