//! The site's own video program: started with an address as its only word.
//!
//! **Invariant:** no shell, and nothing that a program would take for an option of its own. Not
//! here: the audit line that comes first (`camera`).

use std::path::Path;
use std::process::{Command, Stdio};

/// Starts the program; whether it began. What it shows, and when it ends, is its own affair.
pub(super) fn start(program: &Path, url: &str) -> bool {
    if !is_address(url) {
        return false;
    }
    let mut start = Command::new(program);
    start.arg(url);
    start.stdin(Stdio::null());
    start.stdout(Stdio::null()).stderr(Stdio::null());
    // Passwords that were given to this program by its environment are not the other's affair.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("FENGSUI_") {
            start.env_remove(name);
        }
    }
    match start.spawn() {
        Ok(mut child) => {
            // Somebody has to take note of its end, or it stays in the table of processes.
            std::thread::spawn(move || child.wait());
            true
        }
        Err(error) => {
            tracing::warn!(%error, "video.not_started");
            false
        }
    }
}

/// Something like `rtsp://…`: letters, and what follows.
fn is_address(url: &str) -> bool {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && !url.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_are_handed_on() {
        for good in ["rtsp://10.1.2.3/1", "https://v/?a=b c", "h323+x://9"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "--help",
            "-x://a",
            "://a",
            "/bin/sh",
            "rtsp:/a",
            "a b://c",
            "rtsp://\n",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn a_program_that_is_not_there_does_not_begin() {
        assert!(!start(Path::new("/nowhere/video"), "rtsp://10.1.2.3/1"));
    }
}
