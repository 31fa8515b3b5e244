//! What stands on a dispatch order. Whoever has the incident fills it in; nothing is looked up
//! here. Not here: how it is set on the page (`layout`).

/// A dispatch order, 出警单.
#[derive(Debug, Clone, Default)]
pub struct OrderSheet {
    /// The unit that gives the order out, 望北县公安局指挥中心.
    pub issuer: String,
    /// 密级 or 内部资料; none is printed when there is none.
    pub security_mark: Option<String>,
    /// Whether it belongs to a drill; then every page says so.
    pub is_drill: bool,
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
    /// What this desk does not know: 不含 城东所 14:02 后.
    pub lacks: Vec<String>,
    /// When the paper was made, UTC milliseconds.
    pub made_at_ms: i64,
    /// Who made it.
    pub made_by: String,
    /// The station it was made at.
    pub station: String,
    /// East of UTC, in minutes; times are printed so.
    pub utc_offset_min: i32,
}

/// A value of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Entry {
    /// Known.
    Known(String),
    /// Nobody knows it: 未知.
    #[default]
    Unknown,
    /// Somebody will still find it out: 待补.
    ToFill,
}

impl Entry {
    /// The words on the paper. An empty value is not known.
    pub(crate) fn words(&self) -> &str {
        match self {
            Self::Known(words) if !words.trim().is_empty() => words,
            Self::Known(_) | Self::Unknown => "未知",
            Self::ToFill => "待补",
        }
    }
}

impl From<Option<String>> for Entry {
    fn from(value: Option<String>) -> Self {
        value.map_or(Self::Unknown, Self::Known)
    }
}

/// 级别: each has a shape and a word, so that no colour is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// 正常, an empty circle.
    Normal,
    /// 关注, an empty triangle.
    Attention,
    /// 紧急, a full diamond.
    Urgent,
    /// 严重, a full octagon.
    Grave,
}

impl Level {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Normal => "正常",
            Self::Attention => "关注",
            Self::Urgent => "紧急",
            Self::Grave => "严重",
        }
    }
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
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut hash = blake3::Hasher::new_derive_key("fengsui dispatch order 1");
    let mut put = |part: &[u8]| {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part);
    };
    for text in sheet.all_texts() {
        put(text.as_bytes());
    }
    for time in sheet.all_times() {
        put(time.as_bytes());
    }
    if let OrderMap::Picture { png, .. } = &sheet.map {
        put(png);
    }
    let digest = hash.finalize();
    let bits = digest
        .as_bytes()
        .iter()
        .take(5)
        .fold(0_u64, |all, b| all << 8 | u64::from(*b));
    let letter = |i: u32| {
        let five = (bits >> (35 - 5 * i)) & 31;
        LETTERS.get(five as usize).map_or('0', |b| char::from(*b))
    };
    let (left, right): (String, String) =
        ((0..4).map(letter).collect(), (4..8).map(letter).collect());
    format!("{left}-{right}")
}

impl OrderSheet {
    /// Every word that is printed, in a fixed order.
    pub(crate) fn all_texts(&self) -> Vec<&str> {
        let mut all = vec![
            self.issuer.as_str(),
            self.security_mark.as_deref().unwrap_or_default(),
            if self.is_drill { "演练" } else { "" },
            &self.number,
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
        all.extend(self.lacks.iter().map(String::as_str));
        all.extend([self.made_by.as_str(), self.station.as_str()]);
        all
    }

    /// Every time that is printed, in a fixed order.
    fn all_times(&self) -> Vec<String> {
        let mut all = vec![
            format!("{:?}", self.reported_at_ms),
            self.made_at_ms.to_string(),
            self.utc_offset_min.to_string(),
        ];
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
