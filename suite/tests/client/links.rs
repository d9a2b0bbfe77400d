//! Writing through relations: rows that are there get others, lose them, change and delete them.

use nicol::{inc, skip_duplicates};

use super::cases::{Case, Result, cases};
use super::db::{Db, comment, node, part, post, profile, seat, tag, ticket, user};
use super::db::{keyless, Role};

/// A user with two posts, the second with a tag, and another user.
async fn fill(db: &Db) -> Result<(i32, i32)> {
    let posts = (
        post::In { title: "one".into() }.views(1),
        post::In { title: "two".into() }.views(2).tags([tag::New { name: "red".into() }]),
    );
    let ann = db.user().create(user::New { email: "ann@x".into() }.posts(posts)).await?;
    let bob = db.user().create(user::New { email: "bob@x".into() }).await?;
    Ok((ann.id, bob.id))
}

async fn titles(db: &Db, user: i32) -> Result<Vec<(String, i32)>> {
    let posts = db.post().find_many().filter(post::author_id.eq(user)).order_by(post::id.asc());
    posts.select((post::title, post::views)).await
}

fn pairs(list: &[(&str, i32)]) -> Vec<(String, i32)> {
    list.iter().map(|(title, views)| ((*title).to_owned(), *views)).collect()
}

async fn post_id(db: &Db, title: &str) -> Result<i32> {
    db.post().find_first().filter(post::title.eq(title)).select(post::id).await.map(Option::unwrap_or_default)
}

cases! {
    async fn everything_of_many_in_the_order_said(db) {
        let (ann, bob) = fill(db).await?;
        let (one, two) = (post_id(db, "one").await?, post_id(db, "two").await?);
        let other = db.post().create(post::Raw { title: "other".into(), author_id: bob }).await?;
        let (row, posts) = db
            .user()
            .update(user::by_id(ann))
            .set(|s| {
                s.name("Ann").posts(|p| {
                    p.create([post::In { title: "three".into() }, post::In { title: "four".into() }])
                        .update(post::by_id(one), |s| s.views(inc(10)).title("ONE"))
                        .update_many(post::views.eq(0), |s| s.views(7))
                        .connect(post::by_id(other.id))
                        .delete(post::by_id(two))
                        .upsert(post::by_id(one), post::In { title: "no".into() }, |s| s.published(true))
                        .upsert(post::by_id(-1), post::In { title: "five".into() }, |s| s.published(true))
                        .delete_many(post::title.eq("four"))
                })
            })
            .with(user::posts.order_by(post::id.asc()).select((post::title, post::views, post::published)))
            .await?;
        assert_eq!(row.name.as_deref(), Some("Ann"));
        let seen: Vec<(&str, i32, bool)> = posts.iter().map(|(t, v, p)| (t.as_str(), *v, *p)).collect();
        assert_eq!(seen, [("ONE", 11, true), ("other", 0, false), ("three", 7, false), ("five", 0, false)]);
        Ok(())
    }

    async fn what_is_not_related_is_not_touched(db) {
        let (ann, bob) = fill(db).await?;
        let one = post_id(db, "one").await?;
        let at = || db.user().update(user::by_id(bob));
        let update = at().set(|s| s.name("x").posts(|p| p.update(post::by_id(one), |s| s.title("stolen")))).await;
        assert_eq!(update.unwrap_err().code(), "P2025");
        let delete = at().set(|s| s.name("x").posts(|p| p.delete(post::by_id(one)))).await;
        let delete = delete.unwrap_err();
        assert_eq!((delete.code(), delete.model(), delete.fields()), ("P2017", Some("User"), &["posts".to_owned()][..]));
        let connect = at().set(|s| s.name("x").posts(|p| p.connect([post::by_id(one), post::by_id(-1)]))).await;
        assert_eq!(connect.unwrap_err().code(), "P2018");
        at().set(|s| s.posts(|p| p.delete_all().update_all(|s| s.title("stolen")))).await?;
        assert_eq!(titles(db, ann).await?, pairs(&[("one", 1), ("two", 2)]));
        assert_eq!(db.user().get(user::by_id(bob)).await?.name, None, "all or nothing");
        Ok(())
    }

    async fn the_row_itself_must_be_there(db) {
        fill(db).await?;
        let one = post_id(db, "one").await?;
        let at = || db.user().update(user::by_id(-1));
        let created = at().set(|s| s.posts(|p| p.create(post::In { title: "x".into() }))).await;
        assert_eq!(created.unwrap_err().code(), "P2025");
        let deleted = at().set(|s| s.posts(|p| p.delete_many(post::id.eq(one)))).await;
        assert_eq!(deleted.unwrap_err().code(), "P2025");
        let deleted = at().set(|s| s.posts(|p| p.delete(post::by_id(one)))).await;
        assert_eq!(deleted.unwrap_err().code(), "P2025");
        let guarded = db.user().update(user::by_email("ann@x").and(user::age.gt(5)));
        let guarded = guarded.set(|s| s.posts(|p| p.delete_all())).await;
        assert_eq!(guarded.unwrap_err().code(), "P2025");
        assert_eq!(db.post().count().await?, 2);
        Ok(())
    }

    async fn optional_lists_are_set_and_let_go(db) {
        let (ann, bob) = fill(db).await?;
        let (one, two) = (post_id(db, "one").await?, post_id(db, "two").await?);
        let three = db.post().create(post::Raw { title: "three".into(), author_id: ann }).await?.id;
        let edited = |user: i32| async move {
            let posts = db.post().find_many().filter(post::editor_id.eq(user)).order_by(post::id.asc());
            posts.select(post::id).await
        };
        let at = || db.user().update(user::by_id(bob));
        at().set(|s| s.edited(|p| p.connect([post::by_id(one), post::by_id(two)]))).await?;
        assert_eq!(edited(bob).await?, [one, two]);
        at().set(|s| s.edited(|p| p.set([post::by_id(two), post::by_id(three)]))).await?;
        assert_eq!(edited(bob).await?, [two, three]);
        at().set(|s| s.edited(|p| p.disconnect([post::by_id(two), post::by_id(one)]))).await?;
        assert_eq!(edited(bob).await?, [three]);
        // Taken from bob; a row of its own relation to ann stays ann's.
        db.user().update(user::by_id(ann)).set(|s| s.edited(|p| p.connect(post::by_id(three)))).await?;
        assert_eq!((edited(ann).await?, edited(bob).await?), (vec![three], vec![]));
        at().set(|s| s.edited(|p| p.set(Vec::<nicol::Unique<post::Model>>::new()))).await?;
        let missing = at().set(|s| s.edited(|p| p.set([post::by_id(one), post::by_id(-4)]))).await;
        assert_eq!(missing.unwrap_err().code(), "P2018");
        assert_eq!(edited(bob).await?, Vec::<i32>::new());
        Ok(())
    }

    async fn many_to_many(db) {
        fill(db).await?;
        let (one, two) = (post_id(db, "one").await?, post_id(db, "two").await?);
        for name in ["blue", "grey", "pink"] {
            db.tag().create(tag::New { name: name.into() }).await?;
        }
        let tags = |post: i32| async move {
            let tags = post::tags.order_by(tag::name.asc()).select(tag::name);
            db.post().get(post::by_id(post)).select(tags).await
        };
        let at = || db.post().update(post::by_id(one));
        at().set(|s| s.tags(|t| t.connect([tag::by_name("blue"), tag::by_name("red")]))).await?;
        at().set(|s| s.tags(|t| t.connect(tag::by_name("blue")))).await?;
        assert_eq!(tags(one).await?, ["blue", "red"]);
        at().set(|s| s.tags(|t| t.set([tag::by_name("grey"), tag::by_name("blue")]))).await?;
        assert_eq!((tags(one).await?, tags(two).await?), (vec!["blue".into(), "grey".into()], vec!["red".to_owned()]));
        let white = tag::by_name("white").or_create(tag::New { name: "white".into() });
        let grey = tag::by_name("grey").or_create(tag::New { name: "grey".into() });
        at().set(|s| s.tags(|t| t.create(tag::New { name: "green".into() }).connect([white, grey]))).await?;
        assert_eq!(tags(one).await?, ["blue", "green", "grey", "white"]);
        at().set(|s| s.tags(|t| t.disconnect([tag::by_name("pink"), tag::by_name("grey")]))).await?;
        at().set(|s| s.tags(|t| t.update(tag::by_name("blue"), |s| s.name("navy")))).await?;
        let foreign = at().set(|s| s.tags(|t| t.update(tag::by_name("red"), |s| s.name("x")))).await;
        assert_eq!(foreign.unwrap_err().code(), "P2025");
        let foreign = at().set(|s| s.tags(|t| t.delete(tag::by_name("red")))).await;
        assert_eq!(foreign.unwrap_err().code(), "P2017");
        let missing = at().set(|s| s.tags(|t| t.connect(tag::by_name("none")))).await;
        assert_eq!(missing.unwrap_err().code(), "P2018");
        at().set(|s| s.tags(|t| t.delete(tag::by_name("white")).delete_many(tag::name.starts_with("gre")))).await?;
        assert_eq!(tags(one).await?, ["navy"]);
        let upsert = |name: &'static str| at().set(move |s| {
            s.tags(|t| t.upsert(tag::by_name(name), tag::New { name: name.into() }, |s| s.name("sea")))
        });
        upsert("navy").await?;
        upsert("sand").await?;
        assert_eq!(tags(one).await?, ["sand", "sea"]);
        at().set(|s| s.tags(|t| t.set(Vec::<nicol::Unique<tag::Model>>::new()))).await?;
        assert_eq!(db.tag().count().filter(tag::posts.exists()).await?, 1);
        assert_eq!(db.tag().count().await?, 5);
        Ok(())
    }

    async fn one_below(db) {
        let (ann, bob) = fill(db).await?;
        let at = || db.user().update(user::by_id(ann));
        let bio = || async { db.profile().find(profile::by_user_id(ann)).select(profile::bio).await };
        let none = at().set(|s| s.profile(|p| p.update(|s| s.bio("x")))).await;
        assert_eq!(none.unwrap_err().code(), "P2025");
        let none = at().set(|s| s.profile(|p| p.delete())).await;
        assert_eq!(none.unwrap_err().code(), "P2025");
        at().set(|s| s.profile(|p| p.upsert(profile::In { bio: "first".into() }, |s| s.bio("no")))).await?;
        at().set(|s| s.profile(|p| p.upsert(profile::In { bio: "no".into() }, |s| s.bio("second")))).await?;
        assert_eq!(bio().await?.as_deref(), Some("second"));
        let other = at().set(|s| s.profile(|p| p.filter(profile::bio.eq("first")).update(|s| s.bio("x")))).await;
        assert_eq!(other.unwrap_err().code(), "P2025");
        let taken = at().set(|s| s.profile(|p| p.create(profile::In { bio: "third".into() }))).await;
        assert_eq!(taken.unwrap_err().code(), "P2014");
        // A profile needs its user: the place is free only after the old one is gone.
        let theirs = db.profile().create(profile::New { bio: "bob's".into(), user: user::by_id(bob).into() }).await?;
        let taken = at().set(|s| s.profile(|p| p.connect(profile::by_id(theirs.id)))).await;
        assert_eq!(taken.unwrap_err().code(), "P2014");
        at().set(|s| s.profile(|p| p.delete().connect(profile::by_id(theirs.id)))).await?;
        assert_eq!(bio().await?.as_deref(), Some("bob's"));
        assert_eq!(db.profile().count().await?, 1);
        Ok(())
    }

    async fn the_parent(db) {
        let (ann, bob) = fill(db).await?;
        let one = post_id(db, "one").await?;
        let at = || db.post().update(post::by_id(one));
        let read = || async {
            let row = (post::author.select(user::email), post::editor.select((user::email, user::name)));
            db.post().get(post::by_id(one)).select(row).await
        };
        at().set(|s| s.author(|a| a.connect(user::by_email("bob@x"))).editor(|e| e.connect(user::by_id(ann)))).await?;
        assert_eq!(read().await?, ("bob@x".to_owned(), Some(("ann@x".to_owned(), None))));
        at().set(|s| s.editor(|e| e.update(|s| s.name("A"))).views(3)).await?;
        assert_eq!(read().await?.1, Some(("ann@x".to_owned(), Some("A".to_owned()))));
        let missing = at().set(|s| s.author(|a| a.connect(user::by_id(-1)))).await;
        assert_eq!(missing.unwrap_err().code(), "P2025");
        at().set(|s| s.editor(|e| e.disconnect())).await?;
        assert_eq!(read().await?.1, None);
        let none = at().set(|s| s.editor(|e| e.update(|s| s.name("B")))).await;
        assert_eq!(none.unwrap_err().code(), "P2025");
        let none = at().set(|s| s.editor(|e| e.delete())).await;
        assert_eq!(none.unwrap_err().code(), "P2025");
        let new = || user::New { email: "new@x".into() };
        at().set(|s| s.editor(|e| e.upsert(new(), |s| s.name("no")))).await?;
        at().set(|s| s.editor(|e| e.upsert(new(), |s| s.name("yes").age(inc(1))))).await?;
        assert_eq!(read().await?.1, Some(("new@x".to_owned(), Some("yes".to_owned()))));
        let elsewhere = at().set(|s| s.editor(|e| e.filter(user::name.eq("zed")).disconnect())).await?;
        assert!(elsewhere.editor_id.is_some());
        at().set(|s| s.editor(|e| e.delete())).await?;
        assert_eq!((read().await?.1, db.user().count().await?), (None, 2));
        let or_create = || user::by_email("late@x").or_create(user::New { email: "late@x".into() }.role(Role::Admin));
        at().set(|s| s.author(|a| a.connect(or_create()))).await?;
        at().set(|s| s.author(|a| a.connect(or_create())).editor(|a| a.create(user::New { email: "e@x".into() }))).await?;
        assert_eq!(read().await?, ("late@x".to_owned(), Some(("e@x".to_owned(), None))));
        assert_eq!((db.user().count().await?, bob > ann), (4, true));
        Ok(())
    }

    async fn to_any_depth(db) {
        let (ann, bob) = fill(db).await?;
        let two = post_id(db, "two").await?;
        db.user()
            .update(user::by_id(ann))
            .set(|s| {
                s.posts(|p| {
                    p.update(post::by_id(two), |s| {
                        s.title("TWO")
                            .tags(|t| t.update(tag::by_name("red"), |s| s.name("rot")))
                            .comments(|c| {
                                c.create([
                                    comment::InPost { text: "first".into(), author: user::by_id(bob).into() },
                                    comment::InPost {
                                        text: "second".into(),
                                        author: user::by_email("cyd@x").or_create(user::New { email: "cyd@x".into() }).into(),
                                    },
                                ])
                            })
                    })
                })
            })
            .await?;
        let deep = db.post().get(post::by_id(two));
        let (title, tags, comments) = deep
            .select((
                post::title,
                post::tags.select(tag::name),
                post::comments.order_by(comment::text.asc()).select((comment::text, comment::author.select(user::email))),
            ))
            .await?;
        assert_eq!((title.as_str(), tags), ("TWO", vec!["rot".to_owned()]));
        assert_eq!(comments, [("first".to_owned(), "bob@x".to_owned()), ("second".to_owned(), "cyd@x".to_owned())]);
        // A failure at the bottom undoes everything.
        let failed = db.user().update(user::by_id(ann)).set(|s| {
            s.name("undone").posts(|p| p.update(post::by_id(two), |s| s.comments(|c| c.delete(comment::by_id("none")))))
        });
        assert_eq!(failed.await.unwrap_err().code(), "P2017");
        assert_eq!(db.user().get(user::by_id(ann)).await?.name, None);
        Ok(())
    }

    async fn of_itself(db) {
        for id in 1..=4 {
            db.node().create(node::New { id }).await?;
        }
        let at = |id: i32| db.node().update(node::by_id(id));
        at(1).set(|s| s.children(|c| c.connect([node::by_id(2), node::by_id(3)]).create(node::New { id: 5 }))).await?;
        at(3).set(|s| s.parent(|p| p.connect(node::by_id(2)))).await?;
        at(1).set(|s| s.likes(|l| l.connect([node::by_id(2), node::by_id(1)])).liked_by(|l| l.connect(node::by_id(4)))).await?;
        let all = db.node().find_many().order_by(node::id.asc());
        let all = all.select((node::parent_id, node::likes.order_by(node::id.asc()).select(node::id))).await?;
        assert_eq!(all, [(None, vec![1, 2]), (Some(1), vec![]), (Some(2), vec![]), (None, vec![1]), (Some(1), vec![])]);
        let moved = at(1).set(|s| s.children(|c| c.update(node::by_id(5), |s| s.id(6)).set([node::by_id(6), node::by_id(4)]))).await?;
        assert_eq!(moved.parent_id, None);
        let children = db.node().get(node::by_id(1)).select(node::children.order_by(node::id.asc()).select(node::id)).await?;
        assert_eq!(children, [4, 6]);
        at(1).set(|s| s.likes(|l| l.disconnect(node::by_id(1)))).await?;
        assert_eq!(db.node().count().filter(node::likes.some(node::id.eq(1))).await?, 1);
        // The row that comes back is as it is after everything, also when its own row is changed through a relation.
        let referred = at(2).set(|s| s.id(20).parent(|p| p.connect(node::by_id(4)))).await;
        assert_eq!(referred.unwrap_err().code(), "P2003", "3 is below 2");
        at(2).set(|s| s.children(|c| c.disconnect(node::by_id(3))).likes(|l| l.set(node::by_id(2)).set(Vec::<nicol::Unique<node::Model>>::new()))).await?;
        let me = at(2).set(|s| s.id(20).parent(|p| p.connect(node::by_id(4)))).await?;
        assert_eq!((me.id, me.parent_id), (20, Some(4)));
        let me = at(20).set(|s| s.parent(|p| p.update(|s| s.children(|c| c.disconnect(node::by_id(20)))))).await?;
        assert_eq!(me.parent_id, None);
        Ok(())
    }

    async fn keys_of_several_columns(db) {
        let seats = [(1, 1, 10), (1, 2, 20)];
        for (hall, number, value) in seats {
            db.seat().create(seat::New { hall, number }.value(value)).await?;
        }
        let make = |hall, number| ticket::New { seat: seat::by_hall_number(hall, number).into() };
        let t = db.ticket().create(make(1, 1)).await?;
        db.seat().update(seat::by_hall_number(1, 2)).set(|s| s.tickets(|t2| t2.connect(ticket::by_id(t.id.as_str())))).await?;
        assert_eq!(db.ticket().get(ticket::by_id(t.id.as_str())).select((ticket::hall, ticket::number)).await?, (1, 2));
        let missing = db.ticket().update(ticket::by_id(t.id.as_str())).set(|s| s.seat(|s| s.connect(seat::by_hall_number(9, 9))));
        assert_eq!(missing.await.unwrap_err().code(), "P2025");
        db.ticket().update(ticket::by_id(t.id.as_str())).set(|s| s.seat(|s| s.connect(seat::by_valued(10, 1)))).await?;
        assert_eq!(db.ticket().get(ticket::by_id(t.id.as_str())).select((ticket::hall, ticket::number)).await?, (1, 1));
        db.ticket().update(ticket::by_id(t.id.as_str())).set(|s| s.seat(|s| s.update(|s| s.value(inc(20))))).await?;
        assert_eq!(db.seat().get(seat::by_valued(30, 1)).select(seat::hall).await?, 1);
        // And without a primary key.
        db.keyless().create(keyless::New { code: "k".into() }.parts([part::New {}, part::New {}])).await?;
        db.keyless().update(keyless::by_code("k")).set(|s| s.code("l").parts(|p| p.create(part::New {}))).await?;
        assert_eq!(db.part().count().filter(part::of.is(keyless::code.eq("l"))).await?, 3);
        Ok(())
    }

    async fn duplicates_can_be_skipped(db) {
        db.keyless().create(keyless::New { code: "k".into() }).await?;
        let rows = || [part::New {}.id(1), part::New {}.id(2)];
        db.keyless().update(keyless::by_code("k")).set(|s| s.parts(|p| p.create(rows()))).await?;
        let twice = db.keyless().update(keyless::by_code("k")).set(|s| s.parts(|p| p.create(rows()))).await;
        assert_eq!(twice.unwrap_err().code(), "P2002");
        let more = [part::New {}.id(2), part::New {}.id(3), part::New {}.id(3), part::New {}.id(4)];
        db.keyless().update(keyless::by_code("k")).set(|s| s.parts(|p| p.create(skip_duplicates(more)))).await?;
        assert_eq!(db.part().find_many().order_by(part::id.asc()).select(part::id).await?, [1, 2, 3, 4]);
        Ok(())
    }

    async fn upserts_with_what_hangs_on_them(db) {
        let upsert = || {
            let new = user::New { email: "u@x".into() }.posts([post::In { title: "made".into() }]);
            db.user().upsert(user::by_email("u@x"), new, |s| {
                s.age(inc(1)).posts(|p| p.create(post::In { title: "more".into() }))
            })
        };
        let (user, posts) = upsert().with(user::posts.order_by(post::id.asc()).select(post::title)).await?;
        assert_eq!((user.age, posts), (0, vec!["made".to_owned()]));
        let (user, posts) = upsert().with(user::posts.order_by(post::id.asc()).select(post::title)).await?;
        assert_eq!((user.age, posts), (1, vec!["made".to_owned(), "more".to_owned()]));
        Ok(())
    }

    async fn a_refused_row_below_is_told_by_its_own_model(db) {
        fill(db).await?;
        let twice = [tag::New { name: "x".into() }, tag::New { name: "red".into() }];
        let refused = db.post().create(post::New { title: "p".into(), author: user::by_email("ann@x").into() }.tags(twice)).await;
        let refused = refused.unwrap_err();
        assert_eq!((refused.code(), refused.model(), refused.fields()), ("P2002", Some("Tag"), &["name".to_owned()][..]));
        let posts = [post::In { title: "a".into() }.id(70), post::In { title: "b".into() }.id(70)];
        let refused = db.user().create(user::New { email: "new@x".into() }.posts(posts)).await.unwrap_err();
        assert_eq!((refused.code(), refused.model(), refused.fields()), ("P2002", Some("Post"), &["id".to_owned()][..]));
        let orphan = [post::In { title: "a".into() }.editor_id(-5)];
        let refused = db.user().create(user::New { email: "new@x".into() }.posts(orphan)).await.unwrap_err();
        assert_eq!((refused.code(), refused.model()), ("P2003", Some("Post")));
        assert_eq!(db.user().count().await?, 2, "all or nothing");
        // Rows of two relations, one of them with a default that the client makes, and one with the database's.
        let new = user::New { email: "new@x".into() }
            .profile(profile::In { bio: "b".into() })
            .posts((post::In { title: "c".into() }.views(3), post::In { title: "d".into() }));
        let made = db.user().create(new).await?;
        assert_eq!(titles(db, made.id).await?, pairs(&[("c", 3), ("d", 0)]));
        assert_eq!(db.profile().get(profile::by_user_id(made.id)).await?.bio, "b");
        Ok(())
    }

    async fn in_a_transaction_only_the_operation_is_undone(db) {
        let (ann, _) = fill(db).await?;
        let count = db.tx().run(async |tx| {
            let failed = tx.user().update(user::by_id(ann)).set(|s| {
                s.posts(|p| p.create(post::In { title: "x".into() }).delete(post::by_id(-1)))
            });
            assert_eq!(failed.await.unwrap_err().code(), "P2017");
            tx.user().update(user::by_id(ann)).set(|s| s.posts(|p| p.create(post::In { title: "y".into() }))).await?;
            tx.post().count().await
        });
        assert_eq!(count.await?, 3);
        Ok(())
    }
}

/// What a type can, as constants: an inherent one where the bound holds, else that of the trait.
struct Can<T>(std::marker::PhantomData<T>);

#[allow(dead_code, reason = "asked for where the bound does not hold")]
trait Cannot {
    const CHANGE: bool = false;
    const CONNECT: bool = false;
    const DISCONNECT: bool = false;
    const DELETE: bool = false;
}
impl<T> Cannot for Can<T> {}
impl<T: nicol::Changeable> Can<T> {
    const CHANGE: bool = true;
}
impl<T: nicol::edit::Attach> Can<T> {
    const CONNECT: bool = true;
}
impl<T: nicol::edit::Detach> Can<T> {
    const DISCONNECT: bool = true;
}
impl<T: nicol::edit::Remove> Can<T> {
    const DELETE: bool = true;
}

/// The bounds of the methods that write through relations: what is false here does not compile.
#[test]
fn what_does_not_compile() {
    use nicol::{Fixed, Free, Held, Needed};
    assert_eq!((Can::<user::Model>::CHANGE, Can::<super::db::entry::Model>::CHANGE), (true, false));
    assert_eq!([Can::<Free>::CONNECT, Can::<Free>::DISCONNECT, Can::<Free>::DELETE], [true, true, true]);
    assert_eq!([Can::<Held>::CONNECT, Can::<Held>::DISCONNECT, Can::<Held>::DELETE], [true, false, true]);
    assert_eq!([Can::<Needed>::CONNECT, Can::<Needed>::DISCONNECT, Can::<Needed>::DELETE], [true, false, false]);
    assert_eq!([Can::<Fixed>::CONNECT, Can::<Fixed>::DISCONNECT], [false, false]);
}

/// Several requests at a time for rows that are not there: each gets the row, one creates it.
pub(crate) const RACES: &[(&str, Case)] = &[("races", |runtime, db| {
    runtime.block_on(async {
        for round in 0..5 {
            let name = || format!("tag{round}");
            let tasks: Vec<_> = (0..4)
                .map(|n| {
                    let (db, name) = (db.clone(), name());
                    tokio::spawn(async move {
                        let author = user::by_email("race@x").or_create(user::New { email: "race@x".into() });
                        let tags = tag::by_name(name.as_str()).or_create(tag::New { name });
                        let new = post::New { title: format!("p{n}"), author: author.into() }.tags(tags);
                        db.post().create(new).await
                    })
                })
                .collect();
            for task in tasks {
                task.await.expect("a task")?;
            }
            assert_eq!(db.tag().get(tag::by_name(name())).select(tag::posts.count()).await?, 4);
        }
        let upserts: Vec<_> = (0..5)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let new = user::New { email: "up@x".into() };
                    db.user().upsert(user::by_email("up@x"), new, |s| s.age(inc(1))).await
                })
            })
            .collect();
        let mut ages = Vec::new();
        for task in upserts {
            ages.push(task.await.expect("a task")?.age);
        }
        ages.sort_unstable();
        assert_eq!(ages, [0, 1, 2, 3, 4]);
        Ok(())
    })
})];
