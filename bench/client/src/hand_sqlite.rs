//! SQLite by hand over rusqlite: cached prepared statements.
use crate::model::*;
use futures::future::BoxFuture;
use rusqlite::{Connection, Row, params};
use std::sync::Mutex;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Way {
    Best,
    JsonSubquery,
    FlatJoin,
    InList,
    LookupEach,
    MultiValues,
    /// on the runtime's blocking pool, as an async client over SQLite has to be
    SpawnBlocking,
}
pub struct HandSqlite {
    way: Way,
    c: std::sync::Arc<Mutex<Connection>>,
}
const U: &str = "id, email, name, age, role, active, score, created_at";
const P: &str = "id, title, body, published, views, rating, author_id, created_at";
const C: &str = "id, body, likes, post_id, created_at";
const E: &str = "id, kind, payload, amount, ratio, ok, tag, created_at";
const INS: &str = "INSERT INTO events (kind, payload, amount, ratio, ok, tag, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id, kind, payload, amount, ratio, ok, tag, created_at";

fn user(r: &Row) -> rusqlite::Result<User> {
    Ok(User {
        id: r.get(0)?,
        email: r.get(1)?,
        name: r.get(2)?,
        age: r.get(3)?,
        role: r.get(4)?,
        active: r.get(5)?,
        score: r.get(6)?,
        created_at: r.get(7)?,
        posts: vec![],
    })
}
fn post(r: &Row, o: usize) -> rusqlite::Result<Post> {
    Ok(Post {
        id: r.get(o)?,
        title: r.get(o + 1)?,
        body: r.get(o + 2)?,
        published: r.get(o + 3)?,
        views: r.get(o + 4)?,
        rating: r.get(o + 5)?,
        author_id: r.get(o + 6)?,
        created_at: r.get(o + 7)?,
        comments: vec![],
    })
}
fn comment(r: &Row, o: usize) -> rusqlite::Result<Comment> {
    Ok(Comment {
        id: r.get(o)?,
        body: r.get(o + 1)?,
        likes: r.get(o + 2)?,
        post_id: r.get(o + 3)?,
        created_at: r.get(o + 4)?,
    })
}
fn event(r: &Row) -> rusqlite::Result<Event> {
    Ok(Event {
        id: r.get(0)?,
        kind: r.get(1)?,
        payload: r.get(2)?,
        amount: r.get(3)?,
        ratio: r.get(4)?,
        ok: r.get(5)?,
        tag: r.get(6)?,
        created_at: r.get(7)?,
    })
}
impl HandSqlite {
    pub fn new(path: &str, way: Way) -> R<HandSqlite> {
        let c = Connection::open(path)?;
        c.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000")?;
        c.set_prepared_statement_cache_capacity(64);
        Ok(HandSqlite { way, c: std::sync::Arc::new(Mutex::new(c)) })
    }
}
fn list<T>(c: &Connection, sql: &str, p: impl rusqlite::Params, f: impl Fn(&Row) -> rusqlite::Result<T>) -> R<Vec<T>> {
    let mut s = c.prepare_cached(sql)?;
    let mut rows = s.query(p)?;
    let mut v = Vec::new();
    while let Some(r) = rows.next()? {
        v.push(f(r)?);
    }
    Ok(v)
}
fn nested(c: &Connection, way: Way, n: i32) -> R<u64> {
    let cols = |p: &str, l: &str| l.split(", ").map(|c| format!("{p}.{c}")).collect::<Vec<_>>().join(", ");
    Ok(match way {
        Way::JsonSubquery => {
            let sql = format!(
                "SELECT {}, (SELECT json_group_array(json_array({}, (SELECT json_group_array(json_array({})) FROM comments c WHERE c.post_id = p.id))) FROM posts p WHERE p.author_id = u.id) FROM users u WHERE u.id <= ?1 ORDER BY u.id",
                cols("u", U),
                cols("p", P),
                cols("c", C)
            );
            #[derive(serde::Deserialize)]
            struct JC(i32, String, i32, i32, String);
            #[derive(serde::Deserialize)]
            #[allow(dead_code)]
            struct JP(i32, String, String, i32, i32, Option<f64>, i32, String, Vec<JC>);
            let at = |s: &str| chrono::NaiveDateTime::parse_from_str(s, "%Y-%m-%d %H:%M:%S%.f").unwrap();
            let v = list(c, &sql, [n], |r| {
                let mut u = user(r)?;
                let j: Vec<JP> = serde_json::from_str(r.get_ref(8)?.as_str()?).unwrap();
                u.posts = j
                    .into_iter()
                    .map(|p| Post {
                        id: p.0,
                        title: p.1,
                        body: p.2,
                        published: p.3 != 0,
                        views: p.4,
                        rating: p.5,
                        author_id: p.6,
                        created_at: at(&p.7),
                        comments: p
                            .8
                            .into_iter()
                            .map(|c| Comment { id: c.0, body: c.1, likes: c.2, post_id: c.3, created_at: at(&c.4) })
                            .collect(),
                    })
                    .collect();
                Ok(u)
            })?;
            count(&v)
        }
        Way::FlatJoin => {
            let sql = format!(
                "SELECT {}, {}, {} FROM users u LEFT JOIN posts p ON p.author_id = u.id LEFT JOIN comments c ON c.post_id = p.id WHERE u.id <= ?1 ORDER BY u.id, p.id, c.id",
                cols("u", U),
                cols("p", P),
                cols("c", C)
            );
            let mut s = c.prepare_cached(&sql)?;
            let mut rows = s.query([n])?;
            let mut out: Vec<User> = vec![];
            while let Some(r) = rows.next()? {
                let uid: i32 = r.get(0)?;
                if out.last().is_none_or(|u| u.id != uid) {
                    out.push(user(r)?);
                }
                let u = out.last_mut().unwrap();
                let Some(pid) = r.get::<_, Option<i32>>(8)? else { continue };
                if u.posts.last().is_none_or(|p| p.id != pid) {
                    u.posts.push(post(r, 8)?);
                }
                if r.get::<_, Option<i32>>(16)?.is_some() {
                    u.posts.last_mut().unwrap().comments.push(comment(r, 16)?);
                }
            }
            count(&out)
        }
        Way::Best | Way::InList => {
            let u = list(c, &format!("SELECT {U} FROM users WHERE id <= ?1 ORDER BY id"), [n], user)?;
            let marks = |n: usize| vec!["?"; n].join(",");
            let p = list(
                c,
                &format!("SELECT {P} FROM posts WHERE author_id IN ({}) ORDER BY id", marks(u.len())),
                rusqlite::params_from_iter(u.iter().map(|u| u.id)),
                |r| post(r, 0),
            )?;
            let m = list(
                c,
                &format!("SELECT {C} FROM comments WHERE post_id IN ({}) ORDER BY post_id, id", marks(p.len())),
                rusqlite::params_from_iter(p.iter().map(|u| u.id)),
                |r| comment(r, 0),
            )?;
            count(&crate::hand_pg::stitch_any(u, p, m))
        }
        _ => {
            // no round trips to save: a prepared lookup for every parent
            let mut v = list(c, &format!("SELECT {U} FROM users WHERE id <= ?1 ORDER BY id"), [n], user)?;
            let mut ps = c.prepare_cached(&format!("SELECT {P} FROM posts WHERE author_id = ?1 ORDER BY id"))?;
            let mut cs = c.prepare_cached(&format!("SELECT {C} FROM comments WHERE post_id = ?1 ORDER BY id"))?;
            for u in &mut v {
                let mut rows = ps.query([u.id])?;
                while let Some(r) = rows.next()? {
                    let mut p = post(r, 0)?;
                    let mut crows = cs.query([p.id])?;
                    while let Some(r) = crows.next()? {
                        p.comments.push(comment(r, 0)?);
                    }
                    u.posts.push(p);
                }
            }
            count(&v)
        }
    })
}
fn go(c: &mut Connection, way: Way, op: Op, k: i64) -> R<u64> {
    Ok(match op {
        Point => list(c, &format!("SELECT {U} FROM users WHERE id = ?1"), [id(k)], user)?.len() as u64,
        Read100 => list(c, &format!("SELECT {U} FROM users WHERE id > ?1 ORDER BY id LIMIT 100"), [id(k) % 9000], user)?.len() as u64,
        Read10k => list(c, &format!("SELECT {U} FROM users ORDER BY id"), [], user)?.len() as u64,
        Nested10 => nested(c, way, 10)?,
        Nested1000 => nested(c, way, 1000)?,
        RelFilter => list(c, &format!("SELECT {U} FROM users u WHERE EXISTS (SELECT 1 FROM posts p WHERE p.author_id = u.id AND p.views >= ?1) ORDER BY id"), [HOT], user)?.len() as u64,
        InsertOne => {
            let e = new_event(k);
            list(c, INS, params![e.kind, e.payload, e.amount, e.ratio, e.ok, e.tag, e.created_at], event)?.len() as u64
        }
        UpdateById => list(c, &format!("UPDATE events SET amount = ?1 WHERE id = ?2 RETURNING {E}"), params![k as i32, id(k)], event)?.len() as u64,
        Tx5 => {
            let e = new_event(k);
            let tx = c.transaction()?;
            let u = list(&tx, &format!("SELECT {U} FROM users WHERE id = ?1"), [id(k)], user)?;
            let made = list(&tx, INS, params![e.kind, e.payload, e.amount, e.ratio, e.ok, e.tag, e.created_at], event)?;
            tx.prepare_cached("UPDATE events SET amount = ?1 WHERE id = ?2")?.execute(params![k as i32, id(k)])?;
            let ev = list(&tx, &format!("SELECT {E} FROM events WHERE id = ?1"), [id(k)], event)?;
            tx.prepare_cached("DELETE FROM events WHERE id = ?1")?.execute([made[0].id])?;
            tx.commit()?;
            (u[0].id > 0) as u64 + (ev[0].amount == k as i32) as u64
        }
        Bulk10k => {
            let rows = bulk();
            let tx = c.transaction()?;
            if way == Way::MultiValues {
                for chunk in rows.chunks(1000) {
                    let sql = format!("INSERT INTO events (kind, payload, amount, ratio, ok, tag, created_at) VALUES {}", vec!["(?,?,?,?,?,?,?)"; chunk.len()].join(","));
                    let mut s = tx.prepare_cached(&sql)?;
                    let mut i = 0;
                    for e in chunk {
                        for p in [&e.kind as &dyn rusqlite::ToSql, &e.payload, &e.amount, &e.ratio, &e.ok, &e.tag, &e.created_at] {
                            i += 1;
                            s.raw_bind_parameter(i, p)?;
                        }
                    }
                    s.raw_execute()?;
                }
            } else {
                let mut s = tx.prepare_cached("INSERT INTO events (kind, payload, amount, ratio, ok, tag, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
                for e in &rows {
                    s.execute(params![e.kind, e.payload, e.amount, e.ratio, e.ok, e.tag, e.created_at])?;
                }
            }
            tx.commit()?;
            rows.len() as u64
        }
    })
}
impl Db for HandSqlite {
    fn name(&self) -> String {
        match self.way {
            Way::Best => "by hand (rusqlite)".into(),
            w => format!("by hand: {w:?}"),
        }
    }
    fn has(&self, op: Op) -> bool {
        match self.way {
            Way::Best => true,
            Way::JsonSubquery | Way::FlatJoin | Way::InList | Way::LookupEach => matches!(op, Nested10 | Nested1000),
            Way::MultiValues => op == Bulk10k,
            Way::SpawnBlocking => matches!(op, Point | Read100 | InsertOne | UpdateById),
        }
    }
    fn concurrent(&self) -> bool {
        false
    }
    fn run(&self, op: Op, k: i64) -> BoxFuture<'_, R<u64>> {
        Box::pin(async move {
            if self.way == Way::SpawnBlocking {
                let c = self.c.clone();
                return tokio::task::spawn_blocking(move || go(&mut c.lock().unwrap(), Way::Best, op, k)).await?;
            }
            go(&mut self.c.lock().unwrap(), self.way, op, k)
        })
    }
}
