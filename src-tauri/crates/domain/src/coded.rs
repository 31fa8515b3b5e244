//! Enumerations with a stable number (log) and a stable word (tables, wire).
//!
//! Not here: sentences for people; those live in assets/words.

/// Declares a fieldless enum whose numbers and words never change meaning.
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$vdoc:meta])* $variant:ident = $code:literal $word:literal,)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every value, in order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// Stable number for the log.
            #[must_use]
            pub fn code(self) -> u8 { match self { $($name::$variant => $code,)+ } }

            /// The value of a stable number; `None` = made by a newer program.
            #[must_use]
            pub fn from_code(code: u8) -> Option<$name> {
                match code { $($code => Some($name::$variant),)+ _ => None }
            }

            /// Stable word for tables and the wire.
            #[must_use]
            pub fn word(self) -> &'static str { match self { $($name::$variant => $word,)+ } }

            /// The value of a stable word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use coded;
