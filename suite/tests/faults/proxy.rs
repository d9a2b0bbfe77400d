//! A proxy on loopback that counts the messages of a client, and breaks the connection at one of them.
//!
//! It knows no more of the protocols than where a message ends.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// How a message ends on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    Postgres,
    Mysql,
}

/// What happens to the message at which the connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// It never leaves.
    Before,
    /// Half of its bytes leave.
    Midway,
    /// It leaves, and nobody waits for the answer.
    AtOnce,
    /// It is answered, but the answer does not arrive.
    Answered,
}

/// Break at the message of this number (from 1) in the way told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Break {
    pub(crate) message: usize,
    pub(crate) moment: Moment,
}

pub(crate) struct Proxy {
    pub(crate) port: u16,
    messages: Arc<AtomicUsize>,
    hit: mpsc::Receiver<()>,
    resume: mpsc::Sender<()>,
    stop: Arc<AtomicBool>,
}

struct Shared {
    upstream: SocketAddr,
    framing: Framing,
    plan: Option<Break>,
    messages: Arc<AtomicUsize>,
    hit: mpsc::Sender<()>,
    resume: Mutex<mpsc::Receiver<()>>,
    /// Answers are swallowed from now on, and counted.
    swallow: AtomicBool,
    swallowed: AtomicUsize,
}

impl Proxy {
    pub(crate) fn start(upstream: SocketAddr, framing: Framing, plan: Option<Break>) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        listener.set_nonblocking(true).unwrap();
        let (hit_sender, hit) = mpsc::channel();
        let (resume, resume_receiver) = mpsc::channel();
        let messages = Arc::new(AtomicUsize::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let shared = Arc::new(Shared {
            upstream,
            framing,
            plan,
            messages: messages.clone(),
            hit: hit_sender,
            resume: Mutex::new(resume_receiver),
            swallow: AtomicBool::new(false),
            swallowed: AtomicUsize::new(0),
        });
        let stopped = stop.clone();
        thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((client, _)) => {
                        client.set_nonblocking(false).unwrap();
                        let shared = shared.clone();
                        thread::spawn(move || serve(&client, &shared));
                    }
                    Err(_) => thread::sleep(Duration::from_millis(1)),
                }
            }
        });
        Proxy { port, messages, hit, resume, stop }
    }

    /// Waits until the break is reached. The sockets stay as they are until [`Proxy::go_on`].
    pub(crate) fn reached(&self, limit: Duration) -> bool {
        self.hit.recv_timeout(limit).is_ok()
    }

    /// Closes the connection at the break.
    pub(crate) fn go_on(&self) {
        let _ = self.resume.send(());
    }

    pub(crate) fn messages(&self) -> usize {
        self.messages.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn serve(client: &TcpStream, shared: &Arc<Shared>) {
    let Ok(server) = TcpStream::connect(shared.upstream) else { return };
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let (mut answers, mut back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let state = shared.clone();
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = answers.read(&mut buffer) {
            if state.swallow.load(Ordering::SeqCst) {
                state.swallowed.fetch_add(length, Ordering::SeqCst);
            } else if back.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = back.shutdown(Shutdown::Both);
    });
    forward(client, &server, shared);
    let _ = server.shutdown(Shutdown::Both);
    let _ = client.shutdown(Shutdown::Both);
}

fn forward(mut client: &TcpStream, mut server: &TcpStream, shared: &Shared) {
    let mut pending = Vec::new();
    let mut buffer = [0; 16 * 1024];
    let mut is_first = true;
    loop {
        while let Some(length) = message_length(shared.framing, &pending, is_first) {
            is_first = false;
            let message: Vec<u8> = pending.drain(..length).collect();
            let number = shared.messages.fetch_add(1, Ordering::SeqCst) + 1;
            match shared.plan.filter(|plan| plan.message == number) {
                None if server.write_all(&message).is_err() => return,
                None => {}
                Some(plan) => return break_at(&message, plan.moment, server, shared),
            }
        }
        match client.read(&mut buffer) {
            Ok(length @ 1..) => pending.extend_from_slice(&buffer[..length]),
            Ok(0) | Err(_) => return,
        }
    }
}

fn break_at(message: &[u8], moment: Moment, mut server: &TcpStream, shared: &Shared) {
    shared.swallow.store(moment == Moment::Answered, Ordering::SeqCst);
    let sent = match moment {
        Moment::Before => 0,
        Moment::Midway => message.len() / 2,
        Moment::AtOnce | Moment::Answered => message.len(),
    };
    let _ = server.write_all(&message[..sent]);
    if moment == Moment::Answered {
        // Some messages have no answer of their own.
        let began = Instant::now();
        while shared.swallowed.load(Ordering::SeqCst) == 0 && began.elapsed() < Duration::from_millis(300) {
            thread::sleep(Duration::from_millis(1));
        }
    }
    let _ = shared.hit.send(());
    let _ = shared.resume.lock().unwrap().recv_timeout(Duration::from_secs(30));
}

/// Length of the first message in the bytes, when all of it is there.
fn message_length(framing: Framing, bytes: &[u8], is_first: bool) -> Option<usize> {
    let length = match framing {
        // The first message has no type before its length.
        Framing::Postgres => {
            let at = usize::from(!is_first);
            let length = u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?);
            at + length as usize
        }
        Framing::Mysql => {
            let head = bytes.get(..4)?;
            4 + usize::from(head[0]) + (usize::from(head[1]) << 8) + (usize::from(head[2]) << 16)
        }
    };
    (bytes.len() >= length).then_some(length)
}
