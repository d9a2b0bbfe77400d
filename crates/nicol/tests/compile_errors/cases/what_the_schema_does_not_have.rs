#[path = "../client.rs"]
mod db;
use db::user;

fn requests(db: &db::Db) {
    let _ = db.user().find_many().filter(user::nickname.eq("Ann"));
    let _ = db.user().find_many().filter(user::name.in_([Some("Ann"), None]));
    let _ = db.user().find_many().skip(-1);
}

fn main() {}
