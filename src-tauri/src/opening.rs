//! From what was wished at start to an open station: paths, key, county.
//!
//! Not here: opening the files themselves (`app`, `store`).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fengsui_wire::failure::{Failure, FailureCode};

use crate::args::{DeskWish, HomeWish};
use crate::core::{Invitation, Station, StationOptions, Unlock};
use crate::places;

const DEMO_MARK: &str = "demo";

/// Opens the station.
///
/// # Errors
/// Any failure of the store, the key or the home, as the desk shows it.
pub(crate) fn open(wish: &DeskWish, home: &Path) -> Result<Arc<Station>, Failure> {
    guard_demo(home, wish.demo.is_some())?;
    let codes_dir = places::assets().map(|assets| assets.join("codes"));
    let Some(codes_dir) = codes_dir else {
        return Err(Failure::new(FailureCode::NotFound).with("what", "assets/codes"));
    };
    let mut options = StationOptions::new(home.to_path_buf(), county(wish), codes_dir);
    options.unlock = unlock(&wish.home)?;
    options.demo = wish.demo.is_some();
    options.map_helper = places::map_helper();
    options.video_program.clone_from(&wish.video);
    if options.demo {
        options.station_name = demo_name(county(wish).as_deref());
    }
    options.invitation = match &wish.join {
        Some(_) => {
            Some(invitation(wish).ok_or_else(|| Failure::new(FailureCode::InvitationInvalid))?)
        }
        None => None,
    };
    if let Some(code) = &wish.station_code {
        options.station_code.clone_from(code);
    }
    if let Some(name) = &wish.station_name {
        options.station_name.clone_from(name);
    }
    Station::open(options).map_err(Failure::from)
}

/// The invitation that was given at start, read from its file or from the words themselves.
pub(crate) fn invitation(wish: &DeskWish) -> Option<Invitation> {
    let said = wish.join.as_ref()?;
    let text = std::fs::read_to_string(said).unwrap_or_else(|_| said.clone());
    Invitation::read(&text).ok()
}

/// The demo's hall is that of its county, where the county's folder says what it is called.
fn demo_name(county: Option<&Path>) -> String {
    let data = county
        .filter(|path| path.is_dir())
        .and_then(|folder| fengsui_mappack::county::load(folder).ok());
    let name = data.map_or_else(|| "演示".to_owned(), |data| data.name);
    format!("{name}指挥中心")
}

/// The county: as wished, or the demo county.
pub(crate) fn county(wish: &DeskWish) -> Option<PathBuf> {
    let demo = || places::assets().map(|assets| assets.join("demo-county"));
    wish.county
        .clone()
        .or_else(|| wish.demo.and_then(|_| demo()))
}

/// How the key is opened.
///
/// # Errors
/// A file that was named cannot be read.
pub(crate) fn unlock(wish: &HomeWish) -> Result<Unlock, Failure> {
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path);
        let text =
            text.map_err(|_| Failure::new(FailureCode::NotFound).with("what", "key file"))?;
        Ok::<_, Failure>(text.trim_end_matches(['\r', '\n']).to_owned())
    };
    if let Some(path) = &wish.passphrase_file {
        return Ok(Unlock::Passphrase(read(path)?.into()));
    }
    if let Some(path) = &wish.recovery_file {
        return Ok(Unlock::Recovery(read(path)?.into()));
    }
    Ok(Unlock::Machine)
}

/// A scripted shift must never run on a real board: the demo opens only a new
/// home or one that was a demo from its first day.
fn guard_demo(home: &Path, is_demo: bool) -> Result<(), Failure> {
    let mark = home.join(DEMO_MARK);
    let is_used = home.join("real.db").exists() || home.join("keys.json").exists();
    if is_demo && is_used && !mark.exists() {
        return Err(Failure::new(FailureCode::ValueInvalid)
            .with("field", "--demo")
            .with("detail", "real board"));
    }
    if is_demo && !mark.exists() {
        // A home that cannot be written is the store's to report.
        let _ = std::fs::create_dir_all(home);
        let _ = std::fs::write(mark, b"");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_never_runs_on_a_real_board() {
        let home = tempfile::tempdir().unwrap();
        guard_demo(home.path(), false).unwrap();
        std::fs::write(home.path().join("real.db"), b"x").unwrap();
        let refused = guard_demo(home.path(), true).unwrap_err();
        assert_eq!(refused.code, FailureCode::ValueInvalid);
        assert!(!home.path().join(DEMO_MARK).exists());

        let fresh = tempfile::tempdir().unwrap();
        guard_demo(fresh.path(), true).unwrap();
        std::fs::write(fresh.path().join("real.db"), b"x").unwrap();
        guard_demo(fresh.path(), true).unwrap();
    }
}
