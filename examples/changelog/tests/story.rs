//! The program itself, as it is run.

#![allow(clippy::expect_used, reason = "test helpers are not test functions")]

use std::process::Command;

fresh_database::tests! {
    open = nothing;

    /// Twice on the same database.
    async fn the_story_is_told(_nothing: (), database: &Database) -> Result<(), String> {
        for _ in 0..2 {
            let told = Command::new(env!("CARGO_BIN_EXE_changelog")).args(["--url", database.url()]).output().expect("it runs");
            let (out, err) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
            assert!(told.status.success() && err.is_empty(), "{out}\n{err}");
            for line in [
                "The invitation once more: refused",
                "He cannot approve that himself: refused",
                "the public sees 2 entries.",
                "a major one to 2.",
                "3 sessions have looked:",
                "writing is refused",
            ] {
                assert!(out.contains(line), "{line}\n{out}");
            }
        }
        Ok(())
    }
}

async fn nothing(_url: &str) -> Result<(), String> {
    Ok(())
}
