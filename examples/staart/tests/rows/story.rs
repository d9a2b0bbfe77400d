//! The program, run as a reader runs it.

use std::process::Command;

use staart::Result;

use crate::untouched;

/// What the program prints; it has to end well.
fn told(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn staart() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_staart"));
    command.env_remove("DATABASE_URL");
    command
}

#[test]
fn the_story_runs_without_a_server_and_again() {
    let folder = tempfile::tempdir().expect("a folder");
    for _ in 0..2 {
        let text = told(staart().current_dir(&folder));
        for line in [
            "  found: true\n",
            "  Owner: 1\n  Member: 1\n",
            "  refused: a login from 198.51.100.1, which is not approved\n",
            "  a page of sessions: A telephone, Another browser\n  a page of sessions: A browser\n",
            "  a backup code is good once: true, then false; 9 are left\n",
            "  refused: the key has expired\n",
            "  to be called: https://hooks.example/member.joined\n",
            "  1 member(s) are left\n  0 of its keys, 0 of its hooks\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
    assert!(folder.path().join("staart.db").exists());
}

fresh_database::tests! {
    open = untouched;

    #[on(postgres, postgres18, mariadb, mysql)]
    async fn the_story_runs_by_url(url: String) -> Result<()> {
        let text = told(staart().args(["--url", &url]));
        assert!(text.contains("  1 member(s) are left\n"), "{text}");
        Ok(())
    }
}
