//! Organizations and their members.

use nicol::count;

use crate::addresses::domain_of;
use crate::db::{
    Db, MembershipRole, Memberships, Organizations, Users, domains, emails, memberships, organizations, users,
};
use crate::{Refusal, Result};

// ANCHOR: found
/// Founds an organization: whoever does so owns it.
///
/// # Errors
/// P2002 when the username is taken; P2018 when there is no such user.
pub async fn found(db: &Db, founder: &Users, name: &str, username: &str) -> Result<Organizations> {
    let owner = memberships::InOrganization { user: users::by_id(founder.id).into() }.role(MembershipRole::Owner);
    let organization = organizations::New { name: name.into(), username: username.into() };
    Ok(db.organizations().create(organization.memberships([owner])).await?)
}

/// The organizations of a user, and what the user is there, in the order in which they came together.
///
/// # Errors
/// The database's.
pub async fn of_user(db: &Db, user_id: i32) -> Result<Vec<(Memberships, Organizations)>> {
    let own = db.memberships().find_many().filter(memberships::user_id.eq(user_id));
    Ok(own.order_by(memberships::id.asc()).with(memberships::organization).await?)
}
// ANCHOR_END: found

/// Adds a member: one without rights, when no role is named.
///
/// # Errors
/// P2003 when there is no such organization or user.
pub async fn add_member(
    db: &Db,
    organization_id: i32,
    user_id: i32,
    role: Option<MembershipRole>,
) -> Result<Memberships> {
    let member = memberships::Raw { organization_id, user_id };
    Ok(match role {
        Some(role) => db.memberships().create(member.role(role)).await?,
        None => db.memberships().create(member).await?,
    })
}

// ANCHOR: invite
/// Adds whoever has proved to own an address. An organization may take only addresses of domains which it has proved to own.
///
/// # Errors
/// [`Refusal::ForeignDomain`], [`Refusal::NobodyThere`]; P2025 when there is no such organization.
pub async fn invite(db: &Db, organization_id: i32, address: &str) -> Result<Memberships> {
    let address = address.to_lowercase();
    let domain = domain_of(&address)?;
    let own = domains::domain.eq(domain) & domains::is_verified.eq(true);
    let welcome = organizations::only_allow_domain.eq(false) | organizations::domains.some(own);
    db.organizations().get(organizations::by_id(organization_id)).await?;
    if db.organizations().find(organizations::by_id(organization_id).and(welcome)).await?.is_none() {
        return Err(Refusal::ForeignDomain(domain.to_owned()).into());
    }
    let owned = emails::email.eq(address.as_str()) & emails::is_verified.eq(true);
    let user = db.emails().find_first().filter(owned).select(emails::user_id).await?;
    add_member(db, organization_id, user.ok_or(Refusal::NobodyThere(address))?, None).await
}
// ANCHOR_END: invite

// ANCHOR: roles
/// How many members there are of each role.
///
/// # Errors
/// The database's.
pub async fn roles(db: &Db, organization_id: i32) -> Result<Vec<(MembershipRole, i64)>> {
    let groups = db.memberships().group_by(memberships::role).select((memberships::role, count()));
    let groups = groups.filter(memberships::organization_id.eq(organization_id));
    let mut groups: Vec<(MembershipRole, i64)> = groups.await?;
    // In the order of the schema, whatever the database makes of it.
    groups.sort();
    Ok(groups)
}
// ANCHOR_END: roles

/// Deletes an organization, and with the row all that belongs to it. People stay.
///
/// # Errors
/// P2025 when there is no such organization.
pub async fn delete(db: &Db, id: i32) -> Result<Organizations> {
    Ok(db.organizations().delete(organizations::by_id(id)).await?)
}
