//! Well-known binary (ISO and the older form with flags), and the header that a GeoPackage puts
//! before it: OGC 06-103r4 §8.2, OGC 12-128r18 §2.1.3.
//! Not here: reading the database.
//!
//! **Invariant:** counts are checked against the bytes that are there before anything is kept.

use crate::own::shape::{POINTS_MAX, Pair, Shape, single};

/// A GeoPackage blob; `None` = an empty shape.
pub(super) fn from_gpkg(blob: &[u8]) -> Result<Option<Shape>, String> {
    let flags = match blob {
        [b'G', b'P', _, flags, ..] => *flags,
        _ => return Err("is no GeoPackage shape".to_owned()),
    };
    let envelope = match flags >> 1 & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err("has an unknown envelope".to_owned()),
    };
    if flags & 0x10 != 0 {
        return Ok(None);
    }
    let body = blob.get(8 + envelope..).ok_or("ends inside its header")?;
    from_wkb(body).map(Some)
}

/// A shape in well-known binary.
pub(super) fn from_wkb(bytes: &[u8]) -> Result<Shape, String> {
    let mut reader = Bytes { rest: bytes };
    let shape = reader.shape(0)?;
    match reader.rest.is_empty() {
        true => Ok(shape),
        false => Err(format!("has {} stray bytes", reader.rest.len())),
    }
}

struct Bytes<'a> {
    rest: &'a [u8],
}

/// Byte order and how many numbers a point has.
#[derive(Clone, Copy)]
struct Head {
    is_little: bool,
    kind: u32,
    numbers: usize,
}

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (first, rest) = self
            .rest
            .split_first_chunk::<N>()
            .ok_or("ends in the middle")?;
        self.rest = rest;
        Ok(*first)
    }

    fn u32(&mut self, is_little: bool) -> Result<u32, String> {
        let bytes = self.take::<4>()?;
        Ok(if is_little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }

    fn f64(&mut self, is_little: bool) -> Result<f64, String> {
        let bytes = self.take::<8>()?;
        Ok(if is_little {
            f64::from_le_bytes(bytes)
        } else {
            f64::from_be_bytes(bytes)
        })
    }

    fn head(&mut self) -> Result<Head, String> {
        let is_little = match self.take::<1>()? {
            [0] => false,
            [1] => true,
            [other] => return Err(format!("has byte order {other}")),
        };
        let raw = self.u32(is_little)?;
        if raw & 0x2000_0000 != 0 {
            self.u32(is_little)?;
        }
        let plain = raw & 0x0fff_ffff;
        let flags = usize::from(raw & 0x8000_0000 != 0) + usize::from(raw & 0x4000_0000 != 0);
        let iso = match plain / 1000 {
            0 => 0,
            1 | 2 => 1,
            3 => 2,
            _ => return Err(format!("is of unknown kind {plain}")),
        };
        Ok(Head {
            is_little,
            kind: plain % 1000,
            numbers: 2 + flags.max(iso),
        })
    }

    /// A count of things of at least `size` bytes each, which must still be there.
    fn count(&mut self, head: Head, size: usize) -> Result<usize, String> {
        let count = self.u32(head.is_little)? as usize;
        if count > POINTS_MAX || count.saturating_mul(size) > self.rest.len() {
            return Err(format!("says it has {count} parts and has not"));
        }
        Ok(count)
    }

    fn pair(&mut self, head: Head) -> Result<Pair, String> {
        let pair = [self.f64(head.is_little)?, self.f64(head.is_little)?];
        for _ in 2..head.numbers {
            self.f64(head.is_little)?;
        }
        Ok(pair)
    }

    fn line(&mut self, head: Head) -> Result<Vec<Pair>, String> {
        let count = self.count(head, head.numbers * 8)?;
        (0..count).map(|_| self.pair(head)).collect()
    }

    fn rings(&mut self, head: Head) -> Result<Vec<Vec<Pair>>, String> {
        let count = self.count(head, 4)?;
        (0..count).map(|_| self.line(head)).collect()
    }

    fn shape(&mut self, depth: u8) -> Result<Shape, String> {
        let head = self.head()?;
        match head.kind {
            1 => self.pair(head).map(Shape::Point),
            2 => Ok(Shape::Lines(vec![self.line(head)?])),
            3 => self.rings(head).map(Shape::Area),
            4..=6 if depth == 0 => {
                let count = self.count(head, 5)?;
                let parts = (0..count).map(|_| self.shape(1));
                joined(head.kind, parts.collect::<Result<_, _>>()?)
            }
            7 => Err("is a collection of shapes".to_owned()),
            other => Err(format!("is of unknown kind {other}")),
        }
    }
}

/// The parts of a multiple shape as one.
fn joined(kind: u32, parts: Vec<Shape>) -> Result<Shape, String> {
    let (mut points, mut lines, mut rings) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        match part {
            Shape::Point(point) => points.push(point),
            Shape::Lines(more) => lines.extend(more),
            Shape::Area(more) => rings.extend(more),
        }
    }
    match kind {
        4 if lines.is_empty() && rings.is_empty() => single(points),
        5 if points.is_empty() && rings.is_empty() => Ok(Shape::Lines(lines)),
        6 if points.is_empty() && lines.is_empty() => Ok(Shape::Area(rings)),
        _ => Err("has parts of another kind".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: f64, y: f64) -> Vec<u8> {
        let mut bytes = vec![1, 1, 0, 0, 0];
        bytes.extend(x.to_le_bytes());
        bytes.extend(y.to_le_bytes());
        bytes
    }

    /// Points in both byte orders, with heights, inside a multiple shape.
    #[test]
    fn points_of_every_sort() {
        assert_eq!(
            from_wkb(&point(113.0, 31.0)),
            Ok(Shape::Point([113.0, 31.0]))
        );
        let mut big = vec![0, 0, 0, 0x03, 0xe9];
        for number in [113.0f64, 31.0, 20.0] {
            big.extend(number.to_be_bytes());
        }
        assert_eq!(from_wkb(&big), Ok(Shape::Point([113.0, 31.0])));
        let mut many = vec![1, 4, 0, 0, 0, 1, 0, 0, 0];
        many.extend(point(113.0, 31.0));
        assert_eq!(from_wkb(&many), Ok(Shape::Point([113.0, 31.0])));
        let mut gpkg = b"GP\0\x01\0\0\0\0".to_vec();
        gpkg.extend(point(113.0, 31.0));
        assert_eq!(from_gpkg(&gpkg), Ok(Some(Shape::Point([113.0, 31.0]))));
    }

    /// Every cut and every wrong byte is an error or a shape, never a panic; a count of four
    /// thousand million points costs no memory.
    #[test]
    fn damage() {
        let mut huge = vec![1, 2, 0, 0, 0];
        huge.extend(u32::MAX.to_le_bytes());
        assert!(from_wkb(&huge).is_err());
        let mut square = vec![1, 3, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0];
        for number in [113.0f64, 31.0, 114.0, 31.0, 114.0, 32.0, 113.0, 31.0] {
            square.extend(number.to_le_bytes());
        }
        assert!(matches!(from_wkb(&square), Ok(Shape::Area(rings)) if rings[0].len() == 4));
        for cut in 0..square.len() {
            assert!(from_wkb(&square[..cut]).is_err(), "{cut}");
        }
        for at in 0..square.len() {
            for bit in 0..8 {
                let mut bytes = square.clone();
                bytes[at] ^= 1 << bit;
                let _any = from_wkb(&bytes);
            }
        }
        assert!(from_gpkg(b"GP").is_err() && from_gpkg(b"").is_err());
    }
}
