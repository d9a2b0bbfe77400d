//! A unified diff of two texts by lines: Myers' shortest edit script, removed lines before added ones.

/// One line of a hunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// In both texts.
    Context(&'a str),
    /// Only in the old text.
    Removed(&'a str),
    /// Only in the new text.
    Added(&'a str),
}

/// A run of changes with the lines around it. Line numbers count from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hunk<'a> {
    pub(crate) old_start: usize,
    pub(crate) old_lines: usize,
    pub(crate) new_start: usize,
    pub(crate) new_lines: usize,
    pub(crate) lines: Vec<Line<'a>>,
}

/// The hunks that lead from `old` to `new`, with `context` unchanged lines around each change.
///
/// Lines carry their line end while they are compared, so that a missing final newline is a difference; the lines
/// returned are without it.
pub(crate) fn unified<'a>(old: &'a str, new: &'a str, context: usize) -> Vec<Hunk<'a>> {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let edits = edits(&old, &new);
    let changed: Vec<usize> = (0..edits.len()).filter(|&i| !matches!(edits[i], Line::Context(_))).collect();

    let mut hunks: Vec<(usize, usize)> = Vec::new();
    for at in changed {
        let (start, end) = (at.saturating_sub(context), (at + context + 1).min(edits.len()));
        match hunks.last_mut() {
            Some(last) if start <= last.1 => last.1 = end,
            _ => hunks.push((start, end)),
        }
    }
    hunks.into_iter().map(|(start, end)| hunk(&edits, start, end)).collect()
}

/// The difference of two texts as a unified diff with three lines of context, empty when there is none.
pub fn text_difference(old: &str, new: &str) -> String {
    let mut out = String::new();
    for hunk in unified(old, new, 3) {
        out.push_str(&format!("@@ -{},{} +{},{} @@\n", hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines));
        for line in hunk.lines {
            let (sign, text) = match line {
                Line::Context(text) => (' ', text),
                Line::Removed(text) => ('-', text),
                Line::Added(text) => ('+', text),
            };
            out.push_str(&format!("{sign}{text}\n"));
        }
    }
    out
}

fn hunk<'a>(edits: &[Line<'a>], start: usize, end: usize) -> Hunk<'a> {
    let count = |lines: &[Line<'_>]| {
        let old = lines.iter().filter(|line| !matches!(line, Line::Added(_))).count();
        let new = lines.iter().filter(|line| !matches!(line, Line::Removed(_))).count();
        (old, new)
    };
    let before = count(&edits[..start]);
    let inside = count(&edits[start..end]);
    Hunk {
        old_start: before.0 + 1,
        old_lines: inside.0,
        new_start: before.1 + 1,
        new_lines: inside.1,
        lines: edits[start..end].iter().map(without_line_end).collect(),
    }
}

fn without_line_end<'a>(line: &Line<'a>) -> Line<'a> {
    let cut = |text: &'a str| text.strip_suffix('\n').unwrap_or(text);
    match *line {
        Line::Context(text) => Line::Context(cut(text)),
        Line::Removed(text) => Line::Removed(cut(text)),
        Line::Added(text) => Line::Added(cut(text)),
    }
}

/// One step of an edit path, linked to the one before it.
#[derive(Clone, Copy)]
struct Step {
    kind: Kind,
    length: usize,
    previous: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Keep,
    Remove,
    Add,
}

/// The furthest point reached on a diagonal, and the path to it.
#[derive(Clone, Copy)]
struct Reach {
    new: usize,
    last: Option<usize>,
}

/// Every line of both texts in the order of the shortest edit script.
///
/// Where two paths are equally long, the one further along in the new text wins: which of several shortest scripts comes
/// out is part of the format of a migration's README.
fn edits<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Line<'a>> {
    let mut steps: Vec<Step> = Vec::new();
    let offset = old.len() + new.len() + 1;
    let mut reached: Vec<Option<Reach>> = vec![None; 2 * offset + 1];
    let mut start = Reach { new: 0, last: None };
    follow(&mut start, 0, old, new, &mut steps);
    if start.new == new.len() && start.new == old.len() {
        return collect(start.last, &steps, old, new);
    }
    reached[offset] = Some(start);
    for length in 1..=(old.len() + new.len()) as isize {
        for diagonal in (-length..=length).step_by(2) {
            // A diagonal is the distance in the new text minus the distance in the old one.
            let at = (offset as isize + diagonal) as usize;
            let from_add = reached[at - 1].filter(|reach| reach.new < new.len());
            let from_remove = reached[at + 1].filter(|reach| {
                let old_at = reach.new as isize - (diagonal + 1);
                (0..old.len() as isize).contains(&old_at)
            });
            let mut reach = match (from_add, from_remove) {
                (None, None) => {
                    reached[at] = None;
                    continue;
                }
                (Some(add), Some(remove)) if add.new < remove.new => extend(remove, Kind::Remove, &mut steps),
                (Some(add), _) => extend(add, Kind::Add, &mut steps),
                (None, Some(remove)) => extend(remove, Kind::Remove, &mut steps),
            };
            let old_at = follow(&mut reach, diagonal, old, new, &mut steps);
            if reach.new == new.len() && old_at == old.len() {
                return collect(reach.last, &steps, old, new);
            }
            reached[at] = Some(reach);
        }
    }
    // Removing and adding everything is a path of the last length, so the loop has returned.
    Vec::new()
}

fn extend(from: Reach, kind: Kind, steps: &mut Vec<Step>) -> Reach {
    steps.push(Step { kind, length: 1, previous: from.last });
    let new = if kind == Kind::Add { from.new + 1 } else { from.new };
    Reach { new, last: Some(steps.len() - 1) }
}

/// Goes along equal lines as far as they reach; returns the place in the old text.
fn follow(reach: &mut Reach, diagonal: isize, old: &[&str], new: &[&str], steps: &mut Vec<Step>) -> usize {
    let mut old_at = (reach.new as isize - diagonal) as usize;
    let begin = reach.new;
    while old_at < old.len() && reach.new < new.len() && old[old_at] == new[reach.new] {
        old_at += 1;
        reach.new += 1;
    }
    if reach.new > begin {
        steps.push(Step { kind: Kind::Keep, length: reach.new - begin, previous: reach.last });
        reach.last = Some(steps.len() - 1);
    }
    old_at
}

/// Turns a path into lines, in each run of changes the removed ones first.
fn collect<'a>(last: Option<usize>, steps: &[Step], old: &[&'a str], new: &[&'a str]) -> Vec<Line<'a>> {
    let mut path = Vec::new();
    let mut at = last;
    while let Some(index) = at {
        path.push(steps[index]);
        at = steps[index].previous;
    }
    let mut runs: Vec<(Kind, usize)> = Vec::new();
    for step in path.iter().rev() {
        match runs.last_mut() {
            Some(run) if run.0 == step.kind => run.1 += step.length,
            _ => runs.push((step.kind, step.length)),
        }
    }
    for i in 1..runs.len() {
        if runs[i].0 == Kind::Remove && runs[i - 1].0 == Kind::Add {
            runs.swap(i - 1, i);
        }
    }
    let (mut old_at, mut new_at) = (0, 0);
    let mut lines = Vec::with_capacity(old.len() + new.len());
    for (kind, length) in runs {
        match kind {
            Kind::Keep => {
                lines.extend(new[new_at..new_at + length].iter().map(|line| Line::Context(line)));
                old_at += length;
                new_at += length;
            }
            Kind::Remove => {
                lines.extend(old[old_at..old_at + length].iter().map(|line| Line::Removed(line)));
                old_at += length;
            }
            Kind::Add => {
                lines.extend(new[new_at..new_at + length].iter().map(|line| Line::Added(line)));
                new_at += length;
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str, context: usize) -> String {
        let mut out = String::new();
        for hunk in unified(old, new, context) {
            out += &format!("@@ -{},{} +{},{} @@\n", hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines);
            for line in hunk.lines {
                out += &match line {
                    Line::Context(text) => format!(" {text}\n"),
                    Line::Removed(text) => format!("-{text}\n"),
                    Line::Added(text) => format!("+{text}\n"),
                };
            }
        }
        out
    }

    #[test]
    fn cases() {
        let cases = [
            ("", "", ""),
            ("a\n", "a\n", ""),
            ("", "a\nb\n", "@@ -1,0 +1,2 @@\n+a\n+b\n"),
            ("a\n", "", "@@ -1,1 +1,0 @@\n-a\n"),
            ("a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"),
            ("a", "a\n", "@@ -1,1 +1,1 @@\n-a\n+a\n"),
            ("a\nb\nc\nd\ne\n", "x\nb\nc\nd\ny\n", "@@ -1,2 +1,2 @@\n-a\n+x\n b\n@@ -4,2 +4,2 @@\n d\n-e\n+y\n"),
            ("a\nb\nc\nd\n", "x\nb\nc\ny\n", "@@ -1,4 +1,4 @@\n-a\n+x\n b\n c\n-d\n+y\n"),
        ];
        for (old, new, expected) in cases {
            assert_eq!(shown(old, new, 1), expected, "{old:?} → {new:?}");
        }
    }

    #[test]
    fn every_script_rebuilds_both_texts() {
        // All pairs of texts of up to four lines over two letters.
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            let longer: Vec<String> = texts.iter().flat_map(|t| [format!("{t}a\n"), format!("{t}b\n")]).collect();
            texts.extend(longer);
        }
        for old in &texts {
            for new in &texts {
                let lines: Vec<Line<'_>> = unified(old, new, 100).into_iter().flat_map(|hunk| hunk.lines).collect();
                if lines.is_empty() {
                    assert_eq!(old, new);
                    continue;
                }
                let of = |keep: fn(&Line<'_>) -> bool| -> String {
                    lines
                        .iter()
                        .filter(|l| keep(l))
                        .map(|l| match l {
                            Line::Context(t) | Line::Removed(t) | Line::Added(t) => format!("{t}\n"),
                        })
                        .collect()
                };
                assert_eq!(&of(|line| !matches!(line, Line::Added(_))), old);
                assert_eq!(&of(|line| !matches!(line, Line::Removed(_))), new);
            }
        }
    }
}
