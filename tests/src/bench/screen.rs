//! A virtual display whose pixels can be read: Xvfb with its picture in a file, and when what is
//! on it looked as it did in the end.
//!
//! Not here: which program draws.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::program::Program;

/// Rows and columns of which one is looked at.
const EVERY: (usize, usize) = (16, 4);
const WORD: usize = 4;

/// The display.
pub struct Screen {
    file: File,
    layout: Layout,
    /// Its name, e.g. `:7`.
    pub display: String,
    _server: Program,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Layout {
    begin: usize,
    line: usize,
    width: usize,
    height: usize,
}

/// What is on it, point by point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    lines: Vec<Vec<u32>>,
}

impl Screen {
    /// Starts one; its picture lies in `folder`.
    ///
    /// # Errors
    /// Xvfb is not there, or writes another kind of picture.
    pub fn open(folder: &Path) -> Result<Screen> {
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", "1600x1000x24"]);
        xvfb.args(["-nolisten", "tcp", "-noreset", "-fbdir"])
            .arg(folder);
        let server = Program::start(&mut xvfb)?;
        let number = server.hear("", Duration::from_secs(30))?;
        let file = File::open(folder.join("Xvfb_screen0")).context("the display's picture")?;
        let mut head = [0; 100];
        file.read_exact_at(&mut head, 0)?;
        Ok(Screen {
            layout: Layout::read(&head)?,
            file,
            display: format!(":{}", number.trim()),
            _server: server,
        })
    }

    /// What is on it now.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn picture(&self) -> Result<Picture> {
        let layout = self.layout;
        let mut lines = Vec::new();
        let mut line = vec![0; layout.width * WORD];
        for row in (0..layout.height).step_by(EVERY.0) {
            let at = layout.begin + row * layout.line;
            self.file.read_exact_at(&mut line, at as u64)?;
            let points = line.chunks_exact(WORD).step_by(EVERY.1);
            let points = points.map(|point| {
                let mut bytes = [0; WORD];
                bytes.copy_from_slice(point);
                u32::from_le_bytes(bytes)
            });
            lines.push(points.collect());
        }
        Ok(Picture { lines })
    }
}

impl Layout {
    /// Of the head of an XWD file.
    fn read(head: &[u8; 100]) -> Result<Layout> {
        let word = |at: usize| -> usize {
            let mut bytes = [0; WORD];
            bytes.copy_from_slice(&head[at * WORD..(at + 1) * WORD]);
            u32::from_be_bytes(bytes) as usize
        };
        ensure!(word(11) == 32, "the display has {} bits a point", word(11));
        Ok(Layout {
            begin: word(0) + word(19) * 12,
            line: word(12),
            width: word(4),
            height: word(5),
        })
    }
}

/// When the picture first was as it is in the end, but for a share of its points. Only the left
/// part of so many percent of the width is looked at.
#[must_use]
pub fn settled(frames: &[(f64, Picture)], left: usize, but_for: f64) -> Option<f64> {
    let (_, last) = frames.last()?;
    let part = |picture: &Picture| -> Vec<u32> {
        let lines = picture.lines.iter();
        lines
            .flat_map(|line| line.iter().take(line.len() * left / 100).copied())
            .collect()
    };
    let last = part(last);
    let is_there = |picture: &Picture| {
        let now = part(picture);
        let other = now.iter().zip(&last).filter(|(a, b)| a != b).count();
        other as f64 <= last.len() as f64 * but_for
    };
    let found = frames.iter().find(|(_, picture)| is_there(picture));
    found.map(|(at, _)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two lines of 100 points, of which the first so many of each are drawn.
    fn frame(drawn: usize) -> Picture {
        let line = [vec![7; drawn], vec![0; 100 - drawn]].concat();
        Picture {
            lines: vec![line.clone(), line],
        }
    }

    #[test]
    fn settled_is_the_first_that_is_nearly_the_last() {
        let frames = [0, 20, 98, 99, 100].map(|drawn| (drawn as f64, frame(drawn)));
        assert_eq!(settled(&frames, 100, 0.01), Some(99.0));
        assert_eq!(settled(&frames, 100, 0.0), Some(100.0));
        assert_eq!(settled(&frames, 100, 0.02), Some(98.0));
        assert_eq!(settled(&frames, 20, 0.0), Some(20.0));
        assert_eq!(settled(&[], 100, 0.01), None);
    }

    #[test]
    fn the_head_of_a_picture_is_read() {
        let mut head = [0; 100];
        for (at, value) in [
            (0, 160),
            (4, 1600),
            (5, 1000),
            (11, 32),
            (12, 6400),
            (19, 256),
        ] {
            let value: u32 = value;
            head[at * 4..at * 4 + 4].copy_from_slice(&value.to_be_bytes());
        }
        let layout = Layout::read(&head).unwrap();
        assert_eq!((layout.begin, layout.line), (160 + 256 * 12, 6400));
        assert_eq!((layout.width, layout.height), (1600, 1000));
        head[47] = 16;
        assert!(Layout::read(&head).is_err());
    }
}
