//! Goal: rows given since a mark, laid over those of before, are all rows. Method: a county at work
//! and two stations merging, without any server.

use fengsui_replication::mirror::{Mark, Source, TABLES};
use fengsui_tests::gateway::county::County;
use fengsui_tests::gateway::sql::{Rows, by_id};

struct Kept {
    mark: Option<Mark>,
    rows: Rows,
}

impl Kept {
    /// Takes what changed; how many rows were given.
    fn go_on(&mut self, source: &dyn Source) -> usize {
        let mirror = source.mirror(self.mark.as_ref()).unwrap();
        let conflict = TABLES.iter().position(|table| table.noun.is_none());
        self.rows.retain(|(table, _), _| Some(*table) != conflict);
        let given = mirror.rows.len();
        self.rows.extend(by_id(mirror.rows));
        self.mark = Some(mirror.mark);
        given
    }
}

#[test]
fn rows_since_a_mark_laid_over_those_of_before_are_all_rows() {
    let county = County::found().unwrap();
    let gate = county.enrol("市局网关", "WG").unwrap();
    gate.meet(&county.hall).unwrap();
    let source = gate.desk.station.as_ref();
    let mut kept = Kept {
        mark: None,
        rows: Rows::new(),
    };
    kept.go_on(source);
    let whole = kept.rows.len();
    for at in 0..6 {
        county.work(2, &format!("人民路{at}段")).unwrap();
        gate.meet(&county.hall).unwrap();
        let given = kept.go_on(source);
        assert!(given > 0 && given < whole / 2, "{given} of {whole}");
        let all = by_id(source.mirror(None).unwrap().rows);
        for (id, cells) in &all {
            assert_eq!(kept.rows.get(id), Some(cells), "{id:?}");
        }
        assert_eq!(kept.rows.len(), all.len());
    }
    let stages: Vec<_> = kept.rows.keys().map(|(table, _)| *table).collect();
    for (at, table) in TABLES.iter().enumerate() {
        let is_there = ["county", "feedback", "drawing", "call", "conflict"].contains(&table.name);
        assert!(is_there || stages.contains(&at), "no row of {}", table.name);
    }
    assert_eq!(kept.go_on(source), 0);
}

/// Two stations that hold the same entries in another order give the same rows.
#[test]
fn the_hall_and_its_gateway_give_the_same_rows() {
    let county = County::found().unwrap();
    let gate = county.enrol("市局网关", "WG").unwrap();
    county.work(6, "桥头").unwrap();
    gate.meet(&county.hall).unwrap();
    let hall = by_id(county.hall.station.mirror(None).unwrap().rows);
    assert_eq!(gate.tables().unwrap(), hall);
}
