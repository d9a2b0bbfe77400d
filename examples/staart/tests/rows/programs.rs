//! Rows B8 to B11: keys of organizations and tokens of people.

use jiff::ToSpan;
use nicol::types::DateTime;
use staart::db::{ApiKeys, access_tokens, api_keys};
use staart::keys::{Visit, check};
use staart::{Db, Refusal, Result, tokens};

use crate::{at, code, organization, person, refusal};

fn now() -> DateTime {
    at("2026-06-20T10:15:30Z")
}

/// A key for an hour.
async fn key(db: &Db, lists: Option<[&str; 3]>) -> Result<ApiKeys> {
    let (_, organization) = organization(db).await?;
    let key =
        api_keys::Raw { jwt_api_key: "key".into(), expires_at: now() + 1.hour(), organization_id: organization.id };
    Ok(match lists {
        Some([addresses, referrers, scopes]) => {
            let key = key.ip_restrictions(addresses).referrer_restrictions(referrers).scopes(scopes);
            db.api_keys().create(key).await?
        }
        None => db.api_keys().create(key).await?,
    })
}

fn visit<'a>(address: &str, referrer: &'a str, scope: &'a str, at: DateTime) -> Visit<'a> {
    Visit { address: address.parse().expect("an address"), referrer, scope, at }
}

fresh_database::tests! {
    open = staart::open;

    async fn b08_a_key_is_for_some(db: Db) -> Result<()> {
        let key = key(&db, Some(["10.0.0.0/8, 192.0.2.7", "example.com", "orgRead,orgWrite"])).await?;
        let hour_later = now() + 1.hour();
        for address in ["10.1.2.3", "192.0.2.7"] {
            assert_eq!(check(&db, "key", &visit(address, "example.com", "orgRead", now())).await?, key);
        }
        check(&db, "key", &visit("10.1.2.3", "example.com", "orgWrite", hour_later - 1.millisecond())).await?;
        for (visit, reason) in [
            (visit("192.0.2.8", "example.com", "orgRead", now()), Refusal::Address),
            (visit("10.1.2.3", "other.org", "orgRead", now()), Refusal::Referrer),
            (visit("10.1.2.3", "example.com", "orgDelete", now()), Refusal::Scope),
            (visit("10.1.2.3", "example.com", "orgRead", hour_later), Refusal::Expired),
        ] {
            assert_eq!(refusal(check(&db, "key", &visit).await), reason);
        }
        let fitting = visit("10.1.2.3", "example.com", "orgRead", now());
        assert_eq!(refusal(check(&db, "another", &fitting).await), Refusal::UnknownKey);
        Ok(())
    }

    async fn b09_a_key_without_lists_is_for_all(db: Db) -> Result<()> {
        key(&db, None).await?;
        for address in ["203.0.113.9", "2001:db8::1"] {
            check(&db, "key", &visit(address, "anywhere", "anything", now())).await?;
        }
        let late = visit("203.0.113.9", "anywhere", "anything", now() + 1.hour());
        assert_eq!(refusal(check(&db, "key", &late).await), Refusal::Expired);
        Ok(())
    }

    async fn b10_a_token_is_its_user_s(db: Db) -> Result<()> {
        let (ann, bob) = (person(&db, "ann").await?, person(&db, "bob").await?);
        let token = tokens::create(&db, ann.id, "token", now()).await?;
        assert_eq!(tokens::of(&db, ann.id).await?, std::slice::from_ref(&token));
        assert_eq!(tokens::of(&db, bob.id).await?, []);
        assert_eq!(code(tokens::delete(&db, bob.id, token.id).await), Some("P2025"), "somebody else's");
        assert_eq!(tokens::delete(&db, ann.id, token.id).await?, token);
        assert_eq!(code(tokens::delete(&db, ann.id, token.id).await), Some("P2025"));
        Ok(())
    }

    async fn b11_191_signs_fit(db: Db) -> Result<()> {
        let ann = person(&db, "ann").await?;
        let text = "ü".repeat(191);
        let id = tokens::create(&db, ann.id, &text, now()).await?.id;
        assert_eq!(db.access_tokens().get(access_tokens::by_id(id)).await?.jwt_access_token, text);
        Ok(())
    }

    #[on(mariadb, mysql)]
    async fn b11_192_signs_are_refused(db: Db) -> Result<()> {
        let ann = person(&db, "ann").await?;
        assert_eq!(code(tokens::create(&db, ann.id, &"x".repeat(192), now()).await), Some("P2000"));
        assert_eq!(db.access_tokens().count().await?, 0);
        Ok(())
    }

    #[on(sqlite, postgres, postgres18)]
    async fn b11_192_signs_are_kept(db: Db) -> Result<()> {
        let ann = person(&db, "ann").await?;
        let text = "x".repeat(192);
        tokens::create(&db, ann.id, &text, now()).await?;
        assert_eq!(tokens::of(&db, ann.id).await?[0].jwt_access_token, text);
        Ok(())
    }
}
