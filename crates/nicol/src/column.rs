//! Typed columns: constants of generated code, from which filters, orders and selections are made.

use std::marker::PhantomData;

use crate::Marks;
use crate::filter::{Comparison, Condition, Filter, Place};
use crate::operation::{Nulls, OrderTerm};
use crate::scalar::{Given, Scalar};

/// A column of type `T` of the table `M`.
pub struct Col<M, T> {
    pub(crate) index: u16,
    types: Marks<(M, T)>,
}

impl<M, T> Clone for Col<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M, T> Copy for Col<M, T> {}

impl<M, T> Col<M, T> {
    /// The column at this index of the table's metadata; for generated code.
    pub const fn at(index: u16) -> Self {
        Col { index, types: PhantomData }
    }

    /// In ascending order.
    pub fn asc(self) -> Order<M> {
        Order::new(self.index, false)
    }

    /// In descending order.
    pub fn desc(self) -> Order<M> {
        Order::new(self.index, true)
    }
}

impl<M, T: Scalar> Col<M, T> {
    fn compare(self, comparison: Comparison, value: impl Given<T::Plain>) -> Filter<M> {
        Filter::new(Condition::Compare { column: self.index, comparison, value: value.given().into_value() })
    }

    /// Equal to a value. For NULL see [`is_null`](Col::is_null).
    pub fn eq(self, value: impl Given<T::Plain>) -> Filter<M> {
        self.compare(Comparison::Equal, value)
    }

    /// Different from a value. As in SQL, NULL is not different.
    pub fn ne(self, value: impl Given<T::Plain>) -> Filter<M> {
        self.compare(Comparison::NotEqual, value)
    }

    /// Less than a value.
    pub fn lt(self, value: impl Given<T::Plain>) -> Filter<M> {
        self.compare(Comparison::Less, value)
    }

    /// At most a value.
    pub fn lte(self, value: impl Given<T::Plain>) -> Filter<M> {
        self.compare(Comparison::LessOrEqual, value)
    }

    /// Greater than a value.
    pub fn gt(self, value: impl Given<T::Plain>) -> Filter<M> {
        self.compare(Comparison::Greater, value)
    }

    /// At least a value.
    pub fn gte(self, value: impl Given<T::Plain>) -> Filter<M> {
        self.compare(Comparison::GreaterOrEqual, value)
    }

    fn one_of<G: Given<T::Plain>>(self, values: impl IntoIterator<Item = G>, negated: bool) -> Filter<M> {
        let values = values.into_iter().map(|value| value.given().into_value()).collect();
        Filter::new(Condition::In { column: self.index, values, negated })
    }

    /// Equal to one of the values; no values, no rows.
    pub fn in_<G: Given<T::Plain>>(self, values: impl IntoIterator<Item = G>) -> Filter<M> {
        self.one_of(values, false)
    }

    /// Different from all of the values.
    pub fn not_in<G: Given<T::Plain>>(self, values: impl IntoIterator<Item = G>) -> Filter<M> {
        self.one_of(values, true)
    }
}

/// Columns of text, optional or not.
pub trait Text: Scalar<Plain = String> {}
impl Text for String {}
impl Text for Option<String> {}

impl<M, T: Text> Col<M, T> {
    fn like(self, place: Place, text: impl Given<String>) -> Filter<M> {
        Filter::new(Condition::Like { column: self.index, place, text: text.given() })
    }

    /// Contains this text (`%` and `_` mean themselves). Letter case counts as the database's `LIKE` has it.
    pub fn contains(self, text: impl Given<String>) -> Filter<M> {
        self.like(Place::Anywhere, text)
    }

    /// Begins with this text.
    pub fn starts_with(self, text: impl Given<String>) -> Filter<M> {
        self.like(Place::Start, text)
    }

    /// Ends with this text.
    pub fn ends_with(self, text: impl Given<String>) -> Filter<M> {
        self.like(Place::End, text)
    }
}

impl<M, T> Col<M, Option<T>> {
    /// NULL.
    pub fn is_null(self) -> Filter<M> {
        Filter::new(Condition::Null { column: self.index, negated: false })
    }

    /// Not NULL.
    pub fn is_not_null(self) -> Filter<M> {
        Filter::new(Condition::Null { column: self.index, negated: true })
    }
}

/// An order of rows by one column.
#[must_use]
pub struct Order<M> {
    pub(crate) term: OrderTerm,
    table: Marks<M>,
}

impl<M> Order<M> {
    fn new(column: u16, descending: bool) -> Self {
        Order { term: OrderTerm { column, descending, nulls: None }, table: PhantomData }
    }

    /// NULL comes before all values. Without this or [`nulls_last`](Order::nulls_last), as the database has it.
    pub fn nulls_first(mut self) -> Self {
        self.term.nulls = Some(Nulls::First);
        self
    }

    /// NULL comes after all values.
    pub fn nulls_last(mut self) -> Self {
        self.term.nulls = Some(Nulls::Last);
        self
    }
}

/// One or several orders: `user::name.asc()`, or an array of them, the first deciding.
pub trait Orders<M> {
    /// Appends the terms.
    #[doc(hidden)]
    fn push_onto(self, terms: &mut Vec<OrderTerm>);
}

impl<M> Orders<M> for Order<M> {
    fn push_onto(self, terms: &mut Vec<OrderTerm>) {
        terms.push(self.term);
    }
}

impl<M, const N: usize> Orders<M> for [Order<M>; N] {
    fn push_onto(self, terms: &mut Vec<OrderTerm>) {
        terms.extend(self.into_iter().map(|order| order.term));
    }
}

impl<M> Orders<M> for Vec<Order<M>> {
    fn push_onto(self, terms: &mut Vec<OrderTerm>) {
        terms.extend(self.into_iter().map(|order| order.term));
    }
}
