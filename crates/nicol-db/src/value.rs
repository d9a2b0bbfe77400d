//! Values that go into a statement.

use crate::dialect::Dialect;

/// A parameter of a statement. The type says what the server is told; `Null` fits anywhere.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// Boolean.
    Bool(bool),
    /// 32-bit integer.
    Int(i32),
    /// 64-bit integer.
    BigInt(i64),
    /// 64-bit float.
    Float(f64),
    /// Exact decimal.
    Decimal(bigdecimal::BigDecimal),
    /// Text. Where the server's parameter type is an enum, uuid, inet and so on, it is sent as that type's text form.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// JSON.
    Json(serde_json::Value),
    /// An instant; stored as UTC.
    DateTime(jiff::Timestamp),
    /// A list (PostgreSQL arrays; elsewhere a JSON array for `json_each` and the like).
    List(Vec<Value>),
    /// What could not be made a value, and why; statements with it are refused (`P2007`). So the conversion itself, in the
    /// middle of a request that is being written, need not fail.
    Unfit(String),
}

impl Value {
    /// Why this is no value, or none that such a database can hold, with the code to say so: also of an element of a list.
    /// A server would store something else without a word (year 0 for years before it, NULL for NaN), or the driver would
    /// write out a short number with millions of digits.
    pub(crate) fn misfit(&self, dialect: Dialect) -> Option<(&'static str, String)> {
        let is_postgres = dialect.is_postgres_family();
        match self {
            Value::Unfit(why) => Some(("P2007", why.clone())),
            Value::List(values) if !is_postgres && values.iter().any(Value::is_no_number) => {
                let product = dialect.product_name();
                Some(("P2020", format!("{product} has no NaN and no infinity in lists")))
            }
            Value::List(values) => values.iter().find_map(|value| value.misfit(dialect)),
            Value::Decimal(value) => {
                let digits = value.fractional_digit_count();
                let range = if is_postgres { -140_000..=20_000 } else { -1000..=1000 };
                (!range.contains(&digits)).then(|| ("P2020", "a decimal of this size is out of range".to_owned()))
            }
            Value::DateTime(value) if !is_postgres && *value < YEAR_0 => {
                let product = dialect.product_name();
                Some(("P2020", format!("{product} has no instants before the year 0")))
            }
            Value::Json(value) if is_deeper(value, JSON_LEVELS) => {
                Some(("P2007", format!("JSON nested deeper than {JSON_LEVELS} levels could not be read again")))
            }
            Value::Float(value) if value.is_nan() && dialect == Dialect::Sqlite => {
                Some(("P2020", "SQLite has no NaN".to_owned()))
            }
            _ => None,
        }
    }

    fn is_no_number(&self) -> bool {
        matches!(self, Value::Float(value) if !value.is_finite())
    }
}

/// The most levels of JSON that can be read.
const JSON_LEVELS: u32 = 127;

fn is_deeper(value: &serde_json::Value, levels: u32) -> bool {
    use serde_json::Value as Json;
    match value {
        Json::Array(_) | Json::Object(_) if levels == 0 => true,
        Json::Array(values) => values.iter().any(|value| is_deeper(value, levels - 1)),
        Json::Object(values) => values.values().any(|value| is_deeper(value, levels - 1)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}

/// The beginning of the year 0, in UTC.
const YEAR_0: jiff::Timestamp = jiff::Timestamp::constant(-62_167_219_200, 0);

/// A list as a JSON array, for databases without arrays: `json_each`, `JSON_TABLE`. Numbers stay numbers, bytes become hex;
/// decimals are texts in normal form for a database whose JSON has no numbers but integers and floats.
#[cfg(any(feature = "sqlite", feature = "mysql"))]
pub(crate) fn json_list(values: &[Value], decimals_are_texts: bool) -> String {
    let mut out = String::from("[");
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        match value {
            Value::Decimal(value) if decimals_are_texts => {
                out.push('"');
                out.push_str(&value.normalized().to_plain_string());
                out.push('"');
            }
            Value::Decimal(value) => out.push_str(&value.to_plain_string()),
            _ => out.push_str(&to_json(value).to_string()),
        }
    }
    out.push(']');
    out
}

/// A value as JSON: decimals and instants as text, bytes as hex.
pub(crate) fn to_json(value: &Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::BigInt(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Decimal(value) => value.to_plain_string().into(),
        Value::Text(value) => value.as_str().into(),
        Value::Bytes(value) => hex(value).into(),
        Value::Json(value) => value.clone(),
        Value::DateTime(value) => crate::cell::write_timestamp(*value).into(),
        Value::List(values) => values.iter().map(to_json).collect(),
        // Refused before: for logs alone.
        Value::Unfit(why) => why.as_str().into(),
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    out
}
