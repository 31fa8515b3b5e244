//! Stations in one process with seeded time, network, disks and people, and a model beside them
//! that says what must come of it. One seed is one history: the same seed gives the same.
//!
//! The stations are the store's own functions over real SQLite files on disks that forget what
//! was not synced; sessions are those of `replication`. Not here: threads, sockets, encryption,
//! the use cases' own rules (`app`), which the journeys test.

mod check;
pub mod disk;
pub mod model;
pub mod node;
pub mod people;
pub mod plant;
pub mod run;
pub mod tally;
pub mod world;

use std::path::PathBuf;
use std::time::Instant;

use plant::Plant;
use tally::Tally;
use world::World;

/// What came of one seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// What happened, and what was broken.
    pub tally: Tally,
    /// Of every station's tables and of what happened.
    pub digest: [u8; 16],
    /// How long it took, µs.
    pub micros: u64,
}

/// Where disks of simulated stations lie: in memory, where the system has such a folder.
fn ground() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let ground = if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    };
    ground.join(format!("fengsui-sim-{}", std::process::id()))
}

/// Lives through one seed.
#[must_use]
pub fn live(seed: u64, plant: Option<Plant>) -> Outcome {
    let began = Instant::now();
    let root = ground().join(format!("{seed}-{}", plant.map_or("none", Plant::word)));
    let _ = std::fs::remove_dir_all(&root);
    let mut world = World::new(seed, plant, root.clone());
    let lived = world.live().and_then(|()| check::all(&mut world));
    if let Err(error) = lived {
        let seen = format!("{error:#}");
        world.tally.broken("the simulation goes on", seen);
    }
    let mut hasher = blake3::Hasher::new();
    for hash in world.hashes() {
        hasher.update(&hash);
    }
    hasher.update(format!("{:?}", world.tally).as_bytes());
    let mut digest = [0; 16];
    digest.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    let tally = std::mem::take(&mut world.tally);
    drop(world);
    let _ = std::fs::remove_dir_all(&root);
    Outcome {
        seed,
        tally,
        digest,
        micros: u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX),
    }
}
