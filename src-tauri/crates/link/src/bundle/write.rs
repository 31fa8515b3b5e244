//! Writing a bundle.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signer, SigningKey};
use fengsui_domain::log::dot::{Lane, Writer};
use fengsui_replication::message::{Bye, Message, PROTOCOL};
use fengsui_replication::port::{Peer, Replica, Want};
use fengsui_replication::summary::Summary;
use zeroize::Zeroizing;
use zstd::stream::write::Encoder;

use super::seal::{Sealer, random, wrap};
use super::{BundleError, Header, PART_BYTES_MAX, PREFIX, SIGNATURE, prefix, signed};
use crate::identity::Identity;

/// Bytes of entries in one message.
const MESSAGE_BYTES: usize = 512 * 1024;
const ZSTD_LEVEL: i32 = 9;
/// What a part grows by at most after its last look: a message and what is not sealed yet.
const SLACK: u64 = 10 * 1024 * 1024;

/// A station for which a bundle is sealed.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Who.
    pub peer: Peer,
    /// What it is known to have, from its own word; `None` = nothing known, it is told all.
    pub has: Option<Summary>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The files, in the order in which they are to be taken.
    pub files: Vec<PathBuf>,
    /// Entries in them.
    pub entries: u64,
    /// Bytes in them.
    pub bytes: u64,
    /// Stations for which they are sealed.
    pub recipients: Vec<u16>,
}

/// Writes what the recipients lack. Protected logs are in it only when all of them, and we, are
/// of the audience. Revoked stations are no recipients. More than fits in one file of `part_max`
/// bytes (`None` = `PART_BYTES_MAX`) goes on in files named `…-2` and so on.
///
/// # Errors
/// `Io`, `Replica`; `NotForUs` when no recipient is left. Files under their own names are whole.
pub fn export(
    replica: &dyn Replica,
    to: &Path,
    recipients: &[Recipient],
    part_max: Option<u64>,
) -> Result<Exported, BundleError> {
    let hello = replica.hello()?;
    let view = replica.view()?;
    let recipients: Vec<&Recipient> = recipients.iter().filter(|r| !r.peer.is_revoked).collect();
    if recipients.is_empty() {
        return Err(BundleError::NotForUs);
    }
    let is_trusted = hello.is_trusted && recipients.iter().all(|r| r.peer.is_trusted);
    let ours = view.summary.for_audience(is_trusted);
    let mut source = Source {
        replica,
        rest: lacking(&ours, &recipients),
        number: 0,
        entries: 0,
    };
    let out = Out {
        seed: Zeroizing::new(replica.seed()?),
        us: Identity::of(replica)?,
        number: hello.station,
        world: hello.world,
        recipients: recipients.iter().map(|r| r.peer.key).collect(),
        ours,
        part_max: part_max.unwrap_or(PART_BYTES_MAX).min(PART_BYTES_MAX),
    };
    let mut exported = Exported {
        files: Vec::new(),
        entries: 0,
        bytes: 0,
        recipients: recipients.iter().map(|r| r.peer.number).collect(),
    };
    loop {
        let file = part_name(to, exported.files.len() + 1);
        exported.bytes += out.part(&file, &mut source)?;
        exported.files.push(file);
        if source.rest.is_empty() {
            break;
        }
    }
    exported.entries = source.entries;
    Ok(exported)
}

/// Per writer the least that every recipient has, urgent lanes first.
fn lacking(ours: &Summary, recipients: &[&Recipient]) -> Vec<(Writer, u64)> {
    let mut by_urgency: BTreeMap<(u8, Writer), u64> = BTreeMap::new();
    for (writer, head) in ours.iter() {
        let seq = |r: &&Recipient| r.has.as_ref().map_or(0, |has| has.seq(writer));
        let least = recipients.iter().map(seq).min().unwrap_or(0);
        if least < head.seq {
            let rank = match writer.lane {
                Lane::Urgent | Lane::Protected => 0,
                Lane::Routine => 1,
                Lane::Bulk => 2,
            };
            by_urgency.insert((rank, writer), least);
        }
    }
    let in_order = by_urgency.into_iter();
    in_order
        .map(|((_, writer), after)| (writer, after))
        .collect()
}

fn part_name(to: &Path, number: usize) -> PathBuf {
    if number == 1 {
        return to.to_owned();
    }
    let stem = to.file_stem().unwrap_or_default().to_string_lossy();
    let name = match to.extension() {
        Some(extension) => format!("{stem}-{number}.{}", extension.to_string_lossy()),
        None => format!("{stem}-{number}"),
    };
    to.with_file_name(name)
}

/// Entries still to be written.
struct Source<'a> {
    replica: &'a dyn Replica,
    rest: Vec<(Writer, u64)>,
    number: u32,
    entries: u64,
}

impl Source<'_> {
    /// The next message; `None` = no more can be said.
    fn next(&mut self) -> Result<Option<Message>, BundleError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let want = Want {
            after: self.rest.clone(),
            bytes: MESSAGE_BYTES,
            ..Want::default()
        };
        let runs = self.replica.read(&want)?;
        // Writers that gave nothing although their turn came are not signed further.
        let last = runs.iter().map(|run| run.writer).next_back();
        let is_before = |writer: Writer| {
            let place = |w| self.rest.iter().position(|(writer, _)| *writer == w);
            last.is_none_or(|last| place(writer) < place(last))
        };
        let mut rest = Vec::new();
        for (writer, after) in &self.rest {
            match runs.iter().rev().find(|run| run.writer == *writer) {
                Some(run) => rest.push((*writer, run.last())),
                None if is_before(*writer) => {}
                None => rest.push((*writer, *after)),
            }
        }
        self.rest = rest;
        if runs.is_empty() {
            return Ok(None);
        }
        self.entries += runs.iter().map(|run| run.entries.len() as u64).sum::<u64>();
        self.number += 1;
        Ok(Some(Message::Entries {
            number: self.number,
            runs,
        }))
    }
}

/// What all parts have in common.
struct Out {
    seed: Zeroizing<[u8; 32]>,
    us: Identity,
    number: u16,
    world: String,
    recipients: Vec<[u8; 32]>,
    ours: Summary,
    part_max: u64,
}

impl Out {
    /// Writes one part; its size, bytes.
    fn part(&self, to: &Path, source: &mut Source<'_>) -> Result<u64, BundleError> {
        let file_key = random()?;
        let (ephemeral, wrapped) = wrap(&file_key, self.recipients.iter().copied())?;
        let header = Header {
            county: self.us.county().to_vec(),
            world: self.world.clone(),
            sender: (self.number, *self.us.key()),
            created_ms: source.replica.now_ms(),
            ephemeral,
            wrapped,
        };
        let header = header.encode();
        in_place(to, |file| {
            file.write_all(&prefix(0, header.len()))?;
            file.write_all(&header)?;
            let sealer = Sealer::new(&file_key, &header, BufWriter::new(&*file));
            let mut stream = Encoder::new(sealer, ZSTD_LEVEL)?;
            record(&mut stream, &Message::Summary(self.ours.clone()))?;
            // At least one message in each part, however small a part may be.
            while let Some(message) = source.next()? {
                record(&mut stream, &message)?;
                if stream.get_ref().written + SLACK > self.part_max {
                    break;
                }
            }
            record(&mut stream, &Message::Bye(Bye::Leaving))?;
            let (mut rest, hash, sealed) = stream.finish()?.finish()?;
            rest.flush()?;
            drop(rest);
            let size = (PREFIX + header.len() + SIGNATURE) as u64 + sealed;
            let head = [prefix(size, header.len()).as_slice(), &header].concat();
            let key = SigningKey::from_bytes(&self.seed);
            file.write_all(&key.sign(&signed(&head, &hash)).to_bytes())?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&prefix(size, header.len()))?;
            Ok(size)
        })
    }
}

fn record(to: &mut impl Write, message: &Message) -> io::Result<()> {
    let bytes = message.encode_for(PROTOCOL);
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&bytes)
}

/// Writes a file beside its place and moves it there when it is synced.
pub(super) fn in_place<T>(
    to: &Path,
    write: impl FnOnce(&mut File) -> Result<T, BundleError>,
) -> Result<T, BundleError> {
    let name = to
        .file_name()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let aside = to.with_file_name(format!("{}.part", name.to_string_lossy()));
    let work = || {
        let mut file = File::create(&aside)?;
        let answer = write(&mut file)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&aside, to)?;
        sync_folder(to)?;
        Ok(answer)
    };
    let answer = work();
    if answer.is_err() {
        // It may not be there at all; what stays is overwritten next time.
        let _ = fs::remove_file(&aside);
    }
    answer
}

fn sync_folder(of: &Path) -> io::Result<()> {
    let folder = of.parent().filter(|folder| !folder.as_os_str().is_empty());
    #[cfg(unix)]
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
