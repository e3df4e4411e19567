//! The head of an ICAP request (RFC 3507 section 4.3).

use crate::serve::icap::encapsulated::Encapsulated;
use crate::serve::icap::fields::{Fields, decimal, is_token, text};
use crate::serve::icap::http::{HttpRequest, HttpResponse};
use crate::serve::icap::limits::Limits;
use crate::serve::icap::who::{Names, Who};
use crate::serve::icap::why::Why;

/// What the client wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// To be told what the service can do.
    Options,
    /// An HTTP request judged.
    Reqmod,
    /// An HTTP response judged.
    Respmod,
}

impl Method {
    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Options => "OPTIONS",
            Self::Reqmod => "REQMOD",
            Self::Respmod => "RESPMOD",
        }
    }
}

/// A request without its body.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is wanted.
    pub method: Method,
    /// The URI as it came: `icap://host/service?arguments`, or the path alone.
    pub uri: String,
    /// Fields of the ICAP head.
    pub fields: Fields,
    /// Which sections follow.
    pub encapsulated: Encapsulated,
    /// The HTTP request, in REQMOD the one to judge, in RESPMOD the one that was answered.
    pub http_request: Option<HttpRequest>,
    /// The HTTP response to judge.
    pub http_response: Option<HttpResponse>,
    /// `Preview`: bytes of the body that come before the client waits. It may send fewer or more.
    pub preview_hint: Option<u64>,
    /// `Allow: 204`: "unmodified" may be said outside of a preview too.
    pub allow_204: bool,
    /// `Allow: 206`: "the original from this byte on" may be said.
    pub allow_206: bool,
    /// Whether the client keeps the connection: no `Connection: close` (RFC 3507 section 4.3.1, as HTTP/1.1).
    pub keep_alive: bool,
    /// Who asks, for whom.
    pub who: Who,
}

/// The first line: what is known before the fields are read. A method that is none is kept until the fields tell
/// whether a body follows.
#[derive(Clone, Debug)]
pub struct RequestLine {
    pub method: Option<Method>,
    pub uri: String,
}

impl RequestLine {
    /// Reads three words with one blank between (RFC 9112 section 3, all lenience left out).
    pub fn read(line: &[u8]) -> Result<Self, Why> {
        let mut words = line.split(|b| *b == b' ');
        let words = (words.next(), words.next(), words.next(), words.next());
        let (Some(method), Some(uri), Some(version), None) = words else { return Err(Why::RequestLine) };
        if version.starts_with(b"HTTP/") {
            return Err(Why::Http);
        }
        if !is_token(method) || uri.is_empty() || uri.iter().any(|b| b.is_ascii_control()) {
            return Err(Why::RequestLine);
        }
        match version {
            b"ICAP/1.0" => (),
            [b'I', b'C', b'A', b'P', b'/', major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit() => {
                return Err(Why::Version);
            }
            _ => return Err(Why::RequestLine),
        }
        let method = [Method::Options, Method::Reqmod, Method::Respmod]
            .into_iter()
            .find(|known| known.name().as_bytes() == method);
        Ok(Self { method, uri: text(uri) })
    }
}

impl Request {
    /// Reads the fields behind the first line; the heads inside follow later.
    pub(crate) fn read(line: RequestLine, block: &[u8], limits: &Limits, names: &Names) -> Result<Self, Why> {
        let fields = Fields::strict(block)?;
        let method = line.method.ok_or(Why::Method)?;
        let encapsulated = match fields.only("Encapsulated")? {
            Some(value) => Encapsulated::read(value, method, limits)?,
            // Errata e1: no header means no body, which OPTIONS is the only one to do without.
            None if method == Method::Options => Encapsulated::default(),
            None => return Err(Why::NoEncapsulated),
        };
        let preview_hint = match fields.only("Preview")? {
            Some(value) if method != Method::Options => Some(decimal(value).ok_or(Why::Preview)?),
            _ => None,
        };
        Ok(Self {
            method,
            uri: line.uri,
            encapsulated,
            http_request: None,
            http_response: None,
            preview_hint,
            allow_204: fields.lists("Allow", "204"),
            allow_206: fields.lists("Allow", "206"),
            keep_alive: !fields.lists("Connection", "close"),
            who: Who::read(&fields, names),
            fields,
        })
    }

    /// Reads the heads between the ICAP head and the body.
    pub(crate) fn read_heads(&mut self, bytes: &[u8], limits: &Limits) -> Result<(), Why> {
        let (request, rest) =
            bytes.split_at_checked(self.encapsulated.request_head_bytes.unwrap_or(0)).ok_or(Why::HttpHeadCutOff)?;
        if self.encapsulated.request_head_bytes.is_some() {
            self.http_request = Some(HttpRequest::read(request, limits)?);
        }
        if self.encapsulated.response_head_bytes.is_some() {
            self.http_response = Some(HttpResponse::read(rest, limits)?);
        }
        Ok(())
    }

    /// The path of the URI without its first slash: which service is meant.
    #[must_use]
    pub fn service(&self) -> &str {
        crate::serve::icap::url::path(&self.uri).split(['?', '#']).next().unwrap_or_default().trim_start_matches('/')
    }

    /// What follows the `?` of the URI.
    #[must_use]
    pub fn arguments(&self) -> Option<&str> {
        self.uri.split_once('?').map(|(_, arguments)| arguments)
    }

    /// Whether nothing needs to be judged: no body follows.
    #[must_use]
    pub fn is_bodiless(&self) -> bool {
        !self.encapsulated.has_body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines() {
        for (line, why) in [
            ("", Why::RequestLine),
            ("REQMOD", Why::RequestLine),
            ("REQMOD icap://a/b", Why::RequestLine),
            ("REQMOD  icap://a/b ICAP/1.0", Why::RequestLine),
            ("REQMOD icap://a/b ICAP/1.0 ", Why::RequestLine),
            ("REQMOD icap://a/\tb ICAP/1.0", Why::RequestLine),
            ("REQMOD icap://a/b icap/1.0", Why::RequestLine),
            ("REQMOD icap://a/b ICAP/1.0x", Why::RequestLine),
            ("REQ(MOD icap://a/b ICAP/1.0", Why::RequestLine),
            ("REQMOD icap://a/b ICAP/2.0", Why::Version),
            ("REQMOD icap://a/b ICAP/1.1", Why::Version),
            ("GET / HTTP/1.1", Why::Http),
            ("PRI * HTTP/2.0", Why::Http),
        ] {
            assert_eq!(RequestLine::read(line.as_bytes()).map(|_| ()), Err(why), "{line:?}");
        }
        assert_eq!(RequestLine::read(b"options icap://a/b ICAP/1.0").unwrap().method, None);
        assert_eq!(RequestLine::read(b"RESPMOD icap://a/b ICAP/1.0").unwrap().method, Some(Method::Respmod));
    }

    #[test]
    fn services() {
        for (uri, service, arguments) in [
            ("icap://host:1344/respmod?a=b", "respmod", Some("a=b")),
            ("icap://host", "", None),
            ("icap://host?x", "", Some("x")),
            ("/reqmod", "reqmod", None),
            ("icaps://[::1]/a/b#c", "a/b", None),
            ("*", "*", None),
        ] {
            let line = format!("OPTIONS {uri} ICAP/1.0");
            let line = RequestLine::read(line.as_bytes()).unwrap();
            let request = Request::read(line, b"\r\n", &Limits::default(), &Names::default()).unwrap();
            assert_eq!((request.service(), request.arguments()), (service, arguments));
        }
    }
}
