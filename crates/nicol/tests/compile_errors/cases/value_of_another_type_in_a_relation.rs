#[path = "../client.rs"]
mod db;
use db::{post, user};

fn requests(db: &db::Db) {
    let _ = db.user().find_many().filter(user::posts.some(post::title.eq(5)));
    let _ = db.user().find_many().filter(user::posts.some(user::name.eq("Ann")));
    let _ = db.post().find_many().filter(post::author.is(user::age.gt("thirty")));
}

fn main() {}
