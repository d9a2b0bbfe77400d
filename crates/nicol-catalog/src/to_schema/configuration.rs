//! Datasource and generators: as they were, but for what the database decides and for the order of a generator's
//! properties, which is the reference's where no comment stands among them.

use nicol_schema::Span;
use nicol_schema::schema::{ConfigValue, Generator, StringOrEnv};

use super::Options;
use super::previous::Previous;
use super::text::{documentation, literal};
use crate::catalog::{Catalog, Extension};

/// The configuration blocks of a file: generators first, as the reference has them.
pub(super) fn of_file(catalog: &Catalog, previous: &Previous<'_>, options: &Options, file: u32) -> String {
    let schema = previous.schema;
    let mut out = String::new();
    for generator in schema.generators.iter().filter(|generator| generator.span.file == file) {
        out.push_str(&of_generator(catalog, previous, generator));
    }
    if let Some(datasource) = schema.datasource.as_ref().filter(|datasource| datasource.span.file == file) {
        let mut added = Vec::new();
        if datasource.schemas.is_empty() && !options.namespaces.is_empty() {
            let names: Vec<String> = options.namespaces.iter().map(|name| literal(name)).collect();
            added.push(format!("schemas = [{}]", names.join(", ")));
        }
        if let Some(extensions) = extensions(catalog, previous) {
            added.push(extensions);
        }
        out.push_str(&block(previous, datasource.span, datasource.docs.as_deref(), &added));
    }
    out
}

/// A generator with its properties in the reference's order: known ones, then the others by name.
fn of_generator(catalog: &Catalog, previous: &Previous<'_>, generator: &Generator) -> String {
    let source = &previous.schema.sources[generator.span.file as usize].text;
    let text = &source[generator.span.start as usize..generator.span.end as usize];
    if has_comment(text) {
        return block(previous, generator.span, generator.docs.as_deref(), &[]);
    }
    let mut properties = vec![("provider", string_or_env(&generator.provider))];
    properties.extend(generator.output.iter().map(|output| ("output", string_or_env(output))));
    if !generator.preview_features.is_empty() || text.contains("previewFeatures") {
        let is_postgres = catalog.dialect == nicol_db::Dialect::Postgres;
        let mut features: Vec<String> = generator
            .preview_features
            .iter()
            // Its name on PostgreSQL since Prisma 6.
            .map(|name| if is_postgres && name == "fullTextSearch" { "fullTextSearchPostgres" } else { name })
            .map(literal)
            .collect();
        features.sort_unstable();
        properties.push(("previewFeatures", format!("[{}]", features.join(", "))));
    }
    let mut others: Vec<_> =
        generator.config.iter().map(|(name, value)| (name.as_str(), config_value(value))).collect();
    others.sort_by_key(|(name, _)| (*name != "binaryTargets", *name));
    properties.extend(others);
    let lines: String = properties.iter().map(|(name, value)| format!("  {name} = {value}\n")).collect();
    let mut out = previous.comments.block(generator.span).above;
    out.push_str(&documentation(generator.docs.as_deref().unwrap_or_default()));
    out.push_str(&format!("generator {} {{\n{lines}}}\n\n", generator.name));
    out
}

/// Whether a comment stands somewhere in the text of a block.
fn has_comment(text: &str) -> bool {
    let (mut in_string, mut before) = (false, ' ');
    for c in text.chars() {
        match c {
            '"' if before != '\\' => in_string = !in_string,
            '/' | '*' if !in_string && before == '/' => return true,
            _ => {}
        }
        // A backslash that is itself escaped escapes nothing.
        before = if before == '\\' && c == '\\' { ' ' } else { c };
    }
    false
}

fn string_or_env(value: &StringOrEnv) -> String {
    match value {
        StringOrEnv::Literal(text) => literal(text),
        StringOrEnv::Env(name) => format!("env({})", literal(name)),
    }
}

/// Numbers and booleans are strings to a generator.
fn config_value(value: &ConfigValue) -> String {
    match value {
        ConfigValue::Text(text) => literal(text),
        ConfigValue::Env(name) => format!("env({})", literal(name)),
        ConfigValue::List(values) => format!("[{}]", values.iter().map(config_value).collect::<Vec<_>>().join(", ")),
    }
}

/// A block as it is written, with properties added.
fn block(previous: &Previous<'_>, span: Span, docs: Option<&str>, added: &[String]) -> String {
    let source = &previous.schema.sources[span.file as usize].text;
    let text = source[span.start as usize..span.end as usize].trim_end();
    let mut out = previous.comments.block(span).above;
    out.push_str(&documentation(docs.unwrap_or_default()));
    match text.strip_suffix('}') {
        Some(body) if !added.is_empty() => {
            out.push_str(body.trim_end());
            added.iter().for_each(|line| out.push_str(&format!("\n  {line}")));
            out.push_str("\n}");
        }
        Some(_) | None => out.push_str(text),
    }
    out.push_str("\n\n");
    out
}

/// `extensions = [..]` of what is installed, with the preview feature for it, when the datasource does not list any.
fn extensions(catalog: &Catalog, previous: &Previous<'_>) -> Option<String> {
    let is_listed = previous.schema.datasource.as_ref().is_some_and(|datasource| !datasource.extensions.is_empty());
    if is_listed || !previous.schema.has_preview_feature("postgresqlExtensions") {
        return None;
    }
    let installed = catalog.extensions.as_ref()?.iter().filter(|extension| extension.name != "plpgsql");
    let entries: Vec<String> = installed.map(entry).collect();
    (!entries.is_empty()).then(|| format!("extensions = [{}]", entries.join(", ")))
}

fn entry(extension: &Extension) -> String {
    let name = super::names::sanitized(&extension.name);
    if name == extension.name { name } else { format!("{name}(map: {})", literal(&extension.name)) }
}
