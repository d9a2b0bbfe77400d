//! How values get from one type of PostgreSQL to another.
//!
//! Whether a change is made in place follows the reference; whether it is called safe follows what happens to the values:
//! some changes that the reference lets pass in silence cut them, or stop at them.

use super::types::PostgresType::{self, self as T};
use crate::plan::Cast;

/// Digits an integer type can have in front of the decimal point, and characters its text can have.
fn integer_room(ty: PostgresType) -> Option<(u32, u32)> {
    match ty {
        T::SmallInt => Some((3, 4)),
        T::Integer => Some((10, 11)),
        T::BigInt => Some((19, 20)),
        _ => None,
    }
}

/// How values get from one type to another.
pub(crate) fn cast(from: PostgresType, to: PostgresType) -> Cast {
    match judged(from, to) {
        Cast::Safe if !keeps_every_value(from, to) => Cast::Risky,
        judgement => judgement,
    }
}

/// As the reference judges it: `Impossible` needs a new column, the others are altered in place.
fn judged(from: PostgresType, to: PostgresType) -> Cast {
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

/// False where a cast that is judged safe may still change a value or stop at one.
fn keeps_every_value(from: PostgresType, to: PostgresType) -> bool {
    let digits = |size: Option<u32>| size.unwrap_or(6);
    let room = match to {
        T::VarChar(Some(length)) => Some(length),
        T::Char(length) => Some(length.unwrap_or(1)),
        _ => None,
    };
    let fits = |needed: u32| room.is_none_or(|room| room >= needed);
    let fraction = |size: Option<u32>| if digits(size) == 0 { 0 } else { digits(size) + 1 };
    match (from, to) {
        (T::SmallInt, _) => fits(6) && !is_too_narrow(to, 5),
        (T::Integer, T::Real) => false,
        (T::Integer, _) => fits(11) && !is_too_narrow(to, 10),
        (T::BigInt, T::Real | T::DoublePrecision) => false,
        (T::BigInt, _) => fits(20) && !is_too_narrow(to, 19),
        // Object identifiers have no sign.
        (T::Oid, T::Integer) => false,
        (T::Oid, _) => fits(10),
        // A sign, a dot and a nought before it.
        (T::Decimal(Some((precision, scale))), _) => fits(precision + 1 + if scale > 0 { 2 } else { 0 }),
        (T::Timestamp(a), T::Timestamp(b) | T::Timestamptz(b)) | (T::Timestamptz(a), T::Timestamptz(b)) => {
            digits(a) <= digits(b)
        }
        // Read in the zone of the session.
        (T::Timestamptz(a), T::Timestamp(b)) => digits(a) <= digits(b),
        (T::Timestamp(_) | T::Timestamptz(_), T::Date | T::Time(_) | T::Timetz(_)) => false,
        (T::Time(a), T::Time(b) | T::Timetz(b)) | (T::Timetz(a), T::Timetz(b)) => digits(a) <= digits(b),
        (T::Timetz(_), T::Time(_)) => false,
        (T::Timestamp(size), _) => fits(19 + fraction(size)),
        (T::Timestamptz(size), _) => fits(25 + fraction(size)),
        (T::Time(size), _) => fits(8 + fraction(size)),
        (T::Timetz(size), _) => fits(14 + fraction(size)),
        (T::Uuid, _) => fits(36),
        (_, _) => true,
    }
}

/// True for a decimal without room for so many digits before the point.
fn is_too_narrow(to: PostgresType, digits: u32) -> bool {
    matches!(to, T::Decimal(Some((precision, scale))) if precision.saturating_sub(scale) < digits)
}
