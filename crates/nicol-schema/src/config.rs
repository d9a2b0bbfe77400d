//! Configuration blocks: what datasource and generators say.
//!
//! **In**: the blocks with their properties. **Out**: [`Datasource`] and [`Generator`]s, and what is wrong with them.

use crate::ast::{Value, ValueKind};
use crate::report::{Report, did_you_mean};
use crate::resolve::draft::{ConfigBlock, Draft};
use crate::schema::*;
use crate::source::Span;

const PROVIDERS: [&str; 7] = [
    "postgresql",
    "postgres",
    "mysql",
    "sqlite",
    "sqlserver",
    "mongodb",
    "cockroachdb",
];

/// What the configuration blocks of a schema say.
#[derive(Debug, Default)]
pub(crate) struct Configuration {
    /// The first usable datasource.
    pub(crate) datasource: Option<Datasource>,
    /// Where its `schemas` list stands, and the names with their places.
    pub(crate) schemas: Option<(Span, Vec<(String, Span)>)>,
    /// Where the `extensions` property stands, and the names with their places.
    pub(crate) extensions: Option<(Span, Vec<(String, Span)>)>,
    /// Where `relationMode` stands.
    pub(crate) relation_mode_span: Option<Span>,
    /// Every usable generator.
    pub(crate) generators: Vec<Generator>,
}

impl Configuration {
    /// True when a generator names this preview feature.
    pub(crate) fn has_preview(&self, name: &str) -> bool {
        self.generators
            .iter()
            .any(|generator| generator.preview_features.iter().any(|f| f.eq_ignore_ascii_case(name)))
    }
}

/// Reads all configuration blocks.
pub(crate) fn read(draft: &Draft<'_>, report: &mut Report) -> Configuration {
    let mut configuration = Configuration::default();
    for block in &draft.generators {
        configuration.generators.extend(generator(block, report));
    }
    for block in &draft.datasources {
        datasource(block, &mut configuration, report);
    }
    configuration
}

fn datasource(block: &ConfigBlock<'_>, configuration: &mut Configuration, report: &mut Report) {
    let Some(provider) = provider(block, report) else {
        return;
    };
    let (mut relation_mode, mut relation_mode_span) = (RelationMode::ForeignKeys, None);
    if provider == Provider::Mongodb {
        relation_mode = RelationMode::Prisma;
    }
    if let Some(property) = block.property("relationMode") {
        relation_mode_span = Some(property.span);
        match property.value.as_text().as_deref() {
            Some("prisma") => relation_mode = RelationMode::Prisma,
            Some("foreignKeys") => relation_mode = RelationMode::ForeignKeys,
            Some(_) | None => report.error_help(
                "bad-relation-mode",
                property.value.span(),
                "there is no such relation mode",
                "write `\"foreignKeys\"` or `\"prisma\"`",
            ),
        }
    }
    let schemas = block.property("schemas").map(|property| {
        let names = match property.value.kind() {
            ValueKind::Array(values) => values
                .iter()
                .filter_map(|value| Some((value.as_text()?.into_owned(), value.span())))
                .collect(),
            _ => Vec::new(),
        };
        (property.value.span(), names)
    });
    if configuration.datasource.is_some() {
        return;
    }
    configuration.datasource = Some(Datasource {
        name: block.name.to_owned(),
        provider,
        url: connection(block, "url"),
        direct_url: connection(block, "directUrl"),
        shadow_database_url: connection(block, "shadowDatabaseUrl"),
        relation_mode,
        schemas: schemas
            .iter()
            .flat_map(|(_, names)| names)
            .map(|(name, _)| name.clone())
            .collect(),
        extensions: extensions(block),
        docs: block.docs.clone(),
        span: block.span(),
    });
    configuration.schemas = schemas;
    configuration.relation_mode_span = relation_mode_span;
}

fn provider(block: &ConfigBlock<'_>, report: &mut Report) -> Option<Provider> {
    let Some(property) = block.property("provider") else {
        let message = format!("datasource `{}` does not say which database it is", block.name);
        report.error_help(
            "missing-property",
            block.span(),
            message,
            "add `provider = \"postgresql\"` or another one",
        );
        return None;
    };
    let Some(name) = property.value.as_text() else {
        let help = "write its name in quotes: `provider = \"postgresql\"`";
        report.error_help(
            "provider-not-string",
            property.value.span(),
            "`provider` must be a string",
            help,
        );
        return None;
    };
    Some(match name.as_ref() {
        "postgresql" | "postgres" => Provider::Postgresql,
        "mysql" => Provider::Mysql,
        "sqlite" => Provider::Sqlite,
        "cockroachdb" => Provider::Cockroachdb,
        "sqlserver" => Provider::Sqlserver,
        "mongodb" => Provider::Mongodb,
        other => {
            let help = did_you_mean(other, PROVIDERS, format!("the providers are {}", PROVIDERS.join(", ")));
            let message = format!("there is no provider `{other}`");
            report.error_help("unknown-provider", property.value.span(), message, help);
            return None;
        }
    })
}

/// A connection string; the mask `***` counts as none.
fn connection(block: &ConfigBlock<'_>, name: &str) -> Option<StringOrEnv> {
    string_or_env(block.property(name)?.value).filter(|value| *value != StringOrEnv::Literal("***".to_owned()))
}

fn string_or_env(value: Value<'_>) -> Option<StringOrEnv> {
    match value.kind() {
        ValueKind::Text(text) => Some(StringOrEnv::Literal(text.into_owned())),
        ValueKind::Call("env", arguments) => {
            let name = arguments.iter().next()?.value()?.as_text()?;
            Some(StringOrEnv::Env(name.into_owned()))
        }
        _ => None,
    }
}

fn extensions(block: &ConfigBlock<'_>) -> Vec<ExtensionSetting> {
    let Some(ValueKind::Array(values)) = block.property("extensions").map(|property| property.value.kind()) else {
        return Vec::new();
    };
    let setting = |value: Value<'_>| match value.kind() {
        ValueKind::Constant(name) => Some(ExtensionSetting {
            name: name.to_owned(),
            map: None,
            schema: None,
            version: None,
        }),
        ValueKind::Call(name, arguments) => {
            let text = |name| Some(arguments.named(name)?.as_text()?.into_owned());
            Some(ExtensionSetting {
                name: name.to_owned(),
                map: text("map"),
                schema: text("schema"),
                version: text("version"),
            })
        }
        _ => None,
    };
    values.iter().filter_map(setting).collect()
}

fn generator(block: &ConfigBlock<'_>, report: &mut Report) -> Option<Generator> {
    let Some(provider) = block
        .property("provider")
        .and_then(|property| string_or_env(property.value))
    else {
        let message = format!("generator `{}` does not say what generates", block.name);
        report.error_help(
            "missing-property",
            block.span(),
            message,
            "add `provider = \"nicol\"` or another one",
        );
        return None;
    };
    let mut preview_features = Vec::new();
    let mut config = Vec::new();
    for property in &block.properties {
        match property.name {
            "provider" | "output" => {}
            "previewFeatures" => {
                let values: Vec<Value<'_>> = match property.value.kind() {
                    ValueKind::Array(values) => values.iter().collect(),
                    _ => vec![property.value],
                };
                preview_features = values.iter().filter_map(|v| Some(v.as_text()?.into_owned())).collect();
            }
            name => config.extend(config_value(property.value).map(|value| (name.to_owned(), value))),
        }
    }
    Some(Generator {
        name: block.name.to_owned(),
        provider,
        output: block
            .property("output")
            .and_then(|property| string_or_env(property.value)),
        preview_features,
        config,
        docs: block.docs.clone(),
        span: block.span(),
    })
}

fn config_value(value: Value<'_>) -> Option<ConfigValue> {
    match value.kind() {
        ValueKind::Text(text) => Some(ConfigValue::Text(text.into_owned())),
        ValueKind::Number(text) | ValueKind::Constant(text) => Some(ConfigValue::Text(text.to_owned())),
        ValueKind::Array(values) => Some(ConfigValue::List(values.iter().filter_map(config_value).collect())),
        ValueKind::Call("env", _) => match string_or_env(value)? {
            StringOrEnv::Env(name) => Some(ConfigValue::Env(name)),
            StringOrEnv::Literal(text) => Some(ConfigValue::Text(text)),
        },
        ValueKind::Call(..) | ValueKind::Object(_) => None,
    }
}
