//! What happens at the other ends of relations whose rows are there: rows below are created, taken, let go, changed, deleted.

use std::ops::Deref;

use nicol_db::Value;

use super::change::{change_row, touch};
use super::create::{add_columns, find_values, insert_level, insert_level_skipping, obtain};
use super::insert::PARAMETERS_A_STATEMENT;
use super::{Cells, Session, value_of};
use crate::error::{Error, Result};
use crate::filter::{Condition, JoinTable};
use crate::meta::{Link, RelationMeta, TableMeta};
use crate::operation::{Draft, Key, LinkWrite, Patch};
use crate::scalar::Assign;
use crate::sql::{self, Ties};

/// Writes of one kind to one relation, each with the number of its row.
pub(super) struct Group {
    pub(super) relation: u16,
    pub(super) writes: Vec<(usize, LinkWrite)>,
}

/// Gathers writes that can go together. What only adds rows may be put together across others that only add; everything
/// else happens in the order in which it was said.
pub(super) fn grouped(writes: Vec<(usize, u16, LinkWrite)>) -> Vec<Group> {
    let kind = |write: &LinkWrite| {
        let skips = matches!(write, LinkWrite::Create { skip: true, .. });
        (std::mem::discriminant(write), skips)
    };
    let mut groups: Vec<Group> = Vec::new();
    let mut open = 0;
    for (number, relation, write) in writes {
        if !write.only_adds() {
            groups.push(Group { relation, writes: vec![(number, write)] });
            open = groups.len();
            continue;
        }
        let fits = |group: &&mut Group| group.relation == relation && kind(&group.writes[0].1) == kind(&write);
        match groups[open..].iter_mut().find(fits) {
            Some(group) => group.writes.push((number, write)),
            None => groups.push(Group { relation, writes: vec![(number, write)] }),
        }
    }
    groups
}

/// A relation whose other end is written.
#[derive(Clone, Copy)]
struct Relation {
    table: &'static TableMeta,
    meta: &'static RelationMeta,
    target: &'static TableMeta,
}

/// The same, with the rows at this end.
struct Ends<'a> {
    relation: Relation,
    rows: &'a [Cells],
}

impl Deref for Ends<'_> {
    type Target = Relation;
    fn deref(&self) -> &Relation {
        &self.relation
    }
}

/// Carries out what is said of the rows below some rows.
pub(super) async fn link_below(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    rows: &[Cells],
    writes: Vec<(usize, u16, LinkWrite)>,
) -> Result<()> {
    for Group { relation, writes } in grouped(writes) {
        let meta = table.relation(relation);
        let ends = Ends { relation: Relation { table, meta, target: (meta.target)() }, rows };
        let (mut drafts, mut skipping, mut keys, mut obtained) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (number, write) in writes {
            match write {
                LinkWrite::Create { draft, skip: false } => drafts.push((number, draft)),
                LinkWrite::Create { draft, skip: true } => skipping.push((number, draft)),
                LinkWrite::Connect(key) => keys.push((number, key)),
                LinkWrite::ConnectOrCreate(key, draft) => obtained.push((number, key, draft)),
                write => ends.change(session, number, write).await?,
            }
        }
        if !skipping.is_empty() {
            ends.create_skipping(session, skipping).await?;
        }
        if !drafts.is_empty() {
            ends.create(session, drafts).await?;
        }
        if !keys.is_empty() {
            ends.connect(session, keys).await?;
        }
        if !obtained.is_empty() {
            ends.connect_or_create(session, obtained).await?;
        }
    }
    Ok(())
}

/// The related rows of a row, as a condition on the other table.
pub(super) fn scope(table: &TableMeta, meta: &RelationMeta, row: &Cells) -> Result<Condition> {
    let all = |here: &[u16], there: &[u16]| {
        let equal = |(here, there): (&u16, &u16)| Ok(Condition::equal(*there, value_of(table, row, *here)?));
        here.iter().zip(there).map(equal).collect::<Result<_>>().map(Condition::All)
    };
    match &meta.link {
        Link::Owner { columns, references } => all(columns, references),
        Link::Owned { references, columns } => all(references, columns),
        Link::Join { here, there, .. } => {
            let value = value_of(table, row, here.0)?;
            Ok(Condition::Joined { column: there.0, join: join_table(&meta.link), value })
        }
    }
}

/// A join table seen from the rows at the far end.
fn join_table(link: &Link) -> JoinTable {
    match link {
        Link::Join { table, schema, here, there } => {
            JoinTable { schema: *schema, table, wanted: there.1, known: here.1 }
        }
        Link::Owner { .. } | Link::Owned { .. } => JoinTable { schema: None, table: "", wanted: "", known: "" },
    }
}

impl Relation {
    /// A unique foreign key that refuses a second row: the first one needs its parent.
    fn refused(self, error: Error) -> Error {
        match &self.meta.link {
            Link::Owned { columns, .. } if !self.meta.is_many => partner_stays(error, self.target, columns),
            Link::Owned { .. } | Link::Owner { .. } | Link::Join { .. } => error,
        }
    }

    fn not_connected(self) -> Error {
        Error::not_connected(self.table, self.meta.field, self.target)
    }

    fn absent(self, code: &'static str, operation: &str) -> Error {
        Error::not_related(code, self.table, self.meta.field, self.target, operation)
    }

    /// An error when nothing was written.
    fn must_write(self, written: u64, code: &'static str, operation: &str) -> Result<()> {
        if written == 0 { Err(self.absent(code, operation)) } else { Ok(()) }
    }
}

impl Ends<'_> {
    fn scope(&self, number: usize) -> Result<Condition> {
        scope(self.table, self.meta, &self.rows[number])
    }

    /// The columns of the foreign key in the rows below, with the values that tie them to a row.
    fn foreign_key(&self, number: usize) -> Result<Vec<(u16, Value)>> {
        match &self.meta.link {
            Link::Owned { references, columns } => {
                let value = |reference: &u16| value_of(self.table, &self.rows[number], *reference);
                let values = references.iter().map(value).collect::<Result<Vec<Value>>>()?;
                Ok(columns.iter().copied().zip(values).collect())
            }
            Link::Owner { .. } | Link::Join { .. } => Ok(Vec::new()),
        }
    }

    /// Lets go of rows below.
    async fn detach(&self, session: &mut Session<'_>, condition: &Condition) -> Result<()> {
        let Link::Owned { columns, .. } = &self.meta.link else { return Ok(()) };
        let patch = nulls(self.target, columns);
        if patch.assigns.is_empty() {
            return Ok(());
        }
        let statement = sql::update(session.connection.dialect(), self.target, &patch, condition, &[])?;
        session.run(self.target, statement, |error| error).await
    }

    /// Of a relation to one: the row that is there makes place for another one, where it can.
    async fn make_place(&self, session: &mut Session<'_>, number: usize, but: Option<&Key>) -> Result<()> {
        if self.meta.is_many {
            return Ok(());
        }
        let mut condition = self.scope(number)?;
        if let Some(key) = but {
            condition = condition.and(Condition::Not(Box::new(key.condition())));
        }
        self.detach(session, &condition).await
    }

    fn with_foreign_keys(&self, drafts: Vec<(usize, Draft)>) -> Result<Vec<Draft>> {
        let tied = |(number, mut draft): (usize, Draft)| {
            for (column, value) in self.foreign_key(number)? {
                draft = draft.set(self.target, column, value);
            }
            Ok(draft)
        };
        drafts.into_iter().map(tied).collect()
    }

    async fn create(&self, session: &mut Session<'_>, drafts: Vec<(usize, Draft)>) -> Result<()> {
        let numbers: Vec<usize> = drafts.iter().map(|(number, _)| *number).collect();
        match &self.meta.link {
            Link::Owner { .. } => Ok(()),
            Link::Owned { .. } => {
                for &number in &numbers {
                    self.make_place(session, number, None).await?;
                }
                let drafts = self.with_foreign_keys(drafts)?;
                let inserted = insert_level(session, self.target, drafts, Vec::new()).await;
                inserted.map(drop).map_err(|error| self.refused(error))
            }
            Link::Join { there, .. } => {
                let drafts = drafts.into_iter().map(|(_, draft)| draft).collect();
                let created = insert_level(session, self.target, drafts, vec![there.0]).await?;
                let value = |cells: &Cells| value_of(self.target, cells, there.0);
                let values = created.cells(self.target)?.iter().map(value).collect::<Result<Vec<Value>>>()?;
                self.tie(session, numbers.into_iter().zip(values).collect()).await
            }
        }
    }

    async fn create_skipping(&self, session: &mut Session<'_>, drafts: Vec<(usize, Draft)>) -> Result<()> {
        if let Link::Join { .. } = self.meta.link {
            let message = "skip_duplicates is for rows with a foreign key; connect with or_create here".to_owned();
            return Err(Error::new("P2019", message).on(self.table).with_field(self.meta.field));
        }
        let drafts = self.with_foreign_keys(drafts)?;
        insert_level_skipping(session, self.target, drafts, &[]).await.map(drop)
    }

    async fn connect(&self, session: &mut Session<'_>, keys: Vec<(usize, Key)>) -> Result<()> {
        match &self.meta.link {
            Link::Owner { .. } => Ok(()),
            Link::Owned { .. } => {
                for (number, keys) in batches(keys) {
                    self.take(session, number, &keys).await?;
                }
                Ok(())
            }
            Link::Join { .. } => {
                let mut pairs = Vec::with_capacity(keys.len());
                for (number, key) in keys {
                    pairs.push((number, self.far_value(session, &key).await?));
                }
                self.tie(session, pairs).await
            }
        }
    }

    /// Gives rows below another parent: keys over the same columns.
    async fn take(&self, session: &mut Session<'_>, number: usize, keys: &[Key]) -> Result<()> {
        self.make_place(session, number, keys.first()).await?;
        let mut patch = Patch::default();
        for (column, value) in self.foreign_key(number)? {
            patch = patch.set(self.target, column, Assign { step: None, value });
        }
        let condition = any_of(keys);
        let statement = sql::update(session.connection.dialect(), self.target, &patch, &condition, &[])?;
        let (relation, wanted) = (self.relation, keys.len() as u64);
        let check = move |taken: Result<u64>| match taken.map_err(|error| relation.refused(error))? {
            taken if taken < wanted => Err(relation.not_connected()),
            _ => Ok(()),
        };
        session.run_checked(self.target, statement, check).await
    }

    async fn connect_or_create(&self, session: &mut Session<'_>, wanted: Vec<(usize, Key, Draft)>) -> Result<()> {
        match &self.meta.link {
            Link::Owner { .. } => Ok(()),
            Link::Owned { .. } => {
                let keys: Vec<(usize, Key)> = wanted.iter().map(|(number, key, _)| (*number, key.clone())).collect();
                let (mut tied, mut asked) = (Vec::with_capacity(wanted.len()), self.target.key.to_vec());
                for (number, key, draft) in wanted {
                    let draft = self.with_foreign_keys(vec![(number, draft)])?.pop().unwrap_or_default();
                    add_columns(&mut asked, &key.columns());
                    tied.push((key, draft));
                }
                let obtained = obtain(session, self.target, tied, &asked).await;
                obtained.map_err(|error| self.refused(error))?;
                // The rows that were there get their parent; the new ones have it.
                self.connect(session, keys).await
            }
            Link::Join { there, .. } => {
                let (numbers, wanted): (Vec<usize>, Vec<(Key, Draft)>) =
                    wanted.into_iter().map(|(number, key, draft)| (number, (key, draft))).unzip();
                let values = obtain(session, self.target, wanted, &[there.0]).await?;
                let values = values.into_iter().filter_map(|row| row.into_iter().next());
                self.tie(session, numbers.into_iter().zip(values).collect()).await
            }
        }
    }

    /// The value by which a join table refers to a row at the far end.
    async fn far_value(&self, session: &mut Session<'_>, key: &Key) -> Result<Value> {
        let Link::Join { there, .. } = &self.meta.link else { return Ok(Value::Null) };
        let found = match key.exact(&[there.0]) {
            Some(values) => Some(values),
            None => find_values(session, self.target, &key.condition(), &[there.0]).await?,
        };
        let value = found.and_then(|values| values.into_iter().next());
        value.ok_or_else(|| Error::not_connected(self.table, self.meta.field, self.target))
    }

    /// Puts rows into the join table.
    async fn tie(&self, session: &mut Session<'_>, pairs: Vec<(usize, Value)>) -> Result<()> {
        let Link::Join { table: join, schema, here, there } = &self.meta.link else { return Ok(()) };
        let near = |number: usize| value_of(self.table, &self.rows[number], here.0);
        let pairs = pairs.into_iter().map(|(number, value)| Ok((near(number)?, value)));
        let pairs = pairs.collect::<Result<Vec<(Value, Value)>>>()?;
        let dialect = session.connection.dialect();
        for pairs in pairs.chunks(PARAMETERS_A_STATEMENT / 2) {
            let statement = sql::insert_join_rows(dialect, (*schema, join), (here.1, there.1), pairs)?;
            let relation = self.relation;
            let refused = move |error: Error| match error.code() {
                "P2003" => relation.not_connected(),
                _ => error,
            };
            session.run(self.table, statement, refused).await?;
        }
        Ok(())
    }

    /// Carries out a write that is said of rows that are there.
    async fn change(&self, session: &mut Session<'_>, number: usize, write: LinkWrite) -> Result<()> {
        let dialect = session.connection.dialect();
        let (relation, target) = (self.relation, self.target);
        let scope = self.scope(number)?;
        match write {
            LinkWrite::Update(condition, patch) if patch.links.is_empty() && !patch.assigns.is_empty() => {
                let patch = touch(session, target, patch);
                let statement = sql::update(dialect, target, &patch, &scope.and(condition), &[])?;
                session
                    .run_checked(target, statement, move |written| relation.must_write(written?, "P2025", "update"))
                    .await
            }
            LinkWrite::Update(condition, patch) => {
                let changed = change_row(session, target, scope.and(condition), patch, Vec::new()).await?;
                changed.map(drop).ok_or_else(|| self.absent("P2025", "update"))
            }
            LinkWrite::UpdateMany(condition, patch) => {
                let patch = touch(session, target, patch);
                if patch.assigns.is_empty() {
                    return Ok(());
                }
                let statement = sql::update(dialect, target, &patch, &scope.and(condition), &[])?;
                session.run(target, statement, |error| error).await
            }
            LinkWrite::Upsert(condition, draft, patch) => {
                match change_row(session, target, scope.and(condition), patch, Vec::new()).await? {
                    Some(_) => Ok(()),
                    None => self.create(session, vec![(number, draft)]).await,
                }
            }
            LinkWrite::Delete(condition) => {
                let statement = sql::delete(dialect, target, &scope.and(condition), &[])?;
                let code = if self.meta.is_many { "P2017" } else { "P2025" };
                session
                    .run_checked(target, statement, move |written| relation.must_write(written?, code, "delete"))
                    .await
            }
            LinkWrite::DeleteMany(condition) => {
                let statement = sql::delete(dialect, target, &scope.and(condition), &[])?;
                session.run(target, statement, |error| error).await
            }
            LinkWrite::Disconnect(condition) => self.disconnect(session, number, scope, condition).await,
            LinkWrite::Set(keys) => self.set(session, number, scope, keys).await,
            // These come in groups, see `link_below`.
            LinkWrite::Create { .. } | LinkWrite::Connect(_) | LinkWrite::ConnectOrCreate(..) => Ok(()),
        }
    }

    async fn disconnect(
        &self,
        session: &mut Session<'_>,
        number: usize,
        scope: Condition,
        condition: Condition,
    ) -> Result<()> {
        let Link::Join { here, there, .. } = &self.meta.link else {
            return self.detach(session, &scope.and(condition)).await;
        };
        let known = value_of(self.table, &self.rows[number], here.0)?;
        let values = exact_value(&condition, there.0);
        let ties = match &values {
            Some(value) => Ties::To(std::slice::from_ref(value)),
            None => Ties::Where(self.target, there.0, &condition),
        };
        let dialect = session.connection.dialect();
        let statement = sql::delete_join_rows(dialect, join_table(&self.meta.link), &known, &ties)?;
        session.run(self.table, statement, |error| error).await
    }

    async fn set(&self, session: &mut Session<'_>, number: usize, scope: Condition, keys: Vec<Key>) -> Result<()> {
        let Link::Join { here, .. } = &self.meta.link else {
            let others = Condition::Not(Box::new(any_of(&keys)));
            self.detach(session, &scope.and(others)).await?;
            return self.connect(session, keys.into_iter().map(|key| (number, key)).collect()).await;
        };
        let mut values = Vec::with_capacity(keys.len());
        for key in &keys {
            values.push(self.far_value(session, key).await?);
        }
        let known = value_of(self.table, &self.rows[number], here.0)?;
        let dialect = session.connection.dialect();
        let ties = Ties::NotTo(&values);
        let statement = sql::delete_join_rows(dialect, join_table(&self.meta.link), &known, &ties)?;
        session.run(self.table, statement, |error| error).await?;
        self.tie(session, values.into_iter().map(|value| (number, value)).collect()).await
    }
}

/// The value that a condition wants of a column, when it wants nothing else.
fn exact_value(condition: &Condition, column: u16) -> Option<Value> {
    use crate::filter::{Comparison, Operand};
    match condition {
        Condition::All(parts) => match parts.as_slice() {
            [only] => exact_value(only, column),
            _ => None,
        },
        Condition::Compare {
            column: of,
            comparison: Comparison::Equal,
            operand: Operand::Value(value),
            fold: false,
        } if *of == column => Some(value.clone()),
        _ => None,
    }
}

/// Rows with any of these keys.
fn any_of(keys: &[Key]) -> Condition {
    let one_column = |key: &Key| match (key.values.as_slice(), &key.and) {
        ([(column, _)], None) => Some(*column),
        _ => None,
    };
    let column = keys.first().and_then(one_column);
    match (keys, column) {
        ([only], _) => only.condition(),
        (keys, Some(column)) if keys.iter().all(|key| one_column(key) == Some(column)) => {
            let values = keys.iter().flat_map(|key| key.values.iter().map(|(_, value)| value.clone())).collect();
            Condition::In { column, values, negated: false, fold: false }
        }
        (keys, _) => Condition::Any(keys.iter().map(Key::condition).collect()),
    }
}

/// Keys of one row and over the same columns together, each once: their number is that of their rows. Others alone.
fn batches(keys: Vec<(usize, Key)>) -> Vec<(usize, Vec<Key>)> {
    let mut batches: Vec<(usize, Vec<Key>)> = Vec::new();
    for (number, key) in keys {
        let fits = |batch: &&mut (usize, Vec<Key>)| {
            let first = &batch.1[0];
            batch.0 == number && first.and.is_none() && key.and.is_none() && first.columns() == key.columns()
        };
        match batches.iter_mut().find(fits) {
            Some((_, batch)) if batch.contains(&key) => {}
            Some((_, batch)) => batch.push(key),
            None => batches.push((number, vec![key])),
        }
    }
    batches
}

/// NULL for the columns of a foreign key that may be NULL.
pub(super) fn nulls(table: &TableMeta, columns: &[u16]) -> Patch {
    let nullable = columns.iter().filter(|&&column| table.column(column).is_nullable);
    nullable
        .fold(Patch::default(), |patch, &column| patch.set(table, column, Assign { step: None, value: Value::Null }))
}

/// True when no two rows of the table can have the same row at the other end.
pub(super) fn is_one_to_one(table: &TableMeta, meta: &RelationMeta) -> bool {
    let Link::Owner { columns, .. } = &meta.link else { return false };
    let same = |unique: &[u16]| unique.len() == columns.len() && unique.iter().all(|column| columns.contains(column));
    same(table.key) || table.uniques.iter().any(|unique| same(unique.columns))
}

/// Of a relation one to one: the row that refers to the same parent as this one will lets go of it, where it can.
pub(super) async fn leave_partner(
    session: &mut Session<'_>,
    table: &'static TableMeta,
    meta: &'static RelationMeta,
    row: &Cells,
    but: Option<&Condition>,
) -> Result<()> {
    let Link::Owner { columns, .. } = &meta.link else { return Ok(()) };
    let patch = nulls(table, columns);
    let known =
        columns.iter().all(|column| row.iter().any(|(present, value)| present == column && *value != Value::Null));
    if patch.assigns.is_empty() || !known {
        return Ok(());
    }
    let equal = |column: &u16| Ok(Condition::equal(*column, value_of(table, row, *column)?));
    let mut condition = Condition::All(columns.iter().map(equal).collect::<Result<_>>()?);
    if let Some(but) = but {
        condition = condition.and(Condition::Not(Box::new(but.clone())));
    }
    let statement = sql::update(session.connection.dialect(), table, &patch, &condition, &[])?;
    session.run(table, statement, |error| error).await
}

/// P2014 for a violation of a unique foreign key that a relation gave its value: the row that is there needs its parent.
pub(super) fn partner_stays(error: Error, table: &TableMeta, columns: &[u16]) -> Error {
    let fields = columns.iter().map(|&column| table.column(column).field);
    let same = error.fields().len() == columns.len() && fields.clone().all(|f| error.fields().iter().any(|g| g == f));
    if error.is_unique_violation() && same {
        let message = format!("another {} row has this place and cannot be without it", table.model);
        return error.recode("P2014", message);
    }
    error
}
