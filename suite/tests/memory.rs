//! A stream keeps few rows in memory, whatever their number. `NICOL_STREAM_ROWS=1000000` asks for more of them than usual.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]
#![allow(clippy::duplicate_mod, reason = "the same behaviours against another generated client")]
#![cfg(target_os = "linux")]

#[path = "client/database.rs"]
mod database;

/// Bytes of a row's text.
const WIDTH: usize = 180;

/// The most memory that this process has had since it was asked to forget, in KiB.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("the state of this process");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a line");
    line.split_whitespace().nth(1).expect("a number").parse().expect("a number")
}

macro_rules! provider {
    ($module:ident, $file:literal) => {
        mod $module {
            #[allow(clippy::all, reason = "generated")]
            mod db {
                include!(concat!(env!("OUT_DIR"), "/", $file, ".rs"));
            }
            use db::{Db, post, user};

            const SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/", $file, ".prisma"));

            pub(crate) fn stream(server: &'static str, rows: i64) {
                let Some(database) = crate::database::Database::make(server, SCHEMA) else { return };
                database
                    .run(|runtime, url| runtime.block_on(read(server, url, rows)).map_err(|error| error.to_string()));
            }

            async fn read(server: &'static str, url: &str, rows: i64) -> nicol::Result<()> {
                let db = Db::connect(url).await?;
                let ann = db.user().create(user::New { email: "ann".into() }).await?.id;
                let text = "x".repeat(crate::WIDTH);
                for start in (0..rows).step_by(5000) {
                    let forms =
                        (start..rows.min(start + 5000)).map(|_| post::Raw { title: text.clone(), author_id: ann });
                    db.post().create_many(forms).await?;
                }
                // The first batches bring buffers and caches to their size.
                let mut stream = db.post().find_many().with(post::author).take(3000).stream();
                while stream.next().await?.is_some() {}
                // "5": forget the peak.
                std::fs::write("/proc/self/clear_refs", "5").expect("this process");
                let before = crate::peak();
                let mut count = 0;
                let mut stream = db.post().find_many().with(post::author).stream();
                while let Some((post, author)) = stream.next().await? {
                    assert!(post.title.len() == crate::WIDTH && author.id == ann);
                    count += 1;
                }
                let grown = crate::peak() - before;
                println!(
                    "{server}: {count} rows, {} MiB of text, peak {} MiB, grown by {grown} KiB",
                    count as usize * crate::WIDTH >> 20,
                    crate::peak() >> 10
                );
                assert_eq!(count, rows);
                assert!(grown < 4 * 1024, "{server}: {grown} KiB more for {rows} rows");
                db.close().await
            }
        }
    };
}

provider!(sqlite, "sqlite");
provider!(postgres, "postgresql");
provider!(mysql, "mysql");

/// One test, so that nothing else happens in the process meanwhile.
#[test]
fn a_stream_is_flat() {
    let rows = std::env::var("NICOL_STREAM_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(40_000);
    sqlite::stream("sqlite", rows);
    postgres::stream("postgres", rows);
    mysql::stream("mariadb", rows);
    mysql::stream("mysql", rows);
}
