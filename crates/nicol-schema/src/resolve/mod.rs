//! Trees into meaning.
//!
//! **In**: the files with their trees. **Out**: a [`draft::Draft`] and what is wrong. Every pass runs, whatever the
//! ones before it found: fields whose type is unknown are left out, so that one mistake is not reported as ten. The gate
//! is behind the last pass: the checks of the whole schema start only when all of this is right.

pub(crate) mod attributes;
pub(crate) mod defaults;
pub(crate) mod draft;
pub(crate) mod fields;
pub(crate) mod indexes;
pub(crate) mod names;
pub(crate) mod partial;
pub(crate) mod relation_attribute;
pub(crate) mod relations;
pub(crate) mod reserved;
pub(crate) mod tops;
pub(crate) mod types;
pub(crate) mod visit;

use crate::ast::{File, Parsed};
use crate::report::Report;

use draft::Draft;
use names::Names;

/// Runs the passes.
pub(crate) fn resolve<'a>(files: &'a [Parsed<'a>], report: &mut Report) -> Draft<'a> {
    let blocks = files.iter().map(|file| file.tree.blocks.len()).sum();
    let mut draft = Draft { tops: Vec::with_capacity(blocks), models: Vec::with_capacity(blocks), ..Draft::default() };
    let mut names = Names::with_capacity(blocks);
    for file in files {
        tops::collect(File(file), &mut draft, &mut names, report);
    }
    report.append(std::mem::take(&mut names.report));
    types::resolve(&mut draft, &names, report);
    attributes::resolve(&mut draft, report);
    relations::infer(&mut draft);
    draft
}
