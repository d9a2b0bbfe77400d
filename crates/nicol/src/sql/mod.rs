//! Operations to statements. Pure functions: the text depends on the shape of an operation, never on its values.
//!
//! A list is one parameter where the database can take it so (`= ANY($1)`, `json_each(?)`); elsewhere its length is
//! rounded up to a power of two, so that few texts serve all lengths.

mod condition;
mod read;
mod write;

use nicol_db::{Dialect, Value};

pub(crate) use read::{Item, Scope, ScopeLink, count, select};
pub(crate) use write::{Conflict, Insert, Verb, delete, has_returning, insert, insert_join_rows, update};

use crate::meta::TableMeta;

/// SQL text and its parameters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    pub(crate) text: String,
    pub(crate) params: Vec<Value>,
}

/// A statement being written.
pub(crate) struct Writer {
    dialect: Dialect,
    text: String,
    params: Vec<Value>,
    aliases: u32,
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
        Writer { dialect, text: String::with_capacity(256), params: Vec::new(), aliases: 0 }
    }

    fn finish(self) -> Statement {
        Statement { text: self.text, params: self.params }
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn number(&mut self, number: usize) {
        self.text.push_str(&number.to_string());
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
    fn padded_list(&mut self, values: &[Value]) {
        let padding = values.len().next_power_of_two() - values.len();
        let padded = values.iter().chain(std::iter::repeat_n(values.last(), padding).flatten());
        self.push("(");
        self.separated(", ", padded, |sql, value| sql.bind(value.clone()));
        self.push(")");
    }

    /// `IN (..)` or `NOT IN (..)` over a list that is not empty.
    fn membership(&mut self, values: Vec<Value>, negated: bool) {
        let in_word = if negated { " NOT IN " } else { " IN " };
        match self.dialect {
            Dialect::Postgres | Dialect::Cockroachdb => {
                self.push(if negated { " <> ALL(" } else { " = ANY(" });
                self.bind(Value::List(values));
                self.push(")");
            }
            Dialect::Sqlite if values.iter().all(fits_json) => {
                self.push(in_word);
                self.push("(SELECT value FROM json_each(");
                self.bind(Value::List(values));
                self.push("))");
            }
            Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => {
                self.push(in_word);
                self.padded_list(&values);
            }
        }
    }
}

/// How many repeated values make the length of a list a power of two; none where the list would no longer fit.
fn padding(length: usize) -> usize {
    let padded = length.next_power_of_two();
    if padded <= 32_768 { padded - length } else { 0 }
}

/// True when a value survives as an element of a JSON array.
fn fits_json(value: &Value) -> bool {
    match value {
        Value::Int(_) | Value::BigInt(_) | Value::Bool(_) | Value::Text(_) | Value::DateTime(_) => true,
        Value::Null | Value::Float(_) | Value::Decimal(_) | Value::Bytes(_) | Value::Json(_) | Value::List(_) => false,
    }
}

#[cfg(test)]
mod tests;
