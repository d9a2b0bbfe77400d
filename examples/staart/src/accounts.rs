//! People.

use crate::addresses::{self, domain_of};
use crate::db::{Db, Identities, Users, domains, emails, identities, memberships, organizations, users};
use crate::{Result, random};

// ANCHOR: new
/// Who wants an account.
#[derive(Debug, Clone)]
pub struct Applicant<'a> {
    /// As it is written.
    pub name: &'a str,
    /// As friends say.
    pub nickname: &'a str,
    /// Unique; see [`best_username`].
    pub username: &'a str,
    /// Where mail arrives.
    pub address: &'a str,
}

/// Creates a user with an address. Whoever has an address in a verified domain of an organization that wants its people
/// becomes a member of it. All of this or nothing is written.
///
/// # Errors
/// [`AddressTaken`](crate::Refusal::AddressTaken); P2002 when the username is.
pub async fn register(db: &Db, applicant: &Applicant<'_>) -> Result<Users> {
    let address = applicant.address.to_lowercase();
    let domain = domain_of(&address)?;
    let user = db.tx().try_run(async |tx| {
        addresses::must_be_free(&tx, &address).await?;
        let own = domains::domain.eq(domain) & domains::is_verified.eq(true);
        let wanting = organizations::auto_join_domain.eq(true) & organizations::domains.some(own);
        let wanting = tx.organizations().find_many().filter(wanting).select(organizations::id).await?;
        let memberships =
            wanting.into_iter().map(|id| memberships::InUser { organization: organizations::by_id(id).into() });
        let user = users::New {
            name: applicant.name.into(),
            nickname: applicant.nickname.into(),
            username: applicant.username.into(),
        };
        let user = user.emails([emails::In { email: address.clone() }]).memberships(memberships.collect::<Vec<_>>());
        Ok(tx.users().create(user).await?)
    });
    user.await
}
// ANCHOR_END: new

/// A username that is free: the name in small letters, with a random end when somebody has it.
///
/// # Errors
/// The database's.
pub async fn best_username(db: &Db, name: &str) -> Result<String> {
    let words: Vec<String> = name
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let plain = words.join("-");
    let taken = db.users().find(users::by_username(plain.as_str())).select(users::id).await?;
    Ok(if taken.is_none() && !plain.is_empty() { plain } else { format!("{plain}-{}", random::text(6)?) })
}

// ANCHOR: profile
/// What others may see of a user: neither the password nor the secret of the second factor is even read.
#[derive(Debug, Clone, PartialEq, nicol::Shape)]
#[shape(users)]
pub struct Profile {
    /// The user's number.
    pub id: i32,
    /// As it is written.
    pub name: String,
    /// Unique.
    pub username: String,
    /// Where the picture lies.
    pub profile_picture: String,
}

/// The profile of a user.
///
/// # Errors
/// P2025 when nobody has this username.
pub async fn profile(db: &Db, username: &str) -> Result<Profile> {
    Ok(db.users().get(users::by_username(username)).select(Profile::shape()).await?)
}
// ANCHOR_END: profile

// ANCHOR: identity
/// Notes that another service knows the user, such as `github`.
///
/// # Errors
/// P2018 when there is no such user.
pub async fn add_identity(db: &Db, user_id: i32, service: &str, id: &str, name: &str) -> Result<Identities> {
    let identity = identities::New {
        r#type: service.into(),
        identity_id: id.into(),
        login_name: name.into(),
        user: users::by_id(user_id).into(),
    };
    Ok(db.identities().create(identity).await?)
}

/// Whom another service knows by this number.
///
/// # Errors
/// The database's.
pub async fn by_identity(db: &Db, service: &str, id: &str) -> Result<Option<(Identities, Users)>> {
    let known = identities::r#type.eq(service) & identities::identity_id.eq(id);
    Ok(db.identities().find_first().filter(known).with(identities::user).await?)
}
// ANCHOR_END: identity

/// Deletes a user, and with the row all that belongs to it. Organizations stay.
///
/// # Errors
/// P2025 when there is no such user.
pub async fn delete(db: &Db, id: i32) -> Result<Users> {
    Ok(db.users().delete(users::by_id(id)).await?)
}
