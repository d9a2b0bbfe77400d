#[path = "../client.rs"]
mod db;
use db::{post, user};

fn requests(db: &db::Db) {
    // By what of the author, or by how many posts?
    let _ = db.post().find_many().order_by(post::author);
    let _ = db.post().find_many().order_by(post::author.asc());
    let _ = db.user().find_many().order_by(user::posts);
}

fn main() {}
