#[path = "../client.rs"]
mod db;
use db::{post, user};

fn requests(db: &db::Db) {
    // A post below its author needs no author, but a title.
    let ann = user::New { email: "ann@x.io".into() };
    let _ = db.user().create(ann.posts([post::In { slug: "a".into(), lang: "en".into() }]));
    let at = db.user().update(user::by_id(1));
    let _ = at.set(|s| s.posts(|posts| posts.create(post::In { title: "a".into(), slug: "a".into() })));
}

fn main() {}
