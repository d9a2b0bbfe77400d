//! Questions that Prisma Client 7.10 was asked, with its answers: the same rows and the same codes on every database, except the
//! differences listed in `docs/from-prisma-client.md`.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]
#![allow(clippy::duplicate_mod, reason = "the same questions to another generated client")]

#[path = "client/database.rs"]
mod database;

#[path = "answers/log.rs"]
mod log;

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
            #[path = "rest.rs"]
            mod rest;
            #[path = "writes.rs"]
            mod writes;

            $(
                mod $server {
                    fn run(ask: impl AsyncFnOnce(&super::db::Db) -> Result<(), String>) {
                        let database = crate::database::Database::make(stringify!($server), super::SCHEMA);
                        let Some(database) = database else { return };
                        database.run(|runtime, url| {
                            let db = runtime.block_on(super::db::Db::connect(url)).expect("connect");
                            runtime.block_on(ask(&db))
                        });
                    }

                    #[test]
                    fn questions() {
                        run(async |db| super::questions::ask(db, crate::Family::$family).await);
                    }

                    #[test]
                    fn writes() {
                        run(async |db| super::writes::ask(db, crate::Family::$family).await);
                    }

                    #[test]
                    fn rest() {
                        run(async |db| super::rest::ask(db, crate::Family::$family).await);
                    }

                    #[test]
                    fn statements() {
                        crate::log::logged(|log| {
                            run(async |db| super::writes::count(db, crate::Family::$family, log).await);
                        });
                    }
                }
            )*
        }
    };
}

provider!(on_sqlite, "answers", Sqlite, [sqlite]);
provider!(on_postgres, "answers-postgresql", Postgres, [postgres, postgres18]);
provider!(on_mysql, "answers-mysql", Mysql, [mysql, mariadb]);
