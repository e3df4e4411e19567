//! gzip (RFC 1952): all members of the stream are one part, as every tool unpacks them; what follows the last one is
//! another. Truncated data is read up to where it ends.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "sizes of one structure, each of at most sixteen bits, behind positions in memory"
)]

use flate2::Crc;

use super::inflate::Inflater;
use super::{Part, Visit};
use crate::blob::{Budget, Gap, ReadEnd, Reason};

const MAGIC: &[u8] = b"\x1f\x8b\x08";
/// Checksum and length behind the data.
const TRAILER_BYTES: usize = 8;

/// Shows what the gzip stream in `bytes` holds.
pub fn unpack(bytes: &[u8], budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
    if let Err(reason) = budget.member() {
        return gaps.push(Gap::new(reason, "", "stopped at the first member"));
    }
    let mut out = Vec::new();
    let mut name = None;
    let mut notes = Vec::new();
    let mut rest = bytes;
    let mut inflater = Inflater::new();
    let mut fault = None;
    let mut members = 0u64;
    while let Some(header) = Header::read(rest) {
        members += 1;
        name = name.or(header.name);
        notes.extend(header.comment);
        let data = rest.get(header.length..).unwrap_or_default();
        let before = out.len();
        inflater.start(data);
        match inflater.inflate(budget, &mut out) {
            ReadEnd::Whole => {}
            ReadEnd::Limit(reason) => {
                fault = Some((reason, format!("stopped after {} bytes", out.len())));
                rest = &[];
                break;
            }
            ReadEnd::Failed(_) => {
                fault = Some((Reason::Corrupt, format!("data is damaged or cut off after {} bytes", out.len())));
                rest = &[];
                break;
            }
        }
        let trailer = data.get(inflater.consumed()..).unwrap_or_default();
        if let Some(wrong) = check(trailer, out.get(before..).unwrap_or_default()) {
            fault = fault.or(Some((Reason::Corrupt, wrong.to_owned())));
        }
        rest = trailer.get(TRAILER_BYTES.min(trailer.len())..).unwrap_or_default();
        if members.is_multiple_of(1024)
            && let Err(reason) = budget.time()
        {
            fault = Some((reason, format!("stopped at member {members}")));
            break;
        }
    }
    let name = name.unwrap_or_default();
    if !notes.is_empty() {
        visit(Part { name: "(comment)", bytes: &notes }, budget);
    }
    if !out.is_empty() {
        visit(Part { name: &name, bytes: &out }, budget);
    }
    if members == 0 {
        fault = Some((Reason::Corrupt, "header is damaged".to_owned()));
    } else if rest.iter().any(|b| *b != 0) {
        visit(Part { name: "(behind the data)", bytes: rest }, budget);
    }
    if let Some((reason, detail)) = fault {
        gaps.push(Gap::new(reason, name, detail));
    }
}

/// What is wrong with the trailer of a member that unpacked to `out`.
fn check(trailer: &[u8], out: &[u8]) -> Option<&'static str> {
    let Some(told) = trailer
        .get(..4)
        .filter(|_| trailer.len() >= TRAILER_BYTES)
        .and_then(|b| b.try_into().ok())
        .map(u32::from_le_bytes)
    else {
        return Some("ends without checksum and length");
    };
    let mut crc = Crc::new();
    crc.update(out);
    (crc.sum() != told).then_some("checksum is wrong, the data was read")
}

/// The header of a member.
struct Header {
    length: usize,
    name: Option<String>,
    comment: Vec<u8>,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        if !bytes.starts_with(MAGIC) {
            return None;
        }
        let flags = *bytes.get(3)?;
        let mut length = 10;
        if flags & 4 != 0 {
            let extra = bytes.get(length..length + 2).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes)?;
            length += 2 + usize::from(extra);
        }
        let mut text = |wanted: bool| {
            if !wanted {
                return None;
            }
            let rest = bytes.get(length..)?;
            let end = memchr::memchr(0, rest)?;
            length += end + 1;
            rest.get(..end)
        };
        // Latin-1, says the specification; UTF-8, say the tools.
        let name = text(flags & 8 != 0).map(|name| match std::str::from_utf8(name) {
            Ok(name) => name.to_owned(),
            Err(_) => name.iter().map(|b| char::from(*b)).collect(),
        });
        let comment = text(flags & 16 != 0).unwrap_or_default().to_vec();
        if flags & 2 != 0 {
            length += 2;
        }
        Some(Self { length, name, comment })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(text: &[u8], name: &str) -> Vec<u8> {
        let mut out = flate2::GzBuilder::new().filename(name).write(Vec::new(), flate2::Compression::default());
        out.write_all(text).unwrap();
        out.finish().unwrap()
    }

    fn parts(bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<Gap>) {
        crate::container::parts_of(unpack, bytes)
    }

    #[test]
    fn all_members_are_one_part_and_what_follows_another() {
        let mut bytes = gzip(b"Card 4111", "a.txt");
        bytes.extend(gzip(b" 1111", "b.txt"));
        assert_eq!(parts(&bytes), (vec![("a.txt".into(), b"Card 4111 1111".to_vec())], vec![]));
        bytes.extend([0; 100]);
        assert!(parts(&bytes).1.is_empty());
        bytes.extend(b"hidden");
        let (found, _) = parts(&bytes);
        assert!(found.get(1).is_some_and(|(_, bytes)| bytes.ends_with(b"hidden")));
    }

    #[test]
    fn damage_keeps_what_was_read() {
        let text: Vec<u8> =
            (0..20_000u32).flat_map(|i| format!("{} ", i.wrapping_mul(2_654_435_761)).into_bytes()).collect();
        let good = gzip(&text, "a");
        for bytes in [&good[..good.len() / 2], &good[..good.len() - 6]] {
            let (found, gaps) = parts(bytes);
            assert!(found.first().is_some_and(|(_, got)| text.starts_with(got) && got.len() > 10_000));
            assert_eq!(gaps.first().map(|gap| gap.reason), Some(Reason::Corrupt));
        }
        let mut wrong = good.clone();
        let at = wrong.len() - 8;
        wrong[at] ^= 1;
        assert_eq!(parts(&wrong).0.first().map(|(_, got)| got.len()), Some(text.len()));
        assert_eq!(parts(b"\x1f\x8b\x08").1.len(), 1);
    }

    #[test]
    fn a_bomb_stops_early() {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        for _ in 0..64 {
            out.write_all(&[0; 1 << 20]).unwrap();
        }
        let (found, gaps) = parts(&out.finish().unwrap());
        assert!(found.first().is_some_and(|(_, got)| got.len() <= 16 << 20));
        assert_eq!(gaps.first().map(|gap| gap.reason), Some(Reason::RatioExceeded));
    }
}
