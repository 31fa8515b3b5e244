//! Candidates for an incident: facts gathered, ranked by the domain's rule.
//!
//! Not here: the rule (`domain::rank`).

use fengsui_domain::incident::Level;
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::Field;
use fengsui_domain::rank::{
    By, CandidateFacts, Engagement, NoRoad, RankLimits, Reason, ReasonCode, Standing, rank,
};
use fengsui_domain::unit::{UnitKind, UnitState};
use fengsui_geo::{Wgs84, distance_m};
use fengsui_store::read::{self, IncidentRecord, UnitRecord};

use super::board::{UnitFacts, claims, kind_of};
use crate::clock::{Corrected, clocks_in};
use crate::county::{kit_item, kit_list};
use crate::error::{AppError, not_found};
use crate::incident::code_of;
use crate::incident::form::{line_of, point_of};
use crate::station::Station;

/// Of so many first rows it is said which closed roads they go around: each is a way searched.
const DETOURS_SAID: usize = 12;

/// A candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateRow {
    /// The unit.
    pub dot: Dot,
    /// Call sign.
    pub callsign: String,
    /// Kind.
    pub kind: UnitKind,
    /// State; `None` = unknown.
    pub state: Option<UnitState>,
    /// Officers.
    pub officers: u32,
    /// Auxiliaries.
    pub auxiliaries: u32,
    /// Kit.
    pub kit: Vec<String>,
    /// Metres in a straight line; `None` = unknown.
    pub distance_m: Option<f64>,
    /// Seconds by road; `None` = not known.
    pub travel_s: Option<f64>,
    /// Metres by road; `None` = not known.
    pub road_m: Option<f64>,
    /// Age of the fix, s; `None` = never seen.
    pub fix_age_s: Option<f64>,
    /// Whether it may go.
    pub standing: Standing,
    /// Place in the ranking.
    pub rank: Option<u32>,
    /// Proposed.
    pub proposed: bool,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// The ranking of an incident.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateRanking {
    /// By what.
    pub by: By,
    /// What is wanted, and what the proposal still lacks.
    pub wanted: Vec<Reason>,
    /// Name of the type it goes by while none is chosen: what the words propose.
    pub proposed_type: Option<String>,
    /// Rows, best first.
    pub rows: Vec<CandidateRow>,
    /// What sending the proposed ones would leave uncovered.
    pub left: Vec<Reason>,
    /// When, ms.
    pub asked_at_ms: i64,
}

/// What a ranking is made from, read in one go.
struct Asked {
    incident: Dot,
    record: IncidentRecord,
    facts: UnitFacts,
}

impl Asked {
    fn read(
        conn: &fengsui_store::Connection,
        incident: Dot,
        units: Vec<UnitRecord>,
    ) -> Result<Asked, AppError> {
        let record = read::whole_by_dot(conn, incident)?.ok_or_else(|| not_found("incident"))?;
        let clocks = clocks_in(conn)?;
        let facts = UnitFacts {
            units: units.corrected(&clocks),
            active: read::active_assignments(conn)?.corrected(&clocks),
            incidents: read::open_incidents(conn)?,
        };
        Ok(Asked {
            incident: record.record.dot,
            record,
            facts,
        })
    }
}

impl Station {
    /// Ranks all units for an incident.
    ///
    /// # Errors
    /// `NotFound`, faults.
    pub fn rank_candidates(&self, incident: Dot) -> Result<CandidateRanking, AppError> {
        let asked = self
            .store()
            .read(|conn| Asked::read(conn, incident, read::units(conn)?))?;
        // Outside the reading: a connection is not held while ways are searched.
        let place = place_of(&asked);
        let mut ranking = self.ranking(asked, true);
        if let Some(place) = place {
            self.say_detours(&mut ranking, place);
        }
        let proposed = ranking.rows.iter().filter(|row| row.proposed);
        let proposed: Vec<Dot> = proposed.map(|row| row.dot).collect();
        if !proposed.is_empty() {
            ranking.left = self.uncovered_after(&proposed)?.left;
        }
        Ok(ranking)
    }

    /// Says of the first rows by road which closed roads they go around.
    fn say_detours(&self, ranking: &mut CandidateRanking, place: Wgs84) {
        let roads = self.map().roads();
        let is_by_road = |row: &&mut CandidateRow| {
            let is_cut_off = row.reasons.iter().any(|one| one.code == ReasonCode::NoWay);
            row.road_m.is_some() || is_cut_off
        };
        let first = ranking.rows.iter_mut().filter(is_by_road);
        for row in first.take(DETOURS_SAID) {
            let Ok(from) = self.place_of_unit(row.dot) else {
                continue;
            };
            let around = roads.shut_on_the_way(from, place);
            if !around.is_empty() {
                row.reasons.push(Reason {
                    code: ReasonCode::Detour,
                    params: vec![("roads", around.join("、"))],
                });
            }
        }
    }

    /// The same rows for some units only, without ways: whether one may go does not hang on the
    /// others or on how far it is. Places and proposals are those among them.
    pub(crate) fn standings(
        &self,
        conn: &fengsui_store::Connection,
        incident: Dot,
        units: Vec<UnitRecord>,
    ) -> Result<CandidateRanking, AppError> {
        Ok(self.ranking(Asked::read(conn, incident, units)?, false))
    }

    fn ranking(&self, asked: Asked, with_ways: bool) -> CandidateRanking {
        let Asked {
            incident,
            record,
            facts,
        } = asked;
        let regs = &record.record.regs;
        let place = point_of(regs).and_then(|(lon, lat)| Wgs84::new(lon, lat).ok());
        let level = regs
            .int(Field::IncidentLevel)
            .and_then(|code| u8::try_from(code).ok());
        let county = self.county();
        let proposed = match regs.text(Field::IncidentType) {
            Some(_) => None,
            None => county.first_proposal(regs.text(Field::IncidentText), line_of(regs)),
        };
        let proposed = proposed.map(|proposal| proposal.type_code);
        let wanted = county.wanted(
            regs.text(Field::IncidentType).or(proposed.as_deref()),
            level.and_then(Level::from_code),
        );
        let now_ms = self.now_ms();
        let mut candidates: Vec<CandidateFacts> = facts
            .units
            .iter()
            .map(|unit| self.candidate(unit, &facts, incident, place, now_ms))
            .collect();
        let road_m = match place.filter(|_| with_ways) {
            Some(place) => self.add_ways(&mut candidates, &facts.units, place),
            None => Vec::new(),
        };
        let limits = RankLimits::default();
        let ranking = rank(&candidates, &wanted, By::RoadTime, place.is_some(), limits);
        let mut head = ranking.wanted;
        head.extend(ranking.short);
        let rows = ranking.rows.into_iter().filter_map(|row| {
            let (unit, candidate) = (facts.units.get(row.unit)?, candidates.get(row.unit)?);
            let kit = unit.record.regs.text(Field::UnitKit).unwrap_or_default();
            Some(CandidateRow {
                dot: unit.record.dot,
                callsign: row.callsign,
                kind: candidate.kind,
                state: candidate.state,
                officers: candidate.officers,
                auxiliaries: candidate.auxiliaries,
                kit: kit_list(kit),
                distance_m: row.distance_m,
                travel_s: row.travel_s,
                road_m: row
                    .travel_s
                    .and_then(|_| road_m.get(row.unit).copied().flatten()),
                fix_age_s: candidate.fix_age_s,
                standing: row.standing,
                rank: row.rank,
                proposed: row.proposed,
                reasons: row.reasons,
            })
        });
        CandidateRanking {
            by: ranking.by,
            wanted: head,
            proposed_type: proposed.and_then(|code| Some(county.type_row(&code)?.name.clone())),
            rows: rows.collect(),
            left: Vec::new(),
            asked_at_ms: now_ms,
        }
    }

    /// Adds to each unit its time by road, or why there is none, and the 135 point it holds;
    /// returns the metres by road.
    fn add_ways(
        &self,
        candidates: &mut [CandidateFacts],
        units: &[UnitRecord],
        place: Wgs84,
    ) -> Vec<Option<f64>> {
        let mut road_m = vec![None; candidates.len()];
        let holders = self.holders_near(place);
        // A patrol on foot has no use for the time of a car.
        let drives = |unit: &UnitRecord| kind_of(unit) != UnitKind::Foot;
        let place_of = |unit: &UnitRecord| self.place_of_unit(unit.record.dot).ok();
        let seen: Vec<Option<Wgs84>> = units
            .iter()
            .map(|unit| place_of(unit).filter(|_| drives(unit)))
            .collect();
        let places: Vec<Wgs84> = seen.iter().flatten().copied().collect();
        let mut travels = self.travel_times(&places, place).into_iter();
        for (at, (facts, seen)) in candidates.iter_mut().zip(&seen).enumerate() {
            facts.holds_point = holders.get(&facts.callsign).cloned();
            match seen.and_then(|_| travels.next()) {
                Some(Ok(travel)) => {
                    facts.travel_s = Some(travel.seconds);
                    if let Some(metres) = road_m.get_mut(at) {
                        *metres = Some(travel.metres);
                    }
                }
                Some(Err(why)) => facts.no_road = Some(why.in_ranking()),
                None if facts.kind == UnitKind::Foot => facts.no_road = Some(NoRoad::OnFoot),
                None => {}
            }
        }
        road_m
    }

    fn candidate(
        &self,
        unit: &UnitRecord,
        facts: &UnitFacts,
        incident: Dot,
        place: Option<Wgs84>,
        now_ms: i64,
    ) -> CandidateFacts {
        let regs = &unit.record.regs;
        let count = |field| {
            regs.int(field)
                .and_then(|n| u32::try_from(n).ok())
                .unwrap_or(0)
        };
        let fix = self.positions().get(unit.record.dot);
        let here = fix.and_then(|fix| Wgs84::new(fix.lon, fix.lat).ok());
        let claims = claims(unit, facts);
        CandidateFacts {
            callsign: regs.text(Field::UnitCallsign).unwrap_or("?").to_owned(),
            kind: kind_of(unit),
            state: UnitState::from_code(unit.state),
            officers: count(Field::UnitOfficers),
            auxiliaries: count(Field::UnitAuxiliaries),
            kit: kit_list(regs.text(Field::UnitKit).unwrap_or_default())
                .iter()
                .map(|item| kit_item(item))
                .collect(),
            distance_m: place.zip(here).map(|(place, here)| distance_m(here, place)),
            travel_s: None,
            no_road: None,
            holds_point: None,
            fix_age_s: fix.map(|fix| now_ms.saturating_sub(fix.at_ms) as f64 / 1000.0),
            engaged: claims.last().and_then(|(_, of)| *of).map(|of| Engagement {
                number: code_of(&of.record.regs),
                is_here: of.record.dot == incident,
            }),
            in_conflict: claims.len() > 1,
            terminal_reachable: None,
        }
    }
}

fn place_of(asked: &Asked) -> Option<Wgs84> {
    let (lon, lat) = point_of(&asked.record.record.regs)?;
    Wgs84::new(lon, lat).ok()
}
