//! List columns, where the database has them.

use super::db::{Db, Lists, Role, lists};

pub(crate) async fn run(db: &Db) -> nicol::Result<()> {
    db.lists().delete_all().await?;
    let given = lists::New {}.numbers([1, 2]).words(["x", "y,\"z"]).roles([Role::Admin, Role::User]);
    let made: Lists = db.lists().create(given).await?;
    assert_eq!(made.numbers, [1, 2]);
    assert_eq!(made.words, ["x", "y,\"z"]);
    assert_eq!(made.roles, [Role::Admin, Role::User]);
    let empty = db.lists().create(lists::New {}).await?;
    assert_eq!((empty.numbers.len(), empty.words, empty.roles.len()), (0, vec!["a".to_owned(), "b".to_owned()], 0));
    let changed = db.lists().update(lists::by_id(made.id)).set(|s| s.numbers([7]).roles(Vec::new())).await?;
    assert_eq!((changed.numbers, changed.roles.len()), (vec![7], 0));
    assert_eq!(db.lists().count().filter(lists::numbers.eq([7])).await?, 1);
    Ok(())
}
