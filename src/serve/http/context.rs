//! Who does what, as callers tell it: in headers, or as JSON.

use std::net::IpAddr;
use std::time::SystemTime;

use hyper::HeaderMap;
use serde::Deserialize;

use super::answer::Refusal;
use crate::policy::calendar::parse_rfc3339;
use crate::policy::{Action, Activity, Position, Situation};
use crate::serve::context::{plain_url, tags};

/// Further fields of a request. 64: our choice.
const FIELDS_MAX: usize = 64;

/// The circumstances of a request, all of them optional.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Told {
    /// A word of [`Activity`].
    pub activity: Option<String>,
    /// The app.
    pub app: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// Their groups.
    pub groups: Vec<String>,
    /// Whether they are from outside.
    pub external: Option<bool>,
    /// `compliant`, `hybrid-joined`, `certificate`.
    pub device_tags: Vec<String>,
    /// Operating system.
    pub platform: Option<String>,
    /// `browser` or `native`.
    pub client: Option<String>,
    /// Address of the user's machine.
    pub address: Option<String>,
    /// Country.
    pub location: Option<String>,
    /// Degrees north and east.
    pub position: Option<(f64, f64)>,
    /// When it happened (RFC 3339); now unless told.
    pub time: Option<String>,
    /// Languages the user reads, as `Accept-Language` has them.
    pub language: Option<String>,
    /// What the caller can do besides `allow`, `monitor` and `block`: words of [`Action`].
    pub carries_out: Vec<String>,
    /// What is asked for.
    pub url: Option<String>,
    /// Anything else: name and text.
    pub fields: std::collections::BTreeMap<String, String>,
}

impl Told {
    /// Of the headers `X-Frisk-…`.
    ///
    /// # Errors
    /// 422: a value that is none.
    pub fn of_headers(headers: &HeaderMap) -> Result<Self, Refusal> {
        let get = |name: &str| -> Option<String> {
            let value = headers.get(format!("x-frisk-{name}"))?.as_bytes();
            Some(String::from_utf8_lossy(value).trim().to_owned()).filter(|value| !value.is_empty())
        };
        let list = |name: &str| {
            let text = get(name).unwrap_or_default();
            text.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
        };
        let external = match get("external").as_deref() {
            None => None,
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(_) => return Err(Refusal::wrong("X-Frisk-External is true or false")),
        };
        Ok(Self {
            activity: get("activity"),
            app: get("app"),
            user: get("user"),
            groups: list("groups"),
            external,
            device_tags: list("device-tags"),
            platform: get("platform"),
            client: get("client"),
            address: get("address"),
            location: get("location"),
            position: None,
            time: None,
            language: get("language"),
            carries_out: list("carries-out"),
            url: get("url"),
            fields: std::collections::BTreeMap::new(),
        })
    }

    /// What a policy decides by. `activity` counts where none is told.
    ///
    /// # Errors
    /// 422: an activity or address that is none.
    #[allow(clippy::needless_update, reason = "whatever else a policy asks for is not known here")]
    pub fn situation(self, activity: Option<Activity>) -> Result<Situation, Refusal> {
        let activity = match self.activity {
            None => activity,
            Some(word) => Some(Activity::from_name(&word).ok_or_else(|| {
                let known: Vec<&str> = Activity::ALL.iter().map(|activity| activity.name()).collect();
                Refusal::wrong(format!("`activity` is one of {}", known.join(", ")))
            })?),
        };
        let address = match self.address {
            None => None,
            Some(text) => {
                let parsed = text.parse::<IpAddr>();
                Some(parsed.map_err(|_| Refusal::wrong("`address` is an IPv4 or IPv6 address"))?.to_canonical())
            }
        };
        let position = match self.position {
            None => None,
            Some((north, east)) => Some(
                Position::new(north, east)
                    .ok_or_else(|| Refusal::wrong("`position` is degrees north and degrees east"))?,
            ),
        };
        let time = match self.time {
            None => SystemTime::now(),
            Some(text) => parse_rfc3339(&text).ok_or_else(|| Refusal::wrong("`time` is a time of RFC 3339 in UTC"))?,
        };
        let word = |word: &String| Action::from_name(word).ok_or_else(|| Refusal::wrong("`carries_out` lists actions"));
        let carries_out = self.carries_out.iter().map(word).collect::<Result<Vec<_>, _>>()?;
        if self.fields.len() > FIELDS_MAX {
            return Err(Refusal::wrong(format!("`fields` has {FIELDS_MAX} entries at most")));
        }
        Ok(Situation {
            activity,
            app: self.app,
            user: self.user,
            groups: self.groups,
            external: self.external,
            device_tags: tags(&self.device_tags.join(",")),
            platform: self.platform.map(|word| word.to_ascii_lowercase()),
            client: self.client.map(|word| word.to_ascii_lowercase()),
            address,
            location: self.location,
            position,
            time: Some(time),
            language: self.language,
            carries_out,
            url: self.url.as_deref().map(plain_url),
            fields: self.fields.into_iter().collect(),
            ..Situation::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_become_a_situation() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-frisk-activity", "paste"),
            ("x-frisk-groups", "Staff, Sales"),
            ("x-frisk-external", "true"),
            ("x-frisk-address", "::ffff:192.0.2.7"),
            ("x-frisk-url", "https://u:p@host/a?token=x"),
            ("x-frisk-device-tags", "Compliant"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let situation = Told::of_headers(&headers).unwrap().situation(Some(Activity::Upload)).unwrap();
        assert_eq!(situation.activity, Some(Activity::Paste), "what is told counts");
        assert_eq!(situation.groups, ["Staff", "Sales"]);
        assert_eq!((situation.external, situation.device_tags), (Some(true), vec!["compliant".to_owned()]));
        assert_eq!(situation.address, Some("192.0.2.7".parse().unwrap()));
        assert_eq!(situation.url.as_deref(), Some("https://host/a"));
        let wrong = Told { activity: Some("downlod".to_owned()), ..Told::default() };
        assert_eq!(wrong.situation(None).unwrap_err().status.as_u16(), 422);
        let wrong = Told { address: Some("300.1.1.1".to_owned()), ..Told::default() };
        assert_eq!(wrong.situation(None).unwrap_err().status.as_u16(), 422);
    }
}
