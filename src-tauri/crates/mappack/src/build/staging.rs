//! The hidden folder in which a pack is built.
//! Not here: what is put into it.

use crate::PackError;
use crate::manifest::{MANIFEST_FILE, Manifest, SIGNATURE_FILE};
use crate::place::{self, sync};
use crate::signature::{self, Signer};
use std::path::{Path, PathBuf};

/// The hidden folder a pack is built in; removed again unless it is finished.
pub(super) struct Staging {
    dir: PathBuf,
}

impl Staging {
    pub(super) fn create(out_dir: &Path) -> Result<Self, PackError> {
        let name = out_dir
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let parent = out_dir
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        let dir = parent.unwrap_or(Path::new(".")).join(format!(
            ".{}.building",
            name.unwrap_or_else(|| "pack".to_owned())
        ));
        if dir.exists() {
            std::fs::remove_dir_all(&dir).map_err(PackError::io(&dir))?;
        }
        std::fs::create_dir_all(&dir).map_err(PackError::io(&dir))?;
        Ok(Self { dir })
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Writes the manifest and its signature, syncs everything, and gives the folder its name.
    pub(super) fn finish(
        self,
        manifest: &Manifest,
        signer: Option<&Signer<'_>>,
        out_dir: &Path,
    ) -> Result<(), PackError> {
        let path = self.file(MANIFEST_FILE);
        let bad = |why: String| PackError::BadJson {
            path: path.clone(),
            why,
        };
        let mut text = serde_json::to_string_pretty(manifest).map_err(|e| bad(e.to_string()))?;
        text.push('\n');
        std::fs::write(&path, &text).map_err(PackError::io(&path))?;
        if let Some(signer) = signer {
            let path = self.file(SIGNATURE_FILE);
            let paper = signature::paper(text.as_bytes(), signer);
            std::fs::write(&path, paper).map_err(PackError::io(&path))?;
            sync(&path)?;
        }
        let names = manifest.files.keys().map(String::as_str);
        for name in names.chain([MANIFEST_FILE]) {
            sync(&self.file(name))?;
        }
        sync(&self.dir)?;
        std::fs::rename(&self.dir, out_dir).map_err(PackError::io(out_dir))?;
        sync(place::parent(out_dir))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After the rename there is nothing left under this name, and that is well.
        let _gone_already = std::fs::remove_dir_all(&self.dir);
    }
}
