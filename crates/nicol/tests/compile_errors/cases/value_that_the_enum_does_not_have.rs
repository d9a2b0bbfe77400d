#[path = "../client.rs"]
mod db;
use db::{Role, user};

fn requests(db: &db::Db) {
    let _ = db.user().find_many().filter(user::role.eq(Role::Admin));
    let _ = db.user().find_many().filter(user::role.eq("WRITER"));
    let _ = db.user().update(user::by_id(1)).set(|s| s.role("WRITER"));
}

fn main() {}
