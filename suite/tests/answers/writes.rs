//! The recorded questions about writes of many rows and through relations, and how many statements they take.

use nicol::{Dialect, inc};
use serde_json::json;

use super::db::{Db, comment, comp, post, profile, scal, tag, user};
use super::questions::{ALICE, BOB, Book, error, seed};
use crate::Family;
use crate::log::Log;

pub(crate) async fn ask(db: &Db, family: Family) -> Result<(), String> {
    let mut book = Book::default();
    seed(db).await.map_err(|error| format!("seed: {error}"))?;
    many(db, &mut book).await;
    let post = lists(db, &mut book).await.map_err(|error| format!("lists: {error}"))?;
    ones(db, post, &mut book).await;
    second(db, &mut book).await.map_err(|error| format!("second list: {error}"))?;
    numbers(db, family, &mut book).await.map_err(|error| format!("numbers: {error}"))?;
    book.close()
}

/// Many rows at once. Ids are given where the seed's would be in the way of the database's.
async fn many(db: &Db, book: &mut Book) {
    let new = |id: i32, email: &str| user::New { email: email.into() }.id(id);
    let rows = [new(20, "n1@x"), new(21, "n2@x").age(3)];
    book.compare("createMany", db.user().create_many(rows).await, json!(2));
    let rows = [new(22, "n1@x"), new(23, "n3@x")];
    book.compare("createMany skipDuplicates", db.user().create_many(rows).skip_duplicates().await, json!(1));
    let rows = [new(24, "n9@x"), new(25, "n1@x")];
    book.compare("createMany dup", db.user().create_many(rows).await, error("P2002"));
    book.compare("createMany empty", db.user().create_many(Vec::<user::New>::new()).await, json!(0));
    let rows = [post::New { title: "x1".into() }.id(20).author_id(1), post::New { title: "x2".into() }.id(21)];
    let rows = db.post().create_many(rows).returning();
    let rows = rows.select((post::title, post::author.select(user::email))).await;
    book.compare("createManyAndReturn", rows, json!([["x1", ALICE], ["x2", null]]));
    let selected = db.user().create(new(26, "s@x")).select((user::id, user::posts.count())).await;
    book.compare("create select", selected, json!([26, 0]));
    let limited = db.post().update_many(nicol::Filter::all([])).set(|s| s.published(false)).limit(1).await;
    book.compare("updateMany limit", limited, json!(1));
    let returned = db.post().update_many(post::title.eq("p1")).set(|s| s.views(50)).returning();
    book.compare("updateManyAndReturn", returned.select((post::id, post::views)).await, json!([[1, 50]]));
    let het = [new(30, "h1@x"), new(31, "h2@x").age(5).name("x"), new(32, "h3@x").name(None)];
    book.compare("het createMany", db.user().create_many(het).await, json!(3));
    let post = |id: i32, title: &str| post::New { title: title.into() }.id(id);
    let het = [post(30, "a"), post(31, "b").author_id(None).views(3), post(32, "c")];
    book.compare("het createMany post", db.post().create_many(het).await, json!(3));
    db.tag().create(tag::New { name: "gone".into() }).await.map(drop).unwrap_or_default();
    book.compare("deleteMany limit", db.tag().delete_all().limit(1).await, json!(1));
    book.compare("updateMany empty where undefined", db.comment().update_all().set(|s| s.text("c1")).await, json!(1));
    let given = db.user().create(new(777_000, "idg@x")).select(user::id).await;
    book.compare("create id given", given, json!(777_000));
}

/// Relations to many, below one post; its key.
async fn lists(db: &Db, book: &mut Book) -> nicol::Result<i32> {
    db.tag().delete_all().await?;
    db.tag().create(tag::New { name: "t1".into() }).await?;
    let or_create = |name: &str| tag::by_name(name).or_create(tag::New { name: name.into() });
    let new = post::New { title: "nw".into() }.id(60).author(user::by_email(ALICE)).tags([or_create("t2")]);
    let made = db.post().create(new).select((post::id, post::tags.select(tag::name))).await;
    book.compare("nw connect m-n", made, json!([60, ["t2"]]));
    let at = || db.post().update(post::by_id(60));
    let tags = || post::tags.select(tag::name);
    let none = || Vec::<nicol::Unique<tag::Model>>::new();
    book.compare("nw set", at().set(|s| s.tags(|t| t.set(none()))).select(tags()).await, json!([]));
    let t9 = || [tag::New { name: "t9".into() }];
    book.compare("nw m-n create", at().set(|s| s.tags(|t| t.create(t9()))).select(tags()).await, json!(["t9"]));
    let gone = at().set(|s| s.tags(|t| t.disconnect([tag::by_name("t9")]))).select(tags()).await;
    book.compare("nw m-n disconnect", gone, json!([]));
    let gone = at().set(|s| s.tags(|t| t.disconnect([tag::by_name("t1")]))).select(tags()).await;
    book.compare("nw m-n disconnect not connected", gone, json!([]));
    let texts = || post::comments.order_by(comment::id.asc()).select(comment::text);
    let new = |id: i32, text: &str| comment::In { text: text.into() }.id(id);
    let made = at().set(|s| s.comments(|c| c.create([new(60, "x1"), new(61, "x2")]))).select(texts()).await;
    book.compare("nw 1-n createMany", made, json!(["x1", "x2"]));
    let changed = at().set(|s| s.comments(|c| c.update(comment::by_id(60), |s| s.text("x1b")))).select(texts()).await;
    book.compare("nw 1-n update child", changed, json!(["x1b", "x2"]));
    let foreign = db.comment().find_first().filter(comment::text.eq("c1")).select(comment::id).await?.unwrap_or_default();
    let stolen = at().set(|s| s.comments(|c| c.update(comment::by_id(foreign), |s| s.text("stolen")))).await;
    book.compare("nw 1-n update foreign child", stolen.map(drop), error("P2025"));
    let all = at().set(|s| s.comments(|c| c.update_many(comment::text.starts_with("x"), |s| s.text("all"))));
    book.compare("nw 1-n updateMany", all.select(texts()).await, json!(["all", "all"]));
    let ups = at().set(|s| s.comments(|c| c.upsert(comment::by_id(-1), new(62, "ups"), |s| s.text("no"))));
    book.compare("nw 1-n upsert", ups.select(texts()).await, json!(["all", "all", "ups"]));
    let counts = || (post::tags.count(), post::comments.count());
    let gone = at().set(|s| s.comments(|c| c.delete(comment::by_id(62)))).select(counts()).await;
    book.compare("nw 1-n delete", gone, json!([0, 2]));
    let gone = at().set(|s| s.comments(|c| c.delete(comment::by_id(-7)))).await;
    book.compare("nw 1-n delete not related", gone.map(drop), error("P2017"));
    let gone = at().set(|s| s.comments(|c| c.delete_all())).select(counts()).await;
    book.compare("nw 1-n deleteMany", gone, json!([0, 0]));
    let alice = || db.user().update(user::by_email(ALICE));
    let ids = || user::posts.order_by(post::id.asc()).select(post::id);
    let set = alice().set(|s| s.posts(|p| p.set([post::by_id(60)]))).select(ids()).await;
    book.compare("nw 1-n set (required child)", set, json!([60]));
    let gone = alice().set(|s| s.posts(|p| p.disconnect(post::by_id(60)))).select(ids()).await;
    book.compare("nw 1-n disconnect", gone, json!([]));
    let missing = alice().set(|s| s.posts(|p| p.connect(post::by_id(99_999)))).await;
    book.compare("nw 1-n connect missing", missing.map(drop), error("P2018"));
    let bob = db.user().update(user::by_email(BOB)).set(|s| s.posts(|p| p.connect(post::by_id(60)))).select(ids()).await;
    book.compare("nw 1-n connect steals", bob, json!([60]));
    Ok(60)
}

/// Relations to one. To disconnect the profile, which needs its user, does not compile (recorded: P2014).
async fn ones(db: &Db, pid: i32, book: &mut Book) {
    let alice = || db.user().update(user::by_email(ALICE));
    let bio = || user::profile.select(profile::bio);
    let second = alice().set(|s| s.profile(|p| p.create(profile::In { bio: "second".into() }))).await;
    book.compare("nw 1-1 replace create", second.map(drop), error("P2014"));
    let upsert = alice().set(|s| s.profile(|p| p.upsert(profile::In { bio: "n".into() }, |s| s.bio("upd"))));
    book.compare("nw 1-1 upsert", upsert.select(bio()).await, json!("upd"));
    let guarded = alice().set(|s| s.profile(|p| p.filter(profile::bio.eq("nope")).update(|s| s.bio("z")))).await;
    book.compare("nw 1-1 update where", guarded.map(drop), error("P2025"));
    let gone = alice().set(|s| s.profile(|p| p.delete())).select(bio()).await;
    book.compare("nw 1-1 delete", gone, json!(null));
    let gone = alice().set(|s| s.profile(|p| p.delete())).await;
    book.compare("nw 1-1 delete none", gone.map(drop), error("P2025"));
    let at = || db.post().update(post::by_id(pid));
    let named = at().set(|s| s.author(|a| a.update(|s| s.name("Bobby"))));
    let named = named.select(post::author.select((user::email, user::name))).await;
    book.compare("nw parent update via child", named, json!([BOB, "Bobby"]));
    let gone = at().set(|s| s.author(|a| a.disconnect())).select(post::author_id).await;
    book.compare("nw parent disconnect", gone, json!(null));
    let none = at().set(|s| s.author(|a| a.update(|s| s.name("x")))).await;
    book.compare("nw parent update none", none.map(drop), error("P2025"));
    let unchecked = post::New { title: "x".into() }.id(70).author_id(1).tags([tag::New { name: "tm".into() }]);
    book.compare("mixed checked/unchecked", db.post().create(unchecked).select(post::id).await, json!(70));
}

async fn second(db: &Db, book: &mut Book) -> nicol::Result<()> {
    db.comment().delete_all().await?;
    db.post().delete_all().await?;
    let new = |n: i32| post::New { title: format!("p{n}") }.id(n).views(n);
    let user = db.user().create(user::New { email: "two@x".into() }.id(80).posts((1..5).map(new))).await?;
    let at = || db.user().update(user::by_id(user.id));
    let seen = || user::posts.order_by(post::id.asc()).select((post::views, post::title));
    let arrays = at().set(|s| {
        s.posts(|p| {
            p.create([post::New { title: "n1".into() }.id(90), post::New { title: "n2".into() }.id(91)])
                .connect(Vec::<nicol::Unique<post::Model>>::new())
                .delete_many(post::views.eq(1))
                .delete_many(post::views.eq(2))
                .update_many(post::views.eq(3), |s| s.views(33))
        })
    });
    let expected = json!([[33, "p3"], [4, "p4"], [0, "n1"], [0, "n2"]]);
    book.compare("nested create + connect arrays", arrays.select(seen()).await, expected);
    let either = user::by_email("coc@x").or_create(user::New { email: "coc@x".into() }.id(81));
    let made = db.post().create(post::New { title: "z".into() }.id(92).author(either));
    book.compare("create connectOrCreate 1-n", made.select(post::author.select(user::email)).await, json!("coc@x"));
    let ordered = at().set(|s| {
        s.posts(|p| {
            p.create(post::New { title: "n3".into() }.id(93)).set(Vec::<nicol::Unique<post::Model>>::new())
        })
    });
    book.compare("order set+create", ordered.select(seen()).await, json!([]));
    Ok(())
}

/// Numbers that change in the database.
async fn numbers(db: &Db, family: Family, book: &mut Book) -> nicol::Result<()> {
    let decimal = |text: &str| text.parse::<nicol::types::Decimal>().expect("a decimal");
    let new = scal::New {}.big(9_007_199_254_740_993).dec(decimal("123456789012345678901234567890.5")).fl(1.5);
    let made = db.scal().create(new).await?;
    let at = || db.scal().update(scal::by_id(made.id.as_str()));
    let ops = at().set(|s| s.big(inc(1i64)).dec(nicol::mul(2)).fl(nicol::div(0.5))).await?;
    book.compare("scal ops", Ok((ops.big, ops.fl)), json!([9_007_199_254_740_994_i64, 3.0]));
    if family != Family::Sqlite {
        let digits = ops.dec.map(|dec| dec.normalized().to_plain_string());
        book.compare("scal ops, digits", Ok(digits), json!("246913578024691357802469135781"));
    }
    let none = db.scal().create(scal::New {}).await?;
    let steps = db.scal().update(scal::by_id(none.id.as_str()));
    let steps = steps.set(|s| s.big(nicol::dec(5i64)).dec(nicol::div(2)).fl(nicol::mul(2.0))).await?;
    book.compare("increment on null, every type", Ok((steps.big, steps.dec.is_none(), steps.fl)), json!([null, true, null]));
    let sub = at().set(|s| s.big(nicol::dec(4i64)).dec(decimal("10")).fl(inc(0.25))).await?;
    let sub = at().set(|s| s.big(nicol::mul(2i64)).dec(nicol::dec(decimal("0.5"))).fl(nicol::dec(1.0))).await.or(Ok::<_, nicol::Error>(sub))?;
    let dec = sub.dec.map(|dec| dec.normalized().to_plain_string());
    book.compare("scal ops, more", Ok((sub.big, dec, sub.fl)), json!([18_014_398_509_481_980_i64, "9.5", 2.25]));
    db.comp().create(comp::New { a: 9, b: "z".into() }).await?;
    Ok(())
}

/// The "possible" numbers of statements, beside BEGIN and COMMIT, and of round trips with those. Databases that give no rows
/// back read them. Each list is for PostgreSQL, SQLite, MySQL and MariaDB; the round trips are PostgreSQL's, elsewhere every
/// statement is one.
pub(crate) async fn count(db: &Db, family: Family, log: &Log) -> Result<(), String> {
    let mut wrong = String::new();
    let mut check = |label: &str, statements: [usize; 4], round_trips: usize| {
        let sent = log.take();
        let expected = statements[match db.dialect() {
            Dialect::Postgres | Dialect::Cockroachdb => 0,
            Dialect::Sqlite => 1,
            Dialect::Mysql => 2,
            Dialect::Mariadb => 3,
        }];
        if sent.statements.len() != expected {
            let (count, list) = (sent.statements.len(), sent.statements.join("\n"));
            wrong.push_str(&format!("{label}: {count} statements, not {expected}\n{list}\n"));
        }
        if family == Family::Postgres && sent.round_trips != round_trips {
            wrong.push_str(&format!("{label}: {} round trips, not {round_trips}\n", sent.round_trips));
        }
    };
    log.take();
    let run = async {
        let titles = || ["a", "b", "c"].map(|title| post::New { title: title.into() });
        let user = db.user().create(user::New { email: "1@x".into() }.posts(titles())).await?;
        check("user and 3 flat posts", [1, 2, 4, 2], 1);
        let tagged = |n: i32| {
            let tag = tag::by_name("t").or_create(tag::New { name: "t".into() });
            post::New { title: format!("p{n}") }.tags(tag)
        };
        db.user().create(user::New { email: "2@x".into() }.posts((0..4).map(tagged))).await?;
        check("user and 4 posts, each with connectOrCreate of one tag", [4, 4, 7, 4], 4);
        db.user().update(user::by_id(user.id)).set(|s| s.age(1)).with(user::posts).await?;
        check("update with include", [2, 2, 3, 3], 1);
        db.user().update(user::by_email("1@x")).set(|s| s.age(2)).with(user::posts).await?;
        check("update with include, by another key", [2, 2, 3, 3], 2);
        db.user().update(user::by_email("1@x")).set(|s| s.age(3)).with(user::posts.count()).await?;
        check("update with a count, by another key", [2, 2, 2, 2], 2);
        db.user().find_many().with(user::posts).await?;
        check("findMany with include", [2, 2, 2, 2], 2);
        let post = db.post().create(post::New { title: "c".into() }.comments(comment::In { text: "x".into() })).await?;
        let comment = db.comment().find_first().await?.map(|comment| comment.id).unwrap_or_default();
        log.take();
        let at = || db.post().update(post::by_id(post.id));
        at().set(|s| s.comments(|c| c.update(comment::by_id(comment), |s| s.text("y")))).await?;
        check("nested update of one child", [2, 2, 2, 2], 2);
        at().set(|s| s.comments(|c| c.update_many(comment::text.eq("y"), |s| s.text("z")))).await?;
        check("nested updateMany, with the row", [2, 2, 2, 2], 1);
        at().set(|s| s.comments(|c| c.delete_many(comment::text.eq("q")))).await?;
        check("nested deleteMany, with the row", [2, 2, 2, 2], 1);
        at().set(|s| s.comments(|c| c.delete_many(comment::text.eq("q")).update_all(|s| s.text("w")))).await?;
        check("nested deleteMany and updateMany, with the row", [3, 3, 3, 3], 1);
        at().set(|s| s.tags(|t| t.set([tag::by_name("t")]))).await?;
        check("m-n set", [3, 3, 3, 3], 1);
        let new = user::New { email: "1@x".into() };
        db.user().upsert(user::by_email("1@x"), new, |s| s.age(inc(1))).with(user::posts).await?;
        check("upsert with include", [2, 2, 3, 2], 2);
        db.user().upsert(user::by_email("3@x"), user::New { email: "3@x".into() }, |s| s.age(inc(1))).await?;
        check("upsert", [1, 1, 2, 1], 1);
        let many = (0..100).map(|n| tag::New { name: format!("m{n}") });
        db.tag().create_many(many).await?;
        check("createMany of 100", [1, 100, 1, 1], 1);
        db.user().update(user::by_id(user.id)).set(|s| s.name("x")).await?;
        check("update", [1, 1, 2, 2], 1);
        db.user().delete(user::by_email("3@x")).await?;
        check("delete", [1, 1, 2, 1], 1);
        let new = user::New { email: "4@x".into() }.posts(titles());
        let (user, _) = db.user().create(new).with(user::posts).await?;
        check("create with rows below, and include", [2, 3, 5, 3], 2);
        db.post().delete_many(post::author_id.eq(user.id)).await?;
        log.take();
        db.user().delete(user::by_id(user.id)).with(user::posts).await?;
        check("delete with include", [3, 3, 3, 3], 3);
        let named = |name: &str| db.user().update(user::by_email("1@x")).set(|s| s.name(name)).select(user::id);
        db.batch((named("a"), db.post().count(), named("b"), db.user().find_many())).await?;
        check("batch", [4, 4, 6, 6], 2);
        db.batch((db.post().count(), db.user().update_all().set(|s| s.age(1)), db.user().find_many())).await?;
        check("batch that cannot fail late", [3, 3, 3, 3], 1);
        Ok::<_, nicol::Error>(())
    };
    run.await.map_err(|error| error.to_string())?;
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}
