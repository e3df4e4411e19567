//! Data of form fields and links in the data stream (MS-DOC 2.9.78 FFData, 2.9.157 NilPICFAndBinData).
#![allow(clippy::arithmetic_side_effects, reason = "lengths of sixteen bits behind a place that was read at")]

use super::bytes::{u16_at, u32_at, wide};

/// Words that a form field carries besides its result.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// What a drop-down list shows.
    pub shown: Option<String>,
    /// Name, default text, help texts, choices.
    pub words: Vec<String>,
}

/// Choices of a list (MS-DOC 2.9.79: at most 25).
const CHOICES_MAX: usize = 25;

/// Bytes that data of a field take up at least: what stands in front of them.
pub(super) const BYTES_MIN: usize = 68;
/// Characters that a text may have (MS-DOC 2.9.78: at most 255).
const CHARACTERS_MAX: u16 = 255;

/// Reads the data at `place`; `None` if it is not that of a form field.
pub(super) fn read(data: &[u8], place: usize) -> Option<Form> {
    let header = usize::from(u16_at(data, place.checked_add(4)?)?);
    let length = u32_at(data, place)? as usize;
    let block = data.get(place..place.saturating_add(length).min(data.len()))?;
    let body = block.get(header..)?;
    if u32_at(body, 0)? != u32::MAX {
        return None;
    }
    let bits = u16_at(body, 4)?;
    let (kind, result) = (bits & 3, usize::from(bits >> 2 & 31));
    let mut rest = body.get(10..)?;
    let mut form = Form::default();
    form.words.push(text(&mut rest)?);
    let mut default = 0;
    if kind == 0 {
        form.words.push(text(&mut rest)?);
    } else {
        default = usize::from(u16_at(rest, 0)?);
        rest = rest.get(2..)?;
    }
    // Format, help, status, names of macros.
    for _ in 0..5 {
        let Some(words) = text(&mut rest) else { break };
        form.words.push(words);
    }
    if kind == 2 && u16_at(rest, 0) == Some(0xFFFF) {
        let count = usize::from(u16_at(rest, 2)?).min(CHOICES_MAX);
        rest = rest.get(6..)?;
        let mut choices = Vec::new();
        for _ in 0..count {
            let length = self::length(rest)?;
            choices.push(wide(rest.get(2..2 + length)?));
            rest = rest.get(2 + length..)?;
        }
        form.shown = choices.get(if result == 25 { default } else { result }).cloned();
        form.words.extend(choices);
    }
    form.words.retain(|words| !words.trim().is_empty());
    Some(form)
}

/// A text with its length in front and a zero behind.
fn text(rest: &mut &[u8]) -> Option<String> {
    let length = length(rest)?;
    let words = wide(rest.get(2..2 + length)?);
    *rest = rest.get(4 + length..)?;
    Some(words)
}

/// Bytes of the text whose length stands in front.
fn length(rest: &[u8]) -> Option<usize> {
    u16_at(rest, 0).filter(|length| *length <= CHARACTERS_MAX).map(|length| usize::from(length) * 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_shows_its_choice() {
        let text = |words: &str, end: bool| {
            let mut out = (words.len() as u16).to_le_bytes().to_vec();
            out.extend(words.encode_utf16().flat_map(u16::to_le_bytes));
            out.extend(if end { &[0, 0][..] } else { &[] });
            out
        };
        let mut data = vec![0; 68];
        data.extend([0xFF, 0xFF, 0xFF, 0xFF, 2 | 1 << 2, 0, 0, 0, 0, 0]);
        data.extend(text("Field", true));
        data.extend([0, 0]);
        (0..5).for_each(|_| data.extend(text("", true)));
        data.extend([0xFF, 0xFF, 2, 0, 0, 0]);
        data.extend([text("one", false), text("two", false)].concat());
        let length = (data.len() as u32).to_le_bytes();
        data[..4].copy_from_slice(&length);
        data[4] = 68;
        let form = read(&data, 0).unwrap();
        assert_eq!(form.shown.as_deref(), Some("two"));
        assert_eq!(form.words, ["Field", "one", "two"]);
        for end in 0..data.len() {
            let _ = read(&data[..end], 0);
        }
        assert_eq!(read(&data, 7), None);
    }
}
