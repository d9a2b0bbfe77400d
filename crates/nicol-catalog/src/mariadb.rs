//! MariaDB: what it does otherwise than MySQL.

use nicol_db::{Result, Rows};

use crate::catalog::{ColumnType, Default, MysqlType, Table};
use crate::mysql;
use crate::mysql::introspect::table_of;
use crate::plan::Rules;

/// Indexes are made anew instead of renamed: older servers know no RENAME INDEX.
pub(crate) const RULES: Rules = Rules { renames_indexes: false, ..mysql::plan::RULES };

/// Check constraints with the tables they are on.
pub(crate) const CHECKS: &str =
    "SELECT table_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = ?";

/// A JSON column is long text with a check that it is valid.
pub(crate) fn mark_json(tables: &mut [Table], checks: &Rows) -> Result<()> {
    for row in checks.iter() {
        let clause: String = row.get(1)?;
        let Some(table) = table_of(tables, &row)? else { continue };
        let column = clause.strip_prefix("json_valid(`").and_then(|rest| rest.strip_suffix("`)"));
        let Some(column) = column.map(|name| name.replace("``", "`")) else {
            continue;
        };
        for column in table.columns.iter_mut().filter(|other| other.name == column) {
            if column.ty == ColumnType::Mysql(MysqlType::LongText) {
                column.ty = ColumnType::Mysql(MysqlType::Json);
            }
        }
    }
    Ok(())
}

/// A default as MariaDB tells it: text in quotes, everything else as an expression, NULL as a word.
pub(crate) fn default(text: &str, ty: &ColumnType) -> Option<Default> {
    if text.eq_ignore_ascii_case("null") {
        return None;
    }
    if let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Some(mysql::normalize::constant(&unescaped(inner), ty));
    }
    if text.starts_with("b'") {
        return Some(mysql::normalize::constant(text, ty));
    }
    if text.parse::<f64>().is_ok() {
        return Some(mysql::normalize::constant(text, ty));
    }
    mysql::normalize::default(text, ty, true)
}

/// The text of a literal: quotes doubled, control characters behind a backslash.
fn unescaped(literal: &str) -> String {
    let mut out = String::with_capacity(literal.len());
    let mut chars = literal.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                chars.next();
                out.push('\'');
            }
            '\\' => out.extend(chars.next().map(|escaped| match escaped {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '0' => '\0',
                'Z' => '\u{1a}',
                other => other,
            })),
            other => out.push(other),
        }
    }
    out
}
