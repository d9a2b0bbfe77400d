//! What the rules look for, one file a family.

mod data;
mod locks;
mod online;
mod products;
mod running;
mod security;
mod taste;
mod transactions;

use super::finding::Draft;
use super::scene::Scene;

/// Looks at one statement with every rule.
pub(super) fn check(scene: &Scene<'_>, found: &mut Vec<Draft>) {
    locks::check(scene, found);
    online::check(scene, found);
    data::check(scene, found);
    running::check(scene, found);
    transactions::check(scene, found);
    products::check(scene, found);
    security::check(scene, found);
    if scene.options.pedantic {
        taste::check(scene, found);
    }
}

/// A script whose statements commit one by one.
fn stepwise(statements: &[String]) -> String {
    format!("-- nicol:no-transaction\n{}", in_order(statements))
}

/// Statements with their terminators.
fn in_order(statements: &[String]) -> String {
    statements.iter().map(|statement| format!("{};\n", statement.trim_end_matches(';'))).collect()
}
