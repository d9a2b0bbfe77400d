//! Types of CockroachDB.

use nicol_schema::schema::{NativeType, ScalarType};

use crate::plan::Cast;

/// A type. Lengths and precisions are none when not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are CockroachDB's own")]
pub enum CockroachType {
    Bit(Option<u32>),
    Bool,
    Bytes,
    Char(Option<u32>),
    Date,
    Decimal(Option<(u32, u32)>),
    Float4,
    Float8,
    Geography,
    Geometry,
    Inet,
    Int2,
    Int4,
    Int8,
    JsonB,
    Oid,
    CatalogSingleChar,
    String(Option<u32>),
    Time(Option<u32>),
    Timestamp(Option<u32>),
    Timestamptz(Option<u32>),
    Timetz(Option<u32>),
    Uuid,
    VarBit(Option<u32>),
}

use CockroachType as T;

impl CockroachType {
    /// The type a scalar gets without a native type attribute.
    pub(crate) fn of_scalar(scalar: ScalarType) -> CockroachType {
        match scalar {
            ScalarType::Int => T::Int4,
            ScalarType::BigInt => T::Int8,
            ScalarType::Float => T::Float8,
            ScalarType::Decimal => T::Decimal(Some((65, 30))),
            ScalarType::Boolean => T::Bool,
            ScalarType::String => T::String(None),
            ScalarType::DateTime => T::Timestamp(Some(3)),
            ScalarType::Bytes => T::Bytes,
            ScalarType::Json => T::JsonB,
        }
    }

    /// The type of a native type attribute; none for a name that is not CockroachDB's.
    pub(crate) fn of_native(native: &NativeType) -> Option<CockroachType> {
        let number = |index: usize| native.args.get(index).and_then(|text| text.trim().parse::<u32>().ok());
        let first = number(0);
        Some(match native.name.as_str() {
            "Bit" => T::Bit(first),
            "Bool" => T::Bool,
            "Bytes" => T::Bytes,
            "Char" => T::Char(first),
            "Date" => T::Date,
            "Decimal" => T::Decimal(first.map(|precision| (precision, number(1).unwrap_or(0)))),
            "Float4" => T::Float4,
            "Float8" => T::Float8,
            "Geography" => T::Geography,
            "Geometry" => T::Geometry,
            "Inet" => T::Inet,
            "Int2" => T::Int2,
            "Int4" => T::Int4,
            "Int8" => T::Int8,
            "JsonB" => T::JsonB,
            "Oid" => T::Oid,
            "CatalogSingleChar" => T::CatalogSingleChar,
            "String" => T::String(first),
            "Time" => T::Time(first),
            "Timestamp" => T::Timestamp(first),
            "Timestamptz" => T::Timestamptz(first),
            "Timetz" => T::Timetz(first),
            "Uuid" => T::Uuid,
            "VarBit" => T::VarBit(first),
            _ => return None,
        })
    }

    /// As written in SQL.
    pub fn sql(self) -> String {
        let sized = |name: &str, size: Option<u32>| match size {
            Some(size) => format!("{name}({size})"),
            None => name.to_owned(),
        };
        match self {
            T::Bit(size) => sized("BIT", size),
            T::Bool => "BOOL".to_owned(),
            T::Bytes => "BYTES".to_owned(),
            T::Char(size) => sized("CHAR", size),
            T::Date => "DATE".to_owned(),
            T::Decimal(Some((precision, scale))) => format!("DECIMAL({precision},{scale})"),
            T::Decimal(None) => "DECIMAL".to_owned(),
            T::Float4 => "FLOAT4".to_owned(),
            T::Float8 => "FLOAT8".to_owned(),
            T::Geography => "GEOGRAPHY".to_owned(),
            T::Geometry => "GEOMETRY".to_owned(),
            T::Inet => "INET".to_owned(),
            T::Int2 => "INT2".to_owned(),
            T::Int4 => "INT4".to_owned(),
            T::Int8 => "INT8".to_owned(),
            T::JsonB => "JSONB".to_owned(),
            T::Oid => "OID".to_owned(),
            T::CatalogSingleChar => "\"char\"".to_owned(),
            T::String(size) => sized("STRING", size),
            T::Time(size) => sized("TIME", size),
            T::Timestamp(size) => sized("TIMESTAMP", size),
            T::Timestamptz(size) => sized("TIMESTAMPTZ", size),
            T::Timetz(size) => sized("TIMETZ", size),
            T::Uuid => "UUID".to_owned(),
            T::VarBit(size) => sized("VARBIT", size),
        }
    }

    /// Whether the server sees one type: a precision or length not written is the server's own.
    pub fn is_same(&self, other: &CockroachType) -> bool {
        let or = |size: &Option<u32>, default: u32| size.unwrap_or(default);
        match (self, other) {
            (T::Timestamp(a), T::Timestamp(b))
            | (T::Timestamptz(a), T::Timestamptz(b))
            | (T::Time(a), T::Time(b))
            | (T::Timetz(a), T::Timetz(b)) => or(a, 6) == or(b, 6),
            (T::Char(a), T::Char(b)) | (T::Bit(a), T::Bit(b)) => or(a, 1) == or(b, 1),
            (a, b) => a == b,
        }
    }
}

/// The server changes few types in place, and none of a column that an index covers.
pub(crate) fn cast(from: CockroachType, to: CockroachType, is_indexed: bool) -> Cast {
    match (from, to) {
        (T::Int4, T::String(None)) if !is_indexed => Cast::Safe,
        (T::Int8, T::Int4) if !is_indexed => Cast::Risky,
        // The reference drops the column here; the server widens it in place.
        (T::Int4, T::Int8) | (T::Int2, T::Int4 | T::Int8) if !is_indexed => Cast::Safe,
        _ => Cast::Impossible,
    }
}
