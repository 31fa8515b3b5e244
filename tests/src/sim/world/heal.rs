//! The end of all trouble: every link carries, every station runs, and they meet until nothing
//! is missing anywhere.

use anyhow::Result;
use fengsui_replication::port::Replica;

use super::World;
use crate::sim::plant::Plant;

/// Rounds after which everybody must have everything.
const ROUNDS_MAX: u32 = 4;

impl World {
    /// Heals everything; how it went is in the tally.
    ///
    /// # Errors
    /// What the simulation itself cannot do.
    pub(super) fn heal(&mut self) -> Result<()> {
        self.hang_up_all();
        self.broken_links.clear();
        for at in 0..self.places.len() {
            let place = &mut self.places[at];
            place.armed_until = None;
            place.node.disarm();
            if !self.places[at].node.is_up() {
                self.start(at)?;
            }
        }
        self.commit_open()?;
        let order = self.order();
        for round in 1..=ROUNDS_MAX {
            self.tick += 20;
            if self.plant == Some(Plant::OneRound) {
                for pair in order.chunks(2) {
                    self.meet_of(pair)?;
                }
                break;
            }
            for pair in order.windows(2).chain(order.windows(2).rev()) {
                self.meet_of(pair)?;
            }
            // Two machines of one station do not meet each other.
            for three in order.windows(3) {
                if let [a, b, c] = three
                    && (self.is_one_station(*a, *b) || self.is_one_station(*b, *c))
                {
                    self.meet_of(&[*a, *c])?;
                }
            }
            if self.has_everything(&order)? {
                self.tally.count(&format!("healed in {round}"));
                return self.hear_tellers(&order);
            }
        }
        if self.has_everything(&order)? {
            return self.hear_tellers(&order);
        }
        let heads: Vec<String> = self.heads(&order);
        let seen = format!("after all rounds: {}", heads.join("; "));
        self.tally.broken("healing comes to an end", seen);
        Ok(())
    }

    /// Those who still belong together: the trusted first, so that protected logs find a way.
    pub(in crate::sim) fn order(&mut self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.places.len())
            .filter(|at| !self.places[*at].is_revoked)
            .collect();
        for at in (1..order.len()).rev() {
            let other = self.below(at + 1);
            order.swap(at, other);
        }
        order.sort_by_key(|at| !self.places[*at].is_trusted);
        order
    }

    fn is_one_station(&self, a: usize, b: usize) -> bool {
        self.places[a].node.number() == self.places[b].node.number()
    }

    fn meet_of(&mut self, pair: &[usize]) -> Result<()> {
        match pair {
            [a, b] if !self.is_one_station(*a, *b) => self.meet(*a, *b),
            _ => Ok(()),
        }
    }

    /// Who still shows a peer's word meets everybody: only its teller can take it back.
    fn hear_tellers(&mut self, order: &[usize]) -> Result<()> {
        for at in order {
            for other in order {
                if self.places[*at].node.is_shown()? {
                    self.tally.count("asked whether a word stands");
                    self.meet_of(&[*at, *other])?;
                }
            }
        }
        Ok(())
    }

    fn has_everything(&self, order: &[usize]) -> Result<bool> {
        let mut firsts = [None, None, None];
        for at in order {
            let place = &self.places[*at];
            let summary = place.node.view()?.summary;
            let public = summary.for_audience(false);
            for (class, said) in [(usize::from(place.is_trusted), summary), (2, public)] {
                match &firsts[class] {
                    None => firsts[class] = Some(said),
                    Some(first) if *first != said => return Ok(false),
                    Some(_) => {}
                }
            }
        }
        Ok(true)
    }

    fn heads(&self, order: &[usize]) -> Vec<String> {
        let entries = |at: &usize| {
            let place = &self.places[*at];
            let view = place.node.view().map(|view| view.summary.entries());
            format!("{} has {:?}", place.node.number(), view.ok())
        };
        order.iter().map(entries).collect()
    }
}
