//! The public page in a real browser, and the feed.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]

use changelog::db::{Db, changelog_entry, project};
use changelog::{entries, serve, story};
use fresh_database::{Browser, http};
use nicol::types::DateTime;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Serves the demonstration from a new SQLite file; gives where, the project's id, and the database.
async fn served(folder: &std::path::Path) -> (SocketAddr, String, Db) {
    let url = format!("file:{}", folder.join("changelog.db").display());
    let db = changelog::open(&url).await.expect("a database");
    let now: DateTime = "2026-06-20T12:00:00Z".parse().expect("a moment");
    let id = story::demo(&db, now).await.expect("a changelog");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(serve::serve(db.clone(), listener));
    (address, id, db)
}

async fn get(address: SocketAddr, path: &str) -> String {
    http(address, &format!("GET {path} HTTP/1.1\r\nhost: news.example\r\nconnection: close\r\n\r\n")).await
}

#[test]
fn what_is_published_is_seen() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = fresh_database::runtime();
    let (address, id, db) = runtime.block_on(served(folder.path()));

    browser.open(&format!("http://{address}/"));
    browser.wait_until("document.querySelector('.projects strong')?.textContent === 'Lighthouse'");
    assert_eq!(browser.ask("document.querySelector('.projects span').textContent"), "Dark mode, everywhere");
    browser.ask("document.querySelector('.projects a').click()");
    browser.wait_until("document.querySelector('article h3')?.textContent === 'Dark mode, everywhere'");
    assert_eq!(browser.ask("document.querySelectorAll('article').length"), 5);
    assert_eq!(browser.ask("document.querySelector('.version').textContent"), "v2.4.0");
    assert_eq!(browser.ask("document.querySelectorAll('article')[0].querySelectorAll('li').length"), 3);
    assert_eq!(
        browser.ask("document.querySelector('link[rel=alternate]').getAttribute('href')"),
        format!("/{id}/feed.xml")
    );
    assert_eq!(
        browser.ask("getComputedStyle(document.querySelector('article')).display"),
        "grid",
        "the style is there"
    );
    let picture = browser.picture();
    assert!(picture.starts_with(b"\x89PNG") && picture.len() > 10_000, "{} bytes", picture.len());
    let place = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("changelog.png");
    std::fs::write(&place, picture).expect("a file");
    println!("{}", place.display());

    // One kind of news; and what is not published is not there.
    browser.ask("[...document.querySelectorAll('nav a')].find(a => a.textContent === 'fix').click()");
    browser.wait_until("document.querySelectorAll('article').length === 1");
    assert_eq!(browser.ask("document.querySelector('nav [aria-current]').textContent"), "fix");
    runtime.block_on(async {
        let changelog =
            db.project().get(project::by_id(id.as_str())).with(project::changelog).await.expect("the project");
        let changelog = changelog.1.expect("its changelog").id;
        entries::write(&db, &changelog, "A secret", "Not yet.", &["fix", "plans"]).await.expect("an entry");
        let page = get(address, &format!("/{id}")).await;
        assert!(!page.contains("A secret") && !page.contains("plans"), "{page}");
        assert_eq!(db.public_changelog_analytics().count().await.expect("a number"), 3, "the looks are noted");
    });
}

#[test]
fn the_feed_is_rss() {
    let folder = tempfile::tempdir().expect("a folder");
    fresh_database::runtime().block_on(async {
        let (address, id, db) = served(folder.path()).await;
        let changelog =
            db.project().get(project::by_id(id.as_str())).with(project::changelog).await.expect("the project");
        let changelog = changelog.1.expect("its changelog").id;
        let (entry, _) = entries::write(&db, &changelog, "<b>&", "a ]]> b", &["fix"]).await.expect("an entry");
        let when: DateTime = "2026-06-19T08:00:00Z".parse().expect("a moment");
        db.changelog_entry()
            .update(changelog_entry::by_id(entry.id.as_str()))
            .set(|s| s.published_at(when))
            .await
            .expect("published");
        let answer = get(address, &format!("/{id}/feed.xml")).await;
        let (head, feed) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with("HTTP/1.1 200") && head.contains("application/rss+xml"), "{head}");
        assert_eq!((feed.matches("<item>").count(), feed.matches("</item>").count()), (6, 6));
        let first = &feed[feed.find("<item>").expect("an item")..feed.find("</item>").expect("its end")];
        assert!(first.contains("<title>&lt;b&gt;&amp;</title>"), "the newest is first: {first}");
        assert!(first.contains(&format!("<link>http://news.example/{id}#{}</link>", entry.id)), "{first}");
        assert!(first.contains("<pubDate>Fri, 19 Jun 2026 08:00:00 +0000</pubDate>"), "{first}");
        assert!(first.contains("<category>fix</category>"), "{first}");
        assert!(first.contains("<description>&lt;p&gt;a ]]&amp;gt; b&lt;/p&gt;"), "{first}");
        // What is not public is not there.
        db.project().update(project::by_id(id.as_str())).set(|s| s.is_public(false)).await.expect("hidden");
        for path in [format!("/{id}"), format!("/{id}/feed.xml"), "/nobody's".to_owned()] {
            assert!(get(address, &path).await.starts_with("HTTP/1.1 404"), "{path}");
        }
    });
}
