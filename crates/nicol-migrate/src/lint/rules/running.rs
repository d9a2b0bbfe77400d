//! What fails on rows that are there, and what breaks programs that run.

use nicol_db::Dialect;

use crate::lint::finding::Draft;
use crate::lint::scene::Scene;
use crate::sql::{Action, Change, Clause, Column, ConstraintKind, CreateTable, Name, Rows, RowsKind};

pub(super) fn check(scene: &Scene<'_>, found: &mut Vec<Draft>) {
    match &scene.statement().action {
        Action::CreateTable(create) => {
            names_of_table(scene, create, found);
            for column in create.columns.iter().filter(|column| column.references.is_some()) {
                ignored_reference(scene, column, found);
            }
        }
        Action::CreateIndex(index) => {
            too_long(scene, index.name.as_deref().unwrap_or_default(), found);
            if index.is_unique && scene.is_old(&index.table) {
                let name = index.name.as_deref().unwrap_or_default();
                found.extend(unique(scene, &index.table, name, &index.columns));
            }
        }
        Action::AlterTable { table, clauses } => {
            for clause in clauses {
                too_long(scene, new_name(&clause.change), found);
                if scene.is_old(table) {
                    alter(scene, table, clause, found);
                }
            }
        }
        Action::RenameTables(pairs) => {
            for (from, to) in pairs.iter().filter(|(from, _)| scene.is_old(from)) {
                found.push(table_renamed(&from.name, &to.name));
            }
        }
        Action::RenameEnumValue { from, name, .. } => {
            let message = format!("programs that run still read and write '{from}' of \"{}\"", name.name);
            found.push(Draft::new("NL406", message));
        }
        Action::RenameSchema { from } => {
            found.push(Draft::new("NL407", format!("programs that run still look for things in \"{}\"", from.name)));
        }
        Action::Rows(rows) => {
            if let Some(column) = &rows.set_twice {
                found.push(Draft::new("NL411", format!("\"{column}\" is set twice")));
            }
            copied_nulls(scene, rows, found);
        }
        _ => {}
    }
}

fn alter(scene: &Scene<'_>, table: &Name, clause: &Clause, found: &mut Vec<Draft>) {
    let at = |draft: Draft| draft.at(clause.start, clause.end);
    match &clause.change {
        Change::AddColumn(column) => {
            if column.references.is_some() {
                ignored_reference(scene, column, found);
            }
            if is_required_without_value(column, scene.dialect()) {
                found.push(at(required(scene, table, column)));
            }
        }
        Change::SetNotNull(column) if scene.dialect() == Dialect::Cockroachdb => {
            found.push(at(Draft::new("NL402", format!("\"{column}\" becomes required: one NULL makes this fail"))));
        }
        Change::DropNotNull(column) => {
            let message = format!("programs that run may not expect NULL in \"{column}\"");
            found.push(at(Draft::new("NL408", message)));
        }
        Change::Modify { column, definition } => {
            if definition.name != *column {
                found.push(at(column_renamed(column, &definition.name)));
            }
            let old = scene.table(table).and_then(|table| table.column(column));
            if definition.not_null && old.is_some_and(|old| !old.not_null) {
                found.push(at(Draft::new("NL402", format!("`{column}` becomes required: one NULL makes this fail"))));
            }
        }
        Change::RenameColumn { from, to } => found.push(at(column_renamed(from, to))),
        Change::RenameTable(to) if !takes_place(scene, to) => {
            found.push(at(table_renamed(&table.name, &to.name)));
        }
        Change::AddConstraint(constraint) => {
            if let ConstraintKind::Unique(columns) | ConstraintKind::Primary(columns) = &constraint.kind
                && !constraint.using_index
            {
                let name = constraint.name.as_deref().unwrap_or_default();
                found.extend(unique(scene, table, name, columns).map(at));
            }
        }
        _ => {}
    }
}

/// Whether the script has dropped a table of this name: the renamed one takes its place.
fn takes_place(scene: &Scene<'_>, to: &Name) -> bool {
    let key = scene.key(to);
    scene.before().iter().any(|statement| match &statement.action {
        Action::DropTable { tables, .. } => tables.iter().any(|table| scene.key(table) == key),
        _ => false,
    })
}

fn is_required_without_value(column: &Column, dialect: Dialect) -> bool {
    let has_value = column.default.as_deref().is_some_and(|default| !default.eq_ignore_ascii_case("null"))
        || column.is_identity
        || column.is_auto_increment
        || column.generated.is_some()
        || (dialect.is_postgres_family() && crate::lint::effect::postgres::postgres_serial(&column.ty));
    column.not_null && !has_value
}

fn required(scene: &Scene<'_>, table: &Name, column: &Column) -> Draft {
    let (name, own) = (&column.name, scene.quote(&column.name));
    let message = if scene.dialect().is_mysql_family() {
        format!("rows that are there get 0 or an empty text in `{name}` without a word")
    } else {
        format!("rows that are there have no value for \"{name}\": this fails unless \"{}\" is empty", table.name)
    };
    let null = if scene.dialect().is_mysql_family() { " NULL" } else { "" };
    let rewrite = format!(
        "ALTER TABLE {} ADD COLUMN {own} {}{null};\n-- next: fill {own} in batches; then, in a migration of its own, make it required\n",
        table.written,
        column.ty.to_uppercase()
    );
    Draft::new("NL401", message).rewrite(rewrite)
}

fn column_renamed(from: &str, to: &str) -> Draft {
    Draft::new("NL404", format!("programs that run still use the name \"{from}\", not \"{to}\""))
}

fn table_renamed(from: &str, to: &str) -> Draft {
    Draft::new("NL405", format!("programs that run still use the name \"{from}\", not \"{to}\""))
}

/// A unique index on rows that are there, unless it was there before in the same shape.
fn unique(scene: &Scene<'_>, table: &Name, name: &str, columns: &[String]) -> Option<Draft> {
    let key = scene.key(table);
    let was_there = scene
        .at_start
        .indexes
        .iter()
        .any(|(own, index)| index.is_unique && (own == name || (index.table == key && index.columns == columns)));
    // Columns added by this script hold one value, or NULL, which is never twice.
    let is_new = |column: &String| {
        let old = scene.at_start.tables.get(&key);
        old.is_some_and(|old| !old.columns.is_empty() && old.column(column).is_none())
    };
    if was_there || (!columns.is_empty() && columns.iter().any(is_new)) {
        return None;
    }
    let list: Vec<String> = columns.iter().map(|column| scene.quote(column)).collect();
    let list = list.join(", ");
    let message = format!(
        "fails where values are there twice; SELECT {list}, count(*) FROM {} GROUP BY {list} HAVING count(*) > 1 finds them",
        table.written
    );
    Some(Draft::new("NL403", message))
}

/// SQLite: rows copied into a rebuilt table where a column has become required.
fn copied_nulls(scene: &Scene<'_>, rows: &Rows, found: &mut Vec<Draft>) {
    let (RowsKind::Insert, Some(selected), Dialect::Sqlite) = (rows.kind, &rows.selected, scene.dialect()) else {
        return;
    };
    let target = scene.key(&rows.table);
    let Some(old) = scene.becomes(&target).and_then(|key| scene.known.tables.get(&key)) else { return };
    let Some(new) = scene.known.tables.get(&target) else { return };
    for (column, value) in rows.columns.iter().zip(selected) {
        let was_nullable = old.column(column).is_some_and(|old| !old.not_null);
        let is_required = new.column(column).is_some_and(|new| new.not_null);
        let value = value.to_lowercase();
        let is_filled = ["coalesce", "ifnull", "case"].iter().any(|word| value.contains(word));
        if was_nullable && is_required && !is_filled {
            let message = format!("\"{column}\" becomes required: one NULL makes this fail");
            found.push(Draft::new("NL402", message));
        }
    }
}

/// MySQL before 9 and MariaDB before 10.5 read REFERENCES in a column's definition and do nothing.
fn ignored_reference(scene: &Scene<'_>, column: &Column, found: &mut Vec<Draft>) {
    let since = match scene.dialect() {
        Dialect::Mysql => (9, 0),
        Dialect::Mariadb => (10, 5),
        Dialect::Sqlite | Dialect::Postgres | Dialect::Cockroachdb => return,
    };
    if scene.server.version.is_none_or(|version| version < since) {
        let message = format!(
            "{} before {}.{} makes no foreign key of the REFERENCES of `{}`",
            scene.dialect().product_name(),
            since.0,
            since.1,
            column.name
        );
        found.push(Draft::new("NL409", message));
    }
}

fn names_of_table(scene: &Scene<'_>, create: &CreateTable, found: &mut Vec<Draft>) {
    too_long(scene, &create.name.name, found);
    for column in &create.columns {
        too_long(scene, &column.name, found);
    }
    for constraint in &create.constraints {
        too_long(scene, constraint.name.as_deref().unwrap_or_default(), found);
    }
}

/// The name that a clause gives to something.
fn new_name(change: &Change) -> &str {
    match change {
        Change::AddColumn(column) => &column.name,
        Change::RenameColumn { to, .. } => to,
        Change::RenameTable(to) => &to.name,
        Change::AddConstraint(constraint) => constraint.name.as_deref().unwrap_or_default(),
        Change::AddIndex(index) => index.name.as_deref().unwrap_or_default(),
        _ => "",
    }
}

fn too_long(scene: &Scene<'_>, name: &str, found: &mut Vec<Draft>) {
    let (length, limit, unit) = match scene.dialect() {
        Dialect::Postgres | Dialect::Cockroachdb => (name.len(), 63, "bytes"),
        Dialect::Mysql | Dialect::Mariadb => (name.chars().count(), 64, "characters"),
        Dialect::Sqlite => return,
    };
    if length > limit {
        found.push(Draft::new("NL410", format!("\"{name}\" has {length} {unit}; {limit} is the limit")));
    }
}
