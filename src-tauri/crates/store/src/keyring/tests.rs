//! The key file under every cut, damage and wrong way in.

use super::*;
use crate::scratch::Scratch;

struct Bench {
    scratch: Scratch,
    home: Home,
    machine: Machine,
}

fn bench(name: &str) -> Bench {
    let scratch = Scratch::new(name);
    let home = Home::at(scratch.path());
    let id = scratch.path().join("machine-id");
    std::fs::write(&id, "0123456789abcdef0123456789abcdef\n").unwrap();
    Bench {
        home,
        machine: Machine::with_id_file(id),
        scratch,
    }
}

impl Bench {
    fn create(&self) -> Keyring {
        Keyring::create(&self.home, &self.machine, GuessCost::least()).unwrap()
    }

    fn open(&self, unlock: &Unlock) -> Result<Keyring, StoreError> {
        Keyring::open(&self.home, &self.machine, GuessCost::least(), unlock)
    }
}

fn words(words: &str) -> Unlock {
    Unlock::Passphrase(Zeroizing::new(words.into()))
}

#[test]
fn any_one_way_opens_the_same_key() {
    let bench = bench("ways");
    let mut ring = bench.create();
    assert!(matches!(
        bench.open(&words("x")),
        Err(StoreError::KeyLocked)
    ));
    ring.set_passphrase("风雨桥 七号").unwrap();
    let code = ring.new_recovery_code().unwrap();
    let printed = Unlock::Recovery(code.printed());
    for way in [Unlock::Machine, words("风雨桥 七号"), printed] {
        assert_eq!(
            bench.open(&way).unwrap().key().pragma(&[0; 16]),
            ring.key().pragma(&[0; 16])
        );
    }
    let all = [KeyWay::Machine, KeyWay::Passphrase, KeyWay::Recovery];
    assert_eq!(ring.ways(), all);
    assert!(matches!(
        bench.open(&words("风雨桥 八号")),
        Err(StoreError::KeyWrong)
    ));
    let other = Unlock::Recovery(RecoveryCode::random().unwrap().printed());
    assert!(matches!(bench.open(&other), Err(StoreError::KeyWrong)));
}

#[test]
fn a_new_passphrase_ends_the_old_one() {
    let bench = bench("renew");
    let mut ring = bench.create();
    ring.set_passphrase("first words").unwrap();
    ring.set_passphrase("second words").unwrap();
    assert!(matches!(
        bench.open(&words("first words")),
        Err(StoreError::KeyWrong)
    ));
    bench.open(&words("second words")).unwrap();
}

#[test]
fn another_machine_or_a_lost_secret_is_locked_and_the_passphrase_still_opens() {
    let bench = bench("moved");
    bench.create().set_passphrase("in the envelope").unwrap();
    let other = bench.scratch.path().join("other-id");
    std::fs::write(&other, "ffffffffffffffffffffffffffffffff").unwrap();
    let moved = Machine::with_id_file(other);
    let opened = Keyring::open(&bench.home, &moved, GuessCost::least(), &Unlock::Machine);
    assert!(matches!(opened, Err(StoreError::KeyLocked)));
    std::fs::remove_file(bench.home.machine_secret()).unwrap();
    assert!(matches!(
        bench.open(&Unlock::Machine),
        Err(StoreError::KeyLocked)
    ));
    let mut ring = bench.open(&words("in the envelope")).unwrap();
    ring.add_machine().unwrap();
    bench.open(&Unlock::Machine).unwrap();
}

#[test]
fn a_machine_without_an_id_still_restarts_alone() {
    let bench = bench("no-id");
    let nameless = Machine::with_id_file(bench.scratch.path().join("absent"));
    Keyring::create(&bench.home, &nameless, GuessCost::least()).unwrap();
    // Also after the machine was given an id.
    bench.open(&Unlock::Machine).unwrap();
}

#[test]
fn every_truncation_of_both_files_is_a_typed_error() {
    let bench = bench("cut");
    bench.create().set_passphrase("words").unwrap();
    let whole = std::fs::read(bench.home.keys()).unwrap();
    for length in 0..whole.len() {
        std::fs::write(bench.home.keys(), &whole[..length]).unwrap();
        std::fs::write(bench.home.keys_copy(), &whole[..length]).unwrap();
        let opened = bench.open(&Unlock::Machine);
        assert!(
            matches!(opened, Err(StoreError::KeyMissing { .. })),
            "cut at {length}"
        );
    }
}

#[test]
fn every_truncation_of_the_first_file_is_mended_from_the_second() {
    let bench = bench("mend");
    bench.create();
    let whole = std::fs::read(bench.home.keys()).unwrap();
    for length in (0..whole.len()).step_by(29) {
        std::fs::write(bench.home.keys(), &whole[..length]).unwrap();
        bench.open(&Unlock::Machine).unwrap();
        assert_eq!(std::fs::read(bench.home.keys()).unwrap(), whole);
    }
    std::fs::remove_file(bench.home.keys()).unwrap();
    bench.open(&Unlock::Machine).unwrap();
}

#[test]
fn every_flipped_bit_is_a_typed_error_and_never_another_key() {
    let bench = bench("flip");
    let ring = bench.create();
    let whole = std::fs::read(bench.home.keys()).unwrap();
    std::fs::remove_file(bench.home.keys_copy()).unwrap();
    for at in 0..whole.len() {
        for bit in [0, 3, 6] {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            std::fs::write(bench.home.keys(), &bytes).unwrap();
            match bench.open(&Unlock::Machine) {
                // White space may change.
                Ok(opened) => {
                    assert_eq!(opened.key().pragma(&[0; 16]), ring.key().pragma(&[0; 16]))
                }
                Err(StoreError::KeyMissing { .. } | StoreError::TooNew { .. }) => {}
                Err(error) => panic!("byte {at} bit {bit}: {error}"),
            }
        }
    }
}

#[test]
fn a_newer_key_file_is_called_newer() {
    let bench = bench("newer");
    bench.create();
    let text = std::fs::read_to_string(bench.home.keys()).unwrap();
    let newer = text.replace("\"suite\": 1", "\"suite\": 7");
    std::fs::write(bench.home.keys(), newer).unwrap();
    let opened = bench.open(&Unlock::Machine);
    assert!(matches!(
        opened,
        Err(StoreError::TooNew { found: 7, known: 1 })
    ));
}

#[test]
fn key_files_are_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let bench = bench("mode");
    bench.create();
    for path in [
        bench.home.keys(),
        bench.home.keys_copy(),
        bench.home.machine_secret(),
    ] {
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let printed = format!("{:?}", bench.open(&Unlock::Machine).unwrap());
    let pragma = bench.create().key().pragma(&[0; 16]).to_string();
    assert!(printed.contains("DatabaseKey(..)") && !printed.contains(&pragma[16..80]));
}
