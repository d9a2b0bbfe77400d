//! Groups of rows: what is told of them, conditions on them, and their order.

use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use crate::column::{Calculated, Col, Counted, Order};
use crate::error::Result;
use crate::filter::{Condition, Filter};
use crate::operation::{OrderBy, OrderTerm, SummaryItem, SummaryItems};
use crate::run::Reader;
use crate::scalar::{Plain, Scalar};
use crate::{Marks, Table};

/// What can be told of all rows of `M` together: calculations, and tuples of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a calculation over rows of `{M}`",
    note = "select calculations such as `post::views.sum()` or `nicol::count()`; columns belong into `group_by`"
)]
pub trait Total<M> {
    /// What comes out.
    type Out: Send + 'static;
    /// Appends what is wanted.
    #[doc(hidden)]
    fn plan(self, items: &mut SummaryItems);
    /// Reads it back.
    #[doc(hidden)]
    fn decode(reader: &mut Reader<'_>) -> Result<Self::Out>;
}

/// What can be told of each group of rows of `M`: calculations, the columns that make the groups, and tuples of them.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be told of a group of `{M}` rows")]
pub trait Grouped<M> {
    /// What comes out for each group.
    type Out: Send + 'static;
    /// Appends what is wanted.
    #[doc(hidden)]
    fn plan(self, items: &mut SummaryItems);
    /// Reads it back.
    #[doc(hidden)]
    fn decode(reader: &mut Reader<'_>) -> Result<Self::Out>;
}

impl<M: Table, T: Scalar> Total<M> for Calculated<M, T>
where
    T::Plain: Plain,
{
    type Out = Option<T::Plain>;
    fn plan(self, items: &mut SummaryItems) {
        items.0.push(SummaryItem::Calculated(self.calculation));
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self::Out> {
        reader.next()
    }
}

impl<M: Table> Total<M> for Counted<M> {
    type Out = i64;
    fn plan(self, items: &mut SummaryItems) {
        items.0.push(SummaryItem::Calculated(self.calculation));
    }
    fn decode(reader: &mut Reader<'_>) -> Result<i64> {
        reader.next()
    }
}

macro_rules! grouped {
    ([$($generics:tt)*] $ty:ty => $out:ty, $this:ident, $item:expr) => {
        impl<$($generics)*> Grouped<M> for $ty {
            type Out = $out;
            fn plan(self, items: &mut SummaryItems) {
                let $this = self;
                items.0.push($item);
            }
            fn decode(reader: &mut Reader<'_>) -> Result<Self::Out> {
                reader.next()
            }
        }
    };
}

grouped!([M: Table, T: Scalar] Calculated<M, T> => T, this, SummaryItem::Calculated(this.calculation));
grouped!([M: Table] Counted<M> => i64, this, SummaryItem::Calculated(this.calculation));
grouped!([M: Table, T: Scalar] Col<M, T> => T, this, SummaryItem::Column(this.index));

macro_rules! tuples {
    ($trait:ident: $($name:ident)*) => {
        impl<Model, $($name: $trait<Model>),*> $trait<Model> for ($($name,)*) {
            type Out = ($($name::Out,)*);
            #[allow(non_snake_case, reason = "the type's name serves for its value")]
            fn plan(self, items: &mut SummaryItems) {
                let ($($name,)*) = self;
                $($name.plan(items);)*
            }
            fn decode(reader: &mut Reader<'_>) -> Result<Self::Out> {
                Ok(($($name::decode(reader)?,)*))
            }
        }
    };
}

macro_rules! both {
    ($($name:ident)*) => {
        tuples!(Total: $($name)*);
        tuples!(Grouped: $($name)*);
    };
}

both!(A);
both!(A B);
both!(A B C);
both!(A B C D);
both!(A B C D E);
both!(A B C D E F);
both!(A B C D E F G);
both!(A B C D E F G H);
both!(A B C D E F G H I);
both!(A B C D E F G H I J);
both!(A B C D E F G H I J K);
both!(A B C D E F G H I J K L);

/// A condition on groups: `post::views.sum().gt(10)`, or a filter on the columns that make the groups. Joined by `&`,
/// `|` and `!`.
#[must_use]
pub struct Having<M> {
    pub(crate) condition: Condition,
    table: Marks<M>,
}

impl<M> Having<M> {
    pub(crate) fn new(condition: Condition) -> Self {
        Having { condition, table: PhantomData }
    }
}

impl<M> From<Filter<M>> for Having<M> {
    fn from(filter: Filter<M>) -> Self {
        Having::new(filter.condition)
    }
}

impl<M, O: Into<Having<M>>> BitAnd<O> for Having<M> {
    type Output = Having<M>;
    fn bitand(self, other: O) -> Having<M> {
        Having::new(self.condition.and(other.into().condition))
    }
}

impl<M, O: Into<Having<M>>> BitOr<O> for Having<M> {
    type Output = Having<M>;
    fn bitor(self, other: O) -> Having<M> {
        Having::new(Condition::Any(vec![self.condition, other.into().condition]))
    }
}

impl<M> Not for Having<M> {
    type Output = Having<M>;
    fn not(self) -> Having<M> {
        Having::new(Condition::Not(Box::new(self.condition)))
    }
}

/// An order of groups: by a calculation, or by a column that makes the groups.
#[must_use]
pub struct GroupOrder<M> {
    pub(crate) term: OrderTerm,
    table: Marks<M>,
}

impl<M> GroupOrder<M> {
    pub(crate) fn new(by: OrderBy, descending: bool) -> Self {
        GroupOrder { term: OrderTerm { by, descending, nulls: None }, table: PhantomData }
    }
}

impl<M> From<Order<M>> for GroupOrder<M> {
    fn from(order: Order<M>) -> Self {
        GroupOrder { term: order.term, table: PhantomData }
    }
}
