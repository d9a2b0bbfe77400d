#[path = "../client.rs"]
mod db;
use db::{post, user};

fn requests(db: &db::Db) {
    // A post without an author cannot be.
    let _ = db.user().update(user::by_id(1)).set(|s| s.posts(|posts| posts.disconnect(post::by_id(1))));
    let _ = db.post().update(post::by_id(1)).set(|s| s.author(|author| author.disconnect()));
}

fn main() {}
