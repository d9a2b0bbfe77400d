//! `bench generate`: the Rust client of large schemas, in this process and as a whole process.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use nicol_codegen::rust::{Layout, Options as ClientOptions, client};
use nicol_schema::{Source, validate};

use super::measure::{print_table, repeat};
use super::{Options, process, text};

/// Prints the table.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    println!("nicol generate, milliseconds: median (best); the first run writes every file, the second changes none\n");
    let mut rows = Vec::new();
    for count in [100, 1_000, 5_000] {
        let schema_text = text::models(count, 0);
        let schema = validate(&[Source::new("schema.prisma", schema_text.as_str())]).schema;
        let schema = schema.context("the schema of the benchmark is not valid")?;
        let client_options = ClientOptions { layout: Layout::FilePerModel, ..ClientOptions::default() };
        let inside = repeat(options.seconds, || client(&schema, &client_options));
        let mut row = vec![format!("{count} models"), format!("{:.1} ({:.1})", inside.median, inside.best)];
        if !options.in_process_only {
            let nicol = process::nicol(root)?;
            let folder = tempfile::tempdir()?;
            let file = folder.path().join("prisma/schema.prisma");
            std::fs::create_dir_all(file.parent().unwrap_or(folder.path()))?;
            std::fs::write(&file, &schema_text)?;
            let out = folder.path().join("out");
            let command = || {
                let mut command = Command::new(&nicol);
                command.args(["generate", "--schema"]).arg(&file).current_dir(folder.path());
                command
            };
            let remove = || if out.is_dir() { Ok(std::fs::remove_dir_all(&out)?) } else { Ok(()) };
            let first = process::wall(5, command, remove)?;
            let again = process::wall(9, command, || Ok(()))?;
            remove()?;
            let memory = process::peak_memory(&mut command())?;
            row.extend([first, again].map(|times| format!("{:.1} ({:.1})", times.median, times.best)));
            row.push(memory.map_or("-".to_owned(), |size| format!("{size:.1} MiB")));
        }
        rows.push(row);
    }
    let head = ["", "in process", "whole process, first", "whole process, again", "peak, first"];
    print_table(&head[..if options.in_process_only { 2 } else { 5 }], &rows);
    Ok(())
}
