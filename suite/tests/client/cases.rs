//! What the client does, whatever the database.

use std::panic::AssertUnwindSafe;

use nicol::types::{DateTime, Decimal, Json};
use nicol::{Filter, dec, div, if_some, inc, mul};
use tokio::runtime::Runtime;

use super::db::{self, Comment, Db, Post, Role, Scalars, Tag, User, access_tokens, comment, post, profile};
use super::db::{keyless, node, part, scalars, seat, tag, ticket, user};

pub(crate) type Result<T = ()> = nicol::Result<T>;

/// Runs behaviours, each on empty tables; the names of those that failed, with the reason.
pub(crate) fn run_all(runtime: &Runtime, db: &Db, cases: &[(&str, Case)]) -> std::result::Result<(), String> {
    let mut failures = String::new();
    for (name, case) in cases {
        println!("{name}");
        runtime.block_on(clear(db)).expect("empty the tables");
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| case(runtime, db)));
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(error)) => failures.push_str(&format!("{name}: {error}\n")),
            Err(_) => failures.push_str(&format!("{name}: panicked\n")),
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

pub(crate) async fn clear(db: &Db) -> Result {
    db.comment().delete_all().await?;
    db.post().delete_all().await?;
    db.profile().delete_all().await?;
    db.user().delete_all().await?;
    db.tag().delete_all().await?;
    db.ticket().delete_all().await?;
    db.seat().delete_all().await?;
    db.scalars().delete_all().await?;
    db.access_tokens().delete_all().await?;
    db.node().update_all().set(|s| s.parent_id(None)).await?;
    db.node().delete_all().await?;
    db.part().delete_all().await?;
    db.keyless().delete_all().await?;
    Ok(())
}

pub(crate) type Case = fn(&Runtime, &Db) -> Result;

macro_rules! cases {
    ($($(#[$attribute:meta])* async fn $name:ident($db:ident) $body:block)*) => {
        pub(crate) const CASES: &[(&str, Case)] = &[$((stringify!($name), |runtime, db| runtime.block_on($name(db)))),*];
        $($(#[$attribute])* async fn $name($db: &Db) -> Result $body)*
    };
}
pub(crate) use cases;

/// Two users; the first with three posts, tags and comments.
async fn fill(db: &Db) -> Result<(User, User)> {
    let bob = db.user().create(user::New { email: "bob@x.io".into() }.name("Bob").age(40)).await?;
    let ann = db
        .user()
        .create(
            user::New { email: "ann@x.io".into() }
                .name("Ann")
                .age(30)
                .role(Role::Admin)
                .profile(profile::In { bio: "writes".into() })
                .posts([
                    post::In { title: "First".into() }
                        .published(true)
                        .views(5)
                        .tags([tag::New { name: "rust".into() }, tag::New { name: "sql".into() }])
                        .comments([comment::InPost { text: "nice".into(), author: user::by_id(bob.id).into() }]),
                    post::In { title: "Second".into() }.views(50),
                    post::In { title: "Third".into() }.published(true).views(500).editor(user::by_email("bob@x.io")),
                ]),
        )
        .await?;
    Ok((ann, bob))
}

async fn titles(db: &Db, filter: Filter<post::Model>) -> Result<Vec<String>> {
    db.post().find_many().filter(filter).order_by(post::title.asc()).select(post::title).await
}

async fn emails(db: &Db, filter: Filter<user::Model>) -> Result<Vec<String>> {
    db.user().find_many().filter(filter).order_by(user::email.asc()).select(user::email).await
}

#[derive(Debug, PartialEq, nicol::Shape)]
#[shape(user)]
struct Card {
    id: i32,
    #[shape(from = email)]
    mail: String,
    name: Option<String>,
    role: Role,
    #[shape(filter = post::views.gt(1), order_by = post::id.desc(), take = 2)]
    posts: Vec<Title>,
    profile: Option<Bio>,
    edited: Vec<Post>,
    #[shape(from = posts, count)]
    written: i64,
}

#[derive(Debug, PartialEq, nicol::Shape)]
#[shape(post)]
struct Title {
    title: String,
    r#type: String,
    tags: Vec<Name>,
    author: Writer,
}

#[derive(Debug, PartialEq, nicol::Shape)]
#[shape(tag)]
struct Name {
    name: String,
}

#[derive(Debug, PartialEq, nicol::Shape)]
#[shape(profile)]
struct Bio {
    bio: String,
}

#[derive(Debug, PartialEq, nicol::Shape)]
#[shape(user)]
struct Writer {
    id: i32,
}

cases! {
    async fn create_gives_the_row_with_defaults(db) {
        let before = DateTime::now();
        let ann: User = db.user().create(user::New { email: "ann@x.io".into() }).await?;
        assert_eq!((ann.email.as_str(), ann.name.as_deref(), ann.age, ann.role), ("ann@x.io", None, 0, Role::User));
        assert_eq!(ann.created_at, ann.updated_at, "all now() of one request are equal");
        assert!((ann.created_at.as_millisecond() - before.as_millisecond()).abs() < 10_000);
        assert_eq!(db.user().get(user::by_id(ann.id)).await?, ann);
        Ok(())
    }

    async fn create_nested_to_any_depth(db) {
        let (ann, bob) = fill(db).await?;
        let (user, profile, posts) = db
            .user()
            .get(user::by_id(ann.id))
            .with(user::profile)
            .with(user::posts.order_by(post::id.asc()).with(post::tags.order_by(tag::name.asc())).with(post::comments).with(post::editor))
            .await?;
        assert_eq!(user, ann);
        assert_eq!(profile.expect("profile").bio, "writes");
        let shape: Vec<(&str, Vec<&str>, usize, Option<i32>)> = posts
            .iter()
            .map(|(post, tags, comments, editor)| {
                let names = tags.iter().map(|tag| tag.name.as_str()).collect();
                (post.title.as_str(), names, comments.len(), editor.as_ref().map(|editor| editor.id))
            })
            .collect();
        assert_eq!(
            shape,
            [("First", vec!["rust", "sql"], 1, None), ("Second", vec![], 0, None), ("Third", vec![], 0, Some(bob.id))]
        );
        Ok(())
    }

    async fn create_with_its_relations_read_back(db) {
        let (post, author, tags): (Post, User, Vec<Tag>) = db
            .post()
            .create(
                post::New { title: "T".into(), author: user::New { email: "new@x.io".into() }.name("New").into() }
                    .tags([tag::New { name: "one".into() }]),
            )
            .with(post::author)
            .with(post::tags)
            .await?;
        assert_eq!((post.author_id, author.name.as_deref()), (author.id, Some("New")));
        assert_eq!(tags, [Tag { name: "one".into() }]);
        Ok(())
    }

    async fn create_connects_by_any_key(db) {
        let (ann, bob) = fill(db).await?;
        let by_id = db.post().create(post::New { title: "a".into(), author: user::by_id(ann.id).into() }).await?;
        let by_email = db.post().create(post::New { title: "b".into(), author: user::by_email("bob@x.io").into() }).await?;
        let raw = db.post().create(post::Raw { title: "c".into(), author_id: bob.id }.r#type("page")).await?;
        assert_eq!((by_id.author_id, by_email.author_id, raw.author_id), (ann.id, bob.id, bob.id));
        assert_eq!(raw.r#type, "page");
        let taken = db.user().create(user::New { email: "c@x.io".into() }.posts([post::by_id(by_id.id)])).await?;
        assert_eq!(db.post().get(post::by_id(by_id.id)).await?.author_id, taken.id);
        let tagged = post::New { title: "d".into(), author: user::by_id(ann.id).into() };
        let tagged = tagged.tags((tag::by_name("rust"), tag::New { name: "fresh".into() }));
        let (_, tags) = db.post().create(tagged).with(post::tags.order_by(tag::name.asc())).await?;
        assert_eq!(tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["fresh", "rust"]);
        Ok(())
    }

    async fn create_with_a_missing_target_fails_and_leaves_nothing(db) {
        let missing = post::New { title: "x".into(), author: user::by_id(987_654).into() };
        assert_eq!(db.post().create(missing).await.unwrap_err().code(), "P2025");
        let missing = post::New { title: "x".into(), author: user::by_email("nobody").into() };
        assert_eq!(db.post().create(missing).await.unwrap_err().code(), "P2025");
        let missing = user::New { email: "m@x.io".into() }.posts([post::by_id(987_654)]);
        assert_eq!(db.user().create(missing).await.unwrap_err().code(), "P2018");
        let author = user::New { email: "n@x.io".into() };
        let missing = post::New { title: "x".into(), author: author.into() }.tags([tag::by_name("none")]);
        assert_eq!(db.post().create(missing).await.unwrap_err().code(), "P2018");
        assert_eq!((db.user().count().await?, db.post().count().await?), (0, 0), "rolled back");
        Ok(())
    }

    async fn find_by_unique_keys(db) {
        let (ann, _) = fill(db).await?;
        assert_eq!(db.user().find(user::by_email("ann@x.io")).await?.as_ref(), Some(&ann));
        assert_eq!(db.user().find(user::by_email("nobody")).await?, None);
        assert_eq!(db.user().find(user::by_id(ann.id).and(user::age.gt(99))).await?, None);
        let error = db.user().get(user::by_email("nobody")).await.unwrap_err();
        assert_eq!((error.code(), error.model()), ("P2025", Some("User")));
        Ok(())
    }

    async fn compound_keys(db) {
        let seat = db.seat().create(seat::New { hall: 1, number: 7 }.value(3).tickets([ticket::In {}, ticket::In {}])).await?;
        db.seat().create(seat::New { hall: 2, number: 7 }.tickets([ticket::In {}])).await?;
        assert_eq!(db.seat().find(seat::by_hall_number(1, 7)).await?.as_ref(), Some(&seat));
        assert_eq!(db.seat().find(seat::by_valued(3, 7)).await?.as_ref(), Some(&seat));
        assert_eq!(db.seat().find(seat::by_hall_number(7, 1)).await?, None);
        let seats = db.seat().find_many().order_by(seat::hall.asc()).with(seat::tickets).await?;
        assert_eq!(seats.iter().map(|(_, tickets)| tickets.len()).collect::<Vec<_>>(), [2, 1]);
        let limited = db.seat().find_many().order_by(seat::hall.asc()).with(seat::tickets.take(1)).await?;
        assert_eq!(limited.iter().map(|(_, tickets)| tickets.len()).collect::<Vec<_>>(), [1, 1]);
        let tickets = db.ticket().find_many().filter(ticket::seat.is(seat::value.is_null())).with(ticket::seat).await?;
        assert_eq!(tickets.len(), 1);
        assert_eq!(tickets[0].1.hall, 2);
        let ticket = db.ticket().create(ticket::New { seat: seat::by_valued(3, 7).into() }).await?;
        assert_eq!((ticket.hall, ticket.number, ticket.id.len()), (1, 7, 25));
        Ok(())
    }

    async fn scalar_filters(db) {
        fill(db).await?;
        assert_eq!(titles(db, post::views.eq(50)).await?, ["Second"]);
        assert_eq!(titles(db, post::views.ne(50)).await?, ["First", "Third"]);
        assert_eq!(titles(db, post::views.lt(50)).await?, ["First"]);
        assert_eq!(titles(db, post::views.lte(50)).await?, ["First", "Second"]);
        assert_eq!(titles(db, post::views.gt(50)).await?, ["Third"]);
        assert_eq!(titles(db, post::views.gte(50)).await?, ["Second", "Third"]);
        assert_eq!(titles(db, post::views.in_([5, 500, 7])).await?, ["First", "Third"]);
        assert_eq!(titles(db, post::views.not_in([5, 500])).await?, ["Second"]);
        assert_eq!(titles(db, post::title.in_(["First", "x"])).await?, ["First"]);
        assert_eq!(titles(db, post::views.in_(Vec::<i32>::new())).await?, Vec::<String>::new());
        assert_eq!(titles(db, post::views.not_in(Vec::<i32>::new())).await?.len(), 3);
        assert_eq!(titles(db, post::title.contains("ir")).await?, ["First", "Third"]);
        assert_eq!(titles(db, post::title.starts_with("Th")).await?, ["Third"]);
        assert_eq!(titles(db, post::title.ends_with("nd")).await?, ["Second"]);
        assert_eq!(titles(db, post::editor_id.is_null()).await?, ["First", "Second"]);
        assert_eq!(titles(db, post::editor_id.is_not_null()).await?, ["Third"]);
        assert_eq!(titles(db, post::published.eq(true)).await?, ["First", "Third"]);
        assert_eq!(emails(db, user::role.eq(Role::Admin)).await?, ["ann@x.io"]);
        assert_eq!(emails(db, user::role.in_([Role::Admin, Role::SuperAdmin])).await?, ["ann@x.io"]);
        assert_eq!(emails(db, user::name.eq("Bob")).await?, ["bob@x.io"]);
        assert_eq!(emails(db, user::created_at.lte(DateTime::now())).await?.len(), 2);
        Ok(())
    }

    async fn like_operands_are_escaped(db) {
        for email in ["100%", "100x", "a_b", "acb", "a!b", "a\\b"] {
            db.user().create(user::New { email: email.into() }).await?;
        }
        assert_eq!(emails(db, user::email.contains("0%")).await?, ["100%"]);
        assert_eq!(emails(db, user::email.contains("a_b")).await?, ["a_b"]);
        assert_eq!(emails(db, user::email.contains("a!b")).await?, ["a!b"]);
        assert_eq!(emails(db, user::email.contains("a\\b")).await?, ["a\\b"]);
        Ok(())
    }

    async fn combinators(db) {
        fill(db).await?;
        assert_eq!(titles(db, post::published.eq(true) & post::views.gt(10)).await?, ["Third"]);
        assert_eq!(titles(db, post::views.lt(10) | post::views.gt(100)).await?, ["First", "Third"]);
        assert_eq!(titles(db, !post::published.eq(true)).await?, ["Second"]);
        let nested = (post::views.lt(10) | post::views.gt(100)) & !(post::title.eq("First") | post::title.eq("x"));
        assert_eq!(titles(db, nested).await?, ["Third"]);
        assert_eq!(titles(db, Filter::all([])).await?.len(), 3);
        assert_eq!(titles(db, Filter::any([])).await?.len(), 0);
        db.user().create(user::New { email: "nameless".into() }).await?;
        assert_eq!(emails(db, user::name.ne("Bob")).await?, ["ann@x.io"], "NULL is not different");
        assert_eq!(emails(db, !user::name.eq("Bob")).await?, ["ann@x.io"]);
        Ok(())
    }

    async fn relation_filters(db) {
        fill(db).await?;
        assert_eq!(emails(db, user::posts.some(post::views.gt(100))).await?, ["ann@x.io"]);
        assert_eq!(emails(db, user::posts.some(post::views.gt(1000))).await?.len(), 0);
        assert_eq!(emails(db, user::posts.none(post::views.gt(100))).await?, ["bob@x.io"]);
        assert_eq!(emails(db, user::posts.every(post::views.gt(1))).await?, ["ann@x.io", "bob@x.io"]);
        assert_eq!(emails(db, user::posts.every(post::published.eq(true))).await?, ["bob@x.io"]);
        assert_eq!(emails(db, user::posts.exists()).await?, ["ann@x.io"]);
        assert_eq!(emails(db, user::posts.is_empty()).await?, ["bob@x.io"]);
        assert_eq!(emails(db, user::profile.is_null()).await?, ["bob@x.io"]);
        assert_eq!(emails(db, user::profile.is(profile::bio.eq("writes"))).await?, ["ann@x.io"]);
        assert_eq!(emails(db, user::profile.is_not(profile::bio.eq("writes"))).await?, ["bob@x.io"]);
        assert_eq!(titles(db, post::editor.is(user::name.eq("Bob"))).await?, ["Third"]);
        assert_eq!(titles(db, post::editor.is_not(user::name.eq("Bob"))).await?, ["First", "Second"]);
        assert_eq!(titles(db, post::editor.is_null()).await?, ["First", "Second"]);
        assert_eq!(titles(db, post::editor.is_not_null()).await?, ["Third"]);
        assert_eq!(titles(db, post::author.is(user::age.lt(35))).await?.len(), 3);
        assert_eq!(titles(db, post::author.is_not(user::age.lt(35))).await?.len(), 0);
        assert_eq!(titles(db, post::tags.some(tag::name.eq("sql"))).await?, ["First"]);
        assert_eq!(titles(db, post::tags.none(tag::name.eq("sql"))).await?, ["Second", "Third"]);
        assert_eq!(titles(db, post::tags.is_empty()).await?, ["Second", "Third"]);
        assert_eq!(emails(db, user::posts.some(post::comments.some(comment::author.is(user::name.eq("Bob"))))).await?, ["ann@x.io"]);
        assert_eq!(emails(db, user::edited.exists()).await?, ["bob@x.io"]);
        Ok(())
    }

    async fn order_and_pages(db) {
        for (email, name, age) in [("a", Some("x"), 1), ("b", None, 2), ("c", Some("y"), 2), ("d", None, 0)] {
            let new = user::New { email: email.into() }.name(name.map(str::to_owned)).age(age);
            db.user().create(new).await?;
        }
        let all = || db.user().find_many().select(user::email);
        assert_eq!(all().order_by(user::email.desc()).await?, ["d", "c", "b", "a"]);
        assert_eq!(all().order_by([user::age.desc(), user::email.asc()]).await?, ["b", "c", "a", "d"]);
        assert_eq!(all().order_by(user::name.asc().nulls_first()).order_by(user::email.desc()).await?, ["d", "b", "a", "c"]);
        assert_eq!(all().order_by(user::name.desc().nulls_last()).order_by(user::email.asc()).await?, ["c", "a", "b", "d"]);
        assert_eq!(all().order_by(user::email.asc()).skip(1).take(2).await?, ["b", "c"]);
        assert_eq!(all().order_by(user::email.asc()).skip(3).await?, ["d"]);
        assert_eq!(all().take(2).await?, ["a", "b"], "pages without an order go by key");
        assert_eq!(all().take(0).await?.len(), 0);
        let first = db.user().find_first().order_by(user::age.asc()).await?;
        assert_eq!(first.expect("a row").email, "d");
        assert_eq!(db.user().find_first().filter(user::age.gt(9)).await?, None);
        Ok(())
    }

    async fn nested_reads_are_filtered_ordered_and_limited_per_parent(db) {
        let (ann, _) = fill(db).await?;
        let more = |n: i32| post::In { title: format!("B{n}") }.views(n);
        db.user().create(user::New { email: "cyd@x.io".into() }.posts([more(1), more(2), more(3)])).await?;
        let read = db.user().find_many().order_by(user::email.asc());
        let users = read.with(user::posts.filter(post::views.gt(1)).order_by(post::views.desc()).take(2)).await?;
        let shape: Vec<(&str, Vec<i32>)> =
            users.iter().map(|(user, posts)| (user.email.as_str(), posts.iter().map(|post| post.views).collect())).collect();
        assert_eq!(shape, [("ann@x.io", vec![500, 50]), ("bob@x.io", vec![]), ("cyd@x.io", vec![3, 2])]);
        let read = db.user().find_many().order_by(user::email.asc());
        let skipped = read.select((user::email, user::posts.order_by(post::views.asc()).skip(1).take(1).select(post::views))).await?;
        let expected = [("ann@x.io".to_owned(), vec![50]), ("bob@x.io".to_owned(), vec![]), ("cyd@x.io".to_owned(), vec![2])];
        assert_eq!(skipped, expected);
        let (_, one) = db.user().get(user::by_id(ann.id)).with(user::posts.order_by(post::views.desc()).take(1)).await?;
        assert_eq!(one.iter().map(|post| post.views).collect::<Vec<_>>(), [500]);
        let tags = db.post().find_many().with(post::tags.order_by(tag::name.desc()).take(1)).order_by(post::id.asc()).await?;
        assert_eq!(tags[0].1, [Tag { name: "sql".into() }]);
        assert_eq!(tags[1].1, []);
        Ok(())
    }

    async fn selections_are_tuples(db) {
        let (ann, _) = fill(db).await?;
        let feed: Vec<(i32, Vec<(String, Vec<String>)>, i64)> = db
            .user()
            .find_many()
            .filter(user::email.eq("ann@x.io"))
            .select((
                user::id,
                user::posts
                    .order_by(post::id.asc())
                    .take(2)
                    .select((post::title, post::tags.order_by(tag::name.asc()).select(tag::name))),
                user::posts.count(),
            ))
            .await?;
        let first = ("First".to_owned(), vec!["rust".to_owned(), "sql".to_owned()]);
        assert_eq!(feed, [(ann.id, vec![first, ("Second".to_owned(), vec![])], 3)]);
        let counts = db.post().find_many().order_by(post::id.asc()).select((
            post::title,
            post::tags.count().filter(tag::name.ne("sql")),
            post::author.select(user::name),
            post::editor.select((user::id, user::email)),
        ));
        let rows = counts.await?;
        assert_eq!(rows[0], ("First".to_owned(), 1, Some("Ann".to_owned()), None));
        assert_eq!(rows[2].3.as_ref().map(|(_, email)| email.as_str()), Some("bob@x.io"));
        Ok(())
    }

    async fn structs_are_shapes(db) {
        let (ann, _) = fill(db).await?;
        let cards: Vec<Card> = db.user().find_many().order_by(user::email.asc()).select(Card::shape()).await?;
        let title = |title: &str| Title {
            title: title.into(),
            r#type: "note".into(),
            tags: Vec::new(),
            author: Writer { id: ann.id },
        };
        let expected = Card {
            id: ann.id,
            mail: "ann@x.io".into(),
            name: Some("Ann".into()),
            role: Role::Admin,
            posts: vec![title("Third"), title("Second")],
            profile: Some(Bio { bio: "writes".into() }),
            edited: Vec::new(),
            written: 3,
        };
        assert_eq!(cards[0], expected);
        assert_eq!(cards[1].edited.len(), 1);
        assert!(cards.len() == 2 && cards[1].posts.is_empty() && cards[1].profile.is_none());
        let one = db.post().find_first().filter(post::title.eq("First")).select(Title::shape()).await?;
        assert_eq!(one.map(|title| title.tags.len()), Some(2));
        Ok(())
    }

    async fn perhaps_a_value(db) {
        let new = |role, name: Option<Option<String>>| {
            user::New { email: format!("{role:?}") }.role(if_some(role)).name(if_some(name)).age(if_some(Some(3)))
        };
        let made = db.user().create(new(None, Some(None))).await?;
        assert_eq!((made.role, made.name, made.age), (Role::User, None, 3));
        let made = db.user().create(new(Some(Role::Admin), Some(Some("Ann".to_owned())))).await?;
        assert_eq!((made.role, made.name.as_deref(), made.age), (Role::Admin, Some("Ann"), 3));
        let change = |age: Option<i32>, name: Option<Option<String>>| {
            db.user().update(user::by_id(made.id)).set(|s| s.age(if_some(age.map(inc))).name(if_some(name)))
        };
        let changed = change(Some(2), None).await?;
        assert_eq!((changed.age, changed.name.as_deref()), (5, Some("Ann")));
        let changed = change(None, Some(None)).await?;
        assert_eq!((changed.age, changed.name.as_deref()), (5, None));
        assert_eq!(change(None, None).await?, changed, "nothing is touched");
        let missing = db.user().update(user::by_id(-1)).set(|s| s.age(if_some(None::<i32>))).await;
        assert_eq!(missing.unwrap_err().code(), "P2025");
        // A value that was said stays.
        let made = db.user().create(new(Some(Role::SuperAdmin), None).role(if_some(None::<Role>))).await?;
        assert_eq!(made.role, Role::SuperAdmin);
        Ok(())
    }

    async fn update_one(db) {
        let (ann, _) = fill(db).await?;
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let changed = db.user().update(user::by_id(ann.id)).set(|s| s.name("A").age(inc(1)).role(Role::SuperAdmin)).await?;
        assert_eq!((changed.name.as_deref(), changed.age, changed.role), (Some("A"), 31, Role::SuperAdmin));
        assert!(changed.updated_at > ann.updated_at);
        assert_eq!(changed.created_at, ann.created_at);
        let none = db.user().update(user::by_id(ann.id)).set(|s| s.name(None)).await?;
        assert_eq!(none.name, None);
        let age = |step: nicol::scalar::Step<i32>| db.user().update(user::by_email("ann@x.io")).set(|s| s.age(step)).select(user::age);
        assert_eq!(age(dec(1)).await?, 30);
        assert_eq!(age(mul(4)).await?, 120);
        assert_eq!(age(div(6)).await?, 20);
        let same = db.user().update(user::by_id(ann.id)).await?;
        assert_eq!(same.age, 20, "no changes, no update");
        let (_, posts) = db.user().update(user::by_id(ann.id)).set(|s| s.age(1)).with(user::posts).await?;
        assert_eq!(posts.len(), 3);
        let moved = db.user().update(user::by_id(ann.id)).set(|s| s.id(ann.id + 1000)).await?;
        assert_eq!(moved.id, ann.id + 1000);
        assert_eq!(db.user().update(user::by_id(ann.id)).set(|s| s.age(1)).await.unwrap_err().code(), "P2025");
        let guarded = db.user().update(user::by_id(moved.id).and(user::age.gt(99))).set(|s| s.age(1));
        assert_eq!(guarded.await.unwrap_err().code(), "P2025");
        Ok(())
    }

    async fn update_and_delete_many(db) {
        fill(db).await?;
        assert_eq!(db.post().update_many(post::views.gt(10)).set(|s| s.published(true).views(inc(1))).await?, 2);
        assert_eq!(db.post().update_many(post::views.gt(10)).set(|s| s.published(true)).await?, 2, "matched rows count");
        assert_eq!(db.post().update_many(post::author.is(user::name.eq("Ann"))).set(|s| s.r#type("all")).await?, 3);
        assert_eq!(db.post().update_all().set(|s| s.views(0)).await?, 3);
        assert_eq!(db.post().count().filter(post::r#type.eq("all") & post::views.eq(0)).await?, 3);
        assert_eq!(db.post().delete_many(post::tags.is_empty() & post::editor.is_null()).await?, 1);
        assert_eq!(db.post().delete_many(post::views.gt(10)).await?, 0);
        assert_eq!(db.user().delete_many(user::posts.exists()).await?, 1);
        assert_eq!((db.user().count().await?, db.post().count().await?), (1, 0), "children go with their parents");
        Ok(())
    }

    async fn delete_one(db) {
        let (ann, bob) = fill(db).await?;
        assert_eq!(db.user().delete(user::by_id(bob.id)).await?, bob);
        assert_eq!(db.user().find(user::by_id(bob.id)).await?, None);
        let (gone, posts) = db.user().delete(user::by_id(ann.id)).with(user::posts).await?;
        assert_eq!((gone, posts.len()), (ann, 3));
        assert_eq!(db.user().delete(user::by_id(bob.id)).await.unwrap_err().code(), "P2025");
        Ok(())
    }

    async fn upsert_one(db) {
        let new = || user::New { email: "c@x".into() }.age(1);
        let created = db.user().upsert(user::by_email("c@x"), new(), |s| s.age(inc(10))).await?;
        let changed = db.user().upsert(user::by_email("c@x"), new(), |s| s.age(inc(10))).await?;
        assert_eq!((created.age, changed.age, created.id), (1, 11, changed.id));
        let untouched = db.user().upsert(user::by_email("c@x"), new(), |s| s).await?;
        assert_eq!(untouched, changed);
        let (user, posts) = db
            .user()
            .upsert(user::by_email("d@x"), user::New { email: "d@x".into() }.posts([post::In { title: "t".into() }]), |s| s.age(5))
            .with(user::posts)
            .await?;
        assert_eq!((user.age, posts.len()), (0, 1));
        Ok(())
    }

    async fn count_rows(db) {
        fill(db).await?;
        assert_eq!(db.post().count().await?, 3);
        assert_eq!(db.post().count().filter(post::published.eq(true)).await?, 2);
        assert_eq!(db.post().count().skip(1).take(5).await?, 2);
        Ok(())
    }

    async fn every_scalar(db) {
        let moment: DateTime = "2026-11-21T02:21:46.075Z".parse().expect("a moment");
        let json: Json = serde_json::json!({"b": [1, 2.5, null], "a": "x\"y"});
        let decimal: Decimal = "12345678.25".parse().expect("a decimal");
        let full = db
            .scalars()
            .create(
                scalars::New {}
                    .big(9_007_199_254_740_993_i64)
                    .float(0.1)
                    .decimal(decimal.clone())
                    .bytes(&[0u8, 255, 7])
                    .json(json.clone())
                    .moment(moment)
                    .flag(true)
                    .role(Role::Admin),
            )
            .await?;
        let read = db.scalars().get(scalars::by_id(full.id.as_str())).await?;
        assert_eq!(read, full);
        assert_eq!(read.big, Some(9_007_199_254_740_993));
        assert_eq!(read.float, Some(0.1));
        assert_eq!(read.decimal.map(|d| d.normalized()), Some(decimal.normalized()));
        assert_eq!(read.bytes.as_deref(), Some(&[0u8, 255, 7][..]));
        assert_eq!(read.json.as_ref(), Some(&json));
        assert_eq!((read.moment, read.flag, read.role), (Some(moment), Some(true), Some(Role::Admin)));
        for (text, length) in [(&read.id, 36), (&read.cuid, 25), (&read.cuid2, 24), (&read.ulid, 26), (&read.nano, 21), (&read.uuid7, 36)] {
            assert_eq!(text.len(), length, "{text}");
        }
        assert!(read.first == read.second && read.second == read.touched);
        let empty: Scalars = db.scalars().create(scalars::New {}).await?;
        assert_eq!((empty.big, empty.bytes, empty.json, empty.moment), (None, None, None, None));
        let found = |filter| async move { db.scalars().count().filter(filter).await };
        assert_eq!(found(scalars::big.gt(9_007_199_254_740_992_i64)).await?, 1);
        assert_eq!(found(scalars::decimal.eq(decimal)).await?, 1);
        assert_eq!(found(scalars::bytes.eq([0u8, 255, 7])).await?, 1);
        assert_eq!(found(scalars::bytes.in_([&[0u8, 255, 7][..], &[1u8][..]])).await?, 1);
        assert_eq!(found(scalars::json.eq(json)).await?, 1);
        assert_eq!(found(scalars::moment.eq(moment)).await?, 1);
        assert_eq!(found(scalars::moment.in_([moment])).await?, 1);
        assert_eq!(found(scalars::flag.eq(true)).await?, 1);
        assert_eq!(found(scalars::float.gte(0.1)).await?, 1);
        Ok(())
    }

    async fn awkward_names(db) {
        let made = db.access_tokens().create(access_tokens::New { self_: 1, r#match: "m".into(), r#loop: "l".into() }.into_(5)).await?;
        let db::AccessTokens { self_, r#match, r#loop, into_ } = made;
        assert_eq!((self_, r#match.as_str(), r#loop.as_str(), into_), (1, "m", "l", 5));
        assert!(db.access_tokens().find(access_tokens::by_loop("l")).await?.is_some());
        Ok(())
    }

    async fn relations_to_itself(db) {
        let leaf = |id| node::New { id };
        db.node().create(leaf(1).children((leaf(2).children([leaf(4)]), leaf(3)))).await?;
        db.node().create(leaf(5).likes([node::by_id(1), node::by_id(2)]).liked_by([node::by_id(4)]).parent(node::by_id(1))).await?;
        let (_, parent, children) = db
            .node()
            .get(node::by_id(2))
            .with(node::parent)
            .with(node::children.with(node::parent.select(node::id)))
            .await?;
        assert_eq!(parent.map(|parent| parent.id), Some(1));
        assert_eq!(children.iter().map(|(node, parent)| (node.id, *parent)).collect::<Vec<_>>(), [(4, Some(2))]);
        let ids = |filter| async move { db.node().find_many().filter(filter).order_by(node::id.asc()).select(node::id).await };
        assert_eq!(ids(node::likes.some(node::id.eq(1))).await?, [5]);
        assert_eq!(ids(node::liked_by.some(node::id.eq(5))).await?, [1, 2]);
        assert_eq!(ids(node::liked_by.is_empty()).await?, [3, 4]);
        assert_eq!(ids(node::likes.some(node::id.eq(5))).await?, [4]);
        assert_eq!(ids(node::children.some(node::children.exists())).await?, [1]);
        assert_eq!(ids(node::parent.is(node::parent.is_null())).await?, [2, 3, 5]);
        let liked = node::likes.order_by(node::id.desc()).select(node::id);
        let by = node::liked_by.select(node::id);
        assert_eq!(db.node().get(node::by_id(5)).select((liked, by)).await?, (vec![2, 1], vec![4]));
        Ok(())
    }

    async fn tables_without_a_primary_key(db) {
        let parts = [part::New {}, part::New {}];
        let (made, parts) = db.keyless().create(keyless::New { code: "a".into() }.parts(parts)).with(keyless::parts).await?;
        assert_eq!((made.code.as_str(), made.other, parts.len()), ("a", None, 2));
        let changed = db.keyless().update(keyless::by_code("a")).set(|s| s.code("b").other(7)).await?;
        assert_eq!(db.keyless().get(keyless::by_other(7)).await?, changed);
        assert_eq!(db.part().count().filter(part::of.is(keyless::code.eq("b"))).await?, 2, "the update cascades");
        let lone = db.part().create(part::New {}).await?;
        assert_eq!(db.part().find_many().filter(part::of.is_null()).await?, [lone]);
        Ok(())
    }

    async fn many_tasks_write_at_once(db) {
        // One row that all of them change: contention, but no deadlocks, which cost PostgreSQL a second each.
        db.user().create(user::New { email: "counter@x.io".into() }).await?;
        let tasks: Vec<_> = (0..40)
            .map(|n| {
                let db = db.clone();
                tokio::spawn(async move {
                    let posts = [post::In { title: format!("{n}") }];
                    db.user().create(user::New { email: format!("{n}@x.io") }.posts(posts)).await?;
                    let counter = "counter@x.io".to_owned();
                    let counted = db.tx().retry(9).run(async |tx| {
                        tx.user().update_many(user::email.eq(counter.clone())).set(|s| s.age(inc(1))).await
                    });
                    counted.await
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic")?;
        }
        assert_eq!((db.user().count().await?, db.post().count().await?), (41, 40));
        assert_eq!(db.user().get(user::by_email("counter@x.io")).await?.age, 40);
        Ok(())
    }

    async fn dropped_requests_leave_nothing_half_done(db) {
        for step in 0..60u64 {
            let posts = [post::In { title: "t".into() }.comments([comment::InPost {
                text: "c".into(),
                author: user::New { email: format!("c{step}") }.into(),
            }])];
            let request = db.user().create(user::New { email: format!("u{step}") }.posts(posts)).with(user::posts);
            drop(tokio::time::timeout(std::time::Duration::from_micros(step * 40), request).await);
            let reading = db.user().find_many().with(user::posts.with(post::comments));
            drop(tokio::time::timeout(std::time::Duration::from_micros(step * 20), reading).await);
        }
        let whole = user::posts.some(post::comments.exists());
        assert_eq!(db.user().count().filter(user::email.starts_with("u") & !whole).await?, 0);
        assert_eq!(db.user().count().filter(user::email.starts_with("u")).await?, db.comment().count().await?);
        Ok(())
    }

    async fn errors_name_model_and_field(db) {
        fill(db).await?;
        let error = db.user().create(user::New { email: "ann@x.io".into() }).await.unwrap_err();
        assert_eq!((error.code(), error.model(), error.fields()), ("P2002", Some("User"), &["email".to_owned()][..]));
        let error = db.post().create(post::Raw { title: "x".into(), author_id: 987_654 }).await.unwrap_err();
        assert_eq!((error.code(), error.model()), ("P2003", Some("Post")));
        Ok(())
    }

    async fn transactions_commit_and_roll_back(db) {
        let count = db
            .tx()
            .run(async |tx| {
                tx.user().create(user::New { email: "a".into() }).await?;
                tx.user().create(user::New { email: "b".into() }.posts([post::In { title: "t".into() }])).await?;
                tx.user().count().await
            })
            .await?;
        assert_eq!((count, db.user().count().await?), (2, 2));
        let failed = db
            .tx()
            .run(async |tx| {
                tx.user().create(user::New { email: "c".into() }).await?;
                tx.user().get(user::by_email("nobody")).await
            })
            .await;
        assert_eq!(failed.unwrap_err().code(), "P2025");
        assert_eq!(db.user().count().await?, 2, "rolled back");
        let counted = db.tx().serializable().retry(3).run(async |tx| {
            tx.user().delete(user::by_email("a")).await?;
            tx.user().count().await
        });
        assert_eq!(counted.await?, 1);
        Ok(())
    }

    async fn a_dropped_transaction_is_rolled_back(db) {
        let stuck = db.tx().run(async |tx| {
            tx.user().create(user::New { email: "never".into() }).await?;
            std::future::pending::<Result>().await
        });
        let waited = tokio::time::timeout(std::time::Duration::from_millis(300), stuck).await;
        assert!(waited.is_err(), "it does not end by itself");
        assert_eq!(db.user().count().await?, 0);
        db.user().create(user::New { email: "never".into() }).await?;
        Ok(())
    }

    async fn nested_transactions_are_savepoints(db) {
        db.tx()
            .run(async |tx| {
                tx.user().create(user::New { email: "outer".into() }).await?;
                let inner = tx.tx().run(async |inner| {
                    inner.user().create(user::New { email: "inner".into() }).await?;
                    inner.user().get(user::by_email("nobody")).await
                });
                assert!(inner.await.is_err());
                tx.tx().run(async |inner| inner.user().create(user::New { email: "kept".into() }).await).await
            })
            .await?;
        assert_eq!(emails(db, Filter::all([])).await?, ["kept", "outer"]);
        Ok(())
    }

    async fn a_transaction_cannot_be_used_after_its_end(db) {
        let escaped = db.tx().run(async |tx| Ok(tx)).await?;
        assert_eq!(escaped.user().count().await.unwrap_err().code(), "P2028");
        Ok(())
    }

    async fn a_failed_nested_write_leaves_the_transaction_usable(db) {
        db.tx()
            .run(async |tx| {
                tx.user().create(user::New { email: "a".into() }).await?;
                let twice = [post::In { title: "t".into() }];
                let failed = tx.user().create(user::New { email: "a".into() }.posts(twice)).await;
                assert_eq!(failed.unwrap_err().code(), "P2002");
                tx.user().create(user::New { email: "b".into() }).await
            })
            .await?;
        assert_eq!(db.user().count().await?, 2);
        Ok(())
    }

    async fn many_rows_many_keys(db) {
        let posts = (0..300).map(|n| post::In { title: format!("{n:03}") }.views(n));
        let ann = db.user().create(user::New { email: "ann".into() }.posts(posts)).await?;
        let rows = db.post().find_many().order_by(post::title.asc()).with(post::author).with(post::comments).await?;
        assert_eq!(rows.len(), 300);
        assert!(rows.iter().all(|(post, author, comments)| author.id == ann.id && post.author_id == ann.id && comments.is_empty()));
        let ids: Vec<i32> = rows.iter().map(|(post, ..)| post.id).collect();
        assert_eq!(db.post().count().filter(post::id.in_(ids)).await?, 300);
        Ok(())
    }

    async fn requests_can_be_spawned(db) {
        let other = db.clone();
        let made = tokio::spawn(async move {
            other.tx().run(async |tx| tx.user().create(user::New { email: "s".into() }).await).await
        });
        let user = made.await.expect("no panic")?;
        let comment: Option<Comment> = db.comment().find_first().filter(comment::author.is(user::id.eq(user.id))).await?;
        assert_eq!(comment, None);
        Ok(())
    }
}
