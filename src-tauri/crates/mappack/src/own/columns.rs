//! Columns of a county's own tables: what they mean, by their Chinese and English names.
//! Not here: reading values (`record`).

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Name,
    Alias,
    Code,
    Owner,
    Lon,
    Lat,
    Wkt,
    Datum,
    Kind,
    Phone,
    Town,
    Team,
    Street,
    Number,
    Heading,
    Fov,
    Range,
    Status,
    Url,
    Oneway,
    Speed,
}

// tidy: table
const ALIASES: [(Field, &str, &[&str]); 21] = [
    (
        Field::Name,
        "name",
        &[
            "名称",
            "点位名称",
            "辖区名称",
            "巡区名称",
            "网格名称",
            "地名",
            "地名名称",
            "学校名称",
            "医院名称",
            "单位名称",
            "卡点名称",
            "摄像机名称",
            "设备名称",
            "道路名称",
            "路名",
            "标准地址",
            "地址全称",
            "地址",
            "派出所名称",
            "title",
            "mc",
            "fullname",
            "address",
        ],
    ),
    (
        Field::Alias,
        "alias",
        &[
            "别名",
            "曾用名",
            "俗称",
            "简称",
            "short",
            "aliases",
            "alt_name",
        ],
    ),
    (
        Field::Code,
        "code",
        &[
            "编号",
            "编码",
            "代码",
            "点位编号",
            "设备编号",
            "设备编码",
            "国标编码",
            "辖区代码",
            "地址编码",
            "地址代码",
            "杆号",
            "灯杆号",
            "灯杆编号",
            "机构代码",
            "id",
            "bm",
            "dm",
            "gbcode",
        ],
    ),
    (
        Field::Owner,
        "owner",
        &[
            "所属派出所",
            "管辖派出所",
            "派出所",
            "所属单位",
            "管辖单位",
            "责任单位",
            "所属所队",
            "主管单位",
            "post",
            "station",
            "sspcs",
        ],
    ),
    (
        Field::Lon,
        "lon",
        &[
            "经度",
            "x坐标",
            "横坐标",
            "东经",
            "lng",
            "long",
            "longitude",
            "x",
            "jd",
        ],
    ),
    (
        Field::Lat,
        "lat",
        &["纬度", "y坐标", "纵坐标", "北纬", "latitude", "y", "wd"],
    ),
    (
        Field::Wkt,
        "wkt",
        &["几何", "坐标串", "geom", "geometry", "the_geom", "wkt_geom"],
    ),
    (Field::Datum, "datum", &["坐标系", "坐标系统", "crs"]),
    (
        Field::Kind,
        "kind",
        &["类型", "类别", "种类", "性质", "type", "class", "lx"],
    ),
    (
        Field::Phone,
        "phone",
        &[
            "电话",
            "联系电话",
            "值班电话",
            "手机",
            "tel",
            "telephone",
            "mobile",
            "dh",
        ],
    ),
    (
        Field::Town,
        "town",
        &["乡镇", "街道乡镇", "乡镇街道", "所属乡镇", "township", "xz"],
    ),
    (
        Field::Team,
        "team",
        &[
            "快反单位",
            "快反队",
            "队伍",
            "责任队伍",
            "呼号",
            "callsign",
            "unit",
        ],
    ),
    (
        Field::Street,
        "street",
        &["街路巷", "街路巷名称", "道路", "街道", "road", "jlx"],
    ),
    (
        Field::Number,
        "number",
        &[
            "门牌号",
            "门牌",
            "门楼牌号",
            "门牌号码",
            "housenumber",
            "house_number",
            "mph",
        ],
    ),
    (
        Field::Heading,
        "heading_deg",
        &[
            "朝向",
            "方位角",
            "朝向角",
            "heading",
            "azimuth",
            "direction",
        ],
    ),
    (Field::Fov, "fov_deg", &["视场角", "视角", "fov"]),
    (
        Field::Range,
        "range_m",
        &["可视距离", "视距", "监控距离", "range"],
    ),
    (
        Field::Status,
        "status",
        &["状态", "设备状态", "运行状态", "state", "zt"],
    ),
    (
        Field::Url,
        "url",
        &[
            "地址链接",
            "取流地址",
            "视频地址",
            "流地址",
            "stream",
            "rtsp",
        ],
    ),
    (Field::Oneway, "oneway", &["单行", "单行线", "是否单行"]),
    (
        Field::Speed,
        "speed_kmh",
        &["限速", "车速", "maxspeed", "speed"],
    ),
];

impl Field {
    /// Its own name, as `own.json` spells it.
    pub(crate) fn code(self) -> &'static str {
        ALIASES[self as usize].1
    }

    /// From its own name.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        ALIASES.iter().find(|row| row.1 == code).map(|row| row.0)
    }

    /// What a column of this name holds, when that is known.
    fn of_column(column: &str) -> Option<(Self, usize)> {
        let plain = plain(column);
        ALIASES.iter().find_map(|(field, code, aliases)| {
            let rank = [code]
                .into_iter()
                .chain(*aliases)
                .position(|a| plain == self::plain(a))?;
            Some((*field, rank))
        })
    }
}

/// Names are compared without case, spaces, lines and the units in brackets.
fn plain(name: &str) -> String {
    let bare = name.split(['(', '（', '[']).next().unwrap_or_default();
    let kept = bare.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// Which column holds what; grows as columns become known.
#[derive(Debug, Default)]
pub(crate) struct Mapping {
    /// (field, how exact its name is, column).
    found: Vec<(Field, usize, usize)>,
    /// How many columns were looked at.
    pub(crate) seen: usize,
}

impl Mapping {
    /// Looks at columns that were not there before. `said` names columns for fields by hand.
    pub(crate) fn learn(&mut self, columns: &[String], said: &[(Field, String)]) {
        for (at, column) in columns.iter().enumerate().skip(self.seen) {
            let by_hand = said.iter().find(|(_, name)| name == column);
            let (field, rank) = match by_hand {
                Some((field, _)) => (*field, 0),
                None => match Field::of_column(column) {
                    Some((field, rank)) if !said.iter().any(|(of, _)| *of == field) => {
                        (field, rank + 1)
                    }
                    _ => continue,
                },
            };
            match self.found.iter_mut().find(|(of, ..)| *of == field) {
                // Two columns of one meaning: the one whose name stands earlier in the table.
                Some(other) if rank < other.1 => *other = (field, rank, at),
                Some(_) => {}
                None => self.found.push((field, rank, at)),
            }
        }
        self.seen = columns.len();
    }

    /// The column of a field.
    pub(crate) fn column(&self, field: Field) -> Option<usize> {
        self.found
            .iter()
            .find(|(of, ..)| *of == field)
            .map(|(.., at)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(columns: &[&str]) -> (Mapping, Vec<String>) {
        let columns: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
        let mut mapping = Mapping::default();
        mapping.learn(&columns, &[]);
        (mapping, columns)
    }

    /// A field's number is its place in the table.
    #[test]
    fn fields_are_in_order() {
        for (i, row) in ALIASES.iter().enumerate() {
            assert_eq!(row.0 as usize, i);
            assert_eq!(Field::from_code(row.0.code()), Some(row.0));
        }
    }

    /// Chinese and English headers, units in brackets, and which of two columns is taken.
    #[test]
    fn headers_of_counties() {
        let (found, _) = mapping(&["序号", "摄像机名称", "经度（度）", "LAT", "朝向(°)", "备注"]);
        assert_eq!(found.column(Field::Name), Some(1));
        assert_eq!(found.column(Field::Lon), Some(2));
        assert_eq!(found.column(Field::Lat), Some(3));
        assert_eq!(found.column(Field::Heading), Some(4));
        assert_eq!(
            found.column(Field::Code),
            None,
            "a running number is no code"
        );
        let (found, _) = mapping(&["地址", "name", "street"]);
        assert_eq!(found.column(Field::Name), Some(1), "the plainest name wins");
        assert_eq!(found.column(Field::Street), Some(2));
    }

    /// A column named by hand wins over one that only sounds right.
    #[test]
    fn by_hand() {
        let columns = vec!["name".to_owned(), "点位".to_owned()];
        let mut mapping = Mapping::default();
        mapping.learn(&columns, &[(Field::Name, "点位".to_owned())]);
        assert_eq!(mapping.column(Field::Name), Some(1));
    }
}
