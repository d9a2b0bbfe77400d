//! Operations: what builders make and the runtime carries out. Plain data; columns and relations are indices.

mod write;

use nicol_db::Value;

pub use write::{Draft, Patch};
pub(crate) use write::{Key, LinkWrite, Links};

use crate::filter::{Calculation, Condition};
use crate::meta::TableMeta;

/// A read of one table and, nested, of its relations.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub(crate) table: &'static TableMeta,
    pub(crate) condition: Option<Condition>,
    pub(crate) order: Vec<OrderTerm>,
    /// At most so many rows; below zero, the last ones.
    pub(crate) take: Option<i64>,
    pub(crate) skip: u64,
    /// The row where the page begins.
    pub(crate) cursor: Option<Cursor>,
    /// Of rows that are equal in these columns only the first.
    pub(crate) distinct: Vec<u16>,
    pub(crate) fields: Fields,
    /// All statements see the database at one moment.
    pub(crate) is_consistent: bool,
}

/// Where a page begins.
#[derive(Debug, Clone)]
pub(crate) struct Cursor {
    pub(crate) at: Bound,
    /// The row itself is on the page.
    pub(crate) inclusive: bool,
}

/// The row of a cursor.
#[derive(Debug, Clone)]
pub(crate) enum Bound {
    /// By a unique key. Nothing follows a row that is not there.
    Row(Key),
    /// By its values in the terms of the order.
    Values(Vec<Value>),
}

impl Read {
    pub(crate) fn new(table: &'static TableMeta) -> Self {
        Read {
            table,
            condition: None,
            order: Vec::new(),
            take: None,
            skip: 0,
            cursor: None,
            distinct: Vec::new(),
            fields: Fields::default(),
            is_consistent: false,
        }
    }

    /// True when only a part of the matching rows is wanted.
    pub(crate) fn is_paged(&self) -> bool {
        self.take.is_some() || self.skip > 0
    }

    /// True when the page ends, rather than begins, where it is told: rows come from the database back to front.
    pub(crate) fn is_backward(&self) -> bool {
        self.take.is_some_and(|take| take < 0)
    }

    /// The order that decides which rows are on a page: with a cursor no two rows may be equal in it.
    pub(crate) fn page_order(&self) -> Vec<OrderTerm> {
        if self.cursor.is_none() && !self.order.is_empty() { self.order.clone() } else { self.ordered_by_key() }
    }

    /// The order asked for, with the key behind it, so that no two rows are equal in it.
    pub(crate) fn ordered_by_key(&self) -> Vec<OrderTerm> {
        let mut terms = self.order.clone();
        let of_cursor: Vec<u16> = match &self.cursor {
            Some(Cursor { at: Bound::Row(key), .. }) => key.values.iter().map(|(column, _)| *column).collect(),
            Some(Cursor { at: Bound::Values(_), .. }) | None => Vec::new(),
        };
        let key = if self.table.key.is_empty() { &of_cursor } else { self.table.key };
        for &column in key {
            if !terms.iter().any(|term| term.by == OrderBy::Column(column)) {
                terms.push(OrderTerm::column(column));
            }
        }
        terms
    }

    /// Wants every column.
    pub(crate) fn all_columns(&mut self) {
        self.fields.0.extend((0..).zip(self.table.columns).map(|(column, _)| Field::Column(column)));
    }
}

/// Calculations over all rows of a read, or over each of its groups.
#[derive(Debug, Clone)]
pub(crate) struct Summary {
    /// Which rows.
    pub(crate) rows: Read,
    /// Rows equal in these columns make a group; one group of all rows without any.
    pub(crate) by: Vec<u16>,
    pub(crate) items: SummaryItems,
    pub(crate) having: Option<Condition>,
    /// The order of the groups, and which of them.
    pub(crate) order: Vec<OrderTerm>,
    pub(crate) take: Option<u64>,
    pub(crate) skip: u64,
}

/// What is told of each group, in order.
#[derive(Debug, Clone, Default)]
pub struct SummaryItems(pub(crate) Vec<SummaryItem>);

/// Something told of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SummaryItem {
    /// A column the groups are made by.
    Column(u16),
    Calculated(Calculation),
}

/// What is wanted of each row, in order.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub(crate) Vec<Field>);

/// Something wanted of each row.
#[derive(Debug, Clone)]
pub(crate) enum Field {
    /// A column's value.
    Column(u16),
    /// The number of related rows.
    Count { relation: u16, condition: Option<Condition> },
    /// Related rows.
    Nested { relation: u16, read: Box<Read> },
}

/// One term of an ORDER BY.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderTerm {
    pub(crate) by: OrderBy,
    pub(crate) descending: bool,
    pub(crate) nulls: Option<Nulls>,
}

impl OrderTerm {
    /// Ascending by a column.
    pub(crate) fn column(column: u16) -> Self {
        OrderTerm { by: OrderBy::Column(column), descending: false, nulls: None }
    }
}

/// What rows are ordered by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum OrderBy {
    /// A column of the table.
    Column(u16),
    /// Something of the one related row.
    Related { relation: u16, by: Box<OrderBy> },
    /// The number of related rows.
    Count { relation: u16, condition: Option<Condition> },
    /// How well columns answer a full-text search.
    Relevance { columns: Vec<u16>, query: String },
    /// A calculation over a group.
    Calculated(Calculation),
}

/// Where NULLs go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    First,
    Last,
}

impl Nulls {
    pub(crate) fn opposite(self) -> Self {
        match self {
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        }
    }
}
