#[path = "../client.rs"]
mod db;
use db::user;

fn requests(db: &db::Db) {
    // `email` is required and has no default.
    let _ = db.user().create(user::New {});
}

fn main() {}
