//! Large and hostile texts: each shape repeats one thing that tempts a reader into walking the same way again and again.
//! The tests end because everything is linear; sizes are such that what is quadratic would not.

#![allow(clippy::unwrap_used, reason = "tests")]

mod shapes;

use nicol_schema::{Source, check, format, render, validate};
use shapes::shapes;

#[test]
fn hostile_shapes_end() {
    for (name, text) in shapes(20_000) {
        println!("{name}: {} bytes", text.len());
        let sources = [Source::new("a.prisma", text)];
        let validated = validate(&sources);
        let first = &validated.diagnostics[..validated.diagnostics.len().min(20)];
        render::render(first, &sources, false);
        format(&sources);
    }
}

#[test]
fn fifty_megabytes_end() {
    let mut text = String::from("datasource db {\n  provider = \"postgresql\"\n}\n");
    let field = |n| format!("  name{n} String @unique @db.VarChar(200) // what it is called\n");
    let fields: String = (0..40).map(field).collect();
    let mut number = 0;
    while text.len() < 50_000_000 {
        text.push_str(&format!("model M{number} {{\n  id Int @id\n{fields}}}\n"));
        number += 1;
    }
    let sources = [Source::new("a.prisma", text)];
    assert_eq!(check(&sources), []);
    assert_eq!(format(&sources)[0].matches("model").count(), number);
}

#[test]
fn many_files_are_one_schema() {
    let datasource = Source::new("db.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
    let models = (0..2_000).map(|n| {
        let next = (n + 1) % 2_000;
        let before = (n + 1_999) % 2_000;
        let text = format!(
            "model M{n} {{\n  id Int @id\n  to Int @unique\n  m M{next} @relation(fields: [to], references: [id])\n  b M{before}?\n}}\n"
        );
        Source::new(format!("models/m{n}.prisma"), text)
    });
    let sources: Vec<Source> = std::iter::once(datasource).chain(models).collect();
    let schema = validate(&sources).schema.unwrap();
    assert_eq!((schema.models.len(), schema.relations.len()), (2_000, 2_000));
    assert_eq!(format(&sources).len(), 2_001);
}
