//! Servers of a test's own, in a temporary folder, that can be killed and started again, and that speak TLS.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nicol_db::{Connection, ConnectionUrl};

/// A product whose server a test may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    Postgres,
    Mariadb,
}

pub(crate) struct Server {
    product: Product,
    folder: tempfile::TempDir,
    port: u16,
    settings: Vec<String>,
    child: Option<Child>,
}

impl Server {
    /// Makes a fresh server. Nothing, with the reason printed, where its programs are not installed.
    pub(crate) fn start(product: Product, settings: &[&str]) -> Option<Server> {
        let (installer, _) = programs(product)?;
        let folder = tempfile::Builder::new().prefix("nicol-fault-").tempdir().unwrap();
        // The server runs as a user of its own and must be able to walk in.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = settings.iter().map(ToString::to_string).collect();
        let mut server = Server { product, folder, port, settings, child: None };
        fs::create_dir(server.data()).unwrap();
        let mut install = server.as_account(&installer);
        match product {
            Product::Postgres => {
                install.arg("-D").arg(server.data());
                install.args(["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
            }
            Product::Mariadb => {
                install.arg("--no-defaults").arg(format!("--datadir={}", server.data().display()));
                install.args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
                // As below: installing starts a server.
                install.arg(format!("--tmpdir={}", server.data().display()));
            }
        }
        assert!(install.status().unwrap().success(), "{product:?} could not be set up");
        server.go();
        Some(server)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        match self.product {
            Product::Postgres => format!("postgresql://postgres@127.0.0.1:{}/postgres", self.port),
            Product::Mariadb => format!("mysql://root@127.0.0.1:{}/mysql", self.port),
        }
    }

    /// Starts the server on its data and waits until it answers.
    pub(crate) fn go(&mut self) {
        let (_, program) = programs(self.product).unwrap();
        let mut command = self.as_account(&program);
        match self.product {
            Product::Postgres => {
                command.arg("-D").arg(self.data()).args(["-p", &self.port.to_string()]);
                command.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]);
                command.args(self.settings.iter().flat_map(|setting| ["-c", setting.as_str()]));
            }
            Product::Mariadb => {
                command.arg("--no-defaults").arg(format!("--datadir={}", self.data().display()));
                // A starting server deletes the temporary tables in its folder: another server's, where that is shared.
                command.arg(format!("--tmpdir={}", self.data().display()));
                command.arg(format!("--socket={}", self.data().join("server.sock").display()));
                command.arg(format!("--pid-file={}", self.data().join("server.pid").display()));
                // Commits reach the operating system, so that only a crash of the machine could lose them.
                command.args([
                    &format!("--port={}", self.port),
                    "--bind-address=127.0.0.1",
                    "--innodb-flush-log-at-trx-commit=2",
                ]);
                command.args(&self.settings);
            }
        }
        self.child = Some(command.spawn().unwrap());
        let url = ConnectionUrl::parse(&self.url()).unwrap();
        let runtime = crate::world::runtime();
        let began = Instant::now();
        while runtime.block_on(Connection::open(&url)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(90), "{:?} does not answer", self.product);
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Kills the server with everything it has started.
    pub(crate) fn kill(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let children = children_of(child.id());
        child.kill().unwrap();
        for pid in &children {
            // It may have ended by itself meanwhile.
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).stderr(Stdio::null()).status();
        }
        child.wait().unwrap();
        let began = Instant::now();
        while children.iter().any(|pid| Path::new(&format!("/proc/{pid}")).exists()) {
            assert!(began.elapsed() < Duration::from_secs(30), "{children:?} do not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// A command that runs as the server's account when the tests run as root: PostgreSQL refuses to be root.
    fn as_account(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            let name = if self.product == Product::Postgres { "postgres" } else { "mysql" };
            let (user, group) = account(name);
            chown(self.data(), Some(user), Some(group)).unwrap();
            command.uid(user).gid(group);
        }
        command
    }

    /// Puts a file into the server's data that only its account may read.
    pub(crate) fn put(&self, name: &str, text: &str) {
        let path = self.data().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let data = fs::metadata(self.data()).unwrap();
        chown(&path, Some(data.uid()), Some(data.gid())).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The program that makes a server's data, and the server.
fn programs(product: Product) -> Option<(PathBuf, PathBuf)> {
    let (installer, server) = match product {
        Product::Postgres => ("initdb", "postgres"),
        Product::Mariadb => ("mariadb-install-db", "mariadbd"),
    };
    let found = find(installer).zip(find(server));
    if found.is_none() {
        println!("skipped: {installer} and {server} are not installed");
    }
    found
}

/// A program on the PATH or where Debian keeps servers.
fn find(name: &str) -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    folders.push(PathBuf::from("/usr/sbin"));
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = versions.map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    folders.splice(0..0, versions.into_iter().rev());
    folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}

fn account(name: &str) -> (u32, u32) {
    let accounts = fs::read_to_string("/etc/passwd").unwrap();
    let line = accounts.lines().find(|line| line.starts_with(&format!("{name}:"))).unwrap();
    let mut parts = line.split(':').skip(2).map(|part| part.parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap())
}

/// Numbers of the processes that a process has started.
fn children_of(parent: u32) -> Vec<u32> {
    let tasks = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    tasks.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}
