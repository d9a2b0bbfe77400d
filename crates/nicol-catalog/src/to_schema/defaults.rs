//! The `@default` of a column.

use nicol_schema::schema::{DefaultFunction, DefaultValue, Field, ScalarType, Sequence};

use super::names::EnumName;
use super::text::literal;
use crate::catalog::{Arity, Column, ColumnType, Default, Identity, Literal, PostgresType};
use crate::literal::is_same_default;

/// What a default is read with.
pub(super) struct Context<'a> {
    pub(super) column: &'a Column,
    pub(super) scalar: Option<ScalarType>,
    pub(super) enumeration: Option<&'a EnumName>,
    /// The field there was before, and the column it stood for.
    pub(super) previous: Option<(&'a Field, &'a Column)>,
}

/// The argument of `@default`; none without one.
pub(super) fn default(context: &Context<'_>) -> Option<String> {
    let Context { column, previous, .. } = context;
    if column.auto_increment {
        return Some("autoincrement()".to_owned());
    }
    if let Some(identity) = &column.identity {
        return Some(sequence(identity));
    }
    let Some(default) = &column.default else {
        return previous.and_then(|(field, _)| client_default(field, context.scalar));
    };
    if let Some(expression) = &column.generated {
        return Some(generated(expression));
    }
    // What means the same is said as before.
    if let Some((field, before)) = previous
        && before.default.as_ref().is_some_and(|old| is_unchanged(old, default))
        && let Some(old) = &field.default
    {
        return Some(value(&old.value));
    }
    Some(match default {
        Default::Now => "now()".to_owned(),
        Default::UniqueRowid => "autoincrement()".to_owned(),
        Default::Unknown => "dbgenerated()".to_owned(),
        Default::Expression(text) => generated(column.default_text.as_ref().unwrap_or(text)),
        Default::Literal(constant) => {
            constant_text(context, constant).unwrap_or_else(|| generated(&raw(context, constant)))
        }
    })
}

/// Servers hand points in time back in many forms: their digits tell.
fn is_unchanged(before: &Default, now: &Default) -> bool {
    let digits =
        |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().trim_end_matches('0').to_owned();
    match (before, now) {
        (Default::Unknown, _) | (_, Default::Unknown) => false,
        (Default::Literal(Literal::DateTime(a)), Default::Literal(Literal::DateTime(b))) => digits(a) == digits(b),
        (Default::Literal(Literal::DateTime(_)), _) | (_, Default::Literal(Literal::DateTime(_))) => false,
        (before, now) => is_same_default(Some(before), Some(now)),
    }
}

fn generated(text: &str) -> String {
    format!("dbgenerated({})", literal(text))
}

/// A constant that the schema language has no form for, as SQL.
fn raw(context: &Context<'_>, constant: &Literal) -> String {
    let text = context.column.default_text.clone();
    match (&context.column.ty, constant) {
        // MySQL hands constants back without their quotes, MariaDB with them.
        (ColumnType::Mysql(_), Literal::DateTime(time)) => crate::sql::string(nicol_db::Dialect::Mysql, time),
        (_, _) => text.unwrap_or_default(),
    }
}

/// A default that only the client knows, kept as long as the database has none.
fn client_default(field: &Field, scalar: Option<ScalarType>) -> Option<String> {
    let old = &field.default.as_ref()?.value;
    let DefaultValue::Function(function) = old else { return None };
    let is_of_client = match function {
        DefaultFunction::Uuid(_)
        | DefaultFunction::Cuid(_)
        | DefaultFunction::Ulid
        | DefaultFunction::Nanoid(_)
        | DefaultFunction::Auto => true,
        DefaultFunction::Now
        | DefaultFunction::Autoincrement
        | DefaultFunction::Sequence(_)
        | DefaultFunction::DbGenerated(_) => false,
    };
    (is_of_client && scalar == Some(ScalarType::String)).then(|| value(old))
}

fn constant_text(context: &Context<'_>, constant: &Literal) -> Option<String> {
    if let Literal::List(items) = constant {
        let items: Option<Vec<String>> = items.iter().map(|item| single(context, item)).collect();
        return (context.column.arity == Arity::List).then(|| items.map(|items| format!("[{}]", items.join(", "))))?;
    }
    single(context, constant)
}

/// One constant; none when the language has no form for it.
fn single(context: &Context<'_>, constant: &Literal) -> Option<String> {
    if let Some(enumeration) = context.enumeration {
        let text = match constant {
            Literal::Enum(text) | Literal::Text(text) => text,
            _ => return None,
        };
        let (name, _) = enumeration.values.iter().find(|(_, value)| value == text)?;
        return Some(name.text.clone());
    }
    let is_uuid = context.column.ty == ColumnType::Postgres(PostgresType::Uuid)
        || context.column.ty == ColumnType::Cockroach(crate::catalog::CockroachType::Uuid);
    if is_uuid {
        return None;
    }
    match (context.scalar?, constant) {
        (ScalarType::Boolean, Literal::Boolean(flag)) => Some(flag.to_string()),
        (ScalarType::Boolean, Literal::Number(number)) => match number.as_str() {
            "0" => Some("false".to_owned()),
            "1" => Some("true".to_owned()),
            _ => None,
        },
        (ScalarType::Int | ScalarType::BigInt, Literal::Number(text) | Literal::Text(text)) => {
            plain_number(text).filter(|number| !number.contains('.'))
        }
        (ScalarType::Float | ScalarType::Decimal, Literal::Number(text) | Literal::Text(text)) => plain_number(text),
        (ScalarType::Int | ScalarType::BigInt, Literal::Boolean(flag)) => Some(u8::from(*flag).to_string()),
        (
            ScalarType::String,
            Literal::Text(text) | Literal::Enum(text) | Literal::Json(text) | Literal::Number(text),
        ) => Some(literal(text)),
        (ScalarType::Json, Literal::Json(text) | Literal::Text(text)) => Some(literal(text)),
        (ScalarType::Bytes, Literal::Bytes(bytes)) => Some(literal(&base64(bytes))),
        (ScalarType::Bytes, Literal::Text(text)) => Some(literal(&base64(text.as_bytes()))),
        (_, _) => None,
    }
}

/// A number in digits, without an exponent; none for anything else.
fn plain_number(text: &str) -> Option<String> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            (mantissa, exponent.trim_start_matches('+').parse::<i32>().ok().filter(|exponent| exponent.abs() <= 400)?)
        }
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    if exponent == 0 && !whole.is_empty() {
        let fraction = if fraction.is_empty() { String::new() } else { format!(".{fraction}") };
        return Some(format!("{sign}{whole}{fraction}"));
    }
    let mut all = format!("{whole}{fraction}");
    let mut point = whole.len() as i32 + exponent;
    while point <= 0 {
        all.insert(0, '0');
        point += 1;
    }
    while all.len() < point as usize {
        all.push('0');
    }
    let (whole, fraction) = all.split_at(point as usize);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) as usize & 63;
            out.push(if place > chunk.len() { '=' } else { char::from(DIGITS[digit]) });
        }
    }
    out
}

/// `sequence(..)` of CockroachDB.
fn sequence(identity: &Identity) -> String {
    sequence_text(
        [
            ("minValue", identity.min_value),
            ("maxValue", identity.max_value),
            ("cache", identity.cache),
            ("increment", identity.increment),
            ("start", identity.start),
        ],
        identity.is_virtual,
    )
}

fn sequence_text(options: [(&str, Option<i64>); 5], is_virtual: bool) -> String {
    let written = options.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", value?)));
    let all: Vec<String> = is_virtual.then(|| "virtual".to_owned()).into_iter().chain(written).collect();
    format!("sequence({})", all.join(", "))
}

/// A default as the schema says it.
pub(super) fn value(value: &DefaultValue) -> String {
    match value {
        DefaultValue::String(text) => literal(text),
        DefaultValue::Number(text) => text.clone(),
        DefaultValue::Boolean(flag) => flag.to_string(),
        DefaultValue::EnumValue(name) => name.clone(),
        DefaultValue::List(items) => format!("[{}]", items.iter().map(self::value).collect::<Vec<_>>().join(", ")),
        DefaultValue::Function(function) => self::function(function),
    }
}

fn function(function: &DefaultFunction) -> String {
    let with = |name: &str, argument: Option<String>| format!("{name}({})", argument.unwrap_or_default());
    match function {
        DefaultFunction::Now => with("now", None),
        DefaultFunction::Autoincrement => with("autoincrement", None),
        DefaultFunction::Ulid => with("ulid", None),
        DefaultFunction::Auto => with("auto", None),
        DefaultFunction::Uuid(version) => with("uuid", version.map(|version| version.to_string())),
        DefaultFunction::Cuid(version) => with("cuid", version.map(|version| version.to_string())),
        DefaultFunction::Nanoid(length) => with("nanoid", length.map(|length| length.to_string())),
        DefaultFunction::DbGenerated(text) => with("dbgenerated", text.as_deref().map(literal)),
        DefaultFunction::Sequence(sequence) => {
            let Sequence { increment, min_value, max_value, start, cache, is_virtual } = &**sequence;
            sequence_text(
                [
                    ("minValue", *min_value),
                    ("maxValue", *max_value),
                    ("cache", *cache),
                    ("increment", *increment),
                    ("start", *start),
                ],
                *is_virtual,
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lose_their_exponent() {
        for (text, plain) in
            [("1e+10", "10000000000"), ("1.50", "1.50"), ("-2.5e-3", "-0.0025"), (".5", "0.5"), ("7", "7")]
        {
            assert_eq!(plain_number(text).as_deref(), Some(plain), "{text}");
        }
        assert_eq!(plain_number("NaN"), None);
        assert_eq!(plain_number("$1.00"), None);
    }

    #[test]
    fn bytes_are_written_in_base64() {
        for (bytes, text) in [(&b""[..], ""), (b"\x124", "EjQ="), (b"abc", "YWJj"), (b"a", "YQ==")] {
            assert_eq!(base64(bytes), text);
        }
    }
}
