//! SELECT statements.

use nicol_db::{Dialect, Value};

use super::page::{Sorted, count_value};
use super::{Source, Statement, Writer, padding};
use crate::error::Result;
use crate::filter::Condition;
use crate::meta::{ColumnMeta, TableMeta};
use crate::operation::{OrderTerm, Read};

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
    /// The parents' keys, none twice: as many values each as the link is wide.
    pub(crate) keys: &'a [Value],
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

/// The rows of a read: all, or those related to the parents of `scope`. Rows of a backward read come in reverse.
pub(crate) fn select(
    dialect: Dialect,
    read: &Read,
    items: &[Item<'_>],
    scope: Option<&Scope<'_>>,
) -> Result<Statement> {
    let mut sql = Writer::new(dialect);
    // With one parent the limits of the statement are the limits per parent.
    let numbered = read.is_paged() && scope.is_some_and(|scope| scope.keys.len() > scope.link.width());
    match (numbered, read.distinct.is_empty()) {
        (false, true) => sql.select_plain(read, items, scope),
        (false, false) => sql.select_distinct(read, items, scope),
        (true, true) => sql.select_numbered(read, items, scope),
        (true, false) => sql.select_distinct_numbered(read, items, scope),
    }
    sql.finish()
}

/// The number of rows of a read.
pub(crate) fn count(dialect: Dialect, read: &Read) -> Result<Statement> {
    let mut sql = Writer::new(dialect);
    if read.cursor.is_some() || !read.distinct.is_empty() {
        sql.push("SELECT COUNT(*) FROM (");
        sql.page_of_whole_rows(read);
        sql.push(") AS page");
    } else if read.is_paged() {
        let base = Source::Alias(sql.alias());
        // Which rows they are does not change their number.
        sql.push("SELECT COUNT(*) FROM (SELECT 1 AS one");
        sql.from(read, base, None, None);
        sql.limits(page_size(read), read.skip);
        sql.push(") AS page");
    } else {
        let base = Source::Alias(sql.alias());
        sql.push("SELECT COUNT(*)");
        sql.from(read, base, None, None);
    }
    sql.finish()
}

/// Which keys of the parents and which columns of related rows the database takes for equal: pairs of both, for those
/// that refer to one of `scope`'s parents.
pub(crate) fn pairs(
    dialect: Dialect,
    (parent, column): (&'static TableMeta, u16),
    read: &Read,
    scope: &Scope<'_>,
) -> Result<Statement> {
    let mut sql = Writer::new(dialect);
    let (above, base) = (Source::Alias(sql.alias()), Source::Alias(sql.alias()));
    let join = match &scope.link {
        ScopeLink::Columns(_) => None,
        ScopeLink::Join { .. } => Some(Source::Alias(sql.alias())),
    };
    sql.push("SELECT DISTINCT ");
    sql.exactly(|sql| sql.column(above, parent, column));
    sql.push(", ");
    sql.exactly(|sql| sql.scope_column(read.table, base, join, &scope.link, 0));
    sql.push(" FROM ");
    sql.table(parent);
    sql.push(" AS ");
    sql.qualifier(above);
    sql.push(", ");
    sql.table(read.table);
    sql.push(" AS ");
    sql.qualifier(base);
    sql.scope_join(read.table, base, Some(scope), join);
    sql.push(" WHERE ");
    sql.column(above, parent, column);
    sql.push(" = ");
    sql.scope_column(read.table, base, join, &scope.link, 0);
    sql.push(" AND ");
    sql.column(above, parent, column);
    sql.membership(Some(parent.column(column)), scope.keys, false);
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
        self.scope_join(read.table, base, scope, join);
        self.rows_wanted(read, base, scope, join);
    }

    /// The same, from the cursor on.
    fn rows_from_cursor(
        &mut self,
        read: &Read,
        base: Source,
        scope: Option<&Scope<'_>>,
        join: Option<Source>,
        terms: &[OrderTerm],
    ) {
        if read.cursor.is_none() {
            return self.from(read, base, scope, join);
        }
        self.push(" FROM ");
        self.table(read.table);
        self.push(" AS ");
        self.qualifier(base);
        self.scope_join(read.table, base, scope, join);
        self.cursor_row(read, terms, scope);
        let has_where = self.rows_wanted(read, base, scope, join);
        self.push(if has_where { " AND " } else { " WHERE " });
        self.past_cursor(read, Sorted::Table(base), terms, scope.map(|scope| (scope, join)));
    }

    /// ` JOIN ..` with the join table of a scope that has one.
    pub(super) fn scope_join(
        &mut self,
        table: &TableMeta,
        base: Source,
        scope: Option<&Scope<'_>>,
        join: Option<Source>,
    ) {
        if let (Some(Scope { link: ScopeLink::Join { table: name, schema, row, .. }, .. }), Some(join)) = (scope, join)
        {
            self.push(" JOIN ");
            self.table_name(*schema, name);
            self.push(" AS ");
            self.qualifier(join);
            self.push(" ON ");
            self.qualified(join, row.1);
            self.push(" = ");
            self.column(base, table, row.0);
        }
    }

    /// ` WHERE ..` for the parents of the scope and the condition of the read; true when there was anything to say.
    fn rows_wanted(&mut self, read: &Read, base: Source, scope: Option<&Scope<'_>>, join: Option<Source>) -> bool {
        let Some(scope) = scope else {
            self.filter(read.table, base, read.condition.as_ref());
            return read.condition.is_some();
        };
        self.push(" WHERE ");
        self.scope_keys(read.table, base, join, scope);
        if let Some(condition) = &read.condition {
            self.push(" AND ");
            self.condition(read.table, base, condition);
        }
        true
    }

    pub(super) fn scope_column(
        &mut self,
        table: &TableMeta,
        base: Source,
        join: Option<Source>,
        link: &ScopeLink,
        place: usize,
    ) {
        match (link, join) {
            (ScopeLink::Columns(columns), _) => self.column(base, table, columns[place]),
            (ScopeLink::Join { parent, .. }, Some(join)) => self.qualified(join, parent),
            (ScopeLink::Join { parent, .. }, None) => self.name(parent),
        }
    }

    /// The condition that ties rows to the parents.
    fn scope_keys(&mut self, table: &TableMeta, base: Source, join: Option<Source>, scope: &Scope<'_>) {
        let width = scope.link.width();
        if scope.keys.len() == width {
            self.separated(" AND ", scope.keys.iter().enumerate(), |sql, (place, value)| {
                sql.scope_column(table, base, join, &scope.link, place);
                sql.push(" = ");
                sql.bind(value.clone());
            });
        } else if width == 1 {
            let left = |sql: &mut Self| sql.scope_column(table, base, join, &scope.link, 0);
            self.one_of(scope.link.column(table), left, scope.keys, false);
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
        if self.has_decimals_as_text(scope.keys) {
            return self.compound_keys_apart(table, base, join, scope, width);
        }
        self.push("(");
        self.separated(", ", 0..width, |sql, place| sql.scope_column(table, base, join, &scope.link, place));
        self.push(if self.dialect == Dialect::Sqlite { ") IN (VALUES " } else { ") IN (" });
        self.separated(", ", padded_keys(scope.keys, width), |sql, key| {
            sql.push("(");
            sql.separated(", ", key, |sql, value| sql.bind(value.clone()));
            sql.push(")");
        });
        self.push(")");
    }

    /// `((a = ? AND b = ?) OR ..)`, padded likewise.
    fn compound_keys_apart(
        &mut self,
        table: &TableMeta,
        base: Source,
        join: Option<Source>,
        scope: &Scope<'_>,
        width: usize,
    ) {
        self.push("(");
        self.separated(" OR ", padded_keys(scope.keys, width), |sql, key| {
            sql.push("(");
            sql.separated(" AND ", key.iter().enumerate(), |sql, (place, value)| {
                sql.scope_column(table, base, join, &scope.link, place);
                sql.push(" = ");
                sql.bind(value.clone());
            });
            sql.push(")");
        });
        self.push(")");
    }

    /// A text as it is written: what the column's collation takes for equal stays apart.
    fn exactly(&mut self, text: impl FnOnce(&mut Self)) {
        if self.dialect.is_mysql_family() {
            self.push("CONVERT(");
        }
        text(self);
        self.push(match self.dialect {
            Dialect::Mysql | Dialect::Mariadb => " USING utf8mb4) COLLATE utf8mb4_bin",
            Dialect::Postgres | Dialect::Cockroachdb => "::text",
            Dialect::Sqlite => " COLLATE BINARY",
        });
    }

    /// One SELECT.
    fn select_plain(&mut self, read: &Read, items: &[Item<'_>], scope: Option<&Scope<'_>>) {
        let base = Source::Alias(self.alias());
        let terms = order_of(read);
        self.push("SELECT ");
        let join = self.items(read.table, base, items, scope, false);
        self.rows_from_cursor(read, base, scope, join, &terms);
        self.order_by(read.table, Sorted::Table(base), &terms, read.is_backward());
        self.limits(page_size(read), read.skip);
    }

    /// `SELECT t0.* ..`: a page of rows, to be counted or calculated with.
    pub(super) fn page_of_whole_rows(&mut self, read: &Read) {
        let base = Source::Alias(self.alias());
        let all: Vec<u16> = (0..).zip(read.table.columns).map(|(column, _)| column).collect();
        if read.distinct.is_empty() {
            let terms = order_of(read);
            self.push("SELECT ");
            self.separated(", ", &all, |sql, &column| sql.column(base, read.table, column));
            self.rows_from_cursor(read, base, None, None, &terms);
            self.order_by(read.table, Sorted::Table(base), &terms, read.is_backward());
            self.limits(page_size(read), read.skip);
            return;
        }
        let items: Vec<Item<'_>> = all.iter().map(|&column| Item::Column(column)).collect();
        self.push("SELECT ");
        self.separated(", ", all.iter().enumerate(), |sql, (index, &column)| {
            sql.push("c");
            sql.number(index);
            sql.push(" AS ");
            sql.name(read.table.column(column).column);
        });
        self.page_of_firsts(read, &items, None);
    }

    /// Limits per parent: the rows of each parent are numbered, and a range of numbers is kept.
    fn select_numbered(&mut self, read: &Read, items: &[Item<'_>], scope: Option<&Scope<'_>>) {
        let base = Source::Alias(self.alias());
        let terms = read.page_order();
        self.push("SELECT ");
        self.item_names(items.len());
        self.push(" FROM (SELECT ");
        let join = self.items(read.table, base, items, scope, true);
        self.push(", ROW_NUMBER() OVER (PARTITION BY ");
        self.parents(read.table, base, join, scope);
        self.order_by(read.table, Sorted::Table(base), &terms, read.is_backward());
        self.push(") AS rn");
        self.rows_from_cursor(read, base, scope, join, &terms);
        self.push(") AS numbered");
        self.range_of_numbers(read);
    }

    /// Of rows that are equal in the distinct columns the first, and of these a page.
    fn select_distinct(&mut self, read: &Read, items: &[Item<'_>], scope: Option<&Scope<'_>>) {
        self.push("SELECT ");
        self.item_names(items.len());
        self.page_of_firsts(read, items, scope);
    }

    fn page_of_firsts(&mut self, read: &Read, items: &[Item<'_>], scope: Option<&Scope<'_>>) {
        let terms = read.page_order();
        self.push(" FROM (");
        self.first_of_equals(read, items, scope);
        self.push(") AS firsts");
        self.cursor_row(read, &terms, scope);
        self.push(" WHERE dn = 1");
        if read.cursor.is_some() {
            self.push(" AND ");
            self.past_cursor(read, Sorted::Named, &terms, scope.map(|scope| (scope, None)));
        }
        self.order_by(read.table, Sorted::Named, &terms, read.is_backward());
        self.limits(page_size(read), read.skip);
    }

    /// The same per parent.
    fn select_distinct_numbered(&mut self, read: &Read, items: &[Item<'_>], scope: Option<&Scope<'_>>) {
        let terms = read.page_order();
        self.push("SELECT ");
        self.item_names(items.len());
        self.push(" FROM (SELECT firsts.*, ROW_NUMBER() OVER (PARTITION BY ");
        let width = scope.map_or(0, |scope| scope.link.width());
        self.separated(", ", 0..width, |sql, place| {
            sql.push("p");
            sql.number(place);
        });
        self.order_by(read.table, Sorted::Named, &terms, read.is_backward());
        self.push(") AS rn FROM (");
        self.first_of_equals(read, items, scope);
        self.push(") AS firsts");
        self.cursor_row(read, &terms, scope);
        self.push(" WHERE dn = 1");
        if read.cursor.is_some() {
            self.push(" AND ");
            self.past_cursor(read, Sorted::Named, &terms, scope.map(|scope| (scope, None)));
        }
        self.push(") AS numbered");
        self.range_of_numbers(read);
    }

    /// Every row with its number `dn` among those of its parent that are equal in the distinct columns, its values in
    /// the order (`o0`..) and what ties it to its parent (`p0`..).
    fn first_of_equals(&mut self, read: &Read, items: &[Item<'_>], scope: Option<&Scope<'_>>) {
        let base = Source::Alias(self.alias());
        let terms = read.page_order();
        self.push("SELECT ");
        let join = self.items(read.table, base, items, scope, true);
        for (index, term) in terms.iter().enumerate() {
            self.push(", ");
            self.order_value(read.table, base, &term.by);
            self.push(" AS o");
            self.number(index);
        }
        if let Some(scope) = scope {
            for place in 0..scope.link.width() {
                self.push(", ");
                self.scope_column(read.table, base, join, &scope.link, place);
                self.push(" AS p");
                self.number(place);
            }
        }
        self.push(", ROW_NUMBER() OVER (PARTITION BY ");
        if scope.is_some() {
            self.parents(read.table, base, join, scope);
            self.push(", ");
        }
        self.separated(", ", &read.distinct, |sql, &column| sql.column(base, read.table, column));
        self.order_by(read.table, Sorted::Table(base), &terms, false);
        self.push(") AS dn");
        self.from(read, base, scope, join);
    }

    /// `c0, c1, ..`
    fn item_names(&mut self, count: usize) {
        if count == 0 {
            self.push("1");
        }
        self.separated(", ", 0..count, |sql, index| {
            sql.push("c");
            sql.number(index);
        });
    }

    /// What ties rows to their parents.
    fn parents(&mut self, table: &TableMeta, base: Source, join: Option<Source>, scope: Option<&Scope<'_>>) {
        let Some(scope) = scope else { return };
        self.separated(", ", 0..scope.link.width(), |sql, place| {
            sql.scope_column(table, base, join, &scope.link, place);
        });
    }

    /// The page of every parent, by the numbers of its rows.
    fn range_of_numbers(&mut self, read: &Read) {
        self.push(" WHERE rn > ");
        self.bind(count_value(read.skip));
        if let Some(take) = page_size(read) {
            self.push(" AND rn <= ");
            self.bind(count_value(read.skip.saturating_add(take)));
        }
        self.push(" ORDER BY rn");
    }
}

/// The order of a read; a page of rows without order would be any rows.
fn order_of(read: &Read) -> Vec<OrderTerm> {
    if read.is_paged() || read.cursor.is_some() { read.page_order() } else { read.order.clone() }
}

fn page_size(read: &Read) -> Option<u64> {
    read.take.map(i64::unsigned_abs)
}

impl ScopeLink {
    /// How many columns make the parent's key.
    pub(super) fn width(&self) -> usize {
        match self {
            ScopeLink::Columns(columns) => columns.len(),
            ScopeLink::Join { .. } => 1,
        }
    }

    /// The column that refers to the parent, where it is one of the table's own.
    fn column(&self, table: &TableMeta) -> Option<&'static ColumnMeta> {
        match self {
            ScopeLink::Columns([column]) => table.columns.get(usize::from(*column)),
            ScopeLink::Columns(_) | ScopeLink::Join { .. } => None,
        }
    }
}

/// Keys of several columns; the last one again and again up to a power of two, so that there are few texts.
fn padded_keys(keys: &[Value], width: usize) -> impl Iterator<Item = &[Value]> {
    let keys = keys.chunks(width);
    let padding = padding(keys.len());
    keys.clone().chain(std::iter::repeat_n(keys.last(), padding).flatten())
}
