//! Names, defaults and comments that try to be something else, at every place where they reach SQL or Rust: the schema
//! `schemas/apart/hostile.prisma`, with every kind of statement.

use nicol::{Dialect, count, inc};

use super::db::{Db, Impl, Mood, r#impl as one, r#mod_ as two};

const DEFAULT: &str = "' \" ` \\ */ {} #{x} ${y} $1 ? :name %s -- ; 漢字 😀 \n \t ends with \\\\";

fn new(key: &str) -> one::New {
    one::New { r#type: key.into() }
}

pub(crate) async fn everything(db: &Db) -> nicol::Result<()> {
    creates(db).await?;
    reads(db).await?;
    changes(db).await?;
    errors(db).await
}

async fn creates(db: &Db) -> nicol::Result<()> {
    let below = [two::In { r#ref: 1 }.super_("a"), two::In { r#ref: 2 }.into()];
    let made: Impl = db.r#impl().create(new("first").r#match("m").r#move(1).below(below)).await?;
    assert_eq!((made.r#loop.as_str(), made.r#fn, made.r#dyn), (DEFAULT, Mood::Self_, 7));
    let moods = [Mood::Self_, Mood::Crate, Mood::Async];
    let many = moods.map(|mood| new(&format!("{mood:?}")).r#fn(mood).r#loop(DEFAULT));
    let many = db.r#impl().create_many(many).returning().await?;
    assert!(many.iter().map(|row| row.r#fn).eq(moods) && many.iter().all(|row| row.r#loop == DEFAULT));
    let mixed = db.r#impl().create_many([new("x").into(), new("y").r#dyn(3), new("first").r#dyn(4)]);
    assert_eq!(mixed.skip_duplicates().await?, 2);
    let or_create = two::by_ref(3).or_create(two::New { r#ref: 3, above: one::by_self(made.self_).into() });
    let liking = db.r#impl().create(new("liking").liked((or_create, two::by_ref(1)))).with(one::liked).await?;
    assert_eq!(liking.1.len(), 2);
    let raw = db.r#mod().create(two::Raw { r#ref: 4, r#use: made.self_ }).with(two::above).await?;
    assert_eq!(raw.1.self_, made.self_);
    Ok(())
}

async fn reads(db: &Db) -> nicol::Result<()> {
    let first = db.r#impl().get(one::by_type("first")).await?;
    assert_eq!(db.r#impl().find(one::by_where("m", 1)).await?.as_ref(), Some(&first));
    let filters = [
        one::self_.eq(first.self_),
        one::r#type.in_(["first"]),
        one::r#match.starts_with("m") & one::r#loop.contains("漢字 😀 \n"),
        one::r#type.insensitive().eq("FIRST"),
        one::r#move.lte(one::r#dyn),
        one::below.some(two::super_.eq("a")),
        one::below.exists() & one::liked.is_empty(),
        one::r#fn.eq(Mood::Self_) & one::r#move.is_not_null(),
        !(one::r#fn.in_([Mood::Crate, Mood::Async]) | one::r#match.is_null()),
    ];
    for (number, filter) in filters.into_iter().enumerate() {
        assert_eq!(db.r#impl().count().filter(filter).await?, 1, "filter {number}");
    }
    let nested = one::below.filter(two::above.is(one::r#type.eq("first"))).order_by(two::r#ref.desc()).take(2);
    let shape = (one::r#type, nested.select((two::r#ref, two::likers.select(one::r#type))), one::liked.count());
    let rows = db.r#impl().find_many().filter(one::below.exists()).order_by(one::r#loop.asc()).select(shape);
    let likers = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    assert_eq!(rows.await?, [("first".to_owned(), vec![(4, likers(&[])), (3, likers(&["liking"]))], 0)]);
    let order = [two::above.by(one::r#dyn.desc()), two::likers.count().desc(), two::super_.asc().nulls_last(), two::r#ref.asc()];
    assert_eq!(db.r#mod().find_many().order_by(order).select(two::r#ref).await?, [1, 3, 2, 4]);
    let page = db.r#impl().find_many().order_by([one::r#fn.desc(), one::r#loop.asc()]).after(one::by_type("first"));
    assert!(page.take(2).select(one::r#move).await?.len() <= 2);
    let distinct = db.r#impl().find_many().distinct((one::r#fn, one::r#loop)).order_by(one::self_.asc());
    assert_eq!(distinct.select(one::r#fn).await?, [Mood::Self_, Mood::Crate, Mood::Async]);
    let groups = db.r#impl().group_by((one::r#fn, one::r#loop)).select((one::r#fn, count(), one::r#dyn.sum(), one::r#move.max()));
    let groups = groups.having(one::r#dyn.sum().gt(7)).order_by(one::r#dyn.sum().desc()).await?;
    assert_eq!(groups, [(Mood::Self_, 5, 31, Some(1))]);
    Ok(())
}

async fn changes(db: &Db) -> nicol::Result<()> {
    let update = db.r#impl().update(one::by_type("first").and(one::r#dyn.eq(7)));
    let update = update.set(|s| {
        s.r#dyn(inc(1)).r#match(DEFAULT).r#fn(Mood::Crate).below(|b| {
            b.update(two::by_ref(1), |s| s.super_(DEFAULT)).delete_many(two::r#ref.eq(4)).connect(two::by_ref(2))
        })
    });
    let (changed, below) = update.with(one::below.order_by(two::r#ref.asc())).await?;
    assert_eq!((changed.r#dyn, changed.r#match.as_deref(), changed.r#fn), (8, Some(DEFAULT), Mood::Crate));
    assert_eq!(below.iter().map(|row| row.super_.as_deref()).collect::<Vec<_>>(), [Some(DEFAULT), None, None]);
    let many = db.r#impl().update_many(one::below.is_empty() & one::r#fn.eq(Mood::Crate)).set(|s| s.r#move(5));
    assert_eq!(many.limit(9).returning().select(one::r#type).await?, ["Crate"]);
    let upsert = |key: &'static str| db.r#impl().upsert(one::by_type(key), new(key).r#dyn(1), |s| s.r#dyn(inc(1)));
    assert_eq!((upsert("up").await?.r#dyn, upsert("up").await?.r#dyn), (1, 2));
    let liking = db.r#impl().update(one::by_type("liking")).set(|s| s.liked(|l| l.set([two::by_ref(2)])));
    assert_eq!(liking.select(one::liked.select(two::r#ref)).await?, [2]);
    let liking = db.r#impl().update(one::by_type("liking")).set(|s| s.liked(|l| l.disconnect(two::by_ref(2))));
    assert!(liking.select(one::liked.select(two::r#ref)).await?.is_empty());
    assert_eq!(db.r#impl().delete(one::by_type("up")).select(one::r#type).await?, "up");
    assert_eq!(db.r#impl().delete_many(one::r#type.in_(["x", "y"])).limit(2).await?, 2);
    let mut stream = db.r#impl().find_many().order_by(one::self_.asc()).stream();
    let mut rows = 0;
    while stream.next().await?.is_some() {
        rows += 1;
    }
    assert_eq!(rows, 5);
    Ok(())
}

async fn errors(db: &Db) -> nicol::Result<()> {
    let taken = db.r#impl().create(new("first")).await.unwrap_err();
    assert_eq!((taken.code(), taken.model(), taken.fields()), ("P2002", Some("impl"), &["type".to_owned()][..]));
    let both = db.r#impl().create(new("other").r#match("m2").r#move(2)).await?;
    let taken = db.r#impl().create(new("another").r#match("m2").r#move(2)).await.unwrap_err();
    assert_eq!((taken.code(), taken.fields()), ("P2002", &["match".to_owned(), "move".to_owned()][..]), "{taken}");
    let missing = db.r#mod().create(two::Raw { r#ref: 9, r#use: -1 }).await.unwrap_err();
    assert_eq!((missing.code(), missing.model()), ("P2003", Some("mod")), "{missing}");
    // SQLite does not tell which foreign key it was.
    let constraint = missing.database().and_then(nicol_db::Error::constraint);
    let named = nicol_db::Constraint::ForeignKey(Some("fk \"'` \\ */ #{x}".to_owned()));
    assert!(db.dialect() == Dialect::Sqlite || constraint == Some(&named), "{missing}: {constraint:?}");
    let absent = db.r#impl().update(one::by_self(-1)).set(|s| s.r#dyn(1)).await.unwrap_err();
    assert_eq!(absent.code(), "P2025");
    // Values that are no values of the enum are told with their text.
    let quote = |name: &str| db.dialect().quote(name);
    if db.dialect() == Dialect::Sqlite {
        let text = format!("UPDATE {} SET {} = ? WHERE {} = ?", quote("table \"'` \\ */ #{x}"), quote("select"), quote("id \"'` \\ */ #{x}"));
        db.sql(text).bind("x'); --").bind(both.self_).execute().await?;
        let odd = db.r#impl().get(one::by_self(both.self_)).await.unwrap_err();
        assert!(odd.code() == "P2023" && odd.message().contains("\"x'); --\""), "{odd}");
    }
    Ok(())
}
