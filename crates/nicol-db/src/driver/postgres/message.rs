//! The messages of PostgreSQL's protocol, version 3: those we send, and the parts of those we get.
//!
//! **In**: names, texts, types, values; bodies as received. **Out**: bytes behind the outbox; numbers, names and texts. Bodies are
//! judged as if a hostile server had sent them: every length is checked.

use std::io;

use postgres_types::{Oid, Type};

use super::encode::write_value;
use super::wire::garbled;
use crate::error::{Error, Result};
use crate::value::Value;

/// Writes a message: its tag, its length, and what `body` adds. Nothing stays of one that cannot be written.
fn message(out: &mut Vec<u8>, tag: u8, body: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<()> {
    let before = out.len();
    out.push(tag);
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    let outcome = body(out).and_then(|()| i32::try_from(out.len() - start).map_err(|_| too_long()));
    match outcome {
        Ok(length) => out[start..start + 4].copy_from_slice(&length.to_be_bytes()),
        Err(error) => {
            out.truncate(before);
            return Err(error);
        }
    }
    Ok(())
}

/// What the protocol's 32 bits cannot say.
pub(super) fn too_long() -> Error {
    Error::new("P2029", "a statement with its values is longer than PostgreSQL takes (2 GiB)")
}

/// Texts end with a NUL, so they cannot hold one.
fn text(out: &mut Vec<u8>, text: &str) -> Result<()> {
    if text.as_bytes().contains(&0) {
        return Err(Error::new("P2010", "the text of a statement holds a NUL character"));
    }
    out.extend_from_slice(text.as_bytes());
    out.push(0);
    Ok(())
}

fn count(out: &mut Vec<u8>, count: usize) -> Result<()> {
    let count = u16::try_from(count).map_err(|_| Error::new("P2029", "a statement with more than 65535 values"))?;
    out.extend_from_slice(&count.to_be_bytes());
    Ok(())
}

/// What opens a session; without a tag.
pub(super) fn startup(out: &mut Vec<u8>, settings: &[(&str, &str)]) -> Result<()> {
    let mut with_tag = Vec::new();
    message(&mut with_tag, 0, |out| {
        out.extend_from_slice(&0x0003_0000_u32.to_be_bytes());
        for (name, value) in settings {
            text(out, name)?;
            text(out, value)?;
        }
        out.push(0);
        Ok(())
    })?;
    out.extend_from_slice(&with_tag[1..]);
    Ok(())
}

/// Asks whether the server speaks TLS. Its answer is a single byte.
pub(super) const TLS_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// Asks the server, on a connection of its own, to stop what a session is doing.
pub(super) fn cancel(out: &mut Vec<u8>, process: i32, secret: &[u8]) -> Result<()> {
    let length = i32::try_from(12 + secret.len()).map_err(|_| too_long())?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&0x04d2_162e_u32.to_be_bytes());
    out.extend_from_slice(&process.to_be_bytes());
    out.extend_from_slice(secret);
    Ok(())
}

/// An answer to a question for a password.
pub(super) fn password(out: &mut Vec<u8>, password: &str) -> Result<()> {
    message(out, b'p', |out| text(out, password))
}

/// The first answer of a SASL exchange.
pub(super) fn sasl_begin(out: &mut Vec<u8>, mechanism: &str, data: &[u8]) -> Result<()> {
    message(out, b'p', |out| {
        text(out, mechanism)?;
        out.extend_from_slice(&i32::try_from(data.len()).map_err(|_| too_long())?.to_be_bytes());
        out.extend_from_slice(data);
        Ok(())
    })
}

/// Any other answer of a SASL exchange.
pub(super) fn sasl_go_on(out: &mut Vec<u8>, data: &[u8]) -> Result<()> {
    message(out, b'p', |out| {
        out.extend_from_slice(data);
        Ok(())
    })
}

/// A script, which may hold several statements. It is its own [`sync`].
pub(super) fn query(out: &mut Vec<u8>, sql: &str) -> Result<()> {
    message(out, b'Q', |out| text(out, sql))
}

/// Prepares a statement; the server finds the types of its parameters.
pub(super) fn parse(out: &mut Vec<u8>, name: &str, sql: &str) -> Result<()> {
    message(out, b'P', |out| {
        text(out, name)?;
        text(out, sql)?;
        count(out, 0)
    })
}

/// Asks what a prepared statement takes and gives.
pub(super) fn describe_statement(out: &mut Vec<u8>, name: &str) -> Result<()> {
    message(out, b'D', |out| {
        out.push(b'S');
        text(out, name)
    })
}

/// Asks what the statement just bound gives.
pub(super) fn describe_bound(out: &mut Vec<u8>) -> Result<()> {
    message(out, b'D', |out| {
        out.push(b'P');
        text(out, "")
    })
}

/// Binds values to a prepared statement: in binary form where type and value match, as text elsewhere (see
/// [`encode`](super::encode)). Rows are to come in binary form.
pub(super) fn bind<'a>(
    out: &mut Vec<u8>,
    name: &str,
    values: impl ExactSizeIterator<Item = (&'a Value, &'a Type)>,
) -> Result<()> {
    message(out, b'B', |out| {
        text(out, "")?;
        text(out, name)?;
        let number = values.len();
        count(out, number)?;
        // A form for each value: text until it is written.
        let forms = out.len();
        out.resize(forms + 2 * number, 0);
        count(out, number)?;
        for (at, (value, ty)) in values.enumerate() {
            let start = out.len();
            // NULL's length; that of others is known once they are written.
            out.extend_from_slice(&(-1i32).to_be_bytes());
            if matches!(value, Value::Null) {
                continue;
            }
            let is_binary = write_value(value, ty, out)?;
            out[forms + 2 * at + 1] = u8::from(is_binary);
            let length = i32::try_from(out.len() - start - 4).map_err(|_| too_long())?;
            out[start..start + 4].copy_from_slice(&length.to_be_bytes());
        }
        count(out, 1)?;
        count(out, 1)
    })
}

/// Runs what was bound last, to its end.
pub(super) fn execute(out: &mut Vec<u8>) -> Result<()> {
    message(out, b'E', |out| {
        text(out, "")?;
        out.extend_from_slice(&[0; 4]);
        Ok(())
    })
}

/// Forgets a prepared statement.
pub(super) fn close_statement(out: &mut Vec<u8>, name: &str) -> Result<()> {
    message(out, b'C', |out| {
        out.push(b'S');
        text(out, name)
    })
}

/// Ends what belongs together: after an error the server skips everything up to here.
pub(super) fn sync(out: &mut Vec<u8>) -> Result<()> {
    message(out, b'S', |_| Ok(()))
}

/// There are no rows for the server to copy.
pub(super) fn no_copy(out: &mut Vec<u8>) -> Result<()> {
    message(out, b'f', |out| text(out, "rows to copy from the client are not sent by nicol"))
}

/// Goodbye.
pub(super) fn terminate(out: &mut Vec<u8>) -> Result<()> {
    message(out, b'X', |_| Ok(()))
}

/// A column of a result, as the server tells it.
#[derive(Debug, Clone)]
pub(super) struct RawColumn {
    pub(super) name: String,
    /// The table and the column of it that is shown.
    pub(super) origin: Option<(Oid, i16)>,
    pub(super) ty: Oid,
}

/// What is left of a body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'a>(pub(super) &'a [u8]);

impl<'a> Body<'a> {
    pub(super) fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or_else(|| garbled("a message that ends too early"))?;
        self.0 = rest;
        Ok(*head)
    }

    pub(super) fn byte(&mut self) -> io::Result<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    pub(super) fn i16(&mut self) -> io::Result<i16> {
        self.take().map(i16::from_be_bytes)
    }

    pub(super) fn i32(&mut self) -> io::Result<i32> {
        self.take().map(i32::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> io::Result<u32> {
        self.take().map(u32::from_be_bytes)
    }

    /// A text up to its NUL. What is not UTF-8 in it (messages from before the encoding is agreed) is replaced.
    pub(super) fn text(&mut self) -> io::Result<std::borrow::Cow<'a, str>> {
        let end = self.0.iter().position(|byte| *byte == 0).ok_or_else(|| garbled("a text without an end"))?;
        let (text, rest) = self.0.split_at(end);
        self.0 = &rest[1..];
        Ok(String::from_utf8_lossy(text))
    }
}

/// The columns in a description of rows.
pub(super) fn columns(body: &[u8]) -> io::Result<Vec<RawColumn>> {
    let mut body = Body(body);
    let number = body.i16()?.unsigned_abs();
    let mut columns = Vec::new();
    for _ in 0..number {
        let name = body.text()?.into_owned();
        let (table, column, ty) = (body.u32()?, body.i16()?, body.u32()?);
        // Size, modifier and form of the type.
        body.take::<8>()?;
        columns.push(RawColumn { name, origin: (table != 0).then_some((table, column)), ty });
    }
    Ok(columns)
}

/// The types in a description of parameters.
pub(super) fn parameters(body: &[u8]) -> io::Result<Vec<Oid>> {
    let mut body = Body(body);
    let number = body.i16()?.cast_unsigned();
    (0..number).map(|_| body.u32()).collect()
}

/// Number of rows in the words that end a statement: `INSERT 0 3`, `SELECT 7`.
pub(super) fn affected(body: &[u8]) -> io::Result<u64> {
    let words = Body(body).text()?;
    Ok(words.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0))
}
