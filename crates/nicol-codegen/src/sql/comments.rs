//! What the comments of a typed SQL file say: `-- @param {Type} $1:alias? documentation` and `-- @description text`, as Prisma has
//! them, and `-- @column {Type} name? documentation`, which it passes over.

use nicol_schema::schema::ScalarType;

use super::{Problem, SqlText};

/// Everything said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comments {
    /// What the statement is for.
    pub description: Option<String>,
    /// Parameters.
    pub parameters: Vec<ParameterComment>,
    /// Columns.
    pub columns: Vec<ColumnComment>,
}

/// `@param`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterComment {
    /// The number of the parameter, from 1.
    pub position: Option<usize>,
    /// The name of the argument, or of a placeholder.
    pub alias: Option<String>,
    /// The type.
    pub ty: Option<DeclaredType>,
    /// `?`: the argument may be NULL.
    pub is_nullable: bool,
    /// Words about it.
    pub docs: Option<String>,
}

/// `@column`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnComment {
    /// The name of the column.
    pub name: String,
    /// The type.
    pub ty: Option<DeclaredType>,
    /// `?`: the column may be NULL. Without it, it never is.
    pub is_nullable: bool,
    /// Words about it.
    pub docs: Option<String>,
    /// Its line, from 1.
    pub line: usize,
}

/// A type as a comment says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredType {
    /// Of one value.
    pub of: DeclaredName,
    /// With `[]` behind it.
    pub is_list: bool,
}

/// The name of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeclaredName {
    /// A scalar.
    Scalar(ScalarType),
    /// An enum of the schema.
    Enum(String),
}

/// Reads the comments of a file. `enums` are the names of the schema's enums.
///
/// # Errors
/// `sql-comment`: one says no type that is known, no number, or what another one has said.
pub fn parse(file: &SqlText, enums: &[&str]) -> Result<Comments, Problem> {
    let mut comments = Comments::default();
    for (number, line) in (1..).zip(file.text.lines()) {
        let Some(comment) = line.trim().strip_prefix("--").map(str::trim_start) else { continue };
        let wrong = |(message, help): (String, String)| Problem {
            code: "sql-comment",
            file: format!("{}.sql", file.name),
            line: Some(number),
            message,
            help,
        };
        if let Some(text) = comment.strip_prefix("@description") {
            comments.description = words(text);
        } else if let Some(text) = comment.strip_prefix("@param") {
            let parameter = parameter(text, enums).map_err(wrong)?;
            let is_same = |other: &ParameterComment| {
                (other.position.is_some() && other.position == parameter.position)
                    || (other.alias.is_some() && other.alias == parameter.alias)
            };
            if comments.parameters.iter().any(is_same) {
                let twice = "this number or alias has been used before".to_owned();
                return Err(wrong((twice, "give every parameter a comment of its own".to_owned())));
            }
            comments.parameters.push(parameter);
        } else if let Some(text) = comment.strip_prefix("@column") {
            let column = column(text, enums, number).map_err(wrong)?;
            if comments.columns.iter().any(|other| other.name == column.name) {
                let twice = format!("the column `{}` has a comment already", column.name);
                return Err(wrong((twice, "keep one of them".to_owned())));
            }
            comments.columns.push(column);
        }
    }
    Ok(comments)
}

/// What is wrong, and what to do.
type Fault = (String, String);

fn parameter(text: &str, enums: &[&str]) -> Result<ParameterComment, Fault> {
    let shape = || "write it like `-- @param {Int} $1:minAge? what it is for`".to_owned();
    let (ty, mut rest) = declared_type(text, enums)?;
    if ty.as_ref().is_some_and(|ty| ty.is_list) {
        let message = "a parameter cannot be declared a list".to_owned();
        return Err((message, "leave `[]` away: PostgreSQL finds out itself that it is one".to_owned()));
    }
    let mut position = None;
    if let Some(after) = rest.strip_prefix('$') {
        let (number, after) = until(after, |c| c == ':' || c.is_whitespace());
        let wrong = || (format!("`${number}` is not the number of a parameter"), shape());
        position = Some(number.parse::<usize>().ok().filter(|number| *number > 0).ok_or_else(wrong)?);
        rest = after.trim_start();
    }
    let (mut alias, mut is_nullable) = (None, false);
    if let Some(after) = rest.strip_prefix(':') {
        let (name, after) = until(after, char::is_whitespace);
        is_nullable = name.ends_with('?');
        let name = name.trim_end_matches('?');
        if !is_identifier(name) {
            return Err((format!("`{}` is no name for an argument", name.escape_debug()), shape()));
        }
        (alias, rest) = (Some(name.to_owned()), after);
    }
    if position.is_none() && alias.is_none() {
        return Err(("the comment does not say which parameter it is about".to_owned(), shape()));
    }
    Ok(ParameterComment { position, alias, ty, is_nullable, docs: words(rest) })
}

fn column(text: &str, enums: &[&str], line: usize) -> Result<ColumnComment, Fault> {
    let (ty, rest) = declared_type(text, enums)?;
    let (name, rest) = until(rest, char::is_whitespace);
    let (name, is_nullable) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
    if name.is_empty() {
        let help = "write it like `-- @column {BigInt} total? what it is`".to_owned();
        return Err(("the comment does not say which column it is about".to_owned(), help));
    }
    Ok(ColumnComment { name: name.to_owned(), ty, is_nullable, docs: words(rest), line })
}

/// `{Type}` at the start of a text, and what follows.
fn declared_type<'a>(text: &'a str, enums: &[&str]) -> Result<(Option<DeclaredType>, &'a str), Fault> {
    let text = text.trim_start();
    let Some(inside) = text.strip_prefix('{') else { return Ok((None, text)) };
    let scalars = ScalarType::ALL.map(ScalarType::as_str);
    let known = || {
        let names: Vec<&str> = scalars.iter().chain(enums).copied().collect();
        format!("the types are {}", names.join(", "))
    };
    let Some((name, rest)) = inside.split_once('}') else {
        return Err(("the type has no closing `}`".to_owned(), known()));
    };
    let (name, is_list) = name.strip_suffix("[]").map_or((name, false), |name| (name, true));
    let scalar = ScalarType::ALL.into_iter().find(|scalar| scalar.as_str() == name);
    let of = match scalar {
        Some(scalar) => DeclaredName::Scalar(scalar),
        None if enums.contains(&name) => DeclaredName::Enum(name.to_owned()),
        None => return Err((format!("there is no type `{}`", name.escape_debug()), known())),
    };
    Ok((Some(DeclaredType { of, is_list }), rest.trim_start()))
}

fn until(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

fn words(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// True for what can be the name of an argument or field.
pub(crate) fn is_identifier(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(is_part) && name.trim_start_matches('_').starts_with(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Comments, String> {
        let file = SqlText { name: "f".to_owned(), text: format!("SELECT 1\n{line}") };
        parse(&file, &["Role"]).map_err(|problem| {
            assert_eq!((problem.code, problem.line), ("sql-comment", Some(2)));
            problem.message
        })
    }

    /// The parameter that a comment describes: number, alias, type, `?`, documentation.
    fn shown(line: &str) -> String {
        match read(line) {
            Err(message) => message,
            Ok(comments) => comments
                .parameters
                .iter()
                .map(|one| {
                    let ty = one.ty.as_ref().map(|ty| match &ty.of {
                        DeclaredName::Scalar(scalar) => scalar.as_str(),
                        DeclaredName::Enum(name) => name,
                    });
                    format!("{:?} {:?} {ty:?} {} {:?}", one.position, one.alias, one.is_nullable, one.docs)
                })
                .collect(),
        }
    }

    /// The cases of the reference's own documentation of the syntax.
    #[test]
    fn parameters() {
        let table = [
            ("-- @param $1:userId", r#"Some(1) Some("userId") None false None"#),
            ("-- @param $1:userId valid user", r#"Some(1) Some("userId") None false Some("valid user")"#),
            ("-- @param {Int} :userId", r#"None Some("userId") Some("Int") false None"#),
            ("-- @param {Int} $1:userId", r#"Some(1) Some("userId") Some("Int") false None"#),
            ("-- @param {Int} $1 valid", r#"Some(1) None Some("Int") false Some("valid")"#),
            ("  --@param{Decimal}$12:a?  x ", r#"Some(12) Some("a") Some("Decimal") true Some("x")"#),
            ("-- @param {Role} $1:role?", r#"Some(1) Some("role") Some("Role") true None"#),
            ("-- @param {Json} $1 :data", r#"Some(1) Some("data") Some("Json") false None"#),
            ("-- @param {Int} $1f valid", "`$1f` is not the number of a parameter"),
            ("-- @param {Int} $0", "`$0` is not the number of a parameter"),
            ("-- @param {} $1", "there is no type ``"),
            ("-- @param {int} $1", "there is no type `int`"),
            ("-- @param {Int[]} $1", "a parameter cannot be declared a list"),
            ("-- @param {Int $1", "the type has no closing `}`"),
            ("-- @param", "the comment does not say which parameter it is about"),
            ("-- @param {Int} what", "the comment does not say which parameter it is about"),
            ("-- @param $1:", "`` is no name for an argument"),
            ("-- @param $1:a) {} fn x(", "`a)` is no name for an argument"),
            ("-- @param $1:a\n-- @param $1:b", ""),
        ];
        for (line, expected) in table.iter().filter(|(_, expected)| !expected.is_empty()) {
            assert_eq!(shown(line), *expected, "{line}");
        }
        for (first, second) in [("$1:a", "$1:b"), ("$1:a", "$2:a")] {
            let file = SqlText { name: "f".to_owned(), text: format!("-- @param {first}\n-- @param {second}") };
            assert_eq!(parse(&file, &[]).map_err(|problem| problem.line), Err(Some(2)));
        }
        assert!(shown("-- @param {Int} $1\n-- @param {Int} $2").ends_with("None"), "numbers alone are no duplicates");
    }

    #[test]
    fn columns_and_the_description() {
        let comments =
            read("-- @description Says hello\n-- @column {Int[]} ids? of all\n-- @column total").expect("good");
        assert_eq!(comments.description.as_deref(), Some("Says hello"));
        let [ids, total] = comments.columns.as_slice() else { panic!("two columns") };
        assert!(
            ids.is_nullable && ids.ty.as_ref().is_some_and(|ty| ty.is_list) && ids.docs.as_deref() == Some("of all")
        );
        assert!(!total.is_nullable && total.ty.is_none() && total.name == "total" && total.line == 4);
        assert!(read("-- @column {Int}").is_err());
        assert_eq!(
            read("SELECT '@param {Nope}' -- @param {Nope} $1"),
            Ok(Comments::default()),
            "no comment of its own line"
        );
    }
}
