//! The program runs on an empty folder, and again on what it left.

use std::process::Command;

#[test]
fn runs_twice() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let run = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quickstart"));
        let output = command.current_dir(&folder).env_remove("DATABASE_URL").output().expect("the program starts");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let first = run();
    for line in ["Migrated: 20261121053000_init", "\"Hello\" went from 12 to 13 views"] {
        assert!(first.contains(line), "{line}\n{first}");
    }
    let second = run();
    for line in ["Nothing to migrate", "ann@example.com visit 2", "\"Hello\" went from 13 to 14 views"] {
        assert!(second.contains(line), "{line}\n{second}");
    }
}
