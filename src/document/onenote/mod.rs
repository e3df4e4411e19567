//! OneNote sections (MS-ONESTORE, MS-ONE): as programs keep them, and packaged as services export them.
//!
//! Both forms keep what a page is made of in property sets (MS-ONESTORE 2.6.7), each in one piece. Those that hold
//! text are found by the identifiers of their properties wherever they stand, in revisions that are no longer shown
//! too; a text that several revisions repeat is told once. Embedded files stand behind a mark of their own.

mod properties;

use std::collections::HashSet;

use super::{Area, Document, Embedded, Options, carve};
use crate::blob::{Aspect, Budget, Coverage, Gap, Kind, Reason};

/// What is read of it.
pub const COVERAGE: Coverage = {
    use Aspect::*;
    Coverage {
        read: &[Body, Metadata, Names, Embedded],
        gap: &[Passwords, Pictures],
        source: "MS-ONESTORE 2.6.7, 2.6.13 (property sets, files), MS-ONE 2.1.12 (properties)",
    }
};

/// guidHeader and guidFooter of FileDataStoreObject (MS-ONESTORE 2.6.13).
const FILE_START: &[u8] = b"\xE7\x16\xE3\xBD\x65\x26\x11\x45\xA4\xC4\x8D\x4D\x0B\x7A\x9E\xAC";
const FILE_END: &[u8] = b"\x22\xA7\xFB\x71\x79\x0F\x0B\x4A\xBB\x13\x89\x92\x56\x42\x6B\x24";
/// Header of the key of an encrypted section (MS-ONESTORE 2.5.19).
const KEY_START: &[u8] = b"\x67\xA0\xD1\xDA\x85\xA3\x6B\xFB";

/// Reads a document into `out`; what cannot be read becomes gaps.
#[allow(clippy::arithmetic_side_effects, reason = "a position in a list")]
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    if memchr::memmem::find(bytes, KEY_START).is_some() {
        out.gaps.push(Gap::new(Reason::PasswordProtected, "", "the section is encrypted"));
    }
    if !options.text {
        return;
    }
    let files = files(bytes);
    let mut told = HashSet::new();
    let mut asides = Vec::new();
    let end = properties::read(bytes, &files, budget, &mut |role, text| match role {
        properties::Role::Body => {
            let (shown, links) = without_links(&text);
            for line in shown.split(['\r', '\n', '\u{b}']).map(printable).filter(|line| !line.trim().is_empty()) {
                if told.insert(line.clone()) {
                    out.text.push(&line);
                    out.text.push("\n");
                }
            }
            asides.extend(links);
        }
        properties::Role::Aside => asides.push(text),
    });
    if let Err(reason) = end {
        out.gaps.push(Gap::new(reason, "", "stopped in the middle of the section"));
    }
    for text in asides.iter().map(printable) {
        // Recognised text of a picture stands in the page and in its description.
        let is_told = text.lines().all(|line| told.contains(line));
        if !is_told && told.insert(text.clone()) {
            out.text.aside(Area::Metadata, &text);
        }
    }
    for (number, range) in files.iter().enumerate() {
        let Some(payload) = bytes.get(range.clone()).filter(|payload| !payload.is_empty()) else { continue };
        if let Err(reason) = budget.member() {
            out.gaps.push(Gap::new(reason, "", "embedded files"));
            break;
        }
        let name = format!("file{}{}", number + 1, extension(Kind::of(payload)));
        out.embedded.push(Embedded { name, bytes: payload.to_vec() });
    }
    if out.text.is_empty() && out.embedded.is_empty() {
        out.text = carve::carve(bytes);
        out.gaps.push(Gap::new(Reason::UnsupportedType, "", "no page was found, printable text was carved"));
    }
}

/// Where embedded files stand, in their order; none reaches into the next.
#[allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]
fn files(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut files: Vec<std::ops::Range<usize>> = Vec::new();
    for at in memchr::memmem::find_iter(bytes, FILE_START) {
        if files.last().is_some_and(|file| at < file.end) {
            continue;
        }
        let length = bytes.get(at + 16..at + 24).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes);
        // A length, twelve unused bytes, then the file.
        let start = at + 36;
        let told = usize::try_from(length).ok().and_then(|length| start.checked_add(length));
        let end = told.filter(|end| *end <= bytes.len()).or_else(|| {
            let rest = bytes.get(start..)?;
            Some(start + memchr::memmem::find(rest, FILE_END)?)
        });
        files.push(start..end.unwrap_or(bytes.len()).max(start));
    }
    files
}

fn extension(kind: Kind) -> String {
    kind.extensions().first().map(|extension| format!(".{extension}")).unwrap_or_default()
}

/// Links stand in the text as field codes behind a mark, in front of what they show.
fn without_links(text: &str) -> (String, Vec<String>) {
    let mut links = Vec::new();
    let mut parts = text.split('\u{FDDF}');
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.strip_prefix("HYPERLINK \"").and_then(|rest| rest.split_once('"'));
        let Some((target, rest)) = code else {
            shown.push_str(part);
            continue;
        };
        links.push(target.to_owned());
        shown.push_str(rest);
    }
    (shown, links)
}

fn printable(text: impl AsRef<str>) -> String {
    let kept = |c: &char| {
        (!c.is_control() || matches!(c, '\t' | '\n')) && !matches!(c, '\u{FFFC}' | '\u{FFFD}' | '\u{FDD0}'..='\u{FDEF}')
    };
    text.as_ref().chars().filter(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    /// A property set of texts.
    fn set(values: &[(u32, Vec<u8>)]) -> Vec<u8> {
        let mut out = u16::try_from(values.len() + 1).unwrap().to_le_bytes().to_vec();
        out.extend(0x1400_1C20u32.to_le_bytes());
        values.iter().for_each(|(id, _)| out.extend(id.to_le_bytes()));
        out.extend([1, 2, 3, 4]);
        for (_, value) in values {
            out.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
            out.extend(value);
        }
        out
    }

    fn section() -> Vec<u8> {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let file = [FILE_START, &9u64.to_le_bytes(), &[0; 12], b"Card 4111", &[0; 7], FILE_END].concat();
        [
            b"\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3 noise of words".to_vec(),
            set(&[(0x1C00_1C22, wide("Straße \u{FDDF}HYPERLINK \"https://a.example/\"here\0"))]),
            set(&[(0x1C00_3498, b"plain text\0".to_vec()), (0x1C00_1D9C, wide("secret.txt"))]),
            set(&[(0x1C00_1C22, wide("Straße \u{FDDF}HYPERLINK \"https://a.example/\"here\0"))]),
            file,
        ]
        .concat()
    }

    fn read_bytes(bytes: &[u8]) -> Document<'_> {
        let mut out = Document::default();
        read(bytes, &Options::default(), &mut Budget::new(&Limits::default()), &mut out);
        out
    }

    #[test]
    fn texts_and_files_are_read() {
        let section = section();
        let document = read_bytes(&section);
        assert_eq!(document.text.as_str(), "Straße here\nplain text\nhttps://a.example/\nsecret.txt\n");
        assert_eq!(document.embedded.iter().map(|e| e.bytes.as_slice()).collect::<Vec<_>>(), [b"Card 4111"]);
        assert_eq!(document.gaps, []);
        let bare = read_bytes(b"\xE4\x52\x5C\x7B some words that nobody marked");
        assert_eq!(bare.gaps.first().map(|gap| gap.reason), Some(Reason::UnsupportedType));
    }

    #[test]
    fn mutations_neither_panic_nor_grow() {
        let good = section();
        let mut state = 1u32;
        for _ in 0..3000 {
            let mut bytes = good.clone();
            for _ in 0..6 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (state >> 8) as usize % bytes.len();
                bytes[at] = state as u8;
            }
            assert!(read_bytes(&bytes).text.len() < 4 * bytes.len());
        }
    }
}
