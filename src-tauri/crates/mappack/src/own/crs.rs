//! Coordinate systems that a county's own data comes in, and the way out of them: degrees,
//! Gauss–Krüger and other transverse Mercator planes of CGCS2000 and WGS-84, web Mercator, and
//! the shifted datums of map services.
//! Not here: other ellipsoids and survey datums. Beijing 1954 and Xian 1980 need parameters that
//! each county holds itself; such a file is refused rather than placed a hundred metres off.

use fengsui_geo::{Bd09, Gcj02, Wgs84, transverse_degrees};

/// Semi-major axis of CGCS2000 (and of WGS-84), metres.
const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// What pairs of numbers in a file mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Crs {
    /// Longitude and latitude, degrees.
    Degrees(Datum),
    /// East and north on a transverse Mercator plane, metres.
    Plane {
        /// Central meridian, degrees.
        meridian_deg: f64,
        /// What is added to every east, metres.
        false_easting_m: f64,
        /// Scale on the central meridian.
        scale: f64,
    },
    /// Web Mercator (EPSG:3857), metres.
    WebMercator,
}

/// Which datum degrees are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Datum {
    /// CGCS2000 or WGS-84, which is the same here.
    Cgcs2000,
    /// GCJ-02.
    Gcj02,
    /// BD-09.
    Bd09,
}

impl Datum {
    /// From what a person writes: `gcj02`, 火星坐标, `BD-09`, 百度 …
    pub(crate) fn named(text: &str) -> Option<Self> {
        let kept = text.chars().filter(|c| c.is_alphanumeric());
        let plain: String = kept.flat_map(char::to_lowercase).collect();
        match plain.as_str() {
            "cgcs2000" | "wgs84" | "2000" | "国家2000" | "大地2000" | "epsg4326" | "epsg4490" => {
                Some(Self::Cgcs2000)
            }
            "gcj02" | "gcj" | "火星" | "火星坐标" | "火星坐标系" | "高德" | "腾讯" => {
                Some(Self::Gcj02)
            }
            "bd09" | "bd09ll" | "百度" | "百度坐标" => Some(Self::Bd09),
            _ => None,
        }
    }
}

impl Crs {
    /// Degrees of CGCS2000.
    pub(crate) const PLAIN: Self = Self::Degrees(Datum::Cgcs2000);

    /// From an EPSG number: 4326, 4490, 4979; CGCS2000 planes 4491–4554; UTM on WGS-84 over China
    /// 32643–32653; 3857.
    pub(crate) fn from_epsg(code: i64) -> Option<Self> {
        let plane = |meridian: i64, zone: Option<i64>, scale: f64| Self::Plane {
            meridian_deg: meridian as f64,
            false_easting_m: zone.unwrap_or(0) as f64 * 1e6 + 500_000.0,
            scale,
        };
        match code {
            4326 | 4490 | 4979 | 4480 => Some(Self::PLAIN),
            3857 | 900_913 => Some(Self::WebMercator),
            // 6° zones 13–23 with and without the zone before the east.
            4491..=4501 => Some(plane(75 + (code - 4491) * 6, Some(code - 4491 + 13), 1.0)),
            4502..=4512 => Some(plane(75 + (code - 4502) * 6, None, 1.0)),
            // 3° zones 25–45.
            4513..=4533 => Some(plane((code - 4513 + 25) * 3, Some(code - 4513 + 25), 1.0)),
            4534..=4554 => Some(plane(75 + (code - 4534) * 3, None, 1.0)),
            32_643..=32_653 => Some(plane((code - 32_600) * 6 - 183, None, 0.9996)),
            _ => None,
        }
    }

    /// From what `own.json` says: `EPSG:4547`, `4547`, a datum's name.
    pub(crate) fn named(text: &str) -> Option<Self> {
        if let Some(datum) = Datum::named(text) {
            return Some(Self::Degrees(datum));
        }
        let digits = text.rsplit(':').next().unwrap_or(text).trim();
        digits.parse().ok().and_then(Self::from_epsg)
    }

    /// From the text of a `.prj` file (WKT 1, as ESRI writes it).
    pub(crate) fn from_prj(text: &str) -> Option<Self> {
        let upper: String = text.to_uppercase().replace([' ', '\n', '\r', '\t'], "");
        let is_known = [
            "CHINA_2000",
            "CHINA_GEODETIC_COORDINATE_SYSTEM_2000",
            "CGCS2000",
            "CGCS_2000",
        ]
        .iter()
        .chain(&["WGS_1984", "WGS84", "WGS_84"])
        .any(|name| upper.contains(name));
        if !is_known {
            return None;
        }
        if !upper.starts_with("PROJCS") {
            return upper.starts_with("GEOGCS").then_some(Self::PLAIN);
        }
        let parameter = |name: &str| -> Option<f64> {
            let (_, after) = upper.split_once(&format!("PARAMETER[\"{name}\","))?;
            after.split(']').next()?.parse().ok()
        };
        if upper.contains("MERCATOR_AUXILIARY_SPHERE") || upper.contains("PSEUDO-MERCATOR") {
            return Some(Self::WebMercator);
        }
        let is_transverse = ["GAUSS_KRUGER", "TRANSVERSE_MERCATOR"]
            .iter()
            .any(|name| upper.contains(&format!("PROJECTION[\"{name}\"")));
        let in_metres = upper.contains("UNIT[\"METER\",1") || upper.contains("UNIT[\"METRE\",1");
        let at_equator = parameter("LATITUDE_OF_ORIGIN").unwrap_or(0.0) == 0.0
            && parameter("FALSE_NORTHING").unwrap_or(0.0) == 0.0;
        if !is_transverse || !in_metres || !at_equator {
            return None;
        }
        Some(Self::Plane {
            meridian_deg: parameter("CENTRAL_MERIDIAN")?,
            false_easting_m: parameter("FALSE_EASTING")?,
            scale: parameter("SCALE_FACTOR").unwrap_or(1.0),
        })
    }

    /// The same system with another datum, when it is one of degrees.
    pub(crate) fn with_datum(self, datum: Datum) -> Self {
        match self {
            Self::Degrees(_) => Self::Degrees(datum),
            plane => plane,
        }
    }

    /// Whether lines are straight on a plane of metres rather than between degrees.
    pub(crate) fn is_plane(self) -> bool {
        !matches!(self, Self::Degrees(_))
    }

    /// The place of a pair, or why it is none.
    pub(crate) fn place(self, x: f64, y: f64) -> Result<Wgs84, String> {
        let checked = match self {
            Self::Degrees(Datum::Cgcs2000) => Wgs84::new(x, y),
            Self::Degrees(Datum::Gcj02) => Gcj02::new(x, y).map(Gcj02::to_wgs84),
            Self::Degrees(Datum::Bd09) => Bd09::new(x, y).map(Bd09::to_wgs84),
            Self::WebMercator => {
                let (lon, lat) = from_web_mercator(x, y);
                Wgs84::new(lon, lat)
            }
            Self::Plane {
                meridian_deg,
                false_easting_m,
                scale,
            } => {
                // Surveyors write the north as x: then the pair is the other way round.
                let is_east = |v: f64| (v - false_easting_m).abs() < 500_000.0;
                let is_north = |v: f64| (1_500_000.0..6_500_000.0).contains(&v);
                let (east, north) = match (is_east(x) && is_north(y), is_east(y) && is_north(x)) {
                    (true, _) => (x, y),
                    (_, true) => (y, x),
                    _ => return Err(format!("({x}, {y}) lies on no such plane")),
                };
                let (lon, lat) =
                    transverse_degrees((east - false_easting_m) / scale, north / scale);
                Wgs84::new(meridian_deg + lon, lat)
            }
        };
        checked.map_err(|e| e.to_string())
    }
}

fn from_web_mercator(x: f64, y: f64) -> (f64, f64) {
    let lat = 2.0 * (y / SEMI_MAJOR_M).exp().atan() - std::f64::consts::FRAC_PI_2;
    ((x / SEMI_MAJOR_M).to_degrees(), lat.to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;
    use fengsui_geo::haversine_m;

    /// Points of China on planes, as PROJ 9.5 (pyproj) puts them: within a millimetre.
    #[test]
    fn planes_against_proj() {
        for (epsg, lon, lat, east, north) in [
            (4547, 113.9, 31.2, 490_469.562_0, 3_453_152.868_8),
            (4526, 113.9, 31.2, 38_490_469.562_0, 3_453_152.868_8),
            (4547, 112.6, 33.0, 369_160.161_1, 3_653_618.759_4),
            (4497, 113.9, 31.2, 19_776_437.721_7, 3_456_774.544_5),
            (4508, 108.2, 31.2, 233_098.217_6, 3_456_528.620_7),
            (32_649, 113.9, 31.2, 776_327.146_6, 3_455_391.834_8),
            (3_857, 113.9, 31.2, 12_679_290.001_4, 3_658_750.280_3),
            (4534, 73.6, 39.4, 379_406.480_1, 4_363_846.974_2),
            (4554, 134.7, 48.3, 477_742.510_0, 5_351_829.074_0),
        ] {
            let crs = Crs::from_epsg(epsg).unwrap();
            let found = crs.place(east, north).unwrap();
            let off = haversine_m(found, Wgs84::new(lon, lat).unwrap());
            assert!(off < 0.001, "EPSG:{epsg}: {off} m off");
        }
    }

    /// North written as x, east as y: the pair can only be meant one way.
    #[test]
    fn surveyors_axes() {
        let crs = Crs::from_epsg(4547).unwrap();
        let (a, b) = (
            crs.place(490_469.6, 3_453_152.9),
            crs.place(3_453_152.9, 490_469.6),
        );
        assert_eq!(a.unwrap(), b.unwrap());
        assert!(
            crs.place(113.9, 31.2).is_err(),
            "degrees are no place on a plane"
        );
        assert!(
            crs.place(20_490_469.6, 3_453_152.9).is_err(),
            "the zone of another plane"
        );
    }

    /// Descriptions as PROJ writes them for ESRI and for GDAL; other datums are not guessed.
    #[test]
    fn prj_files() {
        let esri = "PROJCS[\"CGCS2000_3_Degree_GK_CM_114E\",GEOGCS[\"GCS_China_Geodetic_Coordinate_\
            System_2000\",DATUM[\"D_China_2000\",SPHEROID[\"CGCS2000\",6378137.0,298.257222101]],\
            PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],\
            PROJECTION[\"Gauss_Kruger\"],PARAMETER[\"False_Easting\",500000.0],\
            PARAMETER[\"False_Northing\",0.0],PARAMETER[\"Central_Meridian\",114.0],\
            PARAMETER[\"Scale_Factor\",1.0],PARAMETER[\"Latitude_Of_Origin\",0.0],\
            UNIT[\"Meter\",1.0]]";
        assert_eq!(Crs::from_prj(esri), Crs::from_epsg(4547));
        let gdal = esri
            .replace("Gauss_Kruger", "Transverse_Mercator")
            .replace("Meter", "metre");
        assert_eq!(Crs::from_prj(&gdal), Crs::from_epsg(4547));
        let degrees = "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\"]]]";
        assert_eq!(Crs::from_prj(degrees), Some(Crs::PLAIN));
        assert_eq!(
            Crs::from_prj(&esri.replace("China", "Xian").replace("CGCS2000", "X80")),
            None
        );
        assert_eq!(Crs::from_prj(&esri.replace("Gauss_Kruger", "Albers")), None);
        assert_eq!(Crs::from_prj(""), None);
    }

    /// What people write for systems and datums.
    #[test]
    fn names_of_systems() {
        assert_eq!(Crs::named("EPSG:4490"), Some(Crs::PLAIN));
        assert_eq!(Crs::named("4547"), Crs::from_epsg(4547));
        assert_eq!(Crs::named("GCJ-02"), Some(Crs::Degrees(Datum::Gcj02)));
        assert_eq!(Crs::named("百度坐标"), Some(Crs::Degrees(Datum::Bd09)));
        assert_eq!(Crs::named("西安80"), None);
        assert_eq!(Crs::named("EPSG:2383"), None);
    }
}
