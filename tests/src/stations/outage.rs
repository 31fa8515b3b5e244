//! The story of an outage: the hall loses power and every link in the middle of a stabbing, the
//! township station takes the board and finishes it by radio, and afterwards both say the same,
//! to the second.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use fengsui_store::{Db, Home, OpenOptions, verify};
use serde_json::{Value, json};

use super::net::Networks;
use super::process::{PERSONS, PORT, Running, until};
use crate::desk::text;

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
    let home = hall.kill();
    let dark = Instant::now();
    town.touches(0)?;
    let lacks = town.ok("lack.list", json!({}))?;
    ensure!(lacks["lacks"][0]["name"] == "指挥中心", "{lacks}");
    say(&format!(
        "指挥中心断电断网；{} ms 后城关所条上：不含 指挥中心 断电后",
        dark.elapsed().as_millis()
    ));

    let more = finish_by_radio(&mut town, &incident, &order)?;
    say(&format!(
        "城关所两人签名，接管接警，凭短码 {code} 由电台办完：签收、到场、反馈、结案；又接一起"
    ));

    let mut hall = Running::start(&networks, HALL, &home, None)?;
    hall.sign_in()?;
    let before = hall.ok("incident.view", json!({ "incident": incident }))?;
    ensure!(before["row"]["stage"] != "closed", "nobody told the hall");
    networks.join()?;
    hall.touches(1)?;
    hall.have(&more)?;
    agree(&mut hall, &mut town, &incident)?;
    report(&mut hall, say)?;
    hand_back(&mut hall, &mut town)?;
    say("接警权交还指挥中心，没有冲突");
    hall.is_whole_with(1)?;
    town.is_whole_with(1)?;
    prove_equal([hall, town])?;
    say("两站停机核验：日志成链完整，各表逐行相等");
    Ok(())
}

/// The township takes the board and finishes the incident; the dot of another it opens.
fn finish_by_radio(town: &mut Running, incident: &str, order: &str) -> Result<String> {
    let (second, passphrase) = PERSONS[1];
    let take = json!({ "second": second, "passphrase": passphrase });
    town.ok("board.take", take)?;
    for step in ["sign", "set_out", "arrive", "work"] {
        let step = json!({ "assignment": order, "step": step });
        town.ok("assignment.step", step)?;
    }
    let more = town.incident("人民路中学北门旁诊所，一人受伤")?;
    let feedback =
        json!({ "incident": incident, "assignment": order, "text": "电台报：二人已控制" });
    town.ok("feedback.add", feedback)?;
    let clear = json!({ "assignment": order, "step": "clear" });
    town.ok("assignment.step", clear)?;
    let close = json!({ "incident": incident, "result": "R01", "text": "移交刑侦" });
    town.ok("incident.close", close)?;
    Ok(more)
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

/// The programs end; their files say the same, row for row, and each log is whole.
///
/// # Errors
/// They do not.
pub fn prove_equal(stations: impl IntoIterator<Item = Running>) -> Result<()> {
    let mut homes = Vec::new();
    for station in stations {
        homes.push(station.home().to_owned());
    }
    let mut rows = Vec::new();
    for home in &homes {
        let db = Db::open(&OpenOptions::new(Home::at(home)))?;
        let proof = db.read(verify::prove)?;
        ensure!(proof.broken.is_empty(), "{:?}", proof.broken);
        rows.push(db.read(verify::shared)?);
    }
    for (at, other) in rows.iter().enumerate() {
        for (table, hash) in other {
            let first = rows.first().and_then(|first| first.get(table));
            ensure!(first == Some(hash), "station {at}: {table} differs");
        }
    }
    Ok(())
}
