//! The dispatch order, 出警单: a form in black and white on A4, as PDF, made without a network
//! and without a webview. Not here: who may print it, the incident it is of.

mod layout;
mod sheet;

pub use crate::paper::imprint::Imprint;
pub use crate::paper::value::{Entry, Level};
pub use sheet::{Moment, OrderMap, OrderSheet, OrderUnit, check_code};

use crate::paper::face::Faces;
use crate::paper::write;
use crate::{DocumentError, Fonts};

/// The order as PDF (PDF/A-2u, A4). The same sheet with the same fonts gives the same bytes.
///
/// # Errors
/// [`DocumentError::Pdf`] when the picture is no PNG or the PDF cannot be written,
/// [`DocumentError::Font`] when a font's file has gone.
pub fn pdf(sheet: &OrderSheet, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    let faces = Faces::new(fonts)?;
    let about = layout::about(sheet);
    let pages = layout::pages(sheet, &about, &faces);
    let picture = match &sheet.map {
        OrderMap::Picture { png, .. } => Some(png.as_slice()),
        OrderMap::Missing(_) => None,
    };
    write::pdf(&about, picture, &faces, &pages)
}
