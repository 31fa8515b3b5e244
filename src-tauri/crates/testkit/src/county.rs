//! The demo county 望北县 (示范县): a made-up county drawn by rule, with nothing of any real one.
//! Not here: reading it back; it passes through the same map building as a real county.
//!
//! **Invariant:** the same code writes the same bytes. All chance comes from [`prng`] with fixed
//! seeds; nothing is ordered by hash, address or clock. `tests/county.rs` compares the committed
//! files with a fresh run.

mod build;
mod city;
mod contour;
mod cover;
mod divide;
mod emit;
mod force;
mod grid;
mod hamlet;
mod land;
mod meet;
mod network;
mod osm;
mod own;
mod pbf;
mod plane;
pub mod points;
mod prng;
mod route;
mod settle;
mod shift;
mod shift_calls;
mod tables;
mod watch;
mod words;
mod world;

use prng::Dice;
use std::{collections::BTreeMap, io, path::Path};

/// The county's name.
pub const NAME: &str = "望北县";
/// An administrative code that no real place has.
pub const ADCODE: &str = "999901";

/// Every file of the county by name.
pub fn generate() -> io::Result<BTreeMap<&'static str, Vec<u8>>> {
    let land = land::Land::new();
    let towns = settle::towns();
    let villages = settle::villages(&land, &towns, &mut Dice::new(1));
    let borders = divide::borders(&towns);
    let mut world = world::World::default();
    city::build(&mut world, &land, &mut Dice::new(2));
    for (name, u, v) in tables::COMMITTEE_MARKS {
        world.mark(name, "place", "neighbourhood", plane::town(u, v));
    }
    let mut dice = Dice::new(3);
    let mut ends = Vec::new();
    for town in towns.iter().filter(|town| !town.is_urban) {
        ends.push(hamlet::market_town(&mut world, town, &mut dice));
    }
    for village in &villages {
        ends.push(hamlet::village(&mut world, village, &mut dice));
    }
    network::build(
        &mut world,
        &land,
        &towns,
        &villages,
        &ends,
        &mut Dice::new(4),
    );
    meet::join(&mut world);
    meet::bridge(&mut world, &land);
    meet::clear(&mut world, &land);
    cover::ponds(&mut world, &land, &villages, &mut Dice::new(5));
    let cover = cover::cover(&land, &towns, &villages);
    let hidden = tables::unmapped(&villages);
    let data = emit::emit(&world, &land, &cover, &borders, &towns, &villages, &hidden);

    let routes = route::Routes::new(&world);
    let mut files = BTreeMap::new();
    files.insert("county.osm.pbf", pbf::encode(&data)?);
    files.insert("county.json", tables::county(&divide::outline(&borders)));
    files.insert("divisions.json", tables::divisions(&towns, &villages));
    let posts = force::posts(&world, &towns);
    let units = force::units(&posts, &routes, &mut Dice::new(6));
    files.insert("posts.csv", force::posts_csv(&posts, &towns));
    files.insert("units.csv", force::units_csv(&units, &posts));
    files.insert(
        "beats.csv",
        force::beats_csv(&units, &routes, &mut Dice::new(7)),
    );
    let checkpoints = watch::checkpoints(&world, &borders);
    let cameras = watch::cameras(&world, &villages, &checkpoints, &mut Dice::new(8));
    files.insert(
        "checkpoints.csv",
        watch::checkpoints_csv(&checkpoints, &towns),
    );
    files.insert("cameras.csv", watch::cameras_csv(&cameras));
    files.insert("shift.csv", shift::csv(&world, &villages, &towns));
    files.extend(own::files(
        &world,
        &borders,
        &towns,
        &villages,
        (&posts, &units),
    ));
    Ok(files)
}

/// Writes every file into `dir`, which is made when it is not there.
pub fn write(dir: &Path) -> io::Result<()> {
    std::fs::create_dir_all(dir.join("own"))?;
    for (name, bytes) in generate()? {
        std::fs::write(dir.join(name), bytes)?;
    }
    Ok(())
}
