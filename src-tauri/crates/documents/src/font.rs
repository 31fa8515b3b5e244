//! The fonts of this machine: found once, Chinese letters made sure of, widths measured.
//! Not here: shaping and drawing (`resvg` on the map, `krilla` on paper).

use crate::DocumentError;
use resvg::usvg::fontdb::{Database, Family, ID, Query, Weight};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Families with Chinese letters, best first; the desk's own list (`features/map/style.ts`) and
/// what else is common on such machines.
const HAN_FAMILIES: [&str; 10] = [
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
];

/// Letters a family must have to count as Chinese.
const PROBE: [char; 6] = ['警', '派', '幺', '县', '镇', '邨'];

/// The fonts, ready for any number of drawings. Cheap to clone.
#[derive(Clone)]
pub struct Fonts {
    inner: Arc<Inner>,
}

struct Inner {
    database: Arc<Database>,
    family: &'static str,
    regular: Face,
    bold_id: ID,
    bold: OnceLock<Result<Face, String>>,
}

/// A face with the bytes of its file.
#[derive(Clone)]
pub(crate) struct Face {
    pub(crate) bytes: Arc<Vec<u8>>,
    pub(crate) index: u32,
    id: ID,
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faces = self.inner.database.len();
        write!(f, "Fonts({}, {faces} faces)", self.inner.family)
    }
}

impl Fonts {
    /// Looks through the fonts of the system. Takes a good tenth of a second: once a program.
    ///
    /// # Errors
    /// [`DocumentError::NoHanFont`] when none of them has Chinese letters.
    pub fn of_system() -> Result<Self, DocumentError> {
        let mut database = Database::new();
        database.load_system_fonts();
        Self::of(database)
    }

    /// Looks through the fonts of one folder only.
    ///
    /// # Errors
    /// [`DocumentError::NoHanFont`] when none of them has Chinese letters.
    pub fn of_folder(folder: &Path) -> Result<Self, DocumentError> {
        let mut database = Database::new();
        database.load_fonts_dir(folder);
        Self::of(database)
    }

    fn of(mut database: Database) -> Result<Self, DocumentError> {
        let found = HAN_FAMILIES.into_iter().find_map(|family| {
            let id = face_id(&database, family, Weight::NORMAL)?;
            has_all(&database, id, &PROBE).then_some((family, id))
        });
        let (family, regular_id) = found.ok_or_else(|| DocumentError::NoHanFont {
            looked_for: HAN_FAMILIES.join(", "),
        })?;
        database.set_sans_serif_family(family);
        let bold_id = face_id(&database, family, Weight::BOLD).unwrap_or(regular_id);
        let regular = Face::load(&database, regular_id).map_err(|why| DocumentError::Font {
            family: family.to_owned(),
            why,
        })?;
        let inner = Inner {
            database: Arc::new(database),
            family,
            regular,
            bold_id,
            bold: OnceLock::new(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The family that Chinese is drawn in.
    pub fn family(&self) -> &str {
        self.inner.family
    }

    pub(crate) fn database(&self) -> Arc<Database> {
        Arc::clone(&self.inner.database)
    }

    pub(crate) fn regular(&self) -> &Face {
        &self.inner.regular
    }

    /// The bold face; the regular one where the family has no other.
    pub(crate) fn bold(&self) -> Result<&Face, DocumentError> {
        let inner = &self.inner;
        let loaded = inner.bold.get_or_init(|| {
            if inner.bold_id == inner.regular.id {
                return Ok(inner.regular.clone());
            }
            Face::load(&inner.database, inner.bold_id)
        });
        loaded.as_ref().map_err(|why| DocumentError::Font {
            family: inner.family.to_owned(),
            why: why.clone(),
        })
    }

    /// A face of another family that has a letter; the first by name, so that the choice does
    /// not depend on the order of files on the disk.
    pub(crate) fn other_with(&self, letter: char) -> Option<Face> {
        let database = &self.inner.database;
        let mut faces: Vec<_> = database.faces().collect();
        faces.sort_by_key(|face| (face.weight != Weight::NORMAL, face.post_script_name.clone()));
        let found = faces
            .iter()
            .find(|face| has_all(database, face.id, &[letter]))?;
        Face::load(database, found.id).ok()
    }

    /// Width of a line of text, with nothing added between its letters.
    pub(crate) fn width_px(&self, text: &str, size_px: f64) -> f64 {
        self.inner.regular.width(text) * size_px
    }
}

impl Fonts {
    /// Letters of a line with the width of each.
    pub(crate) fn advances_px(&self, text: &str, size_px: f64) -> Vec<(char, f64)> {
        let advances = self.inner.regular.advances(text);
        let letters = text.chars().zip(advances);
        letters.map(|(c, wide)| (c, wide * size_px)).collect()
    }
}

impl Face {
    fn load(database: &Database, id: ID) -> Result<Self, String> {
        let read = database.with_face_data(id, |bytes, index| Self {
            bytes: Arc::new(bytes.to_vec()),
            index,
            id,
        });
        let face = read.ok_or("its file cannot be read")?;
        FontRef::from_index(&face.bytes, face.index).map_err(|why| why.to_string())?;
        Ok(face)
    }

    /// Whether it has a letter.
    pub(crate) fn has(&self, letter: char) -> bool {
        self.has_all(letter.encode_utf8(&mut [0; 4]))
    }

    /// Whether it has every letter of a text.
    pub(crate) fn has_all(&self, text: &str) -> bool {
        let font = FontRef::from_index(&self.bytes, self.index);
        font.is_ok_and(|font| {
            let charmap = font.charmap();
            text.chars().all(|letter| charmap.map(letter).is_some())
        })
    }

    /// Width of a line in letters (em).
    pub(crate) fn width(&self, text: &str) -> f64 {
        self.advances(text).into_iter().sum()
    }

    /// Width of each letter of a line in letters (em). One it lacks counts as a whole one.
    fn advances(&self, text: &str) -> Vec<f64> {
        let Ok(font) = FontRef::from_index(&self.bytes, self.index) else {
            return text.chars().map(|_| 1.0).collect();
        };
        let (charmap, size) = (font.charmap(), Size::unscaled());
        let metrics = font.glyph_metrics(size, LocationRef::default());
        let per_em = font.metrics(size, LocationRef::default()).units_per_em;
        let letter = |c: char| {
            let advance = charmap
                .map(c)
                .and_then(|glyph| metrics.advance_width(glyph));
            advance.map_or(1.0, |wide| f64::from(wide) / f64::from(per_em.max(1)))
        };
        text.chars().map(letter).collect()
    }
}

fn face_id(database: &Database, family: &str, weight: Weight) -> Option<ID> {
    let query = Query {
        families: &[Family::Name(family)],
        weight,
        ..Query::default()
    };
    database.query(&query)
}

fn has_all(database: &Database, id: ID, letters: &[char]) -> bool {
    let found = database.with_face_data(id, |bytes, index| {
        let font = FontRef::from_index(bytes, index).ok()?;
        let charmap = font.charmap();
        Some(letters.iter().all(|letter| charmap.map(*letter).is_some()))
    });
    found.flatten().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine without Chinese letters gets a sentence that names the remedy, not boxes.
    #[test]
    fn no_chinese_font_is_said() {
        let empty = tempfile::tempdir().unwrap();
        let said = Fonts::of_folder(empty.path()).unwrap_err().to_string();
        assert!(said.contains("fonts-noto-cjk"), "{said}");
    }

    /// Han letters are as wide as high, Latin ones narrower; a letter no font has is found out.
    #[test]
    fn letters_are_measured() {
        let fonts = Fonts::of_system().unwrap();
        assert!((fonts.width_px("望北县", 10.0) - 30.0).abs() < 0.01);
        let latin = fonts.width_px("abc", 10.0);
        assert!(latin > 10.0 && latin < 22.0, "{latin}");
        assert!(fonts.regular().has('警'));
        assert!(!fonts.regular().has('\u{10FFFD}'));
        assert!(fonts.other_with('\u{10FFFD}').is_none());
        assert!(fonts.bold().unwrap().has('警'));
    }
}
