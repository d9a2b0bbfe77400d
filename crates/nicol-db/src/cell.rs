//! One value of a row, and how it becomes a Rust value.
//!
//! **In**: a borrowed view on what the driver holds. **Out**: the Rust type asked for, or `P2023` when the data does not fit.
//! Numbers widen when nothing is lost; nothing is cut, rounded or guessed.

use std::borrow::Cow;
use std::str::FromStr;

use bigdecimal::{BigDecimal, ToPrimitive};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, civil};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::error::{Error, Result};

/// A value of a row, borrowed from the driver's storage.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// SQL NULL.
    Null,
    /// Boolean.
    Bool(bool),
    /// Integer.
    Int(i64),
    /// Unsigned integer above `i64::MAX` (MySQL `BIGINT UNSIGNED`).
    UInt(u64),
    /// Float. Single precision is widened by its shortest decimal form.
    Float(f64),
    /// Exact decimal.
    Decimal(BigDecimal),
    /// Text: also enums, and types whose binary form is text.
    Text(&'a str),
    /// Text written from a binary form (network addresses, bit strings, intervals).
    OwnedText(String),
    /// Bytes.
    Bytes(&'a [u8]),
    /// JSON as text.
    Json(&'a str),
    /// UUID.
    Uuid(Uuid),
    /// Instant; types without a time zone are read as UTC.
    DateTime(Timestamp),
    /// Day.
    Date(civil::Date),
    /// Time since midnight (MySQL: also negative or more than a day).
    Time(SignedDuration),
    /// Array (PostgreSQL).
    #[cfg(feature = "postgres")]
    Array(crate::driver::postgres::Array<'a>),
    /// Record (PostgreSQL `ROW(..)`).
    #[cfg(feature = "postgres")]
    Record(crate::driver::postgres::Record<'a>),
    /// A type this crate has no reading for, in the server's own form.
    Native {
        /// The server's name of the type.
        type_name: Cow<'a, str>,
        /// The value as sent.
        bytes: &'a [u8],
    },
    /// A value that has no meaning as its own type here: not UTF-8, a year out of range, NaN as a decimal.
    Invalid(&'static str),
}

/// What text is that is no text.
#[cfg(any(feature = "sqlite", feature = "mysql"))]
pub(crate) const NOT_UTF8: &str = "text that is not UTF-8";

impl Cell<'_> {
    /// True for NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Cell::Null)
    }

    /// What the value is, in words for messages. Never the value itself.
    pub fn kind(&self) -> &'static str {
        match self {
            Cell::Null => "NULL",
            Cell::Bool(_) => "a boolean",
            Cell::Int(_) | Cell::UInt(_) => "an integer",
            Cell::Float(_) => "a float",
            Cell::Decimal(_) => "a decimal",
            Cell::Text(_) | Cell::OwnedText(_) => "text",
            Cell::Bytes(_) => "bytes",
            Cell::Json(_) => "JSON",
            Cell::Uuid(_) => "a UUID",
            Cell::DateTime(_) => "an instant",
            Cell::Date(_) => "a date",
            Cell::Time(_) => "a time",
            #[cfg(feature = "postgres")]
            Cell::Array(_) => "an array",
            #[cfg(feature = "postgres")]
            Cell::Record(_) => "a record",
            Cell::Native { .. } => "a value of a type of its own",
            Cell::Invalid(reason) => reason,
        }
    }

    fn refuse<T>(&self, wanted: &str) -> Result<T> {
        Err(Error::conversion(self.kind(), wanted))
    }

    fn text(&self) -> Option<&str> {
        match self {
            Cell::Text(text) | Cell::Json(text) => Some(text),
            Cell::OwnedText(text) => Some(text),
            _ => None,
        }
    }
}

/// A Rust type that a cell can be read as.
pub trait Decode: Sized {
    /// Reads the cell.
    ///
    /// # Errors
    /// `P2023` when the cell holds something else, or NULL where there is no room for it.
    fn decode(cell: Cell<'_>) -> Result<Self>;

    /// Reads an element of a list that is stored as a JSON array.
    ///
    /// # Errors
    /// As [`decode`](Decode::decode).
    fn decode_element(json: &str) -> Result<Self> {
        let text: String;
        let cell = match json {
            "null" => Cell::Null,
            "true" => Cell::Bool(true),
            "false" => Cell::Bool(false),
            _ if json.starts_with('"') => {
                text = serde_json::from_str(json).map_err(|_| Error::conversion("JSON", "text"))?;
                Cell::Text(&text)
            }
            _ => match json.parse() {
                Ok(number) => Cell::Int(number),
                Err(_) => parse_decimal(json).map_or(Cell::Json(json), Cell::Decimal),
            },
        };
        Self::decode(cell)
    }
}

impl Decode for bool {
    #[inline]
    fn decode(cell: Cell<'_>) -> Result<Self> {
        match &cell {
            Cell::Bool(value) => Ok(*value),
            Cell::Int(value) => Ok(*value != 0),
            Cell::UInt(_) => Ok(true),
            // MySQL's BIT(1).
            Cell::Bytes(bytes) if bytes.len() <= 8 => Ok(bytes.iter().any(|byte| *byte != 0)),
            Cell::Text("true" | "1") => Ok(true),
            Cell::Text("false" | "0") => Ok(false),
            _ => cell.refuse("a boolean"),
        }
    }
}

fn integer(cell: &Cell<'_>, wanted: &str) -> Result<i128> {
    let number = match cell {
        Cell::Bool(value) => Some(i128::from(*value)),
        Cell::Int(value) => Some(i128::from(*value)),
        Cell::UInt(value) => Some(i128::from(*value)),
        Cell::Float(value) if value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0 => value.to_i128(),
        Cell::Decimal(value) if value.is_integer() => value.to_i128(),
        _ => None,
    };
    number.map_or_else(|| cell.refuse(wanted), Ok)
}

macro_rules! decode_integer {
    ($($type:ty, $name:literal;)*) => {$(
        impl Decode for $type {
            #[inline]
            fn decode(cell: Cell<'_>) -> Result<Self> {
                let number = match cell {
                    // What nearly every cell is.
                    Cell::Int(value) => <$type>::try_from(value).ok(),
                    cell => <$type>::try_from(integer(&cell, $name)?).ok(),
                };
                number.ok_or_else(|| Error::conversion("an integer out of range", $name))
            }
        }
    )*};
}

decode_integer! {
    i16, "a 16-bit integer";
    i32, "a 32-bit integer";
    i64, "a 64-bit integer";
    u32, "an unsigned 32-bit integer";
    u64, "an unsigned 64-bit integer";
}

impl Decode for f64 {
    #[inline]
    fn decode(cell: Cell<'_>) -> Result<Self> {
        let number = match &cell {
            Cell::Float(value) => Some(*value),
            Cell::Int(value) => value.to_f64(),
            Cell::UInt(value) => value.to_f64(),
            Cell::Decimal(value) => value.to_f64(),
            _ => None,
        };
        number.map_or_else(|| cell.refuse("a float"), Ok)
    }
}

impl Decode for BigDecimal {
    fn decode(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Decimal(value) => Ok(value),
            Cell::Int(value) => Ok(BigDecimal::from(value)),
            Cell::UInt(value) => Ok(BigDecimal::from(value)),
            // The shortest text that reads back as the same float is what was meant.
            Cell::Float(value) if value.is_finite() => {
                parse_decimal(&value.to_string()).map_or_else(|| cell.refuse("a decimal"), Ok)
            }
            Cell::Text(text) => parse_decimal(text).map_or_else(|| cell.refuse("a decimal"), Ok),
            _ => cell.refuse("a decimal"),
        }
    }
}

/// Reads a decimal in plain or scientific form; zeros that end the fraction are left out.
pub(crate) fn parse_decimal(text: &str) -> Option<BigDecimal> {
    let text = text.trim();
    let plain = text.contains('.') && !text.contains(['e', 'E']);
    let text = if plain { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    if text.is_empty() || text == "-" {
        return plain.then(BigDecimal::default);
    }
    // A few characters with a huge exponent would be written out as gigabytes.
    BigDecimal::from_str(text).ok().filter(|value| value.fractional_digit_count().unsigned_abs() <= MOST_DIGITS)
}

/// The most digits that any database keeps before or behind the point of a number.
const MOST_DIGITS: u64 = 200_000;

impl Decode for String {
    #[inline]
    fn decode(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Text(text) | Cell::Json(text) => Ok(text.to_string()),
            Cell::OwnedText(text) => Ok(text),
            Cell::Uuid(value) => Ok(value.to_string()),
            Cell::Bool(value) => Ok(value.to_string()),
            Cell::Int(value) => Ok(value.to_string()),
            Cell::UInt(value) => Ok(value.to_string()),
            Cell::Float(value) => Ok(value.to_string()),
            Cell::Decimal(value) => Ok(value.to_plain_string()),
            Cell::DateTime(value) => Ok(write_timestamp(value)),
            Cell::Date(value) => Ok(value.to_string()),
            Cell::Time(value) => Ok(write_time(value)),
            Cell::Bytes(bytes) | Cell::Native { bytes, .. } => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.to_string()),
                Err(_) => Err(Error::conversion("bytes that are not UTF-8", "text")),
            },
            _ => cell.refuse("text"),
        }
    }
}

impl Decode for Vec<u8> {
    fn decode_element(json: &str) -> Result<Self> {
        let digits = serde_json::from_str::<&str>(json).unwrap_or_default().as_bytes();
        let digit = |at: usize| char::from(digits[at]).to_digit(16);
        let byte = |at: usize| u8::try_from(digit(at)? * 16 + digit(at + 1)?).ok();
        let bytes = if digits.len().is_multiple_of(2) && json.starts_with('"') {
            (0..digits.len()).step_by(2).map(byte).collect()
        } else {
            None
        };
        bytes.ok_or_else(|| Error::conversion("JSON", "bytes"))
    }

    fn decode(cell: Cell<'_>) -> Result<Self> {
        match &cell {
            Cell::Bytes(bytes) | Cell::Native { bytes, .. } => Ok(bytes.to_vec()),
            Cell::Text(text) => Ok(text.as_bytes().to_vec()),
            Cell::Uuid(value) => Ok(value.as_bytes().to_vec()),
            _ => cell.refuse("bytes"),
        }
    }
}

impl Decode for serde_json::Value {
    fn decode_element(json: &str) -> Result<Self> {
        Self::decode(Cell::Json(json))
    }

    fn decode(cell: Cell<'_>) -> Result<Self> {
        match &cell {
            Cell::Bool(value) => Ok((*value).into()),
            Cell::Int(value) => Ok((*value).into()),
            Cell::UInt(value) => Ok((*value).into()),
            Cell::Float(value) => Ok((*value).into()),
            _ => match cell.text() {
                Some(text) => serde_json::from_str(text).map_err(|_| Error::conversion("text", "JSON")),
                None => cell.refuse("JSON"),
            },
        }
    }
}

impl Decode for Uuid {
    fn decode(cell: Cell<'_>) -> Result<Self> {
        let value = match &cell {
            Cell::Uuid(value) => Some(*value),
            Cell::Text(text) => Uuid::parse_str(text).ok(),
            Cell::Bytes(bytes) => Uuid::from_slice(bytes).ok(),
            _ => None,
        };
        value.map_or_else(|| cell.refuse("a UUID"), Ok)
    }
}

impl Decode for Timestamp {
    #[inline]
    fn decode(cell: Cell<'_>) -> Result<Self> {
        let value = match &cell {
            Cell::DateTime(value) => Some(*value),
            Cell::Date(value) => value.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp()),
            Cell::Time(value) => Timestamp::UNIX_EPOCH.checked_add(*value).ok(),
            // SQLite: integer milliseconds, or one of the text forms.
            Cell::Int(value) => Timestamp::from_millisecond(*value).ok(),
            Cell::Text(text) => parse_timestamp(text),
            _ => None,
        };
        value.map_or_else(|| cell.refuse("an instant"), Ok)
    }
}

impl Decode for civil::Date {
    fn decode(cell: Cell<'_>) -> Result<Self> {
        match &cell {
            Cell::Date(value) => Ok(*value),
            Cell::DateTime(value) => Ok(TimeZone::UTC.to_datetime(*value).date()),
            Cell::Text(text) => civil::Date::from_str(text).map_or_else(|_| cell.refuse("a date"), Ok),
            _ => cell.refuse("a date"),
        }
    }
}

impl<T: Decode> Decode for Option<T> {
    #[inline]
    fn decode(cell: Cell<'_>) -> Result<Self> {
        if cell.is_null() { Ok(None) } else { T::decode(cell).map(Some) }
    }
}

impl<T: Decode> Decode for Vec<T> {
    /// NULL is an empty list: list columns of older data may be NULL. Where the database has no arrays, a list is a JSON
    /// array as a parameter has written it.
    fn decode(cell: Cell<'_>) -> Result<Self> {
        match &cell {
            Cell::Null => Ok(Vec::new()),
            #[cfg(feature = "postgres")]
            Cell::Array(array) => array.iter().map(|cell| T::decode(cell?)).collect(),
            _ => match cell.text().and_then(|text| serde_json::from_str::<Vec<&RawValue>>(text).ok()) {
                Some(elements) => elements.iter().map(|element| T::decode_element(element.get())).collect(),
                None => cell.refuse("a list"),
            },
        }
    }
}

/// ISO 8601 with an offset, or without one (then UTC), with `T` or a space; or a day alone.
fn parse_timestamp(text: &str) -> Option<Timestamp> {
    if let Some(value) = parse_usual_timestamp(text.as_bytes()) {
        return Some(value);
    }
    let text = text.trim();
    if let Ok(value) = Timestamp::from_str(text) {
        return Some(value);
    }
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    let value = civil::DateTime::from_str(text).ok()?;
    TimeZone::UTC.to_timestamp(value).ok()
}

/// The form that nearly all texts have: `2026-11-21T02:21:46.075+00:00`, with `T` or a space, with or without a fraction, and
/// in UTC if an offset is told. What reads any form takes many times as long.
fn parse_usual_timestamp(text: &[u8]) -> Option<Timestamp> {
    fn number(digits: &[u8]) -> Option<i32> {
        let digit = |digit: &u8| digit.is_ascii_digit().then(|| i32::from(digit - b'0'));
        digits.iter().try_fold(0, |number, next| Some(number * 10 + digit(next)?))
    }
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T' | b' ', rest @ ..] = text else { return None };
    let [h0, h1, b':', i0, i1, b':', s0, s1, rest @ ..] = rest else { return None };
    let two = |tens: &u8, ones: &u8| number(&[*tens, *ones]).and_then(|number| i8::try_from(number).ok());
    let year = i16::try_from(number(&[*y0, *y1, *y2, *y3])?).ok()?;
    let (month, day, hour, minute, second) = (two(m0, m1)?, two(d0, d1)?, two(h0, h1)?, two(i0, i1)?, two(s0, s1)?);
    let (nanos, offset) = match rest {
        [b'.', rest @ ..] => {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (fraction, offset) = rest.split_at(digits);
            let places = u32::try_from(digits).ok().filter(|digits| (1..=9).contains(digits))?;
            (number(fraction)? * 10i32.pow(9 - places), offset)
        }
        rest => (0, rest),
    };
    if !matches!(offset, b"" | b"Z" | b"+00:00") {
        return None;
    }
    let value = civil::DateTime::new(year, month, day, hour, minute, second, nanos).ok()?;
    Offset::UTC.to_timestamp(value).ok()
}

/// `2026-11-21T02:21:46.075+00:00`: at least three digits of the second's fraction, so that texts sort as instants do.
pub(crate) fn write_timestamp(value: Timestamp) -> String {
    let date = TimeZone::UTC.to_datetime(value);
    let nanos = date.subsec_nanosecond();
    let digits = if nanos % 1_000_000 == 0 {
        3
    } else if nanos % 1_000 == 0 {
        6
    } else {
        9
    };
    let mut out = String::with_capacity("2026-11-21T02:21:46.075046075+00:00".len());
    if date.year() < 0 {
        out.push('-');
    }
    let parts = [date.month(), date.day(), date.hour(), date.minute(), date.second()];
    push_digits(&mut out, date.year().unsigned_abs().into(), if date.year() < 0 { 3 } else { 4 });
    for (before, part) in ['-', '-', 'T', ':', ':'].into_iter().zip(parts) {
        out.push(before);
        push_digits(&mut out, part.unsigned_abs().into(), 2);
    }
    out.push('.');
    push_digits(&mut out, nanos.unsigned_abs() / 10u32.pow(9 - digits), digits);
    out.push_str("+00:00");
    out
}

/// A number with at least so many digits; many times as fast as the standard library's formatting.
fn push_digits(out: &mut String, number: u32, least: u32) {
    let width = number.checked_ilog10().map_or(1, |log| log + 1).max(least);
    for place in (0..width).rev() {
        let digit = number / 10u32.pow(place) % 10;
        out.push(char::from_digit(digit, 10).unwrap_or('0'));
    }
}

/// `HH:MM:SS` with the fraction where there is one.
pub(crate) fn write_time(value: SignedDuration) -> String {
    let sign = if value.is_negative() { "-" } else { "" };
    let seconds = value.as_secs().unsigned_abs();
    let micros = value.subsec_micros().unsigned_abs();
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if micros == 0 {
        format!("{sign}{hour:02}:{minute:02}:{second:02}")
    } else {
        format!("{sign}{hour:02}:{minute:02}:{second:02}.{micros:06}")
    }
}

/// A single-precision float as the double with the same shortest decimal form: 0.1 stays 0.1.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) fn widen(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_timestamps_are_read_as_any_others() {
        let any = |text: &str| {
            let offset = text.ends_with('Z') || text.ends_with(":00") && text.len() > "2026-11-21T02:21:46".len();
            let text = if offset { text.to_string() } else { format!("{text}Z") };
            Timestamp::from_str(&text).ok()
        };
        let dates = ["2026-11-21", "2024-02-29", "1969-12-31", "0001-01-01", "9999-12-30", "2023-02-29", "2023-13-01"];
        let times =
            ["00:00:00", "23:59:59", "02:21:46.0", "02:21:46.075", "23:59:59.999999999", "24:00:00", "12:60:00"];
        for (date, time) in dates.iter().flat_map(|date| times.iter().map(move |time| (date, time))) {
            for text in ["T", " "]
                .iter()
                .flat_map(|between| ["", "Z", "+00:00"].map(|end| format!("{date}{between}{time}{end}")))
            {
                assert_eq!(parse_usual_timestamp(text.as_bytes()), any(&text), "{text}");
            }
        }
        for other in [
            "",
            "2026-11-21",
            "2026-11-21T02:21",
            "2026-11-21T02:21:46.",
            "2026-11-21T02:21:46.0123456789",
            "2026-11-21T02:21:46+02:00",
            "2026-11-21T02:21:46 UTC",
            "2026-11-21T02:21:4x",
            "+2026-11-21T02:21:46",
        ] {
            assert_eq!(parse_usual_timestamp(other.as_bytes()), None, "{other}");
        }
        let of = |text| parse_timestamp(text).map(|value| value.to_string());
        assert_eq!(of("2026-11-21T02:21:46+02:00").as_deref(), Some("2026-11-21T00:21:46Z"));
        assert_eq!(of(" 2026-11-21 02:21:46 UTC").as_deref(), Some("2026-11-21T02:21:46Z"));
        assert_eq!(of("2026-12-31T23:59:60Z").as_deref(), Some("2026-12-31T23:59:59Z"), "a leap second");
    }

    #[test]
    fn timestamps_are_written_with_every_digit() {
        for (given, written) in [
            ("2026-11-21T02:21:46.075Z", "2026-11-21T02:21:46.075+00:00"),
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000+00:00"),
            ("0001-12-31T23:59:59.000001Z", "0001-12-31T23:59:59.000001+00:00"),
            ("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999+00:00"),
            ("2000-02-29T00:00:00.1Z", "2000-02-29T00:00:00.100+00:00"),
            ("-000044-03-15T12:00:00Z", "-044-03-15T12:00:00.000+00:00"),
            ("-009998-03-15T12:00:00.12Z", "-9998-03-15T12:00:00.120+00:00"),
        ] {
            let instant = Timestamp::from_str(given).map(write_timestamp);
            assert_eq!(instant.ok().as_deref(), Some(written), "{given}");
        }
    }
}
