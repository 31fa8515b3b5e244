//! The command line: every command, every refusal, and that free text never becomes one.
//! Not here: what the commands do.

use proptest::prelude::*;

use super::*;
use crate::number::{LocalDay, StationCode};

const UNITS: &[KnownUnit<'_>] = &[
    KnownUnit {
        callsign: "巡03",
        initials: "x03",
    },
    KnownUnit {
        callsign: "巡04",
        initials: "x04",
    },
    KnownUnit {
        callsign: "215",
        initials: "",
    },
    KnownUnit {
        callsign: "特01",
        initials: "t01",
    },
    KnownUnit {
        callsign: "铁01",
        initials: "t01",
    },
    KnownUnit {
        callsign: "T02",
        initials: "t02",
    },
    KnownUnit {
        callsign: "特02",
        initials: "t02",
    },
    KnownUnit {
        callsign: "预一",
        initials: "yy",
    },
];

const RESULTS: &[KnownCode<'_>] = &[
    KnownCode {
        code: "R01",
        name: "已调解",
        aliases: &["ytj"],
    },
    KnownCode {
        code: "R02",
        name: "已抓获移交",
        aliases: &["yj"],
    },
    KnownCode {
        code: "R06",
        name: "移交其他部门",
        aliases: &["yj"],
    },
];

const REASONS: &[KnownCode<'_>] = &[
    KnownCode {
        code: "1101",
        name: "骚扰",
        aliases: &["1", "sr"],
    },
    KnownCode {
        code: "1102",
        name: "误拨",
        aliases: &["2", "wb"],
    },
];

/// Incidents HZ-42, HZ-100, LH-42 of one day, and HZ-215.
fn incidents() -> Vec<(String, String)> {
    let day = LocalDay::new(2026, 11, 22).unwrap();
    [("HZ", 42), ("HZ", 100), ("LH", 42), ("HZ", 215)]
        .into_iter()
        .map(|(station, counter)| {
            let station = StationCode::new(station).unwrap();
            let number = crate::number::IncidentNumber::new(day, station, counter).unwrap();
            (
                number.text(),
                crate::number::ShortCode::from_number(&number).text(),
            )
        })
        .collect()
}

fn run(text: &str) -> Result<CommandLine, CommandLineError> {
    let own = incidents();
    let incidents: Vec<KnownIncident<'_>> = own
        .iter()
        .map(|(number, short_code)| KnownIncident { number, short_code })
        .collect();
    let known = Known {
        units: UNITS,
        incidents: &incidents,
        results: RESULTS,
        invalid_reasons: REASONS,
    };
    parse(text, known)
}

fn unit(at: usize) -> Named {
    Named {
        at,
        name: UNITS[at].callsign.to_owned(),
    }
}

fn incident(at: usize) -> Named {
    Named {
        at,
        name: incidents()[at].0.clone(),
    }
}

fn not_found(word: &str) -> Result<CommandLine, CommandLineError> {
    Err(CommandLineError::NotFound(word.to_owned()))
}

fn ambiguous(names: &[&str]) -> Result<CommandLine, CommandLineError> {
    Err(CommandLineError::Ambiguous(
        names.iter().map(|name| (*name).to_owned()).collect(),
    ))
}

/// Every state by its Chinese word, initials and English word.
#[test]
fn every_state_word() {
    use UnitState as S;
    let cases = [
        ("待命 dm available", SetTo::State(S::Available)),
        ("签收 qs signed", SetTo::State(S::Signed)),
        (
            "出警 cj en_route en-route EN_ROUTE",
            SetTo::State(S::EnRoute),
        ),
        ("到场 dc on_scene ＤＣ", SetTo::State(S::OnScene)),
        ("处置 cz working", SetTo::State(S::Working)),
        ("返回 fh returning", SetTo::State(S::Returning)),
        ("备勤 bq standby", SetTo::State(S::Standby)),
        ("停勤 tq off_duty", SetTo::State(S::OffDuty)),
        ("离场 lc clear", SetTo::Leave),
    ];
    for (words, to) in cases {
        for word in words.split(' ') {
            let done = run(&format!("/s 巡03 {word}"));
            assert_eq!(
                done,
                Ok(CommandLine::SetState { unit: unit(0), to }),
                "{word}"
            );
        }
    }
    let spaced = run("/s 巡03 on scene");
    assert_eq!(spaced, run("/s 巡03 到场"));
    for wrong in [
        "派出",
        "ordered",
        "到场了",
        "号",
        "到 场",
        "dcc",
        "到场 到场",
    ] {
        let refused = Err(CommandLineError::UnknownState(wrong.to_owned()));
        assert_eq!(run(&format!("/s 巡03 {wrong}")), refused);
    }
}

/// Every spelling of a unit that means it, and only those.
#[test]
fn naming_a_unit() {
    let means = [
        ("巡03", 0),
        ("巡０３", 0),
        ("x03", 0),
        ("X03", 0),
        ("ｘ０３", 0),
        ("巡 03", 0),
        ("x\u{3000}03", 0),
        ("215", 2),
        ("２１５", 2),
        ("t02", 5), // the call sign itself goes before somebody's initials
        ("特02", 6),
        ("yy", 7),
        ("预一", 7),
    ];
    for (spelling, at) in means {
        let done = run(&format!("/s {spelling} dc"));
        let to = SetTo::State(UnitState::OnScene);
        assert_eq!(
            done,
            Ok(CommandLine::SetState { unit: unit(at), to }),
            "{spelling}"
        );
    }
    for wrong in [
        "巡03X",
        "巡3",
        "巡",
        "03",
        "x3",
        "215号",
        "2150",
        "21",
        "巡0３号",
        "巡03巡04",
    ] {
        assert_eq!(
            run(&format!("/s {wrong} 到场")),
            not_found(wrong),
            "{wrong}"
        );
    }
    assert_eq!(run("/s 2 15 到场"), not_found("2"));
    assert_eq!(run("/s t01 到场"), ambiguous(&["特01", "铁01"]));
}

/// Sending: several units, each once; the incident by number, tail or short code.
#[test]
fn sending() {
    let send = |units: &[usize], at: Option<usize>| {
        let units = units.iter().map(|at| unit(*at)).collect();
        Ok(CommandLine::Send {
            units,
            incident: at.map(incident),
        })
    };
    assert_eq!(run("/p 巡03"), send(&[0], None));
    assert_eq!(run("/p 巡03 x04 特01"), send(&[0, 1, 3], None));
    assert_eq!(run("/p 巡03 巡03 x03"), send(&[0], None));
    assert_eq!(run("／ｐ 巡03 100"), send(&[0], Some(1)));
    assert_eq!(run("/派 巡 03 巡 04 00100"), send(&[0, 1], Some(1)));
    let (number, code) = incidents()[0].clone();
    let check = number.chars().last().unwrap();
    for spelling in [
        number.clone(),
        number.to_lowercase().replace('-', ""),
        number.replace('-', " "),
        code.clone(),
        code.to_lowercase().replace('-', ""),
        format!("00042-{check}"),
        format!("42-{check}"),
    ] {
        assert_eq!(
            run(&format!("/p 巡03 {spelling}")),
            send(&[0], Some(0)),
            "{spelling}"
        );
    }
    let both = [incidents()[0].0.clone(), incidents()[2].0.clone()];
    assert_eq!(run("/p 巡03 42"), ambiguous(&[&both[0], &both[1]]));
    assert_eq!(run("/p 巡03 43"), not_found("43"));
    assert_eq!(run("/p 巡03 0 100"), not_found("0"));
    assert_eq!(run("/p 巡03 巡99 100"), not_found("巡99"));
    assert_eq!(run("/p 巡03 100 巡04"), not_found("100")); // the incident comes last
    assert_eq!(run("/p 100"), not_found("100"));
    assert_eq!(run("/p 215"), send(&[2], None));
    // 215 is a unit and an incident: nobody can tell which is meant.
    assert_eq!(run("/p 巡03 215"), ambiguous(&["215", &incidents()[3].0]));
    assert_eq!(run("/p 巡03 t01"), ambiguous(&["特01", "铁01"]));
}

/// The other commands.
// tidy: table
#[test]
fn every_other_command() {
    use CommandLine as C;
    let text = |text: &str| text.to_owned();
    let cases = [
        (
            "/cx 巡03",
            C::Cancel {
                unit: unit(0),
                reason: text(""),
            },
        ),
        (
            "/cx 巡03 另有 安排",
            C::Cancel {
                unit: unit(0),
                reason: text("另有 安排"),
            },
        ),
        (
            "/gp 巡03 100",
            C::Reroute {
                unit: unit(0),
                incident: incident(1),
                reason: text(""),
            },
        ),
        (
            "/改派 x03 100 更近",
            C::Reroute {
                unit: unit(0),
                incident: incident(1),
                reason: text("更近"),
            },
        ),
        (
            "/xf 巡03",
            C::Found {
                unit: unit(0),
                text: text(""),
            },
        ),
        (
            "/xf 巡03 路边有人 倒地",
            C::Found {
                unit: unit(0),
                text: text("路边有人 倒地"),
            },
        ),
        ("/dm", C::WalkIn { text: text("") }),
        (
            "/DM 丢了钱包",
            C::WalkIn {
                text: text("丢了钱包"),
            },
        ),
        (
            "/dt 巡03 Ａ 有情况",
            C::Radio {
                unit: Some(unit(0)),
                text: text("Ａ 有情况"),
            },
        ),
        (
            "/dt 215号有人打架",
            C::Radio {
                unit: None,
                text: text("215号有人打架"),
            },
        ),
        (
            "/dt 215 号有人打架",
            C::Radio {
                unit: None,
                text: text("215 号有人打架"),
            },
        ),
        (
            "/fk 到场，3人受伤",
            C::Feedback {
                unit: None,
                text: text("到场，3人受伤"),
            },
        ),
        (
            "/fk x03 已控制",
            C::Feedback {
                unit: Some(unit(0)),
                text: text("已控制"),
            },
        ),
        (
            "/fk 巡03X 已控制",
            C::Feedback {
                unit: None,
                text: text("巡03X 已控制"),
            },
        ),
        (
            "/ja R01",
            C::Close {
                result: Named {
                    at: 0,
                    name: text("R01"),
                },
            },
        ),
        (
            "/ja 已调解",
            C::Close {
                result: Named {
                    at: 0,
                    name: text("R01"),
                },
            },
        ),
        (
            "/结案 ytj",
            C::Close {
                result: Named {
                    at: 0,
                    name: text("R01"),
                },
            },
        ),
        (
            "/wx 1",
            C::Invalidate {
                reason: Named {
                    at: 0,
                    name: text("1101"),
                },
            },
        ),
        (
            "/wx 误拨",
            C::Invalidate {
                reason: Named {
                    at: 1,
                    name: text("1102"),
                },
            },
        ),
        (
            "/f 人民路 215号",
            C::Find {
                text: text("人民路 215号"),
            },
        ),
        ("/", C::Help),
        ("／", C::Help),
        ("/ ", C::Help),
        ("/?", C::Help),
        ("／？", C::Help),
    ];
    for (line, expected) in cases {
        assert_eq!(run(line), Ok(expected), "{line}");
    }
    assert_eq!(run("/ja yj"), ambiguous(&["已抓获移交", "移交其他部门"]));
    assert_eq!(run("/ja 已"), not_found("已"));
    assert_eq!(run("/wx 3"), not_found("3"));
    assert_eq!(run("/fk t01 到了"), ambiguous(&["特01", "铁01"]));
}

/// What lacks a part shows the usage of its verb; what is no command says its word.
#[test]
fn incomplete_and_unknown() {
    let cases = [
        ("/s", Verb::SetState),
        ("/s 巡03", Verb::SetState),
        ("/p", Verb::Send),
        ("/cx", Verb::Cancel),
        ("/gp", Verb::Reroute),
        ("/gp 巡03", Verb::Reroute),
        ("/xf", Verb::Found),
        ("/dt", Verb::Radio),
        ("/dt 巡03", Verb::Radio),
        ("/fk", Verb::Feedback),
        ("/fk 巡03", Verb::Feedback),
        ("/ja", Verb::Close),
        ("/wx", Verb::Invalidate),
        ("/zb", Verb::Locate),
        ("/f", Verb::Find),
    ];
    for (line, verb) in cases {
        assert_eq!(run(line), Err(CommandLineError::Usage(verb)), "{line}");
    }
    for word in ["sx", "派出", "s巡03", "/s", "p,"] {
        let refused = Err(CommandLineError::UnknownCommand(word.to_owned()));
        assert_eq!(run(&format!("/{word} 巡03 到场")), refused);
    }
}

/// B6: nothing without a slash in the very first place is a command.
#[test]
fn free_text_is_never_a_command() {
    for text in [
        "",
        "215号",
        "215",
        "巡03",
        "人民路215号 巡03 到场",
        "s 巡03 到场",
        " /s 巡03 到场",
        "\u{3000}／s 巡03 到场",
        "地点 /s 巡03 到场",
        "\\s 巡03 到场",
        "∕s 巡03 到场",
        "1/2 巡03",
        "/s 巡03 到场\n/s 巡04 到场",
        "/s 巡03\t到场",
        "/s 巡03 到场\u{2028}",
        "\u{feff}/s 巡03 到场",
    ] {
        assert_eq!(run(text), Err(CommandLineError::NotACommand), "{text:?}");
        assert!(!is_command(text));
    }
}

/// Words, values and usages: every verb has its own.
#[test]
fn words_for_the_desk() {
    let mut keys: Vec<&str> = Verb::all().map(Verb::usage_key).collect();
    assert_eq!(keys.len(), 13);
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 13);
    for verb in Verb::all().filter(|verb| *verb != Verb::WalkIn && *verb != Verb::Help) {
        let alone = run(&format!("/{}", verb.word()));
        assert_eq!(alone, Err(CommandLineError::Usage(verb)));
    }
    let state = run("/s x03 dc").unwrap();
    assert_eq!(
        (state.verb(), state.words()),
        (Verb::SetState, "command.set_state")
    );
    let values = [
        ("unit", "巡03".to_owned()),
        ("state", "on_scene".to_owned()),
    ];
    assert_eq!(state.params(), values);
    let send = run("/p x03 x04").unwrap();
    assert_eq!(send.words(), "command.send_here");
    assert_eq!(send.params(), [("units", "巡03、巡04".to_owned())]);
    assert_eq!(run("/p x03 100").unwrap().words(), "command.send");
    assert_eq!(
        run("/cx x03").unwrap().params(),
        [("unit", "巡03".to_owned())]
    );
}

/// Every name in a command really stands in the lists.
fn names_exist(line: &CommandLine) -> bool {
    let own = incidents();
    let unit = |n: &Named| UNITS.get(n.at).is_some_and(|u| u.callsign == n.name);
    let incident = |n: &Named| own.get(n.at).is_some_and(|i| i.0 == n.name);
    match line {
        CommandLine::SetState { unit: u, .. }
        | CommandLine::Cancel { unit: u, .. }
        | CommandLine::Found { unit: u, .. } => unit(u),
        CommandLine::Send { units, incident: i } => {
            !units.is_empty() && units.iter().all(unit) && i.iter().all(incident)
        }
        CommandLine::Reroute {
            unit: u,
            incident: i,
            ..
        } => unit(u) && incident(i),
        CommandLine::Radio { unit: u, text } | CommandLine::Feedback { unit: u, text } => {
            u.iter().all(unit) && !text.is_empty()
        }
        CommandLine::Close { result } => RESULTS[result.at].code == result.name,
        CommandLine::Invalidate { reason } => REASONS[reason.at].code == reason.name,
        CommandLine::WalkIn { .. }
        | CommandLine::Locate { .. }
        | CommandLine::Find { .. }
        | CommandLine::Help => true,
    }
}

/// Words of commands and words one slip away from them.
const NEAR_WORDS: &str = "巡03|x03|巡0|215|215号|t01|100|42|到场|dc|R01|1|[巡0-9x]{1,3}";

proptest! {
    /// No text without a slash in front ever yields a command.
    #[test]
    fn no_slash_no_command(text in "[^/／].{0,40}|[^/／]{0,3}(/|／)?(s|p|cx) (巡03|215) (到场|100)") {
        prop_assume!(!text.starts_with(['/', '／']));
        prop_assert_eq!(run(&text), Err(CommandLineError::NotACommand));
    }

    /// Any text at all: an answer, never a panic.
    #[test]
    fn never_panics(text in "\\PC{0,60}", any in any::<String>()) {
        for text in [text.clone(), format!("/{text}"), any.clone(), format!("／s {any}")] {
            if let Ok(line) = run(&text) {
                prop_assert!(names_exist(&line));
            }
        }
    }

    /// Near misses of real commands: either they name what exists, or nothing happens; and
    /// a unit is only meant where its whole call sign or initials stand as a word.
    #[test]
    fn near_misses(
        verb in "s|p|cx|gp|xf|dt|fk|ja|wx|f|dm|q",
        words in prop::collection::vec(NEAR_WORDS, 0..4),
    ) {
        let text = format!("/{verb} {}", words.join(" "));
        if let Ok(line) = run(&text) {
            prop_assert!(names_exist(&line));
            if let CommandLine::SetState { unit, .. } = &line {
                let known = UNITS[unit.at];
                let head = compact(&words[..words.len() - 1].concat());
                prop_assert!(head == known.callsign || head == known.initials, "{}", text);
            }
        }
    }
}
