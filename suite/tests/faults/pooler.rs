//! A pooler in transaction mode, reduced to what matters: many clients, one session of the server, a transaction each.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::world::{self, runtime};

/// Starts it and returns its port. Without `shares` every client has a session of its own, as in session mode.
fn start(upstream: SocketAddr, shares: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let shared: Arc<Mutex<Option<TcpStream>>> = Arc::default();
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let session = if shares { shared.clone() } else { Arc::default() };
            thread::spawn(move || {
                // However it ends, the client is gone.
                let _ = serve(client, upstream, &session);
            });
        }
    });
    port
}

fn serve(mut client: TcpStream, upstream: SocketAddr, session: &Mutex<Option<TcpStream>>) -> std::io::Result<()> {
    let startup = read_untyped(&mut client)?;
    {
        let mut server = session.lock().unwrap();
        if server.is_none() {
            let mut stream = TcpStream::connect(upstream)?;
            stream.write_all(&startup)?;
            while read_typed(&mut stream)?[0] != b'Z' {}
            *server = Some(stream);
        }
    }
    // Trust, a process number of our own, ready.
    client.write_all(&[
        b'R', 0, 0, 0, 8, 0, 0, 0, 0, b'K', 0, 0, 0, 12, 0x7f, 1, 2, 3, 4, 5, 6, 7, b'Z', 0, 0, 0, 5, b'I',
    ])?;
    loop {
        let first = read_typed(&mut client)?;
        if first[0] == b'X' {
            return Ok(());
        }
        // One transaction: until the server is idle again.
        let mut held = session.lock().unwrap();
        let Some(server) = held.as_mut() else { return Ok(()) };
        let mut message = first;
        loop {
            server.write_all(&message)?;
            if matches!(message[0], b'Q' | b'S') {
                loop {
                    let answer = read_typed(server)?;
                    client.write_all(&answer)?;
                    if answer[0] == b'Z' {
                        message = answer;
                        break;
                    }
                }
                if message[5] == b'I' {
                    break;
                }
            }
            message = read_typed(&mut client)?;
        }
    }
}

fn read_untyped(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; 4];
    stream.read_exact(&mut bytes)?;
    let length = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
    bytes.resize(length, 0);
    stream.read_exact(&mut bytes[4..])?;
    Ok(bytes)
}

fn read_typed(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; 5];
    stream.read_exact(&mut bytes)?;
    let length = u32::from_be_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]) as usize;
    bytes.resize(length + 1, 0);
    stream.read_exact(&mut bytes[5..])?;
    Ok(bytes)
}

#[test]
fn a_pooler_that_changes_sessions_is_refused() {
    let Some(place) = world::place("PostgreSQL") else { return };
    let runtime = runtime();
    let database = place.database(&runtime);
    let folder = tempfile::tempdir().unwrap();
    world::write_one(folder.path(), "1_a", "CREATE TABLE a (id INTEGER);");
    let directory = nicol_migrate::Directory::read(folder.path()).unwrap();
    let deploy = |shares: bool| {
        let url = database.through(start(place.address(), shares));
        let url = nicol_db::ConnectionUrl::parse(&url).unwrap();
        let options = nicol_migrate::DeployOptions::default();
        runtime.block_on(nicol_migrate::deploy(&url, &directory, options, &mut nicol_migrate::Silent))
    };
    let error = deploy(true).unwrap_err();
    assert_eq!(error.code(), "connection-pooled", "{error}");
    assert!(error.help().unwrap().contains("directUrl"), "{error:?}");
    // Nothing was begun, and no lock stays behind.
    assert_eq!(database.history(), (Vec::new(), Vec::new()));
    assert_eq!(
        database.rows(
            "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND objid = 72707369 AND \
        database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ),
        [["0"]]
    );
    assert_eq!(deploy(false).unwrap().applied, ["1_a"]);
}
