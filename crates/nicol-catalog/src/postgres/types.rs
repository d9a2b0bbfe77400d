//! Types of PostgreSQL: names, how they are written, which are the same, and which casts the server knows.

use nicol_schema::schema::{NativeType, ScalarType};

use crate::plan::Cast;

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

    fn size(self) -> Option<u32> {
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

/// Digits an integer type can have in front of the decimal point, and characters its text can have.
fn integer_room(ty: PostgresType) -> Option<(u32, u32)> {
    match ty {
        T::SmallInt => Some((3, 4)),
        T::Integer => Some((10, 11)),
        T::BigInt => Some((19, 20)),
        _ => None,
    }
}

/// How values get from one type to another, as the reference judges it: `Safe` keeps every value, `Risky` may fail or
/// cut, `Impossible` needs a new column.
pub(crate) fn cast(from: PostgresType, to: PostgresType) -> Cast {
    match from {
        T::SmallInt | T::Integer | T::BigInt => cast_integer(from, to),
        T::Decimal(size) => cast_decimal(size, to),
        T::Real => cast_float(to, to == T::Real || to == T::DoublePrecision, 47),
        T::DoublePrecision => cast_float(to, to == T::DoublePrecision, 317),
        T::Money => only_safe(matches!(to, T::Citext | T::Text | T::VarChar(_)), Cast::Risky),
        T::Citext => only_safe(matches!(to, T::Text | T::VarChar(_)), Cast::Risky),
        T::Inet => only_safe(matches!(to, T::Citext | T::Text | T::VarChar(_)), Cast::Impossible),
        T::Oid => only_safe(matches!(to, T::Text | T::VarChar(_) | T::BigInt | T::Integer), Cast::Impossible),
        T::VarChar(_) | T::Char(_) | T::Text => cast_characters(from, to),
        T::ByteA => match to {
            T::Text | T::VarChar(None) => Cast::Safe,
            T::VarChar(Some(length)) | T::Char(Some(length)) if length > 2 => Cast::Risky,
            _ => Cast::Impossible,
        },
        T::Timestamp(_) | T::Timestamptz(_) | T::Date | T::Time(_) | T::Timetz(_) => cast_time(from, to),
        T::Boolean => match to {
            T::Text | T::VarChar(_) => Cast::Safe,
            T::Char(Some(length)) if length > 4 => Cast::Safe,
            T::Char(Some(4)) => Cast::Risky,
            _ => Cast::Impossible,
        },
        T::Bit(_) | T::VarBit(_) => cast_bits(from, to),
        T::Uuid => match to {
            T::VarChar(Some(length)) | T::Char(Some(length)) if length > 31 => Cast::Safe,
            _ => only_safe(matches!(to, T::Text | T::VarChar(None)), Cast::Impossible),
        },
        T::Xml | T::Json | T::JsonB => match (from, to) {
            (T::Json, T::JsonB) | (T::JsonB, T::Json) | (_, T::Text | T::VarChar(None)) => Cast::Safe,
            (_, T::VarChar(_) | T::Char(_)) => Cast::Risky,
            _ => Cast::Impossible,
        },
    }
}

fn only_safe(safe: bool, otherwise: Cast) -> Cast {
    if safe { Cast::Safe } else { otherwise }
}

fn risky_if(risky: bool) -> Cast {
    if risky { Cast::Risky } else { Cast::Safe }
}

/// Into a text type that takes `needed` characters.
fn into_text(to: PostgresType, needed: u32) -> Cast {
    match to {
        T::Text | T::VarChar(None) => Cast::Safe,
        T::Char(None) => Cast::Risky,
        T::VarChar(Some(length)) | T::Char(Some(length)) => risky_if(length < needed),
        _ => Cast::Impossible,
    }
}

fn cast_integer(from: PostgresType, to: PostgresType) -> Cast {
    let Some((digits, characters)) = integer_room(from) else {
        return Cast::Impossible;
    };
    match to {
        T::SmallInt | T::Integer | T::BigInt => risky_if(integer_room(to).is_some_and(|(room, _)| room < digits)),
        T::Decimal(Some((precision, scale))) => risky_if(precision.saturating_sub(scale) < digits),
        T::Decimal(None) | T::Real | T::DoublePrecision => Cast::Safe,
        other => into_text(other, characters),
    }
}

fn cast_decimal(from: Option<(u32, u32)>, to: PostgresType) -> Cast {
    match to {
        T::SmallInt | T::Integer | T::BigInt => {
            let room = integer_room(to).map_or(0, |(digits, _)| digits.saturating_sub(1));
            risky_if(!matches!(from, Some((precision, 0)) if precision <= room))
        }
        T::Decimal(to) => match (from, to) {
            (_, None) => Cast::Safe,
            (None, Some(_)) => Cast::Risky,
            (Some((p, s)), Some((to_p, to_s))) => risky_if(p.saturating_sub(s) > to_p.saturating_sub(to_s) || s > to_s),
        },
        T::Real | T::DoublePrecision => Cast::Risky,
        other => into_text(
            other,
            match from {
                None => 131_073,
                Some((precision, 0)) => precision + 1,
                Some((precision, _)) => precision + 2,
            },
        ),
    }
}

fn cast_float(to: PostgresType, is_wide_enough: bool, characters: u32) -> Cast {
    match to {
        T::Real | T::DoublePrecision if is_wide_enough => Cast::Safe,
        T::Real | T::DoublePrecision | T::SmallInt | T::Integer | T::BigInt | T::Decimal(_) => Cast::Risky,
        other => into_text(other, characters),
    }
}

fn cast_characters(from: PostgresType, to: PostgresType) -> Cast {
    match (from, to) {
        (_, T::Text) | (T::Text, T::Citext | T::VarChar(None)) => Cast::Safe,
        (T::Text, T::VarChar(_) | T::Char(_)) => Cast::Risky,
        (T::Char(None) | T::VarChar(Some(1)) | T::Char(Some(1)), T::VarChar(_) | T::Char(_)) => Cast::Safe,
        (_, T::VarChar(None)) => Cast::Safe,
        (_, T::Char(None)) => Cast::Risky,
        (_, T::VarChar(Some(to)) | T::Char(Some(to))) => risky_if(from.size().is_none_or(|length| length > to)),
        _ => Cast::Impossible,
    }
}

fn cast_time(from: PostgresType, to: PostgresType) -> Cast {
    let characters = match from {
        T::Timestamp(_) => 23,
        T::Time(_) => 14,
        T::Timetz(_) => 19,
        _ => 28,
    };
    let keeps_enough = match from {
        T::Timestamp(_) | T::Timestamptz(_) => {
            matches!(to, T::Timestamp(_) | T::Timestamptz(_) | T::Date | T::Time(_) | T::Timetz(_))
        }
        T::Date => matches!(to, T::Timestamp(_) | T::Timestamptz(_)),
        T::Time(_) => matches!(to, T::Time(_) | T::Timetz(_)),
        _ => matches!(to, T::Time(_) | T::Timetz(_)),
    };
    match to {
        _ if keeps_enough => Cast::Safe,
        T::Text | T::VarChar(None) => Cast::Safe,
        T::Char(Some(length)) | T::VarChar(Some(length)) if length >= characters => Cast::Safe,
        _ => Cast::Impossible,
    }
}

fn cast_bits(from: PostgresType, to: PostgresType) -> Cast {
    match (from, to) {
        (_, T::Text | T::VarChar(None)) => Cast::Safe,
        (T::Bit(None), T::VarChar(_) | T::Char(_) | T::VarBit(_)) => Cast::Safe,
        (T::Bit(Some(_)), T::VarBit(None)) => Cast::Safe,
        (T::Bit(Some(length)), T::VarChar(Some(to)) | T::VarBit(Some(to)) | T::Char(Some(to))) if to >= length => {
            Cast::Safe
        }
        (T::VarBit(None), T::VarChar(_) | T::Char(_) | T::Bit(_)) => Cast::Risky,
        (T::VarBit(Some(_)), T::VarBit(None)) => Cast::Safe,
        (T::VarBit(Some(length)), T::VarBit(Some(to))) if to > length => Cast::Safe,
        (T::VarBit(Some(length)), T::VarChar(Some(to)) | T::Char(Some(to))) => risky_if(to < length),
        (T::VarBit(Some(_)), T::Char(None) | T::Bit(None)) => Cast::Risky,
        (T::VarBit(Some(length)), T::Bit(Some(to))) if to <= length => Cast::Risky,
        _ => Cast::Impossible,
    }
}
