//! The schemas for the three products say the same.

use crate::project::{ALL, read};

/// A schema but for its provider.
fn meaning(server: &str, path: &str) -> String {
    let text = read(server, path);
    let provider =
        text.lines().find(|line| line.trim_start().starts_with("provider = ")).expect("a provider").to_owned();
    text.replace(&provider, "  provider = ..")
}

#[test]
fn the_variants_agree() {
    let mut paths = vec!["schema.prisma".to_owned()];
    paths.extend(ALL.iter().map(|migration| format!("migrations/{migration}/schema.prisma")));
    for path in paths {
        for server in ["sqlite", "mariadb"] {
            assert_eq!(meaning(server, &path), meaning("postgres", &path), "{server} {path}");
        }
    }
}
