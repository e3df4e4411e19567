//! Words of closed lists in a log: one that another version of frisk wrote, and this one does not know, is none.

use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer, de};

/// For `#[serde(deserialize_with = "word::known")]`.
pub(super) fn known<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let name: Option<String> = Option::deserialize(deserializer)?;
    let read = |name: String| T::deserialize(IntoDeserializer::<de::value::Error>::into_deserializer(name)).ok();
    Ok(name.and_then(read))
}
