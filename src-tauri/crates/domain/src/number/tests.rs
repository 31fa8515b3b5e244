//! Numbers and short codes: unique, sortable, readable, and every usual slip is found.
//! Not here: who hands out counters.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn number(station: &str, counter: u32) -> IncidentNumber {
    let day = LocalDay::new(2026, 11, 22).unwrap();
    IncidentNumber::new(day, StationCode::new(station).unwrap(), counter).unwrap()
}

/// The text is what the glossary says, and comes back.
#[test]
fn text_and_back() {
    let made = number("HZ", 42);
    assert!(made.text().starts_with("20261122-HZ-00042-"));
    assert_eq!(made.text().chars().count(), 19);
    for counter in [1, 42, 99_999, 100_000, COUNTER_MAX] {
        for station in ["HZ", "CGS"] {
            let made = number(station, counter);
            assert_eq!(IncidentNumber::parse(&made.text()), Ok(made));
            assert_eq!(made.counter(), counter);
            assert_eq!(made.station().to_string(), station);
            assert_eq!(made.day().parts(), (2026, 11, 22));
        }
    }
}

/// As people type it: every spelling gives the same number.
#[test]
fn tolerant_spellings() {
    let made = number("HZ", 42);
    let check = made.check();
    let lower = check.to_ascii_lowercase();
    for spelling in [
        format!("20261122HZ00042{check}"),
        format!(" 20261122 hz 00042 {lower} "),
        format!("２０２６１１２２－ＨＺ－０００４２－{check}"),
        format!("20261122—HZ–00042−{check}"),
        format!("2026 1122\u{3000}HZ 000 42{check}"),
        format!("两洞两六幺幺两两HZ洞洞洞四两{check}"),
    ] {
        assert_eq!(IncidentNumber::parse(&spelling), Ok(made), "{spelling}");
    }
    assert_eq!(
        IncidentNumber::parse(&read_aloud(&made.text()).replace('，', " ")),
        Ok(made)
    );
}

/// What is not a number says why.
#[test]
fn refusals() {
    use NumberError as E;
    let day = LocalDay::new(2026, 11, 22).unwrap();
    let station = StationCode::new("HZ").unwrap();
    for counter in [0, COUNTER_MAX + 1, u32::MAX] {
        assert_eq!(
            IncidentNumber::new(day, station, counter),
            Err(E::BadCounter)
        );
    }
    for (y, m, d) in [
        (2026, 2, 29),
        (2026, 13, 1),
        (2026, 0, 1),
        (2026, 4, 31),
        (1999, 1, 1),
    ] {
        assert_eq!(LocalDay::new(y, m, d), Err(E::BadDate), "{y}-{m}-{d}");
    }
    assert!(LocalDay::new(2028, 2, 29).is_ok());
    assert!(LocalDay::new(2100, 2, 29).is_err());
    for code in ["", "H", "HZ1", "HZQX", "杭州", "H Z", "é1"] {
        assert_eq!(StationCode::new(code), Err(E::BadStation), "{code}");
    }
    assert_eq!(StationCode::new("ｈz").unwrap().to_string(), "HZ");
    for text in [
        "",
        "215号",
        "20261122-HZ-0042-K",
        "20261122-HZ-000042-K",
        "20261122-HZ-00042",
    ] {
        assert_eq!(IncidentNumber::parse(text), Err(E::BadShape), "{text}");
    }
    assert_eq!(
        IncidentNumber::parse("20261132-HZ-00042-K"),
        Err(E::BadDate)
    );
    assert_eq!(
        IncidentNumber::parse("20261122-H-000042-K"),
        Err(E::BadShape)
    );
    assert_eq!(
        IncidentNumber::parse("20261122-H-100042-K"),
        Err(E::BadStation)
    );
}

/// Every wrong character, every swap of neighbours or across one character and every twin
/// error (`11` for `22`), on many numbers, is found: as the number is written, and
/// without hyphens where they may be left out.
#[test]
fn every_single_slip_is_found() {
    let mut tried = 0_u32;
    for station in ["HZ", "AZ", "ZB", "CGS"] {
        for counter in (1..400).chain([9_999, 54_321, 99_999, 100_000, 987_654]) {
            let text = number(station, counter).text();
            tried += slips(&text);
            if counter <= 99_999 {
                tried += slips(&text.replace('-', ""));
            } else {
                assert!(IncidentNumber::parse(&text.replace('-', "")).is_err());
            }
        }
    }
    assert!(tried > 1_800_000, "{tried}");
}

/// Tries every slip in `text`; how many there were.
fn slips(text: &str) -> u32 {
    let chars: Vec<char> = text.chars().collect();
    let mut tried = 0;
    let mut refused = |chars: Vec<char>| {
        let wrong: String = chars.into_iter().collect();
        assert!(IncidentNumber::parse(&wrong).is_err(), "{wrong} for {text}");
        tried += 1;
    };
    let places: Vec<usize> = (0..chars.len()).filter(|at| chars[*at] != '-').collect();
    for at in &places {
        for other in ('0'..='9').chain('A'..='Z').filter(|c| *c != chars[*at]) {
            let mut wrong = chars.clone();
            wrong[*at] = other;
            refused(wrong);
        }
    }
    for (near, far) in (1..places.len()).flat_map(|at| [(at - 1, at), (at.max(2) - 2, at)]) {
        let (near, far) = (places[near], places[far]);
        if chars[near] != chars[far] {
            let mut swapped = chars.clone();
            swapped.swap(near, far);
            refused(swapped);
        }
    }
    for twin in places
        .windows(2)
        .filter(|twin| chars[twin[0]] == chars[twin[1]])
    {
        for other in ('0'..='9')
            .chain('A'..='Z')
            .filter(|c| *c != chars[twin[0]])
        {
            let mut wrong = chars.clone();
            (wrong[twin[0]], wrong[twin[1]]) = (other, other);
            refused(wrong);
        }
    }
    tried
}

/// J5: three stations apart, 500 incidents each: 1,500 different numbers, each shows its
/// station, and the order by text is the order of the counters within a station.
#[test]
fn three_partitions_of_five_hundred() {
    let mut texts = BTreeSet::new();
    for station in ["HZ", "LHE", "CN"] {
        let mut last = String::new();
        let mut codes = BTreeSet::new();
        for counter in 1..=500 {
            let made = number(station, counter);
            assert_eq!(made.text().split('-').nth(1), Some(station));
            assert!(made.text() > last, "{} after {last}", made.text());
            last = made.text();
            assert!(texts.insert(last.clone()));
            assert!(codes.insert(ShortCode::from_number(&made)));
        }
    }
    assert_eq!(texts.len(), 1_500);
    // The order by text is the order of the numbers themselves.
    let numbers: Vec<_> = texts
        .iter()
        .map(|t| IncidentNumber::parse(t).unwrap())
        .collect();
    assert!(numbers.is_sorted());
}

/// Within one station and day no code comes twice until all were used; then the first again.
#[test]
fn short_codes_use_the_whole_space() {
    for station in ["HZ", "CGS"] {
        let mut seen = vec![false; SHORT_CODES as usize];
        for counter in 1..=SHORT_CODES {
            let ShortCode(place) = ShortCode::from_number(&number(station, counter));
            assert!(
                !std::mem::replace(&mut seen[place as usize], true),
                "{station} {counter}"
            );
        }
        let again = ShortCode::from_number(&number(station, SHORT_CODES + 1));
        assert_eq!(again, ShortCode::from_number(&number(station, 1)));
    }
}

/// Every code of the space: it has its form, comes back, and no two have one text.
#[test]
fn short_code_text_and_back() {
    let mut last = String::new();
    for place in 0..SHORT_CODES {
        let text = ShortCode(place).text();
        let shape: Vec<usize> = text.split('-').map(str::len).collect();
        assert_eq!(shape, [2, 3], "{text}");
        assert!(
            !text.contains(['O', 'I', 'L', 'Z', 'S', 'B', 'G', 'Q', 'D', 'V']),
            "{text}"
        );
        assert!(text > last, "{text} after {last}");
        assert_eq!(ShortCode::parse(&text), Ok(ShortCode(place)), "{text}");
        last = text;
    }
}

/// Every wrong character and every swap of neighbours in a code is found: exhaustive over
/// a thirtieth of the space, which meets every value in every place.
#[test]
fn every_single_slip_in_a_code_is_found() {
    for place in (0..SHORT_CODES).step_by(29) {
        let chars = tidy(&ShortCode(place).text());
        for at in 0..chars.len() {
            for value in 0..23 {
                let mut wrong = chars.clone();
                wrong[at] = check::code_char(value);
                if wrong != chars {
                    let text: String = wrong.into_iter().collect();
                    assert_eq!(
                        ShortCode::parse(&text),
                        Err(NumberError::BadCheck),
                        "{text}"
                    );
                }
            }
            if at > 0 && chars[at - 1] != chars[at] {
                let mut swapped = chars.clone();
                swapped.swap(at - 1, at);
                let text: String = swapped.into_iter().collect();
                assert_eq!(
                    ShortCode::parse(&text),
                    Err(NumberError::BadCheck),
                    "{text}"
                );
            }
        }
    }
}

/// Consecutive incidents of a station are not one slip apart.
#[test]
fn neighbours_differ_in_more_than_one_character() {
    for counter in 1..500 {
        let one = tidy(&ShortCode::from_number(&number("HZ", counter)).text());
        let two = tidy(&ShortCode::from_number(&number("HZ", counter + 1)).text());
        let different = one.iter().zip(&two).filter(|(a, b)| a != b).count();
        assert!(different >= 2, "{one:?} {two:?}");
    }
}

/// Look-alikes and radio digits are understood; the wrong length is not.
#[test]
fn short_code_as_heard() {
    let code = ShortCode::from_number(&number("HZ", 42));
    let text = code.text();
    let mistaken: String = text
        .to_ascii_lowercase()
        .replace('0', "o")
        .replace('1', "l")
        .replace('2', "z")
        .replace('5', "s")
        .replace('8', "b");
    assert_eq!(ShortCode::parse(&mistaken), Ok(code), "{mistaken}");
    let heard = read_aloud(&text).replace('，', " ");
    assert_eq!(ShortCode::parse(&heard), Ok(code), "{heard}");
    for wrong in ["", "A7", "A7-41", "A7-41KK", "巡03", "!!-!!!"] {
        assert_eq!(
            ShortCode::parse(wrong),
            Err(NumberError::BadShape),
            "{wrong}"
        );
    }
}

/// What stands on the read-aloud card.
#[test]
fn read_aloud_card() {
    assert_eq!(read_aloud("A7-41K"), "A 拐，四 幺 K");
    assert_eq!(read_aloud("1234567890"), "幺 两 三 四 五 六 拐 八 勾 洞");
    assert_eq!(read_aloud("20261122-hz"), "两 洞 两 六 幺 幺 两 两，H Z");
    assert_eq!(read_aloud("  ７－ "), "拐");
    assert_eq!(read_aloud(""), "");
}

proptest! {
    /// Any text: an answer, never a panic; and what is accepted is what was written.
    #[test]
    fn parsing_never_panics(text in "\\PC{0,40}") {
        if let Ok(number) = IncidentNumber::parse(&text) {
            prop_assert_eq!(tidy(&number.text()), tidy(&text));
        }
        let _ = ShortCode::parse(&text);
        let _ = StationCode::new(&text);
        let _ = read_aloud(&text);
    }

    /// Any number comes back from its text.
    #[test]
    fn any_number_comes_back(
        year in 2000_u16..=9999, month in 1_u8..=12, day in 1_u8..=28,
        station in "[A-Z]{2,3}", counter in 1_u32..=COUNTER_MAX,
    ) {
        let day = LocalDay::new(year, month, day).unwrap();
        let made = IncidentNumber::new(day, StationCode::new(&station).unwrap(), counter).unwrap();
        prop_assert_eq!(IncidentNumber::parse(&made.text()), Ok(made));
        let code = ShortCode::from_number(&made);
        prop_assert_eq!(ShortCode::parse(&code.text()), Ok(code));
    }
}
