//! Draws the county's own areas and roads into the tiles.
//! Not here: reading them (`crate::own`), asking which area holds a point (`crate::areas`).

use super::px;
use crate::areas::AreaRow;
use crate::drawing::{Drawing, Geom, Layer, Props};
use crate::extract::Px;
use crate::own::{OwnData, OwnLayer, OwnRoad};
use crate::roads;
use crate::schema;
use crate::shapes::label_point;

/// Areas as their borders with a name inside, roads as streets like those of the extract.
pub(super) fn draw(own: &OwnData, drawing: &mut Drawing) {
    for area in &own.areas {
        draw_area(area, drawing);
    }
    for road in &own.roads {
        draw_road(road, drawing);
    }
}

/// First zoom of an area's border: the smaller such areas are, the later.
fn first_zoom(layer: OwnLayer) -> u8 {
    match layer {
        OwnLayer::Jurisdiction => 8,
        OwnLayer::GridArea => 13,
        _ => 10,
    }
}

fn draw_area(area: &AreaRow, drawing: &mut Drawing) {
    let rings: Vec<Vec<Px>> = area
        .rings
        .iter()
        .map(|ring| ring.iter().map(|at| px(*at)).collect())
        .filter(|ring: &Vec<Px>| ring.len() >= 3)
        .collect();
    let zoom = first_zoom(area.layer);
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let kind = || Props::kind(area.layer.code()).text("code", said(&area.code).as_deref());
    let widest = rings.iter().max_by_key(|ring| ring.len()).cloned();
    let closed = rings.into_iter().map(|mut ring| {
        ring.extend(ring.first().copied());
        ring
    });
    let lines: Vec<Vec<Px>> = closed.collect();
    if lines.is_empty() {
        return;
    }
    let geom = drawing.geom(Geom::Lines(lines));
    drawing.add(Layer::OwnAreas, zoom, 0, geom, kind());
    if let (Some(ring), Some(name)) = (widest, said(&area.name)) {
        let geom = drawing.geom(Geom::Point(label_point(&vec![ring])));
        let props = kind().text("name", Some(&name));
        drawing.add(Layer::OwnAreaLabels, zoom, 0, geom, props);
    }
}

fn draw_road(road: &OwnRoad, drawing: &mut Drawing) {
    let lines: Vec<Vec<Px>> = road
        .lines
        .iter()
        .map(|line| line.iter().map(|at| px(*at)).collect())
        .filter(|line: &Vec<Px>| line.len() >= 2)
        .collect();
    if lines.is_empty() {
        return;
    }
    let class = roads::own_class(road).word();
    let name = Some(road.name.as_str()).filter(|name| !name.is_empty());
    let geom = drawing.geom(Geom::Lines(lines));
    for (layer, zoom, order, props) in schema::own_road(class, name, road.is_oneway == Some(true)) {
        drawing.add(layer, zoom, order, geom, props.flag(11, "own", true));
    }
}
