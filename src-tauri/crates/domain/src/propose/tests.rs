//! Proposals: the brief's example, order, exclusion, spelling, and the time they take.
//! Not here: the county's own table of rules.

use proptest::prelude::*;

use super::*;

fn list(words: &str) -> Vec<String> {
    words
        .split(';')
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

fn rule(id: &str, type_code: &str, all: &str, any: &str, none: &str, level: Level) -> Rule {
    let (all_of, any_of, none_of) = (list(all), list(any), list(none));
    Rule {
        id: id.to_owned(),
        type_code: type_code.to_owned(),
        all_of,
        any_of,
        none_of,
        level,
    }
}

fn types() -> Vec<TypeLines> {
    let of = |code: &str, lines: &[Line]| TypeLines {
        code: code.to_owned(),
        lines: lines.to_vec(),
    };
    vec![
        of("0102", &[Line::Police110]),
        of("0201", &[Line::Police110]),
        of("020101", &[Line::Police110]),
        of("0202", &[Line::Police110]),
        of("0302", &[Line::Police110, Line::Traffic122]),
        of("0401", &[Line::Police110, Line::Fire119]),
        of("1201", &[]),
    ]
}

fn rules() -> Vec<Rule> {
    vec![
        rule("2", "0102", "", "砍伤;捅伤;打伤", "打架", Level::Urgent),
        rule(
            "24",
            "0201",
            "",
            "打架;斗殴;好多人打架",
            "打麻将",
            Level::Attention,
        ),
        rule("26", "0202", "", "被打;打人", "打雷", Level::Attention),
        rule("31", "020101", "持刀;打架", "", "", Level::Urgent),
        rule("32", "020101", "打架", "拿刀;铁棍", "", Level::Urgent),
        rule("40", "0302", "", "车祸;翻车", "", Level::Urgent),
        rule("50", "0401", "", "着火;ATM冒烟", "", Level::Grave),
        rule("60", "1201", "", "协查", "", Level::Attention),
        rule("90", "0201", "", "", "打雷", Level::Grave),
        rule("91", "9999", "", "打架", "", Level::Grave),
    ]
}

fn codes(text: &str, line: Line) -> Vec<String> {
    let made = propose(text, line, &rules(), &types());
    made.into_iter()
        .map(|proposal| proposal.type_code)
        .collect()
}

/// 两人持刀打架 → 打架斗殴·持械, urgent, by rule 31 with both words.
#[test]
fn knife_fight() {
    let made = propose("两人持刀打架", Line::Police110, &rules(), &types());
    let first = &made[0];
    assert_eq!(first.type_code, "020101");
    assert_eq!(first.level, Level::Urgent);
    assert_eq!(first.rule, "31");
    assert_eq!(first.matched, ["持刀", "打架"]);
    assert_eq!(made[1].type_code, "0201");
    assert_eq!(made.len(), 2);
}

/// Each line: text, line of the form, the types in order.
#[test]
fn order_and_exclusion() {
    let cases: &[(&str, Line, &[&str])] = &[
        ("", Line::Police110, &[]),
        ("今天天气好", Line::Police110, &[]),
        ("有人被打，砍伤了", Line::Police110, &["0102", "0202"]), // equal words: the level
        ("打架，有人被砍伤", Line::Police110, &["0201"]),         // none_of of rule 2
        ("打架打麻将", Line::Police110, &[]),
        ("拿刀和铁棍打架", Line::Police110, &["020101", "0201"]),
        ("持 刀\u{3000}打 架", Line::Police110, &["020101", "0201"]),
        ("ａｔｍ 冒烟", Line::Fire119, &["0401"]),
        // Two matched words of a type the form has not rank after one of a type it has.
        (
            "持刀打架，翻车了",
            Line::Traffic122,
            &["0302", "020101", "0201"],
        ),
        ("着火", Line::Traffic122, &["0401"]),
        ("协查", Line::Fire119, &["1201"]), // empty lines = all
        (
            "车祸着火打架被打",
            Line::Police110,
            &["0401", "0302", "0201"],
        ), // three at most
    ];
    for (text, line, expected) in cases {
        assert_eq!(codes(text, *line), *expected, "{text}");
    }
}

/// A word within a longer matched word of the same rule is not counted beside it.
#[test]
fn nested_words_count_once() {
    let made = propose("好多人打架", Line::Police110, &rules(), &types());
    assert_eq!(made[0].matched, ["好多人打架"]);
}

/// Matched words come in the order of the text.
#[test]
fn words_in_text_order() {
    let made = propose("打架的人持刀", Line::Police110, &rules(), &types());
    assert_eq!(made[0].matched, ["打架", "持刀"]);
}

/// A rule for a type that is not in the table is listed, never proposed.
#[test]
fn unknown_types_are_listed() {
    assert_eq!(RuleBook::new(&rules(), &types()).unknown_types(), ["9999"]);
    assert!(!codes("打架", Line::Police110).contains(&"9999".to_owned()));
}

/// Under 1 ms for 4,000 characters and 300 rules of seven words, the best of
/// twenty, so that a busy machine does not decide.
#[test]
fn fast_enough() {
    let syllables: Vec<char> = "人民路夜市东口两持刀打架血流方向跑车祸着火被偷骗"
        .chars()
        .collect();
    let word = |seed: usize, length: usize| -> String {
        (0..length)
            .map(|at| syllables[(seed * 7 + at * (seed + 3)) % syllables.len()])
            .collect()
    };
    let rules: Vec<Rule> = (0..300)
        .map(|n| Rule {
            id: n.to_string(),
            type_code: format!("{:02}", n % 50),
            all_of: vec![word(n, 2)],
            any_of: (0..5).map(|k| word(n * 5 + k, 2 + k % 3)).collect(),
            none_of: vec![format!("天{}", word(n + 11, 4))],
            level: Level::Normal,
        })
        .collect();
    let types: Vec<TypeLines> = (0..50)
        .map(|n| TypeLines {
            code: format!("{n:02}"),
            lines: vec![],
        })
        .collect();
    let text: String = (0..2_000)
        .flat_map(|n| word(n, 4).chars().collect::<Vec<_>>())
        .collect();
    let text: String = text.chars().take(4_000).collect();
    assert_eq!(text.chars().count(), 4_000);
    let book = RuleBook::new(&rules, &types);
    assert!(!book.propose(&text, Line::Police110).is_empty());
    let mut best = std::time::Duration::MAX;
    for _ in 0..20 {
        let start = std::time::Instant::now();
        std::hint::black_box(book.propose(std::hint::black_box(&text), Line::Police110));
        best = best.min(start.elapsed());
    }
    println!("propose, 4,000 characters, 300 rules: {best:?}");
    assert!(best < std::time::Duration::from_millis(1), "{best:?}");
}

proptest! {
    /// Any text: at most three, one per type, every matched word really in the text.
    #[test]
    fn honest_for_any_text(text in "[持刀打架着火被砍伤 ａATM冒烟x]{0,60}") {
        let made = propose(&text, Line::Police110, &rules(), &types());
        prop_assert!(made.len() <= PROPOSALS_MAX);
        let plain: String = normalise(&text).into_iter().collect();
        for (at, proposal) in made.iter().enumerate() {
            prop_assert!(made[..at].iter().all(|p| p.type_code != proposal.type_code));
            prop_assert!(!proposal.matched.is_empty());
            for word in &proposal.matched {
                let word: String = normalise(word).into_iter().collect();
                prop_assert!(plain.contains(&word));
            }
        }
    }
}
