//! sqlx on PostgreSQL, SQLite and MySQL, as its documentation shows: query_as with FromRow.
use crate::model::*;
use futures::future::BoxFuture;
use sqlx::{AssertSqlSafe, Row};

macro_rules! records {
    () => {
        #[derive(sqlx::FromRow)]
        struct URow {
            id: i32,
            email: String,
            name: String,
            age: Option<i32>,
            role: String,
            active: bool,
            score: f64,
            created_at: chrono::NaiveDateTime,
        }
        #[derive(sqlx::FromRow)]
        struct PRow {
            id: i32,
            title: String,
            body: String,
            published: bool,
            views: i32,
            rating: Option<f64>,
            author_id: i32,
            created_at: chrono::NaiveDateTime,
        }
        #[derive(sqlx::FromRow)]
        struct CRow {
            id: i32,
            body: String,
            likes: i32,
            post_id: i32,
            created_at: chrono::NaiveDateTime,
        }
        #[derive(sqlx::FromRow)]
        #[allow(dead_code)]
        struct ERow {
            id: i32,
            kind: String,
            payload: String,
            amount: i32,
            ratio: f64,
            ok: bool,
            tag: Option<String>,
            created_at: chrono::NaiveDateTime,
        }
        fn users(v: Vec<URow>) -> Vec<User> {
            v.into_iter()
                .map(|r| User {
                    id: r.id,
                    email: r.email,
                    name: r.name,
                    age: r.age,
                    role: r.role,
                    active: r.active,
                    score: r.score,
                    created_at: r.created_at,
                    posts: vec![],
                })
                .collect()
        }
        fn nest(u: Vec<URow>, p: Vec<PRow>, c: Vec<CRow>) -> Vec<User> {
            stitch(
                users(u),
                p.into_iter()
                    .map(|r| Post {
                        id: r.id,
                        title: r.title,
                        body: r.body,
                        published: r.published,
                        views: r.views,
                        rating: r.rating,
                        author_id: r.author_id,
                        created_at: r.created_at,
                        comments: vec![],
                    })
                    .collect(),
                c.into_iter()
                    .map(|r| Comment {
                        id: r.id,
                        body: r.body,
                        likes: r.likes,
                        post_id: r.post_id,
                        created_at: r.created_at,
                    })
                    .collect(),
            )
        }
    };
}

const U: &str = "id, email, name, age, role, active, score, created_at";
const RELF: &str =
    "SELECT * FROM users u WHERE EXISTS (SELECT 1 FROM posts p WHERE p.author_id = u.id AND p.views >= $1) ORDER BY id";

pub mod pg {
    use super::*;
    records!();
    pub struct Sqlx(pub sqlx::PgPool);
    pub async fn open(url: &str) -> R<Sqlx> {
        Ok(Sqlx(sqlx::postgres::PgPoolOptions::new().min_connections(10).max_connections(10).connect(url).await?))
    }
    const INS: &str = "INSERT INTO events (kind, payload, amount, ratio, ok, tag, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *";
    impl Sqlx {
        async fn nested(&self, n: i32) -> R<u64> {
            let u: Vec<URow> =
                sqlx::query_as("SELECT * FROM users WHERE id <= $1 ORDER BY id").bind(n).fetch_all(&self.0).await?;
            let ids: Vec<i32> = u.iter().map(|u| u.id).collect();
            let p: Vec<PRow> = sqlx::query_as("SELECT * FROM posts WHERE author_id = ANY($1) ORDER BY id")
                .bind(&ids)
                .fetch_all(&self.0)
                .await?;
            let ids: Vec<i32> = p.iter().map(|u| u.id).collect();
            let c: Vec<CRow> = sqlx::query_as("SELECT * FROM comments WHERE post_id = ANY($1) ORDER BY post_id, id")
                .bind(&ids)
                .fetch_all(&self.0)
                .await?;
            Ok(count(&nest(u, p, c)))
        }
    }
    impl Db for Sqlx {
        fn name(&self) -> String {
            "sqlx 0.9".into()
        }
        fn has(&self, _: Op) -> bool {
            true
        }
        fn run(&self, op: Op, k: i64) -> BoxFuture<'_, R<u64>> {
            Box::pin(async move {
                let db = &self.0;
                Ok(match op {
                    Point => users(vec![
                        sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id(k)).fetch_one(db).await?,
                    ])
                    .len() as u64,
                    Read100 => users(
                        sqlx::query_as("SELECT * FROM users WHERE id > $1 ORDER BY id LIMIT 100")
                            .bind(id(k) % 9000)
                            .fetch_all(db)
                            .await?,
                    )
                    .len() as u64,
                    Read10k => {
                        users(sqlx::query_as("SELECT * FROM users ORDER BY id").fetch_all(db).await?).len() as u64
                    }
                    Nested10 => self.nested(10).await?,
                    Nested1000 => self.nested(1000).await?,
                    RelFilter => users(sqlx::query_as(RELF).bind(HOT).fetch_all(db).await?).len() as u64,
                    InsertOne => {
                        let e = new_event(k);
                        let _: ERow = sqlx::query_as(INS)
                            .bind(e.kind)
                            .bind(e.payload)
                            .bind(e.amount)
                            .bind(e.ratio)
                            .bind(e.ok)
                            .bind(e.tag)
                            .bind(e.created_at)
                            .fetch_one(db)
                            .await?;
                        1
                    }
                    UpdateById => {
                        let _: ERow = sqlx::query_as("UPDATE events SET amount = $1 WHERE id = $2 RETURNING *")
                            .bind(k as i32)
                            .bind(id(k))
                            .fetch_one(db)
                            .await?;
                        1
                    }
                    Tx5 => {
                        let e = new_event(k);
                        let mut tx = db.begin().await?;
                        let u: URow =
                            sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id(k)).fetch_one(&mut *tx).await?;
                        let made: ERow = sqlx::query_as(INS)
                            .bind(e.kind)
                            .bind(e.payload)
                            .bind(e.amount)
                            .bind(e.ratio)
                            .bind(e.ok)
                            .bind(e.tag)
                            .bind(e.created_at)
                            .fetch_one(&mut *tx)
                            .await?;
                        sqlx::query("UPDATE events SET amount = $1 WHERE id = $2")
                            .bind(k as i32)
                            .bind(id(k))
                            .execute(&mut *tx)
                            .await?;
                        let ev: ERow = sqlx::query_as("SELECT * FROM events WHERE id = $1")
                            .bind(id(k))
                            .fetch_one(&mut *tx)
                            .await?;
                        sqlx::query("DELETE FROM events WHERE id = $1").bind(made.id).execute(&mut *tx).await?;
                        tx.commit().await?;
                        (u.id > 0) as u64 + (ev.amount == k as i32) as u64
                    }
                    Bulk10k => {
                        let rows = bulk();
                        sqlx::query("INSERT INTO events (kind, payload, amount, ratio, ok, tag, created_at) SELECT * FROM UNNEST($1::text[], $2::text[], $3::int4[], $4::float8[], $5::bool[], $6::text[], $7::timestamp[])")
                            .bind(rows.iter().map(|e| e.kind.clone()).collect::<Vec<_>>())
                            .bind(rows.iter().map(|e| e.payload.clone()).collect::<Vec<_>>())
                            .bind(rows.iter().map(|e| e.amount).collect::<Vec<_>>())
                            .bind(rows.iter().map(|e| e.ratio).collect::<Vec<_>>())
                            .bind(rows.iter().map(|e| e.ok).collect::<Vec<_>>())
                            .bind(rows.iter().map(|e| e.tag.clone()).collect::<Vec<_>>())
                            .bind(rows.iter().map(|e| e.created_at).collect::<Vec<_>>())
                            .execute(db).await?.rows_affected()
                    }
                })
            })
        }
    }
}

macro_rules! questionmark {
    ($modname:ident, $pool:ty, $opts:ty, $dbty:ty, $label:expr, $returning:expr, $last:expr) => {
        pub mod $modname {
            use super::*;
            records!();
            pub struct Sqlx(pub $pool);
            pub async fn open(url: &str, max: u32) -> R<Sqlx> {
                Ok(Sqlx(<$opts>::new().min_connections(1).max_connections(max).connect(url).await?))
            }
            const INS: &str = "INSERT INTO events (kind, payload, amount, ratio, ok, tag, created_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *";
            fn marks(n: usize) -> String { let mut s = "?,".repeat(n); s.pop(); s }
            impl Sqlx {
                async fn nested(&self, n: i32) -> R<u64> {
                    let u: Vec<URow> = sqlx::query_as("SELECT * FROM users WHERE id <= ? ORDER BY id").bind(n).fetch_all(&self.0).await?;
                    let mut q = sqlx::query_as(AssertSqlSafe(format!("SELECT * FROM posts WHERE author_id IN ({}) ORDER BY id", marks(u.len()))));
                    for r in &u { q = q.bind(r.id); }
                    let p: Vec<PRow> = q.fetch_all(&self.0).await?;
                    let mut q = sqlx::query_as(AssertSqlSafe(format!("SELECT * FROM comments WHERE post_id IN ({}) ORDER BY post_id, id", marks(p.len()))));
                    for r in &p { q = q.bind(r.id); }
                    let c: Vec<CRow> = q.fetch_all(&self.0).await?;
                    Ok(count(&nest(u, p, c)))
                }
            }
            impl Db for Sqlx {
                fn name(&self) -> String { $label.into() }
                fn has(&self, op: Op) -> bool { op != Bulk10k || true }
                fn run(&self, op: Op, k: i64) -> BoxFuture<'_, R<u64>> {
                    Box::pin(async move {
                        let db = &self.0;
                        Ok(match op {
                            Point => users(vec![sqlx::query_as("SELECT * FROM users WHERE id = ?").bind(id(k)).fetch_one(db).await?]).len() as u64,
                            Read100 => users(sqlx::query_as("SELECT * FROM users WHERE id > ? ORDER BY id LIMIT 100").bind(id(k) % 9000).fetch_all(db).await?).len() as u64,
                            Read10k => users(sqlx::query_as("SELECT * FROM users ORDER BY id").fetch_all(db).await?).len() as u64,
                            Nested10 => self.nested(10).await?,
                            Nested1000 => self.nested(1000).await?,
                            RelFilter => users(sqlx::query_as("SELECT * FROM users u WHERE EXISTS (SELECT 1 FROM posts p WHERE p.author_id = u.id AND p.views >= ?) ORDER BY id").bind(HOT).fetch_all(db).await?).len() as u64,
                            InsertOne => {
                                let e = new_event(k);
                                let _: ERow = sqlx::query_as(INS).bind(e.kind).bind(e.payload).bind(e.amount).bind(e.ratio).bind(e.ok).bind(e.tag).bind(e.created_at).fetch_one(db).await?;
                                1
                            }
                            UpdateById => {
                                if $returning {
                                    let _: ERow = sqlx::query_as("UPDATE events SET amount = ? WHERE id = ? RETURNING *").bind(k as i32).bind(id(k)).fetch_one(db).await?;
                                } else {
                                    sqlx::query("UPDATE events SET amount = ? WHERE id = ?").bind(k as i32).bind(id(k)).execute(db).await?;
                                    let _: ERow = sqlx::query_as("SELECT * FROM events WHERE id = ?").bind(id(k)).fetch_one(db).await?;
                                }
                                1
                            }
                            Tx5 => {
                                let e = new_event(k);
                                let mut tx = db.begin().await?;
                                let u: URow = sqlx::query_as("SELECT * FROM users WHERE id = ?").bind(id(k)).fetch_one(&mut *tx).await?;
                                let made: ERow = sqlx::query_as(INS).bind(e.kind).bind(e.payload).bind(e.amount).bind(e.ratio).bind(e.ok).bind(e.tag).bind(e.created_at).fetch_one(&mut *tx).await?;
                                sqlx::query("UPDATE events SET amount = ? WHERE id = ?").bind(k as i32).bind(id(k)).execute(&mut *tx).await?;
                                let ev: ERow = sqlx::query_as("SELECT * FROM events WHERE id = ?").bind(id(k)).fetch_one(&mut *tx).await?;
                                sqlx::query("DELETE FROM events WHERE id = ?").bind(made.id).execute(&mut *tx).await?;
                                tx.commit().await?;
                                (u.id > 0) as u64 + (ev.amount == k as i32) as u64
                            }
                            Bulk10k => {
                                let rows = bulk();
                                let mut tx = db.begin().await?;
                                let mut n = 0;
                                for chunk in rows.chunks(4_000) {
                                    let mut q = sqlx::QueryBuilder::<$dbty>::new("INSERT INTO events (kind, payload, amount, ratio, ok, tag, created_at) ");
                                    q.push_values(chunk, |mut b, e| {
                                        b.push_bind(&e.kind).push_bind(&e.payload).push_bind(e.amount).push_bind(e.ratio).push_bind(e.ok).push_bind(&e.tag).push_bind(e.created_at);
                                    });
                                    n += q.build().execute(&mut *tx).await?.rows_affected();
                                }
                                tx.commit().await?;
                                n
                            }
                        })
                    })
                }
            }
        }
    };
}
questionmark!(sqlite, sqlx::SqlitePool, sqlx::sqlite::SqlitePoolOptions, sqlx::Sqlite, "sqlx 0.9", true, 0);
questionmark!(mysql, sqlx::MySqlPool, sqlx::mysql::MySqlPoolOptions, sqlx::MySql, "sqlx 0.9", false, 0);

#[allow(dead_code)]
fn _unused(r: sqlx::postgres::PgRow) -> i32 {
    let _ = U;
    r.get(0)
}
