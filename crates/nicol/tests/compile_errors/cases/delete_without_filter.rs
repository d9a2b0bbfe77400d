#[path = "../client.rs"]
mod db;

fn requests(db: &db::Db) {
    // For all rows there is `delete_all`.
    let _ = db.post().delete_many();
}

fn main() {}
