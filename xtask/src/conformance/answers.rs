//! nicol's answers to a case, compared with the reference's.

use nicol_catalog::Catalog;
use nicol_schema::{Severity, Source, ValidSchema};
use serde_json::Value;

use super::Aspect;
use super::cases::{Case, ExpectedDiagnostic};

/// Each aspect that the case has an answer for, with what is different, if anything.
pub(super) fn compare(case: &Case) -> Vec<(Aspect, Option<String>)> {
    let mut outcomes = Vec::new();
    let validated = nicol_schema::validate(&case.sources);
    if let Some((valid, expected)) = &case.diagnostics {
        let is_valid = validated.schema.is_some();
        let difference = (is_valid != *valid).then(|| format!("nicol says valid = {is_valid}"));
        outcomes.push((Aspect::Validity, difference));
        outcomes.push((Aspect::Diagnostics, diagnostics(case, &validated.diagnostics, expected)));
    }
    if let Some(expected) = &case.formatted {
        let formatted = nicol_schema::format(&case.sources);
        let difference = formatted
            .iter()
            .zip(expected)
            .zip(&case.sources)
            .find(|((formatted, expected), _)| formatted != expected)
            .map(|((formatted, expected), source)| format!("{}: {}", source.path, first_line(formatted, expected)));
        outcomes.push((Aspect::Format, difference));
    }
    if let Some(expected) = &case.datamodel {
        let difference = match &validated.schema {
            None => Some("the schema is not valid for nicol".to_owned()),
            Some(schema) => datamodel(schema, expected),
        };
        outcomes.push((Aspect::Dmmf, difference));
    }
    if let Some(expected) = &case.sql {
        outcomes.push((Aspect::Sql, sql(case, validated.schema.as_ref(), expected)));
    }
    outcomes
}

fn diagnostics(case: &Case, given: &[nicol_schema::Diagnostic], expected: &[ExpectedDiagnostic]) -> Option<String> {
    let given: Vec<(ExpectedDiagnostic, &str)> = given
        .iter()
        .filter(|diagnostic| diagnostic.severity != Severity::Hint)
        .map(|diagnostic| {
            let source = &case.sources[diagnostic.span.file as usize];
            let place = ExpectedDiagnostic {
                file: source.path.clone(),
                start: utf16(source, diagnostic.span.start),
                end: utf16(source, diagnostic.span.end),
                warning: diagnostic.severity == Severity::Warning,
            };
            (place, diagnostic.code.as_str())
        })
        .collect();
    if in_order(&given).iter().map(|(place, _)| place).eq(expected_in_order(&given, expected).iter()) {
        return None;
    }
    let shown = |place: &ExpectedDiagnostic| {
        let kind = if place.warning { "warning " } else { "" };
        format!("{kind}{} {}..{}", place.file, place.start, place.end)
    };
    let given: Vec<String> = given.iter().map(|(place, code)| format!("{} ({code})", shown(place))).collect();
    let expected: Vec<String> = expected.iter().map(shown).collect();
    Some(format!("nicol [{}], reference [{}]", given.join(", "), expected.join(", ")))
}

/// The reference lists what is unknown at one place in the order of a hash table, which changes from run to run: where
/// nicol names several in a row, they are compared in the order of the text.
fn runs(given: &[(ExpectedDiagnostic, &str)]) -> Vec<std::ops::Range<usize>> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < given.len() {
        let code = given[at].1;
        let end = at + given[at..].iter().take_while(|(_, other)| *other == code).count();
        if matches!(code, "unknown-argument" | "unknown-attribute" | "unknown-property") {
            runs.push(at..end);
        }
        at = end;
    }
    runs
}

fn in_order<'c>(given: &[(ExpectedDiagnostic, &'c str)]) -> Vec<(ExpectedDiagnostic, &'c str)> {
    let mut sorted = given.to_vec();
    for run in runs(given) {
        sorted[run].sort_by(|a, b| a.0.place().cmp(&b.0.place()));
    }
    sorted
}

fn expected_in_order(given: &[(ExpectedDiagnostic, &str)], expected: &[ExpectedDiagnostic]) -> Vec<ExpectedDiagnostic> {
    let mut sorted = expected.to_vec();
    for run in runs(given) {
        if let Some(run) = sorted.get_mut(run) {
            run.sort_by(|a, b| a.place().cmp(&b.place()));
        }
    }
    sorted
}

fn utf16(source: &Source, offset: u32) -> usize {
    source.text.get(..offset as usize).map_or(usize::MAX, |head| head.encode_utf16().count())
}

fn datamodel(schema: &ValidSchema, expected: &Value) -> Option<String> {
    let text = nicol_codegen::dmmf::datamodel(schema);
    let given: Value = match serde_json::from_str(&text) {
        Ok(value) => value,
        Err(error) => return Some(format!("not JSON: {error}")),
    };
    json_difference(&given, expected, String::new())
}

/// The path of the first difference. Numbers are compared by value: the reference's have been through JavaScript.
fn json_difference(given: &Value, expected: &Value, path: String) -> Option<String> {
    match (given, expected) {
        (Value::Object(given), Value::Object(expected)) => {
            let extra = given.keys().find(|key| !expected.contains_key(*key));
            if let Some(key) = extra {
                return Some(format!("{path}.{key} is too much"));
            }
            expected.iter().find_map(|(key, value)| match given.get(key) {
                None => Some(format!("{path}.{key} is missing")),
                Some(found) => json_difference(found, value, format!("{path}.{key}")),
            })
        }
        (Value::Array(given), Value::Array(expected)) if given.len() == expected.len() => {
            let pairs = given.iter().zip(expected).enumerate();
            pairs
                .into_iter()
                .find_map(|(at, (given, expected))| json_difference(given, expected, format!("{path}[{at}]")))
        }
        (Value::Number(given), Value::Number(expected)) if given.as_f64() == expected.as_f64() => None,
        _ if given == expected => None,
        _ => Some(format!("{path}: nicol {given}, reference {expected}")),
    }
}

fn sql(case: &Case, schema: Option<&ValidSchema>, expected: &str) -> Option<String> {
    let from = match &case.from {
        None => None,
        Some(sources) => match nicol_schema::validate(sources).schema {
            Some(schema) => Some(schema),
            None => return Some("the schema before is not valid for nicol".to_owned()),
        },
    };
    let Some(schema) = schema else {
        return Some("the schema is not valid for nicol".to_owned());
    };
    let Some(given) = script(from.as_ref(), schema) else {
        return Some("the schema has no dialect".to_owned());
    };
    let (given, expected) = (without_sentences(&given), without_sentences(expected));
    (given != expected).then(|| first_line(&given, &expected))
}

fn script(from: Option<&ValidSchema>, to: &ValidSchema) -> Option<String> {
    let dialect = nicol_catalog::dialect_of(to.provider()?)?;
    let from = match from {
        None => Catalog::empty(dialect),
        Some(schema) => nicol_catalog::from_schema(schema, dialect),
    };
    let to = nicol_catalog::from_schema(to, dialect);
    Some(nicol_catalog::script(&nicol_catalog::plan(&nicol_catalog::diff(&from, &to))))
}

/// Comment lines that are sentences are left out; step labels such as `-- CreateTable` stay.
fn without_sentences(script: &str) -> String {
    let kept = script.lines().filter(|line| match line.strip_prefix("-- ") {
        Some(comment) => !comment.trim().contains(' '),
        None => *line != "--",
    });
    kept.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The first line in which two texts differ.
fn first_line(given: &str, expected: &str) -> String {
    let (mut given, mut expected) = (given.split('\n'), expected.split('\n'));
    let mut number = 0;
    loop {
        number += 1;
        match (given.next(), expected.next()) {
            (None, None) => return "no difference".to_owned(),
            (given, expected) if given == expected => (),
            (given, expected) => return format!("line {number}: nicol {given:?}, reference {expected:?}"),
        }
    }
}
