//! Who gets letters.

use crate::db::{
    Db, EmailSubscriber, ProjectSubscription, SubscriptionType, email_subscriber, project, project_subscription,
};
use crate::{Result, token};

// ANCHOR: subscribe
/// Subscribes an address to a project. Once more changes what it gets.
///
/// # Errors
/// The database's.
pub async fn subscribe(
    db: &Db,
    email: &str,
    project_id: &str,
    kind: SubscriptionType,
) -> Result<(EmailSubscriber, ProjectSubscription)> {
    let token = token::random()?;
    let subscribed = db.tx().try_run(async |tx: Db| {
        let new = email_subscriber::New { email: email.into(), unsubscribe_token: token };
        let subscriber =
            tx.email_subscriber().upsert(email_subscriber::by_email(email), new, |s| s.is_active(true)).await?;
        let pair = project_subscription::by_project_id_subscriber_id(project_id, subscriber.id.as_str());
        let new = project_subscription::New {
            project: project::by_id(project_id).into(),
            subscriber: email_subscriber::by_id(subscriber.id.as_str()).into(),
        };
        let new = new.subscription_type(kind);
        let subscription = tx.project_subscription().upsert(pair, new, |s| s.subscription_type(kind)).await?;
        Ok((subscriber, subscription))
    });
    subscribed.await
}
// ANCHOR_END: subscribe

/// Ends all letters to whoever holds the token.
///
/// # Errors
/// P2025 when nobody does.
pub async fn unsubscribe(db: &Db, token: &str) -> Result<EmailSubscriber> {
    let subscriber = db.email_subscriber().update(email_subscriber::by_unsubscribe_token(token));
    Ok(subscriber.set(|s| s.is_active(false)).await?)
}

/// Which news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// For those who want all.
    Minor,
    /// For those, too, who want what is important.
    Major,
}

// ANCHOR: recipients
/// The addresses that get a letter about news of a project.
///
/// # Errors
/// The database's.
pub async fn recipients(db: &Db, project_id: &str, update: Update) -> Result<Vec<String>> {
    let wanted = match update {
        Update::Minor => vec![SubscriptionType::AllUpdates],
        Update::Major => vec![SubscriptionType::AllUpdates, SubscriptionType::MajorOnly],
    };
    let subscription =
        project_subscription::project_id.eq(project_id) & project_subscription::subscription_type.in_(wanted);
    let active = email_subscriber::is_active.eq(true) & email_subscriber::subscriptions.some(subscription);
    let subscribers = db.email_subscriber().find_many().filter(active).order_by(email_subscriber::email.asc());
    Ok(subscribers.select(email_subscriber::email).await?)
}
// ANCHOR_END: recipients
