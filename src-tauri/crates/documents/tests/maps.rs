//! Goal: pictures show what is in the tiles, without seams, and say where there is no map.
//! Method: tiles written by hand in this file, pixels looked at one by one.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use fengsui_documents::Fonts;
use fengsui_documents::mapimage::{
    DrawnBy, Frame, Ground, Helper, MapDrawer, MapImage, MapRequest, Marker, RasterTiles,
};
use fengsui_documents::style::{Style, Theme};
use fengsui_geo::{TileId, Wgs84, from_world};
use std::path::Path;
use std::sync::Arc;

const LAND: [u8; 3] = [0xEF, 0xF1, 0xED];
const WATER: [u8; 3] = [0xC8, 0xD8, 0xE2];
const ROAD: [u8; 3] = [0xFF, 0xFF, 0xFF];

/// The tile in the middle of these tests; a multiple of four, so a block begins with it.
const X: u32 = 13488;
const Y: u32 = 6208;

type Points<'a> = &'a [(i32, i32)];

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn message(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

/// A layer with one feature: kind of geometry (1 point, 2 line, 3 area) and two properties.
fn layer(name: &str, geometry_kind: u8, points: Points<'_>, props: [(&str, &str); 2]) -> Vec<u8> {
    let mut geometry = Vec::new();
    let mut cursor = (0, 0);
    for (i, point) in points.iter().enumerate() {
        match i {
            0 => varint(&mut geometry, 1 << 3 | 1),
            1 => varint(&mut geometry, ((points.len() - 1) as u64) << 3 | 2),
            _ => {}
        }
        for step in [point.0 - cursor.0, point.1 - cursor.1] {
            varint(
                &mut geometry,
                u64::from(((step << 1) ^ (step >> 31)) as u32),
            );
        }
        cursor = *point;
    }
    if geometry_kind == 3 {
        varint(&mut geometry, 1 << 3 | 7);
    }
    let mut feature = Vec::new();
    message(&mut feature, 2, &[0, 0, 1, 1]);
    feature.extend([3 << 3, geometry_kind]);
    message(&mut feature, 4, &geometry);
    let mut out = Vec::new();
    message(&mut out, 1, name.as_bytes());
    message(&mut out, 2, &feature);
    for (key, _) in props {
        message(&mut out, 3, key.as_bytes());
    }
    for (_, word) in props {
        let mut value = Vec::new();
        message(&mut value, 1, word.as_bytes());
        message(&mut out, 4, &value);
    }
    out.push(5 << 3);
    varint(&mut out, 4096);
    out.extend([15 << 3, 2]);
    let mut tile = Vec::new();
    message(&mut tile, 3, &out);
    tile
}

/// Every tile the same: water in its upper left quarter, a wide road across it at three
/// quarters of its height, and a town whose name is where the test says.
struct Pattern {
    town: Option<(TileId, (i32, i32))>,
    missing: Vec<TileId>,
    damaged: Vec<TileId>,
    covered: Vec<Vec<Wgs84>>,
}

fn pattern() -> Pattern {
    Pattern {
        town: None,
        missing: Vec::new(),
        damaged: Vec::new(),
        covered: Vec::new(),
    }
}

impl Ground for Pattern {
    fn tile(&self, tile: TileId) -> Result<Option<Vec<u8>>, String> {
        if self.missing.contains(&tile) {
            return Ok(None);
        }
        let water: Points<'_> = &[(0, 0), (2048, 0), (2048, 2048), (0, 2048)];
        let road: Points<'_> = &[(-64, 3072), (4160, 3072)];
        let nothing = ("none", "none");
        let mut bytes = layer("water_polygons", 3, water, [("kind", "water"), nothing]);
        bytes.extend(layer("streets", 2, road, [("kind", "primary"), nothing]));
        if let Some((at, point)) = self.town
            && at == tile
        {
            let props = [("kind", "town"), ("name", "望北城关镇")];
            bytes.extend(layer("place_labels", 1, &[point], props));
        }
        if self.damaged.contains(&tile) {
            bytes.truncate(bytes.len() - 5);
        }
        Ok(Some(bytes))
    }

    fn zooms(&self) -> (u8, u8) {
        (6, 14)
    }

    fn covered(&self) -> Vec<Vec<Wgs84>> {
        self.covered.clone()
    }
}

fn tile(dx: u32, dy: u32) -> TileId {
    TileId::new(14, X + dx, Y + dy).unwrap()
}

/// A point of the world by tiles of z14.
fn at(x: f64, y: f64) -> Wgs84 {
    let side = f64::from(1 << 14);
    from_world((f64::from(X) + x) / side, (f64::from(Y) + y) / side)
}

fn request(centre: Wgs84, width_px: u32, height_px: u32) -> MapRequest {
    MapRequest {
        centre,
        zoom: 14.0,
        width_px,
        height_px,
        scale: 1.0,
        marker: None,
        frame: Frame::default(),
    }
}

fn drawer() -> MapDrawer {
    MapDrawer::new(Fonts::of_system().unwrap())
}

fn day() -> Style {
    Style::load(Theme::Day, 1.0).unwrap()
}

fn pixel(image: &MapImage, x: u32, y: u32) -> [u8; 3] {
    let at = (y * image.width_px() + x) as usize * 4;
    [image.rgba()[at], image.rgba()[at + 1], image.rgba()[at + 2]]
}

/// Pixels darker than any area or line of the day's map: letters.
fn letters(image: &MapImage, columns: std::ops::Range<u32>) -> usize {
    let all = columns.flat_map(|x| (0..image.height_px()).map(move |y| (x, y)));
    all.filter(|(x, y)| pixel(image, *x, *y).iter().all(|channel| *channel < 0x90))
        .count()
}

/// Land, water and road have their colours where the tile has them, at the tile's own zoom and
/// enlarged sixteen times.
#[test]
fn areas_and_lines_are_where_they_belong() {
    let image = drawer()
        .draw(&pattern(), &day(), &request(at(0.5, 0.5), 512, 512))
        .unwrap();
    assert_eq!((image.width_px(), image.height_px()), (512, 512));
    assert_eq!(image.drawn_by, DrawnBy::Resvg);
    assert_eq!(pixel(&image, 128, 128), WATER);
    assert_eq!(pixel(&image, 384, 128), LAND);
    assert_eq!(pixel(&image, 200, 384), ROAD);
    assert!(!image.has_gaps && image.faults.is_empty());
    let close = MapRequest {
        zoom: 18.0,
        ..request(at(0.5, 0.5), 512, 512)
    };
    let image = drawer().draw(&pattern(), &day(), &close).unwrap();
    assert_eq!(pixel(&image, 100, 100), WATER);
    assert_eq!(pixel(&image, 400, 400), LAND);
}

/// Raster tiles side by side are the same picture as one drawn over both.
#[test]
fn raster_tiles_have_no_seam() {
    let style = day().without_names();
    let drawer = Arc::new(drawer());
    let whole = drawer
        .draw(&pattern(), &style, &request(at(1.0, 0.5), 1024, 512))
        .unwrap();
    let tiles = RasterTiles::new(Arc::clone(&drawer));
    for side in 0..2 {
        let part = tiles.tile(&pattern(), &style, tile(side, 0), 1.0).unwrap();
        assert_eq!((part.width_px(), part.height_px()), (512, 512));
        let worst = (0..512)
            .flat_map(|x| (0..512).map(move |y| (x, y)))
            .map(|(x, y)| {
                let (a, b) = (pixel(&part, x, y), pixel(&whole, x + 512 * side, y));
                (0..3).map(|i| a[i].abs_diff(b[i])).max().unwrap()
            });
        assert!(worst.max().unwrap() <= 2, "tile {side}");
    }
}

/// A name over the edge of two tiles is on both; one at the edge of a block of tiles is moved
/// into the block, so that no tile shows half a name.
#[test]
fn names_are_never_cut_in_half() {
    let drawer = Arc::new(drawer());
    let style = day();
    let shown = |ground: &Pattern, of: TileId| {
        let image = RasterTiles::new(Arc::clone(&drawer))
            .tile(ground, &style, of, 1.0)
            .unwrap();
        (letters(&image, 0..80), letters(&image, 432..512))
    };
    let inside = Pattern {
        town: Some((tile(1, 0), (0, 1500))),
        ..pattern()
    };
    let (left, right) = (shown(&inside, tile(0, 0)), shown(&inside, tile(1, 0)));
    assert!(left.1 > 50 && right.0 > 50, "{left:?} {right:?}");
    let edge = Pattern {
        town: Some((tile(4, 0), (0, 1500))),
        ..pattern()
    };
    let (left, right) = (shown(&edge, tile(3, 0)), shown(&edge, tile(4, 0)));
    assert!(left.1 == 0 && right.0 > 100, "{left:?} {right:?}");
}

/// Missing and damaged tiles are hatched, the damage is told, the neighbours are drawn; what
/// lies outside the county is hatched too.
#[test]
fn where_there_is_no_map_it_is_hatched() {
    let ground = Pattern {
        missing: vec![tile(0, 0)],
        damaged: vec![tile(1, 0)],
        ..pattern()
    };
    let image = drawer()
        .draw(&ground, &day(), &request(at(1.0, 0.5), 1024, 1000))
        .unwrap();
    assert!(image.has_gaps);
    assert_eq!(image.faults.len(), 1);
    assert_eq!(image.faults[0].tile, tile(1, 0));
    let colors = |x: std::ops::Range<u32>| -> std::collections::BTreeSet<[u8; 3]> {
        x.map(|x| pixel(&image, x, 300)).collect()
    };
    // The left tile's water is gone, oblique lines are there.
    assert!(!colors(0..400).contains(&WATER) && colors(0..400).len() > 1);
    assert!(!colors(600..700).contains(&WATER) && colors(600..700).len() > 1);
    let border = vec![at(-1.0, -1.0), at(0.25, -1.0), at(0.25, 2.0), at(-1.0, 2.0)];
    let county = Pattern {
        covered: vec![border],
        ..pattern()
    };
    let image = drawer()
        .draw(&county, &day(), &request(at(0.5, 0.5), 512, 512))
        .unwrap();
    assert_eq!(pixel(&image, 60, 128), WATER);
    let outside: std::collections::BTreeSet<_> = (140..250).map(|x| pixel(&image, x, 60)).collect();
    assert!(image.has_gaps && !outside.contains(&WATER) && outside.len() > 1);
}

/// Marker, accuracy and frame are drawn, sizes follow the scale, and the same request gives the
/// same bytes.
#[test]
fn marker_and_frame() {
    let marked = MapRequest {
        marker: Some(Marker {
            at: at(0.5, 0.4),
            accuracy_m: Some(200.0),
            label: Some("报警位置 <&>".into()),
        }),
        frame: Frame {
            has_scale: true,
            has_north: true,
            attribution: Some("© OpenStreetMap contributors".into()),
            map_date: Some("地图 2026-01-01".into()),
        },
        scale: 2.0,
        ..request(at(0.5, 0.5), 400, 300)
    };
    let drawer = drawer();
    let image = drawer.draw(&pattern(), &day(), &marked).unwrap();
    assert_eq!((image.width_px(), image.height_px()), (800, 600));
    assert_eq!(
        image.png().unwrap(),
        drawer
            .draw(&pattern(), &day(), &marked)
            .unwrap()
            .png()
            .unwrap()
    );
    let bare = MapRequest {
        marker: None,
        frame: Frame::default(),
        ..marked.clone()
    };
    let plain = drawer.draw(&pattern(), &day(), &bare).unwrap();
    let changed = |x: std::ops::Range<u32>, y: std::ops::Range<u32>| {
        let all = x.flat_map(|x| y.clone().map(move |y| (x, y)));
        all.filter(|(x, y)| pixel(&image, *x, *y) != pixel(&plain, *x, *y))
            .count()
    };
    assert!(changed(380..420, 140..200) > 300, "the pin");
    assert!(changed(0..260, 540..600) > 300, "the scale");
    assert!(changed(740..800, 0..100) > 300, "north");
    assert!(changed(400..800, 540..600) > 300, "where the map is from");
}

/// A helper that is not there or answers nothing changes nothing but who has drawn it.
#[test]
fn without_a_helper_the_picture_is_the_same() {
    let fonts = Fonts::of_system().unwrap();
    let alone = MapDrawer::new(fonts.clone());
    let wanted = request(at(0.5, 0.5), 300, 200);
    let expected = alone.draw(&pattern(), &day(), &wanted).unwrap();
    for program in ["/nonexistent/helper", "/bin/true"] {
        let drawer = MapDrawer::with_helper(fonts.clone(), Helper::new(Path::new(program)));
        let image = drawer.draw(&pattern(), &day(), &wanted).unwrap();
        assert_eq!(image.drawn_by, DrawnBy::Resvg);
        assert_eq!(image.rgba(), expected.rgba());
    }
}
