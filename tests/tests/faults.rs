//! The fault suites, short: every one of them in each run of the tests. Without root the suites
//! that need mounts are left out and say how many rounds that were; as root nothing is left out.

use fengsui_store::Durability;
use fengsui_tests::faults::crash::{self, Disk};
use fengsui_tests::faults::power::{self, Ground};
use fengsui_tests::faults::report::skipped;
use fengsui_tests::faults::{Settings, damage, disk, door, kill, mount, refuse, trace};

fn settings() -> Settings {
    Settings::short(env!("CARGO_BIN_EXE_fault_worker"))
}

/// Whether root is there; otherwise says what is left out.
fn has_root(name: &str, rounds: u64) -> bool {
    if !mount::is_possible() {
        skipped(name, rounds, "mounts need root");
    }
    mount::is_possible()
}

#[test]
fn killed_at_random_moments_nothing_is_lost() {
    let kinds = [
        "killed",
        "acknowledged",
        "killed while opening",
        "killed at work",
    ];
    kill::run(&settings()).unwrap().finish(&kinds).unwrap();
}

#[test]
fn killed_at_the_nth_call_nothing_is_lost() {
    let report = trace::kills(&settings()).unwrap();
    report
        .finish(&["pwrite64", "fsync", "acknowledged"])
        .unwrap();
}

#[test]
fn errors_of_the_nth_call_are_named_and_settled() {
    let report = trace::errors(&settings()).unwrap();
    report
        .finish(&["EIO", "ENOSPC", "acknowledged", "refused"])
        .unwrap();
}

#[test]
fn power_cuts_at_every_place_of_a_day() {
    let day = crash::record(Durability::Full, Disk::Honest).unwrap();
    let report = crash::cut_everywhere("power cut at every place of a day", &day, 1, 1).unwrap();
    let kinds = [
        "images dropped",
        "images reordered",
        "images torn",
        "images garbage",
        "dropped",
        "torn",
        "garbage",
        "cuts during recovery",
    ];
    report.finish(&kinds).unwrap();
}

#[test]
fn power_cuts_at_every_place_of_an_upgrade() {
    let report = crash::cut_upgrade(&settings()).unwrap();
    report
        .finish(&["found old", "found new", "images torn", "images garbage"])
        .unwrap();
}

#[test]
fn the_pretended_disk_sees_a_missing_sync() {
    for (name, durability, disk) in [
        (
            "synchronous=NORMAL (must lose)",
            Durability::NormalForNegativeTest,
            Disk::Honest,
        ),
        (
            "synchronous=OFF (must lose)",
            Durability::OffForNegativeTest,
            Disk::Honest,
        ),
        ("syncs that lie (must lose)", Durability::Full, Disk::Lying),
    ] {
        let day = crash::record(durability, disk).unwrap();
        let report = crash::cut_everywhere(name, &day, 16, 1).unwrap();
        let (runs, lost) = (report.runs(), report.failures());
        println!("faults {name}: {lost} of {runs} images bad, as they must");
        assert!(runs > 100 && lost > 0, "{name}: the harness is blind");
    }
}

#[test]
fn refusals_from_the_kth_operation_are_settled() {
    let report = refuse::run(&settings()).unwrap();
    let kinds = [
        "operations refused",
        "acknowledged",
        "DiskFull",
        "NotWritten",
    ];
    report.finish(&kinds).unwrap();
}

#[test]
fn ext4_power_cuts_lose_nothing() {
    if has_root("ext4 power cuts", 60) {
        let report = power::run(&settings(), Ground::Product, 60).unwrap();
        report.finish(&["cuts", "acknowledged"]).unwrap();
    }
}

#[test]
fn ext4_power_cuts_see_a_missing_sync() {
    for (ground, rounds) in [(Ground::NormalSync, 60), (Ground::LyingSync, 20)] {
        if has_root("ext4 power cuts that must lose", rounds) {
            let report = power::run(&settings(), ground, rounds).unwrap();
            let (runs, lost) = (report.runs(), report.failures());
            println!("faults ext4 {ground:?}: {lost} of {runs} cuts lost work, as they must");
            assert!(lost > 0, "{ground:?}: the harness is blind");
        }
    }
}

#[test]
fn a_full_disk_still_takes_calls() {
    if has_root("full disk", 4) {
        let report = disk::full().unwrap();
        report
            .finish(&["commands from the reserve", "reserve made again"])
            .unwrap();
    }
}

#[test]
fn a_file_size_limit_is_a_full_disk_and_no_death() {
    let report = disk::size_limit(&settings()).unwrap();
    report.finish(&["acknowledged", "refused as full"]).unwrap();
}

#[test]
fn a_read_only_home_is_read() {
    if has_root("read-only", 3) {
        let report = disk::read_only().unwrap();
        report
            .finish(&["read-only mount", "with a log left", "immutable file"])
            .unwrap();
    }
}

#[test]
fn damage_is_never_silent() {
    let report = damage::run(&settings()).unwrap();
    let kinds = [
        "flipped bits",
        "zeroed sectors",
        "64 bytes of noise",
        "found at the door",
        "found on reading",
        "found by the witness",
    ];
    report.finish(&kinds).unwrap();
}

#[test]
fn at_the_door_every_case_has_its_word() {
    door::run(&settings())
        .unwrap()
        .finish(&["second copy", "newer file"])
        .unwrap();
}
