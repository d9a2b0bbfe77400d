//! What generated code says about tables: plain constants, the only thing the runtime knows of a schema.
//!
//! Columns and relations are named by their index in [`TableMeta::columns`] and [`TableMeta::relations`].

use jiff::Timestamp;
use nicol_db::Value;

use crate::Table;

/// A model and its table.
#[derive(Debug)]
pub struct TableMeta {
    /// Name of the model in the schema.
    pub model: &'static str,
    /// Name of the table in the database.
    pub table: &'static str,
    /// Database schema (`@@schema`); none uses the connection's.
    pub schema: Option<&'static str>,
    /// Columns in the order of the model's fields.
    pub columns: &'static [ColumnMeta],
    /// Columns that identify a row: the primary key, else the first required unique key. Empty for views without one.
    pub key: &'static [u16],
    /// The primary key and unique indexes, for naming the fields of a constraint error.
    pub uniques: &'static [UniqueMeta],
    /// Relations in the order of the model's fields.
    pub relations: &'static [RelationMeta],
}

/// The metadata of `M`, as a function: relations between tables may be circular, constants may not.
pub fn of<M: Table>() -> &'static TableMeta {
    M::META
}

impl TableMeta {
    /// The column at an index.
    pub(crate) fn column(&self, index: u16) -> &'static ColumnMeta {
        &self.columns[usize::from(index)]
    }

    /// The relation at an index.
    pub(crate) fn relation(&self, index: u16) -> &'static RelationMeta {
        &self.relations[usize::from(index)]
    }
}

/// A column.
#[derive(Debug)]
pub struct ColumnMeta {
    /// Name of the field in the schema.
    pub field: &'static str,
    /// Name of the column in the database.
    pub column: &'static str,
    /// Type of one value.
    pub kind: Kind,
    /// What it keeps of an instant, when the type is `DateTime`.
    pub keeps: Keeps,
    /// True for `T[]`.
    pub is_list: bool,
    /// True for `T?`.
    pub is_nullable: bool,
    /// Where a value comes from when none is given.
    pub default: Default,
    /// `@updatedAt`
    pub is_updated_at: bool,
}

impl ColumnMeta {
    /// A required column without default.
    pub const fn new(field: &'static str, column: &'static str, kind: Kind) -> Self {
        let default = Default::None;
        let keeps = Keeps::Instant(3);
        ColumnMeta { field, column, kind, keeps, is_list: false, is_nullable: false, default, is_updated_at: false }
    }

    /// The same column, with another name in the database.
    #[must_use]
    pub const fn named(mut self, column: &'static str) -> Self {
        self.column = column;
        self
    }

    /// The same column, which keeps this of an instant; without it, milliseconds.
    #[must_use]
    pub const fn keeps(mut self, keeps: Keeps) -> Self {
        self.keeps = keeps;
        self
    }

    /// The same column, `T?`.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.is_nullable = true;
        self
    }

    /// The same column, `T[]`.
    #[must_use]
    pub const fn list(mut self) -> Self {
        self.is_list = true;
        self
    }

    /// The same column with a default.
    #[must_use]
    pub const fn default(mut self, default: Default) -> Self {
        self.default = default;
        self
    }

    /// The same column with `@updatedAt`.
    #[must_use]
    pub const fn updated_at(mut self) -> Self {
        self.is_updated_at = true;
        self
    }

    /// A value as the column gives it back: instants are cut to what it keeps. So what was written is equal to what is read,
    /// and what happens now is never in the future because a server has rounded it.
    #[inline]
    pub(crate) fn fit(&self, value: Value) -> Value {
        match value {
            Value::DateTime(instant) => Value::DateTime(self.keeps.cut(instant)),
            Value::List(values) if self.kind == Kind::DateTime => {
                Value::List(values.into_iter().map(|value| self.fit(value)).collect())
            }
            value => value,
        }
    }
}

/// What a column of type `DateTime` keeps of an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// So many digits of the fraction of its second.
    Instant(u32),
    /// Its day (UTC).
    Day,
    /// Its time of day (UTC), with so many digits of the fraction of the second; the day is the first of 1970.
    Time(u32),
}

impl Keeps {
    /// The instant without the rest, towards the past.
    fn cut(self, instant: Timestamp) -> Timestamp {
        const SECOND: i128 = 1_000_000_000;
        const DAY: i128 = 86_400 * SECOND;
        // Most instants have no more digits than their column; wide numbers are slow.
        if let Keeps::Instant(precision) = self
            && instant.subsec_nanosecond() % 10i32.pow(9 - precision.min(9)) == 0
        {
            return instant;
        }
        let nanos = instant.as_nanosecond();
        let digits = |digits: u32| SECOND / 10i128.pow(digits.min(9));
        let kept = match self {
            Keeps::Instant(precision) => nanos - nanos.rem_euclid(digits(precision)),
            Keeps::Day => nanos - nanos.rem_euclid(DAY),
            Keeps::Time(precision) => {
                let time = nanos.rem_euclid(DAY);
                time - time % digits(precision)
            }
        };
        // Out of range is only what lies before the first instant of all.
        Timestamp::from_nanosecond(kept).unwrap_or(instant)
    }
}

/// A required column without default, with the field's name in the database.
pub const fn column(field: &'static str, kind: Kind) -> ColumnMeta {
    ColumnMeta::new(field, field, kind)
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the schema language's own")]
pub enum Kind {
    Int,
    BigInt,
    Float,
    Decimal,
    Boolean,
    String,
    DateTime,
    Bytes,
    Json,
    Enum,
}

/// Where the value of a column comes from when a new row gives none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// Nowhere: the row must give one (or it is NULL, or an empty list).
    None,
    /// The database: a literal, `dbgenerated()`, `sequence()`.
    Database,
    /// A document, a list, or a constant in a key, as JSON. The client gives it: MySQL and MariaDB have no defaults of the first
    /// two, and MySQL does not tell the third.
    Json(&'static str),
    /// A text of a type that has no defaults on MySQL. The client gives it.
    Text(&'static str),
    /// The database: `autoincrement()`.
    Autoincrement,
    /// `now()`
    Now,
    /// `cuid()`
    Cuid,
    /// `cuid(2)`
    Cuid2,
    /// `uuid()`, `uuid(4)`
    Uuid4,
    /// `uuid(7)`
    Uuid7,
    /// `ulid()`
    Ulid,
    /// `nanoid(length)`
    Nanoid(u32),
}

/// The primary key or a unique index.
#[derive(Debug)]
pub struct UniqueMeta {
    /// Name of the constraint or index in the database.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [u16],
}

/// One side of a relation.
#[derive(Debug)]
pub struct RelationMeta {
    /// Name of the field in the schema.
    pub field: &'static str,
    /// The table on the other side; see [`of`].
    pub target: fn() -> &'static TableMeta,
    /// True when the other side may hold any number of rows.
    pub is_many: bool,
    /// How rows find each other.
    pub link: Link,
}

/// How rows of two tables belong together.
#[derive(Debug)]
pub enum Link {
    /// This table has the foreign key: `columns` here equal `references` there.
    Owner {
        /// Columns of this table.
        columns: &'static [u16],
        /// Columns of the other table.
        references: &'static [u16],
    },
    /// The other table has the foreign key: `columns` there equal `references` here.
    Owned {
        /// Columns of this table.
        references: &'static [u16],
        /// Columns of the other table.
        columns: &'static [u16],
    },
    /// A join table of an implicit many-to-many relation.
    Join {
        /// Its name.
        table: &'static str,
        /// Its database schema.
        schema: Option<&'static str>,
        /// Key column of this table, and the join table's column that refers to it.
        here: (u16, &'static str),
        /// Key column of the other table, and the join table's column that refers to it.
        there: (u16, &'static str),
    },
}

/// See [`Link::Owner`].
pub const fn owner(columns: &'static [u16], references: &'static [u16]) -> Link {
    Link::Owner { columns, references }
}

/// See [`Link::Owned`].
pub const fn owned(references: &'static [u16], columns: &'static [u16]) -> Link {
    Link::Owned { references, columns }
}

/// See [`Link::Join`].
pub const fn join(
    schema: Option<&'static str>,
    table: &'static str,
    here: (u16, &'static str),
    there: (u16, &'static str),
) -> Link {
    Link::Join { table, schema, here, there }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_cut_towards_the_past() {
        let cases = [
            ("2024-05-06T07:08:09.987654321Z", Keeps::Instant(9), "2024-05-06T07:08:09.987654321Z"),
            ("2024-05-06T07:08:09.987654321Z", Keeps::Instant(6), "2024-05-06T07:08:09.987654Z"),
            ("2024-05-06T07:08:09.987654321Z", Keeps::Instant(3), "2024-05-06T07:08:09.987Z"),
            ("2024-05-06T07:08:09.987654321Z", Keeps::Instant(0), "2024-05-06T07:08:09Z"),
            ("2024-05-06T07:08:09.987654321Z", Keeps::Day, "2024-05-06T00:00:00Z"),
            ("2024-05-06T07:08:09.987654321Z", Keeps::Time(1), "1970-01-01T07:08:09.9Z"),
            ("1903-05-06T07:08:09.9999Z", Keeps::Instant(3), "1903-05-06T07:08:09.999Z"),
            ("1903-05-06T07:08:09.9999Z", Keeps::Day, "1903-05-06T00:00:00Z"),
            ("1903-05-06T07:08:09.9999Z", Keeps::Time(0), "1970-01-01T07:08:09Z"),
        ];
        for (instant, keeps, expected) in cases {
            let cut = keeps.cut(instant.parse().expect("an instant"));
            assert_eq!(cut.to_string(), expected, "{instant} {keeps:?}");
        }
        assert_eq!(Keeps::Day.cut(Timestamp::MIN), Timestamp::MIN);
    }
}
