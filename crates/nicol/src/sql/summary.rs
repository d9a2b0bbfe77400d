//! Calculations over rows and groups of rows.

use nicol_db::Dialect;

use super::page::Sorted;
use super::{Source, Statement, Writer};
use crate::error::Result;
use crate::filter::{Calculation, Function};
use crate::meta::{Kind, TableMeta};
use crate::operation::{OrderTerm, Summary, SummaryItem};

/// The calculations over all rows of a read, or over each of its groups.
pub(crate) fn summary(dialect: Dialect, summary: &Summary) -> Result<Statement> {
    let mut sql = Writer::new(dialect);
    let rows = &summary.rows;
    let table = rows.table;
    let is_page = rows.is_paged() || rows.cursor.is_some() || !rows.distinct.is_empty();
    let base = Source::Alias(sql.alias());
    sql.push("SELECT ");
    sql.separated(", ", &summary.items.0, |sql, item| match item {
        SummaryItem::Column(column) => sql.column(base, table, *column),
        SummaryItem::Calculated(calculation) => sql.calculation(table, base, *calculation),
    });
    sql.push(" FROM ");
    if is_page {
        sql.push("(");
        sql.page_of_whole_rows(rows);
        sql.push(")");
    } else {
        sql.table(table);
    }
    sql.push(" AS ");
    sql.qualifier(base);
    if !is_page {
        sql.filter(table, base, rows.condition.as_ref());
    }
    if !summary.by.is_empty() {
        sql.push(" GROUP BY ");
        sql.separated(", ", &summary.by, |sql, &column| sql.column(base, table, column));
    }
    if let Some(having) = &summary.having {
        sql.push(" HAVING ");
        sql.condition(table, base, having);
    }
    let fallback: Vec<OrderTerm>;
    let terms = if summary.order.is_empty() && (summary.take.is_some() || summary.skip > 0) {
        // A page of groups without order would be any groups.
        fallback = summary.by.iter().map(|&column| OrderTerm::column(column)).collect();
        &fallback
    } else {
        &summary.order
    };
    sql.order_by(table, Sorted::Table(base), terms, false);
    sql.limits(summary.take, summary.skip);
    sql.finish()
}

impl Writer {
    /// `SUM(t0.column)` and its kin.
    pub(super) fn calculation(&mut self, table: &'static TableMeta, source: Source, calculation: Calculation) {
        let Calculation { function, column } = calculation;
        self.push(match function {
            Function::Count => "COUNT(",
            Function::Sum => "SUM(",
            Function::Avg => "AVG(",
            Function::Min => "MIN(",
            Function::Max => "MAX(",
        });
        match column {
            None => self.push("*"),
            Some(column) => {
                self.column(source, table, column);
                let is_exact = table.column(column).kind == Kind::Decimal;
                if function == Function::Avg && !is_exact && self.dialect.is_mysql_family() {
                    // The average of integers would be cut after four digits.
                    self.push(" + 0e0");
                }
            }
        }
        self.push(")");
    }
}
