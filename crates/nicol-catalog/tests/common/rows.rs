//! Rows for any schema: values that fit their types, keys, uniques and foreign keys, and reading all rows back as text.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use nicol_catalog::Catalog;
use nicol_catalog::catalog::{
    Arity, Column, ColumnType, ForeignKey, IndexKind, MysqlType, PostgresType, SqliteType, Table, same_namespace,
};
use nicol_db::{Connection, Dialect};

/// What the values are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taste {
    /// Small numbers, and texts that read as numbers: most casts go through.
    Plain,
    /// Large numbers, quotes, the ends of ranges.
    Odd,
}

/// Rows to insert, and the tables that got none because their keys cannot be filled.
#[derive(Debug, Default)]
pub(crate) struct Filling {
    pub(crate) script: String,
    pub(crate) empty: Vec<String>,
}

const ROWS: usize = 3;

type Row = HashMap<String, Option<String>>;

/// Statements that give every table some rows.
pub(crate) fn filling(catalog: &Catalog, taste: Taste) -> Filling {
    let mut filled: HashMap<usize, Vec<Row>> = HashMap::new();
    let mut out = Filling::default();
    let mut waiting: Vec<usize> = (0..catalog.tables.len()).collect();
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|place| {
            let table = &catalog.tables[*place];
            table.foreign_keys.iter().all(|key| {
                let parent = parent(catalog, key);
                parent == Some(*place)
                    || parent.is_none_or(|parent| filled.contains_key(&parent))
                    || is_optional(table, key)
            })
        });
        // Required keys in a circle: such tables stay empty.
        let place = waiting.remove(ready.unwrap_or(0));
        let rows = if ready.is_some() { rows(catalog, place, &filled, taste) } else { Vec::new() };
        let table = &catalog.tables[place];
        if rows.is_empty() {
            out.empty.push(table.name.clone());
        } else {
            out.script.push_str(&insert(catalog.dialect, table, &rows));
        }
        filled.insert(place, rows);
    }
    out
}

fn parent(catalog: &Catalog, key: &ForeignKey) -> Option<usize> {
    catalog.tables.iter().position(|table| {
        table.name == key.referenced_table
            && same_namespace(table.namespace.as_deref(), key.referenced_namespace.as_deref())
    })
}

fn is_optional(table: &Table, key: &ForeignKey) -> bool {
    key.columns.iter().any(|name| table.column(name).is_some_and(|column| column.arity != Arity::Required))
}

fn rows(catalog: &Catalog, place: usize, filled: &HashMap<usize, Vec<Row>>, taste: Taste) -> Vec<Row> {
    let table = &catalog.tables[place];
    let mut rows: Vec<Row> = Vec::new();
    let mut keys: BTreeSet<(usize, Vec<String>)> = BTreeSet::new();
    'row: for number in 0..ROWS {
        let mut row = Row::new();
        for column in &table.columns {
            let is_key = table.is_in_primary_key(&column.name);
            let is_gap = column.arity == Arity::Nullable && number + 1 == ROWS && !is_key;
            let value = if is_gap { None } else { value(catalog, column, number, taste) };
            if value.is_none() && (column.arity == Arity::Required || is_key) {
                return Vec::new();
            }
            row.insert(column.name.clone(), value);
        }
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for key in &table.foreign_keys {
            let own = parent(catalog, key) == Some(place);
            let parents = parent(catalog, key).and_then(|parent| filled.get(&parent));
            let source = if own { Some(row.clone()) } else { parents.and_then(|rows| rows.get(number)).cloned() };
            let values: Option<Vec<Option<String>>> = source
                .map(|source| key.referenced_columns.iter().map(|name| source.get(name).cloned().flatten()).collect());
            let fits = values.as_ref().is_some_and(|values| {
                key.columns.iter().zip(values).all(|(column, value)| {
                    value.is_some() && (!told.contains(column.as_str()) || row.get(column) == Some(value))
                })
            });
            if fits && !(is_optional(table, key) && number + 1 == ROWS) {
                for (column, value) in key.columns.iter().zip(values.unwrap_or_default()) {
                    row.insert(column.clone(), value);
                    told.insert(column);
                }
            } else {
                let free = key.columns.iter().find(|name| {
                    !told.contains(name.as_str())
                        && !table.is_in_primary_key(name)
                        && table.column(name).is_some_and(|column| column.arity != Arity::Required)
                });
                let Some(free) = free else { continue 'row };
                row.insert(free.clone(), None);
                told.insert(free);
            }
        }
        let own_keys = unique_keys(table);
        for (number, columns) in own_keys.iter().enumerate() {
            let values: Option<Vec<String>> = columns.iter().map(|name| row.get(name).cloned().flatten()).collect();
            if let Some(values) = values
                && keys.contains(&(number, values.clone()))
            {
                continue 'row;
            }
        }
        for (number, columns) in own_keys.iter().enumerate() {
            if let Some(values) = columns.iter().map(|name| row.get(name).cloned().flatten()).collect() {
                keys.insert((number, values));
            }
        }
        rows.push(row);
    }
    rows
}

fn unique_keys(table: &Table) -> Vec<Vec<String>> {
    let primary = table.primary_key.iter().map(|key| &key.columns);
    let unique = table.indexes.iter().filter(|index| index.kind == IndexKind::Unique).map(|index| &index.columns);
    primary.chain(unique).map(|columns| columns.iter().map(|column| column.name.clone()).collect()).collect()
}

fn table_name(dialect: Dialect, namespace: Option<&str>, name: &str) -> String {
    let name = dialect.quote(name);
    namespace.map_or(name.clone(), |namespace| format!("{}.{name}", dialect.quote(namespace)))
}

fn insert(dialect: Dialect, table: &Table, rows: &[Row]) -> String {
    let columns: Vec<String> = table.columns.iter().map(|column| dialect.quote(&column.name)).collect();
    let tuples: Vec<String> = rows
        .iter()
        .map(|row| {
            let cell = |column: &Column| row.get(&column.name).cloned().flatten().unwrap_or_else(|| "NULL".to_owned());
            format!("({})", table.columns.iter().map(cell).collect::<Vec<_>>().join(", "))
        })
        .collect();
    let name = table_name(dialect, table.namespace.as_deref(), &table.name);
    format!("INSERT INTO {name} ({}) VALUES {};\n", columns.join(", "), tuples.join(", "))
}

fn value(catalog: &Catalog, column: &Column, number: usize, taste: Taste) -> Option<String> {
    let one = match &column.ty {
        ColumnType::Sqlite(ty) => sqlite(*ty, number, taste),
        ColumnType::Postgres(ty) => postgres(ty, number, taste),
        ColumnType::Mysql(ty) => mysql(ty, number, taste),
        ColumnType::Enum { namespace, name } => {
            let of = catalog
                .enums
                .iter()
                .find(|one| one.name == *name && same_namespace(one.namespace.as_deref(), namespace.as_deref()))?;
            quoted(of.values.get(number % of.values.len().max(1))?)
        }
        ColumnType::Unsupported(text) => unsupported(text, number)?,
        ColumnType::Cockroach(_) => return None,
    };
    if column.arity != Arity::List {
        return Some(one);
    }
    let ty = match &column.ty {
        ColumnType::Postgres(ty) => sql_name(ty),
        ColumnType::Enum { namespace, name } => table_name(catalog.dialect, namespace.as_deref(), name),
        _ => return None,
    };
    Some(format!("ARRAY[{one}, {one}]::{ty}[]"))
}

fn sql_name(ty: &PostgresType) -> String {
    use PostgresType as T;
    match ty {
        T::Timestamp(_) => "timestamp",
        T::Timestamptz(_) => "timestamptz",
        T::Time(_) => "time",
        T::Timetz(_) => "timetz",
        T::Decimal(_) => "numeric",
        T::VarChar(_) | T::Char(_) | T::Text => "text",
        T::Bit(_) | T::VarBit(_) => "varbit",
        T::DoublePrecision => "float8",
        T::SmallInt => "int2",
        T::Integer => "int4",
        T::BigInt => "int8",
        T::Real => "float4",
        T::ByteA => "bytea",
        T::Boolean => "bool",
        T::Money => "money",
        T::Inet => "inet",
        T::Oid => "oid",
        T::Citext => "citext",
        T::Date => "date",
        T::Uuid => "uuid",
        T::Xml => "xml",
        T::Json => "json",
        T::JsonB => "jsonb",
    }
    .to_owned()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn integer(max: i128, number: usize, taste: Taste) -> String {
    match taste {
        Taste::Plain => (number + 1).to_string(),
        Taste::Odd => (max - number as i128).to_string(),
    }
}

/// Text of at most so many characters.
fn text(limit: usize, number: usize, taste: Taste) -> String {
    let whole = match taste {
        Taste::Plain => (number + 1).to_string(),
        Taste::Odd => format!("{number}o'ne \"x\" %_ \u{e4}\u{20ac} {}", "z".repeat(limit.saturating_sub(20).min(30))),
    };
    quoted(whole.chars().take(limit.max(1)).collect::<String>().trim_end())
}

fn number_of(precision: u32, scale: u32, number: usize, taste: Taste) -> String {
    let whole = (precision - scale.min(precision)).min(9);
    match (taste, whole) {
        (_, 0) => format!("0.{}", number + 1),
        (Taste::Odd, _) if scale > 0 => {
            format!("{}.{}", 10_u64.pow(whole) - 1 - number as u64, "9".repeat(scale.min(6) as usize))
        }
        (Taste::Odd, _) => (10_u64.pow(whole) - 1 - number as u64).to_string(),
        (Taste::Plain, _) => (number + 1).to_string(),
    }
}

fn bits(length: u32, number: usize) -> String {
    let wanted = length.clamp(1, 64) as usize;
    let text = format!("{:0wanted$b}", (number + 1) % (1 << wanted.min(8)));
    text[text.len() - wanted..].to_owned()
}

fn moment(number: usize, taste: Taste) -> String {
    match taste {
        Taste::Plain => format!("2020-01-0{} 00:00:00", number + 1),
        Taste::Odd => format!("2029-12-2{number} 23:59:58.987"),
    }
}

fn unsupported(ty: &str, number: usize) -> Option<String> {
    let base = ty.split('(').next().unwrap_or_default().trim().to_ascii_lowercase();
    let n = number + 1;
    Some(match base.as_str() {
        "circle" => format!("'<({n},{n}),{n}>'"),
        "point" => format!("'({n},{n})'"),
        "box" => format!("'(({n},{n}),(0,0))'"),
        "polygon" | "path" => format!("'(({n},{n}),(0,0),(1,0))'"),
        "line" => format!("'{{{n},1,0}}'"),
        "lseg" => format!("'[({n},{n}),(0,0)]'"),
        "interval" => format!("'{n} days'"),
        "tsvector" | "tsquery" => format!("'w{n}'"),
        "cidr" => format!("'10.0.{n}.0/24'"),
        "macaddr" => format!("'08:00:2b:01:02:0{n}'"),
        "int4range" | "int8range" | "numrange" => format!("'[{n},10)'"),
        "name" => format!("'n{n}'"),
        "set" => "1".to_owned(),
        _ => return None,
    })
}

fn postgres(ty: &PostgresType, n: usize, taste: Taste) -> String {
    use PostgresType as T;
    match ty {
        T::SmallInt => integer(32_767, n, taste),
        T::Integer => integer(2_147_483_647, n, taste),
        T::BigInt => integer(9_223_372_036_854_775_807, n, taste),
        T::Oid => integer(4_000_000_000, n, taste),
        T::Decimal(size) => {
            let (precision, scale) = size.unwrap_or((65, 30));
            number_of(precision, scale, n, taste)
        }
        T::Money => format!("{}.50", n + 1),
        T::Real | T::DoublePrecision => match taste {
            Taste::Plain => (n + 1).to_string(),
            Taste::Odd => format!("{}.25", n + 1),
        },
        T::VarChar(length) => text(length.unwrap_or(200) as usize, n, taste),
        T::Char(length) => text(length.unwrap_or(1) as usize, n, taste),
        T::Text | T::Citext => text(200, n, taste),
        T::ByteA => format!("'\\x0{}ff'", n + 1),
        T::Timestamp(_) | T::Timestamptz(_) => quoted(&moment(n, taste)),
        T::Date => quoted(&moment(n, taste)[..10]),
        T::Time(_) | T::Timetz(_) => format!("'10:00:0{n}'"),
        T::Boolean => (n.is_multiple_of(2)).to_string(),
        T::Bit(length) => format!("B'{}'", bits(length.unwrap_or(1), n)),
        T::VarBit(length) => format!("B'{}'", bits(length.unwrap_or(4).min(4), n)),
        T::Uuid => format!("'00000000-0000-4000-8000-00000000000{n}'"),
        T::Xml => format!("'<a>{n}</a>'"),
        T::Json | T::JsonB => format!("'{{\"a\": {n}}}'"),
        T::Inet => format!("'10.0.0.{}'", n + 1),
    }
}

fn mysql(ty: &MysqlType, n: usize, taste: Taste) -> String {
    use MysqlType as T;
    match ty {
        T::Boolean => (n.is_multiple_of(2)).to_string(),
        T::TinyInt => integer(127, n, taste),
        T::SmallInt => integer(32_767, n, taste),
        T::MediumInt => integer(8_388_607, n, taste),
        T::Int => integer(2_147_483_647, n, taste),
        T::BigInt => integer(9_223_372_036_854_775_807, n, taste),
        T::UnsignedTinyInt => integer(255, n, taste),
        T::UnsignedSmallInt => integer(65_535, n, taste),
        T::UnsignedMediumInt => integer(16_777_215, n, taste),
        T::UnsignedInt => integer(4_294_967_295, n, taste),
        T::UnsignedBigInt => integer(18_446_744_073_709_551_615, n, taste),
        T::Decimal(size) => {
            let (precision, scale) = size.unwrap_or((10, 0));
            number_of(precision, scale, n, taste)
        }
        T::Float | T::Double => match taste {
            Taste::Plain => (n + 1).to_string(),
            Taste::Odd => format!("{}.25", n + 1),
        },
        T::Bit(length) => format!("b'{}'", bits(*length, n)),
        T::Char(length) | T::VarChar(length) => text((*length).min(200) as usize, n, taste),
        T::TinyText | T::Text | T::MediumText | T::LongText => text(40, n, taste),
        T::Binary(length) | T::VarBinary(length) => text(*length.min(&3) as usize, n, Taste::Plain),
        T::TinyBlob | T::Blob | T::MediumBlob | T::LongBlob => text(40, n, taste),
        T::Date => quoted(&moment(n, taste)[..10]),
        T::Time(_) => format!("'10:00:0{n}'"),
        T::DateTime(_) | T::Timestamp(_) => quoted(&moment(n, taste)),
        T::Year => format!("{}", 2001 + n),
        T::Json => format!("'{{\"a\": {n}}}'"),
        T::Enum(values) => quoted(&values[n % values.len()]),
    }
}

fn sqlite(ty: SqliteType, n: usize, taste: Taste) -> String {
    use SqliteType as T;
    match ty {
        T::Integer | T::BigInt => integer(9_007_199_254_740_991, n, taste),
        T::Real | T::Decimal => match taste {
            Taste::Plain => (n + 1).to_string(),
            Taste::Odd => format!("{}.25", n + 1),
        },
        T::Boolean => (n.is_multiple_of(2)).to_string(),
        T::Text => text(200, n, taste),
        T::DateTime => quoted(&moment(n, taste)),
        T::Blob => format!("x'0{}ff'", n + 1),
        T::Json => format!("'{{\"a\": {n}}}'"),
    }
}

/// A table's rows as text, column by column.
pub(crate) type Contents = Vec<BTreeMap<String, Option<String>>>;

/// Reads columns of a table, each under the key it is to have in the result.
pub(crate) async fn read(
    connection: &mut Connection,
    table: &Table,
    columns: &[(&Column, String, bool)],
) -> Result<Contents, String> {
    let dialect = connection.dialect();
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let list: Vec<String> = columns.iter().map(|(column, _, as_bytes)| cell(dialect, column, *as_bytes)).collect();
    let name = table_name(dialect, table.namespace.as_deref(), &table.name);
    let sql = format!("SELECT {} FROM {name}", list.join(", "));
    let rows = connection.query(&sql, &[]).await.map_err(|error| format!("{error}\n{sql}"))?;
    let mut found = Vec::new();
    for row in rows.iter() {
        let mut one = BTreeMap::new();
        for (place, (_, key, _)) in columns.iter().enumerate() {
            let value: Option<String> = row.get(place).map_err(|error| format!("{error}\n{sql}"))?;
            one.insert(key.clone(), value);
        }
        found.push(one);
    }
    Ok(found)
}

/// True for types that are no text.
pub(crate) fn is_bytes(column: &Column) -> bool {
    use MysqlType as T;
    match &column.ty {
        ColumnType::Mysql(ty) => matches!(
            ty,
            T::Bit(_) | T::Binary(_) | T::VarBinary(_) | T::TinyBlob | T::Blob | T::MediumBlob | T::LongBlob
        ),
        ColumnType::Sqlite(SqliteType::Blob) => true,
        _ => false,
    }
}

fn cell(dialect: Dialect, column: &Column, as_bytes: bool) -> String {
    let name = dialect.quote(&column.name);
    match dialect {
        Dialect::Postgres | Dialect::Cockroachdb => format!("{name}::text"),
        _ if as_bytes => format!("HEX({name})"),
        Dialect::Sqlite => format!("CAST({name} AS TEXT)"),
        Dialect::Mysql | Dialect::Mariadb => format!("CAST({name} AS CHAR)"),
    }
}
