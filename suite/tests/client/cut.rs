//! Connections that end at any byte, and servers that say anything: the right error, and never a hang or a panic.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nicol::Options;
use nicol_db::ConnectionUrl;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use super::db::{Db, post, tag, user};

/// What happens to the bytes of one direction of the first connection.
#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    /// The connection ends before the byte of this number.
    CutAt(usize),
    /// The byte of this number is another one. Silence for a while ends the connection.
    FlipAt(usize),
}

/// A proxy for one connection; counts the bytes from the client and from the server.
struct Proxy {
    port: u16,
    bytes: Arc<[AtomicUsize; 2]>,
}

impl Proxy {
    async fn start(upstream: SocketAddr, faults: [Fault; 2]) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let bytes = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        let counts = bytes.clone();
        tokio::spawn(async move {
            let Ok((client, _)) = listener.accept().await else { return };
            // Whoever comes after the first meets a closed port.
            drop(listener);
            let Ok(server) = TcpStream::connect(upstream).await else { return };
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::select! {
                () = carry(from_client, to_server, faults[0], &counts[0]) => {}
                () = carry(from_server, to_client, faults[1], &counts[1]) => {}
            }
        });
        Proxy { port, bytes }
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, fault: Fault, count: &AtomicUsize) {
    let mut buffer = vec![0; 8 * 1024];
    loop {
        let read = match fault {
            // Bytes that are misread may make both sides wait for each other.
            Fault::FlipAt(at) if count.load(Ordering::SeqCst) > at => {
                match tokio::time::timeout(Duration::from_millis(300), from.read(&mut buffer)).await {
                    Ok(read) => read,
                    Err(_) => return,
                }
            }
            _ => from.read(&mut buffer).await,
        };
        let Ok(length @ 1..) = read else { return };
        let before = count.fetch_add(length, Ordering::SeqCst);
        let bytes = &mut buffer[..length];
        match fault {
            Fault::CutAt(at) if before + length > at => {
                let _ = to.write_all(&bytes[..at.saturating_sub(before)]).await;
                return;
            }
            Fault::FlipAt(at) if (before..before + length).contains(&at) => bytes[at - before] ^= 0x55,
            _ => {}
        }
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
}

/// What an attempt was told of its transaction, its single statement, its batch and its statement for two rows.
type Told = [nicol::Result<()>; 4];

/// Writes and reads by one connection; tells whether each said that it took place.
async fn work(url: &str, number: usize) -> Told {
    let options = Options::new(url).max_connections(1).acquire_timeout(Duration::from_secs(20));
    let db = match Db::connect_with(options).await {
        Ok(db) => db,
        Err(error) => {
            let not_reached = || Err(nicol::Error::refused("not reached"));
            return [Err(error), not_reached(), not_reached(), not_reached()];
        }
    };
    let family = |kind: char| {
        let red = tag::by_name("red").or_create(tag::New { name: "red".into() });
        user::New { email: format!("{kind}{number}") }.posts([post::In { title: "a".into() }.tags([red])])
    };
    let transaction = db.tx().run(async |tx| {
        let user = tx.user().create(family('t')).await?;
        let mut posts = tx.post().find_many().filter(post::author_id.eq(user.id)).stream();
        while posts.next().await?.is_some() {}
        tx.user().get(user::by_id(user.id)).with(user::posts).with(user::profile).await?;
        tx.user().update(user::by_id(user.id)).set(|s| s.age(7)).await.map(drop)
    });
    let transaction = transaction.await;
    let single = db.user().create(user::New { email: format!("s{number}") }).await.map(drop);
    let batch = db.batch((db.user().create(family('b')), db.user().find_many().with(user::posts).take(2).consistent()));
    let batch = batch.await.map(drop);
    let many = ["m", "n"].map(|kind| user::New { email: format!("{kind}{number}") });
    let many = db.user().create_many(many).await.map(drop);
    [transaction, single, batch, many]
}

/// Far more than anything takes here, also on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// What a connection that broke may be called: not reached, closed, not authenticated, without TLS; or nobody knows.
const BROKEN: &[&str] = &["P1000", "P1001", "P1011", "P1017", "commit-unknown"];

/// Runs the work through a proxy; gives the bytes that went each way, and what is wrong.
async fn attempt(url: String, number: usize, faults: [Fault; 2]) -> Result<([usize; 2], Told), String> {
    let parsed = ConnectionUrl::parse(&url).map_err(|error| error.to_string())?;
    let place = parsed.host_port().expect("a server");
    let proxy = Proxy::start(place.parse().expect("an address"), faults).await;
    let url = url.replace(&place, &format!("127.0.0.1:{}", proxy.port));
    let task = tokio::spawn(async move { tokio::time::timeout(LIMIT, work(&url, number)).await });
    let outcomes = match task.await {
        Ok(Ok(outcomes)) => outcomes,
        Ok(Err(_)) => return Err(format!("{faults:?}: it hangs")),
        Err(error) => return Err(format!("{faults:?}: {error}")),
    };
    Ok((proxy.bytes.each_ref().map(|count| count.load(Ordering::SeqCst)), outcomes))
}

/// What the database has of an attempt must be what the attempt was told.
async fn check(db: &Db, number: usize, outcomes: Told) -> Result<(), String> {
    let [transaction, single, batch, many] = outcomes;
    let both = many.as_ref().map_err(nicol::Error::code).copied();
    let seen = db.user().count().filter(user::email.in_([format!("m{number}"), format!("n{number}")])).await;
    if seen.as_ref().is_ok_and(|seen| *seen == 1) {
        return Err(format!("one of two rows, and it was told {both:?}"));
    }
    let names = ["t", "s", "b", "m"].map(|kind| format!("{kind}{number}"));
    for (name, outcome) in names.into_iter().zip([transaction, single, batch, many]) {
        let find = db.user().find(user::by_email(name.as_str())).with(user::posts);
        let found = find.await.map_err(|error| error.to_string())?;
        let is_whole = found.as_ref().is_none_or(|(user, posts)| {
            let (age, count) = match name.as_bytes()[0] {
                b't' => (7, 1),
                b'b' => (0, 1),
                _ => (0, 0),
            };
            (user.age, posts.len()) == (age, count)
        });
        let code = outcome.as_ref().err().map(nicol::Error::code);
        let is_told = match code {
            None => found.is_some(),
            Some("commit-unknown") => true,
            Some("refused") => found.is_none(),
            Some(code) => found.is_none() && BROKEN.contains(&code),
        };
        if !is_whole || !is_told {
            return Err(format!("{name}: {outcome:?}, and the database has {found:?}"));
        }
    }
    Ok(())
}

/// Places spread over some bytes, the first and the last among them.
fn spread(bytes: usize, places: usize) -> impl Iterator<Item = usize> {
    let step = (bytes / places).max(1);
    (0..bytes).step_by(step).chain([bytes.saturating_sub(1)])
}

/// Connections that end at any byte, in either direction.
pub(crate) async fn cuts(db: &Db, url: &str) -> Result<(), String> {
    let (bytes, outcomes) = attempt(url.to_owned(), 0, [Fault::None; 2]).await?;
    check(db, 0, outcomes).await?;
    println!("{bytes:?} bytes from the client and from the server");
    let mut number = 0;
    for (direction, bytes) in bytes.into_iter().enumerate() {
        for at in spread(bytes, 90) {
            number += 1;
            let mut faults = [Fault::None; 2];
            faults[direction] = Fault::CutAt(at);
            let (_, outcomes) = attempt(url.to_owned(), number, faults).await?;
            check(db, number, outcomes).await.map_err(|reason| format!("{faults:?}: {reason}"))?;
        }
    }
    Ok(())
}

/// Servers, and clients before them, that say something else at any byte.
pub(crate) async fn flips(url: &str) -> Result<(), String> {
    let (bytes, _) = attempt(url.to_owned(), 0, [Fault::None; 2]).await?;
    let mut failures = String::new();
    let mut number = 0;
    let mut attempts = tokio::task::JoinSet::new();
    for (direction, bytes) in bytes.into_iter().enumerate() {
        for at in spread(bytes, if direction == 0 { 40 } else { 400 }) {
            number += 1;
            let mut faults = [Fault::None; 2];
            faults[direction] = Fault::FlipAt(at);
            attempts.spawn(attempt(url.to_owned(), number, faults));
            if attempts.len() >= 16
                && let Some(Ok(Err(reason))) = attempts.join_next().await
            {
                failures.push_str(&format!("{reason}\n"));
            }
        }
    }
    while let Some(ended) = attempts.join_next().await {
        if let Err(reason) = ended.expect("the attempt itself does not panic") {
            failures.push_str(&format!("{reason}\n"));
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}
