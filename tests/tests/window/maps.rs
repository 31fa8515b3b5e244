//! How the map looks in the real window: two real counties and the made-up one, by day and by
//! night, from far, from near and from the street, with areas, closed roads and every layer on.
//! The pictures are kept; what can be asserted of them is.
//!
//! Not here: whether they are beautiful; somebody looks at them.

use std::path::Path;
use std::time::{Duration, Instant};

use fengsui_tests::bench::cameras::opened;
use fengsui_tests::bench::place::let_go;
use fengsui_tests::desk::{Desk, Scratch, root};
use serde_json::json;

use super::driver::{Driver, ended, on_one_thread};
use super::person::Person;
use super::pictures;

/// Name, file, and a place on a road, degrees.
const COUNTIES: [(&str, &str, (f64, f64)); 3] = [
    ("demo", "assets/demo-county", (113.8985, 31.2008)),
    (
        "guixi",
        "../shared/data/osm/guixi.osm.pbf",
        (117.2120, 28.2920),
    ),
    (
        "haidian",
        "../shared/data/osm/haidian.osm.pbf",
        (116.3267, 39.9915),
    ),
];
/// Presses of a key that change the zoom by one each: the street, the town, the county.
const STEPS: [(&str, &str, usize); 3] = [("street", "=", 2), ("town", "-", 3), ("county", "-", 3)];
const ROADS_PATIENCE: Duration = Duration::from_secs(60);
/// After that long a key has changed no zoom.
const ZOOM_PATIENCE: Duration = Duration::from_secs(6);
/// The map has drawn everything it knows for now, where it stands.
const DRAWN: &str = "document.querySelector('[data-testid=map-canvas]')?.dataset.drawn === 'true'";
const SCALE: &str = "document.querySelector('[data-testid=scale-bar]')?.textContent";

/// A home on which a road is closed and every layer switched on.
fn prepared(home: &Path, county: &Path, (lon, lat): (f64, f64)) {
    let desk = opened(home, county).unwrap();
    let names = [
        "units",
        "incidents",
        "posts",
        "checkpoints",
        "cameras",
        "schools",
        "hospitals",
        "hydrants",
        "points135",
        "jurisdictions",
        "zones",
        "drawings",
        "closures",
    ];
    let on: serde_json::Map<String, serde_json::Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), json!(true)))
        .collect();
    let body = json!({ "v": 1, "on": on }).to_string();
    desk.ok(
        "draft.put",
        json!({ "key": "map", "body": body, "at_ms": 0 }),
    )
    .unwrap();
    close_a_road(&desk, json!({ "lon": lon, "lat": lat }));
    let_go(desk, home).unwrap();
    // No real calls: the program may play its shift on it.
    std::fs::write(home.join("demo"), b"").unwrap();
}

fn close_a_road(desk: &Desk, point: serde_json::Value) {
    let until = Instant::now() + ROADS_PATIENCE;
    let road = loop {
        let found = desk.ok("road.at", json!({ "point": point })).unwrap();
        if found["why"] != "loading" {
            break found["road"].clone();
        }
        assert!(Instant::now() < until, "the roads are not read");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(road["point"].is_object(), "no road near {point}");
    let close = json!({ "point": road["point"], "reason": "路面塌陷", "ordered_by": "交警大队" });
    desk.ok("road.close", close).unwrap();
}

/// Takes minutes and wants eyes: `cargo test --workspace --features fengsui/loopback --test window
/// -- --ignored` on a display.
#[test]
#[ignore = "pictures for people to look at, which take minutes"]
fn maps_by_day_and_by_night_from_far_and_near() {
    on_one_thread(async {
        for (name, file, at) in COUNTIES {
            let county = root().join(file);
            if !county.exists() {
                println!("skipped 1: {file} is not beside the project");
                continue;
            }
            let scratch = Scratch::new("maps");
            prepared(scratch.path(), &county, at);
            looked_at(name, scratch.path(), &county).await;
        }
    });
}

async fn looked_at(name: &str, home: &Path, county: &Path) {
    let log = pictures::folder().join(format!("driver-maps-{name}.log"));
    let driver = Driver::start(&log);
    let words = ["--demo-calls", "off", "--demo-crews", "off"];
    let client = driver.open(home, Some(county), &words).await;
    let mut person = Person::sit_down(client).await;
    person.waits("the map is drawn", DRAWN).await;
    person.press("F4").await;
    person.has_focus("the map", "[data-focus=map]").await;
    let mut scales = Vec::new();
    for (zoom, key, times) in STEPS {
        for _ in 0..times {
            let before = person.reads(SCALE).await;
            person.press(key).await;
            // A county is no smaller than its pane: then it is seen whole already.
            let is_other = format!("{SCALE} !== {before}");
            if !person.comes(&is_other, ZOOM_PATIENCE).await {
                assert!(zoom == "county", "{zoom}: no other zoom than {before}");
                break;
            }
            person.waits("the map is drawn", DRAWN).await;
        }
        scales.push(person.reads(SCALE).await);
        // Each other zoom begins as the one before ended: a change of light draws all anew.
        let themes = match scales.len() % 2 {
            1 => ["day", "night"],
            _ => ["night", "day"],
        };
        for theme in themes {
            by_light(&mut person, theme).await;
            let picture = pictures::folder().join(format!("map-{name}-{zoom}-{theme}.png"));
            pictures::take(&person.client, &picture).await;
            pictures::is_no_blank(&picture, 1600, 1000);
        }
    }
    scales.dedup();
    assert_eq!(scales.len(), STEPS.len(), "three zooms: {scales:?}");
    person.client.close().await.unwrap();
    ended(home);
}

async fn by_light(person: &mut Person, theme: &str) {
    let is_so = format!("document.documentElement.dataset.theme === '{theme}'");
    if person.reads(&is_so).await == false {
        person.press("F10").await;
        person.waits("the other palette", &is_so).await;
    }
    person.waits("the map is drawn", DRAWN).await;
}
