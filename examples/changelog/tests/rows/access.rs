//! Accounts, keys, codes, settings.

use changelog::db::{
    Db, Role, TelemetryState, TwoFactorMode, api_key, passkey, password_reset, refresh_token, settings as preferences,
    system_config, two_factor_session, user,
};
use changelog::requests::{self, Wish};
use changelog::{Result, accounts, codes, keys, open, settings};
use jiff::ToSpan;

use crate::{a_project, assert_refused, code, noon, somebody};

fresh_database::tests! {
    open = open;

    async fn b22_keys_and_what_they_open(db: Db) -> Result<()> {
        let ann = somebody(&db, "ann", Role::Staff).await?;
        let (project, _) = a_project(&db, "Lighthouse").await?;
        let (other, _) = a_project(&db, "Other").await?;
        let both = keys::create(&db, &ann, "both", Some(&project.id), &["read", "write"]).await?;
        let global = keys::create(&db, &ann, "global", None, &["read"]).await?;
        keys::create(&db, &ann, "none", None, &[]).await?;
        let names = async |filter| db.api_key().find_many().filter(filter).order_by(api_key::name.asc()).select(api_key::name).await;
        assert_eq!(names(api_key::permissions.has("read")).await?, ["both", "global"]);
        assert_eq!(names(api_key::permissions.has_every(["write", "read"])).await?, ["both"]);
        assert_eq!(names(api_key::permissions.has_some(["write", "delete"])).await?, ["both"]);
        assert_eq!(names(api_key::permissions.is_empty()).await?, ["none"]);
        assert_eq!(names(api_key::permissions.is_not_empty()).await?, ["both", "global"]);
        assert_eq!(names(!api_key::permissions.has("write")).await?, ["global", "none"]);
        assert_eq!(names(api_key::permissions.eq(["read", "write"])).await?, ["both"]);

        let used = keys::admit(&db, &both.key, &project.id, "write", noon()).await?;
        assert_eq!((used.name.as_str(), used.last_used, used.permissions), ("both", Some(noon()), vec!["read".to_owned(), "write".to_owned()]));
        keys::admit(&db, &global.key, &other.id, "read", noon()).await?;
        assert_refused(keys::admit(&db, &both.key, &other.id, "read", noon()).await);
        assert_refused(keys::admit(&db, &global.key, &other.id, "write", noon()).await);
        assert_refused(keys::admit(&db, "no such key", &project.id, "read", noon()).await);
        db.api_key().update(api_key::by_id(both.id)).set(|s| s.expires_at(noon())).await?;
        keys::admit(&db, &both.key, &project.id, "read", noon() - 1.second()).await?;
        assert_refused(keys::admit(&db, &both.key, &project.id, "read", noon()).await);
        db.api_key().update(api_key::by_id(global.id)).set(|s| s.is_revoked(true)).await?;
        assert_refused(keys::admit(&db, &global.key, &other.id, "read", noon()).await);
        Ok(())
    }

    async fn b23_an_account_with_keys_stays(db: Db) -> Result<()> {
        let (ann, admin) = (somebody(&db, "ann", Role::Staff).await?, somebody(&db, "admin", Role::Admin).await?);
        let (project, _) = a_project(&db, "Lighthouse").await?;
        let id = || user::by_id(ann.id.as_str());
        let later = noon() + 1.hour();
        keys::create(&db, &ann, "key", None, &["read"]).await?;
        codes::forgot(&db, &ann, later).await?;
        codes::for_terminal(&db, &ann, later).await?;
        db.settings().create(preferences::New { user: id().into() }).await?;
        db.refresh_token().create(refresh_token::New { token: "t".into(), expires_at: later, user: id().into() }).await?;
        db.two_factor_session().create(two_factor_session::New { r#type: TwoFactorMode::PasskeyPlusPassword, expires_at: later, user: id().into() }).await?;
        let key = passkey::New { name: "phone".into(), credential_id: "c".into(), public_key: "k".into(), user: id().into() };
        assert_eq!(db.passkey().create(key).await?.transports, Vec::<String>::new());
        let request = requests::ask(&db, &ann, &project, Wish::DeleteTag("-")).await;
        assert_eq!(code(request), "P2003", "there is no such tag");
        let request = requests::ask(&db, &ann, &project, Wish::DeleteProject).await?;
        requests::reject(&db, &admin, &request.id, noon()).await?;
        let own = async || {
            Ok::<_, nicol::Error>([
                db.settings().count().await?,
                db.refresh_token().count().await?,
                db.two_factor_session().count().await?,
                db.passkey().count().await?,
                db.password_reset().count().await?,
                db.cli_auth_code().count().await?,
            ])
        };
        assert_eq!(code(accounts::remove(&db, &ann.id).await), "P2003");
        assert_eq!((db.user().count().await?, own().await?), (2, [1; 6]), "nothing is gone");
        db.api_key().delete_many(api_key::user_id.eq(ann.id.as_str())).await?;
        accounts::remove(&db, &ann.id).await?;
        assert_eq!((db.user().count().await?, own().await?), (1, [0; 6]));
        let log = db.audit_log().find_many().await?;
        assert_eq!((log.len(), &log[0].user_id, &log[0].target_user_id), (1, &Some(admin.id.clone()), &None));
        let requests = db.changelog_request().find_many().await?;
        assert_eq!((requests.len(), &requests[0].staff_id, &requests[0].admin_id), (1, &None, &Some(admin.id)));
        Ok(())
    }

    async fn b24_one_row_of_settings(db: Db) -> Result<()> {
        let made = settings::change(&db, |s| s.timezone("Europe/Vienna")).await?;
        assert_eq!((made.id, made.default_invitation_expiry, made.max_changelog_entries_per_project), (1, 7, 100));
        assert_eq!((made.require_approval_for_changelogs, made.enable_analytics, made.enable_notifications, made.allow_user_timezone), (true, true, true, true));
        let off = [made.enable_password_reset, made.enable_ai_assistant, made.admin_only_api_key_creation, made.sponsor_license_valid, made.slack_o_auth_enabled];
        assert_eq!(off, [false; 5]);
        assert_eq!((made.ai_api_provider.as_deref(), made.ai_default_model.as_deref()), (Some("secton"), Some("copilot-zero")));
        assert_eq!((made.allow_telemetry, made.timezone.as_str(), made.smtp_secure, &made.custom_date_templates), (TelemetryState::Prompt, "UTC", None, &None));
        let texts = [&made.ai_api_key, &made.smtp_host, &made.smtp_user, &made.smtp_password, &made.system_email, &made.telemetry_instance_id];
        assert_eq!(texts, [&None; 6]);
        let more = [&made.sponsor_license_key, &made.sponsor_proof, &made.sponsor_payload, &made.slack_o_auth_client_id, &made.slack_o_auth_client_secret, &made.slack_signing_secret];
        assert_eq!(more, [&None; 6]);
        assert_eq!((made.smtp_port, made.sponsor_last_verified), (None, None));
        let changed = settings::change(&db, |s| s.timezone("Europe/Vienna")).await?;
        assert_eq!((changed.timezone.as_str(), changed.created_at), ("Europe/Vienna", made.created_at));
        assert_eq!(db.system_config().count().filter(system_config::id.eq(1)).await?, 1);
        assert_eq!(db.system_config().count().await?, 1);
        Ok(())
    }

    async fn b27_codes_work_once(db: Db) -> Result<()> {
        let ann = somebody(&db, "ann", Role::Admin).await?;
        let (good, late) = (noon() + 1.hour(), noon());
        let invitation = codes::invite(&db, &ann, "ben@example.com", Role::Viewer, good).await?;
        let old = codes::invite(&db, &ann, "cleo@example.com", Role::Viewer, late).await?;
        let ben = codes::accept(&db, &invitation.token, "hash", noon()).await?;
        assert_eq!((ben.email.as_str(), ben.role), ("ben@example.com", Role::Viewer));
        assert_refused(codes::accept(&db, &invitation.token, "hash", noon() + 1.minute()).await);
        assert_refused(codes::accept(&db, &old.token, "hash", noon()).await);
        let used = db.invitation_link().find_many().filter(changelog::db::invitation_link::used_at.is_not_null()).await?;
        assert_eq!((used.len(), used[0].used_at, db.user().count().await?), (1, Some(noon()), 2));

        let reset = codes::forgot(&db, &ann, good).await?;
        let old = codes::forgot(&db, &ann, late).await?;
        assert_eq!(codes::reset(&db, &reset.token, "new", noon()).await?.password, "new");
        assert_refused(codes::reset(&db, &reset.token, "newer", noon() + 1.minute()).await);
        assert_refused(codes::reset(&db, &old.token, "newer", noon()).await);
        assert_eq!(db.user().get(user::by_id(ann.id.as_str())).await?.password, "new");
        assert_eq!(db.password_reset().get(password_reset::by_token(reset.token)).await?.used_at, Some(noon()));

        let (terminal, old) = (codes::for_terminal(&db, &ann, good).await?, codes::for_terminal(&db, &ann, late).await?);
        assert_eq!(codes::sign_in_terminal(&db, &terminal, noon()).await?.id, ann.id);
        assert_refused(codes::sign_in_terminal(&db, &terminal, noon()).await);
        assert_refused(codes::sign_in_terminal(&db, &old, noon()).await);
        Ok(())
    }

    async fn b28_one_person_at_a_service(db: Db) -> Result<()> {
        let (ann, ben) = (somebody(&db, "ann", Role::Staff).await?, somebody(&db, "ben", Role::Staff).await?);
        let service = accounts::add_provider(&db, "Example", "id.example.com").await?;
        assert_eq!(service.scopes, ["openid", "email"]);
        accounts::connect(&db, &service.id, &ann.id, "x").await?;
        for (user, person, fields) in [(&ben, "x", ["providerId", "providerUserId"]), (&ann, "y", ["providerId", "userId"])] {
            let error = accounts::connect(&db, &service.id, &user.id, person).await.unwrap_err();
            let changelog::Error::Database(error) = error else { panic!("{error:?}") };
            assert_eq!((error.code(), error.fields()), ("P2002", &fields.map(str::to_owned)[..]));
        }
        accounts::connect(&db, &service.id, &ben.id, "y").await?;
        Ok(())
    }
}
