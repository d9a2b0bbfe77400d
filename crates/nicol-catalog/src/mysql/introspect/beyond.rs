//! What the schema language has no word for: read for `db pull`, which tells it.

use nicol_db::{Connection, Dialect, Result, Row, Rows, Value};

use super::{column, query, table_of};
use crate::catalog::{Catalog, Remark, Table, View};

const COMMENTS: &str = "\
SELECT table_name, NULL AS column_name FROM information_schema.tables \
WHERE table_schema = ? AND table_type = 'BASE TABLE' AND table_comment <> ''";

/// Comments, collations of their own, and times that follow every change.
const COLUMN_DETAILS: &str = "\
SELECT c.table_name, c.column_name, c.column_comment, c.collation_name, t.table_collation, c.extra \
FROM information_schema.columns c \
JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name \
WHERE c.table_schema = ? ORDER BY BINARY c.table_name, c.ordinal_position";

const PARTITIONS: &str = "\
SELECT DISTINCT table_name FROM information_schema.partitions WHERE table_schema = ? AND partition_name IS NOT NULL";

const CHECKS: &str = "\
SELECT t.table_name, t.constraint_name, c.check_clause FROM information_schema.table_constraints t \
JOIN information_schema.check_constraints c ON c.constraint_schema = t.constraint_schema \
AND c.constraint_name = t.constraint_name \
WHERE t.table_schema = ? AND t.constraint_type = 'CHECK' ORDER BY BINARY t.table_name, BINARY t.constraint_name";

/// MariaDB keeps the checks of columns under names that several tables may have.
const MARIADB_CHECKS: &str = "\
SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints \
WHERE constraint_schema = ? ORDER BY BINARY table_name, BINARY constraint_name";

const TRIGGERS: &str = "\
SELECT event_object_table, trigger_name FROM information_schema.triggers \
WHERE trigger_schema = ? ORDER BY BINARY event_object_table, BINARY trigger_name";

const VIEWS: &str = "\
SELECT table_name, view_definition FROM information_schema.views WHERE table_schema = ? ORDER BY BINARY table_name";

pub(super) async fn read(connection: &mut Connection, database: &Value, catalog: &mut Catalog) -> Result<()> {
    let dialect = connection.dialect();
    views(connection, database, catalog).await?;
    let tables = &mut catalog.tables;
    remarks(&query(connection, PARTITIONS, database).await?, tables, |_| Ok(vec![Remark::Partitioned]))?;
    remarks(&query(connection, COMMENTS, database).await?, tables, |_| Ok(vec![Remark::Comment { column: None }]))?;
    remarks(&query(connection, COLUMN_DETAILS, database).await?, tables, column_details)?;
    let checks = if dialect == Dialect::Mariadb { MARIADB_CHECKS } else { CHECKS };
    remarks(&query(connection, checks, database).await?, tables, |row| {
        // How MariaDB keeps a JSON column.
        let is_json = dialect == Dialect::Mariadb && row.get::<String>(2)?.starts_with("json_valid(`");
        Ok(if is_json { Vec::new() } else { vec![Remark::Check { name: row.get(1)? }] })
    })?;
    remarks(&query(connection, TRIGGERS, database).await?, tables, |row| {
        Ok(vec![Remark::Trigger { name: row.get(1)? }])
    })
}

/// Adds what rows say to the tables they are about.
fn remarks(rows: &Rows, tables: &mut [Table], of: impl Fn(&Row<'_>) -> Result<Vec<Remark>>) -> Result<()> {
    for row in rows.iter() {
        if let Some(table) = table_of(tables, &row)? {
            table.remarks.extend(of(&row)?);
        }
    }
    Ok(())
}

fn column_details(row: &Row<'_>) -> Result<Vec<Remark>> {
    let column: String = row.get(1)?;
    let mut found = Vec::new();
    if !row.get::<Option<String>>(2)?.unwrap_or_default().is_empty() {
        found.push(Remark::Comment { column: Some(column.clone()) });
    }
    let (own, of_table): (Option<String>, Option<String>) = (row.get(3)?, row.get(4)?);
    if let Some(collation) = own.filter(|own| of_table.as_ref() != Some(own) && own != "utf8mb4_bin") {
        found.push(Remark::ColumnDetail { column: column.clone(), detail: format!("COLLATE {collation}") });
    }
    let extra = row.get::<Option<String>>(5)?.unwrap_or_default();
    let lower = extra.to_ascii_lowercase();
    if let Some(place) = lower.find("on update ") {
        found.push(Remark::ColumnDetail { column: column.clone(), detail: extra[place..].to_owned() });
    }
    if lower.contains("invisible") {
        found.push(Remark::ColumnDetail { column, detail: "INVISIBLE".to_owned() });
    }
    Ok(found)
}

async fn views(connection: &mut Connection, database: &Value, catalog: &mut Catalog) -> Result<()> {
    let rows = query(connection, VIEWS, database).await?;
    for row in rows.iter() {
        let name: String = row.get(0)?;
        catalog.views.push(View { namespace: None, name, columns: Vec::new(), definition: row.get(1)? });
    }
    if catalog.views.is_empty() {
        return Ok(());
    }
    let dialect = connection.dialect();
    let rows = query(connection, super::COLUMNS, database).await?;
    for row in rows.iter() {
        let name: String = row.get(0)?;
        if let Some(view) = catalog.views.iter_mut().find(|view| view.name == name) {
            view.columns.push(column(dialect, &row)?);
        }
    }
    Ok(())
}
