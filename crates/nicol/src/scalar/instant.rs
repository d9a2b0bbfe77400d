//! Instants of other libraries as the type of `DateTime` columns: features `chrono` and `time`.

use jiff::Timestamp;
use nicol_db::{Cell, Value};

use super::{Plain, Scalar};
use crate::column::Ranked;
use crate::error::{Error, Result};

/// An instant of another library. Libraries differ in how far their years go: what does not fit is refused, never moved.
trait Instant: Sized + Copy + std::fmt::Debug {
    /// Nanoseconds since 1970 began, in UTC.
    fn nanoseconds(self) -> i128;
    /// The instant; none out of range.
    fn from_nanoseconds(nanoseconds: i128) -> Option<Self>;

    fn write(self) -> Value {
        match Timestamp::from_nanosecond(self.nanoseconds()) {
            Ok(instant) => Value::DateTime(instant),
            Err(_) => Value::Unfit(format!("{self:?} lies outside the years -9999 to 9999")),
        }
    }

    fn read(instant: Timestamp) -> Result<Self> {
        let found = Self::from_nanoseconds(instant.as_nanosecond());
        found.ok_or_else(|| {
            Error::inconsistent(format!("{instant} is out of range for {}", std::any::type_name::<Self>()))
        })
    }
}

#[cfg(feature = "chrono")]
impl Instant for chrono::DateTime<chrono::Utc> {
    fn nanoseconds(self) -> i128 {
        i128::from(self.timestamp()) * 1_000_000_000 + i128::from(self.timestamp_subsec_nanos())
    }

    fn from_nanoseconds(nanoseconds: i128) -> Option<Self> {
        let seconds = i64::try_from(nanoseconds.div_euclid(1_000_000_000)).ok()?;
        chrono::DateTime::from_timestamp(seconds, u32::try_from(nanoseconds.rem_euclid(1_000_000_000)).ok()?)
    }
}

#[cfg(feature = "time")]
impl Instant for time::OffsetDateTime {
    fn nanoseconds(self) -> i128 {
        self.unix_timestamp_nanos()
    }

    fn from_nanoseconds(nanoseconds: i128) -> Option<Self> {
        time::OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok()
    }
}

macro_rules! instant {
    ($feature:literal, $ty:ty) => {
        #[cfg(feature = $feature)]
        impl Scalar for $ty {
            type Plain = $ty;
            fn into_value(self) -> Value {
                self.write()
            }
            fn from_cell(cell: Cell<'_>) -> Result<Self> {
                Timestamp::from_cell(cell).and_then(Self::read)
            }
            fn from_value(value: Value) -> Option<Self> {
                Timestamp::from_value(value).and_then(|instant| Self::read(instant).ok())
            }
        }

        #[cfg(feature = $feature)]
        impl Plain for $ty {}
        #[cfg(feature = $feature)]
        impl Ranked for $ty {}
        #[cfg(feature = $feature)]
        impl Ranked for Option<$ty> {}

        #[cfg(feature = $feature)]
        impl Scalar for Vec<$ty> {
            type Plain = Vec<$ty>;
            fn into_value(self) -> Value {
                Value::List(self.into_iter().map(Scalar::into_value).collect())
            }
            fn from_cell(cell: Cell<'_>) -> Result<Self> {
                Vec::<Timestamp>::from_cell(cell)?.into_iter().map(<$ty>::read).collect()
            }
            fn from_value(value: Value) -> Option<Self> {
                super::elements(value)
            }
        }
    };
}

instant!("chrono", chrono::DateTime<chrono::Utc>);
instant!("time", time::OffsetDateTime);

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back<T: Scalar + PartialEq + std::fmt::Debug + Clone>(instant: T, expected: &str) {
        let expected = Value::DateTime(expected.parse().unwrap());
        assert_eq!(instant.clone().into_value(), expected);
        assert_eq!(T::from_value(expected), Some(instant));
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn chrono_keeps_every_nanosecond() {
        use chrono::{DateTime, Utc};
        for (seconds, nanos, shown) in [
            (0, 0, "1970-01-01T00:00:00Z"),
            (-1, 1, "1969-12-31T23:59:59.000000001Z"),
            (1_795_274_844, 999_999_999, "2026-11-21T15:27:24.999999999Z"),
            (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
        ] {
            there_and_back(DateTime::<Utc>::from_timestamp(seconds, nanos).unwrap(), shown);
        }
        assert!(matches!(DateTime::<Utc>::MAX_UTC.into_value(), Value::Unfit(why) if why.contains("-9999 to 9999")));
    }

    #[cfg(feature = "time")]
    #[test]
    fn time_keeps_every_nanosecond() {
        for (nanos, shown) in [
            (0, "1970-01-01T00:00:00Z"),
            (-999_999_999, "1969-12-31T23:59:59.000000001Z"),
            (1_795_274_844_999_999_999, "2026-11-21T15:27:24.999999999Z"),
        ] {
            there_and_back(time::OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap(), shown);
        }
    }
}
