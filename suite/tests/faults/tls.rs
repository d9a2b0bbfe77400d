//! Who may speak to whom: `sslmode` and certificates against a server of the test's own, and servers that take no writes.

use std::path::Path;
use std::process::{Command, Stdio};

use nicol_db::{Connection, ConnectionUrl};

use crate::server::{Product, Server};
use crate::world::{self, Place, runtime};

/// An authority, a server certificate for `localhost` and a client certificate for `postgres`, as files.
fn certificates(folder: &Path) -> bool {
    let run = |arguments: &str| {
        let mut command = Command::new("openssl");
        command.args(arguments.split(' ')).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let authority = |name: &str| {
        run(&format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout {name}.key -out {name}.crt -subj /CN={name}"
        ))
    };
    let signed = |name: &str, subject: &str, more: &str| {
        std::fs::write(folder.join(format!("{name}.ext")), more).unwrap();
        run(&format!(
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout {name}.key -out {name}.csr -subj /CN={subject}"
        )) && run(&format!(
            "x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile {name}.ext -out {name}.crt"
        ))
    };
    authority("ca")
        && authority("other")
        && signed("server", "localhost", "subjectAltName=DNS:localhost\n")
        && signed("client", "postgres", "basicConstraints=CA:FALSE\n")
}

#[test]
fn certificates_are_judged_as_asked() {
    let files = tempfile::tempdir().unwrap();
    if !certificates(files.path()) {
        println!("skipped: no openssl command to make certificates with");
        return;
    }
    let Some(mut server) = Server::start(Product::Postgres, &[]) else { return };
    server.kill();
    let read = |name: &str| std::fs::read_to_string(files.path().join(name)).unwrap();
    server.put("server.crt", &read("server.crt"));
    server.put("server.key", &read("server.key"));
    server.put("root.crt", &read("ca.crt"));
    server.put("postgresql.auto.conf", "ssl = on\nssl_ca_file = 'root.crt'\n");
    // Plain for the test's own questions, TLS for one database, a client's certificate for the other.
    server.put(
        "pg_hba.conf",
        "hostssl mutual all 127.0.0.1/32 cert\nhostnossl mutual all 127.0.0.1/32 reject\nhostnossl tls all 127.0.0.1/32 reject\n\
         host all all 127.0.0.1/32 trust\n",
    );
    server.go();
    let runtime = runtime();
    let port = server.port();
    let open = |host: &str, database: &str, parameters: &str| {
        let file = |name: &str| files.path().join(name).display().to_string();
        let parameters = parameters.replace("CA", &file("ca.crt")).replace("OTHER", &file("other.crt"));
        let parameters = parameters.replace("CERT", &file("client.crt")).replace("KEY", &file("client.key"));
        let url = format!("postgresql://postgres@{host}:{port}/{database}?{parameters}");
        runtime.block_on(async {
            let mut conn = Connection::open(&ConnectionUrl::parse(&url)?).await?;
            let sql = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
            let rows = conn.query(sql, &[]).await?;
            let is_encrypted: String = rows.first().map(|row| row.get(0)).transpose()?.unwrap_or_default();
            conn.close().await?;
            Ok::<String, nicol_db::Error>(is_encrypted)
        })
    };
    let admin = ConnectionUrl::parse(&server.url()).unwrap();
    for name in ["tls", "mutual"] {
        let sql = format!("CREATE DATABASE {name}");
        runtime.block_on(async { Connection::open(&admin).await.unwrap().run_script(&sql).await }).unwrap();
    }
    let cases = [
        ("localhost", "postgres", "sslmode=disable", Ok("false")),
        ("localhost", "tls", "sslmode=disable", Err("P1010")),
        // Without a word a server on this machine is spoken to in plain, unless it wants TLS.
        ("localhost", "postgres", "", Ok("false")),
        ("localhost", "tls", "", Ok("true")),
        ("localhost", "postgres", "sslmode=prefer", Ok("true")),
        ("localhost", "tls", "sslmode=prefer", Ok("true")),
        ("localhost", "tls", "sslmode=require", Ok("true")),
        ("localhost", "tls", "sslmode=verify-full&sslrootcert=CA", Ok("true")),
        ("localhost", "tls", "sslmode=verify-full&sslrootcert=OTHER", Err("P1011")),
        ("localhost", "tls", "sslmode=verify-full", Err("P1011")),
        // The certificate is for another name.
        ("127.0.0.1", "tls", "sslmode=verify-full&sslrootcert=CA", Err("P1011")),
        ("127.0.0.1", "tls", "sslmode=verify-ca&sslrootcert=CA", Ok("true")),
        // libpq: a given authority is looked at also for `require`.
        ("localhost", "tls", "sslmode=require&sslrootcert=OTHER", Err("P1011")),
        ("localhost", "mutual", "sslmode=verify-full&sslrootcert=CA&sslcert=CERT&sslkey=KEY", Ok("true")),
        ("localhost", "mutual", "sslmode=verify-full&sslrootcert=CA", Err("P1010")),
        ("localhost", "tls", "sslmode=verify-full&sslrootcert=/nowhere.crt", Err("P1011")),
    ];
    for (host, database, parameters, expected) in cases {
        let found = open(host, database, parameters);
        let seen = found.as_deref().map_err(nicol_db::Error::code);
        assert_eq!(seen, expected, "{host} {database} {parameters}: {found:?}");
    }
}

/// Every way of PostgreSQL's to ask for a password, in plain and over TLS, where SCRAM is bound to the certificate.
#[test]
fn passwords_are_proved_in_each_way() {
    let files = tempfile::tempdir().unwrap();
    if !certificates(files.path()) {
        println!("skipped: no openssl command to make certificates with");
        return;
    }
    let Some(mut server) = Server::start(Product::Postgres, &[]) else { return };
    let runtime = runtime();
    let admin = ConnectionUrl::parse(&server.url()).unwrap();
    runtime.block_on(async {
        let mut conn = Connection::open(&admin).await.unwrap();
        for (name, way) in [("scram", "scram-sha-256"), ("hashed", "md5"), ("clear", "scram-sha-256")] {
            let user = format!("CREATE ROLE {name} LOGIN PASSWORD 'gehe\u{e4}m %@'");
            conn.run_script(&format!("SET password_encryption = '{way}'; {user}")).await.unwrap();
        }
        conn.close().await.unwrap();
    });
    server.kill();
    let read = |name: &str| std::fs::read_to_string(files.path().join(name)).unwrap();
    server.put("server.crt", &read("server.crt"));
    server.put("server.key", &read("server.key"));
    server.put("postgresql.auto.conf", "ssl = on\n");
    server.put(
        "pg_hba.conf",
        "host all scram 127.0.0.1/32 scram-sha-256\nhost all hashed 127.0.0.1/32 md5\nhost all clear 127.0.0.1/32 password\n\
         host all postgres 127.0.0.1/32 trust\n",
    );
    server.go();
    let port = server.port();
    for user in ["scram", "hashed", "clear"] {
        for mode in ["disable", "require"] {
            let open = |password: &str| {
                let url = format!("postgresql://{user}{password}@127.0.0.1:{port}/postgres?sslmode={mode}");
                runtime.block_on(async {
                    let mut conn = Connection::open(&ConnectionUrl::parse(&url)?).await?;
                    let rows = conn.query("SELECT current_user::text", &[]).await?;
                    let name: String = rows.first().map(|row| row.get(0)).transpose()?.unwrap_or_default();
                    conn.close().await.map(|()| name)
                })
            };
            assert_eq!(open(":gehe%C3%A4m%20%25%40").unwrap(), user, "{mode}");
            for wrong in [":gehe%C3%A4m", ""] {
                let error = open(wrong).expect_err("a wrong password");
                assert_eq!(error.code(), "P1000", "{user} {mode} {error}");
                assert!(!error.to_string().contains("gehe"), "{error}");
            }
        }
    }
}

#[test]
fn servers_that_take_no_writes_say_so() {
    let runtime = runtime();
    let files = tempfile::tempdir().unwrap();
    let folder = files.path().join("migrations");
    world::write_one(&folder, "1_a", "CREATE TABLE a (id INTEGER);");
    for (product, settings) in
        [(Product::Postgres, "default_transaction_read_only=on"), (Product::Mariadb, "--read-only")]
    {
        let Some(mut server) = Server::start(product, &[]) else { continue };
        let database = Place::new("own", &server.url()).database(&runtime);
        world::write_one(&folder, "1_a", "CREATE TABLE a (id INTEGER);");
        assert_eq!(database.deploy(&folder).unwrap().applied, ["1_a"]);
        world::write_one(&folder, "2_b", "CREATE TABLE b (id INTEGER);");
        if product == Product::Postgres {
            database.run(&format!("ALTER DATABASE {} SET {settings}", database.url.database()));
        } else {
            // The right to write all the same belongs to root, so another user asks.
            database.run("CREATE USER app@'127.0.0.1'; GRANT ALL ON *.* TO app@'127.0.0.1'; REVOKE READ_ONLY ADMIN, SUPER ON *.* FROM app@'127.0.0.1'; SET GLOBAL read_only = 1");
        }
        let url = database.url.as_connection_string().replace("root@", "app@");
        let url = ConnectionUrl::parse(&url).unwrap();
        let directory = nicol_migrate::Directory::read(&folder).unwrap();
        let deploy = || {
            let options = nicol_migrate::DeployOptions::default();
            runtime.block_on(nicol_migrate::deploy(&url, &directory, options, &mut nicol_migrate::Silent))
        };
        let error = deploy().unwrap_err();
        assert_eq!(error.code(), "database-read-only", "{product:?}: {error}");
        assert!(error.help().unwrap().contains("primary"), "{error:?}");
        if product == Product::Postgres {
            database.run(&format!(
                "BEGIN READ WRITE; ALTER DATABASE {} RESET default_transaction_read_only; COMMIT",
                database.url.database()
            ));
        } else {
            database.run("SET GLOBAL read_only = 0");
        }
        assert_eq!(deploy().unwrap().applied, ["2_b"]);
        drop(database);
        server.kill();
        std::fs::remove_dir_all(folder.join("2_b")).unwrap();
    }
}
