//! `nicol completions SHELL`

use clap::CommandFactory;
use clap_complete::Shell;

use crate::app::DONE;
use crate::args::Cli;
use crate::output::Output;

/// Prints the script that teaches a shell to complete `nicol`.
pub(crate) fn run(shell: Shell, output: &Output) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "nicol", &mut script);
    output.result(&String::from_utf8_lossy(&script));
    DONE
}
