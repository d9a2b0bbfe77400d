//! Many small migrations, deployed and deployed again with nothing to do, as whole processes: nicol beside a bare driver that
//! sends the same statements with a transaction each, refinery and sqlx (`bench/migrate`). They take turns in every round.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nicol_db::{ConnectionUrl, Dialect, admin};

use super::measure::print_table;
use super::process;
use crate::servers::Servers;

const COUNT: usize = 500;
const ROUNDS: usize = 5;

/// A program that applies migrations.
struct Tool {
    name: &'static str,
    /// The peer that the bench program is to be; none is nicol.
    peer: Option<&'static str>,
    deploy: Vec<Duration>,
    noop: Vec<Duration>,
    /// The most memory of a run with nothing to do, in MiB.
    peak: f64,
}

/// The bare driver first: the others are measured by it.
fn tools() -> Vec<Tool> {
    let tool = |name, peer| Tool { name, peer, deploy: Vec::new(), noop: Vec::new(), peak: 0.0 };
    vec![
        tool("bare driver", Some("bare")),
        tool("nicol", None),
        tool("refinery", Some("refinery")),
        tool("sqlx", Some("sqlx")),
    ]
}

/// Builds the programs, runs them in turn on every database and prints a table.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<bool> {
    let (mut count, mut rounds) = (COUNT, ROUNDS);
    for pair in arguments.chunks(2) {
        let value = pair.get(1).with_context(|| format!("{} needs a value", pair[0]))?.parse()?;
        match pair[0].as_str() {
            "--count" => count = value,
            "--rounds" => rounds = value,
            other => bail!("unknown argument {other}"),
        }
    }
    let programs = Programs::build(root)?;
    let servers = Servers::find_or_start()?;
    let files = tempfile::tempdir()?;
    let mut places = vec![("SQLite", format!("file:{}", files.path().join("bench.db").display()))];
    let variables: Vec<(&str, &str)> = servers.variables().collect();
    for (name, variable) in [
        ("PostgreSQL", "NICOL_TEST_POSTGRES_URL"),
        ("PostgreSQL 18", "NICOL_TEST_POSTGRES18_URL"),
        ("MariaDB", "NICOL_TEST_MARIADB_URL"),
        ("MySQL", "NICOL_TEST_MYSQL_URL"),
    ] {
        if let Some((_, url)) = variables.iter().find(|(known, _)| *known == variable) {
            places.push((name, (*url).to_owned()));
        }
    }
    println!(
        "{count} small migrations, whole processes, medians of {rounds} rounds; the ratio is the median of each round's\n"
    );
    let mut rows = Vec::new();
    for (name, url) in places {
        let url = ConnectionUrl::parse(&url)?;
        let folder = write(files.path(), name, url.dialect(), count)?;
        let mut tools = tools();
        for round in 0..rounds {
            for turn in 0..tools.len() {
                let at = (round + turn) % tools.len();
                programs.one_turn(&mut tools[at], &url, &folder)?;
            }
        }
        let bare = tools[0].deploy.clone();
        rows.extend(tools.into_iter().map(|tool| tool.row(name, &bare)));
    }
    print_table(&["", "deploy", "ratio", "nothing to do", "peak then"], &rows);
    Ok(true)
}

impl Tool {
    fn row(self, database: &str, bare: &[Duration]) -> Vec<String> {
        let ratios = self.deploy.iter().zip(bare).map(|(own, bare)| own.as_secs_f64() / bare.as_secs_f64());
        let ratio = middle(ratios.collect(), f64::total_cmp);
        let ms = |times: Vec<Duration>| middle(times, Ord::cmp).as_secs_f64() * 1e3;
        vec![
            format!("{database}, {}", self.name),
            format!("{:.0} ms", ms(self.deploy)),
            format!("{ratio:.2}"),
            format!("{:.1} ms", ms(self.noop)),
            format!("{:.1} MiB", self.peak),
        ]
    }
}

fn middle<T: Copy>(mut all: Vec<T>, order: impl FnMut(&T, &T) -> std::cmp::Ordering) -> T {
    all.sort_by(order);
    all[all.len() / 2]
}

/// What is started.
struct Programs {
    nicol: PathBuf,
    bench: PathBuf,
}

impl Programs {
    fn build(root: &Path) -> Result<Programs> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let release = process::release(root);
        let target = release.parent().unwrap_or(root);
        for arguments in [&["-p", "nicol-cli"][..], &["--manifest-path", "bench/migrate/Cargo.toml"][..]] {
            let mut command = Command::new(&cargo);
            command.current_dir(root).args(["build", "--release"]).args(arguments).env("CARGO_TARGET_DIR", target);
            if !command.status()?.success() {
                bail!("cargo build {} failed", arguments.join(" "));
            }
        }
        Ok(Programs { nicol: release.join("nicol"), bench: release.join("migrate-bench") })
    }

    /// A tool once on a fresh database of its own and once more.
    fn one_turn(&self, tool: &mut Tool, url: &ConnectionUrl, folder: &Path) -> Result<()> {
        let name = match url.dialect() {
            Dialect::Sqlite => format!("{}_{}", url.database(), tool.name.replace(' ', "_")),
            _ => format!("nicol_bench_{}", std::process::id()),
        };
        let mut url = url.with_database(&name);
        if url.dialect() != Dialect::Sqlite {
            url = url.with_param("sslmode", "disable");
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(admin::create_database(&url))?;
        let command = || self.command(tool.peer, &url, folder);
        let (deploy, noop) = (timed(&mut command())?, timed(&mut command())?);
        let peak = process::peak_memory(&mut command())?.unwrap_or(f64::NAN);
        tool.deploy.push(deploy);
        tool.noop.push(noop);
        tool.peak = tool.peak.max(peak);
        runtime.block_on(admin::drop_database(&url))?;
        Ok(())
    }

    fn command(&self, peer: Option<&str>, url: &ConnectionUrl, folder: &Path) -> Command {
        let mut command = Command::new(if peer.is_some() { &self.bench } else { &self.nicol });
        match peer {
            Some(peer) => {
                let text = match (url.dialect().is_mysql_family(), peer) {
                    (true, "sqlx") => url.without_param("sslmode").with_param("ssl-mode", "DISABLED"),
                    // Its driver knows no such parameter.
                    (true, _) => url.without_param("sslmode"),
                    (false, _) => url.clone(),
                };
                command.arg(peer).arg(folder).arg(text.as_connection_string());
            }
            None => {
                command.args(["migrate", "deploy", "--schema"]).arg(folder.with_file_name("schema.prisma"));
                command.args(["--url", &url.as_connection_string()]);
            }
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }
}

/// One table with an index for every five migrations, and changes of it.
fn write(files: &Path, name: &str, dialect: Dialect, count: usize) -> Result<PathBuf> {
    let project = files.join(name.replace(' ', "_"));
    let folder = project.join("migrations");
    for number in 0..count {
        let table = dialect.quote(&format!("thing_{}", number / 5));
        let script = match number % 5 {
            0 => format!(
                "-- CreateTable\nCREATE TABLE {table} (\n    id INTEGER NOT NULL PRIMARY KEY,\n    title VARCHAR(100) NOT NULL\n);\n"
            ),
            1 => format!("-- AlterTable\nALTER TABLE {table} ADD COLUMN amount INTEGER;\n"),
            2 => format!("-- CreateIndex\nCREATE INDEX thing_{}_title_idx ON {table}(title);\n", number / 5),
            3 => format!("-- AlterTable\nALTER TABLE {table} ADD COLUMN note VARCHAR(100);\n"),
            _ => format!("-- CreateIndex\nCREATE UNIQUE INDEX thing_{}_note_key ON {table}(note);\n", number / 5),
        };
        let migration = folder.join(format!("{}_step_{number}", 20_260_101_000_000_u64 + number as u64));
        fs::create_dir_all(&migration)?;
        fs::write(migration.join("migration.sql"), script)?;
    }
    let provider = match dialect {
        Dialect::Sqlite => "sqlite",
        Dialect::Postgres | Dialect::Cockroachdb => "postgresql",
        Dialect::Mysql | Dialect::Mariadb => "mysql",
    };
    fs::write(folder.join("migration_lock.toml"), format!("provider = \"{provider}\"\n"))?;
    fs::write(project.join("schema.prisma"), format!("datasource db {{\n  provider = \"{provider}\"\n}}\n"))?;
    Ok(folder)
}

fn timed(command: &mut Command) -> Result<Duration> {
    let began = Instant::now();
    let output = command.output()?;
    let took = began.elapsed();
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(took)
}
