//! Rows as they came, with the related rows of each, and the reader that turns them into structs.
//!
//! Nothing is converted between the driver's rows and the caller's structs: a level keeps the rows of its statements and,
//! for each nested read, which of the child rows belong to which row.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use foldhash::fast::RandomState;
use nicol_db::{Cell, Row, Rows, Value};

use crate::error::{Error, Result};
use crate::meta::TableMeta;
use crate::scalar::Scalar;

/// What makes of a row what was asked for.
pub(crate) type Decoder<T> = fn(&mut Reader<'_>) -> Result<T>;

/// Keys with their numbers.
pub(crate) type Numbers<'a> = HashMap<KeyCells<'a>, u32, RandomState>;

/// The rows of one read, and below them those of its nested reads.
pub(crate) struct Level {
    pub(crate) table: &'static TableMeta,
    /// The results of its statements, one after the other.
    pub(crate) parts: Vec<Rows>,
    /// The column behind each place of the select list, for messages.
    pub(crate) columns: Vec<Option<u16>>,
    /// Related rows, in the order of the nested reads.
    pub(crate) children: Vec<Children>,
    /// The rows came back to front.
    pub(crate) is_backward: bool,
}

/// The related rows of every row of a level.
pub(crate) struct Children {
    pub(crate) level: Level,
    pub(crate) ties: Ties,
}

/// Which child rows belong to which row of the level above.
pub(crate) struct Ties {
    /// Row `i` of the parent level has the child rows `rows[starts[i]..starts[i + 1]]`.
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl Level {
    pub(crate) fn empty(table: &'static TableMeta) -> Self {
        Level { table, parts: Vec::new(), columns: Vec::new(), children: Vec::new(), is_backward: false }
    }

    pub(crate) fn len(&self) -> usize {
        self.parts.iter().map(Rows::len).sum()
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let forward = (!self.is_backward).then(|| self.parts.iter().flat_map(Rows::iter));
        let backward = self.is_backward.then(|| (0..self.len()).filter_map(|number| self.row(number)));
        forward.into_iter().flatten().chain(backward.into_iter().flatten())
    }

    /// A row by its number over all parts.
    fn row(&self, mut number: usize) -> Option<Row<'_>> {
        if self.is_backward {
            number = self.len().checked_sub(number + 1)?;
        }
        for part in &self.parts {
            if number < part.len() {
                return part.row(number);
            }
            number -= part.len();
        }
        None
    }

    /// Every row decoded.
    pub(crate) fn decode<T>(&self, decode: Decoder<T>) -> Result<Vec<T>> {
        let mut all = Vec::new();
        self.decode_onto(&mut all, decode).map(|()| all)
    }

    /// The same, behind rows that are decoded already.
    pub(crate) fn decode_onto<T>(&self, all: &mut Vec<T>, decode: Decoder<T>) -> Result<()> {
        all.reserve(self.len());
        for (number, row) in self.rows().enumerate() {
            all.push(decode(&mut Reader { level: self, row, number, place: 0, nested: 0 })?);
        }
        Ok(())
    }
}

impl Ties {
    /// No related rows, for any number of rows.
    pub(crate) fn none(parents: usize) -> Self {
        Ties { starts: vec![0; parents + 1], rows: Vec::new() }
    }

    /// Hands the child rows out to the parents: `slots` has the parents' key numbers, `keys` numbers the keys, and
    /// `others` has the keys that the database takes for equal to those, though they are not written the same.
    pub(crate) fn tie(
        level: &Level,
        places: &[usize],
        slots: &[Option<u32>],
        keys: &Numbers<'_>,
        others: &HashMap<String, Vec<u32>>,
    ) -> Self {
        // The child rows of each key, one key after the other, as they came.
        let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(level.len());
        // Rows of one parent mostly follow each other.
        let mut last: Option<(KeyCells<'_>, Option<u32>)> = None;
        for (number, row) in (0u32..).zip(level.rows()) {
            let Some(key) = KeyCells::of(&row, places) else { continue };
            let slot = match &last {
                Some((before, slot)) if *before == key => *slot,
                _ => keys.get(&key).copied(),
            };
            pairs.extend(slot.map(|slot| (slot, number)));
            if let (false, KeyCells::One(KeyCell::Text(text))) = (others.is_empty(), &key) {
                pairs.extend(others.get(*text).into_iter().flatten().map(|slot| (*slot, number)));
            }
            last = Some((key, slot));
        }
        let mut ends = vec![0usize; keys.len() + 1];
        for (slot, _) in &pairs {
            ends[*slot as usize + 1] += 1;
        }
        for slot in 1..ends.len() {
            ends[slot] += ends[slot - 1];
        }
        let mut next = ends.clone();
        let mut of_slots = vec![0u32; pairs.len()];
        for (slot, number) in pairs {
            let place = &mut next[slot as usize];
            of_slots[*place] = number;
            *place += 1;
        }
        let mut starts = Vec::with_capacity(slots.len() + 1);
        let mut rows = Vec::with_capacity(level.len());
        starts.push(0);
        for slot in slots {
            if let Some(slot) = slot {
                let slot = *slot as usize;
                rows.extend_from_slice(&of_slots[ends[slot]..ends[slot + 1]]);
            }
            starts.push(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        }
        Ties { starts, rows }
    }

    /// The places of a parent's rows.
    fn of(&self, parent: usize) -> std::ops::Range<usize> {
        self.starts[parent] as usize..self.starts[parent + 1] as usize
    }
}

/// The cells of a key, comparable; borrowed from the rows where that can be.
#[derive(PartialEq, Eq)]
pub(crate) enum KeyCells<'a> {
    /// A key of one column.
    One(KeyCell<'a>),
    /// A key of several.
    Several(Vec<KeyCell<'a>>),
}

/// One cell of a key. Equal values of different widths are equal.
#[derive(PartialEq, Eq)]
pub(crate) enum KeyCell<'a> {
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
    /// Any other type, by its text.
    Other(String),
}

// Of the content alone: the keys of one read are of one type, and its name would cost as much again for every row.
impl Hash for KeyCells<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            KeyCells::One(cell) => cell.hash(state),
            KeyCells::Several(cells) => cells.iter().for_each(|cell| cell.hash(state)),
        }
    }
}

impl Hash for KeyCell<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            KeyCell::Int(value) => value.hash(state),
            KeyCell::Text(text) => text.hash(state),
            KeyCell::Bytes(bytes) => bytes.hash(state),
            KeyCell::Other(text) => text.hash(state),
        }
    }
}

impl<'a> KeyCells<'a> {
    /// The key of a row; none when a part of it is NULL.
    pub(crate) fn of(row: &Row<'a>, places: &[usize]) -> Option<Self> {
        match places {
            [place] => KeyCell::of(row.cell(*place)).map(KeyCells::One),
            places => {
                let cells = places.iter().map(|place| KeyCell::of(row.cell(*place)));
                cells.collect::<Option<Vec<_>>>().map(KeyCells::Several)
            }
        }
    }
}

impl KeyCells<'_> {
    /// The key with this text.
    pub(crate) fn of_text(text: &str) -> KeyCells<'_> {
        KeyCells::One(KeyCell::Text(text))
    }

    /// A key of one text, as a parameter.
    pub(crate) fn text(&self) -> Option<Value> {
        match self {
            KeyCells::One(KeyCell::Text(text)) => Some(Value::Text((*text).to_owned())),
            KeyCells::One(_) | KeyCells::Several(_) => None,
        }
    }
}

impl<'a> KeyCell<'a> {
    fn of(cell: Cell<'a>) -> Option<Self> {
        match cell {
            Cell::Null => None,
            Cell::Int(value) => Some(KeyCell::Int(value)),
            Cell::Bool(value) => Some(KeyCell::Int(i64::from(value))),
            Cell::Text(text) => Some(KeyCell::Text(text)),
            Cell::Bytes(bytes) => Some(KeyCell::Bytes(bytes)),
            Cell::Decimal(value) => Some(KeyCell::Other(value.normalized().to_string())),
            other => <String as nicol_db::Decode>::decode(other).ok().map(KeyCell::Other),
        }
    }
}

/// Reads one row, field by field, in the order in which the fields were asked for.
pub struct Reader<'a> {
    level: &'a Level,
    row: Row<'a>,
    number: usize,
    place: usize,
    nested: usize,
}

impl Reader<'_> {
    /// The next column.
    ///
    /// # Errors
    /// When the cell does not hold this type.
    // Not an iterator: every call may ask for another type.
    #[allow(clippy::should_implement_trait, reason = "the type read differs from call to call")]
    pub fn next<T: Scalar>(&mut self) -> Result<T> {
        let place = self.place;
        self.place += 1;
        T::from_cell(self.row.cell(place)).map_err(|error| {
            let column = self.level.columns.get(place).copied().flatten();
            let field = column.map_or("_count", |column| self.level.table.column(column).field);
            error.on(self.level.table).with_field(field)
        })
    }

    /// The next columns as long as they stand in the order of the table, with their values.
    pub(crate) fn ascending_columns(&mut self) -> Result<Vec<(u16, Value)>> {
        let mut values: Vec<(u16, Value)> = Vec::new();
        while let Some(&Some(column)) = self.level.columns.get(self.place) {
            if values.last().is_some_and(|(before, _)| *before >= column) {
                break;
            }
            let meta = self.level.table.column(column);
            let value = super::column_value(meta, self.row.cell(self.place));
            values.push((column, value.map_err(|error| error.on(self.level.table).with_field(meta.field))?));
            self.place += 1;
        }
        Ok(values)
    }

    /// The related rows of the next nested read.
    pub(crate) fn children<T>(&mut self, decode: Decoder<T>) -> impl ExactSizeIterator<Item = Result<T>> {
        let children = self.level.children.get(self.nested);
        self.nested += 1;
        let range = children.map_or(0..0, |c| c.ties.of(self.number));
        let rows = children.map_or(&[][..], |children| &children.ties.rows[range]);
        rows.iter().map(move |&number| {
            let level = children.map(|children| &children.level);
            let found = level.and_then(|level| Some((level, level.row(number as usize)?)));
            let Some((level, row)) = found else {
                return Err(Error::inconsistent("a related row is missing from its result"));
            };
            decode(&mut Reader { level, row, number: number as usize, place: 0, nested: 0 })
        })
    }
}
