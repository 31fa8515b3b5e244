//! The dispatch order, 出警单: a form in black and white on A4, as PDF, made without a network
//! and without a webview. Not here: who may print it, the incident it is of.

mod face;
mod layout;
mod page;
mod sheet;
mod write;

pub use sheet::{Entry, Level, Moment, OrderMap, OrderSheet, OrderUnit, check_code};

use crate::{DocumentError, Fonts};
use face::Faces;

/// The order as PDF (PDF/A-2u, A4). The same sheet with the same fonts gives the same bytes.
///
/// # Errors
/// [`DocumentError::Pdf`] when the picture is no PNG or the PDF cannot be written,
/// [`DocumentError::Font`] when a font's file has gone.
pub fn pdf(sheet: &OrderSheet, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    let faces = Faces::new(fonts)?;
    let pages = layout::pages(sheet, &faces);
    write::pdf(sheet, &faces, &pages)
}
