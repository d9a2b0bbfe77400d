//! The five SQL dialects, a closed list: matches over it have no wildcard arm.

/// A SQL dialect. MariaDB and MySQL share a URL scheme; which one a server is shows when a connection is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// SQLite
    Sqlite,
    /// PostgreSQL
    Postgres,
    /// MySQL
    Mysql,
    /// MariaDB
    Mariadb,
    /// CockroachDB
    Cockroachdb,
}

impl Dialect {
    /// The product's name as people write it.
    pub fn product_name(self) -> &'static str {
        match self {
            Dialect::Sqlite => "SQLite",
            Dialect::Postgres => "PostgreSQL",
            Dialect::Mysql => "MySQL",
            Dialect::Mariadb => "MariaDB",
            Dialect::Cockroachdb => "CockroachDB",
        }
    }

    /// True for MySQL and MariaDB.
    pub fn is_mysql_family(self) -> bool {
        match self {
            Dialect::Mysql | Dialect::Mariadb => true,
            Dialect::Sqlite | Dialect::Postgres | Dialect::Cockroachdb => false,
        }
    }

    /// True for PostgreSQL and CockroachDB.
    pub fn is_postgres_family(self) -> bool {
        match self {
            Dialect::Postgres | Dialect::Cockroachdb => true,
            Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => false,
        }
    }

    /// Appends a quoted identifier: quotes inside the name are doubled, so no name can break out.
    pub fn quote_into(self, out: &mut String, name: &str) {
        let quote = if self.is_mysql_family() { '`' } else { '"' };
        out.push(quote);
        if name.bytes().any(|byte| char::from(byte) == quote) {
            out.push_str(&name.replace(quote, if quote == '"' { "\"\"" } else { "``" }));
        } else {
            out.push_str(name);
        }
        out.push(quote);
    }

    /// A quoted identifier.
    pub fn quote(self, name: &str) -> String {
        let mut out = String::with_capacity(name.len() + 2);
        self.quote_into(&mut out, name);
        out
    }

    /// Appends the placeholder of the parameter with this number (from 1): `$1` or `?`.
    pub fn placeholder_into(self, out: &mut String, number: usize) {
        if self.is_postgres_family() {
            out.push('$');
            out.push_str(&number.to_string());
        } else {
            out.push('?');
        }
    }

    /// The most parameters one statement may have.
    pub fn max_parameters(self) -> usize {
        match self {
            Dialect::Sqlite => 32_766,
            Dialect::Postgres | Dialect::Cockroachdb | Dialect::Mysql | Dialect::Mariadb => 65_535,
        }
    }
}
