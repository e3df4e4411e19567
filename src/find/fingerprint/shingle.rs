//! Five words in a row, hashed at the cost of one.

use siphasher::sip::SipHasher24;

use crate::find::Key;
use crate::find::token::{Token, Tokens};

/// Words in a row that are hashed together: fewer are phrases of everybody, more do not survive an edit.
pub const WORDS_PER_SHINGLE: usize = 5;
/// Shingles up to which all are kept: 8 KiB.
const ALL_KEPT: usize = 1024;
/// Multiplier of the rolling hash: odd, so that nothing is lost.
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
/// The multiplier of the word that leaves.
const BASE_TO_OLDEST: u64 = BASE.wrapping_mul(BASE).wrapping_mul(BASE).wrapping_mul(BASE);

/// A shingle of a text.
pub(super) struct Shingle {
    pub(super) hash: u64,
    /// Its number, from 0.
    pub(super) at: usize,
    /// Bytes of the text it covers.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The shingles of a text.
pub(super) struct Shingles<'t> {
    tokens: Tokens<'t>,
    buffer: Vec<u8>,
    word: SipHasher24,
    whole: SipHasher24,
    /// Hash and first byte of the last words, the oldest at `words % 5`.
    last: [(u64, usize); WORDS_PER_SHINGLE],
    rolling: u64,
    words: usize,
}

impl<'t> Shingles<'t> {
    pub(super) fn new(key: &Key, salt: &[u8], text: &'t str) -> Self {
        Self {
            tokens: Tokens::new(text, 0),
            buffer: Vec::with_capacity(64),
            word: SipHasher24::new_with_key(&key.short("fingerprint word", salt)),
            whole: SipHasher24::new_with_key(&key.short("fingerprint shingle", salt)),
            last: Default::default(),
            rolling: 0,
            words: 0,
        }
    }

    /// The next one.
    #[allow(clippy::arithmetic_side_effects, reason = "words of one text are counted")]
    pub(super) fn next(&mut self) -> Option<Shingle> {
        loop {
            self.buffer.clear();
            let Token { start, end, .. } = self.tokens.next(&mut self.buffer)?;
            let word = self.word.hash(&self.buffer);
            let slot = self.last.get_mut(self.words % WORDS_PER_SHINGLE)?;
            let (oldest, _) = std::mem::replace(slot, (word, start));
            self.rolling = self.rolling.wrapping_sub(oldest.wrapping_mul(BASE_TO_OLDEST));
            self.rolling = self.rolling.wrapping_mul(BASE).wrapping_add(word);
            self.words += 1;
            if let Some(at) = self.words.checked_sub(WORDS_PER_SHINGLE) {
                let (_, start) = self.last.get(self.words % WORDS_PER_SHINGLE).copied()?;
                // The sum alone would tell equations between words; hashed once more it tells nothing.
                return Some(Shingle { hash: self.whole.hash(&self.rolling.to_le_bytes()), at, start, end });
            }
        }
    }

    /// Words so far.
    pub(super) fn words(&self) -> usize {
        self.words
    }
}

/// The shingles that are kept, sorted: all of a short document; of a long one the least of every few in a row
/// (winnowing), so that any stretch as long as that leaves one.
pub(super) fn winnow(all: &[u64]) -> Vec<u64> {
    let window = match all.len() {
        n if n <= ALL_KEPT => 1,
        n if n < 20_000 => 4,
        n if n < 200_000 => 8,
        _ => 16,
    };
    let mut kept: Vec<u64> = all.windows(window).filter_map(|w| w.iter().min()).copied().collect();
    kept.sort_unstable();
    kept.dedup();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<u64> {
        let key = Key::new(&[1; 32]).unwrap();
        let mut shingles = Shingles::new(&key, b"salt", text);
        let mut out = Vec::new();
        while let Some(shingle) = shingles.next() {
            assert_eq!(shingle.at, out.len());
            assert_eq!(text.get(shingle.start..shingle.end).unwrap().split_whitespace().count(), WORDS_PER_SHINGLE);
            out.push(shingle.hash);
        }
        out
    }

    #[test]
    fn a_shingle_is_the_same_wherever_it_stands() {
        let alone = hashes("the claims of the invention");
        let inside = hashes("We hereby list The Claims of THE Invention and others");
        assert_eq!(alone.len(), 1);
        assert_eq!(inside.len(), 6);
        assert_eq!(alone[0], inside[3]);
        assert_ne!(alone[0], hashes("claims the of the invention")[0], "order counts");
        assert!(hashes("four words are few").is_empty() && hashes("").is_empty());
    }

    #[test]
    fn long_documents_keep_a_part() {
        let hashes =
            |n: u64| (0..n).map(|i| i.wrapping_mul(BASE).rotate_left(17).wrapping_mul(BASE)).collect::<Vec<_>>();
        assert_eq!(winnow(&hashes(1000)).len(), 1000);
        let kept = winnow(&hashes(10_000)).len();
        assert!((3500..4500).contains(&kept), "{kept}");
        assert!(winnow(&hashes(300_000)).len() < 45_000);
    }
}
