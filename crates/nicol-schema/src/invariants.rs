//! What holds for every text, whatever is in it: the same checks for the fuzz targets in `fuzz/` and for the property
//! tests. Support for tests, no part of the interface.
//!
//! **In**: any text. **Out**: nothing, or the invariant that is broken, in words.

use std::collections::BTreeMap;

use crate::ast::{File, parse_all};
use crate::report::Report;
use crate::resolve::draft::Draft;
use crate::resolve::names::Names;
use crate::resolve::tops;
use crate::schema::ValidSchema;
use crate::source::Source;
use crate::syntax::lexer::{TokenKind, line_end, token_at};
use crate::syntax::parser::parse;
use crate::syntax::tree::{AttributeNode, ExpressionNode, Extent, ItemKind, Member, Tree};
use crate::{format, render, validate};

/// Tokens are never empty and concatenate to the text.
///
/// # Errors
/// The broken invariant.
pub fn lexer(text: &str) -> Result<(), String> {
    let mut at = 0;
    while at < text.len() {
        let end = token_at(text, at).end;
        if end <= at || end > text.len() || !text.is_char_boundary(end) {
            return Err(format!("the token at byte {at} ends at byte {end}"));
        }
        at = end;
    }
    match token_at(text, at).kind {
        TokenKind::End => Ok(()),
        other => Err(format!("behind the text there is {other:?}")),
    }
}

/// Items follow each other without overlap and leave out nothing but spaces; every node lies in the text.
///
/// # Errors
/// The broken invariant.
pub fn parser(text: &str) -> Result<(), String> {
    let tree = parse(text);
    let mut at = 0;
    for item in &tree.items {
        let (start, end) = (item.extent.start() as usize, item.extent.end() as usize);
        if start < at || end <= start {
            return Err(format!("the item at {start}..{end} does not follow what ends at {at}"));
        }
        only_spaces(text, at, start)?;
        at = end;
    }
    only_spaces(text, at, text.len())?;
    match extents(&tree).find(|extent| text.get(extent.start() as usize..extent.end() as usize).is_none()) {
        Some(extent) => Err(format!("the node at {extent:?} does not lie on characters of the text")),
        None => Ok(()),
    }
}

fn only_spaces(text: &str, start: usize, end: usize) -> Result<(), String> {
    let between = text.get(start..end).ok_or_else(|| format!("{start}..{end} are no characters"))?;
    match between.chars().all(|c| c == '\t' || (c.is_whitespace() && !c.is_control())) {
        true => Ok(()),
        false => Err(format!("the tree leaves out {between:?}")),
    }
}

fn attributes(tree: &Tree) -> impl Iterator<Item = &AttributeNode> {
    tree.attributes.iter().chain(&tree.block_attributes)
}

fn extents(tree: &Tree) -> impl Iterator<Item = Extent> {
    let blocks = tree.blocks.iter().flat_map(|node| [Some(node.extent), Some(node.name), node.docs]);
    let members = tree.members.iter().map(|node| match node {
        Member::Comments(extent) | Member::Junk(extent) => Some(*extent),
        Member::Field(_) | Member::Property(_) | Member::Attribute(_) | Member::EmptyLines => None,
    });
    let fields = tree.fields.iter().flat_map(|node| {
        let (base, ty) = (node.ty.map(|ty| ty.base), node.ty.map(|ty| ty.extent));
        [Some(node.name), Some(node.extent), base, ty, node.comment, node.docs]
    });
    let value = |value: Option<ExpressionNode>| value.map(|node| node.extent);
    let properties =
        tree.properties.iter().flat_map(move |node| [Some(node.name), Some(node.extent), value(node.value)]);
    let attributes = attributes(tree).flat_map(|node| [Some(node.name), Some(node.extent), node.comment]);
    let arguments = tree.arguments.iter().flat_map(move |node| [node.name, Some(node.extent), value(node.value)]);
    let elements = tree.elements.iter().map(|node| Some(node.extent));
    let all = blocks.chain(members).chain(fields).chain(properties).chain(attributes).chain(arguments).chain(elements);
    all.flatten()
}

/// Formatting twice is formatting once, and every comment is still there.
///
/// Two kinds of text take longer to come to rest, because the reference's do and we write the same bytes: lines with
/// syntax errors may lose a sign (`provider =` its `=`) and be read anew, and what relations lack is added without the
/// relation's name.
///
/// # Errors
/// The broken invariant.
pub fn formatter(text: &str) -> Result<(), String> {
    let once = formatted(text);
    let sound = is_sound(text);
    let patience = if sound { 0 } else { 3 };
    let mut settled = once.clone();
    for _ in 0..patience {
        settled = formatted(&settled);
    }
    let again = formatted(&settled);
    if settled != again {
        return Err(format!("formatting again changes the text\n--- before\n{settled}\n--- after\n{again}"));
    }
    // Where lines are wrong, what is a comment depends on where a string or a block is thought to end.
    if !sound {
        return Ok(());
    }
    let mut there = comments(&once);
    for (comment, count) in comments(text) {
        let left = there.remove(&comment).unwrap_or_default();
        if left < count {
            return Err(format!("{count} comment(s) `{comment}` became {left} in\n{once}"));
        }
    }
    Ok(())
}

/// No syntax errors, no comma with nothing behind it, no property without a value, and no relation lacks anything.
fn is_sound(text: &str) -> bool {
    let sources = [Source::new("schema.prisma", text)];
    let files = parse_all(&sources);
    let mut report = Report::default();
    let file = File(&files[0]);
    tops::collect(file, &mut Draft::default(), &mut Names::default(), &mut report);
    let tree = file.tree();
    let finished = tree.properties.iter().all(|property| property.value.is_some())
        && attributes(tree).all(|node| file.attribute(node).arguments().trailing_comma().is_none());
    finished && !report.has_errors() && !format::adds(&sources)
}

fn formatted(text: &str) -> String {
    format(&[Source::new("schema.prisma", text)]).remove(0)
}

/// What comments say, without spaces and the signs of block comments, and how often. What stands behind the opening
/// brace of a block is not counted: the reference's formatter drops it, and so does ours.
fn comments(text: &str) -> BTreeMap<String, usize> {
    let tree = parse(text);
    let mut dropped = tree.items.iter().filter_map(|item| match item.kind {
        ItemKind::Block(index) => {
            let name = tree.blocks[index as usize].name.end() as usize;
            Some((name, line_end(text, name)))
        }
        _ => None,
    });
    let mut drop = dropped.next();
    let mut found = BTreeMap::new();
    let mut at = 0;
    while at < text.len() {
        if let Some((start, end)) = drop
            && at >= start
        {
            at = at.max(end);
            drop = dropped.next();
            continue;
        }
        let token = token_at(text, at);
        if matches!(token.kind, TokenKind::Comment | TokenKind::DocComment | TokenKind::BlockComment) {
            let says: String =
                text[at..token.end].chars().filter(|c| !c.is_whitespace() && !"*/".contains(*c)).collect();
            *found.entry(says).or_default() += 1;
        }
        at = token.end;
    }
    found.remove("");
    found
}

/// There is a schema exactly when there is no error, every place lies in the text, and formatting a valid schema keeps
/// its `meaning`.
///
/// # Errors
/// The broken invariant.
pub fn validator(text: &str, meaning: impl Fn(&ValidSchema) -> String) -> Result<(), String> {
    let sources = [Source::new("schema.prisma", text)];
    let validated = validate(&sources);
    let errors = validated.diagnostics.iter().any(|diagnostic| diagnostic.severity == crate::Severity::Error);
    if validated.schema.is_none() != errors {
        return Err("a schema and errors, or neither".to_owned());
    }
    for diagnostic in &validated.diagnostics {
        if text.get(diagnostic.span.start as usize..diagnostic.span.end as usize).is_none() {
            return Err(format!("the place of {diagnostic:?} does not lie on characters of the text"));
        }
    }
    render::render(&validated.diagnostics, &sources, false);
    let Some(schema) = validated.schema else { return Ok(()) };
    let after = formatted(text);
    let Some(again) = validate(&[Source::new("schema.prisma", after.as_str())]).schema else {
        return Err(format!("formatting broke the schema\n{after}"));
    };
    let (before, now) = (meaning(&schema), meaning(&again));
    match before == now {
        true => Ok(()),
        false => {
            Err(format!("formatting changed what the schema means\n{after}\n--- before\n{before}\n--- now\n{now}"))
        }
    }
}

/// All of them.
///
/// # Errors
/// The broken invariant.
pub fn all(text: &str, meaning: impl Fn(&ValidSchema) -> String) -> Result<(), String> {
    lexer(text)?;
    parser(text)?;
    formatter(text)?;
    validator(text, meaning)
}
