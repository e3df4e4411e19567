//! ar archives (Unix libraries, Debian packages): members behind headers of sixty characters. Long names the BSD way
//! (in front of the data) and the System V way (in a member of their own, `//`).

use super::{Part, Visit};
use crate::blob::{Budget, Gap, Reason};

const MAGIC: &[u8] = b"!<arch>\n";
const HEADER_BYTES: usize = 60;

/// Shows every member of the archive in `bytes`.
#[allow(
    clippy::arithmetic_side_effects,
    reason = "positions behind data that is there: a member that is cut off ends the walk"
)]
pub fn unpack(bytes: &[u8], budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
    let mut at = MAGIC.len();
    let mut long_names: &[u8] = &[];
    while let Some(header) = bytes.get(at..at + HEADER_BYTES) {
        let Some(size) = size_of(header) else {
            gaps.push(Gap::new(Reason::Corrupt, "", format!("damaged at offset {at}")));
            let rest = bytes.get(at..).unwrap_or_default();
            return visit(Part { name: "(behind the damage)", bytes: rest }, budget);
        };
        let start = at + HEADER_BYTES;
        let rest = bytes.get(start..).unwrap_or_default();
        let mut data = rest.get(..size).unwrap_or(rest);
        let cut_off = data.len() < size;
        let field = header.get(..16).unwrap_or_default().trim_ascii_end();
        let mut name = field.strip_suffix(b"/").filter(|name| !name.is_empty() && *name != b"/").unwrap_or(field);
        if let Some(length) = field.strip_prefix(b"#1/").and_then(number) {
            let (own, held) = data.split_at_checked(length).unwrap_or((data, &[]));
            name = own.split(|b| *b == 0).next().unwrap_or_default();
            data = held;
        } else if let Some(offset) = field.strip_prefix(b"/").and_then(number) {
            let own = long_names.get(offset..).unwrap_or_default();
            name = own.split(|b| matches!(b, b'\n' | 0)).next().unwrap_or_default();
            name = name.strip_suffix(b"/").unwrap_or(name);
        } else if field == b"//" {
            long_names = data;
        }
        let name = String::from_utf8_lossy(name).into_owned();
        if let Err(reason) = budget.member().and_then(|()| budget.unpack(data.len() as u64)) {
            gaps.push(Gap::new(reason, name, "stopped at this member"));
            return;
        }
        // Tables of symbols and of names are no files; the names are shown with their members.
        let table = matches!(field, b"/" | b"//" | b"/SYM64/") || name.starts_with("__.SYMDEF");
        if !table && !data.is_empty() {
            visit(Part { name: &name, bytes: data }, budget);
        }
        if cut_off {
            gaps.push(Gap::new(Reason::Corrupt, name, format!("cut off: {} of {size} bytes", data.len())));
            return;
        }
        at = start + size + size % 2;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.iter().any(|b| !matches!(b, 0 | b'\n')) {
        visit(Part { name: "(behind the archive)", bytes: rest }, budget);
        gaps.push(Gap::new(Reason::Corrupt, "", format!("ends in a header at offset {at}")));
    }
}

/// The size in a header that is one.
fn size_of(header: &[u8]) -> Option<usize> {
    header.ends_with(b"`\n").then(|| number(header.get(48..58)?.trim_ascii_end())).flatten()
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, data: &[u8]) -> Vec<u8> {
        let mut out = format!("{name:<16}0           0     0     100644  {:<10}`\n", data.len()).into_bytes();
        out.extend_from_slice(data);
        out.extend(vec![b'\n'; data.len() % 2]);
        out
    }

    fn parts(bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<Gap>) {
        crate::container::parts_of(unpack, bytes)
    }

    #[test]
    fn members_have_their_names() {
        let bytes = [
            MAGIC.to_vec(),
            member("/", b"symbols"),
            member("//", b"a-very-long-name-indeed.txt/\n"),
            member("debian-binary", b"2.0\n"),
            member("short.txt/", b"one"),
            member("/0", b"two"),
            member("#1/8", b"bsd.txt\0three"),
        ];
        let (found, gaps) = parts(&bytes.concat());
        let names: Vec<_> = found.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let two = ("a-very-long-name-indeed.txt", &b"two"[..]);
        assert_eq!(names, [("debian-binary", &b"2.0\n"[..]), ("short.txt", b"one"), two, ("bsd.txt", b"three")]);
        assert_eq!(gaps, []);
        let whole = bytes.concat();
        for length in MAGIC.len()..whole.len() {
            parts(&whole[..length]);
        }
        assert_eq!(parts(&whole[..whole.len() - 3]).1.len(), 1);
    }
}
