//! Many small migrations, deployed and deployed again with nothing to do, as whole processes: nicol beside a bare driver that
//! sends the same statements with a transaction each (`bench/migrate`). They take turns in every round.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nicol_db::{ConnectionUrl, Dialect, admin};

use crate::servers::Servers;

const COUNT: usize = 500;
const ROUNDS: usize = 5;

/// Times of one round, and the memory of a run with nothing to do.
#[derive(Default)]
struct Figures {
    bare: Vec<Duration>,
    nicol: Vec<Duration>,
    bare_noop: Vec<Duration>,
    nicol_noop: Vec<Duration>,
    peak: u64,
}

/// Builds both programs, runs them in turn on every database and prints a table.
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
    let (nicol, bare) = build(root)?;
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
    println!("| database | {count} migrations: bare driver | nicol | ratio | nothing to do: bare | nicol | memory |");
    println!("|---|---|---|---|---|---|---|");
    for (name, url) in places {
        let url = ConnectionUrl::parse(&url)?;
        let folder = write(files.path(), name, url.dialect(), count)?;
        let mut figures = Figures::default();
        for round in 0..rounds {
            one_round(&nicol, &bare, &url, &folder, round, &mut figures)?;
        }
        figures.print(name);
    }
    Ok(true)
}

impl Figures {
    fn print(&mut self, name: &str) {
        let ratios: Vec<f64> =
            self.nicol.iter().zip(&self.bare).map(|(a, b)| a.as_secs_f64() / b.as_secs_f64()).collect();
        let ratio = middle(ratios, f64::total_cmp);
        let ms = |times: &mut Vec<Duration>| middle(std::mem::take(times), Ord::cmp).as_secs_f64() * 1e3;
        println!(
            "| {name} | {:.0} ms | {:.0} ms | {ratio:.2} | {:.1} ms | {:.1} ms | {:.1} MB |",
            ms(&mut self.bare),
            ms(&mut self.nicol),
            ms(&mut self.bare_noop),
            ms(&mut self.nicol_noop),
            self.peak as f64 / 1024.0
        );
    }
}

fn middle<T: Copy>(mut all: Vec<T>, order: impl FnMut(&T, &T) -> std::cmp::Ordering) -> T {
    all.sort_by(order);
    all[all.len() / 2]
}

fn build(root: &Path) -> Result<(PathBuf, PathBuf)> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    for arguments in [&["-p", "nicol-cli"][..], &["--manifest-path", "bench/migrate/Cargo.toml"][..]] {
        let mut command = Command::new(&cargo);
        command.current_dir(root).args(["build", "--release"]).args(arguments).env("CARGO_TARGET_DIR", &target);
        if !command.status()?.success() {
            bail!("cargo build {} failed", arguments.join(" "));
        }
    }
    Ok((target.join("release/nicol"), target.join("release/migrate-bench")))
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

/// Each program once on a fresh database of its own and once more; who begins changes from round to round.
fn one_round(
    nicol: &Path,
    bare: &Path,
    url: &ConnectionUrl,
    folder: &Path,
    round: usize,
    figures: &mut Figures,
) -> Result<()> {
    for turn in [round % 2, (round + 1) % 2] {
        let name = match url.dialect() {
            Dialect::Sqlite => format!("{}_{turn}", url.database()),
            _ => format!("nicol_bench_{}_{round}_{turn}", std::process::id()),
        };
        let mut url = url.with_database(&name);
        if url.dialect() != Dialect::Sqlite {
            url = url.with_param("sslmode", "disable");
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(admin::create_database(&url))?;
        let command = || {
            // The bare driver of MySQL knows no such parameter.
            let text =
                if turn == 0 && url.dialect().is_mysql_family() { url.without_param("sslmode") } else { url.clone() };
            let text = text.as_connection_string();
            let mut command = Command::new(if turn == 0 { bare } else { nicol });
            match turn {
                0 => command.arg(folder).arg(text),
                _ => command
                    .args(["migrate", "deploy", "--schema"])
                    .arg(folder.with_file_name("schema.prisma"))
                    .args(["--url", &text]),
            };
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
            command
        };
        let first = timed(&mut command())?;
        let second = timed(&mut command())?;
        if turn == 0 {
            figures.bare.push(first);
            figures.bare_noop.push(second);
        } else {
            figures.nicol.push(first);
            figures.nicol_noop.push(second);
            figures.peak = figures.peak.max(peak(command().spawn()?)?);
        }
        runtime.block_on(admin::drop_database(&url))?;
    }
    Ok(())
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

/// The most memory a process has held, in KiB: what the kernel says of it, read until it ends.
fn peak(mut child: Child) -> Result<u64> {
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        most = most.max(kib.unwrap_or(0));
        if child.try_wait()?.is_some() {
            return Ok(most);
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}
