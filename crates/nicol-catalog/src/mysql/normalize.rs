//! The normal form of MySQL and MariaDB catalogs: which indexes the server makes by itself, and which defaults it
//! keeps; types and defaults as the information schema tells them.

use crate::catalog::{
    Catalog, ColumnType, Default, ForeignKey, Index, IndexColumn, IndexKind, Literal, MysqlType as T, Table,
};

/// Adds the indexes the server will make for foreign keys, and takes away defaults it does not take.
pub(crate) fn from_schema(catalog: &mut Catalog) {
    for table in &mut catalog.tables {
        drop_impossible_defaults(table);
        let implied: Vec<Index> =
            table.foreign_keys.iter().filter(|key| !is_covered(table, key)).map(implied_index).collect();
        for index in implied {
            if !table.indexes.iter().any(|existing| covers(&existing.columns, &column_names(&index))) {
                table.indexes.push(index);
            }
        }
    }
}

/// Marks the indexes that the server made: those named after a foreign key, or after its first column when the key had
/// no name, that no other index does the work of.
pub(crate) fn introspected(table: &mut Table) {
    drop_impossible_defaults(table);
    let mut implied = Vec::new();
    for key in &table.foreign_keys {
        let is_candidate = |index: &Index| {
            index.kind == IndexKind::Normal
                && column_names(index) == key.columns
                && (Some(&index.name) == key.name.as_ref() || Some(&index.name) == key.columns.first())
        };
        let Some(place) = table.indexes.iter().position(is_candidate) else {
            continue;
        };
        let has_other = table.indexes.iter().enumerate().any(|(other, index)| {
            other != place && index.kind != IndexKind::Fulltext && covers(&index.columns, &key.columns)
        });
        if !has_other {
            implied.push(place);
        }
    }
    for place in implied {
        table.indexes[place].is_implied = true;
    }
}

fn implied_index(key: &ForeignKey) -> Index {
    Index {
        name: key.name.clone().unwrap_or_else(|| key.columns.first().cloned().unwrap_or_default()),
        kind: IndexKind::Normal,
        columns: key.columns.iter().map(IndexColumn::plain).collect(),
        algorithm: None,
        predicate: None,
        is_implied: true,
        is_of_constraint: false,
    }
}

fn column_names(index: &Index) -> Vec<String> {
    index.columns.iter().map(|column| column.name.clone()).collect()
}

/// Whether an index or the primary key starts with the columns of a foreign key.
pub(crate) fn is_covered(table: &Table, key: &ForeignKey) -> bool {
    let by_key = table.primary_key.as_ref().is_some_and(|primary| covers(&primary.columns, &key.columns));
    by_key
        || table.indexes.iter().any(|index| index.kind != IndexKind::Fulltext && covers(&index.columns, &key.columns))
}

/// Whether the first columns of an index are these, whole and in this order.
pub(crate) fn covers(index: &[IndexColumn], columns: &[String]) -> bool {
    index.len() >= columns.len()
        && index.iter().zip(columns).all(|(part, name)| part.name == *name && part.length.is_none())
}

fn drop_impossible_defaults(table: &mut Table) {
    for column in &mut table.columns {
        let ColumnType::Mysql(ty) = &column.ty else { continue };
        let is_constant = matches!(column.default, Some(Default::Literal(_)));
        if is_constant && ty.takes_no_constant_default() {
            column.default = None;
        }
    }
}

/// A type as the information schema writes it; none for one the schema language does not know.
pub(crate) fn column_type(written: &str) -> Option<T> {
    let lower = written.to_ascii_lowercase();
    let (word, rest) = match lower.find(['(', ' ']) {
        Some(place) => lower.split_at(place),
        None => (lower.as_str(), ""),
    };
    let is_unsigned = rest.contains("unsigned");
    let inside = rest.strip_prefix('(').and_then(|rest| rest.split(')').next()).unwrap_or_default();
    let mut numbers = inside.split(',').map(|part| part.trim().parse::<u32>().ok());
    let (first, second) = (numbers.next().flatten(), numbers.next().flatten());
    let length = first.unwrap_or(1);
    Some(match (word, is_unsigned) {
        ("tinyint", false) if first == Some(1) => T::Boolean,
        ("tinyint", false) => T::TinyInt,
        ("smallint", false) => T::SmallInt,
        ("mediumint", false) => T::MediumInt,
        ("int", false) => T::Int,
        ("bigint", false) => T::BigInt,
        ("tinyint", true) => T::UnsignedTinyInt,
        ("smallint", true) => T::UnsignedSmallInt,
        ("mediumint", true) => T::UnsignedMediumInt,
        ("int", true) => T::UnsignedInt,
        ("bigint", true) => T::UnsignedBigInt,
        ("decimal", _) => T::Decimal(first.map(|precision| (precision, second.unwrap_or(0)))),
        ("float", _) => T::Float,
        ("double", _) => T::Double,
        ("bit", _) => T::Bit(length),
        ("char", _) => T::Char(length),
        ("varchar", _) => T::VarChar(length),
        ("binary", _) => T::Binary(length),
        ("varbinary", _) => T::VarBinary(length),
        ("tinyblob", _) => T::TinyBlob,
        ("blob", _) => T::Blob,
        ("mediumblob", _) => T::MediumBlob,
        ("longblob", _) => T::LongBlob,
        ("tinytext", _) => T::TinyText,
        ("text", _) => T::Text,
        ("mediumtext", _) => T::MediumText,
        ("longtext", _) => T::LongText,
        ("date", _) => T::Date,
        ("time", _) => T::Time(first),
        ("datetime", _) => T::DateTime(first),
        ("timestamp", _) => T::Timestamp(first),
        ("year", _) => T::Year,
        ("json", _) => T::Json,
        ("enum", _) => T::Enum(enum_values(written)),
        _ => return None,
    })
}

/// The values inside `enum('a','b''c')`.
fn enum_values(written: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut chars = written.chars().skip_while(|c| *c != '(').skip(1).peekable();
    while let Some(c) = chars.next_if(|c| *c != ')') {
        if c != '\'' {
            continue;
        }
        let mut value = String::new();
        while let Some(c) = chars.next() {
            if c == '\'' && chars.next_if_eq(&'\'').is_none() {
                break;
            }
            value.push(c);
        }
        values.push(value);
    }
    values
}

/// True for the text of the current time, with or without a precision.
pub(crate) fn is_now(text: &str) -> bool {
    let word = text.trim().to_ascii_lowercase();
    word == "current_timestamp" || word.starts_with("current_timestamp(") || word == "now()"
}

/// A default as MySQL tells it: the bare value, or an expression where the server says so.
pub(crate) fn default(text: &str, ty: &ColumnType, is_expression: bool) -> Option<Default> {
    if is_now(text) && !is_text(ty) {
        return Some(Default::Now);
    }
    if is_expression {
        return Some(Default::Expression(without_introducers(text)));
    }
    Some(constant(text, ty))
}

/// Quotes in expressions come back escaped and with a character set before them.
fn without_introducers(text: &str) -> String {
    text.replace("\\'", "'").replace("_utf8mb4'", "'").replace("_utf8mb3'", "'").replace("_latin1'", "'")
}

fn is_text(ty: &ColumnType) -> bool {
    use T::{Char, Enum, LongText, MediumText, Text, TinyText, VarChar};
    matches!(ty, ColumnType::Mysql(Char(_) | VarChar(_) | TinyText | Text | MediumText | LongText | Enum(_)))
}

/// A constant of its text.
pub(crate) fn constant(text: &str, ty: &ColumnType) -> Default {
    let ColumnType::Mysql(ty) = ty else {
        return Default::Expression(text.to_owned());
    };
    let owned = text.to_owned();
    Default::Literal(match ty {
        T::Boolean
        | T::TinyInt
        | T::SmallInt
        | T::MediumInt
        | T::Int
        | T::BigInt
        | T::UnsignedTinyInt
        | T::UnsignedSmallInt
        | T::UnsignedMediumInt
        | T::UnsignedInt
        | T::UnsignedBigInt
        | T::Decimal(_)
        | T::Float
        | T::Double
        | T::Year => Literal::Number(owned),
        T::Bit(1) => Literal::Boolean(text == "b'1'"),
        T::Bit(_) => return Default::Expression(owned),
        T::Date | T::Time(_) | T::DateTime(_) | T::Timestamp(_) => Literal::DateTime(owned),
        T::Json => Literal::Json(owned),
        T::Enum(_) => Literal::Enum(owned),
        T::Char(_)
        | T::VarChar(_)
        | T::TinyText
        | T::Text
        | T::MediumText
        | T::LongText
        | T::Binary(_)
        | T::VarBinary(_)
        | T::TinyBlob
        | T::Blob
        | T::MediumBlob
        | T::LongBlob => Literal::Text(owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read() {
        assert_eq!(column_type("int(10) unsigned"), Some(T::UnsignedInt));
        assert_eq!(column_type("tinyint(1)"), Some(T::Boolean));
        assert_eq!(column_type("tinyint"), Some(T::TinyInt));
        assert_eq!(column_type("decimal(65,30)"), Some(T::Decimal(Some((65, 30)))));
        assert_eq!(column_type("datetime"), Some(T::DateTime(None)));
        assert_eq!(column_type("point"), None);
        let values = vec!["a".to_owned(), "b'c".to_owned(), "(x),".to_owned()];
        assert_eq!(column_type("enum('a','b''c','(x),')"), Some(T::Enum(values)));
    }
}
