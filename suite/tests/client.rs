//! The client on every database: one list of behaviours, compiled against the client generated for each provider.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]
#![allow(clippy::type_complexity, reason = "results are spelled out to see that they have this type")]
#![allow(clippy::duplicate_mod, reason = "the same behaviours against another generated client")]

#[path = "client/database.rs"]
mod database;

/// The generated client, the behaviours compiled against it, what only this provider can, and a test for each server.
macro_rules! provider {
    ($module:ident, $file:literal, [$($item:item)*], $more:expr, [$($test:ident),*]) => {
        #[path = "client"]
        mod $module {
            pub(crate) mod db {
                include!(concat!(env!("OUT_DIR"), "/", $file, ".rs"));
            }
            const SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/", $file, ".prisma"));

            #[path = "cases.rs"]
            mod cases;
            $($item)*

            $(
                #[test]
                fn $test() {
                    let Some(database) = crate::database::Database::make(stringify!($test), SCHEMA) else { return };
                    database.run(|runtime, url| {
                        let db = runtime.block_on(db::Db::connect(url)).expect("connect");
                        cases::run_all(runtime, &db, $more)
                    });
                }
            )*
        }
    };
}

provider!(on_sqlite, "sqlite", [], cases::nothing_more, [sqlite]);
provider!(on_postgres, "postgresql", [#[path = "postgres.rs"] mod more;], more::run, [postgres, postgres18]);
provider!(on_mysql, "mysql", [#[path = "mysql.rs"] mod more;], more::run, [mysql, mariadb]);
