//! Orders as values.

use std::marker::PhantomData;

use super::set::Columns;
use crate::Marks;
use crate::operation::{Nulls, OrderBy, OrderTerm};

/// An order of rows.
#[must_use]
pub struct Order<M> {
    pub(crate) term: OrderTerm,
    table: Marks<M>,
}

impl<M> Order<M> {
    pub(crate) fn new(by: OrderBy, descending: bool) -> Self {
        Order::from_term(OrderTerm { by, descending, nulls: None })
    }

    pub(crate) fn from_term(term: OrderTerm) -> Self {
        Order { term, table: PhantomData }
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

impl<M> Clone for Order<M> {
    fn clone(&self) -> Self {
        Order::from_term(self.term.clone())
    }
}

/// Rows that answer a full-text search best come first (PostgreSQL, MySQL, MariaDB).
pub fn relevance<M>(columns: impl Columns<M>, query: impl Into<String>) -> Order<M> {
    Order::new(OrderBy::Relevance { columns: columns.indices(), query: query.into() }, true)
}

/// One or several orders: `user::name.asc()`, or an array of them, the first deciding.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no order of rows of `{M}`",
    label = "not an order of `{M}`",
    note = "give an order by a column of the same model, `user::name.asc()`, or an array of such",
    note = "by what is related: `post::author.by(user::name.asc())`, `user::posts.count().desc()`"
)]
pub trait Orders<M> {
    /// Appends the terms.
    #[doc(hidden)]
    fn push_onto(self, terms: &mut Vec<OrderTerm>);
}

#[diagnostic::do_not_recommend]
impl<M> Orders<M> for Order<M> {
    fn push_onto(self, terms: &mut Vec<OrderTerm>) {
        terms.push(self.term);
    }
}

#[diagnostic::do_not_recommend]
impl<M, const N: usize> Orders<M> for [Order<M>; N] {
    fn push_onto(self, terms: &mut Vec<OrderTerm>) {
        terms.extend(self.into_iter().map(|order| order.term));
    }
}

#[diagnostic::do_not_recommend]
impl<M> Orders<M> for Vec<Order<M>> {
    fn push_onto(self, terms: &mut Vec<OrderTerm>) {
        terms.extend(self.into_iter().map(|order| order.term));
    }
}
