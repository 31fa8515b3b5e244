//! The layers of a county's own data, and by which names of files and tables they are known.
//! Not here: columns (`columns`), what becomes of the rows (`record`).

use serde::{Deserialize, Serialize};

/// A layer of the county's own data. The order is the order in files and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnLayer {
    /// 派出所辖区: which post answers for a place.
    Jurisdiction,
    /// 巡区: the area one patrol walks or drives.
    PatrolZone,
    /// 警务网格.
    GridArea,
    /// 管控圈: outer, inner and core circle.
    ControlCircle,
    /// 派出所、所队.
    Post,
    /// 卡点.
    Checkpoint,
    /// 视频点位.
    Camera,
    /// 快反点: a point that a team must reach in 1, 3 or 5 minutes.
    Point135,
    /// 学校.
    School,
    /// 医院.
    Hospital,
    /// 消火栓.
    Hydrant,
    /// 消防水源、取水点.
    WaterSource,
    /// 重点单位.
    KeyUnit,
    /// 加油站.
    FuelStation,
    /// 应急避难场所.
    Shelter,
    /// 标准地址.
    StandardAddress,
    /// 地名.
    Place,
    /// 灯杆.
    Pole,
    /// 道路.
    Road,
}

/// What a row of a layer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnShape {
    /// An area with a border.
    Area,
    /// A thing that stands somewhere and is shown on the map.
    Thing,
    /// A name or number that is searched for.
    Name,
    /// A line that is driven on.
    Road,
}

use OwnLayer::*;

// tidy: table
const ALIASES: [(OwnLayer, OwnShape, &str, &[&str]); 19] = [
    (
        Jurisdiction,
        OwnShape::Area,
        "jurisdiction",
        &[
            "派出所辖区",
            "管辖区域",
            "责任区",
            "辖区",
            "jurisdictions",
            "precinct",
        ],
    ),
    (
        PatrolZone,
        OwnShape::Area,
        "patrol_zone",
        &["巡逻区", "巡防区", "巡区", "patrol_zones", "patrol"],
    ),
    (
        GridArea,
        OwnShape::Area,
        "grid_area",
        &["警务网格", "网格", "grid_areas", "grid", "grids"],
    ),
    (
        ControlCircle,
        OwnShape::Area,
        "control_circle",
        &[
            "管控圈",
            "控制圈",
            "防控圈",
            "外防圈",
            "核心圈",
            "内保圈",
            "control_circles",
        ],
    ),
    (
        Post,
        OwnShape::Thing,
        "post",
        &[
            "派出所",
            "所队",
            "警务站",
            "posts",
            "police_posts",
            "police_stations",
        ],
    ),
    (
        Checkpoint,
        OwnShape::Thing,
        "checkpoint",
        &["检查站", "卡点", "卡口", "checkpoints"],
    ),
    (
        Camera,
        OwnShape::Thing,
        "camera",
        &[
            "视频点位",
            "视频监控",
            "摄像机",
            "摄像头",
            "监控点",
            "监控",
            "视频",
            "cameras",
            "video",
        ],
    ),
    (
        Point135,
        OwnShape::Thing,
        "point135",
        &[
            "135快反点",
            "快反点",
            "135点位",
            "135",
            "points135",
            "point_135",
        ],
    ),
    (
        School,
        OwnShape::Thing,
        "school",
        &["学校", "中小学", "幼儿园", "schools"],
    ),
    (
        Hospital,
        OwnShape::Thing,
        "hospital",
        &["医院", "卫生院", "hospitals"],
    ),
    (
        Hydrant,
        OwnShape::Thing,
        "hydrant",
        &["消火栓", "消防栓", "hydrants"],
    ),
    (
        WaterSource,
        OwnShape::Thing,
        "water_source",
        &["消防水源", "取水点", "水源", "water_sources"],
    ),
    (
        KeyUnit,
        OwnShape::Thing,
        "key_unit",
        &["重点单位", "要害部位", "key_units"],
    ),
    (
        FuelStation,
        OwnShape::Thing,
        "fuel_station",
        &["加油站", "加气站", "fuel_stations", "fuel"],
    ),
    (
        Shelter,
        OwnShape::Thing,
        "shelter",
        &["避难场所", "安置点", "shelters"],
    ),
    (
        StandardAddress,
        OwnShape::Name,
        "standard_address",
        &[
            "标准地址",
            "门牌地址",
            "门楼牌",
            "门牌",
            "地址",
            "standard_addresses",
            "addresses",
            "address",
        ],
    ),
    (
        Place,
        OwnShape::Name,
        "place",
        &["标准地名", "地名", "places", "placenames"],
    ),
    (
        Pole,
        OwnShape::Name,
        "pole",
        &["灯杆", "路灯杆", "杆号", "poles", "lamp_posts"],
    ),
    (
        Road,
        OwnShape::Road,
        "road",
        &["道路", "路网", "公路", "roads", "streets"],
    ),
];

impl OwnLayer {
    /// Every layer, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        ALIASES.iter().map(|row| row.0)
    }

    /// Its stable name in files and answers: `patrol_zone`.
    pub fn code(self) -> &'static str {
        self.row().2
    }

    /// What a row of it is.
    pub fn shape(self) -> OwnShape {
        self.row().1
    }

    /// Its Chinese name.
    pub fn chinese(self) -> &'static str {
        self.row().3.first().copied().unwrap_or_default()
    }

    /// From its stable name.
    pub fn from_code(code: &str) -> Option<Self> {
        ALIASES.iter().find(|row| row.2 == code).map(|row| row.0)
    }

    /// Whether its things are also found by name in the search. Cameras and hydrants are not:
    /// thousands of them would bury the streets they are named after.
    pub(crate) fn is_searched(self) -> bool {
        self.shape() == OwnShape::Thing && !matches!(self, Camera | Hydrant | WaterSource)
    }

    fn row(self) -> &'static (OwnLayer, OwnShape, &'static str, &'static [&'static str]) {
        &ALIASES[self as usize]
    }
}

/// The layer that a file's or table's name speaks of; the longest name known decides, so that
/// 派出所辖区 is a jurisdiction and not a post. English names must be whole words.
pub(crate) fn named(name: &str) -> Option<OwnLayer> {
    let name = name.trim().to_lowercase();
    let words: Vec<&str> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let joined = format!("_{}_", words.join("_"));
    let mut best: Option<(usize, OwnLayer)> = None;
    for (layer, _, code, aliases) in &ALIASES {
        for alias in aliases.iter().chain([code]) {
            let is_said = if alias.is_ascii() {
                joined.contains(&format!("_{alias}_"))
            } else {
                name.contains(alias)
            };
            let length = alias.chars().count();
            if is_said && best.is_none_or(|(longest, _)| length > longest) {
                best = Some((length, *layer));
            }
        }
    }
    best.map(|(_, layer)| layer)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A layer's number is its place in the table, and its code leads back to it.
    #[test]
    fn layers_are_in_order() {
        for (i, layer) in OwnLayer::all().enumerate() {
            assert_eq!(layer as usize, i);
            assert_eq!(OwnLayer::from_code(layer.code()), Some(layer));
            assert_eq!(serde_json::json!(layer), layer.code());
            assert_eq!(named(layer.code()), Some(layer), "{}", layer.code());
            assert_eq!(named(layer.chinese()), Some(layer), "{}", layer.chinese());
        }
    }

    /// Names as counties give them to files.
    #[test]
    fn file_names_of_counties() {
        for (name, layer) in [
            ("望北县派出所辖区2026", Some(Jurisdiction)),
            ("派出所", Some(Post)),
            ("posts", Some(Post)),
            ("2026-标准地址（公安）", Some(StandardAddress)),
            ("135点位", Some(Point135)),
            ("Police_Stations", Some(Post)),
            ("wangbei cameras v2", Some(Camera)),
            ("postal", None),
            ("Sheet1", None),
            ("", None),
        ] {
            assert_eq!(named(name), layer, "{name}");
        }
    }
}
