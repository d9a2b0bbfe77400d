//! Rows B1 to B5, B22 to B24, B26 and B28: accounts and addresses.

use nicol::Enumeration;
use nicol::types::DateTime;
use staart::accounts::{self, Applicant, Profile, best_username};
use staart::addresses;
use staart::db::{
    Emails, Gender, MembershipRole, NotificationEmails, PrefersColorScheme, PrefersReducedMotion, UserRole, Users,
    access_tokens, approved_locations, backup_codes, emails, identities, memberships, sessions, users,
};
use staart::{Db, Error, Refusal, Result, teams};

use crate::{code, organization, person, refusal};

/// A user with all that a user may have, in an organization of somebody else.
async fn with_everything(db: &Db) -> Result<Users> {
    let (_, organization) = organization(db).await?;
    let user_id = person(db, "ann").await?.id;
    teams::add_member(db, organization.id, user_id, None).await?;
    accounts::add_identity(db, user_id, "github", "7", "ann").await?;
    let expires_at = DateTime::now();
    db.access_tokens().create(access_tokens::Raw { jwt_access_token: "t".into(), expires_at, user_id }).await?;
    db.approved_locations().create(approved_locations::Raw { subnet: "192.0.2.0".into(), user_id }).await?;
    db.backup_codes().create(backup_codes::Raw { code: "1".into(), user_id }).await?;
    let session =
        sessions::Raw { ip_address: "192.0.2.7".into(), jwt_token: "s".into(), user_agent: "a".into(), user_id };
    db.sessions().create(session).await?;
    Ok(db.users().get(users::by_id(user_id)).await?)
}

/// How many rows a user has in each of the seven tables.
async fn children(db: &Db, id: i32) -> Result<[i64; 7]> {
    Ok([
        db.emails().count().filter(emails::user_id.eq(id)).await?,
        db.access_tokens().count().filter(access_tokens::user_id.eq(id)).await?,
        db.approved_locations().count().filter(approved_locations::user_id.eq(id)).await?,
        db.backup_codes().count().filter(backup_codes::user_id.eq(id)).await?,
        db.identities().count().filter(identities::user_id.eq(id)).await?,
        db.memberships().count().filter(memberships::user_id.eq(id)).await?,
        db.sessions().count().filter(sessions::user_id.eq(id)).await?,
    ])
}

fn addresses_of(found: &[Emails]) -> Vec<&str> {
    found.iter().map(|email| email.email.as_str()).collect()
}

fn applicant<'a>(username: &'a str, address: &'a str) -> Applicant<'a> {
    Applicant { name: username, nickname: username, username, address }
}

/// Every value of the enum to which these belong.
fn all<E: Enumeration + Copy>(_some: &[E]) -> Vec<E> {
    E::VARIANTS.iter().map(|(value, _)| *value).collect()
}

fn words<E: Enumeration>(values: impl IntoIterator<Item = E>) -> Vec<&'static str> {
    values.into_iter().map(Enumeration::database_value).collect()
}

fresh_database::tests! {
    open = staart::open;

    async fn b01_a_user_with_an_address_and_all_defaults(db: Db) -> Result<()> {
        let before = DateTime::now();
        let ann = Applicant { name: "Ann Lee", nickname: "Ann", username: "ann-lee", address: "Ann@Example.com" };
        let user = accounts::register(&db, &ann).await?;
        let all: Vec<(Users, Vec<Emails>)> = db.users().find_many().with(users::emails).await?;
        let [(read, emails)] = &all[..] else { panic!("{all:?}") };
        assert_eq!(*read, user);
        assert_eq!((addresses_of(emails), emails[0].is_verified), (vec!["ann@example.com"], false));
        assert_eq!(
            (user.name.as_str(), user.nickname.as_str(), user.username.as_str()),
            ("Ann Lee", "Ann", "ann-lee")
        );
        assert_eq!((user.country_code.as_str(), user.prefers_language.as_str()), ("us", "en-us"));
        assert_eq!((user.gender, user.notification_emails), (Gender::Unknown, NotificationEmails::Account));
        assert_eq!(user.prefers_color_scheme, PrefersColorScheme::NoPreference);
        assert_eq!(user.prefers_reduced_motion, PrefersReducedMotion::NoPreference);
        assert_eq!((user.role, user.timezone.as_str()), (UserRole::User, "America/Los_Angeles"));
        assert_eq!((user.check_location_on_login, user.two_factor_enabled), (false, false));
        assert_eq!(user.profile_picture, "https://unavatar.now.sh/fallback.png");
        assert_eq!((user.password, user.two_factor_secret, user.primary_email), (None, None, None));
        // Milliseconds are kept, what is finer is not.
        assert!(user.created_at.as_millisecond() >= before.as_millisecond() && user.updated_at == user.created_at);
        Ok(())
    }

    async fn b02_an_address_and_the_reference_to_it_or_neither(db: Db) -> Result<()> {
        let ann = person(&db, "ann").await?;
        let failed = db.tx().try_run(async |tx| {
            let email = addresses::add_primary(&tx, ann.id, "ann@new.example").await?;
            let within = tx.users().get(users::by_id(ann.id)).select(users::primary_email).await?;
            assert_eq!(within, Some(email.id), "in the transaction it is there");
            Err::<(), Error>(Refusal::Expired.into())
        });
        assert_eq!(refusal(failed.await), Refusal::Expired);
        assert_eq!(db.emails().count().filter(emails::email.eq("ann@new.example")).await?, 0);
        assert_eq!(db.users().get(users::by_id(ann.id)).await?.primary_email, None);

        let email = addresses::add_primary(&db, ann.id, "ann@new.example").await?;
        assert_eq!(db.users().get(users::by_id(ann.id)).await?.primary_email, Some(email.id));
        assert_eq!(addresses::best(&db, ann.id).await?, Some(email));
        Ok(())
    }

    async fn b03_a_username_is_taken_once(db: Db) -> Result<()> {
        person(&db, "ann").await?;
        match accounts::register(&db, &applicant("ann", "another@example.com")).await {
            Err(Error::Database(error)) => {
                assert_eq!((error.code(), error.model(), error.fields()), ("P2002", Some("users"), &["username".to_owned()][..]));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!((db.users().count().await?, db.emails().count().await?), (1, 1));
        Ok(())
    }

    async fn b04_the_best_username(db: Db) -> Result<()> {
        person(&db, "ann").await?;
        let mut names = Vec::new();
        for at in 0..3 {
            let name = best_username(&db, "Ann Lee").await?;
            accounts::register(&db, &applicant(&name, &format!("{at}@example.com"))).await?;
            names.push(name);
        }
        assert_eq!(names[0], "ann-lee");
        for name in &names[1..] {
            let end = name.strip_prefix("ann-lee-").expect("the name and an end");
            assert!(end.len() == 6 && end.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
        }
        assert_ne!(names[1], names[2]);
        Ok(())
    }

    async fn b05_a_verified_address_is_somebody_s(db: Db) -> Result<()> {
        let first = accounts::register(&db, &applicant("first", "a@x.io")).await?;
        let second = accounts::register(&db, &applicant("second", "a@x.io")).await?;
        let of = async |user: &Users| addresses::best(&db, user.id).await.map(|email| email.expect("one").id);
        addresses::verify(&db, of(&first).await?).await?;
        let taken = Refusal::AddressTaken("a@x.io".into());
        assert_eq!(refusal(accounts::register(&db, &applicant("third", "A@x.io")).await), taken);
        assert_eq!(refusal(addresses::add_primary(&db, second.id, "a@x.io").await), taken);
        assert_eq!(refusal(addresses::verify(&db, of(&second).await?).await), taken, "both cannot own it");
        assert_eq!((db.users().count().await?, db.emails().count().await?), (2, 2));
        let not_one = refusal(accounts::register(&db, &applicant("third", "a.x.io")).await);
        assert_eq!(not_one, Refusal::NoAddress("a.x.io".into()));
        Ok(())
    }

    async fn b22_by_service_and_number(db: Db) -> Result<()> {
        let ann = person(&db, "ann").await?;
        let github = accounts::add_identity(&db, ann.id, "github", "7", "ann-at-github").await?;
        let google = accounts::add_identity(&db, ann.id, "google", "7", "ann-at-google").await?;
        assert_eq!(accounts::by_identity(&db, "google", "7").await?, Some((google, ann.clone())));
        assert_eq!(accounts::by_identity(&db, "github", "7").await?, Some((github, ann)));
        assert_eq!(accounts::by_identity(&db, "github", "8").await?, None);
        // In Rust the field keeps its name by an `r#`; in the schema and in SQL it is `type`.
        let statement = db.identities().find_many().filter(identities::r#type.eq("github")).to_sql()?;
        assert!(statement.text().contains("type") && !statement.text().contains("r#"), "{}", statement.text());
        Ok(())
    }

    async fn b23_the_primary_address_goes(db: Db) -> Result<()> {
        let ann = person(&db, "ann").await?;
        let primary = addresses::add_primary(&db, ann.id, "primary@example.com").await?;
        let last = db.emails().create(emails::Raw { email: "last@example.com".into(), user_id: ann.id }).await?;
        addresses::verify(&db, last.id).await?;
        addresses::remove(&db, primary.id).await?;
        let left = db.users().get(users::by_id(ann.id)).await?;
        assert_eq!(left.primary_email, Some(primary.id), "no foreign key looks after it");
        let best = async || addresses::best(&db, ann.id).await.map(|email| email.map(|email| email.email));
        assert_eq!(best().await?.as_deref(), Some("last@example.com"), "a verified one first");
        addresses::remove(&db, last.id).await?;
        assert_eq!(best().await?.as_deref(), Some("ann@example.com"));
        Ok(())
    }

    async fn b24_with_a_user_goes_what_is_the_user_s(db: Db) -> Result<()> {
        let ann = with_everything(&db).await?;
        let owner = db.users().get(users::by_username("owner")).await?;
        assert_eq!(children(&db, ann.id).await?, [1; 7]);
        let others = children(&db, owner.id).await?;
        accounts::delete(&db, ann.id).await?;
        assert_eq!(children(&db, ann.id).await?, [0; 7]);
        assert_eq!(db.organizations().count().await?, 1);
        assert_eq!(children(&db, owner.id).await?, others);
        assert_eq!(code(accounts::delete(&db, ann.id).await), Some("P2025"));
        Ok(())
    }

    async fn b26_secrets_are_not_even_read(db: Db) -> Result<()> {
        let secret = users::New { name: "Ann".into(), nickname: "Ann".into(), username: "ann".into() };
        let ann = db.users().create(secret.password("(a hash)").two_factor_secret("(a secret)")).await?;
        let request = db.users().get(users::by_id(ann.id)).omit((users::password, users::two_factor_secret));
        let statement = request.to_sql()?;
        for hidden in ["password", "twoFactorSecret"] {
            assert!(!statement.text().contains(hidden), "{}", statement.text());
        }
        assert!(statement.text().contains("twoFactorEnabled"), "{}", statement.text());
        let user = request.await?;
        assert!(!user.has(users::password) && !user.has(users::two_factor_secret));
        assert_eq!(user.get(users::password).expect_err("left out").code(), "P2019");
        assert_eq!(user.get(users::username)?, "ann");
        assert!(!format!("{user:?}").contains("(a "));

        let shown = db.users().get(users::by_id(ann.id)).select(Profile::shape()).to_sql()?;
        assert!(!shown.text().contains("password") && !shown.text().contains("twoFactorSecret"), "{}", shown.text());
        assert_eq!(accounts::profile(&db, "ann").await?.id, ann.id);
        Ok(())
    }

    /// The collation of the tables takes `p` and `P` for one letter.
    #[on(mariadb, mysql)]
    async fn b28_usernames_differ_by_more_than_case(db: Db) -> Result<()> {
        person(&db, "p").await?;
        assert_eq!(code(accounts::register(&db, &applicant("P", "capital@example.com")).await), Some("P2002"));
        assert_eq!(db.users().count().await?, 1);
        Ok(())
    }

    #[on(sqlite, postgres, postgres18)]
    async fn b28_usernames_may_differ_by_case(db: Db) -> Result<()> {
        person(&db, "p").await?;
        accounts::register(&db, &applicant("P", "capital@example.com")).await?;
        let names = db.users().find_many().order_by(users::id.asc()).select(users::username).await?;
        assert_eq!(names, ["p", "P"]);
        Ok(())
    }

    /// Enums go there and back under their names in the schema.
    async fn r19_each_value_of_each_enum_is_kept(db: Db) -> Result<()> {
        let (_, organization) = organization(&db).await?;
        let ann = person(&db, "ann").await?;
        for (role, _) in MembershipRole::VARIANTS {
            let made = teams::add_member(&db, organization.id, ann.id, Some(*role)).await?;
            assert_eq!(db.memberships().get(memberships::by_id(made.id)).await?.role, *role);
        }
        macro_rules! kept {
            ($field:ident: $($value:expr),+) => {
                for value in [$($value),+] {
                    db.users().update(users::by_id(ann.id)).set(|s| s.$field(value)).await?;
                    assert_eq!(db.users().get(users::by_id(ann.id)).await?.$field, value);
                    assert_eq!(db.users().count().filter(users::$field.eq(value) & users::id.eq(ann.id)).await?, 1);
                }
                assert_eq!(words([$($value),+]), words(all(&[$($value),+])), "these are all of them");
            };
        }
        kept!(gender: Gender::Male, Gender::Female, Gender::Nonbinary, Gender::Unknown);
        kept!(notification_emails: NotificationEmails::Account, NotificationEmails::Updates, NotificationEmails::Promotions);
        kept!(prefers_color_scheme: PrefersColorScheme::NoPreference, PrefersColorScheme::Light, PrefersColorScheme::Dark);
        kept!(prefers_reduced_motion: PrefersReducedMotion::NoPreference, PrefersReducedMotion::Reduce);
        kept!(role: UserRole::Sudo, UserRole::User);
        assert_eq!(words(all(&[MembershipRole::Owner])), ["OWNER", "ADMIN", "RESELLER", "MEMBER"]);
        Ok(())
    }
}
