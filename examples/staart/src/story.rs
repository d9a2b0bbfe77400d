//! How a small organization comes together. Each time it is told there is a new one, so it may be told again on the same
//! database.

use std::net::{IpAddr, Ipv4Addr};

use jiff::ToSpan;
use nicol::types::DateTime;

use crate::accounts::Applicant;
use crate::db::{Db, Organizations, Users, api_keys, organizations, users, webhooks};
use crate::keys::Visit;
use crate::{Error, Result, accounts, addresses, codes, domain_names, hooks, keys, logins, random, teams, tokens};

/// Where Ann is at home, and a stranger.
const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 77));
const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1));

/// Tells it.
///
/// # Errors
/// What the database says.
pub async fn tell(db: &Db) -> Result<()> {
    let domain = format!("{}.example", random::text(8)?);
    let ann = sign_up(db, "Ann Lee", "Ann", &format!("ann@{domain}")).await?;
    let organization = found(db, &ann, &domain).await?;
    join(db, &organization, &domain).await?;
    log_in(db, &ann).await?;
    programs(db, &ann, &organization).await?;
    leave(db, &ann, &organization).await
}

/// An account with a username of its own and a verified address.
async fn sign_up(db: &Db, name: &str, nickname: &str, address: &str) -> Result<Users> {
    let username = accounts::best_username(db, name).await?;
    let user = accounts::register(db, &Applicant { name, nickname, username: &username, address }).await?;
    if let Some(email) = addresses::best(db, user.id).await? {
        addresses::verify(db, email.id).await?;
    }
    println!("{name} signs up as {username} with {address}");
    Ok(user)
}

async fn found(db: &Db, ann: &Users, domain: &str) -> Result<Organizations> {
    let username = accounts::best_username(db, "Ann & Co").await?;
    let organization = teams::found(db, ann, "Ann & Co", &format!("{username}-{}", random::text(6)?)).await?;
    let claim = domain_names::claim(db, organization.id, domain).await?;
    println!("\n{} founds {}, which claims {domain}: to be published there is", ann.nickname, organization.name);
    println!("  {}", claim.verification_code);
    let verified = domain_names::verify(db, claim.id, &claim.verification_code).await?;
    println!("  found: {verified}");
    let everybody = db.organizations().update(organizations::by_id(organization.id));
    Ok(everybody.set(|s| s.auto_join_domain(true).only_allow_domain(true)).await?)
}

async fn join(db: &Db, organization: &Organizations, domain: &str) -> Result<()> {
    println!("\nWho signs up with this domain becomes a member:");
    sign_up(db, "Bob Fisher", "Bob", &format!("bob@{domain}")).await?;
    let stranger = format!("cyd@other-{domain}");
    sign_up(db, "Cyd Stone", "Cyd", &stranger).await?;
    tell_refusal(teams::invite(db, organization.id, &stranger).await)?;
    for (role, members) in teams::roles(db, organization.id).await? {
        println!("  {role:?}: {members}");
    }
    Ok(())
}

async fn log_in(db: &Db, ann: &Users) -> Result<()> {
    println!("\n{} has her logins checked:", ann.nickname);
    let ann = db.users().update(users::by_id(ann.id)).set(|s| s.check_location_on_login(true)).await?;
    let network = logins::approve(db, ann.id, HOME).await?.subnet;
    println!("  approved is {network}");
    for agent in ["A browser", "Another browser", "A telephone"] {
        logins::log_in(db, &ann, HOME, agent).await?;
    }
    tell_refusal(logins::log_in(db, &ann, ELSEWHERE, "A browser").await)?;
    let mut after = None;
    loop {
        let page = logins::page(db, ann.id, after, 2).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        let agents: Vec<&str> = page.iter().map(|session| session.user_agent.as_str()).collect();
        println!("  a page of sessions: {}", agents.join(", "));
    }
    let given = codes::renew(db, ann.id).await?;
    let first = given.first().map_or("", |code| code.code.as_str());
    let (once, twice) = (codes::redeem(db, ann.id, first).await?, codes::redeem(db, ann.id, first).await?);
    println!("  a backup code is good once: {once}, then {twice}; {} are left", codes::left(db, ann.id).await?);
    Ok(())
}

async fn programs(db: &Db, ann: &Users, organization: &Organizations) -> Result<()> {
    println!("\nPrograms come in:");
    let now = DateTime::now();
    let token = tokens::create(db, ann.id, &random::text(64)?, now + 8.hours()).await?;
    println!("  {} has {} token(s)", ann.nickname, tokens::of(db, ann.id).await?.len());
    tokens::delete(db, ann.id, token.id).await?;
    let text = random::text(64)?;
    let key = api_keys::New {
        jwt_api_key: text.clone(),
        expires_at: now + 1.hour(),
        organization: organizations::by_id(organization.id).into(),
    };
    db.api_keys().create(key.ip_restrictions("192.0.2.0/24").scopes("orgRead")).await?;
    let visit = Visit { address: HOME, referrer: "example.com", scope: "orgRead", at: now };
    keys::check(db, &text, &visit).await?;
    println!("  a key is good for orgRead from {HOME}");
    for refused in [
        Visit { address: ELSEWHERE, ..visit },
        Visit { scope: "orgDelete", ..visit },
        Visit { at: now + 1.hour(), ..visit },
    ] {
        tell_refusal(keys::check(db, &text, &refused).await)?;
    }
    for event in ["member.joined", "member.left"] {
        let hook = webhooks::New {
            event: event.into(),
            url: format!("https://hooks.example/{event}"),
            organization: organizations::by_id(organization.id).into(),
        };
        db.webhooks().create(hook.is_active(true)).await?;
    }
    for hook in hooks::fire(db, organization.id, "member.joined", now).await? {
        println!("  to be called: {}", hook.url);
    }
    Ok(())
}

async fn leave(db: &Db, ann: &Users, organization: &Organizations) -> Result<()> {
    println!("\n{} leaves, and the organization ends:", ann.nickname);
    accounts::delete(db, ann.id).await?;
    let members = db.users().count().filter(users::memberships.some(of(organization)));
    println!("  {} member(s) are left", members.await?);
    teams::delete(db, organization.id).await?;
    let keys = db.api_keys().count().filter(api_keys::organization_id.eq(organization.id)).await?;
    println!("  {keys} of its keys, {} of its hooks", hooks::latest(db, organization.id).await?.len());
    Ok(())
}

fn of(organization: &Organizations) -> nicol::Filter<crate::db::memberships::Model> {
    crate::db::memberships::organization_id.eq(organization.id)
}

/// Prints why the service says no; every other error goes on.
fn tell_refusal<T>(result: Result<T>) -> Result<()> {
    match result {
        Err(Error::Refused(refusal)) => println!("  refused: {refusal}"),
        Err(error) => return Err(error),
        Ok(_) => println!("  let in"),
    }
    Ok(())
}
