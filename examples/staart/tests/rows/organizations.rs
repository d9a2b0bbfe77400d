//! Rows B6, B7, B16 to B19 and B25: organizations, their domains and hooks.

use jiff::ToSpan;
use staart::accounts::{self, Applicant};
use staart::addresses;
use staart::db::{
    Domains, MembershipRole, Organizations, Users, Webhooks, api_keys, domains, memberships, organizations, webhooks,
};
use staart::{Db, Error, Refusal, Result, domain_names, hooks, teams};

use crate::{at, organization, person, refusal};

/// A user with an address at x.io.
async fn z(db: &Db, username: &str) -> Result<Users> {
    let address = format!("{username}@x.io");
    accounts::register(db, &Applicant { name: username, nickname: username, username, address: &address }).await
}

/// A domain that the organization has proved to own.
async fn verified(db: &Db, organization: &Organizations, name: &str) -> Result<Domains> {
    let claim = domain_names::claim(db, organization.id, name).await?;
    assert!(domain_names::verify(db, claim.id, &claim.verification_code).await?);
    Ok(claim)
}

async fn roles_of(db: &Db, user: &Users) -> Result<Vec<MembershipRole>> {
    Ok(db.memberships().find_many().filter(memberships::user_id.eq(user.id)).select(memberships::role).await?)
}

async fn auto_join(db: &Db, organization: &Organizations, on: bool) -> Result<()> {
    db.organizations().update(organizations::by_id(organization.id)).set(|s| s.auto_join_domain(on)).await?;
    Ok(())
}

async fn hook(db: &Db, organization: &Organizations, event: &str, is_active: bool) -> Result<Webhooks> {
    let hook = webhooks::Raw { event: event.into(), url: "https://x.io/".into(), organization_id: organization.id };
    Ok(db.webhooks().create(hook.is_active(is_active)).await?)
}

fresh_database::tests! {
    open = staart::open;

    async fn b06_whoever_founds_it_owns_it(db: Db) -> Result<()> {
        let (owner, organization) = organization(&db).await?;
        let all = teams::of_user(&db, owner.id).await?;
        let [(membership, of)] = &all[..] else { panic!("{all:?}") };
        assert_eq!((membership.role, membership.user_id, of), (MembershipRole::Owner, owner.id, &organization));
        assert_eq!(db.memberships().count().await?, 1);
        let stranger = person(&db, "stranger").await?;
        assert_eq!(teams::of_user(&db, stranger.id).await?, []);
        Ok(())
    }

    async fn b07_a_member_without_a_role(db: Db) -> Result<()> {
        let (_, organization) = organization(&db).await?;
        let ann = person(&db, "ann").await?;
        let member = teams::add_member(&db, organization.id, ann.id, None).await?;
        assert_eq!(member.role, MembershipRole::Member);
        assert_eq!(teams::roles(&db, organization.id).await?, [(MembershipRole::Owner, 1), (MembershipRole::Member, 1)]);
        Ok(())
    }

    async fn b16_a_claim_has_a_text_to_publish(db: Db) -> Result<()> {
        let (_, organization) = organization(&db).await?;
        let made = domain_names::claim(&db, organization.id, "X.io").await?;
        let claim = db.domains().get(domains::by_id(made.id)).await?;
        assert_eq!((claim.domain.as_str(), claim.is_verified), ("x.io", false));
        let code = &claim.verification_code;
        assert!(code.len() == 32 && code.bytes().all(|byte| byte.is_ascii_hexdigit()), "{code}");
        assert_ne!(domain_names::claim(&db, organization.id, "y.io").await?.verification_code, *code);
        assert!(!domain_names::verify(&db, claim.id, "something else").await?);
        assert!(domain_names::verify(&db, claim.id, code).await?);
        Ok(())
    }

    async fn b17_an_organization_takes_in_its_domain(db: Db) -> Result<()> {
        let (_, organization) = organization(&db).await?;
        let claim = domain_names::claim(&db, organization.id, "x.io").await?;
        auto_join(&db, &organization, true).await?;
        assert_eq!(roles_of(&db, &z(&db, "unverified").await?).await?, []);
        domain_names::verify(&db, claim.id, &claim.verification_code).await?;
        auto_join(&db, &organization, false).await?;
        assert_eq!(roles_of(&db, &z(&db, "unwanted").await?).await?, []);
        auto_join(&db, &organization, true).await?;
        let joined = z(&db, "z").await?;
        assert_eq!(roles_of(&db, &joined).await?, [MembershipRole::Member]);
        assert_eq!(roles_of(&db, &person(&db, "elsewhere").await?).await?, []);

        // One transaction: with the user goes the membership.
        let (users, members) = (db.users().count().await?, db.memberships().count().await?);
        let failed = db.tx().try_run(async |tx| {
            let late = z(&tx, "late").await?;
            assert_eq!(roles_of(&tx, &late).await?, [MembershipRole::Member]);
            Err::<(), Error>(Refusal::Expired.into())
        });
        refusal(failed.await);
        assert_eq!((db.users().count().await?, db.memberships().count().await?), (users, members));
        Ok(())
    }

    async fn b18_only_its_own_domain(db: Db) -> Result<()> {
        let (_, organization) = organization(&db).await?;
        db.organizations().update(organizations::by_id(organization.id)).set(|s| s.only_allow_domain(true)).await?;
        let (inside, outside) = (z(&db, "z").await?, person(&db, "ann").await?);
        for user in [&inside, &outside] {
            let email = addresses::best(&db, user.id).await?.expect("one");
            addresses::verify(&db, email.id).await?;
        }
        let claim = domain_names::claim(&db, organization.id, "x.io").await?;
        let foreign = |domain: &str| Refusal::ForeignDomain(domain.into());
        assert_eq!(refusal(teams::invite(&db, organization.id, "z@x.io").await), foreign("x.io"), "not verified yet");
        domain_names::verify(&db, claim.id, &claim.verification_code).await?;
        assert_eq!(refusal(teams::invite(&db, organization.id, "ann@example.com").await), foreign("example.com"));
        let member = teams::invite(&db, organization.id, "Z@x.io").await?;
        assert_eq!((member.user_id, member.role), (inside.id, MembershipRole::Member));
        assert_eq!(refusal(teams::invite(&db, organization.id, "nobody@x.io").await), Refusal::NobodyThere("nobody@x.io".into()));

        db.organizations().update(organizations::by_id(organization.id)).set(|s| s.only_allow_domain(false)).await?;
        assert_eq!(teams::invite(&db, organization.id, "ann@example.com").await?.user_id, outside.id);
        Ok(())
    }

    async fn b19_an_event_fires_what_listens(db: Db) -> Result<()> {
        let (_, organization) = organization(&db).await?;
        let now = at("2026-06-20T10:15:30.250Z");
        let mut ids = Vec::new();
        for (event, is_active) in [("A", false), ("A", true), ("B", true)] {
            ids.push(hook(&db, &organization, event, is_active).await?.id);
        }
        let called: Vec<i32> = hooks::fire(&db, organization.id, "A", now).await?.iter().map(|hook| hook.id).collect();
        assert_eq!(called, [ids[1]]);
        let listed = hooks::latest(&db, organization.id).await?;
        let listed: Vec<_> = listed.iter().map(|hook| (hook.id, hook.last_fired_at)).collect();
        assert_eq!(listed, [(ids[1], Some(now)), (ids[0], None), (ids[2], None)]);
        hooks::fire(&db, organization.id, "B", now + 1.second()).await?;
        assert_eq!(hooks::latest(&db, organization.id).await?[0].id, ids[2], "the latest first");
        Ok(())
    }

    async fn b25_with_an_organization_goes_what_is_its_own(db: Db) -> Result<()> {
        let (_, organization) = organization(&db).await?;
        person(&db, "ann").await?;
        verified(&db, &organization, "x.io").await?;
        hook(&db, &organization, "A", true).await?;
        let key = api_keys::Raw { jwt_api_key: "k".into(), expires_at: at("2026-01-01T00:00:00Z"), organization_id: organization.id };
        db.api_keys().create(key).await?;
        let counts = async || -> Result<[i64; 4]> {
            Ok([
                db.api_keys().count().await?,
                db.domains().count().await?,
                db.memberships().count().await?,
                db.webhooks().count().await?,
            ])
        };
        assert_eq!(counts().await?, [1; 4]);
        teams::delete(&db, organization.id).await?;
        assert_eq!(counts().await?, [0; 4]);
        assert_eq!(db.users().count().await?, 2);
        Ok(())
    }
}
