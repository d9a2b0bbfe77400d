#[path = "../client.rs"]
mod db;
use db::post;

fn requests(db: &db::Db) {
    // A post has an author.
    let _ = db.post().create(post::New { title: "a".into(), slug: "a".into(), lang: "en".into() });
}

fn main() {}
