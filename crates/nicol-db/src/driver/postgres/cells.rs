//! The rows of a result, as received.

use std::io;

use super::message::Body;
use super::wire::garbled;

/// Bodies of row messages behind one another, and where their values are.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    bytes: Vec<u8>,
    /// Where each row begins.
    rows: Vec<usize>,
    /// For each value of each row, how far behind the row's begin its length stands.
    values: Vec<u32>,
    /// Values in a row.
    width: usize,
}

impl Cells {
    pub(crate) fn rows(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The bytes of a value; none for NULL, and for what is not there.
    #[inline]
    pub(crate) fn value(&self, row: usize, column: usize) -> Option<&[u8]> {
        if column >= self.width {
            return None;
        }
        let row_start = *self.rows.get(row)?;
        let start = row_start + usize::try_from(*self.values.get(row * self.width + column)?).ok()?;
        let (length, rest) = self.bytes.get(start..)?.split_first_chunk::<4>()?;
        rest.get(..usize::try_from(i32::from_be_bytes(*length)).ok()?)
    }

    /// The text of a value.
    pub(super) fn text(&self, row: usize, column: usize) -> Option<&str> {
        std::str::from_utf8(self.value(row, column)?).ok()
    }

    /// Adds the body of a row's message.
    pub(super) fn push(&mut self, body: &[u8]) -> io::Result<()> {
        let mut rest = Body(body);
        let width = usize::from(rest.i16()?.cast_unsigned());
        if self.rows.is_empty() {
            self.width = width;
        } else if self.width != width {
            return Err(garbled("rows of different lengths"));
        }
        for _ in 0..width {
            let at = body.len() - rest.0.len();
            self.values.push(u32::try_from(at).map_err(|_| garbled("a row longer than 4 GiB"))?);
            let length = rest.i32()?;
            if length == -1 {
                continue;
            }
            let length = usize::try_from(length).map_err(|_| garbled("a value without a length"))?;
            rest.0 = rest.0.get(length..).ok_or_else(|| garbled("a row that ends too early"))?;
        }
        self.rows.push(self.bytes.len());
        self.bytes.extend_from_slice(body);
        Ok(())
    }
}
