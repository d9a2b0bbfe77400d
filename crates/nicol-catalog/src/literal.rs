//! Constants in defaults: when two are the same value, and the parts of them that several dialects write alike.

use crate::catalog::{Default, Literal};
use crate::expression;

/// Whether two columns' defaults are one. Any default is the one that the new side cannot tell, and so is a constant
/// point in time, which servers hand back in too many forms.
pub(crate) fn is_same_default(from: Option<&Default>, to: Option<&Default>) -> bool {
    let is_time = |default: &Default| matches!(default, Default::Literal(Literal::DateTime(_)));
    match (from, to) {
        (_, Some(Default::Unknown)) | (None, None) => true,
        (Some(a), Some(b)) if is_time(a) || is_time(b) => true,
        (Some(Default::Literal(a)), Some(Default::Literal(b))) => is_same_literal(a, b),
        (Some(Default::Expression(a)), Some(Default::Expression(b))) => expression::key(a) == expression::key(b),
        // A schema may give a constant as an expression; servers do not tell them apart.
        (Some(Default::Expression(text)), Some(Default::Literal(literal)))
        | (Some(Default::Literal(literal)), Some(Default::Expression(text))) => is_text_of(text, literal),
        (a, b) => a == b,
    }
}

fn is_text_of(expression: &str, literal: &Literal) -> bool {
    let bare = expression.trim();
    let inner = bare.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    match (literal, inner) {
        (Literal::Text(text) | Literal::Enum(text) | Literal::Json(text), Some(inner)) => {
            inner.replace("''", "'") == *text
        }
        (Literal::Number(number), None) => {
            canonical_number(bare).is_some() && canonical_number(bare) == canonical_number(number)
        }
        (Literal::Boolean(flag), None) => bare.eq_ignore_ascii_case(if *flag { "true" } else { "false" }),
        (Literal::List(items), None) => {
            let inner = bare.strip_prefix("ARRAY[").and_then(|rest| rest.strip_suffix(']'));
            let texts: Option<Vec<&str>> = inner.map(|inner| inner.split(',').collect());
            texts.is_some_and(|texts| {
                texts.len() == items.len() && texts.iter().zip(items).all(|(a, b)| is_text_of(a, b))
            })
        }
        (_, _) => false,
    }
}

fn is_same_literal(a: &Literal, b: &Literal) -> bool {
    use Literal::{Boolean, Bytes, DateTime, Enum, Json, List, Number, Text};
    match (a, b) {
        (List(a), List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same_literal(a, b)),
        (Json(a), Json(b) | Text(b)) | (Text(a), Json(b)) => is_same_json(a, b),
        (Text(a) | Enum(a), Text(b) | Enum(b)) => a == b,
        (Number(a), Number(b)) => canonical_number(a) == canonical_number(b),
        (Boolean(flag), Number(number)) | (Number(number), Boolean(flag)) => number == if *flag { "1" } else { "0" },
        (Text(text), Number(number)) | (Number(number), Text(text)) => {
            canonical_number(text).is_some() && canonical_number(text) == canonical_number(number)
        }
        (DateTime(_), _) | (_, DateTime(_)) => true,
        (Bytes(bytes), Text(text)) | (Text(text), Bytes(bytes)) => text.as_bytes() == bytes.as_slice(),
        (a, b) => a == b,
    }
}

fn is_same_json(a: &str, b: &str) -> bool {
    match (serde_json::from_str::<serde_json::Value>(a), serde_json::from_str::<serde_json::Value>(b)) {
        (Ok(a), Ok(b)) => a == b,
        (Err(_), _) | (_, Err(_)) => a == b,
    }
}

/// A number without the parts that do not change its value: `-1.10` and `-1.1`, `1e2` and `100`. None for other text.
fn canonical_number(text: &str) -> Option<(bool, String, i64)> {
    let text = text.trim();
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let significant = all.trim_start_matches('0');
    let trimmed = significant.trim_end_matches('0');
    if trimmed.is_empty() {
        return Some((false, "0".to_owned(), 0));
    }
    let exponent = exponent - fraction.len() as i64 + (significant.len() - trimmed.len()) as i64;
    Some((is_negative, trimmed.to_owned(), exponent))
}

/// A number as written, but zero without a sign.
pub(crate) fn without_negative_zero(text: &str) -> &str {
    match text.strip_prefix('-') {
        Some(rest) if canonical_number(rest).is_some_and(|(_, digits, _)| digits == "0") => rest,
        Some(_) | None => text,
    }
}

/// A point in time as the scripts write it: date, time, offset, with a space between them; the fraction in three, six
/// or nine digits, left out when zero. Text that is no RFC 3339 time stays as it is.
pub(crate) fn spaced_date_time(text: &str) -> String {
    let Some((date, rest)) = text.split_once(['T', 't', ' ']) else {
        return text.to_owned();
    };
    let Some(zone) = rest.find(['Z', 'z', '+', '-']) else {
        return text.to_owned();
    };
    let (time, offset) = rest.split_at(zone);
    let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
    let offset = if offset.eq_ignore_ascii_case("z") { "+00:00" } else { offset };
    format!("{date} {seconds}{} {offset}", grouped_fraction(fraction))
}

fn grouped_fraction(digits: &str) -> String {
    let significant = digits.trim_end_matches('0');
    let width = match significant.len() {
        0 => return String::new(),
        1..=3 => 3,
        4..=6 => 6,
        _ => 9,
    };
    let mut out = format!(".{significant:0<width$}");
    out.truncate(width + 1);
    out
}

/// A point in time in UTC, without an offset, as MySQL and MariaDB both take it.
pub(crate) fn utc_date_time(text: &str) -> String {
    match text.parse::<jiff::Timestamp>() {
        Ok(instant) => {
            let text = instant.to_string();
            text.trim_end_matches('Z').replacen('T', " ", 1)
        }
        Err(_) => text.to_owned(),
    }
}

/// Bytes of base64 text; none when it is not base64.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for c in text.trim_end_matches('=').bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_value() {
        for (a, b) in [("1.10", "1.1"), ("-0", "0"), ("1e2", "100"), ("100.0", "1E2"), ("+7", "7")] {
            assert_eq!(canonical_number(a), canonical_number(b), "{a} {b}");
        }
        assert_ne!(canonical_number("10"), canonical_number("1"));
        assert_eq!(canonical_number("x"), None);
    }

    #[test]
    fn times_are_written_with_spaces() {
        assert_eq!(spaced_date_time("2020-02-03T04:05:06.789+02:00"), "2020-02-03 04:05:06.789 +02:00");
        assert_eq!(spaced_date_time("2020-01-01T00:00:00Z"), "2020-01-01 00:00:00 +00:00");
        assert_eq!(spaced_date_time("2020-01-01T00:00:00.1234Z"), "2020-01-01 00:00:00.123400 +00:00");
        assert_eq!(utc_date_time("2020-02-03T04:05:06.789+02:00"), "2020-02-03 02:05:06.789");
    }

    #[test]
    fn base64_is_read() {
        assert_eq!(from_base64("aGVsbG8="), Some(b"hello".to_vec()));
        assert_eq!(from_base64("*"), None);
    }
}
