//! What stands on the paper of what could not be sent. Whoever knows fills it in. Not here: how it
//! is set on the page (`layout`).

use crate::paper::check::Check;
use crate::paper::imprint::Imprint;
use crate::paper::value::{Entry, Level};

/// The paper for one station.
#[derive(Debug, Clone, Default)]
pub struct UnsentSheet {
    /// What the paper says of itself.
    pub imprint: Imprint,
    /// The station it is for.
    pub to: String,
    /// Last word of that station, UTC milliseconds; `None` = never, or unknown.
    pub heard_at_ms: Option<i64>,
    /// What that station may not know, first what is most urgent.
    pub incidents: Vec<UnsentIncident>,
    /// Further incidents it may not know, that are not for it to work.
    pub elsewhere: usize,
}

/// An incident on it.
#[derive(Debug, Clone, Default)]
pub struct UnsentIncident {
    /// 警情编号.
    pub number: String,
    /// Short code for the voice.
    pub short_code: String,
    /// That code as it is read over a radio.
    pub read_aloud: String,
    /// 警情类别.
    pub kind: Entry,
    /// 级别; `None` is printed as unknown.
    pub level: Option<Level>,
    /// How far it is worked: 待派 在办 已结.
    pub stage: String,
    /// Nothing is to be done about it any more.
    pub is_over: bool,
    /// When it was reported, UTC milliseconds.
    pub reported_at_ms: Option<i64>,
    /// 地点.
    pub place: Entry,
    /// 乡镇.
    pub town: Entry,
    /// 报警电话.
    pub phone: Entry,
    /// 警情内容.
    pub text: Entry,
    /// Orders to crews of that station.
    pub orders: Vec<UnsentOrder>,
}

/// An order on it.
#[derive(Debug, Clone, Default)]
pub struct UnsentOrder {
    /// 呼号.
    pub callsign: String,
    /// When it was given, UTC milliseconds.
    pub ordered_at_ms: Option<i64>,
    /// What is known of it here: 未送达, 未签收, 已签收.
    pub standing: String,
    /// 指令.
    pub instruction: Option<String>,
}

/// The check code on the last page, of everything that is printed.
pub fn check_code(sheet: &UnsentSheet) -> String {
    Check::new("fengsui paper of what could not be sent 2", &sheet.imprint)
        .with(sheet.all_texts())
        .with(sheet.all_times())
        .code()
}

impl UnsentSheet {
    /// Every word that is printed, in a fixed order.
    pub(crate) fn all_texts(&self) -> Vec<&str> {
        let mut all = vec![self.to.as_str()];
        for incident in &self.incidents {
            all.extend([
                incident.number.as_str(),
                &incident.short_code,
                &incident.read_aloud,
                incident.level.map_or("未知", Level::word),
                &incident.stage,
            ]);
            let entries = [
                &incident.kind,
                &incident.place,
                &incident.town,
                &incident.phone,
                &incident.text,
            ];
            all.extend(entries.map(Entry::words));
            for order in &incident.orders {
                all.extend([order.callsign.as_str(), &order.standing]);
                all.push(order.instruction.as_deref().unwrap_or_default());
            }
        }
        all
    }

    /// Every time and count that is printed, in a fixed order.
    fn all_times(&self) -> Vec<String> {
        let mut all = vec![
            format!("{:?}", self.heard_at_ms),
            self.elsewhere.to_string(),
        ];
        for incident in &self.incidents {
            all.push(format!(
                "{:?} {}",
                incident.reported_at_ms, incident.is_over
            ));
            let orders = incident.orders.iter();
            all.extend(orders.map(|order| format!("{:?}", order.ordered_at_ms)));
        }
        all
    }
}
