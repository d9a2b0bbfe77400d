#[path = "../client.rs"]
mod db;
use db::post;

fn requests(db: &db::Db) {
    let _ = db.post().find(post::by_slug_lang("a"));
    let _ = db.post().find(post::by_slug("a"));
}

fn main() {}
