//! The databases that tests run on: found where the environment says, on their standard local ports, or started as
//! private throw-away servers from installed binaries (installed first on Debian, as root).

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nicol_db::{Connection, ConnectionUrl};

/// A server product of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Product {
    Postgres,
    Mariadb,
    Mysql,
    Postgres18,
}

impl Product {
    const ALL: [Product; 4] = [Product::Postgres, Product::Mariadb, Product::Mysql, Product::Postgres18];

    fn name(self) -> &'static str {
        match self {
            Product::Postgres => "PostgreSQL",
            Product::Mariadb => "MariaDB",
            Product::Mysql => "MySQL",
            Product::Postgres18 => "PostgreSQL 18",
        }
    }

    fn variable(self) -> &'static str {
        match self {
            Product::Postgres => "NICOL_TEST_POSTGRES_URL",
            Product::Mariadb => "NICOL_TEST_MARIADB_URL",
            Product::Mysql => "NICOL_TEST_MYSQL_URL",
            Product::Postgres18 => "NICOL_TEST_POSTGRES18_URL",
        }
    }

    /// Where a developer's own server usually answers without a password, for the two that every run must have.
    fn standard_url(self) -> Option<&'static str> {
        match self {
            Product::Postgres => Some("postgresql://postgres@127.0.0.1:5432/postgres"),
            Product::Mariadb => Some("mysql://root@127.0.0.1:3306/mysql"),
            Product::Mysql | Product::Postgres18 => None,
        }
    }
}

struct Server {
    product: Product,
    url: String,
    origin: String,
}

/// The servers of one run. Those it started end with it.
pub(crate) struct Servers {
    found: Vec<Server>,
    started: Vec<Child>,
    folder: Option<tempfile::TempDir>,
}

impl Servers {
    /// Looks for each product in turn; PostgreSQL and MariaDB are started, and if need be installed, when nothing answers.
    pub(crate) fn find_or_start() -> Result<Servers> {
        let mut servers = Servers { found: Vec::new(), started: Vec::new(), folder: None };
        for product in Product::ALL {
            if let Ok(url) = std::env::var(product.variable()) {
                servers.found.push(Server { product, url, origin: format!("from {}", product.variable()) });
            } else if let Some(url) = product.standard_url() {
                if answers(url) {
                    let origin = "already running on its standard port".to_owned();
                    servers.found.push(Server { product, url: url.to_owned(), origin });
                } else {
                    servers.start(product)?;
                }
            }
        }
        Ok(servers)
    }

    /// One line for each server: what and where from. URLs may hold passwords and are not shown.
    pub(crate) fn report(&self) -> Vec<String> {
        self.found.iter().map(|server| format!("{}: {}", server.product.name(), server.origin)).collect()
    }

    /// Environment variables for the tests.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.found.iter().map(|server| (server.product.variable(), server.url.as_str()))
    }

    /// Names of the databases that tests run on, SQLite first.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        std::iter::once("SQLite").chain(self.found.iter().map(|server| server.product.name())).collect()
    }

    /// What is missing from the matrix, with the reason.
    pub(crate) fn skipped(&self) -> Vec<String> {
        Product::ALL
            .iter()
            .filter(|product| !self.found.iter().any(|server| server.product == **product))
            .map(|product| format!("{} ({} is not set)", product.name(), product.variable()))
            .collect()
    }

    fn start(&mut self, product: Product) -> Result<()> {
        if !binaries_installed(product) {
            install(product)?;
        }
        let folder = match self.folder.take() {
            Some(folder) => folder,
            None => {
                let folder = tempfile::Builder::new().prefix("nicol-test-").tempdir()?;
                // The servers run as users of their own and must be able to walk in.
                make_traversable(folder.path())?;
                folder
            }
        };
        let port = free_port()?;
        let (child, url) = match product {
            Product::Postgres => start_postgres(folder.path(), port)?,
            Product::Mariadb => start_mariadb(folder.path(), port)?,
            Product::Mysql | Product::Postgres18 => bail!("{} is not started by this task", product.name()),
        };
        self.folder = Some(folder);
        self.started.push(child);
        let deadline = Instant::now() + Duration::from_secs(60);
        while !answers(&url) {
            if Instant::now() > deadline {
                bail!("the {} server that was started does not answer on port {port}", product.name());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        self.found.push(Server { product, url, origin: format!("started for this run on port {port}") });
        Ok(())
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for child in &mut self.started {
            // Throw-away data: nothing is lost by ending the server at once.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn answers(url: &str) -> bool {
    let Ok(url) = ConnectionUrl::parse(url) else {
        return false;
    };
    let reachable = url.host_port().and_then(|text| text.parse::<SocketAddr>().ok());
    let refuses = |address| TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err();
    if reachable.is_none_or(refuses) {
        return false;
    }
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return false;
    };
    runtime.block_on(async {
        match Connection::open(&url).await {
            Ok(connection) => connection.close().await.is_ok(),
            Err(_) => false,
        }
    })
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn binaries_installed(product: Product) -> bool {
    match product {
        Product::Postgres | Product::Postgres18 => program("initdb").is_some() && program("postgres").is_some(),
        Product::Mariadb | Product::Mysql => program("mariadbd").is_some() && program("mariadb-install-db").is_some(),
    }
}

/// A program on the PATH or in the folders where Debian keeps servers.
fn program(name: &str) -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    folders.push(PathBuf::from("/usr/sbin"));
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> =
            versions.filter_map(|entry| entry.ok().map(|entry| entry.path().join("bin"))).collect();
        versions.sort();
        folders.extend(versions.into_iter().rev());
    }
    folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}

fn install(product: Product) -> Result<()> {
    let package = match product {
        Product::Postgres | Product::Postgres18 => "postgresql",
        Product::Mariadb | Product::Mysql => "mariadb-server",
    };
    if !is_root() || !Path::new("/usr/bin/apt-get").is_file() {
        bail!(
            "no {} server: set {}, start one on its standard port, or install the Debian package `{package}`",
            product.name(),
            product.variable()
        );
    }
    println!("installing {package}");
    let apt = |arguments: &[&str]| -> Result<bool> {
        let status = Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").status()?;
        Ok(status.success())
    };
    if !apt(&["update", "-qq"])? || !apt(&["install", "-y", "-qq", "--no-install-recommends", package])? {
        bail!("apt-get could not install {package}");
    }
    if !binaries_installed(product) {
        bail!("{package} was installed, but its server programs were not found");
    }
    Ok(())
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata) == 0)
}

fn make_traversable(folder: &Path) -> Result<()> {
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(())
}

/// User and group numbers of an account, from /etc/passwd.
fn account(name: &str) -> Result<(u32, u32)> {
    let accounts = fs::read_to_string("/etc/passwd")?;
    let found = accounts.lines().find_map(|line| {
        let mut parts = line.split(':');
        (parts.next() == Some(name)).then_some(())?;
        Some((parts.nth(1)?.parse().ok()?, parts.next()?.parse().ok()?))
    });
    found.with_context(|| format!("no account `{name}`"))
}

/// A command that runs as the given account when we are root: PostgreSQL refuses to be root, MariaDB wants to be asked.
fn as_account(program: &Path, name: &str, data: &Path) -> Result<Command> {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
    if is_root() {
        let (user, group) = account(name)?;
        chown(data, Some(user), Some(group))?;
        command.uid(user).gid(group);
    }
    Ok(command)
}

fn start_postgres(folder: &Path, port: u16) -> Result<(Child, String)> {
    let data = folder.join("postgres");
    fs::create_dir(&data)?;
    let initdb = program("initdb").context("initdb")?;
    let status = as_account(&initdb, "postgres", &data)?
        .arg("-D")
        .arg(&data)
        .args(["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
        .status()?;
    if !status.success() {
        bail!("initdb failed");
    }
    let postgres = program("postgres").context("postgres")?;
    let child = as_account(&postgres, "postgres", &data)?
        .arg("-D")
        .arg(&data)
        .args(["-p", &port.to_string()])
        .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
        .args(["-c", "fsync=off", "-c", "max_connections=300"])
        .spawn()?;
    Ok((child, format!("postgresql://postgres@127.0.0.1:{port}/postgres")))
}

fn start_mariadb(folder: &Path, port: u16) -> Result<(Child, String)> {
    let data = folder.join("mariadb");
    fs::create_dir(&data)?;
    let installer = program("mariadb-install-db").context("mariadb-install-db")?;
    let status = as_account(&installer, "mysql", &data)?
        .arg("--no-defaults")
        .arg(format!("--datadir={}", data.display()))
        .args(["--auth-root-authentication-method=normal", "--skip-test-db"])
        // As below: installing starts a server.
        .arg(format!("--tmpdir={}", data.display()))
        .status()?;
    if !status.success() {
        bail!("mariadb-install-db failed");
    }
    let server = program("mariadbd").context("mariadbd")?;
    let child = as_account(&server, "mysql", &data)?
        .arg("--no-defaults")
        .arg(format!("--datadir={}", data.display()))
        // A starting server deletes the temporary tables in its folder: another server's, where that is shared.
        .arg(format!("--tmpdir={}", data.display()))
        .arg(format!("--socket={}", data.join("server.sock").display()))
        .arg(format!("--pid-file={}", data.join("server.pid").display()))
        .args([&format!("--port={port}"), "--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0"])
        .spawn()?;
    Ok((child, format!("mysql://root@127.0.0.1:{port}/mysql")))
}
