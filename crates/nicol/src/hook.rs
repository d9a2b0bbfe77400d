//! Hooks around operations: what soft deletion, tenants and audit trails are made of.
//!
//! A [`Hook`] is asked before an operation, once for each model whose rows it touches, also through relations. It can add a
//! filter, give columns their values, refuse, or just look.

use std::sync::Arc;
use std::time::Duration;

use nicol_db::Value;

use crate::Table;
use crate::column::Col;
use crate::error::{Error, Result};
use crate::filter::{Condition, Filter, Quantifier};
use crate::meta::{Link, RelationMeta, TableMeta};
use crate::operation::{Draft, Field, Key, LinkWrite, Links, OrderBy, OrderTerm, Patch, Read};
use crate::raw::Bind;
use crate::scalar::{Assign, Given, Scalar};

/// Something that is asked before every operation and told after it. `db.with_hook(hook)` gives a handle with it,
/// `Options::hook` a whole client.
///
/// ```text
/// struct Tenant(i32);
///
/// impl nicol::Hook for Tenant {
///     fn before(&self, access: &mut nicol::Access) -> nicol::Result<()> {
///         if access.has("tenantId") {
///             access.filter_field("tenantId", self.0)?;
///             if access.kind() == nicol::AccessKind::Create {
///                 access.set_field("tenantId", self.0)?;
///             }
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait Hook: Send + Sync + 'static {
    /// Before an operation, once for each model whose rows it reads, counts or writes, at every depth.
    ///
    /// # Errors
    /// Any error refuses the operation; [`Error::refused`] makes one.
    fn before(&self, access: &mut Access) -> Result<()> {
        let _ = access;
        Ok(())
    }

    /// After an operation. One given up in its middle has no end.
    fn after(&self, done: &Done<'_>) {
        let _ = done;
    }
}

/// What a client does: the request as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each is the method of its name")]
pub enum Operation {
    Find,
    FindFirst,
    FindMany,
    Count,
    Aggregate,
    GroupBy,
    Create,
    CreateMany,
    Update,
    UpdateMany,
    Upsert,
    Delete,
    DeleteMany,
    Sql,
    Batch,
}

impl Operation {
    /// The name, as of the method.
    pub fn name(self) -> &'static str {
        match self {
            Operation::Find => "find",
            Operation::FindFirst => "find_first",
            Operation::FindMany => "find_many",
            Operation::Count => "count",
            Operation::Aggregate => "aggregate",
            Operation::GroupBy => "group_by",
            Operation::Create => "create",
            Operation::CreateMany => "create_many",
            Operation::Update => "update",
            Operation::UpdateMany => "update_many",
            Operation::Upsert => "upsert",
            Operation::Delete => "delete",
            Operation::DeleteMany => "delete_many",
            Operation::Sql => "sql",
            Operation::Batch => "batch",
        }
    }

    /// True when it only reads, whatever it is given.
    pub(crate) fn only_reads(self) -> bool {
        match self {
            Operation::Find
            | Operation::FindFirst
            | Operation::FindMany
            | Operation::Count
            | Operation::Aggregate
            | Operation::GroupBy => true,
            Operation::Create
            | Operation::CreateMany
            | Operation::Update
            | Operation::UpdateMany
            | Operation::Upsert
            | Operation::Delete
            | Operation::DeleteMany
            | Operation::Sql
            | Operation::Batch => false,
        }
    }
}

/// What is done to the rows of one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessKind {
    /// They are read, counted, or asked about by a filter through a relation.
    Read,
    /// They are created.
    Create,
    /// They are changed.
    Update,
    /// They are deleted.
    Delete,
}

/// An operation's access to the rows of one model, as a [`Hook`] sees it.
pub struct Access {
    operation: Operation,
    kind: AccessKind,
    table: &'static TableMeta,
    filter: Option<Condition>,
    values: Vec<(u16, Value)>,
}

impl Access {
    /// The request as a whole.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// What is done to the rows.
    pub fn kind(&self) -> AccessKind {
        self.kind
    }

    /// The model, by its name in the schema.
    pub fn model(&self) -> &'static str {
        self.table.model
    }

    /// True when the model has a column with this name in the schema.
    pub fn has(&self, field: &str) -> bool {
        self.table.columns.iter().any(|column| column.field == field)
    }

    /// Only rows whose field has this value: others are as if they were not there. It means nothing for rows that are created.
    ///
    /// # Errors
    /// P2022 when the model has no such field.
    pub fn filter_field(&mut self, field: &str, value: impl Bind) -> Result<()> {
        let column = self.column(field)?;
        Condition::join(
            &mut self.filter,
            Condition::equal(column, self.table.column(column).fit(value.into_parameter())),
        );
        Ok(())
    }

    /// Gives a field of rows that are created or changed its value, whatever the request says. Where rows are deleted, they
    /// are changed so instead. It means nothing for rows that are read.
    ///
    /// # Errors
    /// P2022 when the model has no such field.
    pub fn set_field(&mut self, field: &str, value: impl Bind) -> Result<()> {
        let column = self.column(field)?;
        self.values.push((column, value.into_parameter()));
        Ok(())
    }

    fn column(&self, field: &str) -> Result<u16> {
        let columns = (0u16..).zip(self.table.columns);
        let found = columns.into_iter().find(|(_, column)| column.field == field);
        found.map(|(index, _)| index).ok_or_else(|| {
            let message = format!("a hook names the field `{field}`, which {} does not have", self.table.model);
            Error::new("P2022", message).on(self.table).with_field(field)
        })
    }

    /// The same with typed columns, when the rows are those of `M`.
    pub fn of<M: Table>(&mut self) -> Option<AccessTo<'_, M>> {
        let (is, wanted) = (self.table, M::META);
        let is_same = is.model == wanted.model && is.table == wanted.table && is.schema == wanted.schema;
        is_same.then_some(AccessTo { access: self, table: std::marker::PhantomData })
    }
}

/// An [`Access`] to rows of `M`.
pub struct AccessTo<'a, M> {
    access: &'a mut Access,
    table: crate::Marks<M>,
}

impl<M: Table> AccessTo<'_, M> {
    /// Only rows that fulfil the filter; see [`Access::filter_field`].
    pub fn filter(&mut self, filter: Filter<M>) {
        Condition::join(&mut self.access.filter, filter.condition);
    }

    /// Gives a column its value; see [`Access::set_field`].
    pub fn set<T: Scalar>(&mut self, column: Col<M, T>, value: impl Given<T>) {
        self.access.values.push((column.index, value.given().into_value()));
    }
}

/// An operation that has ended, as a [`Hook`] is told.
#[derive(Debug, Clone, Copy)]
pub struct Done<'a> {
    /// The request.
    pub operation: Operation,
    /// The model it was made to, by its name in the schema; empty for SQL and batches.
    pub model: &'static str,
    /// How long it took.
    pub elapsed: Duration,
    /// Why it failed.
    pub error: Option<&'a Error>,
}

/// The hooks of a handle.
#[derive(Clone, Default)]
pub(crate) struct Hooks(Option<Arc<[Arc<dyn Hook>]>>);

impl Hooks {
    /// These and one more.
    pub(crate) fn with(&self, hook: Arc<dyn Hook>) -> Hooks {
        Hooks(Some(self.list().iter().cloned().chain([hook]).collect()))
    }

    fn list(&self) -> &[Arc<dyn Hook>] {
        self.0.as_deref().unwrap_or_default()
    }

    /// Who is asked before an operation; nobody without hooks.
    pub(crate) fn gate(&self, operation: Operation) -> Option<Gate<'_>> {
        self.0.as_deref().map(|hooks| Gate { hooks, operation })
    }

    /// Tells of an operation that has ended.
    pub(crate) fn tell(&self, done: &Done<'_>) {
        self.list().iter().for_each(|hook| hook.after(done));
    }
}

/// Where the parts of an operation pass on their way: each is shown to the hooks and comes out as they want it.
#[doc(hidden)]
pub struct Gate<'a> {
    hooks: &'a [Arc<dyn Hook>],
    operation: Operation,
}

impl Gate<'_> {
    fn ask(&self, table: &'static TableMeta, kind: AccessKind) -> Result<Access> {
        let mut access = Access { operation: self.operation, kind, table, filter: None, values: Vec::new() };
        for hook in self.hooks {
            hook.before(&mut access).map_err(|error| error.on(table))?;
        }
        Ok(access)
    }

    /// A condition on rows, and what hooks add to it.
    pub(crate) fn rows(
        &self,
        table: &'static TableMeta,
        condition: &mut Option<Condition>,
        kind: AccessKind,
    ) -> Result<Access> {
        if let Some(condition) = condition {
            self.within(table, condition)?;
        }
        let mut access = self.ask(table, kind)?;
        if let Some(filter) = access.filter.take() {
            Condition::join(condition, filter);
        }
        Ok(access)
    }

    /// Rows at the other end of relations that a condition asks about.
    fn within(&self, table: &'static TableMeta, condition: &mut Condition) -> Result<()> {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter_mut().try_for_each(|part| self.within(table, part))
            }
            Condition::Not(inner) => self.within(table, inner),
            Condition::Related { relation, quantifier, condition } => {
                let target = (table.relation(*relation).target)();
                self.within(target, condition)?;
                if let Some(filter) = self.ask(target, AccessKind::Read)?.filter {
                    let asked = std::mem::replace(&mut **condition, Condition::All(Vec::new()));
                    **condition = match quantifier {
                        Quantifier::Some | Quantifier::None => filter.and(asked),
                        Quantifier::Every => Condition::Any(vec![Condition::Not(Box::new(filter)), asked]),
                    };
                }
                Ok(())
            }
            Condition::Compare { .. }
            | Condition::In { .. }
            | Condition::Like { .. }
            | Condition::List { .. }
            | Condition::Json { .. }
            | Condition::Search { .. }
            | Condition::Calculated { .. }
            | Condition::Joined { .. }
            | Condition::TooDeep
            | Condition::Null { .. } => Ok(()),
        }
    }

    /// A read, with everything nested in it.
    pub(crate) fn read(&self, read: &mut Read) -> Result<()> {
        self.rows(read.table, &mut read.condition, AccessKind::Read)?;
        self.below(read)
    }

    /// What hangs on the rows of a read.
    pub(crate) fn below(&self, read: &mut Read) -> Result<()> {
        let table = read.table;
        read.order.iter_mut().try_for_each(|term| self.order(table, term))?;
        for field in &mut read.fields.0 {
            match field {
                Field::Column(_) => {}
                Field::Count { relation, condition } => {
                    self.rows((table.relation(*relation).target)(), condition, AccessKind::Read)?;
                }
                // The one row that must be there is there, whatever hooks think of it.
                Field::Nested { relation, read } if is_required(table, table.relation(*relation)) => {
                    if let Some(condition) = &mut read.condition {
                        self.within(read.table, condition)?;
                    }
                    self.ask(read.table, AccessKind::Read)?;
                    self.below(read)?;
                }
                Field::Nested { read, .. } => self.read(read)?,
            }
        }
        Ok(())
    }

    fn order(&self, table: &'static TableMeta, term: &mut OrderTerm) -> Result<()> {
        let (mut table, mut by) = (table, &mut term.by);
        loop {
            match by {
                OrderBy::Related { relation, by: inner } => {
                    table = (table.relation(*relation).target)();
                    by = inner;
                }
                OrderBy::Count { relation, condition } => {
                    self.rows((table.relation(*relation).target)(), condition, AccessKind::Read)?;
                    return Ok(());
                }
                OrderBy::Column(_) | OrderBy::Relevance { .. } | OrderBy::Calculated(_) => return Ok(()),
            }
        }
    }

    /// A key of one row.
    pub(crate) fn key(&self, table: &'static TableMeta, key: &mut Key, kind: AccessKind) -> Result<Access> {
        self.rows(table, &mut key.and, kind)
    }

    /// A row to be created, with what hangs on it.
    pub(crate) fn draft(&self, table: &'static TableMeta, draft: &mut Draft) -> Result<()> {
        for (column, value) in self.ask(table, AccessKind::Create)?.values {
            *draft = std::mem::take(draft).set(table, column, value);
        }
        self.links(table, &mut draft.links)
    }

    /// What happens at the other ends of relations.
    fn links(&self, table: &'static TableMeta, links: &mut Links) -> Result<()> {
        for (relation, write) in links {
            let target = (table.relation(*relation).target)();
            match write {
                LinkWrite::Create { draft, .. } => self.draft(target, draft)?,
                LinkWrite::Connect(key) => drop(self.key(target, key, AccessKind::Read)?),
                LinkWrite::ConnectOrCreate(key, draft) => {
                    self.key(target, key, AccessKind::Read)?;
                    self.draft(target, draft)?;
                }
                LinkWrite::Set(keys) => {
                    for key in keys {
                        self.key(target, key, AccessKind::Read)?;
                    }
                }
                LinkWrite::Disconnect(condition) => {
                    related(condition, |condition| self.rows(target, condition, AccessKind::Read).map(drop))?;
                }
                LinkWrite::Update(condition, patch) | LinkWrite::UpdateMany(condition, patch) => {
                    related(condition, |condition| self.update(target, condition, patch))?;
                }
                LinkWrite::Upsert(condition, draft, patch) => {
                    related(condition, |condition| self.update(target, condition, patch))?;
                    self.draft(target, draft)?;
                }
                LinkWrite::Delete(condition) => {
                    if let Some(patch) = related(condition, |condition| self.delete(target, condition))? {
                        *write = LinkWrite::Update(condition.clone(), patch);
                    }
                }
                LinkWrite::DeleteMany(condition) => {
                    if let Some(patch) = related(condition, |condition| self.delete(target, condition))? {
                        *write = LinkWrite::UpdateMany(condition.clone(), patch);
                    }
                }
            }
        }
        Ok(())
    }

    /// Rows to be changed, and their changes.
    pub(crate) fn update(
        &self,
        table: &'static TableMeta,
        condition: &mut Option<Condition>,
        patch: &mut Patch,
    ) -> Result<()> {
        let access = self.rows(table, condition, AccessKind::Update)?;
        *patch = patched(table, std::mem::take(patch), access.values);
        self.links(table, &mut patch.links)
    }

    /// Rows to be deleted; gives the changes that are made to them instead, if hooks want that.
    pub(crate) fn delete(&self, table: &'static TableMeta, condition: &mut Option<Condition>) -> Result<Option<Patch>> {
        let access = self.rows(table, condition, AccessKind::Delete)?;
        Ok((!access.values.is_empty()).then(|| patched(table, Patch::default(), access.values)))
    }
}

/// Does something with the condition on related rows.
fn related<T>(condition: &mut Condition, work: impl FnOnce(&mut Option<Condition>) -> Result<T>) -> Result<T> {
    let mut whole = Some(std::mem::replace(condition, Condition::All(Vec::new())));
    let result = work(&mut whole);
    if let Some(whole) = whole {
        *condition = whole;
    }
    result
}

fn patched(table: &TableMeta, patch: Patch, values: Vec<(u16, Value)>) -> Patch {
    values.into_iter().fold(patch, |patch, (column, value)| patch.set(table, column, Assign { step: None, value }))
}

/// A to-one relation whose row is always there.
fn is_required(table: &TableMeta, relation: &RelationMeta) -> bool {
    match &relation.link {
        Link::Owner { columns, .. } => columns.iter().all(|column| !table.column(*column).is_nullable),
        Link::Owned { .. } | Link::Join { .. } => false,
    }
}
