//! A temporary project and the command run in it.

use std::future::Future;
use std::io::{Seek, Write};
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
        self.run_here(folder, arguments, Stdio::null())
    }

    /// Runs `nicol` with this text on its standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], text: &str) -> Ran {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(text.as_bytes()).expect("its text");
        file.rewind().expect("its start");
        self.run_here("", arguments, file.into())
    }

    fn run_here(&self, folder: &str, arguments: &[&str], input: Stdio) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_nicol"))
            .args(arguments)
            .current_dir(self.path(folder))
            .env_clear()
            .envs(self.variables.iter().cloned())
            .stdin(input)
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

/// A database of every product at hand: SQLite in the project's folder, and one on each server.
pub(crate) struct Base {
    pub(crate) provider: &'static str,
    pub(crate) url: String,
    server: Option<Server>,
}

impl Base {
    pub(crate) fn all() -> Vec<Base> {
        let mut found = vec![Base { provider: "sqlite", url: "file:./dev.db".to_owned(), server: None }];
        for (variable, provider) in [
            ("NICOL_TEST_POSTGRES_URL", "postgresql"),
            ("NICOL_TEST_POSTGRES18_URL", "postgresql"),
            ("NICOL_TEST_MARIADB_URL", "mysql"),
            ("NICOL_TEST_MYSQL_URL", "mysql"),
        ] {
            found.extend(Server::of(variable).map(|server| Base {
                provider,
                url: server.url().to_owned(),
                server: Some(server),
            }));
        }
        found
    }

    /// A place with a schema of these models beside which the database lies, or will.
    pub(crate) fn place(&self, models: &str) -> Place {
        let place = Place::with(&[("schema.prisma", &self.schema(models))]);
        place.env("DATABASE_URL", &self.url)
    }

    pub(crate) fn schema(&self, models: &str) -> String {
        format!(
            "datasource db {{\n  provider = \"{}\"\n  url      = env(\"DATABASE_URL\")\n}}\n\n{models}",
            self.provider
        )
    }

    /// What must be typed to destroy it.
    pub(crate) fn name(&self) -> &str {
        self.server.as_ref().map_or("dev.db", Server::name)
    }

    /// A name as the database quotes it.
    pub(crate) fn quote(&self, name: &str) -> String {
        let mark = if self.provider == "mysql" { '`' } else { '"' };
        format!("{mark}{name}{mark}")
    }

    fn connection_url(&self, place: &Place) -> nicol_db::ConnectionUrl {
        nicol_db::ConnectionUrl::parse(&self.url).expect("a URL").relative_to(&place.root())
    }

    /// Runs statements past the command.
    pub(crate) fn sql(&self, place: &Place, script: &str) {
        let url = self.connection_url(place);
        block_on(async {
            let mut connection = nicol_db::Connection::open(&url).await.expect("the database opens");
            connection.run_script(script).await.unwrap_or_else(|error| panic!("{error:?}: {script}"));
            connection.close().await.expect("a goodbye");
        });
    }

    /// The rows of a query, columns joined by a space, `-` for NULL.
    pub(crate) fn rows(&self, place: &Place, query: &str) -> Vec<String> {
        let url = self.connection_url(place);
        block_on(async {
            let mut connection = nicol_db::Connection::open(&url).await.expect("the database opens");
            let rows = connection.query(query, &[]).await.unwrap_or_else(|error| panic!("{error:?}: {query}"));
            let text = |row: nicol_db::Row<'_>| -> String {
                let cells = (0..row.len()).map(|i| row.get::<Option<String>>(i).expect("text").unwrap_or("-".into()));
                cells.collect::<Vec<_>>().join(" ")
            };
            let found = rows.iter().map(text).collect();
            connection.close().await.expect("a goodbye");
            found
        })
    }
}

pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}
