//! Numbers of a client at work.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nicol_db::PoolStatus;

/// Buckets of durations: below 1, 2, 4 .. microseconds; the last one has everything else (over a minute).
const BUCKETS: usize = 28;

/// Counts while operations run.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    failures: AtomicU64,
    micros: AtomicU64,
    buckets: [AtomicU64; BUCKETS],
}

impl Meter {
    /// An operation has ended.
    pub(crate) fn note(&self, elapsed: Duration, is_failure: bool) {
        let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        let bucket = (u64::BITS - micros.leading_zeros()) as usize;
        self.buckets[bucket.min(BUCKETS - 1)].fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        if is_failure {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn read(&self, pool: PoolStatus, replicas: Vec<PoolStatus>) -> Metrics {
        let counts = self.buckets.each_ref().map(|bucket| bucket.load(Ordering::Relaxed));
        let total = Duration::from_micros(self.micros.load(Ordering::Relaxed));
        Metrics {
            pool,
            replicas,
            failures: self.failures.load(Ordering::Relaxed),
            durations: Durations { counts, total },
        }
    }
}

/// A snapshot of a client: see [`Client::metrics`](crate::Client::metrics).
#[derive(Debug, Clone)]
pub struct Metrics {
    /// The connections with the database.
    pub pool: PoolStatus,
    /// The connections with each replica.
    pub replicas: Vec<PoolStatus>,
    /// Operations that ended with an error.
    pub failures: u64,
    /// How long operations took, waiting for a connection included. Those given up in their middle are not counted.
    pub durations: Durations,
}

/// How often something took how long.
#[derive(Debug, Clone)]
pub struct Durations {
    counts: [u64; BUCKETS],
    total: Duration,
}

impl Durations {
    /// How often.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// All of it together.
    pub fn total(&self) -> Duration {
        self.total
    }

    /// The mean; zero of nothing.
    pub fn mean(&self) -> Duration {
        let micros = u64::try_from(self.total.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(micros.checked_div(self.count()).unwrap_or(0))
    }

    /// Bounds in rising order, each with the number of times that were below it and not below the one before. The last
    /// bound has all that took longer.
    pub fn buckets(&self) -> impl Iterator<Item = (Duration, u64)> {
        self.counts.iter().enumerate().map(|(bucket, count)| {
            let bound = if bucket + 1 == BUCKETS { Duration::MAX } else { Duration::from_micros(1 << bucket) };
            (bound, *count)
        })
    }

    /// A bound that this share (`0.99`) of the times stayed below, to a factor of two; zero of nothing.
    #[allow(clippy::cast_precision_loss, reason = "a share of counts that fit a float")]
    pub fn quantile(&self, share: f64) -> Duration {
        let wanted = self.count() as f64 * share;
        let mut below = 0;
        for (bound, count) in self.buckets() {
            below += count;
            if below > 0 && below as f64 >= wanted {
                return bound;
            }
        }
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_fall_into_buckets() {
        let meter = Meter::default();
        for micros in [0, 1, 1, 3, 1000, 100_000_000_000] {
            meter.note(Duration::from_micros(micros), micros == 3);
        }
        let pool = PoolStatus { max: 1, in_use: 0, idle: 1, waiting: 0, waits: 0, waited: Duration::ZERO };
        let read = meter.read(pool, Vec::new());
        let full: Vec<(Duration, u64)> = read.durations.buckets().filter(|(_, count)| *count > 0).collect();
        let micros = Duration::from_micros;
        assert_eq!(full, [(micros(1), 1), (micros(2), 2), (micros(4), 1), (micros(1024), 1), (Duration::MAX, 1)]);
        assert_eq!((read.durations.count(), read.failures), (6, 1));
        assert_eq!(read.durations.quantile(0.5), micros(2));
        assert_eq!(read.durations.quantile(0.8), micros(1024));
        assert_eq!(read.durations.quantile(1.0), Duration::MAX);
        assert_eq!(Meter::default().read(pool, Vec::new()).durations.quantile(0.5), Duration::ZERO);
    }
}
