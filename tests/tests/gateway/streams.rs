//! Goal: what one gateway publishes another has, though nodes die, streams are lost and nonsense is
//! slipped in.

use fengsui_domain::log::dot::Lane;
use fengsui_gateway::standing::Why;
use fengsui_gateway::{Gateway, packed};
use fengsui_tests::desk::Scratch;
use fengsui_tests::gateway::county::{County, Enrolled, settled};
use fengsui_tests::gateway::servers::{Nats, Postgres, until};
use fengsui_tests::gateway::sql::{Sql, Streams};

struct Two {
    county: County,
    /// It meets the hall.
    city: Enrolled,
    /// It hears the stream alone.
    province: Enrolled,
}

impl Two {
    fn found() -> Two {
        let county = County::found().unwrap();
        let city = county.enrol("市局网关", "WG").unwrap();
        let province = county.enrol("省厅网关", "SG").unwrap();
        county.write_protected().unwrap();
        Two {
            county,
            city,
            province,
        }
    }

    fn work(&self, count: usize, place: &str) {
        self.county.work(count, place).unwrap();
        self.city.meet(&self.county.hall).unwrap();
    }

    /// Both have the same, tables too, and everything is written.
    fn agree(&self, gateways: [&Gateway; 2]) {
        until("both the same", || {
            Ok(self.city.view().unwrap() == self.province.view().unwrap())
        })
        .unwrap();
        for (gateway, station) in gateways.into_iter().zip([&self.city, &self.province]) {
            settled(gateway, &station.desk).unwrap();
        }
        let city = self.city.tables().unwrap();
        assert_eq!(self.province.tables().unwrap(), city);
    }
}

#[test]
fn three_nodes_one_killed_and_postgres_killed_and_the_stream_lost_twice() {
    let folder = Scratch::new("gate-streams");
    let mut postgres = Postgres::start(&folder.path().join("pg"), &["city", "province"]).unwrap();
    let mut nats = Nats::start(&folder.path().join("nats"), 3).unwrap();
    let two = Two::found();
    two.work(10, "人民路");
    let url = nats.url();
    let city = two.city.begin(&postgres.url("city"), Some(&url)).unwrap();
    let province = two
        .province
        .begin(&postgres.url("province"), Some(&url))
        .unwrap();
    two.agree([&city, &province]);
    let streams = Streams::open(&url).unwrap();
    assert_eq!(streams.within().unwrap().copies, 3);

    nats.kill(0).unwrap();
    two.work(10, "少一节点");
    two.agree([&city, &province]);
    postgres.kill().unwrap();
    two.work(5, "停库");
    until("said in health", || {
        let nats = city.standing().nats.unwrap();
        Ok(nats.why == Some(Why::Postgres))
    })
    .unwrap();
    postgres.go_on().unwrap();
    nats.go_on(0).unwrap();
    two.agree([&city, &province]);

    streams.delete().unwrap();
    two.work(3, "流已删");
    two.agree([&city, &province]);
    whole_again(&two, &city, &streams, 1);
    streams.empty().unwrap();
    two.work(3, "流已清");
    two.agree([&city, &province]);
    whole_again(&two, &city, &streams, 2);
    slip_in(&province, &streams);
    city.stop();
    province.stop();
    starts_again(&two, &postgres, &url, &streams);
}

/// The stream holds every entry of every writer again, none of a protected log, each message under
/// the dot of its last entry.
fn whole_again(two: &Two, gateway: &Gateway, streams: &Streams, times: u64) {
    until("refilled", || Ok(gateway.standing().refilled >= times)).unwrap();
    let view = two.city.view().unwrap();
    until("the whole log in the stream", || {
        let runs = streams.runs()?;
        for (id, run) in &runs {
            assert_ne!(run.writer.lane, Lane::Protected);
            let dot = packed::last_dot(run.writer, run.last()).to_string();
            assert_eq!(id.split('~').next(), Some(dot.as_str()));
        }
        let is_whole = view.summary.iter().all(|(writer, head)| {
            let mut at = 0;
            let of = runs.iter().filter(|(_, run)| run.writer == writer);
            let mut of: Vec<_> = of.map(|(_, run)| (run.first, run.last())).collect();
            of.sort_unstable();
            for (first, last) in of {
                if first <= at + 1 {
                    at = at.max(last);
                }
            }
            at == head.seq
        });
        Ok(is_whole)
    })
    .unwrap();
}

/// Nonsense, and a forged run, are refused for good and change nothing.
fn slip_in(province: &Gateway, streams: &Streams) {
    let before = province.standing().refused;
    streams.slip_in(b"no run".to_vec()).unwrap();
    let (_, mut run) = streams.runs_until(1).unwrap().remove(0);
    run.first = 1_000_000;
    run.signature[0] ^= 1;
    streams.slip_in(packed::pack(&run).unwrap().bytes).unwrap();
    until("refused", || Ok(province.standing().refused >= before + 2)).unwrap();
}

/// A gateway that starts again adds nothing, neither to the stream nor to its database.
fn starts_again(two: &Two, postgres: &Postgres, url: &str, streams: &Streams) {
    let sql = Sql::open(&postgres.url("province")).unwrap();
    let before = (streams.within().unwrap().messages, sql.writings().unwrap());
    let province = two
        .province
        .begin(&postgres.url("province"), Some(url))
        .unwrap();
    settled(&province, &two.province.desk).unwrap();
    province.stop();
    let after = (streams.within().unwrap().messages, sql.writings().unwrap());
    assert_eq!(after, before, "a gateway that starts again adds nothing");
}
