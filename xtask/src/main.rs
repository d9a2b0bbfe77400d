//! Tasks of the project: `cargo xtask <task>`.
//!
//! `test` runs every test against every database, `bench` measures, `seeds` holds the examples to their READMEs, `tidy`
//! holds the rules of the architecture, `conformance` counts agreement with the reference answers.

mod bench;
mod chaos;
mod conformance;
mod seeds;
mod servers;
mod test;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask <task>

  test [ARGS]         every test, on every database, and at the end the tables of `seeds`; ARGS go to `cargo test`
  chaos [ARGS]        deployments killed and cut off on every database (--points N a database, 240 unless told;
                      --only NAME: sqlite, postgres, mysql, mariadb)
  bench WHAT [ARGS]   times in the release profile: schema, diff, generate (--seconds N a cell, --reference DIR: a folder
                      with the reference's packages installed, --in-process: start no processes); migrate (--count N,
                      --rounds N): many small migrations beside a bare driver, refinery and sqlx, then diff;
                      client (--rounds N, --scale X, --only DATABASE, --prisma DIR, --no-peers): nicol beside code by
                      hand and its peers; compile (--models N, --rounds N, --no-peers): what generated code costs the
                      compiler, beside entities of sea-orm and diesel
  seeds [EXAMPLE]..   the rows of the examples' READMEs, the tests named after them, and their results on each database
  tidy                the rules of the architecture
  conformance [ARGS]  agreement with the reference answers in ../shared/conformance
                      (--set real|synthetic|evolution, --only TEXT, --all: name every difference); --live: on real
                      servers instead: scripts run, pulls beside the reference's, schemas there and back
";

/// The command's own, so that benchmarks measure what it does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.split_first() {
        Some((task, rest)) => match task.as_str() {
            "test" => test::run(&root(), rest),
            "tidy" => tidy::run(&root()),
            "bench" => bench::run(&root(), rest),
            "chaos" => chaos::run(&root(), rest),
            "seeds" => seeds::run(&root(), rest),
            "conformance" => conformance::run(&root(), rest),
            _ => usage(),
        },
        None => usage(),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> anyhow::Result<bool> {
    eprint!("{USAGE}");
    Ok(false)
}

/// The workspace's folder.
fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map_or_else(|| manifest.clone(), PathBuf::from)
}
