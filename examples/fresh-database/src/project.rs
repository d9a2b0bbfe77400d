//! A project in a temporary folder, and the `nicol` command run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::{env, fs};

use tempfile::TempDir;

/// A temporary folder in which `nicol` runs with nothing in the environment but what was set.
#[derive(Debug)]
pub struct Project {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// What a run of the command did.
#[derive(Debug)]
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Project {
    /// An empty folder.
    #[allow(clippy::new_without_default, reason = "a folder is made")]
    pub fn new() -> Project {
        Project { folder: tempfile::tempdir().expect("a temporary folder"), variables: Vec::new() }
    }

    /// A folder with a copy of another one's files.
    pub fn copy_of(folder: impl AsRef<Path>) -> Project {
        let project = Project::new();
        project.copy(folder, "");
        project
    }

    /// Copies a folder of files to a place below.
    pub fn copy(&self, folder: impl AsRef<Path>, to: &str) -> &Project {
        copy(folder.as_ref(), &self.path(to));
        self
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Project {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes a file, with the folders above it.
    pub fn file(&self, path: &str, text: impl AsRef<[u8]>) -> &Project {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("a file");
        self
    }

    /// A path below the folder.
    pub fn path(&self, path: &str) -> PathBuf {
        let root = self.folder.path().canonicalize().expect("the folder");
        if path.is_empty() { root } else { root.join(path) }
    }

    /// The text of a file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The names of what lies in a folder, sorted.
    pub fn names(&self, path: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Runs `nicol` at the top of the folder.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_in("", arguments)
    }

    /// Runs `nicol` in a folder below.
    pub fn run_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        let output = Command::new(nicol())
            .args(arguments)
            .current_dir(self.path(folder))
            .env_clear()
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null())
            .output()
            .expect("nicol runs");
        Ran {
            code: output.status.code().expect("an exit code"),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

impl Ran {
    /// Asserts success; shows everything otherwise.
    #[track_caller]
    pub fn succeeds(self) -> Ran {
        self.exits(0)
    }

    /// Asserts the exit code; shows everything otherwise.
    #[track_caller]
    pub fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Asserts an error of this code.
    #[track_caller]
    pub fn fails(self, code: &str) -> Ran {
        let ran = self.exits(1);
        assert!(ran.err.contains(&format!("error[{code}]: ")), "{code} expected:\n{}\n{}", ran.out, ran.err);
        ran
    }

    /// Asserts that a text was printed.
    #[track_caller]
    pub fn says(self, text: &str) -> Ran {
        assert!(self.out.contains(text) || self.err.contains(text), "{text:?} in:\n{}\n{}", self.out, self.err);
        self
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).expect("a copy");
        }
    }
}

/// The command, built from this workspace (as `cargo test --workspace` builds it, so that nothing is built twice) once in a
/// process. `NICOL_COMMAND` names one that is built already.
pub fn nicol() -> &'static Path {
    static COMMAND: OnceLock<PathBuf> = OnceLock::new();
    COMMAND.get_or_init(|| env::var_os("NICOL_COMMAND").map_or_else(build, PathBuf::from))
}

fn build() -> PathBuf {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Variables that cargo sets for a test would make it build those dependencies anew that look at them.
    let of_the_test = |name: &str| name.starts_with("CARGO_") && !["CARGO_HOME", "CARGO_TARGET_DIR"].contains(&name);
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(of_the_test)) {
        cargo.env_remove(name);
    }
    let output = cargo
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--quiet", "--workspace", "--bin", "nicol", "--message-format", "json"])
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "the command could not be built");
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let executables: Vec<PathBuf> =
        messages.filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?))).collect();
    executables.into_iter().next_back().expect("cargo names what it has built")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_runs_in_a_project() {
        let project = Project::new();
        project.file("schema.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n\nmodel A {\n id Int @id\n}\n");
        project.run(&["validate"]).succeeds().says("is valid");
        project.run(&["format", "--check"]).exits(1);
        let copied = Project::copy_of(project.path(""));
        copied.run(&["format"]).succeeds();
        assert!(copied.read("schema.prisma").contains("  id Int @id"));
        assert_eq!(copied.names(""), ["schema.prisma"]);
        copied.run(&["migrate", "status"]).fails("url-missing");
    }
}
