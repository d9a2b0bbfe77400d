//! Random pairs of schemas on every database: a filled database made from the first is led to the second and back, and
//! keeps what nobody said would go. `NICOL_PAIRS=20000` for more of them, `NICOL_SEED` to repeat one; both: so many from that
//! seed on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::random::{Dice, For, World};
use common::rows::Taste;
use common::server::Server;
use common::trial::{self, Outcome};
use nicol_catalog::{Catalog, Decisions, decide, diff, from_schema, plan, summary};
use nicol_db::Dialect;
use nicol_schema::Source;

/// Two schemas and the renames between them.
struct Pair {
    from: World,
    to: World,
    renames: Vec<String>,
    taste: Taste,
}

fn catalog(world: &World, dialect: Dialect) -> Option<Catalog> {
    let schema = common::schema(&[Source::new("schema.prisma", world.text())]).ok()?;
    Some(from_schema(&schema, dialect))
}

/// The pair of a seed; none where a schema is not valid.
fn pair(seed: u64, of: For, dialect: Dialect) -> Option<Pair> {
    let mut dice = Dice(seed);
    let from = World::new(&mut dice, of);
    let (to, renames) = from.edited(&mut dice);
    let taste = if dice.below(3) == 0 { Taste::Odd } else { Taste::Plain };
    catalog(&from, dialect)?;
    catalog(&to, dialect)?;
    Some(Pair { from, to, renames, taste })
}

#[derive(Debug, Default)]
struct Tally {
    ran: usize,
    stopped: usize,
    back: usize,
    renamed: usize,
}

/// There and back with rows; where rows stop it, without.
async fn check(server: &mut Server, pair: &Pair, tally: &mut Tally) -> Result<(), String> {
    let dialect = server.dialect();
    let (Some(from), Some(to)) = (catalog(&pair.from, dialect), catalog(&pair.to, dialect)) else { return Ok(()) };
    for catalog in [&from, &to] {
        if !diff(catalog, catalog).is_empty() {
            return Err("a schema differs from itself".to_owned());
        }
    }
    let mut decisions = Decisions::default();
    decisions.renames.extend(pair.renames.iter().map(|text| text.parse().unwrap()));
    let mut start = from.clone();
    start.forget_unused_namespaces();
    // A rename may be undone by a later edit; then it fits no more.
    let decided = match decide(&start, &to, &decisions) {
        Ok(decided) => {
            tally.renamed += usize::from(!decisions.renames.is_empty());
            decided
        }
        Err(_) => decide(&start, &to, &Decisions::default()).unwrap(),
    };
    for taste in [Some(pair.taste), None] {
        let live = trial::build(server, &from, &[&to]).await.map_err(|error| format!("building: {error}"))?;
        let rest = diff(&live, &from);
        if !plan(&rest).is_empty() {
            return Err(format!("built otherwise: {}", summary(&rest)));
        }
        if let Some(taste) = taste {
            trial::fill(server, &live, taste).await?;
        }
        let what = if taste.is_some() { "with rows" } else { "without rows" };
        match trial::advance(server, &decided, &to).await.map_err(|error| format!("{what}: {error}"))? {
            Outcome::Stopped if taste.is_none() => return Err("stopped without rows".to_owned()),
            Outcome::Stopped => {
                tally.stopped += 1;
                continue;
            }
            Outcome::Ran => tally.ran += 1,
        }
        let mut target = start.clone();
        target.namespaces.clone_from(&from.namespaces);
        let back = decided.reversed(&to);
        let outcome = trial::advance(server, &back, &target).await;
        match outcome.map_err(|error| format!("{what}, back: {error}"))? {
            Outcome::Ran => {
                tally.back += 1;
                break;
            }
            Outcome::Stopped if taste.is_none() => return Err("back: stopped without rows".to_owned()),
            Outcome::Stopped => {}
        }
    }
    Ok(())
}

/// The smallest pair found that fails too, by taking things out one by one.
async fn smaller(server: &mut Server, mut pair: Pair) -> Pair {
    let mut tries = 0;
    let mut place = 0;
    loop {
        let mut parts = pair.from.parts();
        parts.extend(pair.to.parts().into_iter().filter(|part| !pair.from.parts().contains(part)));
        let Some(part) = parts.get(place) else { return pair };
        tries += 1;
        if tries > 80 {
            return pair;
        }
        let renames = pair.renames.clone();
        let less = Pair { from: pair.from.without(part), to: pair.to.without(part), renames, taste: pair.taste };
        if !less.from.models.is_empty() && check(server, &less, &mut Tally::default()).await.is_err() {
            pair = less;
        } else {
            place += 1;
        }
    }
}

async fn pairs(server: Option<Server>, of: For, usual: u64) {
    let Some(mut server) = server else { return };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = number("NICOL_SEED");
    let count = number("NICOL_PAIRS").unwrap_or(if first.is_some() { 1 } else { usual });
    let mut seed = first.unwrap_or(1);
    let (mut tally, mut done, mut failures) = (Tally::default(), 0, Vec::new());
    while done < count && failures.len() < 5 {
        let dialect = server.dialect();
        if let Some(pair) = pair(seed, of, dialect) {
            done += 1;
            if let Err(first) = check(&mut server, &pair, &mut tally).await {
                let pair = smaller(&mut server, pair).await;
                let error = check(&mut server, &pair, &mut Tally::default()).await.err().unwrap_or(first);
                failures.push(format!(
                    "=== NICOL_SEED={seed}: {error}\n--- from\n{}--- to\n{}--- renames {:?}",
                    pair.from.text(),
                    pair.to.text(),
                    pair.renames
                ));
            }
        } else {
            assert!(first.is_none() || count > 1, "no valid pair comes of this seed");
        }
        seed += 1;
    }
    println!(
        "random {}: {done} pairs ({} with renames); {} changes ran, {} stopped as said, {} ways back; {} failures",
        server.name(),
        tally.renamed,
        tally.ran,
        tally.stopped,
        tally.back,
        failures.len()
    );
    server.close().await;
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn sqlite() {
    pairs(Some(Server::sqlite().await), For::Sqlite, 2000).await;
}

#[tokio::test]
async fn postgres() {
    pairs(Server::open("NICOL_TEST_POSTGRES_URL", "random_pg").await, For::Postgres, 200).await;
}

#[tokio::test]
async fn postgres18() {
    pairs(Server::open("NICOL_TEST_POSTGRES18_URL", "random_pg18").await, For::Postgres, 200).await;
}

#[tokio::test]
async fn mysql() {
    pairs(Server::open("NICOL_TEST_MYSQL_URL", "random_my").await, For::Mysql, 200).await;
}

#[tokio::test]
async fn mariadb() {
    pairs(Server::open("NICOL_TEST_MARIADB_URL", "random_maria").await, For::Mysql, 200).await;
}
