//! Rows R26, R27 and B27: the tables of 2020 themselves.

use staart::db::users;
use staart::{Db, Result};

use crate::history::{DOCUMENT, imported};
use crate::{at, untouched};

/// A user with a moment that has a fraction, as it is read back.
async fn created_at(db: &Db, moment: &str) -> Result<String> {
    let form = users::New { name: "Ann".into(), nickname: "Ann".into(), username: "ann".into() };
    let made = db.users().create(form.created_at(at(moment)).updated_at(at(moment))).await?;
    let read = db.users().get(users::by_id(made.id)).await?;
    assert_eq!(made, read, "what create gives is what the table holds");
    assert_eq!(read.updated_at, at(moment));
    Ok(read.created_at.to_string())
}

const MOMENT: &str = "2020-04-20T00:28:56.999Z";

fresh_database::tests! {
    open = untouched;

    /// The document's statements, one after the other, in a database of their own name.
    #[on(mariadb, mysql)]
    async fn r26_types_of_then(_url: String, database: &Database) -> Result<()> {
        let block = DOCUMENT.split("```sql\n").nth(1).and_then(|rest| rest.split("\n```").next()).expect("SQL");
        let name = database.rows("SELECT DATABASE()").swap_remove(0);
        for statement in block.split("\n\n") {
            database.script(&statement.replace("`staart`.", &format!("`{name}`.")));
        }
        let types = "SELECT column_type, CAST(COUNT(*) AS CHAR) FROM information_schema.columns WHERE table_schema = DATABASE() \
                     AND data_type <> 'enum' GROUP BY column_type ORDER BY column_type";
        let types = database.rows(types);
        let kinds: Vec<&str> = types.iter().filter_map(|row| row.rsplit_once(' ')).map(|(kind, _)| kind).collect();
        // MySQL no longer tells the display width of an integer.
        let int = if database.server() == "mysql" { "int" } else { "int(11)" };
        assert_eq!(kinds, ["datetime", "datetime(3)", int, "tinyint(1)", "varchar(191)"]);
        let of = |filter: &str| {
            let query = format!("SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.columns WHERE table_schema = DATABASE() AND {filter}");
            database.rows(&query).swap_remove(0)
        };
        assert_eq!(of("column_type = 'datetime' AND column_name = 'createdAt' AND LOWER(column_default) LIKE 'current_timestamp%'"), "12");
        assert_eq!(of("column_type = 'datetime'"), "12");
        assert_eq!(of("column_type = 'tinyint(1)' AND column_default IN ('0', '1') AND is_nullable = 'NO'"), of("column_type = 'tinyint(1)'"));
        assert_eq!(of("column_name = 'id' AND extra = 'auto_increment' AND column_key = 'PRI'"), "12");
        assert_eq!(of("column_name = 'role' AND column_type = \"enum('OWNER','ADMIN','RESELLER','MEMBER')\""), "1");
        assert_eq!(of("data_type = 'enum'"), "6");
        let collations = "SELECT DISTINCT table_collation FROM information_schema.tables WHERE table_schema = DATABASE()";
        assert_eq!(database.rows(collations), ["utf8mb4_unicode_ci"]);
        Ok(())
    }

    #[on(mariadb, mysql)]
    async fn r27_names_of_then(_url: String, database: &Database) -> Result<()> {
        database.script(&imported());
        let unique = "SELECT index_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND non_unique = 0 \
                      AND index_name <> 'PRIMARY' ORDER BY 1";
        assert_eq!(database.rows(unique), ["organizations.username", "users.username"]);
        let keys = "SELECT constraint_name, delete_rule, update_rule FROM information_schema.referential_constraints \
                    WHERE constraint_schema = DATABASE() ORDER BY 1";
        let keys = database.rows(keys);
        assert_eq!(keys.len(), 11);
        assert!(keys.iter().all(|key| key.ends_with(" CASCADE CASCADE")), "{keys:?}");
        assert!(keys.iter().any(|key| key == "emails_ibfk_1 CASCADE CASCADE") && keys.iter().all(|key| key.contains("_ibfk_")), "{keys:?}");
        let columns = "SELECT GROUP_CONCAT(column_name ORDER BY ordinal_position) FROM information_schema.columns \
                       WHERE table_schema = DATABASE() GROUP BY table_name";
        let columns = database.rows(columns);
        assert_eq!(columns.len(), 12);
        for columns in columns {
            let columns: Vec<&str> = columns.split(',').collect();
            assert!(columns.is_sorted(), "{columns:?}");
        }
        Ok(())
    }

    /// A column without fraction: MariaDB cuts it off, MySQL rounds.
    #[on(mariadb, mysql)]
    async fn b27_a_fraction_on_the_tables_of_then(url: String, database: &Database) -> Result<()> {
        database.script(&imported());
        let kept = if database.server() == "mysql" { "2020-04-20T00:28:57Z" } else { "2020-04-20T00:28:56Z" };
        assert_eq!(created_at(&Db::connect(&url).await?, MOMENT).await?, kept);
        Ok(())
    }
}

mod today {
    fresh_database::tests! {
        open = staart::open;

        async fn b27_a_fraction_on_the_tables_of_today(db: Db) -> Result<()> {
            assert_eq!(created_at(&db, MOMENT).await?, MOMENT);
            Ok(())
        }
    }

    use super::{Db, MOMENT, Result, created_at};
}
