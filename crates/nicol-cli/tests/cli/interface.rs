//! Help, usage, version, completions: what holds for every command.

use crate::support::{PLAIN, Place};

const COMMANDS: &[&[&str]] = &[
    &["init"],
    &["validate"],
    &["format"],
    &["generate"],
    &["db"],
    &["db", "pull"],
    &["db", "push"],
    &["db", "execute"],
    &["db", "seed"],
    &["migrate"],
    &["migrate", "dev"],
    &["migrate", "deploy"],
    &["migrate", "reset"],
    &["migrate", "down"],
    &["migrate", "adopt"],
    &["migrate", "snapshot"],
    &["migrate", "import"],
    &["migrate", "resolve"],
    &["migrate", "status"],
    &["migrate", "diff"],
    &["migrate", "lint"],
    &["debug"],
    &["debug", "dmmf"],
    &["version"],
    &["completions"],
];

#[test]
fn the_help_fits_a_screen_and_lists_every_command() {
    let place = Place::new();
    let bare = place.run(&[]).exits(0).out;
    assert_eq!(bare, place.run(&["--help"]).exits(0).out);
    assert!(bare.lines().count() <= 24, "{bare}");
    assert!(bare.lines().all(|line| line.chars().count() <= 100), "{bare}");
    for command in COMMANDS {
        assert!(bare.contains(command[0]), "{command:?} in\n{bare}");
    }
}

#[test]
fn every_command_has_an_example() {
    for command in COMMANDS {
        let mut arguments = command.to_vec();
        arguments.push("--help");
        let help = Place::new().run(&arguments).exits(0).out;
        if *command != ["migrate"] && *command != ["db"] {
            assert!(help.contains("Example"), "{command:?}:\n{help}");
        }
        assert!(help.contains(&command.join(" ")), "{command:?}:\n{help}");
        assert!(!help.contains("skip-generate") && !help.contains("preview-feature"), "{help}");
    }
}

/// The page of a command: `docs/commands/migrate-dev.md`.
fn page(command: &[&str]) -> Option<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/commands");
    std::fs::read_to_string(folder.join(format!("{}.md", command.join("-")))).ok()
}

/// The words that begin with `--` in a text.
fn flags(text: &str) -> Vec<&str> {
    let end = |rest: &str| rest.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(rest.len());
    let mut found: Vec<&str> = text.match_indices("--").map(|(at, _)| &text[at..at + end(&text[at..])]).collect();
    found.retain(|flag| flag.len() > 2);
    found
}

#[test]
fn every_command_has_a_page_that_names_its_flags_and_exit_codes() {
    let common = ["--schema", "--config", "--json", "--quiet", "--no-color", "--help"];
    for command in COMMANDS.iter().filter(|command| !matches!(**command, ["migrate"] | ["db"] | ["debug", "dmmf"])) {
        let text = page(command).unwrap_or_else(|| panic!("no page for {command:?}"));
        assert!(text.starts_with(&format!("# nicol {}\n", command.join(" "))), "{command:?}");
        assert!(text.contains("xit code") && (text.contains("`--json`") || *command == ["completions"]), "{command:?}");
        let mut arguments = command.to_vec();
        arguments.push("--help");
        let help = Place::new().run(&arguments).exits(0).out;
        let options = &help[help.find("Options:").unwrap_or(help.len())..];
        for flag in flags(options).into_iter().filter(|flag| !common.contains(flag)) {
            assert!(text.contains(flag), "{flag} of {command:?} is not on its page");
        }
    }
}

#[test]
fn wrong_usage_is_exit_code_1_with_a_code() {
    let place = Place::new();
    for arguments in [
        &["valdate"][..],
        &["validate", "--nope"],
        &["migrate", "up"],
        &["migrate", "diff", "--from-empty"],
        &["migrate", "diff", "--from-empty", "--from-schema", "x", "--to-empty"],
        &["format", "--check", "--stdout"],
        &["validate", "--schema"],
    ] {
        let ran = place.run(arguments).exits(1);
        assert!(ran.err.starts_with("error[usage]: "), "{arguments:?}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
    place.run(&["valdate"]).exits(1).says("validate");
    let json = place.run(&["valdate", "--json"]).exits(1).json();
    assert_eq!(json["error"]["code"], "usage");
}

#[test]
fn words_of_other_times_and_places_get_a_tip() {
    for (arguments, tip) in [
        (&["lift"][..], "`nicol migrate`"),
        (&["lift", "up"], "`nicol migrate`"),
        (&["migrate", "up"], "`nicol migrate deploy`"),
        (&["migrate", "save"], "`nicol migrate dev`"),
        (&["db", "drop"], "`nicol migrate reset`"),
        (&["deploy"], "`nicol migrate deploy`"),
        (&["push"], "`nicol db push`"),
        (&["seed"], "`nicol db seed`"),
        (&["db", "reset"], "`nicol migrate reset`"),
    ] {
        let ran = Place::new().run(arguments).exits(1);
        assert!(ran.err.contains(&format!("tip: {tip}")), "{arguments:?}: {}", ran.err);
    }
    for (arguments, tip) in [
        (&["studio"][..], "prisma studio"),
        (&["platform", "status"], "services of Prisma"),
        (&["migrate", "help"], "`nicol --help`"),
        (&["generate", "--watch"], "build script"),
        (&["migrate", "dev", "--force"], "`nicol migrate reset --force`"),
        (&["db", "pull", "--local-d1"], "--url file:PATH"),
        (&["migrate", "diff", "--from-local-d1", "--to-empty"], "--from-url file:PATH"),
    ] {
        let ran = Place::new().run(arguments).exits(1);
        assert!(ran.err.contains(tip), "{arguments:?}: {}", ran.err);
        assert_eq!(ran.err.matches("tip: ").count(), 1, "{}", ran.err);
    }
    assert!(!Place::new().run(&["nonsense"]).exits(1).err.contains("tip: `nicol"));
}

#[test]
fn groups_without_a_command_print_their_help() {
    let help = Place::new().run(&["migrate"]).exits(0).out;
    assert!(help.contains("deploy") && help.contains("diff"), "{help}");
}

#[test]
fn help_is_a_command_too() {
    let place = Place::new();
    assert_eq!(place.run(&["help"]).exits(0).out, place.run(&["--help"]).exits(0).out);
    assert_eq!(
        place.run(&["help", "migrate", "dev"]).exits(0).out,
        place.run(&["migrate", "dev", "--help"]).exits(0).out
    );
}

#[test]
fn the_version_is_told_in_every_spelling() {
    let place = Place::new();
    let expected = format!("nicol {}", env!("CARGO_PKG_VERSION"));
    for arguments in [&["version"][..], &["--version"], &["-v"], &["-V"]] {
        assert!(place.run(arguments).exits(0).out.starts_with(&expected));
    }
    for arguments in [&["version", "--json"][..], &["-v", "--json"]] {
        assert_eq!(place.run(arguments).exits(0).json()["nicol"], env!("CARGO_PKG_VERSION"));
    }
}

#[test]
fn completions_exist_for_common_shells() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let old = Place::new().run(&["complete", shell]).exits(0).out;
        assert_eq!(old, Place::new().run(&["completions", shell]).exits(0).out);
        assert!(Place::new().run(&["completions", shell]).exits(0).out.contains("nicol"), "{shell}");
    }
}

#[test]
fn flags_of_prisma_are_accepted() {
    let place = Place::with(&[("schema.prisma", PLAIN)]);
    for arguments in [
        &["validate", "--preview-feature"][..],
        &["validate", "--telemetry-information", "x", "--experimental", "--early-access"],
        &["generate", "--no-hints", "--no-engine", "--data-proxy", "--accelerate", "--allow-no-models"],
        &["format", "--preview-feature"],
    ] {
        place.run(arguments).exits(0);
    }
}

#[test]
fn colour_is_for_terminals_only_and_can_be_forced() {
    let arguments = ["validate", "--schema", "none"];
    let is_coloured = |place: &Place, arguments: &[&str]| place.run(arguments).exits(1).err.contains('\u{1b}');
    assert!(!is_coloured(&Place::new(), &arguments));
    let forced = Place::new().env("CLICOLOR_FORCE", "1");
    assert!(is_coloured(&forced, &arguments));
    assert!(!is_coloured(&forced, &["validate", "--schema", "none", "--no-color"]));
    assert!(!is_coloured(&Place::new().env("NO_COLOR", "1"), &arguments));
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_is_lost_is_an_error_and_a_reader_that_goes_away_is_none() {
    use std::process::{Command, Stdio};
    let nicol = || Command::new(env!("CARGO_BIN_EXE_nicol"));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a full device");
    let ran = nicol().arg("version").stdout(full).stderr(Stdio::piped()).output().expect("nicol runs");
    assert_eq!(ran.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("error[output-lost]"));
    let mut piped = nicol().args(["completions", "bash"]).stdout(Stdio::piped()).spawn().expect("nicol runs");
    drop(piped.stdout.take());
    assert_eq!(piped.wait().expect("an end").code(), Some(0));
}
