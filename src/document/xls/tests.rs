//! Streams written by hand, whole and damaged.

use super::*;
use crate::blob::Limits;
use crate::document::Area;

fn record(id: u16, body: &[u8]) -> Vec<u8> {
    let mut out = id.to_le_bytes().to_vec();
    out.extend((body.len() as u16).to_le_bytes());
    out.extend(body);
    out
}

fn long(text: &str) -> Vec<u8> {
    let mut out = (text.encode_utf16().count() as u16).to_le_bytes().to_vec();
    out.push(1);
    out.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    out
}

/// A workbook of one hidden sheet.
fn workbook() -> Vec<u8> {
    let bof = |kind: u8| record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let strings = [&[2, 0, 0, 0, 2, 0, 0, 0][..], &long("Name"), &long("never shown")].concat();
    let tail = [record(0xFC, &strings), record(0x0A, &[])].concat();
    let entry = |at: u32| record(0x85, &[&at.to_le_bytes()[..], &[1, 0, 3, 0], b"Pay"].concat());
    let start = bof(5).len() + entry(0).len() + tail.len();
    let mut out = [bof(5), entry(start as u32), tail, bof(0x10)].concat();
    out.extend(record(0xFD, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    out.extend(record(0x0204, &[&[0, 0, 1, 0, 0, 0][..], &long("Card\r\n4111")].concat()));
    out.extend(record(0xBD, &[1, 0, 0, 0, 0, 0, 0xA6, 0, 0, 0, 0, 0, 0xAA, 0, 0, 0, 9, 9]));
    out.extend(record(0x5D, &[0x15, 0, 0x12, 0, 0x19, 0, 7, 0]));
    out.extend(record(0x01B6, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]));
    out.extend([record(0x3C, b"\0no"), record(0x3C, b"\x01t\0e\0")].concat());
    out.extend(record(0x1C, &[1, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0]));
    out.extend(record(0x0A, &[]));
    out
}

#[test]
fn a_workbook_without_records_is_no_clean_one() {
    let mut file = ::cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    file.create_stream("Workbook").unwrap();
    let bytes = file.into_inner().into_inner();
    let mut out = Document::default();
    read(&bytes, &Options::default(), &mut Budget::new(&Limits::default()), &mut out);
    assert_eq!(out.gaps.iter().map(|gap| gap.reason).collect::<Vec<_>>(), [Reason::Corrupt]);
}

fn told(bytes: &[u8]) -> Document<'_> {
    let mut out = Document::default();
    read(bytes, &Options { text: true, ..Options::default() }, &mut Budget::new(&Limits::default()), &mut out);
    out
}

#[test]
fn cells_comments_and_strings_stand_in_their_places() {
    let bytes = workbook();
    let out = told(&bytes);
    assert_eq!(out.text.as_str(), "Pay\nName\tCard\n4111\n41\t42\nnote\nnever shown\n");
    assert_eq!(out.gaps, []);
    let at = |words: &str| out.text.location(out.text.as_str().find(words).unwrap());
    let place = |words: &str| (at(words).area, at(words).cell.unwrap_or_default());
    assert_eq!(place("Card"), (Area::Hidden, "B1".to_owned()));
    assert_eq!(place("42"), (Area::Hidden, "B2".to_owned()));
    assert_eq!(place("note"), (Area::Comment, "B2".to_owned()));
    assert_eq!(place("never"), (Area::Metadata, String::new()));
}

#[test]
fn damage_leaves_gaps_and_no_more() {
    let whole = workbook();
    for end in 0..whole.len() {
        let out = told(&whole[..end]);
        assert!(!out.gaps.is_empty() || end == 0 || out.text.len() < 20, "{end}");
    }
    let mut state = 7_u32;
    for _ in 0..3000 {
        let mut bytes = whole.clone();
        for _ in 0..4 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = 4 + (state >> 8) as usize % (bytes.len() - 4);
            bytes[at] = state as u8;
        }
        assert!(told(&bytes).text.len() < 40 * bytes.len());
    }
}
