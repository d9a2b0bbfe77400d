//! The normal form of PostgreSQL catalogs: types and defaults as the system catalogs tell them, in the terms that a
//! schema speaks in.

use crate::catalog::{Catalog, ColumnType, Default, Literal, PostgresType as T};
use crate::sql::from_hex;

/// Nothing is to be brought into line: a schema speaks PostgreSQL's own terms.
pub(crate) fn from_schema(_catalog: &mut Catalog) {}

/// A type by its internal name and modifier; none for one the schema language does not know.
pub(crate) fn column_type(name: &str, modifier: i64) -> Option<T> {
    let modifier = u32::try_from(modifier).ok();
    // Lengths are stored with four bytes of header.
    let length = modifier.and_then(|modifier| modifier.checked_sub(4));
    Some(match name {
        "int2" => T::SmallInt,
        "int4" => T::Integer,
        "int8" => T::BigInt,
        "numeric" => T::Decimal(length.map(|packed| (packed >> 16 & 0xffff, packed & 0x7ff))),
        "money" => T::Money,
        "inet" => T::Inet,
        "oid" => T::Oid,
        "citext" => T::Citext,
        "float4" => T::Real,
        "float8" => T::DoublePrecision,
        "varchar" => T::VarChar(length),
        "bpchar" => T::Char(length),
        "text" => T::Text,
        "bytea" => T::ByteA,
        "timestamp" => T::Timestamp(modifier),
        "timestamptz" => T::Timestamptz(modifier),
        "date" => T::Date,
        "time" => T::Time(modifier),
        "timetz" => T::Timetz(modifier),
        "bool" => T::Boolean,
        "bit" => T::Bit(modifier),
        "varbit" => T::VarBit(modifier),
        "uuid" => T::Uuid,
        "xml" => T::Xml,
        "json" => T::Json,
        "jsonb" => T::JsonB,
        _ => return None,
    })
}

/// What constants of a type are.
#[derive(Clone, Copy, PartialEq)]
enum Family {
    Text,
    Number,
    Boolean,
    Bytes,
    Time,
    Json,
    Enum,
}

fn family(ty: &ColumnType) -> Family {
    use crate::catalog::CockroachType as C;
    match ty {
        ColumnType::Enum { .. } => Family::Enum,
        ColumnType::Postgres(ty) => match ty {
            T::SmallInt | T::Integer | T::BigInt | T::Decimal(_) | T::Money | T::Oid | T::Real | T::DoublePrecision => {
                Family::Number
            }
            T::Boolean => Family::Boolean,
            T::ByteA => Family::Bytes,
            T::Timestamp(_) | T::Timestamptz(_) | T::Date | T::Time(_) | T::Timetz(_) => Family::Time,
            T::Json | T::JsonB => Family::Json,
            T::Inet
            | T::Citext
            | T::VarChar(_)
            | T::Char(_)
            | T::Text
            | T::Bit(_)
            | T::VarBit(_)
            | T::Uuid
            | T::Xml => Family::Text,
        },
        ColumnType::Cockroach(ty) => match ty {
            C::Decimal(_) | C::Float4 | C::Float8 | C::Int2 | C::Int4 | C::Int8 | C::Oid => Family::Number,
            C::Bool => Family::Boolean,
            C::Bytes => Family::Bytes,
            C::Timestamp(_) | C::Timestamptz(_) | C::Date | C::Time(_) | C::Timetz(_) => Family::Time,
            C::JsonB => Family::Json,
            C::Bit(_)
            | C::Char(_)
            | C::Geography
            | C::Geometry
            | C::Inet
            | C::CatalogSingleChar
            | C::String(_)
            | C::Uuid
            | C::VarBit(_) => Family::Text,
        },
        ColumnType::Sqlite(_) | ColumnType::Mysql(_) | ColumnType::Unsupported(_) => Family::Text,
    }
}

/// Whether a constant of the one type is another value in the other, though both be written alike: whole numbers,
/// fractions, bytes and the rest are kinds of their own. A default then goes along with the type.
pub(crate) fn is_other_kind(from: &ColumnType, to: &ColumnType) -> bool {
    let kind = |ty: &ColumnType| match family(ty) {
        Family::Number => (Family::Number, is_whole(ty)),
        Family::Bytes => (Family::Bytes, false),
        Family::Text | Family::Boolean | Family::Time | Family::Json | Family::Enum => (Family::Text, false),
    };
    kind(from) != kind(to)
}

fn is_whole(ty: &ColumnType) -> bool {
    use crate::catalog::CockroachType as C;
    matches!(
        ty,
        ColumnType::Postgres(T::SmallInt | T::Integer | T::BigInt | T::Oid)
            | ColumnType::Cockroach(C::Int2 | C::Int4 | C::Int8 | C::Oid)
    )
}

/// A default as the server prints it. One cast behind a constant says its type, and goes; what has been cast more than
/// once, or is cast from another type, is an expression: `B'111'::int` is 7.
pub(crate) fn default(text: &str, ty: &ColumnType, is_list: bool) -> Option<Default> {
    let family = family(ty);
    let bare = without_cast(text);
    if bare.eq_ignore_ascii_case("null") {
        return None;
    }
    if matches!(ty, ColumnType::Unsupported(_)) {
        return Some(Default::Expression(text.to_owned()));
    }
    if is_list {
        let items = list(bare, ty);
        return Some(
            items.map_or_else(|| Default::Expression(text.to_owned()), |all| Default::Literal(Literal::List(all))),
        );
    }
    if family == Family::Time && is_now(text, bare, ty) {
        return Some(Default::Now);
    }
    if bare.eq_ignore_ascii_case("unique_rowid()") {
        return Some(Default::UniqueRowid);
    }
    Some(match constant(text, ty) {
        Some(literal) => Default::Literal(literal),
        None => Default::Expression(text.to_owned()),
    })
}

/// The current time. CockroachDB prints it with a precision and a cast; PostgreSQL has those only where somebody wrote them,
/// and they change the value.
fn is_now(text: &str, bare: &str, ty: &ColumnType) -> bool {
    let is_plain = |text: &str| text.eq_ignore_ascii_case("now()") || text.eq_ignore_ascii_case("current_timestamp");
    match ty {
        ColumnType::Cockroach(_) => is_plain(bare) || bare.to_ascii_lowercase().starts_with("current_timestamp("),
        ColumnType::Postgres(_)
        | ColumnType::Sqlite(_)
        | ColumnType::Mysql(_)
        | ColumnType::Enum { .. }
        | ColumnType::Unsupported(_) => is_plain(text.trim()),
    }
}

fn constant(text: &str, ty: &ColumnType) -> Option<Literal> {
    let (family, bare) = (family(ty), without_cast(text));
    if let Some(text) = quoted(bare) {
        // `'NaN'` and `'$1.00'` are no numbers to a schema.
        let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
        return (family != Family::Number || is_number).then(|| of_text(text, family));
    }
    match bare.to_ascii_lowercase().as_str() {
        "true" => Some(Literal::Boolean(true)),
        "false" => Some(Literal::Boolean(false)),
        _ => {
            // A number is printed in brackets where it was written with a cast. To a type of fractions that changes nothing.
            let is_fraction = family == Family::Number && !is_whole(ty);
            let bare = within_brackets(bare).filter(|_| is_fraction).unwrap_or(bare);
            bare.parse::<f64>().is_ok().then(|| Literal::Number(bare.to_owned()))
        }
    }
}

/// A constant of its text and what it is a text of.
fn of_text(text: String, family: Family) -> Literal {
    match family {
        Family::Text => Literal::Text(text),
        Family::Number => Literal::Number(text),
        Family::Boolean => Literal::Boolean(matches!(text.as_str(), "t" | "true" | "on" | "yes" | "1")),
        Family::Bytes => match text.strip_prefix("\\x").and_then(from_hex) {
            Some(bytes) => Literal::Bytes(bytes),
            None => Literal::Text(text),
        },
        Family::Time => Literal::DateTime(text),
        Family::Json => Literal::Json(text),
        Family::Enum => Literal::Enum(text),
    }
}

/// A list as `ARRAY[..]` or as `'{..}'`.
fn list(text: &str, ty: &ColumnType) -> Option<Vec<Literal>> {
    let family = family(ty);
    if let Some(rest) = text.strip_prefix("ARRAY[") {
        let inner = rest.strip_suffix(']')?;
        return split(inner).into_iter().map(|item| constant(item, ty)).collect();
    }
    let text = quoted(text)?;
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let mut items = Vec::new();
    let mut chars = inner.chars().peekable();
    while chars.peek().is_some() {
        let mut item = String::new();
        let is_quoted = chars.next_if_eq(&'"').is_some();
        while let Some(c) = chars.next_if(|c| is_quoted && *c != '"' || !is_quoted && *c != ',') {
            item.push(if c == '\\' { chars.next()? } else { c });
        }
        if is_quoted {
            chars.next();
        }
        chars.next_if_eq(&',');
        items.push(match family {
            Family::Number => Literal::Number(item),
            _ => of_text(item, family),
        });
    }
    Some(items)
}

/// The parts between commas outside quotes and brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut in_text) = (Vec::new(), 0, 0_i32, false);
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'\'' => in_text = !in_text,
            b'(' | b'[' if !in_text => depth += 1,
            b')' | b']' if !in_text => depth -= 1,
            b',' if !in_text && depth == 0 => {
                parts.push(text[start..place].trim());
                start = place + 1;
            }
            _ => {}
        }
    }
    let last = text[start..].trim();
    if !last.is_empty() {
        parts.push(last);
    }
    parts
}

/// The text inside a string literal; none when it is something else.
fn quoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    (!inner.replace("''", "").contains('\'')).then(|| inner.replace("''", "'"))
}

/// An expression without the last cast behind it.
fn without_cast(text: &str) -> &str {
    let text = text.trim();
    last_cast(text).map_or(text, |place| text[..place].trim())
}

/// What stands in brackets that hold all of it.
fn within_brackets(text: &str) -> Option<&str> {
    text.strip_prefix('(')?.strip_suffix(')').filter(|inner| is_balanced(inner)).map(str::trim)
}

fn is_balanced(text: &str) -> bool {
    let (mut depth, mut in_text) = (0_i32, false);
    for byte in text.bytes() {
        match byte {
            b'\'' => in_text = !in_text,
            b'(' if !in_text => depth += 1,
            b')' if !in_text => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// Where the cast begins that ends the text: nothing but a type's name follows it.
fn last_cast(text: &str) -> Option<usize> {
    let (mut in_text, mut found) = (false, None);
    let mut depth = 0_i32;
    let bytes = text.as_bytes();
    for (place, byte) in bytes.iter().enumerate() {
        match byte {
            b'\'' => in_text = !in_text,
            b'(' | b'[' if !in_text => depth += 1,
            b')' | b']' if !in_text => depth -= 1,
            b':' if !in_text
                && depth == 0
                && bytes.get(place + 1) == Some(&b':')
                && found.is_none_or(|at| at + 1 != place) =>
            {
                found = Some(place);
            }
            _ => {}
        }
    }
    let place = found?;
    let is_type = |c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '.' | ' ' | '(' | ')' | ',' | '[' | ']');
    text[place + 2..].chars().all(is_type).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_read() {
        let text = ColumnType::Postgres(T::Text);
        let int = ColumnType::Postgres(T::Integer);
        let time = ColumnType::Postgres(T::Timestamp(Some(3)));
        let literal = |literal| Some(Default::Literal(literal));
        assert_eq!(default("'it''s'::text", &text, false), literal(Literal::Text("it's".into())));
        assert_eq!(default("'-1'::integer", &int, false), literal(Literal::Number("-1".into())));
        // What is cast from another type may be another value.
        let float = ColumnType::Postgres(T::DoublePrecision);
        assert_eq!(default("(1)::double precision", &float, false), literal(Literal::Number("1".into())));
        for (written, ty) in [
            ("('111'::\"bit\")::integer", &int),
            ("(1)::smallint", &int),
            ("(5)::text", &text),
            ("('x'::character varying)::text", &text),
            ("(NULL::character varying)::text", &text),
            ("CURRENT_TIMESTAMP(3)", &time),
            ("(now())::date", &time),
        ] {
            assert_eq!(default(written, ty, false), Some(Default::Expression(written.into())));
        }
        assert_eq!(default("NULL::character varying", &text, false), None);
        assert_eq!(default("CURRENT_TIMESTAMP", &time, false), Some(Default::Now));
        assert_eq!(
            default("('now'::text)::date || 'x'::text", &text, false),
            Some(Default::Expression("('now'::text)::date || 'x'::text".into()))
        );
        let list =
            |items: &[&str]| literal(Literal::List(items.iter().map(|item| Literal::Text((*item).into())).collect()));
        assert_eq!(default("ARRAY['a'::text, 'b,''c'::text]", &text, true), list(&["a", "b,'c"]));
        assert_eq!(default("'{a,\"b \\\"c\"}'::text[]", &text, true), list(&["a", "b \"c"]));
        assert_eq!(default("ARRAY[]::text[]", &text, true), list(&[]));
    }
}
