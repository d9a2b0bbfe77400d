//! The normal form of PostgreSQL catalogs.

use crate::catalog::Catalog;

/// Nothing is to be brought into line: a schema speaks PostgreSQL's own terms.
pub(crate) fn from_schema(_catalog: &mut Catalog) {}
