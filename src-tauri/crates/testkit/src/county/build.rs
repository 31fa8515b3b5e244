//! Houses in a block: slabs of flats, shop fronts, old courtyards, halls, schools.
//! Not here: which block gets which (`city`).

use super::grid::Block;
use super::plane::P;
use super::prng::Dice;
use super::world::{Building, World};

/// What stands in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filling {
    /// Parallel slabs of flats facing south.
    Estate,
    /// Towers of flats, set wide apart.
    Towers,
    /// Fronts along the streets and a few large houses behind.
    Shops,
    /// Small houses close together.
    Old,
    /// Long halls.
    Halls,
    /// Three or four wings and a sports ground.
    School,
    /// A few large wings.
    Office,
    /// Nothing yet.
    Vacant,
}

/// Puts houses into a block.
pub(crate) fn fill(
    world: &mut World,
    block: Block,
    filling: Filling,
    board: &dyn Fn(f64, f64) -> P,
    dice: &mut Dice,
) {
    let mut site = Site { world, board };
    match filling {
        Filling::Estate => site.rows(block, (40.0, 58.0), 12.5, (13.0, 21.0), 0.07, dice),
        Filling::Towers => site.rows(block, (26.0, 34.0), 19.0, (28.0, 34.0), 0.12, dice),
        Filling::Halls => site.rows(block, (48.0, 95.0), 30.0, (16.0, 22.0), 0.2, dice),
        Filling::Old => site.old(block, dice),
        Filling::Shops => site.shops(block, dice),
        Filling::School => site.school(block, dice),
        Filling::Office => site.office(block, dice),
        Filling::Vacant => {}
    }
}

struct Site<'a> {
    world: &'a mut World,
    board: &'a dyn Fn(f64, f64) -> P,
}

impl Site<'_> {
    /// A house with its south-west corner at (u, v).
    fn house(&mut self, u: f64, v: f64, wide: f64, deep: f64, kind: &'static str) {
        let corners = [(u, v), (u + wide, v), (u + wide, v + deep), (u, v + deep)];
        let ring = corners.iter().map(|(u, v)| (self.board)(*u, *v)).collect();
        self.world.buildings.push(Building {
            ring,
            kind,
            name: String::new(),
        });
    }

    fn rows(
        &mut self,
        block: Block,
        wide: (f64, f64),
        deep: f64,
        gap: (f64, f64),
        empty: f64,
        dice: &mut Dice,
    ) {
        let kind = if deep > 25.0 {
            "industrial"
        } else {
            "apartments"
        };
        let between = gap.0 + deep * 0.55;
        let mut v = block.v.0;
        while v + deep <= block.v.1 {
            let mut u = block.u.0 + dice.between(0.0, 8.0);
            loop {
                let span = dice.between(wide.0, wide.1);
                if u + span > block.u.1 {
                    break;
                }
                if !dice.chance(empty) {
                    self.house(u, v + dice.between(-1.0, 1.0), span, deep, kind);
                }
                u += span + dice.between(gap.0 * 0.55, gap.1);
            }
            v += deep + between;
        }
    }

    fn old(&mut self, block: Block, dice: &mut Dice) {
        let mut v = block.v.0;
        while v + 9.0 < block.v.1 {
            let mut u = block.u.0;
            while u + 9.0 < block.u.1 {
                if dice.chance(0.78) {
                    let (wide, deep) = (dice.between(9.0, 15.0), dice.between(8.0, 12.0));
                    let (du, dv) = (dice.between(0.0, 3.0), dice.between(0.0, 3.0));
                    self.house(u + du, v + dv, wide, deep, "house");
                }
                u += 19.0;
            }
            v += 17.0;
        }
    }

    fn shops(&mut self, block: Block, dice: &mut Dice) {
        let (mut u, deep) = (block.u.0, 17.0);
        while u + 16.0 < block.u.1 {
            let wide = dice.between(15.0, 38.0).min(block.u.1 - u);
            self.house(
                u,
                block.v.0,
                wide - 1.5,
                deep + dice.between(-2.0, 5.0),
                "retail",
            );
            if dice.chance(0.9) {
                self.house(u, block.v.1 - deep, wide - 1.5, deep, "retail");
            }
            u += wide;
        }
        let mut v = block.v.0 + 32.0;
        while v + 40.0 < block.v.1 {
            let long = dice.between(15.0, 34.0);
            self.house(block.u.0, v, deep, long - 1.5, "retail");
            self.house(block.u.1 - deep, v, deep, long - 1.5, "retail");
            v += long + if dice.chance(0.15) { 9.0 } else { 0.0 };
        }
        let inner = block.inset(44.0);
        if inner.size().0 > 60.0 && inner.size().1 > 30.0 {
            self.rows(inner, (38.0, 62.0), 18.0, (16.0, 24.0), 0.15, dice);
        }
    }

    fn school(&mut self, block: Block, dice: &mut Dice) {
        let (wide, high) = block.size();
        let wing = (wide * 0.42).min(72.0);
        let mut v = block.v.0 + 6.0;
        while v + 13.0 < block.v.1 - 4.0 && v < block.v.0 + high * 0.8 {
            self.house(block.u.0 + dice.between(3.0, 9.0), v, wing, 13.0, "school");
            v += 36.0;
        }
        let pitch = Block {
            u: (
                block.u.0 + wing + 24.0,
                (block.u.0 + wing + 104.0).min(block.u.1 - 5.0),
            ),
            v: (block.v.0 + 12.0, (block.v.0 + 130.0).min(block.v.1 - 5.0)),
        };
        if pitch.size().0 > 30.0 && pitch.size().1 > 40.0 {
            let ring = pitch.ring(self.board);
            self.world.ground("", "leisure", "pitch", ring);
        }
    }

    fn office(&mut self, block: Block, dice: &mut Dice) {
        let (wide, high) = block.size();
        let (u, v) = block.middle();
        let main = (wide * 0.55).min(85.0);
        self.house(u - main / 2.0, v + high * 0.08, main, 20.0, "public");
        for side in [-1.0, 1.0] {
            let long = (high * 0.3).min(60.0);
            let at = if side < 0.0 {
                u - main / 2.0 - 24.0
            } else {
                u + main / 2.0 + 6.0
            };
            if at > block.u.0 && at + 18.0 < block.u.1 {
                self.house(at, v - long + dice.between(0.0, 6.0), 18.0, long, "public");
            }
        }
        self.house(u - main / 3.0, v - high * 0.3, main * 0.66, 16.0, "public");
    }
}
