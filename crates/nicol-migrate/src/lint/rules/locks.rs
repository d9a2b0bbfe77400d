//! PostgreSQL: locks that stop an application, and what is done while they are held.

use nicol_db::Dialect;

use super::{in_order, stepwise};
use crate::lint::effect::postgres::{self, Effect, Lock, lock_mode};
use crate::lint::effect::{Blocks, Work};
use crate::lint::finding::Draft;
use crate::lint::scene::{Scene, Statement};
use crate::sql::{Action, Change, Clause, Column, Constraint, ConstraintKind, Name, RowsKind};

pub(super) fn check(scene: &Scene<'_>, found: &mut Vec<Draft>) {
    if scene.dialect() == Dialect::Postgres {
        postgres(scene, found);
    } else if let Action::LockTables { tables, mode } = &scene.statement().action
        && scene.dialect().is_mysql_family()
        && mode != "READ"
    {
        let names = tables.iter().map(|table| scene.key(table)).collect();
        let message = "LOCK TABLES stops everybody else until UNLOCK TABLES";
        found.push(Draft::new("NL219", message).cost("WRITE", names, Blocks::ReadsAndWrites, Work::Instant));
    }
}

fn postgres(scene: &Scene<'_>, found: &mut Vec<Draft>) {
    let statement = scene.statement();
    let action = &statement.action;
    match action {
        Action::CreateIndex(index) if !index.concurrently && scene.is_old(&index.table) => {
            let table = &index.table.name;
            let draft = Draft::new("NL201", format!("building an index stops writes on \"{table}\""));
            found.push(with_cost(draft, scene).rewrite(stepwise(&[concurrently(statement, "INDEX")])));
        }
        Action::DropIndex { indexes, concurrently: false, .. } => {
            let table = |index: &Name| scene.known.indexes.get(&index.name).map(|index| &index.table);
            let is_new = |index: &Name| {
                table(index).and_then(|key| scene.known.tables.get(key)).is_some_and(|table| table.is_fresh)
            };
            if !indexes.iter().all(is_new) {
                let message = "dropping an index stops reads and writes of its table for an instant, and queues behind \
                               every transaction that uses it";
                let rewrite: Vec<String> =
                    indexes.iter().map(|index| format!("DROP INDEX CONCURRENTLY {}", index.written)).collect();
                found.push(with_cost(Draft::new("NL202", message), scene).rewrite(stepwise(&rewrite)));
            }
        }
        Action::Reindex { concurrently: false, .. } => {
            let after = ["INDEX", "TABLE", "SCHEMA", "DATABASE"].into_iter().find(|word| statement.has(word));
            let draft = with_cost(Draft::new("NL203", "rebuilding indexes stops writes"), scene);
            found.push(match after {
                Some(word) => draft.rewrite(stepwise(&[concurrently(statement, word)])),
                None => draft,
            });
        }
        Action::RewriteTable { word, .. } => {
            let message = format!("{word} writes the table anew while nobody can read it");
            found.push(with_cost(Draft::new("NL214", message), scene));
        }
        Action::AlterDomain { adds_constraint: true } => {
            let message = "the condition is checked on every table with a column of the domain, each locked meanwhile";
            found.push(Draft::new("NL215", message));
        }
        Action::Refresh { view, concurrently: false } => {
            let message = format!("refreshing stops reads of \"{}\"", view.name);
            let rewrite = in_order(&[format!("REFRESH MATERIALIZED VIEW CONCURRENTLY {}", view.written)]);
            found.push(with_cost(Draft::new("NL218", message), scene).rewrite(rewrite));
        }
        Action::LockTables { mode, tables } if lock_mode(mode).blocks() >= Blocks::Writes => {
            let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
            let message = format!("{} is locked until the migration is committed", names.join(", "));
            found.push(with_cost(Draft::new("NL219", message), scene));
        }
        Action::Rows(rows)
            if (rows.kind != RowsKind::Insert || rows.selected.is_some()) && scene.is_old(&rows.table) =>
        {
            under_lock(scene, &rows.table, found);
        }
        Action::AlterTable { table, clauses } if scene.is_old(table) => {
            for clause in clauses {
                alter(scene, table, clause, found);
            }
        }
        _ => {}
    }
}

/// Rows changed while an earlier statement of the transaction still holds a table.
fn under_lock(scene: &Scene<'_>, rows: &Name, found: &mut Vec<Draft>) {
    let held: Vec<String> = scene.before_in_transaction().flat_map(|statement| exclusive(scene, statement)).collect();
    let Some(first) = held.first() else { return };
    let message = format!("rows of \"{}\" are changed while \"{first}\" is locked by a statement before", rows.name);
    let rewrite = stepwise(&scene.whole_script());
    let (lock, blocks) = (Lock::AccessExclusive.words(), Blocks::ReadsAndWrites);
    found.push(Draft::new("NL220", message).cost(lock, held, blocks, Work::Scan).rewrite(rewrite));
}

/// Tables with users that a statement locks against reading.
fn exclusive(scene: &Scene<'_>, statement: &Statement<'_>) -> Vec<String> {
    let Action::AlterTable { .. } = &statement.action else { return Vec::new() };
    let Some(effect) = postgres::effect(&statement.action, scene.known) else { return Vec::new() };
    let is_old = |key: &String| !scene.known.tables.get(key).is_some_and(|table| table.is_fresh);
    let strong = effect.locks.into_iter().filter(|(_, lock)| *lock == Lock::AccessExclusive);
    strong.map(|(table, _)| table).filter(is_old).collect()
}

fn alter(scene: &Scene<'_>, table: &Name, clause: &Clause, found: &mut Vec<Draft>) {
    let name = &table.name;
    let draft = |code: &'static str, message: String| {
        let effect = postgres::change(table, &clause.change, scene.known);
        cost_of(Draft::new(code, message), effect).at(clause.start, clause.end)
    };
    let text = &scene.statement().text[clause.start..clause.end];
    match &clause.change {
        Change::Detach { concurrently: false } => {
            let rewrite = stepwise(&[format!("ALTER TABLE {} {text} CONCURRENTLY", table.written)]);
            let message = format!("detaching a partition stops reads and writes of \"{name}\"");
            found.push(draft("NL204", message).rewrite(rewrite));
        }
        Change::AddConstraint(constraint) if !constraint.not_valid && !constraint.using_index => {
            constrained(scene, table, constraint, text, draft, found);
        }
        Change::AddColumn(column) => added(scene, table, column, draft, found),
        Change::SetNotNull(column) => {
            let effect = postgres::change(table, &clause.change, scene.known);
            if effect.work == Work::Scan {
                let message =
                    format!("\"{name}\" is read from end to end, nobody can use it meanwhile; one NULL makes it fail");
                found.push(draft("NL207", message).rewrite(proved_not_null(scene, table, column)));
            }
        }
        Change::Type { column, ty, using } => {
            typed(scene, table, column, ty, using.as_deref(), draft, found);
        }
        Change::Validate(constraint) => {
            let adds = |statement: &&Statement<'_>| adds_unchecked(statement, constraint);
            if let Some(before) = scene.before_in_transaction().find(adds) {
                let message = format!("\"{constraint}\" was added in this transaction: its strong lock is still held");
                let rewrite = stepwise(&[before.text.to_string(), scene.statement().text.to_string()]);
                found.push(draft("NL213", message).rewrite(rewrite));
            }
        }
        Change::Rebuild => {
            found.push(draft("NL214", format!("\"{name}\" is written anew while nobody can read it")));
        }
        _ => {}
    }
}

fn constrained(
    scene: &Scene<'_>,
    table: &Name,
    constraint: &Constraint,
    text: &str,
    draft: impl Fn(&'static str, String) -> Draft,
    found: &mut Vec<Draft>,
) {
    let name = &table.name;
    let own = constraint.name.clone().unwrap_or_else(|| default_name(table, &constraint.kind));
    let own = scene.quote(&own);
    let named = if constraint.name.is_some() {
        text.to_string()
    } else {
        let from = text.find(char::is_whitespace).unwrap_or(0);
        format!("ADD CONSTRAINT {own}{}", &text[from..])
    };
    let target = &table.written;
    let checked_later = || {
        stepwise(&[
            format!("ALTER TABLE {target} {named} NOT VALID"),
            format!("ALTER TABLE {target} VALIDATE CONSTRAINT {own}"),
        ])
    };
    match &constraint.kind {
        ConstraintKind::Foreign(_, reference) => {
            let message = format!(
                "every row of \"{name}\" is checked while writes on it and on \"{}\" wait",
                reference.table.name
            );
            found.push(draft("NL205", message).rewrite(checked_later()));
        }
        ConstraintKind::Check(_) | ConstraintKind::NotNull(_) => {
            let message = format!("every row of \"{name}\" is checked while nobody can use it");
            found.push(draft("NL206", message).rewrite(checked_later()));
        }
        ConstraintKind::Unique(columns) => {
            let message = format!("an index on \"{name}\" is built while nobody can use it");
            found.push(draft("NL208", message).rewrite(by_index(scene, table, &own, columns, "UNIQUE")));
        }
        ConstraintKind::Primary(columns) => {
            let message = format!("an index on \"{name}\" is built while nobody can use it");
            found.push(draft("NL209", message).rewrite(by_index(scene, table, &own, columns, "PRIMARY KEY")));
        }
        ConstraintKind::Exclude => {
            let message = format!("an index on \"{name}\" is built while nobody can use it, and every row is checked");
            found.push(draft("NL210", message));
        }
    }
}

/// The index first, then the constraint that uses it.
fn by_index(scene: &Scene<'_>, table: &Name, own: &str, columns: &[String], kind: &str) -> String {
    let columns: Vec<String> = columns.iter().map(|column| scene.quote(column)).collect();
    let columns = columns.join(", ");
    stepwise(&[
        format!("CREATE UNIQUE INDEX CONCURRENTLY {own} ON {} ({columns})", table.written),
        format!("ALTER TABLE {} ADD CONSTRAINT {own} {kind} USING INDEX {own}", table.written),
    ])
}

/// The name PostgreSQL would give.
fn default_name(table: &Name, kind: &ConstraintKind) -> String {
    let name = &table.name;
    match kind {
        ConstraintKind::Primary(_) => format!("{name}_pkey"),
        ConstraintKind::Unique(columns) => format!("{name}_{}_key", columns.join("_")),
        ConstraintKind::Foreign(columns, _) => format!("{name}_{}_fkey", columns.join("_")),
        ConstraintKind::Check(_) => format!("{name}_check"),
        ConstraintKind::NotNull(column) => format!("{name}_{column}_not_null"),
        ConstraintKind::Exclude => format!("{name}_excl"),
    }
}

fn added(
    scene: &Scene<'_>,
    table: &Name,
    column: &Column,
    draft: impl Fn(&'static str, String) -> Draft,
    found: &mut Vec<Draft>,
) {
    let (name, own) = (&table.name, scene.quote(&column.name));
    let is_serial = postgres::postgres_serial(&column.ty);
    let is_volatile = column.default.as_deref().is_some_and(postgres::is_volatile);
    if is_serial || is_volatile || column.is_identity || column.generated == Some(crate::sql::Generated::Stored) {
        let message = format!(
            "\"{}\" has another value in every row: \"{name}\" is written anew while nobody can use it",
            column.name
        );
        let draft = draft("NL212", message);
        let target = &table.written;
        found.push(match &column.default {
            Some(default) if is_volatile => draft.rewrite(in_order(&[
                format!("ALTER TABLE {target} ADD COLUMN {own} {}", column.ty.to_uppercase()),
                format!("ALTER TABLE {target} ALTER COLUMN {own} SET DEFAULT {default}"),
            ])),
            Some(_) | None => draft,
        });
        return;
    }
    for (is_given, code, kind) in [(column.is_unique, "NL208", "UNIQUE"), (column.is_primary, "NL209", "PRIMARY KEY")] {
        if is_given {
            let constraint = if code == "NL208" {
                ConstraintKind::Unique(vec![column.name.clone()])
            } else {
                ConstraintKind::Primary(vec![column.name.clone()])
            };
            let own_name = scene.quote(&default_name(table, &constraint));
            let add = format!("ALTER TABLE {} ADD COLUMN {own} {};\n", table.written, column.ty.to_uppercase());
            let rest = by_index(scene, table, &own_name, std::slice::from_ref(&column.name), kind);
            let rewrite = rest.replacen('\n', &format!("\n{add}"), 1);
            let message = format!("an index on \"{name}\" is built while nobody can use it");
            found.push(draft(code, message).rewrite(rewrite));
        }
    }
}

/// SET NOT NULL after a checked condition, which is all the proof it needs.
fn proved_not_null(scene: &Scene<'_>, table: &Name, column: &str) -> String {
    let check = scene.quote(&format!("{}_{column}_not_null_check", table.name));
    let (target, column) = (&table.written, scene.quote(column));
    stepwise(&[
        format!("ALTER TABLE {target} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID"),
        format!("ALTER TABLE {target} VALIDATE CONSTRAINT {check}"),
        format!("ALTER TABLE {target} ALTER COLUMN {column} SET NOT NULL"),
        format!("ALTER TABLE {target} DROP CONSTRAINT {check}"),
    ])
}

fn typed(
    scene: &Scene<'_>,
    table: &Name,
    column: &str,
    ty: &str,
    using: Option<&str>,
    draft: impl Fn(&'static str, String) -> Draft,
    found: &mut Vec<Draft>,
) {
    let known = scene.table(table);
    let (work, by_zone) = postgres::type_work(known, column, ty, using);
    let name = &table.name;
    if by_zone && scene.setting("timezone").or_else(|| scene.setting("time")).is_none() {
        let message = format!(
            "old values of \"{column}\" are read in the session's time zone: in another one than UTC every time is shifted, and \
             \"{name}\" is written anew"
        );
        let rewrite = in_order(&["SET LOCAL TimeZone = 'UTC'".to_string(), scene.statement().text.to_string()]);
        found.push(draft("NL103", message).rewrite(rewrite));
    }
    if work == Work::Rewrite {
        let is_known = known.is_some_and(|table| table.column(column).is_some());
        let message = if is_known {
            format!("\"{name}\" is written anew with its indexes while nobody can use it")
        } else {
            format!("unless the types are alike, \"{name}\" is written anew while nobody can use it")
        };
        let (target, new) = (&table.written, scene.quote(&format!("{column}_new")));
        let old = scene.quote(column);
        let rewrite = format!(
            "ALTER TABLE {target} ADD COLUMN {new} {};\n\
             -- next: write both columns (in the application or by a trigger), fill {new} in batches of keys;\n\
             -- then, in a migration of its own and in one transaction: rename {old} away and {new} to {old}\n",
            ty.to_uppercase()
        );
        found.push(draft("NL211", message).rewrite(rewrite));
    }
}

fn adds_unchecked(statement: &Statement<'_>, wanted: &str) -> bool {
    let Action::AlterTable { clauses, .. } = &statement.action else { return false };
    clauses.iter().any(|clause| match &clause.change {
        Change::AddConstraint(constraint) => constraint.not_valid && constraint.name.as_deref() == Some(wanted),
        _ => false,
    })
}

/// The statement with CONCURRENTLY after a word of it.
fn concurrently(statement: &Statement<'_>, word: &str) -> String {
    let at = statement.tokens.iter().find(|token| token.is(word)).map_or(0, |token| token.end());
    format!("{} CONCURRENTLY{}", &statement.text[..at], &statement.text[at..])
}

/// The cost of the whole statement.
fn with_cost(draft: Draft, scene: &Scene<'_>) -> Draft {
    match postgres::effect(&scene.statement().action, scene.known) {
        Some(effect) => cost_of(draft, effect),
        None => draft,
    }
}

fn cost_of(draft: Draft, effect: Effect) -> Draft {
    let Some(lock) = effect.locks.iter().map(|(_, lock)| *lock).max() else { return draft };
    let tables = effect.locks.into_iter().map(|(table, _)| table).collect();
    draft.cost(lock.words(), tables, lock.blocks(), effect.work)
}
