//! Tests of places in JSON documents. Every dialect has another function for the same question.

use nicol_db::{Dialect, Value};

use super::condition::sign;
use super::{Source, Writer};
use crate::filter::{Comparison, JsonTest, Step};
use crate::meta::ColumnMeta;
use crate::types::Json;

impl Writer {
    pub(super) fn json_test(&mut self, source: Source, column: &'static ColumnMeta, path: &[Step], test: &JsonTest) {
        let place = JsonAt { source, column, path };
        match test {
            JsonTest::Compare(comparison @ (Comparison::Equal | Comparison::NotEqual), value) => {
                self.compare_json(*comparison, |sql| sql.json_at(&place), |sql| sql.json_value(value));
            }
            JsonTest::Compare(comparison, value) => self.json_range(&place, *comparison, value),
            JsonTest::Text(at, text, fold) => {
                self.json_typed(&place, Typed::Text);
                self.like(|sql| sql.json_text(&place), *at, text, *fold);
                self.push(")");
            }
            JsonTest::ArrayHas(wanted) => self.json_array_has(&place, wanted),
            JsonTest::ArrayFirst(value) => self.json_element(&place, false, value),
            JsonTest::ArrayLast(value) => self.json_element(&place, true, value),
            JsonTest::Null => {
                self.json_type(&place);
                self.push(match self.dialect {
                    Dialect::Mysql | Dialect::Mariadb => " = 'NULL'",
                    Dialect::Sqlite | Dialect::Postgres | Dialect::Cockroachdb => " = 'null'",
                });
            }
            JsonTest::Missing => {
                self.json_type(&place);
                self.push(" IS NULL");
            }
        }
    }

    /// The value at a place, as JSON; NULL where nothing is.
    fn json_at(&mut self, place: &JsonAt<'_>) {
        match self.dialect {
            Dialect::Postgres | Dialect::Cockroachdb => {
                self.push("(");
                self.json_column(place);
                self.push("::jsonb");
                if !place.path.is_empty() {
                    self.push(" #> ");
                    self.json_keys(place.path);
                }
                self.push(")");
            }
            Dialect::Sqlite => {
                self.push("(");
                self.json_column(place);
                self.push(" -> ");
                self.json_path(place.path, "");
                self.push(")");
            }
            Dialect::Mysql | Dialect::Mariadb => {
                self.push("JSON_EXTRACT(");
                self.json_column(place);
                self.push(", ");
                self.json_path(place.path, "");
                self.push(")");
            }
        }
    }

    /// The value at a place as text or number; its type is known already.
    fn json_text(&mut self, place: &JsonAt<'_>) {
        match self.dialect {
            Dialect::Postgres | Dialect::Cockroachdb => {
                self.push("(");
                self.json_column(place);
                self.push("::jsonb #>> ");
                self.json_keys(place.path);
                self.push(")");
            }
            Dialect::Sqlite => {
                self.push("(");
                self.json_column(place);
                self.push(" ->> ");
                self.json_path(place.path, "");
                self.push(")");
            }
            Dialect::Mysql | Dialect::Mariadb => {
                self.push("JSON_UNQUOTE(");
                self.json_at(place);
                self.push(")");
            }
        }
    }

    fn json_column(&mut self, place: &JsonAt<'_>) {
        self.qualified(place.source, place.column.column);
    }

    /// The type of the value at a place; NULL where nothing is.
    fn json_type(&mut self, place: &JsonAt<'_>) {
        match self.dialect {
            Dialect::Postgres | Dialect::Cockroachdb => {
                self.push("jsonb_typeof");
                self.json_at(place);
            }
            Dialect::Sqlite => {
                self.push("json_type(");
                self.json_column(place);
                self.push(", ");
                self.json_path(place.path, "");
                self.push(")");
            }
            Dialect::Mysql | Dialect::Mariadb => {
                self.push("JSON_TYPE(");
                self.json_at(place);
                self.push(")");
            }
        }
    }

    /// `(type of the value is .. AND `; whoever calls it closes the parenthesis.
    fn json_typed(&mut self, place: &JsonAt<'_>, wanted: Typed) {
        self.push("(");
        self.json_type(place);
        self.push(match (self.dialect, wanted) {
            (Dialect::Postgres | Dialect::Cockroachdb, Typed::Number) => " = 'number'",
            (Dialect::Postgres | Dialect::Cockroachdb, Typed::Text) => " = 'string'",
            (Dialect::Postgres | Dialect::Cockroachdb | Dialect::Sqlite, Typed::Array) => " = 'array'",
            (Dialect::Sqlite, Typed::Number) => " IN ('integer', 'real')",
            (Dialect::Sqlite, Typed::Text) => " = 'text'",
            (Dialect::Mysql | Dialect::Mariadb, Typed::Number) => {
                " IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL')"
            }
            (Dialect::Mysql | Dialect::Mariadb, Typed::Text) => " = 'STRING'",
            (Dialect::Mysql | Dialect::Mariadb, Typed::Array) => " = 'ARRAY'",
        });
        self.push(" AND ");
    }

    /// `<`, `<=`, `>`, `>=`: between numbers, or between texts. Other types have no order.
    fn json_range(&mut self, place: &JsonAt<'_>, comparison: Comparison, value: &Json) {
        let (wanted, operand) = match value {
            Json::Number(number) => {
                let float = number.as_f64().map_or(Value::Null, Value::Float);
                (Typed::Number, number.as_i64().map_or(float, Value::BigInt))
            }
            Json::String(text) => (Typed::Text, Value::Text(text.clone())),
            Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => {
                return self.refuse("orders only numbers and texts in JSON");
            }
        };
        self.json_typed(place, wanted);
        match (self.dialect, wanted) {
            (Dialect::Postgres | Dialect::Cockroachdb, _) => {
                self.json_at(place);
                self.push(sign(comparison));
                self.json_value(value);
                self.push("::jsonb");
            }
            (Dialect::Mysql | Dialect::Mariadb, Typed::Number) => {
                self.json_text(place);
                self.push(" + 0e0");
                self.push(sign(comparison));
                self.bind(operand);
            }
            (Dialect::Mysql | Dialect::Mariadb | Dialect::Sqlite, _) => {
                self.json_text(place);
                self.push(sign(comparison));
                self.bind(operand);
            }
        }
        self.push(")");
    }

    fn json_array_has(&mut self, place: &JsonAt<'_>, wanted: &[Json]) {
        self.json_typed(place, Typed::Array);
        let wanted = Json::Array(wanted.to_vec());
        match self.dialect {
            Dialect::Postgres | Dialect::Cockroachdb => {
                self.json_at(place);
                self.push(" @> ");
                self.json_value(&wanted);
                self.push("::jsonb");
            }
            Dialect::Mysql | Dialect::Mariadb => {
                self.push("JSON_CONTAINS(");
                self.json_at(place);
                self.push(", ");
                self.json_value(&wanted);
                self.push(")");
            }
            Dialect::Sqlite => {
                self.push("NOT EXISTS (SELECT 1 FROM json_each(");
                self.json_value(&wanted);
                self.push(") AS w WHERE NOT EXISTS (SELECT 1 FROM json_each(");
                self.json_column(place);
                self.push(", ");
                self.json_path(place.path, "");
                self.push(") AS e WHERE e.type = w.type AND e.value IS w.value))");
            }
        }
        self.push(")");
    }

    /// The first or last element of an array equals a value.
    fn json_element(&mut self, place: &JsonAt<'_>, last: bool, value: &Json) {
        self.json_typed(place, Typed::Array);
        let element = |sql: &mut Self| match sql.dialect {
            Dialect::Postgres | Dialect::Cockroachdb => {
                sql.push("(");
                sql.json_at(place);
                sql.push(if last { " -> -1)" } else { " -> 0)" });
            }
            Dialect::Sqlite => {
                sql.push("(");
                sql.json_column(place);
                sql.push(" -> ");
                sql.json_path(place.path, if last { "[#-1]" } else { "[0]" });
                sql.push(")");
            }
            Dialect::Mysql | Dialect::Mariadb if last => {
                sql.push("JSON_EXTRACT(");
                sql.json_at(place);
                sql.push(", CONCAT('$[', JSON_LENGTH(");
                sql.json_at(place);
                sql.push(") - 1, ']'))");
            }
            Dialect::Mysql | Dialect::Mariadb => {
                sql.push("JSON_EXTRACT(");
                sql.json_column(place);
                sql.push(", ");
                sql.json_path(place.path, "[0]");
                sql.push(")");
            }
        };
        self.compare_json(Comparison::Equal, element, |sql| sql.json_value(value));
        self.push(")");
    }

    /// A JSON value as a parameter.
    fn json_value(&mut self, value: &Json) {
        // Bound as text: a parameter of type JSON is told apart from its text nowhere but on PostgreSQL, which casts.
        self.bind(Value::Text(value.to_string()));
    }

    /// `'{a,0}'` as a parameter (PostgreSQL).
    fn json_keys(&mut self, path: &[Step]) {
        let step = |step: &Step| match step {
            Step::Key(key) => Value::Text(key.clone()),
            Step::Index(index) => Value::Text(index.to_string()),
        };
        self.bind(Value::List(path.iter().map(step).collect()));
        self.push("::text[]");
    }

    /// `'$.a[0]'` as a parameter (SQLite, MySQL, MariaDB), with keys quoted.
    fn json_path(&mut self, path: &[Step], end: &str) {
        let mut text = String::from("$");
        for step in path {
            match step {
                Step::Key(key) => {
                    text.push_str(".\"");
                    for c in key.chars() {
                        if matches!(c, '"' | '\\') {
                            text.push('\\');
                        }
                        text.push(c);
                    }
                    text.push('"');
                }
                Step::Index(index) => text.push_str(&format!("[{index}]")),
            }
        }
        text.push_str(end);
        self.bind(Value::Text(text));
    }
}

/// A place in a document.
struct JsonAt<'a> {
    source: Source,
    column: &'static ColumnMeta,
    path: &'a [Step],
}

/// What must be at a place for a test to make sense.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Typed {
    Number,
    Text,
    Array,
}
