//! The module of the typed SQL files: what the macro `nicol::typed_sql!` makes functions and structs of.

use nicol_schema::ValidSchema;
use nicol_schema::schema::{Arity, EnumId, Field, FieldType};

use super::module;
use super::names::{Names, identifier, pascal, snake};
use super::plan::{ClientPlan, TYPES};
use super::text::{Text, literal};
use crate::sql::comments::{
    self, ColumnComment, Comments, DeclaredName, DeclaredType, ParameterComment, is_identifier,
};
use crate::sql::{Column, Origin, Parameter, Problem, Statement, Type, TypeName, check_name};

/// A function.
pub(crate) struct FunctionPlan<'a> {
    statement: &'a Statement,
    name: String,
    row: String,
    docs: String,
    parameters: Vec<(String, String)>,
    fields: Vec<FieldPlan<'a>>,
}

/// A field of the struct of its rows.
struct FieldPlan<'a> {
    column: &'a Column,
    name: String,
    ty: String,
    docs: Option<String>,
}

/// Decides names and types of every statement.
///
/// # Errors
/// Each file that cannot be a function as it is.
pub(crate) fn plan<'a>(
    schema: &ValidSchema,
    client: &ClientPlan<'_>,
    statements: &'a [Statement],
) -> Result<Vec<FunctionPlan<'a>>, Vec<Problem>> {
    let context = Context { schema, client };
    let mut rows = Names::reserving(TYPES);
    let mut plans: Vec<FunctionPlan<'a>> = Vec::new();
    let mut problems = Vec::new();
    for statement in statements {
        let planned = context.function(statement, &mut rows).and_then(|plan| {
            match plans.iter().find(|other| other.name == plan.name) {
                None => Ok(plan),
                Some(other) => {
                    let message = format!("its function has the name of that of {}.sql: {}", other.file(), plan.name);
                    Err(problem(statement, "sql-file-name", None, message, "rename one of the files"))
                }
            }
        });
        match planned {
            Ok(plan) => plans.push(plan),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(plans) } else { Err(problems) }
}

/// Writes the content of the module.
pub(crate) fn write(text: &mut Text, plans: &[FunctionPlan<'_>]) {
    module::write_allow(text);
    for plan in plans {
        text.blank();
        plan.write(text);
    }
}

fn problem(statement: &Statement, code: &'static str, line: Option<usize>, message: String, help: &str) -> Problem {
    Problem { code, file: format!("{}.sql", statement.file.name), line, message, help: help.to_owned() }
}

impl FunctionPlan<'_> {
    fn file(&self) -> &str {
        &self.statement.file.name
    }

    fn write(&self, text: &mut Text) {
        text.open("::nicol::typed_sql! {");
        text.docs(Some(&self.docs));
        let parameters = self.parameters.iter().map(|(name, ty)| format!("{}: {ty}", identifier(name)));
        let parameters = parameters.collect::<Vec<String>>().join(", ");
        let row = if self.fields.is_empty() { "()" } else { &self.row };
        let file = literal(&format!("{}.sql", self.file()));
        text.line(format!("{}({parameters}) -> {row} = {file};", identifier(&self.name)));
        for line in self.statement.file.text.split_inclusive('\n') {
            text.line(literal(line));
        }
        if !self.fields.is_empty() {
            text.open("{");
            for (at, field) in self.fields.iter().enumerate() {
                text.docs(field.docs.as_deref());
                let name = literal(&field.column.name);
                text.line(format!("{}: {} = {at}, {name};", identifier(&field.name), field.ty));
            }
            text.close("}");
        }
        text.close("}");
    }
}

struct Context<'a, 'b> {
    schema: &'a ValidSchema,
    client: &'a ClientPlan<'b>,
}

impl Context<'_, '_> {
    fn function<'s>(&self, statement: &'s Statement, rows: &mut Names) -> Result<FunctionPlan<'s>, Problem> {
        check_name(&statement.file)?;
        let enums: Vec<&str> = self.schema.enums.iter().map(|one| one.name.as_str()).collect();
        let comments = comments::parse(&statement.file, &enums)?;
        let mut names = Names::reserving(&[]);
        let mut parameters = Vec::new();
        let mut docs = comments.description.clone().unwrap_or_else(|| format!("`{}.sql`", statement.file.name));
        for (number, parameter) in (1..).zip(&statement.described.parameters) {
            let comment = comment_of(&comments, number, parameter);
            let alias = comment.and_then(|comment| comment.alias.as_deref());
            let placeholder = parameter.placeholder.as_deref().and_then(|name| name.get(1..));
            let wanted = alias.or(placeholder).filter(|name| is_identifier(name));
            let name = names.give(&wanted.map_or_else(|| format!("p{number}"), snake));
            if let Some(words) = comment.and_then(|comment| comment.docs.as_deref()) {
                docs.push_str(&format!("\n\n`{name}`: {words}"));
            }
            parameters.push((name, self.parameter(statement, number, parameter, comment)?));
        }
        let fields = self.fields(statement, &comments)?;
        let name = snake(&statement.file.name);
        // Statements without rows have no struct.
        let row = if fields.is_empty() { String::new() } else { rows.give(&pascal(&statement.file.name)) };
        Ok(FunctionPlan { statement, name, row, docs, parameters, fields })
    }

    fn parameter(
        &self,
        statement: &Statement,
        number: usize,
        parameter: &Parameter,
        comment: Option<&ParameterComment>,
    ) -> Result<String, Problem> {
        let is_nullable = comment.is_some_and(|comment| comment.is_nullable);
        let is_list = parameter.ty.as_ref().is_some_and(|ty| ty.is_list);
        let declared = comment.and_then(|comment| comment.ty.as_ref()).map(|ty| self.declared(ty));
        let plain = match (declared, &parameter.ty) {
            (Some(declared), _) => declared,
            (None, None) => return Ok("::nicol::raw::Any".to_owned()),
            (None, Some(ty)) => self.rust_type(&ty.of).ok_or_else(|| {
                let message = format!("parameter {number} is of the type {}, which Rust has none for", shown(&ty.of));
                let help = format!("say what it is given as: `-- @param {{String}} ${number}:name`");
                problem(statement, "sql-parameter-type", None, message, &help)
            })?,
        };
        match (is_list, is_nullable) {
            (true, true) => {
                let message = format!("parameter {number} is a list, which is never NULL");
                Err(problem(statement, "sql-comment", None, message, "leave the `?` away; the list may be empty"))
            }
            (true, false) => Ok(format!("Vec<{plain}>")),
            (false, true) => Ok(format!("Option<{plain}>")),
            (false, false) => Ok(plain),
        }
    }

    fn fields<'s>(&self, statement: &'s Statement, comments: &Comments) -> Result<Vec<FieldPlan<'s>>, Problem> {
        let columns = &statement.described.columns;
        let is_there = |comment: &&ColumnComment| !columns.iter().any(|column| column.name == comment.name);
        if let Some(comment) = comments.columns.iter().find(is_there) {
            let message = format!("the statement gives no column `{}`", comment.name.escape_debug());
            let known: Vec<String> = columns.iter().map(|column| column.name.escape_debug().to_string()).collect();
            let help = format!("its columns are: {}", known.join(", "));
            return Err(problem(statement, "sql-comment", Some(comment.line), message, &help));
        }
        let mut fields: Vec<FieldPlan<'s>> = Vec::new();
        for (number, column) in (1..).zip(columns) {
            let shown = column.name.escape_debug();
            if !is_identifier(&column.name) {
                let message = format!("column {number} is called `{shown}`, which no field can be");
                let help = "give it a name of letters, digits and `_` by `AS name`";
                return Err(problem(statement, "sql-column-name", None, message, help));
            }
            let name = Names::reserving(&[]).give(&snake(&column.name));
            if let Some(other) = fields.iter().find(|other| other.name == name) {
                let message = format!("the columns `{}` and `{shown}` would be one field `{name}`", other.column.name);
                let help = "give one of them another name by `AS name`";
                return Err(problem(statement, "sql-column-name", None, message, help));
            }
            let comment = comments.columns.iter().find(|comment| comment.name == column.name);
            let ty = self.column(statement, column, comment)?;
            fields.push(FieldPlan { column, name, ty, docs: comment.and_then(|comment| comment.docs.clone()) });
        }
        Ok(fields)
    }

    /// What a comment says; else the type of the schema's field that the column shows, else what the server said.
    fn column(
        &self,
        statement: &Statement,
        column: &Column,
        comment: Option<&ColumnComment>,
    ) -> Result<String, Problem> {
        let field = column.origin.as_ref().and_then(|origin| self.field(origin));
        let of_field = field.and_then(|field| {
            let plain = match &field.ty {
                FieldType::Scalar(scalar) => self.client.types.field(field, *scalar).0,
                FieldType::Enum(id) => self.enumeration(*id),
                FieldType::Composite(_) | FieldType::Model(_) | FieldType::Unsupported(_) => return None,
            };
            Some((plain, field.arity == Arity::List))
        });
        let described = |ty: &Type| Some((self.rust_type(&ty.of)?, ty.is_list));
        let declared = comment.and_then(|comment| comment.ty.as_ref()).map(|ty| (self.declared(ty), ty.is_list));
        let (plain, is_list) =
            declared.or(of_field).or_else(|| column.ty.as_ref().and_then(described)).ok_or_else(|| {
                let name = &column.name;
                let message = match &column.ty {
                    Some(ty) => {
                        format!("the column `{name}` is of the type {}, which Rust has none for", shown(&ty.of))
                    }
                    None => format!("the type of the column `{name}` is not known to the database"),
                };
                let help = format!("say it: `-- @column {{Int}} {name}`, or `{name}?` where it may be NULL");
                problem(statement, "sql-column-type", None, message, &help)
            })?;
        let may_be_null = column.is_nullable || field.is_some_and(|field| field.arity == Arity::Optional);
        let is_nullable = comment.map_or(may_be_null, |comment| comment.is_nullable);
        Ok(match (is_list, is_nullable) {
            // NULL is an empty list, as everywhere in the client.
            (true, _) => format!("Vec<{plain}>"),
            (false, true) => format!("Option<{plain}>"),
            (false, false) => plain,
        })
    }

    /// The field that a table's column is in the schema.
    fn field(&self, origin: &Origin) -> Option<&Field> {
        let is_table = |schema: Option<&str>| match (schema, &origin.schema) {
            (Some(schema), Some(of)) => schema == of,
            _ => true,
        };
        let mut models = self.schema.models.iter().filter(|model| model.database_name() == origin.table);
        let model = models.find(|model| is_table(model.schema.as_deref()))?;
        model.fields.iter().find(|field| field.is_column() && field.database_name() == origin.column)
    }

    fn declared(&self, ty: &DeclaredType) -> String {
        match &ty.of {
            DeclaredName::Scalar(scalar) => self.client.types.scalar(*scalar).0,
            DeclaredName::Enum(name) => {
                let place = self.schema.enums.iter().zip(0u32..).find(|(one, _)| one.name == *name);
                place.map_or_else(|| "String".to_owned(), |(_, id)| self.enumeration(EnumId(id)))
            }
        }
    }

    /// The Rust type of one value; text for an enum that the schema does not have.
    fn rust_type(&self, ty: &TypeName) -> Option<String> {
        match ty {
            TypeName::Scalar(scalar) => Some(self.client.types.scalar(*scalar).0),
            TypeName::Enum(schema, name) => {
                let is_it = |one: &nicol_schema::schema::Enum| {
                    one.database_name() == name && one.schema.as_ref().is_none_or(|of| of == schema)
                };
                let place = self.schema.enums.iter().zip(0u32..).find(|(one, _)| is_it(one));
                Some(place.map_or_else(|| "String".to_owned(), |(_, id)| self.enumeration(EnumId(id))))
            }
            TypeName::Native(_) => None,
        }
    }

    fn enumeration(&self, EnumId(id): EnumId) -> String {
        format!("super::{}", self.client.enums[id as usize].name)
    }
}

/// The comment about a parameter: by its number, or by the name of its placeholder.
fn comment_of<'a>(comments: &'a Comments, number: usize, parameter: &Parameter) -> Option<&'a ParameterComment> {
    let placeholder = parameter.placeholder.as_deref().and_then(|name| name.get(1..));
    let number = placeholder.and_then(|name| name.parse().ok()).unwrap_or(number);
    let by_number = comments.parameters.iter().find(|comment| comment.position == Some(number));
    by_number.or_else(|| {
        comments.parameters.iter().find(|comment| comment.position.is_none() && comment.alias.as_deref() == placeholder)
    })
}

fn shown(ty: &TypeName) -> String {
    match ty {
        TypeName::Scalar(scalar) => scalar.as_str().to_owned(),
        TypeName::Enum(_, name) | TypeName::Native(name) => format!("`{}`", name.escape_debug()),
    }
}
