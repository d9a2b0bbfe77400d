//! Questions that Prisma Client 7.10 was asked, with its answers: the same rows and the same codes on every database, except the
//! differences listed in `docs/from-prisma-client.md`.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]
#![allow(clippy::duplicate_mod, reason = "the same questions to another generated client")]

#[path = "client/database.rs"]
mod database;

/// What the databases answer differently.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Sqlite,
    Postgres,
    Mysql,
}

macro_rules! provider {
    ($module:ident, $file:literal, $family:ident, [$($server:ident),*]) => {
        #[path = "answers"]
        mod $module {
            mod db {
                include!(concat!(env!("OUT_DIR"), "/", $file, ".rs"));
            }
            const SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/", $file, ".prisma"));

            #[path = "questions.rs"]
            mod questions;

            $(
                #[test]
                fn $server() {
                    let Some(database) = crate::database::Database::make(stringify!($server), SCHEMA) else { return };
                    database.run(|runtime, url| {
                        let db = runtime.block_on(db::Db::connect(url)).expect("connect");
                        runtime.block_on(questions::ask(&db, crate::Family::$family))
                    });
                }
            )*
        }
    };
}

provider!(on_sqlite, "answers", Sqlite, [sqlite]);
provider!(on_postgres, "answers-postgresql", Postgres, [postgres, postgres18]);
provider!(on_mysql, "answers-mysql", Mysql, [mysql, mariadb]);
