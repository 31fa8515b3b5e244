//! Handlers of places.

use fengsui_app::place::PlaceFacts as AppFacts;
use fengsui_geo::Wgs84;

use super::Context;
use super::convert::{degrees, place};
use crate::failure::Failure;
use crate::place::{AreaAt, NearPlace, PlaceAsked, PlaceFacts, PlaceHit, PlaceHits, SearchPlaces};

pub(super) fn search(context: &Context<'_>, request: SearchPlaces) -> Result<PlaceHits, Failure> {
    let near = request.near.map(|point| place("near", point)).transpose()?;
    let places = context
        .station
        .search_places(&request.query, near, request.limit)?;
    let hits = places.into_iter().map(|place| PlaceHit {
        name: place.name,
        kind: place.kind,
        town: place.town,
        point: place.point.map(degrees),
        matched: place.matched.to_owned(),
        is_approximate: place.is_approximate,
        distance_m: place.distance_m,
        datum: place.datum.map(|datum| datum.word().to_owned()),
    });
    Ok(PlaceHits {
        hits: hits.collect(),
    })
}

pub(super) fn at(context: &Context<'_>, request: PlaceAsked) -> Result<PlaceFacts, Failure> {
    let point = place("point", request.point)?;
    Ok(facts_of(context.station.place_facts(point)?))
}

/// What is known of an incident's point; nothing when the map cannot be read: the incident is
/// shown all the same.
pub(super) fn facts_at(context: &Context<'_>, point: Wgs84) -> Option<PlaceFacts> {
    match context.station.place_facts(point) {
        Ok(facts) => Some(facts_of(facts)),
        Err(error) => {
            tracing::warn!(?error, "what lies around the incident is not known");
            None
        }
    }
}

fn facts_of(facts: AppFacts) -> PlaceFacts {
    let AppFacts {
        areas,
        is_disputed,
        near,
        cell,
        beidou,
        is_on_map,
    } = facts;
    PlaceFacts {
        areas: areas
            .into_iter()
            .map(|area| AreaAt {
                layer: area.layer.code().to_owned(),
                code: fengsui_app::place::code_of(&area).to_owned(),
                name: area.name,
                owner: area.owner,
                is_inside: area.inside,
                border_m: area.border_m,
            })
            .collect(),
        is_disputed,
        near: near
            .into_iter()
            .map(|near| NearPlace {
                name: near.name,
                kind: near.kind,
                town: near.town,
                distance_m: near.distance_m,
                bearing_deg: near.bearing_deg,
            })
            .collect(),
        cell: cell.map(|cell| cell.text()),
        beidou,
        is_on_map,
    }
}
