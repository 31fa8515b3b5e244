//! Goal: whatever comes from a stick, the pack in use is whole: the new one after a good
//! installation, the old one after anything else. Method: damage every part in every way, stop and
//! crash at every step, and ask which pack is in use.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use ed25519_dalek::{Signer as _, SigningKey};
use fengsui_mappack::install::{self, Installing, Step};
use fengsui_mappack::{
    BuildInput, Continue, OwnLayer, Pack, PackError, Signed, Signer, archive, build_signed,
};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;

/// A small pack of own data; `name` makes one differ from the other.
fn pack_in(dir: &Path, name: &str, key: Option<&SigningKey>) -> PathBuf {
    let table = dir.join(format!("{name}-cameras.csv"));
    std::fs::write(
        &table,
        format!("name,lon,lat\n{name},113.9,31.2\nbad,x,y\n"),
    )
    .unwrap();
    let mut input = BuildInput::own_alone(&[table], "2026-11-27T08:00:00Z").unwrap();
    input.adcode = Some("999901".to_owned());
    name.clone_into(&mut input.name);
    let out = dir.join(name);
    let sign = |message: &[u8]| key.unwrap().sign(message).to_bytes();
    let signer = key.map(|key| Signer {
        key: key.verifying_key().to_bytes(),
        sign: &sign,
    });
    build_signed(&input, &out, signer.as_ref(), &mut |_| Continue::Yes).unwrap();
    out
}

fn go_on(_: Installing) -> Continue {
    Continue::Yes
}

/// A folder of packs with the pack "old" installed, and the pack "new" beside it.
struct Desk {
    dir: tempfile::TempDir,
    packs: PathBuf,
    new: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let packs = dir.path().join("packs");
        let old = pack_in(dir.path(), "old", None);
        install::install(&old, &packs, &mut go_on).unwrap();
        let new = pack_in(dir.path(), "new", None);
        Self { dir, packs, new }
    }

    /// The pack in use, every byte of it checked.
    fn in_use(&self) -> String {
        in_use(&self.packs)
    }

    /// The new pack as one file.
    fn file(&self) -> PathBuf {
        let path = self.dir.path().join("new.mappack");
        if !path.exists() {
            archive::write(&self.new, &path, &mut |_, _| Continue::Yes).unwrap();
        }
        path
    }

    /// Nothing half, nothing hidden but the lock.
    fn is_tidy(&self) -> bool {
        let names = std::fs::read_dir(&self.packs).unwrap();
        let hidden = names
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with('.') && name != ".lock");
        hidden.count() == 0
    }
}

fn in_use(packs: &Path) -> String {
    let installed = install::current(packs).unwrap().unwrap();
    let pack = Pack::open(&installed.dir).unwrap();
    pack.verify().unwrap();
    let opened = install::open(packs);
    assert!(opened.damage.is_none());
    assert_eq!(opened.id.as_deref(), Some(installed.id.as_str()));
    pack.things(OwnLayer::Camera).unwrap()[0].name.clone()
}

/// From a folder and from a file; the one before stays, and can be gone back to.
#[test]
fn installs_and_goes_back() {
    let desk = Desk::new();
    assert_eq!(desk.in_use(), "old");
    let installed = install::install(&desk.file(), &desk.packs, &mut go_on).unwrap();
    assert_eq!(desk.in_use(), "new");
    assert!(
        installed.id.starts_with("county-999901-20261127-"),
        "{}",
        installed.id
    );
    assert_eq!(installed.signed, Signed::No);
    assert!(desk.is_tidy());
    let previous = installed.previous.unwrap();
    Pack::open(&desk.packs.join(&previous))
        .unwrap()
        .verify()
        .unwrap();
    assert_eq!(install::rollback(&desk.packs).unwrap().id, previous);
    assert_eq!(desk.in_use(), "old");
    install::rollback(&desk.packs).unwrap();
    assert_eq!(desk.in_use(), "new");
    // The same pack again is a pack of its own: nothing in use is touched.
    let again = install::install(&desk.new, &desk.packs, &mut go_on).unwrap();
    assert!(again.id.ends_with("-2"), "{}", again.id);
    assert_eq!(desk.in_use(), "new");
    let empty = desk.dir.path().join("none");
    assert_eq!(install::current(&empty).unwrap(), None);
    assert!(matches!(
        install::rollback(&desk.dir.path().join("new")),
        Err(PackError::NoEarlier { .. })
    ));
}

/// A pack that is being read goes on being read while the next one comes in.
#[test]
fn reading_goes_on() {
    let desk = Desk::new();
    let open = install::open(&desk.packs).pack.unwrap();
    let mut seen = BTreeSet::new();
    install::install(&desk.file(), &desk.packs, &mut |now| {
        assert_eq!(open.things(OwnLayer::Camera).unwrap()[0].name, "old");
        seen.insert(now.step);
        Continue::Yes
    })
    .unwrap();
    assert_eq!(seen.len(), 4, "{seen:?}");
    assert_eq!(open.things(OwnLayer::Camera).unwrap()[0].name, "old");
}

/// The same folder gives the same file; what comes out is what went in.
#[test]
fn file_and_back() {
    let desk = Desk::new();
    let one = std::fs::read(desk.file()).unwrap();
    let second = desk.dir.path().join("second.mappack");
    archive::write(&desk.new, &second, &mut |_, _| Continue::Yes).unwrap();
    assert_eq!(one, std::fs::read(&second).unwrap());
    let checked = install::check(&second, &mut go_on).unwrap();
    assert_eq!(
        archive::name_of(&checked.manifest),
        "county-999901-20261127.mappack"
    );
    let result = archive::write(&desk.new, &second, &mut |_, _| Continue::Yes);
    assert!(matches!(result, Err(PackError::TargetExists { .. })));
    let third = desk.dir.path().join("third.mappack");
    let result = archive::write(&desk.new, &third, &mut |_, _| Continue::No);
    assert!(matches!(result, Err(PackError::Stopped)));
    assert!(!third.exists() && !desk.dir.path().join(".third.mappack.writing").exists());
}

/// Every part flipped, cut, lengthened, emptied, swapped, missing: refused by its name.
#[test]
fn damaged_parts() {
    let desk = Desk::new();
    let parts = [
        "tiles.mbtiles",
        "gazetteer.sqlite",
        "county.sqlite",
        "rejects.csv",
    ];
    for (i, part) in parts.into_iter().enumerate() {
        let path = desk.new.join(part);
        let good = std::fs::read(&path).unwrap();
        let other = std::fs::read(desk.new.join(parts[(i + 1) % parts.len()])).unwrap();
        let flipped = |at: usize| {
            let mut bytes = good.clone();
            bytes[at] ^= 1;
            bytes
        };
        let longer = [good.as_slice(), b"x"].concat();
        let wrong: [&[u8]; 7] = [
            &flipped(0),
            &flipped(good.len() / 2),
            &flipped(good.len() - 1),
            &good[..good.len() - 1],
            &longer,
            b"",
            &other,
        ];
        for bytes in wrong {
            std::fs::write(&path, bytes).unwrap();
            let result = install::install(&desk.new, &desk.packs, &mut go_on);
            let is_named =
                matches!(&result, Err(PackError::DamagedPack { name, .. }) if name == part);
            assert!(is_named, "{part}: {result:?}");
            assert_eq!(desk.in_use(), "old");
            assert!(desk.is_tidy());
        }
        std::fs::remove_file(&path).unwrap();
        let result = install::install(&desk.new, &desk.packs, &mut go_on);
        assert!(matches!(&result, Err(PackError::Missing { path }) if path.ends_with(part)));
        std::fs::write(&path, &good).unwrap();
    }
    assert_eq!(desk.in_use(), "old");
    install::install(&desk.new, &desk.packs, &mut go_on).unwrap();
    assert_eq!(desk.in_use(), "new");
}

/// The file cut at every 4 KiB and with bytes flipped all over: never installed, never a panic.
#[test]
fn damaged_file() {
    let desk = Desk::new();
    let good = std::fs::read(desk.file()).unwrap();
    let path = desk.dir.path().join("bad.mappack");
    for cut in (0..good.len()).step_by(4_096) {
        std::fs::write(&path, &good[..cut]).unwrap();
        let result = install::install(&path, &desk.packs, &mut go_on);
        assert!(result.is_err(), "cut at {cut}");
    }
    let mut refused = 0;
    for round in 0..200 {
        let mut bytes = good.clone();
        let at = round * 7_919 % bytes.len();
        bytes[at] ^= 1 << (round % 8);
        std::fs::write(&path, &bytes).unwrap();
        match install::check(&path, &mut go_on) {
            Err(_) => refused += 1,
            // Dates and permissions of the zip's own list mean nothing here.
            Ok(checked) => assert_eq!(checked.manifest.name, "new"),
        }
    }
    assert!(refused > 190, "{refused} of 200");
    assert_eq!(desk.in_use(), "old");
    assert!(desk.is_tidy());
}

/// Zips that are no packs: paths that lead out, packed and double entries, strays, bombs.
#[test]
fn hostile_files() {
    let desk = Desk::new();
    let manifest = std::fs::read(desk.new.join("manifest.json")).unwrap();
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let path = desk.dir.path().join("bad.mappack");
    for name in [
        "../evil",
        "/etc/evil",
        "a/b",
        "a\\b",
        "C:evil",
        "..",
        ".hidden",
        "日本",
        "Manifest.json",
        "x",
    ] {
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        zip.start_file("manifest.json", stored).unwrap();
        zip.write_all(&manifest).unwrap();
        zip.start_file(name, stored).unwrap();
        zip.write_all(b"evil").unwrap();
        zip.finish().unwrap();
        let result = install::install(&path, &desk.packs, &mut go_on);
        let is_refused = matches!(
            result,
            Err(PackError::NotAPack { .. } | PackError::DamagedPack { .. })
        );
        assert!(is_refused, "{name}: {result:?}");
    }
    assert!(!desk.dir.path().join("evil").exists());
    for bytes in [&b""[..], b"PK\x05\x06", b"not a zip at all"] {
        std::fs::write(&path, bytes).unwrap();
        let result = install::install(&path, &desk.packs, &mut go_on);
        assert!(
            matches!(result, Err(PackError::NotAPack { .. })),
            "{result:?}"
        );
    }
    // A manifest that promises more than any disk holds costs nothing before it is refused.
    let text = String::from_utf8(manifest).unwrap();
    let at = text.find("\"bytes\": ").unwrap() + 9;
    let end = at + text[at..].find(',').unwrap();
    let huge = format!("{}{}{}", &text[..at], u64::MAX, &text[end..]);
    std::fs::write(desk.new.join("manifest.json"), huge).unwrap();
    let result = install::install(&desk.new, &desk.packs, &mut go_on);
    assert!(
        matches!(result, Err(PackError::NoRoom { .. })),
        "{result:?}"
    );
    let result = install::check(&desk.new, &mut go_on);
    assert!(
        matches!(result, Err(PackError::DamagedPack { .. })),
        "{result:?}"
    );
    assert_eq!(desk.in_use(), "old");
    assert!(desk.is_tidy());
}

/// A newer format, a manifest that lists files outside, a manifest that is none.
#[test]
fn bad_manifests() {
    let desk = Desk::new();
    let path = desk.new.join("manifest.json");
    let good = std::fs::read_to_string(&path).unwrap();
    let newer = good.replace("\"format_version\": 2", "\"format_version\": 99");
    let outside = good.replace("\"rejects.csv\"", "\"../rejects.csv\"");
    let hidden = good.replace("\"rejects.csv\"", "\".rejects.csv\"");
    let itself = good.replace("\"rejects.csv\"", "\"manifest.sig\"");
    for (text, is_new) in [
        (newer, true),
        (outside, false),
        (hidden, false),
        (itself, false),
    ] {
        assert_ne!(text, good);
        std::fs::write(&path, text).unwrap();
        let result = install::install(&desk.new, &desk.packs, &mut go_on);
        match result {
            Err(PackError::TooNew { found: 99, .. }) => assert!(is_new),
            Err(PackError::BadJson { .. }) => assert!(!is_new),
            other => panic!("{other:?}"),
        }
    }
    for text in ["", "{}", "[]", "{\"format_version\":2}"] {
        std::fs::write(&path, text).unwrap();
        let result = install::install(&desk.new, &desk.packs, &mut go_on);
        assert!(
            matches!(result, Err(PackError::BadJson { .. })),
            "{text}: {result:?}"
        );
    }
    assert_eq!(desk.in_use(), "old");
}

/// Stopped at every step and at every piece of the copying: the old pack, and nothing left over.
#[test]
fn stopped_anywhere() {
    let desk = Desk::new();
    let mut steps = 0;
    install::install(&desk.file(), &desk.dir.path().join("other"), &mut |_| {
        steps += 1;
        Continue::Yes
    })
    .unwrap();
    assert!(steps >= 7, "{steps}");
    for last in 0..steps {
        let mut count = 0;
        let result = install::install(&desk.file(), &desk.packs, &mut |_| {
            count += 1;
            if count > last {
                Continue::No
            } else {
                Continue::Yes
            }
        });
        assert!(
            matches!(result, Err(PackError::Stopped)),
            "{last}: {result:?}"
        );
        assert_eq!(desk.in_use(), "old");
        assert!(desk.is_tidy());
    }
    assert_eq!(
        std::fs::read_dir(&desk.packs).unwrap().count(),
        3,
        "old, pointer, lock"
    );
}

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// The folder as it is at every step, as if the power had gone at that moment: the old pack is in
/// use and whole, and the next installation works and clears up.
#[test]
fn crash_at_every_step() {
    let desk = Desk::new();
    let mut taken: Vec<(Step, PathBuf)> = Vec::new();
    install::install(&desk.file(), &desk.packs, &mut |now| {
        let to = desk.dir.path().join(format!("crash-{}", taken.len()));
        copy_tree(&desk.packs, &to);
        taken.push((now.step, to));
        Continue::Yes
    })
    .unwrap();
    let steps: BTreeSet<Step> = taken.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps.len(), 4);
    for (step, packs) in taken {
        assert_eq!(in_use(&packs), "old", "{step:?}");
        let half = std::fs::read_dir(&packs).unwrap();
        let half = half.filter(|e| {
            e.as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .starts_with(".incoming-")
        });
        assert_eq!(
            half.count(),
            usize::from(matches!(step, Step::Copy | Step::Sync)),
            "{step:?}"
        );
        // The half-written pointer of a crash a moment later.
        std::fs::write(packs.join(".current.writing"), "{\"curr").unwrap();
        install::install(&desk.file(), &packs, &mut go_on).unwrap();
        assert_eq!(in_use(&packs), "new", "{step:?}");
        let hidden = std::fs::read_dir(&packs).unwrap();
        let hidden = hidden.filter(|e| {
            let name = e.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with('.') && name != ".lock"
        });
        assert_eq!(hidden.count(), 0);
    }
}

/// Names of the packs that lie in a folder.
fn packs_in(packs: &Path) -> BTreeSet<String> {
    std::fs::read_dir(packs)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("manifest.json").is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

/// The pack in use and the one before stay, older ones go; one that is open stays until nobody
/// has it open any more.
#[test]
fn old_packs_go() {
    let desk = Desk::new();
    let first = install::current(&desk.packs).unwrap().unwrap();
    let open = Pack::open(&first.dir).unwrap();
    let second = install::install(&desk.new, &desk.packs, &mut go_on).unwrap();
    let third = install::install(&desk.new, &desk.packs, &mut go_on).unwrap();
    let ids = |installed: &[&install::Installed]| -> BTreeSet<String> {
        installed.iter().map(|one| one.id.clone()).collect()
    };
    // The first is neither in use nor the one before, but somebody reads it.
    assert_eq!(packs_in(&desk.packs), ids(&[&first, &second, &third]));
    open.verify().unwrap();
    drop(open);
    std::fs::create_dir_all(desk.packs.join("damaged-1")).unwrap();
    std::fs::write(desk.packs.join("damaged-1/manifest.json"), "{}").unwrap();
    let fourth = install::install(&desk.new, &desk.packs, &mut go_on).unwrap();
    let mut left = ids(&[&third, &fourth]);
    left.insert("damaged-1".to_owned());
    assert_eq!(packs_in(&desk.packs), left);
    assert_eq!(install::rollback(&desk.packs).unwrap().id, third.id);
    assert_eq!(desk.in_use(), "new");
    // Going back removes nothing, so that one can come forward again.
    assert_eq!(packs_in(&desk.packs), left);
}

/// The power goes while an old pack is being removed, and between the pointing and the removing:
/// what is in use is whole, one can go back, and the next installation removes the rest.
#[test]
fn crash_while_removing() {
    let desk = Desk::new();
    let first = install::current(&desk.packs).unwrap().unwrap();
    let open = Pack::open(&first.dir).unwrap();
    let second = install::install(&desk.new, &desk.packs, &mut go_on).unwrap();
    let third = install::install(&desk.new, &desk.packs, &mut go_on).unwrap();
    drop(open);
    // As right after the pointing: the oldest still lies there under its name.
    let between = desk.dir.path().join("between");
    copy_tree(&desk.packs, &between);
    // As in the middle of the removing: hidden, and half of it gone.
    let middle = desk.dir.path().join("middle");
    copy_tree(&desk.packs, &middle);
    let hidden = middle.join(format!(".outgoing-{}", first.id));
    std::fs::rename(middle.join(&first.id), &hidden).unwrap();
    std::fs::remove_file(hidden.join("manifest.json")).unwrap();
    for packs in [between, middle] {
        assert_eq!(in_use(&packs), "new");
        let now = install::current(&packs).unwrap().unwrap();
        assert_eq!(now.previous.as_ref(), Some(&second.id));
        let fourth = install::install(&desk.file(), &packs, &mut go_on).unwrap();
        let left = BTreeSet::from([third.id.clone(), fourth.id]);
        assert_eq!(packs_in(&packs), left);
        let hidden = std::fs::read_dir(&packs).unwrap();
        let hidden = hidden.filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with(".outgoing-")
        });
        assert_eq!(hidden.count(), 0);
        assert_eq!(install::rollback(&packs).unwrap().id, third.id);
    }
}

/// A pack that rots after it was installed: the one before is used, and the reason is told.
#[test]
fn rotten_after_installing() {
    let desk = Desk::new();
    let installed = install::install(&desk.new, &desk.packs, &mut go_on).unwrap();
    std::fs::write(installed.dir.join("tiles.mbtiles"), b"gone").unwrap();
    let opened = install::open(&desk.packs);
    let pack = opened.pack.unwrap();
    assert_eq!(pack.things(OwnLayer::Camera).unwrap()[0].name, "old");
    assert!(
        matches!(opened.damage, Some(PackError::DamagedPack { name: part, .. })
            if part == "tiles.mbtiles")
    );
    std::fs::write(desk.packs.join("current"), "{\"current\":\"../new\"}").unwrap();
    let opened = install::open(&desk.packs);
    assert!(opened.pack.is_none() && matches!(opened.damage, Some(PackError::BadJson { .. })));
}

/// Only one installation at a time.
#[test]
fn one_at_a_time() {
    let desk = Desk::new();
    let mut inner = None;
    install::install(&desk.file(), &desk.packs, &mut |now| {
        if now.step == Step::Sync {
            inner = Some(install::install(&desk.new, &desk.packs, &mut go_on));
        }
        Continue::Yes
    })
    .unwrap();
    assert!(
        matches!(inner, Some(Err(PackError::Busy { .. }))),
        "{inner:?}"
    );
    assert_eq!(desk.in_use(), "new");
}

/// A signature names its key; one that does not fit is refused; a pack without says so.
#[test]
fn signatures() {
    let key = SigningKey::from_bytes(&[7; 32]);
    let hex: String = key
        .verifying_key()
        .to_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let desk = Desk::new();
    let signed = pack_in(desk.dir.path(), "signed", Some(&key));
    let by = Signed::By(hex);
    assert_eq!(Pack::open(&signed).unwrap().signed().unwrap(), by);
    let file = desk.dir.path().join("signed.mappack");
    archive::write(&signed, &file, &mut |_, _| Continue::Yes).unwrap();
    assert_eq!(install::check(&file, &mut go_on).unwrap().signed, by);

    let manifest = signed.join("manifest.json");
    let good = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, good.replace("\"signed\"", "\"singed\"")).unwrap();
    let result = install::install(&signed, &desk.packs, &mut go_on);
    assert!(
        matches!(result, Err(PackError::BadSignature { .. })),
        "{result:?}"
    );
    assert!(matches!(
        Pack::open(&signed).unwrap().verify(),
        Err(PackError::BadSignature { .. })
    ));
    std::fs::write(&manifest, &good).unwrap();

    let paper = signed.join("manifest.sig");
    let text = std::fs::read_to_string(&paper).unwrap();
    let other = SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes();
    let other: String = other.iter().map(|byte| format!("{byte:02x}")).collect();
    let own = key.verifying_key().to_bytes();
    let own: String = own.iter().map(|byte| format!("{byte:02x}")).collect();
    for bad in [
        text.replace(&own, &other),
        "{}".to_owned(),
        String::new(),
        "x".repeat(5_000),
    ] {
        std::fs::write(&paper, bad).unwrap();
        let result = install::install(&signed, &desk.packs, &mut go_on);
        let is_refused = matches!(
            result,
            Err(PackError::BadSignature { .. } | PackError::NotAPack { .. })
        );
        assert!(is_refused, "{result:?}");
    }
    std::fs::write(&paper, text).unwrap();
    let installed = install::install(&signed, &desk.packs, &mut go_on).unwrap();
    assert_eq!(installed.signed, by);
    assert_eq!(install::current(&desk.packs).unwrap().unwrap().signed, by);
}
