//! Types of SQLite. The server keeps the word that was written and few rules behind it, so a type here is a family:
//! lengths and synonyms fall away.

use nicol_schema::schema::ScalarType;

use crate::plan::Cast;

/// A family of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names speak for themselves")]
pub enum SqliteType {
    Integer,
    BigInt,
    Real,
    Decimal,
    Boolean,
    Text,
    DateTime,
    Blob,
    Json,
}

use SqliteType as T;

impl SqliteType {
    /// The type of a scalar.
    pub(crate) fn of_scalar(scalar: ScalarType) -> SqliteType {
        match scalar {
            ScalarType::Int => T::Integer,
            ScalarType::BigInt => T::BigInt,
            ScalarType::Float => T::Real,
            ScalarType::Decimal => T::Decimal,
            ScalarType::Boolean => T::Boolean,
            ScalarType::String => T::Text,
            ScalarType::DateTime => T::DateTime,
            ScalarType::Bytes => T::Blob,
            ScalarType::Json => T::Json,
        }
    }

    /// The family of a type as declared in a table; none for a word nobody knows.
    pub(crate) fn of_declared(declared: &str) -> Option<SqliteType> {
        let word = declared.split('(').next().unwrap_or_default().trim().to_lowercase();
        Some(match word.as_str() {
            "int" | "integer" | "tinyint" | "smallint" | "mediumint" | "int2" | "int4" => T::Integer,
            "bigint" | "int8" | "unsigned bigint" | "unsigned big int" => T::BigInt,
            "real" | "float" | "double" | "double precision" => T::Real,
            "decimal" | "numeric" => T::Decimal,
            "boolean" | "bool" => T::Boolean,
            "text" | "varchar" | "char" | "character" | "clob" | "nvarchar" | "nchar" | "varying character"
            | "character varying" | "native character" => T::Text,
            "datetime" | "date" | "timestamp" | "time" => T::DateTime,
            "blob" | "binary" | "varbinary" => T::Blob,
            "json" | "jsonb" => T::Json,
            _ => return None,
        })
    }

    /// As written in SQL.
    pub fn sql(self) -> &'static str {
        match self {
            T::Integer => "INTEGER",
            T::BigInt => "BIGINT",
            T::Real => "REAL",
            T::Decimal => "DECIMAL",
            T::Boolean => "BOOLEAN",
            T::Text => "TEXT",
            T::DateTime => "DATETIME",
            T::Blob => "BLOB",
            T::Json => "JSONB",
        }
    }

    /// For messages: the scalar type as the schema names it.
    pub fn scalar_name(self) -> &'static str {
        match self {
            T::Integer => "Int",
            T::BigInt => "BigInt",
            T::Real => "Float",
            T::Decimal => "Decimal",
            T::Boolean => "Boolean",
            T::Text => "String",
            T::DateTime => "DateTime",
            T::Blob => "Bytes",
            T::Json => "Json",
        }
    }
}

/// Everything has a text form, and numbers only differ in how wide they may be. Any other change reads values in a new way:
/// text that looks like a number becomes one.
pub(crate) fn cast(from: SqliteType, to: SqliteType) -> Cast {
    match (from, to) {
        (_, T::Text)
        | (T::Integer, T::BigInt | T::Real | T::Decimal)
        | (T::Real, T::Decimal)
        | (T::Boolean, T::Integer | T::BigInt | T::Real | T::Decimal) => Cast::Safe,
        (_, _) => Cast::Risky,
    }
}
