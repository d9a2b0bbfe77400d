//! How many runs with AI somebody had this month, and how staff sets the count back without touching the ledger.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::json;

use crate::admin::{self, Target};
use crate::db::{AiMonthlyQuotaReset, Db, User, ai_monthly_quota_reset, automation_playbook_run};
use crate::{Error, Result};

/// The month of a moment, in UTC: its first instant and that of the next month.
fn month(now: Timestamp) -> (Timestamp, Timestamp) {
    let first: DateTime = now.to_zoned(TimeZone::UTC).date().first_of_month().into();
    let instant = |at: DateTime| TimeZone::UTC.to_timestamp(at).unwrap_or(Timestamp::MAX);
    (instant(first), instant(first.saturating_add(1.month())))
}

// ANCHOR: used
/// The runs with AI of this month that count: all of them, less those forgiven by the month's latest reset.
///
/// # Errors
/// What the database says.
pub async fn used(db: &Db, user_id: &str, now: Timestamp) -> Result<i64> {
    let (start, _) = month(now);
    let latest = db
        .ai_monthly_quota_reset()
        .find_first()
        .filter(ai_monthly_quota_reset::user_id.eq(user_id) & ai_monthly_quota_reset::month_start.eq(start))
        .order_by(ai_monthly_quota_reset::created_at.desc())
        .select(ai_monthly_quota_reset::ai_runs_offset)
        .await?;
    Ok((runs(db, user_id, now).await? - i64::from(latest.unwrap_or(0))).max(0))
}

/// The runs with AI of this month in the ledger.
async fn runs(db: &Db, user_id: &str, now: Timestamp) -> Result<i64> {
    let (start, end) = month(now);
    let of_this_month = automation_playbook_run::created_at.gte(start) & automation_playbook_run::created_at.lt(end);
    let by_user = automation_playbook_run::created_by_user_id.eq(user_id) & automation_playbook_run::ai_used.eq(true);
    Ok(db.automation_playbook_run().count().filter(of_this_month & by_user).await?)
}
// ANCHOR_END: used

// ANCHOR: reset
/// Forgives the month's runs so far. Support agents may not.
///
/// # Errors
/// [`Error::Refused`] for those who may not; what the database says.
pub async fn reset(db: &Db, admin: &User, user_id: &str, reason: &str, now: Timestamp) -> Result<AiMonthlyQuotaReset> {
    if !admin::may_operate(admin) {
        return Err(Error::Refused("only operations and management reset quotas"));
    }
    let reset = db.tx().try_run(async |tx| {
        let offset = runs(&tx, user_id, now).await?;
        let form = ai_monthly_quota_reset::Raw {
            month_start: month(now).0,
            ai_runs_offset: i32::try_from(offset).unwrap_or(i32::MAX),
            user_id: user_id.to_owned(),
            created_by_user_id: admin.id.clone(),
        };
        let reset = tx.ai_monthly_quota_reset().create(form.created_at(now).reason(reason)).await?;
        let metadata = json!({ "offset": offset, "reason": reason });
        admin::record(&tx, admin, "quota_reset", Target::user(user_id), metadata).await?;
        Ok::<_, Error>(reset)
    });
    reset.await
}
// ANCHOR_END: reset
