//! What the program does (rows B1 to B24), on every database.

#![allow(clippy::expect_used, reason = "tests of every database are made by a macro")]

use jiff::ToSpan;
use laps::db::{Round, Student, User, UserRole, UserSession, round, student, user, user_session};
use laps::ranking::{Standing, by_class, by_grade, ranking};
use laps::{Db, Error, Result, rounds, sessions, students, users};
use nicol::types::DateTime;

/// Somebody who may record.
async fn teacher(db: &Db) -> Result<User> {
    users::add(db, "teacher", UserRole::Teacher).await
}

/// A runner.
async fn runner(db: &Db, start_number: i32, class: &str) -> Result<Student> {
    let grade = if class.starts_with('6') { 6 } else { 7 };
    let new = student::New { start_number, name: format!("Runner {start_number}"), class: class.into(), grade };
    Ok(db.student().create(new).await?)
}

/// Four runners of three classes with 3, 2, 0 and 2 laps.
async fn four_runners(db: &Db) -> Result<(User, Vec<Student>)> {
    let teacher = teacher(db).await?;
    let mut runners = Vec::new();
    for (number, class, times) in [
        (1, "6G1", &[61_000, 59_500, 70_000][..]),
        (2, "6G3", &[65_000, 64_000]),
        (3, "7G1", &[]),
        (4, "7G1", &[63_000, 66_000]),
    ] {
        runners.push(runner(db, number, class).await?);
        for time in times {
            rounds::record(db, &teacher, number, *time).await?;
        }
    }
    Ok((teacher, runners))
}

fn numbers(standings: &[Standing]) -> Vec<(i32, i64)> {
    standings.iter().map(|standing| (standing.start_number, standing.laps)).collect()
}

fn code<T>(result: Result<T>) -> Option<&'static str> {
    result.err().and_then(|error| error.code())
}

/// Sessions of a teacher that end a second ago, now, and in a second.
async fn three_sessions(db: &Db, now: DateTime) -> Result<User> {
    let teacher = teacher(db).await?;
    for (id, seconds) in [("past", -1), ("present", 0), ("future", 1)] {
        let valid_until = now + seconds.seconds();
        let new = user_session::New { id: id.into(), valid_until, user: user::by_id(teacher.id.as_str()).into() };
        db.user_session().create(new).await?;
    }
    Ok(teacher)
}

/// A moment without microseconds, which columns do not keep.
fn moment() -> DateTime {
    "2026-06-20T10:15:30.250Z".parse().expect("a moment")
}

fresh_database::tests! {
    open = laps::open;

    // ANCHOR: one
    async fn b01_the_seed_is_sown_once(db: Db) -> Result<()> {
        let first = users::seed(&db).await?;
        assert_eq!((first.name.as_str(), first.role), ("admin", UserRole::Admin));
        assert_eq!(users::seed(&db).await?, first);
        assert_eq!(db.user().count().await?, 1);
        Ok(())
    }
    // ANCHOR_END: one

    async fn b02_start_numbers_follow_the_classes(db: Db) -> Result<()> {
        students::load(&db, "Ada,7G1,7\nBen,6G1,6\n\nCleo, 6G3, 6\nEve,6G1,6\n").await?;
        let there = students::by_class(&db, None).await?;
        let order: Vec<_> = there.iter().map(|s| (s.start_number, s.class.as_str(), s.name.as_str())).collect();
        assert_eq!(order, [(0, "6G1", "Ben"), (1, "6G1", "Eve"), (2, "6G3", "Cleo"), (3, "7G1", "Ada")]);
        let refused = students::load(&db, "Finn,6G1,6\nGoran,7G1\n").await;
        assert!(matches!(refused, Err(Error::List { line: 2, .. })), "{refused:?}");
        assert_eq!(code(students::load(&db, "Finn,6G1,6\nAda,7G1,7\n").await), Some("P2002"));
        assert_eq!(db.student().count().await?, 4, "all of a list or nothing");
        Ok(())
    }

    async fn b03_numbers_and_names_are_taken_once(db: Db) -> Result<()> {
        runner(&db, 7, "7G1").await?;
        let new = |start_number, name: &str| student::New { start_number, name: name.into(), class: "7G1".into(), grade: 7 };
        for (taken, field) in [(new(7, "Somebody"), "startNumber"), (new(8, "Runner 7"), "name")] {
            let error = db.student().create(taken).await.expect_err("taken");
            assert_eq!((error.code(), error.fields()), ("P2002", &[field.to_owned()][..]));
        }
        assert_eq!(db.student().count().await?, 1);
        Ok(())
    }

    async fn b04_a_session_is_found_by_its_id(db: Db) -> Result<()> {
        let (teacher, now) = (teacher(&db).await?, moment());
        let session = sessions::begin(&db, &teacher, now).await?;
        assert!(session.id.len() == 64 && session.id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{}", session.id);
        assert_eq!(session.valid_until, now + 8.hours());
        assert_eq!(sessions::find(&db, &session.id, now).await?, Some(teacher));
        assert_eq!(sessions::find(&db, &session.id, now + 8.hours()).await?, None);
        assert_eq!(sessions::find(&db, "0", now).await?, None);
        Ok(())
    }

    async fn b05_logged_in_means_strictly_later(db: Db) -> Result<()> {
        three_sessions(&db, moment()).await?;
        let there = sessions::logged_in(&db, moment()).await?;
        let ids: Vec<_> = there.iter().map(|(session, user)| (session.id.as_str(), user.name.as_str())).collect();
        assert_eq!(ids, [("future", "teacher")]);
        Ok(())
    }

    async fn b06_cleaning_up_takes_what_is_over(db: Db) -> Result<()> {
        three_sessions(&db, moment()).await?;
        assert_eq!(sessions::clean_up(&db, moment()).await?, 1);
        let left = db.user_session().find_many().order_by(user_session::id.asc()).select(user_session::id).await?;
        assert_eq!(left, ["future", "present"]);
        Ok(())
    }

    async fn b07_a_lap_connects_student_and_recorder(db: Db) -> Result<()> {
        let (teacher, student) = (teacher(&db).await?, runner(&db, 7, "7G1").await?);
        let lap = rounds::record(&db, &teacher, 7, 61_000).await?;
        assert_eq!((&lap.student_id, &lap.created_by_id, lap.time), (&student.id, &teacher.id, 61_000));
        let read: (Round, Student, User) =
            db.round().get(round::by_id(lap.id.as_str())).with(round::student).with(round::created_by).await?;
        assert_eq!(read, (lap.clone(), student.clone(), teacher.clone()));
        assert_eq!(rounds::of(&db, 7).await?, (student, vec![(lap, teacher)]));
        Ok(())
    }

    async fn b08_nobody_has_the_number(db: Db) -> Result<()> {
        let teacher = teacher(&db).await?;
        runner(&db, 7, "7G1").await?;
        assert_eq!(code(rounds::record(&db, &teacher, 99, 61_000).await), Some("P2025"));
        let both = db.tx().try_run(async |tx: Db| {
            rounds::record(&tx, &teacher, 7, 61_000).await?;
            rounds::record(&tx, &teacher, 99, 61_000).await
        });
        assert_eq!(code(both.await), Some("P2025"));
        assert_eq!(db.round().count().await?, 0, "the first of the two is rolled back");
        Ok(())
    }

    async fn b09_viewers_do_not_record(db: Db) -> Result<()> {
        runner(&db, 7, "7G1").await?;
        let viewer = users::add(&db, "viewer", UserRole::Viewer).await?;
        let refused = rounds::record(&db, &viewer, 7, 61_000).await;
        assert!(matches!(refused, Err(Error::NotAllowed { role: UserRole::Viewer, .. })), "{refused:?}");
        assert_eq!(db.round().count().await?, 0);
        for recorder in [teacher(&db).await?, users::seed(&db).await?] {
            rounds::record(&db, &recorder, 7, 61_000).await?;
        }
        assert_eq!(db.round().count().await?, 2);
        Ok(())
    }

    async fn b10_the_ranking(db: Db) -> Result<()> {
        let (teacher, _) = four_runners(&db).await?;
        let standings = ranking(&db).await?;
        assert_eq!(numbers(&standings), [(1, 3), (4, 2), (2, 2), (3, 0)], "4 is faster than 2");
        assert_eq!((standings[0].fastest, standings[3].fastest), (Some(59_500), None));
        let by_laps = [student::rounds.count().desc(), student::start_number.asc()];
        let by_laps = db.student().find_many().order_by(by_laps).select(student::start_number).await?;
        assert_eq!(by_laps, [1, 2, 4, 3], "the database's own order by the number of laps");
        // As fast as the other one: the start number decides.
        rounds::record(&db, &teacher, 2, 63_000).await?;
        rounds::record(&db, &teacher, 4, 70_000).await?;
        rounds::record(&db, &teacher, 1, 70_000).await?;
        assert_eq!(numbers(&ranking(&db).await?), [(1, 4), (2, 3), (4, 3), (3, 0)]);
        Ok(())
    }

    async fn b11_totals_of_classes_and_grades(db: Db) -> Result<()> {
        four_runners(&db).await?;
        let standings = ranking(&db).await?;
        let (classes, grades) = (by_class(&standings), by_grade(&standings));
        assert_eq!(classes, [("6G1".to_owned(), 3), ("6G3".to_owned(), 2), ("7G1".to_owned(), 2)]);
        assert_eq!(grades, [(6, 5), (7, 2)]);
        let all = db.round().count().await?;
        assert_eq!(classes.iter().map(|(_, laps)| laps).sum::<i64>(), all);
        assert_eq!(grades.iter().map(|(_, laps)| laps).sum::<i64>(), all);
        Ok(())
    }

    async fn b12_times_of_a_student(db: Db) -> Result<()> {
        let (_, runners) = four_runners(&db).await?;
        let times = rounds::times(&db, &runners[0]).await?;
        assert_eq!((times.laps, times.fastest, times.slowest, times.average), (3, Some(59_500), Some(70_000), Some(63_500.0)));
        let none = rounds::times(&db, &runners[2]).await?;
        assert_eq!((none.laps, none.fastest, none.average), (0, None, None));
        Ok(())
    }

    async fn b13_the_tireless(db: Db) -> Result<()> {
        let (_, runners) = four_runners(&db).await?;
        let found = rounds::tireless(&db, 2).await?;
        assert_eq!(found[0], (runners[0].id.clone(), 3));
        let mut others = vec![(runners[1].id.clone(), 2), (runners[3].id.clone(), 2)];
        others.sort();
        assert_eq!(found[1..], others);
        assert_eq!(rounds::tireless(&db, 4).await?, []);
        Ok(())
    }

    async fn b14_pages(db: Db) -> Result<()> {
        for number in 0..25 {
            runner(&db, number, "7G1").await?;
        }
        let (mut after, mut sizes, mut ids) = (None, Vec::new(), Vec::new());
        loop {
            let page = students::page(&db, after.as_deref(), 10).await?;
            sizes.push(page.students.len());
            ids.extend(page.students.into_iter().map(|student| student.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(sizes, [10, 10, 5]);
        let again = db.student().find_many().order_by(student::id.asc()).select(student::id).await?;
        assert_eq!(ids, again, "in a stable order, nobody twice, nobody missing");
        Ok(())
    }

    async fn b15_lists_by_class(db: Db) -> Result<()> {
        for (number, class) in [(3, "7G1"), (1, "6G3"), (4, "6G1"), (2, "7G1")] {
            runner(&db, number, class).await?;
        }
        let order = |students: Vec<Student>| -> Vec<(String, i32)> {
            students.into_iter().map(|student| (student.class, student.start_number)).collect()
        };
        let expected = [("6G1", 4), ("6G3", 1), ("7G1", 2), ("7G1", 3)].map(|(class, number)| (class.to_owned(), number));
        assert_eq!(order(students::by_class(&db, None).await?), expected);
        assert_eq!(order(students::by_class(&db, Some("7G1")).await?), expected[2..]);
        Ok(())
    }

    async fn b16_a_teacher_leaves(db: Db) -> Result<()> {
        let (teacher, _) = four_runners(&db).await?;
        sessions::begin(&db, &teacher, moment()).await?;
        let admin = users::seed(&db).await?;
        rounds::record(&db, &admin, 3, 60_000).await?;
        db.user().delete(user::by_id(teacher.id.as_str())).await?;
        assert_eq!((db.round().count().await?, db.user_session().count().await?), (1, 0), "the admin's lap stays");
        assert_eq!(db.student().count().await?, 4);
        Ok(())
    }

    async fn b17_a_student_leaves(db: Db) -> Result<()> {
        let (_, runners) = four_runners(&db).await?;
        db.student().delete(student::by_id(runners[0].id.as_str())).await?;
        assert_eq!((db.round().count().await?, db.user().count().await?), (4, 1));
        Ok(())
    }

    async fn b18_logging_out_twice(db: Db) -> Result<()> {
        let session = sessions::begin(&db, &teacher(&db).await?, moment()).await?;
        let ended: UserSession = sessions::end(&db, &session.id).await?;
        assert_eq!(ended, session);
        assert_eq!(code(sessions::end(&db, &session.id).await), Some("P2025"));
        assert_eq!(db.user_session().delete_many(user_session::id.eq(session.id.as_str())).await?, 0);
        Ok(())
    }

    async fn b19_many_record_at_once(db: Db) -> Result<()> {
        let teacher = teacher(&db).await?;
        runner(&db, 7, "7G1").await?;
        let tasks: Vec<_> = (0..10)
            .map(|task| {
                let (db, teacher) = (db.clone(), teacher.clone());
                tokio::spawn(async move {
                    for lap in 0..5 {
                        rounds::record(&db, &teacher, 7, 60_000 + task * 10 + lap).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic")?;
        }
        let laps = db.round().find_many().distinct(round::id).select((round::id, round::time)).await?;
        assert_eq!(laps.len(), 50);
        Ok(())
    }

    async fn b20_a_wrong_lap_is_taken_back(db: Db) -> Result<()> {
        let (teacher, _) = four_runners(&db).await?;
        let wrong = rounds::record(&db, &teacher, 3, 1).await?;
        for _ in 0..2 {
            rounds::record(&db, &teacher, 2, 69_000).await?;
        }
        assert_eq!(numbers(&ranking(&db).await?), [(2, 4), (1, 3), (4, 2), (3, 1)]);
        assert_eq!(rounds::delete(&db, &wrong.id).await?, wrong);
        assert_eq!(numbers(&ranking(&db).await?), [(2, 4), (1, 3), (4, 2), (3, 0)]);
        assert_eq!(code(rounds::delete(&db, &wrong.id).await), Some("P2025"));
        Ok(())
    }

    async fn b21_names_of_any_letters(db: Db) -> Result<()> {
        let names = ["Siobhán O'Neill", "Jürgen 🏃 Müller", "100% \"sure\" \\ maybe_"];
        for (number, name) in (1..).zip(names) {
            db.student().create(student::New { start_number: number, name: name.into(), class: "7G1".into(), grade: 7 }).await?;
        }
        for (part, name) in [("O'N", names[0]), ("🏃 Mü", names[1]), ("0% \"", names[2]), ("\\ maybe_", names[2])] {
            let found = students::search(&db, part).await?;
            assert_eq!(found.iter().map(|student| student.name.as_str()).collect::<Vec<_>>(), [name], "{part}");
            assert_eq!(db.student().get(student::by_name(name)).await?.name, name);
        }
        assert_eq!(students::search(&db, "O_N").await?, [], "an underscore is an underscore");
        Ok(())
    }

    async fn b22_moments_of_other_zones(db: Db, database: &Database) -> Result<()> {
        let teacher = teacher(&db).await?;
        let valid_until: DateTime = "2026-06-20T23:59:59.987+02:00".parse().expect("a moment");
        let new = user_session::New { id: "s".into(), valid_until, user: user::by_id(teacher.id.as_str()).into() };
        db.user_session().create(new).await?;
        assert_eq!(db.user_session().get(user_session::by_id("s")).await?.valid_until, valid_until);
        if database.provider() == "postgresql" {
            let column = "SELECT data_type::text FROM information_schema.columns WHERE column_name = 'validUntil'";
            assert_eq!(database.rows(column), ["timestamp without time zone"]);
            assert_eq!(database.rows("SELECT \"validUntil\"::text FROM \"UserSession\""), ["2026-06-20 21:59:59.987"]);
        }
        Ok(())
    }

    #[on(sqlite)]
    async fn b23_a_role_that_is_none(db: Db) -> Result<()> {
        teacher(&db).await?;
        db.sql("UPDATE \"User\" SET role = 'ROOT'").execute().await?;
        let error = db.user().find_many().await.expect_err("no such role");
        assert_eq!((error.code(), error.model(), error.fields()), ("P2023", Some("User"), &["role".to_owned()][..]));
        assert!(error.to_string().contains("ROOT"), "{error}");
        Ok(())
    }

    async fn b24_a_role_that_is_not_named_stays(db: Db) -> Result<()> {
        let teacher = teacher(&db).await?;
        let renamed = db.user().update(user::by_id(teacher.id.as_str())).set(|s| s.name("head")).await?;
        assert_eq!(renamed, User { name: "head".into(), ..teacher });
        Ok(())
    }
}
