//! Values to PostgreSQL's wire.
//!
//! **In**: a value and the type the server wants. **Out**: bytes in binary form where type and value match, else the value's
//! text, which the server reads as it would read a literal: so text fits enums, uuid, inet, citext and numeric alike, and
//! decimals keep every digit.

use std::error::Error as StdError;

use bigdecimal::BigDecimal;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{Format, IsNull, ToSql, Type};

use crate::cell::write_timestamp;
use crate::value::{Value, hex, to_json};

/// PostgreSQL counts instants from 2000-01-01, in microseconds.
pub(super) const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// A borrowed parameter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Param<'a>(pub(super) &'a Value);

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        if matches!(self.0, Value::Null) {
            return Ok(IsNull::Yes);
        }
        match binary(self.0, ty) {
            Some(bytes) => out.extend_from_slice(&bytes),
            None => match self.0 {
                Value::Text(text) => out.extend_from_slice(text.as_bytes()),
                value => out.extend_from_slice(text(value, ty).as_bytes()),
            },
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, ty: &Type) -> Format {
        if is_binary(self.0, ty) { Format::Binary } else { Format::Text }
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        self.to_sql(ty, out)
    }
}

/// Whether [`binary`] gives a form.
fn is_binary(value: &Value, ty: &Type) -> bool {
    match value {
        Value::Bytes(_) => *ty == Type::BYTEA,
        Value::List(_) => false,
        _ => binary(value, ty).is_some(),
    }
}

/// The binary form, where the value is of the server's type.
fn binary<'a>(value: &'a Value, ty: &Type) -> Option<Binary<'a>> {
    let fixed = |bytes: &[u8]| {
        let mut buffer = [0; 8];
        buffer[..bytes.len()].copy_from_slice(bytes);
        Some(Binary::Fixed { buffer, length: bytes.len() })
    };
    let integer = |value: i64| match *ty {
        Type::INT2 => fixed(&i16::try_from(value).ok()?.to_be_bytes()),
        Type::INT4 => fixed(&i32::try_from(value).ok()?.to_be_bytes()),
        Type::INT8 => fixed(&value.to_be_bytes()),
        _ => None,
    };
    match value {
        Value::Bool(value) if *ty == Type::BOOL => fixed(&[u8::from(*value)]),
        Value::Int(value) => integer(i64::from(*value)),
        Value::BigInt(value) => integer(*value),
        Value::Float(value) if *ty == Type::FLOAT8 => fixed(&value.to_be_bytes()),
        Value::Bytes(value) if *ty == Type::BYTEA => Some(Binary::Borrowed(value)),
        Value::DateTime(value) if *ty == Type::TIMESTAMPTZ || *ty == Type::TIMESTAMP => {
            fixed(&(micros(*value)?.checked_sub(EPOCH_MICROS)?).to_be_bytes())
        }
        Value::Null
        | Value::Bool(_)
        | Value::Float(_)
        | Value::Decimal(_)
        | Value::Text(_)
        | Value::Bytes(_)
        | Value::Json(_)
        | Value::DateTime(_)
        | Value::List(_) => None,
    }
}

enum Binary<'a> {
    Fixed { buffer: [u8; 8], length: usize },
    Borrowed(&'a [u8]),
}

impl std::ops::Deref for Binary<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Binary::Fixed { buffer, length } => &buffer[..*length],
            Binary::Borrowed(bytes) => bytes,
        }
    }
}

/// Microseconds since 1970, rounded to the nearest as the server rounds a literal.
fn micros(value: Timestamp) -> Option<i64> {
    i64::try_from((value.as_nanosecond() + 500).div_euclid(1000)).ok()
}

/// The value as the server reads a literal of that type.
fn text(value: &Value, ty: &Type) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::BigInt(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Decimal(value) => decimal_text(value),
        Value::Text(value) => value.clone(),
        Value::Bytes(value) => format!("\\x{}", hex(value)),
        Value::Json(value) => value.to_string(),
        Value::DateTime(value) => instant_text(*value, ty),
        Value::List(_) if *ty == Type::JSON || *ty == Type::JSONB => to_json(value).to_string(),
        Value::List(values) => array_text(values, ty),
    }
}

/// Plain digits; a huge exponent stays an exponent, so that a short number cannot become gigabytes.
fn decimal_text(value: &BigDecimal) -> String {
    if value.fractional_digit_count().unsigned_abs() > 20_000 {
        value.to_scientific_notation()
    } else {
        value.to_plain_string()
    }
}

fn instant_text(value: Timestamp, ty: &Type) -> String {
    let date = TimeZone::UTC.to_datetime(value);
    match *ty {
        Type::DATE => date.date().to_string(),
        Type::TIME => date.time().to_string(),
        Type::TIMETZ => format!("{}+00", date.time()),
        _ => write_timestamp(value),
    }
}

/// `{"a",NULL,{..}}`: every element quoted, so that none is taken for a brace, a comma or NULL.
fn array_text(values: &[Value], ty: &Type) -> String {
    let element = match ty.kind() {
        tokio_postgres::types::Kind::Array(element) => element,
        _ => ty,
    };
    let mut out = String::from("{");
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        match value {
            Value::Null => out.push_str("NULL"),
            Value::List(values) if *element != Type::JSON && *element != Type::JSONB => {
                out.push_str(&array_text(values, element));
            }
            value => quote_element(&mut out, &text(value, element)),
        }
    }
    out.push('}');
    out
}

fn quote_element(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        if c == '"' || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}
