//! CockroachDB: what it does otherwise than PostgreSQL.

pub(crate) mod ddl;
pub(crate) mod introspect;
pub(crate) mod plan;
pub(crate) mod types;
