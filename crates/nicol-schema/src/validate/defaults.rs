//! Defaults: literals that must be readable, functions that the database must know.

use crate::ast::{Value, ValueKind};
use crate::diagnostic::Code;
use crate::report::Report;
use crate::resolve::defaults::{FUNCTIONS, is_known, unknown_function};
use crate::resolve::draft::*;
use crate::resolve::visit::{boolean, integer};
use crate::schema::*;

use super::Checks;

/// Functions that are not of the language itself.
pub(crate) fn functions(checks: &Checks<'_, '_>, report: &mut Report) {
    if !checks.draft.has_other_functions.get() {
        return;
    }
    let fields = checks.draft.models.iter().flat_map(|model| &model.fields);
    for field in fields {
        let Some(value) = field.default_value().filter(|value| !value.called().is_none_or(is_known)) else {
            continue;
        };
        let ValueKind::Call(name, arguments) = value.kind() else {
            continue;
        };
        if name == "sequence" && checks.provider == Some(Provider::Cockroachdb) {
            for argument in arguments.iter() {
                match (argument.name(), argument.value()) {
                    (Some("virtual"), Some(value)) => {
                        boolean(value, report);
                    }
                    (Some("cache" | "increment" | "minValue" | "maxValue" | "start"), Some(value)) => {
                        integer(value, report);
                    }
                    (_, _) => {
                        let help = "it takes virtual, cache, increment, minValue, maxValue and start";
                        report.error_help(
                            Code::UnexpectedArgument,
                            argument.span(),
                            "`sequence` has no such argument",
                            help,
                        );
                    }
                }
            }
            continue;
        }
        let known = FUNCTIONS.iter().copied().filter(|name| checks.can.default_auto || *name != "auto");
        unknown_function(name, value, known, report);
    }
}

/// Checks the literals of a field's default, and `auto()`.
pub(crate) fn value(checks: &Checks<'_, '_>, field: &DraftField<'_>, report: &mut Report) {
    let Some(value) = field.default_value() else {
        return;
    };
    if let Some(scalar) = field.scalar() {
        literal(value, scalar, report);
    }
    if value.called() == Some("auto") && !checks.can.default_auto {
        let message = format!("{} has no `auto()`", checks.can.name);
        report.error_help(
            Code::FunctionUnsupported,
            value.span(),
            message,
            "use `autoincrement()`, `uuid()` or another one",
        );
    }
}

/// Checks that a literal can be read as its type.
pub(crate) fn literal(value: Value<'_>, scalar: ScalarType, report: &mut Report) {
    let problem = match (scalar, value.kind()) {
        (_, ValueKind::Array(values)) => {
            values.iter().for_each(|value| literal(value, scalar, report));
            None
        }
        (ScalarType::Json, ValueKind::Text(text)) => {
            serde_json::from_str::<serde_json::Value>(text).err().map(|_| "JSON")
        }
        (ScalarType::Bytes, ValueKind::Text(text)) => (!is_base64(text)).then_some("bytes in base64"),
        (ScalarType::DateTime, ValueKind::Text(text)) => {
            (!is_date_time(text)).then_some("a time like `2026-01-31T12:00:00Z`")
        }
        (ScalarType::Int | ScalarType::BigInt, ValueKind::Number(text)) => {
            text.parse::<i64>().is_err().then_some("a whole number of 64 bits")
        }
        (ScalarType::Decimal, ValueKind::Text(text)) => (!is_decimal(text)).then_some("a decimal number"),
        _ => None,
    };
    if let Some(what) = problem {
        report.error(Code::BadLiteral, value.span(), format!("`{}` is not {what}", value.source()));
    }
}

fn is_base64(text: &str) -> bool {
    let content = text.trim_end_matches('=');
    let padding = text.len() - content.len();
    let index = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let Some(values) = content.bytes().map(index).collect::<Option<Vec<u8>>>() else {
        return false;
    };
    // The bits behind the last whole byte must be zero.
    let rest = match (values.len() % 4, padding) {
        (0, 0) => return true,
        (2, 2) => 0b1111,
        (3, 1) => 0b11,
        _ => return false,
    };
    values.last().is_some_and(|last| last & rest == 0)
}

fn is_decimal(text: &str) -> bool {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    if exponent.is_some_and(|exponent| exponent.parse::<i64>().is_err()) {
        return false;
    }
    let number = number.strip_prefix(['+', '-']).unwrap_or(number);
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let dots = number.bytes().filter(|byte| *byte == b'.').count();
    digits > 0 && dots <= 1 && digits + dots == number.len()
}

/// RFC 3339: date, `T` or a space, time, offset.
fn is_date_time(text: &str) -> bool {
    fn number(text: Option<&str>, most: u32) -> Option<u32> {
        let text = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
        text.parse().ok().filter(|number| *number <= most)
    }
    fn offset(text: &str) -> bool {
        let hours = number(text.get(1..3), 23);
        let minutes = number(text.get(4..6), 59);
        text.len() == 6
            && text.starts_with(['+', '-'])
            && text.get(3..4) == Some(":")
            && hours.is_some()
            && minutes.is_some()
    }
    let parse = || -> Option<bool> {
        let (year, month, day) =
            (number(text.get(0..4), 9999)?, number(text.get(5..7), 12)?, number(text.get(8..10), 31)?);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 31,
        };
        number(text.get(11..13), 23)?;
        number(text.get(14..16), 59)?;
        number(text.get(17..19), 60)?;
        let separators = [(4, "-"), (7, "-"), (13, ":"), (16, ":")];
        let separated = separators.iter().all(|(at, separator)| text.get(*at..*at + 1) == Some(*separator));
        let mut rest = text.get(19..)?;
        if let Some(fraction) = rest.strip_prefix('.') {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 {
                return None;
            }
            rest = &fraction[digits..];
        }
        let zone = matches!(rest, "Z" | "z") || offset(rest);
        let gap = matches!(text.get(10..11)?, "T" | "t" | " ");
        Some(month > 0 && day > 0 && day <= days && separated && zone && gap)
    };
    parse().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        assert!(is_base64("aGVsbG8=") && is_base64("") && !is_base64("aGVsbG8") && !is_base64("a*=="));
        assert!(is_decimal("1.50") && is_decimal("-1e3") && !is_decimal("") && !is_decimal("1.2.3"));
        assert!(is_date_time("2024-02-29T00:00:00Z") && is_date_time("2024-01-01T00:00:00.123+02:00"));
        assert!(
            !is_date_time("2023-02-29T00:00:00Z")
                && !is_date_time("2024-01-01")
                && !is_date_time("é024-01-01T00:00:00Z")
        );
    }
}
