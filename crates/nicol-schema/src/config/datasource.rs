//! The `datasource` block.

use rustc_hash::FxHashMap;

use crate::ast::{ArgumentList, Value, ValueKind};
use crate::diagnostic::Code;
use crate::provider::abilities;
use crate::report::{Report, did_you_mean};
use crate::resolve::draft::ConfigBlock;
use crate::resolve::visit::{list, text};
use crate::schema::*;
use crate::source::Span;

use super::{Configuration, string_or_env, values_are_there};

const PROVIDERS: [&str; 7] = ["postgresql", "postgres", "mysql", "sqlite", "sqlserver", "mongodb", "cockroachdb"];
const PROPERTIES: [&str; 7] =
    ["provider", "url", "directUrl", "shadowDatabaseUrl", "relationMode", "schemas", "extensions"];

/// Reads one datasource, and keeps it if it is the first usable one. Gives its provider; none when it cannot be used.
pub(super) fn datasource(
    block: &ConfigBlock<'_>,
    configuration: &mut Configuration,
    report: &mut Report,
) -> Option<Provider> {
    if !values_are_there(block, "datasource", report) {
        return None;
    }
    let provider = provider(block, report)?;
    let relation_mode = relation_mode(block, provider, report);
    let has_extensions = block.property("extensions").filter(|_| provider == Provider::Postgresql);
    let extensions = has_extensions.map(|(value, _)| extensions(value, report)).unwrap_or_default();
    if let Some((_, property)) = block.property("previewFeatures") {
        let message = "preview features belong into a generator";
        report.error_help(Code::UnknownProperty, property.span, message, "move the line into a `generator` block");
    }
    let schemas = block.property("schemas").and_then(|(value, _)| schemas(value, provider, report));
    unknown_properties(block, provider, report);
    if configuration.datasource.is_some() {
        return Some(provider);
    }
    configuration.extensions = has_extensions.map(|(_, property)| property.span);
    configuration.has_schemas = schemas.is_some();
    configuration.datasource = Some(Datasource {
        name: block.name.to_owned(),
        provider,
        url: connection(block, "url"),
        direct_url: connection(block, "directUrl"),
        shadow_database_url: connection(block, "shadowDatabaseUrl"),
        relation_mode,
        schemas: schemas.unwrap_or_default(),
        extensions,
        docs: block.docs.clone(),
        span: block.span(),
    });
    Some(provider)
}

fn provider(block: &ConfigBlock<'_>, report: &mut Report) -> Option<Provider> {
    let help = "write its name in quotes: `provider = \"postgresql\"`";
    let Some((value, _)) = block.property("provider") else {
        let message = format!("datasource `{}` does not say which database it is", block.name);
        report.error_help(
            Code::MissingProperty,
            block.span(),
            message,
            "add `provider = \"postgresql\"` or another one",
        );
        return None;
    };
    if matches!(value.kind(), ValueKind::Call("env", _)) {
        let message = "`provider` cannot come from the environment: the schema depends on it";
        report.error_help(Code::EnvInProvider, block.span(), message, help);
        return None;
    }
    let Some(name) = value.as_text() else {
        report.error_help(Code::ProviderNotString, value.span(), "`provider` must be a string", help);
        return None;
    };
    Some(match name {
        "postgresql" | "postgres" => Provider::Postgresql,
        "mysql" => Provider::Mysql,
        "sqlite" => Provider::Sqlite,
        "cockroachdb" => Provider::Cockroachdb,
        "sqlserver" => Provider::Sqlserver,
        "mongodb" => Provider::Mongodb,
        "" => {
            report.error_help(Code::ProviderEmpty, value.span(), "`provider` is empty", help);
            return None;
        }
        other => {
            let help = did_you_mean(other, PROVIDERS, format!("the providers are {}", PROVIDERS.join(", ")));
            report.error_help(Code::UnknownProvider, value.span(), format!("there is no provider `{other}`"), help);
            return None;
        }
    })
}

fn relation_mode(block: &ConfigBlock<'_>, provider: Provider, report: &mut Report) -> RelationMode {
    let default = if provider == Provider::Mongodb { RelationMode::Prisma } else { RelationMode::ForeignKeys };
    let old = block.property("referentialIntegrity");
    if let Some((_, property)) = old {
        let message = "`referentialIntegrity` is the old name of `relationMode`";
        report.warning(Code::DeprecatedProperty, property.span, message, "rename it");
    }
    let value = match (block.property("relationMode"), old) {
        (Some(_), Some((_, old))) => {
            let message = "`relationMode` and its old name `referentialIntegrity` cannot both be set";
            report.error_help(Code::ExclusiveProperties, old.span, message, "remove `referentialIntegrity`");
            return default;
        }
        (Some((value, _)), None) | (None, Some((value, _))) => value,
        (None, None) => return default,
    };
    let Some(name) = text(value, report) else {
        return default;
    };
    let mode = match name {
        "prisma" => RelationMode::Prisma,
        "foreignKeys" => RelationMode::ForeignKeys,
        other => {
            let message = format!("there is no relation mode `{other}`");
            report.error_help(Code::BadRelationMode, block.span(), message, "write `\"foreignKeys\"` or `\"prisma\"`");
            return default;
        }
    };
    if provider == Provider::Mongodb && mode == RelationMode::ForeignKeys {
        report.error_help(Code::BadRelationMode, value.span(), "MongoDB has no foreign keys", "remove `relationMode`");
    }
    mode
}

fn schemas(value: Value<'_>, provider: Provider, report: &mut Report) -> Option<Vec<String>> {
    let with_place = |value: Value<'_>, report: &mut Report| Some((text(value, report)?.to_owned(), value.span()));
    let names = list(value, report, with_place)?;
    if names.is_empty() {
        report.error_help(Code::EmptySchemas, value.span(), "the list of schemas is empty", "remove it, or name one");
        return None;
    }
    let can = abilities(Some(provider));
    if !can.multi_schema {
        let message = format!("{} has no schemas to choose from", can.name);
        report.error_help(Code::PropertyUnsupported, value.span(), message, "remove `schemas`");
        return Some(Vec::new());
    }
    let mut sorted: Vec<&(String, Span)> = names.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    for pair in sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let message = format!("the schema `{}` is listed twice", pair[0].0);
        report.error_help(Code::DuplicateSchema, pair[0].1, message, "remove one of the two");
    }
    Some(names.into_iter().map(|(name, _)| name).collect())
}

fn extensions(value: Value<'_>, report: &mut Report) -> Vec<ExtensionSetting> {
    let settings = list(value, report, |value, report| match value.kind() {
        ValueKind::Constant(name) => {
            Some(ExtensionSetting { name: name.to_owned(), map: None, schema: None, version: None })
        }
        ValueKind::Call(name, arguments) => Some(extension(name, arguments, report)),
        _ => {
            let message = format!("expected the name of an extension, found {} `{}`", value.describe(), value.source());
            report.error_help(Code::WrongValueType, value.span(), message, "write it without quotes");
            None
        }
    });
    let mut settings = settings.unwrap_or_default();
    settings.sort_by(|a, b| a.name.cmp(&b.name));
    settings.into_vec()
}

fn extension(name: &str, arguments: ArgumentList<'_>, report: &mut Report) -> ExtensionSetting {
    let mut seen: Vec<(&str, Span, Option<String>)> = Vec::new();
    for argument in arguments.iter() {
        let help = "an extension takes map, schema and version, each by its name";
        match (argument.name(), argument.value()) {
            (Some(name), Some(_)) if seen.iter().any(|(other, ..)| *other == name) => {
                report.error_help(Code::ArgumentTwice, argument.span(), format!("`{name}` is given twice"), help);
            }
            (Some(name), Some(value)) => {
                let value = text(value, report).map(str::to_owned);
                seen.push((name, argument.span(), value));
            }
            // The reference overlooks it; so does the setting.
            (Some(name), None) => {
                report.hint(Code::ArgumentWithoutValue, argument.span(), format!("`{name}` has no value"), help);
            }
            (None, _) => {
                report.error_help(Code::SeveralUnnamedArguments, argument.span(), "the argument has no name", help)
            }
        }
    }
    let mut take = |name: &str, report: &mut Report| {
        let (_, span, value) = seen.remove(seen.iter().position(|(other, ..)| *other == name)?);
        if value.is_none() {
            report.error_help(Code::WrongValueType, span, format!("`{name}` must be a string"), "write it in quotes");
        }
        value
    };
    let (map, schema, version) = (take("map", report), take("schema", report), take("version", report));
    for (name, span, _) in seen {
        let help = "an extension takes map, schema and version";
        report.error_help(Code::UnknownArgument, span, format!("an extension has no argument `{name}`"), help);
    }
    ExtensionSetting { name: name.to_owned(), map, schema, version }
}

fn unknown_properties(block: &ConfigBlock<'_>, provider: Provider, report: &mut Report) {
    // Of several of one name, the last one counts.
    let numbered = || block.properties.iter().enumerate();
    let last: FxHashMap<&str, usize> = numbered().map(|(at, property)| (property.name, at)).collect();
    for (_, property) in numbered().filter(|(at, property)| last.get(property.name) == Some(at)) {
        let known = match property.name {
            "extensions" => provider == Provider::Postgresql,
            "referentialIntegrity" | "previewFeatures" => true,
            name => PROPERTIES.contains(&name),
        };
        if !known {
            let message = format!("a datasource has no property `{}` here", property.name);
            let otherwise = format!("its properties are {}", PROPERTIES[..6].join(", "));
            let help = did_you_mean(property.name, PROPERTIES.into_iter().filter(|p| *p != "extensions"), otherwise);
            report.error_help(Code::UnknownProperty, property.span, message, help);
        }
    }
}

/// A connection string; the mask `***` counts as none.
fn connection(block: &ConfigBlock<'_>, name: &str) -> Option<StringOrEnv> {
    let (value, _) = block.property(name)?;
    string_or_env(value, &mut Report::default()).filter(|value| *value != StringOrEnv::Literal("***".to_owned()))
}
