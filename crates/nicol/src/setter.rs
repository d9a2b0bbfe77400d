//! What the generated setters do. They themselves are one call each, with the place of a column or relation among the table's: the
//! compiler reads hundreds of them for every schema, and every type it need not find out is time.

use std::marker::PhantomData;

use crate::column::Col;
use crate::edit::{EditMany, EditOne};
use crate::key::{Child, Children, Form, Parent};
use crate::operation::{Draft, Patch};
use crate::relation::Relation;
use crate::scalar::{Change, Initial, Scalar};
use crate::{Marks, Table};

/// A column or relation that is a field of a form.
pub trait Member<V> {
    /// Puts the field's value into the row, which has none for it yet.
    fn put(self, value: V, draft: Draft) -> Draft;
}

impl<M: Table, T: Scalar> Member<T> for Col<M, T> {
    fn put(self, value: T, draft: Draft) -> Draft {
        draft.add(M::META, self.index, value.into_value())
    }
}

impl<M, T, A> Member<Parent<T>> for Relation<M, T, A> {
    fn put(self, value: Parent<T>, mut draft: Draft) -> Draft {
        draft.links.push((self.index, value.write));
        draft
    }
}

/// A new row that was a form `F`: what is inside the generated `Draft`.
pub struct NewRow<F>(Draft, Marks<F>);

impl<F: Form> NewRow<F> {
    /// What the form says.
    pub fn of(form: F) -> Self {
        NewRow(form.into_draft(), PhantomData)
    }

    /// The row as plain data.
    pub fn into_draft(self) -> Draft {
        self.0
    }

    /// With a column's value; without one it stays as it is.
    pub fn value<T: Scalar>(mut self, place: u16, value: impl Initial<T>) -> Self {
        if let Some(value) = value.initial() {
            self.0 = self.0.set(F::Table::META, place, value.into_value());
        }
        self
    }

    /// With the row that it belongs to.
    pub fn parent<T>(mut self, place: u16, parent: impl Into<Parent<T>>) -> Self {
        self.0.links.push((place, parent.into().write));
        self
    }

    /// With a row below it.
    pub fn child<T, S, H>(mut self, place: u16, child: impl Into<Child<T, S, H>>) -> Self {
        self.0.links.push((place, child.into().write));
        self
    }

    /// With rows below it.
    pub fn children<T, S, H>(mut self, place: u16, children: impl Children<Child<T, S, H>>) -> Self {
        let mut list = Vec::new();
        children.push_onto(&mut list);
        self.0.links.extend(list.into_iter().map(|child| (place, child.write)));
        self
    }
}

/// A form with a column's value.
pub fn value<F: Form, T: Scalar>(form: F, place: u16, value: impl Initial<T>) -> NewRow<F> {
    NewRow::of(form).value(place, value)
}

/// A form with the row that it belongs to.
pub fn parent<F: Form, T>(form: F, place: u16, parent: impl Into<Parent<T>>) -> NewRow<F> {
    NewRow::of(form).parent(place, parent)
}

/// A form with a row below it.
pub fn child<F: Form, T, S, H>(form: F, place: u16, child: impl Into<Child<T, S, H>>) -> NewRow<F> {
    NewRow::of(form).child(place, child)
}

/// A form with rows below it.
pub fn children<F: Form, T, S, H>(form: F, place: u16, rows: impl Children<Child<T, S, H>>) -> NewRow<F> {
    NewRow::of(form).children(place, rows)
}

/// Changes of rows of `M`, of so many as `N` says: what is inside the generated `Changes`.
pub struct Edits<M, N>(Patch, Marks<(M, N)>);

impl<M: Table, N> Edits<M, N> {
    /// These changes, which say nothing of how many rows they are for.
    pub fn of(patch: Patch) -> Self {
        Edits(patch, PhantomData)
    }

    /// The changes as plain data.
    pub fn into_patch(self) -> Patch {
        self.0
    }

    /// With what becomes of a column.
    pub fn change<T: Scalar>(mut self, place: u16, change: impl Change<T>) -> Self {
        if let Some(assign) = change.assign() {
            self.0 = self.0.set(M::META, place, assign);
        }
        self
    }

    /// With what is written at the other end of a relation to many.
    pub fn many<T, S, H>(mut self, place: u16, edit: impl FnOnce(EditMany<T, S, H>) -> EditMany<T, S, H>) -> Self {
        let writes = edit(EditMany::new()).writes;
        self.0.links.extend(writes.into_iter().map(|write| (place, write)));
        self
    }

    /// With what is written at the other end of a relation to one.
    pub fn one<T, S, H>(mut self, place: u16, edit: impl FnOnce(EditOne<T, S, H>) -> EditOne<T, S, H>) -> Self {
        let writes = edit(EditOne::new()).writes;
        self.0.links.extend(writes.into_iter().map(|write| (place, write)));
        self
    }
}
