//! Instants, of which columns keep more or less.

use nicol::Filter;
use nicol::types::{DateTime, Decimal};

use super::cases::{Case, Result, cases};
use super::db::{Db, Moments, moments, price, sale};
use super::more::KEPT;

/// More digits than any column keeps, and over the half of every unit: rounded, it would lie in the future.
fn instant() -> DateTime {
    "2026-11-21T02:21:46.987654987Z".parse().expect("an instant")
}

fn texts(row: &Moments) -> [String; 6] {
    let values = [row.plain, row.fine, row.coarse, row.bare, row.day, row.time];
    values.map(|value| value.map_or_else(String::new, |value| value.to_string()))
}

cases! {
    async fn what_was_written_is_equal_to_what_is_read(db) {
        db.moments().delete_all().await?;
        let at = instant();
        let whole = |id| moments::New { id }.plain(at).fine(at).coarse(at).bare(at).day(at).time(at);
        let made = db.moments().create(whole(1)).await?;
        assert_eq!(texts(&made), KEPT);
        db.moments().create_many([whole(2), whole(3)]).await?;
        db.moments().create(moments::New { id: 4 }).await?;
        let update = db.moments().update(moments::by_id(4));
        update.set(|s| s.plain(at).fine(at).coarse(at).bare(at).day(at).time(at)).await?;
        db.moments().upsert(moments::by_id(5), whole(5), |s| s).await?;
        for row in db.moments().find_many().await? {
            assert_eq!(texts(&row), KEPT, "row {}", row.id);
            assert_eq!(db.moments().count().filter(moments::plain.eq(row.plain.expect("a value"))).await?, 5);
        }
        let columns = [moments::plain, moments::fine, moments::coarse, moments::bare, moments::day, moments::time];
        for (column, kept) in columns.into_iter().zip(KEPT) {
            let count = |filter: Filter<moments::Model>| async move { db.moments().count().filter(filter).await };
            for filter in [column.eq(at), column.in_([at]), column.lte(at), column.gte(at), !column.ne(at), !column.gt(at)] {
                assert_eq!(count(filter.clone()).await?, 5, "{kept}: {filter:?}");
            }
            for filter in [column.ne(at), column.not_in([at]), column.lt(at), column.gt(at)] {
                assert_eq!(count(filter.clone()).await?, 0, "{kept}: {filter:?}");
            }
            let groups = db.moments().group_by(column).select((column, nicol::count()));
            assert_eq!(groups.having(column.max().eq(at) & column.min().gte(at)).await?.len(), 1, "{kept}");
        }
        Ok(())
    }

    async fn now_is_never_later_than_now(db) {
        db.moments().delete_all().await?;
        for id in 0..20 {
            let made = db.moments().create(moments::New { id }.plain(DateTime::now()).coarse(DateTime::now())).await?;
            let read = db.moments().get(moments::by_id(id).and(moments::plain.lte(DateTime::now()))).await?;
            assert_eq!(made, read);
            let values = [made.plain, made.coarse, Some(made.made), Some(made.touched)];
            assert!(values.into_iter().flatten().all(|value| value <= DateTime::now()), "{made:?}");
            let touched = db.moments().update(moments::by_id(id)).set(|s| s.fine(DateTime::now())).await?;
            assert!(touched.touched <= DateTime::now() && touched.fine <= Some(DateTime::now()), "{touched:?}");
        }
        Ok(())
    }

    async fn instants_in_keys_find_their_rows(db) {
        db.price().delete_all().await?;
        let (at, amount) = (instant(), Decimal::from(3));
        let new = || price::New { at, amount: amount.clone() };
        let made = db.price().create(new().sales([sale::In { id: 1 }])).await?;
        assert_eq!(db.price().find(price::by_at_amount(at, amount.clone())).await?, Some(made.clone()));
        let by_key = sale::New { id: 2, price: price::by_at_amount(at, amount.clone()).or_create(new()).into() };
        let (sold, price) = db.sale().create(by_key).with(sale::price).await?;
        assert_eq!((sold.at, &price), (made.at, &made));
        let raw = sale::Raw { id: 3, at, amount: amount.clone() };
        assert_eq!(db.sale().create(raw).with(sale::price).await?.1, made);
        let again = db.price().upsert(price::by_at_amount(at, amount.clone()), price::New { at, amount }, |s| s.note("again"));
        let (again, sales) = again.with(price::sales).await?;
        assert_eq!((again.note.as_deref(), sales.len(), db.price().count().await?), (Some("again"), 3, 1));
        Ok(())
    }
}
