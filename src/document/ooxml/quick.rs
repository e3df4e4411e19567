//! Cells as nearly every writer writes them, told at a glance.
//!
//! `<c r="B7" s="1" t="s"><v>12</v></c>` and its few variants make up nine tenths of most workbooks. Anything else in a
//! cell (an unknown attribute, a reference, a prefix, a comment, a fault) is left to the general reader, which gives
//! the same for what is told here: an oracle compares the two.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]

use super::sheet::CellType;

/// The one attribute that text has.
const SPACE: &[u8] = b" xml:space=\"preserve\"";

/// A cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell<'x> {
    /// Row and column, from 0, if it says.
    pub at: Option<(u32, u32)>,
    pub style: usize,
    pub kind: CellType,
    /// The formula as written, "" if there is none.
    pub formula: &'x str,
    /// The value as written.
    pub value: &'x str,
    /// Whether the value is the text of an inline string.
    pub inline: bool,
    /// Bytes that the whole cell takes up.
    pub length: usize,
}

/// The cell at the beginning of `rest`, if it is an ordinary one.
pub(super) fn cell(rest: &str) -> Option<Cell<'_>> {
    let bytes = rest.as_bytes();
    let mut cell =
        Cell { at: None, style: 0, kind: CellType::Number, formula: "", value: "", inline: false, length: 0 };
    if !bytes.starts_with(b"<c") {
        return None;
    }
    let mut at = 2;
    loop {
        match bytes.get(at..)? {
            [b'>', ..] => break,
            [b'/', b'>', ..] => {
                cell.length = at + 2;
                return Some(cell);
            }
            [b' ', b'r', b'=', b'"', name @ ..] if cell.at.is_none() => {
                let (place, length) = name_of(name)?;
                cell.at = Some(place);
                at += length + 5;
            }
            [b' ', b's', b'=', b'"', digits @ ..] => {
                let (number, length) = digits_of(digits)?;
                cell.style = number as usize;
                at += length + 5;
            }
            [b' ', b't', b'=', b'"', kind @ ..] => {
                let (kind, length) = match kind {
                    [b's', b'"', ..] => (CellType::Shared, 1),
                    [b'n', b'"', ..] => (CellType::Number, 1),
                    [b'b', b'"', ..] => (CellType::Boolean, 1),
                    [b's', b't', b'r', b'"', ..] => (CellType::Words, 3),
                    [b'i', b'n', b'l', b'i', b'n', b'e', b'S', b't', b'r', b'"', ..] => (CellType::Words, 9),
                    _ => return None,
                };
                cell.kind = kind;
                at += length + 5;
            }
            _ => return None,
        }
    }
    at += 1;
    if bytes.get(at..)?.starts_with(b"<f>") {
        cell.formula = text(rest, at + 3)?;
        at += 3 + cell.formula.len();
        at += closed(bytes, at, b"</f>")?;
    }
    match bytes.get(at..)? {
        [b'<', b'v', b'>', ..] => {
            cell.value = text(rest, at + 3)?;
            at += 3 + cell.value.len();
            at += closed(bytes, at, b"</v></c>")?;
        }
        [b'<', b'i', b's', b'>', b'<', b't', inside @ ..] => {
            at += 6 + if inside.starts_with(SPACE) { SPACE.len() } else { 0 };
            at += closed(bytes, at, b">")?;
            (cell.value, cell.inline) = (text(rest, at)?, true);
            at += cell.value.len();
            at += closed(bytes, at, b"</t></is></c>")?;
        }
        _ => at += closed(bytes, at, b"</c>")?,
    }
    cell.length = at;
    Some(cell)
}

/// The plain shared string at the beginning of `rest`, as written, and the bytes that its element takes up.
pub(super) fn string(rest: &str) -> Option<(&str, usize)> {
    let bytes = rest.as_bytes();
    let mut at = closed(bytes, 0, b"<si><t")?;
    at += if bytes.get(at..)?.starts_with(SPACE) { SPACE.len() } else { 0 };
    at += closed(bytes, at, b">")?;
    let end = at + memchr::memchr(b'<', bytes.get(at..)?)?;
    Some((rest.get(at..end)?, end + closed(bytes, end, b"</t></si>")?))
}

/// Row and column of a cell's name up to its quote, and the length of the name.
fn name_of(name: &[u8]) -> Option<((u32, u32), usize)> {
    let (mut row, mut column, mut at) = (0_u32, 0_u32, 0);
    // Up to XFD and 9,999,999: nothing overflows.
    while let Some(letter @ b'A'..=b'Z') = name.get(at).filter(|_| at < 3) {
        column = column * 26 + u32::from(letter - b'A') + 1;
        at += 1;
    }
    let letters = at;
    while let Some(digit @ b'0'..=b'9') = name.get(at).filter(|_| at < letters + 7) {
        row = row * 10 + u32::from(digit - b'0');
        at += 1;
    }
    let closed = name.get(at) == Some(&b'"');
    let (row, column) = (row.checked_sub(1)?, column.checked_sub(1)?);
    closed.then_some(((row, column.min(1 << 14)), at))
}

/// A number of up to nine digits that ends with a quote, and how many digits it has.
fn digits_of(digits: &[u8]) -> Option<(u32, usize)> {
    let (mut number, mut at) = (0, 0);
    while let Some(digit @ b'0'..=b'9') = digits.get(at).filter(|_| at < 9) {
        number = number * 10 + u32::from(digit - b'0');
        at += 1;
    }
    (at > 0 && digits.get(at) == Some(&b'"')).then_some((number, at))
}

/// Text from `from` up to the next tag, if it means itself.
fn text(rest: &str, from: usize) -> Option<&str> {
    let bytes = rest.as_bytes();
    let mut at = from;
    // Most values are shorter than a search takes to begin.
    for _ in 0..3 {
        let word = u64::from_le_bytes(*bytes.get(at..)?.first_chunk::<8>()?);
        let found = has(word, b'<') | has(word, b'&') | has(word, b'\r');
        if found != 0 {
            at += (found.trailing_zeros() / 8) as usize;
            return if bytes.get(at) == Some(&b'<') { rest.get(from..at) } else { None };
        }
        at += 8;
    }
    at += memchr::memchr3(b'<', b'&', b'\r', bytes.get(at..)?)?;
    if bytes.get(at) == Some(&b'<') { rest.get(from..at) } else { None }
}

/// The highest bit of each byte of `word` that is `byte`; right for the lowest of them, and for whether there is any.
fn has(word: u64, byte: u8) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let differs = word ^ (ONES * u64::from(byte));
    differs.wrapping_sub(ONES) & !differs & (ONES << 7)
}

/// The length of `tags`, if they stand at `at`.
fn closed(bytes: &[u8], at: usize, tags: &[u8]) -> Option<usize> {
    bytes.get(at..)?.starts_with(tags).then_some(tags.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_cells_are_told_and_all_others_are_not() {
        let told = |rest| cell(rest).map(|c| (c.at, c.style, c.formula, c.value, c.inline, rest.len() - c.length));
        assert_eq!(told("<c r=\"B7\" s=\"12\" t=\"s\"><v>3</v></c><c"), Some((Some((6, 1)), 12, "", "3", false, 2)));
        assert_eq!(told("<c r=\"XFD9\"/>"), Some((Some((8, 16_383)), 0, "", "", false, 0)));
        assert_eq!(told("<c><f>A1+1</f><v>4.5</v></c>"), Some((None, 0, "A1+1", "4.5", false, 0)));
        let inline = "<c t=\"inlineStr\"><is><t xml:space=\"preserve\"> a</t></is></c>";
        assert_eq!(told(inline), Some((None, 0, "", " a", true, 0)));
        for other in [
            "<col min=\"1\"/>",
            "<c r=\"B7\" cm=\"1\"><v>3</v></c>",
            "<c r=\"b7\"><v>3</v></c>",
            "<c r='B7'><v>3</v></c>",
            "<c><v>a&amp;b</v></c>",
            "<c><v>3</v><v>4</v></c>",
            "<c><is><r><t>a</t></r></is></c>",
            "<c><v>3",
            "<c r=\"B",
            "<x:c><x:v>3</x:v></x:c>",
        ] {
            assert_eq!(told(other), None, "{other}");
        }
    }

    #[test]
    fn plain_strings_are_told_as_written() {
        assert_eq!(string("<si><t>a&amp;b</t></si><si>"), Some(("a&amp;b", 23)));
        assert_eq!(string("<si><t xml:space=\"preserve\"> </t></si>"), Some((" ", 38)));
        assert_eq!(string("<si><t>a</t><rPh><t>b</t></rPh></si>"), None);
        assert_eq!(string("<si><t>a"), None);
    }
}
