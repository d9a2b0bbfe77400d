//! `@default(..)`: whether the value fits the type. What providers add to that comes later.

use crate::ast::{ArgumentList, Value, ValueKind};
use crate::diagnostic::Code;
use crate::report::{Report, did_you_mean};
use crate::schema::*;
use crate::syntax::tree::ExpressionNode;
use crate::syntax::words::Word;

use super::draft::*;
use super::visit::Args;

/// Functions of the language itself; any other is left to the provider.
pub(crate) const FUNCTIONS: [&str; 8] =
    ["autoincrement", "cuid", "dbgenerated", "nanoid", "now", "uuid", "ulid", "auto"];

/// True for the functions of the language itself.
pub(crate) fn is_known(function: &str) -> bool {
    matches!(function, "autoincrement" | "cuid" | "dbgenerated" | "nanoid" | "now" | "uuid" | "ulid" | "auto")
}

/// `@default` on a model's column.
pub(crate) fn model_field<'a>(
    args: &mut Args<'a>,
    field: &DraftField<'a>,
    draft: &Draft<'a>,
    report: &mut Report,
) -> Option<&'a ExpressionNode> {
    let value = args.main(Word::Value, report)?;
    let map = args.text(Word::Map, report);
    if map.is_some() {
        draft.has_named_defaults.set(true);
    }
    let check = Check { args, field, draft };
    let accepted = match (value.kind(), field.ty?) {
        (ValueKind::Call("dbgenerated", arguments), _) => check.dbgenerated(arguments, report),
        (ValueKind::Call("autoincrement", _), Type::Scalar(_)) if map.is_some() => {
            let message = "`autoincrement()` makes no constraint that could have a name";
            check.reject(Code::DefaultArgument, message, "remove `map`", report)
        }
        (ValueKind::Call(name, arguments), Type::Scalar(scalar)) => check.function(name, arguments, scalar, report),
        (_, Type::Unsupported(_)) => {
            let message = "the default of an `Unsupported` field can only come from the database";
            check.reject(Code::UnsupportedDefault, message, "write `@default(dbgenerated(\"...\"))`", report)
        }
        (_, ty) => check.literal(value, ty, report),
    };
    accepted.then_some(value.node())
}

/// `@default` on a field of a composite type.
pub(crate) fn composite_field<'a>(
    args: &mut Args<'a>,
    field: &DraftField<'a>,
    draft: &Draft<'a>,
    report: &mut Report,
) -> Option<&'a ExpressionNode> {
    let value = args.main(Word::Value, report)?;
    if args.named(Word::Map).is_some() {
        args.error(Code::DefaultArgument, "a default in a type makes no constraint", "remove `map`", report);
    }
    let check = Check { args, field, draft };
    let accepted = match (value.kind(), field.ty?) {
        (ValueKind::Call("dbgenerated", _), _) => {
            let message = "the database makes no defaults inside composite types";
            check.reject(Code::CompositeDefault, message, "write a value, or remove the default", report)
        }
        (ValueKind::Call(name @ ("autoincrement" | "auto"), _), Type::Scalar(_)) => {
            let message = format!("`{name}()` does not work inside composite types");
            check.reject(Code::CompositeDefault, message, "remove the default", report)
        }
        (ValueKind::Call(name, _), Type::Scalar(_)) if !is_known(name) => {
            unknown_function(name, value, FUNCTIONS.iter().copied(), report);
            false
        }
        (ValueKind::Call("nanoid", _), Type::Scalar(scalar)) => {
            let message = format!("`nanoid()` does not make values of type {} inside composite types", scalar.as_str());
            check.reject(Code::FunctionType, message, "use another default", report)
        }
        (ValueKind::Call(name, arguments), Type::Scalar(scalar)) => check.function(name, arguments, scalar, report),
        (_, Type::Unsupported(_)) => {
            check.reject(Code::CompositeDefault, "an `Unsupported` field has no default here", "remove it", report)
        }
        (_, ty) => check.literal(value, ty, report),
    };
    accepted.then_some(value.node())
}

/// Reports a function that nobody knows.
pub(crate) fn unknown_function<'a>(
    name: &str,
    value: Value<'_>,
    known: impl Iterator<Item = &'a str> + Clone,
    report: &mut Report,
) {
    let otherwise = format!("functions here: {}", known.clone().collect::<Vec<_>>().join(", "));
    let help = did_you_mean(name, known, otherwise);
    report.error_help(Code::UnknownFunction, value.span(), format!("there is no function `{name}`"), help);
}

struct Check<'c, 'a> {
    args: &'c Args<'a>,
    field: &'c DraftField<'a>,
    draft: &'c Draft<'a>,
}

impl Check<'_, '_> {
    fn reject(&self, code: Code, message: impl Into<String>, help: impl Into<String>, report: &mut Report) -> bool {
        self.args.error(code, message, help, report);
        false
    }

    fn function(&self, name: &str, arguments: ArgumentList<'_>, scalar: ScalarType, report: &mut Report) -> bool {
        match (scalar, name) {
            (ScalarType::Int | ScalarType::BigInt, "autoincrement")
            | (ScalarType::DateTime, "now")
            | (ScalarType::String, "ulid")
            | (_, "auto") => self.no_arguments(name, arguments, report),
            (ScalarType::String, "cuid") => self.version(name, arguments, &[1, 2], report),
            (ScalarType::String, "uuid") => self.version(name, arguments, &[4, 7], report),
            (ScalarType::String, "nanoid") => self.nanoid(arguments, report),
            (_, name) if !is_known(name) => {
                self.draft.has_other_functions.set(true);
                true
            }
            (scalar, name) => {
                let scalar = scalar.as_str();
                let message = format!("`{name}()` does not make values of type {scalar}");
                self.reject(Code::FunctionType, message, "use another default, or change the type", report)
            }
        }
    }

    fn no_arguments(&self, name: &str, arguments: ArgumentList<'_>, report: &mut Report) -> bool {
        if arguments.iter().len() == 0 {
            return true;
        }
        self.reject(Code::FunctionArgument, format!("`{name}` takes no arguments"), format!("write `{name}()`"), report)
    }

    /// `uuid(7)` and the like. The reference goes on after too many arguments, and so may say two things.
    fn version(&self, name: &str, arguments: ArgumentList<'_>, versions: &[u8], report: &mut Report) -> bool {
        let help = format!("write `{name}()`, `{name}({})` or `{name}({})`", versions[0], versions[1]);
        if arguments.iter().len() > 1 {
            self.reject(Code::FunctionArgument, format!("`{name}` takes one number at most"), help.as_str(), report);
        }
        match arguments.iter().next().and_then(|argument| argument.value()).map(Value::kind) {
            None => true,
            Some(ValueKind::Number(number)) => {
                let known = number.parse::<u8>().is_ok_and(|version| versions.contains(&version));
                known
                    || self.reject(
                        Code::FunctionArgument,
                        format!("there is no version {number} of `{name}`"),
                        help,
                        report,
                    )
            }
            Some(_) => self.reject(Code::FunctionArgument, format!("`{name}` takes a number"), help, report),
        }
    }

    fn nanoid(&self, arguments: ArgumentList<'_>, report: &mut Report) -> bool {
        let help = "write `nanoid()`, or `nanoid(n)` for n characters, n between 2 and 255";
        if arguments.iter().len() > 1 {
            self.reject(Code::FunctionArgument, "`nanoid` takes one number at most", help, report);
        }
        match arguments.iter().next().and_then(|argument| argument.value()).map(Value::kind) {
            None => true,
            Some(ValueKind::Number(number)) => {
                let fits = number.parse::<u8>().is_ok_and(|length| length >= 2);
                fits || self.reject(
                    Code::FunctionArgument,
                    format!("`nanoid` cannot have {number} characters"),
                    help,
                    report,
                )
            }
            Some(_) => self.reject(Code::FunctionArgument, "`nanoid` takes a number", help, report),
        }
    }

    fn dbgenerated(&self, arguments: ArgumentList<'_>, report: &mut Report) -> bool {
        let help = "write the expression in quotes: `dbgenerated(\"gen_random_uuid()\")`";
        if arguments.iter().len() > 1 {
            self.reject(Code::FunctionArgument, "`dbgenerated` takes one string at most", help, report);
        }
        match arguments.iter().next().and_then(|argument| argument.value()).map(Value::kind) {
            None => true,
            Some(ValueKind::Text("")) => {
                self.reject(Code::FunctionArgument, "the expression of `dbgenerated` is empty", help, report)
            }
            Some(ValueKind::Text(_)) => true,
            Some(_) => self.reject(Code::FunctionArgument, "`dbgenerated` takes a string", help, report),
        }
    }

    fn literal(&self, value: Value<'_>, ty: Type, report: &mut Report) -> bool {
        match ty {
            Type::Enum(id) => self.enum_value(value, id, report),
            Type::Composite(id) => {
                let name = self.draft.composites[id.0 as usize].name;
                let message = format!("a field of the composite type `{name}` cannot have a default");
                self.reject(Code::CompositeDefault, message, "remove `@default`", report)
            }
            Type::Scalar(scalar) => self.scalar(value, scalar, report),
            Type::Model(_) | Type::Unsupported(_) => false,
        }
    }

    fn enum_value(&self, value: Value<'_>, id: EnumId, report: &mut Report) -> bool {
        if self.field.arity == Arity::List {
            return match value.kind() {
                ValueKind::Array(values) => values.iter().all(|value| self.single_enum_value(value, id, report)),
                _ => self.wrong_enum_value(value, id, report),
            };
        }
        self.single_enum_value(value, id, report)
    }

    fn single_enum_value(&self, value: Value<'_>, id: EnumId, report: &mut Report) -> bool {
        let enumeration = &self.draft.enums[id.0 as usize];
        match value.as_constant() {
            Some(name) if enumeration.values.iter().any(|value| value.name == name) => true,
            Some(name) => {
                let message = format!("enum `{}` has no value `{name}`", enumeration.name);
                let names = || enumeration.values.iter().map(|value| value.name);
                let otherwise = format!("its values are {}", names().collect::<Vec<_>>().join(", "));
                self.reject(Code::UnknownEnumValue, message, did_you_mean(name, names(), otherwise), report)
            }
            None => self.wrong_enum_value(value, id, report),
        }
    }

    fn wrong_enum_value(&self, value: Value<'_>, id: EnumId, report: &mut Report) -> bool {
        let name = self.draft.enums[id.0 as usize].name;
        let message = format!("expected a value of enum `{name}`, found {} `{}`", value.describe(), value.source());
        self.reject(Code::WrongValueType, message, "write the bare name of a value", report)
    }

    fn scalar(&self, value: Value<'_>, scalar: ScalarType, report: &mut Report) -> bool {
        match (self.field.arity, value.kind()) {
            (Arity::List, ValueKind::Array(values)) => values.iter().all(|value| self.single(value, scalar, report)),
            (Arity::List, _) => {
                let help = format!("write `[{}]`", value.source());
                self.reject(Code::DefaultNotList, "the default of a list must be a list", help, report)
            }
            (Arity::Required | Arity::Optional, ValueKind::Array(_)) => {
                let message = "the field holds one value, but its default is a list";
                self.reject(Code::DefaultIsList, message, "write a single value", report)
            }
            (Arity::Required | Arity::Optional, _) => self.single(value, scalar, report),
        }
    }

    fn single(&self, value: Value<'_>, scalar: ScalarType, report: &mut Report) -> bool {
        match (scalar, value.kind()) {
            (
                ScalarType::String | ScalarType::Json | ScalarType::Bytes | ScalarType::DateTime | ScalarType::Decimal,
                ValueKind::Text(_),
            )
            | (ScalarType::Int | ScalarType::BigInt | ScalarType::Float | ScalarType::Decimal, ValueKind::Number(_))
            | (ScalarType::Boolean, ValueKind::Constant("true" | "false")) => true,
            (ScalarType::Boolean, ValueKind::Constant(other)) => {
                let message = format!("`{other}` is not a Boolean");
                report.error_help(Code::BadLiteral, value.span(), message, "write `true` or `false`");
                false
            }
            (scalar, _) => {
                let scalar = scalar.as_str();
                let message =
                    format!("expected a value of type {scalar}, found {} `{}`", value.describe(), value.source());
                self.reject(Code::WrongValueType, message, "change the default, or the field's type", report)
            }
        }
    }
}
