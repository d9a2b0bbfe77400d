#[path = "../client.rs"]
mod db;
use db::{post, user};

/// The schema has no such field.
#[derive(nicol::Shape)]
#[shape(user)]
struct Nickname {
    nickname: String,
}

/// `name` may be NULL.
#[derive(nicol::Shape)]
#[shape(user)]
struct Named {
    name: String,
}

/// A post has one author.
#[derive(nicol::Shape)]
#[shape(post)]
struct Authors {
    author: Vec<Named>,
}

fn main() {}
