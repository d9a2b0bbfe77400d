//! Updates, deletions and upserts.

use nicol_db::{Rows, Value};

use super::create::{
    add_columns, find_rows, find_values, is_flat, key_condition, near_columns, parent_values, read_back, read_rows,
    split_links,
};
use super::insert::{only_key, with_defaults};
use super::link::{self, link_below, partner_stays, scope};
use super::{BoxFuture, Cells, Level, Session, Trust, create, read, set};
use crate::error::{Error, Result};
use crate::filter::Condition;
use crate::meta::TableMeta;
use crate::operation::{Draft, Key, LinkWrite, Links, Patch, Read};
use crate::scalar::Assign;
use crate::sql::{self, Conflict, Insert, Verb, Which};

/// Changes one row and reads it back as asked; none when no row has the key.
pub(crate) async fn update(session: &mut Session<'_>, key: &Key, patch: Patch, wanted: &Read) -> Result<Option<Level>> {
    let has_returning = sql::has_returning(session.connection.dialect(), Verb::Update);
    let is_gentle = patch.links.iter().all(|(_, write)| write.is_gentle());
    let direct = read::plain_columns(wanted).filter(|_| has_returning && is_gentle);
    if patch.links.is_empty() {
        if patch.assigns.is_empty() {
            return read_one(session, key.condition(), wanted).await;
        }
        if direct.is_some() && is_flat(wanted) {
            return update_inside(session, key, patch, wanted, direct).await;
        }
    }
    // Within a batch a failure ends all of it.
    let may_race = !session.is_in_batch && patch.links.iter().any(|(_, write)| write.may_race());
    let result = Box::pin(update_apart(session, key, patch.clone(), wanted, direct.clone())).await;
    match result {
        // What somebody else created in between is there at the second try.
        Err(error) if may_race && error.is_unique_violation() => {
            Box::pin(update_apart(session, key, patch, wanted, direct)).await
        }
        // The row itself may be what is missing: nobody looked.
        Err(error) if matches!(error.code(), "P2003" | "P2017" | "P2018" | "P2025") && !patch.links.is_empty() => {
            match find_values(session, wanted.table, &key.condition(), wanted.table.key).await {
                Ok(None) => Ok(None),
                // Also where a batch that has failed can look for nothing: the first error is the one to tell.
                Ok(Some(_)) | Err(_) => Err(error),
            }
        }
        result => result,
    }
}

/// In a transaction of its own.
async fn update_apart(
    session: &mut Session<'_>,
    key: &Key,
    patch: Patch,
    wanted: &Read,
    direct: Option<Vec<u16>>,
) -> Result<Option<Level>> {
    session.begin().await?;
    let result = update_inside(session, key, patch, wanted, direct).await;
    session.finish(result).await
}

/// Within what is already a transaction, or a single statement. `direct` are the wanted columns, where the UPDATE can give
/// them.
async fn update_inside(
    session: &mut Session<'_>,
    key: &Key,
    patch: Patch,
    wanted: &Read,
    direct: Option<Vec<u16>>,
) -> Result<Option<Level>> {
    let table = wanted.table;
    let dialect = session.connection.dialect();
    if !sql::has_returning(dialect, Verb::Update) && patch.links.is_empty() && key.and.is_none() {
        let patch = touch(session, table, patch.clone());
        // By a key that it keeps the row is found again: nothing of it needs to be known before.
        if keeps(&patch, &key.columns()) {
            let statement = sql::update(dialect, table, &patch, &key.condition(), &[])?;
            if session.execute(table, &statement).await? == 0 {
                return Ok(None);
            }
            let gone = || Error::inconsistent("a changed row has another key than it was changed by");
            return read_one(session, key.condition(), wanted).await?.ok_or_else(gone).map(Some);
        }
    }
    let asked = direct.as_deref().unwrap_or(table.key).to_vec();
    let known = if key.and.is_none() { key.values.clone() } else { Vec::new() };
    if direct.is_some() && patch.links.is_empty() {
        let mut known = kept(key, &patch);
        let set = patch.assigns.iter().filter(|(_, assign)| assign.step.is_none());
        known.extend(set.map(|(column, assign)| (*column, assign.value.clone())));
        read_ahead(session, &known, wanted)?;
    }
    let target = Target { condition: key.condition(), known, is_checked_later: true };
    let Some(changed) = change(session, table, target, patch, asked).await? else {
        return Ok(None);
    };
    let cells = match (direct, changed) {
        (Some(columns), Changed::Returned { rows, .. }) => {
            let mut level = level_of(wanted, columns, rows);
            session.end_with_next();
            read::complete(session, &mut level, wanted).await?;
            return Ok(Some(level));
        }
        (_, changed) => changed.cells(table)?,
    };
    session.end_with_next();
    let level = read_back(session, table, &cells, wanted).await?;
    Ok((level.len() > 0).then_some(level))
}

/// Lets what is below a row that will have these values be read behind the statement that writes it.
fn read_ahead(session: &mut Session<'_>, known: &Cells, wanted: &Read) -> Result<()> {
    if is_flat(wanted) || !session.goes_together() {
        return Ok(());
    }
    let (reads, is_all) = read::ahead(session.connection.dialect(), wanted, known)?;
    session.read_ahead(reads);
    if is_all {
        session.end_with_next();
    }
    Ok(())
}

/// The values of a key that a change leaves as they are.
fn kept(key: &Key, patch: &Patch) -> Cells {
    let mut values = key.values.clone();
    values.retain(|(column, _)| patch.assigns.iter().all(|(assigned, _)| assigned != column));
    values
}

fn level_of(wanted: &Read, columns: Vec<u16>, rows: Rows) -> Level {
    let columns = columns.into_iter().map(Some).collect();
    Level { table: wanted.table, parts: vec![rows], columns, children: Vec::new(), is_backward: false }
}

/// Adds `@updatedAt` columns to changes that change something.
pub(super) fn touch(session: &Session<'_>, table: &TableMeta, patch: Patch) -> Patch {
    touch_at(session.now, table, patch)
}

/// The same at a moment.
pub(super) fn touch_at(now: jiff::Timestamp, table: &TableMeta, mut patch: Patch) -> Patch {
    if patch.assigns.is_empty() {
        return patch;
    }
    for (index, column) in (0u16..).zip(table.columns) {
        if column.is_updated_at && !patch.assigns.iter().any(|(assigned, _)| *assigned == index) {
            patch = patch.set(table, index, Assign::set(now));
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

/// The one row to change.
struct Target {
    condition: Condition,
    /// Values that the row must have to fulfil the condition.
    known: Cells,
    /// The caller finds out by itself when the row is not there and nothing but its key was needed.
    is_checked_later: bool,
}

/// A row that was changed: the columns asked for, as they are now.
pub(super) enum Changed {
    Known(Cells),
    /// As the UPDATE gave them.
    Returned {
        asked: Vec<u16>,
        rows: Rows,
    },
}

impl Changed {
    /// The columns as values, for the few who need them.
    fn cells(&self, table: &TableMeta) -> Result<Cells> {
        let (asked, rows) = match self {
            Changed::Known(cells) => return Ok(cells.clone()),
            Changed::Returned { asked, rows } => (asked, rows),
        };
        let mut cells = Cells::with_capacity(asked.len());
        let row = rows.first().ok_or_else(|| Error::inconsistent("a changed row is missing from its result"))?;
        for (place, &column) in asked.iter().enumerate() {
            if let Some(value) = super::insert::key_value(table, column, row.cell(place))? {
                cells.push((column, value));
            } else if !table.column(column).is_list {
                cells.push((column, Value::Null));
            }
        }
        Ok(cells)
    }
}

/// Changes the row that fulfils a condition, with what hangs on it; none when there is none.
pub(super) fn change_row<'a>(
    session: &'a mut Session<'_>,
    table: &'static TableMeta,
    condition: Condition,
    patch: Patch,
    asked: Vec<u16>,
) -> BoxFuture<'a, Result<Option<Changed>>> {
    let target = Target { condition, known: Vec::new(), is_checked_later: false };
    Box::pin(change(session, table, target, patch, asked))
}

async fn change(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    target: Target,
    patch: Patch,
    mut asked: Vec<u16>,
) -> Result<Option<Changed>> {
    let Patch { assigns, links } = patch;
    let (parents, below) = split_links(table, links);
    for (relation, _) in &below {
        add_columns(&mut asked, near_columns(table.relation(*relation)));
    }
    let mut patch = Patch { assigns, links: Vec::new() };
    // What related rows take is apart: an UPDATE without them need not have the room for it.
    let mut later = Later::default();
    if !parents.is_empty() {
        match Box::pin(change_parents(session, table, &target, &mut patch, parents)).await? {
            Some(found) => later = found,
            None => return Ok(None),
        }
    }
    for (relation, _) in later.links.iter().filter(|_| later.row.is_none()) {
        add_columns(&mut asked, near_columns(table.relation(*relation)));
    }
    let given: Vec<u16> = patch.assigns.iter().map(|(column, _)| *column).collect();
    let changed = change_columns(session, table, &target, patch, &asked).await;
    let changed = changed.map_err(|error| later.trust.refused(error, table, &given))?;
    let Some(changed) = changed else { return Ok(None) };
    if later.links.is_empty() && below.is_empty() {
        return Ok(Some(changed));
    }
    let cells = changed.cells(table)?;
    // Before the change the foreign keys may have led elsewhere.
    let row = later.row.take().unwrap_or_else(|| cells.clone());
    for (relation, write) in later.links {
        Box::pin(link_below(session, table, std::slice::from_ref(&row), vec![(0, relation, write)])).await?;
    }
    if !below.is_empty() {
        let writes = below.into_iter().map(|(relation, write)| (0, relation, write)).collect();
        Box::pin(link_below(session, table, std::slice::from_ref(&cells), writes)).await?;
    }
    Ok(Some(changed))
}

/// What the relations that this row holds the foreign keys of leave to be done.
#[derive(Default)]
struct Later {
    /// Changes and deletions of the rows that it referred to.
    links: Links,
    /// The row's foreign keys before the change, where they are looked at.
    row: Option<Cells>,
    trust: Trust,
}

impl Trust {
    /// An UPDATE was refused: what it was in the words of relations.
    fn refused(&self, error: Error, table: &'static TableMeta, given: &[u16]) -> Error {
        // Rows that refer to this one may be in the way when its keys change.
        let is_key = |column: &u16| table.uniques.iter().any(|unique| unique.columns.contains(column));
        let of_relation = |column: &u16| self.written.iter().any(|meta| near_columns(meta).contains(column));
        let may_be_referred = given.iter().any(|column| is_key(column) && !of_relation(column));
        let error = match may_be_referred {
            true => error,
            false => self.explain(error, table, "update", |column| given.contains(&column)),
        };
        let partners = self.written.iter().filter(|meta| link::is_one_to_one(table, meta));
        partners.fold(error, |error, meta| partner_stays(error, table, near_columns(meta)))
    }
}

/// Finds or creates the rows that a row shall refer to, and puts its new foreign keys into the patch. None when the row had
/// to be looked at and is not there.
async fn change_parents(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    target: &Target,
    patch: &mut Patch,
    writes: Links,
) -> Result<Option<Later>> {
    let mut later = Later::default();
    if writes.iter().any(|(_, write)| looks_at_parent(write)) {
        let mut before = Vec::new();
        for (relation, _) in &writes {
            add_columns(&mut before, near_columns(table.relation(*relation)));
        }
        let Some(values) = find_values(session, table, &target.condition, &before).await? else {
            return Ok(None);
        };
        later.row = Some(before.into_iter().zip(values).collect());
    }
    for (relation, write) in writes {
        let meta = table.relation(relation);
        let columns = near_columns(meta);
        let other = (meta.target)();
        let created = match write {
            LinkWrite::Update(..) => {
                later.links.push((relation, write));
                continue;
            }
            LinkWrite::Upsert(condition, draft, changes) => {
                let scope = scope(table, meta, later.row.as_ref().unwrap_or(&target.known))?;
                if change_row(session, other, scope.and(condition), changes, Vec::new()).await?.is_some() {
                    continue;
                }
                LinkWrite::Create { draft, skip: false }
            }
            LinkWrite::Delete(_) => {
                patch.assigns.extend(link::nulls(table, columns).assigns);
                later.links.push((relation, write));
                continue;
            }
            LinkWrite::Disconnect(condition) => {
                let scope = later.row.as_ref().map(|row| scope(table, meta, row)).transpose()?;
                let matches = match scope {
                    Some(scope) if !is_anything(&condition) => {
                        find_values(session, other, &scope.and(condition), other.key).await?.is_some()
                    }
                    Some(_) | None => true,
                };
                if matches {
                    patch.assigns.extend(link::nulls(table, columns).assigns);
                }
                continue;
            }
            write => write,
        };
        let values = parent_values(session, table, meta, vec![created], &mut later.trust).await?;
        let mut row = Cells::new();
        for (&column, value) in columns.iter().zip(values.into_iter().flatten()) {
            set(&mut row, column, value.clone());
            patch.assigns.retain(|(assigned, _)| *assigned != column);
            patch.assigns.push((column, Assign { step: None, value }));
        }
        if link::is_one_to_one(table, meta) {
            link::leave_partner(session, table, meta, &row, Some(&target.condition)).await?;
        }
    }
    Ok(Some(later))
}

/// True for a condition that every row fulfils.
fn is_anything(condition: &Condition) -> bool {
    matches!(condition, Condition::All(parts) if parts.is_empty())
}

/// True for writes that depend on the row that is referred to before the change.
fn looks_at_parent(write: &LinkWrite) -> bool {
    match write {
        LinkWrite::Disconnect(condition) => !is_anything(condition),
        LinkWrite::Upsert(..) | LinkWrite::Delete(_) => true,
        _ => false,
    }
}

/// Changes the columns of a row, or finds the row when there is nothing to change; gives the columns asked for.
async fn change_columns(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    target: &Target,
    patch: Patch,
    asked: &[u16],
) -> Result<Option<Changed>> {
    let dialect = session.connection.dialect();
    let patch = touch(session, table, patch);
    let of_known = |column: &u16| target.known.iter().find(|(present, _)| present == column).cloned();
    let known: Option<Cells> = asked.iter().map(of_known).collect();
    if patch.assigns.is_empty() {
        if let (Some(cells), true) = (known, target.is_checked_later) {
            return Ok(Some(Changed::Known(cells)));
        }
        let columns = if asked.is_empty() { table.key } else { asked };
        let values = find_values(session, table, &target.condition, columns).await?;
        let changed = |values: Vec<Value>| Changed::Known(columns.iter().copied().zip(values).collect());
        return Ok(values.map(changed));
    }
    if asked.is_empty() || !sql::has_returning(dialect, Verb::Update) {
        return update_by_key(session, table, target, &patch, asked, known).await;
    }
    let statement = sql::update(dialect, table, &patch, &target.condition, asked)?;
    let rows = session.query(table, &statement).await?;
    Ok((!rows.is_empty()).then(|| Changed::Returned { asked: asked.to_vec(), rows }))
}

/// Where UPDATE gives no rows back: the row is changed and, unless what is asked for is known, found before by its key.
async fn update_by_key(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    target: &Target,
    patch: &Patch,
    asked: &[u16],
    known: Option<Cells>,
) -> Result<Option<Changed>> {
    let dialect = session.connection.dialect();
    let (mut cells, condition) = match known {
        Some(cells) => (cells, target.condition.clone()),
        None => {
            let mut columns = table.key.to_vec();
            add_columns(&mut columns, asked);
            let Some(values) = find_values(session, table, &target.condition, &columns).await? else {
                return Ok(None);
            };
            let cells: Cells = columns.into_iter().zip(values).collect();
            // The row may have changed since it was found.
            let condition = key_condition(table, &cells)?.and(target.condition.clone());
            (cells, condition)
        }
    };
    let statement = sql::update(dialect, table, patch, &condition, &[])?;
    if session.execute(table, &statement).await? == 0 {
        return Ok(None);
    }
    move_cells(table, &mut cells, patch)?;
    Ok(Some(Changed::Known(cells)))
}

/// Changes the rows; tells how many.
pub(crate) async fn update_many(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    which: Which<'_>,
    patch: Patch,
) -> Result<u64> {
    let patch = touch(session, table, patch);
    if patch.assigns.is_empty() || which.limit == Some(0) {
        return Ok(0);
    }
    let statement = sql::update(session.connection.dialect(), table, &patch, which, &[])?;
    session.execute(table, &statement).await
}

/// Changes the rows and gives them as they are then.
pub(crate) async fn update_many_returning(
    session: &mut Session<'_>,
    which: Which<'_>,
    patch: Patch,
    wanted: &Read,
) -> Result<Level> {
    let table = wanted.table;
    let patch = touch(session, table, patch);
    if patch.assigns.is_empty() || which.limit == Some(0) {
        return Ok(Level::empty(table));
    }
    let has_returning = sql::has_returning(session.connection.dialect(), Verb::Update);
    let direct = read::plain_columns(wanted).filter(|_| has_returning);
    if direct.is_some() && is_flat(wanted) {
        return change_list(session, which, &patch, wanted, direct).await;
    }
    session.begin().await?;
    let result = change_list(session, which, &patch, wanted, direct).await;
    session.finish(result).await
}

async fn change_list(
    session: &mut Session<'_>,
    which: Which<'_>,
    patch: &Patch,
    wanted: &Read,
    direct: Option<Vec<u16>>,
) -> Result<Level> {
    let (table, dialect) = (wanted.table, session.connection.dialect());
    if let Some(columns) = direct {
        let statement = sql::update(dialect, table, patch, which, &columns)?;
        let rows = session.query(table, &statement).await?;
        let mut level = level_of(wanted, columns, rows);
        session.end_with_next();
        read::complete(session, &mut level, wanted).await?;
        return Ok(level);
    }
    // The rows are found and locked, changed, and read by the keys they have then.
    let rows = find_rows(session, table, which, table.key, true).await?;
    let mut before = Vec::with_capacity(rows.len());
    let mut after = Vec::with_capacity(rows.len());
    for row in rows {
        let mut cells: Cells = table.key.iter().copied().zip(row).collect();
        before.push(key_condition(table, &cells)?);
        move_cells(table, &mut cells, patch)?;
        after.push(key_condition(table, &cells)?);
    }
    if before.is_empty() {
        return Ok(Level::empty(table));
    }
    let statement = sql::update(dialect, table, patch, &Condition::Any(before), &[])?;
    session.execute(table, &statement).await?;
    session.end_with_next();
    read_rows(session, table, after, wanted).await
}

/// Gives a row's cells the values of a change.
fn move_cells(table: &TableMeta, cells: &mut Cells, patch: &Patch) -> Result<()> {
    for (column, value) in cells {
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
    Ok(())
}

/// Deletes one row and gives it as it was; none when no row has the key.
pub(crate) async fn delete(session: &mut Session<'_>, key: &Key, wanted: &Read) -> Result<Option<Level>> {
    let dialect = session.connection.dialect();
    let condition = key.condition();
    if sql::has_returning(dialect, Verb::Delete)
        && is_flat(wanted)
        && let Some(columns) = read::plain_columns(wanted)
    {
        let statement = sql::delete(dialect, wanted.table, &condition, &columns)?;
        let rows = session.query(wanted.table, &statement).await?;
        return Ok((!rows.is_empty()).then(|| level_of(wanted, columns, rows)));
    }
    session.begin().await?;
    let result = async {
        let Some(level) = read_one(session, condition.clone(), wanted).await? else {
            return Ok(None);
        };
        let statement = sql::delete(dialect, wanted.table, &condition, &[])?;
        session.end_with_next();
        let gone = session.execute(wanted.table, &statement).await?;
        Ok((gone > 0).then_some(level))
    }
    .await;
    session.finish(result).await
}

/// Deletes the rows; tells how many.
pub(crate) async fn delete_many(session: &mut Session<'_>, table: &'static TableMeta, which: Which<'_>) -> Result<u64> {
    if which.limit == Some(0) {
        return Ok(0);
    }
    let statement = sql::delete(session.connection.dialect(), table, which, &[])?;
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
    match upsert_once(session, key, draft.clone(), patch.clone(), wanted).await {
        // Somebody else created it in between: now it can be changed. PostgreSQL's `ON CONFLICT` decides this only for the
        // key it names; when the two new rows share another unique key, too, the second one fails.
        Err(error) if error.is_unique_violation() && !session.in_transaction => {
            upsert_once(session, key, draft, patch, wanted).await
        }
        result => result,
    }
}

/// One attempt of [`upsert`]: in one statement where the database can decide.
async fn upsert_once(session: &mut Session<'_>, key: &Key, draft: Draft, patch: Patch, wanted: &Read) -> Result<Level> {
    if is_native(session, key, &draft, &patch, wanted.table) {
        let is_alone = is_flat(wanted) && sql::has_returning(session.connection.dialect(), Verb::Insert);
        if is_alone {
            return upsert_in_one(session, key, draft, patch, wanted).await;
        }
        session.begin().await?;
        let result = upsert_in_one(session, key, draft, patch, wanted).await;
        return session.finish(result).await;
    }
    if let Some(level) = update(session, key, patch, wanted).await? {
        return Ok(level);
    }
    create(session, wanted.table, draft, wanted).await
}

/// True when the database can decide between creating and changing: the new row has the key that is looked for, and on MySQL
/// and MariaDB, whose clause means every unique key, no other key can be in the way.
fn is_native(session: &Session<'_>, key: &Key, draft: &Draft, patch: &Patch, table: &TableMeta) -> bool {
    let same_key = key.values.iter().all(|value| draft.values.contains(value));
    let is_plain = draft.links.is_empty() && patch.links.is_empty() && !patch.assigns.is_empty();
    let fits = !session.connection.dialect().is_mysql_family()
        || key.and.is_none() && only_key(table, &key.columns(), &draft.values) && keeps(patch, &key.columns());
    same_key && is_plain && fits
}

/// True when a change leaves these columns as they are.
fn keeps(patch: &Patch, columns: &[u16]) -> bool {
    patch.assigns.iter().all(|(column, _)| !columns.contains(column))
}

/// `INSERT .. ON CONFLICT DO UPDATE`, `INSERT .. ON DUPLICATE KEY UPDATE`.
async fn upsert_in_one(
    session: &mut Session<'_>,
    key: &Key,
    draft: Draft,
    patch: Patch,
    wanted: &Read,
) -> Result<Level> {
    let dialect = session.connection.dialect();
    let table = wanted.table;
    let patch = touch(session, table, patch);
    let cells = with_defaults(session, table, draft.values)?;
    let (given, values): (Vec<u16>, Vec<Option<Value>>) = cells.into_iter().map(|(c, v)| (c, Some(v))).unzip();
    let target = key.columns();
    let conflict = Conflict::Update { target: &target, patch: &patch, condition: key.and.as_ref() };
    let direct = read::plain_columns(wanted).filter(|_| sql::has_returning(dialect, Verb::Insert));
    let returning = direct.as_deref().unwrap_or_default();
    let insert = Insert { table, columns: &given, rows: vec![values], returning, conflict };
    let statement = sql::insert(dialect, insert)?;
    let not_found = || Error::not_found(table, "upsert: the row is there but does not fulfil the filter");
    let Some(columns) = direct else {
        session.execute(table, &statement).await?;
        return read_one(session, key.condition(), wanted).await?.ok_or_else(not_found);
    };
    read_ahead(session, &kept(key, &patch), wanted)?;
    let rows = session.query(table, &statement).await?;
    if rows.is_empty() {
        return Err(not_found());
    }
    let mut level = level_of(wanted, columns, rows);
    session.end_with_next();
    read::complete(session, &mut level, wanted).await?;
    Ok(level)
}
