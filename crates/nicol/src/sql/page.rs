//! Orders, cursors and limits.

use nicol_db::{Dialect, Value};

use super::read::{Scope, ScopeLink};
use super::{Source, Writer};
use crate::meta::{Link, TableMeta};
use crate::operation::{Bound, Cursor, Nulls, OrderBy, OrderTerm, Read};

/// Where the values of the rows that are ordered come from.
#[derive(Clone, Copy)]
pub(super) enum Sorted {
    /// From the table itself.
    Table(Source),
    /// From the columns `o0`, `o1`.. of a subquery.
    Named,
}

/// The name of the subquery with the row of the cursor.
const CURSOR: &str = "cur";

impl Writer {
    /// Something that rows are ordered by.
    pub(super) fn order_value(&mut self, table: &'static TableMeta, source: Source, by: &OrderBy) {
        match by {
            OrderBy::Column(column) => self.column(source, table, *column),
            OrderBy::Count { relation, condition } => {
                self.related_count(table, source, *relation, condition.as_ref());
            }
            OrderBy::Relevance { columns, query } => self.relevance(table, source, columns, query),
            OrderBy::Calculated(calculation) => self.calculation(table, source, *calculation),
            OrderBy::Related { relation, by } => {
                let meta = table.relation(*relation);
                let target = (meta.target)();
                let (here, there) = match &meta.link {
                    Link::Owner { columns, references } => (*columns, *references),
                    Link::Owned { references, columns } => (*references, *columns),
                    Link::Join { .. } => return self.refuse("cannot order by one of many rows"),
                };
                let inner = Source::Alias(self.alias());
                self.push("(SELECT ");
                self.order_value(target, inner, by);
                self.push(" FROM ");
                self.table(target);
                self.push(" AS ");
                self.qualifier(inner);
                self.push(" WHERE ");
                self.separated(" AND ", here.iter().zip(there), |sql, (&here, &there)| {
                    sql.column(inner, target, there);
                    sql.push(" = ");
                    sql.column(source, table, here);
                });
                self.push(")");
            }
        }
    }

    fn sorted_value(&mut self, table: &'static TableMeta, sorted: Sorted, index: usize, term: &OrderTerm) {
        match sorted {
            Sorted::Table(source) => self.order_value(table, source, &term.by),
            Sorted::Named => {
                self.push("o");
                self.number(index);
            }
        }
    }

    /// ` ORDER BY ..`, or nothing.
    pub(super) fn order_by(&mut self, table: &'static TableMeta, sorted: Sorted, terms: &[OrderTerm], reversed: bool) {
        if !terms.is_empty() {
            self.push(" ORDER BY ");
            self.order_terms(table, sorted, terms, reversed);
        }
    }

    pub(super) fn order_terms(
        &mut self,
        table: &'static TableMeta,
        sorted: Sorted,
        terms: &[OrderTerm],
        reversed: bool,
    ) {
        let emulated = self.dialect.is_mysql_family();
        self.separated(", ", terms.iter().enumerate(), |sql, (index, term)| {
            let nulls = term.nulls.map(|nulls| if reversed { nulls.opposite() } else { nulls });
            if let (true, Some(nulls)) = (emulated, nulls) {
                sql.sorted_value(table, sorted, index, term);
                sql.push(if nulls == Nulls::First { " IS NOT NULL, " } else { " IS NULL, " });
            }
            sql.sorted_value(table, sorted, index, term);
            sql.push(if term.descending != reversed { " DESC" } else { " ASC" });
            match nulls {
                Some(Nulls::First) if !emulated => sql.push(" NULLS FIRST"),
                Some(Nulls::Last) if !emulated => sql.push(" NULLS LAST"),
                Some(_) | None => {}
            }
        });
    }

    /// LIMIT and OFFSET.
    pub(super) fn limits(&mut self, take: Option<u64>, skip: u64) {
        match (take, self.dialect) {
            (Some(take), _) => {
                self.push(" LIMIT ");
                self.bind(count_value(take));
            }
            (None, Dialect::Sqlite) if skip > 0 => self.push(" LIMIT -1"),
            (None, Dialect::Mysql | Dialect::Mariadb) if skip > 0 => self.push(" LIMIT 18446744073709551615"),
            (None, _) => {}
        }
        if skip > 0 {
            self.push(" OFFSET ");
            self.bind(count_value(skip));
        }
    }

    /// `, (SELECT .. AS k0, ..) AS cur`: the row of the cursor, with what ties it to its parent. Nothing for a cursor
    /// whose values are known.
    pub(super) fn cursor_row(&mut self, read: &Read, terms: &[OrderTerm], scope: Option<&Scope<'_>>) {
        let Some(Cursor { at: Bound::Row(key), .. }) = &read.cursor else { return };
        let row = Source::Alias(self.alias());
        let join = scope.and_then(|scope| match &scope.link {
            ScopeLink::Columns(_) => None,
            ScopeLink::Join { .. } => Some(Source::Alias(self.alias())),
        });
        self.push(", (SELECT ");
        self.separated(", ", terms.iter().enumerate(), |sql, (index, term)| {
            sql.order_value(read.table, row, &term.by);
            sql.push(" AS k");
            sql.number(index);
        });
        if let Some(scope) = scope {
            for place in 0..scope.link.width() {
                self.push(", ");
                self.scope_column(read.table, row, join, &scope.link, place);
                self.push(" AS p");
                self.number(place);
            }
        }
        self.push(" FROM ");
        self.table(read.table);
        self.push(" AS ");
        self.qualifier(row);
        self.scope_join(read.table, row, scope, join);
        self.filter(read.table, row, Some(&key.condition()));
        self.push(") AS ");
        self.push(CURSOR);
    }

    /// The condition that a row does not come before the cursor. With a scope, that it has the cursor's parent.
    pub(super) fn past_cursor(
        &mut self,
        read: &Read,
        sorted: Sorted,
        terms: &[OrderTerm],
        scope: Option<(&Scope<'_>, Option<Source>)>,
    ) {
        let Some(cursor) = &read.cursor else { return };
        if let (Some((scope, join)), Bound::Row(_)) = (scope, &cursor.at) {
            for place in 0..scope.link.width() {
                match sorted {
                    Sorted::Table(base) => self.scope_column(read.table, base, join, &scope.link, place),
                    Sorted::Named => {
                        self.push("p");
                        self.number(place);
                    }
                }
                self.push(" = ");
                self.push(CURSOR);
                self.push(".p");
                self.number(place);
                self.push(" AND ");
            }
        }
        let past = Past { read, cursor, sorted, terms };
        self.push("(");
        if let [first, _, ..] = terms
            && !is_nullable(read.table, &first.by)
        {
            // Says no more than what follows, but this an index can be asked.
            self.sorted_value(read.table, sorted, 0, first);
            self.push(if past.goes_down(first) { " <= " } else { " >= " });
            self.cursor_value(&past, 0);
            self.push(" AND (");
            self.past_terms(&past);
            self.push(")");
        } else {
            self.past_terms(&past);
        }
        self.push(")");
    }

    /// Beyond the cursor in one term and equal in all before it; or equal in all, where the cursor's row counts.
    fn past_terms(&mut self, past: &Past<'_>) {
        let mut alternatives: Vec<usize> = (0..past.terms.len()).collect();
        if past.cursor.inclusive {
            alternatives.push(past.terms.len());
        }
        self.separated(" OR ", alternatives, |sql, alternative| {
            sql.push("(");
            let equal = 0..alternative;
            let is_last = alternative == past.terms.len();
            sql.separated(" AND ", equal, |sql, index| sql.equals_cursor(past, index));
            if !is_last {
                if alternative > 0 {
                    sql.push(" AND ");
                }
                sql.beyond_cursor(past, alternative);
            } else if past.terms.is_empty() {
                sql.push("1=1");
            }
            sql.push(")");
        });
    }

    fn equals_cursor(&mut self, past: &Past<'_>, index: usize) {
        let Past { read, sorted, terms, .. } = past;
        let value = |sql: &mut Self| sql.sorted_value(read.table, *sorted, index, &terms[index]);
        if past.cursor_is_null(index) == Some(true) {
            value(self);
            return self.push(" IS NULL");
        }
        self.push("(");
        value(self);
        self.push(" = ");
        self.cursor_value(past, index);
        if is_nullable(read.table, &terms[index].by) && past.cursor_is_null(index).is_none() {
            self.push(" OR (");
            value(self);
            self.push(" IS NULL AND ");
            self.cursor_value(past, index);
            self.push(" IS NULL)");
        }
        self.push(")");
    }

    fn beyond_cursor(&mut self, past: &Past<'_>, index: usize) {
        let Past { read, sorted, terms, .. } = past;
        let term = &terms[index];
        let value = |sql: &mut Self| sql.sorted_value(read.table, *sorted, index, term);
        let nulls = past.nulls(self.dialect, term);
        match (past.cursor_is_null(index), nulls) {
            (Some(true), Nulls::First) => {
                value(self);
                return self.push(" IS NOT NULL");
            }
            (Some(true), Nulls::Last) => return self.push("1=0"),
            (Some(false) | None, _) => {}
        }
        self.push("(");
        value(self);
        self.push(if past.goes_down(term) { " < " } else { " > " });
        self.cursor_value(past, index);
        if is_nullable(read.table, &term.by) {
            match (nulls, past.cursor_is_null(index)) {
                (Nulls::Last, is_null) => {
                    self.push(" OR (");
                    value(self);
                    self.push(" IS NULL");
                    if is_null.is_none() {
                        self.push(" AND ");
                        self.cursor_value(past, index);
                        self.push(" IS NOT NULL");
                    }
                    self.push(")");
                }
                (Nulls::First, None) => {
                    self.push(" OR (");
                    value(self);
                    self.push(" IS NOT NULL AND ");
                    self.cursor_value(past, index);
                    self.push(" IS NULL)");
                }
                (Nulls::First, Some(_)) => {}
            }
        }
        self.push(")");
    }

    fn cursor_value(&mut self, past: &Past<'_>, index: usize) {
        match &past.cursor.at {
            Bound::Row(_) => {
                self.push(CURSOR);
                self.push(".k");
                self.number(index);
            }
            Bound::Values(values) => self.bind(values.get(index).cloned().unwrap_or(Value::Null)),
        }
    }
}

/// What there is to know when rows are held against a cursor.
struct Past<'a> {
    read: &'a Read,
    cursor: &'a Cursor,
    sorted: Sorted,
    terms: &'a [OrderTerm],
}

impl Past<'_> {
    /// True when later rows have smaller values.
    fn goes_down(&self, term: &OrderTerm) -> bool {
        term.descending != self.read.is_backward()
    }

    /// Where NULLs stand in the direction of reading.
    fn nulls(&self, dialect: Dialect, term: &OrderTerm) -> Nulls {
        let by_default = match (dialect, term.descending) {
            (Dialect::Postgres, false) | (Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb, true) => Nulls::Last,
            (Dialect::Postgres, true) | (Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb, false) => Nulls::First,
            (Dialect::Cockroachdb, descending) => {
                if descending {
                    Nulls::Last
                } else {
                    Nulls::First
                }
            }
        };
        let nulls = term.nulls.unwrap_or(by_default);
        if self.read.is_backward() { nulls.opposite() } else { nulls }
    }

    /// Whether the cursor's value is NULL, where that is known.
    fn cursor_is_null(&self, index: usize) -> Option<bool> {
        match &self.cursor.at {
            Bound::Row(_) => None,
            Bound::Values(values) => Some(matches!(values.get(index), None | Some(Value::Null))),
        }
    }
}

fn is_nullable(table: &'static TableMeta, by: &OrderBy) -> bool {
    match by {
        OrderBy::Column(column) => table.column(*column).is_nullable,
        OrderBy::Count { .. } | OrderBy::Relevance { .. } => false,
        OrderBy::Related { .. } | OrderBy::Calculated(_) => true,
    }
}

pub(super) fn count_value(count: u64) -> Value {
    Value::BigInt(i64::try_from(count).unwrap_or(i64::MAX))
}
