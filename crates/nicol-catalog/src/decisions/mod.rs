//! What a person says about a difference that catalogs alone cannot tell: what was renamed, and what rows that are there
//! get in a column that becomes required.
//!
//! **In**: [`Decisions`], by the names of the schema or of the database. **Out**: [`Decided`]: the old catalog as it is
//! after the renames, with the steps that get there. From it the difference is taken and planned as always, so names of
//! constraints and indexes that follow from a renamed thing are renamed by the rules that hold for any other name.
//! [`likely_renames`] finds what is worth asking about.

mod apply;
mod likely;
mod parse;
mod resolve;

use std::fmt;

pub use likely::{Certainty, LikelyRename, likely_renames};

use crate::catalog::{Catalog, Column, same_namespace};
use crate::diff::Diff;

/// Everything said about one difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Renames, in any order.
    pub renames: Vec<Rename>,
    /// What fills a column for the rows that are there.
    pub backfills: Vec<Backfill>,
}

/// A name with the schema it is in, where one is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectName {
    /// PostgreSQL schema.
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
}

impl ObjectName {
    /// A name without a schema.
    pub fn bare(name: impl Into<String>) -> ObjectName {
        ObjectName { namespace: None, name: name.into() }
    }

    pub(crate) fn new(namespace: Option<&str>, name: &str) -> ObjectName {
        ObjectName { namespace: namespace.map(str::to_owned), name: name.to_owned() }
    }

    /// Whether it names the same thing; namespaces are compared as [`same_namespace`] does.
    pub(crate) fn is(&self, namespace: Option<&str>, name: &str) -> bool {
        self.name == name && same_namespace(self.namespace.as_deref(), namespace)
    }
}

/// A thing that got another name. Names are those of the schema (models, fields, enums, values) or of the database.
///
/// Read from a command line by [`str::parse`], printed the same way:
/// `User=Account`, `User.name=fullName`, `enum Role=UserRole`, `enum Role.ADMIN=OWNER`; with PostgreSQL's schemas
/// `table auth.User=core.User` and `column auth.User.name=fullName`. Names with dots, blanks or equals signs stand in
/// double quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rename {
    /// A table, or the schema it is in.
    Table {
        /// What it was called.
        from: ObjectName,
        /// What it is called now.
        to: ObjectName,
    },
    /// A column.
    Column {
        /// Its table, by its old or new name.
        table: ObjectName,
        /// What it was called.
        from: String,
        /// What it is called now.
        to: String,
    },
    /// An enum type (PostgreSQL, CockroachDB).
    Enum {
        /// What it was called.
        from: ObjectName,
        /// What it is called now.
        to: ObjectName,
    },
    /// A value of an enum.
    EnumValue {
        /// The enum, by its old or new name.
        enumeration: ObjectName,
        /// What the value was called.
        from: String,
        /// What it is called now.
        to: String,
    },
}

/// What the rows that are there get in a column: one that is new, or one that becomes required and holds NULL.
///
/// Read from a command line as `User.adminRole=<SQL expression>`. The expression may use the columns the table has
/// before the migration, under their new names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backfill {
    /// The table.
    pub table: ObjectName,
    /// The column.
    pub column: String,
    /// An SQL expression.
    pub expression: String,
}

/// A decision that cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionError {
    /// `decision-syntax`, `rename-does-not-fit` or `backfill-does-not-fit`.
    pub code: &'static str,
    /// What is wrong and why.
    pub message: String,
    /// What could be meant, or what to do instead.
    pub help: String,
}

impl fmt::Display for DecisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, " {}", self.help) }
    }
}

impl std::error::Error for DecisionError {}

/// Decisions brought to bear on the catalog they are about.
#[derive(Debug, Clone)]
pub struct Decided {
    catalog: Catalog,
    said: Vec<Resolved>,
    renames: Vec<RenameStep>,
    backfills: Vec<ColumnBackfill>,
}

/// A rename in the terms of the database.
#[derive(Debug, Clone, PartialEq)]
struct Resolved {
    rename: Rename,
    /// Of an enum value: the columns of the enum, where it is no type of its own.
    columns: Vec<(ObjectName, String)>,
}

/// A rename as a step.
#[derive(Debug, Clone, PartialEq)]
pub enum RenameStep {
    /// A table gets another name or schema.
    Table {
        /// Old name.
        from: ObjectName,
        /// New name.
        to: ObjectName,
        /// PostgreSQL: sequences behind its columns that are called after it, old and new name.
        sequences: Vec<(String, String)>,
    },
    /// A column gets another name.
    Column {
        /// Its table, under its new name.
        table: ObjectName,
        /// Old name.
        from: String,
        /// New name.
        to: String,
        /// PostgreSQL: the sequence behind it that is called after it, old and new name.
        sequence: Option<(String, String)>,
    },
    /// An enum type gets another name or schema.
    Enum {
        /// Old name.
        from: ObjectName,
        /// New name.
        to: ObjectName,
    },
    /// An enum's value gets another name.
    EnumValue {
        /// The enum, under its new name.
        enumeration: ObjectName,
        /// Old value.
        from: String,
        /// New value.
        to: String,
        /// Where enums are no types of their own: the columns that hold the value, as they are before.
        columns: Vec<(ObjectName, Column)>,
    },
}

/// A backfill in the terms of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnBackfill {
    /// The table, under its new name.
    pub table: ObjectName,
    /// The column, under its new name.
    pub column: String,
    /// An SQL expression.
    pub expression: String,
}

impl ColumnBackfill {
    pub(crate) fn is_of(&self, namespace: Option<&str>, table: &str, column: &str) -> bool {
        self.column == column && self.table.is(namespace, table)
    }
}

/// Works out what decisions mean for the way from one catalog to another.
///
/// # Errors
/// A decision that matches nothing, or that cannot be carried out, with what could be meant instead.
pub fn decide(from: &Catalog, to: &Catalog, decisions: &Decisions) -> Result<Decided, DecisionError> {
    let mut decided = Decided { catalog: from.clone(), said: Vec::new(), renames: Vec::new(), backfills: Vec::new() };
    resolve::renames(&mut decided, from, to, &decisions.renames)?;
    resolve::backfills(&mut decided, to, &decisions.backfills)?;
    Ok(decided)
}

impl Decided {
    /// The difference that is left after the renames; they are its first steps.
    pub fn diff<'a>(&'a self, to: &'a Catalog) -> Diff<'a> {
        let mut diff = crate::diff::diff(&self.catalog, to);
        diff.renames.clone_from(&self.renames);
        diff.backfills.clone_from(&self.backfills);
        diff
    }

    /// The way back: what was renamed gets its old names again. `to` is the catalog that was led to; the difference to be
    /// taken from the result is the one to the old catalog.
    pub fn reversed(&self, to: &Catalog) -> Decided {
        let mut back = Decided { catalog: to.clone(), said: Vec::new(), renames: Vec::new(), backfills: Vec::new() };
        for said in self.said.iter().rev() {
            back.carry_out(said.reversed());
        }
        back
    }

    /// The renames in the names of the database, those that follow from others (join tables) included.
    pub fn renames(&self) -> impl Iterator<Item = &Rename> {
        self.said.iter().map(|said| &said.rename)
    }

    fn carry_out(&mut self, said: Resolved) {
        self.renames.push(apply::apply(&mut self.catalog, &said));
        self.said.push(said);
    }
}

impl Resolved {
    fn reversed(&self) -> Resolved {
        let rename = match self.rename.clone() {
            Rename::Table { from, to } => Rename::Table { from: to, to: from },
            Rename::Column { table, from, to } => Rename::Column { table, from: to, to: from },
            Rename::Enum { from, to } => Rename::Enum { from: to, to: from },
            Rename::EnumValue { enumeration, from, to } => Rename::EnumValue { enumeration, from: to, to: from },
        };
        Resolved { rename, columns: self.columns.clone() }
    }
}

impl Diff<'_> {
    /// What a table is called before the renames of this difference.
    pub(crate) fn original_table(&self, namespace: Option<&str>, table: &str) -> ObjectName {
        let mut name = ObjectName::new(namespace, table);
        for step in self.renames.iter().rev() {
            if let RenameStep::Table { from, to, .. } = step
                && to.is(name.namespace.as_deref(), &name.name)
            {
                name = from.clone();
            }
        }
        name
    }

    /// What a column is called before the renames of this difference; the table is under its new name.
    pub(crate) fn original_column(&self, namespace: Option<&str>, table: &str, column: &str) -> String {
        let mut name = column.to_owned();
        let mut holder = ObjectName::new(namespace, table);
        for step in self.renames.iter().rev() {
            match step {
                RenameStep::Table { from, to, .. } if to.is(holder.namespace.as_deref(), &holder.name) => {
                    holder = from.clone();
                }
                RenameStep::Column { table: of, from, to, .. }
                    if of.is(holder.namespace.as_deref(), &holder.name) && *to == name =>
                {
                    name.clone_from(from);
                }
                RenameStep::Table { .. }
                | RenameStep::Column { .. }
                | RenameStep::Enum { .. }
                | RenameStep::EnumValue { .. } => {}
            }
        }
        name
    }

    /// The expression for the rows that are there in a column of the new catalog.
    pub(crate) fn backfill(&self, namespace: Option<&str>, table: &str, column: &str) -> Option<&str> {
        let found = self.backfills.iter().find(|backfill| backfill.is_of(namespace, table, column));
        found.map(|backfill| backfill.expression.as_str())
    }
}
