//! DateTime defaults in the one form that the DMMF writes: RFC 3339 with seconds, a numeric offset, and a fraction of 0,
//! 3, 6 or 9 digits.

/// Rewrites an RFC 3339 text; a text that is none (the validator let nothing else through) is returned as it is.
pub(super) fn normalized(text: &str) -> String {
    let Some(at) = text.find(['T', 't', ' ']) else {
        return text.to_owned();
    };
    let (date, rest) = text.split_at(at);
    let rest = &rest[1..];
    let Some(zone_at) = rest.find(['Z', 'z', '+', '-']) else {
        return text.to_owned();
    };
    let (time, zone) = rest.split_at(zone_at);
    let zone = if zone.eq_ignore_ascii_case("z") { "+00:00" } else { zone };
    let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
    let digits: String = fraction.chars().take(9).collect();
    let significant = digits.trim_end_matches('0').len();
    let width = match significant {
        0 => 0,
        1..=3 => 3,
        4..=6 => 6,
        _ => 9,
    };
    if width == 0 {
        format!("{date}T{seconds}{zone}")
    } else {
        let mut padded: String = digits.chars().take(width).collect();
        while padded.len() < width {
            padded.push('0');
        }
        format!("{date}T{seconds}.{padded}{zone}")
    }
}

#[cfg(test)]
mod tests {
    use super::normalized;

    #[test]
    fn forms() {
        for (given, expected) in [
            ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00+00:00"),
            ("2020-01-02 03:04:05.12+02:00", "2020-01-02T03:04:05.120+02:00"),
            ("2020-01-02T03:04:05.1234567z", "2020-01-02T03:04:05.123456700+00:00"),
            ("2020-01-02T03:04:05.000Z", "2020-01-02T03:04:05+00:00"),
        ] {
            assert_eq!(normalized(given), expected);
        }
    }
}
