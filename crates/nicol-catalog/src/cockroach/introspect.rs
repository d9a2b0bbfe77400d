//! Types as CockroachDB tells them; the rest is read as from PostgreSQL.

use super::types::CockroachType as T;

/// A type by its internal name and modifier; none for one the schema language does not know.
pub(crate) fn column_type(name: &str, modifier: i64) -> Option<T> {
    let modifier = u32::try_from(modifier).ok();
    let length = modifier.and_then(|modifier| modifier.checked_sub(4));
    Some(match name {
        "bit" => T::Bit(modifier),
        "bool" => T::Bool,
        "bytea" => T::Bytes,
        "bpchar" => T::Char(length),
        "char" => T::CatalogSingleChar,
        "date" => T::Date,
        "numeric" => T::Decimal(length.map(|packed| (packed >> 16 & 0xffff, packed & 0x7ff))),
        "float4" => T::Float4,
        "float8" => T::Float8,
        "geography" => T::Geography,
        "geometry" => T::Geometry,
        "inet" => T::Inet,
        "int2" => T::Int2,
        "int4" => T::Int4,
        "int8" => T::Int8,
        "jsonb" => T::JsonB,
        "oid" => T::Oid,
        "text" | "varchar" => T::String(length),
        "time" => T::Time(modifier),
        "timestamp" => T::Timestamp(modifier),
        "timestamptz" => T::Timestamptz(modifier),
        "timetz" => T::Timetz(modifier),
        "uuid" => T::Uuid,
        "varbit" => T::VarBit(modifier),
        _ => return None,
    })
}
