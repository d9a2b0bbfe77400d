//! A program that carries its migrations: compiled in, applied to any database, with no file beside the binary.

use nicol::migrate::Embedded;

use crate::world::{self, runtime};

const MIGRATIONS: Embedded = nicol::migrate!("migrations");

#[test]
fn a_folder_is_part_of_the_program() {
    let names: Vec<&str> = MIGRATIONS.migrations().iter().map(|migration| migration.name).collect();
    assert_eq!(names, ["20240101000000_init", "20240102000000_more"]);
    assert!(MIGRATIONS.migrations()[1].down.is_some_and(|down| down.contains("DROP COLUMN seen")));
    let folder = tempfile::tempdir().unwrap();
    let runtime = runtime();
    for place in world::places(folder.path()) {
        let database = place.database(&runtime);
        let url = database.url.as_connection_string();
        let deploy = || runtime.block_on(MIGRATIONS.deploy(&url)).unwrap().applied;
        assert_eq!(deploy(), names, "{}", place.name);
        assert!(deploy().is_empty(), "{}", place.name);
        assert_eq!(database.rows("SELECT id, text, seen FROM notes"), [["1", "first", "1"]], "{}", place.name);
        // The command takes turns with the program: names and checksums are those of the folder.
        let files = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        assert!(database.deploy(&files).unwrap().applied.is_empty(), "{}", place.name);
    }
}

#[test]
fn the_file_of_sqlite_is_created() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file:{}", folder.path().join("new/app.db").display());
    assert_eq!(runtime().block_on(MIGRATIONS.deploy(&url)).unwrap().applied.len(), 2);
}
