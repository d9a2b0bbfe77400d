//! PostgreSQL's binary form to cells.
//!
//! **In**: a type and the bytes the server sent. **Out**: a [`Cell`]. The bytes are judged as if a hostile server had sent
//! them: every length is checked, nothing is allocated by a count alone, nothing panics.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::BigInt;
use jiff::{SignedDuration, Span, Timestamp, civil};
use postgres_types::{Kind, Type};
use uuid::Uuid;

use super::encode::EPOCH_MICROS;
use crate::cell::{Cell, widen, write_time};
use crate::error::{Error, Result};

const CUT_OFF: Cell<'static> = Cell::Invalid("a value shorter than its type");

fn fixed<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.get(..N)?.try_into().ok()
}

fn int(bytes: &[u8]) -> Option<i64> {
    match bytes.len() {
        2 => Some(i64::from(i16::from_be_bytes(fixed(bytes)?))),
        4 => Some(i64::from(i32::from_be_bytes(fixed(bytes)?))),
        8 => Some(i64::from_be_bytes(fixed(bytes)?)),
        _ => None,
    }
}

fn text(bytes: &[u8]) -> Cell<'_> {
    std::str::from_utf8(bytes).map_or(Cell::Invalid("text that is not UTF-8"), Cell::Text)
}

/// A value of a type.
pub(crate) fn read<'a>(ty: &Type, bytes: &'a [u8]) -> Cell<'a> {
    let value = match *ty {
        Type::BOOL => bytes.first().map(|byte| Cell::Bool(*byte != 0)),
        Type::INT2 | Type::INT4 | Type::INT8 => int(bytes).map(Cell::Int),
        Type::OID | Type::XID | Type::CID | Type::REGCLASS | Type::REGTYPE | Type::REGPROC | Type::REGNAMESPACE => {
            fixed(bytes).map(|bytes| Cell::Int(u32::from_be_bytes(bytes).into()))
        }
        Type::FLOAT4 => fixed(bytes).map(|bytes| Cell::Float(widen(f32::from_be_bytes(bytes)))),
        Type::FLOAT8 => fixed(bytes).map(|bytes| Cell::Float(f64::from_be_bytes(bytes))),
        Type::NUMERIC => numeric(bytes),
        Type::MONEY => fixed(bytes).map(|bytes| Cell::Decimal(BigDecimal::new(i64::from_be_bytes(bytes).into(), 2))),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::XML => Some(text(bytes)),
        Type::CHAR => Some(text(if bytes == [0] { &[] } else { bytes })),
        Type::JSON => Some(json(bytes)),
        Type::JSONB | Type::JSONPATH => bytes.split_first().map(|(_, bytes)| json(bytes)),
        Type::BYTEA => Some(Cell::Bytes(bytes)),
        Type::UUID => fixed(bytes).map(|bytes| Cell::Uuid(Uuid::from_bytes(bytes))),
        Type::TIMESTAMP | Type::TIMESTAMPTZ => fixed(bytes).map(|bytes| instant(i64::from_be_bytes(bytes))),
        Type::DATE => fixed(bytes).map(|bytes| day(i32::from_be_bytes(bytes))),
        Type::TIME => fixed(bytes).map(|bytes| Cell::Time(SignedDuration::from_micros(i64::from_be_bytes(bytes)))),
        Type::TIMETZ => time_with_zone(bytes),
        Type::INTERVAL => interval(bytes),
        Type::INET | Type::CIDR => network(bytes, *ty == Type::CIDR),
        Type::MACADDR | Type::MACADDR8 => Some(Cell::OwnedText(hex_pairs(bytes))),
        Type::BIT | Type::VARBIT => bits(bytes),
        Type::RECORD => Some(Cell::Record(Record { bytes })),
        Type::RECORD_ARRAY => Some(Cell::Array(Array { element: Type::RECORD, bytes })),
        Type::VOID => Some(Cell::Null),
        _ => Some(other(ty, bytes)),
    };
    value.unwrap_or(CUT_OFF)
}

/// Types of users; those of extensions are known by name only.
fn other<'a>(ty: &Type, bytes: &'a [u8]) -> Cell<'a> {
    match ty.kind() {
        Kind::Enum(_) => return text(bytes),
        Kind::Domain(inner) => return read(inner, bytes),
        Kind::Array(element) => return Cell::Array(Array { element: element.clone(), bytes }),
        _ => {}
    }
    match ty.name() {
        "citext" => text(bytes),
        "ltree" => text(bytes.get(1..).unwrap_or_default()),
        name => Cell::Native { type_name: Cow::Owned(name.to_string()), bytes },
    }
}

fn json(bytes: &[u8]) -> Cell<'_> {
    std::str::from_utf8(bytes).map_or(Cell::Invalid("text that is not UTF-8"), Cell::Json)
}

fn instant(micros: i64) -> Cell<'static> {
    if micros == i64::MAX || micros == i64::MIN {
        return Cell::Invalid("an infinite instant");
    }
    let value = micros.checked_add(EPOCH_MICROS).and_then(|micros| Timestamp::from_microsecond(micros).ok());
    value.map_or(Cell::Invalid("an instant out of range"), Cell::DateTime)
}

fn day(days: i32) -> Cell<'static> {
    if days == i32::MAX || days == i32::MIN {
        return Cell::Invalid("an infinite date");
    }
    let value = Span::new().try_days(days).and_then(|span| civil::date(2000, 1, 1).checked_add(span));
    value.map_or(Cell::Invalid("a date out of range"), Cell::Date)
}

fn time_with_zone(bytes: &[u8]) -> Option<Cell<'static>> {
    let micros = i64::from_be_bytes(fixed(bytes)?);
    let west = i32::from_be_bytes(fixed(bytes.get(8..)?)?);
    Some(Cell::Time(SignedDuration::from_micros(micros) + SignedDuration::from_secs(west.into())))
}

/// The standard form of PostgreSQL: `1 year 2 mons 3 days 04:05:06`.
fn interval(bytes: &[u8]) -> Option<Cell<'static>> {
    let micros = i64::from_be_bytes(fixed(bytes)?);
    let days = i32::from_be_bytes(fixed(bytes.get(8..)?)?);
    let months = i32::from_be_bytes(fixed(bytes.get(12..)?)?);
    let mut parts = Vec::new();
    let mut part = |number: i32, one: &str, many: &str| match number {
        0 => {}
        1 => parts.push(format!("1 {one}")),
        _ => parts.push(format!("{number} {many}")),
    };
    part(months / 12, "year", "years");
    part(months % 12, "mon", "mons");
    part(days, "day", "days");
    if micros != 0 || parts.is_empty() {
        parts.push(write_time(SignedDuration::from_micros(micros)));
    }
    Some(Cell::OwnedText(parts.join(" ")))
}

fn network(bytes: &[u8], is_cidr: bool) -> Option<Cell<'static>> {
    let (head, address) = bytes.split_at_checked(4)?;
    let prefix = head[1];
    let (address, whole) = match head[3] {
        4 => (Ipv4Addr::from(fixed::<4>(address)?).to_string(), 32),
        16 => (Ipv6Addr::from(fixed::<16>(address)?).to_string(), 128),
        _ => return None,
    };
    let text = if prefix == whole && !is_cidr { address } else { format!("{address}/{prefix}") };
    Some(Cell::OwnedText(text))
}

fn hex_pairs(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(":")
}

fn bits(bytes: &[u8]) -> Option<Cell<'static>> {
    let length = usize::try_from(i32::from_be_bytes(fixed(bytes)?)).ok()?;
    let bytes = bytes.get(4..)?;
    if length > bytes.len().checked_mul(8)? {
        return None;
    }
    let bit = |at: usize| {
        if bytes[at / 8] >> (7 - at % 8) & 1 == 1 { '1' } else { '0' }
    };
    Some(Cell::OwnedText((0..length).map(bit).collect()))
}

/// Digits of base 10000 with a weight and a sign. Exact; zeros that end the fraction are left out.
fn numeric(bytes: &[u8]) -> Option<Cell<'static>> {
    let digits = usize::from(u16::from_be_bytes(fixed(bytes)?));
    let weight = i64::from(i16::from_be_bytes(fixed(bytes.get(2..)?)?));
    let is_negative = match u16::from_be_bytes(fixed(bytes.get(4..)?)?) {
        0x0000 => false,
        0x4000 => true,
        _ => return Some(Cell::Invalid("NaN or infinity")),
    };
    let groups = bytes.get(8..8 + digits.checked_mul(2)?)?;
    let mut text = String::with_capacity(digits * 4 + 1);
    if is_negative {
        text.push('-');
    }
    for group in groups.chunks_exact(2) {
        let group = u16::from_be_bytes(fixed(group)?);
        if group > 9999 {
            return None;
        }
        text.push_str(&format!("{group:04}"));
    }
    if digits == 0 {
        return Some(Cell::Decimal(BigDecimal::default()));
    }
    let mut scale = (i64::try_from(digits).ok()? - 1 - weight) * 4;
    while scale > 0 && text.ends_with('0') {
        text.pop();
        scale -= 1;
    }
    while scale < 0 {
        text.push('0');
        scale += 1;
    }
    let number: BigInt = text.parse().ok()?;
    Some(Cell::Decimal(BigDecimal::new(number, scale)))
}

/// An array as the server sent it. Arrays of several dimensions are read as one row after another.
#[derive(Debug, Clone, PartialEq)]
pub struct Array<'a> {
    element: Type,
    bytes: &'a [u8],
}

impl<'a> Array<'a> {
    /// The elements in order. An element that cannot be read is a `P2023`, and ends the array.
    pub fn iter(&self) -> impl Iterator<Item = Result<Cell<'a>>> + use<'a> {
        let mut elements = Fields { bytes: self.bytes, left: 0 };
        elements.read_array_head();
        let element = self.element.clone();
        std::iter::from_fn(move || elements.next_value().map(|value| value.map(|bytes| value_cell(&element, bytes))))
    }
}

/// A record (`ROW(..)`) as the server sent it; its fields carry their types.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Record<'a> {
    bytes: &'a [u8],
}

impl<'a> Record<'a> {
    /// The fields in order. Types that are not built in (enums) are read as text. A field that cannot be read is a `P2023`,
    /// and ends the record.
    pub fn iter(&self) -> impl Iterator<Item = Result<Cell<'a>>> + use<'a> {
        let mut fields = Fields { bytes: self.bytes, left: 0 };
        fields.left = fields.take_count();
        std::iter::from_fn(move || {
            if fields.left == 0 {
                return None;
            }
            let oid = fields.take::<4>().map(u32::from_be_bytes);
            let ty = oid.and_then(Type::from_oid).unwrap_or(Type::TEXT);
            fields.next_value().map(|value| value.map(|bytes| value_cell(&ty, bytes)))
        })
    }
}

fn value_cell<'a>(ty: &Type, bytes: Option<&'a [u8]>) -> Cell<'a> {
    bytes.map_or(Cell::Null, |bytes| read(ty, bytes))
}

/// A run of values, each with its length before it.
struct Fields<'a> {
    bytes: &'a [u8],
    left: u64,
}

impl<'a> Fields<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.bytes.split_first_chunk::<N>()?;
        self.bytes = rest;
        Some(*head)
    }

    fn take_count(&mut self) -> u64 {
        self.take::<4>().map_or(0, |bytes| u64::from(u32::from_be_bytes(bytes)))
    }

    /// Dimensions, a flag for NULLs, the element's type; then for each dimension its length and first index.
    fn read_array_head(&mut self) {
        let dimensions = self.take_count();
        self.take::<8>();
        let mut count: u64 = u64::from(dimensions > 0);
        // PostgreSQL has at most six dimensions.
        for _ in 0..dimensions.min(6) {
            count = count.saturating_mul(self.take_count());
            self.take::<4>();
        }
        self.left = count;
    }

    fn next_value(&mut self) -> Option<Result<Option<&'a [u8]>>> {
        self.left = self.left.checked_sub(1)?;
        let value = self.take::<4>().and_then(|length| match i32::from_be_bytes(length) {
            -1 => Some(None),
            length => {
                let (value, rest) = self.bytes.split_at_checked(usize::try_from(length).ok()?)?;
                self.bytes = rest;
                Some(Some(value))
            }
        });
        if value.is_none() {
            self.left = 0;
        }
        Some(value.ok_or_else(|| Error::conversion("a list or record that ends too early", "its elements")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: &[Type] = &[
        Type::BOOL,
        Type::INT2,
        Type::INT4,
        Type::INT8,
        Type::OID,
        Type::FLOAT4,
        Type::FLOAT8,
        Type::NUMERIC,
        Type::MONEY,
        Type::TEXT,
        Type::CHAR,
        Type::JSON,
        Type::JSONB,
        Type::BYTEA,
        Type::UUID,
        Type::TIMESTAMP,
        Type::DATE,
        Type::TIME,
        Type::TIMETZ,
        Type::INTERVAL,
        Type::INET,
        Type::CIDR,
        Type::MACADDR,
        Type::BIT,
        Type::RECORD,
        Type::RECORD_ARRAY,
        Type::INT4_ARRAY,
        Type::TEXT_ARRAY,
        Type::NUMERIC_ARRAY,
        Type::POINT,
    ];

    /// Reads a cell down to its last part.
    fn walk(cell: Cell<'_>, depth: u32) {
        assert!(depth < 100);
        match cell {
            Cell::Array(array) => array.iter().flatten().for_each(|cell| walk(cell, depth + 1)),
            Cell::Record(record) => record.iter().flatten().for_each(|cell| walk(cell, depth + 1)),
            _ => {}
        }
    }

    /// Whatever a server sends, reading it ends without a panic.
    #[test]
    fn hostile_bytes() {
        let mut seed = 11_u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed >> 33
        };
        for _ in 0..20_000 {
            let length = usize::try_from(next() % 40).expect("short");
            let bytes: Vec<u8> = (0..length)
                .map(|_| match next() % 4 {
                    0 => 0,
                    1 => 255,
                    2 => u8::try_from(next() % 8).expect("small"),
                    _ => u8::try_from(next() % 256).expect("a byte"),
                })
                .collect();
            for ty in TYPES {
                walk(read(ty, &bytes), 0);
            }
        }
    }

    #[test]
    fn every_cut_of_an_array() {
        // One dimension, no NULLs, int4, two elements from 1: 7 and NULL.
        let whole = [
            [0, 0, 0, 1],
            [0, 0, 0, 1],
            [0, 0, 0, 23],
            [0, 0, 0, 2],
            [0, 0, 0, 1],
            [0, 0, 0, 4],
            [0, 0, 0, 7],
            [255; 4],
        ]
        .concat();
        let elements = |bytes: &[u8]| match read(&Type::INT4_ARRAY, bytes) {
            Cell::Array(array) => {
                array.iter().map(|cell| cell.map(|cell| format!("{cell:?}"))).collect::<Result<Vec<_>>>()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(elements(&whole).expect("whole"), ["Int(7)", "Null"]);
        for cut in 20..whole.len() {
            assert_eq!(elements(&whole[..cut]).expect_err("cut").code(), "P2023", "{cut}");
        }
    }
}
