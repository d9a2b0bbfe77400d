#[path = "../client.rs"]
mod db;
use db::user;

fn requests(db: &db::Db) {
    let _ = db.user().find_many().filter(user::age.gt("thirty"));
    let _ = db.user().update(user::by_id(1)).set(|s| s.age("thirty"));
    let _ = db.user().find(user::by_id("one"));
}

fn main() {}
