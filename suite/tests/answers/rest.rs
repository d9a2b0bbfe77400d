//! Recorded questions that need rows of their own, or several requests at a time.

use std::time::Duration;

use nicol::Filter;
use nicol::types::{DateTime, Json};
use serde_json::json;

use super::db::{Db, comment, post, profile, scal, tag, user};
use super::questions::{ALICE, BOB, Book, error, seed};
use crate::Family;

pub(crate) async fn ask(db: &Db, family: Family) -> Result<(), String> {
    let mut book = Book::default();
    created(db, &mut book).await;
    seed(db).await.map_err(|error| format!("seed: {error}"))?;
    filters(db, &mut book).await;
    shapes(db, &mut book).await;
    together(db, &mut book).await;
    transactions(db, family, &mut book).await;
    scalars(db, &mut book).await.map_err(|error| format!("scalars: {error}"))?;
    order(db, &mut book).await.map_err(|error| format!("order: {error}"))?;
    book.close()
}

/// The rows that the lists begin with, as they come back from the request that creates them.
async fn created(db: &Db, book: &mut Book) {
    let or_create = |name: &str| tag::by_name(name).or_create(tag::New { name: name.into() });
    let new = |title: &str| post::New { title: title.into() };
    let first = new("p1").published(true).views(5).comments(comment::In { text: "c1".into() }).tags([or_create("t1")]);
    let alice = user::New { email: ALICE.into() }.name("Alice").profile(profile::In { bio: "hi".into() });
    let alice = alice.posts((first, new("p2").published(true).views(7), new("p3")));
    let posts = user::posts.order_by(post::id.asc());
    let posts = posts.select((post::title, post::views, post::comments.select(comment::text), post::tags.select(tag::name)));
    let seen = db.user().create(alice).select((user::email, user::name, user::age, posts, user::profile.select(profile::bio)));
    let expected = json!([["p1", 5, ["c1"], ["t1"]], ["p2", 7, [], []], ["p3", 0, [], []]]);
    book.compare("seed create nested", seen.await, json!([ALICE, "Alice", 0, expected, "hi"]));
    let plain = db.user().create(user::New { email: BOB.into() }.age(30)).select((user::email, user::name, user::age));
    book.compare("seed create plain", plain.await, json!([BOB, null, 30]));
    let tagged = |n: i32| new(&format!("p{n}")).views(n).tags([or_create("T")]);
    let second = user::New { email: "a_b@x".into() }.name("A%B").posts((1..5).map(tagged));
    let seen = db.user().create(second).select(user::posts.select(post::tags.select(tag::name))).await;
    book.compare("seed", seen, json!([["T"], ["T"], ["T"], ["T"]]));
    let emptied = async {
        db.post().delete_all().await?;
        db.profile().delete_all().await?;
        db.tag().delete_all().await?;
        db.user().delete_all().await
    };
    book.compare("deleteMany all", emptied.await, json!(3));
}

async fn filters(db: &Db, book: &mut Book) {
    let one = |filter: Filter<user::Model>| async move {
        db.user().find_many().filter(filter).order_by(user::id.asc()).take(1).select(user::email).await
    };
    let all = || Filter::<user::Model>::all([]);
    book.compare("filter AND []", one(all()).await, json!([ALICE]));
    book.compare("filter NOT []", one(!Filter::any([])).await, json!([ALICE]));
    book.compare("findMany where not {}", one(!Filter::any([])).await, json!([ALICE]));
    // Prisma takes a condition that says nothing for false in OR.
    book.compare("filter OR [{}]", one(Filter::any([all()])).await, json!([ALICE]));
    let titles = db.post().find_many().filter(post::author_id.is_null()).select(post::title).await;
    book.compare("rel = null", titles, json!(["r2"]));
    let every = db.post().find_many().filter(post::tags.every(Filter::all([]))).order_by(post::id.asc()).take(1);
    book.compare("every empty", every.select(post::id).await, json!([1]));
    let missing = db.user().get_first().filter(user::id.eq(-1)).select(user::id).await;
    book.compare("findFirstOrThrow none", missing, error("P2025"));
    let distinct = db.post().find_first().distinct(post::title).order_by(post::id.asc()).select(post::id).await;
    book.compare("findFirst distinct", distinct, json!(1));
    let page = db.post().find_many().cursor(post::by_id(1)).order_by([post::views.asc(), post::id.asc()]).take(3);
    book.compare("cursor include compound order", page.select(post::id).await, json!([1, 2]));
    let groups = db.post().group_by(post::author_id).take(1).await;
    let first = groups.map(|groups| groups.len());
    // Prisma wants an order: P2019.
    book.compare("groupBy order missing", first, json!(1));
    let roles = db.user().group_by(user::role).select((user::role.count(), user::created_at.max())).await;
    let roles = roles.map(|roles| roles.into_iter().map(|(count, last)| (count, last <= DateTime::now())).collect::<Vec<_>>());
    book.compare("groupBy enum/date", roles, json!([[6, true]]));
    let averages = db.post().aggregate((post::views.avg(), post::views.sum())).await;
    book.compare("agg avg int", averages, json!([2.4, 12]));
}

async fn shapes(db: &Db, book: &mut Book) {
    let ann = db.user().find_many().omit((user::created_at, user::updated_at)).order_by(user::id.asc()).take(1).await;
    let ann = ann.and_then(|rows| {
        let row = &rows[0];
        assert!(row.get(user::created_at).is_err() && !row.has(user::updated_at));
        Ok((row.get(user::id)?, row.get(user::email)?, row.get(user::name)?, row.get(user::age)?))
    });
    book.compare("findMany omit", ann, json!([1, ALICE, "Alice", 0]));
    let best = || user::posts.filter(post::published.eq(true)).order_by(post::views.desc()).take(1);
    let read = || db.user().find_many().filter(user::email.in_([ALICE, BOB])).order_by(user::id.asc());
    let flat = best().select((post::title, post::comments.select(comment::text), post::tags.select(tag::name)));
    let rows = read().select((user::email, flat)).await;
    book.compare("findMany include strategy query", rows, json!([[ALICE, [["p2", [], []]]], [BOB, []]]));
    let back = best().select((post::title, post::author.select(user::email)));
    let rows = read().select((user::email, back, user::profile.select(profile::bio))).await;
    book.compare("findMany include strategy join", rows, json!([[ALICE, [["p2", ALICE]], "hi"], [BOB, [], null]]));
    let author = post::author.filter(user::age.eq(1)).select(user::email);
    let rows = db.post().find_many().order_by(post::id.asc()).take(1).select(author).await;
    book.compare("to-one where", rows, json!([null]));
    let posts = user::posts.order_by(post::id.asc()).take(1).select(post::id);
    book.compare("fluent", db.user().find(user::by_id(1)).select(posts).await, json!([1]));
    let both = post::New { title: "x".into() }.id(50).author_id(1).author(user::by_id(2));
    // Prisma refuses both at once; here the relation counts.
    book.compare("mixed both", db.post().create(both).select(post::author_id).await, json!(2));
}

/// Requests made at the same time.
async fn together(db: &Db, book: &mut Book) {
    let find = |id: i32| db.user().find(user::by_id(id));
    let (id, email) = tokio::join!(find(1).select(user::id).into_future(), find(1).select(user::email).into_future());
    book.compare("batch findUnique mixed select", id.and_then(|id| Ok((id, email?))), json!([1, ALICE]));
    let get = |id: i32| db.user().get(user::by_id(id)).select(user::id);
    let (there, missing) = tokio::join!(get(1).into_future(), get(-4).into_future());
    book.compare("findUniqueOrThrow batch", there, json!(1));
    book.compare("findUniqueOrThrow batch, missing", missing, error("P2025"));
    let aged = |email: &'static str| db.user().find(user::by_email(email).and(user::age.gte(0))).select(user::age);
    let (one, two) = tokio::join!(aged(ALICE).into_future(), aged(BOB).into_future());
    book.compare("unique batch extra", one.and_then(|one| Ok((one, two?))), json!([0, 30]));
    let inside = db.tx().run(async |tx| {
        let find = |email: &'static str| tx.user().find(user::by_email(email)).select(user::age);
        tokio::try_join!(find(ALICE).into_future(), find(BOB).into_future())
    });
    book.compare("unique batch in tx", inside.await, json!([0, 30]));
    let posts = || user::posts.order_by(post::id.asc()).take(1).select(post::id);
    let read = |email: &'static str| db.user().find(user::by_email(email)).select((user::email, posts()));
    let both = db.batch((read(ALICE), read(BOB))).await;
    book.compare("unique batch include", both, json!([[ALICE, [1]], [BOB, [50]]]));
    let race = |n: i32| {
        let or_create = tag::by_name("RT").or_create(tag::New { name: "RT".into() });
        let new = post::New { title: format!("r{n}") }.id(60 + n).tags([or_create]);
        db.post().create(new).select(post::tags.select(tag::name)).into_future()
    };
    let made = tokio::try_join!(race(0), race(1), race(2), race(3));
    // Of four requests three fail with P2002 there.
    book.compare("parallel connectOrCreate race", made, json!([["RT"], ["RT"], ["RT"], ["RT"]]));
    let race = || {
        let new = user::New { email: "race@x".into() }.id(90);
        db.user().upsert(user::by_email("race@x"), new, |s| s.age(nicol::inc(1))).select(user::age).into_future()
    };
    let ages = tokio::try_join!(race(), race(), race(), race(), race()).map(|(a, b, c, d, e)| {
        let mut ages = [a, b, c, d, e];
        ages.sort_unstable();
        ages
    });
    book.compare("parallel create race upsert", ages, json!([0, 1, 2, 3, 4]));
}

async fn transactions(db: &Db, family: Family, book: &mut Book) {
    let add = |n: i32| {
        db.tx().serializable().run(async move |tx| {
            let age = tx.user().get(user::by_id(1)).select(user::age).await?;
            tokio::time::sleep(Duration::from_millis(50)).await;
            tx.user().update(user::by_id(1)).set(|s| s.age(age + n)).select(user::age).await
        })
    };
    if family != Family::Sqlite {
        let (one, two) = tokio::join!(add(1), add(1));
        let mut codes = [one, two].map(|outcome| outcome.map_or_else(|error| error.code().to_owned(), |age| age.to_string()));
        codes.sort_unstable();
        book.compare("tx seq isolation conflict", Ok(codes), json!(["1", "P2034"]));
    }
    let text = match family {
        Family::Postgres => "SELECT $1 + $2 AS s, $3 AS t",
        Family::Sqlite | Family::Mysql => "SELECT ? + ? AS s, ? AS t",
    };
    let sum = db.sql(text).bind(1).bind(2).bind("x").one::<(i64, String)>().await;
    let expected = if family == Family::Postgres { error("P2010") } else { json!([3, "x"]) };
    book.compare("raw tagged", sum, expected);
}

async fn scalars(db: &Db, book: &mut Book) -> nicol::Result<()> {
    let none = db.scal().create(scal::New {}.js(None)).select(scal::js).await;
    book.compare("scal json DbNull", none, json!(null));
    let null = db.scal().create(scal::New {}.js(Json::Null)).await?;
    // Prisma reads both as null.
    book.compare("scal json JsonNull", Ok(null.js == Some(Json::Null)), json!(true));
    let at = |text: &str| text.parse::<DateTime>().expect("a moment");
    let moment = at("2023-11-14T22:13:20.123Z");
    let made = db.scal().create(scal::New {}.dt(moment)).select(scal::dt).await?;
    let found = db.scal().find_first().filter(scal::dt.eq(moment)).select(scal::dt).await?;
    book.compare("date ms precision", Ok((made, found)), json!([moment, moment]));
    db.scal().create(scal::New {}.js(json!({"a": null}))).await?;
    db.scal().create(scal::New {}.js(json!({"a": 1}))).await?;
    let count = |filter: Filter<scal::Model>| async move { db.scal().count().filter(filter).await };
    book.compare("json null filters", count(scal::js.is_null()).await, json!(2));
    book.compare("json path null", count(scal::js.key("a").is_any_null() & scal::js.is_not_null()).await, json!(2));
    Ok(())
}

/// Writes through one relation, in the order in which they are said.
async fn order(db: &Db, book: &mut Book) -> nicol::Result<()> {
    let new = |n: i32, title: &str| post::New { title: title.into() }.id(n);
    let owner = user::New { email: "o@x".into() }.id(95).posts([new(95, "a").views(1), new(96, "b").views(2)]);
    db.user().create(owner).await?;
    let done = db.user().update(user::by_id(95)).set(|s| {
        let s = s.posts(|p| {
            p.update_many(post::views.eq(2), |s| s.views(22)).delete_many(post::views.eq(1)).create(new(97, "n1"))
        });
        s.name("z")
    });
    let seen = user::posts.order_by(post::id.asc()).select((post::title, post::views));
    book.compare("order of nested ops", done.select((user::name, seen)).await, json!(["z", [["b", 22], ["n1", 0]]]));
    Ok(())
}
