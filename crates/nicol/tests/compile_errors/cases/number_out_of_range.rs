#[path = "../client.rs"]
mod db;
use db::user;

fn requests(db: &db::Db) {
    let _ = db.user().find_many().filter(user::age.eq(2_147_483_648));
}

fn main() {}
