//! Nothing that a schema says is ever run: names, defaults and comments stay text in the SQL and the Rust made of them.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]
#![allow(clippy::type_complexity, reason = "results are spelled out to see that they have this type")]
#![allow(clippy::duplicate_mod, reason = "the same behaviours against another generated client")]

#[path = "client/database.rs"]
mod database;

macro_rules! provider {
    ($module:ident, $what:ident, $file:literal, [$($server:ident),*]) => {
        #[path = "hostile"]
        mod $module {
            mod db {
                include!(concat!(env!("OUT_DIR"), "/", $file, ".rs"));
            }
            mod $what;

            $(
                #[test]
                fn $server() {
                    const SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/", $file, ".prisma"));
                    let Some(database) = crate::database::Database::make(stringify!($server), SCHEMA) else { return };
                    database.run(|runtime, url| {
                        let db = runtime.block_on(db::Db::connect(url)).expect("connect");
                        runtime.block_on($what::everything(&db)).map_err(|error| error.to_string())
                    });
                }
            )*
        }
    };
}

provider!(on_sqlite, everything, "hostile", [sqlite]);
provider!(on_postgres, everything, "hostile-postgresql", [postgres, postgres18]);
provider!(on_mysql, everything, "hostile-mysql", [mysql, mariadb]);
provider!(long_on_sqlite, long, "long", [sqlite]);
provider!(long_on_postgres, long, "long-postgresql", [postgres, postgres18]);
provider!(long_on_mysql, long, "long-mysql", [mysql, mariadb]);
