//! Text of an earlier state: a fast save leaves what was deleted where it was and only takes it out of the piece table.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::bytes::u16_at;
use super::fib::{Fib, Version};
use super::formatting::{Formatting, PAGE};
use super::pieces::Pieces;

/// Bytes that a stretch must have to be told.
const STRETCH_BYTES_MIN: usize = 4;
/// Scripts that text may be in: Latin takes up two, signs and ideographs one each.
const SCRIPTS_MAX: usize = 6;

/// Stretches of the main stream that were text and are in no piece, as text, in the order of the file.
pub(super) fn read(fib: &Fib, main: &[u8], pieces: &Pieces, formatting: &Formatting) -> Vec<String> {
    // Formatting names every byte of text, also of text that is gone; so does the block, of the last full save.
    let mut text: Vec<Range<usize>> = formatting.characters.places().map(|(from, to)| from..to).collect();
    text.push(fib.text.0 as usize..fib.text.1 as usize);
    let mut taken: Vec<Range<usize>> = pieces.list.iter().map(|piece| piece.bytes.clone()).collect();
    taken.extend(formatting.pages.iter().map(|at| *at..at.saturating_add(PAGE)));
    taken.push(0..PAGE);
    // What lies beside a stretch tells its encoding.
    let ends = pieces.list.iter().flat_map(|piece| [piece.bytes.start, piece.bytes.end].map(|at| (at, piece.wide)));
    let ends: HashMap<usize, bool> = ends.collect();
    let mut out = Vec::new();
    for range in without(merged(text), &merged(taken)) {
        let Some(bytes) = main.get(range.start..range.end.min(main.len())) else { continue };
        if bytes.len() < STRETCH_BYTES_MIN {
            continue;
        }
        let beside = ends.get(&range.start).or(ends.get(&range.end)).copied();
        let wide = looks_wide(bytes) || beside == Some(true) && !looks_narrow(bytes);
        let wide = wide && fib.version == Version::Word97;
        if let Some(words) = decoded(bytes, wide) {
            out.push(words);
        }
    }
    out
}

/// Ranges in order, those that touch made one.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| range.start < range.end);
    ranges.sort_by_key(|range| range.start);
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

/// What of `ranges` is in none of `taken`; both are in order.
fn without(ranges: Vec<Range<usize>>, taken: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for range in ranges {
        let mut at = range.start;
        let first = taken.partition_point(|other| other.end <= range.start);
        for other in taken.get(first..).unwrap_or_default().iter().take_while(|other| other.start < range.end) {
            if other.start > at {
                out.push(at..other.start);
            }
            at = at.max(other.end);
        }
        if at < range.end {
            out.push(at..range.end);
        }
    }
    out
}

/// Whether every other byte is zero, mostly.
fn looks_wide(bytes: &[u8]) -> bool {
    let zeros = bytes.chunks_exact(2).filter(|pair| pair.last() == Some(&0)).count();
    zeros.saturating_mul(4) >= bytes.len()
}

/// Whether most bytes are characters of their own.
fn looks_narrow(bytes: &[u8]) -> bool {
    bytes.iter().filter(|byte| matches!(byte, b' '..=b'~')).count().saturating_mul(10) >= bytes.len().saturating_mul(7)
}

/// A number for the script of a character, roughly: its block of 256, ideographs and syllables of East Asia together.
fn script(c: char) -> u32 {
    match u32::from(c) {
        0x3000..=0x9FFF | 0xAC00..=0xD7FF | 0xF900..=0xFAFF | 0xFF00..=0xFFEF | 0x1F000.. => 0x30,
        0x2000..=0x2BFF => 0x20,
        code => code >> 8,
    }
}

/// The text, unless it is none: formatting pages of earlier saves stand between text.
#[allow(clippy::arithmetic_side_effects, reason = "characters of a text in memory are counted")]
fn decoded(bytes: &[u8], wide: bool) -> Option<String> {
    let text = if wide {
        let units = bytes.chunks_exact(2).filter_map(|pair| u16_at(pair, 0));
        char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect::<String>()
    } else {
        encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
    };
    let (mut good, mut all) = (0usize, 0usize);
    let mut out = String::new();
    for c in text.chars() {
        all += 1;
        match c {
            '\r' | '\u{b}' | '\u{c}' => out.push('\n'),
            '\u{7}' | '\t' => out.push('\t'),
            '\u{1e}' => out.push('-'),
            // Marks of fields and notes are honest, but not many.
            '\u{1}'..='\u{1f}' => continue,
            '\0' | '\u{7f}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..='\u{ffff}' => continue,
            c => out.push(c),
        }
        good += 1;
    }
    let letters = out.chars().filter(|c| c.is_alphanumeric()).count();
    // People write in one script or two; chance writes in all of them.
    let scripts: HashSet<u32> = out.chars().map(script).collect();
    (good.saturating_mul(10) >= all.saturating_mul(9) && letters >= 2 && scripts.len() <= SCRIPTS_MAX)
        .then(|| out.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_merged_and_taken_from_one_another() {
        let left = without(merged(vec![10..20, 0..5, 18..30, 5..6]), &merged(vec![12..14, 4..11, 25..99]));
        assert_eq!(left, [0..4, 11..12, 14..25]);
        let [whole, kept] = [vec![Range { start: 0, end: 9 }], Vec::from([Range { start: 0, end: 9 }])];
        assert_eq!(without(whole, &[]), kept);
    }

    #[test]
    fn noise_is_no_text() {
        assert_eq!(decoded(b"Card 4111\rx", false).as_deref(), Some("Card 4111\nx"));
        assert_eq!(decoded(b"C\0a\0r\0d\0", true).as_deref(), Some("Card"));
        let noise: Vec<u8> = (0..512u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8 & 0x1F).collect();
        assert_eq!(decoded(&noise, false), None);
        assert_eq!(decoded(&noise, true), None);
    }
}
