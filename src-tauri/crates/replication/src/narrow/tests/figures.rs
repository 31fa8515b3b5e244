//! What an hour of a county costs on the air, printed; and the samples of the dictionary.

use std::collections::BTreeMap;

use fengsui_domain::log::dot::{Dot, Lane};

use super::super::air::{OVERHEAD, ROOM};
use super::super::item::{Block, Speaker, read_blocks, write_blocks};
use super::super::pack::Packer;
use super::ether::{Ether, ms_of};
use super::hour::{Hour, Made};

const BASE_MS: i64 = 1_790_000_000_000;
const US: Speaker = Speaker {
    station: 1,
    incarnation: 1,
    base_ms: BASE_MS,
};

fn blocks_of(made: &[&Made]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for made in made {
        let Dot { writer, seq } = made.entry.dot;
        match blocks.last_mut() {
            Some(Block::Entries(of, _, entries)) if *of == writer => {
                entries.push(made.entry.encode());
            }
            _ => blocks.push(Block::Entries(writer, seq, vec![made.entry.encode()])),
        }
    }
    blocks
}

fn size_of(packer: &mut Packer, made: &[&Made]) -> usize {
    let clear = write_blocks(&US, &blocks_of(made));
    1 + packer
        .pack(&clear)
        .map_or(clear.len(), |packed| packed.len())
}

/// The hour's entries as frames carry them: lane by lane, as many as fit.
fn frames<'a>(packer: &mut Packer, hour: &'a Hour) -> Vec<Vec<&'a Made>> {
    let mut frames: Vec<Vec<&Made>> = Vec::new();
    for lane in [Lane::Urgent, Lane::Routine] {
        frames.push(Vec::new());
        for made in hour
            .made
            .iter()
            .filter(|made| made.entry.dot.writer.lane == lane)
        {
            let last = frames.last_mut().unwrap();
            last.push(made);
            if size_of(packer, last) > ROOM && last.len() > 1 {
                last.pop();
                frames.push(vec![made]);
            }
        }
    }
    frames
}

#[test]
fn every_entry_of_an_hour_comes_out_bit_for_bit() {
    let hour = Hour::new(7, BASE_MS, 2_000, 60);
    let mut packer = Packer::new().unwrap();
    for frame in frames(&mut packer, &hour) {
        let blocks = blocks_of(&frame);
        let clear = write_blocks(&US, &blocks);
        assert_eq!(read_blocks(&US, &clear).unwrap(), blocks);
        if let Some(packed) = packer.pack(&clear) {
            assert_eq!(packer.unpack(&packed).unwrap(), clear);
        }
        for cut in 0..clear.len() {
            // Whatever it is taken for, it does not panic.
            let _ = read_blocks(&US, &clear[..cut]);
            let _ = packer.unpack(&clear[..cut]);
        }
    }
}

#[test]
fn bytes_on_the_air() {
    let hour = Hour::new(7, BASE_MS, 2_000, 60);
    let mut packer = Packer::new().unwrap();
    let mut costs: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    let frames = frames(&mut packer, &hour);
    let mut total = 0;
    for frame in &frames {
        let size = (size_of(&mut packer, frame) + OVERHEAD) as f64;
        total += size_of(&mut packer, frame) + OVERHEAD;
        // The share of each: what it takes away when it is left out.
        let alone: Vec<f64> = (0..frame.len())
            .map(|at| write_blocks(&US, &blocks_of(&frame[at..=at])).len() as f64)
            .collect();
        let sum: f64 = alone.iter().sum();
        for (made, alone) in frame.iter().zip(alone) {
            let cost = costs.entry(made.kind.word()).or_default();
            cost.0 += size * alone / sum;
            cost.1 += 1;
        }
    }
    let raw: usize = hour.made.iter().map(|made| made.entry.encode().len()).sum();
    println!(
        "{} entries, {raw} B in the log, {total} B on the air in {} frames, without signatures",
        hour.made.len(),
        frames.len()
    );
    for (kind, (bytes, count)) in &costs {
        println!("{kind:24} {count:4} x {:6.1} B", bytes / *count as f64);
    }
    let alone = |kind: &str, packer: &mut Packer| {
        let of_kind = hour.made.iter().filter(|made| made.kind.word() == kind);
        let sizes: Vec<usize> = of_kind
            .map(|made| size_of(packer, &[made]) + OVERHEAD)
            .collect();
        println!(
            "{kind:24} alone in a frame: {} B at most, without its signature of 66 B",
            sizes.iter().max().unwrap()
        );
    };
    for kind in [
        "assignment.order",
        "assignment.arrive",
        "incident.open",
        "incident.amend",
    ] {
        alone(kind, &mut packer);
    }
    let mean = |kind: &str| costs[kind].0 / costs[kind].1 as f64;
    assert!(mean("assignment.arrive") <= 24.0, "edit");
    let creation = [
        "call.ring",
        "incident.open",
        "call.answer",
        "incident.amend",
    ];
    let creation: f64 = creation.iter().map(|kind| mean(kind)).sum();
    println!("a creation (ring, open, answer, amend): {creation:.1} B");
    assert!(creation <= 160.0, "creation");
}

/// The last hour's 60 incidents after a partition, at 9,600 bit/s with 5 % of the frames lost.
#[test]
fn the_last_hour_over_9600_bit_per_second() {
    let mut worst = (0, 0, 0, 0);
    for seed in 1..=5 {
        let mut ether = Ether::new(2, 9_600, seed);
        ether.fault.lost = 5;
        ether.run_for(60_000);
        assert!(ether.is_told(0, 1) && ether.is_told(1, 0));
        let hour = Hour::new(seed, BASE_MS, 0, 60);
        for made in &hour.made {
            ether.write_made(0, &made.entry);
        }
        let began = ether.now_ms;
        let first = hour.opened[0];
        let urgent = ether.until("first urgent", 30_000, |ether| ether.has(1, first)) - began;
        let last = *hour.opened.last().unwrap();
        let created = ether.until("creations", 60_000, |ether| ether.has(1, last)) - began;
        let call = *hour.calls.last().unwrap();
        let shown = ether.until("shown", 60_000, |ether| ether.has(1, call)) - began;
        let all = ether.until("all", 60_000, Ether::is_equal) - began;
        worst = (
            worst.0.max(urgent),
            worst.1.max(created),
            worst.2.max(shown),
            worst.3.max(all),
        );
        println!(
            "seed {seed}: first urgent {:.2} s, creations {:.1} s, with their calls {:.1} s, \
             all {} entries {:.1} s, {} B sent",
            ms_of(urgent),
            ms_of(created),
            ms_of(shown),
            hour.made.len(),
            ms_of(all),
            ether.bytes_of(0)
        );
    }
    assert!(worst.0 <= 1_000, "first urgent: {} ms", worst.0);
    assert!(worst.1 <= 10_000, "creations: {} ms", worst.1);
    assert!(worst.3 <= 25_000, "all: {} ms", worst.3);
}

/// Writes what the dictionary is made of; see `assets/narrow/README.md`.
#[test]
#[ignore = "writes files"]
fn samples_of_the_dictionary() {
    let Some(folder) = std::env::var_os("FENGSUI_SAMPLES").map(std::path::PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    let mut packer = Packer::new().unwrap();
    for seed in 100..140 {
        let hour = Hour::new(
            seed,
            BASE_MS - 3_600_000 * (seed as i64 % 9),
            1_000 * seed,
            60,
        );
        for (at, frame) in frames(&mut packer, &hour).iter().enumerate() {
            let clear = write_blocks(&US, &blocks_of(frame));
            std::fs::write(folder.join(format!("{seed}-{at}")), clear).unwrap();
        }
    }
}
