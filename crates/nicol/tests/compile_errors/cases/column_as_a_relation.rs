#[path = "../client.rs"]
mod db;
use db::{post, user};

fn requests(db: &db::Db) {
    // `name` is a column: there are no rows below it.
    let _ = db.user().find_many().select((user::id, user::name.select(post::title)));
    let _ = db.user().find_many().filter(user::name.some(post::title.eq("a")));
}

fn main() {}
