//! Views that stand in the way: PostgreSQL neither drops nor changes the type of what a view reads, and says so only in the
//! middle of a script. Here it is known before anything runs.

use nicol_catalog::{Risk, RiskKind, Touched};
use nicol_db::{Connection, Dialect, Value};

use crate::risk::CountedRisk;

/// Views, and how they are made, that read a column, or any column of a table.
const READERS: &str = "\
    SELECT DISTINCT quote_ident(vn.nspname) || '.' || quote_ident(v.relname) FROM pg_catalog.pg_class t \
    JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace \
    JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = t.oid \
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass \
    JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid JOIN pg_catalog.pg_class v ON v.oid = r.ev_class AND v.oid <> t.oid \
    JOIN pg_catalog.pg_namespace vn ON vn.oid = v.relnamespace \
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid \
    WHERE tn.nspname = $1 AND t.relname = $2 AND ($3 = '' OR a.attname = $3) ORDER BY 1";

/// One risk for each view that a change cannot run under.
pub(crate) async fn in_the_way(conn: &mut Connection, touched: &[Touched]) -> nicol_db::Result<Vec<CountedRisk>> {
    if conn.dialect() != Dialect::Postgres {
        return Ok(Vec::new());
    }
    let mut found: Vec<CountedRisk> = Vec::new();
    for one in touched {
        let namespace = one.namespace.clone().unwrap_or_else(|| conn.default_schema().to_owned());
        let column = one.column.clone().unwrap_or_default();
        let named = [namespace, one.table.clone(), column].map(Value::Text);
        for row in conn.query(READERS, &named).await?.iter() {
            let view: String = row.get(0)?;
            let what = match &one.column {
                Some(column) => format!("the column `{column}` of the table `{}`", one.table),
                None => format!("the table `{}`", one.table),
            };
            let text = format!(
                "The view {view} reads {what}, which PostgreSQL does not change under it. Drop the view first and \
                 create it again afterwards."
            );
            let (table, column) = (one.table.clone(), one.column.clone());
            let kind = RiskKind::Unexecutable;
            let risk = Risk { kind, text, table, column, count_query: None, needs_count: false, stops_at_rows: false };
            if found.iter().all(|other| other.risk != risk) {
                found.push(CountedRisk { risk, rows: None });
            }
        }
    }
    Ok(found)
}
