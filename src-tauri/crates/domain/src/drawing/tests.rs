//! Goal: nothing but a drawing is kept, what is kept reads back the same, and the measures are
//! those of the geodesic. Method: cases, generated rings, figures of an independent program.

use proptest::prelude::*;

use super::*;

const STREET: [(f64, f64); 4] = [
    (113.9, 31.2),
    (113.901, 31.2),
    (113.901, 31.2005),
    (113.9, 31.2005),
];

fn area(points: &[(f64, f64)]) -> Geometry {
    Geometry::new(Shape::Area, points).unwrap()
}

/// Every kind has one shape; too few, too many, no place and too far are each told apart.
#[test]
fn refuses_what_is_no_drawing() {
    for kind in DrawingKind::ALL {
        let shape = kind.shape();
        let short = STREET[..shape.points_min() - 1].to_vec();
        assert_eq!(
            Geometry::new(shape, &short),
            Err(GeometryError::Count {
                found: short.len(),
                min: shape.points_min(),
                max: shape.points_max()
            }),
            "{kind:?}"
        );
        assert!(Geometry::new(shape, &STREET[..shape.points_min()]).is_ok());
    }
    let two = Geometry::new(Shape::Point, &STREET[..2]);
    assert!(matches!(
        two,
        Err(GeometryError::Count {
            found: 2,
            max: 1,
            ..
        })
    ));
    let nan = Geometry::new(Shape::Line, &[(113.9, 31.2), (f64::NAN, 31.2)]);
    let no_place = GeometryError::NoPlace {
        at: 2,
        error: GeoError::NotFinite,
    };
    assert_eq!(nan, Err(no_place));
    let hair = Geometry::new(Shape::Point, &[(1e-9, -1e-9)]);
    assert!(matches!(
        hair,
        Err(GeometryError::NoPlace {
            error: GeoError::NullIsland,
            ..
        })
    ));
    let far = Geometry::new(Shape::Line, &[(113.9, 31.2), (116.2, 31.2)]);
    assert!(matches!(far, Err(GeometryError::Spread { spread_m }) if spread_m > 200_000.0));
    assert!(Geometry::new(Shape::Line, &[(113.9, 31.2), (115.9, 31.2)]).is_ok());
}

/// Points that only repeat are not counted, a ring may come closed, 500 pass and 501 do not.
#[test]
fn repeated_points_are_dropped_and_the_limit_holds() {
    let mut closed = STREET.to_vec();
    closed.insert(1, STREET[0]);
    closed.push(STREET[0]);
    assert_eq!(area(&closed), area(&STREET));
    let there_and_back = [STREET[0], STREET[1], STREET[0]];
    assert!(matches!(
        Geometry::new(Shape::Area, &there_and_back),
        Err(GeometryError::Count { found: 2, .. })
    ));
    let many = |count: usize| -> Vec<(f64, f64)> {
        (0..count)
            .map(|at| {
                let turn = at as f64 / count as f64 * std::f64::consts::TAU;
                (113.9 + turn.cos() / 50.0, 31.2 + turn.sin() / 50.0)
            })
            .collect()
    };
    let mut full = many(POINTS_MAX);
    assert!(Geometry::new(Shape::Area, &full).is_ok());
    full.push(full[0]);
    assert!(
        Geometry::new(Shape::Area, &full).is_ok(),
        "closed by its first"
    );
    for count in [POINTS_MAX + 1, POINTS_MAX + 2, 100_000] {
        assert_eq!(
            Geometry::new(Shape::Area, &many(count)),
            Err(GeometryError::Count {
                found: count,
                min: 3,
                max: POINTS_MAX
            })
        );
    }
}

/// Within 0.5 % (in truth far less) of GeographicLib 2.0 (Karney), from a street to 200 km.
#[test]
fn measures_are_those_of_the_geodesic() {
    let county = [
        (113.5, 31.0),
        (114.4, 31.05),
        (114.3, 31.9),
        (113.6, 31.8),
        (113.8, 31.4),
    ];
    let south = [(109.5, 18.2), (110.4, 18.3), (110.0, 19.5)];
    let north = [(122.0, 53.0), (124.5, 53.2), (124.0, 53.9), (122.3, 53.8)];
    let equator = [(100.0, -0.5), (101.0, -0.5), (101.0, 0.5), (100.0, 0.5)];
    type Case<'a> = (&'a [(f64, f64)], f64, f64, f64);
    let cases: [Case<'_>; 5] = [
        (&STREET, 246.045, 301.481, 5_283.322),
        (&county, 296_250.190, 349_016.692, 5_902_719_771.910),
        (&south, 235_174.137, 388_415.309, 6_553_062_795.960),
        (&north, 366_010.329, 457_253.831, 11_710_981_483.699),
        (&equator, 333_204.865, 443_779.169, 12_309_234_582.503),
    ];
    for (points, line_m, border_m, area_m2) in cases {
        let (length, none) = measure(&Geometry::new(Shape::Line, points).unwrap());
        let (border, inside) = measure(&area(points));
        let near = |found: Option<f64>, known: f64, share: f64| {
            let found = found.unwrap();
            assert!((found / known - 1.0).abs() < share, "{found} {known}");
        };
        near(length, line_m, 1e-4);
        near(border, border_m, 1e-4);
        near(inside, area_m2, 1e-3);
        assert_eq!(none, None);
        let mut backwards = points.to_vec();
        backwards.reverse();
        near(measure(&area(&backwards)).1, area_m2, 1e-3);
    }
    let spot = Geometry::new(Shape::Point, &STREET[..1]).unwrap();
    assert_eq!(measure(&spot), (None, None));
}

/// A bow tie, a spike, a side upon a side and a corner on a side are told; plain rings are not.
#[test]
fn a_border_that_meets_itself_is_told() {
    let bow = [STREET[0], STREET[2], STREET[1], STREET[3]];
    let spike = [(0.0, 1.0), (2.0, 1.0), (1.0, 1.0), (1.0, 2.0)];
    let upon = [(0.0, 1.0), (1.0, 1.0), (1.0, 2.0), (0.5, 1.0)];
    let flat = [(0.0, 1.0), (0.5, 1.0), (1.0, 1.0)];
    let small = |ring: &[(f64, f64)]| -> Vec<(f64, f64)> {
        ring.iter()
            .map(|(x, y)| (113.0 + x / 9.0, 31.0 + y / 9.0))
            .collect()
    };
    assert!(crosses_itself(&area(&bow)));
    for ring in [&spike[..], &upon, &flat] {
        assert!(crosses_itself(&area(&small(ring))), "{ring:?}");
    }
    let straight = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (2.0, 1.0)];
    let dent = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (1.0, 1.0), (0.0, 2.0)];
    for ring in [&straight[..], &dent] {
        assert!(!crosses_itself(&area(&small(ring))), "{ring:?}");
    }
    assert!(!crosses_itself(&area(&STREET)));
    let loop_line = Geometry::new(Shape::Line, &bow).unwrap();
    assert!(!crosses_itself(&loop_line), "a line may cross itself");
}

/// A street's cordon is small in the log, and what is not its own encoding is not read.
#[test]
fn bytes_are_few_and_strict() {
    let bytes = area(&STREET).encode();
    assert!(bytes.len() <= 3 + 10 + 3 * 6, "{}", bytes.len());
    for length in 0..bytes.len() {
        assert_eq!(Geometry::decode(&bytes[..length]), None);
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(Geometry::decode(&longer), None, "trailing");
    let mut newer = bytes.clone();
    newer[0] = 2;
    assert_eq!(Geometry::decode(&newer), None, "newer layout");
    // Claims more points than there are bytes: nothing is allocated for them.
    assert_eq!(
        Geometry::decode(&[1, 3, 0xff, 0xff, 0xff, 0x7f, 2, 2]),
        None
    );
    // A point that repeats the one before; a ring closed by its first.
    assert_eq!(Geometry::decode(&[1, 2, 2, 2, 2, 0, 0]), None);
    assert_eq!(Geometry::decode(&[1, 3, 4, 2, 2, 2, 0, 0, 2, 1, 1]), None);
    assert!(Geometry::decode(&[1, 3, 3, 2, 2, 2, 0, 0, 2]).is_some());
}

proptest! {
    /// What is drawn is what is read, to the last unit; reading what was written changes nothing.
    #[test]
    fn round_trip(
        shape in 0usize..3,
        steps in proptest::collection::vec((0i32..1_000_000, 0i32..1_000_000), 3..60),
    ) {
        let degrees: Vec<(f64, f64)> = steps
            .iter()
            .map(|(x, y)| (113.9 + f64::from(*x) / 1e7, 31.2 + f64::from(*y) / 1e7))
            .collect();
        let shape = Shape::ALL[shape];
        let cut = degrees.len().min(shape.points_max());
        if let Ok(geometry) = Geometry::new(shape, &degrees[..cut]) {
            let read = Geometry::decode(&geometry.encode());
            prop_assert_eq!(read.as_ref(), Some(&geometry));
        }
    }

    /// No bytes whatsoever make the reading panic, and what is read is its own encoding.
    #[test]
    fn arbitrary_bytes(
        mut bytes in proptest::collection::vec(any::<u8>(), 3..60), shape in 1u8..4,
    ) {
        bytes[0] = 1;
        bytes[1] = shape;
        bytes[2] %= 12;
        if let Some(geometry) = Geometry::decode(&bytes) {
            prop_assert_eq!(geometry.encode(), bytes);
            let (length_m, area_m2) = measure(&geometry);
            prop_assert!(length_m.unwrap_or(0.0).is_finite() && area_m2.unwrap_or(0.0) >= 0.0);
            let _ = crosses_itself(&geometry);
        }
    }
}
