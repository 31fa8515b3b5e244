//! What is to be drawn: features of the tile layers with their geometry and properties.
//! Not here: which tags make which feature (`schema`), cutting into tiles (`tiles`).

use crate::extract::Px;
use crate::mvt::Value;
use crate::shapes::Area;

/// The layers of a tile in the order they are written: Shortbread 1.0 names, then the county's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Layer {
    Ocean,
    WaterPolygons,
    WaterPolygonsLabels,
    WaterLines,
    WaterLinesLabels,
    DamLines,
    DamPolygons,
    PierLines,
    PierPolygons,
    Boundaries,
    BoundaryLabels,
    PlaceLabels,
    Land,
    Sites,
    Buildings,
    Addresses,
    StreetPolygons,
    Streets,
    StreetLabels,
    StreetsPolygonsLabels,
    StreetLabelsPoints,
    Bridges,
    Aerialways,
    Ferries,
    PublicTransport,
    Pois,
    OwnAreas,
    OwnAreaLabels,
}

impl Layer {
    /// Every layer with its name, in order.
    pub(crate) const ALL: [(Self, &'static str); 28] = [
        (Self::Ocean, "ocean"),
        (Self::WaterPolygons, "water_polygons"),
        (Self::WaterPolygonsLabels, "water_polygons_labels"),
        (Self::WaterLines, "water_lines"),
        (Self::WaterLinesLabels, "water_lines_labels"),
        (Self::DamLines, "dam_lines"),
        (Self::DamPolygons, "dam_polygons"),
        (Self::PierLines, "pier_lines"),
        (Self::PierPolygons, "pier_polygons"),
        (Self::Boundaries, "boundaries"),
        (Self::BoundaryLabels, "boundary_labels"),
        (Self::PlaceLabels, "place_labels"),
        (Self::Land, "land"),
        (Self::Sites, "sites"),
        (Self::Buildings, "buildings"),
        (Self::Addresses, "addresses"),
        (Self::StreetPolygons, "street_polygons"),
        (Self::Streets, "streets"),
        (Self::StreetLabels, "street_labels"),
        (Self::StreetsPolygonsLabels, "streets_polygons_labels"),
        (Self::StreetLabelsPoints, "street_labels_points"),
        (Self::Bridges, "bridges"),
        (Self::Aerialways, "aerialways"),
        (Self::Ferries, "ferries"),
        (Self::PublicTransport, "public_transport"),
        (Self::Pois, "pois"),
        (Self::OwnAreas, "own_areas"),
        (Self::OwnAreaLabels, "own_area_labels"),
    ];

    /// The layer's name in a tile.
    pub(crate) fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// Geometry, shared by the features drawn from one thing.
#[derive(Debug)]
pub(crate) enum Geom {
    Point(Px),
    Lines(Vec<Vec<Px>>),
    Area(Area),
}

/// A property, left out of tiles below its zoom.
#[derive(Debug, Clone)]
pub(crate) struct Prop {
    pub(crate) key: &'static str,
    pub(crate) value: Value,
    pub(crate) min_zoom: u8,
}

/// Properties being gathered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Props(pub(crate) Vec<Prop>);

impl Props {
    /// Starts with the kind, which every layer has.
    pub(crate) fn kind(kind: &str) -> Self {
        Self::default().text("kind", Some(kind))
    }

    /// Adds a text when there is one.
    pub(crate) fn text(self, key: &'static str, value: Option<&str>) -> Self {
        self.text_from(0, key, value)
    }

    /// Adds a text that tiles below a zoom leave out.
    pub(crate) fn text_from(mut self, zoom: u8, key: &'static str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            self.0.push(Prop {
                key,
                value: Value::Text(value.to_owned()),
                min_zoom: zoom,
            });
        }
        self
    }

    /// Adds a flag when it is true; absent means false, as the schema has it.
    pub(crate) fn flag(mut self, zoom: u8, key: &'static str, value: bool) -> Self {
        if value {
            self.0.push(Prop {
                key,
                value: Value::Flag(true),
                min_zoom: zoom,
            });
        }
        self
    }

    /// Adds a whole number.
    pub(crate) fn whole(mut self, key: &'static str, value: i64) -> Self {
        self.0.push(Prop {
            key,
            value: Value::Whole(value),
            min_zoom: 0,
        });
        self
    }
}

/// A feature of one layer.
#[derive(Debug)]
pub(crate) struct Feature {
    pub(crate) layer: Layer,
    pub(crate) min_zoom: u8,
    /// Features of a layer are written in this order, then in the order of the data.
    pub(crate) order: i64,
    pub(crate) geom: u32,
    pub(crate) props: Props,
}

/// All features.
#[derive(Debug, Default)]
pub(crate) struct Drawing {
    pub(crate) geoms: Vec<Geom>,
    pub(crate) features: Vec<Feature>,
}

impl Drawing {
    /// Keeps a geometry and returns its number.
    pub(crate) fn geom(&mut self, geom: Geom) -> u32 {
        self.geoms.push(geom);
        (self.geoms.len() - 1) as u32
    }

    /// Adds a feature.
    pub(crate) fn add(&mut self, layer: Layer, min_zoom: u8, order: i64, geom: u32, props: Props) {
        self.features.push(Feature {
            layer,
            min_zoom,
            order,
            geom,
            props,
        });
    }

    /// Puts the features in the order in which tiles hold them.
    pub(crate) fn sort(&mut self) {
        self.features
            .sort_by_key(|feature| (feature.layer, feature.order));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A layer's number is its place in the list.
    #[test]
    fn layers_are_in_order() {
        for (i, (layer, name)) in Layer::ALL.iter().enumerate() {
            assert_eq!(*layer as usize, i);
            assert_eq!(layer.name(), *name);
        }
    }
}
