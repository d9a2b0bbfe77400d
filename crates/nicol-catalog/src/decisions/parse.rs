//! Decisions as a command line writes them.

use std::fmt;
use std::str::FromStr;

use super::{Backfill, DecisionError, ObjectName, Rename};

const RENAME_FORMS: &str = "Write `User=Account` for a model, `User.name=fullName` for a field, `enum Role=UserRole` for \
an enum, `enum Role.ADMIN=OWNER` for a value. Names with dots, blanks or equals signs stand in double quotes.";
const BACKFILL_FORM: &str = "Write `User.adminRole=<SQL expression>`.";

fn refused(text: &str, why: &str, help: &str) -> DecisionError {
    DecisionError { code: "decision-syntax", message: format!("`{text}` {why}."), help: help.to_owned() }
}

impl FromStr for Rename {
    type Err = DecisionError;

    fn from_str(text: &str) -> Result<Rename, DecisionError> {
        let refuse = |why: &str| refused(text, why, RENAME_FORMS);
        let trimmed = text.trim();
        let (word, rest) = match trimmed.split_once(char::is_whitespace) {
            Some((word @ ("enum" | "table" | "column"), rest)) if !rest.trim_start().starts_with('=') => {
                (Some(word), rest)
            }
            _ => (None, trimmed),
        };
        let mut reader = Reader { rest };
        let old = reader.path().ok_or_else(|| refuse("does not begin with a name"))?;
        if !reader.eat('=') {
            return Err(refuse("has no `=` between the old and the new name"));
        }
        let new = reader.path().ok_or_else(|| refuse("has no new name behind the `=`"))?;
        if !reader.rest.trim().is_empty() {
            return Err(refuse("goes on behind the new name"));
        }
        let too_long = || refuse("has more dots than a name can have");
        match (word, old.as_slice()) {
            (Some("enum"), [_]) => {
                Ok(Rename::Enum { from: object(&old).ok_or_else(too_long)?, to: object(&new).ok_or_else(too_long)? })
            }
            (Some("enum"), [of @ .., value]) => Ok(Rename::EnumValue {
                enumeration: object(of).ok_or_else(too_long)?,
                from: value.clone(),
                to: same_place(of, &new).ok_or_else(|| refuse("names different enums on the two sides"))?,
            }),
            (Some("table"), _) | (None, [_]) => {
                Ok(Rename::Table { from: object(&old).ok_or_else(too_long)?, to: object(&new).ok_or_else(too_long)? })
            }
            (_, [table @ .., column]) if !table.is_empty() => Ok(Rename::Column {
                table: object(table).ok_or_else(too_long)?,
                from: column.clone(),
                to: same_place(table, &new).ok_or_else(|| refuse("names different tables on the two sides"))?,
            }),
            (_, _) => Err(refuse("names no field")),
        }
    }
}

/// The last part of the new name; what stands before it must be what stands before the old one.
fn same_place(old_parents: &[String], new: &[String]) -> Option<String> {
    let (last, parents) = new.split_last()?;
    (parents.is_empty() || parents == old_parents || old_parents.ends_with(parents)).then(|| last.clone())
}

fn object(parts: &[String]) -> Option<ObjectName> {
    match parts {
        [name] => Some(ObjectName { namespace: None, name: name.clone() }),
        [namespace, name] => Some(ObjectName { namespace: Some(namespace.clone()), name: name.clone() }),
        _ => None,
    }
}

impl FromStr for Backfill {
    type Err = DecisionError;

    fn from_str(text: &str) -> Result<Backfill, DecisionError> {
        let refuse = |why: &str| refused(text, why, BACKFILL_FORM);
        let mut reader = Reader { rest: text };
        let path = reader.path().ok_or_else(|| refuse("does not begin with a name"))?;
        if !reader.eat('=') {
            return Err(refuse("has no `=` between the field and the expression"));
        }
        let expression = reader.rest.trim();
        if expression.is_empty() {
            return Err(refuse("has no expression behind the `=`"));
        }
        let (column, table) = path.split_last().ok_or_else(|| refuse("names no field"))?;
        let table = object(table).ok_or_else(|| refuse("names no field of a model"))?;
        Ok(Backfill { table, column: column.clone(), expression: expression.to_owned() })
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, wanted: char) -> bool {
        let rest = self.rest.trim_start();
        match rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Names with dots between them.
    fn path(&mut self) -> Option<Vec<String>> {
        let mut parts = vec![self.name()?];
        while self.eat('.') {
            parts.push(self.name()?);
        }
        Some(parts)
    }

    fn name(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        if let Some(mut rest) = self.rest.strip_prefix('"') {
            let mut name = String::new();
            loop {
                let end = rest.find('"')?;
                name.push_str(&rest[..end]);
                rest = &rest[end + 1..];
                match rest.strip_prefix('"') {
                    Some(more) => {
                        name.push('"');
                        rest = more;
                    }
                    None => break,
                }
            }
            self.rest = rest;
            return (!name.is_empty()).then_some(name);
        }
        let end = self.rest.find(|c: char| matches!(c, '.' | '=') || c.is_whitespace()).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!name.is_empty()).then(|| name.to_owned())
    }
}

/// A name as [`Reader::name`] takes it.
fn write_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    let is_plain = !name.is_empty() && !name.contains(|c: char| matches!(c, '.' | '=' | '"') || c.is_whitespace());
    if is_plain { f.write_str(name) } else { write!(f, "\"{}\"", name.replace('"', "\"\"")) }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(namespace) = &self.namespace {
            write_name(f, namespace)?;
            f.write_str(".")?;
        }
        write_name(f, &self.name)
    }
}

impl fmt::Display for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = |f: &mut fmt::Formatter<'_>, of: &ObjectName, from: &str, to: &str| {
            write!(f, "{of}.")?;
            write_name(f, from)?;
            f.write_str("=")?;
            write_name(f, to)
        };
        match self {
            Rename::Table { from, to } => {
                let word = if from.namespace.is_some() { "table " } else { "" };
                write!(f, "{word}{from}={to}")
            }
            Rename::Column { table, from, to } => last(f, table, from, to),
            Rename::Enum { from, to } => write!(f, "enum {from}={to}"),
            Rename::EnumValue { enumeration, from, to } => {
                f.write_str("enum ")?;
                last(f, enumeration, from, to)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_and_printed_alike() {
        for text in [
            "User=Account",
            "User.name=fullName",
            "enum Role=UserRole",
            "enum Role.ADMIN=OWNER",
            "table auth.User=core.User",
            "auth.User.name=fullName",
            "\"odd.name\".\"a=b\"=\"c \"\"d\"",
        ] {
            assert_eq!(text.parse::<Rename>().map(|rename| rename.to_string()).as_deref(), Ok(text));
        }
        let same = |a: &str, b: &str| assert_eq!(a.parse::<Rename>(), b.parse::<Rename>());
        same("column User.name=User.fullName", "User.name=fullName");
        same(" enum Role.ADMIN = Role.OWNER ", "enum Role.ADMIN=OWNER");
        same("enum=table", "table enum=table");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "=", "User", "User=", "User=A B", "User.a=Other.b", "a.b.c.d=e", "\"open=x", "column a=b"] {
            let error = text.parse::<Rename>();
            assert_eq!(error.map_err(|error| error.code), Err("decision-syntax"), "{text}");
        }
    }

    #[test]
    fn backfills_are_read() {
        let backfill: Backfill = "User.role = coalesce(old, 'a=b')".parse().unwrap();
        assert_eq!(backfill.table, ObjectName::bare("User"));
        assert_eq!((backfill.column.as_str(), backfill.expression.as_str()), ("role", "coalesce(old, 'a=b')"));
        for text in ["role=1", "User.role=", "User.role", ".role=1"] {
            assert_eq!(text.parse::<Backfill>().map_err(|error| error.code), Err("decision-syntax"), "{text}");
        }
    }
}
