//! Operations to statements. Pure functions: the text depends on the shape of an operation, never on its values.
//!
//! A list is one parameter where the database can take it so (`= ANY($1)`, `json_each(?)`); elsewhere its length is
//! rounded up to a power of two, so that few texts serve all lengths.

mod condition;
mod json;
mod list;
mod page;
mod read;
mod summary;
mod write;

use nicol_db::{Dialect, Value};

pub(crate) use read::{Item, Scope, ScopeLink, count, pairs, select};
pub(crate) use summary::summary;
pub(crate) use write::{
    Below, Conflict, Insert, Ties, Verb, Which, delete, delete_join_rows, has_returning, insert, insert_arrays,
    insert_join_rows, insert_tree, pick, update,
};

use crate::error::{Error, Result};
use crate::meta::{ColumnMeta, Keeps, Kind, TableMeta};

/// SQL text and its parameters: what `.to_sql()` shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statement {
    pub(crate) text: String,
    pub(crate) params: Vec<Value>,
}

impl Statement {
    /// The text, with the database's own placeholders.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parameters, in the order of their placeholders.
    pub fn params(&self) -> &[Value] {
        &self.params
    }
}

/// The text alone: values are not for logs.
impl std::fmt::Display for Statement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// A statement being written.
pub(crate) struct Writer {
    dialect: Dialect,
    text: String,
    params: Vec<Value>,
    aliases: u32,
    /// Why there is no such statement on this dialect.
    refusal: Option<String>,
    /// A long list stands on the right of an IN already.
    has_long_list: bool,
}

/// By what name columns of a table are called within a statement.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    /// `t0`, `t1`..
    Alias(u32),
    /// The table's own name, in UPDATE and DELETE.
    Table(&'static TableMeta),
}

impl Writer {
    fn new(dialect: Dialect) -> Self {
        Writer {
            dialect,
            text: String::with_capacity(256),
            params: Vec::new(),
            aliases: 0,
            refusal: None,
            has_long_list: false,
        }
    }

    fn finish(self) -> Result<Statement> {
        match self.refusal {
            Some(refusal) => Err(Error::new("P2019", refusal)),
            None => Ok(Statement { text: self.text, params: self.params }),
        }
    }

    /// What was asked for, the dialect does not have.
    fn refuse(&mut self, what: &str) {
        self.refusal.get_or_insert_with(|| format!("{} {what}", self.dialect.product_name()));
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn number(&mut self, number: usize) {
        // Aliases have one digit as a rule, and there are many.
        match u8::try_from(number) {
            Ok(digit @ 0..=9) => self.text.push(char::from(b'0' + digit)),
            _ => self.text.push_str(&number.to_string()),
        }
    }

    fn name(&mut self, name: &str) {
        self.dialect.quote_into(&mut self.text, name);
    }

    fn bind(&mut self, value: Value) {
        self.params.push(value);
        match self.dialect {
            Dialect::Postgres | Dialect::Cockroachdb => {
                self.text.push('$');
                self.number(self.params.len());
            }
            Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => self.text.push('?'),
        }
    }

    /// A value that stands beside a column; MariaDB compares times of day with instants of today.
    fn bind_beside(&mut self, column: Option<&ColumnMeta>, value: Value) {
        let is_time = column.is_some_and(|column| matches!(column.keeps, Keeps::Time(_)));
        if is_time && self.dialect.is_mysql_family() {
            self.push("CAST(");
            self.bind(value);
            self.push(" AS TIME(6))");
        } else {
            self.bind(value);
        }
    }

    /// A value that is calculated with. MySQL and MariaDB are given decimals as text, which they would calculate with as a float.
    fn bind_number(&mut self, value: Value) {
        let is_text = self.dialect.is_mysql_family() && matches!(value, Value::Decimal(_));
        self.push(if is_text { "CAST(" } else { "" });
        self.bind(value);
        self.push(if is_text { " AS DECIMAL(65,30))" } else { "" });
    }

    /// A table's name, with its schema.
    fn table_name(&mut self, schema: Option<&str>, name: &str) {
        if let Some(schema) = schema {
            self.name(schema);
            self.push(".");
        }
        self.name(name);
    }

    fn table(&mut self, table: &TableMeta) {
        self.table_name(table.schema, table.table);
    }

    /// A new alias.
    fn alias(&mut self) -> u32 {
        self.aliases += 1;
        self.aliases - 1
    }

    fn alias_name(&mut self, alias: u32) {
        self.push("t");
        self.number(alias as usize);
    }

    fn qualifier(&mut self, source: Source) {
        match source {
            Source::Alias(alias) => self.alias_name(alias),
            Source::Table(table) => self.name(table.table),
        }
    }

    /// `source.column`
    fn column(&mut self, source: Source, table: &TableMeta, column: u16) {
        self.qualified(source, table.column(column).column);
    }

    fn qualified(&mut self, source: Source, column: &str) {
        self.qualifier(source);
        self.push(".");
        self.name(column);
    }

    /// Writes items with a separator between them.
    fn separated<T>(&mut self, separator: &str, items: impl IntoIterator<Item = T>, mut one: impl FnMut(&mut Self, T)) {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            one(self, item);
        }
    }

    /// `(?, ?, ..)` with the count rounded up to a power of two by repeating the last value.
    fn padded_list(&mut self, column: Option<&ColumnMeta>, values: &[Value]) {
        let padding = padding(values.len());
        let padded = values.iter().chain(std::iter::repeat_n(values.last(), padding).flatten());
        self.push("(");
        self.separated(", ", padded, |sql, value| sql.bind_beside(column, value.clone()));
        self.push(")");
    }

    /// One of the values of a list that is not empty, or none of them. MariaDB compares a list of decimals, which it is given as
    /// text, as floats, each alone as what it is.
    fn one_of(&mut self, column: Option<&ColumnMeta>, left: impl Fn(&mut Self), values: &[Value], negated: bool) {
        if !self.has_decimals_as_text(values) {
            left(self);
            return self.membership(column, values, negated);
        }
        let padded = values.iter().chain(std::iter::repeat_n(values.last(), padding(values.len())).flatten());
        self.push("(");
        self.separated(if negated { " AND " } else { " OR " }, padded, |sql, value| {
            left(sql);
            sql.push(if negated { " <> " } else { " = " });
            sql.bind(value.clone());
        });
        self.push(")");
    }

    /// Whether a list cannot stand behind IN on MariaDB.
    fn has_decimals_as_text(&self, values: &[Value]) -> bool {
        self.dialect == Dialect::Mariadb
            && values.len() <= PARAMETERS
            && values.iter().any(|value| matches!(value, Value::Decimal(_)))
    }

    /// `IN (..)` or `NOT IN (..)` over a list that is not empty; `column` is what stands on the left, where that is one.
    fn membership(&mut self, column: Option<&ColumnMeta>, values: &[Value], negated: bool) {
        let in_word = if negated { " NOT IN " } else { " IN " };
        match self.dialect {
            Dialect::Postgres | Dialect::Cockroachdb => {
                self.push(if negated { " <> ALL(" } else { " = ANY(" });
                self.bind(Value::List(values.to_vec()));
                self.push(")");
            }
            Dialect::Sqlite if values.iter().all(|value| fits_json(value, values.len() > PARAMETERS)) => {
                self.push(in_word);
                self.push("(SELECT value FROM json_each(");
                self.bind(Value::List(values.to_vec()));
                self.push("))");
            }
            Dialect::Sqlite if values.len() > PARAMETERS && values.iter().all(|v| matches!(v, Value::Bytes(_))) => {
                self.push(in_word);
                self.push("(SELECT unhex(value) FROM json_each(");
                self.bind(Value::List(values.to_vec()));
                self.push("))");
            }
            Dialect::Mysql | Dialect::Mariadb if values.len() > PARAMETERS => match column.and_then(table_type) {
                Some(of_value) => {
                    self.push(in_word);
                    self.push("(SELECT v FROM JSON_TABLE(");
                    self.bind(Value::List(values.to_vec()));
                    self.push(", '$[*]' COLUMNS (v ");
                    self.push(of_value);
                    self.push(" PATH '$')) AS list)");
                }
                None => self.refuse("takes no list this long of this type"),
            },
            Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => {
                self.push(in_word);
                self.padded_list(column, values);
            }
        }
    }

    /// The same for texts whose letter case does not count; the left side is folded already.
    fn folded_membership(&mut self, values: &[Value], negated: bool) {
        self.push(if negated { " NOT IN (" } else { " IN (" });
        match self.dialect {
            Dialect::Postgres | Dialect::Cockroachdb => {
                self.push("SELECT LOWER(v) FROM unnest(");
                self.bind(Value::List(values.to_vec()));
                self.push("::text[]) AS list(v)");
            }
            Dialect::Sqlite => {
                self.push("SELECT LOWER(value) FROM json_each(");
                self.bind(Value::List(values.to_vec()));
                self.push(")");
            }
            Dialect::Mysql | Dialect::Mariadb => self.separated(", ", values, |sql, value| {
                sql.push("LOWER(");
                sql.bind(value.clone());
                sql.push(")");
            }),
        }
        self.push(")");
    }
}

/// Longer lists are one parameter each: the limits are 32,766 (SQLite) and 65,535 (MySQL) in one statement.
const PARAMETERS: usize = 16_384;

/// The type of a column of JSON_TABLE that holds such values (MySQL, MariaDB). Text has the collation that migrations
/// give to tables.
fn table_type(column: &ColumnMeta) -> Option<&'static str> {
    match column.kind {
        Kind::Int | Kind::BigInt => Some("BIGINT"),
        Kind::Float => Some("DOUBLE"),
        Kind::Decimal => Some("DECIMAL(65,30)"),
        Kind::String | Kind::Enum => Some("VARCHAR(4096) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"),
        Kind::DateTime if !matches!(column.keeps, Keeps::Time(_)) => Some("DATETIME(6)"),
        Kind::DateTime | Kind::Boolean | Kind::Bytes | Kind::Json => None,
    }
}

/// How many repeated values make the length of a list a power of two; none where the list would no longer fit.
fn padding(length: usize) -> usize {
    let padded = length.next_power_of_two();
    if padded <= 32_768 { padded - length } else { 0 }
}

/// True when a value survives as an element of a JSON array; fractions are taken as JSON's numbers only where they must be.
fn fits_json(value: &Value, is_long: bool) -> bool {
    match value {
        Value::Int(_) | Value::BigInt(_) | Value::Bool(_) | Value::Text(_) | Value::DateTime(_) => true,
        Value::Float(_) | Value::Decimal(_) => is_long,
        Value::Null | Value::Bytes(_) | Value::Json(_) | Value::List(_) | Value::Unfit(_) => false,
    }
}

#[cfg(test)]
mod tests;
