//! Values to PostgreSQL's wire.
//!
//! **In**: a value and the type the server wants. **Out**: bytes in binary form where type and value match, else the value's
//! text, which the server reads as it would read a literal: so text fits enums, uuid, inet, citext and numeric alike, and
//! decimals keep every digit.

use bigdecimal::BigDecimal;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use postgres_types::{Kind, Type};
use uuid::Uuid;

use super::message::too_long;
use crate::cell::write_timestamp;
use crate::error::Result;
use crate::value::{Value, hex, to_json};

/// PostgreSQL counts instants from 2000-01-01, in microseconds.
pub(super) const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// Writes a value that is not NULL: `true` when in binary form, `false` when as text.
///
/// # Errors
/// When it is longer than the protocol can say.
pub(super) fn write_value(value: &Value, ty: &Type, out: &mut Vec<u8>) -> Result<bool> {
    let start = out.len();
    let is_binary = write_binary(value, ty, out)?;
    if !is_binary {
        out.truncate(start);
        match value {
            Value::Text(text) => out.extend_from_slice(text.as_bytes()),
            value => out.extend_from_slice(text(value, ty).as_bytes()),
        }
    }
    Ok(is_binary)
}

/// Writes the binary form; `false` when the value, or an element of it, has none, and then a part of it may be written.
fn write_binary(value: &Value, ty: &Type, out: &mut Vec<u8>) -> Result<bool> {
    match (value, ty.kind()) {
        (Value::List(values), Kind::Array(element)) => write_array(values, element, out),
        _ => match binary(value, ty) {
            Some(value) => {
                value.write(out);
                Ok(true)
            }
            None => Ok(false),
        },
    }
}

/// The binary form of a value other than a list, where it is of the server's type.
fn binary<'a>(value: &'a Value, ty: &Type) -> Option<Binary<'a>> {
    let integer = |value: i64| match *ty {
        Type::INT2 => fixed(i16::try_from(value).ok()?.to_be_bytes()),
        Type::INT4 => fixed(i32::try_from(value).ok()?.to_be_bytes()),
        Type::INT8 => fixed(value.to_be_bytes()),
        _ => None,
    };
    match (value, ty.kind()) {
        (Value::Bool(value), _) if *ty == Type::BOOL => fixed([u8::from(*value)]),
        (Value::Int(value), _) => integer(i64::from(*value)),
        (Value::BigInt(value), _) => integer(*value),
        (Value::Float(value), _) if *ty == Type::FLOAT8 => fixed(value.to_be_bytes()),
        (Value::Text(value), _) if *ty == Type::TEXT || *ty == Type::VARCHAR => Some(Binary::Bytes(value.as_bytes())),
        (Value::Text(value), Kind::Enum(_)) => Some(Binary::Bytes(value.as_bytes())),
        // Other spellings are the server's to judge.
        (Value::Text(value), _) if *ty == Type::UUID && value.len() == 36 => {
            fixed(Uuid::try_parse(value).ok()?.into_bytes())
        }
        (Value::Bytes(value), _) if *ty == Type::BYTEA => Some(Binary::Bytes(value)),
        (Value::DateTime(value), _) if *ty == Type::TIMESTAMPTZ || *ty == Type::TIMESTAMP => {
            fixed(micros(*value).checked_sub(EPOCH_MICROS)?.to_be_bytes())
        }
        (Value::Json(value), _) if *ty == Type::JSON || *ty == Type::JSONB => {
            Some(Binary::Json { value, is_marked: *ty == Type::JSONB })
        }
        _ => None,
    }
}

fn fixed<const N: usize>(bytes: [u8; N]) -> Option<Binary<'static>> {
    let mut buffer = [0; 16];
    buffer[..N].copy_from_slice(&bytes);
    Some(Binary::Fixed { buffer, length: N })
}

/// A value that has a binary form.
enum Binary<'a> {
    Fixed {
        buffer: [u8; 16],
        length: usize,
    },
    Bytes(&'a [u8]),
    /// Its text; JSONB has the version of that form before it.
    Json {
        value: &'a serde_json::Value,
        is_marked: bool,
    },
}

impl Binary<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Binary::Fixed { buffer, length } => out.extend_from_slice(&buffer[..*length]),
            Binary::Bytes(bytes) => out.extend_from_slice(bytes),
            Binary::Json { value, is_marked } => {
                if *is_marked {
                    out.extend_from_slice(&[1]);
                }
                out.extend_from_slice(value.to_string().as_bytes());
            }
        }
    }
}

/// Number of dimensions, whether there are NULLs, type; length and first index of the only dimension; the elements, each
/// behind its length.
fn write_array(values: &[Value], element: &Type, out: &mut Vec<u8>) -> Result<bool> {
    let has_nulls = values.contains(&Value::Null);
    out.extend_from_slice(&i32::from(!values.is_empty()).to_be_bytes());
    out.extend_from_slice(&i32::from(has_nulls).to_be_bytes());
    out.extend_from_slice(&element.oid().to_be_bytes());
    if !values.is_empty() {
        out.extend_from_slice(&i32::try_from(values.len()).map_err(|_| too_long())?.to_be_bytes());
        out.extend_from_slice(&1i32.to_be_bytes());
    }
    for value in values {
        let start = out.len();
        // NULL's length; that of others is known once they are written.
        out.extend_from_slice(&(-1i32).to_be_bytes());
        match (value, binary(value, element)) {
            (Value::Null, _) => {}
            (_, None) => return Ok(false),
            (_, Some(value)) => {
                value.write(out);
                let length = i32::try_from(out.len() - start - 4).map_err(|_| too_long())?;
                out[start..start + 4].copy_from_slice(&length.to_be_bytes());
            }
        }
    }
    Ok(true)
}

/// Microseconds since 1970, rounded to the nearest as the server rounds a literal.
fn micros(value: Timestamp) -> i64 {
    value.as_second() * 1_000_000 + (i64::from(value.subsec_nanosecond()) + 500).div_euclid(1000)
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
        // Refused before.
        Value::Unfit(why) => why.clone(),
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
        Kind::Array(element) => element,
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
