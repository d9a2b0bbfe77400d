//! Names, looked at block by block while the first pass has them at hand. Nothing may be called like something else in
//! its space, and names follow the rules of identifiers.

use rustc_hash::FxHashMap;

use crate::ast::File;
use crate::diagnostic::Code;
use crate::report::Report;
use crate::schema::ScalarType;
use crate::source::Span;
use crate::syntax::tree::AttributeNode;

use super::draft::*;
use super::reserved;

/// What names mean, and what is wrong with them.
#[derive(Default)]
pub(crate) struct Names<'a> {
    /// Models, enums and composite types.
    pub(crate) types: FxHashMap<&'a str, Top>,
    datasources: FxHashMap<&'a str, Top>,
    generators: FxHashMap<&'a str, Top>,
    /// What is wrong, to be said behind what is wrong with the syntax of any file.
    pub(crate) report: Report,
}

impl<'a> Names<'a> {
    /// No names, with room for those of so many blocks.
    pub(crate) fn with_capacity(blocks: usize) -> Names<'a> {
        let mut names = Names::default();
        names.types.reserve(blocks);
        names
    }

    /// Checks the names of a block and adds its own.
    pub(crate) fn add(&mut self, draft: &Draft<'a>, top: Top) {
        let report = &mut self.report;
        let (name, span) = identifier(draft, top);
        if scalar(name).is_some() {
            let message = format!("`{name}` is the name of a built-in type");
            report.error_help(Code::ReservedScalarName, span, message, "choose another name");
        }
        let space = match top {
            Top::Model(index) => {
                model(&draft.models[index], report);
                &mut self.types
            }
            Top::Enum(index) => {
                enumeration(&draft.enums[index], report);
                &mut self.types
            }
            Top::Composite(index) => {
                composite(&draft.composites[index], report);
                &mut self.types
            }
            Top::Datasource(index) => {
                properties("datasource", &draft.datasources[index], report);
                &mut self.datasources
            }
            Top::Generator(index) => {
                properties("generator", &draft.generators[index], report);
                &mut self.generators
            }
        };
        if let Some(earlier) = space.insert(name, top) {
            let message = format!("{} `{name}` has the name of an earlier {}", word(draft, top), word(draft, earlier));
            report.error_help(Code::DuplicateName, span, message, "rename or remove one of the two");
            report.relate(identifier(draft, earlier).1, "the earlier one");
        }
    }
}

/// The built-in type of a name.
pub(crate) fn scalar(name: &str) -> Option<ScalarType> {
    Some(match name {
        "Int" => ScalarType::Int,
        "BigInt" => ScalarType::BigInt,
        "Float" => ScalarType::Float,
        "Decimal" => ScalarType::Decimal,
        "Boolean" => ScalarType::Boolean,
        "String" => ScalarType::String,
        "DateTime" => ScalarType::DateTime,
        "Bytes" => ScalarType::Bytes,
        "Json" => ScalarType::Json,
        _ => return None,
    })
}

fn identifier<'a>(draft: &Draft<'a>, top: Top) -> (&'a str, Span) {
    match top {
        Top::Model(index) => (draft.models[index].name, draft.models[index].file.span(draft.models[index].block.name)),
        Top::Enum(index) => (draft.enums[index].name, draft.enums[index].file.span(draft.enums[index].block.name)),
        Top::Composite(index) => {
            let composite = &draft.composites[index];
            (composite.name, composite.file.span(composite.block.name))
        }
        Top::Datasource(index) => {
            let block = &draft.datasources[index];
            (block.name, block.file.span(block.block.name))
        }
        Top::Generator(index) => {
            let block = &draft.generators[index];
            (block.name, block.file.span(block.block.name))
        }
    }
}

fn word(draft: &Draft<'_>, top: Top) -> &'static str {
    match top {
        Top::Model(index) => draft.models[index].word(),
        Top::Enum(_) => "enum",
        Top::Composite(_) => "type",
        Top::Datasource(_) => "datasource",
        Top::Generator(_) => "generator",
    }
}

fn check_identifier(name: &str, what: &str, span: impl FnOnce() -> Span, report: &mut Report) {
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        let message = format!("the name of {what} cannot start with a digit");
        report.error_help(
            Code::NameStartsWithDigit,
            span(),
            message,
            "put a letter first; `@map` keeps the name in the database",
        );
    } else if name.contains('-') {
        let message = format!("the name of {what} cannot contain `-`");
        report.error_help(
            Code::BadNameCharacter,
            span(),
            message,
            "use `_` instead; `@map` keeps the name in the database",
        );
    }
}

fn check_reserved(name: &str, word: &str, span: impl FnOnce() -> Span, report: &mut Report) {
    if reserved::is_reserved(name) {
        let message = format!("`{name}` cannot be the name of a {word}: generated code needs the word");
        let help = format!("choose another name and add `@@map(\"{name}\")`");
        report.error_help(Code::ReservedName, span(), message, help);
    }
}

fn model(model: &DraftModel<'_>, report: &mut Report) {
    let (file, word) = (model.file, model.word());
    let odd = file.tree().has_odd_names;
    if odd {
        let what = if model.is_view { "a view" } else { "a model" };
        check_identifier(model.name, what, || file.span(model.block.name), report);
    }
    check_reserved(model.name, word, || model.span(), report);
    if odd {
        attribute_names(file, model.attributes(), report);
    }
    let mut met = Met::new(model.fields.len());
    for (at, field) in model.fields.iter().enumerate() {
        if odd {
            check_identifier(field.name, "a field", || field.name_span(), report);
            attribute_names(file, field.attributes(), report);
        }
        if let Some(earlier) = met.earlier(at, field.name, |at| model.fields[at].name) {
            let message = format!("{word} `{}` already has a field `{}`", model.name, field.name);
            report.error_help(Code::DuplicateField, field.name_span(), message, "rename or remove one of the two");
            report.relate(model.fields[earlier].name_span(), "the earlier one");
        }
    }
}

fn attribute_names(file: File<'_>, attributes: &[AttributeNode], report: &mut Report) {
    for node in attributes {
        check_identifier(file.slice(node.name), "an attribute", || file.span(node.name), report);
    }
}

fn enumeration(enumeration: &DraftEnum<'_>, report: &mut Report) {
    let file = enumeration.file;
    let odd = file.tree().has_odd_names;
    if odd {
        check_identifier(enumeration.name, "an enum", || file.span(enumeration.block.name), report);
    }
    check_reserved(enumeration.name, "enum", || enumeration.span(), report);
    if odd {
        attribute_names(file, enumeration.attributes(), report);
    }
    let mut met = Met::new(enumeration.values.len());
    for (at, value) in enumeration.values.iter().enumerate() {
        if odd {
            check_identifier(value.name, "an enum value", || file.span(value.node.name), report);
            attribute_names(file, &file.tree().attributes[value.node.attributes.range()], report);
        }
        if let Some(earlier) = met.earlier(at, value.name, |at| enumeration.values[at].name) {
            let message = format!("enum `{}` already has a value `{}`", enumeration.name, value.name);
            let span = file.span(value.node.extent);
            report.error_help(Code::DuplicateEnumValue, span, message, "remove one of the two");
            report.relate(file.span(enumeration.values[earlier].node.name), "the earlier one");
        }
    }
}

/// The names met so far, to tell a second one of a name. In lists of a usual length a set of bits answers most of the
/// time, and nothing is allocated.
struct Met<'n> {
    bits: u64,
    many: Option<FxHashMap<&'n str, usize>>,
}

impl<'n> Met<'n> {
    fn new(count: usize) -> Met<'n> {
        Met { bits: 0, many: (count > 64).then(FxHashMap::default) }
    }

    /// The number of the last name before this one that is the same.
    fn earlier(&mut self, at: usize, name: &'n str, nth: impl Fn(usize) -> &'n str) -> Option<usize> {
        if let Some(many) = &mut self.many {
            return many.insert(name, at);
        }
        let bytes = name.as_bytes();
        let byte = |at: usize| bytes.get(at).map_or(0, |byte| u64::from(*byte));
        let mixed = byte(0) + 7 * byte(bytes.len() / 2) + 31 * byte(bytes.len().saturating_sub(1)) + bytes.len() as u64;
        let bit = 1 << (mixed & 63);
        let maybe = self.bits & bit != 0;
        self.bits |= bit;
        if maybe { (0..at).rev().find(|at| nth(*at) == name) } else { None }
    }
}

fn composite(composite: &DraftComposite<'_>, report: &mut Report) {
    check_identifier(composite.name, "a type", || composite.file.span(composite.block.name), report);
    let mut seen = FxHashMap::default();
    for field in &composite.fields {
        if let Some(earlier) = seen.insert(field.name, field.name_span()) {
            let message = format!("type `{}` already has a field `{}`", composite.name, field.name);
            report.error_help(Code::DuplicateField, field.name_span(), message, "rename or remove one of the two");
            report.relate(earlier, "the earlier one");
        }
    }
}

fn properties(word: &str, block: &ConfigBlock<'_>, report: &mut Report) {
    let mut seen = FxHashMap::default();
    for property in &block.properties {
        if let Some(earlier) = seen.insert(property.name, property.name_span) {
            let message = format!("{word} `{}` already has a property `{}`", block.name, property.name);
            report.error_help(Code::DuplicateProperty, property.name_span, message, "remove one of the two");
            report.relate(earlier, "the earlier one");
        }
    }
}
