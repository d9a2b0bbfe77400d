//! `nicol migrate deploy`
use crate::{app::DONE, args::*, failure::Result, output::Output};
pub(crate) fn run(_: &DeployArgs, _: &Global, _: &Output) -> Result<u8> { Ok(DONE) }
