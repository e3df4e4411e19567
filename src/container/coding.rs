//! Content codings of HTTP (RFC 9110 section 8.4.1): a body is undone before anybody asks what it is, as browsers do.

use std::cell::Cell;

use brotli_decompressor::Decompressor;
use serde::{Deserialize, Serialize};

use super::inflate::Inflater;
use super::{codec, gzip, stream};
use crate::blob::{Budget, Gap, Kind, ReadEnd, Reason};

/// Bytes that the brotli decoder reads at once.
const BROTLI_BUFFER_BYTES: usize = 8 << 10;

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Coding {
    /// `gzip`, `x-gzip` (RFC 1952)
    Gzip,
    /// `deflate`: zlib (RFC 1950), or raw deflate from servers that got it wrong
    Deflate,
    /// `br` (RFC 7932)
    Brotli,
    /// `zstd` (RFC 8878)
    Zstd,
    /// `compress`, `x-compress`
    Compress,
    /// One that is not known.
    Other,
}

/// Undoes `coding`. What was decoded before a fault or limit is given with the gap. `budget` counts what is unpacked.
#[must_use]
pub fn decode(coding: Coding, bytes: &[u8], budget: &mut Budget) -> (Vec<u8>, Vec<Gap>) {
    let (mut out, mut gaps) = (Vec::new(), Vec::new());
    match coding {
        Coding::Gzip => {
            gzip::unpack(bytes, budget, &mut gaps, &mut |part, _| {
                // A comment in the header is none of the content.
                if part.name != "(comment)" {
                    out.extend_from_slice(part.bytes);
                }
            });
            gaps.iter_mut().for_each(|gap| gap.place = String::new());
        }
        Coding::Deflate => inflate(bytes, budget, &mut out, &mut gaps),
        Coding::Brotli => brotli(bytes, budget, &mut out, &mut gaps),
        Coding::Zstd | Coding::Compress => {
            let kind = if coding == Coding::Zstd { Kind::Zstd } else { Kind::Compress };
            stream::unpack(kind, bytes, budget, &mut gaps, &mut |part, _| out.extend_from_slice(part.bytes));
        }
        Coding::Other => gaps.push(Gap::new(Reason::UnsupportedType, "", "a content coding that is not known")),
    }
    (out, gaps)
}

/// zlib has two bytes of header whose sum is a multiple of 31 (RFC 1950 section 2.2).
fn inflate(bytes: &[u8], budget: &mut Budget, out: &mut Vec<u8>, gaps: &mut Vec<Gap>) {
    let raw = match bytes {
        [method, flags, rest @ ..]
            if method & 0x0F == 8 && (u16::from(*method) << 8 | u16::from(*flags)).is_multiple_of(31) =>
        {
            rest
        }
        _ => bytes,
    };
    let mut inflater = Inflater::new();
    inflater.start(raw);
    match inflater.inflate(budget, out) {
        ReadEnd::Whole => {}
        ReadEnd::Limit(reason) => gaps.push(Gap::new(reason, "", format!("stopped after {} bytes", out.len()))),
        ReadEnd::Failed(_) => {
            gaps.push(Gap::new(Reason::Corrupt, "", format!("data is damaged or cut off after {} bytes", out.len())));
        }
    }
}

fn brotli(bytes: &[u8], budget: &mut Budget, out: &mut Vec<u8>, gaps: &mut Vec<Gap>) {
    let consumed = Cell::new(0);
    let mut decoder = Decompressor::new(codec::Input::new(bytes, &consumed), BROTLI_BUFFER_BYTES);
    if let Err(reason) = codec::read_counted(&mut decoder, &consumed, budget, out) {
        gaps.push(Gap::new(reason, "", format!("stopped after {} bytes", out.len())));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::blob::Limits;

    fn decoded(coding: Coding, bytes: &[u8]) -> (Vec<u8>, Vec<Reason>) {
        let (out, gaps) = decode(coding, bytes, &mut Budget::new(&Limits::default()));
        (out, gaps.iter().map(|gap| gap.reason).collect())
    }

    const TEXT: &[u8] = b"Card 4111 1111 1111 1111\n";
    /// Written by the brotli and zstd tools.
    const BROTLI: &[u8] = &[
        0x0b, 0x0c, 0x80, 0x43, 0x61, 0x72, 0x64, 0x20, 0x34, 0x31, 0x31, 0x31, 0x20, 0x31, 0x31, 0x31, 0x31, 0x20,
        0x31, 0x31, 0x31, 0x31, 0x20, 0x31, 0x31, 0x31, 0x31, 0x0a, 0x03,
    ];

    #[test]
    fn every_coding_is_undone() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(TEXT).unwrap();
        let gzip = gzip.finish().unwrap();
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        zlib.write_all(TEXT).unwrap();
        let zlib = zlib.finish().unwrap();
        let raw = &zlib[2..zlib.len() - 4];
        for (coding, bytes) in [
            (Coding::Gzip, gzip.as_slice()),
            (Coding::Deflate, &zlib),
            (Coding::Deflate, raw),
            (Coding::Brotli, BROTLI),
        ] {
            assert_eq!(decoded(coding, bytes), (TEXT.to_vec(), vec![]), "{coding:?}");
            let (_, gaps) = decoded(coding, &bytes[..bytes.len() / 2]);
            assert!(!gaps.is_empty(), "{coding:?} cut off leaves a gap");
        }
        assert_eq!(decoded(Coding::Other, TEXT), (vec![], vec![Reason::UnsupportedType]));
    }

    #[test]
    fn a_bomb_stops_early() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&vec![0; 20 << 20]).unwrap();
        let bomb = gzip.finish().unwrap();
        let limits = Limits { unpacked_bytes_max: 1 << 20, ..Limits::default() };
        let (out, gaps) = decode(Coding::Gzip, &bomb, &mut Budget::new(&limits));
        assert!(out.len() <= 2 << 20, "what is decoded stays near the limit");
        assert_eq!(gaps.first().map(|gap| gap.reason), Some(Reason::ExpandedTooLarge), "the limit is told");
    }
}
