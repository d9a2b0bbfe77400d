//! Datasource and generators: as they were, but for what the database decides.

use nicol_schema::Span;

use super::Options;
use super::previous::Previous;
use super::text::{documentation, literal};
use crate::catalog::{Catalog, Extension};

/// The configuration blocks of a file: generators first, as the reference has them.
pub(super) fn of_file(catalog: &Catalog, previous: &Previous<'_>, options: &Options, file: u32) -> String {
    let schema = previous.schema;
    let mut out = String::new();
    let generators = schema.generators.iter().map(|generator| (generator.span, &generator.docs));
    for (span, docs) in generators.filter(|(span, _)| span.file == file) {
        out.push_str(&block(previous, span, docs.as_deref(), &[]));
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
