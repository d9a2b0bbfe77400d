//! The program tells its story on an empty database, and goes on with it on what it left.

#![allow(clippy::expect_used, clippy::panic, reason = "test helpers are not test functions")]

use std::process::Command;

async fn unopened(_url: &str) -> Result<(), String> {
    Ok(())
}

fresh_database::tests! {
    open = unopened;

    async fn the_story_is_told_twice(_nothing: (), database: &Database) -> Result<(), String> {
        let tell = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_laps"));
            let output = command.args(["--url", database.url()]).env_remove("DATABASE_URL").output().expect("it starts");
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{errors}");
            String::from_utf8(output.stdout).expect("UTF-8")
        };
        let first = tell();
        for line in ["8 runners", "  1 Eve    6G1    3 laps, best 59.5 s", "viewer is Viewer", "P2025"] {
            assert!(first.contains(line), "{line}\n{first}");
        }
        let second = tell();
        for line in ["8 runners", "  1 Eve    6G1    6 laps, best 59.5 s", "1 session(s) now"] {
            assert!(second.contains(line), "{line}\n{second}");
        }
        Ok(())
    }
}
