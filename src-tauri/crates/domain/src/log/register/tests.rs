//! Goal: order does not matter and nothing unseen is replaced.
//! Method: generated concurrent writers, every order that keeps causes first.

use proptest::prelude::*;

use super::*;
use crate::log::dot::Lane;
use crate::log::entry::Target;

fn dot(station: u16, seq: u64) -> Dot {
    Dot {
        writer: Writer {
            station,
            incarnation: 1,
            lane: Lane::Routine,
        },
        seq,
    }
}

fn write(text: &str, seen: Vec<Dot>) -> Write {
    Write {
        target: Target::Subject,
        field: Field::IncidentPlace.code(),
        value: Value::Text(text.to_owned()),
        seen,
    }
}

#[test]
fn concurrent_writes_both_stand_and_a_later_one_settles() {
    let mut regs = Registers::default();
    regs.apply(dot(1, 1), Hlc(10), &write("a", vec![]));
    regs.apply(dot(1, 2), Hlc(20), &write("b", vec![dot(1, 1)]));
    regs.apply(dot(2, 1), Hlc(15), &write("c", vec![dot(1, 1)]));
    assert_eq!(regs.live(Field::IncidentPlace).len(), 2);
    assert!(regs.is_parallel(Field::IncidentPlace));
    assert_eq!(regs.text(Field::IncidentPlace), Some("b"));
    let seen = regs.seen(Field::IncidentPlace);
    regs.apply(dot(2, 2), Hlc(30), &write("c", seen));
    assert_eq!(regs.live(Field::IncidentPlace).len(), 1);
    assert_eq!(regs.text(Field::IncidentPlace), Some("c"));
}

#[test]
fn a_clock_far_ahead_overrides_nothing() {
    let mut regs = Registers::default();
    regs.apply(dot(1, 1), Hlc(u64::MAX), &write("wrong clock", vec![]));
    regs.apply(dot(2, 1), Hlc(5), &write("seen it", vec![dot(1, 1)]));
    assert_eq!(regs.text(Field::IncidentPlace), Some("seen it"));
}

proptest! {
    /// Three writers, each write sees what its station knows; two delivery
    /// orders that keep causes first give the same bytes.
    #[test]
    fn any_causal_order_gives_the_same_bytes(
        script in proptest::collection::vec((0u16..3, any::<bool>()), 1..24),
        shuffle in any::<u64>(),
    ) {
        let mut stations = [Registers::default(), Registers::default(), Registers::default()];
        let mut known: Vec<Vec<usize>> = vec![vec![], vec![], vec![]];
        let mut log: Vec<(Dot, Hlc, Write, Vec<usize>)> = vec![];
        for (step, (who, syncs)) in script.iter().enumerate() {
            let at = usize::from(*who);
            if *syncs {
                for (index, (d, h, w, _)) in log.iter().enumerate() {
                    if !known[at].contains(&index) {
                        stations[at].apply(*d, *h, w);
                        known[at].push(index);
                    }
                }
            }
            let d = dot(*who + 1, step as u64 + 1);
            let w = write(&format!("v{step}"), stations[at].seen(Field::IncidentPlace));
            stations[at].apply(d, Hlc(step as u64), &w);
            let causes = known[at].clone();
            known[at].push(log.len());
            log.push((d, Hlc(step as u64), w, causes));
        }
        let mut in_order = Registers::default();
        for (d, h, w, _) in &log { in_order.apply(*d, *h, w); }
        let mut mixed = Registers::default();
        let mut done: Vec<usize> = vec![];
        let mut seed = shuffle;
        while done.len() < log.len() {
            let ready: Vec<usize> = (0..log.len())
                .filter(|i| !done.contains(i) && log[*i].3.iter().all(|c| done.contains(c)))
                .collect();
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let pick = ready[(seed >> 33) as usize % ready.len()];
            let (d, h, w, _) = &log[pick];
            mixed.apply(*d, *h, w);
            done.push(pick);
        }
        prop_assert_eq!(in_order.encode(), mixed.encode());
        prop_assert_eq!(Registers::decode(&mixed.encode()), Ok(mixed));
    }
}
