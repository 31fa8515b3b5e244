//! What the shim notes: operations by inode, because a name that is deleted and made again is
//! another file. Not here: what a cut makes of it (cut).

use std::collections::BTreeMap;

use super::DiskFault;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// A name was made.
    Created {
        /// File name within the folder.
        name: String,
        /// Which file it names.
        inode: usize,
    },
    /// A name went away.
    Deleted {
        /// File name within the folder.
        name: String,
    },
    /// The folder was synced: all names so far are durable.
    FolderSynced,
    /// Bytes were written.
    Written {
        /// File.
        inode: usize,
        /// Offset in bytes.
        at: usize,
        /// Content.
        bytes: Vec<u8>,
    },
    /// The length was cut.
    Truncated {
        /// File.
        inode: usize,
        /// New length in bytes.
        length: usize,
    },
    /// Everything of this file so far is durable.
    Synced {
        /// File.
        inode: usize,
    },
    /// The program said so of command number N.
    Acknowledged(u64),
}

/// A whole recording.
#[derive(Debug, Clone, Default)]
pub struct DiskJournal {
    /// Files that were there at the beginning: inode N is the N-th.
    pub base: Vec<(String, Vec<u8>)>,
    /// What happened, in order.
    pub ops: Vec<Op>,
}

pub(super) struct Recorder {
    pub(super) journal: DiskJournal,
    pub(super) is_lying: bool,
    pub(super) refused: u64,
    pub(super) operations: u64,
    names: BTreeMap<String, usize>,
    /// Files whose name is not known to be durable, whose first sync also syncs the folder.
    young: Vec<usize>,
    inodes: usize,
    fault: Option<Fault>,
}

struct Fault {
    left: u64,
    fault: DiskFault,
    is_once: bool,
}

/// What the shim wants to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Write,
    Truncate,
    Sync,
}

impl Recorder {
    pub(super) fn new(base: BTreeMap<String, Vec<u8>>) -> Self {
        let names: BTreeMap<String, usize> = base.keys().cloned().zip(0..).collect();
        Self {
            inodes: names.len(),
            journal: DiskJournal {
                base: base.into_iter().collect(),
                ops: Vec::new(),
            },
            is_lying: false,
            refused: 0,
            operations: 0,
            names,
            young: Vec::new(),
            fault: None,
        }
    }

    pub(super) fn note(&mut self, op: Op) {
        self.journal.ops.push(op);
    }

    /// The file of a name, made when it is new. `is_journal`: SQLite syncs the folder with the
    /// first sync of a new journal or log.
    pub(super) fn open(&mut self, name: &str, is_journal: bool) -> usize {
        if let Some(inode) = self.names.get(name) {
            return *inode;
        }
        let inode = self.inodes;
        self.inodes += 1;
        self.names.insert(name.to_owned(), inode);
        if is_journal {
            self.young.push(inode);
        }
        self.note(Op::Created {
            name: name.to_owned(),
            inode,
        });
        inode
    }

    pub(super) fn delete(&mut self, name: &str, is_folder_synced: bool) {
        if self.names.remove(name).is_some() {
            self.note(Op::Deleted {
                name: name.to_owned(),
            });
        }
        if is_folder_synced && !self.is_lying {
            self.note(Op::FolderSynced);
        }
    }

    pub(super) fn synced(&mut self, inode: usize) {
        if self.is_lying {
            return;
        }
        self.note(Op::Synced { inode });
        if self.young.contains(&inode) {
            self.young.retain(|young| *young != inode);
            self.note(Op::FolderSynced);
        }
    }

    pub(super) fn fail_from(&mut self, nth: u64, fault: DiskFault, is_once: bool) {
        self.fault = Some(Fault {
            left: nth,
            fault,
            is_once,
        });
    }

    pub(super) fn heal(&mut self) {
        self.fault = None;
    }

    /// Whether this operation is refused, and with which result code.
    pub(super) fn refusal(&mut self, wish: Wish) -> Option<i32> {
        use rusqlite::ffi;
        self.operations += 1;
        let fault = self.fault.as_mut()?;
        if fault.left > 0 {
            fault.left -= 1;
            return None;
        }
        let code = match (fault.fault, wish) {
            (DiskFault::Sync, Wish::Write | Wish::Truncate) => return None,
            (_, Wish::Sync) => ffi::SQLITE_IOERR_FSYNC,
            (_, Wish::Truncate) => ffi::SQLITE_IOERR_TRUNCATE,
            (DiskFault::Io, Wish::Write) => ffi::SQLITE_IOERR_WRITE,
            (DiskFault::Full, Wish::Write) => ffi::SQLITE_FULL,
        };
        if fault.is_once {
            self.fault = None;
        }
        self.refused += 1;
        Some(code)
    }
}
