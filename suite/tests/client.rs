//! The client on every database: one list of behaviours, compiled against the client generated for each provider.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]
#![allow(clippy::type_complexity, reason = "results are spelled out to see that they have this type")]
#![allow(clippy::duplicate_mod, reason = "the same behaviours against another generated client")]

#[path = "client/database.rs"]
mod database;
#[path = "client/schemas.rs"]
mod schemas;

/// The generated client, the behaviours compiled against it, what only this provider can, and tests for each server.
macro_rules! provider {
    ($module:ident, $file:literal, $more:literal, [$($server:ident),*]) => {
        #[path = "client"]
        mod $module {
            pub(crate) mod db {
                include!(concat!(env!("OUT_DIR"), "/", $file, ".rs"));
            }
            const SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/", $file, ".prisma"));

            #[path = "bulk.rs"]
            mod bulk;
            #[path = "cancel.rs"]
            mod cancel;
            #[path = "cases.rs"]
            mod cases;
            #[path = "cut.rs"]
            mod cut;
            #[path = "edges.rs"]
            mod edges;
            #[path = $more]
            mod more;
            #[path = "links.rs"]
            mod links;
            #[path = "moments.rs"]
            mod moments;
            #[path = "reads.rs"]
            mod reads;
            #[path = "runtime.rs"]
            mod runtime;

            $(
                mod $server {
                    use super::{SCHEMA, bulk, cancel, cases, cut, db, edges, links, moments, more, reads, runtime};

                    fn run(cases: &[(&str, cases::Case)]) {
                        let Some(database) = crate::database::Database::make(stringify!($server), SCHEMA) else { return };
                        database.run(|runtime, url| {
                            let db = runtime.block_on(db::Db::connect(url)).expect("connect");
                            cases::run_all(runtime, &db, cases)
                        });
                    }

                    #[test]
                    fn behaviours() {
                        run(cases::CASES);
                    }

                    #[test]
                    fn reads() {
                        run(reads::CASES);
                    }

                    #[test]
                    fn given_up() {
                        let Some(database) = crate::database::Database::make(stringify!($server), SCHEMA) else { return };
                        database.run(|tokio, url| {
                            tokio.block_on(async {
                                let db = db::Db::connect(url).await.expect("connect");
                                cancel::everywhere(&db, url).await?;
                                match more::SESSIONS {
                                    Some(sessions) => cancel::no_session_is_left(&db, sessions).await,
                                    None => Ok(()),
                                }
                            })
                        });
                    }

                    #[test]
                    fn cut_off() {
                        let Some(database) = crate::database::Database::make(stringify!($server), SCHEMA) else { return };
                        database.run(|tokio, url| {
                            if more::SESSIONS.is_none() {
                                return Ok(()); // There is no connection to cut.
                            }
                            tokio.block_on(async {
                                let db = db::Db::connect(url).await.expect("connect");
                                cut::cuts(&db, url).await?;
                                cut::flips(url).await
                            })
                        });
                    }

                    #[test]
                    fn bulk() {
                        run(bulk::CASES);
                    }

                    #[test]
                    fn runtime() {
                        let Some(database) = crate::database::Database::make(stringify!($server), SCHEMA) else { return };
                        database.run(|tokio, url| {
                            let db = tokio.block_on(db::Db::connect(url)).expect("connect");
                            runtime::run_all(tokio, &db, url)
                        });
                    }

                    #[test]
                    fn replicas() {
                        let Some(primary) = crate::database::Database::make(stringify!($server), SCHEMA) else { return };
                        let Some(replica) = crate::database::Database::make(stringify!($server), SCHEMA) else { return };
                        primary.run(|tokio, primary| {
                            replica.run(|_, replica| {
                                tokio.block_on(runtime::replicas(primary, replica)).map_err(|error| error.to_string())
                            });
                            Ok(())
                        });
                    }

                    #[test]
                    fn links() {
                        run(links::CASES);
                        run(links::RACES);
                    }

                    #[test]
                    fn edges() {
                        run(edges::CASES);
                    }

                    #[test]
                    fn moments() {
                        run(moments::CASES);
                    }

                    #[test]
                    fn more() {
                        run(more::CASES);
                    }
                }
            )*
        }
    };
}

provider!(on_sqlite, "sqlite", "sqlite.rs", [sqlite]);
provider!(on_postgres, "postgresql", "postgres.rs", [postgres, postgres18]);
provider!(on_mysql, "mysql", "mysql.rs", [mysql, mariadb]);
