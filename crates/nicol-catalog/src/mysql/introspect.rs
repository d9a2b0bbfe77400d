//! Reading a live database.
use crate::catalog::Catalog;
use nicol_db::{Connection, Result};
pub(crate) async fn catalog(connection: &mut Connection) -> Result<Catalog> {
    Err(nicol_db::Error::new(
        "P1019",
        format!(
            "reading the structure of {} is not possible yet",
            connection.dialect().product_name()
        ),
    ))
}
