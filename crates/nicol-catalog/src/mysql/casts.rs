//! The table of casts between MySQL's types: which keep every value, which may not, which the server refuses.
//!
//! Types are grouped first; the table is a match over groups, with the few lengths that matter. Whether a change is made in
//! place follows the reference; whether it is called safe follows what happens to the values.

use super::types::MysqlType as T;
use crate::plan::Cast;

/// Types that behave alike as a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Signed,
    Unsigned,
    Decimal,
    Floating,
    Bits,
    Characters,
    Bytes,
    Text,
    TinyText,
    Blob,
    TinyBlob,
    Date,
    DateTime,
    Timestamp,
    Time,
    Year,
    Json,
    Enum,
}

use Group as G;

fn group(ty: &T) -> Group {
    match ty {
        T::Boolean | T::TinyInt | T::SmallInt | T::MediumInt | T::Int | T::BigInt => G::Signed,
        T::UnsignedTinyInt | T::UnsignedSmallInt | T::UnsignedMediumInt | T::UnsignedInt | T::UnsignedBigInt => {
            G::Unsigned
        }
        T::Decimal(_) => G::Decimal,
        T::Float | T::Double => G::Floating,
        T::Bit(_) => G::Bits,
        T::Char(_) | T::VarChar(_) => G::Characters,
        T::Binary(_) | T::VarBinary(_) => G::Bytes,
        T::Text | T::MediumText | T::LongText => G::Text,
        T::TinyText => G::TinyText,
        T::Blob | T::MediumBlob | T::LongBlob => G::Blob,
        T::TinyBlob => G::TinyBlob,
        T::Date => G::Date,
        T::DateTime(_) => G::DateTime,
        T::Timestamp(_) => G::Timestamp,
        T::Time(_) => G::Time,
        T::Year => G::Year,
        T::Json => G::Json,
        T::Enum(_) => G::Enum,
    }
}

/// Bytes of an integer type.
fn width(ty: &T) -> u32 {
    match ty {
        T::Boolean | T::TinyInt | T::UnsignedTinyInt => 1,
        T::SmallInt | T::UnsignedSmallInt => 2,
        T::MediumInt | T::UnsignedMediumInt => 3,
        T::Int | T::UnsignedInt => 4,
        _ => 8,
    }
}

/// Characters, bytes or bits a type is declared with.
fn length(ty: &T) -> u32 {
    match ty {
        T::Bit(n) | T::Char(n) | T::VarChar(n) | T::Binary(n) | T::VarBinary(n) => *n,
        _ => 0,
    }
}

fn safe_if(safe: bool, otherwise: Cast) -> Cast {
    if safe { Cast::Safe } else { otherwise }
}

/// How values get from one type to another.
pub(crate) fn cast(from: &T, to: &T) -> Cast {
    match judged(from, to) {
        Cast::Impossible => Cast::Impossible,
        Cast::Safe | Cast::Risky => safe_if(keeps_every_value(from, to), Cast::Risky),
    }
}

/// As the reference judges it: `Impossible` needs a new column, the others are altered in place.
fn judged(from: &T, to: &T) -> Cast {
    let target = group(to);
    match group(from) {
        G::Signed => from_signed(from, to, target),
        G::Unsigned => from_unsigned(from, to, target),
        G::Decimal => match target {
            G::Date | G::DateTime | G::Timestamp => Cast::Impossible,
            _ => safe_if(is_text_or_bytes(target), Cast::Risky),
        },
        G::Floating => from_floating(from, to, target),
        G::Bits => from_bits(length(from), to, target),
        G::Characters => match target {
            G::Characters | G::Bytes => safe_if(length(to) >= length(from), Cast::Risky),
            _ => safe_if(is_text_or_bytes(target), Cast::Risky),
        },
        G::Text | G::TinyText => match target {
            G::TinyBlob => Cast::Risky,
            G::TinyText => safe_if(group(from) == G::TinyText, Cast::Risky),
            _ => safe_if(is_text_or_bytes(target) || target == G::Bits, Cast::Risky),
        },
        G::Blob | G::TinyBlob => match target {
            G::Blob | G::TinyBlob => Cast::Safe,
            G::Bytes | G::Bits | G::Characters | G::Text | G::TinyText | G::Enum => Cast::Risky,
            _ => Cast::Impossible,
        },
        G::Bytes => from_bytes(from, to, target),
        G::Date | G::DateTime | G::Timestamp => from_date(from, to, target),
        G::Time => match target {
            G::Date | G::DateTime | G::Timestamp | G::Enum => Cast::Risky,
            G::Json | G::Year => Cast::Impossible,
            _ => Cast::Safe,
        },
        G::Year => match target {
            G::Decimal | G::Json | G::Enum => Cast::Risky,
            G::Signed | G::Unsigned => safe_if(width(to) > 1, Cast::Impossible),
            G::Date | G::DateTime | G::Timestamp | G::Time => Cast::Impossible,
            _ => Cast::Safe,
        },
        G::Json => match target {
            G::Enum => Cast::Risky,
            _ => safe_if(is_text_or_bytes(target), Cast::Impossible),
        },
        G::Enum => match (from, to) {
            (T::Enum(before), T::Enum(after)) => safe_if(before.iter().all(|value| after.contains(value)), Cast::Risky),
            _ => Cast::Risky,
        },
    }
}

fn is_text_or_bytes(target: Group) -> bool {
    matches!(target, G::Characters | G::Bytes | G::Text | G::TinyText | G::Blob | G::TinyBlob)
}

fn from_signed(from: &T, to: &T, target: Group) -> Cast {
    let is_small = width(from) <= 2;
    match target {
        G::Signed => safe_if(width(to) > width(from), Cast::Risky),
        G::Unsigned | G::Year | G::Enum => Cast::Risky,
        G::Json | G::Date | G::DateTime | G::Timestamp => Cast::Impossible,
        G::Time => safe_if(is_small || width(from) == 8, Cast::Impossible),
        G::Decimal => match to {
            T::Decimal(Some((precision, scale))) if width(from) == 8 => {
                safe_if(precision.saturating_sub(*scale) >= 20, Cast::Impossible)
            }
            _ if is_small || width(from) == 8 => Cast::Impossible,
            _ => Cast::Risky,
        },
        G::Floating => safe_if(width(from) == 8, Cast::Risky),
        G::Bits => safe_if(width(from) == 8 || (!is_small && length(to) >= 32), Cast::Risky),
        G::Characters | G::Bytes | G::Text | G::TinyText | G::Blob | G::TinyBlob => safe_if(!is_small, Cast::Risky),
    }
}

fn from_unsigned(from: &T, to: &T, target: Group) -> Cast {
    match target {
        G::Unsigned => safe_if(width(from) <= 2 && width(to) > width(from), Cast::Risky),
        G::Decimal | G::Date | G::DateTime | G::Timestamp | G::Json => Cast::Impossible,
        _ => Cast::Risky,
    }
}

fn from_floating(from: &T, to: &T, target: Group) -> Cast {
    match target {
        G::Characters | G::Bytes => {
            if length(to) >= 32 {
                Cast::Risky
            } else {
                Cast::Impossible
            }
        }
        G::Bits => {
            let needed = if *from == T::Float { 32 } else { 64 };
            safe_if(length(to) >= needed, Cast::Impossible)
        }
        G::Date | G::DateTime | G::Timestamp => Cast::Impossible,
        G::Enum => Cast::Risky,
        _ => Cast::Safe,
    }
}

fn from_bits(bits: u32, to: &T, target: Group) -> Cast {
    match target {
        G::Bits => safe_if(length(to) > bits, Cast::Risky),
        G::Signed | G::Unsigned => safe_if(width(to) < 8 || bits == 64, Cast::Risky),
        G::Bytes => match to {
            T::Binary(bytes) => safe_if(bits >= 8 * bytes, Cast::Impossible),
            _ => Cast::Safe,
        },
        G::Floating | G::Decimal | G::Enum => Cast::Risky,
        G::Date | G::DateTime | G::Timestamp | G::Time | G::Json => Cast::Impossible,
        G::Year | G::Characters | G::Text | G::TinyText | G::Blob | G::TinyBlob => Cast::Safe,
    }
}

fn from_bytes(from: &T, to: &T, target: Group) -> Cast {
    let bytes = length(from);
    if let T::VarBinary(_) = from {
        return match (to, target) {
            (T::VarBinary(n) | T::Binary(n), _) => safe_if(*n > bytes, Cast::Risky),
            (_, G::Blob) => Cast::Safe,
            (_, G::Bits | G::Characters | G::Text | G::TinyText | G::TinyBlob | G::Enum) => Cast::Risky,
            _ => Cast::Impossible,
        };
    }
    match (to, target) {
        (T::Binary(n), _) => safe_if(*n > bytes, Cast::Risky),
        (T::VarBinary(_) | T::MediumInt, _) => Cast::Safe,
        (_, G::Characters | G::Text | G::TinyText | G::Blob | G::TinyBlob | G::Decimal | G::Floating) => Cast::Safe,
        (T::Bit(n), _) => safe_if(*n >= bytes * 8, Cast::Risky),
        (_, G::Date | G::DateTime | G::Timestamp | G::Json) => Cast::Impossible,
        _ => Cast::Risky,
    }
}

fn from_date(from: &T, to: &T, target: Group) -> Cast {
    let is_date = *from == T::Date;
    let precision = |ty: &T| ty.time_precision().unwrap_or(0);
    match target {
        G::DateTime | G::Timestamp if group(from) == target => safe_if(precision(to) > precision(from), Cast::Risky),
        G::DateTime => Cast::Safe,
        G::Timestamp | G::Time => safe_if(!is_date, Cast::Impossible),
        G::Date => Cast::Safe,
        G::Signed | G::Unsigned => safe_if(width(to) == 8 || (is_date && width(to) == 4), Cast::Impossible),
        G::Bits => safe_if(is_date || length(to) == 64, Cast::Impossible),
        G::Decimal | G::Floating => safe_if(is_date, Cast::Impossible),
        G::Year | G::Json => Cast::Impossible,
        G::Enum => Cast::Risky,
        G::Characters | G::Bytes | G::Text | G::TinyText | G::Blob | G::TinyBlob => Cast::Safe,
    }
}

/// Whether every value of a type has its like in the other.
fn keeps_every_value(from: &T, to: &T) -> bool {
    let target = group(to);
    let holds = |characters: u32| room(to).is_some_and(|room| room >= characters);
    match group(from) {
        G::Signed => match target {
            G::Signed => width(to) >= width(from),
            G::Decimal => whole_digits(to) >= digits(from),
            G::Floating => width(from) <= if *to == T::Double { 4 } else { 2 },
            _ => is_characters(target) && holds(digits(from) + 1),
        },
        G::Unsigned => match target {
            G::Unsigned => width(to) >= width(from),
            G::Signed => width(to) > width(from),
            G::Decimal => whole_digits(to) >= digits(from),
            G::Floating => width(from) <= if *to == T::Double { 4 } else { 2 },
            _ => is_characters(target) && holds(digits(from)),
        },
        G::Decimal => match (from, to) {
            (T::Decimal(a), T::Decimal(b)) => {
                let ((a, a_scale), (b, b_scale)) = (a.unwrap_or((10, 0)), b.unwrap_or((10, 0)));
                b_scale >= a_scale && b.saturating_sub(b_scale) >= a.saturating_sub(a_scale)
            }
            (T::Decimal(size), _) => is_characters(target) && holds(size.unwrap_or((10, 0)).0 + 3),
            (_, _) => false,
        },
        G::Floating => *from == T::Float && *to == T::Double,
        G::Bits => match target {
            G::Bits => length(to) >= length(from),
            G::Signed | G::Unsigned => width(to) * 8 > length(from),
            _ => false,
        },
        // Blanks at the end are no part of a CHAR.
        G::Characters => {
            is_characters(target) && !matches!((from, to), (T::VarChar(_), T::Char(_))) && holds(length(from))
        }
        G::Text | G::TinyText => matches!(target, G::Text | G::TinyText) && room(to) >= room(from),
        G::Bytes => match to {
            T::VarBinary(_) | T::TinyBlob | T::Blob | T::MediumBlob | T::LongBlob => holds(length(from)),
            // Filled up with zero bytes.
            T::Binary(n) => *from == T::Binary(*n),
            _ => false,
        },
        G::Blob | G::TinyBlob => matches!(target, G::Blob | G::TinyBlob) && room(to) >= room(from),
        G::Date => matches!(target, G::DateTime) || (is_characters(target) && holds(10)),
        G::DateTime | G::Timestamp => {
            let precision = |ty: &T| ty.time_precision().unwrap_or(0);
            // A TIMESTAMP begins in 1970 and ends in 2038.
            let is_within = target == G::DateTime || target == group(from);
            (is_within && precision(to) >= precision(from)) || (is_characters(target) && holds(26))
        }
        G::Time => match target {
            G::Time => to.time_precision().unwrap_or(0) >= from.time_precision().unwrap_or(0),
            _ => is_characters(target) && holds(17),
        },
        G::Year => match target {
            G::Signed | G::Unsigned => width(to) > 1,
            _ => is_characters(target) && holds(4),
        },
        G::Json => *to == T::LongText,
        G::Enum => match (from, to) {
            (T::Enum(before), T::Enum(after)) => before.iter().all(|value| after.contains(value)),
            (T::Enum(before), _) => {
                let longest = before.iter().map(|value| value.chars().count()).max().unwrap_or(0);
                is_characters(target) && holds(u32::try_from(longest).unwrap_or(u32::MAX))
            }
            (_, _) => false,
        },
    }
}

fn is_characters(target: Group) -> bool {
    matches!(target, G::Characters | G::Text | G::TinyText)
}

/// Characters or bytes that surely fit; a character may take four bytes.
fn room(ty: &T) -> Option<u32> {
    Some(match ty {
        T::Char(n) | T::VarChar(n) | T::Binary(n) | T::VarBinary(n) => *n,
        T::TinyText => 63,
        T::TinyBlob => 255,
        T::Text => 16_383,
        T::Blob => 65_535,
        T::MediumText => 4_194_303,
        T::MediumBlob => 16_777_215,
        T::LongText => 1_073_741_823,
        T::LongBlob => u32::MAX,
        _ => return None,
    })
}

/// Digits of the largest value of an integer type.
fn digits(ty: &T) -> u32 {
    match (width(ty), ty) {
        (1, _) => 3,
        (2, _) => 5,
        (3, T::UnsignedMediumInt) => 8,
        (3, _) => 7,
        (4, _) => 10,
        (_, T::UnsignedBigInt) => 20,
        (_, _) => 19,
    }
}

/// Digits before the point of a decimal.
fn whole_digits(ty: &T) -> u32 {
    match ty {
        T::Decimal(size) => {
            let (precision, scale) = size.unwrap_or((10, 0));
            precision.saturating_sub(scale)
        }
        _ => 0,
    }
}
