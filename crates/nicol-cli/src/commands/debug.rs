//! `nicol debug`: what is found here and why; `nicol debug dmmf`.

use nicol_schema::ValidSchema;
use serde_json::{Value, json};

use crate::app::DONE;
use crate::args::{DebugArgs, Global};
use crate::config::Config;
use crate::diagnostics::{count, require_valid};
use crate::discover::{FoundUrl, Project, UrlKind, working_directory};
use crate::env_file::Variables;
use crate::failure::{Failure, Result};
use crate::mask::mask;
use crate::output::Output;
use crate::paths;

/// Prints the DMMF datamodel as JSON.
///
/// # Errors
/// There is no valid schema.
pub(crate) fn dmmf(global: &Global, output: &Output) -> Result<u8> {
    let project = Project::open(global)?;
    let schema = require_valid(&project, output)?;
    output.stream(|out| {
        nicol_codegen::dmmf::write_datamodel(&schema, out)?;
        out.write_all(b"\n")
    });
    Ok(DONE)
}

/// One line of the report.
struct Line {
    name: &'static str,
    value: Option<String>,
    origin: Option<String>,
    /// Why there is no value.
    why: Option<String>,
    problem: Option<Failure>,
}

impl Line {
    fn none(name: &'static str) -> Line {
        Line { name, value: None, origin: None, why: None, problem: None }
    }

    fn new(name: &'static str, value: impl Into<String>) -> Line {
        Line { value: Some(mask(&value.into())), ..Line::none(name) }
    }

    fn problem(name: &'static str, problem: Failure) -> Line {
        Line { problem: Some(problem), ..Line::none(name) }
    }

    fn because(mut self, why: Option<&str>) -> Line {
        self.why = why.map(mask);
        self
    }

    fn from(mut self, origin: impl Into<String>) -> Line {
        self.origin = Some(origin.into());
        self
    }
}

/// Prints what is found, and why. What cannot be found is part of the report and no error.
///
/// # Errors
/// There is no working directory.
pub(crate) fn run(args: &DebugArgs, global: &Global, output: &Output) -> Result<u8> {
    let here = working_directory()?;
    let mut lines =
        vec![Line::new("nicol", env!("CARGO_PKG_VERSION")), Line::new("working directory", here.display().to_string())];
    match Config::load(global.config.as_deref(), &here) {
        Ok(config) => lines.push(config_line(&config)),
        Err(problem) => lines.push(Line::problem("config", problem)),
    }
    match Project::open(global) {
        Ok(project) => lines.extend(project_lines(&project, args.url.url.as_deref())),
        Err(problem) => {
            lines.push(Line::problem("schema", problem));
            lines.push(env_line(Variables::load(&[&here]).as_ref().map_err(Failure::clone)));
        }
    }
    if output.json {
        let fields = lines.iter().map(|line| (line.name.replace(' ', "_"), line_json(line)));
        output.json(&Value::Object(fields.collect()));
    } else {
        output.result(&lines.iter().map(|line| line_text(line, output)).collect::<String>());
    }
    Ok(DONE)
}

fn config_line(config: &Config) -> Line {
    if config.files.is_empty() {
        return Line::none("config");
    }
    let files = config.files.iter().map(|file| {
        let loads = if file.loads_env_file { " (loads .env)" } else { "" };
        format!("{}{loads}", paths::show(&file.path))
    });
    Line::new("config", files.collect::<Vec<_>>().join(", "))
}

fn env_line(variables: Result<&Variables>) -> Line {
    let variables = match variables {
        Ok(variables) => variables,
        Err(problem) => return Line::problem("env files", problem),
    };
    let files: Vec<String> = variables.files().map(paths::show).collect();
    if files.is_empty() { Line::none("env files") } else { Line::new("env files", files.join(", ")) }
}

fn project_lines(project: &Project, given_url: Option<&str>) -> Vec<Line> {
    let files = &project.schema;
    let validated = nicol_schema::validate(&files.sources);
    let validity = if validated.schema.is_some() { "valid" } else { "not valid: see `nicol validate`" };
    let schema = validated.schema.as_ref();
    let size = count(files.sources.len(), "file");
    let mut lines = vec![
        Line::new("schema", format!("{} ({size}, {validity})", paths::show(&files.path.path)))
            .from(files.path.origin.clone()),
        env_line(project.variables()),
    ];
    let datasource = schema.and_then(|schema| schema.datasource.as_ref());
    lines.push(match datasource {
        Some(datasource) => Line::new("provider", datasource.provider.as_str()),
        None => Line::none("provider"),
    });
    let main = match given_url {
        Some(text) => Ok(Some(FoundUrl::given(text, &project.working_directory))),
        None => project.url(UrlKind::Main, datasource),
    };
    lines.push(match main {
        Ok(None) => Line::none("url").because(project.url_missing(datasource).cause()),
        found => url_line("url", found),
    });
    lines.push(url_line("direct url", project.url(UrlKind::Direct, datasource)));
    lines.push(url_line("shadow url", project.url(UrlKind::Shadow, datasource)));
    lines.extend(schema.map(|schema| migrations_line(project, schema)));
    lines.push(seed_line(project));
    lines.extend(schema.map(generators_line));
    lines
}

fn url_line(name: &'static str, found: Result<Option<FoundUrl>>) -> Line {
    match found {
        Ok(Some(found)) => Line::new(name, found.text).from(found.origin),
        Ok(None) => Line::none(name),
        Err(problem) => Line::problem(name, problem),
    }
}

fn migrations_line(project: &Project, schema: &ValidSchema) -> Line {
    match project.migrations(schema.datasource.as_ref()) {
        Ok(path) if path.is_dir() => Line::new("migrations", paths::show(&path)),
        Ok(path) => Line::new("migrations", format!("{} (does not exist yet)", paths::show(&path))),
        Err(problem) => Line::problem("migrations", problem),
    }
}

fn seed_line(project: &Project) -> Line {
    let Some(entry) = project.config.entry(|file| file.seed.as_ref()) else {
        return Line::none("seed");
    };
    match project.resolve(entry) {
        Ok(Some(seed)) => Line::new("seed", seed).from(entry.origin()),
        Ok(None) => Line::none("seed"),
        Err(problem) => Line::problem("seed", problem),
    }
}

fn generators_line(schema: &ValidSchema) -> Line {
    let names: Vec<&str> = schema.generators.iter().map(|generator| generator.name.as_str()).collect();
    if names.is_empty() { Line::none("generators") } else { Line::new("generators", names.join(", ")) }
}

fn line_text(line: &Line, output: &Output) -> String {
    let value = match (&line.value, &line.problem) {
        (Some(value), _) => value.clone(),
        (None, Some(problem)) => format!("\n{}", problem.text(output.color()).trim_end()),
        (None, None) => "-".to_owned(),
    };
    let origin = line.origin.as_ref().map(|origin| format!("  (from {origin})")).unwrap_or_default();
    let why = line.why.as_ref().map(|why| format!("  ({why})")).unwrap_or_default();
    format!("{:<18} {value}{origin}{why}\n", line.name)
}

fn line_json(line: &Line) -> Value {
    match &line.problem {
        Some(problem) => problem.json(),
        None => json!({ "value": line.value, "from": line.origin, "why": line.why }),
    }
}
