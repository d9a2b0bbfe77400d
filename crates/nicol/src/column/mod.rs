//! Typed columns: constants of generated code, from which filters, orders and selections are made.

mod calculation;
mod json;
mod list;
mod order;
mod set;
mod text;

use std::marker::PhantomData;

use nicol_db::Value;

pub use calculation::{Averaged, Calculated, Counted, Ranked, Summed, count};
pub use json::{JsonPlace, PathStep};
pub use order::{Order, Orders, relevance};
pub use set::Columns;
pub use text::{Insensitive, Searchable, Text, search};

use crate::filter::{Comparison, Condition, Filter, Operand};
use crate::operation::OrderBy;
use crate::scalar::{Comparand, Given, Scalar};
use crate::{Marks, Table};

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
    pub const fn new(index: u16) -> Self {
        Col { index, types: PhantomData }
    }

    /// In ascending order.
    pub fn asc(self) -> Order<M> {
        Order::new(OrderBy::Column(self.index), false)
    }

    /// In descending order.
    pub fn desc(self) -> Order<M> {
        Order::new(OrderBy::Column(self.index), true)
    }
}

impl<M: Table, T: Scalar> Col<M, T> {
    /// The parameter for a value that the column is compared with.
    fn fitting(self, value: impl Scalar) -> Value {
        M::META.column(self.index).fit(value.into_value())
    }

    fn compare(self, comparison: Comparison, operand: impl Comparand<M, T::Plain>) -> Filter<M> {
        let operand = match operand.operand() {
            Operand::Value(value) => Operand::Value(M::META.column(self.index).fit(value)),
            column @ Operand::Column(_) => column,
        };
        Filter::new(Condition::Compare { column: self.index, comparison, operand, fold: false })
    }

    /// Equal to a value, or to another column of the row. For NULL see [`is_null`](Col::is_null).
    pub fn eq(self, value: impl Comparand<M, T::Plain>) -> Filter<M> {
        self.compare(Comparison::Equal, value)
    }

    /// Different from a value. As in SQL, NULL is not different.
    pub fn ne(self, value: impl Comparand<M, T::Plain>) -> Filter<M> {
        self.compare(Comparison::NotEqual, value)
    }

    /// Less than a value.
    pub fn lt(self, value: impl Comparand<M, T::Plain>) -> Filter<M> {
        self.compare(Comparison::Less, value)
    }

    /// At most a value.
    pub fn lte(self, value: impl Comparand<M, T::Plain>) -> Filter<M> {
        self.compare(Comparison::LessOrEqual, value)
    }

    /// Greater than a value.
    pub fn gt(self, value: impl Comparand<M, T::Plain>) -> Filter<M> {
        self.compare(Comparison::Greater, value)
    }

    /// At least a value.
    pub fn gte(self, value: impl Comparand<M, T::Plain>) -> Filter<M> {
        self.compare(Comparison::GreaterOrEqual, value)
    }

    fn one_of<G: Given<T::Plain>>(self, values: impl IntoIterator<Item = G>, negated: bool) -> Filter<M> {
        let values = values.into_iter().map(|value| self.fitting(value.given())).collect();
        Filter::new(Condition::In { column: self.index, values, negated, fold: false })
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
