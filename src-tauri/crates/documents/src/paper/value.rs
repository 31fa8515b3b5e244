//! Values of a form: known or not, and the level with its shape. Not here: how they are drawn.

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
