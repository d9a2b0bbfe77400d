//! Two catalogs as one change: script, words, risks.

use nicol_catalog::{Catalog, Risk};

use crate::mode::NO_TRANSACTION;

/// The way from one catalog to another.
pub(crate) struct Change {
    /// Empty when there is nothing to change.
    pub(crate) script: String,
    pub(crate) summary: String,
    pub(crate) risks: Vec<Risk>,
    /// PostgreSQL lets nobody use an enum value in the transaction that adds it.
    needs_commits: bool,
}

impl Change {
    /// The way to what a schema asks for.
    pub(crate) fn between(from: &Catalog, to: &Catalog) -> Change {
        let diff = nicol_catalog::diff(from, to);
        let plan = nicol_catalog::plan(&diff);
        let script = nicol_catalog::script(&plan);
        let needs_commits = plan.must_run_outside_transaction();
        Change { script, summary: nicol_catalog::summary(&diff), risks: plan.risks, needs_commits }
    }

    /// The script with the mark that has it run without a transaction, where it could not run in one.
    pub(crate) fn script_to_run(&self) -> String {
        if self.needs_commits { format!("{NO_TRANSACTION}\n{}", self.script) } else { self.script.clone() }
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
