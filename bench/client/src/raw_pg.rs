//! The floor: the PostgreSQL wire protocol spoken directly over one blocking socket, one write and as few
//! reads as possible a request, records decoded straight out of the read buffer. No pool, no tasks.
use crate::hand_pg::{
    COMMENT_COLS, Cur, EVENT_COLS, POST_COLS, USER_COLS, array, composite_sql, f_f64, f_i32, f_str, f_time, post_of,
    user_of,
};
use crate::model::*;
use futures::future::BoxFuture;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::sync::Mutex;

trait Socket: Read + Write + Send {}
impl<T: Read + Write + Send> Socket for T {}

struct Wire {
    s: Box<dyn Socket>,
    out: Vec<u8>,
    buf: Vec<u8>,
    pos: usize,
    end: usize,
}
pub struct RawPg {
    name: &'static str,
    w: Mutex<Wire>,
}

impl Wire {
    fn msg(&mut self, tag: u8, f: impl FnOnce(&mut Vec<u8>)) {
        if tag != 0 {
            self.out.push(tag);
        }
        let at = self.out.len();
        self.out.extend_from_slice(&[0; 4]);
        f(&mut self.out);
        let n = (self.out.len() - at) as i32;
        self.out[at..at + 4].copy_from_slice(&n.to_be_bytes());
    }
    fn flush(&mut self) -> R<()> {
        self.s.write_all(&self.out)?;
        self.out.clear();
        Ok(())
    }
    /// the next message: tag and the place of its body in the buffer
    fn next(&mut self) -> R<(u8, usize, usize)> {
        loop {
            if self.end - self.pos >= 5 {
                let n = i32::from_be_bytes(self.buf[self.pos + 1..self.pos + 5].try_into()?) as usize;
                if self.end - self.pos > n {
                    let at = self.pos;
                    self.pos += n + 1;
                    return Ok((self.buf[at], at + 5, at + 1 + n));
                }
                if self.buf.len() < n + 1 {
                    self.buf.resize(n + 1 + (64 << 10), 0);
                }
            }
            if self.pos > 0 {
                self.buf.copy_within(self.pos..self.end, 0);
                self.end -= self.pos;
                self.pos = 0;
            }
            let n = self.s.read(&mut self.buf[self.end..])?;
            if n == 0 {
                return Err("closed".into());
            }
            self.end += n;
        }
    }
    fn prepare(&mut self, name: &str, sql: &str) -> R<()> {
        self.msg(b'P', |o| {
            o.extend_from_slice(name.as_bytes());
            o.push(0);
            o.extend_from_slice(sql.as_bytes());
            o.extend_from_slice(&[0, 0, 0]);
        });
        self.msg(b'S', |_| ());
        self.flush()?;
        self.drain(|_| ())
    }
    fn bind(&mut self, name: &str, args: &[&[u8]]) {
        self.msg(b'B', |o| {
            o.push(0);
            o.extend_from_slice(name.as_bytes());
            o.push(0);
            o.extend_from_slice(&[0, 1, 0, 1]);
            o.extend_from_slice(&(args.len() as i16).to_be_bytes());
            for a in args {
                o.extend_from_slice(&(a.len() as i32).to_be_bytes());
                o.extend_from_slice(a);
            }
            o.extend_from_slice(&[0, 1, 0, 1]);
        });
        self.msg(b'E', |o| o.extend_from_slice(&[0; 5]));
    }
    fn drain(&mut self, mut row: impl FnMut(Cur)) -> R<()> {
        loop {
            let (t, a, b) = self.next()?;
            match t {
                b'D' => row(Cur(&self.buf[a + 2..b])),
                b'Z' => return Ok(()),
                b'E' => return Err(String::from_utf8_lossy(&self.buf[a..b]).into_owned().into()),
                _ => {}
            }
        }
    }
    /// rows of several portals executed before one Sync, told apart by CommandComplete
    fn drain_many(&mut self, mut row: impl FnMut(usize, Cur)) -> R<()> {
        let mut i = 0;
        loop {
            let (t, a, b) = self.next()?;
            match t {
                b'D' => row(i, Cur(&self.buf[a + 2..b])),
                b'C' => i += 1,
                b'Z' => return Ok(()),
                b'E' => return Err(String::from_utf8_lossy(&self.buf[a..b]).into_owned().into()),
                _ => {}
            }
        }
    }
    fn ask<T>(&mut self, name: &str, args: &[&[u8]], f: impl Fn(&mut Cur) -> T) -> R<Vec<T>> {
        self.bind(name, args);
        self.msg(b'S', |_| ());
        self.flush()?;
        let mut v = Vec::new();
        self.drain(|mut c| v.push(f(&mut c)))?;
        Ok(v)
    }
}
fn event_of(c: &mut Cur) -> Event {
    let mut f = || c.value();
    Event {
        id: f_i32(f().unwrap()),
        kind: f_str(f().unwrap()),
        payload: f_str(f().unwrap()),
        amount: f_i32(f().unwrap()),
        ratio: f_f64(f().unwrap()),
        ok: f().unwrap()[0] != 0,
        tag: f().map(f_str),
        created_at: f_time(f().unwrap()),
    }
}
fn post_row(c: &mut Cur) -> Post {
    let mut f = || c.value();
    Post {
        id: f_i32(f().unwrap()),
        title: f_str(f().unwrap()),
        body: f_str(f().unwrap()),
        published: f().unwrap()[0] != 0,
        views: f_i32(f().unwrap()),
        rating: f().map(f_f64),
        author_id: f_i32(f().unwrap()),
        created_at: f_time(f().unwrap()),
        comments: vec![],
    }
}
fn comment_row(c: &mut Cur) -> Comment {
    let mut f = || c.value().unwrap();
    Comment { id: f_i32(f()), body: f_str(f()), likes: f_i32(f()), post_id: f_i32(f()), created_at: f_time(f()) }
}

impl RawPg {
    pub fn new(unix: bool, db: &str, host: &str, port: u16) -> R<RawPg> {
        let s: Box<dyn Socket> = if unix {
            Box::new(UnixStream::connect(format!("/var/run/postgresql/.s.PGSQL.{port}"))?)
        } else {
            let s = TcpStream::connect((host, port))?;
            s.set_nodelay(true)?;
            Box::new(s)
        };
        let mut w = Wire { s, out: vec![], buf: vec![0; 256 << 10], pos: 0, end: 0 };
        w.msg(0, |o| {
            o.extend_from_slice(&196608i32.to_be_bytes());
            o.extend_from_slice(format!("user\0postgres\0database\0{db}\0\0").as_bytes());
        });
        w.flush()?;
        w.drain(|_| ())?;
        for (n, sql) in [
            ("point", format!("SELECT {USER_COLS} FROM users WHERE id = $1")),
            ("page", format!("SELECT {USER_COLS} FROM users WHERE id > $1 ORDER BY id LIMIT 100")),
            ("all", format!("SELECT {USER_COLS} FROM users ORDER BY id")),
            ("to", format!("SELECT {USER_COLS} FROM users WHERE id <= $1 ORDER BY id")),
            (
                "posts",
                format!(
                    "SELECT {POST_COLS} FROM posts WHERE author_id IN (SELECT id FROM users WHERE id <= $1) ORDER BY id"
                ),
            ),
            (
                "comments",
                format!(
                    "SELECT {COMMENT_COLS} FROM comments WHERE post_id IN (SELECT id FROM posts WHERE author_id IN (SELECT id FROM users WHERE id <= $1)) ORDER BY post_id, id"
                ),
            ),
            ("nest", composite_sql()),
            (
                "relf",
                format!(
                    "SELECT {USER_COLS} FROM users u WHERE EXISTS (SELECT 1 FROM posts p WHERE p.author_id = u.id AND p.views >= $1) ORDER BY id"
                ),
            ),
            (
                "ins",
                format!(
                    "INSERT INTO events (kind, payload, amount, ratio, ok, tag, created_at) VALUES ($1, $2, $3, $4, $5, NULL, $6) RETURNING {EVENT_COLS}"
                ),
            ),
            ("upd", format!("UPDATE events SET amount = $1 WHERE id = $2 RETURNING {EVENT_COLS}")),
            ("ev", format!("SELECT {EVENT_COLS} FROM events WHERE id = $1")),
            ("del", "DELETE FROM events WHERE id = $1".into()),
            ("begin", "BEGIN".into()),
            ("commit", "COMMIT".into()),
        ] {
            w.prepare(n, &sql)?;
        }
        Ok(RawPg { name: if unix { "floor: raw wire, unix socket" } else { "floor: raw wire, TCP" }, w: Mutex::new(w) })
    }
    fn go(&self, op: Op, k: i64) -> R<u64> {
        let mut w = self.w.lock().unwrap();
        let w = &mut *w;
        let i = |n: i32| n.to_be_bytes();
        Ok(match op {
            Point => w.ask("point", &[&i(id(k))], user_of)?.len() as u64,
            Read100 => w.ask("page", &[&i(id(k) % 9000)], user_of)?.len() as u64,
            Read10k => w.ask("all", &[], user_of)?.len() as u64,
            Nested10 => {
                // one round trip, nested arrays of records
                let v = w.ask("nest", &[&i(10)], |c| {
                    let mut u = user_of(c);
                    u.posts = array(c.value().unwrap(), post_of);
                    u
                })?;
                count(&v)
            }
            Nested1000 => {
                // one round trip, three portals before one Sync
                let n = i(1000);
                w.bind("to", &[&n]);
                w.bind("posts", &[&n]);
                w.bind("comments", &[&n]);
                w.msg(b'S', |_| ());
                w.flush()?;
                let (mut u, mut p, mut m) =
                    (Vec::with_capacity(1000), Vec::with_capacity(5000), Vec::with_capacity(15000));
                w.drain_many(|part, mut c| match part {
                    0 => u.push(user_of(&mut c)),
                    1 => p.push(post_row(&mut c)),
                    _ => m.push(comment_row(&mut c)),
                })?;
                count(&crate::hand_pg::stitch_any(u, p, m))
            }
            RelFilter => w.ask("relf", &[&i(HOT)], user_of)?.len() as u64,
            InsertOne => {
                let e = new_event(k);
                w.ask(
                    "ins",
                    &[
                        e.kind.as_bytes(),
                        e.payload.as_bytes(),
                        &i(e.amount),
                        &e.ratio.to_be_bytes(),
                        &[e.ok as u8],
                        &820_378_800_000_000i64.to_be_bytes(),
                    ],
                    event_of,
                )?
                .len() as u64
            }
            UpdateById => w.ask("upd", &[&i(k as i32), &i(id(k))], event_of)?.len() as u64,
            Tx5 => {
                // two round trips: only the last delete needs an answer of the first
                let e = new_event(k);
                w.bind("begin", &[]);
                w.bind("point", &[&i(id(k))]);
                w.bind(
                    "ins",
                    &[
                        e.kind.as_bytes(),
                        e.payload.as_bytes(),
                        &i(e.amount),
                        &e.ratio.to_be_bytes(),
                        &[e.ok as u8],
                        &820_378_800_000_000i64.to_be_bytes(),
                    ],
                );
                w.bind("upd", &[&i(k as i32), &i(id(k))]);
                w.bind("ev", &[&i(id(k))]);
                w.msg(b'S', |_| ());
                w.flush()?;
                let (mut made, mut n) = (0, 0);
                w.drain_many(|part, mut c| match part {
                    1 => n += (user_of(&mut c).id > 0) as u64,
                    2 => made = event_of(&mut c).id,
                    4 => n += (event_of(&mut c).amount == k as i32) as u64,
                    _ => {}
                })?;
                w.bind("del", &[&i(made)]);
                w.bind("commit", &[]);
                w.msg(b'S', |_| ());
                w.flush()?;
                w.drain(|_| ())?;
                n
            }
            Bulk10k => unreachable!(),
        })
    }
}
impl Db for RawPg {
    fn name(&self) -> String {
        self.name.into()
    }
    fn has(&self, op: Op) -> bool {
        op != Bulk10k
    }
    fn concurrent(&self) -> bool {
        false
    }
    fn run(&self, op: Op, k: i64) -> BoxFuture<'_, R<u64>> {
        Box::pin(async move { self.go(op, k) })
    }
}
