//! Cameras near a point: the example of C6, the order, many of them.
//! Not here: sectors themselves (`fengsui_geo`).

use fengsui_geo::{destination, haversine_m};

use super::*;

fn here() -> Wgs84 {
    Wgs84::new(113.9, 31.2).unwrap()
}

/// A camera `metres` north of here, looking towards `heading_deg`, 60° wide and 100 m far.
fn camera(id: &str, metres: f64, heading_deg: f64, state: CameraState) -> CameraFacts {
    let at = destination(here(), 0.0, metres);
    CameraFacts {
        id: id.to_owned(),
        at,
        sector: Sector::new(at, heading_deg, 60.0, 100.0).ok(),
        state: Some(state),
    }
}

fn ids(index: &CameraIndex, found: &[NearCamera]) -> Vec<String> {
    let id = |near: &NearCamera| index.cameras()[near.camera].id.clone();
    found.iter().map(id).collect()
}

/// Those that see the point first, then the others by distance; the dead last, seeing or not, and
/// only if they would have stood among the others.
#[test]
fn order_of_cameras() {
    use CameraState as S;
    let unknown = CameraFacts {
        sector: None,
        state: None,
        ..camera("未知", 20.0, 0.0, S::Online)
    };
    let index = CameraIndex::new(vec![
        camera("背向", 10.0, 0.0, S::Online),
        camera("对着", 90.0, 180.0, S::Online),
        camera("够不着", 110.0, 180.0, S::Online),
        camera("离线近", 5.0, 180.0, S::Offline),
        camera("故障", 15.0, 0.0, S::Faulty),
        camera("离线远", 300.0, 180.0, S::Offline),
        unknown,
    ]);
    let found = index.near(here(), 4);
    assert_eq!(
        ids(&index, &found),
        ["对着", "背向", "未知", "够不着", "离线近", "故障"]
    );
    let sees: Vec<_> = found.iter().map(|camera| camera.sees).collect();
    assert_eq!(sees[..4], [Some(true), Some(false), None, Some(false)]);
    assert!(found[4].is_dead && found[5].is_dead && !found[2].is_dead);
    // Too few that work: all the dead are shown too.
    assert_eq!(index.near(here(), 10).len(), 7);
    assert_eq!(ids(&index, &index.near(here(), 1)), ["对着", "离线近"]);
    assert!(index.near(here(), 0).is_empty());
    assert!(CameraIndex::default().near(here(), 8).is_empty());
}

/// C6: the 8 nearest of 30,000 in far under 100 ms, the best of fifty; and they are the same as
/// looking at every one of them.
#[test]
fn c6_thirty_thousand() {
    let mut state = 7u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let cameras: Vec<CameraFacts> = (0..30_000)
        .map(|n| {
            let at = Wgs84::new(113.65 + next() * 0.5, 30.95 + next() * 0.5).unwrap();
            let (heading, fov, range) =
                (next() * 360.0, 30.0 + next() * 90.0, 20.0 + next() * 400.0);
            CameraFacts {
                id: format!("C{n:05}"),
                at,
                sector: Sector::new(at, heading, fov, range)
                    .ok()
                    .filter(|_| n % 50 != 0),
                state: CameraState::ALL.get(usize::from(n % 20 == 0)).copied(),
            }
        })
        .collect();
    let index = CameraIndex::new(cameras.clone());
    for n in 0..40 {
        let point = Wgs84::new(113.66 + f64::from(n) * 0.012, 31.0 + f64::from(n) * 0.01).unwrap();
        let mut all: Vec<(bool, f64, usize)> = cameras
            .iter()
            .enumerate()
            .filter(|(_, camera)| camera.state == Some(CameraState::Online))
            .map(|(at, camera)| {
                let sees = camera.sector.is_some_and(|sector| sector.sees(point));
                (!sees, haversine_m(point, camera.at), at)
            })
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let expected: Vec<usize> = all.iter().take(8).map(|(_, _, at)| *at).collect();
        let found: Vec<usize> = index
            .near(point, 8)
            .iter()
            .map(|near| near.camera)
            .collect();
        assert_eq!(found[..8], expected);
        let dead = index.near(point, 8).split_off(8);
        assert!(dead.iter().all(|camera| camera.is_dead));
    }
    let mut best = std::time::Duration::MAX;
    for _ in 0..50 {
        let start = std::time::Instant::now();
        std::hint::black_box(index.near(std::hint::black_box(here()), 8));
        best = best.min(start.elapsed());
    }
    println!("nearest 8 cameras of 30,000: {best:?}");
    assert!(best < std::time::Duration::from_millis(5), "{best:?}");
}
