//! `bench schema`: reading, formatting and describing schemas, in this process and as whole processes.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use nicol_schema::{Source, ValidSchema, check, validate};

use super::measure::{Times, print_table, repeat};
use super::{Options, process, reference, text};

struct Case {
    name: &'static str,
    text: String,
    file: PathBuf,
}

/// Prints the tables.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cases = cases(folder.path())?;
    let files: Vec<PathBuf> = cases.iter().map(|case| case.file.clone()).collect();
    let answers = reference::measure(root, options, folder.path(), &files)?;
    in_process(&cases, &answers, options)?;
    if !options.in_process_only {
        whole_processes(root, folder.path(), &cases)?;
    }
    Ok(())
}

fn cases(folder: &Path) -> Result<Vec<Case>> {
    let texts = [
        ("30 lines", text::SMALL.to_owned()),
        ("800 lines", text::models(46, 0)),
        ("1,000 models", text::models(1_000, 0)),
        ("5,000 models", text::models(5_000, 0)),
    ];
    let mut cases = Vec::new();
    for (name, text) in texts {
        let file = folder.join(name.replace([' ', ','], "_")).join("schema.prisma");
        std::fs::create_dir_all(file.parent().unwrap_or(folder))?;
        std::fs::write(&file, &text)?;
        cases.push(Case { name, text, file });
    }
    Ok(cases)
}

fn valid(text: &str) -> Result<ValidSchema> {
    validate(&[Source::new("schema.prisma", text)]).schema.context("the schema of the benchmark is not valid")
}

fn in_process(cases: &[Case], answers: &reference::Answers, options: &Options) -> Result<()> {
    println!("In process, milliseconds: median (best)\n");
    let mut rows = Vec::new();
    for case in cases {
        let sources = [Source::new("schema.prisma", case.text.as_str())];
        let schema = valid(&case.text)?;
        let ours = [
            ("validate", repeat(options.seconds, || check(&sources))),
            ("read", repeat(options.seconds, || validate(&sources))),
            ("format", repeat(options.seconds, || nicol_schema::format(&sources))),
            ("dmmf", repeat(options.seconds, || nicol_codegen::dmmf::write_datamodel(&schema, &mut std::io::sink()))),
        ];
        for (operation, times) in ours {
            let theirs = answers.get(&(case.file.clone(), operation.to_owned()));
            let (shown, ratio) = match theirs {
                Some(Some(theirs)) => (show(theirs), format!("{:.0}", theirs.median / times.median)),
                Some(None) => ("failed".to_owned(), "-".to_owned()),
                None => ("-".to_owned(), "-".to_owned()),
            };
            let name = format!("{operation}, {}", case.name);
            rows.push(vec![name, case.text.len().to_string(), show(&times), shown, ratio]);
        }
    }
    print_table(&["", "bytes", "nicol", "reference", "times faster"], &rows);
    Ok(())
}

fn show(times: &Times) -> String {
    format!("{:.3} ({:.3})", times.median, times.best)
}

fn whole_processes(root: &Path, folder: &Path, cases: &[Case]) -> Result<()> {
    println!("Whole processes, milliseconds: median (best); peak memory\n");
    let empty = process::empty(folder)?;
    let nicol = process::nicol(root)?;
    let rounds = 40;
    let nothing = process::wall(rounds, || Command::new(&empty), || Ok(()))?;
    let row = |name: &str, times: Times, memory: Option<f64>| {
        let memory = memory.map_or("-".to_owned(), |size| format!("{size:.1} MiB"));
        vec![name.to_owned(), show(&times), format!("{:.3}", times.median - nothing.median), memory]
    };
    let mut rows = vec![row("a program that does nothing", nothing, None)];
    let version = || {
        let mut command = Command::new(&nicol);
        command.arg("--version");
        command
    };
    rows.push(row(
        "nicol --version",
        process::wall(rounds, version, || Ok(()))?,
        process::peak_memory(&mut version())?,
    ));
    for case in cases {
        for operation in ["validate", "format"] {
            let command = || {
                let mut command = Command::new(&nicol);
                command.arg(operation).arg("--schema").arg(&case.file).current_dir(folder);
                command
            };
            let restore = || Ok(std::fs::write(&case.file, &case.text)?);
            let times = process::wall(rounds, command, restore)?;
            restore()?;
            rows.push(row(&format!("nicol {operation}, {}", case.name), times, process::peak_memory(&mut command())?));
        }
    }
    print_table(&["", "wall", "beyond nothing", "peak"], &rows);
    Ok(())
}
