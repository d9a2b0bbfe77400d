//! Futures given up at every await of every operation: what they wrote is there as a whole or not at all, and no connection
//! goes back to its pool in the middle of something.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use nicol::Options;
use nicol::types::DateTime;

use super::cases::Result;
use super::db::{Db, post, tag, user};

type Work = Pin<Box<dyn Future<Output = Result> + Send>>;

/// An operation on a database; `name` is the e-mail address of the users that it writes.
type Operation = fn(db: Db, name: String) -> Work;

fn family(name: &str) -> user::Draft<user::New> {
    let posts = ["a", "b"].map(|title| post::In { title: title.into() }.tags([tag::by_name("red")]));
    user::New { email: name.into() }.posts(posts)
}

fn single(name: &str) -> user::New {
    user::New { email: name.into() }
}

macro_rules! operations {
    ($($name:ident: $writes:literal |$db:ident, $who:ident| $body:expr;)*) => {
        /// Each with the number of rows of `User` that it leaves when it comes to its end.
        const OPERATIONS: &[(&str, i64, Operation)] = &[$((stringify!($name), $writes, |$db, $who| Box::pin(async move {
            $body;
            Ok(())
        }))),*];
    };
}

operations! {
    find: 0 |db, _who| db.user().find(user::by_id(1)).await?;
    related: 0 |db, _who| db.user().find_many().with(user::posts.with(post::tags)).with(user::profile).take(3).await?;
    consistent: 0 |db, _who| db.user().find_many().with(user::posts.with(post::tags)).take(3).consistent().await?;
    stream: 0 |db, _who| {
        let mut rows = db.user().find_many().stream();
        while rows.next().await?.is_some() {}
    };
    count: 0 |db, _who| db.user().count().await?;
    sql: 0 |db, _who| db.sql("SELECT 1").all::<(i64,)>().await?;
    create: 1 |db, who| db.user().create(single(&who)).await?;
    create_nested: 1 |db, who| db.user().create(family(&who)).with(user::posts).await?;
    upsert: 1 |db, who| db.user().upsert(user::by_email(who.as_str()), single(&who), |s| s.age(1)).await?;
    upsert_related: 1 |db, who| {
        db.user().upsert(user::by_email(who.as_str()), single(&who), |s| s.age(1)).with(user::posts).await?
    };
    batch: 1 |db, who| db.batch((db.user().create(single(&who)), db.user().count(), db.post().count())).await?;
    batch_nested: 2 |db, who| {
        db.batch((db.user().create(family(&who)), db.user().create(single(&format!("{who}!"))), db.user().count())).await?
    };
    transaction: 2 |db, who| {
        db.tx().run(async |tx| {
            tx.user().create(single(&who)).await?;
            tx.user().find_many().with(user::posts).take(2).await?;
            tx.user().create(single(&format!("{who}!"))).await
        }).await?
    };
    nested_transaction: 2 |db, who| {
        db.tx().run(async |tx| {
            tx.user().create(family(&who)).await?;
            tx.tx().run(async |inner| inner.user().create(single(&format!("{who}!"))).await).await
        }).await?
    };
    serializable: 1 |db, who| db.tx().serializable().retry(2).run(async |tx| tx.user().create(single(&who)).await).await?;
    update: 0 |db, _who| db.user().update(user::by_email("old")).set(|s| s.age(nicol::inc(1))).await?;
    update_related: 0 |db, _who| {
        db.user().update(user::by_email("old")).set(|s| s.age(nicol::inc(1)).created_at(DateTime::now())).with(user::posts).await?
    };
    update_nested: 0 |db, _who| {
        db.user().update(user::by_email("old")).set(|s| s.posts(|posts| posts.update_all(|s| s.views(1)))).await?
    };
    summaries: 0 |db, _who| {
        db.user().aggregate((nicol::count(), user::age.sum())).await?;
        db.user().group_by(user::age).select((user::age, nicol::count())).await?
    };
    create_many: 2 |db, who| db.user().create_many([single(&who), single(&format!("{who}!"))]).await?;
    create_many_returning: 2 |db, who| db.user().create_many([single(&who), single(&format!("{who}!"))]).returning().await?;
    create_many_skipping: 2 |db, who| {
        db.user().create_many([single(&who), single(&who), single(&format!("{who}!"))]).skip_duplicates().await?
    };
    create_many_nested: 2 |db, who| db.user().create_many([family(&who), family(&format!("{who}!"))]).returning().await?;
    or_create: 1 |db, who| {
        let tag = |name: &str| tag::by_name(name).or_create(tag::New { name: name.into() });
        let posts = ["a", "b"].map(|title| post::In { title: title.into() }.tags([tag(title), tag(&who), tag("red")]));
        db.user().create(user::New { email: who.clone() }.posts(posts)).await?
    };
    update_many: 0 |db, _who| {
        db.user().update_many(user::email.eq("old")).set(|s| s.age(nicol::inc(1))).await?;
        db.user().update_many(user::email.eq("old")).set(|s| s.age(nicol::inc(1))).returning().await?
    };
    upsert_nested: 1 |db, who| {
        db.user().upsert(user::by_email(who.as_str()), family(&who), |s| s.age(1)).await?;
        db.user().upsert(user::by_email(who.as_str()), single(&who), |s| s.posts(|p| p.update_all(|s| s.views(1)))).await?
    };
    links: 0 |db, _who| {
        let id = db.post().get_first().filter(post::author.is(user::email.eq("old"))).select(post::id).await?;
        let red = || tag::by_name("red");
        let tags = db.post().update(post::by_id(id)).set(|s| s.tags(|t| t.set([red()]).disconnect(red()).connect(red())));
        tags.with(post::tags).await?
    };
    batch_list: 2 |db, who| db.batch([who.clone(), format!("{who}!")].iter().map(|who| db.user().create(family(who))).collect::<Vec<_>>()).await?;
    inside: 2 |db, who| {
        db.tx().timeout(Duration::from_secs(600)).run(async |tx| {
            tx.batch((tx.user().create(single(&who)), tx.user().count())).await?;
            let mut rows = tx.user().find_many().with(user::posts).take(3).stream();
            while rows.next().await?.is_some() {}
            tx.sql("SELECT 1").all::<(i64,)>().await?;
            let failed = tx.user().create(family("old")).await;
            assert_eq!(failed.unwrap_err().code(), "P2002");
            tx.user().create(family(&format!("{who}!"))).await
        }).await?
    };
    delete_many: 1 |db, who| {
        db.user().create(family(&who)).await?;
        db.user().create(family(&format!("{who}!"))).await?;
        db.user().delete_many(user::email.eq(who)).await?
    };
    delete: 1 |db, who| {
        db.user().create(single(&who)).await?;
        db.user().create(family(&format!("{who}!"))).await?;
        db.user().delete(user::by_email(who.as_str())).await?
    };
}

/// Polls a future up to so many times, each time when something has happened, and gives it up then: at once, or when something
/// has happened that it does not get to see.
async fn give_up_after<F: Future + Unpin>(mut future: F, polls: usize, late: bool) -> Option<F::Output> {
    let mut done = 0;
    poll_fn(|context| {
        if done == polls {
            return Poll::Ready(None);
        }
        done += 1;
        match Pin::new(&mut future).poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if done == polls && !late => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Every operation, given up at every await.
pub(crate) async fn everywhere(db: &Db, url: &str) -> std::result::Result<(), String> {
    let told = |error: nicol::Error| error.to_string();
    db.tag().create(tag::New { name: "red".into() }).await.map_err(told)?;
    db.user().create(family("old")).await.map_err(told)?;
    let own = Db::connect_with(Options::new(url).max_connections(1)).await.map_err(told)?;
    let mut failures = String::new();
    for (name, writes, operation) in OPERATIONS {
        let mut polls = 0;
        for polled in 1.. {
            polls = polled;
            assert!(polls < 200, "{name} does not come to its end");
            // One connection: an operation given up has it until it is dropped, and the next one gets what it left.
            let mut is_over = false;
            for late in [false, true] {
                let who = format!("{name}-{polls}-{late}");
                let outcome = give_up_after(operation(own.clone(), who.clone()), polls, late).await;
                if let Err(reason) = left_behind(db, &own, &who, *writes, outcome.is_some()).await {
                    failures.push_str(&format!("{name}, given up after {polls} polls, late {late}: {reason}\n"));
                }
                if let Some(outcome) = outcome {
                    is_over = true;
                    outcome.map_err(|error| format!("{name}: {error}"))?;
                }
            }
            if is_over {
                break;
            }
        }
        println!("{name}: over after {polls} polls");
    }
    own.close().await.map_err(told)?;
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

/// What an operation has left behind.
async fn left_behind(db: &Db, own: &Db, who: &str, writes: i64, is_over: bool) -> std::result::Result<(), String> {
    let told = |error: nicol::Error| error.to_string();
    if own.metrics().pool.in_use != 0 {
        return Err("the connection is still in use".into());
    }
    // The next user of the pool is in no transaction of somebody else: what it writes, others see at once.
    let after = format!("{who} after");
    own.user().create(single(&after)).await.map_err(told)?;
    if db.user().find(user::by_email(after.as_str())).await.map_err(told)?.is_none() {
        return Err("the next operation ran inside a transaction".into());
    }
    own.tx().run(async |tx| tx.user().count().await).await.map_err(told)?;
    // A statement given up on its way may still be carried out: alone, or as a whole.
    let find = || db.user().find_many().filter(user::email.in_([who.to_owned(), format!("{who}!")])).with(user::posts);
    let found = find().await.map_err(told)?;
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    // The operation `delete` is three operations: each may be the last.
    let is_whole = count == writes || (!is_over && count == 0) || who.starts_with("delete") && !is_over;
    if !is_whole {
        return Err(format!("{count} of {writes} users"));
    }
    match found.iter().find(|(_, posts)| !(posts.is_empty() || posts.len() == 2)) {
        Some((user, posts)) => Err(format!("{} has {} of 2 posts", user.email, posts.len())),
        None => Ok(()),
    }
}

/// A future given up leaves nothing on the server either.
pub(crate) async fn no_session_is_left(db: &Db, sessions: &str) -> std::result::Result<(), String> {
    let mut count = i64::MAX;
    for _ in 0..200 {
        (count,) = db.sql(sessions).one().await.map_err(|error| error.to_string())?;
        if count <= i64::try_from(db.metrics().pool.idle + 1).unwrap_or(i64::MAX) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("{count} sessions are left on the server"))
}
