//! Goal: our map images show what MapLibre shows. Method: the same parts of the same packs
//! drawn by MapLibre Native (PyPI mapli) and by both of our renderers, compared pixel by pixel;
//! areas and lines only, since fonts differ. The distribution is printed.
//!
//! Skipped, and said so, without the Python of the peers or the extract; without the helper or
//! an adapter resvg alone is compared.

use fengsui_documents::Fonts;
use fengsui_documents::mapimage::{DrawnBy, Frame, Helper, MapDrawer, MapRequest};
use fengsui_documents::style::{Style, Theme};
use fengsui_geo::{Wgs84, from_world, to_world};
use fengsui_tests::desk::root;
use fengsui_tests::maps::PackGround;
use fengsui_tests::peers::Peers;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Side of the compared pictures.
const SIDE_PX: u32 = 512;
/// Bounds: a difference of a channel (of 255), and the share of pixels that may differ by more.
/// Measured: at most 3.5 %, 0.42 % and 0.007 % (edges are smoothed differently, so never none, and
/// most at the ends of dashes, which MapLibre blurs). The style is of low contrast, a road differs
/// from the land by 16: the first bound sees it; a dash too much or too few is seen by the last.
const BOUNDS: [(u8, f64); 3] = [(8, 0.05), (32, 0.006), (64, 0.0005)];
/// Share of pixels that may be land here and water or road there; measured: at most 1.9 %.
const CLASS_MOST: f64 = 0.03;

/// The helper, when it is built and has an adapter: `FENGSUI_MAPIMAGE` or its debug build.
fn helper(target: &Path) -> Option<Helper> {
    let built = target.join("mapimage/debug/fengsui-mapimage");
    let program = std::env::var_os("FENGSUI_MAPIMAGE").map_or(built, PathBuf::from);
    let helper = Helper::new(&program);
    match helper.check() {
        Ok(adapter) => {
            println!("maplibre-rs draws with {adapter}");
            Some(helper)
        }
        Err(why) => {
            println!("maplibre-rs is not compared: {why}");
            None
        }
    }
}

/// Places with town, fields, water and wide roads, at zooms with and without enlargement.
fn views(ground: &PackGround) -> Vec<(Wgs84, f64)> {
    let centre = ground.centre().unwrap();
    let near = |east: f64, north: f64| {
        Wgs84::new(centre.lon_deg() + east, centre.lat_deg() + north).unwrap()
    };
    let views = [
        (centre, 11.0),
        (centre, 13.0),
        (near(0.004, 0.002), 14.0),
        (near(-0.003, 0.003), 15.5),
        (centre, 17.0),
    ];
    views
        .map(|(at, zoom)| (on_a_pixel(at, zoom), zoom))
        .to_vec()
}

/// The nearest corner of four pixels. Ours lie on whole pixels of the world, the peer's
/// wherever its centre is; half a pixel's shift of every line is not what is looked for.
fn on_a_pixel(at: Wgs84, zoom: f64) -> Wgs84 {
    let world = 512.0 * zoom.exp2();
    let (x, y) = to_world(at);
    from_world((x * world).round() / world, (y * world).round() / world)
}

fn peer(python: &Path, ground: &Path, theme: &str, views: &[(Wgs84, f64)], out: &Path) {
    let views: Vec<Value> = views
        .iter()
        .enumerate()
        .map(|(i, (at, zoom))| {
            json!({
                "lon": at.lon_deg(), "lat": at.lat_deg(), "zoom": zoom,
                "width": SIDE_PX, "height": SIDE_PX, "out": out.join(format!("{i}.png")),
            })
        })
        .collect();
    let asked = json!({
        "pack": ground, "theme": theme, "views": views,
        "style": root().join("maps/style/desk.json"),
        "tokens": root().join("ui/src/kit/tokens.css"),
    });
    let mut child = Command::new(python)
        .arg(root().join("tests/peers/map_image.py"))
        .env("EGL_PLATFORM", "surfaceless")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(asked.to_string().as_bytes())
        .unwrap();
    assert!(
        child.wait().unwrap().success(),
        "MapLibre Native did not draw"
    );
}

fn rgba(png: &Path) -> Vec<u8> {
    let file = std::io::BufReader::new(std::fs::File::open(png).unwrap());
    let mut decoder = png::Decoder::new(file);
    decoder.set_transformations(png::Transformations::ALPHA | png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    assert_eq!(pixels.len(), (SIDE_PX * SIDE_PX * 4) as usize);
    pixels
}

/// How two pictures differ.
struct Difference {
    /// Largest difference of a channel, by pixel, ascending.
    sorted: Vec<u8>,
    /// Share of pixels of another class.
    class: f64,
}

impl Difference {
    fn of(ours: &[u8], theirs: &[u8], theme: Theme) -> Self {
        let pixels = || ours.chunks_exact(4).zip(theirs.chunks_exact(4));
        let worst = |a: &[u8], b: &[u8]| (0..3).map(|i| a[i].abs_diff(b[i])).max().unwrap();
        let mut sorted: Vec<u8> = pixels().map(|(a, b)| worst(a, b)).collect();
        sorted.sort_unstable();
        let other = pixels()
            .filter(|(a, b)| class(a, theme) != class(b, theme))
            .count();
        let class = other as f64 / sorted.len() as f64;
        Self { sorted, class }
    }

    fn is_small(&self) -> bool {
        let within = |(tolerance, most): &(u8, f64)| self.beyond(*tolerance) < *most;
        BOUNDS.iter().all(within) && self.class < CLASS_MOST
    }

    fn at(&self, share: f64) -> u8 {
        self.sorted[((self.sorted.len() - 1) as f64 * share) as usize]
    }

    fn beyond(&self, tolerance: u8) -> f64 {
        let within = self.sorted.partition_point(|d| *d <= tolerance);
        1.0 - within as f64 / self.sorted.len() as f64
    }
}

/// Land, water or road: the nearest of the theme's colours.
fn class(pixel: &[u8], theme: Theme) -> u8 {
    let colors: [(u8, [u8; 3]); 8] = match theme {
        Theme::Night => [
            (0, [0x11, 0x18, 0x1C]),
            (0, [0x16, 0x1E, 0x23]),
            (0, [0x13, 0x21, 0x1D]),
            (0, [0x1C, 0x26, 0x2B]),
            (1, [0x0D, 0x25, 0x33]),
            (2, [0x2B, 0x37, 0x3E]),
            (2, [0x0B, 0x10, 0x13]),
            (2, [0x5F, 0x6E, 0x76]),
        ],
        _ => [
            (0, [0xEF, 0xF1, 0xED]),
            (0, [0xE5, 0xE8, 0xE3]),
            (0, [0xDD, 0xE6, 0xD8]),
            (0, [0xDA, 0xDE, 0xDA]),
            (1, [0xC8, 0xD8, 0xE2]),
            (2, [0xFF, 0xFF, 0xFF]),
            (2, [0xC3, 0xC9, 0xC8]),
            (2, [0x7B, 0x86, 0x8B]),
        ],
    };
    let far = |of: &[u8; 3]| {
        (0..3)
            .map(|i| u32::from(of[i].abs_diff(pixel[i])).pow(2))
            .sum::<u32>()
    };
    colors.iter().min_by_key(|(_, of)| far(of)).unwrap().0
}

fn compare(input: &Path, name: &str) {
    let (Some(peers), Ok(fonts)) = (Peers::find(), Fonts::of_system()) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let ground = PackGround::build(input, folder.path()).unwrap();
    let mut drawers = vec![MapDrawer::new(fonts.clone())];
    drawers.extend(helper(peers.target()).map(|helper| MapDrawer::with_helper(fonts, helper)));
    let views = views(&ground);
    let mut bad = Vec::new();
    println!("{name}: share of pixels that differ by more than 8, 32, 64; p99; class");
    for (theme, word) in [(Theme::Day, "day"), (Theme::Night, "night")] {
        peer(
            peers.python(),
            &folder.path().join("pack"),
            word,
            &views,
            folder.path(),
        );
        let style = Style::load(theme, 1.0).unwrap().without_names();
        for (drawer, expected) in drawers.iter().zip([DrawnBy::Resvg, DrawnBy::Maplibre]) {
            for (i, (centre, zoom)) in views.iter().enumerate() {
                let request = MapRequest {
                    centre: *centre,
                    zoom: *zoom,
                    width_px: SIDE_PX,
                    height_px: SIDE_PX,
                    scale: 1.0,
                    marker: None,
                    frame: Frame::default(),
                };
                let image = drawer.draw(&Everywhere(&ground), &style, &request).unwrap();
                assert_eq!(image.drawn_by, expected);
                let theirs = rgba(&folder.path().join(format!("{i}.png")));
                let found = Difference::of(image.rgba(), &theirs, theme);
                println!(
                    "  {word} z{zoom} {expected:?}: {:.3} % {:.3} % {:.3} %; {}; {:.3} %",
                    100.0 * found.beyond(8),
                    100.0 * found.beyond(32),
                    100.0 * found.beyond(64),
                    found.at(0.99),
                    100.0 * found.class
                );
                if !found.is_small() {
                    bad.push(format!("{word} z{zoom} {expected:?}"));
                }
                // The bounds are not so wide that streets two pixels off would pass.
                let end = theirs.len() - 8;
                let shifted = Difference::of(&image.rgba()[8..], &theirs[..end], theme);
                assert!(
                    *zoom != 13.0 || !shifted.is_small(),
                    "{name}: bounds see nothing"
                );
            }
        }
    }
    assert!(bad.is_empty(), "{name}: {bad:?}");
}

/// The pack without its border and with empty land where it has no tile, as the peer draws it.
struct Everywhere<'a>(&'a PackGround);

impl fengsui_documents::mapimage::Ground for Everywhere<'_> {
    fn tile(&self, tile: fengsui_geo::TileId) -> Result<Option<Vec<u8>>, String> {
        Ok(Some(self.0.tile(tile)?.unwrap_or_default()))
    }
    fn zooms(&self) -> (u8, u8) {
        self.0.zooms()
    }
    fn covered(&self) -> Vec<Vec<Wgs84>> {
        Vec::new()
    }
}

/// The demo county looks the same in MapLibre Native and in both of our renderers.
#[test]
fn the_demo_county_looks_as_in_maplibre() {
    compare(&root().join("assets/demo-county"), "demo county");
}

/// So does a real district of Beijing.
#[test]
fn haidian_looks_as_in_maplibre() {
    let extract = root().join("../shared/data/osm/haidian.osm.pbf");
    if !extract.is_file() {
        println!("skipped: haidian.osm.pbf is not there");
        return;
    }
    compare(&extract, "haidian");
}
