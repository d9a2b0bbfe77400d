//! Requests for calculations over rows and groups of rows.

use std::marker::PhantomData;

use super::{Single, Step, operation};
use crate::client::Client;
use crate::column::{Columns, Orders};
use crate::error::{Error, Result};
use crate::filter::{Condition, Filter};
use crate::group::{GroupOrder, Grouped, Having, Total};
use crate::key::Unique;
use crate::operation::{Bound, Cursor, OrderBy, Read, Summary, SummaryItem, SummaryItems};
use crate::run::{self, Level};
use crate::sql::{self, Statement};
use crate::{Marks, Table};

impl Summary {
    fn of(table: &'static crate::meta::TableMeta) -> Self {
        let (by, items, order) = (Vec::new(), SummaryItems::default(), Vec::new());
        Summary { rows: Read::new(table), by, items, having: None, order, take: None, skip: 0 }
    }

    /// P2019 when a group is asked for something that its rows do not have in common.
    fn check(&self) -> Result<()> {
        let mut columns = Vec::new();
        if let Some(having) = &self.having {
            having.columns(&mut columns);
        }
        columns.extend(self.items.0.iter().filter_map(|item| match item {
            SummaryItem::Column(column) => Some(*column),
            SummaryItem::Calculated(_) => None,
        }));
        for term in &self.order {
            match &term.by {
                OrderBy::Column(column) => columns.push(*column),
                OrderBy::Calculated(_) => {}
                OrderBy::Related { .. } | OrderBy::Count { .. } | OrderBy::Relevance { .. } => {
                    let message = "group_by: groups are ordered by the columns that make them, or by calculations";
                    return Err(Error::new("P2019", message).on(self.rows.table));
                }
            }
        }
        match columns.iter().find(|column| !self.by.contains(column)) {
            None => Ok(()),
            Some(&column) => {
                let field = self.rows.table.column(column).field;
                let message = format!(
                    "group_by: the rows of a group may differ in `{field}`; add it to the columns of group_by, or ask for \
                     a calculation over it"
                );
                Err(Error::new("P2019", message).on(self.rows.table).with_field(field))
            }
        }
    }
}

/// Calculates over rows; see [`Models::aggregate`](super::Models::aggregate).
#[must_use = "a request does nothing until it is awaited"]
pub struct Aggregate<M, T> {
    pub(super) client: Client,
    pub(super) summary: Summary,
    types: Marks<(M, T)>,
}

impl<M: Table, T: Total<M>> Aggregate<M, T> {
    pub(super) fn new(client: Client, totals: T) -> Self {
        let mut summary = Summary::of(M::META);
        totals.plan(&mut summary.items);
        Aggregate { client, summary, types: PhantomData }
    }
}

impl<M, T> Aggregate<M, T> {
    /// The statement.
    ///
    /// # Errors
    /// P2019 when the database cannot be asked this.
    pub fn to_sql(&self) -> Result<Statement> {
        self.summary.check()?;
        sql::summary(self.client.dialect(), &self.summary)
    }

    /// Only rows that fulfil the filter (and those given before).
    pub fn filter(mut self, filter: Filter<M>) -> Self {
        Condition::join(&mut self.summary.rows.condition, filter.condition);
        self
    }

    /// The order in which `take`, `skip` and `cursor` choose rows.
    pub fn order_by(mut self, orders: impl Orders<M>) -> Self {
        orders.push_onto(&mut self.summary.rows.order);
        self
    }

    /// At most so many rows; below zero, the last ones.
    pub fn take(mut self, count: i64) -> Self {
        self.summary.rows.take = Some(count);
        self
    }

    /// Leaves out the first rows.
    pub fn skip(mut self, count: u64) -> Self {
        self.summary.rows.skip = count;
        self
    }

    /// Begins with the row that has this key.
    pub fn cursor(mut self, row: Unique<M>) -> Self {
        self.summary.rows.cursor = Some(Cursor { at: Bound::Row(row.key), inclusive: true });
        self
    }

    /// Begins after the row that has this key.
    pub fn after(mut self, row: Unique<M>) -> Self {
        self.summary.rows.cursor = Some(Cursor { at: Bound::Row(row.key), inclusive: false });
        self
    }

    /// Of rows that are equal in these columns only the first.
    pub fn distinct(mut self, columns: impl Columns<M>) -> Self {
        self.summary.rows.distinct = columns.indices();
        self
    }
}

operation!(
    [M: Table, T: Total<M> + 'static] Aggregate<M, T> => T::Out, Aggregate on Some(M::META),
    admit |this, gate| gate.read(&mut this.summary.rows),
    run |session| total::<M, T>(run::summary(session, &this.summary).await?),
    single |moment| {
        let (statement, flat) = run::single_summary(moment, &this.summary)?;
        let finish = Box::new(move |rows| total::<M, T>(flat.level(rows)));
        Ok(Step::Single(Single { statement, table: Some(M::META), finish, may_fail_late: false }))
    },
);

fn total<M: Table, T: Total<M>>(level: Level) -> Result<T::Out> {
    level.decode(T::decode)?.pop().ok_or_else(|| Error::inconsistent("a calculation without a result"))
}

/// Puts rows into groups; see [`Models::group_by`](super::Models::group_by).
#[must_use = "a request does nothing until it is awaited"]
pub struct GroupBy<M, G> {
    pub(super) client: Client,
    pub(super) summary: Summary,
    types: Marks<(M, G)>,
}

impl<M: Table, G: Grouped<M>> GroupBy<M, G> {
    pub(super) fn new(client: Client, columns: G) -> Self
    where
        G: Columns<M> + Copy,
    {
        let mut summary = Summary::of(M::META);
        summary.by = columns.indices();
        columns.plan(&mut summary.items);
        GroupBy { client, summary, types: PhantomData }
    }

    /// What is told of each group: the columns that make the groups, and calculations.
    pub fn select<N: Grouped<M>>(mut self, wanted: N) -> GroupBy<M, N> {
        self.summary.items.0.clear();
        wanted.plan(&mut self.summary.items);
        GroupBy { client: self.client, summary: self.summary, types: PhantomData }
    }
}

impl<M, G> GroupBy<M, G> {
    /// The statement.
    ///
    /// # Errors
    /// P2019 when the database cannot be asked this.
    pub fn to_sql(&self) -> Result<Statement> {
        self.summary.check()?;
        sql::summary(self.client.dialect(), &self.summary)
    }

    /// Only rows that fulfil the filter (and those given before) get into groups.
    pub fn filter(mut self, filter: Filter<M>) -> Self {
        Condition::join(&mut self.summary.rows.condition, filter.condition);
        self
    }

    /// Only groups that fulfil the condition (and those given before): `post::views.sum().gt(10)`, or a filter on the
    /// columns that make the groups.
    pub fn having(mut self, having: impl Into<Having<M>>) -> Self {
        Condition::join(&mut self.summary.having, having.into().condition);
        self
    }

    /// Groups in this order: `post::views.sum().desc()`, or by a column that makes the groups; further orders decide
    /// between equal groups.
    pub fn order_by(mut self, order: impl Into<GroupOrder<M>>) -> Self {
        self.summary.order.push(order.into().term);
        self
    }

    /// At most so many groups. Without an order they go by the columns that make them.
    pub fn take(mut self, count: u64) -> Self {
        self.summary.take = Some(count);
        self
    }

    /// Leaves out the first groups.
    pub fn skip(mut self, count: u64) -> Self {
        self.summary.skip = count;
        self
    }
}

operation!(
    [M: Table, G: Grouped<M> + 'static] GroupBy<M, G> => Vec<G::Out>, GroupBy on Some(M::META),
    admit |this, gate| gate.read(&mut this.summary.rows),
    run |session| {
        this.summary.check()?;
        run::summary(session, &this.summary).await?.decode(G::decode)
    },
    single |moment| {
        this.summary.check()?;
        let (statement, flat) = run::single_summary(moment, &this.summary)?;
        let finish = Box::new(move |rows| flat.level(rows).decode(G::decode));
        Ok(Step::Single(Single { statement, table: Some(M::META), finish, may_fail_late: false }))
    },
);
