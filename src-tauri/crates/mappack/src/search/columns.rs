//! The search index as plain columns: how they lie in the pack's file, and that they fit together.
//! Not here: filling them (`gazetteer::index`), looking anything up in them.
//!
//! **Invariant:** columns that [`Columns::read`] gives out hold no number that points outside
//! another column, so a damaged pack is an error here and cannot lead a search astray.

use rusqlite::{Connection, params};

/// A position that is not known.
pub(crate) const NOWHERE: i32 = i32::MIN;

/// Where a list of each begins: one more entry than there are lists.
pub(crate) type Starts = Vec<u32>;

/// Everything a search needs in memory. Places are numbered from 0 as the rows of `place` are
/// from 1: first everything with a name of its own, then the house numbers.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Columns {
    /// Every sound there is, in order; a sound's number is its place here plus 1.
    pub(crate) sounds: Vec<String>,
    /// Every town there is, in order; a town's number is its place here plus 1.
    pub(crate) towns: Vec<String>,
    /// Characters of all spellings, one after the other.
    pub(crate) chars: Vec<u32>,
    pub(crate) spelling_starts: Starts,
    /// Sounds of all readings (lines), each ended by 0, in order of their sounds.
    pub(crate) line_sounds: Vec<u16>,
    pub(crate) line_starts: Vec<u32>,
    pub(crate) line_spellings: Vec<u32>,
    /// Places in `line_sounds` where a word begins inside a name, in order of what follows.
    pub(crate) tails: Vec<u32>,
    /// Named places of each spelling.
    pub(crate) place_starts: Starts,
    pub(crate) places: Vec<u32>,
    /// Groups of house numbers of each spelling: one group for each town.
    pub(crate) group_starts: Starts,
    pub(crate) groups: Vec<u32>,
    pub(crate) group_towns: Vec<u16>,
    /// First house number of each group, and the end of the last.
    pub(crate) group_firsts: Starts,
    /// Main number of each house number, rising within a group.
    pub(crate) numbers: Vec<u32>,
    /// Crossings of each spelling of a street: the other street and the place.
    pub(crate) cross_starts: Starts,
    pub(crate) cross_spellings: Vec<u32>,
    pub(crate) cross_places: Vec<u32>,
    /// Degrees in 1e-7 of every place, [`NOWHERE`] when not known.
    pub(crate) lon_e7: Vec<i32>,
    pub(crate) lat_e7: Vec<i32>,
    /// Class and town (0 = none) of every place.
    pub(crate) classes: Vec<u8>,
    pub(crate) place_towns: Vec<u16>,
    /// Places with a position by grid cell, see [`cell`].
    pub(crate) by_cell: Vec<u32>,
}

/// Side of a grid cell in 1e-7 degrees; about 220 m from south to north.
const CELL_E7: i32 = 20_000;

/// The grid cell of a position: row from the south, column from the west.
pub(crate) fn cell(lon_e7: i32, lat_e7: i32) -> (i32, i32) {
    (lat_e7.div_euclid(CELL_E7), lon_e7.div_euclid(CELL_E7))
}

/// The table the columns are in.
pub(crate) const TABLE: &str = "
    CREATE TABLE search_column (
        name TEXT PRIMARY KEY,
        bytes BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;";

/// A column's elements to bytes, lowest first, and back.
trait Element: Sized + Copy {
    fn bytes(column: &[Self]) -> Vec<u8>;
    fn column(bytes: &[u8]) -> Option<Vec<Self>>;
}

macro_rules! element {
    ($($kind:ty, $size:literal);*) => {$(
        impl Element for $kind {
            fn bytes(column: &[Self]) -> Vec<u8> {
                column.iter().flat_map(|value| value.to_le_bytes()).collect()
            }
            fn column(bytes: &[u8]) -> Option<Vec<Self>> {
                let (whole, rest) = bytes.as_chunks::<$size>();
                rest.is_empty()
                    .then(|| whole.iter().map(|bytes| Self::from_le_bytes(*bytes)).collect())
            }
        }
    )*};
}
element!(u8, 1; u16, 2; u32, 4; i32, 4);

impl Columns {
    /// Writes all columns.
    pub(crate) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut insert = connection.prepare("INSERT INTO search_column VALUES (?1, ?2)")?;
        let mut put = |name: &str, bytes: Vec<u8>| insert.execute(params![name, bytes]).map(drop);
        put("sounds", self.sounds.join("\n").into_bytes())?;
        put("towns", self.towns.join("\n").into_bytes())?;
        put("chars", Element::bytes(&self.chars))?;
        put("spelling_starts", Element::bytes(&self.spelling_starts))?;
        put("line_sounds", Element::bytes(&self.line_sounds))?;
        put("line_starts", Element::bytes(&self.line_starts))?;
        put("line_spellings", Element::bytes(&self.line_spellings))?;
        put("tails", Element::bytes(&self.tails))?;
        put("place_starts", Element::bytes(&self.place_starts))?;
        put("places", Element::bytes(&self.places))?;
        put("group_starts", Element::bytes(&self.group_starts))?;
        put("groups", Element::bytes(&self.groups))?;
        put("group_towns", Element::bytes(&self.group_towns))?;
        put("group_firsts", Element::bytes(&self.group_firsts))?;
        put("numbers", Element::bytes(&self.numbers))?;
        put("cross_starts", Element::bytes(&self.cross_starts))?;
        put("cross_spellings", Element::bytes(&self.cross_spellings))?;
        put("cross_places", Element::bytes(&self.cross_places))?;
        put("lon_e7", Element::bytes(&self.lon_e7))?;
        put("lat_e7", Element::bytes(&self.lat_e7))?;
        put("classes", Element::bytes(&self.classes))?;
        put("place_towns", Element::bytes(&self.place_towns))?;
        put("by_cell", Element::bytes(&self.by_cell))
    }

    /// Reads all columns; `Ok(Err)` says which part is not what it should be.
    pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Result<Self, String>> {
        let mut select = connection.prepare("SELECT bytes FROM search_column WHERE name = ?1")?;
        let mut blob = |name: &str| select.query_row(params![name], |row| row.get::<_, Vec<u8>>(0));
        macro_rules! columns {
            ($($name:ident),*) => {
                Self {
                    sounds: lines(blob("sounds")?),
                    towns: lines(blob("towns")?),
                    $($name: match Element::column(&blob(stringify!($name))?) {
                        Some(column) => column,
                        None => return Ok(Err(concat!(stringify!($name), " is cut off").into())),
                    },)*
                }
            };
        }
        let columns = columns!(
            chars,
            spelling_starts,
            line_sounds,
            line_starts,
            line_spellings,
            tails,
            place_starts,
            places,
            group_starts,
            groups,
            group_towns,
            group_firsts,
            numbers,
            cross_starts,
            cross_spellings,
            cross_places,
            lon_e7,
            lat_e7,
            classes,
            place_towns,
            by_cell
        );
        Ok(columns.check().map(|()| columns))
    }

    /// How many bytes the columns take in memory.
    pub(crate) fn bytes(&self) -> usize {
        let wide = self.chars.len()
            + self.spelling_starts.len()
            + self.line_starts.len()
            + self.line_spellings.len()
            + self.tails.len()
            + self.place_starts.len()
            + self.places.len()
            + self.group_starts.len()
            + self.groups.len()
            + self.group_firsts.len()
            + self.numbers.len()
            + self.cross_starts.len()
            + self.cross_spellings.len()
            + self.cross_places.len()
            + self.lon_e7.len()
            + self.lat_e7.len()
            + self.by_cell.len();
        let narrow = self.line_sounds.len() + self.group_towns.len() + self.place_towns.len();
        wide * 4 + narrow * 2 + self.classes.len()
    }

    /// Whether every number points into its column.
    fn check(&self) -> Result<(), String> {
        let spellings = self.spelling_starts.len().saturating_sub(1);
        let lines = self.line_starts.len();
        let places = self.lon_e7.len();
        let groups = self.group_firsts.len().saturating_sub(1);
        let named = places.checked_sub(self.numbers.len());
        let is_whole = |name: &str, is: bool| match is {
            true => Ok(()),
            false => Err(format!("column {name} does not fit the others")),
        };
        let starts = |starts: &[u32], lists: usize, data: usize| {
            starts.len() == lists + 1
                && starts.is_sorted()
                && starts.first() == Some(&0)
                && starts.last().is_some_and(|end| *end as usize == data)
        };
        let below = |column: &[u32], limit: usize| column.iter().all(|v| (*v as usize) < limit);
        is_whole(
            "sounds",
            self.sounds.len() < usize::from(u16::MAX) && self.sounds.is_sorted(),
        )?;
        is_whole(
            "spelling_starts",
            starts(&self.spelling_starts, spellings, self.chars.len()),
        )?;
        is_whole(
            "place_starts",
            starts(&self.place_starts, spellings, self.places.len()),
        )?;
        is_whole("places", below(&self.places, places))?;
        is_whole(
            "group_starts",
            starts(&self.group_starts, spellings, self.groups.len()),
        )?;
        is_whole("groups", below(&self.groups, groups))?;
        is_whole(
            "group_firsts",
            starts(&self.group_firsts, groups, self.numbers.len()),
        )?;
        is_whole(
            "cross_starts",
            starts(&self.cross_starts, spellings, self.cross_places.len()),
        )?;
        is_whole("cross_spellings", below(&self.cross_spellings, spellings))?;
        is_whole("cross_places", below(&self.cross_places, places))?;
        is_whole("line_spellings", below(&self.line_spellings, spellings))?;
        is_whole("tails", below(&self.tails, self.line_sounds.len()))?;
        is_whole("by_cell", below(&self.by_cell, places))?;
        let town = |town: &u16| usize::from(*town) <= self.towns.len();
        is_whole("group_towns", self.group_towns.iter().all(town))?;
        is_whole("place_towns", self.place_towns.iter().all(town))?;
        let sound = |sound: &u16| usize::from(*sound) <= self.sounds.len();
        is_whole("line_sounds", self.line_sounds.iter().all(sound))?;
        let lengths = self.lat_e7.len() == places
            && self.classes.len() == places
            && self.place_towns.len() == places
            && self.cross_spellings.len() == self.cross_places.len()
            && self.line_spellings.len() == lines
            && self.group_towns.len() == groups
            && named.is_some();
        is_whole("lengths", lengths)?;
        is_whole("line_starts", self.lines_end())
    }

    /// Whether each line begins where the one before has ended, and is as long as its spelling.
    fn lines_end(&self) -> bool {
        let ends = self.line_starts.iter().skip(1).copied();
        let total = self.line_sounds.len() as u32;
        let lines = self.line_starts.iter().zip(ends.chain([total]));
        let is_line = |(spelling, (start, end)): (&u32, (&u32, u32))| {
            let Some(sounds) = self.line_sounds.get(*start as usize..end as usize) else {
                return false;
            };
            let range = |at: u32| self.spelling_starts.get(at as usize).copied().unwrap_or(0);
            let length = range(spelling + 1).saturating_sub(range(*spelling)) as usize;
            sounds.len() == length + 1
                && sounds.last() == Some(&0)
                && sounds.iter().filter(|sound| **sound == 0).count() == 1
        };
        self.line_starts.first().is_none_or(|start| *start == 0)
            && self.line_spellings.iter().zip(lines).all(is_line)
    }
}

fn lines(bytes: Vec<u8>) -> Vec<String> {
    let text = String::from_utf8_lossy(&bytes);
    match text.is_empty() {
        true => Vec::new(),
        false => text.split('\n').map(str::to_owned).collect(),
    }
}
