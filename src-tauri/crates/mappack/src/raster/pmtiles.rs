//! Reading PMTiles 3 (the published specification): header, directories, tiles by their number on
//! the Hilbert curve.
//! Not here: writing; other versions.
//!
//! **Invariant:** lengths are checked against the file and against limits before anything is kept.

use super::{RASTER_PMTILES_FILE, RasterInfo, checked, media_type, refused};
use crate::PackError;
use flate2::read::GzDecoder;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const HEADER_BYTES: usize = 127;
/// Directories of a county's map are some kilobytes.
const DIRECTORY_BYTES_MAX: u64 = 16 << 20;
/// A picture of 512 by 512 points is well under this.
const TILE_BYTES_MAX: u64 = 8 << 20;
/// Leaf directories lie at most three deep.
const DEPTH_MAX: u8 = 4;

/// An opened file.
#[derive(Debug)]
pub(crate) struct PmTiles {
    path: PathBuf,
    file: Mutex<File>,
    header: Header,
    root: Vec<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Header {
    root: (u64, u64),
    leaves: u64,
    data: u64,
    /// Where the last part of the file ends.
    end: u64,
    is_gzip: bool,
    is_plain_tile: bool,
    min_zoom: u8,
    max_zoom: u8,
    bounds: [f64; 4],
}

/// A run of tiles, or with a run of 0 a leaf directory.
#[derive(Debug, Clone, Copy)]
struct Entry {
    id: u64,
    offset: u64,
    length: u64,
    run: u64,
}

impl PmTiles {
    /// Opens a file and reads its first directory.
    pub(crate) fn open(path: &Path) -> Result<Self, PackError> {
        let mut file = File::open(path).map_err(PackError::io(path))?;
        let mut raw = [0; HEADER_BYTES];
        file.read_exact(&mut raw)
            .map_err(|_| refused(path, "is too short"))?;
        let header = Header::read(&raw).ok_or_else(|| refused(path, "is no PMTiles 3"))?;
        let length = file.metadata().map_err(PackError::io(path))?.len();
        if header.end > length {
            return Err(refused(path, "is cut off"));
        }
        let mut opened = Self {
            path: path.to_owned(),
            file: Mutex::new(file),
            header,
            root: Vec::new(),
        };
        let (offset, length) = header.root;
        opened.root = opened.directory(offset, length)?;
        Ok(opened)
    }

    /// What it is, by its header and by its first tile.
    pub(crate) fn info(&self) -> Result<RasterInfo, PackError> {
        let first = self.first(&self.root, 0)?;
        let first = first.ok_or_else(|| refused(&self.path, "has no tiles"))?;
        let kind = media_type(&first).filter(|_| self.header.is_plain_tile);
        let kind = kind.ok_or_else(|| refused(&self.path, "its tiles are no pictures"))?;
        if self.header.min_zoom > self.header.max_zoom || self.header.max_zoom > 30 {
            return Err(refused(&self.path, "its zooms are impossible"));
        }
        Ok(RasterInfo {
            file: RASTER_PMTILES_FILE.to_owned(),
            media_type: kind.to_owned(),
            bounds: checked(&self.path, self.header.bounds)?,
            min_zoom: self.header.min_zoom,
            max_zoom: self.header.max_zoom,
        })
    }

    /// A tile, rows counted from the north.
    pub(crate) fn tile(&self, z: u8, x: u32, y: u32) -> Result<Option<Vec<u8>>, PackError> {
        let id = number(z, x, y);
        let mut leaf: Option<Vec<Entry>> = None;
        for _ in 0..DEPTH_MAX {
            let entries = leaf.as_deref().unwrap_or(&self.root);
            let after = entries.partition_point(|entry| entry.id <= id);
            let Some(entry) = after.checked_sub(1).and_then(|at| entries.get(at)).copied() else {
                return Ok(None);
            };
            if entry.run > 0 {
                let is_in_run = id - entry.id < entry.run;
                return is_in_run.then(|| self.tile_of(entry)).transpose();
            }
            leaf = Some(self.leaf(entry)?);
        }
        Err(self.damaged("its directories have no end"))
    }

    fn first(&self, entries: &[Entry], depth: u8) -> Result<Option<Vec<u8>>, PackError> {
        match entries.first() {
            None => Ok(None),
            Some(entry) if entry.run > 0 => self.tile_of(*entry).map(Some),
            Some(_) if depth >= DEPTH_MAX => Err(self.damaged("its directories have no end")),
            Some(entry) => self.first(&self.leaf(*entry)?, depth + 1),
        }
    }

    fn tile_of(&self, entry: Entry) -> Result<Vec<u8>, PackError> {
        let offset = self.header.data.saturating_add(entry.offset);
        self.bytes(offset, entry.length, TILE_BYTES_MAX)
    }

    fn leaf(&self, entry: Entry) -> Result<Vec<Entry>, PackError> {
        let offset = self.header.leaves.saturating_add(entry.offset);
        self.directory(offset, entry.length)
    }

    fn directory(&self, offset: u64, length: u64) -> Result<Vec<Entry>, PackError> {
        let raw = self.bytes(offset, length, DIRECTORY_BYTES_MAX)?;
        let plain = if self.header.is_gzip {
            let mut plain = Vec::new();
            let mut limited = GzDecoder::new(raw.as_slice()).take(DIRECTORY_BYTES_MAX);
            let read = limited.read_to_end(&mut plain);
            read.map_err(|e| self.damaged(&e.to_string()))?;
            plain
        } else {
            raw
        };
        entries(&plain).ok_or_else(|| self.damaged("a directory is damaged"))
    }

    fn bytes(&self, offset: u64, length: u64, most: u64) -> Result<Vec<u8>, PackError> {
        if length > most {
            return Err(self.damaged("a part is too large"));
        }
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        // A panic elsewhere leaves the file usable: every reader seeks first.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let read = file
            .seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(&mut bytes));
        read.map_err(|e| self.damaged(&e.to_string()))?;
        Ok(bytes)
    }

    fn damaged(&self, why: &str) -> PackError {
        let name = self.path.file_name().unwrap_or_default();
        PackError::DamagedPack {
            name: name.to_string_lossy().into_owned(),
            why: why.to_owned(),
        }
    }
}

impl Header {
    fn read(raw: &[u8; HEADER_BYTES]) -> Option<Self> {
        if raw.get(..8)? != b"PMTiles\x03" {
            return None;
        }
        let long = |at: usize| -> Option<u64> {
            Some(u64::from_le_bytes(raw.get(at..at + 8)?.try_into().ok()?))
        };
        let degrees = |at: usize| -> Option<f64> {
            let e7 = i32::from_le_bytes(raw.get(at..at + 4)?.try_into().ok()?);
            Some(f64::from(e7) / 1e7)
        };
        let is_gzip = match raw[97] {
            1 => false,
            2 => true,
            _ => return None,
        };
        Some(Self {
            root: (long(8)?, long(16)?),
            leaves: long(40)?,
            data: long(56)?,
            end: long(56)?.checked_add(long(64)?)?,
            is_gzip,
            is_plain_tile: raw[98] <= 1,
            min_zoom: raw[100],
            max_zoom: raw[101],
            bounds: [degrees(102)?, degrees(106)?, degrees(110)?, degrees(114)?],
        })
    }
}

/// The entries of an unpacked directory: count, then all ids as differences, all runs, all
/// lengths, all offsets (0 = right behind the one before).
fn entries(bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut rest = bytes;
    let count = usize::try_from(varint(&mut rest)?).ok()?;
    // Each entry takes four bytes at least.
    if count > bytes.len() / 4 + 1 {
        return None;
    }
    let mut entries = vec![
        Entry {
            id: 0,
            offset: 0,
            length: 0,
            run: 0,
        };
        count
    ];
    let mut id = 0u64;
    for entry in &mut entries {
        id = id.checked_add(varint(&mut rest)?)?;
        entry.id = id;
    }
    for entry in &mut entries {
        entry.run = varint(&mut rest)?;
    }
    for entry in &mut entries {
        entry.length = varint(&mut rest)?;
    }
    let mut behind = 0u64;
    for (at, entry) in entries.iter_mut().enumerate() {
        entry.offset = match varint(&mut rest)? {
            0 if at == 0 => return None,
            0 => behind,
            more => more - 1,
        };
        behind = entry.offset.checked_add(entry.length)?;
    }
    Some(entries)
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// The number of a tile: all tiles of the zooms before, then its place on the Hilbert curve.
fn number(z: u8, x: u32, y: u32) -> u64 {
    let before = ((1u64 << (2 * u32::from(z))) - 1) / 3;
    let side = 1u64 << z;
    let (mut x, mut y) = (u64::from(x), u64::from(y));
    let mut along = 0;
    let mut half = side / 2;
    while half > 0 {
        let right = u64::from(x & half > 0);
        let down = u64::from(y & half > 0);
        along += half * half * ((3 * right) ^ down);
        if down == 0 {
            if right == 1 {
                x = (side - 1).wrapping_sub(x);
                y = (side - 1).wrapping_sub(y);
            }
            std::mem::swap(&mut x, &mut y);
        }
        half /= 2;
    }
    before + along
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that the specification gives, and every number of a zoom once.
    #[test]
    fn numbers_of_tiles() {
        assert_eq!(number(0, 0, 0), 0);
        assert_eq!(
            [
                number(1, 0, 0),
                number(1, 0, 1),
                number(1, 1, 1),
                number(1, 1, 0)
            ],
            [1, 2, 3, 4]
        );
        assert_eq!(number(2, 0, 0), 5);
        assert_eq!(number(12, 3423, 1763), 19_078_479);
        let mut all: Vec<u64> = (0..32)
            .flat_map(|x| (0..32).map(move |y| number(5, x, y)))
            .collect();
        all.sort_unstable();
        assert_eq!(all, (341..341 + 1024).collect::<Vec<u64>>());
    }

    /// A directory cut anywhere is none; a count of thousands of millions costs nothing.
    #[test]
    fn damaged_directories() {
        let good = [2, 5, 3, 1, 1, 10, 20, 1, 0];
        let read = entries(&good).unwrap();
        assert_eq!((read[1].id, read[1].offset, read[1].length), (8, 10, 20));
        for cut in 0..good.len() {
            assert!(entries(&good[..cut]).is_none(), "{cut}");
        }
        assert!(entries(&[0xff, 0xff, 0xff, 0xff, 0x0f]).is_none());
    }
}
