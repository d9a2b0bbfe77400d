#[path = "../client.rs"]
mod db;
use db::{post, user};

fn requests(db: &db::Db) {
    let _ = db.user().find_many().filter(post::title.eq("a"));
    let _ = db.user().find_many().order_by(post::title.asc());
    let _ = db.user().find_many().select((user::id, post::title));
}

fn main() {}
