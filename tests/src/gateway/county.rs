//! A county in this process: its hall, and stations that the hall has enrolled as gateways.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use fengsui_app::peer::Invitation;
use fengsui_domain::log::dot::Lane;
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::post::Post;
use fengsui_gateway::login::{NatsLogin, Password, PostgresLogin};
use fengsui_gateway::standing::{Entries, Place};
use fengsui_gateway::{Gateway, GatewayOptions};
use fengsui_replication::mirror::Source;
use fengsui_replication::port::{Replica, View};
use fengsui_store::StoreError;
use fengsui_store::log::{Act, FieldWrite};
use serde_json::json;

use super::servers::{PASSWORD, until};
use super::sql::{Rows, by_id};
use crate::desk::{Desk, NOON_MS, Scratch, TestClock, options, text};
use crate::meeting::meet;

/// A word that stands in a protected entry and nowhere else.
pub const HUSH: &str = "限知之言不出此台";

/// A county.
pub struct County {
    /// The hall's desk.
    pub hall: Desk,
    clock: Arc<TestClock>,
    home: Scratch,
}

/// A station that the hall has enrolled.
pub struct Enrolled {
    /// Its desk, which nobody sits at.
    pub desk: Desk,
    _home: Scratch,
}

impl County {
    /// Founds one.
    ///
    /// # Errors
    /// The hall does not open.
    pub fn found() -> Result<County> {
        let clock = TestClock::at(NOON_MS);
        let home = Scratch::new("gate-hall");
        let hall = Desk::open(home.path(), &clock)?;
        let somebody = json!({ "account": "jie01", "name": "", "passphrase": "山高路远坑深马多",
            "posts": ["intake"] });
        hall.ok("account.enrol", somebody)?;
        Ok(County { hall, clock, home })
    }

    /// Founds one, lets it work, and leaves its home behind.
    ///
    /// # Errors
    /// The hall does not open, or refuses.
    pub fn found_and_left(incidents: usize) -> Result<Scratch> {
        let county = County::found()?;
        county.work(incidents, "旧县")?;
        county.hall.station.close();
        Ok(county.home)
    }

    /// Enrols a gateway that has met nobody yet.
    ///
    /// # Errors
    /// The hall does not.
    pub fn enrol(&self, name: &str, code: &str) -> Result<Enrolled> {
        let asked = json!({ "name": name, "code": code, "kind": "gateway",
            "addresses": ["127.0.0.1:1"] });
        let invited = self.hall.ok("station.invite", asked)?;
        let invitation =
            Invitation::read(&text(&invited, "text")?).map_err(|e| anyhow!("{e:?}"))?;
        let home = Scratch::new("gate-station");
        let number = invitation.number;
        let mut options = options(home.path(), &self.clock);
        options.invitation = Some(invitation);
        let desk = Desk::with(options, &self.clock)?;
        let key = desk.station.public_key().map_err(|e| anyhow!("{e}"))?;
        self.hall
            .station
            .admit(number, &key)
            .map_err(|e| anyhow!("{e}"))?;
        Ok(Enrolled { desk, _home: home })
    }

    /// Some incidents, opened, filed, and every second one with a unit sent.
    ///
    /// # Errors
    /// The hall refuses.
    pub fn work(&self, count: usize, place: &str) -> Result<()> {
        for at in 0..count {
            let open = json!({ "line": "110", "entrance": "radio" });
            let incident = text(&self.hall.ok("incident.open", open)?, "incident")?;
            let form = json!({ "place": format!("{place}{at}号") });
            self.hall.ok(
                "incident.file",
                json!({ "incident": incident, "form": form }),
            )?;
            if at % 2 == 0 {
                let unit = self.hall.unit("巡03")?;
                let order = json!({ "incident": incident, "units": [unit], "text": "",
                    "override_reason": "最近" });
                let order = self.hall.ok("assignment.order", order)?;
                let order = text(&order, "entry")?;
                for step in ["sign", "set_out", "arrive", "work", "clear"] {
                    let step = json!({ "assignment": order, "step": step });
                    self.hall.ok("assignment.step", step)?;
                }
            }
            self.clock.shift(1_000);
        }
        Ok(())
    }

    /// The hall writes an entry of its protected log.
    ///
    /// # Errors
    /// Those of the store.
    pub fn write_protected(&self) -> Result<()> {
        let station = &self.hall.station;
        let now_ms = station.now_ms();
        let act = Act {
            lane: Lane::Protected,
            at_ms: now_ms,
            actor: "wang".to_owned(),
            post: Post::Admin,
            kind: Kind::IncidentNote,
            subject: None,
            writes: vec![FieldWrite::of_subject(
                Field::IncidentOrderText,
                Value::Text(HUSH.to_owned()),
            )],
            refs: Vec::new(),
        };
        let done = station.store().act(now_ms, move |log| {
            log.append(act.clone())?;
            Ok::<_, StoreError>(())
        });
        done.map_err(|error| anyhow!("{error}"))
    }
}

impl Enrolled {
    /// Meets a station and says everything.
    ///
    /// # Errors
    /// They cannot.
    pub fn meet(&self, other: &Desk) -> Result<()> {
        meet(&other.station, &self.desk.station)
    }

    /// What it has.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn view(&self) -> Result<View> {
        Replica::view(self.desk.station.as_ref()).map_err(|e| anyhow!("{e}"))
    }

    /// Its folded tables.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn tables(&self) -> Result<Rows> {
        let mirror = self.desk.station.mirror(None);
        Ok(by_id(mirror.map_err(|e| anyhow!("{e}"))?.rows))
    }

    /// Begins its gateway.
    ///
    /// # Errors
    /// It does not begin.
    pub fn begin(&self, postgres: &str, nats: Option<&str>) -> Result<Gateway> {
        begin(&self.desk, postgres, nats, PASSWORD)
    }
}

/// Begins a gateway for any station.
///
/// # Errors
/// It does not begin.
pub fn begin(desk: &Desk, postgres: &str, nats: Option<&str>, password: &str) -> Result<Gateway> {
    let password = Password::new(password.to_owned());
    let postgres = PostgresLogin::read(postgres, Some(&password))?;
    let nats = nats.map(|nats| NatsLogin::read(nats, None)).transpose()?;
    let mut options = GatewayOptions::new(postgres, nats);
    options.gather = Duration::from_millis(50);
    let source: Arc<dyn Source> = desk.station.clone();
    Ok(Gateway::start(source, options)?)
}

/// Waits until everything the station has is written, and published where it is to be.
///
/// # Errors
/// It is not in time.
pub fn settled(gateway: &Gateway, desk: &Desk) -> Result<()> {
    until("everything written", || {
        let view = Replica::view(desk.station.as_ref()).map_err(|e| anyhow!("{e}"))?;
        let all = Some(Entries {
            waiting: 0,
            there: view.summary.for_audience(false).entries(),
        });
        let is_there = |place: Place| place.why.is_none() && place.entries == all;
        let standing = gateway.standing();
        Ok(is_there(standing.postgres) && standing.nats.is_none_or(is_there))
    })
    .with_context(|| format!("{:?}", gateway.standing()))
}
