//! Typed SQL files on every database: the functions that are generated for `sql/*/*.sql`, compiled and run.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]

#[path = "client/database.rs"]
mod database;

/// The client with the functions of a provider's files, the tests for it, and tests on each of its servers.
macro_rules! provider {
    ($module:ident, $file:literal, $more:ident, [$($server:ident),*]) => {
        mod $module {
            pub(crate) mod db {
                include!(concat!(env!("OUT_DIR"), "/", $file, ".rs"));
            }
            const SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/", $file, ".prisma"));

            use std::str::FromStr;

            use db::{Db, Role, User, post, sql, user};
            use nicol::types::{DateTime, Decimal, Json};

            async fn everywhere(db: &Db) -> nicol::Result<()> {
                let born = DateTime::from_str("2001-02-03T04:05:06.789Z").unwrap();
                let ann = user::New { email: "ann".into() }
                    .name("Ann")
                    .role(Role::Admin)
                    .balance(Decimal::from_str("12345678901.25").unwrap())
                    .settings(Json::from(vec![1, 2]))
                    .active(false)
                    .big(1_i64 << 40)
                    .score(1.5)
                    .avatar(vec![0_u8, 255])
                    .born(born)
                    .posts([post::In { title: "One".into() }.kind("note"), post::In { title: "Two".into() }.kind("news")]);
                let ann: User = db.user().create(ann).await?;
                let bob: User = db.user().create(user::New { email: "bob".into() }).await?;

                // Every type, of columns as they are and of expressions; what an outer join leaves out is None.
                let row: sql::UsersWithPosts = db.query(sql::users_with_posts(1)).one().await?;
                assert_eq!((row.id, row.email.as_str(), row.name.as_deref()), (ann.id, "ann", Some("Ann")));
                assert_eq!((row.role, row.active, row.big, row.score), (Role::Admin, false, 1 << 40, Some(1.5)));
                assert_eq!((row.balance, row.settings), (ann.balance.clone(), Some(Json::from(vec![1, 2]))));
                assert_eq!((row.avatar.as_deref(), row.born_at), (Some(&[0, 255][..]), Some(born)));
                let (count, last): (i64, Option<String>) = (row.post_count, row.last_title);
                assert_eq!((count, last.as_deref()), (2, Some("Two")));
                let rows = db.query(sql::users_with_posts(0)).all().await?;
                assert_eq!((rows.len(), rows[1].post_count, rows[1].last_title.as_deref()), (2, 0, None));
                assert_eq!((rows[1].balance.as_ref(), rows[1].settings.as_ref(), rows[1].born_at), (None, None, None));
                let titles: Vec<(String, Option<String>)> =
                    db.query(sql::posts_of_users()).all().await?.into_iter().map(|row| (row.email, row.r#type)).collect();
                let expected = [("ann", Some("One")), ("ann", Some("Two")), ("bob", None)];
                assert_eq!(titles, expected.map(|(email, title)| (email.to_owned(), title.map(str::to_owned))));

                // Enums and keywords.
                let row: Option<sql::ByRole> = db.query(sql::by_role(Role::Admin)).first().await?;
                assert_eq!(row.map(|row| (row.id, row.role, row.born_at)), Some((ann.id, Role::Admin, Some(born))));
                assert_eq!(db.query(sql::by_role(Role::User)).one().await?.id, bob.id);
                let row: sql::Type = db.query(sql::r#type("Two")).one().await?;
                assert_eq!((row.self_.as_str(), row.author_id), ("news", ann.id));
                let none = db.query(sql::r#type("Three")).one().await.unwrap_err();
                assert!(none.code() == "P2025" && none.to_string().contains("type.sql"), "{none}");

                // Text that looks like the end of a Rust string.
                let row: sql::Hostile = db.query(sql::hostile()).one().await?;
                assert_eq!(row.email, "bob");

                // A statement without rows, in a transaction and in a batch.
                let failed: nicol::Result<()> = db.tx().run(async |tx| {
                    assert_eq!(tx.query(sql::rename("Bo", bob.id)).execute().await?, 1);
                    assert_eq!(tx.user().get(user::by_id(bob.id)).await?.name.as_deref(), Some("Bo"));
                    assert_eq!(tx.query(sql::by_role(Role::User)).all().await?.len(), 1);
                    Err(nicol::Error::refused("on purpose"))
                }).await;
                assert_eq!(failed.unwrap_err().code(), "refused");
                let (written, rows, users) = db
                    .batch((db.query(sql::rename(None, ann.id)).execute(), db.query(sql::users_with_posts(1)).all(), db.user().count()))
                    .await?;
                assert_eq!((written, rows.len(), rows[0].name.as_deref(), users), (1, 1, None, 2));

                // Sums; other columns than were described are an error, not other values.
                let row: sql::Sums = db.query(sql::sums(0)).one().await?;
                assert_eq!((row.average, row.money), (Some(1.5), ann.balance));
                Ok(())
            }

            $(
                #[test]
                fn $server() {
                    let Some(database) = crate::database::Database::make(stringify!($server), SCHEMA) else { return };
                    database.run(|runtime, url| {
                        runtime.block_on(async {
                            let db = Db::connect(url).await.expect("connect");
                            everywhere(&db).await?;
                            crate::$more(&db).await
                        })
                        .map_err(|error: nicol::Error| error.to_string())
                    });
                }
            )*
        }
    };
}

provider!(on_sqlite, "typed-sqlite", sqlite, [sqlite]);
provider!(on_postgres, "typed-postgresql", postgres, [postgres, postgres18]);
provider!(on_mysql, "typed-mysql", mysql, [mysql, mariadb]);

async fn sqlite(db: &on_sqlite::db::Db) -> nicol::Result<()> {
    use on_sqlite::db::sql;
    let row: sql::AddPost = db.query(sql::add_post("Three", 2)).one().await?;
    assert_eq!((row.title.as_str(), row.kind.as_str()), ("Three", "note"));
    // Nobody knows the type of this parameter: it takes what can be bound.
    let (some, none) = (db.query(sql::sums(1_i64)).one().await?, db.query(sql::sums("none")).one().await?);
    assert_eq!((some.total, some.users, none.total, none.users), (Some(2), 1, None, 0));
    // The database has changed since the statements were described.
    db.sql("ALTER TABLE posts RENAME COLUMN kind TO sort").execute().await?;
    assert_eq!(db.query(sql::r#type("One")).all().await.unwrap_err().code(), "P2010");
    Ok(())
}

async fn postgres(db: &on_postgres::db::Db) -> nicol::Result<()> {
    use on_postgres::db::{Role, sql};
    let row: sql::AddPost = db.query(sql::add_post("Three", 2)).one().await?;
    let (id, title): (i32, String) = (row.id, row.title);
    assert_eq!((id, title.as_str(), row.kind.as_str()), (3, "Three", "note"));
    let rows = db.query(sql::lists([1, 2, 3], [Role::User, Role::Admin])).all().await?;
    let shown: Vec<_> = rows.into_iter().map(|row| (row.role, row.emails, row.roles)).collect();
    let of = |role: Role, email: &str| (role, vec![email.to_owned()], vec![role]);
    assert_eq!(shown, [of(Role::User, "bob"), of(Role::Admin, "ann")]);
    assert!(db.query(sql::lists(vec![1], Vec::new())).all().await?.is_empty());
    let row = db.query(sql::sums(1)).one().await?;
    assert_eq!((row.total, row.users), (Some(2_i64), Some(1_i64)));
    // A value of another type than was described is an error with the column's name.
    db.sql("ALTER TABLE posts ALTER COLUMN kind DROP NOT NULL").execute().await?;
    db.sql("UPDATE posts SET kind = NULL").execute().await?;
    let error = db.query(sql::r#type("One")).all().await.unwrap_err();
    assert!(error.code() == "P2023" && error.to_string().contains("self"), "{error}");
    Ok(())
}

async fn mysql(db: &on_mysql::db::Db) -> nicol::Result<()> {
    use nicol::types::Decimal;
    use on_mysql::db::sql;
    let row = db.query(sql::sums(1)).one().await?;
    assert_eq!((row.total, row.users), (Some(Decimal::from(2)), 1_i64));
    Ok(())
}

/// What is stored of the files is what each server says of them: found out by `nicol generate --sql` in the command's own tests.
/// Here: other columns than were described are an error.
#[test]
fn other_columns_are_an_error() {
    use on_sqlite::db::sql;
    let schema = "datasource db {\n  provider = \"sqlite\"\n}\n";
    let database = database::Database::make("sqlite", schema).expect("SQLite is part of the program");
    database.run(|runtime, url| {
        runtime.block_on(async {
            let db = on_sqlite::db::Db::connect(url).await.expect("connect");
            db.sql("CREATE TABLE users (email TEXT, name TEXT)").execute().await.expect("a table");
            let query = || nicol::Query::<sql::Hostile>::new("SELECT name, email FROM users", Vec::new());
            assert!(db.query(query()).all().await.expect("no row, nothing to read").is_empty());
            db.sql("INSERT INTO users VALUES ('a', 'b')").execute().await.expect("a row");
            for error in [
                db.query(query()).all().await.err(),
                db.query(query()).first().await.err(),
                db.query(query()).one().await.err(),
            ] {
                let error = error.expect("an error");
                assert!(error.code() == "P2022" && error.to_string().contains("nicol generate --sql"), "{error}");
            }
            Ok(())
        })
    });
}
