//! `package.json`: `prisma.schema` and `prisma.seed`, as Prisma 5 and 6 read them.
//!
//! In: its text. Out: a [`ConfigFile`] when it has a `prisma` section. A file that is not JSON says nothing: it belongs to
//! another tool, which will complain.

use std::path::Path;

use serde_json::Value;

use super::{Choice, ConfigFile, Entry};

/// Reads the text of the `package.json` at `path`.
pub(super) fn parse(path: &Path, text: &[u8]) -> Option<ConfigFile> {
    let package: Value = serde_json::from_slice(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)).ok()?;
    let section = package.get("prisma")?.as_object()?;
    let entry = |name: &str| {
        section.get(name).map(|value| Entry {
            name: format!("prisma.{name}"),
            file: path.to_path_buf(),
            position: None,
            choices: vec![match value {
                Value::String(text) => Choice::Text(text.clone()),
                _ => Choice::Unknown("not a string"),
            }],
        })
    };
    Some(ConfigFile { schema: entry("schema"), seed: entry("seed"), ..ConfigFile::empty(path) })
}
