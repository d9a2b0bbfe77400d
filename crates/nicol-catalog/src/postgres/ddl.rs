//! PostgreSQL's statements for each step, and the parts that CockroachDB writes alike.

mod alter;
mod enums;
mod rename;

use nicol_db::Dialect;

use crate::catalog::{
    Arity, Column, ColumnType, Default, Enum, ForeignKey, Identity, Index, IndexAlgorithm, IndexColumn, IndexKind,
    Literal, SortOrder, Table,
};
use crate::guards;
use crate::literal::spaced_date_time;
use crate::plan::{Plan, Step};
use crate::script::StepText;
use crate::sql::{action, fill, hex, names, qualified, string};

pub(crate) use alter::clauses;
pub(crate) use enums::enum_usages;

const D: Dialect = Dialect::Postgres;

/// The statements of a step.
pub(crate) fn step(plan: &Plan<'_>, step: &Step) -> StepText {
    let diff = plan.diff;
    match step {
        Step::AlterEnum(place) => enums::alter(diff, &diff.changed_enums[*place]),
        Step::AlterTable(alter) => alter::table(diff, alter),
        // PostgreSQL's plans hold none of these.
        Step::RedefineTables(_) | Step::AlterPrimaryKey(_) | Step::AlterSequence { .. } | Step::RedefineIndex(..) => {
            StepText::nothing()
        }
        other => shared_step(plan, other),
    }
}

/// The steps that CockroachDB writes in the same way.
pub(crate) fn shared_step(plan: &Plan<'_>, step: &Step) -> StepText {
    let (from, to) = (plan.diff.from, plan.diff.to);
    let extension = |catalog: &crate::catalog::Catalog, place: usize| {
        catalog.extensions.as_ref().and_then(|all| all.get(place)).cloned()
    };
    StepText::one(match step {
        Step::DropGuard(table) => return StepText::many(guards::drop(plan.dialect, plan.diff, *table)),
        Step::CreateGuard(table) => return StepText::many(guards::create(plan.dialect, &to.tables[*table])),
        Step::DropCheck(table, check) => guards::drop_check(plan.dialect, plan.diff, *table, *check),
        Step::AddCheck(table, check) => guards::add_check(plan.dialect, &to.tables[*table], *check),
        Step::Rename(place) => return rename::step(plan.dialect, &plan.diff.renames[*place]),
        Step::Backfill(table, column) => fill(D, plan.diff, *table, *column),
        Step::CreateNamespace(name) => format!("CREATE SCHEMA IF NOT EXISTS {}", D.quote(name)),
        Step::DropExtension(place) => match extension(from, *place) {
            Some(extension) => format!("DROP EXTENSION {}", D.quote(&extension.name)),
            None => return StepText::nothing(),
        },
        Step::CreateExtension(place) => match extension(to, *place) {
            Some(extension) => create_extension(&extension),
            None => return StepText::nothing(),
        },
        Step::AlterExtension(old, new) => match (extension(from, *old), extension(to, *new)) {
            (Some(old), Some(new)) => return alter_extension(&old, &new),
            (_, _) => return StepText::nothing(),
        },
        Step::CreateEnum(place) => create_enum(&to.enums[*place], &to.enums[*place].name),
        Step::DropEnum(place) => {
            let old = &from.enums[*place];
            format!("DROP TYPE {}", qualified(D, old.namespace.as_deref(), &old.name))
        }
        Step::CreateTable(place) => create_table(&to.tables[*place], &to.tables[*place].name, column),
        Step::DropTable(place) => format!("DROP TABLE {}", table_name(&from.tables[*place])),
        Step::CreateIndex(table, index) => create_index(&to.tables[*table], &to.tables[*table].indexes[*index]),
        Step::DropIndex(table, index) => {
            let table = &from.tables[*table];
            format!("DROP INDEX {}", qualified(D, table.namespace.as_deref(), &table.indexes[*index].name))
        }
        Step::RenameIndex((table, index), (new_table, new_index)) => {
            let table = &from.tables[*table];
            let name = qualified(D, table.namespace.as_deref(), &table.indexes[*index].name);
            format!("ALTER INDEX {name} RENAME TO {}", D.quote(&to.tables[*new_table].indexes[*new_index].name))
        }
        Step::AddForeignKey(table, key) => {
            let table = &to.tables[*table];
            add_foreign_key(table, &table.foreign_keys[*key])
        }
        Step::DropForeignKey(table, key) => {
            let table = &from.tables[*table];
            let name = table.foreign_keys[*key].name.as_deref().unwrap_or_default();
            format!("ALTER TABLE {} DROP CONSTRAINT {}", table_name(table), D.quote(name))
        }
        Step::RenameForeignKey((table, key), (new_table, new_key)) => {
            let table = &from.tables[*table];
            let name = |key: &ForeignKey| D.quote(key.name.as_deref().unwrap_or_default());
            let (old, new) = (&table.foreign_keys[*key], &to.tables[*new_table].foreign_keys[*new_key]);
            format!("ALTER TABLE {} RENAME CONSTRAINT {} TO {}", table_name(table), name(old), name(new))
        }
        Step::AlterEnum(_)
        | Step::AlterTable(_)
        | Step::RedefineTables(_)
        | Step::AlterPrimaryKey(_)
        | Step::AlterSequence { .. }
        | Step::RedefineIndex(..) => return StepText::nothing(),
    })
}

fn create_extension(extension: &crate::catalog::Extension) -> String {
    let mut out = format!("CREATE EXTENSION IF NOT EXISTS {}", D.quote(&extension.name));
    if extension.namespace.is_some() || extension.version.is_some() {
        out.push_str(" WITH");
    }
    if let Some(namespace) = &extension.namespace {
        out.push_str(" SCHEMA ");
        D.quote_into(&mut out, namespace);
    }
    if let Some(version) = &extension.version {
        out.push_str(" VERSION ");
        D.quote_into(&mut out, version);
    }
    out
}

fn alter_extension(old: &crate::catalog::Extension, new: &crate::catalog::Extension) -> StepText {
    let name = D.quote(&new.name);
    let mut statements = Vec::new();
    if let Some(version) = new.version.as_ref().filter(|version| old.version.as_ref() != Some(version)) {
        statements.push(format!("ALTER EXTENSION {name} UPDATE TO {}", D.quote(version)));
    }
    if let Some(namespace) = new.namespace.as_ref().filter(|namespace| old.namespace.as_ref() != Some(namespace)) {
        statements.push(format!("ALTER EXTENSION {name} SET SCHEMA {}", D.quote(namespace)));
    }
    StepText::many(statements)
}

/// The name of a table as statements write it.
pub(crate) fn table_name(table: &Table) -> String {
    qualified(D, table.namespace.as_deref(), &table.name)
}

/// An enum type under a name, its own or another.
pub(crate) fn create_enum(enumeration: &Enum, name: &str) -> String {
    let values: Vec<String> = enumeration.values.iter().map(|value| string(D, value)).collect();
    let name = qualified(D, enumeration.namespace.as_deref(), name);
    format!("CREATE TYPE {name} AS ENUM ({})", values.join(", "))
}

/// A table under a name, its own or another; `column` writes a column's definition.
pub(crate) fn create_table(table: &Table, name: &str, column: fn(&Column) -> String) -> String {
    let lines: Vec<String> = table.columns.iter().map(|one| format!("    {}", column(one))).collect();
    let mut out = format!("CREATE TABLE {} (\n", qualified(D, table.namespace.as_deref(), name));
    out.push_str(&lines.join(",\n"));
    if let Some(key) = &table.primary_key {
        let columns = names(D, key.columns.iter().map(|column| column.name.as_str()), ",");
        out.push_str(if lines.is_empty() { "" } else { ",\n\n" });
        out.push_str("    ");
        if let Some(name) = &key.name {
            out.push_str(&format!("CONSTRAINT {} ", D.quote(name)));
        }
        out.push_str(&format!("PRIMARY KEY ({columns})"));
    }
    out.push_str("\n)");
    out
}

/// A column's definition.
pub(crate) fn column(column: &Column) -> String {
    let ty = match &column.ty {
        ColumnType::Postgres(ty) if column.auto_increment && column.arity != Arity::List => ty.serial_sql(),
        _ => column_type(column),
    };
    let mut out = format!("{} {ty}", D.quote(&column.name));
    if column.arity == Arity::Required {
        out.push_str(" NOT NULL");
    }
    if let Some(default) = column.default.as_ref().and_then(|default| self::default(column, default)) {
        out.push_str(" DEFAULT ");
        out.push_str(&default);
    }
    if let Some(options) = &column.identity {
        out.push_str(" GENERATED BY DEFAULT AS IDENTITY");
        out.push_str(&identity(options));
    }
    out
}

fn identity(options: &Identity) -> String {
    let numbers = [
        ("INCREMENT", options.increment),
        ("CACHE", options.cache),
        ("START", options.start),
        ("MINVALUE", options.min_value),
        ("MAXVALUE", options.max_value),
    ];
    let mut parts = Vec::new();
    if options.is_virtual {
        parts.push("VIRTUAL".to_owned());
    }
    parts.extend(numbers.into_iter().filter_map(|(word, value)| Some(format!("{word} {}", value?))));
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(" ")) }
}

/// A column's type, with brackets when it is a list.
pub(crate) fn column_type(column: &Column) -> String {
    let mut out = match &column.ty {
        ColumnType::Postgres(ty) => ty.sql(),
        ColumnType::Cockroach(ty) => ty.sql(),
        ColumnType::Sqlite(ty) => ty.sql().to_owned(),
        ColumnType::Mysql(ty) => ty.sql(),
        ColumnType::Enum { namespace, name } => qualified(D, namespace.as_deref(), name),
        ColumnType::Unsupported(text) => text.clone(),
    };
    if column.arity == Arity::List {
        out.push_str("[]");
    }
    out
}

/// A default as written after DEFAULT; none when only the database knows it.
pub(crate) fn default(column: &Column, default: &Default) -> Option<String> {
    Some(match default {
        Default::Literal(Literal::List(items)) => {
            let items: Vec<String> = items.iter().map(constant).collect();
            format!("ARRAY[{}]::{}", items.join(", "), column_type(column))
        }
        Default::Literal(literal) => constant(literal),
        Default::Now => "CURRENT_TIMESTAMP".to_owned(),
        Default::UniqueRowid => "unique_rowid()".to_owned(),
        Default::Expression(text) => text.clone(),
        Default::Unknown => return None,
    })
}

fn constant(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) | Literal::Enum(text) | Literal::Json(text) => string(D, text),
        Literal::Number(text) => text.clone(),
        Literal::Boolean(flag) => flag.to_string(),
        Literal::Bytes(bytes) => format!("'\\x{}'", hex(bytes)),
        Literal::DateTime(text) => format!("'{}'", spaced_date_time(text)),
        Literal::List(items) => {
            let items: Vec<String> = items.iter().map(constant).collect();
            format!("ARRAY[{}]", items.join(", "))
        }
    }
}

pub(crate) fn create_index(table: &Table, index: &Index) -> String {
    let unique = if index.kind == IndexKind::Unique { "UNIQUE " } else { "" };
    let using = match index.algorithm {
        None => "",
        Some(IndexAlgorithm::Hash) => " USING HASH ",
        Some(IndexAlgorithm::Gist) => " USING GIST ",
        Some(IndexAlgorithm::Gin) => " USING GIN ",
        Some(IndexAlgorithm::SpGist) => " USING SPGIST ",
        Some(IndexAlgorithm::Brin) => " USING BRIN ",
    };
    let columns: Vec<String> = index.columns.iter().map(index_column).collect();
    let name = D.quote(&index.name);
    let mut out = format!("CREATE {unique}INDEX {name} ON {}{using}({})", table_name(table), columns.join(", "));
    if let Some(predicate) = &index.predicate {
        let is_bracketed = predicate.starts_with('(') && predicate.ends_with(')');
        out.push_str(&if is_bracketed { format!(" WHERE {predicate}") } else { format!(" WHERE ({predicate})") });
    }
    out
}

fn index_column(column: &IndexColumn) -> String {
    let mut out = D.quote(&column.name);
    if let Some(class) = &column.operator_class {
        out.push(' ');
        out.push_str(&class.name);
    }
    match column.sort {
        Some(SortOrder::Asc) => out.push_str(" ASC"),
        Some(SortOrder::Desc) => out.push_str(" DESC"),
        None => {}
    }
    out
}

pub(crate) fn add_foreign_key(table: &Table, key: &ForeignKey) -> String {
    format!("ALTER TABLE {} ADD {}", table_name(table), foreign_key(key))
}

fn foreign_key(key: &ForeignKey) -> String {
    let name = key.name.as_ref().map(|name| format!("CONSTRAINT {} ", D.quote(name))).unwrap_or_default();
    format!(
        "{name}FOREIGN KEY ({}) REFERENCES {}({}) ON DELETE {} ON UPDATE {}",
        names(D, key.columns.iter().map(String::as_str), ", "),
        qualified(D, key.referenced_namespace.as_deref(), &key.referenced_table),
        names(D, key.referenced_columns.iter().map(String::as_str), ", "),
        action(key.on_delete),
        action(key.on_update),
    )
}
