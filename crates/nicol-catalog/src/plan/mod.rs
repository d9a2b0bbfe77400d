//! What is to be done, in which order, and what may be lost by it.
//!
//! **In**: a [`Diff`]. **Out**: a [`Plan`]: steps in the order of an explicit list of phases, and [`Risk`]s. Here, and only
//! here, it is decided whether a difference is altered in place, recreated or leads to a rebuilt table; each dialect
//! gives its [`Rules`] as data. No SQL is written here but the queries that count the rows at risk.

mod choices;
mod phases;
mod risks;
mod touched;

use nicol_db::Dialect;

pub use risks::{Risk, RiskKind};
pub use touched::Touched;

use crate::catalog::{Catalog, Column, Default, Literal, Table};
use crate::diff::{ColumnDiff, Diff, EnumDiff, TableDiff};
use crate::{cockroach, mariadb, mysql, postgres, sqlite};

/// The steps between two catalogs.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// The differences it is made from.
    pub diff: &'a Diff<'a>,
    /// Whose SQL is meant.
    pub dialect: Dialect,
    /// Steps in order.
    pub steps: Vec<Step>,
    /// What may be lost and what may fail: warnings, then steps that cannot run, each in the order of the steps.
    pub risks: Vec<Risk>,
}

impl Plan<'_> {
    /// True when there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// True when the script cannot run inside one transaction: PostgreSQL lets nobody use an enum value in the
    /// transaction that adds it, and a column's default counts as use.
    pub fn must_run_outside_transaction(&self) -> bool {
        self.dialect == Dialect::Postgres
            && self.diff.changed_enums.iter().any(|change| change.removed.is_empty() && self.is_used_at_once(change))
    }

    fn is_used_at_once(&self, change: &EnumDiff) -> bool {
        let after = &self.diff.to.enums[change.to];
        postgres::ddl::enum_usages(self.diff.to, after).into_iter().any(|(table, column)| {
            match &self.diff.to.tables[table].columns[column].default {
                Some(Default::Literal(Literal::Enum(value))) => change.added.contains(value),
                Some(Default::Literal(Literal::List(items))) => {
                    items.iter().any(|item| matches!(item, Literal::Enum(value) if change.added.contains(value)))
                }
                Some(_) | None => false,
            }
        })
    }
}

/// One step. Numbers are places in the catalogs: of the old one for what goes, of the new one for what comes; pairs are
/// (table, part of it).
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A PostgreSQL schema is made.
    CreateNamespace(String),
    /// Rows of a table may be changed again, for good or while the migration runs: place in the old catalog.
    DropGuard(usize),
    /// A check goes.
    DropCheck(usize, usize),
    /// Something gets the name that a person said: place in [`Diff::renames`].
    Rename(usize),
    /// An extension goes, to come back otherwise.
    DropExtension(usize),
    /// An extension comes.
    CreateExtension(usize),
    /// An extension is updated or moved.
    AlterExtension(usize, usize),
    /// CockroachDB: an identity's options change.
    AlterSequence {
        /// Place in [`Diff::tables`].
        table: usize,
        /// The column.
        column: ColumnDiff,
    },
    /// An enum type comes.
    CreateEnum(usize),
    /// An enum type gets other values: place in [`Diff::changed_enums`].
    AlterEnum(usize),
    /// A foreign key goes.
    DropForeignKey(usize, usize),
    /// An index goes.
    DropIndex(usize, usize),
    /// A table is altered in place.
    AlterTable(AlterTable),
    /// The rows that are there get values in a column: place of the table in [`Diff::tables`], of the column in the new
    /// table.
    Backfill(usize, usize),
    /// CockroachDB: a primary key moves to other columns. Place in [`Diff::tables`].
    AlterPrimaryKey(usize),
    /// A table goes.
    DropTable(usize),
    /// An enum type goes.
    DropEnum(usize),
    /// A table comes.
    CreateTable(usize),
    /// Tables are rebuilt: places in [`Diff::tables`].
    RedefineTables(Vec<usize>),
    /// An index comes.
    CreateIndex(usize, usize),
    /// A foreign key gets another name: old and new.
    RenameForeignKey((usize, usize), (usize, usize)),
    /// A foreign key comes.
    AddForeignKey(usize, usize),
    /// A check comes.
    AddCheck(usize, usize),
    /// Rows of a table are only ever added from now on: place in the new catalog.
    CreateGuard(usize),
    /// An index gets another name: old and new.
    RenameIndex((usize, usize), (usize, usize)),
    /// An index is made anew under another name: old and new.
    RedefineIndex((usize, usize), (usize, usize)),
}

/// A table altered in place.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterTable {
    /// Place in [`Diff::tables`].
    pub table: usize,
    /// The changes in order.
    pub changes: Vec<TableChange>,
}

/// A change within an altered table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TableChange {
    /// The primary key goes.
    DropPrimaryKey,
    /// The primary key gets another name.
    RenamePrimaryKey,
    /// A column goes: place in the old table.
    DropColumn(usize),
    /// A column comes: place in the new table.
    AddColumn(usize),
    /// A column comes that is to be filled before it is required: place in the new table.
    AddUnfilledColumn(usize),
    /// A column that is filled by now becomes required: place in the new table.
    RequireColumn(usize),
    /// A column changes in place.
    AlterColumn(ColumnDiff),
    /// A column is dropped and made anew, as its values cannot be converted.
    RecreateColumn(ColumnDiff),
    /// The primary key comes.
    AddPrimaryKey,
}

/// How values get from one type to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// Every value is kept.
    Safe,
    /// Values may be cut, or the change may fail.
    Risky,
    /// The server cannot; the column has to be made anew.
    Impossible,
}

/// What a server does with foreign keys that only change their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyRenaming {
    /// They are renamed.
    InPlace,
    /// They are dropped and added.
    Recreate,
    /// They have no names.
    Never,
}

/// What a dialect can do in place.
pub(crate) struct Rules {
    /// How a column's values get to its new type.
    pub(crate) cast: fn(&ColumnPair<'_>) -> Cast,
    /// Whether a table has to be rebuilt.
    pub(crate) must_redefine: fn(&Diff<'_>, &TableDiff) -> bool,
    /// Indexes of new tables are steps of their own.
    pub(crate) has_separate_indexes: bool,
    /// Foreign keys are steps of their own.
    pub(crate) has_separate_foreign_keys: bool,
    /// Indexes of dropped tables are dropped first when other tables are rebuilt.
    pub(crate) drops_indexes_before_rebuild: bool,
    /// Rebuilding a table takes the foreign keys that point at it.
    pub(crate) rebuild_loses_inbound_keys: bool,
    /// A primary key can move to other columns.
    pub(crate) alters_primary_key: bool,
    /// An index can be renamed.
    pub(crate) renames_indexes: bool,
    /// Foreign keys that only change their names.
    pub(crate) key_renaming: KeyRenaming,
    /// A foreign key needs an index of its columns, and stands in the way of MODIFY ... NOT NULL.
    pub(crate) keys_need_indexes: bool,
    /// An index survives the loss of one of its columns, without that column.
    pub(crate) indexes_outlive_columns: bool,
}

/// A column before and after, with its tables.
pub(crate) struct ColumnPair<'a> {
    pub(crate) old_table: &'a Table,
    pub(crate) new_table: &'a Table,
    pub(crate) old: &'a Column,
    pub(crate) new: &'a Column,
}

pub(crate) fn rules(dialect: Dialect) -> &'static Rules {
    match dialect {
        Dialect::Sqlite => &sqlite::plan::RULES,
        Dialect::Postgres => &postgres::plan::RULES,
        Dialect::Cockroachdb => &cockroach::plan::RULES,
        Dialect::Mysql => &mysql::plan::RULES,
        Dialect::Mariadb => &mariadb::RULES,
    }
}

/// The dialect to write: a live MariaDB on either side decides, as a schema cannot tell it from MySQL.
fn dialect_between(from: &Catalog, to: &Catalog) -> Dialect {
    match (from.dialect, to.dialect) {
        (Dialect::Mariadb, _) => Dialect::Mariadb,
        (Dialect::Sqlite | Dialect::Postgres | Dialect::Mysql | Dialect::Cockroachdb, to) => to,
    }
}

impl Diff<'_> {
    /// A column of a table on both sides, before and after.
    pub(crate) fn column_pair(&self, table: &TableDiff, column: &ColumnDiff) -> ColumnPair<'_> {
        let (old_table, new_table) = (&self.from.tables[table.from], &self.to.tables[table.to]);
        ColumnPair { old: &old_table.columns[column.from], new: &new_table.columns[column.to], old_table, new_table }
    }
}

/// Decides how to get from one catalog to the other.
pub fn plan<'a>(diff: &'a Diff<'a>) -> Plan<'a> {
    let dialect = dialect_between(diff.from, diff.to);
    let choices = choices::choose(diff, rules(dialect));
    let steps = phases::steps(diff, &choices);
    let risks = risks::of(diff, dialect, &steps, &choices);
    Plan { diff, dialect, steps, risks }
}
