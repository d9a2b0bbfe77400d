//! Rows copied out of a driver, for drivers that do not keep them: one list of small cells, and one buffer each for their
//! text and bytes. Reading a row so allocates nothing, and the rows of a large result lie close together.

use jiff::Timestamp;

use crate::cell::Cell;

/// The text of a row that has its room from the start.
const TEXT_OF_A_ROW: usize = 128;

/// Rows, cell by cell.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    width: usize,
    cells: Vec<Stored>,
    text: String,
    bytes: Vec<u8>,
    others: Vec<Cell<'static>>,
}

/// A cell in sixteen bytes; text and bytes are places in the buffers.
#[derive(Debug, Clone, Copy)]
enum Stored {
    Null,
    Int(i64),
    Float(f64),
    DateTime {
        second: i64,
        nanosecond: i32,
    },
    Text {
        start: usize,
        length: u32,
    },
    Json {
        start: usize,
        length: u32,
    },
    Bytes {
        start: usize,
        length: u32,
    },
    /// What is larger, and seldom.
    Other(usize),
}

impl Cells {
    /// None yet, of so many columns, with room for the first row.
    pub(crate) fn of_width(width: usize) -> Cells {
        Cells {
            width,
            cells: Vec::with_capacity(width),
            text: String::with_capacity(TEXT_OF_A_ROW),
            bytes: Vec::new(),
            others: Vec::new(),
        }
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.cells.len().checked_div(self.width).unwrap_or(0)
    }

    /// Appends the next cell of a row.
    #[inline]
    pub(crate) fn push(&mut self, cell: Cell<'_>) {
        let stored = match cell {
            Cell::Null => Stored::Null,
            Cell::Int(value) => Stored::Int(value),
            Cell::Float(value) => Stored::Float(value),
            Cell::DateTime(value) => {
                Stored::DateTime { second: value.as_second(), nanosecond: value.subsec_nanosecond() }
            }
            Cell::Text(text) => match u32::try_from(text.len()) {
                Ok(length) => Stored::Text { start: self.append(text), length },
                Err(_) => self.other(Cell::OwnedText(text.to_string())),
            },
            Cell::Json(text) => match u32::try_from(text.len()) {
                Ok(length) => Stored::Json { start: self.append(text), length },
                Err(_) => self.other(Cell::OwnedText(text.to_string())),
            },
            Cell::Bytes(bytes) => match u32::try_from(bytes.len()) {
                Ok(length) => {
                    let start = self.bytes.len();
                    self.bytes.extend_from_slice(bytes);
                    Stored::Bytes { start, length }
                }
                Err(_) => self.other(Cell::Invalid("more than four gibibytes")),
            },
            Cell::Bool(value) => self.other(Cell::Bool(value)),
            Cell::UInt(value) => self.other(Cell::UInt(value)),
            Cell::Decimal(value) => self.other(Cell::Decimal(value)),
            Cell::OwnedText(text) => self.other(Cell::OwnedText(text)),
            Cell::Uuid(value) => self.other(Cell::Uuid(value)),
            Cell::Date(value) => self.other(Cell::Date(value)),
            Cell::Time(value) => self.other(Cell::Time(value)),
            Cell::Invalid(why) => self.other(Cell::Invalid(why)),
            #[cfg(feature = "postgres")]
            Cell::Array(_) | Cell::Record(_) => self.other(Cell::Invalid("a value of another driver")),
            Cell::Native { .. } => self.other(Cell::Invalid("a value of another driver")),
        };
        self.cells.push(stored);
    }

    fn append(&mut self, text: &str) -> usize {
        let start = self.text.len();
        self.text.push_str(text);
        start
    }

    #[cold]
    fn other(&mut self, cell: Cell<'static>) -> Stored {
        self.others.push(cell);
        Stored::Other(self.others.len() - 1)
    }

    /// A cell by its row and column, which must be there.
    #[inline]
    pub(crate) fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let text = |start: usize, length: u32| &self.text[start..start + length as usize];
        match self.cells[row * self.width + column] {
            Stored::Null => Cell::Null,
            Stored::Int(value) => Cell::Int(value),
            Stored::Float(value) => Cell::Float(value),
            Stored::DateTime { second, nanosecond } => match Timestamp::new(second, nanosecond) {
                Ok(value) => Cell::DateTime(value),
                Err(_) => Cell::Invalid("an instant out of range"),
            },
            Stored::Text { start, length } => Cell::Text(text(start, length)),
            Stored::Json { start, length } => Cell::Json(text(start, length)),
            Stored::Bytes { start, length } => Cell::Bytes(&self.bytes[start..start + length as usize]),
            Stored::Other(index) => self.others[index].clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_as_they_were_given() {
        let instant = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let given = [
            [Cell::Null, Cell::Int(i64::MIN), Cell::Float(-0.5), Cell::Text("a"), Cell::Bytes(&[0, 255])],
            [
                Cell::Text(""),
                Cell::UInt(u64::MAX),
                Cell::Json("[1]"),
                Cell::DateTime(instant("1969-12-31T23:59:59.999999999Z")),
                Cell::DateTime(Timestamp::MIN),
            ],
            [
                Cell::Bytes(&[]),
                Cell::Decimal("1.50".parse().expect("a decimal")),
                Cell::Invalid("not this"),
                Cell::Text("häßlich"),
                Cell::DateTime(Timestamp::MAX),
            ],
        ];
        let mut cells = Cells::of_width(5);
        given.iter().flatten().cloned().for_each(|cell| cells.push(cell));
        assert_eq!(cells.rows(), given.len());
        for (row, columns) in given.iter().enumerate() {
            for (column, cell) in columns.iter().enumerate() {
                assert_eq!(cells.cell(row, column), *cell);
            }
        }
        assert_eq!(Cells::default().rows(), 0);
        assert_eq!(size_of::<Stored>(), 16);
    }
}
