//! Columns of text.

use std::marker::PhantomData;

use super::Col;
use super::set::Columns;
use crate::Marks;
use crate::filter::{Comparison, Condition, Filter, Operand, Place};
use crate::scalar::{Given, Scalar};

/// Columns of text, optional or not.
pub trait Text: Scalar<Plain = String> {}
impl Text for String {}
impl Text for Option<String> {}

impl<M, T: Text> Col<M, T> {
    fn like(self, place: Place, text: impl Given<String>) -> Filter<M> {
        Filter::new(Condition::Like { column: self.index, place, text: text.given(), fold: false })
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

    /// The same column, for comparisons in which upper and lower case are the same: `user::name.insensitive().eq("ann")`.
    /// SQLite knows this of the letters A to Z only.
    pub fn insensitive(self) -> Insensitive<M> {
        Insensitive { column: self.index, table: PhantomData }
    }

    /// Answers a full-text search, in the words of the database: `cat & !dog` (PostgreSQL's `to_tsquery`), `+cat -dog`
    /// (MySQL's boolean mode, which needs a full-text index). SQLite has none: P2019.
    pub fn search(self, query: impl Into<String>) -> Filter<M>
    where
        M: Searchable,
    {
        search(self, query)
    }
}

/// Tables whose columns of text answer a full-text search. Generated code says so where the schema has it: always on MySQL, on
/// PostgreSQL with the preview feature `fullTextSearchPostgres`.
#[diagnostic::on_unimplemented(
    message = "the schema of this client has no full-text search",
    note = "on PostgreSQL the generator needs `previewFeatures = [\"fullTextSearchPostgres\"]`"
)]
pub trait Searchable {}

/// Answers a full-text search over several columns together; see [`Col::search`].
pub fn search<M: Searchable>(columns: impl Columns<M>, query: impl Into<String>) -> Filter<M> {
    Filter::new(Condition::Search { columns: columns.indices(), query: query.into() })
}

/// A text column whose letter case does not count; see [`Col::insensitive`].
pub struct Insensitive<M> {
    column: u16,
    table: Marks<M>,
}

impl<M> Clone for Insensitive<M> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M> Copy for Insensitive<M> {}

impl<M> Insensitive<M> {
    fn compare(self, comparison: Comparison, value: impl Given<String>) -> Filter<M> {
        let operand = Operand::Value(value.given().into_value());
        Filter::new(Condition::Compare { column: self.column, comparison, operand, fold: true })
    }

    fn like(self, place: Place, text: impl Given<String>) -> Filter<M> {
        Filter::new(Condition::Like { column: self.column, place, text: text.given(), fold: true })
    }

    fn one_of<G: Given<String>>(self, values: impl IntoIterator<Item = G>, negated: bool) -> Filter<M> {
        let values = values.into_iter().map(|value| value.given().into_value()).collect();
        Filter::new(Condition::In { column: self.column, values, negated, fold: true })
    }

    /// Equal to a text.
    pub fn eq(self, value: impl Given<String>) -> Filter<M> {
        self.compare(Comparison::Equal, value)
    }

    /// Different from a text.
    pub fn ne(self, value: impl Given<String>) -> Filter<M> {
        self.compare(Comparison::NotEqual, value)
    }

    /// Before a text.
    pub fn lt(self, value: impl Given<String>) -> Filter<M> {
        self.compare(Comparison::Less, value)
    }

    /// Before a text, or equal.
    pub fn lte(self, value: impl Given<String>) -> Filter<M> {
        self.compare(Comparison::LessOrEqual, value)
    }

    /// After a text.
    pub fn gt(self, value: impl Given<String>) -> Filter<M> {
        self.compare(Comparison::Greater, value)
    }

    /// After a text, or equal.
    pub fn gte(self, value: impl Given<String>) -> Filter<M> {
        self.compare(Comparison::GreaterOrEqual, value)
    }

    /// Equal to one of the texts.
    pub fn in_<G: Given<String>>(self, values: impl IntoIterator<Item = G>) -> Filter<M> {
        self.one_of(values, false)
    }

    /// Different from all of the texts.
    pub fn not_in<G: Given<String>>(self, values: impl IntoIterator<Item = G>) -> Filter<M> {
        self.one_of(values, true)
    }

    /// Contains this text.
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
