//! `generator` blocks.

use crate::ast::{Value, ValueKind};
use crate::diagnostic::Code;
use crate::report::{Report, did_you_mean};
use crate::resolve::draft::ConfigBlock;
use crate::resolve::visit::{list, text};
use crate::schema::*;
use crate::source::Span;

use super::preview::{Feature, active, feature};
use super::{string_or_env, values_are_there};

/// Reads one generator; none when it cannot be used.
pub(crate) fn generator(block: &ConfigBlock<'_>, provider: Option<Provider>, report: &mut Report) -> Option<Generator> {
    if !values_are_there(block, "generator", report) {
        return None;
    }
    if let Some((value, _)) = block.property("engineType") {
        text(value, report);
    }
    let Some((value, _)) = block.property("provider") else {
        let message = format!("generator `{}` does not say what generates", block.name);
        report.error_help(Code::MissingProperty, block.span(), message, "add `provider = \"nicol\"` or another one");
        return None;
    };
    let generator_provider = string_or_env(value, report)?;
    let output = block.property("output").and_then(|(value, _)| string_or_env(value, report));
    if let Some((value, _)) = block.property("binaryTargets") {
        list(value, report, string_or_env);
    }
    let mut preview_features = Vec::new();
    if let Some((value, _)) = block.property("previewFeatures")
        && let Some(names) = list(value, report, text)
    {
        for name in names {
            check_feature(name, provider, value.span(), report);
            preview_features.push(name.to_owned());
        }
    }
    let plain = block.properties.iter().filter(|p| !matches!(p.name, "provider" | "output" | "previewFeatures"));
    // What binary targets are was said above.
    let mut said = Report::default();
    let config = plain.filter_map(|property| {
        let report = if property.name == "binaryTargets" { &mut said } else { &mut *report };
        Some((property.name.to_owned(), config_value(property.value?, report)?))
    });
    let config = config.collect();
    Some(Generator {
        name: block.name.to_owned(),
        provider: generator_provider,
        output,
        preview_features,
        config,
        docs: block.docs.clone(),
        span: block.span(),
    })
}

fn check_feature(name: &str, provider: Option<Provider>, span: Span, report: &mut Report) {
    match feature(name, provider) {
        Feature::Active => {}
        Feature::Deprecated => {
            let message = format!("the preview feature `{name}` is always on");
            report.warning(Code::DeprecatedPreviewFeature, span, message, "remove it from the list");
        }
        Feature::Renamed(new) => {
            let message = format!("the preview feature `{name}` is called `{new}` now");
            report.warning(Code::RenamedPreviewFeature, span, message, format!("write `\"{new}\"`"));
        }
        Feature::Removed => {
            let message = format!("the preview feature `{name}` is gone");
            report.hint(Code::RemovedPreviewFeature, span, message, "remove it from the list");
        }
        Feature::Unknown if name.eq_ignore_ascii_case("fullTextSearchPostgres") => {
            let message = format!("there is no preview feature `{name}` here");
            let help = "it is PostgreSQL's, and its datasource must stand in the same file";
            report.error_help(Code::UnknownPreviewFeature, span, message, help);
        }
        Feature::Unknown => {
            let otherwise = format!("there are {}", active().collect::<Vec<_>>().join(", "));
            let help = did_you_mean(name, active(), otherwise);
            let message = format!("there is no preview feature `{name}`");
            report.error_help(Code::UnknownPreviewFeature, span, message, help);
        }
    }
}

fn config_value(value: Value<'_>, report: &mut Report) -> Option<ConfigValue> {
    match value.kind() {
        ValueKind::Text(text) => Some(ConfigValue::Text(text.to_owned())),
        ValueKind::Number(text) | ValueKind::Constant(text) => Some(ConfigValue::Text(text.to_owned())),
        ValueKind::Array(values) => {
            Some(ConfigValue::List(values.iter().filter_map(|value| config_value(value, report)).collect()))
        }
        ValueKind::Call("env", _) => match string_or_env(value, report)? {
            StringOrEnv::Env(name) => Some(ConfigValue::Env(name)),
            StringOrEnv::Literal(text) => Some(ConfigValue::Text(text)),
        },
        ValueKind::Call(..) | ValueKind::Object(_) => None,
    }
}
