//! What a statement asks for and gives, on PostgreSQL and CockroachDB.
//!
//! The server tells types, and for a column of the result the table's column that it shows. Whether that may be NULL stands in
//! the catalog for the table, but not what an outer join makes of it: where the text may hold one, the plan of the statement
//! says which tables are on the side of a join that can be missing.

use std::collections::{HashMap, HashSet};

use postgres_types::{Kind as TypeKind, Type};
use serde_json::Value as Json;

use super::{Postgres, message};
use crate::describe::{Description, Kind, Origin, Parameter, ResultColumn};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::script;

/// Words that may stand for an outer join.
const OUTER: &[&str] = &["LEFT", "RIGHT", "FULL"];
/// Words of statements in which any column may be NULL: groups of several levels, rows that are not there.
const BEYOND_TABLES: &[&str] = &["GROUPING", "ROLLUP", "CUBE", "MERGE", "OLD", "NEW"];

impl Postgres {
    pub(crate) async fn describe(&mut self, sql: &str) -> Result<Description> {
        let outbox = &mut self.wire.outbox;
        message::parse(outbox, "", sql)?;
        message::describe_statement(outbox, "")?;
        message::sync(outbox)?;
        let mut answer = self.exchange(false).await?;
        let parameters = answer.parameters.take().unwrap_or_default();
        let shown = answer.columns.take().unwrap_or_default();
        answer.results(sql)?;
        self.learn_types(parameters.iter().copied().chain(shown.iter().map(|column| column.ty))).await?;
        let origins: Vec<_> = shown.iter().map(|column| column.origin).collect();
        let known = self.columns_of_tables(&origins).await?;
        let mut columns: Vec<ResultColumn> = shown
            .into_iter()
            .map(|column| {
                let found = column.origin.and_then(|origin| known.get(&origin));
                ResultColumn {
                    kind: Some(kind(&self.known_type(column.ty))),
                    name: column.name,
                    is_nullable: found.is_none_or(|(_, is_required)| !is_required),
                    origin: found.map(|(origin, _)| origin.clone()),
                }
            })
            .collect();
        self.look_for_nulls(sql, parameters.len(), &mut columns).await;
        let parameter = |oid| Parameter { name: None, kind: Some(kind(&self.known_type(oid))) };
        Ok(Description { parameters: parameters.into_iter().map(parameter).collect(), columns })
    }

    /// The table's columns behind a result's, each with whether it is never NULL in its table.
    async fn columns_of_tables(
        &mut self,
        origins: &[Option<(u32, i16)>],
    ) -> Result<HashMap<(u32, i16), (Origin, bool)>> {
        let tables: HashSet<String> = origins.iter().flatten().map(|(table, _)| table.to_string()).collect();
        if tables.is_empty() {
            return Ok(HashMap::new());
        }
        // From version 18 on a column may be NOT NULL for new rows alone: a constraint that is not validated.
        let sql = format!(
            "SELECT a.attrelid, a.attnum, n.nspname, c.relname, a.attname, a.attnotnull AND NOT EXISTS (SELECT \
             FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND NOT k.convalidated \
             AND a.attnum = ANY (k.conkey)) FROM pg_catalog.pg_attribute AS a \
             JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
             WHERE a.attrelid IN ({}) AND a.attnum > 0",
            Vec::from_iter(tables).join(", ")
        );
        let answers = self.ask(&sql).await?;
        let places = answers.iter().flat_map(|cells| (0..cells.rows()).map(move |row| (cells, row)));
        let found = places.filter_map(|(cells, row)| {
            let text = |at: usize| cells.text(row, at);
            let place = (text(0)?.parse().ok()?, text(1)?.parse().ok()?);
            let origin =
                Origin { schema: Some(text(2)?.to_owned()), table: text(3)?.to_owned(), column: text(4)?.to_owned() };
            Some((place, (origin, text(5)? == "t")))
        });
        Ok(found.collect())
    }

    /// Marks columns of tables that the statement itself may make NULL. What cannot be found out counts as NULL.
    async fn look_for_nulls(&mut self, sql: &str, parameters: usize, columns: &mut [ResultColumn]) {
        let tokens = script::tokens(sql, Dialect::Postgres);
        let has = |words: &[&str]| tokens.iter().any(|token| words.iter().any(|word| word.eq_ignore_ascii_case(token)));
        let shown = if has(BEYOND_TABLES) {
            Vec::new()
        } else if has(OUTER) {
            match self.explain(sql, parameters).await {
                // Another word than a join's: a function, a name.
                Some(plan) if !has_outer_join(&plan) => return,
                Some(plan) => always_there(&plan),
                None => Vec::new(),
            }
        } else {
            return;
        };
        for (at, column) in columns.iter_mut().enumerate() {
            let is_there =
                |origin: &Origin| shown.get(at).is_some_and(|shown| shown.as_deref() == Some(&origin.column));
            column.is_nullable |= !column.origin.as_ref().is_some_and(is_there);
        }
    }

    /// The plan of a statement for parameters of any value. None when the server gives none.
    async fn explain(&mut self, sql: &str, parameters: usize) -> Option<Json> {
        let values = if parameters == 0 { String::new() } else { format!("({})", vec!["NULL"; parameters].join(", ")) };
        let explain = format!("EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE nicol_described{values}");
        // The text is one statement: as several it could not have been prepared before.
        let prepare = format!("PREPARE nicol_described AS\n{sql}");
        let mut answers =
            self.run_script("BEGIN; SET LOCAL plan_cache_mode = force_generic_plan").await.map(|()| Vec::new());
        for words in [&prepare, &explain] {
            if answers.is_ok() {
                answers = self.ask(words).await;
            }
        }
        // Errors of these two leave nothing to be done: the session ends soon.
        drop(self.run_script("ROLLBACK").await);
        drop(self.run_script("DEALLOCATE nicol_described").await);
        let text = answers.ok()?.last()?.text(0, 0)?.to_owned();
        let plan: Json = serde_json::from_str(&text).ok()?;
        plan.get(0)?.get("Plan").cloned()
    }
}

/// For each column that a plan gives: the name of the table's column it is, where its row is always there.
fn always_there(plan: &Json) -> Vec<Option<String>> {
    let mut tables = HashMap::new();
    walk(plan, false, &mut tables);
    let outputs = plan.get("Output").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let column = |output: &Json| {
        let (alias, column) = qualified(output.as_str()?)?;
        (tables.get(&alias) == Some(&true)).then_some(column)
    };
    outputs.iter().map(column).collect()
}

fn has_outer_join(plan: &Json) -> bool {
    missing_sides(plan) != (false, false) || below(plan).any(has_outer_join)
}

/// Notes every table of a plan by its alias, and whether its row is always there.
fn walk(plan: &Json, may_be_missing: bool, tables: &mut HashMap<String, bool>) {
    if plan.get("Relation Name").is_some() {
        let is_there = tables.entry(text(plan, "Alias").to_owned()).or_insert(true);
        *is_there &= !may_be_missing;
    }
    let (outer, inner) = missing_sides(plan);
    for below in below(plan) {
        let is_missing = match text(below, "Parent Relationship") {
            "Outer" => outer,
            "Inner" => inner,
            _ => false,
        };
        walk(below, may_be_missing || is_missing, tables);
    }
}

/// Whether rows of the outer and of the inner side of a join may be missing.
fn missing_sides(plan: &Json) -> (bool, bool) {
    match text(plan, "Join Type") {
        "" | "Inner" | "Semi" | "Right Semi" => (false, false),
        "Left" | "Anti" => (false, true),
        "Right" | "Right Anti" => (true, false),
        _ => (true, true),
    }
}

fn below(plan: &Json) -> impl Iterator<Item = &Json> {
    plan.get("Plans").and_then(Json::as_array).into_iter().flatten()
}

fn text<'a>(plan: &'a Json, key: &str) -> &'a str {
    plan.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// The parts of `alias.column`, either of which may be quoted; none of any other expression.
fn qualified(text: &str) -> Option<(String, String)> {
    let (alias, rest) = name(text)?;
    let (column, rest) = name(rest.strip_prefix('.')?)?;
    rest.is_empty().then_some((alias, column))
}

/// A name at the start of a text, and what follows it.
fn name(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let mut name = String::new();
    let mut rest = quoted;
    loop {
        let end = rest.find('"')?;
        name.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return Some((name, rest)),
        }
    }
}

fn kind(ty: &Type) -> Kind {
    match ty.kind() {
        TypeKind::Enum(_) => return Kind::Enum { schema: ty.schema().to_owned(), name: ty.name().to_owned() },
        TypeKind::Domain(inner) => return kind(inner),
        TypeKind::Array(element) => return Kind::List(Box::new(kind(element))),
        _ => {}
    }
    match *ty {
        Type::BOOL => Kind::Bool,
        Type::INT2 | Type::INT4 => Kind::Int,
        Type::INT8 | Type::OID | Type::XID | Type::CID => Kind::BigInt,
        Type::FLOAT4 | Type::FLOAT8 => Kind::Float,
        Type::NUMERIC | Type::MONEY => Kind::Decimal,
        Type::JSON | Type::JSONB => Kind::Json,
        Type::BYTEA => Kind::Bytes,
        Type::TIMESTAMP | Type::TIMESTAMPTZ | Type::DATE | Type::TIME | Type::TIMETZ => Kind::DateTime,
        Type::TEXT
        | Type::VARCHAR
        | Type::BPCHAR
        | Type::NAME
        | Type::CHAR
        | Type::UNKNOWN
        | Type::XML
        | Type::UUID
        | Type::INET
        | Type::CIDR
        | Type::MACADDR
        | Type::MACADDR8
        | Type::BIT
        | Type::VARBIT
        | Type::INTERVAL => Kind::Text,
        _ if ty.name() == "citext" || ty.name() == "ltree" => Kind::Text,
        _ => Kind::Other(ty.name().to_owned()),
    }
}
