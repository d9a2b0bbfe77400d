//! The columns and tables of a live database that a plan takes away or gives another type: what a view that reads them
//! stands in the way of.

use super::{AlterTable, Plan, Step, TableChange};
use crate::catalog::Table;
use crate::diff::Diff;
use crate::postgres::ddl::enum_usages;

/// A column, or a whole table, by its names before the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Schema of the table; none for the connection's own.
    pub namespace: Option<String>,
    /// The table.
    pub table: String,
    /// The column; none when the whole table goes.
    pub column: Option<String>,
}

impl Plan<'_> {
    /// What the plan drops or gives another type.
    pub fn touched(&self) -> Vec<Touched> {
        let mut found = Vec::new();
        for step in &self.steps {
            match step {
                Step::DropTable(place) => found.push(touched(self.diff, &self.diff.from.tables[*place], None)),
                Step::AlterTable(alter) => of_table(self.diff, alter, &mut found),
                Step::AlterEnum(place) => {
                    let change = &self.diff.changed_enums[*place];
                    if !change.removed.is_empty() {
                        let usages = enum_usages(self.diff.from, &self.diff.from.enums[change.from]);
                        found.extend(usages.into_iter().map(|(table, column)| {
                            let table = &self.diff.from.tables[table];
                            touched(self.diff, table, Some(&table.columns[column].name))
                        }));
                    }
                }
                Step::CreateNamespace(_)
                | Step::DropGuard(_)
                | Step::DropCheck(..)
                | Step::Rename(_)
                | Step::DropExtension(_)
                | Step::CreateExtension(_)
                | Step::AlterExtension(..)
                | Step::AlterSequence { .. }
                | Step::CreateEnum(_)
                | Step::DropForeignKey(..)
                | Step::DropIndex(..)
                | Step::Backfill(..)
                | Step::AlterPrimaryKey(_)
                | Step::DropEnum(_)
                | Step::CreateTable(_)
                | Step::RedefineTables(_)
                | Step::CreateIndex(..)
                | Step::RenameForeignKey(..)
                | Step::AddForeignKey(..)
                | Step::AddCheck(..)
                | Step::CreateGuard(_)
                | Step::RenameIndex(..)
                | Step::RedefineIndex(..) => {}
            }
        }
        found
    }
}

fn of_table(diff: &Diff<'_>, alter: &AlterTable, found: &mut Vec<Touched>) {
    let old = &diff.from.tables[diff.tables[alter.table].from];
    for change in &alter.changes {
        let column = match change {
            TableChange::DropColumn(place) => *place,
            TableChange::RecreateColumn(column) => column.from,
            TableChange::AlterColumn(column) if column.ty => column.from,
            TableChange::AlterColumn(_)
            | TableChange::DropPrimaryKey
            | TableChange::RenamePrimaryKey
            | TableChange::AddColumn(_)
            | TableChange::AddUnfilledColumn(_)
            | TableChange::RequireColumn(_)
            | TableChange::AddPrimaryKey => continue,
        };
        found.push(touched(diff, old, Some(&old.columns[column].name)));
    }
}

fn touched(diff: &Diff<'_>, table: &Table, column: Option<&str>) -> Touched {
    let name = diff.original_table(table.namespace.as_deref(), &table.name);
    let column = column.map(|column| diff.original_column(table.namespace.as_deref(), &table.name, column));
    Touched { namespace: name.namespace, table: name.name, column }
}
