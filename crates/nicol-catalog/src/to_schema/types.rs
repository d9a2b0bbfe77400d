//! Column types as types of the schema language, with the native type where it is not the one the scalar gets anyway.

use nicol_schema::schema::ScalarType as S;

use crate::catalog::{Arity, CockroachType, Column, ColumnType, Default, Literal, MysqlType, PostgresType, SqliteType};

/// A built-in type and its native type, such as `VarChar(20)`.
pub(super) type Typed = (S, Option<String>);

/// The scalar type of a column; none for enums and what the language does not know.
pub(super) fn scalar(column: &Column) -> Option<Typed> {
    Some(match &column.ty {
        ColumnType::Sqlite(ty) => (sqlite(*ty), None),
        ColumnType::Postgres(ty) => postgres(*ty, column.arity == Arity::List),
        ColumnType::Cockroach(ty) => cockroach(*ty),
        ColumnType::Mysql(MysqlType::Enum(_)) | ColumnType::Enum { .. } | ColumnType::Unsupported(_) => return None,
        ColumnType::Mysql(MysqlType::Boolean) if !is_truth_value(column) => (S::Int, Some("TinyInt".to_owned())),
        ColumnType::Mysql(ty) => mysql(ty)?,
    })
}

/// `tinyint(1)` is a boolean unless its default is neither 0 nor 1.
fn is_truth_value(column: &Column) -> bool {
    match &column.default {
        Some(Default::Literal(Literal::Number(number))) => matches!(number.as_str(), "0" | "1"),
        _ => true,
    }
}

fn sqlite(ty: SqliteType) -> S {
    match ty {
        SqliteType::Integer => S::Int,
        SqliteType::BigInt => S::BigInt,
        SqliteType::Real => S::Float,
        SqliteType::Decimal => S::Decimal,
        SqliteType::Boolean => S::Boolean,
        SqliteType::Text => S::String,
        SqliteType::DateTime => S::DateTime,
        SqliteType::Blob => S::Bytes,
        SqliteType::Json => S::Json,
    }
}

fn sized(name: &str, size: Option<u32>) -> String {
    size.map_or_else(|| name.to_owned(), |size| format!("{name}({size})"))
}

fn decimal(name: &str, size: Option<(u32, u32)>) -> Option<String> {
    match size {
        Some((65, 30)) => None,
        Some((precision, scale)) => Some(format!("{name}({precision}, {scale})")),
        None => Some(name.to_owned()),
    }
}

fn postgres(ty: PostgresType, is_list: bool) -> Typed {
    use PostgresType as T;
    // The server's own precision is written, except on lists.
    let time = |name: &str, size: Option<u32>| Some(sized(name, size.or((!is_list).then_some(6))));
    let native = |name: &str| Some(name.to_owned());
    match ty {
        T::SmallInt => (S::Int, native("SmallInt")),
        T::Integer => (S::Int, None),
        T::BigInt => (S::BigInt, None),
        T::Decimal(size) => (S::Decimal, decimal("Decimal", size)),
        T::Money => (S::Decimal, native("Money")),
        T::Inet => (S::String, native("Inet")),
        T::Oid => (S::Int, native("Oid")),
        T::Citext => (S::String, native("Citext")),
        T::Real => (S::Float, native("Real")),
        T::DoublePrecision => (S::Float, None),
        T::VarChar(size) => (S::String, Some(sized("VarChar", size))),
        T::Char(size) => (S::String, Some(sized("Char", size))),
        T::Text => (S::String, None),
        T::ByteA => (S::Bytes, None),
        T::Timestamp(Some(3)) => (S::DateTime, None),
        T::Timestamp(size) => (S::DateTime, time("Timestamp", size)),
        T::Timestamptz(size) => (S::DateTime, time("Timestamptz", size)),
        T::Date => (S::DateTime, native("Date")),
        T::Time(size) => (S::DateTime, time("Time", size)),
        T::Timetz(size) => (S::DateTime, time("Timetz", size)),
        T::Boolean => (S::Boolean, None),
        T::Bit(size) => (S::String, Some(sized("Bit", size))),
        T::VarBit(size) => (S::String, Some(sized("VarBit", size))),
        T::Uuid => (S::String, native("Uuid")),
        T::Xml => (S::String, native("Xml")),
        T::Json => (S::Json, native("Json")),
        T::JsonB => (S::Json, None),
    }
}

fn cockroach(ty: CockroachType) -> Typed {
    use CockroachType as T;
    let native = |name: &str| Some(name.to_owned());
    match ty {
        T::Bit(size) => (S::String, Some(sized("Bit", size))),
        T::Bool => (S::Boolean, None),
        T::Bytes => (S::Bytes, None),
        T::Char(size) => (S::String, Some(sized("Char", size))),
        T::Date => (S::DateTime, native("Date")),
        T::Decimal(size) => (S::Decimal, decimal("Decimal", size)),
        T::Float4 => (S::Float, native("Float4")),
        T::Float8 => (S::Float, None),
        T::Geography => (S::String, native("Geography")),
        T::Geometry => (S::String, native("Geometry")),
        T::Inet => (S::String, native("Inet")),
        T::Int2 => (S::Int, native("Int2")),
        T::Int4 => (S::Int, None),
        T::Int8 => (S::BigInt, None),
        T::JsonB => (S::Json, None),
        T::Oid => (S::Int, native("Oid")),
        T::CatalogSingleChar => (S::String, native("CatalogSingleChar")),
        T::String(None) => (S::String, None),
        T::String(size) => (S::String, Some(sized("String", size))),
        T::Time(size) => (S::DateTime, Some(sized("Time", size.or(Some(6))))),
        T::Timestamp(Some(3)) => (S::DateTime, None),
        T::Timestamp(size) => (S::DateTime, Some(sized("Timestamp", size.or(Some(6))))),
        T::Timestamptz(size) => (S::DateTime, Some(sized("Timestamptz", size.or(Some(6))))),
        T::Timetz(size) => (S::DateTime, Some(sized("Timetz", size.or(Some(6))))),
        T::Uuid => (S::String, native("Uuid")),
        T::VarBit(size) => (S::String, Some(sized("VarBit", size))),
    }
}

fn mysql(ty: &MysqlType) -> Option<Typed> {
    use MysqlType as T;
    let native = |name: &str| Some(name.to_owned());
    // A precision that is not written is none.
    let time = |name: &str, size: &Option<u32>| Some(sized(name, Some(size.unwrap_or(0))));
    Some(match ty {
        T::Boolean => (S::Boolean, None),
        T::TinyInt => (S::Int, native("TinyInt")),
        T::SmallInt => (S::Int, native("SmallInt")),
        T::MediumInt => (S::Int, native("MediumInt")),
        T::Int => (S::Int, None),
        T::BigInt => (S::BigInt, None),
        T::UnsignedTinyInt => (S::Int, native("UnsignedTinyInt")),
        T::UnsignedSmallInt => (S::Int, native("UnsignedSmallInt")),
        T::UnsignedMediumInt => (S::Int, native("UnsignedMediumInt")),
        T::UnsignedInt => (S::Int, native("UnsignedInt")),
        T::UnsignedBigInt => (S::BigInt, native("UnsignedBigInt")),
        T::Decimal(size) => (S::Decimal, decimal("Decimal", Some(size.unwrap_or((10, 0))))),
        T::Float => (S::Float, native("Float")),
        T::Double => (S::Float, None),
        T::Bit(1) => (S::Boolean, native("Bit(1)")),
        T::Bit(size) => (S::Bytes, Some(sized("Bit", Some(*size)))),
        T::Char(size) => (S::String, Some(sized("Char", Some(*size)))),
        T::VarChar(191) => (S::String, None),
        T::VarChar(size) => (S::String, Some(sized("VarChar", Some(*size)))),
        T::Binary(size) => (S::Bytes, Some(sized("Binary", Some(*size)))),
        T::VarBinary(size) => (S::Bytes, Some(sized("VarBinary", Some(*size)))),
        T::TinyBlob => (S::Bytes, native("TinyBlob")),
        T::Blob => (S::Bytes, native("Blob")),
        T::MediumBlob => (S::Bytes, native("MediumBlob")),
        T::LongBlob => (S::Bytes, None),
        T::TinyText => (S::String, native("TinyText")),
        T::Text => (S::String, native("Text")),
        T::MediumText => (S::String, native("MediumText")),
        T::LongText => (S::String, native("LongText")),
        T::Date => (S::DateTime, native("Date")),
        T::Time(size) => (S::DateTime, time("Time", size)),
        T::DateTime(Some(3)) => (S::DateTime, None),
        T::DateTime(size) => (S::DateTime, time("DateTime", size)),
        T::Timestamp(size) => (S::DateTime, time("Timestamp", size)),
        T::Year => (S::Int, native("Year")),
        T::Json => (S::Json, None),
        T::Enum(_) => return None,
    })
}
