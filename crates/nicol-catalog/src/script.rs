//! A plan as SQL text.
//!
//! **In**: a [`Plan`]. **Out**: the script: for each step a comment line with its name, then its statements, each ended by
//! a semicolon; an empty line between steps. The warnings that stand above a migration are not written here.

use nicol_db::Dialect;

use crate::decisions::RenameStep;
use crate::plan::{Plan, Step};
use crate::{cockroach, mysql, postgres, sqlite};

/// A step as text.
pub(crate) struct StepText {
    /// Comment lines and empty lines between the step's name and its statements.
    pub(crate) lead: &'static str,
    /// Statements without their semicolons.
    pub(crate) statements: Vec<String>,
}

impl StepText {
    pub(crate) fn one(statement: String) -> StepText {
        StepText { lead: "", statements: vec![statement] }
    }

    pub(crate) fn many(statements: Vec<String>) -> StepText {
        StepText { lead: "", statements }
    }

    /// Of a step that has no meaning in the dialect; plans of it hold none.
    pub(crate) fn nothing() -> StepText {
        StepText::many(Vec::new())
    }
}

/// The script of a plan; empty when there is nothing to do.
pub fn script(plan: &Plan<'_>) -> String {
    let mut out = String::new();
    for step in &plan.steps {
        let text = match plan.dialect {
            Dialect::Sqlite => sqlite::ddl::step(plan, step),
            Dialect::Postgres => postgres::ddl::step(plan, step),
            Dialect::Cockroachdb => cockroach::ddl::step(plan, step),
            Dialect::Mysql | Dialect::Mariadb => mysql::ddl::step(plan, step),
        };
        if text.statements.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str("-- ");
        out.push_str(label(plan, step));
        out.push('\n');
        out.push_str(text.lead);
        for statement in &text.statements {
            out.push_str(statement);
            out.push_str(";\n");
        }
    }
    out
}

fn label(plan: &Plan<'_>, step: &Step) -> &'static str {
    match step {
        Step::Rename(place) => match &plan.diff.renames[*place] {
            RenameStep::Table { .. } => "RenameTable",
            RenameStep::Column { .. } => "RenameColumn",
            RenameStep::Enum { .. } => "RenameEnum",
            RenameStep::EnumValue { .. } => "RenameEnumValue",
        },
        Step::Backfill(..) => "Backfill",
        Step::DropGuard(_) => "DropAppendOnly",
        Step::CreateGuard(_) => "AddAppendOnly",
        Step::DropCheck(..) => "DropCheck",
        Step::AddCheck(..) => "AddCheck",
        Step::CreateNamespace(_) => "CreateSchema",
        Step::DropExtension(_) => "DropExtension",
        Step::CreateExtension(_) => "CreateExtension",
        Step::AlterExtension(..) => "AlterExtension",
        Step::AlterSequence { .. } => "AlterSequence",
        Step::CreateEnum(_) => "CreateEnum",
        Step::AlterEnum(_) => "AlterEnum",
        Step::DropForeignKey(..) => "DropForeignKey",
        Step::DropIndex(..) => "DropIndex",
        Step::AlterTable(_) => "AlterTable",
        Step::AlterPrimaryKey(_) => "AlterPrimaryKey",
        Step::DropTable(_) => "DropTable",
        Step::DropEnum(_) => "DropEnum",
        Step::CreateTable(_) => "CreateTable",
        Step::RedefineTables(_) => "RedefineTables",
        Step::CreateIndex(..) => "CreateIndex",
        Step::RenameForeignKey(..) => "RenameForeignKey",
        Step::AddForeignKey(..) => "AddForeignKey",
        Step::RenameIndex(..) => "RenameIndex",
        Step::RedefineIndex(..) => "RedefineIndex",
    }
}
