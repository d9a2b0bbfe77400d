//! `-- nicol:allow CODE reason`: what a person has looked at and found right.

use super::Script;
use super::finding::{Draft, Finding, position};
use super::rule::{Rule, rule_named};
use super::scene::Statement;

const MARK: &str = "nicol:allow";

/// One such comment.
struct Allow<'a> {
    /// Its first byte in the script.
    start: usize,
    end: usize,
    code: &'a str,
    reason: &'a str,
    /// The number of the statement it is for.
    statement: Option<usize>,
}

/// Takes out what is allowed, and adds what is wrong with the comments that allow. `findings` carry the number of their
/// statement.
pub(super) fn settle(
    script: Script<'_>,
    text: &str,
    statements: &[Statement<'_>],
    mut findings: Vec<(usize, Finding)>,
) -> Vec<Finding> {
    let mut remarks = Vec::new();
    for allow in allows(text, statements) {
        let problem = match (rule_named(allow.code), allow.reason.is_empty()) {
            (None, _) => Some(("NL003", format!("there is no rule `{}`", allow.code))),
            (Some(rule), true) => Some(("NL001", format!("{} is allowed, but nobody says why", rule.code))),
            (Some(rule), false) => {
                let before = findings.len();
                let is_meant = |at: usize, found: &Rule| Some(at) == allow.statement && found.code == rule.code;
                findings.retain(|(at, finding)| !is_meant(*at, finding.rule));
                let is_unused = before == findings.len();
                is_unused.then(|| ("NL002", format!("{} is allowed here, but is not found", rule.code)))
            }
        };
        let Some((code, message)) = problem else { continue };
        let (line, column) = position(text, allow.start);
        // It belongs to no statement, so the place is made here.
        if let Some(finding) = Draft::new(code, message).of_database() {
            remarks.push(Finding {
                migration: Some(script.name.to_string()),
                start: allow.start,
                end: allow.end,
                line,
                column,
                excerpt: text[allow.start..allow.end].to_string(),
                ..finding
            });
        }
    }
    let mut all: Vec<Finding> = findings.into_iter().map(|(_, finding)| finding).chain(remarks).collect();
    all.sort_by_key(|finding| (finding.start, finding.rule.code));
    all
}

/// The comments, each with the statement that it stands before or in.
fn allows<'a>(text: &'a str, statements: &[Statement<'_>]) -> Vec<Allow<'a>> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let comment = trimmed.strip_prefix("--").map(str::trim_start);
        if let Some(rest) = comment.and_then(|comment| comment.strip_prefix(MARK))
            && (rest.is_empty() || rest.starts_with(char::is_whitespace))
        {
            let from = start + (line.len() - line.trim_start().len());
            let statement = statements.iter().position(|statement| statement.start + statement.text.len() > from);
            let is_text = statement.is_some_and(|at| {
                let statement = &statements[at];
                let covers = |token: &crate::sql::Token<'_>| {
                    statement.start + token.start <= from && from < statement.start + token.end()
                };
                statement.tokens.iter().any(covers)
            });
            if !is_text {
                let rest = rest.trim();
                let (code, reason) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                let end = from + trimmed.len();
                found.push(Allow { start: from, end, code, reason: reason.trim(), statement });
            }
        }
        start += line.len();
    }
    found
}
