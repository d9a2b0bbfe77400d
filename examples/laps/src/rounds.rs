//! Laps.

use nicol::count;

use crate::db::{Db, Round, Student, User, round, student, user};
use crate::{Result, users};

// ANCHOR: record
/// Records a lap of the student with this start number.
///
/// # Errors
/// [`NotAllowed`](crate::Error::NotAllowed) before anything is written; P2025 when nobody has this number.
pub async fn record(db: &Db, recorder: &User, start_number: i32, time: i32) -> Result<Round> {
    users::may_record(recorder)?;
    let lap = round::New {
        time,
        student: student::by_start_number(start_number).into(),
        created_by: user::by_id(recorder.id.as_str()).into(),
    };
    Ok(db.round().create(lap).await?)
}
// ANCHOR_END: record

/// Takes a wrong lap back; gives it as it was.
///
/// # Errors
/// P2025 when there is no such lap.
pub async fn delete(db: &Db, id: &str) -> Result<Round> {
    Ok(db.round().delete(round::by_id(id)).await?)
}

/// The laps of a student in the order of their times, with those who recorded them.
///
/// # Errors
/// P2025 when nobody has this number.
pub async fn of(db: &Db, start_number: i32) -> Result<(Student, Vec<(Round, User)>)> {
    let rounds = student::rounds.order_by(round::time.asc()).with(round::created_by);
    Ok(db.student().get(student::by_start_number(start_number)).with(rounds).await?)
}

/// What the laps of a student come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Times {
    /// How many.
    pub laps: i64,
    /// Milliseconds of the fastest; none without laps, as for the others.
    pub fastest: Option<i32>,
    /// Milliseconds of the slowest.
    pub slowest: Option<i32>,
    /// Milliseconds on average.
    pub average: Option<f64>,
}

// ANCHOR: times
/// Calculates over the laps of a student.
///
/// # Errors
/// The database's.
pub async fn times(db: &Db, student: &Student) -> Result<Times> {
    let (laps, fastest, slowest, average) = db
        .round()
        .aggregate((count(), round::time.min(), round::time.max(), round::time.avg()))
        .filter(round::student_id.eq(student.id.as_str()))
        .await?;
    Ok(Times { laps, fastest, slowest, average })
}
// ANCHOR_END: times

// ANCHOR: tireless
/// The ids of those who ran at least so many laps, with the number, most first.
///
/// # Errors
/// The database's.
pub async fn tireless(db: &Db, least: i64) -> Result<Vec<(String, i64)>> {
    let groups = db.round().group_by(round::student_id).select((round::student_id, count()));
    Ok(groups.having(count().gte(least)).order_by(count().desc()).order_by(round::student_id.asc()).await?)
}
// ANCHOR_END: tireless
