//! Reading a SQLite database: its master table and the pragmas behind it.

use nicol_db::{Connection, Dialect, Result, Value};

use super::types::SqliteType;
use crate::catalog::{
    Arity, Catalog, Column, ColumnType, Default, ForeignKey, Index, IndexColumn, IndexKind, Literal, PrimaryKey,
    ReferentialAction, SortOrder, Table,
};
use crate::introspect::HISTORY_TABLE;
use crate::sql::from_hex;

/// Tables that belong to SQLite, to hosts of it, or to nicol.
const TABLES: &str = "\
SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> ? \
AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name";

/// The whole database.
pub(crate) async fn catalog(connection: &mut Connection) -> Result<Catalog> {
    let mut catalog = Catalog::empty(Dialect::Sqlite);
    let names = connection.query(TABLES, &[Value::Text(HISTORY_TABLE.to_owned())]).await?;
    let names: Vec<String> = names.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    for name in names {
        let table = table(connection, name).await?;
        catalog.tables.push(table);
    }
    resolve_bare_references(&mut catalog);
    Ok(catalog)
}

async fn table(connection: &mut Connection, name: String) -> Result<Table> {
    let (columns, primary_key) = columns(connection, &name).await?;
    let indexes = indexes(connection, &name).await?;
    let foreign_keys = foreign_keys(connection, &name).await?;
    Ok(Table { namespace: None, columns, primary_key, indexes, foreign_keys, name })
}

async fn columns(connection: &mut Connection, table: &str) -> Result<(Vec<Column>, Option<PrimaryKey>)> {
    let sql = "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info(?) ORDER BY cid";
    let rows = connection.query(sql, &[Value::Text(table.to_owned())]).await?;
    let mut columns = Vec::with_capacity(rows.len());
    let mut key: Vec<(i64, String)> = Vec::new();
    let mut is_row_id = false;
    for row in rows.iter() {
        let name: String = row.get(0)?;
        let declared: String = row.get(1)?;
        let position: i64 = row.get(4)?;
        let ty = match SqliteType::of_declared(&declared) {
            Some(ty) => ColumnType::Sqlite(ty),
            None => ColumnType::Unsupported(declared.clone()),
        };
        if position > 0 {
            key.push((position, name.clone()));
            is_row_id = declared.eq_ignore_ascii_case("integer");
        }
        let is_required = row.get::<bool>(2)? || position > 0;
        columns.push(Column {
            default: row.get::<Option<String>>(3)?.and_then(|text| default(&text, &ty)),
            arity: if is_required { Arity::Required } else { Arity::Nullable },
            auto_increment: false,
            sequence: None,
            identity: None,
            has_client_default: false,
            name,
            ty,
        });
    }
    key.sort();
    if let [(_, only)] = key.as_slice() {
        for column in columns.iter_mut().filter(|column| column.name == *only) {
            column.auto_increment = is_row_id;
        }
    }
    let primary_key = (!key.is_empty()).then(|| PrimaryKey {
        name: None,
        columns: key.into_iter().map(|(_, name)| IndexColumn::plain(name)).collect(),
    });
    Ok((columns, primary_key))
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

async fn indexes(connection: &mut Connection, table: &str) -> Result<Vec<Index>> {
    let sql = "SELECT l.name, l.\"unique\", m.sql, l.origin FROM pragma_index_list(?) AS l \
               LEFT JOIN sqlite_master AS m ON m.type = 'index' AND m.name = l.name WHERE l.origin <> 'pk' ORDER BY l.name";
    let rows = connection.query(sql, &[Value::Text(table.to_owned())]).await?;
    let mut found = Vec::new();
    for row in rows.iter() {
        found.push((
            row.get::<String>(0)?,
            row.get::<bool>(1)?,
            row.get::<Option<String>>(2)?,
            row.get::<String>(3)? == "u",
        ));
    }
    let mut indexes = Vec::new();
    for (name, is_unique, definition, is_of_constraint) in found {
        let Some(columns) = index_columns(connection, &name).await? else {
            continue;
        };
        indexes.push(Index {
            name,
            kind: if is_unique { IndexKind::Unique } else { IndexKind::Normal },
            columns,
            algorithm: None,
            predicate: definition.as_deref().and_then(predicate),
            is_implied: false,
            is_of_constraint,
        });
    }
    Ok(indexes)
}

/// The columns of an index; none when one of them is an expression.
async fn index_columns(connection: &mut Connection, index: &str) -> Result<Option<Vec<IndexColumn>>> {
    let sql = "SELECT name, \"desc\" FROM pragma_index_xinfo(?) WHERE \"key\" = 1 ORDER BY seqno";
    let rows = connection.query(sql, &[Value::Text(index.to_owned())]).await?;
    let mut columns = Vec::with_capacity(rows.len());
    for row in rows.iter() {
        let Some(name) = row.get::<Option<String>>(0)? else {
            return Ok(None);
        };
        let sort = row.get::<bool>(1)?.then_some(SortOrder::Desc);
        columns.push(IndexColumn { sort, ..IndexColumn::plain(name) });
    }
    Ok(Some(columns))
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

async fn foreign_keys(connection: &mut Connection, table: &str) -> Result<Vec<ForeignKey>> {
    let sql = "SELECT id, \"table\", \"from\", \"to\", on_delete, on_update FROM pragma_foreign_key_list(?) \
               ORDER BY id DESC, seq";
    let rows = connection.query(sql, &[Value::Text(table.to_owned())]).await?;
    let mut keys: Vec<(i64, ForeignKey)> = Vec::new();
    for row in rows.iter() {
        let id: i64 = row.get(0)?;
        if keys.last().is_none_or(|(last, _)| *last != id) {
            let key = ForeignKey {
                name: None,
                columns: Vec::new(),
                referenced_namespace: None,
                referenced_table: row.get(1)?,
                referenced_columns: Vec::new(),
                on_delete: action(&row.get::<String>(4)?),
                on_update: action(&row.get::<String>(5)?),
            };
            keys.push((id, key));
        }
        if let Some((_, key)) = keys.last_mut() {
            key.columns.push(row.get(2)?);
            key.referenced_columns.extend(row.get::<Option<String>>(3)?);
        }
    }
    Ok(keys.into_iter().map(|(_, key)| key).collect())
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
