//! Reading a MySQL or MariaDB database from its information schema: one query for each kind of thing.

mod beyond;

use std::collections::HashSet;

use nicol_db::{Connection, Dialect, Result, Row, Rows, Value};

use super::normalize;
use crate::catalog::{
    Arity, Catalog, Column, ColumnType, Default, ForeignKey, Index, IndexColumn, IndexKind, PrimaryKey,
    ReferentialAction, Remark, SortOrder, Table,
};
use crate::introspect::HISTORY_TABLE;
use crate::mariadb;

const TABLES: &str = "\
SELECT table_name, @@lower_case_table_names FROM information_schema.tables \
WHERE table_schema = ? AND table_type = 'BASE TABLE' ORDER BY BINARY table_name";

const COLUMNS: &str = "\
SELECT table_name, column_name, column_type, is_nullable, column_default, extra, generation_expression \
FROM information_schema.columns WHERE table_schema = ? ORDER BY BINARY table_name, ordinal_position";

const INDEXES: &str = "\
SELECT table_name, index_name, non_unique, column_name, sub_part, collation, index_type \
FROM information_schema.statistics WHERE table_schema = ? \
ORDER BY BINARY table_name, BINARY index_name, seq_in_index";

const FOREIGN_KEYS: &str = "\
SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name, \
r.delete_rule, r.update_rule \
FROM information_schema.key_column_usage k \
JOIN information_schema.referential_constraints r ON r.constraint_schema = k.constraint_schema \
AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name \
WHERE k.table_schema = ? AND k.referenced_table_name IS NOT NULL \
ORDER BY BINARY k.table_name, BINARY k.constraint_name, k.ordinal_position";

/// The connection's database. `whole` reads also what is only told.
pub(crate) async fn catalog(connection: &mut Connection, whole: bool) -> Result<Catalog> {
    let dialect = connection.dialect();
    let database = Value::Text(connection.default_schema().to_owned());
    let mut catalog = Catalog::empty(dialect);
    let rows = query(connection, TABLES, &database).await?;
    catalog.tables = tables(&rows)?;
    catalog.folds_table_names =
        rows.first().map(|row| row.get::<i64>(1)).transpose()?.is_some_and(|setting| setting != 0);
    let rows = query(connection, COLUMNS, &database).await?;
    for row in rows.iter() {
        if let Some(table) = table_of(&mut catalog.tables, &row)? {
            table.columns.push(column(dialect, &row)?);
        }
    }
    if dialect == Dialect::Mariadb {
        let rows = query(connection, mariadb::CHECKS, &database).await?;
        mariadb::mark_json(&mut catalog.tables, &rows)?;
    }
    indexes(&mut catalog.tables, &query(connection, INDEXES, &database).await?)?;
    foreign_keys(&mut catalog.tables, &query(connection, FOREIGN_KEYS, &database).await?)?;
    catalog.tables.iter_mut().for_each(normalize::introspected);
    if whole {
        beyond::read(connection, &database, &mut catalog).await?;
    }
    Ok(catalog)
}

async fn query(connection: &mut Connection, sql: &str, database: &Value) -> Result<Rows> {
    connection.query(sql, std::slice::from_ref(database)).await
}

fn tables(rows: &Rows) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    for row in rows.iter() {
        let name: String = row.get(0)?;
        if name != HISTORY_TABLE {
            tables.push(Table {
                namespace: None,
                name,
                columns: Vec::new(),
                primary_key: None,
                indexes: Vec::new(),
                foreign_keys: Vec::new(),
                checks: Vec::new(),
                is_append_only: false,
                remarks: Vec::new(),
            });
        }
    }
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tables)
}

/// The table that a row is about: its first column names it. Tables are in the order of their names' bytes.
pub(crate) fn table_of<'a>(tables: &'a mut [Table], row: &Row<'_>) -> Result<Option<&'a mut Table>> {
    let name: String = row.get(0)?;
    let place = tables.binary_search_by(|table| table.name.cmp(&name)).ok();
    Ok(place.and_then(|place| tables.get_mut(place)))
}

fn column(dialect: Dialect, row: &Row<'_>) -> Result<Column> {
    let written: String = row.get(2)?;
    let ty = normalize::column_type(&written).map_or(ColumnType::Unsupported(written), ColumnType::Mysql);
    let extra = row.get::<Option<String>>(5)?.unwrap_or_default().to_lowercase();
    let generated = row.get::<Option<String>>(6)?.unwrap_or_default();
    let text: Option<String> = row.get(4)?;
    let default = match &text {
        _ if !generated.is_empty() => Some(Default::Unknown),
        None => None,
        Some(text) if dialect == Dialect::Mariadb => mariadb::default(text, &ty),
        Some(text) => normalize::default(text, &ty, extra.contains("default_generated")),
    };
    Ok(Column {
        name: row.get(1)?,
        arity: if row.get::<String>(3)?.eq_ignore_ascii_case("yes") { Arity::Nullable } else { Arity::Required },
        default,
        default_text: text,
        generated: (!generated.is_empty()).then_some(generated),
        auto_increment: extra.contains("auto_increment"),
        sequence: None,
        identity: None,
        has_client_default: false,
        ty,
    })
}

fn indexes(tables: &mut [Table], rows: &Rows) -> Result<()> {
    // Indexes on expressions are not compared; they are known by a column without a name. Nor are spatial ones.
    let mut left_out: HashSet<(String, String)> = HashSet::new();
    for row in rows.iter() {
        let is_spatial = row.get::<String>(6)?.eq_ignore_ascii_case("spatial");
        let key: (String, String) = (row.get(0)?, row.get(1)?);
        if (is_spatial || row.cell(3).is_null())
            && left_out.insert(key.clone())
            && let Some(table) = table_of(tables, &row)?
        {
            let name = key.1;
            table.remarks.push(if is_spatial {
                Remark::SpatialIndex { name }
            } else {
                Remark::ExpressionIndex { name }
            });
        }
    }
    for row in rows.iter() {
        let key: (String, String) = (row.get(0)?, row.get(1)?);
        let method: String = row.get(6)?;
        if left_out.contains(&key) {
            continue;
        }
        let Some(table) = table_of(tables, &row)? else { continue };
        let is_fulltext = method.eq_ignore_ascii_case("fulltext");
        let column = index_column(&row, is_fulltext)?;
        let name = key.1;
        if name == "PRIMARY" {
            let primary = table.primary_key.get_or_insert_with(|| PrimaryKey { name: None, columns: Vec::new() });
            primary.columns.push(column);
            continue;
        }
        match table.indexes.last_mut().filter(|last| last.name == name) {
            Some(last) => last.columns.push(column),
            None => table.indexes.push(Index {
                name,
                kind: match (is_fulltext, row.get::<bool>(2)?) {
                    (true, _) => IndexKind::Fulltext,
                    (false, true) => IndexKind::Normal,
                    (false, false) => IndexKind::Unique,
                },
                columns: vec![column],
                algorithm: None,
                predicate: None,
                is_implied: false,
                is_of_constraint: false,
            }),
        }
    }
    Ok(())
}

fn index_column(row: &Row<'_>, is_fulltext: bool) -> Result<IndexColumn> {
    let collation: Option<String> = row.get(5)?;
    let length: Option<i64> = if is_fulltext { None } else { row.get(4)? };
    Ok(IndexColumn {
        sort: collation.filter(|order| order == "D").map(|_| SortOrder::Desc),
        length: length.and_then(|length| u32::try_from(length).ok()),
        ..IndexColumn::plain(row.get::<String>(3)?)
    })
}

fn foreign_keys(tables: &mut [Table], rows: &Rows) -> Result<()> {
    for row in rows.iter() {
        let Some(table) = table_of(tables, &row)? else { continue };
        let name: String = row.get(1)?;
        if table.foreign_keys.last().is_none_or(|last| last.name.as_ref() != Some(&name)) {
            table.foreign_keys.push(ForeignKey {
                name: Some(name),
                columns: Vec::new(),
                referenced_namespace: None,
                referenced_table: row.get(3)?,
                referenced_columns: Vec::new(),
                on_delete: action(&row.get::<String>(5)?),
                on_update: action(&row.get::<String>(6)?),
            });
        }
        if let Some(key) = table.foreign_keys.last_mut() {
            key.columns.push(row.get(2)?);
            key.referenced_columns.push(row.get(4)?);
        }
    }
    Ok(())
}

fn action(text: &str) -> ReferentialAction {
    match text {
        "CASCADE" => ReferentialAction::Cascade,
        "RESTRICT" => ReferentialAction::Restrict,
        "SET NULL" => ReferentialAction::SetNull,
        "SET DEFAULT" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}
