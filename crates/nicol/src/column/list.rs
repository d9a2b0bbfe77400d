//! List columns (`T[]`): arrays on PostgreSQL and CockroachDB. A client used on a database that has no arrays takes the column
//! for one of type `Json` that holds an array.

use super::Col;
use crate::Table;
use crate::filter::{Condition, Filter, ListTest};
use crate::scalar::{Given, Plain, Scalar};

/// A column that is NULL (rows older than it may be) reads as an empty list, but no test of the database finds it.
impl<M: Table, T: Plain> Col<M, Vec<T>>
where
    Vec<T>: Scalar<Plain = Vec<T>>,
{
    fn test(self, test: ListTest) -> Filter<M> {
        Filter::new(Condition::List { column: self.index, test })
    }

    /// Has this element.
    pub fn has(self, value: impl Given<T>) -> Filter<M> {
        self.test(ListTest::HasEvery(vec![self.fitting(value.given())]))
    }

    /// Has all of these elements.
    pub fn has_every<G: Given<T>>(self, values: impl IntoIterator<Item = G>) -> Filter<M> {
        let values = values.into_iter().map(|value| self.fitting(value.given())).collect();
        self.test(ListTest::HasEvery(values))
    }

    /// Has at least one of these elements.
    pub fn has_some<G: Given<T>>(self, values: impl IntoIterator<Item = G>) -> Filter<M> {
        let values = values.into_iter().map(|value| self.fitting(value.given())).collect();
        self.test(ListTest::HasSome(values))
    }

    /// Has no elements.
    pub fn is_empty(self) -> Filter<M> {
        self.test(ListTest::IsEmpty(true))
    }

    /// Has elements.
    pub fn is_not_empty(self) -> Filter<M> {
        self.test(ListTest::IsEmpty(false))
    }
}
