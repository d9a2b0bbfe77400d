//! What is known of the database that a script will meet: read from a live one, or followed from script to script.
//!
//! It changes with every statement that is read, so that a statement is judged by what stands before it.

use std::collections::BTreeMap;

use nicol_db::Dialect;

use crate::sql::{Action, Change, Column, Constraint, ConstraintKind, CreateTable, Name, Reference, RowsKind};

/// Tables, their columns and constraints, indexes and enums.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// By key (see [`Known::key`]).
    pub(crate) tables: BTreeMap<String, Table>,
    /// By name.
    pub(crate) indexes: BTreeMap<String, Index>,
    /// Values of enum types, by key.
    pub(crate) enums: BTreeMap<String, Vec<String>>,
    /// True when it was read from a database: what is not in it does not exist.
    pub(crate) is_complete: bool,
}

/// A table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    /// Its name without schema, as the database has it.
    pub(crate) name: String,
    /// Its columns in order; may be incomplete when the table was made elsewhere.
    pub(crate) columns: Vec<Column>,
    /// Conditions that were checked, or not yet.
    pub(crate) checks: Vec<Check>,
    /// Its foreign keys.
    pub(crate) foreign_keys: Vec<ForeignKey>,
    /// Rows, as the database estimates them.
    pub(crate) rows: Option<u64>,
    /// Bytes with indexes, as the database counts them.
    pub(crate) bytes: Option<u64>,
    /// Made in this run, and nothing was put into it that was not written out in a script.
    pub(crate) is_fresh: bool,
}

/// A check constraint.
#[derive(Debug, Clone)]
pub(crate) struct Check {
    pub(crate) name: String,
    /// Without parentheses, quotes and white space, in lower case.
    pub(crate) condition: String,
    /// Whether all rows are known to satisfy it.
    pub(crate) is_valid: bool,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub(crate) struct ForeignKey {
    pub(crate) name: Option<String>,
    pub(crate) columns: Vec<String>,
    /// Key of the table referred to.
    pub(crate) to: String,
    /// `ON DELETE CASCADE`
    pub(crate) deletes: bool,
}

/// An index.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    /// Key of its table.
    pub(crate) table: String,
    /// Its columns; expressions as written.
    pub(crate) columns: Vec<String>,
    pub(crate) is_unique: bool,
    /// False for what a failed `CREATE INDEX CONCURRENTLY` leaves behind.
    pub(crate) is_valid: bool,
}

impl Table {
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    fn column_mut(&mut self, name: &str) -> Option<&mut Column> {
        self.columns.iter_mut().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Whether a checked condition already rules NULL out.
    pub(crate) fn proves_not_null(&self, column: &str) -> bool {
        let wanted = format!("{}isnotnull", column.to_lowercase());
        self.checks.iter().any(|check| check.is_valid && check.condition == wanted)
    }
}

impl Known {
    /// The key of a table: the name, with the schema before it unless it is the one that needs no naming.
    pub(crate) fn key(name: &Name, dialect: Dialect) -> String {
        let fold = |text: &str| if dialect == Dialect::Sqlite { text.to_lowercase() } else { text.to_string() };
        match name.schema.as_deref() {
            Some(schema) if !matches!(schema, "public" | "main") => format!("{}.{}", fold(schema), fold(&name.name)),
            Some(_) | None => fold(&name.name),
        }
    }

    pub(crate) fn table(&self, name: &Name, dialect: Dialect) -> Option<&Table> {
        self.tables.get(&Known::key(name, dialect))
    }

    /// Whether the table can have rows when the script runs: it was not made by the same run.
    pub(crate) fn may_have_rows(&self, name: &Name, dialect: Dialect) -> bool {
        !self.table(name, dialect).is_some_and(|table| table.is_fresh)
    }

    /// From here on nothing counts as just made.
    pub(crate) fn settle(&mut self) {
        for table in self.tables.values_mut() {
            table.is_fresh = false;
        }
    }

    /// Keys of the other tables whose foreign keys refer to this one.
    pub(crate) fn children_of(&self, key: &str) -> std::vec::IntoIter<String> {
        let refers = |table: &Table| table.foreign_keys.iter().any(|foreign| foreign.to == key);
        let children = self.tables.iter().filter(|(own, table)| *own != key && refers(table));
        children.map(|(own, _)| own.clone()).collect::<Vec<_>>().into_iter()
    }

    /// Takes a statement as done.
    pub(crate) fn apply(&mut self, action: &Action, dialect: Dialect) {
        match action {
            Action::CreateTable(create) => self.create(create, dialect),
            Action::AlterTable { table, clauses } => {
                let mut key = Known::key(table, dialect);
                for clause in clauses {
                    if let Change::RenameTable(to) = &clause.change {
                        key = self.rename(&key, to, dialect);
                    } else {
                        self.change(&key, table, &clause.change, dialect);
                    }
                }
            }
            Action::CreateIndex(index) => {
                if let Some(name) = &index.name {
                    let table = Known::key(&index.table, dialect);
                    let columns = index.columns.clone();
                    let made = Index { table, columns, is_unique: index.is_unique, is_valid: true };
                    self.indexes.insert(name.clone(), made);
                }
            }
            Action::DropIndex { indexes, .. } => {
                for index in indexes {
                    self.indexes.remove(&index.name);
                }
            }
            Action::DropTable { tables, .. } => {
                for table in tables {
                    let key = Known::key(table, dialect);
                    self.tables.remove(&key);
                    self.indexes.retain(|_, index| index.table != key);
                }
            }
            Action::RenameTables(pairs) => {
                for (from, to) in pairs {
                    self.rename(&Known::key(from, dialect), to, dialect);
                }
            }
            Action::CreateEnum { name, values } => {
                self.enums.insert(Known::key(name, dialect), values.clone());
            }
            Action::AddEnumValue { name, value, .. } => {
                self.enums.entry(Known::key(name, dialect)).or_default().push(value.clone());
            }
            Action::Rows(rows) if rows.kind == RowsKind::Insert && rows.selected.is_some() => {
                // Copied from other tables: as many as there are.
                if let Some(table) = self.tables.get_mut(&Known::key(&rows.table, dialect)) {
                    table.is_fresh = false;
                }
            }
            Action::Begin
            | Action::Commit
            | Action::Rollback
            | Action::DropSchema { .. }
            | Action::DropOther { .. }
            | Action::RenameSchema { .. }
            | Action::RenameEnumValue { .. }
            | Action::CreateDomain { .. }
            | Action::AlterDomain { .. }
            | Action::Reindex { .. }
            | Action::RewriteTable { .. }
            | Action::Refresh { .. }
            | Action::Truncate { .. }
            | Action::Rows(_)
            | Action::LockTables { .. }
            | Action::CreateTrigger { .. }
            | Action::Opaque { .. }
            | Action::Set { .. }
            | Action::Pragma { .. }
            | Action::Other(_) => {}
        }
    }

    fn create(&mut self, create: &CreateTable, dialect: Dialect) {
        let key = Known::key(&create.name, dialect);
        if create.if_not_exists && self.tables.contains_key(&key) {
            return;
        }
        let mut table = Table { name: create.name.name.clone(), ..Table::default() };
        table.is_fresh = !create.is_filled;
        table.columns = create.columns.clone();
        self.tables.insert(key.clone(), table);
        for column in &create.columns {
            self.inline(&key, column, dialect);
        }
        for constraint in &create.constraints {
            self.constrain(&key, constraint, dialect);
        }
    }

    /// Constraints that stand in a column's definition.
    fn inline(&mut self, key: &str, column: &Column, dialect: Dialect) {
        let Some(table) = self.tables.get_mut(key) else { return };
        if let Some(reference) = &column.references {
            // The name PostgreSQL gives.
            let name = reference.name.clone().or_else(|| Some(format!("{}_{}_fkey", table.name, column.name)));
            table.foreign_keys.push(foreign_key(name, std::slice::from_ref(&column.name), reference, dialect));
        }
        if let Some(check) = &column.check {
            let name = format!("{}_{}_check", table.name, column.name);
            table.checks.push(Check { name, condition: plain(check), is_valid: true });
        }
    }

    fn rename(&mut self, key: &str, to: &Name, dialect: Dialect) -> String {
        let mut to = to.clone();
        // `ALTER TABLE a.t RENAME TO u` keeps the schema.
        if let (None, Some((schema, _))) = (&to.schema, key.rsplit_once('.')) {
            to.schema = Some(schema.to_string());
        }
        let new = Known::key(&to, dialect);
        if let Some(mut table) = self.tables.remove(key) {
            table.name.clone_from(&to.name);
            self.tables.insert(new.clone(), table);
        }
        for table in self.tables.values_mut() {
            for foreign in table.foreign_keys.iter_mut().filter(|foreign| foreign.to == key) {
                foreign.to.clone_from(&new);
            }
        }
        for index in self.indexes.values_mut().filter(|index| index.table == key) {
            index.table.clone_from(&new);
        }
        new
    }

    fn change(&mut self, key: &str, name: &Name, change: &Change, dialect: Dialect) {
        // A table nobody has heard of becomes one that is known in part.
        let entry = || Table { name: name.name.clone(), ..Table::default() };
        let table = self.tables.entry(key.to_string()).or_insert_with(entry);
        match change {
            Change::AddColumn(column) => {
                table.columns.push(column.clone());
                self.inline(key, column, dialect);
            }
            Change::DropColumn { column, .. } => {
                table.columns.retain(|known| !known.name.eq_ignore_ascii_case(column));
                table.foreign_keys.retain(|foreign| !foreign.columns.contains(column));
                self.indexes.retain(|_, index| index.table != key || !index.columns.contains(column));
            }
            Change::Type { column, ty, .. } => {
                if let Some(known) = table.column_mut(column) {
                    known.ty.clone_from(ty);
                }
            }
            Change::SetNotNull(column) | Change::DropNotNull(column) => {
                if let Some(known) = table.column_mut(column) {
                    known.not_null = matches!(change, Change::SetNotNull(_));
                }
            }
            Change::Default { column, default } => {
                if let Some(known) = table.column_mut(column) {
                    known.default.clone_from(default);
                }
            }
            Change::Modify { column, definition } => match table.column_mut(column) {
                Some(known) => *known = definition.clone(),
                None => table.columns.push(definition.clone()),
            },
            Change::AddConstraint(constraint) => self.constrain(key, constraint, dialect),
            Change::AddIndex(index) => {
                if let Some(name) = &index.name {
                    let columns = index.columns.clone();
                    let made = Index { table: key.to_string(), columns, is_unique: index.is_unique, is_valid: true };
                    self.indexes.insert(name.clone(), made);
                }
            }
            Change::DropConstraint { name, .. } => {
                table.checks.retain(|check| check.name != *name);
                table.foreign_keys.retain(|foreign| foreign.name.as_ref() != Some(name));
            }
            Change::DropIndex(name) => {
                self.indexes.remove(name);
            }
            Change::Validate(name) => {
                for check in table.checks.iter_mut().filter(|check| check.name == *name) {
                    check.is_valid = true;
                }
            }
            Change::RenameColumn { from, to } => {
                if let Some(known) = table.column_mut(from) {
                    known.name.clone_from(to);
                }
                for foreign in &mut table.foreign_keys {
                    for column in foreign.columns.iter_mut().filter(|column| *column == from) {
                        column.clone_from(to);
                    }
                }
            }
            Change::DropPrimaryKey
            | Change::RenameTable(_)
            | Change::RenameOther
            | Change::Detach { .. }
            | Change::Attach(_)
            | Change::Convert
            | Change::Rebuild
            | Change::Setting
            | Change::Limit { .. }
            | Change::Other(_) => {}
        }
    }

    fn constrain(&mut self, key: &str, constraint: &Constraint, dialect: Dialect) {
        let Some(table) = self.tables.get_mut(key) else { return };
        match &constraint.kind {
            ConstraintKind::Primary(columns) => {
                for name in columns {
                    if let Some(column) = table.column_mut(name) {
                        column.not_null = true;
                    }
                }
            }
            ConstraintKind::Foreign(columns, reference) => {
                table.foreign_keys.push(foreign_key(constraint.name.clone(), columns, reference, dialect));
            }
            ConstraintKind::Check(condition) => {
                let name = constraint.name.clone().unwrap_or_default();
                table.checks.push(Check { name, condition: plain(condition), is_valid: !constraint.not_valid });
            }
            ConstraintKind::NotNull(column) => {
                let name = constraint.name.clone().unwrap_or_else(|| format!("{}_{column}_not_null", table.name));
                let condition = format!("{}isnotnull", column.to_lowercase());
                table.checks.push(Check { name, condition, is_valid: !constraint.not_valid });
            }
            ConstraintKind::Unique(columns) => {
                if let Some(name) = &constraint.name {
                    let made =
                        Index { table: key.to_string(), columns: columns.clone(), is_unique: true, is_valid: true };
                    self.indexes.insert(name.clone(), made);
                }
            }
            ConstraintKind::Exclude => {}
        }
    }
}

fn foreign_key(name: Option<String>, columns: &[String], reference: &Reference, dialect: Dialect) -> ForeignKey {
    let to = Known::key(&reference.table, dialect);
    ForeignKey { name, columns: columns.to_vec(), to, deletes: reference.deletes }
}

/// A condition without what can be written in more than one way.
pub(crate) fn plain(condition: &str) -> String {
    condition
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '"' | '`'))
        .collect::<String>()
        .to_lowercase()
}
