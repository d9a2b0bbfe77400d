//! Several columns at once.

use super::Col;

/// A column, or a tuple or array of columns, of `M`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of columns of `{M}`",
    note = "give one column, `user::name`, or a tuple of up to 8, `(user::name, user::age)`"
)]
pub trait Columns<M> {
    /// Their places in the table's metadata.
    #[doc(hidden)]
    fn indices(self) -> Vec<u16>;
}

impl<M, T> Columns<M> for Col<M, T> {
    fn indices(self) -> Vec<u16> {
        vec![self.index]
    }
}

impl<M, T, const N: usize> Columns<M> for [Col<M, T>; N] {
    fn indices(self) -> Vec<u16> {
        self.iter().map(|column| column.index).collect()
    }
}

macro_rules! tuple {
    ($($name:ident)*) => {
        impl<M, $($name),*> Columns<M> for ($(Col<M, $name>,)*) {
            #[allow(non_snake_case, reason = "the type's name serves for its value")]
            fn indices(self) -> Vec<u16> {
                let ($($name,)*) = self;
                vec![$($name.index),*]
            }
        }
    };
}

tuple!(A);
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);
tuple!(A B C D E);
tuple!(A B C D E F);
tuple!(A B C D E F G);
tuple!(A B C D E F G H);
