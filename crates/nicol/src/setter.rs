//! What the generated setters do. They themselves are one call each: the compiler reads hundreds of them for every schema.

use crate::Table;
use crate::column::Col;
use crate::edit::{EditMany, EditOne};
use crate::key::{Child, Children, Form, Parent};
use crate::operation::{Draft, Patch};
use crate::relation::Relation;
use crate::scalar::{Change, Initial, Scalar};

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

/// A new row with a column's value; without one it stays as it is.
pub fn value<M: Table, T: Scalar>(form: impl Form<Table = M>, column: Col<M, T>, value: impl Initial<T>) -> Draft {
    let draft = form.into_draft();
    match value.initial() {
        Some(value) => draft.set(M::META, column.index, value.into_value()),
        None => draft,
    }
}

/// A new row with the row that it belongs to.
pub fn parent<M, T, A>(form: impl Form, relation: Relation<M, T, A>, parent: impl Into<Parent<T>>) -> Draft {
    relation.put(parent.into(), form.into_draft())
}

/// A new row with a row below it.
pub fn child<M, T, A, S, H>(form: impl Form, relation: Relation<M, T, A>, child: impl Into<Child<T, S, H>>) -> Draft {
    let mut draft = form.into_draft();
    draft.links.push((relation.index, child.into().write));
    draft
}

/// A new row with rows below it.
pub fn children<M, T, A, S, H>(
    form: impl Form,
    relation: Relation<M, T, A>,
    children: impl Children<Child<T, S, H>>,
) -> Draft {
    let mut draft = form.into_draft();
    let mut list = Vec::new();
    children.push_onto(&mut list);
    draft.links.extend(list.into_iter().map(|child| (relation.index, child.write)));
    draft
}

/// Changes with what becomes of a column.
pub fn change<M: Table, T: Scalar>(patch: Patch, column: Col<M, T>, change: impl Change<T>) -> Patch {
    match change.assign() {
        Some(assign) => patch.set(M::META, column.index, assign),
        None => patch,
    }
}

/// Changes with what is written at the other end of a relation to many.
pub fn many<M, T, A, S, H>(
    mut patch: Patch,
    relation: Relation<M, T, A>,
    edit: impl FnOnce(EditMany<T, S, H>) -> EditMany<T, S, H>,
) -> Patch {
    let writes = edit(EditMany::new()).writes;
    patch.links.extend(writes.into_iter().map(|write| (relation.index, write)));
    patch
}

/// Changes with what is written at the other end of a relation to one.
pub fn one<M, T, A, S, H>(
    mut patch: Patch,
    relation: Relation<M, T, A>,
    edit: impl FnOnce(EditOne<T, S, H>) -> EditOne<T, S, H>,
) -> Patch {
    let writes = edit(EditOne::new()).writes;
    patch.links.extend(writes.into_iter().map(|write| (relation.index, write)));
    patch
}
