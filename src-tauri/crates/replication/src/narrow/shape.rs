//! Shapes of entries: kind, post, and which fields are written with what. The usual ones have a
//! code of one byte; others are spelt out. The list belongs to the version of the frames: it may
//! only grow at its end, and with a new version.
//!
//! Not here: the values (`compact`).

use std::borrow::Cow;

/// The entry's own bytes follow.
pub(super) const RAW: u8 = 0;
/// The shape is spelt out.
pub(super) const SPELT: u8 = 255;

/// What a value is, as far as that is the same for all entries of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Nothing,
    Int,
    Text,
    Ref,
    Point,
    Fix,
    Bytes,
    /// A number that is the entry's true time.
    AtMs,
    /// The entry itself.
    Own,
    /// A fix at the entry's true time.
    FixNow,
    /// The incident number: its day, station and counter.
    Number,
    /// The day of the number before.
    NumberDay,
    /// The counter of the number before.
    NumberCounter,
}

const FORMS: [Form; 13] = [
    Form::Nothing,
    Form::Int,
    Form::Text,
    Form::Ref,
    Form::Point,
    Form::Fix,
    Form::Bytes,
    Form::AtMs,
    Form::Own,
    Form::FixNow,
    Form::Number,
    Form::NumberDay,
    Form::NumberCounter,
];

impl Form {
    pub(super) fn code(self) -> u8 {
        self as u8
    }

    pub(super) fn from_code(code: u8) -> Option<Form> {
        FORMS.get(usize::from(code)).copied()
    }
}

/// A shape. Targets: 0 subject, 1 body, 2 another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) kind: u16,
    pub(super) post: u8,
    pub(super) writes: Cow<'static, [(u8, u16, Form)]>,
}

type Known = (u16, u8, &'static [(u8, u16, Form)]);

/// Usual shapes; the first has code 1.
const SHAPES: &[Known] = &[
    // call.ring
    (
        1,
        8,
        &[(0, 1, Form::Int), (0, 4, Form::AtMs), (0, 2, Form::Text)],
    ),
    // incident.open of a call, by the desk's command, and by itself
    (
        10,
        1,
        &[
            (0, 101, Form::Number),
            (0, 102, Form::NumberDay),
            (0, 103, Form::NumberCounter),
            (0, 104, Form::Int),
            (0, 105, Form::Int),
            (0, 106, Form::AtMs),
            (0, 107, Form::Text),
            (0, 108, Form::Ref),
        ],
    ),
    (
        10,
        1,
        &[
            (0, 101, Form::Number),
            (0, 102, Form::NumberDay),
            (0, 103, Form::NumberCounter),
            (0, 104, Form::Int),
            (0, 105, Form::Int),
            (0, 106, Form::AtMs),
            (0, 107, Form::Text),
        ],
    ),
    // call.answer
    (
        3,
        1,
        &[
            (0, 5, Form::AtMs),
            (0, 7, Form::Text),
            (0, 8, Form::Ref),
            (2, 128, Form::Text),
        ],
    ),
    // call.locate, before and after the incident is opened
    (
        2,
        8,
        &[
            (0, 11, Form::FixNow),
            (2, 121, Form::Point),
            (2, 122, Form::Int),
        ],
    ),
    (2, 8, &[(0, 11, Form::FixNow)]),
    // call.end
    (4, 8, &[(0, 6, Form::AtMs)]),
    // incident.amend
    (
        11,
        1,
        &[
            (0, 124, Form::Text),
            (0, 120, Form::Text),
            (0, 123, Form::Text),
            (0, 127, Form::Text),
        ],
    ),
    (11, 1, &[(0, 124, Form::Text)]),
    (11, 1, &[(0, 120, Form::Text)]),
    (11, 2, &[(0, 124, Form::Text)]),
    (11, 2, &[(0, 120, Form::Text)]),
    // incident.file
    (
        12,
        1,
        &[
            (0, 125, Form::Text),
            (0, 126, Form::Int),
            (0, 109, Form::AtMs),
        ],
    ),
    (12, 1, &[(0, 120, Form::Text), (0, 109, Form::AtMs)]),
    // incident.note
    (16, 1, &[(1, 901, Form::Text)]),
    (16, 2, &[(1, 901, Form::Text)]),
    // assignment.order: at the terminal; with the reason why another unit was proposed
    (
        30,
        2,
        &[
            (0, 301, Form::Ref),
            (0, 302, Form::Ref),
            (0, 303, Form::Text),
            (0, 304, Form::Int),
            (0, 306, Form::AtMs),
            (2, 610, Form::Own),
        ],
    ),
    (
        30,
        2,
        &[
            (0, 301, Form::Ref),
            (0, 302, Form::Ref),
            (0, 303, Form::Text),
            (0, 304, Form::Int),
            (0, 306, Form::AtMs),
            (0, 305, Form::Text),
            (2, 610, Form::Own),
        ],
    ),
    // the steps of an assignment, by the crew's device and typed at the desk
    (31, 8, &[(0, 307, Form::AtMs)]),
    (32, 8, &[(0, 308, Form::AtMs)]),
    (33, 8, &[(0, 309, Form::AtMs)]),
    (34, 8, &[(0, 310, Form::AtMs)]),
    (35, 8, &[(0, 311, Form::AtMs)]),
    (36, 8, &[(0, 312, Form::AtMs)]),
    (
        37,
        8,
        &[
            (0, 313, Form::AtMs),
            (2, 610, Form::Nothing),
            (2, 608, Form::Int),
            (2, 609, Form::AtMs),
        ],
    ),
    (31, 2, &[(0, 307, Form::AtMs)]),
    (32, 2, &[(0, 308, Form::AtMs)]),
    (33, 2, &[(0, 309, Form::AtMs)]),
    (34, 2, &[(0, 310, Form::AtMs)]),
    (35, 2, &[(0, 311, Form::AtMs)]),
    (36, 2, &[(0, 312, Form::AtMs)]),
    (
        37,
        2,
        &[
            (0, 313, Form::AtMs),
            (2, 610, Form::Nothing),
            (2, 608, Form::Int),
            (2, 609, Form::AtMs),
        ],
    ),
    // cancelling
    (38, 2, &[(0, 314, Form::AtMs), (1, 901, Form::Text)]),
    (
        39,
        8,
        &[
            (0, 315, Form::AtMs),
            (2, 610, Form::Nothing),
            (2, 608, Form::Int),
            (2, 609, Form::AtMs),
        ],
    ),
    // feedback.add
    (
        50,
        8,
        &[
            (0, 501, Form::Ref),
            (0, 503, Form::Text),
            (0, 505, Form::AtMs),
            (0, 502, Form::Ref),
            (2, 115, Form::AtMs),
        ],
    ),
    // unit.set_state
    (61, 8, &[(0, 608, Form::Int), (0, 609, Form::AtMs)]),
    (61, 2, &[(0, 608, Form::Int), (0, 609, Form::AtMs)]),
    // incident.invalidate, incident.close
    (
        13,
        1,
        &[
            (0, 110, Form::Int),
            (0, 111, Form::AtMs),
            (0, 113, Form::Text),
        ],
    ),
    (
        14,
        2,
        &[
            (0, 110, Form::Int),
            (0, 111, Form::AtMs),
            (0, 115, Form::Nothing),
            (0, 112, Form::Text),
        ],
    ),
    (
        14,
        2,
        &[
            (0, 110, Form::Int),
            (0, 111, Form::AtMs),
            (0, 112, Form::Text),
        ],
    ),
];

/// The code of a usual shape.
pub(super) fn code_of(shape: &Shape) -> Option<u8> {
    let is_it = |known: &Known| {
        known.0 == shape.kind && known.1 == shape.post && known.2 == &shape.writes[..]
    };
    let at = SHAPES.iter().position(is_it)?;
    u8::try_from(at + 1).ok().filter(|code| *code != SPELT)
}

/// The usual shape of a code.
pub(super) fn of_code(code: u8) -> Option<Shape> {
    let (kind, post, writes) = SHAPES.get(usize::from(code).checked_sub(1)?)?;
    Some(Shape {
        kind: *kind,
        post: *post,
        writes: Cow::Borrowed(writes),
    })
}
