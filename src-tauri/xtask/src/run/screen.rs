//! A display for a machine without one: Xvfb on a free number, and a picture of it in a file
//! every few seconds. It never touches a real display.
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::procs::{Group, command, say};

const EVERY: Duration = Duration::from_secs(3);
const SIZE: &str = "1600x1000x24";

pub(crate) struct Screen {
    root: PathBuf,
    display: String,
    file: PathBuf,
    taking: Option<Group>,
    taken_at: Instant,
    complained: bool,
    _server: Group,
}

impl Screen {
    /// Starts Xvfb; it picks a free display number by itself and tells it on its output.
    pub(crate) fn open(root: &Path) -> Result<Self> {
        let mut xvfb = command("Xvfb", root);
        xvfb.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            SIZE,
            "-nolisten",
            "tcp",
            "-noreset",
        ]);
        xvfb.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = Group::spawn(&mut xvfb)?;
        let out = server.child().stdout.take().context("Xvfb has no output")?;
        let mut number = String::new();
        BufReader::new(out).read_line(&mut number)?;
        if number.trim().is_empty() {
            bail!("Xvfb ended without a display");
        }
        std::fs::create_dir_all(root.join(".run"))?;
        Ok(Self {
            root: root.to_path_buf(),
            display: format!(":{}", number.trim()),
            file: root.join(".run/screen.png"),
            taking: None,
            taken_at: Instant::now(),
            complained: false,
            _server: server,
        })
    }

    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// Called often: starts a picture when one is due, and puts a finished one in its place in
    /// one step, so that whoever looks never sees half a file.
    pub(crate) fn picture(&mut self) -> Result<()> {
        let fresh = self.root.join(".run/screen-next.png");
        if let Some(taking) = &mut self.taking {
            match taking.ended()? {
                None => return Ok(()),
                Some(status) if status.success() => std::fs::rename(&fresh, &self.file)?,
                Some(_) => self.complain(),
            }
            self.taking = None;
        } else if self.taken_at.elapsed() >= EVERY {
            self.taken_at = Instant::now();
            let mut import = command("import", &self.root);
            // By the environment: it does not heed `-display`.
            import
                .env("DISPLAY", &self.display)
                .args(["-silent", "-window", "root"])
                .arg(&fresh)
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            self.taking = Some(Group::spawn(&mut import)?);
        }
        Ok(())
    }

    fn complain(&mut self) {
        if !self.complained {
            say("  the display could not be photographed (import of imagemagick failed)");
            self.complained = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{place, procs};

    #[test]
    fn a_virtual_display_is_photographed_into_the_named_file() {
        let name = format!("xtask/unit-test-screen-{}", procs::fresh_number());
        let root = place::target().join(name);
        std::fs::create_dir_all(&root).unwrap();
        let mut screen = Screen::open(&root).unwrap();
        let end = Instant::now() + Duration::from_secs(60);
        while !screen.file().exists() {
            assert!(Instant::now() < end && !screen.complained, "no picture");
            screen.picture().unwrap();
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(
            std::fs::read(screen.file())
                .unwrap()
                .starts_with(b"\x89PNG")
        );
        std::fs::remove_dir_all(&root).unwrap();
    }
}
