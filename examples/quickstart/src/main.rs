//! The whole line in one small program: a schema, a migrated SQLite file, typed writes and reads.
//!
//! `prisma/schema.prisma` says what there is; `build.rs` makes the module `db` of it; `prisma/migrations` is compiled in
//! and applied at the start. Run it twice: the second run finds everything in place.

use std::error::Error;

use nicol::inc;
use nicol::migrate::Embedded;

mod db {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}
use db::{Db, Post, User, post, user};

/// The migrations, as `nicol migrate dev` wrote them, compiled in.
const MIGRATIONS: Embedded = nicol::migrate!("prisma/migrations");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "file:quickstart.db".to_owned());
    migrate(&url).await?;
    let db = Db::connect(&url).await?;
    write(&db).await?;
    read(&db).await?;
    change(&db).await?;
    Ok(())
}

/// Brings the database up to date; creates the file when it is missing.
async fn migrate(url: &str) -> Result<(), Box<dyn Error>> {
    let deployed = MIGRATIONS.deploy(url).await?;
    match deployed.applied.as_slice() {
        [] => println!("Nothing to migrate: {} of {} applied before", deployed.found, deployed.found),
        names => println!("Migrated: {}", names.join(", ")),
    }
    Ok(())
}

/// Two users with posts. Leave out `email` and rustc says: missing field `email`.
async fn write(db: &Db) -> nicol::Result<()> {
    let posts = (
        post::In { title: "Hello".into() }.published(true).views(12),
        post::In { title: "A draft".into() },
        post::In { title: "On types".into() }.published(true).views(99),
    );
    let ann = user::New { email: "ann@example.com".into() }.name("Ann").posts(posts);
    let first = post::In { title: "Bob's first".into() }.published(true).views(3);
    let bob = user::New { email: "bob@example.com".into() }.posts([first]);
    // Created by the first run; every later run counts a visit.
    let ann: User = db.user().upsert(user::by_email("ann@example.com"), ann, |s| s.visits(inc(1))).await?;
    let bob: User = db.user().upsert(user::by_email("bob@example.com"), bob, |s| s.visits(inc(1))).await?;
    println!("\nWrote (or greeted again):");
    for user in [&ann, &bob] {
        println!("  #{} {} visit {}", user.id, user.email, user.visits);
    }
    Ok(())
}

/// Reads: filtered, ordered, nested, and only what is asked for.
async fn read(db: &Db) -> nicol::Result<()> {
    let popular: Vec<(User, Vec<Post>)> = db
        .user()
        .find_many()
        .filter(user::posts.some(post::published.eq(true) & post::views.gt(10)))
        .order_by(user::email.asc())
        .with(user::posts.filter(post::published.eq(true)).order_by(post::views.desc()).take(2))
        .await?;
    println!("\nUsers with a published post of more than 10 views, and their two best:");
    for (user, posts) in &popular {
        println!("  {}", user.name.as_deref().unwrap_or(&user.email));
        for post in posts {
            println!("    {:>3} views  {}", post.views, post.title);
        }
    }
    let titles: Vec<(String, String, i64)> = db
        .post()
        .find_many()
        .filter(post::title.contains("i") | post::author.is(user::name.is_null()))
        .order_by(post::title.asc())
        .select((post::title, post::author.select(user::email), post::author.select(user::posts.count())))
        .await?;
    println!("\nPosts with an i in the title, or by somebody without a name:");
    for (title, email, posts) in &titles {
        println!("  {title:?} by {email}, who wrote {posts}");
    }
    Ok(())
}

/// Changes in one transaction: all of them or none.
async fn change(db: &Db) -> nicol::Result<()> {
    let (post, left) = db
        .tx()
        .run(async |tx| {
            let post = tx.post().find_first().filter(post::title.eq("Hello")).await?;
            if let Some(post) = &post {
                tx.post().update(post::by_id(post.id)).set(|s| s.views(inc(1))).await?;
            }
            Ok((post, tx.post().count().filter(post::published.eq(false)).await?))
        })
        .await?;
    if let Some(post) = post {
        let now = db.post().get(post::by_id(post.id)).select(post::views).await?;
        println!("\n{:?} went from {} to {now} views; {left} unpublished", post.title, post.views);
    }
    let missing = db.user().get(user::by_email("nobody@example.com")).await;
    if let Err(error) = missing {
        println!("An absent row is an error with a code: {error}");
    }
    Ok(())
}
