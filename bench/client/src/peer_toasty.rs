//! toasty on PostgreSQL. Its date type needs a feature (jiff) whose lock file can't hold sqlx's SQLite beside it
//! (two versions of one linked library), so its records go without created_at: seven columns for the others' eight.
use crate::model::*;
use futures::future::BoxFuture;

#[derive(Debug, toasty::Model)]
#[table = "users"]
struct User {
    #[key]
    #[auto]
    id: i32,
    #[unique]
    email: String,
    name: String,
    age: Option<i32>,
    role: String,
    active: bool,
    score: f64,
    #[has_many]
    posts: toasty::Deferred<Vec<Post>>,
}
#[derive(Debug, toasty::Model)]
#[table = "posts"]
struct Post {
    #[key]
    #[auto]
    id: i32,
    title: String,
    body: String,
    published: bool,
    #[index]
    views: i32,
    rating: Option<f64>,
    #[index]
    author_id: i32,
    #[belongs_to(key = author_id, references = id)]
    user: toasty::Deferred<User>,
    #[has_many]
    comments: toasty::Deferred<Vec<Comment>>,
}
#[derive(Debug, toasty::Model)]
#[table = "comments"]
struct Comment {
    #[key]
    #[auto]
    id: i32,
    body: String,
    likes: i32,
    #[index]
    post_id: i32,
    #[belongs_to(key = post_id, references = id)]
    post: toasty::Deferred<Post>,
}
#[derive(Debug, toasty::Model)]
#[table = "events"]
struct Event {
    #[key]
    #[auto]
    id: i32,
    kind: String,
    payload: String,
    amount: i32,
    ratio: f64,
    ok: bool,
    tag: Option<String>,
}

pub struct Toasty(toasty::Db);
pub async fn open(url: &str) -> R<Toasty> {
    let db = toasty::Db::builder()
        .models(toasty::models!(User, Post, Comment, Event))
        .max_pool_size(10)
        .connect(url)
        .await?;
    Ok(Toasty(db))
}
macro_rules! create {
    ($e:expr) => {{
        let e = $e;
        let c = Event::create().kind(e.kind).payload(e.payload).amount(e.amount).ratio(e.ratio).ok(e.ok);
        match e.tag {
            Some(t) => c.tag(t),
            None => c,
        }
    }};
}
impl Db for Toasty {
    fn name(&self) -> String {
        "toasty 0.11".into()
    }
    fn has(&self, _: Op) -> bool {
        true
    }
    fn run(&self, op: Op, k: i64) -> BoxFuture<'_, R<u64>> {
        Box::pin(async move {
            let mut db = self.0.clone();
            Ok(match op {
                Point => {
                    User::get_by_id(&mut db, &id(k)).await?;
                    1
                }
                Read100 => User::filter(User::fields().id().gt(id(k) % 9000))
                    .order_by(User::fields().id().asc())
                    .limit(100)
                    .exec(&mut db)
                    .await?
                    .len() as u64,
                Read10k => User::all().order_by(User::fields().id().asc()).exec(&mut db).await?.len() as u64,
                Nested10 | Nested1000 => {
                    let n = if op == Nested10 { 10 } else { 1000 };
                    let v: Vec<User> = User::filter(User::fields().id().le(n))
                        .include(User::fields().posts())
                        .include(User::fields().posts().comments())
                        .exec(&mut db)
                        .await?;
                    v.iter()
                        .map(|u| 1 + u.posts.get().iter().map(|p| 1 + p.comments.get().len() as u64).sum::<u64>())
                        .sum()
                }
                RelFilter => User::filter(User::fields().posts().any(Post::fields().views().ge(HOT)))
                    .order_by(User::fields().id().asc())
                    .exec(&mut db)
                    .await?
                    .len() as u64,
                InsertOne => {
                    create!(new_event(k)).exec(&mut db).await?;
                    1
                }
                UpdateById => {
                    Event::filter_by_id(id(k)).update().amount(k as i32).exec(&mut db).await?;
                    1
                }
                Tx5 => {
                    let mut tx = db.transaction().await?;
                    let u = User::get_by_id(&mut tx, &id(k)).await?;
                    let made = create!(new_event(k)).exec(&mut tx).await?;
                    Event::filter_by_id(id(k)).update().amount(k as i32).exec(&mut tx).await?;
                    let e = Event::get_by_id(&mut tx, &id(k)).await?;
                    Event::filter_by_id(made.id).delete().exec(&mut tx).await?;
                    tx.commit().await?;
                    (u.id > 0) as u64 + (e.amount == k as i32) as u64
                }
                Bulk10k => {
                    // one statement may hold at most 65535 parameters
                    let mut n = 0;
                    for chunk in bulk().chunks(5_000) {
                        let mut m = Event::create_many();
                        for e in chunk {
                            m = m.item(create!(e.clone()));
                        }
                        n += m.exec(&mut db).await?.len() as u64;
                    }
                    n
                }
            })
        })
    }
}
