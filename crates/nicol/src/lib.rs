//! The runtime of generated clients.
//!
//! **In**: builders that generated code exposes. **Out**: rows as plain structs. Generated code names columns, relations
//! and keys as typed constants over a [`Table`]; the builders turn them into untyped operations, and everything below is
//! ordinary code over enums: operation → statement → rows → struct. This crate knows dialects and connections through
//! `nicol-db`, and nothing of the schema language, catalogs or migrations; the feature `migrate` only hands `nicol-migrate` on
//! to programs that carry their migrations.
//!
//! | module | what it holds |
//! |---|---|
//! | [`meta`] | what generated code says about tables, as constants |
//! | [`mod@column`], [`relation`], [`filter`], [`group`], [`shape`], [`key`], [`edit`], [`scalar`] | the typed edge |
//! | [`builder`] | requests that run when awaited |
//! | [`raw`] | SQL of the user's own |
//! | [`hook`], [`metrics`] | what goes on around operations |
//! | `operation` | requests as plain data |
//! | `sql` | operations to statements: pure functions |
//! | `run` | operations carried out on a connection |
//! | [`client`] | the pool, transactions |

pub mod builder;
pub mod client;
pub mod column;
pub mod edit;
mod error;
pub mod filter;
mod generated;
pub mod group;
pub mod hook;
mod id;
pub mod key;
pub mod meta;
pub mod metrics;
mod operation;
pub mod partial;
pub mod raw;
pub mod relation;
mod run;
pub mod scalar;
#[doc(hidden)]
pub mod setter;
pub mod shape;
mod sql;

pub use builder::Models;
pub use client::{Client, Options, Transaction};
pub use column::{Col, Order, Searchable, count, relevance, search};
pub use edit::{EditMany, EditOne, Fixed, Free, Held, Needed};
pub use error::{Error, Result};
pub use filter::Filter;
pub use hook::{Access, AccessKind, Done, Hook, Operation};
pub use key::{Child, Children, Form, OrCreate, Parent, Root, Unique, skip_duplicates};
pub use nicol_db::{Cell, Dialect, Isolation, Value};
#[cfg(feature = "migrate")]
pub use nicol_macros::migrate;
pub use nicol_macros::{Document, FromRow, Shape};
pub use operation::{Draft, Fields, Patch};
pub use partial::Partial;
pub use raw::{Argument, FromRow, Query, QueryRow, RawSql};
pub use relation::{Many, Maybe, One};
pub use run::Reader;
pub use scalar::{Change, Comparand, Enumeration, Given, Initial, Scalar, dec, div, if_some, inc, mul, push, value};
pub use shape::Shaped;
pub use sql::Statement;

/// Migrations that a program carries with it: what [`migrate!`] makes, and how to apply it (feature `migrate`).
#[cfg(feature = "migrate")]
pub mod migrate {
    pub use nicol_migrate::{DeployOptions, Deployed, Embedded, EmbeddedMigration, Error, Event, Watch, deploy};
}

/// The Rust types of columns, under one roof for generated code and for users.
pub mod types {
    pub use bigdecimal::BigDecimal as Decimal;
    /// What `dateTime = "chrono"` makes of `DateTime` (feature `chrono`).
    #[cfg(feature = "chrono")]
    pub type ChronoDateTime = chrono::DateTime<chrono::Utc>;
    pub use jiff::Timestamp as DateTime;
    pub use serde_json::Value as Json;
    /// What `dateTime = "time"` makes of `DateTime` (feature `time`).
    #[cfg(feature = "time")]
    pub use time::OffsetDateTime;
}

/// A table, as a type: the `Model` of a generated module.
pub trait Table: Sized + Send + Sync + 'static {
    /// The struct of a row.
    type Row: shape::Shaped<Table = Self>;
    /// Columns, keys and relations.
    const META: &'static meta::TableMeta;
}

/// A table whose rows can be created (a model, not a view).
#[diagnostic::on_unimplemented(message = "rows of this model are never created", note = "it is a view")]
pub trait Writable: Table {}

/// A table whose rows can be changed and deleted too: a model without `@nicol.appendOnly`.
#[diagnostic::on_unimplemented(
    message = "rows of this model are never changed or deleted",
    note = "the model is append-only, or a view"
)]
pub trait Changeable: Writable {
    /// The generated setters of an update, of [`OneRow`] or of [`ManyRows`].
    type Changes<N>: From<Patch> + Into<Patch>;
}

/// Changes of one row: its columns and what hangs on it.
#[derive(Debug, Clone, Copy)]
pub enum OneRow {}
/// Changes that are the same for many rows: columns.
#[derive(Debug, Clone, Copy)]
pub enum ManyRows {}

/// Types that a value knows without holding any of them.
pub(crate) type Marks<T> = std::marker::PhantomData<fn() -> T>;
