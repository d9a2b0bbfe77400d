//! What a reviewer should know of a script before it meets a database with rows and users: locks, rewrites, lost data,
//! statements that will fail, programs that will break.
//!
//! **In**: scripts, and what is [`known`] of the database (read [`live`], or followed through earlier scripts). **Out**:
//! [`Finding`]s. Rules are data ([`rule`]), one file a family looks for them ([`rules`]); what a statement locks and costs
//! is one pure function a product ([`effect`]), held against real servers by tests. Nothing is ever changed.

mod allow;
pub mod effect;
mod finding;
mod folder;
pub(crate) mod known;
mod live;
mod rule;
mod rules;
mod scene;

pub use effect::{Blocks, Work};
pub use finding::{Cost, Finding};
pub use folder::{Linted, Selection, lint_directory};
pub use rule::{RULES, Rule, Severity, rule_named};

pub(crate) use known::Known;
pub(crate) use scene::Server;

use nicol_schema::ValidSchema;

use crate::mode::{Mode, mode};
use scene::{Scene, Statement};

/// How to look.
#[derive(Debug, Clone, Copy, Default)]
pub struct LintOptions<'a> {
    /// Also look for what is a matter of taste.
    pub pedantic: bool,
    /// Also look whether this schema says what imported scripts do.
    pub schema: Option<&'a ValidSchema>,
}

/// A script to look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Script<'a> {
    /// Name of the migration.
    pub(crate) name: &'a str,
    /// Its text.
    pub(crate) text: &'a str,
}

/// Looks at one script; afterwards `known` is what is known when it has run.
pub(crate) fn lint_script(
    script: Script<'_>,
    known: &mut Known,
    server: &Server,
    options: LintOptions<'_>,
) -> Vec<Finding> {
    let text = script.text.strip_prefix('\u{feff}').unwrap_or(script.text);
    let parts = nicol_db::script::split(text, server.dialect);
    let statements = Statement::read(text, &parts, server.dialect);
    let at_start = known.clone();
    let stepwise = match mode(text, server.dialect) {
        Mode::Whole { .. } => None,
        Mode::Stepwise(reason) => Some(reason),
    };
    let mut findings = Vec::new();
    for (at, statement) in statements.iter().enumerate() {
        let mut drafts = Vec::new();
        let scene = Scene { server, known, at_start: &at_start, statements: &statements, at, options, stepwise };
        rules::check(&scene, &mut drafts);
        for draft in drafts {
            let is_wanted =
                |rule: &Rule| rule.databases.contains(&server.dialect) && (options.pedantic || !rule.is_pedantic);
            if let Some(finding) = draft.finish(script, text, statement, known).filter(|it| is_wanted(it.rule))
                && !findings.iter().any(|(_, before): &(usize, Finding)| before.repeats(&finding))
            {
                findings.push((at, finding));
            }
        }
        known.apply(&statement.action, server.dialect);
    }
    allow::settle(script, text, &statements, findings)
}

/// Takes a script as done, without looking for anything in it.
pub(crate) fn follow(script: Script<'_>, known: &mut Known, server: &Server) {
    for part in nicol_db::script::split(script.text.strip_prefix('\u{feff}').unwrap_or(script.text), server.dialect) {
        let tokens = crate::sql::tokens(part.text, server.dialect);
        known.apply(&crate::sql::parse(part.text, &tokens, server.dialect), server.dialect);
    }
}

#[cfg(test)]
mod tests {
    use nicol_db::{ConnectionUrl, Dialect};

    use super::*;

    fn codes(text: &str, server: &Server) -> Vec<&'static str> {
        let script = Script { name: "1_a", text };
        let found = lint_script(script, &mut Known::default(), server, LintOptions::default());
        found.iter().map(|finding| finding.rule.code).collect()
    }

    #[test]
    fn rules_of_servers_that_tests_do_not_have() {
        let galera = Server { is_galera: true, ..Server::of(Dialect::Mariadb) };
        assert_eq!(codes("CREATE TABLE `a` (`b` INTEGER NULL);", &galera), ["NL115"]);
        assert!(codes("CREATE TABLE `a` (`b` INTEGER NULL, PRIMARY KEY (`b`));", &galera).is_empty());
        let two = "CREATE TABLE a (b INTEGER PRIMARY KEY); CREATE TABLE c (d INTEGER PRIMARY KEY);";
        let dsql = Server { is_dsql: true, ..Server::of(Dialect::Postgres) };
        assert_eq!(codes(two, &dsql), ["NL116"]);
        assert!(codes(two, &Server::of(Dialect::Postgres)).is_empty());
        // The version decides whether REFERENCES beside a column makes a key.
        let inline = "CREATE TABLE a (b INTEGER PRIMARY KEY REFERENCES c (d));";
        let mysql = |version| codes(inline, &Server { version: Some(version), ..Server::of(Dialect::Mysql) });
        assert_eq!((mysql((8, 4)), mysql((9, 1))), (vec!["NL409"], Vec::new()));
    }

    #[test]
    fn poolers_are_known_by_their_urls() {
        for (url, expected) in [
            ("postgresql://u@127.0.0.1:6432/d", 1),
            ("postgresql://u@h:5432/d?pgbouncer=true", 1),
            ("postgresql://u@ep-x-pooler.eu.example.com/d", 1),
            ("postgresql://u@h:5432/d", 0),
        ] {
            let url = ConnectionUrl::parse(url).unwrap();
            let found = live::remarks(&url, &Server::of(Dialect::Postgres), &Known::default());
            assert_eq!(found.len(), expected, "{url:?}");
            assert!(found.iter().all(|finding| finding.rule.code == "NL111"));
        }
    }
}
