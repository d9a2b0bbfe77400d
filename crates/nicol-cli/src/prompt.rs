//! Questions at a terminal. Whether there is one is looked at only when a question is to be asked.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::env_file::environment;
use crate::failure::{Failure, Result};
use crate::output::Output;

/// Variables that say that nobody is watching.
const CI_VARIABLES: [&str; 14] = [
    "CI",
    "CONTINUOUS_INTEGRATION",
    "BUILD_NUMBER",
    "RUN_ID",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "CIRCLECI",
    "TRAVIS",
    "APPVEYOR",
    "BUILDKITE",
    "DRONE",
    "TEAMCITY_VERSION",
    "BITBUCKET_COMMIT",
    "JENKINS_URL",
];

/// Whether somebody is there to answer.
fn can_ask(output: &Output) -> bool {
    let is_ci = CI_VARIABLES.iter().any(|name| environment(name).is_some_and(|value| value != "false"));
    let is_dumb = environment("TERM").is_some_and(|term| term == "dumb");
    !output.json && !is_ci && !is_dumb && io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a line of text. None when nobody can be asked.
pub(crate) fn text(question: &str, output: &Output) -> Option<String> {
    can_ask(output).then(|| answer(question, output)).flatten()
}

/// Asks for a yes to `question`; `refusal` is the failure when it is not given.
///
/// # Errors
/// `refusal`, with exit code 130, when the answer is no or nobody can be asked.
pub(crate) fn consent(question: &str, refusal: Failure, output: &Output) -> Result<()> {
    let answer = text(&format!("{question} [y/N]"), output).unwrap_or_default();
    if matches!(answer.to_lowercase().as_str(), "y" | "yes") { Ok(()) } else { Err(refusal.declined()) }
}

/// Asks for yes or no, where yes is what most will mean. None when nobody can be asked.
pub(crate) fn yes_unless_no(question: &str, output: &Output) -> Option<bool> {
    let answer = text(&format!("{question} [Y/n]"), output)?;
    Some(!matches!(answer.to_lowercase().as_str(), "n" | "no"))
}

/// Asks for `name` to be typed; `refusal` is the failure when it is not.
///
/// # Errors
/// `refusal`, with exit code 130, when something else is typed or nobody can be asked.
pub(crate) fn typed(question: &str, name: &str, refusal: Failure, output: &Output) -> Result<()> {
    let answer = text(question, output).unwrap_or_default();
    if !name.is_empty() && answer == name { Ok(()) } else { Err(refusal.declined()) }
}

/// The line typed; none at the end of input.
fn answer(question: &str, output: &Output) -> Option<String> {
    output.raw_error(&format!("{question} "));
    // Nothing to do about a stderr that is gone; the question is then answered unseen.
    let _ = io::stderr().flush();
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(1..) => Some(line.trim().to_owned()),
        Ok(0) | Err(_) => {
            // Nobody has ended the line of the question.
            output.raw_error("\n");
            None
        }
    }
}
