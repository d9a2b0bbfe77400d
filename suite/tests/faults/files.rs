//! Migrations written to a disk that is full, forbidden, or whose writer dies: the folder holds the old state or the new one.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nicol_db::Dialect;
use nicol_migrate::Directory;

use crate::chaos::limited;
use crate::world::{Place, runtime, write_one};

/// Starts a writer of one migration below a shell that sets limits first.
fn writer(folder: &Path, script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_deployer"), "write", &folder.display().to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// What is in the folder for whoever reads it: names of whole migrations. A torn one fails.
fn whole(folder: &Path, what: &str) -> Vec<String> {
    let directory = Directory::read(folder).unwrap_or_else(|error| panic!("{what}: {error}"));
    directory.check_provider(Dialect::Sqlite).unwrap();
    for migration in directory.migrations() {
        let (snapshot, down) = (migration.snapshot().unwrap(), migration.down().unwrap());
        let complete = migration.script.ends_with("-- end\n")
            && snapshot.as_deref().is_none_or(|text| text.ends_with("// end\n"))
            && down.as_deref().is_none_or(|text| text.ends_with("-- end\n"));
        assert!(complete && snapshot.is_some() == down.is_some(), "{what}: {} is torn", migration.name);
    }
    directory.migrations().iter().map(|migration| migration.name.clone()).collect()
}

fn prepared() -> (tempfile::TempDir, std::path::PathBuf) {
    let files = tempfile::tempdir().unwrap();
    let folder = files.path().join("migrations");
    write_one(&folder, "20240101000000_old", "SELECT 1;\n-- end\n");
    std::fs::write(folder.join("migration_lock.toml"), "provider = \"sqlite\"\n").unwrap();
    (files, folder)
}

/// A file size limit stands for a full disk: the write fails in the middle of a file, at a place of our choice.
#[test]
fn a_full_disk_leaves_the_old_state() {
    let (_files, folder) = prepared();
    let mut written = 0;
    for blocks in [0, 1, 40, 100, 200, 390, 1000] {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let output = writer(&folder, &script).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let names = whole(&folder, &format!("{blocks} blocks"));
        if output.status.success() {
            assert_eq!(names.len(), 2, "{said}");
            written += 1;
            std::fs::remove_dir_all(folder.join(&names[1])).unwrap();
        } else {
            assert!(said.starts_with("error file-access "), "{said}");
            assert_eq!(names.len(), 1, "{said}");
            // Nothing of the attempt is left, hidden or not.
            assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2, "{blocks} blocks");
        }
    }
    assert!((1..7).contains(&written), "limits must be met sometimes and not always: {written}");
}

#[test]
fn a_folder_that_cannot_be_written_to_is_said() {
    // A file in the place of the folder: no right to write would mean nothing to root.
    let files = tempfile::tempdir().unwrap();
    std::fs::write(files.path().join("migrations"), "").unwrap();
    let output = writer(&files.path().join("migrations"), "exec \"$0\" \"$@\"").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success() && said.starts_with("error file-access "), "{said}");
}

/// How far a writer has come, as its folder shows: nothing is there, a hidden folder, its files one after the other, and last
/// the migration under its name.
fn progress(folder: &Path) -> usize {
    if folder.join("20240102000000_new").is_dir() {
        return WRITTEN;
    }
    let is_hidden = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with('.');
    let hidden = std::fs::read_dir(folder).unwrap().flatten().find(is_hidden);
    hidden.map_or(0, |hidden| 1 + std::fs::read_dir(hidden.path()).map_or(0, Iterator::count))
}

const WRITTEN: usize = 5;

#[test]
fn a_killed_writer_leaves_whole_migrations() {
    let (mut old, mut new) = (0, 0);
    for (stage, _) in (0..=WRITTEN).flat_map(|stage| (0..6).map(move |time| (stage, time))) {
        let (_files, folder) = prepared();
        let mut child = writer(&folder, "exec \"$0\" \"$@\"").spawn().unwrap();
        while progress(&folder) < stage {
            assert!(child.try_wait().unwrap().is_none_or(|status| status.success()), "stage {stage}");
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        match whole(&folder, &format!("killed at stage {stage}")).len() {
            1 if stage < WRITTEN => old += 1,
            2 => new += 1,
            names => panic!("{names} migrations at stage {stage}"),
        }
    }
    println!("killed writers: {old} left the old state, {new} the new one");
    let (_files, folder) = prepared();
    // A signal at a write of our choice.
    for blocks in [0, 40, 200] {
        let script = format!("ulimit -c 0; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let status = writer(&folder, &script).status().unwrap();
        assert!(status.signal().is_some(), "{status}");
        assert_eq!(whole(&folder, &format!("{blocks} blocks")).len(), 1);
    }
}

/// A database file that cannot grow: the migration fails, and runs once there is room.
#[test]
fn a_full_disk_under_a_database() {
    let files = tempfile::tempdir().unwrap();
    let place = Place::new("SQLite", &format!("file:{}", files.path().join("x.db").display()));
    let runtime = runtime();
    let database = place.database(&runtime);
    let folder = files.path().join("migrations");
    write_one(&folder, "1_a", "CREATE TABLE a (id INTEGER, text TEXT);\nINSERT INTO a VALUES (1, 'x');\n");
    assert_eq!(database.deploy(&folder).unwrap().applied, ["1_a"]);
    let before = database.picture();
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT i, hex(zeroblob(200)) FROM n";
    write_one(&folder, "2_b", &format!("CREATE TABLE b (id INTEGER);\nINSERT INTO a {many};\n"));
    let mut child =
        limited(&database.url.as_connection_string(), &folder, "trap '' XFSZ; ulimit -f 200; exec \"$0\" \"$@\"");
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stdout.take().unwrap(), &mut said).unwrap();
    assert!(!child.wait().unwrap().success(), "{said}");
    assert!(said.contains("error P3018 Migration 2_b failed"), "{said}");
    assert_eq!(database.picture(), before);
    assert_eq!(database.deploy(&folder).unwrap().applied, ["2_b"]);
    assert_eq!(database.rows("SELECT count(*) FROM a"), [["2001"]]);
}
