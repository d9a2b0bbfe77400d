//! Definitions of columns and constraints.

use super::cursor::Cursor;
use super::lexer::TokenKind;
use super::{Column, Constraint, ConstraintKind, Generated, Reference};

/// Words that end a column's type.
const AFTER_TYPE: [&str; 25] = [
    "NOT",
    "NULL",
    "DEFAULT",
    "PRIMARY",
    "UNIQUE",
    "REFERENCES",
    "CHECK",
    "GENERATED",
    "AS",
    "CONSTRAINT",
    "COLLATE",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "COMMENT",
    "ON",
    "FIRST",
    "AFTER",
    "USING",
    "KEY",
    "INVISIBLE",
    "VISIBLE",
    "STORED",
    "VIRTUAL",
    "COMPRESSION",
    "STORAGE",
];

/// A definition without the column's name.
pub(super) fn definition(name: String, cursor: &mut Cursor<'_>) -> Column {
    let mut column = Column { name, ty: ty(cursor), ..Column::default() };
    let mut constraint = None;
    while let Some(token) = cursor.peek() {
        if cursor.take("CONSTRAINT") {
            constraint = cursor.identifier();
        } else if cursor.take("NOT NULL") {
            column.not_null = true;
        } else if cursor.take("DEFAULT") {
            column.default = Some(expression(cursor));
        } else if cursor.take("PRIMARY KEY") {
            (column.is_primary, column.not_null) = (true, true);
        } else if cursor.take("UNIQUE") {
            cursor.take("KEY");
            column.is_unique = true;
        } else if cursor.take("REFERENCES") {
            column.references = reference(cursor);
            if let Some(reference) = &mut column.references {
                reference.name = constraint.take();
            }
        } else if cursor.take("CHECK") {
            column.check = cursor.group().map(str::to_string);
        } else if cursor.take("GENERATED") || cursor.is("AS") {
            generated(&mut column, cursor);
        } else if cursor.take("AUTO_INCREMENT") || cursor.take("AUTOINCREMENT") {
            column.is_auto_increment = true;
        } else {
            if !column.rest.is_empty() {
                column.rest.push(' ');
            }
            column.rest.push_str(&token.text.to_lowercase());
            cursor.at += 1;
        }
    }
    column
}

fn generated(column: &mut Column, cursor: &mut Cursor<'_>) {
    cursor.take("ALWAYS");
    cursor.take("BY DEFAULT");
    cursor.take("AS");
    if cursor.take("IDENTITY") {
        cursor.group();
        column.is_identity = true;
        return;
    }
    cursor.group();
    // PostgreSQL before 18 has no other than stored ones and wants the word.
    let is_stored = cursor.take("STORED") || cursor.take("PERSISTENT");
    cursor.take("VIRTUAL");
    column.generated = Some(if is_stored { Generated::Stored } else { Generated::Virtual });
}

/// The type: every token up to a word that can only come after it, in lower case.
pub(super) fn ty(cursor: &mut Cursor<'_>) -> String {
    let mut text = String::new();
    while let Some(token) = cursor.peek() {
        let ends = token.kind == TokenKind::Word && AFTER_TYPE.iter().any(|word| token.is(word));
        // `CHARACTER SET utf8mb4` says how text is kept.
        if ends || token.is_mark(',') {
            break;
        }
        if token.is_mark('(') {
            let inner = cursor.group().unwrap_or_default();
            let inner: Vec<&str> = inner.split(',').map(str::trim).collect();
            text.push('(');
            text.push_str(&inner.join(","));
            text.push(')');
            continue;
        }
        let is_word = matches!(token.kind, TokenKind::Word | TokenKind::Name);
        if is_word && !text.is_empty() && !text.ends_with('.') {
            text.push(' ');
        }
        match token.kind {
            TokenKind::Word => text.push_str(&token.text.to_lowercase()),
            TokenKind::Name | TokenKind::Text => text.push_str(&token.content()),
            TokenKind::Mark => text.push_str(token.text),
        }
        cursor.at += 1;
    }
    text
}

/// A default: a literal, a call, a group, with casts and signs.
fn expression(cursor: &mut Cursor<'_>) -> String {
    let start = cursor.offset();
    let mut needs_operand = true;
    while let Some(token) = cursor.peek() {
        if cursor.is_mark('(') {
            cursor.group();
            needs_operand = false;
        } else if cursor.is_mark('[') {
            while cursor.peek().is_some() && !cursor.take_mark(']') {
                cursor.at += 1;
            }
            needs_operand = false;
        } else if token.kind == TokenKind::Mark {
            needs_operand = true;
            cursor.at += 1;
        } else if needs_operand {
            cursor.at += 1;
            needs_operand = false;
            // `CURRENT_TIMESTAMP AT TIME ZONE ..`, `INTERVAL '1 day'`, `timestamp '..'`
            needs_operand |= token.is("INTERVAL") || token.is("TIMESTAMP") || token.is("DATE");
        } else if token.kind == TokenKind::Word
            && ["WITH", "WITHOUT", "VARYING", "PRECISION", "TIME", "ZONE", "AT"].iter().any(|word| token.is(word))
        {
            cursor.at += 1;
        } else {
            break;
        }
    }
    cursor.text[start..cursor.end().max(start)].to_string()
}

/// What follows `REFERENCES`.
pub(super) fn reference(cursor: &mut Cursor<'_>) -> Option<Reference> {
    let table = cursor.name()?;
    cursor.group();
    let mut deletes = false;
    loop {
        if cursor.take("ON DELETE") {
            deletes = cursor.take("CASCADE");
            if !deletes {
                skip_action(cursor);
            }
        } else if cursor.take("ON UPDATE") {
            if !cursor.take("CASCADE") {
                skip_action(cursor);
            }
        } else if cursor.take("MATCH") || cursor.take("INITIALLY") {
            cursor.at += 1;
        } else if !cursor.take("NOT DEFERRABLE") && !cursor.take("DEFERRABLE") {
            return Some(Reference { table, deletes, name: None });
        }
    }
}

fn skip_action(cursor: &mut Cursor<'_>) {
    for action in ["SET NULL", "SET DEFAULT", "NO ACTION", "RESTRICT"] {
        cursor.take(action);
    }
}

/// A constraint of a table, when one comes next.
pub(super) fn constraint(cursor: &mut Cursor<'_>) -> Option<Constraint> {
    let start = cursor.at;
    let name = if cursor.take("CONSTRAINT") && !is_constraint_word(cursor) { cursor.identifier() } else { None };
    let mut using_index = false;
    let kind = if cursor.take("PRIMARY KEY") {
        cursor.take("USING BTREE");
        using_index = cursor.take("USING INDEX");
        Some(ConstraintKind::Primary(if using_index { Vec::new() } else { cursor.columns() }))
    } else if cursor.take("UNIQUE") {
        cursor.take("NULLS NOT DISTINCT");
        // MySQL: `UNIQUE INDEX name (..)`
        let _ = cursor.take("INDEX") || cursor.take("KEY");
        using_index = cursor.take("USING INDEX");
        let own = if !using_index && !cursor.is_mark('(') { cursor.identifier() } else { None };
        let columns = if using_index { Vec::new() } else { cursor.columns() };
        let kind = Some(ConstraintKind::Unique(columns));
        return finish(cursor, name.or(own), kind, using_index);
    } else if cursor.take("FOREIGN KEY") {
        cursor.if_exists();
        if !cursor.is_mark('(') {
            cursor.identifier();
        }
        let columns = cursor.columns();
        cursor.take("REFERENCES");
        reference(cursor).map(|reference| ConstraintKind::Foreign(columns, reference))
    } else if cursor.take("CHECK") {
        cursor.group().map(|text| ConstraintKind::Check(text.to_string()))
    } else if cursor.take("NOT NULL") {
        cursor.identifier().map(ConstraintKind::NotNull)
    } else if cursor.take("EXCLUDE") {
        Some(ConstraintKind::Exclude)
    } else {
        None
    };
    let found = finish(cursor, name, kind, using_index);
    if found.is_none() {
        cursor.at = start;
    }
    found
}

fn finish(
    cursor: &Cursor<'_>,
    name: Option<String>,
    kind: Option<ConstraintKind>,
    using_index: bool,
) -> Option<Constraint> {
    let not_valid = cursor.has_words("NOT VALID");
    kind.map(|kind| Constraint { name, kind, not_valid, using_index })
}

fn is_constraint_word(cursor: &Cursor<'_>) -> bool {
    cursor
        .peek()
        .is_some_and(|token| ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE"].iter().any(|word| token.is(word)))
}
