//! The command line, line by line.

use super::*;

fn of(line: &str) -> Result<Task, ArgsError> {
    parse(line.split_whitespace().map(OsString::from))
}

fn desk(line: &str) -> DeskWish {
    match of(line).unwrap() {
        Task::Window(wish) | Task::Serve(wish) => *wish,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn nothing_said_opens_the_window_with_a_local_intake() {
    assert_eq!(of("").unwrap(), Task::Window(Box::default()));
    let intake = DeskWish::default().intake.unwrap();
    assert!(intake.ip().is_loopback() && intake.port() == 0);
}

#[test]
fn serve_and_headless_are_the_same() {
    assert_eq!(
        of("serve --home /h").unwrap(),
        of("--headless --home /h").unwrap()
    );
    assert!(matches!(of("serve").unwrap(), Task::Serve(_)));
}

#[test]
fn the_demo_is_shaped_by_its_own_options_only() {
    let demo = desk("--demo --demo-pace 4 --demo-calls off --demo-crews off --demo-seed 9")
        .demo
        .unwrap();
    assert_eq!(
        demo,
        DemoWish {
            calls: false,
            crews: false,
            pace: 4.0,
            seed: 9
        }
    );
    assert_eq!(desk("--demo").demo, Some(DemoWish::default()));
    for line in [
        "--demo-pace 4",
        "--demo --demo-pace 0",
        "--demo --demo-calls maybe",
    ] {
        assert!(of(line).is_err(), "{line}");
    }
}

#[test]
fn the_twin_never_leaves_the_machine() {
    for line in [
        "--loopback 0.0.0.0:80",
        "--loopback 192.168.1.2:80",
        "--loopback x",
    ] {
        assert!(of(line).is_err(), "{line}");
    }
    let local = of("serve --loopback 127.0.0.1:0");
    assert_eq!(local.is_ok(), cfg!(feature = "loopback"));
}

#[test]
fn a_gateway_is_served_and_its_addresses_hold_no_password() {
    let gate = "serve --gateway --postgres postgres://gate@db:5432/city";
    let wish = desk(&format!("{gate} --nats nats://a:4222,nats://b:4222"));
    let wish = wish.gateway.unwrap();
    assert_eq!(wish.nats.as_deref(), Some("nats://a:4222,nats://b:4222"));
    assert_eq!(desk("serve").gateway, None);
    assert_eq!(desk(gate).gateway.unwrap().nats, None);
    for line in [
        "serve --gateway",
        "serve --gateway --postgres city",
        "serve --gateway --postgres postgres://gate:secret@db/city",
        "serve --gateway --postgres postgres://gate@db/city --nats nats://u:secret@a:1",
        "serve --gateway --postgres postgres://gate@db/city --nats a:1",
        "serve --postgres postgres://gate@db/city",
        "serve --nats nats://a:1",
        "--gateway --postgres postgres://gate@db/city",
        "serve --demo --gateway --postgres postgres://gate@db/city",
        "health --gateway --postgres postgres://gate@db/city",
    ] {
        let refused = of(line).unwrap_err().to_string();
        assert!(!refused.contains("secret"), "{line}: {refused}");
    }
}

#[test]
fn the_intake_can_be_moved_or_shut() {
    assert_eq!(desk("--intake off").intake, None);
    assert_eq!(
        desk("--intake 10.0.0.1:700").intake,
        Some("10.0.0.1:700".parse().unwrap())
    );
    assert!(of("--intake here").is_err());
}

#[test]
fn every_verb_takes_what_it_needs_and_no_more() {
    assert!(matches!(
        of("audit verify --home /h").unwrap(),
        Task::AuditVerify(_)
    ));
    let check = Task::AuditCheck("/paper".into());
    assert_eq!(of("audit check /paper").unwrap(), check);
    assert!(of("audit check").is_err());
    assert!(matches!(of("backup /b.db").unwrap(), Task::Backup { .. }));
    let wish = MapWish {
        input: Some("a".into()),
        own: vec!["c.csv".into(), "d".into()],
        raster: Some("e.mbtiles".into()),
        out: "b".into(),
    };
    let line = "map build --input a --own c.csv --own d --raster e.mbtiles --out b";
    assert_eq!(of(line).unwrap(), Task::MapBuild(wish));
    assert!(of("map build --own c.csv --out b").is_ok());
    assert_eq!(of("map check /p").unwrap(), Task::MapCheck("/p".into()));
    assert!(matches!(
        of("map install /p --home /h").unwrap(),
        Task::MapInstall { .. }
    ));
    let added = of("keys recovery").unwrap();
    assert!(matches!(
        added,
        Task::AddKey {
            way: KeyWay::Recovery,
            ..
        }
    ));
    for line in [
        "audit",
        "audit verify --demo",
        "map",
        "map build --input a",
        "map build --out b",
        "map install",
        "map check a --own b",
        "backup",
        "backup a b",
        "serve --input a",
        "keys",
        "frobnicate",
        "--frobnicate",
        "-x",
        "--home",
        "--station-code abc",
    ] {
        assert!(of(line).is_err(), "{line}");
    }
}

#[test]
fn the_help_names_every_option_in_both_languages() {
    for word in [
        "--home",
        "--county",
        "--demo",
        "--demo-pace",
        "--demo-calls",
        "--demo-seed",
        "--intake",
        "--loopback",
        "--ui",
        "--headless",
        "--passphrase-file",
        "--recovery-file",
        "--station-code",
        "--station-name",
        "serve",
        "audit verify",
        "map build",
        "map install",
        "map check",
        "--own",
        "--raster",
        "backup",
        "keys add-passphrase",
        "keys recovery",
        "退出码",
        "Exit codes",
    ] {
        assert!(HELP.contains(word), "{word}");
    }
    assert_eq!(of("--help").unwrap(), Task::Help);
    assert_eq!(of("-V").unwrap(), Task::Version);
}
