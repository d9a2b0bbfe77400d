//! `nicol migrate dev`
use crate::{app::DONE, args::*, failure::Result, output::Output};
pub(crate) fn run(_: &DevArgs, _: &Global, _: &Output) -> Result<u8> { Ok(DONE) }
