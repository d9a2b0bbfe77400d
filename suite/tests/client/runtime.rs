//! What goes on around operations: transactions with limits, batches, hooks, replicas, metrics, events.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use nicol::{Access, AccessKind, Done, Filter, Hook, Isolation, Options, inc};
use tokio::runtime::Runtime;

use super::cases::Result;
use super::db::{Db, Post, User, comment, node, post, tag, user};

/// A behaviour that needs connections of its own.
pub(crate) type Case = fn(&Runtime, &Db, &str) -> Result;

pub(crate) fn run_all(runtime: &Runtime, db: &Db, url: &str) -> std::result::Result<(), String> {
    let mut failures = String::new();
    for (name, case) in CASES {
        println!("{name}");
        runtime.block_on(super::cases::clear(db)).expect("empty the tables");
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| case(runtime, db, url)));
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(error)) => failures.push_str(&format!("{name}: {error}\n")),
            Err(_) => failures.push_str(&format!("{name}: panicked\n")),
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

macro_rules! cases {
    ($(async fn $name:ident($db:ident, $url:ident) $body:block)*) => {
        const CASES: &[(&str, Case)] = &[$((stringify!($name), |runtime, db, url| runtime.block_on($name(db, url)))),*];
        $(async fn $name($db: &Db, $url: &str) -> Result $body)*
    };
}

fn new(email: &str) -> user::New {
    user::New { email: email.into() }
}

async fn emails(db: &Db) -> Result<Vec<String>> {
    db.user().find_many().order_by(user::email.asc()).select(user::email).await
}

/// Rows of these models are never deleted, only marked; marked ones are not there.
struct SoftDelete;

impl Hook for SoftDelete {
    fn before(&self, access: &mut Access) -> Result {
        let deletes = access.kind() == AccessKind::Delete;
        if let Some(mut posts) = access.of::<post::Model>() {
            posts.filter(post::r#type.ne("deleted"));
            if deletes {
                posts.set(post::r#type, "deleted");
            }
        }
        Ok(())
    }
}

/// Only rows of one author, whatever is asked for, in every model that has one.
struct Tenant(i32);

impl Hook for Tenant {
    fn before(&self, access: &mut Access) -> Result {
        if access.has("authorId") {
            access.filter_field("authorId", self.0)?;
            if access.kind() == AccessKind::Create {
                access.set_field("authorId", self.0)?;
            }
        }
        Ok(())
    }
}

/// An error of a program's own.
#[derive(Debug)]
enum Own {
    /// The client's error as itself: what is behind it is behind this, too.
    Database(nicol::Error),
    /// The client's error, told in other words.
    Said(nicol::Error),
    Refused,
}

impl std::fmt::Display for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Own::Database(error) => error.fmt(f),
            Own::Said(_) => f.write_str("the database did not like it"),
            Own::Refused => f.write_str("refused"),
        }
    }
}

impl std::error::Error for Own {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Own::Database(error) => error.source(),
            Own::Said(error) => Some(error),
            Own::Refused => None,
        }
    }
}

impl From<nicol::Error> for Own {
    fn from(error: nicol::Error) -> Self {
        Own::Database(error)
    }
}

/// Nobody may write tags.
struct NoTags;

impl Hook for NoTags {
    fn before(&self, access: &mut Access) -> Result {
        match (access.model(), access.kind()) {
            ("Tag", AccessKind::Read) => Ok(()),
            ("Tag", _) => Err(nicol::Error::refused("tags are read-only")),
            _ => Ok(()),
        }
    }
}

#[derive(Clone, Default)]
struct Trail(Arc<Mutex<Vec<String>>>);

impl Hook for Trail {
    fn after(&self, done: &Done<'_>) {
        let outcome = done.error.map_or("ok", nicol::Error::code);
        let line = format!("{} {} {outcome}", done.operation.name(), done.model);
        self.0.lock().expect("a lock").push(line);
    }
}

cases! {
    async fn a_transaction_has_its_time(db, url) {
        // Long enough for a statement on a busy machine.
        let limit = Duration::from_secs(1);
        let escaped = Mutex::new(None);
        let late = db.tx().timeout(limit).run(async |tx| {
            tx.user().create(new("late")).await?;
            *escaped.lock().expect("a lock") = Some(tx.clone());
            tokio::time::sleep(Duration::from_secs(30)).await;
            Ok(())
        });
        let error = late.await.unwrap_err();
        assert_eq!(error.code(), "P2028");
        assert!(error.message().contains("longer than 1 s"), "{error}");
        let escaped = escaped.lock().expect("a lock").take().expect("it got so far");
        assert_eq!(escaped.user().count().await.unwrap_err().message(), error.message());
        assert_eq!(db.user().count().await?, 0, "rolled back");
        assert_eq!(db.metrics().pool.in_use, 0, "given back");
        let in_time = db.tx().timeout(Duration::from_secs(60)).run(async |tx| tx.user().create(new("ann")).await);
        assert_eq!(in_time.await?.email, "ann");

        // A nested one takes its time out of the outer one.
        let nested = db.tx().run(async |tx| {
            let late = tx.tx().timeout(limit).run(async |inner| {
                inner.user().create(new("inner")).await?;
                std::future::pending::<Result>().await
            });
            assert_eq!(late.await.unwrap_err().code(), "P2028");
            tx.user().create(new("outer")).await
        });
        assert_eq!(nested.await?.email, "outer");
        assert_eq!(emails(db).await?, ["ann", "outer"]);

        let narrow = Db::connect_with(Options::new(url).max_connections(1)).await?;
        narrow.tx().run(async |tx| {
            let error = narrow.tx().max_wait(limit).run(async |_| Ok(())).await.unwrap_err();
            assert_eq!(error.code(), "P2028");
            assert!(error.message().contains("max_wait"), "{error}");
            tx.user().count().await
        }).await?;
        narrow.tx().max_wait(Duration::from_secs(60)).run(async |_| Ok(())).await?;
        narrow.close().await
    }

    async fn a_statement_over_time_is_given_up(db, _url) {
        let sleep = match db.user().find_many().to_sql()?.text().chars().find(|c| matches!(c, '`' | '"')) {
            Some('`') => "SELECT SLEEP(30)",
            _ if db.dialect().is_postgres_family() => "SELECT pg_sleep(30)",
            _ => return Ok(()),
        };
        let began = std::time::Instant::now();
        let late = db.tx().timeout(Duration::from_millis(200)).run(async |tx| {
            tx.user().create(new("late")).await?;
            tx.sql(sleep).execute().await
        });
        assert_eq!(late.await.unwrap_err().code(), "P2028");
        assert!(began.elapsed() < Duration::from_secs(20));
        // The row is free again as soon as the server has noticed.
        db.user().create(new("late")).await?;
        assert_eq!(db.user().count().await?, 1);
        Ok(())
    }

    async fn a_nested_transaction_given_up_is_undone(db, _url) {
        db.tx().run(async |tx| {
            tx.user().create(new("outer")).await?;
            for depth in 1..3 {
                let inner = tx.tx().run(async |inner| {
                    inner.user().create(new("inner")).await?;
                    if depth == 2 {
                        return inner.tx().run(async |inmost| {
                            inmost.user().create(new("inmost")).await?;
                            std::future::pending::<Result>().await
                        }).await;
                    }
                    std::future::pending::<Result>().await
                });
                let given_up = tokio::time::timeout(Duration::from_secs(1), inner).await;
                assert!(given_up.is_err());
                assert_eq!(tx.user().count().await?, 1, "at depth {depth}");
            }
            tx.tx().run(async |inner| inner.user().create(new("kept")).await).await
        }).await?;
        assert_eq!(emails(db).await?, ["kept", "outer"]);
        Ok(())
    }

    async fn isolation_levels(db, _url) {
        use Isolation::{ReadCommitted, ReadUncommitted, RepeatableRead, Serializable};
        let is_sqlite = db.dialect() == nicol::Dialect::Sqlite;
        for level in [ReadUncommitted, ReadCommitted, RepeatableRead, Serializable] {
            let locks = is_sqlite || level == Serializable && db.dialect().is_mysql_family();
            let outcome = db.tx().isolation(level).run(async |tx| {
                let before = tx.user().count().await?;
                let elsewhere = db.user().create(new(&format!("{level:?}")));
                // Where a transaction holds the whole database, nobody else writes meanwhile.
                let patience = Duration::from_millis(if locks { 300 } else { 30_000 });
                let wrote = tokio::time::timeout(patience, elsewhere).await.is_ok();
                Ok((before, wrote, tx.user().count().await?))
            });
            match outcome.await {
                Err(error) => assert!(is_sqlite && level != Serializable && error.code() == "P2023", "{level:?}: {error}"),
                Ok((before, wrote, after)) => {
                    let sees = wrote && matches!(level, ReadUncommitted | ReadCommitted);
                    assert_eq!(after, before + i64::from(sees), "{level:?}");
                    assert_eq!(wrote, !locks, "{level:?}");
                }
            }
        }
        let nested = db.tx().run(async |tx| tx.tx().serializable().run(async |_| Ok(())).await);
        assert_eq!(nested.await.unwrap_err().code(), "P2028");
        Ok(())
    }

    async fn deadlocks_are_run_again(db, _url) {
        let ids = [db.user().create(new("a")).await?.id, db.user().create(new("b")).await?.id];
        // Each has changed one row before either goes for the other's. SQLite has one writer at a time.
        let has_locks = db.dialect() != nicol::Dialect::Sqlite;
        let (both, tries) = (&tokio::sync::Barrier::new(2), &std::sync::atomic::AtomicU32::new(0));
        let change = |first: i32, second: i32| async move {
            let is_first = &std::sync::atomic::AtomicBool::new(has_locks);
            db.tx().retry(20).run(async |tx| {
                tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                tx.user().update(user::by_id(first)).set(|s| s.age(inc(1))).await?;
                if is_first.swap(false, std::sync::atomic::Ordering::Relaxed) {
                    both.wait().await;
                }
                tx.user().update(user::by_id(second)).set(|s| s.age(inc(1))).await
            }).await
        };
        let (one, two) = tokio::join!(change(ids[0], ids[1]), change(ids[1], ids[0]));
        one?;
        two?;
        assert_eq!(db.user().find_many().select(user::age).await?, [2, 2]);
        let tries = tries.load(std::sync::atomic::Ordering::Relaxed);
        assert!(if has_locks { tries > 2 } else { tries == 2 }, "{tries}");
        Ok(())
    }

    async fn rivals_are_run_again(db, _url) {
        let ids: Vec<i32> = vec![db.user().create(new("a")).await?.id, db.user().create(new("b")).await?.id];
        let (ids, tries) = (&ids, &std::sync::atomic::AtomicU32::new(0));
        // Each reads both rows and writes one of them: in either order, but not at the same time.
        let move_one = |from: usize| async move {
            db.tx().serializable().retry(50).run(async |tx| {
                tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let sum: i32 = tx.user().find_many().select(user::age).await?.iter().sum();
                tokio::time::sleep(Duration::from_millis(20)).await;
                tx.user().update(user::by_id(ids[from])).set(|s| s.age(sum + 1)).await
            }).await
        };
        for _ in 0..3 {
            let (one, two) = tokio::join!(move_one(0), move_one(1));
            one?;
            two?;
        }
        // As if they had run one after the other: every sum was seen once.
        let mut ages = db.user().find_many().select(user::age).await?;
        ages.sort_unstable();
        assert!(ages[1] > ages[0] && tries.load(std::sync::atomic::Ordering::Relaxed) >= 6, "{ages:?}");
        // With an error of its own: as itself, and as the source of something said in other words.
        for is_transparent in [true, false] {
            let tries = &std::sync::atomic::AtomicU32::new(0);
            let move_one = |from: usize| async move {
                db.tx().serializable().retry(50).try_run(async |tx| {
                    tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let told = |error| if is_transparent { Own::Database(error) } else { Own::Said(error) };
                    let sum: i32 = tx.user().find_many().select(user::age).await.map_err(told)?.iter().sum();
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    tx.user().update(user::by_id(ids[from])).set(|s| s.age(sum + 1)).await.map_err(told)
                }).await
            };
            for _ in 0..3 {
                let (one, two) = tokio::join!(move_one(0), move_one(1));
                assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
            }
            assert!(tries.load(std::sync::atomic::Ordering::Relaxed) >= 6, "{tries:?}");
        }
        // What is no failure of that kind is not run again, and leaves nothing.
        let tries = &std::sync::atomic::AtomicU32::new(0);
        let refused = db.tx().retry(5).try_run(async |tx| {
            tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            tx.user().create(new("c")).await?;
            Err::<(), _>(Own::Refused)
        });
        assert!(matches!(refused.await, Err(Own::Refused)));
        let taken = db.tx().retry(5).try_run(async |tx| {
            tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok::<_, Own>(tx.user().create(new("a")).await?)
        });
        assert!(matches!(taken.await, Err(Own::Database(error)) if error.code() == "P2002"));
        assert_eq!((tries.load(std::sync::atomic::Ordering::Relaxed), db.user().count().await?), (2, 2));
        // A nested transaction is not run again alone.
        let nested = db.tx().run(async |tx| {
            tx.tx().retry(5).run(async |_| Err::<(), _>(nicol::Error::refused("no"))).await
        });
        assert_eq!(nested.await.unwrap_err().code(), "refused");
        Ok(())
    }

    async fn a_test_leaves_nothing(db, _url) {
        let seen = db.tx().discard().run(async |db| {
            db.user().create(new("a").posts([post::In { title: "t".into() }])).await?;
            db.tx().run(async |tx| tx.user().create(new("b")).await).await?;
            db.batch((db.user().create(new("c")), db.user().count())).await
        });
        let (_, count) = seen.await?;
        assert_eq!((count, db.user().count().await?, db.post().count().await?), (3, 0, 0));
        Ok(())
    }

    async fn batches_are_all_or_nothing(db, _url) {
        let ann: User = db.user().create(new("ann")).await?;
        let (one, posts, count, found, sums): (Post, Vec<Post>, i64, Option<User>, (i64, Option<i64>)) = db
            .batch((
                db.post().create(post::Raw { title: "a".into(), author_id: ann.id }.views(3)),
                db.post().find_many().order_by(post::id.asc()),
                db.post().count(),
                db.user().find(user::by_email("nobody")),
                db.post().aggregate((nicol::count(), post::views.sum())),
            ))
            .await?;
        assert_eq!((posts, count, found, sums), (vec![one.clone()], 1, None, (1, Some(3))), "each sees what came before");

        // Requests of several statements beside those of one.
        let (made, (changed, author), gone, first): (User, (Post, User), u64, User) = db
            .batch((
                db.user().create(new("bob").posts([post::In { title: "b".into() }, post::In { title: "c".into() }])),
                db.post().update(post::by_id(one.id)).set(|s| s.views(inc(1))).with(post::author),
                db.post().delete_many(post::title.eq("c")),
                db.user().get_first().order_by(user::id.asc()),
            ))
            .await?;
        assert_eq!((made.email.as_str(), changed.views, author.id, gone, first.id), ("bob", 4, ann.id, 1, ann.id));

        // The error of any of them undoes all, also an error that only the client sees.
        let taken = db.batch((db.user().create(new("new")), db.user().create(new("ann")), db.user().count()));
        let error = taken.await.unwrap_err();
        assert_eq!((error.code(), error.model(), error.fields()), ("P2002", Some("User"), &["email".to_owned()][..]));
        let absent = db.batch((db.user().create(new("new")), db.user().get(user::by_email("nobody"))));
        assert_eq!(absent.await.unwrap_err().code(), "P2025");
        let absent = db.batch((db.user().update_many(user::id.eq(ann.id)).set(|s| s.age(9)), db.user().get_first().filter(user::age.gt(50))));
        assert_eq!(absent.await.unwrap_err().code(), "P2025");
        assert_eq!(emails(db).await?, ["ann", "bob"]);
        assert_eq!(db.user().get(user::by_id(ann.id)).await?.age, 0);

        // Writes of one statement each, and what hooks make of them.
        let (one, gone, two, kept) = db
            .batch((
                db.user().update(user::by_email("bob")).set(|s| s.age(5)),
                db.post().delete(post::by_id(one.id)),
                db.user().update_many(user::age.eq(5)).set(|s| s.age(inc(1))),
                db.with_hook(SoftDelete).post().delete_many(post::title.eq("b")),
            ))
            .serializable()
            .await?;
        assert_eq!((one.age, gone.title.as_str(), two, kept), (5, "a", 1, 1));
        assert_eq!(db.post().find_many().select(post::r#type).await?, ["deleted"]);
        let absent = db.batch((db.user().delete_many(user::email.eq("bob")), db.post().delete(post::by_id(-1))));
        assert_eq!(absent.await.unwrap_err().code(), "P2025");
        let inside = db.tx().run(async |tx| tx.batch((tx.user().count(), tx.post().count())).serializable().await);
        assert_eq!(inside.await.unwrap_err().code(), "P2028");
        assert_eq!(emails(db).await?, ["ann", "bob"]);

        // Lists of one kind, and none.
        let rows = (0..40).map(|n| db.user().create(new(&format!("u{n:02}")))).collect::<Vec<_>>();
        let rows: Vec<User> = db.batch(rows).await?;
        assert!(rows.iter().zip(0..).all(|(row, n): (&User, i32)| row.email == format!("u{n:02}")) && rows.len() == 40);
        let counts = db.batch((0..3).map(|n| db.user().count().filter(user::id.gt(rows[n].id))).collect::<Vec<_>>()).await?;
        assert_eq!(counts, [39, 38, 37]);
        assert_eq!(db.batch(Vec::<nicol::builder::CountRows<user::Model>>::new()).await?, Vec::<i64>::new());

        // SQL of one's own.
        let (named, (n,)): (u64, (i64,)) =
            db.batch((db.sql("UPDATE \"User\" SET age = 7".replace('"', quote(db))).execute(), db.sql("SELECT COUNT(*) FROM \"User\" WHERE age = 7".replace('"', quote(db))).one())).await?;
        assert_eq!((named, n), (42, 42));

        // Inside a transaction a batch is undone alone.
        db.tx().run(async |tx| {
            tx.user().create(new("kept")).await?;
            let failed = tx.batch((tx.user().create(new("new")), tx.user().create(new("ann"))));
            assert_eq!(failed.await.unwrap_err().code(), "P2002");
            let (made, _) = tx.batch((tx.user().create(new("more").posts([post::In { title: "t".into() }])), tx.user().count())).await?;
            Ok(made)
        }).await?;
        assert_eq!(db.user().count().filter(user::email.in_(["kept", "new", "more"])).await?, 2);
        Ok(())
    }

    async fn soft_deletion_by_a_hook(db, _url) {
        let plain = db;
        let db = &db.with_hook(SoftDelete);
        let ann = db.user().create(new("ann").posts(["a", "b", "c"].map(|title| post::In { title: title.into() }))).await?;
        let ids = db.post().find_many().order_by(post::id.asc()).select(post::id).await?;
        let gone = db.post().delete(post::by_id(ids[0])).await?;
        assert_eq!(gone.title, "a");
        assert_eq!(db.post().delete(post::by_id(ids[0])).await.unwrap_err().code(), "P2025", "it is not there any more");
        assert_eq!(db.post().delete_many(post::title.eq("b")).await?, 1);
        assert_eq!((db.post().count().await?, plain.post().count().await?), (1, 3));
        assert_eq!(db.post().find(post::by_id(ids[0])).await?, None);
        assert_eq!(db.post().update(post::by_id(ids[1])).set(|s| s.views(1)).await.unwrap_err().code(), "P2025");
        assert_eq!(db.post().update_all().set(|s| s.views(1)).await?, 1);
        let (_, posts) = db.user().get(user::by_id(ann.id)).with(user::posts).await?;
        assert_eq!(posts.len(), 1);
        assert_eq!(db.user().find_many().select(user::posts.count()).await?, [1]);
        assert_eq!(db.user().count().filter(user::posts.some(post::title.eq("a"))).await?, 0);
        assert_eq!(db.user().count().filter(user::posts.none(post::title.eq("a"))).await?, 1);
        assert_eq!(db.user().count().filter(user::posts.every(post::title.eq("c"))).await?, 1);
        assert_eq!(plain.user().count().filter(user::posts.every(post::title.eq("c"))).await?, 0);
        let left = db.tx().run(async |tx| { tx.post().delete_all().await?; tx.post().count().await }).await?;
        assert_eq!((left, plain.post().count().await?), (0, 3), "also inside a transaction");
        plain.post().update_all().set(|s| s.r#type("note")).await?;
        db.user().update(user::by_id(ann.id)).set(|s| s.posts(|posts| posts.delete(post::by_id(ids[0])))).await?;
        db.user().update(user::by_id(ann.id)).set(|s| s.posts(|posts| posts.delete_many(post::title.eq("b")))).await?;
        assert_eq!((db.post().count().await?, plain.post().count().await?), (1, 3), "also through a relation");
        let again = db.user().update(user::by_id(ann.id)).set(|s| s.posts(|posts| posts.delete(post::by_id(ids[0])))).await;
        assert_eq!(again.unwrap_err().code(), "P2025");
        db.post().delete_all().await?;
        let stream = db.post().find_many().stream().next().await?;
        assert!(stream.is_none());
        Ok(())
    }

    async fn tenants_by_a_hook(db, _url) {
        let (ann, bob) = (db.user().create(new("ann")).await?.id, db.user().create(new("bob")).await?.id);
        let (to_ann, to_bob) = (db.with_hook(Tenant(ann)), db.with_hook(Tenant(bob)));
        let mine = to_ann.post().create(post::Raw { title: "a".into(), author_id: bob }).await?;
        assert_eq!(mine.author_id, ann, "whatever the request says");
        let his = to_bob.post().create(post::Raw { title: "b".into(), author_id: bob }).await?;
        assert_eq!(to_ann.post().find_many().await?, std::slice::from_ref(&mine));
        assert_eq!(to_ann.post().find(post::by_id(his.id)).await?, None);
        assert_eq!(to_ann.post().update_all().set(|s| s.views(9)).await?, 1);
        assert_eq!(to_ann.post().delete(post::by_id(his.id)).await.unwrap_err().code(), "P2025");
        let comment = comment::New { text: "x".into(), post: post::by_id(his.id).into(), author: user::by_id(ann).into() };
        assert_eq!(to_ann.comment().create(comment).await.unwrap_err().code(), "P2025", "a foreign row cannot be connected");
        let (sum,): (Option<i64>,) = (to_ann.post().aggregate(post::views.sum()).await?,);
        assert_eq!(sum, Some(9));
        let (count, all) = to_ann.batch((to_ann.post().count(), db.post().count())).await?;
        assert_eq!((count, all), (1, 2), "each request has the hooks of its own handle");
        let groups = to_bob.post().group_by(post::author_id).select((post::author_id, nicol::count())).await?;
        assert_eq!(groups, [(bob, 1)]);
        Ok(())
    }

    async fn hooks_refuse_and_look_on(db, _url) {
        let trail = Trail::default();
        let db = &db.with_hook(NoTags).with_hook(trail.clone());
        let error = db.tag().create(tag::New { name: "t".into() }).await.unwrap_err();
        assert_eq!((error.code(), error.message(), error.model()), ("refused", "tags are read-only", Some("Tag")));
        let nested = new("a").posts([post::In { title: "t".into() }.tags([tag::New { name: "t".into() }])]);
        assert_eq!(db.user().create(nested).await.unwrap_err().code(), "refused");
        assert_eq!((db.tag().count().await?, db.user().count().await?), (0, 0), "nothing was sent");
        db.tx().run(async |tx| tx.user().create(new("b")).await).await?;
        db.sql("SELECT 1").execute().await?;
        let seen = trail.0.lock().expect("a lock").clone();
        assert_eq!(seen, [
            "create Tag refused", "create User refused", "count Tag ok", "count User ok", "create User ok", "sql  ok",
        ]);
        struct Wrong;
        impl Hook for Wrong {
            fn before(&self, access: &mut Access) -> Result {
                access.filter_field("nothing", 1)
            }
        }
        assert_eq!(db.with_hook(Wrong).user().count().await.unwrap_err().code(), "P2022");
        Ok(())
    }

    async fn numbers_of_a_client_at_work(db, url) {
        let own = Db::connect_with(Options::new(url).max_connections(1)).await?;
        let before = own.metrics();
        assert_eq!((before.durations.count(), before.failures, before.pool.max, before.pool.idle), (0, 0, 1, 1));
        own.user().create(new("a")).await?;
        own.user().create(new("a")).await.unwrap_err();
        let after = own.metrics();
        assert_eq!((after.durations.count(), after.failures, after.pool.in_use), (2, 1, 0));
        assert!(after.durations.quantile(0.99) >= after.durations.mean() / 2 && after.durations.total() > Duration::ZERO);
        own.tx().run(async |tx| {
            let mut waiter = Box::pin(own.user().count().into_future());
            tokio::select! {
                biased;
                _ = &mut waiter => panic!("there is only one connection"),
                () = tokio::time::sleep(Duration::from_millis(20)) => {}
            }
            assert_eq!((own.metrics().pool.waiting, own.metrics().pool.in_use), (1, 1));
            drop(waiter);
            assert_eq!((own.metrics().pool.waiting, own.metrics().pool.waits), (0, 1));
            tx.user().count().await
        }).await?;
        own.close().await?;
        assert_eq!(own.user().count().await.unwrap_err().code(), "P1017");
        assert!(db.metrics().durations.count() > 0);
        Ok(())
    }

    async fn an_empty_pool_tells_who_has_it(_db, url) {
        let options = Options::new(url).max_connections(1).acquire_timeout(Duration::from_secs(1));
        let own = Db::connect_with(options).await?;
        own.tx().run(async |_| {
            let error = own.user().count().await.unwrap_err();
            assert_eq!(error.code(), "P2024");
            let message = error.message();
            assert!(message.contains("1 of 1 are in use") && message.contains("transaction at "), "{message}");
            assert!(message.contains("runtime.rs:") && message.contains(" for "), "{message}");
            assert!(!message.contains("this task"), "nobody knows of tasks here: {message}");
            Ok(())
        }).await?;
        let held = own.clone();
        let task = tokio::spawn(async move { held.tx().run(async |_| held.user().count().await).await });
        let error = task.await.expect("no panic").unwrap_err();
        assert!(error.message().contains("this task itself holds one"), "{error}");
        own.close().await
    }

    async fn many_tasks_share_few_connections(db, url) {
        let ann = db.user().create(new("ann")).await?.id;
        let own = Db::connect_with(Options::new(url).max_connections(10).acquire_timeout(Duration::from_secs(300))).await?;
        let tasks: Vec<_> = (0..10_000)
            .map(|_| {
                let own = own.clone();
                tokio::spawn(async move { own.user().get(user::by_id(ann)).select(user::email).await })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.expect("no panic")?, "ann");
        }
        let metrics = own.metrics();
        assert_eq!((metrics.durations.count(), metrics.failures, metrics.pool.in_use), (10_000, 0, 0));
        assert!(metrics.pool.idle <= 10 && metrics.pool.waiting == 0, "{metrics:?}");
        own.close().await
    }

    async fn consistent_reads_and_siblings(db, _url) {
        let ann = db.user().create(new("ann").posts(["a", "b"].map(|title| {
            post::In { title: title.into() }.tags([tag::New { name: title.into() }])
        }))).await?;
        db.user().create(new("bob")).await?;
        let read = || {
            db.user().find_many().order_by(user::id.asc())
                .with(user::profile)
                .with(user::posts.order_by(post::id.asc()).with(post::tags).with(post::comments).with(post::editor))
                .with(user::comments)
        };
        let plain = read().await?;
        assert_eq!(plain[0].2.iter().map(|(post, tags, ..)| (post.title.as_str(), tags[0].name.as_str())).collect::<Vec<_>>(), [("a", "a"), ("b", "b")]);
        assert_eq!((plain[1].0.email.as_str(), plain[1].2.len()), ("bob", 0));
        assert_eq!(read().consistent().await?, plain);
        // Nothing stays open, also when there is nothing to ask for on the lower levels.
        assert_eq!(read().filter(user::id.eq(-1)).consistent().await?, []);
        assert_eq!(db.user().find(user::by_id(-1)).with(user::posts).consistent().await?, None);
        assert_eq!(db.user().get(user::by_id(ann.id)).with(user::posts).consistent().await?.1.len(), 2);
        assert_eq!(db.user().find_first().with(user::posts.take(0)).consistent().await?.expect("a row").1, []);
        let inside = db.tx().run(async |tx| {
            tx.user().create(new("c")).await?;
            tx.user().find_many().with(user::posts).consistent().await
        });
        assert_eq!(inside.await?.len(), 3, "inside a transaction its own rows are seen");
        let wrong = db.user().find_many().filter(user::posts.some(Filter::all([]))).with(user::posts.cursor(post::by_id(-1))).consistent();
        assert_eq!(wrong.await?[0].1, []);
        // Deep trees, level by level.
        db.node().create(node::New { id: 1 }.children((node::In { id: 2 }.children([node::In { id: 3 }]), node::In { id: 4 }))).await?;
        let below = node::children.order_by(node::id.asc());
        let tree = db.node().get(node::by_id(1)).with(below.with(node::children.with(node::parent)).with(node::likes)).consistent().await?;
        assert_eq!((tree.1.len(), tree.1[0].1[0].0.id, tree.1[1].1.len()), (2, 3, 0));
        assert_eq!(tree.1[0].1[0].1.as_ref().map(|parent| parent.id), Some(2));
        assert_eq!(db.metrics().pool.in_use, 0);
        Ok(())
    }

    async fn a_row_or_an_error(db, _url) {
        assert_eq!(db.user().get_first().await.unwrap_err().code(), "P2025");
        assert_eq!(db.user().find_first().await?, None);
        db.user().create(new("ann")).await?;
        db.user().create(new("bob").posts([post::In { title: "t".into() }])).await?;
        assert_eq!(db.user().get_first().order_by(user::email.desc()).await?.email, "bob");
        assert_eq!(db.user().get_first().order_by(user::email.asc()).last().select(user::email).await?, "bob");
        let error = db.user().get_first().filter(user::age.gt(200)).with(user::posts).await.unwrap_err();
        assert_eq!((error.code(), error.model()), ("P2025", Some("User")));
        assert_eq!(db.user().get_first().filter(user::email.eq("bob")).with(user::posts).await?.1.len(), 1);
        Ok(())
    }
}

fn quote(db: &Db) -> &'static str {
    if db.dialect().is_mysql_family() { "`" } else { "\"" }
}

/// Reads outside transactions are answered by replicas, everything else by the database itself. The two hold different rows
/// here, so that it shows who answers.
pub(crate) async fn replicas(primary: &str, replica: &str) -> Result {
    let (one, other) = (Db::connect(primary).await?, Db::connect(replica).await?);
    one.user().create(new("primary")).await?;
    other.user().create(new("replica")).await?;
    let db = Db::connect_with(Options::new(primary).replica(replica).max_connections(3)).await?;
    assert_eq!(emails(&db).await?, ["replica"]);
    assert_eq!(db.user().find(user::by_email("primary")).await?, None);
    assert_eq!(db.user().count().filter(user::email.eq("replica")).await?, 1);
    assert!(db.user().find_many().stream().next().await?.is_some_and(|row| row.email == "replica"));
    assert_eq!(db.user().aggregate(user::email.min()).await?.as_deref(), Some("replica"));
    assert_eq!(emails(&db.on_primary()).await?, ["primary"]);
    db.user().create(new("written")).await?;
    assert_eq!(emails(&db.on_primary()).await?, ["primary", "written"]);
    assert_eq!(emails(&other).await?, ["replica"]);
    assert_eq!(db.tx().run(async |tx| emails(&tx).await).await?, ["primary", "written"]);
    let (count, _) = db.batch((db.user().count(), db.user().count())).await?;
    assert_eq!(count, 2);
    let (count,): (i64,) = db.sql("SELECT COUNT(*) FROM \"User\"".replace('"', quote(&db))).one().await?;
    assert_eq!(count, 2, "nobody knows what SQL of one's own does");
    assert_eq!(db.metrics().replicas.len(), 1);
    for db in [one, other, db] {
        db.close().await?;
    }
    Ok(())
}
