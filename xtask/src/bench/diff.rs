//! `bench diff`: two schemas to the script between them, in this process and as a whole process.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use nicol_catalog::{diff, from_schema, plan, script};
use nicol_schema::{Source, ValidSchema, validate};

use super::measure::{Times, print_table, repeat};
use super::{Options, process, text};

const EDITS: usize = 10;
const ROUNDS: usize = 20;

/// Prints the table.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    println!("Two schemas to a script, milliseconds: median (best)\n");
    let folder = tempfile::tempdir()?;
    let mut rows = Vec::new();
    for count in [1_000, 5_000] {
        let (before, after) = (text::models(count, 0), text::models(count, EDITS));
        let (from, to) = (valid(&before)?, valid(&after)?);
        let dialect = nicol_db::Dialect::Postgres;
        let mut bytes = 0;
        let times = repeat(options.seconds, || {
            let (from, to) = (from_schema(&from, dialect), from_schema(&to, dialect));
            bytes = script(&plan(&diff(&from, &to))).len();
        });
        let mut row = vec![format!("{count} models, {EDITS} edits"), bytes.to_string(), show(&times)];
        if !options.in_process_only {
            let nicol = process::nicol(root)?;
            let files = ["before.prisma", "after.prisma"].map(|name| folder.path().join(name));
            for (file, text) in files.iter().zip([&before, &after]) {
                std::fs::write(file, text)?;
            }
            let command = || {
                let mut command = Command::new(&nicol);
                command.current_dir(folder.path()).args(["migrate", "diff", "--script", "--from-schema"]);
                command.arg(&files[0]).arg("--to-schema").arg(&files[1]);
                command
            };
            let memory = process::peak_memory(&mut command())?;
            row.push(show(&process::wall(ROUNDS, command, || Ok(()))?));
            row.push(memory.map_or("-".to_owned(), |size| format!("{size:.1} MiB")));
        }
        rows.push(row);
    }
    let head = ["", "bytes of SQL", "catalogs, diff, plan, script", "whole process, texts read", "peak"];
    print_table(&head[..if options.in_process_only { 3 } else { 5 }], &rows);
    Ok(())
}

fn valid(text: &str) -> Result<ValidSchema> {
    validate(&[Source::new("schema.prisma", text)]).schema.context("the schema of the benchmark is not valid")
}

fn show(times: &Times) -> String {
    format!("{:.3} ({:.3})", times.median, times.best)
}
