//! Reading a live database.
use crate::catalog::Catalog;
use nicol_db::{Connection, Result};
pub(crate) async fn catalog(connection: &mut Connection) -> Result<Catalog> {
    Ok(Catalog::empty(connection.dialect()))
}
