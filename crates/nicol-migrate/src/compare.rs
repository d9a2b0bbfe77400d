//! Two catalogs as one change: script, words, risks.

use nicol_catalog::{Catalog, Decided, Decisions, Diff, LikelyRename, Rename, Risk, Touched};

use crate::error::{Error, Result};
use crate::mode::NO_TRANSACTION;
use crate::renames::{self, Said};

/// The way from one catalog to another.
pub(crate) struct Change {
    /// Empty when there is nothing to change.
    pub(crate) script: String,
    pub(crate) summary: String,
    pub(crate) risks: Vec<Risk>,
    /// What a view that reads it stands in the way of.
    pub(crate) touched: Vec<Touched>,
    /// PostgreSQL lets nobody use an enum value in the transaction that adds it.
    pub(crate) needs_commits: bool,
}

impl Change {
    /// The way to what a schema asks for.
    pub(crate) fn between(from: &Catalog, to: &Catalog) -> Change {
        Change::of(&nicol_catalog::diff(&from.spelled_as(to), &to.spelled_as(from)))
    }

    fn of(diff: &Diff<'_>) -> Change {
        let plan = nicol_catalog::plan(diff);
        let script = nicol_catalog::script(&plan);
        let needs_commits = plan.must_run_outside_transaction();
        let touched = plan.touched();
        Change { script, summary: nicol_catalog::summary(diff), risks: plan.risks, touched, needs_commits }
    }

    /// The script with the mark that has it run without a transaction, where it could not run in one.
    pub(crate) fn script_to_run(&self) -> String {
        if self.needs_commits { format!("{NO_TRANSACTION}\n{}", self.script) } else { self.script.clone() }
    }

    /// The way to what was found in a database.
    pub(crate) fn toward_found(from: &Catalog, found: &Catalog, speaks_of_extensions: bool) -> Change {
        Change::between(from, &as_target(from, found, speaks_of_extensions))
    }

    /// The same, where scripts have renamed on the way; of the renames those count that the catalogs bear out.
    pub(crate) fn toward_found_by(from: &Catalog, found: &Catalog, said: Said) -> Result<Change> {
        let target = as_target(from, found, from.extensions.is_some());
        let (from, to) = (&*from.spelled_as(&target), &*target.spelled_as(from));
        let said = renames::fitting(said, from, to);
        Ok(Change::of(&decided(from, to, &said)?.diff(to)))
    }
}

fn decided(from: &Catalog, to: &Catalog, said: &Decisions) -> Result<Decided> {
    nicol_catalog::decide(from, to, said).map_err(|error| Error::new(error.code, error.message).with_help(error.help))
}

/// What was found in a database, as something to be led to. What merely lies about there is not asked for: extensions,
/// unless a schema in the comparison speaks of them, and namespaces with nothing in them that is compared.
fn as_target(from: &Catalog, found: &Catalog, speaks_of_extensions: bool) -> Catalog {
    let mut to = found.spelled_as(from).into_owned();
    if !speaks_of_extensions {
        to.extensions = None;
    }
    to.namespaces.retain(|name| {
        let is_used = |namespace: &Option<String>| namespace.as_ref() == Some(name);
        from.namespaces.contains(name)
            || found.tables.iter().any(|table| is_used(&table.namespace))
            || found.enums.iter().any(|ty| is_used(&ty.namespace))
    });
    to
}

/// The way from what is there to what a schema asks for, and back, with what a person has said about it.
pub(crate) struct Ways {
    pub(crate) forth: Change,
    pub(crate) back: Change,
    /// The renames that were said, in the names of the database.
    pub(crate) renames: Vec<Rename>,
    /// What is left that looks like a rename.
    pub(crate) likely: Vec<LikelyRename>,
}

impl Ways {
    /// To what was found in a database, and back.
    pub(crate) fn toward_found(from: &Catalog, found: &Catalog) -> Ways {
        let to = as_target(from, found, from.extensions.is_some());
        Ways {
            forth: Change::between(from, &to),
            back: Change::between(&to, from),
            renames: Vec::new(),
            likely: Vec::new(),
        }
    }

    /// # Errors
    /// `rename-does-not-fit` and `backfill-does-not-fit` when something said does not fit the difference.
    pub(crate) fn between(from: &Catalog, to: &Catalog, said: &Decisions) -> Result<Ways> {
        let (from, to) = (&*from.spelled_as(to), &*to.spelled_as(from));
        let decided = decided(from, to, said)?;
        let diff = decided.diff(to);
        let target = as_target(to, from, to.extensions.is_some());
        Ok(Ways {
            forth: Change::of(&diff),
            back: Change::of(&decided.reversed(to).diff(&target)),
            renames: decided.renames().cloned().collect(),
            likely: nicol_catalog::likely_renames(&diff),
        })
    }
}
