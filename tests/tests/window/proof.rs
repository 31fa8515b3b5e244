//! What must be true after the shift: of the program's own log and of the file, opened without a
//! window.
//!
//! Not here: what is seen on the screen (`shift`).

use std::path::Path;

use fengsui_tests::desk::{Desk, TestClock, options};
use serde_json::{Value, json};

use super::person::Step;
use super::shift::Saved;

/// The slowest step of each name.
pub(crate) fn tell(steps: &[Step]) {
    let mut names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    println!(
        "{:<44}{:>6}{:>9}{:>9}  (ms, with the driver's own time)",
        "step", "times", "median", "longest"
    );
    for name in names {
        let mut took: Vec<u128> = steps
            .iter()
            .filter(|step| step.name == name)
            .map(|step| step.took.as_millis())
            .collect();
        took.sort_unstable();
        let (median, longest) = (took[took.len() / 2], took[took.len() - 1]);
        println!("{name:<44}{:>6}{median:>9}{longest:>9}", took.len());
    }
}

/// What the program writes about itself holds no number, word or place of a person.
pub(crate) fn the_program_log_names_nobody(home: &Path) {
    let mut lines = 0;
    for file in std::fs::read_dir(home.join("logs")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        lines += text.lines().count();
        for secret in [
            "139 0000",
            "1390000",
            "持刀",
            "楼上唱歌",
            "石桥头",
            "夜市",
            "31.2024",
            "113.9065",
        ] {
            assert!(
                !text.contains(secret),
                "{secret} stands in the program's log"
            );
        }
        for line in text.lines() {
            let _: Value = serde_json::from_str(line).unwrap();
        }
    }
    assert!(lines > 10, "{lines} lines of log");
}

/// The same home, opened without a window: everything said is in the log, which verifies.
pub(crate) fn the_file_says_the_same(home: &Path, saved: &[Saved]) {
    let clock = TestClock::at(now_ms());
    let desk = Desk::with(options(home, &clock), &clock).unwrap();
    let mut numbers: Vec<&str> = saved.iter().map(|one| one.number.as_str()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), saved.len(), "no number twice");
    for one in saved {
        let found = desk
            .ok(
                "incident.search",
                json!({ "query": one.number, "limit": 5 }),
            )
            .unwrap();
        let rows = found["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 1, "{}", one.number);
        assert_eq!(rows[0]["stage"], one.stage, "{}", one.number);
        let view = desk.view(rows[0]["id"].as_str().unwrap()).unwrap();
        if !one.text.is_empty() {
            assert_eq!(view["form"]["text"], one.text, "{}", one.number);
        }
    }
    let proof = desk.ok("audit.verify", json!({})).unwrap();
    assert_eq!(proof["rebuild_equal"], true, "{proof}");
    assert_eq!(proof["broken"], json!([]));
}

fn now_ms() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    i64::try_from(since.as_millis()).unwrap()
}
