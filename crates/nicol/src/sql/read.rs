//! SELECT statements.

use nicol_db::{Dialect, Value};

use super::{Source, Statement, Writer, padding};
use crate::filter::Condition;
use crate::meta::TableMeta;
use crate::operation::{Nulls, OrderTerm, Read};

/// Something in a select list.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item<'a> {
    /// A column of the table.
    Column(u16),
    /// The number of related rows.
    Count(u16, Option<&'a Condition>),
    /// The column of the join table that refers to the parent.
    Join,
}

/// The parents whose related rows are read.
pub(crate) struct Scope<'a> {
    /// What ties a row to its parent.
    pub(crate) link: ScopeLink,
    /// The parents' keys, none twice.
    pub(crate) keys: &'a [Vec<Value>],
}

/// What ties a row to its parent.
pub(crate) enum ScopeLink {
    /// Columns of the row itself.
    Columns(&'static [u16]),
    /// A join table.
    Join {
        /// Its name.
        table: &'static str,
        /// Its schema.
        schema: Option<&'static str>,
        /// Its column that refers to the parent.
        parent: &'static str,
        /// The row's key, and the column that refers to it.
        row: (u16, &'static str),
    },
}

/// The rows of a read: all, or those related to the parents of `scope`.
pub(crate) fn select(dialect: Dialect, read: &Read, items: &[Item<'_>], scope: Option<&Scope<'_>>) -> Statement {
    let mut sql = Writer::new(dialect);
    match scope {
        // With one parent the limits of the statement are the limits per parent.
        Some(scope) if read.is_paged() && scope.keys.len() > 1 => sql.select_numbered(read, items, scope),
        scope => {
            let base = Source::Alias(sql.alias());
            sql.push("SELECT ");
            let join = sql.items(read.table, base, items, scope, false);
            sql.from(read, base, scope, join);
            sql.order(read, base);
            sql.limits(read);
        }
    }
    sql.finish()
}

/// The number of rows of a read.
pub(crate) fn count(dialect: Dialect, read: &Read) -> Statement {
    let mut sql = Writer::new(dialect);
    let base = Source::Alias(sql.alias());
    if read.is_paged() {
        sql.push("SELECT COUNT(*) FROM (SELECT 1 AS one");
        sql.from(read, base, None, None);
        sql.limits(read);
        sql.push(") AS page");
    } else {
        sql.push("SELECT COUNT(*)");
        sql.from(read, base, None, None);
    }
    sql.finish()
}

impl Writer {
    /// The select list; gives the join table's alias when there is one.
    fn items(
        &mut self,
        table: &'static TableMeta,
        base: Source,
        items: &[Item<'_>],
        scope: Option<&Scope<'_>>,
        named: bool,
    ) -> Option<Source> {
        let join = scope.and_then(|scope| match &scope.link {
            ScopeLink::Columns(_) => None,
            ScopeLink::Join { parent, .. } => Some((Source::Alias(self.alias()), *parent)),
        });
        if items.is_empty() {
            self.push("1");
        }
        self.separated(", ", items.iter().enumerate(), |sql, (index, item)| {
            match (item, join) {
                (Item::Column(column), _) => sql.column(base, table, *column),
                (Item::Count(relation, condition), _) => sql.related_count(table, base, *relation, *condition),
                (Item::Join, Some((join, parent))) => sql.qualified(join, parent),
                (Item::Join, None) => sql.push("NULL"),
            }
            if named {
                sql.push(" AS c");
                sql.number(index);
            }
        });
        join.map(|(join, _)| join)
    }

    /// FROM and WHERE.
    fn from(&mut self, read: &Read, base: Source, scope: Option<&Scope<'_>>, join: Option<Source>) {
        self.push(" FROM ");
        self.table(read.table);
        self.push(" AS ");
        self.qualifier(base);
        if let (Some(Scope { link: ScopeLink::Join { table, schema, row, .. }, .. }), Some(join)) = (scope, join) {
            self.push(" JOIN ");
            self.table_name(*schema, table);
            self.push(" AS ");
            self.qualifier(join);
            self.push(" ON ");
            self.qualified(join, row.1);
            self.push(" = ");
            self.column(base, read.table, row.0);
        }
        let Some(scope) = scope else {
            return self.filter(read.table, base, read.condition.as_ref());
        };
        self.push(" WHERE ");
        self.scope_keys(read.table, base, join, scope);
        if let Some(condition) = &read.condition {
            self.push(" AND ");
            self.condition(read.table, base, condition);
        }
    }

    fn scope_column(&mut self, table: &TableMeta, base: Source, join: Option<Source>, link: &ScopeLink, place: usize) {
        match (link, join) {
            (ScopeLink::Columns(columns), _) => self.column(base, table, columns[place]),
            (ScopeLink::Join { parent, .. }, Some(join)) => self.qualified(join, parent),
            (ScopeLink::Join { parent, .. }, None) => self.name(parent),
        }
    }

    /// The condition that ties rows to the parents.
    fn scope_keys(&mut self, table: &TableMeta, base: Source, join: Option<Source>, scope: &Scope<'_>) {
        let width = scope.link.width();
        if let [key] = scope.keys {
            self.separated(" AND ", key.iter().enumerate(), |sql, (place, value)| {
                sql.scope_column(table, base, join, &scope.link, place);
                sql.push(" = ");
                sql.bind(value.clone());
            });
        } else if width == 1 {
            self.scope_column(table, base, join, &scope.link, 0);
            self.membership(scope.keys.iter().flatten().cloned().collect(), false);
        } else {
            self.compound_keys(table, base, join, scope, width);
        }
    }

    /// `(a, b) IN ((?, ?), ..)`, padded to a power of two.
    fn compound_keys(
        &mut self,
        table: &TableMeta,
        base: Source,
        join: Option<Source>,
        scope: &Scope<'_>,
        width: usize,
    ) {
        self.push("(");
        self.separated(", ", 0..width, |sql, place| sql.scope_column(table, base, join, &scope.link, place));
        self.push(if self.dialect == Dialect::Sqlite { ") IN (VALUES " } else { ") IN (" });
        let padding = padding(scope.keys.len());
        let padded = scope.keys.iter().chain(std::iter::repeat_n(scope.keys.last(), padding).flatten());
        self.separated(", ", padded, |sql, key| {
            sql.push("(");
            sql.separated(", ", key, |sql, value| sql.bind(value.clone()));
            sql.push(")");
        });
        self.push(")");
    }

    fn order(&mut self, read: &Read, base: Source) {
        let fallback;
        let terms = if read.order.is_empty() && read.is_paged() {
            // A page of rows without order would be any rows.
            fallback = key_order(read.table);
            &fallback
        } else {
            &read.order
        };
        if !terms.is_empty() {
            self.push(" ORDER BY ");
            self.order_terms(read.table, base, terms);
        }
    }

    fn order_terms(&mut self, table: &TableMeta, base: Source, terms: &[OrderTerm]) {
        self.separated(", ", terms, |sql, term| {
            let emulated = sql.dialect.is_mysql_family();
            if let (true, Some(nulls)) = (emulated, term.nulls) {
                sql.column(base, table, term.column);
                sql.push(if nulls == Nulls::First { " IS NOT NULL, " } else { " IS NULL, " });
            }
            sql.column(base, table, term.column);
            sql.push(if term.descending { " DESC" } else { " ASC" });
            match term.nulls {
                Some(Nulls::First) if !emulated => sql.push(" NULLS FIRST"),
                Some(Nulls::Last) if !emulated => sql.push(" NULLS LAST"),
                Some(_) | None => {}
            }
        });
    }

    fn limits(&mut self, read: &Read) {
        match (read.take, self.dialect) {
            (Some(take), _) => {
                self.push(" LIMIT ");
                self.bind(count_value(take));
            }
            (None, Dialect::Sqlite) if read.skip > 0 => self.push(" LIMIT -1"),
            (None, Dialect::Mysql | Dialect::Mariadb) if read.skip > 0 => self.push(" LIMIT 18446744073709551615"),
            (None, _) => {}
        }
        if read.skip > 0 {
            self.push(" OFFSET ");
            self.bind(count_value(read.skip));
        }
    }

    /// Limits per parent: the rows of each parent are numbered, and a range of numbers is kept.
    fn select_numbered(&mut self, read: &Read, items: &[Item<'_>], scope: &Scope<'_>) {
        let base = Source::Alias(self.alias());
        self.push("SELECT ");
        self.separated(", ", 0..items.len(), |sql, index| {
            sql.push("c");
            sql.number(index);
        });
        self.push(" FROM (SELECT ");
        let join = self.items(read.table, base, items, Some(scope), true);
        self.push(", ROW_NUMBER() OVER (PARTITION BY ");
        self.separated(", ", 0..scope.link.width(), |sql, place| {
            sql.scope_column(read.table, base, join, &scope.link, place);
        });
        let terms = if read.order.is_empty() { key_order(read.table) } else { read.order.clone() };
        if !terms.is_empty() {
            self.push(" ORDER BY ");
            self.order_terms(read.table, base, &terms);
        }
        self.push(") AS rn");
        self.from(read, base, Some(scope), join);
        self.push(") AS numbered WHERE rn > ");
        self.bind(count_value(read.skip));
        if let Some(take) = read.take {
            self.push(" AND rn <= ");
            self.bind(count_value(read.skip.saturating_add(take)));
        }
        self.push(" ORDER BY rn");
    }
}

impl ScopeLink {
    fn width(&self) -> usize {
        match self {
            ScopeLink::Columns(columns) => columns.len(),
            ScopeLink::Join { .. } => 1,
        }
    }
}

fn key_order(table: &TableMeta) -> Vec<OrderTerm> {
    table.key.iter().map(|&column| OrderTerm { column, descending: false, nulls: None }).collect()
}

fn count_value(count: u64) -> Value {
    Value::BigInt(i64::try_from(count).unwrap_or(i64::MAX))
}
