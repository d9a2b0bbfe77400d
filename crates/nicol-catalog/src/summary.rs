//! A difference in words, for people who look at drift.
//!
//! **In**: a [`Diff`]. **Out**: its text: what is added, removed and changed, group by group. Built on the plan, as what
//! counts is what would be done.

use std::fmt::Write;

use crate::catalog::{Arity, Column, Default, ForeignKey, Index, IndexKind, Literal, Table};
use crate::decisions::RenameStep;
use crate::diff::{ColumnDiff, Diff};
use crate::plan::{Plan, Step, TableChange, plan};

/// The text shown when nothing differs.
const NOTHING: &str = "No difference detected.";

const REDEFINED: &str = "[*] Redefined table";

/// The differences in words.
pub fn summary(diff: &Diff<'_>) -> String {
    let plan = plan(diff);
    if plan.is_empty() {
        return NOTHING.to_owned();
    }
    let mut groups = Vec::new();
    let (from, to) = (diff.from, diff.to);
    let names = |steps: &dyn Fn(&Step) -> Option<String>| plan.steps.iter().filter_map(steps).collect::<Vec<_>>();
    let extension = |catalog: &crate::catalog::Catalog, place: usize| {
        catalog.extensions.as_ref().and_then(|all| all.get(place)).map(|one| one.name.clone())
    };
    list(&mut groups, "[*] Renamed", diff.renames.iter().map(renamed).collect());
    list(
        &mut groups,
        "[-] Removed extensions",
        names(&|step| match step {
            Step::DropExtension(place) => extension(from, *place),
            _ => None,
        }),
    );
    list(
        &mut groups,
        "[+] Added extensions",
        names(&|step| match step {
            Step::CreateExtension(place) => extension(to, *place),
            _ => None,
        }),
    );
    list(
        &mut groups,
        "[*] Changed extensions",
        names(&|step| match step {
            Step::AlterExtension(_, place) => extension(to, *place),
            _ => None,
        }),
    );
    list(
        &mut groups,
        "[+] Added Schemas",
        names(&|step| match step {
            Step::CreateNamespace(name) => Some(name.clone()),
            _ => None,
        }),
    );
    list(
        &mut groups,
        "[+] Added enums",
        names(&|step| match step {
            Step::CreateEnum(place) => Some(to.enums[*place].name.clone()),
            _ => None,
        }),
    );
    list(
        &mut groups,
        "[+] Added tables",
        names(&|step| match step {
            Step::CreateTable(place) => Some(to.tables[*place].name.clone()),
            _ => None,
        }),
    );
    list(
        &mut groups,
        "[-] Removed enums",
        names(&|step| match step {
            Step::DropEnum(place) => Some(from.enums[*place].name.clone()),
            _ => None,
        }),
    );
    list(
        &mut groups,
        "[-] Removed tables",
        names(&|step| match step {
            Step::DropTable(place) => Some(from.tables[*place].name.clone()),
            _ => None,
        }),
    );
    for change in &diff.changed_enums {
        let mut group = format!("[*] Changed the `{}` enum\n", to.enums[change.to].name);
        for value in &change.added {
            let _ = writeln!(group, "  [+] Added variant `{value}`");
        }
        for value in &change.removed {
            let _ = writeln!(group, "  [-] Removed variant `{value}`");
        }
        groups.push(group);
    }
    changed_tables(&plan, &mut groups);
    format!("\n{}", groups.join("\n"))
}

fn list(groups: &mut Vec<String>, title: &str, names: Vec<String>) {
    if !names.is_empty() {
        let lines: String = names.iter().map(|name| format!("  - {name}\n")).collect();
        groups.push(format!("{title}\n{lines}"));
    }
}

/// A group for each run of steps on one table, in the order of the steps.
fn changed_tables(plan: &Plan<'_>, groups: &mut Vec<String>) {
    let mut changed: Vec<(String, String)> = Vec::new();
    let mut add = |title: String, lines: String| match changed.iter_mut().find(|(known, _)| *known == title) {
        Some((_, text)) => text.push_str(&lines),
        None => changed.push((title, lines)),
    };
    for step in &plan.steps {
        match step {
            Step::RedefineTables(places) => {
                for place in places {
                    let name = &plan.diff.to.tables[plan.diff.tables[*place].to].name;
                    add(format!("{REDEFINED} `{name}`"), redefined(plan.diff, *place));
                }
            }
            other => {
                if let Some((table, lines)) = table_step(plan, other) {
                    add(format!("[*] Changed the `{table}` table"), lines);
                }
            }
        }
    }
    // Rebuilt tables first, then by name.
    changed.sort_by(|(a, _), (b, _)| (!a.starts_with(REDEFINED), a).cmp(&(!b.starts_with(REDEFINED), b)));
    groups.extend(changed.into_iter().map(|(title, lines)| format!("{title}\n{lines}")));
}

fn table_step(plan: &Plan<'_>, step: &Step) -> Option<(String, String)> {
    let diff = plan.diff;
    let old = |place: usize| &diff.from.tables[place];
    let new = |place: usize| &diff.to.tables[place];
    Some(match step {
        Step::DropForeignKey(table, key) => {
            (old(*table).name.clone(), key_line("[-] Removed", &old(*table).foreign_keys[*key]))
        }
        Step::AddForeignKey(table, key) => {
            (new(*table).name.clone(), key_line("[+] Added", &new(*table).foreign_keys[*key]))
        }
        Step::RenameForeignKey((table, key), (new_table, new_key)) => {
            let (before, after) = (&old(*table).foreign_keys[*key].name, &new(*new_table).foreign_keys[*new_key].name);
            let (before, after) = (before.as_deref().unwrap_or_default(), after.as_deref().unwrap_or_default());
            (new(*new_table).name.clone(), format!("  [*] Renamed the foreign key \"{before}\" to \"{after}\"\n"))
        }
        Step::DropIndex(table, index) => {
            (old(*table).name.clone(), index_line("[-] Removed", &old(*table).indexes[*index]))
        }
        Step::CreateIndex(table, index) => {
            (new(*table).name.clone(), index_line("[+] Added", &new(*table).indexes[*index]))
        }
        Step::RenameIndex((table, index), (new_table, new_index)) => {
            let (before, after) = (&old(*table).indexes[*index].name, &new(*new_table).indexes[*new_index].name);
            (new(*new_table).name.clone(), format!("  [*] Renamed index `{before}` to `{after}`\n"))
        }
        Step::RedefineIndex(_, (new_table, new_index)) => {
            let after = &new(*new_table).indexes[*new_index].name;
            (new(*new_table).name.clone(), format!("  [*] Redefined index `{after}`\n"))
        }
        Step::AlterTable(alter) => {
            let pair = &diff.tables[alter.table];
            let (before, after) = (old(pair.from), new(pair.to));
            let lines = alter.changes.iter().map(|change| change_line(before, after, change)).collect();
            (after.name.clone(), lines)
        }
        Step::AlterPrimaryKey(place) => {
            (new(diff.tables[*place].to).name.clone(), "  [*] Changed the primary key\n".to_owned())
        }
        Step::AlterSequence { table, column } => {
            let pair = &diff.tables[*table];
            let name = &old(pair.from).columns[column.from].name;
            (new(pair.to).name.clone(), format!("  [*] Altered the sequence of column `{name}`\n"))
        }
        Step::Backfill(table, column) => {
            let table = new(diff.tables[*table].to);
            (table.name.clone(), format!("  [*] Filled column `{}`\n", table.columns[*column].name))
        }
        Step::DropGuard(table) => {
            let place = diff.tables.iter().find(|pair| pair.from == *table).filter(|pair| pair.append_only)?;
            (new(place.to).name.clone(), "  [-] Rows are no longer only added\n".to_owned())
        }
        Step::CreateGuard(table) => {
            let place = diff.tables.iter().find(|pair| pair.to == *table).filter(|pair| pair.append_only)?;
            (new(place.to).name.clone(), "  [+] Rows are only added\n".to_owned())
        }
        Step::DropCheck(table, check) => {
            let table = old(*table);
            (table.name.clone(), format!("  [-] Removed check `{}`\n", table.checks[*check].expression))
        }
        Step::AddCheck(table, check) => {
            let table = new(*table);
            (table.name.clone(), format!("  [+] Added check `{}`\n", table.checks[*check].expression))
        }
        Step::CreateNamespace(_)
        | Step::Rename(_)
        | Step::DropExtension(_)
        | Step::CreateExtension(_)
        | Step::AlterExtension(..)
        | Step::CreateEnum(_)
        | Step::AlterEnum(_)
        | Step::DropTable(_)
        | Step::DropEnum(_)
        | Step::CreateTable(_)
        | Step::RedefineTables(_) => return None,
    })
}

fn key_line(word: &str, key: &ForeignKey) -> String {
    format!("  {word} foreign key on columns ({})\n", key.columns.join(", "))
}

fn index_line(word: &str, index: &Index) -> String {
    let unique = if index.kind == IndexKind::Unique { "unique " } else { "" };
    let columns: Vec<&str> = index.columns.iter().map(|column| column.name.as_str()).collect();
    format!("  {word} {unique}index on columns ({})\n", columns.join(", "))
}

fn change_line(old: &Table, new: &Table, change: &TableChange) -> String {
    match change {
        TableChange::DropPrimaryKey => {
            let columns: Vec<&str> =
                old.primary_key.iter().flat_map(|key| &key.columns).map(|column| column.name.as_str()).collect();
            format!("  [-] Dropped the primary key on columns ({})\n", columns.join(", "))
        }
        TableChange::RenamePrimaryKey => {
            let name = |table: &Table| table.primary_key.as_ref().and_then(|key| key.name.clone()).unwrap_or_default();
            format!("  [*] Renamed the primary key `{}` to `{}`\n", name(old), name(new))
        }
        TableChange::AddPrimaryKey => {
            let columns: Vec<&str> =
                new.primary_key.iter().flat_map(|key| &key.columns).map(|column| column.name.as_str()).collect();
            format!("  [+] Added primary key on columns ({})\n", columns.join(", "))
        }
        TableChange::DropColumn(place) => format!("  [-] Removed column `{}`\n", old.columns[*place].name),
        TableChange::RequireColumn(place) => {
            format!("  [*] Altered column `{}` (changed from Nullable to Required)\n", new.columns[*place].name)
        }
        TableChange::AddColumn(place) | TableChange::AddUnfilledColumn(place) => {
            format!("  [+] Added column `{}`\n", new.columns[*place].name)
        }
        TableChange::AlterColumn(column) => {
            let (before, after) = (&old.columns[column.from], &new.columns[column.to]);
            format!("  [*] Altered column `{}` ({})\n", before.name, changes(before, after, column))
        }
        TableChange::RecreateColumn(column) => {
            let (before, after) = (&old.columns[column.from], &new.columns[column.to]);
            let changes = changes(before, after, column);
            format!("  [*] Column `{}` would be dropped and recreated ({changes})\n", before.name)
        }
    }
}

fn changes(old: &Column, new: &Column, change: &ColumnDiff) -> String {
    let arity = |column: &Column| match column.arity {
        Arity::Required => "Required",
        Arity::Nullable => "Nullable",
        Arity::List => "List",
    };
    let mut parts = Vec::new();
    if change.arity {
        parts.push(format!("changed from {} to {}", arity(old), arity(new)));
    }
    if change.default {
        parts.push(format!(
            "default changed from `{}` to `{}`",
            default_words(old.default.as_ref()),
            default_words(new.default.as_ref())
        ));
    }
    if change.ty {
        parts.push("type changed".to_owned());
    }
    if change.auto_increment {
        let text =
            if new.auto_increment { "column became autoincrementing" } else { "column is no longer autoincrementing" };
        parts.push(text.to_owned());
    }
    parts.join(", ")
}

fn redefined(diff: &Diff<'_>, place: usize) -> String {
    let pair = &diff.tables[place];
    let (old, new) = (&diff.from.tables[pair.from], &diff.to.tables[pair.to]);
    let mut out = String::new();
    for column in &pair.dropped_columns {
        out.push_str(&change_line(old, new, &TableChange::DropColumn(*column)));
    }
    for column in &pair.added_columns {
        out.push_str(&change_line(old, new, &TableChange::AddColumn(*column)));
    }
    for column in pair.columns.iter().filter(|column| column.is_changed()) {
        out.push_str(&change_line(old, new, &TableChange::AlterColumn(*column)));
    }
    for key in &pair.dropped_foreign_keys {
        out.push_str(&key_line("[-] Removed", &old.foreign_keys[*key]));
    }
    for key in &pair.created_foreign_keys {
        out.push_str(&key_line("[+] Added", &new.foreign_keys[*key]));
    }
    for index in &pair.dropped_indexes {
        out.push_str(&index_line("[-] Removed", &old.indexes[*index]));
    }
    for index in &pair.created_indexes {
        out.push_str(&index_line("[+] Added", &new.indexes[*index]));
    }
    out
}

fn renamed(step: &RenameStep) -> String {
    match step {
        RenameStep::Table { from, to, .. } => format!("table `{}` to `{}`", from.name, to.name),
        RenameStep::Column { table, from, to, .. } => format!("column `{from}` of `{}` to `{to}`", table.name),
        RenameStep::Enum { from, to } => format!("enum `{}` to `{}`", from.name, to.name),
        RenameStep::EnumValue { enumeration, from, to, .. } => {
            format!("value `{from}` of `{}` to `{to}`", enumeration.name)
        }
    }
}

/// A default as people write it.
fn default_words(default: Option<&Default>) -> String {
    match default {
        None => "none".to_owned(),
        Some(Default::Literal(literal)) => literal_words(literal),
        Some(Default::Now) => "now()".to_owned(),
        Some(Default::UniqueRowid) => "unique_rowid()".to_owned(),
        Some(Default::Expression(text)) => text.clone(),
        Some(Default::Unknown) => "an expression of the database".to_owned(),
    }
}

fn literal_words(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) | Literal::Enum(text) | Literal::Json(text) | Literal::DateTime(text) => {
            format!("'{text}'")
        }
        Literal::Number(text) => text.clone(),
        Literal::Boolean(flag) => flag.to_string(),
        Literal::Bytes(bytes) => format!("x'{}'", crate::sql::hex(bytes)),
        Literal::List(items) => format!("[{}]", items.iter().map(literal_words).collect::<Vec<_>>().join(", ")),
    }
}
