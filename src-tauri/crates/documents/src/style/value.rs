//! Values of the style and of the tiles' properties, and colours.
//! Not here: expressions over them (`expression`).

use std::sync::Arc;

/// A value while a style is evaluated.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No such property.
    Null,
    /// True or false.
    Bool(bool),
    /// Any number.
    Number(f64),
    /// A text.
    Text(Arc<str>),
    /// A colour.
    Color(Color),
    /// Several values, of `literal`.
    List(Vec<Value>),
}

impl Value {
    /// The number, when it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The text, when it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number of the value as `to-number` of the style specification has it: `null` is 0,
    /// booleans are 0 and 1, a text is read; anything else has none.
    pub(crate) fn to_number(&self) -> Option<f64> {
        match self {
            Self::Null => Some(0.0),
            Self::Bool(flag) => Some(f64::from(u8::from(*flag))),
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            Self::Color(_) | Self::List(_) => None,
        }
    }
}

/// An opaque colour, sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Color {
    /// Red, 0–255.
    pub r: u8,
    /// Green, 0–255.
    pub g: u8,
    /// Blue, 0–255.
    pub b: u8,
}

impl Color {
    /// Reads `#RRGGBB`; nothing else is used by the style.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let all = u32::from_str_radix(digits, 16).ok()?;
        let [_, r, g, b] = all.to_be_bytes();
        Some(Self { r, g, b })
    }

    /// Writes `#RRGGBB`.
    pub fn to_hex(self) -> String {
        format!("#{:02X}{:02X}{:02X}", self.r, self.g, self.b)
    }

    /// The colour a share of the way to another.
    pub(crate) fn towards(self, other: Self, share: f64) -> Self {
        let mix = |a: u8, b: u8| {
            let mixed = f64::from(a) + (f64::from(b) - f64::from(a)) * share;
            mixed.round().clamp(0.0, 255.0) as u8
        };
        Self {
            r: mix(self.r, other.r),
            g: mix(self.g, other.g),
            b: mix(self.b, other.b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A colour is read and written the same; anything but six hex digits is refused.
    #[test]
    fn colours_round_trip() {
        let color = Color::from_hex("#EFF1ed").unwrap();
        assert_eq!((color.r, color.g, color.b), (0xEF, 0xF1, 0xED));
        assert_eq!(color.to_hex(), "#EFF1ED");
        for bad in ["EFF1ED", "#EFF", "#EFF1E", "#GGGGGG", "red", "#+12345", ""] {
            assert_eq!(Color::from_hex(bad), None, "{bad}");
        }
    }
}
