//! Columns whose Rust types are not nicol's: instants of chrono and time, JSON as structs of the user's own.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]

#[path = "client/database.rs"]
mod database;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// JSON that is always there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, nicol::Document)]
struct Settings {
    theme: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pinned: Vec<u32>,
}

mod own {
    use super::*;

    /// JSON that may be missing; not everything it can hold is JSON.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, nicol::Document)]
    pub(crate) enum Profile {
        Person { name: String },
        Robot(BTreeMap<Option<bool>, u8>),
    }
}

/// An instant of milliseconds, as the columns keep it.
fn chrono(milliseconds: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(milliseconds).unwrap()
}

/// As [`chrono`].
fn time(milliseconds: i64) -> time::OffsetDateTime {
    time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000).unwrap()
}

/// Lists of instants, where the schema has them.
macro_rules! lists {
    ($db:expr, $at:ident) => {{
        use db::visitor;
        let visits = [$at(-1_500), $at(1_000_000_000_123)];
        let row = $db.visitor().create(visitor::New { id: 1 }.visits(visits)).await?;
        assert_eq!(row.visits, visits);
        assert_eq!(
            $db.visitor().update(visitor::by_id(1)).set(|s| s.visits(nicol::push([$at(7)]))).await?.visits.len(),
            3
        );
        assert_eq!($db.visitor().count().filter(visitor::visits.has($at(7))).await?, 1);
    }};
}
macro_rules! no_lists {
    ($db:expr, $at:ident) => {};
}
use {lists, no_lists};

macro_rules! provider {
    ($module:ident, $file:literal, $at:ident, $more:ident, [$($server:ident),*]) => {
        mod $module {
            pub(crate) mod db {
                include!(concat!(env!("OUT_DIR"), "/", $file, ".rs"));
            }
            const SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/", $file, ".prisma"));

            use db::{Account, Db, account};
            use nicol::types::Json;

            use crate::{Settings, own::Profile, $at as at};

            #[derive(Debug, PartialEq, nicol::Shape)]
            #[shape(account)]
            struct Card {
                settings: Settings,
                profile: Option<Profile>,
            }

            async fn everywhere(db: &Db) -> nicol::Result<()> {
                let dark = Settings { theme: "dark".into(), pinned: vec![3, 5] };
                let ann = Profile::Person { name: "Ann".into() };
                let (first, second) = (at(1_000_000_000_123), at(-1_500));
                let new = account::New {}
                    .settings(dark.clone())
                    .profile(ann.clone())
                    .anything(Json::from("free"))
                    .made(first)
                    .seen(second);
                let row: Account = db.account().create(new).await?;
                assert_eq!((&row.settings, &row.profile), (&dark, &Some(ann.clone())));
                assert_eq!((row.made, row.seen), (first, Some(second)));
                assert_eq!(db.account().get(account::by_id(row.id)).await?, row);

                // Defaults come as the types, too.
                let plain = db.account().create(account::New {}).await?;
                assert_eq!((plain.settings.theme.as_str(), plain.profile, plain.seen), ("light", None, None));
                assert!(plain.made > first && plain.updated >= plain.made);
                let many = [account::New {}.made(second), account::New {}.settings(dark.clone()).made(second)];
                assert_eq!(db.account().create_many(many).await?, 2);

                // Filters, orders, keys, aggregates, shapes.
                let ids = |filter: nicol::Filter<account::Model>| {
                    db.account().find_many().filter(filter).order_by(account::id.asc()).select(account::id)
                };
                assert_eq!(ids(account::made.lte(first)).await?, [1, 3, 4]);
                assert_eq!(ids(account::seen.eq(second)).await?, [1]);
                assert_eq!(ids(account::made.in_([second])).await?, [3, 4]);
                assert_eq!(ids(account::settings.key("theme").eq("dark")).await?, [1, 4]);
                assert_eq!(ids(account::profile.path(["Person", "name"]).string_starts_with("A")).await?, [1]);
                assert_eq!(db.account().get(account::by_made_id(first, 1)).await?.id, 1);
                let page = db.account().find_many().cursor(account::by_made_id(second, 4)).order_by([account::made.asc(), account::id.asc()]);
                assert_eq!(page.take(2).select(account::id).await?, [4, 1]);
                let (least, seen) = db.account().aggregate((account::made.min(), account::seen.max())).await?;
                assert_eq!((least, seen), (Some(second), Some(second)));
                let card: Card = db.account().get(account::by_id(1)).select(Card::shape()).await?;
                assert_eq!(card, Card { settings: dark.clone(), profile: Some(ann) });

                // Changes.
                let none: Option<Profile> = None;
                let changed = db.account().update(account::by_id(1)).set(|s| s.profile(none).seen(None).made(at(5))).await?;
                assert_eq!((changed.profile, changed.seen, changed.made), (None, None, at(5)));

                // What cannot be written is refused; nothing of the request is done.
                let robot = Profile::Robot([(None, 1)].into());
                let refused = db.account().create(account::New {}.profile(robot.clone())).await.unwrap_err();
                assert!(refused.code() == "P2007" && refused.to_string().contains("Profile"), "{refused}");
                let refused = db.account().create_many([account::New {}.made(first), account::New {}.profile(robot)]).await.unwrap_err();
                assert_eq!(refused.code(), "P2007");
                assert_eq!(db.account().count().await?, 4);
                // What is there and does not fit is said with the type.
                db.account().update(account::by_id(2)).set(|s| s.anything(Json::from(1))).await?;
                let sql = "UPDATE ".to_owned() + &db.dialect().quote("Account") + " SET settings = '{\"theme\": 1}' WHERE id = 2";
                db.sql(sql).execute().await?;
                let error = db.account().get(account::by_id(2)).await.unwrap_err();
                assert!(error.code() == "P2023" && error.to_string().contains("Settings"), "{error}");
                assert_eq!(db.account().get(account::by_id(2)).select(account::anything).await?, Some(Json::from(1)));
                Ok(())
            }

            $(
                #[test]
                fn $server() {
                    let Some(database) = crate::database::Database::make(stringify!($server), SCHEMA) else { return };
                    database.run(|runtime, url| {
                        runtime.block_on(async {
                            let db = Db::connect(url).await?;
                            everywhere(&db).await?;
                            crate::$more!(&db, at);
                            Ok(())
                        })
                            .map_err(|error: nicol::Error| error.to_string())
                    });
                }
            )*
        }
    };
}

provider!(sqlite_chrono, "own-sqlite-chrono", chrono, no_lists, [sqlite]);
provider!(sqlite_time, "own-sqlite-time", time, no_lists, [sqlite]);
provider!(postgres_chrono, "own-postgresql-chrono", chrono, lists, [postgres, postgres18]);
provider!(postgres_time, "own-postgresql-time", time, lists, [postgres]);
provider!(mysql_chrono, "own-mysql-chrono", chrono, no_lists, [mysql, mariadb]);
provider!(mysql_time, "own-mysql-time", time, no_lists, [mysql]);
