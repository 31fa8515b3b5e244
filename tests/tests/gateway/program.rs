//! Goal: the program itself, as a city starts it: a password in a file, and what `health` says.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use fengsui_tests::desk::Scratch;
use fengsui_tests::gateway::county::County;
use fengsui_tests::gateway::servers::{PASSWORD, Postgres, until};
use fengsui_tests::gateway::sql::Sql;
use fengsui_tests::stations::process::built;

struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn health(home: &Scratch) -> (bool, String) {
    let mut ask = Command::new(built("fengsui").unwrap());
    let said = ask
        .arg("health")
        .arg("--home")
        .arg(home.path())
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&said.stdout).into_owned();
    (said.status.success(), words)
}

#[test]
fn the_program_writes_and_says_how_it_stands() {
    let folder = Scratch::new("gate-program");
    let mut server = Postgres::start(&folder.path().join("pg"), &["city"]).unwrap();
    let home = County::found_and_left(5).unwrap();
    let password = folder.path().join("word");
    fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    let mut start = Command::new(built("fengsui").unwrap());
    start.args(["serve", "--gateway", "--intake", "off", "--link", "off"]);
    start.args(["--discover", "off", "--postgres", &server.url("city")]);
    start.arg("--postgres-password-file").arg(&password);
    start.arg("--home").arg(home.path()).stdout(Stdio::piped());
    let mut program = Program(start.spawn().unwrap());
    let mut lines = BufReader::new(program.0.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("ready")));
    until("good", || {
        Ok(health(&home).1.contains("gateway.postgres=good(entries=0)"))
    })
    .unwrap();
    let sql = Sql::open(&server.url("city")).unwrap();
    assert_eq!(
        sql.count("SELECT count(*) FROM fengsui.incident").unwrap(),
        5
    );
    drop(sql);
    server.kill().unwrap();
    until("waits", || {
        let (is_good, words) = health(&home);
        let waits = words.contains("gateway.postgres=waiting(why=unreachable,");
        Ok(waits && !is_good)
    })
    .unwrap();
    for log in fs::read_dir(home.path().join("logs")).unwrap() {
        let words = fs::read_to_string(log.unwrap().path()).unwrap();
        assert!(!words.contains(PASSWORD));
    }
}
