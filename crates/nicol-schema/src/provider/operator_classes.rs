//! Operator classes of PostgreSQL's indexes, as data.

use crate::schema::ScalarType;

/// Classes of Brin indexes: prefix and kind make the name, such as `Int4BloomOps`.
struct BrinRow {
    native: &'static str,
    /// The built-in type that has this native type when none is written.
    scalar: Option<ScalarType>,
    prefix: &'static str,
    kinds: &'static [&'static str],
}

const fn brin(
    native: &'static str,
    scalar: Option<ScalarType>,
    prefix: &'static str,
    kinds: &'static [&'static str],
) -> BrinRow {
    BrinRow { native, scalar, prefix, kinds }
}

const ALL: &[&str] = &["BloomOps", "MinMaxOps", "MinMaxMultiOps"];
const SHORT: &[&str] = &["BloomOps", "MinMaxOps"];

const BRIN: &[BrinRow] = &[
    brin("Bit", None, "Bit", &["MinMaxOps"]),
    brin("VarBit", None, "VarBit", &["MinMaxOps"]),
    brin("Char", None, "Bpchar", SHORT),
    brin("Date", None, "Date", ALL),
    brin("Real", None, "Float4", ALL),
    brin("DoublePrecision", Some(ScalarType::Float), "Float8", ALL),
    brin("Inet", None, "Inet", &["InclusionOps", "BloomOps", "MinMaxOps", "MinMaxMultiOps"]),
    brin("SmallInt", None, "Int2", ALL),
    brin("Integer", Some(ScalarType::Int), "Int4", ALL),
    brin("BigInt", Some(ScalarType::BigInt), "Int8", ALL),
    brin("Decimal", Some(ScalarType::Decimal), "Numeric", ALL),
    brin("Oid", None, "Oid", ALL),
    brin("ByteA", Some(ScalarType::Bytes), "Bytea", SHORT),
    brin("Text", Some(ScalarType::String), "Text", SHORT),
    brin("VarChar", None, "Text", SHORT),
    brin("Timestamp", Some(ScalarType::DateTime), "Timestamp", ALL),
    brin("Timestamptz", None, "TimestampTz", ALL),
    brin("Time", None, "Time", ALL),
    brin("Timetz", None, "TimeTz", ALL),
    brin("Uuid", None, "Uuid", ALL),
];

/// True when the language has this class.
pub(crate) fn is_known(class: &str) -> bool {
    matches!(class, "InetOps" | "JsonbOps" | "JsonbPathOps" | "ArrayOps" | "TextOps") || brin_row_of(class).is_some()
}

fn brin_row_of(class: &str) -> Option<&'static BrinRow> {
    BRIN.iter().find(|row| class.strip_prefix(row.prefix).is_some_and(|kind| row.kinds.contains(&kind)))
}

/// True when the class belongs to indexes of this type.
pub(crate) fn class_fits_algorithm(class: &str, algorithm: &str) -> bool {
    match class {
        "InetOps" => matches!(algorithm, "Gist" | "SpGist"),
        "JsonbOps" | "JsonbPathOps" | "ArrayOps" => algorithm == "Gin",
        "TextOps" => algorithm == "SpGist",
        _ => algorithm == "Brin",
    }
}

/// True when the class, or the index without a class, works on the column.
pub(crate) fn brin_fits(native: Option<&str>, scalar: Option<ScalarType>, class: Option<&str>) -> bool {
    let row = BRIN.iter().find(|row| match native {
        Some(native) => row.native == native,
        None => row.scalar.is_some() && row.scalar == scalar,
    });
    match (row, class) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(row), Some(class)) => class.strip_prefix(row.prefix).is_some_and(|kind| row.kinds.contains(&kind)),
    }
}
