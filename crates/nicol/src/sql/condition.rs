//! Conditions, and the subqueries of relation filters.

use nicol_db::{Dialect, Value};

use super::{Source, Writer};
use crate::filter::{Comparison, Condition, Place, Quantifier};
use crate::meta::{Kind, Link, TableMeta};

/// The character that makes `%`, `_` and itself literal in LIKE patterns. Not the backslash, whose meaning inside
/// string literals depends on server settings.
const ESCAPE: char = '!';

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
            Condition::Compare { column, comparison, value } => {
                self.compare(table, source, *column, *comparison, value.clone());
            }
            Condition::In { values, negated, .. } if values.is_empty() => {
                self.push(if *negated { "1=1" } else { "1=0" });
            }
            Condition::In { column, values, negated } => {
                self.column(source, table, *column);
                self.membership(values.clone(), *negated);
            }
            Condition::Like { column, place, text } => self.like(table, source, *column, *place, text),
            Condition::Null { column, negated } => {
                self.column(source, table, *column);
                self.push(if *negated { " IS NOT NULL" } else { " IS NULL" });
            }
            Condition::Related { relation, quantifier, condition } => {
                self.related(table, source, *relation, *quantifier, condition);
            }
        }
    }

    fn joined(&mut self, table: &'static TableMeta, source: Source, parts: &[Condition], word: &str, empty: &str) {
        match parts {
            [] => self.push(empty),
            [only] => self.condition(table, source, only),
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
        column: u16,
        comparison: Comparison,
        value: Value,
    ) {
        let is_json = table.column(column).kind == Kind::Json && !table.column(column).is_list;
        let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        if is_json && is_equality && self.dialect == Dialect::Mariadb {
            // JSON is text there: only the function knows that the order of keys means nothing. It takes NULL for equal.
            self.push("(");
            self.column(source, table, column);
            let equal = comparison == Comparison::Equal;
            self.push(if equal { " IS NOT NULL AND JSON_EQUALS(" } else { " IS NOT NULL AND NOT JSON_EQUALS(" });
            self.column(source, table, column);
            self.push(", ");
            self.bind(value);
            self.push("))");
            return;
        }
        self.column(source, table, column);
        self.push(match comparison {
            Comparison::Equal => " = ",
            Comparison::NotEqual => " <> ",
            Comparison::Less => " < ",
            Comparison::LessOrEqual => " <= ",
            Comparison::Greater => " > ",
            Comparison::GreaterOrEqual => " >= ",
        });
        if is_json && self.dialect == Dialect::Mysql {
            self.push("CAST(");
            self.bind(value);
            self.push(" AS JSON)");
        } else {
            self.bind(value);
        }
    }

    fn like(&mut self, table: &'static TableMeta, source: Source, column: u16, place: Place, text: &str) {
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
        self.column(source, table, column);
        if self.dialect.is_postgres_family() {
            // The column may be a uuid, an inet and so on.
            self.push("::text");
        }
        self.push(" LIKE ");
        self.bind(Value::Text(pattern));
        self.push(" ESCAPE '!'");
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

fn named(source: Source, table: &'static TableMeta, columns: &[u16]) -> Vec<(Source, &'static str)> {
    columns.iter().map(|&column| (source, table.column(column).column)).collect()
}
