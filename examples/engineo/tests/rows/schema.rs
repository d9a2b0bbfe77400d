//! The schema as the rows have it, and the SQL of each step.

use std::collections::BTreeMap;

use engineo::Result;
use engineo::db::Db;
use engineo::open;
use fresh_database::Project;
use serde_json::Value;

use crate::project::{BACKFILL, INIT, STEP_1, STEP_2, script, variant};

/// Models, enums and relations of a snapshot; the models as `fresh_database::outline` writes them.
struct Outline {
    models: BTreeMap<String, String>,
    enums: BTreeMap<String, String>,
    relations: BTreeMap<String, String>,
}

impl Outline {
    /// The columns and indexes of models.
    fn of<const N: usize>(&self, models: [&str; N]) -> [&str; N] {
        models.map(|model| self.models[model].as_str())
    }
}

fn outline(migration: &str) -> Outline {
    let path = variant("postgres").join(format!("migrations/{migration}/schema.prisma"));
    let ran = Project::new().run(&["debug", "dmmf", "--schema", path.to_str().expect("UTF-8")]).succeeds();
    let dmmf: Value = serde_json::from_str(&ran.out).expect("JSON");
    let list = |value: &Value, key: &str| value[key].as_array().expect("a list").clone();
    let name = |value: &Value| value["name"].as_str().expect("a name").to_owned();
    let mut relations = BTreeMap::new();
    for model in list(&dmmf, "models") {
        for field in list(&model, "fields").iter().filter(|field| field["kind"] == "object") {
            let of = field["relationName"].as_str().expect("a name").to_owned();
            relations.insert(format!("{}.{}", name(&model), name(field)), of);
        }
    }
    let values = |value: &Value| list(value, "values").iter().map(name).collect::<Vec<_>>().join(" ");
    let enums = list(&dmmf, "enums").iter().map(|value| (name(value), values(value))).collect();
    Outline { models: fresh_database::outline(&dmmf), enums, relations }
}

/// What a step adds to `User`.
fn added(before: &str, after: &str) -> String {
    let (before, after) = (outline(before), outline(after));
    let columns = |outline: &Outline| -> Vec<String> {
        let (columns, indexes) = outline.models["User"].split_once(" | ").expect("columns and indexes");
        assert_eq!(indexes, "-");
        columns.split("; ").map(str::to_owned).collect()
    };
    let old = columns(&before);
    columns(&after).into_iter().filter(|field| !old.contains(field)).collect::<Vec<_>>().join("; ")
}

/// What was there before, as far as the steps touch it.
#[test]
fn the_base() {
    let outline = outline(INIT);
    assert_eq!(outline.models.len(), 4);
    let base = [
        "id; email!; password; name?; role:UserRole=USER; twoFactorEnabled:B=0; twoFactorSecret?; createdAt; updatedAt | -",
        "id; userId>User/-; name; domain?; createdAt | -",
        "id; projectId>Project/-; type:IntegrationType; externalId?; accessToken?; config:J?; createdAt; updatedAt | uq(projectId,type)",
        "id; projectId>Project/c; createdByUserId>User/c(createdBy); runType:AutomationPlaybookRunType; aiUsed:B=0; reused:B=0; \
         createdAt; updatedAt | ix(projectId,createdAt desc)",
    ];
    assert_eq!(outline.of(["User", "Project", "Integration", "AutomationPlaybookRun"]), base);
    let values = ["UserRole", "IntegrationType", "AutomationPlaybookRunType"].map(|name| outline.enums[name].as_str());
    let expected = [
        "USER ADMIN",
        "SHOPIFY WOOCOMMERCE BIGCOMMERCE MAGENTO CUSTOM_WEBSITE",
        "PREVIEW_GENERATE DRAFT_GENERATE APPLY",
    ];
    assert_eq!(values, expected);
}

#[test]
fn r08_enums_of_step_1() {
    let enums = outline(STEP_1).enums;
    assert_eq!(enums["InternalAdminRole"], "SUPPORT_AGENT OPS_ADMIN MANAGEMENT_CEO");
    assert_eq!(enums["AccountStatus"], "ACTIVE SUSPENDED");
    assert_eq!(enums.len(), outline(INIT).enums.len() + 2);
}

#[test]
fn r09_users_of_step_1() {
    assert_eq!(added(INIT, STEP_1), "adminRole:InternalAdminRole?; accountStatus:AccountStatus=ACTIVE");
}

#[test]
fn r10_models_of_step_1() {
    let outline = outline(STEP_1);
    assert_eq!(outline.models.len(), 6);
    let models = [
        "id; createdAt; performedByUserId>User/-(performedBy); performedByAdminRole:InternalAdminRole; actionType; \
         targetUserId?>User/-(targetUser); targetProjectId?>Project/-(targetProject); targetRunId?; metadata:J? | \
         ix(createdAt desc) ix(performedByUserId,createdAt desc) ix(actionType,createdAt desc) \
         ix(targetUserId,createdAt desc) ix(targetProjectId,createdAt desc)",
        "id; createdAt; userId>User/-; monthStart:T; aiRunsOffset:I; createdByUserId>User/-(createdByUser); reason? | \
         ix(userId,monthStart) ix(createdAt desc)",
    ];
    assert_eq!(outline.of(["AdminAuditLog", "AiMonthlyQuotaReset"]), models);
}

#[test]
fn r11_names_of_the_relations() {
    let relations = outline(STEP_1).relations;
    for (field, name) in [
        ("AdminAuditLog.performedBy", "PerformedBy"),
        ("AdminAuditLog.targetUser", "TargetUser"),
        ("AdminAuditLog.targetProject", "TargetProject"),
        ("AiMonthlyQuotaReset.user", "UserReset"),
        ("AiMonthlyQuotaReset.createdByUser", "CreatedBy"),
    ] {
        assert_eq!(relations[field], name, "{field}");
    }
}

#[test]
fn r13_enums_of_step_2() {
    let enums = outline(STEP_2).enums;
    assert_eq!(enums["CustomerAccountRole"], "OWNER EDITOR VIEWER");
    assert_eq!(enums["SessionType"], "USER_LOGIN");
    assert_eq!(enums.len(), 7);
}

#[test]
fn r14_users_of_step_2() {
    let wanted = "accountRole:CustomerAccountRole=OWNER; avatarUrl?; timezone?; locale?; organizationName?; lastLoginAt:T?; \
                  lastLoginIp?; tokenInvalidBefore:T?";
    assert_eq!(added(BACKFILL, STEP_2), wanted);
}

#[test]
fn r15_models_of_step_2() {
    let outline = outline(STEP_2);
    assert_eq!(outline.models.len(), 9);
    let models = [
        "id; userId!>User/c; notifyQuotaWarnings:B=1; notifyRunFailures:B=1; notifyWeeklyDeoSummary:B=1; autoOpenIssuesTab:B=0; \
         preferredPillarLanding?; additionalPrefs:J?; createdAt; updatedAt | -",
        "id; userId>User/c; sessionType:SessionType=USER_LOGIN; createdAt; lastSeenAt:T?; revokedAt:T?; ip?; userAgent? | \
         ix(userId,createdAt desc) ix(userId,revokedAt)",
        "id; createdAt; actorUserId>User/c(actorUser); actionType; metadata:J? | \
         ix(actorUserId,createdAt desc) ix(actionType,createdAt desc)",
    ];
    assert_eq!(outline.of(["UserPreferences", "UserSession", "UserAccountAuditLog"]), models);
}

/// Recorded from the reference for the same schemas. The append-only triggers follow; Prisma knows none.
#[test]
fn r19_the_scripts_are_the_references() {
    for (step, reference) in
        [(STEP_1, include_str!("reference/step_1.sql")), (STEP_2, include_str!("reference/step_2.sql"))]
    {
        let script = script("postgres", step);
        let rest = script.strip_prefix(reference.trim_end()).expect("the reference's text comes first");
        assert!(rest.trim_start().starts_with("-- AddAppendOnly\n"), "{rest}");
        assert_eq!(rest.matches("\n-- ").count(), 1, "nothing else follows: {rest}");
    }
}

#[test]
fn r20_one_alter_table_with_columns_by_name() {
    let columns = |step| {
        let script = script("postgres", step);
        let alter =
            script.split("\n\n").find(|block| block.starts_with("-- AlterTable\n")).expect("a change").to_owned();
        assert_eq!(script.matches("ALTER TABLE \"User\"").count(), 1);
        alter
            .split("ADD COLUMN     \"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(columns(STEP_1), ["accountStatus", "adminRole"]);
    let of_step_2 = [
        "accountRole",
        "avatarUrl",
        "lastLoginAt",
        "lastLoginIp",
        "locale",
        "organizationName",
        "timezone",
        "tokenInvalidBefore",
    ];
    assert_eq!(columns(STEP_2), of_step_2);
}

#[test]
fn r22_actions_of_the_foreign_keys() {
    let actions = |step| {
        let script = script("postgres", step);
        let keys = script.lines().filter(|line| line.contains("FOREIGN KEY")).map(|line| {
            assert!(line.ends_with(" ON UPDATE CASCADE;"), "{line}");
            let name = line.split("CONSTRAINT \"").nth(1).and_then(|rest| rest.split("_fkey").next()).expect("a name");
            let action =
                line.split(" ON DELETE ").nth(1).and_then(|rest| rest.split(" ON UPDATE").next()).expect("an action");
            format!("{name} {action}")
        });
        keys.collect::<Vec<_>>()
    };
    let of_step_1 = [
        "AdminAuditLog_performedByUserId RESTRICT",
        "AdminAuditLog_targetUserId SET NULL",
        "AdminAuditLog_targetProjectId SET NULL",
        "AiMonthlyQuotaReset_userId RESTRICT",
        "AiMonthlyQuotaReset_createdByUserId RESTRICT",
    ];
    assert_eq!(actions(STEP_1), of_step_1);
    let of_step_2 =
        ["UserPreferences_userId CASCADE", "UserSession_userId CASCADE", "UserAccountAuditLog_actorUserId CASCADE"];
    assert_eq!(actions(STEP_2), of_step_2);
}

/// The definitions of a table's indexes, without its key.
async fn indexes(db: &Db, table: &str) -> Result<Vec<String>> {
    let sql = "SELECT indexdef FROM pg_indexes WHERE tablename = $1 AND indexname NOT LIKE '%pkey' ORDER BY indexname";
    let rows: Vec<(String,)> = db.sql(sql).bind(table).all().await?;
    Ok(rows.into_iter().map(|(text,)| text).collect())
}

fresh_database::tests! {
    open = open;

    #[on(postgres, postgres18)]
    async fn r18_r21_indexes_read_back(db: Db) -> Result<()> {
        let session = "CREATE INDEX \"UserSession_userId_";
        let log = "CREATE INDEX \"UserAccountAuditLog_";
        let of_session = indexes(&db, "UserSession").await?;
        assert!(of_session[0].starts_with(&format!("{session}createdAt_idx\"")) && of_session[0].ends_with("(\"userId\", \"createdAt\" DESC)"));
        assert!(of_session[1].starts_with(&format!("{session}revokedAt_idx\"")) && of_session[1].ends_with("(\"userId\", \"revokedAt\")"));
        let of_log = indexes(&db, "UserAccountAuditLog").await?;
        assert!(of_log[0].starts_with(&format!("{log}actionType_createdAt_idx\"")) && of_log[0].ends_with("(\"actionType\", \"createdAt\" DESC)"));
        assert!(of_log[1].starts_with(&format!("{log}actorUserId_createdAt_idx\"")) && of_log[1].ends_with("(\"actorUserId\", \"createdAt\" DESC)"));
        assert_eq!((of_session.len(), of_log.len()), (2, 2));
        Ok(())
    }

    /// What was made is what the schema says, directions and triggers included.
    async fn r21_nothing_differs(_db: Db, database: &Database) -> Result<()> {
        let schema = variant(database.server()).join("schema.prisma");
        let schema = schema.to_str().expect("UTF-8");
        let project = Project::new();
        let difference = ["migrate", "diff", "--exit-code", "--from-url", database.url(), "--to-schema", schema];
        project.run(&difference).succeeds();
        let pulled = project.run(&["db", "pull", "--print", "--url", database.url(), "--schema", schema]).succeeds().out;
        assert_eq!(pulled.matches("/// @nicol.appendOnly\n").count(), 2, "{pulled}");
        assert!(pulled.contains("@@index([userId, createdAt(sort: Desc)])"), "{pulled}");
        Ok(())
    }

    #[on(postgres, postgres18)]
    async fn r21_types(db: Db) -> Result<()> {
        let sql = "SELECT column_name::text, udt_name::text, COALESCE(datetime_precision, -1)::int4, COALESCE(column_default, '')::text \
                   FROM information_schema.columns WHERE table_name = $1 ORDER BY 1";
        let user: Vec<(String, String, i32, String)> = db.sql(sql).bind("User").all().await?;
        let of = |name: &str| user.iter().find(|row| row.0 == name).expect("the column");
        assert_eq!((of("accountRole").1.as_str(), of("accountRole").3.as_str()), ("CustomerAccountRole", "'OWNER'::\"CustomerAccountRole\""));
        assert_eq!((of("lastLoginAt").1.as_str(), of("lastLoginAt").2), ("timestamp", 3));
        let log: Vec<(String, String, i32, String)> = db.sql(sql).bind("AdminAuditLog").all().await?;
        assert_eq!(log.iter().find(|row| row.0 == "metadata").expect("the column").1, "jsonb");
        Ok(())
    }

    #[on(postgres, postgres18)]
    async fn r23_the_catalogue(db: Db) -> Result<()> {
        let own = "<> '_prisma_migrations'";
        let count = async |sql: String| crate::script::number(&db, &sql).await;
        let columns = format!("SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = 'public' AND table_name {own}");
        let indexes = format!("SELECT COUNT(*) FROM pg_indexes WHERE schemaname = 'public' AND tablename {own}");
        let constraints = |kind: &str| {
            format!("SELECT COUNT(*) FROM pg_constraint WHERE contype IN ({kind}) AND conrelid::regclass::text {own} \
                     AND connamespace = 'public'::regnamespace")
        };
        let enums = "SELECT COUNT(*) FROM pg_type WHERE typtype = 'e'".to_owned();
        assert_eq!((count(columns).await?, count(indexes).await?), (79, 24));
        assert_eq!((count(constraints("'p'")).await?, count(constraints("'f'")).await?, count(constraints("'p', 'f', 'u', 'c'")).await?), (9, 12, 21));
        assert_eq!(count(enums).await?, 7);
        Ok(())
    }
}
