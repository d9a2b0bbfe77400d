//! The client beside code by hand and its peers: `bench/client` on every database, and what of its figures matters.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use nicol_db::ConnectionUrl;
use serde_json::Value;

use super::measure::print_table;
use crate::servers::Servers;

/// The database that is made on each server.
const DATABASE: &str = "nicol_bench";
const NICOL: &str = "nicol";
const BY_HAND: &str = "by hand (";
/// Where a strategy by hand is named.
const STRATEGY: &str = "by hand: ";
const ROUNDS: &str = "9";

/// What the command was told.
struct Options {
    rounds: String,
    scale: String,
    /// Names of databases; all without.
    only: Option<String>,
    prisma: Option<String>,
    with_peers: bool,
}

/// Builds the benchmark, runs it on every database and prints a table each.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<bool> {
    let options = parse(arguments)?;
    let program = build(root, options.with_peers)?;
    let servers = Servers::find_or_start()?;
    let files = tempfile::tempdir()?;
    let mut places = vec![("SQLite", "sqlite", "BENCH_SQLITE", files.path().join("bench.db").display().to_string())];
    for (name, kind, variable, known) in [
        ("PostgreSQL", "pg", "BENCH_PG", "NICOL_TEST_POSTGRES_URL"),
        ("MariaDB", "mysql", "BENCH_MYSQL", "NICOL_TEST_MARIADB_URL"),
    ] {
        if let Some((_, url)) = servers.variables().find(|(variable, _)| *variable == known) {
            let url = ConnectionUrl::parse(url)?.with_database(DATABASE).as_connection_string();
            places.push((name, kind, variable, url));
        }
    }
    if options.prisma.is_none() {
        println!("Prisma Client is left out: --prisma DIR names a folder with it (bench/README.md)");
    }
    if !options.with_peers {
        println!("the peers are left out (--no-peers)");
    }
    for (name, kind, variable, url) in places {
        if options.only.as_ref().is_some_and(|only| !name.eq_ignore_ascii_case(only)) {
            continue;
        }
        let figures = files.path().join(format!("{kind}.json"));
        let bench = |words: &[&str]| -> Result<()> {
            let mut command = Command::new(&program);
            command.args(words).env(variable, &url);
            if !command.status()?.success() {
                bail!("bench-client {} failed", words.join(" "));
            }
            Ok(())
        };
        bench(&["seed", kind])?;
        let path = figures.display().to_string();
        let mut words = vec!["run", kind, "--json", &path, "--rounds", &options.rounds, "--scale", &options.scale];
        if let Some(folder) = options.prisma.as_deref().filter(|_| kind == "pg") {
            words.extend(["--prisma", folder]);
        }
        bench(&words)?;
        let figures: Vec<Value> = serde_json::from_slice(&std::fs::read(&figures)?)?;
        println!("\n{name}\n");
        print(&figures);
        if kind != "sqlite" {
            bench(&["pool", kind])?;
        }
    }
    Ok(true)
}

fn parse(arguments: &[String]) -> Result<Options> {
    let mut options = Options { rounds: ROUNDS.into(), scale: "1".into(), only: None, prisma: None, with_peers: true };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().cloned().with_context(|| format!("`{argument}` needs a value"));
        match argument.as_str() {
            "--rounds" => options.rounds = value()?,
            "--scale" => options.scale = value()?,
            "--only" => options.only = Some(value()?),
            "--prisma" => options.prisma = Some(value()?),
            "--no-peers" => options.with_peers = false,
            other => {
                bail!("there is no option `{other}`: --rounds N, --scale X, --only DATABASE, --prisma DIR, --no-peers")
            }
        }
    }
    Ok(options)
}

fn build(root: &Path, with_peers: bool) -> Result<PathBuf> {
    let folder = root.join("bench/client");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--release"]).current_dir(&folder);
    if !with_peers {
        command.arg("--no-default-features");
    }
    if !command.status()?.success() {
        bail!("the benchmark could not be built");
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| folder.join("target"), PathBuf::from);
    Ok(target.join("release/bench-client"))
}

/// Times of one implementation of one scenario: of each round wall and CPU time, in microseconds.
type Rounds = Vec<Option<(f64, f64)>>;

fn rounds(figure: &Value) -> Rounds {
    let round = |round: &Value| Some((round.get(0)?.as_f64()?, round.get(1)?.as_f64()?));
    figure["rounds"].as_array().into_iter().flatten().map(round).collect()
}

/// The median of the pairwise ratios of rounds.
fn ratio(of: &Rounds, to: &Rounds, part: fn((f64, f64)) -> f64) -> f64 {
    let pairs = of.iter().zip(to).filter_map(|(of, to)| Some(part((*of)?) / part((*to)?)));
    let mut ratios: Vec<f64> = pairs.collect();
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
}

fn print(figures: &[Value]) {
    let text = |figure: &Value, key: &str| figure[key].as_str().unwrap_or_default().to_owned();
    let scenario = |figure: &Value| match figure["conc"].as_i64() {
        Some(1) | None => text(figure, "op"),
        Some(callers) => format!("{} x{callers}", text(figure, "op")),
    };
    let mut scenarios: Vec<String> = Vec::new();
    for figure in figures {
        if !scenarios.contains(&scenario(figure)) {
            scenarios.push(scenario(figure));
        }
    }
    let (mut rows, mut strategies) = (Vec::new(), Vec::new());
    for name in scenarios {
        let of_it: Vec<(String, Rounds)> = figures
            .iter()
            .filter(|figure| scenario(figure) == name)
            .map(|figure| (text(figure, "impl"), rounds(figure)))
            .collect();
        let Some((_, hand)) = of_it.iter().find(|(implementation, _)| implementation.starts_with(BY_HAND)) else {
            continue;
        };
        for (implementation, times) in &of_it {
            if let Some(strategy) = implementation.strip_prefix(STRATEGY) {
                let figures = [ratio(times, hand, |(wall, _)| wall), ratio(times, hand, |(_, cpu)| cpu)];
                let [wall, cpu] = figures.map(|ratio| format!("{ratio:.2}"));
                strategies.push(vec![name.clone(), strategy.to_owned(), wall, cpu]);
            }
        }
        let Some((_, nicol)) = of_it.iter().find(|(implementation, _)| implementation == NICOL) else { continue };
        let peers = of_it.iter().filter(|(name, _)| {
            name != NICOL && !name.starts_with("by hand") && !name.starts_with("floor") && !name.starts_with("Prisma")
        });
        let against = |(name, times): &(String, Rounds)| (name.clone(), ratio(nicol, times, |(wall, _)| wall));
        let best = peers.map(against).max_by(|(_, a), (_, b)| a.total_cmp(b));
        let (peer, to_peer) =
            best.map_or((String::new(), String::new()), |(name, ratio)| (name, format!("{ratio:.2}")));
        let prisma = of_it.iter().find(|(name, _)| name.starts_with("Prisma"));
        let to_prisma = prisma.map_or(String::new(), |prisma| format!("{:.2}", against(prisma).1));
        rows.push(vec![
            name,
            format!("{:.2}", ratio(nicol, hand, |(wall, _)| wall)),
            format!("{:.2}", ratio(nicol, hand, |(_, cpu)| cpu)),
            to_peer,
            peer,
            to_prisma,
        ]);
    }
    print_table(&["nicol /", "by hand", "its CPU", "best peer", "which", "Prisma Client"], &rows);
    if !strategies.is_empty() {
        print_table(&["strategies by hand", "which", "/ the best", "its CPU"], &strategies);
    }
}
