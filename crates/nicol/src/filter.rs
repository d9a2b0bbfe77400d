//! Filters as values: a typed skin over [`Condition`].

use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use nicol_db::Value;

use crate::Marks;

/// A condition on rows of `M`. Filters are joined by `&`, `|` and `!`.
#[must_use]
pub struct Filter<M> {
    pub(crate) condition: Condition,
    table: Marks<M>,
}

/// The condition behind a filter. Columns and relations are indices of the table in whose place it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    /// Every one; true when empty.
    All(Vec<Condition>),
    /// At least one; false when empty.
    Any(Vec<Condition>),
    /// Not this (unknown stays unknown, as in SQL).
    Not(Box<Condition>),
    /// `column op value`
    Compare { column: u16, comparison: Comparison, value: Value },
    /// One of the values, or none of them.
    In { column: u16, values: Vec<Value>, negated: bool },
    /// Text that contains, begins or ends with the operand.
    Like { column: u16, place: Place, text: String },
    /// NULL or not.
    Null { column: u16, negated: bool },
    /// Rows at the other end of a relation.
    Related { relation: u16, quantifier: Quantifier, condition: Box<Condition> },
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
        Filter { condition, table: PhantomData }
    }

    /// True when all of them are; true when there are none.
    pub fn all(filters: impl IntoIterator<Item = Filter<M>>) -> Self {
        Filter::new(Condition::All(filters.into_iter().map(|filter| filter.condition).collect()))
    }

    /// True when one of them is; false when there are none.
    pub fn any(filters: impl IntoIterator<Item = Filter<M>>) -> Self {
        Filter::new(Condition::Any(filters.into_iter().map(|filter| filter.condition).collect()))
    }
}

impl<M> Clone for Filter<M> {
    fn clone(&self) -> Self {
        Filter::new(self.condition.clone())
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
        Filter::new(self.condition.and(other.condition))
    }
}

impl<M> BitOr for Filter<M> {
    type Output = Filter<M>;
    fn bitor(self, other: Filter<M>) -> Filter<M> {
        Filter::new(match (self.condition, other.condition) {
            (Condition::Any(mut left), right) => {
                left.push(right);
                Condition::Any(left)
            }
            (left, right) => Condition::Any(vec![left, right]),
        })
    }
}

impl<M> Not for Filter<M> {
    type Output = Filter<M>;
    fn not(self) -> Filter<M> {
        Filter::new(Condition::Not(Box::new(self.condition)))
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
            Condition::Related { .. } => true,
            Condition::Compare { .. } | Condition::In { .. } | Condition::Like { .. } | Condition::Null { .. } => false,
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
}
