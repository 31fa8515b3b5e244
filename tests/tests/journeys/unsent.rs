//! Goal: the paper of what could not be sent holds what a station that is apart may not know, and
//! nothing it knows. Method: two stations meet, are cut apart, one goes on; the PDF is read back
//! with poppler, which nobody here wrote.

use std::path::Path;
use std::process::Command;

use fengsui_tests::desk::{Desk, text};
use serde_json::json;

use super::stations::County;

/// The words of the paper for a station, and how many incidents the answer says are on it.
fn paper(desk: &Desk, number: u16) -> (String, u64) {
    let made = desk
        .ok("unsent.paper", json!({ "number": number }))
        .unwrap();
    let path = text(&made, "path").unwrap();
    assert!(Path::new(&path).exists());
    let read = Command::new("pdftotext")
        .args(["-layout", &path, "-"])
        .output();
    let words = String::from_utf8(read.unwrap().stdout).unwrap();
    (words, made["lines"].as_u64().unwrap())
}

/// What the other station knew before stays away; what was ordered, opened in its area or closed
/// since is there with its code; another house's incidents are counted, not listed.
#[test]
fn it_holds_what_the_other_station_may_not_know() {
    let county = County::of(2);
    let hall = &county.desks[0];
    let old = county.incident(0, "早先已知处");
    let ended = county.incident(0, "分开后结掉处");
    // What was written just before the last word may not have gone out with it; this has.
    county.clock.shift(120_000);
    county.meet(0, 1);
    county.clock.shift(600_000);
    let mine = county.incident(0, "人民路中学北门");
    let order = county.order(0, &mine, "巡03");
    let other = county.incident(0, "城东市场");
    let amend = json!({ "incident": other, "form": { "jurisdiction": "CD" } });
    hall.ok("incident.amend", amend).unwrap();
    let close = json!({ "incident": ended, "reason": "1102" });
    hall.ok("incident.invalidate", close).unwrap();

    let (words, count) = paper(hall, 2);
    let code = text(&hall.view(&mine).unwrap()["row"], "short_code").unwrap();
    for wanted in [
        "未送达单",
        "城关所",
        "人民路中学北门",
        &code,
        "巡03",
        "未送达",
        "分开后结掉处",
        "无效",
        "已办结，不需处置",
        "另有其他辖区警情 1 起未列",
        "签收人",
        "不含 城关所",
    ] {
        assert!(words.contains(wanted), "{wanted} is not in\n{words}");
    }
    for unwanted in ["早先已知处", "城东市场"] {
        assert!(!words.contains(unwanted), "{unwanted} is in\n{words}");
    }
    assert_eq!(count, 2);
    assert!(words.find("人民路中学北门") < words.find("分开后结掉处"));

    // Signed for by voice: it is no order that waits any more, and what was said stands there.
    let sign = json!({ "assignment": order["entry"], "step": "sign" });
    hall.device_ok("assignment.step", sign).unwrap();
    assert!(paper(hall, 2).0.contains("已签收"));

    // Together again, and apart anew: there is nothing to carry.
    county.clock.shift(120_000);
    county.meet(0, 1);
    county.clock.shift(600_000);
    let (words, count) = paper(hall, 2);
    assert_eq!(count, 0, "{words}");
    assert!(words.contains("没有要它处置的未送达警情"), "{words}");
    assert!(
        !words.contains(
            text(&hall.view(&old).unwrap()["row"], "number")
                .unwrap()
                .as_str()
        )
    );
}

/// There is no paper for this station itself, nor for one that nobody enrolled.
#[test]
fn it_is_for_another_station_of_the_county() {
    let county = County::of(2);
    let hall = &county.desks[0];
    for number in [1, 9] {
        let asked = json!({ "number": number });
        assert_eq!(hall.refused("unsent.paper", asked).unwrap(), "not_found");
    }
}
