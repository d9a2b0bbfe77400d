//! What a statement asks for and gives, on SQLite.
//!
//! SQLite knows for a result's column the table's column that it shows, also through subqueries and unions, and whether that may
//! be NULL in its table. What the statement makes of it is judged by the text: only where nothing in it can bring a NULL about
//! does a column of a table count as one that is never NULL.

use super::{Sqlite, from_driver};
use crate::describe::{Description, Kind, Origin, Parameter, ResultColumn};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::script;

/// Words of statements in which the origin of a column says nothing about NULL.
const BEYOND_TABLES: &[&str] = &["UNION", "EXCEPT", "INTERSECT", "WITH", "RIGHT", "FULL"];

/// Functions that make one row of many, and with it a row of NULLs of none.
const AGGREGATES: &[&str] = &[
    "AVG",
    "COUNT",
    "GROUP_CONCAT",
    "JSONB_GROUP_ARRAY",
    "JSONB_GROUP_OBJECT",
    "JSON_GROUP_ARRAY",
    "JSON_GROUP_OBJECT",
    "MAX",
    "MEDIAN",
    "MIN",
    "PERCENTILE",
    "PERCENTILE_CONT",
    "PERCENTILE_DISC",
    "STRING_AGG",
    "SUM",
    "TOTAL",
];

impl Sqlite {
    pub(crate) fn describe(&self, sql: &str) -> Result<Description> {
        let failed = |error: rusqlite::Error| from_driver(&error);
        let statement = self.connection.prepare(sql).map_err(failed)?;
        let parameters = (1..=statement.parameter_count())
            .map(|at| Parameter { name: statement.parameter_name(at).map(str::to_owned), kind: None })
            .collect();
        let hides = hidden(sql, &self.views().map_err(failed)?);
        let mut columns = Vec::with_capacity(statement.column_count());
        for (at, described) in (0..).zip(statement.columns()) {
            let source = statement.column_metadata(at).map_err(failed)?;
            let known = source.map(|(_, table, column, _, _, is_required, _, _)| {
                let text = |name: &std::ffi::CStr| name.to_string_lossy().into_owned();
                (Origin { schema: None, table: text(table), column: text(column) }, is_required)
            });
            let is_required =
                known.as_ref().is_some_and(|(origin, is_required)| *is_required && !hides.hides(&origin.table));
            columns.push(ResultColumn {
                name: described.name().to_owned(),
                kind: described.decl_type().map(declared),
                is_nullable: !is_required,
                origin: known.map(|(origin, _)| origin),
            });
        }
        Ok(Description { parameters, columns })
    }

    fn views(&self) -> rusqlite::Result<Vec<String>> {
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'view' \
                   UNION ALL SELECT name FROM sqlite_temp_schema WHERE type = 'view'";
        self.connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
    }
}

/// The tables whose required columns a statement may show as NULL.
#[derive(Debug, PartialEq)]
enum Hidden {
    All,
    Tables(Vec<String>),
}

impl Hidden {
    fn hides(&self, table: &str) -> bool {
        match self {
            Hidden::All => true,
            Hidden::Tables(tables) => tables.iter().any(|hidden| hidden.eq_ignore_ascii_case(table)),
        }
    }
}

fn hidden(sql: &str, views: &[String]) -> Hidden {
    let tokens = script::tokens(sql, Dialect::Sqlite);
    let words: Vec<String> = tokens.iter().map(|token| unquoted(token).to_ascii_uppercase()).collect();
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    let is_view = |word: &String| views.iter().any(|view| view.eq_ignore_ascii_case(word));
    let selects = words.iter().filter(|word| *word == "SELECT").count();
    let is_aggregate = |pair: &[String]| AGGREGATES.contains(&pair[0].as_str()) && pair[1] == "(";
    let makes_empty_groups = !has("GROUP") && words.windows(2).any(is_aggregate);
    if selects > 1 || makes_empty_groups || words.iter().any(is_view) || BEYOND_TABLES.iter().any(|word| has(word)) {
        return Hidden::All;
    }
    let mut tables = Vec::new();
    for (at, _) in words.iter().enumerate().filter(|(_, word)| *word == "LEFT") {
        let mut rest = words[at + 1..].iter().map(String::as_str).peekable();
        rest.next_if_eq(&"OUTER");
        let joined = (rest.next() == Some("JOIN")).then(|| rest.next()).flatten().filter(|name| *name != "(");
        let Some(mut table) = joined else { return Hidden::All };
        if rest.next() == Some(".") {
            table = rest.next().unwrap_or_default();
        }
        tables.push(table.to_owned());
    }
    Hidden::Tables(tables)
}

/// A name without its quotes. Strings stay quoted, but SQLite takes them for names where it needs one.
fn unquoted(token: &str) -> &str {
    let quotes = [('"', '"'), ('`', '`'), ('[', ']'), ('\'', '\'')];
    let inner = quotes.iter().find_map(|(open, close)| token.strip_prefix(*open)?.strip_suffix(*close));
    inner.unwrap_or(token)
}

/// The type that a table's definition says, by the first words of it.
fn declared(name: &str) -> Kind {
    let word = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_uppercase();
    match word.as_str() {
        "BOOLEAN" | "BOOL" => Kind::Bool,
        "BIGINT" | "UNSIGNED" | "INT8" => Kind::BigInt,
        "REAL" | "DOUBLE" | "FLOAT" => Kind::Float,
        "DECIMAL" | "NUMERIC" => Kind::Decimal,
        "DATE" | "DATETIME" | "TIMESTAMP" => Kind::DateTime,
        "JSON" | "JSONB" => Kind::Json,
        "BLOB" | "BINARY" | "VARBINARY" => Kind::Bytes,
        // As SQLite itself finds a column's affinity.
        word if word.contains("INT") => Kind::Int,
        word if word.contains("CHAR") || word.contains("CLOB") || word.contains("TEXT") => Kind::Text,
        _ => Kind::Other(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_null_is_seen_in_the_text() {
        let tables = |names: &[&str]| Hidden::Tables(names.iter().map(|name| (*name).to_owned()).collect());
        let cases = [
            ("SELECT id FROM a", tables(&[])),
            ("SELECT id FROM a JOIN b USING (id) -- LEFT JOIN c", tables(&[])),
            ("SELECT a.id FROM a LEFT JOIN b ON 1 left outer join \"c d\" ON 1", tables(&["B", "C D"])),
            ("SELECT a.id FROM a NATURAL LEFT JOIN main.[b]", tables(&["B"])),
            ("SELECT a.id FROM a LEFT JOIN (b JOIN c) ON 1", Hidden::All),
            ("SELECT a.id FROM a RIGHT JOIN b ON 1", Hidden::All),
            ("SELECT id FROM a UNION SELECT NULL", Hidden::All),
            ("SELECT (SELECT id FROM a WHERE 0)", Hidden::All),
            ("SELECT id, count(*) FROM a", Hidden::All),
            ("SELECT id, \"Max\" (id) FROM a", Hidden::All),
            ("SELECT id, count(*) FROM a GROUP BY id", tables(&[])),
            ("SELECT id FROM V", Hidden::All),
        ];
        for (sql, expected) in cases {
            assert_eq!(hidden(sql, &["v".to_owned()]), expected, "{sql}");
        }
    }
}
