//! Who is logged in, and from where.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::db::{ApprovedLocations, Db, Sessions, Users, approved_locations, sessions, users};
use crate::{Refusal, Result, random};

// ANCHOR: log_in
/// Begins a session. A user may have asked for networks to be approved first.
///
/// # Errors
/// [`Refusal::UnknownLocation`].
pub async fn log_in(db: &Db, user: &Users, address: IpAddr, agent: &str) -> Result<Sessions> {
    if user.check_location_on_login {
        let known = approved_locations::user_id.eq(user.id) & approved_locations::subnet.eq(subnet(address));
        if db.approved_locations().count().filter(known).await? == 0 {
            return Err(Refusal::UnknownLocation(address.to_string()).into());
        }
    }
    let session = sessions::New {
        ip_address: address.to_string(),
        jwt_token: random::text(64)?,
        user_agent: agent.into(),
        user: users::by_id(user.id).into(),
    };
    Ok(db.sessions().create(session).await?)
}

/// Approves the network of an address.
///
/// # Errors
/// P2003 when there is no such user.
pub async fn approve(db: &Db, user_id: i32, address: IpAddr) -> Result<ApprovedLocations> {
    let location = approved_locations::Raw { subnet: subnet(address), user_id };
    Ok(db.approved_locations().create(location).await?)
}
// ANCHOR_END: log_in

/// The neighbourhood of an address: all but the last byte, or the first three groups.
fn subnet(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & !0xff).to_string(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (!0 << 80)).to_string(),
    }
}

// ANCHOR: page
/// A page of a user's sessions, newest first, behind a session or from the start.
///
/// # Errors
/// The database's.
pub async fn page(db: &Db, user_id: i32, after: Option<i32>, size: u32) -> Result<Vec<Sessions>> {
    let all = db.sessions().find_many().filter(sessions::user_id.eq(user_id)).order_by(sessions::id.desc());
    let page = all.take(size.into());
    Ok(match after {
        Some(id) => page.after(sessions::by_id(id)).await?,
        None => page.await?,
    })
}
// ANCHOR_END: page

/// Notes the city from which a session comes.
///
/// # Errors
/// P2025 when there is no such session.
pub async fn locate(db: &Db, id: i32, city: &str) -> Result<Sessions> {
    Ok(db.sessions().update(sessions::by_id(id)).set(|s| s.city(city)).await?)
}
