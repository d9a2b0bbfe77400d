//! Types of PostgreSQL: names, how they are written, which are the same.

use nicol_schema::schema::{NativeType, ScalarType};

/// A type. Lengths and precisions are none when not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are PostgreSQL's own")]
pub enum PostgresType {
    SmallInt,
    Integer,
    BigInt,
    Decimal(Option<(u32, u32)>),
    Money,
    Inet,
    Oid,
    Citext,
    Real,
    DoublePrecision,
    VarChar(Option<u32>),
    Char(Option<u32>),
    Text,
    ByteA,
    Timestamp(Option<u32>),
    Timestamptz(Option<u32>),
    Date,
    Time(Option<u32>),
    Timetz(Option<u32>),
    Boolean,
    Bit(Option<u32>),
    VarBit(Option<u32>),
    Uuid,
    Xml,
    Json,
    JsonB,
}

use PostgresType as T;

impl PostgresType {
    /// The type a scalar gets without a native type attribute.
    pub(crate) fn of_scalar(scalar: ScalarType) -> PostgresType {
        match scalar {
            ScalarType::Int => T::Integer,
            ScalarType::BigInt => T::BigInt,
            ScalarType::Float => T::DoublePrecision,
            ScalarType::Decimal => T::Decimal(Some((65, 30))),
            ScalarType::Boolean => T::Boolean,
            ScalarType::String => T::Text,
            ScalarType::DateTime => T::Timestamp(Some(3)),
            ScalarType::Bytes => T::ByteA,
            ScalarType::Json => T::JsonB,
        }
    }

    /// The type of a native type attribute; none for a name that is not PostgreSQL's.
    pub(crate) fn of_native(native: &NativeType) -> Option<PostgresType> {
        let number = |index: usize| native.args.get(index).and_then(|text| text.trim().parse::<u32>().ok());
        let first = number(0);
        Some(match native.name.as_str() {
            "SmallInt" => T::SmallInt,
            "Integer" => T::Integer,
            "BigInt" => T::BigInt,
            "Decimal" => T::Decimal(first.map(|precision| (precision, number(1).unwrap_or(0)))),
            "Money" => T::Money,
            "Inet" => T::Inet,
            "Oid" => T::Oid,
            "Citext" => T::Citext,
            "Real" => T::Real,
            "DoublePrecision" => T::DoublePrecision,
            "VarChar" => T::VarChar(first),
            "Char" => T::Char(first),
            "Text" => T::Text,
            "ByteA" => T::ByteA,
            "Timestamp" => T::Timestamp(first),
            "Timestamptz" => T::Timestamptz(first),
            "Date" => T::Date,
            "Time" => T::Time(first),
            "Timetz" => T::Timetz(first),
            "Boolean" => T::Boolean,
            "Bit" => T::Bit(first),
            "VarBit" => T::VarBit(first),
            "Uuid" => T::Uuid,
            "Xml" => T::Xml,
            "Json" => T::Json,
            "JsonB" => T::JsonB,
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
            T::Decimal(Some((precision, scale))) => format!("DECIMAL({precision},{scale})"),
            T::Decimal(None) => "DECIMAL".to_owned(),
            T::VarChar(size) => sized("VARCHAR", size),
            T::Char(size) => sized("CHAR", size),
            T::Timestamp(size) => sized("TIMESTAMP", size),
            T::Timestamptz(size) => sized("TIMESTAMPTZ", size),
            T::Time(size) => sized("TIME", size),
            T::Timetz(size) => sized("TIMETZ", size),
            T::Bit(size) => sized("BIT", size),
            T::VarBit(size) => sized("VARBIT", size),
            T::SmallInt
            | T::Integer
            | T::BigInt
            | T::Money
            | T::Inet
            | T::Oid
            | T::Citext
            | T::Real
            | T::DoublePrecision
            | T::Text
            | T::ByteA
            | T::Date
            | T::Boolean
            | T::Uuid
            | T::Xml
            | T::Json
            | T::JsonB => self.name().to_uppercase(),
        }
    }

    /// As written when the column counts itself up.
    pub(crate) fn serial_sql(self) -> String {
        match self {
            T::SmallInt => "SMALLSERIAL".to_owned(),
            T::BigInt => "BIGSERIAL".to_owned(),
            T::Integer => "SERIAL".to_owned(),
            other => other.sql(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            T::SmallInt => "SmallInt",
            T::Integer => "Integer",
            T::BigInt => "BigInt",
            T::Decimal(_) => "Decimal",
            T::Money => "Money",
            T::Inet => "Inet",
            T::Oid => "Oid",
            T::Citext => "Citext",
            T::Real => "Real",
            T::DoublePrecision => "Double Precision",
            T::VarChar(_) => "VarChar",
            T::Char(_) => "Char",
            T::Text => "Text",
            T::ByteA => "ByteA",
            T::Timestamp(_) => "Timestamp",
            T::Timestamptz(_) => "Timestamptz",
            T::Date => "Date",
            T::Time(_) => "Time",
            T::Timetz(_) => "Timetz",
            T::Boolean => "Boolean",
            T::Bit(_) => "Bit",
            T::VarBit(_) => "VarBit",
            T::Uuid => "Uuid",
            T::Xml => "Xml",
            T::Json => "Json",
            T::JsonB => "JsonB",
        }
    }

    pub(super) fn size(self) -> Option<u32> {
        match self {
            T::VarChar(size)
            | T::Char(size)
            | T::Timestamp(size)
            | T::Timestamptz(size)
            | T::Time(size)
            | T::Timetz(size)
            | T::Bit(size)
            | T::VarBit(size) => size,
            T::SmallInt
            | T::Integer
            | T::BigInt
            | T::Decimal(_)
            | T::Money
            | T::Inet
            | T::Oid
            | T::Citext
            | T::Real
            | T::DoublePrecision
            | T::Text
            | T::ByteA
            | T::Date
            | T::Boolean
            | T::Uuid
            | T::Xml
            | T::Json
            | T::JsonB => None,
        }
    }

    /// For messages: the native type as the schema writes it.
    pub fn native_name(self) -> String {
        let name = self.name().replace(' ', "");
        match (self, self.size()) {
            (T::Decimal(Some((precision, scale))), _) => format!("{name}({precision},{scale})"),
            (_, Some(size)) => format!("{name}({size})"),
            (_, None) => name,
        }
    }

    /// Whether the server sees one type: a precision or length not written is the server's own.
    pub fn is_same(&self, other: &PostgresType) -> bool {
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
