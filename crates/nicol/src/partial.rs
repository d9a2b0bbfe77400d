//! Rows without some of their columns.

use std::fmt;
use std::marker::PhantomData;

use nicol_db::Value;

use crate::column::{Col, Columns};
use crate::error::{Error, Result};
use crate::operation::{Field, Fields};
use crate::run::Reader;
use crate::scalar::Scalar;
use crate::shape::Shape;
use crate::{Marks, Table};

/// A row of `M` from which columns were left out: `row.get(user::email)?`.
pub struct Partial<M> {
    values: Vec<(u16, Value)>,
    table: Marks<M>,
}

impl<M: Table> Partial<M> {
    /// The value of a column.
    ///
    /// # Errors
    /// P2019 when the column was left out.
    pub fn get<T: Scalar>(&self, column: Col<M, T>) -> Result<T> {
        let found = self.values.iter().find(|(present, _)| *present == column.index);
        match found {
            Some((_, value)) => T::from_value(value.clone())
                .ok_or_else(|| Error::inconsistent("a value of another type than its column")),
            None => {
                let field = M::META.column(column.index).field;
                let message = format!("the column `{field}` was left out of this row");
                Err(Error::new("P2019", message).on(M::META).with_field(field))
            }
        }
    }

    /// True when the column was read.
    pub fn has<T>(&self, column: Col<M, T>) -> bool {
        self.values.iter().any(|(present, _)| *present == column.index)
    }
}

impl<M> Clone for Partial<M> {
    fn clone(&self) -> Self {
        Partial { values: self.values.clone(), table: PhantomData }
    }
}

impl<M: Table> fmt::Debug for Partial<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct(M::META.model);
        for (column, value) in &self.values {
            debug.field(M::META.column(*column).field, value);
        }
        debug.finish_non_exhaustive()
    }
}

/// The shape of a [`Partial`].
pub struct Remaining<M> {
    columns: Vec<u16>,
    table: Marks<M>,
}

impl<M: Table> Remaining<M> {
    pub(crate) fn without(columns: impl Columns<M>) -> Self {
        let omitted = columns.indices();
        let all = (0..).zip(M::META.columns).map(|(column, _)| column);
        Remaining { columns: all.filter(|column| !omitted.contains(column)).collect(), table: PhantomData }
    }
}

impl<M: Table> Shape<M> for Remaining<M> {
    type Out = Partial<M>;
    fn plan(self, fields: &mut Fields) {
        fields.0.extend(self.columns.into_iter().map(Field::Column));
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Partial<M>> {
        Ok(Partial { values: reader.ascending_columns()?, table: PhantomData })
    }
}

impl<M, R> crate::shape::Append<R> for Remaining<M> {
    type Out = (Remaining<M>, R);
}
