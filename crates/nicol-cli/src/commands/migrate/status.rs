//! `nicol migrate status`
use crate::{app::DONE, args::*, failure::Result, output::Output};
pub(crate) fn run(_: &StatusArgs, _: &Global, _: &Output) -> Result<u8> { Ok(DONE) }
