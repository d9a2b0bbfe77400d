//! PostgreSQL by hand over tokio-postgres: prepared statements, the best SQL known for each operation,
//! and the competing strategies for nested reads and bulk inserts.
use crate::model::*;
use bytes::{BufMut, BytesMut};
use futures::future::BoxFuture;
use futures::{SinkExt, TryStreamExt, pin_mut};
use postgres_types::{FromSql, ToSql, Type};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio_postgres::{Client, NoTls, Row, Statement};

pub const USER_COLS: &str = "id, email, name, age, role, active, score, created_at";
pub const POST_COLS: &str = "id, title, body, published, views, rating, author_id, created_at";
pub const COMMENT_COLS: &str = "id, body, likes, post_id, created_at";
pub const EVENT_COLS: &str = "id, kind, payload, amount, ratio, ok, tag, created_at";

pub fn user(r: &Row) -> User {
    User {
        id: r.get(0),
        email: r.get(1),
        name: r.get(2),
        age: r.get(3),
        role: r.get(4),
        active: r.get(5),
        score: r.get(6),
        created_at: r.get(7),
        posts: Vec::new(),
    }
}
fn post(r: &Row, o: usize) -> Post {
    Post {
        id: r.get(o),
        title: r.get(o + 1),
        body: r.get(o + 2),
        published: r.get(o + 3),
        views: r.get(o + 4),
        rating: r.get(o + 5),
        author_id: r.get(o + 6),
        created_at: r.get(o + 7),
        comments: Vec::new(),
    }
}
fn comment(r: &Row, o: usize) -> Comment {
    Comment { id: r.get(o), body: r.get(o + 1), likes: r.get(o + 2), post_id: r.get(o + 3), created_at: r.get(o + 4) }
}
fn event(r: &Row) -> Event {
    Event {
        id: r.get(0),
        kind: r.get(1),
        payload: r.get(2),
        amount: r.get(3),
        ratio: r.get(4),
        ok: r.get(5),
        tag: r.get(6),
        created_at: r.get(7),
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Way {
    /// the best known for every operation
    Best,
    /// statements not kept prepared: parsed at every call
    Unprepared,
    /// one connection for every caller, requests pipelined
    OneConnection,
    /// a transaction of five statements, each waiting for the one before
    TxInTurn,
    Any3,
    Sub3Pipelined,
    LateralJson,
    JsonAggSubquery,
    CompositeArrays,
    CompositeGrouped,
    FlatJoin,
    Values,
    Unnest,
    CopyBinary,
    CopyText,
    DrainOnly,
    CopyOutBinary,
}

struct Conn {
    c: Client,
    point: Statement,
    page: Statement,
    all: Statement,
    users_to: Statement,
    posts_any: Statement,
    comments_any: Statement,
    posts_sub: Statement,
    comments_sub: Statement,
    lateral: Statement,
    jsonagg: Statement,
    composite: Statement,
    grouped: Statement,
    flat: Statement,
    relf: Statement,
    ins: Statement,
    unnest: Statement,
    upd: Statement,
    ev: Statement,
    upd_ev: Statement,
    del_ev: Statement,
}

pub struct HandPg {
    way: Way,
    conns: Vec<Conn>,
    next: AtomicUsize,
}

fn cols(prefix: &str, list: &str) -> String {
    list.split(", ").map(|c| format!("{prefix}.{c}")).collect::<Vec<_>>().join(", ")
}

pub fn composite_sql() -> String {
    format!(
        "SELECT {}, ARRAY(SELECT ROW({}, ARRAY(SELECT ROW({}) FROM comments c WHERE c.post_id = p.id ORDER BY c.id)) \
         FROM posts p WHERE p.author_id = u.id ORDER BY p.id) FROM users u WHERE u.id <= $1 ORDER BY u.id",
        cols("u", USER_COLS),
        cols("p", POST_COLS),
        cols("c", COMMENT_COLS)
    )
}
fn grouped_sql() -> String {
    format!(
        "SELECT {}, g.rows FROM users u LEFT JOIN (SELECT p.author_id, array_agg(ROW({}, cg.rows) ORDER BY p.id) AS rows FROM posts p \
         LEFT JOIN (SELECT c.post_id, array_agg(ROW({}) ORDER BY c.id) AS rows FROM comments c JOIN posts p2 ON p2.id = c.post_id WHERE p2.author_id <= $1 GROUP BY c.post_id) cg ON cg.post_id = p.id \
         WHERE p.author_id <= $1 GROUP BY p.author_id) g ON g.author_id = u.id WHERE u.id <= $1 ORDER BY u.id",
        cols("u", USER_COLS),
        cols("p", POST_COLS),
        cols("c", COMMENT_COLS)
    )
}
/// the shape that Prisma's "join" strategy has: LATERAL with json_agg over json objects
fn lateral_sql() -> String {
    let obj = |p: &str, l: &str| l.split(", ").map(|c| format!("'{c}', {p}.{c}")).collect::<Vec<_>>().join(", ");
    format!(
        "SELECT {}, pj.j::text FROM users u LEFT JOIN LATERAL (SELECT COALESCE(json_agg(o.j), '[]') AS j FROM (SELECT json_build_object({}, 'comments', cj.j) AS j FROM posts p \
         LEFT JOIN LATERAL (SELECT COALESCE(json_agg(json_build_object({})), '[]') AS j FROM (SELECT * FROM comments c0 WHERE c0.post_id = p.id ORDER BY c0.id) c) cj ON true \
         WHERE p.author_id = u.id ORDER BY p.id) o) pj ON true WHERE u.id <= $1 ORDER BY u.id",
        cols("u", USER_COLS),
        obj("p", POST_COLS),
        obj("c", COMMENT_COLS)
    )
}
/// the same as JSON arrays without names, by correlated subqueries
fn jsonagg_sql() -> String {
    format!(
        "SELECT {}, (SELECT COALESCE(json_agg(json_build_array({}, (SELECT COALESCE(json_agg(json_build_array({}) ORDER BY c.id), '[]') FROM comments c WHERE c.post_id = p.id)) ORDER BY p.id), '[]') \
         FROM posts p WHERE p.author_id = u.id)::text FROM users u WHERE u.id <= $1 ORDER BY u.id",
        cols("u", USER_COLS),
        cols("p", POST_COLS),
        cols("c", COMMENT_COLS)
    )
}
const RELF: &str = "SELECT id, email, name, age, role, active, score, created_at FROM users u WHERE EXISTS (SELECT 1 FROM posts p WHERE p.author_id = u.id AND p.views >= $1) ORDER BY id";
const INS: &str = "INSERT INTO events (kind, payload, amount, ratio, ok, tag, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id, kind, payload, amount, ratio, ok, tag, created_at";

async fn connect(url: &str) -> R<Conn> {
    let (c, task) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(async move {
        let _ = task.await;
    });
    let p = async |s: String| c.prepare(&s).await;
    Ok(Conn {
        point: p(format!("SELECT {USER_COLS} FROM users WHERE id = $1")).await?,
        page: p(format!("SELECT {USER_COLS} FROM users WHERE id > $1 ORDER BY id LIMIT 100")).await?,
        all: p(format!("SELECT {USER_COLS} FROM users ORDER BY id")).await?,
        users_to: p(format!("SELECT {USER_COLS} FROM users WHERE id <= $1 ORDER BY id")).await?,
        posts_any: p(format!("SELECT {POST_COLS} FROM posts WHERE author_id = ANY($1) ORDER BY author_id, id")).await?,
        comments_any: p(format!("SELECT {COMMENT_COLS} FROM comments WHERE post_id = ANY($1) ORDER BY post_id, id")).await?,
        posts_sub: p(format!("SELECT {POST_COLS} FROM posts WHERE author_id IN (SELECT id FROM users WHERE id <= $1) ORDER BY author_id, id")).await?,
        comments_sub: p(format!("SELECT {COMMENT_COLS} FROM comments WHERE post_id IN (SELECT id FROM posts WHERE author_id IN (SELECT id FROM users WHERE id <= $1)) ORDER BY post_id, id")).await?,
        lateral: p(lateral_sql()).await?,
        jsonagg: p(jsonagg_sql()).await?,
        composite: p(composite_sql()).await?,
        grouped: p(grouped_sql()).await?,
        flat: p(format!("SELECT {}, {}, {} FROM users u LEFT JOIN posts p ON p.author_id = u.id LEFT JOIN comments c ON c.post_id = p.id WHERE u.id <= $1 ORDER BY u.id, p.id, c.id", cols("u", USER_COLS), cols("p", POST_COLS), cols("c", COMMENT_COLS))).await?,
        relf: p(RELF.into()).await?,
        ins: p(INS.into()).await?,
        unnest: p("INSERT INTO events (kind, payload, amount, ratio, ok, tag, created_at) SELECT * FROM UNNEST($1::text[], $2::text[], $3::int4[], $4::float8[], $5::bool[], $6::text[], $7::timestamp[])".into()).await?,
        upd: p(format!("UPDATE events SET amount = $1 WHERE id = $2 RETURNING {EVENT_COLS}")).await?,
        ev: p(format!("SELECT {EVENT_COLS} FROM events WHERE id = $1")).await?,
        upd_ev: p("UPDATE events SET amount = $1 WHERE id = $2".into()).await?,
        del_ev: p("DELETE FROM events WHERE id = $1".into()).await?,
        c,
    })
}

impl HandPg {
    pub async fn new(url: &str, way: Way) -> R<HandPg> {
        let n = if way == Way::Best { 10 } else { 1 };
        let mut conns = Vec::new();
        for _ in 0..n {
            conns.push(connect(url).await?);
        }
        Ok(HandPg { way, conns, next: AtomicUsize::new(0) })
    }
    fn conn(&self) -> &Conn {
        &self.conns[self.next.fetch_add(1, Ordering::Relaxed) % self.conns.len()]
    }

    async fn nested(&self, n: i32) -> R<u64> {
        let c = self.conn();
        match self.way {
            Way::Best | Way::OneConnection | Way::Any3 => {
                let users: Vec<User> = c.c.query(&c.users_to, &[&n]).await?.iter().map(user).collect();
                let ids: Vec<i32> = users.iter().map(|u| u.id).collect();
                let posts: Vec<Post> = c.c.query(&c.posts_any, &[&ids]).await?.iter().map(|r| post(r, 0)).collect();
                let ids: Vec<i32> = posts.iter().map(|u| u.id).collect();
                let mut posts = posts;
                posts.sort_by_key(|p| p.id);
                let comments: Vec<Comment> =
                    c.c.query(&c.comments_any, &[&ids]).await?.iter().map(|r| comment(r, 0)).collect();
                Ok(count(&stitch_any(users, posts, comments)))
            }
            Way::Sub3Pipelined => {
                let (u, p, m) = futures::future::try_join3(
                    c.c.query(&c.users_to, &[&n]),
                    c.c.query(&c.posts_sub, &[&n]),
                    c.c.query(&c.comments_sub, &[&n]),
                )
                .await?;
                let users = u.iter().map(user).collect();
                let mut posts: Vec<Post> = p.iter().map(|r| post(r, 0)).collect();
                posts.sort_by_key(|p| p.id);
                let comments = m.iter().map(|r| comment(r, 0)).collect();
                Ok(count(&stitch_any(users, posts, comments)))
            }
            Way::LateralJson => {
                let rows = c.c.query(&c.lateral, &[&n]).await?;
                let mut out = Vec::with_capacity(rows.len());
                for r in &rows {
                    let mut u = user(r);
                    let j: Vec<JPost> = serde_json::from_str(r.get::<_, &str>(8))?;
                    u.posts = j.into_iter().map(JPost::into).collect();
                    out.push(u);
                }
                Ok(count(&out))
            }
            Way::JsonAggSubquery => {
                let rows = c.c.query(&c.jsonagg, &[&n]).await?;
                let mut out = Vec::with_capacity(rows.len());
                for r in &rows {
                    let mut u = user(r);
                    let j: Vec<TPost> = serde_json::from_str(r.get::<_, &str>(8))?;
                    u.posts = j
                        .into_iter()
                        .map(|p| Post {
                            id: p.0,
                            title: p.1,
                            body: p.2,
                            published: p.3,
                            views: p.4,
                            rating: p.5,
                            author_id: p.6,
                            created_at: p.7,
                            comments: p
                                .8
                                .into_iter()
                                .map(|c| Comment { id: c.0, body: c.1, likes: c.2, post_id: c.3, created_at: c.4 })
                                .collect(),
                        })
                        .collect();
                    out.push(u);
                }
                Ok(count(&out))
            }
            Way::CompositeArrays | Way::CompositeGrouped => {
                let st = if self.way == Way::CompositeArrays { &c.composite } else { &c.grouped };
                let rows = c.c.query(st, &[&n]).await?;
                let mut out = Vec::with_capacity(rows.len());
                for r in &rows {
                    let mut u = user(r);
                    let raw: Raw = r.get(8);
                    u.posts = array(raw.0, post_of);
                    out.push(u);
                }
                Ok(count(&out))
            }
            Way::FlatJoin => {
                let rows = c.c.query(&c.flat, &[&n]).await?;
                let mut out: Vec<User> = Vec::new();
                for r in &rows {
                    let uid: i32 = r.get(0);
                    if out.last().is_none_or(|u| u.id != uid) {
                        out.push(user(r));
                    }
                    let u = out.last_mut().unwrap();
                    let Some(pid) = r.get::<_, Option<i32>>(8) else { continue };
                    if u.posts.last().is_none_or(|p| p.id != pid) {
                        u.posts.push(post(r, 8));
                    }
                    if r.get::<_, Option<i32>>(16).is_some() {
                        u.posts.last_mut().unwrap().comments.push(comment(r, 16));
                    }
                }
                Ok(count(&out))
            }
            _ => unreachable!(),
        }
    }

    async fn bulk(&self) -> R<u64> {
        let c = self.conn();
        let rows = bulk();
        match self.way {
            Way::Values => {
                let mut n = 0;
                for chunk in rows.chunks(5_000) {
                    let mut sql =
                        String::from("INSERT INTO events (kind, payload, amount, ratio, ok, tag, created_at) VALUES ");
                    let mut args: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(chunk.len() * 7);
                    for (i, e) in chunk.iter().enumerate() {
                        use std::fmt::Write;
                        let b = i * 7;
                        write!(
                            sql,
                            "{}(${}, ${}, ${}, ${}, ${}, ${}, ${})",
                            if i == 0 { "" } else { ", " },
                            b + 1,
                            b + 2,
                            b + 3,
                            b + 4,
                            b + 5,
                            b + 6,
                            b + 7
                        )?;
                        args.extend_from_slice(&[
                            &e.kind,
                            &e.payload,
                            &e.amount,
                            &e.ratio,
                            &e.ok,
                            &e.tag,
                            &e.created_at,
                        ]);
                    }
                    n += c.c.execute(&sql, &args).await?;
                }
                Ok(n)
            }
            Way::Unnest => {
                let kind: Vec<&str> = rows.iter().map(|e| e.kind.as_str()).collect();
                let payload: Vec<&str> = rows.iter().map(|e| e.payload.as_str()).collect();
                let amount: Vec<i32> = rows.iter().map(|e| e.amount).collect();
                let ratio: Vec<f64> = rows.iter().map(|e| e.ratio).collect();
                let ok: Vec<bool> = rows.iter().map(|e| e.ok).collect();
                let tag: Vec<Option<&str>> = rows.iter().map(|e| e.tag.as_deref()).collect();
                let at: Vec<_> = rows.iter().map(|e| e.created_at).collect();
                Ok(c.c.execute(&c.unnest, &[&kind, &payload, &amount, &ratio, &ok, &tag, &at]).await?)
            }
            Way::Best | Way::CopyBinary => {
                let sink =
                    c.c.copy_in("COPY events (kind, payload, amount, ratio, ok, tag, created_at) FROM STDIN BINARY")
                        .await?;
                pin_mut!(sink);
                let mut b = BytesMut::with_capacity(1 << 20);
                b.put_slice(b"PGCOPY\n\xff\r\n\0");
                b.put_u32(0);
                b.put_u32(0);
                let epoch = chrono::NaiveDate::from_ymd_opt(2000, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
                for e in &rows {
                    b.put_i16(7);
                    let text = |b: &mut BytesMut, s: &str| {
                        b.put_u32(s.len() as u32);
                        b.put_slice(s.as_bytes());
                    };
                    text(&mut b, &e.kind);
                    text(&mut b, &e.payload);
                    b.put_u32(4);
                    b.put_i32(e.amount);
                    b.put_u32(8);
                    b.put_f64(e.ratio);
                    b.put_u32(1);
                    b.put_u8(e.ok as u8);
                    match &e.tag {
                        Some(t) => text(&mut b, t),
                        None => b.put_i32(-1),
                    }
                    b.put_u32(8);
                    b.put_i64((e.created_at - epoch).num_microseconds().unwrap());
                    if b.len() > 256 << 10 {
                        sink.send(b.split().freeze()).await?;
                    }
                }
                b.put_i16(-1);
                sink.send(b.freeze()).await?;
                Ok(sink.finish().await?)
            }
            Way::CopyText => {
                let sink =
                    c.c.copy_in("COPY events (kind, payload, amount, ratio, ok, tag, created_at) FROM STDIN").await?;
                pin_mut!(sink);
                let mut s = String::with_capacity(1 << 20);
                for e in &rows {
                    use std::fmt::Write;
                    writeln!(
                        s,
                        "{}\t{}\t{}\t{}\t{}\t{}\t{}",
                        e.kind,
                        e.payload,
                        e.amount,
                        e.ratio,
                        e.ok,
                        e.tag.as_deref().unwrap_or("\\N"),
                        e.created_at
                    )?;
                }
                sink.send(bytes::Bytes::from(s)).await?;
                Ok(sink.finish().await?)
            }
            _ => unreachable!(),
        }
    }
}

pub fn stitch_any(users: Vec<User>, posts: Vec<Post>, comments: Vec<Comment>) -> Vec<User> {
    // posts ascend by id, comments by post; authors may come in any order
    let first: std::collections::HashMap<i32, usize> = users.iter().enumerate().map(|(i, u)| (u.id, i)).collect();
    let mut users = users;
    let mut comments = comments.into_iter().peekable();
    for mut p in posts {
        while let Some(c) = comments.next_if(|c| c.post_id == p.id) {
            p.comments.push(c);
        }
        users[first[&p.author_id]].posts.push(p);
    }
    users
}

/// The bytes of a value as the server sent them.
pub struct Raw<'a>(pub &'a [u8]);
impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> R<Raw<'a>> {
        Ok(Raw(raw))
    }
    fn accepts(_: &Type) -> bool {
        true
    }
}

pub struct Cur<'a>(pub &'a [u8]);
impl<'a> Cur<'a> {
    #[inline]
    pub fn i32(&mut self) -> i32 {
        let (a, b) = self.0.split_at(4);
        self.0 = b;
        i32::from_be_bytes(a.try_into().unwrap())
    }
    /// a field of a record: type, length, bytes
    #[inline]
    fn field(&mut self) -> Option<&'a [u8]> {
        self.i32();
        self.value()
    }
    #[inline]
    pub fn value(&mut self) -> Option<&'a [u8]> {
        let n = self.i32();
        if n < 0 {
            return None;
        }
        let (a, b) = self.0.split_at(n as usize);
        self.0 = b;
        Some(a)
    }
}
pub fn f_i32(b: &[u8]) -> i32 {
    i32::from_be_bytes(b.try_into().unwrap())
}
pub fn f_f64(b: &[u8]) -> f64 {
    f64::from_be_bytes(b.try_into().unwrap())
}
pub fn f_str(b: &[u8]) -> String {
    std::str::from_utf8(b).unwrap().to_owned()
}
pub fn f_time(b: &[u8]) -> chrono::NaiveDateTime {
    let us = i64::from_be_bytes(b.try_into().unwrap());
    chrono::DateTime::from_timestamp_micros(us + 946_684_800_000_000).unwrap().naive_utc()
}
pub fn array<T>(b: &[u8], mut f: impl FnMut(Cur) -> T) -> Vec<T> {
    let mut c = Cur(b);
    let dims = c.i32();
    c.i32();
    c.i32();
    if dims == 0 {
        return Vec::new();
    }
    let n = c.i32();
    c.i32();
    (0..n).map(|_| f(Cur(c.value().unwrap()))).collect()
}
pub fn post_of(mut c: Cur) -> Post {
    c.i32();
    let mut f = || c.field();
    Post {
        id: f_i32(f().unwrap()),
        title: f_str(f().unwrap()),
        body: f_str(f().unwrap()),
        published: f().unwrap()[0] != 0,
        views: f_i32(f().unwrap()),
        rating: f().map(f_f64),
        author_id: f_i32(f().unwrap()),
        created_at: f_time(f().unwrap()),
        comments: f().map_or(Vec::new(), |b| array(b, comment_of)),
    }
}
fn comment_of(mut c: Cur) -> Comment {
    c.i32();
    let mut f = || c.field().unwrap();
    Comment { id: f_i32(f()), body: f_str(f()), likes: f_i32(f()), post_id: f_i32(f()), created_at: f_time(f()) }
}

#[derive(serde::Deserialize)]
struct JPost {
    id: i32,
    title: String,
    body: String,
    published: bool,
    views: i32,
    rating: Option<f64>,
    author_id: i32,
    created_at: chrono::NaiveDateTime,
    comments: Vec<JComment>,
}
#[derive(serde::Deserialize)]
struct JComment {
    id: i32,
    body: String,
    likes: i32,
    post_id: i32,
    created_at: chrono::NaiveDateTime,
}
impl JPost {
    fn into(self) -> Post {
        Post {
            id: self.id,
            title: self.title,
            body: self.body,
            published: self.published,
            views: self.views,
            rating: self.rating,
            author_id: self.author_id,
            created_at: self.created_at,
            comments: self
                .comments
                .into_iter()
                .map(|c| Comment {
                    id: c.id,
                    body: c.body,
                    likes: c.likes,
                    post_id: c.post_id,
                    created_at: c.created_at,
                })
                .collect(),
        }
    }
}
#[derive(serde::Deserialize)]
struct TPost(i32, String, String, bool, i32, Option<f64>, i32, chrono::NaiveDateTime, Vec<TComment>);
#[derive(serde::Deserialize)]
struct TComment(i32, String, i32, i32, chrono::NaiveDateTime);

impl Db for HandPg {
    fn name(&self) -> String {
        match self.way {
            Way::Best => "by hand (tokio-postgres)".into(),
            w => format!("by hand: {w:?}"),
        }
    }
    fn has(&self, op: Op) -> bool {
        use Way::*;
        match self.way {
            Best => true,
            OneConnection => matches!(op, Point | InsertOne),
            TxInTurn => op == Tx5,
            Unprepared => matches!(op, Point | Read100 | InsertOne | UpdateById),
            Any3 | Sub3Pipelined | LateralJson | JsonAggSubquery | CompositeArrays | CompositeGrouped | FlatJoin => {
                matches!(op, Nested10 | Nested1000)
            }
            Values | Unnest | CopyBinary | CopyText => op == Bulk10k,
            DrainOnly | CopyOutBinary => op == Read10k,
        }
    }
    fn concurrent(&self) -> bool {
        matches!(self.way, Way::Best | Way::OneConnection)
    }
    fn run(&self, op: Op, k: i64) -> BoxFuture<'_, R<u64>> {
        Box::pin(async move {
            let c = self.conn();
            if self.way == Way::Unprepared {
                let e = new_event(k);
                return Ok(match op {
                    Point => {
                        c.c.query(&format!("SELECT {USER_COLS} FROM users WHERE id = $1"), &[&id(k)])
                            .await?
                            .iter()
                            .map(user)
                            .count()
                    }
                    Read100 => {
                        c.c.query(
                            &format!("SELECT {USER_COLS} FROM users WHERE id > $1 ORDER BY id LIMIT 100"),
                            &[&(id(k) % 9000)],
                        )
                        .await?
                        .iter()
                        .map(user)
                        .count()
                    }
                    InsertOne => {
                        c.c.query(INS, &[&e.kind, &e.payload, &e.amount, &e.ratio, &e.ok, &e.tag, &e.created_at])
                            .await?
                            .iter()
                            .map(event)
                            .count()
                    }
                    _ => {
                        c.c.query(
                            &format!("UPDATE events SET amount = $1 WHERE id = $2 RETURNING {EVENT_COLS}"),
                            &[&(k as i32), &id(k)],
                        )
                        .await?
                        .iter()
                        .map(event)
                        .count()
                    }
                } as u64);
            }
            match op {
                Point => Ok(c.c.query(&c.point, &[&id(k)]).await?.iter().map(user).collect::<Vec<_>>().len() as u64),
                Read100 => {
                    Ok(c.c.query(&c.page, &[&(id(k) % 9000)]).await?.iter().map(user).collect::<Vec<_>>().len() as u64)
                }
                Read10k => match self.way {
                    Way::DrainOnly => {
                        let s = c.c.query_raw(&c.all, std::iter::empty::<i32>()).await?;
                        pin_mut!(s);
                        let mut n = 0;
                        while s.try_next().await?.is_some() {
                            n += 1;
                        }
                        Ok(n)
                    }
                    Way::CopyOutBinary => {
                        let s =
                            c.c.copy_out(&format!("COPY (SELECT {USER_COLS} FROM users ORDER BY id) TO STDOUT BINARY"))
                                .await?;
                        pin_mut!(s);
                        let mut out = Vec::with_capacity(10_000);
                        let mut first = true;
                        while let Some(b) = s.try_next().await? {
                            let mut cur = Cur(if first { &b[19..] } else { &b[..] });
                            first = false;
                            if cur.0.len() < 2 || cur.0[..2] == [255, 255] {
                                continue;
                            }
                            cur.0 = &cur.0[2..];
                            out.push(user_of(&mut cur));
                        }
                        Ok(out.len() as u64)
                    }
                    _ => {
                        let s = c.c.query_raw(&c.all, std::iter::empty::<i32>()).await?;
                        pin_mut!(s);
                        let mut out = Vec::new();
                        while let Some(r) = s.try_next().await? {
                            out.push(user(&r));
                        }
                        Ok(out.len() as u64)
                    }
                },
                Nested10 => self.nested(10).await,
                Nested1000 => self.nested(1000).await,
                RelFilter => Ok(c.c.query(&c.relf, &[&HOT]).await?.iter().map(user).collect::<Vec<_>>().len() as u64),
                InsertOne => {
                    let e = new_event(k);
                    Ok(c.c
                        .query(&c.ins, &[&e.kind, &e.payload, &e.amount, &e.ratio, &e.ok, &e.tag, &e.created_at])
                        .await?
                        .iter()
                        .map(event)
                        .collect::<Vec<_>>()
                        .len() as u64)
                }
                Bulk10k => self.bulk().await,
                UpdateById => {
                    Ok(c.c.query(&c.upd, &[&(k as i32), &id(k)]).await?.iter().map(event).collect::<Vec<_>>().len()
                        as u64)
                }
                Tx5 => {
                    let e = new_event(k);
                    let p: [&(dyn ToSql + Sync); 7] =
                        [&e.kind, &e.payload, &e.amount, &e.ratio, &e.ok, &e.tag, &e.created_at];
                    if self.way == Way::TxInTurn {
                        // a round trip for every statement, as a client without pipelining has it
                        c.c.batch_execute("BEGIN").await?;
                        let u = user(&c.c.query_one(&c.point, &[&id(k)]).await?);
                        let made = event(&c.c.query_one(&c.ins, &p).await?);
                        c.c.execute(&c.upd_ev, &[&(k as i32), &id(k)]).await?;
                        let ev = event(&c.c.query_one(&c.ev, &[&id(k)]).await?);
                        c.c.execute(&c.del_ev, &[&made.id]).await?;
                        c.c.batch_execute("COMMIT").await?;
                        return Ok((u.id > 0) as u64 + (ev.amount == k as i32) as u64);
                    }
                    // two round trips: only the delete needs an answer of an earlier statement
                    let (i, a) = (id(k), k as i32);
                    let (ka, kb): ([&(dyn ToSql + Sync); 1], [&(dyn ToSql + Sync); 2]) = ([&i], [&a, &i]);
                    let (_, u, made, _, ev) = futures::future::try_join5(
                        c.c.batch_execute("BEGIN"),
                        c.c.query_one(&c.point, &ka),
                        c.c.query_one(&c.ins, &p),
                        c.c.execute(&c.upd_ev, &kb),
                        c.c.query_one(&c.ev, &ka),
                    )
                    .await?;
                    let (u, made, ev) = (user(&u), event(&made), event(&ev));
                    let made_id: [&(dyn ToSql + Sync); 1] = [&made.id];
                    futures::future::try_join(c.c.execute(&c.del_ev, &made_id), c.c.batch_execute("COMMIT")).await?;
                    Ok((u.id > 0) as u64 + (ev.amount == k as i32) as u64)
                }
            }
        })
    }
}
pub fn user_of(c: &mut Cur) -> User {
    let mut f = || c.value();
    User {
        id: f_i32(f().unwrap()),
        email: f_str(f().unwrap()),
        name: f_str(f().unwrap()),
        age: f().map(f_i32),
        role: f_str(f().unwrap()),
        active: f().unwrap()[0] != 0,
        score: f_f64(f().unwrap()),
        created_at: f_time(f().unwrap()),
        posts: Vec::new(),
    }
}
