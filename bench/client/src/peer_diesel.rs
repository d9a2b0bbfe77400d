//! diesel-async on PostgreSQL and MySQL, diesel on SQLite: associations for nested reads, as its guide shows.
use crate::model::*;
use diesel::prelude::*;
use futures::future::BoxFuture;

diesel::table! { users (id) { id -> Integer, email -> Text, name -> Text, age -> Nullable<Integer>, role -> Text, active -> Bool, score -> Double, created_at -> Timestamp, } }
diesel::table! { posts (id) { id -> Integer, title -> Text, body -> Text, published -> Bool, views -> Integer, rating -> Nullable<Double>, author_id -> Integer, created_at -> Timestamp, } }
diesel::table! { comments (id) { id -> Integer, body -> Text, likes -> Integer, post_id -> Integer, created_at -> Timestamp, } }
diesel::table! { events (id) { id -> Integer, kind -> Text, payload -> Text, amount -> Integer, ratio -> Double, ok -> Bool, tag -> Nullable<Text>, created_at -> Timestamp, } }
diesel::joinable!(posts -> users (author_id));
diesel::joinable!(comments -> posts (post_id));
diesel::allow_tables_to_appear_in_same_query!(users, posts, comments);

#[derive(Queryable, Selectable, Identifiable)]
#[diesel(table_name = users)]
#[allow(dead_code)]
struct DUser {
    id: i32,
    email: String,
    name: String,
    age: Option<i32>,
    role: String,
    active: bool,
    score: f64,
    created_at: chrono::NaiveDateTime,
}
#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = posts, belongs_to(DUser, foreign_key = author_id))]
#[allow(dead_code)]
struct DPost {
    id: i32,
    title: String,
    body: String,
    published: bool,
    views: i32,
    rating: Option<f64>,
    author_id: i32,
    created_at: chrono::NaiveDateTime,
}
#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = comments, belongs_to(DPost, foreign_key = post_id))]
#[allow(dead_code)]
struct DComment {
    id: i32,
    body: String,
    likes: i32,
    post_id: i32,
    created_at: chrono::NaiveDateTime,
}
#[derive(Queryable, Selectable)]
#[diesel(table_name = events)]
#[allow(dead_code)]
struct DEvent {
    id: i32,
    kind: String,
    payload: String,
    amount: i32,
    ratio: f64,
    ok: bool,
    tag: Option<String>,
    created_at: chrono::NaiveDateTime,
}
#[derive(Insertable)]
#[diesel(table_name = events)]
struct DNew {
    kind: String,
    payload: String,
    amount: i32,
    ratio: f64,
    ok: bool,
    tag: Option<String>,
    created_at: chrono::NaiveDateTime,
}
fn dnew(e: NewEvent) -> DNew {
    DNew {
        kind: e.kind,
        payload: e.payload,
        amount: e.amount,
        ratio: e.ratio,
        ok: e.ok,
        tag: e.tag,
        created_at: e.created_at,
    }
}
fn nest(u: Vec<DUser>, p: Vec<DPost>, c: Vec<DComment>) -> u64 {
    let c = c.grouped_by(&p);
    let p = p.into_iter().zip(c).grouped_by(&u);
    let all: Vec<(DUser, Vec<(DPost, Vec<DComment>)>)> = u.into_iter().zip(p).collect();
    all.iter().map(|(_, p)| 1 + p.iter().map(|(_, c)| 1 + c.len() as u64).sum::<u64>()).sum()
}

macro_rules! body {
    ($op:expr, $k:expr, $c:expr, $aw:ident, $chunk:expr, $returning:tt) => {{
        let (op, k) = ($op, $k);
        match op {
            Point => { let _: DUser = $aw!(users::table.find(id(k)).select(DUser::as_select()).first($c))?; 1 }
            Read100 => { let v: Vec<DUser> = $aw!(users::table.filter(users::id.gt(id(k) % 9000)).order(users::id).limit(100).select(DUser::as_select()).load($c))?; v.len() as u64 }
            Read10k => { let v: Vec<DUser> = $aw!(users::table.order(users::id).select(DUser::as_select()).load($c))?; v.len() as u64 }
            Nested10 | Nested1000 => {
                let n = if op == Nested10 { 10 } else { 1000 };
                let u: Vec<DUser> = $aw!(users::table.filter(users::id.le(n)).order(users::id).select(DUser::as_select()).load($c))?;
                let p: Vec<DPost> = $aw!(DPost::belonging_to(&u).select(DPost::as_select()).order(posts::id).load($c))?;
                let c: Vec<DComment> = $aw!(DComment::belonging_to(&p).select(DComment::as_select()).order(comments::id).load($c))?;
                nest(u, p, c)
            }
            RelFilter => {
                let v: Vec<DUser> = $aw!(users::table.filter(diesel::dsl::exists(posts::table.filter(posts::author_id.eq(users::id)).filter(posts::views.ge(HOT)))).order(users::id).select(DUser::as_select()).load($c))?;
                v.len() as u64
            }
            InsertOne => { let _ = body!(@ins $returning, $c, $aw, dnew(new_event(k))); 1 }
            UpdateById => { let _ = body!(@upd $returning, $c, $aw, k); 1 }
            Bulk10k => {
                let rows: Vec<DNew> = bulk().into_iter().map(dnew).collect();
                let mut n = 0;
                for chunk in rows.chunks($chunk) {
                    n += $aw!(diesel::insert_into(events::table).values(chunk).execute($c))? as u64;
                }
                n
            }
            Tx5 => unreachable!(),
        }
    }};
    (@ins yes, $c:expr, $aw:ident, $e:expr) => { { let e: DEvent = $aw!(diesel::insert_into(events::table).values($e).returning(DEvent::as_returning()).get_result($c))?; e.id } };
    (@ins no, $c:expr, $aw:ident, $e:expr) => {{
        $aw!(diesel::insert_into(events::table).values($e).execute($c))?;
        let last: u64 = $aw!(diesel::select(last_insert_id()).get_result($c))?;
        let e: DEvent = $aw!(events::table.find(last as i32).select(DEvent::as_select()).first($c))?;
        e.id
    }};
    (@upd yes, $c:expr, $aw:ident, $k:expr) => { { let e: DEvent = $aw!(diesel::update(events::table.find(id($k))).set(events::amount.eq($k as i32)).returning(DEvent::as_returning()).get_result($c))?; e.id } };
    (@upd no, $c:expr, $aw:ident, $k:expr) => {{
        $aw!(diesel::update(events::table.find(id($k))).set(events::amount.eq($k as i32)).execute($c))?;
        let e: DEvent = $aw!(events::table.find(id($k)).select(DEvent::as_select()).first($c))?;
        e.id
    }};
    (@tx $k:expr, $c:expr, $aw:ident, $returning:tt) => {{
        let k = $k;
        let u: DUser = $aw!(users::table.find(id(k)).select(DUser::as_select()).first($c))?;
        let made: i32 = body!(@ins $returning, $c, $aw, dnew(new_event(k)));
        $aw!(diesel::update(events::table.find(id(k))).set(events::amount.eq(k as i32)).execute($c))?;
        let e: DEvent = $aw!(events::table.find(id(k)).select(DEvent::as_select()).first($c))?;
        $aw!(diesel::delete(events::table.find(made)).execute($c))?;
        (u.id > 0) as u64 + (e.amount == k as i32) as u64
    }};
}
macro_rules! aw {
    ($e:expr) => {
        $e.await
    };
}
macro_rules! now {
    ($e:expr) => {
        $e
    };
}

pub mod pg {
    use super::*;
    use diesel_async::pooled_connection::{AsyncDieselConnectionManager, deadpool::Pool};
    use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
    pub struct Diesel(Pool<AsyncPgConnection>);
    pub async fn open(url: &str) -> R<Diesel> {
        let p = Pool::builder(AsyncDieselConnectionManager::<AsyncPgConnection>::new(url)).max_size(10).build()?;
        Ok(Diesel(p))
    }
    impl Db for Diesel {
        fn name(&self) -> String {
            "diesel-async 0.9".into()
        }
        fn has(&self, _: Op) -> bool {
            true
        }
        fn run(&self, op: Op, k: i64) -> BoxFuture<'_, R<u64>> {
            Box::pin(async move {
                let c = &mut *self.0.get().await?;
                if op == Tx5 {
                    return c.transaction::<u64, Err, _>(async |c| Ok(body!(@tx k, c, aw, yes))).await;
                }
                Ok(body!(op, k, c, aw, 9_000, yes))
            })
        }
    }
}
pub mod mysql {
    use super::*;
    use diesel_async::pooled_connection::{AsyncDieselConnectionManager, deadpool::Pool};
    use diesel_async::{AsyncConnection, AsyncMysqlConnection, RunQueryDsl};
    diesel::define_sql_function!(fn last_insert_id() -> diesel::sql_types::Unsigned<diesel::sql_types::BigInt>);
    pub struct Diesel(Pool<AsyncMysqlConnection>);
    pub async fn open(url: &str) -> R<Diesel> {
        let p = Pool::builder(AsyncDieselConnectionManager::<AsyncMysqlConnection>::new(url)).max_size(10).build()?;
        Ok(Diesel(p))
    }
    impl Db for Diesel {
        fn name(&self) -> String {
            "diesel-async 0.9".into()
        }
        fn has(&self, _: Op) -> bool {
            true
        }
        fn run(&self, op: Op, k: i64) -> BoxFuture<'_, R<u64>> {
            Box::pin(async move {
                let c = &mut *self.0.get().await?;
                if op == Tx5 {
                    return c.transaction::<u64, Err, _>(async |c| Ok(body!(@tx k, c, aw, no))).await;
                }
                Ok(body!(op, k, c, aw, 4_000, no))
            })
        }
    }
}
pub mod sqlite {
    use super::*;
    use std::sync::Mutex;
    pub struct Diesel(Mutex<SqliteConnection>);
    pub fn open(path: &str) -> R<Diesel> {
        let mut c = SqliteConnection::establish(path)?;
        diesel::RunQueryDsl::execute(diesel::sql_query("PRAGMA synchronous = NORMAL"), &mut c)?;
        Ok(Diesel(Mutex::new(c)))
    }
    impl Db for Diesel {
        fn name(&self) -> String {
            "diesel 2.3 (sync)".into()
        }
        fn has(&self, _: Op) -> bool {
            true
        }
        fn concurrent(&self) -> bool {
            false
        }
        fn run(&self, op: Op, k: i64) -> BoxFuture<'_, R<u64>> {
            Box::pin(async move {
                let c = &mut *self.0.lock().unwrap();
                if op == Tx5 {
                    return c.transaction::<u64, Err, _>(|c| Ok(body!(@tx k, c, now, yes)));
                }
                if op == Bulk10k {
                    return c.transaction::<u64, Err, _>(|c| {
                        let rows: Vec<DNew> = bulk().into_iter().map(dnew).collect();
                        Ok(diesel::RunQueryDsl::execute(diesel::insert_into(events::table).values(&rows), c)? as u64)
                    });
                }
                Ok(body!(op, k, c, now, 4_000, yes))
            })
        }
    }
}
