//! Bundles on a stick.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking, as tests do, and figures are printed"
)]

#[path = "common/toy.rs"]
mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::*;
use fengsui_domain::log::dot::Lane;
use fengsui_link::bundle::{BundleError, Exported, Recipient, export, import, known_on, preview};
use fengsui_replication::port::Note;
use fengsui_replication::run::Refusal;

const ALL: [u16; 3] = [1, 2, 3];

fn recipients(numbers: &[u16]) -> Vec<Recipient> {
    let recipient = |number: &u16| Recipient {
        peer: peer(*number),
        has: None,
    };
    numbers.iter().map(recipient).collect()
}

fn written(toy: &Toy, to: &Path, numbers: &[u16]) -> Exported {
    export(toy, to, &recipients(numbers), None).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn stick() -> (tempfile::TempDir, PathBuf) {
    let stick = tempfile::tempdir().unwrap();
    let file = stick.path().join("exchange.fsb");
    (stick, file)
}

fn filled() -> Arc<Toy> {
    let one = Toy::new(1, &ALL);
    one.write(Lane::Urgent, "urgent");
    one.write_many(Lane::Routine, 200, 80);
    one.write_many(Lane::Bulk, 50, 80);
    one
}

#[test]
fn a_bundle_is_looked_into_taken_and_changes_nothing_the_second_time() {
    let (stick, file) = stick();
    let (one, other) = (filled(), Toy::new(2, &ALL));
    let exported = written(&one, &file, &[2, 3]);
    assert_eq!((exported.entries, exported.recipients), (251, vec![2, 3]));
    assert_eq!(exported.bytes, fs::metadata(&file).unwrap().len());
    let looked = preview(other.as_ref(), &file).unwrap();
    assert_eq!((looked.sender, looked.entries, looked.new), (1, 251, 251));
    assert_eq!((looked.recipients, looked.stations), (vec![2, 3], vec![1]));
    assert!(other.has(0), "looking takes nothing");
    let report = import(other.as_ref(), &file).unwrap();
    assert_eq!(report.applied.received, 251);
    assert!(other.has(251) && report.is_have_written && report.refused.is_empty());
    let again = import(other.as_ref(), &file).unwrap();
    assert_eq!((again.applied.received, again.preview.new), (0, 0));
    assert_eq!(names(stick.path()), ["exchange-2.have", "exchange.fsb"]);
}

#[test]
fn what_a_station_left_on_the_stick_makes_the_next_bundle_smaller() {
    let (stick, file) = stick();
    let (one, other) = (filled(), Toy::new(2, &ALL));
    written(&one, &file, &[2]);
    import(other.as_ref(), &file).unwrap();
    one.write(Lane::Urgent, "later");
    let mut to = recipients(&[2]);
    for (number, summary) in known_on(one.as_ref(), stick.path()).unwrap() {
        assert_eq!(number, 2);
        to[0].has = Some(summary);
    }
    let exported = export(one.as_ref(), &file, &to, None).unwrap();
    assert_eq!(exported.entries, 1);
    assert_eq!(import(other.as_ref(), &file).unwrap().applied.received, 1);
    // For two, what both have is left out and no more.
    to.extend(recipients(&[3]));
    let exported = export(one.as_ref(), &file, &to, None).unwrap();
    assert_eq!(exported.entries, 252);
    // A changed word, or one of a station that is not enrolled, is no word.
    let have = stick.path().join("exchange-2.have");
    let mut bytes = fs::read(&have).unwrap();
    let last = bytes.len() - 70;
    bytes[last] ^= 1;
    fs::write(&have, bytes).unwrap();
    assert_eq!(known_on(one.as_ref(), stick.path()).unwrap(), []);
    import(other.as_ref(), &file).unwrap();
    assert_eq!(known_on(one.as_ref(), stick.path()).unwrap().len(), 1);
    one.change_peers(|peers| peers[1].is_revoked = true);
    assert_eq!(known_on(one.as_ref(), stick.path()).unwrap(), []);
}

#[test]
fn any_station_may_carry_any_stations_entries() {
    let (_stick, file) = stick();
    let (one, carrier, third) = (filled(), Toy::new(2, &ALL), Toy::new(3, &ALL));
    written(&one, &file, &[2]);
    import(carrier.as_ref(), &file).unwrap();
    carrier.write(Lane::Urgent, "own");
    written(&carrier, &file, &[3]);
    let report = import(third.as_ref(), &file).unwrap();
    assert_eq!((report.applied.received, report.preview.sender), (252, 2));
    assert_eq!(report.preview.stations, [1, 2]);
}

#[test]
fn a_bundle_that_continues_what_is_missing_is_refused_and_said() {
    let (stick, file) = stick();
    let (one, other) = (filled(), Toy::new(2, &ALL));
    let mut to = recipients(&[2]);
    to[0].has = Some(
        fengsui_replication::port::Replica::view(one.as_ref())
            .unwrap()
            .summary,
    );
    one.write(Lane::Urgent, "later");
    export(one.as_ref(), &file, &to, None).unwrap();
    let report = import(other.as_ref(), &file).unwrap();
    assert_eq!(report.applied.received, 0);
    assert_eq!(report.refused, [(writer(1, Lane::Urgent), Refusal::Gap)]);
    let refused = (1, Note::Refused(Refusal::Gap));
    assert!(other.state().notes.contains(&refused));
    drop(stick);
}

#[test]
fn each_thing_that_is_wrong_has_its_own_error_and_nothing_is_taken() {
    let (stick, file) = stick();
    let one = filled();
    written(&one, &file, &[2]);
    let refusal = |toy: &Toy| {
        let error = import(toy, &file).unwrap_err();
        assert_eq!(
            preview(toy, &file).unwrap_err().to_string(),
            error.to_string()
        );
        assert!(toy.has(0), "{error}");
        error
    };
    assert!(matches!(refusal(&Toy::new(3, &ALL)), BundleError::NotForUs));
    let unknown = refusal(&Toy::new(2, &[2, 3]));
    assert!(matches!(unknown, BundleError::UnknownSender(k) if k == key(1)));
    let other = Toy::new(2, &ALL);
    other.change_peers(|peers| peers[0].is_revoked = true);
    assert!(matches!(refusal(&other), BundleError::RevokedSender(1)));
    let elsewhere = Toy::of_county(2, b"another");
    elsewhere.change_peers(|peers| peers.push(peer(1)));
    assert!(matches!(refusal(&elsewhere), BundleError::OtherCounty));
    let whole = fs::read(&file).unwrap();
    let other = Toy::new(2, &ALL);
    for (change, is_so) in [
        (
            4,
            (|e| matches!(e, BundleError::Version(9))) as fn(&BundleError) -> bool,
        ),
        (5, |e| matches!(e, BundleError::Suite(9))),
        (0, |e| matches!(e, BundleError::NotABundle)),
    ] {
        let mut changed = whole.clone();
        changed[change] = 9;
        fs::write(&file, changed).unwrap();
        let error = refusal(&other);
        assert!(is_so(&error), "{error}");
    }
    fs::write(&file, b"PK\x03\x04 a zip").unwrap();
    assert!(matches!(refusal(&other), BundleError::NotABundle));
    let longer = [whole.as_slice(), &[0]].concat();
    fs::write(&file, longer).unwrap();
    assert!(matches!(refusal(&other), BundleError::Damaged));
    fs::remove_file(&file).unwrap();
    assert!(matches!(refusal(&other), BundleError::Io(_)));
    assert_eq!(names(stick.path()), Vec::<String>::new());
    let none = export(one.as_ref(), &file, &[], None);
    assert!(matches!(none, Err(BundleError::NotForUs)));
    assert_eq!(names(stick.path()), Vec::<String>::new());
}

fn cut_is_refused(file: &Path, whole: &[u8], cut: usize, other: &Toy) {
    fs::write(file, &whole[..cut]).unwrap();
    let error = import(other, file).unwrap_err();
    let is_so = match error {
        BundleError::Truncated { read, whole: said } => {
            let known = if cut < 16 { 0 } else { whole.len() as u64 };
            read == cut as u64 && said == known
        }
        _ => false,
    };
    assert!(is_so, "cut at {cut}: {error}");
    assert!(other.has(0), "cut at {cut}");
}

#[test]
fn a_bundle_cut_at_any_byte_says_how_far_it_goes() {
    let (_stick, file) = stick();
    let (one, other) = (Toy::new(1, &ALL), Toy::new(2, &ALL));
    one.write(Lane::Urgent, "short");
    written(&one, &file, &[2]);
    let whole = fs::read(&file).unwrap();
    for cut in 0..whole.len() {
        cut_is_refused(&file, &whole, cut, &other);
    }
    fs::write(&file, &whole).unwrap();
    assert_eq!(import(other.as_ref(), &file).unwrap().applied.received, 1);
}

#[test]
fn a_large_bundle_cut_at_every_4_kib_says_how_far_it_goes() {
    let (_stick, file) = stick();
    let (one, other) = (Toy::new(1, &ALL), Toy::new(2, &ALL));
    one.write_noise(Lane::Routine, 400, 3_000);
    written(&one, &file, &[2]);
    let whole = fs::read(&file).unwrap();
    assert!(whole.len() > 1_000_000);
    for cut in (0..whole.len()).step_by(4_096) {
        cut_is_refused(&file, &whole, cut, &other);
    }
    fs::write(&file, &whole).unwrap();
    assert_eq!(import(other.as_ref(), &file).unwrap().applied.received, 400);
}

#[test]
fn a_bit_changed_anywhere_is_noticed_before_anything_is_taken() {
    let (_stick, file) = stick();
    let (one, other) = (Toy::new(1, &ALL), Toy::new(2, &ALL));
    one.write(Lane::Urgent, "short");
    written(&one, &file, &[2]);
    let whole = fs::read(&file).unwrap();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        fs::write(&file, &changed).unwrap();
        let error = import(other.as_ref(), &file).expect_err("changed");
        assert!(other.has(0), "bit of byte {at}: {error}");
    }
}

#[test]
fn more_than_fits_in_one_file_goes_on_in_the_next() {
    let (stick, file) = stick();
    let (one, other) = (Toy::new(1, &ALL), Toy::new(2, &ALL));
    one.write_noise(Lane::Routine, 600, 4_000);
    let exported = export(one.as_ref(), &file, &recipients(&[2]), Some(1)).unwrap();
    assert!(exported.files.len() > 2, "{:?}", exported.files);
    assert_eq!(exported.files[1], stick.path().join("exchange-2.fsb"));
    let mut received = 0;
    for part in &exported.files {
        received += import(other.as_ref(), part).unwrap().applied.received;
    }
    assert_eq!((received, exported.entries), (600, 600));
}

#[test]
fn protected_logs_go_only_where_every_recipient_may_have_them() {
    let (_stick, file) = stick();
    let one = Toy::new(1, &ALL);
    one.write(Lane::Protected, "protected");
    one.write(Lane::Urgent, "open");
    one.trusted
        .store(true, std::sync::atomic::Ordering::Relaxed);
    let mut to = recipients(&[2, 3]);
    to[0].peer.is_trusted = true;
    assert_eq!(export(one.as_ref(), &file, &to, None).unwrap().entries, 1);
    to[1].peer.is_trusted = true;
    assert_eq!(export(one.as_ref(), &file, &to, None).unwrap().entries, 2);
    one.trusted
        .store(false, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(export(one.as_ref(), &file, &to, None).unwrap().entries, 1);
}

#[test]
fn a_stick_that_cannot_be_written_leaves_no_half_file() {
    let (stick, file) = stick();
    let one = filled();
    written(&one, &file, &[2]);
    let before = fs::read(&file).unwrap();
    one.fails.store(true, std::sync::atomic::Ordering::Relaxed);
    let failed = export(one.as_ref(), &file, &recipients(&[2]), None);
    assert!(matches!(failed, Err(BundleError::Replica(_))));
    assert_eq!(fs::read(&file).unwrap(), before, "the one before stays");
    assert_eq!(names(stick.path()), ["exchange.fsb"]);
    let nowhere = stick.path().join("gone").join("exchange.fsb");
    one.fails.store(false, std::sync::atomic::Ordering::Relaxed);
    let failed = export(one.as_ref(), &nowhere, &recipients(&[2]), None);
    assert!(matches!(failed, Err(BundleError::Io(_))));
}
