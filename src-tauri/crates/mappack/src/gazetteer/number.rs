//! House numbers: what stands before the number, the number itself, and what stands after it.
//! Not here: which numbers there are.

use crate::reading::{is_han, normal, plain};

/// A house number as it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Number {
    /// The number that houses are ordered by.
    pub(crate) main: u32,
    /// What follows it: `-1`, `甲`, `院3栋`; empty as a rule.
    pub(crate) rest: String,
    /// Whether 号 was written, so that no further digit follows.
    pub(crate) is_closed: bool,
}

/// Numbers longer than this are telephone numbers or codes.
const DIGITS_MAX: usize = 5;

/// Parts a text into a street, lane or village and a number; `None` without both.
///
/// The number is the first that 号 follows (`人民路12号院3栋`, `王家庄3组12号`, `一二三号`), else the
/// one at the end (`人民路12`, `人民路12-1`, `人民路12甲`).
pub(crate) fn split(text: &str) -> Option<(String, Number)> {
    let chars: Vec<char> = plain(text).collect();
    let found = closed(&chars).or_else(|| trailing(&chars))?;
    let (start, end, number) = found;
    let before: String = chars.get(..start)?.iter().collect();
    let before = normal(before.trim_end_matches(['第', '临', '附']));
    if !before.chars().any(char::is_alphabetic) {
        return None;
    }
    let after: String = chars.get(end..)?.iter().collect();
    let mut number = number;
    number.rest.push_str(&normal(&after));
    Some((before, number))
}

/// A number alone, as a table or a tag holds it: `12`, `12号`, `12-1`, `一二三号`, `附12号`.
pub(crate) fn alone(text: &str) -> Option<Number> {
    let chars: Vec<char> = plain(text)
        .filter(|c| !c.is_whitespace() && !matches!(c, '第' | '临' | '附'))
        .collect();
    let (end, mut number) = number_at(&chars, 0)?;
    let after: String = chars.get(end..)?.iter().collect();
    number.rest.push_str(&normal(&after));
    Some(number)
}

type Found = (usize, usize, Number);

/// The first number that 号 follows.
fn closed(chars: &[char]) -> Option<Found> {
    (1..chars.len()).find_map(|start| {
        if is_digit(chars[start - 1]) || is_joint(chars, start) {
            return None;
        }
        let (end, number) = number_at(chars, start)?;
        // 地铁1号线 is a line, 创新七号路 a road: no houses.
        const NAMED: [char; 8] = ['线', '路', '街', '巷', '道', '桥', '渠', '站'];
        let is_name = chars.get(end).is_some_and(|c| NAMED.contains(c));
        (number.is_closed && !is_name).then_some((start, end, number))
    })
}

/// Whether a place lies inside a number of two parts.
fn is_joint(chars: &[char], start: usize) -> bool {
    let before = start.checked_sub(2).and_then(|at| chars.get(at));
    matches!(chars[start - 1], '-' | '之') && before.is_some_and(|c| c.is_ascii_digit())
}

/// The number at the end of the text, in figures.
fn trailing(chars: &[char]) -> Option<Found> {
    (1..chars.len()).find_map(|start| {
        if !chars[start].is_ascii_digit()
            || chars[start - 1].is_ascii_digit()
            || is_joint(chars, start)
        {
            return None;
        }
        let (end, number) = number_at(chars, start)?;
        (end == chars.len()).then_some((start, end, number))
    })
}

/// A number beginning at a place, and where it ends. Han figures count only before 号.
fn number_at(chars: &[char], start: usize) -> Option<(usize, Number)> {
    let length = |from: usize, is: fn(char) -> bool| {
        let tail = chars.get(from..).unwrap_or_default();
        tail.iter().take_while(|c| is(**c)).count()
    };
    let figures = length(start, |c| c.is_ascii_digit());
    if figures == 0 {
        return han_number_at(chars, start, start + length(start, is_han_digit));
    }
    if figures > DIGITS_MAX {
        return None;
    }
    let mut end = start + figures;
    let main = decimal(chars.get(start..end)?)?;
    let mut rest = String::new();
    if chars
        .get(end)
        .is_some_and(|c| matches!(c, '-' | '之' | '/' | '－'))
    {
        let more = length(end + 1, |c| c.is_ascii_digit());
        if (1..=DIGITS_MAX).contains(&more) {
            rest.push('-');
            rest.extend(chars.get(end + 1..end + 1 + more)?);
            end += 1 + more;
        }
    }
    if let Some(c) = chars.get(end)
        && (matches!(c, '甲' | '乙' | '丙' | '丁') || c.is_ascii_lowercase())
        && !chars
            .get(end + 1)
            .is_some_and(|c| c.is_alphanumeric() && !is_han(*c))
    {
        rest.push(*c);
        end += 1;
    }
    let blanks = length(end, char::is_whitespace);
    let is_closed = matches!(chars.get(end + blanks), Some('号' | '號'));
    if is_closed {
        end += blanks + 1;
    }
    Some((
        end,
        Number {
            main,
            rest,
            is_closed,
        },
    ))
}

/// A number in Han figures, which counts only before 号.
fn han_number_at(chars: &[char], start: usize, end: usize) -> Option<(usize, Number)> {
    let main = han_number(chars.get(start..end)?)?;
    let number = Number {
        main,
        rest: String::new(),
        is_closed: true,
    };
    matches!(chars.get(end), Some('号' | '號')).then_some((end + 1, number))
}

fn decimal(digits: &[char]) -> Option<u32> {
    digits.iter().collect::<String>().parse().ok()
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || is_han_digit(c)
}

fn is_han_digit(c: char) -> bool {
    han_digit(c).is_some() || matches!(c, '十' | '百' | '千')
}

fn han_digit(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '零' => 0,
        '一' | '幺' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

/// 一二三 as 123, 一百二十三 as 123, 十二 as 12; `None` for what is no number.
fn han_number(chars: &[char]) -> Option<u32> {
    if chars.is_empty() || chars.len() > 9 {
        return None;
    }
    if chars.iter().all(|c| han_digit(*c).is_some()) {
        let shift = |sum: u32, c: &char| sum.checked_mul(10)?.checked_add(han_digit(*c)?);
        return chars.iter().try_fold(0, shift);
    }
    let (mut sum, mut digit) = (0u32, None);
    for c in chars {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1_000,
            c => {
                digit = han_digit(*c);
                continue;
            }
        };
        sum += digit.take().unwrap_or(1) * unit;
    }
    Some(sum + digit.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(text: &str) -> Option<(String, u32, String)> {
        split(text).map(|(before, number)| (before, number.main, number.rest))
    }

    /// Every way a house number is typed gives the same number.
    #[test]
    fn ways_of_writing() {
        for text in [
            "人民路123",
            "人民路123号",
            "人民路一二三号",
            "人民路一百二十三号",
            "人民路１２３",
            "人民路 123 号",
            "人民路第123号",
            "人民路临123号",
        ] {
            let found = parted(text);
            assert_eq!(found, Some(("人民路".into(), 123, String::new())), "{text}");
        }
        assert!(split("人民路123号").is_some_and(|(_, number)| number.is_closed));
        assert!(split("人民路123").is_some_and(|(_, number)| !number.is_closed));
    }

    /// What belongs to the number stays with it, what belongs to the name with the name.
    #[test]
    fn parts() {
        let cases = [
            ("人民路12-1号", "人民路", 12, "-1"),
            ("人民路12之3", "人民路", 12, "-3"),
            ("人民路12甲", "人民路", 12, "甲"),
            ("人民路12号院3栋", "人民路", 12, "院3栋"),
            ("王家庄3组12号", "王家庄3组", 12, ""),
            ("王家庄3", "王家庄", 3, ""),
            ("Triq il-Kbira 12", "triqilkbira", 12, ""),
            ("经三路5号", "经三路", 5, ""),
            ("创新七号路12号", "创新七号路", 12, ""),
            ("rml12", "rml", 12, ""),
        ];
        for (text, before, main, rest) in cases {
            let wanted = (before.to_owned(), main, rest.to_owned());
            assert_eq!(parted(text), Some(wanted), "{text}");
        }
        for text in [
            "12号",
            "123",
            "人民路",
            "地铁1号线",
            "二七路",
            "人民路13812345678",
            "",
        ] {
            assert_eq!(parted(text), None, "{text}");
        }
        assert_eq!(alone("一二三号").map(|n| n.main), Some(123));
        assert_eq!(alone("附12号").map(|n| n.main), Some(12));
        assert_eq!(alone("无号"), None);
    }
}
