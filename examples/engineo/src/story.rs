//! A day at the office. Each time it is told there are new people in it, so it may be told again on the same database.

use jiff::{SignedDuration, Timestamp};

use crate::account::{self, ProfileChanges};
use crate::admin::{self, Search};
use crate::db::{
    AutomationPlaybookRunType, CustomerAccountRole, Db, IntegrationType, InternalAdminRole, User, UserRole,
    automation_playbook_run, integration, project, user, user_session,
};
use crate::session::{self, Device};
use crate::{Result, backfill, quota};

/// Tells it.
///
/// # Errors
/// What the database says.
pub async fn tell(db: &Db) -> Result<()> {
    let now = Timestamp::now();
    let (admin, agent, customer) = people(db, now).await?;
    roles(db, &admin, &agent).await?;
    quotas(db, &admin, &agent, &customer, now).await?;
    sessions(db, &customer, now).await?;
    self_service(db, &customer).await?;
    log(db, &admin, &customer).await
}

/// An admin from before there were roles, a support agent, and a customer with a shop.
async fn people(db: &Db, now: Timestamp) -> Result<(User, User, User)> {
    let mark = now.as_millisecond();
    let person = |name: &str| user::New { email: format!("{name}.{mark}@example.com"), password: "(a hash)".into() };
    let admin = db.user().create(person("ada").name("Ada").role(UserRole::Admin)).await?;
    let agent = person("sam").name("Sam").role(UserRole::Admin).admin_role(InternalAdminRole::SupportAgent);
    let agent = db.user().create(agent).await?;
    let shop = integration::In { r#type: IntegrationType::Shopify }.external_id("wine-and-more");
    let project = project::In { name: "Wine and more".into() }.integrations([shop]);
    let customer = db.user().create(person("carl").name("Carl").projects([project])).await?;
    println!("Ada (admin), Sam (support agent) and Carl (customer, with a shop) have accounts.");
    Ok((admin, agent, customer))
}

async fn roles(db: &Db, admin: &User, agent: &User) -> Result<()> {
    println!(
        "\nInternal roles arrive. Ada has none yet: the backfill gives {} admin(s) one.",
        backfill::admin_roles(db).await?
    );
    for person in [admin, agent] {
        let role = db.user().get(user::by_id(&person.id)).select(user::admin_role).await?;
        println!("  {} is {role:?}", person.name.as_deref().unwrap_or(&person.email));
    }
    println!("  Once more: {}", backfill::admin_roles(db).await?);
    Ok(())
}

async fn quotas(db: &Db, admin: &User, agent: &User, customer: &User, now: Timestamp) -> Result<()> {
    let project = db.project().find_first().filter(project::user_id.eq(&customer.id)).select(project::id).await?;
    let Some(project_id) = project else { return Ok(()) };
    for _ in 0..5 {
        let run = automation_playbook_run::Raw {
            run_type: AutomationPlaybookRunType::DraftGenerate,
            project_id: project_id.clone(),
            created_by_user_id: customer.id.clone(),
        };
        db.automation_playbook_run().create(run.ai_used(true).created_at(now)).await?;
    }
    println!("\nCarl has used {} of this month's runs with AI.", quota::used(db, &customer.id, now).await?);
    if let Err(refused) = quota::reset(db, agent, &customer.id, "a favour", now).await {
        println!("  Sam tries to set that back: {refused}");
    }
    let admin = db.user().get(user::by_id(&admin.id)).await?;
    quota::reset(db, &admin, &customer.id, "an outage", now).await?;
    let ledger =
        db.automation_playbook_run().count().filter(automation_playbook_run::project_id.eq(project_id)).await?;
    println!("  Ada may. Used now: {}; the ledger still has {ledger} runs.", quota::used(db, &customer.id, now).await?);
    Ok(())
}

async fn sessions(db: &Db, customer: &User, now: Timestamp) -> Result<()> {
    let mut current = String::new();
    for (minutes, agent) in [(30, "a phone"), (20, "a tablet"), (10, "this laptop")] {
        let device = Device { ip: Some("192.0.2.7".into()), user_agent: Some(agent.into()) };
        current = session::sign_in(db, &customer.id, device, now - SignedDuration::from_mins(minutes)).await?.id;
    }
    println!("\nCarl is signed in on:");
    for entry in session::active(db, &customer.id, &current).await? {
        let mark = if entry.is_current { " (here)" } else { "" };
        println!("  {}{mark}", entry.session.user_agent.unwrap_or_default());
    }
    println!("He signs out everywhere: {} sessions end.", session::sign_out_all(db, &customer.id, now).await?);
    let customer = db.user().get(user::by_id(&customer.id)).await?;
    let old = session::accepts_token(&customer, now - SignedDuration::from_mins(10));
    println!("  A token of ten minutes ago is {}.", if old { "accepted" } else { "refused" });
    let left =
        db.user_session().count().filter(user_session::user_id.eq(&customer.id) & user_session::revoked_at.is_null());
    println!("  Sessions left: {}", left.await?);
    Ok(())
}

async fn self_service(db: &Db, customer: &User) -> Result<()> {
    let preferences = account::preferences(db, &customer.id).await?;
    println!(
        "\nCarl looks at his preferences, and so they exist: weekly summary {}.",
        preferences.notify_weekly_deo_summary
    );
    let changes = ProfileChanges { timezone: Some(Some("Europe/Vienna".into())), ..ProfileChanges::default() };
    account::change_profile(db, &customer.id, changes).await?;
    let viewer =
        db.user().update(user::by_id(&customer.id)).set(|s| s.account_role(CustomerAccountRole::Viewer)).await?;
    if let Err(refused) = account::change_preferences(db, &viewer, account::PreferenceChanges::default()).await {
        println!("  As a viewer he may look only: {refused}");
    }
    db.user().update(user::by_id(&customer.id)).set(|s| s.account_role(CustomerAccountRole::Owner)).await?;
    Ok(())
}

async fn log(db: &Db, admin: &User, customer: &User) -> Result<()> {
    let (rows, total) =
        admin::search(db, Search { admin_id: Some(admin.id.clone()), ..Search::default() }, 0, 10).await?;
    println!("\nThe staff's log of Ada has {total} row(s):");
    for row in &rows {
        println!("  {} by a {:?}", row.action_type, row.performed_by_admin_role);
    }
    let sql = format!("DELETE FROM {}", db.dialect().quote("AdminAuditLog"));
    match db.sql(sql).execute().await {
        Ok(count) => println!("  {count} rows deleted: the log was not protected"),
        Err(error) => println!("  Somebody tries to delete it, past the program: {}", error.message()),
    }
    let gone = db.user().delete(user::by_id(&admin.id)).await;
    if let Err(error) = gone {
        println!("  And Ada's account cannot be deleted while the log names it: {}", error.code());
    }
    let actions = crate::db::user_account_audit_log::actor_user_id.eq(&customer.id);
    let count = db.user_account_audit_log().count().filter(actions).await?;
    println!("Carl's own log has {count} rows.");
    Ok(())
}
