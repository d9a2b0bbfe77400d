//! `cargo xtask bench WHAT`: figures, each beside those of a bare driver taken in the same run.

mod migrate;

use std::path::Path;

use anyhow::{Result, bail};

/// Runs a benchmark by its name.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<bool> {
    match arguments.split_first() {
        Some((what, rest)) if what == "migrate" => migrate::run(root, rest),
        _ => bail!("usage: cargo xtask bench migrate [--count N] [--rounds N]"),
    }
}
