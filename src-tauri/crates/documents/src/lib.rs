//! Papers and pictures that need no webview: the map as an image, the dispatch order, the paper
//! of what could not be sent.
//! Not here: where tiles come from (a [`mapimage::Ground`] is handed in), printing itself.
//!
//! **Invariant:** the same request on the same map with the same fonts gives the same picture and
//! the same paper, byte for byte. **Invariant:** where there is no map it is hatched and said;
//! a value that is not known is printed as unknown.

mod error;
mod font;
pub mod mapimage;
pub mod order;
mod paper;
pub mod style;
mod text;
pub mod unsent;
mod vector;

pub use error::DocumentError;
pub use font::Fonts;
