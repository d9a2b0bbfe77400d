#[path = "../client.rs"]
mod db;
use db::{post, user};

fn requests(db: &db::Db) {
    // The form of a post that names its author itself does not go below one.
    let new = post::Raw { title: "a".into(), author_id: 1, slug: "a".into(), lang: "en".into() };
    let _ = db.user().create(user::New { email: "ann@x.io".into() }.posts([new]));
    let below = post::In { title: "a".into(), slug: "a".into(), lang: "en".into() };
    let _ = db.post().create(below);
}

fn main() {}
