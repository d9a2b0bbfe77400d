//! Unique keys, and what may stand at the other end of a relation when a row is written.

use std::marker::PhantomData;

use nicol_db::Value;

use crate::Marks;
use crate::Table;
use crate::filter::{Condition, Filter};
use crate::operation::{Draft, Key, LinkWrite};

/// A unique key of `M` with its values: names at most one row.
#[must_use]
pub struct Unique<M> {
    pub(crate) key: Key,
    table: Marks<M>,
}

impl<M> Unique<M> {
    /// The key over these columns; for generated code.
    pub fn by<const N: usize>(values: [(u16, Value); N]) -> Self {
        Unique { key: Key { values: values.into(), and: None }, table: PhantomData }
    }

    /// Only if the row also fulfils the filter; else it counts as absent.
    pub fn and(mut self, filter: Filter<M>) -> Self {
        Condition::join(&mut self.key.and, filter.condition);
        self
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
        Parent { write: LinkWrite::Create(form.into_draft()), table: PhantomData }
    }
}

/// A row below a new row: an existing one by its key, or a new one in a form that leaves out the parent.
#[derive(Debug, Clone)]
pub struct Child<T, S> {
    pub(crate) write: LinkWrite,
    types: Marks<(T, S)>,
}

impl<T, S> From<Unique<T>> for Child<T, S> {
    fn from(unique: Unique<T>) -> Self {
        Child { write: LinkWrite::Connect(unique.key), types: PhantomData }
    }
}

impl<F: Form> From<F> for Child<F::Table, F::Scope> {
    fn from(form: F) -> Self {
        Child { write: LinkWrite::Create(form.into_draft()), types: PhantomData }
    }
}

/// Rows below a new row: an array, a vector, an option or a mapped iterator of one kind, or a tuple of several kinds
/// (`(post::In { .. }.published(true), post::In { .. }, post::by_id(7))`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand for rows of `{T}` here",
    note = "give an array of one kind of row, or a tuple of several"
)]
pub trait Children<T, S> {
    /// Appends the rows.
    #[doc(hidden)]
    fn push_onto(self, children: &mut Vec<Child<T, S>>);
}

macro_rules! sequence {
    ($([$($generics:tt)*] $sequence:ty),*) => {$(
        impl<T, S, X: Into<Child<T, S>>, $($generics)*> Children<T, S> for $sequence {
            fn push_onto(self, children: &mut Vec<Child<T, S>>) {
                children.extend(self.into_iter().map(Into::into));
            }
        }
    )*};
}

sequence!([const N: usize] [X; N], [] Vec<X>, [] Option<X>, [I: Iterator, F: FnMut(I::Item) -> X] std::iter::Map<I, F>);

macro_rules! tuple {
    ($($name:ident)*) => {
        impl<T, S, $($name: Into<Child<T, S>>),*> Children<T, S> for ($($name,)*) {
            #[allow(non_snake_case, reason = "the type's name serves for its value")]
            fn push_onto(self, children: &mut Vec<Child<T, S>>) {
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
