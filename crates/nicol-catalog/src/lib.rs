//! A database's structure as data.
//!
//! **In**: a [`ValidSchema`](nicol_schema::ValidSchema), or an open connection. **Out**: a [`Catalog`] in one canonical
//! form; from two catalogs a [`Diff`] (facts), from it a [`Plan`] (decided by the dialect alone, in an explicit order of
//! phases), from it the script. A live catalog also becomes schema text ([`to_schema()`](to_schema::to_schema)).
//!
//! This crate knows nothing of migration folders, history or prompts, and prints nothing.

pub mod catalog;
mod cockroach;
pub mod decisions;
pub mod diff;
mod expression;
mod from_schema;
mod guards;
mod introspect;
mod literal;
mod mariadb;
mod mysql;
mod names;
pub mod plan;
mod postgres;
mod script;
mod sql;
mod sqlite;
mod summary;
pub mod to_schema;

pub use catalog::Catalog;
pub use decisions::{
    Backfill, Certainty, Decided, DecisionError, Decisions, LikelyRename, ObjectName, Rename, decide, likely_renames,
};
pub use diff::{Diff, diff};
pub use from_schema::from_schema;
pub use introspect::{introspect, introspect_whole};
pub use plan::{Plan, Risk, RiskKind, Touched, plan};
pub use script::script;
pub use summary::summary;

use nicol_db::Dialect;
use nicol_schema::schema::Provider;

/// The dialect of a schema's provider; none for products that nicol has no database commands for. `mysql` gives
/// [`Dialect::Mysql`]: only an open connection can tell that the server is MariaDB.
pub fn dialect_of(provider: Provider) -> Option<Dialect> {
    match provider {
        Provider::Postgresql => Some(Dialect::Postgres),
        Provider::Mysql => Some(Dialect::Mysql),
        Provider::Sqlite => Some(Dialect::Sqlite),
        Provider::Cockroachdb => Some(Dialect::Cockroachdb),
        Provider::Sqlserver | Provider::Mongodb => None,
    }
}

/// The provider whose naming rules and limits hold for a dialect.
pub(crate) fn provider_of(dialect: Dialect) -> Provider {
    match dialect {
        Dialect::Postgres => Provider::Postgresql,
        Dialect::Mysql | Dialect::Mariadb => Provider::Mysql,
        Dialect::Sqlite => Provider::Sqlite,
        Dialect::Cockroachdb => Provider::Cockroachdb,
    }
}
