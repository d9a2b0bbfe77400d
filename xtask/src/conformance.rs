//! `cargo xtask conformance`: counts how often nicol's answers equal the reference's, and names every difference.
//!
//! Differences that stand on purpose are rows of `docs/compatibility.md` of the form
//! ``| `real/some-case` | diagnostics | reason |``; any other difference makes the task fail.

mod answers;
mod cases;
mod live;

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use cases::Set;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Aspect {
    Validity,
    Diagnostics,
    Format,
    Dmmf,
    Sql,
}

impl Aspect {
    const ALL: [Aspect; 5] = [Aspect::Validity, Aspect::Diagnostics, Aspect::Format, Aspect::Dmmf, Aspect::Sql];

    fn name(self) -> &'static str {
        match self {
            Aspect::Validity => "validity",
            Aspect::Diagnostics => "diagnostics",
            Aspect::Format => "format",
            Aspect::Dmmf => "dmmf",
            Aspect::Sql => "sql",
        }
    }
}

struct Options {
    sets: Vec<Set>,
    only: Option<String>,
    all: bool,
    live: bool,
}

fn options(arguments: &[String]) -> Result<Options> {
    let mut options = Options { sets: Set::ALL.to_vec(), only: None, all: false, live: false };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--set" => {
                let name = arguments.next().context("--set needs a name")?;
                let set = Set::ALL.into_iter().find(|set| set.name() == name);
                options.sets = vec![set.with_context(|| format!("no set `{name}`"))?];
            }
            "--only" => options.only = Some(arguments.next().context("--only needs a text")?.clone()),
            "--all" => options.all = true,
            "--live" => options.live = true,
            other => bail!("unknown argument `{other}`"),
        }
    }
    Ok(options)
}

#[derive(Default, Clone, Copy)]
struct Tally {
    agree: usize,
    total: usize,
}

/// Prints the table; true when every difference is listed with its reason.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<bool> {
    let options = options(arguments)?;
    if options.live {
        return live::run(root);
    }
    let folder = root.join("../shared/conformance");
    if !folder.is_dir() {
        println!("skipped: no ../shared");
        return Ok(true);
    }
    let listed = listed_differences(&root.join("docs/compatibility.md"))?;
    let mut tallies: BTreeMap<(Set, String), BTreeMap<Aspect, Tally>> = BTreeMap::new();
    let mut unlisted = Vec::new();
    let mut excused = 0;
    for set in &options.sets {
        for case in cases::read(&folder, *set)? {
            if options.only.as_ref().is_some_and(|only| !case.id.contains(only.as_str())) {
                continue;
            }
            for (aspect, difference) in answers::compare(&case) {
                let row = tallies.entry((*set, case.provider.clone())).or_default();
                let tally = row.entry(aspect).or_default();
                tally.total += 1;
                match difference {
                    None => tally.agree += 1,
                    Some(_) if listed.contains(&(case.id.clone(), aspect.name().to_owned())) => excused += 1,
                    Some(difference) => unlisted.push(format!("{} {}: {difference}", case.id, aspect.name())),
                }
            }
        }
    }
    print_table(&tallies);
    let shown = if options.all || options.only.is_some() { unlisted.len() } else { 40 };
    for line in unlisted.iter().take(shown) {
        println!("{line}");
    }
    if unlisted.len() > shown {
        println!("... and {} more (--all shows them)", unlisted.len() - shown);
    }
    println!("{} difference(s) listed in docs/compatibility.md, {} not", excused, unlisted.len());
    Ok(unlisted.is_empty())
}

/// The pairs of case and aspect that docs/compatibility.md gives a reason for.
fn listed_differences(path: &Path) -> Result<HashSet<(String, String)>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let rows = text.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split('|').map(str::trim);
        let case = cells.next()?.strip_suffix('`')?;
        let aspect = cells.next()?;
        cells.next().filter(|reason| !reason.is_empty())?;
        Some((case.to_owned(), aspect.to_owned()))
    });
    Ok(rows.collect())
}

fn print_table(tallies: &BTreeMap<(Set, String), BTreeMap<Aspect, Tally>>) {
    print!("{:<10} {:<12}", "set", "provider");
    for aspect in Aspect::ALL {
        print!(" {:>20}", aspect.name());
    }
    println!();
    let mut sums: BTreeMap<(Set, Aspect), Tally> = BTreeMap::new();
    for ((set, provider), row) in tallies {
        print_row(set.name(), provider, |aspect| row.get(&aspect).copied());
        for (aspect, tally) in row {
            let sum = sums.entry((*set, *aspect)).or_default();
            sum.agree += tally.agree;
            sum.total += tally.total;
        }
    }
    for set in Set::ALL {
        if sums.keys().any(|(of, _)| *of == set) {
            print_row(set.name(), "all", |aspect| sums.get(&(set, aspect)).copied());
        }
    }
}

fn print_row(set: &str, provider: &str, tally: impl Fn(Aspect) -> Option<Tally>) {
    print!("{set:<10} {provider:<12}");
    for aspect in Aspect::ALL {
        match tally(aspect) {
            None => print!(" {:>20}", "-"),
            Some(Tally { agree, total }) => {
                let percent = agree as f64 * 100.0 / total.max(1) as f64;
                print!(" {:>20}", format!("{agree}/{total} {percent:.1}%"));
            }
        }
    }
    println!();
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_difference_has_its_reason() {
        assert!(super::run(&crate::root(), &[]).unwrap(), "differences that docs/compatibility.md does not list");
    }
}
