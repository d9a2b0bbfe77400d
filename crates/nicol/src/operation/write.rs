//! What is written: rows to create, changes of rows, and what happens at the other ends of their relations.

use nicol_db::Value;

use crate::filter::Condition;
use crate::meta::TableMeta;
use crate::scalar::Assign;

/// A unique key with its values, and further conditions beside it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    pub(crate) values: Vec<(u16, Value)>,
    pub(crate) and: Option<Condition>,
}

impl Key {
    /// The key as a condition.
    pub(crate) fn condition(&self) -> Condition {
        let equal = |(column, value): &(u16, Value)| Condition::equal(*column, value.clone());
        let mut parts: Vec<Condition> = self.values.iter().map(equal).collect();
        parts.extend(self.and.clone());
        Condition::All(parts)
    }

    /// The value of a column, when the key says it and nothing else.
    pub(crate) fn exact(&self, columns: &[u16]) -> Option<Vec<Value>> {
        if self.and.is_some() || self.values.len() != columns.len() {
            return None;
        }
        let value_of = |column: &u16| self.values.iter().find(|(c, _)| c == column).map(|(_, value)| value.clone());
        columns.iter().map(value_of).collect()
    }

    /// The columns of the key.
    pub(crate) fn columns(&self) -> Vec<u16> {
        self.values.iter().map(|(column, _)| *column).collect()
    }
}

/// What happens at the other ends of relations, in the order in which it was said.
pub(crate) type Links = Vec<(u16, LinkWrite)>;

/// Room that a row has from the start, so that most never ask for more.
const FEW_COLUMNS: usize = 8;

/// A row to be created, with what hangs on it.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub(crate) values: Vec<(u16, Value)>,
    pub(crate) links: Links,
}

impl Draft {
    /// Gives a column its value.
    pub(crate) fn set(mut self, table: &TableMeta, column: u16, value: Value) -> Self {
        match self.values.iter_mut().find(|(present, _)| *present == column) {
            Some((_, present)) => *present = table.column(column).fit(value),
            None => return self.add(table, column, value),
        }
        self
    }

    /// Gives a column its value that has none yet.
    pub(crate) fn add(mut self, table: &TableMeta, column: u16, value: Value) -> Self {
        if self.values.is_empty() {
            self.values.reserve(FEW_COLUMNS);
        }
        self.values.push((column, table.column(column).fit(value)));
        self
    }
}

/// Changes of a row.
#[derive(Debug, Clone, Default)]
pub struct Patch {
    pub(crate) assigns: Vec<(u16, Assign)>,
    pub(crate) links: Links,
}

impl Patch {
    /// Assigns to a column.
    pub(crate) fn set(mut self, table: &TableMeta, column: u16, Assign { step, value }: Assign) -> Self {
        self.assigns.retain(|(present, _)| *present != column);
        self.assigns.push((column, Assign { step, value: table.column(column).fit(value) }));
        self
    }
}

/// What to do at the other end of a relation. Below a new row there are only the first three.
#[derive(Debug, Clone)]
pub(crate) enum LinkWrite {
    /// Create a row there; with `skip` not if one of its unique keys is taken.
    Create { draft: Draft, skip: bool },
    /// Take an existing row.
    Connect(Key),
    /// Take the row with the key, or create it.
    ConnectOrCreate(Key, Draft),
    /// Take these rows and let go of all others.
    Set(Vec<Key>),
    /// Let go of the related rows that fulfil the condition.
    Disconnect(Condition),
    /// Change the related row that fulfils the condition; it must be there.
    Update(Condition, Patch),
    /// Change every related row that fulfils the condition.
    UpdateMany(Condition, Patch),
    /// Change the related row that fulfils the condition, or create one.
    Upsert(Condition, Draft, Patch),
    /// Delete the related row that fulfils the condition; it must be there.
    Delete(Condition),
    /// Delete every related row that fulfils the condition.
    DeleteMany(Condition),
}

impl LinkWrite {
    /// True when this only adds rows to the relation, so that it does not matter what else is added before or after.
    pub(crate) fn only_adds(&self) -> bool {
        matches!(self, LinkWrite::Create { .. } | LinkWrite::Connect(_) | LinkWrite::ConnectOrCreate(..))
    }

    /// The writes nested in this one.
    fn nested(&self) -> [&[(u16, LinkWrite)]; 2] {
        match self {
            LinkWrite::Create { draft, .. } | LinkWrite::ConnectOrCreate(_, draft) => [&draft.links, &[]],
            LinkWrite::Update(_, patch) => [&patch.links, &[]],
            LinkWrite::Upsert(_, draft, patch) => [&draft.links, &patch.links],
            LinkWrite::Connect(_)
            | LinkWrite::Set(_)
            | LinkWrite::Disconnect(_)
            | LinkWrite::UpdateMany(..)
            | LinkWrite::Delete(_)
            | LinkWrite::DeleteMany(_) => [&[], &[]],
        }
    }

    /// True when this or what is nested in it looks for a row and creates it where it is not there: somebody else may create
    /// it in between.
    pub(crate) fn may_race(&self) -> bool {
        matches!(self, LinkWrite::ConnectOrCreate(..) | LinkWrite::Upsert(..))
            || self.nested().into_iter().flatten().any(|(_, write)| write.may_race())
    }

    /// True when this and what is nested in it does nothing but create rows and take existing ones.
    pub(crate) fn is_gentle(&self) -> bool {
        self.only_adds() && self.nested().into_iter().flatten().all(|(_, write)| write.is_gentle())
    }
}
