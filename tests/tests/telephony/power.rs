//! A program that is killed in the middle of a call.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fengsui_telephony::Archive;
use fengsui_tests::telephony::phone::{PATIENCE, channels};
use fengsui_tests::telephony::sipp::{Run, sound};
use tempfile::tempdir;

const SECOND: usize = 8_000;

fn worker(folder: &Path) -> (Child, impl FnMut() -> String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phone_worker"));
    let mut child = command.arg(folder).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, move || lines.next().unwrap().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_program_leaves_the_call_up_to_the_last_second() {
    let folder = tempdir().unwrap();
    let calls = folder.path().join("calls");
    let played = sound(folder.path(), 30 * SECOND).unwrap();
    let (mut child, mut says) = worker(&calls);
    let address = says().strip_prefix("open ").unwrap().parse().unwrap();
    let run = Run::of("call").with(&["-d", "60000"]);
    let sipp = run.calls("110", address, folder.path()).unwrap();
    assert_eq!(says(), "answered");
    let answered = Instant::now();
    // The call lasts so long; nothing is waited for.
    tokio::time::sleep(Duration::from_secs(4)).await;
    let lasted = answered.elapsed();
    child.kill().unwrap();
    child.wait().unwrap();
    drop(sipp);
    assert!(lasted < PATIENCE);

    let archive = Archive::open(&calls).unwrap();
    let left = archive.recover().unwrap();
    assert_eq!(left.len(), 1);
    let finished = left[0].finished.as_ref().unwrap();
    assert!(finished.facts.is_broken_off);
    assert_eq!(finished.facts.missing_ms_max, 1_000);
    assert_eq!(finished.facts.head.line, "110");
    let (caller, _) = channels(&archive, finished).unwrap();
    let from = caller.iter().position(|byte| *byte != 0xD5).unwrap();
    let heard = &caller[from..];
    let same = heard
        .iter()
        .zip(&played)
        .take_while(|(a, b)| a == b)
        .count();
    // What came before the kill, but for its last second and what sipp took to begin.
    let least = lasted.as_millis() as usize * SECOND / 1_000 - from - SECOND;
    println!("killed after {lasted:?}: {same} samples the same, from {from}; asked {least}");
    assert!(same >= least, "{same} of {least}");
    assert!(archive.audit().unwrap().is_empty());
    assert!(archive.recover().unwrap().is_empty());
}
