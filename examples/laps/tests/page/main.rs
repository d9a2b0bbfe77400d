//! The ranking in a real browser: what it shows at first, and that a lap appears by itself.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]

use fresh_database::{Browser, http};
use laps::{rounds, serve, sessions, story, students, users};
use nicol::types::DateTime;
use tokio::net::TcpListener;

#[test]
fn a_lap_appears_by_itself() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = fresh_database::runtime();
    let (address, db, session) = runtime.block_on(async {
        let db = laps::open(&format!("file:{}", folder.path().join("laps.db").display())).await.expect("a database");
        let admin = users::seed(&db).await.expect("somebody");
        students::load(&db, story::LIST).await.expect("runners");
        for (number, time) in [(2, 61_000), (2, 58_400), (5, 64_000), (7, 63_000), (7, 62_000), (7, 66_000)] {
            rounds::record(&db, &admin, number, time).await.expect("a lap");
        }
        let session = sessions::begin(&db, &admin, DateTime::now()).await.expect("a session");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        tokio::spawn(serve::serve(db.clone(), listener));
        (address, db, session)
    });

    browser.open(&format!("http://{address}/"));
    browser.wait_until("document.querySelector('.podium .name')?.textContent === 'Hana'");
    assert_eq!(browser.ask("document.querySelectorAll('tbody tr').length"), 8);
    assert_eq!(browser.ask("document.querySelector('header dd').textContent"), "6");
    // A lap over HTTP, as a recorder's device sends it; the page hears of it.
    runtime.block_on(async {
        let post = |key: &str, number| format!("POST /laps/{number}/57000 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n");
        assert!(http(address, &post(&session.id, 2)).await.starts_with("HTTP/1.1 201"));
        assert!(http(address, &post(&session.id, 2)).await.starts_with("HTTP/1.1 201"));
        assert!(http(address, &post("nobody's", 2)).await.starts_with("HTTP/1.1 401"));
        assert!(http(address, &post(&session.id, 99)).await.starts_with("HTTP/1.1 404"));
    });
    browser.wait_until("document.querySelector('.podium .name')?.textContent === 'Cleo'");
    browser.wait_until("document.querySelector('header dd').textContent === '8'");
    // And one that another program records.
    runtime.block_on(async {
        let admin = users::seed(&db).await.expect("somebody");
        rounds::record(&db, &admin, 0, 59_000).await.expect("a lap");
    });
    browser.wait_until("document.querySelector('header dd').textContent === '9'");
    assert_eq!(
        browser.ask("getComputedStyle(document.querySelector('.podium')).display"),
        "grid",
        "the style is there"
    );

    browser.wait_until("document.getAnimations().length === 0");
    let picture = browser.picture();
    assert!(picture.starts_with(b"\x89PNG") && picture.len() > 10_000, "{} bytes", picture.len());
    let place = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("laps.png");
    std::fs::write(&place, picture).expect("a file");
    println!("{}", place.display());
}
