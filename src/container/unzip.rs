//! A zip archive member by member.

use std::collections::HashSet;

use super::zip::{Archive, Entry};
use super::{Part, Visit, ends_all};
use crate::blob::{Budget, Gap, Passwords, Reason};

/// Members that unpack beyond all measure before the archive is taken for a bomb as a whole. Each costs about 10 ms.
const BOMBS_MAX: usize = 16;

/// Shows every member of the archive in `bytes`.
#[allow(clippy::arithmetic_side_effects, reason = "members of the archive are counted")]
pub fn unpack(bytes: &[u8], passwords: &Passwords, budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
    let mut archive = match Archive::open(bytes) {
        Ok(archive) => archive,
        Err(error) => return gaps.push(Gap::new(Reason::Corrupt, "", error.to_string())),
    };
    archive.set_passwords(passwords);
    if !archive.comment().trim_ascii().is_empty() {
        let comment = archive.comment().to_vec();
        visit(Part { name: "(comment)", bytes: &comment }, budget);
    }
    for stray in archive.strays() {
        visit(Part { name: "(between members)", bytes: stray }, budget);
    }
    let mut seen = HashSet::new();
    let mut buffer = Vec::new();
    let mut index = 0;
    let mut bombs = 0;
    // Reading a member may bring others to light.
    while let Some(entry) = archive.entries().get(index).cloned() {
        index += 1;
        if entry.folder || !seen.insert(entry.place()) {
            continue;
        }
        buffer.clear();
        let read = archive.read(&entry, budget, &mut buffer);
        if !buffer.is_empty() || read.is_err() {
            visit(Part { name: &entry.name, bytes: &buffer }, budget);
        }
        let Err(reason) = read else { continue };
        bombs += usize::from(reason == Reason::RatioExceeded);
        if ends_all(reason) || bombs >= BOMBS_MAX {
            gaps.push(Gap::new(
                reason,
                &entry.name,
                format!("stopped at member {index} of {}", archive.entries().len()),
            ));
            break;
        }
        gaps.push(Gap::new(reason, &entry.name, detail(reason, &entry)));
    }
    for oddity in archive.oddities() {
        gaps.push(Gap::new(Reason::Corrupt, &oddity.member, oddity.detail.clone()));
    }
}

fn detail(reason: Reason, entry: &Entry) -> String {
    match reason {
        Reason::Corrupt => "data is damaged, read up to there".to_owned(),
        Reason::PasswordProtected => "encrypted member".to_owned(),
        Reason::UnsupportedType => format!("compression method {}", entry.method()),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::blob::Limits;

    const MARKER: &[u8] = b"Card 4111 1111 1111 1111, said in a text that is long enough to be one.";

    /// A member to be written, with what its headers claim.
    #[derive(Clone)]
    struct Member {
        name: &'static str,
        raw: Vec<u8>,
        method: [u16; 2],
        flags: [u16; 2],
        crc: u32,
        packed: [u32; 2],
        unpacked: u32,
        local_name: &'static str,
        listed: bool,
        descriptor: bool,
        offset: Option<u32>,
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    fn member(name: &'static str, data: &[u8], method: u16) -> Member {
        let raw = if method == 8 { deflate(data) } else { data.to_vec() };
        let mut crc = flate2::Crc::new();
        crc.update(data);
        Member {
            name,
            method: [method; 2],
            flags: [0; 2],
            crc: crc.sum(),
            packed: [raw.len() as u32; 2],
            unpacked: data.len() as u32,
            raw,
            local_name: name,
            listed: true,
            descriptor: false,
            offset: None,
        }
    }

    fn words(out: &mut Vec<u8>, values: &[u16]) {
        values.iter().for_each(|v| out.extend(v.to_le_bytes()));
    }

    fn longs(out: &mut Vec<u8>, values: &[u32]) {
        values.iter().for_each(|v| out.extend(v.to_le_bytes()));
    }

    /// Local headers and data; central directory; end record.
    fn pieces(members: &[Member], count: Option<u16>, comment: &[u8]) -> [Vec<u8>; 3] {
        let (mut body, mut directory, mut end) = (Vec::new(), Vec::new(), Vec::new());
        let mut listed = 0u16;
        for m in members {
            let at = body.len() as u32;
            let streamed = if m.descriptor { 8 } else { 0 };
            body.extend(b"PK\x03\x04");
            words(&mut body, &[20, m.flags[1] | streamed, m.method[1], 0, 33]);
            let told = if m.descriptor { [0; 3] } else { [m.crc, m.packed[1], m.unpacked] };
            longs(&mut body, &told);
            words(&mut body, &[m.local_name.len() as u16, 0]);
            body.extend(m.local_name.as_bytes());
            body.extend(&m.raw);
            if m.descriptor {
                body.extend(b"PK\x07\x08");
                longs(&mut body, &[m.crc, m.raw.len() as u32, m.unpacked]);
            }
            if m.listed {
                listed += 1;
                directory.extend(b"PK\x01\x02");
                words(&mut directory, &[20, 20, m.flags[0] | streamed, m.method[0], 0, 33]);
                longs(&mut directory, &[m.crc, m.packed[0], m.unpacked]);
                words(&mut directory, &[m.name.len() as u16, 0, 0, 0, 0]);
                longs(&mut directory, &[0, m.offset.unwrap_or(at)]);
                directory.extend(m.name.as_bytes());
            }
        }
        end.extend(b"PK\x05\x06");
        words(&mut end, &[0, 0, count.unwrap_or(listed), count.unwrap_or(listed)]);
        longs(&mut end, &[directory.len() as u32, body.len() as u32]);
        words(&mut end, &[comment.len() as u16]);
        end.extend(comment);
        [body, directory, end]
    }

    fn zip(members: &[Member]) -> Vec<u8> {
        pieces(members, None, b"").concat()
    }

    fn parts(bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<Gap>) {
        let (mut parts, mut gaps) = (Vec::new(), Vec::new());
        let mut budget = Budget::new(&Limits::default());
        unpack(bytes, &Passwords::default(), &mut budget, &mut gaps, &mut |part, _| {
            parts.push((part.name.to_owned(), part.bytes.to_vec()))
        });
        (parts, gaps)
    }

    fn seen(bytes: &[u8]) -> bool {
        parts(bytes).0.iter().any(|(_, bytes)| memchr::memmem::find(bytes, MARKER).is_some())
    }

    fn other() -> Member {
        member("other.txt", b"nothing in here, and not much of it", 8)
    }

    /// Archives that honest tools write: the marker is seen and nothing is odd.
    #[test]
    fn honest_archives_have_no_oddities() {
        let marked = |method| member("a.txt", MARKER, method);
        let streamed = |method| Member { descriptor: true, ..marked(method) };
        let [body, directory, end] = pieces(&[marked(8), other()], None, b"");
        let nested = member("inner.zip", &zip(&[marked(0), other()]), 0);
        let cases = [
            ("deflated", zip(&[marked(8), other()])),
            ("stored", zip(&[other(), marked(0)])),
            ("streamed deflated", zip(&[streamed(8), other()])),
            ("streamed stored", zip(&[streamed(0), other()])),
            ("junk in front", [b"MZ junk".repeat(100), body.clone(), directory.clone(), end.clone()].concat()),
            ("zeros behind", [body.clone(), directory.clone(), end.clone(), vec![0; 70_000]].concat()),
            ("short junk behind", [body, directory, end, b"\x01\x02\x03".to_vec()].concat()),
            ("archive in an archive, stored", zip(&[nested, other()])),
            ("sizes are full and told by the directory alone", {
                zip(&[Member { packed: [deflate(MARKER).len() as u32, u32::MAX], ..marked(8) }, other()])
            }),
            ("declared size of four gigabytes", zip(&[Member { unpacked: u32::MAX - 1, ..marked(8) }, other()])),
            ("zero byte in the name", zip(&[Member { name: "x\0a.txt", local_name: "x\0a.txt", ..marked(8) }])),
            ("letters in another case", zip(&[Member { name: "A.TXT", local_name: "A.TXT", ..marked(8) }, other()])),
            ("backslash in the name", zip(&[Member { name: "x\\a.txt", local_name: "x\\a.txt", ..marked(8) }])),
        ];
        for (case, bytes) in cases {
            assert!(seen(&bytes), "{case}");
            assert_eq!(parts(&bytes).1, [], "{case}");
        }
    }

    /// Archives that readers read differently: the marker is seen whatever they do, and a gap says so.
    #[test]
    fn odd_archives_show_everything_and_say_so() {
        let marked = |method| member("a.txt", MARKER, method);
        let decoy = |name| member(name, b"nothing to see in this one, really", 8);
        let [body, directory, end] = pieces(&[other(), marked(8)], None, b"");
        let second = pieces(&[decoy("a.txt")], None, b"");
        let [mut cut, _, _] = pieces(&[marked(8), other()], None, b"");
        cut.truncate(cut.len() - 3);
        let hidden = |m: Member| Member { listed: false, ..m };
        let swallowed = {
            let whole = zip(&[hidden(marked(8))]);
            let mut outer = member("b.txt", b"short", 8);
            outer.raw.extend(&whole);
            outer.packed = [outer.raw.len() as u32; 2];
            outer
        };
        let cases = [
            ("duplicate name", zip(&[marked(8), decoy("a.txt")])),
            ("duplicate name, marker last", zip(&[decoy("a.txt"), marked(8)])),
            ("local name differs", zip(&[Member { local_name: "b.exe", ..marked(8) }])),
            ("directory says stored", zip(&[Member { method: [0, 8], ..marked(8) }])),
            ("header says stored", zip(&[Member { method: [8, 0], ..marked(8) }])),
            ("directory says deflated, is stored", zip(&[Member { method: [8, 0], ..marked(0) }])),
            ("only in a header", zip(&[other(), hidden(marked(8))])),
            ("only in a header, in front", zip(&[hidden(marked(0)), other()])),
            ("wrong checksum", zip(&[Member { crc: 1, ..marked(8) }])),
            ("wrong checksum, stored", zip(&[Member { crc: 1, ..marked(0) }])),
            ("declared size too small", zip(&[Member { packed: [5; 2], unpacked: 5, ..marked(8) }, other()])),
            ("declared size too small, stored", zip(&[Member { packed: [5; 2], unpacked: 5, ..marked(0) }, other()])),
            ("encryption bit in the directory", zip(&[Member { flags: [1, 0], ..marked(8) }])),
            ("encryption bit in both", zip(&[Member { flags: [1; 2], ..marked(8) }])),
            ("encryption bit, stored", zip(&[Member { flags: [1; 2], ..marked(0) }])),
            ("directory cut off", [body.clone(), directory.get(..20).unwrap().to_vec()].concat()),
            ("no directory", body.clone()),
            ("cut off in a later member", cut),
            (
                "two archives, marker in the first",
                [body.clone(), directory.clone(), end.clone(), second.concat()].concat(),
            ),
            (
                "two archives, marker in the second",
                [second.concat(), body.clone(), directory.clone(), end.clone()].concat(),
            ),
            ("end record in the comment", pieces(&[marked(8)], None, &second.concat()).concat()),
            ("end record counts one of two", pieces(&[other(), marked(8)], Some(1), b"").concat()),
            ("unknown method, raw", zip(&[Member { method: [97; 2], ..marked(0) }])),
            ("unknown method, deflated", zip(&[Member { method: [55; 2], ..marked(8) }])),
            ("size reaches beyond the end", zip(&[Member { packed: [1 << 30; 2], ..marked(8) }])),
            ("size reaches beyond the end, stored", zip(&[Member { packed: [1 << 30; 2], ..marked(0) }])),
            ("header inside the data of another", zip(&[swallowed, other()])),
        ];
        for (case, bytes) in cases {
            assert!(seen(&bytes), "{case}: {:?}", parts(&bytes));
            assert!(!parts(&bytes).1.is_empty() || case.starts_with("unknown method"), "{case} leaves no gap");
        }
    }

    #[test]
    fn members_that_share_their_data_are_read_once() {
        let twin =
            Member { name: "b.txt", local_name: "b.txt", raw: Vec::new(), offset: Some(0), ..member("b", MARKER, 8) };
        let mut m = twin;
        m.packed = [deflate(MARKER).len() as u32; 2];
        let (found, gaps) = parts(&zip(&[member("a.txt", MARKER, 8), m]));
        assert_eq!(found.iter().filter(|(_, bytes)| bytes == MARKER).count(), 1);
        assert!(!gaps.is_empty());
    }

    #[test]
    fn encrypted_members_are_gaps_with_names() {
        let noise: Vec<u8> = (0..200u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for method in [0, 8, 99] {
            let sealed = Member { flags: [1; 2], method: [method; 2], ..member("secret.txt", &noise, 0) };
            let sealed = Member { crc: 77, ..sealed };
            let (found, gaps) = parts(&zip(&[sealed, member("a.txt", MARKER, 8)]));
            assert_eq!(
                gaps.first().map(|g| (g.reason, g.place.as_str())),
                Some((Reason::PasswordProtected, "secret.txt"))
            );
            assert!(found.contains(&("secret.txt".to_owned(), Vec::new())) && found.len() == 2);
        }
    }

    #[test]
    fn comments_and_strays_are_shown() {
        assert!(seen(&pieces(&[other()], None, MARKER).concat()));
        assert!(seen(&[zip(&[other()]), MARKER.to_vec()].concat()));
    }

    #[test]
    fn limits_end_it_with_one_gap() {
        let members: Vec<_> = (0..20).map(|_| member("a.txt", MARKER, 8)).collect();
        let members: Vec<_> = members
            .into_iter()
            .zip(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])
            .map(|(m, name)| Member { name, local_name: name, ..m })
            .collect();
        let bytes = zip(&members);
        for limits in
            [Limits { members_max: 5, ..Limits::default() }, Limits { unpacked_bytes_max: 300, ..Limits::default() }]
        {
            let (mut count, mut gaps) = (0, Vec::new());
            let mut budget = Budget::new(&limits);
            unpack(&bytes, &Passwords::default(), &mut budget, &mut gaps, &mut |_, _| count += 1);
            assert_eq!(gaps.len(), 1, "{gaps:?}");
            assert!((4..=6).contains(&count), "{count}");
        }
    }

    #[test]
    fn mutations_neither_panic_nor_hang() {
        let nested = zip(&[member("x.txt", MARKER, 0), other()]);
        let good =
            zip(&[member("a.txt", MARKER, 8), member("n.zip", &nested, 8), member("s.zip", &nested, 0), other()]);
        let mut state = 1u32;
        let mut next = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize
        };
        for round in 0..3000 {
            let mut bytes = good.clone();
            for _ in 0..1 + round % 8 {
                let at = next() % bytes.len();
                match next() % 4 {
                    0 => bytes[at] ^= 1 << (next() % 8),
                    1 => bytes[at] = next() as u8,
                    2 => drop(bytes.drain(at..(at + next() % 9).min(bytes.len()))),
                    _ => drop(bytes.splice(at..at, [next() as u8; 3])),
                }
            }
            let (found, _) = parts(&bytes);
            let all: usize = found.iter().map(|(_, bytes)| bytes.len()).sum();
            assert!(all < 100_000);
        }
    }
}
