//! nicol itself, used as the guide says: the generated client and nothing beside it.

use futures::future::BoxFuture;
use nicol::types::DateTime;
use nicol::{Form, Root};

use crate::model::*;

mod db {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}
use db::{comment, event, post, user};

pub struct Nicol {
    db: db::Db,
    concurrent: bool,
}

/// With as many connections at most as the others have.
pub async fn open(url: &str, connections: u32) -> R<Nicol> {
    let separator = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{separator}connection_limit={connections}&pool_timeout=0");
    Ok(Nicol { db: db::Db::connect(&url).await?, concurrent: connections > 1 })
}

/// Ten thousand tasks at once on a pool of ten, a point read each: how long they wait for their rows.
pub async fn pool(kind: &str, url: String) -> R<()> {
    const TASKS: i64 = 10_000;
    let nicol = std::sync::Arc::new(open(&url, 10).await?);
    for round in 1..=3 {
        let tasks: Vec<_> = (0..TASKS)
            .map(|k| {
                let (nicol, asked) = (nicol.clone(), std::time::Instant::now());
                tokio::spawn(async move { nicol.operate(Point, k).await.map(|_| asked.elapsed().as_secs_f64() * 1e3) })
            })
            .collect();
        let (mut waits, mut errors) = (Vec::new(), Vec::new());
        for task in tasks {
            match task.await? {
                Ok(wait) => waits.push(wait),
                Err(error) => errors.push(error),
            }
        }
        waits.sort_by(f64::total_cmp);
        let (median, last) = (waits[waits.len() / 2], waits[waits.len() * 99 / 100]);
        println!(
            "{kind}, round {round}: {TASKS} tasks on 10 connections, {} errors; wait: median {median:.0} ms, p99 {last:.0} ms, ratio {:.2}",
            errors.len(),
            last / median
        );
        if let Some(error) = errors.first() {
            println!("the first error: {error}");
        }
    }
    Ok(())
}

fn form(event: NewEvent) -> impl Form<Table = event::Model, Scope = Root> {
    let NewEvent { kind, payload, amount, ratio, ok, tag, created_at } = event;
    let created_at =
        DateTime::from_millisecond(created_at.and_utc().timestamp_millis()).expect("a date of this century");
    event::New { kind, payload, amount, ratio, ok, created_at }.tag(tag)
}

impl Nicol {
    async fn nested(&self, n: i32) -> nicol::Result<u64> {
        let users: Vec<(db::User, Vec<(db::Post, Vec<db::Comment>)>)> = self
            .db
            .user()
            .find_many()
            .filter(user::id.lte(n))
            .order_by(user::id.asc())
            .with(user::posts.order_by(post::id.asc()).with(post::comments.order_by(comment::id.asc())))
            .await?;
        Ok(users.iter().map(|(_, posts)| 1 + posts.iter().map(|(_, below)| 1 + below.len() as u64).sum::<u64>()).sum())
    }

    async fn operate(&self, op: Op, k: i64) -> nicol::Result<u64> {
        let db = &self.db;
        Ok(match op {
            Point => u64::from(db.user().find(user::by_id(id(k))).await?.is_some()),
            Read100 => {
                let page = db.user().find_many().filter(user::id.gt(id(k) % 9000)).order_by(user::id.asc()).take(100);
                page.await?.len() as u64
            }
            Read10k => db.user().find_many().order_by(user::id.asc()).await?.len() as u64,
            Nested10 => self.nested(10).await?,
            Nested1000 => self.nested(1000).await?,
            RelFilter => {
                let hot = user::posts.some(post::views.gte(HOT));
                db.user().find_many().filter(hot).order_by(user::id.asc()).await?.len() as u64
            }
            InsertOne => u64::from(db.event().create(form(new_event(k))).await?.id > 0),
            UpdateById => {
                let event = db.event().update(event::by_id(id(k))).set(|s| s.amount(k as i32)).await?;
                u64::from(event.id > 0)
            }
            // on PostgreSQL the four statements that need no answer of an earlier one are a single round trip
            Tx5 if db.dialect() == nicol::Dialect::Postgres => {
                db.tx()
                    .run(async |tx| {
                        let (user, made, _, event) = tx
                            .batch((
                                tx.user().find(user::by_id(id(k))),
                                tx.event().create(form(new_event(k))),
                                tx.event().update_many(event::id.eq(id(k))).set(|s| s.amount(k as i32)),
                                tx.event().get(event::by_id(id(k))),
                            ))
                            .await?;
                        tx.event().delete_many(event::id.eq(made.id)).await?;
                        Ok(u64::from(user.is_some()) + u64::from(event.amount == k as i32))
                    })
                    .await?
            }
            Tx5 => {
                db.tx()
                    .run(async |tx| {
                        let user = tx.user().find(user::by_id(id(k))).await?;
                        let made = tx.event().create(form(new_event(k))).await?;
                        tx.event().update_many(event::id.eq(id(k))).set(|s| s.amount(k as i32)).await?;
                        let event = tx.event().get(event::by_id(id(k))).await?;
                        tx.event().delete_many(event::id.eq(made.id)).await?;
                        Ok(u64::from(user.is_some()) + u64::from(event.amount == k as i32))
                    })
                    .await?
            }
            Bulk10k => db.event().create_many(bulk().into_iter().map(form)).await?,
        })
    }
}

impl Db for Nicol {
    fn name(&self) -> String {
        "nicol".into()
    }
    fn has(&self, _: Op) -> bool {
        true
    }
    fn concurrent(&self) -> bool {
        self.concurrent
    }
    fn run(&self, op: Op, k: i64) -> BoxFuture<'_, R<u64>> {
        Box::pin(async move { Ok(self.operate(op, k).await?) })
    }
}
