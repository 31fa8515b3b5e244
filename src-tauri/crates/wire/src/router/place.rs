//! Handlers of places.

use super::Context;
use super::convert::point_of;
use crate::failure::{Failure, FailureCode};
use crate::place::{PlaceAsked, PlaceFacts, PlaceHit, PlaceHits, SearchPlaces};

pub(super) fn search(context: &Context<'_>, request: SearchPlaces) -> Result<PlaceHits, Failure> {
    let places = context
        .station
        .search_places(&request.query, request.limit)?;
    let hits = places.into_iter().map(|place| PlaceHit {
        name: place.name,
        kind: place.kind,
        town: place.town,
        point: place.point.map(point_of),
        matched: String::new(),
        is_approximate: false,
        distance_m: None,
        datum: None,
    });
    Ok(PlaceHits {
        hits: hits.collect(),
    })
}

pub(super) fn at(_: &Context<'_>, _: PlaceAsked) -> Result<PlaceFacts, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}
