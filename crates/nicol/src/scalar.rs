//! Values of columns: from Rust into parameters, from cells into Rust.

pub mod document;
#[cfg(any(feature = "chrono", feature = "time"))]
mod instant;

use bigdecimal::BigDecimal;
use jiff::Timestamp;
use nicol_db::{Cell, Decode, Value};

use crate::column::Col;
use crate::error::{Error, Result};
use crate::filter::Operand;

pub use document::Document;

/// A Rust type that a column can have.
pub trait Scalar: Sized + Send + Sync + 'static {
    /// The type without `Option`: what comparisons take.
    type Plain: Scalar;
    /// The parameter for this value.
    fn into_value(self) -> Value;
    /// The value of a cell.
    ///
    /// # Errors
    /// When the cell holds another type, or NULL where none is allowed.
    fn from_cell(cell: Cell<'_>) -> Result<Self>;
    /// The reverse of [`into_value`](Scalar::into_value); none for a value of another type.
    fn from_value(value: Value) -> Option<Self>;
}

/// Types that may be the element of a list, and that have an optional form: every scalar but `Option` and `Vec`.
pub trait Plain: Scalar<Plain = Self> {}

macro_rules! scalar {
    ($($ty:ty => $variant:ident),* $(,)?) => {$(
        impl Scalar for $ty {
            type Plain = $ty;
            fn into_value(self) -> Value {
                Value::$variant(self)
            }
            #[inline]
            fn from_cell(cell: Cell<'_>) -> Result<Self> {
                Ok(<$ty as Decode>::decode(cell)?)
            }
            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$variant(value) => Some(value),
                    _ => None,
                }
            }
        }
        impl Plain for $ty {}
    )*};
}

scalar! {
    i32 => Int,
    i64 => BigInt,
    f64 => Float,
    bool => Bool,
    String => Text,
    BigDecimal => Decimal,
    Timestamp => DateTime,
    Vec<u8> => Bytes,
    serde_json::Value => Json,
}

/// An enum of the schema, as a Rust enum.
pub trait Enumeration: Copy + Send + Sync + 'static {
    /// Name in the schema.
    const NAME: &'static str;
    /// Every variant with its value in the database.
    const VARIANTS: &'static [(Self, &'static str)];
    /// The value in the database.
    fn database_value(self) -> &'static str;
}

impl<E: Enumeration> Scalar for E {
    type Plain = E;
    fn into_value(self) -> Value {
        Value::Text(self.database_value().to_owned())
    }
    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        let text = String::decode(cell)?;
        let found = E::VARIANTS.iter().find(|(_, name)| *name == text);
        found
            .map(|(variant, _)| *variant)
            .ok_or_else(|| Error::inconsistent(format!("{text:?} is not a value of the enum {}", E::NAME)))
    }
    fn from_value(value: Value) -> Option<Self> {
        let text = String::from_value(value)?;
        E::VARIANTS.iter().find(|(_, name)| *name == text).map(|(variant, _)| *variant)
    }
}
impl<E: Enumeration> Plain for E {}

impl<T: Plain> Scalar for Option<T> {
    type Plain = T;
    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }
    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Null => Ok(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

/// A list column (`T[]`). A type of its own in signatures only: `Vec<u8>` is `Bytes`, not a list.
macro_rules! list {
    ($($ty:ty),*) => {$(
        impl Scalar for Vec<$ty> {
            type Plain = Vec<$ty>;
            fn into_value(self) -> Value {
                Value::List(self.into_iter().map(Scalar::into_value).collect())
            }
            fn from_cell(cell: Cell<'_>) -> Result<Self> {
                match cell {
                    // Rows older than the column may hold NULL.
                    Cell::Null => Ok(Vec::new()),
                    cell => Ok(<Vec<$ty> as Decode>::decode(cell)?),
                }
            }
            fn from_value(value: Value) -> Option<Self> {
                elements(value)
            }
        }
    )*};
}

list!(i32, i64, f64, bool, String, BigDecimal, Timestamp, Vec<u8>, serde_json::Value);

impl<E: Enumeration> Scalar for Vec<E> {
    type Plain = Vec<E>;
    fn into_value(self) -> Value {
        Value::List(self.into_iter().map(Scalar::into_value).collect())
    }
    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        let texts = match cell {
            Cell::Null => return Ok(Vec::new()),
            cell => Vec::<String>::decode(cell)?,
        };
        texts.iter().map(|text| E::from_cell(Cell::Text(text))).collect()
    }
    fn from_value(value: Value) -> Option<Self> {
        elements(value)
    }
}

fn elements<T: Scalar>(value: Value) -> Option<Vec<T>> {
    match value {
        Value::List(values) => values.into_iter().map(T::from_value).collect(),
        _ => None,
    }
}

/// What may be written where a `T` is wanted: `"text"` for a `String`, a plain value for an `Option`.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` cannot be given `{Self}`",
    label = "the schema wants `{T}` here",
    note = "only optional fields (`Option`) can be given `None`"
)]
pub trait Given<T>: Sure {
    /// The value.
    fn given(self) -> T;
}

/// Types whose values are there, unlike those of [`IfSome`]: what implements [`Given`].
pub trait Sure {}

impl<T: Scalar> Sure for T {}
impl Sure for &str {}
impl Sure for &String {}
impl Sure for &[u8] {}
impl<const N: usize> Sure for &[u8; N] {}
impl<T, const N: usize> Sure for [T; N] {}

#[diagnostic::do_not_recommend]
impl<T: Scalar> Given<T> for T {
    fn given(self) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Plain> Given<Option<T>> for T {
    fn given(self) -> Option<T> {
        Some(self)
    }
}

macro_rules! given {
    ($($from:ty => $to:ty, $value:ident => $how:expr);* $(;)?) => {$(
        #[diagnostic::do_not_recommend]
        impl Given<$to> for $from {
            fn given(self) -> $to {
                let $value = self;
                $how
            }
        }
        #[diagnostic::do_not_recommend]
        impl Given<Option<$to>> for $from {
            fn given(self) -> Option<$to> {
                Some(Given::<$to>::given(self))
            }
        }
    )*};
}

given! {
    &str => String, value => value.to_owned();
    &String => String, value => value.clone();
    &[u8] => Vec<u8>, value => value.to_vec();
    i32 => BigDecimal, value => BigDecimal::from(value);
    i64 => BigDecimal, value => BigDecimal::from(value);
}

#[diagnostic::do_not_recommend]
impl<const N: usize> Given<Vec<u8>> for &[u8; N] {
    fn given(self) -> Vec<u8> {
        self.to_vec()
    }
}

#[diagnostic::do_not_recommend]
impl<const N: usize> Given<Option<Vec<u8>>> for &[u8; N] {
    fn given(self) -> Option<Vec<u8>> {
        Some(self.to_vec())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone, const N: usize> Given<Vec<T>> for [T; N]
where
    Vec<T>: Scalar,
{
    fn given(self) -> Vec<T> {
        self.into()
    }
}

#[diagnostic::do_not_recommend]
impl<const N: usize> Given<Vec<String>> for [&str; N] {
    fn given(self) -> Vec<String> {
        self.into_iter().map(str::to_owned).collect()
    }
}

/// What a column whose values are `T` may be compared with: a [`Given`] value, or a column of the same table.
#[diagnostic::on_unimplemented(
    message = "a column of type `{T}` cannot be compared with `{Self}`",
    label = "the schema has `{T}` here",
    note = "give a value of this type, or a column of the same model that has it"
)]
pub trait Comparand<M, T> {
    /// The right side of the comparison.
    #[doc(hidden)]
    fn operand(self) -> Operand;
}

#[diagnostic::do_not_recommend]
impl<M, T: Scalar> Comparand<M, T> for T {
    fn operand(self) -> Operand {
        Operand::Value(self.into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<M, T> Comparand<M, T> for Col<M, T> {
    fn operand(self) -> Operand {
        Operand::Column(self.index)
    }
}

#[diagnostic::do_not_recommend]
impl<M, T> Comparand<M, T> for Col<M, Option<T>> {
    fn operand(self) -> Operand {
        Operand::Column(self.index)
    }
}

#[diagnostic::do_not_recommend]
impl<M, const N: usize> Comparand<M, Vec<u8>> for &[u8; N] {
    fn operand(self) -> Operand {
        Operand::Value(self.to_vec().into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: Clone, const N: usize> Comparand<M, Vec<T>> for [T; N]
where
    Vec<T>: Scalar,
{
    fn operand(self) -> Operand {
        Operand::Value(Vec::from(self).into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<M, const N: usize> Comparand<M, Vec<String>> for [&str; N] {
    fn operand(self) -> Operand {
        Operand::Value(value::<Vec<String>>(self))
    }
}

#[diagnostic::do_not_recommend]
impl<M> Comparand<M, String> for &str {
    fn operand(self) -> Operand {
        Operand::Value(value::<String>(self))
    }
}

#[diagnostic::do_not_recommend]
impl<M> Comparand<M, String> for &String {
    fn operand(self) -> Operand {
        Operand::Value(value::<String>(self))
    }
}

#[diagnostic::do_not_recommend]
impl<M> Comparand<M, Vec<u8>> for &[u8] {
    fn operand(self) -> Operand {
        Operand::Value(value::<Vec<u8>>(self))
    }
}

#[diagnostic::do_not_recommend]
impl<M> Comparand<M, BigDecimal> for i32 {
    fn operand(self) -> Operand {
        Operand::Value(value::<BigDecimal>(self))
    }
}

#[diagnostic::do_not_recommend]
impl<M> Comparand<M, BigDecimal> for i64 {
    fn operand(self) -> Operand {
        Operand::Value(value::<BigDecimal>(self))
    }
}

/// The parameter for a given value; for generated code.
pub fn value<T: Scalar>(given: impl Given<T>) -> Value {
    given.given().into_value()
}

/// A change of a number relative to its present value; made by [`inc`], [`dec`], [`mul`] and [`div`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step<T> {
    kind: StepKind,
    by: T,
}

/// How a number changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepKind {
    Add,
    Subtract,
    Multiply,
    Divide,
    /// Appends a list.
    Push,
}

/// Adds to the column, in the database. NULL stays NULL.
pub fn inc<T: Number>(by: T) -> Step<T> {
    Step { kind: StepKind::Add, by }
}

/// Subtracts from the column, in the database.
pub fn dec<T: Number>(by: T) -> Step<T> {
    Step { kind: StepKind::Subtract, by }
}

/// Multiplies the column, in the database.
pub fn mul<T: Number>(by: T) -> Step<T> {
    Step { kind: StepKind::Multiply, by }
}

/// Divides the column, in the database: integers by the database's integer division.
pub fn div<T: Number>(by: T) -> Step<T> {
    Step { kind: StepKind::Divide, by }
}

/// Elements to append to a list column; made by [`push`].
#[derive(Debug, Clone, PartialEq)]
pub struct Push<G>(Vec<G>);

/// Appends elements to a list column, in the database. NULL counts as an empty list.
pub fn push<G>(elements: impl IntoIterator<Item = G>) -> Push<G> {
    Push(elements.into_iter().collect())
}

#[diagnostic::do_not_recommend]
impl<T: Plain, G: Given<T>> Change<Vec<T>> for Push<G> {
    fn assign(self) -> Option<Assign> {
        let elements = self.0.into_iter().map(|element| element.given().into_value()).collect();
        Some(Assign { step: Some(StepKind::Push), value: Value::List(elements) })
    }
}

/// A value, or nothing: then the field is left as it is; made by [`if_some`].
#[derive(Debug, Clone, PartialEq)]
pub struct IfSome<G>(Option<G>);

/// Gives a field this value if there is one; with `None` it is as if the setter had not been called: an update leaves the
/// field as it is, a new row gets the default. `Some(None)` is NULL.
///
/// ```text
/// db.user().update(user::by_id(1)).set(|s| s.name(if_some(new_name)).age(if_some(older.map(inc))))
/// ```
pub fn if_some<G>(value: Option<G>) -> IfSome<G> {
    IfSome(value)
}

#[diagnostic::do_not_recommend]
impl<T, G: Change<T>> Change<T> for IfSome<G> {
    fn assign(self) -> Option<Assign> {
        self.0.and_then(Change::assign)
    }
}

#[diagnostic::do_not_recommend]
impl<T, G: Initial<T>> Initial<T> for IfSome<G> {
    fn initial(self) -> Option<T> {
        self.0.and_then(Initial::initial)
    }
}

/// Types that [`inc`] and its kin take.
pub trait Number: Plain {}
impl Number for i32 {}
impl Number for i64 {}
impl Number for f64 {}
impl Number for BigDecimal {}

/// What an update may do with a column of type `T`: set it to a [`Given`] value or take a [`Step`].
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` cannot be set to `{Self}`",
    label = "the schema wants `{T}` here",
    note = "give a value, or for numbers a step such as `inc(1)`; only optional fields (`Option`) can be set to `None`",
    note = "`if_some(option)` leaves the field as it is when the option is `None`"
)]
pub trait Change<T> {
    /// The assignment; none leaves the field as it is.
    fn assign(self) -> Option<Assign>;
}

/// What a field of type `T` of a new row may be set to: a [`Given`] value, or perhaps one.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` cannot be given `{Self}`",
    label = "the schema wants `{T}` here",
    note = "only optional fields (`Option`) can be given `None`",
    note = "`if_some(option)` leaves the field to its default when the option is `None`"
)]
pub trait Initial<T> {
    /// The value; none leaves the field to its default.
    fn initial(self) -> Option<T>;
}

#[diagnostic::do_not_recommend]
impl<T: Scalar, G: Given<T> + Sure> Initial<T> for G {
    fn initial(self) -> Option<T> {
        Some(self.given())
    }
}

/// The right side of `SET column = ..`.
#[derive(Debug, Clone, PartialEq)]
pub struct Assign {
    pub(crate) step: Option<StepKind>,
    pub(crate) value: Value,
}

impl Assign {
    /// Sets the column to a value.
    pub fn set<T: Scalar>(value: T) -> Self {
        Assign { step: None, value: value.into_value() }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Scalar, G: Given<T> + Sure> Change<T> for G {
    fn assign(self) -> Option<Assign> {
        Some(Assign::set(self.given()))
    }
}

macro_rules! step {
    ($($by:ty => $of:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Change<$of> for Step<$by> {
            fn assign(self) -> Option<Assign> {
                Some(Assign { step: Some(self.kind), value: self.by.into_value() })
            }
        }
        #[diagnostic::do_not_recommend]
        impl Change<Option<$of>> for Step<$by> {
            fn assign(self) -> Option<Assign> {
                Some(Assign { step: Some(self.kind), value: self.by.into_value() })
            }
        }
    )*};
}

step!(i32 => i32, i64 => i64, f64 => f64, BigDecimal => BigDecimal, i32 => BigDecimal, i64 => BigDecimal);
