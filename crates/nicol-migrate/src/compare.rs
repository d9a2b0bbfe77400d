//! Two catalogs as one change: script, words, risks.

use nicol_catalog::{Catalog, Risk};

/// The way from one catalog to another.
pub(crate) struct Change {
    /// Empty when there is nothing to change.
    pub(crate) script: String,
    pub(crate) summary: String,
    pub(crate) risks: Vec<Risk>,
}

impl Change {
    /// The way to what a schema asks for.
    pub(crate) fn between(from: &Catalog, to: &Catalog) -> Change {
        let diff = nicol_catalog::diff(from, to);
        let plan = nicol_catalog::plan(&diff);
        let script = nicol_catalog::script(&plan);
        Change { script, summary: nicol_catalog::summary(&diff), risks: plan.risks }
    }

    /// The way to what was found in a database. What merely lies about there is not asked for: extensions, unless a
    /// schema in the comparison speaks of them, and namespaces with nothing in them that is compared.
    pub(crate) fn toward_found(from: &Catalog, found: &Catalog, speaks_of_extensions: bool) -> Change {
        let mut to = found.clone();
        if !speaks_of_extensions {
            to.extensions = None;
        }
        to.namespaces.retain(|name| {
            let is_used = |namespace: &Option<String>| namespace.as_ref() == Some(name);
            from.namespaces.contains(name)
                || found.tables.iter().any(|table| is_used(&table.namespace))
                || found.enums.iter().any(|ty| is_used(&ty.namespace))
        });
        Change::between(from, &to)
    }
}
