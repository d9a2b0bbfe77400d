//! What an update may do at the other end of a relation: the argument of the closure that a setter of a relation takes.
//!
//! What is not possible there does not compile: the third type, one of [`Free`], [`Held`], [`Needed`] and [`Fixed`], says how
//! the rows hang together.

use std::marker::PhantomData;

use crate::filter::{Condition, Filter};
use crate::key::{Children, Existing, NewRow, Unique};
use crate::operation::{LinkWrite, Patch};
use crate::{Changeable, ManyRows, Marks, OneRow};

/// Rows that can be tied together and set apart: an optional foreign key, or a join table.
#[derive(Debug, Clone, Copy)]
pub enum Free {}
/// Rows below that need their parent: they can be given another one, and deleted.
#[derive(Debug, Clone, Copy)]
pub enum Held {}
/// A parent that its row needs: another one can be taken.
#[derive(Debug, Clone, Copy)]
pub enum Needed {}
/// Rows that are never changed (`@nicol.appendOnly`): new ones can be created.
#[derive(Debug, Clone, Copy)]
pub enum Fixed {}

/// Relations that existing rows can be connected by.
#[diagnostic::on_unimplemented(
    message = "rows at the other end of this relation cannot be connected: their model is append-only",
    label = "existing rows cannot be connected here"
)]
pub trait Attach {}
impl Attach for Free {}
impl Attach for Held {}
impl Attach for Needed {}

/// Relations that rows can be disconnected from.
#[diagnostic::on_unimplemented(
    message = "this relation is required: its rows cannot be disconnected",
    label = "the relation is required",
    note = "delete the related row, or connect another one"
)]
pub trait Detach {}
impl Detach for Free {}

/// Relations whose related row can be deleted.
#[diagnostic::on_unimplemented(
    message = "this relation is required: the row it leads to cannot be deleted from here",
    label = "the relation is required"
)]
pub trait Remove {}
impl Remove for Free {}
impl Remove for Held {}
impl Remove for Fixed {}

/// The patch that a closure makes of a row's changes.
fn patch_of<T: Changeable, N>(changes: impl FnOnce(T::Changes<N>) -> T::Changes<N>) -> Patch {
    changes(T::Changes::from(Patch::default())).into()
}

/// What happens to the rows of a relation to many, in the order in which it is said. `T` is their table, `S` the form in
/// which new ones are given.
#[must_use]
pub struct EditMany<T, S, H> {
    pub(crate) writes: Vec<LinkWrite>,
    types: Marks<(T, S, H)>,
}

impl<T, S, H> EditMany<T, S, H> {
    pub(crate) fn new() -> Self {
        EditMany { writes: Vec::new(), types: PhantomData }
    }

    fn write(mut self, write: LinkWrite) -> Self {
        self.writes.push(write);
        self
    }

    /// Creates related rows: one form, an array or vector of one kind, or a tuple of several kinds. With
    /// [`skip_duplicates`](crate::skip_duplicates) those are left out that have a unique key which is taken.
    pub fn create(mut self, forms: impl Children<NewRow<T, S>>) -> Self {
        let mut rows = Vec::new();
        forms.push_onto(&mut rows);
        self.writes.extend(rows.into_iter().map(|row| LinkWrite::Create { draft: row.draft, skip: row.skip }));
        self
    }

    /// Relates existing rows, which may be taken from another row. P2018 when one of them is not there; a key with
    /// [`or_create`](Unique::or_create) is created then.
    pub fn connect(mut self, rows: impl Children<Existing<T, S>>) -> Self
    where
        H: Attach,
    {
        let mut list = Vec::new();
        rows.push_onto(&mut list);
        self.writes.extend(list.into_iter().map(|row| row.write));
        self
    }

    /// Relates these existing rows and no others.
    pub fn set(self, rows: impl Children<Unique<T>>) -> Self
    where
        H: Detach,
    {
        let mut list = Vec::new();
        rows.push_onto(&mut list);
        self.write(LinkWrite::Set(list.into_iter().map(|row| row.key).collect()))
    }

    /// Lets go of related rows; those that are not related stay as they are.
    pub fn disconnect(mut self, rows: impl Children<Unique<T>>) -> Self
    where
        H: Detach,
    {
        let mut list = Vec::new();
        rows.push_onto(&mut list);
        self.writes.extend(list.into_iter().map(|row| LinkWrite::Disconnect(row.key.condition())));
        self
    }
}

impl<T: Changeable, S, H> EditMany<T, S, H> {
    /// Changes a related row; P2025 when the row is not there or not related.
    pub fn update(self, row: Unique<T>, changes: impl FnOnce(T::Changes<OneRow>) -> T::Changes<OneRow>) -> Self {
        self.write(LinkWrite::Update(row.key.condition(), patch_of::<T, _>(changes)))
    }

    /// Changes all related rows that fulfil a filter.
    pub fn update_many(
        self,
        filter: Filter<T>,
        changes: impl FnOnce(T::Changes<ManyRows>) -> T::Changes<ManyRows>,
    ) -> Self {
        self.write(LinkWrite::UpdateMany(filter.condition, patch_of::<T, _>(changes)))
    }

    /// Changes all related rows.
    pub fn update_all(self, changes: impl FnOnce(T::Changes<ManyRows>) -> T::Changes<ManyRows>) -> Self {
        self.update_many(Filter::all([]), changes)
    }

    /// Changes a related row, or creates one.
    pub fn upsert(
        self,
        row: Unique<T>,
        form: impl Into<NewRow<T, S>>,
        changes: impl FnOnce(T::Changes<OneRow>) -> T::Changes<OneRow>,
    ) -> Self {
        let draft = form.into().draft;
        self.write(LinkWrite::Upsert(row.key.condition(), draft, patch_of::<T, _>(changes)))
    }

    /// Deletes related rows; P2017 when one of them is not there or not related.
    pub fn delete(mut self, rows: impl Children<Unique<T>>) -> Self {
        let mut list = Vec::new();
        rows.push_onto(&mut list);
        self.writes.extend(list.into_iter().map(|row| LinkWrite::Delete(row.key.condition())));
        self
    }

    /// Deletes all related rows that fulfil a filter. For all of them see [`delete_all`](EditMany::delete_all).
    pub fn delete_many(self, filter: Filter<T>) -> Self {
        self.write(LinkWrite::DeleteMany(filter.condition))
    }

    /// Deletes all related rows.
    pub fn delete_all(self) -> Self {
        self.delete_many(Filter::all([]))
    }
}

/// What happens to the row of a relation to one, in the order in which it is said.
#[must_use]
pub struct EditOne<T, S, H> {
    pub(crate) writes: Vec<LinkWrite>,
    condition: Condition,
    types: Marks<(T, S, H)>,
}

impl<T, S, H> EditOne<T, S, H> {
    pub(crate) fn new() -> Self {
        EditOne { writes: Vec::new(), condition: Condition::All(Vec::new()), types: PhantomData }
    }

    fn write(mut self, write: LinkWrite) -> Self {
        self.writes.push(write);
        self
    }

    /// What is said after this holds for a related row that fulfils the filter; another one counts as absent.
    pub fn filter(mut self, filter: Filter<T>) -> Self {
        self.condition = self.condition.and(filter.condition);
        self
    }

    /// Creates the related row.
    pub fn create(self, form: impl Into<NewRow<T, S>>) -> Self {
        let NewRow { draft, skip, .. } = form.into();
        self.write(LinkWrite::Create { draft, skip })
    }

    /// Relates an existing row; P2018 or P2025 when it is not there. A key with [`or_create`](Unique::or_create) is created
    /// then.
    pub fn connect(self, row: impl Into<Existing<T, S>>) -> Self
    where
        H: Attach,
    {
        self.write(row.into().write)
    }

    /// Lets go of the related row, if there is one.
    pub fn disconnect(self) -> Self
    where
        H: Detach,
    {
        let condition = self.condition.clone();
        self.write(LinkWrite::Disconnect(condition))
    }
}

impl<T: Changeable, S, H> EditOne<T, S, H> {
    /// Changes the related row; P2025 when there is none.
    pub fn update(self, changes: impl FnOnce(T::Changes<OneRow>) -> T::Changes<OneRow>) -> Self {
        let condition = self.condition.clone();
        self.write(LinkWrite::Update(condition, patch_of::<T, _>(changes)))
    }

    /// Changes the related row, or creates it.
    pub fn upsert(
        self,
        form: impl Into<NewRow<T, S>>,
        changes: impl FnOnce(T::Changes<OneRow>) -> T::Changes<OneRow>,
    ) -> Self {
        let (condition, draft) = (self.condition.clone(), form.into().draft);
        self.write(LinkWrite::Upsert(condition, draft, patch_of::<T, _>(changes)))
    }

    /// Deletes the related row; P2025 when there is none.
    pub fn delete(self) -> Self
    where
        H: Remove,
    {
        let condition = self.condition.clone();
        self.write(LinkWrite::Delete(condition))
    }
}
