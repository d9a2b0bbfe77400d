//! Many rows at once: created, changed, deleted.

use std::collections::HashSet;

use nicol::{inc, mul};

use super::cases::{Case, Result, cases};
use super::db::{Db, Role, entry, ledger, part, post, profile, scalars, seat, tag, user};

cases! {
    async fn rows_are_created_in_their_order(db) {
        let emails = |n: i32| format!("u{n:05}@x");
        let count = db.user().create_many((0..3).map(|n| user::New { email: emails(n) })).await?;
        assert_eq!((count, db.user().count().await?), (3, 3));
        assert_eq!(db.user().create_many(Vec::<user::New>::new()).await?, 0);
        let ids = db.user().create_many((3..2003).map(|n| user::New { email: emails(n) })).returning().select((user::id, user::email)).await?;
        assert_eq!(ids.len(), 2000);
        let found = db.user().find_many().filter(user::id.gte(ids[0].0)).order_by(user::email.asc()).select((user::id, user::email)).await?;
        assert_eq!(ids, found, "the input's order");
        let (first, posts) = db
            .user()
            .create_many([user::New { email: "rel@x".into() }.posts([post::In { title: "p".into() }])])
            .returning()
            .with(user::posts.select(post::title))
            .await?
            .remove(0);
        assert_eq!((first.email.as_str(), posts), ("rel@x", vec!["p".to_owned()]));
        let by_key = |n| post::Raw { title: format!("raw{n}"), author_id: first.id };
        assert_eq!(db.post().create_many((0..5).map(by_key)).await?, 5);
        let connected = [post::New { title: "c".into(), author: user::by_email("rel@x").into() }];
        let connected = db.post().create_many(connected).returning().with(post::author.select(user::email)).await?;
        assert_eq!(connected[0].1, "rel@x");
        Ok(())
    }

    async fn each_row_has_its_own_defaults(db) {
        let rows = db.scalars().create_many((0..40).map(|_| scalars::New {})).returning().await?;
        let distinct: HashSet<&str> = rows.iter().map(|row| row.cuid.as_str()).collect();
        assert_eq!(distinct.len(), 40);
        assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<HashSet<_>>().len(), 40);
        assert!(rows.iter().all(|row| row.first == rows[0].first && row.touched == rows[0].first), "one moment");
        Ok(())
    }

    async fn rows_may_give_different_columns(db) {
        let rows: Vec<user::Draft<user::New>> = vec![
            user::New { email: "a@x".into() }.into(),
            user::New { email: "b@x".into() }.age(5).name("B"),
            user::New { email: "c@x".into() }.name(None).role(Role::Admin),
            user::New { email: "d@x".into() }.age(7),
        ];
        let made = db.user().create_many(rows).returning().select((user::email, user::age, user::role)).await?;
        let expected = [("a@x", 0, Role::User), ("b@x", 5, Role::User), ("c@x", 0, Role::Admin), ("d@x", 7, Role::User)];
        assert_eq!(made, expected.map(|(email, age, role)| (email.to_owned(), age, role)));
        Ok(())
    }

    async fn rows_that_give_nothing(db) {
        assert_eq!(db.part().create_many((0..3).map(|_| part::New {})).await?, 3);
        assert_eq!(db.part().create_many((0..20).map(|_| part::New {})).returning().await?.len(), 20);
        assert_eq!(db.part().count().await?, 23);
        Ok(())
    }

    async fn duplicates(db) {
        let new = |email: &str| user::New { email: email.into() };
        db.user().create(new("b@x")).await?;
        let refused = db.user().create_many([new("a@x"), new("b@x"), new("c@x")]).await;
        assert_eq!(refused.unwrap_err().code(), "P2002");
        assert_eq!(db.user().count().await?, 1, "all or none");
        let count = db.user().create_many([new("a@x"), new("b@x"), new("c@x"), new("a@x")]).skip_duplicates().await?;
        assert_eq!((count, db.user().count().await?), (2, 3));
        let rows = db.user().create_many([new("c@x"), new("d@x"), new("e@x")]).skip_duplicates().returning();
        assert_eq!(rows.select(user::email).await?, ["d@x", "e@x"]);
        // Rows of different columns, which MySQL takes in several statements: the first has no duplicate.
        let mixed = [new("f@x").into(), new("g@x").age(1), new("a@x").age(2)];
        let rows = db.user().create_many(mixed).skip_duplicates().returning();
        assert_eq!(rows.select((user::email, user::age)).await?, [("f@x".to_owned(), 0), ("g@x".to_owned(), 1)]);
        let mixed = [new("h@x").into(), new("i@x").age(1), new("a@x").age(2)];
        assert_eq!(db.user().create_many(mixed).skip_duplicates().await?, 2);
        let none = db.user().create_many([new("a@x")]).skip_duplicates().returning().await?;
        assert!(none.is_empty());
        // Nothing but duplicates is skipped.
        let orphan = [post::Raw { title: "x".into(), author_id: -1 }];
        assert_eq!(db.post().create_many(orphan).skip_duplicates().await.unwrap_err().code(), "P2003");
        let many = (0..300).map(|n| if n % 7 == 0 { new("a@x") } else { new(&format!("n{n}@x")) });
        assert_eq!(db.user().create_many(many).skip_duplicates().await?, 257);
        Ok(())
    }

    async fn many_rows_are_all_or_none(db) {
        // What the client gives beside the address makes more than one statement of them where each value is a parameter.
        let rows = (0..10_000).map(|n| user::New { email: format!("u{}@x", n % 9_999) });
        assert_eq!(db.user().create_many(rows).await.unwrap_err().code(), "P2002");
        assert_eq!(db.user().count().await?, 0);
        let rows = (0..60_000).map(|n| tag::New { name: (n % 59_999).to_string() });
        assert_eq!(db.tag().create_many(rows).await.unwrap_err().code(), "P2002");
        assert_eq!(db.tag().count().await?, 0);
        Ok(())
    }

    async fn changed_rows_come_back(db) {
        let made = db.user().create_many((0..4).map(|n| user::New { email: format!("{n}@x") }.age(n))).returning().await?;
        let changed = db.user().update_many(user::age.gte(2)).set(|s| s.age(mul(10))).returning();
        let mut changed = changed.select((user::email, user::age, user::posts.count())).await?;
        changed.sort();
        assert_eq!(changed, [("2@x".to_owned(), 20, 0), ("3@x".to_owned(), 30, 0)]);
        let with = db.user().update_many(user::age.eq(1)).set(|s| s.name("one")).returning().with(user::posts).await?;
        assert_eq!((with.len(), with[0].0.name.as_deref(), with[0].0.id), (1, Some("one"), made[1].id));
        assert!(with[0].0.updated_at >= made[1].updated_at);
        let none = db.user().update_many(user::age.eq(99)).set(|s| s.name("x")).returning().await?;
        assert!(none.is_empty());
        let moved = db.tag().create_many([tag::New { name: "a".into() }, tag::New { name: "b".into() }]).await?;
        assert_eq!(moved, 2);
        let moved = db.tag().update_many(tag::name.eq("a")).set(|s| s.name("c")).returning().select(tag::name).await?;
        assert_eq!(moved, ["c"]);
        Ok(())
    }

    async fn limits(db) {
        db.user().create_many((0..5).map(|n| user::New { email: format!("{n}@x") })).await?;
        assert_eq!(db.user().update_many(user::age.eq(0)).set(|s| s.age(inc(1))).limit(2).await?, 2);
        assert_eq!(db.user().count().filter(user::age.eq(1)).await?, 2);
        assert_eq!(db.user().update_all().set(|s| s.age(inc(1))).limit(0).await?, 0);
        let some = db.user().update_many(user::posts.is_empty()).set(|s| s.age(9)).limit(1).returning().await?;
        assert_eq!((some.len(), some[0].age), (1, 9));
        assert_eq!(db.user().delete_many(user::age.lt(9)).limit(3).await?, 3);
        assert_eq!(db.user().delete_all().limit(1).await?, 1);
        assert_eq!(db.user().count().await?, 1);
        for (hall, number) in [(1, 1), (1, 2), (2, 1)] {
            db.seat().create(seat::New { hall, number }).await?;
        }
        assert_eq!(db.seat().update_many(seat::hall.eq(1)).set(|s| s.value(4)).limit(1).await?, 1);
        assert_eq!(db.seat().delete_all().limit(2).await?, 2);
        Ok(())
    }

    async fn upserts_in_one_statement_or_two(db) {
        let upsert = |email: &'static str| db.user().upsert(user::by_email(email), user::New { email: email.into() }, |s| s.age(inc(1)));
        assert_eq!(upsert("a@x").await?.age, 0);
        assert_eq!(upsert("a@x").with(user::posts).await?.0.age, 1);
        assert_eq!(upsert("b@x").with(user::posts.select(post::title)).await?.0.age, 0);
        // Another unique key in the way is an error, not a change of another row.
        let profile = |id: i32, user: i32, bio: &'static str| {
            let new = profile::Raw { bio: bio.into(), user_id: user }.id(id);
            db.profile().upsert(profile::by_id(id), new, move |s| s.bio(bio))
        };
        let (a, b) = (upsert("a@x").await?.id, upsert("b@x").await?.id);
        profile(1, a, "first").await?;
        assert_eq!(profile(2, a, "second").await.unwrap_err().code(), "P2002");
        assert_eq!(db.profile().get(profile::by_id(1)).await?.bio, "first");
        profile(2, b, "second").await?;
        // An empty change leaves the row as it is, a key that differs from the new row's is looked for as it says.
        let same = db.user().upsert(user::by_email("a@x"), user::New { email: "a@x".into() }, |s| s).await?;
        assert_eq!((same.id, same.age), (a, 2));
        let other = db.user().upsert(user::by_email("none@x"), user::New { email: "other@x".into() }, |s| s).await?;
        assert_eq!(other.email, "other@x");
        let guarded = db.user().upsert(user::by_email("a@x").and(user::age.gt(50)), user::New { email: "a@x".into() }, |s| s.age(0));
        assert!(guarded.await.is_err(), "the row is there but does not fulfil the filter");
        let part = db.part().upsert(part::by_id(7), part::New {}.id(7), |s| s.code(None)).await?;
        assert_eq!(part.id, 7);
        Ok(())
    }

    async fn append_only(db) {
        // Changing such rows does not compile, see the compile-fail tests; the database refuses it too.
        let made = db.ledger().create(ledger::New { name: "cash".into() }.entries(entry::In { amount: 5 })).await?;
        db.ledger().update(ledger::by_id(made.id)).set(|s| s.entries(|e| e.create([entry::In { amount: 6 }]))).await?;
        db.entry().create(entry::Raw { amount: 7, ledger_id: made.id }).await?;
        let amounts = db.entry().find_many().order_by(entry::amount.asc()).select(entry::amount).await?;
        assert_eq!(amounts, [5, 6, 7]);
        let refused = db.sql("UPDATE entries SET amount = 1").execute().await;
        assert!(refused.is_err());
        Ok(())
    }
}
