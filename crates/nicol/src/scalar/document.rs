//! Types of the user's own in JSON columns: `#[derive(nicol::Document)]`.

use nicol_db::{Cell, Value};
use serde::{Serialize, de::DeserializeOwned};

use super::{Plain, Scalar};
use crate::error::{Error, Result};
use crate::types::Json;

/// A type that a JSON column can have: [`Json`], or one that derives `nicol::Document` and serde's `Serialize` and
/// `Deserialize`, where the schema says `/// @nicol.type("crate::Settings")` of the field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the type of a JSON column",
    note = "let it derive `serde::Serialize`, `serde::Deserialize` and `nicol::Document`"
)]
pub trait Document: Scalar {}

impl Document for Json {}
impl<T: Document + Plain> Document for Option<T> {}

/// The parameter for a value; what the derive calls, as the two below.
#[doc(hidden)]
pub fn write<T: Serialize>(value: &T) -> Value {
    match serde_json::to_value(value) {
        Ok(json) => Value::Json(json),
        Err(error) => Value::Unfit(format!("{} as JSON: {error}", std::any::type_name::<T>())),
    }
}

/// The value of a cell.
#[doc(hidden)]
pub fn read<T: DeserializeOwned>(cell: Cell<'_>) -> Result<T> {
    let misfit = |error| Error::inconsistent(format!("JSON that is no {}: {error}", std::any::type_name::<T>()));
    Json::from_cell(cell).and_then(|json| serde_json::from_value(json).map_err(misfit))
}

/// The value of a parameter.
#[doc(hidden)]
pub fn from_value<T: DeserializeOwned>(value: Value) -> Option<T> {
    Json::from_value(value).and_then(|json| serde_json::from_value(json).ok())
}
