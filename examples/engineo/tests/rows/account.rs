//! Profile, preferences, stores.

use engineo::account::{self, PreferenceChanges, ProfileChanges};
use engineo::db::{
    CustomerAccountRole, Db, IntegrationType, User, integration, project, user, user_account_audit_log,
    user_preferences,
};
use engineo::{Result, backfill, open};
use nicol::types::Json;
use serde_json::json;

use crate::{assert_refused, customer};

/// The account's log: actions with what they tell.
async fn log(db: &Db, user: &User) -> Result<Vec<(String, Option<Json>)>> {
    let rows = db.user_account_audit_log().find_many().filter(user_account_audit_log::actor_user_id.eq(&user.id));
    let rows = rows.order_by(user_account_audit_log::created_at.asc());
    Ok(rows.select((user_account_audit_log::action_type, user_account_audit_log::metadata)).await?)
}

/// The user with another role.
async fn with_role(db: &Db, user: &User, role: CustomerAccountRole) -> Result<User> {
    Ok(db.user().update(user::by_id(&user.id)).set(|s| s.account_role(role)).await?)
}

fresh_database::tests! {
    open = open;

    async fn b04_preferences_come_into_being_at_the_first_read(db: Db) -> Result<()> {
        let ann = customer(&db, "ann").await?;
        let first = account::preferences(&db, &ann.id).await?;
        let toggles = (first.notify_quota_warnings, first.notify_run_failures, first.notify_weekly_deo_summary, first.auto_open_issues_tab);
        assert_eq!(toggles, (true, true, true, false));
        assert_eq!((&first.preferred_pillar_landing, &first.additional_prefs), (&None, &None));
        assert_eq!(account::preferences(&db, &ann.id).await?, first);
        Ok(())
    }

    async fn b05_ten_first_readers_make_one_row(db: Db) -> Result<()> {
        let ann = customer(&db, "ann").await?;
        let readers: Vec<_> = (0..10)
            .map(|_| {
                let (db, id) = (db.clone(), ann.id.clone());
                tokio::spawn(async move { account::preferences(&db, &id).await })
            })
            .collect();
        let mut ids = Vec::new();
        for reader in readers {
            ids.push(reader.await.expect("the reader ends")?.id);
        }
        ids.dedup();
        assert_eq!(ids.len(), 1, "everybody has got the same row");
        assert_eq!(db.user_preferences().count().await?, 1);
        Ok(())
    }

    async fn b06_preferences_for_everybody(db: Db) -> Result<()> {
        for name in ["ann", "bob", "cyd", "dee"] {
            customer(&db, name).await?;
        }
        let mut old = Vec::new();
        for name in ["ann", "cyd"] {
            let user = db.user().get(user::by_email(format!("{name}@example.com"))).await?;
            old.push(account::preferences(&db, &user.id).await?);
        }
        assert_eq!(backfill::preferences(&db).await?, 2);
        assert_eq!(db.user().count().filter(user::preferences.is_null()).await?, 0);
        for row in old {
            assert_eq!(account::preferences(&db, &row.user_id).await?, row);
        }
        assert_eq!(backfill::preferences(&db).await?, 0);
        assert_eq!(db.user_preferences().count().await?, 4);
        Ok(())
    }

    async fn b07_who_may_change_preferences(db: Db) -> Result<()> {
        let ann = customer(&db, "ann").await?;
        let changes = || PreferenceChanges { notify_run_failures: Some(false), auto_open_issues_tab: Some(true), ..Default::default() };
        let viewer = with_role(&db, &ann, CustomerAccountRole::Viewer).await?;
        assert_refused(account::change_preferences(&db, &viewer, changes()).await);
        assert_eq!(log(&db, &ann).await?, []);
        for role in [CustomerAccountRole::Owner, CustomerAccountRole::Editor] {
            let member = with_role(&db, &ann, role).await?;
            let changed = account::change_preferences(&db, &member, changes()).await?;
            assert!(changed.notify_quota_warnings && !changed.notify_run_failures && changed.auto_open_issues_tab);
        }
        let told = ("preferences_updated".to_owned(), Some(json!({ "fields": ["notifyRunFailures", "autoOpenIssuesTab"] })));
        assert_eq!(log(&db, &ann).await?, [told.clone(), told]);
        Ok(())
    }

    async fn b08_set_emptied_and_left_alone(db: Db) -> Result<()> {
        let ann = customer(&db, "ann").await?;
        let before = db.user().update(user::by_id(&ann.id));
        before.set(|s| s.name("Old").avatar_url("https://example.com/a.png").timezone("Europe/Rome")).await?;
        let changes = ProfileChanges { name: Some(Some("New".into())), avatar_url: Some(None), ..Default::default() };
        let after = account::change_profile(&db, &ann.id, changes).await?;
        assert_eq!((after.name.as_deref(), after.avatar_url.as_deref(), after.timezone.as_deref()), (Some("New"), None, Some("Europe/Rome")));
        assert_eq!(log(&db, &ann).await?, [("profile_updated".to_owned(), Some(json!({ "fields": ["name", "avatarUrl"] })))]);
        Ok(())
    }

    async fn b15_only_owners_disconnect_stores(db: Db) -> Result<()> {
        let ann = customer(&db, "ann").await?;
        let shop = project::New { name: "Shop".into(), user: user::by_id(&ann.id).into() };
        let shop = db.project().create(shop.integrations([integration::In { r#type: IntegrationType::Shopify }])).await?;
        let editor = with_role(&db, &ann, CustomerAccountRole::Editor).await?;
        assert_refused(account::disconnect_store(&db, &editor, &shop.id, IntegrationType::Shopify).await);
        assert_eq!(db.integration().count().await?, 1);
        let owner = with_role(&db, &ann, CustomerAccountRole::Owner).await?;
        account::disconnect_store(&db, &owner, &shop.id, IntegrationType::Shopify).await?;
        assert_eq!(db.integration().count().await?, 0);
        let actions: Vec<String> = log(&db, &ann).await?.into_iter().map(|(action, _)| action).collect();
        assert_eq!(actions, ["disconnect_store"]);
        Ok(())
    }

    async fn b25_what_goes_with_a_user(db: Db) -> Result<()> {
        let (ann, bob) = (customer(&db, "ann").await?, customer(&db, "bob").await?);
        account::preferences(&db, &ann.id).await?;
        for _ in 0..2 {
            engineo::session::sign_in(&db, &ann.id, Default::default(), jiff::Timestamp::now()).await?;
            account::log(&db, &ann.id, "profile_updated", json!({})).await?;
        }
        db.user().delete(user::by_id(&ann.id)).await?;
        let left = (db.user_preferences().count().await?, db.user_session().count().await?, db.user_account_audit_log().count().await?);
        assert_eq!(left, (0, 0, 0));
        db.project().create(project::New { name: "Shop".into(), user: user::by_id(&bob.id).into() }).await?;
        let refused = db.user().delete(user::by_id(&bob.id)).await.unwrap_err();
        assert_eq!(refused.code(), "P2003");
        Ok(())
    }

    async fn r16_preferences_are_one_to_one(db: Db) -> Result<()> {
        let ann = customer(&db, "ann").await?;
        account::preferences(&db, &ann.id).await?;
        let second = db.user_preferences().create(user_preferences::Raw { user_id: ann.id }).await.unwrap_err();
        assert_eq!((second.code(), second.fields()), ("P2002", &["userId".to_owned()][..]));
        Ok(())
    }
}
