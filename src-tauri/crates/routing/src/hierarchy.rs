//! The contraction hierarchy of the lanes of a graph, before any speed is known: which lane
//! stands above which, and between which there may be a shortcut.
//! Not here: what shortcuts cost (`metric`), asking (`search`).
//!
//! A customisable contraction hierarchy (Dibbelt, Strasser, Wagner, JEA 2016): lanes by rank in
//! the graph's order; whenever a lane is taken out, all above it that it touches are joined. What
//! remains are arcs upwards, sorted; each can be driven up, down, both or neither way.
//! [`Hierarchy::thinned`] drops arcs that no speed can ever open: one-way streets leave many.

use crate::graph::{Lane, RoadGraph};
use crate::order;
use crate::turns::Turns;

/// An order that makes more arcs for each lane is not the one that was written; ours make 5 to 10.
const ARCS_PER_LANE_MAX: usize = 64;
/// So many arcs are no harm in any graph.
const ARCS_ALWAYS: usize = 1 << 20;

/// No lane, turn or arc.
pub(crate) const NONE: u32 = u32::MAX;

/// Arcs upwards in a graph's order.
#[derive(Debug)]
pub(crate) struct Hierarchy {
    /// Rank of each lane.
    pub(crate) rank: Vec<u32>,
    /// The rank that comes next on the way up from each; `NONE` at a top.
    pub(crate) parent: Vec<u32>,
    /// Where the arcs of each rank begin.
    first: Vec<u32>,
    /// The upper end of each arc, rising within a rank.
    pub(crate) head: Vec<u32>,
    /// The lower end of each arc.
    pub(crate) tail: Vec<u32>,
    /// The turn that an arc is when driven up, and down; `NONE` for a mere shortcut.
    pub(crate) turn: [Vec<u32>; 2],
    /// For each turn its arc, doubled, plus 1 when it leads down; `NONE` for a turn of a lane
    /// into itself.
    pub(crate) arc_of_turn: Vec<u32>,
    /// Arcs by their upper end.
    below_first: Vec<u32>,
    below: Vec<u32>,
}

impl Hierarchy {
    /// The hierarchy of a graph's lanes.
    pub(crate) fn new(graph: &RoadGraph, turns: &Turns) -> Self {
        let mut rank = ranks(graph, &graph.order);
        let most = (rank.len() * ARCS_PER_LANE_MAX).max(ARCS_ALWAYS);
        let (first, head) = chordal(&rank, turns, most).unwrap_or_else(|| {
            // Any order gives right answers, but a foolish one could fill the memory.
            rank = ranks(graph, &order::of(graph));
            chordal(&rank, turns, usize::MAX).unwrap_or_default()
        });
        let count = rank.len();
        let parent = (0..count)
            .map(|x| match first[x] == first[x + 1] {
                true => NONE,
                false => head[first[x] as usize],
            })
            .collect();
        let mut hierarchy = Self {
            rank,
            parent,
            first,
            head,
            tail: Vec::new(),
            turn: [Vec::new(), Vec::new()],
            arc_of_turn: Vec::new(),
            below_first: Vec::new(),
            below: Vec::new(),
        };
        hierarchy.thin(turns);
        hierarchy.number(turns);
        hierarchy
    }

    /// How many lanes there are.
    pub(crate) fn len(&self) -> usize {
        self.rank.len()
    }

    /// The arcs up from a rank.
    pub(crate) fn up(&self, x: u32) -> std::ops::Range<usize> {
        self.first[x as usize] as usize..self.first[x as usize + 1] as usize
    }

    /// The arcs that end at a rank from below, by rising lower end.
    pub(crate) fn below(&self, x: u32) -> &[u32] {
        let x = x as usize;
        &self.below[self.below_first[x] as usize..self.below_first[x + 1] as usize]
    }

    /// The arc from a rank to a higher one.
    pub(crate) fn arc(&self, low: u32, high: u32) -> Option<usize> {
        let up = self.up(low);
        let place = self.head[up.clone()].binary_search(&high).ok()?;
        Some(up.start + place)
    }

    /// Drops arcs that nothing can ever be driven over, whatever the speeds and closures.
    fn thin(&mut self, turns: &Turns) {
        let mut can = vec![[false; 2]; self.head.len()];
        for (from, onto, _) in each_turn(turns, self.len()) {
            let (x, y) = (self.rank[from as usize], self.rank[onto as usize]);
            if let Some(arc) = self.arc(x.min(y), x.max(y)) {
                can[arc][usize::from(x > y)] = true;
            }
        }
        for x in 0..self.len() as u32 {
            let up = self.up(x);
            for i in up.clone() {
                let mut above = self.up(self.head[i]);
                for j in i + 1..up.end {
                    while self.head[above.start] != self.head[j] {
                        above.start += 1;
                    }
                    let top = above.start;
                    can[top][0] |= can[i][1] && can[j][0];
                    can[top][1] |= can[j][1] && can[i][0];
                }
            }
        }
        let mut kept = Vec::with_capacity(self.head.len());
        let mut first = Vec::with_capacity(self.first.len());
        for x in 0..self.len() as u32 {
            first.push(kept.len() as u32);
            kept.extend(self.up(x).filter(|arc| can[*arc] != [false; 2]));
        }
        first.push(kept.len() as u32);
        self.head = kept.iter().map(|arc| self.head[*arc]).collect();
        self.first = first;
    }

    /// Numbers turns and arcs for each other.
    fn number(&mut self, turns: &Turns) {
        let arcs = self.head.len();
        self.tail = (0..self.len() as u32)
            .flat_map(|x| std::iter::repeat_n(x, self.up(x).len()))
            .collect();
        self.turn = [vec![NONE; arcs], vec![NONE; arcs]];
        self.arc_of_turn = vec![NONE; turns.onto.len()];
        for (from, onto, turn) in each_turn(turns, self.len()) {
            let (x, y) = (self.rank[from as usize], self.rank[onto as usize]);
            if let Some(arc) = self.arc(x.min(y), x.max(y)) {
                let is_down = usize::from(x > y);
                self.turn[is_down][arc] = turn;
                self.arc_of_turn[turn as usize] = (arc * 2 + is_down) as u32;
            }
        }
        self.below_first = vec![0; self.len() + 1];
        for head in &self.head {
            self.below_first[*head as usize + 1] += 1;
        }
        for x in 0..self.len() {
            self.below_first[x + 1] += self.below_first[x];
        }
        let mut next = self.below_first.clone();
        self.below = vec![0; arcs];
        for (arc, head) in (0u32..).zip(&self.head) {
            let slot = &mut next[*head as usize];
            self.below[*slot as usize] = arc;
            *slot += 1;
        }
    }
}

/// All turns as (from, onto, number).
fn each_turn(turns: &Turns, lanes: usize) -> impl Iterator<Item = (Lane, Lane, u32)> + '_ {
    (0..lanes as u32).flat_map(move |from| {
        turns
            .out_of(from)
            .map(move |turn| (from, turns.onto[turn], turn as u32))
    })
}

/// The rank of each lane: by the order of the pieces.
fn ranks(graph: &RoadGraph, order: &[u32]) -> Vec<u32> {
    let mut rank = vec![0; graph.lane_count()];
    for (place, piece) in (0u32..).zip(order) {
        for side in [0, 1] {
            rank[(piece * 2 + side) as usize] = place * 2 + side;
        }
    }
    rank
}

/// All arcs upwards after every lane's upper neighbours were joined: where those of each rank
/// begin, and their upper ends. Nothing when there would be more than `most`.
fn chordal(rank: &[u32], turns: &Turns, most: usize) -> Option<(Vec<u32>, Vec<u32>)> {
    let mut above: Vec<Vec<u32>> = vec![Vec::new(); rank.len()];
    for (from, onto, _) in each_turn(turns, rank.len()) {
        let (x, y) = (rank[from as usize], rank[onto as usize]);
        if x != y {
            above[x.min(y) as usize].push(x.max(y));
        }
    }
    let (mut first, mut head) = (Vec::with_capacity(rank.len() + 1), Vec::new());
    for x in 0..rank.len() {
        first.push(head.len() as u32);
        let mut mine = std::mem::take(&mut above[x]);
        mine.sort_unstable();
        mine.dedup();
        // It is enough to tell the lowest: it passes on what is above itself in its turn.
        if let Some((lowest, rest)) = mine.split_first() {
            above[*lowest as usize].extend_from_slice(rest);
        }
        head.extend(mine);
        if head.len() > most {
            return None;
        }
    }
    first.push(head.len() as u32);
    Some((first, head))
}
