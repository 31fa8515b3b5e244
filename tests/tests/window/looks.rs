//! How the desk looks in its real window: by day and by night, large and small screens, and on
//! the map of a real county. The pictures are kept; what can be asserted of them is.
//!
//! Not here: whether they are beautiful; somebody looks at them.

use std::path::{Path, PathBuf};

use fengsui_tests::desk::{Scratch, root};
use serde_json::Value;

use super::driver::{Driver, ended, on_one_thread};
use super::person::Person;
use super::{intake, pictures};

/// A shift that goes fast enough to have something on every pane within a minute.
const BUSY: [&str; 4] = ["--demo-pace", "12", "--demo-calls", "off"];
/// The two screens the desk is made for.
const SIZES: [(u32, u32); 2] = [(1600, 1000), (1280, 800)];
/// The map has drawn everything it knows for now.
const DRAWN: &str = "document.querySelector('[data-testid=map-canvas]')?.dataset.drawn === 'true'";

#[test]
fn by_day_and_by_night_on_both_screens() {
    on_one_thread(async {
        let scratch = Scratch::new("looks");
        let home = scratch.path();
        let driver = Driver::start(&pictures::folder().join("driver-looks.log"));
        let client = driver.open(home, None, &BUSY).await;
        let mut person = Person::sit_down(client).await;
        something_goes_on(&mut person, home).await;
        for (width, height) in SIZES {
            person.client.set_window_size(width, height).await.unwrap();
            let is_so = format!("innerWidth === {width} && innerHeight === {height}");
            person.waits("the window has its size", &is_so).await;
            for theme in ["day", "night"] {
                let is_so = format!("document.documentElement.dataset.theme === '{theme}'");
                if person.reads(&is_so).await == false {
                    person.press("F10").await;
                    person.waits("the other palette", &is_so).await;
                }
                person.waits("the map is drawn", DRAWN).await;
                let name = format!("desk-{theme}-{width}x{height}.png");
                let picture = pictures::folder().join(name);
                pictures::take(&person.client, &picture).await;
                nothing_sticks_out(&person, width, height).await;
                pictures::is_no_blank(&picture, width, height);
            }
        }
        person.client.close().await.unwrap();
        ended(home);
    });
}

/// Calls that wait and ring, an order on its way, a form half typed.
async fn something_goes_on(person: &mut Person, home: &Path) {
    for (line, number, lon, lat) in [
        ("122", "186 0000 3321", 113.879_384, 31.196_942),
        ("110", "139 0000 4217", 113.906_576, 31.202_429),
        ("119", "138 0000 4471", 113.907_823, 31.186_844),
    ] {
        intake::ring(home, line, number, Some((lon, lat)));
    }
    person.press("F2").await;
    person
        .has_focus("the text", "[data-testid=field-text]")
        .await;
    person.types("两辆小车追尾，没人受伤，堵了一条道").await;
    person.press("Ctrl+Enter").await;
    person.sends().await;
    person.press("Alt+J").await;
    person
        .has_focus("the text", "[data-testid=field-text]")
        .await;
    person
        .types("两人持刀打架，一人手部流血，往迎宾大道方向跑了一个")
        .await;
    person
        .sees("a type is proposed", "[data-testid=type-proposal]")
        .await;
    person
        .sees("the crew is on its way", "[data-testid=queue-row] .un")
        .await;
}

async fn nothing_sticks_out(person: &Person, width: u32, height: u32) {
    let size = person
        .reads("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        .await;
    assert_eq!(
        size,
        serde_json::json!([width, height]),
        "the page fits its window"
    );
}

/// The extract of a real county, where it lies beside the project.
fn guixi() -> Option<PathBuf> {
    let path = root().parent()?.join("shared/data/osm/guixi.osm.pbf");
    path.exists().then_some(path)
}

#[test]
fn a_real_county_opens_with_its_chinese_names() {
    let Some(county) = guixi() else {
        println!("skipped 1: no extract of a real county beside the project");
        return;
    };
    on_one_thread(async {
        let scratch = Scratch::new("county");
        let home = scratch.path();
        let driver = Driver::start(&pictures::folder().join("driver-county.log"));
        let client = driver
            .open(home, Some(&county), &["--demo-calls", "off"])
            .await;
        let mut person = Person::sit_down(client).await;
        person.waits("the map is drawn", DRAWN).await;
        for theme in ["day", "night"] {
            let picture = pictures::folder().join(format!("guixi-{theme}.png"));
            pictures::take(&person.client, &picture).await;
            pictures::is_no_blank(&picture, 1600, 1000);
            person.press("F10").await;
            person.waits("the map is drawn again", DRAWN).await;
        }
        // A village of its east, by the initials of its name.
        person.press("Shift+F2").await;
        person.press("1").await;
        person
            .has_focus("the place", "[data-testid=field-place]")
            .await;
        person.types("lhs").await;
        let found = person
            .sees("places are listed", "[data-testid=place-hits]")
            .await;
        assert!(found.as_str().unwrap().contains("龙虎山"), "{found}");
        assert_ne!(found, Value::Null);
        person.client.close().await.unwrap();
        ended(home);
    });
}
