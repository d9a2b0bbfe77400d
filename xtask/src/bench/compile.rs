//! What generated code costs the compiler: `cargo xtask bench compile`. The same models as nicol's client and as entities of
//! sea-orm and diesel, each in a crate with the same few functions that use them, everything by cargo itself.

mod entities;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use nicol_schema::{Source, ValidSchema, validate};

use super::measure::print_table;
use super::{process, text};
use entities::Files;

const MODELS: usize = 100;
const ROUNDS: usize = 3;

/// A way to say the models in Rust.
struct Contestant {
    name: &'static str,
    dependencies: &'static str,
    files: fn(&ValidSchema) -> Result<Files>,
}

const CONTESTANTS: [Contestant; 3] = [
    Contestant { name: "nicol", dependencies: "", files: entities::nicol },
    Contestant {
        name: "sea-orm",
        dependencies: r#"sea-orm = { version = "2.0", default-features = false, features = ["runtime-tokio", "sqlx-postgres", "macros", "with-chrono"] }"#,
        files: entities::sea_orm,
    },
    Contestant {
        name: "diesel",
        dependencies: r#"diesel = { version = "2.3", default-features = false, features = ["postgres_backend", "chrono", "32-column-tables"] }
diesel-async = { version = "0.9", features = ["postgres"] }
chrono = "0.4""#,
        files: entities::diesel,
    },
];

/// What one contestant took: CPU seconds of each round, and at the end bytes.
#[derive(Default)]
struct Figures {
    lines: usize,
    check: Vec<f64>,
    again: Vec<f64>,
    nothing: Vec<f64>,
    build: Vec<f64>,
    program: u64,
}

/// Makes the crates, lets them take turns and prints the table.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<bool> {
    let (mut models, mut rounds, mut with_peers) = (MODELS, ROUNDS, true);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut number =
            || rest.next().with_context(|| format!("`{argument}` needs a number"))?.parse().context("a number");
        match argument.as_str() {
            "--models" => models = number()?,
            "--rounds" => rounds = number()?,
            "--no-peers" => with_peers = false,
            other => bail!("there is no option `{other}`: --models N, --rounds N, --no-peers"),
        }
    }
    let schema_text = text::models(models, 0);
    let schema = validate(&[Source::new("schema.prisma", schema_text.as_str())]).schema;
    let schema = schema.context("the schema of the benchmark is not valid")?;
    let folder = tempfile::tempdir()?;
    let target = process::release(root).with_file_name("bench-compile");
    let mut crates = Vec::new();
    for contestant in &CONTESTANTS[..if with_peers { CONTESTANTS.len() } else { 1 }] {
        let files = (contestant.files)(&schema)?;
        let lines = files.client.lines().count();
        let made = Crate::write(root, &folder.path().join(contestant.name), &target, contestant, &files)?;
        match made.prepare()? {
            Ok(()) => crates.push((contestant.name, made, Figures { lines, ..Figures::default() })),
            Err(why) => println!("skipped: {}: {why}", contestant.name),
        }
    }
    for round in 0..rounds.max(1) {
        for (_, made, figures) in &mut crates {
            made.one_turn(round, figures)?;
        }
    }
    println!("\n{models} models with relations; CPU seconds of cargo and all it starts, medians of {rounds} rounds\n");
    let mut rows = Vec::new();
    for (name, made, mut figures) in crates {
        figures.program = made.release_program()?;
        rows.push(figures.row(name));
    }
    print_table(&["", "lines", "check", "after an edit", "nothing to do", "debug build", "release program"], &rows);
    Ok(true)
}

impl Figures {
    fn row(mut self, name: &str) -> Vec<String> {
        let mut row = vec![name.to_owned(), self.lines.to_string()];
        for seconds in [&mut self.check, &mut self.again, &mut self.nothing, &mut self.build] {
            seconds.sort_by(f64::total_cmp);
            row.push(format!("{:.2} s", seconds[seconds.len() / 2]));
        }
        row.push(format!("{:.1} MiB", self.program as f64 / f64::from(1 << 20)));
        row
    }
}

/// A crate of models, code that uses them, and a program.
struct Crate {
    cargo: OsString,
    folder: PathBuf,
    target: PathBuf,
    user: String,
}

/// The name of every crate.
const NAME: &str = "compiled";

impl Crate {
    fn write(root: &Path, folder: &Path, target: &Path, contestant: &Contestant, files: &Files) -> Result<Crate> {
        let source = folder.join("src");
        fs::create_dir_all(&source)?;
        let nicol = format!("nicol = {{ path = {:?}, features = [\"postgres\"] }}", root.join("crates/nicol"));
        let dependencies = if contestant.dependencies.is_empty() { &nicol } else { contestant.dependencies };
        let manifest = format!(
            "[package]\nname = \"{NAME}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             tokio = {{ version = \"1\", features = [\"rt-multi-thread\", \"macros\"] }}\n{dependencies}\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        // The versions that the other benchmark is run with: where that was built, nothing is fetched here.
        fs::copy(root.join("bench/client/Cargo.lock"), folder.join("Cargo.lock"))?;
        fs::write(source.join("lib.rs"), "#![recursion_limit = \"512\"]\npub mod client;\npub mod user;\n")?;
        fs::write(source.join("client.rs"), &files.client)?;
        fs::write(source.join("main.rs"), &files.program)?;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let made =
            Crate { cargo, folder: folder.to_owned(), target: target.join(contestant.name), user: files.user.clone() };
        made.edit(0)?;
        Ok(made)
    }

    /// The code that uses the models, with one function more.
    fn edit(&self, number: usize) -> Result<()> {
        let text = format!("{}\npub fn added() -> usize {{\n    {number}\n}}\n", self.user);
        Ok(fs::write(self.folder.join("src/user.rs"), text)?)
    }

    fn command(&self, words: &[&str], is_incremental: bool) -> Command {
        let mut command = Command::new(&self.cargo);
        command.args(words).args(["--offline", "--quiet"]).current_dir(&self.folder);
        command.env("CARGO_TARGET_DIR", &self.target).env("CARGO_INCREMENTAL", if is_incremental { "1" } else { "0" });
        command.env_remove("RUSTFLAGS").stdin(Stdio::null());
        command
    }

    /// Compiles what the crate depends on. Answers why not, when cargo does not have it and cannot fetch it.
    fn prepare(&self) -> Result<Result<(), String>> {
        let mut fetch = Command::new(&self.cargo);
        if !self.command(&["fetch"], false).output()?.status.success() {
            let output = fetch.args(["fetch", "--quiet"]).current_dir(&self.folder).output()?;
            if !output.status.success() {
                let words = String::from_utf8_lossy(&output.stderr);
                return Ok(Err(words.lines().next().unwrap_or("cargo cannot fetch it").to_owned()));
            }
        }
        for words in [&["check", "--lib"][..], &["build", "--lib"]] {
            succeed(&mut self.command(words, false))?;
        }
        Ok(Ok(()))
    }

    /// Forgets what was made of the crate itself, with the profile.
    fn clean(&self) -> Result<()> {
        succeed(&mut self.command(&["clean", "--package", NAME], false))
    }

    fn one_turn(&self, round: usize, figures: &mut Figures) -> Result<()> {
        self.clean()?;
        figures.build.push(cpu(&mut self.command(&["build", "--lib"], false))?);
        self.clean()?;
        let check = ["check", "--lib"];
        figures.check.push(cpu(&mut self.command(&check, false))?);
        self.clean()?;
        succeed(&mut self.command(&check, true))?;
        self.edit(round + 1)?;
        figures.again.push(cpu(&mut self.command(&check, true))?);
        figures.nothing.push(cpu(&mut self.command(&check, true))?);
        Ok(())
    }

    /// The size of the program in the release profile.
    fn release_program(&self) -> Result<u64> {
        succeed(&mut self.command(&["build", "--release"], false))?;
        let program = self.target.join("release").join(format!("{NAME}{}", std::env::consts::EXE_SUFFIX));
        Ok(fs::metadata(&program).with_context(|| program.display().to_string())?.len())
    }
}

fn succeed(command: &mut Command) -> Result<()> {
    if !command.status().with_context(|| format!("{command:?}"))?.success() {
        bail!("{command:?} failed");
    }
    Ok(())
}

/// The processor time of a command and all it started; where the system does not say, the time that went by.
fn cpu(command: &mut Command) -> Result<f64> {
    let (before, started) = (children(), Instant::now());
    succeed(command)?;
    let after = children();
    Ok(before.zip(after).map_or_else(|| started.elapsed().as_secs_f64(), |(before, after)| after - before))
}

/// Processor seconds of all children that ended.
fn children() -> Option<f64> {
    /// A tick of the kernel's clock, as it is shown to programs.
    const TICKS: f64 = 100.0;
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the program's name, which may hold anything.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(13)? + ticks(14)?) / TICKS)
}
