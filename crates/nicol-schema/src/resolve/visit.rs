//! Going over the attributes of something so that none is forgotten: each pass takes the attributes and arguments it
//! knows, and what is left is reported as unknown.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::ast::{Argument, ArgumentList, Attribute, Value, ValueKind};
use crate::diagnostic::Code;
use crate::report::{Report, did_you_mean};
use crate::source::Span;

/// The attributes of one model, field, enum or enum value.
pub(crate) struct Visit<'a> {
    attributes: SmallVec<[(Attribute<'a>, bool); 4]>,
    known: &'static [&'static str],
    /// What [`Visit::repeated`] was asked for last, and where it goes on.
    cursor: (&'static str, usize),
}

impl<'a> Visit<'a> {
    /// Starts with none taken; `known` are the names to propose for unknown ones.
    pub(crate) fn new(attributes: impl Iterator<Item = Attribute<'a>>, known: &'static [&'static str]) -> Visit<'a> {
        Visit { attributes: attributes.map(|attribute| (attribute, false)).collect(), known, cursor: ("", 0) }
    }

    /// Takes the attribute of a name that may occur once.
    pub(crate) fn single(&mut self, name: &str, report: &mut Report) -> Option<Args<'a>> {
        let mut found = None;
        let mut count = 0;
        for (attribute, taken) in &mut self.attributes {
            if attribute.name() == name {
                found = Some(*attribute);
                *taken = true;
                count += 1;
            }
        }
        if count > 1 {
            for (attribute, _) in self.attributes.iter().filter(|(attribute, _)| attribute.name() == name) {
                let message = format!("`{name}` is given {count} times, but it can stand here only once");
                report.error_help(Code::AttributeTwice, attribute.span(), message, "keep one of them");
            }
            return None;
        }
        Args::new(found?, report)
    }

    /// Takes the next usable attribute of a name that may occur more than once.
    pub(crate) fn repeated(&mut self, name: &'static str, report: &mut Report) -> Option<Args<'a>> {
        if self.cursor.0 != name {
            self.cursor = (name, 0);
        }
        for (attribute, taken) in &mut self.attributes[self.cursor.1..] {
            self.cursor.1 += 1;
            if !*taken && attribute.name() == name {
                *taken = true;
                if let Some(args) = Args::new(*attribute, report) {
                    return Some(args);
                }
            }
        }
        None
    }

    /// Takes the attribute with a dot in its name: scope, name behind the dot, attribute.
    pub(crate) fn scoped(&mut self, report: &mut Report) -> Option<(&'a str, &'a str, Attribute<'a>)> {
        let mut found = None;
        for (attribute, taken) in &mut self.attributes {
            if let Some((scope, name)) = attribute.name().split_once('.') {
                *taken = true;
                if found.replace((scope, name, *attribute)).is_some() {
                    let message = "a field has at most one native type";
                    report.error_help(Code::AttributeTwice, attribute.span(), message, "keep one of them");
                }
            }
        }
        found
    }

    /// Reports what nobody took.
    pub(crate) fn finish(self, report: &mut Report) {
        for (attribute, taken) in self.attributes {
            if !taken {
                let name = attribute.name();
                let otherwise = format!("one of these can stand here: {}", self.known.join(", "));
                let help = did_you_mean(name, self.known.iter().copied(), otherwise);
                report.error_help(
                    Code::UnknownAttribute,
                    attribute.span(),
                    format!("there is no attribute `{name}`"),
                    help,
                );
            }
        }
    }
}

/// The arguments of one attribute.
pub(crate) struct Args<'a> {
    /// The attribute.
    pub(crate) attribute: Attribute<'a>,
    left: SmallVec<[Argument<'a>; 4]>,
}

impl<'a> Args<'a> {
    /// Checks the form of the arguments; none when an argument lacks its value.
    fn new(attribute: Attribute<'a>, report: &mut Report) -> Option<Args<'a>> {
        if attribute.node.arguments.is_none() {
            return Some(Args { attribute, left: SmallVec::new() });
        }
        if !well_formed(attribute, report) {
            return None;
        }
        let mut left: SmallVec<[Argument<'a>; 4]> = SmallVec::new();
        let mut unnamed = Vec::new();
        for argument in attribute.arguments().iter() {
            if let Some(at) = left.iter().position(|other| other.name() == argument.name()) {
                match argument.name() {
                    Some(name) => {
                        let message = format!("argument `{name}` is given twice");
                        report.error_help(Code::ArgumentTwice, argument.span(), message, "remove one of the two");
                    }
                    None => unnamed.push(argument),
                }
                left.remove(at);
            }
            left.push(argument);
        }
        if !unnamed.is_empty() {
            let values: Vec<&str> = attribute
                .arguments()
                .iter()
                .filter(|argument| argument.name().is_none())
                .filter_map(|argument| argument.value().map(Value::source))
                .collect();
            let message = format!("`{}` takes at most one argument without a name", attribute.name());
            let help = format!("if this is a list, put it into brackets: `[{}]`", values.join(", "));
            report.error_help(Code::SeveralUnnamedArguments, attribute.span(), message, help);
        }
        Some(Args { attribute, left })
    }

    /// Adds an error about the whole attribute.
    pub(crate) fn error(&self, code: Code, message: impl Into<String>, help: impl Into<String>, report: &mut Report) {
        report.error_help(code, self.attribute.span(), message, help);
    }

    fn take(&mut self, name: Option<&str>) -> Option<Value<'a>> {
        let at = self.left.iter().position(|argument| argument.name() == name)?;
        self.left.remove(at).value()
    }

    /// Takes the argument of a name.
    pub(crate) fn named(&mut self, name: &str) -> Option<Value<'a>> {
        self.take(Some(name))
    }

    /// Takes the argument of a name, or the one without a name; giving both is an error.
    pub(crate) fn main(&mut self, name: &str, report: &mut Report) -> Option<Value<'a>> {
        let named = self.left.iter().find(|argument| argument.name() == Some(name)).copied();
        match (self.take(Some(name)), self.take(None)) {
            (Some(value), None) | (None, Some(value)) => Some(value),
            (Some(value), Some(_)) => {
                let span = named.map_or(value.span(), Argument::span);
                let message = format!("argument `{name}` is given twice: once by its name, once without");
                report.error_help(Code::ArgumentTwice, span, message, "remove one of the two");
                None
            }
            (None, None) => {
                let message = format!("`{}` needs the argument `{name}`", self.attribute.name());
                self.error(
                    Code::MissingArgument,
                    message,
                    format!("write it between the parentheses: `{name}: ...`"),
                    report,
                );
                None
            }
        }
    }

    /// Like [`Args::main`], without complaint when there is none or both.
    pub(crate) fn main_if_any(&mut self, name: &str) -> Option<Value<'a>> {
        match (self.take(Some(name)), self.take(None)) {
            (Some(value), None) | (None, Some(value)) => Some(value),
            (Some(_), Some(_)) | (None, None) => None,
        }
    }

    /// Takes a named string that cannot be empty.
    pub(crate) fn text(&mut self, name: &str, report: &mut Report) -> Option<Cow<'a, str>> {
        let text = self.named(name).and_then(|value| text(value, report))?;
        if text.is_empty() {
            let message = format!("argument `{name}` cannot be empty");
            self.error(Code::EmptyString, message, "give it a value, or remove it", report);
            return None;
        }
        Some(text)
    }

    /// Reports the arguments nobody took.
    pub(crate) fn finish(self, report: &mut Report) {
        for argument in self.left {
            let message = match argument.name() {
                Some(name) => format!("`{}` has no argument `{name}`", self.attribute.name()),
                None => format!("`{}` takes no argument here", self.attribute.name()),
            };
            report.error_help(Code::UnknownArgument, argument.span(), message, "remove it");
        }
    }
}

/// Looks for arguments without values and trailing commas, one level of function calls deep.
fn well_formed(attribute: Attribute<'_>, report: &mut Report) -> bool {
    let mut usable = true;
    let mut lists: SmallVec<[ArgumentList<'_>; 2]> = SmallVec::from_iter([attribute.arguments()]);
    for argument in attribute.arguments().iter() {
        if let Some(ValueKind::Call(_, arguments)) = argument.value().map(Value::kind) {
            lists.push(arguments);
        }
    }
    for list in lists {
        for argument in list.iter() {
            if argument.value().is_none() {
                missing_value(argument, report);
                usable = false;
            }
        }
        for argument in list.iter() {
            let Some(ValueKind::Array(values)) = argument.value().map(Value::kind) else {
                continue;
            };
            for value in values.iter() {
                let ValueKind::Call(_, inner) = value.kind() else {
                    continue;
                };
                inner.iter().filter(|inner| inner.value().is_none()).for_each(|inner| missing_value(inner, report));
            }
        }
        if let Some(span) = list.trailing_comma() {
            report.error_help(Code::TrailingComma, span, "there is nothing behind this comma", "remove it");
        }
    }
    usable
}

fn missing_value(argument: Argument<'_>, report: &mut Report) {
    let message = format!("argument `{}` has no value", argument.name().unwrap_or_default());
    report.error_help(Code::ArgumentWithoutValue, argument.name_span(), message, "write one behind the `:`");
}

fn expected(what: &str, value: Value<'_>, report: &mut Report) {
    let message = format!("expected {what}, found {} `{}`", value.describe(), value.source());
    let help = match value.kind() {
        ValueKind::Constant(name) if what == "a string in quotes" => format!("write `\"{name}\"`"),
        ValueKind::Text(text) if what == "a bare name" => format!("write `{text}`, without quotes"),
        _ => format!("write {what} here"),
    };
    report.error_help(Code::WrongValueType, value.span(), message, help);
}

/// The text of a string, or an error.
pub(crate) fn text<'a>(value: Value<'a>, report: &mut Report) -> Option<Cow<'a, str>> {
    let text = value.as_text();
    if text.is_none() {
        expected("a string in quotes", value, report);
    }
    text
}

/// A bare name, or an error.
pub(crate) fn constant<'a>(value: Value<'a>, report: &mut Report) -> Option<&'a str> {
    let constant = value.as_constant();
    if constant.is_none() {
        expected("a bare name", value, report);
    }
    constant
}

/// A whole number, or an error.
pub(crate) fn integer(value: Value<'_>, report: &mut Report) -> Option<i64> {
    match value.kind() {
        ValueKind::Number(number) => match number.parse() {
            Ok(number) => Some(number),
            Err(_) => {
                let message = format!("`{number}` is not a whole number of 64 bits");
                report.error(Code::BadLiteral, value.span(), message);
                None
            }
        },
        _ => {
            expected("a whole number", value, report);
            None
        }
    }
}

/// `true` or `false`, or an error.
pub(crate) fn boolean(value: Value<'_>, report: &mut Report) -> Option<bool> {
    match value.as_constant() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) | None => {
            expected("`true` or `false`", value, report);
            None
        }
    }
}

/// A list, or a single value in its place, element by element; none when an element is wrong.
pub(crate) fn list<'a, T>(
    value: Value<'a>,
    report: &mut Report,
    element: impl Fn(Value<'a>, &mut Report) -> Option<T>,
) -> Option<Vec<T>> {
    let ValueKind::Array(values) = value.kind() else {
        return element(value, report).map(|only| vec![only]);
    };
    let mut found = Vec::with_capacity(values.iter().len());
    let mut wrong = false;
    // A wrong element does not hide the next one.
    for value in values.iter() {
        match element(value, report) {
            Some(element) => found.push(element),
            None => wrong = true,
        }
    }
    (!wrong).then_some(found)
}

/// `Asc` or `Desc` as an index argument.
pub(crate) fn sort_order(value: Value<'_>, span: Span, report: &mut Report) -> Option<crate::schema::SortOrder> {
    match constant(value, report)? {
        "Asc" => Some(crate::schema::SortOrder::Asc),
        "Desc" => Some(crate::schema::SortOrder::Desc),
        other => {
            let message = format!("`sort` cannot be `{other}`");
            report.error_help(Code::BadSortOrder, span, message, "write `sort: Asc` or `sort: Desc`");
            None
        }
    }
}
