//! MySQL and MariaDB by hand over mysql_async: statements kept prepared by the connection's cache.
use crate::model::*;
use futures::future::BoxFuture;
use mysql_async::prelude::*;
use mysql_async::{Conn, Opts, OptsBuilder, Pool, PoolConstraints, PoolOpts, Row, TxOpts, Value};

pub struct HandMysql {
    p: Pool,
}
pub async fn open(url: &str) -> R<HandMysql> {
    let o = OptsBuilder::from_opts(Opts::from_url(url)?).pool_opts(
        PoolOpts::default().with_constraints(PoolConstraints::new(10, 10).unwrap()).with_reset_connection(false),
    );
    Ok(HandMysql { p: Pool::new(o) })
}
fn at(v: &Value) -> chrono::NaiveDateTime {
    match *v {
        Value::Date(y, m, d, h, mi, s, us) => chrono::NaiveDate::from_ymd_opt(y as i32, m as u32, d as u32)
            .unwrap()
            .and_hms_micro_opt(h as u32, mi as u32, s as u32, us)
            .unwrap(),
        _ => panic!("not a date"),
    }
}
fn date(d: chrono::NaiveDateTime) -> Value {
    use chrono::{Datelike, Timelike};
    Value::Date(
        d.year() as u16,
        d.month() as u8,
        d.day() as u8,
        d.hour() as u8,
        d.minute() as u8,
        d.second() as u8,
        d.nanosecond() / 1000,
    )
}
fn g<T: FromValue>(r: &mut Row, i: usize) -> T {
    r.take(i).unwrap()
}
fn user(mut r: Row) -> User {
    let t: Value = g(&mut r, 7);
    User {
        id: g(&mut r, 0),
        email: g(&mut r, 1),
        name: g(&mut r, 2),
        age: g(&mut r, 3),
        role: g(&mut r, 4),
        active: g(&mut r, 5),
        score: g(&mut r, 6),
        created_at: at(&t),
        posts: vec![],
    }
}
fn post(mut r: Row) -> Post {
    let t: Value = g(&mut r, 7);
    Post {
        id: g(&mut r, 0),
        title: g(&mut r, 1),
        body: g(&mut r, 2),
        published: g(&mut r, 3),
        views: g(&mut r, 4),
        rating: g(&mut r, 5),
        author_id: g(&mut r, 6),
        created_at: at(&t),
        comments: vec![],
    }
}
fn comment(mut r: Row) -> Comment {
    let t: Value = g(&mut r, 4);
    Comment { id: g(&mut r, 0), body: g(&mut r, 1), likes: g(&mut r, 2), post_id: g(&mut r, 3), created_at: at(&t) }
}
fn event(mut r: Row) -> Event {
    let t: Value = g(&mut r, 7);
    Event {
        id: g(&mut r, 0),
        kind: g(&mut r, 1),
        payload: g(&mut r, 2),
        amount: g(&mut r, 3),
        ratio: g(&mut r, 4),
        ok: g(&mut r, 5),
        tag: g(&mut r, 6),
        created_at: at(&t),
    }
}
const U: &str = "SELECT id, email, name, age, role, active, score, created_at FROM users";
const E: &str = "SELECT id, kind, payload, amount, ratio, ok, tag, created_at FROM events";
const INS: &str = "INSERT INTO events (kind, payload, amount, ratio, ok, tag, created_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id, kind, payload, amount, ratio, ok, tag, created_at";
fn args(e: NewEvent) -> Vec<Value> {
    vec![
        e.kind.into(),
        e.payload.into(),
        e.amount.into(),
        e.ratio.into(),
        e.ok.into(),
        e.tag.into(),
        date(e.created_at),
    ]
}
impl HandMysql {
    async fn nested(&self, c: &mut Conn, n: i32) -> R<u64> {
        let u: Vec<User> = c.exec_map(format!("{U} WHERE id <= ? ORDER BY id"), (n,), user).await?;
        let p: Vec<Post> = c.exec_map("SELECT id, title, body, published, views, rating, author_id, created_at FROM posts WHERE author_id IN (SELECT id FROM users WHERE id <= ?) ORDER BY id", (n,), post).await?;
        let m: Vec<Comment> = c.exec_map("SELECT id, body, likes, post_id, created_at FROM comments WHERE post_id IN (SELECT id FROM posts WHERE author_id IN (SELECT id FROM users WHERE id <= ?)) ORDER BY post_id, id", (n,), comment).await?;
        Ok(count(&crate::hand_pg::stitch_any(u, p, m)))
    }
}
impl Db for HandMysql {
    fn name(&self) -> String {
        "by hand (mysql_async)".into()
    }
    fn has(&self, _: Op) -> bool {
        true
    }
    fn run(&self, op: Op, k: i64) -> BoxFuture<'_, R<u64>> {
        Box::pin(async move {
            let mut c = self.p.get_conn().await?;
            let c = &mut c;
            Ok(match op {
                Point => c.exec_map(format!("{U} WHERE id = ?"), (id(k),), user).await?.len() as u64,
                Read100 => c.exec_map(format!("{U} WHERE id > ? ORDER BY id LIMIT 100"), (id(k) % 9000,), user).await?.len() as u64,
                Read10k => c.exec_map(format!("{U} ORDER BY id"), (), user).await?.len() as u64,
                Nested10 => self.nested(c, 10).await?,
                Nested1000 => self.nested(c, 1000).await?,
                RelFilter => c.exec_map(format!("{U} u WHERE EXISTS (SELECT 1 FROM posts p WHERE p.author_id = u.id AND p.views >= ?) ORDER BY id"), (HOT,), user).await?.len() as u64,
                InsertOne => c.exec_map(INS, args(new_event(k)), event).await?.len() as u64,
                UpdateById => {
                    c.exec_drop("UPDATE events SET amount = ? WHERE id = ?", (k as i32, id(k))).await?;
                    c.exec_map(format!("{E} WHERE id = ?"), (id(k),), event).await?.len() as u64
                }
                Tx5 => {
                    let mut t = c.start_transaction(TxOpts::default()).await?;
                    let u = t.exec_map(format!("{U} WHERE id = ?"), (id(k),), user).await?;
                    let made = t.exec_map(INS, args(new_event(k)), event).await?;
                    t.exec_drop("UPDATE events SET amount = ? WHERE id = ?", (k as i32, id(k))).await?;
                    let e = t.exec_map(format!("{E} WHERE id = ?"), (id(k),), event).await?;
                    t.exec_drop("DELETE FROM events WHERE id = ?", (made[0].id,)).await?;
                    t.commit().await?;
                    (u[0].id > 0) as u64 + (e[0].amount == k as i32) as u64
                }
                Bulk10k => {
                    let mut t = c.start_transaction(TxOpts::default()).await?;
                    let mut n = 0;
                    let mut rows = bulk().into_iter();
                    loop {
                        let mut p = Vec::new();
                        let mut m = 0;
                        for e in rows.by_ref().take(5_000) {
                            p.extend(args(e));
                            m += 1;
                        }
                        if m == 0 {
                            break;
                        }
                        t.exec_drop(format!("INSERT INTO events (kind, payload, amount, ratio, ok, tag, created_at) VALUES {}", vec!["(?,?,?,?,?,?,?)"; m].join(",")), mysql_async::Params::Positional(p)).await?;
                        n += t.affected_rows();
                    }
                    t.commit().await?;
                    n
                }
            })
        })
    }
}
