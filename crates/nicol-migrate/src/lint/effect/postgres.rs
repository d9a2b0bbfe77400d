//! PostgreSQL 11 and later: the table locks a statement takes, and what it does while it holds them.

use super::types::{postgres, postgres_change};
use super::{Blocks, Work};
use crate::lint::known::{Known, Table};
use crate::sql::{Action, Change, Column, Constraint, ConstraintKind, Generated, Name, TokenKind, tokens};
use nicol_db::Dialect;

/// Lock modes of tables, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lock {
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
}

impl Lock {
    /// As SQL says it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Lock::RowShare => "ROW SHARE",
            Lock::RowExclusive => "ROW EXCLUSIVE",
            Lock::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Lock::Share => "SHARE",
            Lock::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Lock::Exclusive => "EXCLUSIVE",
            Lock::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// What waits for it.
    pub(crate) fn blocks(self) -> Blocks {
        match self {
            Lock::RowShare | Lock::RowExclusive => Blocks::Nothing,
            Lock::ShareUpdateExclusive => Blocks::SchemaChanges,
            Lock::Share | Lock::ShareRowExclusive | Lock::Exclusive => Blocks::Writes,
            Lock::AccessExclusive => Blocks::ReadsAndWrites,
        }
    }
}

/// The locks of a statement, by key of the table, and the work done under them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) locks: Vec<(String, Lock)>,
    pub(crate) work: Work,
}

impl Effect {
    fn new(table: &str, lock: Lock, work: Work) -> Effect {
        Effect { locks: vec![(table.to_string(), lock)], work }
    }

    fn and(mut self, table: &str, lock: Lock) -> Effect {
        match self.locks.iter_mut().find(|(known, _)| known == table) {
            Some((_, held)) => *held = (*held).max(lock),
            None => self.locks.push((table.to_string(), lock)),
        }
        self
    }
}

fn key(name: &Name) -> String {
    Known::key(name, Dialect::Postgres)
}

/// The effect of a statement; nothing when it touches no table that is known.
pub(crate) fn effect(action: &Action, known: &Known) -> Option<Effect> {
    match action {
        Action::CreateTable(create) => {
            let own = key(&create.name);
            let mut effect = Effect { locks: Vec::new(), work: Work::Instant };
            for to in references(&create.columns, &create.constraints).filter(|to| *to != own) {
                effect = effect.and(&to, Lock::ShareRowExclusive);
            }
            (!effect.locks.is_empty()).then_some(effect)
        }
        Action::AlterTable { table, clauses } => {
            let mut whole: Option<Effect> = None;
            for clause in clauses {
                let next = change(table, &clause.change, known);
                whole = Some(match whole {
                    None => next,
                    Some(mut before) => {
                        before.work = before.work.max(next.work);
                        next.locks.iter().fold(before, |effect, (table, lock)| effect.and(table, *lock))
                    }
                });
            }
            whole
        }
        Action::CreateIndex(index) => {
            let lock = if index.concurrently { Lock::ShareUpdateExclusive } else { Lock::Share };
            Some(Effect::new(&key(&index.table), lock, Work::IndexBuild))
        }
        Action::DropIndex { indexes, concurrently, .. } => {
            let lock = if *concurrently { Lock::ShareUpdateExclusive } else { Lock::AccessExclusive };
            let table = indexes.iter().find_map(|index| known.indexes.get(&index.name))?;
            Some(Effect::new(&table.table, lock, Work::Instant))
        }
        Action::DropTable { tables, cascade } => Some(dropped(tables, *cascade, known)),
        Action::Truncate { tables, cascade } => {
            let mut effect = Effect { locks: Vec::new(), work: Work::Instant };
            for table in tables {
                effect = effect.and(&key(table), Lock::AccessExclusive);
                let children = known.children_of(&key(table)).filter(|_| *cascade);
                effect = children.fold(effect, |effect, child| effect.and(&child, Lock::AccessExclusive));
            }
            Some(effect)
        }
        Action::Reindex { concurrently, target } => {
            let target = target.as_ref()?;
            let lock = if *concurrently { Lock::ShareUpdateExclusive } else { Lock::Share };
            let table = known.indexes.get(&target.name).map_or_else(|| key(target), |index| index.table.clone());
            Some(Effect::new(&table, lock, Work::IndexBuild))
        }
        Action::RewriteTable { table, .. } => {
            table.as_ref().map(|table| Effect::new(&key(table), Lock::AccessExclusive, Work::Rewrite))
        }
        Action::Refresh { view, concurrently } => {
            let lock = if *concurrently { Lock::Exclusive } else { Lock::AccessExclusive };
            Some(Effect::new(&key(view), lock, Work::Rewrite))
        }
        Action::CreateTrigger { table } => Some(Effect::new(&key(table), Lock::ShareRowExclusive, Work::Instant)),
        Action::Rows(rows) => Some(Effect::new(&key(&rows.table), Lock::RowExclusive, Work::Scan)),
        Action::LockTables { tables, mode } => {
            let lock = lock_mode(mode);
            let effect = Effect { locks: Vec::new(), work: Work::Instant };
            Some(tables.iter().fold(effect, |effect, table| effect.and(&key(table), lock)))
        }
        Action::Begin
        | Action::Commit
        | Action::Rollback
        | Action::DropSchema { .. }
        | Action::DropOther { .. }
        | Action::RenameTables(_)
        | Action::RenameSchema { .. }
        | Action::CreateEnum { .. }
        | Action::AddEnumValue { .. }
        | Action::RenameEnumValue { .. }
        | Action::CreateDomain { .. }
        | Action::AlterDomain { .. }
        | Action::Opaque { .. }
        | Action::Set { .. }
        | Action::Pragma { .. }
        | Action::Other(_) => None,
    }
}

/// `LOCK TABLE` without a mode means the strongest.
pub(crate) fn lock_mode(mode: &str) -> Lock {
    match mode {
        "ACCESS SHARE" | "ROW SHARE" => Lock::RowShare,
        "ROW EXCLUSIVE" => Lock::RowExclusive,
        "SHARE UPDATE EXCLUSIVE" => Lock::ShareUpdateExclusive,
        "SHARE" => Lock::Share,
        "SHARE ROW EXCLUSIVE" => Lock::ShareRowExclusive,
        "EXCLUSIVE" => Lock::Exclusive,
        _ => Lock::AccessExclusive,
    }
}

/// Keys of the tables that foreign keys of a definition refer to.
pub(crate) fn references(columns: &[Column], constraints: &[Constraint]) -> impl Iterator<Item = String> {
    let inline = columns.iter().filter_map(|column| column.references.as_ref());
    let own = constraints.iter().filter_map(|constraint| match &constraint.kind {
        ConstraintKind::Foreign(_, reference) => Some(reference),
        _ => None,
    });
    inline.chain(own).map(|reference| key(&reference.table)).collect::<Vec<_>>().into_iter()
}

fn dropped(tables: &[Name], cascade: bool, known: &Known) -> Effect {
    let mut effect = Effect { locks: Vec::new(), work: Work::Instant };
    for table in tables {
        let own = key(table);
        effect = effect.and(&own, Lock::AccessExclusive);
        for foreign in known.tables.get(&own).iter().flat_map(|table| &table.foreign_keys) {
            effect = effect.and(&foreign.to, Lock::AccessExclusive);
        }
        if cascade {
            effect = known.children_of(&own).fold(effect, |effect, child| effect.and(&child, Lock::AccessExclusive));
        }
    }
    effect
}

/// The effect of one clause.
pub(crate) fn change(name: &Name, change: &Change, known: &Known) -> Effect {
    let own = key(name);
    let table = known.tables.get(&own);
    let exclusive = |work: Work| Effect::new(&own, Lock::AccessExclusive, work);
    match change {
        Change::AddColumn(column) => {
            let mut effect = exclusive(added(column));
            if let Some(reference) = &column.references {
                effect = effect.and(&key(&reference.table), Lock::ShareRowExclusive);
            }
            effect
        }
        Change::Type { column, ty, using } => exclusive(type_work(table, column, ty, using.as_deref()).0),
        Change::SetNotNull(column) => {
            let is_known = table.is_some_and(|table| {
                table.proves_not_null(column) || table.column(column).is_some_and(|column| column.not_null)
            });
            exclusive(if is_known { Work::Instant } else { Work::Scan })
        }
        Change::AddConstraint(constraint) => added_constraint(&own, constraint),
        Change::DropConstraint { name, .. } => {
            let foreign = table.into_iter().flat_map(|table| &table.foreign_keys);
            let dropped = foreign.filter(|foreign| foreign.name.as_ref() == Some(name));
            dropped.fold(exclusive(Work::Instant), |effect, foreign| effect.and(&foreign.to, Lock::AccessExclusive))
        }
        Change::DropColumn { column, .. } => {
            let foreign = table.into_iter().flat_map(|table| &table.foreign_keys);
            let dropped = foreign.filter(|foreign| foreign.columns.contains(column));
            dropped.fold(exclusive(Work::Instant), |effect, foreign| effect.and(&foreign.to, Lock::AccessExclusive))
        }
        Change::Validate(name) => {
            let effect = Effect::new(&own, Lock::ShareUpdateExclusive, Work::Scan);
            let foreign = table.into_iter().flat_map(|table| &table.foreign_keys);
            let checked = foreign.filter(|foreign| foreign.name.as_ref() == Some(name));
            checked.fold(effect, |effect, foreign| effect.and(&foreign.to, Lock::RowShare))
        }
        Change::Setting => Effect::new(&own, Lock::ShareUpdateExclusive, Work::Instant),
        Change::Detach { concurrently: true } => Effect::new(&own, Lock::ShareUpdateExclusive, Work::Instant),
        Change::Attach(part) => {
            Effect::new(&own, Lock::ShareUpdateExclusive, Work::Scan).and(&key(part), Lock::AccessExclusive)
        }
        Change::Rebuild => exclusive(Work::Rewrite),
        Change::DropNotNull(_)
        | Change::Default { .. }
        | Change::Modify { .. }
        | Change::AddIndex(_)
        | Change::DropPrimaryKey
        | Change::DropIndex(_)
        | Change::RenameColumn { .. }
        | Change::RenameTable(_)
        | Change::RenameOther
        | Change::Detach { concurrently: false }
        | Change::Convert
        | Change::Limit { .. }
        | Change::Other(_) => exclusive(Work::Instant),
    }
}

/// What a changed type costs, and whether the session's time zone decides. An unknown old type is taken for the worst.
pub(crate) fn type_work(table: Option<&Table>, column: &str, ty: &str, using: Option<&str>) -> (Work, bool) {
    let Some(old) = table.and_then(|table| table.column(column)) else {
        return (Work::Rewrite, false);
    };
    let (work, by_zone) = postgres_change(&postgres(&old.ty), &postgres(ty));
    // `USING column` and `USING column::type` say what would be done anyway.
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect::<String>().to_lowercase();
    let is_plain = using.is_none_or(|using| {
        let using = plain(using);
        using == plain(column) || using == format!("{}{}", plain(column), plain(ty))
    });
    if is_plain { (work, by_zone) } else { (Work::Rewrite, false) }
}

fn added(column: &Column) -> Work {
    let is_serial = postgres_serial(&column.ty);
    let is_volatile = column.default.as_deref().is_some_and(is_volatile);
    if is_serial || column.is_identity || column.generated == Some(Generated::Stored) || is_volatile {
        Work::Rewrite
    } else if column.is_unique || column.is_primary {
        Work::IndexBuild
    } else if column.check.is_some() && column.default.is_some() {
        Work::Scan
    } else {
        Work::Instant
    }
}

/// Whether a type counts up by itself.
pub(crate) fn postgres_serial(ty: &str) -> bool {
    matches!(ty, "serial" | "bigserial" | "smallserial" | "serial2" | "serial4" | "serial8")
}

fn added_constraint(own: &str, constraint: &Constraint) -> Effect {
    let exclusive = |work: Work| Effect::new(own, Lock::AccessExclusive, work);
    let checked = |work: Work| if constraint.not_valid { Work::Instant } else { work };
    match &constraint.kind {
        ConstraintKind::Foreign(_, reference) => Effect::new(own, Lock::ShareRowExclusive, checked(Work::Scan))
            .and(&key(&reference.table), Lock::ShareRowExclusive),
        ConstraintKind::Check(_) | ConstraintKind::NotNull(_) => exclusive(checked(Work::Scan)),
        ConstraintKind::Unique(_) | ConstraintKind::Primary(_) if constraint.using_index => exclusive(Work::Instant),
        ConstraintKind::Unique(_) | ConstraintKind::Primary(_) | ConstraintKind::Exclude => exclusive(Work::IndexBuild),
    }
}

/// Functions that give the same value for every row of a statement: a default of theirs is computed once.
const STABLE: [&str; 30] = [
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "current_timestamp",
    "localtimestamp",
    "current_time",
    "localtime",
    "current_setting",
    "to_char",
    "to_timestamp",
    "to_date",
    "date_trunc",
    "date_part",
    "timezone",
    "lower",
    "upper",
    "md5",
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "array",
    "row",
    "jsonb_build_object",
    "jsonb_build_array",
    "json_build_object",
    "to_jsonb",
    "make_interval",
    "make_date",
    "decode",
];

/// Whether a default has to be computed for every row. A function nobody knows counts as such.
pub(crate) fn is_volatile(default: &str) -> bool {
    let tokens = tokens(default, Dialect::Postgres);
    tokens.windows(2).enumerate().any(|(at, pair)| {
        let is_call = matches!(pair[0].kind, TokenKind::Word | TokenKind::Name) && pair[1].is_mark('(');
        // `::numeric(10, 2)` is a type.
        let is_type = at > 0 && tokens[at - 1].is_mark(':');
        let name = pair[0].content().to_lowercase();
        is_call && !is_type && !STABLE.contains(&name.as_str())
    })
}
