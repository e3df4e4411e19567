//! Seed phrases of wallets: 12, 15, 18, 21 or 24 words of the English list of BIP-39, the last of which holds bits of
//! the SHA-256 of the others.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text; words have three to eight letters, and phrases twelve to 24 words"
)]

use std::ops::Range;
use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

use crate::find::byte_set::ByteSet;

/// The 2048 words in order: the list that BIP-39 publishes.
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("bip39-english.txt").lines().collect());
/// The same as numbers that sort alike: eight letters, padded with zeros.
static KEYS: LazyLock<Vec<u64>> = LazyLock::new(|| WORDS.iter().map(|word| key(word.as_bytes())).collect());
/// The number of the key with each hash, plus one; keys with equal hashes follow each other.
static TABLE: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut table = vec![0_u16; 1 << HASH_BITS];
    for (number, key) in (1..).zip(KEYS.iter()) {
        let mut at = hash(*key);
        while table.get(at).is_some_and(|taken| *taken > 0) {
            at = (at + 1) % table.len();
        }
        if let Some(slot) = table.get_mut(at) {
            *slot = number;
        }
    }
    table
});
/// Four places a word: most words that are not listed meet an empty one at once.
const HASH_BITS: u32 = 13;

/// Letters of the shortest and of the longest word.
const LETTERS: std::ops::RangeInclusive<usize> = 3..=8;
/// One of every 60 bytes is in a phrase or right in front of it: twelve words drawn from the list have 76 bytes with their
/// blanks, and less than 60 once in a thousand times.
const STEP: usize = 60;
/// The highest bit of each of eight bytes.
const HIGH: u64 = 0x8080_8080_8080_8080;
/// Words in a row beyond which a text is a word list and not a phrase with other listed words around it.
const RUN_MAX: usize = 40;
/// What may stand between two words: blanks, numbering, quotation marks, commas.
static GAP: ByteSet = ByteSet::of(b"0123456789 \t\r\n,.\"')-|;[]#_*");
/// Bytes between two words.
const GAP_MAX: usize = 12;

/// Reports every phrase whose checksum holds, its words in lower case with single blanks.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    let bytes = text.as_bytes();
    let mut probe = 0;
    let mut done = 0;
    while probe < bytes.len() {
        // Most listed words in prose stand alone: look at the neighbour before anything is kept. Common words are
        // listed too, but seldom four in a row.
        let first = word_around(bytes, probe, done).filter(|first| {
            let behind = || word_after(bytes, first.at.end).is_some();
            let in_front = || word_before(bytes, first.at.start, done).is_some();
            (behind() || in_front()) && in_company(bytes, first, done)
        });
        let Some(first) = first else {
            probe += STEP;
            continue;
        };
        let mut run = vec![first];
        while let Some(word) = run.first().and_then(|w| word_before(bytes, w.at.start, done)) {
            run.insert(0, word);
            if run.len() > RUN_MAX {
                break;
            }
        }
        while let Some(word) = run.last().and_then(|w| word_after(bytes, w.at.end)) {
            run.push(word);
        }
        done = run.last().map_or(probe, |w| w.at.end);
        probe = done.max(probe + 1) + STEP / 2;
        phrases(text, &run, found);
    }
}

/// Whether three other listed words stand directly around `word`.
fn in_company(bytes: &[u8], word: &Word, done: usize) -> bool {
    let mut company = 0;
    let mut end = word.at.end;
    while let Some(next) = word_after(bytes, end).filter(|_| company < 3) {
        company += 1;
        end = next.at.end;
    }
    let mut start = word.at.start;
    while let Some(next) = word_before(bytes, start, done).filter(|_| company < 3) {
        company += 1;
        start = next.at.start;
    }
    company >= 3
}

/// A word of the list and its number.
struct Word {
    at: Range<usize>,
    number: u16,
}

/// Finds the phrases in words that follow each other: all of them, those of a line, or any span of a short run.
fn phrases(text: &str, run: &[Word], found: &mut dyn FnMut(Range<usize>, &str)) {
    if run.len() < 12 || report(text, run, found) {
        return;
    }
    let breaks = |pair: &[Word]| match pair {
        [a, b] => text.get(a.at.end..b.at.start).is_some_and(|gap| gap.contains('\n')),
        _ => false,
    };
    let mut lines = Vec::new();
    let mut line = 0;
    for (i, pair) in run.windows(2).enumerate() {
        if breaks(pair) {
            lines.push(line..i + 1);
            line = i + 1;
        }
    }
    lines.push(line..run.len());
    let mut any = false;
    for line in &lines {
        any |= run.get(line.clone()).is_some_and(|words| report(text, words, found));
    }
    if any || run.len() > RUN_MAX {
        return;
    }
    // Listed words in front ("seed phrase ...") are likelier than behind; anything between is the last guess.
    let lengths = [24, 21, 18, 15, 12];
    let ends = lengths.iter().filter_map(|length| run.get(run.len().checked_sub(*length)?..));
    let starts = lengths.iter().filter_map(|length| run.get(..*length));
    let spans = lengths.iter().flat_map(|length| run.windows(*length));
    for words in ends.chain(starts).chain(spans) {
        if report(text, words, found) {
            return;
        }
    }
}

/// Reports these words if they are a phrase.
fn report(text: &str, words: &[Word], found: &mut dyn FnMut(Range<usize>, &str)) -> bool {
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    if !matches!(words.len(), 12 | 15 | 18 | 21 | 24) || !is_varied(words) || !holds(words) {
        return false;
    }
    let names: Vec<&str> = words.iter().filter_map(|w| WORDS.get(usize::from(w.number)).copied()).collect();
    let range = first.at.start..last.at.end;
    if text.get(range.clone()).is_some() {
        found(range, &names.join(" "));
    }
    true
}

/// Whether the words differ as words drawn by lot do: names of a program repeat theirs.
fn is_varied(words: &[Word]) -> bool {
    let mut numbers: Vec<u16> = words.iter().map(|w| w.number).collect();
    numbers.sort_unstable();
    let thrice = numbers.windows(3).any(|w| w.first() == w.last());
    numbers.dedup();
    !thrice && numbers.len() + 4 >= words.len()
}

/// Whether the last bits are the first ones of the hash of the others: one bit for three words.
fn holds(words: &[Word]) -> bool {
    let bits: Vec<u8> = words.iter().flat_map(|w| (0..11).rev().map(|bit| (w.number >> bit & 1) as u8)).collect();
    let Some((entropy, check)) = bits.split_at_checked(words.len() * 32 / 3) else { return false };
    let byte = |bits: &[u8]| bits.iter().fold(0_u8, |byte, bit| byte << 1 | bit);
    let hash = Sha256::digest(entropy.chunks(8).map(byte).collect::<Vec<_>>());
    hash.first().is_some_and(|first| first >> (8 - check.len().min(8)) == byte(check))
}

/// The listed word at `probe`, or right behind it if no letter stands there.
fn word_around(bytes: &[u8], probe: usize, done: usize) -> Option<Word> {
    let start = if bytes.get(probe)?.is_ascii_alphabetic() {
        let front = bytes.get(done.min(probe)..probe)?;
        probe - letters_before(front)
    } else {
        probe + gap(bytes.get(probe..)?.iter())?
    };
    word_at(bytes, start)
}

fn word_before(bytes: &[u8], start: usize, done: usize) -> Option<Word> {
    let front = bytes.get(done..start)?;
    let end = start - gap(front.iter().rev())?;
    let length = letters_before(bytes.get(done..end)?);
    word_at(bytes, end - length)
}

fn word_after(bytes: &[u8], end: usize) -> Option<Word> {
    word_at(bytes, end + gap(bytes.get(end..)?.iter())?)
}

/// How many bytes lead to the next letter, if they are such as stand between the words of a phrase.
fn gap<'b>(mut bytes: impl Iterator<Item = &'b u8>) -> Option<usize> {
    let mut length = 0;
    let mut only = b' ';
    for byte in bytes.by_ref().take(GAP_MAX + 1) {
        if byte.is_ascii_alphabetic() {
            break;
        }
        if !GAP.has(*byte) {
            return None;
        }
        only = *byte;
        length += 1;
    }
    // A mark with nothing beside it joins the parts of a name: `border-left.color`.
    let glued = length == 1 && b"._-".contains(&only);
    (length > 0 && length <= GAP_MAX && !glued).then_some(length)
}

/// Up to eight letters, in lower case, as one number.
fn key(letters: &[u8]) -> u64 {
    let mut key = [0; 8];
    for (slot, letter) in key.iter_mut().zip(letters) {
        *slot = letter.to_ascii_lowercase();
    }
    u64::from_be_bytes(key)
}

/// For each of eight bytes its highest bit: whether it is no letter.
fn no_letters(group: [u8; 8]) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let small = u64::from_le_bytes(group) | (ONES * 0x20);
    let low = small & !HIGH;
    // Adding carries into the highest bit from `a` on, and from what follows `z` on.
    !((low + ONES * (0x80 - 0x61)) & !(low + ONES * (0x80 - 0x7B)) & !small) & HIGH
}

/// How many letters `bytes` begin with: at most 9, which are too many.
fn letters_at(bytes: &[u8]) -> usize {
    match bytes.first_chunk::<9>() {
        // Counted without a branch for each: words have any length, and no processor guesses which.
        Some([group @ .., last]) => match no_letters(*group) {
            0 => 8 + usize::from(last.is_ascii_alphabetic()),
            others => others.trailing_zeros() as usize / 8,
        },
        None => bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count(),
    }
}

/// How many letters `bytes` end with: at most 9.
fn letters_before(bytes: &[u8]) -> usize {
    match bytes.last_chunk::<9>() {
        Some([last, group @ ..]) => match no_letters(*group) {
            0 => 8 + usize::from(last.is_ascii_alphabetic()),
            others => others.leading_zeros() as usize / 8,
        },
        None => bytes.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count(),
    }
}

/// The place of a key in the table.
fn hash(key: u64) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - HASH_BITS)) as usize
}

fn word_at(bytes: &[u8], start: usize) -> Option<Word> {
    let rest = bytes.get(start..)?;
    let length = letters_at(rest);
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    let joined = before.is_some_and(|b| b.is_ascii_alphanumeric() || !b.is_ascii())
        || rest.get(length).is_some_and(|b| b.is_ascii_digit() || !b.is_ascii());
    if !LETTERS.contains(&length) || joined {
        return None;
    }
    let key = match rest.first_chunk::<8>() {
        Some(group) => (u64::from_be_bytes(*group) | 0x2020_2020_2020_2020) & (u64::MAX << (64 - 8 * length)),
        None => key(rest.get(..length)?),
    };
    let mut at = hash(key);
    let number = loop {
        let number = TABLE.get(at)?.checked_sub(1)?;
        if KEYS.get(usize::from(number)) == Some(&key) {
            break number;
        }
        at = (at + 1) % TABLE.len();
    };
    Some(Word { at: start..start + length, number })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHRASE: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    const LONG: &str = "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length";

    fn all(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        find(text, &mut |range, value| {
            assert!(text.get(range).is_some());
            out.push(value.to_owned());
        });
        out
    }

    #[test]
    fn the_list_is_whole_and_sorted() {
        assert_eq!(WORDS.len(), 2048);
        assert!(WORDS.is_sorted());
        assert!(WORDS.iter().all(|w| LETTERS.contains(&w.len())));
    }

    #[test]
    fn letters_are_counted_at_both_ends() {
        for text in
            ["", "a", "ab1", "abcdefgh", "abcdefghi", "abcdefghij", "é", "abcé defgh@x", "[abc`z{", "aZzA.aaaaaaaa"]
        {
            let bytes = text.as_bytes();
            for at in 0..=bytes.len() {
                let (front, rest) = bytes.split_at(at);
                let count = rest.iter().take(9).take_while(|b| b.is_ascii_alphabetic()).count();
                assert_eq!(letters_at(rest), count, "{text} {at}");
                let count = front.iter().rev().take(9).take_while(|b| b.is_ascii_alphabetic()).count();
                assert_eq!(letters_before(front), count, "{text} {at}");
            }
        }
    }

    #[test]
    fn vectors_of_the_specification() {
        for pad in 0..40 {
            let pad = "z".repeat(pad);
            assert_eq!(all(&format!("{pad}: {PHRASE}. So")), [PHRASE]);
            assert_eq!(all(&format!("{pad} seed phrase {PHRASE}")), [PHRASE]);
        }
        assert_eq!(all(LONG), [LONG]);
        assert_eq!(all(&format!("{PHRASE}\n{LONG}\n")), [PHRASE, LONG]);
        assert_eq!(all(&PHRASE.to_uppercase().replace(' ', "\n")), [PHRASE]);
        assert_eq!(all(&format!("[\"{}\"]", PHRASE.replace(' ', "\", \""))), [PHRASE]);
        let numbered: Vec<_> = PHRASE.split(' ').enumerate().map(|(i, w)| format!("{}. {w}", i + 1)).collect();
        assert_eq!(all(&numbered.join("\n")), [PHRASE]);
    }

    #[test]
    fn wrong_checksums_prose_and_the_list_itself_are_none() {
        assert!(all(&PHRASE.replace("yellow", "year")).is_empty());
        assert!(all(&PHRASE.replace("winner", "winners")).is_empty());
        assert!(
            all("they can use this method until there is enough time and then they will leave with the others")
                .is_empty()
        );
        assert!(all(include_str!("bip39-english.txt")).is_empty());
        assert!(all(&"zoo ".repeat(50_000)).is_empty());
        assert!(all(&"-".repeat(100_000)).is_empty());
    }
}
