//! Unique keys, and what may stand at the other end of a relation when a row is written.

use std::marker::PhantomData;

use nicol_db::Value;

use crate::Marks;
use crate::Table;
use crate::edit::Attach;
use crate::filter::{Condition, Filter};
use crate::operation::{Draft, Key, LinkWrite};

/// A unique key of `M` with its values: names at most one row.
#[must_use]
pub struct Unique<M> {
    pub(crate) key: Key,
    table: Marks<M>,
}

impl<M: Table> Unique<M> {
    /// The key over these columns; for generated code.
    pub fn by<const N: usize>(values: [(u16, Value); N]) -> Self {
        let values = values.map(|(column, value)| (column, M::META.column(column).fit(value)));
        Unique { key: Key { values: values.into(), and: None }, table: PhantomData }
    }
}

impl<M> Unique<M> {
    /// Only if the row also fulfils the filter; else it counts as absent.
    pub fn and(mut self, filter: Filter<M>) -> Self {
        Condition::join(&mut self.key.and, filter.condition);
        self
    }

    /// The row with this key, or a new one when there is none. Free of races: of several requests at a time one creates it.
    pub fn or_create<F: Form<Table = M>>(self, form: F) -> OrCreate<F> {
        OrCreate { key: self, form }
    }
}

impl<M> Clone for Unique<M> {
    fn clone(&self) -> Self {
        Unique { key: self.key.clone(), table: PhantomData }
    }
}

/// A struct that describes a new row: the generated `New`, `Raw`, `In` and `Draft`.
pub trait Form {
    /// The table of the row.
    type Table: Table;
    /// Where the row may be created: [`Root`] anywhere, a generated `In` only below the parent it leaves out.
    type Scope;
    /// The row as plain data.
    fn into_draft(self) -> Draft;
}

/// The scope of forms that say everything a row needs.
#[derive(Debug, Clone)]
pub enum Root {}

/// Scopes of forms whose rows hang on no other: [`Root`] alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is the form of a row below another one",
    label = "its parent is missing here",
    note = "the form `New` has the parents of a row, the form `Raw` has their keys"
)]
pub trait Top {}
impl Top for Root {}

/// The one row that a new row belongs to: an existing one by its key, or a new one.
#[derive(Debug, Clone)]
pub struct Parent<T> {
    pub(crate) write: LinkWrite,
    table: Marks<T>,
}

impl<T> From<Unique<T>> for Parent<T> {
    fn from(unique: Unique<T>) -> Self {
        Parent { write: LinkWrite::Connect(unique.key), table: PhantomData }
    }
}

impl<F: Form<Scope = Root>> From<F> for Parent<F::Table> {
    fn from(form: F) -> Self {
        Parent { write: create(form), table: PhantomData }
    }
}

impl<F: Form<Scope = Root>> From<OrCreate<F>> for Parent<F::Table> {
    fn from(either: OrCreate<F>) -> Self {
        Parent { write: either.into_write(), table: PhantomData }
    }
}

fn create(form: impl Form) -> LinkWrite {
    LinkWrite::Create { draft: form.into_draft(), skip: false }
}

/// A row by its key, and what to create when it is not there; made by [`Unique::or_create`].
#[must_use]
pub struct OrCreate<F: Form> {
    key: Unique<F::Table>,
    form: F,
}

impl<F: Form> OrCreate<F> {
    fn into_write(self) -> LinkWrite {
        LinkWrite::ConnectOrCreate(self.key.key, self.form.into_draft())
    }
}

/// A row below a new row: an existing one by its key, or a new one in a form that leaves out the parent. `H` says whether
/// existing ones can be taken (see [`edit`](crate::edit)).
#[derive(Debug, Clone)]
pub struct Child<T, S, H> {
    pub(crate) write: LinkWrite,
    types: Marks<(T, S, H)>,
}

impl<T, S, H: Attach> From<Unique<T>> for Child<T, S, H> {
    fn from(unique: Unique<T>) -> Self {
        Child { write: LinkWrite::Connect(unique.key), types: PhantomData }
    }
}

impl<F: Form, H> From<F> for Child<F::Table, F::Scope, H> {
    fn from(form: F) -> Self {
        Child { write: create(form), types: PhantomData }
    }
}

impl<F: Form, H: Attach> From<OrCreate<F>> for Child<F::Table, F::Scope, H> {
    fn from(either: OrCreate<F>) -> Self {
        Child { write: either.into_write(), types: PhantomData }
    }
}

/// A new row of `T` in the form `S`.
#[derive(Debug, Clone)]
pub struct NewRow<T, S> {
    pub(crate) draft: Draft,
    pub(crate) skip: bool,
    types: Marks<(T, S)>,
}

impl<F: Form> From<F> for NewRow<F::Table, F::Scope> {
    fn from(form: F) -> Self {
        NewRow { draft: form.into_draft(), skip: false, types: PhantomData }
    }
}

/// A row of `T` by its key, perhaps with what to create in the form `S` when it is not there.
#[derive(Debug, Clone)]
pub struct Existing<T, S> {
    pub(crate) write: LinkWrite,
    types: Marks<(T, S)>,
}

impl<T, S> From<Unique<T>> for Existing<T, S> {
    fn from(unique: Unique<T>) -> Self {
        Existing { write: LinkWrite::Connect(unique.key), types: PhantomData }
    }
}

impl<F: Form> From<OrCreate<F>> for Existing<F::Table, F::Scope> {
    fn from(either: OrCreate<F>) -> Self {
        Existing { write: either.into_write(), types: PhantomData }
    }
}

/// Rows as a `C`: one, an array, a vector, an option or a mapped iterator of one kind, or a tuple of several kinds
/// (`(post::In { .. }.published(true), post::In { .. }, post::by_id(7))`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit this relation",
    label = "not what the relation leads to",
    note = "a row to create is given in the form `In`, which leaves its parent out; one that is there by a key, as `post::by_id(1)`",
    note = "give one row, an array of one kind of row, or a tuple of several"
)]
pub trait Children<C> {
    /// Appends the rows.
    #[doc(hidden)]
    fn push_onto(self, children: &mut Vec<C>);
}

#[diagnostic::do_not_recommend]
impl<F: Form, C: From<F>> Children<C> for F {
    fn push_onto(self, children: &mut Vec<C>) {
        children.push(self.into());
    }
}

#[diagnostic::do_not_recommend]
impl<T, C: From<Unique<T>>> Children<C> for Unique<T> {
    fn push_onto(self, children: &mut Vec<C>) {
        children.push(self.into());
    }
}

#[diagnostic::do_not_recommend]
impl<F: Form, C: From<OrCreate<F>>> Children<C> for OrCreate<F> {
    fn push_onto(self, children: &mut Vec<C>) {
        children.push(self.into());
    }
}

macro_rules! sequence {
    ($([$($generics:tt)*] $sequence:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<C, X: Into<C>, $($generics)*> Children<C> for $sequence {
            fn push_onto(self, children: &mut Vec<C>) {
                children.extend(self.into_iter().map(Into::into));
            }
        }
    )*};
}

sequence!([const N: usize] [X; N], [] Vec<X>, [] Option<X>, [I: Iterator, F: FnMut(I::Item) -> X] std::iter::Map<I, F>);

macro_rules! tuple {
    ($($name:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<Item, $($name: Into<Item>),*> Children<Item> for ($($name,)*) {
            #[allow(non_snake_case, reason = "the type's name serves for its value")]
            fn push_onto(self, children: &mut Vec<Item>) {
                let ($($name,)*) = self;
                $(children.push($name.into());)*
            }
        }
    };
}

tuple!(A);
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);
tuple!(A B C D E);
tuple!(A B C D E F);
tuple!(A B C D E F G);
tuple!(A B C D E F G H);

/// New rows of which those are left out that have a unique key which is taken: made by [`skip_duplicates`].
#[must_use]
pub struct SkipDuplicates<X>(X);

/// Rows to create, without those that have a unique key which is taken.
pub fn skip_duplicates<X>(rows: X) -> SkipDuplicates<X> {
    SkipDuplicates(rows)
}

#[diagnostic::do_not_recommend]
impl<T, S, X: Children<NewRow<T, S>>> Children<NewRow<T, S>> for SkipDuplicates<X> {
    fn push_onto(self, children: &mut Vec<NewRow<T, S>>) {
        let before = children.len();
        self.0.push_onto(children);
        children[before..].iter_mut().for_each(|row| row.skip = true);
    }
}

#[diagnostic::do_not_recommend]
impl<T, S, H, X: Children<NewRow<T, S>>> Children<Child<T, S, H>> for SkipDuplicates<X> {
    fn push_onto(self, children: &mut Vec<Child<T, S, H>>) {
        let mut rows = Vec::new();
        self.0.push_onto(&mut rows);
        let write = |row: NewRow<T, S>| LinkWrite::Create { draft: row.draft, skip: true };
        children.extend(rows.into_iter().map(|row| Child { write: write(row), types: PhantomData }));
    }
}
