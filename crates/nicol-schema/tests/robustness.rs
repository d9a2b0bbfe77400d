//! Large and hostile texts: each shape repeats one thing that tempts a reader into walking the same way again and again.
//! The tests end because everything is linear; sizes are such that what is quadratic would not.

#![allow(clippy::unwrap_used, reason = "tests")]

mod shapes;

use nicol_schema::{Source, format, render, validate};
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
