//! Words of closed lists in serde: written by name, read by name, an unknown one is none.

use serde::{Deserialize, Deserializer, Serializer};

use crate::find::Level;
use crate::policy::{Action, Activity};

/// Something with a name.
pub(super) trait Word: Copy {
    fn word(self) -> &'static str;
    fn of(name: &str) -> Option<Self>;
}

impl Word for Action {
    fn word(self) -> &'static str {
        self.name()
    }
    fn of(name: &str) -> Option<Self> {
        Self::from_name(name)
    }
}

impl Word for Activity {
    fn word(self) -> &'static str {
        self.name()
    }
    fn of(name: &str) -> Option<Self> {
        Self::from_name(name)
    }
}

impl Word for Level {
    fn word(self) -> &'static str {
        self.name()
    }
    fn of(name: &str) -> Option<Self> {
        Self::from_name(name)
    }
}

/// For `#[serde(with = "word::option")]`.
pub(super) mod option {
    use super::{Deserialize, Deserializer, Serializer, Word};

    #[allow(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub fn serialize<T: Word, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => serializer.serialize_str(value.word()),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, T: Word, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        let name: Option<String> = Option::deserialize(deserializer)?;
        Ok(name.as_deref().and_then(T::of))
    }
}

/// For `#[serde(with = "word::one")]`.
pub(super) mod one {
    use super::{Deserialize, Deserializer, Serializer, Word};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub fn serialize<T: Word, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(value.word())
    }

    pub fn deserialize<'de, T: Word, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let name = String::deserialize(deserializer)?;
        T::of(&name).ok_or_else(|| serde::de::Error::custom(format!("`{name}` is no word of its list")))
    }
}
