//! First pass: the trees into blocks with fields, and what is wrong with the syntax.

use crate::ast::File;
use crate::diagnostic::Code;
use crate::report::{Report, did_you_mean};
use crate::schema::{Arity, FieldId};
use crate::syntax::comments::{documentation, joined};
use crate::syntax::lexer::space_end;
use crate::syntax::literal::{EscapeError, unescape};
use crate::syntax::tree::*;
use crate::syntax::words::Word;

use super::draft::*;
use super::names::{Names, scalar};

/// Adds the blocks of one file to the draft and to the names, and reports its syntax errors in the order of the text.
pub(crate) fn collect<'a>(file: File<'a>, draft: &mut Draft<'a>, names: &mut Names<'a>, report: &mut Report) {
    let mut faults = Faults::default();
    for item in &file.tree().items {
        match item.kind {
            ItemKind::Block(index) => {
                let top = block(file, &file.tree().blocks[index as usize], draft, &mut faults);
                draft.tops.push(top);
                names.add(draft, top);
            }
            ItemKind::Comments | ItemKind::EmptyLines => {}
            ItemKind::TypeAlias => faults.add(
                Code::TypeAlias,
                item.extent,
                "a type cannot be given another name",
                "write the type out where it is used, or `type Name { ... }` for a composite type",
            ),
            ItemKind::UnknownBlock => faults.add(
                Code::UnknownBlock,
                item.extent,
                "this block does not start with a word the language knows",
                "a block starts with model, view, enum, type, datasource or generator",
            ),
            ItemKind::Junk => stray_line(file, item.extent, &mut faults),
        }
    }
    escapes(file, &mut faults);
    let mut too_deep = file.tree().too_deep.clone();
    too_deep.sort_by_key(|extent| extent.start());
    too_deep.dedup();
    for extent in &too_deep {
        faults.add(Code::NestedTooDeep, *extent, "values are nested too deep here", "flatten the value");
    }
    // What is wrong with something as a whole is said behind what is wrong inside it.
    faults.list.sort_by_key(|fault| match fault.code {
        Code::AttributeInType | Code::IncompleteField => (fault.extent.end(), false),
        _ => (fault.extent.start(), true),
    });
    for fault in faults.list {
        report.error_help(fault.code, file.span(fault.extent), fault.message, fault.help);
    }
}

struct Fault {
    code: Code,
    extent: Extent,
    message: String,
    help: String,
}

#[derive(Default)]
struct Faults {
    list: Vec<Fault>,
    /// Fields that are given up at their type, in the order of the text: what stands in their strings is not looked at.
    given_up: Vec<Extent>,
}

impl Faults {
    fn add(&mut self, code: Code, extent: Extent, message: impl Into<String>, help: impl Into<String>) {
        self.list.push(Fault { code, extent, message: message.into(), help: help.into() });
    }
}

fn stray_line(file: File<'_>, extent: Extent, faults: &mut Faults) {
    let words = "a block starts with model, view, enum, type, datasource or generator";
    let line = file.slice(extent);
    let first = line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let opens = line.trim_end().ends_with('{');
    let known = Keyword::ALL.iter().any(|keyword| first.starts_with(keyword.as_str()));
    let help = if opens && known {
        "the block is not closed: it ends with `}` on a line of its own".to_owned()
    } else if opens {
        did_you_mean(first, Keyword::ALL.iter().map(|keyword| keyword.as_str()), words)
    } else {
        format!("{words}, and ends with `}}` on a line of its own")
    };
    if line.starts_with('\u{feff}') {
        let help = "save the file as UTF-8 without byte order mark";
        faults.add(Code::ByteOrderMark, extent, "a byte order mark hides the first line of the file", help);
        return;
    }
    faults.add(Code::StrayLine, extent, "this line belongs to no block", help);
}

fn escapes(file: File<'_>, faults: &mut Faults) {
    let tree = file.tree();
    let expressions = tree.escaped.iter().map(|escaped| escaped.extent);
    let fields = if tree.has_unsupported { tree.fields.as_slice() } else { &[] };
    let unsupported = fields.iter().filter_map(|field| field.ty?.unsupported(file.text()));
    let given_up = std::mem::take(&mut faults.given_up);
    let is_read = |extent: &Extent| {
        let next = given_up.partition_point(|field| field.end() <= extent.start());
        given_up.get(next).is_none_or(|field| extent.start() < field.start())
    };
    for extent in expressions.chain(unsupported).filter(is_read) {
        unescape(file.text(), extent, &mut |error| match error {
            EscapeError::Unknown(extent) => {
                faults.add(Code::UnknownEscape, extent, "a string knows no such escape", "write a backslash as `\\\\`")
            }
            EscapeError::Unicode(extent) => faults.add(
                Code::BadUnicodeEscape,
                extent,
                "this is not a character",
                "write `\\u` and four hexadecimal digits, two such pairs above U+FFFF",
            ),
        });
    }
}

fn block<'a>(file: File<'a>, block: &'a Block, draft: &mut Draft<'a>, faults: &mut Faults) -> Top {
    let name = file.slice(block.name);
    match block.keyword {
        Keyword::Model | Keyword::View => {
            let is_view = block.keyword == Keyword::View;
            let fields = fields(file, block, if is_view { "view" } else { "model" }, faults);
            draft.models.push(DraftModel {
                file,
                block,
                name,
                is_view,
                lookup: lookup(&fields),
                fields,
                relation_fields: 0..0,
                map: None,
                schema: None,
                is_ignored: false,
                primary_key: None,
                indexes: Vec::with_capacity(block.attributes.range().len()),
                shard_key: None,
            });
            Top::Model(draft.models.len() - 1)
        }
        Keyword::Type => {
            let fields = fields(file, block, "type", faults);
            attributes_in_type(file, block, &fields, faults);
            draft.composites.push(DraftComposite { file, block, name, fields });
            Top::Composite(draft.composites.len() - 1)
        }
        Keyword::Enum => {
            let values = values(file, block, faults);
            draft.enums.push(DraftEnum { file, block, name, values, map: None, schema: None });
            Top::Enum(draft.enums.len() - 1)
        }
        Keyword::Datasource => {
            draft.datasources.push(config(file, block, name, faults));
            Top::Datasource(draft.datasources.len() - 1)
        }
        Keyword::Generator => {
            draft.generators.push(config(file, block, name, faults));
            Top::Generator(draft.generators.len() - 1)
        }
    }
}

fn members<'a>(file: File<'a>, block: &Block) -> &'a [Member] {
    &file.tree().members[block.members.range()]
}

fn lookup<'a>(fields: &[DraftField<'a>]) -> Option<Box<Lookup<'a>>> {
    if fields.len() <= FEW {
        return None;
    }
    let names = (0..).map(FieldId).zip(fields).map(|(id, field)| (field.name, id)).collect();
    Some(Box::new(Lookup { names, ..Lookup::default() }))
}

fn attributes_in_type(file: File<'_>, block: &Block, fields: &[DraftField<'_>], faults: &mut Faults) {
    for field in fields {
        let wrong = |node: &&AttributeNode| matches!(node.word, Word::Id | Word::Unique | Word::Relation);
        for name in field.attributes().iter().filter(wrong).map(|node| node.word.as_str()) {
            let message = format!("a field of a composite type cannot have `@{name}`");
            faults.add(Code::AttributeInType, field.node.extent, message, "put it into the model that holds the type");
        }
    }
    for attribute in &file.tree().block_attributes[block.attributes.range()] {
        let (help, name) = ("remove it, or make the type a model", file.slice(attribute.name));
        let message = format!("a composite type cannot have `@@{name}`");
        faults.add(Code::AttributeInType, attribute.extent, message, help);
    }
}

fn fields<'a>(file: File<'a>, block: &Block, word: &str, faults: &mut Faults) -> Vec<DraftField<'a>> {
    let members = members(file, block);
    let count = members.iter().filter(|member| matches!(member, Member::Field(_))).count();
    let mut found = Vec::with_capacity(count);
    for member in members {
        match *member {
            Member::Field(index) => {
                let node = &file.tree().fields[index as usize];
                let arity = arity(file, node, word, faults);
                if arity.is_none() && node.ty.is_some() || node.colon {
                    faults.given_up.push(node.extent);
                }
                if let Some(arity) = arity {
                    found.push(DraftField {
                        file,
                        node,
                        name: file.slice(node.name),
                        map: None,
                        default: None,
                        native: None,
                        ty: node.ty.and_then(|ty| scalar(file.slice(ty.base))).map(Type::Scalar),
                        arity,
                        is_updated_at: false,
                        is_ignored: false,
                    });
                }
            }
            Member::Junk(extent) => junk(extent, word, faults),
            Member::Property(_) | Member::Attribute(_) | Member::Comments(_) | Member::EmptyLines => {}
        }
    }
    found
}

fn junk(extent: Extent, word: &str, faults: &mut Faults) {
    let (message, help) = match word {
        "enum" => ("this is not a value of an enum", "a value is a name, alone on its line: `ACTIVE`"),
        "datasource" | "generator" => ("this is not a property", "a property is `name = value`, on one line"),
        _ => (
            "this is neither a field nor an attribute",
            "a field is `name Type @attribute`, on one line; `@@index([name])` and the like stand on lines of their own",
        ),
    };
    let code = if matches!(word, "datasource" | "generator") { Code::BadConfigLine } else { Code::BadLine };
    faults.add(code, extent, message, help);
}

/// How many values the field holds; none when it is not a field of today's language.
fn arity(file: File<'_>, node: &FieldNode, word: &str, faults: &mut Faults) -> Option<Arity> {
    if node.colon {
        let at = space_end(file.text(), node.name.end() as usize);
        let colon = Extent::new(at, at + 1);
        faults.add(Code::LegacyColon, colon, "there is no `:` between a field's name and its type", "remove the `:`");
        return None;
    }
    let Some(ty) = node.ty else {
        let name = file.slice(node.name);
        let message = format!("field `{name}` of this {word} has no type");
        faults.add(
            Code::IncompleteField,
            node.extent,
            message,
            format!("write a type behind it, such as `{name} String`"),
        );
        return None;
    };
    let base = file.slice(ty.base);
    match ty.shape {
        TypeShape::Plain => Some(Arity::Required),
        TypeShape::Optional => Some(Arity::Optional),
        TypeShape::List => Some(Arity::List),
        TypeShape::OptionalList => {
            let help = format!("write `{base}[]`, which may be empty");
            faults.add(Code::OptionalList, ty.extent, "a list cannot be optional", help);
            None
        }
        TypeShape::Bang => {
            let help = format!("write `{base}`, without `!`");
            faults.add(Code::LegacyBang, ty.extent, "fields are required without saying so", help);
            None
        }
        TypeShape::Bracketed => {
            let help = format!("write `{base}[]`");
            faults.add(Code::LegacyList, ty.extent, "the brackets of a list stand behind its type", help);
            None
        }
    }
}

fn values<'a>(file: File<'a>, block: &Block, faults: &mut Faults) -> Vec<DraftEnumValue<'a>> {
    let mut found = Vec::new();
    for member in members(file, block) {
        match *member {
            Member::Field(index) => {
                let node = &file.tree().fields[index as usize];
                found.push(DraftEnumValue { node, name: file.slice(node.name), map: None });
            }
            Member::Junk(extent) => junk(extent, "enum", faults),
            Member::Property(_) | Member::Attribute(_) | Member::Comments(_) | Member::EmptyLines => {}
        }
    }
    found
}

fn config<'a>(file: File<'a>, block: &'a Block, name: &'a str, faults: &mut Faults) -> ConfigBlock<'a> {
    let mut properties = Vec::new();
    for member in members(file, block) {
        match *member {
            Member::Property(index) => {
                let node = &file.tree().properties[index as usize];
                properties.push(Property {
                    name: file.slice(node.name),
                    name_span: file.span(node.name),
                    value: node.value.as_ref().map(|value| file.value(value)),
                    span: file.span(node.extent),
                });
            }
            Member::Junk(extent) => junk(extent, block.keyword.as_str(), faults),
            Member::Field(_) | Member::Attribute(_) | Member::Comments(_) | Member::EmptyLines => {}
        }
    }
    let docs = block.docs.and_then(|extent| documentation(file.text(), extent));
    ConfigBlock { file, block, name, properties, docs }
}

/// Documentation above and beside a field or enum value.
pub(crate) fn field_docs(file: File<'_>, node: &FieldNode) -> Option<String> {
    joined(file.text(), node.docs, node.comment)
}
