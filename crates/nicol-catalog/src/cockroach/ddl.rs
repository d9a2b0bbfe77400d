//! CockroachDB's statements where they differ from PostgreSQL's.

use nicol_db::Dialect;

use crate::catalog::{Column, Default, Identity, Literal};
use crate::diff::{ColumnDiff, Diff, EnumDiff};
use crate::plan::{AlterTable, Plan, Step};
use crate::postgres::ddl as postgres;
use crate::script::StepText;
use crate::sql::{names, qualified, string};

const D: Dialect = Dialect::Cockroachdb;

/// The statements of a step.
pub(crate) fn step(plan: &Plan<'_>, step: &Step) -> StepText {
    let diff = plan.diff;
    match step {
        Step::AlterEnum(place) => alter_enum(diff, &diff.changed_enums[*place]),
        Step::AlterTable(alter) => alter_table(diff, alter),
        Step::AlterPrimaryKey(place) => alter_primary_key(diff, *place),
        Step::AlterSequence { table, column } => alter_sequence(diff, *table, column),
        Step::RedefineTables(places) => {
            StepText::many(places.iter().flat_map(|place| redefine(diff, *place)).collect())
        }
        other => postgres::shared_step(plan, other),
    }
}

/// One statement for each clause: several schema changes in one are not supported.
fn alter_table(diff: &Diff<'_>, alter: &AlterTable) -> StepText {
    let table = postgres::table_name(&diff.from.tables[diff.tables[alter.table].from]);
    let parts = postgres::clauses(diff, alter);
    let mut statements = parts.before;
    statements.extend(parts.clauses.iter().map(|clause| format!("ALTER TABLE {table} {clause}")));
    statements.extend(parts.after);
    StepText::many(statements)
}

fn alter_primary_key(diff: &Diff<'_>, place: usize) -> StepText {
    let pair = &diff.tables[place];
    let Some(key) = &diff.to.tables[pair.to].primary_key else {
        return StepText::nothing();
    };
    let columns = names(D, key.columns.iter().map(|column| column.name.as_str()), ", ");
    let table = postgres::table_name(&diff.from.tables[pair.from]);
    StepText::one(format!("ALTER TABLE {table} ALTER PRIMARY KEY USING COLUMNS ({columns})"))
}

/// Values are added and dropped in place. A value is refused to go while it is a default, and what the column gets instead
/// follows. The reference writes no space before DROP, which reads the same.
fn alter_enum(diff: &Diff<'_>, change: &EnumDiff) -> StepText {
    let old = &diff.from.enums[change.from];
    let name = qualified(D, old.namespace.as_deref(), &old.name);
    let defaults = postgres::enum_usages(diff.from, old).into_iter().filter_map(|(table, column)| {
        let table = &diff.from.tables[table];
        let column = &table.columns[column];
        let Some(Default::Literal(literal)) = &column.default else { return None };
        change.removed.iter().any(|value| names_value(literal, value)).then(|| {
            format!("ALTER TABLE {} ALTER COLUMN {} DROP DEFAULT", postgres::table_name(table), D.quote(&column.name))
        })
    });
    let added = change.added.iter().map(|value| format!("ALTER TYPE {name} ADD VALUE {}", string(D, value)));
    let removed = change.removed.iter().map(|value| format!("ALTER TYPE {name}DROP VALUE {}", string(D, value)));
    StepText::many(defaults.chain(added).chain(removed).collect())
}

/// Whether a default of an enum type is this value, or a list with it.
fn names_value(literal: &Literal, wanted: &str) -> bool {
    match literal {
        Literal::Enum(value) => value == wanted,
        Literal::List(items) => items.iter().any(|item| names_value(item, wanted)),
        Literal::Text(_)
        | Literal::Number(_)
        | Literal::Boolean(_)
        | Literal::Bytes(_)
        | Literal::DateTime(_)
        | Literal::Json(_) => false,
    }
}

fn alter_sequence(diff: &Diff<'_>, table: usize, change: &ColumnDiff) -> StepText {
    let pair = &diff.tables[table];
    let (old_table, new_table) = (&diff.from.tables[pair.from], &diff.to.tables[pair.to]);
    let (old, new) = (&old_table.columns[change.from], &new_table.columns[change.to]);
    let (Some(before), Some(after)) = (&old.identity, &new.identity) else {
        return StepText::nothing();
    };
    let name = old.sequence.clone().unwrap_or_else(|| format!("prisma_sequence_{}_{}", old_table.name, old.name));
    let changes = changed_options(before, after);
    if changes.is_empty() {
        return StepText::nothing();
    }
    StepText::one(format!("ALTER SEQUENCE {}{changes}", D.quote(&name)))
}

/// Options written as they become; one that is no longer named goes back to the server's own value.
fn changed_options(before: &Identity, after: &Identity) -> String {
    let mut out = String::new();
    let mut option = |word: &str, before: Option<i64>, after: Option<i64>, default: i64| {
        let (before, after) = (before.unwrap_or(default), after.unwrap_or(default));
        if before != after {
            out.push_str(&format!(" {word} {after}"));
        }
    };
    option("MINVALUE", before.min_value, after.min_value, 1);
    option("MAXVALUE", before.max_value, after.max_value, i64::MAX);
    option("INCREMENT", before.increment, after.increment, 1);
    option("START", before.start, after.start, 1);
    option("CACHE", before.cache, after.cache, 1);
    out
}

/// A new table takes the rows over and then the name; its indexes and foreign keys follow at once.
fn redefine(diff: &Diff<'_>, place: usize) -> Vec<String> {
    let pair = &diff.tables[place];
    let (old, mut new) = (&diff.from.tables[pair.from], diff.to.tables[pair.to].clone());
    for column in &pair.columns {
        new.columns[column.to] = new.columns[column.to].with_known_default(&old.columns[column.from]);
    }
    let new = &new;
    let temporary = format!("_prisma_new_{}", new.name);
    let in_namespace = |name: &str| qualified(D, new.namespace.as_deref(), name);
    let mut shared: Vec<&str> = pair.columns.iter().map(|column| old.columns[column.from].name.as_str()).collect();
    shared.sort_unstable();
    let mut out = vec![postgres::create_table(new, &temporary, column)];
    // Index names are taken while the old table is there, even by indexes that go with it.
    out.extend(
        old.indexes.iter().map(|index| format!("DROP INDEX {}", qualified(D, old.namespace.as_deref(), &index.name))),
    );
    if !shared.is_empty() {
        let columns = names(D, shared.iter().copied(), ",");
        out.push(format!(
            "INSERT INTO {} ({columns}) SELECT {columns} FROM {}",
            in_namespace(&temporary),
            postgres::table_name(old)
        ));
    }
    out.push(format!("DROP TABLE {} CASCADE", postgres::table_name(old)));
    out.push(format!("ALTER TABLE {} RENAME TO {}", in_namespace(&temporary), D.quote(&new.name)));
    out.extend(new.indexes.iter().map(|index| postgres::create_index(new, index)));
    out.extend(new.foreign_keys.iter().map(|key| postgres::add_foreign_key(new, key)));
    out
}

fn column(column: &Column) -> String {
    postgres::column(column)
}
