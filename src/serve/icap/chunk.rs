//! Chunked bodies (RFC 9112 section 7.1) with ICAP's two extensions: `ieof` (RFC 3507 section 4.5) and
//! `use-original-body` (draft-icap-ext-partial-content-07). Read strictly: a proxy wrote the chunks, and two readings
//! of one size are two bodies.

use std::io::Write;

use crate::serve::icap::fields::{Fields, decimal, is_token};
use crate::serve::icap::why::Why;

/// The line before a chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChunkLine {
    /// Bytes of the chunk; zero for the last one.
    pub bytes: u64,
    /// Bytes of the extensions.
    pub extension_bytes: usize,
    /// `ieof`: the body ends within the preview.
    pub ieof: bool,
    /// `use-original-body=N`: the rest is the original from that byte on. Only answers have it.
    pub original_from: Option<u64>,
}

impl ChunkLine {
    /// Reads a line, its LF included. The CR must be there, and no blank may stand around the digits unless an
    /// extension follows (`BWS`).
    pub fn read(line: &[u8]) -> Result<Self, Why> {
        let line = line.strip_suffix(b"\r\n").ok_or(Why::ChunkLineEnd)?;
        let digits = line.iter().position(|b| !b.is_ascii_hexdigit()).unwrap_or(line.len());
        let (size, mut rest) = line.split_at_checked(digits).ok_or(Why::ChunkSize)?;
        let mut read = Self { bytes: size_of(size)?, extension_bytes: rest.len(), ..Self::default() };
        while !rest.is_empty() {
            // RFC 9112 section 7.1.1: *( BWS ";" BWS name [ BWS "=" BWS value ] )
            rest = match blanks(rest) {
                [b';', rest @ ..] => blanks(rest),
                // Blanks behind an extension do no harm; behind the digits they are part of nothing.
                [] if read.extension_bytes != rest.len() => break,
                _ if read.extension_bytes == rest.len() => return Err(Why::ChunkSize),
                _ => return Err(Why::ChunkExtension),
            };
            let end = rest.iter().position(|b| matches!(b, b';' | b'=' | b' ' | b'\t')).unwrap_or(rest.len());
            let (name, behind) = rest.split_at_checked(end).ok_or(Why::ChunkExtension)?;
            if !is_token(name) {
                return Err(Why::ChunkExtension);
            }
            let (value, behind) = match blanks(behind) {
                [b'=', value @ ..] => {
                    let (value, behind) = value_of(blanks(value)).ok_or(Why::ChunkExtension)?;
                    (Some(value), behind)
                }
                _ => (None, behind),
            };
            if name.eq_ignore_ascii_case(b"ieof") && value.is_none() {
                read.ieof = true;
            } else if name.eq_ignore_ascii_case(b"use-original-body") {
                read.original_from = Some(value.and_then(decimal).ok_or(Why::ChunkExtension)?);
            }
            rest = behind;
        }
        Ok(read)
    }
}

fn size_of(digits: &[u8]) -> Result<u64, Why> {
    let text = std::str::from_utf8(digits).ok().filter(|text| !text.is_empty()).ok_or(Why::ChunkSize)?;
    u64::from_str_radix(text, 16).map_err(|_| Why::ChunkSizeOverflow)
}

fn blanks(bytes: &[u8]) -> &[u8] {
    let begun = bytes.iter().position(|b| !matches!(b, b' ' | b'\t')).unwrap_or(bytes.len());
    bytes.get(begun..).unwrap_or_default()
}

/// A token or quoted string, and what is behind it.
fn value_of(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let Some(quoted) = bytes.strip_prefix(b"\"") else {
        let end = bytes.iter().position(|b| matches!(b, b';' | b' ' | b'\t')).unwrap_or(bytes.len());
        return bytes.split_at_checked(end).filter(|(value, _)| is_token(value));
    };
    let mut escaped = false;
    let end = quoted.iter().position(|b| {
        let ends = *b == b'"' && !escaped;
        escaped = *b == b'\\' && !escaped;
        ends
    })?;
    let (value, behind) = quoted.split_at_checked(end)?;
    (!value.iter().any(|b| crate::serve::icap::fields::is_control(*b))).then_some((value, behind.get(1..)?))
}

/// Writes one chunk; nothing for no bytes, as that would end the body.
pub fn put_chunk(out: &mut Vec<u8>, data: &[u8]) {
    if !data.is_empty() {
        put_size(out, data.len());
        out.extend_from_slice(data);
        out.extend_from_slice(b"\r\n");
    }
}

fn put_size(out: &mut Vec<u8>, bytes: usize) {
    // A `Vec` takes every write.
    let _ = write!(out, "{bytes:x}\r\n");
}

/// Writes the last chunk, and the trailers that the client sent (errata e2: they are part of the message).
pub fn put_end(out: &mut Vec<u8>, trailers: Option<&Fields>) {
    out.extend_from_slice(b"0\r\n");
    for (name, value) in trailers.into_iter().flat_map(Fields::iter) {
        // Read leniently, so what is no field name may be among them; it is not passed on.
        if is_token(name) {
            out.extend_from_slice(name);
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        }
    }
    out.extend_from_slice(b"\r\n");
}

/// Writes the last chunk of a 206.
pub fn put_original_from(out: &mut Vec<u8>, from: u64) {
    let _ = write!(out, "0; use-original-body={from}\r\n\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<(u64, bool, Option<u64>), Why> {
        ChunkLine::read(line.as_bytes()).map(|line| (line.bytes, line.ieof, line.original_from))
    }

    #[test]
    fn sizes_and_extensions() {
        assert_eq!(read("0\r\n"), Ok((0, false, None)));
        assert_eq!(read("1aF\r\n"), Ok((0x1AF, false, None)));
        assert_eq!(read("000000000000000000000000000000005\r\n"), Ok((5, false, None)));
        assert_eq!(read("ffffffffffffffff\r\n"), Ok((u64::MAX, false, None)));
        assert_eq!(read("0; ieof\r\n"), Ok((0, true, None)));
        assert_eq!(read("0;IEOF \r\n"), Ok((0, true, None)));
        assert_eq!(read("0 ; a = b;ieof\r\n"), Ok((0, true, None)));
        assert_eq!(read("0;a=\"x;ieof\\\"\"\r\n"), Ok((0, false, None)));
        assert_eq!(read("0;ieof=1\r\n"), Ok((0, false, None)));
        assert_eq!(read("0; use-original-body=18446744073709551615\r\n"), Ok((0, false, Some(u64::MAX))));
        assert_eq!(ChunkLine::read(b"5;abc\r\n").unwrap().extension_bytes, 4);
    }

    #[test]
    fn malformed_lines() {
        for line in [
            "\r\n",
            " 5\r\n",
            "5 \r\n",
            "+5\r\n",
            "-5\r\n",
            "0x5\r\n",
            "5h\r\n",
            "5,\r\n",
            "g\r\n",
            ";ieof\r\n",
            "5 5\r\n",
            "\t\r\n",
            "5\r\r\n",
            "5\0\r\n",
        ] {
            assert_eq!(read(line), Err(Why::ChunkSize), "{line:?}");
        }
        assert_eq!(read("10000000000000000\r\n"), Err(Why::ChunkSizeOverflow));
        assert_eq!(read("5\n"), Err(Why::ChunkLineEnd));
        for line in [
            "0;\r\n",
            "0;;a\r\n",
            "0;a=\r\n",
            "0;a=\"b\r\n",
            "0;a=b c\r\n",
            "0;a b\r\n",
            "0; use-original-body\r\n",
            "0; use-original-body=-1\r\n",
            "0; use-original-body=99999999999999999999\r\n",
            "0;a\r\r\n",
            "0;a=\"\0\"\r\n",
        ] {
            assert_eq!(read(line), Err(Why::ChunkExtension), "{line:?}");
        }
    }

    #[test]
    fn written_chunks() {
        let mut out = Vec::new();
        put_chunk(&mut out, &[b'a'; 26]);
        put_chunk(&mut out, b"");
        put_end(&mut out, Some(&Fields::lenient(b"A: 1\r\nodd name: 2\r\nB:x\n y\r\n")));
        assert_eq!(out, [b"1a\r\n", &[b'a'; 26][..], b"\r\n0\r\nA: 1\r\nB: x  y\r\n\r\n"].concat());
    }
}
