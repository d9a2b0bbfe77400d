//! `init`.

use crate::support::Place;

#[test]
fn a_new_project_is_valid_formatted_and_works() {
    for (provider, url) in [
        ("postgresql", "postgresql://user:password@localhost:5432/mydb?schema=public"),
        ("mysql", "mysql://user:password@localhost:3306/mydb"),
        ("sqlite", "file:./dev.db"),
        ("cockroachdb", "cockroachdb://user:password@localhost:26257/mydb"),
    ] {
        let place = Place::new();
        place
            .run(&["init", "--datasource-provider", provider, "--with-model"])
            .exits(0)
            .says("Wrote prisma/schema.prisma")
            .says(if provider == "sqlite" {
                "Next: write models"
            } else {
                "Next: put the URL of the database into .env, "
            });
        assert_eq!(place.files(), [".env", ".gitignore", "prisma/schema.prisma"]);
        assert_eq!(place.read(".env"), format!("DATABASE_URL=\"{url}\"\n"));
        assert_eq!(place.read(".gitignore"), ".env\n");
        assert!(place.read("prisma/schema.prisma").contains(&format!("provider = \"{provider}\"")));
        place.run(&["validate"]).exits(0);
        place.run(&["format", "--check"]).exits(0);
        place.run(&["generate"]).exits(0).says("into src/db");
        assert_eq!(place.run(&["debug", "--json"]).exits(0).json()["url"]["from"], "DATABASE_URL in .env");
    }
    let place = Place::new();
    place.run(&["init", "--datasource-provider", "sqlite", "--with-model"]).exits(0).says("Next: write models");
    place.run(&["migrate", "dev", "--name", "init"]).exits(0).says("dev.db");
}

#[test]
fn nothing_that_is_there_is_lost() {
    let place = Place::with(&[("prisma/schema.prisma", "// mine\n")]);
    place.run(&["init"]).fails("schema-exists");
    assert_eq!((place.read("prisma/schema.prisma").as_str(), place.files().len()), ("// mine\n", 1));

    let place = Place::with(&[(".env", "OTHER=1"), (".gitignore", "/target")]);
    place.run(&["init"]).exits(0);
    assert!(place.read(".env").starts_with("OTHER=1\nDATABASE_URL="));
    assert_eq!(place.read(".gitignore"), "/target\n.env\n");

    let place = Place::with(&[(".env", "DATABASE_URL=file:mine.db\n"), (".gitignore", "x\n.env\n")]);
    place.run(&["init", "--url", "file:other.db"]).exits(0).says("stays as it is");
    assert_eq!(
        (place.read(".env").as_str(), place.read(".gitignore").as_str()),
        ("DATABASE_URL=file:mine.db\n", "x\n.env\n")
    );
}

#[test]
fn the_url_tells_the_provider() {
    for (url, provider) in
        [("mysql://root@h/shop", "mysql"), ("file:x.db", "sqlite"), ("postgres://u@h/d", "postgresql")]
    {
        let place = Place::new();
        place.run(&["init", "--url", url]).exits(0);
        assert!(place.read("prisma/schema.prisma").contains(&format!("provider = \"{provider}\"")), "{url}");
        assert!(place.read(".env").contains(url));
    }
    let place = Place::new();
    place.run(&["init", "--url", "mysql://h/d", "--datasource-provider", "sqlite"]).fails("P1013");
    place.run(&["init", "--url", "nonsense"]).fails("P1013");
    place.run(&["init", "--output", "a\"b"]).fails("P1012");
    assert_eq!(place.files(), <[&str; 0]>::default());
}

#[test]
fn the_schema_goes_where_flag_or_config_say() {
    let place = Place::new();
    let written = place.run(&["init", "--schema", "packages/db/schema", "--json"]).exits(0).json();
    assert_eq!(written["written"][0], "packages/db/schema/schema.prisma");
    place.run(&["init", "--schema", "packages/db/schema"]).fails("schema-exists");

    let place = Place::with(&[("nicol.toml", "schema = \"app/main.prisma\"\n")]);
    place.run(&["init"]).exits(0).says("Wrote app/main.prisma");
    place.run(&["validate"]).exits(0);
}
