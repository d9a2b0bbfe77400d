//! Small helpers for writing SQL text, shared by the dialects.

use nicol_db::Dialect;

use crate::catalog::ReferentialAction;
use crate::diff::Diff;

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

/// The statement that gives a column the values that were told: all rows where it is new, those without a value where it
/// has been there.
pub(crate) fn fill(dialect: Dialect, diff: &Diff<'_>, table: usize, column: usize) -> String {
    let pair = &diff.tables[table];
    let table = &diff.to.tables[pair.to];
    let column = &table.columns[column].name;
    let expression = diff.backfill(table.namespace.as_deref(), &table.name, column).unwrap_or("NULL");
    let is_new = diff.from.tables[pair.from].column(column).is_none();
    let (name, column) = (qualified(dialect, table.namespace.as_deref(), &table.name), dialect.quote(column));
    let gaps = if is_new { String::new() } else { format!(" WHERE {column} IS NULL") };
    format!("UPDATE {name} SET {column} = ({expression}){gaps}")
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
