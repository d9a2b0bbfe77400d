//! Texts of about a given size, each made of one thing repeated.

use std::fmt::Write as _;

/// Every shape, about `size` bytes each, with its name.
pub(crate) fn shapes(size: usize) -> Vec<(&'static str, String)> {
    let plain = PLAIN.iter().map(|(name, piece)| (*name, piece.repeat(size / piece.len())));
    let wrapped = WRAPPED.iter().map(|(name, before, piece, after)| {
        (*name, format!("{HEAD}{before}{}{after}", piece.repeat(size / piece.len())))
    });
    let numbered = NUMBERED.iter().map(|(name, before, piece, after)| {
        let mut text = format!("{HEAD}{before}");
        for n in 0..size / piece.len() {
            text.push_str(&piece.replace('#', &n.to_string()));
        }
        text.push_str(after);
        (*name, text)
    });
    let mut all: Vec<(&'static str, String)> = plain.chain(wrapped).chain(numbered).collect();
    all.push(("hub", hub(size / 180)));
    all.push(("index over all fields", index_over_all(size / 25)));
    all.push(("cascades in a row", cascades(size / 260)));
    all
}

const HEAD: &str = "datasource db {\n  provider = \"postgresql\"\n}\n\n";

const PLAIN: &[(&str, &str)] = &[
    ("open comments", "/*\n"),
    ("open comments on one line", "/*"),
    ("open blocks", "x {\n"),
    ("open models", "model A {\n"),
    ("quotes", "\""),
    ("quotes on lines", "\"\n"),
    ("escaped line ends", "a \"\\\n"),
    ("brackets", "["),
    ("braces", "{"),
    ("closing braces", "}\n"),
    ("parentheses", "("),
    ("signs", "@"),
    ("zeros", "\0"),
    ("letters", "x"),
    ("wide letters", "é"),
    ("spaces", " "),
    ("wide spaces", "\u{a0}"),
    ("line ends", "\n"),
    ("carriage returns", "\r"),
    ("comments", "// x\n"),
    ("documentation", "/// x\n"),
    ("block comments", "/* x */"),
    ("aliases", "type A = B\n"),
    ("keywords", "model"),
    ("empty models", "model A {\n}\n"),
    ("generators", "generator g {\n  provider = \"x\"\n}\n"),
    ("datasources", "datasource g {\n  provider = \"mysql\"\n  url = env(\"X\")\n}\n"),
];

const WRAPPED: &[(&str, &str, &str, &str)] = &[
    ("junk in a model", "model A {\n  id Int @id\n", "  ?\n", "}\n"),
    ("nested lists", "model A {\n  id Int @default(", "[", "\n}\n"),
    ("nested lists on lines", "model A {\n", "  a Int @default([[[[[[[[[[[[\n", "}\n"),
    ("nested calls", "model A {\n  id Int @default(", "f(", "\n}\n"),
    ("nested objects", "model A {\n  id Int @default(", "{ a: ", "\n}\n"),
    ("closed lists", "model A {\n  id Int @id @default(", "[], ", "1)\n}\n"),
    ("attributes", "model A {\n  id Int ", "@x ", "\n}\n"),
    ("ids", "model A {\n  id Int ", "@id ", "\n}\n"),
    ("dots", "model A {\n  id Int @", "a.", "\n}\n"),
    ("commas", "model A {\n  id Int @id(", ",", ")\n}\n"),
    ("unnamed arguments", "model A {\n  id Int @default(", "1, ", "2)\n}\n"),
    ("arguments without value", "model A {\n  id Int @default(", "a:, ", ")\n}\n"),
    ("escapes", "model A {\n  id String @id @default(\"", "\\u12", "\")\n}\n"),
    ("good escapes", "model A {\n  id String @id @default(\"", "\\n", "\")\n}\n"),
    ("features", "generator g {\n  provider = \"x\"\n  previewFeatures = [", "\"viewz\", ", "\"views\"]\n}\n"),
    ("same fields", "model A {\n  id Int @id\n", "  a Int @map(\"b\")\n", "}\n"),
    ("same values", "enum E {\n", "  A @map(\"x\")\n", "}\n"),
    ("same block attributes", "model A {\n  id Int @id\n", "  @@map(\"x\")\n", "}\n"),
    ("same self relations", "model A {\n  id Int @id\n", "  a A[]\n", "}\n"),
    ("unfinished properties", "generator g {\n", "  a =\n", "}\n"),
];

const NUMBERED: &[(&str, &str, &str, &str)] = &[
    ("models", "", "model M# {\n  id Int @id\n}\n\n", ""),
    ("models of one table", "", "model M# {\n  id Int @id\n  @@map(\"t\")\n}\n\n", ""),
    ("models without id", "", "model M# {\n  a Int\n}\n\n", ""),
    ("unknown types", "model A {\n  id Int @id\n", "  a# Typo#\n", "}\n"),
    ("unknown types beside models", "", "model M# {\n  id Int @id\n  a  Typo#\n}\n", ""),
    ("mapped fields", "model A {\n  id Int @id\n", "  a# Int @map(\"b#\")\n", "}\n"),
    ("unique fields", "model A {\n  id Int @id\n", "  a# Int @unique\n", "}\n"),
    ("unique fields of one name", "model A {\n  id Int @id\n", "  a# Int @unique(map: \"x\")\n", "}\n"),
    ("indexes", "model A {\n  id Int @id\n", "  a# Int\n  @@index([a#])\n", "}\n"),
    ("named uniques", "model A {\n  id Int @id\n  a Int\n  b Int\n", "  @@unique([a, b], name: \"u#\")\n", "}\n"),
    ("indexes of unknown fields", "model A {\n  id Int @id\n", "  a# Int\n  @@index([b#])\n", "}\n"),
    ("values", "enum E {\n", "  V#\n", "}\nmodel A {\n  id Int @id\n  e E @default(V0)\n}\n"),
    (
        "values that are defaults",
        "enum E {\n  A\n",
        "  V#\n",
        "}\nmodel A {\n  id Int @id\n  e E[] @default([A, A, A])\n}\n",
    ),
    ("unknown values", "enum E {\n  A\n  B\n}\nmodel A {\n  id Int @id\n", "  e# E @default(C#)\n", "}\n"),
    ("native types", "model A {\n  id Int @id\n", "  a# String @db.VarChr(#)\n", "}\n"),
    ("unknown attributes", "model A {\n  id Int @id\n", "  a# String @defalt(#)\n", "}\n"),
    ("one-sided relations", "model A {\n  id Int @id\n}\n", "model M# {\n  id Int @id\n  a  A[]\n}\n", ""),
    ("self relations", "model A {\n  id Int @id\n", "  a# A[] @relation(\"r#\")\n  b# A[] @relation(\"r#\")\n", "}\n"),
    ("ambiguous relations", "model B {\n  id Int @id\n}\nmodel A {\n  id Int @id\n", "  a# B[]\n", "}\n"),
    ("properties", "generator g {\n  provider = \"x\"\n", "  a# = \"x\"\n", "}\n"),
    ("unknown properties", "datasource d {\n  provider = \"mysql\"\n", "  a# = \"x\"\n", "}\n"),
    ("composite types", "", "type T# {\n  a T#?\n}\n", ""),
];

/// One model that all others lead to.
fn hub(models: usize) -> String {
    let mut text = format!("{HEAD}model Hub {{\n  id Int @id\n");
    for n in 0..models {
        writeln!(text, "  m{n} M{n}[]").unwrap();
    }
    text.push_str("}\n");
    for n in 0..models {
        write!(
            text,
            "model M{n} {{\n  id Int @id\n  hubId Int\n  hub Hub @relation(fields: [hubId], references: [id])\n}}\n"
        )
        .unwrap();
    }
    text
}

fn index_over_all(fields: usize) -> String {
    let mut text = format!("{HEAD}model A {{\n  id Int @id\n");
    for n in 0..fields {
        writeln!(text, "  a{n} Int").unwrap();
    }
    let names: Vec<String> = (0..fields).map(|n| format!("a{n}")).collect();
    writeln!(text, "  @@index([{}])\n}}", names.join(", ")).unwrap();
    text
}

/// Models in a row on SQL Server, where cascades are followed to their end.
fn cascades(models: usize) -> String {
    let mut text = String::from("datasource db {\n  provider = \"sqlserver\"\n}\n");
    for n in 0..models {
        writeln!(text, "model M{n} {{\n  id Int @id").unwrap();
        if n > 0 {
            let p = n - 1;
            writeln!(text, "  pId Int\n  p M{p} @relation(fields: [pId], references: [id], onDelete: Cascade)")
                .unwrap();
        }
        if n + 1 < models {
            writeln!(text, "  c M{}[]", n + 1).unwrap();
        }
        text.push_str("}\n");
    }
    text
}
