//! The questions, each with a label, the request, and the recorded answer: rows as JSON, or the code of an error.

use nicol::types::{Decimal, Json};
use nicol::{Filter, count, dec, div, inc, mul};
use serde_json::json;

use super::db::{Db, Role, comment, comp, post, profile, scal, tag, user};
use crate::Family;

/// Holds answers against what was recorded.
#[derive(Default)]
pub(crate) struct Book {
    asked: usize,
    wrong: String,
}

impl Book {
    /// What is wrong, if anything.
    pub(crate) fn close(self) -> Result<(), String> {
        println!("{} questions", self.asked);
        if self.wrong.is_empty() { Ok(()) } else { Err(self.wrong) }
    }

    pub(crate) fn compare<T: serde::Serialize>(&mut self, label: &str, answer: nicol::Result<T>, expected: Json) {
        self.asked += 1;
        let answer = match answer {
            Ok(answer) => serde_json::to_value(answer).expect("an answer as JSON"),
            Err(error) => json!({ "error": error.code() }),
        };
        if answer != expected {
            self.wrong.push_str(&format!("{label}: {answer}, recorded {expected}\n"));
        }
    }
}

pub(crate) fn error(code: &str) -> Json {
    json!({ "error": code })
}

pub(crate) const ALICE: &str = "alice@x";
pub(crate) const BOB: &str = "bob@x";

/// The rows of the first list of questions.
pub(crate) async fn seed(db: &Db) -> nicol::Result<()> {
    let posts = (
        post::New { title: "p1".into() }
            .id(1)
            .published(true)
            .views(5)
            .comments([comment::In { text: "c1".into() }])
            .tags([tag::New { name: "t1".into() }]),
        post::New { title: "p2".into() }.id(2).published(true).views(7),
        post::New { title: "p3".into() }.id(3),
        post::New { title: "r1".into() }.id(4),
    );
    let alice = user::New { email: ALICE.into() }.id(1).name("Alice").profile(profile::In { bio: "hi".into() });
    db.user().create(alice.posts(posts)).await?;
    db.post().create(post::New { title: "r2".into() }.id(5)).await?;
    for (id, email, age) in [(2, BOB, 30), (4, "sel@x", 0), (5, "m1@x", 0), (6, "m2@x", 3), (8, "m3@x", 0)] {
        db.user().create(user::New { email: email.into() }.id(id).age(age)).await?;
    }
    Ok(())
}

pub(crate) async fn ask(db: &Db, family: Family) -> Result<(), String> {
    let mut book = Book::default();
    seed(db).await.map_err(|error| format!("seed: {error}"))?;
    reads(db, family, &mut book).await;
    pages(db, family, &mut book).await;
    writes(db, &mut book).await;
    calculations(db, &mut book).await;
    transactions(db, family, &mut book).await;
    scalars(db, family, &mut book).await.map_err(|error| format!("scalars: {error}"))?;
    second_list(db, family, &mut book).await.map_err(|error| format!("second list: {error}"))?;
    book.close()
}

async fn reads(db: &Db, family: Family, book: &mut Book) {
    let users = |filter: Filter<user::Model>| async move {
        db.user().find_many().filter(filter).order_by(user::id.asc()).select(user::email).await
    };
    let posts = |filter: Filter<post::Model>| async move {
        db.post().find_many().filter(filter).order_by(post::id.asc()).select(post::title).await
    };
    let duplicate = db.user().create(user::New { email: ALICE.into() }).select(user::id).await;
    book.compare("create duplicate", duplicate, error("P2002"));
    let unchecked = db.comment().create(comment::Raw { text: "x".into(), post_id: 99_999 }).select(comment::id).await;
    book.compare("create bad fk (unchecked)", unchecked, error("P2003"));
    let connect = comment::New { text: "x".into(), post: post::by_id(99_999).into() };
    book.compare("create connect missing", db.comment().create(connect).select(comment::id).await, error("P2025"));
    let by_key = |id| db.user().find(user::by_id(id)).select((user::id, user::email, user::name, user::age));
    book.compare("findUnique pk", by_key(1).await, json!([1, ALICE, "Alice", 0]));
    book.compare("findUnique none", by_key(-1).await, json!(null));
    let extra = db.user().find(user::by_id(1).and(user::age.gt(100))).select(user::id).await;
    book.compare("findUnique extra filter", extra, json!(null));
    let throwing = db.user().get(user::by_id(-1)).select(user::id).await;
    book.compare("findUniqueOrThrow none", throwing, error("P2025"));
    let made = db.comp().create(comp::New { a: 1, b: "x".into() }.v(5)).select((comp::a, comp::b, comp::v)).await;
    book.compare("findUnique compound, made", made, json!([1, "x", 5]));
    let found = db.comp().find(comp::by_a_b(1, "x")).select((comp::a, comp::b, comp::v)).await;
    book.compare("findUnique compound, key", found, json!([1, "x", 5]));
    let found = db.comp().find(comp::by_vb(5, "x")).select((comp::a, comp::b, comp::v)).await;
    book.compare("findUnique compound, named", found, json!([1, "x", 5]));
    let first = db.user().find_first().order_by(user::email.desc()).select(user::email).await;
    book.compare("findFirst order", first, json!("sel@x"));
    let last = db.user().find_first().order_by(user::email.asc()).last().select(user::email).await;
    book.compare("findFirst take -1", last, json!("sel@x"));
    let best = user::posts.filter(post::published.eq(true)).order_by(post::views.desc()).take(1).skip(0);
    let best = best.select((post::id, post::comments.select(comment::text)));
    let nested = db.user().find_many().filter(user::email.in_([ALICE, BOB])).order_by(user::id.asc());
    let nested = nested.select((user::id, best, user::profile.select(profile::bio))).await;
    book.compare("findMany include nested ordered limited", nested, json!([[1, [[2, []]], "hi"], [2, [], null]]));
    let counted = db.post().find_many().take(1).order_by(post::id.asc());
    let comments = post::comments.count().filter(comment::text.eq("c1"));
    let counted = counted.select((post::title, post::tags.select(tag::name), comments, post::tags.count())).await;
    book.compare("findMany select m-n + _count filtered", counted, json!([["p1", ["t1"], 1, 1]]));
    let rest = json!([BOB, "sel@x", "m1@x", "m2@x", "m3@x"]);
    let everybody = json!([ALICE, BOB, "sel@x", "m1@x", "m2@x", "m3@x"]);
    book.compare("rel some", users(user::posts.some(post::published.eq(true))).await, json!([ALICE]));
    book.compare("rel some empty", users(user::posts.exists()).await, json!([ALICE]));
    book.compare("rel every", users(user::posts.every(post::published.eq(true))).await, rest.clone());
    book.compare("rel none", users(user::posts.none(post::published.eq(true))).await, rest);
    book.compare("rel is", posts(post::author.is(user::email.eq(ALICE))).await, json!(["p1", "p2", "p3", "r1"]));
    book.compare("rel is null", posts(post::author.is_null()).await, json!(["r2"]));
    book.compare("rel isNot", posts(post::author.is_not(user::email.eq(ALICE))).await, json!(["r2"]));
    book.compare("rel isNot null", users(user::profile.is_not_null()).await, json!([ALICE]));
    book.compare("rel m-n some", posts(post::tags.some(tag::name.eq("t1"))).await, json!(["p1"]));
    let every = posts(post::tags.every(tag::name.eq("t1"))).await;
    book.compare("rel m-n every", every, json!(["p1", "p2", "p3", "r1", "r2"]));
    book.compare("filter not equals nullable", users(user::name.ne("Alice")).await, json!([]));
    book.compare("filter NOT nullable", users(!user::name.eq("Alice")).await, json!([]));
    let with_null = users(user::name.is_null() | user::name.in_(["Alice"])).await;
    book.compare("filter in with null", with_null, everybody.clone());
    book.compare("filter in []", users(user::name.in_([""; 0])).await, json!([]));
    book.compare("filter notIn []", users(user::name.not_in([""; 0])).await, everybody);
    book.compare("filter OR []", users(Filter::any([])).await, json!([]));
    let not = users(!user::name.eq("Alice") & !user::age.eq(30)).await;
    book.compare("filter NOT array", not, json!([]));
    book.compare("filter contains escape", users(user::email.contains("50%_\\")).await, json!([]));
    let text = user::email.contains("lice") & user::email.starts_with("a") & user::email.ends_with("x");
    book.compare("filter contains/startsWith/endsWith", users(text).await, json!([ALICE]));
    let fold = user::email.insensitive().eq("ALICE@X") & user::name.insensitive().contains("LIC");
    book.compare("filter insensitive", users(fold & user::name.insensitive().in_(["alice"])).await, json!([ALICE]));
    book.compare("filter not nested", users(!user::age.gt(10) & !user::age.lt(50)).await, json!([]));
    book.compare("filter field ref", posts(post::views.lte(post::id)).await, json!(["p3", "r1", "r2"]));
    book.compare("filter enum in", users(user::role.in_([Role::Admin])).await, json!([]));
    // An Int has 32 bits in Rust; the recorded overflow (P2020 on PostgreSQL) does not compile.
    let nulls = db.user().find_many().order_by([user::name.asc().nulls_last(), user::id.desc()]).select(user::id).await;
    book.compare("order multi nulls", nulls, json!([1, 8, 6, 5, 4, 2]));
    let by_author = db.post().find_many().order_by([post::author.by(user::email.desc()), post::id.asc()]);
    let expected = match family {
        Family::Postgres => json!(["r2", "p1", "p2", "p3", "r1"]),
        Family::Sqlite | Family::Mysql => json!(["p1", "p2", "p3", "r1", "r2"]),
    };
    book.compare("order relation", by_author.select(post::title).await, expected);
    let by_count = db.user().find_many().order_by([user::posts.count().desc(), user::id.asc()]).select(user::email).await;
    book.compare("order relation count", by_count, json!([ALICE, BOB, "sel@x", "m1@x", "m2@x", "m3@x"]));
    if family == Family::Mysql {
        let relevance = db.user().find_many().order_by(nicol::relevance(user::name, "alice")).select(user::email).await;
        book.compare("order _relevance", relevance, error("P2030"));
    }
}

async fn pages(db: &Db, family: Family, book: &mut Book) {
    let ids = || db.user().find_many().select(user::id);
    book.compare("cursor", ids().cursor(user::by_id(1)).take(2).order_by(user::id.asc()).await, json!([1, 2]));
    book.compare("cursor skip 1", ids().cursor(user::by_id(1)).skip(1).take(2).order_by(user::id.asc()).await, json!([2, 4]));
    book.compare("cursor take negative", ids().cursor(user::by_id(2)).take(-2).order_by(user::id.asc()).await, json!([1, 2]));
    book.compare("cursor missing", ids().cursor(user::by_id(-5)).take(2).await, json!([]));
    let ties = ids().cursor(user::by_id(1)).take(2).order_by([user::age.desc(), user::name.asc()]).await;
    let expected = if family == Family::Postgres { json!([1, 4]) } else { json!([1]) };
    book.compare("cursor non-unique order", ties, expected);
    book.compare("cursor no order", ids().cursor(user::by_id(1)).take(2).await, json!([1, 2]));
    book.compare("take 0", ids().take(0).await, json!([]));
    book.compare("take negative no order", ids().take(-2).await, json!([6, 8]));
    let distinct = db.post().find_many().distinct(post::published).order_by(post::id.asc()).take(1).skip(1);
    book.compare("distinct", distinct.select(post::id).await, json!([3]));
    let nested = user::posts.distinct(post::published).order_by(post::id.asc()).select((post::id, post::published));
    let nested = db.user().find_many().filter(user::email.eq(ALICE)).select(nested).await;
    book.compare("distinct nested", nested, json!([[[1, true], [3, false]]]));
}

async fn writes(db: &Db, book: &mut Book) {
    let alice = || db.user().update(user::by_email(ALICE));
    let updated = alice().set(|s| s.age(inc(2)).name("Alicia")).select((user::age, user::name)).await;
    book.compare("update", updated, json!([2, "Alicia"]));
    book.compare("update all number ops, multiply", alice().set(|s| s.age(mul(3))).select(user::age).await, json!(6));
    book.compare("update all number ops, divide", alice().set(|s| s.age(div(2))).select(user::age).await, json!(3));
    book.compare("update all number ops, decrement", alice().set(|s| s.age(dec(1))).select(user::age).await, json!(2));
    let missing = db.user().update(user::by_id(-1)).set(|s| s.name("x")).select(user::id).await;
    book.compare("update missing", missing, error("P2025"));
    let guarded = db.user().update(user::by_id(1).and(user::age.eq(999))).set(|s| s.name("x")).select(user::id).await;
    book.compare("update extra filter miss", guarded, error("P2025"));
    book.compare("update empty data", db.user().update(user::by_id(1)).select(user::id).await, json!(1));
    let made = db.user().create(user::New { email: "pk@x".into() }.id(11)).select(user::id).await;
    book.compare("update pk, made", made, json!(11));
    let moved = db.user().update(user::by_id(11)).set(|s| s.id(1011)).select(user::id).await;
    book.compare("update pk", moved, json!(1011));
    let first = user::posts.order_by(post::id.asc()).take(1).select(post::title);
    let included = db.user().update(user::by_id(1)).set(|s| s.age(1)).select((user::name, user::age, first)).await;
    book.compare("update include", included, json!(["Alicia", 1, ["p1"]]));
    let taken = db.user().update(user::by_email(BOB)).set(|s| s.email(ALICE)).select(user::id).await;
    book.compare("update dup", taken, error("P2002"));
    book.compare("updateMany", db.post().update_many(post::views.gt(4)).set(|s| s.views(inc(1))).await, json!(2));
    let related = db.post().update_many(post::author.is(user::email.eq(ALICE))).set(|s| s.published(true)).await;
    book.compare("updateMany relation filter", related, json!(4));
    let up = || user::New { email: "up@x".into() }.id(12);
    let upsert = || db.user().upsert(user::by_email("up@x"), up(), |s| s.age(inc(1))).select(user::age);
    book.compare("upsert native create", upsert().await, json!(0));
    book.compare("upsert native update", upsert().await, json!(1));
    let other = user::New { email: "other@x".into() }.id(13);
    let mismatch = db.user().upsert(user::by_email("up2@x"), other, |s| s).select(user::email).await;
    book.compare("upsert mismatched create value", mismatch, json!("other@x"));
    let with = db.user().upsert(user::by_email("up@x"), up(), |s| s.name("U"));
    let with = with.select((user::name, user::age, user::posts.select(post::id))).await;
    book.compare("upsert include", with, json!(["U", 1, []]));
    let empty = db.user().upsert(user::by_email("up@x"), up(), |s| s).select(user::age).await;
    book.compare("upsert empty update", empty, json!(1));
    book.compare("delete", db.user().delete(user::by_email("up@x")).select(user::email).await, json!("up@x"));
    book.compare("delete missing", db.user().delete(user::by_id(-1)).select(user::id).await, error("P2025"));
    book.compare("delete restricted", db.user().delete(user::by_id(1)).select(user::id).await, error("P2003"));
    book.compare("deleteMany", db.user().delete_many(user::email.starts_with("m")).await, json!(3));
}

async fn calculations(db: &Db, book: &mut Book) {
    book.compare("count", db.user().count().filter(user::age.gt(0)).await, json!(2));
    book.compare("count select", db.user().aggregate((count(), user::name.count())).await, json!([5, 1]));
    book.compare("count take/cursor", db.user().count().take(1).await, json!(1));
    let all = (count(), post::author_id.count(), post::views.sum(), post::views.avg(), post::title.min(), post::views.max());
    // The recorded sums are those after other writes; these are of the rows as they stand here.
    book.compare("aggregate", db.post().aggregate(all).await, json!([5, 4, 14, 2.8, "p1", 8]));
    let none = db.post().aggregate((count(), post::views.sum(), post::views.avg())).filter(post::id.eq(-1)).await;
    book.compare("aggregate empty", none, json!([0, null, null]));
    let groups = db.post().group_by(post::author_id).select((post::author_id, count(), post::views.sum()));
    let groups = groups.having(post::views.sum().gt(3)).order_by(post::views.sum().desc()).take(2).await;
    book.compare("groupBy having", groups, json!([[1, 4, 14]]));
    let either = db.post().group_by((post::author_id, post::published));
    let either = either.select((post::author_id, post::published, post::views.avg()));
    let either = either.having(post::views.avg().gt(0.0) | post::published.eq(true)).await;
    book.compare("groupBy having or", either, json!([[1, true, 3.5]]));
    let invalid = db.post().group_by(post::author_id).having(post::title.eq("x")).await;
    book.compare("groupBy having not in by", invalid, error("P2019"));
    let by_count = db.post().group_by(post::author_id).order_by(post::id.count().desc()).await;
    book.compare("groupBy order count", by_count, json!([1, null]));
}

async fn transactions(db: &Db, family: Family, book: &mut Book) {
    let age = || db.user().get(user::by_email(BOB)).select(user::age);
    let inside = db.tx().run(async |tx| {
        tx.user().update(user::by_email(BOB)).set(|s| s.age(77)).await?;
        tx.user().get(user::by_email(BOB)).select(user::age).await
    });
    book.compare("tx interactive", inside.await, json!(77));
    let thrown = db.tx().run(async |tx| {
        tx.user().update(user::by_email(BOB)).set(|s| s.age(1)).await?;
        tx.user().get(user::by_id(-1)).select(user::id).await
    });
    book.compare("tx interactive throw", thrown.await, error("P2025"));
    book.compare("tx interactive throw, undone", age().await, json!(77));
    let serializable = db.tx().serializable().run(async |tx| tx.user().count().await).await;
    book.compare("tx isolation serializable", serializable, json!(5));
    if family == Family::Sqlite {
        let bad = db.tx().isolation(nicol::Isolation::ReadCommitted).run(async |tx| tx.user().count().await).await;
        book.compare("tx isolation bad", bad, error("P2023"));
    }
    let escaped = db.tx().run(async |tx| Ok(tx)).await;
    let after = match escaped {
        Ok(tx) => tx.user().count().await,
        Err(error) => Err(error),
    };
    book.compare("tx use after", after, error("P2028"));
    let nested = db.tx().run(async |tx| tx.tx().run(async |inner| inner.user().count().await).await).await;
    book.compare("tx nested", nested, json!(5));
    let undone = db.tx().run(async |tx| {
        let inner = tx.tx().run(async |inner| {
            inner.user().update(user::by_email(BOB)).set(|s| s.age(5)).await?;
            inner.user().get(user::by_id(-1)).await
        });
        assert!(inner.await.is_err());
        tx.user().get(user::by_email(BOB)).select(user::age).await
    });
    book.compare("tx nested rollback", undone.await, json!(77));
    let continued = db.tx().run(async |tx| {
        let failed = tx.user().create(user::New { email: ALICE.into() }).await;
        assert!(failed.is_err());
        tx.user().count().await
    });
    let expected = if family == Family::Postgres { error("P2039") } else { json!(5) };
    book.compare("tx error inside continues", continued.await, expected);
    let table = if family == Family::Mysql { "`User`" } else { "\"User\"" };
    let raw = db.sql(format!("SELECT COUNT(*), MAX(age) FROM {table}")).one::<(i64, i32)>().await;
    book.compare("raw query", raw, json!([5, 77]));
    let executed = db.sql(format!("UPDATE {table} SET age = age WHERE 1 = 0")).execute().await;
    book.compare("raw execute", executed, json!(0));
    book.compare("raw error", db.sql("SELECT * FROM nope").all::<(i32,)>().await, error("P2010"));
    limits(db, family, book).await;
}

/// Batches and the limits of transactions.
async fn limits(db: &Db, family: Family, book: &mut Book) {
    let bob = || db.user().update(user::by_email(BOB));
    let both = db.batch((db.user().count(), bob().set(|s| s.age(31)).select(user::age))).await;
    book.compare("tx batch", both, json!([5, 31]));
    let create = db.user().create(user::New { email: ALICE.into() }).select(user::id);
    let failed = db.batch((bob().set(|s| s.age(99)).select(user::age), create)).await;
    book.compare("tx batch fail", failed, error("P2002"));
    book.compare("tx batch fail, undone", bob().select(user::age).await, json!(31));
    let apart = db.batch((db.user().count(),)).serializable().await.map(|(count,)| [count]);
    book.compare("tx batch isolation", apart, json!([5]));
    let short = std::time::Duration::from_millis(100);
    let late = db.tx().timeout(short).run(async |tx| {
        tx.user().count().await?;
        tokio::time::sleep(short * 20).await;
        tx.user().count().await
    });
    book.compare("tx timeout", late.await, error("P2028"));
    let find = |id| db.user().find(user::by_id(id)).select(user::email).into_future();
    let (one, two, none) = tokio::join!(find(1), find(2), find(-1));
    let found = one.and_then(|one| Ok((one, two?, none?)));
    book.compare("findUnique batched", found, json!([ALICE, BOB, null]));
    let counts = db.user().find_many().order_by(user::posts.count().desc()).take(1);
    book.compare("order relation count, the counts", counts.select(user::posts.count()).await, json!([4]));
    let marks = if family == Family::Postgres { ("$1", "$2") } else { ("?", "?") };
    let table = if family == Family::Mysql { "`User`" } else { "\"User\"" };
    let text = format!("SELECT email FROM {table} WHERE email IN ({}, {}) ORDER BY email", marks.0, marks.1);
    let joined = db.sql(text).bind(ALICE).bind(BOB).all::<(String,)>().await;
    book.compare("raw join", joined, json!([[ALICE], [BOB]]));
}

async fn scalars(db: &Db, family: Family, book: &mut Book) -> nicol::Result<()> {
    let decimal = |text: &str| text.parse::<Decimal>().expect("a decimal");
    let moment = "2024-02-03T04:05:06.789Z".parse::<nicol::types::DateTime>().expect("a moment");
    let document = json!({"a": [1, {"b": null}], "s": "x"});
    let new = scal::New {}.big(9_007_199_254_740_993).dec(decimal("123456789012345678901234567890.5")).by(&[1u8, 2, 255]);
    let made = db.scal().create(new.js(document.clone()).dt(moment).fl(1.5).bo(true)).await?;
    book.compare("scal create", Ok((made.big, made.by, made.js, made.fl, made.bo)), json!([9_007_199_254_740_993_i64, [1, 2, 255], document, 1.5, true]));
    if family != Family::Sqlite {
        let digits = made.dec.map(|dec| dec.normalized().to_plain_string());
        book.compare("scal create, digits", Ok(digits), json!("123456789012345678901234567890.5"));
    }
    db.scal().create(scal::New {}.js(None)).await?;
    db.scal().create(scal::New {}.js(Json::Null)).await?;
    let found = |filter: Filter<scal::Model>| async move { db.scal().find_many().filter(filter).select(scal::js).await };
    let nulls = db.scal().count().filter(scal::js.is_any_null()).await;
    book.compare("scal json filter AnyNull", nulls, json!(2));
    let hit = json!([document]);
    book.compare("scal json equals", found(scal::js.eq(document.clone())).await, hit.clone());
    book.compare("scal json path", found(scal::js.key("a").at(0).eq(1)).await, hit.clone());
    book.compare("scal json path gt", found(scal::js.key("a").at(0).gte(1)).await, hit.clone());
    book.compare("scal json string", found(scal::js.key("s").string_contains("x")).await, hit.clone());
    book.compare("scal json array_contains", found(scal::js.key("a").array_contains(json!([1]))).await, hit.clone());
    book.compare("scal json array_starts_with", found(scal::js.key("a").array_starts_with(1)).await, hit);
    book.compare("scal json not", found(scal::js.key("s").ne("x")).await, json!([]));
    let steps = db.scal().update(scal::by_id(made.id.as_str())).set(|s| s.big(inc(1i64)).fl(div(0.5)));
    book.compare("scal ops", steps.select((scal::big, scal::fl)).await, json!([9_007_199_254_740_994_i64, 3.0]));
    let filter = scal::big.gt(1i64) & scal::dec.gt(1) & scal::by.eq([1u8, 2, 255]) & scal::dt.lt(nicol::types::DateTime::now());
    book.compare("scal filters", db.scal().find_many().filter(filter).select(scal::bo).await, json!([true]));
    let exact = db.scal().find_many().filter(scal::dt.eq(moment)).select(scal::bo).await;
    book.compare("scal dt iso string", exact, json!([true]));
    let sums = db.scal().aggregate((scal::big.sum(), scal::big.avg(), scal::fl.avg())).await;
    book.compare("agg dec/big", sums, json!([9_007_199_254_740_994_i64, 9_007_199_254_740_994.0, 3.0]));
    let many = db.user().count().filter(user::id.in_(0..40_000)).await;
    book.compare("big IN", many, json!(5));
    let without = db.post().count().filter(post::id.not_in((0..40_000).map(|n| -n - 1))).await;
    book.compare("big IN include", without, json!(5));
    book.compare("bigint min", db.scal().create(scal::New {}.big(i64::MIN)).select(scal::big).await, json!(i64::MIN));
    book.compare("float special", db.scal().create(scal::New {}.fl(1e308)).select(scal::fl).await, json!(1e308));
    let tenth = db.scal().create(scal::New {}.dec(decimal("0.1"))).await?.dec.map(|dec| dec.normalized().to_string());
    book.compare("decimal scale", Ok(tenth), json!("0.1"));
    Ok(())
}

async fn second_list(db: &Db, family: Family, book: &mut Book) -> nicol::Result<()> {
    db.comment().delete_all().await?;
    db.post().delete_all().await?;
    db.profile().delete_all().await?;
    db.user().delete_all().await?;
    db.tag().create(tag::New { name: "T".into() }).await?;
    let new = |n: i32| post::New { title: format!("p{n}") }.id(n).views(n);
    let ab = user::New { email: "a_b@x".into() }.id(21).name("A%B").posts((1..5).map(|n| new(n).tags([tag::by_name("T")])));
    db.user().create(ab).await?;
    db.user().create(user::New { email: "acb@x".into() }.id(22).name("ACB").posts((5..8).map(new))).await?;
    // Prisma takes the operands for patterns and finds both users.
    let names = |filter: Filter<user::Model>| async move { db.user().find_many().filter(filter).select(user::name).await };
    book.compare("contains % wildcard", names(user::name.contains("%")).await, json!(["A%B"]));
    book.compare("contains _ wildcard", names(user::email.starts_with("a_b")).await, json!(["A%B"]));
    book.compare("equals insensitive wildcard", names(user::email.insensitive().eq("A_B@X")).await, json!(["A%B"]));
    if family == Family::Sqlite {
        book.compare("contains case on sqlite", names(user::name.contains("acb")).await, json!(["ACB"]));
    }
    let nested = || db.user().find_many().order_by(user::id.asc());
    let some = user::posts.order_by(post::views.desc()).skip(1).take(2).select(post::views);
    book.compare("nested take/skip per parent", nested().select(some).await, json!([[3, 2], [6, 5]]));
    let some = user::posts.cursor(post::by_id(3)).order_by(post::id.asc()).take(2).select(post::views);
    book.compare("nested cursor", nested().select(some).await, json!([[3, 4], []]));
    let some = user::posts.order_by(post::views.asc()).take(-2).select(post::views);
    book.compare("nested take negative", nested().select(some).await, json!([[3, 4], [6, 7]]));
    let author = db.post().find_many().take(1).order_by(post::id.asc());
    let author = author.select(post::author.select((user::email, user::posts.count()))).await;
    book.compare("nested include to-one filter", author, json!([["a_b@x", 4]]));
    let views = |filter: Filter<post::Model>| async move {
        db.post().find_many().filter(filter).order_by(post::id.asc()).select(post::views).await
    };
    book.compare("none empty", views(post::tags.is_empty()).await, json!([5, 6, 7]));
    let deep = tag::posts.some(post::author.is(user::email.eq("a_b@x")) & post::comments.is_empty());
    book.compare("deep relation filter", db.tag().find_many().filter(deep).select(tag::name).await, json!(["T"]));
    let by_two = db.profile().find_many().order_by(profile::user.by(user::posts.count().asc())).select(profile::id).await;
    book.compare("order by two-level relation", by_two, json!([]));
    let renamed = db.tag().update_many(tag::name.eq("T")).set(|s| s.name("T2")).await;
    book.compare("updateMany with pk in data", renamed, json!(1));
    let tags = db.post().find_first().order_by(post::id.asc()).select(post::tags.select(tag::name)).await;
    book.compare("post tags after", tags, json!(["T2"]));
    let none = db.user().update(user::by_id(21)).set(|s| s.name(None)).select(user::name).await;
    book.compare("update set null", none, json!(null));
    db.comp().create(comp::New { a: 9, b: "z".into() }).await?;
    let still = db.comp().update(comp::by_a_b(9, "z")).set(|s| s.v(inc(1))).select((comp::a, comp::b, comp::v)).await;
    book.compare("increment on null", still, json!([9, "z", null]));
    let row = (comp::a, comp::b, comp::v);
    let upsert = db.comp().upsert(comp::by_a_b(9, "q"), comp::New { a: 9, b: "q".into() }, |s| s.v(2)).select(row).await;
    book.compare("upsert compound", upsert, json!([9, "q", null]));
    book.compare("delete compound", db.comp().delete(comp::by_a_b(9, "q")).select(row).await, json!([9, "q", null]));
    let comments = [comment::In { text: "a".into() }, comment::In { text: "b".into() }];
    let made = db.post().create(post::New { title: "d".into() }.id(100).comments(comments)).await?;
    db.post().delete(post::by_id(made.id)).await?;
    let left = db.comment().count().filter(comment::post_id.eq(made.id)).await;
    book.compare("delete cascades", left, json!(0));
    let counts = db.user().find_many().order_by([user::posts.count().desc(), user::id.asc()]);
    let counts = counts.select(user::posts.count().filter(post::views.gt(2))).await;
    book.compare("nested select relation count filter where _count order", counts, json!([2, 3]));
    if family == Family::Postgres {
        let nul = db.user().create(user::New { email: "nul\0".into() }.id(300)).select(user::email).await;
        book.compare("string nul", nul, error("P2039"));
    } else {
        let nul = db.user().create(user::New { email: "nul\0".into() }.id(300)).select(user::email).await;
        book.compare("string nul", nul, json!("nul\0"));
    }
    let count = db.user().count().filter(user::posts.some(post::views.gt(3))).await;
    book.compare("count relation filter", count, json!(2));
    let by_role = db.user().group_by(user::role).select((user::role.count(), count_of_users())).await;
    // Not on PostgreSQL: the user of the question before.
    let users = if family == Family::Postgres { 2 } else { 3 };
    book.compare("groupBy enum/date, roles", by_role, json!([[users, users]]));
    Ok(())
}

fn count_of_users() -> nicol::column::Counted<user::Model> {
    count()
}
