//! Typed relations: constants of generated code, from which nested reads, counts and relation filters are made.

use std::marker::PhantomData;

use crate::Marks;
use crate::Table;
use crate::column::{Columns, Order, Orders};
use crate::error::{Error, Result};
use crate::filter::{Condition, Filter, Quantifier};
use crate::key::Unique;
use crate::operation::{Bound, Cursor, Field, Fields, OrderBy, Read};
use crate::run::Reader;
use crate::shape::{Append, Shape, Whole};

/// How many rows a relation leads to, as a type: [`ToMany`], [`ToOne`], [`ToMaybe`].
pub trait Arity: 'static {
    /// `Vec<X>`, `X` or `Option<X>`.
    type Of<X: Send + 'static>: Send + 'static;
    /// Any number of rows.
    #[doc(hidden)]
    const IS_MANY: bool = false;
    /// Gathers the related rows.
    #[doc(hidden)]
    fn gather<X: Send + 'static>(rows: impl ExactSizeIterator<Item = Result<X>>) -> Result<Self::Of<X>>;
}

/// Any number of rows.
pub enum ToMany {}
/// Exactly one row.
pub enum ToOne {}
/// One row or none.
pub enum ToMaybe {}

impl Arity for ToMany {
    type Of<X: Send + 'static> = Vec<X>;
    const IS_MANY: bool = true;
    fn gather<X: Send + 'static>(rows: impl ExactSizeIterator<Item = Result<X>>) -> Result<Vec<X>> {
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            all.push(row?);
        }
        Ok(all)
    }
}

impl Arity for ToOne {
    type Of<X: Send + 'static> = X;
    fn gather<X: Send + 'static>(mut rows: impl ExactSizeIterator<Item = Result<X>>) -> Result<X> {
        rows.next().unwrap_or_else(|| Err(Error::inconsistent("a required related row is missing in the database")))
    }
}

impl Arity for ToMaybe {
    type Of<X: Send + 'static> = Option<X>;
    fn gather<X: Send + 'static>(mut rows: impl ExactSizeIterator<Item = Result<X>>) -> Result<Option<X>> {
        rows.next().transpose()
    }
}

/// A relation from the table `M` to the table `T`.
pub struct Relation<M, T, A> {
    pub(crate) index: u16,
    types: Marks<(M, T, A)>,
}

/// A relation to any number of rows.
pub type Many<M, T> = Relation<M, T, ToMany>;
/// A relation to exactly one row.
pub type One<M, T> = Relation<M, T, ToOne>;
/// A relation to one row or none.
pub type Maybe<M, T> = Relation<M, T, ToMaybe>;

impl<M, T, A> Clone for Relation<M, T, A> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M, T, A> Copy for Relation<M, T, A> {}

impl<M, T, A> Relation<M, T, A> {
    /// The relation at this index of the table's metadata; for generated code.
    pub const fn new(index: u16) -> Self {
        Relation { index, types: PhantomData }
    }

    fn ordered<N>(self, order: Order<T>) -> Order<N> {
        let mut term = order.term;
        term.by = OrderBy::Related { relation: self.index, by: Box::new(term.by) };
        Order::from_term(term)
    }

    fn related(self, quantifier: Quantifier, filter: Filter<T>) -> Filter<M> {
        let relation = self.index;
        filter.through(|condition| Condition::Related { relation, quantifier, condition: Box::new(condition) })
    }
}

impl<M, T, A: Arity> Relation<M, T, A> {
    /// True when it leads to any number of rows; for generated code.
    #[doc(hidden)]
    pub const IS_MANY: bool = A::IS_MANY;
}

impl<M: Table, T: Table, A: Arity> Relation<M, T, A> {
    fn read(self) -> Nested<M, T, A, Whole<T>> {
        let mut read = Read::new(T::META);
        read.all_columns();
        Nested { relation: self.index, read, types: PhantomData }
    }

    /// With a relation of the related rows.
    pub fn with<R: Shape<T>>(self, relation: R) -> Nested<M, T, A, <Whole<T> as Append<R>>::Out>
    where
        Whole<T>: Append<R>,
    {
        self.read().with(relation)
    }

    /// Only these columns and relations of the related rows.
    pub fn select<S: Shape<T>>(self, shape: S) -> Nested<M, T, A, S> {
        self.read().select(shape)
    }
}

impl<M: Table, T: Table> Relation<M, T, ToMany> {
    /// Rows with at least one related row that fulfils the filter.
    pub fn some(self, filter: Filter<T>) -> Filter<M> {
        self.related(Quantifier::Some, filter)
    }

    /// Rows whose related rows all fulfil the filter; also rows that have none.
    pub fn every(self, filter: Filter<T>) -> Filter<M> {
        self.related(Quantifier::Every, filter)
    }

    /// Rows without a related row that fulfils the filter.
    pub fn none(self, filter: Filter<T>) -> Filter<M> {
        self.related(Quantifier::None, filter)
    }

    /// Rows that have a related row.
    pub fn exists(self) -> Filter<M> {
        self.related(Quantifier::Some, Filter::all([]))
    }

    /// Rows that have no related row.
    pub fn is_empty(self) -> Filter<M> {
        self.related(Quantifier::None, Filter::all([]))
    }

    /// The number of related rows.
    pub fn count(self) -> Count<M, T> {
        Count { relation: self.index, condition: None, types: PhantomData }
    }

    /// Only related rows that fulfil the filter.
    pub fn filter(self, filter: Filter<T>) -> Nested<M, T, ToMany, Whole<T>> {
        self.read().filter(filter)
    }

    /// Related rows in this order.
    pub fn order_by(self, orders: impl Orders<T>) -> Nested<M, T, ToMany, Whole<T>> {
        self.read().order_by(orders)
    }

    /// At most so many related rows of each row; below zero, the last ones.
    pub fn take(self, count: i64) -> Nested<M, T, ToMany, Whole<T>> {
        self.read().take(count)
    }

    /// Related rows from this one on; none below rows that it does not belong to.
    pub fn cursor(self, row: Unique<T>) -> Nested<M, T, ToMany, Whole<T>> {
        self.read().cursor(row)
    }

    /// Related rows after this one; none below rows that it does not belong to.
    pub fn after(self, row: Unique<T>) -> Nested<M, T, ToMany, Whole<T>> {
        self.read().after(row)
    }

    /// Of related rows that are equal in these columns only the first of each row.
    pub fn distinct(self, columns: impl Columns<T>) -> Nested<M, T, ToMany, Whole<T>> {
        self.read().distinct(columns)
    }

    /// Leaves out the first related rows of each row.
    pub fn skip(self, count: u64) -> Nested<M, T, ToMany, Whole<T>> {
        self.read().skip(count)
    }
}

impl<M: Table, T: Table> Relation<M, T, ToOne> {
    /// Rows in the order of their related rows: `post::author.by(user::name.asc())`.
    pub fn by(self, order: Order<T>) -> Order<M> {
        self.ordered(order)
    }

    /// Rows whose related row fulfils the filter.
    pub fn is(self, filter: Filter<T>) -> Filter<M> {
        self.related(Quantifier::Some, filter)
    }

    /// Rows whose related row does not fulfil the filter.
    pub fn is_not(self, filter: Filter<T>) -> Filter<M> {
        self.related(Quantifier::None, filter)
    }
}

impl<M: Table, T: Table> Relation<M, T, ToMaybe> {
    /// Rows in the order of their related rows: `post::author.by(user::name.asc())`.
    pub fn by(self, order: Order<T>) -> Order<M> {
        self.ordered(order)
    }

    /// Rows whose related row fulfils the filter.
    pub fn is(self, filter: Filter<T>) -> Filter<M> {
        self.related(Quantifier::Some, filter)
    }

    /// Rows whose related row does not fulfil the filter; also rows that have none.
    pub fn is_not(self, filter: Filter<T>) -> Filter<M> {
        self.related(Quantifier::None, filter)
    }

    /// Rows without a related row.
    pub fn is_null(self) -> Filter<M> {
        self.related(Quantifier::None, Filter::all([]))
    }

    /// Rows with a related row.
    pub fn is_not_null(self) -> Filter<M> {
        self.related(Quantifier::Some, Filter::all([]))
    }

    /// The related row only if it fulfils the filter.
    pub fn filter(self, filter: Filter<T>) -> Nested<M, T, ToMaybe, Whole<T>> {
        let mut nested = self.read();
        Condition::join(&mut nested.read.condition, filter.condition);
        nested
    }
}

impl<M: Table, T: Table, A: Arity> Shape<M> for Relation<M, T, A> {
    type Out = A::Of<T::Row>;
    fn plan(self, fields: &mut Fields) {
        self.read().plan(fields);
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self::Out> {
        Nested::<M, T, A, Whole<T>>::decode(reader)
    }
}

/// A nested read of a relation with its own filter, order, limits, selection and nested reads.
#[must_use]
pub struct Nested<M, T, A, S> {
    relation: u16,
    read: Read,
    types: Marks<(M, T, A, S)>,
}

impl<M, T: Table, A, S> Nested<M, T, A, S> {
    /// With a relation of the related rows.
    pub fn with<R: Shape<T>>(mut self, relation: R) -> Nested<M, T, A, S::Out>
    where
        S: Append<R>,
    {
        relation.plan(&mut self.read.fields);
        Nested { relation: self.relation, read: self.read, types: PhantomData }
    }

    /// Only these columns and relations of the related rows.
    pub fn select<N: Shape<T>>(mut self, shape: N) -> Nested<M, T, A, N> {
        self.read.fields.0.clear();
        shape.plan(&mut self.read.fields);
        Nested { relation: self.relation, read: self.read, types: PhantomData }
    }
}

impl<M, T, S> Nested<M, T, ToMany, S> {
    /// Only related rows that fulfil the filter (and those given before).
    pub fn filter(mut self, filter: Filter<T>) -> Self {
        Condition::join(&mut self.read.condition, filter.condition);
        self
    }

    /// Related rows in this order; further orders decide between equal rows.
    pub fn order_by(mut self, orders: impl Orders<T>) -> Self {
        orders.push_onto(&mut self.read.order);
        self
    }

    /// At most so many related rows of each row; below zero, the last ones (in the order asked for all the same).
    pub fn take(mut self, count: i64) -> Self {
        self.read.take = Some(count);
        self
    }

    /// Related rows from this one on (it comes first); none below rows that it does not belong to.
    pub fn cursor(mut self, row: Unique<T>) -> Self {
        self.read.cursor = Some(Cursor { at: Bound::Row(row.key), inclusive: true });
        self
    }

    /// Related rows after this one; none below rows that it does not belong to.
    pub fn after(mut self, row: Unique<T>) -> Self {
        self.read.cursor = Some(Cursor { at: Bound::Row(row.key), inclusive: false });
        self
    }

    /// Of related rows that are equal in these columns only the first of each row.
    pub fn distinct(mut self, columns: impl Columns<T>) -> Self {
        self.read.distinct = columns.indices();
        self
    }

    /// Leaves out the first related rows of each row.
    pub fn skip(mut self, count: u64) -> Self {
        self.read.skip = count;
        self
    }
}

impl<M: Table, T: Table, A: Arity, S: Shape<T>> Shape<M> for Nested<M, T, A, S> {
    type Out = A::Of<S::Out>;
    fn plan(self, fields: &mut Fields) {
        fields.0.push(Field::Nested { relation: self.relation, read: Box::new(self.read) });
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self::Out> {
        A::gather(reader.children(S::decode))
    }
}

/// The number of related rows, as a value in a selection.
#[must_use]
pub struct Count<M, T> {
    relation: u16,
    condition: Option<Condition>,
    types: Marks<(M, T)>,
}

impl<M, T> Count<M, T> {
    /// Counts only related rows that fulfil the filter.
    pub fn filter(mut self, filter: Filter<T>) -> Self {
        Condition::join(&mut self.condition, filter.condition);
        self
    }
}

impl<M, T> Count<M, T> {
    /// Rows with the fewest related rows first.
    pub fn asc(self) -> Order<M> {
        Order::new(OrderBy::Count { relation: self.relation, condition: self.condition }, false)
    }

    /// Rows with the most related rows first.
    pub fn desc(self) -> Order<M> {
        Order::new(OrderBy::Count { relation: self.relation, condition: self.condition }, true)
    }
}

impl<M: Table, T: Table> Shape<M> for Count<M, T> {
    type Out = i64;
    fn plan(self, fields: &mut Fields) {
        fields.0.push(Field::Count { relation: self.relation, condition: self.condition });
    }
    fn decode(reader: &mut Reader<'_>) -> Result<i64> {
        reader.next()
    }
}
