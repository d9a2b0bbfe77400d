//! Every rule as data: its code, how bad it is, which databases it is about, what it finds and what to do instead.

use nicol_db::Dialect;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is wrong with it.
    Hint,
    /// Blocks a live application, may fail on the data, or breaks running programs.
    Warning,
    /// Fails for certain, or destroys what cannot be brought back.
    Error,
}

impl Severity {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Hint => "hint",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Stable code, `NL201`.
    pub code: &'static str,
    /// Stable name, `index-blocks-writes`. Both can be allowed.
    pub name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The databases it is about.
    pub databases: &'static [Dialect],
    /// Looked for with `--pedantic` only: matters of taste, or of what generated scripts have to write.
    pub is_pedantic: bool,
    /// What to do instead.
    pub help: &'static str,
}

use Dialect::{Cockroachdb, Mariadb, Mysql, Postgres, Sqlite};
use Severity::{Error, Hint, Warning};

const ALL: &[Dialect] = &[Sqlite, Postgres, Mysql, Mariadb, Cockroachdb];
const PG: &[Dialect] = &[Postgres];
const MY: &[Dialect] = &[Mysql, Mariadb];
const SERVERS: &[Dialect] = &[Postgres, Mysql, Mariadb, Cockroachdb];

const fn rule(
    code: &'static str,
    name: &'static str,
    severity: Severity,
    databases: &'static [Dialect],
    help: &'static str,
) -> Rule {
    Rule { code, name, severity, databases, is_pedantic: false, help }
}

const fn taste(code: &'static str, name: &'static str, databases: &'static [Dialect], help: &'static str) -> Rule {
    Rule { code, name, severity: Hint, databases, is_pedantic: true, help }
}

/// The rule of a code or name.
pub fn rule_named(text: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code.eq_ignore_ascii_case(text) || rule.name.eq_ignore_ascii_case(text))
}

/// Every rule, by code.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    // Comments that allow.
    rule("NL001", "allow-without-reason", Error, ALL, "write `-- nicol:allow CODE reason`: the next reader wants to know why"),
    rule("NL002", "allow-unused", Warning, ALL, "remove the comment, or put it on the line before the statement it is for"),
    rule("NL003", "allow-unknown-code", Error, ALL, "use a code or name that docs/lint.md lists"),
    rule("NL004", "cannot-be-judged", Hint, ALL, "look through by hand what it runs: locks, rewrites and data are not checked"),
    // What depends on the database product and is easily overlooked.
    rule("NL101", "fk-new-table-locks-parent", Hint, PG, "keep the migration short and away from long transactions on the table referred to; `SET LOCAL lock_timeout = '2s';` at its top gives up instead of queueing"),
    rule("NL102", "drop-child-locks-parent", Warning, PG, "drop it in a migration of its own that begins with `SET LOCAL lock_timeout = '2s';`, and try again if it gives up"),
    rule("NL103", "tz-dependent-rewrite", Warning, PG, "say the time zone in the script; the stored times are then read as UTC, which is what Prisma and nicol write"),
    rule("NL104", "enum-value-used-before-commit", Error, PG, "add the value in an earlier migration, or let each statement of this one commit by itself"),
    rule("NL105", "sqlite-rebuild-cascade", Error, &[Sqlite], "switch foreign keys off before the rebuild and on after it; nicol and Prisma do so outside the transaction"),
    rule("NL106", "mysql-varchar-255", Warning, MY, "make the column longer at a quiet time, or add a new column; columns that start at 64 characters or more (utf8mb4) never meet this limit"),
    rule("NL107", "mysql-fk-copy", Warning, MY, "make sure that no row points at nothing, then add the key without the check of existing rows"),
    rule("NL108", "mysql-multi-drop-partial", Warning, MY, "drop one table a statement: a failure then says exactly what is gone"),
    rule("NL109", "non-transactional-statement-mixed", Warning, &[Postgres, Sqlite], "give the statement a migration of its own; the others keep their transaction"),
    rule("NL110", "invalid-index-left-behind", Error, PG, "drop the index and create it again"),
    rule("NL111", "pooler-url", Error, PG, "give migrations the server's own address (`directUrl`, or --url)"),
    rule("NL112", "statement-splits-badly", Error, ALL, "end the quote or comment; without it the rest of the script is read as text"),
    rule("NL113", "case-fold-collision", Warning, ALL, "use names that differ in more than upper and lower case"),
    rule("NL114", "drop-then-add-looks-like-rename", Warning, ALL, "if it is the same thing under a new name, rename it: `nicol migrate dev --rename` writes that, or keep the old name in the database with @map"),
    rule("NL115", "galera-no-primary-key", Error, MY, "give the table a primary key: the cluster replicates by it"),
    rule("NL116", "dsql-one-ddl", Error, PG, "one change of structure a transaction, and no rows with it"),
    rule("NL117", "crdb-ddl-in-transaction", Warning, &[Cockroachdb], "leave BEGIN and COMMIT out: each change of structure then is a transaction of its own"),
    // Locks, scans, rewrites.
    rule("NL201", "index-blocks-writes", Warning, PG, "build it concurrently, in a migration of its own"),
    rule("NL202", "drop-index-blocks", Hint, PG, "drop it concurrently, in a migration of its own"),
    rule("NL203", "reindex-blocks", Warning, PG, "reindex concurrently, in a migration of its own"),
    rule("NL204", "detach-partition-blocks", Warning, PG, "detach it concurrently (PostgreSQL 14 and later), in a migration of its own"),
    rule("NL205", "foreign-key-scan", Warning, PG, "add it unchecked, commit, then check the rows under a weak lock"),
    rule("NL206", "check-scan", Warning, PG, "add it unchecked, commit, then check the rows under a weak lock"),
    rule("NL207", "not-null-scan", Warning, PG, "prove it with a checked condition first; SET NOT NULL then needs no scan (PostgreSQL 12 and later)"),
    rule("NL208", "unique-index-build", Warning, PG, "build the index concurrently, then make it a constraint"),
    rule("NL209", "primary-key-build", Warning, PG, "build the index concurrently, then make it the primary key"),
    rule("NL210", "exclusion-constraint", Warning, PG, "there is no way without the lock: choose a quiet time"),
    rule("NL211", "type-rewrite", Warning, PG, "add a column of the new type, fill it in steps while both are written, then swap the names in a short transaction"),
    rule("NL212", "default-rewrite", Warning, PG, "add the column without the default, then set the default, then fill old rows in batches"),
    rule("NL213", "validate-in-same-transaction", Warning, PG, "commit between the two: the strong lock of the first is held until then"),
    rule("NL214", "table-rewrite", Warning, SERVERS, "choose a quiet time, or use a tool that copies online"),
    rule("NL215", "domain-constraint", Warning, PG, "put the condition on the table instead, or add it NOT VALID"),
    rule("NL216", "table-copy", Warning, MY, "choose a quiet time, add a new column instead, or use a tool that copies online; `, ALGORITHM=INPLACE, LOCK=NONE` at the end makes the server refuse rather than block"),
    rule("NL217", "table-write-lock", Warning, MY, "choose a quiet time: writes wait until it is done"),
    rule("NL218", "refresh-blocks-reads", Warning, PG, "refresh concurrently; the view needs a unique index for that"),
    rule("NL219", "lock-table", Warning, SERVERS, "leave the lock to the statements that need it, or say a weaker mode"),
    rule("NL220", "rows-under-schema-lock", Warning, PG, "change the rows in a migration of their own: until it commits, nobody can read the table"),
    // Data.
    rule("NL301", "table-dropped", Warning, ALL, "release a version that no longer uses it, keep a copy if in doubt, then drop it"),
    rule("NL302", "column-dropped", Warning, ALL, "release a version that no longer uses it, then drop it in the next"),
    rule("NL303", "schema-dropped", Error, ALL, "drop the things in it one by one, so that a reviewer sees what goes"),
    rule("NL304", "truncate", Error, SERVERS, "delete the rows that are meant, by a condition"),
    rule("NL305", "all-rows-deleted", Error, ALL, "say which rows are meant with WHERE"),
    rule("NL306", "all-rows-updated", Hint, ALL, "change them in batches of keys, so that no lock is held long and the log stays small"),
    rule("NL307", "drop-cascade", Warning, PG, "name what is to go: CASCADE takes along whatever depends on it today"),
    rule("NL308", "type-narrowed", Warning, ALL, "look first whether every value fits; values that do not are cut off or make the change fail"),
    rule("NL309", "foreign-key-dropped", Hint, SERVERS, "make sure that the application keeps the rows consistent from here on"),
    rule("NL310", "enum-value-removed", Warning, MY, "look first which rows still have the value; in strict mode they make the change fail"),
    rule("NL311", "cascade-unsaid", Hint, ALL, "`nicol migrate import --cascades` writes `onDelete: Cascade` into the schema; or let the next migration take it away knowingly"),
    // Fails on rows that are there, or breaks programs that run.
    rule("NL401", "required-column-without-default", Error, ALL, "add it with a default, or nullable, fill it, then make it required"),
    rule("NL402", "not-null-on-data", Warning, &[Sqlite, Mysql, Mariadb, Cockroachdb], "fill the NULLs first: one is enough to make it fail"),
    rule("NL403", "unique-on-data", Warning, ALL, "look for values that are there twice first: one is enough to make it fail"),
    rule("NL404", "column-renamed", Warning, ALL, "keep the column's name and rename only the field: `field Type @map(\"old_name\")`; or add the new column, write both, and drop the old one in a later release"),
    rule("NL405", "table-renamed", Warning, ALL, "keep the table's name and rename only the model: `@@map(\"old_name\")`; or leave a view with the old name"),
    rule("NL406", "enum-value-renamed", Warning, PG, "keep the value's name in the database: `NEW @map(\"old\")`"),
    rule("NL407", "schema-renamed", Warning, PG, "keep the name: every running program and connection URL uses it"),
    rule("NL408", "null-allowed", Hint, ALL, "release a version that can read NULL there first"),
    rule("NL409", "inline-references-ignored", Error, MY, "say it as a constraint: FOREIGN KEY (column) REFERENCES table (column)"),
    rule("NL410", "identifier-too-long", Error, SERVERS, "choose a shorter name; PostgreSQL cuts it silently, MySQL refuses it"),
    rule("NL411", "column-set-twice", Error, ALL, "remove one of the two"),
    // Transactions.
    rule("NL501", "transaction-nested", Warning, ALL, "leave BEGIN and COMMIT out: nicol runs the script in one transaction where the database can"),
    rule("NL502", "transaction-left-open", Error, ALL, "end it with COMMIT"),
    rule("NL503", "ddl-commits-transaction", Warning, MY, "leave BEGIN and COMMIT out: every change of structure commits what was before it"),
    rule("NL504", "statement-in-transaction", Error, &[Postgres, Sqlite], "move it out of BEGIN and COMMIT"),
    rule("NL505", "pragma-in-transaction", Error, &[Sqlite], "move it before BEGIN: inside a transaction SQLite ignores it without a word"),
    // Taste, and what generated scripts have to write.
    taste("NL601", "char-type", PG, "use text: char(n) pads with blanks"),
    taste("NL602", "varchar-limit", PG, "use text with a check: changing the limit of varchar(n) takes a strong lock"),
    taste("NL603", "small-key", ALL, "use a 64-bit key: 32 bits end at 2,147,483,647"),
    taste("NL604", "serial-type", PG, "use GENERATED BY DEFAULT AS IDENTITY"),
    taste("NL605", "timestamp-without-zone", PG, "use timestamptz: @db.Timestamptz(3)"),
    taste("NL606", "unqualified-table", PG, "name the schema: what an unqualified name means depends on search_path"),
    taste("NL607", "not-repeatable", ALL, "use IF [NOT] EXISTS, so that a script run by hand can be run again"),
    taste("NL608", "no-lock-timeout", PG, "`SET LOCAL lock_timeout = '2s';` first: a change that waits for a lock lets everybody else wait behind it"),
    taste("NL609", "no-statement-timeout", PG, "`SET LOCAL statement_timeout = '1h';` first"),
    taste("NL610", "wide-index", ALL, "more than three columns are rarely used together: try fewer"),
    taste("NL611", "enum-value-position", PG, "say BEFORE or AFTER: the order of values is the order of sorting"),
    taste("NL612", "json-type", PG, "use jsonb: json has no equality, so DISTINCT and GROUP BY fail"),
    // What a script should not reach for.
    rule("NL701", "runs-program", Error, ALL, "do it outside the database: it runs on the server, with the server's rights"),
    rule("NL702", "server-setting", Warning, SERVERS, "set it where the server is configured: a migration is about one database"),
    rule("NL703", "loads-file", Warning, SERVERS, "load rows with INSERT or from the application: the file is not where the migration is"),
    rule("NL704", "writes-file", Error, SERVERS, "write no files from a migration"),
    rule("NL705", "opens-other-database", Error, &[Sqlite], "a migration is about one database: open the other one elsewhere"),
    rule("NL706", "loads-code", Error, ALL, "install code where the server is configured"),
    rule("NL707", "writable-schema", Error, &[Sqlite], "change the structure with ALTER TABLE: a wrong word in the schema table destroys the file"),
    rule("NL708", "password-in-script", Error, SERVERS, "set passwords outside the migrations: this file is in version control"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_unique_and_in_order() {
        for pair in RULES.windows(2) {
            assert!(pair[0].code < pair[1].code, "{} before {}", pair[0].code, pair[1].code);
        }
        for rule in RULES {
            assert_eq!(RULES.iter().filter(|other| other.name == rule.name).count(), 1, "{}", rule.name);
            assert_eq!(rule_named(rule.name), Some(rule));
            assert!(!rule.databases.is_empty() && !rule.help.is_empty());
        }
    }
}
