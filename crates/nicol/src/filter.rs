//! Filters as values: a typed skin over `Condition`.

use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use nicol_db::Value;

use crate::Marks;

/// A condition on rows of `M`. Filters are joined by `&`, `|` and `!`.
#[must_use]
pub struct Filter<M> {
    pub(crate) condition: Condition,
    /// How deep its parts are nested.
    levels: u16,
    table: Marks<M>,
}

/// The most levels of nested parts. Databases read statements by recursion, as this crate writes them: far deeper ones would
/// end a thread, here or there.
const MOST_LEVELS: u16 = 500;

/// A filter through a relation is a subquery, which is worth several levels.
const LEVELS_OF_RELATION: u16 = 5;

/// The condition behind a filter. Columns and relations are indices of the table in whose place it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    /// Every one; true when empty.
    All(Vec<Condition>),
    /// At least one; false when empty.
    Any(Vec<Condition>),
    /// Not this (unknown stays unknown, as in SQL).
    Not(Box<Condition>),
    /// `column op value`; `fold` takes upper and lower case for the same.
    Compare { column: u16, comparison: Comparison, operand: Operand, fold: bool },
    /// One of the values, or none of them.
    In { column: u16, values: Vec<Value>, negated: bool, fold: bool },
    /// Text that contains, begins or ends with the operand.
    Like { column: u16, place: Place, text: String, fold: bool },
    /// A test of a list column.
    List { column: u16, test: ListTest },
    /// A test of a place in a JSON document.
    Json { column: u16, path: Vec<Step>, test: JsonTest },
    /// Full-text search in some columns.
    Search { columns: Vec<u16>, query: String },
    /// A calculation over a group; only after GROUP BY.
    Calculated { calculation: Calculation, comparison: Comparison, value: Value },
    /// NULL or not.
    Null { column: u16, negated: bool },
    /// Rows at the other end of a relation.
    Related { relation: u16, quantifier: Quantifier, condition: Box<Condition> },
    /// Rows that a join table ties to one row of its other side.
    Joined { column: u16, join: JoinTable, value: Value },
    /// In the place of parts nested deeper than any database takes: refused when the statement is written.
    TooDeep,
}

/// A join table, seen from the rows that are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JoinTable {
    pub(crate) schema: Option<&'static str>,
    pub(crate) table: &'static str,
    /// Its column that refers to the rows looked for.
    pub(crate) wanted: &'static str,
    /// Its column that refers to the row that is known.
    pub(crate) known: &'static str,
}

/// The right side of a comparison.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A value.
    Value(Value),
    /// Another column of the same row.
    Column(u16),
}

/// What a list column is asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ListTest {
    /// Every one of these is in it.
    HasEvery(Vec<Value>),
    /// At least one of these is in it.
    HasSome(Vec<Value>),
    /// It has no elements (NULL is no list).
    IsEmpty(bool),
}

/// A step into a JSON document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    Key(String),
    Index(u32),
}

/// What a place in a JSON document is asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum JsonTest {
    /// A comparison. By order only numbers are compared with numbers, and texts with texts.
    Compare(Comparison, serde_json::Value),
    /// Text that contains, begins or ends with the operand.
    Text(Place, String, bool),
    /// An array with all of these elements.
    ArrayHas(Vec<serde_json::Value>),
    /// An array whose first element is this.
    ArrayFirst(serde_json::Value),
    /// An array whose last element is this.
    ArrayLast(serde_json::Value),
    /// JSON's own null.
    Null,
    /// Nothing is there: NULL, or no such place.
    Missing,
}

/// A calculation over rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Calculation {
    pub(crate) function: Function,
    /// Of which column; COUNT counts rows without one.
    pub(crate) column: Option<u16>,
}

/// What is calculated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Count,
    Sum,
    Avg,
    Min,
    Max,
}

/// A comparison of a column with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Where text is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Anywhere,
    Start,
    End,
}

/// How many related rows must fulfil a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// At least one (`some`, `is`).
    Some,
    /// All of them, none counts (`every`).
    Every,
    /// None of them (`none`, `is_not`).
    None,
}

impl<M> Filter<M> {
    pub(crate) fn new(condition: Condition) -> Self {
        Filter { condition, levels: 1, table: PhantomData }
    }

    /// A condition with parts so deep below it.
    fn nested(condition: Condition, levels: u16) -> Self {
        if levels > MOST_LEVELS {
            return Filter::new(Condition::TooDeep);
        }
        Filter { condition, levels, table: PhantomData }
    }

    /// A condition on rows at the other end of a relation, of which this makes one on rows here.
    pub(crate) fn through<N>(self, make: impl FnOnce(Condition) -> Condition) -> Filter<N> {
        Filter::nested(make(self.condition), self.levels + LEVELS_OF_RELATION)
    }

    fn list(filters: impl IntoIterator<Item = Filter<M>>, make: fn(Vec<Condition>) -> Condition) -> Self {
        let mut levels = 1;
        let parts = filters.into_iter().map(|filter| {
            levels = levels.max(filter.levels + 1);
            filter.condition
        });
        let parts = parts.collect();
        Filter::nested(make(parts), levels)
    }

    /// True when all of them are; true when there are none.
    pub fn all(filters: impl IntoIterator<Item = Filter<M>>) -> Self {
        Filter::list(filters, Condition::All)
    }

    /// True when one of them is; false when there are none.
    pub fn any(filters: impl IntoIterator<Item = Filter<M>>) -> Self {
        Filter::list(filters, Condition::Any)
    }
}

impl<M> Clone for Filter<M> {
    fn clone(&self) -> Self {
        Filter { condition: self.condition.clone(), ..*self }
    }
}

impl<M> std::fmt::Debug for Filter<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.condition.fmt(f)
    }
}

impl<M> BitAnd for Filter<M> {
    type Output = Filter<M>;
    fn bitand(self, other: Filter<M>) -> Filter<M> {
        let of_left = self.levels + u16::from(!matches!(self.condition, Condition::All(_)));
        Filter::nested(self.condition.and(other.condition), of_left.max(other.levels + 1))
    }
}

impl<M> BitOr for Filter<M> {
    type Output = Filter<M>;
    fn bitor(self, other: Filter<M>) -> Filter<M> {
        let of_left = self.levels + u16::from(!matches!(self.condition, Condition::Any(_)));
        let condition = match (self.condition, other.condition) {
            (Condition::Any(mut left), right) => {
                left.push(right);
                Condition::Any(left)
            }
            (left, right) => Condition::Any(vec![left, right]),
        };
        Filter::nested(condition, of_left.max(other.levels + 1))
    }
}

impl<M> Not for Filter<M> {
    type Output = Filter<M>;
    fn not(self) -> Filter<M> {
        Filter::nested(Condition::Not(Box::new(self.condition)), self.levels + 1)
    }
}

impl Condition {
    /// Both.
    pub(crate) fn and(self, other: Condition) -> Condition {
        match (self, other) {
            (Condition::All(mut left), right) => {
                left.push(right);
                Condition::All(left)
            }
            (left, right) => Condition::All(vec![left, right]),
        }
    }

    /// True when some part looks at other tables.
    pub(crate) fn is_relational(&self) -> bool {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().any(Condition::is_relational),
            Condition::Not(inner) => inner.is_relational(),
            Condition::Related { .. } | Condition::Joined { .. } => true,
            Condition::Compare { .. }
            | Condition::In { .. }
            | Condition::Like { .. }
            | Condition::Null { .. }
            | Condition::List { .. }
            | Condition::Json { .. }
            | Condition::Search { .. }
            | Condition::Calculated { .. }
            | Condition::TooDeep => false,
        }
    }

    /// `column = value`
    pub(crate) fn equal(column: u16, value: Value) -> Condition {
        let operand = Operand::Value(value);
        Condition::Compare { column, comparison: Comparison::Equal, operand, fold: false }
    }

    /// The columns of the table itself that the condition looks at, outside calculations.
    pub(crate) fn columns(&self, into: &mut Vec<u16>) {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| part.columns(into)),
            Condition::Not(inner) => inner.columns(into),
            Condition::Compare { column, operand, .. } => {
                into.push(*column);
                if let Operand::Column(other) = operand {
                    into.push(*other);
                }
            }
            Condition::In { column, .. }
            | Condition::Like { column, .. }
            | Condition::Null { column, .. }
            | Condition::List { column, .. }
            | Condition::Json { column, .. }
            | Condition::Joined { column, .. } => into.push(*column),
            Condition::Search { columns, .. } => into.extend(columns),
            Condition::Related { .. } | Condition::Calculated { .. } | Condition::TooDeep => {}
        }
    }

    /// Adds a condition to an optional one.
    pub(crate) fn join(into: &mut Option<Condition>, more: Condition) {
        *into = Some(match into.take() {
            Some(condition) => condition.and(more),
            None => more,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_build_flat_lists() {
        let null = |column| Filter::<()>::new(Condition::Null { column, negated: false });
        let Condition::All(parts) = (null(0) & null(1) & null(2)).condition else { panic!("not a conjunction") };
        assert_eq!(parts.len(), 3);
        let Condition::Any(parts) = (null(0) | null(1) | !null(2)).condition else { panic!("not a disjunction") };
        assert!(matches!(parts[2], Condition::Not(_)));
    }

    #[test]
    fn only_so_deep() {
        let null = |column| Filter::<()>::new(Condition::Null { column, negated: false });
        let is_refused = |filter: &Filter<()>| format!("{filter:?}").contains("TooDeep");
        let (mut flat, mut nots, mut turns, mut lists, mut relations) = (null(0), null(0), null(0), null(0), null(0));
        for _ in 0..100_000 {
            flat = flat & null(1);
        }
        assert!(!is_refused(&flat));
        for number in 0..10_000_u16 {
            assert_eq!(is_refused(&nots), number >= MOST_LEVELS, "{number}");
            assert_eq!(is_refused(&turns), number * 2 >= MOST_LEVELS, "{number}");
            assert_eq!(is_refused(&lists), number >= MOST_LEVELS, "{number}");
            assert_eq!(is_refused(&relations), number * LEVELS_OF_RELATION >= MOST_LEVELS, "{number}");
            // What is refused already begins anew: only the first time counts.
            if is_refused(&nots) {
                break;
            }
            nots = !nots;
            turns = if is_refused(&turns) { turns } else { null(1) | (null(2) & turns) };
            lists = Filter::all([lists]);
            relations = match is_refused(&relations) {
                true => relations,
                false => relations.through(|condition| Condition::Not(Box::new(condition))),
            };
        }
    }
}
