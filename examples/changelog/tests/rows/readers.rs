//! Subscribers, letters, looks.

use changelog::db::{Db, SubscriptionType, project_subscription};
use changelog::subscribers::{self, Update};
use changelog::views::{self, Look};
use changelog::{Result, open};

use crate::{a_project, at, code};

fresh_database::tests! {
    open = open;

    async fn b18_subscribing_twice(db: Db) -> Result<()> {
        let (project, _) = a_project(&db, "Lighthouse").await?;
        let first = subscribers::subscribe(&db, "cleo@example.com", &project.id, SubscriptionType::AllUpdates).await?;
        let second = subscribers::subscribe(&db, "cleo@example.com", &project.id, SubscriptionType::DigestOnly).await?;
        assert_eq!((first.0.id, first.0.unsubscribe_token, first.1.id), (second.0.id, second.0.unsubscribe_token, second.1.id));
        assert_eq!((db.email_subscriber().count().await?, db.project_subscription().count().await?), (1, 1));
        let kinds = db.project_subscription().find_many().select(project_subscription::subscription_type).await?;
        assert_eq!(kinds, [SubscriptionType::DigestOnly]);
        let (other, _) = a_project(&db, "Other").await?;
        subscribers::subscribe(&db, "cleo@example.com", &other.id, SubscriptionType::AllUpdates).await?;
        assert_eq!((db.email_subscriber().count().await?, db.project_subscription().count().await?), (1, 2));
        Ok(())
    }

    async fn b19_no_more_letters(db: Db) -> Result<()> {
        let (project, _) = a_project(&db, "Lighthouse").await?;
        let mut tokens = Vec::new();
        for name in ["cleo", "dan"] {
            let address = format!("{name}@example.com");
            tokens.push(subscribers::subscribe(&db, &address, &project.id, SubscriptionType::AllUpdates).await?.0.unsubscribe_token);
        }
        assert!(!subscribers::unsubscribe(&db, &tokens[0]).await?.is_active);
        assert_eq!(subscribers::recipients(&db, &project.id, Update::Minor).await?, ["dan@example.com"]);
        assert_eq!(code(subscribers::unsubscribe(&db, "nobody's").await), "P2025");
        Ok(())
    }

    async fn b20_which_letters(db: Db) -> Result<()> {
        let (project, _) = a_project(&db, "Lighthouse").await?;
        let (other, _) = a_project(&db, "Other").await?;
        for (name, kind) in [("all", SubscriptionType::AllUpdates), ("major", SubscriptionType::MajorOnly), ("digest", SubscriptionType::DigestOnly)] {
            subscribers::subscribe(&db, &format!("{name}@example.com"), &project.id, kind).await?;
        }
        subscribers::subscribe(&db, "major@example.com", &other.id, SubscriptionType::AllUpdates).await?;
        assert_eq!(subscribers::recipients(&db, &project.id, Update::Minor).await?, ["all@example.com"]);
        assert_eq!(subscribers::recipients(&db, &project.id, Update::Major).await?, ["all@example.com", "major@example.com"]);
        Ok(())
    }

    async fn b21_who_has_looked(db: Db) -> Result<()> {
        let (project, _) = a_project(&db, "Lighthouse").await?;
        let (other, _) = a_project(&db, "Other").await?;
        for (country, session, when) in [
            (Some("AT"), "one", "2026-06-20T00:00:00Z"),
            (Some("AT"), "one", "2026-06-20T23:59:59.999Z"),
            (Some("AT"), "two", "2026-06-21T00:00:00Z"),
            (Some("JP"), "three", "2026-06-21T10:00:00Z"),
            (None, "four", "2026-06-21T10:00:00Z"),
            (None, "four", "2026-06-21T11:00:00Z"),
            (Some("JP"), "three", "2026-06-22T00:00:00Z"),
        ] {
            let look = Look { country, session_hash: session, ip_hash: "-", ..Look::default() };
            views::note(&db, &project.id, look, at(when)).await?;
        }
        views::note(&db, &other.id, Look { session_hash: "five", ..Look::default() }, at("2026-06-20T10:00:00Z")).await?;
        let mut groups = views::by_country(&db, &project.id).await?;
        assert_eq!(groups[0], (Some("AT".to_owned()), 3));
        groups.sort();
        assert_eq!(groups, [(None, 2), (Some("AT".to_owned()), 3), (Some("JP".to_owned()), 2)]);
        assert_eq!(views::sessions(&db, &project.id).await?, 4);
        let days = views::per_day(&db, &project.id, at("2026-06-20T00:00:00Z"), at("2026-06-22T00:00:00Z")).await?;
        let days: Vec<(String, i64)> = days.into_iter().map(|(day, looks)| (day.to_string(), looks)).collect();
        assert_eq!(days, [("2026-06-20".to_owned(), 2), ("2026-06-21".to_owned(), 4)]);
        Ok(())
    }
}
