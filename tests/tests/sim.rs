//! The simulation within the time of CI, and proof that it sees what is broken.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use fengsui_tests::sim::live;
use fengsui_tests::sim::plant::Plant;
use fengsui_tests::sim::world::{PREVIEW_SEEDS, VOICE_SEEDS};
use serde_json::Value;

/// Seeds of a whole run.
const SEEDS: u64 = 2_000;
/// The most it may take, s; two quiet processors need about half.
const SECONDS: u64 = 480;
/// Seeds within which a planted fault must be seen.
const WITHIN: u64 = 165;

/// One at a time: each uses both processors, or measures time.
static ONE: Mutex<()> = Mutex::new(());

#[test]
fn whole_run() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let json = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sim.json");
    let (seeds, seconds) = (SEEDS.to_string(), SECONDS.to_string());
    let output = Command::new(env!("CARGO_BIN_EXE_sim"))
        .args(["--seeds", &seeds, "--seconds", &seconds, "--json"])
        .arg(&json)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    let report: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    let failed = report["failed"].as_array().unwrap();
    assert!(failed.is_empty(), "{failed:?}");
    assert!(output.status.success(), "{said}");
    let done = report["seeds"].as_u64().unwrap();
    println!("reached {done} of {SEEDS} seeds");
    assert!(
        done >= SEEDS * 8 / 10,
        "only {done} of {SEEDS} in {SECONDS} s"
    );
}

#[test]
fn same_seed_same_history() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    for seed in 1..=20 {
        let (one, other) = (live(seed, None), live(seed, None));
        assert_eq!(one.tally, other.tally, "seed {seed}");
        assert_eq!(one.digest, other.digest, "seed {seed}");
    }
}

/// Counties whose stations also enter what they heard by voice, and say what belongs to what.
#[test]
fn stations_that_hear_by_voice() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut parts = 0;
    for seed in VOICE_SEEDS..VOICE_SEEDS + 60 {
        let tally = live(seed, None).tally;
        assert!(tally.broken.is_empty(), "seed {seed}: {:?}", tally.broken);
        parts += tally.counts.get("heard: parts of a whole").unwrap_or(&0);
    }
    println!("{parts} stubs were parts of a whole");
    assert!(parts > 20, "{parts}");
}

/// Counties whose stations are shown what is open before they have the log.
#[test]
fn stations_that_are_shown_what_is_open() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut shown, mut cut) = (0, 0);
    for seed in PREVIEW_SEEDS..PREVIEW_SEEDS + 60 {
        let tally = live(seed, None).tally;
        assert!(tally.broken.is_empty(), "seed {seed}: {:?}", tally.broken);
        shown += tally.counts.get("shown what is open").unwrap_or(&0);
        cut += tally.counts.get("crash within a preview").unwrap_or(&0);
    }
    println!("shown {shown} times, power cut within {cut}");
    assert!(shown > 100, "{shown}");
}

/// Seeds that once failed.
#[test]
fn kept_seeds() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let text = include_str!("../sim-seeds.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    for word in lines.filter_map(|line| line.split_whitespace().next()) {
        let outcome = live(word.parse().unwrap(), None);
        let broken = outcome.tally.broken;
        assert!(broken.is_empty(), "seed {word}: {broken:?}");
    }
}

#[test]
fn planted_faults_are_caught() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut caught = 0;
    for plant in Plant::ALL {
        let seen = (1..=WITHIN).find_map(|seed| {
            let broken = live(seed, Some(plant)).tally.broken;
            let first = broken.into_iter().next()?;
            Some((seed, first.0))
        });
        match seen {
            Some((seed, invariant)) => {
                caught += 1;
                println!("{}: seed {seed}: {invariant}", plant.word());
            }
            None => println!("{}: not seen in {WITHIN} seeds", plant.word()),
        }
    }
    println!("planted faults caught {caught} of {}", Plant::ALL.len());
    assert_eq!(caught, Plant::ALL.len());
}
