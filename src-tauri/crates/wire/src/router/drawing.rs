//! Handlers of drawings.

use fengsui_app::drawing as app;
use fengsui_domain::drawing::{Geometry, crosses_itself, measure};

use super::Context;
use super::convert::{
    dot, dot_or, drawing_kind, drawing_kind_of, drawing_shape_of, point_of, saved,
};
use super::incident::people;
use super::incident::timeline::People;
use crate::common::{Point, Saved};
use crate::drawing::{
    AddDrawing, ChangeDrawing, DrawingMark, DrawingOther, DrawingRow, DrawingVoiding, Drawings,
    ListDrawings, VoidDrawing,
};
use crate::failure::Failure;

pub(super) fn list(context: &Context<'_>, request: ListDrawings) -> Result<Drawings, Failure> {
    let incident = dot_or("incident", request.incident.as_deref())?;
    let rows = context.station.drawings(incident)?;
    let people = people(context)?;
    Ok(Drawings {
        rows: rows.into_iter().map(|row| row_of(row, &people)).collect(),
    })
}

pub(super) fn add(context: &Context<'_>, request: AddDrawing) -> Result<Saved, Failure> {
    let AddDrawing {
        incident,
        kind,
        points,
        label,
    } = request;
    let new = app::NewDrawing {
        incident: dot("incident", &incident)?,
        kind: drawing_kind(kind),
        points: degrees(&points),
        label,
    };
    Ok(saved(context.station.add_drawing(context.actor()?, &new)?))
}

pub(super) fn change(context: &Context<'_>, request: ChangeDrawing) -> Result<Saved, Failure> {
    let ChangeDrawing {
        drawing,
        points,
        label,
    } = request;
    let drawing = dot("drawing", &drawing)?;
    let points = points.map(|points| degrees(&points));
    let change = app::DrawingChange { points, label };
    let actor = context.actor()?;
    Ok(saved(
        context.station.change_drawing(actor, drawing, change)?,
    ))
}

pub(super) fn void(context: &Context<'_>, request: VoidDrawing) -> Result<Saved, Failure> {
    let VoidDrawing { drawing, reason } = request;
    let drawing = dot("drawing", &drawing)?;
    let actor = context.actor()?;
    Ok(saved(
        context.station.void_drawing(actor, drawing, &reason)?,
    ))
}

fn degrees(points: &[Point]) -> Vec<(f64, f64)> {
    points.iter().map(|point| (point.lon, point.lat)).collect()
}

fn row_of(row: app::DrawingRow, people: &People) -> DrawingRow {
    let app::DrawingRow {
        dot,
        incident,
        incident_number,
        kind,
        geometry,
        label,
        added,
        changed,
        voided,
        others,
    } = row;
    let (length_m, area_m2) = geometry.as_ref().map_or((None, None), measure);
    DrawingRow {
        id: dot.to_string(),
        incident: incident.to_string(),
        incident_number,
        kind: kind.map(drawing_kind_of),
        shape: geometry.as_ref().map(|of| drawing_shape_of(of.shape())),
        points: geometry.as_ref().map(points_of),
        label,
        length_m,
        area_m2,
        crosses_itself: geometry.as_ref().is_some_and(crosses_itself),
        added: mark_of(added, people),
        changed: changed.map(|mark| mark_of(mark, people)),
        voided: voided.map(|voiding| DrawingVoiding {
            mark: mark_of(voiding.mark, people),
            reason: voiding.reason,
            has_unseen: voiding.has_unseen,
        }),
        others: others
            .into_iter()
            .map(|other| DrawingOther {
                field: other.field.word().to_owned(),
                points: other.geometry.as_ref().map(points_of),
                label: other.label,
                mark: mark_of(other.mark, people),
            })
            .collect(),
    }
}

fn points_of(geometry: &Geometry) -> Vec<Point> {
    let points = geometry.points().iter();
    let degrees = points.map(|point| point_of((point.lon_deg(), point.lat_deg())));
    degrees.collect()
}

fn mark_of(mark: app::Mark, people: &People) -> DrawingMark {
    DrawingMark {
        entry: mark.entry.to_string(),
        at_ms: mark.at_ms,
        by: people.get(&mark.account).unwrap_or(&mark.account).clone(),
    }
}
