//! Who does what, where and with which device: what a proxy or a cloud app tells about a request.

use std::fmt;
use std::net::IpAddr;
use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Action;
use super::calendar::{parse_rfc3339, rfc3339};

/// What a user does. The words of session and activity policies of cloud access brokers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Activity {
    /// A file comes to the user.
    #[default]
    Download,
    /// A file leaves the user.
    Upload,
    /// Text is put into a page.
    Paste,
    /// Text is taken out of a page.
    Copy,
    /// Text is moved out of a page.
    Cut,
    /// A page goes to a printer.
    Print,
    /// A chat message, a mail or a post is sent.
    Message,
    /// Access is given to somebody.
    Share,
    /// Access is taken away.
    Unshare,
    /// Something is looked at.
    View,
    /// Something new is made.
    Create,
    /// Something is changed.
    Edit,
    /// Something is removed.
    Delete,
    /// Somebody signs in.
    Login,
    /// An app is given rights.
    Consent,
    /// Settings are changed, an inbox rule among them.
    Configure,
}

impl Activity {
    /// Every activity, in order.
    pub const ALL: &'static [Self] = &[
        Self::Download,
        Self::Upload,
        Self::Paste,
        Self::Copy,
        Self::Cut,
        Self::Print,
        Self::Message,
        Self::Share,
        Self::Unshare,
        Self::View,
        Self::Create,
        Self::Edit,
        Self::Delete,
        Self::Login,
        Self::Consent,
        Self::Configure,
    ];

    /// The word used in policies and records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Download => "download",
            Self::Upload => "upload",
            Self::Paste => "paste",
            Self::Copy => "copy",
            Self::Cut => "cut",
            Self::Print => "print",
            Self::Message => "message",
            Self::Share => "share",
            Self::Unshare => "unshare",
            Self::View => "view",
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::Configure => "configure",
        }
    }

    /// The activity with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|a| a.name() == name)
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A place on Earth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Millionths of a degree, so that positions compare.
    latitude: i32,
    longitude: i32,
}

impl Position {
    /// A place by degrees north and east (WGS 84); `None` if there is no such place.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        if !(latitude.abs() <= 90.0 && longitude.abs() <= 180.0) {
            return None;
        }
        #[allow(clippy::cast_possible_truncation, reason = "at most 180 million")]
        let millionths = |degrees: f64| (degrees * 1e6).round() as i32;
        Some(Self { latitude: millionths(latitude), longitude: millionths(longitude) })
    }

    /// Degrees north and east.
    pub fn degrees(self) -> (f64, f64) {
        (f64::from(self.latitude) / 1e6, f64::from(self.longitude) / 1e6)
    }

    /// Kilometres to another place over the surface of a sphere (haversine formula, mean radius 6,371.0088 km of the
    /// IUGG; off by 0.5 % at most).
    pub fn distance_km(self, other: Self) -> f64 {
        let ((a, b), (c, d)) = (self.degrees(), other.degrees());
        let (north, east) = ((c - a).to_radians(), (d - b).to_radians());
        let half =
            (north / 2.0).sin().powi(2) + a.to_radians().cos() * c.to_radians().cos() * (east / 2.0).sin().powi(2);
        2.0 * 6_371.008_8 * half.sqrt().min(1.0).asin()
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.degrees().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (latitude, longitude) = <(f64, f64)>::deserialize(deserializer)?;
        Self::new(latitude, longitude).ok_or_else(|| serde::de::Error::custom("no such place"))
    }
}

/// The circumstances of one request. What is not known is empty or `None`: a filter on it does not hold, and a `not-`
/// filter on it holds. As JSON (activity log) names are in snake_case, the time is RFC 3339 in UTC, and what is not known
/// is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Situation {
    /// What is done; `None` for files at rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<Activity>,
    /// Name of an event that was posted without content: `inbox-rule`, `sign-in` … Conditions on files do not hold then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The app, by a name of the proxy's or by the host of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The user's name, usually an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Groups the user is in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Whether the user is from outside of the organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external: Option<bool>,
    /// What is known of the device: `compliant`, `hybrid-joined`, `certificate`; none of them = unmanaged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub device_tags: Vec<String>,
    /// Operating system of the device: `windows`, `macos`, `linux`, `ios`, `android` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// `browser` or `native`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Where the request came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// Country, as two letters of ISO 3166-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Where on Earth it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// When it happened; the decision reads no clock of its own.
    #[serde(skip_serializing_if = "Option::is_none", with = "time")]
    pub time: Option<SystemTime>,
    /// Address of what is asked for, without credentials, query and fragment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Languages the user reads, as `Accept-Language` has them (RFC 9110, section 12.5.4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Correlation id of the request, for messages and logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the front end can carry out besides `allow`, `monitor` and `block`. A rule that asks for anything else gets
    /// its `or-else`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub carries_out: Vec<Action>,
    /// Further fields, as the front end was told to pass on, or those of an event: name and value. A name may come twice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(String, String)>,
}

impl Situation {
    /// Nothing is known: a file at rest.
    pub const UNKNOWN: Self = Self {
        activity: None,
        event: None,
        app: None,
        user: None,
        groups: Vec::new(),
        external: None,
        device_tags: Vec::new(),
        platform: None,
        client: None,
        address: None,
        location: None,
        position: None,
        time: None,
        url: None,
        language: None,
        id: None,
        carries_out: Vec::new(),
        fields: Vec::new(),
    };

    /// The values of a further field; names are compared in any case.
    pub fn field<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether what happens is an event without content.
    pub fn is_event(&self) -> bool {
        self.event.is_some()
    }
}

/// Words of this vocabulary in JSON.
macro_rules! as_word {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = String::deserialize(deserializer)?;
                Self::from_name(&name).ok_or_else(|| serde::de::Error::custom(format!("unknown word `{name}`")))
            }
        }
    };
}

as_word!(Activity);
as_word!(Action);
as_word!(super::Severity);
as_word!(crate::find::Level);

mod time {
    use super::*;

    #[allow(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub(super) fn serialize<S: Serializer>(time: &Option<SystemTime>, serializer: S) -> Result<S::Ok, S::Error> {
        time.map(rfc3339).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SystemTime>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        parse_rfc3339(&text).map(Some).ok_or_else(|| serde::de::Error::custom("no time as RFC 3339 writes it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_of_places() {
        let place = |a, b| Position::new(a, b).unwrap();
        let (berlin, sydney) = (place(52.52, 13.405), place(-33.8688, 151.2093));
        assert!((berlin.distance_km(sydney) - 16_090.0).abs() < 50.0, "{}", berlin.distance_km(sydney));
        assert!(berlin.distance_km(berlin) < 1e-9);
        assert!((place(0.0, 179.9).distance_km(place(0.0, -179.9)) - 22.2).abs() < 0.1, "over the date line");
        assert!((place(90.0, 0.0).distance_km(place(-90.0, 0.0)) - 20_015.0).abs() < 1.0);
        assert!(Position::new(91.0, 0.0).is_none() && Position::new(0.0, f64::NAN).is_none());
    }

    #[test]
    fn situations_go_through_json() {
        assert_eq!(serde_json::to_string(&Situation::UNKNOWN).unwrap(), "{}");
        let all = Situation {
            activity: Some(Activity::Upload),
            user: Some("lee@example.com".to_owned()),
            address: Some("192.0.2.1".parse().unwrap()),
            position: Position::new(52.5, 13.4),
            time: parse_rfc3339("2026-11-22T10:00:00Z"),
            carries_out: vec![Action::StepUp],
            fields: vec![("a".to_owned(), "b".to_owned())],
            ..Situation::UNKNOWN
        };
        let text = serde_json::to_string(&all).unwrap();
        assert!(text.contains(r#""activity":"upload""#) && text.contains(r#""time":"2026-11-22T10:00:00Z""#), "{text}");
        assert_eq!(serde_json::from_str::<Situation>(&text).unwrap(), all);
    }
}
