//! Native error codes to P-codes, as data.
//!
//! **In**: a SQLSTATE, a MySQL error number, a SQLite extended result code. **Out**: the P-code; what no table names is
//! `P2039`.

/// Any database error that no table names.
pub(crate) const OTHER: &str = "P2039";

/// Native codes of a lock that stayed busy: of all that is `P1008`, only these are worth another try.
pub(crate) const LOCK_WAITS: &[&str] = &["55P03", "1205", "3572", "5", "6", "261", "262", "773"];

/// SQLSTATE → P-code.
#[cfg(feature = "postgres")]
const POSTGRES: &[(&str, &str)] = &[
    ("08000", "P1017"),
    ("08003", "P1017"),
    ("08006", "P1017"),
    ("22001", "P2000"),
    ("22003", "P2020"),
    ("22007", "P2007"),
    ("22008", "P2020"),
    ("22P02", "P2007"),
    ("23001", "P2003"),
    ("23502", "P2011"),
    ("23503", "P2003"),
    ("23505", "P2002"),
    ("25P03", "P1017"),
    ("25P04", "P1017"),
    ("28000", "P1010"),
    ("28P01", "P1000"),
    ("3D000", "P1003"),
    ("40001", "P2034"),
    ("40P01", "P2034"),
    ("42501", "P1010"),
    ("42703", "P2022"),
    ("42P01", "P2021"),
    ("42P04", "P1009"),
    ("53300", "P2037"),
    ("55P03", "P1008"),
    ("57014", "P1008"),
    ("57P01", "P1017"),
    ("57P02", "P1017"),
    ("57P03", "P1017"),
    ("57P05", "P1017"),
];

/// MySQL and MariaDB error number → P-code.
#[cfg(feature = "mysql")]
const MYSQL: &[(u16, &str)] = &[
    (1007, "P1009"),
    (1020, "P2034"),
    (1040, "P2037"),
    (1044, "P1010"),
    (1045, "P1000"),
    (1048, "P2011"),
    (1049, "P1003"),
    (1051, "P2021"),
    (1053, "P1017"),
    (1054, "P2022"),
    (1062, "P2002"),
    (1142, "P1010"),
    (1143, "P1010"),
    (1146, "P2021"),
    (1191, "P2030"),
    (1203, "P2037"),
    (1205, "P1008"),
    (1213, "P2034"),
    (1216, "P2003"),
    (1217, "P2003"),
    (1226, "P2037"),
    (1227, "P1010"),
    (1263, "P2011"),
    (1264, "P2020"),
    (1265, "P2007"),
    (1292, "P2007"),
    (1317, "P1008"),
    (1364, "P2011"),
    (1366, "P2007"),
    (1406, "P2000"),
    (1451, "P2003"),
    (1452, "P2003"),
    (1586, "P2002"),
    (1690, "P2020"),
    (1698, "P1000"),
    (1927, "P1017"),
    (1969, "P1008"),
    (2006, "P1017"),
    (2013, "P1017"),
    (3024, "P1008"),
    (3572, "P1008"),
    (4031, "P1017"),
];

/// SQLite extended result code → P-code.
#[cfg(feature = "sqlite")]
const SQLITE: &[(i32, &str)] = &[
    (5, "P1008"),
    (6, "P1008"),
    (9, "P1008"),
    (14, "P1003"),
    (18, "P2000"),
    (20, "P2007"),
    (261, "P1008"),
    (262, "P1008"),
    (517, "P2034"),
    (773, "P1008"),
    (787, "P2003"),
    (1299, "P2011"),
    (1555, "P2002"),
    (1811, "P2003"),
    (2067, "P2002"),
    (2579, "P2002"),
];

fn look_up<K: Copy + Ord>(table: &[(K, &'static str)], key: K) -> &'static str {
    table.binary_search_by_key(&key, |(native, _)| *native).map_or(OTHER, |at| table[at].1)
}

#[cfg(feature = "postgres")]
pub(crate) fn of_sqlstate(state: &str) -> &'static str {
    // The look-up wants keys of one lifetime; a SQLSTATE has five characters, so a scan is as fast.
    POSTGRES.iter().find(|(native, _)| *native == state).map_or(OTHER, |(_, code)| code)
}

#[cfg(feature = "mysql")]
pub(crate) fn of_mysql(number: u16) -> &'static str {
    look_up(MYSQL, number)
}

#[cfg(feature = "sqlite")]
pub(crate) fn of_sqlite(extended: i32) -> &'static str {
    match look_up(SQLITE, extended) {
        // An extended code the table does not name means what its primary code means.
        OTHER => look_up(SQLITE, extended & 0xff),
        code => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_without_doubles() {
        #[cfg(feature = "postgres")]
        assert!(POSTGRES.is_sorted_by(|a, b| a.0 < b.0));
        #[cfg(feature = "mysql")]
        assert!(MYSQL.is_sorted_by(|a, b| a.0 < b.0));
        #[cfg(feature = "sqlite")]
        assert!(SQLITE.is_sorted_by(|a, b| a.0 < b.0));
    }
}
