//! Conditions, and the subqueries of relation filters.

use nicol_db::{Dialect, Value};

use super::{Source, Writer};
use crate::filter::{Comparison, Condition, Operand, Place, Quantifier};
use crate::meta::{Kind, Link, TableMeta};

/// The character that makes `%`, `_` and itself literal in LIKE patterns. Not the backslash, whose meaning inside
/// string literals depends on server settings.
const ESCAPE: char = '!';

/// Lists longer than this are not crossed with others.
const LONG_LIST: usize = 64;

/// Longer chains of AND or OR are written in halves.
const LONG_CHAIN: usize = 64;

/// The longest chain that SQLite is given: its time grows with the square of the length.
const LONGEST_CHAIN: usize = 10_000;

impl Writer {
    /// ` WHERE ..`, or nothing.
    pub(super) fn filter(&mut self, table: &'static TableMeta, source: Source, condition: Option<&Condition>) {
        if let Some(condition) = condition {
            self.push(" WHERE ");
            self.condition(table, source, condition);
        }
    }

    pub(super) fn condition(&mut self, table: &'static TableMeta, source: Source, condition: &Condition) {
        match condition {
            Condition::All(parts) => self.joined(table, source, parts, " AND ", "1=1"),
            Condition::Any(parts) => self.joined(table, source, parts, " OR ", "1=0"),
            Condition::Not(inner) => {
                self.push("(NOT ");
                self.condition(table, source, inner);
                self.push(")");
            }
            Condition::Compare { column, comparison, operand, fold } => {
                self.compare(table, source, (*column, *fold), *comparison, operand);
            }
            Condition::In { values, negated, .. } if values.is_empty() => {
                self.push(if *negated { "1=1" } else { "1=0" });
            }
            Condition::In { column, values, negated, fold: true } => {
                self.folded(|sql| sql.text_column(source, table, *column));
                self.folded_membership(values, *negated);
            }
            Condition::In { column, values, negated, fold: false } => {
                if self.dialect == Dialect::Sqlite && !negated && values.len() > LONG_LIST {
                    // SQLite would look every pair of two lists up in an index over both columns. The sign hides one.
                    if std::mem::replace(&mut self.has_long_list, true) {
                        self.push("+");
                    }
                }
                let left = |sql: &mut Self| sql.column(source, table, *column);
                self.one_of(Some(table.column(*column)), left, values, *negated);
            }
            Condition::Like { column, place, text, fold } => {
                self.like(|sql| sql.text_column(source, table, *column), *place, text, *fold);
            }
            Condition::List { column, test } => self.list_test(table, source, *column, test),
            Condition::Json { column, path, test } => self.json_test(source, table.column(*column), path, test),
            Condition::Search { columns, query } => self.search(table, source, columns, query),
            Condition::Calculated { calculation, comparison, value } => {
                self.calculation(table, source, *calculation);
                if *value == Value::Null {
                    self.push(if *comparison == Comparison::Equal { " IS NULL" } else { " IS NOT NULL" });
                    return;
                }
                self.push(sign(*comparison));
                let column = calculation.column.map(|column| table.column(column));
                match value {
                    Value::Decimal(_) => self.bind_number(value.clone()),
                    _ => self.bind_beside(column, value.clone()),
                }
            }
            Condition::Null { column, negated } => {
                self.column(source, table, *column);
                self.push(if *negated { " IS NOT NULL" } else { " IS NULL" });
            }
            Condition::Related { relation, quantifier, condition } => {
                self.related(table, source, *relation, *quantifier, condition);
            }
            Condition::Joined { column, join, value } => {
                self.column(source, table, *column);
                self.push(" IN (SELECT ");
                self.name(join.wanted);
                self.push(" FROM ");
                self.table_name(join.schema, join.table);
                self.push(" WHERE ");
                self.name(join.known);
                self.push(" = ");
                self.bind(value.clone());
                self.push(")");
            }
            Condition::TooDeep => self.refuse("takes no filter whose parts are nested so deep"),
        }
    }

    fn joined(&mut self, table: &'static TableMeta, source: Source, parts: &[Condition], word: &str, empty: &str) {
        match parts {
            [] => self.push(empty),
            [only] => self.condition(table, source, only),
            parts if self.dialect == Dialect::Sqlite && parts.len() > LONGEST_CHAIN => {
                self.refuse("takes no chain of so many conditions; for a list of values there is `in_`");
            }
            // SQLite takes a chain of words for parts nested in each other, and few of those.
            parts if self.dialect == Dialect::Sqlite && parts.len() > LONG_CHAIN => {
                let (left, right) = parts.split_at(parts.len() / 2);
                self.push("(");
                self.joined(table, source, left, word, empty);
                self.push(word);
                self.joined(table, source, right, word, empty);
                self.push(")");
            }
            parts => {
                self.push("(");
                self.separated(word, parts, |sql, part| sql.condition(table, source, part));
                self.push(")");
            }
        }
    }

    fn compare(
        &mut self,
        table: &'static TableMeta,
        source: Source,
        (column, fold): (u16, bool),
        comparison: Comparison,
        operand: &Operand,
    ) {
        if fold {
            self.folded(|sql| sql.text_column(source, table, column));
            self.push(sign(comparison));
            return self.folded(|sql| sql.operand(table, source, operand));
        }
        let meta = table.column(column);
        let is_json = if meta.is_list { !self.dialect.is_postgres_family() } else { meta.kind == Kind::Json };
        if is_json {
            return self.compare_json(
                comparison,
                |sql| sql.column(source, table, column),
                |sql| sql.operand(table, source, operand),
            );
        }
        self.column(source, table, column);
        self.push(sign(comparison));
        match operand {
            Operand::Value(value) => self.bind_beside(Some(meta), value.clone()),
            Operand::Column(column) => self.column(source, table, *column),
        }
    }

    /// Compares JSON documents, not their texts where the database knows the difference.
    pub(super) fn compare_json(&mut self, comparison: Comparison, left: impl Fn(&mut Self), right: impl Fn(&mut Self)) {
        let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        match self.dialect {
            Dialect::Mariadb if is_equality => {
                // JSON is text there: only the function knows that the order of keys means nothing. It takes NULL for
                // equal.
                self.push("(");
                left(self);
                let equal = comparison == Comparison::Equal;
                self.push(if equal { " IS NOT NULL AND JSON_EQUALS(" } else { " IS NOT NULL AND NOT JSON_EQUALS(" });
                left(self);
                self.push(", ");
                right(self);
                self.push("))");
            }
            Dialect::Postgres | Dialect::Cockroachdb => {
                left(self);
                self.push("::jsonb");
                self.push(sign(comparison));
                right(self);
                self.push("::jsonb");
            }
            Dialect::Mysql => {
                left(self);
                self.push(sign(comparison));
                self.push("CAST(");
                right(self);
                self.push(" AS JSON)");
            }
            Dialect::Sqlite | Dialect::Mariadb => {
                left(self);
                self.push(sign(comparison));
                right(self);
            }
        }
    }

    fn operand(&mut self, table: &'static TableMeta, source: Source, operand: &Operand) {
        match operand {
            Operand::Value(value) => self.bind(value.clone()),
            Operand::Column(column) => self.column(source, table, *column),
        }
    }

    /// `LOWER(..)`
    fn folded(&mut self, text: impl FnOnce(&mut Self)) {
        self.push("LOWER(");
        text(self);
        self.push(")");
    }

    /// A column as text.
    fn text_column(&mut self, source: Source, table: &TableMeta, column: u16) {
        self.column(source, table, column);
        if self.dialect.is_postgres_family() {
            // The column may be a uuid, an inet and so on.
            self.push("::text");
        }
    }

    /// `text LIKE ..`, with the operand's own wildcards taken literally.
    pub(super) fn like(&mut self, left: impl Fn(&mut Self), place: Place, text: &str, fold: bool) {
        let mut pattern = String::with_capacity(text.len() + 2);
        if matches!(place, Place::Anywhere | Place::End) {
            pattern.push('%');
        }
        for c in text.chars() {
            if matches!(c, '%' | '_' | ESCAPE) {
                pattern.push(ESCAPE);
            }
            pattern.push(c);
        }
        if matches!(place, Place::Anywhere | Place::Start) {
            pattern.push('%');
        }
        match (fold, self.dialect) {
            (true, Dialect::Postgres | Dialect::Cockroachdb) => {
                left(self);
                self.push(" ILIKE ");
                self.bind(Value::Text(pattern));
            }
            (true, Dialect::Mysql | Dialect::Mariadb) => {
                self.folded(left);
                self.push(" LIKE ");
                self.folded(|sql| sql.bind(Value::Text(pattern.clone())));
            }
            // There a pattern ends at this character, and would find more.
            (_, Dialect::Sqlite) if text.contains('\0') => self.refuse("looks for no text with U+0000 in it"),
            // SQLite's LIKE never looks at the case of A to Z.
            (true, Dialect::Sqlite) | (false, _) => {
                left(self);
                self.push(" LIKE ");
                self.bind(Value::Text(pattern));
            }
        }
        self.push(" ESCAPE '!'");
    }

    fn search(&mut self, table: &'static TableMeta, source: Source, columns: &[u16], query: &str) {
        match self.dialect {
            Dialect::Postgres => {
                self.search_document(table, source, columns);
                self.push(" @@ to_tsquery(");
                self.bind(Value::Text(query.to_owned()));
                self.push(")");
            }
            Dialect::Mysql | Dialect::Mariadb => self.search_match(table, source, columns, query),
            Dialect::Sqlite | Dialect::Cockroachdb => self.refuse("has no full-text search"),
        }
    }

    /// How well columns answer a search, as a number.
    pub(super) fn relevance(&mut self, table: &'static TableMeta, source: Source, columns: &[u16], query: &str) {
        match self.dialect {
            Dialect::Postgres => {
                self.push("ts_rank(");
                self.search_document(table, source, columns);
                self.push(", to_tsquery(");
                self.bind(Value::Text(query.to_owned()));
                self.push("))");
            }
            Dialect::Mysql | Dialect::Mariadb => self.search_match(table, source, columns, query),
            Dialect::Sqlite | Dialect::Cockroachdb => self.refuse("has no full-text search"),
        }
    }

    fn search_document(&mut self, table: &'static TableMeta, source: Source, columns: &[u16]) {
        self.push("to_tsvector(concat_ws(' ', ");
        self.separated(", ", columns, |sql, &column| sql.column(source, table, column));
        self.push("))");
    }

    fn search_match(&mut self, table: &'static TableMeta, source: Source, columns: &[u16], query: &str) {
        self.push("MATCH (");
        self.separated(", ", columns, |sql, &column| sql.column(source, table, column));
        self.push(") AGAINST (");
        self.bind(Value::Text(query.to_owned()));
        self.push(" IN BOOLEAN MODE)");
    }

    fn related(
        &mut self,
        table: &'static TableMeta,
        source: Source,
        relation: u16,
        quantifier: Quantifier,
        condition: &Condition,
    ) {
        let meta = table.relation(relation);
        let is_any = matches!(condition, Condition::All(parts) if parts.is_empty());
        if let (Link::Owner { columns, .. }, true) = (&meta.link, is_any && quantifier != Quantifier::Every) {
            let null = if quantifier == Quantifier::Some { " IS NOT NULL" } else { " IS NULL" };
            let word = if quantifier == Quantifier::Some { " AND " } else { " OR " };
            self.push("(");
            self.separated(word, *columns, |sql, &column| {
                sql.column(source, table, column);
                sql.push(null);
            });
            self.push(")");
            return;
        }
        let negated = quantifier != Quantifier::Some;
        let inner = match quantifier {
            Quantifier::Some | Quantifier::None => condition.clone(),
            Quantifier::Every => Condition::Not(Box::new(condition.clone())),
        };
        let here = match &meta.link {
            Link::Owner { columns, .. } => columns,
            Link::Owned { references, .. } => references,
            Link::Join { here, .. } => std::slice::from_ref(&here.0),
        };
        // SQLite runs IN over a subquery once and keeps its result; EXISTS it runs again for every row. `NOT IN` means
        // the same as `NOT EXISTS` only where no NULL can stand on its left.
        if let (Dialect::Sqlite, [key]) = (self.dialect, here)
            && !(negated && table.column(*key).is_nullable)
        {
            self.column(source, table, *key);
            self.push(if negated { " NOT IN (" } else { " IN (" });
            self.related_rows(table, None, relation, &inner);
        } else {
            self.push(if negated { "NOT EXISTS (" } else { "EXISTS (" });
            self.related_rows(table, Some((source, "1")), relation, &inner);
        }
        self.push(")");
    }

    /// The subquery of related rows: a select list over those tied to the row of `outer`, or else the columns that
    /// refer to such a row.
    fn related_rows(
        &mut self,
        table: &'static TableMeta,
        outer: Option<(Source, &str)>,
        relation: u16,
        condition: &Condition,
    ) {
        let meta = table.relation(relation);
        let target = (meta.target)();
        let alias = self.alias();
        let there = Source::Alias(alias);
        // The columns of the subquery that equal `here` columns of the outer row.
        let (here, link): (&[u16], Vec<(Source, &str)>) = match &meta.link {
            Link::Owner { columns, references } => (columns, named(there, target, references)),
            Link::Owned { references, columns } => (references, named(there, target, columns)),
            Link::Join { here, .. } => {
                let join = Source::Alias(self.alias());
                (std::slice::from_ref(&here.0), vec![(join, here.1)])
            }
        };
        self.push("SELECT ");
        match outer {
            Some((_, list)) => self.push(list),
            None => self.separated(", ", &link, |sql, (source, column)| sql.qualified(*source, column)),
        }
        self.push(" FROM ");
        self.table(target);
        self.push(" AS ");
        self.qualifier(there);
        if let (Link::Join { table: join, schema, there: (key, column), .. }, [(source, _)]) = (&meta.link, &link[..]) {
            self.push(" JOIN ");
            self.table_name(*schema, join);
            self.push(" AS ");
            self.qualifier(*source);
            self.push(" ON ");
            self.qualified(*source, column);
            self.push(" = ");
            self.column(there, target, *key);
        }
        self.push(" WHERE ");
        for ((source, column), key) in link.iter().zip(here) {
            self.qualified(*source, column);
            match outer {
                Some((outer, _)) => {
                    self.push(" = ");
                    self.column(outer, table, *key);
                }
                None => self.push(" IS NOT NULL"),
            }
            self.push(" AND ");
        }
        self.condition(target, there, condition);
    }

    /// `(SELECT COUNT(*) ..)` of related rows.
    pub(super) fn related_count(
        &mut self,
        table: &'static TableMeta,
        source: Source,
        relation: u16,
        condition: Option<&Condition>,
    ) {
        let any = Condition::All(Vec::new());
        self.push("(");
        self.related_rows(table, Some((source, "COUNT(*)")), relation, condition.unwrap_or(&any));
        self.push(")");
    }
}

/// A comparison's sign, with the spaces around it.
pub(super) fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => " = ",
        Comparison::NotEqual => " <> ",
        Comparison::Less => " < ",
        Comparison::LessOrEqual => " <= ",
        Comparison::Greater => " > ",
        Comparison::GreaterOrEqual => " >= ",
    }
}

fn named(source: Source, table: &'static TableMeta, columns: &[u16]) -> Vec<(Source, &'static str)> {
    columns.iter().map(|&column| (source, table.column(column).column)).collect()
}
