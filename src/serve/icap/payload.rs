//! Whether a body is, byte for byte, what a user would store: not if it is encoded (RFC 9110 section 8.4) or a part of
//! something (section 14.4).

use crate::container::Coding;
use crate::serve::icap::fields::{Fields, decimal};
use crate::serve::icap::http::{HttpRequest, HttpResponse};
use crate::serve::icap::params::Params;

/// Which part of the whole a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// These bytes, first and last, of so many if that is told.
    Range {
        /// The first byte.
        first: u64,
        /// The last byte.
        last: u64,
        /// Bytes of the whole.
        total_hint: Option<u64>,
    },
    /// Several ranges as `multipart/byteranges`.
    Several,
    /// A part, and which one is not told or makes no sense.
    Unknown,
}

/// What a head says of its body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload {
    /// Codings in the order they were applied: undo the last one first. `identity` and `chunked` are left out, as
    /// ICAP's chunks take the place of HTTP's (RFC 3507 section 4.4.2).
    pub codings: Vec<Coding>,
    /// Which part it is; nothing if it is the whole.
    pub part: Option<Part>,
    /// Bytes as `Content-Length` tells.
    pub bytes_hint: Option<u64>,
}

impl Payload {
    /// Of the body of a request. A `Content-Range` there makes it part of an upload (RFC 9110 section 14.5).
    #[must_use]
    pub fn of_request(head: &HttpRequest) -> Self {
        Self::read(&head.fields, false, true)
    }

    /// Of the body of a response. Only status 206 makes it a part: with any other one browsers do not look at
    /// `Content-Range` (RFC 9110 section 14.4).
    #[must_use]
    pub fn of_response(head: &HttpResponse) -> Self {
        Self::read(&head.fields, head.status == 206, head.status == 206)
    }

    fn read(fields: &Fields, must_be_part: bool, may_be_part: bool) -> Self {
        let codings = fields.list("Content-Encoding").chain(fields.list("Transfer-Encoding")).filter_map(coding);
        let several = fields.get("Content-Type").is_some_and(|v| Params::read(v).value() == "multipart/byteranges");
        let part = match fields.get("Content-Range") {
            _ if !may_be_part => None,
            Some(value) => range(value),
            None if must_be_part => Some(if several { Part::Several } else { Part::Unknown }),
            None => None,
        };
        Self { codings: codings.collect(), part, bytes_hint: fields.get("Content-Length").and_then(decimal) }
    }

    /// Whether the body is what would be stored.
    #[must_use]
    pub fn is_as_stored(&self) -> bool {
        self.codings.is_empty() && self.part.is_none()
    }
}

fn coding(name: &[u8]) -> Option<Coding> {
    let name = name.split(|b| *b == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
    Some(match name.as_slice() {
        b"identity" | b"chunked" | b"" => return None,
        b"gzip" | b"x-gzip" => Coding::Gzip,
        b"deflate" => Coding::Deflate,
        b"br" => Coding::Brotli,
        b"zstd" => Coding::Zstd,
        b"compress" | b"x-compress" => Coding::Compress,
        _ => Coding::Other,
    })
}

/// Nothing for a range that is the whole.
fn range(value: &[u8]) -> Option<Part> {
    let read = || {
        let (unit, rest) = value.trim_ascii().split_at_checked(5)?;
        let rest = rest.trim_ascii_start();
        let slash = rest.iter().position(|b| *b == b'/')?;
        let (bytes, total) = (rest.get(..slash)?, rest.get(slash..)?.get(1..)?);
        let dash = bytes.iter().position(|b| *b == b'-')?;
        let (first, last) = (decimal(bytes.get(..dash)?)?, decimal(bytes.get(dash..)?.get(1..)?)?);
        let total_hint = if total == b"*" { None } else { Some(decimal(total)?) };
        let is_good = unit.eq_ignore_ascii_case(b"bytes") && first <= last && total_hint.is_none_or(|t| last < t);
        is_good.then_some((first, last, total_hint))
    };
    match read() {
        None => Some(Part::Unknown),
        Some((0, last, Some(total))) if last.checked_add(1) == Some(total) => None,
        Some((first, last, total_hint)) => Some(Part::Range { first, last, total_hint }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::icap::limits::Limits;

    fn response(status: u16, fields: &str) -> Payload {
        let head = format!("HTTP/1.1 {status} x\r\n{fields}\r\n");
        Payload::of_response(&HttpResponse::read(head.as_bytes(), &Limits::default()).unwrap())
    }

    #[test]
    fn codings_in_order() {
        use Coding::{Brotli, Gzip, Other};
        let read = response(
            200,
            "Content-Encoding: X-GZIP, identity ,br\r\ncontent-encoding: aes\r\nTransfer-Encoding: gzip, chunked\r\n",
        );
        assert_eq!(read.codings, [Gzip, Brotli, Other, Gzip]);
        assert!(!read.is_as_stored());
        assert!(response(200, "Content-Encoding: identity\r\nTransfer-Encoding: chunked\r\n").is_as_stored());
    }

    #[test]
    fn parts() {
        let range = |first, last, total_hint| Some(Part::Range { first, last, total_hint });
        for (value, part) in [
            ("bytes 100-1099/18855", range(100, 1099, Some(18855))),
            ("Bytes 0-9/*", range(0, 9, None)),
            ("bytes 0-9/10", None),
            ("bytes */10", Some(Part::Unknown)),
            ("bytes 9-0/10", Some(Part::Unknown)),
            ("bytes 0-10/10", Some(Part::Unknown)),
            ("lines 0-1/9", Some(Part::Unknown)),
            ("bytes 0-18446744073709551616/*", Some(Part::Unknown)),
            ("", Some(Part::Unknown)),
        ] {
            assert_eq!(response(206, &format!("Content-Range: {value}\r\n")).part, part, "{value}");
        }
        assert_eq!(response(206, "").part, Some(Part::Unknown));
        assert_eq!(response(206, "Content-Type: multipart/byteranges; boundary=a\r\n").part, Some(Part::Several));
        assert_eq!(response(200, "Content-Range: bytes 1-2/9\r\nContent-Length: 2\r\n").part, None);
        let put = b"PUT /a HTTP/1.1\r\nContent-Range: bytes 5-9/20\r\nContent-Length: 5\r\n\r\n";
        let put = Payload::of_request(&HttpRequest::read(put, &Limits::default()).unwrap());
        assert_eq!((put.part, put.bytes_hint), (range(5, 9, Some(20)), Some(5)));
    }
}
