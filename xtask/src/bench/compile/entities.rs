//! The models of a schema in the words of each library, and functions that use every tenth of them: one row by its key, rows by
//! a condition with a relation of theirs, a new row. What sea-orm and diesel have no plain type for is simpler in theirs: enums
//! are text, decimals are floats.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use nicol_codegen::rust::{Options, client};
use nicol_schema::ValidSchema;
use nicol_schema::schema::{Arity, Field, FieldType, Model, RelationKind, ScalarType};

/// The files of a crate.
pub(super) struct Files {
    pub(super) client: String,
    pub(super) user: String,
    pub(super) program: String,
}

/// What the entities of the peers are made from.
struct Entity<'a> {
    /// The module's name.
    name: String,
    table: &'a str,
    /// Snake-cased name and plain type.
    columns: Vec<(String, ScalarType, Arity)>,
    /// The relation field, its key and the model it points at.
    parent: Option<(String, String, String)>,
    /// Relation fields and the models below.
    children: Vec<(String, String)>,
}

const USED: usize = 10;

pub(super) fn nicol(schema: &ValidSchema) -> Result<Files> {
    let files = client(schema, &Options::default())?;
    let client = files.into_iter().next().context("a client without a file")?.text;
    let mut user = String::from("use crate::client::*;\n");
    let used = entities(schema)?.into_iter().step_by(USED).collect::<Vec<_>>();
    for Entity { name, parent, children, .. } in &used {
        let with = children.first().map(|(field, _)| format!(".with({name}::{field})")).unwrap_or_default();
        let key = if parent.is_some() { ", parent_id: 1" } else { "" };
        write!(
            user,
            "pub async fn use_{name}(db: &Db) -> nicol::Result<usize> {{
    let one = db.{name}().find({name}::by_id(1)).await?;
    let all = db.{name}().find_many().filter({name}::flag.eq(true)){with}.await?;
    let made = db.{name}().create({name}::Raw {{ title: \"x\".into(){key} }}).await?;
    Ok(usize::from(one.is_some()) + all.len() + made.id as usize)
}}
"
        )?;
    }
    let connect = "client::Db::from_env().await?";
    Ok(Files { client, user, program: program(&used, connect, "&db") })
}

pub(super) fn sea_orm(schema: &ValidSchema) -> Result<Files> {
    let entities = entities(schema)?;
    let mut client = String::new();
    for entity in &entities {
        writeln!(client, "pub mod {} {{\n    use sea_orm::entity::prelude::*;", entity.name)?;
        client.push_str("    #[sea_orm::model]\n    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]\n");
        writeln!(client, "    #[sea_orm(table_name = {:?})]\n    pub struct Model {{", entity.table)?;
        for (name, scalar, arity) in &entity.columns {
            if name == "id" {
                client.push_str("        #[sea_orm(primary_key)]\n");
            }
            writeln!(client, "        pub {name}: {},", rust_type(*scalar, *arity, "DateTime")?)?;
        }
        if let Some((field, key, target)) = &entity.parent {
            writeln!(client, "        #[sea_orm(belongs_to, from = {key:?}, to = \"id\")]")?;
            writeln!(client, "        pub {field}: BelongsTo<super::{target}::Entity>,")?;
        }
        for (field, target) in &entity.children {
            writeln!(client, "        #[sea_orm(has_many)]\n        pub {field}: HasMany<super::{target}::Entity>,")?;
        }
        client.push_str("    }\n    impl ActiveModelBehavior for ActiveModel {}\n}\n");
    }
    let mut user = String::from("use sea_orm::*;\n");
    let used = entities.into_iter().step_by(USED).collect::<Vec<_>>();
    for Entity { name, parent, children, .. } in &used {
        let with = children.first().map(|(_, target)| format!(".with(crate::client::{target}::Entity)"));
        let (with, key) = (with.unwrap_or_default(), if parent.is_some() { ", parent_id: Set(1)" } else { "" });
        write!(
            user,
            "pub async fn use_{name}(db: &DatabaseConnection) -> Result<usize, DbErr> {{
    use crate::client::{name}::*;
    let one = Entity::find_by_id(1).one(db).await?;
    let all = Entity::load().filter(Column::Flag.eq(true)){with}.all(db).await?;
    let made = ActiveModel {{ title: Set(\"x\".into()){key}, ..Default::default() }}.insert(db).await?;
    Ok(usize::from(one.is_some()) + all.len() + made.id as usize)
}}
"
        )?;
    }
    let connect = "sea_orm::Database::connect(std::env::var(\"DATABASE_URL\")?).await?";
    Ok(Files { client, user, program: program(&used, connect, "&db") })
}

pub(super) fn diesel(schema: &ValidSchema) -> Result<Files> {
    let entities = entities(schema)?;
    let mut client = String::from("use diesel::prelude::*;\npub mod schema {\n");
    for entity in &entities {
        write!(client, "    diesel::table! {{ #[sql_name = {:?}] {} (id) {{ ", entity.table, entity.name)?;
        for (name, scalar, arity) in &entity.columns {
            let ty = diesel_type(*scalar)?;
            match arity {
                Arity::Optional => write!(client, "{name} -> Nullable<{ty}>, ")?,
                Arity::Required | Arity::List => write!(client, "{name} -> {ty}, ")?,
            }
        }
        client.push_str("} }\n");
    }
    for Entity { name, parent, .. } in &entities {
        if let Some((_, key, target)) = parent {
            writeln!(client, "    diesel::joinable!({name} -> {target} ({key}));")?;
        }
    }
    client.push_str("}\nuse schema::*;\n");
    for Entity { name, columns, parent, .. } in &entities {
        let row = pascal(name);
        let mut fields = String::new();
        for (name, scalar, arity) in columns.iter().filter(|(name, ..)| name != "id") {
            writeln!(fields, "    pub {name}: {},", rust_type(*scalar, *arity, "chrono::NaiveDateTime")?)?;
        }
        let (derive, belongs) = parent.as_ref().map_or_else(Default::default, |(_, key, target)| {
            (", Associations", format!(", belongs_to({}, foreign_key = {key})", pascal(target)))
        });
        writeln!(client, "#[derive(Debug, Queryable, Selectable, Identifiable, AsChangeset{derive})]")?;
        writeln!(client, "#[diesel(table_name = {name}{belongs})]\npub struct {row} {{\n    pub id: i32,\n{fields}}}")?;
        writeln!(client, "#[derive(Insertable)]\n#[diesel(table_name = {name})]\npub struct New{row} {{\n{fields}}}")?;
    }
    let mut user = String::from(
        "use crate::client::{*, schema::*};\nuse diesel::prelude::*;\nuse diesel_async::{AsyncPgConnection, RunQueryDsl};\n",
    );
    let used = entities.into_iter().step_by(USED).collect::<Vec<_>>();
    for Entity { name, parent, children, .. } in &used {
        let row = pascal(name);
        let below = children.first().map_or_else(
            || "0".to_owned(),
            |(_, target)| {
                let target = pascal(target);
                format!("{target}::belonging_to(&all).select({target}::as_select()).load::<{target}>(db).await?.grouped_by(&all).len()")
            },
        );
        let key = parent.as_ref().map(|(_, key, _)| format!(", {name}::{key}.eq(1)")).unwrap_or_default();
        write!(
            user,
            "pub async fn use_{name}(db: &mut AsyncPgConnection) -> QueryResult<usize> {{
    let one: Option<{row}> = {name}::table.find(1).select({row}::as_select()).first(db).await.optional()?;
    let all: Vec<{row}> = {name}::table.filter({name}::flag.eq(true)).select({row}::as_select()).load(db).await?;
    let below = {below};
    let values = ({name}::title.eq(\"x\"){key});
    let made: {row} = diesel::insert_into({name}::table).values(values).returning({row}::as_returning()).get_result(db).await?;
    Ok(usize::from(one.is_some()) + all.len() + below + made.id as usize)
}}
"
        )?;
    }
    let connect = "<diesel_async::AsyncPgConnection as diesel_async::AsyncConnection>::establish(&std::env::var(\"DATABASE_URL\")?).await?";
    Ok(Files { client, user, program: program(&used, connect, "&mut db") })
}

/// A program that calls every function.
fn program(used: &[Entity<'_>], connect: &str, db: &str) -> String {
    let mut text = format!(
        "#![allow(unused_mut, reason = \"one text for all\")]
use {}::*;
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let mut db = {connect};
    let mut rows = 0;
",
        super::NAME
    );
    for Entity { name, .. } in used {
        text.push_str(&format!("    rows += user::use_{name}({db}).await?;\n"));
    }
    text.push_str("    println!(\"{rows} rows\");\n    Ok(())\n}\n");
    text
}

fn entities(schema: &ValidSchema) -> Result<Vec<Entity<'_>>> {
    schema.models.iter().map(|model| entity(schema, model)).collect()
}

fn entity<'a>(schema: &'a ValidSchema, model: &'a Model) -> Result<Entity<'a>> {
    let (mut columns, mut parent, mut children) = (Vec::new(), None, Vec::new());
    for field in &model.fields {
        let name = snake(&field.name);
        match (&field.ty, field.arity) {
            (FieldType::Scalar(ScalarType::Decimal), arity) => columns.push((name, ScalarType::Float, arity)),
            (FieldType::Scalar(scalar), arity) => columns.push((name, *scalar, arity)),
            (FieldType::Enum(_), arity) => columns.push((name, ScalarType::String, arity)),
            (FieldType::Model(target), Arity::List) => children.push((name, snake(&schema.model(*target).name))),
            (FieldType::Model(target), _) => {
                parent = Some((name, key(schema, model, field)?, snake(&schema.model(*target).name)));
            }
            (other, _) => bail!("{}.{}: {other:?} is not in the benchmark", model.name, field.name),
        }
    }
    Ok(Entity { name: snake(&model.name), table: model.database_name(), columns, parent, children })
}

/// The column that points at the parent.
fn key(schema: &ValidSchema, model: &Model, field: &Field) -> Result<String> {
    match &schema.relation(field.relation.context("a relation field without its relation")?).kind {
        RelationKind::Foreign(key) if key.fields.len() == 1 => Ok(snake(&model.fields[key.fields[0].0 as usize].name)),
        RelationKind::Foreign(_) | RelationKind::ManyToMany { .. } => {
            bail!("{}.{} is a relation that is not in the benchmark", model.name, field.name)
        }
    }
}

fn rust_type(scalar: ScalarType, arity: Arity, date: &str) -> Result<String> {
    let plain = match scalar {
        ScalarType::Int => "i32",
        ScalarType::Float => "f64",
        ScalarType::Boolean => "bool",
        ScalarType::String => "String",
        ScalarType::DateTime => date,
        other => bail!("{} is not in the benchmark", other.as_str()),
    };
    Ok(if arity == Arity::Optional { format!("Option<{plain}>") } else { plain.to_owned() })
}

fn diesel_type(scalar: ScalarType) -> Result<&'static str> {
    Ok(match scalar {
        ScalarType::Int => "Integer",
        ScalarType::Float => "Double",
        ScalarType::Boolean => "Bool",
        ScalarType::String => "Text",
        ScalarType::DateTime => "Timestamp",
        other => bail!("{} is not in the benchmark", other.as_str()),
    })
}

/// `parentId` as `parent_id`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for (at, c) in name.char_indices() {
        if c.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// `item7` as `Item7`.
fn pascal(name: &str) -> String {
    name[..1].to_ascii_uppercase() + &name[1..]
}
