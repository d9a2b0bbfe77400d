//! Shapes: which fields of a row are wanted, and the Rust type they become.

use crate::Marks;
use crate::Table;
use crate::column::Col;
use crate::error::Result;
use crate::operation::{Field, Fields};
use crate::relation::{Count, Nested, Relation, ToMany, ToMaybe, ToOne};
use crate::run::Reader;
use crate::scalar::Scalar;

/// Something that can be asked of rows of `M`: a column, a relation, a count, a tuple of those.
///
/// `plan` names the fields, `decode` reads them in the same order.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be selected from `{M}`", label = "not a part of `{M}`")]
pub trait Shape<M>: 'static {
    /// What comes out for each row.
    type Out: Send + 'static;
    /// Appends the wanted fields.
    #[doc(hidden)]
    fn plan(self, fields: &mut Fields);
    /// Reads them back.
    #[doc(hidden)]
    fn decode(reader: &mut Reader<'_>) -> Result<Self::Out>;
}

impl<M: Table, T: Scalar> Shape<M> for Col<M, T> {
    type Out = T;
    fn plan(self, fields: &mut Fields) {
        fields.0.push(Field::Column(self.index));
    }
    fn decode(reader: &mut Reader<'_>) -> Result<T> {
        reader.next()
    }
}

/// All columns of a row: the model's struct.
pub struct Whole<M>(Marks<M>);

impl<M: Table> Shape<M> for Whole<M> {
    type Out = M::Row;
    fn plan(self, fields: &mut Fields) {
        <M::Row as Shaped>::plan(fields);
    }
    fn decode(reader: &mut Reader<'_>) -> Result<M::Row> {
        <M::Row as Shaped>::decode(reader)
    }
}

/// A shape that can be made longer by `R`.
#[diagnostic::on_unimplemented(
    message = "no more than 11 relations can be read with one row; nest them or select tuples"
)]
pub trait Append<R> {
    /// The longer shape.
    type Out;
}

impl<M, R> Append<R> for Whole<M> {
    type Out = (Whole<M>, R);
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<Model: 'static, $($name: Shape<Model>),*> Shape<Model> for ($($name,)*) {
            type Out = ($($name::Out,)*);
            #[allow(non_snake_case, reason = "the type's name serves for its value")]
            fn plan(self, fields: &mut Fields) {
                let ($($name,)*) = self;
                $($name.plan(fields);)*
            }
            fn decode(reader: &mut Reader<'_>) -> Result<Self::Out> {
                Ok(($($name::decode(reader)?,)*))
            }
        }
    };
}

macro_rules! append {
    ($($name:ident)*) => {
        impl<Next, $($name),*> Append<Next> for ($($name,)*) {
            type Out = ($($name,)* Next,);
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);
append!(A B);
append!(A B C);
append!(A B C D);
append!(A B C D E);
append!(A B C D E F);
append!(A B C D E F G);
append!(A B C D E F G H);
append!(A B C D E F G H I);
append!(A B C D E F G H I J);
append!(A B C D E F G H I J K);

/// A struct that says what is read of a row, field by field: the generated structs of rows, and those that derive it with
/// `#[derive(nicol::Shape)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what is read of a row",
    note = "a relation to one row wants a struct that derives `nicol::Shape`, or an `Option` of one where the schema has `?`; \
            a relation to many wants a `Vec`"
)]
pub trait Shaped: Sized + Send + 'static {
    /// The table of the rows.
    type Table: Table;
    /// Appends the wanted fields: every column, unless the struct is another than the table's own.
    #[doc(hidden)]
    fn plan(fields: &mut Fields) {
        let columns = (0..).zip(Self::Table::META.columns);
        fields.0.extend(columns.map(|(column, _)| Field::Column(column)));
    }
    /// Reads them back.
    #[doc(hidden)]
    fn decode(reader: &mut Reader<'_>) -> Result<Self>;
}

/// The shape of a [`Shaped`] struct.
pub struct Of<S>(Marks<S>);

impl<S> Of<S> {
    /// The shape of `S`.
    #[allow(clippy::new_without_default, reason = "a shape is named, never defaulted")]
    pub const fn new() -> Self {
        Of(std::marker::PhantomData)
    }
}

impl<M: Table, S: Shaped<Table = M>> Shape<M> for Of<S> {
    type Out = S;
    fn plan(self, fields: &mut Fields) {
        S::plan(fields);
    }
    fn decode(reader: &mut Reader<'_>) -> Result<S> {
        S::decode(reader)
    }
}

/// A column, relation or count that can fill a struct's field of type `F`.
#[diagnostic::on_unimplemented(
    message = "this part of the schema cannot fill a field of type `{F}`",
    label = "the schema has another type here",
    note = "what may be absent in the schema (`?`) wants an `Option`, related rows in a list want a `Vec`"
)]
pub trait Pick<M, F> {
    /// The shape that gives an `F`.
    type Shape: Shape<M, Out = F>;
    /// The shape.
    fn pick(self) -> Self::Shape;
}

impl<M: Table, T: Scalar> Pick<M, T> for Col<M, T> {
    type Shape = Self;
    fn pick(self) -> Self {
        self
    }
}

impl<M: Table, T: Table> Pick<M, i64> for Count<M, T> {
    type Shape = Self;
    fn pick(self) -> Self {
        self
    }
}

macro_rules! pick {
    ($arity:ident => $field:ty) => {
        impl<M: Table, T: Table, S: Shaped<Table = T>> Pick<M, $field> for Relation<M, T, $arity> {
            type Shape = Nested<M, T, $arity, Of<S>>;
            fn pick(self) -> Self::Shape {
                self.select(Of::new())
            }
        }
        impl<M: Table, T: Table, S: Shaped<Table = T>, X: 'static> Pick<M, $field> for Nested<M, T, $arity, X> {
            type Shape = Nested<M, T, $arity, Of<S>>;
            fn pick(self) -> Self::Shape {
                self.select(Of::new())
            }
        }
    };
}

pick!(ToMany => Vec<S>);
pick!(ToOne => S);
pick!(ToMaybe => Option<S>);

/// What a field of a derived shape is read from.
#[doc(hidden)]
pub struct Source<G, F> {
    make: G,
    plan: fn(G, &mut Fields),
    read: fn(&mut Reader<'_>) -> Result<F>,
}

/// The part of the schema that fills a field of type `F`.
#[doc(hidden)]
pub fn source<M, F, P: Pick<M, F>, G: FnOnce() -> P>(make: G) -> Source<G, F> {
    Source { make, plan: |make, fields| make().pick().plan(fields), read: P::Shape::decode }
}

impl<G, F> Source<G, F> {
    /// Plans the field.
    pub fn plan(self, fields: &mut Fields) {
        (self.plan)(self.make, fields);
    }

    /// Reads it back.
    ///
    /// # Errors
    /// What does not fit.
    pub fn read(self, reader: &mut Reader<'_>) -> Result<F> {
        (self.read)(reader)
    }
}
