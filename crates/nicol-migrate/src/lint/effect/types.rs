//! Types as text, taken apart far enough to know what changing one to the other costs.

use super::Work;

/// A type of PostgreSQL under its short name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PgType {
    pub(crate) base: String,
    pub(crate) arguments: Vec<u32>,
    pub(crate) is_array: bool,
}

/// Reads a type as scripts and `format_type` write it.
pub(crate) fn postgres(text: &str) -> PgType {
    let text = text.trim().to_lowercase().replace('"', "");
    let is_array = text.ends_with(']') || text.ends_with(" array");
    let text = text.split('[').next().unwrap_or_default().trim_end_matches(" array").to_string();
    let (before, rest) = text.split_once('(').unwrap_or((&text, ""));
    let (inside, after) = rest.split_once(')').unwrap_or(("", ""));
    let arguments = inside.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    let words = format!("{} {}", before.trim(), after.trim());
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words.strip_prefix("pg_catalog.").unwrap_or(&words);
    let base = match words {
        "integer" | "int" | "serial" | "serial4" => "int4",
        "bigint" | "bigserial" | "serial8" => "int8",
        "smallint" | "smallserial" | "serial2" => "int2",
        "character varying" => "varchar",
        "character" | "char" => "bpchar",
        "decimal" => "numeric",
        "boolean" => "bool",
        "double precision" | "float" => "float8",
        "real" => "float4",
        "timestamp without time zone" => "timestamp",
        "timestamp with time zone" => "timestamptz",
        "time without time zone" => "time",
        "time with time zone" => "timetz",
        "bit varying" => "varbit",
        other => other,
    };
    PgType { base: base.to_string(), arguments, is_array }
}

/// What a change of type costs on PostgreSQL, and whether the session's time zone decides.
pub(crate) fn postgres_change(from: &PgType, to: &PgType) -> (Work, bool) {
    if from == to {
        return (Work::Instant, false);
    }
    let instant = (Work::Instant, false);
    let rewrite = (Work::Rewrite, false);
    if from.is_array || to.is_array {
        return rewrite;
    }
    let first = |ty: &PgType, default: u32| ty.arguments.first().copied().unwrap_or(default);
    match (from.base.as_str(), to.base.as_str()) {
        ("varchar" | "text", "text") => instant,
        ("varchar" | "text", "varchar") if to.arguments.is_empty() => instant,
        ("varchar", "varchar") if first(from, u32::MAX) <= first(to, 0) => instant,
        ("varbit", "varbit") if first(from, u32::MAX) <= first(to, u32::MAX) => instant,
        ("numeric", "numeric") if to.arguments.is_empty() => instant,
        ("numeric", "numeric") => {
            let scale = |ty: &PgType| ty.arguments.get(1).copied().unwrap_or(0);
            let grows = !from.arguments.is_empty() && first(from, 0) <= first(to, 0) && scale(from) == scale(to);
            if grows { instant } else { rewrite }
        }
        ("cidr", "inet") => instant,
        ("timestamp" | "timestamptz" | "time" | "timetz" | "interval", _) => {
            let grows = first(from, 6) <= first(to, 6);
            let same = from.base == to.base;
            let zones = matches!(
                (from.base.as_str(), to.base.as_str()),
                ("timestamp", "timestamptz") | ("timestamptz", "timestamp")
            );
            match (same, zones, grows) {
                (true, _, true) => instant,
                // What a cast gives counts as exact to the microsecond, so that fewer digits mean work.
                (_, true, _) if first(to, 6) >= 6 => (Work::Instant, true),
                (_, true, _) => (Work::Rewrite, true),
                (true, _, false) | (false, false, _) => rewrite,
            }
        }
        _ => rewrite,
    }
}

/// Whether values can fail to fit, or lose digits, in the new type.
pub(crate) fn postgres_narrows(from: &PgType, to: &PgType) -> bool {
    let whole = |base: &str| match base {
        "int2" => Some(5),
        "int4" => Some(10),
        "int8" => Some(19),
        _ => None,
    };
    let digits = |ty: &PgType| match (ty.base.as_str(), ty.arguments.as_slice()) {
        ("numeric", []) => Some((u32::MAX, u32::MAX)),
        ("numeric", [precision]) => Some((*precision, 0)),
        ("numeric", [precision, scale, ..]) => Some((precision.saturating_sub(*scale), *scale)),
        (base, _) => whole(base).map(|digits| (digits, 0)),
    };
    let length = |ty: &PgType| match ty.base.as_str() {
        "text" => Some(u32::MAX),
        "varchar" => Some(ty.arguments.first().copied().unwrap_or(u32::MAX)),
        "bpchar" => Some(ty.arguments.first().copied().unwrap_or(1)),
        _ => None,
    };
    if let (Some((from_whole, from_scale)), Some((to_whole, to_scale))) = (digits(from), digits(to)) {
        return from_whole > to_whole || from_scale > to_scale;
    }
    if let (Some(from), Some(to)) = (length(from), length(to)) {
        return from > to;
    }
    let is_time = |ty: &PgType| ty.base.starts_with("time") || ty.base == "date";
    if is_time(from) && is_time(to) {
        let digits = |ty: &PgType| if ty.base == "date" { 0 } else { ty.arguments.first().copied().unwrap_or(6) };
        return digits(from) > digits(to) || (from.base.starts_with("timestamp") && !to.base.starts_with("timestamp"));
    }
    // Text read as something else may not be one; a number with a fraction cut to a whole one loses it.
    (length(from).is_some() && length(to).is_none())
        || (from.base.starts_with("float") && !to.base.starts_with("float") && length(to).is_none())
        || (from.base == "float8" && to.base == "float4")
}

/// A type of MySQL or MariaDB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MyType {
    pub(crate) base: String,
    pub(crate) arguments: Vec<u32>,
    pub(crate) is_unsigned: bool,
    /// Values of an ENUM or SET.
    pub(crate) values: Vec<String>,
    /// Bytes of a character at most.
    pub(crate) character_bytes: u32,
}

/// Reads a type as scripts and `COLUMN_TYPE` write it; a character set may follow.
pub(crate) fn mysql(text: &str) -> MyType {
    let (before, rest) = text.split_once('(').unwrap_or((text, ""));
    let (inside, after) = rest.rsplit_once(')').unwrap_or(("", ""));
    let mut words = before.split_whitespace().map(str::to_lowercase);
    let base = words.next().unwrap_or_default();
    let after: Vec<String> = words.chain(after.split_whitespace().map(str::to_lowercase)).collect();
    let has_values = matches!(base.as_str(), "enum" | "set");
    let values = if has_values { values(inside) } else { Vec::new() };
    let numbers = inside.split(',').filter_map(|part| part.trim().parse().ok());
    let mut arguments: Vec<u32> = if has_values { Vec::new() } else { numbers.collect() };
    let base = match base.as_str() {
        "integer" => "int",
        "bool" | "boolean" => "tinyint",
        "numeric" | "dec" => "decimal",
        "real" => "double",
        "character" => "char",
        other => other,
    };
    // The display width of integers means nothing.
    if base.ends_with("int") || base == "year" {
        arguments.clear();
    }
    let charset = after.iter().position(|word| word == "set" || word == "charset").and_then(|at| after.get(at + 1));
    let character_bytes = match charset.map(String::as_str) {
        Some("latin1" | "ascii" | "binary" | "latin2" | "cp1250" | "cp1251" | "koi8r") => 1,
        Some("utf8" | "utf8mb3") => 3,
        Some(_) | None => 4,
    };
    let is_unsigned = after.iter().any(|word| word == "unsigned");
    MyType { base: base.to_string(), arguments, is_unsigned, values, character_bytes }
}

/// The values of an ENUM: quoted, quotes inside doubled.
fn values(inside: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = inside;
    while let Some(start) = rest.find('\'') {
        let mut value = String::new();
        rest = &rest[start + 1..];
        while let Some(end) = rest.find('\'') {
            value.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            if !rest.starts_with('\'') {
                break;
            }
            value.push('\'');
            rest = &rest[1..];
        }
        found.push(value);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrowing() {
        for (from, to, expected) in [
            ("bigint", "integer", true),
            ("int", "bigint", false),
            ("varchar(20)", "varchar(10)", true),
            ("text", "varchar(10)", true),
            ("varchar(10)", "text", false),
            ("numeric(10,2)", "numeric(12,4)", false),
            ("numeric(10,2)", "numeric(12,2)", false),
            ("integer", "numeric(10,2)", true),
            ("integer", "text", false),
            ("text", "integer", true),
            ("double precision", "real", true),
            ("timestamp(6)", "timestamp(3)", true),
            ("timestamp(3) without time zone", "timestamptz(3)", false),
            ("timestamp(3)", "date", true),
        ] {
            assert_eq!(postgres_narrows(&postgres(from), &postgres(to)), expected, "{from} to {to}");
        }
    }

    #[test]
    fn types_of_mysql() {
        assert_eq!(mysql("enum('a','b''c, d')").values, ["a", "b'c, d"]);
        assert_eq!(mysql("int(11) unsigned"), mysql("INTEGER UNSIGNED"));
        assert_eq!(mysql("varchar(20) character set latin1").character_bytes, 1);
    }
}
