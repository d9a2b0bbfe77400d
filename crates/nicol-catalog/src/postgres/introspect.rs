//! Reading a PostgreSQL or CockroachDB database from its system catalogs: one query for each kind of thing.

mod beyond;

use std::collections::{HashMap, HashSet};

use nicol_db::{Connection, Dialect, Result, Row, Value};

use super::normalize;
use crate::catalog::{
    Arity, Catalog, Column, ColumnType, Enum, Extension, ForeignKey, Index, IndexAlgorithm, IndexColumn, IndexKind,
    OperatorClass, PUBLIC, PrimaryKey, ReferentialAction, Remark, SortOrder, Table,
};
use crate::cockroach;
use crate::introspect::HISTORY_TABLE;

const NAMESPACES: &str = "\
SELECT nspname::text FROM pg_catalog.pg_namespace \
WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' ORDER BY nspname";

const EXTENSIONS: &str = "\
SELECT e.extname::text, n.nspname::text, e.extversion::text, e.extrelocatable \
FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace ORDER BY e.extname";

const ENUMS: &str = "\
SELECT n.nspname::text, t.typname::text, v.enumlabel::text \
FROM pg_catalog.pg_enum v \
JOIN pg_catalog.pg_type t ON t.oid = v.enumtypid \
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
WHERE n.nspname = ANY($1) \
AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e') \
ORDER BY n.nspname, t.typname, v.enumsortorder";

/// Tables without partitions of others and what extensions brought.
const TABLES: &str = "\
SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c \
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') \
ORDER BY n.nspname, c.relname";

const COLUMNS: &str = "\
SELECT n.nspname::text, c.relname::text, a.attname::text, a.attnotnull, \
pg_catalog.format_type(a.atttypid, a.atttypmod)::text, a.atttypmod::int8, \
(t.typcategory = 'A' AND t.typelem <> 0), coalesce(e.typname, t.typname)::text, coalesce(e.typtype, t.typtype)::text, \
coalesce(en.nspname, tn.nspname)::text, pg_catalog.pg_get_expr(d.adbin, d.adrelid)::text, \
a.attidentity::text, a.attgenerated::text, \
(SELECT s.relname::text FROM pg_catalog.pg_depend p JOIN pg_catalog.pg_class s ON s.oid = p.objid AND s.relkind = 'S' \
 WHERE p.refobjid = c.oid AND p.refobjsubid = a.attnum AND p.deptype IN ('a', 'i') LIMIT 1) \
FROM pg_catalog.pg_attribute a \
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace \
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A' \
LEFT JOIN pg_catalog.pg_namespace en ON en.oid = e.typnamespace \
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped \
ORDER BY n.nspname, c.relname, a.attnum";

const INDEXES: &str = "\
SELECT n.nspname::text, c.relname::text, x.relname::text, i.indisprimary, i.indisunique, m.amname::text, \
pg_catalog.pg_get_expr(i.indpred, i.indrelid)::text, a.attname::text, i.indoption[k.place - 1]::int8, \
o.opcname::text, coalesce(o.opcdefault, true), \
EXISTS (SELECT 1 FROM pg_catalog.pg_constraint s WHERE s.conindid = x.oid AND s.contype = 'u') \
FROM pg_catalog.pg_index i \
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid \
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid \
JOIN pg_catalog.pg_am m ON m.oid = x.relam \
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place) \
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0 \
LEFT JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[k.place - 1] \
WHERE n.nspname = ANY($1) AND NOT i.indisexclusion AND k.place <= i.indnkeyatts \
ORDER BY n.nspname, c.relname, x.relname, k.place";

const FOREIGN_KEYS: &str = "\
SELECT n.nspname::text, c.relname::text, f.conname::text, rn.nspname::text, r.relname::text, \
f.confdeltype::text, f.confupdtype::text, a.attname::text, ra.attname::text \
FROM pg_catalog.pg_constraint f \
JOIN pg_catalog.pg_class c ON c.oid = f.conrelid \
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
JOIN pg_catalog.pg_class r ON r.oid = f.confrelid \
JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace \
CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY AS k(here, there, place) \
JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.here \
JOIN pg_catalog.pg_attribute ra ON ra.attrelid = f.confrelid AND ra.attnum = k.there \
WHERE f.contype = 'f' AND n.nspname = ANY($1) AND f.conparentid = 0 \
ORDER BY n.nspname, c.relname, f.conname, k.place";

/// Which namespaces are read, and how they are named in the catalog.
pub(super) struct Scope {
    pub(super) dialect: Dialect,
    /// The connection's own schema, which needs no name.
    own: String,
    pub(super) parameter: Value,
}

impl Scope {
    pub(super) fn namespace(&self, name: String) -> Option<String> {
        (name != self.own).then_some(name)
    }
}

/// Where each table stands in the catalog.
pub(super) struct Places(HashMap<(Option<String>, String), usize>);

impl Places {
    fn of(tables: &[Table]) -> Places {
        let named = tables.iter().enumerate();
        Places(named.map(|(place, table)| ((table.namespace.clone(), table.name.clone()), place)).collect())
    }

    /// The place of the table that a row is about: its first two columns name it.
    pub(super) fn find(&self, scope: &Scope, row: &Row<'_>) -> Result<Option<usize>> {
        let key = (scope.namespace(row.get(0)?), row.get::<String>(1)?);
        Ok(self.0.get(&key).copied())
    }

    fn table_of<'a>(&self, tables: &'a mut [Table], scope: &Scope, row: &Row<'_>) -> Result<Option<&'a mut Table>> {
        Ok(self.find(scope, row)?.and_then(|place| tables.get_mut(place)))
    }
}

/// The schemas asked for; the connection's own one when none is. `whole` reads also what is only told.
pub(crate) async fn catalog(connection: &mut Connection, namespaces: &[String], whole: bool) -> Result<Catalog> {
    let own = if namespaces.is_empty() { connection.default_schema().to_owned() } else { PUBLIC.to_owned() };
    let asked: Vec<String> = if namespaces.is_empty() { vec![own.clone()] } else { namespaces.to_vec() };
    let parameter = Value::List(asked.into_iter().map(Value::Text).collect());
    let scope = Scope { dialect: connection.dialect(), own, parameter };
    let mut catalog = Catalog::empty(scope.dialect);
    catalog.namespaces = self::namespaces(connection).await?;
    if scope.dialect == Dialect::Postgres {
        catalog.extensions = Some(extensions(connection).await?);
    }
    catalog.enums = enums(connection, &scope).await?;
    catalog.tables = tables(connection, &scope).await?;
    let places = Places::of(&catalog.tables);
    columns(connection, &scope, &places, &mut catalog.tables).await?;
    indexes(connection, &scope, &places, &mut catalog.tables).await?;
    foreign_keys(connection, &scope, &places, &mut catalog.tables).await?;
    if whole {
        beyond::read(connection, &scope, &places, &mut catalog).await?;
    }
    Ok(catalog)
}

async fn namespaces(connection: &mut Connection) -> Result<Vec<String>> {
    let rows = connection.query(NAMESPACES, &[]).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

async fn extensions(connection: &mut Connection) -> Result<Vec<Extension>> {
    let rows = connection.query(EXTENSIONS, &[]).await?;
    let extension = |row: Row<'_>| {
        Ok(Extension {
            name: row.get(0)?,
            namespace: Some(row.get(1)?),
            version: Some(row.get(2)?),
            is_relocatable: row.get(3)?,
        })
    };
    rows.iter().map(extension).collect()
}

async fn enums(connection: &mut Connection, scope: &Scope) -> Result<Vec<Enum>> {
    let rows = connection.query(ENUMS, std::slice::from_ref(&scope.parameter)).await?;
    let mut enums: Vec<Enum> = Vec::new();
    for row in rows.iter() {
        let (namespace, name, value) = (scope.namespace(row.get(0)?), row.get::<String>(1)?, row.get::<String>(2)?);
        match enums.last_mut().filter(|last| last.name == name && last.namespace == namespace) {
            Some(last) => last.values.push(value),
            None => enums.push(Enum { namespace, name, values: vec![value] }),
        }
    }
    Ok(enums)
}

/// PostGIS keeps tables of its own that older releases do not mark as an extension's.
fn is_managed(name: &str) -> bool {
    let of_postgis = ["spatial_ref_sys", "geometry_columns", "geography_columns", "raster_columns", "raster_overviews"];
    name != HISTORY_TABLE && !of_postgis.iter().any(|other| name.eq_ignore_ascii_case(other))
}

async fn tables(connection: &mut Connection, scope: &Scope) -> Result<Vec<Table>> {
    let rows = connection.query(TABLES, std::slice::from_ref(&scope.parameter)).await?;
    let mut tables = Vec::new();
    for row in rows.iter() {
        let name: String = row.get(1)?;
        if is_managed(&name) {
            tables.push(Table {
                namespace: scope.namespace(row.get(0)?),
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
    Ok(tables)
}

/// The query for columns. CockroachDB gives tables without a key a hidden one.
pub(super) fn columns_query(scope: &Scope) -> String {
    match scope.dialect {
        Dialect::Cockroachdb => COLUMNS.replace("NOT a.attisdropped", "NOT a.attisdropped AND NOT a.attishidden"),
        _ => COLUMNS.to_owned(),
    }
}

async fn columns(connection: &mut Connection, scope: &Scope, places: &Places, tables: &mut [Table]) -> Result<()> {
    let rows = connection.query(&columns_query(scope), std::slice::from_ref(&scope.parameter)).await?;
    for row in rows.iter() {
        if let Some(table) = places.table_of(tables, scope, &row)? {
            table.columns.push(column(scope, &row)?);
        }
    }
    Ok(())
}

pub(super) fn column(scope: &Scope, row: &Row<'_>) -> Result<Column> {
    let is_list: bool = row.get(6)?;
    let (name, kind): (String, String) = (row.get(7)?, row.get(8)?);
    let namespace: String = row.get(9)?;
    let modifier: i64 = row.get(5)?;
    let written: String = row.get(4)?;
    let ty = if kind == "e" {
        ColumnType::Enum { namespace: scope.namespace(namespace), name }
    } else {
        let known = match scope.dialect {
            Dialect::Cockroachdb => cockroach::introspect::column_type(&name, modifier).map(ColumnType::Cockroach),
            _ => normalize::column_type(&name, modifier).map(ColumnType::Postgres),
        };
        let text = written.strip_suffix("[]").unwrap_or(&written);
        known.unwrap_or_else(|| ColumnType::Unsupported(text.to_owned()))
    };
    let expression: Option<String> = row.get(10)?;
    let identity: String = row.get(11)?;
    let generated: String = row.get(12)?;
    let sequence: Option<String> = row.get(13)?;
    let counts_up = !identity.is_empty()
        || (sequence.is_some() && expression.as_deref().is_some_and(|text| text.starts_with("nextval(")));
    let is_cockroach = scope.dialect == Dialect::Cockroachdb;
    let default = match &expression {
        _ if counts_up => None,
        Some(_) if !generated.is_empty() => Some(crate::catalog::Default::Unknown),
        Some(text) => normalize::default(text, &ty, is_list),
        None => None,
    };
    let generated = if generated.is_empty() { None } else { expression.clone() };
    let is_required: bool = row.get(3)?;
    Ok(Column {
        name: row.get(2)?,
        arity: match (is_list, is_required) {
            (true, _) => Arity::List,
            (false, true) => Arity::Required,
            (false, false) => Arity::Nullable,
        },
        default,
        default_text: expression,
        generated,
        auto_increment: counts_up && !is_cockroach,
        sequence,
        identity: None,
        has_client_default: false,
        ty,
    })
}

async fn indexes(connection: &mut Connection, scope: &Scope, places: &Places, tables: &mut [Table]) -> Result<()> {
    let rows = connection.query(INDEXES, std::slice::from_ref(&scope.parameter)).await?;
    // Indexes on expressions are not compared; they are known by a column without a name.
    let mut on_expressions: HashSet<(String, String, String)> = HashSet::new();
    for row in rows.iter().filter(|row| row.cell(7).is_null()) {
        let key: (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if on_expressions.insert(key.clone())
            && let Some(table) = places.table_of(tables, scope, &row)?
        {
            table.remarks.push(Remark::ExpressionIndex { name: key.2 });
        }
    }
    for row in rows.iter() {
        let key = (row.get(0)?, row.get(1)?, row.get(2)?);
        if on_expressions.contains(&key) {
            continue;
        }
        let Some(table) = places.table_of(tables, scope, &row)? else {
            continue;
        };
        let name = key.2;
        let column = index_column(&row)?;
        if row.get::<bool>(3)? {
            let primary = table.primary_key.get_or_insert_with(|| PrimaryKey { name: Some(name), columns: Vec::new() });
            primary.columns.push(IndexColumn::plain(column.name));
            continue;
        }
        match table.indexes.last_mut().filter(|last| last.name == name) {
            Some(last) => last.columns.push(column),
            None => table.indexes.push(index(&row, name, column)?),
        }
    }
    Ok(())
}

fn index(row: &Row<'_>, name: String, first: IndexColumn) -> Result<Index> {
    Ok(Index {
        name,
        kind: if row.get::<bool>(4)? { IndexKind::Unique } else { IndexKind::Normal },
        columns: vec![first],
        algorithm: match row.get::<String>(5)?.as_str() {
            "hash" => Some(IndexAlgorithm::Hash),
            "gist" => Some(IndexAlgorithm::Gist),
            "gin" | "inverted" => Some(IndexAlgorithm::Gin),
            "spgist" => Some(IndexAlgorithm::SpGist),
            "brin" => Some(IndexAlgorithm::Brin),
            _ => None,
        },
        predicate: row.get(6)?,
        is_implied: false,
        is_of_constraint: row.get(11)?,
    })
}

fn index_column(row: &Row<'_>) -> Result<IndexColumn> {
    let options: i64 = row.get::<Option<i64>>(8)?.unwrap_or(0);
    let class: Option<String> = row.get(9)?;
    let is_default: bool = row.get(10)?;
    Ok(IndexColumn {
        name: row.get(7)?,
        // The lowest bit says descending.
        sort: (options & 1 == 1).then_some(SortOrder::Desc),
        length: None,
        operator_class: class.map(|name| OperatorClass { name, is_default }),
    })
}

async fn foreign_keys(connection: &mut Connection, scope: &Scope, places: &Places, tables: &mut [Table]) -> Result<()> {
    let rows = connection.query(FOREIGN_KEYS, std::slice::from_ref(&scope.parameter)).await?;
    for row in rows.iter() {
        let Some(table) = places.table_of(tables, scope, &row)? else {
            continue;
        };
        let name: String = row.get(2)?;
        if table.foreign_keys.last().is_none_or(|last| last.name.as_ref() != Some(&name)) {
            table.foreign_keys.push(ForeignKey {
                name: Some(name),
                columns: Vec::new(),
                referenced_namespace: scope.namespace(row.get(3)?),
                referenced_table: row.get(4)?,
                referenced_columns: Vec::new(),
                on_delete: action(&row.get::<String>(5)?),
                on_update: action(&row.get::<String>(6)?),
            });
        }
        if let Some(key) = table.foreign_keys.last_mut() {
            key.columns.push(row.get(7)?);
            key.referenced_columns.push(row.get(8)?);
        }
    }
    Ok(())
}

fn action(letter: &str) -> ReferentialAction {
    match letter {
        "c" => ReferentialAction::Cascade,
        "r" => ReferentialAction::Restrict,
        "n" => ReferentialAction::SetNull,
        "d" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}
