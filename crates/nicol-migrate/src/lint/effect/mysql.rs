//! MySQL 8 and later, and MariaDB 10.6 and later, with InnoDB: the cheapest way the server accepts.

use nicol_db::Dialect;

use super::types::{MyType, mysql};
use super::{Blocks, Work};
use crate::lint::known::{Known, Table};
use crate::sql::{Action, Change, Column, Constraint, ConstraintKind, CreateIndex, Generated, Name};

/// How the server carries a change out, cheapest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Online {
    /// Only the dictionary changes.
    Instant,
    /// Writes go on while it works.
    InPlace,
    /// Writes wait while it works.
    InPlaceShared,
    /// The table is copied; writes wait.
    Copy,
}

impl Online {
    /// What the server would say.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Online::Instant => "ALGORITHM=INSTANT",
            Online::InPlace => "ALGORITHM=INPLACE, LOCK=NONE",
            Online::InPlaceShared => "ALGORITHM=INPLACE, LOCK=SHARED",
            Online::Copy => "ALGORITHM=COPY, LOCK=SHARED",
        }
    }

    pub(crate) fn blocks(self) -> Blocks {
        match self {
            Online::Instant | Online::InPlace => Blocks::Nothing,
            Online::InPlaceShared | Online::Copy => Blocks::Writes,
        }
    }

    pub(crate) fn work(self) -> Work {
        match self {
            Online::Instant => Work::Instant,
            Online::InPlace | Online::InPlaceShared => Work::IndexBuild,
            Online::Copy => Work::Rewrite,
        }
    }
}

/// What a session and a server add to the rules.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Session {
    pub(crate) dialect: Dialect,
    /// `foreign_key_checks` is on.
    pub(crate) checks_foreign_keys: bool,
}

/// The cost of a statement on a table that has rows; nothing when it is no change of one.
pub(crate) fn online(action: &Action, known: &Known, session: Session) -> Option<Online> {
    match action {
        Action::AlterTable { table, clauses } => {
            let known_table = known.table(table, session.dialect);
            let replaces_key = clauses.iter().any(|clause| is_primary(&clause.change));
            let costs = clauses.iter().map(|clause| match &clause.change {
                Change::DropPrimaryKey if replaces_key => Online::InPlace,
                change => change_cost(change, table, known_table, known, session),
            });
            costs.max()
        }
        Action::CreateIndex(index) => Some(index_cost(index)),
        Action::DropIndex { .. } => Some(Online::InPlace),
        _ => None,
    }
}

fn is_primary(change: &Change) -> bool {
    matches!(change, Change::AddConstraint(Constraint { kind: ConstraintKind::Primary(_), .. }))
}

fn index_cost(index: &CreateIndex) -> Online {
    if index.special.is_some() { Online::InPlaceShared } else { Online::InPlace }
}

/// The cost of one clause.
pub(crate) fn change_cost(
    change: &Change,
    name: &Name,
    table: Option<&Table>,
    known: &Known,
    session: Session,
) -> Online {
    match change {
        Change::AddColumn(column) => added(column, session),
        Change::DropColumn { column, .. } => {
            let key = Known::key(name, session.dialect);
            let is_indexed = known.indexes.values().any(|index| index.table == key && index.columns.contains(column));
            if is_indexed { Online::InPlace } else { Online::Instant }
        }
        Change::Modify { column, definition } => {
            let old = table.and_then(|table| table.column(column));
            old.map_or(Online::Copy, |old| modified(old, definition, session.dialect))
        }
        Change::AddConstraint(constraint) => match &constraint.kind {
            ConstraintKind::Foreign(..) if !session.checks_foreign_keys => Online::InPlace,
            ConstraintKind::Foreign(..) | ConstraintKind::Check(_) => Online::Copy,
            ConstraintKind::Unique(_) | ConstraintKind::Primary(_) => Online::InPlace,
            ConstraintKind::NotNull(_) | ConstraintKind::Exclude => Online::Copy,
        },
        Change::AddIndex(index) => index_cost(index),
        Change::DropPrimaryKey | Change::Convert => Online::Copy,
        Change::DropIndex(_) | Change::Rebuild | Change::DropConstraint { .. } => Online::InPlace,
        Change::Default { .. }
        | Change::RenameColumn { .. }
        | Change::RenameTable(_)
        | Change::RenameOther
        | Change::Setting
        | Change::Limit { .. }
        | Change::Type { .. }
        | Change::SetNotNull(_)
        | Change::DropNotNull(_)
        | Change::Validate(_)
        | Change::Detach { .. }
        | Change::Attach(_)
        | Change::Other(_) => Online::Instant,
    }
}

fn added(column: &Column, session: Session) -> Online {
    if column.is_auto_increment {
        return Online::InPlaceShared;
    }
    let is_computed = column.default.as_deref().is_some_and(|default| default.trim_start().starts_with('('));
    let is_checked = column.check.is_some() && session.dialect == Dialect::Mysql;
    let refers = column.references.is_some() && session.checks_foreign_keys;
    if is_computed || is_checked || refers || column.generated == Some(Generated::Stored) {
        Online::Copy
    } else if column.is_unique || column.is_primary {
        Online::InPlace
    } else {
        Online::Instant
    }
}

fn modified(old: &Column, new: &Column, dialect: Dialect) -> Online {
    let (from, to) = (mysql(&old.ty), mysql(&new.ty));
    let mut cost = type_cost(&from, &to, dialect);
    if old.not_null != new.not_null {
        cost = cost.max(Online::InPlace);
    }
    if new.is_auto_increment && !old.is_auto_increment {
        cost = Online::Copy;
    }
    cost
}

/// What the type alone costs.
pub(crate) fn type_cost(from: &MyType, to: &MyType, dialect: Dialect) -> Online {
    if from == to {
        return Online::Instant;
    }
    if from.base == to.base && !from.values.is_empty() {
        let grows = to.values.starts_with(&from.values);
        let same_size = (from.values.len() <= 255) == (to.values.len() <= 255);
        return if grows && same_size { Online::Instant } else { Online::Copy };
    }
    if from.base == "varchar" && to.base == "varchar" && from.character_bytes == to.character_bytes {
        return match (bytes(from), bytes(to)) {
            (before, after) if after < before => Online::Copy,
            (before, after) if dialect == Dialect::Mariadb && (before <= 127 || before >= 256 || after <= 255) => {
                Online::Instant
            }
            (before, after) if dialect == Dialect::Mysql && (before <= 255) == (after <= 255) => Online::InPlace,
            _ => Online::Copy,
        };
    }
    Online::Copy
}

/// The most bytes a value of a VARCHAR takes.
pub(crate) fn bytes(ty: &MyType) -> u32 {
    ty.arguments.first().copied().unwrap_or(0).saturating_mul(ty.character_bytes)
}
