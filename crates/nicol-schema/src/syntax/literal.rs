//! The value of string literals.

use std::borrow::Cow;

use super::tree::Extent;

/// A part of a string literal that cannot be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EscapeError {
    /// `\` before a character that needs none.
    Unknown(Extent),
    /// `\u` without four hexadecimal digits, or half of a surrogate pair.
    Unicode(Extent),
}

/// The value of the literal at `extent` (quotes included), borrowed when it has no escapes. Bad escapes are left out of
/// the value and reported to `report`.
pub(crate) fn unescape<'a>(text: &'a str, extent: Extent, report: &mut dyn FnMut(EscapeError)) -> Cow<'a, str> {
    let literal = extent.of(text);
    let content = &literal[1..literal.len() - 1];
    if !content.contains('\\') {
        return Cow::Borrowed(content);
    }
    let offset = extent.start() as usize + 1;
    let mut out = String::with_capacity(content.len());
    let mut at = 0;
    while let Some(character) = content[at..].chars().next() {
        if character != '\\' {
            out.push(character);
            at += character.len_utf8();
            continue;
        }
        let Some(escaped) = content[at + 1..].chars().next() else {
            break;
        };
        let plain = match escaped {
            '"' | '\\' | '/' => Some(escaped),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'u' => {
                let (length, value) = unicode_escape(&content[at..]);
                if value.is_none() {
                    let end = (at + length.max(2)).min(content.len());
                    report(EscapeError::Unicode(Extent::new(offset + at, offset + end)));
                }
                out.extend(value);
                at += length.max(2);
                continue;
            }
            _ => {
                let end = at + 1 + escaped.len_utf8();
                report(EscapeError::Unknown(Extent::new(offset + at, offset + end)));
                None
            }
        };
        out.extend(plain);
        at += 1 + escaped.len_utf8();
    }
    Cow::Owned(out)
}

/// Reads `\uXXXX`, or two of them that form a surrogate pair: how many bytes, and the character if there is one.
fn unicode_escape(rest: &str) -> (usize, Option<char>) {
    let first = match code_unit(rest) {
        Ok(unit) => unit,
        Err(length) => return (length, None),
    };
    if let Some(character) = char::from_u32(u32::from(first)) {
        return (6, Some(character));
    }
    match code_unit(&rest[6..]) {
        Ok(second) => (12, char::decode_utf16([first, second]).next().and_then(Result::ok)),
        Err(_) => (6, None),
    }
}

/// The code unit of `\uXXXX`, or how many bytes of it could be read.
fn code_unit(rest: &str) -> Result<u16, usize> {
    let Some(digits) = rest.strip_prefix("\\u") else {
        return Err(0);
    };
    let mut unit = 0u16;
    let mut characters = digits.chars();
    for index in 0..4 {
        match characters.next().and_then(|c| c.to_digit(16)) {
            Some(digit) => unit = unit << 4 | digit as u16,
            None => return Err(2 + index),
        }
    }
    Ok(unit)
}
