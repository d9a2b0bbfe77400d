//! What every implementation has to do, and the records that it has to hand back.
use chrono::NaiveDateTime;
use futures::future::BoxFuture;

pub type Err = Box<dyn std::error::Error + Send + Sync>;
pub type R<T> = Result<T, Err>;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Op {
    Point,
    Read100,
    Read10k,
    Nested10,
    Nested1000,
    RelFilter,
    InsertOne,
    Bulk10k,
    UpdateById,
    Tx5,
}
pub use Op::*;

pub const USERS: i64 = 10_000;
pub const POSTS: i64 = 50_000;
pub const COMMENTS: i64 = 150_000;
pub const EVENTS: i64 = 10_000;
pub const HOT: i32 = 9_900;

/// One client library (or one way of writing by hand) on one database.
pub trait Db: Send + Sync {
    fn name(&self) -> String;
    fn has(&self, op: Op) -> bool;
    /// Does the operation once with the k-th argument; answers the number of records handed back.
    fn run(&self, op: Op, k: i64) -> BoxFuture<'_, R<u64>>;
    /// Serves 32 callers at once.
    fn concurrent(&self) -> bool {
        true
    }
}

pub fn id(k: i64) -> i32 {
    ((k * 7919) % 10_000 + 1) as i32
}

#[derive(Debug, Clone)]
#[allow(dead_code)]
pub struct User {
    pub id: i32,
    pub email: String,
    pub name: String,
    pub age: Option<i32>,
    pub role: String,
    pub active: bool,
    pub score: f64,
    pub created_at: NaiveDateTime,
    pub posts: Vec<Post>,
}
#[derive(Debug, Clone)]
#[allow(dead_code)]
pub struct Post {
    pub id: i32,
    pub title: String,
    pub body: String,
    pub published: bool,
    pub views: i32,
    pub rating: Option<f64>,
    pub author_id: i32,
    pub created_at: NaiveDateTime,
    pub comments: Vec<Comment>,
}
#[derive(Debug, Clone)]
#[allow(dead_code)]
pub struct Comment {
    pub id: i32,
    pub body: String,
    pub likes: i32,
    pub post_id: i32,
    pub created_at: NaiveDateTime,
}
#[derive(Debug, Clone)]
#[allow(dead_code)]
pub struct Event {
    pub id: i32,
    pub kind: String,
    pub payload: String,
    pub amount: i32,
    pub ratio: f64,
    pub ok: bool,
    pub tag: Option<String>,
    pub created_at: NaiveDateTime,
}
#[derive(Clone)]
pub struct NewEvent {
    pub kind: String,
    pub payload: String,
    pub amount: i32,
    pub ratio: f64,
    pub ok: bool,
    pub tag: Option<String>,
    pub created_at: NaiveDateTime,
}
pub fn new_event(k: i64) -> NewEvent {
    NewEvent {
        kind: ["click", "view", "buy"][(k % 3) as usize].into(),
        payload: format!("payload of the event number {k}, about forty bytes long"),
        amount: k as i32,
        ratio: k as f64 / 7.0,
        ok: k % 2 == 0,
        tag: if k % 4 == 0 { None } else { Some(format!("tag{}", k % 100)) },
        created_at: NaiveDateTime::parse_from_str("2026-01-02 03:04:05", "%Y-%m-%d %H:%M:%S").unwrap(),
    }
}
pub fn bulk() -> Vec<NewEvent> {
    (0..10_000).map(new_event).collect()
}

/// Users, posts and comments of a nested read, checked: 5 posts a user, 3 comments a post.
pub fn count(users: &[User]) -> u64 {
    users.iter().map(|u| 1 + u.posts.iter().map(|p| 1 + p.comments.len() as u64).sum::<u64>()).sum()
}
pub fn expected(op: Op) -> Option<u64> {
    Some(match op {
        Point | InsertOne | UpdateById => 1,
        Read100 => 100,
        Read10k | Bulk10k => 10_000,
        Nested10 => 10 * (1 + 5 + 15),
        Nested1000 => 1_000 * (1 + 5 + 15),
        Tx5 => 2,
        RelFilter => return None,
    })
}
/// Puts posts (ordered by author) and comments (ordered by post) where they belong; all three lists ascend.
pub fn stitch(mut users: Vec<User>, posts: Vec<Post>, comments: Vec<Comment>) -> Vec<User> {
    let mut comments = comments.into_iter().peekable();
    let mut i = 0;
    for mut p in posts {
        while comments.peek().is_some_and(|c| c.post_id < p.id) {
            comments.next();
        }
        p.comments.reserve_exact(3);
        while comments.peek().is_some_and(|c| c.post_id == p.id) {
            p.comments.push(comments.next().unwrap());
        }
        while users[i].id != p.author_id {
            i += 1;
        }
        users[i].posts.push(p);
    }
    users
}
