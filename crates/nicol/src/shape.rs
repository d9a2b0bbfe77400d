//! Shapes: which fields of a row are wanted, and the Rust type they become.

use crate::Marks;
use crate::Table;
use crate::column::Col;
use crate::error::Result;
use crate::operation::{Field, Fields};
use crate::run::Reader;
use crate::scalar::Scalar;

/// Something that can be asked of rows of `M`: a column, a relation, a count, a tuple of those.
///
/// `plan` names the fields, `decode` reads them in the same order.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be selected from `{M}`")]
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
        fields
            .0
            .extend((0..).zip(M::META.columns).map(|(column, _)| Field::Column(column)));
    }
    fn decode(reader: &mut Reader<'_>) -> Result<M::Row> {
        M::read(reader)
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
