//! What the schema language has no word for: read for `db pull`, which tells it. SQLite keeps most of it only in the
//! text of the statement that made a table, so that is searched word by word.

use nicol_db::{Connection, Result, Row, Value};

use super::{Places, column, query};
use crate::catalog::{Catalog, Other, OtherKind, Remark, View};

const DEFINITIONS: &str = "\
SELECT l.name, m.sql FROM pragma_table_list AS l JOIN sqlite_master AS m ON m.type = 'table' AND m.name = l.name \
WHERE {own} ORDER BY l.name";

const TRIGGERS: &str = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' ORDER BY tbl_name, name";

const OTHERS: &str = "\
SELECT l.name, l.type, m.sql FROM pragma_table_list AS l JOIN sqlite_master AS m ON m.name = l.name \
AND m.type IN ('table', 'view') WHERE l.schema = 'main' AND l.type IN ('view', 'virtual') ORDER BY l.name";

const VIEW_COLUMNS: &str =
    "SELECT ?1, name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1) ORDER BY cid";

pub(super) async fn read(connection: &mut Connection, places: &Places, catalog: &mut Catalog) -> Result<()> {
    let rows = query(connection, DEFINITIONS).await?;
    for row in rows.iter() {
        if let (Some(table), Some(sql)) = (places.table_of(&mut catalog.tables, &row)?, row.get::<Option<String>>(1)?) {
            table.remarks.extend(remarks(&sql));
        }
    }
    let rows = connection.query(TRIGGERS, &[]).await?;
    for row in rows.iter() {
        if let Some(table) = places.table_of(&mut catalog.tables, &row)? {
            table.remarks.push(Remark::Trigger { name: row.get(1)? });
        }
    }
    let rows = connection.query(OTHERS, &[]).await?;
    for row in rows.iter() {
        other(connection, &row, catalog).await?;
    }
    Ok(())
}

async fn other(connection: &mut Connection, row: &Row<'_>, catalog: &mut Catalog) -> Result<()> {
    let name: String = row.get(0)?;
    if row.get::<String>(1)? == "virtual" {
        catalog.others.push(Other { namespace: None, name, kind: OtherKind::VirtualTable });
        return Ok(());
    }
    // A view whose tables are gone has no columns to tell.
    let rows = connection.query(VIEW_COLUMNS, &[Value::Text(name.clone())]).await.ok();
    let columns = rows.iter().flat_map(|rows| rows.iter()).map(|row| {
        let name: String = row.get(1)?;
        column(&row, name, false)
    });
    let definition: Option<String> = row.get(2)?;
    catalog.views.push(View { namespace: None, columns: columns.collect::<Result<_>>()?, name, definition });
    Ok(())
}

/// The checks, late constraints and collations in a CREATE TABLE statement.
fn remarks(sql: &str) -> Vec<Remark> {
    let words = words(sql);
    let mut found = Vec::new();
    let mut depth = 0;
    let mut column = "";
    for (place, word) in words.iter().enumerate() {
        let before = |back: usize| place.checked_sub(back).map_or("", |at| words[at]);
        let is = |text: &str| word.eq_ignore_ascii_case(text);
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth != 1 {
            continue;
        }
        if matches!(before(1), "," | "(") {
            column = word;
        }
        if is("check") {
            let name =
                if before(2).eq_ignore_ascii_case("constraint") { unquoted(before(1)) } else { bracketed(sql, word) };
            found.push(Remark::Check { name });
        } else if is("deferrable") && !before(1).eq_ignore_ascii_case("not") {
            found.push(Remark::Deferrable { name: unquoted(column) });
        } else if is("collate") {
            let detail = format!("COLLATE {}", words.get(place + 1).unwrap_or(&""));
            found.push(Remark::ColumnDetail { column: unquoted(column), detail });
        }
    }
    found
}

/// What stands in the brackets behind a word of the text.
fn bracketed(sql: &str, word: &str) -> String {
    let start = word.as_ptr() as usize - sql.as_ptr() as usize + word.len();
    let rest = &sql[start..];
    let (mut depth, mut out) = (0, String::new());
    for word in words(rest) {
        match word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let end = word.as_ptr() as usize - rest.as_ptr() as usize + word.len();
            out = rest[..end].trim().to_owned();
            break;
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unquoted(word: &str) -> String {
    let inner = match word.as_bytes().first() {
        Some(b'"' | b'`' | b'[' | b'\'') if word.len() > 1 => &word[1..word.len() - 1],
        _ => word,
    };
    inner.replace("\"\"", "\"")
}

/// The words of a statement: names, quoted things and single signs; comments and space left out.
fn words(sql: &str) -> Vec<&str> {
    let bytes = sql.as_bytes();
    let mut words = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &sql[at..];
        let length = match bytes[at] {
            b'-' if rest.starts_with("--") => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            b'/' if rest.starts_with("/*") => {
                at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                continue;
            }
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            quote @ (b'"' | b'`' | b'\'') => quoted_length(rest.as_bytes(), quote),
            b'[' => rest.find(']').map_or(rest.len(), |end| end + 1),
            byte if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 => {
                let is_end = |byte: &u8| !(byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80);
                rest.as_bytes().iter().position(is_end).unwrap_or(rest.len())
            }
            _ => 1,
        };
        words.push(&rest[..length]);
        at += length;
    }
    words
}

fn quoted_length(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at] == quote {
            if bytes.get(at + 1) != Some(&quote) {
                return at + 1;
            }
            at += 1;
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_statement_says_beyond_columns_is_found() {
        let sql = "CREATE TABLE \"t\" (\n  a text collate nocase, -- check (x)\n  \"b b\" int CONSTRAINT \"pos\" CHECK (b > (0)),\n  \
                   c text default 'check (',\n  check ( a <> ')' ),\n  foreign key (c) references u(id) deferrable initially deferred)";
        let expected = [
            Remark::ColumnDetail { column: "a".into(), detail: "COLLATE nocase".into() },
            Remark::Check { name: "pos".into() },
            Remark::Check { name: "( a <> ')' )".into() },
            Remark::Deferrable { name: "foreign".into() },
        ];
        assert_eq!(remarks(sql), expected);
        assert_eq!(remarks("CREATE TABLE t (check_it int, b int not deferrable)"), []);
    }
}
