#[path = "../client.rs"]
mod db;
use db::visit;

fn requests(db: &db::Db) {
    let _ = db.visit().create(visit::New { text: "a".into() });
    let _ = db.visit().update(visit::by_id(1));
    let _ = db.visit().delete_all();
}

fn main() {}
