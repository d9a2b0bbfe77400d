//! The program tells its story on an empty database, and again on what it left.

#![allow(clippy::expect_used, reason = "tests end by panicking")]

use std::process::Command;

/// Runs the program in a folder of its own.
fn run(arguments: &[&str], folder: &std::path::Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_engineo"));
    let output =
        command.args(arguments).current_dir(folder).env_remove("DATABASE_URL").output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

const TOLD: [&str; 8] = [
    "the backfill gives 1 admin(s) one",
    "Sam tries to set that back: refused",
    "Used now: 0; the ledger still has 5 runs",
    "this laptop (here)",
    "3 sessions end",
    "A token of ten minutes ago is refused",
    "AdminAuditLog is append-only",
    "cannot be deleted while the log names it: P2003",
];

fn told(text: &str) {
    for line in TOLD {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn without_a_word_on_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    told(&run(&[], folder.path()));
    told(&run(&[], folder.path()));
    assert!(folder.path().join("engineo.db").exists());
    // Each telling leaves an admin and a support agent without preferences.
    assert!(run(&["seed"], folder.path()).contains("4 users have preferences now"));
}

async fn unopened(_url: &str) -> nicol::Result<()> {
    Ok(())
}

fresh_database::tests! {
    open = unopened;

    #[on(postgres, postgres18, mariadb, mysql)]
    async fn on_a_server(_nothing: (), database: &Database) -> nicol::Result<()> {
        let folder = tempfile::tempdir().expect("a folder");
        told(&run(&["--url", database.url()], folder.path()));
        told(&run(&["--url", database.url()], folder.path()));
        Ok(())
    }
}
