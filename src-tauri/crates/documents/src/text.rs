//! Breaking text into lines by the rules of Unicode (UAX #14), which know that no line begins
//! with 、or ends with （. Not here: fonts (`font`), drawing.

use unicode_linebreak::{BreakOpportunity, linebreaks};

/// Lines of at most `most` wide, in the order of the text; newlines are kept as breaks. A word
/// that is wider than a line is broken within. Spaces at the ends of lines are dropped; an empty
/// line stays one.
pub(crate) fn wrap(text: &str, most: f64, width: &dyn Fn(&str) -> f64) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        wrap_paragraph(paragraph, most, width, &mut lines);
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

fn wrap_paragraph(text: &str, most: f64, width: &dyn Fn(&str) -> f64, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut from = 0;
    for (at, kind) in linebreaks(text) {
        let piece = text.get(from..at).unwrap_or_default();
        from = at;
        if width(&format!("{line}{}", piece.trim_end())) > most && !line.is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        for letter in piece.chars() {
            if line.is_empty() && letter == ' ' && !lines.is_empty() {
                continue;
            }
            if letter != ' '
                && width(&line) + width(letter.encode_utf8(&mut [0; 4])) > most
                && !line.is_empty()
            {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
            }
            line.push(letter);
        }
        if kind == BreakOpportunity::Mandatory && at < text.len() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
    }
    lines.push(line.trim_end().to_owned());
}

/// Lines of nearly equal width, as few as fit: the way names are set on a map.
pub(crate) fn wrap_evenly(text: &str, most: f64, width: &dyn Fn(&str) -> f64) -> Vec<String> {
    let whole = width(text);
    if whole <= most {
        return vec![text.to_owned()];
    }
    let fewest = wrap(text, most, width).len();
    let mut narrow = whole / fewest as f64;
    while narrow < most {
        let lines = wrap(text, narrow, width);
        if lines.len() <= fewest {
            return lines;
        }
        narrow += most / 16.0;
    }
    wrap(text, most, width)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Han letters are two wide here, others one.
    fn width(text: &str) -> f64 {
        text.chars()
            .map(|c| if c.is_ascii() { 1.0 } else { 2.0 })
            .sum()
    }

    /// No line begins with closing punctuation, words and numbers stay whole, nothing is lost.
    #[test]
    fn lines_break_where_chinese_allows() {
        let lines = wrap(
            "报警人称，在人民路（近学校）有人打架。电话13800001234。",
            10.0,
            &width,
        );
        assert!(lines.iter().all(|line| width(line) <= 12.0), "{lines:?}");
        for line in &lines {
            assert!(!line.starts_with(['，', '。', '）']), "{lines:?}");
            assert!(!line.ends_with('（'), "{lines:?}");
        }
        assert_eq!(
            lines.concat(),
            "报警人称，在人民路（近学校）有人打架。电话13800001234。"
        );
    }

    /// A word wider than a line is broken, an empty text is one empty line, newlines hold.
    #[test]
    fn edges() {
        assert_eq!(wrap("abcdefgh", 3.0, &width), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 3.0, &width), [""]);
        assert_eq!(wrap("甲\n\n乙", 8.0, &width), ["甲", "", "乙"]);
        assert_eq!(wrap("ab cd", 3.0, &width), ["ab", "cd"]);
    }

    /// Names are set in lines of equal width.
    #[test]
    fn names_are_set_evenly() {
        assert_eq!(
            wrap_evenly("望北县人民医院急诊部", 16.0, &width),
            ["望北县人民", "医院急诊部"]
        );
        assert_eq!(wrap_evenly("望北县", 16.0, &width), ["望北县"]);
    }
}
