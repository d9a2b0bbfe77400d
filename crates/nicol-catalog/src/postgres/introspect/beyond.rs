//! What the schema language has no word for: read for `db pull`, which tells it.

use nicol_db::{Connection, Dialect, Result, Row};

use super::{Places, Scope, column, columns_query};
use crate::catalog::{Catalog, Other, OtherKind, Remark, Table, View};

/// Marks on tables as a whole.
const TABLES: &str = "\
SELECT n.nspname::text, c.relname::text, c.relkind = 'p', c.relrowsecurity, \
EXISTS (SELECT 1 FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid), \
EXISTS (SELECT 1 FROM pg_catalog.pg_description d \
 WHERE d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0), \
coalesce(c.reloptions::text, '') LIKE '%ttl%' \
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p') ORDER BY n.nspname, c.relname";

const COLUMN_COMMENTS: &str = "\
SELECT n.nspname::text, c.relname::text, a.attname::text FROM pg_catalog.pg_description d \
JOIN pg_catalog.pg_class c ON c.oid = d.objoid \
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid \
WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p') AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid > 0 \
ORDER BY n.nspname, c.relname, a.attnum";

/// Collations, and counters that take no value from outside.
const COLUMN_DETAILS: &str = "\
SELECT n.nspname::text, c.relname::text, a.attname::text, a.attidentity::text, l.collname::text \
FROM pg_catalog.pg_attribute a \
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation AND a.attcollation <> t.typcollation \
WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped \
AND (a.attidentity = 'a' OR l.collname IS NOT NULL) ORDER BY n.nspname, c.relname, a.attnum";

/// Check and exclusion constraints, and whatever may be checked late.
const CONSTRAINTS: &str = "\
SELECT n.nspname::text, c.relname::text, s.conname::text, s.contype::text, s.condeferrable \
FROM pg_catalog.pg_constraint s \
JOIN pg_catalog.pg_class c ON c.oid = s.conrelid \
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
WHERE n.nspname = ANY($1) AND (s.contype IN ('c', 'x') OR s.condeferrable AND s.contype <> 't') \
ORDER BY n.nspname, c.relname, s.conname";

/// Where an index column's NULLs stand, when not where they do by default.
const NULL_ORDERS: &str = "\
SELECT n.nspname::text, c.relname::text, x.relname::text, a.attname::text \
FROM pg_catalog.pg_index i \
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid \
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid \
JOIN pg_catalog.pg_am m ON m.oid = x.relam \
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place) \
JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum \
WHERE n.nspname = ANY($1) AND NOT i.indisexclusion AND m.amname = 'btree' AND k.place <= i.indnkeyatts \
AND i.indoption[k.place - 1] IN (1, 2) \
ORDER BY n.nspname, c.relname, x.relname, k.place";

/// Further columns, NULLs that count as equal, collations and operator classes of B-trees.
const INDEX_DETAILS: &str = "\
SELECT n.nspname::text, c.relname::text, x.relname::text, pg_catalog.pg_get_indexdef(x.oid)::text, \
i.indnkeyatts < i.indnatts, coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false), \
EXISTS (SELECT 1 FROM unnest(i.indclass::oid[]) AS u(class) JOIN pg_catalog.pg_opclass o ON o.oid = u.class \
 WHERE i.indisunique AND NOT o.opcdefault) \
FROM pg_catalog.pg_index i \
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid \
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid \
JOIN pg_catalog.pg_am m ON m.oid = x.relam \
WHERE n.nspname = ANY($1) AND NOT i.indisexclusion AND i.indexprs IS NULL \
ORDER BY n.nspname, c.relname, x.relname";

const TRIGGERS: &str = "\
SELECT n.nspname::text, c.relname::text, t.tgname::text FROM pg_catalog.pg_trigger t \
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid \
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
WHERE n.nspname = ANY($1) AND NOT t.tgisinternal ORDER BY n.nspname, c.relname, t.tgname";

/// Views, materialized views and foreign tables that no extension brought.
const OTHERS: &str = "\
SELECT n.nspname::text, c.relname::text, c.relkind::text, \
CASE WHEN c.relkind = 'v' THEN pg_catalog.pg_get_viewdef(c.oid, true)::text END \
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
WHERE n.nspname = ANY($1) AND c.relkind IN ('v', 'm', 'f') \
AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') \
ORDER BY n.nspname, c.relname";

pub(super) async fn read(
    connection: &mut Connection,
    scope: &Scope,
    places: &Places,
    catalog: &mut Catalog,
) -> Result<()> {
    let mut reader = Reader { connection, scope, places };
    reader.others(catalog).await?;
    let tables = &mut catalog.tables;
    let mark = |when: bool, remark: Remark| when.then_some(remark);
    reader
        .remarks(TABLES, tables, |row| {
            let flags = [
                mark(row.get(2)?, Remark::Partitioned),
                mark(row.get::<bool>(4)? && !row.get::<bool>(2)?, Remark::Inherited),
                mark(row.get(3)?, Remark::RowSecurity),
                mark(scope.dialect == Dialect::Cockroachdb && row.get(6)?, Remark::RowTimeToLive),
                mark(row.get(5)?, Remark::Comment { column: None }),
            ];
            Ok(flags.into_iter().flatten().collect())
        })
        .await?;
    reader.remarks(COLUMN_COMMENTS, tables, |row| Ok(vec![Remark::Comment { column: Some(row.get(2)?) }])).await?;
    reader
        .remarks(CONSTRAINTS, tables, |row| {
            let name: String = row.get(2)?;
            let kind = match row.get::<String>(3)?.as_str() {
                "c" => Some(Remark::Check { name: name.clone() }),
                "x" => Some(Remark::Exclusion { name: name.clone() }),
                _ => None,
            };
            Ok(kind.into_iter().chain(mark(row.get(4)?, Remark::Deferrable { name })).collect())
        })
        .await?;
    if scope.dialect == Dialect::Postgres {
        reader
            .remarks(NULL_ORDERS, tables, |row| Ok(vec![Remark::NullOrder { index: row.get(2)?, column: row.get(3)? }]))
            .await?;
        reader.remarks(INDEX_DETAILS, tables, index_detail).await?;
        reader.remarks(COLUMN_DETAILS, tables, column_details).await?;
    }
    reader.remarks(TRIGGERS, tables, |row| Ok(vec![Remark::Trigger { name: row.get(2)? }])).await
}

fn column_details(row: &Row<'_>) -> Result<Vec<Remark>> {
    let column: String = row.get(2)?;
    let collation = row.get::<Option<String>>(4)?.map(|name| format!("COLLATE \"{name}\""));
    let counter = (row.get::<String>(3)? == "a").then(|| "GENERATED ALWAYS AS IDENTITY".to_owned());
    let details = [collation, counter].into_iter().flatten();
    Ok(details.map(|detail| Remark::ColumnDetail { column: column.clone(), detail }).collect())
}

/// What an index has that cannot be declared, cut from the statement that would make it.
fn index_detail(row: &Row<'_>) -> Result<Vec<Remark>> {
    let (name, definition): (String, String) = (row.get(2)?, row.get(3)?);
    let (includes, nulls_are_equal, has_class): (bool, bool, bool) = (row.get(4)?, row.get(5)?, row.get(6)?);
    if !includes && !nulls_are_equal && !has_class {
        return Ok(Vec::new());
    }
    let detail = definition.split_once(" USING ").map_or(definition.as_str(), |(_, rest)| rest).to_owned();
    Ok(vec![Remark::IndexDetail { name, detail }])
}

struct Reader<'a> {
    connection: &'a mut Connection,
    scope: &'a Scope,
    places: &'a Places,
}

impl Reader<'_> {
    /// Adds what the rows of a query say to the tables they are about.
    async fn remarks(
        &mut self,
        sql: &str,
        tables: &mut [Table],
        of: impl Fn(&Row<'_>) -> Result<Vec<Remark>>,
    ) -> Result<()> {
        let rows = self.connection.query(sql, std::slice::from_ref(&self.scope.parameter)).await?;
        for row in rows.iter() {
            if let Some(table) = self.places.find(self.scope, &row)?.and_then(|place| tables.get_mut(place)) {
                table.remarks.extend(of(&row)?);
            }
        }
        Ok(())
    }

    async fn others(&mut self, catalog: &mut Catalog) -> Result<()> {
        let scope = self.scope;
        let rows = self.connection.query(OTHERS, std::slice::from_ref(&scope.parameter)).await?;
        for row in rows.iter() {
            let (namespace, name) = (scope.namespace(row.get(0)?), row.get::<String>(1)?);
            if !super::is_managed(&name) {
                continue;
            }
            let kind = match row.get::<String>(2)?.as_str() {
                "m" => OtherKind::MaterializedView,
                "f" => OtherKind::ForeignTable,
                _ => {
                    catalog.views.push(View { namespace, name, columns: Vec::new(), definition: row.get(3)? });
                    continue;
                }
            };
            catalog.others.push(Other { namespace, name, kind });
        }
        if catalog.views.is_empty() {
            return Ok(());
        }
        let sql = columns_query(scope).replace("c.relkind IN ('r', 'p')", "c.relkind = 'v'");
        let rows = self.connection.query(&sql, std::slice::from_ref(&scope.parameter)).await?;
        for row in rows.iter() {
            let (namespace, name) = (scope.namespace(row.get(0)?), row.get::<String>(1)?);
            let found = catalog.views.iter_mut().find(|view| view.name == name && view.namespace == namespace);
            if let Some(view) = found {
                view.columns.push(column(scope, &row)?);
            }
        }
        Ok(())
    }
}
