//! What every paper of the house shares: A4 in black and white, faces with Chinese letters, rows
//! with borders, head and foot, a check code, PDF. Not here: what one paper says (`order`,
//! `unsent`).

pub(crate) mod check;
pub(crate) mod face;
pub(crate) mod frame;
pub(crate) mod imprint;
pub(crate) mod page;
pub(crate) mod value;
pub(crate) mod write;
