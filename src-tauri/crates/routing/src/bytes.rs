//! A road graph as bytes and back.
//! Not here: where the bytes are kept (map packs).
//!
//! Little-endian throughout: mark, version, eight counts; junctions, pieces, inner points, name
//! ends, names, forbidden turns, order; at the end an FNV-1a checksum of all before it. The length
//! is known from the counts, and is compared before anything is made from them.

use crate::graph::{Junction, Lane, NO_NAME, Piece, RoadGraph};
use crate::{GraphError, RoadClass};
use fengsui_geo::Wgs84;

const MARK: &[u8; 8] = b"FSROADS\n";
/// The version this program writes, and the newest it reads.
const VERSION: u32 = 1;
const HEAD: usize = 8 + 4 + 8 * 4;
const JUNCTION: u64 = 9;
const PIECE: u64 = 34;

impl RoadGraph {
    /// The graph as bytes; the same graph gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let name_bytes: usize = self.names.iter().map(String::len).sum();
        let counts = [
            self.junctions.len(),
            self.pieces.len(),
            self.points.len(),
            self.names.len(),
            name_bytes,
            self.bans.len(),
            self.rules as usize,
            self.rules_left_out as usize,
        ];
        let mut out = MARK.to_vec();
        out.extend(VERSION.to_le_bytes());
        for count in counts {
            out.extend((count as u32).to_le_bytes());
        }
        for junction in &self.junctions {
            out.extend(junction.at.0.to_le_bytes());
            out.extend(junction.at.1.to_le_bytes());
            out.push(bits([junction.has_signal, junction.is_blocked]));
        }
        for piece in &self.pieces {
            put_piece(&mut out, piece);
        }
        for (lon, lat) in &self.points {
            out.extend(lon.to_le_bytes());
            out.extend(lat.to_le_bytes());
        }
        let mut end = 0;
        for name in &self.names {
            end += name.len() as u32;
            out.extend(end.to_le_bytes());
        }
        for name in &self.names {
            out.extend(name.as_bytes());
        }
        for (from, onto) in &self.bans {
            out.extend(from.to_le_bytes());
            out.extend(onto.to_le_bytes());
        }
        for piece in &self.order {
            out.extend(piece.to_le_bytes());
        }
        out.extend(checksum(&out).to_le_bytes());
        out
    }

    /// Reads a graph and checks all of it.
    ///
    /// # Errors
    /// [`GraphError`], naming the part that is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GraphError> {
        let (mut reader, counts) = head(bytes)?;
        let [
            junctions,
            pieces,
            points,
            names,
            name_bytes,
            bans,
            rules,
            rules_left_out,
        ] = counts;
        let junctions = reader.many(junctions, Reader::junction)?;
        let pieces = reader.many(pieces, Reader::piece)?;
        let points = reader.many(points, |reader, index| reader.point("point", index))?;
        let ends = reader.many(names, |reader, _| Ok(reader.u32()))?;
        let names = reader.names(&ends, name_bytes)?;
        let bans = reader.many(bans, |reader, _| Ok((reader.u32(), reader.u32())))?;
        let order = reader.many(pieces.len() as u32, |reader, _| Ok(reader.u32()))?;
        let graph = Self {
            junctions,
            pieces,
            points,
            names,
            bans,
            order,
            rules,
            rules_left_out,
        };
        check(&graph)?;
        Ok(graph)
    }
}

/// Checks mark, version, length and checksum; what follows may be read without looking.
fn head(bytes: &[u8]) -> Result<(Reader<'_>, [u32; 8]), GraphError> {
    if !bytes.starts_with(MARK) {
        return Err(GraphError::NotAGraph);
    }
    let found = bytes.len() as u64;
    if bytes.len() < HEAD + 8 {
        let wanted = HEAD as u64 + 8;
        return Err(GraphError::Length { found, wanted });
    }
    let mut reader = Reader(&bytes[MARK.len()..]);
    let version = reader.u32();
    if version != VERSION {
        return Err(GraphError::TooNew {
            found: version,
            known: VERSION,
        });
    }
    let counts = [0; 8].map(|_| reader.u32());
    let [junctions, pieces, points, names, name_bytes, bans, ..] = counts.map(u64::from);
    let wanted = HEAD as u64
        + junctions * JUNCTION
        + pieces * (PIECE + 4)
        + points * 8
        + names * 4
        + name_bytes
        + bans * 8
        + 8;
    if found != wanted {
        return Err(GraphError::Length { found, wanted });
    }
    let (body, sum) = bytes.split_at(bytes.len() - 8);
    if checksum(body).to_le_bytes() != *sum {
        return Err(GraphError::Checksum);
    }
    Ok((reader, counts))
}

fn bits<const N: usize>(flags: [bool; N]) -> u8 {
    (0..N).fold(0, |bits, i| bits | u8::from(flags[i]) << i)
}

fn put_piece(out: &mut Vec<u8>, piece: &Piece) {
    for end in piece.ends {
        out.extend(end.to_le_bytes());
    }
    out.extend(piece.way.to_le_bytes());
    out.extend(piece.name.to_le_bytes());
    out.push(piece.class.number());
    out.extend(piece.posted_kmh);
    out.extend(piece.signals);
    let [forward, backward] = piece.is_open;
    out.push(bits([
        forward,
        backward,
        piece.is_restricted,
        piece.is_roundabout,
        piece.is_town,
    ]));
    out.extend(piece.length_dm.to_le_bytes());
    out.extend(piece.points_end.to_le_bytes());
}

/// FNV-1a, 64 bits.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn nonsense(part: &'static str, index: usize, why: &'static str) -> GraphError {
    GraphError::Nonsense {
        part,
        index: index as u64,
        why,
    }
}

/// Takes values off the front. The length was checked: there are always enough.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let Some((value, rest)) = self.0.split_first_chunk() else {
            return [0; N];
        };
        self.0 = rest;
        *value
    }

    fn u8(&mut self) -> u8 {
        self.take::<1>()[0]
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    fn i32(&mut self) -> i32 {
        i32::from_le_bytes(self.take())
    }

    fn many<T>(
        &mut self,
        count: u32,
        mut one: impl FnMut(&mut Self, usize) -> Result<T, GraphError>,
    ) -> Result<Vec<T>, GraphError> {
        (0..count as usize).map(|index| one(self, index)).collect()
    }

    fn point(&mut self, part: &'static str, index: usize) -> Result<(i32, i32), GraphError> {
        let at = (self.i32(), self.i32());
        match Wgs84::from_e7(at.0, at.1) {
            Ok(_) => Ok(at),
            Err(_) => Err(nonsense(part, index, "is no place on earth")),
        }
    }

    fn junction(&mut self, index: usize) -> Result<Junction, GraphError> {
        let at = self.point("junction", index)?;
        let flags = self.u8();
        Ok(Junction {
            at,
            has_signal: flags & 1 != 0,
            is_blocked: flags & 2 != 0,
        })
    }

    fn piece(&mut self, index: usize) -> Result<Piece, GraphError> {
        let ends = [self.u32(), self.u32()];
        let way = i64::from_le_bytes(self.take());
        let name = self.u32();
        let class = RoadClass::from_number(self.u8())
            .ok_or_else(|| nonsense("piece", index, "has no class that there is"))?;
        let posted_kmh = self.take();
        let signals = self.take();
        let flags = self.u8();
        let flag = |bit: u8| flags >> bit & 1 != 0;
        Ok(Piece {
            ends,
            way,
            name,
            class,
            is_open: [flag(0), flag(1)],
            posted_kmh,
            signals,
            is_restricted: flag(2),
            is_roundabout: flag(3),
            is_town: flag(4),
            length_dm: self.u32(),
            points_end: self.u32(),
        })
    }

    fn names(&mut self, ends: &[u32], name_bytes: u32) -> Result<Vec<String>, GraphError> {
        let (blob, rest) = self.0.split_at(name_bytes as usize);
        self.0 = rest;
        let mut begin = 0;
        let mut names = Vec::with_capacity(ends.len());
        for (index, end) in ends.iter().enumerate() {
            let name = blob
                .get(begin..*end as usize)
                .and_then(|bytes| std::str::from_utf8(bytes).ok())
                .ok_or_else(|| nonsense("name", index, "is no text"))?;
            names.push(name.to_owned());
            begin = *end as usize;
        }
        match begin == blob.len() {
            true => Ok(names),
            false => Err(nonsense("name", ends.len(), "is left over")),
        }
    }
}

/// Checks what the parts say of each other.
fn check(graph: &RoadGraph) -> Result<(), GraphError> {
    let mut points = 0;
    for (index, piece) in graph.pieces.iter().enumerate() {
        let bad = |why| Err(nonsense("piece", index, why));
        if piece
            .ends
            .iter()
            .any(|end| *end as usize >= graph.junctions.len())
        {
            return bad("ends at a junction that there is not");
        }
        if piece.name != NO_NAME && piece.name as usize >= graph.names.len() {
            return bad("has a name that there is not");
        }
        if piece.points_end < points || piece.points_end as usize > graph.points.len() {
            return bad("has points that there are not");
        }
        points = piece.points_end;
    }
    if points as usize != graph.points.len() {
        return Err(nonsense("point", points as usize, "belongs to no piece"));
    }
    let lanes = graph.lane_count() as Lane;
    for (index, (from, onto)) in graph.bans.iter().copied().enumerate() {
        if from >= lanes || onto >= lanes || graph.end(from) != graph.start(onto) {
            return Err(nonsense("turn", index, "is none"));
        }
        if index > 0 && graph.bans[index - 1] >= (from, onto) {
            return Err(nonsense("turn", index, "is out of order"));
        }
    }
    let mut is_seen = vec![false; graph.pieces.len()];
    for (index, piece) in graph.order.iter().enumerate() {
        match is_seen.get_mut(*piece as usize) {
            Some(seen) if !*seen => *seen = true,
            _ => return Err(nonsense("order", index, "names a piece twice, or none")),
        }
    }
    Ok(())
}
