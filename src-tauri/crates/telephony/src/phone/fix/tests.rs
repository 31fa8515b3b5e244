//! Places as networks write them, and any bytes.

use proptest::prelude::*;

use super::*;
use crate::phone::body;

fn presence(shape: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><presence xmlns=\"urn:ietf:params:xml:ns:pidf\" \
         xmlns:gp=\"urn:ietf:params:xml:ns:pidf:geopriv10\" \
         xmlns:gml=\"http://www.opengis.net/gml\" \
         xmlns:gs=\"http://www.opengis.net/pidflo/1.0\"><tuple id=\"a\"><status><gp:geopriv>\
         <gp:location-info>{shape}</gp:location-info><gp:method>Cell</gp:method></gp:geopriv>\
         </status><timestamp>2026-11-28T01:02:03Z</timestamp></tuple></presence>"
    )
}

fn only(shape: &str) -> Fix {
    let mut fixes = fixes(presence(shape).as_bytes());
    assert_eq!(fixes.len(), 1);
    fixes.remove(0)
}

#[test]
fn a_point_and_a_circle_are_read() {
    let point = only("<gml:Point><gml:pos>31.25 121.5 12.0</gml:pos></gml:Point>");
    assert_eq!((point.lat, point.lon, point.radius_m), (31.25, 121.5, None));
    assert_eq!(point.source, "Cell");
    assert_eq!(point.at.as_deref(), Some("2026-11-28T01:02:03Z"));
    let circle = only(
        "<gs:Circle><gml:pos>31.25 121.5</gml:pos>\
         <gs:radius uom=\"urn:ogc:def:uom:EPSG::9001\">350</gs:radius></gs:Circle>",
    );
    assert_eq!(
        (circle.lat, circle.lon, circle.radius_m),
        (31.25, 121.5, Some(350.0))
    );
}

#[test]
fn a_polygon_is_its_middle_and_its_farthest_corner() {
    let ring = "<gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>\
         30 120 30 120.01 30.01 120.01 30.01 120 30 120\
         </gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>";
    let polygon = only(ring);
    assert!((polygon.lat - 30.005).abs() < 1e-9 && (polygon.lon - 120.005).abs() < 1e-9);
    let radius = polygon.radius_m.unwrap();
    assert!((700.0..750.0).contains(&radius), "{radius}");
}

#[test]
fn what_is_no_place_is_left_out() {
    for shape in [
        "<gml:Point><gml:pos>131.25 121.5</gml:pos></gml:Point>",
        "<gml:Point><gml:pos>north 121.5</gml:pos></gml:Point>",
        "<gml:Point/>",
        "<gml:Polygon/>",
        "<gml:Point><gml:pos>NaN 1</gml:pos></gml:Point>",
    ] {
        assert!(fixes(presence(shape).as_bytes()).is_empty(), "{shape}");
    }
}

#[test]
fn the_parts_of_a_body_are_told_apart() {
    let body = "before\r\n--b1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--b1\r\n\
         content-type: application/PIDF+xml; charset=utf-8\r\nContent-ID: <x>\r\n\r\n<p/>\r\n\
         --b1--\r\nafter";
    let parts = body::parts("multipart/mixed; boundary=\"b1\"", body.as_bytes());
    let expected: [(String, &[u8]); 2] = [
        ("application/sdp".into(), b"v=0\r\n"),
        ("application/pidf+xml".into(), b"<p/>"),
    ];
    assert_eq!(parts, expected);
    assert_eq!(
        body::parts("Application/SDP", b"v=0"),
        [("application/sdp".into(), &b"v=0"[..])]
    );
    assert!(body::parts("multipart/mixed", b"--\r\n\r\n").is_empty());
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = fixes(&bytes);
        let _ = body::parts("multipart/mixed;boundary=a", &bytes);
    }

    #[test]
    fn any_numbers_are_read(numbers in "[-0-9. ]{0,60}") {
        for name in ["Point", "Polygon"] {
            let shape = format!("<gml:{name}><gml:pos>{numbers}</gml:pos></gml:{name}>");
            for fix in fixes(presence(&shape).as_bytes()) {
                prop_assert!(fix.lat.is_finite() && fix.lon.is_finite());
            }
        }
    }
}
