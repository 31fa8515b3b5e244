//! Draws a county's map without a webview and says how long it took:
//! `map_image INPUT OUT [--helper PROGRAM] [--order]`. INPUT is a county folder or an extract;
//! OUT gets the pictures by day, by night and for paper at three zooms, a raster tile, and with
//! `--order` a dispatch order.
//!
//! Not here: comparing with other renderers (the suite `peers`).
// tidy: prints

#![allow(clippy::print_stdout, reason = "a tool for the developer's own eyes")]

use anyhow::{Context as _, Result, bail};
use fengsui_documents::Fonts;
use fengsui_documents::mapimage::{Frame, Helper, MapDrawer, MapRequest, Marker, RasterTiles};
use fengsui_documents::order::{
    self, Entry, Imprint, Level, Moment, OrderMap, OrderSheet, OrderUnit,
};
use fengsui_documents::style::{Style, Theme};
use fengsui_geo::{TileId, Wgs84};
use fengsui_tests::maps::PackGround;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn main() -> Result<()> {
    let (mut plain, mut helper, mut with_order) = (Vec::new(), None, false);
    let mut given = std::env::args().skip(1);
    while let Some(word) = given.next() {
        match word.as_str() {
            "--helper" => helper = Some(PathBuf::from(given.next().context("--helper PROGRAM")?)),
            "--order" => with_order = true,
            other if other.starts_with("--") => bail!("unknown word {other}"),
            _ => plain.push(PathBuf::from(word)),
        }
    }
    let [input, out] = plain.as_slice() else {
        bail!("map_image INPUT OUT [--helper PROGRAM] [--order]");
    };
    std::fs::create_dir_all(out)?;
    let ground = PackGround::build(input, out)?;
    let begun = Instant::now();
    let fonts = Fonts::of_system()?;
    println!("fonts found in {:?}: {}", begun.elapsed(), fonts.family());
    let drawer = match &helper {
        Some(program) => {
            let helper = Helper::new(program);
            println!("helper: {:?}", helper.check());
            MapDrawer::with_helper(fonts.clone(), helper)
        }
        None => MapDrawer::new(fonts.clone()),
    };
    for theme in [Theme::Day, Theme::Night, Theme::Paper] {
        pictures(&ground, &drawer, theme, out)?;
    }
    tiles(&ground, Arc::new(MapDrawer::new(fonts.clone())), out)?;
    if with_order {
        let begun = Instant::now();
        let sheet = sheet(&ground, &drawer)?;
        let pdf = order::pdf(&sheet, &fonts)?;
        println!("order: {:?}, {} bytes", begun.elapsed(), pdf.len());
        std::fs::write(out.join("order.pdf"), pdf)?;
    }
    Ok(())
}

fn frame(ground: &PackGround) -> Frame {
    let sources = &ground.pack.manifest().sources;
    Frame {
        has_scale: true,
        has_north: true,
        attribution: sources.first().map(|source| source.attribution.clone()),
        map_date: Some("地图 2026-01-01".into()),
    }
}

fn pictures(ground: &PackGround, drawer: &MapDrawer, theme: Theme, out: &Path) -> Result<()> {
    let style = Style::load(theme, 1.0)?;
    let centre = ground.centre()?;
    for zoom in [11.0, 14.0, 16.5] {
        let request = MapRequest {
            centre,
            zoom,
            width_px: 1024,
            height_px: 768,
            scale: 1.0,
            marker: Some(Marker {
                at: centre,
                accuracy_m: Some(150.0),
                label: Some("报警位置".into()),
            }),
            frame: frame(ground),
        };
        let (image, times) = timed(|| drawer.draw(ground, &style, &request))?;
        println!("{theme:?} z{zoom}, 1024×768, {:?}: {times}", image.drawn_by);
        std::fs::write(out.join(format!("{theme:?}-{zoom}.png")), image.png()?)?;
    }
    Ok(())
}

/// The last of five runs, and the shortest, middle and longest time.
fn timed<T, E>(mut run: impl FnMut() -> Result<T, E>) -> Result<(T, String), E> {
    let mut times: Vec<Duration> = Vec::new();
    loop {
        let begun = Instant::now();
        let result = run()?;
        times.push(begun.elapsed());
        if times.len() == 5 {
            times.sort();
            return Ok((
                result,
                format!("{:.1?} {:.1?} {:.1?}", times[0], times[2], times[4]),
            ));
        }
    }
}

/// Four neighbouring raster tiles across the edge of a block, side by side in one look.
fn tiles(ground: &PackGround, drawer: Arc<MapDrawer>, out: &Path) -> Result<()> {
    let style = Style::load(Theme::Day, 1.0)?;
    let middle = TileId::of_point(ground.centre()?, 15);
    let (x, y) = (middle.x() / 4 * 4, middle.y() / 4 * 4);
    let tiles = RasterTiles::new(drawer);
    for (dx, dy) in [(3, 3), (4, 3), (3, 4), (4, 4)] {
        let tile = TileId::new(15, x + dx - 4, y + dy - 4)?;
        let begun = Instant::now();
        let first = tiles.tile(ground, &style, tile, 1.0)?;
        let cold = begun.elapsed();
        let (_, times) = timed(|| tiles.tile(ground, &style, tile, 1.0))?;
        println!(
            "tile {dx}/{dy}: first {cold:.1?}, then {times}; faults {}",
            first.faults.len()
        );
        std::fs::write(out.join(format!("tile-{dy}-{dx}.png")), first.png()?)?;
    }
    Ok(())
}

fn imprint(made_at_ms: i64) -> Imprint {
    Imprint {
        issuer: "望北县公安局指挥中心".into(),
        security_mark: Some("内部资料　注意保存".into()),
        lacks: vec![
            "不含 城东所 14:02 后".into(),
            "不含 交警大队 13:50 后".into(),
        ],
        made_at_ms,
        made_by: "张某（派警）".into(),
        station: "台01".into(),
        utc_offset_min: 480,
        ..Imprint::default()
    }
}

fn sheet(ground: &PackGround, drawer: &MapDrawer) -> Result<OrderSheet> {
    let at: Wgs84 = ground.centre()?;
    let request = MapRequest {
        centre: at,
        zoom: 15.5,
        width_px: 658,
        height_px: 340,
        scale: 3.0,
        marker: Some(Marker {
            at,
            accuracy_m: Some(60.0),
            label: Some("人民路中心小学东门".into()),
        }),
        frame: frame(ground),
    };
    let image = drawer.draw(ground, &Style::load(Theme::Paper, 1.0)?, &request)?;
    let day = 1_795_759_200_000; // 2026-11-27 14:00 in China.
    let known = |words: &str| Entry::Known(words.into());
    let unit = |callsign: &str, crew: Entry, from: i64| OrderUnit {
        callsign: callsign.into(),
        crew,
        ordered: Moment::At(day + from * 1000),
        signed: Moment::At(day + (from + 11) * 1000),
        set_out: Moment::NotYet,
        arrived: Moment::Unknown,
        cleared: Moment::NotYet,
        instruction: Some("携带防割手套、约束带；先到者封控东门，禁鸣警笛。".into()),
    };
    Ok(OrderSheet {
        imprint: imprint(day + 40_000),
        number: "20261127-WB01-0042-7".into(),
        short_code: "K7M4 29QX".into(),
        read_aloud: "两洞两六幺幺两拐　望北洞幺　洞洞四两　校验拐".into(),
        kind: known("治安 / 殴打他人"),
        level: Some(Level::Urgent),
        entrance: known("电话 110"),
        reported_at_ms: Some(day - 65_000),
        place: known("人民路中心小学东门外小卖部前"),
        town: known("城关镇"),
        jurisdiction: known("城东派出所（距辖区界 120 m）"),
        position: known("114.012345, 31.234567（CGCS2000）　手机终端，误差 60 m"),
        caller: known("王某"),
        phone: Entry::ToFill,
        text: known(
            "报警人称三名男子在校门外殴打一名学生，其中一人持木棍；围观者约二十人，一名学生头部\
             流血，已叫救护车。报警人在小卖部内，愿意配合。\n14:01 补充：持棍男子穿黑色上衣，\
             骑无牌红色摩托车往人民路北段方向离开。",
        ),
        cautions: vec!["涉未成年人；现场可能有人持械。".into()],
        units: vec![
            unit("巡03", known("李某等 3 人"), 5),
            unit("城东所 1 号车", Entry::Unknown, 9),
        ],
        map: OrderMap::Picture {
            size_px: (image.width_px(), image.height_px()),
            png: image.png()?,
            caption: "图钉为报警位置，虚线圆为误差范围；上北下南。".into(),
        },
    })
}
