//! Looking into a bundle, and taking it.

use std::path::Path;

use fengsui_domain::log::dot::Writer;
use fengsui_replication::message::Message;
use fengsui_replication::port::{Applied, Note, Replica};
use fengsui_replication::run::{Refusal, Run};
use fengsui_replication::summary::Summary;

use super::open::{Checked, check};
use super::{BundleError, have};

/// A station's enrolment may come later in the file than its entries: the file is gone through
/// again while that brings something, so many times at most.
const PASSES_MAX: usize = 8;

/// What is in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundlePreview {
    /// Number of the station that wrote it.
    pub sender: u16,
    /// When, by its clock, ms.
    pub created_ms: i64,
    /// Size of the file, bytes.
    pub bytes: u64,
    /// Stations for which it is sealed, where enrolled here.
    pub recipients: Vec<u16>,
    /// Entries in it.
    pub entries: u64,
    /// Of those, how many are not here.
    pub new: u64,
    /// Stations of whose entries some are not here.
    pub stations: Vec<u16>,
}

/// What came of taking a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleReport {
    /// What was in it before.
    pub preview: BundlePreview,
    /// What was taken; `received` = 0 when everything was here.
    pub applied: Applied,
    /// Writers of whom nothing more could be taken, and why.
    pub refused: Vec<(Writer, Refusal)>,
    /// What we have was written beside the bundle, so that the next one for us is smaller.
    pub is_have_written: bool,
}

/// Checks a bundle and says what is in it. Changes nothing.
///
/// # Errors
/// `BundleError`.
pub fn preview(replica: &dyn Replica, path: &Path) -> Result<BundlePreview, BundleError> {
    look(replica, &mut check(replica, path)?)
}

fn look(replica: &dyn Replica, bundle: &mut Checked) -> Result<BundlePreview, BundleError> {
    let ours = replica.view()?.summary;
    let peers = replica.peers()?;
    let (mut entries, mut new) = (0, 0);
    let mut stations = Vec::new();
    bundle.each(|message| {
        if let Message::Entries { runs, .. } = message {
            for run in runs {
                entries += run.entries.len() as u64;
                let fresh = run.last().saturating_sub(ours.seq(run.writer));
                let fresh = fresh.min(run.entries.len() as u64);
                new += fresh;
                if fresh > 0 && !stations.contains(&run.writer.station) {
                    stations.push(run.writer.station);
                }
            }
        }
        Ok(())
    })?;
    stations.sort_unstable();
    let header = &bundle.header;
    let is_recipient = |key| header.wrapped.iter().any(|(wrapped, _)| *wrapped == key);
    Ok(BundlePreview {
        sender: header.sender.0,
        created_ms: header.created_ms,
        bytes: bundle.size,
        recipients: peers
            .iter()
            .filter(|peer| is_recipient(peer.key))
            .map(|peer| peer.number)
            .collect(),
        entries,
        new,
        stations,
    })
}

/// Checks a bundle as a whole and takes what is new in it; taking it twice changes nothing.
/// Afterwards what we have is written beside it, where that can be written to.
///
/// # Errors
/// `BundleError`.
pub fn import(replica: &dyn Replica, path: &Path) -> Result<BundleReport, BundleError> {
    let mut bundle = check(replica, path)?;
    let preview = look(replica, &mut bundle)?;
    let sender = preview.sender;
    let mut applied = Applied::default();
    let mut refused = Vec::new();
    for pass in 0..PASSES_MAX {
        let mut taking = Taking {
            replica,
            sender,
            is_first: pass == 0,
            applied: Applied::default(),
            refused: Vec::new(),
        };
        bundle.each(|message| taking.hear(message))?;
        applied.add(&taking.applied);
        refused = taking.refused;
        let may_do = |(_, refusal): &(Writer, Refusal)| {
            matches!(refusal, Refusal::UnknownStation | Refusal::Gap)
        };
        if taking.applied.received == 0 || !refused.iter().any(may_do) {
            break;
        }
    }
    for (_, refusal) in &refused {
        replica.note(sender, &Note::Refused(*refusal));
    }
    let written = have::write(replica, path);
    if let Err(error) = &written {
        tracing::warn!(%error, "what we have was not written to the stick");
    }
    Ok(BundleReport {
        preview,
        applied,
        refused,
        is_have_written: written.is_ok(),
    })
}

struct Taking<'a> {
    replica: &'a dyn Replica,
    sender: u16,
    is_first: bool,
    applied: Applied,
    refused: Vec<(Writer, Refusal)>,
}

impl Taking<'_> {
    fn hear(&mut self, message: Message) -> Result<(), BundleError> {
        match message {
            Message::Summary(summary) if self.is_first => self.compare(&summary),
            Message::Entries { runs, .. } => self.take(&runs),
            _ => Ok(()),
        }
    }

    /// The sender has more of our own running log than we: our file is older than its station.
    fn compare(&self, summary: &Summary) -> Result<(), BundleError> {
        let us = self.replica.hello()?;
        let ours = self.replica.view()?.summary;
        for (writer, head) in summary.iter() {
            let is_own = writer.station == us.station && writer.incarnation == us.incarnation;
            let here = ours.head(writer);
            let is_other = here.is_some_and(|o| o.seq == head.seq && o.hash != head.hash);
            if is_own && (is_other || head.seq > ours.seq(writer)) {
                self.replica.begin_again(writer, head)?;
                break;
            }
        }
        Ok(())
    }

    fn take(&mut self, runs: &[Run]) -> Result<(), BundleError> {
        let applied = self.replica.apply(self.sender, runs)?;
        self.applied.add(&applied);
        for (writer, refusal) in applied.refused {
            if self.refused.iter().any(|(other, _)| *other == writer) {
                continue;
            }
            self.refused.push((writer, refusal));
            if refusal == Refusal::Diverged && self.is_first {
                let apart = runs.iter().filter(|run| run.writer == writer);
                let apart: Vec<Run> = apart.cloned().collect();
                self.replica.evidence(&apart)?;
                self.replica.note(self.sender, &Note::Forked(writer));
            }
        }
        Ok(())
    }
}
