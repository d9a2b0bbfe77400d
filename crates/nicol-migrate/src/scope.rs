//! What of a database the migrations are about: some of it may be looked after by somebody else.

use nicol_catalog::Catalog;
use nicol_db::{Connection, ConnectionUrl, Dialect};
use nicol_schema::ValidSchema;

use crate::error::Result;

/// The part of a database that schema and migrations speak of, and what they build on.
///
/// A pattern is a name, or a name behind its PostgreSQL schema and a dot; `*` stands for any characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// The PostgreSQL schemas that the datasource lists; none is the connection's own.
    pub namespaces: Vec<String>,
    /// Patterns of tables that are left alone: never compared, made, changed or dropped.
    pub external_tables: Vec<String>,
    /// Patterns of enum types that are left alone.
    pub external_enums: Vec<String>,
    /// SQL that makes what the migrations build on. It runs in a shadow database before they are replayed there.
    pub shadow_script: Option<String>,
    /// The PostgreSQL schema of the connection, where its URL names one.
    pub own_namespace: Option<String>,
}

impl Scope {
    /// All of a database, as far as a schema speaks of it.
    pub fn of(schema: Option<&ValidSchema>, url: Option<&ConnectionUrl>) -> Scope {
        let datasource = schema.and_then(|schema| schema.datasource.as_ref());
        Scope {
            namespaces: datasource.map(|datasource| datasource.schemas.clone()).unwrap_or_default(),
            own_namespace: url.and_then(ConnectionUrl::schema).map(str::to_owned),
            ..Scope::default()
        }
    }

    /// True when anything is left alone.
    pub fn has_externals(&self) -> bool {
        !self.external_tables.is_empty() || !self.external_enums.is_empty()
    }

    /// The catalog of a live database.
    pub(crate) async fn introspect(&self, conn: &mut Connection) -> Result<Catalog> {
        Ok(self.part_of(nicol_catalog::introspect(conn, &self.namespaces).await?))
    }

    /// The catalog that a schema asks for.
    pub(crate) fn catalog_of(&self, schema: &ValidSchema, dialect: Dialect) -> Catalog {
        self.part_of(nicol_catalog::from_schema(schema, dialect))
    }

    /// True for a table that is left alone.
    pub(crate) fn is_external_table(&self, namespace: Option<&str>, name: &str) -> bool {
        self.is_one_of(&self.external_tables, namespace, name)
    }

    fn part_of(&self, mut catalog: Catalog) -> Catalog {
        catalog.tables.retain(|table| !self.is_external_table(table.namespace.as_deref(), &table.name));
        catalog.enums.retain(|one| !self.is_one_of(&self.external_enums, one.namespace.as_deref(), &one.name));
        catalog
    }

    fn is_one_of(&self, patterns: &[String], namespace: Option<&str>, name: &str) -> bool {
        let namespace = namespace.or(self.own_namespace.as_deref()).unwrap_or("public");
        patterns.iter().any(|pattern| fits(pattern, name) || fits(pattern, &format!("{namespace}.{name}")))
    }
}

/// True when a text is what a pattern says: the same, where `*` stands for any characters or none.
pub fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_names() {
        for (pattern, text, expected) in [
            ("users", "users", true),
            ("users", "users2", false),
            ("auth.*", "auth.users", true),
            ("auth.*", "authors", false),
            ("*", "", true),
            ("a*b*c", "abbc", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("*_log", "audit_log", true),
            ("*_log", "audit_logs", false),
            ("ä*ö", "äxö", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_name_fits_with_and_without_its_schema() {
        let scope = |patterns: &[&str], own: Option<&str>| Scope {
            external_tables: patterns.iter().map(|text| (*text).to_owned()).collect(),
            own_namespace: own.map(str::to_owned),
            ..Scope::default()
        };
        assert!(scope(&["users"], None).is_external_table(Some("auth"), "users"));
        assert!(scope(&["auth.*"], None).is_external_table(Some("auth"), "users"));
        assert!(!scope(&["auth.*"], None).is_external_table(None, "users"));
        assert!(scope(&["public.users"], None).is_external_table(None, "users"));
        assert!(scope(&["auth.*"], Some("auth")).is_external_table(None, "users"));
        assert!(!scope(&["public.*"], Some("auth")).is_external_table(None, "users"));
    }
}
