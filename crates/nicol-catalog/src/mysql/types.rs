//! Types of MySQL and MariaDB: names, how they are written, which are the same.

use nicol_schema::schema::{NativeType, ScalarType};

pub(crate) use super::casts::cast;

/// A type. Precisions are none when not written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are MySQL's own")]
pub enum MysqlType {
    /// `BOOLEAN`, which the server keeps as `tinyint(1)`.
    Boolean,
    TinyInt,
    SmallInt,
    MediumInt,
    Int,
    BigInt,
    UnsignedTinyInt,
    UnsignedSmallInt,
    UnsignedMediumInt,
    UnsignedInt,
    UnsignedBigInt,
    Decimal(Option<(u32, u32)>),
    Float,
    Double,
    Bit(u32),
    Char(u32),
    VarChar(u32),
    Binary(u32),
    VarBinary(u32),
    TinyBlob,
    Blob,
    MediumBlob,
    LongBlob,
    TinyText,
    Text,
    MediumText,
    LongText,
    Date,
    Time(Option<u32>),
    DateTime(Option<u32>),
    Timestamp(Option<u32>),
    Year,
    Json,
    /// Values in order.
    Enum(Vec<String>),
}

use MysqlType as T;

impl MysqlType {
    /// The type a scalar gets without a native type attribute.
    pub(crate) fn of_scalar(scalar: ScalarType) -> MysqlType {
        match scalar {
            ScalarType::Int => T::Int,
            ScalarType::BigInt => T::BigInt,
            ScalarType::Float => T::Double,
            ScalarType::Decimal => T::Decimal(Some((65, 30))),
            ScalarType::Boolean => T::Boolean,
            ScalarType::String => T::VarChar(191),
            ScalarType::DateTime => T::DateTime(Some(3)),
            ScalarType::Bytes => T::LongBlob,
            ScalarType::Json => T::Json,
        }
    }

    /// The type of a native type attribute on a scalar; none for a name that is not MySQL's.
    pub(crate) fn of_native(native: &NativeType, scalar: ScalarType) -> Option<MysqlType> {
        let number = |index: usize| native.args.get(index).and_then(|text| text.trim().parse::<u32>().ok());
        let first = number(0);
        let length = first.unwrap_or(1);
        Some(match native.name.as_str() {
            "TinyInt" if scalar == ScalarType::Boolean => T::Boolean,
            "TinyInt" => T::TinyInt,
            "SmallInt" => T::SmallInt,
            "MediumInt" => T::MediumInt,
            "Int" => T::Int,
            "BigInt" => T::BigInt,
            "UnsignedTinyInt" => T::UnsignedTinyInt,
            "UnsignedSmallInt" => T::UnsignedSmallInt,
            "UnsignedMediumInt" => T::UnsignedMediumInt,
            "UnsignedInt" => T::UnsignedInt,
            "UnsignedBigInt" => T::UnsignedBigInt,
            "Decimal" => T::Decimal(first.map(|precision| (precision, number(1).unwrap_or(0)))),
            "Float" => T::Float,
            "Double" => T::Double,
            "Bit" => T::Bit(length),
            "Char" => T::Char(length),
            "VarChar" => T::VarChar(length),
            "Binary" => T::Binary(length),
            "VarBinary" => T::VarBinary(length),
            "TinyBlob" => T::TinyBlob,
            "Blob" => T::Blob,
            "MediumBlob" => T::MediumBlob,
            "LongBlob" => T::LongBlob,
            "TinyText" => T::TinyText,
            "Text" => T::Text,
            "MediumText" => T::MediumText,
            "LongText" => T::LongText,
            "Date" => T::Date,
            "Time" => T::Time(first),
            "DateTime" => T::DateTime(first),
            "Timestamp" => T::Timestamp(first),
            "Year" => T::Year,
            "Json" => T::Json,
            _ => return None,
        })
    }

    /// As written in SQL.
    pub fn sql(&self) -> String {
        let timed = |name: &str, precision: &Option<u32>| match precision {
            Some(precision) => format!("{name}({precision})"),
            None => name.to_owned(),
        };
        match self {
            T::Boolean => "BOOLEAN".to_owned(),
            T::TinyInt => "TINYINT".to_owned(),
            T::SmallInt => "SMALLINT".to_owned(),
            T::MediumInt => "MEDIUMINT".to_owned(),
            T::Int => "INTEGER".to_owned(),
            T::BigInt => "BIGINT".to_owned(),
            T::UnsignedTinyInt => "TINYINT UNSIGNED".to_owned(),
            T::UnsignedSmallInt => "SMALLINT UNSIGNED".to_owned(),
            T::UnsignedMediumInt => "MEDIUMINT UNSIGNED".to_owned(),
            T::UnsignedInt => "INTEGER UNSIGNED".to_owned(),
            T::UnsignedBigInt => "BIGINT UNSIGNED".to_owned(),
            T::Decimal(Some((precision, scale))) => format!("DECIMAL({precision}, {scale})"),
            T::Decimal(None) => "DECIMAL".to_owned(),
            T::Float => "FLOAT".to_owned(),
            T::Double => "DOUBLE".to_owned(),
            T::Bit(length) => format!("BIT({length})"),
            T::Char(length) => format!("CHAR({length})"),
            T::VarChar(length) => format!("VARCHAR({length})"),
            T::Binary(length) => format!("BINARY({length})"),
            T::VarBinary(length) => format!("VARBINARY({length})"),
            T::TinyBlob => "TINYBLOB".to_owned(),
            T::Blob => "BLOB".to_owned(),
            T::MediumBlob => "MEDIUMBLOB".to_owned(),
            T::LongBlob => "LONGBLOB".to_owned(),
            T::TinyText => "TINYTEXT".to_owned(),
            T::Text => "TEXT".to_owned(),
            T::MediumText => "MEDIUMTEXT".to_owned(),
            T::LongText => "LONGTEXT".to_owned(),
            T::Date => "DATE".to_owned(),
            T::Time(precision) => timed("TIME", precision),
            T::DateTime(precision) => timed("DATETIME", precision),
            T::Timestamp(precision) => timed("TIMESTAMP", precision),
            T::Year => "YEAR".to_owned(),
            T::Json => "JSON".to_owned(),
            T::Enum(values) => {
                let values: Vec<String> =
                    values.iter().map(|value| crate::sql::string(nicol_db::Dialect::Mysql, value)).collect();
                format!("ENUM({})", values.join(", "))
            }
        }
    }

    /// Whether the server sees one type: a precision not written is zero, a decimal not written has ten digits.
    pub fn is_same(&self, other: &MysqlType) -> bool {
        let or_zero = |precision: &Option<u32>| precision.unwrap_or(0);
        match (self, other) {
            (T::Time(a), T::Time(b)) | (T::DateTime(a), T::DateTime(b)) | (T::Timestamp(a), T::Timestamp(b)) => {
                or_zero(a) == or_zero(b)
            }
            (T::Decimal(a), T::Decimal(b)) => a.unwrap_or((10, 0)) == b.unwrap_or((10, 0)),
            // One byte either way; `tinyint(1)` is only a hint to clients.
            (T::Boolean | T::TinyInt, T::Boolean | T::TinyInt) => true,
            (a, b) => a == b,
        }
    }

    /// The digits of fractional seconds of a time type.
    pub(crate) fn time_precision(&self) -> Option<u32> {
        match self {
            T::Time(precision) | T::DateTime(precision) | T::Timestamp(precision) => *precision,
            _ => None,
        }
    }

    /// True for types the server gives no constant default.
    pub(crate) fn takes_no_constant_default(&self) -> bool {
        matches!(self, T::Json | T::Binary(_) | T::VarBinary(_) | T::TinyBlob | T::Blob | T::MediumBlob | T::LongBlob)
    }
}
