//! Runs of characters that tokens, keys and addresses are written with: what is long and without a blank. Prose has next
//! to none, so what every match needs one for is not looked for elsewhere.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

use std::ops::Range;

use crate::find::byte_set::ByteSet;

/// Bytes of a run. Longer than nearly every word.
pub(crate) const RUN_BYTES: usize = 16;
/// Bytes in front of a run in which a match that it is a part of may begin.
pub(crate) const RUN_DISTANCE: usize = 512;

/// What tokens, paths and addresses are written with.
static TOKEN: ByteSet = ByteSet::alphanumeric_and(b"_-+/=.~%:@$!&*#?");

/// Whether tokens, paths and addresses are written with this byte: letters and digits, and marks that join them.
pub(crate) fn is_token(byte: u8) -> bool {
    TOKEN.has(byte)
}

/// Parts of the text, in order and apart from each other, in which every match begins that has a run in it within
/// [`RUN_DISTANCE`].
pub(crate) fn near(text: &[u8]) -> Vec<Range<usize>> {
    let token = |byte: &u8| is_token(*byte);
    let mut regions: Vec<Range<usize>> = Vec::new();
    let mut done = 0;
    // A run of sixteen covers one of the aligned groups of eight bytes, and that has no blank in it.
    for (nth, group) in text.chunks_exact(8).enumerate() {
        let at = nth * 8;
        if at < done || has_blank(group) || !group.iter().all(token) {
            continue;
        }
        let front = text.get(done..at).unwrap_or_default().iter().rev().take_while(|b| token(b)).count();
        let behind = text.get(at..).unwrap_or_default().iter().take_while(|b| token(b)).count();
        done = at + behind;
        if front + behind < RUN_BYTES {
            continue;
        }
        let from = (at - front).saturating_sub(RUN_DISTANCE);
        match regions.last_mut() {
            Some(last) if last.end >= from => last.end = done,
            _ => regions.push(from..done),
        }
    }
    regions
}

/// Whether one of eight bytes is a blank or a control character.
fn has_blank(group: &[u8]) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let Ok(group) = group.try_into() else { return true };
    let word = u64::from_le_bytes(group);
    // A byte below 0x21 borrows from its highest bit. One above 0x7F is let through.
    word.wrapping_sub(LOW * 0x21) & !word & HIGH != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_found_wherever_they_begin() {
        let token = "0123456789abcdef";
        for pad in 0..40 {
            let text = format!("{} {token} and more words", "-".repeat(pad % 15));
            let at = text.find(token).unwrap();
            let regions = near(text.as_bytes());
            assert_eq!((regions.len(), regions.first()), (1, Some(&(0..at + 16))), "{pad}");
        }
        let far = format!("{}{token}{} {token}x", "word ".repeat(100), " word".repeat(200));
        let regions = near(far.as_bytes());
        assert_eq!(regions, [0..516, 516 + 1001 - 512..516 + 1001 + 17]);
    }

    #[test]
    fn words_are_no_runs() {
        let text = "Some words of a letter, e.g. nationalize, \"notwithstanding\" 0123456789abcde ".repeat(9);
        assert_eq!(near(text.as_bytes()), [] as [Range<usize>; 0]);
    }
}
