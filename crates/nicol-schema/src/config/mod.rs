//! Configuration blocks: what datasource and generators say.
//!
//! **In**: the blocks with their properties. **Out**: [`Datasource`] and [`Generator`]s, and what is wrong with them.

mod datasource;
mod generator;
mod preview;

use crate::ast::{Value, ValueKind};
use crate::diagnostic::Code;
use crate::report::Report;
use crate::resolve::draft::{ConfigBlock, Draft};
use crate::schema::*;
use crate::source::Span;

/// What the configuration blocks of a schema say.
#[derive(Debug, Default)]
pub(crate) struct Configuration {
    /// The first usable datasource.
    pub(crate) datasource: Option<Datasource>,
    /// True when the datasource has a list of schemas.
    pub(crate) has_schemas: bool,
    /// Where the `extensions` property stands.
    pub(crate) extensions: Option<Span>,
    /// Every usable generator.
    pub(crate) generators: Vec<Generator>,
}

impl Configuration {
    /// True when a generator names this preview feature.
    pub(crate) fn has_preview(&self, name: &str) -> bool {
        self.generators.iter().any(|generator| generator.preview_features.iter().any(|f| f.eq_ignore_ascii_case(name)))
    }
}

/// Reads all configuration blocks, file by file: datasources, then generators.
pub(crate) fn read(draft: &Draft<'_>, files: u32, report: &mut Report) -> Configuration {
    let mut configuration = Configuration::default();
    let mut earlier: Vec<&str> = Vec::new();
    for file in 0..files {
        let here = |block: &&ConfigBlock<'_>| block.file.index() == file;
        let datasources = draft.datasources.iter().filter(here);
        let usable: Vec<Provider> =
            datasources.filter_map(|block| datasource::datasource(block, &mut configuration, report)).collect();
        if usable.len() > 1 {
            for block in draft.datasources.iter().filter(here) {
                let message = "a schema has one datasource";
                report.error_help(Code::SeveralDatasources, block.span(), message, "remove all but one");
            }
        } else if !usable.is_empty() {
            // The reference takes the last one in silence, whichever file that is. Names that repeat are reported as such.
            for block in draft.datasources.iter().filter(here) {
                if !earlier.is_empty() && !earlier.contains(&block.name) {
                    let message = format!("a schema has one datasource, and an earlier file has `{}`", earlier[0]);
                    report.error_help(Code::SeveralDatasources, block.span(), message, "remove all but one");
                }
            }
        }
        earlier.extend(draft.datasources.iter().filter(here).map(|block| block.name));
        // Which features there are depends on the datasource of the same file, as for the reference.
        let provider = usable.first().copied();
        for block in draft.generators.iter().filter(here) {
            configuration.generators.extend(generator::generator(block, provider, report));
        }
    }
    configuration
}

/// Reports the first property without a value.
fn values_are_there(block: &ConfigBlock<'_>, word: &str, report: &mut Report) -> bool {
    match block.properties.iter().find(|property| property.value.is_none()) {
        Some(property) => {
            let message = format!("`{}` of {word} `{}` has no value", property.name, block.name);
            let help = format!("write one behind the `=`, or remove the line: `{} = \"...\"`", property.name);
            report.error_help(Code::PropertyWithoutValue, block.span(), message, help);
            false
        }
        None => true,
    }
}

/// A string or `env("NAME")`, or an error.
fn string_or_env(value: Value<'_>, report: &mut Report) -> Option<StringOrEnv> {
    match value.kind() {
        ValueKind::Text(text) => Some(StringOrEnv::Literal(text.to_owned())),
        ValueKind::Call("env", arguments) => {
            let help = "write the name of one variable in quotes: `env(\"DATABASE_URL\")`";
            let mut values = arguments.iter();
            let argument = values.next();
            let alone = values.next().is_none() && arguments.trailing_comma().is_none();
            if argument.is_some_and(|argument| argument.name().is_some() && argument.value().is_some()) {
                let span = argument.map_or(value.span(), |argument| argument.span());
                report.warning(Code::UnexpectedArgument, span, "`env` takes a name without a label", help);
            }
            let Some(argument) = argument.filter(|argument| alone && argument.value().is_some()) else {
                report.error_help(Code::WrongValueType, value.span(), "`env` takes one name", help);
                return None;
            };
            let name = crate::resolve::visit::text(argument.value()?, report)?;
            Some(StringOrEnv::Env(name.to_owned()))
        }
        _ => {
            crate::resolve::visit::text(value, report);
            None
        }
    }
}
