//! What reaches beyond the database a migration is about.

use crate::lint::finding::Draft;
use crate::lint::scene::Scene;
use crate::sql::{Action, TokenKind};

pub(super) fn check(scene: &Scene<'_>, found: &mut Vec<Draft>) {
    let statement = scene.statement();
    let word = |word: &str| statement.has(word);
    let is_copy = statement.begins("COPY");
    if is_copy && word("PROGRAM") {
        found.push(Draft::new("NL701", "a program is run on the database server"));
    } else if is_copy && word("FROM") && !word("STDIN") || statement.begins("LOAD DATA") || statement.begins("LOAD XML")
    {
        found.push(Draft::new("NL703", "rows are read from a file"));
    } else if is_copy && word("TO") && !word("STDOUT") || word("OUTFILE") || word("DUMPFILE") {
        found.push(Draft::new("NL704", "rows are written to a file"));
    }
    let sets_global = matches!(&statement.action, Action::Set { name, .. } if name.starts_with("global "));
    if statement.begins("ALTER SYSTEM") || sets_global {
        found.push(Draft::new("NL702", "a setting of the whole server is changed"));
    }
    if statement.begins("ATTACH") {
        found.push(Draft::new("NL705", "another database file is opened, and created if it is not there"));
    }
    let is_native = statement.begins("CREATE") && (statement.has_words("LANGUAGE C") || word("SONAME"));
    if is_native
        || word("load_extension")
        || statement.begins("INSTALL PLUGIN")
        || statement.begins("LOAD") && statement.tokens.len() == 2
    {
        found.push(Draft::new("NL706", "code is loaded into the database server"));
    }
    if matches!(&statement.action, Action::Pragma { name, value } if name == "writable_schema" && !matches!(value.as_str(), "" | "0" | "off"))
    {
        found.push(Draft::new("NL707", "the schema table itself can be written from here on"));
    }
    let is_about_users = ["CREATE", "ALTER", "SET", "GRANT"].iter().any(|word| statement.begins(word))
        && ["USER", "ROLE", "PASSWORD", "IDENTIFIED"].iter().any(|it| word(it));
    let has_secret = statement.tokens.windows(2).any(|pair| {
        let names_it = pair[0].is("PASSWORD") || pair[0].is("BY");
        names_it && pair[1].kind == TokenKind::Text
    });
    if is_about_users && has_secret {
        found.push(Draft::new("NL708", "a password is written in the script"));
    }
}
