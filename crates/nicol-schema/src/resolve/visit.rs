//! Going over the attributes of something so that none is forgotten: each pass takes the attributes and arguments it
//! knows, and what is left is reported as unknown.

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::ast::{Argument, ArgumentList, Attribute, File, Value, ValueKind};
use crate::diagnostic::Code;
use crate::report::{Report, did_you_mean};
use crate::source::Span;
use crate::syntax::tree::{ArgumentNode, AttributeNode};
use crate::syntax::words::Word;

/// The attributes of one model, field, enum or enum value.
pub(crate) struct Visit<'a> {
    file: File<'a>,
    nodes: &'a [AttributeNode],
    known: &'static [Word],
    /// The set of words that the attributes are called by.
    present: u32,
    /// The set of those that were taken.
    taken: u32,
    /// The set of words that several attributes are called by.
    several: u32,
    /// Where [`Visit::repeated`] goes on.
    cursor: usize,
}

impl<'a> Visit<'a> {
    /// Starts with none taken; `known` are the names to propose for unknown ones.
    pub(crate) fn new(file: File<'a>, nodes: &'a [AttributeNode], known: &'static [Word]) -> Visit<'a> {
        let (present, several) = words(nodes.iter().map(|node| node.word));
        Visit { file, nodes, known, present, several, taken: 0, cursor: 0 }
    }

    #[inline(always)]
    fn take(&mut self, word: Word) -> bool {
        self.taken |= word.bit();
        self.present & word.bit() != 0
    }

    /// Takes the attribute of a name that may occur once.
    #[inline(always)]
    pub(crate) fn single(&mut self, word: Word, report: &mut Report) -> Option<Args<'a>> {
        if self.take(word) { self.only(word, report) } else { None }
    }

    #[inline(never)]
    fn only(&self, word: Word, report: &mut Report) -> Option<Args<'a>> {
        let (nodes, file) = (self.nodes, self.file);
        if self.several & word.bit() != 0 {
            let all = nodes.iter().filter(|node| node.word == word);
            let count = all.clone().count();
            for node in all {
                let message = format!("`{}` is given {count} times, but it can stand here only once", word.as_str());
                report.error_help(Code::AttributeTwice, file.span(node.extent), message, "keep one of them");
            }
            return None;
        }
        let found = nodes.iter().find(|node| node.word == word)?;
        Args::new(file.attribute(found), report)
    }

    /// Takes the next usable attribute of a name that may occur more than once. Each name is asked for until there is
    /// none left.
    pub(crate) fn repeated(&mut self, word: Word, report: &mut Report) -> Option<Args<'a>> {
        let rest = if self.take(word) { &self.nodes[self.cursor..] } else { &[] };
        for node in rest {
            self.cursor += 1;
            if node.word == word
                && let Some(args) = Args::new(self.file.attribute(node), report)
            {
                return Some(args);
            }
        }
        self.cursor = 0;
        None
    }

    /// Takes the attribute with a dot in its name.
    pub(crate) fn scoped(&mut self, report: &mut Report) -> Option<&'a AttributeNode> {
        if !self.take(Word::Scoped) {
            return None;
        }
        let mut found = None;
        for node in self.nodes.iter().filter(|node| node.word == Word::Scoped) {
            if found.replace(node).is_some() {
                let message = "a field has at most one native type";
                let span = self.file.span(node.extent);
                report.error_help(Code::AttributeTwice, span, message, "keep one of them");
            }
        }
        found
    }

    /// Reports what nobody took.
    #[inline]
    pub(crate) fn finish(self, report: &mut Report) {
        if self.present & !self.taken != 0 {
            self.report_unknown(report);
        }
    }

    #[cold]
    fn report_unknown(self, report: &mut Report) {
        for node in self.nodes.iter().filter(|node| self.taken & node.word.bit() == 0) {
            let known = self.known.iter().map(|word| word.as_str());
            let name = self.file.slice(node.name);
            let otherwise = format!("one of these can stand here: {}", known.clone().collect::<Vec<_>>().join(", "));
            let help = did_you_mean(name, known, otherwise);
            let message = format!("there is no attribute `{name}`");
            report.error_help(Code::UnknownAttribute, self.file.span(node.extent), message, help);
        }
    }
}

/// The set of some words, and the set of those among them that occur more than once.
fn words(all: impl Iterator<Item = Word>) -> (u32, u32) {
    let (mut present, mut several) = (0, 0);
    for word in all {
        several |= present & word.bit();
        present |= word.bit();
    }
    (present, several)
}

/// The arguments of one attribute.
pub(crate) struct Args<'a> {
    /// The attribute.
    pub(crate) attribute: Attribute<'a>,
    nodes: &'a [ArgumentNode],
    /// The set of words that the arguments are called by.
    present: u32,
    /// The set of those that were taken.
    taken: u32,
    /// The set of those that were asked for, there or not.
    known: u32,
}

impl<'a> Args<'a> {
    /// Checks the form of the arguments; none when an argument lacks its value.
    fn new(attribute: Attribute<'a>, report: &mut Report) -> Option<Args<'a>> {
        let nodes = attribute.arguments().nodes();
        if attribute.file.tree().lacks_values && attribute.node.has_parentheses && !well_formed(attribute, report) {
            return None;
        }
        let (present, several) = words(nodes.iter().map(|node| node.word));
        if several != 0 {
            each_once(attribute, report);
        }
        Some(Args { attribute, nodes, present, taken: 0, known: 0 })
    }

    fn name(&self, node: &ArgumentNode) -> Option<&'a str> {
        node.name.map(|extent| self.attribute.file.slice(extent))
    }

    /// Adds an error about the whole attribute.
    pub(crate) fn error(&self, code: Code, message: impl Into<String>, help: impl Into<String>, report: &mut Report) {
        report.error_help(code, self.attribute.span(), message, help);
    }

    /// The last argument of a name that was not taken yet.
    fn find(&mut self, word: Word) -> Option<&'a ArgumentNode> {
        self.known |= word.bit();
        if self.present & !self.taken & word.bit() == 0 {
            return None;
        }
        self.nodes.iter().rfind(|node| node.word == word)
    }

    fn take(&mut self, word: Word) -> Option<Value<'a>> {
        let found = self.find(word)?;
        self.taken |= word.bit();
        found.value.as_ref().map(|node| self.attribute.file.value(node))
    }

    /// Takes the argument of a name.
    pub(crate) fn named(&mut self, word: Word) -> Option<Value<'a>> {
        self.take(word)
    }

    /// Takes the argument of a name, or the one without a name; giving both is an error.
    pub(crate) fn main(&mut self, word: Word, report: &mut Report) -> Option<Value<'a>> {
        let named = self.find(word).map(|node| self.attribute.file.span(node.extent));
        let name = word.as_str();
        match (self.take(word), self.take(Word::Unnamed)) {
            (Some(value), None) | (None, Some(value)) => Some(value),
            (Some(value), Some(_)) => {
                let span = named.unwrap_or(value.span());
                let message = format!("argument `{name}` is given twice: once by its name, once without");
                report.error_help(Code::ArgumentTwice, span, message, "remove one of the two");
                None
            }
            (None, None) => {
                let message = format!("`{}` needs the argument `{name}`", self.attribute.name());
                let help = format!("write it between the parentheses: `{name}: ...`");
                self.error(Code::MissingArgument, message, help, report);
                None
            }
        }
    }

    /// Like [`Args::main`], without complaint when there is none or both.
    pub(crate) fn main_if_any(&mut self, word: Word) -> Option<Value<'a>> {
        match (self.take(word), self.take(Word::Unnamed)) {
            (Some(value), None) | (None, Some(value)) => Some(value),
            (Some(_), Some(_)) | (None, None) => None,
        }
    }

    /// Takes a named string that cannot be empty.
    pub(crate) fn text(&mut self, word: Word, report: &mut Report) -> Option<&'a str> {
        let text = self.named(word).and_then(|value| text(value, report))?;
        if text.is_empty() {
            let message = format!("argument `{}` cannot be empty", word.as_str());
            self.error(Code::EmptyString, message, "give it a value, or remove it", report);
            return None;
        }
        Some(text)
    }

    /// Reports the arguments nobody took.
    #[inline]
    pub(crate) fn finish(&self, report: &mut Report) {
        if self.present & !self.taken != 0 {
            self.report_unknown(report);
        }
    }

    #[cold]
    fn report_unknown(&self, report: &mut Report) {
        let numbered = || self.nodes.iter().enumerate().filter(|(_, node)| self.taken & node.word.bit() == 0);
        let last: FxHashMap<Option<&str>, usize> = numbered().map(|(at, node)| (self.name(node), at)).collect();
        for (_, node) in numbered().filter(|(at, node)| last.get(&self.name(node)) == Some(at)) {
            let (message, help) = match self.name(node) {
                Some(name) => {
                    let missing = Word::ALL.iter().filter(|word| self.known & !self.taken & word.bit() != 0);
                    let help = did_you_mean(name, missing.map(|word| word.as_str()), "remove it");
                    (format!("`{}` has no argument `{name}`", self.attribute.name()), help)
                }
                None => (format!("`{}` takes no argument here", self.attribute.name()), "remove it".to_owned()),
            };
            report.error_help(Code::UnknownArgument, self.attribute.file.span(node.extent), message, help);
        }
    }
}

/// Says of which arguments there are several of one name: the last one counts.
#[cold]
fn each_once(attribute: Attribute<'_>, report: &mut Report) {
    let mut seen: FxHashSet<Option<&str>> = FxHashSet::default();
    for argument in attribute.arguments().iter() {
        let name = argument.name();
        if let (false, Some(name)) = (seen.insert(name), name) {
            let message = format!("argument `{name}` is given twice");
            report.error_help(Code::ArgumentTwice, argument.span(), message, "remove one of the two");
        }
    }
    let unnamed = || attribute.arguments().iter().filter(|argument| argument.name().is_none());
    if unnamed().count() > 1 {
        let values: Vec<&str> = unnamed().filter_map(|argument| argument.value().map(Value::source)).collect();
        let message = format!("`{}` takes at most one argument without a name", attribute.name());
        let help = format!("if this is a list, put it into brackets: `[{}]`", values.join(", "));
        report.error_help(Code::SeveralUnnamedArguments, attribute.span(), message, help);
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
pub(crate) fn text<'a>(value: Value<'a>, report: &mut Report) -> Option<&'a str> {
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
) -> Option<SmallVec<[T; 2]>> {
    let ValueKind::Array(values) = value.kind() else {
        return element(value, report).map(|only| SmallVec::from_iter([only]));
    };
    let mut found = SmallVec::with_capacity(values.iter().len());
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
