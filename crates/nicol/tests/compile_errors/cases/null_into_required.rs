#[path = "../client.rs"]
mod db;
use db::user;

fn requests(db: &db::Db) {
    let ann = user::New { email: "ann@x.io".into() };
    let _ = db.user().create(ann.age(None));
    let _ = db.user().update(user::by_id(1)).set(|s| s.email(None));
    let _ = db.user().find_many().filter(user::email.is_null());
}

fn main() {}
