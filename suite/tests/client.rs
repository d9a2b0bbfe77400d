//! The client on every database: one list of behaviours, compiled against the client generated for each provider.

#[path = "client/database.rs"]
mod database;

/// The generated client, the behaviours compiled against it, and a test for each server it fits.
macro_rules! provider {
    ($module:ident, $file:literal, $clear_lists:expr, [$($test:ident),*]) => {
        #[path = "client"]
        mod $module {
            pub mod db {
                include!(concat!(env!("OUT_DIR"), "/", $file, ".rs"));
            }
            const SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/", $file, ".prisma"));

            #[path = "cases.rs"]
            mod cases;

            $(
                #[test]
                fn $test() {
                    let Some(database) = crate::database::Database::make(stringify!($test), SCHEMA) else { return };
                    database.run(|runtime, url| {
                        let db = runtime.block_on(db::Db::connect(url)).expect("connect");
                        cases::run_all(runtime, &db, $clear_lists)
                    });
                }
            )*
        }
    };
}

provider!(on_sqlite, "sqlite", async |_db: &db::Db| Ok(0), [sqlite]);
provider!(on_postgres, "postgresql", async |db: &db::Db| db.lists().delete_all().await, [postgres, postgres18]);
provider!(on_mysql, "mysql", async |_db: &db::Db| Ok(0), [mysql, mariadb]);
