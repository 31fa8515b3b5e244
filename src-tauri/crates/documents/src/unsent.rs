//! The paper of what could not be sent, 未送达单: what a station that cannot be reached does not
//! know, as a messenger carries it there. Each incident stands with its short code, so that what
//! the other station enters by it is one with ours when a path returns. Not here: what has not
//! arrived (`app`), the code and its meaning (`domain::voice`).

mod layout;
mod sheet;

pub use crate::paper::imprint::Imprint;
pub use crate::paper::value::{Entry, Level};
pub use sheet::{UnsentIncident, UnsentOrder, UnsentSheet, check_code};

use crate::paper::face::Faces;
use crate::paper::write;
use crate::{DocumentError, Fonts};

/// The paper as PDF (PDF/A-2u, A4). The same sheet with the same fonts gives the same bytes.
///
/// # Errors
/// [`DocumentError::Pdf`] when the PDF cannot be written, [`DocumentError::Font`] when a font's
/// file has gone.
pub fn pdf(sheet: &UnsentSheet, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    let faces = Faces::new(fonts)?;
    let about = layout::about(sheet);
    let pages = layout::pages(sheet, &about, &faces);
    write::pdf(&about, None, &faces, &pages)
}
