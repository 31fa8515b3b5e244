//! The page's own process dies while somebody types: the window comes back by itself.
//!
//! Not here: the program's own death (`shift`).

use std::path::Path;
use std::time::{Duration, Instant};

use fengsui_tests::desk::Scratch;
use rustix::process::{Signal, kill_process};
use serde_json::Value;

use super::driver::{Driver, cut_power, ended, on_one_thread, page_processes};
use super::person::Person;
use super::{intake, pictures};

const TYPED: &str = "店里来了个人，不给钱还砸东西";
/// What is typed is on the disk so soon after the last key.
const DRAFT: Duration = Duration::from_millis(500);
const TEXT: &str = "document.querySelector('[data-testid=field-text]')?.value";
/// How long to wait at all.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the desk may be away.
const AWAY_MAX: Duration = Duration::from_secs(3);

#[test]
fn a_page_that_dies_comes_back_with_what_was_typed() {
    on_one_thread(async {
        let scratch = Scratch::new("page");
        let home = scratch.path();
        let driver = Driver::start(&pictures::folder().join("driver-page.log"));
        let words = ["--demo-calls", "off", "--demo-crews", "off"];
        let client = driver.open(home, None, &words).await;
        let mut person = Person::sit_down(client).await;
        intake::ring(
            home,
            "110",
            "139 0000 4217",
            Some((113.906_576, 31.202_429)),
        );
        person.sees("a call rings", "[data-testid=call-row]").await;
        person.press("F2").await;
        person
            .has_focus("the text", "[data-testid=field-text]")
            .await;
        person.types(TYPED).await;
        tokio::time::sleep(DRAFT).await;
        let before = page_processes(home);
        assert_eq!(before.len(), 1, "one page");
        for pid in before {
            kill_process(pid, Signal::KILL).unwrap();
        }
        // The driver gives a page up that died; the program's own log says what came then.
        let away = comes_back(home).await;
        println!("the page was away for {} ms", away.as_millis());
        assert!(away < AWAY_MAX, "{away:?}");
        assert_eq!(page_processes(home).len(), 1, "another page");
        cut_power(home);
        drop(driver);

        let driver = Driver::start(&pictures::folder().join("driver-page.log"));
        let client = driver.open(home, None, &words).await;
        let mut person = Person::sit_down(client).await;
        let is_back = format!("{TEXT} === '{TYPED}'");
        person.waits("what was typed is there", &is_back).await;
        person.client.close().await.unwrap();
        ended(home);
    });
}

/// From the death of the page to another page asking for what was typed, by the program's log.
async fn comes_back(home: &Path) -> Duration {
    let began = Instant::now();
    loop {
        let lines = log_of(home);
        let died = lines
            .iter()
            .rposition(|line| line["message"] == "window.page_died");
        let asked = died.and_then(|died| {
            let of_form = |line: &&Value| line["span"]["command"] == "draft.get";
            lines[died..].iter().find(of_form)
        });
        if let (Some(died), Some(asked)) = (died, asked) {
            return at(asked) - at(&lines[died]);
        }
        assert!(began.elapsed() < PATIENCE, "the page did not come back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn log_of(home: &Path) -> Vec<Value> {
    let mut texts = Vec::new();
    for file in std::fs::read_dir(home.join("logs")).unwrap() {
        texts.push(std::fs::read_to_string(file.unwrap().path()).unwrap());
    }
    // A line may be half written.
    let lines = texts.iter().flat_map(|text| text.lines());
    lines
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

/// The time of day of a line.
fn at(line: &Value) -> Duration {
    let text = line["timestamp"].as_str().unwrap();
    let (_, clock) = text.trim_end_matches('Z').split_once('T').unwrap();
    let parts: Vec<f64> = clock.split(':').map(|part| part.parse().unwrap()).collect();
    Duration::from_secs_f64(parts[0] * 3600.0 + parts[1] * 60.0 + parts[2])
}
