//! A recording that is being made: a thread of its own appends to the journal and syncs it.
//!
//! **Invariant:** nobody who hears or speaks waits for the disk: what finds no room on the way to
//! the thread is counted as lost.
//! Not here: what the journal looks like (`journal`), the finished file (`archive`).

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::archive::{Archive, ArchiveError};
use super::{Finished, Head, Law, Side, journal};

/// How often the journal is synced: twice within the second that may be missing.
const SYNC_EVERY: Duration = Duration::from_millis(500);
/// Packets on their way to the thread: some ten seconds of both directions.
const ON_THE_WAY_MAX: usize = 1_024;
/// What waits in memory while the disk refuses, in bytes: some ten seconds too.
const UNWRITTEN_MAX: usize = 256 * 1024;

/// The sound of one packet, where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// Whose voice.
    pub side: Side,
    /// In which law.
    pub law: Law,
    /// Samples since the answer.
    pub at: u64,
    /// One byte a sample.
    pub payload: Vec<u8>,
}

enum Order {
    Sound(Sound),
    Finish,
}

#[derive(Debug, Default)]
struct Seen {
    lost: AtomicU64,
    trouble: Mutex<Option<String>>,
}

/// A recording that is being made. Dropped without `finish`, its journal stays and is found by
/// `Archive::recover`.
pub struct Recording {
    archive: Archive,
    journal: PathBuf,
    name: String,
    orders: SyncSender<Order>,
    thread: Option<JoinHandle<io::Result<()>>>,
    seen: Arc<Seen>,
}

impl Recording {
    /// Writes the head durably and starts the thread.
    pub(super) fn begin(archive: Archive, path: &Path, head: &Head) -> io::Result<Recording> {
        let mut file = File::create_new(path)?;
        let mut begun = Vec::new();
        journal::head(head, &mut begun);
        file.write_all(&begun)?;
        file.sync_all()?;
        archive.sync_folder()?;
        let (orders, come) = sync_channel(ON_THE_WAY_MAX);
        let seen = Arc::new(Seen::default());
        let mut writer = Writer {
            file,
            unwritten: Vec::new(),
            seen: Arc::clone(&seen),
            is_dirty: false,
        };
        let thread = std::thread::Builder::new()
            .name("recording".to_owned())
            .spawn(move || writer.run(&come))?;
        Ok(Recording {
            archive,
            journal: path.to_owned(),
            name: head.name.clone(),
            orders,
            thread: Some(thread),
            seen,
        })
    }

    /// The file's name without its ending.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes a packet's sound; never waits.
    pub fn put(&self, sound: Sound) {
        match self.orders.try_send(Order::Sound(sound)) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.seen.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Why the disk refuses, once for each time it began to.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let mut trouble = self.seen.trouble.lock();
        trouble
            .as_mut()
            .map_or_else(|poisoned| poisoned.get_mut().take(), |told| told.take())
    }

    /// Ends the recording and makes the file. Blocks for as long as the disk needs.
    ///
    /// # Errors
    /// The disk refuses: the journal stays and `Archive::recover` tries again.
    pub fn finish(mut self) -> Result<Finished, ArchiveError> {
        self.stop()?;
        self.archive.finalise(&self.journal)
    }

    /// Ends a recording of a call that was not answered after all; nothing stays.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn discard(mut self) -> Result<(), ArchiveError> {
        self.stop()?;
        Ok(std::fs::remove_file(&self.journal)?)
    }

    fn stop(&mut self) -> io::Result<()> {
        // The thread is gone only when it failed; what it says then counts.
        let _ = self.orders.send(Order::Finish);
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(written)) => written,
            Some(Err(_)) => Err(io::Error::other("the thread of the recording broke")),
            None => Ok(()),
        }
    }
}

struct Writer {
    file: File,
    unwritten: Vec<u8>,
    seen: Arc<Seen>,
    is_dirty: bool,
}

impl Writer {
    fn run(&mut self, come: &Receiver<Order>) -> io::Result<()> {
        let mut synced = Instant::now();
        loop {
            let left = SYNC_EVERY.saturating_sub(synced.elapsed());
            match come.recv_timeout(left) {
                Ok(Order::Sound(sound)) => self.take(&sound),
                Ok(Order::Finish) => {
                    let lost = self.seen.lost.load(Ordering::Relaxed);
                    journal::end(lost, &mut self.unwritten);
                    return self.sync();
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.sync(),
            }
            if synced.elapsed() >= SYNC_EVERY {
                let done = self.sync();
                self.tell(done.err());
                synced = Instant::now();
            }
        }
    }

    fn take(&mut self, sound: &Sound) {
        if self.unwritten.len() > UNWRITTEN_MAX {
            self.seen.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let Sound {
            side,
            law,
            at,
            payload,
        } = sound;
        journal::sound(*side, *law, *at, payload, &mut self.unwritten);
    }

    /// Writes what waits and syncs. What the disk took only in part is written anew the next
    /// time; a reader steps over the part.
    fn sync(&mut self) -> io::Result<()> {
        if !self.unwritten.is_empty() {
            self.file.write_all(&self.unwritten)?;
            self.unwritten.clear();
            self.is_dirty = true;
        }
        if self.is_dirty {
            self.file.sync_data()?;
            self.is_dirty = false;
        }
        Ok(())
    }

    fn tell(&self, error: Option<io::Error>) {
        if let Some(error) = error {
            let mut trouble = self
                .seen
                .trouble
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            trouble.get_or_insert_with(|| error.to_string());
        }
    }
}
