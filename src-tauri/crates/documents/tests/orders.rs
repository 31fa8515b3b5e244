//! Goal: a dispatch order says everything that was given, as text that can be searched, on
//! pages where nothing is cut off. Method: read the PDF back with poppler, which nobody here
//! wrote. Skipped, and said so, without poppler or a Chinese font.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

use fengsui_documents::Fonts;
use fengsui_documents::order::{
    Entry, Imprint, Level, Moment, OrderMap, OrderSheet, OrderUnit, check_code, pdf,
};
use std::path::Path;
use std::process::Command;

fn fonts() -> Option<Fonts> {
    let found = Fonts::of_system();
    if let Err(why) = &found {
        println!("skipped: {why}");
    }
    found.ok()
}

/// Runs poppler's pdftotext over a PDF; `None`, and a sentence, without it.
fn poppler(pdf: &[u8], words: &[&str]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("order.pdf");
    std::fs::write(&file, pdf).unwrap();
    let run = Command::new("pdftotext")
        .args(words)
        .arg(&file)
        .arg("-")
        .output();
    let Ok(run) = run else {
        println!("skipped: pdftotext (poppler-utils) is not there");
        return None;
    };
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(
        run.stderr.is_empty(),
        "poppler: {}",
        String::from_utf8_lossy(&run.stderr)
    );
    Some(String::from_utf8(run.stdout).unwrap())
}

/// Without the spaces and line ends that setting it brings.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn known(words: &str) -> Entry {
    Entry::Known(words.into())
}

fn unit(callsign: &str) -> OrderUnit {
    OrderUnit {
        callsign: callsign.into(),
        crew: known("李某等 3 人"),
        ordered: Moment::At(1_795_759_205_000),
        signed: Moment::At(1_795_759_216_000),
        set_out: Moment::NotYet,
        instruction: Some("封控东门".into()),
        ..OrderUnit::default()
    }
}

fn sheet() -> OrderSheet {
    OrderSheet {
        imprint: Imprint {
            issuer: "望北县公安局指挥中心".into(),
            security_mark: Some("内部资料".into()),
            lacks: vec!["不含 城东所 14:02 后".into()],
            made_at_ms: 1_795_759_240_000,
            made_by: "张某".into(),
            station: "台01".into(),
            utc_offset_min: 480,
            ..Imprint::default()
        },
        number: "20261127-WB01-0042-7".into(),
        short_code: "K7M4 29QX".into(),
        read_aloud: "两洞两六幺幺两拐".into(),
        kind: known("治安 / 殴打他人"),
        level: Some(Level::Grave),
        reported_at_ms: Some(1_795_759_135_000),
        place: known("人民路中心小学东门"),
        phone: Entry::ToFill,
        text: known("三名男子殴打一名学生（头部流血），已叫救护车。"),
        cautions: vec!["现场可能有人持械".into()],
        units: vec![unit("巡03"), unit("城东所 1 号车")],
        map: OrderMap::Missing("未装图包".into()),
        ..OrderSheet::default()
    }
}

/// Every value is on the paper as text; what is not known says 未知, what will come 待补; times
/// are local; level, lacks, page and check code are there.
#[test]
fn everything_given_is_printed() {
    let Some(fonts) = fonts() else { return };
    let sheet = sheet();
    let pdf = pdf(&sheet, &fonts).unwrap();
    let Some(text) = poppler(&pdf, &[]) else {
        return;
    };
    let text = squeezed(&text);
    let code = check_code(&sheet);
    for words in [
        "望北县公安局指挥中心",
        "内部资料",
        "出警单",
        "20261127-WB01-0042-7",
        "K7M429QX",
        "两洞两六幺幺两拐",
        "治安/殴打他人",
        "严重",
        "2026-11-27",
        "人民路中心小学东门",
        "未知",
        "待补",
        "三名男子殴打一名学生（头部流血），已叫救护车。",
        "现场可能有人持械",
        "巡03",
        "城东所1号车",
        "李某等3人",
        "指令：封控东门",
        "—",
        "无图：未装图包",
        "不含城东所14:02后",
        "张某",
        "台01",
        "第1页共1页",
        &code,
    ] {
        assert!(text.contains(&squeezed(words)), "{words} is not in {text}");
    }
    let reported = "报警时间2026-11-27";
    assert!(
        text.contains("报警时间") && text.contains(&reported[12..]),
        "{text}"
    );
    assert!(!text.contains("演练"));
}

/// A long text flows over pages: every word of it is there in order, every page has its number,
/// its foot and what is lacking, and no word stands beyond the margins.
#[test]
fn long_texts_flow_and_nothing_is_cut_off() {
    let Some(fonts) = fonts() else { return };
    let sentences = (0..400).map(|i| format!("第{i}句：持棍者往北段方向离开。"));
    let long: String = sentences.collect();
    let units: Vec<_> = (0..60).map(|i| unit(&format!("机动{i:02}"))).collect();
    let mut sheet = OrderSheet {
        text: known(&long),
        units,
        ..sheet()
    };
    sheet.imprint.is_drill = true;
    let pdf = pdf(&sheet, &fonts).unwrap();
    let Some(text) = poppler(&pdf, &["-layout"]) else {
        return;
    };
    let pages: Vec<&str> = text
        .split('\u{c}')
        .filter(|page| !page.trim().is_empty())
        .collect();
    assert!(pages.len() >= 4, "{} pages", pages.len());
    for (i, page) in pages.iter().enumerate() {
        let page = squeezed(page);
        assert!(
            page.contains(&format!("第{}页共{}页", i + 1, pages.len())),
            "{page}"
        );
        assert!(page.contains("演练") && page.contains("不含城东所14:02后"));
        assert_eq!(page.contains(&check_code(&sheet)), i + 1 == pages.len());
    }
    let Some(raw) = poppler(&pdf, &["-raw"]) else {
        return;
    };
    // In the order in which it was written each page is its body, then its head and foot.
    let bodies = raw.split('\u{c}').map(|page| {
        let page = squeezed(page);
        page.split("望北县公安局")
            .next()
            .unwrap_or_default()
            .to_owned()
    });
    let all: String = bodies.collect();
    let all = all.replace("警情（续）", "");
    assert!(all.contains(&long), "the text is not whole: {all}");
    for i in 0..60 {
        assert!(all.contains(&format!("机动{i:02}")), "unit {i} is missing");
    }
    let Some(boxes) = poppler(&pdf, &["-bbox"]) else {
        return;
    };
    let mut count = 0;
    for line in boxes.lines().filter(|line| line.contains("<word ")) {
        let number = |name: &str| -> f64 {
            let from = line.find(name).unwrap() + name.len() + 2;
            line[from..].split('"').next().unwrap().parse().unwrap()
        };
        count += 1;
        assert!(number("xMin") > 45.0 && number("xMax") < 550.0, "{line}");
        assert!(number("yMin") > 30.0 && number("yMax") < 815.0, "{line}");
    }
    assert!(count > 1000, "{count} words");
}

/// The same sheet gives the same bytes and the same code; any word, time or mark changes the
/// code.
#[test]
fn papers_repeat_and_codes_tell_changes() {
    let Some(fonts) = fonts() else { return };
    assert_eq!(
        pdf(&sheet(), &fonts).unwrap(),
        pdf(&sheet(), &fonts).unwrap()
    );
    let code = check_code(&sheet());
    assert_eq!(code.len(), 9);
    let changes: [fn(&mut OrderSheet); 7] = [
        |s| s.place = known("人民路中心小学西门"),
        |s| s.imprint.is_drill = true,
        |s| s.level = None,
        |s| s.units[1].arrived = Moment::NotYet,
        |s| s.imprint.made_at_ms += 1,
        |s| s.imprint.lacks.clear(),
        |s| s.cautions = vec!["现场可能".into(), "有人持械".into()],
    ];
    for (i, change) in changes.into_iter().enumerate() {
        let mut other = sheet();
        change(&mut other);
        assert_ne!(check_code(&other), code, "change {i}");
    }
}

/// A letter that no font has is printed as 〓 and named, not as a box nobody understands; an
/// order without units says so.
#[test]
fn letters_without_a_font_are_said() {
    let Some(fonts) = fonts() else { return };
    let sheet = OrderSheet {
        caller: known("王\u{10FFFD}"),
        units: Vec::new(),
        ..sheet()
    };
    let Some(text) = poppler(&pdf(&sheet, &fonts).unwrap(), &[]) else {
        return;
    };
    let text = squeezed(&text);
    assert!(text.contains("王〓") && text.contains("U+10FFFD"), "{text}");
    assert!(text.contains("尚未派出单位"));
}

/// A picture that is none is an error, not an order without its map.
#[test]
fn a_broken_picture_is_refused() {
    let Some(fonts) = fonts() else { return };
    let sheet = OrderSheet {
        map: OrderMap::Picture {
            png: b"not a picture".to_vec(),
            size_px: (10, 10),
            caption: String::new(),
        },
        ..sheet()
    };
    assert!(pdf(&sheet, &fonts).is_err());
    assert!(Fonts::of_folder(Path::new("/nonexistent")).is_err());
}
