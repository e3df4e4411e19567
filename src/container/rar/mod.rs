//! RAR archives, of RAR 1.5 to 4 (technote.txt of RAR 4.20) and of RAR 5 (RAR 5.0 archive format): names of all members,
//! comments, members that are stored or packed by RAR 2.9 and later. What older versions packed is not unpacked; what is
//! encrypted is opened with the passwords that were given.

use std::panic::{AssertUnwindSafe, catch_unwind};

mod bits;
mod block4;
mod block5;
mod keys;
mod lz3;
mod lz5;
mod name;

use super::crypto::{RarAes, crc32};
use super::{Part, Visit, ends_all};
use crate::blob::{Budget, Gap, Passwords, Reason};
use keys::Keys;

const MAGIC4: &[u8] = b"Rar!\x1A\x07\0";
const MAGIC5: &[u8] = b"Rar!\x1A\x07\x01\0";

/// A member, as its header tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Member {
    name: String,
    /// Where its data is.
    data: std::ops::Range<usize>,
    /// How long it says that its data is.
    packed_bytes_hint: u64,
    unpacked_bytes_hint: u64,
    crc: Option<u32>,
    folder: bool,
    encrypted: bool,
    /// How, if that can be undone.
    seal: Option<RarAes>,
    /// The salt of older versions.
    salt: Option<Vec<u8>>,
    /// It starts in an earlier volume, or goes on in a later one.
    split: bool,
    /// It starts in an earlier volume.
    continued: bool,
    method: Method,
    /// The comment of the archive and other things that are no files.
    service: bool,
}

/// How a member is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Method {
    #[default]
    Stored,
    Three {
        /// It goes on with the window of the member before.
        solid: bool,
    },
    Five(lz5::Packing),
    Unknown,
}

impl Method {
    fn is_solid(self) -> bool {
        matches!(self, Self::Three { solid: true } | Self::Five(lz5::Packing { solid: true, .. }))
    }
}

/// What a walk over the headers came to.
#[derive(Debug, Default)]
struct Listing {
    members: Vec<Member>,
    /// Why it ended before the end.
    fault: Option<Reason>,
    /// Where the archive ends.
    end: usize,
    /// Whether a block says that it ends there. Versions before 2.9 write none.
    ended: bool,
    /// The password that opened the headers of an older version.
    password: Option<usize>,
}

/// Shows every member of the archive in `bytes`: stored ones as they are, others by their name.
pub fn unpack(bytes: &[u8], passwords: &Passwords, budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
    let mut keys = Keys::new(passwords);
    let five = bytes.starts_with(MAGIC5);
    let listing = if five { block5::list(bytes, &mut keys, budget) } else { block4::list(bytes, &mut keys, budget) };
    let mut unpacking = Unpacking { bytes, keys, right: listing.password, ..Unpacking::default() };
    for member in &listing.members {
        let empty = member.packed_bytes_hint == 0 && member.unpacked_bytes_hint == 0;
        let comment = member.service && member.name == "CMT";
        if member.folder || empty || (member.service && !comment) {
            continue;
        }
        let name = if comment { "(comment)" } else { member.name.as_str() };
        if let Err(reason) = budget.member().and_then(|()| unpacking.member(member, name, budget, gaps, visit)) {
            return gaps.push(Gap::new(reason, name, "stopped at this member"));
        }
    }
    let Unpacking { packed, split, .. } = unpacking;
    if packed > 0 {
        let detail = format!("{packed} packed members of which only the names were read");
        gaps.push(Gap::new(Reason::UnsupportedType, "", detail));
    }
    if split > 0 {
        gaps.push(Gap::new(Reason::UnsupportedType, "", "one volume of a set, members go on in others"));
    }
    match listing.fault {
        Some(Reason::PasswordProtected) => {
            gaps.push(Gap::new(Reason::PasswordProtected, "", "names and content are encrypted"));
        }
        Some(reason) => {
            gaps.push(Gap::new(reason, "", format!("headers could be read up to offset {}", listing.end)));
            if ends_all(reason) {
                return;
            }
            let rest = bytes.get(listing.end..).unwrap_or_default();
            if !rest.is_empty() {
                visit(Part { name: "(behind the damage)", bytes: rest }, budget);
            }
        }
        None => {
            if !listing.ended && (five || listing.members.is_empty()) {
                gaps.push(Gap::new(Reason::Corrupt, "", "the block that ends the archive is missing"));
            }
            let rest = bytes.get(listing.end..).unwrap_or_default();
            if rest.iter().any(|b| *b != 0) {
                visit(Part { name: "(behind the archive)", bytes: rest }, budget);
            }
        }
    }
}

/// Members one after the other.
#[derive(Default)]
struct Unpacking<'a> {
    bytes: &'a [u8],
    keys: Keys,
    /// The password that opened a member of an older version.
    right: Option<usize>,
    three: lz3::Unpacker,
    five: lz5::Unpacker,
    /// The window was lost: members that go on with it cannot be unpacked.
    broken: bool,
    packed: u64,
    split: u64,
}

impl Unpacking<'_> {
    /// Decrypts a member of an older version. Nothing tells a wrong password but the checksum of the content, so every
    /// one of them is tried to the end.
    fn old(
        &mut self,
        member: &Member,
        salt: &[u8],
        held: &[u8],
        budget: &mut Budget,
    ) -> Result<Option<Vec<u8>>, Reason> {
        for index in 0..self.keys.count() {
            let key = self.keys.old(salt, index, budget)?;
            budget.unpack(held.len() as u64)?;
            let mut plain = key.decrypt(held);
            let mut out = Vec::new();
            let length = usize::try_from(member.unpacked_bytes_hint).unwrap_or(usize::MAX);
            let content = match member.method {
                // Nothing can prove it of a part of a member.
                _ if member.split && self.right == Some(index) => return Ok(Some(plain)),
                Method::Stored => {
                    plain.truncate(length);
                    &plain
                }
                // Members that go on with a window cannot be tried alone; the password is that of the ones before.
                Method::Three { solid: true } if self.right == Some(index) => return Ok(Some(plain)),
                Method::Three { solid: false } => {
                    let mut trial = lz3::Unpacker::default();
                    let unpack =
                        AssertUnwindSafe(|| trial.unpack(&plain, false, member.unpacked_bytes_hint, budget, &mut out));
                    match catch_unwind(unpack) {
                        Ok(Err(reason)) if ends_all(reason) => return Err(reason),
                        _ => &out,
                    }
                }
                _ => continue,
            };
            if member.crc == Some(crc32(content)) {
                self.right = Some(index);
                return Ok(Some(plain));
            }
        }
        Ok(None)
    }

    /// Shows one member; an error ends the archive.
    #[allow(clippy::arithmetic_side_effects, reason = "members are counted")]
    fn member(
        &mut self,
        member: &Member,
        name: &str,
        budget: &mut Budget,
        gaps: &mut Vec<Gap>,
        visit: &mut Visit<'_>,
    ) -> Result<(), Reason> {
        let held = self.bytes.get(member.data.clone()).unwrap_or_default();
        let mut out = Vec::new();
        let (solid, length) = (member.method.is_solid(), member.unpacked_bytes_hint);
        let (whole, mut opened) = (held.len() as u64 >= member.packed_bytes_hint, None);
        if let Some(seal) = &member.seal
            && let Some(key) = self.keys.find(seal, budget)?
        {
            budget.unpack(held.len() as u64)?;
            let mut plain = RarAes::decrypt(&seal.vector, &key, held);
            if member.method == Method::Stored {
                // The last block is filled up.
                plain.truncate(usize::try_from(length).unwrap_or(usize::MAX));
            }
            opened = Some(plain);
        }
        if let Some(salt) = &member.salt {
            opened = self.old(member, salt, held, budget)?;
        }
        let sealed = member.encrypted && opened.is_none();
        let held = opened.as_deref().unwrap_or(held);
        let mut result = Ok(());
        let bytes = match member.method {
            _ if sealed => {
                self.broken = true;
                visit(Part { name, bytes: &[] }, budget);
                gaps.push(Gap::new(Reason::PasswordProtected, name, "encrypted member"));
                return Ok(());
            }
            Method::Stored => {
                budget.unpack(held.len() as u64)?;
                held
            }
            Method::Three { .. } | Method::Five(_) if !(solid && self.broken || member.continued) => {
                // Comments have a window of their own.
                let (mut three, mut five) = (lz3::Unpacker::default(), lz5::Unpacker::default());
                let (three, five) =
                    if member.service { (&mut three, &mut five) } else { (&mut self.three, &mut self.five) };
                result = match member.method {
                    Method::Five(packing) => five.unpack(held, packing, length, budget, &mut out),
                    // The model of PPMd is other people's code: one that panics has read damaged data.
                    _ => catch_unwind(AssertUnwindSafe(|| three.unpack(held, solid, length, budget, &mut out)))
                        .unwrap_or(Err(Reason::Corrupt)),
                };
                if three.filtered && result.is_ok() {
                    result = Err(Reason::UnsupportedType);
                }
                self.broken = !member.service && matches!(result, Err(reason) if reason != Reason::UnsupportedType);
                out.as_slice()
            }
            _ => {
                self.packed += 1;
                visit(Part { name, bytes: &[] }, budget);
                return Ok(());
            }
        };
        visit(Part { name, bytes }, budget);
        match result {
            Err(reason) if ends_all(reason) => return Err(reason),
            _ if member.split => self.split += 1,
            Err(Reason::UnsupportedType) => {
                let detail = "has a filter or a model that is not followed, read without it";
                gaps.push(Gap::new(Reason::UnsupportedType, name, detail));
            }
            Err(reason) => {
                let detail = format!("read up to {} bytes", out.len());
                gaps.push(Gap::new(reason, name, detail));
            }
            Ok(()) if !whole => gaps.push(Gap::new(Reason::Corrupt, name, "cut off, read up to there")),
            Ok(()) if member.crc.is_some_and(|crc| crc != crc32(bytes)) => {
                gaps.push(Gap::new(Reason::Corrupt, name, "checksum is wrong, the data was read"));
            }
            Ok(()) => {}
        }
        Ok(())
    }
}

/// Length of the archive that `bytes` start with, if its first header is right.
pub fn length(bytes: &[u8]) -> Option<usize> {
    let right = if bytes.starts_with(MAGIC5) { block5::is_right(bytes) } else { block4::is_right(bytes) };
    right.then_some(bytes.len())
}

/// `start` and what is there of `length` bytes from it.
fn range(bytes: &[u8], start: usize, length: u64) -> std::ops::Range<usize> {
    let end = start.saturating_add(usize::try_from(length).unwrap_or(usize::MAX)).min(bytes.len());
    start.min(end)..end
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"Card 4111 1111 1111 1111";

    fn number(mut value: usize) -> Vec<u8> {
        let mut out = Vec::new();
        while value > 127 {
            out.push(value as u8 & 127 | 128);
            value >>= 7;
        }
        out.push(value as u8);
        out
    }

    fn header5(kind: usize, fields: &[u8], extra: &[u8], data: &[u8]) -> Vec<u8> {
        let flags = usize::from(!extra.is_empty()) | usize::from(!data.is_empty()) << 1;
        let mut body = [number(kind), number(flags)].concat();
        if !extra.is_empty() {
            body.extend(number(extra.len()));
        }
        if !data.is_empty() {
            body.extend(number(data.len()));
        }
        body.extend(fields);
        body.extend(extra);
        let sized = [number(body.len()), body].concat();
        [&crc32(&sized).to_le_bytes()[..], &sized, data].concat()
    }

    fn file5(name: &str, method: usize, extra: &[u8], data: &[u8]) -> Vec<u8> {
        let fields = [
            number(4),
            number(data.len()),
            number(0x20),
            crc32(data).to_le_bytes().to_vec(),
            number(method << 7),
            number(0),
            number(name.len()),
            name.as_bytes().to_vec(),
        ];
        header5(2, &fields.concat(), extra, data)
    }

    fn block4(kind: u8, flags: u16, fields: &[u8], data: &[u8]) -> Vec<u8> {
        let mut body = vec![kind];
        body.extend(flags.to_le_bytes());
        body.extend((7 + fields.len() as u16).to_le_bytes());
        body.extend(fields);
        [&(crc32(&body) as u16).to_le_bytes()[..], &body, data].concat()
    }

    fn file4(name: &[u8], flags: u16, method: u8, data: &[u8]) -> Vec<u8> {
        let mut fields = [data.len() as u32, data.len() as u32].map(u32::to_le_bytes).concat();
        fields.push(2);
        fields.extend(crc32(data).to_le_bytes());
        fields.extend([0, 0, 0, 0, 20, method]);
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0; 4]);
        fields.extend(name);
        block4(0x74, flags | 0x8000, &fields, data)
    }

    fn archives() -> [Vec<u8>; 2] {
        let five = [
            MAGIC5.to_vec(),
            header5(1, &number(0), &[], &[]),
            file5("大和.txt", 0, &[], TEXT),
            file5("packed.txt", 3, &[], b"whatever"),
            file5("sealed.txt", 0, &[&number(2)[..], &number(1), &number(0)].concat(), b"0123456789abcdef"),
            header5(5, &number(0), &[], &[]),
        ];
        let four = [
            MAGIC4.to_vec(),
            block4(0x73, 0, &[0; 6], &[]),
            file4(b"??.txt\0\x59\xAC\x27\x59\x8C\x54\x02", 0x200, 0x30, TEXT),
            file4(b"packed.txt", 0, 0x33, b"whatever"),
            file4(b"sealed.txt", 4, 0x30, b"0123456789abcdef"),
            block4(0x7B, 0x4000, &[], &[]),
        ];
        [five.concat(), four.concat()]
    }

    fn parts(bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<Gap>) {
        let none = Passwords::default();
        let unpack = |bytes: &[u8], budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>| {
            unpack(bytes, &none, budget, gaps, visit);
        };
        crate::container::parts_of(unpack, bytes)
    }

    #[test]
    fn encrypted_headers_are_a_gap() {
        let seal = [&[0, 1, 4][..], &[7; 16], &[9; 12]].concat();
        let bytes = [MAGIC5.to_vec(), header5(4, &seal, &[], &[]), vec![1; 64]].concat();
        assert_eq!(parts(&bytes).1.first().map(|gap| gap.reason), Some(Reason::PasswordProtected));
    }

    #[test]
    fn stored_members_are_shown_and_others_named() {
        let unread = [(Reason::Corrupt, "packed.txt"), (Reason::UnsupportedType, "")];
        for (bytes, unread) in archives().into_iter().zip(unread) {
            let (found, gaps) = parts(&bytes);
            assert_eq!(found.len(), 3, "{found:?} {gaps:?}");
            assert!(found[0].0.ends_with(".txt") && found[0].1 == TEXT, "{found:?}");
            assert_eq!(found[1..], [("packed.txt".to_owned(), vec![]), ("sealed.txt".to_owned(), vec![])]);
            let reasons: Vec<_> = gaps.iter().map(|gap| (gap.reason, gap.place.as_str())).collect();
            assert!(reasons.len() == 2 && reasons.contains(&(Reason::PasswordProtected, "sealed.txt")));
            assert!(reasons.contains(&unread), "{reasons:?}");
            assert_eq!(length(&bytes), Some(bytes.len()));
        }
    }

    #[test]
    fn damage_is_a_gap() {
        for bytes in archives() {
            for length in 8..bytes.len() {
                parts(&bytes[..length]);
            }
            let mut wrong = bytes.clone();
            let at = memchr::memmem::find(&wrong, TEXT).unwrap();
            wrong[at] ^= 1;
            assert!(parts(&wrong).1.iter().any(|gap| gap.reason == Reason::Corrupt));
            let mut state = 5u32;
            for _ in 0..2000 {
                let mut bytes = bytes.clone();
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (state >> 8) as usize % bytes.len();
                bytes[at] = (state >> 3) as u8;
                assert!(parts(&bytes).0.len() < 10);
            }
        }
    }
}
