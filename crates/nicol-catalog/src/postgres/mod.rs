//! PostgreSQL.

pub(crate) mod casts;
pub(crate) mod ddl;
pub(crate) mod introspect;
pub(crate) mod normalize;
pub(crate) mod plan;
pub(crate) mod types;
