//! What the server says when it refuses.

use std::io;

use super::message::Body;
use crate::codes;
use crate::error::{Constraint, Error};

/// The parts of an error message of the server that are told on.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    severity: String,
    pub(super) code: String,
    message: String,
    detail: Option<String>,
    position: Option<usize>,
    table: Option<String>,
    column: Option<String>,
    constraint: Option<String>,
}

impl Refusal {
    pub(super) fn read(body: &[u8]) -> io::Result<Refusal> {
        let mut body = Body(body);
        let mut refusal = Refusal::default();
        let mut severity = None;
        loop {
            let field = body.byte()?;
            if field == 0 {
                break;
            }
            let text = body.text()?.into_owned();
            match field {
                // In the server's language; the other one never is, but older servers do not have it.
                b'S' => refusal.severity = text,
                b'V' => severity = Some(text),
                b'C' => refusal.code = text,
                b'M' => refusal.message = text,
                b'D' => refusal.detail = Some(text),
                b'P' => refusal.position = text.parse().ok(),
                b't' => refusal.table = Some(text),
                b'c' => refusal.column = Some(text),
                b'n' => refusal.constraint = Some(text),
                _ => {}
            }
        }
        refusal.severity = severity.unwrap_or(refusal.severity);
        Ok(refusal)
    }

    /// True when the server ends the session with it.
    pub(super) fn is_fatal(&self) -> bool {
        matches!(self.severity.as_str(), "FATAL" | "PANIC")
    }

    /// The error for the statement that met it.
    pub(super) fn into_error(self, sql: &str) -> Error {
        let is_fatal = self.is_fatal();
        let Refusal { code: native, mut message, detail, position, table, column, constraint, .. } = self;
        let code = codes::of_sqlstate(&native);
        let quoted = message.split('"').nth(1).map(str::to_string);
        let constraint = match code {
            "P2002" => constraint.map(Constraint::Index),
            "P2003" => Some(Constraint::ForeignKey(constraint)),
            "P2011" => column.clone().map(|column| Constraint::Fields(vec![column])),
            _ => None,
        };
        // The detail of what breaks a constraint (SQLSTATE class 23) is the row, with its values.
        if let Some(detail) = detail.filter(|_| !native.starts_with("23")) {
            message.push_str(". ");
            message.push_str(&detail);
        }
        let table = table.or_else(|| quoted.clone().filter(|_| code == "P2021"));
        let column = column.or_else(|| quoted.filter(|_| code == "P2022"));
        let error = Error::new(code, message)
            .with_native_code(native)
            .with_constraint(constraint)
            .with_table(table)
            .with_column(column)
            .with_position(position.and_then(|character| byte_position(sql, character)));
        if is_fatal || code == "P1017" { error.lost() } else { error }
    }
}

/// PostgreSQL counts characters from 1; we count bytes from 0.
fn byte_position(sql: &str, character: usize) -> Option<usize> {
    sql.char_indices().map(|(at, _)| at).chain([sql.len()]).nth(character.checked_sub(1)?)
}
