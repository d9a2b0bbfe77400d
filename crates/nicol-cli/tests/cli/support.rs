//! A temporary project and the command run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use tempfile::TempDir;

/// A schema without a datasource URL.
pub(crate) const PLAIN: &str = "datasource db {\n  provider = \"sqlite\"\n}\n\nmodel User {\n  id Int @id\n}\n";

/// A temporary folder.
pub(crate) struct Place {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// What a run of the command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Place {
        Place { folder: tempfile::tempdir().expect("a temporary folder"), variables: Vec::new() }
    }

    /// A place with these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Place {
        let place = Place::new();
        for (path, text) in files {
            place.file(path, text);
        }
        place
    }

    pub(crate) fn file(&self, path: &str, text: impl AsRef<[u8]>) -> &Place {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Place {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("the folder")
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).expect(path)
    }

    /// Every file below the folder, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        collect(&self.root(), &self.root(), &mut found);
        found.sort();
        found
    }

    /// Runs `nicol` with these arguments, without a terminal, and with nothing in the environment but what was set.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_in("", arguments)
    }

    pub(crate) fn run_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_nicol"))
            .args(arguments)
            .current_dir(self.path(folder))
            .env_clear()
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null())
            .output()
            .expect("nicol runs");
        let ran = Ran {
            code: output.status.code().expect("an exit code"),
            out: String::from_utf8(output.stdout).expect("UTF-8 on stdout"),
            err: String::from_utf8(output.stderr).expect("UTF-8 on stderr"),
        };
        assert!(!ran.err.contains("panicked") && !ran.err.contains("error[bug]"), "{arguments:?}: {}", ran.err);
        ran
    }
}

impl Ran {
    /// Asserts the exit code; shows everything otherwise.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Asserts a failure of this code with exit code 1, that says what to do next.
    #[track_caller]
    pub(crate) fn fails(self, code: &str) -> Ran {
        let ran = self.exits(1);
        assert!(ran.err.contains(&format!("error[{code}]: ")), "{code} expected:\n{}", ran.err);
        assert!(ran.err.contains(" help: "), "no help:\n{}", ran.err);
        assert_eq!(ran.out, "", "nothing on stdout");
        ran
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Ran {
        assert!(self.out.contains(text) || self.err.contains(text), "{text:?} in:\n{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.err))
    }
}

fn collect(folder: &Path, root: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, root, found);
        } else {
            found.push(path.strip_prefix(root).expect("below").display().to_string());
        }
    }
}

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A database of its own on a test server; dropped at the end.
pub(crate) struct Server {
    url: nicol_db::ConnectionUrl,
}

impl Server {
    /// The server whose URL is in this variable, if it is set. The database does not exist yet.
    pub(crate) fn of(variable: &str) -> Option<Server> {
        let Ok(text) = std::env::var(variable) else {
            println!("skipped: {variable} is not set");
            return None;
        };
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let name = format!("nicol_cli_{}_{number}", std::process::id());
        let url = nicol_db::ConnectionUrl::parse(&text).expect("a URL").with_database(&name);
        Some(Server { url })
    }

    pub(crate) fn url(&self) -> &str {
        Box::leak(self.url.as_connection_string().into_boxed_str())
    }

    /// The database's name.
    pub(crate) fn name(&self) -> &str {
        self.url.database()
    }

    /// The URL with another password, where it has a user at all.
    pub(crate) fn with_password(&self, password: &str) -> Option<String> {
        let text = self.url.as_connection_string();
        let (scheme, rest) = text.split_once("://")?;
        let (user, rest) = rest.split_once('@')?;
        let user = user.split(':').next()?;
        Some(format!("{scheme}://{user}:{password}@{rest}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        if let Err(error) = runtime.block_on(nicol_db::admin::drop_database(&self.url)) {
            println!("{error:?} while dropping {}", self.url);
        }
    }
}
