//! The model of the disk against what SQLite's documentation says of each setting: settings that
//! may lose work must lose it here, settings that may not must not.

use rusqlite::{Connection, OpenFlags};

use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let unique = format!("fengsui-crash-{name}-{}", std::process::id());
        // In memory where there is such a place: real syncs would only cost time here.
        let shm = PathBuf::from("/dev/shm");
        let below = if shm.is_dir() {
            shm
        } else {
            std::env::temp_dir()
        };
        let path = below.join(unique);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn connect(folder: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    Connection::open_with_flags_and_vfs(folder.join("t.db"), flags, NAME).unwrap()
}

/// Twenty-four acknowledged transactions under the given settings.
fn work(folder: &Path, mode: &str, level: &str) -> DiskJournal {
    let disk = CrashDisk::attach(folder).unwrap();
    let conn = connect(folder);
    conn.execute_batch(&format!(
        "PRAGMA journal_mode = {mode}; PRAGMA synchronous = {level};
         PRAGMA wal_autocheckpoint = 20; CREATE TABLE a (n INTEGER, body BLOB);"
    ))
    .unwrap();
    for number in 1..=24_i64 {
        let body = vec![u8::try_from(number).unwrap(); 900];
        conn.execute("INSERT INTO a VALUES (?1, ?2)", (number, body))
            .unwrap();
        disk.acknowledge(u64::try_from(number).unwrap());
    }
    disk.journal()
}

#[derive(Default, Debug, PartialEq, Eq)]
struct Verdict {
    images: u64,
    lost: u64,
    damaged: u64,
}

fn judge(name: &str, mode: &str, level: &str) -> Verdict {
    let place = Folder::new(&format!("{name}-work"));
    let images = Folder::new(&format!("{name}-image"));
    let journal = work(&place.0, mode, level);
    let mut verdict = Verdict::default();
    let mut cutter = Cutter::new(&journal);
    while cutter.step() {
        for (seed, how) in CutMode::ALL.into_iter().enumerate() {
            for entry in std::fs::read_dir(&images.0).unwrap() {
                std::fs::remove_file(entry.unwrap().path()).unwrap();
            }
            cutter.cut(how, seed as u64).write_to(&images.0).unwrap();
            verdict.images += 1;
            let conn = Connection::open(images.0.join("t.db")).unwrap();
            let check: String = conn
                .query_row("PRAGMA integrity_check", [], |row| row.get(0))
                .unwrap_or_else(|error| error.to_string());
            let newest: Option<i64> = conn
                .query_row("SELECT max(n) FROM a", [], |row| row.get(0))
                .unwrap_or_default();
            if check != "ok" {
                verdict.damaged += 1;
            } else if newest.unwrap_or(0) < i64::try_from(cutter.acknowledged()).unwrap() {
                verdict.lost += 1;
            }
        }
    }
    assert_eq!(cutter.acknowledged(), 24);
    assert!(verdict.images > 400, "{verdict:?}");
    verdict
}

#[test]
fn settings_that_must_keep_everything_do() {
    for (mode, level) in [("WAL", "FULL"), ("DELETE", "EXTRA"), ("TRUNCATE", "FULL")] {
        let verdict = judge(&format!("keep-{mode}"), mode, level);
        assert_eq!((verdict.lost, verdict.damaged), (0, 0), "{mode} {level}");
    }
}

#[test]
fn settings_that_may_lose_the_newest_work_do() {
    for (mode, level) in [("WAL", "NORMAL"), ("DELETE", "FULL")] {
        let verdict = judge(&format!("lose-{mode}"), mode, level);
        assert!(verdict.lost > 0, "{mode} {level}: {verdict:?}");
        assert_eq!(verdict.damaged, 0, "{mode} {level}: {verdict:?}");
    }
}

#[test]
fn settings_that_may_damage_the_file_do() {
    for (mode, level) in [("WAL", "OFF"), ("DELETE", "OFF")] {
        let verdict = judge(&format!("damage-{mode}"), mode, level);
        assert!(verdict.damaged > 0, "{mode} {level}: {verdict:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_image_and_modes_do_what_they_say() {
    let place = Folder::new("seed");
    let journal = work(&place.0, "WAL", "NORMAL");
    let mut cutter = Cutter::new(&journal);
    let mut counts = Counts::default();
    while cutter.step() {
        let image = cutter.cut(CutMode::Garbage, 5);
        assert_eq!(image, cutter.cut(CutMode::Garbage, 5));
        counts.add(image.counts);
    }
    assert!(counts.kept > 0 && counts.dropped > 0 && counts.torn > 0 && counts.garbage > 0);
}

#[test]
fn the_nth_operation_fails_and_the_disk_can_be_healed() {
    let place = Folder::new("fail");
    let disk = CrashDisk::attach(&place.0).unwrap();
    let conn = connect(&place.0);
    conn.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE a (n INTEGER)")
        .unwrap();
    for (fault, code) in [
        (DiskFault::Io, rusqlite::ffi::SQLITE_IOERR_WRITE),
        (DiskFault::Full, rusqlite::ffi::SQLITE_FULL),
        (DiskFault::Sync, rusqlite::ffi::SQLITE_IOERR_FSYNC),
    ] {
        disk.fail_from(0, fault, false);
        let error = conn.execute("INSERT INTO a VALUES (1)", []).unwrap_err();
        assert_eq!(error.sqlite_extended_error_code(), Some(code));
        disk.heal();
        conn.execute("INSERT INTO a VALUES (2)", []).unwrap();
    }
    assert!(disk.refused() >= 3);
}

#[test]
fn a_disk_that_lies_about_syncs_keeps_nothing() {
    let place = Folder::new("lie");
    let disk = CrashDisk::attach(&place.0).unwrap();
    disk.lie_about_syncs();
    let conn = connect(&place.0);
    conn.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE a (n INTEGER)")
        .unwrap();
    let journal = disk.journal();
    let mut cutter = Cutter::new(&journal);
    while cutter.step() {}
    assert!(cutter.cut(CutMode::Dropped, 0).files.is_empty());
}
