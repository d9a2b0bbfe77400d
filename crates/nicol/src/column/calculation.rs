//! Calculations over rows: counts, sums, averages, extremes.

use std::marker::PhantomData;

use bigdecimal::BigDecimal;
use jiff::Timestamp;
use nicol_db::Value;

use super::Col;
use crate::filter::{Calculation, Comparison, Condition, Function};
use crate::group::{GroupOrder, Having};
use crate::operation::OrderBy;
use crate::scalar::{Enumeration, Given, Scalar};
use crate::{Marks, Table};

/// A calculation over rows of `M` that gives a `T` for each group of rows; over all rows it gives none when there are
/// none, whatever `T`.
#[must_use]
pub struct Calculated<M, T> {
    pub(crate) calculation: Calculation,
    types: Marks<(M, T)>,
}

impl<M, T> Clone for Calculated<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M, T> Copy for Calculated<M, T> {}

/// The number of rows.
pub fn count<M>() -> Counted<M> {
    Counted { calculation: Calculation { function: Function::Count, column: None }, table: PhantomData }
}

/// A number of rows; 0 when there are none.
#[must_use]
pub struct Counted<M> {
    pub(crate) calculation: Calculation,
    table: Marks<M>,
}

impl<M> Clone for Counted<M> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M> Copy for Counted<M> {}

/// Numbers that can be added up.
pub trait Summed: Scalar {
    /// The type of the sum: of `Int` a 64-bit number, else the column's own; optional when the column is.
    type Sum: Scalar;
}

/// Numbers that have an average.
pub trait Averaged: Scalar {
    /// The type of the average: a float, of `Decimal` a `Decimal`; optional when the column is.
    type Average: Scalar;
}

macro_rules! number {
    ($($number:ty => $sum:ty, $average:ty;)*) => {$(
        impl Summed for $number {
            type Sum = $sum;
        }
        impl Summed for Option<$number> {
            type Sum = Option<$sum>;
        }
        impl Averaged for $number {
            type Average = $average;
        }
        impl Averaged for Option<$number> {
            type Average = Option<$average>;
        }
    )*};
}

number! {
    i32 => i64, f64;
    i64 => i64, f64;
    f64 => f64, f64;
    BigDecimal => BigDecimal, BigDecimal;
}

/// Types of which there is a least and a greatest value.
pub trait Ranked: Scalar {}

macro_rules! ranked {
    ($($ty:ty),*) => {$(
        impl Ranked for $ty {}
        impl Ranked for Option<$ty> {}
    )*};
}

ranked!(i32, i64, f64, BigDecimal, String, Timestamp);
impl<E: Enumeration> Ranked for E {}
impl<E: Enumeration> Ranked for Option<E> {}

impl<M, C: Scalar> Col<M, C> {
    fn calculated<T>(self, function: Function) -> Calculated<M, T> {
        Calculated { calculation: Calculation { function, column: Some(self.index) }, types: PhantomData }
    }

    /// The number of rows in which the column is not NULL.
    pub fn count(self) -> Counted<M> {
        let calculation = Calculation { function: Function::Count, column: Some(self.index) };
        Counted { calculation, table: PhantomData }
    }

    /// The sum.
    pub fn sum(self) -> Calculated<M, C::Sum>
    where
        C: Summed,
    {
        self.calculated(Function::Sum)
    }

    /// The average.
    pub fn avg(self) -> Calculated<M, C::Average>
    where
        C: Averaged,
    {
        self.calculated(Function::Avg)
    }

    /// The least value.
    pub fn min(self) -> Calculated<M, C>
    where
        C: Ranked,
    {
        self.calculated(Function::Min)
    }

    /// The greatest value.
    pub fn max(self) -> Calculated<M, C>
    where
        C: Ranked,
    {
        self.calculated(Function::Max)
    }
}

/// The parameter for a value that a calculation is compared with: the least and the greatest instant are such as the column keeps.
fn fitting<M: Table>(calculation: Calculation, value: Value) -> Value {
    match calculation.column {
        Some(column) => M::META.column(column).fit(value),
        None => value,
    }
}

macro_rules! comparable {
    ([$($generics:tt)*] $ty:ty => $value:ty) => {
        impl<$($generics)*> $ty {
            fn compare(self, comparison: Comparison, value: impl Given<$value>) -> Having<M> {
                let value = fitting::<M>(self.calculation, value.given().into_value());
                Having::new(Condition::Calculated { calculation: self.calculation, comparison, value })
            }

            /// Groups for which it is equal to a value.
            pub fn eq(self, value: impl Given<$value>) -> Having<M> {
                self.compare(Comparison::Equal, value)
            }

            /// Groups for which it is different from a value.
            pub fn ne(self, value: impl Given<$value>) -> Having<M> {
                self.compare(Comparison::NotEqual, value)
            }

            /// Groups for which it is less than a value.
            pub fn lt(self, value: impl Given<$value>) -> Having<M> {
                self.compare(Comparison::Less, value)
            }

            /// Groups for which it is at most a value.
            pub fn lte(self, value: impl Given<$value>) -> Having<M> {
                self.compare(Comparison::LessOrEqual, value)
            }

            /// Groups for which it is greater than a value.
            pub fn gt(self, value: impl Given<$value>) -> Having<M> {
                self.compare(Comparison::Greater, value)
            }

            /// Groups for which it is at least a value.
            pub fn gte(self, value: impl Given<$value>) -> Having<M> {
                self.compare(Comparison::GreaterOrEqual, value)
            }

            /// Groups for which it is equal to one of some values.
            pub fn in_<G: Given<$value>>(self, values: impl IntoIterator<Item = G>) -> Having<M> {
                let equal = values.into_iter().map(|value| self.eq(value).condition);
                Having::new(Condition::Any(equal.collect()))
            }

            /// Groups for which it is different from all of some values.
            pub fn not_in<G: Given<$value>>(self, values: impl IntoIterator<Item = G>) -> Having<M> {
                let different = values.into_iter().map(|value| self.ne(value).condition);
                Having::new(Condition::All(different.collect()))
            }

            /// Groups in ascending order of it.
            pub fn asc(self) -> GroupOrder<M> {
                GroupOrder::new(OrderBy::Calculated(self.calculation), false)
            }

            /// Groups in descending order of it.
            pub fn desc(self) -> GroupOrder<M> {
                GroupOrder::new(OrderBy::Calculated(self.calculation), true)
            }
        }
    };
}

comparable!([M: Table, T: Scalar] Calculated<M, T> => T::Plain);
comparable!([M: Table] Counted<M> => i64);

impl<M, T> Calculated<M, T> {
    fn null(self, comparison: Comparison) -> Having<M> {
        Having::new(Condition::Calculated { calculation: self.calculation, comparison, value: Value::Null })
    }

    /// Groups for which it has no value: all of their rows have NULL there.
    pub fn is_null(self) -> Having<M> {
        self.null(Comparison::Equal)
    }

    /// Groups for which it has a value.
    pub fn is_not_null(self) -> Having<M> {
        self.null(Comparison::NotEqual)
    }
}
