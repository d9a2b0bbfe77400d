//! Rows whose cells stand below each other.

/// The text that grows.
pub(crate) struct Output {
    text: String,
    indent: usize,
}

impl Output {
    /// An empty text with room for `capacity` bytes.
    pub(crate) fn new(capacity: usize) -> Output {
        Output { text: String::with_capacity(capacity + capacity / 8), indent: 0 }
    }

    /// Sets how far new lines are indented.
    pub(crate) fn indent(&mut self, spaces: usize) {
        self.indent = spaces;
    }

    /// Appends, indented at the start of a line.
    pub(crate) fn write(&mut self, text: &str) {
        if self.text.is_empty() || self.text.ends_with('\n') {
            self.pad(self.indent);
        }
        self.text.push_str(text);
    }

    fn pad(&mut self, spaces: usize) {
        self.text.extend(std::iter::repeat_n(' ', spaces));
    }

    /// Ends the line.
    pub(crate) fn end_line(&mut self) {
        self.text.push('\n');
    }

    /// The text, with a last line end.
    pub(crate) fn finish(mut self) -> String {
        if !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.text
    }
}

/// How many columns a row can have: a field's name, type and attributes.
const COLUMNS: usize = 3;

#[derive(Default)]
enum Row {
    #[default]
    Blank,
    Cells {
        cells: [String; COLUMNS],
        comment: String,
    },
    /// Text that takes no part in the columns.
    Raw(String),
}

/// Rows under construction. Columns are as wide as their widest cell.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Adds an empty line.
    pub(crate) fn blank(&mut self) {
        self.rows.push(Row::Blank);
    }

    /// Adds a row of cells and the comment behind them.
    pub(crate) fn row(&mut self, cells: [String; COLUMNS], comment: &str) {
        self.rows.push(Row::Cells { cells, comment: comment.to_owned() });
    }

    /// Adds a line as it is.
    pub(crate) fn raw(&mut self, text: &str) {
        self.rows.push(Row::Raw(text.to_owned()));
    }

    /// Writes the rows and empties the table.
    pub(crate) fn write(&mut self, output: &mut Output) {
        let mut widths = [0; COLUMNS];
        for row in &self.rows {
            if let Row::Cells { cells, .. } = row {
                for (width, cell) in widths.iter_mut().zip(cells) {
                    *width = (*width).max(cell_width(cell));
                }
            }
        }
        for row in self.rows.drain(..) {
            match row {
                Row::Blank => {}
                Row::Raw(text) => output.write(&text),
                Row::Cells { cells, comment } => write_cells(&cells, &comment, &widths, output),
            }
            output.end_line();
        }
    }
}

fn write_cells(cells: &[String; COLUMNS], comment: &str, widths: &[usize; COLUMNS], output: &mut Output) {
    let used = COLUMNS - cells.iter().rev().take_while(|cell| cell.is_empty()).count();
    for (index, cell) in cells[..used].iter().enumerate() {
        output.write(cell);
        if index + 1 < used {
            output.pad(widths[index] - cell_width(cell) + 1);
        }
    }
    if !comment.is_empty() {
        if used > 0 {
            output.write(" ");
        }
        output.write(comment);
    }
}

/// The reference counts bytes.
fn cell_width(cell: &str) -> usize {
    cell.len()
}
