//! Who does what, where and with which device, and what is known of a body: from the heads in front of it.

use std::time::SystemTime;

use crate::blob::Reason;
use crate::policy::{Activity, Situation};
use crate::serve::ask::Ask;
use crate::serve::config::Headers;
use crate::serve::icap::{Fields, HttpRequest, HttpResponse, Method, Payload, Request, User, Who};

/// The heads in front of a body, whichever protocol brought them.
#[derive(Clone, Copy, Debug)]
pub struct Heads<'h> {
    /// Whether the body is one of a request.
    pub is_request: bool,
    /// Fields in which the proxy tells of the user.
    pub told: &'h Fields,
    /// What those say of who asks.
    pub who: &'h Who,
    /// The request: the one to judge, or the one that was answered.
    pub request: Option<&'h HttpRequest>,
    /// The response to judge.
    pub response: Option<&'h HttpResponse>,
}

impl<'h> From<&'h Request> for Heads<'h> {
    fn from(request: &'h Request) -> Self {
        Self {
            is_request: request.method == Method::Reqmod,
            told: &request.fields,
            who: &request.who,
            request: request.http_request.as_ref(),
            response: request.http_response.as_ref(),
        }
    }
}

impl Heads<'_> {
    /// What is asked of a worker about the body behind them.
    #[must_use]
    pub fn ask(&self, id: String, headers: &Headers) -> Ask {
        let (payload, fields, name) = match (self.is_request, self.request, self.response) {
            (true, Some(head), _) => (Payload::of_request(head), Some(&head.fields), head.file_name()),
            (false, asked, Some(head)) => (Payload::of_response(head), Some(&head.fields), head.file_name(asked)),
            _ => Default::default(),
        };
        let mut ask = Ask {
            id,
            name: name.unwrap_or_default(),
            media_type: fields.and_then(|fields| fields.text("Content-Type")),
            is_form: self.is_request,
            codings: payload.codings,
            gaps: Vec::new(),
            situation: self.situation(headers),
        };
        if payload.part.is_some() {
            ask.add_gap(Reason::PartOnly, "a range of the whole");
        }
        ask
    }

    /// The situation of a request. What the client claims of itself is taken where the proxy says nothing.
    #[must_use]
    #[allow(clippy::needless_update, reason = "whatever else a policy asks for is not known here")]
    pub fn situation(&self, headers: &Headers) -> Situation {
        let (http, who) = (self.request, self.who);
        let told =
            |name: &Option<String>| name.as_ref().and_then(|name| self.told.text(name)).filter(|v| !v.is_empty());
        let activity = told(&headers.activity).and_then(|word| Activity::from_name(&word));
        let by_direction = if self.is_request { Activity::Upload } else { Activity::Download };
        let agent = http.and_then(|http| http.fields.text("User-Agent"));
        let agent = agent.as_deref().unwrap_or_default();
        Situation {
            activity: Some(activity.unwrap_or(by_direction)),
            app: told(&headers.app).or_else(|| http.and_then(HttpRequest::host)),
            user: who.user.as_ref().map(|user| user.name.clone()),
            groups: who.groups.iter().map(group).collect(),
            external: told(&headers.external).and_then(|word| match word.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => Some(true),
                "false" | "no" | "0" => Some(false),
                _ => None,
            }),
            device_tags: told(&headers.device_tags).map(|list| tags(&list)).unwrap_or_default(),
            platform: told(&headers.platform).or_else(|| platform(agent).map(str::to_owned)),
            client: told(&headers.client).or_else(|| client(agent).map(str::to_owned)),
            address: who.client_ip.map(|address| address.to_canonical()),
            location: told(&headers.location),
            time: Some(SystemTime::now()),
            url: http.map(|http| plain_url(&http.url())),
            language: http.and_then(|http| http.fields.text("Accept-Language")),
            fields: who.extra.clone(),
            ..Situation::default()
        }
    }

    /// Whether the user looks at a page, and does not store a file: what browsers tell, or else what they ask for.
    #[must_use]
    pub fn wants_page(&self) -> bool {
        let Some(http) = self.request else { return false };
        let disposition = self.response.and_then(|response| response.fields.text("Content-Disposition"));
        if disposition.is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("attachment")) {
            return false;
        }
        match http.fields.text("Sec-Fetch-Dest") {
            Some(target) => matches!(target.as_str(), "document" | "iframe" | "frame"),
            None => http.fields.text("Accept").is_some_and(|accept| accept.to_ascii_lowercase().contains("text/html")),
        }
    }
}

fn group(group: &User) -> String {
    group.name.clone()
}

/// Words separated by commas.
#[must_use]
pub fn tags(list: &str) -> Vec<String> {
    list.split(',').map(|tag| tag.trim().to_ascii_lowercase()).filter(|tag| !tag.is_empty()).collect()
}

/// A URL without credentials, query and fragment: those hold what is nobody's business.
#[must_use]
pub fn plain_url(url: &str) -> String {
    let plain = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = plain.split_once("://") else { return plain.to_owned() };
    let (authority, path) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

/// The operating system that a browser tells. It is a claim, as anything a client says.
fn platform(agent: &str) -> Option<&'static str> {
    // In this order: Android says Linux too, and iPads of today say Macintosh.
    [
        ("Android", "android"),
        ("iPhone", "ios"),
        ("iPad", "ios"),
        ("Windows", "windows"),
        ("Macintosh", "macos"),
        ("CrOS", "chromeos"),
        ("Linux", "linux"),
    ]
    .into_iter()
    .find_map(|(word, name)| agent.contains(word).then_some(name))
}

/// Browsers call themselves Mozilla since 1995.
fn client(agent: &str) -> Option<&'static str> {
    match agent {
        "" => None,
        agent if agent.starts_with("Mozilla/") => Some("browser"),
        _ => Some("native"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_without_secrets() {
        for (url, plain) in [
            ("https://user:secret@host/a/b?token=secret#c", "https://host/a/b"),
            ("http://host?x=secret", "http://host"),
            ("/path?x=secret", "/path"),
            ("http://host:8080/a@b", "http://host:8080/a@b"),
        ] {
            assert_eq!(plain_url(url), plain, "{url}");
        }
    }

    #[test]
    fn what_a_browser_tells_of_itself() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36";
        assert_eq!((platform(edge), client(edge)), (Some("windows"), Some("browser")));
        let phone = "Mozilla/5.0 (Linux; Android 14) Mobile";
        assert_eq!(platform(phone), Some("android"));
        assert_eq!((platform("curl/8"), client("curl/8"), client("")), (None, Some("native"), None));
        assert_eq!(tags(" Compliant, hybrid-joined ,,"), ["compliant", "hybrid-joined"]);
    }
}
