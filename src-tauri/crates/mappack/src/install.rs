//! Installing a pack while desks are at work: checked byte for byte, copied aside, synced, named,
//! and only then pointed at. The pack before stays, and is gone back to when the new one fails;
//! older ones are removed then, unless somebody still has them open.
//! Not here: building (`build`), the file on a stick (`archive`).
//!
//! **Invariant:** `current` names a pack that was whole when it was named. A crash at any moment
//! leaves the old pointer or the new one; half a pack is only ever under a hidden name, which the
//! next installation removes. **Invariant:** neither the pack that `current` names nor the one
//! before nor one that is open is ever removed.

use crate::PackError;
use crate::archive::Archive;
use crate::build::Continue;
use crate::manifest::{FileEntry, MANIFEST_BYTES_MAX, MANIFEST_FILE, Manifest, SIGNATURE_FILE};
use crate::pack::{self, Pack};
use crate::place::{copy_hashed, replace, sync};
use crate::signature::{self, SIGNATURE_BYTES_MAX, Signed};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// A folder whose name begins so holds a pack that was found damaged; it is kept to be looked at.
pub const DAMAGED: &str = "damaged-";
/// The file that names the pack in use.
pub const POINTER_FILE: &str = "current";
const LOCK_FILE: &str = ".lock";
const INCOMING: &str = ".incoming-";
const OUTGOING: &str = ".outgoing-";

/// How far an installation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Installing {
    /// What is being done.
    pub step: Step,
    /// Bytes done.
    pub done: u64,
    /// Of how many.
    pub of: u64,
}

/// The steps of an installation, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Reading the manifest and its signature.
    Check,
    /// Copying and comparing every file.
    Copy,
    /// Writing through to the disk and opening the copy.
    Sync,
    /// The pack has its name; the pointer is about to change. The last moment to stop.
    Switch,
}

impl Step {
    /// Stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Copy => "copy",
            Self::Sync => "sync",
            Self::Switch => "switch",
        }
    }
}

/// An installed pack.
#[derive(Debug, Clone, PartialEq)]
pub struct Installed {
    /// Its folder's name.
    pub id: String,
    /// Its folder.
    pub dir: PathBuf,
    /// The pack that was in use before, when there was one and it is still there.
    pub previous: Option<String>,
    /// Who signed it.
    pub signed: Signed,
    /// What it says of itself.
    pub manifest: Manifest,
}

/// What opening the installed pack found.
#[derive(Debug)]
pub struct Opened {
    /// The pack to use: the current one, else the one before; `None` = there is none.
    pub pack: Option<Pack>,
    /// Its folder's name.
    pub id: Option<String>,
    /// Why the current one could not be used, when it could not.
    pub damage: Option<PackError>,
}

/// What a check of a pack found.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// What the pack says of itself.
    pub manifest: Manifest,
    /// Who signed it.
    pub signed: Signed,
}

/// The pointer's content.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Pointer {
    current: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
}

/// Checks a pack's folder or file byte for byte, writing nothing.
///
/// # Errors
/// As [`install`].
pub fn check(
    source: &Path,
    progress: &mut dyn FnMut(Installing) -> Continue,
) -> Result<Checked, PackError> {
    let mut incoming = Incoming::open(source)?;
    let mut copied = Copied::of(&incoming.manifest, progress);
    copied.tell(Step::Check)?;
    for (name, entry) in incoming.manifest.files.clone() {
        incoming.copy(&name, &entry, &mut std::io::sink(), &mut |count| {
            copied.add(count)
        })?;
    }
    Ok(Checked {
        manifest: incoming.manifest,
        signed: incoming.signed,
    })
}

/// Installs a pack from its folder or its `.mappack` file and makes it the one in use. Packs in
/// use go on being read: nothing of them is touched.
///
/// # Errors
/// [`PackError::NotAPack`], [`PackError::Missing`], [`PackError::TooNew`],
/// [`PackError::DamagedPack`] naming the part, [`PackError::BadSignature`], [`PackError::Busy`],
/// [`PackError::NoRoom`], [`PackError::Stopped`], what the disk caused. After an
/// error the pack in use is the one before.
pub fn install(
    source: &Path,
    packs_dir: &Path,
    progress: &mut dyn FnMut(Installing) -> Continue,
) -> Result<Installed, PackError> {
    std::fs::create_dir_all(packs_dir).map_err(PackError::io(packs_dir))?;
    let _lock = lock(packs_dir)?;
    clear_leftovers(packs_dir)?;
    let mut incoming = Incoming::open(source)?;
    let mut copied = Copied::of(&incoming.manifest, progress);
    copied.tell(Step::Check)?;
    check_room(packs_dir, copied.of)?;
    let before = pointer(packs_dir)?;
    let id = free_id(packs_dir, &incoming.id());
    let staging = Staging::create(packs_dir, &id)?;
    incoming.write(&staging.dir, &mut copied)?;
    copied.tell(Step::Sync)?;
    for name in incoming.names() {
        sync(&staging.dir.join(name))?;
    }
    sync(&staging.dir)?;
    // What is whole by its hashes may still be no map.
    drop(Pack::open(&staging.dir)?);
    let dir = packs_dir.join(&id);
    std::fs::rename(&staging.dir, &dir).map_err(PackError::io(&dir))?;
    sync(packs_dir)?;
    if let Err(stopped) = copied.tell(Step::Switch) {
        // Nobody points at it yet.
        std::fs::remove_dir_all(&dir).map_err(PackError::io(&dir))?;
        return Err(stopped);
    }
    let previous = before.map(|pointer| pointer.current);
    point(packs_dir, &id, previous.as_deref())?;
    if let Err(error) = prune(packs_dir, &id, previous.as_deref()) {
        // The new pack is in use all the same; the next installation tries again.
        tracing::warn!(%error, "old map packs could not be removed");
    }
    Ok(Installed {
        id,
        dir,
        previous,
        signed: incoming.signed,
        manifest: incoming.manifest,
    })
}

/// The pack in use; `None` when none was ever installed. Only its manifest and signature are
/// read.
///
/// # Errors
/// [`PackError::BadJson`] for a pointer that is none; as reading a manifest.
pub fn current(packs_dir: &Path) -> Result<Option<Installed>, PackError> {
    let Some(pointer) = pointer(packs_dir)? else {
        return Ok(None);
    };
    let dir = packs_dir.join(&pointer.current);
    let manifest = Manifest::read(&dir)?;
    let previous = pointer.previous.filter(|id| packs_dir.join(id).is_dir());
    Ok(Some(Installed {
        id: pointer.current,
        signed: signature::of_folder(&dir)?,
        dir,
        previous,
        manifest,
    }))
}

/// Opens the pack in use, or, when it cannot be opened, the one before, and says why.
pub fn open(packs_dir: &Path) -> Opened {
    let pointer = match pointer(packs_dir) {
        Ok(Some(pointer)) => pointer,
        Ok(None) => return Opened::nothing(None),
        Err(damage) => return Opened::nothing(Some(damage)),
    };
    let damage = match Pack::open(&packs_dir.join(&pointer.current)) {
        Ok(pack) => {
            return Opened {
                pack: Some(pack),
                id: Some(pointer.current),
                damage: None,
            };
        }
        Err(damage) => damage,
    };
    let before = pointer.previous.and_then(|id| {
        let pack = Pack::open(&packs_dir.join(&id)).ok()?;
        Some((pack, id))
    });
    let (pack, id) = before.map_or((None, None), |(pack, id)| (Some(pack), Some(id)));
    Opened {
        pack,
        id,
        damage: Some(damage),
    }
}

/// Goes back to the pack before, after checking every byte of it.
///
/// # Errors
/// [`PackError::NoEarlier`]; as [`check`].
pub fn rollback(packs_dir: &Path) -> Result<Installed, PackError> {
    let none = || PackError::NoEarlier {
        path: packs_dir.to_owned(),
    };
    let _lock = lock(packs_dir)?;
    let pointer = pointer(packs_dir)?.ok_or_else(none)?;
    let before = pointer.previous.ok_or_else(none)?;
    let dir = packs_dir.join(&before);
    if !dir.is_dir() {
        return Err(none());
    }
    let checked = check(&dir, &mut |_| Continue::Yes)?;
    point(packs_dir, &before, Some(&pointer.current))?;
    Ok(Installed {
        id: before,
        dir,
        previous: Some(pointer.current),
        signed: checked.signed,
        manifest: checked.manifest,
    })
}

impl Opened {
    fn nothing(damage: Option<PackError>) -> Self {
        Self {
            pack: None,
            id: None,
            damage,
        }
    }
}

/// Held while a pack is being installed.
fn lock(packs_dir: &Path) -> Result<File, PackError> {
    let path = packs_dir.join(LOCK_FILE);
    let file = File::create(&path).map_err(PackError::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(PackError::Busy {
            path: packs_dir.to_owned(),
        }),
        Err(TryLockError::Error(e)) => Err(PackError::io(&path)(e)),
    }
}

/// What is kept free for the desk's own database.
const RESERVE_BYTES: u64 = 64 << 20;

/// Refuses a pack that would fill the disk; where the room cannot be told, the copying will.
fn check_room(packs_dir: &Path, bytes: u64) -> Result<(), PackError> {
    let needed = bytes.saturating_add(RESERVE_BYTES);
    match rustix::fs::statvfs(packs_dir) {
        Ok(disk) if disk.f_bavail.saturating_mul(disk.f_frsize) < needed => {
            Err(PackError::NoRoom {
                path: packs_dir.to_owned(),
                needed,
                free: disk.f_bavail.saturating_mul(disk.f_frsize),
            })
        }
        _ => Ok(()),
    }
}

/// Removes every pack but the one in use, the one before and those that are open. Each gets a
/// hidden name first, so that half a pack never bears a pack's name.
fn prune(packs_dir: &Path, current: &str, previous: Option<&str>) -> Result<(), PackError> {
    for entry in std::fs::read_dir(packs_dir).map_err(PackError::io(packs_dir))? {
        let dir = entry.map_err(PackError::io(packs_dir))?.path();
        let name = dir.file_name().unwrap_or_default().to_string_lossy();
        let is_kept = name == current || previous.is_some_and(|id| name == id);
        let is_aside = name.starts_with('.') || name.starts_with(DAMAGED);
        if is_kept || is_aside || !dir.join(MANIFEST_FILE).is_file() || pack::is_open(&dir) {
            continue;
        }
        tracing::info!(%name, "removing an old map pack");
        let hidden = packs_dir.join(format!("{OUTGOING}{name}"));
        std::fs::rename(&dir, &hidden).map_err(PackError::io(&dir))?;
        sync(packs_dir)?;
        std::fs::remove_dir_all(&hidden).map_err(PackError::io(&hidden))?;
    }
    Ok(())
}

/// Removes what an installation that was cut short left behind.
fn clear_leftovers(packs_dir: &Path) -> Result<(), PackError> {
    for entry in std::fs::read_dir(packs_dir).map_err(PackError::io(packs_dir))? {
        let path = entry.map_err(PackError::io(packs_dir))?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.starts_with(INCOMING) || name.starts_with(OUTGOING) {
            tracing::info!(%name, "removing half a map pack");
            std::fs::remove_dir_all(&path).map_err(PackError::io(&path))?;
        }
    }
    Ok(())
}

/// A name that no pack bears yet.
fn free_id(packs_dir: &Path, wanted: &str) -> String {
    let mut id = wanted.to_owned();
    let mut number = 1;
    while packs_dir.join(&id).exists() {
        number += 1;
        id = format!("{wanted}-{number}");
    }
    id
}

fn pointer(packs_dir: &Path) -> Result<Option<Pointer>, PackError> {
    let path = packs_dir.join(POINTER_FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(PackError::io(&path)(e)),
    };
    let bad = |why: String| PackError::BadJson {
        path: path.clone(),
        why,
    };
    let pointer: Pointer = serde_json::from_str(&text).map_err(|e| bad(e.to_string()))?;
    let names = std::iter::once(&pointer.current).chain(&pointer.previous);
    for name in names {
        if !crate::manifest::is_plain_name(name) {
            return Err(bad(format!("names no pack: {name}")));
        }
    }
    Ok(Some(pointer))
}

fn point(packs_dir: &Path, current: &str, previous: Option<&str>) -> Result<(), PackError> {
    let pointer = Pointer {
        current: current.to_owned(),
        previous: previous.map(str::to_owned),
    };
    let text = serde_json::json!(pointer).to_string() + "\n";
    replace(&packs_dir.join(POINTER_FILE), &text)
}

/// A pack that comes in, from a folder or a file.
struct Incoming {
    source: Source,
    manifest_bytes: Vec<u8>,
    signature_bytes: Option<Vec<u8>>,
    manifest: Manifest,
    signed: Signed,
}

enum Source {
    Folder(PathBuf),
    File(Box<Archive>),
}

impl Incoming {
    /// Reads manifest and signature and compares the list of files with what is there.
    fn open(path: &Path) -> Result<Self, PackError> {
        let is_folder = std::fs::metadata(path)
            .map_err(PackError::io(path))?
            .is_dir();
        let (source, manifest_bytes, signature_bytes) = if is_folder {
            let manifest = small(&path.join(MANIFEST_FILE), MANIFEST_BYTES_MAX)?;
            let signature = match small(&path.join(SIGNATURE_FILE), SIGNATURE_BYTES_MAX) {
                Ok(bytes) => Some(bytes),
                Err(PackError::Missing { .. }) => None,
                Err(other) => return Err(other),
            };
            (Source::Folder(path.to_owned()), manifest, signature)
        } else {
            let mut archive = Archive::open(path)?;
            let manifest = std::mem::take(&mut archive.manifest);
            let signature = archive.signature.take();
            (Source::File(Box::new(archive)), manifest, signature)
        };
        let manifest = Manifest::parse(&manifest_bytes, &path.join(MANIFEST_FILE))?;
        let signed = signature::check(&manifest_bytes, signature_bytes.as_deref())?;
        if let Source::File(archive) = &source {
            let stray = archive
                .names()
                .into_iter()
                .find(|n| !manifest.files.contains_key(n));
            if let Some(name) = stray {
                let why = "the manifest does not list it".to_owned();
                return Err(PackError::DamagedPack { name, why });
            }
        }
        Ok(Self {
            source,
            manifest_bytes,
            signature_bytes,
            manifest,
            signed,
        })
    }

    /// County, date and the first digits of the manifest's hash.
    fn id(&self) -> String {
        let name = crate::archive::name_of(&self.manifest);
        let stem = name.trim_end_matches(".mappack");
        let digest = Sha256::digest(&self.manifest_bytes);
        let digits: String = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
        format!("{stem}-{digits}")
    }

    /// Every file that is written.
    fn names(&self) -> Vec<&str> {
        let mut names = vec![MANIFEST_FILE];
        names.extend(self.signature_bytes.as_ref().map(|_| SIGNATURE_FILE));
        names.extend(self.manifest.files.keys().map(String::as_str));
        names
    }

    /// Writes everything into a folder.
    fn write(&mut self, dir: &Path, copied: &mut Copied<'_>) -> Result<(), PackError> {
        for (name, entry) in self.manifest.files.clone() {
            let path = dir.join(&name);
            let mut out = File::create(&path).map_err(PackError::io(&path))?;
            self.copy(&name, &entry, &mut out, &mut |count| copied.add(count))?;
        }
        let put = |name: &str, bytes: &[u8]| {
            let path = dir.join(name);
            std::fs::write(&path, bytes).map_err(PackError::io(&path))
        };
        if let Some(bytes) = &self.signature_bytes {
            put(SIGNATURE_FILE, bytes)?;
        }
        put(MANIFEST_FILE, &self.manifest_bytes)
    }

    fn copy(
        &mut self,
        name: &str,
        entry: &FileEntry,
        out: &mut dyn Write,
        tick: &mut dyn FnMut(u64) -> Result<(), PackError>,
    ) -> Result<(), PackError> {
        match &mut self.source {
            Source::Folder(dir) => {
                let path = dir.join(name);
                let file = File::open(&path).map_err(PackError::io(&path))?;
                copy_hashed(name, file, entry, out, tick)
            }
            Source::File(archive) => archive.copy(name, entry, out, tick),
        }
    }
}

/// The bytes of a small file.
fn small(path: &Path, most: u64) -> Result<Vec<u8>, PackError> {
    let file = File::open(path).map_err(PackError::io(path))?;
    let mut bytes = Vec::new();
    let read = file.take(most + 1).read_to_end(&mut bytes);
    read.map_err(PackError::io(path))?;
    if bytes.len() as u64 > most {
        return Err(PackError::NotAPack {
            path: path.to_owned(),
            why: format!("more than {most} bytes"),
        });
    }
    Ok(bytes)
}

/// Counts what is copied and asks whether to go on.
struct Copied<'a> {
    done: u64,
    of: u64,
    progress: &'a mut dyn FnMut(Installing) -> Continue,
}

impl<'a> Copied<'a> {
    fn of(manifest: &Manifest, progress: &'a mut dyn FnMut(Installing) -> Continue) -> Self {
        let sizes = manifest.files.values().map(|entry| entry.bytes);
        Self {
            done: 0,
            of: sizes.fold(0, u64::saturating_add),
            progress,
        }
    }

    fn tell(&mut self, step: Step) -> Result<(), PackError> {
        let now = Installing {
            step,
            done: self.done,
            of: self.of,
        };
        match (self.progress)(now) {
            Continue::Yes => Ok(()),
            Continue::No => Err(PackError::Stopped),
        }
    }

    fn add(&mut self, count: u64) -> Result<(), PackError> {
        self.done += count;
        self.tell(Step::Copy)
    }
}

/// The hidden folder a pack is copied into; removed again unless it got its name.
struct Staging {
    dir: PathBuf,
}

impl Staging {
    fn create(packs_dir: &Path, id: &str) -> Result<Self, PackError> {
        let dir = packs_dir.join(format!("{INCOMING}{id}"));
        std::fs::create_dir(&dir).map_err(PackError::io(&dir))?;
        Ok(Self { dir })
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After the renaming there is nothing left under this name, and that is well.
        let _gone_already = std::fs::remove_dir_all(&self.dir);
    }
}
