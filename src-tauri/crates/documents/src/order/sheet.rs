//! What stands on a dispatch order. Whoever has the incident fills it in; nothing is looked up
//! here. Not here: how it is set on the page (`layout`).

use crate::paper::check::Check;
use crate::paper::imprint::Imprint;
use crate::paper::value::{Entry, Level};

/// A dispatch order, 出警单.
#[derive(Debug, Clone, Default)]
pub struct OrderSheet {
    /// What the paper says of itself.
    pub imprint: Imprint,
    /// 警情编号.
    pub number: String,
    /// Short code for the voice.
    pub short_code: String,
    /// The number as it is read over a radio: 幺两三 ….
    pub read_aloud: String,
    /// 警情类别.
    pub kind: Entry,
    /// 级别; `None` is printed as unknown.
    pub level: Option<Level>,
    /// 报警方式.
    pub entrance: Entry,
    /// When it was reported, UTC milliseconds.
    pub reported_at_ms: Option<i64>,
    /// 地点.
    pub place: Entry,
    /// 乡镇.
    pub town: Entry,
    /// 辖区所队.
    pub jurisdiction: Entry,
    /// Longitude and latitude with their datum, and how they are known, in words.
    pub position: Entry,
    /// 报警人.
    pub caller: Entry,
    /// 报警电话.
    pub phone: Entry,
    /// 警情内容; newlines are kept.
    pub text: Entry,
    /// 注意: dangers, special persons, what to take along.
    pub cautions: Vec<String>,
    /// Units sent, in the order of sending.
    pub units: Vec<OrderUnit>,
    /// The locator map, or why there is none.
    pub map: OrderMap,
}

/// A unit that was sent.
#[derive(Debug, Clone, Default)]
pub struct OrderUnit {
    /// 呼号.
    pub callsign: String,
    /// 带队 and crew, in words.
    pub crew: Entry,
    /// 派出.
    pub ordered: Moment,
    /// 签收.
    pub signed: Moment,
    /// 出警.
    pub set_out: Moment,
    /// 到场.
    pub arrived: Moment,
    /// 离场.
    pub cleared: Moment,
    /// 指令 in words; none is printed when there is none.
    pub instruction: Option<String>,
}

/// When something of a unit happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Moment {
    /// UTC milliseconds.
    At(i64),
    /// As far as is known it has not happened: —.
    NotYet,
    /// It may have happened: 未知.
    #[default]
    Unknown,
}

/// The locator map of an order.
#[derive(Debug, Clone)]
pub enum OrderMap {
    /// A picture and what stands below it.
    Picture {
        /// PNG of any size; it is drawn as wide as the page.
        png: Vec<u8>,
        /// Width and height of the picture in pixels.
        size_px: (u32, u32),
        /// Below it: what is marked, map date, whether a part has no map.
        caption: String,
    },
    /// Why there is none.
    Missing(String),
}

impl Default for OrderMap {
    fn default() -> Self {
        Self::Missing("位置未知".into())
    }
}

/// The check code on the last page: eight letters of Crockford's base 32, the first 40 bits of
/// BLAKE3 over everything that is printed. The same sheet has the same code; any change of a
/// word, a time or the map has another.
pub fn check_code(sheet: &OrderSheet) -> String {
    let picture = match &sheet.map {
        OrderMap::Picture { png, .. } => Some(png),
        OrderMap::Missing(_) => None,
    };
    Check::new("fengsui dispatch order 2", &sheet.imprint)
        .with(sheet.all_texts())
        .with(sheet.all_times())
        .with(picture)
        .code()
}

impl OrderSheet {
    /// Every word that is printed, in a fixed order.
    pub(crate) fn all_texts(&self) -> Vec<&str> {
        let mut all = vec![
            self.number.as_str(),
            &self.short_code,
            &self.read_aloud,
            self.level.map_or("未知", Level::word),
        ];
        let entries = [
            &self.kind,
            &self.entrance,
            &self.place,
            &self.town,
            &self.jurisdiction,
            &self.position,
            &self.caller,
            &self.phone,
            &self.text,
        ];
        all.extend(entries.map(Entry::words));
        all.extend(self.cautions.iter().map(String::as_str));
        for unit in &self.units {
            all.extend([unit.callsign.as_str(), unit.crew.words()]);
            all.push(unit.instruction.as_deref().unwrap_or_default());
        }
        match &self.map {
            OrderMap::Picture { caption, .. } => all.push(caption),
            OrderMap::Missing(why) => all.push(why),
        }
        all
    }

    /// Every time that is printed, in a fixed order.
    fn all_times(&self) -> Vec<String> {
        let mut all = vec![format!("{:?}", self.reported_at_ms)];
        for unit in &self.units {
            let times = [
                unit.ordered,
                unit.signed,
                unit.set_out,
                unit.arrived,
                unit.cleared,
            ];
            all.push(format!("{times:?}"));
        }
        all
    }
}
