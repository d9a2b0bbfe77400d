//! Deployments that are cut off, at every message and at random times, by the death of the deploying process or of the
//! connection: whatever happens, the next deployment ends with everything done once and recorded once.
//!
//! `NICOL_CHAOS_POINTS` says how many points there are for each database; 30 without it.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use nicol_db::Dialect;
use tokio::runtime::Runtime;

use crate::proxy::{Break, Moment, Proxy};
use crate::scenario::{self, Migrations};
use crate::server::{Product, Server};
use crate::world::{self, Database, Picture, Place, runtime};

/// No deployment takes so long.
const LIMIT: Duration = Duration::from_secs(120);

fn points() -> usize {
    std::env::var("NICOL_CHAOS_POINTS").ok().and_then(|text| text.parse().ok()).unwrap_or(30)
}

/// Everything a database is cut off on.
struct Stage {
    runtime: Runtime,
    place: Place,
    migrations: Migrations,
    pictures: Vec<Picture>,
    files: tempfile::TempDir,
}

impl Stage {
    fn new(place: Place) -> Stage {
        let runtime = runtime();
        let migrations = scenario::of(place.dialect());
        let pictures = world::pictures(&runtime, &place, migrations);
        let files = tempfile::tempdir().unwrap();
        world::write(files.path(), migrations);
        Stage { runtime, place, migrations, pictures, files }
    }

    fn folder(&self) -> std::path::PathBuf {
        self.files.path().join("migrations")
    }

    /// Holds what a cut-off deployment has left against what it says it has done, then deploys again and holds the result
    /// against a deployment that nobody disturbed. Returns how many migrations were recorded and begun before.
    fn check(&self, database: &Database, what: &str) -> (usize, usize) {
        database.wait_until_quiet();
        let names: Vec<String> = self.migrations.iter().map(|(name, _)| (*name).to_string()).collect();
        let (finished, begun) = database.history();
        assert_eq!(finished, names[..finished.len()], "{what}: recorded twice or out of order");
        assert!(begun.len() <= 1, "{what}: {begun:?}");
        if begun.is_empty() {
            let expected = &self.pictures[finished.len()];
            assert_eq!(&database.picture(), expected, "{what}: not what {} recorded migrations make", finished.len());
        }
        let again = database.deploy(&self.folder());
        assert!(again.is_ok(), "{what}: after {finished:?} and {begun:?} a person is needed: {again:?}");
        let (all, open) = database.history();
        assert_eq!((all, open.len()), (names, 0), "{what}");
        assert_eq!(&database.picture(), self.pictures.last().unwrap(), "{what}: not the same as undisturbed");
        (finished.len(), begun.len())
    }
}

/// A deploying process.
fn spawn(url: &str, folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_deployer"))
        .args([url, &folder.display().to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits for the end of a process. Returns whether it succeeded, and what it said.
fn end(mut child: Child) -> (bool, String) {
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    (child.wait().unwrap().success(), said)
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What came of the points of a database.
#[derive(Default)]
struct Tally {
    killed: usize,
    cut: usize,
    random: usize,
    too_late: usize,
    half_done: usize,
}

impl Tally {
    fn print(&self, name: &str, began: Instant) {
        let Tally { killed, cut, random, too_late, half_done } = self;
        println!(
            "{name}: {} points in {:.0} s: {killed} killed at a message, {cut} connections cut, {random} killed at random times; \
             {half_done} left a migration half-done and {too_late} came after the end; every next deployment put it right",
            killed + cut + random,
            began.elapsed().as_secs_f64()
        );
    }
}

const MOMENTS: [Moment; 4] = [Moment::Answered, Moment::Before, Moment::AtOnce, Moment::Midway];

fn on_server(name: &'static str) {
    let Some(place) = world::place(name) else { return };
    let stage = Stage::new(place);
    let began = Instant::now();
    let mut tally = Tally::default();
    let (messages, took) = undisturbed(&stage);
    let points = points();
    for point in 0..points {
        let database = stage.place.database(&stage.runtime);
        if point % 8 == 7 {
            let after = took.mul_f64(fraction(point));
            let child = spawn(&database.url.as_connection_string(), &stage.folder());
            std::thread::sleep(after);
            kill(child);
            tally.random += 1;
            let (_, begun) = stage.check(&database, &format!("killed after {after:?}"));
            tally.half_done += begun;
            continue;
        }
        // Spread over the whole run; with as many points as messages each of them has its turn.
        let message = 1 + (point * messages / points + point / messages) % messages;
        let moment = MOMENTS[(point + point / 4) % 4];
        let proxy = Proxy::start(stage.place.address(), stage.place.framing(), Some(Break { message, moment }));
        let child = spawn(&database.through(proxy.port), &stage.folder());
        let is_killed = point % 4 != 3;
        let what = format!("message {message} of {messages}, {moment:?}, killed: {is_killed}");
        if proxy.reached(LIMIT) {
            if is_killed {
                kill(child);
                proxy.go_on();
                tally.killed += 1;
            } else {
                proxy.go_on();
                let (succeeded, said) = end(child);
                let expected = succeeded || said.lines().last().is_some_and(is_honest);
                assert!(expected, "{what}: {said}");
                tally.cut += 1;
            }
        } else {
            tally.too_late += 1;
            kill(child);
        }
        let (_, begun) = stage.check(&database, &what);
        tally.half_done += begun;
    }
    tally.print(name, began);
}

/// A broken connection is called one, whatever was going on.
fn is_honest(line: &str) -> bool {
    ["P1001", "P1017", "commit-unknown", "P3018"].iter().any(|code| line.starts_with(&format!("error {code}")))
}

/// Messages and time of a deployment that nobody disturbs.
fn undisturbed(stage: &Stage) -> (usize, Duration) {
    let database = stage.place.database(&stage.runtime);
    let proxy = Proxy::start(stage.place.address(), stage.place.framing(), None);
    let began = Instant::now();
    let (succeeded, said) = end(spawn(&database.through(proxy.port), &stage.folder()));
    assert!(succeeded, "{said}");
    (proxy.messages(), began.elapsed())
}

/// Numbers between 0 and 1 that are spread evenly, however many are taken.
fn fraction(n: usize) -> f64 {
    (n as f64 * 0.618_033_988_749_895).fract()
}

#[test]
fn chaos_postgres() {
    on_server("PostgreSQL");
}

#[test]
fn chaos_postgres_18() {
    on_server("PostgreSQL 18");
}

#[test]
fn chaos_mysql() {
    on_server("MySQL");
}

#[test]
fn chaos_mariadb() {
    on_server("MariaDB");
}

/// The server itself is killed at a message, and started again on what it has left.
fn on_dying_server(product: Product) {
    let Some(mut server) = Server::start(product, &[]) else { return };
    let name = if product == Product::Postgres { "PostgreSQL" } else { "MariaDB" };
    let stage = Stage::new(Place::new(name, &server.url()));
    let began = Instant::now();
    let (messages, _) = undisturbed(&stage);
    let points = (points() / 8).max(1);
    let mut half_done = 0;
    for point in 0..points {
        let database = stage.place.database(&stage.runtime);
        let message = 1 + (messages / 5 + point * messages / points) % messages;
        let moment = MOMENTS[point % 4];
        let proxy = Proxy::start(stage.place.address(), stage.place.framing(), Some(Break { message, moment }));
        let child = spawn(&database.through(proxy.port), &stage.folder());
        let what = format!("server killed at message {message} of {messages}, {moment:?}");
        assert!(proxy.reached(LIMIT), "{what}");
        server.kill();
        proxy.go_on();
        let (succeeded, said) = end(child);
        assert!(succeeded || said.lines().last().is_some_and(is_honest), "{what}: {said}");
        server.go();
        half_done += stage.check(&database, &what).1;
    }
    println!(
        "{name}: the server killed {points} times in {:.0} s; {half_done} left a migration half-done; every next deployment \
         put it right",
        began.elapsed().as_secs_f64()
    );
}

#[test]
fn chaos_postgres_server_dies() {
    on_dying_server(Product::Postgres);
}

#[test]
fn chaos_mariadb_server_dies() {
    on_dying_server(Product::Mariadb);
}

#[test]
fn chaos_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new("SQLite", &format!("file:{}", folder.path().join("x.db").display()));
    assert_eq!(place.dialect(), Dialect::Sqlite);
    let stage = Stage::new(place);
    let began = Instant::now();
    let mut tally = Tally::default();
    let (lines, took) = sqlite_undisturbed(&stage);
    for point in 0..points() {
        let database = stage.place.database(&stage.runtime);
        let url = database.url.as_connection_string();
        let what = match point % 3 {
            0 => {
                // The process dies of a signal at the write that makes a file longer than this.
                let blocks = 1 + (fraction(point) * 600.0) as usize;
                let mut limited =
                    limited(&url, &stage.folder(), &format!("ulimit -c 0; ulimit -f {blocks}; exec \"$0\" \"$@\""));
                tally.too_late += usize::from(limited.wait().unwrap().success());
                tally.killed += 1;
                format!("killed at the write beyond {blocks} blocks")
            }
            1 => {
                let line = point % lines;
                let child =
                    kill_at_line(spawn(&url, &stage.folder()), line, Duration::from_micros(point as u64 * 37 % 2000));
                tally.killed += 1;
                format!("killed at line {line}: {child}")
            }
            _ => {
                let after = took.mul_f64(fraction(point));
                let child = spawn(&url, &stage.folder());
                std::thread::sleep(after);
                kill(child);
                tally.random += 1;
                format!("killed after {after:?}")
            }
        };
        let (_, begun) = stage.check(&database, &what);
        tally.half_done += begun;
    }
    tally.print("SQLite", began);
}

/// A deploying process below a shell that sets limits first.
pub(crate) fn limited(url: &str, folder: &Path, script: &str) -> Child {
    Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_deployer"), url, &folder.display().to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn sqlite_undisturbed(stage: &Stage) -> (usize, Duration) {
    let database = stage.place.database(&stage.runtime);
    let began = Instant::now();
    let (succeeded, said) = end(spawn(&database.url.as_connection_string(), &stage.folder()));
    assert!(succeeded, "{said}");
    (said.lines().count(), began.elapsed())
}

/// Kills a process a little after it has said a number of lines.
fn kill_at_line(mut child: Child, line: usize, later: Duration) -> String {
    let out = BufReader::new(child.stdout.take().unwrap());
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let found = out.lines().map_while(Result::ok).nth(line).unwrap_or_default();
        let _ = sender.send(found);
    });
    let found = receiver.recv_timeout(LIMIT).unwrap();
    std::thread::sleep(later);
    kill(child);
    found
}
