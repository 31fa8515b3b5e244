//! Bundles (信使包): what one station knows, in one sealed file that anybody may carry.
//!
//! Not here: the file itself (`link`).

use std::path::{Path, PathBuf};

use fengsui_link::bundle::{self, BundleError, BundlePreview, BundleReport, Exported, Recipient};
use fengsui_replication::message::Bye;
use fengsui_replication::port::Replica;

use crate::error::{AppError, Rejection, RejectionCode, invalid};
use crate::station::Station;

pub use fengsui_link::bundle::BundlePreview as Preview;

/// How a bundle is called in meetings.
const BEARER: &str = "bundle";

impl Station {
    /// Writes everything the recipients are not known to have into `folder`; `to` empty = every
    /// enrolled station.
    ///
    /// # Errors
    /// `ValueInvalid` for a folder that is not there, `BundleRefused`, faults.
    pub fn export_bundle(&self, folder: &Path, to: &[u16]) -> Result<Exported, AppError> {
        if !folder.is_dir() {
            return Err(invalid("folder", "missing"));
        }
        let peers = Replica::peers(self).map_err(|error| refused(&BundleError::from(error)))?;
        let known =
            bundle::known_on(self, folder).map_err(|error| refused(&BundleError::from(error)))?;
        let recipients: Vec<Recipient> = peers
            .into_iter()
            .filter(|peer| peer.number != self.number() && !peer.is_revoked)
            .filter(|peer| to.is_empty() || to.contains(&peer.number))
            .map(|peer| {
                let has = known.iter().find(|(number, _)| *number == peer.number);
                Recipient {
                    has: has.map(|(_, summary)| summary.clone()),
                    peer,
                }
            })
            .collect();
        if recipients.is_empty() {
            return Err(Rejection::new(RejectionCode::BundleRefused)
                .with("why", "nobody")
                .into());
        }
        let path = folder.join(self.bundle_name());
        bundle::export(self, &path, &recipients, None).map_err(|error| refused(&error))
    }

    /// `烽燧-CG-<stamp>.fsbd`, the stamp in ms: two of one station never share a name.
    fn bundle_name(&self) -> PathBuf {
        PathBuf::from(format!("fengsui-{}-{}.fsbd", self.code(), self.now_ms()))
    }

    /// What a bundle holds, before anything of it is taken.
    ///
    /// # Errors
    /// `BundleRefused`, faults.
    pub fn preview_bundle(&self, path: &Path) -> Result<BundlePreview, AppError> {
        bundle::preview(self, path).map_err(|error| refused(&error))
    }

    /// Takes a bundle: all that is new in it, once.
    ///
    /// # Errors
    /// `BundleRefused`; nothing was taken then, except when the disk failed half way.
    pub fn import_bundle(&self, path: &Path) -> Result<BundleReport, AppError> {
        let preview = self.preview_bundle(path)?;
        self.opened(preview.sender, BEARER);
        let taken = bundle::import(self, path);
        self.closed(preview.sender, Bye::Leaving);
        taken.map_err(|error| refused(&error))
    }
}

fn refused(error: &BundleError) -> AppError {
    let why = match error {
        BundleError::Io(_) => "disk",
        BundleError::NotABundle => "not_a_bundle",
        BundleError::Version(_) => "too_new",
        BundleError::Suite(_) => "suite",
        BundleError::Truncated { .. } => "incomplete",
        BundleError::Damaged => "damaged",
        BundleError::OtherCounty => "other_county",
        BundleError::OtherWorld(_) => "other_world",
        BundleError::UnknownSender(_) => "unknown_sender",
        BundleError::RevokedSender(_) => "revoked_sender",
        BundleError::NotForUs => "not_for_us",
        BundleError::Replica(_) => "fault",
    };
    let mut rejection = Rejection::new(RejectionCode::BundleRefused).with("why", why);
    if let BundleError::Truncated { read, whole } = error
        && *whole > 0
    {
        rejection = rejection.with("percent", (read * 100 / whole).to_string());
    }
    rejection.into()
}
