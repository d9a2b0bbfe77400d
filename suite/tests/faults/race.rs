//! Many deployments at once on one fresh database, and on several databases of one server.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};

use crate::scenario;
use crate::world::{self, Place, runtime};

const AT_ONCE: usize = 32;

fn race(place: &Place) {
    let runtime = runtime();
    let migrations = scenario::of(place.dialect());
    let pictures = world::pictures(&runtime, place, migrations);
    let files = tempfile::tempdir().unwrap();
    let folder = world::write(files.path(), migrations);
    // Two databases of one server: MySQL's lock names belong to the whole server, so all wait for all.
    let databases = [place.database(&runtime), place.database(&runtime)];
    let spawn = |number: usize| {
        let database = if number < AT_ONCE { &databases[0] } else { &databases[1] };
        Command::new(env!("CARGO_BIN_EXE_deployer"))
            .args([&database.url.as_connection_string(), &folder.display().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let children: Vec<Child> = (0..AT_ONCE + AT_ONCE / 4).map(spawn).collect();
    let mut applied = [0, 0];
    for (number, mut child) in children.into_iter().enumerate() {
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(child.wait().unwrap().success(), "{}: {said}", place.name);
        applied[usize::from(number >= AT_ONCE)] += said.lines().filter(|line| line.starts_with("applied ")).count();
    }
    assert_eq!(applied, [migrations.len(); 2], "{}", place.name);
    for database in &databases {
        let (finished, open) = database.history();
        assert_eq!((finished.len(), open.len()), (migrations.len(), 0), "{}", place.name);
        assert_eq!(&database.picture(), pictures.last().unwrap(), "{}", place.name);
    }
    println!(
        "{}: {AT_ONCE} deployments at once beside {} of another database: all succeeded, the work was done once",
        place.name,
        AT_ONCE / 4
    );
}

#[test]
fn deployments_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for place in world::places(folder.path()) {
        race(&place);
    }
}
