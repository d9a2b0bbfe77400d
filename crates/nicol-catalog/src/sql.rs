//! Small helpers for writing SQL text, shared by the dialects.

use nicol_db::Dialect;

use crate::catalog::ReferentialAction;

/// The clause text of a referential action.
pub(crate) fn action(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::NoAction => "NO ACTION",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::SetDefault => "SET DEFAULT",
    }
}

/// A string literal with its quotes doubled; MySQL reads backslashes inside literals, so they are doubled there.
pub(crate) fn string(dialect: Dialect, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for c in text.chars() {
        if c == '\'' || (c == '\\' && dialect.is_mysql_family()) {
            out.push(c);
        }
        out.push(c);
    }
    out.push('\'');
    out
}

/// A name with the namespace in front when there is one.
pub(crate) fn qualified(dialect: Dialect, namespace: Option<&str>, name: &str) -> String {
    let mut out = String::new();
    if let Some(namespace) = namespace {
        dialect.quote_into(&mut out, namespace);
        out.push('.');
    }
    dialect.quote_into(&mut out, name);
    out
}

/// Quoted names with a separator between them.
pub(crate) fn names<'a>(dialect: Dialect, names: impl IntoIterator<Item = &'a str>, separator: &str) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| dialect.quote(name)).collect();
    quoted.join(separator)
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    out
}

/// Bytes of hexadecimal digits; none when the text is anything else.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
