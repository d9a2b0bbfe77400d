use super::*;

fn parse(text: &str) -> ConnectionUrl {
    ConnectionUrl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn parts() {
    let url = parse(
        "postgresql://us%40er:p%40ss%2Fw%3Ard@db.example.com:5433/my%20db?schema=app&sslmode=require&connect_timeout=7",
    );
    assert_eq!(url.dialect(), Dialect::Postgres);
    assert_eq!(url.user(), Some("us@er"));
    assert_eq!(url.password(), Some("p@ss/w:rd"));
    assert_eq!(url.host_port().as_deref(), Some("db.example.com:5433"));
    assert_eq!((url.database(), url.schema()), ("my db", Some("app")));
    assert_eq!(url.connect_timeout(), Some(Duration::from_secs(7)));
    assert_eq!(parse(&url.as_connection_string()), url);
    assert_eq!(url.with_database("x").database(), "x");
}

#[test]
fn forms() {
    for (text, place, database) in [
        ("postgres://localhost", Some("localhost:5432"), "postgres"),
        ("cockroachdb://root@localhost/app", Some("localhost:26257"), "app"),
        ("mysql://root@127.0.0.1:3307/app", Some("127.0.0.1:3307"), "app"),
        ("mariadb://root@h", Some("h:3306"), ""),
        ("postgresql://u@[::1]:5433/a", Some("[::1]:5433"), "a"),
        ("postgresql://u:p@a:1,b:2/x", Some("a:1"), "x"),
        ("postgresql://u@localhost/x?host=/var/run/postgresql", Some("/var/run/postgresql"), "x"),
        ("postgresql://u@%2Fvar%2Frun%2Fpostgresql/x", Some("/var/run/postgresql"), "x"),
        ("mysql://u@localhost/x?socket=/run/mysqld.sock", Some("/run/mysqld.sock"), "x"),
        ("file:dev.db", None, "dev.db"),
        ("file:./dev.db?connection_limit=1", None, "./dev.db"),
        ("file:///tmp/a.db", None, "/tmp/a.db"),
        ("sqlite:a.db", None, "a.db"),
        ("sqlite://a.db", None, "a.db"),
        ("sqlite:///tmp/a.db", None, "/tmp/a.db"),
        ("file::memory:", None, ":memory:"),
    ] {
        let url = parse(text);
        assert_eq!((url.host_port().as_deref(), url.database()), (place, database), "{text}");
        assert_eq!(parse(&url.as_connection_string()), url, "{text}");
    }
    let relative = parse("file:./data/dev.db").relative_to(Path::new("/project/prisma"));
    assert_eq!(relative.database(), "/project/prisma/data/dev.db");
    assert_eq!(parse("file:/a.db").relative_to(Path::new("/project")).database(), "/a.db");
}

#[test]
fn what_cannot_be_read_is_refused_without_repeating_it() {
    for text in [
        "",
        "sekret",
        "http://u:sekret@h/d",
        "postgresql:/u:sekret@h/d",
        "postgresql://u:sek/sekret@h/d",
        "postgresql://u:sekret#1@h/d",
        "postgresql://u:sekret%zz@h/d",
        "postgresql://u:sekret%ff@h/d",
        "postgresql://u:sekret%00@h/d",
        "mysql://u@h:sekret/d",
        "postgresql://u:sekret@[::1/d",
        "file:",
    ] {
        let error = ConnectionUrl::parse(text).expect_err(text);
        assert_eq!(error.code(), "P1013", "{text}");
        assert!(!format!("{error} {error:?}").contains("sekret"), "{text}");
    }
}

#[test]
fn the_password_is_never_shown() {
    for text in [
        "postgresql://u:sekret@h/d?schema=x",
        "postgresql://u@h/d?password=sekret",
        "mysql://u:sek%72et@h/d?sslpassword=sekret&token=sekret",
        "postgresql://u:sekret@h/d?sslkey=sekret",
    ] {
        let url = parse(text);
        let shown = format!("{url} {url:?} {url:#?}");
        assert!(!shown.contains("sekret") && shown.contains("***"), "{shown}");
    }
    assert_eq!(parse("postgresql://u@h/d?password=sekret").password(), Some("sekret"));
    // A `@` in a password that nobody escaped still belongs to the password.
    assert_eq!(parse("postgresql://u:se@kret@h/d").password(), Some("se@kret"));
}

#[test]
fn tls_means_what_libpq_means() {
    use TlsMode::*;
    for (text, mode) in [
        ("postgresql://u@localhost/d", Allow),
        ("postgresql://u@127.0.0.1/d", Allow),
        ("postgresql://u@postgres/d", Prefer),
        ("postgresql://u@10.1.2.3/d", Prefer),
        ("postgresql://u@h/d?host=/run", Allow),
        ("postgresql://u@db.example.com/d", VerifyFull),
        ("postgresql://u@8.8.8.8/d", VerifyFull),
        ("postgresql://u@db.example.com/d?sslmode=disable", Disable),
        ("postgresql://u@db.example.com/d?sslmode=allow", Allow),
        ("postgresql://u@db.example.com/d?sslmode=prefer", Prefer),
        ("postgresql://u@db.example.com/d?sslmode=require", Require),
        ("postgresql://u@db.example.com/d?sslmode=require&sslrootcert=/ca.pem", VerifyCa),
        ("postgresql://u@db.example.com/d?sslmode=verify-ca", VerifyCa),
        ("postgresql://u@localhost/d?sslmode=verify-full", VerifyFull),
        ("postgresql://u@localhost/d?sslmode=require&sslaccept=strict", VerifyFull),
        ("mysql://u@db.example.com/d?sslaccept=accept_invalid_certs", Prefer),
        ("mysql://u@db.example.com/d?sslaccept=strict", VerifyFull),
        ("mysql://u@db.example.com/d?sslcert=/ca.pem", VerifyFull),
    ] {
        assert_eq!(parse(text).tls().expect(text).mode, mode, "{text}");
    }
    assert_eq!(parse("postgresql://u@h/d?sslmode=maybe").tls().expect_err("refused").code(), "P1013");
    let settings = parse("postgresql://u@h/d?sslcert=a.crt&sslkey=a.key&sslrootcert=ca.crt").tls().expect("settings");
    assert_eq!(settings.identity, Some((PathBuf::from("a.crt"), PathBuf::from("a.key"))));
    assert_eq!(settings.authority, Some(PathBuf::from("ca.crt")));
}
