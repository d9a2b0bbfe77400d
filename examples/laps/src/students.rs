//! Those who run.

use crate::db::{Db, Student, student};
use crate::{Error, Result};

// ANCHOR: load
/// Enters a list of `name,class,grade` lines: start numbers count up from the first free one, class by class.
///
/// # Errors
/// [`Error::List`] for a line that is none; P2002 for a name that is there already. Nothing is entered then.
pub async fn load(db: &Db, list: &str) -> Result<Vec<Student>> {
    let mut entries = Vec::new();
    for (at, line) in list.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        entries.push(entry(line).map_err(|problem| Error::List { line: at + 1, problem })?);
    }
    entries.sort_by(|a, b| a.class.cmp(&b.class));
    let students = db.tx().run(async |tx| {
        let last =
            tx.student().find_first().order_by(student::start_number.desc()).select(student::start_number).await?;
        let new = (last.map_or(0, |last| last + 1)..).zip(&entries).map(|(start_number, entry)| {
            let Entry { name, class, grade } = entry.clone();
            student::New { start_number, name, class, grade }
        });
        tx.student().create_many(new).returning().await
    });
    Ok(students.await?)
}
// ANCHOR_END: load

/// A line of the list.
#[derive(Clone)]
struct Entry {
    name: String,
    class: String,
    grade: i32,
}

fn entry(line: &str) -> Result<Entry, String> {
    let cells: Vec<&str> = line.split(',').map(str::trim).collect();
    let [name, class, grade] = cells[..] else {
        return Err(format!("{} cells instead of name, class, grade", cells.len()));
    };
    let grade = grade.parse().map_err(|_| format!("the grade {grade:?} is no number"))?;
    Ok(Entry { name: name.to_owned(), class: class.to_owned(), grade })
}

/// The students of one class or of all, class by class and by start number.
///
/// # Errors
/// The database's.
pub async fn by_class(db: &Db, class: Option<&str>) -> Result<Vec<Student>> {
    let all = db.student().find_many().order_by([student::class.asc(), student::start_number.asc()]);
    Ok(match class {
        Some(class) => all.filter(student::class.eq(class)).await?,
        None => all.await?,
    })
}

/// Those whose name contains a text.
///
/// # Errors
/// The database's.
pub async fn search(db: &Db, text: &str) -> Result<Vec<Student>> {
    Ok(db.student().find_many().filter(student::name.contains(text)).order_by(student::name.asc()).await?)
}

/// A page of students.
#[derive(Debug)]
pub struct Page {
    /// As many as were asked for, or what is left.
    pub students: Vec<Student>,
    /// The last of them, when more follow: where the next page begins.
    pub next: Option<String>,
}

// ANCHOR: page
/// A page in the order of ids, behind a student or from the start.
///
/// # Errors
/// The database's.
pub async fn page(db: &Db, after: Option<&str>, size: u32) -> Result<Page> {
    // One more than the page holds tells whether another one follows.
    let mut request = db.student().find_many().order_by(student::id.asc()).take(i64::from(size) + 1);
    if let Some(id) = after {
        request = request.after(student::by_id(id));
    }
    let mut students = request.await?;
    let more = students.len() > size as usize;
    students.truncate(size as usize);
    let next = students.last().filter(|_| more).map(|student| student.id.clone());
    Ok(Page { students, next })
}
// ANCHOR_END: page
