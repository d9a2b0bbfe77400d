#[path = "../client.rs"]
mod db;
use db::event;

fn requests(db: &db::Db) {
    let _ = db.event().create(event::New { text: "a".into() });
    let _ = db.event().update(event::by_id(1));
    let _ = db.event().delete_all();
}

fn main() {}
