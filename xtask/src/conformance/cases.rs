//! Reading the reference's cases: schemas, and what it answered.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nicol_schema::Source;
use serde_json::Value;

/// A folder of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Set {
    Real,
    Synthetic,
    Evolution,
}

impl Set {
    pub(super) const ALL: [Set; 3] = [Set::Real, Set::Synthetic, Set::Evolution];

    pub(super) fn name(self) -> &'static str {
        match self {
            Set::Real => "real",
            Set::Synthetic => "synthetic",
            Set::Evolution => "evolution",
        }
    }
}

/// A diagnostic of the reference; offsets in UTF-16 code units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExpectedDiagnostic {
    pub(super) file: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) warning: bool,
}

impl ExpectedDiagnostic {
    pub(super) fn place(&self) -> (&str, usize, usize) {
        (&self.file, self.start, self.end)
    }
}

/// One case: the schema, and every answer that the reference gave. An absent answer is not compared.
pub(super) struct Case {
    pub(super) id: String,
    pub(super) provider: String,
    pub(super) sources: Vec<Source>,
    /// The schema before, in pairs.
    pub(super) from: Option<Vec<Source>>,
    pub(super) diagnostics: Option<(bool, Vec<ExpectedDiagnostic>)>,
    pub(super) formatted: Option<Vec<String>>,
    pub(super) datamodel: Option<Value>,
    pub(super) sql: Option<String>,
}

/// Every case of a set, in the order of the names.
pub(super) fn read(conformance: &Path, set: Set) -> Result<Vec<Case>> {
    let folder = conformance.join(set.name());
    let mut cases = Vec::new();
    for group in sorted(&folder)? {
        match set {
            Set::Real if group.is_dir() => cases.push(real(&group)?),
            Set::Synthetic if group.is_dir() => {
                for path in sorted(&group)? {
                    if path.to_string_lossy().ends_with(".expected.json") {
                        cases.push(synthetic(&path)?);
                    }
                }
            }
            Set::Evolution if group.is_dir() => {
                for folder in sorted(&group)? {
                    cases.push(evolution(&folder)?);
                }
            }
            Set::Real | Set::Synthetic | Set::Evolution => (),
        }
    }
    Ok(cases)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn real(folder: &Path) -> Result<Case> {
    let expected: Value = serde_json::from_str(&fs::read_to_string(folder.join("expected.json"))?)?;
    let sources = last_project(schema_folder(&folder.join("schema"))?);
    let formatted = sources.iter().map(|source| {
        let path = folder.join("formatted").join(&source.path);
        if path.is_file() { Ok(fs::read_to_string(path)?) } else { Ok(source.text.clone()) }
    });
    let dmmf = folder.join("dmmf.json.gz");
    let datamodel = if dmmf.is_file() {
        let mut text = String::new();
        flate2::read::GzDecoder::new(fs::File::open(dmmf)?).read_to_string(&mut text)?;
        Some(serde_json::from_str(&text)?)
    } else {
        None
    };
    Ok(Case {
        id: format!("real/{}", name(folder)),
        provider: text(&expected, "provider"),
        diagnostics: Some(diagnostics(&expected)),
        formatted: Some(formatted.collect::<Result<_>>()?),
        datamodel,
        sql: optional(&folder.join("from_empty.sql"))?,
        from: None,
        sources,
    })
}

/// Some real folders hold several schemas side by side, each with a datasource of its own. The reference was asked about
/// one after the other (such a file, and the files without a datasource), and what it said of the last one was kept.
fn last_project(sources: Vec<Source>) -> Vec<Source> {
    let has_datasource = |source: &Source| source.text.lines().any(|line| line.starts_with("datasource "));
    let Some(last) = sources.iter().rposition(has_datasource) else {
        return sources;
    };
    let of_last = |(at, source): &(usize, Source)| *at == last || !has_datasource(source);
    sources.into_iter().enumerate().filter(of_last).map(|(_, source)| source).collect()
}

fn synthetic(expected_path: &Path) -> Result<Case> {
    let expected_text = fs::read_to_string(expected_path)?;
    let expected: Value = serde_json::from_str(&expected_text)?;
    let stem = PathBuf::from(expected_path.to_string_lossy().trim_end_matches(".expected.json"));
    let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", stem.display()));
    let sources = if stem.is_dir() {
        // The reference was given the files in this order.
        let mut sources = schema_folder(&stem)?;
        let order = expected_text.find("\"formatted_sha256\"").unwrap_or(0);
        sources.sort_by_key(|source| expected_text[order..].find(&format!("\"{}\"", source.path)));
        sources
    } else {
        let path = beside(".prisma");
        vec![Source::new(name(&path), fs::read_to_string(&path)?)]
    };
    let formatted = sources.iter().map(|source| {
        let path = if stem.is_dir() { beside(".formatted").join(&source.path) } else { beside(".formatted.prisma") };
        Ok(optional(&path)?.unwrap_or_else(|| source.text.clone()))
    });
    let datamodel = optional(&beside(".datamodel.json"))?.map(|text| serde_json::from_str(&text)).transpose()?;
    let group = stem.parent().map(name).unwrap_or_default();
    Ok(Case {
        id: format!("synthetic/{group}/{}", name(&stem)),
        provider: text(&expected, "provider"),
        diagnostics: Some(diagnostics(&expected)),
        formatted: Some(formatted.collect::<Result<_>>()?),
        datamodel,
        sql: optional(&beside(".sql"))?,
        from: None,
        sources,
    })
}

fn evolution(folder: &Path) -> Result<Case> {
    let source = |name: &str| Ok::<_, anyhow::Error>(vec![Source::new(name, fs::read_to_string(folder.join(name))?)]);
    let provider = folder.parent().map(name).unwrap_or_default();
    Ok(Case {
        id: format!("evolution/{provider}/{}", name(folder)),
        provider,
        sources: source("to.prisma")?,
        from: Some(source("from.prisma")?),
        diagnostics: None,
        formatted: None,
        datamodel: None,
        sql: Some(fs::read_to_string(folder.join("expected.sql"))?),
    })
}

fn schema_folder(folder: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(current) = folders.pop() {
        for path in sorted(&current)? {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "prisma") {
                let relative = path.strip_prefix(folder)?.to_string_lossy().into_owned();
                sources.push(Source::new(relative, fs::read_to_string(&path)?));
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn optional(path: &Path) -> Result<Option<String>> {
    if path.is_file() { Ok(Some(fs::read_to_string(path)?)) } else { Ok(None) }
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn diagnostics(expected: &Value) -> (bool, Vec<ExpectedDiagnostic>) {
    let number = |value: &Value| value.as_u64().unwrap_or_default() as usize;
    let list = expected["diagnostics"].as_array().map(Vec::as_slice).unwrap_or_default();
    let list = list.iter().map(|entry| ExpectedDiagnostic {
        file: text(entry, "file"),
        start: number(&entry["start"]),
        end: number(&entry["end"]),
        warning: entry["warning"].as_bool().unwrap_or_default(),
    });
    (expected["valid"].as_bool().unwrap_or_default(), list.collect())
}
