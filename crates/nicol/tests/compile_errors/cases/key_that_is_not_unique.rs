#[path = "../client.rs"]
mod db;
use db::user;

fn requests(db: &db::Db) {
    // Several users may have one name.
    let _ = db.user().find(user::name.eq("Ann"));
    let _ = db.user().find(user::by_name("Ann"));
}

fn main() {}
