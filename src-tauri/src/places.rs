//! Where things lie on this machine: the home, the assets that travel with the
//! program, the built page.
//!
//! Not here: what is inside the home (`store` knows its files).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folder of the package below `lib/`, as the Debian package puts it.
const PACKAGE: &str = "fengsui";

/// The home: as wished, or this user's own. The demo county has one of its
/// own, so that a scripted call can never ring on a real board.
///
/// # Errors
/// The machine has no place for a user's data.
pub(crate) fn home(wished: Option<&Path>, is_demo: bool) -> Result<PathBuf> {
    if let Some(path) = wished {
        return Ok(std::path::absolute(path)?);
    }
    let dirs = directories::ProjectDirs::from("cn", "fengsui", PACKAGE)
        .context("本机没有用户数据目录；请用 --home / no place for data here; use --home")?;
    let base = dirs.data_dir().to_path_buf();
    Ok(base.join(if is_demo { "demo" } else { "station" }))
}

/// The assets: beside the program, in the package's folder, or in the checkout
/// the program was built in.
pub(crate) fn assets() -> Option<PathBuf> {
    found(
        &["assets", "lib/fengsui/assets"],
        "codes/types.csv",
        "FENGSUI_ASSETS",
    )
}

/// The program that draws maps for papers: beside this one, in the package's folder, or where the
/// project builds it. Without
/// it maps are drawn by this program itself.
pub(crate) fn map_helper() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("FENGSUI_MAPIMAGE") {
        return Some(PathBuf::from(path)).filter(|path| path.is_file());
    }
    let program = std::env::current_exe().ok()?;
    helper_of(&program.canonicalize().unwrap_or(program))
}

fn helper_of(program: &Path) -> Option<PathBuf> {
    const NAME: &str = "fengsui-mapimage";
    let folders = program.ancestors().skip(1).take(3);
    folders
        .flat_map(|folder| ["", "lib/fengsui", "mapimage/debug"].map(|below| folder.join(below)))
        .map(|folder| folder.join(NAME))
        .find(|path| path.is_file())
}

/// The built page for the loopback.
#[cfg(feature = "loopback")]
pub(crate) fn page(wished: Option<&Path>) -> Option<PathBuf> {
    match wished {
        Some(path) => Some(path.to_path_buf()),
        None => found(&["ui/dist", "ui"], "index.html", "FENGSUI_UI"),
    }
}

/// The first of `names` that holds `mark`, from the program's folder upwards.
/// The environment variable comes first.
fn found(names: &[&str], mark: &str, variable: &str) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Some(PathBuf::from(path));
    }
    let program = std::env::current_exe().ok()?;
    let program = program.canonicalize().unwrap_or(program);
    upwards(&program, names, mark)
}

fn upwards(program: &Path, names: &[&str], mark: &str) -> Option<PathBuf> {
    program
        .ancestors()
        .skip(1)
        .take(5)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|path| path.join(mark).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_never_shares_a_home() {
        let real = home(None, false).unwrap();
        assert_ne!(real, home(None, true).unwrap());
        assert!(home(Some(Path::new("here")), true).unwrap().is_absolute());
    }

    #[test]
    fn the_map_helper_is_found_in_a_checkout_and_in_a_package() {
        let root = tempfile::tempdir().unwrap();
        for (helper, program) in [
            ("target/mapimage/debug", "target/debug/fengsui"),
            ("usr/lib/fengsui", "usr/bin/fengsui"),
        ] {
            let helper = root.path().join(helper).join("fengsui-mapimage");
            std::fs::create_dir_all(helper.parent().unwrap()).unwrap();
            let program = root.path().join(program);
            assert_eq!(helper_of(&program), None);
            std::fs::write(&helper, "").unwrap();
            assert_eq!(helper_of(&program), Some(helper));
        }
    }

    #[test]
    fn assets_are_found_in_a_checkout_and_in_a_package() {
        let root = tempfile::tempdir().unwrap();
        for (assets, program) in [
            ("assets", "target/debug/fengsui"),
            ("usr/lib/fengsui/assets", "usr/bin/fengsui"),
        ] {
            let assets = root.path().join(assets);
            std::fs::create_dir_all(assets.join("codes")).unwrap();
            let names = ["assets", "lib/fengsui/assets"];
            let program = root.path().join(program);
            let mark = "codes/types.csv";
            assert_ne!(upwards(&program, &names, mark), Some(assets.clone()));
            std::fs::write(assets.join(mark), "").unwrap();
            assert_eq!(upwards(&program, &names, mark), Some(assets.clone()));
            std::fs::remove_dir_all(assets).unwrap();
        }
    }
}
