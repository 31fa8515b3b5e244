//! Reading what people paste: each notation, what is ambiguous, what is refused.
//! Not here: the datums' formulas (`datum`), the codes themselves.

use super::*;
use crate::{Zone, beidou_code, haversine_m};

fn here() -> Wgs84 {
    Wgs84::new(113.9023, 31.2013).unwrap()
}

fn read(text: &str) -> Result<Reading, ReadingError> {
    read_place(text, Expected::default())
}

fn one(text: &str) -> Reading {
    read(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"))
}

/// Decimal degrees however they come: order, separators, marks, words, full width.
#[test]
fn decimal_degrees() {
    for text in [
        "113.9023,31.2013",
        "31.2013 113.9023",
        " 113.9023 ， 31.2013 ",
        "31.2013、113.9023。",
        "113.9023;31.2013",
        "１１３．９０２３，３１．２０１３",
        "N31.2013 E113.9023",
        "n31.2013e113.9023",
        "31.2013N, 113.9023E",
        "E113.9023,31.2013N",
        "E113.9023 31.2013",
        "东经113.9023°，北纬31.2013°",
        "北纬31.2013度 东经113.9023度",
        "经度：113.9023 纬度：31.2013",
        "坐标为 113.9023, 31.2013",
        "lat=31.2013&lng=113.9023",
        "{\"lng\":113.9023,\"lat\":31.2013}",
        "POINT(113.9023 31.2013)",
        "geo:31.2013,113.9023",
        "113.9023° 31.2013",
        "(31.2013, 113.9023)",
        "113,9023 31,2013",
        "WGS84 113.9023 31.2013",
    ] {
        let reading = one(text);
        assert!(
            haversine_m(reading.point, here()) < 0.001,
            "{text}: {reading:?}"
        );
        assert_eq!(reading.datum, Datum::Wgs84, "{text}");
        assert_eq!(reading.notation, Notation::Decimal, "{text}");
        assert_eq!(reading.is_datum_stated, text.starts_with("WGS"), "{text}");
    }
}

/// Degrees, minutes and seconds, marked and unmarked, with the marks phones and people use.
#[test]
fn sexagesimal() {
    let truth = Wgs84::new(
        113.0 + 53.0 / 60.0 + 12.3 / 3600.0,
        31.0 + 12.0 / 60.0 + 4.0 / 3600.0,
    )
    .unwrap();
    for text in [
        "113°53′12.3″E 31°12′4″N",
        "31°12'4\"N 113°53'12.3\"E",
        "113°53'12.3'' 31°12'4''",
        "113°53′12.3 31°12′4",
        "北纬31度12分4秒，东经113度53分12.3秒",
        "N 31 12 4, E 113 53 12.3",
        "113 53 12.3, 31 12 4",
        "113 53 12.3 31 12 4",
        "E113°53.205′ N31°4.0667′",
        "113 53.205 31 12.06667",
    ] {
        let reading = one(text);
        let off = haversine_m(reading.point, truth);
        let other = text.contains("31°4.0667");
        assert!(off < 0.1 || (other && off > 1_000.0), "{text}: {off} m");
        assert_eq!(reading.notation, Notation::Sexagesimal, "{text}");
    }
}

/// A named datum is obeyed; an unnamed one is the expected one and says that it was not named.
#[test]
fn datums() {
    let gcj = Gcj02::from(here());
    let bd = Bd09::from(here());
    let text = |lon: f64, lat: f64| format!("{lon:.9},{lat:.9}");
    for (name, datum) in [
        ("GCJ ", Datum::Gcj02),
        ("gcj-02: ", Datum::Gcj02),
        ("高德 ", Datum::Gcj02),
        ("火星坐标 ", Datum::Gcj02),
        ("百度 ", Datum::Bd09),
        ("BD09 ", Datum::Bd09),
        ("CGCS2000 ", Datum::Wgs84),
    ] {
        let (lon, lat) = match datum {
            Datum::Wgs84 => (here().lon_deg(), here().lat_deg()),
            Datum::Gcj02 => (gcj.lon_deg(), gcj.lat_deg()),
            Datum::Bd09 => (bd.lon_deg(), bd.lat_deg()),
        };
        for text in [
            name.to_owned() + &text(lon, lat),
            text(lat, lon) + " " + name,
        ] {
            let reading = one(&text);
            assert!(haversine_m(reading.point, here()) < 0.001, "{text}");
            assert_eq!(
                (reading.datum, reading.is_datum_stated),
                (datum, true),
                "{text}"
            );
        }
    }
    let expected = Expected {
        datum: Datum::Gcj02,
        near: None,
    };
    let reading = read_place(&text(gcj.lon_deg(), gcj.lat_deg()), expected).unwrap();
    assert!(haversine_m(reading.point, here()) < 0.001 && !reading.is_datum_stated);
    assert_eq!(
        read("GCJ02 百度 113.9,31.2"),
        Err(ReadingError::Contradiction)
    );
}

/// Codes of both grids: the middle of the cell and how far the place may be from it.
#[test]
fn codes() {
    let cell = GridCell::of_point(here(), Zone::new(38).unwrap()).unwrap();
    let near = Expected {
        near: Some(cell),
        ..Expected::default()
    };
    let solid = cell.text().replace('-', "");
    for text in [
        cell.text(),
        format!("格 {}", cell.text()),
        format!("格{solid}"),
    ] {
        let reading = one(&text);
        assert_eq!(reading.notation, Notation::Cell(cell), "{text}");
        assert!(haversine_m(reading.point, here()) <= reading.radius_m && reading.radius_m < 142.0);
    }
    // Twelve digits in a row may be a telephone number, so they are no code by themselves.
    assert_eq!(read(&solid), Err(ReadingError::NotTwoAngles));
    assert_eq!(
        read_place(&cell.short_text(), near).unwrap().point,
        cell.centre()
    );
    assert_eq!(read(&cell.short_text()), Err(ReadingError::NotTwoAngles));
    let wrong = cell.text().replace("38-", "37-");
    assert_eq!(
        read(&wrong),
        Err(ReadingError::Cell(CellCodeError::BadCheck))
    );

    let code = beidou_code(here(), 5).unwrap();
    for text in [
        code.clone(),
        code.to_lowercase(),
        format!("北斗 {code}"),
        format!("北斗网格码：{code}"),
    ] {
        let reading = one(&text);
        assert_eq!(reading.notation, Notation::Beidou(5), "{text}");
        assert!(haversine_m(reading.point, here()) <= reading.radius_m && reading.radius_m < 90.0);
    }
    assert_eq!(
        read(&format!("百度 {code}")),
        Err(ReadingError::Contradiction)
    );
    let refused = ReadingError::Beidou(BeidouError::OutsideQuarter);
    assert_eq!(read("S50J47539B8"), Err(refused));
}

/// What can be read in several ways is returned in all of them, not chosen from.
#[test]
fn ambiguous() {
    for (text, count) in [
        ("113.90,31.20 113.95,31.25", 2),
        ("31.2 113.9, 30.9 114.1", 2),
        ("N31.2 E113.9 N30.9 E114.1", 2),
        ("113.1 31.1 113.2 31.2 113.3 31.3", 3),
        ("110 20 30 100", 2),
        ("113,31 114,30", 2),
        // Degrees in the north, or the BeiDou code N48E110 in the south.
        ("N48 E110", 2),
        ("110 20 30 40", 1),
    ] {
        let found = match read(text) {
            Err(ReadingError::Ambiguous(all)) => all.len(),
            Ok(_) => 1,
            Err(fault) => panic!("{text}: {fault:?}"),
        };
        assert_eq!(found, count, "{text}");
    }
}

/// What is no place says why, and names the part that was not understood.
#[test]
fn refusals() {
    use ReadingError as E;
    assert_eq!(read("  \u{3000}"), Err(E::Empty));
    for text in [
        "113.9",
        "113.9 31.2 5",
        "113°53′12″",
        "113°70′ 31°10′",
        "53′ 31°",
        "200 31",
    ] {
        assert_eq!(read(text), Err(E::NotTwoAngles), "{text}");
    }
    for text in [
        "13.9,31.2",
        "-113.9,31.2",
        "113.9,113.8",
        "0,0",
        "W113.9 N31.2",
        "113.9 -31.2",
    ] {
        assert_eq!(read(text), Err(E::OutsideChina), "{text}");
    }
    assert_eq!(read("N31.2 N113.9"), Err(E::Contradiction));
    // Said to be the latitude, but no latitude.
    assert_eq!(read("N113.9 E31.2"), Err(E::OutsideChina));
    assert_eq!(
        read("人民路12号"),
        Err(E::NotUnderstood("人民路12号".to_owned()))
    );
    assert_eq!(
        read("113.9,31.2 附近"),
        Err(E::NotUnderstood("附近".to_owned()))
    );
    assert!(matches!(read(&"1 ".repeat(500)), Err(E::NotUnderstood(_))));
}

/// The last digit says how exact a text can be.
#[test]
fn radius_follows_the_digits() {
    let rough = one("113.90,31.20").radius_m;
    let fine = one("113.902312,31.201312").radius_m;
    assert!(
        (500.0..1_500.0).contains(&rough) && (0.01..0.5).contains(&fine),
        "{rough} {fine}"
    );
    let minutes = one("113°53′ 31°12′").radius_m;
    assert!((900.0..2_000.0).contains(&minutes), "{minutes}");
}

/// Whatever is typed, nothing panics, and what is read lies in China.
#[test]
fn any_text_is_answered() {
    let pieces = [
        "113", ".", "9", ",", " ", "°", "′", "\"", "N", "E", "S", "-", "31", "2", "格", "百度",
        "经度", "38-2452", "N50J", "；", "GCJ", "é", "秒",
    ];
    let mut state = 12_345u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..(state % 9 + 1) {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
        }
        let near = GridCell::of_point(here(), Zone::new(38).unwrap()).ok();
        let expected = Expected {
            datum: Datum::Bd09,
            near,
        };
        let all = match read_place(&text, expected) {
            Ok(reading) => vec![reading],
            Err(ReadingError::Ambiguous(all)) => all,
            Err(_) => continue,
        };
        for reading in all {
            let (lon, lat) = (reading.point.lon_deg(), reading.point.lat_deg());
            assert!(
                (72.9..136.1).contains(&lon) && (2.9..54.1).contains(&lat),
                "{text}"
            );
            assert!(reading.radius_m > 0.0, "{text}");
        }
    }
}
