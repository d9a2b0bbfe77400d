//! prax-orm on PostgreSQL.
use crate::model::{
    Bulk10k, Db, HOT, InsertOne, Nested10, Nested1000, Op, Point, R, Read10k, Read100, RelFilter, Tx5, UpdateById, id,
    new_event,
};
use futures::future::BoxFuture;
use prax_orm::{Model, PraxClient, client};
use prax_postgres::{PgEngine, PgPoolBuilder};

#[derive(Model, Debug, Clone, PartialEq)]
#[prax(table = "comments")]
pub struct Comment {
    #[prax(id, auto)]
    pub id: i32,
    pub body: String,
    pub likes: i32,
    pub post_id: i32,
    pub created_at: chrono::NaiveDateTime,
}
#[derive(Model, Debug, Clone, PartialEq)]
#[prax(table = "posts")]
pub struct Post {
    #[prax(id, auto)]
    pub id: i32,
    pub title: String,
    pub body: String,
    pub published: bool,
    pub views: i32,
    pub rating: Option<f64>,
    pub author_id: i32,
    pub created_at: chrono::NaiveDateTime,
    #[prax(relation(target = "Comment", foreign_key = "post_id"))]
    pub comments: Vec<Comment>,
}
#[derive(Model, Debug, Clone, PartialEq)]
#[prax(table = "users")]
pub struct User {
    #[prax(id, auto)]
    pub id: i32,
    pub email: String,
    pub name: String,
    pub age: Option<i32>,
    pub role: String,
    pub active: bool,
    pub score: f64,
    pub created_at: chrono::NaiveDateTime,
    #[prax(relation(target = "Post", foreign_key = "author_id"))]
    pub posts: Vec<Post>,
}
#[derive(Model, Debug, Clone, PartialEq)]
#[prax(table = "events")]
pub struct Event {
    #[prax(id, auto)]
    pub id: i32,
    pub kind: String,
    pub payload: String,
    pub amount: i32,
    pub ratio: f64,
    pub ok: bool,
    pub tag: Option<String>,
    pub created_at: chrono::NaiveDateTime,
}
client!(User, Post, Comment, Event);

pub struct Prax(PraxClient<PgEngine>);
pub async fn open(url: &str) -> R<Prax> {
    let pool = PgPoolBuilder::new().url(url).max_connections(10).build().await?;
    Ok(Prax(PraxClient::new(PgEngine::new(pool))))
}
impl Db for Prax {
    fn name(&self) -> String {
        "prax-orm 0.12".into()
    }
    fn has(&self, op: Op) -> bool {
        !matches!(op, Tx5 | Bulk10k | RelFilter)
    }
    fn run(&self, op: Op, k: i64) -> BoxFuture<'_, R<u64>> {
        Box::pin(async move {
            let c = &self.0;
            Ok(match op {
                Point => {
                    c.user().find_unique().r#where(user::id::equals(id(k))).exec().await?;
                    1
                }
                Read100 => c
                    .user()
                    .find_many()
                    .r#where(user::id::gt(id(k) % 9000))
                    .order_by(prax_query::types::OrderByField::asc("id"))
                    .take(100)
                    .exec()
                    .await?
                    .len() as u64,
                Read10k => {
                    c.user().find_many().order_by(prax_query::types::OrderByField::asc("id")).exec().await?.len() as u64
                }
                Nested10 | Nested1000 => {
                    let n = if op == Nested10 { 10 } else { 1000 };
                    let v = c
                        .user()
                        .find_many()
                        .r#where(user::id::lte(n))
                        .include(user::posts::fetch().include(post::comments::fetch()))
                        .exec()
                        .await?;
                    v.iter().map(|u| 1 + u.posts.iter().map(|p| 1 + p.comments.len() as u64).sum::<u64>()).sum()
                }
                InsertOne => {
                    let e = new_event(k);
                    let mut q = c
                        .event()
                        .create()
                        .set("kind", e.kind)
                        .set("payload", e.payload)
                        .set("amount", e.amount)
                        .set("ratio", e.ratio)
                        .set("ok", e.ok)
                        .set("created_at", e.created_at);
                    if let Some(t) = e.tag {
                        q = q.set("tag", t);
                    }
                    q.exec().await?;
                    1
                }
                UpdateById => {
                    c.event().update().r#where(event::id::equals(id(k))).set("amount", k as i32).exec().await?;
                    1
                }
                _ => {
                    let _ = HOT;
                    unreachable!()
                }
            })
        })
    }
}
