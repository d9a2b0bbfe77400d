//! A small run, told line by line.

use nicol::types::DateTime;

use crate::db::{Db, UserRole};
use crate::{Error, Result, ranking, rounds, sessions, students, users};

/// Who runs: name, class, grade.
pub const LIST: &str = "Ada,7G1,7\nBen,6G1,6\nCleo,6G3,6\nDan,7G1,7\nEve,6G1,6\nFinn,6G3,6\nGoran,7G2,7\nHana,7G2,7\n";

/// Tells the story on a database; on one that has seen it before, the next chapter.
///
/// # Errors
/// What the database says.
pub async fn tell(db: &Db) -> Result<()> {
    let admin = users::seed(db).await?;
    println!("At the track: {} ({:?})", admin.name, admin.role);
    let everybody = enter(db).await?;
    println!("At the start: {} runners with the numbers {}", everybody.len(), numbers(&everybody));

    let now = DateTime::now();
    let session = sessions::begin(db, &admin, now).await?;
    println!("Logged in until {}: {} session(s) now", session.valid_until, sessions::logged_in(db, now).await?.len());

    println!("\nThey run:");
    for (start_number, time) in [(1, 61_000), (0, 64_200), (1, 59_500), (4, 63_100), (0, 62_800), (1, 70_000)] {
        rounds::record(db, &admin, start_number, time).await?;
    }
    for standing in ranking::ranking(db).await? {
        let best = standing.fastest.map_or("-".to_owned(), |time| format!("{:.1} s", f64::from(time) / 1000.0));
        println!(
            "  {:>3} {:6} {:4} {:>3} laps, best {best}",
            standing.start_number, standing.name, standing.class, standing.laps
        );
    }
    refusals(db).await?;
    sessions::end(db, &session.id).await?;
    println!("Logged out; {} session(s) were over and are gone", sessions::clean_up(db, DateTime::now()).await?);
    Ok(())
}

/// The runners of the list, entered when nobody is.
async fn enter(db: &Db) -> Result<Vec<crate::db::Student>> {
    let there = students::by_class(db, None).await?;
    if there.is_empty() { students::load(db, LIST).await } else { Ok(there) }
}

fn numbers(students: &[crate::db::Student]) -> String {
    let numbers: Vec<String> = students.iter().map(|student| student.start_number.to_string()).collect();
    numbers.join(", ")
}

/// What the rules and the database say no to.
async fn refusals(db: &Db) -> Result<()> {
    println!("\nRefused:");
    let viewer = match users::add(db, "viewer", UserRole::Viewer).await {
        Err(Error::Database(error)) if error.is_unique_violation() => {
            db.user().get(crate::db::user::by_name("viewer")).await?
        }
        other => other?,
    };
    let admin = users::seed(db).await?;
    for refused in [rounds::record(db, &viewer, 1, 60_000).await, rounds::record(db, &admin, 999, 60_000).await] {
        if let Err(error) = refused {
            println!("  {error}");
        }
    }
    Ok(())
}
