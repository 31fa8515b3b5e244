//! Keys as WebDriver knows them.
//!
//! Not here: which key does what.

use std::time::Duration;

use fantoccini::actions::{InputSource, KeyAction, KeyActions};

/// The code point of a named key, or the letter itself.
fn code(name: &str) -> char {
    match name {
        "Ctrl" => '\u{e009}',
        "Alt" => '\u{e00a}',
        "Shift" => '\u{e008}',
        "Enter" => '\u{e007}',
        "Escape" => '\u{e00c}',
        "Tab" => '\u{e004}',
        "Backspace" => '\u{e003}',
        "Left" => '\u{e012}',
        "Up" => '\u{e013}',
        "Right" => '\u{e014}',
        "Down" => '\u{e015}',
        "Space" => ' ',
        _ => function_key(name).unwrap_or_else(|| {
            let mut letters = name.chars();
            let letter = letters.next().unwrap();
            assert!(letters.next().is_none(), "no such key: {name}");
            letter
        }),
    }
}

/// F1 to F12.
fn function_key(name: &str) -> Option<char> {
    let number: u32 = name.strip_prefix('F')?.parse().ok()?;
    char::from_u32(0xe030 + number)
}

/// One chord, as `Ctrl+Shift+Enter`: all down in order, all up the other way round.
pub(crate) fn chord(name: &str) -> KeyActions {
    let keys: Vec<char> = match name {
        "+" => vec!['+'],
        _ => name.split('+').map(code).collect(),
    };
    let mut actions = KeyActions::new("keyboard".into());
    for key in &keys {
        actions = actions.then(KeyAction::Down { value: *key });
    }
    for key in keys.iter().rev() {
        actions = actions.then(KeyAction::Up { value: *key });
    }
    actions
}

/// A text, letter by letter.
pub(crate) fn text(text: &str) -> KeyActions {
    let mut actions = KeyActions::new("keyboard".into());
    for letter in text.chars() {
        actions = actions
            .then(KeyAction::Down { value: letter })
            .then(KeyAction::Up { value: letter });
    }
    actions.then(KeyAction::Pause {
        duration: Duration::ZERO,
    })
}
