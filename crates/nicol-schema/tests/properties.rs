//! What holds for every text, see `nicol_schema::invariants`; the fuzz targets in `fuzz/` hold the same.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;
use std::path::Path;

use nicol_schema::{Code, Source, Span, ValidSchema, check, format, invariants, validate};
use proptest::prelude::*;

#[track_caller]
fn all(text: &str) {
    let meaning = |schema: &ValidSchema| format!("{} models", schema.models.len());
    assert_eq!(invariants::all(text, meaning), Ok(()), "of\n{text}");
}

/// Pieces that make half-right schemas.
const PIECES: &[&str] = &[
    "model A {\n",
    "model B {\n",
    "enum E {\n",
    "view V {\n",
    "type T {\n",
    "datasource db {\n",
    "generator g {\n",
    "}\n",
    "  id Int @id\n",
    "  a  String?",
    "  b  B[]",
    "  a  A @relation(fields: [id], references: [id])",
    " @unique",
    " @default(",
    "now()",
    "\"x\"",
    ")",
    "1.5",
    " // c",
    " /// d",
    "/* e */",
    "\n",
    "\r\n",
    "\r",
    "  X\n",
    "  @@index([a, b(sort: Desc)])\n",
    "  @@id([a])\n",
    "provider = \"postgresql\"\n",
    "[",
    "]",
    ",",
    ":",
    "é",
    "\u{2028}",
    "\u{a0}",
    "Unsupported(\"x\")",
    "@db.VarChar(3)",
    "@@map(\"t\")\n",
    "{ a: { not: null } }",
    "where: ",
    "\\u12",
    "\"\\q\"",
    "  e E @default(X)\n",
    "  t T\n",
    "=",
    "?",
    "!",
    "-",
    "_",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        all(&text);
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        all(&pieces.concat());
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    for open in ["[", "f(", "{ a: "] {
        let text = format!("model A {{\n  id Int @id @default({})\n}}\n", open.repeat(100_000));
        let validated = validate(&[Source::new("a.prisma", text)]);
        assert!(validated.diagnostics.iter().any(|diagnostic| diagnostic.code == Code::NestedTooDeep));
    }
}

#[test]
fn a_zero_byte_is_an_error_where_it_stands() {
    for text in
        ["\0model A {\n  id Int @id\n}\n", "model A {\n  id Int @id\n  \0\n}\n", "model A {\n  id Int @id\0\n}\n"]
    {
        all(text);
        let validated = validate(&[Source::new("a.prisma", text)]);
        let covers = |span: Span| text[span.start as usize..span.end as usize].contains('\0');
        assert!(validated.diagnostics.iter().any(|diagnostic| covers(diagnostic.span)), "{text:?}");
    }
}

/// The files that a text makes when it is cut behind each block.
fn split(text: &str) -> Vec<Source> {
    let pieces = text.split_inclusive("\n}\n").enumerate();
    pieces.map(|(number, piece)| Source::new(format!("{number}.prisma"), piece)).collect()
}

/// What is said about which text, in an order of its own.
fn said(sources: &[Source]) -> Vec<String> {
    let excerpt = |span: Span| &sources[span.file as usize].text[span.start as usize..span.end as usize];
    let diagnostics = check(sources).into_iter();
    let mut said: Vec<String> = diagnostics
        .map(|diagnostic| format!("{:?} {:?} {}", diagnostic.code, excerpt(diagnostic.span).trim(), diagnostic.message))
        .collect();
    said.sort();
    said
}

#[test]
fn splitting_a_file_changes_nothing() {
    for text in schemas("schema") {
        let (whole, parts) = ([Source::new("a.prisma", text.as_str())], split(&text));
        assert_eq!(said(&parts), said(&whole), "of\n{text}");
        // A file does not begin with an empty line.
        let lines = |sources: &[Source]| format(sources).concat().replace("\n\n", "\n");
        assert_eq!(lines(&parts), lines(&whole), "of\n{text}");
    }
}

fn schemas(folder: &str) -> Vec<String> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(folder);
    let mut paths: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let schemas = paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "prisma"));
    schemas.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn mutated_schemas() {
    for text in schemas("schema").into_iter().chain(schemas("fuzz")) {
        all(&text);
        let characters: Vec<(usize, char)> = text.char_indices().collect();
        for step in (0..characters.len()).step_by(19) {
            let (at, character) = characters[step];
            let after = at + character.len_utf8();
            all(&format!("{}{}", &text[..at], &text[after..]));
            all(&text[..at]);
            for piece in ["}", "\n", "\"", "@", "("] {
                all(&format!("{}{piece}{}", &text[..at], &text[at..]));
            }
        }
    }
}

#[test]
fn a_thousand_models() {
    let mut text = String::from("datasource db {\n  provider = \"postgresql\"\n}\n");
    for index in 0..1000 {
        write!(text, "\nmodel M{index} {{\n  id Int @id\n  next Int @unique\n  to M{} @relation(fields: [next], references: [id])\n  from M{}?\n  name String @db.VarChar(30) @default(\"x\")\n\n  @@index([name])\n}}\n", (index + 1) % 1000, (index + 999) % 1000).unwrap();
    }
    let schema = validate(&[Source::new("a.prisma", text)]).schema.unwrap();
    assert_eq!((schema.models.len(), schema.relations.len()), (1000, 1000));
}
