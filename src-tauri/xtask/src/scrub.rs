//! Reading sources without a parser: code with its comments and strings blanked out, the part
//! before the tests, whole words, imports. Good enough for house rules, not a compiler.

/// The Rust text with the inside of comments, strings and characters turned to spaces; line
/// breaks stay, so line numbers do.
pub(crate) fn scrub(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let next = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => line_end(&chars, at),
            '/' if chars.get(at + 1) == Some(&'*') => comment_end(&chars, at),
            '"' => string_end(&chars, at + 1),
            'r' if !follows_name(&chars, at) => raw_string_end(&chars, at),
            '\'' => char_end(&chars, at),
            _ => at,
        };
        if next == at {
            out.push(chars[at]);
            at += 1;
            continue;
        }
        for inner in &chars[at..next.min(chars.len())] {
            out.push(if *inner == '\n' { '\n' } else { ' ' });
        }
        at = next;
    }
    out
}

fn follows_name(chars: &[char], at: usize) -> bool {
    // `br"…"` and `cr"…"` are raw strings too; any other letter before makes it a name.
    let before = |back: usize| at.checked_sub(back).map(|i| chars[i]);
    match before(1) {
        Some('b' | 'c') => before(2).is_some_and(is_name),
        Some(other) => is_name(other),
        None => false,
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn line_end(chars: &[char], at: usize) -> usize {
    (at..chars.len())
        .find(|i| chars[*i] == '\n')
        .unwrap_or(chars.len())
}

fn comment_end(chars: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => {
                depth += 1;
                at += 2;
            }
            ('*', '/') => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    chars.len()
}

fn string_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// The end of `r"…"`, `r#"…"#` and so on; `at` itself when no raw string begins here.
fn raw_string_end(chars: &[char], at: usize) -> usize {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    if chars.get(at + 1 + hashes) != Some(&'"') {
        return at;
    }
    let mut end = at + 2 + hashes;
    while end < chars.len() {
        let closing = chars[end] == '"'
            && chars[end + 1..]
                .iter()
                .take(hashes)
                .filter(|c| **c == '#')
                .count()
                == hashes;
        if closing {
            return end + 1 + hashes;
        }
        end += 1;
    }
    chars.len()
}

/// The end of a character literal; `at` itself for a lifetime.
fn char_end(chars: &[char], at: usize) -> usize {
    match chars.get(at + 1) {
        Some('\\') => {
            let close = (at + 3..chars.len()).find(|i| chars[*i] == '\'');
            close.map_or(at, |i| i + 1)
        }
        Some(_) if chars.get(at + 2) == Some(&'\'') => at + 3,
        _ => at,
    }
}

/// The text before its inline test module.
pub(crate) fn without_tests(text: &str) -> &str {
    match text.find("\n#[cfg(test)]\nmod ") {
        Some(at) => &text[..at + 1],
        None if text.starts_with("#[cfg(test)]\nmod ") => "",
        None => text,
    }
}

/// True when `word` stands in `line` and is not part of a longer name.
pub(crate) fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

/// What a TypeScript or Svelte file imports or re-exports, as written between the quotes.
pub(crate) fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in ["from", "import"] {
        for (at, _) in text.match_indices(word) {
            if text[..at].chars().next_back().is_some_and(is_name) {
                continue;
            }
            let rest = text[at + word.len()..].trim_start();
            let rest = rest.strip_prefix('(').unwrap_or(rest).trim_start();
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
                continue;
            };
            let inside = &rest[1..];
            if let Some(end) = inside
                .find([quote, '\n'])
                .filter(|e| inside[*e..].starts_with(quote))
            {
                found.push(inside[..end].to_string());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_comments_strings_and_characters_only() {
        assert_eq!(scrub("a // b\nc"), "a     \nc");
        assert_eq!(
            scrub("a /* {/* } */ { */ b"),
            format!("a{}b", " ".repeat(18))
        );
        assert_eq!(scrub("f(\"{\\\"}\") }").replace(' ', ""), "f()}");
        assert_eq!(scrub("r#\"{ \" }\"# x br\"}\" y").replace(' ', ""), "xby");
        assert_eq!(
            scrub("'{' '\\'' '\\u{7b}' 'a str").replace(' ', ""),
            "'astr"
        );
        assert_eq!(scrub("var = expr\"{\"").replace(' ', ""), "var=expr");
    }

    #[test]
    fn finds_whole_words() {
        assert!(has_word("use std::fs;", "std::fs"));
        assert!(!has_word("let brand = operand_1;", "rand"));
    }

    #[test]
    fn finds_imports_of_every_form() {
        let text = "import a from './a'\nimport \"b\"\nexport * from 'c'\nawait import('d')\n\
                    const important = 'e'; // from where\n";
        let mut found = imports(text);
        found.sort();
        assert_eq!(found, ["./a", "b", "c", "d"]);
    }
}
