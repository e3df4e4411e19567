//! The HTTP heads that ICAP encapsulates (RFC 9112 sections 3 and 4), raw and read.
//!
//! Read leniently: a start line must be one, the fields may be odd ([`Fields::odd_lines`] counts).

use std::fmt;

use memchr::memchr;

use crate::serve::icap::fields::{Fields, is_control, lines, text};
use crate::serve::icap::limits::Limits;
use crate::serve::icap::name::{disposition_name, url_name};
use crate::serve::icap::params::Params;
use crate::serve::icap::url;
use crate::serve::icap::why::Why;

/// A request without its body.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The head as it came, empty line included.
    pub raw: Vec<u8>,
    /// `GET`, `PUT` …
    pub method: String,
    /// What is asked for: a URL when a proxy writes it, a path, an authority (CONNECT) or `*`.
    pub target: String,
    /// Fields.
    pub fields: Fields,
}

/// A response without its body.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// The head as it came, empty line included.
    pub raw: Vec<u8>,
    /// Three digits.
    pub status: u16,
    /// Fields.
    pub fields: Fields,
}

impl HttpRequest {
    pub(crate) fn read(raw: &[u8], limits: &Limits) -> Result<Self, Why> {
        let (line, fields) = head(raw, limits)?;
        let line = line.trim_ascii();
        let first = memchr(b' ', line).ok_or(Why::HttpStartLine)?;
        let last = memchr::memrchr(b' ', line).ok_or(Why::HttpStartLine)?;
        // A target with blanks in it is wrong but unambiguous between the first blank and the last.
        let (method, version) = (line.get(..first).unwrap_or_default(), line.get(last..).unwrap_or_default());
        let target = line.get(first..last).unwrap_or_default().trim_ascii();
        let is_odd = line.iter().any(|b| is_control(*b));
        if is_odd || method.is_empty() || target.is_empty() || !version.trim_ascii().starts_with(b"HTTP/") {
            return Err(Why::HttpStartLine);
        }
        Ok(Self { raw: raw.to_vec(), method: text(method), target: text(target), fields })
    }

    /// The host that is asked, in small letters, without user and port: of the target, or else `Host` (RFC 9112
    /// section 3.2.2: the target overrides).
    #[must_use]
    pub fn host(&self) -> Option<String> {
        let authority = match url::split_scheme(&self.target) {
            Some((_, behind)) => behind.split(['/', '?', '#']).next().map(str::to_owned),
            None if self.method == "CONNECT" => Some(self.target.clone()),
            None => self.fields.text("Host"),
        };
        url::host(&authority?)
    }

    /// The whole URL. A path alone is put behind `Host`, as `http` (what an intercepting proxy knows better, it
    /// writes into the target).
    #[must_use]
    pub fn url(&self) -> String {
        if !self.target.starts_with('/') {
            return self.target.clone();
        }
        match self.fields.text("Host") {
            Some(host) => format!("http://{host}{}", self.target),
            None => self.target.clone(),
        }
    }

    /// `Content-Type`.
    #[must_use]
    pub fn media_type(&self) -> Option<Params> {
        self.fields.get("Content-Type").map(Params::read)
    }

    /// Whether a part is asked for: `Range` of a GET (RFC 9110 section 14.2). The answer need not be one.
    #[must_use]
    pub fn asks_for_part(&self) -> bool {
        self.method == "GET" && self.fields.get("Range").is_some()
    }

    /// The name of the file that is sent: `Content-Disposition`, or for PUT the last part of the URL.
    #[must_use]
    pub fn file_name(&self) -> Option<String> {
        let told = self.fields.get("Content-Disposition").and_then(disposition_name);
        told.or_else(|| if self.method == "PUT" { url_name(&self.target) } else { None })
    }
}

impl HttpResponse {
    pub(crate) fn read(raw: &[u8], limits: &Limits) -> Result<Self, Why> {
        let (line, fields) = head(raw, limits)?;
        let mut words = line.split(|b| *b == b' ').filter(|word| !word.is_empty());
        let (version, status) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let digits = status.len() == 3 && status.iter().all(u8::is_ascii_digit);
        let status = text(status).parse().ok().filter(|_| digits && version.starts_with(b"HTTP/"));
        Ok(Self { raw: raw.to_vec(), status: status.ok_or(Why::HttpStartLine)?, fields })
    }

    /// `Content-Type`.
    #[must_use]
    pub fn media_type(&self) -> Option<Params> {
        self.fields.get("Content-Type").map(Params::read)
    }

    /// The name a browser would store the body under: `Content-Disposition`, or else the last part of the URL asked.
    #[must_use]
    pub fn file_name(&self, request: Option<&HttpRequest>) -> Option<String> {
        let told = self.fields.get("Content-Disposition").and_then(disposition_name);
        told.or_else(|| request.and_then(|request| url_name(&request.target)))
    }
}

/// The start line and the fields of a head that fills its section to the last byte.
fn head<'a>(raw: &'a [u8], limits: &Limits) -> Result<(&'a [u8], Fields), Why> {
    let mut count = 0_usize;
    let mut behind = None;
    for (at, line) in lines(raw) {
        if behind.is_some() {
            return Err(Why::HttpHeadOverrun);
        }
        if line.is_empty() && count > 0 {
            behind = Some(at);
        }
        count = count.saturating_add(1);
        if count > limits.header_count.saturating_add(2) {
            return Err(Why::TooManyFields);
        }
    }
    let ended = behind.is_some() && raw.ends_with(b"\n");
    if !ended {
        return Err(Why::HttpHeadCutOff);
    }
    let first = memchr(b'\n', raw).ok_or(Why::HttpHeadCutOff)?;
    let (line, block) = raw.split_at_checked(first).ok_or(Why::HttpHeadCutOff)?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Ok((line, Fields::lenient(block.get(1..).unwrap_or_default())))
}

// Raw heads hold credentials and cookies, and URLs hold tokens.
impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HttpRequest").field(&self.method).field(&self.host()).field(&self.fields).finish()
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HttpResponse").field(&self.status).field(&self.fields).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(head: &str) -> Result<HttpRequest, Why> {
        HttpRequest::read(head.as_bytes(), &Limits::default())
    }

    #[test]
    fn targets_and_hosts() {
        for (head, method, url, host) in [
            (
                "GET http://User:pw@Example.org:8080/a?b HTTP/1.1\r\nHost: other\r\n\r\n",
                "GET",
                "http://User:pw@Example.org:8080/a?b",
                Some("example.org"),
            ),
            (
                "PUT /up HTTP/1.1\r\nhost: Files.example:81\r\n\r\n",
                "PUT",
                "http://Files.example:81/up",
                Some("files.example"),
            ),
            ("CONNECT [2001:db8::1]:443 HTTP/1.1\n\n", "CONNECT", "[2001:db8::1]:443", Some("2001:db8::1")),
            (
                "GET /go?to=http://evil/x HTTP/1.1\r\nHost: good\r\n\r\n",
                "GET",
                "http://good/go?to=http://evil/x",
                Some("good"),
            ),
            ("OPTIONS * HTTP/1.0\r\n\r\n", "OPTIONS", "*", None),
            ("GET http://a/b c d HTTP/1.1\r\n\r\n", "GET", "http://a/b c d", Some("a")),
            ("GET https://host.?q HTTP/2.0\r\n\r\n", "GET", "https://host.?q", Some("host")),
        ] {
            let read = request(head).unwrap();
            assert_eq!((read.method.as_str(), read.url().as_str(), read.host().as_deref()), (method, url, host));
            assert_eq!(read.raw, head.as_bytes());
        }
    }

    #[test]
    fn heads_that_do_not_fit_their_section() {
        for (head, why) in [
            ("GET / HTTP/1.1\r\nA: 1\r\n", Why::HttpHeadCutOff),
            ("GET / HTTP/1.1\r\n\r", Why::HttpHeadCutOff),
            ("GET / HTTP/1.1", Why::HttpHeadCutOff),
            ("\r\n", Why::HttpHeadCutOff),
            ("GET / HTTP/1.1\r\n\r\n5\r\n", Why::HttpHeadOverrun),
            ("GET / HTTP/1.1\r\n\r\n\r\n", Why::HttpHeadOverrun),
            ("\r\n\r\n", Why::HttpStartLine),
            ("GET /\r\n\r\n", Why::HttpStartLine),
            ("GET HTTP/1.1\r\n\r\n", Why::HttpStartLine),
            ("GET /\0 HTTP/1.1\r\n\r\n", Why::HttpStartLine),
        ] {
            assert_eq!(request(head).err(), Some(why), "{head:?}");
        }
        let response = |head: &str| HttpResponse::read(head.as_bytes(), &Limits::default()).map(|read| read.status);
        assert_eq!(response("HTTP/1.1 206\r\n\r\n"), Ok(206));
        assert_eq!(response("HTTP/1.0  404  Not\t\rFound\n\n"), Ok(404));
        for wrong in ["HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 +20 OK\r\n\r\n", "ICY 200 OK\r\n\r\n", "HTTP/1.1\r\n\r\n"] {
            assert_eq!(response(wrong), Err(Why::HttpStartLine));
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let read =
            request("GET http://secret:secret@a/b?token=secret HTTP/1.1\r\nAuthorization: secret\r\n\r\n").unwrap();
        assert!(!format!("{read:?}").contains("secret"));
    }
}
