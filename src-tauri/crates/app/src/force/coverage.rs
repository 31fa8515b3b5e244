//! What a sending leaves uncovered: jurisdictions of the pack, cars of their posts.
//!
//! Not here: when an area is uncovered and who may move up (`domain::coverage`).

use std::cell::RefCell;
use std::collections::BTreeMap;

use fengsui_domain::coverage::{AreaFacts, Cover, CoverFacts, Home, left_behind};
use fengsui_domain::log::dot::Dot;
use fengsui_domain::rank::Reason;
use fengsui_domain::unit::UnitKind;
use fengsui_domain::watch::{FixAge, FixLimits, fix_age};
use fengsui_geo::{Bounds, Wgs84};
use fengsui_mappack::{AreaRow, OwnLayer};

use super::PlacedUnit;
use crate::error::AppError;
use crate::station::Station;

/// What is left.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncovered {
    /// What to say, in order.
    pub left: Vec<Reason>,
    /// The county has no areas to judge by.
    pub is_unknown: bool,
}

/// A jurisdiction, its parts together.
struct Area {
    /// Code of the post that answers for it; `None` = the table names none that is known.
    post: Option<String>,
    facts: AreaFacts,
    /// Where a unit moves up to: the post, else the middle.
    point: Option<Wgs84>,
}

impl Station {
    /// What is left when `sent` go.
    ///
    /// # Errors
    /// Faults only.
    pub fn uncovered_after(&self, sent: &[Dot]) -> Result<Uncovered, AppError> {
        let areas = self.areas_to_cover();
        if areas.is_empty() {
            return Ok(Uncovered {
                left: Vec::new(),
                is_unknown: true,
            });
        }
        let mut units = self.placed_units()?;
        // A patrol on foot covers no area, a fire engine and traffic police none of this kind.
        units.retain(|unit| matches!(unit.row.kind, UnitKind::Car | UnitKind::Swat));
        let facts: Vec<CoverFacts> = units.iter().map(|unit| cover_of(unit, &areas)).collect();
        let sent: Vec<usize> = (0..units.len())
            .filter(|at| {
                units
                    .get(*at)
                    .is_some_and(|unit| sent.contains(&unit.dot()))
            })
            .collect();
        let times: RefCell<BTreeMap<usize, Vec<Option<f64>>>> = RefCell::default();
        let travel_s = |unit: usize, area: usize| -> Option<f64> {
            let mut times = times.borrow_mut();
            let of_area = times
                .entry(area)
                .or_insert_with(|| self.times_into(&units, areas.get(area)));
            of_area.get(unit).copied().flatten()
        };
        let area_facts: Vec<AreaFacts> = areas.iter().map(|area| area.facts.clone()).collect();
        let left = left_behind(&area_facts, &facts, &sent, &travel_s);
        Ok(Uncovered {
            left: left.reasons_of_sending(&area_facts, &facts),
            is_unknown: false,
        })
    }

    /// Seconds of each unit into an area; `None` where its place or its way is not known.
    fn times_into(&self, units: &[PlacedUnit], area: Option<&Area>) -> Vec<Option<f64>> {
        let Some(point) = area.and_then(|area| area.point) else {
            return vec![None; units.len()];
        };
        let place = |unit: &PlacedUnit| {
            let age = fix_age(unit.fix_age_s, FixLimits::default());
            let is_good = matches!(age, FixAge::Solid | FixAge::Fading | FixAge::Ghost);
            unit.at.filter(|_| is_good)
        };
        let places: Vec<Wgs84> = units.iter().filter_map(place).collect();
        let mut times = self.travel_times(&places, point).into_iter();
        let time = |unit: &PlacedUnit| {
            place(unit)?;
            times.next()?.ok().map(|way| way.seconds)
        };
        units.iter().map(time).collect()
    }

    /// Posts of the pack, then those of the county's folder that it has not.
    fn posts_known(&self) -> Vec<Post> {
        let things = self.map().things();
        let of_pack = things.of_layer(OwnLayer::Post).map(|row| Post {
            code: row.code.clone(),
            names: vec![row.code.clone(), row.name.clone()],
            at: row.position,
        });
        let mut posts: Vec<Post> = of_pack.collect();
        for row in &self.county().data.posts {
            let names = [row.code.clone(), row.name.clone(), row.short.clone()];
            match posts.iter_mut().find(|post| post.code == row.code) {
                Some(post) => post.names.extend(names),
                None => posts.push(Post {
                    code: row.code.clone(),
                    names: names.to_vec(),
                    at: row.position,
                }),
            }
        }
        posts
    }

    fn areas_to_cover(&self) -> Vec<Area> {
        let things = self.map().things();
        let posts = self.posts_known();
        let mut areas: BTreeMap<(String, String), Vec<&AreaRow>> = BTreeMap::new();
        for row in &things.areas {
            if row.layer == OwnLayer::Jurisdiction {
                let key = (row.code.clone(), row.name.clone());
                areas.entry(key).or_default().push(row);
            }
        }
        let area = |((code, name), rows): ((String, String), Vec<&AreaRow>)| {
            let owner = rows
                .iter()
                .map(|row| row.owner.as_str())
                .find(|o| !o.is_empty());
            let post = posts.iter().find(|post| {
                let is_owner = |owner| post.names.iter().any(|name| name == owner);
                post.code == code || owner.is_some_and(is_owner)
            });
            let ring_points = rows.iter().flat_map(|row| &row.rings).flatten().copied();
            let middle = || Bounds::of_points(ring_points).map(|bounds| bounds.centre());
            Area {
                point: post.map(|post| post.at).or_else(middle),
                post: post.map(|post| post.code.clone()),
                facts: AreaFacts { name, needed: 1 },
            }
        };
        areas.into_iter().map(area).collect()
    }
}

/// A post by whatever name a table of areas may call it.
struct Post {
    code: String,
    names: Vec<String>,
    at: Wgs84,
}

fn cover_of(unit: &PlacedUnit, areas: &[Area]) -> CoverFacts {
    let covers = |area: &Area| area.post.as_ref().is_some_and(|post| *post == unit.post);
    let own = areas.iter().position(covers);
    let cover = match Cover::of_state(unit.row.state) {
        Cover::Free | Cover::Spare if unit.is_engaged() => Cover::Not,
        cover => cover,
    };
    CoverFacts {
        callsign: unit.row.callsign.clone(),
        cover,
        home: match own {
            Some(area) => Home::Area(area),
            None if unit.post.is_empty() => Home::Unknown,
            None => Home::Nowhere,
        },
    }
}
