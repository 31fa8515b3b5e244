//! The story of an outage: the hall loses every link and then its power in the middle of a
//! stabbing, what it can still say it says by radio with a short code, the township station takes
//! the board and finishes all of it, and afterwards both say the same, to the second.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::equal::prove_equal;
use super::net::Networks;
use super::process::{PERSONS, PORT, Running, until};
use crate::desk::text;

/// Where the call came from that only the hall's batteries let in.
const CLINIC: &str = "人民路中学北门旁诊所，一人受伤";
/// The hall's place among the networks.
pub const HALL: usize = 0;
/// The township's.
pub const TOWN: usize = 3;

/// Tells the story; each line goes to `say`. `homes` holds a folder for each of the two.
///
/// # Errors
/// Where it goes otherwise than it should.
pub fn tell(homes: &Path, say: &mut dyn FnMut(&str)) -> Result<()> {
    let networks = Networks::five()?;
    let (mut hall, mut town) = two_in_touch(&networks, homes)?;
    say("望北县：指挥中心与城关所相连，名册、单位、警情两边一样");

    let began = Instant::now();
    let incident = hall.incident("人民路中学北门，两人持刀")?;
    let order = hall.order(&incident, "巡03")?;
    let view = town.have(&incident)?;
    let code = text(&view["row"], "short_code")?;
    say(&format!(
        "指挥中心接警 {code}，派巡03；{} ms 后城关所板上有同一警情",
        began.elapsed().as_millis()
    ));
    until("the order at the township", || {
        let view = town.ok("incident.view", json!({ "incident": incident }))?;
        Ok(view.to_string().contains(&order).then_some(()))
    })?;

    networks.cut()?;
    let dark = Instant::now();
    town.touches(0)?;
    let lacks = town.ok("lack.list", json!({}))?;
    ensure!(lacks["lacks"][0]["name"] == "指挥中心", "{lacks}");
    say(&format!(
        "全部链路断；{} ms 后城关所条上：不含 指挥中心 断网后",
        dark.elapsed().as_millis()
    ));

    let (spoken, stub) = by_voice(&mut hall, &mut town, say)?;
    let home = hall.kill();
    say("指挥中心断电");

    finish_by_radio(&mut town, &incident, &order, &stub)?;
    say(&format!(
        "城关所两人签名，接管接警，凭短码 {code} 由电台办完：签收、到场、反馈、结案；\
         凭短码 {spoken_code} 的一起也派警办结",
        spoken_code = spoken.code
    ));

    let mut hall = Running::start(&networks, HALL, &home, None)?;
    hall.sign_in()?;
    let before = hall.ok("incident.view", json!({ "incident": incident }))?;
    ensure!(before["row"]["stage"] != "closed", "nobody told the hall");
    networks.join()?;
    hall.touches(1)?;
    agree(&mut hall, &mut town, &incident)?;
    is_one(&mut hall, &mut town, &spoken, &stub)?;
    say(&format!(
        "按短码 {} 两边所记合为一起警情，指挥中心核后结案，经过齐全，各条时间一致",
        spoken.code
    ));
    report(&mut hall, say)?;
    hand_back(&mut hall, &mut town)?;
    say("接警权交还指挥中心，没有冲突");
    prove_equal(&networks, vec![hall, town])?;
    say("两站停机核验：日志成链完整，各表逐行相等");
    Ok(())
}

/// An incident that one station knows and the other heard of.
struct Spoken {
    incident: String,
    code: String,
}

/// The hall, on its batteries, takes one more call and reads its code over the radio; the township
/// enters what it heard. The hall's incident, and the township's stub of it.
fn by_voice(
    hall: &mut Running,
    town: &mut Running,
    say: &mut dyn FnMut(&str),
) -> Result<(Spoken, String)> {
    let incident = hall.incident(CLINIC)?;
    let view = hall.ok("incident.view", json!({ "incident": incident }))?;
    let code = text(&view["row"], "short_code")?;
    let aloud = text(&view, "code_aloud")?;
    let heard = json!({ "code": code, "line": "110", "from": "指挥中心",
        "form": { "place": CLINIC } });
    let stub = text(&town.ok("incident.hear", heard)?, "incident")?;
    say(&format!(
        "指挥中心靠电池又接一起，电台念“{aloud}”；城关所记下短码 {code}"
    ));
    Ok((Spoken { incident, code }, stub))
}

/// The township takes the board, finishes the incident it knows, and works the one it heard of.
fn finish_by_radio(town: &mut Running, incident: &str, order: &str, stub: &str) -> Result<()> {
    let (second, passphrase) = PERSONS[1];
    let take = json!({ "second": second, "passphrase": passphrase });
    town.ok("board.take", take)?;
    close(town, incident, order, "电台报：二人已控制")?;
    let order = town.order(stub, "巡03")?;
    close(town, stub, &order, "电台报：伤者已送医")
}

/// Every step of an order, what the crew reported, and the end.
fn close(town: &mut Running, incident: &str, order: &str, report: &str) -> Result<()> {
    for step in ["sign", "set_out", "arrive", "work"] {
        let step = json!({ "assignment": order, "step": step });
        town.ok("assignment.step", step)?;
    }
    let feedback = json!({ "incident": incident, "assignment": order, "text": report });
    town.ok("feedback.add", feedback)?;
    let clear = json!({ "assignment": order, "step": "clear" });
    town.ok("assignment.step", clear)?;
    let close = json!({ "incident": incident, "result": "R01", "text": "移交刑侦" });
    town.ok("incident.close", close)?;
    Ok(())
}

/// The hall's incident and the township's stub of it are one at both. What the hall had written
/// the township did not know when it closed: the hall looks at both sides' lines and closes it.
fn is_one(hall: &mut Running, town: &mut Running, spoken: &Spoken, stub: &str) -> Result<()> {
    let asked = |incident: &str| json!({ "incident": incident });
    for station in [&mut *hall, &mut *town] {
        until("one incident", || {
            let (Ok(one), Ok(other)) = (
                station.ok("incident.view", asked(&spoken.incident)),
                station.ok("incident.view", asked(stub)),
            ) else {
                return Ok(None);
            };
            let is_one = one["row"] == other["row"] && one["row"]["stage"] == "review";
            Ok(is_one.then_some(()))
        })?;
    }
    let close = json!({ "incident": spoken.incident, "result": "R01", "text": "两边所记已核" });
    hall.ok("incident.close", close)?;
    until("the end at the township", || {
        let view = town.ok("incident.view", asked(stub))?;
        Ok((view["row"]["stage"] == "closed").then_some(()))
    })?;
    agree(hall, town, &spoken.incident)?;
    let ours = hall.ok("incident.view", asked(&spoken.incident))?;
    ensure!(ours["row"]["short_code"] == json!(spoken.code), "{ours}");
    let told = ours["timeline"].to_string();
    ensure!(told.contains("电台报：伤者已送医"), "{told}");
    Ok(())
}

/// The board goes back to the hall, which has no conflict.
fn hand_back(hall: &mut Running, town: &mut Running) -> Result<()> {
    let (second, passphrase) = PERSONS[1];
    let back = json!({ "to": 1, "second": second, "passphrase": passphrase });
    town.ok("board.return", back)?;
    until("the board is back", || {
        let list = hall.ok("station.list", json!({}))?;
        Ok((list["board"] == json!(1)).then_some(()))
    })?;
    ensure!(hall.conflicts()?.is_empty(), "a conflict nobody made");
    Ok(())
}

/// The hall, which founded the county, and the township station it invited.
///
/// # Errors
/// They do not meet.
pub fn two_in_touch(networks: &Networks, homes: &Path) -> Result<(Running, Running)> {
    let mut hall = Running::start(networks, HALL, &homes.join("hall"), None)?;
    hall.sign_in()?;
    let (second, passphrase) = PERSONS[1];
    let enrol = json!({ "account": second, "name": "赵某", "passphrase": passphrase,
        "posts": ["shift_leader", "dispatch"] });
    hall.ok("account.enrol", enrol)?;
    let asked = json!({ "name": "城关所", "code": "CG", "kind": "post",
        "addresses": [format!("10.77.0.1:{PORT}")] });
    let invited = hall.ok("station.invite", asked)?;
    let invitation = text(&invited, "text")?;
    let mut town = Running::start(networks, TOWN, &homes.join("town"), Some(&invitation))?;
    town.sign_in()?;
    hall.touches(1)?;
    town.touches(1)?;
    town.unit("巡03")?;
    Ok((hall, town))
}

/// Both have the same lines of the incident, with the same times.
fn agree(hall: &mut Running, town: &mut Running, incident: &str) -> Result<()> {
    let asked = json!({ "incident": incident });
    let theirs = town.ok("incident.view", asked.clone())?;
    until("the same incident on both boards", || {
        let ours = hall.ok("incident.view", asked.clone())?;
        let same = ours["row"]["stage"] == theirs["row"]["stage"]
            && times(&ours["timeline"]) == times(&theirs["timeline"]);
        Ok(same.then_some(()))
    })
}

fn times(timeline: &Value) -> Vec<(String, Value)> {
    let lines = timeline.as_array().into_iter().flatten();
    let mut times: Vec<(String, Value)> = lines
        .map(|line| (line["id"].to_string(), line["at_ms"].clone()))
        .collect();
    times.sort_by(|a, b| a.0.cmp(&b.0));
    times
}

/// The hall's merge report.
fn report(hall: &mut Running, say: &mut dyn FnMut(&str)) -> Result<()> {
    let list = hall.ok("station.list", json!({}))?;
    let meeting = &list["meetings"][0];
    let count = |name: &str| meeting[name].as_u64().context("merge report");
    say(&format!(
        "指挥中心恢复，对账单：收 {} 发 {} 新增 {} 更新 {} 冲突 {}",
        count("received")?,
        count("sent")?,
        count("opened")?,
        count("changed")?,
        count("conflicts")?
    ));
    ensure!(count("opened")? == 1 && count("changed")? == 1, "{meeting}");
    Ok(())
}
