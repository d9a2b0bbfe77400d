//! `nicol migrate diff`
use crate::{app::DONE, args::*, failure::Result, output::Output};
pub(crate) fn run(_: &DiffArgs, _: &Global, _: &Output) -> Result<u8> { Ok(DONE) }
