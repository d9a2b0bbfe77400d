//! Transactions in scripts, and statements that cannot be in one.

use nicol_db::Dialect;

use super::stepwise;
use crate::event::Stepwise;
use crate::lint::finding::Draft;
use crate::lint::scene::Scene;
use crate::sql::{Action, TokenKind};
use crate::statement::Kind;

pub(super) fn check(scene: &Scene<'_>, found: &mut Vec<Draft>) {
    let statement = scene.statement();
    let is_open = is_open_before(scene);
    match &statement.action {
        Action::Begin if is_open => found.push(Draft::new("NL501", "a transaction is open already")),
        Action::Commit if !is_open => found.push(Draft::new("NL501", "no transaction is open")),
        Action::Begin if !scene.after().iter().any(|later| ends(&later.action)) => {
            found.push(Draft::new("NL502", "the transaction is never committed"));
        }
        _ => {}
    }
    if statement.is_inside_own {
        inside(scene, found);
    }
    if statement.kind == Kind::Alone && !statement.is_inside_own && mixes(scene) {
        let message = "it cannot run in a transaction, so the whole script runs statement by statement: a failure leaves the ones \
                       before it in place";
        found.push(Draft::new("NL109", message).rewrite(stepwise(&[statement.text.to_string()])));
    }
    if let Some(token) = statement.tokens.iter().find(|token| token.is_open) {
        let what = if token.kind == TokenKind::Name { "name" } else { "text" };
        let line = "a quote is opened here and never closed: everything after it is read as one";
        found.push(Draft::new("NL112", format!("{line} {what}")).at(token.start, statement.text.len()));
    }
    let is_client_command = statement.tokens.first().is_some_and(|token| token.is("DELIMITER"));
    if is_client_command && !scene.dialect().is_mysql_family() {
        found.push(Draft::new("NL112", "DELIMITER is a command of MySQL's own client; here it is a mistake"));
    }
    if let Action::Opaque { what } = &statement.action {
        found.push(Draft::new("NL004", format!("{what} runs statements that cannot be seen here")));
    }
}

fn ends(action: &Action) -> bool {
    matches!(action, Action::Commit | Action::Rollback)
}

fn is_open_before(scene: &Scene<'_>) -> bool {
    scene.before().iter().fold(false, |open, statement| match &statement.action {
        Action::Begin => true,
        action if ends(action) => false,
        _ => open,
    })
}

/// Between BEGIN and COMMIT.
fn inside(scene: &Scene<'_>, found: &mut Vec<Draft>) {
    let statement = scene.statement();
    if statement.kind == Kind::Alone {
        let message = format!("{} refuses this inside a transaction", scene.dialect().product_name());
        found.push(Draft::new("NL504", message).rewrite(stepwise(&[statement.text.to_string()])));
    }
    if matches!(&statement.action, Action::Pragma { name, .. } if name == "foreign_keys") {
        found.push(Draft::new("NL505", "foreign_keys cannot be switched inside a transaction: SQLite ignores this"));
    }
    if scene.dialect().is_mysql_family() && statement.kind == Kind::Structure {
        let message = "this commits the transaction: what was before it can no longer be rolled back";
        found.push(Draft::new("NL503", message));
    }
    if scene.dialect() == Dialect::Cockroachdb && statement.kind == Kind::Structure {
        let earlier = scene.before_in_transaction().filter(|before| before.kind == Kind::Structure).count();
        if earlier > 0 {
            let message = "a second change of structure in one transaction: part of them can fail after the commit";
            found.push(Draft::new("NL117", message));
        }
    }
}

/// Whether the script has other statements that would like a transaction, and did not ask for none.
fn mixes(scene: &Scene<'_>) -> bool {
    let others = scene.before().iter().chain(scene.after());
    let wants_one = others.into_iter().any(|other| matches!(other.kind, Kind::Structure | Kind::Data));
    wants_one && scene.stepwise != Some(Stepwise::Asked)
}
