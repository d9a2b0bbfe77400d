#[path = "../client.rs"]
mod db;

fn requests(db: &db::Db) {
    let _ = db.batch((db.user().count(), 5));
}

fn main() {}
