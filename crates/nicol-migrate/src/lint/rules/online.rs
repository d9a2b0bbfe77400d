//! MySQL and MariaDB: changes that copy a table or let writes wait.

use super::in_order;
use crate::lint::effect::mysql::{Online, Session, bytes, change_cost};
use crate::lint::effect::types::mysql;
use crate::lint::finding::Draft;
use crate::lint::scene::Scene;
use crate::sql::{Action, Change, Clause, Column, ConstraintKind, CreateIndex, Name};

pub(super) fn check(scene: &Scene<'_>, found: &mut Vec<Draft>) {
    if !scene.dialect().is_mysql_family() {
        return;
    }
    match &scene.statement().action {
        Action::CreateIndex(index) if scene.is_old(&index.table) => special_index(scene, index, None, found),
        Action::AlterTable { table, clauses } if scene.is_old(table) && !refuses_to_block(clauses) => {
            let replaces_key = clauses.iter().any(|clause| adds_key(&clause.change));
            for clause in clauses {
                if clause.change == Change::DropPrimaryKey && replaces_key {
                    continue;
                }
                alter(scene, table, clause, found);
            }
        }
        _ => {}
    }
}

fn adds_key(change: &Change) -> bool {
    matches!(change, Change::AddConstraint(constraint) if matches!(constraint.kind, ConstraintKind::Primary(_)))
}

/// `ALGORITHM=INPLACE, LOCK=NONE`: the server refuses what would block.
fn refuses_to_block(clauses: &[Clause]) -> bool {
    clauses.iter().any(|clause| match &clause.change {
        Change::Limit { algorithm, lock } => {
            matches!(algorithm.as_deref(), Some("INSTANT" | "NOCOPY")) || lock.as_deref() == Some("NONE")
        }
        _ => false,
    })
}

fn session(scene: &Scene<'_>) -> Session {
    let checks_foreign_keys =
        scene.setting("foreign_key_checks").is_none_or(|value| !matches!(value.as_str(), "0" | "off"));
    Session { dialect: scene.dialect(), checks_foreign_keys }
}

fn special_index(scene: &Scene<'_>, index: &CreateIndex, clause: Option<&Clause>, found: &mut Vec<Draft>) {
    let Some(kind) = index.special else { return };
    let message = format!("writes on `{}` wait while the {kind} index is built", index.table.name);
    let cost = Online::InPlaceShared;
    let tables = vec![scene.key(&index.table)];
    let draft = Draft::new("NL217", message).cost(cost.words(), tables, cost.blocks(), cost.work());
    found.push(match clause {
        Some(clause) => draft.at(clause.start, clause.end),
        None => draft,
    });
}

fn alter(scene: &Scene<'_>, table: &Name, clause: &Clause, found: &mut Vec<Draft>) {
    if let Change::AddIndex(index) = &clause.change {
        return special_index(scene, index, Some(clause), found);
    }
    let cost = change_cost(&clause.change, table, scene.table(table), scene.known, session(scene));
    let name = &table.name;
    let draft = |code: &'static str, message: String| {
        let tables = vec![scene.key(table)];
        Draft::new(code, message).at(clause.start, clause.end).cost(cost.words(), tables, cost.blocks(), cost.work())
    };
    match cost {
        Online::Instant | Online::InPlace => {}
        Online::InPlaceShared => found.push(draft("NL217", format!("writes on `{name}` wait until this is done"))),
        Online::Copy => found.push(copied(scene, table, clause, draft)),
    }
    if let Change::Modify { column, definition } = &clause.change
        && let Some(old) = scene.table(table).and_then(|table| table.column(column))
    {
        removed_values(old, definition, clause, found);
    }
}

/// What the copy is made for decides what can be done about it.
fn copied(scene: &Scene<'_>, table: &Name, clause: &Clause, draft: impl Fn(&'static str, String) -> Draft) -> Draft {
    let name = &table.name;
    match &clause.change {
        Change::AddConstraint(constraint) if matches!(constraint.kind, ConstraintKind::Foreign(..)) => {
            let text = &scene.statement().text[clause.start..clause.end];
            let rewrite = in_order(&[
                "SET foreign_key_checks = 0".to_string(),
                format!("ALTER TABLE {} {text}", table.written),
                "SET foreign_key_checks = 1".to_string(),
            ]);
            let message = format!("`{name}` is copied to check its rows, and writes on it wait");
            draft("NL107", message).rewrite(rewrite)
        }
        Change::Modify { column, definition } => match scene.table(table).and_then(|table| table.column(column)) {
            Some(old) if crosses_255(old, definition) => {
                let (from, to) = (bytes(&mysql(&old.ty)), bytes(&mysql(&definition.ty)));
                let message = format!(
                    "`{column}` grows from {from} to {to} bytes: beyond 255 its length takes two bytes, so `{name}` is copied \
                         and writes on it wait"
                );
                draft("NL106", message)
            }
            Some(_) => draft("NL216", format!("`{name}` is copied and writes on it wait")),
            None => {
                draft("NL216", format!("unless the definitions are alike, `{name}` is copied and writes on it wait"))
            }
        },
        _ => draft("NL216", format!("`{name}` is copied and writes on it wait")),
    }
}

fn crosses_255(old: &Column, new: &Column) -> bool {
    let (from, to) = (mysql(&old.ty), mysql(&new.ty));
    from.base == "varchar" && to.base == "varchar" && bytes(&from) <= 255 && bytes(&to) > 255
}

fn removed_values(old: &Column, new: &Column, clause: &Clause, found: &mut Vec<Draft>) {
    let (from, to) = (mysql(&old.ty), mysql(&new.ty));
    let gone: Vec<&str> = from
        .values
        .iter()
        .filter(|value| !to.values.is_empty() && !to.values.contains(value))
        .map(String::as_str)
        .collect();
    if !gone.is_empty() {
        let message = format!("`{}` can no longer be {}", new.name, gone.join(", "));
        found.push(Draft::new("NL310", message).at(clause.start, clause.end));
    }
}
