//! How sure a match is: a score from 0 to 100 and the three levels made of it.

use std::fmt;

/// Confidence from 0 to 100, on the scale of Microsoft Purview's rule packages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u8);

impl Score {
    /// Limits `points` to 0 to 100.
    pub fn new(points: i16) -> Self {
        Self(u8::try_from(points.clamp(0, 100)).unwrap_or(100))
    }

    /// The number.
    pub fn get(self) -> u8 {
        self.0
    }

    /// The level it belongs to.
    pub fn level(self) -> Level {
        match self.0 {
            85.. => Level::High,
            75.. => Level::Medium,
            _ => Level::Low,
        }
    }
}

/// Confidence in words. Low is everything below 75; what scores below 65 is only shown on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Below 75.
    Low,
    /// 75 to 84.
    Medium,
    /// 85 and more.
    High,
}

impl Level {
    /// The word used in records and policies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The level with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High].into_iter().find(|l| l.name() == name)
    }

    /// The lowest score of the level: 65, 75, 85 (as in the Purview catalogue).
    pub const fn threshold(self) -> u8 {
        match self {
            Self::Low => 65,
            Self::Medium => 75,
            Self::High => 85,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
