//! What every paper says of itself. Not here: how it is set at head and foot (`frame`).

/// Who gives a paper out, who made it, when and where, and what it does not know.
#[derive(Debug, Clone, Default)]
pub struct Imprint {
    /// The unit that gives it out, 望北县公安局指挥中心.
    pub issuer: String,
    /// 密级 or 内部资料; none is printed when there is none.
    pub security_mark: Option<String>,
    /// Whether it belongs to a drill; then every page says so.
    pub is_drill: bool,
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

impl Imprint {
    /// Every word that is printed, in a fixed order.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let drill = if self.is_drill { "演练" } else { "" };
        let mark = self.security_mark.as_deref().unwrap_or_default();
        [
            self.issuer.as_str(),
            mark,
            drill,
            &self.made_by,
            &self.station,
        ]
        .into_iter()
        .chain(self.lacks.iter().map(String::as_str))
    }
}
