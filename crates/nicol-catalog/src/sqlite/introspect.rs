//! Reading a SQLite database: its master table and the pragmas behind it, one query for each kind of thing.

mod beyond;

use std::collections::HashMap;

use nicol_db::{Connection, Dialect, Result, Row, Rows, Value};

use super::types::SqliteType;
use crate::catalog::{
    Arity, Catalog, Column, ColumnType, Default, ForeignKey, Index, IndexColumn, IndexKind, Literal, PrimaryKey,
    ReferentialAction, Remark, SortOrder, Table,
};
use crate::introspect::HISTORY_TABLE;
use crate::sql::from_hex;

/// Tables but those that belong to SQLite, to hosts of it, to virtual tables, or to nicol.
const OWN_TABLES: &str = "\
l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND l.name <> ? \
AND l.name NOT LIKE '\\_cf\\_%' ESCAPE '\\'";

const TABLES: &str = "SELECT l.name FROM pragma_table_list AS l WHERE {own} ORDER BY l.name";

const COLUMNS: &str = "\
SELECT l.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk, c.hidden \
FROM pragma_table_list AS l JOIN pragma_table_xinfo(l.name) AS c WHERE {own} ORDER BY l.name, c.cid";

/// The columns of every index, in the order in which SQLite lists indexes.
const INDEXES: &str = "\
SELECT l.name, i.name, i.\"unique\", m.sql, i.origin, k.name, k.\"desc\" \
FROM pragma_table_list AS l JOIN pragma_index_list(l.name) AS i JOIN pragma_index_xinfo(i.name) AS k \
LEFT JOIN sqlite_master AS m ON m.type = 'index' AND m.name = i.name \
WHERE {own} AND i.origin <> 'pk' AND k.\"key\" = 1 ORDER BY l.name, i.seq, k.seqno";

const FOREIGN_KEYS: &str = "\
SELECT l.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_delete, f.on_update \
FROM pragma_table_list AS l JOIN pragma_foreign_key_list(l.name) AS f WHERE {own} ORDER BY l.name, f.id DESC, f.seq";

/// The whole database. `whole` reads also what is only told.
pub(crate) async fn catalog(connection: &mut Connection, whole: bool) -> Result<Catalog> {
    let mut catalog = Catalog::empty(Dialect::Sqlite);
    let tables = &mut catalog.tables;
    let mut places = HashMap::new();
    for row in query(connection, TABLES).await?.iter() {
        let name: String = row.get(0)?;
        places.insert(name.clone(), tables.len());
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
    let places = Places(places);
    columns(&query(connection, COLUMNS).await?, &places, tables)?;
    indexes(&query(connection, INDEXES).await?, &places, tables)?;
    foreign_keys(&query(connection, FOREIGN_KEYS).await?, &places, tables)?;
    resolve_bare_references(&mut catalog);
    if whole {
        beyond::read(connection, &places, &mut catalog).await?;
    }
    Ok(catalog)
}

/// Where each table stands in the catalog.
struct Places(HashMap<String, usize>);

impl Places {
    /// The table that a row is about: its first column names it.
    fn table_of<'a>(&self, tables: &'a mut [Table], row: &Row<'_>) -> Result<Option<&'a mut Table>> {
        let place = self.0.get(&row.get::<String>(0)?).copied();
        Ok(place.and_then(|place| tables.get_mut(place)))
    }
}

async fn query(connection: &mut Connection, sql: &str) -> Result<Rows> {
    connection.query(&sql.replace("{own}", OWN_TABLES), &[Value::Text(HISTORY_TABLE.to_owned())]).await
}

/// Marks of `pragma_table_xinfo`: a plain column, and one that is computed.
const PLAIN: i64 = 0;
const GENERATED: [i64; 2] = [2, 3];

fn columns(rows: &Rows, places: &Places, tables: &mut [Table]) -> Result<()> {
    let mut keys: Vec<Vec<(i64, String)>> = vec![Vec::new(); tables.len()];
    for row in rows.iter() {
        let Some(place) = places.0.get(&row.get::<String>(0)?).copied() else { continue };
        let (name, position, hidden): (String, i64, i64) = (row.get(1)?, row.get(5)?, row.get(6)?);
        if GENERATED.contains(&hidden) {
            tables[place].remarks.push(Remark::GeneratedColumn { name });
            continue;
        }
        if hidden == PLAIN {
            if position > 0 {
                keys[place].push((position, name.clone()));
            }
            tables[place].columns.push(column(&row, name, position > 0)?);
        }
    }
    for (table, mut key) in tables.iter_mut().zip(keys) {
        key.sort();
        if let [(_, only)] = key.as_slice() {
            for column in table.columns.iter_mut().filter(|column| column.name == *only) {
                column.auto_increment = column.ty == ColumnType::Sqlite(SqliteType::Integer) && column.auto_increment;
            }
        } else {
            table.columns.iter_mut().for_each(|column| column.auto_increment = false);
        }
        table.primary_key = (!key.is_empty()).then(|| PrimaryKey {
            name: None,
            columns: key.into_iter().map(|(_, name)| IndexColumn::plain(name)).collect(),
        });
    }
    Ok(())
}

/// A column; one that is the whole key counts itself up when its type is the word INTEGER.
fn column(row: &Row<'_>, name: String, is_key: bool) -> Result<Column> {
    let declared: String = row.get(2)?;
    let ty = match SqliteType::of_declared(&declared) {
        Some(ty) => ColumnType::Sqlite(ty),
        None => ColumnType::Unsupported(declared.clone()),
    };
    let is_required = row.get::<bool>(3)? || is_key;
    let text: Option<String> = row.get(4)?;
    Ok(Column {
        default: text.as_deref().and_then(|text| default(text, &ty)),
        default_text: text,
        generated: None,
        arity: if is_required { Arity::Required } else { Arity::Nullable },
        auto_increment: is_key && declared.eq_ignore_ascii_case("integer"),
        sequence: None,
        identity: None,
        has_client_default: false,
        name,
        ty,
    })
}

/// A default as the table declares it.
fn default(text: &str, ty: &ColumnType) -> Option<Default> {
    let family = match ty {
        ColumnType::Sqlite(ty) => Some(*ty),
        ColumnType::Postgres(_)
        | ColumnType::Cockroach(_)
        | ColumnType::Mysql(_)
        | ColumnType::Enum { .. }
        | ColumnType::Unsupported(_) => None,
    };
    let bare = text.trim();
    if bare.eq_ignore_ascii_case("null") {
        return None;
    }
    if bare.eq_ignore_ascii_case("current_timestamp") && family == Some(SqliteType::DateTime) {
        return Some(Default::Now);
    }
    let literal = match quoted(bare) {
        Some(text) => match family {
            Some(SqliteType::Blob) => from_hex(&text).map_or(Literal::Text(text), Literal::Bytes),
            Some(SqliteType::Json) => Literal::Json(text),
            Some(SqliteType::DateTime) => Literal::DateTime(text),
            _ => Literal::Text(text),
        },
        None if bare.eq_ignore_ascii_case("true") => Literal::Boolean(true),
        None if bare.eq_ignore_ascii_case("false") => Literal::Boolean(false),
        None if bare.parse::<f64>().is_ok() => Literal::Number(bare.to_owned()),
        None => return Some(Default::Expression(bare.to_owned())),
    };
    Some(Default::Literal(literal))
}

/// The text inside a string literal; none when it is something else.
fn quoted(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inner = text.get(1..)?.strip_suffix(quote)?;
    let doubled = format!("{quote}{quote}");
    (!inner.replace(&doubled, "").contains(quote)).then(|| inner.replace(&doubled, &quote.to_string()))
}

fn indexes(rows: &Rows, places: &Places, tables: &mut [Table]) -> Result<()> {
    for row in rows.iter() {
        let Some(table) = places.table_of(tables, &row)? else { continue };
        let name: String = row.get(1)?;
        let is_on_expression =
            |remark: &Remark| matches!(remark, Remark::ExpressionIndex { name: other } if *other == name);
        if table.remarks.iter().any(is_on_expression) {
            continue;
        }
        // A column without a name is an expression.
        let Some(column) = row.get::<Option<String>>(5)? else {
            table.indexes.retain(|index| index.name != name);
            table.remarks.push(Remark::ExpressionIndex { name });
            continue;
        };
        let column = IndexColumn { sort: row.get::<bool>(6)?.then_some(SortOrder::Desc), ..IndexColumn::plain(column) };
        match table.indexes.last_mut().filter(|last| last.name == name) {
            Some(last) => last.columns.push(column),
            None => table.indexes.push(Index {
                name,
                kind: if row.get::<bool>(2)? { IndexKind::Unique } else { IndexKind::Normal },
                columns: vec![column],
                algorithm: None,
                predicate: row.get::<Option<String>>(3)?.as_deref().and_then(predicate),
                is_implied: false,
                is_of_constraint: row.get::<String>(4)? == "u",
            }),
        }
    }
    Ok(())
}

/// The condition at the end of a CREATE INDEX statement: what follows WHERE outside quotes and brackets.
fn predicate(definition: &str) -> Option<String> {
    let bytes = definition.as_bytes();
    let (mut depth, mut quote) = (0_i32, None);
    for (place, byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            (Some(open), _) => {
                if *byte == open {
                    quote = None;
                }
            }
            (None, b'\'' | b'"' | b'`') => quote = Some(*byte),
            (None, b'(') => depth += 1,
            (None, b')') => depth -= 1,
            (None, b'w' | b'W') if depth == 0 => {
                let is_word = definition.get(place..place + 5).is_some_and(|word| word.eq_ignore_ascii_case("where"));
                let is_alone = place > 0 && !bytes[place - 1].is_ascii_alphanumeric() && bytes[place - 1] != b'_';
                if is_word && is_alone {
                    return Some(definition[place + 5..].trim().to_owned());
                }
            }
            (None, _) => {}
        }
    }
    None
}

fn foreign_keys(rows: &Rows, places: &Places, tables: &mut [Table]) -> Result<()> {
    let mut last: Option<(String, i64)> = None;
    for row in rows.iter() {
        let Some(table) = places.table_of(tables, &row)? else { continue };
        let of: (String, i64) = (row.get(0)?, row.get(1)?);
        if last.as_ref() != Some(&of) {
            table.foreign_keys.push(ForeignKey {
                name: None,
                columns: Vec::new(),
                referenced_namespace: None,
                referenced_table: row.get(2)?,
                referenced_columns: Vec::new(),
                on_delete: action(&row.get::<String>(5)?),
                on_update: action(&row.get::<String>(6)?),
            });
            last = Some(of);
        }
        if let Some(key) = table.foreign_keys.last_mut() {
            key.columns.push(row.get(3)?);
            key.referenced_columns.extend(row.get::<Option<String>>(4)?);
        }
    }
    Ok(())
}

fn action(text: &str) -> ReferentialAction {
    match text.to_ascii_uppercase().as_str() {
        "CASCADE" => ReferentialAction::Cascade,
        "RESTRICT" => ReferentialAction::Restrict,
        "SET NULL" => ReferentialAction::SetNull,
        "SET DEFAULT" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}

/// `REFERENCES T` without columns means T's primary key.
fn resolve_bare_references(catalog: &mut Catalog) {
    let keys: Vec<(String, Vec<String>)> = catalog
        .tables
        .iter()
        .filter_map(|table| {
            let key = table.primary_key.as_ref()?;
            Some((table.name.clone(), key.columns.iter().map(|column| column.name.clone()).collect()))
        })
        .collect();
    for key in catalog.tables.iter_mut().flat_map(|table| &mut table.foreign_keys) {
        if key.referenced_columns.is_empty() {
            let target = keys.iter().find(|(name, _)| name.eq_ignore_ascii_case(&key.referenced_table));
            key.referenced_columns = target.map(|(_, columns)| columns.clone()).unwrap_or_default();
        }
    }
}
