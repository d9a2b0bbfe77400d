//! The SQL block of a README: into statements, and out of their qualification.

use nicol_db::Dialect;

/// The statements of a README's SQL block: divided by empty lines, semicolons at their ends taken off. None when there is
/// no block.
pub(super) fn of_readme(readme: &str) -> Option<Vec<String>> {
    let mut lines = readme.lines().skip_while(|line| !line.trim_start().starts_with("```sql")).skip(1).peekable();
    lines.peek()?;
    let mut statements = Vec::new();
    let mut statement = String::new();
    let mut is_closed = false;
    for line in lines {
        if line.trim_start().starts_with("```") {
            is_closed = true;
            break;
        }
        if line.trim().is_empty() {
            push(&mut statements, &mut statement);
        } else {
            if !statement.is_empty() {
                statement.push('\n');
            }
            statement.push_str(line.trim_end());
        }
    }
    push(&mut statements, &mut statement);
    is_closed.then_some(statements)
}

fn push(statements: &mut Vec<String>, statement: &mut String) {
    let text = statement.trim().trim_end_matches(';').trim_end();
    if !text.is_empty() {
        statements.push(text.to_owned());
    }
    statement.clear();
}

/// A piece of a statement.
enum Piece<'a> {
    /// A quoted name as it is written.
    Name(&'a str),
    /// Anything else, string literals whole.
    Other(&'a str),
}

fn pieces(text: &str, dialect: Dialect) -> Vec<Piece<'_>> {
    let quote = if dialect.is_mysql_family() { '`' } else { '"' };
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let first = rest.chars().next().unwrap_or_default();
        if first == quote || first == '\'' {
            let end = closing(rest, first, first == '\'' && dialect.is_mysql_family());
            let (piece, after) = rest.split_at(end);
            found.push(if first == quote { Piece::Name(piece) } else { Piece::Other(piece) });
            rest = after;
        } else {
            let end = rest.find([quote, '\'']).unwrap_or(rest.len());
            let (piece, after) = rest.split_at(end);
            found.push(Piece::Other(piece));
            rest = after;
        }
    }
    found
}

/// Where a quotation at the front ends. A doubled mark stands for itself, in MySQL's strings one behind a backslash too.
fn closing(text: &str, mark: char, has_escapes: bool) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if has_escapes && c == '\\' {
            chars.next();
        } else if c == mark && chars.next_if(|(_, next)| *next == mark).is_none() {
            return at + c.len_utf8();
        }
    }
    text.len()
}

/// The name that stands, with a dot, before every qualified name. None when there is none, or more than one.
pub(super) fn only_qualifier<'a>(statements: impl Iterator<Item = &'a str>, dialect: Dialect) -> Option<String> {
    let mut found: Vec<&str> = Vec::new();
    for statement in statements {
        for window in pieces(statement, dialect).windows(3) {
            if let [Piece::Name(qualifier), Piece::Other("."), Piece::Name(_)] = window {
                found.push(qualifier);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [only] => Some(only[1..only.len() - 1].to_owned()),
        _ => None,
    }
}

/// The statement with names that stand alone.
pub(super) fn without_qualifier(statement: &str, qualifier: &str, dialect: Dialect) -> String {
    let mark = if dialect.is_mysql_family() { '`' } else { '"' };
    let quoted = format!("{mark}{qualifier}{mark}");
    let pieces = pieces(statement, dialect);
    let mut out = String::with_capacity(statement.len());
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let is_qualified = matches!(pieces.get(at + 1..at + 3), Some([Piece::Other("."), Piece::Name(_)]));
        match piece {
            Piece::Name(name) if *name == quoted && is_qualified => at += 2,
            Piece::Name(text) | Piece::Other(text) => {
                out.push_str(text);
                at += 1;
            }
        }
    }
    out
}

/// What a statement is called in the comment above it.
pub(super) fn step(statement: &str) -> &'static str {
    let upper = statement.to_ascii_uppercase();
    let mut words = upper.split_whitespace();
    match (words.next().unwrap_or_default(), words.next().unwrap_or_default()) {
        ("CREATE", "TABLE") => "CreateTable",
        ("CREATE", "TYPE") => "CreateEnum",
        ("CREATE", _) => "CreateIndex",
        ("ALTER", "TYPE") => "AlterEnum",
        ("ALTER", _) if upper.contains("ADD FOREIGN KEY") => "AddForeignKey",
        ("ALTER", _) if upper.contains("DROP FOREIGN KEY") => "DropForeignKey",
        ("DROP", "TABLE") => "DropTable",
        ("DROP", "TYPE") => "DropEnum",
        ("DROP", "INDEX") => "DropIndex",
        ("PRAGMA" | "INSERT", _) => "RedefineTables",
        _ => "AlterTable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> Option<Vec<String>> {
        of_readme(&format!("# Migration\n\n## Database Steps\n\n```sql\n{text}```\n\n## Changes\n\n```diff\n+x\n```\n"))
    }

    #[test]
    fn blocks_become_statements() {
        for (text, expected) in [
            ("A\n\nB\n", &["A", "B"][..]),
            ("A;\n\nB;\n\n", &["A", "B"]),
            ("\nA  \n  (b)\n\n\n", &["A\n  (b)"]),
            ("\n", &[]),
            ("", &[]),
        ] {
            assert_eq!(
                block(text).as_deref(),
                Some(expected.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>().as_slice()),
                "{text:?}"
            );
        }
        assert_eq!(of_readme("# Migration\n\nno block\n"), None);
        assert_eq!(of_readme("```sql\nA\n"), None);
    }

    #[test]
    fn one_qualifier_is_dropped_and_several_are_not() {
        let my = "CREATE TABLE `a`.`t` (`s` varchar(9) DEFAULT '`a`.`x` \\'')\nREFERENCES `a`.`u``v`(`id`)";
        assert_eq!(only_qualifier([my].into_iter(), Dialect::Mysql).as_deref(), Some("a"));
        let bare = "CREATE TABLE `t` (`s` varchar(9) DEFAULT '`a`.`x` \\'')\nREFERENCES `u``v`(`id`)";
        assert_eq!(without_qualifier(my, "a", Dialect::Mysql), bare);
        assert_eq!(only_qualifier([my, "DROP TABLE `b`.`t`"].into_iter(), Dialect::Mysql), None);
        assert_eq!(only_qualifier([bare].into_iter(), Dialect::Mysql), None);
        let pg = "CREATE UNIQUE INDEX \"User.name\" ON \"public\".\"User\"(\"name\")";
        assert_eq!(only_qualifier([pg].into_iter(), Dialect::Postgres).as_deref(), Some("public"));
        assert_eq!(
            without_qualifier(pg, "public", Dialect::Postgres),
            "CREATE UNIQUE INDEX \"User.name\" ON \"User\"(\"name\")"
        );
    }
}
