//! Where values, lists, filters and failures are at their edges.

use nicol::types::{DateTime, Decimal, Json};
use nicol::{Filter, div, inc, mul};

use super::cases::{Case, Result, cases};
use super::db::{Db, node, post, price, sale, scalars, seat, tag, user};

fn new(email: &str) -> user::New {
    user::New { email: email.into() }
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// A tag that a post gets, created where it is not there.
fn red() -> nicol::OrCreate<tag::New> {
    tag::by_name("red").or_create(tag::New { name: "red".into() })
}

cases! {
    async fn a_batch_tells_its_first_error(db) {
        let ann = db.user().create(new("ann").posts([post::In { title: "t".into() }])).await?.id;
        db.user().create(new("bob")).await?;
        let one = db.post().get_first().select(post::id).await?;
        // What looks again or tries again by itself does not hide why.
        let author = db.post().update(post::by_id(one)).set(|s| s.author(|a| a.connect(user::by_id(-1))));
        let missing = db.batch((db.user().count(), author)).await.unwrap_err();
        assert_eq!((missing.code(), missing.model()), ("P2025", Some("Post")));
        let taken = db.user().create(new("ann").posts([post::In { title: "x".into() }.tags([red()])]));
        let taken = db.batch((db.user().count(), taken)).await.unwrap_err();
        assert_eq!((taken.code(), taken.fields()), ("P2002", &["email".to_owned()][..]));
        let taken = db.user().update(user::by_id(ann)).set(|s| {
            s.email("bob").posts(|p| p.upsert(post::by_id(-5), post::In { title: "q".into() }, |s| s.views(1)))
        });
        let taken = db.batch((db.user().count(), taken)).await.unwrap_err();
        assert_eq!((taken.code(), taken.fields()), ("P2002", &["email".to_owned()][..]));
        assert_eq!((db.user().count().await?, db.post().count().await?, db.tag().count().await?), (2, 1, 0));
        Ok(())
    }

    async fn a_refused_operation_leaves_no_savepoint(db) {
        let transaction = db.tx().run(async |tx| {
            for _ in 0..3 {
                let refused = tx.user().create(new("a").posts([post::In { title: "x".into() }.editor(user::by_id(-1))]));
                refused.await.unwrap_err();
            }
            let left = tx.sql("ROLLBACK TO SAVEPOINT nicol_operation").execute().await;
            Ok::<_, nicol::Error>(left.is_err())
        });
        // On PostgreSQL the wrong name is the end of the transaction.
        match transaction.await {
            Ok(is_gone) => assert!(is_gone),
            Err(error) => assert_eq!(error.code(), "P2028"),
        }
        assert_eq!(db.user().count().await?, 0);
        Ok(())
    }

    async fn decimals_that_are_no_floats(db) {
        if db.dialect() == nicol::Dialect::Sqlite {
            return Ok(()); // It has floats only.
        }
        db.price().delete_all().await?;
        let at: DateTime = "2026-11-21T02:21:46.075Z".parse().expect("an instant");
        // The same float, all three.
        let amounts = ["12345678901234567890.000000000000000001", "12345678901234567890.000000000000000002", "12345678901234567891"];
        for (id, amount) in (0..).zip(amounts) {
            db.price().create(price::New { at, amount: decimal(amount) }.note(amount).sales([sale::In { id }])).await?;
        }
        let first = decimal(amounts[0]);
        let long = || (0..20_000).map(Decimal::from).chain([first.clone()]);
        let filters = [
            (price::amount.eq(first.clone()), 1),
            (price::amount.ne(first.clone()), 2),
            (price::amount.gt(first.clone()), 2),
            (price::amount.in_([first.clone()]), 1),
            (price::amount.in_([first.clone(), Decimal::from(5), Decimal::from(7)]), 1),
            (price::amount.not_in([first.clone(), Decimal::from(5)]), 2),
            (price::amount.in_(long()), 1),
            (price::amount.not_in(long()), 2),
        ];
        for (filter, count) in filters {
            assert_eq!(db.price().count().filter(filter.clone()).await?, count, "{filter:?}");
        }
        let below = db.price().find_many().order_by(price::note.asc()).select((price::note, price::sales.select(sale::id)));
        let below: Vec<(Option<String>, Vec<i64>)> = below.await?;
        let expected = (0..).zip(amounts).map(|(id, amount)| (Some(amount.to_owned()), vec![id])).collect::<Vec<_>>();
        assert_eq!(below, expected);
        let above = db.sale().find_many().order_by(sale::id.asc()).select(sale::price.select(price::note)).await?;
        assert_eq!(above, amounts.map(|amount| Some(amount.to_owned())));
        assert_eq!(db.price().update_many(price::amount.in_([first.clone(), Decimal::from(5)])).set(|s| s.note("x")).await?, 1);
        assert_eq!(db.sale().delete_many(sale::amount.in_([first.clone(), Decimal::from(5)])).await?, 1);
        // Calculated with, and calculations compared.
        let row = db.scalars().create(scalars::New {}.decimal(first)).await?;
        let at = || db.scalars().update(scalars::by_id(row.id.as_str()));
        at().set(|s| s.decimal(inc(decimal("0.000000000000000001")))).await?;
        at().set(|s| s.decimal(mul(decimal("2")))).await?;
        let row = at().set(|s| s.decimal(div(decimal("2")))).await?;
        assert_eq!(row.decimal, Some(decimal(amounts[1])));
        for (sum, count) in [(amounts[0], 0), (amounts[1], 1)] {
            let groups = db.scalars().group_by(scalars::role).select((scalars::role, nicol::count()));
            assert_eq!(groups.having(scalars::decimal.sum().eq(decimal(sum))).await?.len(), count, "{sum}");
        }
        Ok(())
    }

    async fn what_cannot_be_read_again_is_not_written(db) {
        let deep = (0..128).fold(Json::Null, |inner, _| Json::Array(vec![inner]));
        let bce: DateTime = "-000044-03-15T12:00:00Z".parse().expect("an instant");
        let mut rows = vec![
            (scalars::New {}.json(deep), "P2007"),
            (scalars::New {}.decimal(decimal("1e1000000000")), "P2020"),
            (scalars::New {}.decimal(decimal("1e-1000000000")), "P2020"),
        ];
        if matches!(db.dialect(), nicol::Dialect::Sqlite | nicol::Dialect::Mysql | nicol::Dialect::Mariadb) {
            rows.push((scalars::New {}.moment(bce), "P2020"));
            rows.push((scalars::New {}.float(f64::NAN), "P2020"));
        }
        for (row, code) in rows {
            assert_eq!(db.scalars().create(row).await.unwrap_err().code(), code);
        }
        assert_eq!(db.scalars().count().await?, 0);
        // 0 stands for the next number there.
        if db.dialect().is_mysql_family() {
            assert_eq!(db.user().create(new("zero").id(0)).await.unwrap_err().code(), "P2019");
            assert_eq!(db.user().create_many([new("a").id(7), new("b").id(0)]).await.unwrap_err().code(), "P2019");
            assert_eq!(db.user().upsert(user::by_id(0), new("b").id(0), |s| s.age(1)).await.unwrap_err().code(), "P2019");
            assert_eq!(db.user().count().await?, 0);
        } else {
            assert_eq!(db.user().create(new("zero").id(0)).await?.id, 0);
        }
        Ok(())
    }

    async fn texts_at_their_edges(db) {
        for text in ["a\0b", "\u{feff}x", "a'\"\\%_!", "", "%", "\u{202e}b"] {
            db.user().delete_all().await?;
            let made = match db.user().create(new(text)).await {
                Ok(made) => made,
                // PostgreSQL has no such character.
                Err(error) => {
                    assert!(text.contains('\0') && error.code() == "P2039", "{text:?}: {error}");
                    continue;
                }
            };
            assert_eq!(made.email, text);
            db.user().create(new("other")).await?;
            db.user().create(new("x%y_z!")).await?;
            assert_eq!(db.user().find(user::by_email(text)).await?, Some(made), "{text:?}");
            for filter in [user::email.in_([text, "none"]), user::email.eq(text), user::email.insensitive().eq(text)] {
                assert_eq!(db.user().count().filter(filter.clone()).await?, 1, "{text:?} {filter:?}");
            }
            let holding = [text, "other", "x%y_z!"].iter().filter(|other| other.contains(text)).count();
            match db.user().count().filter(user::email.contains(text)).await {
                Ok(count) => assert_eq!(usize::try_from(count).ok(), Some(holding), "{text:?}"),
                // SQLite's patterns end there.
                Err(error) => assert!(text.contains('\0') && error.code() == "P2019", "{text:?}: {error}"),
            }
        }
        Ok(())
    }

    async fn numbers_of_rows_at_their_edges(db) {
        for name in ["a", "b", "c"] {
            db.user().create(new(name).posts([post::In { title: name.into() }])).await?;
        }
        let all = || db.user().find_many();
        for take in [i64::MAX, i64::MIN, 3, -3] {
            assert_eq!(all().take(take).await?.len(), 3, "{take}");
            assert_eq!(all().take(take).skip(u64::MAX).await?.len(), 0, "{take}");
            let below = all().with(user::posts.take(take)).await?;
            assert!(below.iter().all(|(_, posts)| posts.len() == 1), "{take}");
            let below = all().with(user::posts.take(take).skip(u64::MAX)).await?;
            assert!(below.iter().all(|(_, posts)| posts.is_empty()), "{take}");
        }
        assert_eq!(all().take(0).await?.len() + all().skip(u64::MAX).await?.len(), 0);
        let groups = db.user().group_by(user::age).select((user::age, nicol::count())).order_by(user::age.asc());
        assert_eq!(groups.take(u64::MAX).await?, [(0, 3)]);
        assert_eq!(db.user().delete_many(user::age.eq(0)).limit(0).await?, 0);
        assert_eq!(db.user().delete_many(user::age.eq(0)).limit(u64::MAX).await?, 3);
        assert_eq!(db.seat().create_many(Vec::<seat::New>::new()).await?, 0);
        let same = || (0..3).map(|_| seat::New { hall: 1, number: 2 });
        let error = db.seat().create_many(same()).await.unwrap_err();
        assert_eq!((error.code(), error.fields()), ("P2002", &["hall".to_owned(), "number".to_owned()][..]));
        assert_eq!(db.seat().create_many(same()).skip_duplicates().await?, 1);
        assert_eq!(db.seat().create_many((0..70_000).map(|number| seat::New { hall: 9, number })).await?, 70_000);
        Ok(())
    }

    async fn filters_as_wide_as_they_may_be(db) {
        db.user().create(new("a")).await?;
        let any = |count: i32| Filter::any((0..count).map(|age| user::age.eq(age)));
        let none = |count: i32| Filter::all((0..count).map(|age| user::age.ne(age)));
        for count in [60, 70, 1000, 3000] {
            assert_eq!(db.user().count().filter(any(count)).await?, 1, "{count}");
            assert_eq!(db.user().count().filter(none(count)).await?, 0, "{count}");
            assert_eq!(db.user().count().filter(!any(count) | !none(count)).await?, 1, "{count}");
        }
        let error = db.user().count().filter(any(70_000)).await.unwrap_err();
        assert!(matches!(error.code(), "P2029" | "P2019"), "{error}");
        Ok(())
    }

    async fn filters_as_deep_as_they_may_be(db) {
        db.user().create(new("a")).await?;
        db.node().create(node::New { id: 1 }).await?;
        for (levels, is_taken) in [(100, true), (240, true), (10_000, false)] {
            let nots = (0..levels).fold(user::age.eq(0), |filter, _| !filter);
            let turns = (0..levels).fold(user::age.eq(0), |filter, _| (filter & user::age.ne(1)) | user::age.eq(2));
            for filter in [nots, turns] {
                match db.user().count().filter(filter).await {
                    Ok(count) => assert!(is_taken && count == 1, "{levels}"),
                    Err(error) => assert!(!is_taken && error.code() == "P2019", "{levels}: {error}"),
                }
            }
            let parents = (0..levels).fold(node::id.gt(0), |filter, _| node::parent.is(filter));
            match db.node().count().filter(parents).await {
                Ok(count) => assert_eq!(count, 0),
                // Databases have limits of their own for so many subqueries.
                Err(error) => assert!(matches!(error.code(), "P2019" | "P2039"), "{levels}: {error}"),
            }
        }
        assert_eq!(db.user().count().await?, 1);
        Ok(())
    }
}
