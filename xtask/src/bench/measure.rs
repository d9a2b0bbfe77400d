//! Repetition, medians, tables.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Times of one thing, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) median: f64,
    pub(crate) best: f64,
}

/// Runs something for about so many seconds after a warm-up, at least five times.
pub(crate) fn repeat<T>(seconds: f64, mut run: impl FnMut() -> T) -> Times {
    let warm_up = Instant::now();
    while warm_up.elapsed().as_secs_f64() < seconds / 5.0 {
        black_box(run());
    }
    let mut times = Vec::new();
    let started = Instant::now();
    while times.len() < 5 || started.elapsed().as_secs_f64() < seconds {
        let one = Instant::now();
        let result = black_box(run());
        times.push(one.elapsed());
        drop(result);
    }
    of(times)
}

/// The median and the best of some durations.
pub(crate) fn of(mut times: Vec<Duration>) -> Times {
    times.sort();
    let milliseconds = |time: Option<&Duration>| time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3);
    Times { median: milliseconds(times.get(times.len() / 2)), best: milliseconds(times.first()) }
}

/// Rows of equal length below a head, columns aligned.
pub(crate) fn print_table(head: &[&str], rows: &[Vec<String>]) {
    let all = || std::iter::once(head.iter().map(|cell| (*cell).to_owned()).collect()).chain(rows.iter().cloned());
    let width = |column: usize| all().map(|row: Vec<String>| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    for row in all() {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        println!("{}", cells.collect::<Vec<_>>().join("  "));
    }
    println!();
}
