//! Schemas to measure with: of the shapes that real ones have, of any size.

/// A schema of two models on some thirty lines.
pub(crate) const SMALL: &str = r#"datasource db {
  provider = "postgresql"
}

generator client {
  provider = "nicol"
  output   = "../out"
}

/// Somebody who writes.
model Author {
  id      Int      @id @default(autoincrement())
  mail    String   @unique
  name    String?
  rank    Rank     @default(GUEST)
  texts   Text[]
  created DateTime @default(now())
}

model Text {
  id       Int     @id @default(autoincrement())
  title    String  @db.VarChar(80)
  content  String?
  author   Author  @relation(fields: [authorId], references: [id])
  authorId Int
}

enum Rank {
  GUEST
  OWNER
}
"#;

/// A schema of so many models in a tree where each has up to three children: about ten fields each, enums, native types,
/// comments, an index each, unique keys and mapped names on some. `edits` of them differ in one place from what zero gives.
pub(crate) fn models(count: usize, edits: usize) -> String {
    let mut out = String::from("datasource db {\n  provider = \"postgresql\"\n}\n\n");
    out.push_str("generator client {\n  provider = \"nicol\"\n  output   = \"../out\"\n}\n\n");
    let enums = (count / 10).max(1);
    for number in 0..enums {
        out.push_str(&format!("/// Where things of group {number} stand.\nenum Stage{number} {{\n"));
        out.push_str("  NEW\n  OPEN\n  PAUSED\n  DONE\n  GONE\n}\n\n");
    }
    let step = count.checked_div(edits).unwrap_or(usize::MAX);
    for number in 0..count {
        let edit = if number % step == 1 { Some(number / step % 5) } else { None };
        model(&mut out, number, count, enums, edit);
    }
    out
}

fn model(out: &mut String, number: usize, count: usize, enums: usize, edit: Option<usize>) {
    let stage = number % enums;
    out.push_str(&format!("/// Kind {number} of the things that the system keeps, with all that is known of it.\n"));
    out.push_str(&format!("model Item{number} {{\n"));
    out.push_str("  id        Int      @id @default(autoincrement())\n");
    out.push_str("  createdAt DateTime @default(now())\n  updatedAt DateTime @updatedAt\n");
    out.push_str(if number % 2 == 1 { "  title     String   @db.VarChar(200)\n" } else { "  title     String\n" });
    let first = if edit == Some(4) { "OPEN" } else { "NEW" };
    out.push_str(&format!("  stage     Stage{stage} @default({first}) // how far it got\n"));
    out.push_str(match (edit, number % 4) {
        (Some(2), _) => "  amount    Float?\n",
        (_, 0) => "  amount    Decimal? @db.Decimal(12, 2)\n",
        _ => "  amount    Decimal?\n",
    });
    if edit != Some(1) {
        out.push_str("  flag      Boolean  @default(false)\n");
    }
    if edit == Some(0) {
        out.push_str("  remark    String?\n");
    }
    if number > 0 {
        let parent = (number - 1) / 3;
        out.push_str("  parentId  Int\n");
        out.push_str(&format!("  parent    Item{parent} @relation(\"R{number}\", fields: [parentId], references: [id], onDelete: Cascade)\n"));
    }
    for child in (3 * number + 1..3 * number + 4).filter(|child| *child < count) {
        out.push_str(&format!("  items{child} Item{child}[] @relation(\"R{child}\")\n"));
    }
    out.push_str("\n  @@index([stage, createdAt])\n");
    if number > 0 && edit == Some(3) {
        out.push_str("  @@index([parentId, title])\n");
    }
    if number > 0 && number.is_multiple_of(3) {
        out.push_str("  @@unique([parentId, title])\n");
    }
    if number.is_multiple_of(5) {
        out.push_str(&format!("  @@map(\"item_{number}\")\n"));
    }
    out.push_str("}\n\n");
}
