//! Native types: `@db.VarChar(255)` and the like, for each provider a table.

use smallvec::SmallVec;

use crate::schema::{Provider, ScalarType};

/// What may stand between the parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Nothing.
    None,
    /// A number.
    Number,
    /// A number or nothing.
    OptionalNumber,
    /// Precision and scale, or nothing.
    OptionalPair,
    /// A number, `Max`, or nothing.
    OptionalNumberOrMax,
}

impl Shape {
    /// How many arguments there must be, and how many more there may be.
    pub(crate) fn counts(self) -> (usize, usize) {
        match self {
            Shape::None => (0, 0),
            Shape::Number => (1, 0),
            Shape::OptionalNumber | Shape::OptionalNumberOrMax => (0, 1),
            Shape::OptionalPair => (0, 2),
        }
    }

    /// The same in words.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Shape::None => "no arguments",
            Shape::Number => "a whole number",
            Shape::OptionalNumber => "a whole number, or nothing",
            Shape::OptionalPair => "precision and scale, or nothing",
            Shape::OptionalNumberOrMax => "a whole number, `Max`, or nothing",
        }
    }
}

/// One native type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NativeTypeRow {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its arguments.
    pub(crate) shape: Shape,
    /// The types it can stand on.
    pub(crate) scalars: &'static [ScalarType],
}

const fn row(name: &'static str, shape: Shape, scalars: &'static [ScalarType]) -> NativeTypeRow {
    NativeTypeRow { name, shape, scalars }
}

const INT: &[ScalarType] = &[ScalarType::Int];
const BIG_INT: &[ScalarType] = &[ScalarType::BigInt];
const FLOAT: &[ScalarType] = &[ScalarType::Float];
const DECIMAL: &[ScalarType] = &[ScalarType::Decimal];
const BOOLEAN: &[ScalarType] = &[ScalarType::Boolean];
const STRING: &[ScalarType] = &[ScalarType::String];
const DATE_TIME: &[ScalarType] = &[ScalarType::DateTime];
const BYTES: &[ScalarType] = &[ScalarType::Bytes];
const JSON: &[ScalarType] = &[ScalarType::Json];
const BOOLEAN_OR_INT: &[ScalarType] = &[ScalarType::Boolean, ScalarType::Int];
const BOOLEAN_OR_BYTES: &[ScalarType] = &[ScalarType::Boolean, ScalarType::Bytes];
const STRING_OR_BYTES: &[ScalarType] = &[ScalarType::String, ScalarType::Bytes];
const INT_OR_BIG_INT: &[ScalarType] = &[ScalarType::Int, ScalarType::BigInt];

const POSTGRESQL: &[NativeTypeRow] = &[
    row("SmallInt", Shape::None, INT),
    row("Integer", Shape::None, INT),
    row("BigInt", Shape::None, BIG_INT),
    row("Decimal", Shape::OptionalPair, DECIMAL),
    row("Money", Shape::None, DECIMAL),
    row("Inet", Shape::None, STRING),
    row("Oid", Shape::None, INT),
    row("Citext", Shape::None, STRING),
    row("Real", Shape::None, FLOAT),
    row("DoublePrecision", Shape::None, FLOAT),
    row("VarChar", Shape::OptionalNumber, STRING),
    row("Char", Shape::OptionalNumber, STRING),
    row("Text", Shape::None, STRING),
    row("ByteA", Shape::None, BYTES),
    row("Timestamp", Shape::OptionalNumber, DATE_TIME),
    row("Timestamptz", Shape::OptionalNumber, DATE_TIME),
    row("Date", Shape::None, DATE_TIME),
    row("Time", Shape::OptionalNumber, DATE_TIME),
    row("Timetz", Shape::OptionalNumber, DATE_TIME),
    row("Boolean", Shape::None, BOOLEAN),
    row("Bit", Shape::OptionalNumber, STRING),
    row("VarBit", Shape::OptionalNumber, STRING),
    row("Uuid", Shape::None, STRING),
    row("Xml", Shape::None, STRING),
    row("Json", Shape::None, JSON),
    row("JsonB", Shape::None, JSON),
];

const MYSQL: &[NativeTypeRow] = &[
    row("Int", Shape::None, INT),
    row("UnsignedInt", Shape::None, INT),
    row("SmallInt", Shape::None, INT),
    row("UnsignedSmallInt", Shape::None, INT),
    row("TinyInt", Shape::None, BOOLEAN_OR_INT),
    row("UnsignedTinyInt", Shape::None, BOOLEAN_OR_INT),
    row("MediumInt", Shape::None, INT),
    row("UnsignedMediumInt", Shape::None, INT),
    row("BigInt", Shape::None, BIG_INT),
    row("Decimal", Shape::OptionalPair, DECIMAL),
    row("UnsignedBigInt", Shape::None, BIG_INT),
    row("Float", Shape::None, FLOAT),
    row("Double", Shape::None, FLOAT),
    row("Bit", Shape::Number, BOOLEAN_OR_BYTES),
    row("Char", Shape::Number, STRING),
    row("VarChar", Shape::Number, STRING),
    row("Binary", Shape::Number, BYTES),
    row("VarBinary", Shape::Number, BYTES),
    row("TinyBlob", Shape::None, BYTES),
    row("Blob", Shape::None, BYTES),
    row("MediumBlob", Shape::None, BYTES),
    row("LongBlob", Shape::None, BYTES),
    row("TinyText", Shape::None, STRING),
    row("Text", Shape::None, STRING),
    row("MediumText", Shape::None, STRING),
    row("LongText", Shape::None, STRING),
    row("Date", Shape::None, DATE_TIME),
    row("Time", Shape::OptionalNumber, DATE_TIME),
    row("DateTime", Shape::OptionalNumber, DATE_TIME),
    row("Timestamp", Shape::OptionalNumber, DATE_TIME),
    row("Year", Shape::None, INT),
    row("Json", Shape::None, JSON),
];

const COCKROACHDB: &[NativeTypeRow] = &[
    row("Bit", Shape::OptionalNumber, STRING),
    row("Bool", Shape::None, BOOLEAN),
    row("Bytes", Shape::None, BYTES),
    row("Char", Shape::OptionalNumber, STRING),
    row("Date", Shape::None, DATE_TIME),
    row("Decimal", Shape::OptionalPair, DECIMAL),
    row("Float4", Shape::None, FLOAT),
    row("Float8", Shape::None, FLOAT),
    row("Inet", Shape::None, STRING),
    row("Int2", Shape::None, INT),
    row("Int4", Shape::None, INT),
    row("Int8", Shape::None, BIG_INT),
    row("JsonB", Shape::None, JSON),
    row("Oid", Shape::None, INT),
    row("CatalogSingleChar", Shape::None, STRING),
    row("String", Shape::OptionalNumber, STRING),
    row("Time", Shape::OptionalNumber, DATE_TIME),
    row("Timestamp", Shape::OptionalNumber, DATE_TIME),
    row("Timestamptz", Shape::OptionalNumber, DATE_TIME),
    row("Timetz", Shape::OptionalNumber, DATE_TIME),
    row("Uuid", Shape::None, STRING),
    row("VarBit", Shape::OptionalNumber, STRING),
];

const SQLSERVER: &[NativeTypeRow] = &[
    row("TinyInt", Shape::None, INT),
    row("SmallInt", Shape::None, INT),
    row("Int", Shape::None, INT),
    row("BigInt", Shape::None, BIG_INT),
    row("Decimal", Shape::OptionalPair, DECIMAL),
    row("Money", Shape::None, FLOAT),
    row("SmallMoney", Shape::None, FLOAT),
    row("Bit", Shape::None, BOOLEAN_OR_INT),
    row("Float", Shape::OptionalNumber, FLOAT),
    row("Real", Shape::None, FLOAT),
    row("Date", Shape::None, DATE_TIME),
    row("Time", Shape::None, DATE_TIME),
    row("DateTime", Shape::None, DATE_TIME),
    row("DateTime2", Shape::None, DATE_TIME),
    row("DateTimeOffset", Shape::None, DATE_TIME),
    row("SmallDateTime", Shape::None, DATE_TIME),
    row("Char", Shape::OptionalNumber, STRING),
    row("NChar", Shape::OptionalNumber, STRING),
    row("VarChar", Shape::OptionalNumberOrMax, STRING),
    row("Text", Shape::None, STRING),
    row("NVarChar", Shape::OptionalNumberOrMax, STRING),
    row("NText", Shape::None, STRING),
    row("Binary", Shape::OptionalNumber, BYTES),
    row("VarBinary", Shape::OptionalNumberOrMax, BYTES),
    row("Image", Shape::None, BYTES),
    row("Xml", Shape::None, STRING),
    row("UniqueIdentifier", Shape::None, STRING),
];

const MONGODB: &[NativeTypeRow] = &[
    row("String", Shape::None, STRING),
    row("Double", Shape::None, FLOAT),
    row("BinData", Shape::None, BYTES),
    row("ObjectId", Shape::None, STRING_OR_BYTES),
    row("Bool", Shape::None, BOOLEAN),
    row("Date", Shape::None, DATE_TIME),
    row("Int", Shape::None, INT),
    row("Timestamp", Shape::None, DATE_TIME),
    row("Long", Shape::None, INT_OR_BIG_INT),
    row("Json", Shape::None, JSON),
];

/// All native types of a provider.
pub(crate) fn table(provider: Provider) -> &'static [NativeTypeRow] {
    match provider {
        Provider::Postgresql => POSTGRESQL,
        Provider::Mysql => MYSQL,
        Provider::Sqlite => &[],
        Provider::Cockroachdb => COCKROACHDB,
        Provider::Sqlserver => SQLSERVER,
        Provider::Mongodb => MONGODB,
    }
}

/// True when the provider has this native type and it takes these arguments.
pub(crate) fn exists(provider: Provider, name: &str, args: &[&str]) -> bool {
    table(provider).iter().any(|row| {
        let (required, optional) = row.shape.counts();
        row.name == name && (required..=required + optional).contains(&args.len()) && numbers(row.shape, args).is_some()
    })
}

/// The numbers between the parentheses; `Max` is `u32::MAX`. None when they are not of the type's shape.
pub(crate) fn numbers(shape: Shape, args: &[&str]) -> Option<SmallVec<[u32; 2]>> {
    let parsed: Option<SmallVec<[u32; 2]>> = args
        .iter()
        .map(|arg| match shape {
            Shape::OptionalNumberOrMax if arg.eq_ignore_ascii_case("max") => Some(u32::MAX),
            Shape::OptionalNumberOrMax => arg.parse::<u16>().ok().map(u32::from),
            Shape::None | Shape::Number | Shape::OptionalNumber | Shape::OptionalPair => arg.parse().ok(),
        })
        .collect();
    parsed.filter(|numbers| shape != Shape::OptionalPair || numbers.len() != 1)
}

/// What is wrong with the numbers of a type, if anything.
pub(crate) fn range_problem(provider: Provider, name: &str, numbers: &[u32], scalar: ScalarType) -> Option<String> {
    let first = numbers.first().copied();
    let over = |most: u32| first.is_some_and(|n| n > most && n != u32::MAX);
    if let [precision, scale] = numbers {
        let most = match provider {
            Provider::Mysql => 65,
            Provider::Sqlserver => 38,
            Provider::Postgresql | Provider::Cockroachdb | Provider::Sqlite | Provider::Mongodb => 1000,
        };
        if scale > precision {
            return Some(format!("its scale {scale} is greater than its precision {precision}"));
        }
        if *precision > most || (*precision == 0 && provider != Provider::Mysql) {
            return Some(format!("its precision must be between 1 and {most}"));
        }
        if provider == Provider::Mysql && *scale > 30 {
            return Some("its scale must be between 0 and 30".to_owned());
        }
        return None;
    }
    match (provider, name) {
        (Provider::Postgresql | Provider::Cockroachdb, "Bit" | "VarBit") if first == Some(0) => {
            Some("its length must be above zero".to_owned())
        }
        (Provider::Postgresql | Provider::Cockroachdb, "Timestamp" | "Timestamptz" | "Time" | "Timetz") if over(6) => {
            Some("its precision must be between 0 and 6".to_owned())
        }
        (Provider::Mysql, "Bit") if first == Some(0) || over(64) => {
            Some("its length must be between 1 and 64".to_owned())
        }
        (Provider::Mysql, "Bit") if scalar == ScalarType::Boolean && over(1) => {
            Some("a Boolean has room in `Bit(1)` only".to_owned())
        }
        (Provider::Mysql, "Char") if over(255) => Some("its length must be between 0 and 255".to_owned()),
        (Provider::Mysql, "VarChar") if over(65_535) => Some("its length must be between 0 and 65535".to_owned()),
        (Provider::Sqlserver, "Float") if first == Some(0) || over(53) => {
            Some("its bits must be between 1 and 53".to_owned())
        }
        (Provider::Sqlserver, "NVarChar" | "NChar") if over(4000) => {
            Some("its length must be between 1 and 4000".to_owned())
        }
        (Provider::Sqlserver, "VarChar" | "VarBinary" | "Char" | "Binary") if over(8000) => {
            Some("its length must be between 1 and 8000".to_owned())
        }
        _ => None,
    }
}
