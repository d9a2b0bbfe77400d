//! Rows B12 to B15, B20 and B21: sessions, backup codes and approved networks.

use jiff::ToSpan;
use nicol::types::DateTime;
use staart::db::{Users, backup_codes, sessions, users};
use staart::{Db, Refusal, Result, codes, logins};

use crate::{person, refusal};

fn address(text: &str) -> std::net::IpAddr {
    text.parse().expect("an address")
}

async fn careful(db: &Db) -> Result<Users> {
    let ann = person(db, "ann").await?;
    Ok(db.users().update(users::by_id(ann.id)).set(|s| s.check_location_on_login(true)).await?)
}

fresh_database::tests! {
    open = staart::open;

    async fn b12_pages_of_sessions(db: Db) -> Result<()> {
        let (ann, bob) = (person(&db, "ann").await?, person(&db, "bob").await?);
        let mut expected = Vec::new();
        for _ in 0..5 {
            expected.insert(0, logins::log_in(&db, &ann, address("192.0.2.7"), "browser").await?.id);
            logins::log_in(&db, &bob, address("192.0.2.7"), "browser").await?;
        }
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let page: Vec<i32> = logins::page(&db, ann.id, after, 2).await?.iter().map(|session| session.id).collect();
            let Some(last) = page.last() else { break };
            after = Some(*last);
            pages.push(page);
        }
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
        assert_eq!(pages.concat(), expected);
        Ok(())
    }

    async fn b13_a_change_is_dated(db: Db) -> Result<()> {
        let ann = person(&db, "ann").await?;
        let id = logins::log_in(&db, &ann, address("192.0.2.7"), "browser").await?.id;
        let hour_ago = DateTime::now() - 1.hour();
        let past = db.sessions().update(sessions::by_id(id)).set(|s| s.created_at(hour_ago).updated_at(hour_ago));
        let before = past.await?;
        let after = logins::locate(&db, id, "Bern").await?;
        assert_eq!(after.city.as_deref(), Some("Bern"));
        assert!(after.updated_at > before.updated_at, "{} {}", after.updated_at, before.updated_at);
        assert_eq!(after.created_at, before.created_at);
        assert_eq!(db.sessions().get(sessions::by_id(id)).await?, after);
        Ok(())
    }

    // ANCHOR: one
    async fn b14_a_code_is_good_once(db: Db) -> Result<()> {
        let (ann, bob) = (person(&db, "ann").await?, person(&db, "bob").await?);
        let given = codes::renew(&db, ann.id).await?;
        assert_eq!((given.len(), codes::left(&db, ann.id).await?), (10, 10));
        let code = &given[3];
        assert!(!codes::redeem(&db, bob.id, &code.code).await?, "somebody else's");
        assert!(codes::redeem(&db, ann.id, &code.code).await?);
        assert!(db.backup_codes().get(backup_codes::by_id(code.id)).await?.is_used);
        assert!(!codes::redeem(&db, ann.id, &code.code).await?);
        assert_eq!(codes::left(&db, ann.id).await?, 9);
        codes::renew(&db, ann.id).await?;
        assert_eq!((db.backup_codes().count().await?, codes::left(&db, ann.id).await?), (10, 10));
        Ok(())
    }
    // ANCHOR_END: one

    async fn b15_of_eight_at_once_one_succeeds(db: Db) -> Result<()> {
        let ann = person(&db, "ann").await?;
        let code = codes::renew(&db, ann.id).await?.swap_remove(0).code;
        let start = std::sync::Arc::new(tokio::sync::Barrier::new(8));
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let (db, code, start) = (db.clone(), code.clone(), start.clone());
            tasks.push(tokio::spawn(async move {
                start.wait().await;
                codes::redeem(&db, ann.id, &code).await
            }));
        }
        let mut good = 0;
        for task in tasks {
            good += i32::from(task.await.expect("the task ends")?);
        }
        assert_eq!((good, codes::left(&db, ann.id).await?), (1, 9));
        Ok(())
    }

    async fn b20_who_does_not_ask_is_not_checked(db: Db) -> Result<()> {
        let ann = person(&db, "ann").await?;
        for from in ["192.0.2.77", "198.51.100.1", "2001:db8::1"] {
            logins::log_in(&db, &ann, address(from), "browser").await?;
        }
        assert_eq!((db.approved_locations().count().await?, db.sessions().count().await?), (0, 3));
        Ok(())
    }

    async fn b21_only_from_approved_networks(db: Db) -> Result<()> {
        let ann = careful(&db).await?;
        assert_eq!(logins::approve(&db, ann.id, address("192.0.2.1")).await?.subnet, "192.0.2.0");
        logins::log_in(&db, &ann, address("192.0.2.77"), "browser").await?;
        let elsewhere = logins::log_in(&db, &ann, address("198.51.100.1"), "browser").await;
        assert_eq!(refusal(elsewhere), Refusal::UnknownLocation("198.51.100.1".into()));
        assert_eq!(db.sessions().count().await?, 1);
        logins::approve(&db, ann.id, address("198.51.100.1")).await?;
        logins::log_in(&db, &ann, address("198.51.100.1"), "browser").await?;
        assert_eq!(logins::approve(&db, ann.id, address("2001:db8:1:2::3")).await?.subnet, "2001:db8:1::");
        Ok(())
    }
}
