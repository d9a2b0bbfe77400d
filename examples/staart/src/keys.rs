//! Keys by which programs of an organization come in.

use std::net::IpAddr;

use nicol::types::DateTime;

use crate::db::{ApiKeys, Db, api_keys};
use crate::{Refusal, Result};

/// What a program wants, from where, and when.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    /// Its address.
    pub address: IpAddr,
    /// The site that it works for.
    pub referrer: &'a str,
    /// What it wants to do.
    pub scope: &'a str,
    /// The moment.
    pub at: DateTime,
}

// ANCHOR: check
/// Lets a program in, or says why not. A list that is not there restricts nothing.
///
/// # Errors
/// [`Refusal::UnknownKey`], [`Refusal::Expired`], [`Refusal::Address`], [`Refusal::Referrer`], [`Refusal::Scope`].
pub async fn check(db: &Db, key: &str, visit: &Visit<'_>) -> Result<ApiKeys> {
    let key = db.api_keys().find_first().filter(api_keys::jwt_api_key.eq(key)).await?.ok_or(Refusal::UnknownKey)?;
    let refusal = if visit.at >= key.expires_at {
        Some(Refusal::Expired)
    } else if !allows(key.ip_restrictions.as_deref(), |network| contains(network, visit.address)) {
        Some(Refusal::Address)
    } else if !allows(key.referrer_restrictions.as_deref(), |site| site == visit.referrer) {
        Some(Refusal::Referrer)
    } else if !allows(key.scopes.as_deref(), |scope| scope == visit.scope) {
        Some(Refusal::Scope)
    } else {
        None
    };
    match refusal {
        Some(refusal) => Err(refusal.into()),
        None => Ok(key),
    }
}
// ANCHOR_END: check

/// Whether a list, parts of which are divided by commas, has one that fits.
fn allows(list: Option<&str>, fits: impl Fn(&str) -> bool) -> bool {
    list.is_none_or(|list| list.split(',').map(str::trim).any(fits))
}

/// Whether an address lies in a network such as `10.0.0.0/8`, or is this one address.
fn contains(network: &str, address: IpAddr) -> bool {
    let (base, length) = match network.split_once('/') {
        Some((base, length)) => (base, length.parse::<u32>().ok()),
        None => (network, Some(128)),
    };
    let (Ok(base), Some(length)) = (base.parse::<IpAddr>(), length) else { return false };
    match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            let differ = base.to_bits() ^ address.to_bits();
            differ.leading_zeros() >= length.min(32)
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => {
            let differ = base.to_bits() ^ address.to_bits();
            differ.leading_zeros() >= length.min(128)
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        let address = |text: &str| text.parse().expect("an address");
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("192.0.2.128/25", "192.0.2.200", "192.0.2.127"),
            ("2001:db8::/32", "2001:db8:1::1", "2001:db9::"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
        ] {
            assert!(contains(network, address(inside)), "{network} {inside}");
            assert!(!contains(network, address(outside)), "{network} {outside}");
        }
        assert!(!contains("everywhere", address("192.0.2.7")) && !contains("10.0.0.0/x", address("10.0.0.0")));
    }
}
