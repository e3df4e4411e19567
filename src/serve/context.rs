//! Who does what, where and with which device, from the head of an ICAP request.

use std::time::SystemTime;

use crate::policy::{Activity, Situation};
use crate::serve::config::Headers;
use crate::serve::icap::{HttpRequest, Method, Request, User};

/// The situation of a request. What the client claims of itself is taken where the proxy says nothing.
#[must_use]
#[allow(clippy::needless_update, reason = "whatever else a policy asks for is not known here")]
pub fn situation(request: &Request, headers: &Headers) -> Situation {
    let http = request.http_request.as_ref();
    let icap =
        |name: &Option<String>| name.as_ref().and_then(|name| request.fields.text(name)).filter(|v| !v.is_empty());
    let who = &request.who;
    let told = icap(&headers.activity).and_then(|word| Activity::from_name(&word));
    let by_method = match request.method {
        Method::Respmod => Some(Activity::Download),
        Method::Reqmod => Some(Activity::Upload),
        Method::Options => None,
    };
    let agent = http.and_then(|http| http.fields.text("User-Agent"));
    let agent = agent.as_deref().unwrap_or_default();
    Situation {
        activity: told.or(by_method),
        app: icap(&headers.app).or_else(|| http.and_then(HttpRequest::host)),
        user: who.user.as_ref().map(|user| user.name.clone()),
        groups: who.groups.iter().map(group).collect(),
        external: icap(&headers.external).and_then(|word| match word.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        }),
        device_tags: icap(&headers.device_tags).map(|list| tags(&list)).unwrap_or_default(),
        platform: icap(&headers.platform).or_else(|| platform(agent).map(str::to_owned)),
        client: icap(&headers.client).or_else(|| client(agent).map(str::to_owned)),
        address: who.client_ip.map(|address| address.to_canonical()),
        location: icap(&headers.location),
        time: Some(SystemTime::now()),
        url: http.map(|http| plain_url(&http.url())),
        language: http.and_then(|http| http.fields.text("Accept-Language")),
        fields: who.extra.clone(),
        ..Situation::default()
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

/// Whether the user looks at a page, and does not store a file: what browsers tell, or else what they ask for.
#[must_use]
pub fn wants_page(request: &Request) -> bool {
    let Some(http) = request.http_request.as_ref() else { return false };
    let disposition = request.http_response.as_ref().and_then(|r| r.fields.text("Content-Disposition"));
    if disposition.is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("attachment")) {
        return false;
    }
    match http.fields.text("Sec-Fetch-Dest") {
        Some(target) => matches!(target.as_str(), "document" | "iframe" | "frame"),
        None => http.fields.text("Accept").is_some_and(|accept| accept.to_ascii_lowercase().contains("text/html")),
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
