//! Heads as Envoy tells them, read as those that ICAP carries.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use crate::serve::envoy::message::{HeaderMap, HeaderValue, Struct};
use crate::serve::icap::{HttpRequest, HttpResponse, Limits};

/// The head of a request, with the URL that its pseudo-headers tell (RFC 9113 section 8.3.1). Nothing if it is none.
#[must_use]
pub fn request(headers: &HeaderMap, limits: &Limits) -> Option<HttpRequest> {
    let told = |name: &str| headers.headers.iter().find(|header| header.key == name).map(bytes);
    let (method, path) = (told(":method")?, told(":path").unwrap_or(b"*"));
    let mut head = plain(method);
    head.push(b' ');
    if let (Some(authority), true) = (told(":authority"), path.starts_with(b"/")) {
        head.extend(plain(told(":scheme").unwrap_or(b"http")));
        head.extend_from_slice(b"://");
        head.extend(plain(authority));
    }
    head.extend(plain(path));
    head.extend_from_slice(b" HTTP/1.1\r\n");
    if let Some(authority) = told(":authority") {
        put(b"Host", authority, &mut head);
    }
    fields(headers, &mut head);
    HttpRequest::read(&head, limits).ok()
}

/// The head of a response. Nothing if it is none.
#[must_use]
pub fn response(headers: &HeaderMap, limits: &Limits) -> Option<HttpResponse> {
    let status = headers.headers.iter().find(|header| header.key == ":status").map(bytes)?;
    let mut head = b"HTTP/1.1 ".to_vec();
    head.extend(plain(status));
    head.extend_from_slice(b"\r\n");
    fields(headers, &mut head);
    HttpResponse::read(&head, limits).ok()
}

/// The address of the client, where the filter's `request_attributes` ask for `source.address`.
#[must_use]
pub fn address(attributes: &BTreeMap<String, Struct>) -> Option<IpAddr> {
    let values = attributes.values().filter_map(|entries| entries.fields.get("source.address"));
    let texts = values.filter_map(|value| value.string_value.as_deref());
    texts.filter_map(|text| text.parse::<SocketAddr>().map(|a| a.ip()).or_else(|_| text.parse()).ok()).next()
}

fn fields(headers: &HeaderMap, head: &mut Vec<u8>) {
    for header in headers.headers.iter().filter(|header| !header.key.starts_with(':')) {
        put(header.key.as_bytes(), bytes(header), head);
    }
    head.extend_from_slice(b"\r\n");
}

fn put(name: &[u8], value: &[u8], head: &mut Vec<u8>) {
    head.extend(plain(name));
    head.extend_from_slice(b": ");
    head.extend(plain(value));
    head.extend_from_slice(b"\r\n");
}

fn bytes(header: &HeaderValue) -> &[u8] {
    if header.raw_value.is_empty() { header.value.as_bytes() } else { &header.raw_value }
}

/// Without what would end a line: what stands in a field stays in it.
fn plain(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|b| if matches!(b, b'\r' | b'\n' | 0) { b' ' } else { *b }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(fields: &[(&str, &str)]) -> HeaderMap {
        let header = |(key, value): &(&str, &str)| HeaderValue {
            key: (*key).to_owned(),
            raw_value: value.as_bytes().to_vec(),
            ..HeaderValue::default()
        };
        HeaderMap { headers: fields.iter().map(header).collect() }
    }

    #[test]
    fn a_request_has_its_whole_url() {
        let told = [
            (":method", "PUT"),
            (":scheme", "https"),
            (":authority", "files.example:8443"),
            (":path", "/a/report.docx?x=1"),
            ("content-type", "text/plain"),
            ("x-odd", "a\r\nhost: evil"),
        ];
        let head = request(&map(&told), &Limits::default()).unwrap();
        assert_eq!(head.url(), "https://files.example:8443/a/report.docx?x=1");
        assert_eq!(head.host().as_deref(), Some("files.example"));
        assert_eq!(head.file_name().as_deref(), Some("report.docx"));
        assert_eq!(head.fields.all("host").count(), 1, "a value stays in its field");
        let old = HeaderMap {
            headers: vec![HeaderValue { key: ":status".into(), value: "206".into(), ..HeaderValue::default() }],
        };
        assert_eq!(response(&old, &Limits::default()).unwrap().status, 206, "values of an Envoy before 1.28");
        assert!(request(&map(&[("a", "b")]), &Limits::default()).is_none());
        assert!(response(&map(&[(":status", "no")]), &Limits::default()).is_none());
    }
}
