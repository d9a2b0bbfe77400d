//! `nicol generate`: the Rust client of each `generator` block that is ours. Blocks of other programs are left to them.

use std::path::{Component, Path, PathBuf};
use std::time::Instant;

use nicol_codegen::rust::{GeneratedFile, client};
use nicol_schema::ValidSchema;
use nicol_schema::schema::{Generator, StringOrEnv};
use serde_json::{Value, json};

use crate::app::DONE;
use crate::args::{GenerateArgs, Global};
use crate::diagnostics::{count, require_valid};
use crate::discover::Project;
use crate::failure::{Failure, Result};
use crate::files;
use crate::output::Output;
use crate::paths;

/// The `provider` of our generator blocks.
const OURS: &str = "nicol";

/// Writes the files of every generator block of ours.
///
/// # Errors
/// The schema is not valid, a block cannot be used as it is, or a file cannot be written.
pub(crate) fn run(args: &GenerateArgs, global: &Global, output: &Output) -> Result<u8> {
    let project = Project::open(global)?;
    let schema = require_valid(&project, output)?;
    if args.require_models && schema.models.is_empty() {
        return Err(Failure::new("models-missing", "the schema has no models")
            .at(paths::show(&project.schema.path.path))
            .why("--require-models asks for some")
            .help("add a model, or leave the flag away"));
    }
    let (ours, foreign) = select(&project, &schema, &args.generators)?;
    let names = |generators: &[Chosen<'_>]| -> Vec<String> {
        generators
            .iter()
            .map(|chosen| format!("{} ({})", chosen.generator.name, chosen.provider))
            .collect()
    };
    if !foreign.is_empty() && !output.json {
        output.note(&format!("left to their own programs: {}", names(&foreign).join(", ")));
    }
    if ours.is_empty() && !output.json {
        output.note("nothing to generate: no generator block has provider = \"nicol\"");
    }
    let mut reports = Vec::new();
    for chosen in &ours {
        reports.push(generate(&project, &schema, chosen.generator, output)?);
    }
    if output.json {
        output.json(&json!({ "generated": reports, "skipped": names(&foreign) }));
    }
    Ok(DONE)
}

/// A generator block and what its provider is.
struct Chosen<'a> {
    generator: &'a Generator,
    provider: String,
}

/// The blocks asked for: those that are ours, and the others.
fn select<'a>(
    project: &Project,
    schema: &'a ValidSchema,
    names: &[String],
) -> Result<(Vec<Chosen<'a>>, Vec<Chosen<'a>>)> {
    let exists = |name: &&String| !schema.generators.iter().any(|generator| generator.name == **name);
    if let Some(unknown) = names.iter().find(exists) {
        let known: Vec<&str> = schema
            .generators
            .iter()
            .map(|generator| generator.name.as_str())
            .collect();
        return Err(
            Failure::new("generator-unknown", format!("the schema has no generator `{unknown}`"))
                .at(paths::show(&project.schema.path.path))
                .help(format!("its generators are: {}", known.join(", "))),
        );
    }
    let mut chosen = Vec::new();
    for generator in &schema.generators {
        if names.is_empty() || names.contains(&generator.name) {
            chosen.push(Chosen {
                generator,
                provider: text(project, generator, "provider", &generator.provider)?,
            });
        }
    }
    Ok(chosen.into_iter().partition(|chosen| chosen.provider == OURS))
}

/// A property of a generator, variables looked up.
fn text(project: &Project, generator: &Generator, property: &str, value: &StringOrEnv) -> Result<String> {
    match value {
        StringOrEnv::Literal(text) => Ok(text.clone()),
        StringOrEnv::Env(name) => project.variables.find(name).map(|(value, _)| value).ok_or_else(|| {
            Failure::new(
                "variable-missing",
                format!("the environment variable {name} is not set"),
            )
            .at(place(project, generator))
            .why(format!(
                "`{property}` of generator `{}` is env(\"{name}\")",
                generator.name
            ))
            .help(format!("set {name} in the environment or in .env"))
        }),
    }
}

fn place(project: &Project, generator: &Generator) -> String {
    let file = generator.span.file as usize;
    let text = project
        .schema
        .sources
        .get(file)
        .map(|source| source.text.as_str())
        .unwrap_or_default();
    let (line, column) = nicol_schema::source::line_column(text, generator.span.start as usize);
    let path = project.schema.paths.get(file).unwrap_or(&project.schema.path.path);
    format!("{}:{line}:{column}", paths::show(path))
}

/// Makes and writes the files of one block. Returns its part of the JSON report.
fn generate(project: &Project, schema: &ValidSchema, generator: &Generator, output: &Output) -> Result<Value> {
    let started = Instant::now();
    let folder = output_folder(project, generator)?;
    let generated = client(schema, &Default::default()).map_err(|error| {
        Failure::new(
            "generator-failed",
            format!("the client of generator `{}` cannot be made", generator.name),
        )
        .at(place(project, generator))
        .why(error.to_string())
        .help("change the schema as said above")
    })?;
    let written = write(&folder, &generated)?;
    output.say(&format!(
        "Generated {} into {} ({}, {written} changed) in {}ms",
        generator.name,
        paths::show(&folder),
        count(generated.len(), "file"),
        started.elapsed().as_millis()
    ));
    let files: Vec<&str> = generated.iter().map(|file| file.path.as_str()).collect();
    Ok(json!({ "name": generator.name, "output": paths::show(&folder), "files": files, "changed": written }))
}

/// `output`, relative to the file that holds the block.
fn output_folder(project: &Project, generator: &Generator) -> Result<PathBuf> {
    let Some(value) = &generator.output else {
        return Err(Failure::new(
            "generator-output",
            format!("generator `{}` has no `output`", generator.name),
        )
        .at(place(project, generator))
        .why("nicol writes only where the schema says")
        .help("add `output = \"../src/db\"`, a path from this file"));
    };
    let file = project.schema.paths.get(generator.span.file as usize);
    let base = file.and_then(|file| file.parent()).unwrap_or(&project.schema.folder);
    Ok(paths::tidy(&base.join(text(project, generator, "output", value)?)))
}

/// Writes the files that differ from what is there, so that a build that watches them has nothing to do when nothing
/// changed. Returns how many.
fn write(folder: &Path, generated: &[GeneratedFile]) -> Result<usize> {
    let mut written = 0;
    for file in generated {
        let relative = Path::new(&file.path);
        if !relative
            .components()
            .all(|component| matches!(component, Component::Normal(_)))
        {
            return Err(
                Failure::new("generator-failed", "a generated file would lie outside of `output`")
                    .at(paths::show(&folder.join(relative)))
                    .help("rename what is called like a path in the schema"),
            );
        }
        let path = folder.join(relative);
        if files::read_text(&path).ok().as_deref() != Some(file.text.as_str()) {
            files::write(&path, &file.text)?;
            written += 1;
        }
    }
    Ok(written)
}
